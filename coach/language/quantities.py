"""Numbers, times and doses as people write them: ``ten times``, ``90 s``, ``2 sets of 10 each leg``."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import chain
from types import MappingProxyType
from typing import TypeVar

from coach.language.keywords.vocabulary import Keywords
from coach.language.model import Counted, Dose, Held, Timed
from coach.language.problems import Problem
from coach.language.typography import Passage


@dataclass(frozen=True, slots=True)
class Bounds:
    """The least and the most (seconds, or a count) that a sheet may give for ``what``."""

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

_FRACTIONS: Mapping[str, float] = MappingProxyType(
    {"½": 0.5, "¼": 0.25, "¾": 0.75, "1/2": 0.5, "1/4": 0.25, "3/4": 0.75}
)

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
    """A cursor over the lower-case words of a passage; ``at`` is the next word."""

    passage: Passage
    keywords: Keywords
    tokens: tuple[_Token, ...]
    at: int = 0

    def word(self, ahead: int = 0) -> str:
        """Return the next word, or one further ahead; "" past the end."""
        at = self.at + ahead
        return self.tokens[at].word if at < len(self.tokens) else ""

    def takes(self, phrase: str) -> bool:
        """Whether the next words are these; if so, go on behind them."""
        words = phrase.split()
        if not words or any(self.word(ahead) != word for ahead, word in enumerate(words)):
            return False
        self.at += len(words)
        return True

    def takes_any(self, phrases: Iterable[str]) -> str:
        """The longest of these phrases that comes next, if one does; go on behind it."""
        longest_first = sorted(phrases, key=lambda phrase: -len(phrase.split()))
        return next((phrase for phrase in longest_first if self.takes(phrase)), "")

    def takes_unit(self) -> float | None:
        """The seconds of the unit of time that comes next, if one does; go on behind it."""
        unit = self.takes_any(self.keywords.units_s)
        return self.keywords.units_s[unit] if unit else None

    def written(self, since: int) -> str:
        """Quote the author's own words from ``since`` up to the next one."""
        taken = self.tokens[since : self.at]
        return quoted(self.passage.text[taken[0].start : taken[-1].end]) if taken else ""

    def wrong(self, code: str, message: str, hint: str, since: int | None = None) -> Problem:
        """Make a problem of the next word, or of all words from ``since`` up to it."""
        if since is not None and since < self.at:
            first, last = self.tokens[since], self.tokens[self.at - 1]
        elif self.at < len(self.tokens):
            first = last = self.tokens[self.at]
        else:
            return Problem(code, message, self.passage.span(len(self.passage.text)), hint)
        return Problem(code, message, self.passage.span(first.start, last.end), hint)


def _reader(passage: Passage, keywords: Keywords) -> _Reader:
    found = _TOKEN.finditer(passage.text)
    return _Reader(passage, keywords, tuple(_Token(m.group().casefold(), m.start(), m.end()) for m in found))


def quoted(text: str) -> str:
    """Shorten an author's text for quoting in a message.

    >>> quoted("up, 2 seconds"), quoted("9" * 50)
    ('up, 2 seconds', '9999999999999999999999999999999999999...')
    """
    return text if len(text) <= 40 else f"{text[:37]}..."


def close_to(word: str, known: Iterable[str], cutoff: float = 0.7) -> str:
    """Return the known word that the author may have meant, or "".

    >>> close_to("secnds", ["seconds", "minutes"])
    'seconds'
    """
    return next(iter(get_close_matches(word[:60], list(known), n=1, cutoff=cutoff)), "")


def any_of(phrases: Iterable[str]) -> str:
    """Return a regular expression, without a group, of any of these words or phrases, the longest first.

    >>> any_of(("rep", "reps"))
    '(?:reps|rep)'
    """
    return f"(?:{'|'.join(sorted(map(re.escape, phrases), key=len, reverse=True))})"


def looks_like_a_number(word: str, keywords: Keywords) -> bool:
    """True for ``10``, ``Ten`` and ``half``: what a time or a count may begin with."""
    plain = word.casefold()
    return plain[:1].isdecimal() or plain in keywords.numbers or plain in _FRACTIONS or plain == keywords.half


def begins_a_dose(word: str, keywords: Keywords) -> bool:
    """True for what a dose may begin with, as written: a number, ``for``, ``hold``, ``once``."""
    return looks_like_a_number(word, keywords) or word in {
        *(phrase.split()[0] for phrase in (*keywords.duration, *keywords.hold)),
        *keywords.how_often,
    }


def in_words(seconds: float, keywords: Keywords) -> str:
    """Format a time as an author would write it.

    >>> from coach.language.keywords.en import KEYWORDS
    >>> [in_words(seconds, KEYWORDS) for seconds in (90, 60, 0.5, 7200)]
    ['90 seconds', '1 minute', '0.5 seconds', '2 hours']
    """
    for length_s, one, several in keywords.unit_names:
        if length_s == 1 or (seconds >= length_s and seconds % length_s == 0):
            number = seconds / length_s
            return f"{number:g} {one if number == 1 else several}"
    raise ValueError("a language without a word for one second")


def tempo_example(keywords: Keywords, numbers: str = "3-0-2-1") -> str:
    """Return an example of four phases in one line, for hints."""
    return keywords.examples.tempo.format(numbers=numbers)


def _dose_example(keywords: Keywords) -> str:
    examples = keywords.examples
    rest = examples.rest.format(time=in_words(30, keywords))
    each = examples.each.format(side=keywords.side_words[0])
    counted, in_sets = examples.counted.format(n=10), examples.in_sets.format(sets=2, reps=10)
    return f"write it like '{counted}' or '{in_sets} {each}, {rest}'"


# Times


def read_time(
    passage: Passage, bounds: Bounds, keywords: Keywords, *, unit_s: float | None = None
) -> float | Problem:
    """Read a time, in seconds, such as ``90 s``, ``1:30``, ``half a minute``, ``1 minute 30 seconds``.

    A number without a unit is a problem, unless ``unit_s`` says what one of it lasts. With ``unit_s``, 0 is
    always allowed: the phase is left out at that level.
    """
    reader = _reader(passage, keywords)
    seconds = _time(reader, bounds, unit_s)
    if not isinstance(seconds, Problem) and not reader.takes(".") and reader.word():
        both = f"{in_words(60, keywords)} {in_words(30, keywords)}"
        example = f"write one time, such as '{in_words(30, keywords)}' or '{both}'"
        return reader.wrong("time", f"'{reader.word()}' does not belong to a time", example)
    return seconds


def unit_of(passage: Passage, keywords: Keywords) -> float:
    """Return the seconds of the last unit in a time; 1 if it has none, as in ``1:30``."""
    reader, last = _reader(passage, keywords), 1.0
    while reader.word():
        unit_s = reader.takes_unit()
        last, reader.at = (last, reader.at + 1) if unit_s is None else (unit_s, reader.at)
    return last


def _time(reader: _Reader, bounds: Bounds, unit_s: float | None = None) -> float | Problem:
    since = reader.at
    seconds = _clock(reader) if reader.word(1) == ":" else _units(reader, unit_s)
    if isinstance(seconds, Problem) or bounds.least <= seconds <= bounds.most:
        return seconds
    if seconds == 0 and unit_s is not None:
        return seconds
    is_long, written = seconds > bounds.most, reader.written(since)
    limit = f"at most {in_words(bounds.most, reader.keywords)}"
    if not is_long:
        limit = f"at least {in_words(bounds.least, reader.keywords)}"
    message = f"{bounds.what} of {written} is too {'long' if is_long else 'short'}"
    return reader.wrong("bounds", message, f"{bounds.what} is {limit}", since)


def _clock(reader: _Reader) -> float | Problem:
    """``1:30``, with or without ``minutes`` after it."""
    since, minutes, seconds = reader.at, reader.word(), reader.word(2)
    reader.at = min(reader.at + 3, len(reader.tokens))
    if not (minutes.isdecimal() and seconds.isdecimal() and len(seconds) == 2 and float(seconds) < 60):
        hint = "write minutes and seconds, such as '1:30'"
        return reader.wrong("time", f"'{reader.written(since)}' is not a time", hint, since)
    reader.takes_unit()
    return float(minutes) * 60 + float(seconds)


def _units(reader: _Reader, unit_s: float | None) -> float | Problem:
    """``1 minute and 30 seconds``: one or more numbers with their units, the longest unit first."""
    total = 0.0
    while True:
        since = reader.at
        number = _quantity(reader)
        if number is None:
            hint = f"write a number and its unit, such as '{in_words(5, reader.keywords)}'"
            return reader.wrong("time", _no_time(reader.word()), hint)
        length_s = reader.takes_unit()
        if length_s is None:
            return number * unit_s if unit_s is not None else _no_unit_of_time(reader, since)
        half = 0.5 if reader.takes(reader.keywords.and_a_half) else 0.0
        total += (number + half) * length_s
        if not _goes_on_with_less_than(reader, length_s):
            return total


def _no_time(word: str) -> str:
    return f"'{word}' is not a time" if word else "the time is missing"


def _goes_on_with_less_than(reader: _Reader, length_s: float) -> bool:
    """True, and past an ``and``, if a number with a smaller unit follows: ``1 minute [and] 30 seconds``."""
    since = reader.at
    reader.takes(reader.keywords.joint)
    begin = reader.at
    follows = _quantity(reader) is not None and (reader.takes_unit() or length_s) < length_s
    reader.at = begin if follows else since
    return follows


def _no_unit_of_time(reader: _Reader, since: int) -> Problem:
    number, word, keywords = reader.written(since), reader.word(), reader.keywords
    is_one = _number(number.casefold(), keywords) == 1
    names = [one if is_one else several for _, one, several in reversed(keywords.unit_names)]
    example = f"write '{number} {names[0]}' or '{number} {names[1]}'"
    if not word or not word[0].isalpha() or word in _clause_words(keywords):
        return reader.wrong("unit", f"'{number}' has no unit", example, since)
    meant = close_to(word, [several for *_, several in reversed(keywords.unit_names)], 0.5)
    return reader.wrong(
        "unit", f"'{word}' is not a unit of time", f"did you mean '{meant}'?" if meant else example
    )


def _clause_words(keywords: Keywords) -> list[str]:
    """The words that the clauses of a dose begin with."""
    clauses = (keywords.rest, keywords.hold, keywords.duration, keywords.each[:1])
    return [phrase.split()[0] for phrase in chain(*clauses)]


def _quantity(reader: _Reader) -> float | None:
    """``2``, ``two``, ``1.5``, ``1 1/2``, ``half a``, ``one and a half``; None where no number is next."""
    keywords = reader.keywords
    if reader.takes(keywords.half):
        reader.takes_any(keywords.articles)
        return 0.5
    word = reader.word()
    if word in _FRACTIONS:
        reader.at += 1
        return _FRACTIONS[word]
    number = _number(word, keywords)
    if number is None:
        return None
    reader.at += 1
    if reader.word() in _FRACTIONS:
        number += _FRACTIONS[reader.word()]
        reader.at += 1
    elif reader.takes(keywords.and_a_half):
        number += 0.5
    return number


def _number(word: str, keywords: Keywords) -> float | None:
    if word in keywords.numbers:
        return float(keywords.numbers[word])
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


def read_dose(passage: Passage, keywords: Keywords) -> Dose | Problem:
    """Read a dose such as ``2 sets of 10 each leg, rest 30 seconds``.

    What it does not mention is left at its default. The first thing that cannot be read is the problem.
    """
    reader = _reader(passage, keywords)
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
    return _dose(passage, tuple(clauses.values()), keywords)


def _skips_joints(reader: _Reader) -> bool:
    """True, and past commas and joining words, while there is something left to read."""
    while reader.takes_any((",", ";", ".", *reader.keywords.dose_joints)):
        pass
    return bool(reader.word())


def _clause(reader: _Reader) -> _Clause | Problem:
    keywords = reader.keywords
    if reader.takes_any(keywords.hold):
        reader.takes_any(keywords.before_time)
        seconds = _time(reader, HOLD_S)
        return seconds if isinstance(seconds, Problem) else _Hold(seconds)
    if reader.takes_any(keywords.rest):
        reader.takes_any(keywords.before_time)
        seconds = _time(reader, REST_S)
        return seconds if isinstance(seconds, Problem) else _Rest(seconds)
    since = reader.at
    reader.takes_any(keywords.before_each)
    if reader.takes_any(keywords.each):
        return _each(reader)
    reader.at = since
    if reader.takes_any(keywords.duration):
        seconds = _time(reader, DURATION_S)
        return seconds if isinstance(seconds, Problem) else _Duration(seconds)
    if often := reader.takes_any(keywords.how_often):
        return _Count(keywords.how_often[often], 1)
    return _count(reader)


def _each(reader: _Reader) -> _Each | Problem:
    since, word, keywords = reader.at - 1, reader.word(), reader.keywords
    if side := reader.takes_any(keywords.side_words):
        return _Each(side)
    meant = close_to(word, keywords.side_words)
    hint = f"write '{keywords.each[0]}' and one of {', '.join(keywords.side_words)}"
    if meant:
        hint = f"did you mean '{keywords.examples.each.format(side=meant)}'?"
    reader.at = min(reader.at + 1, len(reader.tokens))
    return reader.wrong("dose", f"'{reader.written(since)}' names no side of the body", hint, since)


def _count(reader: _Reader) -> _Count | Problem:
    since, written, keywords = reader.at, reader.word(), reader.keywords
    number = _quantity(reader)
    if number is None:
        meant = close_to(written, _clause_words(keywords))
        hint = f"did you mean '{meant}'?" if meant else _dose_example(keywords)
        return reader.wrong("dose", f"'{written}' is not a word of a dose", hint)
    if reader.takes_any(keywords.times):
        return _bounded(reader, since, number, 1)
    if reader.takes_any(keywords.set_words):
        return _sets(reader, since, number)
    return _number_without_role(reader, since)


def _sets(reader: _Reader, since: int, sets: float) -> _Count | Problem:
    """The rest of ``2 sets of 10 times``, after its ``sets``."""
    written, keywords = reader.written(since), reader.keywords
    end = reader.at
    begin = end + len(keywords.sets_of.split())
    reps = _quantity(reader) if reader.takes(keywords.sets_of) else None
    if reps is None:
        reader.at = end
        hint = f"write '{written} {keywords.sets_of} 10'"
        return reader.wrong("dose", f"'{written}' does not say of how many", hint, since)
    if reader.takes_unit() is not None:
        held = keywords.examples.held.format(time=reader.written(begin), n=f"{sets:g}")
        message = f"'{reader.written(since)}' counts seconds where repetitions are counted"
        return reader.wrong("dose", message, f"write '{held}'", since)
    reader.takes_any(keywords.times)
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
    """Report a number without ``times`` or ``sets`` behind it."""
    number, word = reader.written(since), reader.word()
    keywords, examples = reader.keywords, reader.keywords.examples
    if word in {"x", "×", "*"}:
        reader.at += 1
        reps = reader.word() if looks_like_a_number(reader.word(), keywords) else "10"
        reader.at += reps == reader.word()
        hint = f"write '{examples.in_sets.format(sets=number, reps=reps)}'"
        return reader.wrong("dose", f"'{reader.written(since)}' can be read in two ways", hint, since)
    if _takes_range(reader):
        return _range(reader, since)
    if reader.takes_unit() is not None:
        time = reader.written(since)
        timed, hold, rest = (
            each.format(time=time) for each in (examples.timed, examples.hold, examples.rest)
        )
        hint = f"write '{timed}', '{hold}' or '{rest}'"
        return reader.wrong("dose", f"'{time}' does not say what it is the time of", hint, since)
    meant = close_to(word, (keywords.times[0], keywords.set_words[0], keywords.times[-1]))
    if meant:
        return reader.wrong("dose", f"'{word}' is not a word of a dose", f"did you mean '{meant}'?")
    counted, in_sets = examples.counted.format(n=number), examples.in_sets.format(sets=2, reps=number)
    return reader.wrong("unit", f"'{number}' has no unit", f"write '{counted}' or '{in_sets}'", since)


def _takes_range(reader: _Reader) -> bool:
    """Whether the range goes on with ``-12`` or ``to 12``; if so, go on behind it."""
    since = reader.at
    if reader.takes_any(("-", reader.keywords.up_to)) and looks_like_a_number(reader.word(), reader.keywords):
        reader.at += 1
        return True
    reader.at = since
    return False


def _range(reader: _Reader, since: int) -> Problem:
    numbers, last = 2, reader.word(-1)
    while _takes_range(reader):
        numbers, last = numbers + 1, reader.word(-1)
    written = reader.written(since)
    if numbers > 2:
        hint = f"write it with the phases: '{tempo_example(reader.keywords, written)}'"
        return reader.wrong("dose", f"'{written}' is a tempo, not a dose", hint, since)
    hint = f"write one number, such as '{reader.keywords.examples.counted.format(n=last)}'"
    return reader.wrong("dose", f"'{written}' leaves the number open", hint, since)


def _dose(passage: Passage, clauses: tuple[_Clause, ...], keywords: Keywords) -> Dose | Problem:
    """Combine the clauses of a dose, or report that they contradict each other."""
    count, hold, duration = _of(_Count, clauses), _of(_Hold, clauses), _of(_Duration, clauses)
    rest, each = _of(_Rest, clauses), _of(_Each, clauses)
    side_word, span = each.side_word if each else "", passage.span()
    if not (count or hold or duration):
        return Problem("dose", "this does not say how often or how long", span, _dose_example(keywords))
    if duration and (count or hold or rest):
        message = "a dose 'for' a time is done once, without repetitions, holds or rests"
        timed = keywords.examples.timed.format(time=in_words(300, keywords))
        held = keywords.examples.held.format(time=in_words(20, keywords), n=3)
        hint = f"write the time alone, such as '{timed}', or '{held}'"
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
