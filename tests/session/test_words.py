"""A language is one file: with a pseudo-language in it, no word of another is left in what is heard."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from types import ModuleType
from typing import Any, cast

import pytest

from coach.language.level import Level
from coach.language.model import Script
from coach.live.session_loop import answers
from coach.session.arrange import practice, score
from coach.session.compile import compile_session
from coach.session.options import Detail, Options
from coach.session.place import whereabouts_texts
from coach.session.timeline import Silence, Timeline, says
from coach.session.words import en, interface
from coach.session.words.interface import Words, words_for
from tests.content.sheets import EXERCISE_NAMES, SESSION_NAMES, by_title, exercise, session
from tests.fakes import ESTIMATED
from tests.session.pseudo_words import marked, pseudo_words, unmarked

ENGLISH: Words = en
"""mypy finds here what a language lacks."""

LEFT_ALONE = {"name", "source", "language", "works", "position"}
"""Texts of a sheet that are not said, or are compared with keywords."""


@pytest.fixture(autouse=True)
def language() -> Iterator[None]:
    words_for.cache_clear()
    sys.modules["coach.session.words.zz"] = pseudo_words()
    yield
    del sys.modules["coach.session.words.zz"]
    words_for.cache_clear()


def translated(value: Any) -> Any:
    """A sheet in the pseudo-language: what its author wrote is marked, too."""
    if isinstance(value, str) and type(value) is str:
        return marked(value)
    if isinstance(value, tuple):
        return tuple(map(translated, value))
    if not is_dataclass(value):
        return {key: translated(each) for key, each in value.items()} if isinstance(value, Mapping) else value
    own = cast("Any", value)
    changed = {
        each.name: translated(getattr(own, each.name)) for each in fields(own) if each.name not in LEFT_ALONE
    }
    return replace(own, **changed, **({"language": "zz"} if hasattr(own, "language") else {}))


def heard(name: str, level: Level, detail: Detail) -> Timeline:
    choices = Options(level=level, detail=detail)
    if name in EXERCISE_NAMES:
        script: Script = translated(exercise(name))
        return compile_session(script.title, practice(script, choices, times=2), ESTIMATED)
    scripts = {title: translated(script) for title, script in by_title().items()}
    chapters = score(translated(session(name)), scripts, choices)
    return compile_session(marked(session(name).title), chapters, ESTIMATED)


@pytest.mark.parametrize("level", list(Level))
@pytest.mark.parametrize("name", [*SESSION_NAMES, *EXERCISE_NAMES])
def test_a_whole_session_in_another_language_has_no_english_word(name: str, level: Level) -> None:
    timeline = heard(name, level, Detail.BRIEF if level is Level.STRONG else Detail.FULL)
    assert timeline.language == "zz"
    assert [say.text for say in says(timeline.events) if unmarked(say.text)] == []
    shown = {event.why for event in timeline.events if isinstance(event, Silence)}
    shown |= {chapter.title for chapter in timeline.chapters} | set(timeline.left_out)
    shown |= {text for each in timeline.sets for text in (each.side, *(beat.cue for beat in each.beats))}
    assert [text for text in shown if unmarked(text)] == []
    assert [text for text in whereabouts_texts(timeline, 600.0) if unmarked(text)] == []


def test_every_answer_of_a_live_session_is_in_its_language() -> None:
    assert [text for text in answers(words_for("zz")) if unmarked(text)] == []
    assert len(answers(words_for("zz"))) == len(answers(words_for("en")))


def test_a_sheet_in_english_is_told_apart_by_its_unmarked_words() -> None:
    script = replace(exercise("step-ups"), language="zz")
    timeline = compile_session(script.title, practice(script, Options()), ESTIMATED)
    assert any(unmarked(say.text) for say in says(timeline.events))


@pytest.mark.parametrize("tag", ["", "en", "en-GB", "tlh", "no such", "interface", "../en", "a" * 300])
def test_a_language_without_words_of_its_own_is_coached_in_english(tag: str) -> None:
    assert words_for(tag) is cast("Words", en)


def test_a_variety_is_preferred_to_its_language() -> None:
    variety = ModuleType("coach.session.words.zz_ab")
    sys.modules["coach.session.words.zz_ab"] = variety
    try:
        assert words_for("zz-AB") is cast("Words", variety)
        assert words_for("zz-cd") is cast("Words", sys.modules["coach.session.words.zz"])
    finally:
        del sys.modules["coach.session.words.zz_ab"]


def test_every_language_has_all_that_the_interface_asks_for() -> None:
    asked = set(interface.Words.__annotations__) | {
        name for name in vars(interface.Words) if not name.startswith("_")
    }
    assert asked
    assert [name for name in asked if not hasattr(en, name)] == []
