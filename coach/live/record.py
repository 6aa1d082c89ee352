"""Remember a session while it is heard: its place, what was done of it, and its diary entry."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from coach.diary.entries import Entry
from coach.language.level import Level
from coach.live.answers import Answers
from coach.live.chapters import SessionToPlay
from coach.live.tally import Tally
from coach.session.timeline import Frames, Timeline
from coach.session.whereabouts import Place, place_at

KEEP_S = 5.0
"""Longest interval between two stores of the place; new repetitions, parts and answers store it at once."""

WORTH_WRITING_S = 30.0
"""Sessions shorter than this that end before their first set are not recorded in the diary."""


class SessionRecord:
    """Stores the place of a session, counts what was heard of it, and writes its diary entry.

    ``entry`` is the diary entry, None until there is one.
    """

    def __init__(
        self,
        to_play: SessionToPlay,
        answers: Answers,
        keep: Callable[[Mapping[str, Any] | None], None],
        record: Callable[[Entry, Entry | None], None],
    ) -> None:
        self.entry: Entry | None = None
        self._to_play, self._answers = to_play, answers
        self._keep, self._record = keep, record
        self._is_over = False
        self._started = datetime.now().astimezone()
        self._tally = Tally()
        self._counted = Frames(0)
        self._kept: tuple[Place, Level, dict[str, int]] | None = None
        self._kept_at = -math.inf

    def count(self, timeline: Timeline, at: Frames) -> None:
        """Count the frames from the last one counted up to ``at`` as heard."""
        if at > self._counted:
            self._tally.hear(timeline, self._counted, at)
            self._counted = at

    def count_from(self, at: Frames) -> None:
        """Go on counting at a frame, after a jump."""
        self._counted = at

    def cut_short(self, timeline: Timeline, at: Frames, to: Frames) -> None:
        """Note that the listener ended the movement or the set at a frame, and goes on at another."""
        self._tally.cut_short(timeline, at, to)

    def keep(self, timeline: Timeline, at: Frames, level: Level, now: float) -> None:
        """Store the place of a frame, if it is a new repetition or part, or the last was a while ago."""
        place = place_at(timeline, min(at, timeline.length - 1))
        new = (replace(place, offset_s=0), level, self._answers.by_exercise)
        if new != self._kept or now - self._kept_at >= KEEP_S:
            self._kept, self._kept_at = new, now
            kept = {"level": str(level), "place": asdict(place), "pains": new[-1]}
            self._keep({**self._to_play.settings, **kept})

    def write_so_far(self, timeline: Timeline, level: Level, levels: Sequence[Level]) -> None:
        """Write what was done so far, so that nothing is lost if the session is killed from here on."""
        self._write_done(timeline, level, levels, is_finished=False)

    def finish(
        self, timeline: Timeline, at: Frames, level: Level, levels: Sequence[Level], *, is_finished: bool
    ) -> None:
        """Store the last place, or forget it if the session ``is_finished``, and write the diary entry."""
        if self._is_over:
            return
        self._is_over = True
        self.count(timeline, at)
        if is_finished:
            self._keep(None)
        else:
            self.keep(timeline, at, level, math.inf)
        self._write_done(timeline, level, levels, is_finished=is_finished)

    def _write_done(
        self, timeline: Timeline, level: Level, levels: Sequence[Level], *, is_finished: bool
    ) -> None:
        is_short = self._tally.heard_s < WORTH_WRITING_S and not self._tally.has_exercised
        if is_short and not self._answers.pains:
            return
        options = self._to_play.options
        own = [
            options.at_level(each).at(chapter.exercise or chapter.title).level
            for chapter, each in zip(timeline.chapters, levels, strict=False)
        ]
        entry = Entry(
            self._started,
            self._to_play.name,
            self._to_play.title,
            level,
            self._tally.heard_s / 60,
            is_finished,
            self._tally.done(timeline, own, self._answers.pains),
            steps=options.steps,
            pain=self._answers.pains.get(None),
        )
        if entry != self.entry:
            self._write(entry)

    def add_soreness(self, soreness: int) -> None:
        """Put a number from 0 to 10 into the diary entry."""
        if self.entry is not None:
            self._write(replace(self.entry, soreness=soreness))

    def _write(self, entry: Entry) -> None:
        self._record(entry, self.entry)
        self.entry = entry
