"""Arrange one exercise: its instructions, then its sets with their rests, one side after the other."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from itertools import zip_longest
from math import ceil

from coach.language.dose import USUAL_REST_S, After, Amount, Counted, Dose, Held, Side, Sides, Timed, exactly
from coach.language.keywords.choice import keywords_for
from coach.language.keywords.vocabulary import Keywords
from coach.language.model import Direction, Line, Phase, PhaseKind, Ring, Round, Script, Sound, Wait
from coach.language.sides import on_side
from coach.session.activity import Activity
from coach.session.calm import is_calm, is_of_breaths
from coach.session.moves import (
    LONG_S,
    LONGEST_SILENCE_S,
    Break,
    Cue,
    Interval,
    Move,
    Movement,
    Recovery,
    Repetitions,
    Speak,
    Strike,
)
from coach.session.options import Counted as Called
from coach.session.options import Options
from coach.session.timeline import Role, Source
from coach.session.words.interface import Words

CHANGE_SIDES_S = 10.0
"""Time to change legs, in seconds (programme: change legs 10 s)."""

TAKE_POSITION_S = 12.0
"""Time to take up a position that is known, in seconds, where the brief form has no waits of its own."""

SETTLE_S = 3.0
"""Silence before the bell that a calm exercise begins with, in seconds."""

IMPLIED_LOOSE_S = 2.0
"""Seconds of letting go added after a hold that ends a repetition, to make room for its end tone."""

NAMED_FROM_S = 5.0
"""A movement of this many seconds or more has its word said in every repetition: a tone alone would be
forgotten by then, and whoever has heard nothing yet has to know what to do."""

NAMED_FROM_MOVEMENTS = 4
"""With this many movements or more, besides holds and letting go, each has its word in every repetition: the
same tone so many times over does not tell which one begins."""

FORM_CUE_EVERY_REPS = 4
"""One form cue every three to four repetitions, never two running (Wulf 2013; Winkelman on cueing)."""

WORDED = 1
"""Repetitions with phase words, in every set."""

HALFWAY_FROM_REPS = 8
EFFORT_FROM_REPS = 6
TWO_MORE_FROM_REPS = 4

CUE_REST_S = 15.0
"""A shorter rest between sets leaves the cues of the coming set to the set, in seconds."""


def direction_move(direction: Direction, role: Role, side: Side, keywords: Keywords, sheet: str) -> Move:
    """Make a move of a line, a wait or a tone that a sheet has for a side."""
    match direction:
        case Line(text=text, span=span):
            return Speak(on_side(text, side, keywords), role, Source(sheet, span))
        case Wait(length_s=length_s):
            return Interval(length_s, Activity.SET_UP, role)
        case Ring(sound=sound):
            return Strike(sound, role)


class Exercise:
    """Arranges one exercise: its instructions, then its sets, all those of one side before the other's."""

    def __init__(
        self, script: Script, dose: Dose, choices: Options, words: Words, this_round: Round | None = None
    ) -> None:
        """Prepare an exercise; one of several rounds is explained in the first."""
        is_known = this_round is not None and this_round.number > 1
        self._script = script
        self._words = words
        self._dose = dose
        self._level = choices.level
        self._count = choices.count
        self._counted = choices.speak_counts
        self._round = this_round
        self.is_known = is_known
        self._is_full = not is_known and (not choices.is_brief(script.title) or not script.brief)
        self._is_calm = is_calm(script, dose, choices.level)
        self._before_cues = words.IN_THE_NEXT_ROUND if _is_of_rounds(dose) else words.IN_THE_NEXT_SET
        self._keywords = keywords_for(script.language)
        self._sides = dose.one_by_one or (dose.first,)
        sets = dose.sets * len(self._sides) * (this_round.of if this_round else 1)
        self._form_cues = _Lines(script.reminders, sets)
        self._breathing = _Lines(script.breathing, sets)

    def moves(self, rest: Break | None = None) -> Iterator[Move]:
        """Yield the moves of the exercise from its title, or the rest that it is announced in, to its end."""
        script, dose, words = self._script, self._dose, self._words
        if rest:
            yield self._announced_in(rest)
        else:
            yield Speak(words.sentence(script.title), Role.TITLE)
            yield from self._explanation()
            yield from self._announcement()
        for side in self._sides:
            if side is not self._sides[0]:
                yield from self._change_to(side)
            for n in range(1, dose.sets + 1):
                self._form_cues.begin_set()
                self._breathing.begin_set()
                if n > 1:
                    yield self._rest_before(n, side)
                elif side is self._sides[0] and rest is None:
                    yield self._lead_in(side)
                yield self._set(n, side)
        yield from self._enough(dose.sets)
        yield from self._enough_of_all()
        yield Strike(Sound.REST, Role.REST)
        if self._round is None:
            yield Speak(words.done(script.title), Role.REST)
        if dose.often and (self._round is None or self._round.number == self._round.of):
            yield Speak(words.do_this(dose.often), Role.REST)

    # What is said before the first repetition

    def _explanation(self) -> Iterator[Move]:
        script, side = self._script, self._sides[0]
        for each in script.instructions if self._is_full else script.brief:
            yield direction_move(each, Role.INSTRUCTION, side, self._keywords, script.name)
        if isinstance(self._dose, Timed) and self._dose.as_many:
            for phase in script.phases:
                if phase.text:
                    yield self._said(Line(phase.text, phase.span), Role.INSTRUCTION, side)
        for line in script.cautions[:1] if self.is_known else script.cautions:
            yield self._said(line, Role.CAUTION, side)
        for line in () if self.is_known else script.if_it_hurts:
            advice = self._said(line, Role.STOP_RULE, side)
            yield replace(advice, text=self._words.if_it_hurts(advice.text))

    def _said(self, line: Line, role: Role, side: Side) -> Speak:
        text = on_side(line.text, side, self._keywords)
        return Speak(text, role, Source(self._script.name, line.span))

    def _announcement(self) -> Iterator[Speak]:
        yield Speak(self._words.dose(self._announced_dose()), Role.DOSE)
        if _is_open(self._dose):
            yield Speak(self._words.STOP_WHEN_YOU_NEED_TO, Role.DOSE)

    def _announced_in(self, rest: Break) -> Recovery:
        """Return the rest before a known exercise, which is announced in it as far as there is room."""
        script, side, words = self._script, self._sides[0], self._words
        name = ", ".join(filter(None, (script.title, self._set_name(1, side))))
        return Recovery(
            rest.length_s,
            Activity.REST,
            Role.REST,
            must=(Speak(words.up_next(name), Role.TRANSITION),),
            opening=(
                *self._announcement(),
                *(Speak(text, Role.REST) for text in rest.opening),
                *(self._said(line, Role.CAUTION, side) for line in script.cautions[:1]),
                *(self._said(line, Role.INSTRUCTION, side) for line in script.brief),
            ),
            counts_in=not self._is_calm,
            side=self._side_name(side),
            source=rest.source,
        )

    def _announced_dose(self) -> Dose:
        """Return the dose to announce: once through long movements is announced as its duration."""
        dose, repetition = self._dose, self._script.repetition(self._dose, self._level)
        lengths_s = [length_s for _, length_s in repetition]
        if isinstance(dose, Held) and not any(phase.is_hold for phase, _ in repetition):
            # the level leaves the hold out
            dose = Counted(**{each.name: getattr(dose, each.name) for each in fields(Counted)})
        is_once = isinstance(dose, Counted) and dose.most_reps == dose.sets == 1
        if is_once and max(lengths_s) >= LONG_S:
            return Timed(work_s=exactly(sum(lengths_s)), sides=dose.sides, side_word=dose.side_word)
        return replace(dose, noun=self._noun())

    def _noun(self) -> str:
        """Return what a repetition is called, "" if it has no name of its own."""
        if self._dose.noun or isinstance(self._dose, Held):
            return self._dose.noun
        if is_of_breaths(self._script, self._level):
            return self._words.BREATH
        (first, _), *_ = self._script.repetition(self._dose, self._level)
        return self._words.NOUNS.get(first.cue.casefold(), "")

    # Between sets

    def _lead_in(self, side: Side) -> Interval:
        """Return the lead-up to the first set."""
        name = self._set_name(1, side)
        opening = (self._words.sentence(name),) if name else ()
        length_s = 0.0 if self._is_full else TAKE_POSITION_S
        if self._is_calm:
            length_s = max(length_s, SETTLE_S)
        return Interval(length_s, Activity.READY, Role.PAUSE, opening=opening, counts_in=not self._is_calm)

    def _rest_before(self, n: int, side: Side) -> Recovery:
        """Return the rest before a set of the same side."""
        rest = self._dose.rest_after(After.SET)
        rest_s = USUAL_REST_S if rest is None else rest.planned
        return Recovery(
            rest_s,
            Activity.REST,
            Role.REST,
            Sound.REST,
            opening=(*self._enough(n - 1), *self._next(n, side, Role.REST, self._words.REST)),
            closing=tuple(instruction for instruction, _ in self._set_up(side)),
            fillers=tuple(self._next_cue(self._form_cues, side)) if rest_s >= CUE_REST_S else (),
            before_cues=self._before_cues,
            counts_in=not self._is_calm,
            side=self._side_name(side),
            source=Source(self._script.name, self._dose.span),
        )

    def _change_to(self, side: Side) -> Iterator[Move]:
        """Yield the change to the other side: its set-up with its time, and the first caution once more."""
        dose, words = self._dose, self._words
        change = words.change_sides(dose.side_word)
        why, rest = words.caption(change), dose.rest_after(After.SIDE)
        set_up: list[Speak | Interval] = []
        for instruction, wait_s in self._set_up(side):
            set_up += [instruction, Interval(wait_s, Activity.SET_UP, Role.INSTRUCTION)]
        cautions = [self._said(line, Role.CAUTION, side) for line in self._script.cautions[: self._is_full]]
        if rest is not None:
            is_rest = rest.planned > LONGEST_SILENCE_S
            change = words.change_sides(dose.side_word, is_rest=is_rest)
            yield Recovery(
                rest.planned,
                Activity.CHANGE_SIDES,
                Role.TRANSITION,
                Sound.SIDE,
                must=(Speak(change, Role.TRANSITION), *set_up),
                opening=(*self._enough(dose.sets), *cautions, *self._next(1, side, Role.TRANSITION)),
                counts_in=not self._is_calm,
                side=self._side_name(side),
                why=why,
                source=Source(self._script.name, dose.span),
            )
            return
        yield Interval(0.0, Activity.CHANGE_SIDES, Role.TRANSITION, Sound.SIDE, (change,), why=why)
        yield from (*self._enough(dose.sets), *set_up, *cautions)
        opening = tuple(each.text for each in self._next(1, side, Role.TRANSITION))
        counts_in = not self._is_calm
        yield Interval(CHANGE_SIDES_S, Activity.READY, Role.TRANSITION, opening=opening, counts_in=counts_in)

    def _next(self, n: int, side: Side, role: Role, *before: str) -> Iterator[Speak]:
        """Yield what announces a set."""
        name = self._set_name(n, side)
        yield from (Speak(text, role) for text in (*before, *([self._words.up_next(name)] if name else [])))

    def _set_name(self, n: int, side: Side) -> str:
        dose = self._dose
        return self._words.set_name(
            n,
            dose.sets,
            self._side_name(side),
            is_last=n == dose.sets and side is self._sides[-1],
            is_round=_is_of_rounds(dose),
            reps=dose.reps_in(n).planned if len(dose.reps) > 1 else 0,
        )

    def _side_name(self, side: Side) -> str:
        """Return the side that is worked, as spoken; "" if the sets are not of one side."""
        return self._words.side_name(side, self._dose.side_word) if self._dose.one_by_one else ""

    def _enough(self, n: int) -> Iterator[Speak]:
        """Yield that a set was enough, and how much more it may be, if its dose leaves that open."""
        reps = self._dose.reps_in(n)
        if not reps.is_open and reps.most > reps.least:
            yield Speak(self._words.enough(reps.most - reps.least), Role.REST)

    def _enough_of_all(self) -> Iterator[Speak]:
        """Yield how much longer the exercise may be, if its dose leaves that open."""
        dose, words = self._dose, self._words
        if dose.more_sets:
            yield Speak(words.enough_sets(dose.more_sets), Role.REST)
        if isinstance(dose, Timed) and not dose.work_s.is_open and dose.work_s.most > dose.work_s.least:
            yield Speak(words.enough_time(dose.work_s.most - dose.work_s.least), Role.REST)

    def _set_up(self, side: Side) -> Iterator[tuple[Speak, float]]:
        """Yield the instructions that name a side, each with its seconds: they are repeated for each set."""
        if not (self._is_full and self._dose.one_by_one):
            return
        instructions = self._script.instructions
        for part, after in zip_longest(instructions, instructions[1:]):
            if not isinstance(part, Line):
                continue
            said = {each: self._said(part, Role.INSTRUCTION, each) for each in Side}
            if said[Side.RIGHT] != said[Side.LEFT]:
                yield said[side], after.length_s if isinstance(after, Wait) else 0.0

    # Sets

    def _set(self, n: int, side: Side) -> Repetitions:
        dose, words = self._dose, self._words
        reps = self._reps_in(n)
        alternates = dose.sides is Sides.ALTERNATING
        has_breaths = isinstance(dose, Held) and dose.in_breaths
        movements = tuple(self._movements(side))
        guided = 1 + alternates if n == 1 and self._is_full else 0
        worded = WORDED * (1 + alternates)
        is_announced = any(movement.is_announced for movement in movements)
        has_effort = not self._is_calm and (isinstance(dose, Held) or not is_announced)
        fixed = _fixed_cues(reps, words, has_effort=has_effort)
        cues, fillers = list[Cue](), list[Cue]()
        if is_announced:
            fillers = [cue for _ in self._script.reminders for cue in self._next_cue(self._form_cues, side)]
            fillers[1:1] = [
                cue for _ in self._script.breathing for cue in self._next_cue(self._breathing, side)
            ]
        else:
            said = guided + worded
            first = said + 1 if reps.planned > said else max(1, reps.planned - 1)
            cues = self._wandering_cues(reps.planned, first, side, fixed)
        return Repetitions(
            movements,
            reps.planned,
            guided,
            worded,
            self._count,
            (*fixed, *cues),
            tuple(fillers),
            number=n,
            of=dose.sets,
            side=self._side_name(side),
            counted=Called.NONE if has_breaths else self._numbers_in(n),
            others=tuple(self._movements(_other(side))) if alternates else (),
            rest=self._rest_between(),
            is_calm=self._is_calm,
            noun=self._noun(),
            amount=reps,
        )

    def _numbers_in(self, n: int) -> Called:
        """Return which numbers are said in a set."""
        if self._counted is not Called.AUTO:
            return self._counted
        return Called.EVERY if n == 1 and not self.is_known else Called.TENS

    @property
    def _repeats_phases(self) -> bool:
        """True if a time is filled with repetitions of the phases."""
        return bool(self._script.phases) and not self._script.lasts_as_its_dose

    def _reps_in(self, n: int) -> Amount[int]:
        """Return the repetitions of a set; those of a time are as many as begin within it."""
        dose = self._dose
        if isinstance(dose, Timed) and self._repeats_phases and not dose.as_many:
            repetition_s = sum(length_s for _, length_s in self._script.repetition(dose, self._level))
            times, work_s = dose.reps_in(n).planned, dose.work_s
            least, most = (ceil(each / repetition_s) * times for each in (work_s.least, work_s.most))
            return Amount(least, most, work_s.is_open)
        return dose.reps_in(n)

    def _rest_between(self) -> Recovery | None:
        """Return the rest between two repetitions, if the dose has one."""
        rest = self._dose.rest_after(After.REP)
        if not rest or not rest.planned:
            return None
        return Recovery(
            rest.planned,
            Activity.REST,
            Role.REST,
            Sound.REST,
            opening=(Speak(self._words.REST, Role.REST),),
            before_cues=self._before_cues,
            counts_in=not self._is_calm,
        )

    def _movements(self, side: Side) -> Iterator[Movement]:
        """Yield the movements of a repetition on a side."""
        dose, words = self._dose, self._words
        phases = self._script.repetition(dose, self._level)
        has_many = sum(phase.kind is PhaseKind.MOVE for phase, _ in phases) >= NAMED_FROM_MOVEMENTS
        for i, (phase, length_s) in enumerate(phases):
            is_named = length_s >= NAMED_FROM_S or (has_many and not phase.is_loose)
            movement = self._movement(phase, length_s, side, is_named=is_named)
            alternates = i == 0 and dose.sides is Sides.ALTERNATING
            yield self._naming_its_side(movement, phase, side) if alternates else movement
        rests_at_once = self._rest_between() is not None or (
            dose.most_reps == 1 and (dose.sets > 1 or dose.rest_after(After.SIDE) is not None)
        )
        if phases[-1][0].is_hold and not rests_at_once:
            yield Movement(words.LOOSE, IMPLIED_LOOSE_S, is_loose=True)

    def _may_end_early(self, phase: Phase) -> bool:
        """Tell whether the dose leaves the length of a phase to the listener."""
        match self._dose:
            case Held(hold=hold_s):
                return phase.is_hold and not hold_s.is_exact
            case Timed(work_s=work_s, as_many=as_many):
                return as_many or not (work_s.is_exact or self._repeats_phases)
            case _:
                return False

    def _movement(self, phase: Phase, length_s: float, side: Side, *, is_named: bool) -> Movement:
        """Return a phase as a movement of a side; one that ``is_named`` has its word in every repetition."""
        dose, words, script = self._dose, self._words, self._script
        breaths = round(dose.hold.planned) if isinstance(dose, Held) and dose.in_breaths else 0
        cue = on_side(phase.cue, side, self._keywords) or (words.HOLD if phase.is_hold else "")
        name = cue or (script.title if dose.sets * dose.most_reps > 1 else "")
        always = words.sentence(name) if name and is_named else ""
        return Movement(
            cue,
            length_s,
            on_side(phase.text, side, self._keywords),
            always or (words.sentence(cue) if cue and not phase.is_loose else ""),
            always,
            is_hold=phase.is_hold,
            is_loose=phase.is_loose,
            breaths=breaths if phase.is_hold else 0,
            may_end_early=self._may_end_early(phase),
            source=Source(script.name, phase.span) if phase.cue else None,
        )

    def _naming_its_side(self, movement: Movement, phase: Phase, side: Side) -> Movement:
        """Return a movement with its side before all that is said, unless that names the side itself."""
        words, other = self._words, _other(side)
        said_side = words.side_name(side, "")

        def named(text: str, written: str) -> str:
            is_of_the_side = written and on_side(written, side, self._keywords) != on_side(
                written, other, self._keywords
            )
            return text if is_of_the_side else words.sentence(words.on_side(said_side, text))

        return replace(
            movement,
            text=named(movement.text, phase.text) if movement.text else "",
            word=named(movement.word, phase.cue),
            always=named(movement.always, phase.cue if movement.always else ""),
        )

    # Cues

    def _next_cue(self, lines: "_Lines", side: Side, rep: int = 0, *, leads: bool = False) -> list[Cue]:
        """Return the next line as a cue due in a repetition; empty if the set has no other line."""
        return [
            Cue(said.text, rep, wanders=rep > 0, leads=leads, source=said.source)
            for said in (self._said(line, Role.CUE, side) for line in lines.take())
        ]

    def _wandering_cues(self, reps: int, first: int, side: Side, fixed: Sequence[Cue]) -> list[Cue]:
        """List breathing and form cues from repetition ``first`` on, one repetition apart from all others."""
        taken = {cue.rep for cue in fixed}
        apart = {rep for cue in fixed if not cue.counts for rep in (cue.rep - 1, cue.rep + 1)}
        free = [rep for rep in range(first, reps + 1) if rep not in taken | apart]
        cues = self._next_cue(self._breathing, side, (free or [first])[0], leads=True)
        due = (free[0] + 2 if free else reps + 1) if cues else first
        for rep in free:
            if rep >= due and (found := self._next_cue(self._form_cues, side, rep)):
                cues += found
                due = rep + FORM_CUE_EVERY_REPS
        if not any(not cue.leads for cue in cues):
            cues += self._next_cue(self._form_cues, side, first)
        return cues


class _Lines:
    """The lines of a sheet that are said in the sets of an exercise: none in two sets running.

    A set has no line twice, and leaves some to the set after it.
    """

    def __init__(self, lines: Sequence[Line], sets: int) -> None:
        self._waiting = deque(lines)
        self._most = len(lines) if sets == 1 else (len(lines) + 1) // 2
        self._before: list[Line] = []
        self._now: list[Line] = []

    def begin_set(self) -> None:
        """Begin the next set, with the rest before it."""
        self._before, self._now = self._now, []

    def take(self) -> list[Line]:
        """Return the line that was not said for longest; none if the set has its share."""
        free = [line for line in self._waiting if line not in self._before + self._now]
        taken = free[:1] if len(self._now) < self._most else []
        for line in taken:
            self._waiting.remove(line)
        self._waiting.extend(taken)
        self._now += taken
        return taken


def _other(side: Side) -> Side:
    return Side.LEFT if side is Side.RIGHT else Side.RIGHT


def _is_of_rounds(dose: Dose) -> bool:
    """Tell whether the sets of a dose are rounds: each is a time, or once through the movement."""
    return isinstance(dose, Timed) or (isinstance(dose, Counted) and dose.most_reps == 1)


def _is_open(dose: Dose) -> bool:
    """Tell whether a set, a hold or a time ends when the listener needs it to."""
    match dose:
        case Held(hold=length) | Timed(work_s=length) if length.is_open:
            return True
        case _:
            return any(reps.is_open for reps in dose.reps)


def _fixed_cues(amount: Amount[int], words: Words, *, has_effort: bool = True) -> tuple[Cue, ...]:
    """List the cues that are true in one repetition only: halfway, effort, two more, last one.

    A set that may have more repetitions than planned has none. The cue about effort is in the last third, not
    beside "halfway"; "two more" gives way to it.

    >>> from coach.session.words.interface import words_for
    >>> [(cue.text, cue.rep) for cue in _fixed_cues(exactly(12), words_for("en"))]
    [('Halfway.', 7), ('Stay with it.', 9), ('Two more.', 11), ('Last one.', 12)]
    """
    reps = amount.planned
    cues: list[Cue] = []
    if amount.most > reps:
        return ()
    half = reps // 2 + 1 if reps >= HALFWAY_FROM_REPS else 0
    if half:
        cues.append(Cue(words.HALFWAY, half))
    effort = 0
    if reps >= EFFORT_FROM_REPS and has_effort:
        last_third = 2 * reps // 3 + 1
        effort = half + 2 if last_third == half + 1 else last_third
        cues.append(Cue(words.STAY_WITH_IT, effort))
    if reps >= TWO_MORE_FROM_REPS and effort != reps - 1:
        cues.append(Cue(words.TWO_MORE, reps - 1, counts=True))
    if reps > 1:
        cues.append(Cue(words.LAST_ONE, reps, counts=True))
    return tuple(cues)
