"""Simulated listeners keep the rules of progress for a year; docs/content.md has the table of a thousand.

The suite follows the first `LISTENERS` of the thousand; `bench/year.py` all of them, by the same rules.
"""

from random import Random

import pytest

from coach.language.level import Level
from coach.session.ladders import Programme
from tests.diary.rules import RULES, Found, check, knee_programme
from tests.diary.year import Habit, Knee, Listener, a_listener, year

LISTENERS = 200


@pytest.fixture(scope="module")
def knee() -> Programme:
    return knee_programme()


@pytest.fixture(scope="module")
def found(knee: Programme) -> dict[str, Found]:
    return check(knee, range(LISTENERS))[0]


@pytest.mark.parametrize("rule", RULES)
def test_every_listener_keeps_the_rule_for_a_year(found: dict[str, Found], rule: str) -> None:
    assert found[rule].broken == []
    assert found[rule].held > LISTENERS


def test_whoever_is_calm_comes_to_the_end_of_every_ladder(knee: Programme) -> None:
    listener = Listener(Knee.CALM, Habit.FAITHFUL, Level.GENTLE, None, 0, 0, 1, 1, 0)
    for seed in range(10):
        last = {
            step.title: step
            for session in year(knee, listener, Random(seed))
            for step in session.entry.steps
            if knee.ladders[step.title][-3:].count(step)
        }
        assert last.keys() == knee.ladders.keys()


def test_the_same_seed_gives_the_same_year(knee: Programme) -> None:
    years = []
    for chance in (Random(7), Random(7)):
        listener = a_listener(chance)
        years.append((listener, list(year(knee, listener, chance))))
    assert years[0] == years[1]
    assert len(years[0][1]) > 10
