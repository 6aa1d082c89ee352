"""English keywords."""

from itertools import product

from coach.language.keywords.vocabulary import Ear, Examples, Keywords, Label, StageWord, Surface
from coach.language.level import Level
from coach.language.model import Sound

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_TENS = {
    word: 10 * n for n, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
}

_ENDS = r"(?=\s*(?:[.,;:!?]|$))"
_LIMBS = "leg foot heel toe ankle calf knee thigh hip arm hand wrist elbow shoulder side".split()
_LIMB = rf"(?:{'|'.join(_LIMBS)}|one)"
_OWNED = r"(?<!\byour )(?<!\bthe )(?<!\bturn )(?<!\broll )(?<!\blean )"

_EAR = Ear(
    needs_eyes=(
        r"\b(?:see|as|shown|described|listed|pictured) (?:below|above|shown|pictured|illustrated)\b",
        r"\bas you (?:can|will) see\b",
        r"\b(?:the|this|these|a) (?:picture|photo|photograph|diagram|illustration|drawing|video)s?\b",
        r"\bthe following\b",
        r"\bdemonstrat(?:ed|ion)\b",
        r"\b(?:do it|do this|move|just|exactly) like this\b",
        r"\bsee (?:figure|page|picture|the back|overleaf)\b",
        r"(?<!\ba )(?<!\byour )(?<!\bstop )(?<!\bwrist )\bwatch(?:ing)?\b(?! out\b| for\b)",
    ),
    promises=(
        r"\b(?:will|shall|going to|can) (?:cure|fix|heal|end|eliminate|remove|repair)\b",
        r"\bcures?\b(?! of)",
        r"\bguarantee[sd]?\b",
        r"\b(?:live|living|stay|be|become|remain|life) (?:\w+ )?pain[- ]free\b(?! (?:range|zone|arc))",
        r"\bpain[- ]free again\b",
        r"\b(?:will|should|to|eventually) (?:\w+ )?go away\b",
        r"\bbest prevention\b",
        r"\bget rid of (?:\w+ )*pain\b",
        r"\bnever (?:hurt|have pain|be in pain) again\b",
    ),
    no_promise=(r"\b(?:no|not|never|cannot|n't|if|until|unless|when|nothing|nobody)\b", "n't"),
    praise=(
        (
            r"(?:^|[,.!?] )(?:that's |that is |what )?(?:perfect|great|good|excellent|nice|lovely|beautiful) "
            r"(?:form|technique|posture|alignment|position|movement|repetition)s?(?=[.,!]|$)"
        ),
        r"\byou(?:'re| are) (?:doing|moving) (?:\w+ )?(?:great|well|perfectly|fine|right|correctly)\b",
        r"\b(?:looking|looks) (?:very |really )?(?:good|great|perfect|lovely|excellent|nice)\b",
        r"(?:^|[.!?] )(?:that's |that is )?(?:perfect|excellent|beautiful|lovely)(?=[.!]|$)",
    ),
    stops=(r"(?<!-)\b(?:stop|leave it for today|leave it today|end the session)\b",),
    does_not=(r"\b(?:not|never|without|n't) (?:\w+ )?$", r"n't (?:\w+ )?$"),
)

_ON_THE_FLOOR = tuple(
    " ".join(words)
    for words in (
        *product(
            ("on", "onto"),
            ("your", "the", "one", "either", "both", "your right", "your left", "the right", "the left"),
            ("back", "stomach", "belly", "tummy", "front", "side", "knees", "knee", "elbows", "forearms"),
        ),
        *product(
            ("sitting", "seated", "sit"), ("on", "upright on"), ("the", "a"), ("floor", "ground", "mat")
        ),
        *product(("long", "ring", "crook", "side", "tailor", "heel", "w"), ("sitting", "sit")),
    )
)
_POSITIONS = {
    Surface.FLOOR: (
        *(
            "lying",
            "lie",
            "laying",
            "prone",
            "supine",
            "semi supine",
            "recumbent",
            "side lying",
            "crook lying",
        ),
        *("hook lying", "hooklying", "face down", "face up", "flat", "floor", "ground", "mat", "reclined"),
        *("kneeling", "kneel", "half kneeling", "tall kneeling", "high kneeling", "two point kneeling"),
        *("four point", "four point kneeling", "all fours", "quadruped", "quadrupedal", "hands and knees"),
        *("tabletop", "table top", "cat", "bird dog", "plank", "side plank", "press up position", "push up"),
        *(
            "press up",
            "push up position",
            "bridge",
            "bridging",
            "dead bug",
            "sphinx",
            "cobra",
            "child's pose",
        ),
        *("childs pose", "downward dog", "downward facing dog", "corpse pose", "savasana", "90/90", "90 90"),
        *("cross legged", "crosslegged", "butterfly", "long legged", "fetal position", "foetal position"),
        *_ON_THE_FLOOR,
    ),
    Surface.FEET: (
        *(
            "standing",
            "stand",
            "on your feet",
            "upright",
            "on one leg",
            "one legged",
            "single leg",
            "on tiptoe",
        ),
        *(
            "on your toes",
            "on tiptoes",
            "on one foot",
            "tandem",
            "split stance",
            "staggered stance",
            "stance",
        ),
        *(
            "walking",
            "walk",
            "stepping",
            "stride",
            "lunge",
            "squat",
            "squatting",
            "at the wall",
            "wall",
            "door",
        ),
        *("at a wall", "facing a wall", "doorway", "at the counter", "counter", "kitchen worktop", "worktop"),
        *("on the stairs", "stairs", "step", "staircase", "mountain pose", "warrior", "tree pose", "rail"),
        *("behind a chair", "behind the chair", "behind your chair", "marching", "leaning", "in the water"),
        *("in water", "in the pool", "on the spot"),
    ),
    Surface.SEAT: (
        *("seated", "sitting", "sit", "chair", "armchair", "wheelchair", "stool", "seat", "bench", "sofa"),
        *("settee", "saddle", "exercise bike", "bike", "at a desk", "at your desk", "at a table", "desk"),
    ),
    Surface.BED: tuple(
        " ".join(words)
        for words in (
            *product(("in", "on", "in a", "on a", "in your", "on your", "in the", "on the"), ("bed",)),
            *product(("on a", "on the", "on your"), ("couch", "sofa", "plinth", "treatment table")),
            *(("edge of the bed",), ("edge of a bed",), ("edge of your bed",), ("side of the bed",)),
        )
    ),
}

KEYWORDS = Keywords(
    labels={
        Label.POSITION: "Position",
        Label.NEEDS: "Needs",
        Label.WORKS: "Works",
        Label.DOSE: "Dose",
        Label.CAREFUL: "Careful",
        Label.REMEMBER: "Remember",
        Label.IF_IT_HURTS: "If it hurts",
        Label.BREATHE: "Breathe",
        Label.BRIEF: "Brief",
        Label.SOURCE: "Source",
        Label.LANGUAGE: "Language",
    },
    likely_labels=(
        dict.fromkeys(("start", "starting position", "start position", "posture"), Label.POSITION)
        | dict.fromkeys(("equipment", "you need", "you will need", "materials"), Label.NEEDS)
        | dict.fromkeys(("muscles", "target", "targets", "trains", "muscle"), Label.WORKS)
        | dict.fromkeys(("reps", "repetitions", "sets", "times", "duration", "rest", "dosage"), Label.DOSE)
        | dict.fromkeys(("caution", "cautions", "warning", "safety", "danger", "attention"), Label.CAREFUL)
        | dict.fromkeys(("tip", "tips", "reminder", "cue", "cues", "note"), Label.REMEMBER)
        | dict.fromkeys(("pain", "if painful", "if it is painful", "hurts"), Label.IF_IT_HURTS)
        | dict.fromkeys(("breathing", "breath"), Label.BREATHE)
        | dict.fromkeys(("short", "summary", "in short"), Label.BRIEF)
        | dict.fromkeys(("author", "reference", "references"), Label.SOURCE)
        | dict.fromkeys(("voice",), Label.LANGUAGE)
    ),
    levels={Level.GENTLE: "gentle", Level.STANDARD: "standard", Level.STRONG: "strong"},
    level="level",
    numbers=(
        {"a": 1, "an": 1}
        | {word: n for n, word in enumerate(_ONES)}
        | _TENS
        | {f"{word}-{_ONES[one]}": ten + one for word, ten in _TENS.items() for one in range(1, 10)}
    ),
    half="half",
    and_a_half="and a half",
    articles=("a", "an"),
    units_s=(
        dict.fromkeys(("seconds", "second", "s", "sec", "secs"), 1.0)
        | dict.fromkeys(("minutes", "minute", "min", "mins"), 60.0)
        | dict.fromkeys(("hours", "hour", "h", "hr", "hrs"), 3600.0)
    ),
    unit_names=((3600.0, "hour", "hours"), (60.0, "minute", "minutes"), (1.0, "second", "seconds")),
    joint="and",
    times=("times", "time", "rep", "reps", "repetition", "repetitions"),
    set_words=("sets", "set"),
    sets_of="of",
    how_often={"once": 1, "twice": 2, "thrice": 3},
    hold=("hold",),
    rest=("rest",),
    duration=("for",),
    before_time=("for", "of"),
    each=("each", "every", "per"),
    before_each=("on", "for"),
    side_words=("side", "leg", "arm", "foot", "hand", "knee", "hip", "shoulder"),
    dose_joints=("and", "then", "with"),
    up_to="to",
    dose_marks=("sets", "set", "times", "reps", "rep", "repetitions", "each"),
    round_words=("rounds", "round", "circuits", "circuit", "sets", "set", "laps", "lap", "cycles", "cycle"),
    round_things=("exercises", "movements", "moves", "stations"),
    either=("or",),
    round_rests=("rest", "rests", "resting", "pause", "pausing", "break"),
    without=("no", "without"),
    round_fillers=frozenset(
        (
            "repeat do complete perform go through make work follow the this that these those following "
            "whole entire full list circuit circuits exercise exercises movement movements sequence series "
            "block all of it them for in total a an with then and between each every after before your now "
            "again to over round rounds set sets one below next from top bottom"
        ).split()
    ),
    tempo="tempo",
    hold_phases=frozenset({"hold", "keep"}),
    loose_phases=frozenset({"loose", "relax", "let go", "rest"}),
    breathing_phases=frozenset(
        {"in", "out", "breathe in", "breathe out", "breath in", "breath out", "inhale", "exhale"}
    ),
    stretches=("stretch", "stretches", "stretching"),
    relaxations=("relaxation", "breathing", "meditation", "body scan"),
    pauses=("rest", "pause", "wait"),
    stage_words={StageWord.WAIT: "wait", StageWord.BELL: "bell", StageWord.SOUND: "sound"},
    likely_stage_words={"pause": StageWord.WAIT, "silence": StageWord.WAIT},
    sounds={sound: sound.value.replace("-", " ") for sound in Sound},
    positions=_POSITIONS,
    other_side={f"right{ending}": f"left{ending}" for ending in ("", "ward", "wards", "most")},
    side_letters={"R": "L"},
    limbs=tuple(_LIMBS),
    no_side=(
        r"\b(right) (?:away|now|here|there|then|after|before|angles?|amount|way|order|time|moment)\b",
        r"\b(right) (?:height|distance|speed|pace|level|weight|size|technique|form|or wrong|and wrong)\b",
        rf"{_OWNED}\b(right) (?:up|down|back|through|around|beside|behind|next to)\b(?! {_LIMB}\b)",
        r"\ball (right)\b(?!-)",
        rf"\b(?:that's|that is|it's|it is|is|feels?|looks?|sounds?|just|quite|exactly) (right){_ENDS}",
        r"\b(?:is|feels?|looks?) (right) (?:for|with|to) (?:you|me|us|them)\b",
        r", (right)\?",
        r"\b(right|left)[- ]hand(?:ed|ers?)\b",
        rf"{_OWNED}\b(left) (?:over|until|out|off|behind|alone|to go|to do)\b(?! (?:your|the) )",
        rf"\b(?:what|time|more|much|nothing|none|is|are|one|two|three|four|five|ten|\d+) (left){_ENDS}",
        rf"\b(?:seconds?|minutes?|repetitions?|reps|sets?|times) (left){_ENDS}",
    ),
    examples=Examples(
        phase="- up, 2 seconds: Step up,",
        tempo="- tempo {numbers}: down, hold, up, loose",
        counted="{n} times",
        in_sets="{sets} sets of {reps}",
        held="hold for {time}, {n} times",
        timed="for {time}",
        hold="hold for {time}",
        rest="rest {time}",
        each="each {side}",
        rounds="{n} rounds, {rest}:",
    ),
    ear=_EAR,
)
