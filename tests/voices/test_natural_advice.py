"""Who has heard the built-in voice is told once what a natural one needs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from coach.voices import engines, natural_advice
from coach.voices.natural_advice import TOLD


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of data that is not there yet, and no natural voice."""
    monkeypatch.setenv("COACH_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(engines, "NATURAL", ())
    return tmp_path / "data"


def advice(voice: str = "en-us", language: str = "en-us") -> str:
    return natural_advice.natural_advice(voice, language)


def test_it_is_told_once_with_the_commands(data: Path) -> None:
    told = advice()
    for command in (
        "pip install '.[kokoro]'",
        "npm pack kokoro-js@1.2.1",
        "coach voices add kokoro-js-1.2.1.tgz",
    ):
        assert command in told
    assert "\n" not in told
    assert (data / TOLD).exists()
    assert advice() == advice("en-gb") == ""


def test_another_language_has_what_there_is_for_it() -> None:
    assert "a Piper voice" in advice("de", "de")


@pytest.mark.parametrize("language", ["en-gb", "es", "es-mx", "pt", "hi"])
def test_the_languages_of_kokoro_have_the_same_commands(language: str) -> None:
    assert "npm pack kokoro-js" in advice(language, language)


@pytest.mark.parametrize("voice", ["kokoro:af_heart", "piper:joe", "morse:low"])
def test_another_engine_needs_no_advice(voice: str, data: Path) -> None:
    assert advice(voice) == ""
    assert not data.exists()


def test_where_a_natural_voice_is_there_none_is_advised(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    monkeypatch.setattr(natural_advice, "natural_voice", lambda _language: "piper:joe")
    assert advice() == ""
    assert not data.exists()


def test_what_cannot_be_remembered_is_not_told(data: Path) -> None:
    data.write_text("no folder")
    assert advice() == ""


def test_an_export_tells_it_at_its_end_on_stderr_and_once(tmp_path: Path, data: Path) -> None:
    code = "from coach.voices import engines; engines.NATURAL = (); from coach.cli.app import run; run()"
    shown = []
    for out in ("-", "walk.wav"):
        done = subprocess.run(
            [sys.executable, "-c", code, "export", "warm-up-walk", "-o", out],
            env=os.environ | {"COACH_DATA_DIR": str(data)},
            cwd=tmp_path,
            capture_output=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0
        assert b"natural" not in done.stdout
        shown.append(done.stderr.decode())
    assert shown[0].startswith("coach: that was the built-in voice; a natural one is easier to follow")
    assert shown[0].count("\n") == 1
    assert shown[1] == ""
