"""Sound kept under a ceiling as it comes, block by block: what a whole session would be, limited at once."""

import numpy as np
from numpy.typing import NDArray

from coach.session.timeline import RATE_HZ
from coach.sound.loudness import limited

Samples = NDArray[np.float32]

AROUND = 32 * RATE_HZ // 1000
"""Frames that the gain at a frame depends on, before and behind it: more than the 30 ms of `limited`, and a
whole number of its blocks of 2 ms."""

WORTH = 2**15
"""Frames that are limited at a time: what is looked at twice is then a tenth."""


class Limiter:
    """Gives back what it takes with every true peak at or under ``ceiling``, a little later.

    Joined, the blocks that it gives are `limited` of the joined blocks that it takes, whatever their lengths;
    nothing is made up for.
    """

    def __init__(self, ceiling: float) -> None:
        self._ceiling = ceiling
        self._held = np.zeros(0, np.float32)
        self._before = 0

    def take(self, samples: Samples) -> Samples:
        """As many frames as are ready, of shape (frames,); they may be none."""
        self._held = np.concatenate((self._held, samples))
        ready = len(self._held) - self._before - AROUND
        return self._give(ready - ready % AROUND) if ready >= WORTH else self._held[:0]

    def rest(self) -> Samples:
        """What is still held back: no more comes."""
        return self._give(len(self._held) - self._before)

    def _give(self, count: int) -> Samples:
        start, end = self._before, self._before + count
        given = limited(self._held, RATE_HZ, self._ceiling, makes_up=False)[start:end]
        kept = max(0, end - AROUND)
        self._held, self._before = self._held[kept:], end - kept
        return given
