"""Read keys from the terminal while a session plays, and map them to actions.

A presenter's clicker is a keyboard with few keys, which are mapped too.
"""

import atexit
import contextlib
import errno
import os
import re
import select
import sys
import threading
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Self

from coach.live.actions import Action
from coach.session.words.interface import Words

if sys.platform == "win32":
    import msvcrt
else:
    import signal
    import termios

_LEGEND = (
    (Action.TOGGLE, ("space", "p", "b", ".")),  # what clickers call "black screen" sends b or .
    (Action.BACK, ("left", "page-up", "backspace")),
    (Action.NEXT, ("right", "page-down", "n")),
    (Action.AGAIN, ("r",)),
    (Action.GO_ON, ("enter",)),
    (Action.STOP, ("q",)),  # and nothing else: a stray Escape ends no session
    (Action.LOUDER, ("+", "=", "up")),  # = is the key of + without Shift
    (Action.SOFTER, ("-", "down")),
    (Action.EASIER, ("e",)),
    (Action.HARDER, ("h",)),
    (Action.WHERE, ("w", "?")),
)
_IN_FIRST_LINE = 6

ACTIONS: Mapping[str, Action] = MappingProxyType({key: action for action, keys in _LEGEND for key in keys})
"""The action of each key; the legend names the first key of an action."""


def asked(key: str) -> Action | None:
    """Return the action of a key, ignoring case; None for an unassigned key.

    >>> asked("N")
    <Action.NEXT: 'next'>
    >>> asked("escape") is None
    True
    """
    return ACTIONS.get(key.lower())


def legend(words: Words) -> str:
    """The keys and their actions, in two lines for a screen.

    >>> from coach.session.words.interface import words_for
    >>> print(legend(words_for("en")))
    space = pause  left = back  right = next  r = again  enter = go on  q = stop
    + = louder  - = softer  e = easier  h = harder  w = where am I
    """
    keys = [f"{words.KEY_NAMES.get(key, key)} = {words.KEYS[action]}" for action, (key, *_others) in _LEGEND]
    return "\n".join(map("  ".join, (keys[:_IN_FIRST_LINE], keys[_IN_FIRST_LINE:])))


ESCAPE_S = 0.05
"""Timeout after an Escape for the rest of an escape sequence."""

SEQUENCE_S = 0.25
"""Timeout for the next byte of an escape sequence."""

LATE_S = 0.5
"""Period after a lone Escape in which a delayed rest of a sequence is still recognised, over a slow line."""

PASTE_S = 1.0
"""Timeout for the next byte of a bracketed paste."""

_PASTE_BEGINS = b"\x1b[200~"
_MARK = len(_PASTE_BEGINS)
_KEYS = {
    b" ": "space",
    b"\t": "tab",
    b"\n": "enter",
    b"\r": "enter",
    b"\x08": "backspace",
    b"\x7f": "backspace",
    b"\x1b": "escape",
    b"\x1b[5~": "page-up",
    b"\x1b[6~": "page-down",
    b"\x1bOM": "enter",
} | {
    begins + end: name
    for begins in (b"\x1b[", b"\x1bO")
    for end, name in ((b"A", "up"), (b"B", "down"), (b"C", "right"), (b"D", "left"))
}
_KEYS |= {b"\x1bO" + bytes([ord("p") + digit]): str(digit) for digit in range(10)}  # a keypad's own codes
_CHARACTER = rb"(?: [\xc2-\xdf][\x80-\xbf] | [\xe0-\xef][\x80-\xbf]{2} | [\xf0-\xf4][\x80-\xbf]{3} )"
"""Pattern of a multi-byte UTF-8 character."""

_TOKEN = re.compile(
    rb"""
    (?P<swallowed> \x1b (?:
        \[200~ .*? \x1b\[201~  # a paste
      | \[M .{3}  # a mouse, as old terminals tell it: three bytes of any value
      | \[\[ .  # a function key of a Linux console
      | [PX^_\]] [^\x07\x1b]* (?: \x07 | \x1b+\\ | \x1b* (?= \x1b[^\x1b\\] ) )  # an answer of the terminal
      | [\[O] [\x20-\x3f]* (?= [^\x20-\x7e] )  # a sequence that a key breaks off
      | CHARACTER  # Alt with a letter of several bytes
    ))
    | (?P<text> CHARACTER | [\x00-\x1a\x1c-\xc1\xf5-\xff] )
    | (?P<unfinished> (?: \x1b (?:
        \[200~ .* | \[M .{0,2} | \[\[ | [PX^_\]] [^\x07\x1b]* \x1b* | [\[O] [\x20-\x3f]*
      | [\xc2-\xf4] [\x80-\xbf]{0,2}
    )? | [\xc2-\xf4] [\x80-\xbf]{0,2} ) \Z )
    | (?P<sequence> \x1b [\[O] [\x20-\x3f]* [\x40-\x7e] )
    | (?P<escape> \x1b (?= \x1b ) )
    | (?P<alt> \x1b . )
    | (?P<invalid> . )
    """.replace(b"CHARACTER", _CHARACTER),
    re.DOTALL | re.VERBOSE,
)


class Decoder:
    r"""Decodes the bytes that a terminal sends into names of keys, however the bytes are split between reads.

    Sequences that are no known key (a mouse, a focus, an answer, Alt with a letter) and pastes are swallowed
    whole: no letter within them becomes a key.

    >>> Decoder().feed(b"n\x1b[C\x1b[<0;12;7M ")
    ['n', 'right', 'space']
    """

    def __init__(self) -> None:
        self._rest = b""
        self._is_late = False

    @property
    def patience_s(self) -> float | None:
        """The seconds to wait for the next byte before calling `settle`; None outside of a sequence."""
        if self._is_late:
            return LATE_S
        if not self._rest:
            return None
        if self._rest == b"\x1b":
            return ESCAPE_S
        return PASTE_S if self._rest.startswith(_PASTE_BEGINS) else SEQUENCE_S

    def feed(self, data: bytes) -> list[str]:
        """Decode some bytes; returns the keys that they complete."""
        if self._is_late and data.startswith((b"[", b"O")):
            self._rest = b"\x1b"
        self._is_late = self._is_late and not data
        data = self._rest + data
        self._rest = b""
        keys = []
        for token in _TOKEN.finditer(data):
            if token.lastgroup == "unfinished":  # of a long one, the beginning and a possible end are enough
                rest = token[0]
                self._rest = rest if len(rest) < 2 * _MARK else rest[:_MARK] + rest[-_MARK:]
            elif token[0] in _KEYS:
                keys.append(_KEYS[token[0]])
            elif token.lastgroup == "text" and (text := token[0].decode("utf-8", "ignore")).isprintable():
                keys += text
        return keys

    def settle(self) -> list[str]:
        """Give up an unfinished sequence, as no more bytes came; a lone Escape is a key."""
        self._is_late = self._rest == b"\x1b"
        self._rest = b""
        return ["escape"] if self._is_late else []


REPEAT_S = 0.12
"""Upper bound of the interval of a held key's repeats: a Linux console has 92 ms, desktops 25 to 40."""

DELAY_S = 0.8
"""Upper bound of the delay before a held key repeats: X waits 660 ms, desktops about 500, a console 250."""

MOST_AT_ONCE = 8
"""Maximum of keys in one read that a person can press; more are a paste, a cat, or the end of a stall."""


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

    def take(self, keys: list[str], now_s: float) -> list[str]:
        """Take the keys of one read, none if more than `MOST_AT_ONCE`; returns the presses that count."""
        counted = self.settle(now_s)
        if len(keys) <= MOST_AT_ONCE:
            for key in keys:
                counted += self.press(key, now_s)
        return counted

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
        """Return the pending key, once it can no longer be a repeat."""
        return self._released() if self._kept_back and now_s - self._last_s >= REPEAT_S else []

    def patience_s(self, now_s: float) -> float | None:
        """The seconds to wait before calling `settle`; None without a pending key."""
        return max(0.0, self._last_s + REPEAT_S - now_s) if self._kept_back else None

    def _released(self) -> list[str]:
        kept_back, self._kept_back = self._kept_back, False
        return [self._last] if kept_back else []


LOOK_S = 0.1
"""Interval of checks that we are open, in the foreground, and the terminal's settings are still ours."""

JOIN_S = 1.0
"""Timeout of `Keyboard.close` for the reading thread, which may be within a call of ``put``."""


def is_available() -> bool:
    """Tell whether keys can be read: standard input is a terminal, and coach is in its foreground."""
    fd = _standard_input()
    return fd is not None and os.isatty(fd) and _is_in_front(fd)


def _standard_input() -> int | None:
    try:
        return sys.stdin.fileno()
    except (AttributeError, OSError, ValueError):  # none at all, closed, or one that is no file
        return None


if sys.platform == "win32":
    _SENT = {"H": "[A", "P": "[B", "K": "[D", "M": "[C", "I": "[5~", "Q": "[6~"}
    _HUNG_UP = (OSError,)

    def _is_in_front(_fd: int) -> bool:
        return True

    class _Terminal:
        """A Windows console, whose keys become the bytes that other terminals send."""

        def __init__(self, _fd: int) -> None:
            self._is_closed = threading.Event()

        def receive(self, at_most_s: float) -> bytes | None:
            """Wait for keys; returns None once closed."""
            end_s = time.monotonic() + at_most_s
            while not msvcrt.kbhit() and time.monotonic() < end_s:
                self._is_closed.wait(0.02)
            if self._is_closed.is_set():
                return None
            sent = ""
            while msvcrt.kbhit():
                character = msvcrt.getwch()
                if character in "\x00\xe0":
                    code = _SENT.get(msvcrt.getwch())
                    character = f"\x1b{code}" if code else ""
                sent += character
            return sent.encode("utf-8", "ignore")

        def close(self) -> None:
            """Let `receive` return None."""
            self._is_closed.set()

else:
    _BRACKETED_PASTE, _NO_BRACKETED_PASTE = b"\x1b[?2004h", b"\x1b[?2004l"
    _HUNG_UP = (OSError, termios.error)
    _AT_ONCE_LFLAG = termios.ICANON | termios.ECHO | termios.IEXTEN

    def _is_in_front(fd: int) -> bool:
        """Tell whether this process is in the foreground of a terminal.

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
            if _is_in_front(fd):
                self._set_up()

        def receive(self, at_most_s: float) -> bytes | None:
            """Wait for bytes while in the foreground; returns None once closed.

            Raises
            ------
            OSError, termios.error
                If the terminal is gone.
            """
            is_in_front = _is_in_front(self._fd)
            ready, _, _ = select.select([self._fd] if is_in_front else [], [], [], at_most_s)
            with self._lock:
                if self._before is None:
                    return None
                if not _is_in_front(self._fd):
                    return b""
                self._set_up()
            try:  # without the lock: another reader may have taken the key, and `close` must not wait for one
                data = os.read(self._fd, 4096) if ready else b""
            except BlockingIOError:
                return b""
            except OSError as error:
                if error.errno == errno.EIO and not _is_in_front(self._fd):
                    return b""  # it went to the background just now
                raise
            if ready and not data:
                raise OSError(errno.EIO, "the terminal has ended")
            return data

        def _set_up(self) -> None:
            """Let the terminal give keys at once and not show them, if somebody has set it otherwise."""
            settings = termios.tcgetattr(self._fd)
            if settings[3] & (termios.ICANON | termios.ECHO):
                # with flow control, a stray Ctrl-S would stop the screen and whoever writes to it
                settings[0] &= ~termios.IXON
                settings[3] &= ~_AT_ONCE_LFLAG
                settings[6][termios.VMIN], settings[6][termios.VTIME] = 1, 0
                termios.tcsetattr(self._fd, termios.TCSANOW, settings)
                self._tell(_BRACKETED_PASTE)

        def close(self) -> None:
            """Restore the settings, discard unread input, and let `receive` return None."""
            with self._lock:
                if self._before is None:
                    return
                # Hung up, there is nothing to put back; in the background, the settings are the shell's.
                with contextlib.suppress(*_HUNG_UP):
                    if _is_in_front(self._fd):
                        self._tell(_NO_BRACKETED_PASTE)
                        termios.tcflush(self._fd, termios.TCIFLUSH)
                        termios.tcsetattr(self._fd, termios.TCSANOW, self._before)
                self._before = None

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
        self._put = put
        self._writing = writing
        self._fd = _standard_input() if fd is None else fd
        self._terminal: _Terminal | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        """Begin to read."""
        if self._fd is not None and os.isatty(self._fd):
            atexit.register(self.close)
            self._terminal = _Terminal(self._fd)
            self._thread = threading.Thread(
                target=self._read, args=(self._terminal,), name="keyboard", daemon=True
            )
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Put the terminal back."""
        self.close()

    def close(self) -> None:
        """Put the terminal back and read no more; a second time does nothing."""
        if self._terminal is not None:
            self._terminal.close()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(JOIN_S)
        atexit.unregister(self.close)

    def _read(self, terminal: _Terminal) -> None:
        """Read keys until `close`, or until the terminal is gone."""
        if sys.platform != "win32":
            # SIGINT is for the main thread. SIGTTIN and SIGTTOU would stop the whole process, sound included,
            # when it reads or sets the terminal from the background; where they are blocked, the call fails.
            signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        decoder, presses = Decoder(), Presses()
        heard_s = now_s = time.monotonic()
        with contextlib.suppress(*_HUNG_UP):  # nobody can press a key any more
            while True:
                waits = (LOOK_S, decoder.patience_s, presses.patience_s(now_s))
                data = terminal.receive(min(wait_s for wait_s in waits if wait_s is not None))
                if data is None:
                    return
                now_s = time.monotonic()
                keys = decoder.feed(data)
                patience_s = decoder.patience_s
                if data:
                    heard_s = now_s
                elif patience_s is not None and now_s - heard_s >= patience_s:
                    heard_s = now_s
                    keys = decoder.settle()
                for key in keys if self._writing else presses.take(keys, now_s):
                    self._put(key)
