"""Script sheets on disk: those that come with coach, and the listener's own beside them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from coach.assets import scripts_folder
from coach.core.parsing import parse
from coach.core.problems import Problem, Severity, explain
from coach.core.resolving import find, resolve
from coach.core.script import Reference, Script, Session
from coach.errors import DiskError, ScriptError, UsageError

DEFAULT = "inner-knee"
"""What is played or exported when nothing is named."""

LONGEST_SHEET = 1_000_000
"""Bytes; a file beyond this is no sheet that a person wrote."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A script file as read: where it lies, its text, what it says, and what is wrong with it."""

    path: Path
    text: str
    value: Script | Session | None
    problems: tuple[Problem, ...]

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return self.path.stem

    def explain(self) -> str:
        """Every problem of the sheet, as its author reads it."""
        return "\n".join(explain(problem, str(self.path), self.text) for problem in self.problems)


Catalogue = Mapping[str, Sheet]
"""Sheets by name."""


def read_sheet(path: Path) -> Sheet:
    """The sheet in a file, with all its problems.

    Raises
    ------
    DiskError
        If the file cannot be read, or is too long to be a sheet.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LONGEST_SHEET + 1)
    except OSError as error:
        raise DiskError(f"cannot read {path}: {error.strerror}", "name a script sheet (.md)") from error
    if len(data) > LONGEST_SHEET:
        raise DiskError(f"{path} is longer than {LONGEST_SHEET:,} bytes", "name a script sheet (.md)")
    text = _decoded(data)
    parsed = parse(text, path.stem)
    return Sheet(path, text, parsed.value, parsed.problems)


def _decoded(data: bytes) -> str:
    """Text as its author saved it: UTF-8, UTF-16 with its mark, or what Word calls plain text."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def bundled() -> dict[str, Sheet]:
    """The sheets that come with coach, sessions first, then exercises, by name."""
    folder = scripts_folder()
    return dict(_sheets_in(folder / "sessions")) | dict(_sheets_in(folder))


def catalogue_for(path: Path) -> dict[str, Sheet]:
    """What a sheet in a file may refer to: the sheets beside it, above it or below it, then coach's own."""
    folder = path.resolve().parent
    above = folder.parent if folder.name == "sessions" else folder / "sessions"
    return bundled() | dict(_sheets_in(above)) | dict(_sheets_in(folder))


def _sheets_in(folder: Path) -> Iterator[tuple[str, Sheet]]:
    if not folder.is_dir():
        return
    for path in sorted(folder.glob("*.md")):
        if path.is_file() and path.name.upper() != "README.MD":
            yield path.stem, read_sheet(path)


def named(name: str) -> Sheet:
    """The sheet of a name or a file.

    Raises
    ------
    DiskError
        If the file cannot be read.
    UsageError
        If there is no sheet of that name, or several.
    """
    if _is_file_name(name):
        return read_sheet(Path(name))
    sheets = bundled()
    values = {stem: sheet.value for stem, sheet in sheets.items() if sheet.value is not None}
    found = find(name, values)
    return sheets[found]


def _is_file_name(name: str) -> bool:
    return name.endswith(".md") or "/" in name or "\\" in name


def usable(sheet: Sheet) -> Script | Session:
    """What a sheet says, if it is without errors.

    Raises
    ------
    ScriptError
        With the explanation of every problem.
    """
    if sheet.value is None or any(problem.severity is Severity.ERROR for problem in sheet.problems):
        raise ScriptError(sheet.explain() or f"{sheet.path} is empty", "coach check FILE reads it as a listener would")
    return sheet.value


def scripts_of(session: Session, catalogue: Catalogue) -> dict[str, Script]:
    """The exercises of a session by the names under which it refers to them.

    Raises
    ------
    ScriptError
        If one of them has errors; a reference to nothing is a problem that `resolve` explains.
    """
    raise NotImplementedError
