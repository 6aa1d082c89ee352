"""Prints how long a 40-minute WAV file takes, against the same samples written plainly by numpy.

    python bench/export_wav.py [folder]

Four ways, taken in turn, the median of several rounds: ``ndarray.tofile`` of finished 16-bit samples; a WAV
file of coach's with sound in every block; with two thirds of the blocks silent, as in a session; and this
with an ``fsync`` at the end, which coach leaves out.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from coach.exports.metadata import Metadata
from coach.exports.open_sink import open_sink
from coach.session.timeline import RATE_HZ, Frames

FRAMES = Frames(40 * 60 * RATE_HZ)
BLOCK = 2**15
ROUNDS = 7

Block = NDArray[np.float32]


def blocks(silent_of_three: int) -> list[Block]:
    """A few blocks that are given again and again, as a mixer gives its own."""
    generator = np.random.Generator(np.random.PCG64(1))
    sound = [generator.uniform(-0.8, 0.8, (BLOCK, 1)).astype(np.float32) for _ in range(3)]
    silence = np.zeros((BLOCK, 1), dtype=np.float32)
    return [silence if number < silent_of_three else sound[number] for number in range(3)]


def export(path: Path, given: list[Block]) -> None:
    with open_sink(path, metadata=Metadata(title="Knee", length=FRAMES), force=False) as sink:
        for block in islice(cycle(given), FRAMES // BLOCK):
            sink.write(block)
        sink.write(given[2][: FRAMES % BLOCK])


def export_to_the_medium(path: Path, given: list[Block]) -> None:
    export(path, given)
    descriptor = os.open(path, os.O_RDWR)
    os.fsync(descriptor)
    os.close(descriptor)


def time_s(way: Callable[[Path], None], path: Path) -> float:
    path.unlink(missing_ok=True)
    start = time.perf_counter()
    way(path)
    took_s = time.perf_counter() - start
    path.unlink()
    return took_s


def main() -> None:
    samples = np.random.Generator(np.random.PCG64(2)).integers(-26_000, 26_000, FRAMES, dtype=np.int16)
    sound, session = blocks(0), blocks(2)
    ways: dict[str, Callable[[Path], None]] = {
        "numpy tofile": samples.tofile,
        "all sound": lambda path: export(path, sound),
        "a session": lambda path: export(path, session),
        "a session, fsync": lambda path: export_to_the_medium(path, session),
    }
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as folder:
        path = Path(folder) / "bench.wav"
        time_s(samples.tofile, path)
        rounds = [{name: time_s(way, path) for name, way in ways.items()} for _ in range(ROUNDS)]
    plain_s = statistics.median(each["numpy tofile"] for each in rounds)
    for name in ways:
        took_s = statistics.median(each[name] for each in rounds)
        ratio = statistics.median(each[name] / each["numpy tofile"] for each in rounds)
        print(f"{name:17} {took_s * 1e3:6.0f} ms   {ratio:4.2f} x")
    megabytes = 2 * FRAMES / 1e6
    print(f"{FRAMES / RATE_HZ / 60:.0f} minutes, {megabytes:.0f} MB, {megabytes / plain_s:.0f} MB/s plain")


if __name__ == "__main__":
    main()
