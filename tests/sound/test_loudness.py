import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from coach.sound.loudness import Edges, beat_of, edges, level_lufs, limited, true_peak

Floats = NDArray[np.float32]


def tone(hz: float, peak: float, length_s: float, rate_hz: int, phase: float = 0.0) -> Floats:
    turns = np.arange(round(length_s * rate_hz)) * hz / rate_hz
    return np.asarray(peak * np.sin(2 * np.pi * turns + phase), dtype=np.float32)


def voicelike(seed: int, length_s: float, rate_hz: int, peak: float = 0.5) -> Floats:
    """Noise under 3 kHz in syllables with pauses: not speech, but as uneven."""
    noise = np.random.default_rng(seed).normal(size=round(length_s * rate_hz))
    spectrum = np.fft.rfft(noise)
    spectrum[np.fft.rfftfreq(len(noise), 1 / rate_hz) > 3_000] = 0
    wave = np.fft.irfft(spectrum, len(noise))
    wave *= np.clip(np.sin(np.arange(len(wave)) * 2 * np.pi * 2 / rate_hz), 0, None) ** 2
    return np.asarray(wave * peak / np.abs(wave).max(), dtype=np.float32)


def filtered(samples: Floats, top: tuple[float, ...], bottom: tuple[float, ...]) -> NDArray[np.float64]:
    """A biquad written out, so that the meter has something else to agree with."""
    out = np.zeros(len(samples))
    x1 = x2 = y1 = y2 = 0.0
    for at, x in enumerate(samples.tolist()):
        y = top[0] * x + top[1] * x1 + top[2] * x2 - bottom[1] * y1 - bottom[2] * y2
        x2, x1, y2, y1 = x1, x, y1, y
        out[at] = y
    return out


def bs1770(samples: Floats) -> float:
    """The meter of the recommendation at 48 kHz, sample by sample."""
    shelf = filtered(
        samples,
        (1.53512485958697, -2.69169618940638, 1.19839281085285),
        (1, -1.69065929318241, 0.73248077421585),
    )
    wave = filtered(shelf.astype(np.float32), (1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))
    blocks = np.array([np.mean(wave[at : at + 19_200] ** 2) for at in range(0, len(wave) - 19_199, 4_800)])
    blocks = blocks[-0.691 + 10 * np.log10(blocks + 1e-20) > -70]
    blocks = blocks[blocks > blocks.mean() / 10]
    return -0.691 + 10 * math.log10(blocks.mean())


@pytest.mark.parametrize("rate_hz", [16_000, 22_050, 44_100, 48_000])
def test_a_997_hz_tone_meters_3_db_under_its_peak_at_every_rate(rate_hz: int) -> None:
    assert level_lufs(tone(997, 0.1, 2, rate_hz), rate_hz) == pytest.approx(-23.0, abs=0.05)


@pytest.mark.parametrize("seed", range(3))
def test_the_level_is_that_of_the_recommendation_written_out_sample_by_sample(seed: int) -> None:
    sound = voicelike(seed, 2.5, 48_000)
    assert level_lufs(sound, 48_000) == pytest.approx(bs1770(sound), abs=0.2)


def test_low_rumble_counts_little_and_a_hiss_counts_more() -> None:
    middle, low, high = (level_lufs(tone(hz, 0.1, 1, 48_000), 48_000) for hz in (997, 25, 8_000))
    assert middle - low > 8
    assert 2.5 < high - middle < 4


def test_silence_between_words_does_not_count() -> None:
    word = voicelike(1, 2, 48_000)
    spaced = np.concatenate([word, np.zeros(96_000, dtype=np.float32), word])
    assert level_lufs(spaced, 48_000) == pytest.approx(level_lufs(word, 48_000), abs=0.6)


def test_a_murmur_far_under_the_speech_does_not_count() -> None:
    word = voicelike(1, 2, 48_000)
    level = level_lufs(np.concatenate([word, np.tile(word, 4) * np.float32(0.05)]), 48_000)
    assert level == pytest.approx(level_lufs(word, 48_000), abs=0.6)


@pytest.mark.parametrize("length", [0, 1, 100, 48_000])
def test_silence_has_no_level(length: int) -> None:
    assert level_lufs(np.zeros(length, dtype=np.float32), 48_000) == -math.inf


def test_a_word_shorter_than_a_block_has_the_level_of_its_sound() -> None:
    assert level_lufs(tone(997, 0.1, 0.15, 22_050), 22_050) == pytest.approx(-23.0, abs=0.3)


@given(st.integers(0, 4_000), st.integers(500, 8_000), st.integers(0, 9_000))
def test_edges_enclose_the_sound_to_within_one_window(lead: int, length: int, tail: int) -> None:
    sound = np.concatenate([np.zeros(lead), np.full(length, 0.3), np.zeros(tail)]).astype(np.float32)
    found = edges(sound, 22_050)
    assert found is not None
    assert lead - 110 < found.start <= lead
    assert lead + length <= found.end < lead + length + 110


def test_a_soft_consonant_before_and_after_a_vowel_is_inside_the_edges() -> None:
    breath = tone(6_000, 0.3 / 316, 0.08, 22_050)  # 50 dB under the vowel
    vowel = tone(200, 0.3, 0.2, 22_050)
    silence = np.zeros(2_200, dtype=np.float32)
    found = edges(np.concatenate([silence, breath, vowel, breath, silence]), 22_050)
    assert found is not None
    assert found.start == 2_200
    assert found.end >= 2_200 + 2 * len(breath) + len(vowel)


@pytest.mark.parametrize("length", [0, 5, 48_000])
def test_silence_has_no_edges(length: int) -> None:
    assert edges(np.zeros(length, dtype=np.float32), 22_050) is None


def test_a_click_in_the_last_frames_is_inside_the_edges() -> None:
    sound = np.zeros(1_003, dtype=np.float32)
    sound[-1] = 1.0
    assert edges(sound, 22_050) == Edges(start=990, end=1_003)


def test_the_true_peak_stands_between_the_samples() -> None:
    between = tone(12_000, 1.0, 0.1, 48_000, phase=math.pi / 4)
    assert np.abs(between).max() == pytest.approx(0.707, abs=0.001)
    assert true_peak(between[100:-100]) == pytest.approx(1.0, abs=0.02)


@given(st.integers(0, 2**32 - 1), st.floats(0.5, 3.0), st.sampled_from([22_050, 48_000]))
def test_nothing_is_above_the_ceiling_afterwards(seed: int, peak: float, rate_hz: int) -> None:
    loud = voicelike(seed, 0.7, rate_hz, peak)
    safe = limited(loud, rate_hz, 0.8)
    assert len(safe) == len(loud)
    assert true_peak(safe) <= 0.8 * 1.005


def test_a_peak_at_either_end_is_kept_in_too() -> None:
    loud = np.zeros(9_600, dtype=np.float32)
    loud[[0, -1]] = 1.5
    assert np.abs(limited(loud, 48_000, 0.8)).max() <= 0.8


def test_what_is_under_the_ceiling_is_left_exactly_as_it_is() -> None:
    quiet = voicelike(1, 0.5, 48_000, 0.5)
    assert limited(quiet, 48_000, 0.8) is quiet


def test_limiting_takes_little_from_the_level_and_nothing_from_where_the_sound_crosses_zero() -> None:
    loud = voicelike(3, 3, 48_000, 1.0)
    safe = limited(loud, 48_000, 0.8)
    assert abs(level_lufs(safe, 48_000) - level_lufs(loud, 48_000)) < 0.25
    assert np.array_equal(np.sign(safe), np.sign(loud))


def test_the_beat_of_a_word_is_on_its_vowel_and_not_on_an_n_that_has_a_peak_of_its_own() -> None:
    """As in the "nine" of Kokoro: a hum that swells and ebbs a little, and a vowel twice as loud."""
    hum, vowel = (tone(500, peak, length_s, 24_000) for peak, length_s in ((0.2, 0.09), (0.4, 0.2)))
    hum *= np.interp(np.arange(len(hum)), [0, 1_200, len(hum)], [0.3, 1.0, 0.75]).astype(np.float32)
    assert beat_of(np.concatenate([hum, vowel]), 24_000) / 24_000 == pytest.approx(0.09, abs=0.012)


def test_the_beat_of_a_word_is_on_its_first_vowel_where_the_second_is_louder() -> None:
    first, gap, second = (tone(500, peak, 0.08, 24_000) for peak in (0.2, 0.05, 0.35))
    assert beat_of(np.concatenate([first, gap, second]), 24_000) / 24_000 < 0.012


@pytest.mark.parametrize("length", [0, 1, 24_000])
def test_silence_has_its_beat_at_its_start(length: int) -> None:
    assert beat_of(np.zeros(length, dtype=np.float32), 24_000) == 0
