"""A file within reach of a phone for a few minutes: where it is to be had, and who had it."""

import errno
import math
import queue
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from coach.errors import CoachError, UsageError
from coach.send.addresses import Address, addresses, listed, named, reachable, ways_out
from coach.send.parcel import Parcel
from coach.send.ranges import Arrived, Span
from coach.send.server import Server
from coach.text import size_text

PORT, PORTS = 8650, 10
"""The first port that is tried, so that one rule of a firewall is enough, and how many after it."""

SETTLES_S = 5.0
"""So long whoever had it all can have it again: some browsers begin, and have a downloader do it anew."""
FINISHES_S = 20.0
"""So long others may finish what they had begun when the first had it all."""
TOLD_PARTS = 10
"""What arrives in parts is told of a tenth at a time."""
LOOKS_EVERY_S = 0.1
MOST_BREAKS = 5
MOST_CLIENTS = 32
MOST_TOLD = 200
MOST_NEWS = 1000
"""So much is told of who came, and so much waits to be read. That it was fetched is always told."""

_TAKEN = {errno.EADDRINUSE, errno.EACCES, errno.EPERM}


@dataclass(frozen=True, slots=True)
class Opened:
    """Somebody sees the page with the link."""

    client: str


@dataclass(frozen=True, slots=True)
class Begun:
    """Somebody begins to fetch."""

    client: str


@dataclass(frozen=True, slots=True)
class Part:
    """Somebody has so many bytes of it, in parts."""

    client: str
    count: int
    size: int


@dataclass(frozen=True, slots=True)
class BrokeOff:
    """Somebody broke off when so many bytes were on the way."""

    client: str
    count: int
    size: int


@dataclass(frozen=True, slots=True)
class Whole:
    """Somebody has every byte."""

    client: str
    size: int


@dataclass(frozen=True, slots=True)
class Refused:
    """Somebody asked for something else and got nothing."""

    client: str


@dataclass(frozen=True, slots=True)
class Faulty:
    """A request met a fault of ours and was not answered."""

    error: Exception


def in_words(news: "News") -> str:
    """What happened, for people.

    >>> in_words(Whole("192.168.1.40", 38_400_000))
    '192.168.1.40 has it all: 38.4 MB'
    >>> in_words(BrokeOff("192.168.1.40", 4_000, 38_400_000))
    '192.168.1.40 broke off: 4.0 kB of 38.4 MB were on the way'
    """
    match news:
        case Opened(client):
            text = f"{client} sees the link"
        case Begun(client):
            text = f"{client} begins to fetch it"
        case Part(client, count, size):
            text = f"{client} has {size_text(count)} of {size_text(size)}"
        case BrokeOff(client, count, size):
            text = f"{client} broke off: {size_text(count)} of {size_text(size)} were on the way"
        case Whole(client, size):
            text = f"{client} has it all: {size_text(size)}"
        case Refused(client):
            text = f"{client} asked for something else, and got nothing"
        case Faulty(error):
            text = f"a request was not answered, by a fault of coach: {type(error).__name__}: {error}"
    return text


News = Opened | Begun | Part | BrokeOff | Whole | Refused | Faulty


class _Book:
    """Who has what, as the threads that hand it out tell; what ends the sending is no mere news."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._arrived: dict[str, Arrived] = {}
        self._told: set[News] = set()
        self._broke_off = 0
        self.news: queue.SimpleQueue[News] = queue.SimpleQueue()
        self.whole: str | None = None
        self.trouble: Exception | None = None

    def is_open_to(self, client: str) -> bool:
        return self.whole in {None, client}

    def refused(self, client: str) -> None:
        self._tell_once(Refused(client))

    def opened(self, client: str) -> None:
        self._tell_once(Opened(client))

    def asked(self, client: str, start: int) -> None:
        with self._lock:
            self._keep(client, self._of(client).going_on_at(start))
        self._tell_once(Begun(client))

    def sent(self, client: str, span: Span, *, has_arrived: bool) -> None:
        news: News | None = None
        with self._lock:
            before = self._of(client)
            after = before.with_all_of(span) if has_arrived else before.with_some_of(span)
            self._keep(client, after)
            if after.is_whole and not before.is_whole:
                self.whole = self.whole or client
                news = Whole(client, self._size)
            elif not has_arrived and self.whole is None:
                self._broke_off += 1
                if self._broke_off <= MOST_BREAKS:
                    news = BrokeOff(client, span.size, self._size)
            elif (
                has_arrived
                and TOLD_PARTS * after.count // self._size > TOLD_PARTS * before.count // self._size
            ):
                news = Part(client, after.count, self._size)
            if news is not None:
                self._tell(news)

    def failed(self, error: Exception) -> None:
        if isinstance(error, CoachError):
            self.trouble = error
        else:
            self._tell(Faulty(error))

    def most(self) -> int:
        """The most bytes that anybody has."""
        with self._lock:
            return max((each.count for each in self._arrived.values()), default=0)

    def _of(self, client: str) -> Arrived:
        return self._arrived.get(client, Arrived(self._size))

    def _keep(self, client: str, arrived: Arrived) -> None:
        if client not in self._arrived and len(self._arrived) >= MOST_CLIENTS:
            del self._arrived[next(iter(self._arrived))]
        self._arrived[client] = arrived

    def _tell_once(self, news: News) -> None:
        with self._lock:
            if news not in self._told and len(self._told) < MOST_TOLD:
                self._told.add(news)
                self._tell(news)

    def _tell(self, news: News) -> None:
        if isinstance(news, Whole) or self.news.qsize() < MOST_NEWS:  # nobody reads more
            self.news.put(news)


class Sending:
    """A file within reach of a phone; a context manager.

    Parameters
    ----------
    path
        The file. It is opened here and served from there: what its name becomes does not matter.
    address
        One of this computer's; without it, the one that a phone most likely reaches.
    port
        Without it, the first of `PORTS` from `PORT` on that is free.
    for_s
        After so many seconds it is over, whatever is under way.

    Raises
    ------
    UsageError, DiskError, CoachError
        On entering: a file or an address that cannot be sent or reached, no network, a port that is taken.
    """

    def __init__(
        self, path: Path, *, address: str | None = None, port: int | None = None, for_s: float
    ) -> None:
        if not (math.isfinite(for_s) and for_s > 0):
            raise UsageError(f"{for_s / 60:g} minutes are no time", "name a number of minutes, as 10")
        self._path = path
        self._asked = address
        self._port = port
        self.for_s = for_s
        self.others: tuple[Address, ...] = ()

    def __enter__(self) -> Self:
        """Open the file and the address, and begin."""
        self.parcel = Parcel(self._path)
        try:
            found = addresses()
            if self._asked is None:
                self.address = reachable(found, ways_out())
            else:
                self.address = named(self._asked, found)
            self.others = tuple(each for each in found if each.ip != self.address.ip)
            self._book = _Book(self.parcel.size)
            self._server = self._bound()
        except BaseException:
            self.parcel.close()
            raise
        self._ends_at_s = time.monotonic() + self.for_s
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every connection and the file."""
        try:
            self._server.stop()
        finally:
            self.parcel.close()

    @property
    def url(self) -> str:
        """The address for the phone, which nobody else can guess."""
        return self._server.url

    def news(self) -> Iterator[News]:
        """What happens, as it happens, until somebody has it all.

        Raises
        ------
        CoachError
            If the time is over before, or the file was changed.
        """
        settled_at_s = finished_at_s = math.inf
        while True:
            yield from self._news_now()
            now_s = time.monotonic()
            if self._book.whole is None:
                if self._book.trouble is not None:
                    raise self._book.trouble
                if now_s >= self._ends_at_s:
                    raise self._too_late()
            else:
                settled_at_s = min(settled_at_s, now_s + SETTLES_S)
                finished_at_s = min(finished_at_s, now_s + FINISHES_S)
                is_settled = now_s >= settled_at_s and not self._server.has_readers
                if is_settled or now_s >= min(finished_at_s, self._ends_at_s):
                    yield from self._news_now()
                    return
            time.sleep(LOOKS_EVERY_S)

    def _news_now(self) -> Iterator[News]:
        """What there is to be told now; what comes while it is told has its turn."""
        for _ in range(self._book.news.qsize()):
            with suppress(queue.Empty):
                yield self._book.news.get_nowait()

    def _too_late(self) -> CoachError:
        share = 100 * self._book.most() // self.parcel.size
        what = "nobody fetched it" if share == 0 else f"it was fetched to {share} %, not whole,"
        minutes = f"{self.for_s / 60:g} minute{'' if self.for_s == 60 else 's'}"
        return CoachError(
            f"{what} within {minutes}",
            "is the phone in the same Wi-Fi, not a guest's? does a firewall keep this port? "
            "--minutes gives it longer",
        )

    def _bound(self) -> Server:
        """A server at the address, at the port that was asked for or one of the usual ones."""
        ports = [self._port] if self._port is not None else [*range(PORT, PORT + PORTS), 0]
        taken: OSError | None = None
        for port in ports:
            try:
                return Server(self.parcel, self.address.ip, port, self._book)
            except OSError as error:
                taken = error
        raise self._not_bound(taken)

    def _not_bound(self, error: OSError | None) -> CoachError:
        number = error.errno if error is not None else None
        if number == errno.EADDRNOTAVAIL:
            here = listed((self.address, *self.others)) if self._asked is None else listed(self.others)
            return UsageError(
                f"{self.address.ip} is no address of this computer",
                f"it has {here}" if here else "it is in no network just now",
            )
        if number in _TAKEN and self._port is not None:
            return CoachError(
                f"port {self._port} of {self.address.ip} is taken or not allowed",
                "leave out --port, or name another above 1023",
            )
        what = error.strerror if error is not None and error.strerror else error
        return CoachError(f"nothing can be served at {self.address.ip}: {what}", "--address names another")
