"""A music bed makes room for every cue before it comes, without a click."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from coach.language.level import Level
from coach.language.model import Sound
from coach.session.activity import Activity
from coach.session.compile import LEAD_IN, joined
from coach.session.timeline import RATE_HZ, Beat, Chapter, Frames, Role, Say, Silence, Timeline, Tone
from coach.session.timeline_builder import SECOND
from coach.sheets.files import bundled
from coach.sound.loudness import OFFSET_DB, k_mean_squares, level_lufs, true_peak
from coach.sound.music_bed import (
    AFTER,
    BED_LUFS,
    BEFORE,
    BRIDGED,
    CLIP_CEILING,
    DOWN,
    DUCK_DB,
    DUCKED,
    FADE_IN,
    FADE_OUT,
    HOP,
    MARGIN,
    OVER_LU,
    PEAK,
    RISE,
    UP,
    Automation,
    Span,
    automation_for,
    steadied,
)
from tests.fakes import bundled_chapters

LONG = 20 * SECOND
WHOLE = joined("A session", bundled_chapters("step-ups"))
WHOLE_GAIN = automation_for(WHOLE).gain(0, WHOLE.length)


def timeline(*lengths: tuple[str, int]) -> Timeline:
    """Events of these kinds and lengths, one after the other: say, tone or wait."""
    events: list[Say | Tone | Silence] = []
    at = Frames(0)
    for kind, length in lengths:
        match kind:
            case "say":
                events.append(Say(at, Frames(length), "Words.", Role.CUE, at))
            case "tone":
                events.append(Tone(at, Frames(length), Sound.REP, Role.MOVEMENT))
            case _:
                events.append(Silence(at, Frames(length), "wait", Role.REST, Activity.SET_UP))
        at = Frames(at + length)
    return Timeline("x", tuple(events), ())


def cues(of: Timeline) -> list[Span]:
    return [Span(each.start, each.start + each.length) for each in of.events if not isinstance(each, Silence)]


def decibels(gain: float) -> float:
    return float(20 * np.log10(gain))


def k_lufs(samples: NDArray[np.float32]) -> float:
    return float(OFFSET_DB + 10 * np.log10(k_mean_squares(samples[np.newaxis], RATE_HZ)[0]))


# Room for cues


@pytest.mark.parametrize("kind", ["say", "tone"])
def test_the_bed_goes_down_before_a_cue_stays_down_after_it_and_comes_up(kind: str) -> None:
    cue = timeline(("wait", LONG), (kind, SECOND), ("wait", LONG))
    gain = automation_for(cue).gain(0, cue.length)
    start, end = LONG, LONG + SECOND
    assert (gain[start - BEFORE - DOWN - SECOND : start - BEFORE - DOWN] == 1).all()
    down = gain[start - BEFORE - DOWN : start - BEFORE]
    assert (np.diff(down) < 0).mean() > 0.99
    assert decibels(down[DOWN // 2]) == pytest.approx(-0.5 * DUCK_DB, abs=0.01)
    assert (gain[start - BEFORE : end + AFTER] == DUCKED).all()
    assert decibels(float(DUCKED)) == pytest.approx(-DUCK_DB, abs=1e-5)
    up = gain[end + AFTER : end + AFTER + UP]
    assert (np.diff(up) >= 0).all()
    assert decibels(up[UP // 2]) == pytest.approx(-0.5 * DUCK_DB, abs=0.01)
    assert (gain[end + AFTER + UP : end + AFTER + UP + SECOND] == 1).all()


@pytest.mark.parametrize("name", sorted(bundled()))
def test_the_bed_is_down_under_every_cue_of_every_sheet(name: str) -> None:
    whole = joined(name, bundled_chapters(name))
    automation = automation_for(whole)
    for cue in cues(whole):
        around = automation.gain(cue.start - BEFORE, cue.end - cue.start + BEFORE + AFTER)
        assert around.max() <= DUCKED


def test_in_short_gaps_the_bed_stays_down_and_in_longer_ones_it_comes_up_whole() -> None:
    for gap, highest in ((BRIDGED - 1, DUCKED), (BRIDGED, 1.0)):
        two = timeline(("wait", LONG), ("say", SECOND), ("wait", gap), ("tone", SECOND), ("wait", LONG))
        assert automation_for(two).gain(LONG + SECOND, gap).max() == pytest.approx(highest, abs=1e-6)


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("name", sorted(bundled()))
def test_while_repetitions_are_counted_the_bed_comes_up_at_most_once_a_minute(
    name: str, level: Level
) -> None:
    whole = joined(name, bundled_chapters(name, level))
    automation = automation_for(whole)
    counted = [each for each in whole.sets if max(map(length_of, pairwise(each.beats)), default=LONG) < LONG]
    rises = 0
    for each in counted:
        gain = automation.gain(each.start, each.end - each.start)[::480]
        is_up = (gain > DUCKED * 10 ** (3.0 / 20)).astype(np.int8)
        rises += int((np.diff(is_up) > 0).sum())
    assert rises <= sum(each.end - each.start for each in counted) / RATE_HZ / 60


def length_of(beats: tuple[Beat, Beat]) -> int:
    return beats[1].start - beats[0].start


def test_in_a_set_the_bed_stays_down_in_longer_gaps_too() -> None:
    two = timeline(("wait", LONG), ("tone", SECOND), ("wait", 3 * SECOND), ("tone", SECOND), ("wait", LONG))
    of_a_set = replace(two, sets=(replace(WHOLE.sets[0], start=Frames(LONG), end=Frames(LONG + 5 * SECOND)),))
    gap = LONG + SECOND, 3 * SECOND
    assert automation_for(two).gain(*gap).max() == 1
    assert automation_for(of_a_set).gain(*gap).max() == DUCKED


def test_the_gain_has_no_corners() -> None:
    gain = WHOLE_GAIN[: 4 * 60 * SECOND].astype(np.float64)
    steps = np.abs(np.diff(gain))
    steepest = np.pi / 2 / DOWN * np.log(10) * DUCK_DB / 20  # of a raised cosine in decibels
    assert 0 < steps.max() <= steepest
    bends = np.abs(np.diff(gain[::48], n=2))  # each millisecond
    assert bends.max() < 2e-3


# Beginning and end


def test_the_bed_comes_in_after_the_lead_in_and_is_gone_at_the_end() -> None:
    automation = automation_for(WHOLE)
    assert not automation.gain(0, LEAD_IN).any()
    lone = timeline(("wait", LONG))
    gain = automation_for(
        replace(lone, events=(replace(lone.events[0], role=Role.LEAD_IN), *_later(lone)))
    ).gain(LONG, LONG)
    coming = gain[:FADE_IN]
    assert 0 < coming[0] < 1e-6
    assert (np.diff(coming) >= 0).all()
    assert (gain[FADE_IN : FADE_IN + SECOND] == 1).all()
    going = gain[-FADE_OUT:]
    assert (np.diff(going) <= 0).all()
    assert 0 < going[-1] < 1e-6
    assert going[FADE_OUT // 2] == pytest.approx(0.5, abs=1e-3)
    assert not automation.gain(WHOLE.length, 100).any()


def _later(of: Timeline) -> tuple[Silence, ...]:
    return (Silence(of.length, of.length, "wait", Role.REST, Activity.SET_UP),)


def test_the_bed_is_silent_long_enough_for_a_session_to_begin_as_after_a_pause() -> None:
    assert not automation_for(timeline(("say", LONG))).gain(0, RISE).any()


def test_a_last_chapter_that_is_short_has_the_whole_fade_to_itself() -> None:
    events = timeline(("say", LONG), ("wait", SECOND)).events
    short = Timeline("x", events, (Chapter(Frames(0), "One"), Chapter(Frames(LONG), "Two")))
    gain = automation_for(short).gain(0, short.length)
    assert (gain[FADE_IN + SECOND : LONG] == DUCKED).all()
    assert 0.99 * DUCKED < gain[LONG] <= DUCKED
    assert gain[-1] < 1e-6


# From any frame, of any length, at any time


@settings(max_examples=200)
@given(st.integers(0, WHOLE.length - 1), st.integers(1, 200_000))
def test_a_gain_depends_on_its_frame_alone(start: int, count: int) -> None:
    automation = automation_for(WHOLE)
    count = min(count, WHOLE.length - start)
    assert np.array_equal(automation.gain(start, count), WHOLE_GAIN[start : start + count])


@pytest.mark.parametrize("name", ["inner-knee", "step-ups", "warm-up-walk"])
def test_a_session_that_is_still_being_laid_out_has_the_gains_of_the_whole_one(name: str) -> None:
    laid = bundled_chapters(name)
    whole = automation_for(joined(name, laid))
    for count in range(1, len(laid)):
        part = joined(name, laid[:count])
        automation = automation_for(part, is_whole=False)
        for at in (part.chapters[-1].start, part.length - 10 * SECOND):
            assert np.array_equal(automation.gain(at, 10 * SECOND), whole.gain(at, 10 * SECOND))
        assert automation.spans[:-1] == whole.spans[: len(automation.spans) - 1]


def test_a_chapter_that_begins_with_silence_makes_no_difference_to_that() -> None:
    events = timeline(("say", LONG), ("wait", LONG), ("wait", LONG), ("say", SECOND), ("wait", LONG)).events
    chapters = (Chapter(Frames(0), "One"), Chapter(Frames(2 * LONG), "Two"))
    part = automation_for(Timeline("x", events[:2], chapters[:1]), is_whole=False).gain(0, 2 * LONG)
    assert np.array_equal(automation_for(Timeline("x", events, chapters)).gain(0, 2 * LONG), part)
    assert part[-1] == DUCKED


def test_a_cue_besides_is_made_room_for_as_if_it_were_in_the_timeline() -> None:
    two = timeline(("wait", LONG), ("say", SECOND), ("wait", LONG), ("say", SECOND), ("wait", LONG))
    for start in (LONG + 3 * SECOND, LONG + 2 * SECOND, 2 * LONG - SECOND, LONG + 10 * SECOND):
        also = Span(start, start + SECOND)
        spans = [*cues(two), also]
        expected = Automation(
            _sorted(spans), automation_for(two).opens, automation_for(two).closes, two.length
        )
        automation = automation_for(two)
        for at in range(0, two.length, 7_777):
            count = min(10_000, two.length - at)
            assert np.array_equal(automation.gain(at, count, also), expected.gain(at, count))


def _sorted(spans: list[Span]) -> tuple[Span, ...]:
    """Those closer than `BRIDGED` in one."""
    found = sorted(spans, key=lambda span: span.start)
    for i in range(len(found) - 1, 0, -1):
        if found[i].start - found[i - 1].end < BRIDGED:
            found[i - 1 : i + 1] = [Span(found[i - 1].start, found[i].end)]
    assert all(one.end <= other.start for one, other in pairwise(found))
    return tuple(found)


# How steady the music is


def music(seconds: float, seed: int = 1) -> NDArray[np.float32]:
    """Noise at `BED_LUFS`, with its margins."""
    noise = np.random.default_rng(seed).normal(0, 0.02, round(seconds * RATE_HZ) + 2 * MARGIN)
    sound = noise.astype(np.float32)
    return sound * np.float32(10 ** ((BED_LUFS - level_lufs(sound, RATE_HZ)) / 20))


def test_music_that_is_steady_stays_as_it_is() -> None:
    sound = music(4)
    assert np.array_equal(steadied(sound), sound[MARGIN:-MARGIN])


def test_no_part_of_the_music_is_much_louder_than_the_whole_may_be() -> None:
    sound = music(10)
    sound[MARGIN + 3 * SECOND : MARGIN + 5 * SECOND] *= 8
    sound[MARGIN + 7 * SECOND : MARGIN + 7 * SECOND + 3 * HOP] *= 3
    steady = steadied(sound)
    levels = [k_lufs(steady[at : at + 4 * HOP]) for at in range(0, len(steady) - 4 * HOP, HOP // 2)]
    assert max(levels) < BED_LUFS + OVER_LU + 0.3
    loud = steady[3 * SECOND + 2 * HOP : 5 * SECOND - 2 * HOP]
    assert BED_LUFS + OVER_LU - 0.5 < k_lufs(loud) < BED_LUFS + OVER_LU + 0.1
    untouched = slice(MARGIN, MARGIN + SECOND)
    assert np.array_equal(steady[:SECOND], sound[untouched])
    assert np.array_equal(steady[-SECOND:], sound[-SECOND - MARGIN : -MARGIN])


def test_no_peak_of_a_ducked_bed_can_lift_a_clip_above_its_bound() -> None:
    sound = music(4)
    sound[MARGIN + SECOND :: SECOND] = 0.9
    steady = steadied(sound)
    assert true_peak(sound) > 3 * PEAK
    assert 0.9 * PEAK < true_peak(steady) <= 1.02 * PEAK
    assert decibels(CLIP_CEILING + 1.02 * PEAK * float(DUCKED)) < -1.5


@settings(max_examples=10)
@given(st.integers(1, 60))
def test_what_is_made_of_a_frame_does_not_depend_on_where_a_piece_begins(hops: int) -> None:
    sound = music(10)
    sound[MARGIN + 3 * SECOND : MARGIN + 5 * SECOND] *= 8
    sound[MARGIN + SECOND :: SECOND] = 0.9
    whole = steadied(sound)
    assert np.allclose(steadied(sound[hops * HOP :]), whole[hops * HOP :], rtol=0, atol=1e-9)
