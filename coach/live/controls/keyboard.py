"""Read keys from the terminal while a session plays, and map them to actions.

A presenter's clicker is a keyboard with few keys, which are mapped too.
"""

import atexit
import codecs
import contextlib
import errno
import os
import select
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from enum import Enum, auto
from types import MappingProxyType, TracebackType
from typing import Any, Self

from coach.live.actions import Action

if sys.platform == "win32":
    import msvcrt
else:
    import signal
    import termios

ACTIONS: Mapping[str, Action] = MappingProxyType(
    {
        "space": Action.TOGGLE,
        "p": Action.TOGGLE,
        "b": Action.TOGGLE,  # what clickers call "black screen"; back has the arrow
        ".": Action.TOGGLE,  # the same button of other clickers
        "left": Action.BACK,
        "page-up": Action.BACK,
        "backspace": Action.BACK,
        "right": Action.NEXT,
        "page-down": Action.NEXT,
        "n": Action.NEXT,
        "r": Action.AGAIN,
        "enter": Action.GO_ON,
        "w": Action.WHERE,
        "?": Action.WHERE,
        "+": Action.LOUDER,
        "=": Action.LOUDER,  # the key of "+" without Shift
        "up": Action.LOUDER,
        "-": Action.SOFTER,
        "down": Action.SOFTER,
        "e": Action.EASIER,
        "h": Action.HARDER,
        "q": Action.STOP,  # and nothing else: a stray Escape ends no session
    }
)
"""The action of each key; the legend names the first key of an action."""

_WORDS = (
    (
        (Action.TOGGLE, "pause"),
        (Action.BACK, "back"),
        (Action.NEXT, "next"),
        (Action.AGAIN, "again"),
        (Action.GO_ON, "go on"),
        (Action.STOP, "stop"),
    ),
    (
        (Action.LOUDER, "louder"),
        (Action.SOFTER, "softer"),
        (Action.EASIER, "easier"),
        (Action.HARDER, "harder"),
        (Action.WHERE, "where am I"),
    ),
)


def asked(key: str) -> Action | None:
    """The action of a key, None if it has none; capital letters are as small ones.

    >>> asked("N")
    <Action.NEXT: 'next'>
    >>> asked("escape") is None
    True
    """
    return ACTIONS.get(key.lower())


def legend() -> str:
    """The keys and their actions, in two lines for a screen.

    >>> print(legend())
    space = pause  left = back  right = next  r = again  enter = go on  q = stop
    + = louder  - = softer  e = easier  h = harder  w = where am I
    """
    first: dict[Action, str] = {}
    for key, action in ACTIONS.items():
        first.setdefault(action, key)
    return "\n".join("  ".join(f"{first[action]} = {word}" for action, word in line) for line in _WORDS)


ESCAPE_S = 0.05
"""How long after an Escape the rest of an escape sequence is waited for."""

SEQUENCE_S = 0.25
"""How long the next byte of an escape sequence is waited for."""

LATE_S = 0.5
"""How long after a lone Escape the rest of a sequence may still come, over a slow line."""

PASTE_S = 1.0
"""How long the next byte of a bracketed paste is waited for."""

_SIMPLE = {0x08: "backspace", 0x09: "tab", 0x0A: "enter", 0x0D: "enter", 0x20: "space", 0x7F: "backspace"}
_CSI = {b"A": "up", b"B": "down", b"C": "right", b"D": "left", b"5~": "page-up", b"6~": "page-down"}
_SS3 = {b"A": "up", b"B": "down", b"C": "right", b"D": "left", b"M": "enter"}
_ESCAPE, _BELL = 0x1B, 0x07
_PASTE_BEGINS, _PASTE_ENDS = b"200~", b"\x1b[201~"


class _State(Enum):
    GROUND = auto()
    ESCAPE = auto()
    LATE = auto()  # a lone Escape was given: "[" or "O" would still be the rest of a sequence
    CSI = auto()
    SS3 = auto()
    LINUX = auto()  # ESC [ [ of a Linux console's function keys
    MOUSE = auto()  # three bytes of any value
    STRING = auto()  # a terminal's answer, up to its terminator
    STRING_ESCAPE = auto()
    PASTE = auto()


_PATIENCE_S = {
    _State.ESCAPE: ESCAPE_S,
    _State.LATE: LATE_S,
    _State.CSI: SEQUENCE_S,
    _State.SS3: SEQUENCE_S,
    _State.LINUX: SEQUENCE_S,
    _State.MOUSE: SEQUENCE_S,
    _State.STRING: SEQUENCE_S,
    _State.STRING_ESCAPE: SEQUENCE_S,
    _State.PASTE: PASTE_S,
}


class Decoder:
    r"""Decodes the bytes that a terminal sends into names of keys, however the bytes are split between reads.

    Sequences that are no known key (a mouse, a focus, an answer, Alt with a letter) and pastes are swallowed
    whole: no letter within them becomes a key.

    >>> Decoder().feed(b"n\x1b[C\x1b[<0;12;7M ")
    ['n', 'right', 'space']
    """

    def __init__(self) -> None:
        self._state = _State.GROUND
        self._seen = bytearray()
        self._utf8 = codecs.getincrementaldecoder("utf-8")("ignore")
        self._is_alt = False
        self._take = {
            _State.GROUND: self._plain,
            _State.ESCAPE: self._after_escape,
            _State.LATE: self._after_late_escape,
            _State.CSI: self._in_sequence,
            _State.SS3: self._in_sequence,
            _State.LINUX: self._in_linux,
            _State.MOUSE: self._in_mouse,
            _State.STRING: self._in_string,
            _State.STRING_ESCAPE: self._after_string_escape,
            _State.PASTE: self._in_paste,
        }

    @property
    def patience_s(self) -> float | None:
        """How long to wait for the next byte before calling `settle`; None outside of a sequence."""
        return _PATIENCE_S.get(self._state)

    def feed(self, data: bytes) -> list[str]:
        """Decode some bytes; returns the keys that they complete."""
        return [key for byte in data if (key := self._take[self._state](byte))]

    def settle(self) -> list[str]:
        """Give up an unfinished sequence, as no more bytes came; a lone Escape is a key."""
        was = self._state
        self._go(_State.LATE if was is _State.ESCAPE else _State.GROUND)
        return ["escape"] if was is _State.ESCAPE else []

    def _go(self, state: _State) -> str:
        self._state = state
        self._seen.clear()
        return ""

    def _after_late_escape(self, byte: int) -> str:
        self._go(_State.GROUND)
        return self._after_escape(byte) if byte in b"[O" else self._plain(byte)

    def _in_linux(self, _byte: int) -> str:
        return self._go(_State.GROUND)

    def _in_mouse(self, byte: int) -> str:
        self._seen.append(byte)
        return self._go(_State.GROUND) if len(self._seen) == 3 else ""

    def _in_string(self, byte: int) -> str:
        if byte == _BELL:
            return self._go(_State.GROUND)
        return self._go(_State.STRING_ESCAPE) if byte == _ESCAPE else ""

    def _after_string_escape(self, byte: int) -> str:
        if byte == _ESCAPE:
            return ""
        return self._go(_State.GROUND) if byte == ord("\\") else self._after_escape(byte)

    def _in_paste(self, byte: int) -> str:
        self._seen.append(byte)
        del self._seen[: -len(_PASTE_ENDS)]
        return self._go(_State.GROUND) if self._seen == _PASTE_ENDS else ""

    def _plain(self, byte: int) -> str:
        if byte == _ESCAPE:
            self._utf8.reset()
            self._is_alt = False
            return self._go(_State.ESCAPE)
        character = self._utf8.decode(bytes([byte]))
        if not character:
            return ""
        is_alt, self._is_alt = self._is_alt, False
        if is_alt and byte >= 0x80:
            return ""
        if character in "\x08\t\n\r \x7f":
            return _SIMPLE[ord(character)]
        return character if character.isprintable() else ""

    def _after_escape(self, byte: int) -> str:
        match chr(byte):
            case "\x1b":
                self._go(_State.ESCAPE)
                return "escape"
            case "[":
                return self._go(_State.CSI)
            case "O":
                return self._go(_State.SS3)
            case "P" | "X" | "^" | "_" | "]":
                return self._go(_State.STRING)
        self._go(_State.GROUND)
        if byte >= 0x80:  # Alt with a letter of several bytes
            self._is_alt = True
            return self._plain(byte)
        return ""

    def _in_sequence(self, byte: int) -> str:
        is_csi = self._state is _State.CSI
        if byte < 0x20 or byte >= 0x7F:  # no byte of a sequence: it was broken off
            self._go(_State.GROUND)
            return self._plain(byte)
        if is_csi and not self._seen and byte == ord("["):
            return self._go(_State.LINUX)
        self._seen.append(byte)
        if 0x20 <= byte <= 0x3F:
            return ""
        seen = bytes(self._seen)
        if is_csi and seen == b"M":
            return self._go(_State.MOUSE)
        if is_csi and seen == _PASTE_BEGINS:
            return self._go(_State.PASTE)
        self._go(_State.GROUND)
        return (_CSI if is_csi else _SS3).get(seen, "")


REPEAT_S = 0.12
"""No key that is held repeats more slowly: a Linux console has 92 ms between two, desktops 25 to 40."""

DELAY_S = 0.8
"""No key that is held begins to repeat later: X waits 660 ms, desktops about 500, a console 250."""

MOST_AT_ONCE = 8
"""Nobody presses more keys between two reads: what brings more is a paste, a cat, or a jam that is over."""


class Presses:
    """Filters out the repeats of a key that is held down, so that a long press of space only pauses.

    A key counts at once. Only where the same key comes again within `DELAY_S` it may be the first repeat of
    a key that is held, so it is kept back for `REPEAT_S`: if another follows by then, both are repeats.
    """

    def __init__(self) -> None:
        self._last = ""
        self._last_s = 0.0
        self._kept_back = False
        self._is_held = False

    def press(self, key: str, now_s: float) -> list[str]:
        """Take a key; returns the presses that count."""
        if key != self._last or now_s - self._last_s >= DELAY_S:
            counted = self._released()
            self._last, self._last_s, self._is_held = key, now_s, False
            return [*counted, key]
        counted = self.settle(now_s)
        gap_s = now_s - self._last_s
        self._last_s = now_s
        self._is_held = gap_s < REPEAT_S and (self._is_held or self._kept_back)
        self._kept_back = not self._is_held
        return counted

    def settle(self, now_s: float) -> list[str]:
        """The key that was kept back, once it can no longer be a repeat."""
        return self._released() if self._kept_back and now_s - self._last_s >= REPEAT_S else []

    def patience_s(self, now_s: float) -> float | None:
        """How long to wait before calling `settle`; None if no key is kept back."""
        return max(0.0, self._last_s + REPEAT_S - now_s) if self._kept_back else None

    def _released(self) -> list[str]:
        kept_back, self._kept_back = self._kept_back, False
        return [self._last] if kept_back else []


LOOK_S = 0.25
"""How often to check that we are in the foreground and the terminal's settings are still ours."""

JOIN_S = 1.0
"""How long `Keyboard.close` waits for the reading thread, which may be within a call of ``put``."""


def is_available() -> bool:
    """Whether keys can be read: standard input is a terminal, and coach is in its foreground."""
    fd = _standard_input()
    return fd is not None and os.isatty(fd) and _is_in_front(fd)


def _standard_input() -> int | None:
    try:
        return sys.stdin.fileno()
    except (AttributeError, OSError, ValueError):  # none at all, closed, or one that is no file
        return None


class _PressFilter:
    """Passes keys on to ``put``: all of them if ``writing``, else without repeats and bursts."""

    def __init__(self, put: Callable[[str], None], *, writing: bool) -> None:
        self._put = put
        self._presses = None if writing else Presses()

    def __call__(self, keys: Iterable[str]) -> None:
        """Pass on ``keys``, which came in one read; called with none when a key that was kept back is due."""
        now_s = time.monotonic()
        came = list(keys)
        if self._presses is not None:
            presses = self._presses
            counted = presses.settle(now_s)
            if len(came) <= MOST_AT_ONCE:
                counted += [each for key in came for each in presses.press(key, now_s)]
            came = counted
        for key in came:
            self._put(key)

    @property
    def patience_s(self) -> float | None:
        """How long until a key that was kept back is due; None if there is none."""
        return self._presses.patience_s(time.monotonic()) if self._presses else None


if sys.platform == "win32":
    _WINDOWS = {"H": "up", "P": "down", "K": "left", "M": "right", "I": "page-up", "Q": "page-down"}

    def _is_in_front(_fd: int) -> bool:
        return True

    class _Terminal:
        """A Windows console."""

        def __init__(self, _fd: int) -> None:
            self._is_closed = threading.Event()

        def read(self, hand_on: _PressFilter) -> None:
            """Read keys until `close`."""
            decoder = Decoder()
            while not self._is_closed.wait(0.02):
                keys: list[str] = []
                while msvcrt.kbhit():
                    character = msvcrt.getwch()
                    if character in "\x00\xe0":
                        keys.append(_WINDOWS.get(msvcrt.getwch(), ""))
                    elif character == "\x1b":
                        keys.append("escape")
                    else:
                        keys += decoder.feed(character.encode("utf-8", "ignore"))
                hand_on(key for key in keys if key)

        def close(self) -> None:
            """Let `read` return."""
            self._is_closed.set()

else:
    _BRACKETED_PASTE, _NO_BRACKETED_PASTE = b"\x1b[?2004h", b"\x1b[?2004l"
    _AT_ONCE_LFLAG = termios.ICANON | termios.ECHO | termios.IEXTEN

    def _is_in_front(fd: int) -> bool:
        """Whether this process is in the foreground of a terminal.

        Raises
        ------
        OSError, termios.error
            If it is hung up.
        """
        try:
            return os.tcgetpgrp(fd) == os.getpgrp()
        except OSError as error:
            if error.errno != errno.ENOTTY:
                raise
        termios.tcgetattr(fd)  # none that controls us: it has no background, unless it is gone
        return True

    class _Terminal:
        """A terminal without line buffering and echo, from `__init__` to `close`."""

        def __init__(self, fd: int) -> None:
            self._fd = fd
            self._lock = threading.RLock()
            self._before: list[Any] | None = termios.tcgetattr(fd)
            self._wake, self._waker = os.pipe()
            self._refresh()

        def read(self, hand_on: _PressFilter) -> None:
            """Read keys until `close`, or until the terminal is gone."""
            # SIGINT is for the main thread. SIGTTIN and SIGTTOU would stop the whole process, sound included,
            # when it reads or sets the terminal from the background; where they are blocked, the call fails.
            signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
            decoder = Decoder()
            heard_s = time.monotonic()
            try:
                while self._refresh():
                    waits = (LOOK_S, decoder.patience_s, hand_on.patience_s)
                    at_most_s = min(wait_s for wait_s in waits if wait_s is not None)
                    sources = [self._wake, self._fd] if _is_in_front(self._fd) else [self._wake]
                    ready, _, _ = select.select(sources, [], [], at_most_s)
                    if self._wake in ready:
                        return
                    now_s = time.monotonic()
                    patience_s = decoder.patience_s
                    if self._fd in ready:
                        heard_s = now_s
                        hand_on(decoder.feed(self._taken()))
                    elif patience_s is not None and now_s - heard_s >= patience_s:
                        heard_s = now_s
                        hand_on(decoder.settle())
                    else:
                        hand_on(())
            except (OSError, termios.error):
                return  # hung up: nobody can press a key any more
            finally:
                os.close(self._wake)

        def _taken(self) -> bytes:
            try:
                data = os.read(self._fd, 4096)
            except BlockingIOError:
                return b""
            except OSError as error:
                if error.errno == errno.EIO and not _is_in_front(self._fd):
                    return b""  # it went to the background just now
                raise
            if not data:
                raise OSError(errno.EIO, "the terminal has ended")
            return data

        def _refresh(self) -> bool:
            """Set the terminal up where that is needed and we are in the foreground; False once closed."""
            with self._lock:
                if self._before is None:
                    return False
                if not _is_in_front(self._fd):
                    return True
                settings = termios.tcgetattr(self._fd)
                if settings[3] & (termios.ICANON | termios.ECHO):
                    # with flow control, a stray Ctrl-S would stop the screen and whoever writes to it
                    settings[0] &= ~termios.IXON
                    settings[3] &= ~_AT_ONCE_LFLAG
                    settings[6][termios.VMIN], settings[6][termios.VTIME] = 1, 0
                    termios.tcsetattr(self._fd, termios.TCSANOW, settings)
                    self._tell(_BRACKETED_PASTE)
                return True

        def close(self) -> None:
            """Restore the settings, discard unread input, and let `read` return."""
            with self._lock:
                if self._before is None:
                    return
                # Hung up, there is nothing to put back; in the background, the settings are the shell's.
                with contextlib.suppress(OSError, termios.error):
                    if _is_in_front(self._fd):
                        self._tell(_NO_BRACKETED_PASTE)
                        termios.tcflush(self._fd, termios.TCIFLUSH)
                        termios.tcsetattr(self._fd, termios.TCSANOW, self._before)
                self._before = None
                os.close(self._waker)

        def _tell(self, control: bytes) -> None:
            """Send a control sequence, unless it would block or the terminal is dumb."""
            if os.environ.get("TERM", "dumb") == "dumb":
                return
            with contextlib.suppress(OSError):
                out = os.open(os.ttyname(self._fd), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
                try:
                    os.write(out, control)
                finally:
                    os.close(out)


class Keyboard:
    """The keys of a terminal, one by one, for as long as the context lasts.

    ``put`` is called with each key's name from a thread of its own: "space", "enter", "escape", "left",
    "right", "up", "down", "page-up", "page-down", "backspace", "tab", or the character. Repeats of a key that
    is held down do not count; with ``writing`` every key is given, for names and numbers. Pastes never are.
    Where standard input (or ``fd``) is no terminal, nothing is read and nothing is changed.

    Within the context the terminal gives keys at once and does not show them; Ctrl-C and Ctrl-Z work. Its
    settings are put back on leaving, whatever the reason, and at the latest when the interpreter ends. What
    was typed and not read is then thrown away, so that no shell runs it. After kill -9, ``stty sane`` helps.
    """

    def __init__(self, put: Callable[[str], None], *, writing: bool = False, fd: int | None = None) -> None:
        self._counting = _PressFilter(put, writing=writing)
        self._fd = _standard_input() if fd is None else fd
        self._terminal: _Terminal | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        """Begin to read."""
        if self._fd is not None and os.isatty(self._fd):
            atexit.register(self.close)
            self._terminal = _Terminal(self._fd)
            self._thread = threading.Thread(
                target=self._terminal.read, args=(self._counting,), name="keyboard", daemon=True
            )
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Put the terminal back."""
        self.close()

    def close(self) -> None:
        """Put the terminal back and read no more; a second time does nothing."""
        if self._terminal is not None:
            self._terminal.close()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(JOIN_S)
        atexit.unregister(self.close)
