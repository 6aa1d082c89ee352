"""WAV files and WAV streams: 48 kHz, mono, 16 bit, dithered. A file has tags and chapters."""

from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from coach.errors import DiskError
from coach.exports.metadata import Metadata
from coach.exports.riff import ENDLESS_HEAD, HEAD_SIZE, LONGEST, LONGEST_S, SAMPLE_SIZE, head, tail
from coach.exports.tags.taggers import RewritableFile
from coach.sound.dither import Quantiser


class WavEncoder:
    """Writes 16-bit samples between header and tags; see `coach.exports.encoded.Encoder`."""

    def __init__(self, file: RewritableFile, metadata: Metadata) -> None:
        self._file = file
        self._tail = tail(metadata)
        self._quantiser = Quantiser()
        self._samples = np.empty(0, "<i2")
        file.write(head(metadata.length, len(self._tail)))

    def encode(self, block: NDArray[np.float32], at: int) -> None:
        """See `coach.exports.encoded.Encoder.encode`."""
        if len(self._samples) < len(block):
            self._samples = np.empty(len(block), "<i2")
        samples = self._samples[: len(block)]
        self._quantiser.quantise(block, at, samples)
        self._file.write(samples.data)

    def finish(self) -> None:
        """See `coach.exports.encoded.Encoder.finish`."""
        self._file.write(self._tail)

    def abandon(self) -> None:
        """Do nothing: the encoder holds memory only."""


def wav_size(path: Path, metadata: Metadata) -> int:
    """The bytes of a WAV file.

    Raises
    ------
    DiskError
        If the session is too long for one.
    """
    size = HEAD_SIZE + SAMPLE_SIZE * metadata.length + len(tail(metadata))
    if size - 8 > LONGEST:
        raise DiskError(
            f"{path} would be too long: a WAV file holds {LONGEST_S // 3600} hours "
            f"{LONGEST_S // 60 % 60} minutes.",
            "Export the session in parts.",
        )
    return size


class WavStream:
    """A `Sink` that writes a WAV stream of unknown length, and passes each block on at once.

    The samples are those of a WAV file. A stream has no chapters and no tags, as they would have to be known
    at its start.

    Raises
    ------
    BrokenPipeError
        From writing: the reader has closed the stream.
    DiskError
        From writing: the stream has failed in another way.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._quantiser = Quantiser()
        self._written = 0
        self._write(ENDLESS_HEAD)

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
