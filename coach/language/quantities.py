"""Numbers, times and doses as people write them: ``ten times``, ``90 s``, ``2 sets of 10 each leg``."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import TypeVar

from coach.language.model import Counted, Dose, Held, Timed
from coach.language.problems import Problem
from coach.language.typography import Passage
from coach.text import counted


@dataclass(frozen=True, slots=True)
class Bounds:
    """From how many to how many (seconds, or a count) of ``what`` make sense in a sheet."""

    what: str
    least: float
    most: float


WAIT_S = Bounds("a wait", 0.1, 600)
REST_S = Bounds("a rest", 1, 600)
PHASE_S = Bounds("a phase", 0.5, 120)
HOLD_S = Bounds("a hold", 1, 300)
DURATION_S = Bounds("an exercise", 5, 3600)
SETS = Bounds("a dose", 1, 10)
REPS = Bounds("a set", 1, 100)

SIDE_WORDS = ("side", "leg", "arm", "foot", "hand", "knee", "hip", "shoulder")
"""What ``each`` may name in a dose."""

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90}
_NUMBER_WORDS: Mapping[str, int] = MappingProxyType(
    {"a": 1, "an": 1}
    | {word: number for number, word in enumerate(_ONES)}
    | _TENS
    | {f"{word}-{_ONES[one]}": ten + one for word, ten in _TENS.items() for one in range(1, 10)}
)
_FRACTIONS: Mapping[str, float] = MappingProxyType(
    {"½": 0.5, "¼": 0.25, "¾": 0.75, "1/2": 0.5, "1/4": 0.25, "3/4": 0.75}
)
_UNITS_S: Mapping[str, float] = MappingProxyType(
    dict.fromkeys(("second", "seconds", "s", "sec", "secs"), 1.0)
    | dict.fromkeys(("minute", "minutes", "min", "mins"), 60.0)
    | dict.fromkeys(("hour", "hours", "h", "hr", "hrs"), 3600.0)
)
_TIMES = frozenset({"time", "times", "rep", "reps", "repetition", "repetitions"})
_CLAUSE_WORDS = ("rest", "hold", "for", "each")
_DOSE_EXAMPLE = "write it like '10 times' or '2 sets of 10 each side, rest 30 seconds'"

_TOKEN = re.compile(
    r"\d{1,3}(?:,\d{3})+(?!\d)|[13]/[24](?!\d)|\d+(?:[.,]\d+)?|[^\W\d_]+(?:['-][^\W\d_]+)*|\S"
)


@dataclass(frozen=True, slots=True)
class _Token:
    word: str
    start: int
    end: int


@dataclass(slots=True)
class _Reader:
    """A passage read word by word, in lower case; ``at`` is the next word."""

    passage: Passage
    tokens: tuple[_Token, ...]
    at: int = 0

    def word(self, ahead: int = 0) -> str:
        """The next word, or one further ahead; "" past the end."""
        at = self.at + ahead
        return self.tokens[at].word if at < len(self.tokens) else ""

    def takes(self, *words: str) -> bool:
        """True, and a word further on, if these are the next words."""
        if all(self.word(ahead) == word for ahead, word in enumerate(words)):
            self.at += len(words)
            return True
        return False

    def takes_any(self, words: Iterable[str]) -> bool:
        """True, and a word further on, if the next word is one of these."""
        return any(self.takes(word) for word in words if word)

    def written(self, since: int) -> str:
        """The author's own words from ``since`` up to the next one."""
        taken = self.tokens[since : self.at]
        return quoted(self.passage.text[taken[0].start : taken[-1].end]) if taken else ""

    def wrong(self, code: str, message: str, hint: str, since: int | None = None) -> Problem:
        """A problem with the next word, or with all from ``since`` up to it."""
        if since is not None and since < self.at:
            first, last = self.tokens[since], self.tokens[self.at - 1]
        elif self.at < len(self.tokens):
            first = last = self.tokens[self.at]
        else:
            return Problem(code, message, self.passage.span(len(self.passage.text)), hint)
        return Problem(code, message, self.passage.span(first.start, last.end), hint)


def _reader(passage: Passage) -> _Reader:
    found = _TOKEN.finditer(passage.text)
    return _Reader(passage, tuple(_Token(m.group().casefold(), m.start(), m.end()) for m in found))


def quoted(text: str) -> str:
    """What a message quotes of an author's text: all, or the beginning of very much.

    >>> quoted("up, 2 seconds"), quoted("9" * 50)
    ('up, 2 seconds', '9999999999999999999999999999999999999...')
    """
    return text if len(text) <= 40 else f"{text[:37]}..."


def close_to(word: str, known: Iterable[str], cutoff: float = 0.7) -> str:
    """The known word that the author may have meant, or "".

    >>> close_to("secnds", ["seconds", "minutes"])
    'seconds'
    """
    return next(iter(get_close_matches(word[:60], list(known), n=1, cutoff=cutoff)), "")


def looks_like_a_number(word: str) -> bool:
    """True for ``10``, ``Ten`` and ``half``: what a time or a count may begin with."""
    plain = word.casefold()
    return plain[:1].isdecimal() or plain in _NUMBER_WORDS or plain in _FRACTIONS or plain == "half"


def in_words(seconds: float) -> str:
    """A time as an author would write it.

    >>> in_words(90), in_words(60), in_words(0.5), in_words(7200)
    ('90 seconds', '1 minute', '0.5 seconds', '2 hours')
    """
    for unit, length_s in (("hour", 3600), ("minute", 60)):
        if seconds >= length_s and seconds % length_s == 0:
            return counted(seconds / length_s, unit)
    return counted(seconds, "second")


# Times


def read_time(passage: Passage, bounds: Bounds, *, unit_s: float | None = None) -> float | Problem:
    """The seconds of a time such as ``90 s``, ``1:30``, ``half a minute``, ``1 minute 30 seconds``.

    A number without a unit is a problem, unless ``unit_s`` says what one of it lasts. 0 is within any bounds
    that ``unit_s`` is given with: at that level there is none.
    """
    reader = _reader(passage)
    seconds = _time(reader, bounds, unit_s)
    if not isinstance(seconds, Problem) and not reader.takes(".") and reader.word():
        example = "write one time, such as '30 seconds' or '1 minute 30 seconds'"
        return reader.wrong("time", f"'{reader.word()}' does not belong to a time", example)
    return seconds


def unit_of(passage: Passage) -> float:
    """What one of the last unit in a time lasts, in seconds; 1 if it has none, as in ``1:30``."""
    units = [_UNITS_S[token.word] for token in _reader(passage).tokens if token.word in _UNITS_S]
    return units[-1] if units else 1.0


def _time(reader: _Reader, bounds: Bounds, unit_s: float | None = None) -> float | Problem:
    since = reader.at
    seconds = _clock(reader) if reader.word(1) == ":" else _units(reader, unit_s)
    if isinstance(seconds, Problem) or bounds.least <= seconds <= bounds.most:
        return seconds
    if seconds == 0 and unit_s is not None:
        return seconds
    written = reader.written(since)
    if seconds > bounds.most:
        return reader.wrong(
            "bounds",
            f"{bounds.what} of {written} is too long",
            f"{bounds.what} is at most {in_words(bounds.most)}",
            since,
        )
    return reader.wrong(
        "bounds",
        f"{bounds.what} of {written} is too short",
        f"{bounds.what} is at least {in_words(bounds.least)}",
        since,
    )


def _clock(reader: _Reader) -> float | Problem:
    """``1:30``, with or without ``minutes`` after it."""
    since, minutes, seconds = reader.at, reader.word(), reader.word(2)
    reader.at = min(reader.at + 3, len(reader.tokens))
    if not (minutes.isdecimal() and seconds.isdecimal() and len(seconds) == 2 and float(seconds) < 60):
        hint = "write minutes and seconds, such as '1:30'"
        return reader.wrong("time", f"'{reader.written(since)}' is not a time", hint, since)
    reader.takes_any(_UNITS_S)
    return float(minutes) * 60 + float(seconds)


def _units(reader: _Reader, unit_s: float | None) -> float | Problem:
    """``1 minute and 30 seconds``: one or more numbers with their units, the longest unit first."""
    total, smaller_than = 0.0, float("inf")
    while True:
        since = reader.at
        number = _quantity(reader)
        if number is None:
            hint = "write a number and its unit, such as '5 seconds'"
            return reader.wrong("time", _no_time(reader.word()), hint)
        length_s = _UNITS_S.get(reader.word())
        if length_s is None:
            return number * unit_s if unit_s is not None else _no_unit_of_time(reader, since)
        reader.at += 1
        half = 0.5 if reader.takes("and", "a", "half") else 0.0
        total, smaller_than = total + (number + half) * length_s, length_s
        if not _goes_on_with_less_than(reader, smaller_than):
            return total


def _no_time(word: str) -> str:
    return f"'{word}' is not a time" if word else "the time is missing"


def _goes_on_with_less_than(reader: _Reader, length_s: float) -> bool:
    """True, and past an ``and``, if a number with a smaller unit follows: ``1 minute [and] 30 seconds``."""
    since = reader.at
    reader.takes("and")
    begin = reader.at
    goes_on = _quantity(reader) is not None and _UNITS_S.get(reader.word(), length_s) < length_s
    reader.at = begin if goes_on else since
    return goes_on


def _no_unit_of_time(reader: _Reader, since: int) -> Problem:
    number, word = reader.written(since), reader.word()
    ending = "" if _number(number.casefold()) == 1 else "s"
    example = f"write '{number} second{ending}' or '{number} minute{ending}'"
    if not word or not word[0].isalpha() or word in _CLAUSE_WORDS:
        return reader.wrong("unit", f"'{number}' has no unit", example, since)
    meant = close_to(word, ("seconds", "minutes", "hours"), 0.5)
    return reader.wrong(
        "unit", f"'{word}' is not a unit of time", f"did you mean '{meant}'?" if meant else example
    )


def _quantity(reader: _Reader) -> float | None:
    """``2``, ``two``, ``1.5``, ``1 1/2``, ``half a``, ``one and a half``; None where no number is next."""
    if reader.takes("half"):
        reader.takes_any(("a", "an"))
        return 0.5
    word = reader.word()
    if word in _FRACTIONS:
        reader.at += 1
        return _FRACTIONS[word]
    number = _number(word)
    if number is None:
        return None
    reader.at += 1
    if reader.word() in _FRACTIONS:
        number += _FRACTIONS[reader.word()]
        reader.at += 1
    elif reader.takes("and", "a", "half"):
        number += 0.5
    return number


def _number(word: str) -> float | None:
    if word in _NUMBER_WORDS:
        return float(_NUMBER_WORDS[word])
    if not word[:1].isdecimal():
        return None
    try:
        return float(word.replace(",", "" if re.fullmatch(r"\d{1,3}(?:,\d{3})+", word) else "."))
    except ValueError:  # digits with something else behind them, such as a quarter sign
        return None


# Doses


@dataclass(frozen=True, slots=True)
class _Count:
    reps: int
    sets: int


@dataclass(frozen=True, slots=True)
class _Hold:
    length_s: float


@dataclass(frozen=True, slots=True)
class _Duration:
    length_s: float


@dataclass(frozen=True, slots=True)
class _Rest:
    length_s: float


@dataclass(frozen=True, slots=True)
class _Each:
    side_word: str


_Clause = _Count | _Hold | _Duration | _Rest | _Each
_C = TypeVar("_C", _Count, _Hold, _Duration, _Rest, _Each)
_SAID: Mapping[type[_Clause], str] = MappingProxyType(
    {
        _Count: "how often",
        _Hold: "how long to hold",
        _Duration: "how long",
        _Rest: "the rest",
        _Each: "each side",
    }
)


def read_dose(passage: Passage) -> Dose | Problem:
    """The dose that a passage gives, such as ``2 sets of 10 each leg, rest 30 seconds``.

    What it does not mention is left at its default. The first thing that cannot be read is the problem.
    """
    reader = _reader(passage)
    clauses: dict[type[_Clause], _Clause] = {}
    while _skips_joints(reader):
        since = reader.at
        clause = _clause(reader)
        if isinstance(clause, Problem):
            return clause
        if type(clause) in clauses:
            message = f"'{reader.written(since)}' says {_SAID[type(clause)]} a second time"
            return reader.wrong("dose", message, "say it once", since)
        clauses[type(clause)] = clause
    return _dose(passage, tuple(clauses.values()))


def _skips_joints(reader: _Reader) -> bool:
    """True, and past commas and joining words, while there is something left to read."""
    while reader.takes_any((",", ";", ".", "and", "then", "with")):
        pass
    return bool(reader.word())


def _clause(reader: _Reader) -> _Clause | Problem:
    if reader.takes("hold"):
        reader.takes("for")
        seconds = _time(reader, HOLD_S)
        return seconds if isinstance(seconds, Problem) else _Hold(seconds)
    if reader.takes("rest"):
        reader.takes_any(("for", "of"))
        seconds = _time(reader, REST_S)
        return seconds if isinstance(seconds, Problem) else _Rest(seconds)
    if reader.word() in {"on", "for"} and reader.word(1) in {"each", "every"}:
        reader.at += 1
    if reader.takes_any(("each", "every", "per")):
        return _each(reader)
    if reader.takes("for"):
        seconds = _time(reader, DURATION_S)
        return seconds if isinstance(seconds, Problem) else _Duration(seconds)
    if reader.takes_any(("once", "twice")):
        return _Count(2 if reader.word(-1) == "twice" else 1, 1)
    return _count(reader)


def _each(reader: _Reader) -> _Each | Problem:
    since, word = reader.at - 1, reader.word()
    if reader.takes_any(SIDE_WORDS):
        return _Each(word)
    meant = close_to(word, SIDE_WORDS)
    hint = f"did you mean 'each {meant}'?" if meant else f"write 'each' and one of {', '.join(SIDE_WORDS)}"
    reader.at = min(reader.at + 1, len(reader.tokens))
    return reader.wrong("dose", f"'{reader.written(since)}' names no side of the body", hint, since)


def _count(reader: _Reader) -> _Count | Problem:
    since, written = reader.at, reader.word()
    number = _quantity(reader)
    if number is None:
        meant = close_to(written, _CLAUSE_WORDS)
        hint = f"did you mean '{meant}'?" if meant else _DOSE_EXAMPLE
        return reader.wrong("dose", f"'{written}' is not a word of a dose", hint)
    if reader.takes_any(_TIMES):
        return _bounded(reader, since, number, 1)
    if reader.takes_any(("set", "sets")):
        return _sets(reader, since, number)
    return _number_without_role(reader, since)


def _sets(reader: _Reader, since: int, sets: float) -> _Count | Problem:
    """The rest of ``2 sets of 10 times``, after its ``sets``."""
    written = reader.written(since)
    begin = reader.at + 1
    reps = _quantity(reader) if reader.takes("of") else None
    if reps is None:
        reader.at = min(begin - 1, reader.at)
        return reader.wrong(
            "dose", f"'{written}' does not say of how many", f"write '{written} of 10'", since
        )
    if reader.word() in _UNITS_S:
        reader.at += 1
        held = f"hold for {reader.written(begin)}, {sets:g} times"
        message = f"'{reader.written(since)}' counts seconds where repetitions are counted"
        return reader.wrong("dose", message, f"write '{held}'", since)
    reader.takes_any(_TIMES)
    return _bounded(reader, since, reps, sets)


def _bounded(reader: _Reader, since: int, reps: float, sets: float) -> _Count | Problem:
    written = reader.written(since)
    for number, thing, bounds in ((sets, "sets", SETS), (reps, "repetitions", REPS)):
        if not bounds.least <= number <= bounds.most:
            few_or_many = "few" if number < bounds.least else "many"
            hint = f"{bounds.what} has {bounds.least:g} to {bounds.most:g} {thing}"
            return reader.wrong("bounds", f"'{written}' is too {few_or_many} {thing}", hint, since)
        if number != int(number):
            hint = f"write whole {thing}"
            return reader.wrong("bounds", f"'{written}' cannot be counted aloud", hint, since)
    return _Count(int(reps), int(sets))


def _number_without_role(reader: _Reader, since: int) -> Problem:
    """Why a number that no ``times`` or ``sets`` follows says nothing."""
    number, word = reader.written(since), reader.word()
    if word in {"x", "×", "*"}:
        reader.at += 1
        reps = reader.word() if looks_like_a_number(reader.word()) else "10"
        reader.at += reps == reader.word()
        hint = f"write '{number} sets of {reps}'"
        return reader.wrong("dose", f"'{reader.written(since)}' can be read in two ways", hint, since)
    if word in {"-", "to"} and looks_like_a_number(reader.word(1)):
        return _range(reader, since)
    if word in _UNITS_S:
        reader.at += 1
        time = reader.written(since)
        hint = f"write 'for {time}', 'hold for {time}' or 'rest {time}'"
        return reader.wrong("dose", f"'{time}' does not say what it is the time of", hint, since)
    meant = close_to(word, ("times", "sets", "repetitions"))
    if meant:
        return reader.wrong("dose", f"'{word}' is not a word of a dose", f"did you mean '{meant}'?")
    hint = f"write '{number} times' or '2 sets of {number}'"
    return reader.wrong("unit", f"'{number}' has no unit", hint, since)


def _range(reader: _Reader, since: int) -> Problem:
    numbers = 1
    while reader.word() in {"-", "to"} and looks_like_a_number(reader.word(1)):
        reader.at += 2
        numbers += 1
    written = reader.written(since)
    if numbers > 2:
        hint = f"write it with the phases: '- tempo {written}: down, hold, up, loose'"
        return reader.wrong("dose", f"'{written}' is a tempo, not a dose", hint, since)
    hint = f"write one number, such as '{reader.word(-1)} times'"
    return reader.wrong("dose", f"'{written}' leaves the number open", hint, since)


def _dose(passage: Passage, clauses: tuple[_Clause, ...]) -> Dose | Problem:
    """The clauses of a dose as one value, if they go together."""
    count, hold, duration = _of(_Count, clauses), _of(_Hold, clauses), _of(_Duration, clauses)
    rest, each = _of(_Rest, clauses), _of(_Each, clauses)
    side_word, span = each.side_word if each else "", passage.span()
    if not (count or hold or duration):
        return Problem("dose", "this does not say how often or how long", span, _DOSE_EXAMPLE)
    if duration and (count or hold or rest):
        message = "a dose 'for' a time is done once, without repetitions, holds or rests"
        hint = "write the time alone, such as 'for 5 minutes', or 'hold for 20 seconds, 3 times'"
        return Problem("dose", message, span, hint)
    if duration:
        return Timed(duration.length_s, side_word=side_word, span=span)
    reps, sets = (count.reps, count.sets) if count else (1, 1)
    rest_s = rest.length_s if rest else 0.0
    if hold:
        return Held(hold.length_s, reps, sets=sets, rest_s=rest_s, side_word=side_word, span=span)
    return Counted(reps, sets=sets, rest_s=rest_s, side_word=side_word, span=span)


def _of(kind: type[_C], clauses: Iterable[_Clause]) -> _C | None:
    """The clause of a kind, if it is given."""
    return next((clause for clause in clauses if isinstance(clause, kind)), None)
