"""The first pure step: the sheets of a session become the moves of its chapters.

Moves give the order of prompts and tones and the seconds of movements, holds and rests, but no frames: those
depend on the lengths of the spoken clips. `coach.session.moves.prompts` lists the prompts to be spoken;
`coach.session.compile` then places the moves in time.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import cycle, islice, zip_longest

from coach.language.dose import After, Counted, Dose, Side, Timed, Wording, completed, exactly
from coach.language.keywords.by_language import keywords_for
from coach.language.keywords.vocabulary import Keywords
from coach.language.level import Level
from coach.language.model import Direction, Heading, Line, Reference, Rest, Ring, Script, Session, Sound, Wait
from coach.language.names import script_of
from coach.language.postures import DOWN_S, is_on_the_floor, posture
from coach.language.sides import on_side
from coach.session.activity import Activity
from coach.session.moves import (
    LONG_S,
    ChapterMoves,
    Cue,
    Interval,
    Move,
    Movement,
    Repetitions,
    Speak,
    Strike,
)
from coach.session.options import Detail, Options
from coach.session.timeline import Role, Source
from coach.session.words.interface import Words, words_for

CHANGE_SIDES_S = 10.0
"""Time to change legs, in seconds (programme: change legs 10 s)."""

TAKE_POSITION_S = 12.0
"""Time to take up a position that is known, in seconds, where the brief form has no waits of its own."""

FETCH_S = 30.0
"""Time to fetch what one exercise needs, in seconds; a session's sheet says its own."""

USUAL_REST_S = 30.0
"""The rest between sets where no sheet gives one, in seconds."""


IMPLIED_LOOSE_S = 2.0
"""Seconds of letting go added after a hold that ends a repetition, to make room for its end tone."""

FORM_CUE_EVERY_REPS = 4
"""One form cue every three to four repetitions, never two running (Wulf 2013; Winkelman on cueing)."""

WORDED = 1
"""Repetitions with phase words, in every set."""

HALFWAY_FROM_REPS = 8
TWO_MORE_FROM_REPS = 4


def score(session: Session, scripts: Mapping[str, Script], choices: Options) -> tuple[ChapterMoves, ...]:
    """Arrange the chapters of a session.

    ``scripts`` has the script of every reference under the name that the reference was resolved to.

    Raises
    ------
    ValueError
        If a reference has no script: a `coach.sheets.Sheet` of a session without errors has all of them.
    """
    words = words_for(session.language)
    chapters: list[ChapterMoves] = []
    for group in _groups(session, words.TO_FINISH):
        leads_to = _script(group.leads_to, scripts) if group.leads_to else None
        moves: list[Move] = []
        if not chapters:
            title = _title(session.title, scripts.values(), choices.level, words)
            moves.append(Speak(title, Role.TITLE))
        if leads_to and len(group.parts) > 1:
            moves.append(Speak(words.up_next(leads_to.title), Role.TRANSITION))
        for part in group.parts:
            match part:
                case Reference(dose=dose):
                    script = _script(part, scripts)
                    exercise = _Exercise(script, chosen_dose(script, dose, choices), choices, words)
                    moves.extend(exercise.moves())
                case Rest(length_s=length_s):
                    opening = (words.rest_for(length_s),)
                    moves.append(Interval(length_s, Activity.REST, Role.REST, opening=opening))
                case _:
                    moves.append(_direction(part, group.role, keywords_for(session.language), session.name))
        title = leads_to.title if leads_to else group.title
        chapters.append(ChapterMoves(title, tuple(moves), session.language))
    *before, last = chapters
    return (*before, replace(last, moves=(*last.moves, Strike(Sound.END, Role.END))))


@dataclass(frozen=True, slots=True)
class _Group:
    """The parts of one chapter: an exercise with what leads to it, or lines of the session's own."""

    title: str
    role: Role
    parts: tuple[Line | Wait | Ring | Rest | Reference, ...]
    leads_to: Reference | None = None


def _groups(session: Session, to_finish: str) -> list[_Group]:
    """Group the parts of a session by chapter.

    A heading begins a chapter. So does the end of an exercise: the lines up to the next exercise belong to
    that exercise, so that a jump to it also plays the way there. Lines after the last exercise form the
    chapter ``to_finish``.
    """
    groups: list[_Group] = []
    title, parts, exercises = session.title, list[Line | Wait | Ring | Rest | Reference](), 0
    left = sum(isinstance(part, Reference) for part in session.parts)

    def close() -> None:
        if parts:
            role = Role.OPENING if not exercises else Role.TRANSITION if left else Role.CLOSING
            groups.append(_Group(title or to_finish, role, tuple(parts)))
            parts.clear()

    for part in session.parts:
        match part:
            case Heading():
                close()
                title = part.title
            case Reference():
                if title:
                    close()
                groups.append(_Group("", Role.TRANSITION, (*parts, part), part))
                parts.clear()
                title, exercises, left = "", exercises + 1, left - 1
            case _:
                parts.append(part)
    close()
    return groups or [_Group(session.title, Role.OPENING, ())]


def practice(script: Script, choices: Options, times: int = 1) -> tuple[ChapterMoves, ...]:
    """Arrange a session of one exercise: its rules for not starting and for stopping, then the exercise.

    The listener gets time to fetch the equipment and, for floor exercises, to get down. With several
    ``times`` each round is a chapter; rounds from the second on use the brief form and begin with a rest.
    """
    words = words_for(script.language)
    opening: list[Move] = [
        Speak(_title(script.title, (script,), choices.level, words), Role.TITLE),
        Speak(words.NOT_MEDICAL_ADVICE, Role.OPENING),
    ]
    rules = (*words.DO_NOT_START, *words.STOP_RULES, words.YOUR_CHOICE)
    opening.extend(Speak(rule, Role.STOP_RULE) for rule in rules)
    is_down = is_on_the_floor(script.position, keywords_for(script.language))
    if is_down:
        opening.append(Speak(words.IN_REACH_OF_THE_FLOOR, Role.OPENING))
    if script.needs or is_down:
        what = [words.needs(script.needs)] if script.needs else []
        opening += _time_for(what, FETCH_S, Activity.FETCH, Role.OPENING, words)
    closing: list[Move] = []
    if is_down:
        what = [words.COME_DOWN, words.position(posture(script.position))]
        opening += _time_for(what, DOWN_S, Activity.GET_DOWN, Role.TRANSITION, words)
        closing += [Speak(text, Role.CLOSING) for text in words.GET_UP]
    closing += [Speak(words.ALL_DONE, Role.CLOSING), Strike(Sound.END, Role.END)]
    *rounds, last = _rounds(script, choices, times, words)
    return (
        ChapterMoves(words.BEFORE_WE_START, tuple(opening), script.language),
        *rounds,
        replace(last, moves=(*last.moves, *closing)),
    )


def _rounds(script: Script, choices: Options, times: int, words: Words) -> Iterator[ChapterMoves]:
    """Arrange the rounds of an exercise, a chapter for each."""
    dose = chosen_dose(script, None, choices)
    for n in range(1, times + 1):
        title = script.title if times == 1 else words.round_name(script.title, n, times)
        moves: list[Move] = []
        if n > 1:
            rest_s = dose.rests[0].length_s.planned if dose.rests else USUAL_REST_S
            opening = (words.rest_for(rest_s), words.up_next(title))
            moves.append(Interval(rest_s, Activity.REST, Role.REST, opening=opening))
            choices = replace(choices, detail=Detail.BRIEF)
        exercise = _Exercise(script, dose, choices, words)
        yield ChapterMoves(title, (*moves, *exercise.moves()), script.language)


def _title(title: str, scripts: Iterable[Script], level: Level, words: Words) -> str:
    """Return the title as it is said: with the level, if the level changes anything in one of the scripts."""
    has_levels = any(len({_at_level(script, each) for each in Level}) > 1 for script in scripts)
    return words.session_title(title, level) if has_levels else words.sentence(title)


def _at_level(script: Script, level: Level) -> tuple[Dose, tuple[float, ...]]:
    return script.doses[level], tuple(phase.length_s[level] for phase in script.phases)


def _time_for(
    what: Iterable[str], seconds: float, activity: Activity, role: Role, words: Words
) -> list[Move]:
    """Give an instruction, announce the seconds for it, and wait for as long."""
    return [
        *(Speak(text, role) for text in what),
        Speak(words.you_have(seconds), role),
        Interval(seconds, activity, Role.TRANSITION),
    ]


def _script(reference: Reference, scripts: Mapping[str, Script]) -> Script:
    script = script_of(reference, scripts)
    if script is None:
        raise ValueError(f"no script for the reference {reference.name!r}")
    return script


def _direction(direction: Direction, role: Role, keywords: Keywords, sheet: str) -> Move:
    match direction:
        case Line(text=text, span=span):
            return Speak(on_side(text, Side.RIGHT, keywords), role, Source(sheet, span))
        case Wait(length_s=length_s):
            return Interval(length_s, Activity.SET_UP, role)
        case Ring(sound=sound):
            return Strike(sound, role)


def chosen_dose(script: Script, own: Wording | None, choices: Options) -> Dose:
    """Choose the dose: the session's own or the level's, with the listener's sets and repetitions.

    A dose of one repetition, or of a time, is not counted and stays unchanged.
    """
    dose = script.doses[choices.level]
    if own is not None:
        dose = completed(own, dose)
    if not isinstance(dose, Timed) and dose.most_reps > 1:
        reps = (exactly(choices.reps),) if choices.reps else dose.reps
        dose = completed(Wording(sets=choices.sets or dose.sets, reps=reps), dose)
    return dose


class _Exercise:
    """Arranges one exercise: its instructions, then its sets, first on the right side, then on the left."""

    def __init__(self, script: Script, dose: Dose, choices: Options, words: Words) -> None:
        self._script = script
        self._words = words
        self._dose = dose
        self._level = choices.level
        self._count = choices.count
        self._counted = choices.speak_counts
        self._is_full = not choices.is_brief(script.title) or not script.brief
        self._keywords = keywords_for(script.language)
        self._form_cues = cycle(script.reminders)
        self._breathing = cycle(script.breathing)

    def moves(self) -> Iterator[Move]:
        """Yield the moves of the exercise from its title to its end."""
        script, dose, words = self._script, self._dose, self._words
        yield Speak(words.sentence(script.title), Role.TITLE)
        directions = script.instructions if self._is_full else script.brief
        for direction in directions:
            yield _direction(direction, Role.INSTRUCTION, self._keywords, script.name)
        for line in script.cautions:
            yield self._said(line, Role.CAUTION, Side.RIGHT)
        for line in script.if_it_hurts:
            advice = self._said(line, Role.STOP_RULE, Side.RIGHT)
            yield replace(advice, text=words.if_it_hurts(advice.text))
        yield Speak(words.dose(self._announced_dose()), Role.DOSE)
        for side in (Side.RIGHT, Side.LEFT) if dose.side_word else (Side.RIGHT,):
            if side is Side.LEFT:
                yield from self._change_of_sides()
            for n in range(1, dose.sets + 1):
                yield self._before_set(n, side)
                yield self._set(n, side)
        yield Strike(Sound.REST, Role.REST)
        yield Speak(words.done(script.title), Role.REST)

    def _said(self, line: Line, role: Role, side: Side) -> Speak:
        text = on_side(line.text, side, self._keywords)
        return Speak(text, role, Source(self._script.name, line.span))

    def _next_cue(self, lines: Iterator[Line], side: Side, rep: int = 0, *, leads: bool = False) -> list[Cue]:
        """Return the next line of a cycle as a cue due in a repetition; empty if there are no lines."""
        return [
            Cue(said.text, rep, wanders=rep > 0, leads=leads, source=said.source)
            for said in (self._said(line, Role.CUE, side) for line in islice(lines, 1))
        ]

    def _announced_dose(self) -> Dose:
        """Return the dose to announce: once through long movements is announced as its duration."""
        dose = self._dose
        lengths_s = [length_s for _, length_s in self._script.repetition(dose, self._level)]
        is_once = isinstance(dose, Counted) and dose.most_reps == dose.sets == 1
        if is_once and max(lengths_s) >= LONG_S:
            return Timed(work_s=exactly(sum(lengths_s)), sides=dose.sides, side_word=dose.side_word)
        return dose

    def _set_up(self, side: Side) -> Iterator[tuple[Speak, float]]:
        """Yield the instructions that name a side, each with its seconds: they are repeated for each set."""
        if not (self._is_full and self._dose.side_word):
            return
        instructions = self._script.instructions
        for part, after in zip_longest(instructions, instructions[1:]):
            if not isinstance(part, Line):
                continue
            right, left = (self._said(part, Role.INSTRUCTION, each) for each in Side)
            if right != left:
                wait_s = after.length_s if isinstance(after, Wait) else 0.0
                yield right if side is Side.RIGHT else left, wait_s

    def _change_of_sides(self) -> Iterator[Move]:
        """Yield the change to the other side: its set-up with its time, and the first caution once more."""
        change = self._words.change_sides(self._dose.side_word)
        why = self._words.caption(change)
        yield Interval(0.0, Activity.CHANGE_SIDES, Role.TRANSITION, Sound.SIDE, (change,), why=why)
        for instruction, wait_s in self._set_up(Side.LEFT):
            yield instruction
            yield Interval(wait_s, Activity.SET_UP, Role.INSTRUCTION)
        if self._is_full:
            for line in self._script.cautions[:1]:
                yield self._said(line, Role.CAUTION, Side.LEFT)

    def _before_set(self, n: int, side: Side) -> Interval:
        """Return the lead-up to a set's go tone: the count-in, a rest, or the end of the change of sides."""
        dose, words = self._dose, self._words
        name = words.set_name(n, dose.sets, side if dose.side_word else None, dose.side_word)
        if n > 1:
            return Interval(
                rest.planned if (rest := dose.rest_after(After.SET)) else USUAL_REST_S,
                Activity.REST,
                Role.REST,
                Sound.REST,
                opening=(words.REST, words.up_next(name)),
                closing=tuple(instruction for instruction, _ in self._set_up(side)),
                fillers=tuple(self._next_cue(self._form_cues, side)),
                counts_in=True,
            )
        if side is Side.LEFT:
            what = (words.up_next(name),)
            return Interval(CHANGE_SIDES_S, Activity.READY, Role.TRANSITION, opening=what, counts_in=True)
        position_s = 0.0 if self._is_full else TAKE_POSITION_S
        opening = (words.sentence(name),) if name else ()
        return Interval(position_s, Activity.READY, Role.PAUSE, opening=opening, counts_in=True)

    def _set(self, n: int, side: Side) -> Repetitions:
        dose, reps = self._dose, self._dose.reps_in(n).planned
        movements = tuple(_movements(self._script, dose, side, self._level, self._words))
        guided = 1 if n == 1 and self._is_full else 0
        fixed = _fixed_cues(reps, self._words)
        cues, fillers = list[Cue](), list[Cue]()
        if any(movement.length_s >= LONG_S for movement in movements):
            fillers = [cue for _ in self._script.reminders for cue in self._next_cue(self._form_cues, side)]
            fillers[1:1] = [
                cue for _ in self._script.breathing for cue in self._next_cue(self._breathing, side)
            ]
        else:
            cues = self._wandering_cues(
                reps, min(guided + WORDED + 1, reps), side, {cue.rep for cue in fixed}
            )
        return Repetitions(
            movements,
            reps,
            guided,
            WORDED,
            self._count,
            (*fixed, *cues),
            tuple(fillers),
            number=n,
            of=dose.sets,
            side=self._words.side_name(side, dose.side_word) if dose.side_word else "",
            counted=self._counted,
        )

    def _wandering_cues(self, reps: int, first: int, side: Side, taken: set[int]) -> list[Cue]:
        """List breathing and form cues from repetition ``first`` on, skipping the ``taken`` repetitions."""
        cues = self._next_cue(self._breathing, side, first, leads=True)
        due = first + 1
        while due <= reps:
            if due in taken:
                due += 1
                continue
            cues += self._next_cue(self._form_cues, side, due)
            due += FORM_CUE_EVERY_REPS
        if not any(cue.wanders and not cue.leads for cue in cues):
            cues += self._next_cue(self._form_cues, side, first)
        return cues


def _fixed_cues(reps: int, words: Words) -> tuple[Cue, ...]:
    """List the cues that are true in one repetition only: halfway, two more, last one.

    >>> [(cue.text, cue.rep) for cue in _fixed_cues(12, words_for("en"))]
    [('Halfway.', 7), ('Two more.', 11), ('Last one.', 12)]
    """
    cues: list[Cue] = []
    if reps >= HALFWAY_FROM_REPS:
        cues.append(Cue(words.HALFWAY, reps // 2 + 1))
    if reps >= TWO_MORE_FROM_REPS:
        cues.append(Cue(words.TWO_MORE, reps - 1))
    if reps > 1:
        cues.append(Cue(words.LAST_ONE, reps))
    return tuple(cues)


def _movements(script: Script, dose: Dose, side: Side, level: Level, words: Words) -> Iterator[Movement]:
    movement: Movement | None = None
    keywords = keywords_for(script.language)
    for phase, length_s in script.repetition(dose, level):
        cue = on_side(phase.cue, side, keywords) or (words.HOLD if phase.is_hold else "")
        text = on_side(phase.text, side, keywords)
        source = Source(script.name, phase.span) if phase.cue else None
        movement = Movement(cue, length_s, text, phase.is_hold, phase.is_loose, source)
        yield movement
    if movement is not None and movement.is_hold:
        yield Movement(words.LOOSE, IMPLIED_LOOSE_S, is_loose=True)
