"""Test this machine's sound: player, device, voice, and a sound that is really played."""

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coach.errors import CoachError, DeviceError
from coach.language.model import Sound
from coach.live.speakers.loudspeaker import EXPORT_HINT, Loudspeaker
from coach.live.speakers.player import Player, list_players, open_loudspeaker
from coach.session.options import USUAL_RATE_WPM
from coach.session.timeline import RATE_HZ
from coach.session.words.interface import words_for
from coach.sound.clip import Utterance
from coach.sound.tones import tones
from coach.voices.engines import open_voice, voice_for
from coach.voices.espeak import DEFAULT_VOICE
from coach.voices.voice import Voice, speak_all

_BLOCK = RATE_HZ // 50
_PAUSE = RATE_HZ * 3 // 10
_LATE_S = 3.0
"""Grace period after a sound's own length before the device counts as not playing."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was tried: ``found`` says how it went, ``hint`` what to do where it is not fine."""

    name: str
    is_ok: bool
    found: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Examination:
    """The findings of all tests, in order.

    ``others`` are the players that would not be used, and why; ``media_keys`` what else can steer a session.
    """

    checks: tuple[Check, ...]
    others: tuple[Check, ...]
    media_keys: tuple[Check, ...] = ()

    @property
    def is_ok(self) -> bool:
        """True if a session would be spoken and heard."""
        return all(check.is_ok for check in self.checks)

    @property
    def exit_code(self) -> int:
        """0 if a session would be spoken and heard, else 3."""
        return 0 if self.is_ok else DeviceError.exit_code

    def text(self) -> str:
        """Format the findings for people."""
        width = max(len(check.name) for check in (*self.checks, *self.others))
        lines = list[str]()
        for heading, marks, checks in (
            ("", ("NOT OK", "ok"), self.checks),
            ("\nOther players (--player):", ("", ""), self.others),
            ("\nMedia keys:", ("absent", "ok"), self.media_keys),
        ):
            lines += [heading] if heading and checks else []
            for check in checks:
                lines.append(f"{marks[check.is_ok]:<7} {check.name:<{width}}  {check.found}".rstrip())
                if check.hint and not check.is_ok:
                    lines.append(f"{'':<7} {'':<{width}}  = {check.hint}")
        return "\n".join(lines)


def examine(
    player: Player = Player.AUTO,
    *,
    voice: str | None = None,
    usual_voice: str | None = None,
    rate_wpm: int = USUAL_RATE_WPM,
    opened: Callable[[Player], Loudspeaker] = open_loudspeaker,
    speaker: Callable[[str], Voice] = open_voice,
) -> Examination:
    """Test the loudspeaker and the voice by playing a tone and a sentence.

    Nothing is raised: whatever is missing is a check that is not fine. ``opened`` opens a loudspeaker,
    ``speaker`` the voice that `voice_for` finds. A sentence is spoken anew each time, as a kept one would
    prove nothing.
    """
    said, voice_check = _spoken(voice, usual_voice, rate_wpm, speaker)
    others = [
        Check(row.player, row.is_usable, f"{'could' if row.is_usable else 'cannot'} be used: {row.why}")
        for row in list_players()
    ]
    try:
        loudspeaker = opened(player)
    except CoachError as error:
        no_speaker = Check("loudspeaker", False, error.message, error.hint)
        return Examination((no_speaker, voice_check), tuple(others))
    used = loudspeaker.player
    player_check = Check("player", True, used if player is Player.AUTO else f"{used}, as asked")
    device = Check("device", True, loudspeaker.device)
    checks = (player_check, device, voice_check, _played(loudspeaker, said))
    return Examination(checks, tuple(other for other in others if other.name != used))


def _spoken(
    asked: str | None, usual: str | None, rate_wpm: int, speaker: Callable[[str], Voice]
) -> tuple[NDArray[np.int16] | None, Check]:
    """Speak the sentence in the voice that a session would use; return its clip and the finding."""
    start_s = time.monotonic()
    try:
        name = voice_for(asked, DEFAULT_VOICE, usual)
        wanted = Utterance(words_for(DEFAULT_VOICE).SOUND_WORKS, name, rate_wpm)
        with closing(speaker(name)) as voice:
            clip = speak_all([wanted], voice, None)[wanted]
            identity = voice.identity.partition(",")[0]
    except CoachError as error:
        return None, Check("voice", False, error.message, error.hint)
    took_s = time.monotonic() - start_s
    return clip.samples, Check("voice", True, f"{name}, {identity}; ready after {took_s:.1f} s")


def _played(loudspeaker: Loudspeaker, said: NDArray[np.int16] | None) -> Check:
    """Check that the device plays a tone and the sentence in about real time."""
    pause = np.zeros(_PAUSE, np.int16)
    parts = [pause, tones()[Sound.BELL], pause, *([] if said is None else [said, pause])]
    sound = (np.concatenate(parts).astype(np.float32) / np.float32(32768))[:, np.newaxis]
    what = "a tone" if said is None else "a tone and a sentence"
    length_s = len(sound) / RATE_HZ
    limit_s = time.monotonic() + length_s + _LATE_S
    try:
        with closing(loudspeaker):
            for first in range(0, len(sound), _BLOCK):
                loudspeaker.write(sound[first : first + _BLOCK])
            while loudspeaker.heard < len(sound) and time.monotonic() < limit_s:
                time.sleep(0.01)
            heard = loudspeaker.heard
    except CoachError as error:
        return Check("sound", False, error.message, error.hint)
    if heard < len(sound):
        found = f"the device took only {heard / RATE_HZ:.1f} of {length_s:.1f} s"
        return Check("sound", False, found, EXPORT_HINT)
    if loudspeaker.player == Player.NONE:
        return Check("sound", True, f"{what}, {length_s:.1f} s, to nobody: a dry run")
    return Check("sound", True, f"{what} played, {length_s:.1f} s; if you heard nothing, look at the volume")


def examine_media_keys() -> tuple[Check, ...]:
    """Test this system's media keys for a moment."""
    from coach.live.controls.mpris import TRY_S, Mpris  # noqa: PLC0415

    with Mpris(lambda _: None) as media_keys:
        why = media_keys.trouble(TRY_S)
    return (Check(Mpris.name, not why, why),)
