"""What can play a live session. Light: the command line needs it for its help."""

from enum import StrEnum


class Player(StrEnum):
    """What makes a session heard: a package that drives the loudspeaker, or nothing but the clock."""

    AUTO = "auto"
    MINIAUDIO = "miniaudio"
    SIMPLEAUDIO = "simpleaudio"
    NONE = "none"
