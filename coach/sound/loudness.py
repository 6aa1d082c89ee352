"""Measure the loudness and the edges of a sound, and limit its true peaks: pure arithmetic on samples.

Samples are float, mono, shape (frames,), 1.0 being full scale, at any rate given in hertz. Levels are LUFS
of the plain mono signal (played from two loudspeakers it meters 3 dB higher), peaks are dBTP.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

_BLOCK_HOPS = 4
"""ITU-R BS.1770-5: blocks of 400 ms, a new one each 100 ms."""
_ABSOLUTE_GATE_LUFS = -70.0
_RELATIVE_GATE_LU = -10.0
OFFSET_DB = -0.691
"""LUFS are 10 lg of a K-weighted mean square, and this."""
_K_STAGES = (
    ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585)),
    ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621)),
)
"""BS.1770-5 tables 1 and 2: numerators and denominators of the K-weighting at 48 kHz."""

_EDGE_WINDOW_S = 0.005
_SOUND_BELOW_PEAK_DB = 60.0
"""Threshold of speech, below the loudest 5 ms; an f or th is 30 to 45 dB below."""
_VOWELS_HZ = 300.0, 3_000.0
"""Above most of the energy of m, n and l."""
_FIRST_VOWEL_S = 1.0
"""How much of a sound is searched for its first vowel."""
_SMOOTH_WINDOWS = 5
_A_VOWEL = 0.5
"""Least height of a vowel's envelope, of the highest; the rests of consonants in that band are lower."""
_SLOPE_WINDOWS = 20
_HIGHER = 1.3
_DIP = 0.6
"""What is so much higher within 100 ms, with no deeper dip before it, is the same vowel: the n of "nine" has
a peak of its own. Between two syllables the dip is deeper."""

_PHASES = 4
_TAPS = 16
_HOT = 0.7
"""A peak between two samples is at most 1/0.7 of the higher one, for sound below a quarter of the rate."""
_BLOCK_S = 0.002
_HOLD_BLOCKS = 8
"""Longer than the pitch period of a low voice (12 ms), so that the gain does not flutter with it."""
_SMOOTH_BLOCKS = 5
_MAKE_UP_MOST = 1.26
"""2 dB: more than the limiter takes from any prompt heard so far (1.3 dB)."""


@lru_cache(maxsize=8)
def _k_power(length: int, rate_hz: int) -> NDArray[np.float64]:
    """The K-weighting's power gain for each part, real and imaginary, of a real FFT of ``length`` frames.

    Scaled such that the weighted sum of the parts' squares is a mean square.
    """
    delay = np.exp(-2j * np.pi * np.fft.rfftfreq(length, 1 / rate_hz) / 48_000)
    power = np.ones(delay.shape)
    for top, bottom in _K_STAGES:
        power *= np.abs(np.polyval(top[::-1], delay) / np.polyval(bottom[::-1], delay)) ** 2
    power *= 2.0 / length**2
    power[0] /= 2.0
    if length % 2 == 0:
        power[-1] /= 2.0
    return np.repeat(power, 2)


def k_mean_squares(pieces: Samples, rate_hz: int) -> NDArray[np.float64]:
    """The mean square of each row after K-weighting; each row is weighted by itself."""
    parts = np.fft.rfft(pieces.astype(np.float64), axis=1).view(np.float64)
    squares: NDArray[np.float64] = np.einsum(  # not @, which wakes threads for so little
        "ij,j->i", np.square(parts, out=parts), _k_power(pieces.shape[1], rate_hz)
    )
    return squares


def level_lufs(samples: Samples, rate_hz: int) -> float:
    """The active level: BS.1770 with both gates, so that pauses do not count; -inf for silence.

    Each 100 ms is weighted in one piece through its spectrum, which costs a sixth of filtering and comes out
    within 0.2 LU of it. A prompt under 400 ms is one block.

    >>> tone = np.sin(2 * np.pi * 997 / 48_000 * np.arange(48_000)).astype(np.float32)
    >>> round(level_lufs(tone, 48_000), 1)
    -3.0
    """
    hop = rate_hz // 10
    count = len(samples) // hop
    if count < _BLOCK_HOPS:
        if not len(samples):
            return -math.inf
        return _gated_lufs(k_mean_squares(samples[np.newaxis, :], rate_hz))
    return integrated_lufs(k_mean_squares(samples[: count * hop].reshape(count, hop), rate_hz))


def integrated_lufs(hops: NDArray[np.float64]) -> float:
    """The level, with both gates, of sound of which ``hops`` are the `k_mean_squares` of each 100 ms.

    So a long sound can be measured a piece at a time. -inf for silence, and for less than 400 ms.
    """
    sums = np.cumsum(np.concatenate(([0.0], hops)))
    return _gated_lufs((sums[_BLOCK_HOPS:] - sums[:-_BLOCK_HOPS]) / _BLOCK_HOPS)


def _gated_lufs(blocks: NDArray[np.float64]) -> float:
    blocks = blocks[blocks > 10 ** ((_ABSOLUTE_GATE_LUFS - OFFSET_DB) / 10)]
    if not len(blocks):
        return -math.inf
    blocks = blocks[blocks > blocks.mean() * 10 ** (_RELATIVE_GATE_LU / 10)]
    return OFFSET_DB + 10 * math.log10(blocks.mean())


@dataclass(frozen=True, slots=True)
class Edges:
    """The extent of a prompt's sound: frames ``[start, end)``."""

    start: int
    end: int


def edges(samples: Samples, rate_hz: int) -> Edges | None:
    """The sound's edges in frames, by windows of 5 ms; None where there is only silence.

    They enclose (half-open) every window within 60 dB of the loudest one: soft consonants are in.

    >>> tone = np.sin(np.arange(4_800) / 8).astype(np.float32)
    >>> edges(np.concatenate([np.zeros(480), tone / 100, tone, np.zeros(4_800)]).astype(np.float32), 48_000)
    Edges(start=480, end=10080)
    """
    power = _window_powers(samples, rate_hz)
    loudest = power.max(initial=0.0)
    if loudest <= 0.0:
        return None
    window = _window(rate_hz)
    sound = np.flatnonzero(power >= loudest * 10 ** (-_SOUND_BELOW_PEAK_DB / 10))
    return Edges(start=int(sound[0]) * window, end=min(len(samples), (int(sound[-1]) + 1) * window))


def beat_of(samples: Samples, rate_hz: int) -> int:
    """The frame at which the first vowel has half its height: where a listener feels the beat of a word.

    Its height is that of the first peak of the envelope between 300 and 3000 Hz, or of the higher one that it
    leads up to. The hiss before a vowel is not counted: it is 10 ms long in "eight", 100 ms in "six".

    >>> hiss = np.sin(np.arange(4_800)).astype(np.float32)
    >>> vowel = np.sin(np.arange(9_600) / 10).astype(np.float32)
    >>> abs(beat_of(np.concatenate([hiss, vowel]), 48_000) - 4_800) < 480
    True
    """
    first = samples[: round(_FIRST_VOWEL_S * rate_hz)]
    if not len(first):
        return 0
    count = 1 << (len(first) - 1).bit_length()
    hz = np.fft.rfftfreq(count, 1 / rate_hz)
    low, high = _VOWELS_HZ
    spectrum = np.where((hz >= low) & (hz < high), np.fft.rfft(first, count), 0.0)
    power = _window_powers(np.fft.irfft(spectrum, count)[: len(first)].astype(np.float32), rate_hz)
    bell = np.hanning(_SMOOTH_WINDOWS + 2)[1:-1]
    envelope = np.pad(np.sqrt(np.convolve(power, bell, "same")), 1)
    middle = envelope[1:-1]
    is_peak = (middle >= envelope[:-2]) & (middle > envelope[2:]) & (middle >= _A_VOWEL * middle.max())
    peak = _top_of_the_slope(middle, int(np.argmax(is_peak)))
    half = middle[peak] / 2
    below = np.flatnonzero(middle[:peak] < half)
    if not len(below):
        return 0
    last = int(below[-1])
    between = float((half - middle[last]) / (middle[last + 1] - middle[last]))
    return min(len(samples) - 1, round((last + 0.5 + between) * _window(rate_hz)))


def _top_of_the_slope(envelope: Samples, peak: int) -> int:
    """The highest peak that ``peak`` is on the way to."""
    while True:
        ahead = envelope[peak : peak + _SLOPE_WINDOWS]
        top = int(np.argmax(ahead))
        if not top or ahead[top] < _HIGHER * ahead[0] or ahead[:top].min() < _DIP * ahead[0]:
            return peak
        peak += top


def _window(rate_hz: int) -> int:
    return round(rate_hz * _EDGE_WINDOW_S)


def _window_powers(samples: Samples, rate_hz: int) -> Samples:
    """The power of each window of 5 ms; the last one is filled up with silence."""
    window = _window(rate_hz)
    count = -(-len(samples) // window)
    padded = np.zeros(count * window, dtype=np.float32)
    padded[: len(samples)] = samples
    windows = padded.reshape(count, window)
    powers: Samples = np.einsum("ij,ij->i", windows, windows)
    return powers


@lru_cache(maxsize=1)
def _between() -> NDArray[np.float32]:
    """Interpolation a quarter, a half and three quarters after a frame: shape (3, taps), Kaiser-windowed."""
    distance = np.arange(_TAPS) - (_TAPS // 2 - 1) - np.arange(1, _PHASES)[:, np.newaxis] / _PHASES
    window = np.i0(6.0 * np.sqrt(np.maximum(0.0, 1 - (distance / (_TAPS / 2)) ** 2))) / np.i0(6.0)
    return np.asarray(np.sinc(distance) * window, dtype=np.float32)


def _hot_peaks(samples: Samples, above: float) -> tuple[NDArray[np.intp], Samples]:
    """The frames after which the true peak may exceed ``above``, and the peak from each to the next."""
    size = np.abs(samples)
    loud = size > above * _HOT
    hot = np.flatnonzero(loud[:-1] | loud[1:])
    if not len(hot):
        return hot, np.zeros(0, dtype=np.float32)
    padded = np.pad(samples, (_TAPS // 2 - 1, _TAPS // 2))
    around = np.lib.stride_tricks.sliding_window_view(padded, _TAPS)[hot]
    peaks = np.maximum(size[hot], size[hot + 1])
    for taps in _between():
        np.maximum(peaks, np.abs(np.einsum("ij,j->i", around, taps)), out=peaks)
    return hot, peaks


def true_peak(samples: Samples) -> float:
    """The highest peak between and on the samples, four times oversampled (BS.1770-5, annex 2)."""
    highest = float(np.abs(samples).max(initial=0.0))
    _, peaks = _hot_peaks(samples, highest)
    return max(highest, float(peaks.max(initial=0.0)))


def raised_cosine(length: int) -> NDArray[np.float64]:
    """A fade-in of ``length`` gains from 0 to 1, both ends half a frame outside."""
    return 0.5 - 0.5 * np.cos(np.pi * (np.arange(length) + 0.5) / length)


def smooth_minimum(values: NDArray[np.floating], hold: int, bell: int) -> Samples:
    """The least of ``hold`` values either way, smoothed with a bell of ``bell`` values either way."""
    held = np.lib.stride_tricks.sliding_window_view(values, 2 * hold + 1).min(axis=1)
    weights = np.hanning(2 * bell + 3)[1:-1]
    return np.convolve(held, weights / weights.sum(), mode="valid").astype(np.float32)


def _block_gains(blocks: NDArray[np.intp], wanted: Samples, count: int) -> Samples:
    """A gain for the middle of each of ``count`` blocks, such that straight lines between them do.

    ``wanted`` is the most that is allowed at some place within each of ``blocks`` (rising, with repeats), or
    at the first sample after it. The least of it 8 blocks either way is smoothed with a bell of 5 either
    way: as the bell is narrower than the hold by more than two blocks, no line is above what is allowed.
    """
    beyond = _HOLD_BLOCKS + _SMOOTH_BLOCKS
    least = np.ones(count + 2 * beyond, dtype=np.float32)
    first = np.flatnonzero(np.diff(blocks, prepend=-1))
    least[blocks[first] + beyond] = np.minimum(1.0, np.minimum.reduceat(wanted, first))
    return smooth_minimum(least, _HOLD_BLOCKS, _SMOOTH_BLOCKS)


def limited(samples: Samples, rate_hz: int, ceiling: float, *, makes_up: bool = True) -> Samples:
    """Limit every true peak to ``ceiling``; the very same array where none is above.

    The gain comes down before a peak (it looks 26 ms ahead), holds, and goes back as softly; it hardly moves
    between two peaks of one vowel, so nothing is clipped and little distorted. What this takes from the
    energy of the whole is given back to it, once, under the same ceiling; not if it ``makes_up`` for nothing:
    then the gain at a frame depends on no more than the 30 ms before and behind it, and its place in a block
    of 2 ms.
    """
    frames, peaks = _hot_peaks(samples, ceiling / (_MAKE_UP_MOST if makes_up else 1.0))
    if peaks.max(initial=0.0) <= ceiling:
        return samples
    block = round(rate_hz * _BLOCK_S)
    count = -(-len(samples) // block)
    padded = np.zeros((count + 1) * block, dtype=np.float32)
    padded[block // 2 : block // 2 + len(samples)] = samples
    between = padded.reshape(count + 1, block)  # from the middle of one block to the middle of the next
    blocks = frames // block + 1  # the first gain is that of the middle of a block before the first
    chosen = _block_gains(blocks, ceiling / peaks, count + 2)
    if makes_up:
        energy = np.einsum("ij,ij->i", between, between)
        lost = float(energy.sum()) / float(np.sum(energy * (0.5 * (chosen[:-1] + chosen[1:])) ** 2))
        make_up = np.float32(min(_MAKE_UP_MOST, math.sqrt(lost)))
        chosen = make_up * _block_gains(blocks, ceiling / (make_up * peaks), count + 2)
    ramp = (np.arange(block, dtype=np.float32) + np.float32(0.5)) / np.float32(block)
    gains = np.diff(chosen)[:, np.newaxis] * ramp
    gains += chosen[:-1, np.newaxis]
    between *= gains
    return padded[block // 2 : block // 2 + len(samples)]
