"""An HTTP server for one file at one secret address.

The standard library's server with limits on the length and the time of a request and on the number of
connections; each has one request. Bytes count as received when the client has acknowledged them (TCP), not
when they were sent.
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
from coach.send.byte_ranges import ByteRange, RangeNotSatisfiableError, requested_range
from coach.send.served_file import ServedFile
from coach.text import size_text

if sys.platform != "win32":
    import fcntl
    import termios

SECRET_BYTES = 16
"""128 bits: the address cannot be guessed."""

HEAD_S = 10.0
"""From the connection to the end of a request's head. A phone needs a few milliseconds."""
HEAD_BYTES = 2**15
STALL_S = 20.0
"""A client that does not take a chunk of `CHUNK_BYTES` within this time is gone."""
CHUNK_BYTES = 2**16
SEND_BUFFER_BYTES = 2**18
"""The send buffer of a connection: small, so that what was sent is near what was received."""
ACKNOWLEDGED_WITHIN_S = 20.0
PARTING_S = 2.0
"""For so long a short answer may wait to be read."""
LOOKS_EVERY_S = 0.02
MOST_ACTIVE = 64
MOST_PENDING = 64
"""Connections that asked for the secret address, and those that sent no request yet."""
MOST_LEFTOVER_BYTES = 2**20
"""So many bytes after a request are read and dropped before the connection is closed."""

_ASKED_BY_EVERY_BROWSER = (b"/favicon.ico", b"/apple-touch-icon")
"""Icons that browsers ask for by themselves: answered with 404, and not told."""

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


class Observer(Protocol):
    """Is told what happens, from several threads, and decides which clients may fetch the file."""

    def is_open_to(self, client: str) -> bool:
        """Whether ``client`` may fetch the file."""

    def refused(self, client: str) -> None:
        """A client asked for something else."""

    def opened(self, client: str) -> None:
        """A client loaded the page with the link."""

    def asked(self, client: str, start: int) -> None:
        """A client asked for the bytes from ``start`` on."""

    def sent(self, client: str, part: ByteRange, *, is_acknowledged: bool) -> None:
        """The bytes of ``part`` arrived, or were broken off on the way."""

    def failed(self, error: Exception) -> None:
        """The file cannot be served any more, or a request met an error in coach."""


class Server(ThreadingHTTPServer):
    """Serves one file at ``http://IP:PORT/SECRET``; the socket is bound when this is made.

    Raises
    ------
    OSError
        If the address cannot be bound.
    """

    daemon_threads = False
    request_queue_size = 128
    allow_reuse_address = sys.platform != "win32"
    """A port that was just left can be bound again. On Windows this would mean a port that is in use."""

    def __init__(self, file: ServedFile, ip: IP, port: int, observer: Observer) -> None:
        self.file = file
        self.observer = observer
        self.etag = f'"{secrets.token_hex(8)}"'
        self.is_ending = False
        self._secret = secrets.token_urlsafe(SECRET_BYTES)
        self._page_path = f"/{self._secret}".encode()
        self.link = f"/{self._secret}/{file.plain_name}"
        self._lock = threading.Lock()
        self._pending: dict[socket.socket, str] = {}
        self._active: set[socket.socket] = set()
        self._serving: threading.Thread | None = None
        self.address_family = socket.AF_INET6 if ip.version == 6 else socket.AF_INET
        super().__init__((str(ip), port), _Handler)
        host = f"[{ip}]" if ip.version == 6 else str(ip)
        self.url = f"http://{host}:{self.server_address[1]}/{self._secret}"

    def server_bind(self) -> None:
        """Bind without looking up the host's name, as the library does: that would ask the network."""
        if sys.platform == "win32":
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        elif self.allow_reuse_address:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)  # for those it accepts
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def start(self) -> None:
        """Start answering, in threads."""
        self._serving = threading.Thread(target=self.serve_forever, args=(0.05,), name="sending", daemon=True)
        self._serving.start()

    def stop(self) -> None:
        """Close every connection and end every thread. May be called twice."""
        self.is_ending = True
        if self._serving is not None:
            self.shutdown()
            self._serving.join()
            self._serving = None
        with self._lock:
            still_there = [*self._pending, *self._active]
        for connection in still_there:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.server_close()

    @property
    def has_active(self) -> bool:
        """Whether a client that knows the address is being answered."""
        return bool(self._active)

    def is_page_path(self, target: bytes) -> bool:
        """Whether a request's target is the secret address; compared in constant time."""
        return hmac.compare_digest(target, self._page_path)

    def is_file_path(self, target: bytes) -> bool:
        """Whether a request's target is the file; compared in constant time."""
        return hmac.compare_digest(target, self.link.encode())

    def admit(self, connection: socket.socket) -> bool:
        """Count a connection among those that know the address. False if there are too many."""
        with self._lock:
            if len(self._active) >= MOST_ACTIVE:
                return False
            self._pending.pop(connection, None)
            self._active.add(connection)
            return True

    def process_request(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: tuple[str, int]
    ) -> None:
        """Answer in a new thread. If too many are pending, close the oldest of the client with the most."""
        if not isinstance(request, socket.socket):
            raise TypeError(request)
        out: socket.socket | None = None
        with self._lock:
            if len(self._pending) >= MOST_PENDING:
                busiest = Counter(self._pending.values()).most_common(1)[0][0]
                out = next(each for each, client in self._pending.items() if client == busiest)
                del self._pending[out]
            self._pending[request] = client_address[0]
        if out is not None:
            with suppress(OSError):
                out.shutdown(socket.SHUT_RDWR)
        super().process_request(request, client_address)

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        """Close a connection."""
        if isinstance(request, socket.socket):
            with self._lock:
                self._pending.pop(request, None)
                self._active.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 - as it is called
        """Tell of an error in coach; a broken connection is none."""
        error = sys.exception()
        if isinstance(error, Exception) and not isinstance(error, OSError):
            self.observer.failed(error)


class _RequestHead(io.RawIOBase):
    """The head of a request as a raw stream, limited to `HEAD_BYTES` and to `HEAD_S`."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._until = time.monotonic() + HEAD_S
        self._room = HEAD_BYTES

    def readable(self) -> bool:
        """True: this stream is for reading."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Read what has come in."""
        if self._room == 0:
            raise HTTPException("too long")
        left_s = self._until - time.monotonic()
        if left_s <= 0:
            raise TimeoutError
        self._connection.settimeout(left_s)
        count = self._connection.recv_into(buffer, min(len(buffer), self._room))
        self._room -= count
        return count


class _Handler(BaseHTTPRequestHandler):
    """Answers the one request of a connection."""

    protocol_version = "HTTP/1.1"
    server: Server

    def setup(self) -> None:
        """Limit what is read of the request."""
        super().setup()
        self.rfile.close()
        self.rfile = io.BufferedReader(_RequestHead(self.connection))

    def handle(self) -> None:
        """Answer one request, and no other on this connection."""
        try:
            self.handle_one_request()
        except HTTPException:  # a request line without an end
            self.requestline, self.request_version, self.command = "", self.protocol_version, ""
            self.send_error(HTTPStatus.REQUEST_URI_TOO_LONG)

    def do_GET(self) -> None:
        """Answer with the page, the file, or an error."""
        target, client = self._target(), self.client_address[0]
        server = self.server
        is_page_path, is_file_path = server.is_page_path(target), server.is_file_path(target)
        if not (is_page_path or is_file_path) or not server.observer.is_open_to(client):
            if not target.startswith(_ASKED_BY_EVERY_BROWSER):
                server.observer.refused(client)
            self.send_error(HTTPStatus.NOT_FOUND)
        elif not server.admit(self.connection):
            self.send_error(HTTPStatus.SERVICE_UNAVAILABLE)
        elif is_file_path or server.file.is_page:
            self._send_file()
        else:
            self._send_page()

    do_HEAD = do_GET  # noqa: N815 - as it is called

    def _target(self) -> bytes:
        """The path of the request, without a query; the request line may have a whole address."""
        path = re.sub(r"(?i)^http://[^/?#]*", "", self.path)
        return re.split(r"[?#]", path, maxsplit=1)[0].encode("latin-1", "replace")

    def _send_page(self) -> None:
        """Answer with a page that has one link."""
        file = self.server.file
        page = _PAGE.format(
            title=html.escape(file.name.removesuffix(file.path.suffix) or file.name),
            kind=file.ending.removeprefix(".").upper(),
            size=size_text(file.size),
            link=html.escape(self.server.link),
        ).encode("utf-8", "replace")
        if self.command == "GET":
            self.server.observer.opened(self.client_address[0])
        self._send_head(
            HTTPStatus.OK,
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Length", str(len(page))),
            ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:"),
        )
        if self.command == "GET":
            self.wfile.write(page)
        self._is_acknowledged_within(PARTING_S)

    def _send_file(self) -> None:
        """Answer with the file or a range of it."""
        server, file = self.server, self.server.file
        try:
            file.check()
        except DiskError as error:
            server.observer.failed(error)
            self.send_error(HTTPStatus.GONE)
            return
        if not _names(self.headers.get("If-Match"), server.etag, if_absent=True):
            self.send_error(HTTPStatus.PRECONDITION_FAILED)
            return
        if _names(self.headers.get("If-None-Match"), server.etag, if_absent=False):
            self._send_head(HTTPStatus.NOT_MODIFIED, ("ETag", server.etag))
            self._is_acknowledged_within(PARTING_S)
            return
        try:
            part = self._range()
        except RangeNotSatisfiableError:
            self.send_error(
                HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, ("Content-Range", f"bytes */{file.size}")
            )
            return
        extra = [("Content-Range", f"bytes {part.start}-{part.end - 1}/{file.size}")] if part else []
        self._send_head(
            HTTPStatus.PARTIAL_CONTENT if part else HTTPStatus.OK,
            ("Content-Type", file.content_type),
            ("Content-Length", str(part.size if part else file.size)),
            ("Content-Disposition", file.disposition),
            ("Accept-Ranges", "bytes"),
            ("ETag", server.etag),
            *extra,
        )
        if self.command == "GET":
            self._send(part or ByteRange(0, file.size))
        else:
            self._is_acknowledged_within(PARTING_S)

    def _range(self) -> ByteRange | None:
        """The range that is asked for; None for the whole file."""
        asked = self.headers.get_all("Range", [])
        if self.command != "GET" or len(asked) != 1:
            return None
        if self.headers.get("If-Range", self.server.etag).strip() != self.server.etag:
            return None  # of another file than this one
        return requested_range(asked[0], self.server.file.size)

    def _send(self, part: ByteRange) -> None:
        """Send a range, and tell whether the client acknowledged it."""
        observer, client = self.server.observer, self.client_address[0]
        observer.asked(client, part.start)
        at, is_acknowledged = part.start, False
        try:
            while at < part.end:
                data = self.server.file.read(at, min(CHUNK_BYTES, part.end - at))
                at += len(data)  # some of it may arrive even where sending it fails
                self.wfile.write(data)
            is_acknowledged = self._is_acknowledged_within(ACKNOWLEDGED_WITHIN_S)
        except DiskError as error:
            observer.failed(error)
        except OSError:
            pass  # gone, or too slow
        finally:
            observer.sent(client, ByteRange(part.start, at), is_acknowledged=is_acknowledged)

    def _is_acknowledged_within(self, within_s: float) -> bool:
        """End the answer, and wait until the client has acknowledged all of it. False if it did not.

        That the system took all bytes does not mean that the client received them. The client closes the
        connection when it has read the answer, as the head says that none follows. If it closes before, the
        bytes under way cause an error. On Linux and macOS the system also tells what was acknowledged.
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

    def _send_head(self, status: HTTPStatus, *headers: tuple[str, str]) -> None:
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
        """Answer with the status alone: the library's messages would repeat parts of the request."""
        status = HTTPStatus(code)
        text = f"{status.value} {status.phrase}\n".encode()
        more = [each for each in headers if isinstance(each, tuple)]
        with suppress(OSError):
            self._send_head(
                status,
                ("Content-Type", "text/plain; charset=utf-8"),
                ("Content-Length", str(len(text))),
                *more,
            )
            if self.command != "HEAD":
                self.wfile.write(text)
            self._is_acknowledged_within(PARTING_S)

    def version_string(self) -> str:
        """The ``Server`` header, without the version of Python."""
        return "coach"

    def log_message(self, format: str, *values: object) -> None:  # noqa: A002 - as it is called
        """Log nothing: the observer is told what matters."""


def _names(header: str | None, etag: str, *, if_absent: bool) -> bool:
    """Whether an ``If-Match`` or ``If-None-Match`` header names the file."""
    if header is None:
        return if_absent
    return header.strip() == "*" or etag in re.findall(r'"[^"]*"', header)


def _unacknowledged(connection: socket.socket) -> int | None:
    """The bytes that were sent and are not acknowledged yet; None if the system does not tell."""
    if sys.platform == "linux":
        answer = fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, b"\0" * 4)
        return int(struct.unpack("i", answer)[0])
    elif sys.platform == "darwin":  # noqa: RET505 - so that mypy sees one of three
        return connection.getsockopt(socket.SOL_SOCKET, 0x1024)  # SO_NWRITE, which Python has no name for
    else:
        return None
