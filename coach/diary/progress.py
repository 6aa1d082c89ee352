"""Progress from session to session, by rule: where a listener stands with each exercise of a programme.

The rules are ours in their wording; no clinician has reviewed them. They follow pain monitoring (Thomeé 1997;
NEMEX, Ageberg 2010) and the two-for-two habit of strength training (ACSM 2009), without weights:

- Two sessions of an exercise in a row, done whole, at a pain of two or less in every answer before, during
  and after, and no worse on the morning after: one step more is offered (`coach.session.ladders`). It is the
  listener who takes it.
- One session with a pain above five, or a morning that is worse: one step back, at the next session. Until
  the exercise has been done there, it goes no further back.
- After a flare of one exercise, no exercise is offered more for `NO_OFFER_SESSIONS` sessions.
- Never two steps at once, and in a session one exercise only goes up, so that it is clear which it was.
- More than `AWAY_DAYS` in which an exercise was not done, though others may have been: one step back, as
  nobody knows how it would be now. It goes no further back until it has been done there.
- Anything else, and what nobody answered, changes nothing, and the two sessions are counted anew. A rise of
  pain within a session is told in the session (`coach.session.pain`), and is no flare by itself.

What a pain means is said in `coach.session.pain`. The sessions of a day are one.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from coach.diary.entries import MOST, Done, Entry
from coach.diary.morning import Morning
from coach.language.level import Level
from coach.session.ladders import Programme, lowest_at, nearest_at
from coach.session.pain import HIGH_RISK, SAFE
from coach.session.steps import Step

CALM_SESSIONS = 2
"""Sessions in a row before an offer."""

NO_OFFER_SESSIONS = 2
"""Sessions of the programme after a flare before which nothing is offered."""

WEEK_DAYS = 7

IN_A_ROW_DAYS = 14
"""Days between two sessions of an exercise up to which they are in a row."""

AWAY_DAYS = 28
"""Days since an exercise was last done after which it begins one step below."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a listener stands with one exercise.

    ``at`` is the index of the step that is due, ``in_a_row`` the sessions at it that count for an offer,
    ``last`` the last day on which it was done, and ``due`` the last day on which it was to be done. ``flare``
    is the reason why the last session of it was a flare, "" if it was none, and ``before`` the index of the
    step of that session. ``is_tried`` is false from a step back until the exercise has been done at the new
    step. ``left_out`` counts the sessions in a row in which nothing of it was done, ``times`` all sessions in
    which it was due.
    """

    at: int
    in_a_row: int = 0
    last: date | None = None
    due: date | None = None
    flare: str = ""
    before: int = 0
    is_tried: bool = True
    left_out: int = 0
    times: int = 0


@dataclass(frozen=True, slots=True)
class History:
    """What the diary says of a programme: the standing with each exercise, and the days it was done on.

    ``days`` are those of its last week, in order; ``last`` is the last entry in which an exercise of it was
    set out or done, and ``steps`` are those of the last session that set some out. ``since_flare`` counts the
    sessions since the last flare, None if there was none.
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
    by_day = sorted(entries, key=lambda entry: (entry.day, entry.started))
    for _, of_a_day in groupby(by_day, lambda entry: entry.day):
        so_far = after(programme, so_far, *of_a_day)
    return so_far


def after(programme: Programme, before: History, *of_a_day: Entry) -> History:
    """The history with the sessions of one more day, later than the others.

    They count as one: a session that was left and gone on with is whole.
    """
    ladders = programme.ladders
    mine = [
        entry
        for entry in of_a_day
        if any(done.title in ladders for done in entry.exercises)
        or any(step.title in ladders for step in entry.steps)
    ]
    if not mine:
        return before
    entry = mine[0] if len(mine) == 1 else _as_one(mine)
    done: dict[str, list[Done]] = {step.title: [] for step in entry.steps if step.title in ladders}
    for each in entry.exercises:
        if each.title in ladders:
            done.setdefault(each.title, []).append(each)
    set_out = {step.title: step for step in entry.steps if step.title in ladders}
    standings = dict(before.standings)
    for title, of_it in done.items():
        standing, steps = standings[title], ladders[title]
        if title in set_out and set_out[title] != steps[standing.at]:
            at = nearest_at(steps, set_out[title])
            is_tried = standing.is_tried and at >= standing.at
            standing = replace(standing, at=at, in_a_row=0, is_tried=is_tried)
        standings[title] = _after(standing, steps[standing.at], entry, of_it)
    days, since_flare = before.days, before.since_flare
    if any(not each.is_skipped for of_it in done.values() for each in of_it):
        days = (*(day for day in days if (entry.day - day).days < WEEK_DAYS), entry.day)
        since_flare = None if since_flare is None else since_flare + 1
    if any(standings[title].flare for title in done):
        since_flare = 0
    steps = before.steps
    for session in mine:
        steps = tuple(step for step in session.steps if step.title in ladders) or steps
    return History(standings, days, mine[-1], steps, since_flare)


def _after(before: Standing, step: Step, entry: Entry, done: Sequence[Done]) -> Standing:
    """The standing with one exercise after a session of which ``step`` was due."""
    is_skipped = all(each.is_skipped for each in done)
    is_in_a_row = before.last is not None and (entry.day - before.last).days <= IN_A_ROW_DAYS
    standing = replace(
        before,
        in_a_row=0,
        last=before.last if is_skipped else entry.day,
        due=entry.day,
        flare=_flare(entry, done, is_skipped=is_skipped),
        is_tried=before.is_tried or not is_skipped,
        left_out=before.left_out + 1 if is_skipped else 0,
        times=before.times + 1,
    )
    if standing.flare:
        at = max(0, before.at - 1) if standing.is_tried else before.at
        return replace(standing, at=at, before=before.at, is_tried=False)
    if is_skipped or not _is_calm(entry, done, step):
        return standing
    return replace(standing, in_a_row=before.in_a_row + 1 if is_in_a_row else 1)


def _as_one(entries: Sequence[Entry]) -> Entry:
    """The sessions of a day as one: what was done of each exercise is added up, the worst number counts."""
    found: dict[tuple[str, int], Done] = {}
    for entry in entries:
        seen = Counter[str]()
        for done in entry.exercises:
            key = (done.title, seen[done.title])
            seen[done.title] += 1
            found[key] = _added(found[key], done) if key in found else done
    mornings = [entry.morning for entry in entries if entry.morning is not None]
    return replace(
        entries[-1],
        exercises=tuple(found.values()),
        soreness=_worst(entry.soreness for entry in entries),
        pain=_worst(entry.pain for entry in entries),
        steps=tuple({step.title: step for entry in entries for step in entry.steps}.values()),
        morning=max(mornings, key=list(Morning).index, default=None),
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
    own = _worst(each.pain for each in done)
    if _is_high(own):
        return f"the pain was {own}"
    if _is_high(entry.pain):
        return f"the pain before it was {entry.pain}"
    if is_skipped:
        return ""
    if _is_high(entry.soreness):
        return f"the soreness was {entry.soreness}"
    return "the morning after was worse" if entry.morning is Morning.WORSE else ""


def worst_pain(entry: Entry, done: Iterable[Done]) -> int | None:
    """The highest number after an exercise, or after the session it was in; None if there was none."""
    return _worst((entry.soreness, *(each.pain for each in done)))


def _is_high(pain: int | None) -> bool:
    return pain is not None and pain >= HIGH_RISK.least


def _is_calm(entry: Entry, done: Sequence[Done], step: Step) -> bool:
    """Tell whether a session counts for an offer: all of the step, little pain, and a morning no worse."""
    if entry.morning is None or entry.morning is Morning.WORSE:
        return False
    worst = worst_pain(entry, done)
    is_safe = worst is not None and max(worst, entry.pain or 0) <= SAFE.most
    return is_safe and all(
        each.sets >= each.of_sets and each.reps >= step.total_reps and each.level is step.level
        for each in done
    )
