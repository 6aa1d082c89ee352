"""What a word processor leaves in a text is made plain, and every column is kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.language.problems import Span, source_lines
from coach.language.typography import UNREADABLE, plain_line


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("\u201cHold\u201d it, it\u2019s fine\u2026", '"Hold" it, it\'s fine...'),
        ("hip\u2011width", "hip-width"),
        ("10\u201312 seconds", "10-12 seconds"),
        ("up \u2014 and down", "up - and down"),
        ("up\u2014and down", "up - and down"),
        ("2\u00a0seconds\u202f(wait)", "2 seconds (wait)"),
        ("soft\u00adhyphen \u200bzero\u2060width\ufeff", "softhyphen zerowidth"),
        ("Ste\u200dp\u200c up", "Step up"),
        ("\u200dup\u200c", "up"),
        ("\u2022\tup", "- up"),
        ("\uf0b7 up", "- up"),
        ("\u2013 up", "- up"),
        ("  \u2014up", "- up"),
        ("* up", "* up"),
        ("**Careful:** keep *still*", "Careful: keep *still*"),
        ("\uff11\uff10\u3000times\uff1a", "10 times:"),
        ("\x93Hold\x94 \x96 it\x92s fine\x85", '"Hold" - it\'s fine...'),
        ("\ttabs\tare spaces\t", "tabs are spaces"),
        ("Ordinary prose, with \u00e9 and \u00bd.", "Ordinary prose, with \u00e9 and \u00bd."),
    ],
)
def test_typography_is_made_plain(written: str, plain: str) -> None:
    assert plain_line(written, 1).text == plain


@pytest.mark.parametrize(
    "spelled",
    [
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "Knee \U0001f468\u200d\U0001f469\u200d\U0001f467",
        "\U0001f3cb\U0001f3fd\u200d\u2640\ufe0f",
    ],
)
def test_joiners_that_belong_to_a_word_or_an_emoji_stay(spelled: str) -> None:
    assert plain_line(spelled, 1).text == spelled


def test_a_column_is_the_author_s_own() -> None:
    written = "\u2022\u00a0\u200b \u201cup\u201d\u2026 word"
    passage = plain_line(written, 7)
    at = passage.text.index("word")
    assert passage.span(at, at + 4) == Span(7, written.index("word") + 1, 4)


def test_a_span_of_nothing_is_one_column_wide() -> None:
    assert plain_line("abc", 1).span(3) == Span(1, 4, 1)
    assert plain_line("", 1).span() == Span(1, 1, 1)


def test_a_cut_keeps_its_columns() -> None:
    assert plain_line("Careful:   keep still ", 2).cut(8, 16).span() == Span(2, 12, 4)


@given(st.text(alphabet=st.characters(exclude_characters="\n\r\x0b\x0c\u2028\u2029")))
def test_any_character_of_a_plain_line_points_into_the_author_s_line(written: str) -> None:
    passage = plain_line(written, 1)
    assert len(passage.columns) == len(passage.text) + 1
    assert list(passage.columns) == sorted(passage.columns)
    assert all(1 <= column <= len(written) for column in passage.columns[:-1])
    assert not UNREADABLE.search(passage.text)
    assert passage.text == passage.text.strip(" ")


@given(st.text())
def test_a_plain_line_stays_as_it_is(text: str) -> None:
    for passage in (plain_line(line, 1) for line in source_lines(text)):
        again = plain_line(passage.text.replace("**", ""), 1).text
        assert plain_line(again, 1).text == again


@given(st.text(st.sampled_from([*map(chr, range(32, 127)), "*", "-", " ", "\t", "é", "–", "•"]), max_size=12))
def test_a_line_that_is_plain_already_is_read_as_if_it_were_not(text: str) -> None:
    slowly = [plain_line(character + "\u200b", 1).text for character in text]
    quickly = plain_line(text, 1)
    assert len(quickly.columns) == len(quickly.text) + 1
    if text.isascii() and text.isprintable() and "*" not in text and not text.lstrip(" ").startswith("-"):
        assert quickly.text == text.strip(" ")
        assert "".join(slowly) == text.replace(" ", "")
        start = len(text) - len(text.lstrip(" "))
        assert quickly.columns[: len(quickly.text)] == tuple(range(start + 1, start + 1 + len(quickly.text)))
