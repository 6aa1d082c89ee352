"""No text of the coach's, heard or shown, stands outside of its language's file: the literals are read."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import coach
from coach.session.words import en
from tests.source import is_within, modules

MODULES = modules(Path(coach.__file__).parent)

SPEAKING = {
    *("coach.session", "coach.live.apply_action", "coach.live.change_level", "coach.live.playhead"),
    *("coach.live.answers", "coach.live.ask_pain"),
    *("coach.live.resume", "coach.live.session_loop", "coach.live.tally", "coach.live.view"),
}
"""Where what is heard is decided."""

SHOWING = {
    *("coach.exports.captions", "coach.exports.metadata", "coach.exports.page", "coach.exports.pictures"),
    *("coach.live.controls.keyboard", "coach.live.screen"),
}
"""Where what is shown is put together."""

TECHNICAL = {
    *('<script type="text/plain" class="sound">', "Source Sans Pro", "svg { font-family: '", "NOTE ", " ijl"),
    *('<script type="application/json" id="whole">{"bytes":', "m-1 0v9l-5-4.5zm2 0v9l5-4.5z"),
    *("default-src 'none'", "script-src ", "style-src ", "img-src data:", "media-src blob:"),
    *("base-uri 'none'", "form-action 'none'", "require-trusted-types-for 'script'", "trusted-types 'none'"),
    "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif",
    "Pain monitoring: Thomeé 1997; used in NEMEX, Ageberg 2010",
    "the screen failed: ",  # a message of an error
}
"""Strings that are not for listeners, nor for readers of a session."""

IN_ENGLISH = {"coach.session.words.en", "coach.session.options", "coach.session.plan_text"}
"""The language's own file, and what the command line prints: help, and the text of a plan."""


NAMES = {"LANGUAGE", "LEVELS", "TONES", "KEYS", "KEY_NAMES", "PAGE", "WORDINGS"}
"""What has in English the very names that the code knows it by."""


def own_texts() -> set[str]:
    """All that the coach says or shows as it stands, without case and stops."""
    texts: set[str] = set()
    for name, value in vars(en).items():
        if name.isupper() and not name.startswith("_") and name not in NAMES:
            texts |= {value} if isinstance(value, str) else set(getattr(value, "values", lambda v=value: v)())
    return {text.casefold().rstrip(".:") for text in texts}


OWN = own_texts()


def _not_spoken(tree: ast.Module) -> Iterator[ast.AST]:
    """Docstrings, messages of errors and the values of enums."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Raise)
            or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
            or (isinstance(node, ast.keyword) and node.arg == "text_anchor")
        ):
            yield node
        elif isinstance(node, ast.ClassDef) and any("Enum" in ast.unparse(base) for base in node.bases):
            yield from (each for each in node.body if isinstance(each, ast.Assign))


def spoken_literals(tree: ast.Module) -> list[str]:
    """String literals that are prose, or that are what the coach says."""
    exempt = {id(part) for node in _not_spoken(tree) for part in ast.walk(node)}
    annotations = {
        id(part)
        for node in ast.walk(tree)
        for note in (getattr(node, "annotation", None), getattr(node, "returns", None))
        if note is not None
        for part in ast.walk(note)
    }
    units = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    return [
        f"line {node.lineno}: {node.value!r}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in exempt | annotations
        and node.value not in TECHNICAL
        and (
            re.search(r"[^\W\d_]{2,}.* |\ .*[^\W\d_]{2,}", node.value)
            or _is_own(node.value)
            or (id(node) in units and re.search(r" [^\W\d_]( |$)", node.value))
        )
    ]


def _is_own(text: str) -> bool:
    return text.casefold().rstrip(".:") in OWN


@pytest.mark.parametrize(
    "name", sorted(name for name in MODULES if is_within(name, SPEAKING | SHOWING) and name not in IN_ENGLISH)
)
def test_no_module_that_decides_what_is_heard_or_shown_has_a_text_of_its_own(name: str) -> None:
    assert spoken_literals(MODULES[name].tree) == []


def page_texts(html: str, script: str) -> list[str]:
    """Words of a page's frame that are no slots, and strings of its script that are prose."""
    between = re.sub(r"<style>.*?</style>|<[^>]*>|\{\{\w+\}\}", " ", html)
    named = re.findall(r'\b(?:alt|title|placeholder|aria-label)="[^"{]+"', html)
    code = re.sub(r"/\*.*?\*/|(?<![:\\\w\"])//[^\n]*", "", script, flags=re.DOTALL)
    strings = re.findall(r'"([^"\n]*)"|`([^`]*)`', code)
    plain = (re.sub(r"\$\{[^}]*\}", "{}", text) for pair in strings for text in pair)
    prose = re.compile(r"[^\W\d_]+[,.:]? | [^\W\d_]+|^[A-Z][a-z]+$")
    strange = [text for text in plain if prose.search(text) and text not in OF_SCRIPTS]
    return [*re.findall(r"[^\W\d_]{2,}", between), *named, *strange]


OF_SCRIPTS = {
    *("use strict", "coach {}", "<!doctype html>\\n", "ArrowRight", "button, input"),
    *(
        '<script type="text/plain" class="sound">',
        '<script type="application/json" id="whole">{"bytes":{}}</scr',
    ),
}
"""Strings of the page's script that nobody reads."""

PAGE = Path(coach.__file__).parent / "exports" / "page"


def test_the_page_has_no_text_of_its_own() -> None:
    html, script = ((PAGE / name).read_text("utf-8") for name in ("page.html", "page.js"))
    assert page_texts(html, script) == []


@pytest.mark.parametrize(
    ("html", "script"),
    [
        ("<p>Play</p>", ""),
        ('<p aria-label="Play">', ""),
        ("", 'write("left", `${n} s left`);'),
        ("", 'say("Paused");'),
        ("", "parts.push(`of ${all}`);"),
    ],
)
def test_a_text_that_is_planted_in_the_page_is_found(html: str, script: str) -> None:
    assert page_texts(html, script)


@pytest.mark.parametrize(
    "source",
    [
        "say('Get ready.')",
        "why = 'get ready'",
        "why = 'rest'",
        "if event.why == 'pause': pass",
        "text = f'{level} level'",
        "text = f'{n} of {m}'",
        "def f(text='Well done, you.'): ...",
        "TEXTS = {'a': ('Change legs now.',)}",
        "text = f'set {n}/{m}'",
        "text = f'{n} s'",
        "row(x, 'hold begins', 5)",
        "lane('voice', y)",
    ],
)
def test_a_sentence_that_is_planted_is_found(source: str) -> None:
    assert spoken_literals(ast.parse(source))


@pytest.mark.parametrize(
    "source",
    [
        '"""A docstring in a few words."""',
        "raise ValueError(f'no clip for {text!r}')",
        "class Role(StrEnum):\n    REST = 'rest'",
        "def f(x: 'Music | None') -> 'Music | None': ...",
        "kind = 'say'",
    ],
)
def test_what_nobody_hears_is_not(source: str) -> None:
    assert spoken_literals(ast.parse(source)) == []
