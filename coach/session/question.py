"""The question about pain in a session: how it is asked, and where a timeline has it.

What an answer means and does is in `coach.session.pain`.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from coach.session.activity import Activity
from coach.session.moves import Interval, Move, Speak
from coach.session.timeline import Frames, Role, Say, Silence, Timeline
from coach.session.whereabouts import chapter_at, set_at
from coach.session.words.interface import Words, words_for

ANSWER_S = 6.0
"""Time to answer in a live session, in seconds; then the session goes on as before."""

THINK_S = 4.0
"""Time to think of a number where nobody takes the answer, in seconds."""


def asking(
    words: Words, body_part: str, *, is_first: bool, takes_answer: bool, is_known: bool = False
) -> Iterator[Move]:
    """Yield the moves of a question: what is asked, the time to answer, and the rules if nobody acts on it.

    The first question of a session explains the scale and has the rules in full, to those who do not know
    the session.
    """
    explains = is_first and not is_known
    yield Speak(words.how_much_pain(body_part) if explains else words.pain_again(body_part), Role.QUESTION)
    if explains:
        yield Speak(words.PAIN_SCALE, Role.QUESTION)
    if takes_answer:
        yield Speak(words.TYPE_A_NUMBER, Role.QUESTION)
    yield Interval(ANSWER_S if takes_answer else THINK_S, Activity.ANSWER, Role.QUESTION)
    if not takes_answer:
        first = words.PAIN_RULES if explains else words.PAIN_RULES_IN_BRIEF
        for text in first if is_first else words.PAIN_RULES_AGAIN:
            yield Speak(text, Role.STOP_RULE)


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a timeline: from its first word to the ``end`` of the time to answer, from ``waits``.

    ``text`` is what is asked, and ``takes_answer`` is true if a key may answer it. ``chapter`` is the index
    of the exercise that it is about; None before the first exercise.
    """

    text: str
    start: Frames
    waits: Frames
    end: Frames
    chapter: int | None
    takes_answer: bool

    def has(self, at: int) -> bool:
        """Tell whether the question is asked at a frame, or its time to answer runs."""
        return self.start <= at < self.end


def question_at(timeline: Timeline, at: int) -> Question | None:
    """Find the question that a number at a frame answers: the last one, if no set has begun since."""
    if set_at(timeline, at):
        return None
    done = bisect_right(timeline.sets, at, key=lambda each: each.end)
    since = timeline.sets[done - 1].end if done else 0
    about = chapter_at(timeline, timeline.sets[done - 1].start) if done else None
    found, asked, takes_answer = None, None, False
    invitation = words_for(timeline.language).TYPE_A_NUMBER
    for event in (
        islice(timeline.events, timeline.index_at(since) or 0, None) if since < timeline.length else ()
    ):
        if asked is None and event.start > at:
            break
        if asked is None and isinstance(event, Say) and event.role is Role.QUESTION:
            asked = event
        takes_answer |= isinstance(event, Say) and event.text == invitation
        if asked is not None and isinstance(event, Silence) and event.activity is Activity.ANSWER:
            end = Frames(event.start + event.length)
            found = Question(asked.text, asked.start, event.start, end, about, takes_answer)
            asked, takes_answer = None, False
    return found
