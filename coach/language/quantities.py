"""Numbers and times as people write them: ``ten``, ``90 s``, ``half a minute``."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from itertools import pairwise

from coach.language.dose import BREATH_S
from coach.language.keywords.vocabulary import FRACTIONS, DoseWord, Keywords
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

_TOKEN = re.compile(
    r"\d{1,3}(?:,\d{3})+(?!\d)|\d+(?=,\d+,\d)|[13]/[24](?!\d)|\d+(?:[.,]\d+)?|(?<![^\s(-])\.\d+"
    r"|[^\W\d_]+(?:['-][^\W\d_]+)*|\S"
)


@cache
def units_s(keywords: Keywords) -> Mapping[str, float]:
    """The seconds of every word for a unit of time, and of a breath."""
    return {**keywords.units_s, **dict.fromkeys(keywords.dose_words[DoseWord.BREATHS], BREATH_S)}


def words_of(text: str) -> tuple[str, ...]:
    """The words, numbers and signs of a text."""
    return tuple(_TOKEN.findall(text))


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
    reader = Cursor(passage, keywords)
    seconds = reader.time(bounds, unit_s)
    reader.takes(".")
    if reader.word():
        half, both = keywords.in_words(30), f"{keywords.in_words(60)} {keywords.in_words(30)}"
        hint = f"write one time, such as '{half}' or '{both}'"
        raise reader.wrong("time", f"'{reader.word()}' does not belong to a time", hint)
    return seconds


def check_bounds(seconds: float, bounds: Bounds, written: Passage, keywords: Keywords) -> None:
    """Raise `LineError` for a time that is too short or too long, at the place where it is written."""
    if bounds.least <= seconds <= bounds.most:
        return
    too, limit = "short", f"at least {keywords.in_words(bounds.least)}"
    if seconds > bounds.most:
        too, limit = "long", f"at most {keywords.in_words(bounds.most)}"
    message = f"{bounds.what} of {quoted(written.text)} is too {too}"
    raise LineError("bounds", message, written.span(), f"{bounds.what} is {limit}")


@dataclass(frozen=True, slots=True)
class FoundTime:
    """A time within a text, as a half-open range; of a range such as ``2-3 seconds`` the least."""

    start: int
    end: int
    least_s: float


def _least_s(numbers: Sequence[tuple[float, float | None]]) -> float | None:
    """The seconds of a time, or of the least of a range of times; None if the last number has no unit."""
    if not numbers or (last_unit_s := numbers[-1][1]) is None:
        return None
    least, unit_s = numbers[0]
    return least * (last_unit_s if unit_s is None else 1.0)


def times_in(passage: Passage, keywords: Keywords) -> Iterator[FoundTime]:
    """Yield the times within a text, from left to right."""
    reader = Cursor(passage, keywords)
    while reader.word():
        since = reader.at
        with suppress(LineError):  # "1:75"
            least_s = _least_s(reader.numbers())
            if least_s is not None:
                yield FoundTime(*reader.place(since), least_s)
        reader.at = max(reader.at, since + 1)


def unit_of(passage: Passage, keywords: Keywords) -> float:
    """Return the seconds of the last unit in a time; 1 if it has none, as in ``1:30``."""
    reader, last = Cursor(passage, keywords), 1.0
    while reader.word():
        unit_s = reader.takes_unit()
        last, reader.at = (last, reader.at + 1) if unit_s is None else (unit_s, reader.at)
    return last


class Cursor:
    """A cursor over the lower-case words of a passage; ``at`` is the next word."""

    def __init__(self, passage: Passage, keywords: Keywords) -> None:
        self.at = 0
        self._passage = passage
        self._keywords = keywords
        self._units_s = units_s(keywords)
        self._found = [*_TOKEN.finditer(passage.text)]
        self._words = [found.group().casefold() for found in self._found]

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

    def takes_words(self, words: tuple[str, ...]) -> bool:
        """Consume these words if they come next; tell whether they did."""
        comes = tuple(self._words[self.at : self.at + len(words)]) == words
        self.at += len(words) if comes else 0
        return comes

    def place(self, since: int) -> tuple[int, int]:
        """The place in the text of the words from ``since`` up to the next one."""
        return self._found[since].start(), self._found[max(since, self.at - 1)].end()

    def takes_any(self, phrases: Iterable[str]) -> str:
        """The longest of these phrases that comes next, if one does; go on behind it."""
        word = self.word()
        likely = [phrase for phrase in phrases if word and phrase.startswith(word)]
        longest_first = sorted(likely, key=lambda phrase: -len(phrase.split()))
        return next((phrase for phrase in longest_first if self.takes(phrase)), "")

    def takes_unit(self) -> float | None:
        """The seconds of the unit of time that comes next, if one does; go on behind it."""
        return self._units_s.get(self.takes_any(self._units_s))

    def skip(self) -> None:
        """Go on behind the next word, if there is one."""
        self.at = min(self.at + 1, len(self._words))

    def written(self, since: int) -> str:
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

    def quantity(self) -> float | None:
        """``2``, ``two``, ``1.5``, ``1 1/2``, ``half a``, ``one and a half``; None if no number is next."""
        keywords, word = self._keywords, self.word()
        if self.takes(keywords.half):
            self.takes_any(keywords.articles)
            return 0.5
        if word in keywords.articles and self.word(1) in FRACTIONS:
            self.at, word = self.at + 1, self.word(1)
        number = FRACTIONS.get(word, keywords.number(word))
        if number is None:
            return None
        self.at += 1
        if word in FRACTIONS:
            self.takes_any(keywords.articles)
        elif self.word() in FRACTIONS:
            number += FRACTIONS[self.word()]
            self.at += 1
        elif self.takes(keywords.and_a_half):
            number += 0.5
        return number

    def time(self, bounds: Bounds, unit_s: float | None = None) -> float:
        """Read a time within bounds, in seconds."""
        since = self.at
        seconds = self._least_of_a_range()
        if seconds is None:
            seconds = self.clock() if self.is_clock() else self._units(unit_s)
        if seconds or unit_s is None:
            check_bounds(seconds, bounds, self._passage.cut(*self.place(since)), self._keywords)
        return seconds

    def _least_of_a_range(self) -> float | None:
        """The least of ``2-3 seconds``; None if no range of times comes next."""
        since, numbers = self.at, self.numbers()
        least_s = _least_s(numbers) if len(numbers) > 1 else None
        if least_s is None:
            self.at = since
        return least_s

    def is_clock(self) -> bool:
        """True before a colon without a space around it: ``1:30``, and not "set 1: 30 seconds"."""
        around = self._found[self.at : self.at + 3]
        return self.word(1) == ":" and all(a.end() == b.start() for a, b in pairwise(around))

    def clock(self) -> float:
        """``1:30``, with or without ``minutes`` after it."""
        since, minutes, seconds = self.at, self.word(), self.word(2)
        self.at = min(self.at + 3, len(self._words))
        if not (minutes.isdecimal() and seconds.isdecimal() and len(seconds) == 2 and float(seconds) < 60):
            hint = "write minutes and seconds, such as '1:30'"
            raise self.wrong("time", f"'{self.written(since)}' is not a time", hint, since)
        self.takes_unit()
        return float(minutes) * 60 + float(seconds)

    def _units(self, unit_s: float | None) -> float:
        """``1 minute and 30 seconds``: one or more numbers with their units, the longest unit first."""
        since, are_counts = self.at, bool(self.takes_any(self._keywords.count_of))
        found = self.number()
        if found is None:
            message = f"'{self.word()}' is not a time" if self.word() else "the time is missing"
            hint = f"write a number and its unit, such as '{self._keywords.in_words(5)}'"
            raise self.wrong("time", message, hint)
        number, length_s = found
        length_s = 1.0 if are_counts else length_s
        if length_s is None and unit_s is None:
            raise self._no_unit_of_time(since)
        return number if length_s is not None else number * (unit_s or 0.0)

    def numbers(self, *, is_between: bool = False) -> list[tuple[float, float | None]]:
        """A number or a time, or the two of a range such as ``2-3 seconds``; see `number`."""
        since, are_counts = self.at, bool(self.takes_any(self._keywords.count_of))
        first = self.number()
        if first is None:
            self.at = since
            return []
        end = self.at
        is_range = (
            self.takes("-")
            or self.takes_any(self._keywords.dose_words[DoseWord.TO])
            or (is_between and self.takes(self._keywords.joint))
        )
        second = self.number() if is_range else None
        if second is None or (first[1] is not None and second[1] is None):  # "5 seconds - 10 times"
            self.at = end
        found = [first] if self.at == end or second is None else [first, second]
        return [(number, unit_s or 1.0) for number, unit_s in found] if are_counts else found

    def number(self) -> tuple[float, float | None] | None:
        """A number, and the seconds of its unit if it has one; its value is then in seconds."""
        if self.is_clock() and self.word().isdecimal() and self.word(2).isdecimal():
            return self.clock(), 1.0
        number = self.quantity()
        if number is None:
            return None
        since = self.at
        self.takes("-")
        unit_s = self.takes_unit()
        if unit_s is None:
            self.at = since
            return number, None
        seconds = (number + self.half()) * unit_s + self.smaller_units(unit_s)
        self.takes(".")  # of an abbreviation
        return seconds, unit_s

    def half(self) -> float:
        """0.5 for ``and a half`` behind a unit, else 0."""
        return 0.5 if self.takes(self._keywords.and_a_half) else 0.0

    def smaller_units(self, unit_s: float) -> float:
        """The seconds of ``and 30 seconds`` behind a larger unit, 0 without."""
        total = 0.0
        while self._goes_on_with_less_than(unit_s):
            number, unit_s = self.quantity() or 0.0, self.takes_unit() or 1.0
            total += (number + self.half()) * unit_s
        return total

    def _goes_on_with_less_than(self, length_s: float) -> bool:
        """True, and past an ``and``, if a smaller unit follows: ``1 minute [and] 30 seconds``."""
        since = self.at
        self.takes(self._keywords.joint)
        begin = self.at
        follows = self.quantity() is not None and (self.takes_unit() or length_s) < length_s
        self.at = begin if follows else since
        return follows

    def _no_unit_of_time(self, since: int) -> LineError:
        number, word, keywords = self.written(since), self.word(), self._keywords
        shortest_first = keywords.unit_names[::-1]
        is_one = keywords.number(number.casefold()) == 1
        names = [one if is_one else several for _, one, several in shortest_first]
        example = f"write '{number} {names[0]}' or '{number} {names[1]}'"
        dose_words = {phrase.split()[0] for phrases in keywords.dose_words.values() for phrase in phrases}
        if not word or not word[0].isalpha() or word in dose_words:
            return self.wrong("unit", f"'{number}' has no unit", example, since)
        hint = did_you_mean(word, [several for *_, several in shortest_first], example, 0.5)
        return self.wrong("unit", f"'{word}' is not a unit of time", hint)
