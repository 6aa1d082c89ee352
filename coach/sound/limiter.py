"""Keep true peaks under a ceiling: of a stream, block by block, and of clips that are made louder."""

from collections.abc import Iterator, Mapping
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from coach.session.timeline import RATE_HZ
from coach.sound.clip import Clip
from coach.sound.loudness import limited

CEILING = 10 ** (-1.5 / 20)
"""True peak of what is made louder (docs/architecture.md: levels)."""

CACHED_CLIPS = 32
"""Size of the cache of amplified clips: enough for a set, without a second copy of a whole session."""

AROUND = 32 * RATE_HZ // 1000
"""Frames that the gain at a frame depends on, before and behind it: more than the 30 ms of `limited`, and a
whole number of its blocks of 2 ms."""

LEAST = 2**15
"""Frames that are limited at a time: what is looked at twice is then a tenth."""


class Limiter:
    """Limits a stream of blocks, which it delays a little.

    Joined, the blocks that it gives are `coach.sound.loudness.limited` of the joined blocks that it takes,
    whatever their lengths, without make-up gain.
    """

    def __init__(self, ceiling: float) -> None:
        self._ceiling = ceiling
        self._held = np.zeros(0, np.float32)
        self._before = 0

    def process(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Take a block of shape (frames,), and give the frames that are ready, maybe none."""
        self._held = np.concatenate((self._held, samples))
        ready = len(self._held) - self._before - AROUND
        return self._give(ready - ready % AROUND) if ready >= LEAST else self._held[:0]

    def flush(self) -> NDArray[np.float32]:
        """Give the delayed frames at the end of the stream."""
        return self._give(len(self._held) - self._before)

    def _give(self, count: int) -> NDArray[np.float32]:
        start, end = self._before, self._before + count
        given = limited(self._held, RATE_HZ, self._ceiling, makes_up=False)[start:end]
        kept = max(0, end - AROUND)
        self._held, self._before = self._held[kept:], end - kept
        return given


class AmplifiedClips(Mapping[str, Clip]):
    """Clips by their text, louder by ``gain_db`` and limited to ``ceiling``.

    Each is made when it is looked up, and the latest `CACHED_CLIPS` are held. A clip that would not change is
    the very one that was given.
    """

    def __init__(self, clips: Mapping[str, Clip], gain_db: float, ceiling: float = CEILING) -> None:
        self._clips = clips
        self._amplified = lru_cache(CACHED_CLIPS)(partial(_amplified, clips, gain_db, ceiling))

    def __getitem__(self, text: str) -> Clip:
        """The clip of a text, amplified."""
        return self._amplified(text)

    def __contains__(self, text: object) -> bool:
        """Tell whether a prompt has a clip."""
        return text in self._clips

    def __iter__(self) -> Iterator[str]:
        """Iterate over the texts."""
        return iter(self._clips)

    def __len__(self) -> int:
        """The number of clips."""
        return len(self._clips)


def _amplified(clips: Mapping[str, Clip], gain_db: float, ceiling: float, text: str) -> Clip:
    samples = amplify(clips[text].samples, gain_db, ceiling)
    return clips[text] if samples is clips[text].samples else Clip(samples, clips[text].onset)


def amplify(samples: NDArray[np.int16], gain_db: float, ceiling: float = CEILING) -> NDArray[np.int16]:
    """Make samples louder by ``gain_db`` and limit their true peaks to ``ceiling``, 1.0 being full scale.

    It is the very same array where nothing changes.
    """
    loud = samples.astype(np.float32) * np.float32(10 ** (gain_db / 20) / 32768)
    safe = limited(loud, RATE_HZ, ceiling)
    if safe is loud and gain_db == 0:
        return samples
    return np.rint(safe * 32768).clip(-32768, 32767).astype(np.int16)
