"""Atomic writing of files and folders: they appear under their name complete, or not at all.

They are made under a hidden name and renamed at the end. So a failure, a full disk, Ctrl-C or a kill at any
moment leaves under the name what was there before. A killed process leaves its hidden file or folder, which
has not been written to for a day when another process with a target in the same folder removes it.
"""

import errno
import os
import secrets
import shutil
import stat
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Self

from coach.errors import DiskError, UsageError
from coach.text import size_text

if sys.platform == "darwin":
    import fcntl

BUFFER_SIZE = 2**15
"""Size of the write buffer in bytes; longer writes bypass it."""

LEFT_BY_SYSTEMS = {".DS_Store", "Thumbs.db", "desktop.ini"}
"""Files that macOS and Windows put into folders that were opened."""

_OWN = stat.S_IRUSR | stat.S_IWUSR
_BEGINNING, _ENDING = ".coach-", ".part"
_LEFT_AFTER_S = 24 * 60 * 60.0
"""Age without a write after which a hidden file counts as left over from a killed process."""


def disk_error(error: OSError, path: Path) -> DiskError:
    """Say of a file what the system says, and what to do about it."""
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            what, hint = "the disk is full", "Make room, or choose a folder on another disk."
        case errno.EFBIG:
            what = "the file would be larger than the system allows"
            hint = "Choose another disk or a shorter session."
        case errno.EROFS:
            what, hint = "the disk can only be read", "Choose a folder on another disk."
        case errno.EACCES | errno.EPERM:
            what, hint = "the system does not allow it", "Choose a folder that is yours."
        case errno.ENAMETOOLONG:
            what, hint = "the name is too long", "Choose a shorter one."
        case errno.ENOENT if path.parent.is_dir():
            what, hint = "somebody removed it unfinished", "Try again."
        case errno.ENOENT | errno.ENOTDIR:
            what, hint = f"there is no folder {path.parent}", "Make it first, or choose another."
        case _:
            what, hint = error.strerror or str(error), "Choose another folder or disk."
    return DiskError(f"{path} cannot be written: {what}.", hint)


class _Unfinished(ABC):
    """A context manager for what is being made under a hidden name; a symbolic link is followed."""

    def __init__(self, path: Path, *, force: bool) -> None:
        self.path = path
        self._target = Path(os.path.realpath(path))
        self._force = force
        self._hidden: Path | None = None

    def __enter__(self) -> Self:
        """Check the name, remove what killed processes left, and open."""
        try:
            self._check()
            folder = self._target if self._target.is_dir() else self._target.parent
            for each in {folder, self._target.parent}:
                _sweep(each)
            # noted before it is there: a signal may come as soon as it is
            self._hidden = folder / f"{_BEGINNING}{secrets.token_hex(8)}{_ENDING}"
            self._make(self._hidden)
        except OSError as error:
            self.discard()
            raise disk_error(error, self.path) from error
        except BaseException:
            self.discard()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        """Throw away what was not kept."""
        self.discard()

    def discard(self) -> None:
        """Throw away what has not been kept. May be called at any time, also twice."""
        path, self._hidden = self._hidden, None
        if path is not None:
            _remove(path)

    @abstractmethod
    def _check(self) -> None:
        """Raise if the target cannot be written or must not be replaced."""

    @abstractmethod
    def _make(self, path: Path) -> None:
        """Make the hidden file or folder."""

    def _open_hidden(self) -> Path:
        if self._hidden is None:
            raise ValueError(f"{self.path} is not open")
        return self._hidden


class WholeFile(_Unfinished):
    """A context manager; write to `stream`, then `keep`. Leaving without `keep` throws everything away.

    Unless it is to be durable, nothing is forced to the medium (fsync): for the 230 MB of a 40-minute session
    that takes as long as writing them on a very fast disk, and seconds on a common one. So after a power cut
    within about half a minute the new file may be incomplete on some file systems, also one that replaced
    another.

    Parameters
    ----------
    path
        A symbolic link is followed: what it points to is replaced.
    size
        The bytes that will be written, where that is known: if the disk has less room, entering fails.
    force
        Replace a file of this name. Without it an existing file is an error, also one that appears meanwhile.
    durable
        Force the bytes to the medium before they get their name, and then the name: when `keep` returns, the
        file outlasts a power cut. For what is small and cannot be made again.
    private
        Let only the user read it, whatever the umask and the mode of a file that it replaces.

    Raises
    ------
    DiskError
        From entering, writing and keeping.
    """

    def __init__(
        self,
        path: Path,
        *,
        size: int | None = None,
        force: bool = False,
        durable: bool = False,
        private: bool = False,
    ) -> None:
        super().__init__(path, force=force)
        self._size = size
        self._durable = durable
        self._private = private
        self._stream: BinaryIO | None = None

    @property
    def stream(self) -> BinaryIO:
        """The open file; `write` turns its errors into text."""
        if self._stream is None:
            raise ValueError(f"{self.path} is not open")
        return self._stream

    def write(self, data: bytes | memoryview) -> None:
        """Append, in bytes."""
        try:
            self.stream.write(data)
        except OSError as error:
            raise disk_error(error, self.path) from error

    def rewrite(self, data: bytes, at: int) -> None:
        """Overwrite what stands at byte ``at``, then go on at the end."""
        try:
            self.stream.seek(at)
            self.stream.write(data)
            self.stream.seek(0, os.SEEK_END)
        except OSError as error:
            raise disk_error(error, self.path) from error

    def keep(self) -> None:
        """Put the file under its name: whole, at once, or not at all."""
        try:
            self._flush()
            self._take_name()
            if self._durable:
                sync_folder(self._target.parent)
        except FileExistsError:
            raise self._already_there() from None
        except OSError as error:
            raise disk_error(error, self.path) from error
        finally:
            self.discard()

    def discard(self) -> None:
        """Throw away what has not been kept. May be called at any time, also twice."""
        stream, self._stream = self._stream, None
        if stream is not None:
            with suppress(OSError):  # what could not be flushed is not wanted any more
                stream.close()
        super().discard()

    def _already_there(self) -> DiskError:
        return DiskError(f"{self.path} exists already.", "Choose another name, or say --force to replace it.")

    def _check(self) -> None:
        try:
            mode = self._target.lstat().st_mode
        except FileNotFoundError:
            if not self._target.parent.is_dir():
                raise
        else:
            if stat.S_ISDIR(mode):
                raise DiskError(f"{self.path} is a folder.", "Give the file a name within it.")
            if not stat.S_ISREG(mode):
                raise DiskError(f"{self.path} is a device or the like, no file.", "Choose another name.")
            if not self._force:
                raise self._already_there()
        if self._size is not None:
            free = shutil.disk_usage(self._target.parent).free
            if free < self._size:
                raise DiskError(
                    f"{self.path} needs {size_text(self._size)}, and {size_text(free)} are free there.",
                    "Make room, or choose a folder on another disk.",
                )

    def _make(self, path: Path) -> None:
        # O_BINARY is a flag of Windows
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        descriptor = os.open(path, flags, _OWN if self._private else 0o666)
        self._stream = os.fdopen(descriptor, "wb", buffering=BUFFER_SIZE)
        if self._size and hasattr(os, "posix_fallocate"):
            # ext4 flushes a new file that replaces another, unless its room was reserved: 0.35 s for 280 MB.
            with suppress(OSError):  # some disks reserve no room
                os.posix_fallocate(descriptor, 0, self._size)
        if self._private:
            with suppress(OSError):  # some disks have no modes
                path.chmod(_OWN)

    def _flush(self) -> None:
        if self._force and not self._private:
            with suppress(OSError):
                shutil.copymode(self._target, self._open_hidden())
        self.stream.flush()
        if self._durable:
            _sync(self.stream.fileno())
        self.stream.close()  # here network disks tell of a failed write

    def _take_name(self) -> None:
        path = self._open_hidden()
        if self._force:
            path.replace(self._target)
            return
        try:
            os.link(path, self._target)
        except FileExistsError:
            raise
        except OSError:  # a file system without hard links, such as a phone's card
            os.close(os.open(self._target, os.O_WRONLY | os.O_CREAT | os.O_EXCL))  # takes the name
            try:
                path.replace(self._target)
            except OSError:
                self._target.unlink()
                raise


class WholeFolder(_Unfinished):
    """A context manager; write files into `files`, then `keep`. Leaving without `keep` leaves no trace.

    The hidden folder lies beside the target and is renamed at the end, at once. If the target is there
    already (a folder made for it, the card of a phone), it stays, with what is in it; the hidden folder is
    then within it, and the finished files are moved up one after the other, each at once. If one of them
    cannot be moved, what was there before is put back.

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
        super().__init__(path, force=force)
        self._foreign = foreign

    @property
    def files(self) -> Path:
        """The hidden folder, for as long as it is there."""
        return self._open_hidden()

    def check(self) -> None:
        """Raise what entering would raise if the files could not be put under their names now."""
        try:
            self._check()
        except OSError as error:
            raise disk_error(error, self.path) from error

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
            raise disk_error(error, self.path) from error
        finally:
            self.discard()

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
        """List the target's content, without files of the operating system and hidden leftovers."""
        return [
            each
            for each in self._target.iterdir()
            if each.name not in LEFT_BY_SYSTEMS and not _is_hidden(each)
        ]

    def _already_there(self) -> UsageError:
        return UsageError(
            f"{self.path} is there already, and not empty",
            "--force replaces the tracks of an earlier export, another name spares them",
        )

    def _make(self, path: Path) -> None:
        path.mkdir()

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


# Hidden names


def _is_hidden(path: Path) -> bool:
    return path.name.startswith(_BEGINNING) and path.name.endswith(_ENDING)


def _sweep(folder: Path) -> None:
    """Remove what killed processes left in a folder."""
    with suppress(OSError):  # it may be closed to reading and open to writing
        for left in [each for each in folder.iterdir() if _is_hidden(each)]:
            with suppress(OSError):
                if (
                    time.time() - max(each.stat().st_mtime for each in (left, *left.glob("*")))
                    > _LEFT_AFTER_S
                ):
                    _remove(left)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


# Forcing to the medium


def sync_folder(folder: Path) -> None:
    """Force the names in a folder to the medium: what was renamed or removed there stays so.

    A system that cannot do this for a folder (Windows, some network disks) is left to do it in its own time.

    Raises
    ------
    OSError
        If the medium fails.
    """
    if sys.platform == "win32":
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:  # a folder may be closed to reading and open to writing
        return
    try:
        _sync(descriptor)
    except OSError as error:
        if error.errno in {errno.EIO, errno.ENOSPC, errno.EDQUOT}:
            raise
    finally:
        os.close(descriptor)


def _sync(descriptor: int) -> None:
    """Force what was written to the medium."""
    if sys.platform == "darwin":  # where fsync stops at the disk's own cache
        with suppress(OSError):
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
            return
    os.fsync(descriptor)
