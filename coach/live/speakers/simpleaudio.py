"""A loudspeaker on simpleaudio, a package that can only play a buffer, stop, and say whether it is playing.

simpleaudio reads the buffer while it plays, about 0.1 s before a frame is heard, and keeps no copy. So the
player hands over one buffer of hours, and writes, or overwrites, the frames that have not been read yet.
Measured on PulseAudio, simpleaudio has read 50 to 100 ms more than the clock says, in steps of 25 ms.
"""

import atexit
import os
import sys
import time
from collections import deque
from collections.abc import Callable
from importlib.util import find_spec
from mmap import mmap
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from coach.errors import DeviceError, DeviceLostError
from coach.live.speakers.loudspeaker import (
    EXPORT_HINT,
    DitheredSilence,
    PlayedFrames,
    StallDetector,
    device_lost,
    no_device,
)
from coach.live.speakers.simpleaudio_buffer import ObservedBuffer
from coach.session.timeline import RATE_HZ
from coach.sound.dither import Quantiser
from coach.stderr import discard_library_messages, silence_alsa

AHEAD = RATE_HZ
"""Frames written ahead of the reading position, 1 s: the longest stall of ours without an audible gap."""

BUFFER = 3 * 3600 * RATE_HZ
"""Frames in a buffer; simpleaudio counts to six hours. A second one follows after a tenth of a second."""

_SHORTEST_BUFFER = 60 * RATE_HZ
"""Frames of the shortest buffer that is tried where there is no memory for a longer one."""

HELD = RATE_HZ // 10
"""Frames in the device's own buffer: simpleaudio asks for 100 ms on every platform."""

_STEP = RATE_HZ // 40
"""simpleaudio reads 25 ms at a time: frames nearer than that to the reading position cannot be changed."""

_MARGIN = _STEP + RATE_HZ * 60 // 1000
"""Frames behind the reading position that `drop` keeps: 60 ms to render and write an answer, and for the
reading position to be found up to 25 ms further on meanwhile."""

_NEXT = _STEP + RATE_HZ // 100
"""Frames behind the reading position from which on is written after an underrun, at once."""

_DRIFT = 150e-6
"""Largest drift of a device against our clock, assumed where the reading position is not known."""

_READ_AHEADS_KEPT = 16
_PROMPTLY_S = 0.1
_STOOD_STILL = RATE_HZ // 4
_SILENT_AHEAD = 5 * RATE_HZ
_RELEASED_AT_ONCE = 30 * RATE_HZ
_LOOK_S = 0.01
_ENDING_S = 2.0
_PLATFORMS = "linux", "darwin", "win32"


class Playing(Protocol):
    """A buffer that is being played, as `simpleaudio.PlayObject` has it."""

    def stop(self) -> None:
        """Read no more; playing ends when the frames read so far have been heard."""

    def is_playing(self) -> bool:
        """Tell whether playback is still running."""


class SimpleaudioPlayer:
    """A `Loudspeaker` that writes into a buffer while ``play`` reads it; `open_simpleaudio` makes one.

    Positions are frames of the buffer: ``_write_at`` is written next, ``_read_limit`` is the first that has
    certainly not been read, up to ``_silence_end`` the buffer holds silence where nothing was written, before
    ``_released`` its memory was given back.

    Parameters
    ----------
    play
        Begins to play a buffer of mono 16-bit samples at 48 kHz; it reads the buffer while it plays.
    device
        The device's name for people.
    buffer_frames
        The length of a buffer in frames.
    clock, sleep
        The time in seconds, and a function that waits.
    """

    player = "simpleaudio"

    def __init__(
        self,
        play: Callable[[mmap], Playing],
        device: str,
        buffer_frames: int = BUFFER,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.device = device
        self._play = play
        self._buffer_frames = buffer_frames
        self._clock = clock
        self._sleep = sleep
        self._quantiser = Quantiser()
        self._silence = DitheredSilence()
        self._written = self._at = self._underrun_frames = 0
        self._write_at = self._silence_end = self._read_limit = self._released = 0
        self._is_open = False
        self._play_new_buffer()

    @property
    def room(self) -> int:
        """See `Loudspeaker`."""
        return max(0, AHEAD - max(0, self._write_at - self._checked_read_limit()))

    @property
    def heard(self) -> int:
        """See `Loudspeaker`: the frames that were read, less those that the device holds."""
        return self._played.before(self._checked_read_limit() - HELD)

    @property
    def underrun_frames(self) -> int:
        """The number of frames of silence played because no frames were written in time."""
        return self._underrun_frames

    def write(self, block: NDArray[np.float32], at: int | None = None) -> None:
        """See `Loudspeaker`."""
        if block.ndim != 2 or block.shape[1] != 1:
            raise ValueError(f"a block of shape {block.shape} is not mono")
        position = self._at if at is None else at
        done = 0
        while done < len(block):
            reached = self._checked_read_limit()
            self._skip_missed_frames(reached)
            if self._write_at >= self._buffer.frames:
                self._go_on_in_new_buffer()
                continue
            count = min(
                len(block) - done, AHEAD - (self._write_at - reached), self._buffer.frames - self._write_at
            )
            if count <= 0:
                self._sleep(_LOOK_S)
                continue
            self._quantiser.quantise(
                block[done : done + count],
                position + done,
                self._buffer.samples[self._write_at : self._write_at + count],
            )
            self._played.add(self._write_at, self._written)
            self._write_at += count
            self._written += count
            self._played.add(self._write_at, self._written)
            done += count
        self._checked_read_limit()
        self._at = position + done

    def drop(self) -> int:
        """See `Loudspeaker`: frames that may have been read, and `_MARGIN`, are kept and heard."""
        end = self._write_at
        cut = min(end, self._update_read_limit() + _MARGIN)
        self._write_silence(cut, end)
        self._write_at = cut
        written, self._written = self._written, self._played.cut(cut)
        return written - self._written

    def close(self) -> None:
        """Wait until the last frame has been heard, unless the device is lost, and stop."""
        if not self._is_open:
            return
        try:
            limit_s = self._clock() + AHEAD / RATE_HZ + _ENDING_S
            while self._clock() < limit_s and self.heard < self._written:
                self._sleep(_LOOK_S)
            self._sleep(HELD / RATE_HZ)  # a device may be slower than our clock: let it play what it holds
        except DeviceLostError:
            pass  # nobody hears the rest
        finally:
            self._shut()

    def _play_new_buffer(self) -> None:
        """Begin to play a new buffer."""
        while True:
            try:
                self._buffer = ObservedBuffer(self._buffer_frames)
                break
            except (OSError, ValueError, OverflowError, MemoryError) as error:
                self._buffer_frames //= 2  # where there is less memory, it is played again sooner
                if self._buffer_frames < _SHORTEST_BUFFER:
                    raise no_device(error) from error
        self._played = PlayedFrames(self._written)
        self._write_at = self._silence_end = self._read_limit = self._released = 0
        self._read_aheads: deque[float] = deque(maxlen=_READ_AHEADS_KEPT)
        self._reads_seen = 0
        self._watch = StallDetector(self._clock)
        self._extend_silence(_SILENT_AHEAD)
        self._playing = self._play(self._buffer.buffer)
        self._started_s = self._last_look_s = self._clock()
        if not self._is_open:
            self._is_open = True
            atexit.register(self._shut)  # its thread must not outlive the interpreter

    def _go_on_in_new_buffer(self) -> None:
        """Wait until the buffer has been played to its end, and play another one."""
        limit_s = self._clock() + (self._buffer.frames - self._read_limit) / RATE_HZ + _ENDING_S
        while self._playing.is_playing():
            if self._clock() > limit_s:
                raise device_lost(self.device)
            self._sleep(_LOOK_S / 10)
        self._buffer.close()
        self._play_new_buffer()

    def _checked_read_limit(self) -> int:
        """`_update_read_limit`, at most the length of the buffer; raises if the player is closed or lost."""
        if not self._is_open:
            raise ValueError("the loudspeaker is closed")
        reached = self._update_read_limit()
        if reached < self._buffer.frames - AHEAD and not self._playing.is_playing():
            raise device_lost(self.device)
        if (
            self._buffer.observes_reader
            and self._watch.has_stopped(self._reads_seen)
            and reached < self._buffer.frames
        ):
            raise device_lost(self.device)
        return min(reached, self._buffer.frames)

    def _update_read_limit(self) -> int:
        """Estimate the first frame that simpleaudio cannot have read by now.

        The estimate is the clock since the start, plus the largest of the last observed read-aheads (how many
        frames simpleaudio was before the clock when it came to a new page). So a device whose clock is faster
        or slower is followed, and so is one that was suspended with the computer.
        """
        now_s = self._clock()
        arrived = self._buffer.newly_read()
        if arrived is not None:
            self._reads_seen += 1
            if arrived and now_s - self._last_look_s < _PROMPTLY_S:  # it was read since the last look
                self._read_aheads.append(arrived - RATE_HZ * (self._last_look_s - self._started_s))
        self._last_look_s = now_s
        read_ahead = max(self._read_aheads, default=HELD)
        reached = RATE_HZ * (now_s - self._started_s) + read_ahead
        if not self._buffer.observes_reader:
            reached += _DRIFT * RATE_HZ * (now_s - self._started_s)
        elif reached > self._buffer.first_unread:
            if reached > self._buffer.first_unread + _STOOD_STILL:
                self._read_aheads.clear()
                self._started_s = now_s - (self._buffer.first_unread - HELD) / RATE_HZ
            reached = self._buffer.first_unread
        self._read_limit = max(self._read_limit, int(reached))
        return self._read_limit

    def _skip_missed_frames(self, reached: int) -> None:
        """Move the writing position behind the reading position, where silence was read instead."""
        if self._write_at < min(reached + _STEP, self._buffer.frames):
            margin = _NEXT if self._read_aheads else _MARGIN  # at first the reading position is a guess
            first = min(reached + margin, self._buffer.frames)
            self._underrun_frames += first - self._write_at
            self._write_at = first
        self._extend_silence(self._write_at + AHEAD)
        if reached - self._released > _RELEASED_AT_ONCE:
            self._released = reached - RATE_HZ
            self._buffer.release(self._released)

    def _extend_silence(self, end: int) -> None:
        """Write dithered silence behind what was written, at least up to ``end``."""
        if self._silence_end < end:
            further = min(end + _SILENT_AHEAD, self._buffer.frames)
            self._write_silence(max(self._silence_end, self._write_at), further)
            self._silence_end = further

    def _write_silence(self, start: int, end: int) -> None:
        self._silence.fill(self._buffer.samples[start:end], start)

    def _shut(self) -> None:
        if not self._is_open:
            return
        self._is_open = False
        atexit.unregister(self._shut)
        self._write_silence(
            min(self._read_limit, self._buffer.frames),
            min(self._read_limit + _SILENT_AHEAD, self._buffer.frames),
        )
        self._playing.stop()
        limit_s = self._clock() + _ENDING_S
        while self._playing.is_playing() and self._clock() < limit_s:
            self._sleep(_LOOK_S)
        self._buffer.close()


def why_unusable() -> str:
    """Why simpleaudio cannot be used here; "" if it can. It is not imported to find out: it may crash.

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
    """Open the default loudspeaker of this machine, playing silence until frames are written.

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

    def play(buffer: mmap) -> Playing:
        playing: Playing = simpleaudio.play_buffer(buffer, 1, 2, RATE_HZ)
        return playing

    silence_alsa()
    try:
        with discard_library_messages():
            return SimpleaudioPlayer(play, _device())
    except SimpleaudioError as error:
        raise no_device(error) from error


def _device() -> str:
    system = {"linux": "ALSA", "darwin": "Core Audio", "win32": "WinMM"}.get(sys.platform, sys.platform)
    return f"default output ({system})"
