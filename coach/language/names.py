"""Matching of names as people write them to sheets."""

import re
from collections.abc import Mapping, Sequence

from coach.language.dose import completed
from coach.language.keywords.by_language import keywords_for
from coach.language.level import Level
from coach.language.model import Reference, Script, Session
from coach.language.parser import dose_problems
from coach.language.problems import Problem, Span
from coach.language.quantities import close_to, quoted

_NOWHERE = Span(1)


def find_sheet(name: str, catalogue: Mapping[str, Script | Session], span: Span = _NOWHERE) -> str | Problem:
    """Find a sheet by its file's name, its title, the beginning of either, or whole words within either.

    Return the name of its file. A beginning or words within must match one sheet only.

    Capitals, hyphens, spaces, punctuation and a ``.md`` at the end make no difference. ``catalogue`` is keyed
    by file stem; ``span`` is where the name is written, for the problem.
    """
    wanted = comparable(name.strip().removesuffix(".md"))
    names = {stem: (comparable(stem), comparable(sheet.title)) for stem, sheet in catalogue.items()}
    exact = [stem for stem, (by_file, _) in names.items() if by_file == wanted]
    exact = exact or [stem for stem, both in names.items() if wanted in both]
    begun = exact or [stem for stem, both in names.items() if any(each.startswith(wanted) for each in both)]
    inside = (stem for stem, both in names.items() if any(f" {wanted} " in f" {each} " for each in both))
    begun = begun or list(inside)
    if wanted and len(begun) == 1:
        return begun[0]
    if wanted and begun:
        hint = f"write one of them: {', '.join(begun)}"
        return Problem("name", f"'{quoted(name)}' may mean {len(begun)} sheets", span, hint)
    message = f"'{quoted(name)}' is not the name of a sheet I know"
    return Problem("name", message, span, _suggestion(wanted, names))


def _suggestion(wanted: str, names: Mapping[str, tuple[str, str]]) -> str:
    by_name = {each: stem for stem, both in names.items() for each in both}
    if meant := by_name.get(close_to(wanted, by_name, 0.6)):
        return f"did you mean '{meant}'?"
    return f"there are: {', '.join(sorted(names))}" if names else "there are no sheets"


def comparable(name: str) -> str:
    """Return the name without capitals, hyphens and punctuation, for comparison.

    >>> comparable("Step-Ups")
    'step ups'
    """
    return " ".join(re.findall(r"\w+", name.casefold().replace("'", "").replace("_", " ")))


def wrong_references(session: Session, sheets: Mapping[str, Script | Session]) -> tuple[Problem, ...]:
    """Report references to exercises that are unknown, and doses that do not suit their exercises."""
    problems: list[Problem] = []
    keywords = keywords_for(session.language)
    for reference in references(session):
        script = script_of(reference, sheets)
        if isinstance(script, Problem):
            problems.append(script)
        elif reference.dose and script.doses:
            dose = completed(reference.dose, script.doses[Level.STANDARD])
            problems += dose_problems(dose, script.phases, reference.dose.span, keywords)
    return tuple(problems)


def references(session: Session) -> Sequence[Reference]:
    """List a session's references to exercises, in order."""
    return [part for part in session.parts if isinstance(part, Reference)]


def script_of(reference: Reference, sheets: Mapping[str, Script | Session]) -> Script | Problem:
    """Find the exercise that a session's line names. A session cannot name another session."""
    exercises = {stem: sheet for stem, sheet in sheets.items() if isinstance(sheet, Script)}
    found = find_sheet(reference.name, exercises, reference.span)
    if isinstance(found, str):
        return exercises[found]
    if isinstance(find_sheet(reference.name, sheets), str):
        message = f"'{quoted(reference.name)}' is a session, not an exercise"
        return Problem("name", message, reference.span, "name its exercises instead, each on its own line")
    return found
