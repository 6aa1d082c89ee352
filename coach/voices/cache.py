"""Clips cached on disk, so that a prompt is spoken once and then read."""

import struct

import numpy as np

from coach.disk_cache import DiskCache
from coach.session.timeline import Frames
from coach.sound.clip import Clip

_NUMBERS = struct.Struct("<II")
"""The clip's onset and its length in frames."""


class ClipCache(DiskCache):
    """A folder of clips, found by `coach.voices.voice.clip_key` (see `coach.disk_cache`)."""

    def get(self, digest: bytes) -> Clip | None:
        """Read the clip of a key; None if there is none that can be trusted."""
        found = self.read(digest)
        if found is None:
            return None
        numbers, samples = found
        onset, frames = _NUMBERS.unpack(numbers)
        if len(samples) != 2 * frames or onset >= frames:
            return None
        return Clip(np.frombuffer(samples, dtype="<i2"), Frames(onset))

    def put(self, digest: bytes, clip: Clip) -> None:
        """Write a clip; where the disk refuses, ``note`` says so, and no more is written."""
        samples = np.ascontiguousarray(clip.samples, dtype="<i2")
        self.write(digest, samples.data.cast("B"), _NUMBERS.pack(clip.onset, samples.shape[0]))
