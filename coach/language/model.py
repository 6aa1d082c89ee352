"""What a script sheet says, as immutable values: exercises, sessions, doses, phases, spoken lines."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from coach.language.problems import Span


class Level(StrEnum):
    """How much is asked of the listener: one level for a whole session."""

    GENTLE = "gentle"
    STANDARD = "standard"
    STRONG = "strong"


class Sound(StrEnum):
    """The coach's tones; each value is the stem of a file in ``sounds/``."""

    REP = "rep"
    MOVE = "move"
    HOLD_START = "hold-start"
    HOLD_END = "hold-end"
    COUNTDOWN = "countdown"
    GO = "go"
    SIDE = "side"
    REST = "rest"
    END = "end"
    BELL = "bell"
    KEY = "key"
    NOT_NOW = "not-now"


@dataclass(frozen=True, slots=True)
class Line:
    r"""One spoken sentence as the author wrote it, typography made plain.

    ``\right`` (a side that is no side) is still escaped here; `coach.language.sides.on_side` resolves it.
    """

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Wait:
    """``(wait 5 seconds)``: silence of a given length."""

    length_s: float
    span: Span


@dataclass(frozen=True, slots=True)
class Ring:
    """``(bell)`` or ``(sound hold start)``: one tone, so that the listener gets to know it."""

    sound: Sound
    span: Span


Direction = Line | Wait | Ring
"""What may stand between a sheet's heading and its movement: said, waited for or rung in order."""


@dataclass(frozen=True, slots=True)
class Dose:
    """How often and how long, at one level.

    ``reps`` counts repetitions of one set on one side. ``hold_s`` is given by
    ``hold for 20 seconds, 3 times`` and ``duration_s`` by ``for 5 minutes`` (then sets and reps are 1). With
    ``each_side`` everything is done for the right ``side_word`` ("leg", "arm", "side") and then for the left
    one. A ``rest_s`` of 0 was not given.
    """

    reps: int
    sets: int = 1
    rest_s: float = 0.0
    each_side: bool = False
    side_word: str = "side"
    hold_s: float | None = None
    duration_s: float | None = None
    span: Span = field(default=Span(1), compare=False, repr=False)

    def over(self, usual: "Dose") -> "Dose":
        """The dose with what it leaves out (the rest, the sides, the hold) taken from the usual one.

        >>> Dose(12, sets=2).over(Dose(10, sets=2, rest_s=60, each_side=True, side_word="leg"))
        Dose(reps=12, sets=2, rest_s=60, each_side=True, side_word='leg', hold_s=None, duration_s=None)
        """
        sided = self if self.each_side else usual
        counts_holds = self.hold_s is None and self.duration_s is None
        return replace(
            self,
            rest_s=usual.rest_s if self.sets > 1 and not self.rest_s else self.rest_s,
            each_side=sided.each_side,
            side_word=sided.side_word,
            hold_s=usual.hold_s if counts_holds else self.hold_s,
        )


@dataclass(frozen=True, slots=True)
class Phase:
    """One movement of a repetition: ``- up, 2 seconds (strong 3): Step up using just your right foot,``.

    ``cue`` is the phase word; ``text`` the sentence of the guided repetition ("" if there is none);
    ``length_s`` has the seconds at every level, 0 where the phase is left out.
    """

    cue: str
    length_s: Mapping[Level, float]
    text: str
    span: Span

    @property
    def is_hold(self) -> bool:
        """True for a phase that is held still: it has the hold tones."""
        return self.cue.casefold() in {"hold", "keep"}

    @property
    def is_loose(self) -> bool:
        """True for the phase in which the listener lets go: the number is said there."""
        return self.cue.casefold() in {"loose", "relax", "let go", "rest"}


@dataclass(frozen=True, slots=True)
class Script:
    """One exercise sheet. ``name`` is the file's stem, ``title`` what the listener hears."""

    name: str
    title: str
    doses: Mapping[Level, Dose]
    phases: tuple[Phase, ...]
    instructions: tuple[Direction, ...]
    cautions: tuple[Line, ...] = ()
    reminders: tuple[Line, ...] = ()
    if_it_hurts: tuple[Line, ...] = ()
    breathing: tuple[Line, ...] = ()
    brief: tuple[Line, ...] = ()
    position: str = ""
    needs: str = ""
    works: str = ""
    source: str = ""
    language: str = "en-us"
    span: Span = field(default=Span(1), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Heading:
    """``## Before we start``: a chapter of a session that is no exercise."""

    title: str
    span: Span


@dataclass(frozen=True, slots=True)
class Reference:
    """``- Step-ups: 2 sets of 12 each side``: an exercise within a session, with its dose if it has its own.

    ``name`` is as written; `coach.language.names` finds the script. ``dose`` replaces the script's at every
    level.
    """

    name: str
    dose: Dose | None
    span: Span


@dataclass(frozen=True, slots=True)
class Rest:
    """``- rest 1 minute`` between two exercises."""

    length_s: float
    span: Span


Part = Heading | Reference | Rest | Line | Wait | Ring
"""What a session is made of, in order."""


@dataclass(frozen=True, slots=True)
class Session:
    """One session sheet: exercises in order, with its own lines between them."""

    name: str
    title: str
    parts: tuple[Part, ...]
    needs: str = ""
    source: str = ""
    language: str = "en-us"
    span: Span = field(default=Span(1), compare=False, repr=False)
