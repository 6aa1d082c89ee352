"""Write a session as files: check the targets, then mix once and pass every block to all of them."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import numpy as np
from numpy.typing import NDArray

from coach.errors import CoachError, UsageError
from coach.exports.captions import CAPTIONS
from coach.exports.file_names import file_stem
from coach.exports.file_sink import FileSink
from coach.exports.formats import Format
from coach.exports.metadata import Metadata, session_metadata, track_metadata
from coach.exports.open_sink import check_ending, check_free, open_sink
from coach.exports.pictures.cover import cover_png
from coach.exports.tracks import TrackFolder, check_folder
from coach.exports.wav import WavStream
from coach.session.timeline import Frames
from coach.sound.music_bed import Bed, Music, automation_for, certain_until
from coach.sound.render import render
from coach.text import counted, length_text
from coach.voices.spoken_session import Plan
from coach.whole import WholeFile, disk_error

STDOUT = Path("-")
"""In place of a file: standard output."""

PROGRESS_EVERY = 16
"""Blocks between two calls of the progress callback."""


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """The files to write for one session: sound by their endings, numbered tracks, captions beside them."""

    files: tuple[Path, ...]
    tracks: Path | None = None
    track_format: Format = Format.WAV
    with_captions: bool = False
    force: bool = False

    @property
    def shows_a_cover(self) -> bool:
        """True if a file's format can show a cover in players; WAV cannot."""
        endings = {path.suffix.lower() for path in self.files}
        endings |= {self.track_format.ending} if self.tracks else set()
        return bool(endings - {Format.WAV.ending})


@dataclass(frozen=True, slots=True)
class Written:
    """A file or a folder of tracks that was written whole; ``contents`` is a short description."""

    path: Path
    contents: str


@dataclass(frozen=True, slots=True)
class NotWritten:
    """A file or a folder of tracks that could not be written, and why."""

    path: Path
    error: CoachError


@dataclass(frozen=True, slots=True)
class ExportResult:
    """The files written and the files that failed, each in the order of the request.

    ``lacks_a_cover`` if players look for one, and the extra that draws it is not installed.
    """

    written: tuple[Written, ...]
    failed: tuple[NotWritten, ...]
    lacks_a_cover: bool = False


def output_path(out: Path | None, name: str, *, force: bool) -> Path:
    """Choose the file to write: ``out``, or ``NAME.wav`` in it if it is a folder, or in the current one.

    Raises
    ------
    UsageError
        If the ending cannot be written on this computer, there is a pipe or a device, or the file is there
        and ``force`` is not given. The sink checks again when it puts the file in place; this early check
        saves speaking a session that cannot be written.
    DiskError
        If its folder is not there, or the system does not let us look.
    """
    file_name = f"{file_stem(name)}{Format.WAV.ending}"
    try:
        target = Path(file_name) if out is None else out / file_name if out.is_dir() else out
        check_ending(target)
        check_free(target, force=force)
    except OSError as error:
        raise disk_error(error, out or Path(file_name)) from error
    return target


def export_request(
    outs: Sequence[Path],
    name: str,
    *,
    tracks: Path | None = None,
    track_format: Format | None = None,
    with_captions: bool = False,
    force: bool = False,
) -> ExportRequest:
    """Check the targets of an export as far as possible before anything is spoken.

    ``outs`` are taken as `output_path` takes each; without any, and without ``tracks``, it is ``NAME.wav``.

    Raises
    ------
    UsageError
        As from `output_path`; if two are the same file, or one lies in the folder of the tracks; for a format
        without such a folder.
    DiskError
        As from `output_path`.
    """
    if STDOUT in outs:
        raise UsageError(
            "-o - is the only target of its stream", "leave out the others, --tracks and --words"
        )
    if track_format is not None and tracks is None:
        raise UsageError("--format is that of the tracks", "--tracks DIR makes some; -o goes by its ending")
    asked: Sequence[Path | None] = outs or ([None] if tracks is None else [])
    files = [output_path(out, name, force=force) for out in asked]
    beside = caption_files(files) if with_captions else {}
    for path in beside:
        check_free(path, force=force)
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
    return ExportRequest(tuple(files), tracks, track_format or Format.WAV, with_captions, force)


def caption_files(files: Iterable[Path]) -> dict[Path, Callable[[Metadata], str]]:
    """The caption files beside sound files, and how each is written.

    >>> [str(path) for path in caption_files([Path("knee.mp3"), Path("knee.wav")])]
    ['knee.lrc', 'knee.vtt']
    """
    return {file.with_suffix(ending): text for file in files for ending, text in CAPTIONS.items()}


def metadata_of(plan: Plan, *, language: str, level: str, with_cover: bool = True) -> Metadata:
    """Make the metadata of a session's files, with a cover if the extra ``phone`` is installed.

    The date is today's, or that of the environment variable ``SOURCE_DATE_EPOCH``, which makes exports
    reproducible on another day (reproducible-builds.org).

    Raises
    ------
    CoachError
        If the cover cannot be drawn.
    """
    timeline = plan.timeline
    cover = cover_png(timeline.title, timeline.duration_s, level, language) if with_cover else b""
    return session_metadata(timeline, language=language, level=level, date=_today(), cover=cover)


def export(
    plan: Plan,
    metadata: Metadata,
    request: ExportRequest,
    *,
    music: Music | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> ExportResult:
    """Write a session to all requested files, mixed once, block by block, with ``music`` under it.

    A file that cannot be written is reported in the result, and the others are still written. After any
    other exception, and Ctrl-C, no file is left half written: each name has what it had, or is whole already.

    Parameters
    ----------
    progress
        Called with the frames that are written and the frames of the session.
    """
    timeline = plan.timeline
    outputs = _outputs(plan, metadata, request)
    bed = None if music is None else Bed(music, automation_for(timeline))
    with _telling_what_is_written(outputs), ExitStack() as stack:
        for output in outputs:
            stack.enter_context(output)
        done = 0
        for i, block in enumerate(render(timeline, plan.clips, plan.tones, bed=bed)):
            if all(output.error for output in outputs):
                break
            for output in outputs:
                output.write(block)
            done += len(block)
            if progress is not None and i % PROGRESS_EVERY == 0:
                progress(done, timeline.length)
        for output in outputs:
            output.close()
    return ExportResult(
        tuple(Written(output.path, output.contents) for output in outputs if output.error is None),
        tuple(NotWritten(output.path, output.error) for output in outputs if output.error is not None),
        lacks_a_cover=request.shows_a_cover and not metadata.cover,
    )


@contextmanager
def _telling_what_is_written(outputs: "Sequence[_Output]") -> Iterator[None]:
    """Note in a Ctrl-C which of the targets it left whole."""
    try:
        yield
    except KeyboardInterrupt as stopped:
        whole = ", ".join(str(output.path) for output in outputs if output.is_whole)
        stopped.add_note(f"whole is {whole}" if whole else "nothing was written")
        raise


def stream(ready: Iterable[Plan], out: BinaryIO, *, music: Music | None = None) -> Plan:
    """Write a session to ``out`` as a WAV stream, what is ready as soon as it is; return the whole plan.

    ``ready`` is what `coach.voices.spoken_session.produced_in_turn` gives.

    Raises
    ------
    BrokenPipeError
        If the reader has closed the stream.
    CoachError
        If the voice or the stream fails.
    """
    sink = WavStream(out)
    written = Frames(0)
    for made in ready:
        timeline = made.timeline
        bed = None if music is None else Bed(music, automation_for(timeline, is_whole=made.is_whole))
        end = timeline.length if made.settled is None else made.settled
        if bed is not None and made.settled is not None:
            end = max(written, certain_until(timeline, end))
        for block in render(timeline, made.clips, made.tones, start=written, end=end, bed=bed):
            sink.write(block)
        written = end
    return made


def _outputs(plan: Plan, metadata: Metadata, request: ExportRequest) -> "list[_Output]":
    length = length_text(plan.timeline.duration_s)
    chapters = f"{length}, {counted(len(metadata.chapters), 'chapter')}"
    outputs = [
        _Output(path, chapters, partial(open_sink, path, metadata=metadata, force=request.force))
        for path in request.files
    ]
    lines = counted(len(metadata.captions), "line")
    for path, text in caption_files(request.files if request.with_captions else ()).items():
        captions = partial(_CaptionFile, path, metadata, text(metadata).encode(), force=request.force)
        outputs.append(_Output(path, lines, captions))
    if request.tracks is not None:
        folder = partial(
            TrackFolder,
            request.tracks,
            session=metadata,
            parts=track_metadata(plan.timeline, metadata),
            ending=request.track_format.ending,
            with_captions=request.with_captions,
            force=request.force,
        )
        tracks = f"{length}, {counted(len(metadata.chapters), 'track')}"
        outputs.append(_Output(request.tracks, tracks, folder))
    return outputs


class _Output:
    """One target of an export. A `CoachError` is kept in ``error`` and ends this target only."""

    def __init__(self, path: Path, contents: str, open_sink: Callable[[], FileSink]) -> None:
        self.path = path
        self.contents = contents
        self.error: CoachError | None = None
        self.is_whole = False
        self._open_sink = open_sink
        self._sink: FileSink | None = None

    def __enter__(self) -> Self:
        try:
            self._sink = self._open_sink().__enter__()
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
        """Write the next frames, unless this target has failed."""
        if self._sink is not None:
            self._try(partial(self._sink.write, block))

    def close(self) -> None:
        """Put the file under its name, unless this target has failed."""
        if self._sink is not None:
            self._try(self._sink.close)
            self.is_whole = self.error is None

    def _try(self, step: Callable[[], None]) -> None:
        try:
            step()
        except CoachError as error:
            self.error = error
            self.__exit__(type(error), error, error.__traceback__)


class _CaptionFile(FileSink):
    """Captions beside the sound, written when the sound is complete."""

    def __init__(self, path: Path, metadata: Metadata, data: bytes, *, force: bool) -> None:
        super().__init__(path, metadata)
        self._data = data
        self._file = WholeFile(path, size=len(data), force=force)

    def _open(self) -> None:
        self._file.__enter__()

    def _append(self, block: NDArray[np.float32], position: int) -> None:
        """Do nothing: captions do not depend on the sound."""

    def _finish(self) -> None:
        self._file.write(self._data)
        self._file.keep()

    def _discard(self) -> None:
        self._file.discard()


def _today() -> str:
    """The date as YYYY-MM-DD, in the local time zone; by ``SOURCE_DATE_EPOCH`` in UTC."""
    fixed = os.environ.get("SOURCE_DATE_EPOCH", "")
    if fixed.isascii() and fixed.isdigit():
        with suppress(ValueError, OverflowError, OSError):  # a number that is no time
            return datetime.fromtimestamp(int(fixed), UTC).date().isoformat()
    return datetime.now().astimezone().date().isoformat()
