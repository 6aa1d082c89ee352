"""The coach's own words in English; `coach.session.words.interface.Words` says what each is for."""

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from coach.language.dose import Amount, Counted, Dose, Held, Side, Sides, Timed
from coach.language.level import Level
from coach.language.model import Sound
from coach.language.spelling.spell_out import spoken
from coach.session.activity import Activity
from coach.text import clock, counted, length_text

LANGUAGE = "en"

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_ORDINALS = "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
_TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety".split()

GET_READY = "Get ready."
HALFWAY = "Halfway."
TWO_MORE = "Two more."
LAST_ONE = "Last one."
REST = "Rest."
IN_THE_NEXT_SET = "In the next set, think of this:"
IN_THE_NEXT_ROUND = "In the next round, think of this:"
STOP_WHEN_YOU_NEED_TO = "Stop when you need to."
STAY_WITH_IT = "Stay with it."
HALF_OF_YOUR_REST = "Half of your rest."
TIME_LEFT = "{} left."
WORDINGS: tuple[tuple[str, ...], ...] = (
    ("Get ready.", "And get ready.", "Please get ready.", "Get ready now."),
    ("Get ready, {}.", "And get ready, {}.", "Please get ready, {}.", "Get ready, on the {}."),
    ("Halfway.", "You are halfway.", "Halfway there.", "That is halfway."),
    ("Two more.", "Only two more.", "Two more to go.", "There are two more."),
    ("Last one.", "The last one.", "And the last one.", "This is the last one."),
    ("Stay with it.", "Keep it steady.", "This is where it works.", "Nearly there, at your own pace."),
    ("Rest.", "Rest now.", "Take a rest.", "Time to rest."),
    (
        "Half of your rest.",
        "Half of your rest is over.",
        "That is half of your rest.",
        "Half of your rest is left.",
    ),
    (
        "In the next set, think of this:",
        "One thought for the next set:",
        "For the next set:",
        "Think of this in the next set:",
    ),
    ("In the next round, think of this:", "Think of this in the next round:", "For the next round:"),
    ("Ten seconds.", "Ten more seconds.", "Ten seconds left.", "Ten seconds to go."),
    (TIME_LEFT, "{} to go.", "You have {} left.", "Still {} to go."),
    ("Next: {}.", "Up next: {}.", "Coming up: {}.", "Coming up next: {}."),
    ("That was {}.", "That was all for {}.", "That is the end of {}."),
    ("Change {}.", "And change {}.", "Time to change {}."),
    ("Set {} of {}.", "This is set {} of {}.", "Time for set {} of {}."),
    ("{}, set {} of {}.", "{}, this is set {} of {}.", "{}, here is set {} of {}."),
    ("You have {}.", "You have {} for this."),
    ("Rest for {}.", "And rest for {}.", "Please rest for {}."),
    ("Stop when you need to.", "Stop as soon as you need to."),
    ("That is enough, or {}.", "This is enough, or {}."),
)
BREATH = "breath"
NOUNS: Mapping[str, str] = MappingProxyType(
    {"turn": "turn", "step": "step", "circle": "circle", "roll": "roll", "swing": "swing"}
)
SAFETY_RULES: tuple[str, ...] = (
    "This is not medical advice.",
    "Do not start with a new injury, or with a hot or swollen joint.",
    "Do not start if a doctor said no, or with pain above five of ten.",
    "Stop at a sharp pain, or if a joint gives way.",
    "If you feel faint, or your chest hurts, stop, and phone for help.",
)
IN_REACH_OF_THE_FLOOR = "Have a sturdy chair and a phone in reach."
LIE_DOWN = "Now get into bed, without hurry."
COME_DOWN = "Now get down, without hurry."
GET_UP: tuple[str, ...] = ("Get up slowly, in small steps.", "If you feel faint or dizzy, sit down again.")
ALL_DONE = "This is all for now."
BEFORE_WE_START = "Before we start"
TO_FINISH = "To finish"
HOLD = "hold"
LOOSE = "loose"
TONE_MEANINGS: Mapping[Sound, str] = MappingProxyType(
    {
        Sound.GO: "Three short tones and this long one mean go.",
        Sound.REP: "This tone begins a repetition.",
        Sound.MOVE: "This tone means the next movement.",
        Sound.HOLD_START: "This tone means stay still.",
        Sound.HOLD_END: "This tone means you can move again.",
    }
)
_VERBS = {"lie": "lying", "sit": "sitting", "stand": "standing", "kneel": "kneeling", "lean": "leaning"}
POSITIONS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(
            ("quadruped", "four-point kneeling", "four point", "tabletop"), "on your hands and knees"
        ),
        **dict.fromkeys(("all fours", "hands and knees"), "on your hands and knees"),
        "prone": "lying face down",
        **dict.fromkeys(("supine", "savasana", "corpse pose"), "lying on your back"),
        **dict.fromkeys(("crook lying", "crook-lying", "hook lying"), "lying on your back, with bent knees"),
        **dict.fromkeys(("hook-lying", "hooklying"), "lying on your back, with bent knees"),
        "long sitting": "sitting on the floor, with straight legs",
        **dict.fromkeys(("half kneeling", "half-kneeling"), "on one knee"),
        **{name: f"in a {name}" for name in ("plank", "side plank", "bridge", "push-up position")},
    }
)
ACTIVITIES: Mapping[Activity, str] = MappingProxyType(
    {
        Activity.LEAD_IN: "lead-in",
        Activity.END: "end",
        Activity.PAUSE: "pause",
        Activity.SET_UP: "time to do it",
        Activity.FETCH: "time to fetch it",
        Activity.GET_DOWN: "time to get down",
        Activity.CHANGE_SIDES: "change sides",
        Activity.REST: "rest",
        Activity.READY: "get ready",
        Activity.EXERCISE: "keep going",
        Activity.COUNTDOWN: "countdown",
        Activity.ANSWER: "time to answer",
        Activity.CHOOSE: "choose",
    }
)

PAIN_SCALE = "Zero is no pain, ten the worst."
TYPE_A_NUMBER = "Type the number, or wait."
PAIN_RULES: tuple[str, ...] = (
    "With two or less, carry on.",
    "From three to five, do only the easiest level.",
    "More than five, leave it for today.",
)
PAIN_RULES_IN_BRIEF: tuple[str, ...] = ("More than two, gentle level.", "More than five, not today.")
PAIN_RULES_AGAIN: tuple[str, ...] = (
    "With three or more, do less from here.",
    "With more than five, stop here for today.",
)
PAIN_ADVICE: Mapping[str, str] = MappingProxyType(
    {
        "as-planned": "Thank you. We go on as planned.",
        "gentle": "Thank you. From here on, the gentle level.",
        "end": "Thank you. More than five is too much, so this exercise ends.",
    }
)
DO_LESS = "Thank you. From here on, do fewer, and make each movement smaller."
PAIN_AT_THE_END: Mapping[str, str] = MappingProxyType(
    {
        "as-planned": "Thank you.",
        "gentle": "Thank you. That is acceptable, if it is as usual again tomorrow morning.",
        "end": (
            "Thank you. More than five is too much, so this exercise ends. "
            "If the pain stays, or gets worse, see a doctor or a therapist."
        ),
    }
)
LEAVE_IT_TODAY = "Thank you. More than five is too much, so leave it for today."
GO_ON_OR_END = "To go on gently with the others, press enter. To end here, wait."
END_OR_CORRECT = "To end here, wait. If the number was wrong, type it again."
PAIN_HAS_RISEN = "That is clearly more than before in this session."
END_FOR_TODAY = (
    "We end here for today, and your place is kept. From the floor, take your time to get up. "
    "If the pain stays, or gets worse, see a doctor or a therapist."
)
A_NUMBER_PLEASE = "How much pain, from zero to ten? Type the number, or wait."
ANSWER_KEYS = "0 to 10"

PAUSED = "Paused."
RESUMING = "Resuming."
STOPPED = "Stopped. Your place is kept."
ONE_MOMENT = "One moment, please."
LAST_PART = "This is the last part."
NOT_YET = "That part is not ready yet."
GENTLEST = "This is the gentlest level."
STRONGEST = "This is the strongest level."
LOUDEST = "This is as loud as I can speak."
SOFTEST = "This is as softly as I can speak."
TONES_GO_ON = "The tones go on; the words are shown here."
WAITING_FOR_SOUND = "The session waits for it."
SOUND_IS_BACK = "The sound is back."
THANK_YOU = "Thank you."
MORNING_KEYS = "buw"
WHICH_EXERCISE = "Which exercise? Type its number, or a part of its name and enter."
NO_SUCH_EXERCISE = "There is no such exercise. Try again."
SOUND_WORKS = "This is coach. If you hear this, the sound works."

NO_NAME = "A session"
LEVELS: Mapping[str, str] = MappingProxyType({level: level.value for level in Level})
TONES: Mapping[str, str] = MappingProxyType({sound: sound.value for sound in Sound})
REPETITION = "repetition"
SECONDS_LEFT: tuple[str, ...] = ("seconds left", "seconds", "s")
KEYS: Mapping[str, str] = MappingProxyType(
    {
        "toggle": "pause",
        "back": "back",
        "next": "next",
        "again": "again",
        "go-on": "go on",
        "stop": "stop",
        "louder": "louder",
        "softer": "softer",
        "easier": "easier",
        "harder": "harder",
        "where": "where am I",
    }
)
KEYS_ALOUD: tuple[str, ...] = (
    "The space bar pauses, and goes on again.",
    "The right arrow goes to the next part, and the left arrow back. R repeats, and enter goes on now.",
    "Plus is louder, and minus is softer. E is easier, and H is harder.",
    "W says where you are, and Q stops.",
)
ENOUGH = "enough"
KEY_NAMES: Mapping[str, str] = MappingProxyType(
    {"space": "space", "left": "left", "right": "right", "enter": "enter"}
)
DOINGS: Mapping[str, str] = MappingProxyType(
    {
        "move": "move",
        "hold": "hold",
        "loose": "let go",
        "ready": "get ready",
        "rest": "rest",
        "set-up": "time to do it",
        "listen": "listen",
    }
)
SPEECH: Mapping[str, str] = MappingProxyType(
    {
        "told": "instruction",
        "warned": "caution, stop rule",
        "cue": "form cue, halfway",
        "time": "time, get ready",
        "count": "number",
        "word": "phase word",
    }
)
TONES_DRAWN: Mapping[str, str] = MappingProxyType(
    {
        Sound.COUNTDOWN: "3, 2, 1",
        Sound.GO: "go",
        Sound.REP: "repetition",
        Sound.MOVE: "next movement",
        Sound.HOLD_START: "hold begins",
        Sound.HOLD_END: "hold ends",
        Sound.SIDE: "change sides",
        Sound.REST: "rest",
        Sound.END: "end",
        Sound.BELL: "bell",
        Sound.KEY: "key",
        Sound.NOT_NOW: "not now",
    }
)
LANES: Mapping[str, str] = MappingProxyType(
    {"doing": "you", "speech": "voice", "sounds": "tones", "loudness": "level"}
)
LOUDNESS = "momentary loudness (0.4 s)"
PAGE: Mapping[str, str] = MappingProxyType(
    {
        "noScript": "This page plays a session of exercises with sound, and needs JavaScript for it. Open "
        "it in the phone’s web browser, such as Chrome, Firefox or Safari, with JavaScript turned on.",
        "chapters": "Chapters",
        "settings": "Settings",
        "close": "Close",
        "play": "Play",
        "pause": "Pause",
        "startAgain": "Start again",
        "back": "Back",
        "next": "Next",
        "gettingReady": "Getting the sound ready. If this stays, the browser is too old for this page.",
        "speed": "Speed",
        "asMade": "{speed}×, as it was made",
        "keepScreenOn": "Keep the screen on",
        "staysOn": "The screen stays on while this page is in front.",
        "staysDark": "The sound goes on with the screen dark, too.",
        "notNow": "The phone does not allow it now, perhaps to spare its battery.",
        "goesDark": "The phone does not let the screen stay on.",
        "cannotStayOn": "This browser cannot do that for this page; opened from the phone’s own files it "
        "may.",
        "save": "Save this page",
        "worksOffline": "A saved page works without a network.",
        "saved": "Saved with your downloads. Open it from there, with the browser.",
        "cannotSave": "This browser cannot save it here.",
        "withoutLooking": "Without looking",
        "areas": "The upper part of the screen pauses and plays. Below it, the left half goes back and the "
        "right half goes on to the next chapter. A second tap right after the first does not "
        "count. Back, just after Next, returns to where you were.",
        "afterPause": "After a pause you begin with the same repetition, or the same sentence, once more.",
        "otherKeys": "The lock screen and the buttons of a headset do the same. On a keyboard: space, left "
        "and right arrow.",
        "secondsLeft": "{n} s left",
        "minutesLeft": "{n} min left",
        "numberOf": "{n} of {of}",
        "ofReps": "of {of}",
        "setOf": "Set {n} of {of}",
        "repetitionOf": "{chapter}, repetition {n} of {of}",
        "lastPart": LAST_PART,
        "isOver": "That is all.",
        "isPaused": "Paused. {where}.",
        "isReady": "Ready: {summary}.",
        "youWereAt": "You were at {clock}. Play goes on from there.",
        "backAgain": "Back to where you were.",
        "oneMoreTap": "The browser asks for one more tap: press Play.",
        "cannotPlay": "This browser cannot play the sound in this page. Try another browser, or have the "
        "session sent as an M4A or WAV file.",
        "notWhole": "This page is not whole: some of its sound has not arrived. Have it sent once more.",
    }
)


def number(n: int) -> str:
    """The cardinal number in words, for 0 to 9,999.

    >>> number(21), number(110)
    ('twenty-one', 'one hundred and ten')
    """
    if n < 0 or n > 9999:
        raise ValueError(f"{n} is not between 0 and 9,999")
    if n < 20:
        return _SMALL[n]
    if n < 100:
        tens, ones = divmod(n, 10)
        return _TENS[tens] + (f"-{_SMALL[ones]}" if ones else "")
    unit, size = ("thousand", 1000) if n >= 1000 else ("hundred", 100)
    head, rest = divmod(n, size)
    if not rest:
        return f"{number(head)} {unit}"
    return f"{number(head)} {unit}{' and' if rest < 100 else ''} {number(rest)}"


def sentence(text: str) -> str:
    """The text with a capital at its start and a stop at its end.

    >>> sentence("step-ups")
    'Step-ups.'
    """
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?", ",", ":")) else ".")


def heading(sentence: str) -> str:
    """Make a heading of a sentence: without its stop."""
    return sentence.rstrip(".")


def caption(sentence: str) -> str:
    """Make a caption of a sentence, for use within another text: "change legs" of "Change legs."."""
    return heading(sentence).lower()


def count(n: int) -> str:
    """The number of a repetition, as it is called out.

    >>> count(12)
    'Twelve.'
    """
    return sentence(number(n))


def quantity(n: int, noun: str) -> str:
    """A number with its noun, in the plural where it is due.

    >>> quantity(1, "set"), quantity(2, "minute")
    ('one set', 'two minutes')
    """
    return f"{number(n)} {noun}" + ("" if n == 1 else "s")


def duration(seconds: float) -> str:
    """A length of time in words, to the second.

    >>> duration(90), duration(20)
    ('one minute thirty seconds', 'twenty seconds')
    """
    minutes, rest = divmod(round(seconds), 60)
    words = [quantity(n, unit) for n, unit in ((minutes, "minute"), (rest, "second")) if n]
    return " ".join(words) or "no time"


@lru_cache(1024)
def time_left(seconds: int) -> str:
    """Announce the seconds left of a long movement, hold or wait.

    >>> time_left(60), time_left(10)
    ('One minute left.', 'Ten seconds.')
    """
    return sentence(duration(seconds) + (" left" if seconds > 10 else ""))


def session_title(title: str, level: Level) -> str:
    """Open a session: its title, and how much will be asked."""
    return f"{title}, {at_level(level)}."


def dose(amount: Dose) -> str:
    """Announce the dose in one sentence.

    >>> from coach.language.dose import Amount, exactly
    >>> dose(Counted(reps=(exactly(12),), sets=2, load="2 kg"))
    'Two sets of twelve, with 2 kg.'
    >>> dose(Counted(reps=(Amount(8, 12),))), dose(Counted(reps=(Amount(0, 15, is_open=True),)))
    ('Eight to twelve repetitions.', 'Up to fifteen repetitions.')
    >>> dose(Timed(work_s=exactly(20.0), sets=8)), dose(Held(hold=exactly(5.0), in_breaths=True))
    ('Eight rounds of twenty seconds.', 'One hold of five breaths.')
    >>> dose(Counted(sets=2))
    'Two rounds.'
    """
    sets = Amount(amount.sets, amount.sets + amount.more_sets)
    has_sets = sets.most > 1
    match amount:
        case Timed():
            what = _times(amount, "rounds" if has_sets else "times", sets if has_sets else amount.reps[0])
        case Held() if has_sets:
            what = f"{_in_range(sets)} sets of {_quantities(amount.reps[0], 'hold')}, {_hold(amount)} each"
        case Held():
            what = f"{_quantities(amount.reps[0], 'hold')} of {_hold(amount)}"
        case Counted(reps=(Amount(least=1, most=1),), noun="") if has_sets:
            what = f"{_in_range(sets)} rounds"
        case Counted() if has_sets:
            what = f"{_in_range(sets)} sets{_of_each(amount)}"
        case Counted(reps=(Amount(least=1, most=1),), noun=""):
            what = "once"
        case Counted():
            what = _quantities(amount.reps[0], amount.noun or "repetition")
    details = (_sides(amount), amount.load and _load(amount.load), amount.manner)
    return sentence(", ".join([what, *filter(None, details)]))


def _times(amount: Timed, rounds: str, how_often: Amount[int]) -> str:
    what = _span(amount.work_s)
    if amount.as_many:
        what = f"as many as you can in {what}"
    if how_often.most == 1:
        return what
    return f"{_in_range(how_often)} {rounds}{' of' if rounds == 'rounds' else ''} {what}"


def _of_each(amount: Counted) -> str:
    """How many repetitions a set has, or each of the sets."""
    if len(amount.reps) > 1:
        *before, last = map(_in_range, amount.reps)
        return f": {', '.join(before)} and {last}"
    reps = amount.reps[0]
    return f" of {_quantities(reps, amount.noun) if amount.noun else _in_range(reps)}"


def _in_range(amount: Amount[int]) -> str:
    """A number, "eight to twelve", or "up to fifteen"."""
    if amount.is_open:
        return f"up to {number(amount.most)}"
    return number(amount.least) if amount.is_exact else f"{number(amount.least)} to {number(amount.most)}"


def _quantities(amount: Amount[int], noun: str) -> str:
    return f"{_in_range(amount)} {noun if amount.most == 1 else _several(noun)}"


def _several(noun: str) -> str:
    return f"{noun}es" if noun.endswith(("s", "sh", "ch", "x")) else f"{noun}s"


def _span(amount: Amount[float]) -> str:
    """A time, a range of times, or a bound."""
    if amount.is_open:
        return f"up to {duration(amount.most)}"
    if amount.is_exact:
        return duration(amount.least)
    least, most = duration(amount.least), duration(amount.most)
    if least.split()[1:] in (most.split()[1:], [f"{word}s" for word in most.split()[1:]]):
        least = least.split()[0]
    return f"{least} to {most}"


def _hold(amount: Held) -> str:
    if not amount.in_breaths:
        return _span(amount.hold)
    breaths = Amount(round(amount.hold.least), round(amount.hold.most), amount.hold.is_open)
    return _quantities(breaths, BREATH)


def _sides(amount: Dose) -> str:
    match amount.sides:
        case Sides.EACH:
            return f"each {amount.side_word or 'side'}"
        case Sides.ALTERNATING:
            return f"alternating {_sides_word(amount.side_word)}"
        case Sides.LEFT | Sides.RIGHT:
            return f"{side_name(Side(amount.sides), amount.side_word or 'side')} only"
        case _:
            return ""


def _sides_word(side_word: str) -> str:
    return {"foot": "feet", "": "sides"}.get(side_word, f"{side_word}s")


def _load(load: str) -> str:
    return f"at {load}" if load.endswith("%") else f"with {load}"


def side_name(side: Side, side_word: str) -> str:
    """Name what is worked, such as "right leg"."""
    return f"{side} {side_word}".strip()


def on_side(side: str, what: str) -> str:
    """Name a side and what is done on it.

    >>> on_side("right", "lift"), on_side("left", "")
    ('right, lift', 'left')
    """
    return f"{side}, {what[:1].lower()}{what[1:]}" if what else side


def set_name(n: int, of: int, side: str, *, is_last: bool, is_round: bool = False, reps: int = 0) -> str:
    """Name the next set and its side; "" for the only set of an exercise without sides.

    >>> set_name(2, 2, "right leg", is_last=False), set_name(2, 2, "left leg", is_last=True)
    ('right leg, second and final set', 'left leg, second and final set')
    >>> set_name(3, 8, "", is_last=False, is_round=True), set_name(2, 3, "", is_last=False, reps=8)
    ('round three of eight', 'set two of three, eight')
    """
    words = [side] if side else []
    if of > 1 and is_round:
        words.append("last round" if is_last else _which("round", n, of))
    elif of > 1:
        words += [_which("set", n, of), *([number(reps)] if reps else [])]
    return ", ".join(words)


def _which(what: str, n: int, of: int) -> str:
    """Name one of several; "two of two" sounds like "to up to", so the last one is called that.

    >>> _which("set", 2, 3), _which("set", 3, 3), _which("round", 20, 20)
    ('set two of three', 'third and final set', 'last of twenty rounds')
    """
    if n < of:
        return f"{what} {number(n)} of {number(of)}"
    return f"{_ORDINALS[n]} and final {what}" if n < len(_ORDINALS) else f"last of {number(of)} {what}s"


def enough(more: int) -> str:
    """Say that a set was enough.

    >>> enough(4)
    'That is enough, or up to four more.'
    """
    return f"That is enough, or up to {number(more)} more."


def enough_sets(more: int) -> str:
    """Say that the sets were enough.

    >>> enough_sets(1)
    'That is enough, or one more set.'
    """
    sets = "one more set" if more == 1 else f"up to {number(more)} more sets"
    return f"That is enough, or {sets}."


def enough_time(more_s: float) -> str:
    """Say that the time was enough.

    >>> enough_time(300.0)
    'That is enough, or up to five minutes more.'
    """
    return f"That is enough, or up to {duration(more_s)} more."


def do_this(often: str) -> str:
    """Say how often an exercise is to be done.

    >>> do_this("3 times a day"), do_this("2-3x/day"), do_this("daily")
    ('Do this three times a day.', 'Do this two to three times a day.', 'Do this daily.')
    """
    plain = spoken(often, LANGUAGE).text
    return sentence("Do this " + re.sub(r"\d+", lambda found: number(int(found.group())), plain))


def up_next(what: str) -> str:
    """Name the next exercise or set at the start of a rest."""
    return sentence(f"Next: {what}")


def begin_round(n: int, of: int) -> str:
    """Announce a round of a list of exercises.

    >>> begin_round(1, 3), begin_round(2, 3), begin_round(3, 3)
    ('Three rounds.', 'Round two of three.', 'Third and final round.')
    """
    if n == 1:
        return sentence(quantity(of, "round"))
    return sentence(_which("round", n, of))


def round_name(title: str, n: int, of: int) -> str:
    """Name one of several rounds of an exercise.

    >>> round_name("Step-ups", 2, 3)
    'Step-ups, round two of three'
    """
    return f"{title}, round {number(n)} of {number(of)}"


def get_ready(side: str) -> str:
    """Say that a set is about to begin, and on which side if it is of one.

    >>> get_ready(""), get_ready("left leg")
    ('Get ready.', 'Get ready, left leg.')
    """
    return f"Get ready, {side}." if side else GET_READY


def change_sides(side_word: str, *, is_rest: bool = False) -> str:
    """The change to the other side, in a rest or without one.

    >>> change_sides("foot"), change_sides("leg", is_rest=True)
    ('Change feet.', 'Change legs, and rest.')
    """
    return f"Change {_sides_word(side_word)}{', and rest' if is_rest else ''}."


def done(title: str) -> str:
    """The end of an exercise.

    >>> done("Step-ups"), done("TENS for the knee")
    ('That was step-ups.', 'That was TENS for the knee.')
    """
    is_a_word = title[1:2].islower() or title[1:2] in {"", "-", " "}
    return sentence(f"That was {title[:1].lower() + title[1:] if is_a_word else title}")


def if_it_hurts(advice: str) -> str:
    """Give the advice about pain, always with its condition: alone it would sound like an order.

    >>> if_it_hurts("Make the step lower."), if_it_hurts("If a muscle cramps, rest.")
    ('If it hurts, make the step lower.', 'If a muscle cramps, rest.')
    """
    if advice.casefold().startswith("if "):
        return advice
    return f"If it hurts, {advice[:1].lower()}{advice[1:]}"


def position(posture: str) -> str:
    """The posture that an exercise is done in.

    >>> position("face down"), position("quadruped"), position("lie on your side")
    ('You will be face down.', 'You will be on your hands and knees.', 'You will be lying on your side.')
    """
    verb, _, rest = posture.partition(" ")
    asked = f"{_VERBS[verb]} {rest}".strip() if verb in _VERBS else posture
    return sentence(f"you will be {POSITIONS.get(posture, asked)}")


def needs(what: str) -> str:
    """List the equipment of a single exercise."""
    return sentence(f"You need {what}")


def you_have(seconds: float) -> str:
    """Announce the length of a wait."""
    return sentence(f"You have {duration(seconds)}")


def rest_for(seconds: float) -> str:
    """A rest between two exercises."""
    return sentence(f"Rest for {duration(seconds)}")


def where_in_sets(side: str, n: int, of: int) -> str:
    """Say which set is running, for "Where am I?"; "" for the only set of an exercise without sides.

    >>> where_in_sets("right leg", 1, 2), where_in_sets("", 3, 3)
    ('Right leg, set one of two.', 'Third and final set.')
    """
    words = [side] if side else []
    if of > 1:
        words.append(_which("set", n, of))
    return sentence(", ".join(words)) if words else ""


def where_in_set(rep: int, noun: str = "") -> str:
    """Say which repetition is running, for "Where am I?".

    >>> where_in_set(7), where_in_set(2, "breath")
    ('Repetition seven.', 'Breath two.')
    """
    return sentence(f"{noun or 'repetition'} {number(rep)}")


def minutes_left(seconds: float) -> str:
    """Say how many minutes of the session are left, for "Where am I?".

    >>> minutes_left(230.0), minutes_left(59.0), minutes_left(4000.0)
    ('Four minutes left.', 'Less than one minute left.', 'One hour seven minutes left.')
    """
    minutes = -int(-seconds // 60)
    if seconds < 60:
        return "Less than one minute left."
    hours, rest = divmod(minutes, 60)
    words = [quantity(n, unit) for n, unit in ((hours, "hour"), (rest, "minute")) if n]
    return sentence(" ".join(words) + " left")


def about_left(minutes: int) -> str:
    """Show about how many minutes are left."""
    return f"about {minutes} min left"


def clock_left(clock: str) -> str:
    """Show how much is left."""
    return f"{clock} left"


def level_from(level: Level, *, next_set: bool) -> str:
    """Announce a new level, from now or from the next set on.

    >>> level_from(Level.GENTLE, next_set=True)
    'Gentle level, from the next set.'
    """
    return sentence(f"{at_level(level)}, from {'the next set' if next_set else 'here on'}")


def how_next_morning(body_part: str) -> str:
    """Ask how it was on the morning after the last session.

    >>> how_next_morning("the knee")
    'How was your knee the morning after last time? Press B for better, U for usual, W for worse.'
    """
    what = f"your {_owned(body_part)}" if _owned(body_part) else "it"
    return f"How was {what} the morning after last time? Press B for better, U for usual, W for worse."


def how_sore(body_part: str) -> str:
    """Ask how sore the listener is, at the end of a session.

    >>> how_sore("")
    'How sore is it, from zero to ten? Type the number, or press enter to skip it.'
    >>> how_sore("the lower back")
    'How much pain is in your lower back, from zero to ten? Type the number, or press enter to skip it.'
    """
    owned = _owned(body_part)
    what = f"How much pain is in your {owned}" if owned else "How sore is it"
    return f"{what}, from zero to ten? Type the number, or press enter to skip it."


def left_out(title: str) -> str:
    """Say that an exercise is passed over, as an answer about pain has ended it.

    >>> left_out("Step-ups")
    'Step-ups: not today.'
    """
    return sentence(f"{title}: not today")


def how_much_pain(body_part: str) -> str:
    """Ask how much pain there is in the part of the body that a sheet names.

    >>> how_much_pain(""), how_much_pain("the knee")
    ('How much pain is there now, from zero to ten?', 'How much pain is in your knee now, from zero to ten?')
    """
    owned = _owned(body_part)
    return f"How much pain is {f'in your {owned}' if owned else 'there'} now, from zero to ten?"


def pain_again(body_part: str) -> str:
    """Ask the same in short.

    >>> pain_again(""), pain_again("the knee")
    ('Your pain, from zero to ten?', 'Your knee pain, from zero to ten?')
    """
    return f"Your {f'{_owned(body_part)} pain'.strip()}, from zero to ten?"


def _owned(body_part: str) -> str:
    return re.sub(r"^(?:the|your|my|a|an) ", "", body_part.strip().rstrip("."), flags=re.IGNORECASE)


def numbered(n: int, title: str) -> str:
    """Read out an exercise of a numbered list."""
    return sentence(f"{number(n)}: {title}")


def at_level(level: Level) -> str:
    """Show a level by its full name."""
    return f"{level} level"


def set_of(n: int, of: int) -> str:
    """Show which set is running."""
    return f"set {n} of {of}"


def set_short(n: int, of: int) -> str:
    """Show which set is running, in a caption."""
    return f"set {n}/{of}"


def repetition_of(n: int, of: int, *, is_bound: bool = False) -> str:
    """Show which repetition is running.

    >>> repetition_of(4, 10), repetition_of(4, 15, is_bound=True)
    ('repetition 4 of 10', 'repetition 4, up to 15')
    """
    return f"{REPETITION} {n}, up to {of}" if is_bound else f"{REPETITION} {n} of {of}"


def chapter_of(n: int, of: int) -> str:
    """Show which chapter is running."""
    return f"chapter {n} of {of}"


def number_of(n: int, of: int) -> str:
    """Show a number of several, under its name."""
    return f"{n} of {of}"


def up_to(most: int) -> str:
    """Name the number of a repetition whose set has a bound."""
    return f"{REPETITION}, up to {most}"


def short_side(side: str) -> str:
    """Shorten a side to its first word.

    >>> short_side("right leg")
    'right'
    """
    return side.partition(" ")[0]


def volume(db: float) -> str:
    """Show a change of the volume."""
    return f"volume {db:+.0f} dB"


def in_seconds(number: str) -> str:
    """Show a number of seconds."""
    return f"{number} s"


def in_minutes(n: int) -> str:
    """Show a number of minutes."""
    return f"{n} min"


def summary(minutes: int, level: Level | None) -> str:
    """Show the length and the level of a session.

    >>> summary(1, None), summary(12, Level.GENTLE)
    ('1 minute', '12 minutes, gentle level')
    """
    length = counted(minutes, "minute")
    return f"{length}, {at_level(level)}" if level else length


def dose_done(sets: int, fewest: int, most: int, sides: tuple[str, ...]) -> str:
    """Show the dose as it was laid out; a single repetition is not counted.

    >>> dose_done(2, 10, 12, ()), dose_done(1, 1, 1, ("right leg", "left leg"))
    ('2 sets of 10 to 12', 'once, right leg and left leg')
    """
    reps = f"{most}" if fewest == most else f"{fewest} to {most}"
    if sets > 1:
        what = f"{sets} sets of {reps}" if most > 1 else f"{sets} times"
    else:
        what = f"{reps} repetitions" if most > 1 else "once"
    return f"{what}, {' and '.join(sides)}" if sides else what


def length(seconds: float) -> str:
    """Show a length in minutes and seconds."""
    return length_text(seconds)


def picture_title(title: str) -> str:
    """Name the picture of a session."""
    return f"{title}: the session over time"


def picture_head(level: Level, length_s: float, chapters: int, voice: str) -> str:
    """Show what a drawn session is made of."""
    return f"{at_level(level)} · {length_text(length_s)} · {counted(chapters, 'chapter')} · voice {voice}"


def time_totals(exercise_s: float, rest_s: float, other_s: float) -> str:
    """Show how the time of a session is spent."""
    others = f"instructions and getting ready {length_text(other_s)}"
    return f"Exercise {length_text(exercise_s)}, rest {length_text(rest_s)}, {others}"


def speech_totals(spoken_s: float, busiest_at_s: float, busiest_s: float) -> str:
    """Show how much is spoken."""
    busiest = f"in its busiest minute, from {clock(round(busiest_at_s))}, {length_text(busiest_s)}"
    return f"The voice speaks {length_text(spoken_s)}; {busiest}"


def no_room_for(text: str) -> str:
    """Show a cue that was left out."""
    return f"No repetition or rest has room for: {text}"


def aim(lufs: float) -> str:
    """Name the line at the loudness that speech should have."""
    return f"aim for speech, {lufs:.0f} LUFS".replace("-", "−")
