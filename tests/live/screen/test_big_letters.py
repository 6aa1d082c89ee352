"""Large letters: each is itself, and they are as large as there is room for."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.live.screen.big_letters import LARGEST, TALL, _glyphs, lettered, rows_tall

WORDS = st.lists(st.sampled_from("curl hold rest get ready 12 7 of lower straight-leg".split()), min_size=1)


def test_every_letter_is_seven_dots_tall_and_of_one_width() -> None:
    for letter, rows in _glyphs().items():
        assert len(rows) == TALL, letter
        assert len({len(row) for row in rows}) == 1, letter
        assert set("".join(rows)) <= {"#", "."}, letter


def test_no_two_letters_look_the_same_but_zero_and_o() -> None:
    same = [{a, b} for (a, x), (b, y) in combinations(_glyphs().items(), 2) if x == y]
    assert same == [{"O", "0"}]


def test_there_is_a_letter_for_all_that_coach_says_in_a_word() -> None:
    for text in (
        "Get ready",
        "Straight-leg raises",
        "It’s time!",
        "Before we start",
        "10–12",
        "Warm-up (short)",
    ):
        assert lettered(text, 500, 50) is not None


@given(WORDS, st.integers(1, 200), st.integers(1, 60), st.booleans())
def test_letters_fit_or_there_are_none(words: list[str], width: int, height: int, blocks: bool) -> None:
    rows = lettered(" ".join(words), width, height, blocks=blocks) or ()
    assert len(rows) <= height
    assert all(len(row) <= width for row in rows)


@given(WORDS, st.integers(1, 150), st.integers(1, 50))
def test_more_room_never_makes_smaller_letters(words: list[str], width: int, height: int) -> None:
    def ink(width: int, height: int) -> int:
        rows = lettered(" ".join(words), width, height) or ()
        return sum({"█": 2, "▀": 1, "▄": 1}.get(cell, 0) for row in rows for cell in row)

    assert ink(width, height) <= ink(width + 7, height) <= ink(width + 7, height + 5)


def test_the_smallest_letters_are_twice_as_small_as_the_next() -> None:
    small, large = lettered("Hold", 40, 4), lettered("Hold", 80, 7)
    assert small is not None
    assert large is not None
    assert (max(map(len, small)), max(map(len, large))) == (23, 46)


@pytest.mark.parametrize("size", range(1, LARGEST + 1))
def test_letters_are_as_tall_as_they_are_said_to_be(size: int) -> None:
    rows = lettered("Hold", 29 * size, 100)
    assert rows is not None
    assert len(rows) == rows_tall(size)


def test_lines_of_letters_stand_a_row_apart() -> None:
    rows = lettered("Get ready", 60, 15)
    assert rows is not None
    assert [bool(row.strip()) for row in rows] == [True] * 7 + [False] + [True] * 7


@pytest.mark.parametrize("text", ["", "   ", "日本", "Größe", "a\u0301", "50 %"])
def test_what_cannot_be_drawn_is_not_drawn_in_part(text: str) -> None:
    assert lettered(text, 200, 60) is None


def test_of_is_small_between_numbers_only() -> None:
    between, alone = lettered("7 of 7", 200, 4), lettered("Of", 200, 4)
    assert between is not None
    assert alone is not None
    assert alone[0].startswith("▄▀▀▀▄")
    assert not any("▄▀▀▀▄" in row for row in between)
