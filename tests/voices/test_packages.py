"""Packages and their versions, found without importing them."""

import sys
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest

from coach.voices.packages import package_folder, package_version


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on Python's path that has a package ``humming``."""
    (tmp_path / "humming").mkdir()
    (tmp_path / "humming" / "__init__.py").write_text("raise ImportError")
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def test_a_package_is_found_and_not_imported(site: Path) -> None:
    assert package_folder("humming") == site / "humming"
    assert "humming" not in sys.modules
    assert package_folder("nothing_like_it") is None


@pytest.mark.parametrize(("folder", "distribution"), [("humming", ""), ("Coach_Humming", "coach_humming")])
def test_the_version_is_that_of_the_metadata_beside_the_package(
    site: Path, folder: str, distribution: str
) -> None:
    (site / f"{folder}-1.2.3.dist-info").mkdir()
    assert package_version("humming", distribution) == "1.2.3"


def test_a_version_that_nobody_tells_is_unknown(site: Path) -> None:
    assert package_version("humming") == "unknown"
    assert package_version("nothing_like_it") == "unknown"
    assert site.exists()


def test_the_version_of_a_real_package_is_what_the_standard_library_says() -> None:
    assert package_version("numpy") == metadata.version("numpy") == np.__version__
