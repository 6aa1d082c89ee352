"""Whether a device still takes samples: none of them says so when it is gone."""

import time
from collections.abc import Callable

LOST_AFTER_S = 2.0
"""A device that has taken nothing for as long is gone. A disturbed Bluetooth link is mostly back by then."""

_NOT_LOOKED_S = 0.5


class StallWatch:
    """True answers to "has it stopped?", from a number that grows while the device takes samples.

    Only time in which somebody looked counts: where the whole process stood still (a suspended computer, a
    debugger, Ctrl-Z), the device is given its seconds anew.
    """

    __slots__ = ("_clock", "_count", "_looked_s", "_since_s")

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._count = -1
        self._looked_s = self._since_s = clock()

    def has_stopped(self, count: int) -> bool:
        """Whether ``count`` has been the same for two seconds of looking."""
        now_s = self._clock()
        if count != self._count or now_s - self._looked_s > _NOT_LOOKED_S:
            self._count = count
            self._since_s = now_s
        self._looked_s = now_s
        return now_s - self._since_s > LOST_AFTER_S
