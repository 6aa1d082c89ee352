"""A WAV stream is the WAV file's samples, handed on at once."""

import errno
import io
import struct
import wave
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from coach.errors import DiskError
from coach.exports.metadata import Metadata
from coach.exports.open_sink import open_sink
from coach.exports.riff import HEAD_SIZE
from coach.exports.wav import WavStream
from coach.session.timeline import RATE_HZ, Frames


def blocks() -> list[NDArray[np.float32]]:
    generator = np.random.default_rng(3)
    return [generator.normal(0, 0.1, (size, 1)).astype(np.float32) for size in (1, 4_800, 0, 70_000)]


def test_it_has_the_samples_of_the_file(tmp_path: Path) -> None:
    out = io.BytesIO()
    stream = WavStream(out)
    metadata = Metadata(title="Knee", length=Frames(74_801))
    with open_sink(tmp_path / "a.wav", metadata=metadata, force=False) as file:
        for block in blocks():
            stream.write(block)
            file.write(block)
    stream.close()
    with wave.open(str(tmp_path / "a.wav")) as reader:
        assert out.getvalue()[HEAD_SIZE:] == reader.readframes(reader.getnframes())


def test_its_head_says_what_follows_and_not_how_much() -> None:
    out = io.BytesIO()
    WavStream(out)
    head = out.getvalue()
    assert (head[:4], head[8:16], head[36:40]) == (b"RIFF", b"WAVEfmt ", b"data")
    assert struct.unpack("<HHIIHH", head[20:36]) == (1, 1, RATE_HZ, 2 * RATE_HZ, 2, 16)
    assert head[4:8] == head[40:44] == b"\xff\xff\xff\xff"


def test_each_block_is_handed_on_at_once() -> None:
    class Counting(io.BytesIO):
        flushed = 0

        def flush(self) -> None:
            self.flushed = self.tell()

    out = Counting()
    stream = WavStream(out)
    stream.write(blocks()[1])
    assert out.flushed == HEAD_SIZE + 2 * 4_800


def test_a_gap_is_refused() -> None:
    stream = WavStream(io.BytesIO())
    with pytest.raises(ValueError, match="does not follow"):
        stream.write(blocks()[1], at=5)
    assert stream.drop() == 0


def test_a_reader_who_has_enough_is_no_fault_of_the_disk() -> None:
    class Closed(io.BytesIO):
        error: OSError = BrokenPipeError()

        def write(self, _: object) -> int:
            raise self.error

    with pytest.raises(BrokenPipeError):
        WavStream(Closed())
    Closed.error = OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(DiskError, match="No space left"):
        WavStream(Closed())
