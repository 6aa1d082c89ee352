"""The question about pain in a session: how it is asked, and where a timeline has it.

What an answer means and does is in `coach.session.pain`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from coach.session.activity import Activity
from coach.session.moves import Interval, Move, Speak
from coach.session.timeline import Frames, Role, Silence, Timeline, frames
from coach.session.whereabouts import chapter_at, chapter_end, sets_of
from coach.session.words.interface import Words

ANSWER_S = 6.0
"""Time to answer in a live session, in seconds; then the session goes on as before."""

THINK_S = 4.0
"""Time to think of a number where nobody takes the answer, in seconds."""

LATE = frames(2.0)
"""A number that comes this long after the time to answer is still the answer."""


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

    ``chapter`` is the index of the exercise that it is about; None before the first exercise.
    """

    start: Frames
    waits: Frames
    end: Frames
    chapter: int | None


def question_at(timeline: Timeline, at: int) -> Question | None:
    """Find the question that is asked at a frame, or whose time to answer ended less than `LATE` before."""
    if not timeline.chapters:
        return None
    for index in range(chapter_at(timeline, max(0, at - LATE)), chapter_at(timeline, at) + 1):
        for question in _questions(timeline, index):
            if question.start <= at < question.end + LATE:
                return question
    return None


def _questions(timeline: Timeline, index: int) -> Iterator[Question]:
    """Yield the questions of a chapter."""
    first = timeline.index_at(timeline.chapters[index].start)
    start: Frames | None = None
    for event in islice(timeline.events, first, timeline.index_at(chapter_end(timeline, index))):
        if event.role is Role.QUESTION and start is None:
            start = event.start
        if start is not None and isinstance(event, Silence) and event.activity is Activity.ANSWER:
            end = Frames(event.start + event.length)
            yield Question(start, event.start, end, _exercise_before(timeline, index, start))
            start = None


def _exercise_before(timeline: Timeline, index: int, at: Frames) -> int | None:
    """Return the index of the chapter with the last set that ended before a frame."""
    done = (i for i in range(index, -1, -1) if any(each.end <= at for each in sets_of(timeline, i)))
    return next(done, None)
