"""Reading of small files that people name or leave lying about: regular files only, and never without end.

Opening a pipe waits for somebody to write into it, a device may never end, and files such as those below
``/proc`` have no length until they are read.
"""

import errno
import os
import stat
from pathlib import Path

_KINDS = (
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
_BLOCK_BYTES = 1 << 16


class NotRegularFileError(OSError):
    """The path leads to a pipe, a socket or a device; ``strerror`` says to which."""


def read_regular_file(path: Path, most_bytes: int) -> bytes:
    """Read a whole file of at most so many bytes, without waiting for anything but a disk.

    Raises
    ------
    NotRegularFileError
        If there is a pipe, a socket or a device.
    IsADirectoryError
        If there is a folder.
    OSError
        If the file cannot be read; with ``errno.EFBIG`` if it is longer. ``strerror`` is always a text.
    ValueError
        If the path has a NUL in it.
    """
    data = read_beginning(path, most_bytes + 1)
    if len(data) > most_bytes:
        raise OSError(errno.EFBIG, f"longer than {most_bytes:,} bytes", str(path))
    return data


def read_beginning(path: Path, most_bytes: int) -> bytes:
    """Read so many bytes of a file, or all if there are fewer; raise as `read_regular_file` does."""
    _refuse_others(path.stat(), path)  # first: opening a device may do something to it
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags)
    try:
        _refuse_others(os.fstat(descriptor), path)
        data = b""
        while len(data) < most_bytes and (block := os.read(descriptor, _BLOCK_BYTES)):
            data += block
    finally:
        os.close(descriptor)
    return data[:most_bytes]


def _refuse_others(status: os.stat_result, path: Path) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    for is_kind, kind in _KINDS:
        if is_kind(status.st_mode):
            raise NotRegularFileError(errno.EINVAL, f"it is {kind}, not a file", str(path))
