"""The file that is served: opened once and read from that descriptor, whatever becomes of its name."""

import os
import re
import stat
import threading
from pathlib import Path
from unicodedata import normalize
from urllib.parse import quote

from coach.errors import DiskError, UsageError
from coach.text import printable_line

PAGE = ".html"
TYPES = {
    ".wav": "audio/wav", ".flac": "audio/flac", ".ogg": "audio/ogg", ".opus": "audio/ogg",
    ".mp3": "audio/mpeg", ".m4a": "audio/mp4", PAGE: "text/html; charset=utf-8",
    ".png": "image/png", ".svg": "image/svg+xml", ".lrc": "text/plain; charset=utf-8",
    ".vtt": "text/vtt; charset=utf-8",
}  # fmt: skip
"""The media types of the files that coach makes, by their endings. Opus files are Ogg files (RFC 7845)."""


class ServedFile:
    """An open file that several threads may read.

    Raises
    ------
    UsageError
        If it is of no type that coach makes, no regular file, or empty.
    DiskError
        If it cannot be opened or read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = printable_line(path.name)
        self.ending = path.suffix.lower()
        self._turn = threading.Lock()
        try:
            if path.is_dir():
                raise UsageError(f"{path} is a folder", "coach sends one file; name one in it")
            if self.ending not in TYPES:
                raise UsageError(f"{path} is nothing that coach makes", f"it sends {', '.join(TYPES)}")
            # whoever opens a pipe without O_NONBLOCK waits for its other end
            flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
            self._descriptor = os.open(path, flags)
        except (OSError, ValueError) as error:
            raise _unreadable(path, error) from error
        self._first_seen = os.fstat(self._descriptor)
        if not stat.S_ISREG(self._first_seen.st_mode):
            self.close()
            raise UsageError(f"{path} is a device or the like, no file", "name a file")
        if self.size == 0:
            self.close()
            raise UsageError(f"{path} is empty", "export it anew")

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)

    @property
    def size(self) -> int:
        """The size in bytes when it was opened."""
        return self._first_seen.st_size

    @property
    def content_type(self) -> str:
        """The ``Content-Type``."""
        return TYPES[self.ending]

    @property
    def is_page(self) -> bool:
        """True if a browser is to display the file rather than store it."""
        return self.ending == PAGE

    @property
    def plain_name(self) -> str:
        """The name in ASCII letters that need no quoting in a header or an address.

        >>> plain = ServedFile.__new__(ServedFile)
        >>> plain.name, plain.ending = "Übung für's Knie 🏋.m4a", ".m4a"
        >>> plain.plain_name
        'Ubung-fur-s-Knie.m4a'
        """
        stem = normalize("NFKD", self.name[: len(self.name) - len(self.ending)])
        stem = re.sub(r"[\u0300-\u036f]", "", stem)
        return (re.sub(r"[^A-Za-z0-9]+", "-", stem).strip("-")[:80].strip("-") or "session") + self.ending

    @property
    def disposition(self) -> str:
        """The ``Content-Disposition`` (RFC 6266): show or store it, and its name."""
        how = "inline" if self.is_page else "attachment"
        return f"{how}; filename=\"{self.plain_name}\"; filename*=UTF-8''{quote(self.name, safe='')}"

    def read(self, start: int, most: int) -> bytes:
        """Read up to ``most`` bytes from ``start``.

        Raises
        ------
        DiskError
            If they cannot be read, or the file is not what it was when it was opened.
        """
        try:
            with self._turn:
                os.lseek(self._descriptor, start, os.SEEK_SET)
                data = os.read(self._descriptor, most)
        except OSError as error:
            raise _unreadable(self.path, error) from error
        self.check()  # after reading: what was read before a change is still good
        if not data:
            raise self._changed()
        return data

    def check(self) -> None:
        """Make sure that nobody wrote to it since it was opened.

        Raises
        ------
        DiskError
            If somebody did. Another file under its name is no change: this one is still open.
        """
        seen = os.fstat(self._descriptor)
        if (seen.st_size, seen.st_mtime_ns) != (self._first_seen.st_size, self._first_seen.st_mtime_ns):
            raise self._changed()

    def _changed(self) -> DiskError:
        return DiskError(f"{self.path} was changed while it was being sent", "send it again")


def _unreadable(path: Path, error: OSError | ValueError) -> DiskError:
    if isinstance(error, FileNotFoundError):
        return DiskError(f"there is no file {path}", "`coach export -o FILE` makes one")
    what = error.strerror if isinstance(error, OSError) and error.strerror else error
    return DiskError(f"{path} cannot be read: {what}", "")
