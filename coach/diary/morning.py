"""How it was on the morning after a session. Imports nothing heavy: `coach --help` lists the answers."""

from enum import StrEnum


class Morning(StrEnum):
    """How it was on the morning after a session, in the words of who was asked."""

    BETTER = "better"
    USUAL = "usual"
    WORSE = "worse"
