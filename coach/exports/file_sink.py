"""Which sink writes a file: the ending of its name says so. Importing this costs no encoder."""

from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from coach.errors import UsageError
from coach.exports.formats import ENDINGS, PAGE, Format
from coach.exports.metadata import About
from coach.sound.sink import Sink

EXTRA = "phone"
NEEDS_EXTRA = {Format.M4A.ending: "av"}
"""Endings that need a package of the extra `EXTRA`, and that package."""

_SINKS = {
    Format.FLAC.ending: ("coach.exports.libsndfile", "FlacFile"),
    Format.OGG.ending: ("coach.exports.libsndfile", "OggFile"),
    Format.OPUS.ending: ("coach.exports.libsndfile", "OpusFile"),
    Format.MP3.ending: ("coach.exports.libsndfile", "Mp3File"),
    Format.M4A.ending: ("coach.exports.m4a", "M4aFile"),
    PAGE: ("coach.exports.page.page", "PageFile"),
}


class FileSink(Sink, Protocol):
    """A sink for one file: entered, written to, left. Left by an exception, it leaves no file."""

    def __enter__(self) -> Self:
        """Open; the name keeps what it has."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Put the file under its name, or after an exception throw it away."""


def check_ending(path: Path) -> None:
    """Nothing, for a name whose ending says what can be written here.

    Raises
    ------
    UsageError
        If it says nothing that coach knows, or something that needs an extra which is not installed.
    """
    ending = path.suffix.lower()
    missing = [other for other in ENDINGS if not _is_here(other)]
    if ending in missing:
        raise UsageError(
            f"an {ending} needs the extra {EXTRA!r}, which is not installed",
            f"pip install '.[{EXTRA}]' brings it; without it, end the name in {_listed(missing)}",
        )
    if path.name.lower() in ENDINGS:
        raise UsageError(f"{path.name!r} is an ending without a name", f"say, for example, knee{path.name}")
    if ending not in ENDINGS:
        more = f"; with the extra {EXTRA!r} also in {', '.join(missing)}: pip install '.[{EXTRA}]'"
        raise UsageError(
            f"cannot write {path.name!r}", f"end the name in {_listed(missing)}{more if missing else ''}"
        )


def file_sink(path: Path, *, about: About, force: bool) -> FileSink:
    """The sink for a file, by the ending of its name; not yet entered.

    Raises
    ------
    UsageError
        As `check_ending`.
    DiskError
        If the session is too long for the format.
    """
    check_ending(path)
    ending = path.suffix.lower()
    if ending == Format.WAV.ending:
        return _wav(path, about=about, force=force)
    module, name = _SINKS[ending]
    made: FileSink = getattr(import_module(module), name)(path, about=about, force=force)
    return made


def _wav(path: Path, *, about: About, force: bool) -> FileSink:
    """A WAV file with tags in ASCII where they are whole in it, and with all of them in ID3."""
    from coach.exports.riff import Tags, has_letters_of_its_own  # noqa: PLC0415
    from coach.exports.tags.id3 import tag  # noqa: PLC0415
    from coach.exports.wav import WavFile  # noqa: PLC0415

    tags = Tags(
        title=about.title,
        artist=about.artist,
        album=about.album,
        date=about.date,
        language=about.language,
        track=about.track or None,
    )
    return WavFile(
        path,
        frames=about.length,
        tags=None if has_letters_of_its_own(about.title + about.artist + about.album) else tags,
        chapters=about.chapters,
        id3=tag(replace(about, chapters=())),
        force=force,
        start=about.start,
    )


def _is_here(ending: str) -> bool:
    return ending not in NEEDS_EXTRA or find_spec(NEEDS_EXTRA[ending]) is not None


def _listed(missing: list[str]) -> str:
    """The endings that can be written, for people."""
    *first, last = [ending for ending in ENDINGS if ending not in missing]
    return f"{', '.join(first)} or {last}"
