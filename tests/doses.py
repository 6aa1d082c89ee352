"""Doses in short, for tests."""

from typing import Any

from coach.language.dose import After, Counted, DoseRest, Held, Sides, Timed, exactly


def counted(reps: int, **in_sets: Any) -> Counted:
    return Counted(reps=(exactly(reps),), **_in_sets(**in_sets))


def held(hold_s: float, reps: int = 1, **in_sets: Any) -> Held:
    return Held(hold=exactly(hold_s), reps=(exactly(reps),), **_in_sets(**in_sets))


def timed(work_s: float, **in_sets: Any) -> Timed:
    return Timed(work_s=exactly(work_s), **_in_sets(**in_sets))


def _in_sets(*, sets: int = 1, rest_s: float = 0.0, side_word: str = "") -> dict[str, Any]:
    return {
        "sets": sets,
        "rests": (DoseRest(exactly(rest_s), After.SET),) if rest_s else (),
        "sides": Sides.EACH if side_word else Sides.NONE,
        "side_word": side_word,
    }
