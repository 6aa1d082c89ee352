"""The answers about pain in a live session, and what they do to its level and to exercises that come again.

What one answer does is decided in `coach.live.ask_pain`, by the rules of `coach.session.pain`.
"""

from collections.abc import Mapping

from coach.language.level import Level
from coach.live.ask_pain import PainAnswer, Reply, reply_to
from coach.live.chapters import Chapters
from coach.session.pain import Advice, rule_for
from coach.session.timeline import Timeline
from coach.session.whereabouts import chapter_at, sets_of


class Answers:
    """The answers of a session.

    ``pains`` has the last answer about each chapter by its index, and that before the first exercise under
    None, the latest last. ``earlier`` are the answers from before the session was resumed in the chapter
    ``first``: by exercise, and that before the first under "".
    """

    def __init__(self, chapters: Chapters, earlier: Mapping[str, int], first: int) -> None:
        self.pains: dict[int | None, int] = {}
        self._chapters = chapters
        self._exercises = [chapter.exercise for chapter in chapters.order.chapters]  # the same at each level
        self._earlier, self._first = earlier, first
        self._before_easing: dict[int | None, Level] = {}

    @property
    def by_exercise(self) -> dict[str, int]:
        """The last answer about each exercise, and under "" that before the first."""
        return {**self._earlier, **{self._exercise(index): pain for index, pain in self.pains.items()}}

    @property
    def has_one_at_the_end(self) -> bool:
        """True if the latest answer is about the last exercise, or before all if there is none."""
        last = max((i for i, exercise in enumerate(self._exercises) if exercise), default=None)
        return [*self.pains][-1:] == [last]

    def take(self, answer: PainAnswer, here: int) -> Reply:
        """Note an answer that is given in the chapter ``here``, and set the level by it.

        An answer that is corrected leaves no trace: the level is that before the first one, unless the
        listener has chosen another since.
        """
        about, chapters = answer.question.chapter, self._chapters
        self.pains.pop(about, None)
        others = {
            exercise: pain for exercise, pain in self._earlier.items() if exercise != self._exercise(about)
        }
        earlier = (*others.values(), *self.pains.values())
        self.pains[about] = answer.pain
        chapters.level = self._before_easing.pop(about, chapters.level)
        first = here + 1 if about == here else here
        reply = reply_to(
            answer,
            earlier,
            chapters.words,
            has_others=any(each and each not in self._ended() for each in self._exercises[first:]),
            has_gentler=chapters.has_gentler(first),
        )
        if reply.is_gentler:
            self._before_easing[about], chapters.level = chapters.level, Level.GENTLE
        return reply

    def keep_chosen_level(self) -> None:
        """Note that the listener has chosen a level, which no corrected answer takes back."""
        self._before_easing.clear()

    def is_to_pass_over(self, timeline: Timeline, at: int) -> bool:
        """Tell whether the sets that come in the chapter of a frame are of an exercise that has ended."""
        index = chapter_at(timeline, at)
        is_ahead = any(each.end > at for each in sets_of(timeline, index))
        return is_ahead and index > self._ended().get(self._exercise(index), index)

    def passed_over_after(self, here: int) -> set[str]:
        """Return the exercises that have ended, and would come again after a chapter."""
        return self._ended().keys() & {*self._exercises[here + 1 :]}

    def _exercise(self, index: int | None) -> str:
        return "" if index is None else self._exercises[index]

    def _ended(self) -> dict[str, int]:
        """Return the exercises that an answer has ended, each with the last chapter to be played."""
        latest = {exercise: (pain, self._first) for exercise, pain in self._earlier.items() if exercise}
        latest |= {self._exercises[i]: (pain, i) for i, pain in self.pains.items() if i is not None}
        return {each: i for each, (pain, i) in latest.items() if rule_for(pain).advice is Advice.END}
