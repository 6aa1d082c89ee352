"""The command-line options that every command has that makes a session."""

import inspect

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from coach.cli.app import app
from coach.cli.flags import Given, with_options
from coach.errors import UsageError
from coach.language.level import Level
from coach.session.options import declared


@pytest.mark.parametrize("name", ["show", "export", "plot", "run", "practice"])
def test_every_command_that_makes_a_session_has_all_of_them(name: str) -> None:
    commands = get_command(app).commands  # type: ignore[attr-defined]
    names = {parameter.name for parameter in commands[name].params}
    assert declared().keys() <= names
    assert "given" not in names


def test_a_command_keeps_its_own_parameters_and_is_given_what_was_used_of_the_rest() -> None:
    received: list[tuple[str, Given]] = []

    @with_options
    def command(name: str, *, given: Given) -> None:
        received.append((name, given))

    parameters = inspect.signature(command).parameters
    assert list(parameters) == ["name", *declared()]
    values: dict[str, object] = {name: parameters[name].default for name in declared()}
    command(name="squats", **values | {"level": Level.GENTLE, "reps": 7})
    assert received == [("squats", {"level": Level.GENTLE, "reps": 7})]


@pytest.mark.parametrize(
    "arguments",
    [["--rate", "0"], ["--rate", "301"], ["--sets", "0"], ["--reps", "0"], ["--cue-volume", "7.5"]],
    ids=" ".join,
)
def test_a_number_outside_its_bounds_is_a_usage_error_that_tells_them(arguments: list[str]) -> None:
    result = CliRunner().invoke(app, ["show", *arguments])
    assert isinstance(result.exception, UsageError)
    assert result.exception.message == f"'{arguments[0]}' cannot be {arguments[1]}"
    assert f"{arguments[0]} is " in result.exception.hint
