"""Timelines become samples, from any frame and in blocks of any size."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from coach.language.model import Sound
from coach.session.activity import Activity
from coach.session.timeline import Frames, Role, Say, Silence, Timeline, Tone
from coach.sound.clip import Clip
from coach.sound.loudness import true_peak
from coach.sound.music_bed import CLIP_CEILING, PEAK, Bed, Samples, automation_for
from coach.sound.render import render
from tests.fakes import NoiseMusic, noise_clip

CLIP = noise_clip(0.01, seed=1)
PIP = noise_clip(0.004, seed=2).samples
TIMELINE = Timeline(
    "x",
    (
        Silence(Frames(0), Frames(100), "lead-in", Role.LEAD_IN, Activity.LEAD_IN),
        Say(Frames(100), CLIP.length, "One.", Role.COUNT, Frames(100)),
        Silence(Frames(580), Frames(20), "pause", Role.PAUSE, Activity.PAUSE),
        Tone(Frames(600), Frames(192), Sound.REP, Role.MOVEMENT),
        Tone(Frames(792), Frames(192), Sound.REP, Role.MOVEMENT),
        Silence(Frames(984), Frames(16), "end", Role.END, Activity.END),
    ),
    (),
)


def whole(start: int = 0, block: int = 16_384) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    blocks = render(TIMELINE, {"One.": CLIP}, {Sound.REP: PIP}, start=start, block=block)
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


# With a bed

BED_LENGTH = 200_000
WITH_ROOM = Timeline(
    "x",
    (
        Silence(Frames(0), Frames(60_000), "lead-in", Role.LEAD_IN, Activity.LEAD_IN),
        Say(Frames(60_000), CLIP.length, "One.", Role.COUNT, Frames(60_000)),
        Silence(Frames(60_480), Frames(20), "pause", Role.PAUSE, Activity.PAUSE),
        Tone(Frames(60_500), Frames(192), Sound.REP, Role.MOVEMENT),
        Silence(Frames(60_692), Frames(BED_LENGTH - 60_692), "end", Role.END, Activity.END),
    ),
    (),
)
BED = Bed(NoiseMusic(), automation_for(WITH_ROOM))


class NoMusic:
    """Silence in place of music."""

    def read(self, start: int, count: int) -> Samples:  # noqa: ARG002 - the same everywhere
        return np.zeros(count, np.float32)


SILENT_BED = Bed(NoMusic(), BED.automation)
SILENT_CLIP, SILENT_PIP = Clip(np.zeros_like(CLIP.samples), CLIP.onset), np.zeros_like(PIP)


def mix(
    *,
    clip: Clip = SILENT_CLIP,
    pip: NDArray[np.int16] = SILENT_PIP,
    bed: Bed | None = SILENT_BED,
    start: int = 0,
    block: int = 16_384,
) -> Samples:
    """The session with the sounds that are given, and silence in place of the others."""
    blocks = render(WITH_ROOM, {"One.": clip}, {Sound.REP: pip}, start=start, block=block, bed=bed)
    return np.concatenate([*(part[:, 0].copy() for part in blocks), np.empty(0, np.float32)])


def with_bed(*, start: int = 0, block: int = 16_384, clip: Clip = CLIP) -> Samples:
    return mix(clip=clip, pip=PIP, bed=BED, start=start, block=block)


def test_voice_tones_and_bed_add_up_to_the_whole_exactly() -> None:
    voice, tones, bed = mix(clip=CLIP), mix(pip=PIP), mix(bed=BED)
    assert voice.any()
    assert tones.any()
    assert bed.any()
    assert np.array_equal(with_bed().astype(np.float64), voice.astype(np.float64) + tones + bed)
    assert np.array_equal(with_bed() * 2**23, np.rint(with_bed() * 2**23))  # and in a file of 24 bits
    assert np.array_equal(mix(clip=CLIP, pip=PIP) + bed, with_bed())


def test_the_voice_and_the_tones_are_each_in_their_own_place() -> None:
    assert not mix(clip=CLIP)[60_480:].any()
    assert not mix(pip=PIP)[:60_500].any()
    assert np.array_equal(mix(clip=CLIP, pip=PIP), mix(clip=CLIP, pip=PIP, bed=None))


def test_the_bed_is_the_music_at_its_gain() -> None:
    music = NoiseMusic().read(0, BED_LENGTH) * automation_for(WITH_ROOM).gain(0, BED_LENGTH)
    assert np.allclose(mix(bed=BED), music, rtol=0, atol=2**-24)


@given(st.integers(0, BED_LENGTH), st.integers(1_000, 300_000))
def test_with_a_bed_too_what_sounds_depends_on_neither_start_nor_block(start: int, block: int) -> None:
    assert np.array_equal(with_bed(start=start, block=block), with_bed()[start:])


def test_with_a_bed_no_clip_has_a_peak_above_its_ceiling() -> None:
    loud = Clip(np.where(np.arange(480) % 48 < 24, 27_200, -27_200).astype(np.int16), Frames(0))
    assert true_peak(mix(clip=loud, pip=PIP, bed=None)) > CLIP_CEILING
    assert true_peak(mix(clip=loud)) <= 1.001 * CLIP_CEILING
    assert np.array_equal(mix(clip=CLIP), mix(clip=CLIP, bed=None))
    assert true_peak(NoiseMusic().read(0, BED_LENGTH)) < PEAK
    assert true_peak(with_bed(clip=loud)) <= 10 ** (-1.5 / 20)


def test_blocks_are_arrays_of_their_own() -> None:
    blocks = render(TIMELINE, {"One.": CLIP}, {Sound.REP: PIP}, block=100)
    copied = [block.copy() for block in blocks]
    kept = list(render(TIMELINE, {"One.": CLIP}, {Sound.REP: PIP}, block=100))
    assert np.concatenate(kept).any()
    assert np.array_equal(np.concatenate(kept), np.concatenate(copied))
