"""Script sheets on disk: those that come with coach, and people's own."""

import shlex
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from coach.errors import CoachError, DiskError, ScriptError, UsageError
from coach.folders import scripts_folder
from coach.language.file_kinds import kind_of_file
from coach.language.level import Level
from coach.language.model import Reference, Script, Session
from coach.language.names import find_sheet, references, script_of, wrong_references
from coach.language.parser import parse
from coach.language.problems import Problem, Severity, as_json, explain, in_order, source_lines
from coach.regular_file import NotRegularFileError, read_beginning
from coach.session.arrange import practice, score
from coach.session.moves import ChapterMoves, Interval, Repetitions
from coach.session.options import Options

_NAME_A_SHEET = "name a script sheet (.md)"

LONGEST_SHEET = 1_000_000
"""Bytes; a file beyond this is no sheet that a person wrote."""


LONGEST_H = 24
"""Hours; no session is meant to last longer."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as read: where it lies, its text, what it says, and what is wrong with it.

    ``draft`` is as much of it as could be read. ``scripts`` has the exercises that a session names, by the
    names that it uses; ``wrong_exercises`` are the sheets of those that have errors.
    """

    path: Path
    text: str
    draft: Script | Session | None
    problems: tuple[Problem, ...]
    scripts: Mapping[str, Script] = field(default_factory=dict)
    wrong_exercises: tuple["Sheet", ...] = ()

    @property
    def value(self) -> Script | Session | None:
        """The parsed sheet; None if it has errors."""
        return None if self.has_errors else self.draft

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
        """Explain every problem as its author reads it: those of a session's exercises first."""
        own = (explain(problem, str(self.path), self.text) for problem in self.problems)
        return "\n".join([*(sheet.explain() for sheet in self.wrong_exercises), *own])

    def problems_json(self) -> list[dict[str, Any]]:
        """Return every problem as JSON values: those of a session's exercises first."""
        own = [as_json(problem, str(self.path)) for problem in self.problems]
        return [*(row for sheet in self.wrong_exercises for row in sheet.problems_json()), *own]

    @property
    def has_errors(self) -> bool:
        """True if the sheet has errors and cannot be used."""
        return any(problem.severity is Severity.ERROR for problem in self.problems)


Catalogue = Mapping[str, Sheet]
"""Sheets by name."""


def read_sheet(path: Path) -> Sheet:
    """Read the sheet in a file, with all its problems.

    Raises
    ------
    UsageError
        If there is no such file, or one of another kind: a folder, a pipe, a document of a word processor.
    DiskError
        If the file cannot be read, or is too long to be a sheet.
    """
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
    return _parsed(_decoded(data), path)


def _parsed(text: str, path: Path) -> Sheet:
    parsed = parse(text, path.stem)
    return Sheet(path, text, parsed.draft, parsed.problems)


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


@cache
def bundled() -> Catalogue:
    """Read the sheets that come with coach, by name: sessions first, then exercises; once a process."""
    folder = scripts_folder()
    return MappingProxyType(dict(_sheets_in(folder / "sessions")) | dict(_sheets_in(folder)))


def catalogue_for(path: Path) -> Catalogue:
    """Find what a session in a file may refer to: the sheets beside it, above or below it, and coach's own.

    A session of one's own does not hide an exercise of coach's that has the same file name. The sheets'
    paths are relative if ``path`` is.
    """
    folder = path.resolve().parent
    beside = _as_given(folder, path.parent)
    above = beside / "sessions"
    if folder.name == "sessions":
        above = _as_given(folder.parent, path.parent.parent, path.parent / "..")
    found = dict(bundled())
    for name, sheet in (*_sheets_in(above), *_sheets_in(beside)):
        hides = name in found and isinstance(found[name].draft, Script) and isinstance(sheet.draft, Session)
        if not hides:
            found[name] = sheet
    return found


def _as_given(folder: Path, *names: Path) -> Path:
    """The first of these names that leads to a folder, or its absolute path: a link may lead elsewhere."""
    return next((name for name in names if name.resolve() == folder), folder)


def _sheets_in(folder: Path) -> Iterator[tuple[str, Sheet]]:
    """Read the sheets of a folder, by name; files that cannot be read as sheets are left out."""
    if not folder.is_dir():
        return
    for path in sorted(folder.glob("*.md")):
        with suppress(CoachError):
            yield path.stem, read_sheet(path)


def collection() -> list[Sheet]:
    """List the sheets that come with coach, sessions first, with their exercises."""
    sheets = bundled()
    return [_resolved(sheet, sheets) for sheet in sheets.values()]


def named(name: str) -> Sheet:
    """Find one of coach's own sheets by name, or read a file as `checked` does.

    Raises
    ------
    DiskError
        If the file cannot be read.
    UsageError
        If there is no sheet of that name, or several.
    """
    sheets = bundled()
    is_path = "/" in name or "\\" in name
    if is_path or (Path(name).suffix and _is_there(Path(name))):
        return checked(Path(name))
    match find_sheet(name, _drafts(sheets)):
        case str(stem):
            return _resolved(sheets[stem], sheets)
        case Problem(message=message, hint=hint):
            if _is_there(Path(f"{name}.md")):
                hint = f"did you mean the file '{name}.md'?"
            raise UsageError(message, hint)


def _is_there(path: Path) -> bool:
    """Tell whether a path exists; False for a text that cannot be a path."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def checked(path: Path) -> Sheet:
    """Read a sheet with everything that is wrong with it: as text, by name, to the ear, and its length.

    Raises
    ------
    UsageError, DiskError
        As `read_sheet` does.
    """
    return _checked(read_sheet(path))


def checked_text(text: str, path: Path) -> Sheet:
    """The sheet of a text as `checked` gives it, as if it lay in the file ``path``, which is not read."""
    return _checked(_parsed(text, path))


def _checked(sheet: Sheet) -> Sheet:
    catalogue = catalogue_for(sheet.path) if isinstance(sheet.draft, Session) else {}
    return _with_length(_reviewed(_resolved(sheet, catalogue), catalogue))


def scored(sheet: Sheet, choices: Options, times: int = 1) -> tuple[str, str, tuple[ChapterMoves, ...]]:
    """Return the title, the language and the score of a session, or of an exercise done so many ``times``.

    Raises
    ------
    ScriptError
        If the sheet has errors, with the explanation of every problem.
    UsageError
        If it would last longer than `LONGEST_H` with these choices.
    """
    if sheet.value is None:
        raise ScriptError(sheet.explain())
    chapters = _chapters(sheet.value, sheet.scripts, choices, times)
    hours = _hours(chapters)
    if hours > LONGEST_H:
        message = f"{sheet.title} would last {hours:,.0f} hours: the longest session has {LONGEST_H}"
        raise UsageError(message, "ask for fewer sets, repetitions or times")
    return sheet.value.title, sheet.value.language, chapters


def _chapters(
    value: Script | Session, scripts: Mapping[str, Script], choices: Options, times: int = 1
) -> tuple[ChapterMoves, ...]:
    if isinstance(value, Session):
        return score(value, scripts, choices)
    return practice(value, choices, times)


def _hours(chapters: Iterable[ChapterMoves]) -> float:
    """Sum up all movements and waits, without what is said between them."""
    moves = [move for chapter in chapters for move in chapter.moves]
    waits_s = sum(move.length_s for move in moves if isinstance(move, Interval))
    sets = (move for move in moves if isinstance(move, Repetitions))
    return (waits_s + sum(one.reps * movement.length_s for one in sets for movement in one.movements)) / 3600


def _with_length(sheet: Sheet) -> Sheet:
    """Add an error if the sheet lasts longer than `LONGEST_H` at one of the levels."""
    if sheet.value is None:
        return sheet
    scores = (_chapters(sheet.value, sheet.scripts, Options(level=level)) for level in Level)
    hours = max(map(_hours, scores))
    if hours <= LONGEST_H:
        return sheet
    message = f"this would last {hours:,.0f} hours: the longest session has {LONGEST_H}"
    problem = Problem("long", message, sheet.value.span, "take exercises, sets or repetitions away")
    return replace(sheet, problems=(problem, *sheet.problems))


def _resolved(sheet: Sheet, catalogue: Catalogue) -> Sheet:
    """Add the exercises that a session names, and the problems of those names."""
    if not isinstance(sheet.draft, Session):
        return sheet
    drafts = _drafts(catalogue)
    scripts = {
        reference.name: script
        for reference in references(sheet.draft)
        if isinstance(script := script_of(reference, drafts), Script)
    }
    return replace(sheet, scripts=scripts, problems=(*sheet.problems, *wrong_references(sheet.draft, drafts)))


def _reviewed(sheet: Sheet, catalogue: Catalogue) -> Sheet:
    """Add the problems that a listener would have. Coach's own sheets are reviewed by its tests instead.

    A line that has an error already gets no second one.
    """
    from coach.language.review import review, review_session  # noqa: PLC0415 - of no use to a session that is played

    wrong: dict[str, Sheet] = {}
    unusable: list[Problem] = []
    found: tuple[Problem, ...] = ()
    match sheet.draft:
        case Session() as session:
            for reference in references(session):
                script = sheet.scripts.get(reference.name)
                exercise = _reviewed(catalogue[script.name], {}) if script else None
                if exercise is not None and exercise.has_errors:
                    wrong[exercise.name] = exercise
                    unusable.append(_cannot_be_used(reference, exercise))
            found = review_session(session, _drafts(catalogue))
        case Script() as script:
            found = review(script)
    wrong_lines = {problem.span.line for problem in sheet.problems if problem.severity is Severity.ERROR}
    heard = (each for each in found if each.span.line not in wrong_lines or each.code in _OF_THE_WHOLE_SHEET)
    problems = in_order((*sheet.problems, *unusable, *heard))
    return replace(sheet, problems=problems, wrong_exercises=tuple(wrong.values()))


_OF_THE_WHOLE_SHEET = {"careful", "stop"}
"""Problems that stand at the title, whatever else is wrong there."""


def _cannot_be_used(reference: Reference, exercise: Sheet) -> Problem:
    message = f"'{reference.name}' cannot be used, because {exercise.path.name} has errors"
    hint = f"coach check {shlex.quote(str(exercise.path))} explains them"
    return Problem("exercise", message, reference.span, hint)


def _drafts(sheets: Catalogue) -> dict[str, Script | Session]:
    return {name: sheet.draft for name, sheet in sheets.items() if sheet.draft is not None}
