"""What a moment of a session looks like."""

from bisect import bisect_right

from coach.language.model import Level
from coach.live.playhead import PlayableSession, Playhead, is_over, is_waiting
from coach.live.view import View
from coach.session.place import beat_at, beat_end, chapter_at, next_set, set_at
from coach.session.timeline import RATE_HZ, Role, Say, Set, Timeline, says
from coach.session.words import en as phrases


def view(session: PlayableSession, head: Playhead, level: Level, notice: str = "") -> View:
    """The view of what is heard at a playhead."""
    timeline = session.timeline
    at = min(head.at, timeline.length - 1)
    index = chapter_at(timeline, at)
    title = session.titles[index]
    each = set_at(timeline, at)
    said, said_at = _said_at(session, head, at, timeline.chapters[index].start)
    beat = beat_at(each, at) if each else None
    waits = is_waiting(session, head)
    return View(
        session=timeline.title,
        level=level,
        at_s=head.at / RATE_HZ,
        left_s=session.left_s(head.at),
        left_is_estimate=not session.is_whole,
        chapter=index + 1,
        chapters=len(session.titles),
        title=title,
        now=phrases.ONE_MOMENT if waits else beat.cue.capitalize() if beat else _now(timeline, at) or title,
        said=said,
        said_at_s=said_at / RATE_HZ,
        next=_next(session, index, at),
        phase=beat.cue if beat else "",
        phase_left_s=(beat_end(each, beat) - at) / RATE_HZ if each and beat else 0.0,
        rep=beat.rep if beat else 0,
        reps=each.reps if each else 0,
        set=each.number if each else 0,
        sets=each.of if each else 0,
        side=each.side if each else "",
        is_paused=head.is_paused,
        is_over=is_over(session, head),
        notice=notice,
        volume_db=head.gain_db,
    )


def _said_at(session: PlayableSession, head: Playhead, at: int, since: int) -> tuple[str, int]:
    """The words to be shown, and the frame of the session from which on they are said; "" without any."""
    if head.answer:
        words = _said(head.answer, head.answer_at)
        has_begun = words is not None or not says(head.answer.events)
        return (head.shown if head.shown and has_begun else words.text if words else ""), head.at
    if head.is_paused and head.shown:
        return head.shown, head.at
    if head.is_remarking and head.at < head.remark_at + session.clips[head.remark].length:
        return head.remark, head.remark_at
    words = _said(session.timeline, at, since)
    return (words.text, words.start) if words else ("", 0)


def _said(timeline: Timeline, at: int, since: int = 0) -> Say | None:
    """The last prompt that has begun by a frame, and not before another."""
    for i in range(bisect_right(timeline.events, at, key=lambda event: event.start) - 1, -1, -1):
        event = timeline.events[i]
        if event.start < since:
            return None
        if isinstance(event, Say):
            return event
    return None


def _now(timeline: Timeline, at: int) -> str:
    """What is done outside of a set; "" for what the chapter's title says best."""
    if any(each.ready <= at < each.start for each in timeline.sets):
        return phrases.GET_READY.rstrip(".")
    event = timeline.events[timeline.index_at(at) or 0]
    return phrases.REST.rstrip(".") if event.role is Role.REST else ""


def _next(session: PlayableSession, index: int, at: int) -> str:
    coming = next_set(session.timeline, at)
    if coming is not None:
        return _name(coming) or session.titles[index]
    return session.titles[index + 1] if index + 1 < len(session.titles) else ""


def _name(each: Set) -> str:
    return phrases.where_in_sets(each.side, each.number, each.of).rstrip(".")
