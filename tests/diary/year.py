"""A simulated year: listeners with random pain and adherence, who do what is due and answer as they like.

Pure: the same seed gives the same year. A listener is a row of traits; what happens on a day is drawn from
them. The rules under test are only asked what is due, and told what was done.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from random import Random
from statistics import median

from coach.diary.entries import Done, Entry, Morning
from coach.diary.progress import after, begun
from coach.diary.today import Today, due
from coach.language.level import Level
from coach.session.ladders import Programme
from coach.session.steps import Step

DAYS = 365
LISTENERS = 1_000
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
    """The traits of a listener: ``a_day`` exercises, and the chances of what a person does."""

    knee: Knee
    habit: Habit
    level: Level
    a_day: int | None
    leaves_out: float
    breaks_off: float
    answers: float
    takes: float


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
    )


def year(programme: Programme, listener: Listener, chance: Random) -> Iterator[Session]:
    """Yield the sessions of a year."""
    so_far = begun(programme, listener.level)
    for day in (FIRST_DAY + timedelta(days=n) for n in range(DAYS)):
        if chance.random() > COMES[listener.habit]:
            continue
        today = due(programme, so_far, day, a_day=listener.a_day)
        if not today.is_due:
            continue
        was_taken = today.offer is not None and chance.random() < listener.takes
        entry = _done(today.with_offer_taken() if was_taken else today, listener, chance)
        yield Session(today, was_taken, entry)
        so_far = after(programme, so_far, entry)


def _done(today: Today, listener: Listener, chance: Random) -> Entry:
    """Do what is due; the answer of the next morning is written into the entry at once."""
    has_flare = chance.random() < FLARE[listener.knee]
    exercises = tuple(_exercise(step, listener, chance, has_flare=has_flare) for step in today.steps)
    soreness = _number(listener, chance, has_flare=has_flare)
    is_worse = chance.random() < (0.5 if has_flare else 0.02)
    morning = Morning.WORSE if is_worse else Morning.USUAL
    return Entry(
        datetime(today.day.year, today.day.month, today.day.day, 8, tzinfo=UTC),
        today.programme.name,
        today.programme.title,
        today.level,
        30.0,
        True,
        exercises,
        soreness,
        today.steps,
        morning if chance.random() < listener.answers else None,
    )


def _exercise(step: Step, listener: Listener, chance: Random, *, has_flare: bool) -> Done:
    sets = max(1, step.sets) * step.sides
    reps = step.total_reps or sets
    pain = _number(listener, chance, has_flare=has_flare and chance.random() < 0.5)
    is_left_out, is_broken_off = chance.random() < listener.leaves_out, chance.random() < listener.breaks_off
    done_sets, done_reps = sets, reps
    if is_left_out:
        done_sets = done_reps = 0
    elif is_broken_off or (pain or 0) > 5:
        done_sets, done_reps = sets - 1, reps // 2
    return Done(step.title, step.level, done_sets, sets, done_reps, reps, 5.0, pain=pain)


def _number(listener: Listener, chance: Random, *, has_flare: bool) -> int | None:
    """Draw the answer of a scale from 0 to 10; None if the listener gives none."""
    if chance.random() > listener.answers:
        return None
    mean = MEAN_PAIN[listener.knee] + (4.5 if has_flare else 0)
    return min(10, max(0, round(chance.gauss(mean, 1.0))))


@dataclass(frozen=True, slots=True)
class Row:
    """The year of some listeners, in numbers for each of them."""

    name: str
    listeners: int
    sessions_a_week: float
    offers: float
    taken: float
    flares: float
    steps_up: float
    at_strong: float

    def __str__(self) -> str:
        """A row of the table of docs/content.md."""
        return (
            f"| {self.name} | {self.listeners} | {self.sessions_a_week:.1f} | {self.offers:.1f} "
            f"| {self.taken:.1f} | {self.flares:.1f} | {self.steps_up:+.0f} | {100 * self.at_strong:.0f} % |"
        )


def row(name: str, programme: Programme, years: list[list[Session]]) -> Row:
    """Sum up the years of some listeners."""
    number = len(years)
    gains = []
    for sessions in years:
        first: dict[str, int] = {}
        last: dict[str, int] = {}
        for session in sessions:
            for step in session.entry.steps:
                at = programme.ladders[step.title].index(step)
                first.setdefault(step.title, at)
                last[step.title] = at
        gains.append(sum(last.values()) - sum(first.values()))
    return Row(
        name,
        number,
        sum(map(len, years)) / number / (DAYS / 7),
        sum(session.due.offer is not None for sessions in years for session in sessions) / number,
        sum(session.was_taken for sessions in years for session in sessions) / number,
        sum(bool(session.due.stepped_back) for sessions in years for session in sessions) / number,
        median(gains),
        sum(any(session.entry.level is Level.STRONG for session in sessions) for sessions in years) / number,
    )
