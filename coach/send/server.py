"""A parcel handed out over HTTP, at one address that nobody can guess, and nothing else.

The standard library's server, made fit for strangers: a request has little room and little time, connections
are few, and each has one request. What arrived is what the other side acknowledged, not what was sent.
"""

import hmac
import html
import io
import re
import secrets
import socket
import struct
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from http import HTTPStatus
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address, IPv6Address
from typing import Protocol

from coach.errors import DiskError
from coach.send.parcel import Parcel
from coach.send.ranges import NoSuchBytesError, Span, asked_for
from coach.text import size_text

if sys.platform != "win32":
    import fcntl
    import termios

SECRET_BYTES = 16
"""128 bits: nobody finds the address by trying."""

HEAD_S = 10.0
"""From the connection to the end of a request's head. A phone needs a few milliseconds."""
HEAD_BYTES = 2**15
STALL_S = 20.0
"""A reader who does not take a chunk of `CHUNK_BYTES` within this time is gone."""
CHUNK_BYTES = 2**16
SEND_BUFFER_BYTES = 2**18
"""What the system may hold on the way: little, so that what was sent is near what arrived."""
ACKNOWLEDGED_WITHIN_S = 20.0
PARTING_S = 2.0
"""How long a short answer is waited for to be read."""
LOOKS_EVERY_S = 0.02
MOST_READERS = 64
MOST_STRANGERS = 64
"""Connections that know the address, and those that have not said yet: of them the oldest goes first."""
MOST_LEFTOVER_BYTES = 2**20
"""So much of what nobody asked for is read and thrown away before a connection is broken off."""

_ASKED_BY_EVERY_BROWSER = (b"/favicon.ico", b"/apple-touch-icon")
"""Pictures that browsers look for unasked: not there, and nothing to be told of."""

IP = IPv4Address | IPv6Address

_PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>{title}</title>
<style>
:root {{ --ink: #1d2329; --soft: #545d66; --ground: #fff; --press: #0f6b52; --on-press: #fff }}
@media (prefers-color-scheme: dark) {{
  :root {{ --ink: #f3f5f6; --soft: #b6bfc7; --ground: #14181c; --press: #8cc9b2; --on-press: #052e24 }}
}}
body {{ font: 1.25rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground);
  max-width: 34rem; margin: 0 auto; padding: 2rem 1.25rem }}
h1 {{ font-size: 2rem; line-height: 1.2; margin: 0; overflow-wrap: anywhere }}
p {{ color: var(--soft); margin: .5rem 0 0 }}
a {{ display: block; margin: 2rem 0; padding: 1.5rem 1rem; border-radius: .75rem; text-align: center;
  font-size: 1.5rem; font-weight: 600; text-decoration: none;
  color: var(--on-press); background: var(--press) }}
a:focus-visible {{ outline: .25rem solid var(--ink); outline-offset: .25rem }}
</style>
<main>
<h1 dir="auto">{title}</h1>
<p>{kind}, {size}</p>
<a href="{link}" download>Save to this phone</a>
<p>For one download. Then, or after a few minutes, this address is gone.</p>
</main>
</html>
"""


class Watcher(Protocol):
    """Is told what happens, from several threads; decides who may have the parcel."""

    def is_open_to(self, client: str) -> bool:
        """Whether ``client`` may have it."""

    def refused(self, client: str) -> None:
        """Somebody asked for something else."""

    def opened(self, client: str) -> None:
        """Somebody sees the page with the link."""

    def asked(self, client: str, start: int) -> None:
        """Somebody asked for the bytes from ``start`` on, and they begin to be sent."""

    def sent(self, client: str, span: Span, *, has_arrived: bool) -> None:
        """The bytes of ``span`` arrived, or were broken off on the way."""

    def failed(self, error: Exception) -> None:
        """It can be handed out no more, or a request met a fault of ours."""


class Server(ThreadingHTTPServer):
    """Hands out one parcel at ``http://IP:PORT/SECRET``; the socket is open when this is made.

    Raises
    ------
    OSError
        If the address cannot be had.
    """

    daemon_threads = False
    request_queue_size = 128
    allow_reuse_address = sys.platform != "win32"
    """A port that has just been left can be had again. On Windows it would mean: one that is in use."""

    def __init__(self, parcel: Parcel, ip: IP, port: int, watcher: Watcher) -> None:
        self.parcel = parcel
        self.watcher = watcher
        self.etag = f'"{secrets.token_hex(8)}"'
        self.is_ending = False
        self._secret = secrets.token_urlsafe(SECRET_BYTES)
        self._door = f"/{self._secret}".encode()
        self.link = f"/{self._secret}/{parcel.plain_name}"
        self._lock = threading.Lock()
        self._strangers: dict[socket.socket, str] = {}
        self._readers: set[socket.socket] = set()
        self._serving: threading.Thread | None = None
        self.address_family = socket.AF_INET6 if ip.version == 6 else socket.AF_INET
        super().__init__((str(ip), port), _Visit)
        host = f"[{ip}]" if ip.version == 6 else str(ip)
        self.url = f"http://{host}:{self.server_address[1]}/{self._secret}"

    def server_bind(self) -> None:
        """Bind, and nothing more: the library's own would look up names, which asks the network."""
        if sys.platform == "win32":
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        elif self.allow_reuse_address:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)  # for those it accepts
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def start(self) -> None:
        """Begin to answer, in threads."""
        self._serving = threading.Thread(target=self.serve_forever, args=(0.05,), name="sending", daemon=True)
        self._serving.start()

    def stop(self) -> None:
        """Answer nobody any more: every connection is closed, every thread over. May be called twice."""
        self.is_ending = True
        if self._serving is not None:
            self.shutdown()
            self._serving.join()
            self._serving = None
        with self._lock:
            still_there = [*self._strangers, *self._readers]
        for connection in still_there:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.server_close()

    @property
    def has_readers(self) -> bool:
        """Whether anybody who knows the address is being answered."""
        return bool(self._readers)

    def is_door(self, target: bytes) -> bool:
        """Whether a request's target is the address itself."""
        return hmac.compare_digest(target, self._door)

    def is_link(self, target: bytes) -> bool:
        """Whether a request's target is the parcel."""
        return hmac.compare_digest(target, self.link.encode())

    def admitted(self, connection: socket.socket) -> bool:
        """Whether there is room for one more who knows the address."""
        with self._lock:
            if len(self._readers) >= MOST_READERS:
                return False
            self._strangers.pop(connection, None)
            self._readers.add(connection)
            return True

    def process_request(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: tuple[str, int]
    ) -> None:
        """Answer in a thread of its own. Where many have said nothing yet, the oldest of the busiest goes."""
        if not isinstance(request, socket.socket):
            raise TypeError(request)
        out: socket.socket | None = None
        with self._lock:
            if len(self._strangers) >= MOST_STRANGERS:
                busiest = Counter(self._strangers.values()).most_common(1)[0][0]
                out = next(each for each, client in self._strangers.items() if client == busiest)
                del self._strangers[out]
            self._strangers[request] = client_address[0]
        if out is not None:
            with suppress(OSError):
                out.shutdown(socket.SHUT_RDWR)
        super().process_request(request, client_address)

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        """Close a connection."""
        if isinstance(request, socket.socket):
            with self._lock:
                self._strangers.pop(request, None)
                self._readers.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 - as it is called
        """Tell of a fault of ours. That a connection broke off is none."""
        error = sys.exception()
        if isinstance(error, Exception) and not isinstance(error, OSError):
            self.watcher.failed(error)


class _Head(io.RawIOBase):
    """The head of a request, as it comes in: no more than `HEAD_BYTES`, no longer than `HEAD_S`."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._until = time.monotonic() + HEAD_S
        self._room = HEAD_BYTES

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """As many bytes as there are."""
        if self._room == 0:
            raise HTTPException("too long")
        left_s = self._until - time.monotonic()
        if left_s <= 0:
            raise TimeoutError
        self._connection.settimeout(left_s)
        count = self._connection.recv_into(buffer, min(len(buffer), self._room))
        self._room -= count
        return count


class _Visit(BaseHTTPRequestHandler):
    """One connection, one request, one answer."""

    protocol_version = "HTTP/1.1"
    server: Server

    def setup(self) -> None:
        """Read within bounds."""
        super().setup()
        self.rfile.close()
        self.rfile = io.BufferedReader(_Head(self.connection))

    def handle(self) -> None:
        """Answer one request; whoever has another connects again."""
        try:
            self.handle_one_request()
        except HTTPException:  # a request line without an end
            self.requestline, self.request_version, self.command = "", self.protocol_version, ""
            self.send_error(HTTPStatus.REQUEST_URI_TOO_LONG)

    def do_GET(self) -> None:
        """Answer with what was asked for."""
        target, client = self._target(), self.client_address[0]
        server = self.server
        is_door, is_link = server.is_door(target), server.is_link(target)
        if not (is_door or is_link) or not server.watcher.is_open_to(client):
            if not target.startswith(_ASKED_BY_EVERY_BROWSER):
                server.watcher.refused(client)
            self.send_error(HTTPStatus.NOT_FOUND)
        elif not server.admitted(self.connection):
            self.send_error(HTTPStatus.SERVICE_UNAVAILABLE)
        elif is_link or server.parcel.is_page:
            self._give()
        else:
            self._show()

    do_HEAD = do_GET  # noqa: N815 - as it is called

    def _target(self) -> bytes:
        """What is asked for, without what does not matter. A request may name the server as well."""
        path = re.sub(r"(?i)^http://[^/?#]*", "", self.path)
        return re.split(r"[?#]", path, maxsplit=1)[0].encode("latin-1", "replace")

    def _show(self) -> None:
        """Answer with a page that has one link."""
        parcel = self.server.parcel
        page = _PAGE.format(
            title=html.escape(parcel.name.removesuffix(parcel.path.suffix) or parcel.name),
            kind=parcel.ending.removeprefix(".").upper(),
            size=size_text(parcel.size),
            link=html.escape(self.server.link),
        ).encode("utf-8", "replace")
        if self.command == "GET":
            self.server.watcher.opened(self.client_address[0])
        self._begin(
            HTTPStatus.OK,
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Length", str(len(page))),
            ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:"),
        )
        if self.command == "GET":
            self.wfile.write(page)
        self._ends_well(PARTING_S)

    def _give(self) -> None:
        """Answer with the parcel, or a part of it."""
        server, parcel = self.server, self.server.parcel
        try:
            parcel.check()
        except DiskError as error:
            server.watcher.failed(error)
            self.send_error(HTTPStatus.GONE)
            return
        if not _names(self.headers.get("If-Match"), server.etag, if_absent=True):
            self.send_error(HTTPStatus.PRECONDITION_FAILED)
            return
        if _names(self.headers.get("If-None-Match"), server.etag, if_absent=False):
            self._begin(HTTPStatus.NOT_MODIFIED, ("ETag", server.etag))
            self._ends_well(PARTING_S)
            return
        try:
            span = self._range()
        except NoSuchBytesError:
            self.send_error(
                HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, ("Content-Range", f"bytes */{parcel.size}")
            )
            return
        part = [("Content-Range", f"bytes {span.start}-{span.end - 1}/{parcel.size}")] if span else []
        self._begin(
            HTTPStatus.PARTIAL_CONTENT if span else HTTPStatus.OK,
            ("Content-Type", parcel.content_type),
            ("Content-Length", str(span.size if span else parcel.size)),
            ("Content-Disposition", parcel.disposition),
            ("Accept-Ranges", "bytes"),
            ("ETag", server.etag),
            *part,
        )
        if self.command == "GET":
            self._send(span or Span(0, parcel.size))
        else:
            self._ends_well(PARTING_S)

    def _range(self) -> Span | None:
        """The part that is asked for; None for all of it."""
        asked = self.headers.get_all("Range", [])
        if self.command != "GET" or len(asked) != 1:
            return None
        if self.headers.get("If-Range", self.server.etag).strip() != self.server.etag:
            return None  # of another file than this one
        return asked_for(asked[0], self.server.parcel.size)

    def _send(self, span: Span) -> None:
        """Send bytes, and see them arrive."""
        watcher, client = self.server.watcher, self.client_address[0]
        watcher.asked(client, span.start)
        at, has_arrived = span.start, False
        try:
            while at < span.end:
                data = self.server.parcel.read(at, min(CHUNK_BYTES, span.end - at))
                at += len(data)  # some of it may arrive even where sending it fails
                self.wfile.write(data)
            has_arrived = self._ends_well(ACKNOWLEDGED_WITHIN_S)
        except DiskError as error:
            watcher.failed(error)
        except OSError:
            pass  # gone, or too slow
        finally:
            watcher.sent(client, Span(span.start, at), has_arrived=has_arrived)

    def _ends_well(self, within_s: float) -> bool:
        """Say that this was all, and whether the other side has it all and does not break off.

        That the system took all bytes does not mean that they arrived. The other side closes when it has
        read the answer, as it is told that no other follows. If it closes before, what is on its way comes
        back as an error. Where the system tells what was acknowledged (Linux, macOS), that counts too.
        """
        until = time.monotonic() + within_s
        has_closed, leftover = False, 0
        try:
            self.connection.shutdown(socket.SHUT_WR)
            while time.monotonic() < until and not self.server.is_ending:
                if has_closed:
                    if not _unacknowledged(self.connection):
                        break
                    time.sleep(LOOKS_EVERY_S)
                else:
                    self.connection.settimeout(LOOKS_EVERY_S)
                    with suppress(TimeoutError):
                        unasked = len(self.connection.recv(CHUNK_BYTES))
                        has_closed = unasked == 0
                        leftover += unasked
                if leftover > MOST_LEFTOVER_BYTES:
                    return False
            if self.server.is_ending or self.connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                return False
            unacknowledged = _unacknowledged(self.connection)
        except OSError:
            return False
        return unacknowledged == 0 or (unacknowledged is None and has_closed)

    def _begin(self, status: HTTPStatus, *headers: tuple[str, str]) -> None:
        """Send the head of an answer."""
        self.connection.settimeout(STALL_S)
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        for name, value in (
            ("Cache-Control", "no-store"),
            ("Connection", "close"),
            ("Referrer-Policy", "no-referrer"),  # the address is the secret: no link shall carry it away
            ("X-Content-Type-Options", "nosniff"),
        ):
            self.send_header(name, value)
        self.end_headers()

    def send_error(self, code: int, *headers: object) -> None:
        """Answer with a few words that repeat nothing of the request. The library's messages are left out."""
        status = HTTPStatus(code)
        text = f"{status.value} {status.phrase}\n".encode()
        more = [each for each in headers if isinstance(each, tuple)]
        with suppress(OSError):
            self._begin(
                status,
                ("Content-Type", "text/plain; charset=utf-8"),
                ("Content-Length", str(len(text))),
                *more,
            )
            if self.command != "HEAD":
                self.wfile.write(text)
            self._ends_well(PARTING_S)

    def version_string(self) -> str:
        """What is said of the server: not which Python it is."""
        return "coach"

    def log_message(self, format: str, *values: object) -> None:  # noqa: A002 - as it is called
        """Nothing: what matters goes to the watcher."""


def _names(header: str | None, etag: str, *, if_absent: bool) -> bool:
    """Whether an ``If-Match`` or ``If-None-Match`` names our file."""
    if header is None:
        return if_absent
    return header.strip() == "*" or etag in re.findall(r'"[^"]*"', header)


def _unacknowledged(connection: socket.socket) -> int | None:
    """The bytes that the system took and the other side has not acknowledged; None where it does not tell."""
    if sys.platform == "linux":
        answer = fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, b"\0" * 4)
        return int(struct.unpack("i", answer)[0])
    elif sys.platform == "darwin":  # noqa: RET505 - so that mypy sees one of three
        return connection.getsockopt(socket.SOL_SOCKET, 0x1024)  # SO_NWRITE, which Python has no name for
    else:
        return None
