"""Holds an exported WAV against the plan of `coach show --json`: lengths, onsets, tempo.

    python bench/onsets.py inner-knee.wav [NAME] [OPTIONS OF coach show ...]

Every tone must be heard within 10 ms of its frame, with quiet before it; every prompt within 10 ms of its onset;
countdown pips exactly one second apart; repetitions equal in length from the third on. Exit code 1 if not.
"""

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

WINDOW_S = 0.001
QUIET_DBFS = -60.0
HEARD_DBFS = -40.0


def levels_db(samples: NDArray[np.float64], rate_hz: int) -> NDArray[np.float64]:
    """The level of every millisecond in dBFS, by its highest sample."""
    step = round(WINDOW_S * rate_hz)
    whole = samples[: len(samples) // step * step].reshape(-1, step)
    return 20 * np.log10(np.maximum(np.abs(whole).max(axis=1), 1e-9))


def onset_ms(levels: NDArray[np.float64], start_ms: float, within_ms: float) -> float | None:
    """The first millisecond from ``start_ms`` - 50 on that is heard, relative to ``start_ms``."""
    first = max(0, int(start_ms) - 50)
    heard = np.flatnonzero(levels[first : int(start_ms + within_ms)] > HEARD_DBFS)
    return None if not len(heard) else float(first + heard[0] - start_ms)


def repetitions(events: list[dict[str, Any]]) -> list[list[int]]:
    """For each set the onsets of its numbers."""
    sets: list[list[int]] = []
    for event in events:
        if event["kind"] == "tone" and event["sound"] == "go":
            sets.append([])
        if event["kind"] == "say" and event["role"] == "count":
            sets[-1].append(event["onset"])
    return sets


def main(arguments: list[str]) -> int:
    path, *rest = arguments
    command = [sys.executable, "-m", "coach", "show", *(rest or [Path(path).stem]), "--json"]
    plan = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    samples, rate_hz = soundfile.read(path, dtype="float64")
    events = plan["events"]
    bad = []
    if (len(samples), rate_hz) != (plan["length"], plan["rate_hz"]):
        bad.append(f"{len(samples)} frames at {rate_hz} Hz, planned {plan['length']} at {plan['rate_hz']}")
    ends = [0, *(event["start"] + event["length"] for event in events)]
    if [event["start"] for event in events] != ends[:-1] or ends[-1] != plan["length"]:
        bad.append("the events do not tile the length")
    levels = levels_db(samples, rate_hz)
    errors: dict[str, list[float]] = {"tone": [], "say": []}
    for event in events:
        kind = event["kind"]
        if kind == "silence":
            continue
        frame = event["start"] if kind == "tone" else event["onset"]
        at_ms = frame * 1000 / rate_hz
        error = onset_ms(levels, at_ms, 60)
        what = event.get("sound") or event["text"]
        if error is None or abs(error) > 10:
            bad.append(f"{what!r} planned at {at_ms / 1000:.3f} s is heard {error} ms off")
            continue
        errors[kind].append(error)
        if kind == "tone":
            before = levels[max(0, int(at_ms) - 100) : int(at_ms)]
            if before.max() > QUIET_DBFS:
                bad.append(f"{what!r} at {at_ms / 1000:.3f} s has {before.max():.0f} dBFS before it")
    pips = [event["start"] for event in events if event.get("sound") in {"countdown", "go"}]
    steps = {b - a for i in range(0, len(pips), 4) for a, b in pairwise(pips[i : i + 4])}
    if steps - {rate_hz}:
        bad.append(f"countdown steps of {steps} frames")
    for number, onsets in enumerate(repetitions(events), 1):
        periods = {b - a for a, b in pairwise(onsets[2:])}
        if len(periods) > 1:
            bad.append(f"set {number} has periods of {periods} frames")
    print(f"{path}: {len(samples)} frames, {plan['duration_s']:.1f} s, planned {plan['length']}")
    for kind, found in errors.items():
        print(f"{kind:5} {len(found):5}  onset error {min(found):+.1f} to {max(found):+.1f} ms, mean {np.mean(found):+.2f}")
    print(f"sets  {len(repetitions(events)):5}  countdown steps {sorted(steps)}, periodic from the third repetition on")
    print("\n".join(bad[:20]) or "all agree")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
