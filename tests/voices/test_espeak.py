"""The real engine, its children, and what may befall them. Nothing here makes a noise."""

import contextlib
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.errors import UsageError, VoiceError
from coach.session.timeline import RATE_HZ
from coach.sound.clip import Clip, Utterance
from coach.voices.espeak import ENGINE, EspeakVoice
from coach.voices.prompts import check_rate, pieces, sound_fault
from coach.voices.voice import speak_all
from tests.interpreters import unmeasured

TEXTS = [
    "Lie face down, with your legs straight.",
    "One.",
    "Hold.",
    "Half way.",
    "Think of your heel going to the ceiling, and keep your hips on the mat.",
    "Two more.",
    "If your knee hurts more than a little, stop, and rest.",
    "Change legs.",
    "Shh.",
    "Rest 30s, then 3x10.",
]
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")


def lines(*texts: str) -> list[Utterance]:
    return [Utterance(text, "en-us", 150) for text in texts]


def bits(clips: dict[Utterance, Clip]) -> dict[str, tuple[bytes, int]]:
    return {utterance.text: (clip.samples.tobytes(), clip.onset) for utterance, clip in clips.items()}


@pytest.fixture(scope="module")
def voice() -> Iterator[EspeakVoice]:
    with EspeakVoice() as voice:
        yield voice


@pytest.fixture(scope="module")
def expected(voice: EspeakVoice) -> dict[str, tuple[bytes, int]]:
    return bits(speak_all(lines(*TEXTS), voice, None))


@settings(max_examples=8)
@given(order=st.permutations(TEXTS), processes=st.integers(1, 3), restarted=st.booleans())
def test_a_prompt_sounds_the_same_whatever_was_said_before_it(
    voice: EspeakVoice,
    expected: dict[str, tuple[bytes, int]],
    order: list[str],
    processes: int,
    restarted: bool,
) -> None:
    if not restarted:
        assert bits(dict(voice.speak(lines(*order)))) == expected
        return
    with EspeakVoice(processes=processes) as another:
        assert bits(dict(another.speak(lines(*order)))) == expected


def test_a_prompt_sounds_the_same_after_another_voice_and_pace(
    expected: dict[str, tuple[bytes, int]],
) -> None:
    with EspeakVoice(processes=1) as voice:
        mixed = [Utterance("Halt.", "de", 150), Utterance("Hold.", "en-us", 200), *lines(TEXTS[0])]
        clips = dict(voice.speak(mixed))
    assert bits(clips)[TEXTS[0]] == expected[TEXTS[0]]
    assert set(clips) == set(mixed)


def test_a_clip_has_a_plausible_length_and_its_first_vowel_near_its_start(voice: EspeakVoice) -> None:
    for utterance, clip in voice.speak(lines(*TEXTS)):
        letters = sum(map(str.isalpha, utterance.text))
        assert 0.04 < clip.length / RATE_HZ / letters < 0.4, utterance.text
        assert 0.010 <= clip.onset / RATE_HZ <= 0.160, utterance.text


def test_words_a_minute_change_the_length_in_proportion(voice: EspeakVoice) -> None:
    text = "Lower your foot slowly, all the way down to the mat, and let it rest there."
    lengths = {
        rate: clip.length
        for rate in (100, 150, 250)
        for _, clip in voice.speak([Utterance(text, "en-us", rate)])
    }
    assert lengths[100] / lengths[150] == pytest.approx(1.5, rel=0.15)
    assert lengths[150] / lengths[250] == pytest.approx(1.67, rel=0.15)


def test_150_words_a_minute_are_about_150_words_a_minute(voice: EspeakVoice) -> None:
    text = "Step up using just your right foot, tap your left foot on the step, and then lower back down."
    ((_, clip),) = voice.speak(lines(text))
    assert len(text.split()) / (clip.length / RATE_HZ) * 60 == pytest.approx(165, abs=35)


def test_nothing_is_lost_or_cut_short_against_plain_speaking(voice: EspeakVoice) -> None:
    numbered = [f"{number}, {text}" for number in range(8) for text in TEXTS[:-1]]
    plain = subprocess.run(
        [sys.executable, str(Path(__file__).parents[2] / "bench" / "voice.py"), "--plain-lengths"],
        input="\n".join(numbered),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    lengths_s = [float(line) for line in plain.stdout.split()]
    clips = dict(voice.speak(lines(*numbered)))
    assert len(clips) == len(numbered) == len(lengths_s)
    for utterance, length_s in zip(lines(*numbered), lengths_s, strict=True):
        assert clips[utterance].length / RATE_HZ - 0.045 == pytest.approx(length_s, abs=0.05), utterance.text


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=1_500))
def test_cutting_loses_no_character_that_can_be_said(text: str) -> None:
    cut = pieces(text)
    assert all(0 < len(piece) <= 300 for piece in cut)
    said = "".join(c for c in text if c.isprintable() and not c.isspace())
    assert "".join("".join(cut).split()) == said


def test_a_long_prompt_is_cut_between_sentences() -> None:
    sentence = "Keep your heel down, and your hips on the mat."
    cut = pieces(" ".join([sentence] * 20))
    assert len(cut) == 4
    assert all(piece.endswith("mat.") for piece in cut)


def test_a_prompt_of_three_thousand_characters_is_spoken_to_its_end(voice: EspeakVoice) -> None:
    sentence = "Keep your heel down. "
    ((_, one),) = voice.speak(lines(sentence * 10))
    ((_, many),) = voice.speak(lines(sentence * 143))
    assert many.length / one.length == pytest.approx(14.3, rel=0.1)


@pytest.mark.parametrize("text", ["", "...", "—", " \n", "\u200b"])
def test_a_prompt_that_says_nothing_is_an_error_and_never_a_silence(voice: EspeakVoice, text: str) -> None:
    with pytest.raises(VoiceError, match="nothing to say") as error:
        list(voice.speak(lines("Up.", text)))
    assert repr(text) in error.value.message
    assert error.value.hint


@pytest.mark.parametrize(
    ("asked", "near"),
    [
        ("en-uss", "en-us"),
        ("english", "English (America)"),
        ("en-us+nonsense", "en-us"),
        ("gmw/en-US+f3", "gmw/en-US"),
        ("gmw", ""),
        ("", ""),
        ("en-us\0", "en-us"),
        ("../../etc/passwd", ""),
    ],
)
def test_a_voice_that_there_is_not_is_told_with_the_nearest(asked: str, near: str) -> None:
    with EspeakVoice(processes=1) as voice, pytest.raises(UsageError, match="There is no voice") as error:
        list(voice.speak([Utterance("Up.", asked, 150)]))
    assert near in error.value.hint
    assert "coach voices" in error.value.hint


@pytest.mark.parametrize("asked", ["en-us", "EN-US", "gmw/en-US", "English (America)"])
def test_a_voice_is_found_by_language_identifier_and_name(asked: str) -> None:
    with EspeakVoice(processes=1) as voice:
        ((_, clip),) = voice.speak([Utterance(TEXTS[0], asked, 150)])
        ((_, same),) = voice.speak([Utterance(TEXTS[0], "en-us", 150)])
    assert clip.length == pytest.approx(same.length, abs=0.02 * RATE_HZ)


def test_british_is_another_voice_than_american(voice: EspeakVoice) -> None:
    clips = [clip for name in ("en-gb", "en-us") for _, clip in voice.speak([Utterance("Half.", name, 150)])]
    assert clips[0].samples.tobytes() != clips[1].samples.tobytes()


def test_the_machine_has_voices_and_one_is_the_default() -> None:
    found = ENGINE.voices()
    (default,) = [info for info in found if info.is_default]
    assert (default.language, default.identifier) == ("en-us", "gmw/en-US")
    assert {"en-gb", "de", "fr-fr"} <= {info.language for info in found}
    assert len({info.identifier for info in found}) == len(found)


@pytest.mark.parametrize("rate_wpm", [0, -150, 79, 301, 10_000])
def test_a_pace_at_which_nobody_understands_is_refused(rate_wpm: int) -> None:
    with pytest.raises(UsageError, match=f"{rate_wpm} words a minute"):
        check_rate(rate_wpm)


@pytest.mark.parametrize("rate_wpm", [80, 300])
def test_the_slowest_and_the_fastest_pace_can_be_spoken(voice: EspeakVoice, rate_wpm: int) -> None:
    assert len(list(voice.speak([Utterance(text, "en-us", rate_wpm) for text in TEXTS]))) == len(TEXTS)


def raw(length_s: float, peak: int = 9_000) -> bytes:
    return np.full(round(length_s * 22_050), peak, dtype="<i2").tobytes()


@pytest.mark.parametrize(
    ("sound", "fault"),
    [
        (raw(2.0), ""),
        (b"", "silent"),
        (raw(2.0, 20), "silent"),
        (raw(0.2), "cut short"),
        (raw(90.0), "went on"),
    ],
)
def test_a_sound_that_cannot_be_the_prompt_is_found_out(sound: bytes, fault: str) -> None:
    found = sound_fault("Keep your heel down, please.", sound, 22_050, 150)
    assert fault in found
    assert bool(found) == bool(fault)


# What may befall the children


def gone(pid: int) -> bool:
    """No such process, not even one that waits to be asked for."""
    deadline = time.monotonic() + 5
    while Path(f"/proc/{pid}").exists():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


@on_linux
@pytest.mark.parametrize("what", [signal.SIGKILL, signal.SIGSEGV, signal.SIGSTOP])
def test_a_child_that_dies_or_stops_is_replaced_and_nothing_is_lost(
    expected: dict[str, tuple[bytes, int]], what: signal.Signals
) -> None:
    with EspeakVoice(limit_s=4.0, start_limit_s=8.0) as voice:
        speaking = voice.speak(lines(*TEXTS))
        clips = dict([next(speaking)])
        hurt = voice.pids
        for pid in hurt:
            os.kill(pid, what)
        clips |= dict(speaking)
        assert bits(clips) == expected
        assert not set(hurt) & set(voice.pids)
        assert all(map(gone, hurt))


def state(pid: int) -> str:
    """One letter: R, S and D live, T is stopped, Z has ended; "" if there is no such process."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    return ""


def stopped_fork(pid: int, is_over: threading.Event) -> int | None:
    """The first fork of a process that could be stopped while it still lived."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    while not is_over.is_set():
        with contextlib.suppress(OSError):
            for fork in map(int, children.read_text().split()):
                os.kill(fork, signal.SIGSTOP)
                while state(fork) not in {"T", "Z", ""}:
                    time.sleep(0.001)
                if state(fork) == "T":
                    return fork
    return None


@on_linux
def test_a_fork_that_hangs_is_ended_with_its_child(expected: dict[str, tuple[bytes, int]]) -> None:
    with EspeakVoice(processes=1, limit_s=1.0) as voice, ThreadPoolExecutor() as pool:
        fork = None
        while fork is None:
            list(voice.speak(lines(TEXTS[0])))
            (pid,) = voice.pids
            is_over = threading.Event()
            catcher = pool.submit(stopped_fork, pid, is_over)
            clips = dict(voice.speak(lines(*TEXTS)))
            is_over.set()
            fork = catcher.result()
        assert bits(clips) == expected
        assert gone(pid)
        assert gone(fork)


@on_linux
def test_a_child_that_dies_again_and_again_is_an_error_that_says_so() -> None:
    done = threading.Event()
    with EspeakVoice(processes=1) as voice:

        def kill_them() -> None:
            while not done.is_set():
                for pid in voice.pids:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                time.sleep(0.001)

        killer = threading.Thread(target=kill_them)
        killer.start()
        try:
            with pytest.raises(VoiceError, match=r"could not say 'Hold\.'|does not start") as error:
                list(voice.speak(lines("Hold.")))
        finally:
            done.set()
            killer.join()
        assert error.value.hint


def test_missing_data_is_an_error_with_advice_and_nothing_is_printed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with EspeakVoice(data=tmp_path) as voice, pytest.raises(VoiceError, match="does not start") as error:
        list(voice.speak(lines("Hold.")))
    assert "pip install" in error.value.hint
    assert capfd.readouterr() == ("", "")


def test_speaking_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    with EspeakVoice(processes=1) as voice:
        list(voice.speak(lines(*TEXTS)))
    assert capfd.readouterr() == ("", "")


@on_linux
def test_no_process_is_left_when_the_voice_is_closed() -> None:
    with EspeakVoice() as voice:
        next(voice.speak(lines(*TEXTS)))
        list(voice.speak(lines(*TEXTS)))
        pids = voice.pids
        assert pids
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)
    assert voice.pids == []


def test_a_voice_left_in_the_middle_speaks_rightly_afterwards(expected: dict[str, tuple[bytes, int]]) -> None:
    with EspeakVoice() as voice:
        for _ in range(3):
            next(voice.speak(lines(*reversed(TEXTS))))
        spoken = list(voice.speak(lines(*TEXTS)))
        assert len(spoken) == len(TEXTS)
        assert bits(dict(spoken)) == expected


def test_nothing_is_started_before_something_is_to_be_said() -> None:
    with EspeakVoice() as voice:
        assert "espeak-ng" in voice.identity
        assert voice.pids == []
        assert list(voice.speak([])) == []
        assert voice.pids == []


# An engine that does not do as it says

BINDING = """
    import ctypes
    import time

    AUDIO_OUTPUT_SYNCHRONOUS, EE_OK, CHARS_UTF8, ENDPAUSE, RATE = 2, 0, 1, 0x1000, 1
    EVENT_LIST_TERMINATED, EVENT_END = 0, 5
    print("noise", flush=True)
    mode = open(__file__ + ".mode").read()

    class Event:
        def __init__(self, kind, sample=0):
            self.type, self.sample = kind, sample

    def Initialize(*_): return 22_050
    def Info(_): return b"1.0"
    def SetVoiceByName(_): return 0
    def SetParameter(*_): return 0
    def GetCurrentVoice(): return [voice]
    def SetSynthCallback(heard): globals()["heard"] = heard

    class Voice(ctypes.Structure):
        _fields_ = (("name", ctypes.c_char_p), ("languages", ctypes.c_char_p),
                    ("identifier", ctypes.c_char_p), ("gender", ctypes.c_ubyte))

    voice = Voice(b"Fake", b"\\2en-us\\0", b"fake", 1)

    def Synth(text, flags):
        print("more noise", text, flush=True)
        wave = (ctypes.c_short * 20_000)(*([5_000] * 50 + [-5_000] * 50) * 200)
        if text == b"Ready.":
            heard(wave, 20_000, [Event(5, 20_000), Event(0)])
            heard(None, 0, [Event(0)])
            return 0
        if mode == "hang":
            time.sleep(60)
        if mode == "crash":
            ctypes.string_at(0)
        heard(wave, 20_000, [Event(5, 30_000 if mode == "frames" else 20_000), Event(0)])
        if mode == "no end":
            return 0
        heard(None, 0, [Event(0)])
        return 1 if mode == "refuse" else 0
"""


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package pyttsx3 whose binding does what the file ``mode`` says; the file to write to."""
    drivers = tmp_path / "pyttsx3" / "drivers"
    drivers.mkdir(parents=True)
    for path in (tmp_path / "pyttsx3" / "__init__.py", drivers / "__init__.py"):
        path.write_text("")
    (drivers / "_espeak.py").write_text(textwrap.dedent(BINDING))
    monkeypatch.syspath_prepend(tmp_path)
    return drivers / "_espeak.py.mode"


def test_what_an_engine_prints_is_no_part_of_its_sound(fake: Path, capfd: pytest.CaptureFixture[str]) -> None:
    fake.write_text("good")
    with EspeakVoice() as voice:
        clips = dict(voice.speak(lines("Hold.", "Rest.")))
    assert [round(clip.length / RATE_HZ, 1) for clip in clips.values()] == [1.0, 1.0]
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("mode", "why"),
    [
        ("refuse", "espeak-ng answers 1"),
        ("no end", "did not come to the end"),
        ("frames", "gave 20000 of 30000 frames"),
        ("crash", "ended by signal 11"),
    ],
)
def test_a_prompt_that_is_not_said_to_its_end_is_never_taken_for_whole(
    fake: Path, mode: str, why: str
) -> None:
    fake.write_text(mode)
    with EspeakVoice(processes=1) as voice, pytest.raises(VoiceError, match=r"'Hold\.'") as error:
        list(voice.speak(lines("Hold.")))
    assert why in error.value.message


def test_a_prompt_that_takes_too_long_twice_is_an_error_that_names_it(fake: Path) -> None:
    fake.write_text("hang")
    with EspeakVoice(processes=1, limit_s=0.5) as voice, pytest.raises(VoiceError) as error:
        list(voice.speak(lines("Hold.")))
    assert "'Hold.'" in error.value.message
    assert "did not answer within" in error.value.message


# Whole programs

PROGRAM = """
    import sys
    from pathlib import Path
    from coach.sound.clip import Utterance
    from coach.voices.cache import ClipCache
    from coach.voices.voice import speak_all
    from coach.voices.espeak import EspeakVoice

    utterances = [Utterance(f"{number}. Keep your heel down.", "en-us", 150) for number in range(COUNT)]
    with EspeakVoice() as voice:
        clips = speak_all(utterances, voice, ClipCache(Path(sys.argv[1])), PROGRESS)
"""


def program(folder: Path, count: int, progress: str = "None", then: str = "") -> "subprocess.Popen[str]":
    code = textwrap.dedent(PROGRAM).replace("COUNT", str(count)).replace("PROGRESS", progress)
    return subprocess.Popen(
        [sys.executable, "-c", code + textwrap.dedent(then), str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=unmeasured(),
    )


def test_two_programs_at_once_on_an_empty_folder_keep_the_same_clips(tmp_path: Path) -> None:
    then = "print(sum(clip.length for clip in clips.values()), len(clips))"
    running = [program(tmp_path, 40, then=then) for _ in range(2)]
    said = [one.communicate(timeout=60) for one in running]
    assert said[0][0] == said[1][0] != ""
    assert [error for _, error in said] == ["", ""]
    assert len(list(tmp_path.iterdir())) == 40
    assert {path.suffix for path in tmp_path.iterdir()} == {".clip"}


def test_a_session_that_is_kept_starts_no_process_and_imports_no_engine(tmp_path: Path) -> None:
    assert program(tmp_path, 5).communicate(timeout=60) == ("", "")
    then = """
        heavy = "pyttsx3", "soxr", "soundfile", "subprocess", "multiprocessing", "importlib.metadata", "typer"
        print(sorted(set(heavy) & set(sys.modules)), voice.pids, len(clips))
    """
    assert program(tmp_path, 5, then=then).communicate(timeout=60) == ("[] [] 5\n", "")


@on_linux
def test_ctrl_c_in_the_middle_leaves_no_process_and_no_half_written_file(tmp_path: Path) -> None:
    progress = "lambda done, total: print(done, *voice.pids, flush=True)"
    running = program(tmp_path, 2_000, progress)
    assert running.stdout is not None
    told = [running.stdout.readline() for _ in range(10)]
    running.send_signal(signal.SIGINT)
    rest, error = running.communicate(timeout=10)
    assert "KeyboardInterrupt" in error
    pids = {int(pid) for line in [*told, *rest.splitlines()] for pid in line.split()[1:]}
    assert pids
    assert all(map(gone, pids))
    assert len(list(tmp_path.iterdir())) < 2_000
    assert {path.suffix for path in tmp_path.iterdir()} == {".clip"}


@on_linux
def test_the_children_of_a_killed_program_end_by_themselves(tmp_path: Path) -> None:
    running = program(tmp_path, 2_000, "lambda done, total: print(done, *voice.pids, flush=True)")
    assert running.stdout is not None
    told = [running.stdout.readline() for _ in range(10)]
    running.kill()
    running.communicate(timeout=10)
    assert all(gone(int(pid)) for pid in told[-1].split()[1:])
