"""A step: how much of an exercise is asked of a listener who goes from step to step."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from coach.language.level import Level

MOST_SETS, MOST_REPS, MOST_SIDES = 20, 100, 2
"""The most of a step; of sets and repetitions, as for --sets and --reps."""


@dataclass(frozen=True, slots=True)
class Step:
    """How much of an exercise is asked: a level, and the sets and repetitions where they are counted.

    ``sets`` and ``reps`` are 0 where those of the sheet stay. ``sides`` is 2 if each side has its own sets.
    The repetitions of alternating sides are those of both together.
    """

    title: str
    level: Level
    sets: int = 0
    reps: int = 0
    sides: int = 1

    @property
    def total_reps(self) -> int:
        """The repetitions of all sets, of both sides; 0 where none are counted."""
        return self.sets * self.reps * self.sides


def as_json(step: Step) -> dict[str, Any]:
    """A step as JSON values."""
    return asdict(step)


def from_json(value: object) -> Step:
    """The step that `as_json` made the value of; fields that it does not know are passed over.

    Raises
    ------
    ValueError
        With what is wrong, for anything else.
    """
    known = value if isinstance(value, Mapping) else {}
    match [known.get(each.name) for each in fields(Step)]:
        case [str(title), str(level), *counts] if level in list(Level):
            return Step(title, Level(level), *map(_count, counts, _MOST))
    raise ValueError("a step has no title, or no level")


_MOST = (MOST_SETS, MOST_REPS, MOST_SIDES)


def _count(value: object, most: int) -> int:
    if type(value) is not int or not 0 <= value <= most:
        raise ValueError(f"a count of a step is not from 0 to {most}")
    return value
