"""What a dose leaves to the listener is ended with one key; its rest stays whole, and the diary knows."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from coach.diary.entries import Done
from coach.language.dose import After, Amount, Counted, Dose, DoseRest, Held, Timed, exactly
from coach.language.level import Level
from coach.language.model import Sound
from coach.live.actions import Action
from coach.live.apply_action import act
from coach.live.playhead import Playhead
from coach.live.resume import JUST_OVER_S, ResumePoint, end_effort, go_on, resume
from coach.live.session_loop import Message
from coach.live.tally import Tally
from coach.live.view import view
from coach.session.arrange import practice
from coach.session.compile import Laid, compile_chapters, compile_session
from coach.session.moves import ChapterMoves
from coach.session.options import Options
from coach.session.timeline import RATE_HZ, Beat, Frames, Role, Set, Timeline, Tone, says
from coach.session.timeline_builder import Sounds
from coach.session.whereabouts import beat_end, rep_start
from coach.sound.render import render
from tests.doses import counted
from tests.fakes import ESTIMATED, curls, phase, playable
from tests.live.fakes import LENGTHS, TONES, Heard, clip_of, played

UP_TO_TEN = Counted(
    sets=2, reps=(Amount(0, 10, is_open=True),), rests=(DoseRest(exactly(30.0), After.SET),), often="daily"
)
HELD_OPEN = Held(
    hold=Amount(0.0, 60.0, is_open=True), reps=(exactly(3),), rests=(DoseRest(exactly(20.0), After.REP),)
)
AS_MANY = Timed(work_s=exactly(30.0), as_many=True)
A_RANGE = Counted(sets=2, reps=(Amount(8, 12),), rests=(DoseRest(exactly(30.0), After.SET),))
LEFT_OPEN: list[Dose] = [
    UP_TO_TEN,
    HELD_OPEN,
    replace(HELD_OPEN, rests=()),
    AS_MANY,
    A_RANGE,
    Held(hold=Amount(20.0, 30.0), reps=(exactly(2),)),
    Timed(work_s=Amount(30.0, 60.0)),
    Timed(work_s=Amount(0.0, 60.0, is_open=True)),
]


def chapters(dose: Dose) -> tuple[ChapterMoves, ...]:
    script = curls(dose, reminders=(), breathing=())
    return practice(script if isinstance(dose, Counted) else replace(script, phases=()), Options())


def laid(dose: Dose) -> tuple[Laid, ...]:
    return tuple(compile_chapters(chapters(dose), ESTIMATED))


def timeline_of(dose: Dose) -> Timeline:
    return compile_session("Test", chapters(dose), ESTIMATED)


def efforts(timeline: Timeline) -> list[tuple[Set, Beat]]:
    """The movements that Enter may end."""
    return [
        (each, beat)
        for each in timeline.sets
        for beat in each.beats
        if beat.may_end_early or (each.may_end_early and not beat.is_rest)
    ]


@pytest.mark.parametrize("dose", LEFT_OPEN)
def test_an_effort_that_is_left_open_ends_with_what_comes_after_it(dose: Dose) -> None:
    timeline = timeline_of(dose)
    assert efforts(timeline)
    for each, beat in efforts(timeline):
        middle = (beat.start + beat_end(each, beat)) // 2
        point = end_effort(timeline, middle)
        assert point is not None
        assert point.at == (beat_end(each, beat) if beat.may_end_early else each.end)
        assert go_on(timeline, middle) is None, "it is an effort, and no wait"


@pytest.mark.parametrize("dose", [counted(10, sets=2), Held(hold=exactly(20.0), reps=(exactly(2),))])
def test_what_is_prescribed_exactly_is_not_ended_by_a_stray_key(dose: Dose) -> None:
    timeline = timeline_of(dose)
    for each in timeline.sets:
        assert all(end_effort(timeline, at) is None for at in range(each.start, each.end, RATE_HZ // 2))


@pytest.mark.parametrize("dose", LEFT_OPEN)
def test_nothing_of_cautions_and_countdowns_is_cut(dose: Dose) -> None:
    timeline = timeline_of(dose)
    after_the_rules = timeline.chapters[1].start
    for event in timeline.events:
        if event.start >= after_the_rules and event.role in {Role.CAUTION, Role.STOP_RULE, Role.COUNTDOWN}:
            middle = event.start + event.length // 2
            assert end_effort(timeline, middle) is None
            assert go_on(timeline, middle) is None
    session = playable(laid(dose))
    for each in timeline.sets:
        for pip in (e for e in timeline.events if isinstance(e, Tone) and e.sound is Sound.COUNTDOWN):
            if each.start <= pip.start < each.end:
                after = act(session, Playhead(pip.start), Action.GO_ON)
                assert after.at == pip.start


def test_the_key_sounds_at_once_and_the_whole_rest_is_heard() -> None:
    session = playable(laid(UP_TO_TEN))
    first = session.timeline.sets[0]
    for action in (Action.GO_ON, Action.NEXT):
        after = act(session, Playhead(Frames(rep_start(first, 4) + 50_000)), action)
        assert after.at == first.end
        assert after.answer is not None
        tone = after.answer.timeline.events[0]
        assert isinstance(tone, Tone)
        assert tone.sound is Sound.KEY
        assert not says(after.answer.timeline.events)


def test_a_key_that_comes_just_after_the_last_repetition_does_not_cost_the_rest() -> None:
    timeline = timeline_of(UP_TO_TEN)
    end = timeline.sets[0].end
    just_over = round(JUST_OVER_S * RATE_HZ)
    assert go_on(timeline, end) is go_on(timeline, end + just_over - 1) is None
    later = go_on(timeline, end + just_over)
    assert later is not None
    assert later.at <= timeline.sets[1].ready


def test_next_goes_to_the_next_part_where_nothing_is_open() -> None:
    session = playable(laid(counted(10, sets=2)))
    assert (
        act(session, Playhead(session.timeline.sets[0].start), Action.NEXT).at != session.timeline.sets[0].end
    )


def test_the_next_hold_after_one_that_was_ended_is_counted_in_unless_a_rest_does_that() -> None:
    with_rest, without = timeline_of(HELD_OPEN), timeline_of(replace(HELD_OPEN, rests=()))
    (each,) = with_rest.sets
    hold, rest, second, *_ = each.beats
    assert end_effort(with_rest, hold.start + RATE_HZ) == ResumePoint(rest.start)
    assert go_on(with_rest, rest.start + 3 * RATE_HZ) == ResumePoint(second.start, counts_in=True)
    (each,) = without.sets
    hold, loose, *_ = each.beats
    assert loose.role is Role.LOOSE
    assert end_effort(without, hold.start + RATE_HZ) == ResumePoint(loose.start)


def test_a_rest_between_holds_goes_on_where_it_was_and_repeats_no_hold() -> None:
    timeline = timeline_of(HELD_OPEN)
    (each,) = timeline.sets
    for rest, effort in ((a, b) for a, b in pairwise(each.beats) if a.is_rest):
        middle = rest.start + 8 * RATE_HZ
        assert rest.start <= resume(timeline, middle).at <= middle
        last = resume(timeline, effort.start - 1)
        assert last.at == next(
            event.start
            for event in timeline.events
            if event.start > rest.start and event.role is Role.COUNTDOWN
        )


def test_a_rest_too_short_for_a_countdown_is_counted_in_after_a_pause() -> None:
    timeline = timeline_of(replace(HELD_OPEN, rests=(DoseRest(exactly(1.0), After.REP),)))
    (each,) = timeline.sets
    rest, effort = each.beats[1:3]
    assert resume(timeline, rest.start + 20_000) == ResumePoint(effort.start, counts_in=True)


def test_a_pause_prolongs_a_range() -> None:
    timeline = timeline_of(A_RANGE)
    rest = timeline.sets[0].end + 4 * RATE_HZ
    assert timeline.sets[0].end <= resume(timeline, rest).at <= rest, "nothing is done again"
    timeline = timeline_of(Held(hold=Amount(20.0, 30.0), reps=(exactly(2),)))
    loose = timeline.sets[0].beats[1]
    assert resume(timeline, loose.start + 10) == ResumePoint(loose.start, counts_in=True)


def test_the_screen_shows_the_bound_and_what_enter_does() -> None:
    session = playable(laid(UP_TO_TEN))
    first = session.timeline.sets[0]
    shown = view(session, Playhead(rep_start(first, 3)), Level.STANDARD)
    assert (shown.rep, shown.reps, shown.is_bound, shown.may_end_early) == (3, 10, True, True)
    shown = view(session, Playhead(first.end), Level.STANDARD)
    assert (shown.is_bound, shown.may_end_early) == (False, False)
    session = playable(laid(HELD_OPEN))
    hold, rest, *_ = session.timeline.sets[0].beats
    assert view(session, Playhead(hold.start), Level.STANDARD).may_end_early
    assert not view(session, Playhead(rest.start), Level.STANDARD).may_end_early


# The whole session, and its diary


class Clips(dict):  # type: ignore[type-arg]
    def __missing__(self, text: str) -> object:
        return clip_of(text)

    def __contains__(self, text: object) -> bool:
        return True


def spoken(dose: Dose) -> Timeline:
    return compile_session("Test", chapters(dose), Sounds(Clips(), LENGTHS))


def done_of(dose: Dose, keys: list[tuple[float, Message]]) -> tuple[Done, Heard, np.ndarray]:
    heard, _, speakers = played(lambda _: chapters(dose), keys)
    ((entry, _),) = heard.diary
    (done,) = entry.exercises
    return done, heard, speakers.opened[0].sound


def exported(timeline: Timeline) -> np.ndarray:
    clips = {say.text: clip_of(say.text) for say in says(timeline.events)}
    return np.concatenate([block[:, 0].copy() for block in render(timeline, clips, TONES)])


@pytest.mark.parametrize("dose", LEFT_OPEN)
def test_without_a_key_what_is_heard_is_what_is_exported(dose: Dose) -> None:
    whole = exported(spoken(dose))
    done, _, sound = done_of(dose, [])
    first = int(np.flatnonzero(sound)[0]) - int(np.flatnonzero(whole)[0])
    assert np.array_equal(sound[first : first + len(whole)], whole)
    assert (done.sets, done.reps) == (done.of_sets, done.of_reps)


def test_the_diary_keeps_how_many_were_counted_of_an_open_set() -> None:
    first, _ = spoken(UP_TO_TEN).sets
    said = next(
        say
        for say in says(spoken(UP_TO_TEN).events)
        if say.role is Role.COUNT and say.start > rep_start(first, 7)
    )
    pressed_s = (said.start + said.length) / RATE_HZ + 0.5
    done, heard, _ = done_of(UP_TO_TEN, [(pressed_s, Action.GO_ON)])
    assert done.reps_by_set == (7, 10), "the seventh was called, and is not over"
    assert (done.sets, done.of_sets, done.reps, done.of_reps) == (2, 2, 17, 20)
    assert (done.up_to, done.often) == (True, "daily")
    assert "Eight." not in heard.said[: heard.said.index("Rest.")]


def test_a_repetition_whose_number_was_not_called_does_not_count() -> None:
    first, _ = spoken(UP_TO_TEN).sets
    done, _, _ = done_of(UP_TO_TEN, [(rep_start(first, 7) / RATE_HZ + 0.3, Action.GO_ON)])
    assert done.reps_by_set == (6, 10)


def test_a_set_that_was_ended_before_a_repetition_is_none() -> None:
    first, _ = spoken(UP_TO_TEN).sets
    done, _, _ = done_of(UP_TO_TEN, [(first.start / RATE_HZ + 1.0, Action.GO_ON)])
    assert (done.sets, done.reps_by_set) == (1, (0, 10))


def test_the_diary_keeps_how_long_each_hold_was() -> None:
    (each,) = spoken(HELD_OPEN).sets
    hold = each.beats[0]
    done, _, _ = done_of(HELD_OPEN, [(hold.start / RATE_HZ + 41.0, Action.GO_ON)])
    assert done.held_s == pytest.approx((41.0, 60.0, 60.0), abs=0.2)
    assert (done.sets, done.reps, done.of_reps) == (1, 3, 3)


@pytest.mark.parametrize("dose", [counted(3), Held(hold=exactly(10.0), reps=(exactly(3),))])
def test_a_repetition_is_done_before_the_rest_that_is_its_last_phase(dose: Dose) -> None:
    script = replace(curls(dose), phases=(phase("hold", 10), phase("rest", 20)))
    timeline = compile_session("Test", practice(script, Options()), ESTIMATED)
    (each,) = timeline.sets
    tally = Tally()
    tally.hear(timeline, each.ready, each.beats[-1].start)
    (done,) = tally.done(timeline, [Level.STANDARD] * len(timeline.chapters))
    assert (done.sets, done.reps) == (1, 3)


def test_what_was_broken_off_is_told_as_far_as_it_was_held() -> None:
    (each,) = spoken(HELD_OPEN).sets
    done, _, _ = done_of(HELD_OPEN, [(each.beats[0].start / RATE_HZ + 12.0, Action.STOP)])
    assert done.held_s == pytest.approx((12.0,), abs=0.2)
    assert (done.sets, done.reps) == (0, 0)


def test_after_the_key_what_follows_is_the_rest_as_it_is_exported() -> None:
    timeline = spoken(UP_TO_TEN)
    first = timeline.sets[0]
    _, _, sound = done_of(UP_TO_TEN, [(rep_start(first, 4) / RATE_HZ + 2.0, Action.GO_ON)])
    whole = exported(timeline)
    rest = whole[first.end : timeline.sets[1].end]
    start = int(np.flatnonzero(rest)[0])
    tail = sound[-(len(whole) - first.end) - RATE_HZ * 2 :]
    found = [
        i
        for i in np.flatnonzero(tail[: RATE_HZ * 3])
        if np.array_equal(tail[i : i + 2_000], rest[start : start + 2_000])
    ]
    assert found
    assert np.array_equal(tail[found[0] : found[0] + len(rest) - start], rest[start:])
