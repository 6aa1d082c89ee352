"""Plans as people read them: whole sessions, with every word and tone in its place.

After a change that is meant, ``pytest tests/session/test_plan_text.py --write-plans`` writes them anew:
read the diff.
"""

from pathlib import Path

import pytest

from coach.language.level import Level
from coach.session.compile import compile_session
from coach.session.options import Detail, Options
from coach.session.plan_text import plan_text
from coach.sheets.check import checked
from coach.sheets.score import scored
from tests.fakes import ESTIMATED

CASES = Path(__file__).parent.parent / "cases"
BY_EAR = sorted((CASES / "by-ear").glob("*.md"))
"""Sheets that are hard to follow without eyes."""


@pytest.mark.parametrize(
    ("plan", "sheet", "choices"),
    [
        ("heel-raises", "heel-raises.md", Options()),
        ("heel-raises-gentle-brief", "heel-raises.md", Options(Level.GENTLE, Detail.BRIEF)),
        ("wall-sit", "wall-sit.md", Options()),
        ("evening", "sessions/evening.md", Options()),
        ("circuit", "sessions/circuit.md", Options()),
        *((f"by-ear/{sheet.stem}", f"by-ear/{sheet.name}", Options()) for sheet in BY_EAR),
    ],
)
def test_a_sheet_becomes_the_plan_beside_it(
    plan: str, sheet: str, choices: Options, request: pytest.FixtureRequest
) -> None:
    read = checked(CASES / sheet)
    assert read.problems == (), read.explain()
    title, _, chapters = scored(read, choices)
    text = plan_text(compile_session(title, chapters, ESTIMATED))
    golden = CASES / f"{plan}.plan"
    if request.config.getoption("--write-plans"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")
