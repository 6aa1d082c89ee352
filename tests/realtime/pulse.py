"""A sound server of one's own, with a sink that nobody hears and a recorder on it.

Nothing of the user's sound is touched: the server has its own home, its own socket and one null sink, which
takes samples at the pace of the clock and lets them be recorded from its monitor.
"""

import contextlib
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from coach.session.timeline import RATE_HZ

NEEDED = "pulseaudio", "parec", "pactl"
START_LIMIT_S = 10.0
CLIPPED = RATE_HZ // 2
"""Frames that a stream should begin with in silence: the monitor misses the beginning of a new one, mostly a
few ms, on a loaded machine more."""


def missing() -> str:
    """Why there can be no server here; "" if there can."""
    absent = [name for name in NEEDED if shutil.which(name) is None]
    return f"not installed: {', '.join(absent)}" if absent else ""


@dataclass(slots=True)
class Recording:
    """What the sink plays, as it plays it: samples, and when they came."""

    process: subprocess.Popen[bytes]
    chunks: list[bytes] = field(default_factory=list)
    came_at_s: list[float] = field(default_factory=list)
    reader: threading.Thread | None = None

    def follow(self) -> None:
        """Read on until the recorder ends."""
        assert self.process.stdout is not None
        descriptor = self.process.stdout.fileno()
        while chunk := os.read(descriptor, 65_536):
            self.came_at_s.append(time.monotonic())
            self.chunks.append(chunk)

    def stop(self) -> NDArray[np.int16]:
        """The samples, recorded to the last that came."""
        time.sleep(0.2)
        self.process.terminate()
        if self.reader is not None:
            self.reader.join()
        self.process.wait()
        return self.samples

    @property
    def samples(self) -> NDArray[np.int16]:
        """What came so far."""
        joined = b"".join(self.chunks)
        return np.frombuffer(joined[: len(joined) // 2 * 2], dtype="<i2")

    def last_heard_s(self) -> float:
        """When the last sample louder than dither came, by the monotonic clock, to the chunk."""
        for chunk, when in zip(reversed(self.chunks), reversed(self.came_at_s), strict=True):
            loud = np.flatnonzero(np.abs(np.frombuffer(chunk[: len(chunk) // 2 * 2], dtype="<i2")) > 2)
            if len(loud):
                return when - (len(chunk) // 2 - int(loud[-1])) / RATE_HZ
        raise AssertionError("nothing was heard")


@dataclass(frozen=True, slots=True)
class Server:
    """A private PulseAudio: ``environment`` is what a client must have to find it, and only it."""

    process: subprocess.Popen[bytes]
    environment: dict[str, str]

    def kill(self) -> None:
        """End it at once, as a crash would."""
        self.process.kill()
        self.process.wait()

    @contextlib.contextmanager
    def recording(self) -> Iterator[Recording]:
        """The sink's monitor, recorded from before this returns."""
        process = subprocess.Popen(
            [
                shutil.which("parec") or "parec", "--raw", "-d", "spk.monitor", f"--rate={RATE_HZ}",
                "--channels=1", "--format=s16le", "--latency-msec=10",
            ],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        recording = Recording(process)
        recording.reader = threading.Thread(target=recording.follow, daemon=True)
        recording.reader.start()
        limit_s = time.monotonic() + START_LIMIT_S
        while not recording.chunks:
            if time.monotonic() > limit_s:
                raise RuntimeError("the recorder records nothing")
            time.sleep(0.01)
        try:
            yield recording
        finally:
            process.kill()
            process.wait()
            recording.reader.join()
            assert process.stdout is not None
            process.stdout.close()


@contextlib.contextmanager
def pulse_server(folder: Path) -> Iterator[Server]:
    """A server in ``folder``, which is best a short path: a socket's may have no more than 107 characters."""
    home = folder / "home"
    runtime = folder / "run"
    for each in (home, runtime):
        each.mkdir(mode=0o700)
    socket = folder / "native"
    asoundrc = home / ".asoundrc"
    asoundrc.write_text("pcm.!default { type pulse }\nctl.!default { type pulse }\n")
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PULSE_", "PIPEWIRE_", "DBUS_", "XDG_", "ALSA_"))
    } | {"HOME": str(home), "XDG_RUNTIME_DIR": str(runtime), "PULSE_SERVER": f"unix:{socket}"}
    process = subprocess.Popen(
        [
            shutil.which("pulseaudio") or "pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1",
            "--use-pid-file=no", "--disallow-exit", "--disable-shm",
            "-L", f"module-native-protocol-unix socket={socket} auth-anonymous=1",
            "-L", f"module-null-sink sink_name=spk rate={RATE_HZ} channels=1 channel_map=mono",
        ],
        env={name: value for name, value in environment.items() if name != "PULSE_SERVER"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        limit_s = time.monotonic() + START_LIMIT_S
        while (
            subprocess.run(
                [shutil.which("pactl") or "pactl", "info"], env=environment, capture_output=True, check=False
            ).returncode
            != 0
        ):
            if process.poll() is not None or time.monotonic() > limit_s:
                raise RuntimeError("the sound server does not start")
            time.sleep(0.05)
        yield Server(process, environment)
    finally:
        process.kill()
        process.wait()
