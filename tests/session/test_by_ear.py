"""Whoever lies with closed eyes and has heard nothing yet can follow: each movement is named or marked."""

from dataclasses import replace
from itertools import pairwise

from coach.language.dose import Dose
from coach.language.level import Level
from coach.language.model import Phase, Reference, Script, Session, Sound
from coach.session.arrange import practice, score
from coach.session.compile import compile_session
from coach.session.options import Options
from coach.session.timeline import Beat, Event, Say, Set, Timeline, Tone, frames, says
from coach.session.whereabouts import beat_end
from tests.doses import counted, held
from tests.fakes import ESTIMATED, HERE, curls, line, phase

SECOND = 48_000


def exercise(*phases: Phase, dose: Dose | None = None, reminders: tuple[str, ...] = ()) -> Script:
    return replace(
        curls(dose or counted(5), reminders=tuple(map(line, reminders)), breathing=()),
        phases=phases,
    )


def compiled(script: Script) -> Timeline:
    return compile_session(script.title, practice(script, Options()), ESTIMATED)


def texts(timeline: Timeline) -> list[str]:
    return [say.text for say in says(timeline.events)]


def within(timeline: Timeline, start: int, end: int) -> list[Event]:
    return [event for event in timeline.events if start <= event.start < end]


def movements(timeline: Timeline) -> list[tuple[Set, Beat, list[Event]]]:
    """Each movement of each set, with what is heard in it."""
    return [
        (each, beat, within(timeline, beat.start, beat_end(each, beat)))
        for each in timeline.sets
        for beat in each.beats
    ]


def test_a_movement_of_five_seconds_is_named_within_two_seconds_in_every_repetition() -> None:
    walking = exercise(phase("walk", 60), phase("step", 4), phase("turn", 5), dose=counted(6))
    for _, beat, heard in movements(compiled(walking)):
        names = [say for say in says(heard) if say.text == f"{beat.cue.capitalize()}."]
        if beat.cue == "step":
            assert bool(names) == (beat.rep <= 2)
        else:
            assert names[0].onset - beat.start < 2 * SECOND, beat


def test_a_long_rest_within_a_repetition_has_the_rest_tone_and_counts_in_the_effort_after_it() -> None:
    timeline = compiled(exercise(phase("walk", 60), phase("rest", 30)))
    for each, beat, heard in movements(timeline):
        sounds = [event.sound for event in heard if isinstance(event, Tone)]
        if beat.cue == "walk":
            assert sounds == [Sound.GO]
        elif beat.rep < each.reps:
            assert sounds == [Sound.REST, *[Sound.COUNTDOWN] * 3]
        else:
            assert sounds == [Sound.REST], "no effort comes after the last one"


def test_a_rest_without_room_for_three_two_one_has_what_there_is_room_for() -> None:
    timeline = compiled(exercise(phase("push", 5), phase("relax", 5)))
    counted_in = [
        sum(isinstance(event, Tone) and event.sound is Sound.COUNTDOWN for event in heard)
        for each, beat, heard in movements(timeline)
        if beat.cue == "relax" and 2 < beat.rep < each.reps
    ]
    assert set(counted_in) == {2}


def test_a_short_letting_go_has_no_tone_and_no_word() -> None:
    for _, beat, heard in movements(compiled(exercise(phase("up", 2), phase("loose", 1)))):
        if beat.cue == "loose":
            assert not [event for event in heard if isinstance(event, Tone)]
            assert not [say for say in says(heard) if say.text == "Loose."]


def test_intervals_of_minutes_tell_the_time_and_the_phase_in_every_repetition() -> None:
    timeline = compiled(exercise(phase("slow", 180), phase("fast", 180)))
    assert texts(timeline).count("Slow.") == texts(timeline).count("Fast.") == 5
    assert texts(timeline).count("One minute left.") == 10
    for each in timeline.sets:
        assert each.end - each.start == 5 * 360 * SECOND


def test_an_exercise_of_one_phase_has_its_numbers_and_cues() -> None:
    timeline = compiled(exercise(phase("circle", 10), dose=counted(6), reminders=("Is your neck long?",)))
    said = texts(timeline)
    for text in ("Six.", "Two more.", "Last one.", "Is your neck long?"):
        assert text in said
    assert timeline.left_out == ()
    for _, beat, heard in movements(timeline):
        if beat.rep > 2:
            assert all(say.start - beat.start < 6 * SECOND for say in says(heard)), "said early"


def test_the_number_stands_behind_the_word_at_the_same_time_in_every_repetition() -> None:
    timeline = compiled(exercise(phase("circle", 10), dose=counted(12)))
    onsets = [say.onset for say in says(timeline.events) if say.role == "count"]
    assert len({after - before for before, after in pairwise(onsets[2:])}) == 1


def test_phase_words_change_sides_as_sentences_do() -> None:
    turning = exercise(
        phase("right", 2, "Turn your head to the right,"),
        phase("back", 2),
        dose=counted(3, side_word="side"),
    )
    right, left = compiled(turning).sets
    assert {beat.cue for beat in right.beats} == {"right", "back"}
    assert {beat.cue for beat in left.beats} == {"left", "back"}
    said = texts(compiled(turning))
    assert said.index("Right.") < said.index("Turn your head to the left,") < said.index("Left.")


def test_a_phase_word_with_a_backslash_keeps_its_side() -> None:
    said = texts(compiled(exercise(phase(r"\right", 2), dose=counted(3, side_word="side"))))
    assert said.count("Right.") == 4
    assert "Left." not in said


def test_a_hold_that_is_held_once_is_announced_as_one_hold() -> None:
    hold = exercise(dose=held(30.0, side_word="leg"))
    assert "One hold of thirty seconds, each leg." in texts(compiled(hold))


def test_a_level_is_named_only_where_there_are_levels() -> None:
    plain, levelled = exercise(phase("up", 2)), exercise(phase("up", 2, gentle=1))
    session = Session("x", "Knee", (Reference("curls", None, HERE),))
    for script, title in ((plain, "Knee."), (levelled, "Knee, standard level.")):
        chapters = score(session, {"curls": script}, Options())
        assert texts(compile_session("Knee", chapters, ESTIMATED))[0] == title
    assert texts(compiled(plain))[0] == "Curls."
    assert texts(compiled(levelled))[0] == f"Curls, {Level.STANDARD} level."


def test_every_repetition_of_named_phases_has_the_written_length_to_the_frame() -> None:
    timeline = compiled(
        exercise(
            phase("tense", 5),
            phase("let go", 10),
        )
    )
    (each,) = timeline.sets
    starts = [beat.start for beat in each.beats if beat.cue == "tense" and beat.rep > 2]
    assert {after - before for before, after in pairwise(starts)} == {frames(15)}
    assert not [event for event in timeline.events if isinstance(event, Say) and event.length <= 0]
