"""A session as a WAV stream: 48 kHz, 16 bit, dithered, into whatever takes bytes, without an end in sight."""

from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from coach.errors import DiskError
from coach.exports.riff import endless_head
from coach.sound.dither import Quantiser


class WavStream:
    """A `Sink` that hands on each block at once; whoever reads hears a session while it is being made.

    The samples are those of `WavFile`. A stream has no chapters and no tags: they would have
    to be known at its start.

    Raises
    ------
    BrokenPipeError
        From writing: who reads has read enough.
    DiskError
        From writing: what takes the bytes has failed in another way.
    """

    def __init__(self, stream: BinaryIO, *, channels: int = 1) -> None:
        self._stream = stream
        self._quantiser = Quantiser(channels)
        self._channels = channels
        self._written = 0
        self._hand_over(endless_head(channels))

    def write(self, block: NDArray[np.float32], at: int | None = None) -> None:
        """Hand frames on; see `Sink.write`. None are left out: ``at`` is where the last ended."""
        if at is not None and at != self._written:
            raise ValueError(f"frame {at} does not follow {self._written} frames")
        samples = np.empty(block.size, "<i2")
        self._quantiser.quantise(block, self._written, samples)
        self._written += len(block)
        self._hand_over(samples.tobytes())

    def drop(self) -> int:
        """0: what was written is gone."""
        return 0

    def close(self) -> None:
        """Nothing is held back; the stream belongs to who opened it."""

    def _hand_over(self, data: bytes) -> None:
        try:
            self._stream.write(data)
            self._stream.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise DiskError(
                f"the stream cannot be written ({error.strerror or error})", "`coach export` writes a file"
            ) from error
