"""What holds in each simulated year, checked session by session without the rules under test."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from random import Random

from coach.diary.entries import Done, Entry
from coach.diary.morning import Morning
from coach.language.level import Level
from coach.session.ladders import Programme, programme
from coach.session.steps import Step
from tests.content.sheets import EXERCISE_NAMES, exercise
from tests.content.sheets import session as sheet
from tests.diary.year import Listener, Session, a_listener, table, year


def knee_programme() -> Programme:
    """The programme that coach comes with."""
    used = {script.title: script for script in map(exercise, EXERCISE_NAMES)}
    return programme(sheet("inner-knee"), used, "inner-knee")


@dataclass(frozen=True, slots=True)
class Turn:
    """One exercise in one session: the step that was set out, and what came of it."""

    at: int
    done: Done
    entry: Entry

    @property
    def worst(self) -> int:
        """The highest number that was answered, 0 if there was none."""
        after = 0 if self.done.is_skipped else self.entry.soreness or 0
        return max(self.done.pain or 0, self.entry.pain or 0, after)

    @property
    def is_flare(self) -> bool:
        """True if it hurt too much, then or on the morning after."""
        return self.worst > 5 or (self.entry.morning is Morning.WORSE and not self.done.is_skipped)

    @property
    def is_calm(self) -> bool:
        """True if it counts for an offer."""
        is_whole = self.done.sets == self.done.of_sets
        has_number = self.done.pain is not None or self.entry.soreness is not None
        return (
            is_whole
            and has_number
            and self.worst <= 2
            and self.entry.morning in {Morning.USUAL, Morning.BETTER}
        )


@dataclass(frozen=True, slots=True)
class Year:
    """The sessions of a listener, and the turns of each exercise."""

    programme: Programme
    sessions: list[Session]
    turns: dict[str, list[Turn]]


Rule = Callable[[Year], Iterator[bool]]


def _rises(of: Year) -> Iterator[bool]:
    for turns in of.turns.values():
        for i in range(1, len(turns)):
            if turns[i].at > turns[i - 1].at:
                two = [turn for turn in turns[:i] if not turn.done.is_skipped][-2:]
                yield turns[i].at == turns[i - 1].at + 1
                yield len(two) == 2 and all(turn.is_calm and turn.at == turns[i - 1].at for turn in two)


def _flares(of: Year) -> Iterator[bool]:
    for turns in of.turns.values():
        is_tried = True
        for turn, following in pairwise(turns):
            is_tried = is_tried or not turn.done.is_skipped
            if turn.is_flare:
                yield following.at == (max(0, turn.at - 1) if is_tried else turn.at)
            is_tried = is_tried and not turn.is_flare and following.at >= turn.at


def _falls(of: Year) -> Iterator[bool]:
    for turns in of.turns.values():
        done_on, is_tried = date.max, True
        for turn, following in pairwise(turns):
            if not turn.done.is_skipped:
                done_on, is_tried = turn.entry.day, True
            is_away = is_tried and (following.entry.day - done_on).days > 28
            if following.at < turn.at:
                yield following.at == turn.at - 1 and (turn.is_flare or is_away)
            elif is_away and not turn.is_flare:
                yield turn.at == 0
            is_tried = is_tried and following.at >= turn.at


def _no_offer_after_a_flare(of: Year) -> Iterator[bool]:
    since = 2
    for session, turns in _by_session(of):
        if since < 2:
            yield session.due.offer is None
        since = 0 if any(turn.is_flare for turn in turns) else since + _has_moved(session)


def _an_offer_for_the_calm(of: Year) -> Iterator[bool]:
    since, before = 2, dict[str, list[Turn]]()
    for session, turns in _by_session(of):
        for step in session.due.steps:
            two = before.get(step.title, [])[-2:]
            ladder = of.programme.ladders[step.title]
            is_calm = len(two) == 2 and all(turn.is_calm and ladder[turn.at] == step for turn in two)
            days = [*(turn.entry.day for turn in two), session.entry.day]
            is_soon = all((later - day).days <= 14 for day, later in pairwise(days))
            if is_calm and is_soon and since >= 2 and session.due.is_due and step != ladder[-1]:
                yield session.due.offer is not None
        for turn in turns:
            before.setdefault(turn.done.title, []).append(turn)
        since = 0 if any(turn.is_flare for turn in turns) else since + _has_moved(session)


def _one_at_a_time(of: Year) -> Iterator[bool]:
    last: dict[str, int] = {}
    for session, turns in _by_session(of):
        now = {turn.done.title: turn.at for turn in turns}
        risen = [title for title, at in now.items() if at > last.get(title, at)]
        yield len(risen) <= int(session.was_taken)
        last |= now


def _rest_days(of: Year) -> Iterator[bool]:
    days: list[date] = []
    for session in of.sessions:
        if session.due.is_due:
            yield not days or (session.entry.day - days[-1]).days > 1
            yield len(days) < 3 or (session.entry.day - days[-3]).days >= 7
        else:
            yield session.due.offer is None
        if _has_moved(session):
            days.append(session.entry.day)


def _inside_the_sheet(of: Year) -> Iterator[bool]:
    for turns in of.turns.values():
        for turn in turns:
            least, most = (DOSES[turn.done.title][level] for level in (Level.GENTLE, Level.STRONG))
            step = of.programme.ladders[turn.done.title][turn.at]
            yield least.sets <= step.sets <= most.sets
            yield least.most_reps <= step.reps <= most.most_reps


def _whole_in_three(of: Year) -> Iterator[bool]:
    for three in zip(of.sessions, of.sessions[1:], of.sessions[2:], strict=False):
        if not any(done.is_skipped for session in three for done in session.entry.exercises):
            yield {step.title for session in three for step in session.entry.steps} == {*of.programme.ladders}


def _left_out_comes_next(of: Year) -> Iterator[bool]:
    left_out: dict[str, int] = {}
    for session, following in pairwise(of.sessions):
        for done in session.entry.exercises:
            left_out[done.title] = left_out.get(done.title, 0) + 1 if done.is_skipped else 0
        wanted = {title for title, times in left_out.items() if times == 1}
        titles = {step.title for step in following.entry.steps}
        yield len(titles & wanted) == min(len(titles), len(wanted))


RULES: dict[str, Rule] = {
    "one step more, and only after two calm whole sessions with mornings no worse": _rises,
    "one step back in the next session after a flare, and no further until that is tried": _flares,
    "one step back for a flare, or after four weeks without the exercise, and for nothing else": _falls,
    "nothing is offered in the two sessions after a flare": _no_offer_after_a_flare,
    "whoever is calm twice is offered more, up to the last step": _an_offer_for_the_calm,
    "at most one exercise goes up in a session": _one_at_a_time,
    "due on no two days running and three of seven, and no progress on other days": _rest_days,
    "every step is between the gentle and the strong dose of its sheet": _inside_the_sheet,
    "three sessions have the whole programme": _whole_in_three,
    "what was left out comes next": _left_out_comes_next,
}

DOSES = {script.title: script.doses for script in map(exercise, EXERCISE_NAMES)}


@dataclass(slots=True)
class Found:
    """How often a rule held, and the seeds of the listeners who broke it."""

    held: int = 0
    broken: list[int] = field(default_factory=list)


def check(of: Programme, seeds: Iterable[int]) -> tuple[dict[str, Found], list[str]]:
    """Follow a listener for each seed through a year; return what became of each rule, and the table."""
    found = {rule: Found() for rule in RULES}
    at: dict[Step, int] = {step: i for steps in of.ladders.values() for i, step in enumerate(steps)}

    def years() -> Iterator[tuple[Listener, list[Session]]]:
        for seed in seeds:
            chance = Random(seed)
            listener = a_listener(chance)
            sessions = list(year(of, listener, chance))
            _check(seed, Year(of, sessions, _turns(sessions, at)), found)
            yield listener, sessions

    rows = table(of, years())
    return found, rows


def _check(seed: int, this: Year, found: dict[str, Found]) -> None:
    for name, rule in RULES.items():
        for holds in rule(this):
            if holds:
                found[name].held += 1
            elif seed not in found[name].broken:
                found[name].broken.append(seed)


def _turns(sessions: list[Session], at: dict[Step, int]) -> dict[str, list[Turn]]:
    turns: dict[str, list[Turn]] = {}
    for session in sessions:
        for step, done in zip(session.entry.steps, session.entry.exercises, strict=True):
            turns.setdefault(step.title, []).append(Turn(at[step], done, session.entry))
    return turns


def _by_session(of: Year) -> Iterator[tuple[Session, list[Turn]]]:
    by_entry: dict[int, list[Turn]] = {}
    for turns in of.turns.values():
        for turn in turns:
            by_entry.setdefault(id(turn.entry), []).append(turn)
    for session in of.sessions:
        yield session, by_entry[id(session.entry)]


def _has_moved(session: Session) -> bool:
    return not all(done.is_skipped for done in session.entry.exercises)
