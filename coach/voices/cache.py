"""Clips kept on disk, so that a prompt is spoken once and then read for ever after."""

import contextlib
import hashlib
import os
import struct
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from coach.folders import clips_folder
from coach.session.timeline import Frames
from coach.sound.clip import Clip

LIMIT_BYTES = 512 << 20
"""An hour and a half of speech: some twenty sessions in two voices."""

_FORMAT = 1
_HEAD = struct.Struct("<8sH32sIII")
"""Magic, format, key, onset, frames, and the CRC-32 of all that goes before and of the samples after it."""
_MAGIC = b"coachcl\n"
_SUFFIX = ".clip"
_PART_SUFFIX = ".part"
_PART_LIVES_S = 3_600.0
"""A file being written is done in a moment: one this old was left by a process that was killed."""
_TOUCH_AFTER_S = 86_400.0
"""A clip's time of last use is set at most once a day: reading a session writes nothing."""
_ROOM_LEFT = 0.9
"""What is left of the limit after old clips had to go, so that they do not have to with each new one."""


def key(*parts: str | int) -> bytes:
    """A digest of 32 bytes that differs where any of ``parts`` does.

    >>> key("ab", "c") == key("a", "bc")
    False
    """
    digest = hashlib.sha256()
    for part in parts:
        said = str(part).encode("utf-8", "backslashreplace")
        digest.update(len(said).to_bytes(8, "little"))
        digest.update(said)
    return digest.digest()


class ClipCache:
    """A folder of clips, one file each, found by key.

    A file is trusted only if its length, its key and its checksum are right: anything else counts as
    missing, and the next clip of that key replaces it. It is written beside its place and renamed into it,
    so two processes may keep the same clip at once and a reader sees a whole one or none. A folder that
    cannot be read or written is no failure: ``note`` then says, once, what is the matter ("" if nothing).
    """

    def __init__(self, folder: Path | None = None, limit_bytes: int = LIMIT_BYTES) -> None:
        self.folder = clips_folder() if folder is None else Path(folder)
        self.limit_bytes = limit_bytes
        self.note = ""
        self._folder = os.fspath(self.folder)
        self._now = time.time()
        self._wrote = False

    def _path(self, digest: bytes) -> str:
        return f"{self._folder}{os.sep}{digest.hex()}{_SUFFIX}"

    def get(self, digest: bytes) -> Clip | None:
        """The clip kept under ``digest``; None if there is none, or none that can be trusted."""
        path = self._path(digest)
        try:
            with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - Path.open takes three times as long
                about = os.fstat(file.fileno())
                if about.st_size > self.limit_bytes:
                    return None
                data = file.read(about.st_size)
        except OSError:
            return None
        clip = _clip(digest, data)
        if clip is not None and self._now - about.st_mtime > _TOUCH_AFTER_S:
            with contextlib.suppress(OSError):
                os.utime(path)
        return clip

    def keep(self, digest: bytes, clip: Clip) -> None:
        """Keep ``clip`` under ``digest``; where the disk refuses, say so in ``note`` and try no more."""
        if self.note:
            return
        part = f"{self._folder}{os.sep}{digest.hex()[:16]}-{os.getpid()}-{os.urandom(4).hex()}{_PART_SUFFIX}"
        try:
            self._write(part, digest, clip)
        except OSError as why:
            self.note = (
                f"Prompts cannot be kept in {self._folder} ({why.strerror or why}): they are spoken anew."
            )
        finally:
            with contextlib.suppress(OSError):
                os.unlink(part)  # noqa: PTH108 - gone already when it was renamed; left by an error or Ctrl-C

    def _write(self, part: str, digest: bytes, clip: Clip) -> None:
        samples = np.ascontiguousarray(clip.samples, dtype="<i2")
        if not self._wrote:
            os.makedirs(self._folder, exist_ok=True)  # noqa: PTH103
            self._wrote = True
        to = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o644)
        with open(to, "wb", buffering=0) as file:  # noqa: PTH123 - a descriptor
            for piece in (_head(digest, clip.onset, samples), samples.data.cast("B")):
                rest = memoryview(piece)
                while rest:
                    rest = rest[file.write(rest) :]
        os.replace(part, self._path(digest))  # noqa: PTH105

    def tidy(self) -> None:
        """Let the clips go that were not used for longest, down to the limit, and what killed writers left.

        Looks through the folder, so it is done only after something new was kept.
        """
        if not self._wrote:
            return
        self._wrote = False
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
        """Last use, size and path of every clip; parts left behind are removed on the way."""
        with contextlib.suppress(OSError), os.scandir(self._folder) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    about = entry.stat(follow_symlinks=False)
                    if entry.name.endswith(_SUFFIX):
                        yield about.st_mtime, about.st_size, entry.path
                    elif entry.name.endswith(_PART_SUFFIX) and self._now - about.st_mtime > _PART_LIVES_S:
                        os.unlink(entry.path)  # noqa: PTH108


def _head(digest: bytes, onset: int, samples: np.ndarray) -> bytes:
    frames = samples.shape[0]
    bare = _HEAD.pack(_MAGIC, _FORMAT, digest, onset, frames, 0)[:-4]
    return bare + zlib.crc32(samples.data, zlib.crc32(bare)).to_bytes(4, "little")


def _clip(digest: bytes, data: bytes) -> Clip | None:
    """The clip that ``data`` holds, if it is whole, undamaged and the one of ``digest``."""
    if len(data) <= _HEAD.size:
        return None
    magic, form, found, onset, frames, checksum = _HEAD.unpack_from(data)
    if (magic, form, found) != (_MAGIC, _FORMAT, digest) or len(data) != _HEAD.size + 2 * frames:
        return None
    view = memoryview(data)
    if zlib.crc32(view[_HEAD.size :], zlib.crc32(view[: _HEAD.size - 4])) != checksum or onset >= frames:
        return None
    return Clip(np.frombuffer(data, dtype="<i2", offset=_HEAD.size), Frames(onset))
