"""Compute the frame at which a session goes on after a pause or a key.

Two rules hold for all of them. A repetition is never entered in the middle: it begins anew, after a
countdown. A sentence that was broken off is said again from its beginning.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, takewhile

from coach.session.place import (
    beat_at,
    chapter_at,
    chapter_end,
    fresh_start,
    is_long,
    rep_start,
    sentence_start,
    set_at,
)
from coach.session.timeline import RATE_HZ, Event, Frames, Role, Say, Silence, Timeline, Tone

BACK_WITHIN_S = 3.0
"""Back goes to the chapter before, if the chapter has begun less than so many seconds ago."""

AGAIN_WITHIN_S = 1.0
"""Again goes to the sentence before, if the sentence has begun less than so many seconds ago."""

TAUGHT = frozenset(Role) - {
    *(Role.PHASE, Role.COUNT, Role.TIME, Role.COUNTDOWN, Role.END),
    *(Role.MOVEMENT, Role.HOLD, Role.LOOSE, Role.PAUSE, Role.LEAD_IN),
}
"""Prompts that `again` repeats; not numbers, phase words and times, which are true for a moment only."""

_PASSING = frozenset({Role.TIME, Role.CUE})
"""Prompts within a wait ("ten seconds"): passed over when the wait is cut short, as they would be wrong."""


@dataclass(frozen=True, slots=True)
class ResumePoint:
    """Where to go on: frame ``at``, after 3-2-1 if ``counts_in``."""

    at: Frames
    counts_in: bool = False


def resume(timeline: Timeline, at: int) -> ResumePoint:
    """Where to go on after a break at a frame.

    In a set: at the start of that repetition, counted in; in a long movement, which is no repetition to be
    done again, where it was. In the countdown before a set: at its "get ready". Elsewhere: at the start of
    the sentence that was broken off, or where it was silent.
    """
    each = set_at(timeline, at)
    if each is not None:
        beat = beat_at(each, at)
        if is_long(each, beat):
            return ResumePoint(sentence_start(timeline, at))
        return ResumePoint(fresh_start(each, beat), counts_in=True)
    before_set = next((own for own in timeline.sets if own.ready <= at < own.start), None)
    if before_set is not None:
        return ResumePoint(before_set.ready)
    return ResumePoint(sentence_start(timeline, at))


def next_chapter(timeline: Timeline, at: int) -> ResumePoint:
    """The start of the next chapter; the end of what there is, if that has no further one."""
    return ResumePoint(chapter_end(timeline, chapter_at(timeline, at)))


def back(timeline: Timeline, at: int) -> ResumePoint:
    """The start of this chapter, or within its first three seconds that of the one before."""
    index = chapter_at(timeline, at)
    if index and at - timeline.chapters[index].start < BACK_WITHIN_S * RATE_HZ:
        index -= 1
    return ResumePoint(timeline.chapters[index].start)


@dataclass(frozen=True, slots=True)
class Repeat:
    """What is said again: ``texts`` as an answer; none if the session itself says it from there on."""

    texts: tuple[str, ...]
    resume_point: ResumePoint


def again(timeline: Timeline, at: int) -> Repeat:
    """Where to go on so that the last instruction is heard once more, and what to say before.

    Outside of sets the session goes back to it. In a set it is said as an answer, and the repetition begins
    anew after it; guiding sentences are said together, from the first of the repetition.
    """
    told = _told(timeline, at)
    last = next(told, None)
    if last is None:
        return Repeat((), resume(timeline, at))
    each = set_at(timeline, at)
    if each is None or is_long(each, beat_at(each, at)):
        is_being_said = at < last.start + last.length
        is_fresh = is_being_said and at - last.start < AGAIN_WITHIN_S * RATE_HZ
        first = next(told, last) if is_fresh else last
        if each is None and set_at(timeline, first.start) is None:
            return Repeat((), ResumePoint(first.start))
        is_said_anew = is_being_said and first is last
        return Repeat(() if is_said_anew else (first.text,), resume(timeline, at))
    texts = [last.text]
    if last.role is Role.GUIDE:
        start = rep_start(each, beat_at(each, last.start).rep)
        texts += [say.text for say in takewhile(lambda say: say.start >= start, told)]
    return Repeat(tuple(reversed(texts)), resume(timeline, at))


def _told(timeline: Timeline, at: int) -> Iterator[Say]:
    """The instructions up to a frame, the latest first."""
    for event in _back_from(timeline, at):
        if isinstance(event, Say) and event.role in TAUGHT:
            yield event


def _back_from(timeline: Timeline, at: int) -> Iterator[Event]:
    """The event at a frame (at the end: the last one) and those before it, the latest first."""
    i = timeline.index_at(at)
    return reversed(timeline.events) if i is None else (timeline.events[n] for n in range(i, -1, -1))


def go_on(timeline: Timeline, at: int) -> ResumePoint | None:
    """Where to go on for a listener who is ready before the time is up; None where nothing is waited for.

    In a wait: at the next thing that is said; what belonged to the wait ("ten seconds") is passed over. While
    sentences of a transition or of the set-up are said: at what they lead to. While one of a rest is said:
    at what is said after it. Cautions, rules and the countdown are not cut short, and neither is a set.
    """
    i = timeline.index_at(at)
    if i is None or set_at(timeline, at) or any(each.ready <= at < each.start for each in timeline.sets):
        return None
    here, rest = timeline.events[i], islice(timeline.events, i + 1, None)
    if is_wait(here) or (isinstance(here, Say) and here.role in _PASSING):
        return _first(rest, _PASSING)
    heard = next((event for event in _back_from(timeline, at) if not isinstance(event, Silence)), None)
    match heard:
        case Say(role=Role.TRANSITION | Role.INSTRUCTION):
            return _first(rest, {heard.role, *_PASSING})
        case Tone(role=Role.TRANSITION | Role.REST):
            return _first(rest, _PASSING)
        case Say(role=Role.REST):
            resting = takewhile(lambda event: event.role in {Role.REST, Role.PAUSE, *_PASSING}, rest)
            return _first(rest, _PASSING) if any(map(is_wait, resting)) else None
        case _:
            return None


def _first(events: Iterable[Event], passing: Collection[Role]) -> ResumePoint | None:
    """The start of the first event that sounds and whose role is not passed over."""
    heard = (event for event in events if not isinstance(event, Silence) and event.role not in passing)
    return next((ResumePoint(event.start) for event in heard), None)


def is_wait(event: Event) -> bool:
    """True for a silence in which something is waited for."""
    return isinstance(event, Silence) and event.is_wait
