"""The noise that keeps silence from being digital zero is always the same, and nobody hears it."""

import numpy as np
import pytest

from coach.session.timeline import RATE_HZ
from coach.sound.dither import LOW_NOISE_DBFS, LOW_NOISE_HIGHEST_HZ, PERIOD, add_low_noise

SILENCE = np.zeros(2 * PERIOD + 5_000, np.float32)


def test_it_follows_the_frame_alone() -> None:
    whole = add_low_noise(SILENCE, 0)
    for start, end in ((0, 1), (PERIOD - 10, PERIOD + 10), (700, 2 * PERIOD + 900)):
        assert np.array_equal(add_low_noise(SILENCE[start:end], start), whole[start:end])


def test_what_is_given_stays_as_it_is_but_for_the_noise() -> None:
    sound = np.full(1_000, 0.25, np.float32)
    assert add_low_noise(sound, 5) == pytest.approx(0.25, abs=2e-4)
    assert (sound == np.float32(0.25)).all()


def test_it_is_as_soft_and_as_deep_as_said() -> None:
    noise = add_low_noise(SILENCE[:PERIOD], 0).astype(np.float64)
    assert 10 * np.log10(np.mean(noise**2)) == pytest.approx(LOW_NOISE_DBFS, abs=0.01)
    power = np.abs(np.fft.rfft(noise)) ** 2
    assert power[np.fft.rfftfreq(PERIOD, 1 / RATE_HZ) > LOW_NOISE_HIGHEST_HZ + 1].sum() < 1e-9 * power.sum()


def test_it_has_no_step_where_it_begins_anew() -> None:
    noise = add_low_noise(SILENCE, 0)
    steps = np.abs(np.diff(noise))
    assert steps[PERIOD - 1] <= steps[:PERIOD].max()
