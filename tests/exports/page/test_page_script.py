"""Parts of the page's script that need no browser, run by node: which value has begun, where to resume."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

import coach

NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(NODE is None, reason="needs node")

SCRIPT = (Path(coach.__file__).parent / "exports" / "page" / "page.js").read_text("utf-8")

CHAPTERS = [{"start": 0}, {"start": 60}, {"start": 200}]


def word(start: float, end: float, rep: int = 0, side: str = "") -> dict[str, Any]:
    return {"start": start, "end": end, "rep": rep, "set": 1 if rep else 0, "side": side}


WORDS = [
    word(1, 3),
    word(10, 14),
    word(20, 24),
    word(24.3, 26),
    word(70, 71, rep=1),
    word(73, 74, rep=1),
    word(76, 77, rep=2),
    word(79, 80, rep=2),
    word(90, 91, rep=3),
    word(115, 116, rep=3),
    word(205, 209),
]


def taken(pattern: str) -> str:
    """A piece of the script; it must be there once."""
    [found] = re.findall(pattern, SCRIPT, re.DOTALL | re.MULTILINE)
    assert isinstance(found, str)
    return found


def computed(expression: str) -> Any:
    """The value of an expression in which the script's pure parts are known."""
    constants = [taken(rf"^  const {name} = [^;]*;") for name in ("LEAD_S", "LONG_S", "EARLY_S")]
    functions = [taken(rf"^  const {name} = .*?^  }};$") for name in ("lastBegun", "resumeAt")]
    data = f"const words = {json.dumps(WORDS)}; const chapters = {json.dumps(CHAPTERS)};"
    chapter_at = taken(r"^  const chapterAt = [^;]*;")
    code = "\n".join(
        [
            data,
            *constants,
            functions[0],
            chapter_at,
            functions[1],
            f"console.log(JSON.stringify({expression}))",
        ]
    )
    assert NODE is not None
    done = subprocess.run([NODE, "-e", code], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_the_last_that_has_begun_is_found_also_just_before_its_start() -> None:
    times = [-1, 0.9, 0.97, 1, 9, 10, 300]
    assert computed(f"{times}.map((at) => lastBegun(words, at))") == [-1, -1, 0, 0, 0, 1, 10]
    assert computed("lastBegun([], 5)") == -1


@pytest.mark.parametrize(
    ("at", "resumes_at"),
    [
        (0.5, 0.5),  # nothing has been said yet
        (12, 9.4),  # within a sentence: at its start, less the lead
        (17, 17),  # in a silence after a sentence: where it was
        (25, 24),  # the lead does not reach into the sentence before
        (75, 69.4),  # within a repetition: at its first word
        (78, 75.4),
        (120, 114.4),  # 30 seconds into a repetition: at its last sentence
        (140, 140),  # 20 seconds after that too: where it was
        (201, 201),  # the words before belong to another chapter
        (206, 204.4),
    ],
)
def test_nobody_is_dropped_into_a_repetition_or_a_sentence(at: float, resumes_at: float) -> None:
    assert computed(f"resumeAt({at})") == pytest.approx(resumes_at)
