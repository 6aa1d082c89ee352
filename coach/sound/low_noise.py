"""A noise that nobody hears, so that silence is never digital zero: for encoders that take no 16-bit samples.

Dither does that in a WAV or a FLAC (`coach.sound.dither`). A lossy encoder keeps it too, but spends most of
its bits on it; this noise has no more than the lowest kilohertz, and costs it next to nothing.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from coach.session.timeline import RATE_HZ
from coach.sound.dither import PERIOD, triangular_noise

HIGHEST_HZ = 1_000
LEVEL_DBFS = -93.0
"""The root of its mean square: 3 dB above half a step of 16 bits, so that a decoder's samples are zero for a
hundredth of a second at most, and more than 70 dB under the voice."""


def hushed(samples: NDArray[np.float32], at: int) -> NDArray[np.float32]:
    """The samples, of shape (frames,), with the noise added to them.

    ``at`` is the absolute frame of the first one, which the noise follows.
    """
    noise = _noise()
    with_noise = samples.copy()
    done = 0
    while done < len(samples):
        part = noise[(at + done) % PERIOD :][: len(samples) - done]
        with_noise[done : done + len(part)] += part
        done += len(part)
    return with_noise


@lru_cache(maxsize=1)
def _noise() -> NDArray[np.float32]:
    """`PERIOD` values that may follow each other in a circle."""
    parts = np.fft.rfft(triangular_noise(PERIOD))
    parts[np.fft.rfftfreq(PERIOD, 1 / RATE_HZ) > HIGHEST_HZ] = 0
    noise = np.fft.irfft(parts, PERIOD)
    return np.asarray(noise * (10 ** (LEVEL_DBFS / 20) / np.sqrt(np.mean(noise**2))), np.float32)
