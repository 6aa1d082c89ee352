"""Serve one file to a phone for a few minutes, and tell who fetched it."""

import errno
import math
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from coach.errors import CoachError, UsageError
from coach.send.addresses import Address, addresses, listed, named, reachable, ways_out
from coach.send.byte_ranges import Acknowledged, ByteRange
from coach.send.served_file import ServedFile
from coach.send.server import Server
from coach.text import size_text

PORT, PORTS = 8650, 10
"""The first port that is tried, so that one rule of a firewall is enough, and how many are tried."""

SETTLES_S = 5.0
"""For so long a client with the whole file may fetch it again: some browsers pass it on to a downloader."""
FINISHES_S = 20.0
"""For so long other clients may finish after the first has the whole file."""
TOLD_PARTS = 10
"""Progress is told in so many steps."""
LOOKS_EVERY_S = 0.1
MOST_BREAKS = 5
MOST_CLIENTS = 32
MOST_TOLD = 200
MOST_EVENTS = 1000
"""Limits on what is told about clients, and on what waits to be read. A complete download is always told."""

_TAKEN = {errno.EADDRINUSE, errno.EACCES, errno.EPERM}


@dataclass(frozen=True, slots=True)
class PageOpened:
    """A client loaded the page with the link."""

    client: str


@dataclass(frozen=True, slots=True)
class Started:
    """A client began to fetch the file."""

    client: str


@dataclass(frozen=True, slots=True)
class Progressed:
    """A client has so many bytes of the file, in parts."""

    client: str
    count: int
    size: int


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A connection broke after so many bytes had been sent."""

    client: str
    count: int
    size: int


@dataclass(frozen=True, slots=True)
class Completed:
    """A client has every byte."""

    client: str
    size: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A client asked for something else and got nothing."""

    client: str


@dataclass(frozen=True, slots=True)
class Failed:
    """A request was not answered because of an error in coach."""

    error: Exception


def event_text(events: "Event") -> str:
    """The event as a line for people.

    >>> event_text(Completed("192.168.1.40", 38_400_000))
    '192.168.1.40 has it all: 38.4 MB'
    >>> event_text(Interrupted("192.168.1.40", 4_000, 38_400_000))
    '192.168.1.40 broke off: 4.0 kB of 38.4 MB were on the way'
    """
    match events:
        case PageOpened(client):
            text = f"{client} sees the link"
        case Started(client):
            text = f"{client} begins to fetch it"
        case Progressed(client, count, size):
            text = f"{client} has {size_text(count)} of {size_text(size)}"
        case Interrupted(client, count, size):
            text = f"{client} broke off: {size_text(count)} of {size_text(size)} were on the way"
        case Completed(client, size):
            text = f"{client} has it all: {size_text(size)}"
        case Refused(client):
            text = f"{client} asked for something else, and got nothing"
        case Failed(error):
            text = f"a request was not answered, by a fault of coach: {type(error).__name__}: {error}"
    return text


Event = PageOpened | Started | Progressed | Interrupted | Completed | Refused | Failed


class _Downloads:
    """What each client has, told by the threads of the server; and whether the sending is over."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._arrived: dict[str, Acknowledged] = {}
        self._told: set[Event] = set()
        self._broke_off = 0
        self.events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self.completed: str | None = None
        self.trouble: Exception | None = None

    def is_open_to(self, client: str) -> bool:
        return self.completed in {None, client}

    def refused(self, client: str) -> None:
        self._tell_once(Refused(client))

    def opened(self, client: str) -> None:
        self._tell_once(PageOpened(client))

    def asked(self, client: str, start: int) -> None:
        with self._lock:
            self._keep(client, self._of(client).resumed_at(start))
        self._tell_once(Started(client))

    def sent(self, client: str, part: ByteRange, *, is_acknowledged: bool) -> None:
        events: Event | None = None
        with self._lock:
            before = self._of(client)
            after = before.with_acknowledged(part) if is_acknowledged else before.with_interrupted(part)
            self._keep(client, after)
            if after.is_whole and not before.is_whole:
                self.completed = self.completed or client
                events = Completed(client, self._size)
            elif not is_acknowledged and self.completed is None:
                self._broke_off += 1
                if self._broke_off <= MOST_BREAKS:
                    events = Interrupted(client, part.size, self._size)
            elif (
                is_acknowledged
                and TOLD_PARTS * after.count // self._size > TOLD_PARTS * before.count // self._size
            ):
                events = Progressed(client, after.count, self._size)
            if events is not None:
                self._tell(events)

    def failed(self, error: Exception) -> None:
        if isinstance(error, CoachError):
            self.trouble = error
        else:
            self._tell(Failed(error))

    def most(self) -> int:
        """The most bytes that one client has."""
        with self._lock:
            return max((each.count for each in self._arrived.values()), default=0)

    def _of(self, client: str) -> Acknowledged:
        return self._arrived.get(client, Acknowledged(self._size))

    def _keep(self, client: str, arrived: Acknowledged) -> None:
        if client not in self._arrived and len(self._arrived) >= MOST_CLIENTS:
            del self._arrived[next(iter(self._arrived))]
        self._arrived[client] = arrived

    def _tell_once(self, events: Event) -> None:
        with self._lock:
            if events not in self._told and len(self._told) < MOST_TOLD:
                self._told.add(events)
                self._tell(events)

    def _tell(self, events: Event) -> None:
        if isinstance(events, Completed) or self.events.qsize() < MOST_EVENTS:  # nobody reads more
            self.events.put(events)


class Sending:
    """Serves a file while it is entered; a context manager.

    Parameters
    ----------
    path
        The file. It is opened once: what is put under its name later is not sent.
    address
        One of this computer's; without it, the one that a phone most likely reaches.
    port
        Without it, the first of `PORTS` from `PORT` on that is free.
    for_s
        After so many seconds of ``clock`` it is over, whatever is under way.

    Raises
    ------
    UsageError, DiskError, CoachError
        On entering: a file or an address that cannot be sent or reached, no network, a port that is taken.
    """

    def __init__(
        self,
        path: Path,
        *,
        address: str | None = None,
        port: int | None = None,
        for_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if not (math.isfinite(for_s) and for_s > 0):
            raise UsageError(f"{for_s / 60:g} minutes are no time", "name a number of minutes, as 10")
        self._path = path
        self._asked = address
        self._port = port
        self.for_s = for_s
        self._clock = clock
        self.others: tuple[Address, ...] = ()

    def __enter__(self) -> Self:
        """Open the file, bind the address, and start the server."""
        self.file = ServedFile(self._path)
        try:
            found = addresses()
            if self._asked is None:
                self.address = reachable(found, ways_out())
            else:
                self.address = named(self._asked, found)
            self.others = tuple(each for each in found if each.ip != self.address.ip)
            self._downloads = _Downloads(self.file.size)
            self._server = self._bound()
        except BaseException:
            self.file.close()
            raise
        self._ends_at_s = self._clock() + self.for_s
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every connection and the file."""
        try:
            self._server.stop()
        finally:
            self.file.close()

    @property
    def url(self) -> str:
        """The address for the phone, with a secret in it."""
        return self._server.url

    def events(self) -> Iterator[Event]:
        """Yield what happens, as it happens, until a client has the whole file.

        Raises
        ------
        CoachError
            If the time is over before, or the file was changed.
        """
        settled_at_s = finished_at_s = math.inf
        while True:
            yield from self._events_now()
            now_s = self._clock()
            if self._downloads.completed is None:
                if self._downloads.trouble is not None:
                    raise self._downloads.trouble
                if now_s >= self._ends_at_s:
                    raise self._too_late()
            else:
                settled_at_s = min(settled_at_s, now_s + SETTLES_S)
                finished_at_s = min(finished_at_s, now_s + FINISHES_S)
                is_settled = now_s >= settled_at_s and not self._server.has_active
                if is_settled or now_s >= min(finished_at_s, self._ends_at_s):
                    yield from self._events_now()
                    return
            time.sleep(LOOKS_EVERY_S)

    def _events_now(self) -> Iterator[Event]:
        """Yield what waits to be told now, and not what comes meanwhile."""
        for _ in range(self._downloads.events.qsize()):
            with suppress(queue.Empty):
                yield self._downloads.events.get_nowait()

    def _too_late(self) -> CoachError:
        share = 100 * self._downloads.most() // self.file.size
        what = "nobody fetched it" if share == 0 else f"it was fetched to {share} %, not whole,"
        minutes = f"{self.for_s / 60:g} minute{'' if self.for_s == 60 else 's'}"
        return CoachError(
            f"{what} within {minutes}",
            "is the phone in the same Wi-Fi, not a guest's? does a firewall keep this port? "
            "--minutes gives it longer",
        )

    def _bound(self) -> Server:
        """Bind a server to the port that was asked for, or to one of the usual ones."""
        ports = [self._port] if self._port is not None else [*range(PORT, PORT + PORTS), 0]
        taken: OSError | None = None
        for port in ports:
            try:
                return Server(self.file, self.address.ip, port, self._downloads)
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
