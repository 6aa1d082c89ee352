"""Check a sheet: as text, by the names in it, to the ear, and how long it lasts."""

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import ceil
from pathlib import Path

from coach.language.dose import Side
from coach.language.keywords.choice import keywords_for
from coach.language.level import Level
from coach.language.model import Reference, Script, Session
from coach.language.names import references
from coach.language.problems import Problem, Severity, Span, in_order
from coach.language.sides import on_side
from coach.session.compile import compile_session
from coach.session.estimate import USUAL_SOUNDS
from coach.session.moves import Break, ChapterMoves, Recovery
from coach.session.options import Options
from coach.session.timeline import LongerRest
from coach.sheets.files import parsed, read_sheet
from coach.sheets.references import resolved
from coach.sheets.score import LONGEST_H, chapters_of, hours_of
from coach.sheets.sheet import Sheet

SLACK_S = 1.0
"""Seconds by which an estimated rest may be longer than written before it is worth a warning."""

CUES_WITHIN_H = 1.0
"""Hours; in longer sheets every cue that fits has its turn, so that no level has to be laid out to see it."""

_OF_THE_WHOLE_SHEET = {"careful", "stop"}
"""Problems that stand at the title, whatever else is wrong there."""


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
    return _checked(parsed(text, path))


def _checked(sheet: Sheet) -> Sheet:
    return _with_length(_reviewed(resolved(sheet)))


def _reviewed(sheet: Sheet) -> Sheet:
    """Add the problems that a listener would have. Coach's own sheets are reviewed by its tests instead.

    A line that has an error already gets no second one.
    """
    from coach.language.review import review, review_session  # noqa: PLC0415 - of no use to a session that is played

    wrong: dict[str, Sheet] = {}
    done: dict[Path, Sheet] = {}
    unusable: list[Problem] = []
    found: tuple[Problem, ...] = ()
    within: list[Problem] = []
    match sheet.draft:
        case Session() as session:
            for reference in references(session):
                if reference.script:
                    within += review(reference.script)
                    continue
                read = sheet.exercises.get(reference.name)
                if read is None or read.part:
                    continue
                exercise = done[read.path] = done.get(read.path) or _reviewed(read)
                if exercise.has_errors:
                    wrong[str(exercise.path)] = exercise
                    unusable.append(_cannot_be_used(reference, exercise))
            found = (*review_session(session, sheet.scripts), *within)
        case Script() as script:
            found = review(script)
    wrong_lines = {problem.span.line for problem in sheet.problems if problem.severity is Severity.ERROR}
    heard = (each for each in found if each.span.line not in wrong_lines or each.code in _OF_THE_WHOLE_SHEET)
    problems = in_order((*sheet.problems, *unusable, *heard))
    return replace(sheet, problems=problems, wrong_exercises=tuple(wrong.values()))


def _cannot_be_used(reference: Reference, exercise: Sheet) -> Problem:
    message = f"'{reference.name}' cannot be used, because {exercise.path.name} has errors"
    hint = f"coach check {shlex.quote(str(exercise.path))} explains them"
    return Problem("exercise", message, reference.span, hint)


def _with_length(sheet: Sheet) -> Sheet:
    """Add an error if the sheet lasts longer than `LONGEST_H` at one of the levels."""
    if sheet.value is None:
        return sheet
    scores = {level: chapters_of(sheet.value, sheet.scripts, Options(level=level)) for level in Level}
    hours = max(map(hours_of, scores.values()))
    if hours <= LONGEST_H:
        longer = _longer_rests(sheet.value, scores[Level.STANDARD])
        left_out = list(_left_out(sheet.value, scores))
        warnings = [each for each in left_out if each.severity is not Severity.NOTE]
        return replace(
            sheet,
            problems=in_order((*sheet.problems, *longer, *warnings)),
            notes=in_order((*sheet.notes, *(each for each in left_out if each not in warnings))),
        )
    message = f"this would last {hours:,.0f} hours: the longest session has {LONGEST_H}"
    problem = Problem("long", message, sheet.value.span, "take exercises, sets or repetitions away")
    return replace(sheet, problems=(problem, *sheet.problems))


def _longer_rests(value: Script | Session, chapters: tuple[ChapterMoves, ...]) -> Iterator[Problem]:
    """Yield a warning for each rest of a sheet that what has to be said makes longer than is written."""
    moves = (move for chapter in chapters for move in chapter.moves)
    if not any(isinstance(move, Break) or (isinstance(move, Recovery) and move.must) for move in moves):
        return
    keywords = keywords_for(value.language)
    told = dict[Span, LongerRest]()
    for rest in compile_session(value.title, chapters, USUAL_SOUNDS).longer_rests:
        if rest.source and rest.source.sheet == value.name and rest.length_s > rest.written_s + SLACK_S:
            told.setdefault(rest.source.span, rest)
    for span, rest in told.items():
        needed, written = (keywords.in_words(ceil(each)) for each in (rest.length_s, rest.written_s))
        message = f"the rest of {written} lasts about {needed}: what has to be said in it takes so long"
        hint = f"write '{keywords.examples.rest.format(time=needed)}', or shorten what is said"
        yield Problem("rest", message, span, hint, Severity.WARNING)


def _left_out(value: Script | Session, scores: Mapping[Level, tuple[ChapterMoves, ...]]) -> Iterator[Problem]:
    """Yield a warning for each cue that is never heard, a note for one that a level leaves out."""
    own = [value] if isinstance(value, Script) else [each.script for each in references(value) if each.script]
    keywords = keywords_for(value.language)
    lines = {
        on_side(line.text, side, keywords): line
        for script in own
        for line in (*script.reminders, *script.breathing)
        for side in Side
    }
    if not lines:
        return
    without = dict[Span, list[str]]()
    for level, chapters in scores.items():
        if hours_of(chapters) > CUES_WITHIN_H:
            continue
        for text in compile_session(value.title, chapters, USUAL_SOUNDS).left_out:
            if line := lines.get(text):
                levels = without.setdefault(line.span, [])
                levels += [] if keywords.levels[level] in levels else [keywords.levels[level]]
    for span, levels in without.items():
        is_never = len(levels) == len(scores)
        where = "" if is_never else f" at the {' and the '.join(levels)} level"
        message = f"this is not heard{where}: no repetition and no rest has room for it"
        hint = "shorten it, or give a phase or a rest more time"
        yield Problem("room", message, span, hint, Severity.WARNING if is_never else Severity.NOTE)
