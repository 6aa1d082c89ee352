"""What the listener chose of the mix, as sounds: tones, clips and the silences between them."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from coach.assets import tones
from coach.core.amplifying import amplified
from coach.core.choices import Mix
from coach.core.clip import Clip
from coach.core.script import Sound
from coach.core.tape import USUAL, WIDE, Spacing


def spacing_for(mix: Mix) -> Spacing:
    """How far words and tones stand apart."""
    return WIDE if mix.for_hearing else USUAL


def tones_for(mix: Mix) -> Mapping[Sound, NDArray[np.int16]]:
    """Every tone, as `coach.assets.tones`, at its volume.

    Raises
    ------
    DiskError
        If a tone is missing or damaged.
    """
    usual = tones(low=mix.for_hearing)
    if not mix.cue_db:
        return usual
    return {sound: amplified(samples, mix.cue_db) for sound, samples in usual.items()}


def clip_for(mix: Mix, clip: Clip) -> Clip:
    """A prompt at its volume."""
    return Clip(amplified(clip.samples, mix.voice_db), clip.onset) if mix.voice_db else clip
