"""A sheet as read from a file: its text, what it says, and what is wrong with it."""

from collections import Counter as Tally
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from coach.language.lines import title_of
from coach.language.model import Script, Session
from coach.language.names import Shelf, comparable, references
from coach.language.problems import Problem, Severity, as_json, explain_all
from coach.text import printable

PART_MARK = "#"
"""Between the path of a session and the name of an exercise in it, as in ``programme.md#bridges``."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as read: where it lies, its text, what it says, and what is wrong with it.

    ``draft`` is as much of it as could be read. ``exercises`` has the sheets that a session names, by the
    names that it uses; ``wrong_exercises`` are those of them that have errors. ``notes`` say how parts of the
    sheet were understood. In an exercise of a session that is taken alone, ``part`` is the name that tells it
    from the others of its sheet.
    """

    path: Path
    text: str
    draft: Script | Session | None
    problems: tuple[Problem, ...]
    exercises: Mapping[str, "Sheet"] = field(default_factory=dict)
    notes: tuple[Problem, ...] = ()
    wrong_exercises: tuple["Sheet", ...] = ()
    part: str = ""

    @property
    def value(self) -> Script | Session | None:
        """The parsed sheet; None if it has errors."""
        return None if self.has_errors else self.draft

    @property
    def name(self) -> str:
        """The file's name without its ending, and the name of the part."""
        return "-".join([self.path.stem, *comparable(self.part).split()])

    @property
    def address(self) -> str:
        """The absolute path, and the part behind a ``#``: what `named` reads again."""
        return f"{self.path.resolve()}{PART_MARK if self.part else ''}{self.part}"

    @property
    def title(self) -> str:
        """Its title, also of a sheet with errors; "" if it has none."""
        said = self.draft if self.part else self.value
        return said.title if said else title_of(self.text)

    @property
    def scripts(self) -> Mapping[str, Script]:
        """The exercises that a session names, by the names that it uses."""
        return {name: each.draft for name, each in self.exercises.items() if isinstance(each.draft, Script)}

    @property
    def defined(self) -> Mapping[str, "Sheet"]:
        """The exercises that are defined below headings of a session, each as a sheet.

        They are named by title, and by title and line where titles are alike.
        """
        if not isinstance(self.draft, Session):
            return {}
        found = [each.script for each in references(self.draft) if each.script]
        titles = Tally(comparable(script.title) for script in found)
        names = {
            script.title
            if titles[comparable(script.title)] == 1
            else f"{script.title} (line {script.span.line})": script
            for script in found
        }
        return {name: self.alone(script, name) for name, script in names.items()}

    def alone(self, script: Script, name: str) -> "Sheet":
        """Return an exercise of this session as a sheet of its own; ``name`` tells it from the others."""
        return replace(self, draft=script, exercises={}, notes=(), wrong_exercises=(), part=name)

    def explain(self) -> str:
        """Explain every problem as its author reads it: those of a session's exercises first."""
        own = [explain_all(self.problems, str(self.path), self.text)] if self.problems else []
        return "\n".join([*(sheet.explain() for sheet in self.wrong_exercises), *own])

    def problems_json(self) -> list[dict[str, Any]]:
        """Return every problem as JSON values: those of a session's exercises first."""
        own = [as_json(problem, str(self.path)) for problem in self.problems]
        return [*(row for sheet in self.wrong_exercises for row in sheet.problems_json()), *own]

    def explain_notes(self) -> list[str]:
        """Return a line for each note: how a part of the sheet was understood."""
        places = ((note, f"{self.path}:{note.span.line}:{note.span.column}") for note in self.notes)
        return [printable(f"{place}: {note.severity}: {note.message}") for note, place in places]

    def notes_json(self) -> list[dict[str, Any]]:
        """Return every note as JSON values, like a problem."""
        return [as_json(note, str(self.path)) for note in self.notes]

    @property
    def has_errors(self) -> bool:
        """True if the sheet has errors and cannot be used."""
        return any(problem.severity is Severity.ERROR for problem in self.problems)


Catalogue = Mapping[str, Sheet]
"""Sheets by name."""


def titles(sheets: Catalogue) -> Shelf:
    """Return the titles of sheets by name."""
    return {name: sheet.title for name, sheet in sheets.items()}
