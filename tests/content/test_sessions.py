"""The three sessions: their order, their transitions, and what they have in common word for word."""

from collections.abc import Mapping

import pytest

from coach.core.choices import Detail, Level
from coach.core.phrases import duration
from coach.core.script import Heading, Line, Part, Reference, Ring, Script, Sound, Wait
from coach.core.sides import Side, on_side
from tests.content.sheets import (
    EXERCISE_NAMES,
    SESSION_NAMES,
    exercise,
    says,
    session,
    timeline,
    waits_before,
)

FETCH_S = 60
DOWN_S, SETTLE_S, BETWEEN_FLOOR_S, UP_S = 40, 15, 20, 60
TO_THE_STAIRS_S, TO_THE_CHAIR_S, EASY_WALK_S = 30, 20, 60
SIT_AFTER_LYING_S, HOLD_ON_AFTER_STANDING_S = (10, 15), 10

WARM_UP, LYING, STANDING = "Warm-up walk", "Lying hamstring curls", "Standing hamstring curls"
SQUATS, RAISES, STEPS, MASSAGE = "Partial squats", "Straight leg raises", "Step-ups", "Leg massage"

TRANSITIONS: Mapping[str, Mapping[str, int]] = {
    "inner-knee": {
        LYING: DOWN_S + SETTLE_S,
        RAISES: BETWEEN_FLOOR_S,
        SQUATS: UP_S,
        STEPS: TO_THE_STAIRS_S,
    },
    "inner-knee-article-order": {
        LYING: DOWN_S + SETTLE_S,
        SQUATS: UP_S,
        RAISES: DOWN_S + SETTLE_S,
        STEPS: UP_S + TO_THE_STAIRS_S,
    },
    "inner-knee-no-floor": {
        STANDING: TO_THE_CHAIR_S,
        SQUATS: TO_THE_CHAIR_S,
        RAISES: DOWN_S + SETTLE_S,
        STEPS: UP_S + TO_THE_STAIRS_S,
    },
}
"""The seconds of waiting before each exercise between the warm-up and the massage, in order."""


def heard_as(part: Part) -> str:
    match part:
        case Line(text=text):
            return text
        case Wait(length_s=length_s):
            return f"(wait {length_s:g})"
        case Ring(sound=sound):
            return f"(sound {sound})"
        case Heading(title=title):
            return f"## {title}"
        case Reference(name=name):
            return f"- {name}"
        case _:
            raise ValueError(f"no session has {part!r}")


def sheet(name: str) -> list[str]:
    return [heard_as(part) for part in session(name).parts]


def stop_rules(name: str) -> list[str]:
    """From the first line up to what is said of the floor."""
    parts = sheet(name)
    return parts[: next(i for i, part in enumerate(parts) if says(part, "down to the floor"))]


def tones_and_reasons(name: str) -> list[str]:
    """From the end of the time to fetch things up to the warm-up."""
    parts = sheet(name)
    return parts[parts.index(f"(wait {FETCH_S})") : parts.index(f"- {WARM_UP}")]


def closing(name: str) -> list[str]:
    parts = sheet(name)
    return parts[parts.index("## To finish") :]


@pytest.mark.parametrize("name", SESSION_NAMES)
def test_a_session_has_the_order_of_the_programme(name: str) -> None:
    titles = [part.name for part in session(name).parts if isinstance(part, Reference)]
    assert titles == [WARM_UP, *TRANSITIONS[name], MASSAGE]


@pytest.mark.parametrize("name", SESSION_NAMES)
def test_the_transitions_have_the_seconds_of_the_programme(name: str) -> None:
    assert {title: sum(waits_before(name, title)) for title in TRANSITIONS[name]} == TRANSITIONS[name]


@pytest.mark.parametrize("name", SESSION_NAMES)
def test_a_minute_of_walking_and_the_way_to_the_chair_come_before_the_massage(name: str) -> None:
    assert waits_before(name, MASSAGE)[-2:] == [EASY_WALK_S, TO_THE_CHAIR_S]


@pytest.mark.parametrize("name", SESSION_NAMES)
def test_there_is_a_minute_to_fetch_and_check_things(name: str) -> None:
    assert sheet(name).count(f"(wait {FETCH_S})") == 2
    assert FETCH_S in waits_before(name, WARM_UP)


@pytest.mark.parametrize(
    ("name", "title"),
    [("inner-knee", SQUATS), ("inner-knee-article-order", SQUATS), ("inner-knee-article-order", STEPS)],
)
def test_getting_up_from_the_floor_has_a_long_sit_and_ends_holding_on(name: str, title: str) -> None:
    steps = waits_before(name, title)
    steps = steps[: steps.index(HOLD_ON_AFTER_STANDING_S) + 1]
    assert sum(steps) == UP_S
    least, most = SIT_AFTER_LYING_S
    assert any(least <= step <= most for step in steps[:-1])


@pytest.mark.parametrize("name", SESSION_NAMES)
def test_a_wait_of_more_than_ten_seconds_is_announced_with_its_time(name: str) -> None:
    before = ""
    for part in session(name).parts:
        if isinstance(part, Wait) and part.length_s > 10:
            assert says(before, duration(part.length_s))
        if isinstance(part, Line):
            before = part.text


@pytest.mark.parametrize("name", SESSION_NAMES)
def test_the_sessions_share_their_opening_their_tones_and_their_closing(name: str) -> None:
    assert stop_rules(name) == stop_rules("inner-knee")
    assert tones_and_reasons(name) == tones_and_reasons("inner-knee")
    assert closing(name) == closing("inner-knee")


@pytest.mark.parametrize(
    "rule",
    [
        "not medical advice",
        "newly injured",
        "very swollen",
        "locks or gives way",
        "do not start",
        "from zero to ten",
        "gentle level",
        "more than five, leave it for today",
        "skip, do fewer, or stop",
        "sharp pain",
        "catches or gives way",
        "chest pain",
        "feel faint",
        "cannot catch your breath",
        "get help",
    ],
)
def test_the_opening_says_when_to_stop(rule: str) -> None:
    assert says(" ".join(stop_rules("inner-knee")), rule)


@pytest.mark.parametrize(
    "rule",
    [
        "tired muscles are fine",
        "within two hours",
        "by tomorrow",
        "do less next time",
        "becomes swollen",
        "getting worse",
        "see a health professional",
        "three days a week",
        "never two days running",
        "stay active",
    ],
)
def test_the_closing_says_what_is_normal_and_what_is_not(rule: str) -> None:
    assert says(" ".join(closing("inner-knee")), rule)


def test_the_opening_teaches_the_tones_of_a_repetition() -> None:
    rung = [part.sound for part in session("inner-knee").parts if isinstance(part, Ring)]
    assert rung == [Sound.REP, Sound.HOLD_START, Sound.HOLD_END, Sound.REST]


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("detail", Detail)
@pytest.mark.parametrize("name", [*SESSION_NAMES, *EXERCISE_NAMES])
def test_no_line_but_a_form_cue_is_without_room(name: str, level: Level, detail: Detail) -> None:
    scripts = [exercise(script_name) for script_name in EXERCISE_NAMES]
    cues = {on_side(line.text, side) for script in scripts for line in script.reminders for side in Side}
    assert set(timeline(name, level, detail).left_out) <= cues


def test_no_exercise_is_left_out_of_every_session() -> None:
    used = {
        part.name for name in SESSION_NAMES for part in session(name).parts if isinstance(part, Reference)
    }
    scripts: list[Script] = [exercise(name) for name in EXERCISE_NAMES]
    assert used == {script.title for script in scripts}
