"""Reading of lines such as ``3 rounds, rest 1 minute:`` above a list that is done several times."""

import re
from dataclasses import dataclass
from functools import cache

from coach.language.keywords.vocabulary import DoseWord, Keywords
from coach.language.problems import LineError
from coach.language.quantities import REST_S, Bounds, any_of, check_bounds, quoted, read_time, times_in
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
        _check_no_time(passage, keywords)
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
        dose_words = keywords.dose_words
        nouns = any_of((*keywords.round_words, *dose_words[DoseWord.SETS], *dose_words[DoseWord.REPS]))
        several = rf"(?:(?P<low>{number}) *(?:-|\b{any_of(dose_words[DoseWord.TO])}\b) *)?"
        self.count = pattern(
            rf"(?<![\w-]){several}(?P<n>{number})(?: *[x\u00d7](?!\w)|(?: +\w+)? +{nouns}\b)"
            rf"|(?<!\w)[x\u00d7] *(?P<x>{number})\b|\b(?P<often>{any_of(keywords.how_often)})\b"
        )
        as_many = (*dose_words[DoseWord.AS_MANY], *keywords.likely_doses)
        self.as_many = pattern(rf"\b{any_of(as_many)}\b")
        self.things = pattern(rf"\b{number} +{any_of(keywords.round_things)}\b")
        self.rest = pattern(rf"\b{any_of(dose_words[DoseWord.REST])}\b")
        self.no_rest = pattern(rf"\b{any_of(dose_words[DoseWord.NO_REST])}\b")
        self.before_time = pattern(rf"(?:{any_of(keywords.before_time)} +)?")


_grammar = cache(_Grammar)


def _count(passage: Passage, keywords: Keywords) -> tuple[float, Place] | None:
    """Find ``3 rounds``, ``three times``, ``twice``, ``3x`` or ``x3``, and its place."""
    found = _grammar(keywords).count.search(passage.text)
    if not found:
        return None
    if low := found["low"]:
        hint = f"write one number, such as '{low} {keywords.round_words[0]}:'"
        message = f"'{quoted(found.group())}' leaves open how often the list below is done"
        raise LineError("rounds", message, passage.span(*found.span()), hint)
    word = next(filter(None, (found["n"], found["x"], found["often"]))).casefold()
    count = keywords.how_often.get(word, keywords.number(word))
    return None if count is None else (float(count), found.span())


def _check_no_time(passage: Passage, keywords: Keywords) -> None:
    """Raise `LineError` for a line that says how long its list is done, and nothing else."""
    times = [(time.start, time.end) for time in times_in(passage, keywords)]
    places = [*times, *(found.span() for found in _grammar(keywords).as_many.finditer(passage.text))]
    fillers = keywords.round_fillers | _MARKS
    others = [
        found.group()
        for found in _TOKEN.finditer(passage.text.casefold())
        if not any(start <= found.start() < end for start, end in places)
    ]
    if times and fillers.issuperset(others):
        example = keywords.examples.rounds.format(n=3, rest=keywords.rest_example())
        message = "a list is done in rounds, not for a time"
        raise LineError("rounds", message, passage.span(), f"say how many rounds: '{example}'")


def _numbered_things(passage: Passage, keywords: Keywords) -> tuple[Place, ...]:
    """Find ``two exercises``: the length of the list."""
    return tuple(found.span() for found in _grammar(keywords).things.finditer(passage.text))


def _rest(passage: Passage, count: Place, keywords: Keywords) -> tuple[float, tuple[Place, ...]]:
    """Find the rest between rounds and its places; 0 where there is none. The least of a range is taken."""
    text, grammar = passage.text, _grammar(keywords)
    if none := grammar.no_rest.search(text):
        return 0.0, (none.span(),)
    word = grammar.rest.search(text)
    if not word:
        return 0.0, ()
    for time in times_in(passage, keywords):
        if time.start >= count[1] or time.end <= count[0]:
            check_bounds(time.least_s, REST_S, passage.cut(time.start, time.end), keywords)
            return time.least_s, (word.span(), (time.start, time.end))
    behind = passage.cut(word.end())
    opening = grammar.before_time.match(behind.text)
    length_s = read_time(behind.cut(opening.end() if opening else 0), REST_S, keywords)
    return length_s, ((word.start(), len(text)),)
