"""Count finished repetitions and listening time from the ranges of frames that were heard."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from coach.diary.entries import Done
from coach.language.level import Level
from coach.session.place import chapter_at, rep_bounds, sets_of
from coach.session.timeline import RATE_HZ, Set, Timeline


class Tally:
    """Counts time, and each repetition that was heard from its first frame to its last without a break.

    ``has_exercised`` is true as soon as any part of a set was heard.
    """

    def __init__(self) -> None:
        self._done: dict[tuple[int, str, int], set[int]] = defaultdict(set)
        self._heard_s: dict[int, float] = defaultdict(float)
        self._begun: tuple[int, str, int, int] | None = None
        self.heard_s = 0.0
        self.has_exercised = False

    def hear(self, timeline: Timeline, start: int, end: int) -> None:
        """Count frames ``[start, end)`` of the session, heard without a break."""
        index = chapter_at(timeline, start)
        self.heard_s += (end - start) / RATE_HZ
        self._heard_s[index] += (end - start) / RATE_HZ
        for each in timeline.sets:
            if each.start < end and each.end > start:
                self.has_exercised = True
                self._hear_set(index, each, start, end)

    def _hear_set(self, index: int, each: Set, start: int, end: int) -> None:
        for rep, (first, last) in enumerate(pairwise(rep_bounds(each)), start=1):
            key = (index, each.side, each.number, rep)
            if start <= first < end:
                self._begun = key
            if self._begun == key and start < last <= end:
                self._done[key[:3]].add(rep)
                self._begun = None

    def done(self, timeline: Timeline, levels: Sequence[Level]) -> tuple[Done, ...]:
        """Summarise each chapter that has sets, with its level, for the diary; sets of both sides count."""
        found = []
        for index, chapter in enumerate(timeline.chapters):
            sets = sets_of(timeline, index)
            done = [len(self._done[index, each.side, each.number]) for each in sets]
            if sets:
                found.append(
                    Done(
                        chapter.exercise or chapter.title,
                        levels[index],
                        sum(reps >= each.reps for reps, each in zip(done, sets, strict=True)),
                        len(sets),
                        sum(done),
                        sum(each.reps for each in sets),
                        self._heard_s[index] / 60,
                    )
                )
        return tuple(found)
