"""A progress bar with the time left, on stderr, for those who watch."""

import sys
import threading
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from coach.text import counted

if TYPE_CHECKING:
    import rich.progress

SHOWN_AFTER_S = 0.4
"""Work that takes less needs no bar, and no library to draw one."""

_LEAST_DONE_S = 2.0
"""Before so long, the pace of the work is not known well enough to tell the time left."""


class Progress:
    """Report the progress of a piece of work: call it with the amount done and the total.

    What is done at the first call was there before: it says nothing of the pace. Less than at the last call
    begins another piece. Silent where stderr is no terminal.
    """

    def __init__(self, doing: str) -> None:
        self._doing = doing
        self._shows = sys.stderr is not None and sys.stderr.isatty()
        self._lock = threading.Lock()
        self._timer = threading.Timer(SHOWN_AFTER_S, self._show)
        self._timer.daemon = True
        self._begun_s = 0.0
        self._there = self._done = self._total = 0
        self._is_over = False
        self._bar: rich.progress.Progress | None = None

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the bar off the screen."""
        with self._lock:
            self._is_over = True
        self._timer.cancel()
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` is done."""
        if not self._shows:
            return
        if not self._begun_s:
            self._timer.start()
        if not self._begun_s or done < self._done:
            self._begun_s, self._there = time.monotonic(), done
        self._done, self._total = done, total
        if self._bar is not None:
            self._update(self._bar)

    def _show(self) -> None:
        """Put the bar on the screen, if the work is not over."""
        from rich.console import Console  # noqa: PLC0415 - only for work that takes its time
        from rich.progress import BarColumn, TaskProgressColumn, TextColumn  # noqa: PLC0415
        from rich.progress import Progress as Bar  # noqa: PLC0415

        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
        bar = Bar(*columns, TextColumn("{task.fields[left]}"), console=Console(stderr=True), transient=True)
        bar.add_task(self._doing, total=None, left="")
        with self._lock:
            if self._is_over:
                return
            bar.start()
            self._bar = bar
        self._update(bar)

    def _update(self, bar: "rich.progress.Progress") -> None:
        spent_s = time.monotonic() - self._begun_s
        left = time_left(spent_s, self._done - self._there, self._total - self._done)
        bar.update(bar.task_ids[0], completed=self._done, total=self._total, left=left)


def time_left(spent_s: float, done: int, left: int) -> str:
    """Tell how long the rest of a piece of work takes, at the pace so far; "" while that is not known.

    >>> time_left(60.0, 20, 100), time_left(60.0, 20, 10), time_left(0.5, 20, 100)
    ('about 5 minutes left', 'about 30 seconds left', '')
    """
    if not done or spent_s < _LEAST_DONE_S:
        return ""
    left_s = spent_s * left / done
    if left_s >= 90:
        return f"about {counted(round(left_s / 60), 'minute')} left"
    return f"about {counted(max(1, round(left_s)), 'second')} left"
