"""Every tone is read as it is, and a damaged one is named."""

import shutil
import wave
from pathlib import Path

import numpy as np
import pytest
import soundfile

from coach import folders
from coach.errors import DiskError
from coach.language.model import Sound
from coach.sound import tones


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the tones to be damaged."""
    return Path(shutil.copytree(folders.sounds_folder(), tmp_path / "sounds"))


def write_tone(
    path: Path, *, rate_hz: int = 48_000, channels: int = 1, width: int = 2, frames: int = 100
) -> None:
    with wave.open(str(path), "wb") as writer:
        writer.setparams((channels, width, rate_hz, frames, "NONE", ""))
        writer.writeframes(b"\1" * (channels * width * frames))


def test_every_tone_comes_as_the_samples_of_its_file() -> None:
    every = tones.tones()
    assert set(every) == set(Sound)
    for sound, samples in every.items():
        expected, rate_hz = soundfile.read(folders.sounds_folder() / f"{sound}.wav", dtype="int16")
        assert rate_hz == 48_000
        assert samples.dtype == np.int16
        assert np.array_equal(samples, expected)


def test_nobody_can_change_a_tone_for_the_others() -> None:
    every = tones.tones()
    with pytest.raises(ValueError, match="read-only"):
        every[Sound.REP][0] = 1
    with pytest.raises(TypeError):
        every[Sound.REP] = every[Sound.GO]  # type: ignore[index]


def test_tones_are_read_once() -> None:
    assert tones.tones() is tones.tones()


def test_a_missing_tone_is_named(folder: Path) -> None:
    (folder / "hold-end.wav").unlink()
    with pytest.raises(DiskError, match=r"hold-end\.wav is missing") as caught:
        tones._tones_in(folder)
    assert caught.value.hint


def test_a_tone_that_is_a_folder_is_named(folder: Path) -> None:
    (folder / "go.wav").unlink()
    (folder / "go.wav").mkdir()
    with pytest.raises(DiskError, match=r"go\.wav cannot be read"):
        tones._tones_in(folder)


@pytest.mark.parametrize("content", [b"", b"RIFF", b"no sound at all, but text", b"RIFF\4\0\0\0WAVE"])
def test_a_tone_that_is_no_sound_is_named(folder: Path, content: bytes) -> None:
    (folder / "rep.wav").write_bytes(content)
    with pytest.raises(DiskError, match=r"rep\.wav is no sound file"):
        tones._tones_in(folder)


@pytest.mark.parametrize("kept", [44, 46, 4000, -1])
def test_a_tone_that_breaks_off_is_named(folder: Path, kept: int) -> None:
    (folder / "side.wav").write_bytes((folder / "side.wav").read_bytes()[:kept])
    with pytest.raises(DiskError, match=r"side\.wav (breaks off|is no sound file)"):
        tones._tones_in(folder)


def test_an_empty_tone_is_named(folder: Path) -> None:
    write_tone(folder / "bell.wav", frames=0)
    with pytest.raises(DiskError, match=r"bell\.wav breaks off after 0 of 0"):
        tones._tones_in(folder)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"rate_hz": 44_100}, "44100 Hz, 1 channel"),
        ({"channels": 2}, "48000 Hz, 2 channel"),
        ({"width": 3}, "and 24 bits"),
    ],
)
def test_a_tone_of_another_format_is_named_with_what_it_has(
    folder: Path, wrong: dict[str, int], said: str
) -> None:
    write_tone(folder / "end.wav", **wrong)
    with pytest.raises(DiskError, match=r"end\.wav has") as caught:
        tones._tones_in(folder)
    assert said in caught.value.message
