"""A session as a file that an encoder writes: in a thread beside the one that mixes, whole or not there."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from coach.exports.metadata import About
from coach.exports.on_disk import OnDisk
from coach.sound.dither import STEPS
from coach.whole import WholeFile

Samples = NDArray[np.float32]

CEILING_DBTP = -2.8
"""The true peak of what a lossy encoder is given. What is decoded has higher peaks, by up to 0.8 dB of a
session and 1.1 dB of clipped speech (docs/phone.md), and is to have none above -1.5 dBTP."""
CEILING = 10 ** (CEILING_DBTP / 20)

_HELD = 1 + 2 / STEPS
"""What is taken for full scale, as in `coach.sound.dither`."""


class Encoder(Protocol):
    """Turns sound into the bytes of a file. All of it is called from one thread."""

    def encode(self, block: Samples, at: int) -> None:
        """The next frames, shape (frames, 1); the first is frame ``at`` of the session."""

    def finish(self) -> None:
        """Write what is still held back, and the end of the file."""

    def abandon(self) -> None:
        """Let go of everything; the file is not wanted any more. May follow anything, also `finish`."""


class EncodedFile(OnDisk):
    """A `coach.sound.sink.Sink` and a context manager: ``with FlacFile(path, about=about) as sink: ...``.

    Leaving the block puts the file under its name; leaving it by an exception throws it away, and the name
    keeps what it had (see `WholeFile`). It is encoded in a thread of its own while the next block is mixed:
    so it takes no longer than the slower of the two, several files take several processors, and Ctrl-C
    reaches Python, never what an encoder's own code calls, where it would be lost.

    Parameters
    ----------
    path
        Where the file is to be.
    about
        What its tags say. ``about.length`` frames have to be written; more or fewer are an error.
    opened
        Begins to encode into an open file.
    force
        Replace a file that exists.

    Raises
    ------
    DiskError
        From entering, writing and closing: the name is taken, no room, no permission.
    CoachError
        From entering: what encodes is not there.
    ValueError
        Where more or fewer frames come than were promised, or a block is no sound.
    """

    def __init__(
        self, path: Path, *, about: About, opened: Callable[[WholeFile, About], Encoder], force: bool = False
    ) -> None:
        self._path = path
        self._about = about
        self._opened = opened
        self._file = WholeFile(path, force=force)
        self._encoder: Encoder | None = None
        self._thread: ThreadPoolExecutor | None = None
        self._work: Future[None] | None = None
        self._rooms = [np.empty((0, 1), np.float32) for _ in range(2)]
        self._written = 0
        self._is_open = False

    def __enter__(self) -> Self:
        """Open; the name keeps what it has."""
        self._file.__enter__()
        try:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"encoding {self._path.suffix}")
            self._encoder = self._thread.submit(self._opened, self._file, self._about).result()
        except BaseException:
            self._discard()
            raise
        self._is_open = True
        return self

    def write(self, block: Samples, at: int | None = None) -> None:
        """Append frames; see `Sink.write`. A file has no frames left out: ``at`` is where the last ended."""
        if not self._is_open or self._encoder is None:
            raise ValueError(f"{self._path} is not open")
        position = self._about.start + self._written
        if at is not None and at != position:
            raise ValueError(f"frame {at} does not follow frame {position}")
        if block.ndim != 2 or block.shape[1] != 1 or block.dtype != np.float32:
            raise ValueError(f"a block is float32 of shape (frames, 1), not {block.dtype} of {block.shape}")
        if len(block) and not -_HELD <= block.min() <= block.max() <= _HELD:  # nor is NaN
            wrong = block[~(np.abs(block) <= _HELD)][0]
            raise ValueError(f"a sample is {wrong:g}, not in [-1, 1]")
        after = self._written + len(block)
        if after > self._about.length:
            raise ValueError(f"{after} frames were written of {self._about.length}")
        self._do(self._encoder.encode, self._own(block), position)
        self._written = after

    def close(self) -> None:
        """See `OnDisk.close`."""
        if not self._is_open or self._encoder is None:
            return
        self._is_open = False
        try:
            if self._written != self._about.length:
                raise ValueError(f"only {self._written} frames were written of {self._about.length}")
            self._do(self._encoder.finish)
            self._wait()
            self._file.keep()
        finally:
            self._discard()

    def _own(self, block: Samples) -> Samples:
        """A copy of the block, which its owner uses again while it is encoded.

        Two rooms are used in turn, as the last block may still be at work: new memory for each would cost
        a tenth of the time that a FLAC takes.
        """
        self._rooms.reverse()
        if len(self._rooms[0]) < len(block):
            self._rooms[0] = np.empty(block.shape, np.float32)
        own = self._rooms[0][: len(block)]
        np.copyto(own, block)
        return own

    def _do(self, work: Callable[..., None], *given: object) -> None:
        """Have something done in the thread, as soon as what it does now is done without an error."""
        self._wait()
        if self._thread is not None:
            self._work = self._thread.submit(work, *given)

    def _wait(self) -> None:
        work, self._work = self._work, None
        if work is not None:
            work.result()

    def _discard(self) -> None:
        """See `OnDisk._discard`; the thread ends."""
        self._is_open = False
        thread, self._thread = self._thread, None
        encoder, self._encoder = self._encoder, None
        if thread is not None:
            if encoder is not None:
                thread.submit(encoder.abandon)  # nobody asks what comes of it
            thread.shutdown()
        self._file.discard()
