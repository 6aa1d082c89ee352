"""`coach export -o -`: the file's samples as a stream, for whatever reads them, from the first chapter on."""

import os
import pty
import subprocess
import sys
import wave
from collections.abc import Sequence
from pathlib import Path

import pytest

from coach.cli.app import run
from coach.exports.riff import ENDLESS_HEAD, HEAD_SIZE

SHEET = """\
# Curls

Position: standing
Needs: nothing
Dose: 1 set of 2

Stand tall.

- up, 2 seconds: Curl your leg,
- down, 2 seconds: and let it down.

Careful: Stay tall.
If it hurts: Stop.
Remember: Are you tall?
"""


@pytest.fixture
def sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "curls.md").write_text(SHEET)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "curls.md"


def coach(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "coach", *map(str, arguments)]


def said(monkeypatch: pytest.MonkeyPatch, arguments: Sequence[str]) -> int:
    monkeypatch.setattr(sys, "argv", ["coach", *arguments])
    with pytest.raises(SystemExit) as left:
        run()
    return int(left.value.code or 0)


def test_the_stream_has_the_samples_of_the_file(sheet: Path) -> None:
    subprocess.run(coach("export", sheet, "-o", "curls.wav"), check=True, capture_output=True, timeout=120)
    done = subprocess.run(coach("export", sheet, "-o", "-"), check=True, capture_output=True, timeout=120)
    assert done.stdout.startswith(ENDLESS_HEAD)
    with wave.open("curls.wav") as reader:
        assert done.stdout[HEAD_SIZE:] == reader.readframes(reader.getnframes())
    assert b"Traceback" not in done.stderr


def test_a_reader_who_has_enough_ends_it_in_peace(sheet: Path) -> None:
    with subprocess.Popen(
        coach("export", sheet, "-o", "-"), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.read(1_000)
        process.stdout.close()
        complaint = process.stderr.read()
    assert process.returncode == 0
    assert complaint == b""


@pytest.mark.skipif(sys.platform == "win32", reason="has no pseudo-terminals")
def test_a_terminal_is_not_sung_to(sheet: Path) -> None:
    ours, theirs = pty.openpty()
    done = subprocess.run(
        coach("export", sheet, "-o", "-"), check=False, stdout=theirs, stderr=subprocess.PIPE, timeout=60
    )
    os.close(theirs)
    os.close(ours)
    assert done.returncode == 2
    assert b"a terminal shows no sound" in done.stderr


@pytest.mark.parametrize(
    "more", [["-o", "knee.wav"], ["--tracks", "knee"], ["--words"], ["--words", "-o", "-"]]
)
def test_a_stream_is_alone(
    sheet: Path, more: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(monkeypatch, ["export", str(sheet), "-o", "-", *more]) == 2
    assert "-o - is the only target" in capsys.readouterr().err
    assert [path.name for path in sheet.parent.iterdir()] == ["curls.md"]
