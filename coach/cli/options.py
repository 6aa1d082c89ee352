"""What a listener can choose: one list of options for every command that makes a session."""

import inspect
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_type_hints

import typer

from coach.language.model import Level
from coach.session.options import LOUDEST_DB, SOFTEST_DB, USUAL_RATE_WPM, Count, Counted, Detail, Mix

if TYPE_CHECKING:
    from coach.session.options import Choices

NO_MUSIC = "none"
"""In place of a music file: no music, whatever the settings file says. ``./none`` is a file of that name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What was asked for on the command line; None where nothing was.

    `with_settings` asks for what the settings file says where the command line says nothing.
    """

    level: Annotated[Level | None, typer.Option("--level", help="How much is asked. [default: standard]")] = (
        None
    )
    detail: Annotated[
        Detail | None,
        typer.Option(
            "--detail",
            help="Say everything, the brief forms, or brief what you have done twice. [default: full]",
        ),
    ] = None
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
        Count | None,
        typer.Option(
            "--count",
            help="Where the number of a repetition is said: letting go, at the top. [default: loose]",
        ),
    ] = None
    speak_counts: Annotated[
        Counted | None,
        typer.Option("--speak-counts", help="Which repetitions have their number said. [default: every]"),
    ] = None

    music: Annotated[
        Path | None,
        typer.Option(
            "--music",
            metavar="FILE",
            help="Music under the session, softer under each word: WAV, FLAC, OGG, MP3. 'none' for none.",
        ),
    ] = None
    voice_volume: Annotated[
        float | None,
        typer.Option(
            "--voice-volume",
            min=SOFTEST_DB,
            max=LOUDEST_DB,
            metavar="DB",
            help="Louder words. [default: 0]",
        ),
    ] = None
    cue_volume: Annotated[
        float | None,
        typer.Option(
            "--cue-volume", min=SOFTEST_DB, max=LOUDEST_DB, metavar="DB", help="Louder tones. [default: 0]"
        ),
    ] = None
    hearing: Annotated[
        bool | None,
        typer.Option(
            "--hearing/--no-hearing",
            help="For older ears: deeper, louder tones, and more silence around them.",
        ),
    ] = None

    @property
    def has_only_a_level(self) -> bool:
        """True if nothing but perhaps the level was asked for."""
        return replace(self, level=None) == Chosen()

    def with_settings(self) -> "Chosen":
        """The same, and what the settings file says where nothing was asked for.

        But for the voice: `coach.voices.engines.voice_for` asks the file itself, by the language.

        Raises
        ------
        CoachError
            If the settings file cannot be read or understood.
        """
        from coach.settings import read_settings, settings_path  # noqa: PLC0415 - a help needs no settings

        found = asdict(read_settings())
        if found["music"] is not None and found["music"] != NO_MUSIC:
            found["music"] = settings_path().parent / Path(found["music"]).expanduser()
        asked = {name: value for name, value in asdict(self).items() if value is not None}
        return Chosen(**found | {"voice": None} | asked)

    @property
    def music_file(self) -> Path | None:
        """The music; None for none."""
        return None if self.music is None or str(self.music) == NO_MUSIC else self.music

    @property
    def mix(self) -> Mix:
        """What was asked for of the mix; the music by its whole path, so that it is found again."""
        music = "" if self.music_file is None else str(self.music_file.absolute())
        return Mix(self.voice_volume or 0.0, self.cue_volume or 0.0, bool(self.hearing), music)

    @property
    def rate_wpm(self) -> int:
        """The pace, in words a minute."""
        return self.rate or USUAL_RATE_WPM

    def choices(self) -> "Choices":
        """The same, as a score needs it; what the listener knows is read in the diary, where it matters."""
        from coach.session.options import Choices  # noqa: PLC0415 - only a command that is run needs it

        known: tuple[str, ...] = ()
        if self.detail is Detail.AUTO:
            from datetime import datetime  # noqa: PLC0415

            from coach.diary import entries as diary  # noqa: PLC0415
            from coach.diary.storage import Diary  # noqa: PLC0415

            known = diary.known(Diary().entries(), today=datetime.now().astimezone().date())
        return Choices(
            self.level or Level.STANDARD,
            self.detail or Detail.FULL,
            self.count or Count.LOOSE,
            self.sets,
            self.reps,
            counted=self.speak_counts or Counted.EVERY,
            known=known,
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
