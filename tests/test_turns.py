"""Tests that play in real time run alone."""

import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from queue import Empty, SimpleQueue

import pytest

from tests.turns import turn

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="has no flock, and plays nothing in real time"
)

SOON_S = 0.1
LATEST_S = 30


class Others:
    """Turns that are waited for in threads."""

    def __init__(self, folder: Path) -> None:
        self.door, self.room = folder / "door", folder / "room"
        self.door.touch()
        self.room.touch()
        self.begun: SimpleQueue[str] = SimpleQueue()

    def start(self, name: str, *, alone: bool) -> threading.Event:
        """Wait for a turn, tell that it has begun, and hold it until the event is set."""
        over = threading.Event()

        def run() -> None:
            with turn(alone=alone, door=self.door, room=self.room):
                self.begun.put(name)
                over.wait(LATEST_S)

        threading.Thread(target=run, daemon=True).start()
        return over

    def none_begins(self) -> bool:
        try:
            self.begun.get(timeout=SOON_S)
        except Empty:
            return True
        return False


@pytest.fixture
def others(tmp_path: Path) -> Others:
    return Others(tmp_path)


def test_ordinary_tests_run_side_by_side(others: Others) -> None:
    with ExitStack() as stack:
        for name in "ab":
            stack.callback(others.start(name, alone=False).set)
            assert others.begun.get(timeout=LATEST_S) == name


@pytest.mark.parametrize("alone", [False, True])
def test_nothing_runs_beside_a_test_that_runs_alone(others: Others, alone: bool) -> None:
    over = others.start("alone", alone=True)
    assert others.begun.get(timeout=LATEST_S) == "alone"
    other = others.start("other", alone=alone)
    assert others.none_begins()
    over.set()
    assert others.begun.get(timeout=LATEST_S) == "other"
    other.set()


def test_a_test_that_runs_alone_waits_for_those_that_run_and_for_no_others(others: Others) -> None:
    first = others.start("first", alone=False)
    assert others.begun.get(timeout=LATEST_S) == "first"
    alone = others.start("alone", alone=True)
    assert others.none_begins()
    later = others.start("later", alone=False)
    assert others.none_begins()
    first.set()
    assert others.begun.get(timeout=LATEST_S) == "alone"
    assert others.none_begins()
    alone.set()
    assert others.begun.get(timeout=LATEST_S) == "later"
    later.set()
