"""Names as people write them, matched to the sheets there are."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from coach.language.keywords.by_language import keywords_for
from coach.language.level import Level
from coach.language.model import Reference, Script, Session, completed
from coach.language.parser import dose_problems
from coach.language.problems import Problem, Span
from coach.language.quantities import close_to, quoted

_Sheet = TypeVar("_Sheet", bound=Script | Session)
_NOWHERE = Span(1)


@dataclass(frozen=True, slots=True)
class Found(Generic[_Sheet]):
    """The sheet that a name means: ``name`` is its file's stem."""

    name: str
    sheet: _Sheet


def find(name: str, catalogue: Mapping[str, _Sheet], span: Span = _NOWHERE) -> Found[_Sheet] | Problem:
    """The sheet that a name means: its file's name, its title, a beginning of either or words within it.

    A beginning, and else whole words within, must be of one sheet only.

    Capitals, hyphens, spaces, punctuation and a ``.md`` at the end make no difference. ``catalogue`` is keyed
    by file stem; ``span`` is where the name is written, for the problem.
    """
    wanted = plain(name.strip().removesuffix(".md"))
    names = {stem: (plain(stem), plain(sheet.title)) for stem, sheet in catalogue.items()}
    exact = [stem for stem, (by_file, _) in names.items() if by_file == wanted]
    exact = exact or [stem for stem, both in names.items() if wanted in both]
    begun = exact or [stem for stem, both in names.items() if any(each.startswith(wanted) for each in both)]
    inside = (stem for stem, both in names.items() if any(f" {wanted} " in f" {each} " for each in both))
    begun = begun or list(inside)
    if wanted and len(begun) == 1:
        return Found(begun[0], catalogue[begun[0]])
    if wanted and begun:
        hint = f"write one of them: {_listed(begun)}"
        return Problem("name", f"'{quoted(name)}' may mean {len(begun)} sheets", span, hint)
    return Problem(
        "name", f"'{quoted(name)}' is not the name of a sheet I know", span, _suggestion(wanted, names)
    )


def _suggestion(wanted: str, names: Mapping[str, tuple[str, str]]) -> str:
    by_name = {each: stem for stem, both in names.items() for each in both}
    meant = by_name.get(close_to(wanted, by_name, 0.6))
    if meant:
        return f"did you mean '{meant}'?"
    return f"there are: {_listed(sorted(names))}" if names else "there are no sheets"


def _listed(stems: Iterable[str]) -> str:
    return ", ".join(stems)


def plain(name: str) -> str:
    """The name without what makes no difference.

    >>> plain("Step-Ups")
    'step ups'
    """
    return " ".join(re.findall(r"\w+", name.casefold().replace("'", "").replace("_", " ")))


def resolve(session: Session, sheets: Mapping[str, Script | Session]) -> tuple[Problem, ...]:
    """What is wrong with the exercises that a session names, and with the doses that it gives them."""
    problems: list[Problem] = []
    for reference in references(session):
        script = script_of(reference, sheets)
        if isinstance(script, Problem):
            problems.append(script)
        elif reference.dose and script.doses:
            dose = completed(reference.dose, script.doses[Level.STANDARD])
            problems += dose_problems(
                dose, script.phases, reference.dose.span, keywords_for(session.language)
            )
    return tuple(problems)


def references(session: Session) -> Sequence[Reference]:
    """The exercises that a session names, in order."""
    return [part for part in session.parts if isinstance(part, Reference)]


def script_of(reference: Reference, sheets: Mapping[str, Script | Session]) -> Script | Problem:
    """The exercise that a session's line names; a session names no session."""
    exercises = {stem: sheet for stem, sheet in sheets.items() if isinstance(sheet, Script)}
    found = find(reference.name, exercises, reference.span)
    if isinstance(found, Found):
        return found.sheet
    if isinstance(find(reference.name, sheets), Found):
        message = f"'{quoted(reference.name)}' is a session, not an exercise"
        return Problem("name", message, reference.span, "name its exercises instead, each on its own line")
    return found
