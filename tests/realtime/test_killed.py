"""A coach that is killed while it is heard: the next one goes on at that repetition."""

import json
import signal
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest

from coach.diary.storage import Diary
from coach.session.whereabouts import Place
from tests.realtime.performance import driven, left_in_a_set, performing, written_sheets
from tests.realtime.pulse import missing, pulse_server
from tests.realtime.tracing import own, traced, until_traced

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())

WRITTEN_S = 0.5
"""How old the place may be that is found after a crash: it is written durably, and the machine is busy."""


def where(view: dict[str, Any]) -> tuple[Any, ...]:
    return view["title"], view["set"], view["rep"]


def test_each_time_that_it_is_killed_it_goes_on_at_that_repetition(tmp_path: Path, clips_home: Path) -> None:
    sheet = written_sheets(tmp_path)
    data = tmp_path / "data"
    left_in_a_set(sheet, data, Place(1, "Knee bends", 0.0, number=1, rep=2))
    doing = {("Knee bends", 1, 2)}
    with tempfile.TemporaryDirectory(prefix="coach") as folder, pulse_server(Path(folder)) as server:
        for attempt in range(3):
            trace = tmp_path / f"trace{attempt}"
            environment = own(tmp_path, clips_home, server.environment, LIVE_TRACE=trace)
            command = driven("run", "--resume", "--player", "miniaudio", "--plain")
            with performing(command, environment) as it:
                first = where(until_traced(it, trace))
                assert first in doing
                if not attempt:
                    until_traced(it, trace, rep=first[2] + 1)
                    time.sleep(0.7)
                killed_s = it.send(signal.SIGKILL)
                it.end()
            views = traced(trace)
            doing = {where(view) for view in views if view["now_s"] > killed_s - WRITTEN_S}
            doing.add(where(views[-1]))
            book = Diary(data)
            assert not book.entries()
            assert not book.note
            assert json.loads((data / "place.json").read_text())["place"]["title"] == "Knee bends"
