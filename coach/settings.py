"""What a listener has chosen once for all: the settings file."""

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from coach.errors import DiskError, UsageError
from coach.folders import config_folder
from coach.language.model import Level
from coach.session.options import FASTEST_WPM, LOUDEST_DB, SLOWEST_WPM, SOFTEST_DB, Count, Counted, Detail

FILE_NAME = "settings.toml"


@dataclass(frozen=True, slots=True)
class Kind:
    """What a key of the file takes: ``takes`` says it for people, ``fits`` whether a TOML value will do.

    ``read`` makes of that value what `Settings` has.
    """

    takes: str
    fits: Callable[[Any], bool]
    read: Callable[[Any], Any] = lambda value: value


def text(what: str) -> Kind:
    """Any text that is not empty."""
    return Kind(f"{what}, in quotes", lambda value: isinstance(value, str) and bool(value.strip()))


def whole(what: str, least: int, most: int) -> Kind:
    """A whole number from ``least`` to ``most``."""
    return Kind(
        f"{what}, a whole number from {least} to {most}",
        lambda value: isinstance(value, int) and not isinstance(value, bool) and least <= value <= most,
    )


def number(what: str, least: float, most: float) -> Kind:
    """A number from ``least`` to ``most``."""

    def fits(value: object) -> bool:
        return isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most

    return Kind(f"{what}, a number from {least:g} to {most:g}", fits, float)


def one_of(words: type[StrEnum]) -> Kind:
    """One of the words of an enumeration."""
    *others, last = (f'"{word}"' for word in words)
    return Kind(
        f"{', '.join(others)} or {last}", lambda value: isinstance(value, str) and value in list(words), words
    )


def yes_or_no() -> Kind:
    """A truth value."""
    return Kind("true or false", lambda value: isinstance(value, bool))


_KINDS: Mapping[str, Kind] = {
    "voice": text("a voice as for --voice, such as 'en-gb' or 'piper'"),
    "rate": whole("words a minute", SLOWEST_WPM, FASTEST_WPM),
    "level": one_of(Level),
    "detail": one_of(Detail),
    "count": one_of(Count),
    "speak-counts": one_of(Counted),
    "music": text("a music file"),
    "voice-volume": number("dB", SOFTEST_DB, LOUDEST_DB),
    "cue-volume": number("dB", SOFTEST_DB, LOUDEST_DB),
    "hearing": yes_or_no(),
}
"""What the file may have, by its key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the file says, by the names of the options; None where it says nothing.

    ``cue_volume`` is ``cue-volume`` in the file. What ``music`` names is looked for from the
    folder of the file.
    """

    voice: str | None = None
    rate: int | None = None
    level: Level | None = None
    detail: Detail | None = None
    count: Count | None = None
    speak_counts: Counted | None = None
    music: str | None = None
    voice_volume: float | None = None
    cue_volume: float | None = None
    hearing: bool | None = None


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
    faults = [_fault(name, value) for name, value in found.items()]
    places = [(_line(name, lines), *fault) for name, fault in zip(found, faults, strict=True) if fault]
    if places:
        message = "\n".join(f"{path}, line {line}: {what}." for line, what, _ in sorted(places))
        raise UsageError(message, "; ".join(dict.fromkeys(hint for _, _, hint in sorted(places))) + ".")
    return Settings(**{name.replace("-", "_"): _KINDS[name].read(value) for name, value in found.items()})


_EXAMPLE = 'voice = "en-gb"'


def _fault(name: str, value: object) -> tuple[str, str] | None:
    """What is wrong with a key and what to do; None if nothing is."""
    kind = _KINDS.get(name)
    if kind is None:
        near = difflib.get_close_matches(name.casefold().replace("_", "-"), _KINDS, n=1, cutoff=0.5)
        meant = f"did you mean {near[0]!r}? " if near else ""
        return f"there is no setting {name!r}", f"{meant}the settings are {', '.join(_KINDS)}"
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
