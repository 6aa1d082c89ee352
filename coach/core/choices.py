"""What a listener can choose. Light: the command line needs it for its help, and nothing else of the core."""

from enum import StrEnum

USUAL_RATE_WPM = 150
"""The pace at which a coach speaks, in words a minute (docs/content.md)."""


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


class Form(StrEnum):
    """How problems are printed."""

    TEXT = "text"
    JSON = "json"
