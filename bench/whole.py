"""Whole processes, start-up included: how fast an export is, and what memory it takes.

    python bench/whole.py [--runs 5] [--core 0]

Everything is measured in turn in one run; the ratios are what counts. Clips are kept in a folder of their
own, which the first export fills. With --core, each process is kept on that core (with taskset).
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
import wave
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

LONGER = ["--sets", "20", "--reps", "18"]
COACH = [sys.executable, "-m", "coach"]

SAVE = """
import numpy, sys, wave
with wave.open(sys.argv[1]) as reader:
    numpy.save(sys.argv[2], numpy.frombuffer(reader.readframes(reader.getnframes()), "<i2"))
"""

TOFILE = """
import numpy, sys, time
samples = numpy.load(sys.argv[1])
start = time.perf_counter()
samples.tofile(sys.argv[2])
print(time.perf_counter() - start)
"""


@dataclass(frozen=True)
class Cost:
    """What one process took."""

    wall_s: float
    peak_mb: float


def run(command: list[str], environment: Mapping[str, str]) -> Cost:
    start = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if status:
        raise SystemExit(f"{command} failed")
    return Cost(time.perf_counter() - start, usage.ru_maxrss / 1024)


def seconds_of(path: str) -> float:
    with wave.open(path) as reader:
        return float(reader.getnframes() / reader.getframerate())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--core", type=int)
    options = parser.parse_args()
    pinned = [] if options.core is None else ["taskset", "--cpu-list", str(options.core)]
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"COACH_CACHE_DIR": f"{folder}/cache"}
        out, samples, raw = (f"{folder}/{name}" for name in ("out.wav", "samples.npy", "raw"))
        export = [*pinned, *COACH, "export", "-o", out, "--force"]
        cold = run([*COACH, "export", "-o", out], environment)
        length_s = seconds_of(out)
        subprocess.run([sys.executable, "-c", SAVE, out, samples], check=True)
        plain_process_s = list[float]()
        warm, plain_s = list[Cost](), list[float]()
        for _ in range(options.runs):
            Path(out).unlink()
            warm.append(run(export, environment))
            Path(raw).unlink(missing_ok=True)
            plain = [*pinned, sys.executable, "-c", TOFILE, samples, raw]
            start = time.perf_counter()
            plain_s.append(float(subprocess.run(plain, check=True, capture_output=True).stdout))
            plain_process_s.append(time.perf_counter() - start)
        Path(raw).unlink()
        Path(samples).unlink()
        run([*export, *LONGER], environment)
        longer = run([*export, *LONGER], environment)
        longer_s = seconds_of(out)
    wall_s = statistics.median(cost.wall_s for cost in warm)
    peak_mb = statistics.median(cost.peak_mb for cost in warm)
    to_plain = statistics.median(cost.wall_s / plain for cost, plain in zip(warm, plain_s, strict=True))
    to_process = statistics.median(
        cost.wall_s / plain for cost, plain in zip(warm, plain_process_s, strict=True)
    )
    print(f"inner-knee    {length_s:.0f} s of sound, {length_s * 96_000 / 1e6:.0f} MB")
    print(f"cold export   {cold.wall_s:.2f} s, {cold.peak_mb:.0f} MB peak")
    print(f"warm export   {wall_s:.2f} s = {length_s / wall_s:.0f} x real time, {peak_mb:.0f} MB peak")
    print(f"numpy.tofile  {statistics.median(plain_s):.2f} s in the call, of the same samples in memory")
    print(f"warm export, start-up and all, / that call                        {to_plain:.2f}")
    print(f"warm export / a process that loads those samples and writes them  {to_process:.2f}")
    print(
        f"{longer_s / length_s:.1f} x as long  {longer.wall_s:.2f} s, peak {longer.peak_mb - peak_mb:+.1f} MB"
    )


if __name__ == "__main__":
    main()
