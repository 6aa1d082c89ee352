"""Sheets and tones are found, and a damaged tone is named."""

import shutil
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest
import soundfile

from coach import assets
from coach.core.script import Sound
from coach.errors import DiskError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the tones to be damaged."""
    return Path(shutil.copytree(assets.sounds_folder(), tmp_path / "sounds"))


def write_tone(
    path: Path, *, rate_hz: int = 48_000, channels: int = 1, width: int = 2, frames: int = 100
) -> None:
    with wave.open(str(path), "wb") as writer:
        writer.setparams((channels, width, rate_hz, frames, "NONE", ""))
        writer.writeframes(b"\1" * (channels * width * frames))


def test_every_tone_comes_as_the_samples_of_its_file() -> None:
    tones = assets.tones()
    assert set(tones) == set(Sound)
    for sound, samples in tones.items():
        expected, rate_hz = soundfile.read(assets.sounds_folder() / f"{sound}.wav", dtype="int16")
        assert rate_hz == 48_000
        assert samples.dtype == np.int16
        assert np.array_equal(samples, expected)


def test_nobody_can_change_a_tone_for_the_others() -> None:
    tones = assets.tones()
    with pytest.raises(ValueError, match="read-only"):
        tones[Sound.REP][0] = 1
    with pytest.raises(TypeError):
        tones[Sound.REP] = tones[Sound.GO]  # type: ignore[index]


def test_tones_are_read_once() -> None:
    assert assets.tones() is assets.tones()


def test_a_missing_tone_is_named(folder: Path) -> None:
    (folder / "hold-end.wav").unlink()
    with pytest.raises(DiskError, match=r"hold-end\.wav is missing") as caught:
        assets._tones_in(folder)
    assert caught.value.hint


def test_a_tone_that_is_a_folder_is_named(folder: Path) -> None:
    (folder / "go.wav").unlink()
    (folder / "go.wav").mkdir()
    with pytest.raises(DiskError, match=r"go\.wav cannot be read"):
        assets._tones_in(folder)


@pytest.mark.parametrize("content", [b"", b"RIFF", b"no sound at all, but text", b"RIFF\4\0\0\0WAVE"])
def test_a_tone_that_is_no_sound_is_named(folder: Path, content: bytes) -> None:
    (folder / "rep.wav").write_bytes(content)
    with pytest.raises(DiskError, match=r"rep\.wav is no sound file"):
        assets._tones_in(folder)


@pytest.mark.parametrize("kept", [44, 46, 4000, -1])
def test_a_tone_that_breaks_off_is_named(folder: Path, kept: int) -> None:
    (folder / "side.wav").write_bytes((folder / "side.wav").read_bytes()[:kept])
    with pytest.raises(DiskError, match=r"side\.wav (breaks off|is no sound file)"):
        assets._tones_in(folder)


def test_an_empty_tone_is_named(folder: Path) -> None:
    write_tone(folder / "bell.wav", frames=0)
    with pytest.raises(DiskError, match=r"bell\.wav breaks off after 0 of 0"):
        assets._tones_in(folder)


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
        assets._tones_in(folder)
    assert said in caught.value.message


def test_folders_that_are_nowhere_are_an_error_with_advice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "PACKAGE", tmp_path / "coach")
    for find in (assets.scripts_folder, assets.sounds_folder):
        with pytest.raises(DiskError, match="no folder") as caught:
            find()
        assert caught.value.hint


def test_the_package_s_own_folder_goes_before_the_one_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "PACKAGE", tmp_path / "coach")
    (tmp_path / "sounds").mkdir()
    assert assets.sounds_folder() == tmp_path / "sounds"
    (tmp_path / "coach" / "sounds").mkdir(parents=True)
    assert assets.sounds_folder() == tmp_path / "coach" / "sounds"


def test_finding_the_sheets_loads_no_numpy() -> None:
    code = "import sys, coach.assets; print(coach.assets.scripts_folder()); print('numpy' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines() == [str(assets.scripts_folder()), "False"]
