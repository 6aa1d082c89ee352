"""The conditions in which `bench/ear.py` has voices heard, and how it counts word errors."""

import doctest
import hashlib
from pathlib import Path

import conditions
import numpy as np
import pytest
import recognisers
import word_errors
from numpy.typing import NDArray

from coach.session.timeline import RATE_HZ
from coach.sound.loudness import level_lufs

Samples = NDArray[np.float32]


def tone(hz: float, peak: float = 0.1, length_s: float = 1.0) -> Samples:
    return np.asarray(
        peak * np.sin(2 * np.pi * hz * np.arange(round(length_s * RATE_HZ)) / RATE_HZ), dtype=np.float32
    )


def db(sound: Samples) -> float:
    return float(10 * np.log10(np.mean(np.square(sound, dtype=np.float64))))


BABBLE = conditions.babble_of([tone(hz, length_s=2.0) for hz in (310, 440, 620)])
EVERY = conditions.conditions(lambda: BABBLE)


@pytest.mark.parametrize("module", [conditions, recognisers, word_errors])
def test_the_examples_of_bench_are_right(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


@pytest.mark.parametrize("name", [name for name in EVERY if name[-1] != "k"])
def test_a_condition_gives_as_much_sound_and_the_same_for_the_same_seed(name: str) -> None:
    sound = tone(1_000)
    first, again = (EVERY[name](sound, 7) for _ in range(2))
    assert len(first) == len(sound)
    assert first.dtype == np.float32
    assert np.array_equal(first, again)


@pytest.mark.parametrize("name", ["pink +6 dB", "babble 0 dB", "phone, 70 years"])
def test_noise_begins_where_the_seed_says(name: str) -> None:
    assert not np.array_equal(EVERY[name](tone(1_000), 7), EVERY[name](tone(1_000), 8))


@pytest.mark.parametrize(("name", "over_db"), [("pink", 6), ("pink", 0), ("babble", 6), ("babble", 0)])
def test_noise_is_as_far_below_the_speech_as_its_name_says(name: str, over_db: int) -> None:
    sound = tone(1_000, length_s=4.0)
    noise = EVERY[f"{name} {'+' if over_db else ''}{over_db} dB"](sound, 7) - sound
    assert level_lufs(sound, RATE_HZ) - level_lufs(noise, RATE_HZ) == pytest.approx(over_db, abs=0.3)


@pytest.mark.parametrize(
    ("hz", "loss_db"), [(200, 24.1), (400, 3.0), (1_400, 0.0), (5_000, 3.0), (10_000, 24.1)]
)
def test_a_phone_loses_what_is_outside_its_band(hz: float, loss_db: float) -> None:
    assert db(tone(hz)) - db(conditions.phone(tone(hz), 0)) == pytest.approx(loss_db, abs=0.2)


@pytest.mark.parametrize(("hz", "loss_db"), [(500, 9.5), (1_000, 10.8), (2_000, 18.9), (4_000, 43.3)])
def test_a_man_of_seventy_loses_what_iso_7029_says(hz: float, loss_db: float) -> None:
    assert conditions.loss_db(np.array([hz]))[0] == pytest.approx(loss_db, abs=0.05)
    if loss_db < 20:  # above the ear's own noise
        heard = conditions.phone_at_seventy(tone(hz), 0)
        assert db(conditions.phone(tone(hz), 0)) - db(heard) == pytest.approx(loss_db, abs=0.5)


def test_the_ear_s_own_noise_has_its_level_in_each_hertz() -> None:
    spectrum = np.abs(np.fft.rfft(conditions.internal_noise())) ** 2
    hz = np.fft.rfftfreq(len(conditions.internal_noise()), 1 / RATE_HZ)
    for centre, spl in conditions.INTERNAL_NOISE_SPL.items():
        within = (hz > centre * 0.99) & (hz < min(centre * 1.01, conditions.NOISE_HZ[1]))
        power = 2 * spectrum[within].sum() / len(conditions.internal_noise()) ** 2
        width_hz = within.sum() / conditions.NOISE_S
        assert 10 * np.log10(power / width_hz) == pytest.approx(spl, abs=0.5)


def test_every_talker_of_the_babble_is_as_loud_as_the_others() -> None:
    loud, soft = tone(310, 0.5, 2.0), tone(440, 0.01, 2.0)
    spectrum = np.abs(np.fft.rfft(conditions.babble_of([loud, soft])))
    hz = np.fft.rfftfreq(len(loud), 1 / RATE_HZ)
    first, second = (spectrum[np.argmin(np.abs(hz - each))] for each in (310, 440))
    assert 20 * np.log10(first / second) == pytest.approx(0.0, abs=1.0)


@pytest.mark.parametrize("name", ["MP3 48k", "Opus 24k"])
def test_an_encoder_keeps_the_length_and_changes_the_sound(name: str) -> None:
    pytest.importorskip("av", reason="needs the extra phone")
    sound = tone(1_000)
    heard = EVERY[name](sound, 0)
    assert len(heard) == len(sound)
    assert not np.array_equal(heard, sound)
    assert db(heard) == pytest.approx(db(sound), abs=1.0)


def test_parts_that_are_joined_must_be_the_file_of_the_checksum(tmp_path: Path) -> None:
    parts = [tmp_path / "one", tmp_path / "two"]
    for part in parts:
        part.write_bytes(b"ab")
    whole = tmp_path / "model.bin"
    with pytest.raises(SystemExit, match="not the file"):
        recognisers.join(parts, whole, "0" * 64)
    assert sorted(tmp_path.iterdir()) == parts
    recognisers.join(parts, whole, hashlib.sha256(b"abab").hexdigest())
    assert whole.read_bytes() == b"abab"
