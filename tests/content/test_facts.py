"""Every statement of the article is said, and none of its promises."""

import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from coach.language.level import Level
from coach.session.options import Detail
from tests.content.sheets import (
    DEFAULT,
    EXERCISE_NAMES,
    SESSION_NAMES,
    prompts,
    prompts_of,
    says,
    spoken_lines,
)

FACTS: list[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("article-facts.toml").read_text("utf-8")
)["fact"]
TO_BE_SAID = [fact for fact in FACTS if fact["spoken"]]
NEVER_SAID = [fact for fact in FACTS if not fact["spoken"]]


def where_said(fact: dict[str, Any], said: tuple[str, ...]) -> list[str]:
    """The prompts, alone or with the next, in which each group of the fact's terms has one of its words."""
    neighbours = [*said, *(f"{first} {second}" for first, second in pairwise(said))]
    return [
        prompt
        for prompt in neighbours
        if all(any(says(prompt, term) for term in group) for group in fact["terms"])
    ]


@pytest.mark.parametrize("fact", TO_BE_SAID, ids=lambda fact: fact["id"])
def test_the_full_session_says_what_the_article_says(fact: dict[str, Any]) -> None:
    where = fact["where"]
    said = prompts(DEFAULT) if where == "session" else prompts_of(where, within=DEFAULT)
    assert where_said(fact, said), f"{fact['id']} is not said in {where}: {fact['fact']}"


@pytest.mark.parametrize("fact", NEVER_SAID, ids=lambda fact: fact["id"])
@pytest.mark.parametrize("name", [*EXERCISE_NAMES, *SESSION_NAMES])
def test_no_sheet_promises_what_the_article_promises(fact: dict[str, Any], name: str) -> None:
    assert where_said(fact, tuple(spoken_lines(name))) == []
    for level in Level:
        for detail in Detail:
            assert where_said(fact, prompts(name, level, detail)) == []


def test_a_fact_is_found_in_two_neighbouring_prompts_and_not_in_two_distant_ones() -> None:
    fact = {"terms": [["heels"], ["back side", "bottom"]]}
    assert where_said(fact, ("Lift both heels", "toward your back-side."))
    assert not where_said(fact, ("Lift both heels", "slowly", "toward your backside."))
    assert not where_said(fact, ("Lift both heels", "toward your bottoms."))
