"""Prints how soon a loudspeaker is silent after `drop`, and whether anything breaks up, on a null sink.

    python bench/loudspeaker.py [seconds]

A private PulseAudio is started and recorded from its monitor. For miniaudio, several lengths and numbers of
periods; for simpleaudio, where it is installed, the one that it has; each with idle and with busy cores. The
latencies hold for the null sink, whose own buffer follows its client's; they contain the recorder's 10 ms.
"""

import contextlib
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent.parent))

from coach.live.speakers.miniaudio import MiniaudioPlayer, open_miniaudio
from coach.live.speakers.simpleaudio import SimpleaudioPlayer, open_simpleaudio, why_unusable
from coach.session.timeline import RATE_HZ
from coach.sound.dither import Quantiser
from tests.realtime.machine import one_busy_core
from tests.realtime.pulse import CLIPPED, Recording, Server, pulse_server

SHAPES = (5, 2), (10, 2), (10, 4), (20, 2), (25, 3), (30, 2), (40, 2), (50, 2), (60, 2)
BLOCK = RATE_HZ // 50
DROPS = 12


def noise(seconds: float) -> NDArray[np.float32]:
    made = np.random.Generator(np.random.PCG64(1)).uniform(-0.5, 0.5, (round(seconds * RATE_HZ), 1))
    made[:CLIPPED] = 0
    return made.astype(np.float32)


def breaks(recorded: NDArray[np.int16], given: NDArray[np.float32]) -> int:
    """How many times the recording leaves the given sound before its end; -1 if it never was in it."""
    wanted = np.empty(len(given), np.int16)
    Quantiser().quantise(given, 0, wanted)
    at, left, known = CLIPPED, 0, 48
    starts = np.flatnonzero(recorded[:-known] == wanted[at])
    heard = next((int(i) for i in starts if (recorded[i : i + known] == wanted[at : at + known]).all()), None)
    if heard is None:
        return -1
    while at < len(wanted):
        count = min(len(wanted) - at, len(recorded) - heard)
        differs = np.flatnonzero(recorded[heard : heard + count] != wanted[at : at + count])
        if not len(differs):
            break
        left += 1
        at, heard = at + int(differs[0]), heard + int(differs[0])
        for further in range(heard, len(recorded) - known):  # the rest comes later, or not at all
            if (recorded[further : further + known] == wanted[at : at + known]).all():
                heard = further
                break
        else:
            at = len(wanted)
    return left


def measured(
    player: MiniaudioPlayer | SimpleaudioPlayer, recording: Recording, given: NDArray[np.float32]
) -> str:
    for first in range(0, len(given), BLOCK):
        player.write(given[first : first + BLOCK])
    silent_ms = []
    for _ in range(DROPS):
        for first in range(0, RATE_HZ * 3 // 2, BLOCK):  # more than any loudspeaker takes ahead
            player.write(given[CLIPPED + first : CLIPPED + first + BLOCK])
        time.sleep(random.uniform(0, 0.06))
        start_s = time.monotonic()
        player.drop()
        time.sleep(0.5)
        silent_ms.append(1000 * (recording.last_heard_s() - start_s))
    player.close()
    count = breaks(recording.stop(), given)
    usual_ms = sorted(silent_ms)[DROPS // 2]
    length_s = len(given) / RATE_HZ
    return f"{usual_ms:5.0f} ms, at most {max(silent_ms):3.0f};  {count} breaks in {length_s:.0f} s"


def run(server: Server, name: str, cores: int, given: NDArray[np.float32]) -> None:
    with server.recording() as recording, contextlib.ExitStack() as stack:
        for _ in range(cores):
            stack.enter_context(one_busy_core())
        start_s = time.perf_counter()
        if name == "simpleaudio":
            player: MiniaudioPlayer | SimpleaudioPlayer = open_simpleaudio()
        else:
            period_ms, periods = map(int, name.split("x"))
            player = open_miniaudio(shape=(period_ms, periods))
        opened_ms = 1000 * (time.perf_counter() - start_s)
        found = measured(player, recording, given)
    print(f"{name:12} {cores} busy   {found};  opened in {opened_ms:.0f} ms", flush=True)


def imports() -> None:
    """What importing a player costs after what every command imports."""
    for name in ("miniaudio", "simpleaudio"):
        code = (
            "import time, numpy, coach.sound.dither; t = time.perf_counter();"
            f"import coach.live.speakers.{name}, {name}; print(round(1000 * (time.perf_counter() - t)))"
        )
        took = [
            subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False).stdout
            for _ in range(5)
        ]
        print(f"import {name}: {' '.join(each.strip() or '-' for each in sorted(took))} ms")


def main() -> None:
    given = noise(float(sys.argv[1]) if len(sys.argv) > 1 else 10.0)
    imports()
    with tempfile.TemporaryDirectory() as folder, pulse_server(Path(folder)) as server:
        os.environ.update(server.environment)
        players = [f"{period_ms}x{periods}" for period_ms, periods in SHAPES]
        for name in (*players, *([] if why_unusable() else ["simpleaudio"])):
            for cores in (0, os.cpu_count() or 1):
                run(server, name, cores, given)


if __name__ == "__main__":
    main()
