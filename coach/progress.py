"""The type of a progress callback for long operations."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

Report = Callable[[int, int], None]
"""Takes how much is done and how much there is in all."""

Progress = Callable[[str], AbstractContextManager[Report]]
"""Shows how far a task has got: given its name, such as "speaking", a context whose value is a `Report`."""


@contextmanager
def no_progress(_task: str) -> Iterator[Report]:
    """A `Progress` that shows nothing."""
    yield lambda _done, _total: None
