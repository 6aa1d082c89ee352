"""The pace of a coach's speech: how many words fit into a time, and how long words take."""

import math
import re

WORDS_A_SECOND = 2.5
"""The coach's pace: 150 words a minute."""

SHORTEST_S = 2.0
"""The least time for a movement whose sheet gives none, in seconds."""


def words(text: str) -> int:
    """Count the words that a voice says.

    >>> words("Set your feet hip-width apart.")
    5
    """
    return len(re.findall(r"\w+(?:['-]\w+)*", text))


def words_that_fit(seconds: float) -> int:
    """Return the words heard at ease within a phase that long: 2 in 1 s, 4 in 2 s, 6 in 3 s, 8 in 5 s.

    >>> [words_that_fit(seconds) for seconds in (0.5, 1, 2, 3, 5)]
    [1, 2, 4, 6, 8]
    """
    return int(2 * seconds) if seconds <= 3 else int(seconds) + 3


def seconds_for(text: str) -> float:
    """Return the whole seconds of a movement that takes as long as its words.

    >>> seconds_for("Flatten your back,"), seconds_for("Lift one arm and the other leg off the floor,")
    (2.0, 4.0)
    """
    return max(SHORTEST_S, float(math.ceil(words(text) / WORDS_A_SECOND)))
