"""What was recorded, held against what was to be heard: found once, then sample by sample."""

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coach.session.timeline import RATE_HZ
from tests.realtime.pulse import Recording

Samples = NDArray[np.int16]

SURE = RATE_HZ // 200
"""So many samples in a row are within a second only once, also of dithered silence."""

MOST_LOST = RATE_HZ // 5

NEAR = 2 * RATE_HZ
"""How far on the rest is looked for behind an interruption."""

HEARD = RATE_HZ // 100
"""A sample above this is no dither."""


def find(part: Samples, whole: Samples) -> int:
    """The first frame at which ``whole`` has ``part``, bit by bit; -1 if there is none."""
    data, wanted = whole.astype("<i2").tobytes(), part.astype("<i2").tobytes()
    at = data.find(wanted)
    while at % 2 and at >= 0:
        at = data.find(wanted, at + 1)
    return at // 2


def begin(wanted: Samples, recorded: Samples) -> int:
    """At which frame of a recording the wanted sound begins, by the first of it that is found there."""
    loud = np.flatnonzero(np.abs(wanted) > HEARD)
    for first in range(0, min(len(loud), RATE_HZ), RATE_HZ // 50):
        at = find(wanted[loud[first] : loud[first] + SURE], recorded)
        if at >= loud[first]:
            return at - int(loud[first])
    raise AssertionError("it is not in the recording")


def equal_until(wanted: Samples, recorded: Samples) -> int:
    """How many frames are the same from the first one on."""
    count = min(len(wanted), len(recorded))
    differs = np.flatnonzero(wanted[:count] != recorded[:count])
    return int(differs[0]) if len(differs) else count


@dataclass(frozen=True, slots=True)
class Interruption:
    """Something else than what was wanted, before frame ``at`` of it and from ``recorded_at`` on.

    ``length`` frames long, in place of ``lost`` frames. A server whose client is late plays silence, and may
    put what comes then in the place of silence that the recorder has been given already.
    """

    at: int
    recorded_at: int
    length: int
    lost: int = 0


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard of a sound, bit by bit: all up to frame ``until``, but for the ``interruptions``."""

    until: int
    interruptions: tuple[Interruption, ...]


def heard(wanted: Samples, recorded: Samples, start: int = 0) -> Heard:
    """How far the wanted sound was heard from frame ``start`` on."""
    at, here = start, begin(wanted[start:], recorded)
    found: list[Interruption] = []
    while True:
        count = equal_until(wanted[at:], recorded[here:])
        at, here = at + count, here + count
        following = _following(wanted, at, recorded[here : here + NEAR])
        if following is None:
            return Heard(at, tuple(found))
        lost, length = following
        found.append(Interruption(at, here, length, lost))
        at, here = at + lost, here + length


def _following(wanted: Samples, at: int, recorded: Samples) -> tuple[int, int] | None:
    """How much is lost from a frame on, and how much later the recording has what follows."""
    for lost in range(0, MOST_LOST, SURE // 4):
        if at + lost + SURE > len(wanted):
            break
        length = find(wanted[at + lost : at + lost + SURE], recorded)
        if length >= 0:
            return lost, length
    return None


def until_heard(recording: Recording, seconds: float, limit_s: float = 30.0) -> None:
    """Until so many seconds have been recorded since the first sound, which may take ``limit_s`` to come."""
    until_s = time.monotonic() + limit_s
    while not len(loud := np.flatnonzero(np.abs(recording.samples) > HEARD)):
        assert time.monotonic() < until_s, "nothing is heard"
        time.sleep(0.1)
    wanted = loud[0] + round(seconds * RATE_HZ)
    while sum(map(len, recording.chunks)) < 2 * wanted:
        assert time.monotonic() < until_s + seconds, "the recorder has stopped"
        time.sleep(0.2)


def when_s(recording: Recording, frame: int) -> float:
    """When a frame was recorded, by the monotonic clock."""
    count = 0
    for chunk, came_s in zip(recording.chunks, recording.came_at_s, strict=False):
        count += len(chunk) // 2
        if count > frame:
            return came_s
    return recording.came_at_s[-1]
