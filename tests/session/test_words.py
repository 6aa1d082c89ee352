"""A language is one file: with a pseudo-language in it, no other word is left in what is heard and shown."""

import io
import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from types import ModuleType
from typing import Any, cast
from xml.etree import ElementTree as ET

import pytest

from coach.exports.captions import lrc, plain_text, position_text, vtt
from coach.exports.metadata import session_metadata
from coach.exports.page.encoder import page_head, page_texts
from coach.exports.pictures.cover import cover_svg
from coach.exports.pictures.plot import plot_svg
from coach.language.by_tag import language_module
from coach.language.level import Level
from coach.language.model import Script
from coach.live.controls.keyboard import ACTIONS, legend
from coach.live.screen.layout import lay_out, lay_out_farewell, text_of
from coach.live.screen.screen import PlainScreen
from coach.live.session_loop import answers
from coach.session.arrange import practice, score
from coach.session.compile import compile_session
from coach.session.options import Detail, Options
from coach.session.timeline import Silence, Timeline, says
from coach.session.whereabouts import whereabouts_texts
from coach.session.words import en, interface
from coach.session.words.interface import Words, words_for
from coach.voices.spoken_session import Plan
from tests.content.sheets import EXERCISE_NAMES, SESSION_NAMES, by_title, exercise, session
from tests.exports.looking import CURL
from tests.fakes import ESTIMATED, NOISE_TONES, NoiseClips
from tests.session.pseudo_words import marked, pseudo_words, unmarked, unmarked_words

ENGLISH: Words = en
"""mypy finds here what a language lacks."""

LEFT_ALONE = {"name", "source", "language", "works", "position"}
"""Texts of a sheet that are not said, or are compared with keywords."""


@pytest.fixture(autouse=True)
def language() -> Iterator[None]:
    language_module.cache_clear()
    sys.modules["coach.session.words.zz"] = pseudo_words()
    yield
    del sys.modules["coach.session.words.zz"]
    language_module.cache_clear()


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


@pytest.mark.parametrize("name", ["inner-knee", "step-ups", "lying-hamstring-curls"])
def test_captions_cover_and_page_in_another_language_have_no_english_word(name: str) -> None:
    timeline = heard(name, Level.GENTLE, Detail.BRIEF)
    metadata = session_metadata(timeline, language=timeline.language, level="gentle")
    sung = [line.partition("]")[2] for line in lrc(metadata).splitlines() if re.match(r"\[\d", line)]
    lines = vtt(metadata).splitlines()
    seen = [line.removeprefix("NOTE ") for line in lines[1:] if " --> " not in line]
    drawn = texts_of(cover_svg(timeline.title, timeline.duration_s, "gentle", timeline.language))
    page = html_texts(page_head(metadata))
    sets = [position_text(caption, words_for("zz")) for caption in metadata.captions]
    told = json.loads(page_texts(metadata)).values()
    shown = [*sung, *seen, *drawn, *page, *sets, *told, plain_text(metadata)]
    assert any("«set»" in text for text in sets) == any(each.of > 1 for each in timeline.sets)
    assert len(drawn) >= 3
    assert len(page) > 20
    assert [text for text in shown if unmarked_words(text)] == []


@pytest.mark.parametrize("name", ["inner-knee-no-floor", "step-ups"])
def test_a_picture_in_another_language_has_no_english_word(name: str) -> None:
    timeline = heard(name, Level.GENTLE, Detail.FULL)
    timeline = replace(timeline, left_out=(marked("Breathe."),))
    picture = plot_svg(Plan(timeline, NoiseClips(), NOISE_TONES, "en-us"), level=Level.GENTLE)
    drawn = texts_of(picture)
    assert len(drawn) > 50
    assert [text for text in drawn if unmarked_words(text)] == []


@pytest.mark.parametrize("size", [(200, 60), (80, 24), (70, 12)])
@pytest.mark.parametrize(
    "changes", [{}, {"is_paused": True}, {"volume_db": 3.0, "left_is_estimate": True}, {"rep": 0, "set": 0}]
)
def test_a_screen_in_another_language_has_no_english_word(
    size: tuple[int, int], changes: dict[str, Any]
) -> None:
    words = words_for("zz")
    texts = ("session", "title", "now", "said", "next", "phase", "side")
    marks: dict[str, Any] = {name: marked(getattr(CURL, name)) for name in texts}
    view = replace(CURL, language="zz", tone="go", tone_at_s=CURL.at_s, **marks, **changes)
    keys = legend(words)
    lines = [text_of(row) for row in lay_out(view, *size, re.split(r"\s{2,}|\n", keys))]
    lines += [text_of(row) for row in lay_out_farewell(view, size[0])]
    stream = io.StringIO()
    plain = PlainScreen(stream, keys)
    plain.show(view)
    plain.close()
    lines += stream.getvalue().splitlines()
    assert "[«go»]" in stream.getvalue()
    letters = {key for key in ACTIONS if len(key) == 1}
    assert [line for line in lines if set(unmarked_words(line)) - letters] == []


def texts_of(svg: bytes) -> list[str]:
    root = ET.fromstring(svg)  # noqa: S314 - our own
    return [
        "".join(each.itertext()) for each in root.iter() if each.tag.endswith(("}text", "}title", "}desc"))
    ]


def html_texts(html: str) -> list[str]:
    """The texts of a page, without its style and its scripts."""
    bare = re.sub(r"<(style|script)\b.*?</\1>|<!.*?>", "", html, flags=re.DOTALL)
    return [text for text in re.split(r"<[^>]*>", bare) if text.strip()]


def test_every_answer_of_a_live_session_is_in_its_language() -> None:
    assert [text for text in answers(words_for("zz"), "") if unmarked(text)] == []
    assert len(answers(words_for("zz"), "")) == len(answers(words_for("en"), ""))


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
