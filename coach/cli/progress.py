"""A progress bar with the time left, on stderr, for those who watch."""

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import rich.progress

SHOWN_AFTER_S = 0.4
"""Work that takes less needs no bar, and no library to draw one."""


class Progress:
    """Report the progress of a piece of work: call it with the amount done and the total.

    Silent where stderr is no terminal.
    """

    def __init__(self, doing: str) -> None:
        self._doing = doing
        self._started = time.monotonic()
        self._shows = sys.stderr is not None and sys.stderr.isatty()
        self._bar: rich.progress.Progress | None = None
        self._task: rich.progress.TaskID | None = None

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the bar off the screen."""
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` is done."""
        if not self._shows or time.monotonic() - self._started < SHOWN_AFTER_S:
            return
        if self._bar is None:
            self._bar, self._task = self._start(total)
        if self._task is not None:
            self._bar.update(self._task, completed=done, total=total)

    def _start(self, total: int) -> "tuple[rich.progress.Progress, rich.progress.TaskID]":
        from rich.console import Console  # noqa: PLC0415 - only for work that takes its time
        from rich.progress import Progress as Bar  # noqa: PLC0415

        bar = Bar(console=Console(stderr=True), transient=True)
        bar.start()
        return bar, bar.add_task(self._doing, total=total)
