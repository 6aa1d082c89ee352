"""The README's example is what coach makes of it, and its commands are those of the command line."""

import re
from pathlib import Path

import pytest

from coach.cli.app import app
from tests.commands import COMMANDS

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
CASES = Path(__file__).parent / "cases"


def block(kind: str) -> str:
    found = re.search(rf"^```{kind}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    assert found, kind
    return found[1]


def without_times(plan: str) -> list[str]:
    """The lines of a plan without what depends on the voice: when they are said, how long a silence is."""
    lines = [re.sub(r"^ *[\d:.]+  ", "", line) for line in plan.splitlines() if line.strip()]
    return [re.sub(r"\(\d+\.\d s:", "(… s:", line) for line in lines]


def test_the_sheet_is_one_that_is_tested() -> None:
    assert block("sheet") == (CASES / "heel-raises.md").read_text(encoding="utf-8")


def test_the_plan_is_that_of_the_sheet() -> None:
    shown = without_times(block("plan"))
    golden = without_times((CASES / "heel-raises.plan").read_text(encoding="utf-8"))
    assert len(shown) > 20
    start = golden.index(shown[0], golden.index("## Heel raises"))
    assert golden[start : start + len(shown)] == shown


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_there_and_every_one_that_is_there_is_shown(command: str) -> None:
    names = {
        info.name or (info.callback.__name__ if info.callback else "") for info in app.registered_commands
    }
    names |= {info.name for info in app.registered_groups if isinstance(info.name, str)}
    assert command in names
    assert names == set(COMMANDS)
    assert f"coach {command}" in README
