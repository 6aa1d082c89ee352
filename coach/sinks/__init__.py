"""Where a session's sound goes: a loudspeaker, a file. One port, many sinks."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Sink(Protocol):
    """Takes a session block by block, in order, and waits where it has no room: the sink is the clock."""

    def write(self, block: NDArray[np.float32]) -> None:
        """Take the next frames.

        ``block`` has shape (frames, channels) and values in [-1, 1]; it may have any length, also none, and
        may be used again by the caller when this returns.
        """

    def drop(self) -> None:
        """Forget what has been taken and not yet been heard. A file has nothing to forget."""

    def close(self) -> None:
        """Take no more: what was written has been heard, or stands whole in its file, when this returns."""
