import contextlib
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from mmap import mmap
from pathlib import Path

import miniaudio
import numpy as np
import pytest
from numpy.typing import NDArray

from coach.errors import DeviceError, DeviceLostError
from coach.live.speakers import miniaudio as miniaudio_player
from coach.live.speakers import simpleaudio as simpleaudio_player
from coach.live.speakers.loudspeaker import Loudspeaker, PlayedFrames, StallDetector
from coach.live.speakers.miniaudio import LATE_BY_S, MiniaudioPlayer, open_miniaudio
from coach.live.speakers.player import Player, list_players, open_loudspeaker
from coach.live.speakers.silent import SilentPlayer
from coach.live.speakers.simpleaudio import SimpleaudioPlayer, installed_packages, why_unsafe, why_unusable
from coach.live.speakers.simpleaudio_buffer import ObservedBuffer
from coach.session.timeline import RATE_HZ
from coach.sound.dither import Quantiser

Samples = NDArray[np.int16]
LOUD = 0.3
"""All that the tests write is louder, so that it can be told from the silence around it."""


def loud(seconds: float, seed: int = 1) -> NDArray[np.float32]:
    generator = np.random.Generator(np.random.PCG64(seed))
    count = round(seconds * RATE_HZ)
    size = generator.uniform(LOUD + 0.01, 0.9, (count, 1)) * generator.choice([-1, 1], (count, 1))
    return np.asarray(size, np.float32)


def quantised(block: NDArray[np.float32], at: int) -> Samples:
    out = np.empty(len(block), np.int16)
    Quantiser().quantise(block, at, out)
    return out


def without_silence(samples: Samples) -> Samples:
    return samples[np.abs(samples.astype(np.int32)) > LOUD * 32_768]


class Reader:
    """Plays as simpleaudio does: reads a buffer lazily, 100 ms ahead of its own clock, in steps of 25 ms."""

    def __init__(self, buffer: mmap, speed: float = 1.0) -> None:
        self.buffer = buffer
        self.speed = speed
        self.read = bytearray()
        self.is_frozen = False
        self.has_to_stop = False
        self.ended = False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self) -> None:
        start_s = time.monotonic()
        step = 2 * RATE_HZ // 40
        while len(self.read) < len(self.buffer) and not self.has_to_stop:
            played = (time.monotonic() - start_s) * RATE_HZ * self.speed
            while not self.is_frozen and len(self.read) // 2 + step // 2 < played + RATE_HZ // 10:
                self.read += self.buffer[len(self.read) : len(self.read) + step]
            time.sleep(0.002)
        self.ended = True

    def stop(self) -> None:
        self.has_to_stop = True

    def is_playing(self) -> bool:
        return not self.ended


@dataclass
class Ear:
    """A loudspeaker and what is heard of it: the samples that somebody wrote, in order."""

    player: Loudspeaker
    samples: Callable[[], Samples] | None


@contextlib.contextmanager
def silent_ear() -> Iterator[Ear]:
    yield Ear(SilentPlayer(), None)


@contextlib.contextmanager
def miniaudio_ear() -> Iterator[Ear]:
    player = open_miniaudio(backends=[miniaudio.Backend.NULL])
    heard: list[bytes] = []
    take = player._read_ring_buffer

    def taking(wanted: int) -> bytes:
        filled = player.underrun_frames
        given = take(wanted)
        heard.append(given[: len(given) - 2 * (player.underrun_frames - filled)])
        return given

    player._read_ring_buffer = taking  # type: ignore[method-assign]
    yield Ear(player, lambda: np.frombuffer(b"".join(heard), np.int16))


@contextlib.contextmanager
def simpleaudio_ear(speed: float = 1.0, buffer_s: float = 60.0) -> Iterator[Ear]:
    readers: list[Reader] = []

    def play(buffer: mmap) -> Reader:
        readers.append(Reader(buffer, speed))
        return readers[-1]

    def samples() -> Samples:
        return without_silence(np.frombuffer(b"".join(reader.read for reader in readers), np.int16))

    yield Ear(SimpleaudioPlayer(play, "a reader", round(buffer_s * RATE_HZ)), samples)


EARS = {"none": silent_ear, "miniaudio": miniaudio_ear, "simpleaudio": simpleaudio_ear}


@pytest.fixture(params=list(EARS))
def ear(request: pytest.FixtureRequest) -> Iterator[Ear]:
    with EARS[request.param]() as made:
        assert made.player.player == request.param
        try:
            yield made
        finally:
            with contextlib.suppress(ValueError):  # already closed
                made.player.drop()
            made.player.close()


def test_every_sample_is_heard_once_in_order_and_as_an_export_has_it(ear: Ear) -> None:
    sound = loud(0.9)
    first, blocks = 0, random.Random(3)
    while first < len(sound):
        count = blocks.choice([0, 1, 7, 480, 961, 5000])
        ear.player.write(sound[first : first + count])
        first += count
    ear.player.close()
    if ear.samples is not None:
        np.testing.assert_array_equal(ear.samples(), quantised(sound, 0))


def test_what_is_not_dropped_is_heard_and_nothing_else(ear: Ear) -> None:
    keys = random.Random(5)
    kept: list[Samples] = []
    for number in range(8):
        at = keys.randrange(10 * RATE_HZ)
        sound = loud(keys.uniform(0.02, 0.35), number)
        ear.player.write(sound, at)
        time.sleep(keys.uniform(0, 0.15))
        dropped = ear.player.drop()
        assert 0 <= dropped <= len(sound)
        kept.append(quantised(sound, at)[: len(sound) - dropped])
    answer = loud(0.05, 99)
    ear.player.write(answer, 0)
    kept.append(quantised(answer, 0))
    total = sum(map(len, kept))
    limit_s = time.monotonic() + 3
    while ear.player.heard < total and time.monotonic() < limit_s:
        time.sleep(0.01)
    assert ear.player.heard == total
    ear.player.close()
    if ear.samples is not None:
        np.testing.assert_array_equal(ear.samples(), np.concatenate(kept))


def test_without_a_position_the_dither_runs_on(ear: Ear) -> None:
    sound = loud(0.1)
    ear.player.write(sound[:1000], 70_000)
    ear.player.write(sound[1000:])
    ear.player.close()
    if ear.samples is not None:
        np.testing.assert_array_equal(ear.samples(), quantised(sound, 70_000))


def test_heard_never_goes_back_and_never_runs_ahead(ear: Ear) -> None:
    written, last, keys = 0, 0, random.Random(7)
    start_s = time.monotonic()
    while time.monotonic() < start_s + 1.0:
        block = loud(0.02)
        ear.player.write(block)
        written += len(block)
        if keys.random() < 0.05:
            written -= ear.player.drop()
        heard = ear.player.heard
        assert last <= heard <= written
        assert heard <= (time.monotonic() - start_s + 0.1) * RATE_HZ
        last = heard
    assert last > 0


def test_there_is_room_for_what_is_taken_without_waiting(ear: Ear) -> None:
    room = ear.player.room
    assert room > RATE_HZ // 4
    start_s = time.monotonic()
    ear.player.write(loud(room / RATE_HZ))
    assert time.monotonic() - start_s < 0.25
    assert 0 <= ear.player.room < room
    ear.player.drop()
    assert ear.player.room >= room * 3 // 4


def test_the_loudspeaker_waits_where_it_has_no_room(ear: Ear) -> None:
    sound = loud(ear.player.room / RATE_HZ + 0.5)
    start_s = time.monotonic()
    ear.player.write(sound)
    assert 0.25 < time.monotonic() - start_s < 2.0


def test_only_mono_is_taken(ear: Ear) -> None:
    for shape in ((480, 2), (480,)):
        with pytest.raises(ValueError, match="mono"):
            ear.player.write(np.zeros(shape, np.float32))


def test_a_closed_loudspeaker_takes_nothing(ear: Ear) -> None:
    ear.player.close()
    ear.player.close()
    with pytest.raises(ValueError, match="closed"):
        ear.player.write(loud(0.01))
    with pytest.raises(ValueError, match="closed"):
        assert ear.player.room


def test_a_dry_run_takes_its_time_by_the_clock() -> None:
    now_s = [0.0]

    def sleep(seconds: float) -> None:
        now_s[0] += seconds

    player = SilentPlayer(2.0, lambda: now_s[0], sleep)
    player.write(np.zeros((10 * RATE_HZ, 1), np.float32))
    assert now_s[0] == pytest.approx(4.8, abs=0.1)
    player.close()
    assert now_s[0] == pytest.approx(5.0, abs=0.001)


def test_a_dry_run_has_a_speed() -> None:
    with pytest.raises(ValueError, match="speed of 0"):
        SilentPlayer(0)


class Stream:
    """A device of miniaudio's that asks only when it is told to."""

    backend = "Null"

    def __init__(self, **_: object) -> None:
        self.is_closed = False
        self.frames: Generator[bytes, int, None]

    def start(self, frames: Generator[bytes, int, None]) -> None:
        self.frames = frames

    def close(self) -> None:
        self.is_closed = True


def hand_driven(
    held: int = 0, clock: Callable[[], float] = time.monotonic, late_by_s: float = LATE_BY_S
) -> tuple[MiniaudioPlayer, Callable[[int], Samples]]:
    stream = Stream()
    player = MiniaudioPlayer("by hand", held, clock, late_by_s).start(stream)
    return player, lambda wanted: np.frombuffer(stream.frames.send(wanted), np.int16)


def test_an_empty_ring_sounds_of_dithered_silence() -> None:
    player, ask = hand_driven()
    given = np.concatenate([ask(480) for _ in range(200)])
    assert np.abs(given).max() == 1
    assert 0.1 < np.count_nonzero(given) / len(given) < 0.9
    assert player.heard == 0
    assert player.underrun_frames == len(given)


def test_sound_that_stops_dies_away_without_a_step() -> None:
    player, ask = hand_driven()
    player.write(np.full((480, 1), 0.5, np.float32))
    given = np.concatenate([ask(480) for _ in range(3)]).astype(int)
    assert np.abs(np.diff(given)).max() < 250
    assert np.abs(given[-480:]).max() == 1


def test_what_the_device_holds_has_not_been_heard() -> None:
    player, ask = hand_driven(held=960)
    player.write(loud(0.1))
    ask(480)
    assert player.heard == 0
    ask(480)
    ask(240)
    assert player.heard == 240
    player.drop()
    ask(480)
    ask(480)
    assert player.heard == 1200


def test_a_drop_is_followed_without_a_gap_by_frames_that_come_in_a_moment() -> None:
    player, ask = hand_driven(late_by_s=5.0)  # a moment, on a machine that is busy
    first, answer = loud(0.1), loud(0.01, 2)
    player.write(first, 0)
    heard = [ask(480)]
    assert player.drop() == 4800 - 480
    asked = threading.Thread(target=lambda: heard.append(ask(480)))
    asked.start()
    player.write(answer, 480)
    asked.join()
    np.testing.assert_array_equal(
        np.concatenate(heard), np.concatenate([quantised(first, 0)[:480], quantised(answer, 480)])
    )


def test_a_fault_in_the_device_thread_is_raised_where_somebody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    player, ask = hand_driven()

    def fail(_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(player, "_fill_with_silence", fail)
    assert not ask(480).any()
    for look in (lambda: player.room, lambda: player.heard, lambda: player.write(loud(0.01))):
        with pytest.raises(RuntimeError, match="device's thread"):
            look()


def test_frames_are_counted_without_the_silence_between_them() -> None:
    played = PlayedFrames()
    for device in range(1, 101):
        played.add(device, device)
    played.add(150, 100)
    for frame in range(1, 51):
        played.add(150 + frame, 100 + frame)
    assert len(played._points) == 4
    assert [played.before(device) for device in (-5, 60, 120, 160)] == [0, 60, 100, 110]
    assert played.cut(180) == 130
    assert [played.before(device) for device in (170, 150, 190)] == [120, 120, 130]


def test_a_device_that_asks_no_more_is_lost() -> None:
    now_s = [0.0]
    player, ask = hand_driven(clock=lambda: now_s[0])
    ask(480)
    for _ in range(20):
        now_s[0] += 0.1
        assert player.room
    now_s[0] += 0.2
    with pytest.raises(DeviceLostError, match="takes no more"):
        assert player.room
    with pytest.raises(DeviceLostError):
        assert player.heard
    with pytest.raises(DeviceLostError):
        player.write(loud(0.01))
    player.close()


def test_a_computer_that_slept_has_lost_nothing() -> None:
    now_s = [0.0]
    watch = StallDetector(lambda: now_s[0])
    assert not watch.has_stopped(1)
    now_s[0] += 3600
    assert not watch.has_stopped(1)


def test_the_soundless_backend_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Stream] = []

    class Soundless(Stream):
        def __init__(self, **_: object) -> None:
            super().__init__()
            made.append(self)

    monkeypatch.setattr(miniaudio, "PlaybackDevice", Soundless)
    with pytest.raises(DeviceError, match="no sound device") as refused:
        open_miniaudio()
    assert "coach export" in refused.value.hint
    assert made[0].is_closed


def test_a_player_that_ends_before_its_buffer_is_lost() -> None:
    with simpleaudio_ear() as ear:
        player = ear.player
        player.write(loud(0.1))
        playing = player._playing  # type: ignore[attr-defined]
        playing.stop()
        playing.thread.join()
        for look in (lambda: player.room, lambda: player.heard, lambda: player.write(loud(0.01))):
            with pytest.raises(DeviceLostError, match="takes no more"):
                look()
        player.close()


knows_what_is_read = pytest.mark.skipif(
    not Path("/proc/self/pagemap").exists(), reason="only Linux tells how far a buffer has been read"
)


@knows_what_is_read
@pytest.mark.parametrize("speed", [0.98, 1.05])
def test_a_device_with_another_clock_is_followed(speed: float) -> None:
    with simpleaudio_ear(speed) as ear:
        first = loud(3.6)
        for start in range(0, len(first), 960):
            ear.player.write(first[start : start + 960])
        kept = len(first) - ear.player.drop()
        answer = loud(0.2, 2)
        ear.player.write(answer, kept)
        ear.player.close()
        assert ear.samples is not None
        np.testing.assert_array_equal(
            ear.samples(), np.concatenate([quantised(first, 0)[:kept], quantised(answer, kept)])
        )


class Clock:
    """Seconds that pass where somebody sleeps; a device reads on meanwhile, unless it stands still."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.buffer: mmap | None = None
        self.read = 0
        self.is_frozen = False

    def __call__(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.now_s += seconds
        end = round((self.now_s + 0.1) * 2 * RATE_HZ)
        if self.buffer is not None and not self.is_frozen and end > self.read:
            assert self.buffer[self.read : end]
            self.read = end

    def play(self, buffer: mmap) -> "Clock":
        self.buffer = buffer
        self.sleep(0)
        return self

    def stop(self) -> None:
        self.buffer = None

    def is_playing(self) -> bool:
        return self.buffer is not None


@knows_what_is_read
def test_a_device_that_stood_still_is_waited_for() -> None:
    clock = Clock()
    player = SimpleaudioPlayer(clock.play, "a reader", 60 * RATE_HZ, clock=clock, sleep=clock.sleep)
    sound = loud(0.9)
    player.write(sound)
    clock.is_frozen = True
    for _ in range(20):
        clock.sleep(0.09)
        assert player.room >= 0
    assert player.heard < len(sound), "what was not read was not heard, whatever the clock says"
    player.close()


@knows_what_is_read
def test_a_player_that_reads_no_further_is_lost() -> None:
    clock = Clock()
    player = SimpleaudioPlayer(clock.play, "a reader", 60 * RATE_HZ, clock=clock, sleep=clock.sleep)
    player.write(loud(0.1))
    clock.is_frozen = True
    for _ in range(19):
        clock.sleep(0.1)
        assert player.room >= 0
    clock.sleep(0.2)
    with pytest.raises(DeviceLostError):
        assert player.room
    player.close()


def test_a_second_buffer_follows_the_first() -> None:
    with simpleaudio_ear(buffer_s=1.5) as ear:
        sound = loud(2.0)
        ear.player.write(sound)
        ear.player.close()
        assert ear.samples is not None
        np.testing.assert_array_equal(ear.samples(), quantised(sound, 0))


def refusing_above(most_frames: int, tried: list[int]) -> Callable[[int], ObservedBuffer]:
    """Buffers of a machine with no memory for more than so many frames."""

    def buffer(frames: int) -> ObservedBuffer:
        tried.append(frames)
        if frames > most_frames:
            raise MemoryError
        return ObservedBuffer(frames)

    return buffer


def test_with_less_memory_the_buffer_is_shorter(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []
    monkeypatch.setattr(simpleaudio_player, "ObservedBuffer", refusing_above(30 * 60 * RATE_HZ, tried))
    clock = Clock()
    player = SimpleaudioPlayer(clock.play, "a reader", clock=clock, sleep=clock.sleep)
    hours = simpleaudio_player.BUFFER
    assert tried == [hours, hours // 2, hours // 4, hours // 8]
    assert clock.buffer is not None
    assert len(clock.buffer) == 2 * hours // 8
    player.write(loud(0.1))
    player.close()


def test_without_memory_for_a_minute_there_is_no_device(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []
    monkeypatch.setattr(simpleaudio_player, "ObservedBuffer", refusing_above(0, tried))
    with pytest.raises(DeviceError, match="no sound device"):
        SimpleaudioPlayer(Clock().play, "a reader")
    assert 60 * RATE_HZ <= tried[-1] < 120 * RATE_HZ


@knows_what_is_read
def test_where_the_page_table_is_closed_to_us_the_clock_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    player = SimpleaudioPlayer(clock.play, "a reader", 60 * RATE_HZ, clock=clock, sleep=clock.sleep)
    player.write(loud(0.1))

    def refused(*_: object) -> bytes:
        raise PermissionError

    monkeypatch.setattr(os, "pread", refused)
    clock.is_frozen = True  # nobody can see that it reads no further
    for _ in range(30):
        clock.sleep(0.1)
        assert player.room >= 0
    player.write(loud(0.1))
    assert player.heard == round(0.1 * RATE_HZ)
    player.close()


@knows_what_is_read
def test_a_buffer_knows_what_has_been_read_and_releases_it() -> None:
    buffer = ObservedBuffer(10 * RATE_HZ)
    buffer.samples[: 5 * RATE_HZ] = 1
    assert buffer.newly_read() is None
    assert buffer.first_unread == 0
    assert buffer.buffer[: 2 * RATE_HZ] == b"\1\0" * RATE_HZ
    assert buffer.newly_read() == 0
    assert RATE_HZ <= buffer.first_unread < 2 * RATE_HZ
    assert buffer.newly_read() is None
    page = buffer.first_unread
    assert buffer.buffer[2 * page + 1] == 0
    assert buffer.newly_read() == page
    buffer.release(RATE_HZ)
    assert buffer.buffer[:100] == bytes(100)
    assert buffer.buffer[2 * RATE_HZ - 2] == 1
    buffer.close()
    assert not buffer.observes_reader


@pytest.mark.parametrize(
    ("installed", "checks_memory", "version", "why"),
    [
        ({"simpleaudio"}, False, (3, 11), ""),
        ({"simpleaudio"}, True, (3, 11), "-X dev"),
        ({"simpleaudio"}, False, (3, 12), "crashes on Python 3.12"),
        ({"simpleaudio-patched"}, True, (3, 13), ""),
        ({"simpleaudio", "simpleaudio-patched"}, False, (3, 13), "both"),
        (set(), False, (3, 11), "another package"),
    ],
)
def test_simpleaudio_is_used_only_where_it_does_not_crash(
    installed: set[str], checks_memory: bool, version: tuple[int, int], why: str
) -> None:
    found = why_unsafe(installed, checks_memory=checks_memory, version=version)
    assert why in found
    assert bool(why) == bool(found)


def test_the_package_behind_the_name_is_told_from_its_metadata(tmp_path: Path) -> None:
    (tmp_path / "simpleaudio").mkdir()
    assert installed_packages(tmp_path / "simpleaudio") == set()
    (tmp_path / "simpleaudio_patched-1.0.5.dist-info").mkdir()
    (tmp_path / "simpleaudiohamiltoncs-1.0.0.dist-info").mkdir()
    assert installed_packages(tmp_path / "simpleaudio") == {"simpleaudio-patched"}
    (tmp_path / "simpleaudio-1.0.4.dist-info").mkdir()
    assert installed_packages(tmp_path / "simpleaudio") == {"simpleaudio", "simpleaudio-patched"}


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the players that are opened, of which there is none; to be emptied to make them work."""
    tried: list[str] = []

    def opening(name: str) -> Callable[[], Loudspeaker]:
        def open_it() -> Loudspeaker:
            tried.append(name)
            if name == "simpleaudio":
                raise DeviceError("none")
            return SilentPlayer()

        return open_it

    monkeypatch.setattr(miniaudio_player, "open_miniaudio", opening("miniaudio"))
    monkeypatch.setattr(simpleaudio_player, "open_simpleaudio", opening("simpleaudio"))
    return tried


def test_auto_takes_simpleaudio_where_it_is_usable_and_else_miniaudio(
    monkeypatch: pytest.MonkeyPatch, opened: list[str]
) -> None:
    monkeypatch.setattr("coach.live.speakers.player.find_spec", lambda name: name)
    monkeypatch.setattr(simpleaudio_player, "why_unusable", lambda: "it crashes")
    open_loudspeaker(Player.AUTO)
    assert opened == ["miniaudio"]
    monkeypatch.setattr(simpleaudio_player, "why_unusable", str)
    open_loudspeaker(Player.AUTO)
    assert opened == ["miniaudio", "simpleaudio", "miniaudio"]


def test_a_player_that_is_named_is_not_replaced(opened: list[str]) -> None:
    with pytest.raises(DeviceError):
        open_loudspeaker(Player.SIMPLEAUDIO)
    assert opened == ["simpleaudio"]
    assert open_loudspeaker(Player.NONE).player == "none"


def test_the_players_are_explained_in_the_order_of_auto() -> None:
    rows = list_players()
    assert [row.player for row in rows] == [Player.SIMPLEAUDIO, Player.MINIAUDIO, Player.NONE]
    assert rows[0].is_usable == (not why_unusable())
    assert rows[1].is_usable
    assert all(row.why for row in rows)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only ALSA can be told to have no device")
@pytest.mark.parametrize("player", ["auto", "miniaudio", "simpleaudio"])
def test_no_device_is_said_soon_and_by_nobody_else(player: str, tmp_path: Path) -> None:
    if player == "simpleaudio" and why_unusable():
        pytest.skip(f"simpleaudio: {why_unusable()}")
    (tmp_path / "empty.conf").touch()
    environment = os.environ | {
        "HOME": str(tmp_path),
        "XDG_RUNTIME_DIR": str(tmp_path),
        "PULSE_SERVER": f"unix:{tmp_path}/none",
        "ALSA_CONFIG_PATH": str(tmp_path / "empty.conf"),
    }
    code = (
        "import sys, time\n"
        "from coach.live.speakers.player import Player\n"
        "from coach.errors import DeviceError\n"
        "from coach.live.speakers.player import open_loudspeaker\n"
        "start = time.monotonic()\n"
        "try:\n"
        f"    open_loudspeaker(Player({player!r}))\n"
        "except DeviceError as error:\n"
        "    print(error.message, error.hint, time.monotonic() - start < 2)\n"
        "    print('our own', file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True, timeout=20
    )
    assert done.stdout.startswith("no sound device")
    assert "coach export" in done.stdout
    assert done.stdout.strip().endswith("True")
    assert done.stderr == "our own\n"
