"""Show a session on the terminal: as one live view, as plain lines, or not at all.

Writing to a terminal may block for any time (Ctrl-S, a reader that has stopped, a slow line), and the loop
that shows views also feeds the loudspeaker. So `show` only decides what is new; a thread draws and writes
it, and imports rich, which takes longer than the first sound may wait.
"""

import _thread
import atexit
import contextlib
import io
import math
import os
import queue
import re
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Generic, TextIO, TypeVar

from coach.live.view import View, left_text
from coach.session.options import Screen
from coach.session.words.interface import words_for
from coach.text import clock, encodable, printable_line

if TYPE_CHECKING:
    import rich.console

    from coach.live.screen.layout import Row

T = TypeVar("T")

REDRAWN_AFTER_S = 0.25
"""Shortest interval between two drawings: four a second are enough for reading, and drawing costs time."""

WHOLE_AFTER_S = 10.0
"""Interval between two complete redraws, in case another program wrote over the screen."""

CLOSED_WITHIN_S = 2.0
"""Timeout for closing a terminal whose output blocks."""

USUAL_SIZE = (80, 24)

JUMPED_FROM_S = 2.0
"""A position that moves further than this between two views has jumped."""

BEGINS_WITHIN_S = 0.3
"""After a jump, a prompt or tone that began earlier than this before the position was skipped."""

_WRAPS_OFF, _WRAPS_ON = "\x1b[?7l", "\x1b[?7h"
_TOGETHER, _SO_FAR = "\x1b[?2026h", "\x1b[?2026l"


def screen_for(
    *, kind: Screen = Screen.AUTO, legend: str = "", stream: TextIO | None = None
) -> "PlainScreen | LiveScreen | QuietScreen":
    """The display of a kind on ``stream`` (standard output), with what the keys do in ``legend``.

    Where that is no terminal that can have a live view, there are plain lines in its place.
    """
    stream = stream or sys.stdout or io.StringIO()  # a program may have no standard output
    if kind is Screen.NONE:
        return QuietScreen(stream)
    if (
        kind is Screen.PLAIN
        or not stream.isatty()
        or os.environ.get("TERM", "").lower() in {"dumb", "unknown"}
    ):
        return PlainScreen(stream, legend)
    return LiveScreen(stream, legend)


_TEXTS = tuple(field.name for field in fields(View) if field.type is str)


@lru_cache(maxsize=512)
def _shown(text: str, encoding: str) -> str:
    return encodable(printable_line(text), encoding)


def clean(view: View, encoding: str = "utf-8") -> View:
    """A view whose texts are printable lines that the encoding has."""
    texts: dict[str, Any] = {name: _shown(getattr(view, name), encoding) for name in _TEXTS}
    return replace(view, **texts)


def _seen(view: View) -> tuple[object, ...]:
    """Return the displayed values of a view, times to the second: a change of these triggers a redraw."""
    drawn = replace(view, left_s=0.0, said_at_s=0.0, tone="", tone_at_s=0.0)
    whole_s = math.ceil(view.phase_left_s)
    drawn = replace(drawn, at_s=int(view.at_s), phase_left_s=whole_s, volume_db=round(view.volume_db))
    return drawn, left_text(view)


def _enter_ends_it(view: View) -> str:
    """Say that Enter ends what is going on, as the legend of the keys has it."""
    words = words_for(view.language)
    return f"{words.KEY_NAMES['enter']} = {words.ENOUGH}"


def _keys_now(keys: Sequence[str], view: View) -> tuple[str, ...]:
    """Return the legend of the keys at a moment: what Enter does changes."""
    ends_it = _enter_ends_it(view) if view.may_end_early else ""
    enter = ends_it.partition("=")[0]
    return tuple(ends_it if ends_it and key.startswith(enter) else key for key in keys)


class _Worker(Generic[T]):
    """A thread that processes the items it is given in order, all that are waiting at a time.

    It starts with the first item. An ``OSError`` ends it, as when the terminal is gone.
    """

    def __init__(self, work: Callable[[Sequence[T]], None], at_the_end: Callable[[], None]) -> None:
        self._work = work
        self._at_the_end = at_the_end
        self._given: queue.SimpleQueue[T | None] = queue.SimpleQueue()
        self._has_begun = False
        self._is_closed = False
        self._has_ended = threading.Event()

    def give(self, item: T) -> None:
        """Queue an item; returns at once."""
        if self._is_closed:
            return
        if not self._has_begun:
            self._has_begun = True
            atexit.register(self.close)  # however the program ends, the terminal gets its cursor back
            # a threading.Thread is waited for when it starts: 170 ms were seen on a machine with much to do
            _thread.start_new_thread(self._run, ())
        self._given.put(item)

    def close(self) -> None:
        """Process the rest of the queue, then ``at_the_end``; waits for that at most `CLOSED_WITHIN_S`."""
        if self._has_begun and not self._is_closed:
            self._given.put(None)
        self._is_closed = True
        if not self._has_begun or self._has_ended.wait(CLOSED_WITHIN_S):
            atexit.unregister(self.close)  # otherwise it is waited for once more, at the program's very end

    def _run(self) -> None:
        try:
            ends = False
            while not ends:
                come = [self._given.get()]
                while not self._given.empty():
                    come.append(self._given.get())
                ends = None in come
                if items := [item for item in come if item is not None]:
                    self._work(items)
            self._at_the_end()
        except OSError:
            self._is_closed = True
        finally:
            self._has_ended.set()


class _LineWriter:
    """Writes lines to a stream, each at once, in a thread; drops the rest where nobody reads any more."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._encoding = stream.encoding or "utf-8"
        self._worker: _Worker[str] = _Worker(self._write, lambda: None)

    def write(self, line: str) -> None:
        """Have a line written."""
        self._worker.give(encodable(line, self._encoding))

    def close(self) -> None:
        """Write no more."""
        self._worker.close()

    def _write(self, lines: Sequence[str]) -> None:
        try:
            for line in lines:
                self._stream.write(f"{line}\n")
                self._stream.flush()
        except ValueError as closed:
            raise OSError("nobody reads the lines any more") from closed


class PlainScreen:
    """A line for each prompt and each tone, with its time: for a pipe, a log, a screen reader.

    The session and each chapter begin with a heading; a prompt that only repeats the heading above it has no
    line. Tones stand in brackets, notices and changes of the volume in parentheses; ``legend``, what the keys
    do, below the first heading. Each line is written when it is due. Where nobody reads the stream any more,
    the rest is dropped.
    """

    def __init__(self, stream: TextIO, legend: str = "") -> None:
        self._writer = _LineWriter(stream)
        self._legend = legend
        self._shown: View | None = None
        self._headings: set[str] = set()
        self._last_prompt: tuple[str, float] | None = None
        self._last_tone: tuple[str, float] | None = None
        self._prompts_until_s = 0.0
        self._told_in = 0

    def show(self, view: View) -> None:
        """Have the lines written that a view adds to the one before."""
        for line in self._lines(view):
            self._writer.write(line)
        self._shown = view

    def close(self) -> None:
        """Write no more."""
        self._writer.close()

    def _lines(self, view: View) -> list[str]:
        """Return the lines for changes since the last view: heading, notice, volume, tone, prompt."""
        shown, words = self._shown, words_for(view.language)
        at = clock(view.at_s)
        lines = []
        moved_s = view.at_s - shown.at_s if shown else math.inf
        if not -BEGINS_WITHIN_S < moved_s < JUMPED_FROM_S:
            self._last_prompt = self._last_tone = None
            self._prompts_until_s = view.at_s - BEGINS_WITHIN_S
        if shown is None:
            lines.append(self._heading("#", words.heading(words.session_title(view.session, view.level))))
            lines += ["", *self._legend.splitlines()] if self._legend else []
        if shown is None or (shown.chapter, shown.title) != (view.chapter, view.title):
            lines += ["", self._heading("##", view.title), ""]
        if view.notice and (shown is None or shown.notice != view.notice):
            lines.append(f"{at}  ({printable_line(view.notice)})")
        if self._legend and view.may_end_early and self._told_in != view.chapter:
            self._told_in = view.chapter
            lines.append(f"{at}  ({_enter_ends_it(view)})")
        if round(view.volume_db) != (round(shown.volume_db) if shown else 0):
            lines.append(f"{at}  ({words.volume(view.volume_db)})")
        events = sorted(self._tone(view) + self._prompt(view))
        return lines + [f"{clock(min(start_s, view.at_s))}  {text}" for start_s, text in events]

    def _heading(self, level: str, text: str) -> str:
        text = printable_line(text)
        self._headings.add(text)
        return f"{level} {text}"

    def _tone(self, view: View) -> list[tuple[float, str]]:
        """Return the tone if it began since the last view and was not skipped by a jump."""
        tone = (view.tone, view.tone_at_s)
        is_jump, is_new = self._last_tone is None, tone != self._last_tone
        self._last_tone = tone
        was_skipped = is_jump and view.at_s - view.tone_at_s > BEGINS_WITHIN_S
        if not view.tone or not is_new or was_skipped:
            return []
        return [(view.tone_at_s, f"[{words_for(view.language).TONES[view.tone]}]")]

    def _prompt(self, view: View) -> list[tuple[float, str]]:
        """Return the prompt if it began since the last view.

        An answer interrupts the session at the position of the view. When it is over, the view has the prompt
        before it again, which is not said again; nor is one that a jump has left behind.
        """
        prompt = (view.said, view.said_at_s)
        if view.said_at_s != view.at_s:
            if view.said_at_s <= self._prompts_until_s:
                return []
            self._prompts_until_s = view.said_at_s
        if prompt == self._last_prompt:
            return []
        self._last_prompt = prompt
        text = printable_line(view.said)
        if not text:
            return []
        headings, self._headings = self._headings, set()
        return [] if text.rstrip(".") in headings else [(view.said_at_s, text)]


class QuietScreen:
    """A line for each notice that is not spoken too, such as a lost loudspeaker; nothing else."""

    def __init__(self, stream: TextIO) -> None:
        self._lines = _LineWriter(stream)
        self._told = ""

    def show(self, view: View) -> None:
        """Have a new notice written."""
        if view.notice and view.notice not in {self._told, view.said}:
            self._lines.write(printable_line(view.notice))
        self._told = view.notice

    def close(self) -> None:
        """Write no more."""
        self._lines.close()


class LiveScreen:
    """One live view of the whole terminal, drawn with rich, in a thread of its own.

    What does not differ for the eye is not drawn, nor more than four times a second; rows that stay are not
    written again. It has the terminal's other screen, so that resizing leaves no rags; on leaving it, the
    last lines stay. If drawing fails, plain lines take its place: the session is heard all the same.

    ``legend`` says what the keys do, such as "space = pause", with a new line or more than one blank between
    two of them. ``size`` gives columns and rows, ``console`` rich's console for a stream.
    """

    def __init__(
        self,
        stream: TextIO,
        legend: str = "",
        *,
        size: Callable[[], tuple[int, int]] | None = None,
        console: "Callable[[TextIO], rich.console.Console] | None" = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stream = stream
        self._encoding = stream.encoding or "utf-8"
        self._legend = legend
        self._keys = tuple(
            encodable(printable_line(key), self._encoding)
            for key in re.split(r"\s{2,}|\n", legend)
            if key.strip()
        )
        self._size = size or (lambda: terminal_size(stream))
        self._monotonic = monotonic
        self._given: tuple[object, ...] = ()
        self._given_at = -REDRAWN_AFTER_S
        self._latest: View | None = None
        self._console_on = console or _console_on
        self._console: rich.console.Console | None = None
        self._rows: tuple[Row, ...] = ()
        self._rows_size = (0, 0)
        self._whole_at = -math.inf
        self._is_in = False
        self._instead: PlainScreen | None = None
        self._worker: _Worker[tuple[View, tuple[int, int]]] = _Worker(self._draw, self._end)

    def show(self, view: View) -> None:
        """Draw a view if it looks different and the last was drawn at least `REDRAWN_AFTER_S` ago."""
        self._latest = view
        if self._instead is not None:
            self._instead.show(view)
            return
        size = self._size()
        looks = (*_seen(view), size)
        now = self._monotonic()
        if looks == self._given or now - self._given_at < REDRAWN_AFTER_S:
            return
        self._given, self._given_at = looks, now
        self._worker.give((view, size))

    def close(self) -> None:
        """Restore the terminal, and print the last lines on it."""
        self._worker.close()
        if self._instead is not None:
            self._instead.close()

    def _draw(self, views: Sequence[tuple[View, tuple[int, int]]]) -> None:
        """Draw the last of the views."""
        if self._instead is not None:
            return
        try:
            if self._console is None:
                self._console = self._console_on(self._stream)
            if self._console.legacy_windows:
                self._instead = PlainScreen(self._stream, self._legend)
            else:
                self._paint(self._console, *views[-1])
        except OSError:  # the terminal is gone: there is nothing to fall back to
            raise
        except Exception as error:  # noqa: BLE001 - a picture that fails must not end what is heard
            self._fall_back(f"the screen failed: {type(error).__name__}: {error}")

    def _fall_back(self, why: str) -> None:
        """Go on with plain lines."""
        with contextlib.suppress(ValueError):
            self._leave()
            self._stream.write(encodable(f"({printable_line(why)})\n", self._encoding))
        self._instead = PlainScreen(self._stream)

    def _end(self) -> None:
        if self._console is None or self._instead is not None or self._latest is None:
            return
        from coach.live.screen import layout  # noqa: PLC0415 - loaded by then

        with contextlib.suppress(ValueError):  # a stream that is closed needs nothing
            self._leave()
            view, marks = clean(self._latest, self._encoding), layout.marks_for(self._encoding)
            with self._console.capture() as capture:
                last = layout.as_lines(layout.lay_out_farewell(view, self._size()[0], marks))
                self._console.print(last, end="", crop=False)
            self._write(capture.get())

    def _paint(self, console: "rich.console.Console", view: View, size: tuple[int, int]) -> None:
        from coach.live.screen import layout  # noqa: PLC0415 - takes longer than the first sound may wait

        marks, now = layout.marks_for(self._encoding), self._monotonic()
        keys = _keys_now(self._keys, view)
        rows = layout.lay_out(clean(view, self._encoding), *size, keys, marks)
        rows += ((),) * (size[1] - len(rows))
        with console.capture() as capture:
            if not self._is_in:
                console.set_alt_screen(True)
                console.show_cursor(False)
            if size != self._rows_size or now - self._whole_at >= WHOLE_AFTER_S:
                self._rows, self._whole_at = (), now
            console.print(layout.changed(rows, self._rows, size[0]), end="", crop=False)
        self._rows, self._rows_size = rows, size
        self._is_in = True
        self._write(_TOGETHER + _WRAPS_OFF + capture.get() + _SO_FAR)

    def _leave(self) -> None:
        """Give the terminal back."""
        if self._is_in and self._console is not None:
            self._is_in = False
            with self._console.capture() as capture:
                self._console.show_cursor(True)
                self._console.set_alt_screen(False)
            self._write(_WRAPS_ON + capture.get())

    def _write(self, text: str) -> None:
        """Write at once, and not through rich, which ends the program where nobody reads."""
        self._stream.write(encodable(text, self._encoding))
        self._stream.flush()


def terminal_size(stream: TextIO) -> tuple[int, int]:
    """Return the columns and rows of a stream's terminal, or the usual size if unknown."""
    try:
        columns, rows = os.get_terminal_size(stream.fileno())
    except (OSError, ValueError):
        return USUAL_SIZE
    return (columns or USUAL_SIZE[0], rows or USUAL_SIZE[1])


def _console_on(stream: TextIO) -> "rich.console.Console":
    from rich.console import Console  # noqa: PLC0415 - takes longer than the first sound may wait

    return Console(file=stream, highlight=False, markup=False, emoji=False)
