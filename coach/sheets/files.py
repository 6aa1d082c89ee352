"""Read sheets from files: people's own, and those that come with coach."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from coach.errors import DiskError, UsageError
from coach.folders import own_sheets
from coach.language.file_kinds import kind_of_file
from coach.language.lines import title_of
from coach.language.names import Shelf
from coach.language.parser import parse
from coach.language.problems import Severity
from coach.regular_file import NotRegularFileError, read_beginning
from coach.sheets.sheet import Catalogue, Sheet

LONGEST_SHEET = 1_000_000
"""Bytes; a file beyond this is no sheet that a person wrote."""

_NAME_A_SHEET = "name a script sheet (.md)"


def read_sheet(path: Path) -> Sheet:
    """Read the sheet in a file, with all its problems.

    Raises
    ------
    UsageError
        If there is no such file, or one of another kind: a folder, a pipe, a document of a word processor.
    DiskError
        If the file cannot be read, or is too long to be a sheet.
    """
    return parsed(text_of(path), path)


def text_of(path: Path) -> str:
    """Return the text of the sheet in a file; raises what `read_sheet` does."""
    try:
        data = read_beginning(path, LONGEST_SHEET + 1)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError, NotRegularFileError) as error:
        raise UsageError(f"cannot read {path}: {error.strerror}", _NAME_A_SHEET) from error
    except ValueError as error:
        raise UsageError(f"cannot read {path}: {error}", _NAME_A_SHEET) from error
    except OSError as error:
        raise DiskError(f"cannot read {path}: {error.strerror}", _NAME_A_SHEET) from error
    if kind := kind_of_file(data):
        what, hint = kind
        raise UsageError(f"cannot read {path}: it is {what}, not plain text", hint)
    if len(data) > LONGEST_SHEET:
        raise DiskError(f"{path} is longer than {LONGEST_SHEET:,} bytes", _NAME_A_SHEET)
    return _decoded(data)


def parsed(text: str, path: Path) -> Sheet:
    """Return the sheet of a text as if it lay in the file ``path``, which is not read."""
    parsed = parse(text, path.stem)
    notes = tuple(problem for problem in parsed.problems if problem.severity is Severity.NOTE)
    problems = tuple(problem for problem in parsed.problems if problem.severity is not Severity.NOTE)
    return Sheet(path, text, parsed.draft, problems, notes=notes)


def _decoded(data: bytes) -> str:
    """Decode a text in UTF-8, UTF-16, or the Windows encoding that word processors call plain text."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if data[1:20:2] == b"\0" * 10:
        return data.decode("utf-16-le", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def is_coachs_own(sheet: Sheet) -> bool:
    """Tell whether a sheet is one that comes with coach, as a whole."""
    return not sheet.part and sheet.path in own_sheets()


class _OwnSheets(Mapping[str, Sheet]):
    """The sheets in some files, by the names of the files; each is read when it is first asked for."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self._paths = {path.stem: path for path in paths}
        self._read: dict[str, Sheet] = {}

    def __getitem__(self, name: str) -> Sheet:
        if name not in self._read:
            self._read[name] = read_sheet(self._paths[name])
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


@cache
def bundled() -> Catalogue:
    """The sheets that come with coach, by name: sessions first, then exercises."""
    return _OwnSheets(own_sheets())


@cache
def bundled_titles() -> Shelf:
    """The titles of the sheets that come with coach, by name. The rest of them is not read."""
    return MappingProxyType({path.stem: title_of(text_of(path)) for path in own_sheets()})
