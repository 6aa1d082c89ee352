"""A timeline tiles its length, or it is none."""

import pytest

from coach.session.activity import Activity
from coach.session.timeline import Chapter, Frames, Role, Silence, Timeline


def silence(start: int, length: int) -> Silence:
    return Silence(Frames(start), Frames(length), "pause", Role.PAUSE, Activity.PAUSE)


def test_events_without_gaps_are_a_timeline() -> None:
    timeline = Timeline("x", (silence(0, 24_000), silence(24_000, 24_000)), (Chapter(Frames(24_000), "b"),))
    assert timeline.length == 48_000
    assert timeline.duration_s == 1.0


@pytest.mark.parametrize(
    "events",
    [
        (silence(1, 5),),
        (silence(0, 5), silence(6, 5)),
        (silence(0, 5), silence(4, 5)),
        (silence(0, 0),),
    ],
)
def test_gaps_overlaps_and_empty_events_are_refused(events: tuple[Silence, ...]) -> None:
    with pytest.raises(ValueError, match="frame"):
        Timeline("x", events, ())


def test_a_chapter_that_starts_within_an_event_is_refused() -> None:
    with pytest.raises(ValueError, match="starts at no event"):
        Timeline("x", (silence(0, 5),), (Chapter(Frames(3), "b"),))
