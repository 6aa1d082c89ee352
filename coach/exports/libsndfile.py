"""A session as FLAC, Ogg Vorbis, Opus or MP3: encoded by libsndfile, tagged here. Needs no extra."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from coach.errors import CoachError
from coach.exports import lame, pyav
from coach.exports.encoded import CEILING, EncodedFile
from coach.exports.metadata import About
from coach.exports.pyav import PyavEncoder, Recipe
from coach.exports.streams import Bytes, FlacStream, Mp3Stream, OggStream, Stream
from coach.session.timeline import RATE_HZ
from coach.sound.dither import Quantiser
from coach.sound.limiter import Limiter
from coach.sound.low_noise import hushed

PIECE = 2**16
"""Frames that libsndfile is given at a time at most."""
VORBIS_PIECE = 2**13
"""libvorbis takes four bytes of the stack for each frame, and in a thread there is little of it: with a whole
session at once it crashes."""


@dataclass(frozen=True, slots=True)
class Format:
    """How libsndfile is to encode.

    ``compression`` from 0 to 1 is libsndfile's own scale, different for every format; with a
    ``bitrate_mode`` a rate comes of it. ``gain`` makes up for what an encoder takes from everything.
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
"""The same encoder with the same settings, in a third of the time that the one in soundfile's wheels takes,
which is built without the vector instructions of processors."""

MP3_BITS = 96_000
MP3 = Format("MP3", "MP3", "MPEG_LAYER_III", (320_000 - MP3_BITS) / 288_000, "CONSTANT", gain=1 / 0.95)
"""A constant rate: players find a chapter by its share of the file, which is exact only then. libsndfile's
scale goes from 320 down to 32 kb/s. LAME makes everything softer at such rates, by 0.45 dB."""


class _Shield:
    """A file as libsndfile calls it from its own code, where no exception can pass: it is kept for later.

    After an error everything is taken as if it were written, so that the encoder comes to its end.
    """

    def __init__(self, stream: Stream) -> None:
        self._stream: Stream | None = stream
        self._at = 0
        self._end = 0
        self._error: BaseException | None = None

    def write(self, data: bytes) -> int:
        """Take bytes at the current place."""
        if self._stream is not None and self._error is None:
            try:
                self._stream.take(data, self._at)
            except BaseException as error:  # noqa: BLE001 - it is raised again by `check`
                self._error = error
        self._at += len(data)
        self._end = max(self._end, self._at)
        return len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place: from the beginning, from here or from the end."""
        self._at = (0, self._at, self._end)[whence] + offset
        return self._at

    def tell(self) -> int:
        """The current place."""
        return self._at

    def read(self, _: int) -> bytes:
        """Nothing: encoders do not read."""
        return b""

    def check(self) -> None:
        """Raise what went wrong in the encoder's own code."""
        if self._error is not None:
            raise self._error

    def drop(self) -> None:
        """From now on pass nothing on."""
        self._stream = None


class SoundEncoder:
    """libsndfile as an `coach.exports.encoded.Encoder`.

    Raises
    ------
    CoachError
        If this libsndfile does not know the format.
    """

    def __init__(
        self, file: Bytes, about: About, *, format_: Format, stream: Callable[[Bytes, About], Stream]
    ) -> None:
        self._format = format_
        self._stream = stream(file, about)
        self._shield = _Shield(self._stream)
        self._quantiser = Quantiser() if format_.is_lossless else None
        self._numbers = np.empty(0, np.int16)
        self._gain = np.float32(format_.gain)
        self._limiter = Limiter(CEILING * format_.gain)
        try:
            self._sound = soundfile.SoundFile(
                self._shield,
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
            self._write(self._limiter.take(hushed(block[:, 0], at) * self._gain))
        else:
            if len(self._numbers) < len(block):
                self._numbers = np.empty(len(block), np.int16)
            numbers = self._numbers[: len(block)]
            self._quantiser.quantise(block, at, numbers)
            self._write(numbers)

    def finish(self) -> None:
        """See `coach.exports.encoded.Encoder.finish`."""
        self._write(self._limiter.rest())
        self._called(self._sound.close)
        self._stream.finish()

    def abandon(self) -> None:
        """See `coach.exports.encoded.Encoder.abandon`."""
        self._shield.drop()
        with suppress(soundfile.SoundFileError):
            self._sound.close()

    def _write(self, samples: NDArray[np.float32] | NDArray[np.int16]) -> None:
        piece = self._format.piece
        for start in range(0, len(samples), piece):
            self._called(partial(self._sound.write, samples[start : start + piece]))

    def _called(self, call: Callable[[], None]) -> None:
        """Call libsndfile; what went wrong in the file itself says more than what libsndfile makes of it."""
        try:
            call()
        except soundfile.SoundFileError:
            self._shield.check()
            raise
        self._shield.check()


class OpusByPyav(PyavEncoder):
    """ffmpeg's Opus encoder, whose stream gets its tags as libsndfile's does."""

    def __init__(self, file: Bytes, about: About) -> None:
        self._stream = OggStream(file, about)
        super().__init__(_Onward(self._stream), OPUS_BY_PYAV)

    def finish(self) -> None:
        """See `coach.exports.encoded.Encoder.finish`."""
        super().finish()
        self._stream.finish()


class _Onward:
    """A stream as a file that goes only forward."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._at = 0

    def write(self, data: bytes) -> int:
        """Pass the next bytes on."""
        self._stream.take(data, self._at)
        self._at += len(data)
        return len(data)


class FlacFile(EncodedFile):
    """FLAC: decoded, it is the samples of `coach.exports.wav.WavFile`."""

    def __init__(self, path: Path, *, about: About, force: bool = False) -> None:
        opened = partial(SoundEncoder, format_=FLAC, stream=FlacStream)
        super().__init__(path, about=about, opened=opened, force=force)


class OggFile(EncodedFile):
    """Ogg Vorbis."""

    def __init__(self, path: Path, *, about: About, force: bool = False) -> None:
        opened = partial(SoundEncoder, format_=OGG, stream=OggStream)
        super().__init__(path, about=about, opened=opened, force=force)


class OpusFile(EncodedFile):
    """Opus in Ogg; encoded by PyAV where that is installed, which takes a third of the time."""

    def __init__(self, path: Path, *, about: About, force: bool = False) -> None:
        by_libsndfile = partial(SoundEncoder, format_=OPUS, stream=OggStream)
        opened = OpusByPyav if pyav.is_here() else by_libsndfile
        super().__init__(path, about=about, opened=opened, force=force)


class Mp3File(EncodedFile):
    """MP3 at a constant rate; encoded by lameenc where that is installed, in less than half the time."""

    def __init__(self, path: Path, *, about: About, force: bool = False) -> None:
        by_libsndfile = partial(SoundEncoder, format_=MP3, stream=Mp3Stream)
        opened = lame.LameEncoder if lame.is_here() else by_libsndfile
        super().__init__(path, about=about, opened=opened, force=force)
