"""The doses and tempos are those of the programme."""

from collections.abc import Mapping

import pytest

from coach.language.dose import Dose, Side
from coach.language.level import Level
from tests.content.sheets import EXERCISE_NAMES, exercise, prompts
from tests.doses import counted, timed

Seconds = tuple[float, float, float]
"""Gentle, standard, strong."""


def sets(
    gentle: int, standard: int, strong: int, *, rests_s: tuple[float, float], each_leg: bool
) -> Mapping[Level, Dose]:
    """One set at the gentle level, two or one of each leg at the standard, two at the strong.

    ``rests_s`` are that of the gentle and the standard level, and that of the strong.
    """
    side_word = "leg" if each_leg else ""
    rest_s, strong_rest_s = rests_s
    return {
        Level.GENTLE: counted(gentle, rest_s=rest_s, side_word=side_word),
        Level.STANDARD: counted(standard, sets=1 if each_leg else 2, rest_s=rest_s, side_word=side_word),
        Level.STRONG: counted(strong, sets=2, rest_s=strong_rest_s, side_word=side_word),
    }


def once_each_leg() -> Mapping[Level, Dose]:
    return {level: counted(1, side_word="leg") for level in Level}


def minutes(gentle: float, standard: float, strong: float) -> Mapping[Level, Dose]:
    doses = zip(Level, (gentle, standard, strong), strict=True)
    return {level: timed(60 * length) for level, length in doses}


PROGRAMME: Mapping[str, tuple[Mapping[str, Seconds], Mapping[Level, Dose]]] = {
    "lying-hamstring-curls": (
        {"curl": (2, 2, 2), "hold": (2, 3, 5), "lower": (3, 3, 3), "loose": (1, 1, 1)},
        sets(8, 10, 15, rests_s=(30, 45), each_leg=False),
    ),
    "standing-hamstring-curls": (
        {"curl": (2, 2, 2), "hold": (1, 2, 3), "lower": (3, 3, 3), "loose": (1, 1, 1)},
        sets(8, 12, 15, rests_s=(30, 30), each_leg=True),
    ),
    "straight-leg-raises": (
        {"lift": (2, 2, 2), "hold": (2, 3, 3), "lower": (3, 3, 3), "loose": (1, 1, 1)},
        sets(8, 12, 15, rests_s=(30, 30), each_leg=True),
    ),
    "partial-squats": (
        {"down": (3, 3, 3), "hold": (0, 1, 3), "up": (2, 2, 2), "loose": (1, 1, 1)},
        sets(8, 10, 15, rests_s=(45, 60), each_leg=False),
    ),
    "step-ups": (
        {"up": (2, 2, 2), "tap": (1, 1, 1), "down": (3, 3, 4), "loose": (1, 1, 1)},
        sets(6, 10, 15, rests_s=(60, 60), each_leg=True),
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
