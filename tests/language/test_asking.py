"""`Ask: pain` in a sheet: where it stands, and what is said to who writes it otherwise."""

import pytest

from coach.language.model import Ask, Script, Session
from coach.language.parser import parse

SESSION = "# Knees\nIf a pain is sharp, stop.\n{}\n- Step-ups\n"
EXERCISE = "# Bends\nDose: 1 set of 2\nCareful: Slowly.\n{}\n- down, 1 second: Down,\n- up, 1 second: up.\n"


def problems(text: str) -> list[tuple[str, str, str]]:
    return [(each.code, each.message, each.hint) for each in parse(text, "sheet").problems]


@pytest.mark.parametrize(
    "line", ["Ask: pain", "ask: Pain", "Ask: pain?", "Ask: pain.", "ASK:pain", "- Ask: pain"]
)
def test_pain_is_asked_about_in_a_session_and_in_an_exercise(line: str) -> None:
    session, exercise = parse(SESSION.format(line), "knees"), parse(EXERCISE.format(line), "bends")
    assert not session.problems + exercise.problems
    assert isinstance(session.value, Session)
    assert isinstance(exercise.value, Script)
    assert any(isinstance(part, Ask) for part in session.value.parts)
    assert exercise.value.asks


@pytest.mark.parametrize("text", [SESSION, EXERCISE])
@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("Ask: soreness", "ask", "I cannot ask about 'soreness'"),
        ("Ask: how much pain", "ask", "I cannot ask about 'how much pain'"),
        ("Ask:", "empty", "'Ask:' has nothing behind it"),
        ("Ask pain", "label", "'Ask' has no colon"),
        ("Ask about pain.", "label", "'Ask about' has no colon"),
        ("Ask about your pain?", "label", "'Ask about' has no colon"),
        ("Ask; pain", "label", "'Ask' has no colon"),
        ("Ask - pain", "label", "'Ask' has no colon"),
        ("Question: pain", "label", "'Question:' is not a label I know"),
        ("Asks: pain", "label", "'Asks:' is not a label I know"),
    ],
)
def test_who_writes_it_otherwise_is_told_what_to_write(text: str, line: str, code: str, message: str) -> None:
    told = problems(text.format(line))
    assert (code, message) in {(each[0], each[1]) for each in told}
    assert any("Ask:" in hint for *_, hint in told)
    assert problems(text.format("Ask: pain")) == []


@pytest.mark.parametrize(
    "line", ["Ask your doctor about the pain.", "Ask yourself, is there pain?", "Question pain again."]
)
def test_a_sentence_that_only_begins_like_it_is_spoken(line: str) -> None:
    assert problems(SESSION.format(line)) == []


def test_two_questions_running_are_one_too_many() -> None:
    hint = "keep one of them; the other is on line 3"
    assert problems(SESSION.format("Ask: pain\nAsk: pain")) == [
        ("repeated", "the same is asked twice running", hint)
    ]
    assert problems(SESSION.format("Ask: pain\nBreathe.\nAsk: pain")) == []
    assert [code for code, *_ in problems(EXERCISE.format("Ask: pain\nAsk: pain"))] == ["repeated"]
