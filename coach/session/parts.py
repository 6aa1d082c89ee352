"""Choose exercises of a session, and find the way into the position of each that is left.

A session's lines lead from one exercise to the next, so an exercise cannot be taken out without them. What
leads to one that is kept stays; what leads to one that is left out stays where the listener has to pass its
position; everything else goes with it.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from coach.errors import UsageError
from coach.language.keywords.choice import keywords_for
from coach.language.keywords.vocabulary import Surface
from coach.language.model import Ask, Heading, Lead, Reference, Rest, Round, Script, Session, Wait, Written
from coach.language.names import comparable, script_of
from coach.language.postures import posture, surface
from coach.session.options import Options


@dataclass(frozen=True, slots=True)
class Block:
    """The parts of one chapter: an exercise between what leads to it and its question, or lines alone."""

    parts: tuple[Written, ...]
    reference: Reference | None = None

    @property
    def leads(self) -> tuple[Written, ...]:
        """What is said and waited for before the exercise, without its heading, its round and its rest."""
        return tuple(part for part in self.before if not isinstance(part, Heading | Round | Rest))

    @property
    def before(self) -> tuple[Written, ...]:
        """The parts before the exercise."""
        return tuple(takewhile(lambda part: part is not self.reference, self.parts))


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
    """List the exercises of a session by their blocks: one in a list that is done several times has several.

    Of one that is done once there is one block.
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


def picked(session: Session, scripts: Mapping[str, Script], parts: frozenset[int]) -> Session:
    """Return the session with the picked blocks; of an exercise in a list with rounds, all of its rounds."""
    whole = {i for each in exercises(session) if not parts.isdisjoint(each) for i in each}
    return kept(session, scripts, parts | whole)


def kept(session: Session, scripts: Mapping[str, Script], chosen: Collection[int]) -> Session:
    """Return the session with the chosen blocks alone, and the way into each of their positions.

    What comes before the first exercise and after the last stays: it has the rules.
    """
    every = blocks(session)
    at = [i for i, block in enumerate(every) if block.reference]
    if not at or set(range(at[0], at[-1] + 1)) <= set(chosen):
        return session
    trip = _Trip(session)
    for i, block in enumerate(every):
        if i < at[0]:
            trip.parts += block.parts
        elif i > at[-1]:
            trip.end(block.parts)
        elif block.reference is None:
            trip.chapters += block.parts if i in chosen else ()
        elif script := script_of(block.reference, scripts):
            trip.go(block, script) if i in chosen else trip.skip(block, script)
    trip.end()
    return replace(session, parts=tuple(trip.parts))


class _Trip:
    """The listener's way through a session: the parts so far, the position, and what is skipped since.

    ``chapters`` are the parts of those chapters since then that are no exercises.
    """

    def __init__(self, session: Session) -> None:
        self.parts: list[Written] = []
        self.chapters: list[Written] = []
        self._here = ""
        self._has_begun = False
        self._skipped: list[tuple[Block, str]] = []
        self._rounds: list[Round] = []
        self._fetched = set[str]()
        self._keywords = keywords_for(session.language)

    def skip(self, block: Block, script: Script) -> None:
        """Leave an exercise out."""
        self.parts += self.chapters
        self.chapters = []
        self._rounds += [part for part in block.parts if isinstance(part, Round)]
        self._skipped.append((block, script.position))

    def go(self, block: Block, script: Script) -> None:
        """Go to an exercise that is kept."""
        lead = [*block.before]
        done = block.parts[len(lead) :]
        if block.reference and (this := block.reference.round):
            lead[:0] = [each for each in self._rounds if (each.number, each.of) == (this.number, this.of)]
        if not self._has_begun:
            lead = [part for part in lead if not isinstance(part, Rest)]
        is_own = not self._skipped
        if self._skipped:
            leads, is_own = self._leads_to(script)
            self.parts += [*([] if self._has_begun else [Lead(None, "")]), *leads]
        self.parts += self.chapters
        self.parts += lead if is_own else [each for each in lead if isinstance(each, Heading | Round | Rest)]
        if self._skipped and not (is_own and any(isinstance(part, Wait) for part in lead)):
            needs = "" if comparable(script.needs) in self._fetched else script.needs
            self.parts.append(Lead(script, self._here, needs))
        self.parts += done
        self._fetched.add(comparable(script.needs))
        self._here, self._has_begun = script.position, True
        self.chapters, self._skipped, self._rounds = [], [], []

    def end(self, parts: Sequence[Written] = ()) -> None:
        """Finish with some parts; get up before, where the lines that lead up are left out."""
        self.parts += self.chapters
        titles = [part for part in parts if isinstance(part, Heading)]
        is_down = surface(self._here, self._keywords) in {Surface.FLOOR, Surface.BED}
        up = [Lead(None, self._here)] if self._skipped and is_down else []
        self.parts += [*titles, *up, *(part for part in parts if not isinstance(part, Heading))]
        self.chapters, self._skipped = [], []

    def _leads_to(self, script: Script) -> tuple[list[Written], bool]:
        """Return the lines that lead past exercises left out, and whether the exercise's own come next."""
        places = [self._here, *(place for _, place in self._skipped)]
        found: list[Written] = []
        at = 0
        while True:
            at = max(i for i, place in enumerate(places) if self._is_same(place, places[at]))
            if at == len(self._skipped):
                return found, True
            if self._is_same(places[at], script.position):
                return found, False
            found += self._skipped[at][0].leads
            at += 1

    def _is_same(self, one: str, other: str) -> bool:
        """Tell whether two positions are one place; at the beginning, where none is named, one stands."""
        places = [surface(each, self._keywords) if each else Surface.FEET for each in (one, other)]
        is_on_feet = places[0] is places[1] is Surface.FEET
        return is_on_feet or (places[0] is places[1] and posture(one) == posture(other))
