"""What is being made, under a hidden name of its own until it is whole; and what killed processes left of it.

A process holds a lock of the system's on what it makes, which ends with the process: so the next one with the
same target tells what is dead from what is living, and removes it. Windows has no such lock. There an open
file cannot be removed, and of a folder nobody can tell: those are left.
"""

import hashlib
import os
import secrets
import shutil
import sys
from contextlib import suppress
from pathlib import Path

if sys.platform != "win32":
    import fcntl

_ENDING = ".part"


def new_name(target: Path) -> str:
    """A hidden name, which nobody else takes: short where the target's is as long as names may be."""
    return f"{_beginning(target)}{secrets.token_hex(4)}{_ENDING}"


def is_for(path: Path, target: Path) -> bool:
    """Whether a name is a hidden one of this target."""
    return path.name.startswith(_beginning(target)) and path.name.endswith(_ENDING)


def is_locked_by_us(descriptor: int, path: Path) -> bool:
    """Lock an open file or folder. False where another process was faster, or has removed it."""
    if sys.platform == "win32":
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks: nobody can sweep there either
        return True
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def sweep(folder: Path, target: Path) -> None:
    """Remove what killed processes left of a target in a folder."""
    with suppress(OSError):  # a folder may be closed to reading and open to writing
        for left in [each for each in folder.iterdir() if is_for(each, target)]:
            with suppress(OSError):
                _remove_if_dead(left)


def open_folder(path: Path) -> int:
    """A descriptor of a folder, to lock it by; not on Windows.

    Raises
    ------
    OSError
        If it is gone, or no folder.
    """
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)


def _beginning(target: Path) -> str:
    return f".coach-{hashlib.sha256(os.fsencode(target.name)).hexdigest()[:12]}-"


def _remove_if_dead(path: Path) -> None:
    """Remove what no living process holds; OSError where one does."""
    is_folder = path.is_dir()
    if sys.platform == "win32":
        if not is_folder:
            path.unlink()
        return
    descriptor = open_folder(path) if is_folder else os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if is_folder:
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink()
    finally:
        os.close(descriptor)
