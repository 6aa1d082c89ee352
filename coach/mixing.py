"""What the listener chose of the mix, as sounds: tones, clips, the silences between them, and music."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from coach.assets import tones
from coach.core.amplifying import amplified
from coach.core.choices import Mix
from coach.core.clip import Clip
from coach.core.script import Sound
from coach.core.tape import USUAL, WIDE, Spacing
from coach.errors import CoachError

if TYPE_CHECKING:
    from coach.music import MusicFile


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


def music_for(
    mix: Mix, progress: Callable[[int, int], None], tell: Callable[[CoachError], None] | None = None
) -> "MusicFile":
    """The music of a mix that has some, open; where words are softer, it is as much softer.

    ``tell`` is told if it fails later.

    Raises
    ------
    CoachError
        If it cannot be played.
    """
    from coach.music import MusicFile  # noqa: PLC0415 - most sessions have none

    return MusicFile(
        Path(mix.music),
        gain_db=min(0.0, mix.voice_db),
        progress=lambda done: progress(round(1000 * done), 1000),
        tell=tell,
    )
