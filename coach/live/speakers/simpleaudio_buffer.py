"""A reel: sound that a player reads at its own pace while what it has not read yet is still being written."""

import contextlib
import mmap
import os
import sys

import numpy as np
from numpy.typing import NDArray

_FRAME = 2
"""Bytes: mono, 16 bits."""

_LOOKED_AT = 512
_PRESENT = np.uint64(1 << 63)
_SHORTEST_S = 60


class Reel:
    """``frames`` of memory, which costs only what is written and not yet forgotten.

    ``buffer`` is what a player is given, ``samples`` the same frames to write to.

    On Linux the two are different views of one anonymous file, and the kernel's page table of the first says
    how far the player has read: a page is there only once it has been touched. Elsewhere nobody knows.
    """

    def __init__(self, frames: int) -> None:
        self.frames = frames
        size = _FRAME * frames
        self._pages: int | None = None
        if sys.platform.startswith("linux"):
            shared = os.memfd_create("coach")
            try:
                os.ftruncate(shared, size)
                self.buffer = mmap.mmap(shared, size, prot=mmap.PROT_READ)
                self._memory = mmap.mmap(shared, size)
            finally:
                os.close(shared)
            with contextlib.suppress(OSError):
                self._pages = os.open("/proc/self/pagemap", os.O_RDONLY)
        else:
            self.buffer = self._memory = mmap.mmap(-1, size)
        self.samples: NDArray[np.int16] = np.frombuffer(self._memory, np.int16)
        first = np.frombuffer(self.buffer, np.uint8)
        self._first_page = first.__array_interface__["data"][0] // mmap.PAGESIZE
        self._touched = self._forgotten = 0

    @property
    def tells(self) -> bool:
        """Whether it is known how far the player has read."""
        return self._pages is not None

    @property
    def bound(self) -> int:
        """The frame that the player had not yet reached when `arrival` was last asked; if it `tells`."""
        return self._touched * mmap.PAGESIZE // _FRAME

    def arrival(self) -> int | None:
        """The first frame of what the player has touched for the first time since this was last asked.

        None if it has not come to a new page, of which the kernel hands out sixteen at a time; or if nobody
        knows.
        """
        if self._pages is None:
            return None
        arrived = None
        pages = -(-self.frames * _FRAME // mmap.PAGESIZE)  # behind them lies somebody else's memory
        while self._touched < pages:
            looked_at = min(_LOOKED_AT, pages - self._touched)
            try:
                table = os.pread(self._pages, 8 * looked_at, 8 * (self._first_page + self._touched))
            except OSError:
                self.close()
                return None
            there = np.flatnonzero(np.frombuffer(table[: len(table) // 8 * 8], np.uint64) & _PRESENT)
            if not len(there):
                break
            if arrived is None:
                arrived = (self._touched + int(there[0])) * mmap.PAGESIZE // _FRAME
            self._touched += int(there[-1]) + 1
            if there[-1] + 1 < looked_at:
                break
        return arrived

    def forget(self, before: int) -> None:
        """Give back the memory of the frames before that one, which have been read. Only Linux takes it."""
        end = before * _FRAME // mmap.PAGESIZE * mmap.PAGESIZE
        if end > self._forgotten:
            if sys.platform.startswith("linux"):
                with contextlib.suppress(OSError):  # what cannot be given back is kept
                    self._memory.madvise(mmap.MADV_REMOVE, self._forgotten, end - self._forgotten)
            self._forgotten = end

    def close(self) -> None:
        """Ask the kernel no more; the memory goes when the last who reads it has gone."""
        pages, self._pages = self._pages, None
        if pages is not None:
            os.close(pages)


def longest_reel(frames: int) -> Reel:
    """A reel of that many frames, or of as many as the system will give.

    Raises
    ------
    MemoryError
        If it does not even give a minute.
    """
    while True:
        try:
            return Reel(frames)
        except (OSError, ValueError, OverflowError, MemoryError) as error:
            if frames // 2 < _SHORTEST_S * 48_000:
                raise MemoryError("no memory for a minute of sound") from error
            frames //= 2
