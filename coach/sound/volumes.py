"""Apply the listener's options to sounds: volumes of tones and clips, spacing between them, music."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from coach.errors import CoachError
from coach.language.model import Sound
from coach.session.options import Options
from coach.session.timeline_builder import USUAL, WIDE, Spacing
from coach.sound.clip import Clip
from coach.sound.limiter import amplify
from coach.sound.tones import tones

if TYPE_CHECKING:
    from coach.sound.music_file import MusicFile


def spacing_for(options: Options) -> Spacing:
    """The least silences between words and tones."""
    return WIDE if options.hearing else USUAL


def tones_for(options: Options) -> Mapping[Sound, NDArray[np.int16]]:
    """Every tone, as `coach.sound.tones.tones`, at its volume.

    Raises
    ------
    DiskError
        If a tone is missing or damaged.
    """
    usual = tones(low=options.hearing)
    if not options.cue_volume_db:
        return usual
    return {sound: amplify(samples, options.cue_volume_db) for sound, samples in usual.items()}


def clip_for(options: Options, clip: Clip) -> Clip:
    """Give a prompt its volume."""
    return (
        Clip(amplify(clip.samples, options.voice_volume_db), clip.onset) if options.voice_volume_db else clip
    )


def music_for(
    options: Options, progress: Callable[[int, int], None], tell: Callable[[CoachError], None] | None = None
) -> "MusicFile":
    """Open the music of the options; where words are softer, it is as much softer.

    ``tell`` is called if it fails later.

    Raises
    ------
    CoachError
        If it cannot be played.
    """
    from coach.sound.music_file import MusicFile  # noqa: PLC0415 - most sessions have none

    return MusicFile(
        Path(options.music),
        gain_db=min(0.0, options.voice_volume_db),
        progress=lambda done: progress(round(1000 * done), 1000),
        tell=tell,
    )
