import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from coach.sound.equaliser import OCTAVES_HZ, equalised
from coach.sound.loudness import true_peak

RATES_HZ = (16_000, 22_050, 24_000, 48_000)
GAINS = (-3.0, 2.0, 0.0, -6.0, 4.0, 8.0, 8.0)


def tone(hz: float, rate_hz: int, length_s: float = 0.5) -> NDArray[np.float32]:
    at = np.arange(round(length_s * rate_hz)) / rate_hz
    return np.asarray(0.1 * np.sin(2 * np.pi * hz * at), dtype=np.float32)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("place", range(6))
def test_a_tone_at_each_octave_gets_its_gain_at_every_rate(rate_hz: int, place: int) -> None:
    given_ = tone(OCTAVES_HZ[place], rate_hz)
    middle = slice(len(given_) // 4, 3 * len(given_) // 4)
    gain_db = 20 * np.log10(np.std(equalised(given_, rate_hz, GAINS)[middle]) / np.std(given_[middle]))
    assert gain_db == pytest.approx(GAINS[place], abs=0.7)


def test_no_gains_give_the_very_same_array() -> None:
    sound = tone(440, 48_000)
    assert equalised(sound, 48_000, ()) is sound
    assert equalised(sound, 48_000, (0.0,) * 7) is sound


@given(st.integers(0, 3_000), st.sampled_from(RATES_HZ))
def test_nothing_is_heard_before_its_cause_and_the_length_stays(lead: int, rate_hz: int) -> None:
    sound = np.zeros(lead + 1_000, dtype=np.float32)
    sound[lead] = 1.0
    heard = equalised(sound, rate_hz, GAINS)
    assert len(heard) == len(sound)
    assert np.abs(heard[:lead]).max(initial=0.0) < 1e-6


def test_the_filter_is_linear() -> None:
    one, other = tone(300, 22_050), tone(2_500, 22_050)
    apart = equalised(one, 22_050, GAINS) + equalised(other, 22_050, GAINS)
    assert true_peak(equalised(one + other, 22_050, GAINS) - apart) < 1e-6


def test_an_empty_sound_stays_empty() -> None:
    assert len(equalised(np.zeros(0, dtype=np.float32), 22_050, GAINS)) == 0
