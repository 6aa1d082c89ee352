"""The level of difficulty of a session; a module of its own, as the command line's help needs it early."""

from enum import StrEnum


class Level(StrEnum):
    """The level of difficulty: one for a whole session."""

    GENTLE = "gentle"
    STANDARD = "standard"
    STRONG = "strong"
