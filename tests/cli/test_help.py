"""Help is where people look for it: -h, --help, and a command of that name."""

import pytest
from typer.testing import CliRunner

from coach.__main__ import open_loudspeaker_early
from coach.cli.app import app
from coach.errors import UsageError
from tests.commands import COMMANDS


def printed(*arguments: str) -> str:
    result = CliRunner().invoke(app, arguments, prog_name="coach")
    assert result.exit_code == 0, result.output
    return result.stdout


def test_h_and_help_are_the_same_as_the_long_option() -> None:
    assert printed("-h") == printed("--help") == printed("help")
    assert "Exercise by ear" in printed("help")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_its_help_in_three_ways(command: str) -> None:
    long = printed(command, "--help")
    assert long == printed(command, "-h") == printed("help", command)
    assert long.startswith(f"Usage: coach {command} ")


@pytest.mark.parametrize(
    ("command", "detail"), [("run", "auto"), ("practice", "auto"), ("today", "auto"), ("export", "full")]
)
def test_the_help_tells_the_default_of_its_own_command(command: str, detail: str) -> None:
    about_detail = printed(command, "--help").partition("--detail")[2].partition("--voice")[0]
    assert f"[default: {detail}]" in about_detail


def test_a_command_that_there_is_not_lists_those_that_there_are() -> None:
    result = CliRunner().invoke(app, ["help", "play"])
    assert isinstance(result.exception, UsageError)
    assert result.exception.message == "there is no command 'play'"
    assert all(command in result.exception.hint for command in COMMANDS)


@pytest.mark.parametrize(
    "arguments", [["run", "-h"], ["practice", "squats", "-h"], ["run", "--help"], ["help"]]
)
def test_no_loudspeaker_opens_for_a_help_text(arguments: list[str]) -> None:
    assert open_loudspeaker_early(arguments) is None
