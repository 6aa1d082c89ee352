"""Find a sheet by its name, and list those that can be named."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from coach.errors import CoachError, ScriptError, UsageError
from coach.language.dose import completed
from coach.language.model import Script, Session
from coach.language.names import Match, Shelf, find, references, script_of
from coach.language.problems import Problem
from coach.language.quantities import quoted
from coach.sheets.check import checked
from coach.sheets.files import bundled, bundled_titles, read_sheet
from coach.sheets.references import resolved
from coach.sheets.sheet import PART_MARK, Catalogue, Sheet, titles
from coach.sheets.surroundings import is_path, sheet_files, titles_in


def named(name: str) -> Sheet:
    """Read a sheet by its path, or by a name of it: one in this folder, else one of coach's own.

    ``programme.md#bridges`` is an exercise of a session.

    Raises
    ------
    DiskError
        If the file cannot be read.
    UsageError
        If there is no sheet of that name, or several.
    """
    session, part = _divided(name)
    if part is not None:
        return part_of(named(session), part)
    if is_path(name) or (Path(name).suffix and _is_there(Path(name))):
        return checked(Path(name))
    match find(name, _shelves()):
        case Match(key=key, shelf=0):
            return checked(Path(key))
        case Match(key=key):
            return resolved(bundled()[key])
        case Problem(message=message, hint=hint):
            raise UsageError(message, hint)


def _shelves() -> Iterator[Shelf]:
    yield dict(titles_in(Path()))
    yield bundled_titles()


def _divided(name: str) -> tuple[str, str | None]:
    """Divide a name into those of a session and of its part, if any; each may have a `PART_MARK` in it."""
    marks = [i for i, letter in enumerate(name) if letter == PART_MARK and i]
    if not marks or _is_there(Path(name)):
        return name, None
    at = next((i for i in reversed(marks) if _is_there(Path(name[:i]))), marks[0])
    return name[:at], name[at + 1 :]


def part_of(sheet: Sheet, name: str) -> Sheet:
    """Return an exercise of a session as a sheet of its own, in the session's dose.

    Raises
    ------
    ScriptError
        If the session has errors.
    UsageError
        If it has no such exercise, or several.
    """
    session = sheet.value
    if session is None:
        raise ScriptError(sheet.explain())
    if not isinstance(session, Session):
        raise UsageError(
            f"{sheet.path.name} is one exercise and has no parts", "leave out the name of the part"
        )
    parts = dict(sheet.defined)
    for reference in references(session):
        script = script_of(reference, sheet.scripts)
        if script and not reference.script:
            own = reference.dose and {
                lv: completed(reference.dose, usual) for lv, usual in script.doses.items()
            }
            alone = sheet.alone(replace(script, doses=own or script.doses), script.title)
            parts.setdefault(script.title, alone)
    if name in parts:
        return parts[name]
    match find(name, [titles(parts)]):
        case Match(key=key):
            return parts[key]
        case Problem(hint=hint):
            raise UsageError(f"'{quoted(name)}' names no single exercise of {sheet.path.name}", hint)


def _is_there(path: Path) -> bool:
    """Tell whether a path exists; False for a text that cannot be a path."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def collection() -> list[Sheet]:
    """List the sheets that come with coach, sessions first, with their exercises."""
    sheets = bundled()
    return [resolved(sheet) for sheet in sheets.values()]


def exercises_in(folder: Path) -> dict[str, Sheet]:
    """Return the exercises without errors in a folder, and those of its sessions, by what `named` reads."""
    found = {}
    for path in sheet_files(folder):
        with suppress(CoachError):
            found[f"./{path.as_posix()}"] = read_sheet(path)
    return _exercises_of(found)


def own_exercises() -> dict[str, Sheet]:
    """Return the exercises that come with coach, and those of its programmes, by what `named` reads."""
    return _exercises_of(bundled())


def _exercises_of(sheets: Catalogue) -> dict[str, Sheet]:
    found: dict[str, Sheet] = {}
    for name, sheet in sheets.items():
        if isinstance(sheet.value, Script):
            found[name] = sheet
        elif sheet.value is not None:
            found |= {f"{name}{PART_MARK}{title}": part for title, part in sheet.defined.items()}
    return found
