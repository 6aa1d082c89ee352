"""What a listener can ask for while a session plays. Light: keys, remote controls and help all need it."""

from enum import StrEnum


class Action(StrEnum):
    """One thing that a listener can ask for, by a key, a headset or a media key."""

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
