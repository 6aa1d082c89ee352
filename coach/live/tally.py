"""Count finished repetitions, seconds held and listening time from the ranges of frames that were heard."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby, islice

from coach.diary.entries import Done
from coach.language.level import Level
from coach.session.timeline import RATE_HZ, Frames, Role, Set, Timeline, says
from coach.session.whereabouts import beat_end, chapter_at, movement_at, rep_start, sets_of

_SetKey = tuple[int, str, int]
"""A set by its chapter, its side and its number."""


class Tally:
    """Counts time, and each repetition that was heard from its first frame to its last without a break.

    A hold or a set that the listener ended (`cut_short`) counts as well. ``has_exercised`` is true as soon as
    any part of a set was heard.
    """

    def __init__(self) -> None:
        self._done: dict[_SetKey, set[int]] = defaultdict(set)
        self._held: dict[_SetKey, dict[int, float]] = defaultdict(dict)
        self._ended: set[_SetKey] = set()
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
                self._hear_holds(index, each, start, end)

    def _hear_set(self, index: int, each: Set, start: int, end: int) -> None:
        for rep, first, last in _efforts(each):
            key = (index, each.side, each.number, rep)
            if start <= first < end:
                self._begun = key
            if self._begun == key and start < last <= end:
                self._done[key[:3]].add(rep)
                self._begun = None

    def _hear_holds(self, index: int, each: Set, start: int, end: int) -> None:
        """Note how far each hold or time whose length is left to the listener was heard."""
        held = self._held[index, each.side, each.number]
        for i, beat in enumerate(each.beats):
            until = min(end, beat_end(each, beat))
            if beat.may_end_early and start < until and beat.start < end:
                held[i] = max(held.get(i, 0.0), (until - beat.start) / RATE_HZ)

    def cut_short(self, timeline: Timeline, at: Frames, to: Frames) -> None:
        """Count what the listener ended at frame ``at`` of a set, to go on at frame ``to``.

        A hold, a time or a rest counts as if it had been heard to its end. Of a set, the repetition that is
        going on counts if its number was said.
        """
        movement = movement_at(timeline, at)
        if movement is None:
            return
        each, beat = movement
        index = chapter_at(timeline, at)
        key = (index, each.side, each.number)
        if beat.may_end_early or beat.is_rest:
            self._hear_set(index, each, at, to)
            return
        self._ended.add(key)
        first, last = (timeline.index_at(frame) for frame in (rep_start(each, beat.rep), at))
        said = says(islice(timeline.events, first, None if last is None else last + 1))
        if self._begun == (*key, beat.rep) and any(say.role is Role.COUNT for say in said):
            self._done[key].add(beat.rep)

    def done(self, timeline: Timeline, levels: Sequence[Level]) -> tuple[Done, ...]:
        """Summarise each chapter that has sets, with its level, for the diary; sets of both sides count."""
        found = []
        for index, chapter in enumerate(timeline.chapters):
            sets = sets_of(timeline, index)
            keys = [(index, each.side, each.number) for each in sets]
            done = [len(self._done[key]) for key in keys]
            held = [seconds for key in keys for _, seconds in sorted(self._held[key].items())]
            whole = [
                reps >= (max(1, each.amount.least) if key in self._ended else each.reps)
                for key, reps, each in zip(keys, done, sets, strict=True)
            ]
            if sets:
                found.append(
                    Done(
                        chapter.exercise or chapter.title,
                        levels[index],
                        sum(whole),
                        len(sets),
                        sum(done),
                        sum(each.reps for each in sets),
                        self._heard_s[index] / 60,
                        up_to=any(each.amount.is_open for each in sets),
                        reps_by_set=tuple(done),
                        held_s=tuple(round(seconds, 1) for seconds in held),
                        often=chapter.dose.often if chapter.dose else "",
                    )
                )
        return tuple(found)


def _efforts(each: Set) -> Iterator[tuple[int, Frames, Frames]]:
    """Yield the number, first frame and exclusive end of each repetition, without the rest after it."""
    for rep, beats in groupby(each.beats, key=lambda beat: beat.rep):
        own = list(beats)
        last = next((beat for beat in reversed(own) if not beat.is_rest), own[-1])
        yield rep, own[0].start, beat_end(each, last)
