"""Every example of the language's page does what the page says."""

import re
from pathlib import Path

import pytest

from coach.language.keywords.en import KEYWORDS as ENGLISH
from coach.language.model import Script, Session, Sound
from coach.language.parser import Parsed, parse
from coach.language.problems import Problem, explain
from coach.language.review import review, review_session
from coach.language.spelling.spell_out import spell_out, spoken

PAGE = (Path(__file__).parents[1] / "docs" / "script-language.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+) ?(\S*)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
SHEETS = [(name, text) for kind, name, text in BLOCKS if kind == "sheet"]
LINES = [text for kind, _, text in BLOCKS if kind == "lines"]
SAID = re.findall(
    r"^\| (`.+`) \| (.+) \|$", PAGE.partition("| the coach says |")[2].partition("\n\n")[0], re.MULTILINE
)
WRONG = [
    (name, text, explanation)
    for (kind, name, text), (_, _, explanation) in zip(BLOCKS, [*BLOCKS[1:], ("", "", "")], strict=True)
    if kind == "wrong"
]


def problems(parsed: Parsed) -> list[Problem]:
    """What `coach check` says of one sheet by itself."""
    match parsed.value:
        case Script() as script:
            return [*parsed.problems, *review(script)]
        case Session() as session:
            return [*parsed.problems, *review_session(session, {})]
        case None:
            return list(parsed.problems)


def completed(lines: str) -> str:
    """A whole sheet around some of an exercise's lines."""
    dose = "" if "Dose:" in lines else "Dose: 10 times\n"
    without_phases = "- " in lines or "Dose: for" in lines or "Dose: hold" in lines
    phases = "" if without_phases else "- up, 2 seconds\n"
    return f"# Sheet\n{dose}{lines}{phases}Careful: Slowly.\n"


def test_the_page_has_examples_of_every_kind() -> None:
    assert len(SHEETS) == 3
    assert len(LINES) > 5
    assert len(WRONG) > 2
    assert len(SAID) > 10
    assert {kind for kind, _, _ in BLOCKS} == {"sheet", "lines", "wrong", "text"}


@pytest.mark.parametrize(("name", "text"), SHEETS, ids=[name for name, _ in SHEETS])
def test_a_complete_example_has_no_problem(name: str, text: str) -> None:
    parsed = parse(text, name.removesuffix(".md"))
    assert parsed.value is not None
    assert problems(parsed) == []


@pytest.mark.parametrize(("written", "said"), SAID)
def test_numbers_units_and_signs_are_said_as_the_page_says(written: str, said: str) -> None:
    examples = re.findall("`([^`]+)`", written)
    assert ", ".join(map(spell_out, examples)) == said
    assert not any(spoken(example).unsaid for example in examples)


@pytest.mark.parametrize("lines", LINES)
def test_lines_of_an_example_have_no_problem(lines: str) -> None:
    parsed = parse(completed(lines), "sheet")
    assert isinstance(parsed.value, Script), parsed.problems
    assert problems(parsed) == []


@pytest.mark.parametrize(("name", "text", "explanation"), WRONG, ids=[name for name, _, _ in WRONG])
def test_a_wrong_example_is_explained_as_the_page_shows(name: str, text: str, explanation: str) -> None:
    found = sorted(problems(parse(text, name.removesuffix(".md"))), key=lambda problem: problem.span.line)
    assert "".join(f"{explain(problem, name, text)}\n" for problem in found) == explanation


def test_the_page_names_every_label_and_every_sound() -> None:
    for label in ENGLISH.labels.values():
        assert f"`{label}:`" in PAGE
    for sound in Sound:
        assert sound.value.replace("-", " ") in PAGE.replace("\n", " ")
    assert f"There are {('nine', 'ten', 'eleven')[len(ENGLISH.labels) - 9]} labels" in PAGE
