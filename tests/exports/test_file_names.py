"""File names from any title."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from coach.exports.file_names import MOST_BYTES, file_stem

DEVICES = ("CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(10)))
WOMAN_IN_WHEELCHAIR = "\U0001f469\U0001f3fd\u200d\U0001f9bd"

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
