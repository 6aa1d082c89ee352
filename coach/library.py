"""The library: what the commands do, for notebooks and programs."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coach.errors import CoachError
from coach.session.options import Detail, Options, options

if TYPE_CHECKING:
    from coach.voices.engines import Catalogue


def list_voices() -> "Catalogue":
    """Every voice of this machine; the default is the one that an English session would have.

    Engines that cannot tell their voices, and a settings file that cannot be understood, are its troubles.
    """
    from coach.voices.engines import catalogue  # noqa: PLC0415

    try:
        usual = my_options({}).usual_voice
    except CoachError as error:
        found = catalogue()
        return replace(found, troubles=(error, *found.troubles))
    return catalogue(usual=usual)


def my_options(choices: Mapping[str, Any]) -> Options:
    """The options of the person who uses this machine: as given, else as in their settings file.

    With `Detail.AUTO`, the exercises that their diary says they know are told too.

    Raises
    ------
    CoachError
        If the settings file or an option cannot be understood.
    """
    from coach.settings import read_settings  # noqa: PLC0415 - only who asks for them

    settings = options(read_settings())
    chosen = options(choices, replace(settings, voice=None, usual_voice=settings.voice))
    if chosen.music:
        chosen = replace(chosen, music=str(Path(chosen.music).absolute()))
    if chosen.detail is not Detail.AUTO:
        return chosen
    from datetime import datetime  # noqa: PLC0415

    from coach.diary.entries import known  # noqa: PLC0415
    from coach.diary.storage import Diary  # noqa: PLC0415

    return replace(chosen, known=known(Diary().entries(), today=datetime.now().astimezone().date()))
