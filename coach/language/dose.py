"""Doses as immutable values: how much of an exercise is to be done, as its author prescribed it.

A `Wording` is what one line of a sheet says. `completed` makes a `Dose` of it, which leaves nothing open.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any, Generic, TypeVar

from coach.language.problems import Span

BREATH_S = 6.0
"""The length of one calm breath, in seconds."""

USUAL_REST_S = 30.0
"""The rest between sets where no sheet gives one, in seconds."""

_Number = TypeVar("_Number", int, float)


@dataclass(frozen=True, slots=True)
class Amount(Generic[_Number]):
    """A number of repetitions, breaths or seconds: exact where ``least`` is ``most``, otherwise a range.

    An open amount ("up to ten times", "until tired, at most 15") ends when the listener needs it to, and
    ``most`` is its bound; its ``least`` is 0 where none is asked for.
    """

    least: _Number
    most: _Number
    is_open: bool = False

    @property
    def planned(self) -> _Number:
        """The number that a plan has: the least of a range, the bound of an open amount."""
        return self.most if self.is_open else self.least

    @property
    def is_exact(self) -> bool:
        """True for one number: neither a range nor open."""
        return self.least == self.most and not self.is_open


def exactly(number: _Number) -> Amount[_Number]:
    """Return the amount that is this number."""
    return Amount(number, number)


class Side(StrEnum):
    """A side of the listener's body."""

    RIGHT = "right"
    LEFT = "left"


class Sides(StrEnum):
    """The sides of the body that a dose names; ``BOTH`` at once is the same movement as ``NONE``."""

    NONE = "none"
    BOTH = "both"
    EACH = "each"
    ALTERNATING = "alternating"
    LEFT = "left"
    RIGHT = "right"


class After(StrEnum):
    """The places of a rest: after each repetition, each set, or the sets of one side."""

    REP = "rep"
    SET = "set"
    SIDE = "side"


@dataclass(frozen=True, slots=True)
class DoseRest:
    """A rest of some seconds, 0 for "no rest". Without ``after`` its place follows from the dose."""

    length_s: Amount[float]
    after: After | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Common:
    """The common part of all doses.

    ``reps`` has an amount for every set, or one for all of them. The repetitions of alternating sides are
    those of both together. ``more_sets`` may be added ("2-3 sets": one). ``side_word`` is the part of
    the body that has two sides ("leg"), ``noun`` the author's word for one repetition ("breath"; "" for a
    repetition). ``load`` ("2 kg"), ``manner`` ("slowly") and ``often`` ("3 times a day") are only said.
    """

    sets: int = 1
    more_sets: int = 0
    reps: tuple[Amount[int], ...] = (Amount(1, 1),)
    rests: tuple[DoseRest, ...] = ()
    sides: Sides = Sides.NONE
    first: Side = Side.RIGHT
    side_word: str = ""
    noun: str = ""
    load: str = ""
    manner: str = ""
    often: str = ""
    span: Span = field(default=Span(1), compare=False, repr=False)

    def reps_in(self, number: int) -> Amount[int]:
        """The repetitions of a set, counted from 1."""
        return self.reps[min(number, len(self.reps)) - 1]

    @property
    def most_reps(self) -> int:
        """The planned repetitions of the set that has most of them."""
        return max(reps.planned for reps in self.reps)

    @property
    def one_by_one(self) -> tuple[Side, ...]:
        """The sides that have sets of their own, in their order; empty for both at once, or alternating."""
        match self.sides:
            case Sides.EACH:
                return (self.first, Side.LEFT if self.first is Side.RIGHT else Side.RIGHT)
            case Sides.LEFT | Sides.RIGHT:
                return (Side(self.sides),)
            case _:
                return ()

    @property
    def rest_places(self) -> tuple[After, ...]:
        """The places that the dose has for a rest."""
        are_there = {
            After.REP: self.most_reps > 1,
            After.SET: self.sets + self.more_sets > 1,
            After.SIDE: self.sides is Sides.EACH,
        }
        return tuple(place for place, is_there in are_there.items() if is_there)

    def rest_after(self, place: After) -> Amount[float] | None:
        """The rest in a place; None where the sheet gives none."""
        return next((rest.length_s for rest in self.rests if rest.after is place), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted(_Common):
    """``2 sets of 10``: repetitions of the movement, counted in each set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held(_Common):
    """``hold for 20 seconds, 3 times``: repetitions whose hold is as long as the dose says.

    ``hold`` has seconds, or breaths if it is ``in_breaths``.
    """

    hold: Amount[float]
    in_breaths: bool = False

    @property
    def hold_s(self) -> float:
        """The planned seconds of a hold."""
        return self.hold.planned * (BREATH_S if self.in_breaths else 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed(_Common):
    """``for 5 minutes``, ``8 rounds of 20 seconds``: done until the time is over.

    With phases the movement is done again and again, and the last repetition is finished. ``as_many``: "as
    many as you can in 30 seconds"; the time is called, and nothing is counted.
    """

    work_s: Amount[float]
    as_many: bool = False


Dose = Counted | Held | Timed
"""The amount of an exercise, at one level."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What one line says of a dose; None for what it leaves out. The fields are those of `Dose`."""

    sets: int | None = None
    more_sets: int | None = None
    reps: tuple[Amount[int], ...] | None = None
    breaths: Amount[int] | None = None
    """Breaths that are the repetitions of a movement, or the length of a hold where nothing moves."""
    hold: Amount[float] | None = None
    in_breaths: bool | None = None
    work_s: Amount[float] | None = None
    as_many: bool | None = None
    rests: tuple[DoseRest, ...] | None = None
    sides: Sides | None = None
    first: Side | None = None
    side_word: str | None = None
    noun: str | None = None
    load: str | None = None
    manner: str | None = None
    often: str | None = None
    span: Span = field(default=Span(1), compare=False, repr=False)


def completed(wording: Wording, usual: Dose | None = None, *, has_phases: bool = True) -> Dose:
    """The dose of a wording, with what it leaves out taken from the usual dose.

    A dose with a number of repetitions has the sets that it names, or one. A rest without a place gets one.

    >>> usual = Held(hold=exactly(20.0), sets=2, reps=(exactly(10),), sides=Sides.EACH)
    >>> dose = completed(Wording(reps=(exactly(12),)), usual)
    >>> dose.hold_s, dose.sets, dose.reps, dose.sides
    (20.0, 1, (Amount(least=12, most=12, is_open=False),), <Sides.EACH: 'each'>)
    """
    if wording.breaths and has_phases and not wording.reps:
        wording = replace(wording, reps=(wording.breaths,))
    elif wording.breaths:
        breaths = Amount(float(wording.breaths.least), float(wording.breaths.most), wording.breaths.is_open)
        wording = replace(wording, hold=breaths, in_breaths=True, noun=None)
    said: dict[str, Any] = {
        each.name: value for each in fields(wording) if (value := getattr(wording, each.name)) is not None
    }
    if wording.reps or (wording.work_s and not isinstance(usual, Timed)):
        said = {"sets": 1, "more_sets": 0, "reps": (Amount(1, 1),)} | said
    if wording.sets:
        said = {"more_sets": 0} | said
    if wording.sides is Sides.BOTH:
        said = {"side_word": ""} | said
    kind = _kind(wording, usual)
    known = {each.name for each in fields(kind)}
    inherited = {each.name: getattr(usual, each.name) for each in fields(usual)} if usual else {}
    dose: Dose = kind(**{name: value for name, value in (inherited | said).items() if name in known})
    own = _placed(wording.rests or (), dose)
    taken = {rest.after for rest in own}
    others = _placed(usual.rests if usual else (), dose)
    return replace(dose, rests=(*own, *(rest for rest in others if rest.after not in taken)))


def _kind(wording: Wording, usual: Dose | None) -> type[Dose]:
    """The kind of dose: that of the wording's own time, else that of the usual dose if it fits."""
    if wording.hold:
        return Held
    if wording.work_s:
        return Timed
    if usual and (wording.reps is None or isinstance(usual, Held) or usual.most_reps > 1):
        return type(usual)
    return Counted


def _placed(rests: Iterable[DoseRest], dose: Dose) -> tuple[DoseRest, ...]:
    """The rests, each with its place: between sets; else between holds or times; else between sides."""
    usual = (After.SET, After.SIDE) if isinstance(dose, Counted) else (After.SET, After.REP, After.SIDE)
    place = next((place for place in usual if place in dose.rest_places), None)
    return tuple(replace(rest, after=rest.after or place) for rest in rests)
