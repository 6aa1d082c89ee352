"""Every example of the library's page runs as it stands, in the order of the page."""

import re
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[1] / "docs" / "library.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def test_the_page_s_examples_run_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for example in EXAMPLES:
        exec(compile(example, "docs/library.md", "exec"), names)  # noqa: S102 - our own page
    assert len(EXAMPLES) >= 9
    printed = capsys.readouterr().out
    assert "'level' cannot be 'easy'; 'rate_wpm' cannot be 0" in printed
    assert "'Carefull:' is not a label I know" in printed
    assert (tmp_path / "step-ups.vtt").stat().st_size > 1_000
    assert {path.name for path in tmp_path.glob("*.wav")} == {
        "step-ups.wav",
        "ann.wav",
        "ben.wav",
        "button.wav",
    }
