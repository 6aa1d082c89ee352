"""Parts of a file in bytes: what a request asks for, and what has arrived. Half-open, as everywhere."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

MOST_SPANS = 500
"""So many pieces are told apart; of more, the shortest is forgotten. Nobody fetches a session in as many."""

MOST_BROKEN = 50
"""So many that were broken off are remembered; of more, the oldest is forgotten."""

_ONE_RANGE = re.compile(r"bytes[ \t]*=[ \t,]*([0-9]*)[ \t]*-[ \t]*([0-9]*)[ \t,]*", re.IGNORECASE)
_MOST_DIGITS = 18
"""Of a position in a file. What has more is past the end of any."""


@dataclass(frozen=True, slots=True)
class Span:
    """The bytes from ``start`` up to, but without, ``end``."""

    start: int
    end: int

    def __post_init__(self) -> None:
        """Refuse what is no span."""
        if not 0 <= self.start <= self.end:
            raise ValueError(f"no span: {self.start} to {self.end}")

    @property
    def size(self) -> int:
        """How many bytes."""
        return self.end - self.start


class NoSuchBytesError(ValueError):
    """A range that begins past the end, or asks for the last no bytes: 416 in HTTP."""


def asked_for(header: str | None, size: int) -> Span | None:
    """The part of a file of ``size`` bytes that a ``Range`` header asks for; None for the whole of it.

    As RFC 9110 (section 14.2) allows, what is not understood is as good as not said: other units, nonsense,
    a range that ends before it begins, and several ranges in one request.

    Raises
    ------
    NoSuchBytesError
        If the range has no byte of the file.

    >>> asked_for("bytes=0-1", 500), asked_for("bytes=200-", 500), asked_for("bytes=-100", 500)
    (Span(start=0, end=2), Span(start=200, end=500), Span(start=400, end=500))
    >>> asked_for("bytes=9-3", 500), asked_for("bytes=0-9,20-29", 500), asked_for("pages=1-2", 500)
    (None, None, None)
    """
    found = _ONE_RANGE.fullmatch(header.strip(" \t")) if header else None
    if found is None or found[1] == found[2] == "":
        return None
    if not found[1]:
        last = _position(found[2])
        if last == 0 or size == 0:
            raise NoSuchBytesError(f"the last {last} of {size} bytes")
        return Span(max(0, size - last), size)
    first = _position(found[1])
    last = _position(found[2]) if found[2] else max(first, size - 1)
    if last < first:
        return None
    if first >= size:
        raise NoSuchBytesError(f"from {first} on, of {size} bytes")
    return Span(first, min(last + 1, size))


def _position(digits: str) -> int:
    digits = digits.lstrip("0")
    return int(digits or "0") if len(digits) <= _MOST_DIGITS else 10**_MOST_DIGITS


def joined(spans: Iterable[Span], most: int = MOST_SPANS) -> tuple[Span, ...]:
    """The same bytes in as few spans as there can be, in order, each once; the longest ``most`` of them.

    >>> joined([Span(5, 9), Span(0, 2), Span(2, 4), Span(6, 12)])
    (Span(start=0, end=4), Span(start=5, end=12))
    """
    tidy: list[Span] = []
    for span in sorted(spans, key=lambda each: each.start):
        if span.size == 0:
            continue
        if tidy and span.start <= tidy[-1].end:
            tidy[-1] = Span(tidy[-1].start, max(tidy[-1].end, span.end))
        else:
            tidy.append(span)
    while len(tidy) > most:
        tidy.remove(min(tidy, key=lambda each: each.size))
    return tuple(tidy)


@dataclass(frozen=True, slots=True)
class Arrived:
    """What one listener has of a file: the spans that arrived, and those that were broken off on the way.

    Of what was broken off, nobody knows how much arrived. Who then goes on from a byte of it has what stood
    before that byte: so a download that is taken up again, and a player that asks anew, become whole.
    """

    size: int
    spans: tuple[Span, ...] = ()
    broken: tuple[Span, ...] = ()

    @property
    def count(self) -> int:
        """How many bytes arrived, each counted once."""
        return sum(span.size for span in self.spans)

    @property
    def is_whole(self) -> bool:
        """Whether every byte did."""
        return self.count == self.size

    def with_all_of(self, span: Span) -> "Arrived":
        """After ``span`` arrived."""
        return Arrived(self.size, joined((*self.spans, span)), self.broken)

    def with_some_of(self, span: Span) -> "Arrived":
        """After ``span`` was sent and broken off at its end, wherever its reader was then."""
        return Arrived(self.size, self.spans, (*self.broken, span)[-MOST_BROKEN:])

    def going_on_at(self, start: int) -> "Arrived":
        """After its reader asked for the bytes from ``start`` on.

        >>> begun = Arrived(100).with_some_of(Span(0, 60))
        >>> begun.count, begun.going_on_at(40).with_all_of(Span(40, 100)).is_whole
        (0, True)
        """
        for span in reversed(self.broken):
            if span.start < start <= span.end:
                others = tuple(each for each in self.broken if each != span)
                return Arrived(self.size, joined((*self.spans, Span(span.start, start))), others)
        return self
