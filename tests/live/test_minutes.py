"""A session that is played in the minutes of its listener is the one that is exported, to the sample."""

import numpy as np
import pytest
from numpy.typing import NDArray

import coach
from coach.live.run import Request, perform
from coach.live.speakers import early
from coach.live.speakers.early import EarlyLoudspeaker
from coach.live.speakers.player import Player
from coach.live.speakers.silent import SilentPlayer
from coach.progress import no_progress
from coach.session.options import Options
from coach.sheets.by_name import named


class Recorder(SilentPlayer):
    """A loudspeaker in a hurry, which keeps what is written."""

    def __init__(self) -> None:
        super().__init__(speed=200.0)
        self.blocks: list[NDArray[np.float32]] = []

    def write(self, block: NDArray[np.float32], at: int | None = None) -> None:
        self.blocks.append(block[:, 0].copy())
        super().write(block, at)

    def drop(self) -> int:
        dropped = super().drop()
        samples = np.concatenate(self.blocks)
        self.blocks = [samples[: len(samples) - dropped]]
        return dropped


def test_what_is_played_in_some_minutes_is_the_export_sample_for_sample(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    recorder = Recorder()
    monkeypatch.setattr(early, "open_loudspeaker", lambda _: recorder)
    options = Options(minutes=4)
    planned = coach.plan("partial-squats", options)
    assert " in place of " in planned.gave_way[0]
    with EarlyLoudspeaker(Player.NONE) as loudspeaker:
        request = Request(named("partial-squats"), options)
        ended = perform(request, loudspeaker=loudspeaker, progress=no_progress)
    assert ended.error is None
    assert [f"gave way: {line}" for line in planned.gave_way] == [*ended.notes[: len(planned.gave_way)]]
    wanted, heard = coach.render(planned), np.concatenate(recorder.blocks)
    loud = np.flatnonzero(wanted)[0]
    ends = len(heard) - len(wanted) + loud
    at = next(
        i for i in range(ends, len(heard)) if np.array_equal(heard[i : i + 999], wanted[loud : loud + 999])
    )
    assert np.array_equal(heard[at : at + len(wanted) - loud], wanted[loud:])
