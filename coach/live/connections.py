"""Declare what a live session is connected to: loudspeakers, keys, screens, storage.

The loop and its parts depend on these protocols only, so tests play a session without any device.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from queue import Empty
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from coach.diary.entries import Entry
from coach.language.level import Level
from coach.language.model import Sound
from coach.live.actions import Action
from coach.live.speakers.loudspeaker import Loudspeaker
from coach.live.speaking import ChapterOrder, VoiceMessage
from coach.live.view import View
from coach.session.layout import USUAL, Spacing
from coach.session.moves import ChapterMoves
from coach.sound.clip import Clip
from coach.sound.music_bed import Music

Message = Action | str | VoiceMessage
"""An action of a remote control, the name of a key, or news from the thread that speaks."""


@dataclass(frozen=True, slots=True)
class SessionToPlay:
    """The session to play: its name as the user gave it, and its chapters at any level."""

    name: str
    title: str
    score_at: Callable[[Level], tuple[ChapterMoves, ...]]


class ChapterSource(Protocol):
    """Speaks and lays out chapters, and puts them into the inbox: `coach.live.speaking.SpeakingThread`."""

    @property
    def clips(self) -> Mapping[str, Clip]:
        """Every prompt that has been spoken."""

    def order(self, order: ChapterOrder) -> None:
        """Speak and lay out the chapters of an order; what is left of any earlier order is given up."""

    def speak(self, texts: Iterable[str]) -> None:
        """Speak further prompts when no chapter is waiting."""


class Inbox(Protocol):
    """The queue of all messages: `queue.SimpleQueue`, or the one of a test."""

    def get(self, *, timeout: float) -> Message:
        """The next message; `queue.Empty` if there is none within so many seconds."""

    def put(self, item: Message, /) -> None:
        """Append a message."""


class SpeakerSource(Protocol):
    """Opens loudspeakers: one at the start of a session, and another when that is lost."""

    @property
    def rung(self) -> NDArray[np.float32]:
        """The bell that has been written to the first loudspeaker already; shape (frames, 1)."""

    def speaker(self) -> Loudspeaker:
        """Open a loudspeaker.

        Raises
        ------
        DeviceError
            If there is none.
        """


@dataclass(slots=True)
class Connections:
    """All that a live session is connected to.

    ``keep`` stores the place as JSON values, or None to forget it. ``record`` writes a diary entry, in
    place of an earlier one if that is given. Each of ``displays`` is called with what is heard now, and
    returns at once. ``asked`` translates the name of a key into an action; without keys (``has_keys``) no
    question is asked. ``music`` plays under the session, and ``spacing`` is the minimum silence around its
    sounds.
    """

    speakers: SpeakerSource
    inbox: Inbox
    tones: Mapping[Sound, NDArray[np.int16]]
    keep: Callable[[Mapping[str, Any] | None], None]
    record: Callable[[Entry, Entry | None], None]
    displays: Sequence[Callable[[View], None]] = ()
    asked: Callable[[str], Action | None] = lambda _: None
    has_keys: bool = False
    music: Music | None = None
    spacing: Spacing = USUAL
    clock: Callable[[], float] = time.monotonic

    def next_message(self, timeout_s: float) -> Message | None:
        """The next message of the inbox; None if there is none for so many seconds."""
        try:
            return self.inbox.get(timeout=timeout_s)
        except Empty:
            return None

    def action(self, message: Message) -> Action | None:
        """What a key or an action asks for; None for a key that has no meaning, and for other messages."""
        if isinstance(message, Action):
            return message
        return self.asked(message) if isinstance(message, str) else None
