"""What every voice in worker processes has in common, with an engine of a few lines."""

import os
import textwrap
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from coach.errors import UsageError, VoiceError
from coach.session.timeline import RATE_HZ
from coach.sound.clip import Utterance
from coach.voices.worker_voice import WorkerVoice

ENGINE = """
    import array

    class SpeechFailed(Exception):
        pass

    def start(settings):
        if settings["pitch"] == "none":
            raise SpeechFailed("it has lost its voice")

        def speak(text):
            if "mumble" in text:
                raise SpeechFailed("it mumbles")
            return array.array("h", ([9_000] * 10 + [-9_000] * 10) * 16 * len(text)).tobytes()

        return speak, {"rate_hz": 8_000, "pitches": ["low", "high"]}
"""


SLOWLY = """    def speak(text):
        sleep(0.2)"""


class Beeps(WorkerVoice):
    """A voice that lasts 40 ms a character."""

    identity = "beeps 1"
    language = "en-us"

    def settings_for(self, name: str, rate_wpm: int) -> Mapping[str, object]:
        return {"pitch": name.partition(":")[2], "rate": rate_wpm}

    def check(self, name: str, found: Mapping[str, object]) -> None:
        if name.partition(":")[2] == "loud":
            raise UsageError(f"There is no voice {name!r}: there are {found['pitches']}.")


@pytest.fixture
def voice(tmp_path: Path) -> Iterator[Beeps]:
    engine = tmp_path / "engine.py"
    engine.write_text(textwrap.dedent(ENGINE))
    with Beeps(engine, hint="Give it tea.") as voice:
        yield voice


def lines(*texts: str, name: str = "beeps:low", rate_wpm: int = 150) -> list[Utterance]:
    return [Utterance(text, name, rate_wpm) for text in texts]


def test_an_engine_file_settings_and_an_identity_are_a_voice(voice: Beeps) -> None:
    clips = dict(voice.speak(lines("Keep your heel down.", "Rest 30s.")))
    assert {each.text: round(clip.length / RATE_HZ, 1) for each, clip in clips.items()} == {
        "Keep your heel down.": 0.8,
        "Rest 30s.": 0.7,
    }


@pytest.mark.skipif(not hasattr(os, "getpriority"), reason="priorities of POSIX")
def test_workers_come_after_what_plays(voice: Beeps) -> None:
    list(voice.speak(lines("Hold.")))
    own = os.getpriority(os.PRIO_PROCESS, 0)
    assert [os.getpriority(os.PRIO_PROCESS, pid) for pid in voice.pids] == [min(19, own + 5)]


def test_workers_stay_until_other_settings_are_asked_for(voice: Beeps) -> None:
    list(voice.speak(lines("Hold.")))
    first = voice.pids
    list(voice.speak(lines("Rest.")))
    assert voice.pids == first
    list(voice.speak(lines("Hold.", rate_wpm=200)))
    assert not set(voice.pids) & set(first)


def test_errors_name_the_prompt_the_voice_and_the_advice(voice: Beeps) -> None:
    with pytest.raises(VoiceError, match=r"could not say 'Do not mumble\.': it mumbles"):
        list(voice.speak(lines("Do not mumble.")))
    with pytest.raises(UsageError, match=r"no voice 'beeps:loud': there are .'low', 'high'."):
        list(voice.speak(lines("Hold.", name="beeps:loud")))
    with pytest.raises(VoiceError, match="does not start: it has lost its voice") as error:
        list(voice.speak(lines("Hold.", name="beeps:none")))
    assert error.value.hint == "Give it tea."


@pytest.mark.parametrize("rate_wpm", [0, -1, 79, 301])
def test_a_pace_at_which_nobody_understands_is_refused(voice: Beeps, rate_wpm: int) -> None:
    with pytest.raises(UsageError, match=f"{rate_wpm} words a minute"):
        list(voice.speak(lines("Hold.", rate_wpm=rate_wpm)))
    assert voice.pids == []


def test_its_work_is_told_without_the_time_in_which_the_engine_is_loaded(tmp_path: Path) -> None:
    engine = tmp_path / "engine.py"
    slow = textwrap.dedent(ENGINE).replace("def start(settings):", "def start(settings):\n    sleep(2.0)")
    engine.write_text("from time import sleep\n" + slow.replace("    def speak(text):", SLOWLY))
    began_s = time.monotonic()
    with Beeps(engine, processes=1) as voice:
        assert voice.worked_s == 0.0
        list(voice.speak(lines("Hold.", "Rest.")))
        took_s = time.monotonic() - began_s
        assert 0.35 < voice.worked_s < took_s - 1.9  # both texts, 0.2 s each, heard of a little late
        first_s = voice.worked_s
        voice.close()
        assert voice.worked_s == first_s


def test_an_engine_that_was_loaded_in_advance_is_the_one_that_speaks(voice: Beeps) -> None:
    [utterance] = lines("Hold.")
    voice.load(utterance)
    voice.load(utterance)
    [first] = voice.pids
    list(voice.speak([utterance]))
    assert voice.pids == [first]


def test_engines_are_loaded_one_after_the_other(tmp_path: Path) -> None:
    log, engine = tmp_path / "log", tmp_path / "engine.py"
    loading = f"""
        def start(settings):
            with open({str(log)!r}, "a") as log:
                log.write("begins\\n"), log.flush(), sleep(0.3), log.write("is loaded\\n")
    """
    code = textwrap.dedent(ENGINE).replace("def start(settings):", textwrap.dedent(loading).strip())
    engine.write_text("from time import sleep\n" + code.replace("    def speak(text):", SLOWLY))
    with Beeps(engine, processes=2) as voice:
        list(voice.speak(lines("One.", "Two.", "Three.", "Four.", "Five.", "Six.")))
        assert len(voice.pids) == 2
    assert log.read_text().splitlines() == ["begins", "is loaded"] * 2
