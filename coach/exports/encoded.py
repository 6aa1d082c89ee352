"""A file sink that encodes, and the file object that encoders write to."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from coach.exports.file_sink import FileSink
from coach.exports.metadata import Metadata
from coach.sound.dither import STEPS
from coach.whole import WholeFile

Samples = NDArray[np.float32]

CEILING_DBTP = -2.8
"""The highest true peak of the input of a lossy encoder. Decoded peaks are higher, by up to 0.8 dB in a
session and 1.1 dB in clipped speech (docs/phone.md), and must stay below -1.5 dBTP."""
CEILING = 10 ** (CEILING_DBTP / 20)

_FULL_SCALE = 1 + 2 / STEPS
"""The tolerance of `coach.sound.dither`."""


class Encoder(Protocol):
    """Turns sound into the bytes of a file. Its methods are called from one thread."""

    def encode(self, block: Samples, at: int) -> None:
        """Encode the next frames, shape (frames, 1); the first is frame ``at`` of the session."""

    def finish(self) -> None:
        """Write what is still buffered, and the end of the file."""

    def abandon(self) -> None:
        """Release everything; the file is discarded. May follow any call, also `finish`."""


Open = Callable[[WholeFile, Metadata], Encoder]
"""Opens an encoder that writes into a file."""


class EncoderOutput:
    """The file object that an encoder writes to: passes each piece of bytes on with its position.

    Encoders call it from C code, which no exception may cross: the first one is kept for `check`, and
    everything after it is ignored, so that the encoder can come to its end.
    """

    def __init__(self, take: Callable[[bytes, int], None]) -> None:
        self._take: Callable[[bytes, int], None] | None = take
        self._at = 0
        self._end = 0
        self._error: BaseException | None = None

    def write(self, data: bytes) -> int:
        """Pass bytes on at the current position."""
        if self._take is not None and self._error is None:
            try:
                self._take(data, self._at)
            except BaseException as error:  # noqa: BLE001 - it is raised again by `check`
                self._error = error
        self._at += len(data)
        self._end = max(self._end, self._at)
        return len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Set the position from the beginning, from the current position or from the end."""
        self._at = (0, self._at, self._end)[whence] + offset
        return self._at

    def tell(self) -> int:
        """Return the position."""
        return self._at

    def read(self, _: int) -> bytes:
        """Return nothing: encoders do not read."""
        return b""

    def check(self) -> None:
        """Raise the exception that was kept."""
        if self._error is not None:
            raise self._error

    def drop(self) -> None:
        """Ignore everything from now on."""
        self._take = None


class EncodedFile(FileSink):
    """A file written by an encoder, in a thread of its own while the next block is mixed.

    So an export takes no longer than the slower of the two, several files use several processors, and Ctrl-C
    reaches Python, never a callback inside an encoder's C code, where it would be lost.

    Parameters
    ----------
    path
        Where the file is to be.
    metadata
        For its length, and its tags.
    opened
        Opens the encoder on the open file.
    size
        Bytes of the file, where they are known: if the disk has less room, entering fails.
    has_thread
        False for what is encoded in less time than a thread takes to begin with it.
    force
        Replace a file that exists.

    Raises
    ------
    DiskError
        From entering, writing and closing: the name is taken, no room, no permission.
    CoachError
        From entering: the encoder is not installed.
    ValueError
        From writing and closing: a block is no sound; see also `FileSink`.
    """

    def __init__(
        self,
        path: Path,
        *,
        metadata: Metadata,
        opened: Open,
        size: int | None = None,
        has_thread: bool = True,
        force: bool = False,
    ) -> None:
        super().__init__(path, metadata)
        self._opened = opened
        self._has_thread = has_thread
        self._file = WholeFile(path, size=size, force=force)
        self._encoder: Encoder | None = None
        self._thread: ThreadPoolExecutor | None = None
        self._work: Future[None] | None = None
        self._buffers = [np.empty((0, 1), np.float32) for _ in range(2)]

    def _open(self) -> None:
        self._file.__enter__()
        try:
            if self._has_thread:
                self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"encoding {self._path.suffix}")
                self._encoder = self._thread.submit(self._opened, self._file, self._metadata).result()
            else:
                self._encoder = self._opened(self._file, self._metadata)
        except BaseException:
            self._discard()
            raise

    def _append(self, block: Samples, position: int) -> None:
        own = self._own(block) if self._has_thread else block
        self._do(lambda encoder: encoder.encode(own, position))

    def _finish(self) -> None:
        self._do(lambda encoder: encoder.finish())
        self._wait()
        self._file.keep()

    def _own(self, block: Samples) -> Samples:
        """Check and copy the block, as its owner reuses its memory while it is encoded.

        Two buffers are used in turn, as the last block may still be encoded: allocating one for each block
        would cost a tenth of the time that a FLAC takes.
        """
        if block.ndim != 2 or block.shape[1] != 1 or block.dtype != np.float32:
            raise ValueError(f"a block is float32 of shape (frames, 1), not {block.dtype} of {block.shape}")
        if len(block) and not -_FULL_SCALE <= block.min() <= block.max() <= _FULL_SCALE:  # nor is NaN
            wrong = block[~(np.abs(block) <= _FULL_SCALE)][0]
            raise ValueError(f"a sample is {wrong:g}, not in [-1, 1]")
        self._buffers.reverse()
        if len(self._buffers[0]) < len(block):
            self._buffers[0] = np.empty(block.shape, np.float32)
        own = self._buffers[0][: len(block)]
        np.copyto(own, block)
        return own

    def _do(self, work: Callable[[Encoder], None]) -> None:
        """Run a job on the encoder thread, if any, after waiting for the previous job; re-raise its error."""
        self._wait()
        if self._thread is not None and self._encoder is not None:
            self._work = self._thread.submit(work, self._encoder)
        elif self._encoder is not None:
            work(self._encoder)

    def _wait(self) -> None:
        work, self._work = self._work, None
        if work is not None:
            work.result()

    def _discard(self) -> None:
        """End the thread, and throw the file away."""
        thread, self._thread = self._thread, None
        encoder, self._encoder = self._encoder, None
        if thread is not None:
            if encoder is not None:
                thread.submit(encoder.abandon)  # its result is not needed
            thread.shutdown()
        self._file.discard()
