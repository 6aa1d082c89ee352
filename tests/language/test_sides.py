"""Right and left are swapped as whole words, and only where they are sides."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.language.dose import Side
from coach.language.keywords.en import KEYWORDS as ENGLISH
from coach.language.sides import no_sides, on_side


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("Step up using just your right foot,", "Step up using just your left foot,"),
        ("Right foot up, tap with the left.", "Left foot up, tap with the right."),
        ("RIGHT, then left, then Right-hand side", "LEFT, then right, then Left-hand side"),
        ("upright, bright, outright, leftover", "upright, bright, outright, leftover"),
        ("Move rightward.", "Move leftward."),
        ("Turn \\right away with your right.", "Turn right away with your left."),
        ("What is \\left.", "What is left."),
        ("no side at all", "no side at all"),
        ("Your Rt leg, then Lt knees; Lt", "Your Lt leg, then Rt knees; Lt"),
        ("Your R leg, then L knees; R, L4, vitamin R", "Your L leg, then R knees; R, L4, vitamin R"),
        ("r leg, R legend", "r leg, R legend"),
    ],
)
def test_the_other_side_swaps_whole_words(written: str, left: str) -> None:
    assert on_side(written, Side.LEFT, ENGLISH) == left


def test_the_first_side_is_as_written_without_its_backslash() -> None:
    assert on_side("Turn \\right away, Right foot.", Side.RIGHT, ENGLISH) == "Turn right away, Right foot."


@given(st.lists(st.sampled_from(["right", "Left", "RIGHT", "foot", "upright", " ", ", ", "-", "away"])))
def test_swapping_twice_gives_the_text_back(words: list[str]) -> None:
    text = "".join(words)
    assert on_side(on_side(text, Side.LEFT, ENGLISH), Side.LEFT, ENGLISH) == text


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Step up right away.", "right"),
        ("That's right.", "right"),
        ("All right, let go.", "right"),
        ("Bend it to a right angle.", "right"),
        ("Now, right now, let go.", "right"),
        ("If you are right-handed, begin there.", "right"),
        ("Does the height feel right?", "right"),
        ("Choose what is right for you.", "right"),
        ("Bend it right up to the chest.", "right"),
        ("Two left.", "left"),
        ("Use what strength is left over.", "left"),
        ("Ten seconds left.", "left"),
    ],
)
def test_a_right_or_left_that_is_no_side_is_found(text: str, word: str) -> None:
    [(start, end)] = no_sides(text, ENGLISH)
    assert text[start:end].casefold() == word


@pytest.mark.parametrize(
    "text",
    [
        "Lift your right leg.",
        "The right leg works first, then the left.",
        "Put your right behind the left.",
        "Cross the left over the right.",
        "Turn right.",
        "Roll to your right, and wait.",
        "Is it the right leg?",
        "Lift your right back leg.",
        "Tap twice with the left.",
        "Step up \\right away.",
    ],
)
def test_a_side_is_not_taken_for_something_else(text: str) -> None:
    assert no_sides(text, ENGLISH) == ()
