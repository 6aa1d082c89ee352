"""The moves of a sheet with the choices of a listener, and how long they last."""

from collections.abc import Iterable, Mapping

from coach.errors import ScriptError, UsageError
from coach.language.level import Level
from coach.language.model import Script, Session
from coach.language.names import references, script_of
from coach.session.arrange import chosen_dose, counts_repetitions, has_levels, practice, score
from coach.session.moves import Break, ChapterMoves, Interval, Recovery, Repetitions
from coach.session.options import Detail, Options
from coach.sheets.sheet import Sheet

LONGEST_H = 24
"""Hours; no session is meant to last longer."""


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
    chapters = chapters_of(sheet.value, sheet.scripts, choices, times)
    hours = hours_of(chapters)
    if hours > LONGEST_H:
        message = f"{sheet.title} would last {hours:,.0f} hours: the longest session has {LONGEST_H}"
        raise UsageError(message, "ask for fewer sets, repetitions or times")
    return sheet.value.title, sheet.value.language, chapters


def chapters_of(
    value: Script | Session, scripts: Mapping[str, Script], choices: Options, times: int = 1
) -> tuple[ChapterMoves, ...]:
    """Return the score of a session, or of an exercise done so many ``times``, however long it lasts."""
    if isinstance(value, Session):
        return score(value, scripts, choices)
    return practice(value, choices, times)


def hours_of(chapters: Iterable[ChapterMoves]) -> float:
    """Sum up all movements and waits, without what is said between them."""
    moves = [move for chapter in chapters for move in chapter.moves]
    waits_s = sum(move.length_s for move in moves if isinstance(move, Interval | Break | Recovery))
    sets_s = sum(move.length_s for move in moves if isinstance(move, Repetitions))
    return (waits_s + sets_s) / 3600


def unmet(sheet: Sheet, choices: Options) -> tuple[str, ...]:
    """Tell which choices change nothing in a sheet, a sentence each."""
    if sheet.value is None:
        return ()
    scripts = [sheet.value] if isinstance(sheet.value, Script) else _used_scripts(sheet)
    found = []
    if choices.level is not Level.STANDARD and not any(map(has_levels, scripts)):
        found.append(f"{sheet.title} has no {choices.level} level: it is the same at every level")
    in_full = [script.title for script in scripts if not script.brief]
    if choices.detail is Detail.BRIEF and in_full:
        found.append(f"without a brief form, and said in full: {', '.join(dict.fromkeys(in_full))}")
    counted = (counts_repetitions(script, chosen_dose(script, None, choices)) for script in scripts)
    if choices.reps and not any(counted):
        found.append(f"{sheet.title} has no counted set: --reps changes nothing")
    return tuple(found)


def _used_scripts(sheet: Sheet) -> list[Script]:
    """Return the exercises of a session, in order."""
    if not isinstance(sheet.value, Session):
        return []
    found = (script_of(reference, sheet.scripts) for reference in references(sheet.value))
    return [script for script in found if script]
