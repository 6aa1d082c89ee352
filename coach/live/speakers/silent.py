"""No loudspeaker at all: a session that takes its time and is not heard."""

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from coach.session.timeline import RATE_HZ

AHEAD = RATE_HZ * 2 // 5
"""Frames taken before they are due, as many as a real loudspeaker takes."""


class SilentPlayer:
    """A `Loudspeaker` that nobody hears: paced by the clock, for dry runs and tests.

    ``speed`` is how many times as fast as sound it takes frames. Where nothing is written in time, it waits,
    as a device plays silence.
    """

    player = "none"
    device = "no loudspeaker (dry run)"

    def __init__(
        self,
        speed: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if not speed > 0:
            raise ValueError(f"a speed of {speed}")
        self._rate_hz = RATE_HZ * speed
        self._clock = clock
        self._sleep = sleep
        self._written = 0
        self._heard = 0.0
        self._looked_s = clock()
        self._is_open = True

    @property
    def room(self) -> int:
        """See `Loudspeaker`."""
        return AHEAD - (self._written - self.heard)

    @property
    def heard(self) -> int:
        """See `Loudspeaker`."""
        if not self._is_open:
            raise ValueError("the loudspeaker is closed")
        now_s = self._clock()
        passed = (now_s - self._looked_s) * self._rate_hz
        self._heard = min(float(self._written), self._heard + passed)
        self._looked_s = now_s
        return int(self._heard)

    def write(self, block: NDArray[np.float32], at: int | None = None) -> None:  # noqa: ARG002 - no dither
        """See `Loudspeaker`."""
        if block.ndim != 2 or block.shape[1] != 1:
            raise ValueError(f"a block of shape {block.shape} is not mono")
        left = len(block)
        while True:
            count = min(left, self.room)
            self._written += count
            left -= count
            if not left:
                return
            self._sleep(min(left, AHEAD // 4) / self._rate_hz)

    def drop(self) -> int:
        """See `Loudspeaker`."""
        dropped = self._written - self.heard
        self._written -= dropped
        self._heard = self._written
        return dropped

    def close(self) -> None:
        """Wait until the last frame would have been heard."""
        if not self._is_open:
            return
        left = self._written - self.heard
        if left:
            self._sleep(left / self._rate_hz)
        self._is_open = False
