"""The coach's own words in English; `coach.session.words.interface.Words` says what each is for."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from coach.language.dose import Amount, Counted, Dose, Held, Side, Sides, Timed
from coach.language.level import Level
from coach.session.activity import Activity

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety".split()

GET_READY = "Get ready."
HALFWAY = "Halfway."
TWO_MORE = "Two more."
LAST_ONE = "Last one."
REST = "Rest."
IN_THE_NEXT_SET = "In the next set, think of this:"
STOP_WHEN_YOU_NEED_TO = "Stop when you need to."
BREATH = "breath"
NOUNS: Mapping[str, str] = MappingProxyType(
    {"turn": "turn", "step": "step", "circle": "circle", "roll": "roll", "swing": "swing"}
)
NOT_MEDICAL_ADVICE = "This is general exercise guidance, not medical advice."
DO_NOT_START: tuple[str, ...] = (
    "Do not start if a joint is hot, very swollen, or newly injured.",
    "Do not start if it locks or gives way.",
    "Do not start if a doctor or therapist has told you not to.",
    "If your pain is three to five, out of ten, do only the gentle level.",
    "If it is more than five, leave it for today.",
)
STOP_RULES: tuple[str, ...] = (
    "If you feel a sharp pain, stop the exercise.",
    "If a joint catches or gives way, stop the exercise.",
    "If you have chest pain, stop everything, and phone for help.",
    "Do the same if you feel faint, or cannot catch your breath.",
)
IN_REACH_OF_THE_FLOOR = "Have a sturdy chair and a phone in reach."
COME_DOWN = "Now get down, without hurry."
GET_UP: tuple[str, ...] = ("Get up slowly, in small steps.", "If you feel faint or dizzy, sit down again.")
YOUR_CHOICE = "You may skip, do fewer, or stop at any time."
ALL_DONE = "This is all for now."
BEFORE_WE_START = "Before we start"
TO_FINISH = "To finish"
HOLD = "hold"
LOOSE = "loose"
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
        Activity.CHOOSE: "choose",
    }
)

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
HOW_SORE = "How sore is your knee, from zero to ten? Type the number, or press enter to skip it."
THANK_YOU = "Thank you."
WHICH_EXERCISE = "Which exercise? Type its number, or a part of its name and enter."
NO_SUCH_EXERCISE = "There is no such exercise. Try again."
SOUND_WORKS = "This is coach. If you hear this, the sound works."


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


def time_left(seconds: int) -> str:
    """Announce the seconds left of a long movement, hold or wait.

    >>> time_left(60), time_left(10)
    ('One minute left.', 'Ten seconds.')
    """
    return sentence(duration(seconds) + (" left" if seconds > 10 else ""))


def session_title(title: str, level: Level) -> str:
    """Open a session: its title, and how much will be asked."""
    return f"{title}, {level} level."


def dose(amount: Dose) -> str:
    """Announce the dose in one sentence.

    >>> from coach.language.dose import Amount, exactly
    >>> dose(Counted(reps=(exactly(12),), sets=2, load="2 kg"))
    'Two sets of twelve, with 2 kg.'
    >>> dose(Counted(reps=(Amount(8, 12),))), dose(Counted(reps=(Amount(0, 15, is_open=True),)))
    ('Eight to twelve repetitions.', 'Up to fifteen repetitions.')
    >>> dose(Timed(work_s=exactly(20.0), sets=8)), dose(Held(hold=exactly(5.0), in_breaths=True))
    ('Eight rounds of twenty seconds.', 'One hold of five breaths.')
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
    return load if load.split(maxsplit=1)[0] in {"at", "with", "against", "using"} else f"with {load}"


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
    ('right leg, set two of two', 'left leg, set two of two, the final set')
    >>> set_name(3, 8, "", is_last=False, is_round=True), set_name(2, 3, "", is_last=False, reps=8)
    ('round three of eight', 'set two of three, eight')
    """
    words = [side] if side else []
    if of > 1 and is_round:
        words.append("last round" if is_last else f"round {number(n)} of {number(of)}")
    elif of > 1:
        words.append(f"set {number(n)} of {number(of)}")
        words += [number(reps)] if reps else []
        words += ["the final set"] if is_last else []
    return ", ".join(words)


def enough(more: int) -> str:
    """Say that a set was enough.

    >>> enough(4)
    'Enough, or up to four more.'
    """
    return f"Enough, or up to {number(more)} more."


def do_this(often: str) -> str:
    """Say how often an exercise is to be done.

    >>> do_this("3 times a day"), do_this("daily")
    ('Do this three times a day.', 'Do this daily.')
    """
    return sentence("Do this " + re.sub(r"\d+", lambda found: number(int(found.group())), often))


def up_next(what: str) -> str:
    """Name the next exercise or set at the start of a rest."""
    return sentence(f"Next: {what}")


def begin_round(n: int, of: int) -> str:
    """Announce a round of a list of exercises.

    >>> begin_round(1, 3), begin_round(2, 3), begin_round(3, 3)
    ('Three rounds.', 'Round two of three.', 'Round three of three.')
    """
    if n == 1:
        return sentence(quantity(of, "round"))
    return f"Round {number(n)} of {number(of)}."


def round_name(title: str, n: int, of: int) -> str:
    """Name one of several rounds of an exercise.

    >>> round_name("Step-ups", 2, 3)
    'Step-ups, round two of three'
    """
    return f"{title}, round {number(n)} of {number(of)}"


def change_sides(side_word: str) -> str:
    """The change to the other side.

    >>> change_sides("foot")
    'Change feet.'
    """
    return f"Change {_sides_word(side_word)}."


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

    >>> position("face down")
    'You will be face down.'
    """
    return sentence(f"you will be {posture}")


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

    >>> where_in_sets("right leg", 1, 2), where_in_sets("", 2, 3)
    ('Right leg, set one of two.', 'Set two of three.')
    """
    words = [side] if side else []
    if of > 1:
        words.append(f"set {number(n)} of {number(of)}")
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
    return sentence(f"{level} level, from {'the next set' if next_set else 'here on'}")


def numbered(n: int, title: str) -> str:
    """Read out an exercise of a numbered list."""
    return sentence(f"{number(n)}: {title}")
