"""Render a timeline and its sounds to blocks of samples, from any frame on."""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from coach.language.model import Sound
from coach.session.timeline import Frames, Say, Timeline, Tone
from coach.sound.clip import Clip
from coach.sound.limiter import AmplifiedClips, amplify
from coach.sound.music_bed import CLIP_CEILING, Bed

BLOCK = Frames(65_536)
"""Frames in a block: 1.4 s, a quarter of a megabyte, which stays in a processor's cache. A whole export takes
a fifth longer with blocks of 16,384; a loudspeaker asks for its own size."""

FULL_SCALE = np.float32(1 / 32768)


def render(
    timeline: Timeline,
    clips: Mapping[str, Clip],
    tones: Mapping[Sound, NDArray[np.int16]],
    *,
    start: int = 0,
    end: int | None = None,
    block: int = BLOCK,
    bed: Bed | None = None,
) -> Iterator[NDArray[np.float32]]:
    """Render blocks of samples from frame ``start`` to frame ``end``, by default that of the timeline.

    ``clips`` has the clip of every prompt by its text, ``tones`` the int16 samples of every tone at 48 kHz.
    A block is float32 of shape (frames, 1) in [-1, 1), at most ``block`` frames long, and an array of its
    own. What sounds at a frame does not depend on ``start``.

    With a ``bed``, no sound above it has a true peak over `CLIP_CEILING`. The sum is exact: not one sample of
    it is rounded.

    Raises
    ------
    ValueError
        If ``start`` lies outside ``[0, length]``, a sound is missing, or one is not as long as its event.
    """
    if not 0 <= start <= timeline.length:
        raise ValueError(f"frame {start} is outside [0, {timeline.length}]")
    until = timeline.length if end is None else min(end, timeline.length)
    if bed is not None:
        clips, tones = limit_sounds(clips, tones)
    events = timeline.events
    at = start
    i = timeline.index_at(start) or 0
    while at < until:
        stop = min(at + block, until)
        room = np.zeros((stop - at, 1), np.float32)
        while i < len(events) and events[i].start < stop:
            event = events[i]
            samples = None
            match event:
                case Say(text=text):
                    samples = _sound(clips[text].samples if text in clips else None, event)
                case Tone(sound=sound):
                    samples = _sound(tones.get(sound), event)
                case _:
                    pass
            first, last = max(event.start, at), min(event.start + event.length, stop)
            if samples is not None:
                heard = samples[first - event.start : last - event.start]
                np.multiply(heard, FULL_SCALE, out=room[first - at : last - at, 0], casting="unsafe")
            if event.start + event.length > stop:
                break
            i += 1
        if bed is not None:
            room[:, 0] += bed.read(at, bed.automation.gain(at, stop - at))
        yield room
        at = stop


def limit_sounds(
    clips: Mapping[str, Clip], tones: Mapping[Sound, NDArray[np.int16]]
) -> tuple[Mapping[str, Clip], Mapping[Sound, NDArray[np.int16]]]:
    """Limit the sounds to `CLIP_CEILING`, as they are with a bed."""
    return AmplifiedClips(clips, 0.0, CLIP_CEILING), {
        sound: amplify(samples, 0.0, CLIP_CEILING) for sound, samples in tones.items()
    }


def _sound(samples: NDArray[np.int16] | None, event: Say | Tone) -> NDArray[np.int16]:
    if samples is None:
        raise ValueError(f"no samples for {event}")
    if samples.shape != (event.length,):
        raise ValueError(f"{samples.shape[0]} samples for {event}")
    return samples
