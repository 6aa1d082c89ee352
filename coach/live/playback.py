"""A stage, a playhead and a loudspeaker: what was written, what of it was heard, and how it is taken back."""

import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coach.errors import DeviceLostError
from coach.live.playhead import (
    PlayableSession,
    Playhead,
    RenderedBlock,
    faded,
    is_bed_cut,
    is_cut,
    is_over,
    read,
    with_soft_bed,
)
from coach.live.speakers.loudspeaker import Loudspeaker
from coach.session.timeline import frames

BLOCK = frames(0.020)
"""Frames rendered at a time."""

NO_BELL = np.zeros((0, 1), np.float32)


@dataclass(frozen=True, slots=True)
class _LogEntry:
    """From frame ``at`` of what was written on, ``head`` is heard; during a fade it ``stands`` still."""

    at: int
    head: Playhead
    stands: bool = False


class Playback:
    """Feeds a loudspeaker from a stage, and knows what has been heard.

    The loudspeaker is given as much as it has room for. What it has not played when the listener asks for
    something is taken back, so that the answer is heard at once and the session loses nothing.

    `feed`, `turn` and `heard` raise `DeviceLostError` where the loudspeaker does; `replace_speaker` then
    goes on from what was heard last. The loudspeaker may have been given a ``bell`` before, of shape
    (frames, 1), which rings to its end whatever is asked for.
    """

    def __init__(
        self,
        speaker: Loudspeaker,
        session: PlayableSession,
        head: Playhead,
        bell: NDArray[np.float32] = NO_BELL,
    ) -> None:
        self.speaker = speaker
        self.session = session
        self._head = head
        self._is_gone = False
        self._bell = bell
        self._written = len(bell)
        self._log = deque([_LogEntry(0, head, stands=True), _LogEntry(self._written, head)])
        self._last_heard = head

    @property
    def head(self) -> Playhead:
        """What is written next."""
        return self._head

    @property
    def is_over(self) -> bool:
        """True if everything has been written."""
        return is_over(self.session, self._head)

    @property
    def heard(self) -> Playhead:
        """What is heard at this moment."""
        heard = self.speaker.heard
        while len(self._log) > 1 and self._log[1].at <= heard:
            self._log.popleft()
        self._last_heard = self._playhead_at(self._log[0], heard)
        return self._last_heard

    @property
    def last_heard(self) -> Playhead:
        """What was heard when that was last asked for, also when the loudspeaker is gone."""
        return self._last_heard

    def feed(self) -> None:
        """Write as much as there is room for."""
        room = self.speaker.room
        while room >= BLOCK and not self.is_over:
            piece = read(self.session, self._head, BLOCK)
            self._write(piece)
            room -= len(piece.block)

    def turn(self, change: Callable[[PlayableSession, Playhead], tuple[PlayableSession, Playhead]]) -> None:
        """Take back what has not been heard, have the stage and the playhead changed, and go on there."""
        before = self._take_back()
        session, after = change(self.session, before)
        is_broken_off = is_cut(before, after) or is_bed_cut(session, before, after)
        after = with_soft_bed(self.session, before, session, after)
        if is_broken_off:
            tail = faded(self.session, before)
            if tail.any():
                self._log.append(_LogEntry(self._written, after, stands=True))
                self.speaker.write(tail)
                self._written += len(tail)
        self.session = session
        self._head = after
        self._log.append(_LogEntry(self._written, after))
        self.feed()

    def begin(self, head: Playhead) -> None:
        """Go on from a playhead behind what has been written; nothing else counts as heard before it."""
        at = self._written - self.speaker.drop()
        self._written = max(at, len(self._bell))
        if at < len(self._bell):
            self.speaker.write(self._bell[at:])
        self._head = self._last_heard = head
        self._log = deque([_LogEntry(0, head, stands=True), _LogEntry(self._written, head)])
        self.feed()

    def replace_speaker(self, speaker: Loudspeaker, head: Playhead) -> None:
        """Go on from a playhead on another loudspeaker."""
        self.speaker = speaker
        self._head = self._last_heard = head
        self._is_gone = False
        self._bell = NO_BELL
        self._written = 0
        self._log = deque([_LogEntry(0, head)])

    def let_go(self) -> None:
        """Let a loudspeaker go that takes nothing more."""
        self._is_gone = True
        threading.Thread(target=self._close_quietly, args=(self.speaker,), daemon=True).start()

    @staticmethod
    def _close_quietly(speaker: Loudspeaker) -> None:
        """Close it, for as long as its sound system may take: one that hangs does so for ever."""
        with suppress(DeviceLostError):
            speaker.close()

    def close(self) -> None:
        """Play out what was written, and let the loudspeaker go."""
        self.speaker.close()

    def hush(self) -> None:
        """Fall silent at once, and let the loudspeaker go."""
        if self._is_gone:
            return
        self._bell = NO_BELL
        try:
            head = self._take_back()
            self.speaker.write(faded(self.session, head))
        except DeviceLostError:
            pass
        self.speaker.close()

    def _write(self, piece: RenderedBlock) -> None:
        self.speaker.write(piece.block, piece.at)
        self._written += len(piece.block)
        self._head = piece.after
        self._log.append(_LogEntry(self._written, piece.after))

    def _take_back(self) -> Playhead:
        """The playhead at the first frame that will not be heard, everything behind it being dropped."""
        self._written -= self.speaker.drop()
        if self._written < len(self._bell):
            self.speaker.write(self._bell[self._written :])
            self._written = len(self._bell)
        while len(self._log) > 1 and self._log[-1].at > self._written:
            self._log.pop()
        head = self._playhead_at(self._log[-1], self._written)
        self._log.append(_LogEntry(self._written, head))
        return head

    def _playhead_at(self, mark: _LogEntry, at: int) -> Playhead:
        """The playhead at a frame of what was written, from the last mark before it."""
        head, left = mark.head, 0 if mark.stands else at - mark.at
        while left > 0:
            piece = read(self.session, head, left)
            head, left = piece.after, left - len(piece.block)
        return head
