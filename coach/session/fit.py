"""Make a session fit the minutes that its listener has.

What gives way, in this order:

1. words: an exercise after the other is told in its brief form, the last one first; then what the session
   says between them;
2. rests: down to half of what is written, and not below `LEAST_REST_S`;
3. repetitions: down to two thirds of a set, the last exercise first;
4. sets and rounds, down to one of each; the last exercise first;
5. exercises: those that their sheet calls optional, then those at its end.

Where a number of exercises does not fit, those that are the furthest from the position of the warm-up are
left out rather, so that a short session need not lead down to the floor. A session keeps its first exercise
whole, which is its warm-up, and one after it. What is kept keeps its cautions, its stop rules and the time
to change position.

When an exercise had to go, sets, repetitions, rests and words have as much of its time as they can, but the
session has no more exercise than before (`Size`). So more minutes never give fewer exercises or less
exercise, and never a shorter session.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil, inf
from typing import NamedTuple

from coach.language.dose import USUAL_REST_S, After, Amount, Dose, DoseRest, exactly
from coach.language.keywords.choice import keywords_for
from coach.language.level import Level
from coach.language.model import (
    Brief,
    Line,
    Reference,
    Rest,
    Round,
    Script,
    Session,
    Wait,
    Written,
    in_brief,
    stretches,
)
from coach.language.names import script_of
from coach.language.postures import posture, seconds_to_move
from coach.language.problems import Span
from coach.language.stop_rules import tells_to_stop
from coach.session.arrange import chosen_dose, counts_repetitions
from coach.session.calm import is_calm
from coach.session.estimate import speech_s
from coach.session.exercise import TAKE_POSITION_S
from coach.session.moves import ChapterMoves, Repetitions
from coach.session.options import Detail, Options
from coach.session.parts import blocks, exercises, kept

LEAST_REST_S = 20.0
"""A rest gives way down to this many seconds; a shorter one stays as written."""

REST_STEP_S = 5.0
RESTS = (0.9, 0.8, 0.7, 0.6, 0.5)
"""The parts of a rest that are left, step by step."""

LEAST_REPS = 6

MARGIN = 0.1
"""A fitted session lasts at most the minutes asked for, and at most this part of them less if that can be."""


@dataclass(frozen=True, slots=True)
class Cut:
    """What gives way of a session, in the order in which it does.

    ``brief`` has titles of exercises, ``brief_lines`` numbers of stretches of the session
    (`coach.language.model.stretches`), ``rests`` is the part of each rest that is left. ``reps`` has the
    number of an exercise, from 0, once for each repetition that its sets lose, ``sets`` once for each set
    that it loses, and ``rounds`` the number of a list once for each round. ``dropped`` are left out.
    """

    brief: tuple[str, ...] = ()
    brief_lines: tuple[int, ...] = ()
    rests: float = 1.0
    reps: tuple[int, ...] = ()
    sets: tuple[int, ...] = ()
    rounds: tuple[int, ...] = ()
    dropped: tuple[int, ...] = ()


WHOLE = Cut()


class Size(NamedTuple):
    """The seconds of a session, and those of its sets; calm ones, such as breathing, do not count."""

    seconds: float
    exercise_s: float

    def is_within(self, most: "Size") -> bool:
        """Tell whether neither is more than in another size."""
        return self.seconds <= most.seconds and self.exercise_s <= most.exercise_s

    def with_no_more_exercise_than(self, other: "Size") -> "Size":
        """Return the same seconds with the exercise of whichever has less."""
        return Size(self.seconds, min(self.exercise_s, other.exercise_s))


def size_of(seconds: float, chapters: Iterable[ChapterMoves]) -> Size:
    """Return the size of a session of some seconds."""
    sets = (move for chapter in chapters for move in chapter.moves if isinstance(move, Repetitions))
    return Size(seconds, round(sum(each.length_s for each in sets if not each.is_calm), 3))


@dataclass(frozen=True, slots=True)
class Exercised:
    """One exercise of a session: its script, its dose before anything gave way, and its blocks."""

    script: Script
    dose: Dose
    level: Level
    blocks: tuple[int, ...] = ()
    is_optional: bool = False

    @property
    def is_calm(self) -> bool:
        """True of breathing, a stretch and the like."""
        return is_calm(self.script, self.dose, self.level)

    @property
    def has_shorter_form(self) -> bool:
        """True if the brief form takes less time than the whole, by an estimate."""
        script = self.script
        whole_s, brief_s = (
            sum(speech_s(each.text) if isinstance(each, Line) else 0.0 for each in lines)
            for lines in (script.instructions, script.brief)
        )
        waits_s = sum(each.length_s for each in script.instructions if isinstance(each, Wait))
        return bool(script.brief) and brief_s + TAKE_POSITION_S < whole_s + waits_s

    @property
    def least_reps(self) -> int:
        """The repetitions that a set keeps; those of a range, a time and a lone hold do not give way."""
        usual, *others = self.dose.reps
        if others or not usual.is_exact or not counts_repetitions(self.script, self.dose):
            return usual.least
        return min(usual.least, max(LEAST_REPS, ceil(usual.least * 2 / 3)))

    def dose_after(self, reps: int, sets: int) -> Dose:
        """Return the dose with so many repetitions and sets less, or with its least if it has not so many."""
        dose = self.dose
        if sets:
            left = max(1, dose.sets - sets)
            dose = replace(dose, sets=left, more_sets=0, reps=dose.reps[:left])
        if reps and self.least_reps < dose.reps[0].least:
            left = max(self.least_reps, dose.reps[0].least - reps)
            dose = replace(dose, more_sets=0, reps=(exactly(left),))
        return dose


class Fitting:
    """A session, or an exercise, with the choices for it, and all that can give way of it."""

    def __init__(self, value: Script | Session, scripts: Mapping[str, Script], choices: Options) -> None:
        self._value, self._scripts, self._choices = value, scripts, choices
        self._is_session = isinstance(value, Session)

    @cached_property
    def exercises(self) -> tuple[Exercised, ...]:
        """The exercises in order."""
        value, choices = self._value, self._choices
        if isinstance(value, Script):
            own = choices.at(value.title)
            return (Exercised(value, chosen_dose(value, None, own), own.level),)
        every = blocks(value)
        found = []
        for each in exercises(value):
            reference = every[each[0]].reference
            script = reference and script_of(reference, self._scripts)
            if reference and script:
                is_optional = script.is_optional or reference.is_optional
                own = choices.at(script.title)
                dose = chosen_dose(script, reference.dose, own)
                found.append(Exercised(script, dose, own.level, each, is_optional))
        return tuple(found)

    @cached_property
    def lists(self) -> dict[Span, int]:
        """The lists that are done several times: where each is written, and its rounds."""
        parts = self._value.parts if isinstance(self._value, Session) else ()
        return {part.span: part.of for part in parts if isinstance(part, Round)}

    # The ladders: what gives way, rung by rung

    def fewer_exercises(self, cut: Cut) -> list[Cut]:
        """List the cuts in which exercises are left out, one more at a time.

        The last ones go, or else, where that many are too long, those that are the furthest from the position
        of the warm-up. In both orders, the optional ones go first. Not only breathing and the like may stay.
        """
        keywords = keywords_for(self._value.language)
        places = [posture(each.script.position) for each in self.exercises]
        may_go = self._giving_way() if self._is_session else []
        last_first = sorted(may_go, key=lambda n: not self.exercises[n].is_optional)
        way_s = {n: seconds_to_move(places[0], places[n], keywords) for n in may_go}
        furthest_first = sorted(may_go, key=lambda n: (not self.exercises[n].is_optional, -way_s[n]))
        orders = [order[:count] for count in range(1, len(may_go)) for order in (last_first, furthest_first)]
        efforts = {n for n in may_go if not self.exercises[n].is_calm}
        dropped = dict.fromkeys(tuple(sorted(order)) for order in orders if not efforts or efforts - {*order})
        return [cut, *(replace(cut, dropped=each) for each in dropped)]

    def fewer_sets(self, cut: Cut) -> list[Cut]:
        """List the cuts in which sets and rounds give way, with the exercises of a cut."""
        cuts = [cut]
        for n in self._giving_way(cut):
            for _ in range(self.exercises[n].dose.sets - 1):
                cuts.append(replace(cuts[-1], sets=(*cuts[-1].sets, n)))
        for n, of in reversed([*enumerate(self.lists.values())]):
            for _ in range(of - 1):
                cuts.append(replace(cuts[-1], rounds=(*cuts[-1].rounds, n)))
        return cuts

    def fewer_repetitions(self, cut: Cut) -> list[Cut]:
        """List the cuts in which repetitions give way, one of each set of an exercise at a time."""
        cuts = [cut]
        for n in self._giving_way(cut):
            for _ in range(self.exercises[n].dose.reps[0].least - self.exercises[n].least_reps):
                cuts.append(replace(cuts[-1], reps=(*cuts[-1].reps, n)))
        return cuts

    def shorter_rests(self, cut: Cut) -> list[Cut]:
        """List the cuts in which rests give way."""
        return [cut, *(replace(cut, rests=part) for part in RESTS)]

    def fewer_words(self, cut: Cut) -> list[Cut]:
        """List the cuts in which words give way."""
        cuts = [cut]
        for title in self._may_be_brief(cut):
            cuts.append(replace(cuts[-1], brief=(*cuts[-1].brief, title)))
        for n in self._may_be_brief_lines():
            cuts.append(replace(cuts[-1], brief_lines=(*cuts[-1].brief_lines, n)))
        return cuts

    def _giving_way(self, cut: Cut = WHOLE) -> list[int]:
        """Return the exercises of which something may give way, the last first: not the warm-up."""
        first = 1 if self._is_session else 0
        return [n for n in reversed(range(first, len(self.exercises))) if n not in cut.dropped]

    def _may_be_brief(self, cut: Cut) -> list[str]:
        """Return the titles of the exercises that are told in full and shorter in brief, the last first."""
        shorter = [
            each.script.title
            for n, each in enumerate(self.exercises)
            if n not in cut.dropped
            and each.has_shorter_form
            and not self._choices.is_brief(each.script.title)
        ]
        return list(dict.fromkeys(shorter))[::-1]

    def _may_be_brief_lines(self) -> list[int]:
        """Return the session's own stretches that are said in full and have a brief form, the last first.

        One that leads to another position keeps its time, and one with stop rules all of them.
        """
        session = self._value
        if not isinstance(session, Session) or self._choices.is_brief(session.title):
            return []
        keywords = keywords_for(session.language)
        found, open_, before = list[int](), list[int](), ""
        for n, stretch in enumerate(stretches(session.parts)):
            has_rules = any(isinstance(part, Line) and tells_to_stop(part.text, keywords) for part in stretch)
            if any(isinstance(part, Brief) for part in stretch) and not has_rules:
                open_.append(n)
            for part in stretch:
                if isinstance(part, Reference) and (script := script_of(part, self._scripts)):
                    after = posture(script.position)
                    found += [] if seconds_to_move(before, after, keywords) else open_
                    open_, before = [], after
        return [*found, *open_][::-1]

    # Choosing

    def _ladders(self) -> list[Callable[[Cut], list[Cut]]]:
        """Return what gives way with the exercises of a cut, from the last to the first."""
        return [self.fewer_sets, self.fewer_repetitions, self.shorter_rests, self.fewer_words]

    def _shortest(self, cut: Cut, ladders: Sequence[Callable[[Cut], list[Cut]]]) -> Cut:
        """Return the cut after all steps of some ladders."""
        for ladder in ladders:
            cut = ladder(cut)[-1]
        return cut

    def least(self, measure: Callable[[Cut], Size]) -> Cut:
        """Return the cut of the shortest session."""
        fewest = self.fewer_exercises(WHOLE)[-2:]
        return min(
            (self._shortest(cut, self._ladders()) for cut in fewest), key=lambda cut: measure(cut).seconds
        )

    def fit(self, measure: Callable[[Cut], Size], most_s: float) -> Cut:
        """Return the cut of the best session of at most so many seconds, or else that of the shortest.

        ``measure`` tells the size of the session after a cut. First as few exercises as possible are left
        out, then as few sets, and so on down to words. The session never has more exercise than one that was
        too long, so that more minutes never give less.
        """
        most = Size(most_s, inf)
        if measure(WHOLE).is_within(most):
            return WHOLE
        ladders = self._ladders()
        least = self.least(measure)
        for cut in self.fewer_exercises(WHOLE):
            size = measure(self._shortest(cut, ladders))
            if size.exercise_s < measure(least).exercise_s:
                continue
            if size.is_within(most):
                break
            most = most.with_no_more_exercise_than(size)
        else:
            return least
        while ladders:
            ladder, *ladders = ladders
            cut, most = self._best(ladder(cut), ladders, measure, most)
        return cut

    def _best(
        self,
        rungs: list[Cut],
        ladders: Sequence[Callable[[Cut], list[Cut]]],
        measure: Callable[[Cut], Size],
        most: Size,
    ) -> tuple[Cut, Size]:
        """Return the first rung that is within a size after all steps of the other ladders, or else the last.

        Also return the size for those other ladders.
        """

        def least_size(i: int) -> Size:
            return measure(self._shortest(rungs[i], ladders))

        at = bisect_left(range(len(rungs) - 1), True, key=lambda i: least_size(i).is_within(most))
        return rungs[at], most.with_no_more_exercise_than(least_size(at - 1)) if at else most

    # Cutting

    def after(self, cut: Cut) -> tuple[Script | Session, Options]:
        """Return the session and the choices for it after a cut.

        A level at which a dose has less to give gives as much as it can.
        """
        value, choices = self._value, self._choices
        if cut == WHOLE:
            return value, choices
        if cut.brief:
            known = choices.known if choices.detail is Detail.AUTO else ()
            choices = replace(choices, detail=Detail.AUTO, known=(*known, *cut.brief))
        less = [
            replace(
                each.script, doses={**each.script.doses, each.level: _rested(self.dose(n, cut), cut.rests)}
            )
            for n, each in enumerate(self.exercises)
        ]
        steps = tuple(replace(step, sets=0, reps=0) for step in choices.steps)
        choices = replace(choices, sets=None, reps=None, steps=steps)
        if isinstance(value, Script):
            return less[0], choices
        which = None if self._choices.is_brief(value.title) else cut.brief_lines
        value = replace(value, parts=in_brief(value.parts, which))
        session = self._without(self._with_doses(value, less, cut.rests), cut.dropped)
        for n, (span, of) in enumerate(self.lists.items()):
            if lost := cut.rounds.count(n):
                session = _with_rounds(session, span, of - lost)
        return session, choices

    def dose(self, number: int, cut: Cut) -> Dose:
        """Return the dose of an exercise after a cut, with its rests as they were."""
        return self.exercises[number].dose_after(cut.reps.count(number), cut.sets.count(number))

    def _with_doses(self, session: Session, scripts: list[Script], rests: float) -> Session:
        """Return a session whose exercises are those scripts, with shorter rests between them."""
        by_block = {
            i: script for each, script in zip(self.exercises, scripts, strict=True) for i in each.blocks
        }
        parts: list[Written] = []
        for i, block in enumerate(blocks(session)):
            for part in block.parts:
                match part:
                    case Reference() if i in by_block:
                        parts.append(replace(part, dose=None, script=by_block[i]))
                    case Rest():
                        parts.append(replace(part, length_s=_shorter(part.length_s, rests)))
                    case Round():
                        parts.append(replace(part, rest_s=_shorter(part.rest_s, rests)))
                    case _:
                        parts.append(part)
        return replace(session, parts=tuple(parts))

    def _without(self, session: Session, dropped: tuple[int, ...]) -> Session:
        """Return a session without some exercises, and the chapters of lines alone that lead to them."""
        every = blocks(session)
        out = {i for n in dropped for i in self.exercises[n].blocks}
        out |= {i - 1 for i in out if i and every[i - 1].reference is None}
        return kept(session, self._scripts, set(range(len(every))) - out)

    def rounds_left(self, cut: Cut) -> Iterator[tuple[int, int]]:
        """Yield the rounds that are left of each list that gave way, and those that are written."""
        for n, of in enumerate(self.lists.values()):
            if lost := cut.rounds.count(n):
                yield of - lost, of


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


def _rested(dose: Dose, part: float) -> Dose:
    """Return a dose with shorter rests between its sets and sides."""
    if part == 1:
        return dose
    rests = {rest.after: rest for rest in dose.rests}
    if dose.sets > 1 and _shorter(USUAL_REST_S, part) < USUAL_REST_S:
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
