"""Apply the listener's options to sounds: volumes of tones and clips, spacing between them, music."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from coach.errors import CoachError
from coach.language.model import Sound
from coach.session.options import Options
from coach.session.timeline import RATE_HZ
from coach.session.timeline_builder import USUAL, WIDE, Spacing
from coach.sound.clip import Clip
from coach.sound.equaliser import Gains, equalised
from coach.sound.limiter import CEILING, amplify
from coach.sound.loudness import level_lufs, limited
from coach.sound.tones import tones

if TYPE_CHECKING:
    from coach.sound.music_file import MusicFile


MOST_VOICE_DB = 3.0
"""Up to here words grow by most of what is asked for: 1 dB gives 0.9 LU, 3 give 2.3, 6 give 3.5."""


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


def clip_for(options: Options, clip: Clip, older: Gains = ()) -> Clip:
    """Give a prompt its volume; with ``hearing``, what ``older`` ears need, at the same level."""
    samples = clip.samples
    if options.hearing and older:
        samples = _at_the_same_level(samples, older)
    if options.voice_volume_db:
        samples = amplify(samples, options.voice_volume_db)
    return clip if samples is clip.samples else Clip(samples, clip.onset)


def volume_note(options: Options) -> str:
    """What to tell a listener whose words cannot become as loud as asked for; "" if they can."""
    if options.voice_volume_db <= MOST_VOICE_DB:
        return ""
    return (
        f"With --voice-volume {options.voice_volume_db:g} the words are 2.5 to 3.5 dB louder, not more: "
        "their peaks are limited. Softer tones (--cue-volume) let them stand out."
    )


def _at_the_same_level(samples: NDArray[np.int16], gains: Gains) -> NDArray[np.int16]:
    """Filter the samples of a clip and bring them to the level that they had."""
    sound = samples.astype(np.float32) / np.float32(32_768)
    filtered = equalised(sound, RATE_HZ, gains)
    change_db = level_lufs(sound, RATE_HZ) - level_lufs(filtered, RATE_HZ)
    if not np.isfinite(change_db):
        return samples
    safe = limited(filtered * np.float32(10 ** (round(change_db, 2) / 20)), RATE_HZ, CEILING)
    return np.rint(safe * 32_768).clip(-32_768, 32_767).astype(np.int16)


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
