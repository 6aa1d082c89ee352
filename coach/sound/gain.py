"""Clips at another loudness, none of whose peaks is above a ceiling."""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from coach.session.timeline import RATE_HZ
from coach.sound.clip import Clip
from coach.sound.loudness import limited

CEILING = 10 ** (-1.5 / 20)
"""True peak of what is made louder (docs/architecture.md: levels)."""

KEPT_CLIPS = 32
"""So many louder clips are kept: all of a set's, and no second copy of a whole session."""

Samples = NDArray[np.int16]


class Amplified(Mapping[str, Clip]):
    """Clips, louder by a gain and limited; each is made when it is asked for, the latest are kept.

    A clip that is neither louder nor above the ceiling is handed on as it is.
    """

    def __init__(self, clips: Mapping[str, Clip], gain_db: float, ceiling: float = CEILING) -> None:
        self._clips = clips
        self._gain_db = gain_db
        self._ceiling = ceiling
        self._made: dict[str, Clip] = {}

    def __getitem__(self, text: str) -> Clip:
        """The clip of a text, amplified."""
        if text not in self._made:
            clip = self._clips[text]
            if len(self._made) >= KEPT_CLIPS:
                del self._made[next(iter(self._made))]
            samples = amplified(clip.samples, self._gain_db, self._ceiling)
            self._made[text] = clip if samples is clip.samples else Clip(samples, clip.onset)
        return self._made[text]

    def __contains__(self, text: object) -> bool:
        """True where there is a clip."""
        return text in self._clips

    def __iter__(self) -> Iterator[str]:
        """The texts."""
        return iter(self._clips)

    def __len__(self) -> int:
        """How many clips there are."""
        return len(self._clips)


def amplified(samples: Samples, gain_db: float, ceiling: float = CEILING) -> Samples:
    """The samples louder by ``gain_db``, with no true peak above ``ceiling``, 1.0 being full scale.

    The very same array where that changes nothing.
    """
    loud = samples.astype(np.float32) * np.float32(10 ** (gain_db / 20) / 32768)
    safe = limited(loud, RATE_HZ, ceiling)
    if safe is loud and gain_db == 0:
        return samples
    return np.rint(safe * 32768).clip(-32768, 32767).astype(np.int16)
