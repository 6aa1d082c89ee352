"""Whether a voice keeps ahead of who listens: by what is owed, when it is due, and how fast it speaks."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.voices.outlook import AHEAD_S, FEW, MARGIN, Outlook, Owed, PaceMeter

PROMPTS = st.lists(st.builds(Owed, st.floats(0, 600), st.floats(0.3, 8)), max_size=30)


def test_nothing_is_late_where_nothing_is_owed() -> None:
    assert Outlook().late_s(0.0) == -inf


def test_before_anything_is_spoken_everything_is_late() -> None:
    assert Outlook((Owed(1_000.0, 1.0),)).late_s(0.0) == inf


def test_the_latest_prompt_counts() -> None:
    owed = (Owed(10.0, 2.0), Owed(11.0, 8.0), Owed(60.0, 2.0))
    assert Outlook(owed, pace=1.0).late_s(0.0) == pytest.approx(MARGIN * 10.0 + AHEAD_S - 11.0)


@given(PROMPTS, st.floats(0.01, 3), st.floats(0, 300))
def test_whoever_begins_when_nothing_is_late_waits_for_no_prompt(
    owed: list[Owed], pace: float, at_s: float
) -> None:
    outlook = Outlook(tuple(owed), pace)
    if outlook.late_s(at_s) > 0:
        return
    spoken_s = 0.0
    for each in owed:
        spoken_s += MARGIN * pace * each.speech_s
        assert spoken_s + AHEAD_S <= each.due_s - at_s + 1e-6


@given(PROMPTS, st.floats(0.01, 3), st.floats(0, 300), st.floats(-50, 50))
def test_what_is_heard_later_is_less_late(owed: list[Owed], pace: float, at_s: float, by_s: float) -> None:
    outlook = Outlook(tuple(owed), pace)
    assert outlook.later(by_s).late_s(at_s + by_s) == pytest.approx(outlook.late_s(at_s))


def test_at_first_the_pace_has_the_time_in_which_the_engine_was_loaded() -> None:
    meter = PaceMeter()
    assert meter.pace == inf
    meter.spoken(3.0, [2.0])
    assert meter.pace == 1.5
    meter.spoken(3.1, [2.0])
    assert meter.pace == pytest.approx(3.1 / 4)


def test_after_a_few_prompts_it_is_that_of_the_voice_alone() -> None:
    meter = PaceMeter()
    for i in range(FEW + 1):
        meter.spoken(10.0 + 0.5 * i, [2.0])
    assert meter.pace == pytest.approx(0.25)


def test_a_voice_that_becomes_slow_is_slow() -> None:
    meter = PaceMeter()
    at_s = 0.0
    for work_s in [0.5] * 50 + [4.0] * 15:
        at_s += work_s
        meter.spoken(at_s, [2.0])
    assert meter.pace == pytest.approx(2.0)
