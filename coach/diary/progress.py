"""Progress from session to session, by rule: where a listener stands with each exercise of a programme.

The rules are ours in their wording; no clinician has reviewed them. They follow pain monitoring (Thomeé 1997;
NEMEX, Ageberg 2010) and the two-for-two habit of strength training (ACSM 2009), without weights:

- Two sessions of an exercise in a row, done whole, at a pain of two or less, and usual on the morning after:
  one step more is offered (`coach.session.ladders`). It is the listener who takes it.
- One session with a pain above five, or a morning that is worse: one step back, at the next session.
- After a flare of one exercise, no exercise is offered more for `NO_OFFER_SESSIONS` sessions.
- Never two steps at once, and in a session one exercise only goes up, so that it is clear which it was.
- Anything else, and what nobody answered, changes nothing, and the two sessions are counted anew.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby

from coach.diary.entries import MOST, Done, Entry, Morning
from coach.language.level import Level
from coach.session.ladders import Programme, lowest_at
from coach.session.pain import HIGH_RISK, SAFE, rule_for
from coach.session.steps import Step

CALM_SESSIONS = 2
"""Sessions in a row before an offer."""

NO_OFFER_SESSIONS = 2
"""Sessions of the programme after a flare before which nothing is offered."""

WEEK_DAYS = 7

IN_A_ROW_DAYS = 14
"""Days between two sessions of an exercise up to which they are in a row."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a listener stands with one exercise.

    ``at`` is the index of the step that is due, ``in_a_row`` the sessions at it that count for an offer, and
    ``last`` the last day on which it was done. ``flare`` is the reason why the last session of it was one,
    "" if it was none; ``was_left_out`` is true if it was set out then, and nothing of it was done.
    """

    at: int
    in_a_row: int = 0
    last: date | None = None
    flare: str = ""
    was_left_out: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """What the diary says of a programme: the standing with each exercise, and the days it was done on.

    ``days`` are those of its last week, in order; ``last`` is the last entry in which an exercise of it was
    set out or done, and ``steps`` are those that were set out last. ``since_flare`` counts the sessions since
    the last flare, None if there was none.
    """

    standings: Mapping[str, Standing]
    days: tuple[date, ...] = ()
    last: Entry | None = None
    steps: tuple[Step, ...] = ()
    since_flare: int | None = None

    @property
    def may_offer(self) -> bool:
        """True if the last flare is long enough ago."""
        return self.since_flare is None or self.since_flare >= NO_OFFER_SESSIONS


def begun(programme: Programme, level: Level) -> History:
    """The history of who has done nothing yet, and begins at a level."""
    return History({title: Standing(lowest_at(steps, level)) for title, steps in programme.ladders.items()})


def history(programme: Programme, entries: Iterable[Entry], level: Level) -> History:
    """The history that a diary has of a programme, for who began at a level."""
    so_far = begun(programme, level)
    by_time = sorted(entries, key=lambda entry: entry.started)
    for _, of_a_day in groupby(by_time, lambda entry: entry.day):
        so_far = after(programme, so_far, *of_a_day)
    return so_far


def after(programme: Programme, before: History, *of_a_day: Entry) -> History:
    """The history with the sessions of one more day, later than the others.

    They count as one: a session that was left and gone on with is whole.
    """
    entry = of_a_day[0] if len(of_a_day) == 1 else _as_one(of_a_day)
    done: dict[str, list[Done]] = {}
    for each in entry.exercises:
        if each.title in programme.ladders:
            done.setdefault(each.title, []).append(each)
    set_out = {step.title: step for step in entry.steps if step.title in programme.ladders}
    mine = done.keys() | set_out.keys()
    if not mine:
        return before
    standings = dict(before.standings)
    for title in mine:
        steps = programme.ladders[title]
        standing = standings[title]
        if set_out.get(title) in steps and steps[standing.at] != set_out[title]:
            standing = replace(standing, at=steps.index(set_out[title]), in_a_row=0)
        standings[title] = _after(standing, steps[standing.at], entry, done.get(title, ()))
    has_moved = any(not each.is_skipped for of_it in done.values() for each in of_it)
    recent = tuple(day for day in before.days if day > entry.day - timedelta(days=WEEK_DAYS))
    days = (*recent, entry.day) if has_moved else recent
    since = None if before.since_flare is None else before.since_flare + 1
    if any(standings[title].flare for title in mine):
        since = 0
    return History(standings, days, of_a_day[-1], tuple(set_out.values()) or before.steps, since)


def _after(standing: Standing, step: Step, entry: Entry, done: Sequence[Done]) -> Standing:
    """The standing with one exercise after a session of which ``step`` was due."""
    if standing.last and (entry.day - standing.last).days > IN_A_ROW_DAYS:
        standing = replace(standing, in_a_row=0)
    is_skipped = all(each.is_skipped for each in done)
    last = standing.last if is_skipped else entry.day
    flare = _flare(entry, done, is_skipped=is_skipped)
    if flare:
        return Standing(max(0, standing.at - 1), 0, last, flare)
    if is_skipped:
        return replace(standing, in_a_row=0, flare="", was_left_out=True)
    if not _is_calm(entry, done, step):
        return Standing(standing.at, 0, last)
    return Standing(standing.at, standing.in_a_row + 1, last)


def _as_one(entries: Sequence[Entry]) -> Entry:
    """The sessions of a day as one: what was done of each exercise is added up, the worst number counts."""
    found: dict[tuple[str, int], Done] = {}
    for entry in entries:
        seen = Counter[str]()
        for done in entry.exercises:
            key = (done.title, seen[done.title])
            seen[done.title] += 1
            found[key] = _added(found[key], done) if key in found else done
    mornings = {entry.morning for entry in entries}
    return replace(
        entries[-1],
        exercises=tuple(found.values()),
        soreness=_worst(entry.soreness for entry in entries),
        steps=next((entry.steps for entry in reversed(entries) if entry.steps), ()),
        morning=next((morning for morning in (Morning.WORSE, Morning.USUAL) if morning in mornings), None),
    )


def _added(one: Done, other: Done) -> Done:
    return replace(
        one,
        level=min(one.level, other.level, key=list(Level).index),
        sets=min(MOST, one.sets + other.sets),
        of_sets=max(one.of_sets, other.of_sets),
        reps=min(MOST, one.reps + other.reps),
        pain=_worst((one.pain, other.pain)),
    )


def _worst(numbers: Iterable[int | None]) -> int | None:
    return max((number for number in numbers if number is not None), default=None)


def _flare(entry: Entry, done: Iterable[Done], *, is_skipped: bool) -> str:
    """The reason why a session was a flare for an exercise; "" if it was none."""
    own = [each.pain for each in done if each.pain is not None]
    if own and rule_for(max(own)) is HIGH_RISK:
        return f"the pain was {max(own)}"
    if is_skipped:
        return ""
    if entry.soreness is not None and rule_for(entry.soreness) is HIGH_RISK:
        return f"the soreness was {entry.soreness}"
    return "the morning after was worse" if entry.morning is Morning.WORSE else ""


def _is_calm(entry: Entry, done: Iterable[Done], step: Step) -> bool:
    """Tell whether a session counts for an offer: all of the step, little pain, and a usual morning."""
    pains = [pain for pain in (entry.soreness, *(each.pain for each in done)) if pain is not None]
    is_whole = all(
        each.sets >= each.of_sets and each.reps >= step.total_reps and each.level is step.level
        for each in done
    )
    return is_whole and bool(pains) and rule_for(max(pains)) is SAFE and entry.morning is Morning.USUAL
