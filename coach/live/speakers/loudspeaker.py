"""The interface of a loudspeaker, and what its implementations share: their errors, and stall detection."""

import time
from collections.abc import Callable
from typing import Protocol

from coach.errors import DeviceError, DeviceLostError
from coach.sound.sink import Sink

EXPORT_HINT = "`coach export` writes a session as a WAV file that any other machine plays."


class Loudspeaker(Sink, Protocol):
    """A sink that is heard while it is written to, and the clock of a live session.

    ``write`` takes mono blocks. Where ``write`` or a property finds that the device takes no more samples, it
    raises `coach.errors.DeviceLostError`; another loudspeaker may then be opened.
    """

    @property
    def player(self) -> str:
        """The name of the player: "miniaudio", "simpleaudio" or "none"."""

    @property
    def device(self) -> str:
        """The device's name for people, such as "Built-in Audio Analog Stereo (PulseAudio)"."""

    @property
    def room(self) -> int:
        """How many frames `write` takes now without waiting."""

    @property
    def heard(self) -> int:
        """How many of the frames written and not dropped have been heard; it never decreases."""


def no_device(why: Exception | None = None) -> DeviceError:
    """The error of a machine without a sound device, in the same words for every player."""
    reason = "" if why is None else f" ({', '.join(map(str, why.args))})"
    return DeviceError(
        f"no sound device could be opened{reason}.",
        f"Connect a loudspeaker or headphones and look at the system's sound settings. {EXPORT_HINT}",
    )


def device_lost(device: str) -> DeviceLostError:
    """The error of a device that takes no more samples."""
    return DeviceLostError(f"{device} takes no more sound.", f"Is it still connected? {EXPORT_HINT}")


LOST_AFTER_S = 2.0
"""A device that takes nothing for this long is lost. A disturbed Bluetooth link is mostly back by then."""

_NOT_LOOKED_S = 0.5


class StallDetector:
    """Tells a device that has stopped from a counter that increases while the device takes samples.

    No sound system reports a device that is gone. Only time between frequent calls counts: where the whole
    process stood still (a suspended computer, a debugger, Ctrl-Z), the device is given its seconds anew.
    """

    __slots__ = ("_clock", "_count", "_looked_s", "_since_s")

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._count = -1
        self._looked_s = self._since_s = clock()

    def has_stopped(self, count: int) -> bool:
        """Whether ``count`` has not changed for `LOST_AFTER_S`."""
        now_s = self._clock()
        if count != self._count or now_s - self._looked_s > _NOT_LOOKED_S:
            self._count = count
            self._since_s = now_s
        self._looked_s = now_s
        return now_s - self._since_s > LOST_AFTER_S
