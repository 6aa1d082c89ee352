"""Problems as their authors read them; the golden texts stand beside the wrong sheets."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.language.model import Script
from coach.language.parser import parse
from coach.language.problems import Problem, Severity, Span, as_json, explain, source_lines
from coach.language.review import review

WRONG = sorted((Path(__file__).parents[1] / "cases" / "wrong").glob("*.md"))


def explanation(sheet: Path) -> str:
    """All that is said about a sheet, spelling first."""
    text = sheet.read_bytes().decode()
    parsed = parse(text, sheet.stem)
    heard = review(parsed.value) if isinstance(parsed.value, Script) else ()
    return "".join(f"{explain(each, sheet.name, text)}\n" for each in (*parsed.problems, *heard))


@pytest.mark.parametrize("sheet", WRONG, ids=lambda sheet: sheet.stem)
def test_a_wrong_sheet_is_explained_word_for_word(sheet: Path) -> None:
    assert explanation(sheet) == sheet.with_suffix(".txt").read_text(encoding="utf-8")


def test_there_are_wrong_sheets() -> None:
    assert len(WRONG) > 15


def test_every_problem_says_what_to_write_instead() -> None:
    for sheet in WRONG:
        for problem in parse(sheet.read_bytes().decode(), sheet.stem).problems:
            assert problem.hint, problem


def test_the_caret_stands_under_the_span() -> None:
    shown = explain(Problem("unit", "'30' has no unit", Span(2, 6, 2)), "a.md", "# A\nrest 30 now")
    assert shown == ("a.md:2:6: error: '30' has no unit [unit]\n  2 | rest 30 now\n           ^^")


def test_the_caret_stands_right_behind_a_tab() -> None:
    _, line, caret = explain(Problem("x", "m", Span(1, 3, 1)), "a.md", "a\tb").splitlines()
    assert line.index("b") == caret.index("^")


def test_the_caret_stands_right_behind_wide_characters() -> None:
    _, line, caret = explain(Problem("x", "m", Span(1, 3, 2)), "a.md", "膝膝ab").splitlines()
    assert caret.index("^") == line.index("a") + 2
    assert caret.count("^") == 2


def test_the_caret_takes_no_room_for_marks_without_width() -> None:
    _, line, caret = explain(Problem("x", "m", Span(1, 4, 1)), "a.md", "e\u0301\u200bx").splitlines()
    assert caret.index("^") == line.index("x") - 1


def test_a_very_long_line_is_shown_around_its_problem() -> None:
    text = "a" * 5_000 + "WRONG" + "b" * 5_000
    shown = explain(Problem("x", "m", Span(1, 5_001, 5)), "a.md", text)
    _, line, caret = shown.splitlines()
    assert len(line) < 120
    assert line[caret.index("^") : caret.rindex("^") + 1] == "WRONG"


def test_control_characters_never_reach_the_terminal() -> None:
    shown = explain(Problem("x", "bad \x1b[31m", Span(1, 1, 3)), "a\x07.md", "\x1b[2J\ud800\u202ehello")
    assert not any(ord(character) < 32 and character != "\n" for character in shown)
    assert "\u202e" not in shown
    shown.encode()


@given(st.text(max_size=60), st.integers(-1, 5), st.integers(1, 80), st.integers(1, 80), st.text(max_size=8))
def test_any_problem_of_any_text_can_be_explained(
    text: str, line: int, column: int, width: int, name: str
) -> None:
    shown = explain(Problem("x", "m", Span(line, column, width), "h"), name, text)
    shown.encode()
    assert len(shown.splitlines()) <= 4 + len(name.splitlines())


@given(st.text())
def test_lines_are_the_same_whatever_ends_them(text: str) -> None:
    plain = "\n".join(source_lines(text))
    assert source_lines(plain.replace("\n", "\r\n")) == source_lines(plain)


def test_a_warning_is_called_one() -> None:
    problem = Problem("long", "15 words", Span(1), "", Severity.WARNING)
    assert explain(problem, "a.md", "Hold.").startswith("a.md:1:1: warning: 15 words [long]")


def test_a_problem_without_a_hint_has_no_line_for_one() -> None:
    explained = explain(Problem("long", "15 words", Span(1), ""), "a.md", "Hold.").splitlines()
    assert len(explained) == 3
    assert not [line for line in explained if line.strip().startswith("=")]


def test_a_problem_as_json_has_its_place_and_words() -> None:
    problem = Problem("unit", "'30' has no unit", Span(3, 26, 2), "write '30 seconds'")
    assert json.loads(json.dumps(as_json(problem, "bridges.md"))) == {
        "file": "bridges.md",
        "line": 3,
        "column": 26,
        "width": 2,
        "severity": "error",
        "code": "unit",
        "message": "'30' has no unit",
        "hint": "write '30 seconds'",
    }
