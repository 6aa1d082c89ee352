"""A loudspeaker on miniaudio: one stream a session, which its callback feeds from a ring buffer.

Between `MiniaudioPlayer.drop` and silence at the ear lies what the device still holds, so the device's
buffer is small. The ring buffer before it is long, so that no stall of the interpreter is heard. By default
the library would hold up to one period more, to call back with whole periods only; it is told not to. On a
PulseAudio null sink beside a busy core, the longest of 20 drops in ms by the length of a period
(``bench/loudspeaker.py``), by default and as it is told:

    25 ms  48, 24    30 ms  56, 27    40 ms  74, 35    50 ms  83, 40
"""

import atexit
import contextlib
import threading
import time
from collections.abc import Callable, Generator, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any, Self

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
from coach.session.timeline import RATE_HZ
from coach.sound.dither import Quantiser
from coach.stderr import discard_library_messages, silence_alsa

if TYPE_CHECKING:
    import miniaudio

AHEAD = RATE_HZ * 2 // 5
"""Frames in the ring buffer, 0.4 s: the longest stall of our thread without an audible gap."""

SHAPES = {"PulseAudio": (50, 2)}
USUAL_SHAPE = 25, 3
"""The length of a period in ms and the number of periods. PulseAudio, and PipeWire in its place, holds one
period whatever their number; other sound systems hold all of them."""

_FADE_FRAMES = RATE_HZ // 200
LATE_BY_S = 0.004
"""Timeout of a request for frames that are still being rendered, mostly after `MiniaudioPlayer.drop`."""

_CHECK_S = 0.02
_CLOSING_S = 1.0


class MiniaudioPlayer:
    """A `Loudspeaker` on a device that is open; `open_miniaudio` makes one.

    The device's thread requests frames every few milliseconds and gets them from the ring buffer. Where that
    is empty, the device gets a short fade and dithered silence, which does not count as heard.

    The three positions are counts of frames since the start: ``_written`` into the ring buffer, ``_read``
    from it, and ``_requested`` by the device, silence included. `heard` is how much had been read when the
    device had requested ``held`` frames less.
    """

    player = "miniaudio"

    def __init__(
        self,
        device: str,
        held: int,
        clock: Callable[[], float] = time.monotonic,
        late_by_s: float = LATE_BY_S,
    ) -> None:
        self.device = device
        self._clock = clock
        self._late_by_s = late_by_s
        self._held = held
        self._quantiser = Quantiser()
        self._ring_buffer = np.empty(AHEAD, np.int16)
        self._written = self._read = 0
        self._at = 0
        self._changed = threading.Condition()
        self._requested = 0
        self._played = PlayedFrames()
        self._silence = DitheredSilence()
        self._underrun_frames = 0
        self._fade = (0.5 + 0.5 * np.cos(np.linspace(0, np.pi, _FADE_FRAMES, endpoint=False))).astype(
            np.float32
        )
        self._last_sample = 0
        self._callback_error: Exception | None = None
        self._stall_detector = StallDetector(clock)
        self._stream: miniaudio.PlaybackDevice | None = None

    def start(self, stream: "miniaudio.PlaybackDevice") -> Self:
        """Play on ``stream``, which `close` will close; returns the player itself."""
        frames = self.frames()
        next(frames)
        with discard_library_messages():
            stream.start(frames)
        self._stream = stream
        atexit.register(self._shut)  # at exit the library waits for ever for a device that was left open
        return self

    def frames(self) -> Generator[bytes, int, None]:
        """The generator that the device's thread drives: sent a count, it yields as many frames."""
        wanted = yield b""
        while True:
            try:
                given = self._read_ring_buffer(wanted)
            except Exception as error:  # noqa: BLE001 - raised where somebody looks, never in a C callback
                self._callback_error = error
                given = bytes(2 * wanted)
            wanted = yield given

    @property
    def room(self) -> int:
        """See `Loudspeaker`."""
        self._check_device()
        return AHEAD - (self._written - self._read)

    @property
    def heard(self) -> int:
        """See `Loudspeaker`: the frames read from the ring buffer, less those that the device may hold."""
        self._check_device()
        with self._changed:
            return self._played.before(self._requested - self._held)

    @property
    def underrun_frames(self) -> int:
        """The number of frames of silence played because the ring buffer was empty."""
        return self._underrun_frames

    def write(self, block: NDArray[np.float32], at: int | None = None) -> None:
        """See `Loudspeaker`."""
        if block.ndim != 2 or block.shape[1] != 1:
            raise ValueError(f"a block of shape {block.shape} is not mono")
        position = self._at if at is None else at
        done = 0
        self._check_device()
        while done < len(block):
            first = self._written % AHEAD
            count = min(len(block) - done, AHEAD - (self._written - self._read), AHEAD - first)
            if not count:
                with self._changed:
                    self._changed.wait(_CHECK_S)
                self._check_device()
                continue
            self._quantiser.quantise(
                block[done : done + count], position + done, self._ring_buffer[first : first + count]
            )
            with self._changed:
                self._written += count
                self._changed.notify_all()
            done += count
        self._at = position + done

    def drop(self) -> int:
        """See `Loudspeaker`: the frames that the device has been given already are heard."""
        with self._changed:
            dropped = self._written - self._read
            self._written = self._read
            return dropped

    def close(self) -> None:
        """Wait until the last frame has been heard, unless the device is lost, and close it."""
        limit_s = self._clock() + (self._written - self._read + self._held) / RATE_HZ + _CLOSING_S
        try:
            while self._stream is not None and self._clock() < limit_s and self.heard < self._written:
                time.sleep(_CHECK_S / 4)
        except DeviceLostError:
            pass  # nobody hears the rest
        finally:
            self._shut()

    def _shut(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            with discard_library_messages():
                stream.close()
            atexit.unregister(self._shut)

    def _check_device(self) -> None:
        """Raise if the callback failed, the player is closed, or the device takes no more frames."""
        if self._callback_error is not None:
            raise RuntimeError("the device's thread failed") from self._callback_error
        if self._stream is None:
            raise ValueError("the loudspeaker is closed")
        if self._stall_detector.has_stopped(self._requested):
            raise device_lost(self.device)

    def _read_ring_buffer(self, wanted: int) -> bytes:
        """Read the next frames from the ring buffer as bytes, padded with silence."""
        out = np.empty(wanted, np.int16)
        with self._changed:
            if self._last_sample or self._written > self._read:
                # In the middle of sound, the missing frames are being rendered: a gap would be heard, a
                # callback that returns a few ms late is not.
                self._changed.wait_for(lambda: self._written - self._read >= wanted, self._late_by_s)
            count = min(wanted, self._written - self._read)
            first = self._read % AHEAD
            straight = min(count, AHEAD - first)
            out[:straight] = self._ring_buffer[first : first + straight]
            out[straight:count] = self._ring_buffer[: count - straight]
            self._read += count
            self._played.add(self._requested + count, self._read)
            self._requested += wanted
            self._played.add(self._requested, self._read)
            self._changed.notify_all()
        if count:
            self._last_sample = int(out[count - 1])
        if count < wanted:
            self._fill_with_silence(out[count:])
        return out.tobytes()

    def _fill_with_silence(self, out: NDArray[np.int16]) -> None:
        """Fill ``out`` with dithered silence, after a fade from the last sample: a step would click."""
        self._silence.fill(out, self._underrun_frames)
        if self._last_sample:
            fade = self._fade[: len(out)]
            out[: len(fade)] += (self._last_sample * fade).astype(np.int16)
            self._last_sample = 0 if len(fade) == _FADE_FRAMES else int(out[len(fade) - 1])
        self._underrun_frames += len(out)


def open_miniaudio(
    *,
    backends: "Sequence[miniaudio.Backend] | None" = None,
    shape: tuple[int, int] | None = None,
) -> MiniaudioPlayer:
    """Open the default device, which plays silence until something is written.

    ``backends`` are the library's, for tests: with none given, its null backend is refused. ``shape`` is the
    length of a period in ms and the number of periods, in place of `SHAPES`.

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
        with discard_library_messages():
            stream = _device_class(miniaudio, shape)(
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


def _device_class(miniaudio: ModuleType, shape: tuple[int, int] | None) -> Any:
    """Make a class of playback devices with periods that suit the sound system, and callbacks of any size.

    By default the library calls back for whole periods, and keeps the frames that the system does not take
    yet. The field ``noFixedSizedCallback`` of ``ma_device_config`` turns that off; the Python package (1.71)
    neither declares the field nor has an option for it. So the byte is set by its offset, if the library is
    the version whose layout is known; otherwise a drop takes up to one period longer, and nothing else
    differs.
    """
    from _miniaudio import ffi, lib  # noqa: PLC0415

    # uint32 periods; enum performanceProfile; uint8 noPreSilencedOutputBuffer, noClip, noDisableDenormals,
    # noFixedSizedCallback; then, from byte 32 on, ma_device_data_proc dataCallback
    offsets = {name: field.offset for name, field in ffi.typeof("ma_device_config").fields}
    no_fixed_sized_callback = offsets["periods"] + 4 + 4 + 3
    is_layout_known = (
        ffi.string(lib.ma_version_string()).startswith(b"0.11.") and offsets["dataCallback"] == 32
    )

    class LowLatencyDevice(miniaudio.PlaybackDevice):  # type: ignore[misc, name-defined]
        held = 0

        def _make_context(self, *how: Any) -> Any:
            context = super()._make_context(*how)
            system = ffi.string(lib.ma_get_backend_name(context.backend)).decode()
            period_ms, periods = shape or SHAPES.get(system, USUAL_SHAPE)
            self.held = period_ms * periods * RATE_HZ // 1000
            self._devconfig.periodSizeInMilliseconds, self._devconfig.periods = period_ms, periods
            if is_layout_known:
                ffi.cast("uint8_t *", ffi.addressof(self._devconfig))[no_fixed_sized_callback] = 1
            return context

    return LowLatencyDevice


def _name(stream: "miniaudio.PlaybackDevice") -> str:
    """Return the default device's own name, if the sound system reports it quickly."""
    if stream.backend in {"PulseAudio", "WASAPI", "Core Audio"}:  # ALSA opens each device to list it
        with contextlib.suppress(Exception):  # no failure to name the device may fail its opening
            from _miniaudio import ffi, lib  # noqa: PLC0415 - the package does not say which one is the default

            found, count = ffi.new("ma_device_info**"), ffi.new("ma_uint32*")
            if lib.ma_context_get_devices(stream._context, found, count, ffi.NULL, ffi.NULL) == 0:  # noqa: SLF001
                infos = [found[0][number] for number in range(count[0])]
                infos.sort(key=lambda info: not info.isDefault)
                if infos:
                    return str(ffi.string(infos[0].name).decode("utf-8", "replace"))
    return "default output"
