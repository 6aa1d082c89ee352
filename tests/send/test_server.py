"""A file handed out to whoever knows the address, as players and browsers ask, and to nobody else."""

import base64
import errno
import gc
import hmac
import os
import random
import re
import socket
import ssl
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import cast
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import coach.send.server
from coach.errors import CoachError, DiskError, UsageError
from coach.send.served_file import TYPES, ServedFile
from coach.send.server import ByteRange, Downloads, Server
from tests.asking import Answer, asked, connected, is_closed_within, request, reset, rest_of, said, within

SOUND = random.Random(5).randbytes(300_007)
HERE = ip_address("127.0.0.1")


class Notes(Downloads):
    """Writes down what it is told."""

    def __init__(self) -> None:
        super().__init__(len(SOUND))
        self.is_open = True
        self.lines: list[tuple[str, object]] = []

    def is_open_to(self, client: str) -> bool:
        assert client
        return self.is_open

    def refused(self, client: str) -> None:
        self.lines.append(("refused", client))

    def opened(self, client: str) -> None:
        self.lines.append(("opened", client))

    def asked(self, client: str, start: int) -> None:
        assert client
        self.lines.append(("asked", start))

    def sent(self, client: str, part: ByteRange, *, is_received: bool) -> None:
        assert client
        self.lines.append(("arrived" if is_received else "broken off", part))

    def failed(self, error: Exception) -> None:
        self.lines.append(("failed", error))

    def told(self, what: str) -> list[object]:
        return [value for kind, value in self.lines if kind == what]


@dataclass
class Handed:
    """A server of a file, and what its observer was told."""

    server: Server
    notes: Notes

    @property
    def place(self) -> tuple[str, int]:
        return "127.0.0.1", self.server.server_port

    @property
    def door(self) -> str:
        return urlsplit(self.server.url).path

    @property
    def link(self) -> str:
        return self.server.link

    def get(self, *headers: str, method: str = "GET") -> Answer:
        return asked(self.place, self.link, *headers, method=method)


@contextmanager
def handing_out(path: Path) -> Iterator[Handed]:
    notes = Notes()
    with closing(ServedFile(path)) as file:
        server = Server(file, HERE, 0, notes)
        server.start()
        try:
            yield Handed(server, notes)
        finally:
            server.stop()
    faults = [each for each in notes.told("failed") if not isinstance(each, CoachError)]
    assert not faults


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    path = tmp_path / "inner-knee.m4a"
    path.write_bytes(SOUND)
    return path


@pytest.fixture
def handed(sound: Path) -> Iterator[Handed]:
    with handing_out(sound) as out:
        yield out


# what is handed out


def test_the_link_gives_the_file_to_the_byte(handed: Handed) -> None:
    answer = handed.get()
    assert (answer.status, answer.body) == (200, SOUND)
    assert answer.headers["content-length"] == str(len(SOUND))
    assert answer.headers["content-type"] == "audio/mp4"
    assert answer.headers["accept-ranges"] == "bytes"
    assert within(2, lambda: handed.notes.told("arrived") == [(0, len(SOUND))])


def test_every_answer_is_kept_from_caches_sniffers_and_referrers(handed: Handed) -> None:
    for answer in (
        handed.get(),
        handed.get("Range: bytes=9999999-"),
        asked(handed.place, handed.door),
        asked(handed.place, "/"),
    ):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["connection"] == "close"
        assert answer.headers["server"] == "coach"


def test_a_sound_has_a_page_with_its_name_its_size_and_one_link(handed: Handed) -> None:
    page = asked(handed.place, handed.door)
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    text = page.body.decode()
    assert '<h1 dir="auto">inner-knee</h1>' in text
    assert "M4A, 300.0 kB" in text
    assert re.findall('href="(/[^"]*)"', text) == [handed.link]
    assert "http" not in text
    assert handed.notes.told("opened") == ["127.0.0.1"]
    assert handed.notes.told("asked") == []


def test_the_page_forbids_all_that_it_does_not_need(handed: Handed) -> None:
    policy = asked(handed.place, handed.door).headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "script" not in policy


def test_a_page_is_opened_itself(tmp_path: Path) -> None:
    path = tmp_path / "knee.html"
    path.write_text("<!doctype html><title>Knee</title>")
    with handing_out(path) as out:
        answer = asked(out.place, out.door)
        assert answer.body == path.read_bytes()
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert answer.headers["content-disposition"].startswith("inline; ")
        assert "content-security-policy" not in answer.headers
        assert within(2, lambda: len(out.notes.told("arrived")) == 1)


@pytest.mark.parametrize("ending", sorted(TYPES))
def test_everything_that_coach_makes_has_its_type(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"knee{ending.upper()}"
    path.write_bytes(b"sound")
    with handing_out(path) as out:
        assert out.get().headers["content-type"] == TYPES[ending]


def test_head_says_all_and_gives_nothing(handed: Handed) -> None:
    for target in (handed.link, handed.door):
        whole = asked(handed.place, target)
        head = asked(handed.place, target, "Range: bytes=0-1", method="HEAD")
        assert (head.status, head.body) == (200, b"")
        without_time = [{k: v for k, v in each.headers.items() if k != "date"} for each in (whole, head)]
        assert without_time[0] == without_time[1]
    assert asked(handed.place, "/", method="HEAD").body == b""
    assert len(handed.notes.told("asked")) == 1


# parts


@pytest.mark.parametrize(
    ("header", "start", "end"),
    [
        ("bytes=0-1", 0, 2),
        ("bytes=0-", 0, len(SOUND)),
        ("bytes=100000-199999", 100_000, 200_000),
        ("bytes=300000-", 300_000, len(SOUND)),
        ("bytes=-7", len(SOUND) - 7, len(SOUND)),
        ("bytes=299999-999999999999999999999999", 299_999, len(SOUND)),
    ],
)
def test_a_part_is_those_bytes_and_says_which(handed: Handed, header: str, start: int, end: int) -> None:
    answer = handed.get(f"Range: {header}")
    assert (answer.status, answer.body) == (206, SOUND[start:end])
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{len(SOUND)}"
    assert answer.headers["content-length"] == str(end - start)
    assert answer.headers["content-type"] == "audio/mp4"


@pytest.mark.parametrize("header", ["bytes=0-1,5-6", "bytes=9-3", "bytes=a-b", "lines=1-2", "bytes=", "\xff"])
def test_a_part_that_is_not_understood_is_the_whole(handed: Handed, header: str) -> None:
    answer = handed.get(f"Range: {header}")
    assert (answer.status, answer.body) == (200, SOUND)
    assert "content-range" not in answer.headers


def test_two_parts_asked_for_at_once_are_the_whole(handed: Handed) -> None:
    assert handed.get("Range: bytes=0-1", "Range: bytes=5-6").body == SOUND


@pytest.mark.parametrize("header", ["bytes=300007-", "bytes=-0", "bytes=99999999999999999999-"])
def test_a_part_past_the_end_is_refused_with_the_size(handed: Handed, header: str) -> None:
    answer = handed.get(f"Range: {header}")
    assert answer.status == 416
    assert answer.headers["content-range"] == f"bytes */{len(SOUND)}"
    assert handed.notes.told("asked") == []


def test_a_part_of_this_file_is_given_and_of_another_the_whole(handed: Handed) -> None:
    tag = handed.get().headers["etag"]
    assert re.fullmatch('"[^"]+"', tag)
    assert handed.get("Range: bytes=5-6", f"If-Range: {tag}").status == 206
    for other in ('"other"', f"W/{tag}", "Mon, 23 Nov 2026 17:00:00 GMT", "", tag[:-1]):
        assert handed.get("Range: bytes=5-6", f"If-Range: {other}").status == 200


def test_a_player_that_seeks_is_told_of_part_by_part(handed: Handed) -> None:
    parts = [(0, 2), (200_000, len(SOUND)), (2, 200_000)]
    for start, end in parts:
        assert handed.get(f"Range: bytes={start}-{end - 1}").status == 206
    assert within(2, lambda: len(handed.notes.told("arrived")) == 3)
    assert set(parts) == set(handed.notes.told("arrived"))


# names


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1, max_size=60))
def test_any_name_travels_intact_and_its_plain_form_needs_no_quoting(name: str) -> None:
    file = ServedFile.__new__(ServedFile)
    file.name, file.ending = f"{name}.m4a", ".m4a"
    header = file.disposition
    header.encode("ascii")
    found = re.fullmatch(r"attachment; filename=\"([A-Za-z0-9-]+\.m4a)\"; filename\*=UTF-8''(\S+)", header)
    assert found
    assert found[1] == file.plain_name
    assert unquote(found[2], errors="replace") == f"{name}.m4a".encode("utf-8", "replace").decode()


@pytest.mark.parametrize(
    "name",
    [
        "Übung für’s Knie 🏋️.m4a", 'a"b\\c;d%41.m4a', "line\nX-Evil: 1.m4a", "\u202e4pm.m4a", "תרגיל.m4a",
        "e" * 200 + ".m4a", "<script>alert(1)<_script>.m4a", "-.m4a", "a..b.m4a",
    ],
)  # fmt: skip
def test_odd_names_are_handed_out(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(SOUND)
    with handing_out(path) as out:
        page = asked(out.place, out.door)
        assert "<script" not in page.body.decode()
        answer = out.get()
        assert answer.body == SOUND
        assert "x-evil" not in answer.headers
        kept = unquote(answer.headers["content-disposition"].partition("UTF-8''")[2])
        assert kept == name.replace("\n", " ").replace("\u202e", "")


@pytest.mark.skipif(sys.platform != "linux", reason="names that are no text are Linux's")
def test_a_name_that_is_no_text_is_handed_out(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/kn\xe9e.m4a"))
    path.write_bytes(SOUND)
    with handing_out(path) as out:
        assert out.get().body == SOUND
        assert asked(out.place, out.door).status == 200


# nobody else


def test_the_secret_has_128_bits_and_is_another_each_time(sound: Path) -> None:
    secrets_seen = set()
    for _ in range(20):
        with closing(ServedFile(sound)) as file:
            server = Server(file, HERE, 0, Notes())
            secret = server.url.rpartition("/")[2]
            server.stop()
        assert len(base64.urlsafe_b64decode(secret + "==")) >= 16
        secrets_seen.add(secret)
    assert len(secrets_seen) == 20


def test_addresses_are_compared_whole_and_in_constant_time(
    handed: Handed, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[bytes, bytes]] = []

    def compare(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return one == other

    monkeypatch.setattr(hmac, "compare_digest", compare)
    wrong = handed.door[:-1] + "x"
    assert asked(handed.place, wrong).status == 404
    assert compared == [(wrong.encode(), handed.door.encode()), (wrong.encode(), handed.link.encode())]


def wrong_targets(handed: Handed) -> list[str]:
    secret, name = handed.door, handed.link.rpartition("/")[2]
    passwd = [
        "etc/passwd", "../../../../etc/passwd", "..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/etc/passwd",
        "..%252f..%252fetc%252fpasswd", "..\\..\\etc\\passwd", "..%5c..%5cetc%5cpasswd", ".%00./etc/passwd",
        "%c0%ae%c0%ae/etc/passwd", "....//....//etc/passwd", "..;/..;/etc/passwd", "%u002e%u002e/etc/passwd",
        "file:///etc/passwd",
    ]  # fmt: skip
    near = [
        secret[:-1], secret[1:], f"{secret}x", f"{secret}/", f"{secret}//{name}", f"{secret}/../{name}",
        f"{secret}/.", f"{secret}/{name}/", f"{secret}/{name}%00", f"{secret}%2f{name}", f"/x{secret}",
        f"/../{secret}", f"{secret.upper()}A", f"{secret}/other.m4a", f"{secret}\x00", f"/%{secret[1:]}",
    ]  # fmt: skip
    far = [
        "/", "//", "*", "/favicon.ico", "/robots.txt", "/.git/config", "/index.html", f"/{name}", "http://",
        "http://[", "http:///", "\xff\xfe", "/%", "/" + "x" * 20_000,
    ]  # fmt: skip
    return [*near, *far, *passwd, *(f"/{each}" for each in passwd), *(f"{secret}/{each}" for each in passwd)]


def test_wrong_addresses_give_the_same_nothing_whatever_they_are(handed: Handed) -> None:
    targets = wrong_targets(handed)
    for target in targets:
        answer = asked(handed.place, target)
        assert (answer.status, answer.body) == (404, b"404 Not Found\n"), target
        assert "etag" not in answer.headers
    assert len(handed.notes.told("refused")) == len(targets) - 1  # all browsers ask for /favicon.ico
    assert handed.notes.told("asked") == handed.notes.told("opened") == []


def test_a_question_mark_and_a_full_address_change_nothing(handed: Handed) -> None:
    for target in (f"{handed.link}?utm=1", f"http://phone.test:1{handed.link}", f"HTTP://x{handed.link}#t=5"):
        assert asked(handed.place, target).body == SOUND


@pytest.mark.parametrize(
    "method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT", "get", "BREW"]
)
def test_nothing_but_asking_is_answered(handed: Handed, method: str) -> None:
    answer = asked(handed.place, handed.link, method=method)
    assert answer.status == 501
    assert method.encode() not in answer.body


def test_a_watcher_can_close_the_door(handed: Handed) -> None:
    handed.notes.is_open = False
    assert handed.get().status == 404
    assert asked(handed.place, handed.door).status == 404


# requests that are none


@pytest.mark.parametrize(
    ("bytes_sent", "status"),
    [
        (b"\r\n\r\n", None),
        (b"hello\r\n\r\n", 400),
        (b"GET\r\n\r\n", 400),
        (b"GET / / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/x\r\n\r\n", 400),
        (b"GET / HTTP/1.1.1\r\n\r\n", 400),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        (b"POST /\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)), None),
        (b"\x00" * 5000, None),
    ],
    ids=lambda each: str(each)[:24],
)
def test_nonsense_is_answered_in_few_words_or_not_at_all(
    handed: Handed, bytes_sent: bytes, status: int | None
) -> None:
    with connected(handed.place) as connection:
        connection.sendall(bytes_sent)
        connection.shutdown(socket.SHUT_WR)
        answer = rest_of(connection)
    if status is not None:
        assert f" {status} ".encode() in answer or answer.startswith(f"{status} ".encode())
    assert len(answer) < 500
    assert handed.get().body == SOUND


def test_who_wants_to_speak_tls_is_not_kept(handed: Handed) -> None:
    context = ssl.create_default_context()
    with connected(handed.place) as connection, pytest.raises(OSError, match=r"."):
        context.wrap_socket(connection, server_hostname="phone.test")


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET /" + b"x" * 10**6, 431),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 10**6, 431),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 10**5, 431),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n", 431),
    ],
    ids=["line", "header", "headers", "200 headers"],
)
def test_a_head_without_end_is_cut_off_with_an_answer(handed: Handed, head: bytes, status: int) -> None:
    answer = Answer.of(said(handed.place, head))
    assert answer.status == status
    assert handed.get().body == SOUND


@pytest.mark.parametrize("piece", [1, 1000, 8191, 40_000])
def test_no_more_of_a_head_is_read_than_it_may_have_however_it_comes(handed: Handed, piece: int) -> None:
    sent_bytes = 0
    with connected(handed.place) as connection:
        connection.sendall(b"GET /")
        with suppress(OSError):
            while sent_bytes < 10**6 and (piece > 1 or sent_bytes < 1000):
                connection.sendall(b"x" * piece)
                sent_bytes += piece
            connection.sendall(b"x" * 40_000)
        assert Answer.of(rest_of(connection)).status == 431
    assert handed.get().body == SOUND


def test_a_long_head_that_still_fits_is_read(handed: Handed) -> None:
    assert handed.get("Cookie: " + "x" * 20_000).status == 200


def test_a_body_is_not_taken_for_another_request(handed: Handed) -> None:
    inner = request(handed.link).decode("latin-1")
    answer = said(handed.place, request("/", f"Content-Length: {len(inner)}") + inner.encode())
    assert answer.count(b"HTTP/1.1 ") == 1
    assert answer.startswith(b"HTTP/1.1 404")


def test_of_requests_in_a_row_the_first_is_answered_whole_and_no_other(handed: Handed) -> None:
    answer = Answer.of(said(handed.place, request(handed.link) * 5))
    assert (answer.status, answer.body) == (200, SOUND)
    assert answer.headers["connection"] == "close"


def test_old_http_is_spoken(handed: Handed) -> None:
    answer = asked(handed.place, handed.link, "Connection: keep-alive", version="HTTP/1.0")
    assert (answer.status, answer.body) == (200, SOUND)
    assert said(handed.place, f"GET {handed.link}\r\n\r\n".encode()) == SOUND


def test_a_client_that_waits_for_a_go_on_gets_one(handed: Handed) -> None:
    answer = said(handed.place, request(handed.link, "Expect: 100-continue"))
    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200")


# many, slow and rude


def test_fifty_at_once_get_the_same_bytes_each(handed: Handed) -> None:
    with ThreadPoolExecutor(50) as phones:
        bodies = list(phones.map(lambda _: handed.get().body, range(50)))
    assert bodies == [SOUND] * 50
    assert within(5, lambda: len(handed.notes.told("arrived")) == 50)


def test_one_more_reader_than_there_is_room_for_is_told_to_come_again(
    handed: Handed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coach.send.server, "MOST_ACTIVE", 2)
    with ExitStack() as stack:
        for _ in range(2):
            reader = stack.enter_context(connected(handed.place, room=4096))
            reader.sendall(request(handed.link))
        assert within(2, lambda: len(handed.notes.told("asked")) == 2)
        assert handed.get().status == 503
        assert asked(handed.place, "/").status == 404
    assert within(5, lambda: handed.get().status == 200)


def test_those_who_say_nothing_block_nobody_however_many_they_are(handed: Handed) -> None:
    before = threading.active_count()
    with ExitStack() as stack:
        idlers = [
            stack.enter_context(connected(handed.place)) for _ in range(3 * coach.send.server.MOST_PENDING)
        ]
        for idler in idlers[::2]:
            with suppress(OSError):
                idler.sendall(b"GET /")
        assert handed.get().body == SOUND
        assert within(2, lambda: threading.active_count() - before <= coach.send.server.MOST_PENDING + 2)
        assert is_closed_within(idlers[0], 1)
    assert within(2, lambda: threading.active_count() == before)


def test_a_head_that_comes_byte_by_byte_has_its_time(handed: Handed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coach.send.server, "HEAD_S", 0.3)
    with connected(handed.place) as slow:
        started = time.monotonic()
        while time.monotonic() - started < 5:
            try:
                slow.sendall(b"x")
            except OSError:
                break
            if is_closed_within(slow, 0.05):
                break
        assert 0.2 < time.monotonic() - started < 3


def test_who_takes_nothing_is_left_after_a_while_and_blocks_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coach.send.server, "STALL_S", 0.4)
    path = tmp_path / "long.wav"
    path.write_bytes(bytes(8_000_000))
    with handing_out(path) as out, connected(out.place, room=4096) as slow:
        slow.sendall(request(out.link))
        assert len(out.get("Range: bytes=0-99").body) == 100
        assert within(5, lambda: out.notes.told("broken off"))
        ((_, end),) = cast("list[ByteRange]", out.notes.told("broken off"))
        assert end < 8_000_000
        assert within(2, lambda: not out.server.has_active)


@pytest.mark.parametrize("size", [100, 300_007, 8_000_000])
def test_who_breaks_off_has_not_had_it_all(tmp_path: Path, size: int) -> None:
    path = tmp_path / "knee.wav"
    path.write_bytes(bytes(size))
    with handing_out(path) as out:
        for way in (reset, socket.socket.close):
            for wait_s in (0.0, 0.05):
                connection = connected(out.place)
                connection.sendall(request(out.link))
                time.sleep(wait_s)
                way(connection)
        assert within(10, lambda: len(out.notes.told("broken off")) + len(out.notes.told("refused")) >= 1)
        assert within(10, lambda: not out.server.has_active)
        assert out.notes.told("arrived") == []


def test_who_reads_to_the_last_byte_but_one_and_breaks_off_has_not_had_it_all(handed: Handed) -> None:
    connection = connected(handed.place)
    connection.sendall(request(handed.link))
    got = b""
    while not got.endswith(SOUND[-1000:-1]) and len(got) < len(SOUND) + 10:
        got += connection.recv(1 if len(got) > len(SOUND) - 2000 else 1000)
    reset(connection)
    assert within(5, lambda: handed.notes.told("broken off"))
    assert handed.notes.told("arrived") == []


def test_what_was_on_its_way_when_it_broke_off_is_told_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coach.send.server, "CHUNK_BYTES", 8_000_000)
    path = tmp_path / "long.wav"
    path.write_bytes(bytes(8_000_000))
    with handing_out(path) as out:
        connection = connected(out.place, room=4096)
        connection.sendall(request(out.link))
        got = 0
        while got < 2000:  # the head, and more
            got += len(connection.recv(1000))
        reset(connection)
        assert within(5, lambda: out.notes.told("broken off") == [(0, 8_000_000)])


def test_who_says_no_more_after_asking_still_has_it_all(handed: Handed) -> None:
    with connected(handed.place) as connection:
        connection.sendall(request(handed.link))
        connection.shutdown(socket.SHUT_WR)
        assert Answer.of(rest_of(connection)).body == SOUND
    assert within(2, lambda: handed.notes.told("arrived") == [(0, len(SOUND))])


def stuck(out: Handed) -> socket.socket:
    """A connection that has been sent all, of which most lies where nobody reads it."""
    connection = connected(out.place, room=4096)
    connection.sendall(request(out.link))
    assert within(2, lambda: out.notes.told("asked"))
    time.sleep(0.1)
    assert out.notes.told("broken off") == []
    return connection


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A file that the system takes at once, and a reader with little room does not."""
    path = tmp_path / "small.m4a"
    path.write_bytes(SOUND[:60_000])
    return path


def test_who_has_it_all_and_keeps_the_connection_open_has_it_all(
    handed: Handed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coach.send.server, "STALL_S", 0.4)
    with connected(handed.place) as keeper:
        keeper.sendall(request(handed.link))
        assert Answer.of(rest_of(keeper)).body == SOUND
        assert within(5, lambda: handed.notes.told("arrived") == [(0, len(SOUND))])
        assert not handed.notes.told("broken off")


def test_a_connection_that_the_system_gave_up_has_not_brought_it_all(
    handed: Handed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coach.send.server, "_has_acknowledged_all", lambda _: True)

    class GivenUp(socket.socket):
        def recv(self, *_: int) -> bytes:
            raise TimeoutError(errno.ETIMEDOUT, "Connection timed out")

    with closing(GivenUp(socket.AF_INET, socket.SOCK_STREAM)) as connection:
        connection.connect(handed.place)
        handler = coach.send.server._Handler.__new__(coach.send.server._Handler)
        handler.connection, handler.server = connection, handed.server
        assert not handler._is_received_within(1)


def test_what_was_sent_and_is_not_read_has_not_arrived(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coach.send.server, "STALL_S", 0.4)
    with handing_out(small) as out, stuck(out):
        assert within(5, lambda: out.notes.told("broken off") == [(0, 60_000)])
        assert out.notes.told("arrived") == []


def test_stopping_does_not_wait_for_what_is_not_read(small: Path) -> None:
    with ExitStack() as stack:
        with handing_out(small) as out:
            stack.enter_context(stuck(out))
            started = time.monotonic()
        assert time.monotonic() - started < 2
        assert out.notes.told("arrived") == []


def test_that_we_stop_is_not_taken_for_the_end_of_a_download(small: Path) -> None:
    with ExitStack() as stack:
        with handing_out(small) as out:
            connection = stack.enter_context(connected(out.place))
            connection.sendall(request(out.link))
            assert Answer.of(rest_of(connection)).body == SOUND[:60_000]
            time.sleep(0.2)  # its system acknowledges the end a little later
        assert out.notes.told("arrived") == []
        assert out.notes.told("broken off") == [(0, 60_000)]


def test_who_never_stops_speaking_is_cut_off(handed: Handed) -> None:
    with connected(handed.place) as connection:
        connection.sendall(request("/"))
        with pytest.raises(OSError, match=r"."):
            connection.sendall(bytes(100_000_000))
    assert handed.get().body == SOUND


def test_requests_broken_off_in_every_place_leave_nothing_behind(handed: Handed) -> None:
    head = request(handed.link)
    for length in range(0, len(head), 3):
        connection = connected(handed.place)
        connection.sendall(head[:length])
        reset(connection)
    assert within(5, lambda: handed.get().body == SOUND)
    assert within(5, lambda: not handed.server._pending and not handed.server.has_active)


# the end


def test_stopping_takes_no_longer_for_those_who_are_slow(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    path.write_bytes(bytes(8_000_000))
    with ExitStack() as stack:
        with handing_out(path) as out:
            for i in range(10):
                slow = stack.enter_context(connected(out.place, room=4096))
                slow.sendall(request(out.link) if i % 2 else b"GET /")
            assert within(2, lambda: len(out.notes.told("asked")) == 5)
            started = time.monotonic()
        assert time.monotonic() - started < 2
        assert out.notes.told("arrived") == []
        with pytest.raises(OSError, match=r"."):
            connected(out.place)


def open_files() -> int:
    gc.collect()
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - names are enough


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what is open")
def test_nothing_is_left_open_and_no_thread_behind(sound: Path) -> None:
    with handing_out(sound) as out:
        out.get()
    files, threads = open_files(), threading.active_count()
    with handing_out(sound) as out:
        for _ in range(30):
            out.get("Range: bytes=0-9")
            asked(out.place, "/")
            reset(connected(out.place))
        idle = connected(out.place)
    idle.close()
    assert (open_files(), threading.active_count()) == (files, threads)


def test_a_long_file_takes_no_more_memory_than_a_short_one(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    with handing_out(path) as out, connected(out.place) as connection:
        connection.sendall(request(out.link))
        tracemalloc.start()
        try:
            count = 0
            while part := connection.recv(2**16):
                count += len(part)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert count > 100_000_000
    assert peak < 2_000_000


# the file


def test_a_file_that_gets_another_under_its_name_is_still_the_one(handed: Handed, sound: Path) -> None:
    other = sound.with_name("other.m4a")
    other.write_bytes(b"secret")
    other.replace(sound)
    assert handed.get().body == SOUND
    sound.unlink()
    assert handed.get("Range: bytes=9-").body == SOUND[9:]


def test_a_file_that_is_written_to_is_handed_out_no_more(handed: Handed, sound: Path) -> None:
    assert handed.get().status == 200
    with sound.open("r+b") as file:
        file.truncate(1000)
    assert handed.get().status == 410
    (error,) = handed.notes.told("failed")
    assert isinstance(error, DiskError)
    assert "was changed while it was being sent" in error.message


def test_a_file_that_is_written_to_on_the_way_does_not_arrive(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    path.write_bytes(bytes(8_000_000))
    with handing_out(path) as out, connected(out.place, room=4096) as slow:
        slow.sendall(request(out.link))
        assert within(2, lambda: out.notes.told("asked"))
        path.write_bytes(bytes(8_000_001))
        got = rest_of(slow)
        assert len(got) < 8_000_000
        assert within(2, lambda: out.notes.told("failed"))
        assert out.notes.told("arrived") == []


@pytest.mark.parametrize(
    ("make", "kind", "words"),
    [
        (lambda _: None, DiskError, "there is no file"),
        (lambda path: path.mkdir(), UsageError, "is a folder"),
        (lambda path: path.write_bytes(b""), UsageError, "is empty"),
        (lambda path: path.symlink_to("/dev/zero"), UsageError, "is a device"),
        (lambda path: path.symlink_to(path.with_name("missing")), DiskError, "there is no file"),
        (os.mkfifo, UsageError, "is a device"),
    ],
    ids=["missing", "folder", "empty", "device", "dangling", "pipe"],
)
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
def test_what_cannot_be_sent_is_said(
    tmp_path: Path, make: Callable[[Path], object], kind: type[CoachError], words: str
) -> None:
    path = tmp_path / "knee.m4a"
    make(path)
    with pytest.raises(kind, match=words) as told:
        ServedFile(path)
    assert str(path) in told.value.message
    assert told.value.hint


def test_only_what_coach_makes_is_sent(tmp_path: Path) -> None:
    for name in ("id_rsa", "notes.md", "knee.m4a.exe", ".wav"):
        (tmp_path / name).write_bytes(b"x")
        with pytest.raises(UsageError, match="nothing that coach makes"):
            ServedFile(tmp_path / name)


# the socket


def test_it_listens_at_one_address_and_asks_no_network_for_names(
    sound: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lookup(*_: object) -> None:
        raise AssertionError("a name was looked up")

    for name in ("getfqdn", "gethostbyaddr", "getaddrinfo", "gethostbyname"):
        monkeypatch.setattr(socket, name, lookup)
    with handing_out(sound) as out:
        assert out.server.socket.getsockname() == ("127.0.0.1", out.server.server_port)
        assert out.server.url.startswith(f"http://127.0.0.1:{out.server.server_port}/")
        assert handed_version(out) == b"HTTP/1.1 200"


def handed_version(out: Handed) -> bytes:
    return said(out.place, request(out.door))[:12]


def test_a_port_that_is_taken_is_not_shared_and_one_that_was_left_is_free(sound: Path) -> None:
    with closing(ServedFile(sound)) as file, handing_out(sound) as out:
        port = out.server.server_port
        with pytest.raises(OSError, match=r"."):
            Server(file, HERE, port, Notes())
        out.get()
    with closing(ServedFile(sound)) as file:
        Server(file, HERE, port, Notes()).stop()
