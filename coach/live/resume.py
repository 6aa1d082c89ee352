"""Compute the frame at which a session goes on after a pause or a key.

Two rules hold for all of them. A repetition is never entered in the middle: it begins anew, after a
countdown. A sentence that was broken off is said again from its beginning. A listener can end what the dose
leaves open (`end_effort`), and a wait (`go_on`); neither cuts a caution or a countdown short.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, takewhile

from coach.session.question import question_at
from coach.session.timeline import (
    RATE_HZ,
    Beat,
    Event,
    Frames,
    Role,
    Say,
    Set,
    Silence,
    Timeline,
    Tone,
    frames,
    says,
)
from coach.session.whereabouts import (
    beat_at,
    beat_end,
    begun_set,
    chapter_at,
    chapter_end,
    fresh_start,
    is_long,
    may_end,
    movement_at,
    next_set,
    rep_start,
    sentence_start,
    set_at,
)

BACK_WITHIN_S = 3.0
"""`back` goes to the previous chapter during this many seconds of a chapter."""

AGAIN_WITHIN_S = 1.0
"""`again` goes to the previous sentence during this many seconds of a sentence."""

COUNT_IN = frames(3.0)
"""The length of 3-2-1."""

JUST_OVER_S = 2.0
"""For this many seconds after an effort that may be ended, the key is taken as meant for it, not the rest."""

TAUGHT = frozenset(Role) - {
    *(Role.PHASE, Role.COUNT, Role.TIME, Role.COUNTDOWN, Role.END),
    *(Role.MOVEMENT, Role.HOLD, Role.LOOSE, Role.PAUSE, Role.LEAD_IN),
}
"""Roles of prompts that `again` repeats; not numbers, phase words and times, true for a moment only."""

_NEVER_CUT = frozenset({Role.CAUTION, Role.STOP_RULE, Role.COUNTDOWN})

_PASSING = frozenset({Role.TIME, Role.CUE})
"""Roles of prompts within a wait ("ten seconds"), skipped with the wait, as they would be wrong."""


@dataclass(frozen=True, slots=True)
class ResumePoint:
    """The frame ``at`` to continue from, after 3-2-1 if ``counts_in``."""

    at: Frames
    counts_in: bool = False


def resume(timeline: Timeline, at: int) -> ResumePoint:
    """Find the point to continue from after a break at a frame.

    In a set: the start of that repetition, after a count-in; in a long movement, the exact position, as it is
    not repeated. From the "get ready" of a set to its start: that "get ready", which is a silence if the set
    is calm. Elsewhere, and in a rest within a set: the start of the interrupted sentence, or the exact
    position within a silence. An effort that would follow within less than 3-2-1 begins after a count-in.
    A question is asked again.
    """
    movement = movement_at(timeline, at)
    if movement:
        each, beat = movement
        if beat.is_rest:
            counts_down = _countdown(timeline, each, beat)
            return _led_in(
                counts_down if at >= counts_down else sentence_start(timeline, at), _after(each, beat)
            )
        if is_long(each, beat):
            return ResumePoint(sentence_start(timeline, at))
        return ResumePoint(fresh_start(each, beat), counts_in=not each.is_calm)
    if question := _question(timeline, at):
        return question
    begun, coming = begun_set(timeline.sets, at), next_set(timeline, at)
    point = begun.ready if begun else sentence_start(timeline, at)
    effort = coming and ResumePoint(coming.start, counts_in=not coming.is_calm)
    return _led_in(point, effort) if effort else ResumePoint(point)


def _question(timeline: Timeline, at: int) -> ResumePoint | None:
    """Return the start of the question that is asked at a frame, or whose time to answer runs."""
    question = question_at(timeline, at)
    return ResumePoint(question.start) if question and question.has(at) else None


def _led_in(at: Frames, effort: ResumePoint) -> ResumePoint:
    """Return a point to continue from; the start of the effort after it, if that is too near."""
    is_near = effort.counts_in and effort.at - at < COUNT_IN
    return effort if is_near else ResumePoint(at)


def next_chapter(timeline: Timeline, at: int) -> ResumePoint:
    """Return the start of the next chapter, or the end of the timeline after the last one."""
    return ResumePoint(chapter_end(timeline, chapter_at(timeline, at)))


def back(timeline: Timeline, at: int) -> ResumePoint:
    """Return the start of this chapter, or of the previous one during the first `BACK_WITHIN_S` seconds."""
    index = chapter_at(timeline, at)
    if index and at - timeline.chapters[index].start < BACK_WITHIN_S * RATE_HZ:
        index -= 1
    return ResumePoint(timeline.chapters[index].start)


@dataclass(frozen=True, slots=True)
class Repeat:
    """A repeated instruction: ``texts`` to answer with; empty if the session itself says it again."""

    texts: tuple[str, ...]
    resume_point: ResumePoint


def again(timeline: Timeline, at: int) -> Repeat:
    """Repeat the last instruction: find the texts to answer with and the point to continue from.

    Outside of sets the session jumps back to the instruction. In a set the instruction is an answer, after
    which the repetition restarts; guiding sentences are repeated together, from the repetition's first.
    """
    if question := _question(timeline, at):
        return Repeat((), question)
    told = _told(timeline, at)
    last = next(told, None)
    if last is None:
        return Repeat((), resume(timeline, at))
    each, beat = movement_at(timeline, at) or (None, None)
    if each is None or beat is None or is_long(each, beat):
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
    """Yield the instructions up to a frame, the latest first."""
    for event in _back_from(timeline, at):
        if isinstance(event, Say) and event.role in TAUGHT:
            yield event


def _back_from(timeline: Timeline, at: int) -> Iterator[Event]:
    """Iterate backwards over the events from the one at a frame; at the end, from the last one."""
    i = timeline.index_at(at)
    return reversed(timeline.events) if i is None else (timeline.events[n] for n in range(i, -1, -1))


def end_effort(timeline: Timeline, at: int) -> ResumePoint | None:
    """Find what comes after an effort that its dose leaves to the listener; None where nothing is open.

    In a hold or a time that may end early: the next movement, the rest, or what comes after the set; in
    another movement of a set that may end early, what comes after the set.
    """
    movement, i = movement_at(timeline, at), timeline.index_at(at)
    if movement is None or i is None or timeline.events[i].role in _NEVER_CUT:
        return None
    each, beat = movement
    if not may_end(each, beat):
        return None
    return _after(each, beat) if beat.may_end_early else ResumePoint(each.end)


def end_rest(timeline: Timeline, at: int) -> ResumePoint | None:
    """Find what comes after a rest within a set; None elsewhere, and while that is being counted in."""
    movement = movement_at(timeline, at)
    if movement is None or not movement[1].is_rest or _has_just_ended(timeline, at):
        return None
    each, beat = movement
    return _after(each, beat) if at < _countdown(timeline, each, beat) else None


def _after(each: Set, beat: Beat) -> ResumePoint:
    """Return the end of a movement; an effort that begins there is counted in, unless the set is calm."""
    end = beat_end(each, beat)
    coming = beat_at(each, end)
    begins = end < each.end and not coming.is_rest and (beat.is_rest or coming.rep != beat.rep)
    return ResumePoint(end, counts_in=begins and not each.is_calm)


def _countdown(timeline: Timeline, each: Set, rest: Beat) -> Frames:
    """Return the first frame of the countdown in a rest within a set; the end of the rest without one."""
    end = beat_end(each, rest)
    inside = islice(timeline.events, timeline.index_at(rest.start), timeline.index_at(end))
    return next((event.start for event in inside if event.role is Role.COUNTDOWN), end)


def _has_just_ended(timeline: Timeline, at: int) -> bool:
    """Tell whether an effort that might have been ended early has ended a moment ago."""
    since = at - JUST_OVER_S * RATE_HZ
    return any(
        may_end(each, beat)
        for each in timeline.sets
        for beat in each.beats
        if since < beat_end(each, beat) <= at
    )


def go_on(timeline: Timeline, at: int) -> ResumePoint | None:
    """Find the point to skip to for a listener who is ready early; None outside of waits.

    In a wait: the next sound after it, past the prompts of the wait itself ("ten seconds"). During a sentence
    of a transition or a set-up: the first sound after these sentences. During a sentence of a rest: the next
    sound after the sentence; in a rest within a set: the effort after it. In coach's own rules before a
    single exercise: the exercise. Cautions, the rules of a session, the countdown and sets cannot be skipped,
    nor the first `JUST_OVER_S` seconds after an effort that might have been ended.
    """
    i = timeline.index_at(at)
    if set_at(timeline, at):
        return end_rest(timeline, at)
    if i is None or begun_set(timeline.sets, at) or _has_just_ended(timeline, at):
        return None
    if is_before_practice(timeline, at):
        return ResumePoint(chapter_end(timeline, 0))
    return _end_wait(timeline, i)


def _end_wait(timeline: Timeline, i: int) -> ResumePoint | None:
    """Find what comes after the wait of event ``i``; None if it is none that may be ended."""
    here, rest = timeline.events[i], islice(timeline.events, i + 1, None)
    if is_wait(here) or (isinstance(here, Say) and here.role in _PASSING):
        return _first(rest, _PASSING)
    heard = next(
        (event for event in _back_from(timeline, here.start) if not isinstance(event, Silence)), None
    )
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


def is_before_practice(timeline: Timeline, at: int) -> bool:
    """Tell whether a frame lies in coach's own rules before a single exercise, which a sheet cannot have."""
    end = chapter_end(timeline, 0)
    roles = {say.role for say in says(timeline.events) if say.start < end}
    return (
        at < end < timeline.length
        and Role.STOP_RULE in roles
        and roles.isdisjoint({Role.OPENING, Role.QUESTION})
        and not any(each.start < end for each in timeline.sets)
    )


def _first(events: Iterable[Event], passing: Collection[Role]) -> ResumePoint | None:
    """Return the start of the first prompt or tone whose role is not in ``passing``."""
    heard = (event for event in events if not isinstance(event, Silence) and event.role not in passing)
    return next((ResumePoint(event.start) for event in heard), None)


def is_wait(event: Event) -> bool:
    """Tell whether an event is a silence in which the listener acts or rests."""
    return isinstance(event, Silence) and event.is_wait
