"""Every example of the language's page does what the page says."""

import re
from pathlib import Path

import pytest

from coach.language.dose import After
from coach.language.keywords.en import KEYWORDS as ENGLISH
from coach.language.level import Level
from coach.language.model import Script, Session, Sound
from coach.language.parser import Parsed, parse
from coach.language.postures import surface
from coach.language.problems import Problem, Severity, explain
from coach.language.review import review, review_session
from coach.language.spelling.spell_out import spell_out, spoken
from coach.session.arrange import practice
from coach.session.compile import compile_session
from coach.session.options import Options
from coach.session.timeline import says
from tests.fakes import ESTIMATED

PAGE = (Path(__file__).parents[1] / "docs" / "script-language.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+) ?(\S*)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
SHEETS = [(name, text) for kind, name, text in BLOCKS if kind == "sheet"]
LINES = [text for kind, _, text in BLOCKS if kind == "lines"]


def rows(last_head: str) -> list[list[str]]:
    """The rows of the page's table whose last column has this head."""
    table = PAGE.partition(f"| {last_head} |\n")[2].partition("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table.splitlines()[1:]]


SAID = rows("the coach says")
HEARD = [
    (wording, heard) for written, heard in rows("what is heard") for wording in re.findall("`(.+?)`", written)
]
RESTS = rows("where the rest is")
REFUSED = rows("write")
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


def with_dose(dose: str) -> str:
    """A sheet with a dose: one with a movement, unless the dose is a time or a hold."""
    is_counted = not re.match("hold|for|as |8 rounds|20 seconds", dose)
    return completed(f"Dose: {dose}\n" + ("- up, 2 seconds: Up,\n" if is_counted else ""))


def errors(text: str) -> list[Problem]:
    return [each for each in problems(parse(text, "sheet")) if each.severity is Severity.ERROR]


def test_the_page_has_examples_of_every_kind() -> None:
    assert len(SHEETS) == 11
    assert len(LINES) == 2
    assert len(WRONG) == 2
    assert len(SAID) > 10
    assert len(HEARD) > 20
    assert len(RESTS) == 5
    assert len(REFUSED) > 5
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


@pytest.mark.parametrize(("dose", "heard"), HEARD)
def test_a_dose_is_heard_as_the_page_says(dose: str, heard: str) -> None:
    script = parse(with_dose(dose), "sheet").value
    assert isinstance(script, Script)
    assert errors(with_dose(dose)) == []
    timeline = compile_session(script.title, practice(script, Options()), ESTIMATED)
    said = [spell_out(say.text) for say in says(timeline.events)]
    quoted = re.findall('"(.+?)"', heard)
    assert quoted
    assert [each for each in quoted if each not in said] == []


@pytest.mark.parametrize(("written", "where"), RESTS)
def test_a_rest_is_where_the_page_says(written: str, where: str) -> None:
    script = parse(with_dose(written.strip("`")), "sheet").value
    assert isinstance(script, Script)
    dose = script.doses[Level.STANDARD]
    places = {
        "between the sets": After.SET,
        "after each hold": After.REP,
        "after each repetition": After.REP,
        "between right and left": After.SIDE,
    }
    expected = {places[where]} if where in places else set()
    assert {place for place in After if (rest := dose.rest_after(place)) and rest.planned} == expected
    assert expected or where == "nowhere"


@pytest.mark.parametrize(("refused", "why", "instead"), REFUSED)
def test_a_dose_is_refused_with_the_message_of_the_page_and_its_correction_is_read(
    refused: str, why: str, instead: str
) -> None:
    assert [each.message for each in errors(with_dose(refused.strip("`")))] == [why]
    assert errors(with_dose(instead.strip("`"))) == []


@pytest.mark.parametrize("lines", LINES)
def test_lines_of_an_example_have_no_problem(lines: str) -> None:
    parsed = parse(completed(lines), "sheet")
    assert isinstance(parsed.value, Script), parsed.problems
    assert problems(parsed) == []


@pytest.mark.parametrize(("name", "text", "explanation"), WRONG, ids=[name for name, _, _ in WRONG])
def test_a_wrong_example_is_explained_as_the_page_shows(name: str, text: str, explanation: str) -> None:
    found = sorted(problems(parse(text, name.removesuffix(".md"))), key=lambda problem: problem.span.line)
    assert "".join(f"{explain(problem, name, text)}\n" for problem in found) == explanation


def test_the_positions_of_the_page_are_known() -> None:
    listed = PAGE.partition("A position may be ")[2].partition(", and much more")[0].replace("\n", " ")
    positions = listed.split(", ")
    assert len(positions) > 10
    assert [each for each in positions if surface(each, ENGLISH) is None] == []


def test_the_page_names_every_label_and_every_sound() -> None:
    for label in ENGLISH.labels.values():
        assert f"`{label}:`" in PAGE
    for sound in Sound:
        assert sound.value.replace("-", " ") in PAGE.replace("\n", " ")
    assert f"There are {('twelve', 'thirteen', 'fourteen')[len(ENGLISH.labels) - 12]} labels" in PAGE
