"""Name the actions of a listener. Keys, remote controls and `--help` import this, so it imports nothing."""

from enum import StrEnum


class Action(StrEnum):
    """An action of the listener, by a key, a headset or a media key."""

    TOGGLE = "toggle"
    PAUSE = "pause"
    RESUME = "resume"
    NEXT = "next"
    BACK = "back"
    AGAIN = "again"
    GO_ON = "go-on"
    EASIER = "easier"
    HARDER = "harder"
    LOUDER = "louder"
    SOFTER = "softer"
    WHERE = "where"
    STOP = "stop"
