"""What a listener has chosen once for all: the settings file."""

import dataclasses
import difflib
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coach.errors import DiskError, UsageError

FILE_NAME = "settings.toml"


@dataclass(frozen=True, slots=True)
class Kind:
    """What a key of the file takes: ``takes`` says it for people, ``fits`` whether a TOML value will do."""

    takes: str
    fits: Callable[[Any], bool]


def text(what: str) -> Kind:
    """Any text that is not empty."""
    return Kind(f"{what}, in quotes", lambda value: isinstance(value, str) and bool(value.strip()))


def whole(what: str, least: int, most: int) -> Kind:
    """A whole number from ``least`` to ``most``."""
    return Kind(
        f"{what}, a whole number from {least} to {most}",
        lambda value: isinstance(value, int) and not isinstance(value, bool) and least <= value <= most,
    )


def _key(kind: Kind) -> Any:
    """A field of `Settings` that the file may have; None where it has not."""
    return dataclasses.field(default=None, metadata={"kind": kind})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the file says; None where it says nothing. ``volume_db`` would be ``volume-db`` in the file."""

    voice: str | None = _key(text("a voice as for --voice, such as 'en-gb' or 'piper'"))
    rate: int | None = _key(whole("words a minute", 80, 300))


def config_folder() -> Path:
    """Where the file is: in the folder that ``COACH_CONFIG_DIR`` names, else in the user's own."""
    if named := os.environ.get("COACH_CONFIG_DIR"):
        return Path(named)
    from platformdirs import user_config_path  # noqa: PLC0415 - of use only here

    return user_config_path("coach", appauthor=False)


def settings_path() -> Path:
    """The settings file, whether it is there or not."""
    return config_folder() / FILE_NAME


def read_settings(path: Path | None = None) -> Settings:
    """The settings of a file, the listener's own if none is named; a file that is not there says nothing.

    Raises
    ------
    UsageError
        If the file says what cannot be understood: every such place, with its line and what is allowed.
    DiskError
        If it cannot be read.
    """
    path = settings_path() if path is None else path
    try:
        written = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return Settings()
    except OSError as why:
        raise DiskError(
            f"The settings in {path} cannot be read ({why.strerror or why}).",
            "Make the file readable, or move it away: coach needs no settings.",
        ) from why
    return _settings(written, path)


def _settings(written: bytes, path: Path) -> Settings:
    import tomllib  # noqa: PLC0415 - only where there is something to be read

    try:
        lines = written.decode("utf-8-sig")
        found = tomllib.loads(lines)
    except UnicodeDecodeError as why:
        line = written.count(b"\n", 0, why.start) + 1
        raise UsageError(
            f"{path}, line {line}: this is not UTF-8.", "Save the file as UTF-8, in an editor for plain text."
        ) from why
    except tomllib.TOMLDecodeError as why:
        raise UsageError(
            f"{path} cannot be understood: {why}.", f"A setting is a line such as {_EXAMPLE}"
        ) from why
    kinds = _kinds()
    faults = [_fault(name, value, kinds) for name, value in found.items()]
    places = [(_line(name, lines), *fault) for name, fault in zip(found, faults, strict=True) if fault]
    if places:
        message = "\n".join(f"{path}, line {line}: {what}." for line, what, _ in sorted(places))
        raise UsageError(message, "; ".join(dict.fromkeys(hint for _, _, hint in sorted(places))) + ".")
    return Settings(**{name.replace("-", "_"): value for name, value in found.items()})


_EXAMPLE = 'voice = "en-gb"'


def _kinds() -> Mapping[str, Kind]:
    """What the file may have, by its key."""
    return {field.name.replace("_", "-"): field.metadata["kind"] for field in dataclasses.fields(Settings)}


def _fault(name: str, value: object, kinds: Mapping[str, Kind]) -> tuple[str, str] | None:
    """What is wrong with a key and what to do; None if nothing is."""
    kind = kinds.get(name)
    if kind is None:
        near = difflib.get_close_matches(name.casefold().replace("_", "-"), kinds, n=1, cutoff=0.5)
        meant = f"did you mean {near[0]!r}? " if near else ""
        return f"there is no setting {name!r}", f"{meant}the settings are {', '.join(kinds)}"
    if kind.fits(value):
        return None
    return f"{name!r} cannot be {_shown(value)}", f"{name} is {kind.takes}"


def _shown(value: object) -> str:
    """A TOML value as its author wrote it, or what it is."""
    match value:
        case bool():
            return str(value).lower()
        case str() | int() | float():
            return repr(value)
        case dict():
            return "a table"
        case list():
            return "a list"
        case _:
            return f"{value}"


def _line(name: str, lines: str) -> int:
    """The number of the line that sets a key or opens its table; 1 where it is written in some other way."""
    begins = re.compile(rf"\s*\[*\s*[\"']?{re.escape(name)}[\"']?\s*[=.\]]")
    return next((number for number, line in enumerate(lines.splitlines(), 1) if begins.match(line)), 1)
