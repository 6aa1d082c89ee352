"""The pace of a voice: how much slower than its own it has to speak for so many words a minute."""

import numpy as np

Pace = tuple[tuple[float, float], ...]
"""The measured pace of a voice: how many times as long every sound is made, rising, each with the words a
minute of connected speech that come of it (bench/pace.py)."""


def slowness(rate_wpm: int, pace: Pace) -> float:
    """How many times as long as in the voice's own pace every sound has to be; between what was measured.

    >>> slowness(150, ((1.0, 200.0), (2.0, 100.0)))
    1.333
    """
    scales, wpm = zip(*pace, strict=True)
    return round(float(np.interp(60 / rate_wpm, [60 / each for each in wpm], scales)), 3)
