"""What is limited block by block is what would be limited at once."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from coach.session.timeline import RATE_HZ
from coach.sound.limiter import AROUND, LEAST, Limiter
from coach.sound.loudness import limited, true_peak

CEILING = 0.5
LENGTH = 3 * LEAST + 1_234


def speech(seed: int = 1) -> NDArray[np.float32]:
    """Bursts of sound, some of them above the ceiling, with silence between them."""
    generator = np.random.Generator(np.random.PCG64(seed))
    carrier = np.sin(np.arange(LENGTH) / 9)
    loudness = np.repeat(generator.choice([0.0, 0.1, 0.3, 0.6, 0.9], LENGTH // 700 + 1), 700)[:LENGTH]
    return np.asarray(carrier * loudness, np.float32)


def joined(samples: NDArray[np.float32], bounds: list[int]) -> NDArray[np.float32]:
    limiter = Limiter(CEILING)
    parts = [limiter.process(samples[start:end]) for start, end in pairwise(bounds)]
    return np.concatenate([*parts, limiter.flush()])


@settings(max_examples=40)
@given(cuts=st.lists(st.integers(0, LENGTH), max_size=8), seed=st.integers(0, 5))
def test_any_split_into_blocks_is_limited_as_the_whole(cuts: list[int], seed: int) -> None:
    samples = speech(seed)
    at_once = limited(samples, RATE_HZ, CEILING, makes_up=False)
    assert np.array_equal(joined(samples, [0, *sorted(cuts), LENGTH]), at_once)


def test_no_true_peak_is_above_the_ceiling() -> None:
    samples = speech()
    assert true_peak(samples) > 1.5 * CEILING
    assert true_peak(joined(samples, [0, 10_000, 70_000, LENGTH])) <= CEILING * 1.001


def test_what_is_under_the_ceiling_stays_as_it_is() -> None:
    samples = speech() * np.float32(0.4)
    assert np.array_equal(joined(samples, [0, 40_000, LENGTH]), samples)


def test_it_holds_back_no_more_than_it_needs() -> None:
    limiter = Limiter(CEILING)
    samples = speech()
    assert len(limiter.process(samples)) >= LENGTH - 2 * AROUND
    assert len(limiter.process(samples[:0])) == 0


@pytest.mark.parametrize("count", [0, 1, AROUND - 1, AROUND, AROUND + 1])
def test_a_short_sound_comes_out_whole(count: int) -> None:
    samples = speech()[:count]
    assert len(joined(samples, [0, count])) == count
