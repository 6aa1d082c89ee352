"""What a listener can choose. Light: the command line needs it for its help, and nothing else of the core."""

from dataclasses import dataclass
from enum import StrEnum

USUAL_RATE_WPM = 150
"""The pace at which a coach speaks, in words a minute (docs/content.md)."""

SLOWEST_WPM, FASTEST_WPM = 80, 300
"""Slower, engines stretch their sounds until they are none; faster, few follow on a first hearing."""


class Level(StrEnum):
    """How much is asked of the listener: one level for a whole session."""

    GENTLE = "gentle"
    STANDARD = "standard"
    STRONG = "strong"


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
