"""Tell whether the prompts of a session will be spoken in time, if it is heard before all of them are."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

MARGIN = 1.25
"""The voice may become so many times slower than it has been so far, and no prompt is late."""

AHEAD_S = 1.0
"""A prompt has to be there so many seconds before it is heard: a loudspeaker takes 0.5 s in advance."""

FEW = 5
"""Before so many prompts are spoken, the time in which the engine was loaded counts as theirs."""

_RECENT = 12
"""The pace is that of the last prompts: other programs come and go."""


@dataclass(frozen=True, slots=True)
class Owed:
    """A prompt to be spoken: the second of the session by which it has to be there, and its length."""

    due_s: float
    speech_s: float


@dataclass(frozen=True, slots=True)
class Outlook:
    """The prompts ``owed``, in the order in which they are spoken, by a voice at a ``pace``.

    That is the seconds of work in a second of speech; it is infinite before anything has been spoken.
    """

    owed: tuple[Owed, ...] = ()
    pace: float = float("inf")

    def late_s(self, at_s: float, since_s: float = 0.0) -> float:
        """By how many seconds a prompt would be late if second ``at_s`` of the session was heard now.

        That is ``since_s`` seconds after the outlook: by then the voice is taken to have worked, but not on
        more than the first prompt, as nothing has been heard of it. A negative number is the time to spare.

        >>> Outlook((Owed(3.0, 1.0), Owed(6.0, 4.0)), pace=0.8).late_s(0.0)
        0.0
        """
        if not self.owed:
            return float("-inf")
        most, work_s = float("-inf"), -min(since_s, MARGIN * self.pace * self.owed[0].speech_s)
        for each in self.owed:
            work_s += MARGIN * self.pace * each.speech_s
            most = max(most, work_s + AHEAD_S - (each.due_s - at_s))
        return most

    def later(self, by_s: float) -> "Outlook":
        """The outlook where all is heard so many seconds later."""
        return replace(self, owed=tuple(replace(each, due_s=each.due_s + by_s) for each in self.owed))


class PaceMeter:
    """Measures the pace of a voice that begins at a second: call `spoken` for each prompt."""

    def __init__(self, begin_s: float = 0.0) -> None:
        self._begin = begin_s, 0.0
        self._came: deque[tuple[float, float]] = deque([self._begin], maxlen=_RECENT)
        self._count = 0

    def spoken(self, at_s: float, speech_s: Sequence[float]) -> None:
        """Note that prompts of so many seconds of speech were there at a time, in seconds."""
        if speech_s:
            self._came.append((at_s, sum(speech_s)))
            self._count += len(speech_s)
            if self._count >= FEW and self._came[0] == self._begin:
                self._came.popleft()

    @property
    def pace(self) -> float:
        """Seconds of work in a second of speech, by the last prompts; infinite before the first."""
        (begin_s, _), *later = self._came
        speech_s = sum(speech for _, speech in later)
        return (self._came[-1][0] - begin_s) / speech_s if speech_s else float("inf")
