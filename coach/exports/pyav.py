"""PyAV, ffmpeg's encoders in Python, as an encoder of sound. It is in the extra ``phone``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coach.errors import UsageError
from coach.exports.encoded import CEILING
from coach.session.timeline import RATE_HZ
from coach.sound.limiter import Limiter
from coach.sound.low_noise import hushed


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is encoded how: a container, a codec and its sample format, bits a second, the options of both."""

    container: str
    codec: str
    sample_format: str
    bits: int
    codec_options: Mapping[str, str] = field(default_factory=dict)
    container_options: Mapping[str, str] = field(default_factory=dict)


def is_here() -> bool:
    """True if PyAV is installed, and can be loaded."""
    try:
        import av  # noqa: F401, PLC0415 - from an extra
    except ImportError:
        return False
    return True


class PyavEncoder:
    """A lossy encoder of ffmpeg as a `coach.exports.encoded.Encoder`.

    ``place`` is written to as a file is, and gone back in where it has ``seek`` and ``tell``. Until the first
    `encode`, tags and other streams may be added to ``container``; ``sound`` is its stream of sound.

    Raises
    ------
    UsageError
        If PyAV is not installed, or cannot be loaded.
    """

    def __init__(self, place: Any, recipe: Recipe) -> None:
        try:
            import av  # noqa: PLC0415 - from an extra
        except ImportError as error:
            raise UsageError(
                f"PyAV, of the extra 'phone', cannot be loaded: {error}",
                "pip install --force-reinstall '.[phone]' brings it",
            ) from error
        self._frame_of = av.AudioFrame.from_ndarray
        self._format = recipe.sample_format
        self._limiter = Limiter(CEILING)
        self._encoded = 0
        options = {"fflags": "+bitexact", **recipe.container_options}
        self.container: Any = av.open(place, "w", format=recipe.container, options=options)
        self.sound: Any = self.container.add_stream(
            recipe.codec,
            rate=RATE_HZ,
            layout="mono",
            bit_rate=recipe.bits,
            options=dict(recipe.codec_options),
        )

    def encode(self, block: NDArray[np.float32], at: int) -> None:
        """See `coach.exports.encoded.Encoder.encode`."""
        self._encode(self._limiter.take(hushed(block[:, 0], at)))

    def finish(self) -> None:
        """See `coach.exports.encoded.Encoder.finish`."""
        self._encode(self._limiter.rest())
        self.container.mux(self.sound.encode(None))
        self.container.close()

    def abandon(self) -> None:
        """See `coach.exports.encoded.Encoder.abandon`."""
        self.container.close()

    def _encode(self, samples: NDArray[np.float32]) -> None:
        if not len(samples):
            return
        frame = self._frame_of(samples[np.newaxis], format=self._format, layout="mono")
        frame.sample_rate = RATE_HZ
        frame.time_base = Fraction(1, RATE_HZ)
        frame.pts = self._encoded
        self._encoded += len(samples)
        self.container.mux(self.sound.encode(frame))
