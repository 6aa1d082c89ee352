"""The moves of a sheet with the choices of a listener, and how long they last."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from math import ceil

from coach.errors import ScriptError, UsageError
from coach.language.dose import Dose
from coach.language.level import Level
from coach.language.model import Script, Session
from coach.language.names import references, script_of
from coach.session.arrange import chosen_dose, counts_repetitions, has_levels, practice, score
from coach.session.compile import compile_session
from coach.session.fit import MARGIN, WHOLE, Cut, Fitting, Size, size_of
from coach.session.moves import Break, ChapterMoves, Interval, Recovery, Repetitions
from coach.session.options import Detail, Options
from coach.session.parts import part_numbers, picked
from coach.session.timeline_builder import Sounds
from coach.sheets.sheet import Sheet
from coach.text import counted, length_text

LONGEST_H = 24
"""Hours; no session is meant to last longer."""


Scored = tuple[str, str, tuple[ChapterMoves, ...]]
"""The title, the language and the chapters of a session."""


def scored(sheet: Sheet, choices: Options, times: int = 1, cut: Cut = WHOLE) -> Scored:
    """Return the score of a session, or of an exercise done so many ``times``, after a ``cut``.

    Raises
    ------
    ScriptError
        If the sheet has errors, with the explanation of every problem.
    UsageError
        If it would last longer than `LONGEST_H` with these choices.
    """
    value = _value(sheet, choices)
    chapters = chapters_of(value, sheet.scripts, choices, times, cut)
    hours = hours_of(chapters)
    if hours > LONGEST_H:
        message = f"{sheet.title} would last {hours:,.0f} hours: the longest session has {LONGEST_H}"
        raise UsageError(message, "ask for fewer sets, repetitions or times")
    return value.title, value.language, chapters


def _value(sheet: Sheet, choices: Options) -> Script | Session:
    """Return what a sheet says, with the parts that were asked for."""
    value = sheet.value
    if value is None:
        raise ScriptError(sheet.explain())
    if choices.only is choices.from_ is choices.to is None:
        return value
    if isinstance(value, Script):
        raise UsageError(
            f"{sheet.title} is one exercise, and has no parts", "leave out --only, --from and --to"
        )
    chapters = chapters_of(value, sheet.scripts, choices)
    titles, names = [each.title for each in chapters], [each.exercise for each in chapters]
    numbers = part_numbers(titles, names, choices)
    return picked(value, sheet.scripts, numbers, is_brief=choices.is_brief(value.title))


def chapters_of(
    value: Script | Session, scripts: Mapping[str, Script], choices: Options, times: int = 1, cut: Cut = WHOLE
) -> tuple[ChapterMoves, ...]:
    """Return the score of a session, or of an exercise done so many ``times``, however long it lasts."""
    if cut != WHOLE:
        value, choices = Fitting(value, scripts, choices).after(cut)
    if isinstance(value, Session):
        return score(value, scripts, choices)
    return practice(value, choices, times)


def length_s(sheet: Sheet, choices: Options, sounds: Sounds, times: int = 1, cut: Cut = WHOLE) -> float:
    """Return the seconds of a session with the sounds, after a cut."""
    title, _, chapters = scored(sheet, choices, times, cut)
    return compile_session(title, chapters, sounds).duration_s


def least_cut(sheet: Sheet, choices: Options, sounds: Sounds, times: int = 1) -> Cut:
    """Return the cut of the shortest session of a sheet, with these sounds."""
    return _fitting(sheet, choices).least(_measure(sheet, choices, sounds, times))


def least_s(sheet: Sheet, choices: Options, sounds: Sounds) -> float:
    """Return the seconds of the shortest session of a sheet, with these sounds."""
    measure = _measure(sheet, choices, sounds, 1)
    return measure(_fitting(sheet, choices).least(measure)).seconds


def fitted(sheet: Sheet, choices: Options, sounds: Sounds, times: int = 1) -> Cut:
    """Return the cut with which a session lasts the minutes that were asked for, with these sounds.

    It is that of the shortest session, where even that is longer.
    """
    if choices.minutes is None:
        return WHOLE
    measure = _measure(sheet, choices, sounds, times)
    return _fitting(sheet, choices).fit(measure, 60.0 * choices.minutes)


def _fitting(sheet: Sheet, choices: Options) -> Fitting:
    return Fitting(_value(sheet, choices), sheet.scripts, choices)


def _measure(sheet: Sheet, choices: Options, sounds: Sounds, times: int) -> Callable[[Cut], Size]:
    """Return what measures a session after a cut, each once."""

    @cache
    def measure(cut: Cut) -> Size:
        title, _, chapters = scored(sheet, choices, times, cut)
        return size_of(compile_session(title, chapters, sounds).duration_s, chapters)

    return measure


def check_fits(sheet: Sheet, choices: Options, seconds: float) -> None:
    """Raise `UsageError` if a session that nothing more can give way of is longer than was asked for."""
    if choices.minutes is not None and seconds > 60 * choices.minutes:
        minutes = ceil(seconds / 60)
        raise UsageError(
            f"{sheet.title} lasts {length_text(seconds)} at the least, and not {choices.minutes} minutes",
            f"ask for --minutes {minutes} or more, for a gentler --level, or for some parts with --only",
        )


def gave_way(sheet: Sheet, choices: Options, cut: Cut, seconds: float) -> tuple[str, ...]:
    """Tell what gave way for the minutes that were asked for, a phrase each; nothing of a whole session.

    ``seconds`` is the length of the session after the cut.
    """
    if choices.minutes is None or cut == WHOLE:
        return ()
    return tuple(_given(sheet, choices, cut, seconds))


def _given(sheet: Sheet, choices: Options, cut: Cut, seconds: float) -> Iterator[str]:
    fitting = _fitting(sheet, choices)
    for number, each in enumerate(fitting.exercises):
        dose = fitting.dose(number, cut)
        if number in cut.dropped:
            yield f"{each.script.title}: left out"
        elif dose != each.dose:
            yield f"{each.script.title}: {_amount(dose)} in place of {_amount(each.dose)}"
    for rounds, of in fitting.rounds_left(cut):
        yield f"{counted(rounds, 'round')} of a list in place of {of}"
    chapters = scored(sheet, choices, 1, cut)[2]
    if scored(sheet, choices, 1, replace(cut, rests=1.0))[2] != chapters:
        yield f"rests: up to {1 - cut.rests:.0%} shorter"
    for title in reversed(cut.brief):
        yield f"{title}: told in its brief form"
    if scored(sheet, choices, 1, replace(cut, brief_lines=()))[2] != chapters:
        yield "what the session itself says: in its brief form"
    left_s = 60 * (choices.minutes or 0) - seconds
    if left_s > 60 * MARGIN * (choices.minutes or 0):
        yield f"{length_text(left_s)} are left over"


def _amount(dose: Dose) -> str:
    reps = "" if dose.most_reps == 1 else f" of {dose.most_reps}"
    return f"{counted(dose.sets, 'set')}{reps}"


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
    are_counted = (counts_repetitions(script, chosen_dose(script, None, choices)) for script in scripts)
    if choices.reps and not any(are_counted):
        found.append(f"{sheet.title} has no counted set: --reps changes nothing")
    return tuple(found)


def _used_scripts(sheet: Sheet) -> list[Script]:
    """Return the exercises of a session, in order."""
    if not isinstance(sheet.value, Session):
        return []
    found = (script_of(reference, sheet.scripts) for reference in references(sheet.value))
    return [script for script in found if script]
