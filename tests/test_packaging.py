"""Sheets and tones come along in a wheel, a source archive and a bare checkout: built and run for real."""

import configparser
import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Mapping
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from coach.language.model import Sound

CHECKOUT = Path(__file__).resolve().parent.parent

LOOK = """
import json, sys
import coach
from coach.folders import scripts_folder, sounds_folder
from coach.sound.tones import tones
print(json.dumps({
    "package": coach.__file__,
    "scripts": {str(path.relative_to(scripts_folder())): path.read_text("utf-8")
                for path in scripts_folder().rglob("*.md")},
    "sounds": str(sounds_folder()),
    "tones": {sound.value: samples.tobytes().hex() for sound, samples in tones().items()},
}))
"""


def look(place: Path, elsewhere: Path) -> Mapping[str, str | Mapping[str, str]]:
    """What a program in another folder sees of the coach that is installed at ``place``."""
    result = subprocess.run(
        [sys.executable, "-c", LOOK],
        cwd=elsewhere,
        env={**os.environ, "PYTHONPATH": str(place), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    found: Mapping[str, str | Mapping[str, str]] = json.loads(result.stdout)
    return found


def build(target: str, source: Path, folder: Path) -> Path:
    command: list[str | Path] = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", folder]
    subprocess.run(command, cwd=source, capture_output=True, check=True)
    (built,) = folder.glob("*.whl" if target == "wheel" else "*.tar.gz")
    return built


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", CHECKOUT, tmp_path_factory.mktemp("dist"))


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_an_installed_wheel_has_every_sheet_and_tone(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-compile",
         "--disable-pip-version-check", "--target", site, wheel],
        check=True,
    )  # fmt: skip
    installed, here = look(site, tmp_path), look(CHECKOUT, tmp_path)
    assert installed["package"] == str(site / "coach" / "__init__.py")
    assert installed["sounds"] == str(site / "coach" / "sounds")
    assert installed["scripts"] == here["scripts"]
    assert installed["tones"] == here["tones"]
    assert len(installed["scripts"]) > 0
    assert len(installed["tones"]) == len(Sound)


def test_a_bare_checkout_has_every_sheet_and_tone(tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    for name in ("coach", "scripts", "sounds"):
        shutil.copytree(CHECKOUT / name, bare / name, ignore=shutil.ignore_patterns("__pycache__"))
    copied, here = look(bare, tmp_path), look(CHECKOUT, tmp_path)
    assert copied["package"] == str(bare / "coach" / "__init__.py")
    assert copied["sounds"] == str(bare / "sounds")
    assert copied["scripts"] == here["scripts"]
    assert copied["tones"] == here["tones"]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that is in a source archive."""
    folder = tmp_path_factory.mktemp("sdist")
    with tarfile.open(build("sdist", CHECKOUT, folder)) as opened:
        opened.extractall(folder, filter="data")
    (source,) = (path for path in folder.iterdir() if path.is_dir())
    return source


def test_a_wheel_built_from_the_source_archive_is_the_same(wheel: Path, source: Path, tmp_path: Path) -> None:
    assert contents(build("wheel", source, tmp_path)) == contents(wheel)


def files(folder: Path, within: str) -> set[str]:
    """Every file of a folder of the checkout, by its path in a wheel."""
    return {
        f"{within}/{path.relative_to(folder).as_posix()}"
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_a_wheel_carries_the_package_its_sheets_and_tones_its_licence_and_nothing_else(wheel: Path) -> None:
    names = set(contents(wheel))
    outside = {name for name in names if not name.startswith("coach/")}
    assert all(".dist-info/" in name for name in outside)
    assert any(name.endswith("licenses/LICENSE") for name in outside)
    assert names - outside == (
        files(CHECKOUT / "coach", "coach")
        | files(CHECKOUT / "scripts", "coach/scripts")
        | files(CHECKOUT / "sounds", "coach/sounds")
    )
    suffixes = {Path(name).suffix for name in names}
    assert suffixes >= {".html", ".css", ".js", ".pyi", ".typed", ".wav", ".md"}


def test_a_source_archive_has_all_that_a_wheel_and_its_tests_are_made_of(source: Path) -> None:
    for name in ("coach", "scripts", "sounds", "tests", "docs", "bench"):
        assert files(source / name, name) == files(CHECKOUT / name, name)
    for name in ("LICENSE", "README.md", "CHANGELOG.md", "pyproject.toml"):
        assert (source / name).is_file()


def test_what_a_wheel_offers_to_others_can_be_loaded(wheel: Path) -> None:
    (text,) = (text for name, text in contents(wheel).items() if name.endswith("entry_points.txt"))
    offered = configparser.ConfigParser()
    offered.read_string(text.decode())
    assert offered["console_scripts"]["coach"] == "coach.__main__:main"
    assert set(offered["coach.voices"]) == {"espeak", "kokoro", "piper"}
    for group in offered.sections():
        for name, value in offered[group].items():
            assert EntryPoint(name, value, group).load() is not None
