"""The interface of loudspeakers, and their shared parts: errors, dithered silence, frame counts, stalls."""

import sys
import time
from collections import deque
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from coach.errors import DeviceError, DeviceLostError
from coach.sound.dither import Quantiser
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
        """The number of frames that `write` accepts now without blocking."""

    @property
    def heard(self) -> int:
        """The number of frames heard, out of the frames written and not dropped; it never decreases."""


def no_device(why: Exception | None = None) -> DeviceError:
    """Build the error for a machine without a sound device, in the same words for every player."""
    reason = "" if why is None else f" ({', '.join(map(str, why.args))})"
    return DeviceError(
        f"no sound device could be opened{reason}.",
        f"Connect a loudspeaker or headphones and look at the system's sound settings. {EXPORT_HINT}",
    )


def device_lost(device: str) -> DeviceLostError:
    """Build the error for a device that has stopped taking samples."""
    return DeviceLostError(f"{device} takes no more sound.", f"Is it still connected? {EXPORT_HINT}")


class DitheredSilence:
    """Dithered silence, as in an export, for the gaps where no frames were written."""

    def __init__(self) -> None:
        self._frames = np.empty(2**15, np.int16)
        Quantiser().quantise(np.zeros((len(self._frames), 1), np.float32), 0, self._frames)

    def fill(self, out: NDArray[np.int16], at: int) -> None:
        """Fill ``out``, which begins at frame ``at`` of the silence."""
        done = 0
        while done < len(out):  # in a device's thread: np.take would wait for the interpreter's lock
            part = self._frames[(at + done) % len(self._frames) :][: len(out) - done]
            out[done : done + len(part)] = part
            done += len(part)


class PlayedFrames:
    """Counts the frames of the session before a frame of the device, which plays silence between them.

    Between two points that were added, the device plays the session or silence, not both.
    """

    def __init__(self, session: int = 0) -> None:
        self._points = deque([(0, session)])
        self._latest = session

    def add(self, device: int, session: int) -> None:
        """Add a point: before frame ``device`` of the device lie ``session`` frames of the session."""
        if len(self._points) > 1:
            first_device, first_session = self._points[-2]
            if session - first_session in {0, device - first_device}:
                self._points.pop()  # it lies on the line between the others
        self._points.append((device, session))

    def cut(self, device: int) -> int:
        """Forget the points behind a frame of the device; returns the frames of the session before it."""
        session = self._session_before(device)
        while self._points and self._points[-1][0] > device:
            self._points.pop()
        self.add(device, session)
        return session

    def before(self, device: int) -> int:
        """The frames of the session before a frame of the device; the count never decreases."""
        while len(self._points) > 1 and self._points[1][0] <= device:
            self._points.popleft()
        self._latest = max(self._latest, self._session_before(device))
        return self._latest

    def _session_before(self, device: int) -> int:
        devices, sessions = zip(*self._points, strict=True)
        return int(np.interp(device, devices, sessions))


SWITCH_S = 0.0005
"""The interpreter's switch interval while a session plays. The device's thread needs the interpreter's lock
several times for each few milliseconds of sound, and by default each time waits up to 5 ms for another thread
to release it: together longer than PulseAudio holds sound, so samples were lost now and then after a key."""


@contextmanager
def fast_thread_switches() -> Generator[None]:
    """Switch between threads every `SWITCH_S`, and afterwards as before."""
    before_s = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_S)
    try:
        yield
    finally:
        sys.setswitchinterval(before_s)


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
        """Tell whether ``count`` has not changed for `LOST_AFTER_S`."""
        now_s = self._clock()
        if count != self._count or now_s - self._looked_s > _NOT_LOOKED_S:
            self._count = count
            self._since_s = now_s
        self._looked_s = now_s
        return now_s - self._since_s > LOST_AFTER_S
