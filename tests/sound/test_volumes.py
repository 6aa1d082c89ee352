"""What was chosen of the mix is what is heard: volumes, the tones for older ears, music."""

import wave
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from coach.cli.app import run
from coach.language.model import Sound
from coach.session.arrange import practice
from coach.session.options import Options
from coach.session.timeline import RATE_HZ, Frames, Say, Silence, Tone
from coach.session.timeline_builder import WIDE
from coach.sound.clip import Clip
from coach.sound.loudness import level_lufs
from coach.sound.tones import tones
from coach.sound.volumes import clip_for, volume_note
from coach.voices.spoken_session import Plan, produced_in_turn
from tests.doses import counted
from tests.fakes import curls

SHEET = """\
# Curls

Position: standing
Needs: nothing
Dose: 1 set of 2

Stand tall.
(wait 9 seconds)

- up, 2 seconds: Curl your leg,
- down, 2 seconds: and let it down.

Careful: Stay tall.
If it hurts: Stop.
Remember: Are you tall?
"""


def produced(mix: Options) -> Plan:
    chapters = practice(curls(counted(3, sets=1)), Options())
    *_, plan = produced_in_turn("Curls", chapters, voice="en-us", options=mix)
    return plan


def level_db(before: NDArray[np.int16], after: NDArray[np.int16]) -> float:
    energies = [float(np.square(each.astype(np.float64)).mean()) for each in (before, after)]
    return float(10 * np.log10(energies[1] / energies[0]))


def test_volumes_are_of_the_voice_and_of_the_tones_alone_and_move_nothing() -> None:
    usual, mixed = produced(Options()), produced(Options(voice_volume_db=-6.0, cue_volume_db=-3.0))
    assert mixed.timeline == usual.timeline
    for text, clip in usual.clips.items():
        assert level_db(clip.samples, mixed.clips[text].samples) == pytest.approx(-6.0, abs=0.05)
    for sound, samples in usual.tones.items():
        assert level_db(samples, mixed.tones[sound]) == pytest.approx(-3.0, abs=0.05)


def test_what_is_louder_is_no_louder_than_full() -> None:
    loud = produced(Options(voice_volume_db=6.0, cue_volume_db=6.0))
    assert level_db(tones()[Sound.MOVE], loud.tones[Sound.MOVE]) == pytest.approx(6.0, abs=0.05)
    for samples in (*loud.tones.values(), *(clip.samples for clip in loud.clips.values())):
        assert np.abs(samples.astype(int)).max() <= 32768 * 10 ** (-1.5 / 20) + 1


def test_for_older_ears_tones_are_low_and_stand_further_from_words() -> None:
    mixed = produced(Options(hearing=True))
    assert all(np.array_equal(mixed.tones[sound], tones(low=True)[sound]) for sound in Sound)
    heard = [event for event in mixed.timeline.events if not isinstance(event, Silence)]
    for before, after in pairwise(heard):
        gap = after.start - before.start - before.length
        if isinstance(before, Tone) and isinstance(after, Say):
            assert gap >= WIDE.after_tone
        elif isinstance(before, Say) and isinstance(after, Tone):
            assert gap >= WIDE.before_tone


def exported(folder: Path, *options: str, monkeypatch: pytest.MonkeyPatch) -> NDArray[np.int16]:
    (folder / "curls.md").write_text(SHEET)
    target = folder / "curls.wav"
    arguments = ["coach", "export", str(folder / "curls.md"), "-o", str(target), "--force", *options]
    monkeypatch.setattr("sys.argv", arguments)
    with pytest.raises(SystemExit) as left:
        run()
    assert not left.value.code
    with wave.open(str(target)) as reader:
        return np.frombuffer(reader.readframes(reader.getnframes()), "<i2")


@pytest.fixture
def tune(tmp_path: Path) -> Path:
    """Ten seconds of a chord."""
    at_s = np.arange(10 * RATE_HZ) / RATE_HZ
    chord = np.sin(2 * np.pi * np.outer((220.0, 277.2, 329.6), at_s)).sum(axis=0)
    path = tmp_path / "tune.wav"
    with wave.open(str(path), "wb") as writer:
        writer.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        writer.writeframes((6000 * chord).astype("<i2").tobytes())
    return path


def test_music_is_heard_where_nothing_else_is(
    tmp_path: Path, tune: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = exported(tmp_path, monkeypatch=monkeypatch)
    mixed = exported(tmp_path, "--music", str(tune), monkeypatch=monkeypatch)
    assert mixed.shape == bare.shape
    loud = np.flatnonzero(np.abs(bare.astype(int)) > 40)
    longest = int(np.argmax(np.diff(loud)))
    quiet = slice(int(loud[longest]) + 2 * RATE_HZ, int(loud[longest + 1]) - RATE_HZ)
    music = mixed[quiet].astype(float)
    assert len(music) > 3 * RATE_HZ
    level = 20 * np.log10(np.sqrt(np.mean(music**2)) / 32768)
    assert -45 < level < -25
    softer = exported(tmp_path, "--music", str(tune), "--voice-volume", "-6", monkeypatch=monkeypatch)
    assert level_db(mixed[quiet], softer[quiet]) == pytest.approx(-6.0, abs=0.1), "softer with the words"


@pytest.mark.parametrize(("name", "says"), [("nowhere.ogg", "nowhere.ogg"), ("curls.md", "curls.md")])
def test_music_that_is_none_is_told_before_anything_is_spoken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, says: str
) -> None:
    (tmp_path / "curls.md").write_text(SHEET)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COACH_CACHE_DIR", str(tmp_path / "cache"))
    for command in ("export", "run"):
        more = ["--player", "none"] if command == "run" else []
        monkeypatch.setattr("sys.argv", ["coach", command, "curls.md", "--music", name, *more])
        with pytest.raises(SystemExit) as left:
            run()
        assert left.value.code in {2, 3}
        assert says in capsys.readouterr().err
    assert not list(tmp_path.glob("cache/clips/*.clip"))
    assert not (tmp_path / "curls.wav").exists()


BRIGHTER = (0.0, 0.0, 0.0, 0.0, 8.0, 8.0, 8.0)


def a_word() -> Clip:
    """A vowel with many harmonics, at the level of clips."""
    at = np.arange(RATE_HZ // 2) / RATE_HZ
    wave = sum(np.cos(2 * np.pi * 150 * number * at) / number for number in range(1, 25))
    return Clip(np.rint(6_000 * wave / np.abs(wave).max()).astype(np.int16), Frames(0))


def test_words_for_older_ears_are_brighter_and_as_loud() -> None:
    clip = a_word()
    bright = clip_for(Options(hearing=True), clip, BRIGHTER)
    before, after = (each.samples.astype(np.float32) / np.float32(32_768) for each in (clip, bright))
    assert level_lufs(after, RATE_HZ) == pytest.approx(level_lufs(before, RATE_HZ), abs=0.3)
    hz = np.fft.rfftfreq(len(before), 1 / RATE_HZ)
    high = (hz > 2_000) & (hz < 3_500)
    shares = [
        np.abs(np.fft.rfft(each))[high].sum() / np.abs(np.fft.rfft(each)).sum() for each in (before, after)
    ]
    assert shares[1] > 1.3 * shares[0]


def test_without_hearing_or_without_a_filter_of_the_voice_words_are_the_very_same() -> None:
    clip = a_word()
    assert clip_for(Options(), clip, BRIGHTER) is clip
    assert clip_for(Options(hearing=True), clip) is clip


def test_who_asks_for_more_than_the_peaks_allow_is_told() -> None:
    assert volume_note(Options(voice_volume_db=3.0)) == ""
    assert "--voice-volume 6" in volume_note(Options(voice_volume_db=6.0))
    assert "peaks" in produced(Options(voice_volume_db=6.0)).notes[0]
