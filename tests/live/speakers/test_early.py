"""The loudspeaker opens before the command line is loaded, and is closed whatever that comes to."""

import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from coach.__main__ import open_loudspeaker_early
from coach.live.speakers import early as early_module
from coach.live.speakers.early import take_or_open
from coach.live.speakers.player import Player
from coach.live.speakers.silent import SilentPlayer


class Speaker(SilentPlayer):
    """Counts how often it is closed, and the frames that it is given."""

    closed = 0
    given = 0

    def write(self, block: NDArray[np.float32], at: int | None = None) -> None:
        self.given += len(block)
        super().write(block, at)

    def close(self) -> None:
        self.closed += 1
        super().close()


@pytest.fixture(autouse=True)
def speakers(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Speaker]]:
    made: list[Speaker] = []

    def opened(_: Player) -> Speaker:
        made.append(Speaker())
        return made[-1]

    monkeypatch.setattr(early_module, "open_loudspeaker", opened)
    monkeypatch.setattr(early_module, "_load", lambda _: None)
    yield made
    early_module._begun.clear()


@pytest.mark.parametrize(
    ("line", "player"),
    [
        ("run", Player.AUTO),
        ("run no-floor --plain", Player.AUTO),
        ("run --player simpleaudio", Player.SIMPLEAUDIO),
        ("run --player=none --resume", Player.NONE),
        ("run --player none --player miniaudio", Player.MINIAUDIO),
        ("practice step-ups --times 2", Player.AUTO),
        ("practice step-ups --player none", Player.NONE),
    ],
)
def test_what_will_be_heard_has_its_loudspeaker_open_loudspeaker_early(line: str, player: Player) -> None:
    early = open_loudspeaker_early(line.split())
    assert early is not None
    with early:
        assert early.player is player
        assert take_or_open(player) is early


@pytest.mark.parametrize(
    "line",
    [
        "",
        "--help",
        "export",
        "run --help",
        "practice",
        "practice --times 2",
        "practice step-ups --help",
        "run --player bagpipe",
        "run --player",
        "diary run",
    ],
)
def test_nothing_is_opened_where_nothing_is_heard_yet(line: str, speakers: list[Speaker]) -> None:
    early = open_loudspeaker_early(line.split())
    if line == "run --player":  # which will be told to name one
        assert early is not None
        with early:
            pass
    else:
        assert early is None
        assert not speakers


def test_a_player_that_was_not_the_one_is_not_handed_over() -> None:
    early = open_loudspeaker_early(["run", "--player", "none"])
    assert early is not None
    with early, take_or_open(Player.MINIAUDIO) as other:
        assert other is not early
        assert other.player is Player.MINIAUDIO


def test_it_is_handed_over_once() -> None:
    early = open_loudspeaker_early(["run"])
    assert early is not None
    with early:
        assert take_or_open(Player.AUTO) is early
        with take_or_open(Player.AUTO) as other:
            assert other is not early


def test_what_nobody_takes_is_closed_unheard_and_once(speakers: list[Speaker]) -> None:
    early = open_loudspeaker_early(["run", "nonsense"])
    assert early is not None
    with early, take_or_open(Player.AUTO):
        pass
    assert [speaker.closed for speaker in speakers] == [1]
    assert speakers[0].given == 0, "no bell"


def test_what_was_taken_is_left_to_who_took_it(speakers: list[Speaker]) -> None:
    early = open_loudspeaker_early(["run"])
    assert early is not None
    with early:
        assert early.speaker() is speakers[0]
        assert speakers[0].given == len(early.rung) > 0
    assert speakers[0].closed == 0


def test_a_loudspeaker_that_cannot_be_loaded_is_told_by_the_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(_: Player) -> None:
        raise OSError("libasound is not there")

    monkeypatch.setattr(early_module, "_load", broken)
    assert open_loudspeaker_early(["run"]) is None


@pytest.mark.parametrize(
    ("line", "code", "told"),
    [
        (["run", "nonsense", "--player", "none"], 2, "nonsense"),
        (["run", "--level", "nonsense", "--player", "none"], 2, "nonsense"),
        (["run", "--player", "bagpipe"], 2, "bagpipe"),
    ],
)
def test_a_wrong_request_ends_as_ever(line: list[str], code: int, told: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "coach", *line], check=False, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == code
    assert told in done.stderr
    assert "Traceback" not in done.stderr
