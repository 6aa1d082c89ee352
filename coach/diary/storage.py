"""The files that coach keeps of its user: the diary, and the place of a session that was not finished."""

import json
import os
import stat
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from coach.diary.entries import Entry, Line, Page, as_json, as_line, read_page
from coach.errors import DiskError
from coach.folders import data_folder
from coach.regular_file import read_regular_file
from coach.text import counted
from coach.whole import WholeFile, disk_error, sync_folder

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

LOCK_WAIT_S = 5.0
"""Timeout for the lock: another coach holds it for milliseconds, unless it hangs."""

_LOCK_TRIES_EACH_S = 0.02
_MOST_BYTES = 2**26
"""Size limit of a diary: 64 MB hold a session a day for centuries; a longer file is not coach's."""

_FOLDER_IS_NAMED = "The environment variable COACH_DATA_DIR can name another folder."


class Diary:
    """The file `diary.jsonl` in a folder, with a line for each session; docs/diary.md describes it.

    Reading never fails, and changes no byte. Writing replaces the file by a whole new one that outlasts a
    power cut, and waits for another coach that is writing. A damaged file is kept under another name before
    the first writing; the new one has all of its lines that can be read. ``note`` then tells the user what is
    damaged.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = data_folder() if folder is None else Path(folder)
        self.path = self.folder / "diary.jsonl"
        self.note = ""

    def entries(self) -> tuple[Entry, ...]:
        """Read the sessions, in the order in which they were written."""
        page, what = self._read()
        if what:
            self.note = f"{self.path} is damaged: {what}. What can be read is used; nothing was changed."
        return page.entries

    def add(self, entry: Entry) -> None:
        """Append a session.

        Raises
        ------
        DiskError
            If it cannot be written; the diary is then what it was.
        """
        with self._writing() as lines:
            lines.append(as_line(entry))

    def amend(self, written: Entry, entry: Entry) -> None:
        """Replace the last line that is ``written`` by ``entry``; append it if there is none.

        Raises
        ------
        DiskError
            If it cannot be written; the diary is then what it was.
        """
        with self._writing() as lines:
            for i, line in reversed([*enumerate(lines)]):
                if as_json(line.entry) == as_json(written):
                    lines[i] = line.amended(entry)
                    return
            lines.append(as_line(entry))

    @contextmanager
    def _writing(self) -> Iterator[list[Line]]:
        """Lock the diary, yield its lines to be changed, and write them."""
        try:
            _make_folder(self.folder)
            with _locked(self.folder / "diary.lock"):
                page, what = self._read()
                lines = [*page.lines]
                yield lines
                if what:
                    self._keep_damaged(what, page)
                _write_durably(self.path, Page(tuple(lines)).as_bytes)
        except OSError as error:
            why = disk_error(error, self.path)
            raise DiskError(why.message, f"{why.hint} {_FOLDER_IS_NAMED}") from error
        except DiskError as error:
            raise DiskError(error.message, f"{error.hint} {_FOLDER_IS_NAMED}") from error

    def _read(self) -> tuple[Page, str]:
        """Read the file; the text tells what is wrong with it, "" if nothing is."""
        try:
            page = read_page(_content(self.path) or b"")
        except OSError as error:
            return Page(), error.strerror or str(error)
        more = f", and {len(page.damage) - 1} more" if len(page.damage) > 1 else ""
        return page, f"{page.damage[0]}{more}" if page.damage else ""

    def _keep_damaged(self, what: str, page: Page) -> None:
        kept = _put_aside(self.path, stays=bool(page.damage))
        many = counted(len(page.lines), "session")
        self.note = f"{self.path} was damaged: {what}. It is kept as {kept.name}; {many} could be read in it."


class KeptPlace:
    """The file `place.json` in a folder: where a session was left, as JSON values.

    `write` and `clear` return at once; a thread does the work, so that sound never waits for a disk. If
    values come faster than the disk takes them, only the newest is written. The file is whole at any moment,
    also after a kill. ``note`` tells the user what went wrong with the file.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = data_folder() if folder is None else Path(folder)
        self.path = self.folder / "place.json"
        self._changed = threading.Condition()
        self._wanted: bytes | None = None
        self._asked = 0
        self._done = 0
        self._thread: threading.Thread | None = None
        self._failure = ""
        self._damage = ""

    @property
    def note(self) -> str:
        """The last failure, such as a damaged file or a disk that cannot be written; "" for none."""
        return " ".join(filter(None, (self._damage, self._failure)))

    def write(self, place: Mapping[str, Any]) -> None:
        """Queue the place to be written, durably.

        Raises
        ------
        TypeError, ValueError
            For what is no JSON.
        """
        self._want(json.dumps(place, allow_nan=False).encode("ascii") + b"\n")

    def clear(self, timeout_s: float = LOCK_WAIT_S) -> bool:
        """Remove the place, and wait until it is removed. False if that fails or takes longer."""
        self._want(None)
        return self.flush(timeout_s)

    def flush(self, timeout_s: float = LOCK_WAIT_S) -> bool:
        """Wait until the queued work is done. False if it fails or takes longer."""
        with self._changed:
            asked = self._asked
            return self._changed.wait_for(lambda: self._done >= asked, timeout_s) and not self._failure

    def read(self) -> dict[str, Any] | None:
        """Read the place that was written last; None if there is none.

        A file that holds no place is put aside under another name, and counts as none.
        """
        self.flush()
        try:
            data = _content(self.path)
            if data is None:
                return None
            place = json.loads(data.decode("utf-8"))
            if isinstance(place, dict):
                return place
            why = "it holds no place"
        except OSError as error:
            why = error.strerror or str(error)
        except (ValueError, RecursionError):
            why = "it is cut off or is no JSON"
        try:
            kept = f"It is kept as {_put_aside(self.path).name}."
        except OSError as error:
            kept = f"It stays there: {error.strerror or error}."
        self._damage = f"{self.path} is damaged: {why}. {kept}"
        return None

    def _want(self, data: bytes | None) -> None:
        with self._changed:
            self._wanted = data
            self._asked += 1
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="coach place", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._done < self._asked)
                number, data = self._asked, self._wanted
            failure = self._put(data)
            with self._changed:
                self._done, self._failure = number, failure
                self._changed.notify_all()

    def _put(self, data: bytes | None) -> str:
        """Write the file, or remove it for None; return what went wrong, or ""."""
        try:
            if self.path.exists() and not self.path.is_file():
                _put_aside(self.path)
            if data is None:
                self.path.unlink(missing_ok=True)
                sync_folder(self.folder)
            else:
                _make_folder(self.folder)
                _write_durably(self.path, data)
        except OSError as error:
            return disk_error(error, self.path).message
        except DiskError as error:
            return error.message
        return ""


def _make_folder(folder: Path) -> None:
    """Make the folder if there is none; only its user may enter it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except FileExistsError as error:
        raise DiskError(f"{folder} is no folder.", "Move it away, or give it another name.") from error


def _write_durably(path: Path, data: bytes) -> None:
    with WholeFile(path, force=True, durable=True, private=True) as file:
        file.write(data)
        file.keep()


def _content(path: Path) -> bytes | None:
    """Read a file, and take the rights of others away from it; None if there is none.

    Raises
    ------
    OSError
        If they cannot be read.
    """
    try:
        data = read_regular_file(path, _MOST_BYTES)
    except IsADirectoryError:
        raise OSError("it is a folder") from None
    except (FileNotFoundError, NotADirectoryError):
        return None
    _take_from_others(path)
    return data


def _take_from_others(path: Path) -> None:
    """Take away the rights of everybody but the owner, if the file is ours."""
    if sys.platform != "win32":
        with suppress(OSError):
            mode = path.stat().st_mode
            if stat.S_ISREG(mode) and stat.S_IMODE(mode) & ~stat.S_IRWXU:
                path.chmod(stat.S_IMODE(mode) & stat.S_IRWXU)


def _put_aside(path: Path, *, stays: bool = False) -> Path:
    """Rename a damaged file, and return its new name; with ``stays``, copy it and leave the original.

    The original is replaced later, so that nothing is lost in between.
    """
    for number in count(1):
        which = "" if number == 1 else f"-{number}"
        aside = path.with_name(f"{path.stem}.damaged-{_today()}{which}{path.suffix}")
        if not os.path.lexists(aside):
            break
    if stays:
        with WholeFile(aside, durable=True, private=True) as file:
            file.write(_content(path) or b"")
            file.keep()
    else:
        path.rename(aside)
        _take_from_others(aside)
        sync_folder(path.parent)
    return aside


def _today() -> str:
    return datetime.now(tz=UTC).astimezone().date().isoformat()


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock between processes on ``path``; the system frees it if the process dies."""
    at_once = getattr(os, "O_NONBLOCK", 0)  # a pipe of this name is not waited for
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | at_once, 0o600)
    except PermissionError:
        if not path.exists():
            raise
        descriptor = os.open(path, os.O_RDONLY | at_once)  # somebody else's: it can be locked all the same
    try:
        _take_from_others(path)
        until = time.monotonic() + LOCK_WAIT_S
        while not _is_locked(descriptor):
            if time.monotonic() > until:
                raise DiskError(
                    f"{path} is locked: another coach has been writing for {LOCK_WAIT_S:g} seconds.",
                    "Close the other coach.",
                )
            time.sleep(_LOCK_TRIES_EACH_S)
        yield
    finally:
        os.close(descriptor)


def _is_locked(descriptor: int) -> bool:
    """Try to lock an open file; True also if the file system has no locks."""
    if sys.platform == "win32":
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
    else:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True
    return True
