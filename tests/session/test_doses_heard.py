"""Every kind of dose is heard as its author meant it."""

from dataclasses import replace
from itertools import pairwise

import pytest

from coach.language.dose import Amount, Counted, Dose, Held, Side, Sides, Timed, exactly
from coach.language.level import Level
from coach.language.model import Phase, Script, Sound
from coach.session.arrange import practice
from coach.session.compile import compile_session
from coach.session.options import Options
from coach.session.timeline import Say, Timeline, Tone, frames, says
from coach.session.whereabouts import beat_end, whereabouts
from tests.doses import counted, timed
from tests.fakes import ESTIMATED, curls, line, phase
from tests.wordings import usual

LIFT = (phase("lift", 2, "Lift your right leg,"), phase("lower", 2, "and lower it."))


def exercise(dose: Dose, *phases: Phase, **other: object) -> Script:
    script = replace(curls(dose, reminders=(), breathing=()), phases=phases)
    return replace(script, **other)  # type: ignore[arg-type]


def compiled(script: Script) -> Timeline:
    return compile_session(script.title, practice(script, Options()), ESTIMATED)


def texts(timeline: Timeline) -> list[str]:
    """What is said, in the usual words."""
    return [usual(say.text) for say in says(timeline.events)]


def counts(timeline: Timeline) -> list[str]:
    return [say.text for say in says(timeline.events) if say.role == "count"]


def test_a_range_is_counted_to_its_lower_number_and_then_leaves_more_open() -> None:
    timeline = compiled(exercise(Counted(reps=(Amount(3, 7),), sets=2), *LIFT))
    said = texts(timeline)
    assert "Two sets of three to seven." in said
    assert counts(timeline) == ["One.", "Two.", "Three."]
    assert said.count("That is enough, or up to four more.") == 2
    assert said.index("That is enough, or up to four more.") > said.index("Three.")
    assert "Last one." not in said


def test_an_open_set_is_counted_to_its_bound_and_may_be_stopped() -> None:
    timeline = compiled(exercise(Counted(reps=(Amount(0, 5, is_open=True),)), *LIFT))
    said = texts(timeline)
    assert said[said.index("Up to five repetitions.") + 1] == "Stop when you need to."
    assert said.count("Stop when you need to.") == 1
    assert counts(timeline)[-1] == "Five."


def test_breaths_are_counted_within_their_hold() -> None:
    timeline = compiled(exercise(Held(hold=exactly(5.0), in_breaths=True)))
    assert "One hold of five breaths." in texts(timeline)
    (each,) = timeline.sets
    hold = each.beats[0]
    assert beat_end(each, hold) - hold.start == frames(30.0)
    called = [say for say in says(timeline.events) if hold.start <= say.start < beat_end(each, hold)]
    assert [say.text for say in called] == ["Hold.", "One.", "Two.", "Three.", "Four.", "Five."]
    assert {b.onset - a.onset for a, b in pairwise(called[2:])} == {frames(6.0)}


@pytest.mark.parametrize("first", list(Side))
def test_alternating_sides_are_named_at_every_repetition(first: Side) -> None:
    dose = replace(counted(8), sides=Sides.ALTERNATING, first=first, side_word="leg")
    timeline = compiled(exercise(dose, *LIFT))
    said = texts(timeline)
    assert "Eight repetitions, alternating legs." in said
    other = Side.LEFT if first is Side.RIGHT else Side.RIGHT
    assert said.index(f"Lift your {first} leg,") < said.index(f"Lift your {other} leg,")
    (each,) = timeline.sets
    for rep in range(3, 9):
        start = next(beat.start for beat in each.beats if beat.rep == rep)
        word = next(say.text for say in says(timeline.events) if say.start > start)
        side = first if rep % 2 else other
        assert word == (f"{side.capitalize()}, lift." if rep < 5 else f"{side.capitalize()}.")
    starts = [beat.start for beat in each.beats if beat.cue == "lift"][4:]
    assert len({after - before for before, after in pairwise(starts)}) == 1
    assert counts(timeline) == ["One.", "Two.", "Three.", "Four.", "Five.", "Six.", "Seven.", "Eight."]


def test_a_phase_that_names_its_side_is_not_named_twice() -> None:
    dose = replace(counted(6), sides=Sides.ALTERNATING, side_word="side")
    said = texts(compiled(exercise(dose, phase("right", 6, "Turn to the right,"), phase("back", 2))))
    assert said.count("Right.") == 2
    assert said.count("Left.") == 2
    assert not [text for text in said if text.startswith(("Right, ", "Left, "))]


def test_one_side_only_and_the_left_side_first() -> None:
    left_only = compiled(exercise(replace(counted(3), sides=Sides.LEFT, side_word="leg"), *LIFT))
    assert [each.side for each in left_only.sets] == ["left leg"]
    said = texts(left_only)
    assert "Three repetitions, left leg only." in said
    assert "Lift your left leg," in said
    assert "Lift your right leg," not in said
    dose = replace(counted(3, side_word="leg", sets=2), first=Side.LEFT)
    left_first = compiled(exercise(dose, *LIFT))
    assert [each.side for each in left_first.sets] == ["left leg"] * 2 + ["right leg"] * 2
    assert "Next: right leg, second and final set." in texts(left_first)
    assert "Next: left leg, second and final set." in texts(left_first)


def test_repetitions_set_by_set_are_told_before_each_set() -> None:
    timeline = compiled(exercise(Counted(reps=tuple(map(exactly, (4, 3, 2))), sets=3), *LIFT))
    said = texts(timeline)
    assert "Three sets: four, three and two." in said
    assert "Set one of three, four." in said
    assert "Next: set two of three, three." in said
    assert [each.reps for each in timeline.sets] == [4, 3, 2]


def test_a_time_with_phases_is_the_movement_again_and_again_ended_with_a_whole_one() -> None:
    timeline = compiled(exercise(timed(30.0), phase("in", 4), phase("out", 4)))
    (each,) = timeline.sets
    assert each.reps == 4
    assert counts(timeline) == ["One.", "Two.", "Three.", "Four."]
    assert "Thirty seconds." in texts(timeline)
    assert whereabouts(timeline, each.end - 1, 10.0)[0] == "Breath four."


def test_as_many_as_you_can_has_its_time_called_and_nothing_counted() -> None:
    dose = Timed(work_s=exactly(30.0), as_many=True)
    timeline = compiled(exercise(dose, *LIFT))
    said = texts(timeline)
    assert "As many as you can in thirty seconds." in said
    assert said.index("Lift your right leg,") < said.index("As many as you can in thirty seconds.")
    assert "Ten seconds." in said
    assert counts(timeline) == []
    assert timeline.sets[0].end - timeline.sets[0].start == frames(30.0)


def test_load_and_manner_are_said_with_the_dose_and_frequency_at_the_end() -> None:
    dose = replace(counted(4, sets=2), load="2 kg", manner="slowly", often="3 times a day")
    said = texts(compiled(exercise(dose, *LIFT)))
    assert "Two sets of four, with 2 kg, slowly." in said
    assert said.index("Do this three times a day.") == said.index("That was curls.") + 1


def test_a_calm_exercise_begins_with_a_bell() -> None:
    breathing = exercise(counted(4), phase("in", 4), phase("out", 6))
    stretch = exercise(Held(hold=exactly(30.0)), title="Calf stretch")
    felt = exercise(Held(hold=exactly(30.0)), instructions=(line("Feel the stretch in your calf."),))
    relaxing = exercise(timed(300.0), title="Relaxation")
    told = exercise(counted(4), phase("in", 4, "Through your nose,"), phase("out", 6, "and let it go."))
    for script in (breathing, told, stretch, felt, relaxing):
        timeline = compiled(script)
        sounds = [event.sound for event in timeline.events if isinstance(event, Tone)]
        assert sounds[0] is Sound.BELL
        assert not {Sound.GO, Sound.COUNTDOWN} & set(sounds)
        assert "Get ready." not in texts(timeline)


def test_an_effort_is_not_calm() -> None:
    plank = exercise(Held(hold=exactly(30.0)), title="Plank")
    walk = exercise(timed(300.0), title="Walk", instructions=(line("Keep breathing."),))
    many = exercise(Held(hold=exactly(30.0), reps=(exactly(3),)), title="Calf stretch")
    push_up = exercise(counted(8), phase("in", 3, "Bend your elbows,"), phase("out", 2, "and push away."))
    assert "Eight repetitions." in texts(compiled(push_up))
    for script in (plank, walk, many, push_up, exercise(counted(3), *LIFT)):
        sounds = [event.sound for event in compiled(script).events if isinstance(event, Tone)]
        assert sounds[:4] == [*[Sound.COUNTDOWN] * 3, Sound.GO]


@pytest.mark.parametrize(
    ("first", "dose"),
    [
        (phase("in", 4), "Four breaths."),
        (phase("turn", 4), "Four turns."),
        (phase("step", 4), "Four steps."),
        (phase("up", 4), "Four repetitions."),
    ],
)
def test_repetitions_are_called_what_they_are(first: Phase, dose: str) -> None:
    second = phase("out", 4) if dose == "Four breaths." else phase("back", 4)
    assert dose in texts(compiled(exercise(counted(4), first, second)))


def test_a_movement_of_many_phases_has_their_words_throughout() -> None:
    names = ("straight", "hook", "fist", "flat")
    timeline = compiled(exercise(counted(5), *(phase(name, 3) for name in names)))
    for name in names:
        assert texts(timeline).count(f"{name.capitalize()}.") == 5
    assert not [event for event in timeline.events if isinstance(event, Say) and event.text == "Loose."]


def test_a_hold_that_a_level_leaves_out_is_not_announced() -> None:
    phases = (phase("down", 2), phase("hold", 20, gentle=0), phase("up", 2))
    script = exercise(Held(hold=exactly(20.0), reps=(exactly(4),)), *phases)
    gentle = compile_session("Sit", practice(script, Options(Level.GENTLE)), ESTIMATED)
    assert "Four repetitions." in texts(gentle)
    assert "Hold." not in texts(gentle)
    assert "Four holds of twenty seconds." in texts(compiled(script))
