"""Choose the sink for a file by its ending. Importing this module loads no encoder."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from coach.errors import DiskError, UsageError
from coach.exports.encoded import EncodedFile
from coach.exports.file_sink import FileSink
from coach.exports.formats import ENDINGS, PAGE, Format
from coach.exports.metadata import Metadata
from coach.exports.wav import wav_size

ENCODERS = {
    Format.WAV.ending: ("coach.exports.wav", "WavEncoder"),
    Format.FLAC.ending: ("coach.exports.libsndfile", "flac_encoder"),
    Format.OGG.ending: ("coach.exports.libsndfile", "ogg_encoder"),
    Format.OPUS.ending: ("coach.exports.libsndfile", "opus_encoder"),
    Format.MP3.ending: ("coach.exports.libsndfile", "mp3_encoder"),
    Format.M4A.ending: ("coach.exports.m4a", "m4a_encoder"),
    PAGE: ("coach.exports.page.encoder", "page_encoder"),
}
"""For each ending, the module and the name of the function that opens its encoder."""

EXTRA = "phone"
NEEDS_EXTRA = {Format.M4A.ending: "av"}
"""Endings that need a package of the extra `EXTRA`, and that package."""


def check_ending(path: Path) -> None:
    """Check that the ending of a name is one that can be written on this computer.

    Raises
    ------
    UsageError
        If the ending is unknown, or needs an extra that is not installed.
    """
    ending = path.suffix.lower()
    missing = [other for other in ENDINGS if not _is_installed(other)]
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


def check_free(target: Path, *, force: bool) -> None:
    """Check that a file can be written at a path.

    Raises
    ------
    UsageError
        If there is a pipe or a device, or a file and ``force`` is not given.
    DiskError
        If its folder is not there.
    OSError
        If the system does not allow to look.
    """
    if target.exists() and not (target.is_file() or target.is_dir()):
        raise UsageError(
            f"{target} is a pipe or a device, no file", "'-o -' writes a WAV stream to standard output"
        )
    if target.exists() and not force:
        raise UsageError(f"{target} is there already", "--force replaces it, -o gives another name")
    if not target.parent.is_dir():
        raise DiskError(f"there is no folder {target.parent}", "make it first, or name another")


def open_sink(path: Path, *, metadata: Metadata, force: bool) -> FileSink:
    """Choose the sink for a file by the ending of its name; it opens as a context manager.

    Raises
    ------
    UsageError
        As `check_ending`.
    DiskError
        If the session is too long for the format.
    """
    check_ending(path)
    ending = path.suffix.lower()
    module, name = ENCODERS[ending]
    opened = getattr(import_module(module), name)
    if ending != Format.WAV.ending:
        return EncodedFile(path, metadata=metadata, opened=opened, force=force)
    size = wav_size(path, metadata)
    return EncodedFile(path, metadata=metadata, opened=opened, size=size, has_thread=False, force=force)


def _is_installed(ending: str) -> bool:
    return ending not in NEEDS_EXTRA or find_spec(NEEDS_EXTRA[ending]) is not None


def _listed(missing: list[str]) -> str:
    """Name the endings that can be written, such as ".wav, .flac or .html"."""
    *first, last = [ending for ending in ENDINGS if ending not in missing]
    return f"{', '.join(first)} or {last}"
