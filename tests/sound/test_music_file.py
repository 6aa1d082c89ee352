"""Music files: any part at any time, at the bed's level, without an end; and what is no music."""

import os
import re
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from coach.errors import CoachError, DiskError, UsageError
from coach.folders import clips_folder
from coach.session.timeline import RATE_HZ
from coach.sound.loudness import OFFSET_DB, k_mean_squares, level_lufs, true_peak
from coach.sound.music_bed import BED_LUFS, OVER_LU
from coach.sound.music_file import CROSSFADE, SEGMENT, MusicFile

Samples = NDArray[np.float32]

KINDS = {
    "WAV": ("music.wav", "PCM_16"),
    "FLAC": ("music.flac", "PCM_16"),
    "Vorbis": ("music.ogg", "VORBIS"),
    "Opus": ("music.opus.ogg", "OPUS"),
    "MP3": ("music.mp3", "MPEG_LAYER_III"),
}


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COACH_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))


def hum(seconds: float, rate_hz: int = RATE_HZ, channels: int = 1, seed: int = 1) -> Samples:
    """Soft noise, as smooth as music: shape (frames, channels)."""
    count = round(seconds * rate_hz)
    noise = np.random.default_rng(seed).normal(0, 1, (count + 200, channels))
    sums = np.cumsum(noise, axis=0)
    smooth = (sums[200:] - sums[:-200])[:count]
    return np.asarray(0.2 * smooth / np.abs(smooth).max(initial=0.01), dtype=np.float32)


def sine(seconds: float, hz: float, rate_hz: int) -> Samples:
    return (0.3 * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate_hz)) / rate_hz)).astype(np.float32)


def written(path: Path, sound: Samples, rate_hz: int = RATE_HZ, subtype: str = "FLOAT") -> Path:
    kind = "OGG" if path.suffix == ".ogg" else None
    channels = 1 if sound.ndim == 1 else sound.shape[1]
    with soundfile.SoundFile(path, "w", rate_hz, channels, format=kind, subtype=subtype) as file:
        for start in range(0, len(sound), 4_096):
            file.write(sound[start : start + 4_096])
    return path


def heard(path: Path, start: int, count: int) -> Samples:
    with MusicFile(path) as music:
        return music.read(start, count)


def steps(sound: Samples) -> Samples:
    return np.abs(np.diff(sound))


def k_lufs(samples: Samples) -> float:
    return float(OFFSET_DB + 10 * np.log10(k_mean_squares(samples[np.newaxis], RATE_HZ)[0]))


# What is heard


@pytest.mark.parametrize("kind", KINDS)
def test_what_sounds_at_a_frame_does_not_depend_on_what_was_read_before(kind: str, tmp_path: Path) -> None:
    name, subtype = KINDS[kind]
    rate_hz = 48_000 if kind == "Opus" else 44_100
    path = written(tmp_path / name, hum(11, rate_hz, 2), rate_hz, subtype)
    in_order = heard(path, 0, 25 * RATE_HZ)
    generator = np.random.default_rng(5)
    with MusicFile(path) as music:
        for start in generator.integers(0, 24 * RATE_HZ, 25):
            count = int(generator.integers(1, RATE_HZ))
            assert np.array_equal(music.read(int(start), count), in_order[start : start + count])


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_file_sounds_the_same_at_the_level_of_the_bed(kind: str, tmp_path: Path) -> None:
    name, subtype = KINDS[kind]
    sound = hum(12)
    played = heard(written(tmp_path / name, sound, subtype=subtype), 0, 8 * RATE_HZ)
    plain = heard(written(tmp_path / "plain.wav", sound), 0, 8 * RATE_HZ)
    assert level_lufs(played, RATE_HZ) == pytest.approx(BED_LUFS, abs=0.5)
    assert np.corrcoef(played, plain)[0, 1] > 0.95


@pytest.mark.parametrize("gain_db", [-35, 0, 10, 100])
def test_soft_and_loud_files_are_equally_loud(gain_db: float, tmp_path: Path) -> None:
    sound = hum(12) * np.float32(10 ** (gain_db / 20))
    played = heard(written(tmp_path / "music.wav", sound), 0, 8 * RATE_HZ)
    assert level_lufs(played, RATE_HZ) == pytest.approx(BED_LUFS, abs=0.2)


def test_a_bed_may_be_softer_and_not_louder(tmp_path: Path) -> None:
    path = written(tmp_path / "music.wav", hum(12))
    usual = heard(path, 0, RATE_HZ)
    with MusicFile(path, gain_db=-6.0) as music:
        assert np.allclose(music.read(0, RATE_HZ), usual * 10 ** (-6 / 20), rtol=0, atol=1e-7)
    with pytest.raises(ValueError, match=r"3\.0 dB louder"):
        MusicFile(path, gain_db=3.0)


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 22_050, 44_100, 44_056, 47_999, 96_000, 192_000])
def test_at_any_rate_a_tone_keeps_its_pitch_and_has_no_seams(rate_hz: int, tmp_path: Path) -> None:
    path = written(tmp_path / "music.wav", sine(14, 440, rate_hz), rate_hz)
    played = heard(path, 0, 10 * RATE_HZ)
    middle = played[RATE_HZ // 10 : 9 * RATE_HZ]
    expected = np.sin(2 * np.pi * 440 * (np.arange(len(middle)) + RATE_HZ // 10) / RATE_HZ)
    assert np.abs(middle - expected * middle.max()).max() < 0.01 * middle.max()


@pytest.mark.parametrize("channels", [2, 8])
def test_channels_are_mixed_into_one(channels: int, tmp_path: Path) -> None:
    sound = hum(9, channels=channels)
    mixed = heard(written(tmp_path / "many.wav", sound), 0, 4 * RATE_HZ)
    one = heard(written(tmp_path / "one.wav", sound.mean(axis=1)), 0, 4 * RATE_HZ)
    assert np.allclose(mixed, one, rtol=0, atol=1e-6)


def test_a_loud_part_is_held_back(tmp_path: Path) -> None:
    sound = hum(30)
    sound[12 * RATE_HZ : 14 * RATE_HZ] *= 4
    played = heard(written(tmp_path / "music.wav", sound), 0, 26 * RATE_HZ)
    windows = range(0, len(played) - RATE_HZ // 2, RATE_HZ // 10)
    assert max(k_lufs(played[at : at + RATE_HZ * 2 // 5]) for at in windows) < BED_LUFS + OVER_LU + 0.3


def test_silence_at_either_end_is_left_out(tmp_path: Path) -> None:
    silence = np.zeros((3 * RATE_HZ, 1), np.float32)
    sound = hum(9)
    with MusicFile(written(tmp_path / "music.wav", np.concatenate([silence, sound, silence]))) as music:
        assert abs(music.length - 9 * RATE_HZ) <= RATE_HZ // 5
        assert k_lufs(music.read(0, RATE_HZ // 5)) > BED_LUFS - 3


# The loop


def test_the_music_begins_anew_after_its_period(tmp_path: Path) -> None:
    with MusicFile(written(tmp_path / "music.wav", hum(13))) as music:
        assert music.length == 13 * RATE_HZ
        assert music.period == music.length - CROSSFADE
        start = CROSSFADE + RATE_HZ
        first = music.read(start, RATE_HZ)
        assert first.any()
        for turn in (1, 2, 1_000):
            again = music.read(turn * music.period + start, RATE_HZ)
            assert np.allclose(again, first, rtol=0, atol=1e-6)


def test_the_end_goes_over_into_the_beginning_at_equal_power(tmp_path: Path) -> None:
    with MusicFile(written(tmp_path / "music.wav", hum(20))) as music:
        around = music.read(music.period - RATE_HZ, CROSSFADE + 2 * RATE_HZ)
        levels = [k_lufs(around[at : at + RATE_HZ]) for at in range(0, CROSSFADE + RATE_HZ, RATE_HZ // 2)]
        assert max(levels) - min(levels) < 2
        middle = music.read(music.period + CROSSFADE // 2 - 100, 200)
        head, tail = (music.read(at + CROSSFADE // 2 - 100, 200) for at in (0, music.period - CROSSFADE // 2))
        assert not np.allclose(middle, head, atol=1e-4)
        assert not np.allclose(middle, tail, atol=1e-4)


@pytest.mark.parametrize("seconds", [1.0, 1.7, 3.0, 7.9, 8.1, 30.0])
def test_there_is_no_click_where_the_music_begins_anew(seconds: float, tmp_path: Path) -> None:
    sound = hum(seconds)
    sound[:, 0] += np.linspace(-0.3, 0.3, len(sound), dtype=np.float32)  # the end is far from the beginning
    with MusicFile(written(tmp_path / "music.wav", sound)) as music:
        once = music.read(0, music.period)
        seam = music.read(music.period - 100, music.length - music.period + 200)
        assert steps(seam).max() < 1.5 * steps(once).max()


def test_there_is_no_click_between_segments(tmp_path: Path) -> None:
    with MusicFile(written(tmp_path / "music.wav", hum(40, 44_100), 44_100)) as music:
        sound = music.read(0, 30 * RATE_HZ)
        own = steps(sound)
        for border in range(SEGMENT, 30 * RATE_HZ, SEGMENT):
            assert own[border - 2 : border + 2].max() <= own.max() * 0.9
            bend = np.abs(np.diff(sound[border - 4 : border + 4], n=2)).max()
            assert bend <= np.abs(np.diff(sound, n=2)).max() * 0.9


# What is cached


def test_a_long_file_is_measured_once(tmp_path: Path) -> None:
    path = written(tmp_path / "music.wav", hum(25))
    told: list[float] = []
    with MusicFile(path, progress=told.append) as music:
        lufs, sound = music.lufs, music.read(0, 1_000)
    assert told[-1] == 1.0
    told.clear()
    with MusicFile(path, progress=told.append) as music:
        assert (music.lufs, told) == (lufs, [])
        assert np.array_equal(music.read(0, 1_000), sound)


def test_a_file_that_has_changed_is_measured_again(tmp_path: Path) -> None:
    path = written(tmp_path / "music.wav", hum(25))
    about = path.stat()
    with MusicFile(path) as music:
        lufs = music.lufs
    written(path, hum(25) * np.float32(0.5))
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns + 1))
    with MusicFile(path) as music:
        assert music.lufs == pytest.approx(lufs - 6.02, abs=0.01)


@pytest.mark.parametrize("damaged", [b"", b"coachcl\n", bytes(78)])
def test_a_damaged_cache_is_no_cache(damaged: bytes, tmp_path: Path) -> None:
    path = written(tmp_path / "music.wav", hum(25))
    with MusicFile(path) as music:
        lufs = music.lufs
    (cached,) = clips_folder().iterdir()
    cached.write_bytes(damaged)
    with MusicFile(path) as music:
        assert music.lufs == lufs


def test_a_folder_that_cannot_be_written_is_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("COACH_CACHE_DIR", str(tmp_path / "file"))
    assert heard(written(tmp_path / "music.wav", hum(25)), 0, RATE_HZ).any()


# What is no music


def explained(path: Path) -> str:
    """What is said of a file that cannot be used."""
    with pytest.raises(CoachError) as caught:
        MusicFile(path)
    assert caught.value.hint
    return caught.value.message


def test_a_name_that_is_no_file_is_told_so(tmp_path: Path) -> None:
    assert explained(tmp_path / "nothing.mp3") == f"there is no music {tmp_path / 'nothing.mp3'}"
    assert explained(tmp_path) == f"{tmp_path} is a folder, no music"
    (tmp_path / "empty.flac").touch()
    assert explained(tmp_path / "empty.flac").endswith("is empty")
    (tmp_path / "file").touch()
    assert explained(tmp_path / "file" / "x.wav").startswith("there is no music")
    assert "cannot be read" in explained(tmp_path / ("x" * 300))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.wav")
    assert explained(tmp_path / "pipe.wav").endswith("is a device or the like, no music")


def test_a_file_that_may_not_be_read_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(path: Path, *_: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    path = written(tmp_path / "music.wav", hum(2))
    monkeypatch.setattr(Path, "open", closed)
    assert explained(path) == f"{path} cannot be read: Permission denied"


NO_SOUND = [b"hello " * 20_000, bytes(100_000), bytes(range(256)) * 400, b"OggSfLaCRIFF"]


@pytest.mark.parametrize("name", ["x.mp3", "x.wav", "x.ogg", "x.flac", "x.raw", "x"])
@pytest.mark.parametrize("content", NO_SOUND)
def test_what_is_no_sound_is_told_so_and_nothing_is_written_on_the_terminal(
    name: str, content: bytes, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_bytes(content)
    assert explained(tmp_path / name) == f"{tmp_path / name} is no music that coach can read"
    assert capfd.readouterr() == ("", "")


# Cut short or damaged


def halved(data: bytes) -> bytes:
    return data[: len(data) // 2]


def with_a_hole(data: bytes) -> bytes:
    """Bytes of chance in the middle, where frames and pages were."""
    middle = len(data) // 2
    return data[:middle] + np.random.default_rng(1).bytes(3_000) + data[middle + 3_000 :]


def with_a_piece_missing(data: bytes) -> bytes:
    return data[: len(data) // 2] + data[len(data) // 2 + 5_000 :]


def with_zeros(data: bytes) -> bytes:
    """The second half as a download leaves it that has reserved its room."""
    return halved(data) + bytes(len(data) - len(data) // 2)


HURTS = (with_a_hole, with_a_piece_missing, with_zeros)
DAMAGED = [
    *((kind, halved) for kind in KINDS),
    *((kind, hurt) for kind in KINDS if kind != "WAV" for hurt in HURTS),
    ("WAV", with_a_piece_missing),
]


@pytest.mark.parametrize(("kind", "hurt"), DAMAGED)
def test_what_can_be_read_of_a_damaged_file_is_played_without_an_end_and_the_place_is_told(
    kind: str, hurt: Callable[[bytes], bytes], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    name, subtype = KINDS[kind]
    path = written(tmp_path / name, hum(40, channels=2), subtype=subtype)
    path.write_bytes(hurt(path.read_bytes()))
    with MusicFile(path) as music:
        (note,) = music.notes
        seconds = np.abs(music.read(0, 60 * RATE_HZ)).reshape(60, -1).max(axis=1)
        again = music.read(5 * RATE_HZ, RATE_HZ)
        assert np.array_equal(again, music.read(5 * RATE_HZ, RATE_HZ))
    assert re.search(r"is (not whole: it breaks off|damaged) at 0:(1\d|2\d|39)", note)
    assert "copy it again, or choose another" in note
    assert not (seconds < 1e-4).any()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_file_is_not_called_damaged(kind: str, tmp_path: Path) -> None:
    name, subtype = KINDS[kind]
    with MusicFile(written(tmp_path / name, hum(5), subtype=subtype)) as music:
        assert music.notes == ()


def test_tags_around_an_mp3_and_a_stream_of_unknown_length_are_no_damage(tmp_path: Path) -> None:
    mp3 = written(tmp_path / "music.mp3", hum(5), subtype="MPEG_LAYER_III")
    id3 = b"ID3\x04\x00\x00\x00\x00\x01\x00" + bytes(128)
    mp3.write_bytes(id3 + mp3.read_bytes() + b"APETAGEX" + bytes(60) + b"TAG" + bytes(125))
    wav = written(tmp_path / "music.wav", hum(5), subtype="PCM_16")
    data = wav.read_bytes()
    at = data.index(b"data") + 4
    wav.write_bytes(data[:4] + b"\xff\xff\xff\xff" + data[8:at] + b"\xff\xff\xff\xff" + data[at + 4 :])
    for path in (mp3, wav):
        with MusicFile(path) as music:
            assert music.notes == ()


def test_how_much_a_file_promised_is_told_with_where_it_ends(tmp_path: Path) -> None:
    path = written(tmp_path / "music.wav", hum(10), subtype="PCM_16")
    path.write_bytes(halved(path.read_bytes()))
    with MusicFile(path) as music:
        assert "breaks off at 0:04 of 0:10. What can be read of it is played" in music.notes[0]


def test_a_damaged_file_is_told_each_time(tmp_path: Path) -> None:
    path = written(tmp_path / "music.wav", hum(60), subtype="PCM_16")
    path.write_bytes(halved(path.read_bytes()))
    for _ in range(2):
        with MusicFile(path) as music:
            assert len(music.notes) == 1


def test_too_little_of_a_damaged_file_is_no_music(tmp_path: Path) -> None:
    path = written(tmp_path / "music.wav", hum(10), subtype="PCM_16")
    path.write_bytes(path.read_bytes()[:RATE_HZ])
    assert explained(path).endswith("is not whole: it breaks off at 0:00 of 0:10: too short for music")


@given(st.sampled_from(sorted(KINDS)), st.binary(min_size=1, max_size=60), st.floats(0, 0.999))
@settings(max_examples=25)
def test_whatever_is_broken_the_file_is_played_or_refused_with_words(
    kind: str, foreign: bytes, place: float
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        name, subtype = KINDS[kind]
        path = written(Path(folder) / name, hum(3), subtype=subtype)
        data = path.read_bytes()
        at = int(place * len(data))
        path.write_bytes(data[:at] + foreign + data[at + len(foreign) :])
        with suppress(CoachError), MusicFile(path) as music:
            assert len(music.read(0, 5 * RATE_HZ)) == 5 * RATE_HZ


def test_samples_that_are_no_numbers_are_told_where(tmp_path: Path) -> None:
    for number in (np.nan, np.inf):
        sound = hum(9)
        sound[7 * RATE_HZ + 5] = number
        path = written(tmp_path / "music.wav", sound)
        assert explained(path).endswith("has samples that are no numbers, the first at 0:07")


def test_silence_is_no_music(tmp_path: Path) -> None:
    assert explained(written(tmp_path / "a.wav", 0 * hum(9))).endswith("is silent")
    assert explained(written(tmp_path / "b.wav", hum(9) * np.float32(1e-5))).endswith("is silent")
    opposite = hum(9)
    both = written(tmp_path / "c.wav", np.concatenate([opposite, -opposite], axis=1))
    assert explained(both).endswith("is silent, once its channels are mixed into one")


def test_less_than_a_second_is_no_music(tmp_path: Path) -> None:
    assert explained(written(tmp_path / "a.wav", hum(0.9))).endswith("too short for music: 0.9 s of sound")
    assert explained(written(tmp_path / "b.wav", hum(0.01))).endswith("0.0 s of sound")
    assert explained(written(tmp_path / "c.wav", hum(0))).endswith("0.0 s of sound")
    click = np.zeros((9 * RATE_HZ, 1), np.float32)
    click[4 * RATE_HZ : 4 * RATE_HZ + 9_600] = hum(0.2)
    assert "too short" in explained(written(tmp_path / "d.wav", click))


def test_rates_that_no_music_has_are_told_so(tmp_path: Path) -> None:
    assert "has 100 samples a second" in explained(written(tmp_path / "a.wav", hum(9, 100), 100))


# When it fails in the middle


class TornError(OSError):
    """The disk is gone."""


def torn(music: MusicFile, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(*_: object, **__: object) -> None:
        raise TornError("no such device")

    monkeypatch.setattr(music._file, "read", read)


def test_a_disk_that_is_taken_out_ends_an_export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with MusicFile(written(tmp_path / "music.wav", hum(60))) as music:
        music.read(0, RATE_HZ)
        torn(music, monkeypatch)
        with pytest.raises(DiskError, match=r"music\.wav cannot be read any more, at 0:\d\d: no such device"):
            music.read(30 * RATE_HZ, RATE_HZ)


def test_live_the_music_then_falls_silent_and_that_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[CoachError] = []
    with MusicFile(written(tmp_path / "music.wav", hum(60)), tell=told.append) as music:
        assert music.read(0, RATE_HZ).any()
        torn(music, monkeypatch)
        for _ in range(3):
            assert not music.read(30 * RATE_HZ, RATE_HZ).any()
            assert not music.read(50 * RATE_HZ, RATE_HZ).any()
    assert [type(error) for error in told] == [DiskError]


def test_a_usage_error_leaves_no_file_open(tmp_path: Path) -> None:
    path = written(tmp_path / "a.wav", 0 * hum(9))
    with pytest.raises(UsageError):
        MusicFile(path)
    path.unlink()
    assert true_peak(heard(written(path, hum(9)), 0, RATE_HZ)) > 0
