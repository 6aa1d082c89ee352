"""What the listener does while the coach is silent."""

from enum import StrEnum


class Activity(StrEnum):
    """Why there is silence: decides where a session may be cut and how it is drawn, in any language."""

    LEAD_IN = "lead-in"
    """Before the first sound, while a Bluetooth link wakes up."""
    END = "end"
    """After the last sound."""
    PAUSE = "pause"
    """Between two sounds that follow each other at once; nothing is waited for."""
    SET_UP = "set-up"
    """A wait for the listener to do what was just said."""
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
    CHOOSE = "choose"
    """While a list is read out."""
