"""Make a clip of an engine's raw sound: trimmed, levelled, at 48 kHz, peak-limited, with faded edges."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from coach.session.timeline import RATE_HZ, Frames
from coach.sound.clip import Clip
from coach.sound.equaliser import Gains, equalised
from coach.sound.loudness import beat_of, edges, level_lufs, limited, raised_cosine

FINISHING = 10
"""Version of `make_clip`'s output, part of the cache key: increase it with every change of the output."""

TARGET_LUFS = -18.3
"""Loudness of a prompt by itself, plain mono. The meter hears a session 0.5 to 1 LU softer, as its blocks of
400 ms reach beyond both ends of each prompt: -19, which is -16 LUFS from two loudspeakers, where podcasts and
phones have their speech (bench/levels.py)."""
A_WORD_LOUDER_DB = 1.0
"""A single word is so much louder than a sentence: nothing around it helps to understand it, and the meter's
blocks, which are longer than it, make it seem so loud already."""
PEAK_DBTP = -1.5
_ROUNDS = 6
_NEAR_DB = 0.05
"""The limiter moves the level by up to 1 dB either way, most for a voice with high peaks. So it is measured
again and the gain put right, until it is this near: within 0.1 dB for 497 of 498 prompts of two voices."""
_MARGIN_DB = 0.1
"""Between the limiter's estimate of a true peak and the highest that any meter was seen to show."""
_BEFORE_S = 0.015
_AFTER_S = 0.030
_FADE_IN_S = 0.010
_FADE_OUT_S = 0.020
_FADE_CUT_S = 0.005


@cache
def _rise(length_s: float, rate_hz: int) -> NDArray[np.float32]:
    return raised_cosine(round(length_s * rate_hz)).astype(np.float32)


def make_clip(raw: NDArray[np.int16], rate_hz: int, text: str = "", gains: Gains = ()) -> Clip | None:
    """Make a clip of an engine's ``raw`` samples, shape (frames,); None where they are silent.

    ``gains`` are those of the filter that the voice needs. A single word as ``text`` is made louder than what
    has more words. 15 ms are left before the sound and 30 ms after it, so that the fades touch no consonant.
    Where the engine gave less, its own first or last 5 ms are faded and silence is added. The gain is rounded
    to 0.01 dB: another computer's last bit changes nothing.
    """
    import soxr  # type: ignore[import-untyped]  # noqa: PLC0415 - a session whose clips are kept needs no resampler

    sound = raw.astype(np.float32)
    sound *= np.float32(1 / 32_768)
    sound = equalised(sound, rate_hz, gains)
    where = edges(sound, rate_hz)
    if where is None:
        return None
    before = round(_BEFORE_S * rate_hz)
    after = round(_AFTER_S * rate_hz)
    first = where.start - before
    last = where.end + after
    ended = _rise(_FADE_CUT_S, rate_hz)
    if first < 0:
        sound[: len(ended)] *= ended[: len(sound)]
    if last > len(sound):
        sound[-len(ended) :] *= ended[::-1][-len(sound) :]
    sound = np.pad(sound[max(0, first) : last], (max(0, -first), max(0, last - len(sound))))
    target_lufs = TARGET_LUFS + (A_WORD_LOUDER_DB if len(text.split()) == 1 else 0.0)
    ceiling = 10 ** ((PEAK_DBTP - _MARGIN_DB) / 20)
    gain_db, safe = 0.0, sound
    for _ in range(_ROUNDS):
        off_db = target_lufs - level_lufs(safe[before : len(safe) - after], rate_hz)
        if not np.isfinite(off_db):
            return None
        if abs(off_db) <= _NEAR_DB:
            break
        gain_db = round(gain_db + off_db, 2)
        safe = limited(sound * np.float32(10 ** (gain_db / 20)), rate_hz, ceiling)
    beat = beat_of(safe, rate_hz)
    safe = soxr.resample(safe, rate_hz, RATE_HZ, quality="HQ")
    safe = limited(safe, RATE_HZ, ceiling)  # the engine's rate hides peaks of bright sound
    safe *= np.float32(32_767)
    rise, fall = _rise(_FADE_IN_S, RATE_HZ), _rise(_FADE_OUT_S, RATE_HZ)[::-1]
    safe[: len(rise)] *= rise
    safe[-len(fall) :] *= fall
    samples = np.rint(safe, out=safe).astype(np.int16)
    samples.setflags(write=False)
    return Clip(samples, Frames(min(len(samples) - 1, round(beat * RATE_HZ / rate_hz))))
