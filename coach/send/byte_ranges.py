"""Byte ranges of a file: those that a request asks for, and those that a client has. All are half-open."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

MOST_RANGES = 500
"""The ranges that are kept for a client; of more, the shortest is dropped. No download comes in as many."""

MOST_INTERRUPTED = 50
"""The interrupted ranges that are kept for a client; of more, the oldest is dropped."""

_ONE_RANGE = re.compile(r"bytes[ \t]*=[ \t,]*([0-9]*)[ \t]*-[ \t]*([0-9]*)[ \t,]*", re.IGNORECASE)
_MOST_DIGITS = 18
"""The digits of a position; a longer number is past the end of any file."""


@dataclass(frozen=True, slots=True)
class ByteRange:
    """The bytes from ``start`` up to, but without, ``end``."""

    start: int
    end: int

    def __post_init__(self) -> None:
        """Check the order."""
        if not 0 <= self.start <= self.end:
            raise ValueError(f"no range: {self.start} to {self.end}")

    @property
    def size(self) -> int:
        """The number of bytes."""
        return self.end - self.start


class RangeNotSatisfiableError(ValueError):
    """The range has no byte of the file: status 416 of HTTP."""


def requested_range(header: str | None, size: int) -> ByteRange | None:
    """The range of a file of ``size`` bytes that a ``Range`` header asks for; None for the whole file.

    As RFC 9110 (section 14.2) allows, a header is ignored if it has another unit, cannot be parsed, ends
    before it begins, or has several ranges.

    Raises
    ------
    RangeNotSatisfiableError
        If the range has no byte of the file.

    >>> requested_range("bytes=0-1", 500), requested_range("bytes=-100", 500)
    (ByteRange(start=0, end=2), ByteRange(start=400, end=500))
    >>> requested_range("bytes=9-3", 500), requested_range("bytes=0-9,20-29", 500)
    (None, None)
    """
    found = _ONE_RANGE.fullmatch(header.strip(" \t")) if header else None
    if found is None or found[1] == found[2] == "":
        return None
    if not found[1]:
        last = _position(found[2])
        if last == 0 or size == 0:
            raise RangeNotSatisfiableError(f"the last {last} of {size} bytes")
        return ByteRange(max(0, size - last), size)
    first = _position(found[1])
    last = _position(found[2]) if found[2] else max(first, size - 1)
    if last < first:
        return None
    if first >= size:
        raise RangeNotSatisfiableError(f"from {first} on, of {size} bytes")
    return ByteRange(first, min(last + 1, size))


def _position(digits: str) -> int:
    digits = digits.lstrip("0")
    return int(digits or "0") if len(digits) <= _MOST_DIGITS else 10**_MOST_DIGITS


def merged(ranges: Iterable[ByteRange], most: int = MOST_RANGES) -> tuple[ByteRange, ...]:
    """The same bytes in the fewest ranges, in order, without overlap; of too many, the longest.

    >>> merged([ByteRange(5, 9), ByteRange(0, 2), ByteRange(2, 4), ByteRange(6, 12)])
    (ByteRange(start=0, end=4), ByteRange(start=5, end=12))
    """
    tidy: list[ByteRange] = []
    for part in sorted(ranges, key=lambda each: each.start):
        if part.size == 0:
            continue
        if tidy and part.start <= tidy[-1].end:
            tidy[-1] = ByteRange(tidy[-1].start, max(tidy[-1].end, part.end))
        else:
            tidy.append(part)
    while len(tidy) > most:
        tidy.remove(min(tidy, key=lambda each: each.size))
    return tuple(tidy)


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The ranges of a file that a client acknowledged, and those that were interrupted while they were sent.

    How much of an interrupted range arrived is not known. A client that then asks for the bytes from
    somewhere within it has those before: so a download that is resumed, and a player that seeks, add up to
    the whole.
    """

    size: int
    ranges: tuple[ByteRange, ...] = ()
    interrupted: tuple[ByteRange, ...] = ()

    @property
    def count(self) -> int:
        """The number of bytes that were acknowledged, each counted once."""
        return sum(part.size for part in self.ranges)

    @property
    def is_whole(self) -> bool:
        """Whether every byte was acknowledged."""
        return self.count == self.size

    def with_acknowledged(self, part: ByteRange) -> "Acknowledged":
        """The state after a range was acknowledged."""
        return Acknowledged(self.size, merged((*self.ranges, part)), self.interrupted)

    def with_interrupted(self, part: ByteRange) -> "Acknowledged":
        """The state after the connection broke while a range was sent, up to its end at most."""
        return Acknowledged(self.size, self.ranges, (*self.interrupted, part)[-MOST_INTERRUPTED:])

    def resumed_at(self, start: int) -> "Acknowledged":
        """The state after the client asked for the bytes from ``start`` on.

        >>> begun = Acknowledged(100).with_interrupted(ByteRange(0, 60))
        >>> begun.count, begun.resumed_at(40).with_acknowledged(ByteRange(40, 100)).is_whole
        (0, True)
        """
        for part in reversed(self.interrupted):
            if part.start < start <= part.end:
                others = tuple(each for each in self.interrupted if each != part)
                return Acknowledged(self.size, merged((*self.ranges, ByteRange(part.start, start))), others)
        return self
