"""Add voices that the listener has got, and remove them: styles of Kokoro, voices of Piper.

They come as they are offered: an archive (the tarball of npm's package kokoro-js, a zip), a folder, or the
files themselves. Of an archive only the files that are a voice are read, and none of its paths is used.
Nothing is fetched, and nothing but voices is written.
"""

import hashlib
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path, PurePath, PureWindowsPath

from coach.errors import DiskError, UsageError
from coach.folders import with_home
from coach.regular_file import read_beginning, read_regular_file
from coach.text import printable_line, size_text
from coach.voices import kokoro, piper
from coach.voices.kokoro_styles import STYLE_BYTES, SUMS, described
from coach.voices.voice_files import STYLES_FOLDER, own_models, own_styles, voices_folder
from coach.whole import WholeFile, disk_error

MOST_MODEL_BYTES = 512 << 20
"""Size limit of a Piper voice; the largest that its makers offer has 114 MB."""

_MOST_ABOUT_BYTES = 4 << 20
"""Size limit of what tells about a Piper voice: its configuration and its card."""

_DAMAGED = (
    *(tarfile.TarError, zipfile.BadZipFile, EOFError, zlib.error, lzma.LZMAError),
    *(RuntimeError, NotImplementedError, ValueError, OverflowError),
)
"""What an archive raises that is damaged, made to do harm, locked by a password or packed in a rare way."""

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
    """Put the voices of a file, an archive or a folder where `coach voices` finds them: all of them or none.

    Raises
    ------
    UsageError
        If it has none, or one is damaged.
    DiskError
        If a file cannot be read or written.
    """
    source = with_home(source)
    try:
        files = _files(source)
    except _DAMAGED as why:
        raise UsageError(
            f"{source} is no archive that coach can read, or a damaged one.", _WHAT_IS_ONE
        ) from why
    except OSError as why:
        raise DiskError(f"{source} cannot be read ({why.strerror or why}).") from why
    voices = [*_styles(files), *_models(files)]
    if not voices:
        raise UsageError(f"{source} has no voice that coach knows.", _WHAT_IS_ONE)
    contents: dict[Path, bytes] = {}
    for voice, parts in voices:
        if twice := contents.keys() & parts.keys():
            raise UsageError(
                f"{source} has two voices that are called {voice.name} ({min(twice).name}).",
                "Add them one by one, each under a name of its own.",
            )
        contents |= parts
    _write(contents)
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


def _files(source: Path) -> dict[PurePath, bytes]:
    """Read the files of a source that are of a voice, by the paths that they have there.

    Raises
    ------
    UsageError
        If one is larger than any of its kind.
    """
    if source.is_dir():
        paths = sorted(path for path in source.rglob("*") if _most_bytes(path) and path.is_file())
        return {path: read_regular_file(path, _most_bytes(path)) for path in paths}
    read_beginning(source, 1)  # what is no regular file might be waited for without an end
    if source.name.endswith((".bin", ".onnx", ".onnx.json")):
        model = source.with_name(source.name.removesuffix(".json"))
        beside = (model, piper.config_beside(model), source.with_name(_CARD))
        there = [path for path in beside if path == source or path.is_file()]
        return {path: read_regular_file(path, _most_bytes(path)) for path in there if _most_bytes(path)}
    if zipfile.is_zipfile(source):
        with zipfile.ZipFile(source) as archive:
            return {
                path: archive.read(entry)
                for entry in archive.infolist()
                if not entry.is_dir() and _is_wanted(path := _inner(entry.filename), entry.file_size)
            }
    with tarfile.open(source) as tarball:
        return {
            path: file.read()
            for entry in tarball
            if entry.isfile() and _is_wanted(path := _inner(entry.name), entry.size)
            if (file := tarball.extractfile(entry))
        }


def _inner(name: str) -> PurePath:
    """A path within an archive, whose names may have the separators of any system."""
    return PureWindowsPath(name)


def _most_bytes(path: PurePath) -> int:
    """The size of the largest file of this kind; 0 if it is of no voice."""
    name = path.name
    if name.startswith(".") or not name.isprintable():  # macOS puts "._NAME" beside every file
        return 0
    if name.endswith(".bin"):
        return STYLE_BYTES if name.removesuffix(".bin") in SUMS else 0
    if name.endswith(".onnx"):
        return MOST_MODEL_BYTES
    return _MOST_ABOUT_BYTES if name.endswith(".onnx.json") or name == _CARD else 0


def _is_wanted(path: PurePath, size: int) -> bool:
    """Tell whether a file of an archive is of a voice.

    Raises
    ------
    UsageError
        If it is, and too large.
    """
    most = _most_bytes(path)
    if most and size > most:
        raise UsageError(
            f"{path.name} has {size_text(size)}, more than any file of its kind ({size_text(most)}).",
            "Get it once more, from where its makers offer it.",
        )
    return bool(most)


_Contents = Mapping[Path, bytes]


def _styles(files: Mapping[PurePath, bytes]) -> Iterator[tuple[AddedVoice, _Contents]]:
    """Yield the styles of Kokoro among some files.

    Raises
    ------
    UsageError
        If one is not the file that coach knows.
    """
    for path, data in files.items():
        file_name = path.name
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


def _models(files: Mapping[PurePath, bytes]) -> Iterator[tuple[AddedVoice, _Contents]]:
    """Yield the voices of Piper among some files.

    Raises
    ------
    UsageError
        If one lacks its second file, or that is none of a Piper voice that can be used.
    """
    for path, model in files.items():
        file_name = path.name
        if not file_name.endswith(".onnx"):
            continue
        config_name = f"{file_name}.json"
        config = files.get(path.with_name(config_name))
        if config is None:
            raise UsageError(f"{file_name} has no {config_name} beside it.", _WHAT_IS_ONE)
        if file_name.removesuffix(".onnx") in piper.PACKAGED:
            raise UsageError(
                f"{file_name} is called like the voice of a package.", "Give its two files another name."
            )
        info = piper.info_of(file_name.removesuffix(".onnx"), Path(config_name), config)
        is_known = hashlib.sha256(model).hexdigest() == piper.JOE.sha256s[0]
        note = "" if is_known else "Coach has no checksum of it: whether it is whole was not checked."
        if not piper.is_installed():
            note = f"{note} It needs the extra: pip install '.[neural]'".strip()
        voice = AddedVoice(
            f"piper:{info.name}",
            info.description,
            _licence_told(files.get(path.with_name(_CARD), b"")) or "not told: ask where you got it",
            len(model) + len(config),
            note,
        )
        yield voice, {voices_folder() / file_name: model, voices_folder() / config_name: config}


def _licence_told(card: bytes) -> str:
    """The licence that the MODEL_CARD beside a Piper voice tells; "" without one."""
    lines = (line.strip("*# \t") for line in card.decode("utf-8", "replace").splitlines())
    told = next((line for line in lines if line.casefold().startswith("license:")), "")
    return printable_line(told.partition(":")[2].strip())


def _write(contents: _Contents) -> None:
    """Write files: all of them, or on an error none."""
    with ExitStack() as stack:
        files = []
        for path, data in contents.items():
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as why:
                raise disk_error(why, path) from why
            file = stack.enter_context(WholeFile(path, size=len(data), force=True))
            file.write(data)
            files.append(file)
        for file in files:
            file.keep()
