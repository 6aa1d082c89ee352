"""The content of a script sheet as immutable values: exercises, sessions, doses, phases, spoken lines."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby
from types import MappingProxyType

from coach.language.dose import Counted, Dose, Held, Timed, Wording
from coach.language.level import Level
from coach.language.problems import Span

USUAL_LANGUAGE = "en-us"
"""The language of a sheet that does not name one."""


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


@dataclass(frozen=True, slots=True)
class Ask:
    """``Ask: pain``: the question how much pain there is."""

    span: Span


Direction = Line | Wait | Ring
"""Items between a sheet's heading and its movement: prompts, waits and tones, in order."""


class PhaseKind(StrEnum):
    """The listener's activity in a phase: move, keep still, or let go."""

    MOVE = "move"
    HOLD = "hold"
    LOOSE = "loose"


@dataclass(frozen=True, slots=True)
class Phase:
    """One movement of a repetition: ``- up, 2 seconds (strong 3): Step up using just your right foot,``.

    ``cue`` is the phase word; ``text`` the sentence of the guided repetition ("" if there is none);
    ``length_s`` has the seconds at every level, 0 where the phase is left out. A phase that is not
    ``is_timed`` was given no time, and takes as long as its words.
    """

    cue: str
    length_s: Mapping[Level, float]
    text: str
    span: Span
    kind: PhaseKind = PhaseKind.MOVE
    is_timed: bool = True

    @property
    def is_hold(self) -> bool:
        """True if the phase is held still; it has the hold tones."""
        return self.kind is PhaseKind.HOLD

    @property
    def is_loose(self) -> bool:
        """True if the listener lets go in the phase; the number is said there."""
        return self.kind is PhaseKind.LOOSE


_HOLD = Phase("", MappingProxyType(dict.fromkeys(Level, 1.0)), "", Span(1), PhaseKind.HOLD)
"""The hold of a dose in a movement that has none; its seconds are those of the dose."""


@dataclass(frozen=True, slots=True)
class Script:
    """One exercise sheet. ``name`` is the file's stem, ``title`` what the listener hears.

    ``body_part`` is what the listener is asked about ("the lower back"); "" if the sheet names none. One that
    ``is_optional`` is the first to be left out where there is little time.

    ``labelled`` has the texts of its labels that are no sentences and are heard, with their places. One that
    ``asks`` is followed by the question how much pain there is.
    """

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
    body_part: str = ""
    source: str = ""
    language: str = USUAL_LANGUAGE
    is_optional: bool = False
    span: Span = field(default=Span(1), compare=False, repr=False)
    labelled: tuple[Line, ...] = field(default=(), compare=False, repr=False)
    asks: bool = False

    @property
    def lasts_as_its_dose(self) -> bool:
        """True if the only phase has no time of its own, so that it lasts as long as a dose says."""
        return len(self.phases) == 1 and not self.phases[0].is_timed

    def repetition(self, dose: Dose, level: Level) -> tuple[tuple[Phase, float], ...]:
        """The phases of one repetition of this dose and their seconds, without those left out at the level.

        A time and a hold in a sheet without phases, and "as many as you can", are one phase without a word. A
        hold that no phase is named for comes after the first movement. An only phase without a time lasts as
        long as the dose says.
        """
        match dose:
            case Timed(work_s=work_s, as_many=False) if self.lasts_as_its_dose:
                return ((self.phases[0], work_s.planned),)
            case Timed(work_s=work_s) if not self.phases or dose.as_many:
                return ((Phase("", {}, "", dose.span), work_s.planned),)
            case Held(hold_s=hold_s):
                lengths = ((phase, phase.length_s[level]) for phase in self._held_phases())
                timed = [(each, hold_s if each.is_hold and usual_s else usual_s) for each, usual_s in lengths]
            case Counted() | Timed():
                timed = [(phase, phase.length_s[level]) for phase in self.phases]
        return tuple((phase, length_s) for phase, length_s in timed if length_s > 0)

    def _held_phases(self) -> tuple[Phase, ...]:
        """The phases, one of which is a hold."""
        if any(phase.is_hold for phase in self.phases):
            return self.phases
        after = next((i for i, phase in enumerate(self.phases, 1) if phase.kind is PhaseKind.MOVE), 0)
        return (*self.phases[:after], _HOLD, *self.phases[after:])


@dataclass(frozen=True, slots=True)
class Heading:
    """``## Before we start``: a chapter of a session that is no exercise."""

    title: str
    span: Span


@dataclass(frozen=True, slots=True)
class Round:
    """The beginning of round ``number`` of a list, with the rest before it.

    A rest of 0 s is none.
    """

    number: int
    of: int
    rest_s: float
    span: Span


@dataclass(frozen=True, slots=True)
class Reference:
    """``- Step-ups: 2 sets of 12 each side``: an exercise within a session, with its dose if it has its own.

    ``name`` is as written; `coach.language.names` finds the script. ``dose`` replaces the script's at every
    level. An exercise that is defined where it stands has its ``script``
    here; one in a list that is done several times has its ``round``. ``is_optional``: as in a `Script`.
    """

    name: str
    dose: Wording | None
    span: Span
    script: Script | None = None
    round: Round | None = None
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Rest:
    """``- rest 1 minute`` between two exercises."""

    length_s: float
    span: Span


@dataclass(frozen=True, slots=True)
class Lead:
    """The coach's own way to an exercise whose lines in the sheet are left out, from the ``position`` before.

    Without an exercise it is the way up at the end; without a position too, only the beginning of a chapter.
    ``needs`` is what has to be fetched. No sheet has one: `coach.session.parts` puts it there.
    """

    to: Script | None
    position: str
    needs: str = ""


@dataclass(frozen=True, slots=True)
class Brief:
    """``Brief: Stop at a sharp pain.``: a line of a session for those who know it.

    It is said in place of the other lines, waits and tones of its stretch, between one heading, exercise or
    rest and the next.
    """

    text: str
    span: Span


Part = Heading | Round | Reference | Rest | Line | Wait | Ring | Ask | Lead
"""A part of a session as it is said."""

Written = Part | Brief
"""A part of a session as it is written."""


@dataclass(frozen=True, slots=True)
class Session:
    """One session sheet: exercises in order, its own lines between them; ``labelled`` as in a `Script`.

    ``explained`` has the exercises that are defined here and not done there: a list above them says when.
    """

    name: str
    title: str
    parts: tuple[Written, ...]
    explained: tuple[Reference, ...] = ()
    needs: str = ""
    body_part: str = ""
    source: str = ""
    language: str = USUAL_LANGUAGE
    span: Span = field(default=Span(1), compare=False, repr=False)
    labelled: tuple[Line, ...] = field(default=(), compare=False, repr=False)


def in_full(parts: Iterable[Written]) -> tuple[Part, ...]:
    """The parts of a session as they are said to somebody new to it."""
    return tuple(part for part in parts if not isinstance(part, Brief))


def stretches(parts: Iterable[Written]) -> list[tuple[Written, ...]]:
    """Divide the parts of a session into what one brief form stands for, and what is between."""
    found = groupby(parts, lambda part: isinstance(part, Line | Wait | Ring | Brief))
    return [tuple(stretch) for _, stretch in found]


def in_brief(parts: Iterable[Written], which: Collection[int] | None = None) -> tuple[Part, ...]:
    """The parts of a session as they are said to those who know it; only ``which`` stretches are in brief."""
    found: list[Part] = []
    for number, stretch in enumerate(stretches(parts)):
        brief = [Line(part.text, part.span) for part in stretch if isinstance(part, Brief)]
        found += brief if brief and (which is None or number in which) else in_full(stretch)
    return tuple(found)
