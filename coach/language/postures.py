"""The positions that sheets name, and how long it takes to get from one to another."""

import re

from coach.language.keywords.vocabulary import Keywords
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


def is_on_the_floor(position: str, keywords: Keywords) -> bool:
    """Tell whether the listener has to get down for a position, and up again.

    >>> from coach.language.keywords.en import KEYWORDS
    >>> [is_on_the_floor(position, KEYWORDS) for position in ("face down", "seated")]
    [True, False]
    """
    return bool(re.search(rf"\b{any_of(keywords.on_the_floor)}\b", position, re.IGNORECASE))


def seconds_to_move(before: str, after: str, keywords: Keywords) -> float:
    """Return the seconds that a sore knee needs from one posture to another; 0 where one is not known.

    >>> from coach.language.keywords.en import KEYWORDS
    >>> seconds_to_move("standing", "face down", KEYWORDS)
    40.0
    """
    if not before or not after or before == after:
        return 0.0
    if is_on_the_floor(before, keywords) == is_on_the_floor(after, keywords):
        return OTHERWISE_S
    return DOWN_S if is_on_the_floor(after, keywords) else UP_S
