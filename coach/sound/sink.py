"""The port through which a session's sound leaves: a file, a loudspeaker, anything that takes blocks."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Sink(Protocol):
    """Takes a session block by block, in order, and waits where it has no room: the sink is the clock."""

    def write(self, block: NDArray[np.float32], at: int | None = None) -> None:
        """Take the next frames.

        ``block`` has shape (frames, channels) and values in [-1, 1]; it may have any length, also none, and
        may be used again by the caller when this returns. ``at`` is the frame of the session that its first
        row is, which its dither follows; without it, the frames are taken to be those after the last.
        """

    def drop(self) -> int:
        """Forget what has been taken and not yet been heard, and say how many frames that were.

        A file has nothing to forget.
        """

    def close(self) -> None:
        """Take no more: what was written has been heard, or stands whole in its file, when this returns."""
