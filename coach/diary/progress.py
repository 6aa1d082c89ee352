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

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from coach.diary.entries import Done, Entry, Morning
from coach.language.level import Level
from coach.session.ladders import Programme, lowest_at
from coach.session.steps import Step

CALM_PAIN = 2
"""Up to this number, pain is safe; an offer needs no more."""

FLARE_PAIN = 5
"""Above this number, pain is a flare."""

CALM_SESSIONS = 2
"""Sessions in a row before an offer."""

NO_OFFER_SESSIONS = 2
"""Sessions of the programme after a flare before which nothing is offered."""

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

    ``days`` are in order; ``last`` is the last entry in which an exercise of it was set out or done, and
    ``steps`` are those that were set out last. ``since_flare`` counts the sessions since the last flare, None
    if there was none.
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
    for entry in sorted(entries, key=lambda entry: entry.started):
        so_far = after(programme, so_far, entry)
    return so_far


def after(programme: Programme, before: History, entry: Entry) -> History:
    """The history with one more session, later than the others."""
    mine = {title for title in programme.ladders if _done(entry, title)}
    set_out = tuple(step for step in entry.steps if step.title in programme.ladders)
    if not mine and not set_out:
        return before
    standings = {
        title: _after(before.standings[title], steps, entry) for title, steps in programme.ladders.items()
    }
    has_moved = any(not done.is_skipped for title in mine for done in _done(entry, title))
    days = before.days if not has_moved or entry.day in before.days[-1:] else (*before.days, entry.day)
    since = None if before.since_flare is None else before.since_flare + 1
    if any(standings[title].flare for title in {*mine, *(step.title for step in set_out)}):
        since = 0
    return History(standings, days, entry, set_out or before.steps, since)


def _after(standing: Standing, steps: tuple[Step, ...], entry: Entry) -> Standing:
    """The standing with one exercise after a session."""
    done = _done(entry, steps[0].title)
    set_out = next((step for step in entry.steps if step.title == steps[0].title), None)
    if set_out in steps and steps.index(set_out) != standing.at:
        standing = replace(standing, at=steps.index(set_out), in_a_row=0)
    if not done and set_out is None:
        return standing
    if standing.last and (entry.day - standing.last).days > IN_A_ROW_DAYS:
        standing = replace(standing, in_a_row=0)
    is_skipped = all(each.is_skipped for each in done)
    last = standing.last if is_skipped else entry.day
    flare = _flare(entry, done, is_skipped=is_skipped)
    if flare:
        return Standing(max(0, standing.at - 1), 0, last, flare)
    if is_skipped:
        return replace(standing, in_a_row=0, flare="", was_left_out=True)
    if not _is_calm(entry, done, steps[standing.at]):
        return Standing(standing.at, 0, last)
    is_second_today = entry.day == standing.last
    return Standing(standing.at, standing.in_a_row + (0 if is_second_today else 1), last)


def _done(entry: Entry, title: str) -> tuple[Done, ...]:
    return tuple(done for done in entry.exercises if done.title == title)


def _flare(entry: Entry, done: Iterable[Done], *, is_skipped: bool) -> str:
    """The reason why a session was a flare for an exercise; "" if it was none."""
    own = [each.pain for each in done if each.pain is not None]
    if own and max(own) > FLARE_PAIN:
        return f"the pain was {max(own)}"
    if is_skipped:
        return ""
    if entry.soreness is not None and entry.soreness > FLARE_PAIN:
        return f"the soreness was {entry.soreness}"
    return "the morning after was worse" if entry.morning is Morning.WORSE else ""


def _is_calm(entry: Entry, done: tuple[Done, ...], step: Step) -> bool:
    """Tell whether a session counts for an offer: all of the step, little pain, and a usual morning."""
    pains = [pain for pain in (entry.soreness, *(each.pain for each in done)) if pain is not None]
    is_whole = all(
        each.sets >= each.of_sets and each.reps >= step.total_reps and each.level is step.level
        for each in done
    )
    return is_whole and bool(pains) and max(pains) <= CALM_PAIN and entry.morning is Morning.USUAL
