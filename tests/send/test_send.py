"""A file within reach of a phone: until one has it all, until the time is over, or until Ctrl-C."""

import contextlib
import errno
import os
import random
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import coach.send.send
import coach.send.server
from coach.errors import CoachError, DiskError, UsageError
from coach.send.addresses import Address
from coach.send.send import Sending
from coach.send.server import Downloads, Event
from tests.asking import Answer, asked, connected, request, reset, rest_of, within
from tests.send.scanning import DARK, LIGHT, read, seen

SOUND = random.Random(6).randbytes(250_001)
ME = "127.0.0.1"


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    path = tmp_path / "inner-knee.m4a"
    path.write_bytes(SOUND)
    return path


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coach.send.send, "SETTLES_S", 0.2)
    monkeypatch.setattr(coach.send.send, "FINISHES_S", 1.0)
    monkeypatch.setattr(coach.send.send, "PORTS", 0)  # other tests take the usual ports, and leave them


def place(sending: Sending) -> tuple[str, int]:
    return ME, int(urlsplit(sending.url).port or 0)


def door(sending: Sending) -> str:
    return urlsplit(sending.url).path


def link(sending: Sending) -> str:
    return f"{door(sending)}/inner-knee.m4a"


class Clock:
    """A clock that goes on by so many seconds each time that it is read."""

    def __init__(self, step_s: float = 0.0) -> None:
        self.now_s, self.step_s = 0.0, step_s

    def __call__(self) -> float:
        self.now_s += self.step_s
        return self.now_s


SEEN, BEGUN, BROKEN_OFF, WHOLE = (
    f"{ME} {what}" for what in ("sees the link", "begins to fetch it", "broke off", "has it all: 250.0 kB")
)


def told(events: Iterable[Event]) -> list[str]:
    """What is said, without the time of day; the line that it was fetched alone is a result."""
    lines = []
    for event in events:
        time_of_day, line = event.text.split("  ", 1)
        assert re.fullmatch(r"\d\d:\d\d:\d\d", time_of_day)
        assert event.is_result == ("has it all" in line)
        lines.append(line)
    return lines


def is_gone(where: tuple[str, int]) -> bool:
    try:
        connected(where).close()
    except OSError:
        return True
    return False


# one download


def test_after_one_download_it_is_over_and_said(sound: Path) -> None:
    with Sending(sound, address=ME, for_s=60) as sending:
        assert asked(place(sending), door(sending)).status == 200
        assert asked(place(sending), link(sending)).body == SOUND
        assert told(sending.events()) == [SEEN, BEGUN, WHOLE]
    assert is_gone(place(sending))


def test_a_phone_that_keeps_its_connection_open_ends_it_too(
    sound: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coach.send.server, "STALL_S", 0.4)
    with Sending(sound, address=ME, for_s=60) as sending, connected(place(sending)) as keeper:
        keeper.sendall(request(link(sending)))
        assert Answer.of(rest_of(keeper)).body == SOUND
        assert told(sending.events()) == [BEGUN, WHOLE]


def is_received(sending: Sending, count: int) -> bool:
    return sending._downloads.most() == count


def test_a_player_that_asks_for_two_bytes_first_and_seeks_has_it_when_it_has_each_byte(sound: Path) -> None:
    steps = [
        ("0-1", 2),
        ("200000-", 50_003),
        ("0-99999", 150_001),
        ("50000-149999", 200_001),
        ("-60000", 210_000),
    ]
    with Sending(sound, address=ME, for_s=60) as sending:
        for part, count in steps:
            assert asked(place(sending), link(sending), f"Range: bytes={part}").status == 206
            assert within(5, partial(is_received, sending, count))
        asked(place(sending), link(sending), "Range: bytes=150000-199999")
        assert told(sending.events()) == [BEGUN, WHOLE]


def test_neither_looking_nor_breaking_off_is_a_download(sound: Path) -> None:
    clock = Clock()
    with Sending(sound, address=ME, for_s=600, clock=clock) as sending:
        asked(place(sending), link(sending), method="HEAD")
        asked(place(sending), door(sending))
        asked(place(sending), link(sending), "Range: bytes=1-")
        broken = connected(place(sending), room=4096)
        broken.sendall(request(link(sending)))
        broken.recv(10)
        reset(broken)
        assert within(10, partial(is_received, sending, len(SOUND) - 1))
        assert within(10, lambda: not sending._server.has_active)
        clock.now_s = 600
        with pytest.raises(CoachError, match="it was fetched to 99 %, not whole, within 10 minutes"):
            list(sending.events())


def test_a_download_that_broke_off_and_goes_on_is_one(tmp_path: Path) -> None:
    path = tmp_path / "inner-knee.m4a"
    path.write_bytes(SOUND * 30)
    with Sending(path, address=ME, for_s=60) as sending:
        broken = connected(place(sending), room=4096)
        broken.sendall(request(link(sending)))
        got = b""
        while len(got) < 100_000:
            got += broken.recv(5000)
        has = Answer.of(got).body
        reset(broken)
        events = sending.events()
        assert told([next(events), next(events)]) == [BEGUN, BROKEN_OFF]
        rest = asked(place(sending), link(sending), f"Range: bytes={len(has)}-")
        assert has + rest.body == SOUND * 30
        assert told(events) == [f"{ME} has it all: 7.5 MB"]


def test_fifty_at_once_all_have_it_whole_though_the_first_ends_it(sound: Path) -> None:
    with Sending(sound, address=ME, for_s=60) as sending, ThreadPoolExecutor(50) as phones:
        bodies = phones.map(lambda _: asked(place(sending), link(sending)).body, range(50))
        assert told(sending.events()) == [BEGUN, WHOLE]
        assert list(bodies) == [SOUND] * 50


def test_whoever_had_it_may_have_it_again_for_a_moment_and_nobody_else() -> None:
    book = Downloads(10)
    assert book.is_open_to("phone")
    assert book.is_open_to("tablet")
    book.asked("phone", 0)
    book.sent("phone", (0, 10), is_received=True)
    assert book.is_open_to("phone")
    assert not book.is_open_to("tablet")


def test_halves_of_two_phones_are_no_whole() -> None:
    book = Downloads(10)
    book.sent("phone", (0, 5), is_received=True)
    book.sent("tablet", (5, 10), is_received=True)
    assert book.completed is None
    assert book.most() == 5


def test_a_slow_reader_does_not_keep_the_end_waiting(tmp_path: Path) -> None:
    path = tmp_path / "inner-knee.m4a"
    path.write_bytes(bytes(8_000_000))
    clock = Clock()
    sending = Sending(path, address=ME, for_s=600, clock=clock)
    with sending, connected(place(sending), room=4096) as slow:
        slow.sendall(request(link(sending)))
        asked(place(sending), link(sending), "Range: bytes=0-1")
        assert len(asked(place(sending), link(sending)).body) == 8_000_000
        assert within(10, lambda: sending._downloads.completed is not None)
        clock.step_s = coach.send.send.FINISHES_S / 4
        list(sending.events())
        assert clock.now_s < 3 * coach.send.send.FINISHES_S
    assert is_gone(place(sending))


def test_many_strangers_are_told_of_once_each_and_not_without_end() -> None:
    book = Downloads(10)
    for _ in range(3):
        for i in range(1000):
            book.refused(f"10.0.{i // 250}.{i % 250}")
            book.asked(f"10.0.{i // 250}.{i % 250}", 0)
    for i in range(1000):
        book.failed(ValueError(f"odd {i}"))
    assert book.events.qsize() == coach.send.server.MOST_TOLD
    book.sent("phone", (0, 10), is_received=True)
    assert book.events.qsize() == coach.send.server.MOST_TOLD + 1


def echoed(sending: Sending) -> Iterator[Event]:
    """The events, each of which has another one follow at once."""
    for number, event in enumerate(sending.events()):
        yield event
        sending._downloads.opened(f"phone {number}")


def test_a_flood_of_news_keeps_nothing_from_ending(sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(step_s=1)
    with Sending(sound, address=ME, for_s=4, clock=clock) as sending:
        asked(place(sending), door(sending))
        with pytest.raises(CoachError, match="nobody fetched it"):
            list(echoed(sending))
        assert clock.now_s < 8

        monkeypatch.setattr(sending, "_ends_at_s", clock.now_s + 600)
        asked(place(sending), link(sending))
        assert WHOLE in told(echoed(sending))


def test_a_download_that_ends_with_the_time_is_told_of(sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Sending(sound, address=ME, for_s=60) as sending:
        told_so_far = sending._events_now

        def and_then_it_is_whole() -> Iterator[Event]:
            yield from told_so_far()
            sending._downloads.sent(ME, (0, len(SOUND)), is_received=True)
            sending._ends_at_s = 0.0

        monkeypatch.setattr(sending, "_events_now", and_then_it_is_whole)
        assert told(sending.events()) == [WHOLE]


def test_a_second_phone_that_gets_it_too_is_told_of() -> None:
    book = Downloads(10)
    for client in ("phone", "tablet", "phone"):
        book.sent(client, (0, 10), is_received=True)
    assert book.completed == "phone"
    results = [Event(f"{client} has it all: 10 bytes", is_result=True) for client in ("phone", "tablet")]
    assert [book.events.get_nowait() for _ in range(2)] == results
    assert book.events.empty()


# the time


def test_when_the_time_is_over_it_is_over_whatever_is_under_way(tmp_path: Path) -> None:
    path = tmp_path / "inner-knee.m4a"
    path.write_bytes(bytes(8_000_000))
    clock = Clock()
    sending = Sending(path, address=ME, for_s=600, clock=clock)
    with sending, connected(place(sending), room=4096) as slow:
        slow.sendall(request(link(sending)))
        clock.step_s = 200
        with pytest.raises(CoachError, match="nobody fetched it within") as raised:
            list(sending.events())
    assert clock.now_s == 600
    assert "same Wi-Fi" in raised.value.hint
    assert is_gone(place(sending))


@pytest.mark.parametrize("for_s", [0.0, -60.0, float("nan"), float("inf")])
def test_no_time_is_no_time(sound: Path, for_s: float) -> None:
    with pytest.raises(UsageError, match="minutes"):
        Sending(sound, address=ME, for_s=for_s)


# the file


def test_a_file_that_is_written_to_ends_it(sound: Path) -> None:
    with Sending(sound, address=ME, for_s=60) as sending:
        sound.write_bytes(b"another")
        assert asked(place(sending), link(sending)).status == 410
        with pytest.raises(DiskError, match="was changed"):
            list(sending.events())


def test_a_file_that_is_gone_is_still_sent(sound: Path) -> None:
    with Sending(sound, address=ME, for_s=60) as sending:
        sound.unlink()
        assert asked(place(sending), link(sending)).body == SOUND
        assert WHOLE in told(sending.events())


# the address


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as holder:
        holder.bind((ME, 0))
        holder.listen()
        yield holder.getsockname()[1]


def test_a_port_that_was_asked_for_and_is_taken_is_an_error(sound: Path, taken: int) -> None:
    with (
        pytest.raises(CoachError, match=f"port {taken} of 127.0.0.1 is taken") as raised,
        Sending(sound, address=ME, port=taken, for_s=60),
    ):
        pass
    assert "--port" in raised.value.hint


def test_of_the_usual_ports_the_next_that_is_free_is_taken(
    sound: Path, taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coach.send.send, "PORT", taken)
    monkeypatch.setattr(coach.send.send, "PORTS", 3)
    with Sending(sound, address=ME, for_s=60) as sending:
        assert place(sending)[1] != taken
        assert asked(place(sending), door(sending)).status == 200
    monkeypatch.setattr(coach.send.send, "PORTS", 1)
    with Sending(sound, address=ME, for_s=60) as sending:
        assert place(sending)[1] != taken


@pytest.mark.parametrize(
    ("number", "kind", "words"),
    [
        (errno.EADDRNOTAVAIL, UsageError, "is no address of this computer"),
        (errno.EACCES, CoachError, "taken or not allowed"),
        (errno.EAFNOSUPPORT, CoachError, "nothing can be served"),
    ],
)
def test_what_the_system_refuses_is_explained(
    sound: Path, monkeypatch: pytest.MonkeyPatch, number: int, kind: type[CoachError], words: str
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(coach.send.send, "Server", refuse)
    with pytest.raises(kind, match=words) as raised, Sending(sound, address="192.0.2.77", port=80, for_s=60):
        pass
    assert raised.value.hint


def test_unasked_the_address_is_one_that_a_phone_reaches(
    sound: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = Address(ip_address(ME), "lo")
    monkeypatch.setattr(coach.send.send, "addresses", lambda: (own,))
    monkeypatch.setattr(coach.send.send, "reachable", lambda found, _out: found[0])
    with Sending(sound, for_s=60) as sending:
        assert sending.address == own
        assert sending.others == ()
        assert sending.url.startswith(f"http://{ME}:")


# the command


def started(sound: Path, *options: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "coach", "send", str(sound), "--address", ME, *options],
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=20)
    assert "Traceback" not in out + err
    return process.returncode, out, err


def url_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_the_command_gives_the_address_then_says_when_it_was_fetched(sound: Path) -> None:
    process = started(sound)
    url = urlsplit(url_of(process))
    assert url.hostname == ME
    assert asked((ME, url.port or 0), f"{url.path}/inner-knee.m4a").body == SOUND
    code, out, err = ended(process)
    assert code == 0
    assert out.rstrip().endswith("  127.0.0.1 has it all: 250.0 kB")
    assert "inner-knee.m4a, 250.0 kB, for this computer only." in err
    assert "Ctrl-C ends it" in err
    assert "\x1b" not in out + err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_ctrl_c_ends_it_at_once_with_a_download_under_way(sound: Path, name: str) -> None:
    sound.write_bytes(bytes(8_000_000))
    process = started(sound)
    url = urlsplit(url_of(process))
    with connected((ME, url.port or 0), room=4096) as slow:
        slow.sendall(request(f"{url.path}/inner-knee.m4a"))
        slow.recv(10)
        process.send_signal(getattr(signal, name))
        since = time.monotonic()
        code, _, err = ended(process)
        assert time.monotonic() - since < 8  # far less than a reader may take, or a stalled one has
        assert len(rest_of(slow)) < 8_000_000
    assert code == 130
    assert "coach:" not in err


def test_when_nobody_came_that_is_an_error_of_the_world(sound: Path) -> None:
    code, out, err = ended(started(sound, "--minutes", "0.005"))
    assert code == 3
    assert out.startswith("http://127.0.0.1:")
    assert "coach: nobody fetched it within 0.005 minutes\n  = " in err


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--minutes", "nan"], 2, "minutes"),
        (["--minutes", "0"], 2, "0 minutes are no time"),
        (["--minutes", "-5"], 2, "-5 minutes"),
        (["--minutes", "99999"], 2, "--minutes"),
        (["--minutes", "ten"], 2, "--minutes"),
        (["--port", "0"], 2, "--port"),
        (["--port", "65536"], 2, "--port"),
        (["--address", "0.0.0.0"], 2, "every address"),  # noqa: S104 - which is the point
        (["--address", "everywhere"], 2, "is no address"),
    ],
)
def test_wrong_requests_are_usage_errors(sound: Path, options: list[str], code: int, words: str) -> None:
    left, out, err = ended(started(sound, *options))
    assert (left, out) == (code, "")
    assert words in err


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    code, out, err = ended(started(tmp_path / "knee.m4a"))
    assert (code, out) == (3, "")
    assert "there is no file" in err
    assert "coach export" in err


# what a terminal shows


def on_a_terminal(sound: Path, columns: int, **environment: str) -> str:
    """What the command writes on a terminal until its address, escapes and all."""
    if sys.platform == "win32":
        pytest.skip("Windows has no pseudo-terminals")
    import pty  # noqa: PLC0415 - not on Windows

    ours, theirs = pty.openpty()
    variables = {k: v for k, v in os.environ.items() if k not in {"NO_COLOR", "COLORFGBG", "COLORTERM"}}
    process = subprocess.Popen(
        [sys.executable, "-m", "coach", "send", str(sound), "--address", ME],
        env=variables | {"TERM": "xterm-256color", "COLUMNS": str(columns), "LINES": "24"} | environment,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs)
    written = b""
    with contextlib.suppress(OSError):
        while not written.partition(b"http://")[2].endswith(b"\n") and select.select([ours], [], [], 15)[0]:
            written += os.read(ours, 4096)
    process.send_signal(signal.SIGINT)
    process.wait(15)
    os.close(ours)
    return written.decode().replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("columns", "environment"),
    [
        (80, {}),
        (36, {}),
        (80, {"TERM": "linux"}),
        (80, {"PYTHONIOENCODING": "ascii"}),
        (80, {"NO_COLOR": "1"}),
        (80, {"NO_COLOR": "1", "COLORFGBG": "0;15"}),
    ],
    ids=["usual", "narrow", "8 colours", "no blocks", "no colours", "no colours on light"],
)
def test_the_code_on_a_terminal_is_the_address_below_it(
    sound: Path, columns: int, environment: dict[str, str]
) -> None:
    shown = on_a_terminal(sound, columns, **environment)
    code, _, address = shown.rstrip("\n").rpartition("\n")
    grounds = [DARK, LIGHT]
    if "NO_COLOR" in environment:
        assert "\x1b" not in shown
        grounds = [LIGHT if "COLORFGBG" in environment else DARK]
    for ground in grounds:
        assert read(seen(code, **ground)) == [address]


@pytest.mark.parametrize(
    ("columns", "environment"), [(30, {}), (80, {"TERM": "dumb", "PYTHONIOENCODING": "ascii"})]
)
def test_where_no_code_can_be_shown_the_address_stands_alone(
    sound: Path, columns: int, environment: dict[str, str]
) -> None:
    shown = on_a_terminal(sound, columns, **environment)
    assert shown.startswith("http://127.0.0.1:")
    assert shown.count("\n") == 1
