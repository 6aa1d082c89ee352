"""The listener's activity during a silence."""

from enum import StrEnum


class Activity(StrEnum):
    """The reason for a silence: decides where a session may be cut and how it is drawn, in any language."""

    LEAD_IN = "lead-in"
    """Before the first sound, while a Bluetooth link wakes up."""
    END = "end"
    """After the last sound."""
    PAUSE = "pause"
    """The short gap between two consecutive sounds, with no task for the listener."""
    SET_UP = "set-up"
    """A wait for the listener to carry out the last instruction."""
    FETCH = "fetch"
    GET_DOWN = "get-down"
    CHANGE_SIDES = "change-sides"
    REST = "rest"
    READY = "ready"
    """Up to the go tone of a set."""
    EXERCISE = "exercise"
    """Within a set; the role tells movements, holds and letting go apart."""
    COUNTDOWN = "countdown"
    """Between 3, 2 and 1 after a break."""
    ANSWER = "answer"
    """After a question."""
    CHOOSE = "choose"
    """While a list is read out."""
