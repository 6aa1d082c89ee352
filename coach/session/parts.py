"""Choose exercises of a session, and find the way into the position of each that is left.

A session's lines lead from one exercise to the next, so an exercise cannot be taken out without them. What
leads to one that is kept stays; what leads to one that is left out stays where the listener has to pass its
position, and so does every sentence that says when to stop; everything else goes with it, and the question
how much pain there was in it.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from coach.errors import UsageError
from coach.language.keywords.choice import keywords_for
from coach.language.keywords.vocabulary import Surface
from coach.language.model import (
    Ask,
    Direction,
    Heading,
    Lead,
    Line,
    Reference,
    Rest,
    Ring,
    Round,
    Script,
    Session,
    Wait,
    Written,
    in_brief,
    in_full,
)
from coach.language.names import comparable, script_of
from coach.language.postures import posture, seconds_to_move, surface
from coach.language.stop_rules import tells_to_stop
from coach.session.options import Options


@dataclass(frozen=True, slots=True)
class Block:
    """The parts of one chapter: an exercise behind the lines that lead to it, or lines alone.

    A question right after an exercise is about it, and stands behind it.
    """

    parts: tuple[Written, ...]
    reference: Reference | None = None


def blocks(session: Session) -> tuple[Block, ...]:
    """Divide the parts of a session into chapters, as `coach.session.arrange` makes them."""
    found: list[Block] = []
    parts: list[Written] = []
    has_title = True

    def close() -> None:
        if any(not isinstance(part, Heading) for part in parts):
            found.append(Block(tuple(parts)))
            parts.clear()

    for part in session.parts:
        match part:
            case Heading():
                close()
                parts[:] = [part]
                has_title = True
            case Reference():
                if has_title:
                    close()
                found.append(Block((*parts, part), part))
                parts.clear()
                has_title = False
            case Ask() if found and not (parts or has_title):
                found[-1] = replace(found[-1], parts=(*found[-1].parts, part))
            case _:
                parts.append(part)
    close()
    return tuple(found)


def exercises(session: Session) -> tuple[tuple[int, ...], ...]:
    """List the exercises of a session, each by the indices of its blocks.

    An exercise has one block, or a block for each round of the list that it stands in.
    """
    found: dict[tuple[int, ...], list[int]] = {}
    circuit = place = 0
    for i, block in enumerate(blocks(session)):
        if block.reference is None:
            continue
        if any(isinstance(part, Round) for part in block.parts):
            circuit += any(isinstance(part, Round) and part.number == 1 for part in block.parts)
            place = 0
        key = (circuit, place) if block.reference.round else (-1, i)
        found.setdefault(key, []).append(i)
        place += 1
    return tuple(sorted(map(tuple, found.values())))


def part_number(titles: Sequence[str], names: Sequence[str], wanted: str) -> int:
    """Find a part by number (from 1), by title or by part of a title; return its index.

    ``names`` has the exercise of each part, "" for none: of the rounds of one exercise, the first is meant.

    Raises
    ------
    UsageError
        If there is none, or several; the hint lists them.
    """
    if wanted.isdecimal() and 1 <= int(wanted) <= len(titles):
        return int(wanted) - 1
    key = comparable(wanted)
    found = [i for i, title in enumerate(titles) if comparable(title) == key]
    found = found or [i for i, title in enumerate(titles) if comparable(title).startswith(key)]
    found = found or [i for i, title in enumerate(titles) if key in comparable(title)]
    if len({names[i] or i for i in found}) == 1:
        found = found[:1]
    parts = "; ".join(f"{i} {title}" for i, title in enumerate(titles, start=1))
    if not found or not key:
        raise UsageError(f"there is no part {wanted!r}", f"the parts are: {parts}")
    if len(found) > 1:
        raise UsageError(f"{wanted!r} is a part of several names", f"the parts are: {parts}")
    return found[0]


def part_numbers(titles: Sequence[str], names: Sequence[str], choices: Options) -> frozenset[int]:
    """Return the indices of the parts that ``only``, ``from_`` and ``to`` pick.

    Raises
    ------
    UsageError
        If there is no such part, or none is left.
    """

    def number(wanted: str) -> int:
        return part_number(titles, names, wanted.strip())

    first = number(choices.from_) if choices.from_ else 0
    last = number(choices.to) if choices.to else len(titles) - 1
    if choices.to and names[last]:
        last = max(i for i, name in enumerate(names) if name == names[last])
    found = frozenset(range(first, last + 1))
    if choices.only:
        found &= {i for wanted in choices.only.split(",") for i in _range(wanted, number)}
    if not any(names[i] for i in found):
        parts = "; ".join(f"{i} {title}" for i, title in enumerate(titles, start=1))
        raise UsageError("no exercise is among these parts", f"the parts are: {parts}")
    return found


def _range(wanted: str, number: Callable[[str], int]) -> range:
    """Return the parts of ``3`` or ``3-5``; a title may have a hyphen too."""
    first, _, last = wanted.partition("-")
    if first.strip().isdecimal() and last.strip().isdecimal():
        return range(number(first), number(last) + 1)
    return range(number(wanted), number(wanted) + 1)


def picked(
    session: Session, scripts: Mapping[str, Script], parts: frozenset[int], *, is_brief: bool = False
) -> Session:
    """Return the session with the picked blocks; of an exercise in a list with rounds, all of its rounds."""
    whole = {i for each in exercises(session) if not parts.isdisjoint(each) for i in each}
    return kept(session, scripts, parts | whole, is_brief=is_brief)


def kept(
    session: Session, scripts: Mapping[str, Script], chosen: Collection[int], *, is_brief: bool = False
) -> Session:
    """Return the session with the chosen blocks alone, and the way into each of their positions.

    What comes before the first exercise and after the last stays: it has the rules. Lines between exercises
    are those for a listener to whom the session ``is_brief``.
    """
    every = blocks(session)
    at = [i for i, block in enumerate(every) if block.reference]
    if not at or set(range(at[0], at[-1] + 1)) <= set(chosen):
        return session
    said = in_brief if is_brief else in_full
    trip = _Trip(session)
    for i, block in enumerate(every):
        if i < at[0]:
            trip.parts += block.parts
        elif i > at[-1]:
            trip.end(block.parts)
        else:
            this = replace(block, parts=said(block.parts))
            script = block.reference and script_of(block.reference, scripts)
            if script:
                trip.go(this, script) if i in chosen else trip.skip(this, script)
            elif block.reference is None:
                trip.pass_by(this, is_chosen=i in chosen)
    trip.end()
    return replace(session, parts=tuple(trip.parts))


def _spoken(parts: Iterable[Written]) -> tuple[Direction, ...]:
    """Return what is said and waited for: without headings, rounds, rests and questions."""
    return tuple(part for part in parts if isinstance(part, Line | Wait | Ring))


def _under_title(parts: Sequence[Written], before: Sequence[Written]) -> list[Written]:
    """Return the parts of a chapter with others before them, under its heading."""
    titles = [part for part in parts if isinstance(part, Heading)]
    return [*titles, *before, *(part for part in parts if not isinstance(part, Heading))]


class _Trip:
    """The listener's way through a session: the parts so far, the position, and what is skipped since."""

    def __init__(self, session: Session) -> None:
        self.parts: list[Written] = []
        self._here = ""
        self._has_begun = False
        self._chapter: tuple[Written, ...] = ()
        self._is_chosen = False
        self._skipped: list[tuple[tuple[Direction, ...], str]] = []
        self._left_out: list[Written] = []
        self._rounds: list[Round] = []
        self._fetched = set[str]()
        self._keywords = keywords_for(session.language)

    def pass_by(self, block: Block, *, is_chosen: bool) -> None:
        """Come to a chapter of lines alone, which leads to the exercise after it."""
        self._leave(is_chosen=self._is_chosen)
        self._chapter, self._is_chosen = block.parts, is_chosen

    def skip(self, block: Block, script: Script) -> None:
        """Leave an exercise out."""
        leads = (*_spoken(self._chapter), *_spoken(block.parts))
        self._leave(is_chosen=self._is_chosen)
        self._rounds += [part for part in block.parts if isinstance(part, Round)]
        self._skipped.append((leads, script.position))
        self._left_out += leads

    def _leave(self, *, is_chosen: bool) -> None:
        """Leave a chapter of lines behind, of which only a chosen one is said."""
        if is_chosen:
            self.parts += self._chapter
        else:
            self._left_out += self._chapter
        self._chapter, self._is_chosen = (), False

    def go(self, block: Block, script: Script) -> None:
        """Go to an exercise that is kept."""
        at = next(i for i, part in enumerate(block.parts) if isinstance(part, Reference))
        lead, exercise = [*block.parts[:at]], block.parts[at:]
        if block.reference and (this := block.reference.round):
            lead[:0] = [each for each in self._rounds if (each.number, each.of) == (this.number, this.of)]
        if not self._has_begun:
            lead = [part for part in lead if not isinstance(part, Rest)]
        way, reached = self._way(lambda place: self._is_near(place, script.position))
        is_own = reached == len(self._skipped)
        here = self._places[reached]
        chapter = self._chapter if is_own else ()
        gives_time = is_own and any(isinstance(part, Wait) for part in (*chapter, *lead))
        self._left_out += () if is_own else self._chapter
        self._chapter, self._is_chosen = (), False
        if self._skipped and not self._has_begun:
            self.parts.append(Lead(None, ""))
        self.parts += _under_title(chapter, way)
        if not is_own:
            self._left_out += lead
            lead = [part for part in lead if isinstance(part, Heading | Round | Rest | Ask)]
        needs = "" if comparable(script.needs) in self._fetched else script.needs
        has_way = gives_time or (is_own and way) or not self._skipped
        own_way = [] if has_way else [Lead(script, here, needs)]
        self.parts += _under_title(lead, [*self._rules(lead), *own_way])
        self.parts += exercise
        self._fetched.add(comparable(script.needs))
        self._here, self._has_begun = script.position, True
        self._skipped, self._left_out, self._rounds = [], [], []

    def end(self, parts: Sequence[Written] = ()) -> None:
        """Finish with some parts; get up before, if what comes before them is left out and leads up."""
        self._leave(is_chosen=self._is_chosen)
        up: list[Written] = []
        if self._is_lying(self._here):
            up, reached = self._way(lambda place: not self._is_lying(place))
            is_own = reached == len(self._skipped) and self._is_lying(self._places[reached])
            up = up if up or is_own else [Lead(None, self._here)]
        self.parts += _under_title(parts, [*up, *self._rules(up)])
        self._skipped, self._left_out = [], []

    def _rules(self, said: Sequence[Written] = ()) -> list[Written]:
        """Return the sentences of the lines left out that say when to stop, and are not ``said``."""
        texts = {part.text for part in (*self.parts, *said) if isinstance(part, Line)}
        rules = {
            part.text: part
            for part in self._left_out
            if isinstance(part, Line) and tells_to_stop(part.text, self._keywords) and part.text not in texts
        }
        return [*rules.values()]

    @property
    def _places(self) -> list[str]:
        """The position of the listener, and those of the exercises that are skipped since."""
        return [self._here, *(place for _, place in self._skipped)]

    def _way(self, is_there: Callable[[str], bool]) -> tuple[list[Written], int]:
        """Return the lines that lead past exercises left out to a position, and the number of its place.

        They end where no position is left to pass.
        """
        places = self._places
        found: list[Written] = []
        at = 0
        while True:
            at = max(i for i, place in enumerate(places) if self._is_same(place, places[at]))
            if at == len(self._skipped) or is_there(places[at]):
                return found, at
            found += self._from(places[at], at)
            at += 1

    def _from(self, place: str, number: int) -> list[Written]:
        """Return the lines that lead from a place to that of a skipped exercise.

        Of those that lead up from lying, only the paragraphs up to the one with the time that it takes: the
        others lead on to what is left out.
        """
        leads, after = self._skipped[number]
        needed_s = seconds_to_move(posture(place), posture(after), self._keywords)
        if not self._is_lying(place) or self._is_lying(after):
            return [*leads]
        found: list[Written] = []
        given_s, line = 0.0, 0
        for part in leads:
            if given_s >= needed_s and part.span.line > line + 1:
                break
            line = part.span.line
            found.append(part)
            given_s += part.length_s if isinstance(part, Wait) else 0.0
        return found

    def _is_lying(self, place: str) -> bool:
        return surface(place, self._keywords) in {Surface.FLOOR, Surface.BED}

    def _is_near(self, one: str, other: str) -> bool:
        """Tell whether nobody has to lie down, or get up, between two positions."""
        return self._is_same(one, other) or not (self._is_lying(one) or self._is_lying(other))

    def _is_same(self, one: str, other: str) -> bool:
        """Tell whether two positions are one place; at the beginning, where none is named, one stands."""
        places = [surface(each, self._keywords) if each else Surface.FEET for each in (one, other)]
        is_on_feet = places[0] is places[1] is Surface.FEET
        return is_on_feet or (places[0] is places[1] and posture(one) == posture(other))
