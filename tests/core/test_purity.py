"""The core stays pure: it imports numpy, the standard library's pure part, and itself."""

import ast
from pathlib import Path

import coach.core

PURE = {
    "bisect", "collections", "csv", "dataclasses", "datetime", "difflib", "enum", "fractions", "functools",
    "itertools", "json", "math", "numpy", "re", "string", "types", "typing", "unicodedata",
}  # fmt: skip


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


def test_the_core_imports_nothing_of_the_world() -> None:
    files = sorted(Path(coach.core.__file__).parent.glob("*.py"))
    assert len(files) > 10
    for path in files:
        for name in imported(path):
            assert name.startswith("coach.core") or name.split(".")[0] in PURE, f"{path.name} imports {name}"


def test_only_the_command_line_and_the_screen_print_or_exit() -> None:
    package = Path(coach.core.__file__).parent.parent
    for path in sorted(package.rglob("*.py")):
        if path.name in {"cli.py", "terminal.py"} or "child" in path.name:
            continue
        calls = {
            node.func.id
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        assert not calls & {"print", "exit", "quit"}, path
