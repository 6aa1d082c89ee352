"""The order of the rooms: who may import whom, and which rooms stay free of the world."""

import ast
from collections.abc import Iterator
from pathlib import Path

import coach

PACKAGE = Path(coach.__file__).parent

FLOORS: tuple[set[str], ...] = (
    {"errors", "hidden_names", "stderr"},
    {"folders", "whole_file"},
    {"whole_folder"},
    {"language"},
    {"session"},
    {"sheets", "settings", "sound"},
    {"diary", "voices"},
    {"exports", "live"},
    {"send"},
    {"cli"},
    {"__main__"},
)
"""From the bottom up; a room imports from the floors below it, never from its own or from one above."""

PURE = {"language", "session"}
"""Rooms that know nothing of the world: no file, no clock, no chance."""


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Every module of the package by its dotted name, as a tree."""
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        yield ".".join(part for part in parts if part != "__init__"), ast.parse(path.read_text("utf-8"))


def room(module: str) -> str:
    return module.partition(".")[0]


def imported(tree: ast.Module) -> Iterator[str]:
    """Every module that is imported anywhere in a tree, also within functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def floor(name: str) -> int:
    return next(i for i, rooms in enumerate(FLOORS) if name in rooms)


def test_no_room_imports_from_its_own_floor_or_one_above() -> None:
    names = {name for name, _ in modules()}
    for name, tree in modules():
        if not name:
            continue
        for other in imported(tree):
            target = other.removeprefix("coach.")
            if not other.startswith("coach.") or target not in names or room(target) == room(name):
                continue
            assert floor(room(target)) < floor(room(name)), f"{name} imports {target}"
