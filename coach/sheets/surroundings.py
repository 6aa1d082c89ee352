"""The places where the exercises that a session names are looked for."""

import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType

from coach.errors import CoachError
from coach.folders import scripts_folder
from coach.language.lines import title_of
from coach.language.model import Script
from coach.language.names import ENDING, Shelf
from coach.sheets.files import bundled, bundled_titles, read_sheet, text_of
from coach.sheets.sheet import Catalogue, Sheet, titles

PARTS, COACHS_OWN = 0, 3
"""The numbers of two shelves: the session's own parts, and the sheets that come with coach."""

DEEPEST = 2
MOST_FOLDERS = 300
"""Folders below a session in which exercises are found by their names alone; a path leads anywhere."""


class Surroundings:
    """The sheets that a session in a file may name: a shelf for each place, the author's own first.

    The shelves are its own ``parts``, the sheets beside it, those around it (in folders below, in the folder
    above), and coach's own. A shelf is read when it is first asked for. Keys of the author's own are paths
    relative to the folder of the session, as the session may write them.
    """

    def __init__(self, path: Path, parts: Catalogue = MappingProxyType({})) -> None:
        self._parts = parts
        real = path.resolve().parent
        self._folder = _as_given(real, path.parent)
        self._above = _as_given(real.parent, path.parent.parent, self._folder / "..")
        self._is_coachs_own = scripts_folder().resolve() in {real, real.parent}
        self._read: list[dict[str, str]] = []
        self._sheets: dict[str, Sheet] = {}

    def shelves(self) -> Iterator[Shelf]:
        """Yield the titles of the sheets on each shelf, by key."""
        places = (self._within, self._beside, self._around, self._coachs_own)
        if self._is_coachs_own:
            places = (self._within, _nowhere, _nowhere, self._coachs_own)
        for number, place in enumerate(places):
            if number == len(self._read):
                self._read.append({key: title for key, title in place() if key not in self._seen()})
            yield self._read[number]

    def sheet(self, shelf: int, key: str) -> "Sheet":
        """Return the sheet of a key on a shelf."""
        if shelf == PARTS:
            return self._parts[key]
        if shelf == COACHS_OWN:
            return bundled()[key]
        if key not in self._sheets:
            self._sheets[key] = read_sheet(self._path(key))
        return self._sheets[key]

    def is_exercise(self, shelf: int, key: str) -> bool:
        """Tell whether the sheet of a key can be read as an exercise."""
        try:
            return isinstance(self.sheet(shelf, key).draft, Script)
        except CoachError:
            return False

    def file(self, written: str) -> Path | None:
        """Return the file that a path in a session means; its ending may be missing."""
        path = Path(written.replace("\\", "/")).expanduser()
        for name in (path, path.with_name(f"{path.name}{ENDING}")) if path.name else ():
            here = self._folder / name
            if here.is_file():
                return here
            wanted = _composed(name.name)
            there = [each for each in _files_in(here.parent) if _composed(each.name) == wanted]
            if there:
                return there[0]
        return None

    def _path(self, key: str) -> Path:
        return self._above / key[3:] if key.startswith("../") else self._folder / key

    def _seen(self) -> set[str]:
        return {key for shelf in self._read for key in shelf}

    def _within(self) -> Iterator[tuple[str, str]]:
        return iter(titles(self._parts).items())

    def _beside(self) -> Iterator[tuple[str, str]]:
        return titles_in(self._folder)

    def _around(self) -> Iterator[tuple[str, str]]:
        for folder in _folders_below(self._folder):
            yield from titles_in(self._folder / folder, f"{folder.as_posix()}/")
        yield from titles_in(self._above, "../")

    def _coachs_own(self) -> Iterator[tuple[str, str]]:
        return iter(bundled_titles().items())


def _nowhere() -> Iterator[tuple[str, str]]:
    yield from ()


def is_path(name: str) -> bool:
    """Tell whether a name that somebody wrote leads through a folder."""
    return "/" in name or "\\" in name


def _folders_below(folder: Path) -> Iterator[Path]:
    """Yield the folders within a folder, relative to it, the nearest first; hidden ones are left out."""
    found, level = 0, [Path()]
    for _ in range(DEEPEST):
        level = [
            above / each.name
            for above in level
            for each in _entries(folder / above)
            if each.is_dir() and not each.name.startswith(".")
        ][: MOST_FOLDERS - found]
        found += len(level)
        yield from level


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _files_in(folder: Path) -> list[Path]:
    return [path for path in _entries(folder) if path.is_file()]


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def sheet_files(folder: Path) -> list[Path]:
    """List the files in a folder that have the ending of a sheet."""
    return [path for path in _files_in(folder) if path.suffix == ENDING]


def titles_in(folder: Path, before: str = "") -> Iterator[tuple[str, str]]:
    """Yield the file names of the sheets in a folder, behind a path to it, with their titles."""
    for path in sheet_files(folder):
        with suppress(CoachError):
            yield f"{before}{path.name}", title_of(text_of(path))


def _as_given(folder: Path, *names: Path) -> Path:
    """The first of these names that leads to a folder, or its absolute path: a link may lead elsewhere."""
    return next((name for name in names if name.resolve() == folder), folder)
