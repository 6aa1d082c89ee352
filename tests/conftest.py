"""What every test has: its own folders for clips and diary, so that no run depends on another."""

import signal
from collections.abc import Generator
from pathlib import Path

import pytest
from coverage import Coverage
from hypothesis import settings

from coach.voices.natural_advice import TOLD
from tests.skipped import SkippedTests
from tests.turns import turn

# No example fails for the time that it takes: the machine may have much else to do.
settings.register_profile("default", settings.get_profile("default"), deadline=None)
settings.load_profile("default")
# The profile of CI: the same examples each time, and fewer, so that all checks take less than 30 minutes.
settings.register_profile("ci", settings.get_profile("ci"), max_examples=60)


@pytest.fixture(scope="session")
def clips_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for kept clips that the tests of one worker share: a prompt is spoken once."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(autouse=True)
def _own_folders(
    monkeypatch: pytest.MonkeyPatch, clips_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setenv("COACH_CACHE_DIR", str(clips_home))
    data = tmp_path_factory.getbasetemp() / "data"
    data.mkdir(exist_ok=True)
    (data / TOLD).touch()  # nobody is told what a natural voice needs, but where a test is about that
    monkeypatch.setenv("COACH_DATA_DIR", str(data))
    monkeypatch.setenv("COACH_CONFIG_DIR", str(tmp_path_factory.getbasetemp() / "config"))


def pytest_configure(config: pytest.Config) -> None:
    """Signals as a terminal has them: whoever starts the tests in the background has them ignored."""
    if (file := config.getoption("--note-skipped")) and not hasattr(config, "workerinput"):
        config.pluginmanager.register(SkippedTests(file))
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Tests that play in real time are marked as alone."""
    if item.path.parent.name == "realtime":
        item.add_marker(pytest.mark.alone)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """A test that is marked as alone has the machine to itself: other workers wait while it runs.

    Where all tests are of that kind, which hardly compute, they may run beside each other.
    """
    alone = item.get_closest_marker("alone") is not None and not item.config.getoption("--all-in-real-time")
    with turn(alone=alone):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Coverage is that of examples written by hand: counting makes those of chance take twice as long."""
    has_many = any(item.get_closest_marker(name) is not None for name in ("hypothesis", "many"))
    counted = Coverage.current() if has_many else None
    if counted is None:
        return (yield)
    counted.stop()
    try:
        return (yield)
    finally:
        counted.start()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-plans", action="store_true", help="write the golden plans anew")
    parser.addoption(
        "--note-skipped", type=Path, metavar="FILE", help="write which tests were skipped, for `pytest @FILE`"
    )
    parser.addoption(
        "--all-in-real-time",
        action="store_true",
        help="let tests that play in real time run beside each other",
    )
