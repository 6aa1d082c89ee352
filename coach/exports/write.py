"""A production written as files: where they go, what they say of themselves, all of them from one mix."""

import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import numpy as np
from numpy.typing import NDArray

from coach.errors import CoachError, DiskError, UsageError
from coach.exports.captions import lrc, vtt
from coach.exports.file_names import file_stem
from coach.exports.file_sink import FileSink, check_ending, file_sink
from coach.exports.formats import Format
from coach.exports.metadata import About, about_session, parts_of
from coach.exports.pictures.cover import cover_png
from coach.exports.tracks import WORDS, TrackFolder, check_folder
from coach.exports.wav_stream import WavStream
from coach.sound.music_bed import Bed, Music, automated
from coach.sound.render import render
from coach.text import counted, length_text
from coach.voices.spoken_session import Plan
from coach.whole import WholeFile, disk_error

STREAM = Path("-")
"""In place of a file: standard output."""

SHOWN_EVERY = 16
"""Blocks between two looks at the progress bar."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be written of one session: files by their endings, numbered tracks, and the words beside."""

    files: tuple[Path, ...]
    tracks: Path | None = None
    track_format: Format = Format.WAV
    with_words: bool = False
    force: bool = False

    @property
    def shows_a_cover(self) -> bool:
        """True if any of it is of a format in which players look for one; a WAV file is not."""
        endings = {path.suffix.lower() for path in self.files}
        endings |= {self.track_format.ending} if self.tracks else set()
        return bool(endings - {Format.WAV.ending})


@dataclass(frozen=True, slots=True)
class Whole:
    """A file or a folder that is there, and what is in it, in a few words."""

    path: Path
    contents: str


@dataclass(frozen=True, slots=True)
class Failed:
    """A file or a folder of tracks that is not there, and why."""

    path: Path
    error: CoachError


@dataclass(frozen=True, slots=True)
class Exported:
    """What is there whole now, in the order in which it was asked for, and what is not.

    It ``lacks_a_cover`` where players look for one and nothing is installed that draws it.
    """

    whole: tuple[Whole, ...]
    failed: tuple[Failed, ...]
    lacks_a_cover: bool = False


def output_path(out: Path | None, name: str, *, force: bool) -> Path:
    """The file to write: ``out``, or ``NAME.wav`` in it if it is a folder, or in the current one.

    Raises
    ------
    UsageError
        If the ending is none that can be written here, or the file is there and ``force`` is not given. The
        sink checks the latter again when it puts the file in place; asked here, it costs no session spoken
        for nothing.
    DiskError
        If its folder is not there, or the system does not let us look.
    """
    file_name = f"{file_stem(name)}{Format.WAV.ending}"
    try:
        target = Path(file_name) if out is None else out / file_name if out.is_dir() else out
        check_ending(target)
        _check_free(target, force=force)
    except OSError as error:
        raise disk_error(error, out or Path(file_name)) from error
    return target


def wanted(
    outs: Sequence[Path],
    name: str,
    *,
    tracks: Path | None = None,
    track_format: Format | None = None,
    with_words: bool = False,
    force: bool = False,
) -> Wanted:
    """What is to be written, as far as can be told before anything is spoken.

    ``outs`` are taken as `output_path` takes each; without any, and without ``tracks``, it is ``NAME.wav``.

    Raises
    ------
    UsageError
        As from `output_path`; if two are the same file, or one lies in the folder of the tracks; for a format
        without such a folder.
    DiskError
        As from `output_path`.
    """
    if STREAM in outs:
        raise UsageError(
            "-o - is the only target of its stream", "leave out the others, --tracks and --words"
        )
    if track_format is not None and tracks is None:
        raise UsageError("--format is that of the tracks", "--tracks DIR makes some; -o goes by its ending")
    asked: Sequence[Path | None] = outs or ([None] if tracks is None else [])
    files = [output_path(out, name, force=force) for out in asked]
    beside = [path for file in files for path in words_beside(file)] if with_words else []
    for path in dict.fromkeys(beside):
        _check_free(path, force=force)
    seen: set[str] = set()
    for path in (*files, *([tracks] if tracks else [])):
        real = os.path.normcase(os.path.realpath(path))
        if real in seen:
            raise UsageError(f"{path} is asked for twice", "give each file its own name")
        seen.add(real)
    if tracks is not None:
        for path in (*files, *beside):
            if os.path.realpath(path.parent) == os.path.realpath(tracks):
                raise UsageError(f"{path} would lie among the tracks", "give them a folder of their own")
        check_ending(Path(f"tracks{(track_format or Format.WAV).ending}"))
        check_folder(tracks, force=force)
    return Wanted(tuple(files), tracks, track_format or Format.WAV, with_words, force)


def words_beside(file: Path) -> tuple[Path, Path]:
    """The files of the words beside a file of sound.

    >>> [str(path) for path in words_beside(Path("knee.mp3"))]
    ['knee.lrc', 'knee.vtt']
    """
    lyrics, captions = (file.with_suffix(ending) for ending in WORDS)
    return lyrics, captions


def about(production: Plan, *, language: str, level: str, with_cover: bool = True) -> About:
    """What the files of a production say of themselves; the cover where the extra ``phone`` is installed.

    The date is today's, or that of the environment variable ``SOURCE_DATE_EPOCH``, by which whoever wants the
    same bytes on another day gets them (reproducible-builds.org).

    Raises
    ------
    CoachError
        If the cover cannot be drawn.
    """
    timeline = production.timeline
    cover = cover_png(timeline.title, timeline.duration_s, level) if with_cover else b""
    return about_session(timeline, language=language, level=level, date=_today(), cover=cover)


def export(
    production: Plan,
    said: About,
    want: Wanted,
    *,
    music: Music | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Exported:
    """Write the session to everything that is wanted, mixed once, block by block, with ``music`` under it.

    What cannot be written is left out and told, and the rest is still written whole. After any other
    exception, and Ctrl-C, no name has anything in half: it keeps what it had, or is whole already.

    Raises
    ------
    ValueError
        From a mistake in the program.
    """
    timeline = production.timeline
    targets = _targets(production, said, want)
    bed = None if music is None else Bed(music, automated(timeline))
    with ExitStack() as stack:
        for target in targets:
            stack.enter_context(target)
        done = 0
        for i, block in enumerate(render(timeline, production.clips, production.tones, bed=bed)):
            if all(target.error for target in targets):
                break
            for target in targets:
                target.write(block)
            done += len(block)
            if progress is not None and i % SHOWN_EVERY == 0:
                progress(done, timeline.length)
        for target in targets:
            target.close()
    return Exported(
        tuple(Whole(target.path, target.contents) for target in targets if target.error is None),
        tuple(Failed(target.path, target.error) for target in targets if target.error is not None),
        lacks_a_cover=want.shows_a_cover and not said.cover,
    )


def stream(ready: Iterable[Plan], out: BinaryIO, *, music: Music | None = None) -> Plan:
    """The whole session, written to ``out`` as a WAV stream, each chapter as soon as it was ready.

    ``ready`` is what `coach.voices.spoken_session.produced_in_turn` gives.

    Raises
    ------
    BrokenPipeError
        If whoever reads has read enough.
    CoachError
        If the voice or the stream fails.
    """
    sink = WavStream(out)
    written = 0
    for made in ready:
        timeline = made.timeline
        bed = None if music is None else Bed(music, automated(timeline, is_whole=made.is_whole))
        for block in render(timeline, made.clips, made.tones, start=written, bed=bed):
            sink.write(block)
        written = timeline.length
    return made


def _targets(production: Plan, said: About, want: Wanted) -> "list[_Target]":
    long = length_text(production.timeline.duration_s)
    chapters = f"{long}, {counted(len(said.chapters), 'chapter')}"
    targets = [
        _Target(path, chapters, partial(file_sink, path, about=said, force=want.force)) for path in want.files
    ]
    beside = [path for file in want.files for path in words_beside(file)] if want.with_words else []
    for path in dict.fromkeys(beside):
        text = lrc(said) if path.suffix == WORDS[0] else vtt(said)
        lines = counted(len(said.words), "line")
        targets.append(_Target(path, lines, partial(_Text, path, text, force=want.force)))
    if want.tracks is not None:
        folder = partial(
            TrackFolder,
            want.tracks,
            session=said,
            parts=parts_of(production.timeline, said),
            ending=want.track_format.ending,
            opened=_track,
            with_words=want.with_words,
            force=want.force,
        )
        tracks = f"{long}, {counted(len(said.chapters), 'track')}"
        targets.append(_Target(want.tracks, tracks, folder))
    return targets


def _track(path: Path, part: About) -> FileSink:
    return file_sink(path, about=part, force=False)


class _Target:
    """One of the things that are written at the same time: its failure is kept, and is its own affair."""

    def __init__(self, path: Path, contents: str, made: Callable[[], FileSink]) -> None:
        self.path = path
        self.contents = contents
        self.error: CoachError | None = None
        self._made = made
        self._sink: FileSink | None = None

    def __enter__(self) -> Self:
        try:
            self._sink = self._made().__enter__()
        except CoachError as error:
            self.error = error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        sink, self._sink = self._sink, None
        if sink is not None:
            sink.__exit__(kind, error, trace)

    def write(self, block: NDArray[np.float32]) -> None:
        """Pass the next frames on, if nothing has failed."""
        if self._sink is not None:
            self._try(partial(self._sink.write, block))

    def close(self) -> None:
        """Put it under its name, if nothing has failed."""
        if self._sink is not None:
            self._try(self._sink.close)

    def _try(self, step: Callable[[], None]) -> None:
        try:
            step()
        except CoachError as error:
            self.error = error
            self.__exit__(type(error), error, error.__traceback__)


class _Text:
    """A sink for a text that goes with the sound: it is written when the sound has been."""

    def __init__(self, path: Path, text: str, *, force: bool) -> None:
        self._data = text.encode()
        self._file = WholeFile(path, size=len(self._data), force=force)

    def __enter__(self) -> Self:
        self._file.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.discard()

    def write(self, block: NDArray[np.float32], at: int | None = None) -> None:
        """Nothing: a text has no sound."""

    def drop(self) -> int:
        """0: there is nothing to forget."""
        return 0

    def close(self) -> None:
        """Write the text, and put it under its name."""
        self._file.write(self._data)
        self._file.keep()


def _check_free(target: Path, *, force: bool) -> None:
    if target.exists() and not force:
        raise UsageError(f"{target} is there already", "--force replaces it, -o gives another name")
    if not target.parent.is_dir():
        raise DiskError(f"there is no folder {target.parent}", "make it first, or name another")


def _today() -> str:
    """The date as YYYY-MM-DD, of the time zone here; by ``SOURCE_DATE_EPOCH`` of UTC."""
    fixed = os.environ.get("SOURCE_DATE_EPOCH", "")
    if fixed.isascii() and fixed.isdigit():
        with suppress(ValueError, OverflowError, OSError):  # a number that is no time
            return datetime.fromtimestamp(int(fixed), UTC).date().isoformat()
    return datetime.now().astimezone().date().isoformat()
