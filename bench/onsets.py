"""Holds an exported WAV against the plan of `coach show --json`: lengths, onsets, tempo.

    python bench/onsets.py inner-knee.wav [NAME] [OPTIONS OF coach show ...]

Every tone must be heard within 10 ms of its frame, with quiet before it; every prompt must be heard from its
first frame on, and at the latest at its onset; countdown pips exactly one second apart; repetitions equal in
length from the third on. Exit code 1 if not.

The numbers and the phase words ("lower", "twelve") are looked at once more, by another detector than the one
that placed them: the vowel begins where the sound between 300 and 2500 Hz, 20 ms at a time, first comes
within 6 dB of its loudest in the 0.2 s that follow. That must be within 15 ms of the beat: half of what
listeners notice.
(coach itself uses half the height of the first vowel, in an envelope between 300 and 3000 Hz that has steps
of 5 ms.)
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
WORD_WINDOW_S = 0.020
WORD_BELOW_DB = 6.0
WORD_AROUND_S = 0.2
VOWELS_HZ = 300.0, 2_500.0
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


def heard_after_ms(levels: Levels, start_ms: float, end_ms: float) -> float:
    """How long after a prompt's first frame it is heard; nan if it is not until ``end_ms``."""
    heard = np.flatnonzero(levels[int(start_ms) : int(end_ms) + 1] > HEARD_DBFS)
    return float(heard[0]) if len(heard) else float("nan")


def word_error_ms(samples: NDArray[np.float64], rate_hz: int, at: int) -> float:
    """How much later than frame ``at`` the vowel of a word begins."""
    around, width = round(WORD_AROUND_S * rate_hz), round(WORD_WINDOW_S * rate_hz)
    first = max(0, at - around)
    near = samples[first : at + around]
    hz = np.fft.rfftfreq(2 * len(near), 1 / rate_hz)  # so that the end does not run into the beginning
    low, high = VOWELS_HZ
    spectrum = np.where((hz >= low) & (hz <= high), np.fft.rfft(near, 2 * len(near)), 0)
    window = np.hanning(width + 2)[1:-1]
    power = np.convolve(np.fft.irfft(spectrum)[: len(near)] ** 2, window, mode="same")
    loud = np.flatnonzero(power >= power.max() * 10 ** (-WORD_BELOW_DB / 10))
    return (first + int(loud[0]) - at) * 1000 / rate_hz


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
        if event["kind"] == "tone":
            error_ms = onset_error_ms(levels, at_ms)
            errors["tone"].append(error_ms)
            bad += filter(None, [wrong_onset(event, error_ms, levels, at_ms)])
        if event["kind"] == "say":
            after_ms = heard_after_ms(levels, event["start"] * 1000 / rate_hz, at_ms + MOST_MS)
            errors["say"].append(after_ms)
            if np.isnan(after_ms):
                bad.append(f"{event['text']!r} at {at_ms / 1000:.3f} s is not heard at its onset")
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
