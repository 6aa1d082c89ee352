"""The three sessions: their order, their transitions, and what they have in common word for word."""

import re
from collections.abc import Mapping
from itertools import pairwise

import pytest

from coach.language.dose import Side
from coach.language.keywords.en import KEYWORDS as ENGLISH
from coach.language.level import Level
from coach.language.model import (
    Ask,
    Heading,
    Line,
    Part,
    Reference,
    Ring,
    Script,
    Sound,
    Wait,
    in_brief,
    in_full,
)
from coach.language.sides import on_side
from coach.session.options import Detail
from coach.session.timeline import RATE_HZ, Say, Silence, Tone
from coach.session.words.en import TONE_MEANINGS, duration
from tests.content.sheets import (
    EXERCISE_NAMES,
    SESSION_NAMES,
    exercise,
    prompts,
    says,
    seconds_between,
    session,
    timeline,
    waits_before,
    words_before_the_first_exercise,
)

DOWN_S, SETTLE_S, UP_S = 40, 15, 60
FETCH_S, BETWEEN_FLOOR_EXERCISES_S, TO_THE_STAIRS_S, WALK_S, TO_THE_CHAIR_S = 60, 20, 30, 60, 20
"""The seconds of the transitions in the programme."""

FETCHING_S, FETCHING_THE_CHAIR_S, TO_THE_BED_S, THEN_SIT_S, THERE_S = 15, 15, 10, 5, 15
"""The seconds of silence in those that words fill besides."""

SIT_AFTER_LYING_S, HOLD_ON_AFTER_STANDING_S = (10, 15), 10

WARM_UP, LYING, STANDING = "Warm-up walk", "Lying hamstring curls", "Standing hamstring curls"
SQUATS, RAISES, STEPS, MASSAGE = "Partial squats", "Straight leg raises", "Step-ups", "Leg massage"

TRANSITIONS: Mapping[str, Mapping[str, int]] = {
    "inner-knee": {
        LYING: FETCHING_S + DOWN_S + SETTLE_S,
        RAISES: 0,
        SQUATS: UP_S,
        STEPS: THERE_S,
    },
    "inner-knee-article-order": {
        LYING: FETCHING_S + DOWN_S + SETTLE_S,
        SQUATS: UP_S,
        RAISES: DOWN_S + SETTLE_S,
        STEPS: UP_S + THERE_S,
    },
    "inner-knee-no-floor": {
        STANDING: FETCHING_THE_CHAIR_S,
        SQUATS: 0,
        RAISES: TO_THE_BED_S + DOWN_S + SETTLE_S,
        STEPS: UP_S + THERE_S,
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
        case Ask():
            return "Ask: pain"
        case _:
            raise ValueError(f"no session has {part!r}")


def sheet(name: str) -> list[str]:
    return [heard_as(part) for part in in_full(session(name).parts)]


def stop_rules(name: str) -> list[str]:
    """What is said before the warm-up."""
    parts = sheet(name)
    return parts[: parts.index(f"- {WARM_UP}")]


def opening(name: str, detail: Detail = Detail.FULL) -> str:
    """What is heard before the warm-up, in a file."""
    said = prompts(name, detail=detail)
    return " ".join(said[: said.index(f"{WARM_UP}.")])


def said_in_brief(name: str) -> list[str]:
    parts = [heard_as(part) for part in in_brief(session(name).parts)]
    return parts[: parts.index(f"- {WARM_UP}")]


def way_to(session_name: str, exercise_title: str) -> list[str]:
    """The lines between an exercise of a session and what stands before it, exercise or heading."""
    parts = sheet(session_name)
    end = parts.index(f"- {exercise_title}")
    start = max(i for i in range(end) if parts[i].startswith(("- ", "## ")))
    return [part for part in parts[start + 1 : end] if not part.startswith(("(", "Ask"))]


def closing(name: str) -> list[str]:
    parts = sheet(name)
    return parts[parts.index("## To finish") :]


@pytest.mark.parametrize("name", SESSION_NAMES)
def test_a_session_has_the_order_of_the_programme(name: str) -> None:
    titles = [part.name for part in session(name).parts if isinstance(part, Reference)]
    assert titles == [WARM_UP, *TRANSITIONS[name], MASSAGE]


@pytest.mark.parametrize("name", SESSION_NAMES)
def test_a_transition_has_its_seconds_of_silence(name: str) -> None:
    assert {title: sum(waits_before(name, title)) for title in TRANSITIONS[name]} == TRANSITIONS[name]


@pytest.mark.parametrize(
    ("name", "first", "then", "least_s"),
    [
        ("inner-knee", "find a sturdy chair", "come down to your mat", FETCH_S),
        ("inner-knee-article-order", "find a sturdy chair", "come down to your mat", FETCH_S),
        ("inner-knee", "come down to your mat", "sore kneecaps", DOWN_S),
        ("inner-knee-article-order", "come down to your mat", "sore kneecaps", DOWN_S),
        ("inner-knee", "settle", "lying hamstring curls", SETTLE_S),
        ("inner-knee", "lying hamstring curls", "you lie on your stomach", BETWEEN_FLOOR_EXERCISES_S),
        ("inner-knee", "now get up", "partial squats", UP_S),
        ("inner-knee-article-order", "now get up", "partial squats", UP_S),
        ("inner-knee-article-order", "now get up", "go to your stairs", UP_S),
        ("inner-knee-no-floor", "now get up", "go to your stairs", UP_S),
        *((name, "go to your stairs", "step ups", TO_THE_STAIRS_S) for name in SESSION_NAMES),
        *((name, "stand with both feet on the floor", "leg massage", WALK_S) for name in SESSION_NAMES),
        *((name, "end at your chair", "sit down on your chair", TO_THE_CHAIR_S) for name in SESSION_NAMES),
    ],
)
def test_a_transition_takes_the_seconds_of_the_programme(
    name: str, first: str, then: str, least_s: float
) -> None:
    found = seconds_between(name, first, then)
    assert found
    assert min(found) >= least_s


@pytest.mark.parametrize("name", SESSION_NAMES)
def test_an_easy_walk_that_ends_at_the_chair_comes_before_the_massage(name: str) -> None:
    assert waits_before(name, MASSAGE)[-1:] == [THEN_SIT_S]


@pytest.mark.parametrize("name", SESSION_NAMES)
def test_what_an_exercise_needs_is_fetched_on_the_way_to_it(name: str) -> None:
    first, *_ = TRANSITIONS[name]
    chair, step = way_to(name, first), way_to(name, STEPS)
    assert any(says(line, "find a sturdy chair") for line in chair)
    assert any(says(line, "lowest step of your stairs") for line in step)
    for lines in (way_to(name, title) for title in TRANSITIONS[name] if title != STEPS):
        assert not any(says(line, "stairs") for line in lines)


@pytest.mark.parametrize(
    ("name", "first"), [*((name, WARM_UP) for name in SESSION_NAMES), ("low-back", "Easy walk")]
)
@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("is_live", [False, True])
@pytest.mark.parametrize(("detail", "most"), [(Detail.FULL, 150), (Detail.BRIEF, 60)])
def test_few_words_come_before_the_first_exercise(
    name: str, first: str, level: Level, detail: Detail, most: int, *, is_live: bool
) -> None:
    heard = timeline(name, level, detail, is_live=is_live)
    assert 0 < words_before_the_first_exercise(heard, first) <= most


@pytest.mark.parametrize("is_live", [False, True])
def test_the_default_session_lasts_less_than_thirty_five_minutes_at_the_standard_level(
    *, is_live: bool
) -> None:
    assert timeline("inner-knee", is_live=is_live).length / RATE_HZ <= 34 * 60 + 50


@pytest.mark.parametrize("name", SESSION_NAMES)
def test_pain_is_asked_about_before_the_walk_and_after_two_exercises(name: str) -> None:
    """The curls are the first effort of a sore knee, and the squats come before the steps, the hardest."""
    asked_after: list[str] = []
    for part in session(name).parts:
        match part:
            case Reference() | Heading():
                before = part.name if isinstance(part, Reference) else part.title
            case Ask():
                asked_after.append(before)
    first = next(iter(TRANSITIONS[name]))
    assert asked_after == ["Before we start", first, SQUATS]


@pytest.mark.parametrize(
    ("name", "title"),
    [("inner-knee", SQUATS), ("inner-knee-article-order", SQUATS), ("inner-knee-article-order", STEPS)],
)
def test_getting_up_from_the_floor_has_a_long_sit_and_a_time_to_hold_on(name: str, title: str) -> None:
    lines = way_to(name, title)
    steps = waits_before(name, title)
    if title == STEPS:
        assert steps.pop() == THERE_S
    assert sum(steps) == UP_S
    least, most = SIT_AFTER_LYING_S
    sits, holds_on = (i for i, step in enumerate(steps) if step >= HOLD_ON_AFTER_STANDING_S)
    assert least <= steps[sits] <= most
    assert steps[holds_on] == HOLD_ON_AFTER_STANDING_S
    hold = next(i for i, line in enumerate(lines) if says(line, "hold on to the chair"))
    stand = next(i for i, line in enumerate(lines) if says(line, "stand up"))
    aside = next(i for i, line in enumerate(lines) if says(line, "towel aside"))
    assert says(lines[stand - 1], "stronger foot")
    assert stand < hold < aside


@pytest.mark.parametrize(
    ("name", "title"),
    [("inner-knee", LYING), ("inner-knee-article-order", LYING), ("inner-knee-article-order", RAISES)],
)
def test_the_stronger_knee_comes_down_first_and_onto_a_towel(name: str, title: str) -> None:
    lines = way_to(name, title)
    kneeling = next(i for i, line in enumerate(lines) if says(line, "that knee onto the towel"))
    assert says(lines[kneeling], "stronger leg back")
    assert any(says(line, "towel where you will kneel") for line in lines[:kneeling])
    assert any(says(line, "both hands, hold the seat") for line in lines[:kneeling])


@pytest.mark.parametrize("name", SESSION_NAMES)
def test_a_wait_of_more_than_ten_seconds_is_announced_with_its_time(name: str) -> None:
    before = ""
    for part in session(name).parts:
        if isinstance(part, Wait) and part.length_s > 10:
            assert says(before, duration(part.length_s))
        if isinstance(part, Line):
            before = part.text


@pytest.mark.parametrize("name", SESSION_NAMES)
def test_an_announced_time_is_true(name: str) -> None:
    """What is said to take a time is followed by one wait of that time, at once."""
    for part, after in pairwise(session(name).parts):
        if isinstance(part, Line) and re.search(r"\b(?:seconds|minutes?)\b", part.text):
            assert isinstance(after, Wait), part.text
            assert says(part.text, duration(after.length_s))


@pytest.mark.parametrize("name", SESSION_NAMES)
def test_the_sessions_share_their_opening_and_their_closing(name: str) -> None:
    assert stop_rules(name) == stop_rules("inner-knee")
    assert said_in_brief(name) == said_in_brief("inner-knee")
    assert closing(name) == closing("inner-knee")


@pytest.mark.parametrize(
    "rule",
    [
        "not medical advice",
        "newly injured",
        "very swollen",
        "locks or gives way",
        "do not start",
        "a doctor or therapist",
        "from zero to ten",
        "easiest level",
        "more than five, leave it for today",
        "skip, do fewer, or stop",
        "sharp pain",
        "catches or gives way",
        "chest pain",
        "feel faint",
        "cannot catch your breath",
        "phone for help",
    ],
)
def test_the_opening_says_when_to_stop(rule: str) -> None:
    assert says(opening("inner-knee"), rule)


@pytest.mark.parametrize(
    "rule",
    [
        "hot, swollen, or newly injured",
        "do not start",
        "a doctor said no",
        "from zero to ten",
        "gentle level",
        "more than five, not today",
        "sharp pain",
        "gives way",
        "chest pain",
        "faintness",
        "breathlessness",
        "phone for help",
    ],
)
def test_the_opening_in_brief_says_when_to_stop(rule: str) -> None:
    assert says(opening("inner-knee", Detail.BRIEF), rule)


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
        "never on two days in a row",
        "stay active",
    ],
)
def test_the_closing_says_what_is_normal_and_what_is_not(rule: str) -> None:
    assert says(" ".join(closing("inner-knee")), rule)


@pytest.mark.parametrize("name", SESSION_NAMES)
def test_a_tone_is_explained_where_it_is_heard_first(name: str) -> None:
    heard = timeline(name)
    first: dict[Sound, str] = {}
    before = ""
    for event in heard.events:
        if isinstance(event, Say):
            before = event.text
        elif isinstance(event, Tone) and event.sound is not Sound.COUNTDOWN:
            first.setdefault(event.sound, before)
    for sound in (Sound.GO, Sound.REP, Sound.MOVE, Sound.HOLD_START, Sound.HOLD_END):
        assert first[sound] == TONE_MEANINGS[sound]
    assert says(first[Sound.END], "with this tone, the session is over")


def test_to_those_who_know_the_session_no_tone_is_explained() -> None:
    assert not set(TONE_MEANINGS.values()) & {*prompts("inner-knee", detail=Detail.BRIEF)}


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("detail", Detail)
@pytest.mark.parametrize("name", [*SESSION_NAMES, *EXERCISE_NAMES])
def test_no_line_but_a_form_cue_is_without_room(name: str, level: Level, detail: Detail) -> None:
    scripts = [exercise(script_name) for script_name in EXERCISE_NAMES]
    reminders = [line.text for script in scripts for line in script.reminders]
    cues = {on_side(text, side, ENGLISH) for text in reminders for side in Side}
    assert set(timeline(name, level, detail).left_out) <= cues


def test_no_exercise_is_left_out_of_every_session() -> None:
    used = {
        part.name for name in SESSION_NAMES for part in session(name).parts if isinstance(part, Reference)
    }
    scripts: list[Script] = [exercise(name) for name in EXERCISE_NAMES]
    assert used == {script.title for script in scripts}


@pytest.mark.parametrize("name", SESSION_NAMES)
@pytest.mark.parametrize("level", Level)
def test_every_count_in_is_exact(name: str, level: Level) -> None:
    starts: list[int] = []
    before: Say | Tone | None = None
    for event in timeline(name, level).events:
        if isinstance(event, Silence):
            continue
        is_explained = isinstance(before, Say) and before.text == TONE_MEANINGS[Sound.GO]
        if isinstance(event, Tone) and event.sound in {Sound.COUNTDOWN, Sound.GO} and not is_explained:
            starts.append(event.start)
        before = event
    assert len(starts) >= 4 * 8
    for i in range(0, len(starts), 4):
        assert [later - earlier for earlier, later in pairwise(starts[i : i + 4])] == [RATE_HZ] * 3


@pytest.mark.parametrize("name", SESSION_NAMES)
@pytest.mark.parametrize("level", Level)
def test_no_cue_of_a_session_is_left_without_room(name: str, level: Level) -> None:
    assert timeline(name, level).left_out == ()
