"""What is due today of a programme: whether it is a day for it, which exercises, how much, what is offered.

Three days a week, never two running. A programme may be spread over its days, two or three exercises on each;
then what was left out last time comes first, and after that what was done longest ago, so that three days
have the whole of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count
from math import ceil

from coach.diary.entries import Entry
from coach.diary.progress import CALM_SESSIONS, WEEK_DAYS, History, Standing
from coach.diary.report import SEE_SOMEONE, counts_text, day_text, step_text
from coach.language.level import Level
from coach.session.ladders import Programme, lowest_at
from coach.session.steps import Step
from coach.text import counted, printable_line

DAYS_A_WEEK = 3
"""The most days on which a programme is done, in any seven."""

ASK_WITHIN_DAYS = 7
"""How long after a session the morning after it is still asked about."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One step more of one exercise, which the listener may take."""

    before: Step
    then: Step

    @property
    def text(self) -> str:
        """What is offered, and why."""
        what = f"{printable_line(self.before.title)}: {_change_text(self.before, self.then)}."
        return (
            f"On offer, {what}\n"
            "  Why: in the last two sessions you did all of it, at a pain of two or less,\n"
            "  and the mornings after were as usual."
        )


@dataclass(frozen=True, slots=True)
class Today:
    """What is due of a programme on a day.

    ``why_not`` says why nothing is due, "" if it is. ``steps`` are the exercises of the day in the order of
    the programme, and how much of each; ``unanswered`` is the session whose morning after nobody told.
    """

    programme: Programme
    day: date
    why_not: str
    next_day: date
    steps: tuple[Step, ...]
    offer: Offer | None = None
    left_out: tuple[str, ...] = ()
    stepped_back: tuple[tuple[Step, str], ...] = ()
    unanswered: Entry | None = None

    @property
    def is_due(self) -> bool:
        """True if today is a day for it."""
        return not self.why_not

    @property
    def is_whole(self) -> bool:
        """True if all exercises of the programme are due."""
        return len(self.steps) == len(self.programme.ladders)

    @property
    def level(self) -> Level:
        """The level of the session: the highest of its exercises."""
        return max((step.level for step in self.steps), key=list(Level).index)

    @property
    def titles(self) -> tuple[str, ...]:
        """The exercises of the day, with those that belong to every day."""
        return (*self.programme.frames, *(step.title for step in self.steps))

    @property
    def question(self) -> str:
        """The question of how it was on the morning after the session that is unanswered; "" for none."""
        if self.unanswered is None:
            return ""
        what = printable_line(self.programme.body_part) or "it"
        return f"How was {what} on the morning after {day_text(self.unanswered.day)}: usual, or worse?"

    def with_offer_taken(self) -> "Today":
        """The day after the listener took the offer."""
        if self.offer is None:
            return self
        steps = tuple(self.offer.then if step == self.offer.before else step for step in self.steps)
        return replace(self, steps=steps, offer=None)

    def text(self) -> str:
        """What is due, as people read it."""
        title = printable_line(self.programme.title)
        if not self.is_due:
            return f"{title} is not due today: {self.why_not} It is due on {day_text(self.next_day)}.\n"
        lines = [f"{title} is due today."]
        if self.left_out:
            lines.append(f"Left out last time: {', '.join(map(printable_line, self.left_out))}.")
        lines += [f"  {printable_line(step.title)}: {step_text(step)}" for step in self.steps]
        lines += [
            f"One step back, because {why}: {printable_line(step.title)}. No offer for two sessions."
            for step, why in self.stepped_back
        ]
        if any(step == self.programme.ladders[step.title][0] for step, _ in self.stepped_back):
            lines.append(f"There is no gentler step. {SEE_SOMEONE}")
        return "\n".join(lines) + "\n"


def due(
    programme: Programme,
    so_far: History,
    today: date,
    *,
    a_day: int | None = None,
    level: Level | None = None,
) -> Today:
    """What is due on a day, as the history up to it has it.

    ``a_day`` is the number of exercises a day, or that of last time; it is raised if three days had not the
    whole programme. With a ``level`` every exercise of the day begins anew at it, and nothing is offered.
    """
    why_not = _why_not(so_far.days, today)
    next_day = next(
        day for day in (today + timedelta(days=n) for n in count(1)) if not _why_not(so_far.days, day)
    )
    titles = _of_the_day(programme, so_far, a_day)
    standings = {title: so_far.standings[title] for title in titles}
    if level is not None:
        standings = {
            title: Standing(lowest_at(programme.ladders[title], level), last=standing.last)
            for title, standing in standings.items()
        }
    ladders = programme.ladders
    last = so_far.last
    return Today(
        programme,
        today,
        why_not,
        next_day,
        tuple(ladders[title][standing.at] for title, standing in standings.items()),
        _offer(programme, standings) if so_far.may_offer else None,
        tuple(title for title, standing in so_far.standings.items() if standing.was_left_out),
        tuple((ladders[title][each.at], each.flare) for title, each in standings.items() if each.flare),
        last if last and last.morning is None and 0 < (today - last.day).days <= ASK_WITHIN_DAYS else None,
    )


def _why_not(days: Iterable[date], today: date) -> str:
    """The reason why a day is none for a programme that was done on these days; "" if it is one."""
    before = [day for day in days if day <= today]
    if today in before:
        return "it has been done today."
    if today - timedelta(days=1) in before:
        return "it was done yesterday, and a day of rest lies between."
    week = [day for day in before if day > today - timedelta(days=WEEK_DAYS)]
    if len(week) >= DAYS_A_WEEK:
        return f"it was done on {counted(len(week), 'day')} of the last {WEEK_DAYS}, which is enough."
    return ""


def _of_the_day(programme: Programme, so_far: History, a_day: int | None) -> list[str]:
    """The exercises of the day, in the order of the programme."""
    titles = [*programme.ladders]
    wanted = a_day or len(so_far.steps) or len(titles)
    number = max(wanted, ceil(len(titles) / DAYS_A_WEEK))

    def waited(title: str) -> tuple[bool, date]:
        standing = so_far.standings[title]
        return not standing.was_left_out, standing.last or date.min

    chosen = sorted(titles, key=waited)[:number]
    return [title for title in titles if title in chosen]


def _offer(programme: Programme, standings: dict[str, Standing]) -> Offer | None:
    """One step more for the exercise that has been ready for it longest, the first of several."""
    ready = [
        title
        for title, standing in standings.items()
        if standing.in_a_row >= CALM_SESSIONS and standing.at + 1 < len(programme.ladders[title])
    ]
    if not ready:
        return None
    title = max(ready, key=lambda title: standings[title].in_a_row)
    at = standings[title].at
    return Offer(*programme.ladders[title][at : at + 2])


def _change_text(before: Step, then: Step) -> str:
    if then.level is not before.level:
        return f"the {then.level} level in place of {before.level}"
    if then.sets != before.sets:
        return f"{counts_text(then)} in place of {counts_text(before)}"
    return f"{then.reps} times in place of {before.reps}"


def last_programme(entries: Iterable[Entry]) -> str:
    """The name of the programme that was due last; "" if there was none."""
    set_out = [entry for entry in entries if entry.steps]
    return max(set_out, key=lambda entry: entry.started).session if set_out else ""
