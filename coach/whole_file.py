"""A file that stands under its name only when it is whole: until then its name keeps what it had."""

import errno
import os
import shutil
import stat
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from coach import hidden_names as hidden
from coach.errors import DiskError
from coach.text import size_text

if sys.platform != "win32":
    import fcntl

BUFFER_SIZE = 2**15
"""Bytes: small writes are gathered, what is longer goes to the system as it is."""

NO_HARD_LINKS = {
    errno.EPERM,
    errno.EACCES,
    errno.EOPNOTSUPP,
    errno.ENOTSUP,
    errno.ENOSYS,
    errno.EINVAL,
    errno.EMLINK,
}
NO_SYNCING = {errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EBADF, errno.EROFS}
NO_RESERVING = {errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL, errno.EPERM}


def explained(error: OSError, path: Path) -> DiskError:
    """What the system says of a file, with what to do about it."""
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            what, hint = "the disk is full", "Make room, or choose a folder on another disk."
        case errno.EFBIG:
            what, hint = (
                "the file would be larger than the system allows",
                "Choose another disk or a shorter session.",
            )
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


class WholeFile:
    """A context manager; write to `stream`, then `keep`. Leaving without `keep` throws everything away.

    The bytes go to a hidden file beside the target, which is renamed at the end. So a failure, a full disk,
    Ctrl-C or a kill at any moment leaves what was there before. A killed process leaves its hidden file; the
    next one with the same target removes it (see `coach.hidden_names`).

    Unless it is to be durable, nothing is forced to the medium (fsync): for the 230 MB of a 40-minute session
    that takes as long as writing them on a very fast disk, and seconds on a common one. So after a power cut
    within about half a minute the new file may be incomplete on some file systems, also one that replaced
    another.

    Parameters
    ----------
    path
        A symbolic link is followed: what it points to is replaced.
    size
        Exactly the bytes that will be written, where that is known: they are reserved at the start, so that a
        full disk is noticed then.
    force
        Replace a file of this name. Without it an existing file is an error, also one that appears meanwhile.
    durable
        Force the bytes to the medium before they get their name, and then the name: when `keep` returns, the
        file outlasts a power cut. For what is small and cannot be made again.

    Raises
    ------
    DiskError
        From entering, writing and keeping.
    """

    def __init__(
        self, path: Path, *, size: int | None = None, force: bool = False, durable: bool = False
    ) -> None:
        self.path = path
        self._target = Path(os.path.realpath(path))
        self._size = size
        self._force = force
        self._durable = durable
        self._stream: BinaryIO | None = None
        self._hidden: Path | None = None

    @property
    def stream(self) -> BinaryIO:
        """The open file; `write` turns its errors into text."""
        if self._stream is None:
            raise ValueError(f"{self.path} is not open")
        return self._stream

    def __enter__(self) -> Self:
        """Check the name, remove what dead processes left, open and reserve."""
        try:
            self._check_target()
            hidden.sweep(self._target.parent, self._target)
            self._open()
            self._reserve()
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

    def write(self, data: bytes | memoryview) -> None:
        """Append, in bytes."""
        try:
            self.stream.write(data)
        except OSError as error:
            raise explained(error, self.path) from error

    def rewrite(self, data: bytes, at: int) -> None:
        """Overwrite what stands at byte ``at``, then go on at the end."""
        try:
            self.stream.seek(at)
            self.stream.write(data)
            self.stream.seek(0, os.SEEK_END)
        except OSError as error:
            raise explained(error, self.path) from error

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
            raise explained(error, self.path) from error
        finally:
            self.discard()

    def discard(self) -> None:
        """Throw away what has not been kept. May be called at any time, also twice."""
        stream, self._stream = self._stream, None
        path, self._hidden = self._hidden, None
        if path is not None and sys.platform != "win32":
            with suppress(OSError):  # before closing, while the lock is still ours
                path.unlink()
        if stream is not None:
            with suppress(OSError):  # what could not be flushed is not wanted any more
                stream.close()
        if path is not None and sys.platform == "win32":
            with suppress(OSError):
                path.unlink()

    def _already_there(self) -> DiskError:
        return DiskError(f"{self.path} exists already.", "Choose another name, or say --force to replace it.")

    def _check_target(self) -> None:
        try:
            mode = self._target.lstat().st_mode
        except FileNotFoundError:
            if not self._target.parent.is_dir():
                raise
            return
        if stat.S_ISDIR(mode):
            raise DiskError(f"{self.path} is a folder.", "Give the file a name within it.")
        if not stat.S_ISREG(mode):
            raise DiskError(f"{self.path} is a device or the like, no file.", "Choose another name.")
        if not self._force:
            raise self._already_there()

    def _open(self) -> None:
        while self._stream is None:
            path = self._target.with_name(hidden.new_name(self._target))
            # O_BINARY is a flag of Windows
            flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
            self._hidden = path
            try:
                descriptor = os.open(path, flags, 0o666)
            except OSError:
                self._hidden = None
                raise
            stream = os.fdopen(descriptor, "wb", buffering=BUFFER_SIZE)
            if hidden.is_locked_by_us(descriptor, path):
                self._stream = stream
            else:  # another process is sweeping it away: it fell between opening and locking
                stream.close()
                self._hidden = None

    def _reserve(self) -> None:
        if self._size is None:
            return
        free = shutil.disk_usage(self._target.parent).free
        if free < self._size:
            raise DiskError(
                f"{self.path} needs {size_text(self._size)}, and {size_text(free)} are free there.",
                "Make room, or choose a folder on another disk.",
            )
        if self._size and hasattr(os, "posix_fallocate"):
            try:
                os.posix_fallocate(self.stream.fileno(), 0, self._size)
            except OSError as error:
                if error.errno not in NO_RESERVING:
                    raise

    def _flush(self) -> None:
        self.stream.flush()
        if sys.platform != "win32":
            # Network disks tell of a failed write when a descriptor is closed: close one and keep the lock.
            os.close(os.dup(self.stream.fileno()))
        if self._force:
            with suppress(OSError):
                shutil.copymode(self._target, self._hidden_now())
        if self._durable:
            _sync(self.stream.fileno())

    def _hidden_now(self) -> Path:
        if self._hidden is None:
            raise ValueError(f"{self.path} is not open")
        return self._hidden

    def _take_name(self) -> None:
        path = self._hidden_now()
        if sys.platform == "win32":
            self.stream.close()  # an open file cannot be renamed there
            if self._force:
                path.replace(self._target)
            else:
                path.rename(self._target)  # fails where the name is taken
        elif self._force:
            path.replace(self._target)
        else:
            try:
                os.link(path, self._target)
            except OSError as error:
                if error.errno not in NO_HARD_LINKS:
                    raise
                self._take_free_name(path)

    def _take_free_name(self, path: Path) -> None:
        """For file systems without hard links: the name is taken by an empty file first."""
        os.close(os.open(self._target, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
        try:
            path.replace(self._target)
        except BaseException:
            with suppress(OSError):
                self._target.unlink()
            raise


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
        if error.errno not in NO_SYNCING:
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
