"""The base class of sinks that write files."""

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray


class FileSink(ABC):
    """A `coach.sound.sink.Sink` and context manager whose target appears whole or not at all.

    Leaving the ``with`` block closes the file and puts it under its name. Leaving it by an exception throws
    away what was written, and the name keeps what it had.
    """

    @abstractmethod
    def __enter__(self) -> Self:
        """Open for writing; until `close`, the name keeps what it has."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close, or after an exception discard."""
        try:
            if kind is None:
                self.close()
        finally:
            self._discard()

    @abstractmethod
    def write(self, block: NDArray[np.float32], at: int | None = None) -> None:
        """Append frames; see `coach.sound.sink.Sink.write`. No frame may be skipped: ``at`` checks that."""

    def drop(self) -> int:
        """Return 0: frames that were written to a file stay written."""
        return 0

    @abstractmethod
    def close(self) -> None:
        """Put the finished file under its name. A second call does nothing.

        After a failure, leave the ``with`` block by the exception instead.
        """

    @abstractmethod
    def _discard(self) -> None:
        """Throw away what `close` has not kept. May be called at any time, also twice."""
