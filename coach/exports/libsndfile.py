"""Encoders of FLAC, Ogg Vorbis, Opus and MP3 by libsndfile, which needs no extra."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import numpy as np
import soundfile
from numpy.typing import NDArray

from coach.errors import CoachError
from coach.exports import lame, pyav
from coach.exports.encoded import CEILING, Encoder, EncoderOutput
from coach.exports.metadata import Metadata
from coach.exports.pyav import PyavEncoder, Recipe
from coach.exports.tags import id3
from coach.exports.tags.taggers import FlacTagger, OggTagger, PrefixTagger, RewritableFile, Tagger
from coach.session.timeline import RATE_HZ
from coach.sound.dither import Quantiser, add_low_noise
from coach.sound.limiter import Limiter

PIECE = 2**16
"""Maximum number of frames passed to libsndfile in one call."""
VORBIS_PIECE = 2**13
"""libvorbis takes four bytes of stack for each frame, and a thread has little stack: with a whole session at
once it crashes."""


@dataclass(frozen=True, slots=True)
class Format:
    """Settings of libsndfile for one format.

    ``compression``, from 0 to 1, means something else in every format; with a ``bitrate_mode`` it sets the
    rate. ``gain`` compensates an encoder that makes everything softer.
    """

    name: str
    container: str
    subtype: str
    compression: float
    bitrate_mode: str | None = None
    is_lossless: bool = False
    gain: float = 1.0
    piece: int = PIECE


FLAC = Format("FLAC", "FLAC", "PCM_16", 5 / 8, is_lossless=True)
"""Level 5, as the flac program has it."""

OGG = Format("Ogg Vorbis", "OGG", "VORBIS", 0.6, piece=VORBIS_PIECE)
"""Quality 4."""

OPUS_BITS = 64_000
OPUS = Format("Opus", "OGG", "OPUS", 1 - (OPUS_BITS - 6_000) / 250_000)
"""libsndfile's scale goes from 256 down to 6 kb/s for a channel."""
OPUS_BY_PYAV = Recipe("ogg", "libopus", "flt", OPUS_BITS)
"""The same encoder with the same settings takes a third of the time in PyAV's wheels: those of soundfile are
built without vector instructions."""

MP3_BITS = 96_000
MP3 = Format("MP3", "MP3", "MPEG_LAYER_III", (320_000 - MP3_BITS) / 288_000, "CONSTANT", gain=1 / 0.95)
"""A constant rate: players find a chapter by its share of the file, which is exact only then. libsndfile's
scale goes from 320 down to 32 kb/s. At such rates LAME makes everything softer by 0.45 dB."""


class SoundfileEncoder:
    """Encodes by libsndfile; see `coach.exports.encoded.Encoder`.

    Raises
    ------
    CoachError
        If this libsndfile does not know the format.
    """

    def __init__(self, format_: Format, tagger: Tagger) -> None:
        self._format = format_
        self._tagger = tagger
        self._output = EncoderOutput(tagger.take)
        self._quantiser = Quantiser() if format_.is_lossless else None
        self._numbers = np.empty(0, np.int16)
        self._gain = np.float32(format_.gain)
        self._limiter = Limiter(CEILING * format_.gain)
        try:
            self._sound = soundfile.SoundFile(
                self._output,
                "w",
                RATE_HZ,
                channels=1,
                format=format_.container,
                subtype=format_.subtype,
                compression_level=format_.compression,
                bitrate_mode=format_.bitrate_mode,
            )
        except (soundfile.SoundFileError, ValueError) as error:
            raise CoachError(
                f"this computer's libsndfile ({soundfile.__libsndfile_version__}) cannot write "
                f"{format_.name}: {error}",
                "choose another ending, or install soundfile from a wheel, which brings its own",
            ) from error

    def encode(self, block: NDArray[np.float32], at: int) -> None:
        """See `coach.exports.encoded.Encoder.encode`."""
        if self._quantiser is None:
            self._write(self._limiter.process(add_low_noise(block[:, 0], at) * self._gain))
        else:
            if len(self._numbers) < len(block):
                self._numbers = np.empty(len(block), np.int16)
            numbers = self._numbers[: len(block)]
            self._quantiser.quantise(block, at, numbers)
            self._write(numbers)

    def finish(self) -> None:
        """See `coach.exports.encoded.Encoder.finish`."""
        self._write(self._limiter.flush())
        self._called(self._sound.close)
        self._tagger.finish()

    def abandon(self) -> None:
        """See `coach.exports.encoded.Encoder.abandon`."""
        self._output.drop()
        with suppress(soundfile.SoundFileError):
            self._sound.close()

    def _write(self, samples: NDArray[np.float32] | NDArray[np.int16]) -> None:
        piece = self._format.piece
        for start in range(0, len(samples), piece):
            self._called(partial(self._sound.write, samples[start : start + piece]))

    def _called(self, call: Callable[[], None]) -> None:
        """Call libsndfile, and raise the file's own error rather than the one that libsndfile makes of it."""
        try:
            call()
        except soundfile.SoundFileError:
            self._output.check()
            raise
        self._output.check()


def flac_encoder(file: RewritableFile, metadata: Metadata) -> Encoder:
    """Encode FLAC; decoded, it has the samples of a WAV file."""
    return SoundfileEncoder(FLAC, FlacTagger(file, metadata))


def ogg_encoder(file: RewritableFile, metadata: Metadata) -> Encoder:
    """Encode Ogg Vorbis."""
    return SoundfileEncoder(OGG, OggTagger(file, metadata))


def opus_encoder(file: RewritableFile, metadata: Metadata) -> Encoder:
    """Encode Opus, by PyAV where it is installed."""
    tagger = OggTagger(file, metadata)
    return PyavEncoder(tagger, OPUS_BY_PYAV) if pyav.is_here() else SoundfileEncoder(OPUS, tagger)


def mp3_encoder(file: RewritableFile, metadata: Metadata) -> Encoder:
    """Encode MP3 with an ID3 tag."""
    return mp3_sound(PrefixTagger(file, id3.tag(metadata)), metadata)


def mp3_sound(tagger: Tagger, metadata: Metadata) -> Encoder:
    """Encode MP3 at a constant rate, by lameenc where it is installed."""
    return lame.LameEncoder(tagger, metadata) if lame.is_here() else SoundfileEncoder(MP3, tagger)
