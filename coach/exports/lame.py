"""MP3 by lameenc, of the extra ``phone``, in less than half the time that libsndfile takes.

It is the same LAME with the same settings, but its wheels use vector instructions; those in the wheels of
soundfile and PyAV are built without them. lameenc writes frames of sound only: the Info frame before them,
which tells players where the sound begins, is made here.
"""

import struct

import numpy as np
from numpy.typing import NDArray

from coach.exports.encoded import CEILING
from coach.exports.metadata import Metadata
from coach.exports.tags.taggers import Tagger
from coach.session.timeline import RATE_HZ
from coach.sound.dither import Quantiser
from coach.sound.limiter import Limiter

KBITS = 96
QUALITY = 3
"""LAME's own default, which libsndfile keeps: 0 is the best and slowest."""

SOFTER = 0.95
"""The factor that LAME applies to every sample at such rates."""

FRAME = 1_152
"""Samples in a frame."""
FRAME_SIZE = FRAME // 8 * KBITS * 1_000 // RATE_HZ
"""Bytes of a frame: a whole number at 48 kHz, so all frames are alike."""

DELAY = 576
"""Samples that LAME puts before the sound; decoders know of the 529 that they add themselves."""

_SIDE_INFO = 17
_HEAD_SIZE = 4
_SAYS_ALL = 15
_CONSTANT = 1
_NOTHING_KNOWN = 0


def is_here() -> bool:
    """Say whether lameenc is installed and can be loaded."""
    try:
        import lameenc  # noqa: F401, PLC0415 - from an extra
    except ImportError:
        return False
    return True


class LameEncoder:
    """Encodes MP3 at a constant rate; see `coach.exports.encoded.Encoder`."""

    def __init__(self, tagger: Tagger, metadata: Metadata) -> None:
        import lameenc  # noqa: PLC0415 - from an extra

        self._lame = lameenc.Encoder()
        self._lame.set_bit_rate(KBITS)
        self._lame.set_in_sample_rate(RATE_HZ)
        self._lame.set_channels(1)
        self._lame.set_quality(QUALITY)
        self._lame.silence()  # it would write to the screen
        self._tagger = tagger
        self._length = metadata.length
        self._limiter = Limiter(CEILING / SOFTER)
        self._quantiser = Quantiser()
        self._quantised: int = metadata.start
        self._head = b""
        self._size = 0
        self._write(bytes(FRAME_SIZE))

    def encode(self, block: NDArray[np.float32], at: int) -> None:  # noqa: ARG002 - what is held back counts too
        """See `coach.exports.encoded.Encoder.encode`."""
        self._encode(self._limiter.process(block[:, 0] * np.float32(1 / SOFTER)))

    def finish(self) -> None:
        """See `coach.exports.encoded.Encoder.finish`."""
        self._encode(self._limiter.flush())
        self._write(bytes(self._lame.flush()))
        self._tagger.take(info_frame(self._head, self._size, self._length), 0)
        self._tagger.finish()

    def abandon(self) -> None:
        """Do nothing: lameenc holds memory only."""

    def _encode(self, samples: NDArray[np.float32]) -> None:
        if len(samples):
            numbers = np.empty(len(samples), np.int16)
            self._quantiser.quantise(samples[:, np.newaxis], self._quantised, numbers)
            self._quantised += len(samples)
            self._write(bytes(self._lame.encode(numbers.tobytes())))

    def _write(self, data: bytes) -> None:
        if self._size == FRAME_SIZE and not self._head:
            self._head = data[:_HEAD_SIZE]
        if data:
            self._tagger.take(data, self._size)
            self._size += len(data)


def info_frame(head: bytes, size: int, length: int) -> bytes:
    """Make the Info frame (LAME's "Mp3 Info Tag", revision 1), which precedes the frames of sound.

    Parameters
    ----------
    head
        The header that every frame of the stream begins with.
    size
        Bytes of the stream, this frame included.
    length
        Samples of sound.
    """
    frames = size // FRAME_SIZE - 1
    padding = frames * FRAME - DELAY - length
    table = bytes(i * 256 // 100 for i in range(100))
    sound = struct.pack(">4sIII100sI", b"Info", _SAYS_ALL, frames, size, table, _NOTHING_KNOWN)
    by_whom = struct.pack(
        ">9sBB8xBB3s4xI2x",
        b"LAME3.100",
        _CONSTANT,
        _NOTHING_KNOWN,
        _NOTHING_KNOWN,
        KBITS,
        (DELAY << 12 | padding).to_bytes(3),
        size,
    )
    tag = head + bytes(_SIDE_INFO) + sound + by_whom
    return (tag + _checksum(tag).to_bytes(2)).ljust(FRAME_SIZE, b"\0")


def _checksum(data: bytes) -> int:
    """Compute CRC-16 as LAME does.

    >>> hex(_checksum(b"123456789"))
    '0xbb3d'
    """
    value = 0
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)
    return value
