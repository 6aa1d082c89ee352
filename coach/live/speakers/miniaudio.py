"""The loudspeaker through miniaudio: one stream a session, fed from a ring that can be emptied at once.

From `MiniaudioPlayer.drop` to silence at the ear lies what the device holds, so its own buffer is small; that
no stall of the interpreter is heard, the ring before it is long. The library would keep up to a period more,
which makes nothing safer: it is told not to. On a PulseAudio null sink beside a busy core, the longest of 20
drops in ms by the length of a period (``bench/loudspeaker.py``), with what the library keeps and without:

    25 ms  48, 24    30 ms  56, 27    40 ms  74, 35    50 ms  83, 40
"""

import atexit
import contextlib
import threading
import time
from collections import deque
from collections.abc import Generator, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from coach.errors import DeviceError, DeviceLostError
from coach.live.speakers.loudspeaker import EXPORT_HINT, StallDetector, no_device
from coach.session.timeline import RATE_HZ
from coach.sound.dither import Quantiser
from coach.stderr import no_noise, silence_alsa

if TYPE_CHECKING:
    import miniaudio

AHEAD = RATE_HZ * 2 // 5
"""Frames in the ring, 0.4 s: the longest stall that is not heard."""

SHAPES = {"PulseAudio": (50, 2)}
USUAL_SHAPE = 25, 3
"""The length of a period in ms and their number. PulseAudio (so does PipeWire in its place) holds one period,
whatever their number; elsewhere all of them are held."""

_FADE = RATE_HZ // 200
_SILENCE = 2**15
_FOLLOWS_IN_S = 0.004
_LOOK_S = 0.02
_CLOSING_S = 1.0


class MiniaudioPlayer:
    """A `Loudspeaker` on a device that is open; `open_miniaudio` gives one.

    The device's thread asks for frames every few milliseconds and gets them from the ring. Where the ring is
    empty it gets silence, dithered as all silence is, after a short fade: nobody wrote it, nobody counts it.
    """

    player = "miniaudio"

    def __init__(self, device: str, held: int) -> None:
        self.device = device
        self._held = held
        self._quantiser = Quantiser()
        self._ring = np.empty(AHEAD, np.int16)
        self._written = self._taken = 0
        self._at = 0
        self._changed = threading.Condition()
        self._asked = 0
        self._handed: deque[tuple[int, int]] = deque([(0, 0)])
        self._fill = np.empty(_SILENCE, np.int16)
        self._quantiser.quantise(np.zeros((_SILENCE, 1), np.float32), 0, self._fill)
        self._underrun_frames = 0
        self._fade = (0.5 + 0.5 * np.cos(np.linspace(0, np.pi, _FADE, endpoint=False))).astype(np.float32)
        self._last = 0
        self._fault: Exception | None = None
        self._heard = 0
        self._watch = StallDetector()
        self._stream: miniaudio.PlaybackDevice | None = None

    def start(self, stream: "miniaudio.PlaybackDevice") -> Self:
        """The player itself, playing on ``stream``, which it will close."""
        frames = self.frames()
        next(frames)
        with no_noise():
            stream.start(frames)
        self._stream = stream
        atexit.register(self._shut)  # at exit the library waits for ever for a device that was left open
        return self

    def frames(self) -> Generator[bytes, int, None]:
        """What the device's thread is given: as many frames, each time, as are sent in."""
        wanted = yield b""
        while True:
            try:
                given = self._take(wanted)
            except Exception as error:  # noqa: BLE001 - raised where somebody looks, never in a C callback
                self._fault = error
                given = bytes(2 * wanted)
            wanted = yield given

    @property
    def room(self) -> int:
        """See `Loudspeaker`."""
        self._look()
        return AHEAD - (self._written - self._taken)

    @property
    def heard(self) -> int:
        """See `Loudspeaker`: what was handed over, less what the device may still hold."""
        self._look()
        with self._changed:
            reached = self._asked - self._held
            while len(self._handed) > 1 and self._handed[1][0] <= reached:
                self._handed.popleft()
            (asked, taken), *later = self._handed
            if later:
                taken = min(taken + max(0, reached - asked), later[0][1])
            self._heard = max(self._heard, taken)
            return self._heard

    @property
    def underrun_frames(self) -> int:
        """How many frames of silence the device was given as there was nothing in the ring."""
        return self._underrun_frames

    def write(self, block: NDArray[np.float32], at: int | None = None) -> None:
        """See `Loudspeaker`."""
        if block.ndim != 2 or block.shape[1] != 1:
            raise ValueError(f"a block of shape {block.shape} is not mono")
        position = self._at if at is None else at
        done = 0
        self._look()
        while done < len(block):
            first = self._written % AHEAD
            count = min(len(block) - done, AHEAD - (self._written - self._taken), AHEAD - first)
            if not count:
                with self._changed:
                    self._changed.wait(_LOOK_S)
                self._look()
                continue
            self._quantiser.quantise(
                block[done : done + count], position + done, self._ring[first : first + count]
            )
            with self._changed:
                self._written += count
                self._changed.notify_all()
            done += count
        self._at = position + done

    def drop(self) -> int:
        """See `Loudspeaker`: what the device has already been given is still heard."""
        with self._changed:
            dropped = self._written - self._taken
            self._written = self._taken
            return dropped

    def close(self) -> None:
        """Wait until the last frame has been heard, but not for a device that takes none, and close it."""
        limit_s = time.monotonic() + (self._written - self._taken + self._held) / RATE_HZ + _CLOSING_S
        try:
            while self._stream is not None and time.monotonic() < limit_s and self.heard < self._written:
                time.sleep(_LOOK_S / 4)
        except DeviceLostError:
            pass  # nobody hears the rest
        finally:
            self._shut()

    def _shut(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            with no_noise():
                stream.close()
            atexit.unregister(self._shut)

    def _look(self) -> None:
        """Nothing, while the device takes frames."""
        if self._fault is not None:
            raise RuntimeError("the device's thread failed") from self._fault
        if self._stream is None:
            raise ValueError("the loudspeaker is closed")
        if self._watch.has_stopped(self._asked):
            raise DeviceLostError(
                f"{self.device} takes no more sound.", "Is it still connected? " + EXPORT_HINT
            )

    def _take(self, wanted: int) -> bytes:
        """The next frames from the ring, then silence."""
        out = np.empty(wanted, np.int16)
        with self._changed:
            if self._last or self._written > self._taken:
                # In the middle of sound, after a drop above all, what is missing is being made: a hole would
                # be heard, a few ms of the device's buffer are not.
                self._changed.wait_for(lambda: self._written - self._taken >= wanted, _FOLLOWS_IN_S)
            count = min(wanted, self._written - self._taken)
            first = self._taken % AHEAD
            straight = min(count, AHEAD - first)
            out[:straight] = self._ring[first : first + straight]
            out[straight:count] = self._ring[: count - straight]
            self._taken += count
            self._asked += wanted
            self._handed.append((self._asked, self._taken))
            if len(self._handed) > 256:
                self._handed.popleft()
            self._changed.notify_all()
        if count:
            self._last = int(out[count - 1])
        if count < wanted:
            self._give_silence(out[count:])
        return out.tobytes()

    def _give_silence(self, out: NDArray[np.int16]) -> None:
        """Dithered silence; first the last sample dies away in 5 ms, as a step would click."""
        done = 0
        while done < len(out):
            first = (self._underrun_frames + done) % _SILENCE
            count = min(len(out) - done, _SILENCE - first)
            out[done : done + count] = self._fill[first : first + count]
            done += count
        if self._last:
            fade = self._fade[: len(out)]
            out[: len(fade)] += (self._last * fade).astype(np.int16)
            self._last = 0 if len(fade) == _FADE else int(out[len(fade) - 1])
        self._underrun_frames += len(out)


def open_miniaudio(
    *,
    backends: "Sequence[miniaudio.Backend] | None" = None,
    shape: tuple[int, int] | None = None,
) -> MiniaudioPlayer:
    """The default loudspeaker of this machine, playing silence until something is written.

    ``backends`` are the library's, for tests: with none given, its soundless one is refused. ``shape`` is the
    length of a period in ms and their number, in place of what suits the sound system.

    Raises
    ------
    DeviceError
        If there is no sound device, or the library cannot be loaded.
    """
    try:
        import miniaudio  # noqa: PLC0415 - 50 ms that only a live session needs
    except (ImportError, OSError) as error:
        raise DeviceError(f"miniaudio cannot be loaded: {error}", EXPORT_HINT) from error
    silence_alsa()
    try:
        with no_noise():
            stream = _shaped(miniaudio, shape)(
                output_format=miniaudio.SampleFormat.SIGNED16,
                nchannels=1,
                sample_rate=RATE_HZ,
                backends=list(backends or ()),
                app_name="coach",
            )
    except miniaudio.MiniaudioError as error:
        raise no_device(error) from error
    if stream.backend == "Null" and not backends:
        stream.close()
        raise no_device()
    player = MiniaudioPlayer(f"{_name(stream)} ({stream.backend})", stream.held)
    try:
        return player.start(stream)
    except miniaudio.MiniaudioError as error:
        stream.close()
        raise no_device(error) from error


def _shaped(miniaudio: ModuleType, shape: tuple[int, int] | None) -> Any:
    """The package's device, with periods that suit its sound system, asked for no more than that wants.

    By default the library asks for whole periods, and keeps what the system does not want yet. Its
    configuration in C can say otherwise (``noFixedSizedCallback``, a byte, the fourth behind
    ``performanceProfile``), the package's cannot. Where that does not lie where it lies in 0.11 on 64 bits,
    nothing is set: silence comes later after a drop, and all else is the same.
    """
    from _miniaudio import ffi, lib  # noqa: PLC0415

    offsets = {name: field.offset for name, field in ffi.typeof("ma_device_config").fields}
    is_known = ffi.string(lib.ma_version_string()).startswith(b"0.11.") and offsets["dataCallback"] == 32
    no_fixed_size = offsets["periods"] + 11

    class Shaped(miniaudio.PlaybackDevice):  # type: ignore[misc, name-defined]
        held = 0

        def _make_context(self, *how: Any) -> Any:
            context = super()._make_context(*how)
            system = ffi.string(lib.ma_get_backend_name(context.backend)).decode()
            period_ms, periods = shape or SHAPES.get(system, USUAL_SHAPE)
            self.held = period_ms * periods * RATE_HZ // 1000
            self._devconfig.periodSizeInMilliseconds, self._devconfig.periods = period_ms, periods
            if is_known:
                ffi.cast("uint8_t *", ffi.addressof(self._devconfig))[no_fixed_size] = 1
            return context

    return Shaped


def _name(stream: "miniaudio.PlaybackDevice") -> str:
    """The device's own name, where the sound system tells it quickly."""
    if stream.backend in {"PulseAudio", "WASAPI", "Core Audio"}:  # ALSA opens each device to list it
        with contextlib.suppress(Exception):  # a name is worth no failure
            from _miniaudio import ffi, lib  # noqa: PLC0415 - the package does not say which one is the default

            found, count = ffi.new("ma_device_info**"), ffi.new("ma_uint32*")
            if lib.ma_context_get_devices(stream._context, found, count, ffi.NULL, ffi.NULL) == 0:  # noqa: SLF001
                infos = [found[0][number] for number in range(count[0])]
                infos.sort(key=lambda info: not info.isDefault)
                if infos:
                    return str(ffi.string(infos[0].name).decode("utf-8", "replace"))
    return "default output"
