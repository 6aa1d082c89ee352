"""What every test has: its own folders for clips and diary, so that no run depends on another."""

import os
import signal
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def clips_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for kept clips that the tests of one worker share: a prompt is spoken once."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(autouse=True)
def _own_folders(
    monkeypatch: pytest.MonkeyPatch, clips_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setenv("COACH_CACHE_DIR", str(clips_home))
    monkeypatch.setenv("COACH_DATA_DIR", str(tmp_path_factory.getbasetemp() / "data"))
    monkeypatch.setenv("COACH_CONFIG_DIR", str(tmp_path_factory.getbasetemp() / "config"))


def pytest_configure() -> None:
    """Signals as a terminal has them: whoever starts the tests in the background has them ignored."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sound in real time needs the machine to itself: several workers would break each other's off."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return
    alone = pytest.mark.skip(reason="sound in real time needs the machine to itself: run it without -n")
    for item in items:
        if item.path.parent.name == "realtime":
            item.add_marker(alone)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-plans", action="store_true", help="write the golden plans anew")
