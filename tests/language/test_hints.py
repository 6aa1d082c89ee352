"""A hint that says what to write is followed, and what it says is accepted."""

import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from coach.folders import scripts_folder
from coach.language.parser import parse
from coach.language.problems import Problem, Severity, source_lines
from tests.language.test_mutilated import mutilate

SHEETS = [
    *sorted(scripts_folder().rglob("*.md")),
    *sorted((Path(__file__).parents[1] / "cases" / "wrong").glob("*.md")),
]
MUTILATED = 1_000

_QUOTED = re.compile(r"(?<!\w)'((?:[^']|(?<=\w)'(?=\w))+)'(?!\w)")
_INSERTED = ("add ", "add one", "write '# ", "begin with '# ")
"""Beginnings of hints at a line that is missing, or at words that are missing at the end of one."""


def followed(lines: list[str], problem: Problem, written: str) -> Iterator[list[str]]:
    """The lines of a sheet with what a hint says to write, in each way in which it may be meant."""
    at, start = problem.span.line - 1, problem.span.column - 1
    line, end = lines[at], problem.span.column - 1 + problem.span.width
    written = written.replace("...", "Slowly.")
    if problem.hint.startswith(_INSERTED):
        if written.startswith("# "):
            yield [written, *lines]
            yield [written, *lines[1:]]
            yield [*lines[:at], written, *lines[at + 1 :]]
            return
        yield [*lines[:at], line + written, *lines[at + 1 :]]
        yield [*lines[:at], line[:end] + written + line[end:], *lines[at + 1 :]]
        for where in (at + 1, len(lines)):
            yield [*lines[:where], written, *lines[where:]]
        return
    yield [*lines[:at], line[:start] + written + line[end:], *lines[at + 1 :]]
    yield [*lines[:at], written, *lines[at + 1 :]]
    yield [*lines[:at], line[:start] + written, *lines[at + 1 :]]
    yield [*lines[:at], line[: start - 1] + written + line[end:], *lines[at + 1 :]]
    yield [*lines[:at], line[:start] + line[end:], written, *lines[at + 1 :]]
    yield [written, *lines[:at], *lines[at + 1 :]]
    if written.startswith("("):
        for n, each in enumerate(lines):
            yield [*lines[:n], each.replace(":", f" {written}:", 1), *lines[n + 1 :]]
    if written.endswith(":"):
        yield [*lines[:at], written + line.partition(":")[2], *lines[at + 1 :]]
        below = next((n for n in range(at + 1, len(lines)) if not lines[n].strip()), len(lines))
        yield [*lines[:at], *(f"{written} {each}" for each in lines[at + 1 : below]), *lines[below:]]


def errors(problems: Iterable[Problem]) -> Counter[tuple[str, str]]:
    return Counter(
        (problem.code, problem.message) for problem in problems if problem.severity is Severity.ERROR
    )


def suggested(problem: Problem) -> str:
    """What a hint says to write, first of all; "" if it says nothing that is to be written as it stands."""
    found = (each for each in _QUOTED.findall(problem.hint) if any(map(str.isalnum, each)))
    return next(found, "")


def is_accepted(lines: list[str], problem: Problem, steps: int = 2) -> bool:
    """Tell whether the problem is gone in one of the ways.

    What was hidden behind it, as a line has one problem at most, may come up, and is followed too; a number
    out of bounds is the author's to choose.
    """
    problems = parse("\n".join(lines), "sheet").problems
    before = errors(problems)
    same = sum(each.message == problem.message for each in problems)
    for new in followed(lines, problem, suggested(problem)):
        left = parse("\n".join(new), "sheet").problems
        if sum(each.message == problem.message for each in left) >= same:
            continue
        hidden = errors(left) - before
        come_up = [each for each in left if (each.code, each.message) in hidden and each.code != "bounds"]
        if not come_up:
            return True
        is_followed = steps and suggested(come_up[0]) and come_up[0].span.line <= len(new)
        if is_followed and is_accepted(new, come_up[0], steps - 1):
            return True
    return False


def refused(text: str) -> Iterator[str]:
    """The hints of a sheet that are not accepted when they are followed."""
    lines = source_lines(text)
    seen: set[tuple[str, str]] = set()
    for problem in parse(text, "sheet").problems:
        key = (re.sub(r"'.*?'|\d+", "", problem.message), re.sub(r"'.*?'|\d+", "", problem.hint))
        if problem.severity is Severity.NOTE or key in seen or problem.span.line > len(lines):
            continue
        seen.add(key)
        if suggested(problem) and not is_accepted(lines, problem):
            yield f"{problem.message} = {problem.hint} :: {lines[problem.span.line - 1]!r}"


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.stem)
def test_what_a_hint_says_to_write_is_accepted_in_a_sheet_as_it_is(sheet: Path) -> None:
    assert list(refused(sheet.read_text("utf-8", "replace"))) == []


@pytest.mark.parametrize("part", range(6))
def test_what_a_hint_says_to_write_is_accepted_in_mutilated_sheets(part: int) -> None:
    found: dict[str, int] = {}
    for seed in range(part, MUTILATED, 6):
        chance = random.Random(seed)
        source = chance.choice(SHEETS).read_text("utf-8", "replace")
        for hint in refused(mutilate(source, chance)):
            found.setdefault(hint, seed)
    assert found == {}


@pytest.mark.parametrize("written", ["for 50 feet", "3 songs", "100 metres"])
def test_a_distance_or_a_song_is_not_turned_into_repetitions(written: str) -> None:
    (problem,) = parse(f"# Walk\nDose: {written}\n", "walk").problems
    assert problem.hint == "write 'for 1 minute'"
