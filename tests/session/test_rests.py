"""A rest lasts what is written, to the frame; what is heard in it is chosen to fit."""

import itertools
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.language.dose import After, DoseRest, Held, Sides, Timed, exactly
from coach.language.model import Part, Reference, Rest, Round, Script, Session, Sound
from coach.language.problems import Severity
from coach.session.arrange import practice, score
from coach.session.compile import compile_session
from coach.session.options import Options
from coach.session.plan_text import plan_text
from coach.session.timeline import Event, Say, Timeline, Tone, frames
from coach.session.timeline_builder import Sounds
from coach.sheets.check import checked_text
from tests.doses import counted, timed
from tests.fakes import ESTIMATED, HERE, TONES, curls, line, phase, wait
from tests.session.test_compile import Padded, assert_apart
from tests.wordings import usual


def compiled(script: Script, sounds: Sounds = ESTIMATED) -> Timeline:
    return compile_session(script.title, practice(script, Options()), sounds)


def rests_of(timeline: Timeline) -> list[list[Event]]:
    """What lies between two sets, from the end of the one to the go tone of the other."""
    return [
        [event for event in timeline.events if before.end <= event.start < after.start]
        for before, after in zip(timeline.sets, timeline.sets[1:], strict=False)
    ]


def heard(events: list[Event]) -> list[str]:
    return [
        usual(each.text) if isinstance(each, Say) else each.sound
        for each in events
        if isinstance(each, Say | Tone)
    ]


SET_UP = line("Set your right foot up.")
PIPS = [Sound.COUNTDOWN] * 3
NEXT = "Next: second and final set."


@pytest.mark.parametrize(
    ("rest_s", "expected"),
    [
        (0.0, []),
        (0.5, []),
        (1.0, [Sound.REST]),
        (3.0, [Sound.REST, *PIPS[:2]]),
        (5.0, [Sound.REST, "Rest.", *PIPS]),
        (9.0, [Sound.REST, "Rest.", NEXT, *PIPS]),
        (10.0, [Sound.REST, "Rest.", NEXT, "Get ready.", *PIPS]),
    ],
)
def test_a_rest_says_what_there_is_room_for_and_lasts_what_is_written(
    rest_s: float, expected: list[str]
) -> None:
    dose = replace(counted(4, sets=2), rests=(DoseRest(exactly(rest_s), After.SET),))
    timeline = compiled(curls(dose, reminders=(), breathing=()))
    first, second = timeline.sets
    assert second.start - first.end == frames(rest_s)
    assert heard(rests_of(timeline)[0]) == expected


def test_a_rest_of_seconds_has_no_room_for_a_cue_that_a_longer_one_has() -> None:
    script = curls(counted(3, sets=2, rest_s=8.0), breathing=())
    assert "Are your hips down?" not in heard(rests_of(compiled(script))[0])
    longer = replace(script, doses=dict.fromkeys(script.doses, counted(3, sets=2, rest_s=60.0)))
    assert "Are your hips down?" in heard(rests_of(compiled(longer))[0])


def test_a_rest_between_holds_is_as_long_as_written_announced_and_counted_in() -> None:
    dose = Held(hold=exactly(20.0), reps=(exactly(3),), rests=(DoseRest(exactly(60.0), After.REP),))
    timeline = compiled(replace(curls(dose, reminders=(), breathing=()), phases=()))
    (each,) = timeline.sets
    holds = [beat for beat in each.beats if beat.role == "hold"]
    for before, after in itertools.pairwise(holds):
        assert after.start - before.start == frames(80.0)
        within = [e for e in timeline.events if before.start + frames(20.0) <= e.start < after.start]
        assert heard(within) == [
            Sound.REST,
            "Rest.",
            "Half of your rest.",
            "Ten seconds.",
            "Get ready.",
            *PIPS,
        ]
    assert heard([event for event in timeline.events if event.start == holds[1].start]) == [Sound.GO]


def test_a_rest_between_sides_contains_the_change() -> None:
    dose = replace(timed(30.0), sides=Sides.EACH, side_word="leg")
    for rest_s in (60.0, 15.0):
        rests = (DoseRest(exactly(rest_s), After.SIDE),)
        script = replace(curls(replace(dose, rests=rests)), phases=(), instructions=(SET_UP,))
        timeline = compiled(script)
        right, left = timeline.sets
        assert left.start - right.end == frames(rest_s)
        said = heard(rests_of(timeline)[0])
        change = "Change legs, and rest." if rest_s > 30 else "Change legs."
        assert said[:3] == [Sound.SIDE, change, "Set your left foot up."]


def test_a_change_of_sides_that_has_no_room_makes_the_rest_longer() -> None:
    rests = (DoseRest(exactly(2.0), After.SIDE),)
    dose = replace(counted(4, side_word="leg"), rests=rests)
    timeline = compiled(replace(curls(dose), instructions=(SET_UP,)))
    right, left = timeline.sets
    assert left.start - right.end > frames(5.0)
    assert heard(rests_of(timeline)[0]) == [Sound.SIDE, "Change legs.", "Set your left foot up.", *PIPS]


def test_rounds_are_named_counted_in_and_end_with_a_tone() -> None:
    dose = Timed(work_s=exactly(20.0), sets=8, rests=(DoseRest(exactly(10.0), After.SET),))
    timeline = compiled(replace(curls(dose, reminders=(), breathing=()), phases=()))
    assert len(timeline.sets) == 8
    assert {each.end - each.start for each in timeline.sets} == {frames(20.0)}
    names = [text for rest in rests_of(timeline) for text in heard(rest) if text.startswith("Next")]
    assert names[1] == "Next: round three of eight."
    assert names[-1] == "Next: last round."
    assert all(heard(rest)[0] == Sound.REST and heard(rest)[-3:] == PIPS for rest in rests_of(timeline))


@settings(max_examples=200, derandomize=True)
@given(
    st.floats(0, 90).map(lambda seconds: round(seconds, 2)),
    st.sampled_from([70, 150, 260]),
    st.integers(1, 6),
    st.booleans(),
)
def test_any_rest_lasts_what_is_written_and_its_sounds_stay_apart(
    rest_s: float, rate_wpm: int, reps: int, is_sided: bool
) -> None:
    dose = counted(reps, sets=3, side_word="leg" if is_sided else "")
    dose = replace(dose, rests=(DoseRest(exactly(rest_s), After.SET),))
    script = replace(curls(dose), phases=(phase("up", 2, "Lift your right leg,"), phase("loose", 1)))
    timeline = compiled(script, Sounds(Padded(rate_wpm), TONES))
    assert_apart(timeline)
    for before, after in zip(timeline.sets, timeline.sets[1:], strict=False):
        if before.side == after.side:
            assert after.start - before.end == frames(rest_s)


def session_of(rest_s: float, *between: Part) -> Timeline:
    squats = replace(curls(counted(3)), name="squats", title="Squats")
    parts = (Reference("curls", None, HERE), Rest(rest_s, HERE), *between, Reference("squats", None, HERE))
    scripts = {"curls": curls(counted(3)), "squats": squats}
    return compile_session("Legs", score(Session("legs", "Legs", parts), scripts, Options()), ESTIMATED)


@pytest.mark.parametrize("between", [(), (line("Come to the wall."), wait(5))])
def test_a_rest_in_a_session_contains_what_is_said_before_the_next_exercise(
    between: tuple[Part, ...],
) -> None:
    timeline = session_of(60.0, *between)
    first, second = timeline.sets
    assert second.start - first.end == frames(60.0)
    assert timeline.longer_rests == ()
    said = heard(rests_of(timeline)[0])
    assert said.index("Rest for one minute.") < said.index("Squats.") < said.index("Three repetitions.")


def test_a_rest_in_a_session_is_longer_if_an_explanation_does_not_fit_and_that_is_told() -> None:
    timeline = session_of(10.0)
    first, second = timeline.sets
    (rest,) = timeline.longer_rests
    assert rest.written_s == 10.0
    assert frames(rest.length_s) == second.start - first.end > frames(20.0)
    assert "a rest of 10 s lasts 2" in plan_text(timeline)


@pytest.mark.parametrize("rest_s", [10.0, 20.0, 60.0])
def test_rests_in_a_circuit_last_what_is_written_once_all_is_explained(rest_s: float) -> None:
    names = ("curls", "squats")
    scripts = {name: replace(curls(counted(3)), name=name, title=name.title()) for name in names}
    parts: list[Part] = []
    for n in (1, 2, 3):
        this = Round(n, 3, rest_s if n > 1 else 0.0, HERE)
        first, second = (Reference(name, None, HERE, round=this) for name in names)
        parts += [this, first, Rest(rest_s, HERE), second]
    chapters = score(Session("legs", "Legs", tuple(parts)), scripts, Options())
    sets = compile_session("Legs", chapters, ESTIMATED).sets
    between = [after.start - before.end for before, after in pairwise(sets)]
    assert between[1:] == [frames(rest_s)] * 4


def test_a_rest_that_no_effort_follows_has_its_whole_length() -> None:
    parts = (Reference("curls", None, HERE), Rest(30.0, HERE), line("Well done."))
    timeline = compile_session(
        "Legs", score(Session("legs", "Legs", parts), {"curls": curls()}, Options()), ESTIMATED
    )
    said = {say.text: say for say in timeline.events if isinstance(say, Say)}
    assert said["Well done."].start - said["Rest for thirty seconds."].start == frames(30.0)


SQUATS = """# Squats

Dose: 10 times each leg, rest {rest}

Stand with your right foot on the step.
(wait 5 seconds)

- up, 2 seconds: Step up,
- down, 2 seconds: and down.

Careful: Hold on to the rail.
"""


def test_check_tells_the_true_time_of_a_rest_and_its_hint_can_be_followed() -> None:
    (problem,) = checked_text(SQUATS.format(rest="2 seconds"), Path("squats.md")).problems
    assert (problem.code, problem.severity, problem.span.line) == ("rest", Severity.WARNING, 3)
    assert problem.message.startswith("the rest of 2 seconds lasts about 1")
    advised = problem.hint.removeprefix("write 'rest ").partition("'")[0]
    assert checked_text(SQUATS.format(rest=advised), Path("squats.md")).problems == ()
