"""The interface of whatever takes a session's sound: a file, a loudspeaker."""

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
        """Drop the frames that were taken and not heard yet, and return their number.

        A file has nothing to forget.
        """

    def close(self) -> None:
        """End: when this returns, all that was written has been heard, or is complete in its file."""
