"""The tokens of a dose: its numbers, times and phrases, each with a letter for its kind.

The letter is one of `DoseWord`, ``n`` for a number, ``t`` for a time, ``d`` for a part of the body, ``k`` for
right or left, ``o`` for the number of a set, ``,`` for a separator, or ``?`` for any other word.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from math import inf
from types import MappingProxyType
from typing import Any

from coach.language.dose import Amount, Side, exactly
from coach.language.keywords.vocabulary import DoseWord, Keywords
from coach.language.problems import LineError
from coach.language.quantities import Cursor, words_of
from coach.language.typography import Passage

_SEPARATORS = frozenset(",;.")
_MARKS_S = MappingProxyType({'"': 1.0, "' '": 1.0, "'": 60.0})
"""The marks of seconds and minutes behind a number."""
_SILENT = frozenset("():-/!+&")


@dataclass(frozen=True, slots=True)
class Token:
    """A number, a time or a phrase with its meaning; ``start`` and ``end`` are places in the text."""

    kind: str
    start: int
    end: int
    value: Any = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """One thing that cannot be read, and what may be written in its place."""

    code: str
    message: str
    start: int
    end: int
    instead: tuple[str, ...] = ()
    is_guess: bool = False
    note: str = ""


def split_asides(passage: Passage, keywords: Keywords) -> tuple[Passage, Mapping[str, str]]:
    """Take out what is only said: return the text with spaces in its place, and its fields of a wording."""
    patterns = _asides(keywords)
    text, often = _without(passage.text, patterns["often"])
    numbers = (*keywords.how_often, *filter(keywords.is_number, words_of(text.casefold())))
    if not {*numbers} & {*words_of(text.casefold())}:
        other_text, others = _without(passage.text, patterns["daily"])
        text, often = (other_text, others) if others else (text, often)
    text, load = _without(text, patterns["load"])
    text, manner = _without(text, patterns["manner"])
    said = {"often": often, "load": load, "manner": manner}
    return Passage(text, passage.line, passage.columns), {
        field: ", ".join(" ".join(each.split()) for each in found) for field, found in said.items() if found
    }


def _without(text: str, pattern: re.Pattern[str]) -> tuple[str, list[str]]:
    said: list[str] = []

    def taken(found: re.Match[str]) -> str:
        said.append(next((group for group in found.groups() if group), found.group()))
        return " " * len(found.group())

    return pattern.sub(taken, text), said


@cache
def _phrases(keywords: Keywords) -> Mapping[str, list[tuple[tuple[str, ...], str, Any]]]:
    """Every phrase of a dose with its kind and its value, by its first word; the longest first."""
    right, left = next(iter(keywords.other_side.items()))
    sided = keywords.side_words.items()
    known = chain(
        ((phrase, kind, None) for kind, phrases in keywords.dose_words.items() for phrase in phrases),
        ((noun, DoseWord.REPS, one) for noun, one in keywords.nouns.items()),
        ((word, "d", one) for one, several in sided for word in (one, several)),
        ((right, "k", Side.RIGHT), (left, "k", Side.LEFT)),
    )
    found: dict[str, list[tuple[tuple[str, ...], str, Any]]] = {}
    for phrase, kind, value in known:
        words = words_of(phrase)
        found.setdefault(words[0], []).append((words, str(kind), value))
    for phrases in found.values():
        phrases.sort(key=lambda phrase: -len(phrase[0]))
    return found


@cache
def _asides(keywords: Keywords) -> Mapping[str, re.Pattern[str]]:
    """What is only said, as one pattern for each field of a wording."""
    tables = {
        "often": keywords.often,
        "daily": keywords.daily,
        "load": keywords.load,
        "manner": keywords.manner,
    }
    return {field: re.compile("|".join(patterns), re.IGNORECASE) for field, patterns in tables.items()}


class DoseLexer(Cursor):
    """Reads the tokens of a dose."""

    def __init__(self, passage: Passage, keywords: Keywords) -> None:
        super().__init__(passage, keywords)
        self.errors: list[Unreadable] = []
        self._dose_words = keywords.dose_words
        self._known = _phrases(keywords)
        self._units_s = keywords.units_s  # the breaths of a dose are counted
        right, left = next(iter(keywords.side_letters.items()))
        self._sides = {right: Side.RIGHT, left: Side.LEFT}

    def tokens(self) -> list[Token]:
        """List all tokens, without words that mean nothing."""
        found: list[Token] = []
        while self.word():
            since = self.at
            if self._takes_number_of_set():
                found.append(Token("o", *self.place(since)))
                continue
            try:
                kind, value = self._token()
            except LineError as error:
                problem = error.problem
                start, end = self.place(since)
                self.errors.append(Unreadable(problem.code, problem.message, start, end, note=problem.hint))
                continue
            if kind != DoseWord.FILLER:
                found.append(Token(kind, *self.place(since), value))
        return found

    def _takes_number_of_set(self) -> bool:
        """Go on behind ``set 2:``, if it comes next."""
        is_set = self._kind(self.at) == DoseWord.SETS and self.word(1).isdecimal() and self.word(2) == ":"
        self.at += 3 if is_set else 0
        return is_set

    def _token(self) -> tuple[str, Any]:
        if amount := self._amount():
            return amount
        word = self.word()
        start, end = self.place(self.at)
        if side := self._sides.get(self._passage.text[start:end]):
            self.at += 1
            return "k", side
        if word == "/" and self._kind(self.at + 1) == "d":
            self.at += 1
            return DoseWord.EACH, None
        for words, kind, value in self._known.get(word, ()):
            if self.takes_words(words):
                return kind, value
        self.at += 1
        if how_often := self._keywords.how_often.get(word):
            return "n", exactly(float(how_often))
        return ("," if word in _SEPARATORS else DoseWord.FILLER if word in _SILENT else "?"), None

    def _kind(self, at: int) -> str:
        """The kind of a single word."""
        word = self.word(at - self.at)
        return next((kind for words, kind, _ in self._known.get(word, ()) if words == (word,)), "")

    def _amount(self) -> tuple[str, Amount[float]] | None:
        """``8-12``, ``up to 10``, ``at least 20 seconds``: a token's kind and its value."""
        since = self.at
        bound = next(
            (
                kind
                for kind in (DoseWord.AT_MOST, DoseWord.AT_LEAST)
                if self.takes_any(self._dose_words[kind])
            ),
            None,
        )
        has_and = bool(self.takes_any(self._dose_words[DoseWord.BETWEEN]))
        numbers = self.numbers(is_between=has_and)
        if not numbers or (has_and and len(numbers) == 1):
            self.at = since
            return None
        (least, unit_s), (most, last_unit_s) = numbers[0], numbers[-1]
        if unit_s is None and last_unit_s is not None:
            least *= last_unit_s
        is_range = len(numbers) > 1
        if is_range and self.word() == "-" and self._keywords.is_number(self.word(1)):
            return self._tempo(since)
        least, most = sorted((least, most))
        kind = "n" if unit_s is None and last_unit_s is None else "t"
        if bound is DoseWord.AT_MOST:
            return kind, Amount(least if is_range else 0, most, is_open=True)
        return kind, Amount(least, inf if bound else most)

    def _tempo(self, since: int) -> tuple[str, Amount[float]]:
        """Report ``3-0-2-1``; with a word for repetitions behind it, return its first number."""
        while self.word() == "-" and self._keywords.is_number(self.word(1)):
            self.at += 2
        tempo = self.written(since)
        if self._kind(self.at) == DoseWord.REPS:
            numbers = tempo.replace("-", ", ")
            message = f"'{tempo}' can be read in two ways"
            self.errors.append(Unreadable("dose", message, *self.place(since), (numbers,)))
            return "n", exactly(self._keywords.number(tempo.partition("-")[0]) or 1.0)
        example = self._keywords.tempo_example(tempo)
        hint = f"the tempo stands with the phases: '{example}'"
        raise self.wrong("dose", f"'{tempo}' is a tempo, not a dose", hint, since)

    def number(self) -> tuple[float, float | None] | None:
        """A number and its unit; an article is one only before something of which there can be one."""
        if self.word() in self._keywords.articles and not self._is_thing(self.at + 1):
            return None
        return super().number()

    def takes_unit(self) -> float | None:
        """The seconds of a unit of time, or of a mark for one; go on behind it."""
        return super().takes_unit() or _MARKS_S.get(self.takes_any(_MARKS_S))

    def clock(self) -> float:
        """``1:30``; go on after an error."""
        since, minutes = self.at, float(self.word())
        try:
            return super().clock()
        except LineError as error:
            message, instead = error.problem.message, f"{minutes:g}:30"
            self.errors.append(Unreadable("time", message, *self.place(since), (instead,)))
            return minutes * 60 + 30

    def _is_thing(self, at: int) -> bool:
        """Tell whether a word is something of which there can be one."""
        word = self.word(at - self.at)
        counted = {DoseWord.SETS, DoseWord.REPS, DoseWord.BREATHS}
        is_counted = self._kind(at) in counted and word not in self._keywords.nouns
        return word in self._keywords.units_s or is_counted
