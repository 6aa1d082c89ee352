"""The command-line options of every command that makes a session, derived from `Options`."""

import inspect
from collections.abc import Callable
from dataclasses import Field, fields
from enum import Enum
from functools import cache, wraps
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from coach.session.options import FILES, LIVE, Declared, Options, check, declared, option_name

Given = dict[str, Any]
"""The options given on the command line, by the fields of `Options`; options not given are missing."""


def flag(name: str) -> str:
    """The flag of a field of `Options`.

    >>> flag("rate_wpm")
    '--rate'
    """
    return f"--{option_name(name)}"


_KINDS = {flag(name): option.kind for name, option in declared().items()}


def with_live_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options as `with_options` does, to a command that plays: the help tells its defaults."""
    return with_options(command, LIVE)


def with_options(command: Callable[..., None], defaults: Options = FILES) -> Callable[..., None]:
    """Add an option for each field of `Options` to a command, which gets those that are used as ``given``.

    The help tells the ``defaults``.

    Raises
    ------
    UsageError
        From the command, for values that do not fit: all of them at once.
    """
    signature = inspect.signature(command, eval_str=True)
    own = [each for name, each in signature.parameters.items() if name != "given"]
    options = _parameters(defaults)

    @wraps(command)
    def command_with_options(**values: object) -> None:
        asked = {option.name: values.pop(option.name) for option in options}
        given = {name: value for name, value in asked.items() if value is not None}
        check({flag(name): value for name, value in given.items()}, _KINDS)
        command(**values, given=given)

    parameters = [*own, *options]
    command_with_options.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    command_with_options.__annotations__ = {each.name: each.annotation for each in parameters}
    return command_with_options


@cache
def _parameters(defaults: Options) -> list[inspect.Parameter]:
    hints = get_type_hints(Options)
    return [
        inspect.Parameter(
            each.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=None,
            annotation=Annotated[
                _type(hints[each.name], declared()[each.name]) | None,
                _option(each, getattr(defaults, each.name)),
            ],
        )
        for each in fields(Options)
        if each.name in declared()
    ]


def _type(hint: Any, option: Declared) -> Any:
    return Path if option.kind.is_path else hint


def _option(field: Field[Any], default: object) -> Any:
    option = declared()[field.name]
    if isinstance(default, bool):
        return typer.Option(f"{flag(field.name)}/--no-{option_name(field.name)}", help=option.help)
    shown = f" [default: {default}]" if isinstance(default, Enum) else ""
    if isinstance(default, int | float):
        shown = f" [default: {default:g}]"
    return typer.Option(flag(field.name), help=option.help + shown, metavar=option.kind.metavar)
