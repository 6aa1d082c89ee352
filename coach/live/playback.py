"""Feed the loudspeaker, and take back what it has not played when a key changes what is to be heard.

A loudspeaker buffers about half a second. `Playback` logs the playhead of each block that it writes, so it
can tell the playhead of the frame that is heard now. After a key the loudspeaker drops its buffer, the
playhead of the first dropped frame is looked up in the log, and the session goes on from there: nothing of
it is lost.
"""

import threading
from collections import deque
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
    is_broken_off,
    read,
    with_soft_music,
)
from coach.live.speakers.loudspeaker import Loudspeaker
from coach.session.timeline import frames

BLOCK = frames(0.020)
"""Frames rendered and written at a time."""

BEGINNING = 4 * BLOCK
"""Frames rendered after a key before the first of them is written. The device's buffer is empty then: time
taken between two writes, as by the first use of an amplified clip, would be heard as a gap."""

NO_SAMPLES = np.zeros((0, 1), np.float32)


@dataclass(frozen=True, slots=True)
class _LogEntry:
    """The playhead from written frame ``at`` on; ``stands`` if it does not advance, as during a fade."""

    at: int
    head: Playhead
    stands: bool = False


class Playback:
    """Writes a session to a loudspeaker, and knows which playhead is heard.

    If the loudspeaker is lost, `feed`, `take_back`, `go_on` and `heard` raise `DeviceLostError`;
    `replace_speaker` then goes on from a playhead of the caller's, such as `last_heard`. ``bell``, of shape
    (frames, 1), has been written to the loudspeaker already; it always rings to its end.
    """

    def __init__(
        self,
        speaker: Loudspeaker,
        session: PlayableSession,
        head: Playhead,
        bell: NDArray[np.float32] = NO_SAMPLES,
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
        """The playhead of the next frame to be written."""
        return self._head

    @property
    def is_over(self) -> bool:
        """True if everything has been written; the last frames may still be in the buffer of the device."""
        return self._head.is_over(self.session)

    @property
    def heard(self) -> Playhead:
        """The playhead heard at this moment."""
        heard = self.speaker.heard
        while len(self._log) > 1 and self._log[1].at <= heard:
            self._log.popleft()
        self._last_heard = self._playhead_at(self._log[0], heard)
        return self._last_heard

    @property
    def last_heard(self) -> Playhead:
        """The latest value of `heard`, which remains valid when the loudspeaker is lost."""
        return self._last_heard

    def feed(self) -> None:
        """Write as much as the loudspeaker has room for."""
        room = self.speaker.room
        while room >= BLOCK and not self.is_over:
            piece = read(self.session, self._head, BLOCK)
            self._write(piece)
            room -= len(piece.block)

    def take_back(self) -> Playhead:
        """Drop what has not been heard (but of the bell), and return the playhead of its first frame."""
        self._written -= self.speaker.drop()
        if self._written < len(self._bell):
            self.speaker.write(self._bell[self._written :])
            self._written = len(self._bell)
        while len(self._log) > 1 and self._log[-1].at > self._written:
            self._log.pop()
        head = self._playhead_at(self._log[-1], self._written)
        self._log.append(_LogEntry(self._written, head))
        return head

    def go_on(self, head: Playhead, session: PlayableSession | None = None) -> None:
        """Go on from another playhead, or in another session, after `take_back`."""
        before, session = self._log[-1].head, session or self.session
        after = with_soft_music(self.session, before, session, head)
        tail = faded(self.session, before) if is_broken_off(before, session, after) else NO_SAMPLES
        self.session, self._head = session, after
        beginning = self._rendered(BEGINNING)
        if tail.any():
            self._log.append(_LogEntry(self._written, after, stands=True))
            self.speaker.write(tail)
            self._written += len(tail)
        self._log.append(_LogEntry(self._written, after))
        for piece in beginning:
            self._write(piece)
        self.feed()

    def begin(self, head: Playhead) -> None:
        """Go on from a playhead after the bell; until then that playhead is reported as heard."""
        at = self._written - self.speaker.drop()
        self._written = max(at, len(self._bell))
        if at < len(self._bell):
            self.speaker.write(self._bell[at:])
        self._head = self._last_heard = head
        self._log = deque([_LogEntry(0, head, stands=True), _LogEntry(self._written, head)])
        self.feed()

    def replace_speaker(self, speaker: Loudspeaker, head: Playhead) -> None:
        """Go on from a playhead on another loudspeaker, which is empty."""
        self.speaker = speaker
        self._head = self._last_heard = head
        self._is_gone = False
        self._bell = NO_SAMPLES
        self._written = 0
        self._log = deque([_LogEntry(0, head)])

    def abandon_speaker(self) -> None:
        """Close a lost loudspeaker in a thread of its own: the sound system may hang in it for ever."""
        self._is_gone = True
        threading.Thread(target=self._close_quietly, args=(self.speaker,), daemon=True).start()

    @staticmethod
    def _close_quietly(speaker: Loudspeaker) -> None:
        with suppress(DeviceLostError):
            speaker.close()

    def close(self) -> None:
        """Play out what was written, and close the loudspeaker."""
        self.speaker.close()

    def cut_off(self) -> None:
        """Fade out at once, and close the loudspeaker."""
        if self._is_gone:
            return
        self._bell = NO_SAMPLES
        with suppress(DeviceLostError):
            self.speaker.write(faded(self.session, self.take_back()))
        self.speaker.close()

    def _rendered(self, count: int) -> list[RenderedBlock]:
        """Render at least ``count`` frames from the next one on, or up to the end."""
        head, pieces = self._head, list[RenderedBlock]()
        while count > 0 and not head.is_over(self.session):
            pieces.append(read(self.session, head, BLOCK))
            head, count = pieces[-1].after, count - len(pieces[-1].block)
        return pieces

    def _write(self, piece: RenderedBlock) -> None:
        self.speaker.write(piece.block, piece.at)
        self._written += len(piece.block)
        self._head = piece.after
        self._log.append(_LogEntry(self._written, piece.after))

    def _playhead_at(self, entry: _LogEntry, at: int) -> Playhead:
        """Compute the playhead at a written frame from the last log entry before it."""
        head, left = entry.head, 0 if entry.stands else at - entry.at
        while left > 0:
            piece = read(self.session, head, left)
            head, left = piece.after, left - len(piece.block)
        return head
