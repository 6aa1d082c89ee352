"""What a listener can choose: one list of options for every command that makes a session."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import wraps
from typing import TYPE_CHECKING, Annotated, get_type_hints

import typer

from coach.core.choices import USUAL_RATE_WPM, Count, Counted, Detail, Level

if TYPE_CHECKING:
    from coach.core.score import Choices


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What was asked for on the command line; None where nothing was."""

    level: Annotated[Level | None, typer.Option("--level", help="How much is asked. [default: standard]")] = (
        None
    )
    detail: Annotated[
        Detail,
        typer.Option("--detail", help="Say everything, the brief forms, or brief what you have done twice."),
    ] = Detail.FULL
    voice: Annotated[
        str | None,
        typer.Option("--voice", metavar="NAME", help="A voice of 'coach voices'. [default: the sheet's]"),
    ] = None
    rate: Annotated[int, typer.Option("--rate", metavar="WPM", help="The pace, in words a minute.")] = (
        USUAL_RATE_WPM
    )
    sets: Annotated[
        int | None, typer.Option("--sets", min=1, max=20, metavar="N", help="Sets of every counted exercise.")
    ] = None
    reps: Annotated[
        int | None,
        typer.Option("--reps", min=1, max=100, metavar="N", help="Repetitions of every counted set."),
    ] = None
    count: Annotated[
        Count,
        typer.Option("--count", help="Where the number of a repetition is said: letting go, at the top."),
    ] = Count.LOOSE
    speak_counts: Annotated[
        Counted, typer.Option("--speak-counts", help="Which repetitions have their number said.")
    ] = Counted.EVERY

    @property
    def has_only_a_level(self) -> bool:
        """True if nothing but perhaps the level was asked for."""
        return replace(self, level=None) == Chosen()

    def choices(self) -> "Choices":
        """The same, as a score needs it; what the listener knows is read in the diary, where it matters."""
        from coach.core.score import Choices  # noqa: PLC0415 - only a command that is run needs it

        known: tuple[str, ...] = ()
        if self.detail is Detail.AUTO:
            from datetime import datetime  # noqa: PLC0415

            from coach.core import diary  # noqa: PLC0415
            from coach.remembering import Diary  # noqa: PLC0415

            known = diary.known(Diary().entries(), today=datetime.now().astimezone().date())
        level = self.level or Level.STANDARD
        return Choices(
            level, self.detail, self.count, self.sets, self.reps, counted=self.speak_counts, known=known
        )


def choosing(command: Callable[..., None]) -> Callable[..., None]:
    """A command with an option for each field of `Chosen`; it is given all of them as ``chosen``."""
    hints = get_type_hints(Chosen, include_extras=True)
    options = [
        inspect.Parameter(
            field.name, inspect.Parameter.KEYWORD_ONLY, default=field.default, annotation=hints[field.name]
        )
        for field in fields(Chosen)
    ]
    signature = inspect.signature(command, eval_str=True)
    own = [each for name, each in signature.parameters.items() if name != "chosen"]

    @wraps(command)
    def chosen_command(**given: object) -> None:
        chosen = Chosen(**{option.name: given.pop(option.name) for option in options})  # type: ignore[arg-type]
        command(**given, chosen=chosen)

    parameters = [*own, *options]
    chosen_command.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    chosen_command.__annotations__ = {each.name: each.annotation for each in parameters}
    return chosen_command
