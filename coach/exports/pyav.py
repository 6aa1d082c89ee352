"""Lossy encoders of ffmpeg by PyAV, of the extra ``phone``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coach.errors import UsageError
from coach.exports.encoded import CEILING, EncoderOutput
from coach.exports.tags.taggers import Tagger
from coach.session.timeline import RATE_HZ
from coach.sound.dither import add_low_noise
from coach.sound.limiter import Limiter


@dataclass(frozen=True, slots=True)
class Recipe:
    """Settings of ffmpeg; ``bits`` are those of a second."""

    container: str
    codec: str
    sample_format: str
    bits: int
    codec_options: Mapping[str, str] = field(default_factory=dict)
    container_options: Mapping[str, str] = field(default_factory=dict)


def is_here() -> bool:
    """Say whether PyAV is installed and can be loaded."""
    try:
        import av  # noqa: F401, PLC0415 - from an extra
    except ImportError:
        return False
    return True


class PyavEncoder:
    """Encodes by ffmpeg; see `coach.exports.encoded.Encoder`.

    Until the first `encode`, tags and other streams may be added to ``container``; ``sound`` is its stream of
    sound.

    Raises
    ------
    UsageError
        If PyAV is not installed, or cannot be loaded.
    """

    def __init__(self, tagger: Tagger, recipe: Recipe) -> None:
        try:
            import av  # noqa: PLC0415 - from an extra
        except ImportError as error:
            raise UsageError(
                f"PyAV, of the extra 'phone', cannot be loaded: {error}",
                "pip install --force-reinstall '.[phone]' brings it",
            ) from error
        self._tagger = tagger
        self._output = EncoderOutput(tagger.take)
        self._frame_of = av.AudioFrame.from_ndarray
        self._format = recipe.sample_format
        self._limiter = Limiter(CEILING)
        self._encoded = 0
        options = {"fflags": "+bitexact", **recipe.container_options}
        self.container: Any = av.open(self._output, "w", format=recipe.container, options=options)
        self.sound: Any = self.container.add_stream(
            recipe.codec,
            rate=RATE_HZ,
            layout="mono",
            bit_rate=recipe.bits,
            options=dict(recipe.codec_options),
        )

    def encode(self, block: NDArray[np.float32], at: int) -> None:
        """See `coach.exports.encoded.Encoder.encode`."""
        self._encode(self._limiter.process(add_low_noise(block[:, 0], at)))

    def finish(self) -> None:
        """See `coach.exports.encoded.Encoder.finish`."""
        self._encode(self._limiter.flush())
        self.container.mux(self.sound.encode(None))
        self.container.close()
        self._output.check()
        self._tagger.finish()

    def abandon(self) -> None:
        """See `coach.exports.encoded.Encoder.abandon`."""
        self._output.drop()
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
        self._output.check()
