"""What the sinks that write to a disk have in common."""

from abc import ABC, abstractmethod
from types import TracebackType


class OnDisk(ABC):
    """Left, it closes and stands under its name; left by an exception, it throws away what it has."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close, or after an exception throw away."""
        try:
            if kind is None:
                self.close()
        finally:
            self._discard()

    def drop(self) -> int:
        """0: what was written stays written."""
        return 0

    @abstractmethod
    def close(self) -> None:
        """Put what is finished under its name. Once is enough, a second time does nothing.

        An export that failed is not closed: leave the ``with`` block by its exception instead.
        """

    @abstractmethod
    def _discard(self) -> None:
        """Throw away what has not been kept. May be called at any time, also twice."""
