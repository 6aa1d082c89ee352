"""The engine setting for a pace in words a minute, from a table of measured paces.

Engines' own settings are not accurate: espeak-ng at ``100`` speaks 93 words a minute, at ``300`` 328, and a
Piper voice at half the length is not twice as fast. So the pace was measured with the texts of
``bench/pace.py``, the instructions of every exercise with the pauses that the engine makes, and is
interpolated linearly between the measured settings.
"""

from collections.abc import Sequence
from itertools import pairwise

PaceTable = Sequence[tuple[float, float]]
"""Words a minute and the setting that gave them, the slowest first; at least two."""


def setting_for(rate_wpm: float, measured: PaceTable) -> float:
    """The engine's setting for a pace in words a minute; beyond what was measured on the nearest line.

    >>> setting_for(150, [(100, 2.0), (200, 1.0)]), setting_for(250, [(100, 2.0), (200, 1.0)])
    (1.5, 0.5)
    """
    lines = list(pairwise(measured))
    (slow, at_slow), (fast, at_fast) = next((line for line in lines if rate_wpm <= line[1][0]), lines[-1])
    return at_slow + (rate_wpm - slow) * (at_fast - at_slow) / (fast - slow)
