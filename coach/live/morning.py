"""The question how it was on the morning after the last session, at the beginning of a live session.

It is asked in front of the session, as an answer of the playhead (`coach.live.playhead`): a key of
`Words.MORNING_KEYS` tells, any other does what it always does, and after the time to answer the session
begins.
"""

from dataclasses import dataclass, replace

from coach.diary.entries import Entry, Morning
from coach.language.model import Sound
from coach.live.playhead import Answer, PlayableSession, Playhead, answered
from coach.session.activity import Activity
from coach.session.moves import Interval, Move, Speak, Strike
from coach.session.question import ANSWER_S
from coach.session.timeline import Role
from coach.session.words.interface import Words


@dataclass(slots=True)
class MorningQuestion:
    """The question about the morning after an ``entry``; ``text`` is what is asked."""

    entry: Entry
    words: Words
    text: str
    asked: Answer | None = None

    def ask(self, session: PlayableSession, head: Playhead) -> Playhead:
        """Ask at a playhead, and wait for the answer; then the session goes on there."""
        waits = Interval(ANSWER_S, Activity.ANSWER, Role.QUESTION)
        head = answered(session, head, [Speak(self.text, Role.QUESTION), waits])
        self.asked = head.answer
        return head

    def answer(self, key: str, head: Playhead) -> Entry | None:
        """Return the entry with the answer that a key is; None if it is none, or nothing is asked now."""
        is_asked = self.asked and head.answer and head.answer.timeline is self.asked.timeline
        mornings = dict(zip(self.words.MORNING_KEYS, Morning, strict=False))
        told = mornings.get(key.casefold())
        if not is_asked or told is None:
            return None
        self.asked = None
        return replace(self.entry, morning=told)

    def thanked(self, session: PlayableSession, head: Playhead) -> Playhead:
        """Acknowledge the answer at a playhead."""
        moves: list[Move] = [Strike(Sound.KEY, Role.CLOSING), Speak(self.words.THANK_YOU, Role.CLOSING)]
        return answered(session, head, moves)
