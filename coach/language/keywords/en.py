"""English keywords."""

from itertools import product

from coach.language.dose import After, Sides
from coach.language.keywords.vocabulary import DoseWord, Ear, Examples, Keywords, Label, StageWord, Surface
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
_DOSE_WORDS = {
    DoseWord.SETS: (
        *("sets", "set", "rounds", "round", "series", "circuits", "circuit"),
        *("cycles", "cycle", "flows", "flow"),
    ),
    DoseWord.REPS: ("times", "time", "reps", "rep", "repetitions", "repetition", "each repetition"),
    DoseWord.BREATHS: (
        *("breaths", "breath", "slow breaths", "deep breaths", "slow deep breaths", "deep slow breaths"),
        *("slow, deep breaths", "deep, slow breaths", "calm breaths", "easy breaths", "full breaths"),
    ),
    DoseWord.BY: ("x", "*", "\N{MULTIPLICATION SIGN}"),
    DoseWord.REPEAT: ("repeat", "repeat this", "repeat it", "repeated"),
    DoseWord.HOLD: ("hold", "holds", "holding", "held", "hold it", "keep", "stay"),
    DoseWord.REST: (
        "rest",
        "rests",
        "resting",
        "pause",
        "pausing",
        "break",
        "off",
        "recovery",
        "recover",
        "relax",
    ),
    DoseWord.NO_REST: tuple(
        " ".join(words)
        for words in product(
            ("no", "without", "without a", "without any"),
            ("rest", "rests", "break", "breaks", "pause", "pauses", "recovery"),
        )
    ),
    DoseWord.WORK: ("on", "work", "working", "effort", "go"),
    DoseWord.BETWEEN: ("between", "in between", "after"),
    DoseWord.EACH: (
        *("each", "every", "per", "on each", "on every", "for each", "for every", "with each"),
        *("with every", "to each", "to every"),
    ),
    DoseWord.BOTH: ("both", "on both", "with both"),
    DoseWord.ALTERNATING: ("alternating", "alternate", "alternately", "alternates"),
    DoseWord.ONLY: ("only", "just"),
    DoseWord.FIRST: (
        *("first", "start with", "starting with", "begin with", "beginning with", "start on"),
        *("starting on", "start", "starting"),
    ),
    DoseWord.AT_MOST: (
        *("up to", "at most", "no more than", "not more than", "at the most", "max", "maximum"),
        *("max of", "maximum of", "a maximum of", "a max of", "not over"),
    ),
    DoseWord.AT_LEAST: ("at least", "no less than", "not less than", "a minimum of", "minimum", "minimum of"),
    DoseWord.UNTIL_TIRED: (
        *("until tired", "until you are tired", "until you're tired", "till tired", "until fatigue"),
        *("until fatigued", "to fatigue", "to failure", "until failure", "to exhaustion", "as tolerated"),
        *("as you can", "as long as you can", "as long as possible", "as able", "until you need to stop"),
        *("for as long as you can", "for as long as possible", "as long as you are able"),
        *("as long as comfortable", "as long as is comfortable", "as long as it is comfortable"),
    ),
    DoseWord.AS_MANY: (
        *("as many as you can", "as many as possible", "as many reps as possible", "amrap", "max reps"),
        *("as many reps as you can", "as many times as you can", "as many times as possible"),
        *("as many rounds as you can", "as many rounds as possible"),
        *("as many repetitions as you can", "as many repetitions as possible", "maximum reps"),
    ),
    DoseWord.IN: ("in", "within"),
    DoseWord.TO: ("to", "or"),
    DoseWord.FILLER: (
        *("of", "for", "and", "then", "with", "the", "a", "an", "your", "do", "perform", "complete"),
        *("total", "in total", "altogether", "together", "at the same time", "separately", "by", "from"),
        *("is", "are", "lasting", "are held", "is held"),
    ),
}
_SIDE_WORDS = {
    one: f"{one}s"
    for one in "side leg arm hand knee hip shoulder ankle wrist elbow thigh heel finger limb".split()
} | {"foot": "feet", "calf": "calves"}
_NOUNS = {
    word: one
    for one in (
        "turn circle step lift raise press squat stretch movement lap cycle pump swing twist tap slide glide "
        "curl roll lunge jump bridge stroke contraction squeeze push-up press-up sit-up step-up pull-up "
        "chin-up stand sit-to-stand shrug tilt nod rotation extension crunch kick hop flick row dip punch "
        "bend clam burpee"
    ).split()
    for word in (f"{one}es" if one.endswith(("s", "ch")) else f"{one}s", one)
}
_N = rf"(?:\d+(?:[.,]\d+)?|{'|'.join(sorted((*_ONES[1:], *_TENS), key=len, reverse=True))})"
_SOME = rf"{_N}(?: ?(?:-|to|or) ?{_N})?"
_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?|(?:mon|tues?|wed|thu(?:rs?)?|fri|sat|sun)\b"
_PART = (
    r"(?:mornings?|evenings?|nights?|afternoons?|noon|am|pm|bedtime|before (?:going to )?bed|breakfast|lunch|"
    r"dinner|meals?|waking(?: up)?|getting (?:out of bed|up))"
)
_PART_OF_DAY = rf"(?:(?:in the|at|each|every|before|after|on) )?{_PART}"
_PERIOD = r"(?:day|week|hour|month|morning|afternoon|evening|night|weekday)"
_DAILY = (
    rf"\b(?:on )?(?:{_DAY})(?:(?:,? and |, ?| ?[/&+] ?)(?:{_DAY}))*",
    rf"\b{_PART_OF_DAY}(?:(?:,? and |, ?| ?[/&+] ?){_PART_OF_DAY})*\b",
    rf"\bevery (?:other |second |third |{_SOME} |few )?(?:{_PERIOD}|hour|minutes)s?\b",
    r"\b(?:daily|weekly|nightly|hourly|on weekdays|on weekends|throughout the day|during the day)\b",
    r"\b(?:(?:and )?(?:as|when(?:ever)?) (?:needed|required)|while (?:you are )?awake|bid|tid|prn)\b",
    rf"\b(?:for )?{_SOME} (?:weeks|months|days)\b",
)
_FEW = "(?:once|twice|thrice)"
_TIMES = rf"(?:{_FEW}(?: (?:to|or) {_FEW})?|(?:{_FEW} (?:to|or) )?{_SOME}(?: ?(?:times|x))?)"
_OFTEN = (
    rf"\b{_TIMES}(?:| ?(?:days|sessions|sets)) ?(?:an?|per|each|every|/) ?{_PERIOD}\b",
    rf"\b{_SOME} ?x ?{_PERIOD}\b",
    rf"\b{_TIMES} ?(?:daily|weekly|hourly|nightly)\b",
    *_DAILY,
)
_MASS = r"(?:kgs?|kilos?|kilograms?|lbs?|pounds?|grams?)\b"
_THING = (
    r"(?:bands?|loop|therabands?|tubing|dumbbells?|weights?|kettlebells?|ball|bar|barbell|cuffs?|bottles?|cans?|"
    r"towel|backpack|resistance|machine|cable|strap|stick|book)"
)
_WITH = r"(?:\b(?:with|using|at|holding) (?:an? )?|\bw/ ?|@ ?)?"
_LOAD = (
    rf"{_WITH}\b({_SOME} ?-?{_MASS}(?: (?:in )?(?:each hand|{_THING}))?)",
    rf"\b(?:with|using|against|holding) ((?:(?!each|rest|hold)[a-z'-]+ ){{0,4}}{_THING}\b)",
    rf"\b((?:red|yellow|green|blue|black|silver|gold|light|medium|heavy) (?:resistance )?{_THING}\b)",
    rf"{_WITH}\b({_SOME} ?%(?:(?: of)?(?: your)? (?:maximum|max|1 ?rm|effort|body ?weight))?)",
    rf"{_WITH}\b(rpe ?(?:of )?{_SOME}\b)",
    r"(?:\bwith )?\b((?:no|without) (?:weights?|resistance|load)|body ?weight(?: only)?)\b",
)
_WHOSE = (
    r"(?:operated|affected|injured|involved|sore|painful|bad|weak(?:er)?|stiff(?:er)?|tight(?:er)?|good|"
    r"healthy|unaffected|uninjured|strong(?:er)?)"
)
_MANNER = (
    r"\b(?:very )?(?:slow|gent|quick|smooth|light|firm|calm|steadi|soft|careful|explosive)ly\b",
    rf"\b(?:with |on |using )?(?:the |your )?{_WHOSE} (?:{_LIMB}|side)(?: only)?\b",
    r"\b(?:with|under|in a) (?:slow,? |good |full )*(?:and )?control(?:led (?:manner|way|movements?))?\b",
    r"\b(?:at|from) (?:the )?(?:top|bottom|end)(?: of (?:each|the|every) \w+)?\b",
    r"\b(?:without|with no) pain\b|\bpain[- ]free\b|\bas far as (?:is )?comfortable\b",
    r"\b(?:slow|fast|quick)\b(?! (?:and )?(?:deep )?breath)",
    r"\b(?:at an? (?:slow|easy|brisk) pace|as fast as you can|controlled|barefoot)\b",
    r"\b(?:with )?(?:your )?eyes (?:closed|open)\b",
)

KEYWORDS = Keywords(
    labels={
        Label.POSITION: "Position",
        Label.NEEDS: "Needs",
        Label.WORKS: "Works",
        Label.FOR: "For",
        Label.DOSE: "Dose",
        Label.CAREFUL: "Careful",
        Label.REMEMBER: "Remember",
        Label.IF_IT_HURTS: "If it hurts",
        Label.BREATHE: "Breathe",
        Label.BRIEF: "Brief",
        Label.ASK: "Ask",
        Label.SOURCE: "Source",
        Label.LANGUAGE: "Language",
        Label.OPTIONAL: "Optional",
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
        | dict.fromkeys(("question", "asks", "ask for", "ask about"), Label.ASK)
    ),
    yes_or_no={"yes": True, "no": False},
    pain="pain",
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
        dict.fromkeys(("seconds", "second", "s", "sec", "secs", "counts", "count"), 1.0)
        | dict.fromkeys(("minutes", "minute", "min", "mins"), 60.0)
        | dict.fromkeys(("hours", "hour", "h", "hr", "hrs"), 3600.0)
    ),
    unit_names=((3600.0, "hour", "hours"), (60.0, "minute", "minutes"), (1.0, "second", "seconds")),
    joint="and",
    before_time=("for", "of"),
    count_of=tuple(
        " ".join(filter(None, words))
        for words in product(
            ("", "to"), ("", "a", "the"), ("", "slow"), ("count of", "count to", "counts of")
        )
    ),
    dose_words=_DOSE_WORDS,
    how_often={"once": 1, "twice": 2, "thrice": 3},
    nouns=_NOUNS,
    side_words=_SIDE_WORDS,
    often=_OFTEN,
    daily=_DAILY,
    load=_LOAD,
    manner=_MANNER,
    unmeasured=frozenset(
        "metres meters metre meter m km miles mile yards yard ft foot feet inches cm songs song pages".split()
    ),
    likely_doses={
        "emom": "for 40 seconds, 10 sets, rest 20 seconds",
        "tabata": "for 20 seconds, 8 sets, rest 10 seconds",
        **dict.fromkeys(
            "metres meters metre meter km miles mile yards yard ft feet songs song".split(), "for 1 minute"
        ),
    },
    dose_notes=(
        dict.fromkeys(("direction", "directions", "way", "ways"), "each direction is a phase of its own")
        | dict.fromkeys(
            "increase increasing progress progressing build building add adding start".split(),
            "say in a sentence how it grows, or write a dose for each level",
        )
        | dict.fromkeys(
            "run running jog jogging walk walking warm cool brisk easy hard".split(),
            "each activity is a phase with its time",
        )
    ),
    dose_marks=("sets", "set", "times", "reps", "rep", "repetitions", "each", "rounds"),
    cycles=("rounds", "round", "circuits", "circuit", "cycles", "cycle", "flows", "flow"),
    round_words=("rounds", "round", "laps", "lap"),
    round_things=("exercises", "movements", "moves", "stations"),
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
    breath_words=tuple("breath breaths breathe breathing inhale exhale air nose lungs".split()),
    stretches=("stretch", "stretches", "stretching"),
    relaxations=("relaxation", "breathing", "meditation", "body scan"),
    pauses=("rest", "pause", "wait"),
    stage_words={StageWord.WAIT: "wait", StageWord.BELL: "bell", StageWord.SOUND: "sound"},
    likely_stage_words={"pause": StageWord.WAIT, "silence": StageWord.WAIT},
    sounds={sound: sound.value.replace("-", " ") for sound in Sound},
    positions=_POSITIONS,
    same_positions=(
        ("supine", "on your back", "on the back", "face up", "crook lying", "hook lying", "hooklying"),
        ("prone", "face down", "on your stomach", "on your belly", "on your tummy", "on your front"),
        ("all fours", "four point", "quadruped", "quadrupedal", "hands and knees", "tabletop", "table top"),
    ),
    other_side={f"right{ending}": f"left{ending}" for ending in ("", "ward", "wards", "most")},
    side_letters={"R": "L", "Rt": "Lt"},
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
        one_set="1 set of {reps}",
        timed="for {time}",
        hold="hold for {time}",
        rest="rest {time}",
        as_many="as many as you can in {time}",
        up_to="up to {n}",
        until_tired="until tired",
        no_rest="no rest",
        between={After.REP: "between reps", After.SET: "between sets", After.SIDE: "between sides"},
        sides={
            Sides.EACH: "each {side}",
            Sides.BOTH: "both {both}",
            Sides.ALTERNATING: "alternating {both}",
            Sides.RIGHT: "{right} {side} only",
            Sides.LEFT: "{right} {side} only",
        },
        first="{right} first",
        load="with {load}",
        rounds="{n} rounds, {rest}:",
    ),
    ear=_EAR,
)
