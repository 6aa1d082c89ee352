"""The positions that sheets name, and how long it takes to get from one to another."""

import re

DOWN_S = 40.0
UP_S = 60.0
OTHERWISE_S = 20.0
"""Seconds to get down to the mat, up from it with a chair, and to any other place (docs/content.md)."""

_ON_THE_FLOOR = re.compile(
    r"\b(?:lying|prone|supine|kneeling|floor|mat|all fours|hands and knees)\b"
    r"|\bface (?:down|up)\b"
    r"|\bon (?:your|the|one) (?:back|stomach|belly|front|side)\b",
    re.IGNORECASE,
)


def posture(position: str) -> str:
    """The position without its details.

    >>> posture("Standing, a chair in reach")
    'standing'
    """
    return re.split(r"[,;(]", position.casefold(), maxsplit=1)[0].strip()


def is_on_the_floor(position: str) -> bool:
    """True if the listener has to get down for it, and up again.

    >>> is_on_the_floor("face down"), is_on_the_floor("seated")
    (True, False)
    """
    return bool(_ON_THE_FLOOR.search(position))


def seconds_to_move(before: str, after: str) -> float:
    """How many seconds a sore knee needs from one posture to another; 0 where one of them is not known.

    >>> seconds_to_move("standing", "face down")
    40.0
    """
    if not before or not after or before == after:
        return 0.0
    if is_on_the_floor(before) == is_on_the_floor(after):
        return OTHERWISE_S
    return DOWN_S if is_on_the_floor(after) else UP_S
