"""No sentence of the coach's stands outside of its language's file: the source's literals are read."""

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
    *("coach.live.resume", "coach.live.session_loop", "coach.live.tally", "coach.live.view"),
}
"""Where what is heard is decided."""

IN_ENGLISH = {"coach.session.words.en", "coach.session.options", "coach.session.plan_text"}
"""The language's own file, and what the command line prints: help, and the text of a plan."""


def own_texts() -> set[str]:
    """All that the coach says or shows as it stands, without case and stops."""
    texts: set[str] = set()
    for name, value in vars(en).items():
        if name.isupper() and not name.startswith("_"):
            texts |= {value} if isinstance(value, str) else set(getattr(value, "values", lambda v=value: v)())
    return {text.casefold().rstrip(".:") for text in texts}


OWN = own_texts()


def _not_spoken(tree: ast.Module) -> Iterator[ast.AST]:
    """Docstrings, messages of errors and the values of enums."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) or (
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
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
    return [
        f"line {node.lineno}: {node.value!r}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in exempt | annotations
        and (re.search(r"[^\W\d_]{2,}.* |\ .*[^\W\d_]{2,}", node.value) or _is_own(node.value))
    ]


def _is_own(text: str) -> bool:
    return text.casefold().rstrip(".:") in OWN


@pytest.mark.parametrize(
    "name", sorted(name for name in MODULES if is_within(name, SPEAKING) and name not in IN_ENGLISH)
)
def test_no_module_that_decides_what_is_heard_has_a_sentence_of_its_own(name: str) -> None:
    assert spoken_literals(MODULES[name].tree) == []


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
