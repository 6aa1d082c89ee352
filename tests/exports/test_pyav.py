"""ffmpeg's encoders by PyAV: bytes come in order, errors of the file come through."""

import importlib.util

import numpy as np
import pytest

from coach.exports.pyav import PyavEncoder, Recipe

pytestmark = pytest.mark.skipif(importlib.util.find_spec("av") is None, reason="needs the extra phone")

OPUS = Recipe("ogg", "libopus", "flt", 64_000)
SECOND = np.random.default_rng(1).uniform(-0.5, 0.5, (48_000, 1)).astype(np.float32)


class Kept:
    """A tagger that keeps what it takes."""

    def __init__(self) -> None:
        self.data = b""
        self.is_finished = False

    def take(self, data: bytes, at: int) -> None:
        assert at == len(self.data)
        self.data += data

    def finish(self) -> None:
        self.is_finished = True


class Full(Kept):
    """A tagger whose disk is full after the first bytes."""

    def take(self, data: bytes, at: int) -> None:
        if self.data:
            raise OSError("the disk is full")
        super().take(data, at)


def encoded(tagger: Kept) -> None:
    encoder = PyavEncoder(tagger, OPUS)
    for start in range(0, 48_000, 12_000):
        encoder.encode(SECOND[start : start + 12_000], start)
    encoder.finish()


def test_what_is_encoded_is_a_whole_stream_of_its_container() -> None:
    tagger = Kept()
    encoded(tagger)
    assert tagger.data.startswith(b"OggS")
    assert len(tagger.data) > 4_000
    assert tagger.is_finished


def test_an_error_of_the_file_comes_through_the_encoder_as_it_is() -> None:
    tagger = Full()
    with pytest.raises(OSError, match="the disk is full"):
        encoded(tagger)
    assert not tagger.is_finished


def test_what_is_abandoned_writes_no_more() -> None:
    tagger = Kept()
    encoder = PyavEncoder(tagger, OPUS)
    encoder.encode(SECOND, 0)
    written = len(tagger.data)
    encoder.abandon()
    assert (len(tagger.data), tagger.is_finished) == (written, False)
