"""Change the spectrum of a sound by a fixed, linear filter: a gain at each octave."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from coach.sound.loudness import Samples

OCTAVES_HZ = (125, 250, 500, 1_000, 2_000, 4_000, 8_000)

Gains = tuple[float, ...]
"""What a filter adds at each of `OCTAVES_HZ`, in dB: straight lines between them on a logarithmic axis, level
beyond both ends. () is no filter."""

_TAPS = 512
_AROUND = 2_048
"""The length in which the filter is designed: its response has died away in a quarter of it."""


def equalised(samples: Samples, rate_hz: int, gains: Gains) -> Samples:
    """Return the sound, shape (frames,), through the filter of these gains, and as long as it was.

    The filter has the least delay that its gains allow (minimum phase): nothing is heard before its cause.

    >>> tone = np.sin(2 * np.pi * 1_000 / 48_000 * np.arange(4_800)).astype(np.float32)
    >>> louder = equalised(tone, 48_000, (0.0, 0.0, 0.0, 6.0, 0.0, 0.0, 0.0))
    >>> round(float(np.abs(louder[2_400:]).max()), 1)
    2.0
    """
    if not any(gains) or not len(samples):
        return samples
    taps = _taps(gains, rate_hz)
    count = 1 << (len(samples) + len(taps) - 2).bit_length()
    spectrum = np.fft.rfft(samples, count) * np.fft.rfft(taps, count)
    return np.fft.irfft(spectrum, count)[: len(samples)].astype(np.float32)


@lru_cache(maxsize=16)
def _taps(gains: Gains, rate_hz: int) -> NDArray[np.float64]:
    """The impulse response of minimum phase, by the cepstrum of the gains' logarithm."""
    hz = np.fft.rfftfreq(_AROUND, 1 / rate_hz)
    hz[0] = hz[1]
    log_gain = np.interp(np.log(hz), np.log(OCTAVES_HZ), gains) * np.log(10) / 20
    cepstrum = np.fft.irfft(log_gain, _AROUND)
    cepstrum[1 : _AROUND // 2] *= 2
    cepstrum[_AROUND // 2 + 1 :] = 0
    return np.fft.irfft(np.exp(np.fft.rfft(cepstrum)), _AROUND)[:_TAPS]
