"""Choose where a session waits if the voice does not keep up: where its sheet waits, never in a set."""

from itertools import islice

from coach.session.timeline import Frames, Silence, Timeline


def heard_until(timeline: Timeline, at: int, settled: Frames, late_s: float) -> Frames:
    """Return the frame up to which a session is heard from frame ``at`` on, if it can be up to ``settled``.

    If a prompt would be late by ``late_s`` otherwise, that is the end of the last wait before ``settled``;
    without a wait, what can be heard is.
    """
    if late_s <= 0:
        return settled
    waits = [
        event.start + event.length
        for event in islice(timeline.events, timeline.index_at(max(0, at - 1)), None)
        if isinstance(event, Silence) and event.is_wait
    ]
    ends = [end for end in waits if at <= end <= settled and not _is_in_a_set(timeline, end)]
    return Frames(ends[-1]) if ends else settled


def _is_in_a_set(timeline: Timeline, frame: int) -> bool:
    """Tell whether a frame lies between the "get ready" of a set and its end."""
    return any(each.ready < frame < each.end for each in timeline.sets)
