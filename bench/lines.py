"""Count the lines of code in coach/, by folder: without docstrings, comments and blank lines.

python bench/lines.py [CHECKOUT ...]
"""

from __future__ import annotations

import ast
import io
import sys
import tokenize
from collections import Counter
from pathlib import Path

LAYOUT = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}


def code_lines(text: str) -> int:
    """Lines that hold some code."""
    held = {
        line
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type not in LAYOUT
        for line in range(token.start[0], token.end[0] + 1)
    }
    return len(held - set(_docstring_lines(ast.parse(text))))


def _docstring_lines(tree: ast.Module) -> list[int]:
    """Lines of strings that stand alone: docstrings, and those beneath a constant."""
    return [
        line
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    ]


def by_folder(package: Path) -> Counter[str]:
    """Lines of code of each folder of a package; files beside them count as "."."""
    counts: Counter[str] = Counter()
    for path in package.rglob("*.py"):
        parts = path.relative_to(package).parts
        counts[parts[0] if len(parts) > 1 else "."] += code_lines(path.read_text("utf-8"))
    return counts


def main() -> None:
    for checkout in sys.argv[1:] or ["."]:
        counts = by_folder(Path(checkout) / "coach")
        for folder, lines in sorted(counts.items()):
            print(f"{lines:6} {folder}")
        print(f"{counts.total():6} {checkout}")


if __name__ == "__main__":
    main()
