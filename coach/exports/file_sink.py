"""The base class of sinks that write files."""

from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from coach.exports.metadata import Metadata


class FileSink(ABC):
    """A `coach.sound.sink.Sink` and context manager whose target appears whole or not at all.

    Leaving the ``with`` block closes the file and puts it under its name. Leaving it by an exception throws
    away what was written, and the name keeps what it had.

    Exactly ``metadata.length`` frames have to be written; more, fewer or left out ones are a `ValueError`.
    """

    def __init__(self, path: Path, metadata: Metadata) -> None:
        self._path = path
        self._metadata = metadata
        self._written = 0
        self._is_open = False

    def __enter__(self) -> Self:
        """Open for writing; until `close`, the name keeps what it has."""
        self._open()
        self._is_open = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close, or after an exception discard."""
        try:
            if kind is None:
                self.close()
        finally:
            self._is_open = False
            self._discard()

    def write(self, block: NDArray[np.float32], at: int | None = None) -> None:
        """Append frames; see `coach.sound.sink.Sink.write`. No frame may be skipped: ``at`` checks that."""
        if not self._is_open:
            raise ValueError(f"{self._path} is not open")
        position = self._metadata.start + self._written
        if at is not None and at != position:
            raise ValueError(f"frame {at} does not follow frame {position}")
        after = self._written + len(block)
        if after > self._metadata.length:
            raise ValueError(f"{after} frames were written of {self._metadata.length}")
        self._append(block, position)
        self._written = after

    def drop(self) -> int:
        """Return 0: frames that were written to a file stay written."""
        return 0

    def close(self) -> None:
        """Put the finished file under its name. A second call does nothing.

        After a failure, leave the ``with`` block by the exception instead.
        """
        if not self._is_open:
            return
        self._is_open = False
        try:
            if self._written != self._metadata.length:
                raise ValueError(f"only {self._written} frames were written of {self._metadata.length}")
            self._finish()
        finally:
            self._discard()

    @abstractmethod
    def _open(self) -> None:
        """Open the target under its hidden name."""

    @abstractmethod
    def _append(self, block: NDArray[np.float32], position: int) -> None:
        """Write frames; the first is frame ``position`` of the session."""

    @abstractmethod
    def _finish(self) -> None:
        """Write the end, and put the target under its name."""

    @abstractmethod
    def _discard(self) -> None:
        """Throw away what has not been kept. May be called at any time, also twice."""
