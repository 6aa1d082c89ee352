"""The type of a language's keywords: all words that a sheet is written with and that are read by the coach.

A sentence that is spoken is none of them; nor is what the coach says of its own accord
(`coach.session.words`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from coach.language.level import Level
from coach.language.model import PhaseKind, Sound


class Label(Enum):
    """What may stand before a colon, whatever it is called in the sheet's language."""

    POSITION = auto()
    NEEDS = auto()
    WORKS = auto()
    DOSE = auto()
    CAREFUL = auto()
    REMEMBER = auto()
    IF_IT_HURTS = auto()
    BREATHE = auto()
    BRIEF = auto()
    SOURCE = auto()
    LANGUAGE = auto()


class StageWord(Enum):
    """What a stage direction in parentheses begins with."""

    WAIT = auto()
    BELL = auto()
    SOUND = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """What hints suggest to write. Braces are filled: ``n``, ``sets`` and ``reps`` with numbers."""

    phase: str
    tempo: str
    """With the ``numbers`` of the seconds."""
    counted: str
    in_sets: str
    held: str
    timed: str
    """This and ``hold`` and ``rest`` with a ``time``, such as "30 seconds"."""
    hold: str
    rest: str
    each: str
    """With a ``side``, such as "leg"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ear:
    """Words that work in print and not by ear, as regular expressions that ignore case."""

    needs_eyes: tuple[str, ...]
    promises: tuple[str, ...]
    no_promise: tuple[str, ...]
    """Words that make a promise in the same sentence harmless, such as "may not"."""
    praise: tuple[str, ...]
    stops: tuple[str, ...]
    """What tells the listener to stop."""
    does_not: tuple[str, ...]
    """What takes that back when it stands before it, such as "do not"."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Keywords:
    """The keywords of one language, in lower case but for labels; any of them may be several words.

    Where a table has several words for the same, the first is the one that hints suggest.
    """

    # Lines
    labels: Mapping[Label, str]
    likely_labels: Mapping[str, Label]
    """What authors write before a colon instead of a label."""
    levels: Mapping[Level, str]
    level: str

    # Numbers and times
    numbers: Mapping[str, int]
    half: str
    and_a_half: str
    articles: tuple[str, ...]
    """What may follow "half"."""
    units_s: Mapping[str, float]
    """Every word for a unit of time, with its seconds."""
    unit_names: tuple[tuple[float, str, str], ...]
    """The units that hints use, longest first: seconds, one of them, several of them."""
    joint: str
    """What may stand between minutes and seconds: "and"."""

    # Doses
    times: tuple[str, ...]
    set_words: tuple[str, ...]
    sets_of: str
    how_often: Mapping[str, int]
    """Single words that say how often, such as "twice"."""
    hold: tuple[str, ...]
    rest: tuple[str, ...]
    duration: tuple[str, ...]
    """What a time that an exercise lasts begins with: "for"."""
    before_time: tuple[str, ...]
    """What may stand between hold or rest and its time."""
    each: tuple[str, ...]
    before_each: tuple[str, ...]
    side_words: tuple[str, ...]
    dose_joints: tuple[str, ...]
    up_to: str
    """What stands between the numbers of a range: "to"."""
    dose_marks: tuple[str, ...]
    """Words that tell a dose from the name of an exercise or of a phase."""

    # Phases, rests and stage directions
    tempo: str
    hold_phases: frozenset[str]
    loose_phases: frozenset[str]
    pauses: tuple[str, ...]
    """What a rest between two exercises begins with."""
    stage_words: Mapping[StageWord, str]
    likely_stage_words: Mapping[str, StageWord]
    sounds: Mapping[Sound, str]

    # Bodies
    on_the_floor: tuple[str, ...]
    """Words within a position that one has to get down for."""
    other_side: Mapping[str, str]
    """Each word for the right side, with its word for the left one."""
    no_side: tuple[str, ...]
    """Regular expressions of such words, in their first group, where they mean no side of the body."""

    examples: Examples
    ear: Ear

    def kind_of(self, cue: str) -> PhaseKind:
        """What the listener does in a phase of that name."""
        if cue.casefold() in self.hold_phases:
            return PhaseKind.HOLD
        return PhaseKind.LOOSE if cue.casefold() in self.loose_phases else PhaseKind.MOVE
