"""Checksums of large files, computed once and remembered for as long as the file stays as it is."""

import contextlib
import hashlib
import json
import os
from pathlib import Path
from typing import Any

from coach.errors import DiskError
from coach.folders import clips_folder

_MOST_FILES = 100


def sums_path() -> Path:
    """Where they are remembered: beside the folder of kept clips."""
    return clips_folder().parent / "voice-files.json"


def sha256_of(path: Path, memory: Path | None = None) -> str:
    """The SHA-256 of a file, in hexadecimal; read anew only if its path, size or time of change is new.

    ``memory`` is the file to remember in. Where it cannot be read or written, nothing is remembered.

    Raises
    ------
    DiskError
        If the file cannot be read.
    """
    memory = sums_path() if memory is None else memory
    try:
        about = path.stat()
        now = [about.st_size, about.st_mtime_ns]
        known = _remembered(memory)
        entry = known.pop(str(path), None)
        if isinstance(entry, list) and entry[:2] == now and len(entry) == 3 and isinstance(entry[2], str):
            return entry[2]
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as why:
        raise DiskError(f"{path} cannot be read ({why.strerror or why}).") from why
    _remember(memory, known | {str(path): [*now, found]})
    return found


def _remembered(memory: Path) -> dict[str, Any]:
    with contextlib.suppress(OSError, ValueError):
        known = json.loads(memory.read_text("utf-8"))
        if isinstance(known, dict):
            return known
    return {}


def _remember(memory: Path, known: dict[str, Any]) -> None:
    part = memory.with_name(f"{memory.name}-{os.getpid()}.part")
    with contextlib.suppress(OSError):
        memory.parent.mkdir(parents=True, exist_ok=True)
        try:
            part.write_text(json.dumps(dict(list(known.items())[-_MOST_FILES:]), indent=1), "utf-8")
            part.replace(memory)
        finally:
            part.unlink(missing_ok=True)
