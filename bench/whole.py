"""Whole processes, start-up included: how fast an export is, what memory it takes, how soon help is there.

    python bench/whole.py [--runs 5] [--core 0]

Everything is measured in turn in one run, pinned to one core; the ratios are what counts. Clips are kept in a folder
of their own, which the first export fills.
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
from pathlib import Path

COACH = [sys.executable, "-m", "coach"]


def run(command: list[str], environment: Mapping[str, str], core: int | None) -> tuple[float, float, float]:
    """Wall seconds, processor seconds and peak megabytes of one process."""
    pin = (lambda: os.sched_setaffinity(0, {core})) if core is not None and hasattr(os, "sched_setaffinity") else None
    start = time.perf_counter()
    process = subprocess.Popen(
        command, env=environment, preexec_fn=pin, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    _, status, usage = os.wait4(process.pid, 0)
    wall_s = time.perf_counter() - start
    if status:
        raise SystemExit(f"{command} failed:\n{process.stderr.read().decode() if process.stderr else ''}")
    return wall_s, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--core", type=int, default=None)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"COACH_CACHE_DIR": f"{folder}/cache"}
        out = f"{folder}/out.wav"
        export = [*COACH, "export", "-o", out, "--force"]
        long_export = [*export, "--sets", "16"]
        cold = run(export, environment, None)
        with wave.open(out) as reader:
            duration_s = reader.getnframes() / reader.getframerate()
        raw = Path(folder, "samples.npy")
        only_tofile = (
            "import numpy, os, sys, time; s = numpy.load(sys.argv[1], mmap_mode='r'); s = numpy.array(s);"
            "t = time.perf_counter(); s.tofile(sys.argv[2]); print(time.perf_counter() - t)"
        )
        samples = Path(folder, "s.npy")
        make = (
            "import numpy, wave, sys; w = wave.open(sys.argv[1]);"
            "numpy.save(sys.argv[2], numpy.frombuffer(w.readframes(w.getnframes()), '<i2'))"
        )
        subprocess.run([sys.executable, "-c", make, out, str(samples)], check=True)
        plain: list[float] = []
        warm: list[tuple[float, float, float]] = []
        helps: list[float] = []
        typers: list[float] = []
        for _ in range(options.runs):
            warm.append(run(export, environment, options.core))
            raw.unlink(missing_ok=True)
            printed = subprocess.run(
                [sys.executable, "-c", only_tofile, str(samples), str(raw)], check=True, capture_output=True
            )
            plain.append(float(printed.stdout))
            helps.append(run([*COACH, "--help"], environment, options.core)[0])
            typers.append(run([sys.executable, "-c", "import typer"], environment, options.core)[0])
        run(long_export, environment, None)
        longer = run(long_export, environment, options.core)
        with wave.open(out) as reader:
            longer_s = reader.getnframes() / reader.getframerate()
    wall_s = statistics.median(seconds for seconds, _, _ in warm)
    peak_mb = statistics.median(peak for _, _, peak in warm)
    plain_s = statistics.median(plain)
    print(f"inner-knee: {duration_s:.0f} s of sound, {duration_s * 96_000 / 1e6:.0f} MB")
    print(f"cold export      {cold[0]:.2f} s wall, {cold[2]:.0f} MB peak")
    print(f"warm export      {wall_s:.2f} s wall = {duration_s / wall_s:.0f} x real time, {peak_mb:.0f} MB peak")
    print(f"numpy.tofile     {plain_s:.2f} s; warm export / tofile {wall_s / plain_s:.2f}")
    print(f"{longer_s / duration_s:.1f} x as long      {longer[0]:.2f} s wall, peak {longer[2] - peak_mb:+.0f} MB")
    ratio = statistics.median(a / b for a, b in zip(helps, typers, strict=True))
    print(f"coach --help     {statistics.median(helps):.3f} s / import typer {statistics.median(typers):.3f} s = {ratio:.2f}")


if __name__ == "__main__":
    main()
