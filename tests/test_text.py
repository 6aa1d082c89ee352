"""Texts for people: cut between two characters, harmless on a terminal."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.text import characters, cut, one_line, printable_line, utf8_size

WOMAN_IN_WHEELCHAIR = "\U0001f469\U0001f3fd\u200d\U0001f9bd"
FLAGS = "\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7"

odd = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from('/\\:*?"<>| .-~\t\n\0\u200d\u200f\u202e\u0301\ufe0f\ud800\U0001f3fd'),
    ),
    max_size=400,
)


@given(odd)
def test_no_text_steers_a_terminal_or_ends_a_line(text: str) -> None:
    shown = printable_line(text)
    assert not any(unicodedata.category(each) in {"Cc", "Cs", "Zl", "Zp"} for each in shown)
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")
    assert printable_line(shown) == shown


@given(odd)
def test_a_line_of_a_file_has_no_controls_and_is_utf_8(text: str) -> None:
    line = one_line(text)
    assert not any(unicodedata.category(each) in {"Cc", "Zl", "Zp"} for each in line)
    assert line.encode("utf-8").decode("utf-8") == line == line.strip()


@given(odd, st.integers(0, 60), st.sampled_from(["", "…"]))
def test_a_text_is_cut_between_characters_and_fits(text: str, most: int, mark: str) -> None:
    short = cut(text, most, utf8_size, mark=mark)
    whole = text.encode("utf-8", "surrogatepass")
    if len(whole) <= most:
        assert short == text
        return
    assert len(short.encode("utf-8", "surrogatepass")) <= most
    begun = short.removesuffix(mark)
    assert text.startswith(begun)
    borders = [""]
    for character in characters(text):
        borders.append(borders[-1] + character)
    assert begun in {border.rstrip() for border in borders}
    longer = next((border for border in borders if len(border) > len(begun) and border.strip()), None)
    if not short and longer is not None:
        assert len((longer + mark).encode("utf-8", "surrogatepass")) > most


@given(odd)
def test_the_characters_of_a_text_joined_are_the_text(text: str) -> None:
    pieces = list(characters(text))
    assert "".join(pieces) == text
    assert all(pieces)
    assert not any(unicodedata.category(piece[0]) == "Mn" for piece in pieces[1:] if _follows(pieces, piece))


def _follows(pieces: list[str], piece: str) -> bool:
    """True where the piece before is one that a sign can combine with."""
    before = pieces[pieces.index(piece) - 1]
    return unicodedata.category(before[-1]) not in {"Cc", "Zl", "Zp"}


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("abc", ["a", "b", "c"]),
        ("e\u0301o\u0308\u0304", ["e\u0301", "o\u0308\u0304"]),
        (WOMAN_IN_WHEELCHAIR + "!", [WOMAN_IN_WHEELCHAIR, "!"]),
        (FLAGS, [FLAGS[:2], FLAGS[2:]]),
        ("\u2764\ufe0f1\ufe0f\u20e3", ["\u2764\ufe0f", "1\ufe0f\u20e3"]),
        ("\u1112\u1161\u11ab\ud558\u11ab", ["\u1112\u1161\u11ab", "\ud558\u11ab"]),
        ("\ud55c\u1161", ["\ud55c", "\u1161"]),
        ("a\r\nb\n\u0301", ["a", "\r\n", "b", "\n", "\u0301"]),
        ("", []),
    ],
)
def test_a_character_is_what_a_reader_takes_for_one(text: str, pieces: list[str]) -> None:
    assert list(characters(text)) == pieces
