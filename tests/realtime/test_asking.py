"""The question about pain on a sound server: answered by a key, by silence, and by wrong keys."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from coach.diary.storage import Diary
from coach.live.ask_pain import MOST_SLIPS
from coach.session.question import ANSWER_S
from coach.session.timeline import RATE_HZ
from coach.session.words import en as phrases
from tests.realtime.performance import Performance, driven, performing
from tests.realtime.pulse import Server, missing, pulse_server
from tests.realtime.tracing import own, traced, until_traced

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())

SHEET = """\
# Knees

For: the knee
If a pain is sharp, stop.
Ask: pain

- Lifts

## Lifts
Dose: 1 set of 4
Dose gentle: 1 set of 2
Careful: Hold on to something.
If it hurts: Lift it less high.

- up, 1 second: Lift your knee,
- down, 1 second: and lower it.
"""

QUESTION = phrases.pain_again("the knee")
GENTLE = phrases.PAIN_ADVICE["gentle"]
HEARD_WITHIN_S = 1.0
"""Time from a key to its answer on the screen, which looks ten times a second; the machine is busy."""

BETWEEN_S = 1.5 + 0.5
"""Silence beside the time to answer: the pauses before and after it, and what a busy machine adds."""


@pytest.fixture
def server() -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="coach") as folder, pulse_server(Path(folder)) as running:
        yield running


@pytest.fixture
def asking(tmp_path: Path, clips_home: Path, server: Server) -> Iterator[tuple[Performance, Path]]:
    """A session that waits for an answer."""
    sheet, trace = tmp_path / "knees.md", tmp_path / "trace"
    sheet.write_text(SHEET)
    environment = own(tmp_path, clips_home, server.environment, LIVE_TRACE=trace)
    with performing(
        driven("run", sheet, "--detail", "brief", "--player", "miniaudio"), environment, keys=True
    ) as it:
        until_traced(it, trace, said=phrases.TYPE_A_NUMBER, limit_s=60)
        yield it, trace


def since(it: Performance, trace: Path, now_s: float, **wanted: object) -> dict[str, Any]:
    """The first view after a moment in which things are as they are wanted."""
    until_s = time.monotonic() + 20
    while time.monotonic() < until_s:
        for view in traced(trace):
            if view["now_s"] > now_s and all(view[name] == value for name, value in wanted.items()):
                return view
        assert it.process.poll() is None, it.text
        time.sleep(0.05)
    raise AssertionError(f"no {wanted} in {traced(trace)[-1:]}")


def longest_silence_s(samples: NDArray[np.int16]) -> float:
    loud = np.flatnonzero(np.abs(samples) > 2)
    return float(np.diff(loud).max()) / RATE_HZ


def test_a_digit_is_taken_at_once_and_eases_what_comes(
    asking: tuple[Performance, Path], tmp_path: Path
) -> None:
    it, trace = asking
    waiting = since(it, trace, 0, said=QUESTION, now=phrases.ANSWER_KEYS)
    it.wait_for(phrases.ANSWER_KEYS.split()[-1])
    pressed_s = it.press("4")
    reply = since(it, trace, pressed_s, said=GENTLE)
    assert reply["now_s"] - pressed_s < HEARD_WITHIN_S
    in_set = since(it, trace, pressed_s, rep=1)
    assert (in_set["level"], in_set["reps"]) == ("gentle", 2)
    assert waiting["chapter"] == 1
    it.process.kill()
    (entry,) = Diary(tmp_path / "data").entries()
    assert entry.pain == 4


def test_silence_goes_on_after_the_time_to_answer(asking: tuple[Performance, Path], server: Server) -> None:
    it, trace = asking
    with server.recording() as recording:
        began_s = time.monotonic()
        after = since(it, trace, began_s, said="Lifts.")
        time.sleep(1.0)
        recording.stop()
    assert ANSWER_S <= longest_silence_s(recording.samples) < ANSWER_S + BETWEEN_S
    waits = [view["now_s"] for view in traced(trace) if view["now"] == phrases.ANSWER_KEYS]
    assert after["now_s"] - waits[-1] < HEARD_WITHIN_S + BETWEEN_S
    assert since(it, trace, began_s, rep=1)["level"] == "standard"
    it.press("q")
    it.wait_for("Stopped.")


def test_wrong_keys_are_told_which_keys_answer_and_never_hold_the_session_up(
    asking: tuple[Performance, Path], tmp_path: Path
) -> None:
    it, trace = asking
    pressed_s = 0.0
    for _ in range(MOST_SLIPS):
        since(it, trace, pressed_s, said=QUESTION)
        pressed_s = it.press("x")
        told = since(it, trace, pressed_s, said=phrases.A_NUMBER_PLEASE)
        assert told["now_s"] - pressed_s < HEARD_WITHIN_S
        pressed_s = since(it, trace, told["now_s"], said=QUESTION)["now_s"]
    began_s = time.monotonic()
    while not [view for view in traced(trace) if view["said"] == "Lifts."]:
        it.press("xyz")
        time.sleep(0.4)
        assert time.monotonic() - began_s < ANSWER_S + BETWEEN_S + HEARD_WITHIN_S, it.text
    assert traced(trace)[-1]["level"] == "standard"
    assert not Diary(tmp_path / "data").entries()
