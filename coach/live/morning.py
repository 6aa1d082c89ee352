"""The question how it was on the morning after the last session, at the beginning of a live session.

It is asked in front of the session, as an answer of the playhead (`coach.live.playhead`): a key of
`Words.MORNING_KEYS` tells, any other does what it always does, and after the time to answer the session
begins. Within `LATE` such a key is still the answer, but for those that steer a session: a clicker's button
that pauses sends one.
"""

from collections.abc import Sequence

from coach.diary.entries import Entry
from coach.diary.morning import Morning
from coach.language.model import Sound
from coach.live.playhead import Answer, PlayableSession, Playhead, acknowledged, answered
from coach.session.activity import Activity
from coach.session.moves import Interval, Move, Speak, Strike
from coach.session.question import ANSWER_S
from coach.session.timeline import Frames, Role, Say, frames
from coach.session.words.interface import Words

LATE = frames(10.0)
"""Frames of the session in which an answer by a key without another use is still taken."""


class MorningQuestion:
    """The question about the morning after an ``entry`` of the diary, with the coach's own words."""

    def __init__(self, entry: Entry, words: Words, body_part: str) -> None:
        self.entry = entry
        self._words = words
        self._text = words.how_next_morning(body_part)
        self._asked: Answer | None = None
        self._start = self._begins = Frames(0)

    def ask(self, session: PlayableSession, head: Playhead, before: Sequence[Move] = ()) -> Playhead:
        """Ask at a playhead, after what comes ``before``, and wait; then the session goes on there."""
        waits = Interval(ANSWER_S, Activity.ANSWER, Role.QUESTION)
        head = answered(session, head, [*before, Speak(self._text, Role.QUESTION), waits])
        self._asked, self._start = head.answer, head.at
        said = head.answer.timeline.events if head.answer else ()
        starts = (event.start for event in said if isinstance(event, Say) and event.text == self._text)
        self._begins = next(starts, Frames(0))
        return head

    def morning(self, key: str, head: Playhead, *, has_use: bool) -> Morning | None:
        """Return the answer that a key is; None if it is none, or nothing is asked now.

        ``has_use`` is true for a key that steers the session.
        """
        mornings = dict(zip(self._words.MORNING_KEYS, Morning, strict=False))
        is_begun = head.answer is None and not head.is_paused
        is_late = not has_use and is_begun and 0 <= head.at - self._start < LATE
        is_asked = self._asked is not None and (self._is_heard(head) or is_late)
        return mornings.get(key.casefold()) if is_asked else None

    def taken(self, session: PlayableSession, head: Playhead) -> Playhead:
        """Acknowledge the answer at a playhead, with words if the session has not begun."""
        is_heard = self._is_heard(head)
        self._asked = None
        if not is_heard:
            return acknowledged(head, Sound.KEY)
        moves: list[Move] = [Strike(Sound.KEY, Role.CLOSING), Speak(self._words.THANK_YOU, Role.CLOSING)]
        return answered(session, head, moves)

    def _is_heard(self, head: Playhead) -> bool:
        if self._asked is None or head.answer is None or head.answer.timeline is not self._asked.timeline:
            return False
        return head.answer.at >= self._begins
