"""Find the exercises that a session names, and tell its author what each name became."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from coach.errors import CoachError
from coach.language.keywords.choice import keywords_for
from coach.language.keywords.vocabulary import Keywords
from coach.language.model import Reference, Script, Session
from coach.language.names import ENDING, Match, dose_beside, find, references, wrong_doses
from coach.language.problems import Problem, Severity, Span, in_order
from coach.language.quantities import quoted
from coach.sheets.files import read_sheet
from coach.sheets.sheet import Sheet
from coach.sheets.surroundings import COACHS_OWN, Surroundings, is_path

COACHS = "one of coach's own"


def resolved(sheet: Sheet) -> Sheet:
    """Add the exercises that a session names, what each name became, and the problems of those names."""
    session = sheet.draft
    if not isinstance(session, Session):
        return sheet
    around = Surroundings(sheet.path, sheet.defined)
    exercises: dict[str, Sheet] = {}
    problems: list[Problem] = []
    notes: list[Problem] = []
    known: dict[str, tuple[Sheet, Problem] | Problem] = {}
    for reference in references(session):
        if reference.script:
            continue
        found = known.get(reference.name) or _exercise(reference, around)
        if isinstance(found, Problem):
            found = _with_dose_beside(found, reference, around, keywords_for(session.language))
        known[reference.name] = found
        if isinstance(found, Problem):
            problems.append(replace(found, span=reference.span))
            continue
        exercises[reference.name], told = found[0], replace(found[1], span=reference.span)
        (notes if told.severity is Severity.NOTE else problems).append(told)
    sheet = replace(sheet, exercises=exercises)
    problems += wrong_doses(session, sheet.scripts)
    listed = {name: each.draft for name, each in exercises.items() if each.part and each.path == sheet.path}
    return replace(
        sheet,
        draft=_in_the_order_of_lists(session, listed),
        problems=in_order((*sheet.problems, *problems)),
        notes=in_order((*sheet.notes, *notes)),
    )


def _in_the_order_of_lists(session: Session, listed: Mapping[str, Script | Session | None]) -> Session:
    """Return the session without the definitions that a list above them names: they are done with the list.

    ``listed`` has the exercises that are defined in this session, by the names that its lists use.
    """
    lines = [(each.span.line, listed.get(each.name)) for each in references(session)]
    explained = tuple(
        part
        for part in session.parts
        if isinstance(part, Reference)
        and part.script
        and any(script == part.script and line < part.span.line for line, script in lines)
    )
    parts = tuple(part for part in session.parts if part not in explained)
    return replace(session, parts=parts, explained=explained)


def _exercise(reference: Reference, around: Surroundings) -> "tuple[Sheet, Problem] | Problem":
    """Find the exercise that a session's line names, and what its author is told of it."""
    name, span = reference.name, reference.span
    if path := around.file(name) if is_path(name) or name.casefold().endswith(ENDING) else None:
        return _by_path(path, name, span)
    if name.startswith((".", "/", "~")) or (is_path(name) and name.casefold().endswith(ENDING)):
        hint = "a path begins at the folder of the session"
        return Problem("name", f"there is no file '{quoted(name)}'", span, hint)
    match find(name, around.shelves(), span, fits=around.is_exercise):
        case Match(key=key, shelf=shelf, is_whole=is_whole):
            sheet = around.sheet(shelf, key)
            is_own = shelf == COACHS_OWN
            where = COACHS if is_own else sheet.path.as_posix()
            if sheet.part and sheet.draft:
                where = f"line {sheet.draft.span.line}"
            what = f"'{quoted(name)}' is '{sheet.title}', {where}"
            if is_whole or not is_own:
                return sheet, Problem("name", what, span, severity=Severity.NOTE)
            hint = f"write '- {sheet.title}' if you mean it, or the file name of your own"
            return sheet, Problem("name", what, span, hint, Severity.WARNING)
        case Problem() as problem:
            if isinstance(find(name, around.shelves()), Match):
                return _no_exercise(name, span)
            return problem


def _with_dose_beside(
    problem: Problem, reference: Reference, around: Surroundings, keywords: Keywords
) -> Problem:
    """The problem of an unknown name, with a hint at the colon that is missing if a dose stands beside it."""
    name, dose = dose_beside(reference.name, keywords) or ("", "")
    if reference.dose or not isinstance(find(name, around.shelves(), fits=around.is_exercise), Match):
        return problem
    message = "a colon is missing between the exercise and its dose"
    return Problem("reference", message, reference.span, f"write '- {name}: {dose}'")


def _by_path(path: Path, name: str, span: Span) -> "tuple[Sheet, Problem] | Problem":
    try:
        sheet = read_sheet(path)
    except CoachError as error:
        return Problem("name", error.message, span, error.hint)
    if not isinstance(sheet.draft, Script):
        return _no_exercise(name, span)
    what = f"'{quoted(name)}' is '{sheet.title}', {path.as_posix()}"
    return sheet, Problem("name", what, span, severity=Severity.NOTE)


def _no_exercise(name: str, span: Span) -> Problem:
    message = f"'{quoted(name)}' is a session, not an exercise"
    return Problem("name", message, span, "name its exercises instead, each on its own line")
