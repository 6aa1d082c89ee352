"""Wait for a loudspeaker when that of a session is lost, and go on as after a pause.

A headset that is switched off, a device that is unplugged: the session waits up to `GIVE_UP_S`, and is
steered meanwhile by the keys that make sense without sound.
"""

from collections.abc import Callable
from dataclasses import replace

from coach.errors import DeviceError
from coach.language.model import Sound
from coach.live import resume as resume_points
from coach.live.actions import Action
from coach.live.connections import Connections
from coach.live.playhead import PlayableSession, Playhead, answered
from coach.live.speakers.loudspeaker import Loudspeaker
from coach.live.speaking import VoiceMessage
from coach.session.moves import Move, Speak, Strike
from coach.session.place import whereabouts
from coach.session.timeline import Role

REOPEN_S = 1.0
GIVE_UP_S = 600.0
"""Opening a loudspeaker is tried again after each `REOPEN_S`, for at most `GIVE_UP_S`."""


def wait_for_speaker(
    connections: Connections, session: PlayableSession, head: Playhead, show: Callable[[Playhead], None]
) -> tuple[Loudspeaker, Playhead]:
    """Open a loudspeaker as soon as there is one; returns the playhead as well, as keys have changed it.

    ``show`` is called with the playhead before each attempt. Messages of the thread that speaks stay in the
    inbox.

    Raises
    ------
    DeviceError
        If there is none after `GIVE_UP_S`, or the session is stopped.
    """
    since = connections.clock()
    put_back: list[VoiceMessage] = []
    try:
        while True:
            show(head)
            message = connections.next_message(REOPEN_S)
            if isinstance(message, VoiceMessage):
                put_back.append(message)
            elif message is not None:
                head = _without_sound(session, head, connections.action(message))
            try:
                return connections.speakers.speaker(), head
            except DeviceError:
                if head.is_stopping or connections.clock() - since > GIVE_UP_S:
                    raise
    finally:
        for message in put_back:
            connections.inbox.put(message)


def _without_sound(session: PlayableSession, head: Playhead, action: Action | None) -> Playhead:
    """The playhead after a key while nothing is heard; only stop, pause and "where am I" count."""
    match action:
        case Action.STOP:
            return replace(head, is_stopping=True)
        case Action.TOGGLE:
            return replace(head, is_paused=not head.is_paused)
        case Action.WHERE if session.timeline.chapters:
            return replace(
                head, shown=" ".join(whereabouts(session.timeline, head.at, session.left_s(head.at)))
            )
        case Action.PAUSE | Action.RESUME:
            return replace(head, is_paused=action is Action.PAUSE)
        case _:
            return head


def sound_is_back(session: PlayableSession, head: Playhead) -> Playhead:
    """The playhead with which a session goes on when there is a loudspeaker again."""
    if head.is_paused:
        return answered(session, head, bell_and(session.words.SOUND_IS_BACK, session.words.PAUSED))
    resume_point = resume_points.resume(session.timeline, head.at)
    there = replace(head, at=resume_point.at)
    return answered(session, there, bell_and(session.words.SOUND_IS_BACK), counts_in=resume_point.counts_in)


def bell_and(*texts: str) -> list[Move]:
    """The bell, and prompts after it."""
    return [Strike(Sound.BELL, Role.OPENING), *(Speak(text, Role.OPENING) for text in texts)]
