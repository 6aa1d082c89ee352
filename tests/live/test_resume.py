"""Where a session goes on when its listener asks for something."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.language.level import Level
from coach.language.model import Script, Sound
from coach.live.resume import (
    Repeat,
    ResumePoint,
    again,
    back,
    go_on,
    is_before_practice,
    is_wait,
    next_chapter,
    resume,
)
from coach.session.activity import Activity
from coach.session.arrange import practice
from coach.session.compile import compile_session, joined
from coach.session.options import Detail, Options
from coach.session.timeline import Event, Frames, Role, Say, Silence, Timeline, Tone, says
from coach.session.whereabouts import beat_at, begun_set, chapter_at, is_long, rep_start, set_at
from coach.session.words import en as phrases
from coach.sheets.files import bundled
from tests.doses import counted, held
from tests.fakes import ESTIMATED, IN_TWO_SETS, bundled_chapters, curls, phase
from tests.wordings import usual

SECOND = 48_000
NAMES = sorted(bundled())


def timeline_of(name: str, level: Level = Level.STANDARD) -> Timeline:
    return joined(name, bundled_chapters(name, level))


def compiled(script: Script, choices: Options | None = None) -> Timeline:
    return compile_session(script.title, practice(script, choices or Options()), ESTIMATED)


def said(timeline: Timeline, text: str, after: int = 0) -> Say:
    """The first time that a text is said, in whatever wording."""
    return next(say for say in says(timeline.events) if usual(say.text) == text and say.start >= after)


def event_at(timeline: Timeline, frame: int) -> Event:
    i = timeline.index_at(frame)
    assert i is not None
    return timeline.events[i]


def next_said(timeline: Timeline, frame: int) -> str:
    """What is said first from a frame on."""
    return next(say.text for say in says(timeline.events) if say.start >= frame)


moments = st.tuples(st.sampled_from(NAMES), st.floats(0, 1, exclude_max=True))


# Going on after a break


def test_a_set_goes_on_at_the_start_of_the_repetition_that_was_broken_off() -> None:
    timeline = timeline_of(IN_TWO_SETS)
    each = timeline.sets[1]
    for rep in (1, 2, 7, 10):
        start = rep_start(each, rep)
        end = rep_start(each, rep + 1) if rep < 10 else each.end
        for at in (start, start + 1, (start + end) // 2, end - 1):
            assert resume(timeline, at) == ResumePoint(start, counts_in=True)


def test_the_first_frame_behind_a_set_is_no_repetition() -> None:
    timeline = timeline_of(IN_TWO_SETS)
    end = timeline.sets[0].end
    assert resume(timeline, end) == ResumePoint(end)


def test_a_countdown_begins_anew_with_get_ready() -> None:
    timeline = timeline_of(IN_TWO_SETS)
    for each in timeline.sets:
        for at in (each.ready, each.ready + 1, each.start - 2 * SECOND, each.start - 1):
            assert resume(timeline, at) == ResumePoint(each.ready)
        ready = event_at(timeline, each.ready)
        assert isinstance(ready, Say)
        assert ready.start == each.ready
        assert usual(ready.text).startswith(phrases.GET_READY.rstrip("."))


def test_a_sentence_begins_anew() -> None:
    timeline = timeline_of(IN_TWO_SETS)
    say = next(say for say in says(timeline.events) if say.role is Role.STOP_RULE)
    for at in (say.start, say.start + 1, say.start + say.length - 1):
        assert resume(timeline, at) == ResumePoint(say.start)
    assert resume(timeline, say.start + say.length) == ResumePoint(Frames(say.start + say.length))


def test_a_silence_goes_on_where_it_was() -> None:
    timeline = timeline_of(IN_TWO_SETS)
    wait = next(event for event in timeline.events if is_wait(event) and event.length > 3 * SECOND)
    assert resume(timeline, wait.start + 2 * SECOND) == ResumePoint(Frames(wait.start + 2 * SECOND))


def test_a_walk_goes_on_where_it_was_or_from_the_sentence_that_was_broken_off() -> None:
    timeline = timeline_of("warm-up-walk")
    each = timeline.sets[0]
    assert resume(timeline, each.start + 100 * SECOND) == ResumePoint(Frames(each.start + 100 * SECOND))
    cue = next(say for say in says(timeline.events) if say.role is Role.CUE and say.start > each.start)
    assert resume(timeline, cue.start + 5) == ResumePoint(cue.start)


def test_a_long_hold_is_held_anew() -> None:
    timeline = compiled(curls(held(30.0, 3)))
    each = timeline.sets[0]
    hold = next(beat for beat in each.beats if beat.rep == 2 and beat.role is Role.HOLD)
    assert resume(timeline, hold.start + 25 * SECOND) == ResumePoint(rep_start(each, 2), counts_in=True)


def test_what_follows_a_long_movement_does_not_take_one_back_before_it() -> None:
    phases = (phase("walk", 120), phase("turn", 4), phase("stop", 3))
    timeline = compiled(replace(curls(counted(2)), phases=phases))
    _, turn, stop, *_ = timeline.sets[0].beats
    assert resume(timeline, stop.start + 10) == ResumePoint(turn.start, counts_in=True)


def test_at_the_very_end_there_is_nothing_to_go_back_to() -> None:
    timeline = timeline_of(IN_TWO_SETS)
    assert resume(timeline, timeline.length) == ResumePoint(timeline.length)


def test_the_silence_to_get_ready_for_a_calm_set_begins_again() -> None:
    timeline = timeline_of("low-back")
    calm = next(each for each in timeline.sets if isinstance(event_at(timeline, each.ready), Silence))
    assert calm.is_calm
    assert resume(timeline, calm.start - 5) == resume(timeline, calm.ready + 5) == ResumePoint(calm.ready)


@settings(max_examples=300)
@given(moments)
def test_nothing_is_lost_and_no_more_is_done_again_than_one_repetition(moment: tuple[str, float]) -> None:
    timeline = timeline_of(moment[0])
    at = int(moment[1] * timeline.length)
    resume_point = resume(timeline, at)
    assert resume_point.at <= at
    each = set_at(timeline, at)
    if each is None:
        assert not resume_point.counts_in
        assert set_at(timeline, resume_point.at) is None
        begun = begun_set(timeline.sets, at)
        entered = at if begun is None else begun.ready  # a calm set has a silence to get ready in
        assert resume_point.at == entered or not isinstance(event_at(timeline, resume_point.at), Silence)
    else:
        beat = beat_at(each, at)
        assert resume_point.counts_in is not (each.is_calm or is_long(each, beat))
        assert beat_at(each, resume_point.at).rep == beat.rep
    assert chapter_at(timeline, resume_point.at) == chapter_at(timeline, at)
    assert resume(timeline, resume_point.at) == resume_point


# Next and back


def test_next_is_the_start_of_the_next_chapter() -> None:
    timeline = timeline_of("inner-knee")
    second, third = timeline.chapters[1:3]
    assert next_chapter(timeline, second.start) == next_chapter(timeline, third.start - 1)
    assert next_chapter(timeline, second.start) == ResumePoint(third.start)


def test_next_in_the_last_chapter_is_the_end() -> None:
    timeline = timeline_of(IN_TWO_SETS)
    assert next_chapter(timeline, timeline.chapters[-1].start) == ResumePoint(timeline.length)
    assert next_chapter(timeline, timeline.length) == ResumePoint(timeline.length)


def test_back_is_the_start_of_the_chapter_and_within_three_seconds_the_one_before() -> None:
    timeline = timeline_of("inner-knee")
    first, second = timeline.chapters[1:3]
    assert back(timeline, second.start + 3 * SECOND) == ResumePoint(second.start)
    assert back(timeline, second.start + 3 * SECOND - 1) == ResumePoint(first.start)
    assert back(timeline, second.start) == ResumePoint(first.start)
    assert back(timeline, second.start - 1) == ResumePoint(first.start)


def test_back_in_the_first_chapter_is_its_start() -> None:
    timeline = timeline_of("inner-knee")
    assert back(timeline, 0) == back(timeline, 10) == back(timeline, 9 * SECOND) == ResumePoint(Frames(0))


def test_back_at_the_very_end_is_the_start_of_the_last_chapter() -> None:
    timeline = timeline_of("inner-knee")
    assert back(timeline, timeline.length) == ResumePoint(timeline.chapters[-1].start)


# Again


def test_again_goes_back_to_the_sentence_that_is_being_said_or_was_last() -> None:
    timeline = timeline_of(IN_TWO_SETS)
    say = next(say for say in says(timeline.events) if say.role is Role.CAUTION)
    for at in (say.start + SECOND, say.start + say.length - 1, say.start + say.length):
        assert again(timeline, at) == Repeat((), ResumePoint(say.start))


def test_again_within_the_first_second_of_a_sentence_goes_to_the_one_before() -> None:
    timeline = timeline_of(IN_TWO_SETS)
    rules = [say for say in says(timeline.events) if say.role is Role.STOP_RULE]
    one, other = rules[0], rules[1]
    assert again(timeline, other.start) == Repeat((), ResumePoint(one.start))
    assert again(timeline, other.start + SECOND - 1) == Repeat((), ResumePoint(one.start))
    assert again(timeline, other.start + SECOND) == Repeat((), ResumePoint(other.start))


def test_again_in_the_lead_in_goes_on() -> None:
    timeline = timeline_of(IN_TWO_SETS)
    assert again(timeline, 0) == Repeat((), ResumePoint(Frames(0)))
    assert again(timeline, 10) == Repeat((), ResumePoint(Frames(10)))


def test_again_in_the_first_second_of_all_is_the_first_sentence() -> None:
    timeline = timeline_of(IN_TWO_SETS)
    first = says(timeline.events)[0]
    assert again(timeline, first.start + 10) == Repeat((), ResumePoint(first.start))


def test_again_behind_the_end_is_the_last_sentence() -> None:
    timeline = timeline_of(IN_TWO_SETS)
    last = says(timeline.events)[-1]
    assert again(timeline, timeline.length) == Repeat((), ResumePoint(last.start))


def test_again_in_a_guided_repetition_says_its_guide_and_begins_it_anew() -> None:
    timeline = timeline_of(IN_TWO_SETS)
    each = timeline.sets[0]
    guide = [say for say in says(timeline.events) if say.role is Role.GUIDE and say.start < each.end]
    told = tuple(say.text for say in guide)
    start = ResumePoint(each.start, counts_in=True)
    assert again(timeline, guide[2].start) == Repeat(told[:3], start)
    assert again(timeline, guide[0].start) == Repeat(told[:1], start)
    before_four = rep_start(each, 3) - 1
    assert again(timeline, before_four) == Repeat(told, ResumePoint(rep_start(each, 2), counts_in=True))


def test_again_in_a_set_says_the_last_cue_and_begins_the_repetition_anew() -> None:
    timeline = timeline_of(IN_TWO_SETS)
    each = timeline.sets[1]
    cue = [say for say in says(timeline.events) if say.role is Role.CUE and each.start < say.start < each.end]
    at = cue[1].start + cue[1].length
    rep = beat_at(each, at).rep
    assert again(timeline, at) == Repeat((cue[1].text,), ResumePoint(rep_start(each, rep), counts_in=True))


def test_again_at_the_start_of_a_set_says_what_led_to_it() -> None:
    timeline = timeline_of(IN_TWO_SETS)
    each = timeline.sets[1]
    told = "Set your whole right foot on the step."
    assert again(timeline, each.start) == Repeat((told,), ResumePoint(each.start, counts_in=True))
    assert said(timeline, told, timeline.sets[0].end).start < each.ready


def test_again_at_the_start_of_a_rest_says_what_was_said_in_the_set() -> None:
    timeline = timeline_of(IN_TWO_SETS)
    each = timeline.sets[0]
    last = [say for say in says(timeline.events) if say.start < each.end and say.role is Role.CUE][-1]
    tone = event_at(timeline, each.end)
    assert isinstance(tone, Tone)
    assert again(timeline, each.end) == Repeat((last.text,), ResumePoint(each.end))
    assert again(timeline, each.end + 100) == Repeat((last.text,), ResumePoint(each.end))


def test_again_in_a_walk_says_a_cue_that_is_over_and_goes_on() -> None:
    timeline = timeline_of("warm-up-walk")
    each = timeline.sets[0]
    cue = next(say for say in says(timeline.events) if say.role is Role.CUE and say.start > each.start)
    over = Frames(cue.start + cue.length)
    assert again(timeline, over) == Repeat((cue.text,), ResumePoint(over))


def test_again_in_the_middle_of_a_cue_of_a_walk_is_not_heard_twice() -> None:
    timeline = timeline_of("warm-up-walk")
    each = timeline.sets[0]
    cues = [
        say for say in says(timeline.events) if say.role is Role.CUE and each.start < say.start < each.end
    ]
    assert again(timeline, cues[1].start + SECOND) == Repeat((), ResumePoint(cues[1].start))
    assert again(timeline, cues[1].start + 10) == Repeat((cues[0].text,), ResumePoint(cues[1].start))


@settings(max_examples=300)
@given(moments)
def test_again_never_goes_forward_nor_into_a_set(moment: tuple[str, float]) -> None:
    timeline = timeline_of(moment[0])
    at = int(moment[1] * timeline.length)
    repeat = again(timeline, at)
    assert repeat.resume_point.at <= at
    there, here = set_at(timeline, repeat.resume_point.at), set_at(timeline, at)
    assert there == here
    heard = [say.text for say in says(timeline.events) if say.start <= at]
    assert set(repeat.texts) <= set(heard)


# Going on early


def test_a_wait_is_over_with_the_next_thing_that_is_said() -> None:
    timeline = timeline_of(IN_TWO_SETS)
    wait = next(event for event in timeline.events if is_wait(event) and event.length > 2 * SECOND)
    for at in (wait.start, wait.start + wait.length - 1):
        resume_point = go_on(timeline, at)
        assert resume_point is not None
        assert not resume_point.counts_in
        assert resume_point.at > at
        found = event_at(timeline, resume_point.at)
        assert isinstance(found, Say)
        assert found.role not in {Role.TIME, Role.CUE}


def test_ten_seconds_are_not_announced_of_a_wait_that_is_over() -> None:
    timeline = timeline_of("inner-knee")
    tens = (say for say in says(timeline.events) if usual(say.text) == phrases.time_left(10))
    ten, wait = next(
        (ten, wait)
        for ten in tens
        if isinstance(wait := event_at(timeline, ten.start - 10), Silence)
        and wait.activity is Activity.SET_UP
    )
    resume_point = go_on(timeline, wait.start)
    assert resume_point is not None
    assert resume_point == go_on(timeline, ten.start) == go_on(timeline, ten.start + ten.length)
    assert resume_point.at > ten.start
    assert next_said(timeline, resume_point.at) == next_said(timeline, ten.start + ten.length)


def test_a_rest_is_over_with_get_ready_or_the_set_up_that_comes_before_it() -> None:
    timeline = compiled(curls())
    first, second = timeline.sets
    middle = first.end + 15 * SECOND
    assert go_on(timeline, middle) == ResumePoint(second.ready)
    sided = timeline_of(IN_TWO_SETS)
    one, other = sided.sets[:2]
    resume_point = go_on(sided, one.end + 15 * SECOND)
    assert resume_point is not None
    assert one.end < resume_point.at < other.ready
    assert event_at(sided, resume_point.at).role is Role.REST


def test_the_name_of_the_next_set_is_not_passed_over() -> None:
    timeline = compiled(curls())
    end = timeline.sets[0].end
    rest = said(timeline, phrases.REST)
    name = next(say for say in says(timeline.events) if say.start > rest.start)
    assert usual(name.text).startswith("Next: second and final set")
    assert go_on(timeline, end) == ResumePoint(rest.start)
    assert go_on(timeline, rest.start) == ResumePoint(name.start)
    assert go_on(timeline, name.start) == ResumePoint(timeline.sets[1].ready)


def test_a_set_up_that_is_known_is_passed_over() -> None:
    timeline = timeline_of("lying-hamstring-curls")
    instructions = [say for say in says(timeline.events) if say.role is Role.INSTRUCTION]
    caution = next(say for say in says(timeline.events) if say.role is Role.CAUTION)
    assert go_on(timeline, instructions[0].start) == ResumePoint(caution.start)
    assert go_on(timeline, instructions[-1].start) == ResumePoint(caution.start)


def test_a_way_down_to_the_floor_is_passed_over_once_it_has_been_named() -> None:
    timeline = timeline_of("lying-hamstring-curls")
    down = said(timeline, phrases.COME_DOWN)
    title = said(timeline, "Lying hamstring curls.", down.start)
    assert go_on(timeline, down.start - 1) == ResumePoint(down.start)
    assert go_on(timeline, down.start) == ResumePoint(title.start)
    assert go_on(timeline, down.start + down.length) == ResumePoint(title.start)


def test_a_set_up_that_has_not_begun_is_not_passed_over() -> None:
    timeline = timeline_of("lying-hamstring-curls")
    first = next(say for say in says(timeline.events) if say.role is Role.INSTRUCTION)
    assert isinstance(event_at(timeline, first.start - 1), Silence)
    assert go_on(timeline, first.start - 1) is None


def test_a_change_of_sides_is_not_passed_over_before_it_is_named() -> None:
    timeline = timeline_of(IN_TWO_SETS)
    own = [event for event in timeline.events if isinstance(event, Tone) and event.role is Role.TRANSITION]
    start = next(tone.start for tone in own if tone.sound is Sound.SIDE)
    change = said(timeline, "Change legs.", start)
    assert go_on(timeline, start) == ResumePoint(change.start)
    resume_point = go_on(timeline, change.start)
    assert resume_point is not None
    assert event_at(timeline, resume_point.at).role is Role.INSTRUCTION


@pytest.mark.parametrize("role", [Role.CAUTION, Role.STOP_RULE, Role.DOSE, Role.TITLE, Role.CLOSING])
def test_what_is_not_waited_for_is_not_cut_short(role: Role) -> None:
    timeline = timeline_of("lying-hamstring-curls")
    own = [
        say for say in says(timeline.events) if say.role is role and say.start >= timeline.chapters[1].start
    ]
    assert own
    for say in own:
        assert go_on(timeline, say.start) is None
        assert go_on(timeline, say.start + say.length - 1) is None


def test_coach_s_own_rules_before_a_single_exercise_are_passed_over_and_a_session_s_are_not() -> None:
    timeline = timeline_of(IN_TWO_SETS)
    begin = timeline.chapters[1].start
    for say in says(timeline.events):
        if say.start < begin:
            assert go_on(timeline, say.start) == ResumePoint(begin)
    session = timeline_of("inner-knee")
    rules = [say for say in says(session.events) if say.role is Role.OPENING]
    assert len(rules) > 5
    assert all(go_on(session, rule.start) is None for rule in rules[:-1])


def test_neither_a_set_nor_its_countdown_is_cut_short() -> None:
    timeline = timeline_of(IN_TWO_SETS)
    for each in timeline.sets:
        for at in (each.ready, each.start - 1, each.start, each.end - 1):
            assert go_on(timeline, at) is None


def test_the_end_of_an_exercise_is_no_wait() -> None:
    timeline = timeline_of(IN_TWO_SETS)
    done = said(timeline, phrases.done("Step-ups"))
    assert go_on(timeline, done.start) is None
    assert go_on(timeline, timeline.length) is None
    assert go_on(timeline, timeline.length - 1) is None


def test_the_brief_form_has_a_wait_before_its_first_set() -> None:
    timeline = compiled(curls(), Options(detail=Detail.BRIEF))
    first = timeline.sets[0]
    assert go_on(timeline, first.ready - 1) == ResumePoint(first.ready)


@settings(max_examples=400)
@given(moments, st.booleans())
def test_going_on_passes_over_nothing_that_has_to_be_heard(
    moment: tuple[str, float],
    full: bool,
) -> None:
    name, part = moment
    timeline = timeline_of(name) if full else timeline_of(name, Level.GENTLE)
    at = int(part * timeline.length)
    resume_point = go_on(timeline, at)
    if resume_point is None or is_before_practice(timeline, at):
        return
    assert resume_point.at > at
    assert not resume_point.counts_in
    assert isinstance(event_at(timeline, resume_point.at), Say | Tone)
    here = event_at(timeline, at)
    passed = [
        event.role
        for event in timeline.events
        if here.start < event.start < resume_point.at and not isinstance(event, Silence)
    ]
    may_pass = {Role.TIME, Role.CUE}
    if not is_wait(here):
        may_pass |= {Role.TRANSITION, Role.INSTRUCTION}
    assert set(passed) <= may_pass
    assert not any(at < each.ready < resume_point.at for each in timeline.sets)
    assert set_at(timeline, at) is None


def test_silences_between_two_sounds_are_no_waits() -> None:
    timeline = compiled(curls())
    waits = [event.why for event in timeline.events if isinstance(event, Silence) and is_wait(event)]
    assert "time to do it" in waits
    assert "rest" in waits
    assert not {"pause", "lead-in", "end"} & set(waits)
    assert not any(is_wait(event) for event in timeline.events if not isinstance(event, Silence))
