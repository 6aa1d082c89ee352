"""What is given to a voice can be said, and prose is left alone."""

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from coach.voices.spelling import spell_out


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("3x10", "3 times 10"),
        ("3 x 10 and 3×10 and 3*10", "3 times 10 and 3 times 10 and 3 times 10"),
        ("30s", "30 seconds"),
        ("1 s, 1s hold, 30 sec", "1 second, 1 second hold, 30 seconds"),
        ("Rest 30 sec. Then go.", "Rest 30 seconds. Then go."),
        ("Rest 30 sec. then go.", "Rest 30 seconds then go."),
        ("5 min", "5 minutes"),
        ("1/2", "half"),
        ("1/2 min, 1½ min", "half a minute, 1 and a half minutes"),
        ("1 1/2 minutes, 3/4 of it", "1 and a half minutes, three quarters of it"),
        ("pain of 3/10", "pain of 3 out of 10"),
        ("10-12 times, 10\u201312 cm", "10 to 12 times, 10 to 12 centimeters"),
        ("tempo 3-0-2-1", "tempo 3, 0, 2, 1"),
        ("#3 and No. 3 and no. 12", "number 3 and number 3 and number 12"),
        ("Is it sore? No. Then go on.", "Is it sore? No. Then go on."),
        ("e.g. a chair, i.e. a seat, approx. ten", "for example a chair, that is a seat, approximately ten"),
        ("10 cm high, 2 kg, 90°, 5%", "10 centimeters high, 2 kilograms, 90 degrees, 5 percent"),
        ("R & B, 10+ times", "R and B, 10 or more times"),
        ("1:30, 1:00, 0:45", "1 minute 30, 1 minute, 45 seconds"),
        ("at 7:30", "at 7:30"),
        ("in your 60s, the 1960s", "in your 60s, the 1960s"),
        ("knee/ankle and/or hip", "knee or ankle and or hip"),
        ("*Keep* _still_ **now** `here`", "Keep still now here"),
        ("[[t@st]] <b>bold</b>", "t@st b bold b"),
        ("nul\x00 bell\x07 \ud800lone", "nul bell lone"),
        ("zero\u200bwidth \u2764\ufe0f", "zerowidth"),
        ("lines\nand\ttabs", "lines and tabs"),
        ("\\right", "right"),
        ("...", ""),
        ("\x00", ""),
        ("", ""),
    ],
)
def test_numbers_and_signs_are_said_in_words(written: str, said: str) -> None:
    assert spell_out(written) == said


PROSE = (
    "Stand facing the step, one hand on the rail.",
    "Is your knee still over your ankle?",
    "Don't hurry; it's fine \u2013 let go!",
    "Set your feet hip-width apart, (both) toes ahead.",
    "From zero to two, carry on: 10 times, 2 seconds.",
    "Lift your right leg, then the left.",
    "Hold ... and lower.",
    "She said \u201cslowly\u201d, didn\u2019t she?",
)


@pytest.mark.parametrize("text", PROSE)
def test_ordinary_prose_is_left_as_it_is(text: str) -> None:
    assert spell_out(text) == text


def test_the_project_s_own_sentences_are_left_as_they_are() -> None:
    for sheet in (Path(__file__).parents[2] / "scripts").rglob("*.md"):
        for line in sheet.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith(("#", "Source:", "//", "(")):
                assert spell_out(line) == line


def test_another_language_keeps_its_numbers() -> None:
    assert spell_out("3x10, *Knie* & Fuß [[x]]", "de") == "3x10, Knie & Fuß x"


PIECES = (
    "10|1|3|x|×|/|-|:|30|s|min| |in your |e.g.|No. |#|half|½|.|cm|at |°|C|[[|]]|*|_|a|%|&|+|=|~|<|>|\\|\u2013"
).split("|")
SIGNS = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)


@settings(max_examples=1_000)
@example("10s/s")
@given(st.one_of(SIGNS, st.text()))
def test_saying_it_again_changes_nothing(text: str) -> None:
    assert spell_out(spell_out(text)) == spell_out(text)
    assert spell_out(spell_out(text, "de"), "de") == spell_out(text, "de")


@given(st.one_of(SIGNS, st.text()))
def test_what_can_be_said_is_said_and_the_rest_is_encodable(text: str) -> None:
    said = spell_out(text)
    said.encode()
    assert "[[" not in said
    assert not set(said) & set("<>\x00\\")
    if any(character.isalnum() for character in text):
        assert said


def test_a_long_text_is_read_in_a_moment() -> None:
    for text in ("1-" * 20_000, "1 " * 20_000, "1" * 20_000, "1/2" * 20_000, "*" * 20_000, "_a" * 20_000):
        assert spell_out(spell_out(text)) == spell_out(text)
