"""Where in a session the listener is."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.language.dose import After, Dose, DoseRest, exactly
from coach.language.level import Level
from coach.session.arrange import practice
from coach.session.compile import compile_session, joined
from coach.session.options import Options
from coach.session.timeline import Frames, Say, Silence, Timeline, Tone, frames, says
from coach.session.whereabouts import (
    Place,
    beat_at,
    beat_end,
    begun_set,
    chapter_at,
    chapter_end,
    frame_of,
    fresh_start,
    is_long,
    movement_at,
    next_set,
    place_at,
    rep_bounds,
    rep_start,
    sentence_start,
    set_at,
    whereabouts,
    whereabouts_texts,
)
from coach.session.words import en as phrases
from coach.sheets.files import bundled
from tests.doses import counted, held
from tests.fakes import ESTIMATED, IN_TWO_SETS, bundled_chapters, curls, phase

SECOND = 48_000
NAMES = sorted(bundled())


def timeline_of(name: str, level: Level = Level.STANDARD, rate_wpm: int = 150) -> Timeline:
    return joined(name, bundled_chapters(name, level, rate_wpm))


def curled(dose: Dose | None = None) -> Timeline:
    return compile_session("Curls", practice(curls(dose), Options()), ESTIMATED)


def test_a_chapter_has_its_first_frame_and_not_its_last_ones_successor() -> None:
    timeline = curled()
    second = timeline.chapters[1].start
    assert [chapter_at(timeline, frame) for frame in (0, second - 1, second)] == [0, 0, 1]
    assert chapter_end(timeline, 0) == second
    assert chapter_end(timeline, 1) == timeline.length


def test_behind_the_end_is_the_last_chapter() -> None:
    timeline = curled()
    assert chapter_at(timeline, timeline.length) == 1


def test_a_set_begins_with_its_go_tone_and_ends_with_its_last_repetition() -> None:
    timeline = curled()
    first, second = timeline.sets
    assert set_at(timeline, first.start) is first
    assert set_at(timeline, first.end - 1) is first
    assert set_at(timeline, first.start - 1) is None
    assert set_at(timeline, first.end) is None
    assert set_at(timeline, second.start) is second
    assert set_at(timeline, 0) is None


def test_the_next_set_is_one_of_the_same_chapter() -> None:
    timeline = curled()
    first, second = timeline.sets
    assert next_set(timeline, 0) is None
    assert next_set(timeline, timeline.chapters[1].start) is first
    assert next_set(timeline, first.start) is second
    assert next_set(timeline, second.start) is None


def test_movements_tile_their_set() -> None:
    for each in timeline_of(IN_TWO_SETS).sets:
        ends = [beat_end(each, beat) for beat in each.beats]
        assert ends == [*(beat.start for beat in each.beats[1:]), each.end]
        for beat, end in zip(each.beats, ends, strict=True):
            assert beat_at(each, beat.start) == beat_at(each, end - 1) == beat


def test_a_set_has_begun_with_its_get_ready() -> None:
    timeline = curled()
    first, second = timeline.sets
    assert begun_set(timeline.sets, first.ready - 1) is None
    assert begun_set(timeline.sets, first.ready) is begun_set(timeline.sets, first.end - 1) is first
    assert begun_set(timeline.sets, first.end) is None
    assert begun_set(timeline.sets, second.ready) is second
    assert set_at(timeline, second.ready) is None


def test_a_frame_in_a_set_has_a_movement_and_a_repetition() -> None:
    timeline = curled()
    for each in timeline.sets:
        bounds = rep_bounds(each)
        assert bounds == [*(rep_start(each, rep + 1) for rep in range(each.reps)), each.end]
        for rep, (start, end) in enumerate(pairwise(bounds), start=1):
            for frame in (start, end - 1):
                assert movement_at(timeline, frame) == (each, beat_at(each, frame))
                assert beat_at(each, frame).rep == rep
        assert movement_at(timeline, each.start - 1) is movement_at(timeline, each.end) is None


def test_a_repetition_starts_with_its_first_movement() -> None:
    each = curled().sets[0]
    assert rep_start(each, 1) == each.start
    assert rep_start(each, 3) == next(beat.start for beat in each.beats if beat.rep == 3)
    assert rep_start(each, 99) == rep_start(each, 12)


def test_a_walk_is_long_and_a_long_hold_is_not() -> None:
    walk = timeline_of("warm-up-walk").sets[0]
    assert is_long(walk, walk.beats[0])
    hold = compile_session("Curls", practice(curls(held(30.0, 3)), Options()), ESTIMATED).sets[0]
    assert not any(is_long(hold, beat) for beat in hold.beats)


@pytest.mark.parametrize(("seconds", "expected"), [(20, True), (19, False)])
def test_a_movement_is_long_from_twenty_seconds_on(seconds: float, *, expected: bool) -> None:
    script = curls(counted(2))
    script = type(script)(
        "walk", "Walk", script.doses, (phase("walk", seconds),), script.instructions, cautions=()
    )
    each = compile_session("Walk", practice(script, Options()), ESTIMATED).sets[0]
    last = each.beats[-1]
    assert beat_end(each, last) - last.start == seconds * SECOND
    assert is_long(each, last) is expected


def test_what_follows_a_long_movement_begins_anew_behind_it() -> None:
    script = curls(counted(2))
    phases = (phase("rise", 2), phase("walk", 60), phase("turn", 4), phase("stop", 3))
    script = type(script)("walk", "Walk", script.doses, phases, script.instructions, cautions=())
    each = compile_session("Walk", practice(script, Options()), ESTIMATED).sets[0]
    rise, _, turn, stop, *_ = each.beats
    assert fresh_start(each, rise) == each.start
    assert fresh_start(each, turn) == fresh_start(each, stop) == turn.start
    assert fresh_start(each, each.beats[4]) == each.beats[4].start


def test_repetitions_without_long_movements_begin_anew_at_their_start() -> None:
    for each in timeline_of(IN_TWO_SETS).sets:
        for beat in each.beats:
            assert fresh_start(each, beat) == rep_start(each, beat.rep)


@pytest.mark.parametrize("level", list(Level))
@pytest.mark.parametrize("name", NAMES)
def test_a_place_is_found_again_in_the_same_session(name: str, level: Level) -> None:
    timeline = timeline_of(name, level)
    for event in timeline.events:
        for frame in (event.start, event.start + event.length - 1):
            each = set_at(timeline, frame)
            found = frame_of(timeline, place_at(timeline, frame))
            if each is None or is_long(each, beat_at(each, frame)):
                assert found == frame
            else:
                assert found == rep_start(each, beat_at(each, frame).rep)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("rate_wpm", [110, 200])
def test_a_place_is_found_again_with_another_voice(name: str, rate_wpm: int) -> None:
    timeline, other = timeline_of(name), timeline_of(name, rate_wpm=rate_wpm)
    for event in timeline.events:
        place = place_at(timeline, event.start)
        there = place_at(other, frame_of(other, place))
        # the very repetition, or the very stretch between two sets
        assert (there.chapter, there.side, there.number, there.rep) == (
            place.chapter,
            place.side,
            place.number,
            place.rep,
        )


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("now", list(Level))
def test_a_place_is_found_again_at_another_level(name: str, now: Level) -> None:
    timeline, other = timeline_of(name, Level.STRONG), timeline_of(name, now)
    for event in timeline.events:
        place = place_at(timeline, event.start)
        there = place_at(other, frame_of(other, place))
        own = [
            each
            for each in other.sets
            if chapter_at(other, each.start) == place.chapter and each.side == place.side
        ]
        number = min(place.number, max((each.number for each in own), default=0))
        reps = next((each.reps for each in own if each.number == number), 0)
        assert (there.chapter, there.title, there.side) == (place.chapter, place.title, place.side)
        assert (there.number, there.rep) == (number, min(place.rep, reps))


def test_the_repetition_of_a_place_is_found_from_its_start() -> None:
    timeline = curled()
    each = timeline.sets[1]
    fifth = rep_start(each, 5)
    place = place_at(timeline, fifth + 3 * SECOND)
    assert place == Place(1, "Curls", 3.0, "", 2, 5)
    assert frame_of(timeline, place) == fifth


def test_a_walk_is_found_to_the_second() -> None:
    timeline = timeline_of("warm-up-walk")
    frame = timeline.sets[0].start + 137 * SECOND
    assert frame_of(timeline, place_at(timeline, frame)) == frame


def test_a_place_in_a_walk_that_is_over_sooner_is_its_last_frame() -> None:
    timeline, gentle = timeline_of("warm-up-walk"), timeline_of("warm-up-walk", Level.GENTLE)
    place = place_at(timeline, timeline.sets[0].end - 1)
    assert frame_of(gentle, place) == gentle.sets[0].end - 1


def test_a_place_in_a_rest_counts_from_the_end_of_the_set() -> None:
    timeline = curled()
    first = timeline.sets[0]
    assert place_at(timeline, first.end + 7 * SECOND) == Place(1, "Curls", 7.0, "", 1, 0)


def test_a_place_that_would_lie_in_the_next_set_is_just_before_it() -> None:
    timeline = curled()
    first, second = timeline.sets
    assert frame_of(timeline, Place(1, "Curls", 4_000.0)) == first.start - 1
    assert frame_of(timeline, Place(1, "Curls", 4_000.0, "", 1)) == second.start - 1
    assert frame_of(timeline, Place(1, "Curls", 4_000.0, "", 2)) == timeline.length - 1
    assert frame_of(timeline, Place(0, timeline.chapters[0].title, 4_000.0)) == timeline.chapters[1].start - 1


def test_a_chapter_that_has_moved_is_found_by_its_title() -> None:
    timeline = timeline_of("inner-knee")
    title = timeline.chapters[3].title
    assert frame_of(timeline, Place(6, title, 0.0)) == timeline.chapters[3].start


def test_a_chapter_that_there_is_no_more_is_the_one_that_stands_there_now() -> None:
    timeline = timeline_of("inner-knee")
    assert frame_of(timeline, Place(2, "Cartwheels", 0.0)) == timeline.chapters[2].start
    assert frame_of(timeline, Place(99, "Cartwheels", 0.0)) == timeline.chapters[-1].start


def test_a_side_that_there_is_no_more_begins_its_chapter_anew() -> None:
    timeline = curled()
    assert frame_of(timeline, Place(1, "Curls", 1.0, "left leg", 1, 3)) == timeline.chapters[1].start
    assert frame_of(timeline, Place(1, "Curls", 1.0, "left leg", 1)) == timeline.chapters[1].start


def test_prompts_and_tones_are_broken_off_as_a_whole_and_silences_are_not() -> None:
    timeline = curled()
    for event in timeline.events:
        middle = event.start + event.length // 2
        expected = middle if isinstance(event, Silence) else event.start
        assert sentence_start(timeline, middle) == expected
        assert sentence_start(timeline, event.start) == event.start
    assert {type(event) for event in timeline.events} == {Say, Tone, Silence}
    assert sentence_start(timeline, timeline.length) == timeline.length


def test_in_a_set_one_is_told_side_set_repetition_and_minutes() -> None:
    timeline = timeline_of(IN_TWO_SETS)
    each = timeline.sets[1]
    told = whereabouts(timeline, rep_start(each, 7), 230.0)
    assert told == ("Right leg, second and final set.", "Repetition seven.", "Four minutes left.")


def test_outside_of_sets_one_is_told_the_chapter() -> None:
    timeline = timeline_of(IN_TWO_SETS)
    assert whereabouts(timeline, 0, 50.0) == ("Before we start.", "Less than one minute left.")


def test_in_a_walk_one_is_told_that_it_is_the_walk() -> None:
    timeline = timeline_of("warm-up-walk")
    frame = timeline.sets[0].start + SECOND
    assert whereabouts(timeline, frame, 61.0) == ("Warm-up walk.", "Two minutes left.")


@given(name=st.sampled_from(NAMES), part=st.floats(0, 1, exclude_max=True), more_s=st.floats(0, 1000))
def test_everything_that_one_may_be_told_is_known_before(name: str, part: float, more_s: float) -> None:
    timeline = timeline_of(name)
    frame = int(part * timeline.length)
    left_s = (timeline.length - frame) / SECOND + more_s
    texts = whereabouts_texts(timeline, timeline.duration_s + more_s)
    assert set(whereabouts(timeline, frame, left_s)) <= set(texts)
    assert len(set(texts)) == len(texts)


def test_nothing_is_prepared_that_is_never_told() -> None:
    texts = whereabouts_texts(timeline_of("warm-up-walk"), 60.0)
    assert phrases.where_in_set(1) not in texts
    assert "" not in texts


def test_a_time_before_the_first_set_counts_from_the_chapters_start() -> None:
    timeline = curled()
    start = timeline.chapters[1].start
    say = says(timeline.events[timeline.index_at(start) :])[1]
    assert place_at(timeline, say.start).offset_s == (say.start - start) / SECOND
    assert frame_of(timeline, Place(1, "Curls", 2.0)) == Frames(start + frames(2.0))


def test_the_round_is_named_before_the_place_in_it() -> None:
    chapters = practice(curls(counted(4, sets=2, rest_s=45)), Options(), times=3)
    timeline = compile_session("Curls", chapters, ESTIMATED)
    for number, each in zip(("one", "one", "two", "two", "three", "three"), timeline.sets, strict=True):
        here = whereabouts(timeline, rep_start(each, 2), 90.0)
        assert here[0] == f"Curls, round {number} of three."
        assert here[1:3] == (
            "Set one of two." if each.number == 1 else "Second and final set.",
            "Repetition two.",
        )
        assert set(here) <= set(whereabouts_texts(timeline, 90.0))
        place = place_at(timeline, each.start)
        assert (place.title, frame_of(timeline, place)) == (here[0].rstrip("."), each.start)


def test_a_place_in_a_rest_within_a_set_is_in_that_rest_again() -> None:
    dose = replace(held(20.0, reps=3), rests=(DoseRest(exactly(15.0), After.REP),))
    timeline = compile_session("Holds", practice(replace(curls(dose), phases=()), Options()), ESTIMATED)
    (each,) = timeline.sets
    for rest in (beat for beat in each.beats if beat.is_rest):
        for at in (rest.start, rest.start + SECOND, beat_end(each, rest) - 1):
            assert frame_of(timeline, place_at(timeline, at)) == rest.start
