"""Makes the coach's tones: ``python sounds/make_sounds.py`` writes them, with ``--check`` it only compares.

Every sample comes from whole numbers and from ``+ - * /`` on IEEE 754 doubles, which have one right answer
each. No sine, cosine or power of a mathematics library takes part: those differ in the last bit from one
platform to the next, and the files have to come out byte for byte the same everywhere.
"""

import argparse
import io
import math
import struct
import sys
import wave
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

RATE_HZ = 48_000
FRAMES_PER_MS = RATE_HZ // 1000

FOLDER = Path(__file__).resolve().parent

HARMONICS_DB = (0, -10, -20)
"""Levels of the fundamental, its octave and its twelfth: still heard where a small loudspeaker thins the
fundamental out, and low enough not to be shrill."""

LOWEST_HZ = 500
"""Fundamentals of the tones for older ears are not lower: a phone's loudspeaker hardly has what is below."""

LN_10 = 2.302585092994046


@dataclass(frozen=True, slots=True)
class Note:
    """One stroke: in ``decay_ms`` it falls to 1/e (0: it is held); ``gap_ms`` is the silence after it."""

    hz: int
    length_ms: int
    gap_ms: int = 0
    decay_ms: int = 0
    fade_in_ms: int = 5
    fade_out_ms: int = 15


@dataclass(frozen=True, slots=True)
class Cue:
    """A tone of the coach: its notes and the highest sample, in dB re full scale."""

    name: str
    peak_db: float
    notes: Sequence[Note]

    def low(self) -> "Cue":
        """The same for older ears, nearer to `LOWEST_HZ` by a quarter."""
        notes = [replace(note, hz=note.hz - round((note.hz - LOWEST_HZ) / 4)) for note in self.notes]
        return Cue(f"low/{self.name}", self.peak_db, notes)


CUES = (
    Cue("rep", -5.75, [Note(880, 90, decay_ms=50)]),
    Cue("move", -9.5, [Note(660, 50, gap_ms=40, fade_out_ms=20), Note(660, 60, fade_out_ms=30)]),
    Cue("hold-start", -11, [Note(660, 120, gap_ms=30), Note(990, 160, fade_out_ms=40)]),
    Cue("hold-end", -11, [Note(990, 120, gap_ms=30), Note(660, 220, fade_out_ms=60)]),
    Cue("countdown", -9, [Note(784, 150, fade_out_ms=30)]),
    Cue("go", -11.5, [Note(1175, 450, fade_out_ms=110)]),
    Cue(
        "side",
        -12,
        [
            Note(740, 90, gap_ms=50),
            Note(988, 90, gap_ms=50),
            Note(740, 90, gap_ms=50),
            Note(988, 140, fade_out_ms=40),
        ],
    ),
    Cue("rest", -12, [Note(784, 280, fade_out_ms=40), Note(587, 500, fade_out_ms=120)]),
    Cue("end", -12, [Note(523, 160), Note(659, 160), Note(784, 160), Note(1047, 700, fade_out_ms=180)]),
    Cue("bell", -10.5, [Note(698, 600, decay_ms=180, fade_out_ms=25)]),
    Cue("key", -8.5, [Note(1047, 70, fade_out_ms=30)]),
    Cue("not-now", -13, [Note(554, 70, gap_ms=40), Note(554, 70, gap_ms=40), Note(554, 70)]),
)


def sine(turns: float) -> float:
    """The sine of an angle of ``turns`` times 360 degrees, 0 <= turns <= 1, within 1e-15.

    Folded into a quarter turn, then its Taylor series to the 21st power.

    >>> sine(0.25), sine(0.75)
    (0.9999999999999999, -0.9999999999999999)
    """
    if turns > 0.5:
        return -sine(turns - 0.5)
    angle = (min(turns, 0.5 - turns)) * 2 * math.pi
    square = angle * angle
    total = 1.0
    for power in range(20, 0, -2):
        total = 1.0 - total * square / (power * (power + 1))
    return total * angle


def exponential(x: float) -> float:
    """The exponential of ``x``, -3 <= x <= 0: its series for x/4, squared twice."""
    total = 1.0
    for term in range(20, 0, -1):
        total = 1.0 + total * (x / 4) / term
    return total * total * total * total


def gain(level_db: float) -> float:
    """The factor of a level.

    >>> round(gain(-20), 12)
    0.1
    """
    return exponential(level_db / 20 * LN_10)


TURN = [sine(step / RATE_HZ) for step in range(RATE_HZ)]
"""A whole turn in 48 000 steps: at a whole number of hertz every phase falls on one of them."""

HARMONICS = [(number, gain(level_db)) for number, level_db in enumerate(HARMONICS_DB, start=1)]


def faded(sample: float, frame: int, length: int, fade_in: int, fade_out: int) -> float:
    """One sample under raised-cosine edges, ``sin²`` from 0 to a quarter turn; all lengths in frames."""
    for distance, edge in ((frame, fade_in), (length - 1 - frame, fade_out)):
        if distance < edge:
            rise = sine((distance + 0.5) / edge / 4)
            sample *= rise * rise
    return sample


def played(note: Note) -> list[float]:
    """A note at an amplitude of about 1, with the silence after it."""
    length = note.length_ms * FRAMES_PER_MS
    fade_in, fade_out = note.fade_in_ms * FRAMES_PER_MS, note.fade_out_ms * FRAMES_PER_MS
    falling = exponential(-1 / (note.decay_ms * FRAMES_PER_MS)) if note.decay_ms else 1.0
    loudness = 1.0
    samples = []
    for frame in range(length):
        tone = 0.0
        for number, level in HARMONICS:
            tone += level * TURN[number * note.hz * frame % RATE_HZ]
        samples.append(faded(tone * loudness, frame, length, fade_in, fade_out))
        loudness *= falling
    return samples + [0.0] * (note.gap_ms * FRAMES_PER_MS)


def samples_of(cue: Cue) -> list[int]:
    """A cue as 16-bit samples; the highest is `Cue.peak_db`."""
    exact = [sample for note in cue.notes for sample in played(note)]
    scale = 32768 * gain(cue.peak_db) / max(abs(sample) for sample in exact)
    return [round(sample * scale) for sample in exact]


def wav_bytes(samples: Sequence[int]) -> bytes:
    """A WAV file of ``samples``: 48 kHz, 16 bit, mono."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setparams((1, 2, RATE_HZ, len(samples), "NONE", ""))
        writer.writeframes(struct.pack(f"={len(samples)}h", *samples))
    return file.getvalue()


def main(arguments: Sequence[str]) -> int:
    """Write the tones beside this file, or compare them; the number of files that differed when compared."""
    parser = argparse.ArgumentParser(description="Make the coach's tones.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a file would change")
    parser.add_argument("--into", type=Path, default=FOLDER, help="the folder to write to")
    options = parser.parse_args(arguments)
    different = 0
    for cue in (each for own in CUES for each in (own, own.low())):
        path: Path = options.into / f"{cue.name}.wav"
        made = wav_bytes(samples_of(cue))
        if not options.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(made)
        elif not path.is_file() or path.read_bytes() != made:
            different += 1
            print(f"{path.relative_to(options.into)} is not what make_sounds.py makes")
    return different


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
