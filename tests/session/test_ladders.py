"""The ladder of an exercise: repetitions, sets, levels, a step at a time, inside the doses of its sheet."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.language.level import Level
from coach.language.model import Script, Session
from coach.language.parser import parse
from coach.session.ladders import ladder, lowest_at, nearest_at, programme
from coach.session.options import Options, options_from_json, options_json
from coach.session.steps import Step


def sheet(gentle: str, standard: str, strong: str, *, hold: str = "2 seconds") -> Script:
    doses = (f"Dose: {standard}", f"Dose gentle: {gentle}", f"Dose strong: {strong}")
    phases = ("- lift, 2 seconds: Lift,", f"- lower, {hold}: and lower.")
    text = "\n".join(("# Lifts", "Position: standing", *doses, "", "Stand.", "", *phases, ""))
    value = parse(text, "lifts").value
    assert isinstance(value, Script), parse(text, "lifts").problems
    return value


def shown(steps: tuple[Step, ...]) -> list[str]:
    return [f"{step.level} {step.sets}x{step.reps}" for step in steps]


def test_repetitions_come_first_then_a_set_and_the_level_last() -> None:
    assert shown(ladder(sheet("1 set of 6", "2 sets of 8", "2 sets of 9"))) == [
        *("gentle 1x6", "gentle 1x7", "gentle 1x8", "gentle 2x6", "gentle 2x7"),
        *("standard 2x8", "strong 2x9"),
    ]


def test_the_next_level_is_a_step_of_its_own_only_where_it_asks_for_something_else() -> None:
    assert shown(ladder(sheet("2 sets of 8", "2 sets of 9", "2 sets of 9"))) == ["gentle 2x8", "standard 2x9"]
    longer = sheet("2 sets of 8", "2 sets of 9", "2 sets of 9", hold="2 seconds (strong 5)")
    assert shown(ladder(longer)) == ["gentle 2x8", "standard 2x9", "strong 2x9"]
    longer = sheet("2 sets of 8", "2 sets of 9", "2 sets of 9", hold="2 seconds (gentle 1)")
    assert shown(ladder(longer)) == ["gentle 2x8", "gentle 2x9", "standard 2x9"]


@pytest.mark.parametrize(
    ("dose", "steps"),
    [
        ("2 sets of 8-12", [f"standard 2x{reps}" for reps in (8, 9, 10, 11, 12)]),
        ("2 sets of 10", ["standard 2x10"]),
        ("3 times, hold 10-20 seconds", ["standard 1x3"]),
        ("hold for up to 60 seconds", ["standard 0x0"]),
        ("for 5 minutes", ["standard 0x0"]),
        ("8 rounds of 20 seconds, rest 10 seconds", ["standard 0x0"]),
        ("until tired, at most 15 times", ["standard 0x0"]),
        ("2-3 sets of 10", ["standard 2x10", "standard 3x10"]),
    ],
)
def test_a_sheet_without_levels_grows_to_the_end_of_its_own_range_and_no_further(
    dose: str, steps: list[str]
) -> None:
    assert shown(ladder(sheet(dose, dose, dose))) == steps


def test_a_step_of_a_sheet_that_has_changed_since_is_the_nearest_one_that_asks_no_more() -> None:
    steps = ladder(sheet("1 set of 6", "2 sets of 8", "2 sets of 12"))
    assert [nearest_at(steps, step) for step in steps] == [*range(len(steps))]
    at = nearest_at(steps, Step("Lifts", Level.STANDARD, 1, 30))
    assert shown(steps)[at] == "standard 2x11"
    assert nearest_at(steps, Step("Lifts", Level.GENTLE, 1, 1)) == 0


def test_a_range_of_the_sheet_is_gone_through_to_its_end() -> None:
    steps = ladder(sheet("2-3 sets of 8-10", "2-3 sets of 8-10", "2-3 sets of 8-10"))
    assert shown(steps) == [
        *("standard 2x8", "standard 2x9", "standard 2x10", "standard 3x8", "standard 3x9", "standard 3x10"),
    ]


def test_alternating_sides_get_a_repetition_each() -> None:
    steps = ladder(
        sheet("4 times each leg, alternating", "5 times each leg, alternating", "6 times each leg")
    )
    assert [step.reps for step in steps[:3]] == [8, 10, 6]
    assert [step.sides for step in steps] == [1, 1, 2]


def test_what_is_not_counted_goes_from_level_to_level() -> None:
    assert shown(ladder(sheet("for 2 minutes", "for 3 minutes", "for 3 minutes"))) == [
        "gentle 0x0",
        "standard 0x0",
    ]
    assert shown(ladder(sheet("up to 8 times", "up to 10 times", "up to 12 times"))) == [
        *("gentle 0x0", "standard 0x0", "strong 0x0"),
    ]


counts = st.tuples(st.integers(1, 4), st.integers(2, 20))


@given(counts, counts, counts)
def test_each_step_asks_for_more_than_the_one_before_at_its_level(
    gentle: tuple[int, int], standard: tuple[int, int], strong: tuple[int, int]
) -> None:
    doses = (gentle, standard, strong)
    steps = ladder(sheet(*("{} sets of {}".format(*dose) for dose in doses)))
    order = list(Level)
    for one, other in pairwise(steps):
        if one.level is other.level:
            assert other.total_reps > one.total_reps
            assert (other.sets, other.reps) == (one.sets, one.reps + 1) or other.sets > one.sets
        else:
            assert order.index(other.level) > order.index(one.level)
    assert max(step.reps for step in steps) <= max(reps for _, reps in doses)
    assert max(step.sets for step in steps) <= max(sets for sets, _ in doses)
    for level in Level:
        assert steps[lowest_at(steps, level)].level is level or len({*doses}) < 3


def test_an_exercise_that_a_session_gives_several_doses_keeps_each_of_them() -> None:
    text = "# Twice\n\n- Lifts: 2 sets of 5\n- Lifts: 3 sets of 8\n"
    value = parse(text, "twice").value
    assert isinstance(value, Session)
    found = programme(value, {"Lifts": sheet("1 set of 6", "2 sets of 8", "2 sets of 9")}, "twice")
    assert {title: shown(steps) for title, steps in found.ladders.items()} == {"Lifts": ["standard 0x0"]}


SESSION = """# Both

- Walk
- Lifts: 3 sets of 5
"""
WALK = """# Walk

Dose: for 2 minutes

Walk around.
"""


def test_a_programme_has_a_ladder_for_what_is_counted_and_frames_for_the_rest() -> None:
    value = parse(SESSION, "both").value
    assert isinstance(value, Session), parse(SESSION, "both").problems
    walk = parse(WALK, "walk").value
    assert isinstance(walk, Script)
    lifts = sheet("1 set of 6", "2 sets of 8", "2 sets of 9")
    found = programme(value, {"Walk": walk, "Lifts": lifts}, "both")
    assert found.frames == ("Walk",)
    assert {title: shown(steps) for title, steps in found.ladders.items()} == {"Lifts": ["standard 3x5"]}
    with pytest.raises(ValueError, match="Walk"):
        programme(value, {}, "both")
    assert [*programme(lifts, {}, "lifts").ladders] == ["Lifts"]


STEPS = (Step("Lifts", Level.STANDARD, 2, 9), Step("Curls", Level.GENTLE, 1, 8, 2))
CHOSEN = Options(Level.STANDARD, steps=STEPS)


def test_options_follow_the_step_of_each_exercise() -> None:
    lifts, curls, walk = (CHOSEN.at(title) for title in ("Lifts", "Curls", "Walk"))
    assert (lifts.level, lifts.sets, lifts.reps) == (Level.STANDARD, 2, 9)
    assert (curls.level, curls.sets, curls.reps) == (Level.GENTLE, 1, 8)
    assert (walk.level, walk.sets, walk.reps) == (Level.STANDARD, None, None)


def test_a_lower_level_takes_every_step_above_it_away_and_a_higher_one_all_of_them() -> None:
    assert CHOSEN.at_level(Level.STANDARD) == CHOSEN
    assert CHOSEN.at_level(Level.GENTLE).steps == STEPS[1:]
    assert CHOSEN.at_level(Level.GENTLE).at("Lifts").level is Level.GENTLE
    assert CHOSEN.at_level(Level.STRONG).steps == ()
    assert CHOSEN.at_level(Level.STRONG).at("Curls").level is Level.STRONG


def test_steps_are_kept_with_the_place_of_a_session() -> None:
    assert options_from_json(options_json(CHOSEN)) == CHOSEN
