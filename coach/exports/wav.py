"""WAV files and WAV streams: 48 kHz, 16 bit, dithered. A file has tags and chapters."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, Self

import numpy as np
from numpy.typing import NDArray

from coach.errors import DiskError
from coach.exports.file_sink import FileSink
from coach.exports.metadata import Metadata
from coach.exports.riff import (
    HEAD_SIZE,
    LONGEST,
    Tags,
    endless_head,
    has_letters_of_its_own,
    head,
    longest_s,
    tail,
)
from coach.exports.tags import id3
from coach.session.timeline import Chapter
from coach.sound.dither import Quantiser
from coach.whole import WholeFile

BUFFER_SIZE = 2**18
"""Bytes written at a time, header included, so that every write is aligned to pages. Smaller or unaligned
writes take up to half as long again."""


class WavFile(FileSink):
    """A WAV file; two exports of the same sound are the same bytes.

    Parameters
    ----------
    path
        Where the file is to be.
    frames
        How many will be written, if known: space for them is reserved at the start, and more or fewer are an
        error.
    channels
        1, or 2 for players that refuse mono: the blocks then have two.
    tags, chapters
        Written in ASCII after the samples; the chapters as cue points with labels. With ``tags=None`` there
        is no INFO chunk at all, so that players read ``id3``.
    id3
        A whole ID3v2 tag without chapters, written after the chapters; none if empty.
    force
        Replace a file that exists.
    start
        The session's frame at which the file begins. Dither depends on it, so that tracks joined are the
        session to the sample.

    Raises
    ------
    DiskError
        From entering, writing and closing: the name is taken, no room, no permission, too long for WAV.
    ValueError
        If a chapter starts outside the file, more or fewer frames come than were promised, or a block
        is no sound (see `Quantiser.quantise`).
    """

    def __init__(
        self,
        path: Path,
        *,
        frames: int | None = None,
        channels: int = 1,
        tags: Tags | None = Tags(),  # noqa: B008 - a frozen value
        chapters: Sequence[Chapter] = (),
        id3: bytes = b"",
        force: bool = False,
        start: int = 0,
    ) -> None:
        if channels not in {1, 2}:
            raise ValueError(f"{channels} channels")
        self._path = path
        self._frames = frames
        self._channels = channels
        self._chapters = tuple(chapters)
        self._start = start
        self._written = 0
        if frames is not None and 2 * channels * frames > LONGEST:
            raise self._too_long()
        self._tail = tail(tags, self._chapters, id3)
        size = None if frames is None else self._size(frames)
        if frames is not None:
            self._check_chapters(frames)
        self._file = WholeFile(path, size=size, force=force)
        self._quantiser = Quantiser(channels)
        self._buffer = np.empty(BUFFER_SIZE // 2, dtype="<i2")
        self._filled = 0
        self._is_open = False

    def __enter__(self) -> Self:
        """See `FileSink.__enter__`; reserves space if the length is known."""
        self._check_length(self._frames or 0)
        self._buffer[: HEAD_SIZE // 2] = np.frombuffer(self._head(self._frames or 0), dtype="<i2")
        self._filled = HEAD_SIZE // 2
        self._file.__enter__()
        self._is_open = True
        return self

    def write(self, block: NDArray[np.float32], at: int | None = None) -> None:
        """See `FileSink.write`."""
        if not self._is_open:
            raise ValueError(f"{self._path} is not open")
        if at is not None and at != self._start + self._written:
            raise ValueError(f"frame {at} does not follow frame {self._start + self._written}")
        after = self._written + len(block)
        if self._frames is None:
            self._check_length(after)
        elif after > self._frames:
            raise ValueError(f"{after} frames were written of {self._frames}")
        while self._written < after:
            room = (self._buffer.size - self._filled) // self._channels
            given = block[len(block) - (after - self._written) :][:room]
            filled = self._filled + given.size
            position = self._start + self._written
            self._quantiser.quantise(given, position, self._buffer[self._filled : filled])
            self._filled = filled
            self._written += len(given)
            if self._filled == self._buffer.size:
                self._flush()

    def close(self) -> None:
        """See `FileSink.close`."""
        if not self._is_open:
            return
        self._is_open = False
        try:
            if self._frames is not None and self._written != self._frames:
                raise ValueError(f"only {self._written} frames were written of {self._frames}")
            self._check_chapters(self._written)
            self._flush()
            self._file.write(self._tail)
            if self._frames is None:
                self._file.rewrite(self._head(self._written), at=0)
            self._file.keep()
        finally:
            self._discard()

    def _discard(self) -> None:
        """See `FileSink._discard`."""
        self._is_open = False
        self._file.discard()

    def _flush(self) -> None:
        self._file.write(self._buffer[: self._filled].data)
        self._filled = 0

    def _head(self, frames: int) -> bytes:
        return head(frames, self._channels, len(self._tail))

    def _size(self, frames: int) -> int:
        return HEAD_SIZE + 2 * self._channels * frames + len(self._tail)

    def _check_length(self, frames: int) -> None:
        if self._size(frames) - 8 > LONGEST:
            raise self._too_long()

    def _too_long(self) -> DiskError:
        longest_h, rest_s = divmod(longest_s(self._channels), 3600)
        return DiskError(
            f"{self._path} would be too long: a WAV file holds {longest_h} hours {rest_s // 60} minutes.",
            "Export the session in parts.",
        )

    def _check_chapters(self, frames: int) -> None:
        for chapter in self._chapters:
            if not 0 <= chapter.start < frames:
                raise ValueError(f"{chapter} is not within {frames} frames")


def wav_file(path: Path, metadata: Metadata, *, force: bool) -> WavFile:
    """Make a sink with tags in INFO if they lose nothing in ASCII, and all of them in ID3."""
    tags = Tags(
        title=metadata.title,
        artist=metadata.artist,
        album=metadata.album,
        date=metadata.date,
        language=metadata.language,
        track=metadata.track or None,
    )
    return WavFile(
        path,
        frames=metadata.length,
        tags=None if has_letters_of_its_own(metadata.title + metadata.artist + metadata.album) else tags,
        chapters=metadata.chapters,
        id3=id3.tag(replace(metadata, chapters=())),
        force=force,
        start=metadata.start,
    )


class WavStream:
    """A `Sink` that writes a WAV stream of unknown length, and passes each block on at once.

    The samples are those of `WavFile`. A stream has no chapters and no tags, as they would have to be known
    at its start.

    Raises
    ------
    BrokenPipeError
        From writing: the reader has closed the stream.
    DiskError
        From writing: the stream has failed in another way.
    """

    def __init__(self, stream: BinaryIO, *, channels: int = 1) -> None:
        self._stream = stream
        self._quantiser = Quantiser(channels)
        self._channels = channels
        self._written = 0
        self._write(endless_head(channels))

    def write(self, block: NDArray[np.float32], at: int | None = None) -> None:
        """Write frames; see `FileSink.write`."""
        if at is not None and at != self._written:
            raise ValueError(f"frame {at} does not follow {self._written} frames")
        samples = np.empty(block.size, "<i2")
        self._quantiser.quantise(block, self._written, samples)
        self._written += len(block)
        self._write(samples.tobytes())

    def drop(self) -> int:
        """Return 0: what was written is gone."""
        return 0

    def close(self) -> None:
        """Do nothing: nothing is buffered, and the stream belongs to the caller."""

    def _write(self, data: bytes) -> None:
        try:
            self._stream.write(data)
            self._stream.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise DiskError(
                f"the stream cannot be written ({error.strerror or error})", "`coach export` writes a file"
            ) from error
