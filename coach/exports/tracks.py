"""A folder of numbered tracks, one for each chapter, with a playlist."""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from coach.errors import DiskError, UsageError
from coach.exports.captions import lrc, vtt
from coach.exports.file_names import file_stem
from coach.exports.file_sink import FileSink
from coach.exports.metadata import Metadata
from coach.exports.open_sink import open_sink
from coach.session.timeline import RATE_HZ
from coach.text import one_line
from coach.whole import WholeFile, WholeFolder

CAPTION_ENDINGS = (".lrc", ".vtt")
"""Of the caption files beside the sound."""

COVER = "cover.png"
"""The name under which players look for the cover of all files of a folder."""

PLAYLIST = ".m3u8"
_HEAD = "#EXTM3U"
_MARK = "# written by coach"

Open = Callable[[Path, Metadata], FileSink]
"""Makes the sink for one track."""


def _open_track(path: Path, metadata: Metadata) -> FileSink:
    return open_sink(path, metadata=metadata, force=False)


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
    opened
        Makes the sink for a track.
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
    ValueError
        If more or fewer frames come than the tracks have.
    """

    def __init__(
        self,
        folder: Path,
        *,
        session: Metadata,
        parts: Sequence[Metadata],
        ending: str,
        opened: Open = _open_track,
        with_captions: bool = False,
        force: bool = False,
    ) -> None:
        self._path = folder
        self._session = session
        self._parts = parts
        self._names = [f"{stem}{ending}" for stem in track_names(parts)]
        self._list_name = f"{file_stem(session.title)}{PLAYLIST}"
        self._opened = opened
        self._with_words = with_captions
        self._folder = WholeFolder(folder, force=force, foreign=foreign)
        self._index = 0
        self._left = 0
        self._written = 0
        self._sink: FileSink | None = None
        self._is_open = False

    def __enter__(self) -> Self:
        """See `FileSink.__enter__`."""
        for name in (*self._names, self._list_name):
            check_encodable(name)
        self._folder.__enter__()
        self._is_open = True
        return self

    def write(self, block: NDArray[np.float32], at: int | None = None) -> None:
        """See `FileSink.write`."""
        if not self._is_open:
            raise ValueError(f"{self._path} is not open")
        if at is not None and at != self._written:
            raise ValueError(f"frame {at} does not follow {self._written} frames")
        done = 0
        try:
            while done < len(block):
                if self._sink is None:
                    self._begin()
                count = min(self._left, len(block) - done)
                if self._sink is not None:
                    self._sink.write(block[done : done + count])
                done += count
                self._left -= count
                self._written += count
                if not self._left:
                    self._finish()
        except DiskError as error:
            raise self._with_own_path(error) from error

    def close(self) -> None:
        """See `FileSink.close`."""
        if not self._is_open:
            return
        if self._index != len(self._parts):
            raise ValueError(f"{self._index} of {len(self._parts)} parts were written")
        self._is_open = False
        try:
            if self._session.cover:
                self._add(COVER, self._session.cover)
            self._add(self._list_name, playlist(self._session, self._parts, self._names).encode())
            self._folder.keep()
        except DiskError as error:
            raise self._with_own_path(error) from error
        finally:
            self._discard()

    def _begin(self) -> None:
        if self._index == len(self._parts):
            raise ValueError(f"more frames than the {len(self._parts)} parts have")
        part = self._parts[self._index]
        sink = self._opened(self._folder.files / self._names[self._index], part)
        self._sink = sink.__enter__()
        self._left = part.length

    def _finish(self) -> None:
        """Finish a track in the hidden folder."""
        sink, self._sink = self._sink, None
        if sink is not None:
            sink.__exit__(None, None, None)
        part, name = self._parts[self._index], Path(self._names[self._index])
        if self._with_words:
            for ending, text in zip(CAPTION_ENDINGS, (lrc(part), vtt(part)), strict=True):
                self._add(str(name.with_suffix(ending)), text.encode())
        self._index += 1

    def _add(self, name: str, data: bytes) -> None:
        with WholeFile(self._folder.files / name, size=len(data)) as file:
            file.write(data)
            file.keep()

    def _discard(self) -> None:
        self._is_open = False
        sink, self._sink = self._sink, None
        if sink is not None:
            error = InterruptedError()
            sink.__exit__(type(error), error, None)
        self._folder.discard()

    def _with_own_path(self, error: DiskError) -> DiskError:
        """Name the folder as the user did, in place of the hidden one."""
        try:
            hidden = str(self._folder.files)
        except ValueError:
            return error
        return DiskError(error.message.replace(hidden, str(self._path)), error.hint)


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
                ours |= {str(name.with_suffix(ending)) for name in names for ending in CAPTION_ENDINGS}
    if ours == {COVER}:
        ours = set()
    return next((path.name for path in there if path.name not in ours or not path.is_file()), "")
