"""Whatever ends a session, its place is kept: real processes, which take their time eight times as fast."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from coach.diary.entries import Entry, read_page
from coach.session.words import en as phrases
from coach.voices.natural_advice import TOLD

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")

SHEET = """\
# Knee lifts

Position: standing
Dose: 2 sets of 6 each leg, rest 10 seconds

Stand tall.

- lift, 2 seconds: Lift your right knee,
- lower, 2 seconds: and lower it.
- loose, 1 second

Careful: Hold on to something.
If it hurts: Lift it less high, or stop.
"""

ASKING = """\
# Knees

For: the knee
If a pain is sharp, stop.

- Lifts
Ask: pain
- Rises

## Lifts
Dose: 1 set of 2
Dose gentle: 1 set of 1
Careful: Hold on to something.
If it hurts: Lift it less high.

- up, 1 second: Lift your knee,
- down, 1 second: and lower it.

## Rises
Dose: 1 set of 2
Dose gentle: 1 set of 1
Careful: Hold on to something.
If it hurts: Rise less high.

- up, 1 second: Rise,
- down, 1 second: and lower.
"""

DRIVER = """\
import json, os, sys, time
import coach.live.speakers.early, coach.live.screen.screen
from coach.errors import VoiceError
from coach.live.speakers.silent import SilentPlayer

traced, speed, voice = sys.argv[1], float(sys.argv[2]), sys.argv[3]
keys = os.environ.get("TEST_KEYS", "")
if keys:  # a terminal, and who presses a key when something is said
    import threading
    import coach.live.controls.keyboard
    coach.live.controls.keyboard.is_available = lambda: True

    class Pressing:
        said, pressed = keys.split("=")

        def __init__(self, put):
            Pressing.put = staticmethod(put)

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

    coach.live.controls.keyboard.Keyboard = Pressing
coach.live.speakers.early.open_loudspeaker = lambda player: SilentPlayer(speed=speed)

class Tracing:
    def close(self):
        pass

    def show(self, view):
        now = [time.monotonic(), view.title, view.side, view.set, view.rep, view.said, view.is_paused]
        os.write(trace, (json.dumps(now) + "\\n").encode())
        if keys and view.said == Pressing.said and Pressing.pressed:
            Pressing.put(Pressing.pressed)
            Pressing.pressed = ""

trace = os.open(traced, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
coach.live.screen.screen.screen_for = lambda **_: Tracing()

if voice == "dumb":
    import coach.voices.espeak as espeak
    def speak(self, utterances):
        raise VoiceError("The voice has lost its tongue.", "Give it tea.")
    espeak.EspeakVoice.speak = speak

sys.argv = ["coach", *sys.argv[4:]]
from coach.__main__ import main
main()
"""


@dataclass(frozen=True)
class Seen:
    """What was heard at a moment."""

    at_s: float
    title: str
    side: str
    number: int
    rep: int
    said: str
    is_paused: bool

    @property
    def repetition(self) -> tuple[str, str, int, int]:
        return self.title, self.side, self.number, self.rep


class Session:
    """A process that plays, with a folder of its own and a trace of all that is heard."""

    def __init__(
        self, folder: Path, *arguments: str, voice: str = "well", speed: float = 8.0, keys: str = ""
    ) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self._trace = folder / f"trace-{len(list(folder.glob('trace-*')))}"
        self.process = subprocess.Popen(
            [sys.executable, "-c", DRIVER, str(self._trace), str(speed), voice, *arguments],
            cwd=folder,
            env=os.environ | {"COACH_DATA_DIR": str(folder), "TEST_KEYS": keys},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    @property
    def seen(self) -> list[Seen]:
        """All that was heard so far."""
        if not self._trace.exists():
            return []
        lines = self._trace.read_text().splitlines(keepends=True)
        return [Seen(*json.loads(line)) for line in lines if line.endswith("\n")]

    def wait_for_a_set(self) -> None:
        """Until the first repetition, which is seconds away."""
        self.wait_for(lambda seen: seen.rep > 0)

    def wait_for(self, is_there: Callable[[Seen], bool]) -> None:
        """Until something is heard, which is seconds away."""
        until = time.monotonic() + 60
        while time.monotonic() < until and self.process.poll() is None:
            if any(map(is_there, self.seen)):
                return
            time.sleep(0.02)
        raise AssertionError(self.process.communicate())

    def entries(self) -> tuple[Entry, ...]:
        """The diary."""
        return read_page((self.folder / "diary.jsonl").read_bytes()).entries

    def end(self, number: int) -> tuple[int, str, str]:
        """Its exit code, its results and its complaints, after a signal."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, out, err

    def place(self) -> tuple[str, str, int, int]:
        """The repetition that was kept; between sets none, as it was seen."""
        kept = json.loads((self.folder / "place.json").read_text())["place"]
        if not kept["rep"]:
            return kept["title"], "", 0, 0
        return kept["title"], kept["side"], kept["number"], kept["rep"]

    def close(self) -> None:
        """End it, if it has not ended."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()


Start = Callable[..., Session]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts sessions, none of which outlives its test."""
    started: list[Session] = []

    def session(
        folder: Path, *arguments: str, voice: str = "well", speed: float = 8.0, keys: str = ""
    ) -> Session:
        started.append(Session(folder, *arguments, voice=voice, speed=speed, keys=keys))
        return started[-1]

    yield session
    for each in started:
        each.close()


@pytest.fixture
def sheet(tmp_path: Path) -> str:
    path = tmp_path / "knee-lifts.md"
    path.write_text(SHEET)
    return str(path)


def test_a_session_that_is_killed_goes_on_where_it_was(tmp_path: Path, sheet: str, start: Start) -> None:
    chance = random.Random(20)
    places = set()
    for group in range(5):  # two at a time: more than a loaded machine plays at this speed say nothing
        ends: list[tuple[Session, float]] = []
        sessions = [start(tmp_path / f"{group}-{n}", "run", sheet) for n in range(2)]
        for session in sessions:
            session.wait_for_a_set()
        for session in sessions:
            time.sleep(chance.uniform(0.05, 4.0))
            session.end(signal.SIGKILL)
            ends.append((session, time.monotonic()))
        again = []
        for session, ended_s in ends:
            seen = session.seen
            lately = {each.repetition for each in seen if each.at_s > ended_s - 0.3} | {seen[-1].repetition}
            assert session.place() in lately
            again.append((start(session.folder, "run", "--resume"), session.place()))
        for session, place in again:
            session.wait_for_a_set()
            code, _, err = session.end(signal.SIGINT)
            first = session.seen[0]
            assert (code, "Traceback" in err) == (130, False), err
            assert first.repetition == place
            places.add(place)
    assert len(places) > 3


QUESTION = phrases.how_much_pain("the knee")


def test_a_session_that_is_killed_between_question_and_answer_loses_nothing_and_asks_again(
    tmp_path: Path, start: Start
) -> None:
    sheet = tmp_path / "knees.md"
    sheet.write_text(ASKING)
    killed = start(tmp_path / "one", "run", str(sheet), keys="nothing=nothing")
    killed.wait_for(lambda seen: seen.said == phrases.TYPE_A_NUMBER)
    time.sleep(0.4)  # three seconds of a session at this speed
    killed.end(signal.SIGKILL)
    (done,) = killed.entries()
    assert (done.exercises[0].reps, done.exercises[0].pain, done.is_finished) == (2, None, False)
    assert not done.exercises[1].reps
    again = start(tmp_path / "one", "run", "--resume", keys=f"{phrases.TYPE_A_NUMBER}=7")
    again.wait_for(lambda seen: phrases.GO_ON_OR_END in seen.said)
    time.sleep(0.4)  # as above: a thread writes the answer while the reply is heard
    again.end(signal.SIGKILL)
    said = [seen.said for seen in again.seen]
    assert said.index(QUESTION) < said.index(phrases.TYPE_A_NUMBER)
    assert not any(seen.rep for seen in again.seen)
    done, answered = again.entries()
    assert done.exercises[0].reps == 2
    assert answered.exercises[0].pain == 7
    kept = json.loads((tmp_path / "one" / "place.json").read_text())
    assert (kept["pains"], kept["level"]) == ({"Lifts": 7}, "gentle")
    last = start(tmp_path / "one", "run", "--resume", speed=60)
    assert last.process.wait(60) == 0
    assert QUESTION not in {seen.said for seen in last.seen}
    rises = last.entries()[-1].exercises[1]
    assert (rises.level, rises.reps, rises.of_reps) == ("gentle", 1, 1)


def test_where_nobody_can_type_the_rules_are_said_and_nothing_waits_for_an_answer(
    tmp_path: Path, start: Start
) -> None:
    sheet = tmp_path / "knees.md"
    sheet.write_text(ASKING)
    session = start(tmp_path / "one", "run", str(sheet), "--plain", speed=60)
    assert session.process.wait(60) == 0
    said = {seen.said for seen in session.seen}
    assert {QUESTION, *phrases.PAIN_RULES} <= said
    assert phrases.TYPE_A_NUMBER not in said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_session_that_is_ended_by_a_signal_keeps_its_place_and_says_so(
    tmp_path: Path, sheet: str, start: Start, number: int
) -> None:
    session = start(tmp_path / "one", "run", sheet)
    session.wait_for_a_set()
    time.sleep(1.5)
    code, out, err = session.end(number)
    assert (code, out) == (130, "")
    assert "coach run --resume" in err
    assert "Traceback" not in err
    assert session.place() == session.seen[-1].repetition
    (entry,) = read_page((session.folder / "diary.jsonl").read_bytes()).entries
    assert not entry.is_finished
    assert entry.exercises[0].of_reps == 24


@pytest.mark.parametrize("numbers", [(signal.SIGHUP, signal.SIGHUP), (signal.SIGINT, signal.SIGTERM)])
def test_a_second_signal_does_not_cost_the_diary(
    tmp_path: Path, sheet: str, start: Start, numbers: tuple[int, int]
) -> None:
    session = start(tmp_path / "one", "run", sheet)
    session.wait_for_a_set()
    time.sleep(1.5)
    session.process.send_signal(numbers[0])
    time.sleep(0.01)
    assert session.end(numbers[1])[0] == 130
    assert len(read_page((session.folder / "diary.jsonl").read_bytes()).entries) == 1


def test_a_session_that_is_over_leaves_no_place(tmp_path: Path, sheet: str, start: Start) -> None:
    session = start(tmp_path / "one", "run", sheet, speed=60)
    (session.folder / TOLD).touch()
    out, err = session.process.communicate(timeout=60)
    assert (session.process.returncode, err) == (0, "")
    assert out.startswith("Knee lifts: ")
    assert "`coach diary`" in out
    assert not (session.folder / "place.json").exists()
    (entry,) = read_page((session.folder / "diary.jsonl").read_bytes()).entries
    assert (entry.is_finished, entry.exercises[0].sets, entry.exercises[0].reps) == (True, 4, 24)


def test_a_voice_that_fails_leaves_the_tones_their_time_and_the_exit_code_tells(
    tmp_path: Path, sheet: str, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COACH_CACHE_DIR", str(tmp_path / "no clips"))
    session = start(tmp_path / "one", "run", sheet, voice="dumb", speed=60)
    out, err = session.process.communicate(timeout=60)
    assert session.process.returncode == 3
    assert "The voice has lost its tongue." in err
    assert "Give it tea." in err
    assert "Knee lifts: " in out
    said = {each.said for each in session.seen}
    assert {"Hold on to something.", "Two sets of six, each leg."} & said
    assert {each.number for each in session.seen} >= {1, 2}
    (entry,) = read_page((session.folder / "diary.jsonl").read_bytes()).entries
    assert (entry.is_finished, entry.exercises[0].reps) == (True, 24)


def test_a_list_without_a_terminal_takes_its_answer_from_a_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "coach", "practice", "--player", "none"],
        input="curl\n", capture_output=True, text=True, check=False, timeout=60,
        env=os.environ | {"COACH_DATA_DIR": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 2
    assert "'curl' may be 2 Lying hamstring curls or 4 Standing hamstring curls" in done.stderr
    assert " 5  Step-ups\n" in done.stdout
