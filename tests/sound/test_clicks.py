"""No event begins or ends with a click, measured on the sound of a whole session; and the fades see to it."""

import importlib.util
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from numpy.typing import NDArray

from coach.language.model import Sound
from coach.session.compile import compile_session
from coach.session.moves import ChapterMoves, prompts
from coach.session.options import Detail, Options
from coach.session.timeline import RATE_HZ, Frames, Say, Silence, Timeline, Tone
from coach.session.timeline_builder import Sounds
from coach.sheets.by_name import named
from coach.sheets.score import scored
from coach.sound.clip import Clip
from coach.sound.loudness import Edges
from coach.sound.music_bed import Bed, automation_for
from coach.sound.render import render
from coach.sound.tones import tones
from coach.voices import finishing
from coach.voices.spoken_session import produced_in_turn

NEAR = 5
"""A click is a step within so many frames of a border; later, it is what the sound itself does."""

MOST = 10 ** (-50 / 20)
"""A step to or from silence of more than -50 dBFS is heard in a quiet room; speech has some of -12 dBFS
within itself."""

ENGINE_HZ = 22_050

Score = tuple[str, tuple[ChapterMoves, ...]]
Tones = Mapping[Sound, NDArray[np.int16]]


class Hum:
    """Music that is a steady tone of 60 Hz at -34 dBFS."""

    def read(self, start: int, count: int) -> NDArray[np.float32]:
        turns = 2 * np.pi * 60 / RATE_HZ * np.arange(start, start + count)
        return np.asarray(0.02 * np.sin(turns), dtype=np.float32)


def clicks(timeline: Timeline, sound: NDArray[np.float32]) -> list[str]:
    """The events with a step of more than `MOST` at their borders."""
    steps = np.abs(np.diff(sound, prepend=np.float32(0), append=np.float32(0)))
    found = []
    for event in timeline.events:
        if isinstance(event, Silence):
            continue
        first, end = event.start, event.start + event.length
        near = steps[first : first + NEAR].max(), steps[end - NEAR + 1 : end + 1].max()
        if max(near) > MOST:
            found.append(event.text if isinstance(event, Say) else str(event.sound))
    return found


def heard(
    timeline: Timeline,
    clips: Mapping[str, Clip],
    bells: Tones,
    bed: Bed | None = None,
) -> list[str]:
    whole = np.concatenate([block.copy() for block in render(timeline, clips, bells, bed=bed)])[:, 0]
    assert np.abs(np.diff(whole)).max() > 10 * MOST, "speech has steps of its own"
    return clicks(timeline, whole)


def noisy(seed: int) -> NDArray[np.int16]:
    """What an engine may give: sound that is there from its first sample to its last, at 22.05 kHz."""
    generator = np.random.default_rng(seed)
    return generator.normal(0, 3_000, generator.integers(3_000, 6_000)).astype(np.int16)


@pytest.fixture(scope="module")
def score() -> Score:
    title, _, chapters = scored(named("step-ups"), Options(detail=Detail.BRIEF))
    return title, chapters


def loudest_at_the_ends(clip: Clip) -> float:
    return float(
        np.abs(np.concatenate([clip.samples[:NEAR], clip.samples[-NEAR:]]).astype(int)).max() / 32_768
    )


def laid_out(score: Score, bells: Tones) -> tuple[Timeline, dict[str, Clip]]:
    title, chapters = score
    texts = dict.fromkeys(text for chapter in chapters for text in prompts(chapter))
    clips = {}
    for seed, text in enumerate(texts):
        clip = finishing.make_clip(noisy(seed), ENGINE_HZ)
        assert clip is not None
        clips[text] = clip
    lengths = {sound: Frames(len(samples)) for sound, samples in bells.items()}
    return compile_session(title, chapters, Sounds(clips, lengths)), clips


@pytest.mark.parametrize("for_hearing", [False, True])
def test_a_session_in_the_real_voice_has_no_click(for_hearing: bool) -> None:
    title, language, chapters = scored(named("step-ups"), Options(detail=Detail.BRIEF))
    *_, made = produced_in_turn(title, chapters, voice=language, options=Options(hearing=for_hearing))
    assert heard(made.timeline, made.clips, made.tones) == []
    bed = Bed(Hum(), automation_for(made.timeline))
    assert heard(made.timeline, made.clips, made.tones, bed) == []


def rises(clip: Clip) -> tuple[float, float]:
    """How loud a clip is within half a millisecond of where its sound was cut, in parts of its loudest."""
    size = np.abs(clip.samples.astype(int)) / np.abs(clip.samples.astype(int)).max()
    begins, ends = round(0.015 * RATE_HZ), len(size) - round(0.030 * RATE_HZ)
    return float(size[begins - 24 : begins + 24].max()), float(size[ends - 24 : ends + 24].max())


def test_an_engine_whose_sound_has_no_silence_around_it_makes_none(
    score: Score, monkeypatch: pytest.MonkeyPatch
) -> None:
    timeline, clips = laid_out(score, tones())
    assert heard(timeline, clips, tones()) == []
    assert max(max(rises(clip)) for clip in clips.values()) < 0.06
    monkeypatch.setattr(finishing, "_FADE_CUT_S", 1 / ENGINE_HZ)
    _, clips = laid_out(score, tones())
    assert min(min(rises(clip)) for clip in clips.values()) > 0.1, "without its fade"


@pytest.mark.parametrize("fade", ["_FADE_IN_S", "_FADE_OUT_S"])
def test_without_fades_every_prompt_that_is_cut_out_of_noise_would_click(
    monkeypatch: pytest.MonkeyPatch, fade: str
) -> None:
    """As if the edges had been found in the middle of the sound."""

    def end_to_end(sound: NDArray[np.float32], rate_hz: int) -> Edges:
        return Edges(round(0.1 * rate_hz), len(sound) - round(0.1 * rate_hz))

    monkeypatch.setattr(finishing, "edges", end_to_end)
    clip = finishing.make_clip(noisy(1), ENGINE_HZ)
    assert clip is not None
    assert loudest_at_the_ends(clip) < MOST
    monkeypatch.setattr(finishing, fade, 1 / RATE_HZ)
    clip = finishing.make_clip(noisy(1), ENGINE_HZ)
    assert clip is not None
    assert loudest_at_the_ends(clip) > MOST


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    path = Path(__file__).parents[2] / "sounds" / "make_sounds.py"
    spec = importlib.util.spec_from_file_location("make_sounds", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_sounds"] = module
    spec.loader.exec_module(module)
    return module


def test_without_fades_every_tone_would_click(score: Score, generator: ModuleType) -> None:
    bells = {}
    for cue in generator.CUES:
        hard = replace(cue, notes=[replace(note, fade_in_ms=0, fade_out_ms=0) for note in cue.notes])
        bells[Sound(cue.name)] = np.array(generator.samples_of(hard), np.int16)
    timeline, clips = laid_out(score, bells)
    found = heard(timeline, clips, bells)
    rung = {str(event.sound) for event in timeline.events if isinstance(event, Tone)}
    assert set(found) == rung
