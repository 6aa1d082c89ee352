"""The loudspeaker through simpleaudio, which can only play, stop and say whether it is playing.

It reads the buffer that it is given lazily, a tenth of a second ahead of what is heard, and copies nothing.
So it is given one long reel: what it has not read yet is written, and overwritten, while it plays. Measured
over PulseAudio, it has read 50 to 100 ms more than the clock says, in steps of 25 ms.
"""

import atexit
import os
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from mmap import mmap
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from coach.errors import DeviceError, DeviceLostError
from coach.live.speakers.loudspeaker import EXPORT_HINT, StallDetector, no_device
from coach.live.speakers.simpleaudio_buffer import Reel, longest_reel
from coach.session.timeline import RATE_HZ
from coach.sound.dither import Quantiser
from coach.stderr import no_noise, silence_alsa

AHEAD = RATE_HZ
"""Frames written ahead of where it reads: the longest stall that is not heard is 1 s."""

REEL = 3 * 3600 * RATE_HZ
"""Frames on a reel; simpleaudio counts to six hours. A second one follows after a tenth of a second."""

HELD = RATE_HZ // 10
"""What it asks of the device: a buffer of 100 ms, on every platform."""

_STEP = RATE_HZ // 40
"""It reads 25 ms at a time: nothing nearer than that to where it has got can still be changed."""

_MARGIN = _STEP + RATE_HZ * 35 // 1000
"""Where what is dropped ends: so the answer has 35 ms to be made and written, and no hole lies before it."""

_DRIFT = 150e-6
"""How much faster than our clock a device may be where nobody knows how far it has read."""

_OBSERVED = 16
_PROMPTLY_S = 0.1
_STOOD_STILL = RATE_HZ // 4
_SILENCE = 2**15
_SILENT_AHEAD = 5 * RATE_HZ
_FORGOTTEN_AT_ONCE = 30 * RATE_HZ
_LOOK_S = 0.01
_ENDING_S = 2.0
_PLATFORMS = "linux", "darwin", "win32"


class Playing(Protocol):
    """A buffer that is being played."""

    def stop(self) -> None:
        """Read no more, and end when what was read has been heard."""

    def is_playing(self) -> bool:
        """Whether it has not ended."""


@dataclass(slots=True)
class _Piece:
    """``count`` frames of the session from its ``stream`` frame on, at ``start`` of the reel."""

    start: int
    stream: int
    count: int


class SimpleaudioPlayer:
    """A `Loudspeaker` on a reel that ``play`` plays; `open_simpleaudio` gives one.

    Parameters
    ----------
    play
        Begins to play a buffer of mono 16-bit samples at 48 kHz.
    device
        What the listener calls the device.
    reel
        The length of a reel in frames.
    """

    player = "simpleaudio"

    def __init__(self, play: Callable[[mmap], Playing], device: str, reel: int = REEL) -> None:
        self.device = device
        self._play = play
        self._reel_frames = reel
        self._quantiser = Quantiser()
        self._silence = np.empty(_SILENCE, np.int16)
        self._quantiser.quantise(np.zeros((_SILENCE, 1), np.float32), 0, self._silence)
        self._written = self._at = self._heard = self._filled = 0
        self._next = self._silent_to = self._reach = self._forgotten = 0
        self._pieces: deque[_Piece] = deque()
        self._is_open = False
        self._load()

    @property
    def room(self) -> int:
        """See `Loudspeaker`."""
        return max(0, AHEAD - max(0, self._next - self._look()))

    @property
    def heard(self) -> int:
        """See `Loudspeaker`: what has been read, less what the device holds."""
        return self._heard_of(self._look() - HELD)

    @property
    def filled(self) -> int:
        """How many frames of silence were played as nothing had been written."""
        return self._filled

    def write(self, block: NDArray[np.float32], at: int | None = None) -> None:
        """See `Loudspeaker`."""
        if block.ndim != 2 or block.shape[1] != 1:
            raise ValueError(f"a block of shape {block.shape} is not mono")
        position = self._at if at is None else at
        done = 0
        while done < len(block):
            reached = self._look()
            self._catch_up(reached)
            if self._next >= self._reel.frames:
                self._reload()
                continue
            count = min(len(block) - done, AHEAD - (self._next - reached), self._reel.frames - self._next)
            if count <= 0:
                time.sleep(_LOOK_S)
                continue
            self._quantiser.quantise(
                block[done : done + count],
                position + done,
                self._reel.samples[self._next : self._next + count],
            )
            self._took(count)
            done += count
        self._look()
        self._at = position + done

    def drop(self) -> int:
        """See `Loudspeaker`: what may have been read, and a margin of 60 ms, is still heard."""
        end = self._next
        cut = min(end, self._reached() + _MARGIN)
        self._silence_from(cut, end)
        self._next = cut
        dropped = 0
        while self._pieces and self._pieces[-1].start + self._pieces[-1].count > cut:
            last = self._pieces[-1]
            kept = max(0, cut - last.start)
            dropped += last.count - kept
            last.count = kept
            if kept:
                break
            self._pieces.pop()
        self._written -= dropped
        return dropped

    def close(self) -> None:
        """Wait until the last frame has been heard, but not for a device that takes none, and end."""
        if not self._is_open:
            return
        try:
            limit_s = time.monotonic() + AHEAD / RATE_HZ + _ENDING_S
            while time.monotonic() < limit_s and self.heard < self._written:
                time.sleep(_LOOK_S)
            time.sleep(HELD / RATE_HZ)  # a device may be slower than is known; what it holds it plays out
        except DeviceLostError:
            pass  # nobody hears the rest
        finally:
            self._shut()

    def _load(self) -> None:
        """Begin to play a new reel."""
        self._reel: Reel = longest_reel(self._reel_frames)
        self._next = self._silent_to = self._reach = self._forgotten = 0
        self._leads: deque[float] = deque(maxlen=_OBSERVED)
        self._arrivals = 0
        self._watch = StallDetector()
        self._silence_to(_SILENT_AHEAD)
        self._playing = self._play(self._reel.buffer)
        self._since_s = self._looked_s = time.monotonic()
        if not self._is_open:
            self._is_open = True
            atexit.register(self._shut)  # its thread must not outlive the interpreter

    def _reload(self) -> None:
        """Wait until the reel has been played to its end, and go on with another."""
        limit_s = time.monotonic() + (self._reel.frames - self._reach) / RATE_HZ + _ENDING_S
        while self._playing.is_playing():
            if time.monotonic() > limit_s:
                raise self._lost()
            time.sleep(_LOOK_S / 10)
        self._heard = self._written
        self._pieces.clear()
        self._reel.close()
        self._load()

    def _look(self) -> int:
        """How far it can have read by now, if it still plays."""
        if not self._is_open:
            raise ValueError("the loudspeaker is closed")
        reached = self._reached()
        if reached < self._reel.frames - AHEAD and not self._playing.is_playing():
            raise self._lost()
        if self._reel.tells and self._watch.has_stopped(self._arrivals) and reached < self._reel.frames:
            raise self._lost()
        return min(reached, self._reel.frames)

    def _lost(self) -> DeviceLostError:
        return DeviceLostError(f"{self.device} takes no more sound.", "Is it still connected? " + EXPORT_HINT)

    def _reached(self) -> int:
        """The furthest frame that it can have read by now.

        By the clock since its start; and wherever it is seen to arrive at a page, by how far ahead of the
        clock it was then. So a device that is faster or slower than the clock is followed, and one that was
        asleep with the whole computer too.
        """
        now_s = time.monotonic()
        arrived = self._reel.arrival()
        if arrived is not None:
            self._arrivals += 1
            if arrived and now_s - self._looked_s < _PROMPTLY_S:  # the latest it can have been ahead
                self._leads.append(arrived - RATE_HZ * (self._looked_s - self._since_s))
        self._looked_s = now_s
        lead = max(self._leads, default=HELD)
        reached = RATE_HZ * (now_s - self._since_s) + lead
        if not self._reel.tells:
            reached += _DRIFT * RATE_HZ * (now_s - self._since_s)
        elif reached > self._reel.bound:
            if reached > self._reel.bound + _STOOD_STILL:
                self._leads.clear()
                self._since_s = now_s - (self._reel.bound - HELD) / RATE_HZ
            reached = self._reel.bound
        self._reach = max(self._reach, int(reached))
        return self._reach

    def _catch_up(self, reached: int) -> None:
        """Where nothing was written in time there was silence; go on behind it."""
        if self._next < min(reached + _STEP, self._reel.frames):
            first = min(reached + _MARGIN, self._reel.frames)
            self._filled += first - self._next
            self._next = first
        self._silence_to(self._next + AHEAD)
        if reached - self._forgotten > _FORGOTTEN_AT_ONCE:
            self._forgotten = reached - RATE_HZ
            self._reel.forget(self._forgotten)

    def _took(self, count: int) -> None:
        last = self._pieces[-1] if self._pieces else None
        if last is not None and last.start + last.count == self._next:
            last.count += count
        else:
            self._pieces.append(_Piece(self._next, self._written, count))
        self._next += count
        self._written += count

    def _heard_of(self, position: int) -> int:
        """How much of the session lies before that frame of the reel."""
        while len(self._pieces) > 1 and self._pieces[1].start <= position:
            self._pieces.popleft()
        if self._pieces:
            piece = self._pieces[0]
            before = piece.stream + min(max(0, position - piece.start), piece.count)
            self._heard = max(self._heard, before)
        return self._heard

    def _silence_to(self, end: int) -> None:
        """Dithered silence where nothing has been written yet."""
        if self._silent_to < end:
            further = min(end + _SILENT_AHEAD, self._reel.frames)
            self._silence_from(max(self._silent_to, self._next), further)
            self._silent_to = further

    def _silence_from(self, start: int, end: int) -> None:
        at = start
        while at < end:
            first = at % _SILENCE
            count = min(end - at, _SILENCE - first)
            self._reel.samples[at : at + count] = self._silence[first : first + count]
            at += count

    def _shut(self) -> None:
        if not self._is_open:
            return
        self._is_open = False
        atexit.unregister(self._shut)
        self._silence_from(
            min(self._reach, self._reel.frames), min(self._reach + _SILENT_AHEAD, self._reel.frames)
        )
        self._playing.stop()
        limit_s = time.monotonic() + _ENDING_S
        while self._playing.is_playing() and time.monotonic() < limit_s:
            time.sleep(_LOOK_S)
        self._reel.close()


def why_unusable() -> str:
    """Why simpleaudio cannot be used here; "" if it can. Found out without importing it: it may crash.

    Version 1.0.4 frees memory without holding the interpreter's lock when a sound ends, which ends the
    process from Python 3.12 on, and earlier wherever memory is checked (``python -X dev``).
    """
    if not sys.platform.startswith(_PLATFORMS):
        return f"it knows no sound system of {sys.platform}"
    spec = find_spec("simpleaudio")
    if spec is None or spec.origin is None:
        return "it is not installed"
    return why_unsafe(
        installed_packages(Path(spec.origin).parent),
        checks_memory=sys.flags.dev_mode or "debug" in os.environ.get("PYTHONMALLOC", ""),
        version=sys.version_info[:2],
    )


def why_unsafe(installed: set[str], *, checks_memory: bool, version: tuple[int, int]) -> str:
    """Why the simpleaudio that these packages make up would crash; "" if it would not.

    >>> why_unsafe({"simpleaudio-patched"}, checks_memory=False, version=(3, 12))
    ''
    """
    if installed == {"simpleaudio-patched"}:
        return ""
    if not installed:
        return "what is installed under its name is another package"
    if len(installed) == 2:
        return "both simpleaudio and simpleaudio-patched are installed, and nobody knows which one is there"
    if version >= (3, 12):
        return f"simpleaudio crashes on Python {version[0]}.{version[1]}, simpleaudio-patched does not"
    if checks_memory:
        return "simpleaudio crashes where Python checks its memory, as with -X dev"
    return ""


def installed_packages(module: Path) -> set[str]:
    """Which of the two packages of that module name are installed next to it.

    `importlib.metadata.packages_distributions` says the same and reads every installed package for it.
    """
    found = set()
    for name in os.listdir(module.parent):  # noqa: PTH208 - names are all that is wanted
        package, is_metadata, _ = name.casefold().replace("_", "-").partition("-1.")
        if is_metadata and name.endswith((".dist-info", ".egg-info")):
            found |= {package} & {"simpleaudio", "simpleaudio-patched"}
    return found


def open_simpleaudio() -> SimpleaudioPlayer:
    """The default loudspeaker of this machine, playing silence until something is written.

    Raises
    ------
    DeviceError
        If there is no sound device, or simpleaudio is not installed or not safe to use.
    """
    why_not = why_unusable()
    if why_not:
        raise DeviceError(
            f"simpleaudio cannot be used: {why_not}.",
            "Install the right one with: pip install '.[simpleaudio]'; or leave out --player.",
        )
    try:
        import simpleaudio  # noqa: PLC0415 - only now is it known to be safe
        from simpleaudio._simpleaudio import SimpleaudioError  # noqa: PLC0415
    except (ImportError, OSError) as error:
        raise DeviceError(f"simpleaudio cannot be loaded: {error}", EXPORT_HINT) from error

    def play(reel: mmap) -> Playing:
        playing: Playing = simpleaudio.play_buffer(reel, 1, 2, RATE_HZ)
        return playing

    silence_alsa()
    try:
        with no_noise():
            return SimpleaudioPlayer(play, _device())
    except SimpleaudioError as error:
        raise no_device(error) from error


def _device() -> str:
    system = {"linux": "ALSA", "darwin": "Core Audio", "win32": "WinMM"}.get(sys.platform, sys.platform)
    return f"default output ({system})"
