"""What the lanes of a picture hold: what the listener does, where lines break, how loud it is."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from coach.exports.pictures.plot_data import (
    HOP,
    HOP_S,
    SILENT_LUFS,
    ChartLine,
    Doing,
    Speech,
    Stretch,
    busiest_minute,
    chart_lines,
    dose_text,
    loudness,
    seconds_of,
    speech,
    stretches,
    tempo_text,
)
from coach.language.dose import Dose
from coach.language.level import Level
from coach.session.activity import Activity
from coach.session.arrange import practice
from coach.session.compile import compile_session, joined
from coach.session.options import Detail, Options
from coach.session.timeline import RATE_HZ, Chapter, Frames, Role, Say, Silence, Timeline, frames
from coach.session.words.interface import words_for
from tests.doses import counted
from tests.fakes import ESTIMATED, bundled_chapters, curls

ENGLISH = words_for("en")

SHEETS = ("inner-knee", "inner-knee-no-floor", "step-ups", "leg-massage", "warm-up-walk")


def curled(dose: Dose | None = None) -> Timeline:
    """Curls as they are practised: 12 times, 45 seconds of rest, 12 times."""
    return compile_session("Curls", practice(curls(dose), Options()), ESTIMATED)


def bundled(name: str, level: Level = Level.STANDARD) -> Timeline:
    return joined(name, bundled_chapters(name, level))


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("name", SHEETS)
def test_what_is_done_tiles_the_session(name: str, level: Level) -> None:
    timeline = bundled(name, level)
    found = stretches(timeline)
    assert found[0].start == 0
    assert found[-1].end == timeline.length
    assert all(before.end == after.start for before, after in pairwise(found))
    assert all(stretch.end > stretch.start for stretch in found)


@pytest.mark.parametrize("name", SHEETS)
def test_within_a_set_every_movement_is_a_stretch_and_outside_nobody_moves(name: str) -> None:
    timeline = bundled(name)
    found = {stretch.start: stretch for stretch in stretches(timeline)}
    work = {Doing.MOVE, Doing.HOLD, Doing.LOOSE}
    beats = {beat.start: beat for each in timeline.sets for beat in each.beats}
    assert {start for start, stretch in found.items() if stretch.doing in work} == set(beats)
    for start, beat in beats.items():
        assert found[start].what == beat.cue
        assert (found[start].doing is Doing.HOLD) == (beat.role is Role.HOLD)
        assert (found[start].doing is Doing.LOOSE) == (beat.role is Role.LOOSE)


def test_a_rest_with_all_that_is_said_in_it_is_one_stretch_up_to_get_ready() -> None:
    timeline = curled()
    first, second = timeline.sets
    between = [each for each in stretches(timeline) if first.end <= each.start < second.start]
    assert between == [
        Stretch(first.end, second.ready, Doing.REST, "rest"),
        Stretch(second.ready, second.start, Doing.READY, "get ready"),
    ]


def test_time_to_do_something_ends_where_the_next_sentence_begins() -> None:
    timeline = curled()
    waits = [each for each in stretches(timeline) if each.doing is Doing.SET_UP]
    says = {event.start for event in timeline.events if isinstance(event, Say)}
    assert [each.what for each in waits] == ["time to do it"]
    assert waits[0].length_s == pytest.approx(5.0)
    assert waits[0].end in says


def test_what_is_said_of_the_time_does_not_end_a_wait() -> None:
    timeline = bundled("step-ups")
    fetching = [each for each in stretches(timeline) if each.what == "time to fetch it"]
    assert [each.length_s for each in fetching] == [pytest.approx(30.0)]


def test_who_takes_up_a_position_gets_ready() -> None:
    brief = compile_session("Curls", practice(curls(), Options(detail=Detail.BRIEF)), ESTIMATED)
    ready = [each for each in stretches(brief) if each.doing is Doing.READY]
    assert len(ready) == 2
    assert ready[0].length_s > 10.0  # twelve seconds, less "Set one of two." at their start
    assert ready[0].end == brief.sets[0].start


def test_seconds_are_counted_by_what_is_done() -> None:
    found = stretches(curled())
    total_s = seconds_of(found, Doing)
    assert total_s == pytest.approx(curled().duration_s)
    first, second = curled().sets
    assert first.end < second.start
    work_s = (first.end - first.start + second.end - second.start) / RATE_HZ
    assert seconds_of(found, {Doing.MOVE, Doing.HOLD, Doing.LOOSE}) == pytest.approx(work_s)


def test_every_role_is_some_kind_of_speech() -> None:
    kinds = {role: speech(role) for role in Role}
    assert kinds[Role.CAUTION] is kinds[Role.STOP_RULE] is Speech.WARNED
    assert kinds[Role.COUNT] is Speech.COUNT
    assert kinds[Role.INSTRUCTION] is Speech.TOLD
    assert set(kinds.values()) == set(Speech)


@pytest.mark.parametrize(
    ("dose", "text"),
    [
        (counted(12, sets=2, rest_s=30), "2 sets of 12"),
        (counted(6), "6 repetitions"),
        (
            counted(10, sets=2, rest_s=30, side_word="leg"),
            "2 sets of 10, right leg and left leg",
        ),
        (counted(1, side_word="arm"), "once, right arm and left arm"),
        (counted(1, sets=3, rest_s=30), "3 times"),
    ],
)
def test_a_dose_is_read_from_its_sets(dose: Dose, text: str) -> None:
    assert dose_text(curled(dose).sets, ENGLISH) == text


def test_without_sets_there_is_no_dose_and_no_tempo() -> None:
    assert dose_text((), ENGLISH) == tempo_text((), ENGLISH) == ""


def test_the_tempo_is_that_of_a_repetition_without_words() -> None:
    assert tempo_text(curled().sets, ENGLISH) == "curl 2 s, hold 3 s, lower 3 s, loose 1 s"
    assert tempo_text(curled(counted(6)).sets, ENGLISH) == "curl 2 s, hold 3 s, lower 3 s, loose 1 s"
    assert tempo_text(bundled("warm-up-walk").sets, ENGLISH) == "keep going 3:00"


@given(st.floats(3, 700))
@settings(max_examples=40)
def test_lines_tile_the_chapters_and_none_is_longer_than_asked(longest_s: float) -> None:
    timeline = bundled("inner-knee")
    found = chart_lines(timeline, longest_s)
    assert [line.start for line in found if line.start in {c.start for c in timeline.chapters}] == [
        chapter.start for chapter in timeline.chapters
    ]
    assert found[-1].end == timeline.length
    assert all(before.end == after.start for before, after in pairwise(found))
    assert all(0 < line.end - line.start <= round(longest_s * RATE_HZ) for line in found)
    for line in found:
        starts = [chapter.start for chapter in timeline.chapters]
        assert starts[line.chapter] <= line.start < [*starts[1:], timeline.length][line.chapter]


def test_a_chapter_that_fits_is_one_line() -> None:
    timeline = bundled("inner-knee")
    assert len(chart_lines(timeline, 600)) == len(timeline.chapters)


def test_no_set_is_broken_where_a_line_has_room_for_it() -> None:
    timeline = curled()
    length_s = max((each.end - each.ready) / RATE_HZ for each in timeline.sets)
    inner = {line.end for line in chart_lines(timeline, length_s + 1)}
    assert not any(each.start < end < each.end for each in timeline.sets for end in inner)


def test_a_set_that_is_longer_than_a_line_is_broken_between_two_repetitions() -> None:
    timeline = curled()
    inner = {line.end for line in chart_lines(timeline, 40)}
    reps = {b.start for each in timeline.sets for a, b in pairwise(each.beats) if a.rep != b.rep}
    broken = {end for end in inner for each in timeline.sets if each.start < end < each.end}
    assert broken
    assert broken <= reps


def test_a_long_movement_begins_a_line_where_it_can() -> None:
    timeline = bundled("leg-massage")
    each = timeline.sets[0]
    assert [beat.cue for beat in each.beats] == ["back", "front"]
    assert each.beats[1].start in {line.start for line in chart_lines(timeline, 40)}


def test_a_silence_that_is_longer_than_a_line_is_broken_evenly() -> None:
    whole = Timeline(
        "A wait",
        (Silence(Frames(0), frames(100), "rest", Role.REST, Activity.REST),),
        (Chapter(Frames(0), "A"),),
    )
    assert chart_lines(whole, 30) == tuple(
        ChartLine(0, frames(25 * n), frames(25 * n + 25)) for n in range(4)
    )


def test_lines_of_no_length_are_refused() -> None:
    with pytest.raises(ValueError, match="lines of 0 s"):
        chart_lines(curled(), 0)


def spoken(*lengths_and_pauses_s: tuple[float, float]) -> Timeline:
    """Prompts of these lengths, each after its pause."""
    events: list[Say | Silence] = []
    at = 0
    for length_s, pause_s in lengths_and_pauses_s:
        events.append(Silence(Frames(at), frames(pause_s), "pause", Role.PAUSE, Activity.PAUSE))
        at += frames(pause_s)
        events.append(Say(Frames(at), frames(length_s), "Words.", Role.INSTRUCTION, Frames(at)))
        at += frames(length_s)
    return Timeline("Words", tuple(events), (Chapter(Frames(0), "Words"),))


def test_the_busiest_minute_is_found_wherever_it_begins() -> None:
    start_s, speech_s = busiest_minute(spoken((5, 40), (20, 60), (20, 10), (5, 60)))
    assert speech_s == pytest.approx(40.0)
    assert 105.0 <= start_s + 60 <= 165.0 + 60
    assert start_s <= 105.0
    assert start_s + 60 >= 155.0


def test_a_minute_that_begins_within_a_prompt_counts_what_is_left_of_it() -> None:
    start_s, speech_s = busiest_minute(spoken((100, 10), (5, 100)))
    assert 10.0 <= start_s <= 50.0
    assert speech_s == pytest.approx(60.0)


def test_the_last_minute_may_be_the_busiest() -> None:
    start_s, speech_s = busiest_minute(spoken((5, 70), (20, 5), (5, 15)))
    assert (start_s, speech_s) == (60.0, 30.0)


def test_less_than_a_minute_is_counted_whole_and_silence_as_none() -> None:
    assert busiest_minute(spoken((3, 1), (4, 1))) == (0.0, 7.0)
    silence = Silence(Frames(0), frames(90), "rest", Role.REST, Activity.REST)
    assert busiest_minute(Timeline("Quiet", (silence,), (Chapter(Frames(0), "Quiet"),))) == (0.0, 0.0)


def tone(peak_dbfs: float, seconds: float) -> NDArray[np.float32]:
    """997 Hz, whose level BS.1770 gives for reference: 0 dBFS is -3.01 LUFS in one channel."""
    at = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return (10 ** (peak_dbfs / 20) * np.sin(2 * np.pi * 997 * at)).astype(np.float32)[:, np.newaxis]


def hops(samples: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
    """Pieces as `coach.sound.render.render` gives them in blocks of `HOP`."""
    for at in range(0, len(samples), HOP):
        yield samples[at : at + HOP]


def test_loudness_is_that_of_two_loudspeakers() -> None:
    levels = loudness(hops(tone(-20, 2.0)))
    assert len(levels) == 20
    assert levels[2:-2] == pytest.approx(-20.0, abs=0.2)


def test_loudness_is_heard_where_the_sound_is() -> None:
    silence = np.zeros((RATE_HZ, 1), np.float32)
    levels = loudness(hops(np.concatenate((silence, tone(-20, 0.4), silence))))
    assert float(levels.max()) == pytest.approx(-20.0, abs=0.3)
    assert abs((int(levels.argmax()) + 0.5) * HOP_S - 1.2) <= HOP_S
    assert levels[0] == levels[-1] == SILENT_LUFS


def test_the_last_hop_may_be_short_and_no_sound_has_no_level() -> None:
    assert len(loudness(hops(tone(-20, 0.43)))) == 5
    assert len(loudness([])) == 0
