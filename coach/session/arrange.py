"""The first pure step: the sheets of a session become the moves of its chapters.

Moves give the order of prompts and tones and the seconds of movements, holds and rests, but no frames: those
depend on the lengths of the spoken clips. `coach.session.moves.prompts` lists the prompts to be spoken;
`coach.session.compile` then places the moves in time.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from coach.language.dose import USUAL_REST_S, Dose, Side, Timed, Wording, completed, exactly
from coach.language.keywords.choice import keywords_for
from coach.language.keywords.vocabulary import Keywords, Surface
from coach.language.level import Level
from coach.language.model import (
    Ask,
    Heading,
    Lead,
    Line,
    Part,
    PhaseKind,
    Reference,
    Rest,
    Ring,
    Round,
    Script,
    Session,
    Sound,
    Wait,
    in_brief,
    in_full,
)
from coach.language.names import references, script_of
from coach.language.postures import (
    DOWN_S,
    OTHERWISE_S,
    UP_S,
    is_on_the_floor,
    posture,
    seconds_to_move,
    surface,
)
from coach.session.activity import Activity
from coach.session.exercise import Exercise, direction_move
from coach.session.first_tones import explained, sounded
from coach.session.moves import (
    Break,
    ChapterMoves,
    Interval,
    Move,
    Speak,
    Strike,
)
from coach.session.options import Options
from coach.session.question import asking
from coach.session.timeline import Role, Source
from coach.session.wordings import varied
from coach.session.words.interface import Words, words_for

FETCH_S = 30.0
"""Time to fetch what one exercise needs, in seconds; a session's sheet says its own."""

_Own = Line | Wait | Ring | Rest | Round | Reference | Ask | Lead
"""The parts of a chapter."""


def score(session: Session, scripts: Mapping[str, Script], choices: Options) -> tuple[ChapterMoves, ...]:
    """Arrange the chapters of a session.

    ``scripts`` has the script of every reference under the name that the reference was resolved to.

    Raises
    ------
    ValueError
        If a reference has no script: a `Sheet` of a session without errors has all of them.
    """
    words, keywords = words_for(session.language), keywords_for(session.language)
    chapters: list[ChapterMoves] = []
    parts, tones = _parts_said(session, choices)
    has_asked = False
    for group in _groups(parts, session.title, words.TO_FINISH):
        leads_to = _script(group.leads_to, scripts) if group.leads_to else None
        moves: list[Move] = []
        amount: Dose | None = None
        if not chapters:
            used = [_script(reference, scripts) for reference in references(session)]
            title = _title(session.title, used, choices, words)
            moves.append(Speak(title, Role.TITLE))
        at = len(moves)
        for part in _with_question(group.parts, leads_to):
            match part:
                case Reference(dose=dose):
                    script = _script(part, scripts)
                    own_choices = choices.at(script.title)
                    amount = chosen_dose(script, dose, own_choices)
                    exercise = Exercise(script, amount, own_choices, words, part.round)
                    if exercise.is_known and moves[at:] and isinstance(rest := moves[-1], Break):
                        moves[-1:] = exercise.moves(rest)
                        continue
                    if part is not group.parts[0]:
                        moves.insert(at, Speak(words.up_next(script.title), Role.TRANSITION))
                    own = [*exercise.moves()]
                    tones |= sounded(moves)
                    dose_at = next(i for i, move in enumerate(own) if _is_dose(move))
                    moves += [*own[:dose_at], *explained(own, tones, words), *own[dose_at:]]
                case Round(rest_s=0) if moves[at:] and isinstance(rest := moves[-1], Break):
                    text = words.begin_round(part.number, part.of)
                    moves[-1] = replace(rest, opening=(*rest.opening, text))
                case Round() | Rest():
                    moves.append(_pause(part, words, session.name))
                case Ask():
                    moves += asking(
                        words,
                        session.body_part,
                        is_first=not has_asked,
                        takes_answer=choices.takes_answers,
                        is_known=choices.is_brief(session.title),
                    )
                    has_asked = True
                case _:
                    moves += _said(part, group.role, words, keywords, session.name)
        tones |= sounded(moves)
        title = _chapter_title(group, leads_to, words)
        of = leads_to.title if leads_to else ""
        chapters.append(ChapterMoves(title, tuple(moves), session.language, of, amount))
    *before, last = chapters
    return varied((*before, replace(last, moves=(*last.moves, Strike(Sound.END, Role.END)))))


def _is_dose(move: Move) -> bool:
    """Tell whether a move is what is said last before an exercise begins."""
    return isinstance(move, Speak) and move.role is Role.DOSE


def _parts_said(session: Session, choices: Options) -> tuple[tuple[Part, ...], set[Sound]]:
    """Return the parts that are said to this listener, and the tones that need no explanation."""
    if choices.is_brief(session.title):
        return in_brief(session.parts), set(Sound)
    return in_full(session.parts), set()


def _with_question(parts: tuple[_Own, ...], leads_to: Script | None) -> tuple[_Own, ...]:
    """Return the parts of a chapter, with the question that the sheet of its exercise asks for."""
    is_asked = isinstance(parts[-1], Ask) if parts else True
    return (*parts, Ask(leads_to.span)) if leads_to and leads_to.asks and not is_asked else parts


def _chapter_title(group: "_Group", leads_to: Script | None, words: Words) -> str:
    if group.leads_to is None or leads_to is None:
        return group.title
    this = group.leads_to.round
    return words.round_name(leads_to.title, this.number, this.of) if this else leads_to.title


def _pause(part: Round | Rest, words: Words, sheet: str) -> Move:
    """Return a rest between two exercises, or the announcement of a round in the rest before it."""
    source = Source(sheet, part.span)
    if isinstance(part, Rest):
        return Break(part.length_s, (words.rest_for(part.length_s),), source)
    text = words.begin_round(part.number, part.of)
    if not part.rest_s:
        return Speak(text, Role.TRANSITION)
    return Break(part.rest_s, (words.rest_for(part.rest_s), text), source)


@dataclass(frozen=True, slots=True)
class _Group:
    """The parts of one chapter: an exercise with what leads to it, or lines of the session's own."""

    title: str
    role: Role
    parts: tuple[_Own, ...]
    leads_to: Reference | None = None


def _groups(said: Sequence[Part], first_title: str, to_finish: str) -> list[_Group]:
    """Group the parts of a session by chapter; the first is called ``first_title`` until a heading comes.

    A heading begins a chapter. So does the end of an exercise: the lines up to the next exercise belong to
    that exercise, so that a jump to it also plays the way there. A question right after an exercise is about
    it, and belongs to it. Lines after the last exercise form the chapter ``to_finish``.
    """
    groups: list[_Group] = []
    title, parts, exercises = first_title, list[_Own](), 0
    left = sum(isinstance(part, Reference) for part in said)

    def close() -> None:
        if parts:
            role = Role.OPENING if not exercises else Role.TRANSITION if left else Role.CLOSING
            groups.append(_Group(title or to_finish, role, tuple(parts)))
            parts.clear()

    for part in said:
        match part:
            case Heading():
                close()
                title = part.title
            case Ask() if groups and not (parts or title) and groups[-1].leads_to:
                groups[-1] = replace(groups[-1], parts=(*groups[-1].parts, part))
            case Reference():
                if title:
                    close()
                groups.append(_Group("", Role.TRANSITION, (*parts, part), part))
                parts.clear()
                title, exercises, left = "", exercises + 1, left - 1
            case Lead(to=None, position=""):
                close()
                title = ""
            case _:
                parts.append(part)
    close()
    return groups or [_Group(first_title, Role.OPENING, ())]


def practice(script: Script, choices: Options, times: int = 1) -> tuple[ChapterMoves, ...]:
    """Arrange a session of one exercise: the safety rules in short, then the exercise.

    The chapter of the exercise begins with time to fetch the equipment and to get into position. With several
    ``times`` each round is a chapter; rounds from the second on explain nothing again, and begin with a rest.
    """
    choices = choices.at(script.title)
    words = words_for(script.language)
    keywords = keywords_for(script.language)
    opening = (
        Speak(_title(script.title, (script,), choices, words), Role.TITLE),
        *(Speak(rule, Role.STOP_RULE) for rule in words.SAFETY_RULES),
    )
    *rounds, last = _rounds(script, choices, times, words)
    closing: list[Move] = []
    if is_on_the_floor(script.position, keywords):
        closing += [Speak(text, Role.CLOSING) for text in words.GET_UP]
    closing += [Speak(words.ALL_DONE, Role.CLOSING), Strike(Sound.END, Role.END)]
    return varied(
        (
            ChapterMoves(words.BEFORE_WE_START, opening, script.language),
            *rounds,
            replace(last, moves=(*last.moves, *closing)),
        )
    )


def _rounds(script: Script, choices: Options, times: int, words: Words) -> Iterator[ChapterMoves]:
    """Arrange the rounds of an exercise, a chapter for each."""
    dose = chosen_dose(script, None, choices)
    for n in range(1, times + 1):
        title = script.title if times == 1 else words.round_name(script.title, n, times)
        exercise = Exercise(
            script, dose, choices, words, Round(n, times, 0.0, dose.span) if times > 1 else None
        )
        rest: Break | None = None
        if n > 1:
            rest_s = dose.rests[0].length_s.planned if dose.rests else USUAL_REST_S
            rest = Break(rest_s, (words.rest_for(rest_s), words.begin_round(n, times)))
        way = _way_to(script, words) if n == 1 else []
        own = [*way, *exercise.moves(rest)]
        if script.asks:
            own += asking(words, script.body_part, is_first=n == 1, takes_answer=choices.takes_answers)
        yield ChapterMoves(title, tuple(own), script.language, script.title, dose)


def _said(
    part: Line | Wait | Ring | Lead, role: Role, words: Words, keywords: Keywords, sheet: str
) -> list[Move]:
    """Return what a session has between its exercises, or the coach's own way in place of it."""
    if isinstance(part, Lead):
        return _led(part, words, keywords)
    return [direction_move(part, role, Side.RIGHT, keywords, sheet)]


def _led(lead: Lead, words: Words, keywords: Keywords) -> list[Move]:
    """Return the coach's own way to an exercise in a session, or up at its end."""
    lying = {Surface.FLOOR: UP_S, Surface.BED: OTHERWISE_S}
    to = lead.to.position if lead.to else ""
    here, there = (surface(place, keywords) for place in (lead.position, to))
    moves: list[Move] = []
    if here in lying and here is not there:
        moves += _time_for(words.GET_UP, lying[here], Activity.SET_UP, Role.TRANSITION, words)
        here = Surface.FEET
    if lead.to is None:
        return moves
    moves += _way_to(replace(lead.to, needs=lead.needs), words, is_there=here is there)
    if there in lying:
        is_change = here is there and seconds_to_move(posture(lead.position), posture(to), keywords) > 0
    else:
        is_change = bool(to) and (here or Surface.FEET) is not there
    if is_change:
        what = [words.position(posture(to))]
        moves += _time_for(what, OTHERWISE_S, Activity.SET_UP, Role.TRANSITION, words)
    return moves


def _way_to(script: Script, words: Words, *, is_there: bool = False) -> list[Move]:
    """Return the way to a single exercise: time to fetch what it needs, and to get down or into bed."""
    moves: list[Move] = []
    where = surface(script.position, keywords_for(script.language))
    is_down = where is Surface.FLOOR
    if script.needs:
        what = [words.needs(script.needs), *([words.IN_REACH_OF_THE_FLOOR] if is_down else [])]
        moves += _time_for(what, FETCH_S, Activity.FETCH, Role.TRANSITION, words)
    if where in {Surface.FLOOR, Surface.BED} and not is_there:
        reach = [] if script.needs or not is_down else [words.IN_REACH_OF_THE_FLOOR]
        what = [
            *reach,
            words.COME_DOWN if is_down else words.LIE_DOWN,
            words.position(posture(script.position)),
        ]
        length_s = DOWN_S if is_down else OTHERWISE_S
        moves += _time_for(what, length_s, Activity.GET_DOWN, Role.TRANSITION, words)
    return moves


def _title(title: str, scripts: Iterable[Script], choices: Options, words: Words) -> str:
    """Return the title as it is said: with the level, if it is one and changes anything in the scripts."""
    is_one = all(step.level is choices.level for step in choices.steps)
    is_levelled = is_one and any(map(has_levels, scripts))
    return words.session_title(title, choices.level) if is_levelled else words.sentence(title)


def has_levels(script: Script) -> bool:
    """Tell whether an exercise differs between the levels."""
    return len({_at_level(script, each) for each in Level}) > 1


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


def chosen_dose(script: Script, own: Wording | None, choices: Options) -> Dose:
    """Choose the dose: the session's own or the level's, with the listener's sets and repetitions.

    The number of repetitions is that of a movement: holds alone keep their own, as more of them would be
    longer and not more. A dose of one repetition, or of a time, stays unchanged.
    """
    dose = script.doses[choices.level]
    if own is not None:
        dose = completed(own, dose, has_phases=bool(script.phases))
    if isinstance(dose, Timed) or dose.most_reps == 1:
        return dose
    if choices.sets:
        dose = completed(Wording(sets=choices.sets, more_sets=0, reps=dose.reps, span=dose.span), dose)
    if choices.reps and counts_repetitions(script, dose):
        dose = replace(dose, reps=(exactly(choices.reps),))
    return dose


def counts_repetitions(script: Script, dose: Dose) -> bool:
    """Tell whether a set has several repetitions of a movement: it is no time, and no hold alone."""
    moves = any(phase.kind is PhaseKind.MOVE for phase in script.phases)
    return not isinstance(dose, Timed) and moves and dose.most_reps > 1
