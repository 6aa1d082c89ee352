"""What is done for a voice so that its words are understood: its spectrum, and what it misreads.

The figures were chosen by measurement, voice by voice (docs/sound.md).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from zlib import crc32

from coach.sound.equaliser import Gains

_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Manner:
    """How a voice's sound and text are changed.

    ``gains`` are the filter that every clip goes through, towards the standard spectrum of speech; ``older``
    the one that a clip goes through once more with ``--hearing``. ``respelled`` has what the engine is given
    to read for a word that it misreads, by the word in small letters.
    """

    gains: Gains = ()
    older: Gains = ()
    respelled: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def identity(self) -> str:
        """What a cached clip depends on."""
        made = (self.gains, sorted(self.respelled.items()))
        return f"manner {crc32(repr(made).encode()):08x}"

    def read(self, text: str) -> str:
        """The text as the engine is given it.

        >>> Manner(respelled={"knee": "nee"}).read("Knee up, knees down.")
        'nee up, knees down.'
        """
        if not self.respelled:
            return text
        return _WORD.sub(lambda found: self.respelled.get(found.group().casefold(), found.group()), text)


def older_ears(voice: object) -> Gains:
    """The filter for older ears of a voice; () for a voice that coach does not know."""
    manner = getattr(voice, "manner", None)
    return manner.older if isinstance(manner, Manner) else ()


_BRIGHTER: Gains = (0.0, 0.0, 0.0, 0.0, 8.0, 8.0, 8.0)
BUILT_IN = Manner(gains=(0.0, 0.0, 0.0, 0.0, 2.0, 5.0, 6.0), older=_BRIGHTER)
"""Its variant has the standard spectrum without a filter; so much brighter it is understood better in noise
and through a phone."""
JOE = Manner(
    gains=(0.0, 2.0, -1.0, 1.0, 0.0, -1.0, 2.0),
    older=_BRIGHTER,
    respelled=MappingProxyType({"leg": "legg", "kneecaps": "knee caps"}),
)
KOKORO = Manner(gains=(-3.0, -3.0, 3.0, 0.0, 0.0, 0.0, -4.0))
"""Chosen by the spectrum of the style ``af_heart``: less below 300 Hz, which no phone plays."""
