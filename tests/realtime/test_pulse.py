"""The loudspeakers on a sound server of their own: what is written against what is recorded."""

import contextlib
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from coach.errors import DeviceLostError
from coach.live.speakers.loudspeaker import Loudspeaker, fast_thread_switches
from coach.live.speakers.miniaudio import MiniaudioPlayer
from coach.live.speakers.player import Player, open_loudspeaker
from coach.live.speakers.simpleaudio import SimpleaudioPlayer, why_unusable
from coach.session.timeline import RATE_HZ
from coach.sound.dither import Quantiser
from tests.realtime.machine import Machine, ahead_of_others, one_busy_core, watched
from tests.realtime.pulse import CLIPPED, Server, missing, pulse_server

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())

Samples = NDArray[np.int16]
BLOCK = RATE_HZ // 50
SILENT_WITHIN_S = {"miniaudio": 0.060 + 0.010, "simpleaudio": 0.35}
"""The first with what the recorder adds: its chunks are 10 ms, and they come when they come."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="coach") as folder, pulse_server(Path(folder)) as running:
        yield running


def use(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(params=["miniaudio", "simpleaudio"])
def player(request: pytest.FixtureRequest) -> Player:
    if request.param == "simpleaudio" and why_unusable():
        pytest.skip(f"simpleaudio: {why_unusable()}")
    return Player(request.param)


@pytest.fixture
def open_here(
    server: Server, player: Player, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], Loudspeaker]]:
    use(server, monkeypatch)
    opened: list[Loudspeaker] = []

    def open_one() -> Loudspeaker:
        speaker = open_loudspeaker(player)
        opened.append(speaker)
        write(speaker, np.zeros((CLIPPED, 1), np.float32))
        while speaker.heard < CLIPPED:
            time.sleep(0.01)
        return speaker

    yield open_one
    for each in opened:
        each.close()


def sound(seconds: float, seed: int = 1) -> NDArray[np.float32]:
    """Nowhere softer than a third of full scale, so that nothing of it can be taken for silence."""
    generator = np.random.Generator(np.random.PCG64(seed))
    count = round(seconds * RATE_HZ)
    size = generator.uniform(0.35, 0.9, (count, 1)) * generator.choice([-1, 1], (count, 1))
    return np.asarray(size, np.float32)


def quantised(block: NDArray[np.float32], at: int) -> Samples:
    out = np.empty(len(block), np.int16)
    Quantiser().quantise(block, at, out)
    return out


def write(speaker: Loudspeaker, block: NDArray[np.float32], at: int = 0) -> None:
    for first in range(0, len(block), BLOCK):
        speaker.write(block[first : first + BLOCK], at + first)


def where(part: Samples, whole: Samples) -> int:
    """At which frame of ``whole`` all of ``part`` is, bit by bit."""
    for start in np.flatnonzero(whole[: len(whole) - len(part) + 1] == part[0]):
        if (whole[start : start + len(part)] == part).all():
            return int(start)
    raise AssertionError(f"{len(part)} frames are not in the recording, or not in one piece")


def assert_recorded(wanted: Samples, recorded: Samples, machine: Machine) -> None:
    """That all of it was recorded in one piece; on a machine that stood still meanwhile nobody can tell."""
    try:
        where(wanted, recorded)
    except AssertionError:
        if machine.stalls:
            pytest.skip(machine.complaint)
        raise


@contextlib.contextmanager
def as_in_a_session() -> Iterator[Machine]:
    """Ahead of other work, with the thread switches of a live session, on a machine that is watched."""
    with ahead_of_others(), fast_thread_switches(), watched() as machine:
        yield machine


def test_what_is_heard_is_what_an_export_has_while_another_core_is_busy(
    server: Server, open_here: Callable[[], Loudspeaker]
) -> None:
    given = sound(6)
    wanted = quantised(given, 1_000_000)
    with as_in_a_session() as machine, server.recording() as recording:
        speaker = open_here()
        assert isinstance(speaker, MiniaudioPlayer | SimpleaudioPlayer)
        with one_busy_core():
            speaker.write(given[:BLOCK], 1_000_000)
            filled = speaker.underrun_frames
            write(speaker, given[BLOCK:], at=1_000_000 + BLOCK)
            assert speaker.underrun_frames == filled, "the loudspeaker ran out of samples"
            assert given.size - RATE_HZ * 3 // 2 < speaker.heard <= CLIPPED + given.size
            speaker.close()
        recorded = recording.stop()
    assert_recorded(wanted, recorded, machine)


def test_a_drop_is_silence_soon_and_its_count_is_exact(
    server: Server, open_here: Callable[[], Loudspeaker], player: Player
) -> None:
    keys = random.Random(1)
    with server.recording() as recording:
        speaker = open_here()
        latest_s, kept = 0.0, []
        for number in range(6):
            given = sound(keys.uniform(1.2, 1.6), number)
            write(speaker, given)
            time.sleep(keys.uniform(0, 0.06))
            start_s = time.monotonic()
            dropped = speaker.drop()
            assert 0 < dropped < len(given)
            kept.append(quantised(given, 0)[: len(given) - dropped])
            time.sleep(0.6)
            latest_s = max(latest_s, recording.last_heard_s() - start_s)
        assert speaker.heard == CLIPPED + sum(map(len, kept))
        recorded = recording.stop()
    for each in kept:
        end = where(each, recorded) + len(each)
        assert abs(int(recorded[end + RATE_HZ // 20])) <= 1
    assert latest_s < SILENT_WITHIN_S[player]


def test_an_answer_follows_the_cut_without_a_hole(
    server: Server, open_here: Callable[[], Loudspeaker]
) -> None:
    keys = random.Random(2)
    answers = [sound(keys.uniform(0.5, 0.8), number) for number in range(25)]
    with as_in_a_session() as machine, server.recording() as recording:
        speaker = open_here()
        log = np.empty(0, np.int16)
        for given in answers:
            write(speaker, given, len(log))
            log = np.concatenate([log, quantised(given, len(log))])
            time.sleep(keys.uniform(0, 0.15))
            log = log[: len(log) - speaker.drop()]
        speaker.close()
        recorded = recording.stop()
    assert_recorded(log, recorded, machine)


def test_a_server_that_dies_is_noticed_and_does_not_keep_anyone(
    player: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tempfile.TemporaryDirectory(prefix="coach") as folder, pulse_server(Path(folder)) as server:
        use(server, monkeypatch)
        speaker = open_loudspeaker(player)
        write(speaker, sound(0.5))
        server.kill()
        start_s = time.monotonic()
        with pytest.raises(DeviceLostError, match="takes no more"):
            speaker.write(sound(6))
        with pytest.raises(DeviceLostError):
            assert speaker.heard
        assert time.monotonic() - start_s < 4
        speaker.close()
        assert time.monotonic() - start_s < 7


@pytest.mark.parametrize("ending", ["", "raise KeyboardInterrupt", "sys.exit(3)"])
def test_a_process_ends_though_its_loudspeaker_is_open(server: Server, player: Player, ending: str) -> None:
    code = (
        "import sys, numpy, time\n"
        "from coach.live.speakers.player import Player\n"
        "from coach.live.speakers.player import open_loudspeaker\n"
        f"speaker = open_loudspeaker(Player({player.value!r}))\n"
        "speaker.write(numpy.zeros((9600, 1), numpy.float32))\n"
        f"{ending}\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=server.environment, capture_output=True, check=False, timeout=15
    )
    assert done.returncode in {0, 3, -2, 130}
    assert b"ALSA" not in done.stderr
