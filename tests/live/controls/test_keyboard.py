"""The keyboard, by real pseudo-terminals: in this process, in a child, and under a shell with job control."""

import contextlib
import io
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import coach.live.controls.keyboard
from coach.live.actions import Action
from coach.live.controls.keyboard import (
    ACTIONS,
    DELAY_S,
    ESCAPE_S,
    MOST_AT_ONCE,
    REPEAT_S,
    Decoder,
    Keyboard,
    Presses,
    asked,
    is_available,
    legend,
)
from coach.session.words.interface import words_for

if sys.platform == "win32":
    pytest.skip("a Windows console cannot be played", allow_module_level=True)

import termios

DOCS = Path(__file__).parents[3] / "docs" / "steering.md"
PATIENCE_S = 20.0


def until(holds: Callable[[], object]) -> bool:
    """Whether something becomes true before patience ends."""
    end_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < end_s:
        if holds():
            return True
        time.sleep(0.005)
    return False


# What bytes mean


@pytest.mark.parametrize(
    ("sent", "keys"),
    [
        (b" ", ["space"]),
        (b"\r", ["enter"]),
        (b"\n", ["enter"]),
        (b"\t\x7f\x08", ["tab", "backspace", "backspace"]),
        (b"\x1b[A\x1b[B\x1b[C\x1b[D", ["up", "down", "right", "left"]),
        (b"\x1bOA\x1bOB\x1bOC\x1bOD\x1bOM", ["up", "down", "right", "left", "enter"]),
        (b"\x1b[5~\x1b[6~", ["page-up", "page-down"]),
        (b"nN+?.", ["n", "N", "+", "?", "."]),
        ("\u00e9\u20ac".encode(), ["\u00e9", "\u20ac"]),
    ],
)
def test_a_key_has_its_name(sent: bytes, keys: list[str]) -> None:
    assert Decoder().feed(sent) == keys


@pytest.mark.parametrize(
    "sent",
    [
        b"\x1b[1;5C",  # Ctrl and an arrow
        b"\x1b[15~",  # F5, which clickers send to begin a show
        b"\x1b[H",
        b"\x1bOP",
        b"\x1b[[E",  # F5 of a Linux console
        b"\x1b[I",  # the window got the focus
        b"\x1b[O",
        b"\x1b[<0;12;7M",  # a click
        b"\x1b[<0;12;7m",
        b"\x1b[M nq",  # a click, as old terminals tell it: three bytes of any value
        b"\x1b[M\xffq\xff",
        b"\x1b[200~qqq hello\rq\x1b[201~",  # a paste
        b"\x1b[200~\x1b[A\x1b[201\x1b[201~",
        b"\x1b]11;rgb:ffff/eeee/bbbb\x07",  # an answer about colours, ended by a bell
        b"\x1b]11;rgb:ffff/eeee/bbbb\x1b\\",
        b"\x1bPq1234\x1b\\",
        b"\x1b[12;40R",  # where the cursor is
        b"\x1bq",  # Alt and q
        b"\x1b\r",
        b"\x1b\xc3\xa9",  # Alt and a letter of two bytes
        b"\x00\x01\x04\x11\x13",  # Ctrl and letters
        b"\xff\xc3",  # no UTF-8
        b"\xc2\x9b",  # a control character of two bytes
    ],
)
def test_what_is_no_key_is_swallowed_whole(sent: bytes) -> None:
    assert Decoder().feed(sent + b" ") == ["space"]


def test_an_escape_alone_is_a_key_when_nothing_follows() -> None:
    decoder = Decoder()
    assert decoder.feed(b"\x1b") == []
    assert decoder.patience_s == ESCAPE_S
    assert decoder.settle() == ["escape"]
    assert decoder.settle() == []
    assert decoder.feed(b"\x1b\x1b\x1b") == ["escape", "escape"]


def test_an_arrow_that_is_split_by_a_slow_line_is_still_no_letter() -> None:
    decoder = Decoder()
    assert decoder.feed(b"\x1b") + decoder.settle() + decoder.feed(b"[B") == ["escape", "down"]
    assert decoder.feed(b"\x1b") + decoder.settle() + decoder.feed(b"b") == ["escape", "b"]


@pytest.mark.parametrize(
    "broken_off", [b"\x1b[", b"\x1bO", b"\x1b]0;q", b"\x1bP", b"\x1b[M ", b"\x1b[200~q", b"\x1b[["]
)
def test_a_sequence_that_never_ends_is_given_up(broken_off: bytes) -> None:
    decoder = Decoder()
    assert decoder.feed(broken_off) == []
    assert decoder.patience_s is not None
    assert decoder.settle() == []
    assert decoder.feed(b"n") == ["n"]


def test_a_key_that_breaks_a_sequence_off_counts() -> None:
    assert Decoder().feed(b"\x1b[1\r") == ["enter"]
    assert Decoder().feed(b"\x1b[1\x1b[A") == ["up"]


ODD = st.sampled_from([*b"\x1b[]OPM<;~\\015620n q\x07\r\xc3\xa9"])


@given(st.lists(ODD).map(bytes), st.lists(st.integers(0, 40)))
def test_keys_are_the_same_however_the_bytes_are_split(sent: bytes, cuts: list[int]) -> None:
    whole, parts = Decoder(), Decoder()
    places = [0, *sorted({cut for cut in cuts if cut < len(sent)}), len(sent)]
    pieces = [sent[a:b] for a, b in pairwise(places)]
    assert whole.feed(sent) == [key for piece in pieces for key in parts.feed(piece)]
    assert whole.settle() == parts.settle()


@given(
    st.text("0123456789;<=>?:", max_size=12),
    st.text(" !\"#$%&'()*+,-./", max_size=2),
    st.sampled_from("EFGHIJKLNOPQRSTUVWXYZ\\]^_`abcdefghijklmnopqrstuvwxyz{|}"),
)
def test_no_unknown_sequence_leaves_a_letter_behind(numbers: str, between: str, last: str) -> None:
    assert Decoder().feed(f"\x1b[{numbers}{between}{last}q".encode()) == ["q"]


@given(st.binary(max_size=60))
def test_discard_library_messages_breaks_the_decoder(noise: bytes) -> None:
    decoder = Decoder()
    for key in decoder.feed(noise) + decoder.settle():
        assert key
        assert key.isprintable()
    decoder.settle()
    assert decoder.feed(b" ") == ["space"]


# Which presses count


def counted(*presses: tuple[float, str]) -> list[str]:
    """What is handed on of keys that come at these seconds."""
    steady, keys = Presses(), []
    for at_s, key in presses:
        keys += steady.press(key, at_s)
    return keys + steady.settle(presses[-1][0] + REPEAT_S + 0.001)


@pytest.mark.parametrize(("delay_s", "period_s"), [(0.25, 0.092), (0.5, 0.04), (0.66, 0.025), (0.5, 0.033)])
def test_a_long_press_is_one_press(delay_s: float, period_s: float) -> None:
    assert counted((0.0, "space"), *((delay_s + period_s * i, "space") for i in range(60))) == ["space"]


def test_a_press_counts_at_once() -> None:
    steady = Presses()
    assert steady.press("space", 1.0) == ["space"]
    assert steady.patience_s(1.0) is None


def test_two_presses_are_two() -> None:
    assert counted((0.0, "space"), (0.2, "space")) == ["space", "space"]
    assert counted((0.0, "space"), (0.05, "space")) == ["space", "space"]
    assert counted((0.0, "right"), (DELAY_S, "right"), (DELAY_S + 0.3, "right")) == ["right"] * 3


def test_the_second_of_two_presses_is_kept_back_only_for_a_moment() -> None:
    steady = Presses()
    steady.press("space", 0.0)
    assert steady.press("space", 0.5) == []
    assert steady.patience_s(0.5) == pytest.approx(REPEAT_S)
    assert steady.settle(0.5 + REPEAT_S / 2) == []
    assert steady.settle(0.501 + REPEAT_S) == ["space"]
    assert steady.settle(0.9) == []


def test_another_key_lets_the_one_kept_back_go_first() -> None:
    assert counted((0.0, "n"), (0.4, "n"), (0.45, "w")) == ["n", "n", "w"]


def test_a_press_after_a_long_press_counts() -> None:
    held = [(0.5 + 0.03 * i, "space") for i in range(10)]
    assert counted((0.0, "space"), *held, (1.2, "space")) == ["space", "space"]
    assert counted((0.0, "space"), *held, (3.0, "space")) == ["space", "space"]


# What keys ask for


def test_only_q_stops() -> None:
    assert [key for key, action in ACTIONS.items() if action is Action.STOP] == ["q"]
    assert asked("escape") is None


def test_every_action_but_those_of_remote_controls_has_a_key() -> None:
    assert set(Action) - set(ACTIONS.values()) == {Action.PAUSE, Action.RESUME}


def test_what_a_clicker_sends_goes_on_back_and_pauses() -> None:
    sent = b"\x1b[6~\x1b[5~.b\x1b[15~\x1b"
    decoder = Decoder()
    keys = decoder.feed(sent) + decoder.settle()
    assert [asked(key) for key in keys] == [Action.NEXT, Action.BACK, Action.TOGGLE, Action.TOGGLE, None]


def test_caps_lock_makes_no_difference() -> None:
    assert asked("Q") is asked("q") is Action.STOP


def test_the_legend_fits_a_screen_and_names_every_action() -> None:
    keys = legend(words_for("en"))
    lines = keys.splitlines()
    assert len(lines) <= 2
    assert all(len(line) < 80 for line in lines)
    assert {ACTIONS[key] for key in re.findall(r"(\S+) = ", keys)} == set(ACTIONS.values())


def test_the_keys_that_are_told_by_ear_are_those_of_the_legend() -> None:
    told = " ".join(words_for("en").KEYS_ALOUD).lower()
    spoken = {"space": "space bar", "left": "left arrow", "right": "right arrow", "+": "plus", "-": "minus"}
    keys = re.findall(r"(\S+) = ", legend(words_for("en")))
    assert [key for key in keys if not re.search(rf"\b{spoken.get(key, key)}\b", told)] == []


def test_the_docs_name_every_key_with_its_answer() -> None:
    rows = [line for line in DOCS.read_text().splitlines() if line.startswith("| ") and "`" in line]
    named = {key for row in rows for key in re.findall(r"`([^`]+)`", "".join(row.split("|")[1:3]))}
    assert set(ACTIONS) <= named


# A terminal in this process


@dataclass
class Screen:
    """A pseudo-terminal: its two ends, and what was shown on it."""

    master: int
    slave: int
    shown: bytearray = field(default_factory=bytearray)

    def types(self, keys: bytes) -> None:
        os.write(self.master, keys)

    def is_put_back(self) -> bool:
        return bool(termios.tcgetattr(self.slave)[3] & termios.ICANON)

    def settings(self) -> list[Any]:
        return termios.tcgetattr(self.slave)


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Iterator[Screen]:
    monkeypatch.setenv("TERM", "xterm-256color")
    screen = Screen(*os.openpty())

    def drain() -> None:
        try:
            while shown := os.read(screen.master, 4096):
                screen.shown += shown
        except OSError:
            return

    thread = threading.Thread(target=drain, daemon=True)
    thread.start()
    yield screen
    os.close(screen.slave)
    thread.join(5)
    os.close(screen.master)


def test_a_key_is_given_as_soon_as_it_is_pressed(screen: Screen) -> None:
    keys: list[str] = []
    with Keyboard(keys.append, fd=screen.slave):
        for sent, key in (
            (b" ", "space"),
            (b"\x1b[C", "right"),
            ("\u00e9".encode(), "\u00e9"),
            (b"\x1b", "escape"),
        ):
            screen.types(sent)
            assert until(lambda: keys and keys[-1] == key)  # noqa: B023 - it is called here and now
    assert keys == ["space", "right", "\u00e9", "escape"]


def test_keys_are_not_shown(screen: Screen) -> None:
    keys: list[str] = []
    with Keyboard(keys.append, fd=screen.slave):
        screen.types(b"w")
        assert until(lambda: keys)
    assert b"w" not in screen.shown


def test_a_sequence_in_two_parts_is_one_key(screen: Screen) -> None:
    keys: list[str] = []
    with Keyboard(keys.append, fd=screen.slave):
        screen.types(b"\x1b[")
        time.sleep(0.02)
        screen.types(b"6~")
        assert until(lambda: keys)
    assert keys == ["page-down"]


def test_the_rest_of_a_sequence_that_was_given_up_is_not_waited_for(screen: Screen) -> None:
    keys: list[str] = []
    with Keyboard(keys.append, fd=screen.slave):
        screen.types(b"\x1b]0;nobody ends this")
        time.sleep(0.6)
        screen.types(b"n")
        assert until(lambda: keys)
    assert keys == ["n"]


def test_a_paste_steers_nothing(screen: Screen) -> None:
    keys: list[str] = []
    with Keyboard(keys.append, fd=screen.slave):
        assert until(lambda: b"\x1b[?2004h" in screen.shown)  # the terminal is asked to mark pastes
        screen.types(b"\x1b[200~qqq\rq\x1b[201~")
        screen.types(b"w")
        assert until(lambda: keys)
    assert keys == ["w"]
    assert until(lambda: screen.shown.endswith(b"\x1b[?2004l"))


def test_a_terminal_that_knows_nothing_is_told_nothing(
    screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    keys: list[str] = []
    with Keyboard(keys.append, fd=screen.slave):
        screen.types(b"w")
        assert until(lambda: keys)
    assert screen.shown == b""


def test_more_than_anyone_presses_at_once_steers_nothing(screen: Screen) -> None:
    keys: list[str] = []
    with Keyboard(keys.append, fd=screen.slave):
        screen.types(b"hello, quick quiet people"[: MOST_AT_ONCE + 1])
        time.sleep(0.3)
        screen.types(b"w")
        assert until(lambda: keys)
    assert keys == ["w"]


def test_a_key_that_is_held_down_counts_once_and_is_no_burden(screen: Screen) -> None:
    keys: list[str] = []
    with Keyboard(keys.append, fd=screen.slave):
        screen.types(b" ")
        assert until(lambda: keys)
        time.sleep(0.3)
        screen.types(b" " * 8)
        screen.types(b" " * 2000)
        time.sleep(0.3)
        screen.types(b"w")
        assert until(lambda: "w" in keys)
    assert keys == ["space", "w"]


def test_a_second_press_is_given_although_nothing_follows(screen: Screen) -> None:
    keys: list[str] = []
    with Keyboard(keys.append, fd=screen.slave):
        screen.types(b" ")
        assert until(lambda: keys)
        time.sleep(0.2)
        screen.types(b" ")
        assert until(lambda: keys == ["space", "space"])


def test_who_writes_gets_every_key(screen: Screen) -> None:
    keys: list[str] = []
    with Keyboard(keys.append, writing=True, fd=screen.slave):
        screen.types(b"heel raises 11\r")
        assert until(lambda: "enter" in keys)
    assert keys == [*"heel", "space", *"raises", "space", *"11", "enter"]


def test_leaving_puts_the_settings_back_at_once(screen: Screen) -> None:
    before = screen.settings()
    with Keyboard(lambda _: None, fd=screen.slave) as keyboard:
        assert not screen.is_put_back()
        time.sleep(0.05)
        started_s = time.monotonic()
        keyboard.close()
        assert time.monotonic() - started_s < 0.2
        assert screen.settings() == before
    assert screen.settings() == before
    assert "keyboard" not in {thread.name for thread in threading.enumerate()}


def test_leaving_does_not_wait_for_a_key_that_another_reader_took(
    screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = screen.settings()
    is_reading = threading.Event()
    read = os.read

    def slow_read(fd: int, most: int) -> bytes:
        if fd == screen.slave:
            is_reading.set()
        return read(fd, most)

    monkeypatch.setattr(coach.live.controls.keyboard, "JOIN_S", 0.05)
    monkeypatch.setattr(select, "select", lambda fds, *_: (fds, [], []))
    monkeypatch.setattr(os, "read", slow_read)
    keyboard = Keyboard(lambda _: None, fd=screen.slave).__enter__()
    assert is_reading.wait(5)
    closing = threading.Thread(target=keyboard.close, daemon=True)
    closing.start()
    closing.join(2)
    has_closed = not closing.is_alive()
    screen.types(b"w\n")
    closing.join(5)
    assert has_closed
    assert screen.settings() == before


def test_an_exception_puts_the_settings_back(screen: Screen) -> None:
    before = screen.settings()
    with pytest.raises(KeyError), Keyboard(lambda _: None, fd=screen.slave):
        raise KeyError
    assert screen.settings() == before


def test_leaving_from_the_thread_of_a_key_works(screen: Screen) -> None:
    done = threading.Event()

    def stop(_: str) -> None:
        keyboard.close()
        done.set()

    with Keyboard(stop, fd=screen.slave) as keyboard:
        screen.types(b"q")
        assert done.wait(PATIENCE_S)
    assert screen.is_put_back()


def test_what_was_typed_and_not_read_is_thrown_away(screen: Screen) -> None:
    held = threading.Event()

    def hold(_: str) -> None:
        held.wait(0.5)

    with Keyboard(hold, fd=screen.slave):
        screen.types(b"w")
        time.sleep(0.1)
        screen.types(b"rm -r everything\n")
    held.set()
    os.set_blocking(screen.slave, False)
    with pytest.raises(BlockingIOError):
        os.read(screen.slave, 100)


def test_control_s_does_not_stop_the_screen(screen: Screen) -> None:
    with Keyboard(lambda _: None, fd=screen.slave):
        screen.types(b"\x13")
        time.sleep(0.05)
        os.write(screen.slave, b"still shown")
        assert until(lambda: b"still shown" in screen.shown)


def test_settings_that_somebody_else_changed_are_set_again(screen: Screen) -> None:
    before = screen.settings()
    keys: list[str] = []
    with Keyboard(keys.append, fd=screen.slave):
        termios.tcsetattr(screen.slave, termios.TCSANOW, before)
        assert until(lambda: not screen.is_put_back())
        screen.types(b"w")
        assert until(lambda: keys == ["w"])
    assert screen.settings() == before


def test_a_terminal_that_hangs_up_ends_the_reading_and_tells_nothing() -> None:
    master, slave = os.openpty()
    keys: list[str] = []
    with Keyboard(keys.append, fd=slave):
        assert "keyboard" in {thread.name for thread in threading.enumerate()}
        os.close(master)
        assert until(lambda: "keyboard" not in {thread.name for thread in threading.enumerate()})
    os.close(slave)
    assert keys == []


def test_reading_costs_next_to_nothing(screen: Screen) -> None:
    with Keyboard(lambda _: None, fd=screen.slave):
        spent_s = time.process_time()
        time.sleep(1.0)
        assert time.process_time() - spent_s < 0.1


@pytest.mark.parametrize("standard_input", [None, io.StringIO("q")])
def test_without_a_terminal_nothing_is_read(
    monkeypatch: pytest.MonkeyPatch, standard_input: io.StringIO | None
) -> None:
    monkeypatch.setattr(sys, "stdin", standard_input)
    keys: list[str] = []
    assert not is_available()
    with Keyboard(keys.append):
        time.sleep(0.05)
    assert keys == []


def test_a_pipe_is_no_keyboard() -> None:
    source, sink = os.pipe()
    os.write(sink, b"q")
    keys: list[str] = []
    with Keyboard(keys.append, fd=source):
        time.sleep(0.05)
    assert keys == []
    assert os.read(source, 10) == b"q"
    os.close(source)
    os.close(sink)


# A terminal that controls a child

CHILD = """
import signal, sys, time
from pathlib import Path
from coach.live.controls.keyboard import Keyboard, is_available
log = open(sys.argv[1], "a", buffering=1)
signal.signal(signal.SIGTERM, signal.default_int_handler)
log.write(f"{is_available()}\\n")
keyboard = Keyboard(lambda key: log.write(key + "\\n"))
"""

STAYS = """
with keyboard:
    log.write("ready\\n")
    while True:
        time.sleep(0.02)
"""

NEVER_LEAVES = """
keyboard.__enter__()
log.write("ready\\n")
while "q" not in Path(sys.argv[1]).read_text().split():
    time.sleep(0.02)
sys.exit(4)
"""

CONTROLLED = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


@dataclass
class Child:
    """A process whose terminal is a screen, and what it wrote down."""

    process: subprocess.Popen[bytes]
    log: Path

    def wrote(self) -> list[str]:
        return self.log.read_text().split() if self.log.exists() else []


Start = Callable[..., Child]


@pytest.fixture
def start(screen: Screen, tmp_path: Path) -> Iterator[Start]:
    children: list[Child] = []

    def started(*command: str) -> Child:
        process = subprocess.Popen(
            [sys.executable, "-c", CONTROLLED, *command],
            stdin=screen.slave,
            stdout=screen.slave,
            stderr=screen.slave,
            start_new_session=True,
        )
        children.append(Child(process, tmp_path / "log"))
        return children[-1]

    yield started
    for child in children:
        child.process.kill()
        child.process.wait()


def program(folder: Path, ending: str) -> str:
    path = folder / "child.py"
    path.write_text(textwrap.dedent(CHILD + ending))
    return str(path)


@pytest.mark.parametrize("ends_by", ["Ctrl-C", "SIGTERM"])
def test_a_session_that_is_interrupted_puts_the_terminal_back(
    screen: Screen, start: Start, tmp_path: Path, ends_by: str
) -> None:
    before = screen.settings()
    child = start(sys.executable, program(tmp_path, STAYS), str(tmp_path / "log"))
    assert until(lambda: "ready" in child.wrote()), screen.shown
    assert child.wrote()[0] == "True"
    screen.types(b"w")
    assert until(lambda: "w" in child.wrote())
    assert screen.settings() != before
    if ends_by == "Ctrl-C":
        screen.types(b"\x03")
    else:
        child.process.terminate()
    child.process.wait(PATIENCE_S)
    assert screen.settings() == before
    assert b"KeyboardInterrupt" in screen.shown


def test_an_interpreter_that_ends_puts_the_terminal_back(
    screen: Screen, start: Start, tmp_path: Path
) -> None:
    before = screen.settings()
    child = start(sys.executable, program(tmp_path, NEVER_LEAVES), str(tmp_path / "log"))
    assert until(lambda: "ready" in child.wrote()), screen.shown
    assert screen.settings() != before
    screen.types(b"q")
    assert child.process.wait(PATIENCE_S) == 4
    assert screen.settings() == before


# A shell with job control

SHELL = shutil.which("bash")
needs_a_shell = pytest.mark.skipif(
    SHELL is None or not Path("/proc/self/stat").exists(), reason="needs bash, /proc"
)


def state(pid: int) -> str:
    """One letter: "T" for a process that is stopped."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def spent_s(pid: int) -> float:
    """The processor time that a process has used."""
    return sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13])) / 100


@dataclass
class Job:
    """A session under a shell, in its foreground."""

    screen: Screen
    child: Child

    @property
    def pid(self) -> int:
        return int(self.child.wrote()[0].removeprefix("pid-"))

    def suspend(self) -> None:
        self.screen.types(b"\x1a")
        assert until(lambda: state(self.pid) == "T")
        assert until(lambda: b"Stopped" in self.screen.shown)

    def hears(self, key: str) -> bool:
        """Whether a key is read without Enter."""
        self.screen.types(key.encode())
        return until(lambda: key in self.child.wrote())


@pytest.fixture
def job(screen: Screen, start: Start, tmp_path: Path) -> Iterator[Job]:
    script, log = program(tmp_path, STAYS), tmp_path / "log"
    child = start(str(SHELL), "--norc", "--noprofile", "--noediting", "-i")
    screen.types(
        f"echo pid-$BASHPID >{log}; {sys.executable} {script} {log} & echo pid-$! >{log}; fg\n".encode()
    )
    assert until(lambda: "ready" in child.wrote()), screen.shown
    job = Job(screen, child)
    pid = job.pid
    yield job
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)  # a shell that is killed leaves what it has in the background


@needs_a_shell
def test_after_a_suspension_keys_are_read_again(job: Job) -> None:
    assert job.hears("w")
    job.suspend()
    assert job.screen.is_put_back()
    job.screen.types(b"fg\n")
    assert until(lambda: state(job.pid) != "T")
    assert until(lambda: not job.screen.is_put_back())
    assert job.hears("n")


@needs_a_shell
def test_in_the_background_nothing_is_read_and_nothing_stops(job: Job) -> None:
    job.suspend()
    job.screen.types(b"bg\n")
    assert until(lambda: state(job.pid) != "T")
    job.screen.types(b"echo h$((1))h\n")
    assert until(lambda: b"h1h" in job.screen.shown)
    time.sleep(0.6)
    assert state(job.pid) != "T"
    assert job.screen.is_put_back()
    assert "h" not in job.child.wrote()
    job.screen.types(b"fg\n")
    assert until(lambda: not job.screen.is_put_back())
    assert job.hears("n")
    os.kill(job.pid, signal.SIGTERM)
    assert until(job.screen.is_put_back)


@needs_a_shell
def test_what_is_typed_for_others_is_no_burden_in_the_background(job: Job) -> None:
    job.suspend()
    job.screen.types(b"bg; sleep 2; echo h$((1))h\n")
    assert until(lambda: state(job.pid) != "T")
    job.screen.types(b"nobody reads this yet\n")
    before_s = spent_s(job.pid)
    assert until(lambda: b"h1h" in job.screen.shown)
    assert spent_s(job.pid) - before_s < 0.5
    assert "n" not in job.child.wrote()
