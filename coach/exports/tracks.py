"""A folder of numbered tracks, one for each chapter, with a playlist."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from coach.errors import DiskError, UsageError
from coach.exports.captions import CAPTIONS
from coach.exports.file_names import file_stem
from coach.exports.file_sink import FileSink
from coach.exports.metadata import Metadata
from coach.exports.open_sink import open_sink
from coach.session.timeline import RATE_HZ
from coach.text import one_line
from coach.whole import WholeFile, WholeFolder

COVER = "cover.png"
"""The name under which players look for the cover of all files of a folder."""

PLAYLIST = ".m3u8"
_HEAD = "#EXTM3U"
_MARK = "# written by coach"


class TrackFolder(FileSink):
    """A sink that writes each chapter of a session to a file of its own.

    The folder appears with all of its files, or not at all (see `WholeFolder`). Joined, the tracks are the
    session to the sample, if the format is lossless.

    Parameters
    ----------
    folder
        Where the files are to be.
    session
        Metadata of the whole session.
    parts
        Metadata of each track; together they are as long as the session (`track_metadata`).
    ending
        Of the tracks, such as ".wav".
    with_captions
        Write captions beside each track, as LRC and as WebVTT.
    force
        Replace the tracks of an earlier export.

    Raises
    ------
    UsageError
        From entering and closing: the folder has something in it that must not be replaced.
    CoachError
        From entering, writing and closing: a file cannot be written.
    """

    def __init__(
        self,
        folder: Path,
        *,
        session: Metadata,
        parts: Sequence[Metadata],
        ending: str,
        with_captions: bool = False,
        force: bool = False,
    ) -> None:
        super().__init__(folder, session)
        self._parts = parts
        self._names = [f"{stem}{ending}" for stem in track_names(parts)]
        self._list_name = f"{file_stem(session.title)}{PLAYLIST}"
        self._with_captions = with_captions
        self._folder = WholeFolder(folder, force=force, foreign=foreign)
        self._finished = 0
        self._left = 0
        self._sink: FileSink | None = None

    def _open(self) -> None:
        for name in (*self._names, self._list_name):
            check_encodable(name)
        self._folder.__enter__()

    def _append(self, block: NDArray[np.float32], position: int) -> None:  # noqa: ARG002 - a track counts itself
        with self._named_as_asked():
            while len(block):
                if self._sink is None:
                    self._begin()
                ours, block = block[: self._left], block[self._left :]
                if self._sink is not None:
                    self._sink.write(ours)
                self._left -= len(ours)
                if not self._left:
                    self._finish_track()

    def _finish(self) -> None:
        with self._named_as_asked():
            if self._metadata.cover:
                self._add(COVER, self._metadata.cover)
            self._add(self._list_name, playlist(self._metadata, self._parts, self._names).encode())
            self._folder.keep()

    def _begin(self) -> None:
        part, name = self._parts[self._finished], self._names[self._finished]
        self._sink = open_sink(self._folder.files / name, metadata=part, force=False).__enter__()
        self._left = part.length

    def _finish_track(self) -> None:
        """Finish a track in the hidden folder."""
        sink, self._sink = self._sink, None
        if sink is not None:
            sink.__exit__(None, None, None)
        part, name = self._parts[self._finished], Path(self._names[self._finished])
        if self._with_captions:
            for ending, text in CAPTIONS.items():
                self._add(str(name.with_suffix(ending)), text(part).encode())
        self._finished += 1

    def _add(self, name: str, data: bytes) -> None:
        with WholeFile(self._folder.files / name, size=len(data)) as file:
            file.write(data)
            file.keep()

    def _discard(self) -> None:
        sink, self._sink = self._sink, None
        if sink is not None:
            error = InterruptedError()
            sink.__exit__(type(error), error, None)
        self._folder.discard()

    @contextmanager
    def _named_as_asked(self) -> Iterator[None]:
        """Name the folder in errors as the user did, in place of the hidden one."""
        hidden = str(self._folder.files)
        try:
            yield
        except DiskError as error:
            message = error.message.replace(hidden, str(self._path))
            raise DiskError(message, error.hint) from error


def check_folder(folder: Path, *, force: bool) -> None:
    """Check that tracks can be written into a folder.

    Raises
    ------
    UsageError
        If it has something in it that must not be replaced.
    DiskError
        If it cannot be made, or is a file.
    """
    WholeFolder(folder, force=force, foreign=foreign).check()


def check_encodable(name: str) -> None:
    """Check that this system can have a file of this name.

    Raises
    ------
    UsageError
        If its file names have no such characters.
    """
    try:
        os.fsencode(name)
    except UnicodeEncodeError as error:
        raise UsageError(
            f"file names of this system are in {sys.getfilesystemencoding()}, which cannot write {name!r}",
            "choose a language in UTF-8 first, as in: LC_ALL=C.UTF-8 coach export ...",
        ) from error


def track_names(parts: Sequence[Metadata]) -> list[str]:
    """The file names of tracks, without their endings; numbered, so that any player sorts them.

    >>> from coach.session.timeline import Frames
    >>> track_names([Metadata(title="Squats: deep?", length=Frames(1), track=7, tracks=12)])
    ['07 Squats - deep']
    """
    width = max(2, len(str(len(parts))))
    return [f"{part.track:0{width}d} {file_stem(part.title)}" for part in parts]


def playlist(session: Metadata, parts: Sequence[Metadata], names: Sequence[str]) -> str:
    """An extended M3U: names relative to it, lengths in whole seconds."""
    lines = [_HEAD, _MARK]
    if title := one_line(session.title):
        lines.append(f"#PLAYLIST:{title}")
    for part, name in zip(parts, names, strict=True):
        lines += [f"#EXTINF:{round(part.length / RATE_HZ)},{one_line(part.title)}", name]
    return "\n".join(lines) + "\n"


def foreign(there: Sequence[Path]) -> str:
    """Find a file in a folder that is in no playlist of coach's there; "" if there is none."""
    ours = {COVER}
    for path in there:
        if path.suffix == PLAYLIST and path.is_file():
            lines = path.read_text("utf-8", "replace").splitlines()
            if lines[:2] == [_HEAD, _MARK]:
                names = [Path(line) for line in lines if not line.startswith("#")]
                ours |= {path.name, *map(str, names)}
                ours |= {str(name.with_suffix(ending)) for name in names for ending in CAPTIONS}
    if ours == {COVER}:
        ours = set()
    return next((path.name for path in there if path.name not in ours or not path.is_file()), "")
