"""Prints how loud every session is, at every level and in every voice, by ffmpeg's meter; 1 if out of bounds.

    python bench/levels.py [--voice NAME ...] [--name NAME ...] [--level LEVEL ...] [--hearing] [--jobs 2]

ffmpeg's ``ebur128`` (BS.1770, EBU R 128) meters the mix as `coach export` writes it, counted as dual mono,
the voice alone, as tones shift the loudness of the whole, and the mix with music, which is chords that
`bench/music.py` makes. Bounds: -16 LUFS within 0.5 LU for each, and a true peak of at most -1.5 dBTP.

An exercise alone may be almost all tones (step-ups, to whose beeps the meter gives as much weight as to the
words) or almost all silence (a walk, in whose pauses it meters the music). There the mixes are shown, and the
bounds are those of the voice and of the peak.

For each voice a line tells how the tones stand beside its prompts, by the loudest 400 ms of each (momentary
loudness, BS.1770): no tone is to be more than 2 LU over the median prompt, and none more than 6 under it.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent.parent))

from music import LENGTH_S, MUSIC_HZ, chords

from coach.language.level import Level
from coach.language.model import Session
from coach.session.options import Options
from coach.session.timeline import RATE_HZ
from coach.sheets.by_name import collection, named
from coach.sheets.score import scored
from coach.sheets.sheet import Sheet
from coach.sound.dither import Quantiser
from coach.sound.music_bed import Bed, automation_for
from coach.sound.music_file import MusicFile
from coach.sound.render import render
from coach.voices.engines import voice_for
from coach.voices.spoken_session import Plan, produced_in_turn
from tests.test_sounds import momentary_lufs

TARGET_LUFS, WITHIN_LU, PEAK_DBTP = -16.0, 0.5, -1.5
MOST_OVER_LU, MOST_UNDER_LU = 2.0, 6.0

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Metered:
    """What ffmpeg says of a sound, as dual mono."""

    loudness_lufs: float
    range_lu: float
    peak_dbtp: float

    @property
    def is_level(self) -> bool:
        """True at the loudness that it is to have."""
        return abs(self.loudness_lufs - TARGET_LUFS) <= WITHIN_LU


def metered(blocks: Iterable[Samples]) -> Metered:
    """What the meter says of blocks of shape (frames, 1), 1.0 being full scale, as 16-bit samples."""
    command = ["ffmpeg", "-hide_banner", "-nostats"]
    command += ["-f", "s16le", "-ar", str(RATE_HZ), "-ac", "1", "-i", "-"]
    command += ["-af", "ebur128=peak=true:dualmono=true:framelog=verbose", "-f", "null", "-"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stderr is not None
    quantiser, at = Quantiser(), 0
    for block in blocks:
        whole = np.empty(len(block), np.int16)
        quantiser.quantise(block, at, whole)
        process.stdin.write(whole.astype("<i2").tobytes())
        at += len(block)
    process.stdin.close()
    said = process.stderr.read().decode()
    if process.wait():
        raise SystemExit(said)
    summary = said[said.rindex("Summary:") :]
    values = [float(re.findall(rf"{name}:\s+(-?[\d.]+|-inf)", summary)[0]) for name in ("I", "LRA", "Peak")]
    return Metered(*values)


def balance(productions: Sequence[Plan]) -> bool:
    """Print how the tones of sessions in a voice stand beside its prompts; True if that is within bounds."""
    clips = {text: clip for each in productions for text, clip in each.clips.items()}
    words = np.array([momentary_lufs(clip.samples / 32_768) for clip in clips.values()])
    tones = productions[0].tones.items()
    over = {sound: momentary_lufs(tone / 32_768) - np.median(words) for sound, tone in tones}
    softest, loudest = min(over, key=over.__getitem__), max(over, key=over.__getitem__)
    fine = bool(over[loudest] <= MOST_OVER_LU and over[softest] >= -MOST_UNDER_LU)
    tenth, ninth = np.percentile(words, (10, 90))
    print(
        f"{productions[0].voice}: {len(words)} prompts, loudest 400 ms {np.median(words):.1f} LUFS "
        f"({tenth:.1f} to {ninth:.1f}); tones {over[softest]:+.1f} ({softest}) to {over[loudest]:+.1f} LU "
        f"({loudest}) over that{'' if fine else '   OUT OF BOUNDS'}",
        flush=True,
    )
    return fine


def table(
    voice: str | None,
    sheets: Sequence[Sheet],
    levels: Sequence[Level],
    jobs: int,
    music: Path,
    *,
    hearing: bool,
) -> bool:
    """Print a row for each sheet and level; True if all are within the bounds."""

    def all_three(production: Plan) -> tuple[Metered, Metered, Metered]:
        given = production.timeline, production.clips, production.tones
        with MusicFile(music) as file:
            bed = Bed(file, automation_for(production.timeline))
            with_music = metered(render(*given, bed=bed))
        silent = {sound: np.zeros_like(samples) for sound, samples in production.tones.items()}
        voice = metered(render(production.timeline, production.clips, silent))
        return metered(render(*given)), voice, with_music

    productions, rows, sessions = [], [], []
    for sheet in sheets:
        for level in levels:
            options = Options(level, hearing=hearing)
            title, language, chapters = scored(sheet, options)
            name = voice_for(voice, language)
            *_, production = produced_in_turn(title, chapters, voice=name, options=options)
            productions.append(production)
            sessions.append(isinstance(sheet.value, Session))
            rows.append(f"{sheet.name:25} {level:9} {production.voice:12}")
    is_fine = True
    with ThreadPoolExecutor(jobs) as pool:
        measured = zip(rows, sessions, pool.map(all_three, productions), strict=True)
        for row, is_session, (mix, speech, with_music) in measured:
            peak_dbtp = max(mix.peak_dbtp, with_music.peak_dbtp)
            bound = (mix, speech, with_music) if is_session else (speech,)
            fine = all(each.is_level for each in bound) and peak_dbtp <= PEAK_DBTP
            is_fine = is_fine and fine
            print(
                f"{row} mix {mix.loudness_lufs:6.1f} LUFS, with music {with_music.loudness_lufs:6.1f}; "
                f"voice {speech.loudness_lufs:6.1f}; peak {peak_dbtp:5.1f} dBTP; range {mix.range_lu:4.1f} LU"
                f"{'' if fine else '   OUT OF BOUNDS'}",
                flush=True,
            )
    return balance(productions) and is_fine


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--voice", action="append", default=[])
    parser.add_argument("--name", action="append", default=[])
    parser.add_argument("--level", action="append", default=[], type=Level)
    parser.add_argument("--hearing", action="store_true", help="with the sound for older ears")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    sheets = [named(name) for name in options.name] or collection()
    levels = options.level or list(Level)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "chords.wav")
        soundfile.write(path, chords(LENGTH_S), MUSIC_HZ, subtype="FLOAT")
        fine = [
            table(voice, sheets, levels, options.jobs, path, hearing=options.hearing)
            for voice in options.voice or [None]
        ]
    return 0 if all(fine) else 1


if __name__ == "__main__":
    sys.exit(main())
