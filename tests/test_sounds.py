"""The tones are what sounds/CREDITS.md says, and the generator makes them again byte for byte."""

import shutil
import subprocess
import sys
import wave
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from coach.folders import sounds_folder
from coach.language.model import Sound
from coach.session.estimate import TONES_S
from coach.session.timeline import RATE_HZ
from coach.sound.loudness import OFFSET_DB, k_mean_squares
from coach.sound.tones import tones

GENERATOR = sounds_folder() / "make_sounds.py"

PEAK_DB = {
    Sound.REP: -5.75,
    Sound.MOVE: -9.5,
    Sound.HOLD_START: -11,
    Sound.HOLD_END: -11,
    Sound.COUNTDOWN: -9,
    Sound.GO: -11.5,
    Sound.SIDE: -12,
    Sound.REST: -12,
    Sound.END: -12,
    Sound.BELL: -10.5,
    Sound.KEY: -8.5,
    Sound.NOT_NOW: -13,
}

NOTES = {
    Sound.REP: [(880, 90, 0)],
    Sound.MOVE: [(660, 50, 40), (660, 60, 0)],
    Sound.HOLD_START: [(660, 120, 30), (990, 160, 0)],
    Sound.HOLD_END: [(990, 120, 30), (660, 220, 0)],
    Sound.COUNTDOWN: [(784, 150, 0)],
    Sound.GO: [(1175, 450, 0)],
    Sound.SIDE: [(740, 90, 50), (988, 90, 50), (740, 90, 50), (988, 140, 0)],
    Sound.REST: [(784, 280, 0), (587, 500, 0)],
    Sound.END: [(523, 160, 0), (659, 160, 0), (784, 160, 0), (1047, 700, 0)],
    Sound.BELL: [(698, 600, 0)],
    Sound.KEY: [(1047, 70, 0)],
    Sound.NOT_NOW: [(554, 70, 40), (554, 70, 40), (554, 70, 0)],
}
"""Hertz, milliseconds, milliseconds of silence after."""

DYING = {Sound.REP: 50, Sound.BELL: 180}
"""Milliseconds in which a note falls to 1/e."""

Samples = NDArray[np.float64]


def samples(sound: Sound) -> Samples:
    return tones()[sound] / 32768


def ms(length: float) -> int:
    return round(length * RATE_HZ / 1000)


def notes(sound: Sound) -> list[tuple[int, Samples, Samples]]:
    """Each note's hertz, its samples and the silence after it."""
    whole, at, found = samples(sound), 0, []
    for hz, length_ms, gap_ms in NOTES[sound]:
        end = at + ms(length_ms)
        found.append((hz, whole[at:end], whole[end : end + ms(gap_ms)]))
        at = end + ms(gap_ms)
    return found


def level(note: Samples, hz: float) -> float:
    """The amplitude at one frequency, under a Hann window."""
    window = np.hanning(note.size)
    turning = np.exp(-2j * np.pi * hz * np.arange(note.size) / RATE_HZ)
    return float(2 * abs((note * window * turning).sum()) / window.sum())


def in_db(ratio: float) -> float:
    return float(20 * np.log10(ratio))


def run_generator(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, GENERATOR, *arguments], capture_output=True, text=True, check=False
    )


def test_the_generator_makes_the_same_bytes_again() -> None:
    result = run_generator("--check")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_the_check_names_a_file_that_differs_and_writes_nothing(tmp_path: Path) -> None:
    shutil.copytree(sounds_folder(), tmp_path, dirs_exist_ok=True)
    changed = bytearray((tmp_path / "go.wav").read_bytes())
    changed[1000] ^= 1
    (tmp_path / "go.wav").write_bytes(changed)
    (tmp_path / "low" / "rest.wav").unlink()
    result = run_generator("--check", "--into", str(tmp_path))
    assert result.returncode == 2
    assert result.stdout.splitlines() == [
        "go.wav is not what make_sounds.py makes",
        "low/rest.wav is not what make_sounds.py makes",
    ]
    assert (tmp_path / "go.wav").read_bytes() == changed
    assert not (tmp_path / "low" / "rest.wav").exists()


def test_the_generator_writes_into_another_folder(tmp_path: Path) -> None:
    assert run_generator("--into", str(tmp_path)).returncode == 0
    for sound in Sound:
        for name in (f"{sound}.wav", f"low/{sound}.wav"):
            assert (tmp_path / name).read_bytes() == (sounds_folder() / name).read_bytes()


def test_there_is_a_file_for_every_sound_and_no_other() -> None:
    for pattern in ("*.wav", "low/*.wav"):
        assert {path.stem for path in sounds_folder().glob(pattern)} == {sound.value for sound in Sound}
    assert NOTES.keys() == PEAK_DB.keys() == set(Sound)


@pytest.mark.parametrize("sound", Sound)
def test_a_tone_is_48_khz_16_bit_mono_and_as_long_as_its_notes(sound: Sound) -> None:
    with wave.open(str(sounds_folder() / f"{sound}.wav")) as reader:
        assert (reader.getframerate(), reader.getsampwidth(), reader.getnchannels()) == (48_000, 2, 1)
        assert reader.getnframes() == sum(ms(length + gap) for _, length, gap in NOTES[sound])


@pytest.mark.parametrize("sound", Sound)
def test_a_tone_peaks_where_the_table_says(sound: Sound) -> None:
    assert in_db(np.abs(samples(sound)).max()) == pytest.approx(PEAK_DB[sound], abs=0.01)


@pytest.mark.parametrize("sound", Sound)
def test_a_note_has_its_pitch_and_two_harmonics_at_minus_10_and_minus_20_db(sound: Sound) -> None:
    for hz, note, _ in notes(sound):
        fundamental = level(note, hz)
        assert fundamental > 1.5 * max(level(note, hz * 0.97), level(note, hz * 1.03)) or len(note) < ms(200)
        assert fundamental > max(level(note, hz - 6), level(note, hz + 6))
        assert in_db(level(note, 2 * hz) / fundamental) == pytest.approx(-10, abs=0.2)
        assert in_db(level(note, 3 * hz) / fundamental) == pytest.approx(-20, abs=0.2)
        assert in_db(level(note, 4 * hz) / fundamental) < -60


@pytest.mark.parametrize("sound", Sound)
def test_fundamentals_are_where_an_older_ear_and_a_phone_meet(sound: Sound) -> None:
    assert all(520 <= hz <= 1200 for hz, _, _ in NOTES[sound])


@pytest.mark.parametrize("sound", Sound)
def test_nothing_of_a_tone_lies_above_4_khz(sound: Sound) -> None:
    spectrum = np.abs(np.fft.rfft(samples(sound)))
    hz = np.fft.rfftfreq(samples(sound).size, 1 / RATE_HZ)
    assert in_db(spectrum[hz > 4000].max() / spectrum.max()) < -50


@pytest.mark.parametrize("sound", Sound)
def test_a_tone_is_at_full_loudness_within_10_ms_and_ends_with_its_file(sound: Sound) -> None:
    whole = np.abs(samples(sound))
    _, first, _ = notes(sound)[0]
    assert whole[ms(5) : ms(10)].max() > 0.8 * np.abs(first).max()
    assert whole[-ms(2) :].max() > 0
    assert whole[-ms(10) :].max() > 0.0003


@pytest.mark.parametrize("sound", Sound)
def test_notes_fade_in_over_5_ms_and_out_over_15_ms_at_least(sound: Sound) -> None:
    for _, note, _ in notes(sound):
        loudest = np.abs(note).max()
        # A raised cosine of 5 ms is at 9.5 % after 1 ms and at 50 % after 2.5 ms; "rep" dies a little.
        assert np.abs(note[: ms(0.25)]).max() < 0.008 * loudest
        assert np.abs(note[: ms(1)]).max() < 0.102 * loudest
        assert np.abs(note[: ms(2.5)]).max() < 0.53 * loudest
        assert np.abs(note[-ms(0.75) :]).max() < 0.008 * loudest
        assert np.abs(note[-ms(3) :]).max() < 0.102 * loudest
        assert np.abs(note[-ms(7.5) :]).max() < 0.53 * loudest


@pytest.mark.parametrize("sound", Sound)
def test_gaps_are_silent_and_notes_are_not(sound: Sound) -> None:
    for _, note, gap in notes(sound):
        assert not gap.any()
        # No fading inside a note: every 5 ms of its middle is loud.
        middle = np.abs(note[ms(5) : len(note) // 2])
        for start in range(0, len(middle) - ms(5), ms(5)):
            assert middle[start : start + ms(5)].max() > 0.15 * np.abs(note).max()


@pytest.mark.parametrize("sound", DYING)
def test_a_stroke_dies_away_and_the_rest_are_held(sound: Sound) -> None:
    for other in Sound:
        for _, note, _ in notes(other):
            if note.size < ms(90):
                continue
            early, late = (np.abs(note[at : at + ms(10)]).max() for at in (ms(10), ms(50)))
            if other is sound:
                assert late / early == pytest.approx(np.exp(-40 / DYING[sound]), rel=0.08)
            elif other not in DYING:
                assert late / early == pytest.approx(1, abs=0.02)


def test_no_two_tones_differ_by_pitch_alone() -> None:
    def shape(sound: Sound) -> tuple[object, ...]:
        pitches = [hz for hz, _, _ in NOTES[sound]]
        contour = [(after > before) - (after < before) for before, after in pairwise(pitches)]
        return [(length, gap) for _, length, gap in NOTES[sound]], contour, sound in DYING

    for one, other in combinations(Sound, 2):
        assert shape(one) != shape(other)


def test_every_tone_and_its_notes_are_in_the_credits() -> None:
    lines = (sounds_folder() / "CREDITS.md").read_text(encoding="utf-8").splitlines()
    for sound in Sound:
        (line,) = [line for line in lines if line.startswith(f"| `{sound}.wav` |")]
        assert f"| {PEAK_DB[sound]} dBFS |" in line
        assert f"| {len(samples(sound)) // 48} ms |" in line
        assert all(str(hz) in line for hz, _, _ in NOTES[sound])


def momentary_lufs(tone: NDArray[np.float64]) -> float:
    """The loudest 400 ms of a tone between silences, of the plain mono signal."""
    silence = np.zeros(RATE_HZ)
    around = np.concatenate([silence, tone, silence]).astype(np.float32)
    hops = around[: len(around) // 480 * 480].reshape(-1, 480)
    powers = np.convolve(k_mean_squares(hops, RATE_HZ), np.ones(40) / 40, "valid")
    return float(OFFSET_DB + 10 * np.log10(powers.max()))


@pytest.mark.parametrize("low", [False, True])
@pytest.mark.parametrize("sound", Sound)
def test_a_tone_is_at_most_2_lu_over_speech_and_6_under(sound: Sound, low: bool) -> None:
    """The loudest 400 ms of a prompt are at -16 LUFS in the middle: -16.3 built-in, -15.7 joe."""
    assert -22.0 <= momentary_lufs(tones(low=low)[sound] / 32768) <= -14.0


@pytest.mark.parametrize("sound", Sound)
def test_a_low_tone_lasts_as_long_is_as_loud_and_deeper_and_a_phone_plays_it(sound: Sound) -> None:
    low, usual = tones(low=True)[sound] / 32768, samples(sound)
    assert low.shape == usual.shape
    assert in_db(np.abs(low).max()) == pytest.approx(PEAK_DB[sound], abs=0.01)
    assert momentary_lufs(low) <= momentary_lufs(usual) + 0.1
    at = 0
    for hz, length_ms, gap_ms in NOTES[sound]:
        note = low[at : at + ms(length_ms)]
        deeper = hz - round((hz - 500) / 4)
        assert 500 <= deeper < hz
        assert level(note, deeper) > (3 if hz > 700 else 1) * level(note, hz)
        assert not low[at + ms(length_ms) : at + ms(length_ms + gap_ms)].any()
        at += ms(length_ms + gap_ms)
    assert np.abs(np.diff(low)).max() < 1.5 * np.abs(np.diff(usual)).max(), "no edge is harder"


def test_the_lengths_that_plans_are_estimated_with_are_those_of_the_tones() -> None:
    assert {sound: round(len(samples) / RATE_HZ, 2) for sound, samples in tones().items()} == dict(TONES_S)
