"""docs/content.md shows the doses that the sheets have."""

from pathlib import Path

import pytest

from coach.language.dose import After, Dose, Sides, Timed
from coach.language.level import Level
from coach.language.model import Script
from tests.content.sheets import EXERCISE_NAMES, PART_NAMES, exercise

CONTENT = (Path(__file__).parents[2] / "docs" / "content.md").read_text("utf-8")


def shown(script: Script, level: Level) -> str:
    """Sets and repetitions; minutes where there is a time, or only one repetition."""
    dose: Dose = script.doses[level]
    if isinstance(dose, Timed):
        return f"{dose.work_s.planned / 60:g} min"
    if dose.sets * dose.most_reps > 1:
        return f"{dose.sets} x {dose.most_reps}"
    seconds = sum(length_s for _, length_s in script.repetition(dose, level))
    return f"{seconds / 60:g} min"


def tempo(script: Script) -> str:
    phases = []
    for phase in script.phases:
        usual = phase.length_s[Level.STANDARD]
        others = [f"{level} {phase.length_s[level]:g}" for level in Level if phase.length_s[level] != usual]
        phases.append(f"{phase.cue} {usual:g}" + (f" ({', '.join(others)})" if others else ""))
    return ", ".join(phases) or "-"


def sides(dose: Dose, none: str) -> str:
    match dose.sides:
        case Sides.NONE:
            return none
        case Sides.ALTERNATING:
            return f"alternating {dose.side_word}s"
        case _:
            return f"each {dose.side_word}"


def row(script: Script, none: str) -> str:
    usual = script.doses[Level.STANDARD]
    rest_s = usual.rest_after(After.SET) or usual.rest_after(After.SIDE)
    rest = f"{rest_s.planned:g} s" if rest_s else "-"
    doses = " | ".join(shown(script, level) for level in Level)
    return f"| {script.title} | {doses} | {sides(usual, none)} | {tempo(script)} | {rest} |"


@pytest.mark.parametrize("name", EXERCISE_NAMES)
def test_the_page_about_the_content_shows_the_dose_of_each_sheet(name: str) -> None:
    assert row(exercise(name), none="both legs") in CONTENT.splitlines()


@pytest.mark.parametrize("name", PART_NAMES)
def test_the_page_about_the_content_shows_the_dose_of_each_part_of_a_programme(name: str) -> None:
    assert row(exercise(name), none="-") in CONTENT.splitlines()
