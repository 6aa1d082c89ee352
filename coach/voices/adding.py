"""Add voices that the listener has got, and remove them: styles of Kokoro, voices of Piper.

They come as they are offered: an archive (the tarball of npm's package kokoro-js, a zip), a folder, or the
files themselves. Of an archive only the files that are a voice are read, and none of its paths is used.
Nothing is fetched, and nothing but voices is written.
"""

import hashlib
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from coach.errors import DiskError, UsageError
from coach.folders import with_home
from coach.regular_file import read_regular_file
from coach.text import printable_line
from coach.voices import kokoro, piper
from coach.voices.kokoro_styles import STYLE_BYTES, SUMS, described
from coach.voices.voice_files import STYLES_FOLDER, own_models, own_styles, voices_folder
from coach.whole import WholeFile, disk_error

MOST_MODEL_BYTES = 512 << 20
"""Size limit of a Piper voice; the largest that its makers offer has 114 MB."""

_WHAT_IS_ONE = (
    "A voice is a style of Kokoro (af_heart.bin), or the two files of a Piper voice side by side (NAME.onnx "
    "and NAME.onnx.json); or an archive or a folder with such files."
)

_CARD = "MODEL_CARD"
"""The file beside a Piper voice that tells its licence."""


@dataclass(frozen=True, slots=True)
class AddedVoice:
    """A voice that was added: the ``name`` to ask for it, its licence as far as coach knows it, its size.

    ``note`` says what the listener should know besides, "" if nothing.
    """

    name: str
    description: str
    licence: str
    size_bytes: int
    note: str = ""


def add_voices(source: Path) -> tuple[AddedVoice, ...]:
    """Put the voices of a file, an archive or a folder where `coach voices` finds them.

    Raises
    ------
    UsageError
        If it has none, or one is damaged; nothing has been added then.
    DiskError
        If a file cannot be read or written.
    """
    source = with_home(source)
    try:
        files = _files(source)
    except (tarfile.TarError, zipfile.BadZipFile, EOFError) as why:
        raise UsageError(f"{source} is no archive, or a damaged one.", _WHAT_IS_ONE) from why
    except OSError as why:
        raise DiskError(f"{source} cannot be read ({why.strerror or why}).") from why
    voices = [*_styles(files), *_models(files)]
    if not voices:
        raise UsageError(f"{source} has no voice that coach knows.", _WHAT_IS_ONE)
    for _, contents in voices:
        for path, data in contents.items():
            _write(path, data)
    return tuple(voice for voice, _ in voices)


def remove_voice(name: str) -> tuple[Path, ...]:
    """Remove a voice that was added, ``kokoro:af_heart`` or ``piper:kerstin``; give the files that are gone.

    Raises
    ------
    UsageError
        If none of that name was added.
    DiskError
        If a file cannot be removed.
    """
    engine, _, short = name.rpartition(":")
    styles = {f"kokoro:{each}": (path,) for each, path in own_styles().items()}
    models = {f"piper:{each}": (path, piper.config_beside(path)) for each, path in own_models().items()}
    added = styles | models
    wanted = name if engine else next((each for each in added if each.partition(":")[2] == short), name)
    if wanted not in added:
        there = ", ".join(added) or "none yet"
        raise UsageError(f"The voice {name!r} was not added.", f"Added voices are {there}.")
    for path in added[wanted]:
        try:
            path.unlink(missing_ok=True)
        except OSError as why:
            raise disk_error(why, path) from why
    return added[wanted]


def _files(source: Path) -> dict[str, bytes]:
    """Read the files of a source that are of a voice, by name, without their folders."""
    if source.is_dir():
        paths = sorted(path for path in source.rglob("*") if _is_of_a_voice(path.name) and path.is_file())
        return {path.name: read_regular_file(path, MOST_MODEL_BYTES) for path in paths}
    if source.name.endswith((".bin", ".onnx", ".onnx.json")):
        model = source.with_name(source.name.removesuffix(".json"))
        beside = [path for path in (model, piper.config_beside(model)) if path == source or path.is_file()]
        return {path.name: read_regular_file(path, MOST_MODEL_BYTES) for path in beside}
    if zipfile.is_zipfile(source):
        with zipfile.ZipFile(source) as archive:
            entries = {PurePosixPath(entry.filename).name: entry for entry in archive.infolist()}
            return {
                name: archive.read(entry)
                for name, entry in entries.items()
                if _is_of_a_voice(name) and entry.file_size <= MOST_MODEL_BYTES
            }
    with tarfile.open(source) as tarball:
        members = {PurePosixPath(entry.name).name: entry for entry in tarball.getmembers() if entry.isfile()}
        return {
            name: file.read()
            for name, entry in members.items()
            if _is_of_a_voice(name)
            and entry.size <= MOST_MODEL_BYTES
            and (file := tarball.extractfile(entry))
        }


def _is_of_a_voice(name: str) -> bool:
    return name.removesuffix(".bin") in SUMS or name.endswith((".onnx", ".onnx.json")) or name == _CARD


_Contents = Mapping[Path, bytes]


def _styles(files: Mapping[str, bytes]) -> Iterator[tuple[AddedVoice, _Contents]]:
    """Yield the styles of Kokoro among some files.

    Raises
    ------
    UsageError
        If one is not the file that coach knows.
    """
    for file_name, data in files.items():
        name = file_name.removesuffix(".bin")
        if name == file_name or name not in SUMS:
            continue
        if hashlib.sha256(data).hexdigest() != SUMS[name]:
            raise UsageError(
                f"{file_name} is not the style that coach knows by this name: its checksum differs.",
                "Get it once more, from npm's package kokoro-js 1.2.1.",
            )
        note = "" if kokoro.is_installed() else "It needs the extra: pip install '.[kokoro]'"
        voice = AddedVoice(f"kokoro:{name}", described(name), "Apache-2.0", STYLE_BYTES, note)
        yield voice, {voices_folder() / STYLES_FOLDER / file_name: data}


def _models(files: Mapping[str, bytes]) -> Iterator[tuple[AddedVoice, _Contents]]:
    """Yield the voices of Piper among some files.

    Raises
    ------
    UsageError
        If one lacks its second file, or that is none of a Piper voice that can be used.
    """
    for file_name, model in files.items():
        if not file_name.endswith(".onnx"):
            continue
        config_name = f"{file_name}.json"
        if config_name not in files:
            raise UsageError(f"{file_name} has no {config_name} beside it.", _WHAT_IS_ONE)
        config = files[config_name]
        info = piper.info_of(file_name.removesuffix(".onnx"), Path(config_name), config)
        is_known = hashlib.sha256(model).hexdigest() == piper.JOE.sha256s[0]
        note = "" if is_known else "Coach has no checksum of it: whether it is whole was not checked."
        if not piper.is_installed():
            note = f"{note} It needs the extra: pip install '.[neural]'".strip()
        voice = AddedVoice(
            f"piper:{info.name}",
            info.description,
            _licence_told(files) or "not told: ask where you got it",
            len(model) + len(config),
            note,
        )
        yield voice, {voices_folder() / file_name: model, voices_folder() / config_name: config}


def _licence_told(files: Mapping[str, bytes]) -> str:
    """The licence that the MODEL_CARD beside a Piper voice tells; "" without one."""
    card = files.get(_CARD, b"").decode("utf-8", "replace")
    lines = (line.strip("*# \t") for line in card.splitlines())
    told = next((line for line in lines if line.casefold().startswith("license:")), "")
    return printable_line(told.partition(":")[2].strip())


def _write(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as why:
        raise disk_error(why, path) from why
    with WholeFile(path, size=len(data), force=True) as file:
        file.write(data)
        file.keep()
