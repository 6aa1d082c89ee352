"""Give tests that play in real time the machine to themselves, whatever other workers of pytest do.

Two files are locked, neither is written. Every test holds ``ROOM`` while it runs: shared, or, if it plays in
real time, exclusively. ``DOOR`` is held exclusively by a test that waits for its turn, so that an exclusive
lock is not waited for while new shared locks are taken.
"""

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

DOOR = Path(__file__)
ROOM = Path(__file__).with_name("conftest.py")


if sys.platform == "win32":

    @contextlib.contextmanager
    def turn(*, alone: bool, door: Path = DOOR, room: Path = ROOM) -> Iterator[None]:  # noqa: ARG001 - as below
        """Nothing plays in real time here."""
        yield
else:
    import fcntl

    @contextlib.contextmanager
    def turn(*, alone: bool, door: Path = DOOR, room: Path = ROOM) -> Iterator[None]:
        """Run beside others, or with nothing beside it, once those that run have ended."""
        with _locked(room, fcntl.LOCK_EX if alone else fcntl.LOCK_SH, behind=door):
            yield

    @contextlib.contextmanager
    def _locked(path: Path, how: int, *, behind: Path | None = None) -> Iterator[None]:
        with path.open("rb") as file:
            with _locked(behind, fcntl.LOCK_EX) if behind else contextlib.nullcontext():
                fcntl.flock(file, how)
            try:
                yield
            finally:
                fcntl.flock(file, fcntl.LOCK_UN)  # also where a child process has inherited it
