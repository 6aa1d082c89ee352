"""What is due today of a programme: whether it is a day for it, which exercises, how much, what is offered.

Three days a week, never two running. A programme may be spread over its days, two or three exercises on each;
then what was left out last time comes first, and after that what was due longest ago, so that three days
have the whole of it. What was left out several times in a row waits like all others, so that it keeps none of
them away.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count
from math import ceil
from typing import Any

from coach.diary.entries import Entry
from coach.diary.progress import AWAY_DAYS, CALM_SESSIONS, WEEK_DAYS, History, Standing
from coach.diary.report import SEE_SOMEONE, counts_text, day_text, step_text
from coach.language.level import Level
from coach.session import steps as step_values
from coach.session.ladders import Programme, lowest_at
from coach.session.pain import SAFE
from coach.session.steps import Step
from coach.text import counted, printable_line

DAYS_A_WEEK = 3
"""The most days on which a programme is done, in any seven."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One step more of one exercise, which the listener may take."""

    before: Step
    then: Step

    @property
    def why(self) -> str:
        """The reason, which is the rule."""
        return (
            f"in the last {CALM_SESSIONS} sessions you did all of it, at a pain of {SAFE.most} or less,\n"
            "  and the mornings after were no worse."
        )

    @property
    def text(self) -> str:
        """What is offered, and why."""
        what = f"{printable_line(self.before.title)}: {_change_text(self.before, self.then)}."
        return f"On offer, {what}\n  Why: {self.why}"


@dataclass(frozen=True, slots=True)
class Back:
    """One step back of one exercise, or none where there is none: from ``before`` to ``then``, and why."""

    before: Step
    then: Step
    why: str
    is_flare: bool = True

    @property
    def text(self) -> str:
        """What is done, and why."""
        title = printable_line(self.then.title)
        what = "One step back" if self.before != self.then else "No more than last time"
        return f"{what}, because {self.why}: {title}.{' No offer for two sessions.' if self.is_flare else ''}"


@dataclass(frozen=True, slots=True)
class Today:
    """What is due of a programme on a day.

    ``why_not`` says why nothing is due, "" if it is. ``steps`` are the exercises of the day in the order of
    the programme, and how much of each; ``unanswered`` is the session whose morning after nobody told.
    ``is_first`` is true for who has done nothing of it yet, ``is_raised`` if more exercises are due than were
    wanted a day. ``cautions`` are what the diary gives reason to say. ``is_left_unfinished`` is true if the
    last session was left today, ``can_resume`` if its place is kept.
    """

    programme: Programme
    day: date
    why_not: str
    next_day: date
    steps: tuple[Step, ...]
    offer: Offer | None = None
    left_out: tuple[str, ...] = ()
    stepped_back: tuple[Back, ...] = ()
    unanswered: Entry | None = None
    is_first: bool = False
    is_raised: bool = False
    cautions: tuple[str, ...] = ()
    is_left_unfinished: bool = False
    can_resume: bool = False

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
        return max((step.level for step in self.steps), key=[*Level].index)

    @property
    def others(self) -> tuple[str, ...]:
        """The exercises of the programme that another day has."""
        here = {step.title for step in self.steps}
        return tuple(title for title in self.programme.ladders if title not in here)

    def parts(self, exercises: Sequence[str]) -> list[int]:
        """The numbers, from 1, of the chapters that are due, of which ``exercises`` has the exercise, or "".

        A chapter of the session's own between two exercises goes with the one before it: it leads away from
        there. What belongs to every day, as a warm-up, is always due.
        """
        due = {*self.programme.frames, *(step.title for step in self.steps)}
        found, is_due = [], True
        for number, exercise in enumerate(exercises, start=1):
            is_due = exercise in due if exercise else is_due
            if is_due:
                found.append(number)
        return found

    @property
    def question(self) -> str:
        """The question of how it was on the morning after the session that is unanswered; "" for none."""
        if self.unanswered is None:
            return ""
        what = printable_line(self.programme.body_part) or "it"
        day = day_text(self.unanswered.day)
        return f"How was {what} on the morning after {day}: better, as usual, or worse?"

    def with_offer_taken(self) -> "Today":
        """The day after the listener took the offer."""
        if self.offer is None:
            return self
        steps = tuple(self.offer.then if step == self.offer.before else step for step in self.steps)
        return replace(self, steps=steps, offer=None)

    def text(self, *, begins_anyway: bool = False) -> str:
        """What is due, as people read it; ``begins_anyway`` if it begins also where it is not due."""
        title = printable_line(self.programme.title)
        lines = [
            f"{title} is due today."
            if self.is_due
            else f"{title} is not due today: {self.why_not} It is due on {day_text(self.next_day)}."
        ]
        if self.can_resume:
            lines.append(
                "You left the session of today before its end: `coach run --resume` goes on with it."
            )
        if not self.is_due:
            begins = "It begins" if begins_anyway else "`coach today --anyway` begins it"
            lines.append(f"{begins} all the same, with nothing more than last time:")
        if self.is_first:
            lines.append("The diary has nothing of it yet, so you begin here:")
        if self.left_out:
            lines.append(f"Left out last time: {_listed(self.left_out)}.")
        lines += [f"  {printable_line(step.title)}: {step_text(step)}" for step in self.steps]
        if self.others:
            lines.append(f"Another day has: {_listed(self.others)}.")
        if self.is_raised:
            lines.append("Fewer exercises a day, and three days would not have all of them.")
        lines += [back.text for back in self.stepped_back]
        if any(
            back.is_flare and back.then == self.programme.ladders[back.then.title][0]
            for back in self.stepped_back
        ):
            lines.append(f"There is no gentler step. {SEE_SOMEONE}")
        lines += self.cautions
        return "\n".join(lines) + "\n"

    def as_json(self) -> dict[str, Any]:
        """What is due, as JSON values."""
        offer = self.offer
        return {
            "programme": self.programme.name,
            "title": self.programme.title,
            "day": self.day.isoformat(),
            "due": self.is_due,
            "why_not": self.why_not,
            "next_day": self.next_day.isoformat(),
            "steps": [*map(step_values.as_json, self.steps)],
            "another_day": [*self.others],
            "left_out": [*self.left_out],
            "stepped_back": [
                {
                    "before": step_values.as_json(back.before),
                    "then": step_values.as_json(back.then),
                    "why": back.why,
                }
                for back in self.stepped_back
            ],
            "offer": offer
            and {
                "before": step_values.as_json(offer.before),
                "then": step_values.as_json(offer.then),
                "why": " ".join(offer.why.split()),
            },
            "cautions": [*self.cautions],
            "question": self.question,
        }


def _listed(titles: Iterable[str]) -> str:
    return ", ".join(map(printable_line, titles))


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
    ladders = programme.ladders
    standings = {title: so_far.standings[title] for title in _of_the_day(programme, so_far, a_day)}
    backs: list[Back] = []
    for title, standing in standings.items():
        if level is not None:
            standings[title] = Standing(lowest_at(ladders[title], level))
        elif standing.flare:
            backs.append(Back(ladders[title][standing.before], ladders[title][standing.at], standing.flare))
        elif standing.last and (today - standing.last).days > AWAY_DAYS and standing.is_tried and standing.at:
            standings[title] = replace(standing, at=standing.at - 1, in_a_row=0)
            why = f"you did it last on {day_text(standing.last)}, and nobody knows how it is now"
            below, before = ladders[title][standing.at - 1 : standing.at + 1]
            backs.append(Back(before, below, why, is_flare=False))
    last = so_far.last
    return Today(
        programme,
        today,
        why_not,
        next_day,
        tuple(ladders[title][standing.at] for title, standing in standings.items()),
        None if why_not or not so_far.may_offer else _offer(programme, standings),
        tuple(title for title, standing in so_far.standings.items() if standing.left_out),
        tuple(backs),
        last if last and last.is_unanswered(today) else None,
        last is None,
        a_day is not None and a_day < len(standings) < len(ladders),
        is_left_unfinished=last is not None and last.day >= today and not last.is_finished,
    )


def _why_not(days: Iterable[date], today: date) -> str:
    """The reason why a day is none for a programme that was done on these days; "" if it is one.

    A day after it is today too, as told in a time zone further east.
    """
    ago = [back for day in days if (back := max(0, (today - day).days)) < WEEK_DAYS]
    if 0 in ago:
        return "it has been done today."
    if 1 in ago:
        return "it was done yesterday, and a day of rest lies between."
    if len(ago) >= DAYS_A_WEEK:
        return f"it was done on {counted(len(ago), 'day')} of the last {WEEK_DAYS}, which is enough."
    return ""


def _of_the_day(programme: Programme, so_far: History, a_day: int | None) -> list[str]:
    """The exercises of the day, in the order of the programme."""
    titles = [*programme.ladders]
    wanted = a_day or (0 if _was_whole(so_far) else len(so_far.steps)) or len(titles)
    number = max(wanted, ceil(len(titles) / DAYS_A_WEEK))

    def waits(title: str) -> tuple[bool, date, int]:
        standing = so_far.standings[title]
        return standing.left_out != 1, standing.due or date.min, standing.times

    chosen = sorted(titles, key=waits)[:number]
    return [title for title in titles if title in chosen]


def _was_whole(so_far: History) -> bool:
    """Tell whether all exercises that the sheet had were set out on each day.

    A programme that is spread has what was never due before anything comes a third time: even what was left
    out comes first only once.
    """
    times = {title: standing.times for title, standing in so_far.standings.items() if standing.times}
    return times.keys() == {step.title for step in so_far.steps} and all(each > 2 for each in times.values())


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
