"""Ask at the end how sore the knee is, and take a number from 0 to 10 from the keys."""

from collections.abc import Callable
from dataclasses import replace

from coach.live.actions import Action
from coach.live.connections import Connections
from coach.live.playback import Playback
from coach.live.playhead import PlayableSession, Playhead, answered
from coach.session.moves import Speak
from coach.session.timeline import Role

TURN_S = 0.04
"""The longest wait for a key before the loudspeaker is fed again."""

ANSWER_S = 30.0
"""How long the question waits for its answer: whoever lies on a mat may be far from the keys."""

TWO_DIGITS_S = 1.5
"""After a 1, how long a 0 may follow."""

NUMBERS = frozenset(str(number) for number in range(11))


def ask_soreness(playback: Playback, connections: Connections, show: Callable[[], None]) -> int | None:
    """Ask the question, and return the number; None if it is skipped with enter, or not answered in time."""
    _say(playback, playback.session.words.HOW_SORE)
    digits = ""
    until = connections.clock() + ANSWER_S
    while connections.clock() < until:
        playback.feed()
        show()
        key = connections.next_message(TURN_S)
        if key in {"enter", "escape", "q", Action.STOP}:
            break
        if isinstance(key, str) and digits + key in NUMBERS:
            digits += key
            until = connections.clock() + (TWO_DIGITS_S if digits == "1" else 0.0)
    return int(digits) if digits else None


def say_thanks(playback: Playback, connections: Connections) -> None:
    """Say "Thank you", and return when all of it has been written."""
    _say(playback, playback.session.words.THANK_YOU)
    while playback.head.is_answering:
        playback.feed()
        connections.next_message(TURN_S)


def _say(playback: Playback, text: str) -> None:
    def saying(session: PlayableSession, head: Playhead) -> tuple[PlayableSession, Playhead]:
        still = replace(head, is_paused=True, is_stopping=False)
        return session, answered(session, still, [Speak(text, Role.CLOSING)])

    playback.change(saying)
