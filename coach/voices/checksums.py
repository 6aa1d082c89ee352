"""Checksums of large files, cached for as long as the files stay as they are."""

import hashlib
from pathlib import Path

from coach.disk_cache import DiskCache, key
from coach.errors import DiskError

_AT_ONCE_BYTES = 1 << 20


def sha256_of(*parts: Path, cache: DiskCache | None = None) -> str:
    """Compute the SHA-256 of a file, or of several as one, in hexadecimal, or read it from the cache.

    The cached one is used as long as each path, size and time of change are the same.

    Raises
    ------
    DiskError
        If a file cannot be read.
    """
    cache = DiskCache() if cache is None else cache
    about: list[str | int] = []
    sum_of_all = hashlib.sha256()
    path = Path()
    try:
        for path in parts:
            status = path.stat()
            about += [str(path), status.st_size, status.st_mtime_ns]
        digest = key("sha256", *about)
        if cached := cache.read(digest):
            return cached[1].hex()
        for path in parts:
            with path.open("rb") as file:
                while block := file.read(_AT_ONCE_BYTES):
                    sum_of_all.update(block)
    except OSError as why:
        raise DiskError(f"{path} cannot be read ({why.strerror or why}).") from why
    cache.write(digest, sum_of_all.digest())
    return sum_of_all.hexdigest()
