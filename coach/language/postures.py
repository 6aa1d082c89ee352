"""The positions that sheets name, and how long it takes to get from one to another."""

import re
from functools import cache

from coach.language.keywords.vocabulary import Keywords, Surface
from coach.language.quantities import any_of

DOWN_S = 40.0
UP_S = 60.0
OTHERWISE_S = 20.0
"""Seconds to get down to the mat, up from it with a chair, and to any other place (docs/content.md)."""


def posture(position: str) -> str:
    """Return the position without its details.

    >>> posture("Standing, a chair in reach")
    'standing'
    """
    return re.split(r"[,;(]", position.casefold(), maxsplit=1)[0].strip()


def surface(position: str, keywords: Keywords) -> Surface | None:
    """Return what a listener in this position stands, sits or lies on; None for one that is not known.

    >>> from coach.language.keywords.en import KEYWORDS
    >>> [surface(each, KEYWORDS) for each in ("Quadruped", "Lying in bed", "At the wall", "Afar")]
    [<Surface.FLOOR: 1>, <Surface.BED: 4>, <Surface.FEET: 2>, None]
    """
    text = posture(position).replace("-", " ")
    if _pattern(keywords, Surface.BED).search(text):
        return Surface.BED
    found = {each: _pattern(keywords, each).search(text) for each in Surface}
    begins = {each: match.start() for each, match in found.items() if match}
    return min(begins, key=lambda each: begins[each]) if begins else None


@cache
def _pattern(keywords: Keywords, each: Surface) -> re.Pattern[str]:
    return re.compile(rf"\b{any_of(keywords.positions[each])}\b", re.IGNORECASE)


@cache
def _same_positions(keywords: Keywords) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rf"\b{any_of(words)}\b") for words in keywords.same_positions)


def is_on_the_floor(position: str, keywords: Keywords) -> bool:
    """Tell whether the listener has to get down for a position, and up again.

    >>> from coach.language.keywords.en import KEYWORDS
    >>> [is_on_the_floor(position, KEYWORDS) for position in ("face down", "seated", "standing on a mat")]
    [True, False, False]
    """
    return surface(position, keywords) is Surface.FLOOR


def seconds_to_move(before: str, after: str, keywords: Keywords) -> float:
    """Return the seconds that a careful listener needs from one posture to another; 0 where one is not known.

    >>> from coach.language.keywords.en import KEYWORDS
    >>> seconds_to_move("standing", "face down", KEYWORDS), seconds_to_move("in bed", "seated", KEYWORDS)
    (40.0, 20.0)
    >>> seconds_to_move("standing", "standing at the wall", KEYWORDS)
    0.0
    >>> seconds_to_move("supine", "lying on your back", KEYWORDS)
    0.0
    """
    if not before or not after or before == after:
        return 0.0
    if surface(before, keywords) is surface(after, keywords) in {Surface.FEET, Surface.SEAT}:
        return 0.0
    texts = [each.replace("-", " ") for each in (before, after)]
    if any(all(same.search(text) for text in texts) for same in _same_positions(keywords)):
        return 0.0
    if is_on_the_floor(before, keywords) == is_on_the_floor(after, keywords):
        return OTHERWISE_S
    return DOWN_S if is_on_the_floor(after, keywords) else UP_S
