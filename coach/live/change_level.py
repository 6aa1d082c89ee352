"""Join the layouts of one chapter at two levels, so that it goes on at the new level from the next set.

The listener hears one continuous chapter: what has been heard stays, a set that has begun is finished at the
old level, and no sound is cut in two. `coach.live.chapters` says when this happens.
"""

from bisect import bisect_right
from dataclasses import replace

from coach.session.compile import Laid
from coach.session.timeline import Event, Frames, Say, Set, Silence
from coach.session.timeline_builder import STOP
from coach.session.whereabouts import begun_set


def shifted(laid: Laid, by: int) -> Laid:
    """Shift a chapter by a number of frames."""
    if not by:
        return laid
    return Laid(
        replace(laid.chapter, start=Frames(laid.chapter.start + by)),
        tuple(_later(event, by) for event in laid.events),
        laid.left_out,
        tuple(_later_set(each, by) for each in laid.sets),
        laid.longer_rests,
        tuple(Frames(start + by) for start in laid.starts),
    )


def revised(old: Laid, new: Laid, at: int) -> Laid:
    """Join the chapter ``old``, of which frame ``at`` is heard, to its layout ``new`` at another level.

    Both begin at the same frame. Where they are joined depends on ``at``:

    - in a set, or the countdown before it: at the end of that set;
    - before the first difference of both: all of ``new`` is taken;
    - elsewhere: before the next set, or, if the new level has no such set, after the pause that is heard.

    If the levels exercise different sides, ``old`` stays: nobody is to exercise one leg only.

    >>> from coach.session.activity import Activity
    >>> from coach.session.timeline import Chapter, Role
    >>> def chapter(*seconds):
    ...     starts = [sum(seconds[:i]) for i in range(len(seconds))]
    ...     waits = zip(starts, seconds)
    ...     silences = (Silence(s, length, "wait", Role.REST, Activity.REST) for s, length in waits)
    ...     return Laid(Chapter(0, "Rests"), tuple(silences), (), ())
    >>> revised(chapter(3, 4, 9), chapter(3, 4, 5), at=6).end
    12
    """
    begun = begun_set(old.sets, at)
    if begun is None and at < _parting(old, new):
        return new
    if {each.side for each in old.sets} != {each.side for each in new.sets}:
        return old
    cut_old, cut_new = _cuts(old, new, begun, at)
    by = cut_old - cut_new
    before = [event for event in old.events if event.start < cut_old]
    before[-1] = replace(before[-1], length=Frames(min(before[-1].length, cut_old - before[-1].start)))
    after = tuple(event for event in new.events if event.start >= cut_new)
    kept = tuple(each for each in old.sets if each.start < cut_old)
    coming = tuple(each for each in new.sets if each.start >= cut_new)
    return Laid(
        old.chapter,
        (*before, *(_later(event, by) for event in after)),
        new.left_out,
        (*kept, *(_later_set(each, by) for each in coming)),
        new.longer_rests,
    )


def _parting(old: Laid, new: Laid) -> Frames:
    """Return the first frame at which two chapters differ."""
    both = zip(old.events, new.events, strict=False)
    return next((one.start for one, other in both if one != other), min(old.end, new.end))


def _cuts(old: Laid, new: Laid, begun: Set | None, at: int) -> tuple[Frames, Frames]:
    """Return the frame where the old chapter is cut, and the frame where the new chapter continues."""
    if begun is not None:
        return begun.end, _end_of(new, begun)
    coming = next((each for each in old.sets if each.ready > at), None)
    if coming is None:
        return old.end, new.end
    same_set = [each for each in new.sets if (each.side, each.number) == (coming.side, coming.number)]
    if same_set:
        return coming.ready, same_set[0].ready
    return _pause_from(old, at), _end_of(new, coming)


def _pause_from(laid: Laid, at: int) -> Frames:
    """Return the first frame, ``at`` or later, that follows a full stop's pause (`STOP`)."""
    i = bisect_right(laid.events, at, key=lambda event: event.start) - 1
    silence = laid.events[i] if isinstance(laid.events[i], Silence) else laid.events[i + 1]
    return Frames(max(at, silence.start + min(STOP, silence.length)))


def _end_of(laid: Laid, done: Set) -> Frames:
    """Return the end of the set with the number and side of ``done``, or of the last set on that side."""
    own = [each for each in laid.sets if each.side == done.side and each.number <= done.number]
    return own[-1].end if own else laid.end


def _later(event: Event, by: int) -> Event:
    start = Frames(event.start + by)
    if isinstance(event, Say):
        return replace(event, start=start, onset=Frames(event.onset + by))
    return replace(event, start=start)


def _later_set(each: Set, by: int) -> Set:
    return replace(
        each,
        ready=Frames(each.ready + by),
        start=Frames(each.start + by),
        end=Frames(each.end + by),
        beats=tuple(replace(beat, start=Frames(beat.start + by)) for beat in each.beats),
    )
