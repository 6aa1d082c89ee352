"""A buffer whose reader is observed: the kernel's page table tells how far a player has read it."""

import contextlib
import mmap
import os
import sys

import numpy as np
from numpy.typing import NDArray

_FRAME = 2
"""Bytes: mono, 16 bits."""

_PAGES_AT_ONCE = 512
_PRESENT = np.uint64(1 << 63)


class ObservedBuffer:
    """Memory for ``frames`` mono 16-bit samples, allocated page by page when written, freed by `release`.

    ``buffer`` is the read-only view for the player, ``samples`` the writable view of the same memory. On
    Linux they are two mappings of one anonymous file. The kernel maps a page of the first one when it is
    read for the first time, and /proc/self/pagemap says which pages are mapped. On other systems the reading
    position is not known.
    """

    def __init__(self, frames: int) -> None:
        self.frames = frames
        size = _FRAME * frames
        self._page_map: int | None = None
        if sys.platform.startswith("linux"):
            shared = os.memfd_create("coach")
            try:
                os.ftruncate(shared, size)
                self.buffer = mmap.mmap(shared, size, prot=mmap.PROT_READ)
                self._memory = mmap.mmap(shared, size)
            finally:
                os.close(shared)
            with contextlib.suppress(OSError):
                self._page_map = os.open("/proc/self/pagemap", os.O_RDONLY)
        else:
            self.buffer = self._memory = mmap.mmap(-1, size)
        self.samples: NDArray[np.int16] = np.frombuffer(self._memory, np.int16)
        first = np.frombuffer(self.buffer, np.uint8)
        self._first_page = first.__array_interface__["data"][0] // mmap.PAGESIZE
        self._pages_read = 0

    @property
    def observes_reader(self) -> bool:
        """True if the reading position is known."""
        return self._page_map is not None

    @property
    def first_unread(self) -> int:
        """The first frame that had not been read at the last call of `newly_read`."""
        return self._pages_read * mmap.PAGESIZE // _FRAME

    def newly_read(self) -> int | None:
        """The first frame of the pages that were read for the first time since the last call.

        None if the player has come to no new page (the kernel maps sixteen at a time), or the reading
        position is not known.
        """
        if self._page_map is None:
            return None
        pages = -(-self.frames * _FRAME // mmap.PAGESIZE)  # behind them lies somebody else's memory
        looked_at = min(_PAGES_AT_ONCE, pages - self._pages_read)
        try:
            table = os.pread(self._page_map, 8 * looked_at, 8 * (self._first_page + self._pages_read))
        except OSError:
            self.close()  # from here on the position is followed by the clock
            return None
        there = np.flatnonzero(np.frombuffer(table, np.uint64) & _PRESENT)
        if not len(there):
            return None
        arrived = (self._pages_read + int(there[0])) * mmap.PAGESIZE // _FRAME
        self._pages_read += int(there[-1]) + 1
        return arrived

    def release(self, before: int) -> None:
        """Free the memory of the frames before that one, which have been read; on Linux only."""
        if sys.platform.startswith("linux"):
            with contextlib.suppress(OSError, ValueError):  # memory that cannot be freed is kept
                self._memory.madvise(mmap.MADV_REMOVE, 0, before * _FRAME // mmap.PAGESIZE * mmap.PAGESIZE)

    def close(self) -> None:
        """Close the page table; the memory is freed when the player has released its view."""
        pages, self._page_map = self._page_map, None
        if pages is not None:
            os.close(pages)
