"""Script sheets on disk: those that come with coach, and the listener's own beside them."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from coach.errors import CoachError, DiskError, ScriptError, UsageError
from coach.folders import scripts_folder
from coach.language.model import Reference, Script, Session
from coach.language.names import Found, find, plain, references, resolve, script_of
from coach.language.parser import parse
from coach.language.problems import Problem, Severity, as_json, explain, source_lines
from coach.session.arrange import practice, score
from coach.session.moves import ChapterScore
from coach.session.options import Options

LONGEST_SHEET = 1_000_000
"""Bytes; a file beyond this is no sheet that a person wrote."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A script file as read: where it lies, its text, what it says, and what is wrong with it.

    ``scripts`` has the exercises that a session names, by the names that it uses.
    """

    path: Path
    text: str
    value: Script | Session | None
    problems: tuple[Problem, ...]
    scripts: Mapping[str, Script] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return self.path.stem

    @property
    def title(self) -> str:
        """Its title, also of a sheet with errors; "" if it has none."""
        if self.value is not None:
            return self.value.title
        headings = (line[1:].strip() for line in source_lines(self.text) if line.startswith("# "))
        return next(headings, "")

    def explain(self) -> str:
        """Every problem of the sheet, as its author reads it."""
        return "\n".join(explain(problem, str(self.path), self.text) for problem in self.problems)

    def problems_json(self) -> list[dict[str, Any]]:
        """Every problem of the sheet, as JSON values."""
        return [as_json(problem, str(self.path)) for problem in self.problems]

    @property
    def has_errors(self) -> bool:
        """True if the sheet cannot be used."""
        return _has_errors(self.problems)


Catalogue = Mapping[str, Sheet]
"""Sheets by name."""


def read_sheet(path: Path) -> Sheet:
    """The sheet in a file, with all its problems.

    Raises
    ------
    UsageError
        If there is no such file.
    DiskError
        If the file cannot be read, or is too long to be a sheet.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LONGEST_SHEET + 1)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise UsageError(f"cannot read {path}: {why}", "name a script sheet (.md)") from error
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
    if data[1:20:2] == b"\0" * 10:
        return data.decode("utf-16-le", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


@cache
def bundled() -> Catalogue:
    """The sheets that come with coach, sessions first, then exercises, by name; read once a process."""
    folder = scripts_folder()
    return MappingProxyType(dict(_sheets_in(folder / "sessions")) | dict(_sheets_in(folder)))


def catalogue_for(path: Path) -> Catalogue:
    """What a session in a file may refer to: the sheets beside it, above it or below it, then coach's own.

    A session of one's own does not hide an exercise of coach's that has the same file name.
    """
    folder = path.resolve().parent
    above = folder.parent if folder.name == "sessions" else folder / "sessions"
    found = dict(bundled())
    for name, sheet in (*_sheets_in(above), *_sheets_in(folder)):
        hides = name in found and isinstance(found[name].value, Script) and isinstance(sheet.value, Session)
        if not hides:
            found[name] = sheet
    return found


def _sheets_in(folder: Path) -> Iterator[tuple[str, Sheet]]:
    """The sheets of a folder by name; a file that is no sheet for reading is passed over."""
    if not folder.is_dir():
        return
    for path in sorted(folder.glob("*.md")):
        with suppress(CoachError):
            yield path.stem, read_sheet(path)


def collection() -> list[Sheet]:
    """Every sheet that comes with coach, sessions first."""
    sheets = bundled()
    return [_resolved(sheet, sheets) for sheet in sheets.values()]


def named(name: str) -> Sheet:
    """The sheet of a name or a file; a file is read as `checked` does.

    Raises
    ------
    DiskError
        If the file cannot be read.
    UsageError
        If there is no sheet of that name, or several.
    """
    sheets = bundled()
    is_path = "/" in name or "\\" in name
    if is_path or (name.lower().endswith((".md", ".txt")) and Path(name).exists()):
        return checked(Path(name))
    match find(name, _values(sheets)):
        case Found(name=stem):
            return _resolved(sheets[stem], sheets)
        case Problem(message=message, hint=hint):
            if "\0" not in name and Path(f"{name}.md").is_file():
                hint = f"did you mean the file '{name}.md'?"
            raise UsageError(message, hint)


def checked(path: Path) -> Sheet:
    """A sheet in a file with everything that is wrong with it: as text, by name, and to the ear.

    Raises
    ------
    DiskError
        If the file cannot be read.
    """
    return _checked(read_sheet(path))


def checked_text(text: str, path: Path) -> Sheet:
    """The sheet of a text as `checked` gives it, as if it lay in the file ``path``, which is not read."""
    parsed = parse(text, path.stem)
    return _checked(Sheet(path, text, parsed.value, parsed.problems))


def _checked(sheet: Sheet) -> Sheet:
    catalogue = catalogue_for(sheet.path) if isinstance(sheet.value, Session) else {}
    return _heard(_resolved(sheet, catalogue), catalogue)


def scored(sheet: Sheet, choices: Options, times: int = 1) -> tuple[str, str, tuple[ChapterScore, ...]]:
    """The title, the language and the score of a session, or of the practice of an exercise.

    An exercise is practised so many ``times``; a session is done once.

    Raises
    ------
    ScriptError
        If the sheet has errors, with the explanation of every problem.
    """
    if sheet.value is None or sheet.has_errors:
        raise ScriptError(sheet.explain())
    match sheet.value:
        case Script() as script:
            return script.title, script.language, practice(script, choices, times)
        case Session() as session:
            return session.title, session.language, score(session, sheet.scripts, choices)


def _resolved(sheet: Sheet, catalogue: Catalogue) -> Sheet:
    """The sheet with the exercises that it names, and the problems of those names."""
    if not isinstance(sheet.value, Session):
        return sheet
    values = _values(catalogue)
    scripts = {
        reference.name: script
        for reference in references(sheet.value)
        if isinstance(script := script_of(reference, values), Script)
    }
    return replace(sheet, scripts=scripts, problems=(*sheet.problems, *resolve(sheet.value, values)))


def _heard(sheet: Sheet, catalogue: Catalogue) -> Sheet:
    """The sheet with the problems that a listener would have with it. Coach's own are heard by its tests."""
    from coach.language.review import hear, hear_session  # noqa: PLC0415 - of no use to a session that is played

    match sheet.value:
        case Session() as session:
            values = _values(catalogue)
            unusable = {
                stem: other
                for stem, other in catalogue.items()
                if other.has_errors or (isinstance(other.value, Script) and _has_errors(hear(other.value)))
            }
            troubled = {
                reference.span: problem
                for reference in references(session)
                if (problem := _trouble(reference, unusable)) is not None
            }
            problems = [problem for problem in sheet.problems if problem.span not in troubled]
            problems += [*troubled.values(), *hear_session(session, values)]
            in_order = sorted(problems, key=lambda problem: problem.span.line)
            return replace(sheet, problems=tuple(in_order))
        case Script() as script:
            return replace(sheet, problems=(*sheet.problems, *hear(script)))
        case _:
            return sheet


def _trouble(reference: Reference, unusable: Catalogue) -> Problem | None:
    """The problem of an exercise that is there, but cannot be used because its own sheet has errors."""
    for sheet in unusable.values():
        if plain(reference.name) in {plain(sheet.name), plain(sheet.title)}:
            message = f"'{reference.name}' cannot be used, because {sheet.path.name} has errors"
            return Problem("exercise", message, reference.span, f"coach check {sheet.path} explains them")
    return None


def _has_errors(problems: Iterable[Problem]) -> bool:
    return any(problem.severity is Severity.ERROR for problem in problems)


def _values(sheets: Catalogue) -> dict[str, Script | Session]:
    return {name: sheet.value for name, sheet in sheets.items() if sheet.value is not None}
