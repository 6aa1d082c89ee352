"""Names are found as people write them."""

import pytest

from coach.language.model import Script, Session
from coach.language.names import find_sheet, references, script_of, wrong_references
from coach.language.parser import parse
from coach.language.problems import Problem, Span

WALK = "Dose: for 5 minutes\nWalk.\nCareful: Slowly."
STEPS = "Dose: 2 sets of 10 each leg, rest 30 seconds\n- up, 2 seconds\nCareful: Slowly."


def sheet(title: str, stem: str, body: str) -> Script | Session:
    value = parse(f"# {title}\n{body}", stem).value
    assert value is not None
    return value


CATALOGUE = {
    value.name: value
    for value in (
        sheet("Warm-up walk", "warm-up-walk", WALK),
        sheet("Step-ups", "step-ups", STEPS),
        sheet("Step-ups, slow", "slow-step-ups", STEPS),
        sheet("Lying hamstring curls", "lying-hamstring-curls", STEPS),
        sheet("Standing hamstring curls", "standing-hamstring-curls", STEPS),
        sheet("Heel raises", "calves", STEPS),
        sheet("Heel raises, seated", "seated-heel-raises", STEPS),
        sheet("Evening", "evening", "- Step-ups"),
    )
}


def named(name: str) -> str:
    found = find_sheet(name, CATALOGUE)
    assert isinstance(found, str), found
    assert found in CATALOGUE
    return found


def not_found(name: str) -> Problem:
    problem = find_sheet(name, CATALOGUE, Span(3, 4, 5))
    assert isinstance(problem, Problem), problem
    assert problem.span == Span(3, 4, 5)
    return problem


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("warm-up-walk", "warm-up-walk"),
        ("warm-up-walk.md", "warm-up-walk"),
        ("Warm-up walk", "warm-up-walk"),
        ("WARM UP  WALK.", "warm-up-walk"),
        ("warm", "warm-up-walk"),
        ("Step-ups", "step-ups"),
        ("step ups", "step-ups"),
        ("step_ups", "step-ups"),
        ("Step-ups, slow", "slow-step-ups"),
        ("slow", "slow-step-ups"),
        ("heel raises", "calves"),
        ("lying h", "lying-hamstring-curls"),
        ("even", "evening"),
    ],
)
def test_a_sheet_is_found_by_its_file_its_title_or_a_beginning_of_either(name: str, stem: str) -> None:
    assert named(name) == stem


def test_a_beginning_of_several_sheets_lists_them() -> None:
    problem = not_found("st")
    assert problem.message == "'st' may mean 3 sheets"
    assert problem.hint == "write one of them: step-ups, slow-step-ups, standing-hamstring-curls"


def test_a_misspelt_name_is_answered_with_the_nearest() -> None:
    assert not_found("hamstrng curls lying").hint.startswith("did you mean")
    assert not_found("stepp-upps").hint == "did you mean 'step-ups'?"


@pytest.mark.parametrize("name", ["", "  ", "...", "zzzzzz"])
def test_a_name_of_nothing_is_answered_with_what_there_is(name: str) -> None:
    assert "warm-up-walk" in not_found(name).hint


def test_without_any_sheets_the_answer_says_so() -> None:
    nothing: dict[str, Script] = {}
    problem = find_sheet("walk", nothing)
    assert isinstance(problem, Problem)
    assert problem.hint == "there are no sheets"


def problems_of(body: str) -> list[tuple[str, int, int]]:
    session = sheet("Morning", "morning", body)
    assert isinstance(session, Session)
    return [(each.message, each.span.line, each.span.column) for each in wrong_references(session, CATALOGUE)]


def test_a_session_whose_exercises_are_all_there_has_no_problem() -> None:
    assert problems_of("- Warm-up walk\n- Step-ups: 2 sets of 12\n- Step-ups, slow") == []


def test_every_missing_exercise_of_a_session_is_named_with_its_place() -> None:
    assert problems_of("- Stepups\n- Warm\n- Squats") == [
        ("'Stepups' is not the name of a sheet I know", 2, 3),
        ("'Squats' is not the name of a sheet I know", 4, 3),
    ]


def test_a_session_cannot_hold_a_session() -> None:
    assert problems_of("- Evening") == [("'Evening' is a session, not an exercise", 2, 3)]


def test_a_dose_that_does_not_suit_its_exercise_is_named_with_its_place() -> None:
    [(message, line, column)] = problems_of("- Step-ups: for 5 minutes")
    assert (line, column) == (2, 13)
    assert "no repetitions" in message
    [(message, *_)] = problems_of("- Warm-up walk: 10 times")
    assert message == "a dose without a movement: nothing says what is repeated"


def test_a_session_s_line_leads_to_its_script() -> None:
    session = sheet("Morning", "morning", "- step")
    assert isinstance(session, Session)
    [reference] = references(session)
    assert isinstance(script_of(reference, CATALOGUE), Problem)
    only = {"step-ups": CATALOGUE["step-ups"]}
    assert script_of(reference, only) is CATALOGUE["step-ups"]
