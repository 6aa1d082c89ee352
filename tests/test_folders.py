"""Sheets and tones are found wherever coach is installed."""

import subprocess
import sys
from pathlib import Path

import pytest

from coach import folders
from coach.errors import DiskError


def test_folders_that_are_nowhere_are_an_error_with_advice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "PACKAGE", tmp_path / "coach")
    for find in (folders.scripts_folder, folders.sounds_folder):
        with pytest.raises(DiskError, match="no folder") as caught:
            find()
        assert caught.value.hint


def test_the_package_s_own_folder_goes_before_the_one_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "PACKAGE", tmp_path / "coach")
    (tmp_path / "sounds").mkdir()
    assert folders.sounds_folder() == tmp_path / "sounds"
    (tmp_path / "coach" / "sounds").mkdir(parents=True)
    assert folders.sounds_folder() == tmp_path / "coach" / "sounds"


def test_finding_the_sheets_loads_no_numpy() -> None:
    code = "import sys, coach.folders; print(coach.folders.scripts_folder()); print('numpy' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines() == [str(folders.scripts_folder()), "False"]
