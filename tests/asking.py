"""A browser too simple to be polite: what it sends is what is written, and what comes back is kept."""

import socket
import struct
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

Place = tuple[str, int]


@dataclass(frozen=True)
class Answer:
    """What a server said before it closed."""

    status: int
    headers: dict[str, str]
    body: bytes

    @classmethod
    def of(cls, said: bytes) -> Self:
        head, _, body = said.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        pairs = [line.split(": ", 1) for line in lines]
        headers = {name.lower(): value for name, value in pairs}
        assert len(headers) == len(pairs), f"a header twice: {lines}"
        return cls(int(first.split()[1]), headers, body)


def connected(place: Place, *, room: int | None = None, within_s: float = 10.0) -> socket.socket:
    """A connection; ``room`` is how many bytes its system takes that nobody reads."""
    connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if room is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
    connection.settimeout(within_s)
    try:
        connection.connect(place)
    except OSError:
        connection.close()
        raise
    return connection


def said(place: Place, request: bytes) -> bytes:
    """All that a server says to what is sent, up to its end."""
    with connected(place) as connection:
        with suppress(ConnectionError):  # it may have heard enough
            connection.sendall(request)
        return rest_of(connection)


def rest_of(connection: socket.socket) -> bytes:
    """All that comes until the other side closes."""
    parts = []
    with suppress(ConnectionError):
        while part := connection.recv(2**16):
            parts.append(part)
    return b"".join(parts)


def request(target: str, *headers: str, method: str = "GET", version: str = "HTTP/1.1") -> bytes:
    lines = [f"{method} {target} {version}", "Host: phone.test", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1")


def asked(place: Place, target: str, *headers: str, method: str = "GET", version: str = "HTTP/1.1") -> Answer:
    """The answer to a request."""
    return Answer.of(said(place, request(target, *headers, method=method, version=version)))


def reset(connection: socket.socket) -> None:
    """Break a connection off, as a phone that is switched off does not, and one that is crossed does."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def is_closed_within(connection: socket.socket, seconds: float) -> bool:
    """Whether the other side closes."""
    connection.settimeout(0.05)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if not connection.recv(2**16):
                return True
        except TimeoutError:
            continue
        except OSError:
            return True
    return False


def within(seconds: float, is_so: Callable[[], object]) -> bool:
    """Whether something becomes so."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if is_so():
            return True
        time.sleep(0.005)
    return bool(is_so())
