"""Make a session fit the minutes that its listener has.

What gives way, in this order:

1. the words: an exercise after the other is told in its brief form, the last one first;
2. the rests: down to half of what is written, and not below `LEAST_REST_S`;
3. repetitions: down to two thirds of a set, the last exercise first;
4. sets and rounds, down to one of each; the last exercise first;
5. exercises: those that their sheet calls optional, then those at its end.

A session keeps its first exercise whole, which is its warm-up, and one exercise after it. The rules, cautions
and stop rules of what is kept stay, and so does the time to change position. When a set or an exercise had to
go, repetitions, rests and words have again as much of the time as is left. So more minutes never give fewer
exercises, sets or rounds; and with the same of these, never fewer repetitions, shorter rests or fewer words.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil

from coach.language.dose import USUAL_REST_S, After, Amount, Dose, DoseRest, exactly
from coach.language.level import Level
from coach.language.model import Reference, Rest, Round, Script, Session, Written
from coach.language.names import script_of
from coach.language.problems import Span
from coach.session.arrange import chosen_dose, counts_repetitions
from coach.session.options import Detail, Options
from coach.session.parts import blocks, exercises, kept

LEAST_REST_S = 20.0
"""A rest gives way down to this many seconds; a shorter one stays as written."""

REST_STEP_S = 5.0
RESTS = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5)
"""The parts of a rest that are left, step by step."""

LEAST_REPS = 6
REPS_STEP = 2
LEAST_EXERCISES = 2

MARGIN = 0.1
"""A fitted session lasts at most the minutes asked for, and at most this part of them less."""


@dataclass(frozen=True, slots=True)
class Cut:
    """What gives way of a session.

    ``brief`` exercises, the last ones, are in their brief form, ``rests`` is the part of each rest that is
    left, and ``reps`` says how many times the sets of an exercise got fewer repetitions. ``sets`` has what
    every exercise loses of its sets, ``rounds`` what every list loses of its rounds; ``dropped`` are the
    exercises that are left out, by their number from 0.
    """

    brief: int = 0
    rests: float = 1.0
    reps: int = 0
    sets: tuple[int, ...] = ()
    rounds: tuple[int, ...] = ()
    dropped: frozenset[int] = frozenset()


WHOLE = Cut()


@dataclass(frozen=True, slots=True)
class Exercised:
    """One exercise of a session: its script, its dose before anything gave way, and its blocks."""

    script: Script
    dose: Dose
    level: Level
    blocks: tuple[int, ...] = ()
    is_optional: bool = False


def exercised(
    value: Script | Session, scripts: Mapping[str, Script], choices: Options
) -> tuple[Exercised, ...]:
    """List the exercises that may give way, in order."""
    if isinstance(value, Script):
        own = choices.at(value.title)
        return (Exercised(value, chosen_dose(value, None, own), own.level),)
    every = blocks(value)
    found = []
    for each in exercises(value):
        reference = every[each[0]].reference
        script = reference and script_of(reference, scripts)
        if reference and script:
            is_optional = script.is_optional or reference.is_optional
            own = choices.at(script.title)
            dose = chosen_dose(script, reference.dose, own)
            found.append(Exercised(script, dose, own.level, each, is_optional))
    return tuple(found)


def amounts(value: Script | Session, scripts: Mapping[str, Script], choices: Options) -> tuple[Cut, ...]:
    """List the steps in which sets, rounds and exercises give way, from the whole session to the least."""
    found = exercised(value, scripts, choices)
    lists = tuple(_lists(value).values())
    sets, rounds, dropped = [0] * len(found), [0] * len(lists), set[int]()
    cuts = [WHOLE]

    def add() -> None:
        cuts.append(Cut(sets=tuple(sets), rounds=tuple(rounds), dropped=frozenset(dropped)))

    for i in _giving_way(value, found):
        while sets[i] < found[i].dose.sets - 1:
            sets[i] += 1
            add()
    for i in reversed(range(len(lists))):
        while rounds[i] < lists[i] - 1:
            rounds[i] += 1
            add()
    if isinstance(value, Session):
        last_first = _giving_way(value, found)
        for i in sorted(last_first, key=lambda i: not found[i].is_optional)[: 1 - LEAST_EXERCISES or None]:
            dropped.add(i)
            add()
    return tuple(cuts)


def details(
    value: Script | Session, scripts: Mapping[str, Script], choices: Options, cut: Cut
) -> tuple[Cut, ...]:
    """List the steps in which words, rests and repetitions give way, with the sets and exercises of a cut."""
    found = exercised(value, scripts, choices)
    brief = range(len(_may_be_brief(found, choices, cut)) + 1)
    reps = range(1, len(_fewer_reps(value, found, cut)) + 1)
    cuts = [replace(cut, brief=n) for n in brief]
    cuts += [replace(cuts[-1], rests=part) for part in RESTS[1:]]
    return (*cuts, *(replace(cuts[-1], reps=n) for n in reps))


def _giving_way(value: Script | Session, found: Sequence[Exercised]) -> range:
    """Return the numbers of the exercises that give way, the last first: all but the warm-up of a session."""
    return range(len(found) - 1, 0 if isinstance(value, Session) else -1, -1)


def _fewer_reps(value: Script | Session, found: Sequence[Exercised], cut: Cut) -> tuple[int, ...]:
    """Return the exercises whose sets get less repetitions, one after the other, each as often as it may."""
    return tuple(
        i for i in _giving_way(value, found) if i not in cut.dropped for _ in range(_most_steps(found[i]))
    )


def _most_steps(each: Exercised) -> int:
    """Return how many times the repetitions of a dose may give way; a range keeps its least."""
    usual, *others = each.dose.reps
    if others or not usual.is_exact or not counts_repetitions(each.script, each.dose):
        return 0
    least = max(min(usual.least, LEAST_REPS), ceil(usual.least * 2 / 3))
    return (usual.least - least) // REPS_STEP


def dose_of(value: Script | Session, found: Sequence[Exercised], number: int, cut: Cut) -> Dose:
    """Return the dose of an exercise after a cut; where it has less to give, as far as it can."""
    each = found[number]
    dose, sets = each.dose, cut.sets[number] if cut.sets else 0
    if sets:
        left = max(1, dose.sets - sets)
        dose = replace(dose, sets=left, more_sets=0, reps=dose.reps[:left])
    steps = _fewer_reps(value, found, cut)[: cut.reps].count(number)
    if steps:
        reps = dose.reps[0].least - REPS_STEP * steps
        dose = replace(dose, more_sets=0, reps=(exactly(reps),))
    return dose


def least(value: Script | Session, scripts: Mapping[str, Script], choices: Options) -> Cut:
    """Return the cut of the shortest session."""
    return details(value, scripts, choices, amounts(value, scripts, choices)[-1])[-1]


def fit(
    value: Script | Session,
    scripts: Mapping[str, Script],
    choices: Options,
    length_of: Callable[[Cut], float],
    most: float,
) -> Cut:
    """Return the cut of the best session that is at most so long; that of the shortest, if even it is longer.

    ``length_of`` tells the length of the session with a cut.
    """

    def first(cuts: Sequence[Cut], shortest: Callable[[Cut], Cut]) -> Cut:
        at = bisect_left(range(len(cuts) - 1), True, key=lambda i: length_of(shortest(cuts[i])) <= most)
        return cuts[at]

    def shortest(cut: Cut) -> Cut:
        return details(value, scripts, choices, cut)[-1]

    if length_of(WHOLE) <= most:
        return WHOLE
    amount = first(amounts(value, scripts, choices), shortest)
    return first(details(value, scripts, choices, amount), lambda cut: cut)


def cut_down(
    value: Script | Session, scripts: Mapping[str, Script], choices: Options, cut: Cut
) -> tuple[Script | Session, Options]:
    """Return a session, or an exercise, and the choices for it after a cut.

    A level at which a dose has fewer steps gives way as far as it can.
    """
    if cut == WHOLE:
        return value, choices
    found = exercised(value, scripts, choices)
    if brief := brief_titles(value, scripts, choices, cut):
        known = choices.known if choices.detail is Detail.AUTO else ()
        choices = replace(choices, detail=Detail.AUTO, known=(*known, *brief))
    less = [
        _with_dose(each.script, _rested(dose_of(value, found, n, cut), cut.rests), each.level)
        for n, each in enumerate(found)
    ]
    steps = tuple(replace(step, sets=0, reps=0) for step in choices.steps)
    choices = replace(choices, sets=None, reps=None, steps=steps)
    if isinstance(value, Script):
        return less[0], choices
    by_block = {i: script for each, script in zip(found, less, strict=True) for i in each.blocks}
    parts: list[Written] = []
    every = blocks(value)
    for i, block in enumerate(every):
        for part in block.parts:
            match part:
                case Reference():
                    parts.append(replace(part, dose=None, script=by_block[i]) if i in by_block else part)
                case Rest():
                    parts.append(replace(part, length_s=_shorter(part.length_s, cut.rests)))
                case Round():
                    parts.append(replace(part, rest_s=_shorter(part.rest_s, cut.rests)))
                case _:
                    parts.append(part)
    out = {i for n in cut.dropped for i in found[n].blocks}
    out |= {i - 1 for i in out if i and every[i - 1].reference is None}
    session = kept(replace(value, parts=tuple(parts)), scripts, set(range(len(every))) - out)
    for span, of, lost in zip(_lists(value), _lists(value).values(), cut.rounds, strict=False):
        session = _with_rounds(session, span, of - lost) if lost else session
    return session, choices


def brief_titles(
    value: Script | Session, scripts: Mapping[str, Script], choices: Options, cut: Cut
) -> tuple[str, ...]:
    """Return the titles of the exercises that a cut tells in their brief form, in order."""
    found = _may_be_brief(exercised(value, scripts, choices), choices, cut)
    return found[-cut.brief :] if cut.brief else ()


def rounds_left(value: Script | Session, cut: Cut) -> tuple[tuple[int, int], ...]:
    """Return the rounds that are left of each list that gave way, and those that are written."""
    every = _lists(value).values()
    return tuple((of - lost, of) for of, lost in zip(every, cut.rounds, strict=False) if lost)


def _lists(value: Script | Session) -> dict[Span, int]:
    """Return the lists that are done several times: where each is written, and how often it is done."""
    parts = value.parts if isinstance(value, Session) else ()
    return {part.span: part.of for part in parts if isinstance(part, Round)}


def _with_rounds(session: Session, span: Span, number: int) -> Session:
    """Return the session with so many rounds of a list; what is done in one is no round any more."""
    parts: list[Written] = []
    for block in blocks(session):
        this = block.reference and block.reference.round
        if this and this.span == span and this.number > number:
            continue
        for part in block.parts:
            match part:
                case Round() if part.span == span:
                    parts += [replace(part, of=number)] if number > 1 else []
                case Reference(round=Round()) if this and this.span == span:
                    parts.append(replace(part, round=replace(this, of=number) if number > 1 else None))
                case _:
                    parts.append(part)
    return replace(session, parts=tuple(parts))


def _may_be_brief(found: Sequence[Exercised], choices: Options, cut: Cut) -> tuple[str, ...]:
    """Return the titles of the exercises that are told in full and have a brief form, in order."""
    scripts = [each.script for n, each in enumerate(found) if n not in cut.dropped]
    full = (script.title for script in scripts if script.brief and not choices.is_brief(script.title))
    return tuple(dict.fromkeys(full))


def _with_dose(script: Script, dose: Dose, level: Level) -> Script:
    return replace(script, doses={**script.doses, level: dose})


def _rested(dose: Dose, part: float) -> Dose:
    """Return a dose with shorter rests between its sets and sides."""
    if part == 1:
        return dose
    rests = {rest.after: rest for rest in dose.rests}
    if dose.sets > 1:
        rests.setdefault(After.SET, DoseRest(exactly(USUAL_REST_S), After.SET))
    for after in {After.SET, After.SIDE} & {*rests}:
        length_s = rests[after].length_s
        shorter = Amount(_shorter(length_s.least, part), _shorter(length_s.most, part), length_s.is_open)
        rests[after] = DoseRest(shorter, after)
    return replace(dose, rests=tuple(rests.values()))


def _shorter(rest_s: float, part: float) -> float:
    """Return what is left of a rest in seconds.

    >>> [_shorter(rest_s, 0.5) for rest_s in (60.0, 45.0, 30.0, 15.0)]
    [30.0, 25.0, 20.0, 15.0]
    """
    left_s = ceil(rest_s * part / REST_STEP_S) * REST_STEP_S
    return min(rest_s, max(left_s, LEAST_REST_S))
