"""The doses and tempos are those of the programme."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from coach.language.dose import After, Dose, DoseRest, Side, exactly
from coach.language.level import Level
from tests.content.sheets import EXERCISE_NAMES, exercise, prompts
from tests.doses import counted, timed

Seconds = tuple[float, float, float]
"""Gentle, standard, strong."""


def sets(
    gentle: int, standard: int, strong: int, *, rests_s: Seconds, each_leg: bool = False
) -> Mapping[Level, Dose]:
    """One set at the gentle level, two at the others; of each leg, one at the standard level.

    The rest lies between the sets, or, where each leg has one, between the legs. What the strong level has
    between the legs is that of the standard level.
    """
    side_word = "leg" if each_leg else ""
    sets = (1, 1 if each_leg else 2, 2)
    gentle_s, standard_s, strong_s = map(exactly, rests_s)
    after = After.SIDE if each_leg else After.SET
    between_legs = (DoseRest(standard_s, After.SIDE),) if each_leg else ()
    rests: tuple[tuple[DoseRest, ...], ...] = (
        (DoseRest(gentle_s, after),),
        (DoseRest(standard_s, after),),
        (DoseRest(strong_s, After.SET), *between_legs),
    )
    each = zip(Level, (gentle, standard, strong), sets, rests, strict=True)
    return {
        level: replace(counted(reps, sets=n, side_word=side_word), rests=rest)
        for level, reps, n, rest in each
    }


def once_each_leg() -> Mapping[Level, Dose]:
    return {level: counted(1, side_word="leg") for level in Level}


def minutes(gentle: float, standard: float, strong: float) -> Mapping[Level, Dose]:
    doses = zip(Level, (gentle, standard, strong), strict=True)
    return {level: timed(60 * length) for level, length in doses}


PROGRAMME: Mapping[str, tuple[Mapping[str, Seconds], Mapping[Level, Dose]]] = {
    "lying-hamstring-curls": (
        {"curl": (2, 2, 2), "hold": (2, 3, 5), "lower": (3, 3, 3), "loose": (1, 1, 1)},
        sets(8, 12, 15, rests_s=(30, 30, 45)),
    ),
    "standing-hamstring-curls": (
        {"curl": (2, 2, 2), "hold": (1, 2, 3), "lower": (3, 3, 3), "loose": (1, 1, 1)},
        sets(8, 12, 15, rests_s=(30, 20, 30), each_leg=True),
    ),
    "straight-leg-raises": (
        {"lift": (2, 2, 2), "hold": (2, 3, 3), "lower": (3, 3, 3), "loose": (1, 1, 1)},
        sets(8, 12, 15, rests_s=(30, 20, 30), each_leg=True),
    ),
    "partial-squats": (
        {"down": (3, 3, 3), "hold": (0, 1, 3), "up": (2, 2, 2), "loose": (1, 1, 1)},
        sets(8, 12, 15, rests_s=(45, 45, 60)),
    ),
    "step-ups": (
        {"up": (2, 2, 2), "tap": (1, 1, 1), "down": (3, 3, 4), "loose": (1, 1, 1)},
        sets(6, 10, 15, rests_s=(60, 25, 60), each_leg=True),
    ),
    "leg-massage": ({"back": (30, 30, 30), "front": (30, 30, 30)}, once_each_leg()),
    "warm-up-walk": ({}, minutes(3, 3, 5)),
}


def test_the_programme_is_the_exercises_there_are() -> None:
    assert sorted(PROGRAMME) == EXERCISE_NAMES


@pytest.mark.parametrize("name", EXERCISE_NAMES)
def test_an_exercise_has_the_dose_of_the_programme(name: str) -> None:
    assert exercise(name).doses == PROGRAMME[name][1]


@pytest.mark.parametrize("name", EXERCISE_NAMES)
def test_an_exercise_has_the_tempo_of_the_programme(name: str) -> None:
    phases = exercise(name).phases
    tempo = {phase.cue: tuple(phase.length_s[level] for level in Level) for phase in phases}
    assert list(tempo.items()) == list(PROGRAMME[name][0].items())
    assert len(phases) == len(tempo)


@pytest.mark.parametrize("level", Level)
def test_the_massage_takes_a_minute_a_leg(level: Level) -> None:
    assert sum(phase.length_s[level] for phase in exercise("leg-massage").phases) == 60
    said = prompts("leg-massage", level)
    assert [said.count(f"Now stroke the front of your {side} upper leg.") for side in Side] == [1, 1]
