"""A session that is broken off: by the listener, by the system, by a sound server that dies."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from coach.session.whereabouts import Place
from tests.realtime.performance import (
    MOST_S,
    coach,
    driven,
    left_in_a_set,
    performing,
    written_sheets,
)
from tests.realtime.pulse import Server, missing, pulse_server
from tests.realtime.tracing import own, traced, until_traced

needs_pulse = pytest.mark.skipif(bool(missing()), reason=missing())

SILENT_WITHIN_S = 0.100 + 0.010
"""With what the recorder adds: its chunks are 10 ms."""


@pytest.fixture
def server() -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="coach") as folder, pulse_server(Path(folder)) as running:
        yield running


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    return written_sheets(tmp_path)


def kept_place(tmp_path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((tmp_path / "data" / "place.json").read_text())["place"]
    return found


@needs_pulse
@pytest.mark.parametrize("ending", ["ctrl-c", "SIGTERM", "SIGHUP"])
def test_a_signal_ends_it_at_once_in_silence_and_the_place_is_kept(
    ending: str, server: Server, sheet: Path, tmp_path: Path, clips_home: Path
) -> None:
    silent_s = []
    for attempt in range(3):
        trace = tmp_path / f"trace{attempt}"
        environment = own(tmp_path, clips_home, server.environment, LIVE_TRACE=trace)
        command = driven("run", sheet, "--player", "miniaudio")
        with server.recording() as recording, performing(command, environment, keys=True) as it:
            until_traced(it, trace, said="A short session, standard level.")
            time.sleep(1.0)
            ended_s = it.press("\x03") if ending == "ctrl-c" else it.send(signal.Signals[ending])
            assert it.end() == 130
            assert it.is_restored()
            recording.stop()
        assert "Traceback" not in it.text
        assert it.text_raw.rfind(b"\x1b[?1049l") > it.text_raw.rfind(b"\x1b[?1049h")
        assert it.text_raw.rfind(b"\x1b[?25h") > it.text_raw.rfind(b"\x1b[?25l")
        assert kept_place(tmp_path)["title"] == "Before we start"
        silent_s.append(recording.last_heard_s() - ended_s)
        if silent_s[-1] < SILENT_WITHIN_S:
            break
    assert min(silent_s) < SILENT_WITHIN_S


def restarted(server: Server) -> subprocess.Popen[bytes]:
    """The same server, on the same socket, once more."""
    environment = {name: value for name, value in server.environment.items() if name != "PULSE_SERVER"}
    process = subprocess.Popen(
        server.process.args, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    until_s = time.monotonic() + MOST_S
    asking = [shutil.which("pactl") or "pactl", "info"]
    while subprocess.run(asking, env=server.environment, capture_output=True, check=False).returncode:
        assert time.monotonic() < until_s
        time.sleep(0.05)
    return process


@needs_pulse
def test_a_sound_server_that_dies_and_comes_back_costs_nothing_but_the_wait(
    server: Server, sheet: Path, tmp_path: Path, clips_home: Path
) -> None:
    trace = tmp_path / "trace"
    left_in_a_set(sheet, tmp_path / "data", Place(1, "Knee bends", 1.0, number=1, rep=2))
    environment = own(tmp_path, clips_home, server.environment, LIVE_TRACE=trace)
    with contextlib.ExitStack() as stack:
        it = stack.enter_context(
            performing(driven("run", "--resume", "--player", "miniaudio", "--plain"), environment)
        )
        until_traced(it, trace, rep=3)
        time.sleep(1.2)
        server.kill()
        it.wait_for("The session waits for it.")
        before = [view for view in traced(trace) if not view["notice"]][-1]
        again = restarted(server)
        stack.callback(again.wait)
        stack.callback(again.kill)
        recording = stack.enter_context(server.recording())
        it.wait_for("The sound is back.")
        back = until_traced(it, trace, said="The sound is back.")
        assert (back["chapter"], back["set"], back["rep"]) == (2, 1, before["rep"])
        following = until_traced(it, trace, rep=before["rep"] + 1)
        assert following["set"] == 1
        it.send(signal.SIGINT)
        assert it.end() == 130
        assert abs(recording.stop()).max() > 1000
    assert "Traceback" not in it.complaints
    views = traced(trace)
    at_s = [view["at_s"] for view in views if view["now_s"] > back["now_s"] and view["said"] != back["said"]]
    started_s = min(view["at_s"] for view in views if view["rep"] == before["rep"])
    assert at_s[0] <= started_s + 0.5


@needs_pulse
def test_a_sound_server_that_does_not_come_back_is_told_to_who_stops(
    server: Server, sheet: Path, tmp_path: Path, clips_home: Path
) -> None:
    trace = tmp_path / "trace"
    left_in_a_set(sheet, tmp_path / "data", Place(1, "Knee bends", 1.0, number=1, rep=2))
    environment = own(tmp_path, clips_home, server.environment, LIVE_TRACE=trace)
    command = driven("run", "--resume", "--player", "miniaudio")
    with performing(command, environment, keys=True) as it:
        until_traced(it, trace, rep=2)
        server.kill()
        until_s = time.monotonic() + MOST_S
        while not traced(trace)[-1]["notice"]:
            assert time.monotonic() < until_s
            time.sleep(0.05)
        it.press("q")
        assert it.end() == 3
        assert it.is_restored()
    assert "Traceback" not in it.text
    assert "went wrong inside coach" not in it.text
    assert "coach export" in it.text
    assert kept_place(tmp_path)["rep"] == traced(trace)[-1]["rep"]


def without_sound(folder: Path) -> dict[str, str]:
    """An environment in which no program finds a sound device."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PULSE_", "PIPEWIRE_", "DBUS_", "XDG_", "ALSA_", "JACK_"))
    }
    empty = folder / "asound.conf"
    empty.write_text("pcm.!default { type hw card 99 }\nctl.!default { type hw card 99 }\n")
    return kept | {
        "HOME": str(folder),
        "XDG_RUNTIME_DIR": str(folder),
        "PULSE_SERVER": f"unix:{folder / 'nobody'}",
        "ALSA_CONFIG_PATH": str(empty),
    }


@pytest.mark.parametrize("command", [["run"], ["practice", "step-ups"]])
def test_without_a_sound_device_it_says_so_soon_and_how_else_to_hear_it(
    command: list[str], tmp_path: Path, clips_home: Path
) -> None:
    environment = own(tmp_path, clips_home, without_sound(tmp_path / "home"))
    took_s = []
    for _ in range(3):
        with performing(coach(*command, "--player", "miniaudio", "--plain"), environment) as it:
            assert it.end() == 3
            took_s.append(time.monotonic() - it.started_s)
        assert it.complaints.startswith("coach: no sound device could be opened")
        assert "`coach export`" in it.complaints
        assert len(it.complaints.splitlines()) == 2
        assert it.text == ""
        if took_s[-1] < 2:
            break
    assert min(took_s) < 2


def test_an_exercise_is_picked_by_its_number_at_a_terminal(tmp_path: Path, clips_home: Path) -> None:
    environment = own(tmp_path, clips_home)
    with performing(coach("practice", "--player", "none", "--plain"), environment, keys=True) as it:
        it.wait_for("2  ")
        time.sleep(1.5)
        it.press("2")
        second = next(line.split("2  ")[1].strip() for line in it.text.splitlines() if " 2  " in line)
        it.wait_for(f"# {second}, standard level")
        it.press("q")
        it.wait_for("kept")
        assert it.end() == 0
        assert it.is_restored()
