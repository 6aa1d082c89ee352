"""An HTTP server for one file at one secret address.

The standard library's server with limits on the length and the time of a request and on the number of
connections; each has one request. Bytes count as received when the client ends the connection in order, or
keeps it open, silent, and has acknowledged them all.
"""

import hmac
import html
import io
import re
import secrets
import socket
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address, IPv6Address
from queue import SimpleQueue
from typing import cast

from coach.errors import CoachError, DiskError
from coach.send.served_file import ServedFile
from coach.text import size_text

if sys.platform.startswith("linux"):
    import fcntl
    import termios

    def _has_acknowledged_all(connection: socket.socket) -> bool:
        """Tell whether the client's system has all that was sent."""
        return not any(fcntl.ioctl(connection, termios.TIOCOUTQ, bytes(4)))

else:

    def _has_acknowledged_all(_connection: socket.socket) -> bool:
        """Return True: only Linux can tell."""
        return True


SECRET_BYTES = 16
"""128 bits: the address cannot be guessed."""

HEAD_S = 10.0
"""Timeout from the connection to the end of a request's head. A phone needs a few milliseconds."""
HEAD_BYTES = 2**15
STALL_S = 20.0
"""Timeout of a client for taking a chunk of `CHUNK_BYTES`, or for closing the connection."""
PARTING_S = 2.0
"""Timeout for a short answer to be read."""
CHUNK_BYTES = 2**16
SEND_BUFFER_BYTES = 2**18
"""Send buffer of a connection: small, so that the bytes sent are close to the bytes received."""
MOST_LEFTOVERS = 16
"""Number of chunks after a request that are read and dropped before the connection is closed."""
MOST_ACTIVE = 64
MOST_PENDING = 64
"""Maximum of connections that asked for the secret address, and of connections without a request yet."""
MOST_TOLD = 200
"""Maximum of events reported; a complete download is always reported."""

_HEAD_ENDS = re.compile(rb"\n\r?\n|^[^A-Za-z\r\n]")
"""An empty line; or a first byte that no request begins with, as where a browser tries HTTPS."""
_ONE_RANGE = re.compile(r"bytes=([0-9]{0,99})-([0-9]{0,99})", re.IGNORECASE)
_ASKED_BY_EVERY_BROWSER = (b"/favicon.ico", b"/apple-touch-icon")
"""Icons that browsers request by themselves: answered with 404, and not reported."""

IP = IPv4Address | IPv6Address
ByteRange = tuple[int, int]
"""A byte range: the first byte, and the exclusive end."""

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


@dataclass(frozen=True, slots=True)
class Event:
    """A line for people about what happened; a result says that the file was fetched whole."""

    text: str
    is_result: bool = False


def merged(ranges: Iterable[ByteRange]) -> list[ByteRange]:
    """The same bytes in the fewest ranges, in order.

    >>> merged([(5, 9), (0, 2), (2, 4), (6, 12)])
    [(0, 4), (5, 12)]
    """
    found: list[ByteRange] = []
    for start, end in sorted(ranges):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


class Downloads:
    """The bytes that each client has of a file of ``size`` bytes, and the user's messages; thread-safe."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._received: dict[str, list[ByteRange]] = defaultdict(list)
        self._broken: dict[str, ByteRange] = {}
        self._told: set[Event] = set()
        self.events: SimpleQueue[Event] = SimpleQueue()
        self.completed: str | None = None
        self.trouble: CoachError | None = None

    def is_open_to(self, client: str) -> bool:
        """Tell whether a client may begin to fetch the file: no new client once one has all of it."""
        return self.completed in {None, client}

    def refused(self, client: str) -> None:
        """Tell that a client asked for something else."""
        self._tell(f"{client} asked for something else, and got nothing")

    def opened(self, client: str) -> None:
        """Tell that a client loaded the page with the link."""
        self._tell(f"{client} sees the link")

    def asked(self, client: str, start: int) -> None:
        """Tell that a client asks for the bytes from ``start`` on; of a broken range, it has those before."""
        with self._lock:
            first, last = self._broken.pop(client, (0, 0))
            if first < start <= last:
                self._received[client].append((first, start))
        self._tell(f"{client} begins to fetch it")

    def sent(self, client: str, part: ByteRange, *, is_received: bool) -> None:
        """Note that a client received a range, or that the connection broke within it."""
        if not is_received:
            with self._lock:
                self._broken[client] = part
            self._tell(f"{client} broke off")
            return
        with self._lock:
            received = self._received[client] = merged([*self._received[client], part])
        if received == [(0, self._size)]:
            self._tell(f"{client} has it all: {size_text(self._size)}", is_result=True)
            self.completed = self.completed or client

    def failed(self, error: Exception) -> None:
        """Note that the file cannot be served any more, or tell of an error in coach."""
        if isinstance(error, CoachError):
            self.trouble = error
        else:
            self._tell(f"a request was not answered, by a fault of coach: {type(error).__name__}: {error}")

    def most(self) -> int:
        """The most bytes that one client has."""
        with self._lock:
            return max(
                (sum(end - start for start, end in each) for each in self._received.values()), default=0
            )

    def _tell(self, text: str, *, is_result: bool = False) -> None:
        event = Event(text, is_result)
        with self._lock:
            if event not in self._told and (is_result or len(self._told) < MOST_TOLD):
                self._told.add(event)
                self.events.put(event)


def requested_range(header: str, size: int) -> ByteRange | None:
    """The range of a file of ``size`` bytes that a ``Range`` header asks for; None for the whole file.

    As RFC 9110 (section 14.2) allows, a header is ignored if it has another unit, cannot be parsed, ends
    before it begins, or has several ranges. A range without a byte of the file is returned empty.

    >>> requested_range("bytes=0-1", 500), requested_range("bytes=-100", 500), requested_range("bytes=9-", 9)
    ((0, 2), (400, 500), (9, 9))
    >>> requested_range("bytes=9-3", 500), requested_range("bytes=0-9,20-29", 500)
    (None, None)
    """
    found = _ONE_RANGE.fullmatch(header.strip())
    if found is None or found[1] == found[2] == "":
        return None
    if not found[1]:
        return max(0, size - int(found[2])), size
    start, end = int(found[1]), int(found[2]) + 1 if found[2] else size
    return (min(start, size), min(end, size)) if start < end or not found[2] else None


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

    def __init__(self, file: ServedFile, ip: IP, port: int, downloads: Downloads) -> None:
        self.file = file
        self.downloads = downloads
        self.etag = f'"{secrets.token_hex(8)}"'
        self.is_ending = False
        self.page = f"/{secrets.token_urlsafe(SECRET_BYTES)}"
        self.link = f"{self.page}/{file.plain_name}"
        self._lock = threading.Lock()
        self._pending: dict[socket.socket, None] = {}
        self._active: set[socket.socket] = set()
        self._serving = threading.Thread(target=self.serve_forever, args=(0.05,), name="sending", daemon=True)
        self.address_family = socket.AF_INET6 if ip.version == 6 else socket.AF_INET
        super().__init__((str(ip), port), _Handler)
        host = f"[{ip}]" if ip.version == 6 else str(ip)
        self.url = f"http://{host}:{self.server_address[1]}{self.page}"

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
        self._serving.start()

    def stop(self) -> None:
        """Close every connection and end every thread."""
        self.is_ending = True
        if self._serving.is_alive():
            self.shutdown()
            self._serving.join()
        with self._lock:
            still_there = [*self._pending, *self._active]
        for connection in still_there:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.server_close()

    @property
    def has_active(self) -> bool:
        """Tell whether a request from a client that knows the address is in progress."""
        return bool(self._active)

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
        """Answer in a new thread. If too many are pending, close the oldest."""
        connection = cast("socket.socket", request)
        with self._lock:
            if len(self._pending) >= MOST_PENDING:
                oldest = next(iter(self._pending))
                del self._pending[oldest]
                with suppress(OSError):
                    oldest.shutdown(socket.SHUT_RDWR)
            self._pending[connection] = None
        super().process_request(request, client_address)

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        """Close a connection."""
        connection = cast("socket.socket", request)
        with self._lock:
            self._pending.pop(connection, None)
            self._active.discard(connection)
        super().shutdown_request(request)

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 - as it is called
        """Tell of an error in coach; a broken connection is none."""
        error = sys.exception()
        if isinstance(error, Exception) and not isinstance(error, OSError):
            self.downloads.failed(error)


class _Handler(BaseHTTPRequestHandler):
    """Answers the one request of a connection."""

    protocol_version = "HTTP/1.1"
    server: Server

    def handle(self) -> None:
        """Read the head of a request, within its limits, and answer it; no other on this connection."""
        self.rfile.close()
        head, until_s = b"", time.monotonic() + HEAD_S
        while not _HEAD_ENDS.search(head):
            self.connection.settimeout(max(0.001, until_s - time.monotonic()))
            part = self.connection.recv(HEAD_BYTES)
            head += part
            if not part:
                return
            if len(head) > HEAD_BYTES:
                self.requestline, self.request_version, self.command = "", self.protocol_version, ""
                self.send_error(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
                return
        self.rfile = io.BytesIO(head)
        self.handle_one_request()

    def do_GET(self) -> None:
        """Answer with the page, the file, or an error."""
        target, client = self._target(), self.client_address[0]
        server = self.server
        is_page_path, is_file_path = [  # both, in constant time
            hmac.compare_digest(target, path.encode()) for path in (server.page, server.link)
        ]
        if not (is_page_path or is_file_path) or not server.downloads.is_open_to(client):
            if not target.startswith(_ASKED_BY_EVERY_BROWSER):
                server.downloads.refused(client)
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
            self.server.downloads.opened(self.client_address[0])
        self._send_head(
            HTTPStatus.OK,
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Length", str(len(page))),
            ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:"),
        )
        if self.command == "GET":
            self.wfile.write(page)
        self._is_received_within(PARTING_S)

    def _send_file(self) -> None:
        """Answer with the file or a range of it."""
        server, file = self.server, self.server.file
        try:
            file.check()
        except DiskError as error:
            server.downloads.failed(error)
            self.send_error(HTTPStatus.GONE)
            return
        part = self._range()
        if part is not None and part[0] == part[1]:
            status = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
            self.send_error(status, ("Content-Range", f"bytes */{file.size}"))
            return
        start, end = part or (0, file.size)
        self._send_head(
            HTTPStatus.PARTIAL_CONTENT if part else HTTPStatus.OK,
            ("Content-Type", file.content_type),
            ("Content-Length", str(end - start)),
            ("Content-Disposition", file.disposition),
            ("Accept-Ranges", "bytes"),
            ("ETag", server.etag),
            *([("Content-Range", f"bytes {start}-{end - 1}/{file.size}")] if part else []),
        )
        if self.command == "GET":
            self._send(start, end)
        else:
            self._is_received_within(PARTING_S)

    def _range(self) -> ByteRange | None:
        """The range that is asked for; None for the whole file."""
        asked = self.headers.get_all("Range", [])
        is_of_this_file = self.headers.get("If-Range", self.server.etag).strip() == self.server.etag
        if self.command != "GET" or len(asked) != 1 or not is_of_this_file:
            return None
        return requested_range(asked[0], self.server.file.size)

    def _send(self, start: int, end: int) -> None:
        """Send a range, and note whether the client received it."""
        downloads, client = self.server.downloads, self.client_address[0]
        downloads.asked(client, start)
        at, is_received = start, False
        try:
            while at < end:
                data = self.server.file.read(at, min(CHUNK_BYTES, end - at))
                at += len(data)  # some of it may arrive even where sending it fails
                self.wfile.write(data)
            is_received = self._is_received_within(STALL_S)
        except DiskError as error:
            downloads.failed(error)
        except OSError:
            pass  # gone, or too slow
        finally:
            downloads.sent(client, (start, at), is_received=is_received)

    def _is_received_within(self, within_s: float) -> bool:
        """End the answer, and wait until the client closes the connection, as most do once they have it all.

        That the system took all bytes does not mean that the client received them. A client that closes
        before it has read them causes an error. One that keeps the connection open has received what its
        system has acknowledged.
        """
        try:
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(within_s)
            is_received = any(not self.connection.recv(CHUNK_BYTES) for _ in range(MOST_LEFTOVERS))
        except TimeoutError as error:
            is_lost = error.errno is not None  # the system gave up; a time that is over has no number
            is_received = not is_lost and _has_acknowledged_all(self.connection)
        except OSError:
            return False
        return is_received and not self.server.is_ending

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
            self._is_received_within(PARTING_S)

    def version_string(self) -> str:
        """The ``Server`` header, without the version of Python."""
        return "coach"

    def log_message(self, format: str, *values: object) -> None:  # noqa: A002 - as it is called
        """Log nothing: `Downloads` is told what matters."""
