"""Lists that are done several times: how their first line is read, and where they end."""

import re
from collections.abc import Callable, Iterable

import pytest

from coach.language.keywords.en import KEYWORDS
from coach.language.model import Line, Part, Reference, Rest, Round, Session, Written, in_brief, in_full
from coach.language.parser import Parsed, parse
from coach.language.problems import LineError, Severity
from coach.language.rounds import Rounds, read_rounds
from coach.language.typography import plain_line


def rounds_of(text: str) -> Rounds | None:
    return read_rounds(plain_line(text, 1), KEYWORDS)


@pytest.mark.parametrize(
    ("text", "count", "rest_s"),
    [
        ("3 rounds, rest 1 minute:", 3, 60),
        ("Repeat 3 times:", 3, 0),
        ("Three rounds:", 3, 0),
        ("Do this circuit twice:", 2, 0),
        ("Repeat the following 3 times, resting 60 seconds:", 3, 60),
        ("Complete 4 rounds, resting for 1 minute between rounds:", 4, 60),
        ("3 rounds with a 1-minute rest between rounds:", 3, 60),
        ("3 rounds (rest 90 s between rounds):", 3, 90),
        ("Repeat this list three times, with a rest of half a minute:", 3, 30),
        ("Perform this sequence 2 times through, pausing 1:30 between circuits:", 2, 90),
        ("Repeat the circuit 3 times. Rest 1 to 2 minutes between circuits:", 3, 60),
        ("Rest 1 minute 30 seconds between rounds, 3 rounds:", 3, 90),
        ("Repeat these two exercises three times:", 3, 0),
        ("3 sets of the following exercises:", 3, 0),
        ("3 rounds, no rest:", 3, 0),
        ("3 rounds without a break:", 3, 0),
        ("3 rounds, 1 minute recovery:", 3, 60),
        ("3 series:", 3, 0),
        ("3 flows, rest 30-60 seconds:", 3, 30),
        ("Circuit (3 rounds):", 3, 0),
        ("3x:", 3, 0),
        ("Repeat ×3:", 3, 0),
    ],
)
def test_a_line_above_a_list_says_how_often_it_is_done_and_the_rest(
    text: str, count: int, rest_s: float
) -> None:
    assert rounds_of(text) == Rounds(count, rest_s)


@pytest.mark.parametrize(
    "text",
    [
        "Now do these exercises slowly:",
        "Circuit 2:",
        "Round 2:",
        "For your legs:",
        "In 10 minutes you can do these:",
    ],
)
def test_a_line_that_counts_no_rounds_is_none_of_them(text: str) -> None:
    assert rounds_of(text) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2-3 rounds:", "leaves open how often"),
        ("Two or three rounds:", "leaves open how often"),
        ("3 rounds, rest 60:", "'60' has no unit"),
        ("3 rounds of 1 minute:", "'1' does not say"),
        ("Do each of these 3 times a day:", "'day' does not say"),
        ("30 rounds:", "too many"),
        ("3 rounds, then rest:", "the time is missing"),
        ("AMRAP 12 minutes:", "in rounds, not for a time"),
        ("As many rounds as possible in 12 minutes:", "in rounds, not for a time"),
        ("Do this for 10 minutes:", "in rounds, not for a time"),
    ],
)
def test_a_line_that_can_be_read_in_several_ways_says_what_to_write_and_that_is_read(
    text: str, message: str
) -> None:
    with pytest.raises(LineError, match=message) as raised:
        rounds_of(text)
    for example in re.findall(r"'([^']*rounds?[^']*:)'", raised.value.problem.hint):
        assert rounds_of(example) is not None


def session(body: str) -> Parsed:
    return parse(f"# Circuit\nStop at pain.\n{body}", "circuit")


def shown(part: Part) -> str:
    match part:
        case Reference(name=name):
            return name
        case Line(text=text):
            return text
        case Round(number=number, of=of, rest_s=rest_s):
            return f"{number}/{of} {rest_s:g}"
        case Rest(length_s=length_s):
            return f"rest {length_s:g}"
        case _:
            return type(part).__name__


def parts(body: str, form: Callable[[Iterable[Written]], tuple[Part, ...]] = in_full) -> list[str]:
    value = session(body).value
    assert isinstance(value, Session)
    return [shown(part) for part in form(value.parts)][1:]


TWICE = ["1/2 0", "A", "B", "2/2 60", "A", "B"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("2 rounds, rest 1 minute:\n- A\n- B", TWICE),
        ("2 rounds, rest 1 minute:\n\n- A\n\n- B", TWICE),
        ("2 rounds, rest 1 minute:\n- A\n- B\n\nThat was it.", [*TWICE, "That was it."]),
        ("2 rounds, rest 1 minute:\n- A\n- B\n\n(wait 5 seconds)", [*TWICE, "Wait"]),
        ("2 rounds, rest 1 minute:\n- A\n- B\n## The end\nBye.", [*TWICE, "Heading", "Bye."]),
        ("2 rounds, rest 1 minute:\n- A\n- B\n---\nBye.", [*TWICE, "Bye."]),
        ("2 rounds, rest 1 minute:\n- A\n// a comment\n- B", TWICE),
        (
            "2 rounds:\n- A\nTurn.\n- rest 5 seconds",
            ["1/2 0", "A", "Turn.", "rest 5", "2/2 0", "A", "Turn.", "rest 5"],
        ),
        ("2 rounds:\n- A\n// a comment\nTurn.", ["1/2 0", "A", "Turn.", "2/2 0", "A", "Turn."]),
        ("2 rounds:\n- A\n2 rounds:\n- B", ["1/2 0", "A", "2/2 0", "A", "1/2 0", "B", "2/2 0", "B"]),
        ("2 rounds:\n1. A\n2. B", ["1/2 0", "A", "B", "2/2 0", "A", "B"]),
    ],
)
def test_a_list_ends_at_a_blank_line_before_something_else_at_a_heading_and_at_the_end(
    body: str, expected: list[str]
) -> None:
    assert parts(body) == expected


def test_a_brief_line_of_a_list_is_said_in_each_round_in_place_of_the_others_of_its_stretch() -> None:
    body = "2 rounds:\n- A\nTurn around.\n(wait 5 seconds)\nBrief: Turn.\n- B"
    assert parts(body) == [
        "1/2 0",
        "A",
        "Turn around.",
        "Wait",
        "B",
        "2/2 0",
        "A",
        "Turn around.",
        "Wait",
        "B",
    ]
    assert parts(body, in_brief) == ["1/2 0", "A", "Turn.", "B", "2/2 0", "A", "Turn.", "B"]


def test_an_error_in_a_list_is_told_once() -> None:
    problems = session("5 rounds:\n- A: lots\n- B\nTurn (wait 2 seconds).").problems
    assert [(problem.span.line, problem.severity) for problem in problems] == [
        (4, Severity.ERROR),
        (6, Severity.ERROR),
    ]


def test_rounds_without_a_list_are_told() -> None:
    [problem] = session("- A\n\n3 rounds:\n\nThat was it.").problems
    assert (problem.code, problem.severity, problem.span.line) == ("rounds", Severity.WARNING, 5)
