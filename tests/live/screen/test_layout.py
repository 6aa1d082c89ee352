"""The picture of a moment: it fits any terminal, and says what to do now and what is said."""

from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from coach.live.screen.big_letters import lettered, rows_tall
from coach.live.screen.layout import (
    ALARM,
    ASCII,
    STRONG,
    UNICODE,
    Marks,
    Row,
    lay_out,
    lay_out_farewell,
    text_of,
)
from coach.live.screen.screen import clean
from coach.live.view import View
from tests.exports.looking import CURL, OUTSIDE, views

KEYS = tuple("space = pause,left = back,right = next,r = again,+ = louder,- = softer,q = stop".split(","))
PAUSED = replace(CURL, is_paused=True)
SIZES = ((80, 24), (120, 40), (40, 12), (200, 60))


def texts(view: View, width: int = 80, height: int = 24, marks: Marks = UNICODE) -> list[str]:
    return [text_of(row).rstrip() for row in lay_out(view, width, height, KEYS, marks)]


def spells(rows: list[str], text: str, width: int, marks: Marks = UNICODE) -> int:
    """How many rows the letters take in which the rows spell a text, of any size; 0 if they do not."""
    for inner in range(width, width // 3, -1):
        for height in range(len(rows), 0, -1):
            letters = lettered(text, inner, height, blocks=marks.blocks, calm="")
            for y in range(len(rows) - len(letters or ()) + 1):
                if letters and all(line in row for line, row in zip(letters, rows[y:], strict=False)):
                    return len(letters)
    return 0


def bare(text: str) -> str:
    return "".join(text.split())


@given(views(), st.integers(4, 200), st.integers(1, 60), st.sampled_from([UNICODE, ASCII]))
@example(replace(CURL, notice="no sound device"), 4, 9, UNICODE)
@example(replace(CURL, is_bound=True), 24, 12, UNICODE)
@settings(max_examples=300)
def test_every_picture_fits_its_terminal(view: View, width: int, height: int, marks: Marks) -> None:
    rows = lay_out(clean(view), width, height, KEYS, marks)
    assert len(rows) <= height
    for row in rows:
        at = 0
        for span in row:
            assert span.column >= at
            at = span.column + cell_len(span.text)
        assert at <= width


@given(views(), st.integers(38, 200), st.integers(12, 60), st.sampled_from([UNICODE, ASCII]))
@settings(max_examples=200)
def test_every_picture_says_what_to_do_now_and_what_is_said(
    view: View, width: int, height: int, marks: Marks
) -> None:
    view = replace(clean(view), said=clean(view).said[:100])
    view = replace(view, now=view.now[:60])
    rows = texts(view, width, height, marks)
    everything = bare("".join(rows))
    assert bare(view.said) in everything
    assert bare(view.now) in everything or spells(rows, view.now, width, marks)
    if view.is_paused:
        assert "PAUSED" in everything or spells(rows, "Paused", width, marks)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("now", ["Curl", "Hold", "Rest", "Get ready"])
def test_what_to_do_now_is_in_large_letters_everywhere(now: str, size: tuple[int, int]) -> None:
    view = CURL if now in {"Curl", "Hold"} else replace(CURL, **OUTSIDE)
    assert spells(texts(replace(view, now=now), *size), now, size[0]) >= rows_tall(1)


def test_the_larger_the_terminal_the_larger_the_word() -> None:
    heights = [spells(texts(CURL, width, height), "Curl", width) for width, height in sorted(SIZES)]
    assert heights == [4, 7, 14, 21]


def test_words_of_a_set_have_one_size() -> None:
    words = ["Up", "Curl", "Hold", "Lower", "Loose", "Down", "Tap"]
    for size in SIZES:
        assert len({spells(texts(replace(CURL, now=word), *size), word, size[0]) for word in words}) == 1


def test_the_repetition_is_large_where_there_is_room() -> None:
    assert spells(texts(CURL), "7 of 12", 80) == 4
    assert spells(texts(CURL, 120, 40), "7 of 12", 120) == 7
    assert "repetition 7 of 12 · 2 s" in "\n".join(texts(CURL, 40, 12))


def test_a_bound_is_named_over_the_number_of_an_open_set() -> None:
    an_open_set = replace(CURL, is_bound=True, reps=15)
    assert "repetition, up to 15" in "\n".join(texts(an_open_set))
    assert spells(texts(an_open_set), "7", 80) == 4
    assert "repetition 7, up to 15 · 2 s" in "\n".join(texts(an_open_set, 40, 12))


def test_repetitions_keep_their_size_when_they_get_a_second_digit() -> None:
    for width in range(60, 160, 7):
        rows = {rep: texts(replace(CURL, rep=rep), width, 40) for rep in (9, 10)}
        assert spells(rows[9], "9 of 12", width) == spells(rows[10], "10 of 12", width)


def test_everything_is_there_on_a_usual_terminal() -> None:
    view = replace(CURL, volume_db=-6.0, notice="no sound device: waiting")
    shown = "\n".join(texts(view))
    for part in (
        "Inner knee · standard",
        "volume -6 dB · chapter 4 of 11",
        "! no sound device: waiting",
        "Hamstring curls · right leg · set 1 of 2",
        "seconds left",
        "Keep your hips down.",
        "Next: Right leg, second and final set",
        "12:31 ━━━",
        "about 35 min left",
        "space pause",
        "q stop",
    ):
        assert part in shown


def test_a_usual_terminal_in_a_set_looks_like_this() -> None:
    assert texts(replace(CURL, left_is_estimate=False)) == [
        "  Inner knee · standard                                        chapter 4 of 11",
        "",
        "  Hamstring curls · right leg · set 1 of 2",
        "",
        "    ████████  ██      ██  ████████    ██",
        "  ██          ██      ██  ██      ██  ██",
        "  ██          ██      ██  ██      ██  ██",
        "  ██          ██      ██  ████████    ██",
        "  ██          ██      ██  ██  ██      ██",
        "  ██          ██      ██  ██    ██    ██",
        "    ████████    ██████    ██      ██  ██████████",
        "",
        "  repetition                                               seconds left",
        "  ▀▀▀▀█          ▄▀▀      ▄█   ▄▀▀▀▄                       ▄▀▀▀▄",
        "    ▄▀      ▄▀▀▄ █▄▄       █     ▄▄▀                         ▄▄▀",
        "    █       █  █ █         █   ▄▀                          ▄▀",
        "    ▀        ▀▀  ▀        ▀▀▀  ▀▀▀▀▀                       ▀▀▀▀▀",
        "",
        "  Keep your hips down.",
        "",
        "  Next: Right leg, second and final set",
        "  12:31 ━━━━━━━━━━━━━━━──────────────────────────────────────────── 35:10 left",
        "  space pause   left back   right next   r again   + louder   - softer",
        "  q stop",
    ]


def test_a_small_terminal_in_a_set_looks_like_this() -> None:
    assert texts(CURL, 40, 12) == [
        " Inner knee · standard  chapter 4 of 11",
        " Hamstring curls · right leg · 1/2",
        " ▄▀▀▀▀ █   █ █▀▀▀▄ █",
        " █     █   █ █▄▄▄▀ █",
        " █     █   █ █ ▀▄  █",
        "  ▀▀▀▀  ▀▀▀  ▀   ▀ ▀▀▀▀▀",
        " repetition 7 of 12 · 2 s",
        " Keep your hips down.",
        " Next: Right leg, second and final set",
        " 12:31 ━━━─────────── about 35 min left",
        " space pause   left back   right next",
        " r again   + louder   - softer   q stop",
    ]


def test_rough_marks_have_no_letter_beyond_ascii() -> None:
    for view in (CURL, PAUSED, replace(CURL, **OUTSIDE, now="Rest")):
        shown = "\n".join(texts(view, marks=ASCII))
        assert shown.isascii()
        assert "####" in shown


def test_what_has_no_large_letters_is_bold() -> None:
    rows = lay_out(replace(CURL, now="日本語の体操"), 80, 24, KEYS)
    assert [span.style for row in rows for span in row if span.text == "日本語の体操"] == [STRONG]


def band(view: View, width: int, height: int) -> list[Row]:
    return [row for row in lay_out(view, width, height, KEYS) if any(span.style is ALARM for span in row)]


@pytest.mark.parametrize(("size", "rows"), list(zip(SIZES, (9, 13, 4, 20), strict=True)))
def test_a_pause_is_not_to_be_missed(size: tuple[int, int], rows: int) -> None:
    assert band(CURL, *size) == []
    assert len(band(PAUSED, *size)) >= rows
    assert "Curl · repetition 7 of 12" in "\n".join(texts(PAUSED, *size))


def test_even_the_smallest_terminal_says_that_it_is_paused() -> None:
    assert text_of(band(PAUSED, 12, 3)[0]).strip() == "PAUSED"


def test_the_bar_is_full_at_the_end_and_empty_at_the_beginning() -> None:
    bars = [
        next(row for row in texts(view) if row.endswith(" left") and ":" in row)
        for view in (
            replace(CURL, at_s=0.0, left_s=600.0),
            replace(CURL, at_s=600.0, left_s=0.0, is_over=True),
            replace(CURL, at_s=0.0, left_s=0.0),
        )
    ]
    assert ["━" in bar for bar in bars] == [False, True, False]
    assert ["─" in bar for bar in bars] == [True, False, True]


def parts(clock: str) -> list[tuple[str, int]]:
    return list(zip(clock.split(":"), (60, 1), strict=True))


def test_the_clock_and_the_time_left_change_together() -> None:
    whole_s = 613.4
    sums = set()
    for tenth in range(300):
        at_s = 20 + tenth / 10
        row = next(
            row
            for row in texts(replace(CURL, at_s=at_s, left_s=whole_s - at_s, left_is_estimate=False))
            if row.endswith(" left") and "━" in row
        )
        gone, left = row.split()[0], row.split()[-2]
        sums.add(sum(int(part) * unit for each in (gone, left) for part, unit in parts(each)))
    assert sums == {613}


@pytest.mark.parametrize("height", range(20, 40))
def test_the_sentence_changes_and_nothing_else_moves(height: int) -> None:
    for view in (CURL, replace(CURL, **OUTSIDE, now="Rest"), PAUSED):
        short, long = (
            texts(replace(view, said=said), 80, height) for said in ("", "Keep your hips down, " * 5)
        )
        differing = [y for y, (one, other) in enumerate(zip(short, long, strict=True)) if one != other]
        assert len(differing) == 2


@given(views(), st.integers(4, 200))
def test_the_last_lines_fit_and_say_where_it_ended(view: View, width: int) -> None:
    rows = lay_out_farewell(clean(view), width)
    assert all(cell_len(text_of(row)) <= width for row in rows)
    assert bare(clean(view).said) in bare("".join(text_of(row) for row in rows))
