"""A hundred random keys on a real sound server: what is recorded, and what became of the session."""

import contextlib
import pickle
import random
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from coach.live.speakers.early import LEAD
from coach.live.speakers.simpleaudio import why_unusable
from coach.session.timeline import RATE_HZ, Timeline
from coach.session.whereabouts import Place, rep_start
from tests.realtime.comparing import SURE, Interruption, heard, when_s
from tests.realtime.driven import Log, Turn
from tests.realtime.machine import Machine, ahead_of_others, put_ahead, watched
from tests.realtime.performance import driven, left_in_a_set, performing, written_sheets
from tests.realtime.pulse import Recording, missing, pulse_server

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())

PLAYERS = ("miniaudio", "simpleaudio")
PRESSES = 100
LEFT, RIGHT, UP, DOWN = "\x1b[D", "\x1b[C", "\x1b[A", "\x1b[B"
IN_A_SET = *" " * 8, *"prrwww?eehh++--=\r\rx", UP, DOWN
KEYS = *IN_A_SET, *[LEFT, RIGHT] * 5, "\r", "n"
AT_ONCE_S = (0.03, 0.05, 0.1, 0.2, 0.3)
LISTENING_S = 10.0
TOGETHER = 25
"""So many keys follow each other; then one ends a pause, and the listener listens: answers take a while."""

BREAKS_FOR = RATE_HZ // 32
"""miniaudio asks for so many frames at a time. If nothing is there yet after a key, it gets silence, once."""

SKIPS = frozenset({"next", "go-on"})
"""What a listener asks for who wants to hear less."""

REPEATS = frozenset({"toggle", "resume", "go-on", "where", "again", "back", "next"})
"""Who goes on in the middle of a repetition or a sentence hears its beginning again; next has no further
part to go to in the last one, and goes on where it was."""


@dataclass(frozen=True, slots=True)
class Show:
    """A session that was steered: what was written, what was recorded, how it ended."""

    log: Log
    recording: Recording
    machine: Machine
    exit_code: int
    is_restored: bool
    text: str


@pytest.fixture(scope="module")
def shows(tmp_path_factory: pytest.TempPathFactory, clips_home: Path) -> dict[str, Show]:
    """One of each player, at the same time, with the same keys."""
    folder = tmp_path_factory.mktemp("steered")
    sheet = written_sheets(folder, "quick")
    keys = random.Random(4)
    players = PLAYERS if not why_unusable() else PLAYERS[:1]
    with ahead_of_others(), contextlib.ExitStack() as stack:
        machine = stack.enter_context(watched())
        running, recordings = {}, {}
        for player in players:
            short = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="coach")))
            server = stack.enter_context(pulse_server(short))
            recordings[player] = stack.enter_context(server.recording())
            own = {
                "COACH_CACHE_DIR": str(clips_home),
                "COACH_DATA_DIR": str(folder / player),
                "LIVE_LOG": str(folder / f"{player}.log"),
            }
            left_in_a_set(sheet, folder / player, Place(0, "Marching", 0.0, number=1, rep=2))
            command = driven("run", "--resume", "--player", player)
            running[player] = stack.enter_context(performing(command, server.environment | own, keys=True))
        for it in running.values():
            put_ahead(it.process.pid)
            it.wait_for("chapter 1 of 3")
        for number in range(PRESSES):
            goes_on = number % TOGETHER == TOGETHER - 1
            key = "\r" if goes_on else keys.choice(IN_A_SET if number < PRESSES // 2 else KEYS)
            time.sleep(keys.choice(AT_ONCE_S))
            for it in running.values():
                it.press(key)
            time.sleep(LISTENING_S if goes_on else 0.0)
        for it in running.values():
            it.press("qq")
        shows = {}
        for player, it in running.items():
            while it.process.poll() is None and "How sore" not in it.text:
                time.sleep(0.05)
            it.press("\r")
            code = it.end()
            log = pickle.loads((folder / f"{player}.log").read_bytes())  # noqa: S301 - our own
            recordings[player].stop()
            shows[player] = Show(log, recordings[player], machine, code, it.is_restored(), it.text)
    return shows


@pytest.fixture(params=PLAYERS)
def show(request: pytest.FixtureRequest, shows: dict[str, Show]) -> Show:
    if request.param not in shows:
        pytest.skip(f"simpleaudio: {why_unusable()}")
    return shows[request.param]


def test_every_key_is_answered_and_the_session_ends_by_itself_in_good_order(show: Show) -> None:
    assert show.exit_code == 0
    assert show.is_restored
    assert "Traceback" not in show.text
    assert {turn.action for turn in show.log.turns} >= {"toggle", "next", "back", "again", "where", "stop"}


def test_what_is_recorded_is_what_was_written_and_not_taken_back(show: Show) -> None:
    recorded = heard(show.log.samples, show.recording.samples, LEAD)
    unexplained = [each for each in recorded.interruptions if not is_explained(show, each)]
    if show.machine.is_unsteady and (unexplained or recorded.until < len(show.log.samples)):
        pytest.skip(show.machine.complaint)
    assert recorded.until == len(show.log.samples)
    assert unexplained == []


def is_explained(show: Show, each: Interruption) -> bool:
    keys = sum(0 <= each.at - cut <= SURE for cut in show.log.cuts)
    if not each.lost and each.length <= keys * BREAKS_FOR:
        return True
    return show.machine.stood_still(when_s(show.recording, each.recorded_at))


def stretches(log: Log) -> list[tuple[int, int]]:
    """The parts of the session that were heard without a break, as frames of it, in order."""
    session = log.session[log.session >= 0]
    breaks = np.flatnonzero(np.diff(session) != 1) + 1
    return [(int(part[0]), int(part[-1]) + 1) for part in np.split(session, breaks)]


def test_the_session_goes_on_where_it_was_but_where_something_else_was_asked_for(show: Show) -> None:
    for turn in show.log.turns:
        moved = turn.after.at - turn.before.at
        assert moved <= 0 or turn.action in SKIPS or turn.before.at == 0, turn
        assert moved >= 0 or turn.action in REPEATS, turn
    starts = {turn.after.at for turn in show.log.turns if turn.after.at != turn.before.at}
    for before, after in pairwise(stretches(show.log)):
        assert after[0] in starts, (before, after)


def test_the_playhead_stays_inside(show: Show) -> None:
    for turn in show.log.turns:
        assert 0 <= turn.before.at <= turn.timeline_before.length
        assert 0 <= turn.after.at <= turn.timeline_after.length
    for timeline, _, last in heard_parts(show.log.turns, show.log.session):
        assert last <= timeline.length


def test_who_goes_on_in_a_set_goes_on_at_the_start_of_a_repetition(show: Show) -> None:
    found = 0
    for turn in show.log.turns:
        if turn.after.at == turn.before.at:
            continue
        for each in turn.timeline_after.sets:
            if each.start <= turn.after.at < each.end:
                assert turn.after.at in {beat.start for beat in each.beats}
                found += 1
    assert found


def test_every_repetition_that_is_heard_to_its_end_was_heard_from_its_start(show: Show) -> None:
    ended = 0
    for timeline, first, last in heard_parts(show.log.turns, show.log.session):
        for start, end in repetitions(timeline):
            if first < end <= last:
                assert first <= start, f"only the end of the repetition from {start / RATE_HZ:.2f} s"
                ended += 1
    assert ended


def heard_parts(turns: list[Turn], session: NDArray[np.int32]) -> Iterator[tuple[Timeline, int, int]]:
    """Each part of the session that was heard without a break, in the timeline that it had at its end."""
    own = np.flatnonzero(session >= 0)
    breaks = np.flatnonzero(np.diff(session[own]) != 1) + 1
    for part in np.split(own, breaks):
        end = int(part[-1]) + 1
        timeline = next((t.timeline_before for t in turns if t.written >= end), turns[-1].timeline_after)
        yield timeline, int(session[part[0]]), int(session[part[-1]]) + 1


def repetitions(timeline: Timeline) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for each in timeline.sets:
        firsts = [rep_start(each, rep) for rep in range(1, each.reps + 1)]
        found += list(pairwise([*firsts, each.end]))
    return found
