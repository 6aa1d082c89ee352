"""A session is heard as `coach export` writes it, sample for sample, while the machine has other work."""

import contextlib
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import soundfile

from coach.language.model import Sound
from coach.live.speakers.simpleaudio import why_unusable
from coach.session.timeline import RATE_HZ
from coach.sound.tones import tones
from tests.realtime.comparing import HEARD, Interruption, Samples, begin, heard, until_heard, when_s
from tests.realtime.machine import Machine, ahead_of_others, one_busy_core, watched
from tests.realtime.performance import coach, performing, written_sheets
from tests.realtime.pulse import Recording, missing, pulse_server

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())

HEARD_S = 40
BELL_S = 3
"""The bell, and what may pass until the first chapter is there."""

PLAYERS = ("miniaudio", "simpleaudio")


DITHER = 2
"""Steps by which a sample and what is heard of it may differ, dithered from another frame on."""


@dataclass(frozen=True, slots=True)
class Take:
    """What was recorded of a player, and how the machine was meanwhile."""

    recording: Recording
    machine: Machine

    def unexplained(self, wanted: Samples) -> list[Interruption]:
        """Where the sound broke off, and the machine was not standing still."""
        found = heard(wanted, self.recording.samples)
        return [
            each
            for each in found.interruptions
            if not self.machine.stood_still(when_s(self.recording, each.recorded_at))
        ]


def recorded(sheet: Path, clips: Path, folder: Path) -> dict[str, Take]:
    """Each player's recording; they play at the same time, each on a server of its own."""
    players = PLAYERS if not why_unusable() else PLAYERS[:1]
    with one_busy_core(), ahead_of_others(), contextlib.ExitStack() as stack:
        machine = stack.enter_context(watched())
        recordings = {}
        for player in players:
            short = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="coach")))
            server = stack.enter_context(pulse_server(short))
            recordings[player] = stack.enter_context(server.recording())
            own = {"COACH_CACHE_DIR": str(clips), "COACH_DATA_DIR": str(folder / player)}
            arguments = coach("run", sheet, "--player", player, "--plain")
            stack.enter_context(performing(arguments, server.environment | own))
        for recording in recordings.values():
            until_heard(recording, HEARD_S + BELL_S)
    return {player: Take(recording, machine) for player, recording in recordings.items()}


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory, clips_home: Path) -> tuple[Path, Samples]:
    """A session's sheet, and its export."""
    folder = tmp_path_factory.mktemp("exported")
    sheet = written_sheets(folder)
    wav = folder / "short.wav"
    own = {"COACH_CACHE_DIR": str(clips_home)}
    subprocess.run(coach("export", sheet, "-o", wav), env=os.environ | own, check=True, capture_output=True)
    return sheet, soundfile.read(wav, dtype="int16")[0]


@pytest.fixture(scope="module")
def takes(
    exported: tuple[Path, Samples], clips_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Take]:
    """A take of each player."""
    return recorded(exported[0], clips_home, tmp_path_factory.mktemp("data"))


def take_of(takes: dict[str, Take], player: str) -> Take:
    if player not in takes:
        pytest.skip(f"simpleaudio: {why_unusable()}")
    return takes[player]


@pytest.mark.parametrize("player", PLAYERS)
def test_what_is_heard_after_the_bell_is_the_export_sample_for_sample(
    exported: tuple[Path, Samples], takes: dict[str, Take], player: str
) -> None:
    take = take_of(takes, player)
    until = heard(exported[1], take.recording.samples).until
    if take.machine.is_unsteady and until < HEARD_S * RATE_HZ:
        pytest.skip(take.machine.complaint)
    assert until >= HEARD_S * RATE_HZ


@pytest.mark.parametrize("player", PLAYERS)
def test_nothing_breaks_off_or_is_lost_while_another_core_is_busy(
    exported: tuple[Path, Samples], takes: dict[str, Take], player: str
) -> None:
    take = take_of(takes, player)
    unexplained = take.unexplained(exported[1])
    if take.machine.is_unsteady and unexplained:
        pytest.skip(take.machine.complaint)
    assert unexplained == []


def nearest(wanted: Samples, recorded: Samples) -> int:
    """The frame of a recording from which on it differs least from what is wanted."""
    there = recorded.astype(np.float64)
    power = np.concatenate([[0.0], np.cumsum(there**2)])
    common = np.correlate(there, wanted.astype(np.float64), "valid")
    return int(np.argmin(power[len(wanted) :] - power[: -len(wanted)] - 2 * common))


@pytest.mark.parametrize("player", PLAYERS)
def test_before_it_a_bell_is_heard_to_its_end_and_nothing_else(
    exported: tuple[Path, Samples], takes: dict[str, Take], player: str
) -> None:
    take = take_of(takes, player)
    samples = take.recording.samples
    before = samples[: begin(exported[1], samples)]
    if take.machine.is_unsteady:
        pytest.skip(take.machine.complaint)
    bell = tones()[Sound.BELL]
    certain = bell[RATE_HZ // 10 :]  # of what comes before, a recorder may miss something
    last = int(np.flatnonzero(np.abs(before) > HEARD)[-1])
    at = nearest(certain, before)
    assert (np.abs(before[at : at + len(certain)] - certain) <= DITHER).all()
    assert last < at + len(certain) + RATE_HZ // 4
