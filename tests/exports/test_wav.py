"""A session becomes a WAV file that every reader understands alike, the same bytes each time."""

import json
import shutil
import subprocess
import wave
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from coach.errors import DiskError
from coach.exports.metadata import Metadata
from coach.exports.open_sink import open_sink
from coach.exports.riff import LONGEST_S
from coach.session.timeline import Chapter, Frames
from coach.sound.dither import Quantiser
from coach.sound.sink import Sink
from tests.exports.walking import walk

Block = NDArray[np.float32]

CHAPTERS = (
    Chapter(Frames(0), "Welcome"),
    Chapter(Frames(7_001), "Heel cord stretch"),
    Chapter(Frames(20_000), "½"),
)
SESSION = Metadata(
    title="Knee – the first week",
    length=Frames(48_000),
    album="Knee conditioning",
    date="2026",
    language="en-us",
    track=3,
    chapters=CHAPTERS,
)


def sound(frames: int) -> Block:
    generator = np.random.Generator(np.random.PCG64(1))
    block = generator.uniform(-0.9, 0.9, (frames, 1)).astype(np.float32)
    block[frames // 3 : frames // 2] = 0
    return block


def export(path: Path, *blocks: Block, frames: int | None = None, force: bool = False) -> bytes:
    length = sum(len(block) for block in blocks) if frames is None else frames
    with open_sink(path, metadata=Metadata(title="Knee", length=Frames(length)), force=force) as sink:
        for block in blocks:
            sink.write(block)
    return path.read_bytes()


def quantised(block: Block) -> NDArray[np.int16]:
    out = np.empty(block.size, np.int16)
    Quantiser().quantise(block, 0, out)
    return out.reshape(block.shape)


@pytest.fixture
def session(tmp_path: Path) -> Path:
    path = tmp_path / "knee.wav"
    with open_sink(path, metadata=SESSION, force=False) as sink:
        sink.write(sound(48_000))
    return path


def test_a_strict_reader_finds_sound_tags_and_chapters(session: Path) -> None:
    found = walk(session.read_bytes())
    assert (found.rate_hz, found.channels, found.bits) == (48_000, 1, 16)
    assert np.array_equal(np.frombuffer(found.data, "<i2"), quantised(sound(48_000))[:, 0])
    assert found.tags["INAM"] == "Knee - the first week"
    assert found.tags["ILNG"] == "en-us"
    assert found.chapters == [(0, "Welcome"), (7_001, "Heel cord stretch"), (20_000, "1/2")]


def test_the_standard_library_reads_it(session: Path) -> None:
    with wave.open(str(session)) as reader:
        assert reader.getparams()[:4] == (1, 2, 48_000, 48_000)
        assert np.array_equal(np.frombuffer(reader.readframes(48_000), "<i2"), quantised(sound(48_000))[:, 0])


def test_soundfile_reads_it_with_its_title(session: Path) -> None:
    with soundfile.SoundFile(session) as reader:
        assert (reader.samplerate, reader.channels, reader.frames, reader.subtype) == (
            48_000,
            1,
            48_000,
            "PCM_16",
        )
        assert reader.title == "Knee - the first week"
        assert np.array_equal(reader.read(dtype="int16"), quantised(sound(48_000))[:, 0])


FFPROBE, SOX = shutil.which("ffprobe"), shutil.which("sox")


@pytest.mark.skipif(FFPROBE is None, reason="ffprobe is not installed")
def test_ffprobe_shows_chapters_and_tags(session: Path) -> None:
    command = [str(FFPROBE), "-v", "warning", "-show_chapters", "-show_format", "-of", "json", str(session)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    told_twice = "Discarding ID3 tags because more suitable tags were found"
    assert [line for line in result.stderr.splitlines() if told_twice not in line] == []
    found = json.loads(result.stdout)
    assert [(each["start"], each["tags"]["title"]) for each in found["chapters"]] == [
        (0, "Welcome"),
        (7_001, "Heel cord stretch"),
        (20_000, "1/2"),
    ]
    tags = found["format"]["tags"]
    assert tags["title"] == "Knee - the first week"
    assert (tags["artist"], tags["album"], tags["date"], tags["track"]) == (
        "coach",
        "Knee conditioning",
        "2026",
        "3",
    )
    assert float(found["format"]["duration"]) == 1.0


@pytest.mark.skipif(SOX is None, reason="sox is not installed")
def test_sox_reads_it_without_a_warning(session: Path) -> None:
    result = subprocess.run(
        [str(SOX), str(session), "-n", "stat"], capture_output=True, text=True, check=True
    )
    assert "Samples read:             48000" in result.stderr
    assert "WARN" not in result.stderr


def test_two_exports_are_the_same_bytes(session: Path, tmp_path: Path) -> None:
    other = tmp_path / "other name.wav"
    with open_sink(other, metadata=SESSION, force=False) as sink:
        sink.write(sound(48_000))
    assert other.read_bytes() == session.read_bytes()


LENGTH = 2**18 + 5_000
LONG = sound(LENGTH)


@settings(max_examples=25)
@given(cuts=st.lists(st.integers(0, LENGTH), max_size=6))
def test_any_split_into_blocks_gives_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("split")
    bounds = [0, *sorted(cuts), LENGTH]
    blocks = [LONG[start:end] for start, end in pairwise(bounds)]
    cut = export(folder / "cut.wav", *blocks)
    assert cut == export(folder / "whole.wav", LONG)


@pytest.mark.parametrize("frames", [1, 2**15 - 22, 2**15 - 21, 2**15, 2**16])
def test_lengths_around_the_size_of_a_write_are_written_whole(tmp_path: Path, frames: int) -> None:
    found = walk(export(tmp_path / "x.wav", sound(frames), frames=frames))
    assert np.array_equal(np.frombuffer(found.data, "<i2"), quantised(sound(frames))[:, 0])


def test_a_file_of_no_frames_is_a_file(tmp_path: Path) -> None:
    assert walk(export(tmp_path / "x.wav", frames=0)).data == b""
    assert export(tmp_path / "y.wav") == (tmp_path / "x.wav").read_bytes()


def test_silence_in_a_file_is_never_digital_zero_for_a_millisecond(tmp_path: Path) -> None:
    silence = np.zeros((480_000, 1), np.float32)
    numbers = np.frombuffer(walk(export(tmp_path / "x.wav", silence)).data, "<i2")
    loud = np.flatnonzero(numbers)
    assert np.diff(loud).max() < 48
    assert np.abs(numbers).max() == 1


def test_it_is_a_sink_and_dropping_loses_nothing_of_a_file(tmp_path: Path) -> None:
    metadata = Metadata(title="Knee", length=Frames(100))
    with open_sink(tmp_path / "x.wav", metadata=metadata, force=False) as file:
        sink: Sink = file
        sink.write(sound(100))
        assert sink.drop() == 0
        sink.close()
        sink.close()
    assert len(walk((tmp_path / "x.wav").read_bytes()).data) == 200


def test_a_closed_file_takes_no_more(tmp_path: Path) -> None:
    sink = open_sink(tmp_path / "x.wav", metadata=Metadata(title="", length=Frames(0)), force=False)
    with pytest.raises(ValueError, match="not open"):
        sink.write(sound(1))
    with sink:
        sink.close()
        with pytest.raises(ValueError, match="not open"):
            sink.write(sound(1))


@pytest.mark.parametrize(
    ("frames", "said"), [(99, "^100 frames were written of 99"), (101, "only 100 frames")]
)
def test_more_or_fewer_frames_than_promised_are_a_mistake_and_no_file(
    tmp_path: Path, frames: int, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        export(tmp_path / "x.wav", sound(100), frames=frames)
    assert not list(tmp_path.iterdir())


def test_a_sample_that_is_none_leaves_no_file(tmp_path: Path) -> None:
    block = sound(100)
    block[50] = np.nan
    with pytest.raises(ValueError, match="a sample is nan"):
        export(tmp_path / "x.wav", sound(100), block)
    assert not list(tmp_path.iterdir())


def test_an_existing_file_is_replaced_by_force_only(tmp_path: Path) -> None:
    first = export(tmp_path / "x.wav", sound(100))
    with pytest.raises(DiskError, match="exists already"):
        export(tmp_path / "x.wav", sound(200))
    assert (tmp_path / "x.wav").read_bytes() == first
    assert len(walk(export(tmp_path / "x.wav", sound(200), force=True)).data) == 400


def test_more_than_4_gib_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(DiskError, match="a WAV file holds 12 hours 25 minutes") as caught:
        export(tmp_path / "x.wav", frames=(LONGEST_S + 1) * 48_000)
    assert caught.value.hint
    assert not list(tmp_path.iterdir())
