"""What a number for pain means, and what a session does after it: `RULES`, to be read by a clinician.

- Up to two of ten is safe: the session goes on as planned.
- From three to five is acceptable: the session goes on at the gentle level.
- Above five is a high risk: the exercise ends, and the listener chooses to go on with others or to end.
- An answer that is `RISE` more than an earlier one of the session is told as such.
- No answer changes nothing.

The bands are those of pain monitoring; what each of them does here is ours, and no clinician has reviewed it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

MOST = 10
"""Top of the scale: the worst pain imaginable; 0 is none."""

RISE = 3
"""A rise of this much within a session is told."""


class Advice(StrEnum):
    """What an answer does."""

    AS_PLANNED = "as-planned"
    GENTLE = "gentle"
    END = "end"


@dataclass(frozen=True, slots=True)
class Rule:
    """What an answer of ``least`` to ``most`` means and does, and who says so."""

    least: int
    most: int
    risk: str
    advice: Advice
    source: str


PAIN_MONITORING = "Pain monitoring: Thomeé 1997; used in NEMEX, Ageberg 2010"

SAFE = Rule(0, 2, "safe", Advice.AS_PLANNED, PAIN_MONITORING)
ACCEPTABLE = Rule(3, 5, "acceptable", Advice.GENTLE, PAIN_MONITORING)
HIGH_RISK = Rule(6, MOST, "high", Advice.END, PAIN_MONITORING)

RULES = (SAFE, ACCEPTABLE, HIGH_RISK)


def rule_for(pain: int) -> Rule:
    """Return the rule for an answer.

    >>> [rule_for(pain).risk for pain in (0, 2, 3, 5, 6, 10)]
    ['safe', 'safe', 'acceptable', 'acceptable', 'high', 'high']
    """
    return next(rule for rule in RULES if rule.least <= pain <= rule.most)


def has_risen(pain: int, earlier: Iterable[int]) -> bool:
    """Tell whether an answer is `RISE` more than the least of the earlier ones.

    >>> has_risen(4, [1, 3]), has_risen(3, [1]), has_risen(9, [])
    (True, False, False)
    """
    return pain - min(earlier, default=pain) >= RISE
