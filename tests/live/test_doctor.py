import math
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from coach.errors import DeviceError, DeviceLostError, VoiceError
from coach.language.model import Sound
from coach.live import doctor
from coach.live.doctor import Check, Examination, examine
from coach.live.speakers.loudspeaker import Loudspeaker
from coach.live.speakers.player import Player, PlayerStatus
from coach.live.speakers.silent import SilentPlayer
from coach.session.timeline import Frames
from coach.session.words.en import SOUND_WORKS
from coach.sound.clip import Clip, Utterance
from coach.sound.tones import tones

SAID = np.arange(1, 9_601, dtype=np.int16)


class Speaker:
    """A voice that says everything alike."""

    identity = "a fake 1.0, nothing else"

    def __init__(self, fault: str = "") -> None:
        self.fault = fault
        self.is_closed = False
        self.asked: list[Utterance] = []

    def speak(self, utterances: Sequence[Utterance]) -> Iterator[tuple[Utterance, Clip]]:
        if self.fault:
            raise VoiceError(self.fault, "Get another.")
        self.asked += utterances
        for utterance in utterances:
            yield utterance, Clip(SAID, Frames(0))

    def close(self) -> None:
        self.is_closed = True


class Taking(SilentPlayer):
    """A loudspeaker that keeps what it is given, and may fail."""

    def __init__(self, fault: Exception | None = None, stops_at: float = math.inf) -> None:
        super().__init__(math.inf)
        self.fault = fault
        self.stops_at = stops_at
        self.blocks: list[NDArray[np.float32]] = []
        self.is_closed = False

    def write(self, block: NDArray[np.float32], at: int | None = None) -> None:  # noqa: ARG002 - no dither
        if self.fault:
            raise self.fault
        self.blocks.append(block.copy())

    @property
    def heard(self) -> int:
        return int(min(sum(map(len, self.blocks)), self.stops_at))

    def close(self) -> None:
        self.is_closed = True


PLAYERS = (
    PlayerStatus(Player.SIMPLEAUDIO, False, "it is not installed"),
    PlayerStatus(Player.MINIAUDIO, True, "it is installed"),
    PlayerStatus(Player.NONE, True, "it keeps the time and is not heard"),
)


@pytest.fixture(autouse=True)
def _players(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "list_players", lambda: PLAYERS)


def no_loudspeaker(_: Player) -> Loudspeaker:
    raise DeviceError("no sound device could be opened.", "Connect one.")


def test_a_tone_and_the_sentence_are_played() -> None:
    taking, speaker = Taking(), Speaker()
    found = examine(opened=lambda _: taking, speaker=lambda _: speaker, voice="en-gb", rate_wpm=120)
    assert found.is_ok
    assert found.exit_code == 0
    assert [check.name for check in found.checks] == ["player", "device", "voice", "sound"]
    assert speaker.asked == [Utterance(SOUND_WORKS, "en-gb", 120)]
    assert speaker.is_closed
    assert taking.is_closed
    heard = np.round(np.concatenate(taking.blocks)[:, 0] * 32_768).astype(np.int16)
    bell = tones()[Sound.BELL]
    assert (heard[14_400 : 14_400 + len(bell)] == bell).all()
    assert (heard[-14_400 - len(SAID) : -14_400] == SAID).all()


def test_without_a_device_it_says_so_and_still_tries_the_voice() -> None:
    found = examine(opened=no_loudspeaker, speaker=lambda _: Speaker())
    assert not found.is_ok
    assert found.exit_code == 3
    assert found.checks[0] == Check("loudspeaker", False, "no sound device could be opened.", "Connect one.")
    assert found.checks[1].is_ok
    assert "Connect one." in found.text()
    assert [check.name for check in found.others] == ["simpleaudio", "miniaudio", "none"]


def test_without_a_voice_the_tone_is_played_alone() -> None:
    taking = Taking()
    found = examine(opened=lambda _: taking, speaker=lambda _: Speaker("it is gone"))
    assert [check.is_ok for check in found.checks] == [True, True, False, True]
    assert found.exit_code == 3
    assert sum(map(len, taking.blocks)) == 2 * 14_400 + len(tones()[Sound.BELL])


def test_a_device_that_goes_away_is_a_finding() -> None:
    taking = Taking(DeviceLostError("it takes no more sound.", "Connect it."))
    found = examine(opened=lambda _: taking, speaker=lambda _: Speaker())
    assert found.checks[-1] == Check("sound", False, "it takes no more sound.", "Connect it.")
    assert taking.is_closed


def test_a_device_that_plays_nothing_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_LATE_S", -1.0)
    found = examine(opened=lambda _: Taking(stops_at=4_800), speaker=lambda _: Speaker())
    assert not found.is_ok
    assert "took only 0.1 of" in found.checks[-1].found


def test_a_player_that_is_asked_for_is_the_one_that_is_tried() -> None:
    asked: list[Player] = []

    def opened(player: Player) -> Loudspeaker:
        asked.append(player)
        return Taking()

    found = examine(Player.NONE, opened=opened, speaker=lambda _: Speaker())
    assert asked == [Player.NONE]
    assert found.checks[0].found == "none, as asked"
    assert "dry run" in found.checks[-1].found
    assert [check.name for check in found.others] == ["simpleaudio", "miniaudio"]


def test_the_findings_read_well() -> None:
    found = Examination(
        (Check("player", True, "miniaudio"), Check("voice", False, "It is silent.", "Speak up.")),
        (Check("simpleaudio", False, "cannot be used: it is not installed"),),
    )
    assert found.text() == (
        "ok      player       miniaudio\n"
        "NOT OK  voice        It is silent.\n"
        "                     = Speak up.\n"
        "\n"
        "Other players (--player):\n"
        "        simpleaudio  cannot be used: it is not installed"
    )


def test_the_real_voice_says_the_sentence() -> None:
    found = examine(Player.NONE, opened=lambda _: Taking())
    assert found.is_ok
    assert "espeak-ng" in found.checks[2].found
