"""The low-back programme: its doses, its order, its length, and what keeps a sore back safe."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from coach.language.dose import After, Dose, DoseRest, Sides, exactly
from coach.language.keywords.en import KEYWORDS
from coach.language.level import Level
from coach.language.model import Heading, Line, Part, Reference, Script, Wait, in_full
from coach.language.postures import is_on_the_floor
from coach.session.options import Detail
from coach.session.timeline import RATE_HZ
from coach.session.words.en import duration
from tests.content.sheets import (
    PART_NAMES,
    parts,
    prompts,
    prompts_of,
    says,
    seconds_between,
    session,
    timeline,
)
from tests.content.test_facts import where_said
from tests.doses import counted, timed
from tests.wordings import usual

NAME = "low-back"
FACTS: list[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("low-back-facts.toml").read_text("utf-8")
)["fact"]

WALK, TILTS, KNEE, BRIDGES, BIRD_DOG, BREATHING = (
    "Easy walk",
    "Pelvic tilts",
    "Knee to chest",
    "Bridges",
    "Bird dog",
    "Calm breathing",
)

FETCH_S, FETCHING_S, DOWN_S, SETTLE_S, UP_S = 60, 25, 40, 15, 60
LEAST_S, MOST_S = 20 * 60, 25 * 60
"""The standard level, in full."""


def turns(each: int, side_word: str) -> Dose:
    """So many movements of each side, right and left by turns."""
    return replace(counted(2 * each), sides=Sides.ALTERNATING, side_word=side_word)


def in_sets(reps: int, sets: int) -> Dose:
    return replace(counted(reps, sets=sets), rests=(DoseRest(exactly(30.0), After.SET),))


DOSES: Mapping[str, tuple[Dose, Dose, Dose]] = {
    WALK: (timed(120), timed(180), timed(300)),
    TILTS: (counted(6), counted(8), counted(15)),
    KNEE: (turns(4, "leg"),) * 3,
    BRIDGES: (in_sets(6, 1), in_sets(6, 2), in_sets(10, 2)),
    BIRD_DOG: (turns(5, "side"), turns(5, "side"), turns(8, "side")),
    BREATHING: (timed(120),) * 3,
}

TEMPO: Mapping[str, Mapping[str, tuple[float, float, float]]] = {
    WALK: {},
    TILTS: {"press": (2, 2, 2), "hold": (2, 3, 5), "release": (3, 3, 3), "loose": (1, 1, 1)},
    KNEE: {"draw": (4, 4, 4), "hold": (3, 5, 10), "back": (3, 3, 3), "loose": (1, 1, 1)},
    BRIDGES: {"lift": (2, 2, 2), "hold": (1, 3, 5), "lower": (3, 3, 3), "loose": (1, 1, 1)},
    BIRD_DOG: {"reach": (2, 2, 2), "hold": (2, 4, 5), "back": (3, 3, 3), "loose": (1, 1, 1)},
    BREATHING: {"breathe in": (4, 4, 4), "breathe out": (6, 6, 6)},
}


def said_before(exercise: str, level: Level = Level.STANDARD, detail: Detail = Detail.FULL) -> str:
    said = prompts(NAME, level, detail)
    return " ".join(said[: said.index(f"{exercise}.")])


def said_after(exercise: str, level: Level = Level.STANDARD, detail: Detail = Detail.FULL) -> str:
    said = prompts(NAME, level, detail)
    return " ".join(said[[*map(usual, said)].index(f"That was {exercise.lower()}.") + 1 :])


def between(first: str, second: str) -> list[Part]:
    """The lines and waits of the sheet between two of its exercises."""
    written = in_full(session(NAME).parts)
    places = {part.name: i for i, part in enumerate(written) if isinstance(part, Reference)}
    return [part for part in written[places[first] + 1 : places[second]] if not isinstance(part, Heading)]


def lines(way: Sequence[Part]) -> list[str]:
    return [part.text for part in way if isinstance(part, Line)]


def seconds_to_do(way: Sequence[Part]) -> float:
    return sum(part.length_s for part in way if isinstance(part, Wait))


def test_the_exercises_have_an_order_in_which_the_listener_gets_down_and_up_once() -> None:
    assert list(parts(NAME)) == [WALK, TILTS, KNEE, BRIDGES, BIRD_DOG, BREATHING]
    on_the_floor = [is_on_the_floor(script.position, KEYWORDS) for script in parts(NAME).values()]
    assert on_the_floor == [False, True, True, True, True, False]


@pytest.mark.parametrize("title", DOSES)
def test_an_exercise_has_the_dose_and_the_tempo_of_the_programme(title: str) -> None:
    script: Script = parts(NAME)[title]
    assert tuple(script.doses[level] for level in Level) == DOSES[title]
    tempo = {phase.cue: tuple(phase.length_s[level] for level in Level) for phase in script.phases}
    assert tempo == TEMPO[title]
    assert list(tempo) == list(TEMPO[title])


def test_the_standard_level_lasts_twenty_to_twenty_five_minutes() -> None:
    assert LEAST_S <= timeline(NAME).length / RATE_HZ <= MOST_S


def test_each_level_asks_for_more_than_the_one_before() -> None:
    lengths = [timeline(NAME, level).length for level in Level]
    assert lengths == sorted(set(lengths))


@pytest.mark.parametrize("level", Level)
def test_no_cue_is_left_without_room(level: Level) -> None:
    assert timeline(NAME, level).left_out == ()


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact["id"])
def test_the_programme_says_what_its_sources_say(fact: dict[str, Any]) -> None:
    said = prompts(NAME)
    match fact["where"]:
        case "opening":
            said = said[: said.index(f"{WALK}.")]
        case "closing":
            said = said[[*map(usual, said)].index(f"That was {BREATHING.lower()}.") :]
        case "Down to the mat":
            said = said[: said.index(f"{TILTS}.")]
        case title:
            said = prompts_of(f"{NAME}#{title}", within=NAME)
    assert where_said(fact, said), f"{fact['id']} is not said: {fact['fact']}"


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize(
    ("detail", "rules"),
    [
        (
            Detail.FULL,
            (
                "not medical advice",
                "loss of feeling between your legs, or in a leg",
                "new bowel or bladder trouble",
                "a weak leg",
                "both legs",
                "help at once",
                "a fall or accident",
                "high temperature",
                "cancer",
                "lose weight without trying",
                "keeps you awake",
                "pain down a leg",
                "see a doctor first",
                "a doctor said no",
                "from zero to ten",
                "easiest level",
                "more than five, leave it for today",
            ),
        ),
        (
            Detail.BRIEF,
            (
                "unwell, after a fall, or against medical advice",
                "get help for lost feeling, weak legs, bowel or bladder trouble",
                "spreading pain",
                "from zero to ten",
                "gentle level",
                "more than five, not today",
            ),
        ),
    ],
)
def test_what_forbids_a_start_is_said_before_the_first_movement(
    level: Level, detail: Detail, rules: tuple[str, ...]
) -> None:
    opening = said_before(WALK, level, detail)
    to_stop = ("sharp", "chest pain", "faintness", "breathlessness", "phone for help")
    for rule in (*rules, *to_stop):
        assert says(opening, rule), rule
    assert not says(opening, "knee")


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("detail", Detail)
def test_whom_to_ask_first_and_that_one_may_stop_is_said_before_the_floor(
    level: Level, detail: Detail
) -> None:
    opening = said_before(TILTS, level, detail)
    for rule in ("bones are thin", "surgery", "pregnant", "skip, do fewer, or stop at any time"):
        assert says(opening, rule), rule


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("detail", Detail)
def test_the_closing_says_what_is_normal_and_what_needs_help(level: Level, detail: Detail) -> None:
    closing = said_after(BREATHING, level, detail)
    for rule in (
        "tired muscles are fine",
        "within two hours",
        "by tomorrow",
        "do less next time",
        "weak, or loses feeling, get help at once",
        "gets worse",
        "see a health professional",
        "three days a week",
        "never on two days in a row",
        "stay active",
        "may help",
    ):
        assert says(closing, rule), rule


@pytest.mark.parametrize("name", PART_NAMES)
def test_an_exercise_on_the_floor_says_when_to_stop_also_where_it_is_practised_alone(name: str) -> None:
    title = name.partition("#")[2]
    if title in {TILTS, KNEE, BRIDGES, BIRD_DOG}:
        for detail in Detail:
            assert says(" ".join(prompts(name, detail=detail)), "if your pain spreads down a leg, stop")


def test_getting_down_and_up_is_timed_with_the_chair() -> None:
    down, up = between(WALK, TILTS), between(BIRD_DOG, BREATHING)
    assert seconds_to_do(down) >= FETCHING_S + DOWN_S + SETTLE_S
    assert min(seconds_between(NAME, "find a sturdy chair", "come down to your mat")) >= FETCH_S
    assert seconds_to_do(up) >= UP_S
    for way, stronger in ((down, "stronger leg back"), (up, "stronger foot flat")):
        assert any(says(line, stronger) for line in lines(way))
        assert any(says(line, "both hands, hold the seat") for line in lines(way))
    stand = next(i for i, line in enumerate(lines(up)) if says(line, "stand up"))
    assert says(lines(up)[stand + 1], "hold on to the chair for ten seconds")


@pytest.mark.parametrize("chapter", [(WALK, TILTS), (BIRD_DOG, BREATHING)])
def test_an_announced_time_is_true(chapter: tuple[str, str]) -> None:
    written = between(*chapter)
    for part, after in pairwise(written):
        if isinstance(part, Line) and says(part.text, "seconds"):
            assert isinstance(after, Wait), part.text
            assert says(part.text, duration(after.length_s))


def test_the_listener_is_asked_about_the_lower_back_also_after_a_part() -> None:
    assert session(NAME).body_part == "the lower back"
    assert {script.body_part for script in parts(NAME).values()} == {"the lower back"}
