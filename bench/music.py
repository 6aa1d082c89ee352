"""Measures a music bed: what it leaves of the speech, its peaks, its loudness, and what it costs.

    python bench/music.py stems [--name inner-knee] [--voice NAME] [--minutes 10] [FILE ...]
    python bench/music.py cost [--minutes 10]
    python bench/music.py memory

The music is made here, unless files are named: chords with noise; the same, very soft and clipping; music
that is soft and then shouts; drums; bass; a steady tone. Speech over bed is measured for each prompt, from
stems: the level of the voice while it sounds, by `coach.sound.loudness.level_lufs` (K-weighted), less the
K-weighted mean of the bed from the prompt's first frame to its last; and the same of A-weighted means.
"""

import argparse
import math
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from coach.language.level import Level
from coach.session.options import Options
from coach.session.timeline import RATE_HZ, Say, says
from coach.sheets.by_name import named
from coach.sheets.score import scored
from coach.sound.clip import Clip
from coach.sound.loudness import OFFSET_DB, k_mean_squares, level_lufs, true_peak
from coach.sound.music_bed import Bed, automation_for
from coach.sound.music_file import MusicFile
from coach.sound.render import limit_sounds, render
from coach.voices.engines import voice_for
from coach.voices.spoken_session import Plan, produced_in_turn

Samples = NDArray[np.float32]

MUSIC_HZ = 44_100
LENGTH_S = 75

KINDS_OF_FILE = {"wav": "WAV", "flac": "FLAC", "ogg": "OGG", "mp3": "MP3"}


# Music


def chords(seconds: float, seed: int = 1) -> Samples:
    """Four notes at a time, every two seconds, with a little noise; stereo."""
    generator = np.random.default_rng(seed)
    sound = generator.normal(0, 0.01, (round(seconds * MUSIC_HZ), 2))
    for start in range(0, len(sound), 2 * MUSIC_HZ):
        own = sound[start : start + 5 * MUSIC_HZ // 2]
        time_s = np.arange(len(own)) / MUSIC_HZ
        shape = 0.06 * np.sin(np.pi * time_s / 2.5)
        for note in generator.choice([0, 3, 5, 7, 10, 12, 15], 4, replace=False):
            turns = 2 * np.pi * 147 * 2 ** (note / 12) * time_s
            for channel in range(2):
                own[:, channel] += shape * sum(np.sin(k * turns + channel) / k**1.5 for k in (1, 2, 3, 4))
    return sound.astype(np.float32)


def drums(seconds: float) -> Samples:
    """Sharp hits, a hundred a minute, over very little: a crest of more than 20 dB."""
    generator = np.random.default_rng(2)
    count = round(seconds * MUSIC_HZ)
    sound = generator.normal(0, 0.003, (count, 1))
    hit = generator.normal(0, 0.3, MUSIC_HZ // 8) * np.exp(-np.arange(MUSIC_HZ // 8) / 300)
    for start in range(0, count - len(hit), MUSIC_HZ * 60 // 100):
        sound[start : start + len(hit), 0] += hit
    return np.clip(sound, -0.99, 0.99).astype(np.float32)


def shouting(seconds: float) -> Samples:
    """Ten seconds soft, ten seconds 25 dB louder, in turn."""
    sound = chords(seconds, seed=3)
    loud = (np.arange(len(sound)) // (10 * MUSIC_HZ)) % 2 == 0
    return np.where(loud[:, np.newaxis], sound, sound * np.float32(10 ** (-25 / 20)))


def tone(seconds: float, hz: float) -> Samples:
    time_s = np.arange(round(seconds * MUSIC_HZ)) / MUSIC_HZ
    return (0.5 * np.sin(2 * np.pi * hz * time_s)).astype(np.float32)[:, np.newaxis]


KINDS: dict[str, Callable[[], Samples]] = {
    "chords": lambda: chords(LENGTH_S),
    "chords, -45 dB": lambda: chords(LENGTH_S) * np.float32(10 ** (-45 / 20)),
    "chords, clipping": lambda: np.clip(chords(LENGTH_S) * 12, -0.999, 0.999).astype(np.float32),
    "soft and shouting": lambda: shouting(LENGTH_S),
    "drums": lambda: drums(LENGTH_S),
    "bass, 60 Hz": lambda: tone(LENGTH_S, 60),
    "a tone, 1 kHz": lambda: tone(LENGTH_S, 1_000),
}


# What is heard


def a_mean_square(samples: Samples) -> float:
    """The A-weighted (IEC 61672-1) mean square, through the spectrum."""
    parts = np.abs(np.fft.rfft(samples.astype(np.float64))) ** 2
    hz2 = np.fft.rfftfreq(len(samples), 1 / RATE_HZ) ** 2
    weight = 12194.0**2 * hz2**2
    weight /= (hz2 + 20.6**2) * np.sqrt((hz2 + 107.7**2) * (hz2 + 737.9**2)) * (hz2 + 12194.0**2)
    return float(2 * np.sum(parts * (weight * 10**0.1) ** 2) / len(samples) ** 2)


@dataclass(frozen=True)
class Over:
    """How far a prompt is above the bed, K-weighted and A-weighted."""

    k_db: float
    a_db: float


def speech_over_bed(says_: list[Say], voice: Samples, bed: Samples) -> Iterator[Over]:
    for say in says_:
        own = slice(say.start, say.start + say.length)
        if not bed[own].any():
            continue
        of_bed = OFFSET_DB + 10 * math.log10(k_mean_squares(bed[own][np.newaxis], RATE_HZ)[0])
        ratio = a_mean_square(voice[own]) / a_mean_square(bed[own])
        yield Over(level_lufs(voice[own], RATE_HZ) - of_bed, 10 * math.log10(ratio))


def rendered(production: Plan, bed: Bed, parts: str, count: int) -> Samples:
    """The start of a session, with silence in place of those of voice, tones and bed that are not named."""
    clips, tones = limit_sounds(production.clips, production.tones)
    if "voice" not in parts:
        clips = {
            text: Clip(np.zeros_like(clip.samples), clip.onset) for text, clip in production.clips.items()
        }
    if "tones" not in parts:
        tones = {sound: np.zeros_like(samples) for sound, samples in tones.items()}
    whole = np.empty(count, np.float32)
    done = 0
    for block in render(production.timeline, clips, tones, bed=bed if "bed" in parts else None):
        some = min(len(block), count - done)
        whole[done : done + some] = block[:some, 0]
        done += some
        if done == count:
            break
    return whole


def decibels(ratio: float) -> float:
    return 20 * math.log10(ratio)


def produced(name: str, voice: str | None = None) -> Plan:
    title, language, chapters = scored(named(name), Options(Level.STANDARD))
    *_, plan = produced_in_turn(title, chapters, voice=voice_for(voice, language))
    return plan


def stems(options: argparse.Namespace) -> None:
    production = produced(options.name, options.voice)
    timeline = production.timeline
    count = min(timeline.length, round(options.minutes * 60 * RATE_HZ))
    said = [say for say in says(timeline.events) if say.start + say.length <= count]
    print(f"{production.voice}: {timeline.title}, {count / RATE_HZ / 60:.1f} min, {len(said)} prompts")
    print(f"{'':20}file LUFS  bed LUFS  over bed, K: least  median   A: least  median   mix dBTP  sum")
    with tempfile.TemporaryDirectory() as folder:
        files = {Path(name).name[:20]: Path(name) for name in options.files}
        if not files:
            for kind, make in KINDS.items():
                files[kind] = Path(folder, f"{len(files)}.wav")
                soundfile.write(files[kind], make(), MUSIC_HZ, subtype="FLOAT")
        for kind, path in files.items():
            with MusicFile(path) as music:
                bed = Bed(music, automation_for(timeline))
                voice, tones, own, mix = (
                    rendered(production, bed, part, count)
                    for part in ("voice", "tones", "bed", "voice tones bed")
                )
                open_lufs = level_lufs(music.read(0, 2 * 60 * RATE_HZ), RATE_HZ)
                over = list(speech_over_bed(said, voice, own))
                ks, as_ = [each.k_db for each in over], [each.a_db for each in over]
                exact = voice.astype(np.float64) + tones + own
                print(
                    f"{kind:20}{music.lufs:9.1f}{open_lufs:10.1f}{min(ks):20.1f}{statistics.median(ks):8.1f}"
                    f"{min(as_):11.1f}{statistics.median(as_):8.1f}{decibels(true_peak(mix)):11.2f}"
                    f"  {'exact' if np.array_equal(exact, mix) else 'NOT EXACT'}"
                )


# What it costs


def cost(options: argparse.Namespace) -> None:
    production = produced("inner-knee")
    timeline = production.timeline
    minutes = timeline.duration_s / 60

    def took_s(bed: Bed | None) -> float:
        begun = time.process_time()
        for _ in render(timeline, production.clips, production.tones, bed=bed):
            pass
        return time.process_time() - begun

    def opened_s(path: Path) -> float:
        begun = time.process_time()
        MusicFile(path).close()
        return time.process_time() - begun

    sound = chords(10 * 60)
    with tempfile.TemporaryDirectory() as folder:
        print(f"rendering {minutes:.1f} min; CPU s a minute")
        without = statistics.median(took_s(None) for _ in range(5)) / minutes
        print(f"no music       {without:.4f}")
        for suffix, kind in KINDS_OF_FILE.items():
            path = Path(folder, f"music.{suffix}")
            write(path, kind, sound)
            to_measure_s = opened_s(path)
            with MusicFile(path) as music:
                own = statistics.median(
                    took_s(Bed(music, automation_for(timeline))) for _ in range(options.runs)
                )
            print(
                f"{kind:15}{own / minutes:.4f}, and {to_measure_s / 10:.4f} a minute of music, the first time"
            )


MEMORY = """
import re, sys
from pathlib import Path
import numpy as np
from coach.sound.music_file import MusicFile

def peak_kb():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

before = peak_kb()
with MusicFile(Path(sys.argv[1])) as music:
    for start in range(0, int(sys.argv[2]) * 48_000, 65_536):
        music.read(start, 65_536)
print(f"{before / 1024:.0f} MB with its imports, {(peak_kb() - before) / 1024:.1f} MB more for the music")
"""


def memory(_: argparse.Namespace) -> None:
    """The peak while a file is measured and then read to its end, in a process of its own; on Linux."""
    minute = chords(60)
    with tempfile.TemporaryDirectory() as folder:
        for minutes in (1, 60):
            for suffix, kind in KINDS_OF_FILE.items():
                path = Path(folder, f"music.{suffix}")
                write(path, kind, minute, minutes)
                command = [sys.executable, "-c", MEMORY, str(path), str(60 * minutes)]
                told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
                print(f"{minutes:3} min, {kind:5}{told}", end="", flush=True)


def write(path: Path, kind: str, sound: Samples, times: int = 1) -> None:
    """In blocks: Vorbis in one piece crashes libsndfile."""
    with soundfile.SoundFile(path, "w", MUSIC_HZ, sound.shape[1], format=kind) as file:
        for _ in range(times):
            for start in range(0, len(sound), 4_096):
                file.write(sound[start : start + 4_096])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True)
    for command, does in (("stems", stems), ("cost", cost), ("memory", memory)):
        own = commands.add_parser(command)
        own.set_defaults(does=does)
        if does is stems:
            own.add_argument("--name", default="inner-knee")
            own.add_argument("--voice")
            own.add_argument("--minutes", type=float, default=10)
            own.add_argument("files", nargs="*", metavar="FILE")
        if does is cost:
            own.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    options.does(options)


if __name__ == "__main__":
    main()
