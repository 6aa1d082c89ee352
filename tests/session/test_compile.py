"""Laying out a score in time."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.language.dose import Amount, Sides, Timed, Wording, exactly
from coach.language.level import Level
from coach.language.model import Heading, Line, Part, Reference, Rest, Ring, Script, Session, Sound
from coach.session.activity import Activity
from coach.session.arrange import practice, score
from coach.session.compile import LEAD_IN, compile_session
from coach.session.estimate import Estimate, Estimates
from coach.session.moves import prompts
from coach.session.options import Count, Detail, Options
from coach.session.options import Counted as Called
from coach.session.repetitions import BEFORE_RELEASE
from coach.session.timeline import Event, Frames, Role, Say, Silence, Timeline, Tone, frames, says
from coach.session.timeline_builder import AFTER_TONE, BEFORE_TONE, USUAL, WIDE, Sounds, Spacing
from coach.session.words import en as phrases
from tests.doses import counted, held, timed
from tests.fakes import ESTIMATED, HERE, TONES, curls, line, phase, wait
from tests.wordings import usual

SECOND = 48_000


def compiled(script: Script, choices: Options | None = None, sounds: Sounds = ESTIMATED) -> Timeline:
    return compile_session(script.title, practice(script, choices or Options()), sounds)


def sets_of(timeline: Timeline) -> list[list[Event]]:
    """The events of each set, from its go tone to the end of its last repetition."""
    return [
        [event for event in timeline.events if each.start <= event.start < each.end] for each in timeline.sets
    ]


def texts(timeline: Timeline) -> list[str]:
    """What is said, in the usual words."""
    return [usual(say.text) for say in says(timeline.events)]


def onset_of(timeline: Timeline, text: str) -> Frames:
    return next(say.onset for say in says(timeline.events) if say.text == text)


def neighbours(timeline: Timeline) -> Iterator[tuple[Say | Tone, Say | Tone]]:
    return pairwise(event for event in timeline.events if not isinstance(event, Silence))


def test_practising_several_times_is_a_chapter_each_time_brief_from_the_second_on() -> None:
    rounds = practice(curls(), Options(), times=3)
    timeline = compile_session("Curls", rounds, ESTIMATED)
    titles = [chapter.title for chapter in timeline.chapters]
    assert titles[1:] == [f"Curls, round {n} of three" for n in ("one", "two", "three")]
    said = texts(timeline)
    assert said.count("Lie on your stomach.") == 1
    assert said.count("Heels up, hold, and lower.") == 2
    assert said.count("Keep your hips down.") == 3
    assert said.count("Next: Curls, set one of two.") == 2
    assert said.index("Round two of three.") < said.index("Third and final round.")
    ends = [e for e in timeline.events if isinstance(e, Tone) and e.sound is Sound.END]
    assert len(ends) == 1
    assert ends[0].start > says(timeline.events)[-1].start
    assert len(timeline.sets) == 3 * 2


def test_a_set_knows_its_number_its_side_and_every_movement() -> None:
    timeline = compiled(curls(counted(4, sets=2, rest_s=20, side_word="leg")))
    assert [(each.side, each.number, each.of, each.reps) for each in timeline.sets] == [
        ("right leg", 1, 2, 4),
        ("right leg", 2, 2, 4),
        ("left leg", 1, 2, 4),
        ("left leg", 2, 2, 4),
    ]
    for each in timeline.sets:
        starting = {event.start: event for event in timeline.events}
        assert starting[each.ready].role is Role.COUNTDOWN
        go = starting[each.start]
        assert isinstance(go, Tone)
        assert go.sound is Sound.GO
        assert [(beat.rep, beat.cue) for beat in each.beats] == [
            (rep, cue) for rep in range(1, 5) for cue in ("curl", "hold", "lower", "loose")
        ]
        assert each.beats[0].start == each.start
        assert all(beat.start in starting for beat in each.beats)
        assert each.beats[-1].start < each.end


def test_a_session_begins_with_half_a_second_of_silence() -> None:
    assert compiled(curls()).events[0] == Silence(
        Frames(0), LEAD_IN, "lead-in", Role.LEAD_IN, Activity.LEAD_IN
    )


def test_cautions_and_what_to_do_if_it_hurts_come_before_the_first_go_in_both_details() -> None:
    for detail in Detail:
        timeline = compiled(curls(), Options(detail=detail))
        go = next(event for event in timeline.events if isinstance(event, Tone) and event.sound is Sound.GO)
        before = [say.text for say in says(timeline.events) if say.start < go.start]
        assert "Keep your hips down." in before
        assert "If it hurts, bend less far, or stop." in before


def test_brief_says_the_brief_line_in_place_of_the_instructions() -> None:
    brief = texts(compiled(curls(), Options(detail=Detail.BRIEF)))
    assert "Heels up, hold, and lower." in brief
    assert "Lie on your stomach." not in brief
    assert "Bring your heels up," not in brief


def test_the_countdown_is_three_two_one_go_exactly_one_second_apart() -> None:
    timeline = compiled(curls(counted(8, sets=3, rest_s=45, side_word="leg")))
    starts = [
        event.start
        for event in timeline.events
        if isinstance(event, Tone) and event.sound in {Sound.COUNTDOWN, Sound.GO}
    ]
    assert len(starts) == 4 * 6
    for i in range(0, len(starts), 4):
        assert [b - a for a, b in pairwise(starts[i : i + 4])] == [SECOND] * 3


def test_get_ready_is_heard_five_seconds_and_ten_seconds_ten_before_go() -> None:
    timeline = compiled(curls())
    second_go = [e.start for e in timeline.events if isinstance(e, Tone) and e.sound is Sound.GO][1]
    ready = [say.onset for say in says(timeline.events) if usual(say.text) == phrases.GET_READY][1]
    ten = [say.onset for say in says(timeline.events) if usual(say.text) == "Ten seconds."][-1]
    assert second_go - ready == 5 * SECOND
    assert second_go - ten == 10 * SECOND


def test_a_rest_lasts_what_its_dose_says_from_its_tone_to_go() -> None:
    timeline = compiled(curls(counted(8, sets=2, rest_s=45)))
    rest = next(e.start for e in timeline.events if isinstance(e, Tone) and e.sound is Sound.REST)
    go = [e.start for e in timeline.events if isinstance(e, Tone) and e.sound is Sound.GO][1]
    assert go - rest == 45 * SECOND


def test_a_rest_names_what_comes_next_at_once() -> None:
    timeline = compiled(curls())
    said = texts(timeline)
    at = said.index("Rest.")
    assert said[at + 1] == "Next: second and final set."
    rest = next(e for e in timeline.events if isinstance(e, Tone) and e.sound is Sound.REST)
    assert onset_of(timeline, said[at + 1]) - rest.start < 4 * SECOND


def test_the_first_repetition_is_guided_the_second_has_the_phase_words_and_the_rest_only_tones() -> None:
    repetitions = compiled(curls(reminders=(), breathing=()))
    first_set = says(sets_of(repetitions)[0])
    assert [say.text for say in first_set[:8]] == [
        "Bring your heels up,", "hold them there,", "and lower them slowly.", "One.",
        "Curl.", "Hold.", "Lower.", "Two.",
    ]  # fmt: skip
    assert {say.role for say in first_set[8:]} == {Role.COUNT, Role.CUE}


def test_every_repetition_of_every_set_is_counted_aloud() -> None:
    every = Options(speak_counts=Called.EVERY)
    for own_set in sets_of(compiled(curls(counted(15, sets=2, rest_s=30, side_word="side")), every)):
        counts = [say.text for say in says(own_set) if say.role is Role.COUNT]
        assert counts == [phrases.count(n) for n in range(1, 16)]


def test_nothing_is_counted_when_the_listener_wants_no_numbers() -> None:
    timeline = compiled(curls(), Options(speak_counts=Called.NONE))
    assert not [say for say in says(timeline.events) if say.role is Role.COUNT]


@pytest.mark.parametrize(("reps", "heard"), [(9, []), (12, ["Ten."]), (20, ["Ten.", "Twenty."])])
def test_with_tens_only_the_tenth_and_its_multiples_are_counted(reps: int, heard: list[str]) -> None:
    timeline = compiled(curls(counted(reps, sets=1, rest_s=30)), Options(speak_counts=Called.TENS))
    assert [say.text for say in says(timeline.events) if say.role is Role.COUNT] == heard
    (only,) = timeline.sets
    starts = [beat.start for beat in only.beats if beat.cue == only.beats[0].cue]
    periods = {after - before for before, after in pairwise(starts[2:])}
    assert len(periods) <= 1, "with a number or without one, a repetition has the same length"


def test_what_is_known_is_brief_and_what_is_not_is_full() -> None:
    auto = Options(detail=Detail.AUTO)
    assert compiled(curls(), auto) == compiled(curls())
    assert compiled(curls(), replace(auto, known=("Squats",))) == compiled(curls())
    brief = Options(detail=Detail.BRIEF)
    assert texts(compiled(curls(), replace(auto, known=(curls().title,)))) == texts(compiled(curls(), brief))


def test_numbers_are_heard_exactly_where_the_loose_phase_begins() -> None:
    first_set = sets_of(compiled(curls()))[0]
    loose = [e.onset for e in first_set if isinstance(e, Say) and e.role is Role.COUNT]
    lower = [e.start for e in first_set if isinstance(e, Tone) and e.sound is Sound.HOLD_END]
    assert [number - tone for number, tone in zip(loose[2:], lower[2:], strict=True)] == [3 * SECOND] * 10


def test_words_are_heard_equally_long_after_the_tone_whatever_their_clips_begin_with() -> None:
    timeline = compiled(curls(counted(12, sets=2, rest_s=45)), sounds=Sounds(Padded(150), TONES))
    for own_set in sets_of(timeline):
        sounding = [event for event in own_set if not isinstance(event, Silence)]
        after = {
            say.onset - tone.start - tone.length
            for tone, say in pairwise(sounding)
            if isinstance(tone, Tone) and isinstance(say, Say) and say.role in {Role.GUIDE, Role.PHASE}
        }
        assert len(after) == 1
        assert AFTER_TONE <= after.pop() <= AFTER_TONE + 1920


def test_numbers_can_be_said_at_the_top() -> None:
    first_set = sets_of(compiled(curls(), Options(count=Count.TOP)))[0]
    tops = [e.start for e in first_set if isinstance(e, Tone) and e.sound is Sound.HOLD_START]
    numbers = [e.onset for e in first_set if isinstance(e, Say) and e.role is Role.COUNT]
    after = {number - top for number, top in zip(numbers[2:], tops[2:], strict=True)}
    assert len(after) == 1
    assert after.pop() >= TONES[Sound.HOLD_START] + AFTER_TONE


def test_halfway_two_more_and_last_one_are_said_in_their_own_repetition() -> None:
    first_set = says(sets_of(compiled(curls()))[0])
    said = [say.text for say in first_set]
    for cue, following in (("Halfway.", "Seven."), ("Two more.", "Eleven."), ("Last one.", "Twelve.")):
        number = next(say.text for say in first_set[said.index(cue) :] if say.role is Role.COUNT)
        assert number == following


def test_a_set_of_two_still_says_that_the_second_is_the_last() -> None:
    said = [say.text for say in says(sets_of(compiled(curls(counted(2))))[0])]
    assert said.index("One.") < said.index("Last one.") < said.index("Two.")


COUNTING = {phrases.TWO_MORE, phrases.LAST_ONE}


def test_after_a_cue_one_repetition_is_left_empty() -> None:
    reminders = tuple(line(f"Check number {word}.") for word in ("one", "two", "three"))
    for own_set in sets_of(compiled(curls(counted(30), reminders=reminders))):
        rep, reps = 1, []
        for say in says(own_set):
            reps += [rep] if say.role is Role.CUE and usual(say.text) not in COUNTING else []
            rep += say.role is Role.COUNT
        assert len(reps) == 1 + len(reminders) + 2
        assert all(later - earlier >= 2 for earlier, later in pairwise(reps))


def test_a_cue_without_room_in_the_set_is_said_in_the_rest_and_else_reported() -> None:
    long = line("Check that both of your hips are pressed down into the mat all of the time.")
    timeline = compiled(curls(counted(8, sets=2, rest_s=60), reminders=(long,), breathing=()))
    assert long.text not in [say.text for own_set in sets_of(timeline) for say in says(own_set)]
    between = [say for say in says(timeline.events) if say.text == long.text]
    assert [say.role for say in between] == [Role.CUE]
    assert timeline.left_out == ()
    assert compiled(curls(counted(8), reminders=(long,), breathing=())).left_out == (long.text,)


def test_a_cue_in_a_hold_ends_before_the_release() -> None:
    held = replace(curls(counted(12)), phases=(phase("curl", 0.5), phase("hold", 5), phase("loose", 1)))
    gaps = []
    for own_set in sets_of(compiled(held)):
        for before, after in pairwise(e for e in own_set if not isinstance(e, Silence)):
            if (
                isinstance(before, Say)
                and before.text.startswith("Are your hips")
                and isinstance(after, Tone)
            ):
                assert after.sound is Sound.HOLD_END
                gaps.append(after.start - before.start - before.length)
    assert gaps
    assert min(gaps) >= BEFORE_RELEASE


def test_breathing_is_said_just_before_the_effort_that_it_belongs_to() -> None:
    first_set = [e for e in sets_of(compiled(curls()))[0] if not isinstance(e, Silence)]
    at = next(i for i, e in enumerate(first_set) if isinstance(e, Say) and e.text.startswith("Breathe out"))
    assert isinstance(first_set[at - 1], Tone)
    assert first_set[at - 1].role is Role.MOVEMENT
    following = first_set[at + 1]
    assert isinstance(following, Say)
    assert following.role is Role.COUNT


def test_brief_leaves_time_to_take_up_the_position() -> None:
    timeline = compiled(curls(), Options(detail=Detail.BRIEF))
    go = next(e.start for e in timeline.events if isinstance(e, Tone) and e.sound is Sound.GO)
    assert go - onset_of(timeline, "Set one of two.") >= 10 * SECOND


def test_a_cue_of_one_side_is_never_carried_over_to_the_other() -> None:
    long = line("Is your right knee still straight over your right ankle, all of the way up and down?")
    dose = counted(6, sets=2, rest_s=60, side_word="leg")
    script = replace(curls(dose, reminders=(long,), breathing=()), phases=(phase("up", 1), phase("loose", 1)))
    timeline = compiled(script)
    change = next(e.start for e in timeline.events if isinstance(e, Tone) and e.sound is Sound.SIDE)
    heard = [say for say in says(timeline.events) if "still straight" in say.text]
    assert heard
    for say in heard:
        assert ("right knee" in say.text) == (say.start < change), say


def test_a_reminder_that_a_short_set_has_no_room_for_is_said_in_the_rest_or_reported() -> None:
    for rest_s in (10, 60):
        timeline = compiled(curls(counted(3, sets=2, rest_s=rest_s), breathing=()))
        said = {*texts(timeline), *timeline.left_out}
        assert "Are your hips down?" in said


def test_what_names_a_side_is_said_again_before_every_set_of_it() -> None:
    setup = line("Set your right foot on the step.")
    script = replace(
        curls(counted(6, sets=2, rest_s=60, side_word="leg")),
        instructions=(line("Stand tall."), setup, wait(3)),
    )
    timeline = compiled(script)
    said = texts(timeline)
    assert said.count("Set your right foot on the step.") == 2
    assert said.count("Set your left foot on the step.") == 2
    assert said.count("Stand tall.") == 1
    goes = [e.start for e in timeline.events if isinstance(e, Tone) and e.sound is Sound.GO]
    for go, text in zip(goes, ["right", "right", "left", "left"], strict=True):
        before = [say for say in says(timeline.events) if say.start < go and say.text.startswith("Set your")][
            -1
        ]
        assert text in before.text
        assert go - before.start >= 8 * SECOND


def test_practice_on_the_floor_gives_time_to_get_down_and_says_to_get_up_slowly() -> None:
    down = texts(compiled(replace(curls(), position="face down")))
    assert "You have forty seconds." in down
    assert down.index(phrases.GET_UP[0]) > down.index("That was curls.")
    assert phrases.GET_UP[0] not in texts(compiled(replace(curls(), position="standing")))


def test_practice_says_when_not_to_start_and_when_to_stop() -> None:
    said = texts(compiled(curls(), Options(detail=Detail.BRIEF)))
    assert set(phrases.SAFETY_RULES) <= set(said)


@pytest.mark.parametrize("position", ["", "standing", "face down", "in bed"])
@pytest.mark.parametrize("needs", ["", "a chair"])
def test_what_coach_says_before_a_single_exercise_takes_half_a_minute_and_names_no_part_of_the_body(
    position: str, needs: str
) -> None:
    timeline = compiled(replace(curls(), position=position, needs=needs))
    assert timeline.chapters[1].start < 30 * SECOND
    before = [say.text for say in says(timeline.events) if say.start < timeline.chapters[1].start]
    assert not re.search(r"knee|leg|back|shoulder", " ".join(before), re.IGNORECASE)


def test_the_first_movement_of_a_repetition_has_another_tone_than_the_next() -> None:
    script = replace(curls(), phases=(phase("up", 2), phase("tap", 1), phase("down", 2), phase("loose", 1)))
    tones = [event.sound for event in sets_of(compiled(script))[0] if isinstance(event, Tone)]
    assert tones[3:6] == [Sound.REP, Sound.MOVE, Sound.MOVE]


def test_the_other_side_is_swapped_word_by_word_and_has_its_change_over() -> None:
    script = replace(
        curls(counted(6, side_word="leg")),
        phases=(phase("lift", 2, "Lift your right leg, not the left,"), phase("loose", 1)),
    )
    timeline = compiled(script)
    said = texts(timeline)
    assert said.index("Lift your right leg, not the left,") < said.index("Lift your left leg, not the right,")
    side = next(e for e in timeline.events if isinstance(e, Tone) and e.sound is Sound.SIDE)
    go = [e.start for e in timeline.events if isinstance(e, Tone) and e.sound is Sound.GO][1]
    assert go - side.start >= 10 * SECOND
    assert said[said.index("Change legs.") + 1 :][:2] == ["Keep your hips down.", "Next: left leg."]


def test_holds_have_their_own_start_and_end_even_when_nothing_follows_them() -> None:
    plank = replace(curls(held(20.0, 3)), phases=())
    own_set = sets_of(compiled(plank))[0]
    tones = [event for event in own_set if isinstance(event, Tone)]
    assert [tone.sound for tone in tones if tone.sound is not Sound.GO] == [
        Sound.HOLD_END, Sound.HOLD_START, Sound.HOLD_END, Sound.HOLD_START, Sound.HOLD_END,
    ]  # fmt: skip
    assert tones[2].start - tones[1].start >= 2 * SECOND
    assert tones[3].start - tones[2].start == 20 * SECOND


def test_long_movements_are_announced_to_the_second_and_never_silent_for_long() -> None:
    walk = replace(curls(timed(300.0)), phases=())
    timeline = compiled(walk)
    own_set = sets_of(timeline)[0]
    end = next(e.start for e in timeline.events if isinstance(e, Tone) and e.sound is Sound.REST)
    assert end - onset_of(timeline, "One minute left.") == 60 * SECOND
    assert end - next(say.onset for say in says(own_set) if say.text == "Ten seconds.") == 10 * SECOND
    silences = [event for event in own_set if isinstance(event, Silence)]
    assert max(silence.length for silence in silences) <= 30 * SECOND


def test_the_only_form_cue_is_said_once_in_a_long_movement_and_not_in_the_next_one_again() -> None:
    walk = replace(
        curls(counted(4), reminders=(line("Swing your arms."),), breathing=()),
        phases=(phase("brisk", 120), phase("easy", 60)),
    )
    timeline = compiled(walk)
    (walking,) = timeline.sets
    cues = [say.start for say in says(timeline.events) if say.text == "Swing your arms."]
    starts = [beat.start for beat in walking.beats]
    assert [bisect_right(starts, cue) - 1 for cue in cues] == [0, 2, 4, 6]


def test_a_hold_of_five_seconds_has_room_for_a_cue_in_the_last_repetitions_too() -> None:
    stretch = replace(
        curls(
            replace(counted(6), sides=Sides.ALTERNATING),
            reminders=(line("Let your head rest."),),
            breathing=(line("Breathe calmly."),),
        ),
        phases=(phase("pull", 2), phase("hold", 10)),
    )
    said = texts(compiled(stretch))
    assert said.index("Stay with it.") < said.index("Breathe calmly.") < len(said)
    assert "Let your head rest." in said


def test_a_number_in_the_movement_of_the_last_one_comes_before_it() -> None:
    stretch = replace(curls(counted(2)), phases=(phase("lean", 10),))
    said = texts(compiled(stretch))
    assert said.index("Two.") + 1 == said.index("Last one.")


def test_what_a_range_leaves_open_is_said_before_the_tone_that_ends_the_exercise() -> None:
    timeline = compiled(curls(replace(counted(8), reps=(Amount(8, 10),))))
    end = next(e.start for e in timeline.events if isinstance(e, Tone) and e.sound is Sound.REST)
    assert timeline.sets[0].end <= onset_of(timeline, "That is enough, or up to two more.") < end


def test_what_follows_an_exercise_leads_to_the_next_and_names_it_first() -> None:
    squats = replace(curls(), name="squats", title="Squats")
    session = Session(
        "legs",
        "Legs",
        (
            Heading("Before we start", HERE),
            line("Stop at any sharp pain."),
            Reference("curls", None, HERE),
            line("Come up now."),
            wait(40),
            Rest(60, HERE),
            Reference("squats", Wording(reps=(exactly(8),)), HERE),
            line("Well rested, carry on."),
        ),
    )
    scored = score(session, {"curls": curls(), "squats": squats}, Options())
    timeline = compile_session("Legs", scored, ESTIMATED)
    assert [chapter.title for chapter in timeline.chapters] == [
        "Before we start",
        "Curls",
        "Squats",
        "To finish",
    ]
    said = texts(timeline)
    assert said[said.index("That was curls.") + 1 :][:3] == ["Next: Squats.", "Come up now.", "Ten seconds."]
    assert "Rest for one minute." in said
    assert isinstance(timeline.events[-3], Tone)
    assert timeline.events[-3].sound is Sound.END


def test_sets_and_repetitions_of_ones_own_leave_what_is_done_once_or_for_a_time_as_it_is() -> None:
    own = Options(sets=3, reps=9)
    for dose in (counted(1, side_word="side"), timed(60.0)):
        script = replace(
            curls(dose), phases=() if isinstance(dose, Timed) else (phase("rub", 60), phase("pat", 60))
        )
        assert texts(compiled(script, own)) == texts(compiled(script))
    assert "Three sets of nine." in texts(compiled(curls(), own))


def test_a_prompt_without_a_clip_is_named() -> None:
    with pytest.raises(ValueError, match="no clip for the prompt 'Curls"):
        compiled(curls(), sounds=Sounds({}, TONES))


exercises = st.builds(
    lambda seconds, dose, reminders: replace(
        curls(dose, reminders=tuple(line(text) for text in reminders)),
        phases=(
            phase("up", seconds[0], "Lift your right leg,"),
            phase("hold", seconds[1], "hold it,", gentle=0),
            phase("down", seconds[2]),
            phase("loose", seconds[3]),
        ),
    ),
    st.tuples(*[st.sampled_from([0.2, 1.0, 1.7, 3.0, 5.0, 21.0])] * 4),
    st.builds(
        lambda reps, hold_s, **in_sets: held(hold_s, reps, **in_sets) if hold_s else counted(reps, **in_sets),
        st.integers(1, 14),
        st.none() | st.sampled_from([2.0, 25.0]),
        sets=st.integers(1, 3),
        rest_s=st.sampled_from([0.0, 1.0, 12.0, 45.0]),
        side_word=st.sampled_from(["", "side"]),
    ),
    st.lists(st.sampled_from(["Slow.", "Is your hip down?", "Is " + "very " * 12 + "slow?"]), max_size=3),
)
choices = st.builds(Options, st.sampled_from(Level), st.sampled_from(Detail), count=st.sampled_from(Count))
paces = st.sampled_from([70, 150, 260])


class Padded(dict[str, Estimate]):
    """Estimates with an onset that differs from text to text, up to 40 ms."""

    def __init__(self, rate_wpm: int) -> None:
        self._estimates = Estimates(rate_wpm)

    def __missing__(self, text: str) -> Estimate:
        return replace(self._estimates[text], onset=Frames(len(text) * 997 % 1920))

    def __contains__(self, text: object) -> bool:
        return True


@settings(max_examples=400)
@given(exercises, choices, paces, st.sampled_from([USUAL, WIDE]))
def test_speech_keeps_its_distance_from_every_tone(
    script: Script, choice: Options, rate_wpm: int, spacing: Spacing
) -> None:
    assert_apart(compiled(script, choice, Sounds(Padded(rate_wpm), TONES, spacing)), spacing)


def assert_apart(timeline: Timeline, spacing: Spacing = USUAL) -> None:
    """Speech stands so far after a tone, and so far before one and before other speech."""
    for before, after in neighbours(timeline):
        gap = after.start - before.start - before.length
        is_after_tone = isinstance(before, Tone) and isinstance(after, Say)
        assert gap >= (spacing.after_tone if is_after_tone else spacing.before_tone), (before, after)


def test_wide_spacing_is_wider_between_every_tone_and_word() -> None:
    assert WIDE.after_tone > USUAL.after_tone
    assert WIDE.before_tone > USUAL.before_tone
    wide = compiled(curls(), sounds=Sounds(Estimates(), TONES, WIDE))
    assert wide.length > compiled(curls()).length
    assert texts(wide) == texts(compiled(curls()))


parts = st.lists(
    st.one_of(
        st.builds(line, st.sampled_from(["Stand up.", "Walk,", "You have twenty seconds."])),
        st.builds(wait, st.sampled_from([0.05, 1.0, 19.9, 20.0, 61.0])),
        st.builds(lambda sound: Ring(sound, HERE), st.sampled_from(Sound)),
        st.builds(lambda seconds: Rest(seconds, HERE), st.sampled_from([1.0, 25.0])),
        st.just(Heading("Between", HERE)),
        st.just(Reference("curls", None, HERE)),
    ),
    max_size=8,
)


@settings(max_examples=300)
@given(parts, exercises, choices, paces)
def test_whatever_a_session_is_made_of_sounds_stay_apart(
    made_of: list[Part], script: Script, choice: Options, rate_wpm: int
) -> None:
    session = Session("x", "Knee", tuple(made_of))
    scored = score(session, {"curls": script}, choice)
    timeline = compile_session("Knee", scored, Sounds(Padded(rate_wpm), TONES))
    assert_apart(timeline)
    said = texts(timeline)
    assert [text for text in said if text in {part.text for part in made_of if isinstance(part, Line)}] == [
        part.text for part in made_of if isinstance(part, Line)
    ]
    assert said.count("That was curls.") == sum(isinstance(part, Reference) for part in made_of)


def test_at_the_top_without_a_hold_is_the_second_movement() -> None:
    script = replace(curls(counted(4)), phases=(phase("up", 2), phase("down", 3), phase("loose", 1)))
    own_set = sets_of(compiled(script, Options(count=Count.TOP)))[0]
    third = next(e for e in own_set if isinstance(e, Say) and e.text == "Three.")
    before = [e for e in own_set if isinstance(e, Tone) and e.start < third.start][-1]
    assert before.sound is Sound.MOVE


def test_last_one_is_said_in_a_hold_that_is_long_though_it_comes_second() -> None:
    script = replace(curls(counted(4)), phases=(phase("up", 1), phase("hold", 30), phase("down", 1)))
    timeline = compiled(script)
    assert {"Two more.", "Last one."} <= set(texts(timeline))
    assert "Last one." not in timeline.left_out


@settings(max_examples=400)
@given(exercises, choices, paces)
def test_from_the_third_on_repetitions_are_periodic_to_the_frame(
    script: Script, choice: Options, rate_wpm: int
) -> None:
    timeline = compiled(script, choice, Sounds(Padded(rate_wpm), TONES))
    for own_set in sets_of(timeline):
        tones = [e for e in own_set if isinstance(e, Tone) and e.sound is not Sound.COUNTDOWN]
        reps = script.doses[choice.level].most_reps
        assert len(tones) % reps == 0
        each = len(tones) // reps
        starts = [tone.start for tone in tones]
        for i in range(2 * each, len(tones) - each):
            assert starts[i + each] - starts[i] == starts[2 * each + each] - starts[2 * each]
        onsets = [say.onset for say in says(own_set) if say.role is Role.COUNT]
        assert len({later - earlier for earlier, later in pairwise(onsets[2:])}) <= 1


@settings(max_examples=400)
@given(exercises, choices, paces)
def test_everything_that_is_laid_out_was_asked_of_the_voice(
    script: Script, choice: Options, rate_wpm: int
) -> None:
    scored = practice(script, choice)
    asked = {text for chapter in scored for text in prompts(chapter)}
    timeline = compile_session("x", scored, Sounds(Padded(rate_wpm), TONES))
    assert {say.text for say in says(timeline.events)} <= asked
    assert set(timeline.left_out) <= asked


@given(exercises, paces)
def test_what_must_be_said_is_said_at_any_pace(script: Script, rate_wpm: int) -> None:
    timeline = compiled(script, sounds=Sounds(Padded(rate_wpm), TONES))
    said = texts(timeline)
    for must in (*script.cautions, *script.if_it_hurts):
        assert must.text in said
    assert timeline.events[-1].start + timeline.events[-1].length == timeline.length
    assert frames(timeline.duration_s) == timeline.length


def test_the_distances_are_those_that_hearing_asks_for() -> None:
    """Forward masking lasts up to 200 ms: 250 ms after a tone, 150 ms before one, half a second first."""
    assert (AFTER_TONE, BEFORE_TONE, BEFORE_RELEASE, LEAD_IN) == (12_000, 7_200, 38_400, 24_000)


LONG = "Check that both of your hips are pressed down into the mat all of the time, number {}."


def test_every_line_that_no_rest_has_room_for_is_reported_also_if_its_turn_was_early() -> None:
    lines = tuple(line(LONG.format(word)) for word in ("one", "two", "three"))
    timeline = compiled(curls(counted(6, sets=3, rest_s=10), reminders=lines, breathing=()))
    assert set(timeline.left_out) == {spoken.text for spoken in lines}


def test_a_cue_of_one_repetition_that_has_no_room_there_is_reported() -> None:
    quick = replace(
        curls(counted(4), reminders=(), breathing=()), phases=(phase("up", 0.5), phase("down", 0.5))
    )
    timeline = compiled(quick)
    assert {"Two more.", "Last one."} <= set(timeline.left_out)


def test_an_announcement_gives_way_to_the_words_of_a_long_movement() -> None:
    words = " ".join(["Lift your right leg toward the ceiling and hold it there."] * 4)
    slow = replace(curls(counted(2)), phases=(phase("hold", 20, words), phase("loose", 1)))
    assert_apart(compiled(slow))


def test_ten_seconds_gives_way_to_the_words_of_a_slow_voice() -> None:
    session = Session("x", "Knee", (Rest(20, HERE), line("Good night.")))
    timeline = compile_session("Knee", score(session, {}, Options()), Sounds(Estimates(25), TONES))
    assert_apart(timeline)
    assert "Ten seconds." not in texts(timeline)
