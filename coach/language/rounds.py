"""Reading of lines such as ``3 rounds, rest 1 minute:`` above a list that is done several times."""

import re
from dataclasses import dataclass
from functools import cache

from coach.language.keywords.vocabulary import DoseWord, Keywords
from coach.language.problems import LineError
from coach.language.quantities import REST_S, Bounds, any_of, quoted, read_time
from coach.language.typography import Passage

ROUNDS = Bounds("a list", 1, 20)

_TOKEN = re.compile(r"\d+(?:[.,:]\d+)?|[^\W\d_]+|[^\s\w]")
_MARKS = frozenset(",;:.-()")


@dataclass(frozen=True, slots=True)
class Rounds:
    """How often a list is done, and the rest before each round but the first."""

    count: int
    rest_s: float


Place = tuple[int, int]
"""Half-open range of a text."""


def read_rounds(passage: Passage, keywords: Keywords) -> Rounds | None:
    """Read a line above a list; None if it says nothing of rounds.

    Raises `LineError` if it speaks of rounds but cannot be understood as a whole.
    """
    passage = passage.cut(0, len(passage.text.rstrip(" :.")))
    counted = _count(passage, keywords)
    if counted is None:
        return None
    count, place = counted
    rest_s, places = _rest(passage, place, keywords)
    places = (place, *places, *_numbered_things(passage, keywords))
    for found in _TOKEN.finditer(passage.text.casefold()):
        is_read = any(start <= found.start() < end for start, end in places)
        if not is_read and found.group() not in _MARKS and found.group() not in keywords.round_fillers:
            example = keywords.examples.rounds.format(n=f"{count:g}", rest=keywords.rest_example())
            hint = f"write it like '{example}', or with a stop for the colon to have it spoken"
            message = f"'{quoted(found.group())}' does not say how often the list below is done"
            raise LineError("rounds", message, passage.span(*found.span()), hint)
    if not ROUNDS.least <= count <= ROUNDS.most:
        hint = f"a list is done {ROUNDS.least:g} to {ROUNDS.most:g} times"
        raise LineError("bounds", f"{count:g} rounds are too many or too few", passage.span(*place), hint)
    return Rounds(int(count), rest_s)


class _Grammar:
    """The regular expressions of rounds and their rests."""

    def __init__(self, keywords: Keywords) -> None:
        def pattern(text: str) -> re.Pattern[str]:
            return re.compile(text, re.IGNORECASE)

        number = rf"(?:\d+|{any_of(keywords.numbers)})"
        nouns = any_of((*keywords.round_words, *keywords.dose_words[DoseWord.REPS]))
        either = any_of(keywords.dose_words[DoseWord.TO])
        several = rf"(?:(?P<low>{number}) *(?:-|\b{either}\b) *)?"
        self.count = pattern(
            rf"(?<![\w-]){several}(?P<n>{number}) *[x\u00d7](?!\w)|(?<!\w)[x\u00d7] *(?P<x>{number})\b"
            rf"|(?<![\w-]){several.replace('low', 'least')}(?P<m>{number})(?: +\w+)? +{nouns}\b"
            rf"|\b(?P<often>{any_of(keywords.how_often)})\b"
        )
        self.things = pattern(rf"\b{number} +{any_of(keywords.round_things)}\b")
        self.rest = pattern(rf"\b{any_of(keywords.round_rests)}\b")
        self.none = pattern(rf"\b{any_of(keywords.without)} +$")
        self.before_time = pattern(rf"(?:{any_of(keywords.before_time)} +)?")
        self.amount = rf"(?:\d[\d.,]*|{any_of({*keywords.numbers, keywords.half})})"
        one = rf"{self.amount}[ -]*(?:{any_of(keywords.articles)} +)?{any_of(keywords.units_s)}\b"
        low = rf"(?:(?P<low>{self.amount}) *(?:-|\b{either}\b) *)?"
        more = rf"(?: *(?:{keywords.joint} +)?{one})?"
        self.time = pattern(rf"(?<![\w-]){low}(?P<time>{one}{more})|(?<!\w)\d+:\d\d(?!\w)")


_grammar = cache(_Grammar)


def _count(passage: Passage, keywords: Keywords) -> tuple[float, Place] | None:
    """Find ``3 rounds``, ``three times``, ``twice``, ``3x`` or ``x3``, and its place."""
    found = _grammar(keywords).count.search(passage.text)
    if not found:
        return None
    if low := found["low"] or found["least"]:
        hint = f"write one number, such as '{low} {keywords.round_words[0]}:'"
        message = f"'{quoted(found.group())}' leaves open how often the list below is done"
        raise LineError("rounds", message, passage.span(*found.span()), hint)
    word = next(filter(None, (found["n"], found["x"], found["m"], found["often"]))).casefold()
    count = keywords.how_often.get(word, keywords.number(word))
    return None if count is None else (float(count), found.span())


def _numbered_things(passage: Passage, keywords: Keywords) -> tuple[Place, ...]:
    """Find ``two exercises``: the length of the list."""
    return tuple(found.span() for found in _grammar(keywords).things.finditer(passage.text))


def _rest(passage: Passage, count: Place, keywords: Keywords) -> tuple[float, tuple[Place, ...]]:
    """Find the rest between rounds and its places; 0 where there is none. The least of a range is taken."""
    text, grammar = passage.text, _grammar(keywords)
    word = grammar.rest.search(text)
    if not word:
        return 0.0, ()
    if none := grammar.none.search(text[: word.start()]):
        return 0.0, ((none.start(), word.end()),)
    for found in grammar.time.finditer(text):
        if found.start() >= count[1] or found.end() <= count[0]:
            written = passage.cut(*found.span())
            plain = (found["time"] or written.text).replace("-", " ")
            if found["low"]:
                plain = re.sub(rf"^{grammar.amount}", found["low"], plain, flags=re.IGNORECASE)
            read = Passage(plain, written.line, (written.columns[0],) * (len(plain) + 1))
            return read_time(read, REST_S, keywords), (word.span(), found.span())
    behind = passage.cut(word.end())
    opening = grammar.before_time.match(behind.text)
    length_s = read_time(behind.cut(opening.end() if opening else 0), REST_S, keywords)
    return length_s, ((word.start(), len(text)),)
