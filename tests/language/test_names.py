"""Names are found as people write them."""

import re
import unicodedata
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.language.model import Script, Session
from coach.language.names import Match, Shelf, comparable, find, references, wrong_doses
from coach.language.parser import parse
from coach.language.problems import Problem, Span

WALK = "Dose: for 5 minutes\nWalk.\nCareful: Slowly."
STEPS = "Dose: 2 sets of 10 each leg, rest 30 seconds\n- up, 2 seconds\nCareful: Slowly."


def sheet(title: str, stem: str, body: str) -> Script | Session:
    value = parse(f"# {title}\n{body}", stem).value
    assert value is not None
    return value


SHELF = {
    "warm-up-walk.md": "Warm-up walk",
    "step-ups.md": "Step-ups",
    "slow-step-ups.md": "Step-ups, slow",
    "lying-hamstring-curls.md": "Lying hamstring curls",
    "standing-hamstring-curls.md": "Standing hamstring curls",
    "calves.md": "Heel raises",
    "seated-heel-raises.md": "Heel raises, seated",
    "evening.md": "Evening",
}


def named(name: str, *shelves: Shelf) -> str:
    found = find(name, shelves or [SHELF])
    assert isinstance(found, Match), found
    return found.key.removesuffix(".md")


def not_found(name: str, *shelves: Shelf) -> Problem:
    problem = find(name, shelves or [SHELF], Span(3, 4, 5))
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
    assert problem.hint == "write one of them: step-ups.md, slow-step-ups.md, standing-hamstring-curls.md"


def test_a_misspelt_name_is_answered_with_the_nearest() -> None:
    assert not_found("lying hamstrng curls").hint.startswith("did you mean")
    assert not_found("stepp-upps").hint == "did you mean 'step-ups.md'?"


@pytest.mark.parametrize("name", ["", "  ", "...", "zzzzzz"])
def test_a_name_of_nothing_is_answered_with_what_there_is(name: str) -> None:
    assert "warm-up-walk" in not_found(name).hint


def test_without_any_sheets_the_answer_says_so() -> None:
    assert not_found("walk", {}).hint == "there are no sheets"


# Several shelves, the author's own first

OWN = {"raises.md": "Step-ups", "walk.md": "A stroll", "march.md": "Walk on the spot"}


@pytest.mark.parametrize(
    ("name", "key", "shelf", "is_whole"),
    [
        ("Step-ups", "raises.md", 0, True),
        ("step-ups.md", "step-ups.md", 1, True),
        ("Heel raises", "calves.md", 1, True),
        ("raises", "raises.md", 0, True),
        ("walk", "walk.md", 0, True),
        ("walk on", "march.md", 0, False),
        ("warm", "warm-up-walk.md", 1, False),
    ],
)
def test_a_whole_name_anywhere_comes_before_a_part_and_the_author_before_coach(
    name: str, key: str, shelf: int, is_whole: bool
) -> None:
    assert find(name, [OWN, SHELF]) == Match(key, shelf, is_whole)


def test_a_title_and_a_file_name_that_match_equally_are_told_and_each_can_be_written() -> None:
    shelf = {"walk.md": "March", "march.md": "Walk"}
    problem = not_found("Walk", shelf)
    assert problem.message == "'Walk' may mean 2 sheets"
    assert problem.hint == "write one of them: walk.md, march.md"
    assert [named(name, shelf) for name in ("walk.md", "march.md")] == ["walk", "march"]


def test_a_file_name_is_never_taken_for_a_part_of_another() -> None:
    assert "is not the name of a sheet" in not_found("walk.md").message


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_the_unicode_form_of_a_name_makes_no_difference(form: Literal["NFC", "NFD", "NFKC", "NFKD"]) -> None:
    name = "ÜBUNG für’s Knie"
    for other in ("NFC", "NFD"):
        shelf = {"knie.md": unicodedata.normalize(other, "Übung für's Knie")}
        assert named(unicodedata.normalize(form, name.replace("’", "'")), shelf) == "knie"


def test_names_that_differ_in_a_vowel_sign_alone_are_two_names() -> None:
    assert comparable("कि") != comparable("का")


def test_what_does_not_fit_is_not_found() -> None:
    shelves = [{"walk.md": "Walk"}, {"own": "Walk"}]
    assert find("Walk", shelves, fits=lambda shelf, _key: shelf == 1) == Match("own", 1, is_whole=True)
    assert isinstance(find("Walk", shelves, fits=lambda _shelf, _key: False), Problem)


@given(
    st.dictionaries(st.sampled_from(["a.md", "b.md", "c.md"]), st.text("ab cé-", min_size=1), min_size=1),
    st.text("ab cé-.md"),
)
def test_whatever_a_hint_says_to_write_is_found(shelf: dict[str, str], name: str) -> None:
    match find(name, [shelf]):
        case Problem(hint=hint):
            for key in shelf.keys() & set(re.findall(r"\b[abc]\.md", hint)):
                assert find(key, [shelf]) == Match(key, 0, is_whole=True)
        case found:
            assert found.key in shelf


def problems_of(line: str, title: str, body: str) -> list[tuple[str, int, int]]:
    session, script = sheet("Morning", "morning", line), sheet(title, "x", body)
    assert isinstance(session, Session)
    assert isinstance(script, Script)
    found = wrong_doses(session, {references(session)[0].name: script})
    return [(each.message, each.span.line, each.span.column) for each in found]


def test_a_dose_that_does_not_suit_its_exercise_is_named_with_its_place() -> None:
    [(message, line, column)] = problems_of("- Warm-up walk: 10 times", "Warm-up walk", WALK)
    assert (line, column) == (2, 17)
    assert message == "a dose without a movement: nothing says what is repeated"
    assert problems_of("- Step-ups: 2 sets of 12", "Step-ups", STEPS) == []
