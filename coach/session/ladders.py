"""The steps by which an exercise grows: a repetition, a set, a level.

The steps of an exercise are a ladder, from the gentle level's dose to the strong one's. At each level a
repetition is added until the range ends, then a set, with the repetitions back at the range's start where
that still asks for more; the next level comes last. A range ends where the sheet's own does ("8-12 times"),
or where the next level begins, whichever is more. Doses of which no repetitions are counted (a time, a hold
alone, "until tired") go from level to level.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from coach.language.dose import Dose, Held, Sides, Wording
from coach.language.level import Level
from coach.language.model import Script, Session
from coach.language.names import references, script_of
from coach.session.arrange import chosen_dose, counts_repetitions
from coach.session.options import Options
from coach.session.steps import MOST_REPS, MOST_SETS, Step


@dataclass(frozen=True, slots=True)
class Programme:
    """What a listener comes back to: a session or an exercise, with the ladder of each exercise by title.

    ``frames`` are the exercises that belong to every day, as a warm-up, a massage or calm breathing: nothing
    in them is counted, and they are done once. They have no ladder. ``body_part`` is what a listener is asked
    about, "" if the sheet names none.
    """

    name: str
    title: str
    ladders: Mapping[str, tuple[Step, ...]]
    frames: tuple[str, ...] = ()
    body_part: str = ""


def programme(value: Script | Session, scripts: Mapping[str, Script], name: str) -> Programme:
    """The programme of a sheet, as the session doses its exercises, in its order.

    Raises
    ------
    ValueError
        If a reference has no script.
    """
    if isinstance(value, Script):
        return Programme(name, value.title, {value.title: ladder(value)}, (), value.body_part)
    used: dict[str, tuple[Script, list[Wording | None]]] = {}
    for reference in references(value):
        script = script_of(reference, scripts)
        if script is None:
            raise ValueError(f"no script for the reference {reference.name!r}")
        _, own = used.setdefault(script.title, (script, []))
        if reference.dose not in own:
            own.append(reference.dose)
    frames = tuple(
        title for title, (script, own) in used.items() if all(_is_once(script, each) for each in own)
    )
    if len(frames) == len(used):
        frames = ()
    counted = {title: ladder(script, *own) for title, (script, own) in used.items() if title not in frames}
    return Programme(name, value.title, counted, frames, value.body_part)


def _is_once(script: Script, own: Wording | None) -> bool:
    doses = [chosen_dose(script, own, Options(level)) for level in Level]
    return all(dose.sets * dose.most_reps == 1 and not isinstance(dose, Held) for dose in doses)


def ladder(script: Script, own: Wording | None = None, *others: Wording | None) -> tuple[Step, ...]:
    """The steps of an exercise, the gentlest first; ``own`` and ``others`` are the doses of a session.

    Levels that differ in nothing are one, called standard if that is among them.
    """
    doses = {level: chosen_dose(script, own, Options(level)) for level in Level}
    levels = [*_different(script, doses)]
    found: list[Step] = []
    for level, higher in zip(levels, [*levels[1:], None], strict=True):
        dose = doses[level]
        sides = max(1, len(dose.one_by_one))
        if others or not _is_counted(script, dose):
            found.append(Step(script.title, level, sides=sides))
            continue
        coming = doses[higher] if higher and _is_counted(script, doses[higher]) else None
        steps = [Step(script.title, level, *counts, sides) for counts in _counts(dose, coming)]
        if higher and _lengths_s(script, level) == _lengths_s(script, higher):
            first = (doses[higher].sets, doses[higher].most_reps, doses[higher].sides)
            steps[1:] = [step for step in steps[1:] if (step.sets, step.reps, dose.sides) != first]
        found += steps
    return tuple(found)


def _different(script: Script, doses: Mapping[Level, Dose]) -> Iterator[Level]:
    """Yield the levels that ask for something different from the level before."""
    for _, alike in groupby(Level, lambda level: (doses[level], _lengths_s(script, level))):
        levels = [*alike]
        yield Level.STANDARD if Level.STANDARD in levels else levels[0]


def _lengths_s(script: Script, level: Level) -> tuple[float, ...]:
    return tuple(phase.length_s[level] for phase in script.phases)


def _is_counted(script: Script, dose: Dose) -> bool:
    """Tell whether all sets have the same number of repetitions, which is not left to the listener."""
    is_simple = len(dose.reps) == 1 and not dose.reps[0].is_open
    has_room = dose.sets <= MOST_SETS and dose.most_reps <= MOST_REPS
    return is_simple and has_room and counts_repetitions(script, dose)


def _counts(dose: Dose, following: Dose | None) -> Iterator[tuple[int, int]]:
    """Yield the sets and repetitions of each step at one level; ``following`` is the next level's dose."""
    start, by = dose.reps[0].planned, 2 if dose.sides is Sides.ALTERNATING else 1
    most_reps = min(MOST_REPS, max(dose.reps[0].most, following.reps[0].planned if following else 0))
    most_sets = min(MOST_SETS, max(dose.sets + dose.more_sets, following.sets if following else 0))
    done = 0
    for sets in range(dose.sets, most_sets + 1):
        for reps in range(start, max(most_reps, start) + 1, by):
            if sets * reps > done:
                done = sets * reps
                yield sets, reps


def lowest_at(steps: Sequence[Step], level: Level) -> int:
    """The index of the first step of a level, or of the nearest level below it that there is."""
    order = list(Level)
    bases = {step.level: i for i, step in reversed([*enumerate(steps)])}
    below = [i for each, i in bases.items() if order.index(each) <= order.index(level)]
    return max(below, default=0)


def nearest_at(steps: Sequence[Step], step: Step) -> int:
    """The index of a step, or of the last that asks no more: the sheet may have changed since."""
    order = list(Level)

    def amount(each: Step) -> tuple[int, int]:
        return order.index(each.level), each.total_reps

    return max((i for i, each in enumerate(steps) if amount(each) <= amount(step)), default=0)
