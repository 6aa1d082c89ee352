"""What the listener chose of the mix, as sounds: tones, clips, the silences between them, and music."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from coach.errors import CoachError
from coach.language.model import Sound
from coach.session.layout import USUAL, WIDE, Spacing
from coach.session.options import Mix
from coach.sound.clip import Clip
from coach.sound.gain import amplified
from coach.sound.tones import tones

if TYPE_CHECKING:
    from coach.sound.music_file import MusicFile


def spacing_for(mix: Mix) -> Spacing:
    """How far words and tones stand apart."""
    return WIDE if mix.for_hearing else USUAL


def tones_for(mix: Mix) -> Mapping[Sound, NDArray[np.int16]]:
    """Every tone, as `coach.sound.tones.tones`, at its volume.

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
    from coach.sound.music_file import MusicFile  # noqa: PLC0415 - most sessions have none

    return MusicFile(
        Path(mix.music),
        gain_db=min(0.0, mix.voice_db),
        progress=lambda done: progress(round(1000 * done), 1000),
        tell=tell,
    )
