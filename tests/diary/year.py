"""A simulated year: listeners with random pain and adherence, who do what is due and answer as they like.

Pure: the same seed gives the same year. A listener is a row of traits; what happens on a day is drawn from
them. The rules under test are only asked what is due, and told what was done.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from random import Random
from statistics import median
from typing import NamedTuple

from coach.diary.entries import Done, Entry
from coach.diary.morning import Morning
from coach.diary.progress import after, begun
from coach.diary.today import Today, due
from coach.language.level import Level
from coach.session.ladders import Programme
from coach.session.steps import Step

DAYS = 365
FIRST_DAY = date(2026, 1, 1)


class Knee(StrEnum):
    """How a listener's knee takes exercise."""

    CALM = "calm"
    CHANGING = "changing"
    SORE = "sore"


class Habit(StrEnum):
    """How often a listener comes on a day on which something is due."""

    FAITHFUL = "faithful"
    IRREGULAR = "irregular"
    SELDOM = "seldom"


MEAN_PAIN = {Knee.CALM: 0.6, Knee.CHANGING: 1.8, Knee.SORE: 3.6}
FLARE = {Knee.CALM: 0.01, Knee.CHANGING: 0.05, Knee.SORE: 0.15}
COMES = {Habit.FAITHFUL: 0.95, Habit.IRREGULAR: 0.5, Habit.SELDOM: 0.15}


@dataclass(frozen=True, slots=True)
class Listener:
    """The traits of a listener: ``a_day`` exercises, and the chances of what a person does.

    ``comes_anyway`` is the chance to come on a day on which nothing is due.
    """

    knee: Knee
    habit: Habit
    level: Level
    a_day: int | None
    leaves_out: float
    breaks_off: float
    answers: float
    takes: float
    comes_anyway: float


@dataclass(frozen=True, slots=True)
class Session:
    """One session of a listener: what was due, whether an offer was taken, and what the diary has."""

    due: Today
    was_taken: bool
    entry: Entry


def a_listener(chance: Random) -> Listener:
    """Draw a listener."""
    return Listener(
        chance.choice([*Knee]),
        chance.choice([*Habit]),
        chance.choice([Level.GENTLE, Level.STANDARD, Level.STANDARD]),
        chance.choice([None, 2, 3]),
        chance.uniform(0, 0.15),
        chance.uniform(0, 0.15),
        chance.uniform(0.6, 1),
        chance.uniform(0.3, 1),
        chance.choice([0, 0, 0.1]),
    )


def year(programme: Programme, listener: Listener, chance: Random) -> Iterator[Session]:
    """Yield the sessions of a year."""
    so_far, comes = begun(programme, listener.level), COMES[listener.habit]
    today: Today | None = None
    for day in (FIRST_DAY + timedelta(days=n) for n in range(DAYS)):
        may_be_due = today is None or today.is_due or day >= today.next_day
        if chance.random() > (comes if may_be_due else comes * listener.comes_anyway):
            continue
        today = due(programme, so_far, day, a_day=listener.a_day)
        if not today.is_due and chance.random() > listener.comes_anyway:
            continue
        was_taken = today.offer is not None and chance.random() < listener.takes
        entry = _done(today.with_offer_taken() if was_taken else today, listener, chance)
        yield Session(today, was_taken, entry)
        so_far = after(programme, so_far, entry)


def _done(today: Today, listener: Listener, chance: Random) -> Entry:
    """Do what is due; the answer of the next morning is written into the entry at once."""
    has_flare = chance.random() < FLARE[listener.knee]
    before = _number(listener, chance, has_flare=has_flare and chance.random() < 0.2)
    ends_at_once = before is not None and before > 5
    exercises = tuple(
        _exercise(step, listener, chance, has_flare=has_flare, ends_at_once=ends_at_once)
        for step in today.steps
    )
    soreness = None if ends_at_once else _number(listener, chance, has_flare=has_flare)
    is_worse = chance.random() < (0.5 if has_flare else 0.02)
    morning = chance.choice([Morning.USUAL, Morning.BETTER]) if not is_worse else Morning.WORSE
    return Entry(
        datetime(today.day.year, today.day.month, today.day.day, 8, tzinfo=UTC),
        today.programme.name,
        today.programme.title,
        today.level,
        30.0,
        not ends_at_once,
        exercises,
        soreness,
        today.steps,
        morning if chance.random() < listener.answers else None,
        before,
    )


def _exercise(step: Step, listener: Listener, chance: Random, *, has_flare: bool, ends_at_once: bool) -> Done:
    sets = max(1, step.sets) * step.sides
    reps = step.total_reps or sets
    if ends_at_once or chance.random() < listener.leaves_out:
        return Done(step.title, step.level, 0, sets, 0, reps, 0.0)
    pain = _number(listener, chance, has_flare=has_flare and chance.random() < 0.5)
    if (pain or 0) > 5 or chance.random() < listener.breaks_off:
        return Done(step.title, step.level, sets - 1, sets, reps // 2, reps, 2.5, pain=pain)
    return Done(step.title, step.level, sets, sets, reps, reps, 5.0, pain=pain)


def _number(listener: Listener, chance: Random, *, has_flare: bool) -> int | None:
    """Draw the answer of a scale from 0 to 10; None if the listener gives none."""
    if chance.random() > listener.answers:
        return None
    mean = MEAN_PAIN[listener.knee] + (4.5 if has_flare else 0)
    return min(10, max(0, round(chance.gauss(mean, 1.0))))


def table(programme: Programme, years: Iterable[tuple[Listener, list[Session]]]) -> list[str]:
    """The rows of the table of docs/content.md: the years of each kind of listener, in numbers for each."""
    tallies: dict[tuple[Knee, Habit], list[_Tally]] = {(knee, habit): [] for knee in Knee for habit in Habit}
    for listener, sessions in years:
        tallies[listener.knee, listener.habit].append(_tally(programme, sessions))
    return [_row(f"{knee}, {habit}", of_them) for (knee, habit), of_them in tallies.items() if of_them]


class _Tally(NamedTuple):
    """The year of one listener, in numbers."""

    sessions: int
    offers: int
    taken: int
    back: int
    gained: int
    came_to_strong: bool


def _tally(programme: Programme, sessions: list[Session]) -> _Tally:
    first: dict[str, Step] = {}
    last: dict[str, Step] = {}
    for session in sessions:
        for step in session.entry.steps:
            first.setdefault(step.title, step)
            last[step.title] = step
    gained = (
        programme.ladders[title].index(last[title]) - programme.ladders[title].index(first[title])
        for title in last
    )
    return _Tally(
        len(sessions),
        sum(session.due.offer is not None for session in sessions),
        sum(session.was_taken for session in sessions),
        sum(any(back.is_flare for back in session.due.stepped_back) for session in sessions),
        sum(gained),
        any(session.entry.level is Level.STRONG for session in sessions),
    )


def _row(name: str, tallies: list[_Tally]) -> str:
    sessions, offers, taken, back, _, strong = (
        sum(column) / len(tallies) for column in zip(*tallies, strict=True)
    )
    gained = median(each.gained for each in tallies)
    return (
        f"| {name} | {len(tallies)} | {sessions / (DAYS / 7):.1f} | {offers:.1f} | {taken:.1f} "
        f"| {back:.1f} | {gained:+.0f} | {100 * strong:.0f} % |"
    )
