"""Checksums of large files, cached for as long as the file stays as it is."""

import hashlib
from pathlib import Path

from coach.disk_cache import DiskCache, key
from coach.errors import DiskError


def sha256_of(path: Path, cache: DiskCache | None = None) -> str:
    """Compute the SHA-256 of a file, in hexadecimal, or read it from the cache.

    The cached one is used as long as the file's path, size and time of change are the same.

    Raises
    ------
    DiskError
        If the file cannot be read.
    """
    cache = DiskCache() if cache is None else cache
    try:
        about = path.stat()
        digest = key("sha256", str(path), about.st_size, about.st_mtime_ns)
        if cached := cache.read(digest):
            return cached[1].hex()
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256")
    except OSError as why:
        raise DiskError(f"{path} cannot be read ({why.strerror or why}).") from why
    cache.write(digest, found.digest())
    return found.hexdigest()
