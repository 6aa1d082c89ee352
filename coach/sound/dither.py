"""Dither: 16-bit samples without audible distortion, and silence that is never digital zero."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from coach.session.timeline import RATE_HZ

STEPS = 32_768
"""16-bit steps between zero and full scale."""

PERIOD = 2**18
"""Frames after which the dither begins again, 5.5 s. Noise that repeats is easily heard as such up to 1 or
2 s (Guttman and Julesz 1963), at a level where it is heard at all; this one lies at -96 dBFS."""

PIECE = 2**15
"""Samples worked on at a time: one piece with its scratch stays in a processor's second-level cache, and is
long enough for the cost of a call to vanish."""

ROUNDER = np.float32(384.0)
"""Between 256 and 512 two neighbouring float32 lie exactly 1/32768 apart, one step of 16 bits. So adding this
rounds a sample (half to even), and the low 16 bits of the sum are the number, negative ones too. One addition
does the work of scaling, rounding and converting."""

_BITS = int(ROUNDER.view(np.int32))
_LOWEST = np.int32(_BITS - STEPS)
_HIGHEST = np.int32(_BITS + STEPS - 1)

_HELD = np.float32(1 + 2 / STEPS)
"""Up to here a sample is clipped rather than refused: the last bit of somebody's limiter."""

LOW_NOISE_HIGHEST_HZ = 1_000
LOW_NOISE_DBFS = -93.0
"""The root of its mean square: 3 dB above half a step of 16 bits, so that a decoder's samples are zero for a
hundredth of a second at most, and more than 70 dB under the voice."""


def triangular_noise(count: int) -> NDArray[np.float32]:
    """Make ``count`` values of triangular noise between -1 and 1 step of 16 bits, always the same ones.

    Shape (count,), in units of full scale. Each value is the difference of two 16-bit parts of a hashed
    counter (SplitMix64's mixing function, Steele, Lea and Flood 2014): whole-number arithmetic, the same on
    every platform and with every numpy, where the streams of numpy's generators may change.
    """
    noise = np.empty(count, dtype=np.float32)
    for start in range(0, count, PIECE):
        piece = noise[start : start + PIECE]
        mixed = np.arange(start // 2 + 1, (start + piece.size + 1) // 2 + 1, dtype=np.uint64)
        mixed *= np.uint64(0x9E3779B97F4A7C15)
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            mixed ^= mixed >> np.uint64(shift)
            mixed *= np.uint64(factor)
        mixed ^= mixed >> np.uint64(31)
        parts = mixed.astype("<u8", copy=False).view("<u2")[: 2 * piece.size]
        np.subtract(parts[::2], parts[1::2], out=piece, dtype=np.float32)
        piece /= np.float32(2**16 * STEPS)
    return noise


class Quantiser:
    """Makes 16-bit samples: rounds after triangular dither two steps wide (TPDF), without noise shaping.

    Each number depends on the sample and its absolute frame only, so any split into blocks and any starting
    frame give the same numbers. The error is white, its size does not follow the sound, and its mean
    square is a quarter of a squared step: -96 dBFS.
    """

    __slots__ = ("_bits", "_channels", "_noise", "_silence", "_sum")

    def __init__(self, channels: int = 1) -> None:
        self._channels = channels
        self._noise = triangular_noise(PERIOD * channels)
        self._silence = (self._noise + ROUNDER).view(np.int32).astype(np.int16)
        self._sum = np.empty(PIECE, dtype=np.float32)
        self._bits = self._sum.view(np.int32)

    def quantise(self, block: NDArray[np.float32], at: int, out: NDArray[np.int16]) -> None:
        """Fill ``out`` with the block as dithered 16-bit samples.

        Parameters
        ----------
        block
            Shape (frames, channels), float32 in [-1, 1].
        at
            The absolute frame of its first row.
        out
            Shape (frames * channels,), channels interleaved.

        Raises
        ------
        ValueError
            For another shape or type, for NaN, and for a sample that is more than two steps beyond full
            scale; up to two steps are held at full scale. ``out`` is then of no use.
        """
        if block.ndim != 2 or block.shape[1] != self._channels or block.dtype != np.float32:
            raise ValueError(
                f"a block is float32 of shape (frames, {self._channels}), not {block.dtype} of {block.shape}"
            )
        if out.shape != (block.size,):
            raise ValueError(f"{block.size} samples do not fill {out.shape}")
        samples = block.reshape(-1)
        done, position = 0, at * self._channels % self._noise.size
        while done < samples.size:
            count = min(PIECE, samples.size - done, self._noise.size - position)
            given, made = samples[done : done + count], out[done : done + count]
            if _is_silent(given):
                np.copyto(made, self._silence[position : position + count])
            else:
                self._round(given, self._noise[position : position + count], made)
            done += count
            position = (position + count) % self._noise.size

    def _round(
        self, samples: NDArray[np.float32], noise: NDArray[np.float32], out: NDArray[np.int16]
    ) -> None:
        """Round with dither: three passes and two scans for extremes, all in the cache; none allocates."""
        summed, bits = self._sum[: samples.size], self._bits[: samples.size]
        np.add(samples, noise, out=summed)
        np.add(summed, ROUNDER, out=summed)
        # As whole numbers the sums keep their order; NaN and the infinities lie beyond all of them.
        if np.maximum.reduce(bits) > _HIGHEST or np.minimum.reduce(bits) < _LOWEST:
            wrong = ~(np.abs(samples) <= _HELD)
            if wrong.any():
                raise ValueError(f"a sample is {samples[wrong][0]:g}, not in [-1, 1]")
            np.clip(bits, _LOWEST, _HIGHEST, out=bits)
        np.copyto(out, bits, casting="unsafe")


def _is_silent(samples: NDArray[np.float32]) -> bool:
    """Tell whether all samples are zero, as in two thirds of a session; tests the first sample first."""
    return not samples[0] and not np.maximum.reduce(samples.view(np.uint32))


def add_low_noise(samples: NDArray[np.float32], at: int) -> NDArray[np.float32]:
    """Add inaudible noise to samples of shape (frames,) before lossy encoding; give another array.

    Silence is then never digital zero, at which Bluetooth links sleep. Dither does the same in a WAV or a
    FLAC, and a lossy encoder would keep it too, but spend most of its bits on it; this noise lies below 1 kHz
    and costs next to nothing. ``at`` is the absolute frame of the first sample, which the noise follows.
    """
    noise = _low_noise()
    with_noise = samples.copy()
    done = 0
    while done < len(samples):
        part = noise[(at + done) % PERIOD :][: len(samples) - done]
        with_noise[done : done + len(part)] += part
        done += len(part)
    return with_noise


@lru_cache(maxsize=1)
def _low_noise() -> NDArray[np.float32]:
    """`PERIOD` values of noise, whose end fits its beginning."""
    parts = np.fft.rfft(triangular_noise(PERIOD))
    parts[np.fft.rfftfreq(PERIOD, 1 / RATE_HZ) > LOW_NOISE_HIGHEST_HZ] = 0
    noise = np.fft.irfft(parts, PERIOD)
    return np.asarray(noise * (10 ** (LOW_NOISE_DBFS / 20) / np.sqrt(np.mean(noise**2))), np.float32)
