"""One spoken prompt: what is asked of a voice, and what it gave, ready to be placed on a timeline."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coach.session.timeline import Frames


@dataclass(frozen=True, slots=True, order=True)
class Utterance:
    """A request to a voice, and with the voice's identity the key of a kept clip.

    ``text`` is what is to be said, before `coach.language.spelling` spells it out; ``voice`` the voice's
    name, such as ``en-us``; ``rate_wpm`` the pace in words a minute.
    """

    text: str
    voice: str
    rate_wpm: int


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """A prompt as heard: trimmed, levelled, peak-limited.

    ``samples`` are int16, mono, at 48 kHz, shape (frames,); ``onset`` is the frame within them at which the
    first vowel begins (a beat is placed there, not at the clip's first frame).
    """

    samples: NDArray[np.int16]
    onset: Frames

    @property
    def length(self) -> Frames:
        """The number of frames."""
        return Frames(self.samples.shape[0])
