"""Serve one file to a phone for a few minutes, and tell who fetched it."""

import errno
import math
import os
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self, TextIO

from coach.errors import CoachError, UsageError
from coach.send.addresses import Address, addresses, listed, named, reachable, ways_out
from coach.send.qr import columns_needed, drawn, terminal
from coach.send.served_file import ServedFile
from coach.send.server import Downloads, Event, Server
from coach.text import size_text

PORT, PORTS = 8650, 10
"""The first port that is tried, so that one rule of a firewall is enough, and how many are tried."""

SETTLES_S = 5.0
"""Time in which a client with the whole file may fetch it again: some browsers hand it to a downloader."""
FINISHES_S = 20.0
"""Time for other clients to finish after the first one has the whole file."""
LOOKS_EVERY_S = 0.1

_TAKEN = {errno.EADDRINUSE, errno.EACCES, errno.EPERM}


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
            self._downloads = Downloads(self.file.size)
            self._server = self._bound()
        except BaseException:
            self.file.close()
            raise
        self._ends_at_s = self._clock() + self.for_s
        self._server.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Close every connection and the file."""
        try:
            self._server.stop()
        finally:
            self.file.close()

    @property
    def url(self) -> str:
        """The address for the phone, with a secret in it."""
        return self._server.url

    def announcement(self, out: TextIO | None) -> tuple[str, str]:
        """Return the text to be shown, and the address, above it its code if ``out`` is a terminal with room.

        The text comes first: after the code, it would push that off a small screen.
        """
        ip = self.address.ip
        until = datetime.now().astimezone() + timedelta(seconds=self.for_s)
        whom = "this computer only" if ip.is_loopback else "a phone in the same network"
        lines = [
            f"{self.file.name}, {size_text(self.file.size)}, for {whom}.",
            f"It is there for one download, until {until:%H:%M:%S} at most. Ctrl-C ends it.",
        ]
        if ip.is_global:
            lines.append(
                f"{ip} is an address of the internet: whoever is told the address below can fetch it."
            )
        if self.others:
            lines.append(f"Served at {self.address}; --address chooses another: {listed(self.others)}.")
        if out is None or not out.isatty():
            return "\n".join(lines), self.url
        shown = terminal(os.environ, out.encoding, shutil.get_terminal_size().columns)
        code = drawn(self.url, shown)
        if code is None and not (shown.has_colours or shown.has_blocks):
            lines.append("This terminal shows neither colours nor blocks, so there is no code.")
        elif code is None:
            lines.append(f"There is no room for a code: it needs {columns_needed(self.url, shown)} columns.")
        elif not shown.has_colours:
            lines.append("The code has no colours. If the phone does not read it, unset NO_COLOR.")
        return "\n".join(lines), "\n".join(filter(None, (code, self.url)))

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
        """Yield what waits to be told now, and not what comes meanwhile; each with the time of day."""
        for _ in range(self._downloads.events.qsize()):
            event = self._downloads.events.get()
            yield Event(f"{datetime.now().astimezone():%H:%M:%S}  {event.text}", event.is_result)

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
