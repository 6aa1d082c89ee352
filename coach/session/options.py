"""What a listener can choose. Light: the command line needs it for its help, and nothing else of the core."""

from dataclasses import dataclass
from enum import StrEnum

from coach.language.model import Level

USUAL_RATE_WPM = 150
"""The pace at which a coach speaks, in words a minute (docs/content.md)."""

SLOWEST_WPM, FASTEST_WPM = 80, 300
"""Slower, engines stretch their sounds until they are none; faster, few follow on a first hearing."""


class Detail(StrEnum):
    """How much is said: everything, the brief forms, or brief where the listener knows the exercise."""

    FULL = "full"
    BRIEF = "brief"
    AUTO = "auto"


class Count(StrEnum):
    """Where the number of a repetition is said: when letting go, or at its top."""

    LOOSE = "loose"
    TOP = "top"


class Counted(StrEnum):
    """Which repetitions have their number said: every one, the tenth and its multiples, or none."""

    EVERY = "every"
    TENS = "tens"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Mix:
    """How a session is mixed: voice and tones louder or softer, in dB, and what sounds under them.

    ``for_hearing`` takes the deeper, louder tones for older ears, and more silence between tones and words.
    ``music`` is the path of a file, or "".
    """

    voice_db: float = 0.0
    cue_db: float = 0.0
    for_hearing: bool = False
    music: str = ""


SOFTEST_DB, LOUDEST_DB = -18.0, 6.0
"""Beyond these a voice or a tone is lost, or is mostly limiter."""


class Form(StrEnum):
    """How problems are printed."""

    TEXT = "text"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Choices:
    """What the listener chose; ``sets`` and ``reps`` replace those of every counted dose.

    ``known`` are the titles of the exercises that this listener knows well: with `Detail.AUTO` these are
    brief, and all others full.
    """

    level: Level = Level.STANDARD
    detail: Detail = Detail.FULL
    count: Count = Count.LOOSE
    sets: int | None = None
    reps: int | None = None
    counted: Counted = Counted.EVERY
    known: tuple[str, ...] = ()

    def is_brief(self, title: str) -> bool:
        """True if an exercise is to be said in its brief form."""
        return self.detail is Detail.BRIEF or (self.detail is Detail.AUTO and title in self.known)
