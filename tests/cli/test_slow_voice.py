"""What a voice that takes its time costs: progress is shown, and what is spoken is spoken once."""

import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from coach.cli.progress import time_left

PACKAGE = """
import os, time
import numpy as np
from coach.voices.voice import VoiceInfo, make_clip, spoken_text

LOG = os.environ["SPOKEN"]

class Voice:
    identity, language = "slow 1", "en-us"

    def speak(self, utterances):
        for utterance in utterances:
            open(LOG + ".asked", "w").close()
            time.sleep(float(os.environ["A_PROMPT_S"]))
            with open(LOG, "a") as log:
                log.write(utterance.text + "\\n")
            sound = 9_000 * np.sin(np.arange(200 * len(utterance.text) + 2_000) * 0.3)
            yield utterance, make_clip(sound.astype(np.int16), 8_000)

    def close(self):
        pass

class Engine:
    def voices(self):
        return [VoiceInfo(name="one", language="en-us")]

    def voice(self, name):
        return Voice()

ENGINE = Engine()
"""


class Slow:
    """Runs coach with a voice that takes its time for every prompt."""

    def __init__(self, folder: Path) -> None:
        site = folder / "site"
        about = site / "slow-1.0.dist-info"
        about.mkdir(parents=True)
        (site / "slow_voice.py").write_text(PACKAGE)
        (about / "METADATA").write_text("Metadata-Version: 2.1\nName: slow\nVersion: 1.0\n")
        (about / "entry_points.txt").write_text("[coach.voices]\nslow = slow_voice:ENGINE\n")
        self.log = folder / "spoken"
        self.out = folder / "out.wav"
        self.command = [sys.executable, "-m", "coach", "export", "leg-massage", "--voice", "slow:one"]
        self.environment = os.environ | {
            "PYTHONPATH": str(site),
            "COACH_CACHE_DIR": str(folder / "home"),
            "COACH_DATA_DIR": str(folder / "data"),
            "SPOKEN": str(self.log),
            "A_PROMPT_S": "0.1",
        }

    def start(self, *options: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [*self.command, "-o", str(self.out), *options],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def spoken(self) -> Sequence[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []


@pytest.fixture
def slow(tmp_path: Path) -> Slow:
    return Slow(tmp_path)


def test_what_was_spoken_before_ctrl_c_is_kept_and_the_next_time_speaks_the_rest(slow: Slow) -> None:
    stopped = slow.start()
    while len(slow.spoken()) < 4 and stopped.poll() is None:
        time.sleep(0.01)
    stopped.send_signal(signal.SIGINT)
    out, err = stopped.communicate(timeout=60)
    assert (stopped.returncode, out) == (130, b"")
    kept = "what was spoken is kept, and the same command goes on from there"
    assert err.decode() == f"coach: stopped; nothing was written; {kept}\n"
    assert not slow.out.exists()
    before = slow.spoken()
    slow.environment["A_PROMPT_S"] = "0"
    again = slow.start()
    out, err = again.communicate(timeout=60)
    assert (again.returncode, err) == (0, b"")
    assert slow.out.stat().st_size > 1_000_000
    after = slow.spoken()[len(before) :]
    assert after
    assert set(before[:-1]).isdisjoint(after)  # the last one may have been cut off before it was kept


def test_a_process_that_is_killed_loses_the_prompt_in_hand_at_most(slow: Slow) -> None:
    killed = slow.start()
    while len(slow.spoken()) < 4 and killed.poll() is None:
        time.sleep(0.01)
    killed.kill()
    killed.communicate(timeout=60)
    before = slow.spoken()
    slow.environment["A_PROMPT_S"] = "0"
    again = slow.start()
    assert again.communicate(timeout=60)[1] == b""
    assert set(before[:-1]).isdisjoint(slow.spoken()[len(before) :])


def test_before_anything_is_spoken_nothing_is_said_to_be_kept(slow: Slow) -> None:
    slow.environment["A_PROMPT_S"] = "30"
    stopped = slow.start()
    while not slow.log.with_suffix(".asked").exists() and stopped.poll() is None:
        time.sleep(0.01)
    stopped.send_signal(signal.SIGINT)
    _, err = stopped.communicate(timeout=60)
    assert err == b"coach: stopped; nothing was written\n"


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs a terminal")
def test_who_watches_sees_how_far_it_is_and_the_time_left(slow: Slow) -> None:
    watching, terminal = pty.openpty()
    process = subprocess.Popen(
        [*slow.command, "-o", str(slow.out)],
        env=slow.environment | {"TERM": "xterm", "COLUMNS": "100", "A_PROMPT_S": "0.2"},
        stdout=subprocess.DEVNULL,
        stderr=terminal,
    )
    os.close(terminal)
    shown = b""
    try:
        while block := os.read(watching, 65_536):
            shown += block
    except OSError:  # the end of a terminal
        pass
    os.close(watching)
    assert process.wait(60) == 0
    lines = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown.decode()).replace("\r", "\n").splitlines()
    speaking = [line for line in lines if line.startswith("speaking")]
    assert "left" not in speaking[0]  # nobody knows the pace yet
    left_s = [int(found[1]) for line in speaking if (found := re.search(r"about (\d+) seconds? left", line))]
    assert left_s
    assert left_s[0] <= 0.2 * len(slow.spoken()) + 2
    assert left_s[-1] <= 2


def test_the_time_left_is_told_from_the_pace_of_what_was_done() -> None:
    assert time_left(10.0, 10, 10) == "about 10 seconds left"
    assert time_left(100.0, 1, 10) == "about 17 minutes left"
    assert time_left(10.0, 1_000, 1) == "about 1 second left"
    assert time_left(10.0, 0, 10) == time_left(1.0, 1, 10) == ""
