"""A folder of small files found by key: spoken clips, checksums of voice files, measurements of music.

One format and one policy for all of them. An entry is written beside its place and renamed into it, so that
two processes may write the same one at once and a reader finds a whole one or none. It is trusted only if its
length, key and checksum are right and nobody else can have written it; anything else counts as missing, and
the next entry of that key replaces it.
"""

import contextlib
import hashlib
import os
import struct
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

from coach.folders import clips_folder

LIMIT_BYTES = 512 << 20
"""An hour and a half of speech: some twenty sessions in two voices."""

_FORMAT = 1
_HEAD = struct.Struct("<8sH32s8sI")
"""Magic, format, key, the entry's numbers, and the CRC-32 of what is before it and of the data after it."""
_MAGIC = b"coachcl\n"
_SUFFIX = ".clip"
_PART_SUFFIX = ".part"
_PART_LIVES_S = 3_600.0
"""A file being written is done in a moment: one this old was left by a process that was killed."""
_TOUCH_AFTER_S = 86_400.0
"""An entry's time of last use is set at most once a day: reading a session writes nothing."""
_ROOM_LEFT = 0.9
"""Share of the limit to shrink to when old entries are evicted, so that not every new entry evicts again."""
_WRITABLE_BY_OTHERS = 0o022


def key(*parts: str | int) -> bytes:
    """Make a digest of 32 bytes that differs where any of ``parts`` does.

    >>> key("ab", "c") == key("a", "bc")
    False
    """
    digest = hashlib.sha256()
    for part in parts:
        said = str(part).encode("utf-8", "backslashreplace")
        digest.update(len(said).to_bytes(8, "little"))
        digest.update(said)
    return digest.digest()


class DiskCache:
    """A folder of entries, one file each; without a ``folder``, the one of `coach.folders.clips_folder`.

    A folder that cannot be read or written is no failure: ``note`` then says so, once ("" if all is well).
    It also says if entries were left unused because another user wrote them, or may have.
    """

    def __init__(self, folder: Path | None = None, limit_bytes: int = LIMIT_BYTES) -> None:
        self.folder = clips_folder() if folder is None else Path(folder)
        self.limit_bytes = limit_bytes
        self.note = ""
        self._folder = os.fspath(self.folder)
        self._now = time.time()
        self._has_written = False
        self._is_refused = False

    def _path(self, digest: bytes) -> str:
        return f"{self._folder}{os.sep}{digest.hex()}{_SUFFIX}"

    def has(self, digest: bytes) -> bool:
        """Tell whether there is an entry of a key, which `read` may still not trust."""
        return os.path.exists(self._path(digest))  # noqa: PTH110 - a string, as everywhere here

    def read(self, digest: bytes) -> tuple[bytes, memoryview] | None:
        """Read the numbers and the data of an entry; None if there is none that can be trusted."""
        path = self._path(digest)
        try:
            with open(path, "rb", buffering=0, opener=_open_at_once) as file:
                about = os.fstat(file.fileno())
                if about.st_size > self.limit_bytes or not self._is_ours(about):
                    return None
                data = file.read(about.st_size)
        except OSError:
            return None
        entry = _entry(digest, data)
        if entry is not None and self._now - about.st_mtime > _TOUCH_AFTER_S:
            with contextlib.suppress(OSError):
                os.utime(path)
        return entry

    def _is_ours(self, about: os.stat_result) -> bool:
        """Tell whether only this user can have written the open file, whoever owns its folder."""
        if not hasattr(os, "geteuid"):
            return True
        is_ours = about.st_uid == os.geteuid() and not about.st_mode & _WRITABLE_BY_OTHERS
        if not is_ours and not self.note:
            self.note = (
                f"Some files in {self._folder} belong to another user, or others may change them: "
                "they are not used, and their prompts are spoken anew."
            )
        return is_ours

    def write(self, digest: bytes, data: bytes | memoryview, numbers: bytes = bytes(8)) -> None:
        """Write an entry: ``data``, and 8 bytes of ``numbers`` about it.

        Where the disk refuses, ``note`` says so, and no more is written.
        """
        if self._is_refused:
            return
        part = f"{self._folder}{os.sep}{digest.hex()[:16]}-{os.getpid()}-{os.urandom(4).hex()}{_PART_SUFFIX}"
        try:
            self._write(part, _head(digest, data, numbers), data, self._path(digest))
        except OSError as why:
            self._is_refused = True
            self.note = self.note or (
                f"Prompts cannot be kept in {self._folder} ({why.strerror or why}): they are spoken anew."
            )
        finally:
            with contextlib.suppress(OSError):
                os.unlink(part)  # noqa: PTH108 - gone already when it was renamed; left by an error or Ctrl-C

    def _write(self, part: str, head: bytes, data: bytes | memoryview, path: str) -> None:
        if not self._has_written:
            os.makedirs(self._folder, exist_ok=True)  # noqa: PTH103
            self._has_written = True
        to = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with open(to, "wb") as file:  # noqa: PTH123 - a descriptor
            file.writelines((head, data))
        os.replace(part, path)  # noqa: PTH105

    def tidy(self) -> None:
        """Remove the entries not used for longest, down to the limit, and what killed writers left.

        It looks through the folder, so it does so only after something new was written.
        """
        if not self._has_written:
            return
        self._has_written = False
        files = sorted(self._files())
        total = sum(size for _, size, _ in files)
        if total <= self.limit_bytes:
            return
        for _, size, path in files:
            if total <= self.limit_bytes * _ROOM_LEFT:
                return
            with contextlib.suppress(OSError):
                os.unlink(path)  # noqa: PTH108
                total -= size

    def _files(self) -> Iterator[tuple[float, int, str]]:
        """Give last use, size and path of every entry; remove parts left behind on the way."""
        with contextlib.suppress(OSError), os.scandir(self._folder) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    about = entry.stat(follow_symlinks=False)
                    if entry.name.endswith(_SUFFIX):
                        yield about.st_mtime, about.st_size, entry.path
                    elif entry.name.endswith(_PART_SUFFIX) and self._now - about.st_mtime > _PART_LIVES_S:
                        os.unlink(entry.path)  # noqa: PTH108


def _open_at_once(path: str, flags: int) -> int:
    """Open without waiting for the other end, where somebody has put a pipe in the entry's place."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _head(digest: bytes, data: bytes | memoryview, numbers: bytes) -> bytes:
    bare = _HEAD.pack(_MAGIC, _FORMAT, digest, numbers, 0)[:-4]
    return bare + zlib.crc32(data, zlib.crc32(bare)).to_bytes(4, "little")


def _entry(digest: bytes, data: bytes) -> tuple[bytes, memoryview] | None:
    """The numbers and the data in a file's bytes, if they are undamaged and those of ``digest``."""
    head, rest = data[: _HEAD.size], memoryview(data)[_HEAD.size :]
    numbers = head[-12:-4]
    return (numbers, rest) if head == _head(digest, rest, numbers) else None
