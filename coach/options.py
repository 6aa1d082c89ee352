"""What a listener can choose: one list of options for every command that makes a session."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_type_hints

import typer

from coach.core.choices import LOUDEST_DB, SOFTEST_DB, USUAL_RATE_WPM, Count, Counted, Detail, Level, Mix

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
        typer.Option(
            "--voice",
            metavar="NAME",
            help="A voice of 'coach voices'. [default: the best there is in the sheet's language]",
        ),
    ] = None
    rate: Annotated[
        int | None,
        typer.Option("--rate", metavar="WPM", help="The pace, in words a minute. [default: 150]"),
    ] = None
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

    music: Annotated[
        Path | None,
        typer.Option(
            "--music",
            metavar="FILE",
            help="Music under the session, softer under each word: WAV, FLAC, OGG, MP3.",
        ),
    ] = None
    voice_volume: Annotated[
        float,
        typer.Option("--voice-volume", min=SOFTEST_DB, max=LOUDEST_DB, metavar="DB", help="Louder words."),
    ] = 0.0
    cue_volume: Annotated[
        float,
        typer.Option("--cue-volume", min=SOFTEST_DB, max=LOUDEST_DB, metavar="DB", help="Louder tones."),
    ] = 0.0
    hearing: Annotated[
        bool,
        typer.Option("--hearing", help="For older ears: deeper, louder tones, and more silence around them."),
    ] = False

    @property
    def has_only_a_level(self) -> bool:
        """True if nothing but perhaps the level was asked for."""
        return replace(self, level=None) == Chosen()

    @property
    def mix(self) -> Mix:
        """What was asked for of the mix; the music by its whole path, so that it is found again."""
        music = "" if self.music is None else str(self.music.absolute())
        return Mix(self.voice_volume, self.cue_volume, self.hearing, music)

    @property
    def rate_wpm(self) -> int:
        """The pace: the one asked for, else that of the settings file, else the usual one.

        Raises
        ------
        CoachError
            If the settings file cannot be understood.
        """
        if self.rate is not None:
            return self.rate
        from coach.settings import read_settings  # noqa: PLC0415

        return read_settings().rate or USUAL_RATE_WPM

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
