"""A folder of files that are there together or not at all: until then its name keeps what it had."""

import errno
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from coach import hidden_names as hidden
from coach.errors import DiskError, UsageError
from coach.whole_file import explained

LEFT_BY_SYSTEMS = {".DS_Store", "Thumbs.db", "desktop.ini"}
"""What macOS and Windows put into folders that were looked at."""


class WholeFolder:
    """A context manager; write files into `files`, then `keep`. Leaving without `keep` leaves no trace.

    The files go to a hidden folder: beside the target, which is renamed at the end, at once. A target that is
    there already (a folder made for it, the card of a phone) stays, and what is in it; the hidden folder is
    then within it, and the finished files are moved up one after the other, each at once. Where one cannot
    be, what was there before is put back. A killed process leaves its hidden folder; the next one with the
    same target removes it (see `coach.hidden_names`).

    Parameters
    ----------
    path
        A symbolic link is followed.
    force
        Replace what an earlier export left in a folder that is there. Without it, a folder that has anything
        in it is an error.
    foreign
        Of what is in a folder, the name of something that no export has put there, or "". Nothing like that
        is ever replaced: it is an error, whatever ``force`` says.

    Raises
    ------
    UsageError
        From entering and keeping: the folder has something in it that must not be replaced.
    DiskError
        From entering and keeping: it is no folder, no permission, no room.
    """

    def __init__(self, path: Path, *, force: bool, foreign: Callable[[Sequence[Path]], str]) -> None:
        self.path = path
        self._target = Path(os.path.realpath(path))
        self._force = force
        self._foreign = foreign
        self._hidden: Path | None = None
        self._lock: int | None = None

    @property
    def files(self) -> Path:
        """The hidden folder, for as long as it is there."""
        if self._hidden is None:
            raise ValueError(f"{self.path} is not open")
        return self._hidden

    def __enter__(self) -> Self:
        """Check the name, remove what dead processes left, and make the hidden folder."""
        self.check()
        try:
            for folder in (self._target.parent, self._target):
                hidden.sweep(folder, self._target)
            self._open()
        except OSError as error:
            self.discard()
            raise explained(error, self.path) from error
        except BaseException:
            self.discard()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Throw away what was not kept."""
        self.discard()

    def check(self) -> None:
        """Nothing, where the files could be put under their names now.

        Raises
        ------
        UsageError, DiskError
            As from entering.
        """
        try:
            self._check()
        except OSError as error:
            raise explained(error, self.path) from error

    def keep(self) -> None:
        """Put the files under their names, all of them or none."""
        try:
            self._check()
            if self.files.parent == self._target:
                self._move_up()
            else:
                self.files.rename(self._target)
        except OSError as error:
            if error.errno in {errno.EEXIST, errno.ENOTEMPTY}:
                raise self._already_there() from None
            raise explained(error, self.path) from error
        finally:
            self.discard()

    def discard(self) -> None:
        """Throw away what has not been kept. May be called at any time, also twice."""
        path, self._hidden = self._hidden, None
        if path is not None:
            shutil.rmtree(path, ignore_errors=True)
        self._unlock()

    def _check(self) -> None:
        if not self._target.exists():
            if not self._target.parent.is_dir():
                raise DiskError(f"there is no folder {self.path.parent}", "make it first, or name another")
            return
        if not self._target.is_dir():
            raise DiskError(f"{self.path} is a file, no folder.", "Name a folder for the tracks.")
        there = self._there()
        if there and not self._force:
            raise self._already_there()
        if foreign := self._foreign(there) if there else "":
            raise UsageError(
                f"{self.path} is no folder of tracks: {foreign!r} in it is not coach's",
                "name a folder that is empty or not there yet; nothing was replaced",
            )

    def _there(self) -> list[Path]:
        """What is in the target, but for what is left there unseen."""
        return [
            each
            for each in self._target.iterdir()
            if each.name not in LEFT_BY_SYSTEMS and not hidden.is_for(each, self._target)
        ]

    def _already_there(self) -> UsageError:
        return UsageError(
            f"{self.path} is there already, and not empty",
            "--force replaces the tracks of an earlier export, another name spares them",
        )

    def _open(self) -> None:
        within = self._target if self._target.is_dir() else self._target.parent
        while self._hidden is None:
            path = within / hidden.new_name(self._target)
            path.mkdir()
            self._hidden = path
            if sys.platform == "win32":
                return
            try:
                self._lock = hidden.open_folder(path)
                is_ours = hidden.is_locked_by_us(self._lock, path)
            except FileNotFoundError:
                is_ours = False
            if not is_ours:  # another process sweeps it away: it fell between making and locking
                self._unlock()
                self._hidden = None

    def _unlock(self) -> None:
        lock, self._lock = self._lock, None
        if lock is not None:
            os.close(lock)

    def _move_up(self) -> None:
        """Move the files into their folder; what has to make room is kept until all of them are there."""
        aside = self.files / "before"
        aside.mkdir()
        moves = [(old, aside / old.name) for old in self._there()]
        moves += [(new, self._target / new.name) for new in sorted(self.files.iterdir()) if new != aside]
        done: list[tuple[Path, Path]] = []
        try:
            for here, there in moves:
                here.rename(there)
                done.append((here, there))
        except BaseException:
            for here, there in reversed(done):
                with suppress(OSError):
                    there.rename(here)
            raise
