"""A session as a WAV file: 48 kHz, 16 bit, dithered, with tags and chapters, whole or not there."""

from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from coach.errors import DiskError
from coach.exports.on_disk import OnDisk
from coach.exports.riff import HEAD_SIZE, LONGEST, Tags, head, longest_s, tail
from coach.session.timeline import Chapter
from coach.sound.dither import Quantiser
from coach.whole import WholeFile

GATHERED = 2**18
"""Bytes handed to the system at a time, header included, so that every write starts at a whole page. Smaller
or crooked writes take up to half as long again."""


class WavFile(OnDisk):
    """A `Sink` and a context manager: ``with WavFile(path, frames=timeline.length, ...) as sink: ...``.

    Leaving the block puts the file under its name; leaving it by an exception throws it away, and the name
    keeps what it had (see `WholeFile`). Two exports of the same sound are the same bytes.

    Parameters
    ----------
    path
        Where the file is to be.
    frames
        How many will be written, where that is known: room for them is reserved at the start, and more or
        fewer are an error.
    channels
        1, or 2 for players that refuse mono: the blocks then have two.
    tags, chapters
        Written in ASCII after the samples; the chapters as cue points with labels. Without ``tags`` not even
        what wrote the file is said in ASCII, so that players read ``id3``.
    id3
        A whole ID3v2 tag without chapters, written after them; none if empty.
    force
        Replace a file that exists.
    start
        The frame of the session that the first one is: the dither follows it, so that files joined are the
        session to the sample.

    Raises
    ------
    DiskError
        From entering, writing and closing: the name is taken, no room, no permission, too long for WAV.
    ValueError
        Where a chapter starts outside the file, more or fewer frames come than were promised, or a block
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
        self._gathered = np.empty(GATHERED // 2, dtype="<i2")
        self._filled = 0
        self._is_open = False

    def __enter__(self) -> Self:
        """Open and reserve; the name keeps what it has."""
        self._check_length(self._frames or 0)
        self._gathered[: HEAD_SIZE // 2] = np.frombuffer(self._head(self._frames or 0), dtype="<i2")
        self._filled = HEAD_SIZE // 2
        self._file.__enter__()
        self._is_open = True
        return self

    def write(self, block: NDArray[np.float32], at: int | None = None) -> None:
        """Append frames; see `Sink.write`. A file has no frames left out: ``at`` is where the last ended."""
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
            room = (self._gathered.size - self._filled) // self._channels
            given = block[len(block) - (after - self._written) :][:room]
            filled = self._filled + given.size
            position = self._start + self._written
            self._quantiser.quantise(given, position, self._gathered[self._filled : filled])
            self._filled = filled
            self._written += len(given)
            if self._filled == self._gathered.size:
                self._hand_over()

    def close(self) -> None:
        """See `OnDisk.close`."""
        if not self._is_open:
            return
        self._is_open = False
        try:
            if self._frames is not None and self._written != self._frames:
                raise ValueError(f"only {self._written} frames were written of {self._frames}")
            self._check_chapters(self._written)
            self._hand_over()
            self._file.write(self._tail)
            if self._frames is None:
                self._file.rewrite(self._head(self._written), at=0)
            self._file.keep()
        finally:
            self._discard()

    def _discard(self) -> None:
        """See `OnDisk._discard`."""
        self._is_open = False
        self._file.discard()

    def _hand_over(self) -> None:
        self._file.write(self._gathered[: self._filled].data)
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
