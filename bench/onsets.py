"""Holds an exported WAV against the plan of `coach show --json`: lengths, onsets, tempo.

    python bench/onsets.py inner-knee.wav [NAME] [OPTIONS OF coach show ...]

Every tone must be heard within 10 ms of its frame, with quiet before it; every prompt within 10 ms of its
onset; countdown pips exactly one second apart; repetitions equal in length from the third on. Exit code 1
if not.

The numbers and the phase words ("lower", "twelve") are looked at once more, by a detector that shares nothing
with the one that placed them: the A-weighted level of 8 ms at a time. A word begins when that first passes
-52 dBFS: where speech is heard at 65 dB, that is the 30 dB of a quiet room. It must be within 15 ms of its
beat. (coach itself places a word by the first 5 ms that are within 35 dB of its own loudest 5 ms.)
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

WINDOW_S = 0.001
LOOK_AROUND_MS = 50
QUIET_DBFS = -60.0
HEARD_DBFS = -40.0
MOST_MS = 10.0
WORD_MOST_MS = 15.0
WORD_WINDOW_S = 0.008
WORD_HEARD_DBFS = -52.0
WORD_AROUND_S = 0.2
A_WEIGHTING_HZ = (20.598997, 107.65265, 737.86223, 12_194.217)
"""IEC 61672-1, annex E."""

Levels = NDArray[np.float64]
Planned = dict[str, Any]


def levels_db(samples: NDArray[np.float64], rate_hz: int) -> Levels:
    """The level of every millisecond in dBFS, by its highest sample."""
    step = round(WINDOW_S * rate_hz)
    peaks: Levels = np.abs(samples[: len(samples) // step * step].reshape(-1, step)).max(axis=1)
    return np.asarray(20 * np.log10(np.maximum(peaks, 1e-9)))


def onset_error_ms(levels: Levels, planned_ms: float) -> float:
    """How much later than planned the first millisecond is that is heard around it; nan if there is none."""
    first = max(0, int(planned_ms) - LOOK_AROUND_MS)
    heard = np.flatnonzero(levels[first : int(planned_ms) + LOOK_AROUND_MS] > HEARD_DBFS)
    return float(first + heard[0] - planned_ms) if len(heard) else float("nan")


def a_weighted(samples: NDArray[np.float64], rate_hz: int) -> NDArray[np.float64]:
    """The samples as the ear weighs them at low levels, 0 dB at 1 kHz; nothing is heard before it sounds."""
    count = 2 * len(samples)  # so that the end does not run into the beginning
    turns = np.asarray(1j * np.fft.rfftfreq(count, 1 / rate_hz), dtype=np.complex128)
    gain = _a_response(turns) / abs(_a_response(np.array([1_000j])))
    return np.asarray(np.fft.irfft(np.fft.rfft(samples, count) * gain, count))[: len(samples)]


def _a_response(turns: NDArray[np.complex128]) -> NDArray[np.complex128]:
    first, second, third, fourth = A_WEIGHTING_HZ
    below = (turns + first) ** 2 * (turns + second) * (turns + third) * (turns + fourth) ** 2
    return np.asarray(turns**4 / below)


def word_error_ms(samples: NDArray[np.float64], rate_hz: int, at: int) -> float:
    """How much later than frame ``at`` a word begins; nan if it does not within 0.2 s."""
    around, width = round(WORD_AROUND_S * rate_hz), round(WORD_WINDOW_S * rate_hz)
    first = max(0, at - around)
    power = a_weighted(samples[first : at + around], rate_hz) ** 2
    window = np.hanning(width + 2)[1:-1]
    level = np.convolve(power, window / window.sum(), mode="same")
    heard = np.flatnonzero(level > 10 ** (WORD_HEARD_DBFS / 10))
    return (first + int(heard[0]) - at) * 1000 / rate_hz if len(heard) else float("nan")


def wrong_onset(event: Planned, error_ms: float, levels: Levels, at_ms: float) -> str:
    """What is wrong with the beginning of a sound; "" if nothing is."""
    what = f"{event.get('sound') or event['text']!r} at {at_ms / 1000:.3f} s"
    if not abs(error_ms) <= MOST_MS:
        return f"{what} is heard {error_ms:+.1f} ms off"
    before = levels[max(0, int(at_ms) - 100) : int(at_ms)].max()
    if event["kind"] == "tone" and before > QUIET_DBFS:
        return f"{what} has {before:.0f} dBFS in the 100 ms before it"
    return ""


def counted_sets(events: list[Planned]) -> list[list[int]]:
    """For each set the onsets of its numbers."""
    sets: list[list[int]] = []
    for event in events:
        if event.get("sound") == "go":
            sets.append([])
        if event["role"] == "count":
            sets[-1].append(event["onset"])
    return sets


def wrong_times(plan: Planned) -> Iterator[str]:
    """What is wrong with the plan itself: its tiling, its countdowns, its tempo."""
    events = plan["events"]
    ends = [0, *(event["start"] + event["length"] for event in events)]
    if [event["start"] for event in events] != ends[:-1] or ends[-1] != plan["length"]:
        yield "the events do not tile the length"
    pips = [event["start"] for event in events if event["kind"] == "tone" and event["role"] == "countdown"]
    for i in range(0, len(pips), 4):
        if [later - earlier for earlier, later in pairwise(pips[i : i + 4])] != [plan["rate_hz"]] * 3:
            yield f"the countdown at frame {pips[i]} is uneven"
    for number, onsets in enumerate(counted_sets(events), 1):
        if len({later - earlier for earlier, later in pairwise(onsets[2:])}) > 1:
            yield f"set {number} is not periodic from its third repetition on"


def main(arguments: list[str]) -> int:
    path, *rest = arguments
    command = [sys.executable, "-m", "coach", "show", *(rest or [Path(path).stem]), "--json"]
    plan = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    samples, rate_hz = soundfile.read(path, dtype="float64")
    bad = list(wrong_times(plan))
    if (len(samples), rate_hz) != (plan["length"], plan["rate_hz"]):
        bad.append(f"{len(samples)} frames at {rate_hz} Hz, planned {plan['length']} at {plan['rate_hz']}")
    levels = levels_db(samples, rate_hz)
    errors: dict[str, list[float]] = {"tone": [], "say": [], "word": []}
    for event in plan["events"]:
        if event["kind"] != "silence":
            at_ms = event.get("onset", event["start"]) * 1000 / rate_hz
            error_ms = onset_error_ms(levels, at_ms)
            errors[event["kind"]].append(error_ms)
            bad += filter(None, [wrong_onset(event, error_ms, levels, at_ms)])
        if event["kind"] == "say" and event["role"] in {"count", "phase"}:
            error_ms = word_error_ms(samples, rate_hz, event["onset"])
            errors["word"].append(error_ms)
            if not abs(error_ms) <= WORD_MOST_MS:
                bad.append(
                    f"the word {event['text']!r} at {at_ms / 1000:.3f} s begins {error_ms:+.1f} ms off"
                )
    print(
        f"{path}: {len(samples)} frames, planned {plan['length']}; {len(counted_sets(plan['events']))} sets"
    )
    for kind, found in errors.items():
        spread = f"{min(found):+.1f} to {max(found):+.1f} ms, mean {np.mean(found):+.2f}"
        print(f"{kind:5}{len(found):6}  onset errors {spread}")
    print("\n".join(bad[:20]) or "all agree")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
