"""How much a session asks of its listener; by itself, as the command line needs it for its help."""

from enum import StrEnum


class Level(StrEnum):
    """How much is asked of the listener: one level for a whole session."""

    GENTLE = "gentle"
    STANDARD = "standard"
    STRONG = "strong"
