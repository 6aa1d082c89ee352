"""docs/content.md shows the doses that the sheets have."""

from pathlib import Path

import pytest

from coach.language.dose import After, Dose
from coach.language.level import Level
from coach.language.model import Script
from tests.content.sheets import EXERCISE_NAMES, exercise

CONTENT = (Path(__file__).parents[2] / "docs" / "content.md").read_text("utf-8")


def shown(script: Script, level: Level) -> str:
    """Sets and repetitions; minutes where there is only one repetition, or none."""
    dose: Dose = script.doses[level]
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


def row(script: Script) -> str:
    usual = script.doses[Level.STANDARD]
    rest_s = usual.rest_after(After.SET)
    rest = f"{rest_s.planned:g} s" if rest_s else "-"
    sides = f"each {usual.side_word}" if usual.side_word else "both legs"
    doses = " | ".join(shown(script, level) for level in Level)
    return f"| {script.title} | {doses} | {sides} | {tempo(script)} | {rest} |"


@pytest.mark.parametrize("name", EXERCISE_NAMES)
def test_the_page_about_the_content_shows_the_dose_of_each_sheet(name: str) -> None:
    assert row(exercise(name)) in CONTENT.splitlines()
