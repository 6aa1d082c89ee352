"""File names from any title, and texts cut between two characters."""

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from coach.exports.file_names import MOST_BYTES, characters, file_stem, shortened

DEVICES = ("CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(10)))
WOMAN_IN_WHEELCHAIR = "\U0001f469\U0001f3fd\u200d\U0001f9bd"
FLAGS = "\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7"

odd = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from('/\\:*?"<>| .-~\t\n\0\u200d\u200f\u202e\u0301\ufe0f\ud800\U0001f3fd'),
    ),
    max_size=400,
)
titles = st.one_of(
    odd,
    st.builds("{}{}".format, st.sampled_from([*DEVICES, *map(str.lower, DEVICES)]), odd),
    st.builds(lambda text, n: text * n, odd.filter(bool), st.integers(1, 40)),
)


@settings(deadline=None)
@given(titles)
@example("con")
@example("Nul .txt")
@example("COM¹.")
@example("a" * 119 + ". b")
@example("\u202egnp.exe")
def test_any_title_becomes_a_name_that_every_system_takes(title: str) -> None:
    stem = file_stem(title)
    assert 0 < len(stem.encode("utf-8")) <= MOST_BYTES
    assert not set(stem) & set('/\\:*?"<>|')
    assert not any(unicodedata.category(char) in {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"} for char in stem)
    assert not any(unicodedata.bidirectional(char) in BIDI_CONTROLS for char in stem)
    assert stem[0] not in " .-"
    assert stem[-1] not in " .-"
    assert stem.partition(".")[0].rstrip().upper().translate(SUPERSCRIPTS) not in DEVICES
    assert unicodedata.normalize("NFC", stem) == stem
    assert file_stem(stem) == stem


BIDI_CONTROLS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
SUPERSCRIPTS = str.maketrans("¹²³", "123")


@pytest.mark.parametrize(
    ("title", "stem"),
    [
        ("Step-ups", "Step-ups"),
        ("Squats / lunges", "Squats - lunges"),
        ("7/8 of a squat", "7-8 of a squat"),
        ("Day 1: knees?", "Day 1 - knees"),
        ('The "good" leg', "The 'good' leg"),
        ("up\n\tand  down", "up and down"),
        ("Etc...", "Etc"),
        (".hidden", "hidden"),
        ("--force", "force"),
        ("aux", "aux_"),
        ("Con.stretch", "Con_.stretch"),
        ("Contract", "Contract"),
        ("Übung für das Knie", "Übung für das Knie"),
        ("Knie\u0301", "Kni\u00e9"),
        ("תרגיל לברך", "תרגיל לברך"),
        (f"Knee {WOMAN_IN_WHEELCHAIR}", f"Knee {WOMAN_IN_WHEELCHAIR}"),
        ("???", "session"),
        ("", "session"),
    ],
)
def test_a_title_stays_as_it_is_where_it_can(title: str, stem: str) -> None:
    assert file_stem(title) == stem


@settings(deadline=None)
@given(odd, st.integers(0, 60), st.sampled_from(["", "…"]))
def test_a_text_is_cut_between_characters_and_fits(text: str, most: int, mark: str) -> None:
    short = shortened(text, most, mark=mark)
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


@settings(deadline=None)
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
