"""The listener's place as chapter, set and repetition: valid even when the session is laid out again."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from coach.session.moves import LONG_S
from coach.session.timeline import RATE_HZ, Beat, Frames, Role, Set, Silence, Timeline, frames
from coach.session.words.interface import words_for


@dataclass(frozen=True, slots=True)
class Place:
    """A chapter (from 0) and its title, and in it a repetition of a set, or a time before or after a set.

    ``side`` and ``number`` are those of the set; ``rep`` counts from 1, and ``offset_s`` from its start.
    Outside of sets ``rep`` is 0, the set is the one before (``number`` 0: there is none), and ``offset_s``
    counts from its end, or from the chapter's start. Another voice, pace or level moves frames, but not
    places.
    """

    chapter: int
    title: str
    offset_s: float
    side: str = ""
    number: int = 0
    rep: int = 0


def chapter_at(timeline: Timeline, frame: int) -> int:
    """Return the index of the chapter that contains a frame; the last chapter's beyond the end."""
    return max(0, bisect_right(timeline.chapters, frame, key=lambda chapter: chapter.start) - 1)


def chapter_end(timeline: Timeline, index: int) -> Frames:
    """Return the exclusive end frame of a chapter."""
    later = timeline.chapters[index + 1 :]
    return later[0].start if later else timeline.length


def sets_of(timeline: Timeline, index: int) -> Sequence[Set]:
    """Return the sets of a chapter."""
    start, end = timeline.chapters[index].start, chapter_end(timeline, index)
    first = bisect_left(timeline.sets, start, key=lambda each: each.start)
    return timeline.sets[first : bisect_left(timeline.sets, end, key=lambda each: each.start)]


def begun_set(sets: Sequence[Set], frame: int) -> Set | None:
    """Return the set that contains a frame, from its "get ready" to the end of its last repetition."""
    i = bisect_right(sets, frame, key=lambda each: each.ready) - 1
    return sets[i] if i >= 0 and frame < sets[i].end else None


def set_at(timeline: Timeline, frame: int) -> Set | None:
    """Return the set that contains a frame, from its go tone to the end of its last repetition, or None."""
    each = begun_set(timeline.sets, frame)
    return each if each and each.start <= frame else None


def movement_at(timeline: Timeline, frame: int) -> tuple[Set, Beat] | None:
    """Return the set that contains a frame, and the movement of it, which has the repetition; or None."""
    each = set_at(timeline, frame)
    return (each, beat_at(each, frame)) if each else None


def next_set(timeline: Timeline, frame: int) -> Set | None:
    """Return the first set that begins after a frame in the same chapter."""
    i = bisect_right(timeline.sets, frame, key=lambda each: each.start)
    end = chapter_end(timeline, chapter_at(timeline, frame))
    return timeline.sets[i] if i < len(timeline.sets) and timeline.sets[i].start < end else None


def beat_at(each: Set, frame: int) -> Beat:
    """Return the movement of a set that contains a frame."""
    return each.beats[max(0, bisect_right(each.beats, frame, key=lambda beat: beat.start) - 1)]


def beat_end(each: Set, beat: Beat) -> Frames:
    """Return the exclusive end frame of a movement."""
    i = bisect_right(each.beats, beat.start, key=lambda other: other.start)
    return each.beats[i].start if i < len(each.beats) else each.end


def rep_bounds(each: Set) -> list[Frames]:
    """Return the first frame of each repetition, in order, and the end of the last."""
    return [*(next(beats).start for _, beats in groupby(each.beats, key=lambda beat: beat.rep)), each.end]


def rep_start(each: Set, rep: int) -> Frames:
    """Return the first frame of a repetition (from 1); a number beyond the last means the last."""
    return next(beat.start for beat in each.beats if beat.rep >= min(rep, each.reps))


def is_long(each: Set, beat: Beat) -> bool:
    """Tell whether a movement lasts `LONG_S` seconds or more, such as a walk; holds never count as long."""
    return beat.role is not Role.HOLD and beat_end(each, beat) - beat.start >= LONG_S * RATE_HZ


def may_end(each: Set, beat: Beat) -> bool:
    """Tell whether the dose leaves it to the listener when a movement, or the set around it, ends."""
    return beat.may_end_early or (each.may_end_early and not beat.is_rest)


def fresh_start(each: Set, beat: Beat) -> Frames:
    """Return the frame to restart a movement from: its repetition, or the end of what is not done again.

    That is a long movement, a hold that ended when the listener wanted, and whatever came before a rest.
    """
    start = beat.start
    for other in reversed(each.beats[: each.beats.index(beat)]):
        is_over = other.is_rest or other.may_end_early or is_long(each, other)
        if beat.is_rest or is_over or other.rep != beat.rep:
            break
        start = other.start
    return start


def place_at(timeline: Timeline, frame: int) -> Place:
    """Convert a frame to a place."""
    index = chapter_at(timeline, frame)
    chapter = timeline.chapters[index]
    movement = movement_at(timeline, frame)
    if movement:
        each, beat = movement
        offset_s = (frame - rep_start(each, beat.rep)) / RATE_HZ
        return Place(index, chapter.title, offset_s, each.side, each.number, beat.rep)
    over = [own for own in sets_of(timeline, index) if own.end <= frame]
    if over:
        done = over[-1]
        return Place(index, chapter.title, (frame - done.end) / RATE_HZ, done.side, done.number)
    return Place(index, chapter.title, (frame - chapter.start) / RATE_HZ)


def frame_of(timeline: Timeline, place: Place) -> Frames:
    """Convert a place to a frame, also in a session that was laid out again since.

    Within a set the result is the start of the repetition, or the exact second of a long movement. A chapter
    that has moved is found by its title. A set or repetition that no longer exists is replaced by the nearest
    earlier one. An offset beyond the next go tone or the chapter's end is clipped to just before it.
    """
    index = _chapter_of(timeline, place)
    start = timeline.chapters[index].start
    own = sets_of(timeline, index)
    found = [each for each in own if each.side == place.side and each.number <= place.number]
    if place.number and not found:
        return start
    if place.rep:
        each = found[-1]
        first = rep_start(each, place.rep)
        end = rep_bounds(each)[beat_at(each, first).rep]
        frame = Frames(min(first + frames(place.offset_s), end - 1))
        beat = beat_at(each, frame)
        return frame if is_long(each, beat) else fresh_start(each, beat)
    since = found[-1].end if place.number else start
    ends = [each.start for each in own if each.start > since]
    return Frames(min(since + frames(place.offset_s), min([*ends, chapter_end(timeline, index)]) - 1))


def _chapter_of(timeline: Timeline, place: Place) -> int:
    chapters = timeline.chapters
    if place.chapter < len(chapters) and chapters[place.chapter].title == place.title:
        return place.chapter
    same = [i for i, chapter in enumerate(chapters) if chapter.title == place.title]
    return same[0] if same else min(place.chapter, len(chapters) - 1)


def sentence_start(timeline: Timeline, frame: int) -> Frames:
    """Return the first frame of the prompt or tone that contains a frame; in a silence, the frame itself."""
    i = timeline.index_at(frame)
    if i is None:
        return timeline.length
    event = timeline.events[i]
    return Frames(frame) if isinstance(event, Silence) else event.start


def whereabouts(timeline: Timeline, frame: int, left_s: float) -> tuple[str, ...]:
    """Return the answer to "Where am I?": short sentences, each a prompt of its own.

    ``left_s`` are the seconds to the end of the session.
    """
    words = words_for(timeline.language)
    minutes = words.minutes_left(left_s)
    each, beat = movement_at(timeline, frame) or (None, None)
    name = words.where_in_sets(each.side, each.number, each.of) if each else ""
    rep = words.where_in_set(beat.rep, each.noun) if each and beat and each.reps > 1 else ""
    chapter = timeline.chapters[chapter_at(timeline, frame)]
    title = words.sentence(chapter.title) if chapter.is_round or not (name or rep) else ""
    return tuple(filter(None, (title, name, rep, minutes)))


def whereabouts_texts(timeline: Timeline, left_s: float) -> tuple[str, ...]:
    """Return every prompt that `whereabouts` may need with ``left_s`` seconds left, without repeats."""
    words = words_for(timeline.language)
    found: dict[str, None] = {}
    for chapter in timeline.chapters:
        found[words.sentence(chapter.title)] = None
    for each in timeline.sets:
        if name := words.where_in_sets(each.side, each.number, each.of):
            found[name] = None
        if each.reps > 1:
            found.update(dict.fromkeys(words.where_in_set(rep + 1, each.noun) for rep in range(each.reps)))
    found.update(dict.fromkeys(words.minutes_left(60.0 * m) for m in range(int(left_s // 60) + 2)))
    return tuple(found)
