"""What is given to a voice can be said, and prose is left alone."""

import re
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from coach.language.spelling.en import TABLE
from coach.language.spelling.en_words import HINTS
from coach.language.spelling.spell_out import PUNCTUATION, Spoken, spell_out, spoken
from coach.language.spelling.table import Rule


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
        ("in your 60s, the 1960s", "in your sixties, the 19 sixties"),
        (
            "Keep your pain <5/10, not > 5/10.",
            "Keep your pain less than 5 out of 10, not more than 5 out of 10.",
        ),
        (
            "Do this 2x daily, at 8:00 and 16:00.",
            "Do this 2 times daily, at 8 o'clock and 4 o'clock in the afternoon.",
        ),
        ("the 90/90 position", "the 90 90 position"),
        ("from 0:30 to 1:00, until 2:00", "from 30 seconds to 1 minute, until 2 minutes"),
        ("by 22:15, at 0:00 or 1:05 pm.", "by 10:15 at night, at midnight or 1 oh 5 p.m."),
        ("every 30 s switch, another 30 s rest", "every 30 seconds switch, another 30 second rest"),
        ("Call 112, then call 10 people.", "Call 1 1 2, then call 10 people."),
        ("a 2 kg weight, or a 6 lb weight", "a 2 kilogram weight, or a 6 pound weight"),
        ("Walk 50 ft. Rest.", "Walk 50 feet. Rest."),
        ("20s on/10s off", "20 seconds on, 10 seconds off"),
        (
            'Lift it 2" off, say "do 10", not 6"-8".',
            'Lift it 2 inches off, say "do 10", not 6 inches to 8 inches.',
        ),
        ("He is D, and I mix it.", "He is D, and I mix it."),
        ("10 in a row, 5 in each hand, 2 in off it", "10 in a row, 5 in each hand, 2 inches off it"),
        ("60s hold; 60 s; the 60s hold", "60 seconds hold; 60 seconds; the 60 second hold"),
        ("\u338f 3 \u2460 Warrior \u2161", "kg 3 1 Warrior 2"),
        ("3 sets x 12, 3 sets x 12 reps", "3 sets, 12 times, 3 sets of 12 reps"),
        ("Sit on it. Mon and Wed.", "Sit on it. Monday and Wednesday."),
        ("knee/ankle and/or hip", "knee or ankle and or hip"),
        ("*Keep* _still_ **now** `here`", "Keep still now here"),
        ("[[t@st]] <b>bold</b>", "t at st bold"),
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
    "|at 8:00|II|\"|'|in|ft|kg|2|→|@|(|)|call |R leg|Mon|💪|^|±|≥|$|€|www.|.com|the |60s|L/R|w/|,"
).split("|")
SIGNS = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)
TEXTS = st.one_of(SIGNS, st.text())


@settings(max_examples=300)
@given(TEXTS)
def test_what_is_said_holds_nothing_that_a_voice_takes_for_an_order_or_a_name(text: str) -> None:
    said = spell_out(text)
    said.encode()
    assert said == " ".join(said.split())
    signs = {sign for sign in said if not (sign.isalnum() or unicodedata.category(sign) in {"Mn", "Mc"})}
    assert signs <= set(PUNCTUATION) - set("[]{}") | {" "}


@settings(max_examples=300)
@given(TEXTS, st.sampled_from(("zebra", "7777")), TEXTS)
def test_no_word_or_number_is_swallowed_by_what_stands_beside_it(before: str, word: str, after: str) -> None:
    read = spoken(before + word + after)
    is_told = any(each.start <= len(before) < each.end for each in read.unsaid)
    assert is_told or word in re.sub("[ ,]", "", read.text)


def is_silent(sign: str) -> bool:
    """Tell whether a sign is heard as a pause at most, or not at all; emphasis and `\\` belong to words."""
    category = unicodedata.category(sign)
    is_selector = "\ufe00" <= sign <= "\ufe0f"
    return sign.isspace() or sign in PUNCTUATION or sign in "*_`\\" or category in {"Cf", "Me"} or is_selector


@settings(max_examples=500)
@given(TEXTS, st.one_of(st.sampled_from("<>=+×x/%&@#~^|°²±≥≤→$€½💪☞中Ω"), st.characters()), TEXTS)
def test_every_sign_is_heard_or_told(before: str, sign: str, after: str) -> None:
    assume(not sign.isalnum() or not sign.isascii())
    read = spoken(before + sign + after)
    is_told = any(each.start <= len(before) < each.end or sign in each.text for each in read.unsaid)
    assert is_silent(sign) or is_told or read.text != spell_out(before + after)


def test_emphasis_is_not_told_and_lone_marks_are() -> None:
    assert spoken("*Keep* _still_, **now** and `here`.") == Spoken("Keep still, now and here.")
    for text in ("Keep still*.", "Keep _ still", "a ` b", "*Keep still", "Keep \\ still"):
        assert len(spoken(text).unsaid) == 1, text


@pytest.mark.parametrize("rule", TABLE.rule_at.values(), ids=lambda rule: rule.written)
def test_every_rule_is_said_as_its_example(rule: Rule) -> None:
    assert spell_out(rule.written) == rule.said
    assert rule.compiled.search(rule.written)


@pytest.mark.parametrize("sign", HINTS)
def test_what_is_proposed_for_a_sign_is_said(sign: str) -> None:
    assert [each.hint for each in spoken(f"Now go {sign}").unsaid] == [HINTS[sign]]
    assert spoken(f"Now {HINTS[sign]} go.") == Spoken(f"Now {HINTS[sign]} go.")


@given(st.characters())
def test_what_is_proposed_for_any_sign_is_said(sign: str) -> None:
    for each in spoken(f"Now {sign} go.").unsaid:
        read = spoken(f"Now {each.hint} go.")
        assert not read.unsaid
        assert not each.hint or read.text == f"Now {each.hint} go."


def test_a_long_text_is_read_in_a_moment() -> None:
    begun_s = time.process_time()
    for part in (
        "1-",
        "1 ",
        "1",
        "1/2",
        "*",
        "_a",
        "a.",
        "at 8:00 ",
        "a@",
        "0123 ",
        "www.",
        "<a",
        "II",
        "x",
        "\u0301",
        '"',
    ):
        spell_out(part * 2_000)
    assert time.process_time() - begun_s < 10
