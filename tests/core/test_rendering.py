"""Timelines become samples, from any frame and in blocks of any size."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.core.clip import Clip
from coach.core.rendering import render
from coach.core.script import Sound
from coach.core.timeline import Frames, Role, Say, Silence, Timeline, Tone
from tests.fakes import noise_clip

CLIP = noise_clip(0.01, seed=1)
PIP = noise_clip(0.004, seed=2).samples
TIMELINE = Timeline(
    "x",
    (
        Silence(Frames(0), Frames(100), "lead-in", Role.LEAD_IN),
        Say(Frames(100), CLIP.length, "One.", Role.COUNT, Frames(100)),
        Silence(Frames(580), Frames(20), "pause", Role.PAUSE),
        Tone(Frames(600), Frames(192), Sound.REP, Role.MOVEMENT),
        Tone(Frames(792), Frames(192), Sound.REP, Role.MOVEMENT),
        Silence(Frames(984), Frames(16), "end", Role.END),
    ),
    (),
)


def whole(start: int = 0, block: int = 16_384) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    blocks = [
        part.copy() for part in render(TIMELINE, {"One.": CLIP}, {Sound.REP: PIP}, start=start, block=block)
    ]
    return np.concatenate([*blocks, np.empty((0, 1), np.float32)])


def test_each_sound_stands_at_its_event_and_silence_everywhere_else() -> None:
    samples = whole()[:, 0] * 32768
    expected = np.zeros(1000)
    expected[100:580] = CLIP.samples
    expected[600:792] = expected[792:984] = PIP
    assert np.array_equal(samples, expected)


@given(st.integers(0, 1000), st.integers(1, 1100))
def test_what_sounds_at_a_frame_depends_on_neither_start_nor_block(start: int, block: int) -> None:
    assert np.array_equal(whole(start, block), whole()[start:])


def test_a_start_outside_the_timeline_is_refused() -> None:
    for start in (-1, 1001):
        with pytest.raises(ValueError, match="outside"):
            next(render(TIMELINE, {}, {}, start=start))


def test_a_missing_sound_and_one_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="no samples"):
        list(render(TIMELINE, {}, {Sound.REP: PIP}))
    with pytest.raises(ValueError, match="samples for"):
        list(render(TIMELINE, {"One.": Clip(CLIP.samples[1:], Frames(0))}, {Sound.REP: PIP}))
