"""Numbers, times and doses as people write them: ``ten times``, ``90 s``, ``2 sets of 10 each leg``."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import chain
from types import MappingProxyType
from typing import Any

from coach.language.dose import DoseRest, Sides, Wording, exactly
from coach.language.keywords.vocabulary import FRACTIONS, Keywords
from coach.language.problems import LineError
from coach.language.typography import Passage


@dataclass(frozen=True, slots=True)
class Bounds:
    """The least and the most (seconds, or a count) that a sheet may give for ``what``."""

    what: str
    least: float
    most: float


WAIT_S = Bounds("a wait", 0.1, 600)
REST_S = Bounds("a rest", 1, 600)
PHASE_S = Bounds("a phase", 0.5, 3600)
HOLD_S = Bounds("a hold", 1, 300)
DURATION_S = Bounds("an exercise", 5, 3600)
SETS = Bounds("a dose", 1, 10)
REPS = Bounds("a set", 1, 100)

_TOKEN = re.compile(
    r"\d{1,3}(?:,\d{3})+(?!\d)|[13]/[24](?!\d)|\d+(?:[.,]\d+)?|[^\W\d_]+(?:['-][^\W\d_]+)*|\S"
)
_TIMES_SIGNS = {"x", "×", "*"}

_Clause = Mapping[str, Any]
"""Part of a dose: what it says, the first of them a key of `_SAID`."""

_SAID: Mapping[str, str] = MappingProxyType(
    {
        "reps": "how often",
        "hold_s": "how long to hold",
        "length_s": "how long",
        "rest_s": "the rest",
        "side_word": "each side",
    }
)


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


def did_you_mean(
    word: str, known: Iterable[str], otherwise: str, cutoff: float = 0.7, shown: str = "{}"
) -> str:
    """Return a hint at the known word that the author may have meant, or another hint if there is none.

    >>> did_you_mean("lge", ["leg", "arm"], "write 'each leg'", cutoff=0.6, shown="each {}")
    "did you mean 'each leg'?"
    """
    meant = close_to(word, known, cutoff)
    return f"did you mean '{shown.format(meant)}'?" if meant else otherwise


def any_of(phrases: Iterable[str]) -> str:
    """Return a regular expression, without a group, of any of these words or phrases, the longest first.

    >>> any_of(("rep", "reps"))
    '(?:reps|rep)'
    """
    return f"(?:{'|'.join(sorted(map(re.escape, phrases), key=len, reverse=True))})"


def read_time(passage: Passage, bounds: Bounds, keywords: Keywords, *, unit_s: float | None = None) -> float:
    """Read a time, in seconds, such as ``90 s``, ``1:30``, ``half a minute``, ``1 minute 30 seconds``.

    A number without a unit is a problem, unless ``unit_s`` says what one of it lasts. With ``unit_s``, 0 is
    always allowed: the phase is left out at that level. Raises `LineError` where it cannot be read.
    """
    reader = _Reader(passage, keywords)
    seconds = reader.time(bounds, unit_s)
    if not reader.takes(".") and reader.word():
        half, both = keywords.in_words(30), f"{keywords.in_words(60)} {keywords.in_words(30)}"
        hint = f"write one time, such as '{half}' or '{both}'"
        raise reader.wrong("time", f"'{reader.word()}' does not belong to a time", hint)
    return seconds


def unit_of(passage: Passage, keywords: Keywords) -> float:
    """Return the seconds of the last unit in a time; 1 if it has none, as in ``1:30``."""
    reader, last = _Reader(passage, keywords), 1.0
    while reader.word():
        unit_s = reader.takes_unit()
        last, reader.at = (last, reader.at + 1) if unit_s is None else (unit_s, reader.at)
    return last


def read_dose(passage: Passage, keywords: Keywords) -> Wording:
    """Read a dose such as ``2 sets of 10 each leg, rest 30 seconds``.

    What it does not mention is None. Raises `LineError` at the first word that makes no sense.
    """
    return _Reader(passage, keywords).dose()


class _Reader:
    """A cursor over the lower-case words of a passage; ``at`` is the next word."""

    def __init__(self, passage: Passage, keywords: Keywords) -> None:
        self.at = 0
        self._passage = passage
        self._keywords = keywords
        self._found = [*_TOKEN.finditer(passage.text)]
        self._words = [found.group().casefold() for found in self._found]
        clauses = (keywords.rest, keywords.hold, keywords.duration, keywords.each[:1])
        self._clause_words = [phrase.split()[0] for phrase in chain(*clauses)]

    # Words

    def word(self, ahead: int = 0) -> str:
        """Return the next word, or one further ahead; "" past the end."""
        at = self.at + ahead
        return self._words[at] if at < len(self._words) else ""

    def takes(self, phrase: str) -> bool:
        """Consume the given words if they come next; tell whether they did."""
        words = phrase.split()
        if not words or self._words[self.at : self.at + len(words)] != words:
            return False
        self.at += len(words)
        return True

    def takes_any(self, phrases: Iterable[str]) -> str:
        """The longest of these phrases that comes next, if one does; go on behind it."""
        longest_first = sorted(phrases, key=lambda phrase: -len(phrase.split()))
        return next((phrase for phrase in longest_first if self.takes(phrase)), "")

    def takes_unit(self) -> float | None:
        """The seconds of the unit of time that comes next, if one does; go on behind it."""
        return self._keywords.units_s.get(self.takes_any(self._keywords.units_s))

    def _skip(self) -> None:
        """Go on behind the next word, if there is one."""
        self.at = min(self.at + 1, len(self._words))

    def _written(self, since: int) -> str:
        """Quote the author's own words from ``since`` up to the next one."""
        taken = self._found[since : self.at]
        return quoted(self._passage.text[taken[0].start() : taken[-1].end()]) if taken else ""

    def wrong(self, code: str, message: str, hint: str, since: int | None = None) -> LineError:
        """Make an error of the next word, or of all words from ``since`` up to it."""
        begin = self.at if since is None else min(since, self.at)
        wrong = self._found[begin : max(self.at, begin + 1)]
        start, end = (wrong[0].start(), wrong[-1].end()) if wrong else (len(self._passage.text), None)
        return LineError(code, message, self._passage.span(start, end), hint)

    # Numbers and times

    def _quantity(self) -> float | None:
        """``2``, ``two``, ``1.5``, ``1 1/2``, ``half a``, ``one and a half``; None if no number is next."""
        keywords, word = self._keywords, self.word()
        if self.takes(keywords.half):
            self.takes_any(keywords.articles)
            return 0.5
        number = FRACTIONS.get(word, keywords.number(word))
        if number is None:
            return None
        self.at += 1
        if word in FRACTIONS:
            return number
        if self.word() in FRACTIONS:
            number += FRACTIONS[self.word()]
            self.at += 1
        elif self.takes(keywords.and_a_half):
            number += 0.5
        return number

    def time(self, bounds: Bounds, unit_s: float | None = None) -> float:
        """Read a time within bounds, in seconds."""
        since = self.at
        seconds = self._clock() if self.word(1) == ":" else self._units(unit_s)
        if bounds.least <= seconds <= bounds.most or (seconds == 0 and unit_s is not None):
            return seconds
        too, limit = "short", f"at least {self._keywords.in_words(bounds.least)}"
        if seconds > bounds.most:
            too, limit = "long", f"at most {self._keywords.in_words(bounds.most)}"
        message = f"{bounds.what} of {self._written(since)} is too {too}"
        raise self.wrong("bounds", message, f"{bounds.what} is {limit}", since)

    def _clock(self) -> float:
        """``1:30``, with or without ``minutes`` after it."""
        since, minutes, seconds = self.at, self.word(), self.word(2)
        self.at = min(self.at + 3, len(self._words))
        if not (minutes.isdecimal() and seconds.isdecimal() and len(seconds) == 2 and float(seconds) < 60):
            hint = "write minutes and seconds, such as '1:30'"
            raise self.wrong("time", f"'{self._written(since)}' is not a time", hint, since)
        self.takes_unit()
        return float(minutes) * 60 + float(seconds)

    def _units(self, unit_s: float | None) -> float:
        """``1 minute and 30 seconds``: one or more numbers with their units, the longest unit first."""
        total = 0.0
        while True:
            since = self.at
            number = self._quantity()
            if number is None:
                message = f"'{self.word()}' is not a time" if self.word() else "the time is missing"
                hint = f"write a number and its unit, such as '{self._keywords.in_words(5)}'"
                raise self.wrong("time", message, hint)
            length_s = self.takes_unit()
            if length_s is None and unit_s is None:
                raise self._no_unit_of_time(since)
            if length_s is None:
                return number * (unit_s or 0.0)
            half = 0.5 if self.takes(self._keywords.and_a_half) else 0.0
            total += (number + half) * length_s
            if not self._goes_on_with_less_than(length_s):
                return total

    def _goes_on_with_less_than(self, length_s: float) -> bool:
        """True, and past an ``and``, if a smaller unit follows: ``1 minute [and] 30 seconds``."""
        since = self.at
        self.takes(self._keywords.joint)
        begin = self.at
        follows = self._quantity() is not None and (self.takes_unit() or length_s) < length_s
        self.at = begin if follows else since
        return follows

    def _no_unit_of_time(self, since: int) -> LineError:
        number, word, keywords = self._written(since), self.word(), self._keywords
        shortest_first = keywords.unit_names[::-1]
        is_one = keywords.number(number.casefold()) == 1
        names = [one if is_one else several for _, one, several in shortest_first]
        example = f"write '{number} {names[0]}' or '{number} {names[1]}'"
        if not word or not word[0].isalpha() or word in self._clause_words:
            return self.wrong("unit", f"'{number}' has no unit", example, since)
        hint = did_you_mean(word, [several for *_, several in shortest_first], example, 0.5)
        return self.wrong("unit", f"'{word}' is not a unit of time", hint)

    # Doses

    def dose(self) -> Wording:
        """Read clauses up to the end, and combine them."""
        said: dict[str, Any] = {}
        while self._skips_joints():
            since = self.at
            clause = self._clause()
            kind = next(iter(clause))
            if kind in said:
                message = f"'{self._written(since)}' says {_SAID[kind]} a second time"
                raise self.wrong("dose", message, "say it once", since)
            said |= clause
        span, examples = self._passage.span(), self._keywords.examples
        if not said.keys() & {"reps", "hold_s", "length_s"}:
            message = "this does not say how often or how long"
            raise LineError("dose", message, span, self._keywords.dose_example())
        if "length_s" in said and said.keys() & {"reps", "hold_s", "rest_s"}:
            message = "a dose 'for' a time is done once, without repetitions, holds or rests"
            timed = examples.timed.format(time=self._keywords.in_words(300))
            held = examples.held.format(time=self._keywords.in_words(20), n=3)
            raise LineError("dose", message, span, f"write the time alone, such as '{timed}', or '{held}'")
        is_sided = "side_word" in said
        return Wording(
            sets=said.get("sets"),
            reps=(exactly(said["reps"]),) if "reps" in said else None,
            hold=exactly(said["hold_s"]) if "hold_s" in said else None,
            work_s=exactly(said["length_s"]) if "length_s" in said else None,
            rests=(DoseRest(exactly(said["rest_s"])),) if "rest_s" in said else None,
            sides=Sides.EACH if is_sided else None,
            side_word=said.get("side_word"),
            span=span,
        )

    def _skips_joints(self) -> bool:
        """True, and past commas and joining words, while there is something left to read."""
        while self.takes_any((",", ";", ".", *self._keywords.dose_joints)):
            pass
        return bool(self.word())

    def _clause(self) -> _Clause:
        keywords, since = self._keywords, self.at
        self.takes_any(keywords.before_each)
        if self.takes_any(keywords.each):
            return self._each()
        self.at = since
        for field, opening, before_time, bounds in (
            ("hold_s", keywords.hold, keywords.before_time, HOLD_S),
            ("rest_s", keywords.rest, keywords.before_time, REST_S),
            ("length_s", keywords.duration, (), DURATION_S),
        ):
            if self.takes_any(opening):
                self.takes_any(before_time)
                return {field: self.time(bounds)}
        if often := self.takes_any(keywords.how_often):
            return {"reps": keywords.how_often[often]}
        return self._count()

    def _each(self) -> _Clause:
        since, word, keywords = self.at - 1, self.word(), self._keywords
        if side := self.takes_any(keywords.side_words):
            return {"side_word": side}
        known = f"write '{keywords.each[0]}' and one of {', '.join(keywords.side_words)}"
        hint = did_you_mean(word, keywords.side_words, known, shown=keywords.examples.each.format(side="{}"))
        self._skip()
        raise self.wrong("dose", f"'{self._written(since)}' names no side of the body", hint, since)

    def _count(self) -> _Clause:
        since, written, keywords = self.at, self.word(), self._keywords
        number = self._quantity()
        if number is None:
            hint = did_you_mean(written, self._clause_words, keywords.dose_example())
            raise self.wrong("dose", f"'{written}' is not a word of a dose", hint)
        if self.takes_any(keywords.times):
            return self._bounded(since, number, 1)
        if self.takes_any(keywords.set_words):
            return self._sets(since, number)
        raise self._number_without_role(since)

    def _sets(self, since: int, sets: float) -> _Clause:
        """The rest of ``2 sets of 10 times``, after its ``sets``."""
        end, written, keywords = self.at, self._written(since), self._keywords
        begin = end + len(keywords.sets_of.split())
        reps = self._quantity() if self.takes(keywords.sets_of) else None
        if reps is None:
            self.at = end
            hint = f"write '{written} {keywords.sets_of} 10'"
            raise self.wrong("dose", f"'{written}' does not say of how many", hint, since)
        if self.takes_unit() is not None:
            held = keywords.examples.held.format(time=self._written(begin), n=f"{sets:g}")
            message = f"'{self._written(since)}' counts seconds where repetitions are counted"
            raise self.wrong("dose", message, f"write '{held}'", since)
        self.takes_any(keywords.times)
        return self._bounded(since, reps, sets)

    def _bounded(self, since: int, reps: float, sets: float) -> _Clause:
        written = self._written(since)
        for number, thing, bounds in ((sets, "sets", SETS), (reps, "repetitions", REPS)):
            if not bounds.least <= number <= bounds.most:
                few_or_many = "few" if number < bounds.least else "many"
                hint = f"{bounds.what} has {bounds.least:g} to {bounds.most:g} {thing}"
                raise self.wrong("bounds", f"'{written}' is too {few_or_many} {thing}", hint, since)
            if number != int(number):
                message = f"'{written}' cannot be counted aloud"
                raise self.wrong("bounds", message, f"write whole {thing}", since)
        return {"reps": int(reps), "sets": int(sets)}

    def _number_without_role(self, since: int) -> LineError:
        """Describe a number without ``times`` or ``sets`` behind it."""
        number, word, keywords = self._written(since), self.word(), self._keywords
        examples = keywords.examples
        if word in _TIMES_SIGNS:
            self.at += 1
            reps = self.word() if keywords.is_number(self.word()) else "10"
            self.at += reps == self.word()
            hint = f"write '{examples.in_sets.format(sets=number, reps=reps)}'"
            return self.wrong("dose", f"'{self._written(since)}' can be read in two ways", hint, since)
        if self._takes_range():
            return self._range(since)
        if self.takes_unit() is not None:
            time = self._written(since)
            roles = (examples.timed, examples.hold, examples.rest)
            timed, hold, rest = (role.format(time=time) for role in roles)
            hint = f"write '{timed}', '{hold}' or '{rest}'"
            return self.wrong("dose", f"'{time}' does not say what it is the time of", hint, since)
        known = (keywords.times[0], keywords.set_words[0], keywords.times[-1])
        if hint := did_you_mean(word, known, ""):
            return self.wrong("dose", f"'{word}' is not a word of a dose", hint)
        counted, in_sets = examples.counted.format(n=number), examples.in_sets.format(sets=2, reps=number)
        return self.wrong("unit", f"'{number}' has no unit", f"write '{counted}' or '{in_sets}'", since)

    def _takes_range(self) -> bool:
        """Consume the second half of a range, ``-12`` or ``to 12``; tell whether there was one."""
        since = self.at
        if self.takes_any(("-", self._keywords.up_to)) and self._keywords.is_number(self.word()):
            self.at += 1
            return True
        self.at = since
        return False

    def _range(self, since: int) -> LineError:
        numbers, last = 2, self.word(-1)
        while self._takes_range():
            numbers, last = numbers + 1, self.word(-1)
        written = self._written(since)
        if numbers > 2:
            hint = f"write it with the phases: '{self._keywords.tempo_example(written)}'"
            return self.wrong("dose", f"'{written}' is a tempo, not a dose", hint, since)
        hint = f"write one number, such as '{self._keywords.examples.counted.format(n=last)}'"
        return self.wrong("dose", f"'{written}' leaves the number open", hint, since)
