"""Each command that the README and the docs show can be typed as it stands."""

import re
import shlex
from pathlib import Path

import pytest
import typer

from coach.cli.app import app

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
IN_TEXT = re.compile(r"`(coach [a-z]+ [^`\n]+)`")
IN_BLOCK = re.compile(r"^(?:\.venv/bin/)?(coach [a-z]+ .*?)(?:   .*| [>|] .*)?$", re.MULTILINE)
PLACEHOLDER = re.compile(r"[A-Z]{2,}|\.{3}|>.*")


def commands() -> list[str]:
    found: dict[str, None] = {}
    for page in PAGES:
        text = page.read_text("utf-8")
        blocks = re.findall(r"```(?:sh)?\n(.*?)```", text, re.DOTALL)
        found |= dict.fromkeys(IN_TEXT.findall(text))
        found |= dict.fromkeys(line for block in blocks for line in IN_BLOCK.findall(block))
    return [each for each in found if not any(map(PLACEHOLDER.fullmatch, each.split()))]


@pytest.mark.parametrize("line", commands())
def test_a_command_of_the_docs_is_understood(line: str) -> None:
    _, name, *arguments = shlex.split(line, comments=True)
    command = typer.main.get_command(app)
    assert isinstance(command, typer.core.TyperGroup)
    of_it = command.get_command(typer.Context(command), name)
    assert of_it is not None, f"there is no command {name}"
    of_it.make_context(name, arguments)


def test_many_commands_are_shown_and_a_wrong_one_is_not_understood() -> None:
    assert len(commands()) > 30
    with pytest.raises(Exception, match="unexpected extra argument"):
        test_a_command_of_the_docs_is_understood("coach export sheet.md sheet.mp3")
