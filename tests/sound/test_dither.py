"""Quantising adds white noise of a known size, and nothing that follows the sound or its splitting."""

import hashlib
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from coach.sound.dither import PERIOD, PIECE, STEPS, Quantiser, triangular_noise

QUANTISER = Quantiser()
STEREO = Quantiser(channels=2)

Sound = NDArray[np.float32]
Numbers = NDArray[np.int16]


def quantised(samples: Sound, at: int = 0, quantiser: Quantiser = QUANTISER) -> Numbers:
    """Of shape (frames,) or (frames, channels)."""
    block = samples if samples.ndim == 2 else samples.reshape(-1, 1)
    out = np.full(block.size, 12_345, dtype=np.int16)
    quantiser.quantise(block, at, out)
    return out


def constant(level_steps: float, frames: int = PERIOD) -> Sound:
    return np.full(frames, level_steps / STEPS, dtype=np.float32)


def noise(frames: int, seed: int = 1) -> Sound:
    return np.random.Generator(np.random.PCG64(seed)).uniform(-0.9, 0.9, frames).astype(np.float32)


SILENCE = quantised(constant(0))


def longest_run(condition: NDArray[np.bool_]) -> int:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], condition, [False]]).astype(np.int8)))
    return int((edges[1::2] - edges[::2]).max())


def band_levels_db(numbers: NDArray[np.float64], bands: int) -> NDArray[np.float64]:
    """Mean power in equally wide bands, in dB re the mean of all."""
    spectra = np.abs(np.fft.rfft(numbers.reshape(-1, 1024) * np.hanning(1024), axis=1)) ** 2
    levels = np.array([band.mean() for band in np.array_split(spectra.mean(axis=0)[2:-1], bands)])
    in_db: NDArray[np.float64] = 10 * np.log10(levels / levels.mean())
    return in_db


def test_silence_is_one_step_up_or_down_a_quarter_of_the_time_and_never_zero_for_long() -> None:
    assert set(SILENCE) == {-1, 0, 1}
    assert np.mean(SILENCE == 1) == pytest.approx(1 / 8, abs=0.003)
    assert np.mean(SILENCE == -1) == pytest.approx(1 / 8, abs=0.003)
    assert longest_run(SILENCE == 0) < 48  # a millisecond


def test_the_noise_of_silence_has_the_same_power_in_every_band() -> None:
    assert np.abs(band_levels_db(SILENCE.astype(np.float64), bands=16)).max() < 0.2


@pytest.mark.parametrize("lag", [1, 2, 3, 48, 100, 1024, 4800, PIECE, PIECE * 2, PERIOD // 2])
def test_the_noise_is_not_like_itself_a_while_later(lag: int) -> None:
    numbers = SILENCE.astype(np.float64)
    likeness = np.mean(numbers * np.roll(numbers, lag)) / np.mean(numbers**2)
    assert abs(likeness) < 5 / np.sqrt(PERIOD)


@pytest.mark.parametrize("level_steps", [0, 0.1, 0.25, 0.5, 0.75, 0.9, 1000.5, -3.3, -20_000.25])
def test_the_error_has_no_mean_and_a_quarter_step_squared_of_power_at_any_level(level_steps: float) -> None:
    error = quantised(constant(level_steps)) - np.float64(np.float32(level_steps / STEPS)) * STEPS
    assert error.mean() == pytest.approx(0, abs=0.005)
    assert np.mean(error**2) == pytest.approx(0.25, rel=0.01)
    assert np.abs(error).max() <= 1.5


def test_a_tone_of_half_a_step_is_still_there_and_has_no_harmonics() -> None:
    # Without dither it would round to nothing.
    turns = 2 * np.pi * 12_000 / PERIOD * np.arange(PERIOD)
    numbers = quantised((0.5 / STEPS * np.sin(turns)).astype(np.float32))
    spectrum = 2 / PERIOD * np.abs(np.fft.rfft(numbers))
    assert spectrum[12_000] == pytest.approx(0.5, abs=0.02)
    floor = np.median(spectrum)
    assert all(spectrum[harmonic * 12_000] < 6 * floor for harmonic in range(2, 10))


def test_the_numbers_are_those_of_the_plain_formula() -> None:
    samples = noise(PERIOD + 1000)
    dither = np.resize(triangular_noise(PERIOD).astype(np.float64), samples.size)
    plain = np.rint((samples.astype(np.float64) + dither) * STEPS)
    numbers = quantised(samples)
    # A float32 sum is off by up to 1/512 of a step, so now and then it falls on the other side of a half.
    assert np.abs(numbers - plain).max() <= 1
    assert np.mean(numbers != plain) < 0.002


LONG = noise(3 * PIECE + 17, seed=2)
LONG[PIECE // 2 : 2 * PIECE + 5] = 0
LONG_AT = PERIOD - PIECE - 3
WHOLE = quantised(LONG, at=LONG_AT)


@given(st.lists(st.integers(0, LONG.size), max_size=8))
def test_any_split_gives_the_same_numbers(cuts: list[int]) -> None:
    bounds = [0, *sorted(cuts), LONG.size]
    parts = [quantised(LONG[start:end], at=LONG_AT + start) for start, end in pairwise(bounds)]
    assert np.array_equal(np.concatenate(parts), WHOLE)


@given(st.integers(0, 10**9), st.integers(1, 100))
def test_the_dither_belongs_to_the_frame_wherever_one_starts(at: int, frames: int) -> None:
    expected = np.resize(np.roll(SILENCE, -(at % PERIOD)), frames)
    assert np.array_equal(quantised(constant(0, frames), at=at), expected)


def test_silence_by_the_short_way_is_silence_by_the_long_way() -> None:
    almost = constant(0)
    almost[::1000] = 1e-12  # too little to change a number, enough to be no silence
    assert np.array_equal(quantised(almost), SILENCE)


def test_a_block_that_only_starts_silent_is_heard() -> None:
    for level in (0.5, -0.5):
        samples = constant(0, 1000)
        samples[999] = level
        assert quantised(samples)[999] == pytest.approx(level * STEPS, abs=2)


def test_minus_zero_is_silence() -> None:
    assert np.array_equal(quantised(-constant(0)), SILENCE)


def test_full_scale_fits_and_never_wraps_around() -> None:
    assert set(quantised(constant(STEPS))) == {STEPS - 1}
    assert set(quantised(constant(-STEPS))) == {-STEPS, -STEPS + 1}
    assert set(quantised(constant(STEPS + 2))) == {STEPS - 1}
    assert set(quantised(constant(-STEPS - 2))) == {-STEPS}


@pytest.mark.parametrize("wrong", [np.nan, -np.nan, np.inf, -np.inf, 1.0001, -1.0001, 1e30, -1e30])
@pytest.mark.parametrize("place", [0, 1, PIECE - 1, PIECE, 2 * PIECE + 16])
def test_what_is_no_sample_is_refused_with_its_value(wrong: float, place: int) -> None:
    samples = noise(2 * PIECE + 17)
    samples[place] = wrong
    with pytest.raises(ValueError, match="a sample is") as caught:
        quantised(samples)
    assert f"{wrong:g}".lstrip("-") in str(caught.value)


def test_two_channels_have_dither_of_their_own() -> None:
    left, right = quantised(np.zeros((PERIOD, 2), np.float32), quantiser=STEREO).reshape(-1, 2).T
    assert set(left) == set(right) == {-1, 0, 1}
    assert abs(np.mean(left.astype(float) * right)) < 0.25 * 5 / np.sqrt(PERIOD)


def test_two_channels_split_anywhere_give_the_same_numbers() -> None:
    block = noise(2 * 40_000, seed=3).reshape(-1, 2)
    whole = quantised(block, at=PERIOD - 5, quantiser=STEREO)
    parts = [quantised(block[:7], PERIOD - 5, STEREO), quantised(block[7:], PERIOD + 2, STEREO)]
    assert np.array_equal(np.concatenate(parts), whole)


def test_a_block_of_another_shape_or_type_is_refused() -> None:
    out = np.empty(10, np.int16)
    for block in (np.zeros(10, np.float32), np.zeros((5, 2), np.float32), np.zeros((10, 1), np.float64)):
        with pytest.raises(ValueError, match="a block is float32 of shape"):
            QUANTISER.quantise(block, 0, out)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="do not fill"):
        QUANTISER.quantise(np.zeros((9, 1), np.float32), 0, out)


def test_the_block_given_is_left_as_it_was() -> None:
    block = noise(1000)
    block.flags.writeable = False
    quantised(block)


def test_a_longer_table_begins_as_a_shorter_one() -> None:
    assert np.array_equal(triangular_noise(2 * PIECE + 3)[: PIECE + 1], triangular_noise(PIECE + 1))


def test_the_dither_is_the_same_in_every_version() -> None:
    # Exports of one session are compared byte for byte, also by people who have upgraded.
    digest = hashlib.sha256(triangular_noise(PERIOD).astype("<f4").tobytes()).hexdigest()
    assert digest[:16] == "3cc7e0a91bf703fc"
