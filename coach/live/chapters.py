"""Track which chapters of a session are laid out, at which level, and order the rest.

The thread that speaks gets an order: the chapters from some index on, at one level. It answers with one
chapter after the other (`Chapters.add`). A change of level takes three steps, because the rest of the
session has to be spoken and laid out first:

1. The key: `choose_level` picks the level, and `order_from` orders the current chapter anew, and those after
   it.
2. Meanwhile the session goes on as it was laid out before.
3. The new layout of the chapter is there: `change_over` joins it to what has been heard of the old one
   (`coach.live.change_level.revised`), and drops the chapters after it, which come anew as well. If another
   chapter has begun by then, that one and those after it are ordered instead, and step 2 comes again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from coach.diary.entries import Entry
from coach.language.level import Level
from coach.live.change_level import revised, shifted
from coach.live.speaking import ChapterBegun, ChapterOrder, ChapterReady, LengthsEstimated
from coach.session.compile import Laid, joined
from coach.session.moves import ChapterMoves, Speak
from coach.session.options import Options
from coach.session.timeline import RATE_HZ, Frames, Role, Timeline
from coach.session.whereabouts import Place, begun_set, chapter_at
from coach.session.words.interface import words_for
from coach.voices.outlook import Outlook


@dataclass(frozen=True, slots=True)
class SessionToPlay:
    """The session to play: its sheet's name as the user gave it, and its chapters at any level.

    ``start`` is where to begin; with ``resumes``, as after a pause. ``settings`` are stored with every place.
    ``body_part`` is what the listener is asked about at the end. The session begins with ``options``, whose
    steps are what is set out to be done. ``pains`` has the answers about pain from before it was resumed: the
    last one about each exercise, and under "" that before the first.
    ``unanswered`` is the session before, if nobody told yet how it was on the morning after: that is asked at
    the beginning. With ``tells_keys`` it begins with what the keys do.
    """

    name: str
    title: str
    score_at: Callable[[Level], tuple[ChapterMoves, ...]]
    level: Level
    start: Place | None
    resumes: bool
    settings: Mapping[str, Any]
    body_part: str = ""
    options: Options = Options()  # noqa: RUF009 - a value
    pains: Mapping[str, int] = field(default_factory=dict)
    unanswered: Entry | None = None
    tells_keys: bool = False


class Chapters:
    """The chapters of a session: the ones laid out so far, and the order to the voice for the others.

    ``level`` is the one at which chapters are ordered now, ``levels`` has that of each chapter laid out.
    ``timeline`` has the chapters that are laid out, and ``rest_s`` is how long the others are likely to last.
    The last of them may be laid out in part: up to frame ``settled``, which is None otherwise. ``outlook``
    tells whether what is owed will be spoken in time, as far as that is known.
    The prompts to resume with, if the session is resumed at ``start``, are spoken with the first chapter.
    """

    def __init__(self, to_play: SessionToPlay) -> None:
        self.level, start = to_play.level, to_play.start
        chapters = to_play.score_at(self.level)
        self.language = chapters[0].language
        self.words = words_for(self.language)
        self.levels: list[Level] = []
        self.titles = tuple(chapter.title for chapter in chapters)
        also = (self.words.RESUMING, self.words.where_in_set(max(1, start.rep))) if start else ()
        also = also if to_play.resumes else ()
        if to_play.unanswered is not None:
            also = (*also, self.words.how_next_morning(to_play.body_part), self.words.THANK_YOU)
        if to_play.tells_keys:
            also = (*self.words.KEYS_ALOUD, *also)
        self.order = ChapterOrder(0, to_play.title, chapters, also=also)
        self._title, self._score_at = to_play.title, to_play.score_at
        self._laid: list[Laid] = []
        self.settled: Frames | None = None
        self.outlook = Outlook()
        self._estimates_s: tuple[float, ...] = ()

    def __len__(self) -> int:
        """Return the number of chapters laid out."""
        return len(self._laid)

    @property
    def timeline(self) -> Timeline:
        """The timeline of the chapters laid out so far."""
        return joined(self._title, self._laid, self.language)

    @property
    def rest_s(self) -> float:
        """The estimated length of the chapters not laid out yet, in seconds."""
        return sum(self._estimates_s[len(self._laid) :])

    def is_current(self, message: ChapterReady | ChapterBegun | LengthsEstimated) -> bool:
        """Tell whether a message belongs to the latest order, not to a replaced one."""
        return message.order.number == self.order.number

    def estimate(self, estimated: LengthsEstimated) -> None:
        """Take over how long each chapter of the order is likely to last."""
        self._estimates_s = estimated.lengths_s

    def begin(self, begun: ChapterBegun) -> bool:
        """Append a chapter in part, or what more of it is ready; False if more of it is there already."""
        by = self._append(begun.index, begun.laid)
        if by is None:
            return False
        self.settled = Frames(begun.settled + by)
        self.outlook = begun.outlook.later(by / RATE_HZ)
        return True

    def add(self, ready: ChapterReady) -> bool:
        """Append a chapter; False if it is there already, as its message was put back into the inbox."""
        if self._append(ready.index, ready.laid) is None:
            return False
        self.settled = None
        if len(self._laid) == len(self.titles):
            self.outlook = Outlook()
        return True

    def _append(self, index: int, laid: Laid) -> int | None:
        """Append a chapter, behind the whole ones; return by how much it is later than laid out, or None."""
        whole = len(self._laid) - (self.settled is not None)
        if index != whole:
            return None
        end = self._laid[whole - 1].end if whole else laid.chapter.start
        by = end - laid.chapter.start
        self._laid[whole:], self.levels[whole:] = [shifted(laid, by)], [self.level]
        return by

    def is_in_part(self, at: int) -> bool:
        """Tell whether the chapter of a frame is laid out in part."""
        return self.settled is not None and chapter_at(self.timeline, at) == len(self._laid) - 1

    # The level

    def choose_level(self, by: int) -> bool:
        """Go to an easier (-1) or a harder level (1); False if there is none."""
        levels = list(Level)
        index = levels.index(self.level) + by
        if not 0 <= index < len(levels):
            return False
        self.level = levels[index]
        return True

    def has_gentler(self, first: int) -> bool:
        """Tell whether the chapters from an index on are others at the gentle level."""
        now, gentle = (
            [
                [move for move in each.moves if not isinstance(move, Speak) or move.role is not Role.TITLE]
                for each in self._score_at(level)[first:]
            ]
            for level in (self.level, Level.GENTLE)
        )
        return now != gentle

    def order_from(self, at: int) -> ChapterOrder:
        """A new order at the level: the chapter of a frame, which has to be whole, and all after it."""
        first = chapter_at(self.timeline, at)
        if self.settled is not None:
            del self._laid[-1], self.levels[-1]
            self.settled = None
        self.outlook = Outlook()
        also = tuple(self.words.level_from(self.level, next_set=next_set) for next_set in (True, False))
        chapters = self._score_at(self.level)
        start = self._laid[first].chapter.start
        self.order = ChapterOrder(self.order.number + 1, self._title, chapters, first, start, also)
        return self.order

    def changes_level(self, ready: ChapterReady) -> bool:
        """Tell whether a chapter is the first of a new level, to be joined to its part already heard."""
        return bool(self.order.number) and ready.index == self.order.first

    def change_over(self, new: Laid, at: int, settled_at: int) -> str | None:
        """Go on at the new level in the chapter of frame ``at``, without a change before ``settled_at``.

        Returns the announcement; None if the chapter is over, so that a later one has to be ordered.
        """
        index = self.order.first
        if chapter_at(self.timeline, at) != index:
            return None
        old = self._laid[index]
        is_in_set = begun_set(old.sets, settled_at) is not None
        is_done = bool(old.sets) and old.sets[-1].end <= settled_at
        level = self.levels[index] if is_done else self.level
        self._laid[index:], self.levels[index:] = [revised(old, new, settled_at)], [level]
        return self.words.level_from(self.level, next_set=is_in_set)


def placed(start: Place | None, titles: tuple[str, ...]) -> Place:
    """Return the place with its chapter's index in this session; None means the beginning."""
    if start is None:
        return Place(0, titles[0], 0.0)
    if start.title in titles and titles[min(start.chapter, len(titles) - 1)] != start.title:
        return replace(start, chapter=titles.index(start.title))
    return replace(start, chapter=min(start.chapter, len(titles) - 1))
