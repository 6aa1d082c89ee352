import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from coach.session.timeline import RATE_HZ
from coach.sound.loudness import level_lufs, true_peak
from coach.voices.finishing import A_WORD_LOUDER_DB, PEAK_DBTP, TARGET_LUFS, make_clip

ENGINE_HZ = 22_050


def word(
    hz: float = 150.0, length_s: float = 0.6, peak: int = 9_000, harmonics: int = 12
) -> NDArray[np.int16]:
    """A vowel of equal harmonics: as peaky as a voice gets."""
    at = np.arange(round(length_s * ENGINE_HZ)) / ENGINE_HZ
    wave = sum(np.cos(2 * np.pi * hz * number * at) for number in range(1, harmonics + 1))
    return np.asarray(peak * wave / np.abs(wave).max(), dtype=np.int16)


def silence(length_s: float) -> NDArray[np.int16]:
    return np.zeros(round(length_s * ENGINE_HZ), dtype=np.int16)


def heard_from(samples: NDArray[np.int16]) -> int:
    """The first frame louder than a fiftieth of the loudest: another idea of an onset than the clip's."""
    size = np.abs(samples.astype(np.int32))
    return int(np.argmax(size > size.max() / 50))


@given(st.integers(300, 32_000), st.floats(0.0, 0.4), st.floats(0.0, 0.5))
def test_however_loud_and_padded_it_was_a_clip_has_the_same_level_and_place(
    peak: int, lead_s: float, tail_s: float
) -> None:
    clip = make_clip(np.concatenate([silence(lead_s), word(peak=peak), silence(tail_s)]), ENGINE_HZ)
    assert clip is not None
    assert clip.samples.dtype == np.int16
    sound = (clip.samples[clip.onset :] / 32_768).astype(np.float32)
    assert level_lufs(sound, RATE_HZ) == pytest.approx(TARGET_LUFS, abs=0.5)
    assert 20 * np.log10(true_peak(sound)) <= PEAK_DBTP
    assert abs(clip.onset - heard_from(clip.samples)) <= 0.010 * RATE_HZ
    assert 0.010 * RATE_HZ <= clip.onset <= 0.040 * RATE_HZ
    assert clip.length == pytest.approx(0.645 * RATE_HZ, abs=0.012 * RATE_HZ)


def test_a_word_whose_peaks_are_limited_has_the_level_of_the_others() -> None:
    peaky = word(hz=80, length_s=0.3, peak=30_000, harmonics=40)
    clip = make_clip(np.concatenate([peaky, word(hz=200, length_s=0.7, peak=5_000, harmonics=3)]), ENGINE_HZ)
    assert clip is not None
    said = (clip.samples[720:-1_440] / 32_768).astype(np.float32)
    assert level_lufs(said, RATE_HZ) == pytest.approx(TARGET_LUFS, abs=0.1)
    assert 20 * np.log10(true_peak(said)) <= PEAK_DBTP


def test_a_soft_start_of_100_ms_is_kept_before_the_onset() -> None:
    breath = word(hz=3_000, length_s=0.1, peak=60, harmonics=3)
    clip = make_clip(np.concatenate([silence(0.2), breath, word(peak=20_000), silence(0.2)]), ENGINE_HZ)
    assert clip is not None
    assert clip.onset == pytest.approx(0.115 * RATE_HZ, abs=0.006 * RATE_HZ)


def test_a_clip_begins_and_ends_in_silence_without_a_step() -> None:
    clip = make_clip(word(), ENGINE_HZ)
    assert clip is not None
    assert np.abs(clip.samples[:48].astype(int)).max() <= 2
    assert np.abs(clip.samples[-48:].astype(int)).max() <= 2


def test_every_frame_of_the_sound_is_in_the_clip() -> None:
    raw = word(length_s=1.0)
    clip = make_clip(raw, ENGINE_HZ)
    assert clip is not None
    size = np.abs(clip.samples.astype(int))
    loud = np.flatnonzero(size > 300)
    assert (loud[-1] - loud[0]) / RATE_HZ == pytest.approx(1.0, abs=0.006)


def test_a_word_of_a_tenth_of_a_second_is_as_loud_as_a_sentence() -> None:
    short, long = (make_clip(word(length_s=length_s), ENGINE_HZ) for length_s in (0.1, 3.0))
    assert short is not None
    assert long is not None
    middles = [clip.samples[len(clip.samples) // 2 - 1_000 :][:2_000].astype(float) for clip in (short, long)]
    levels = [10 * np.log10(np.mean(middle**2)) for middle in middles]
    assert levels[0] == pytest.approx(levels[1], abs=1.0)


@pytest.mark.parametrize("length_s", [0.0, 0.001, 0.5])
def test_silence_makes_no_clip(length_s: float) -> None:
    assert make_clip(silence(length_s), ENGINE_HZ) is None


def test_the_same_sound_makes_the_same_clip_to_the_bit() -> None:
    raw = word(hz=111.0)
    first, second = make_clip(raw, ENGINE_HZ), make_clip(raw.copy(), ENGINE_HZ)
    assert first is not None
    assert second is not None
    assert first.samples.tobytes() == second.samples.tobytes()


def test_a_clip_cannot_be_written_to_by_accident() -> None:
    clip = make_clip(word(), ENGINE_HZ)
    assert clip is not None
    with pytest.raises(ValueError, match="read-only"):
        clip.samples[0] = 1


def test_a_single_word_is_a_decibel_louder_than_two_with_its_peaks_still_limited() -> None:
    raw = word()
    one, two = (make_clip(raw, ENGINE_HZ, text) for text in ("Twelve.", "Twelve more."))
    assert one is not None
    assert two is not None
    one_lufs, two_lufs = (
        level_lufs((clip.samples / 32_768).astype(np.float32), RATE_HZ) for clip in (one, two)
    )
    louder_db = one_lufs - two_lufs
    assert louder_db == pytest.approx(A_WORD_LOUDER_DB, abs=0.1)
    assert 20 * np.log10(true_peak((one.samples / 32_768).astype(np.float32))) <= PEAK_DBTP


def test_words_with_and_without_a_hiss_before_their_vowel_have_their_vowels_on_the_beat() -> None:
    generator = np.random.default_rng(1)
    hiss = np.diff(generator.normal(0, 1_200, round(0.1 * ENGINE_HZ))).astype(np.int16)
    places = []
    for before in (silence(0.0), hiss):
        clip = make_clip(np.concatenate([silence(0.1), before, word(peak=20_000), silence(0.2)]), ENGINE_HZ)
        assert clip is not None
        size = np.abs(clip.samples.astype(int))
        places.append(clip.onset - int(np.argmax(size > size.max() / 3)))
    assert abs(places[0] - places[1]) < 0.010 * RATE_HZ
