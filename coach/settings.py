"""The settings file: options that a listener has chosen once for all.

Most are options of a session (`coach.session.options.Options`). `PLAYED` are those of `coach run` and its
like alone.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from coach.errors import DiskError, UsageError
from coach.folders import config_folder, with_home
from coach.regular_file import read_regular_file
from coach.session.options import NO_MUSIC, Kind, Screen, declared, fault, one_of, option_name

FILE_NAME = "settings.toml"

LONGEST_SETTINGS = 100_000
"""Bytes; a file beyond this holds no settings that a person wrote."""

PLAYED: Mapping[str, Kind] = MappingProxyType({"screen": one_of(Screen)})
"""The settings of a session that is played, by name, which are no options of the session."""

_EXAMPLE = 'voice = "en-gb"'


def settings_path() -> Path:
    """The settings file, whether it is there or not."""
    return config_folder() / FILE_NAME


def read_settings(path: Path | None = None) -> dict[str, Any]:
    """The options of a session that a file sets, by the names of the fields of `Options`.

    Without ``path`` it is the listener's own file; one that is not there sets nothing. A music file is looked
    for from the folder of the settings.

    Raises
    ------
    UsageError
        If the file says what cannot be understood: every such place, with its line and what is allowed.
    DiskError
        If it cannot be read.
    """
    path = settings_path() if path is None else path
    return {name: value for name, value in _read(path).items() if name not in PLAYED}


def usual_screen(path: Path | None = None) -> Screen:
    """The display that a file asks for; as for `read_settings`, which tells what can go wrong."""
    return Screen(_read(settings_path() if path is None else path).get("screen", Screen.AUTO))


def _read(path: Path) -> dict[str, Any]:
    try:
        written = read_regular_file(path, LONGEST_SETTINGS)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError) as why:
        raise DiskError(
            f"The settings in {path} cannot be read ({getattr(why, 'strerror', None) or why}).",
            "Make the file readable, or move it away: coach needs no settings.",
        ) from why
    settings = _understood(written, path)
    music = settings.get("music")
    if music is not None and music != NO_MUSIC:
        settings["music"] = str(path.parent / with_home(Path(music)))
    return settings


def _understood(written: bytes, path: Path) -> dict[str, Any]:
    """The settings in the bytes of a file, by the names of the fields of `Options` and of `PLAYED`."""
    import tomllib  # noqa: PLC0415 - only where there is something to be read

    try:
        text = written.decode("utf-8-sig")
        found = tomllib.loads(text)
    except UnicodeDecodeError as why:
        line = written.count(b"\n", 0, why.start) + 1
        raise UsageError(
            f"{path}, line {line}: this is not UTF-8.", "Save the file as UTF-8, in an editor for plain text."
        ) from why
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as why:
        reason = str(why) if isinstance(why, tomllib.TOMLDecodeError) else "it has a value without end"
        raise UsageError(
            f"{path} cannot be understood: {reason}.", f"A setting is a line such as {_EXAMPLE}"
        ) from why
    names = {option_name(name): name for name, option in declared().items() if option.is_setting}
    kinds = {written_name: declared()[name].kind for written_name, name in names.items()} | dict(PLAYED)
    faults = [wrong for name, value in found.items() if (wrong := fault(name, value, kinds))]
    if faults:
        placed = sorted(((_line(wrong.name, text), wrong) for wrong in faults), key=lambda each: each[0])
        message = "\n".join(f"{path}, line {line}: {wrong.what}." for line, wrong in placed)
        raise UsageError(message, "; ".join(dict.fromkeys(wrong.hint for _, wrong in placed)) + ".")
    return {names.get(name, name): value for name, value in found.items()}


def _line(name: str, text: str) -> int:
    """The number of the line that sets a key or opens its table; 1 where it is written in some other way."""
    begins = re.compile(rf"\s*\[*\s*[\"']?{re.escape(name)}[\"']?\s*[=.\]]")
    return next((number for number, line in enumerate(text.splitlines(), 1) if begins.match(line)), 1)
