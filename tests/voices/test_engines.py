"""Which voice speaks: names, the settings file, the sheet's language, and engines of other packages."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest

from coach.errors import CoachError, UsageError, VoiceError
from coach.session.timeline import RATE_HZ
from coach.settings import read_settings
from coach.sound.clip import Utterance
from coach.voices import piper
from coach.voices.cache import ClipCache
from coach.voices.engines import GROUP, OWN, catalogue, open_voice, voice_for
from coach.voices.espeak import EspeakVoice
from coach.voices.voice import language_of, load_if_needed, speak_all, worked_s
from tests.interpreters import unmeasured
from tests.voices.installing import Install, install

__all__ = ["install"]

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "voices.md").read_text("utf-8")


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No settings yet, and no Piper, whatever this computer has; the file that settings can be written to."""
    monkeypatch.setenv("COACH_CONFIG_DIR", str(tmp_path / "settings"))
    monkeypatch.setenv("COACH_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(piper, "package_folder", lambda _: None)
    (tmp_path / "settings").mkdir()
    return tmp_path / "settings" / "settings.toml"


@pytest.fixture
def natural(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Piper is there, with two voices that speak English, of either side of the sea, and a German one."""
    monkeypatch.setattr(piper, "package_folder", lambda name: None if "joe" in name else tmp_path)
    folder = tmp_path / "data" / "voices"
    folder.mkdir(parents=True)
    for name, code in (("alba", "en_GB"), ("anna", "en_US"), ("kerstin", "de_DE")):
        about = {"audio": {"sample_rate": 22_050}, "espeak": {"voice": "x"}, "language": {"code": code}}
        (folder / f"{name}.onnx").write_text("")
        (folder / f"{name}.onnx.json").write_text(json.dumps(about))


def test_coachs_own_engines_are_registered_like_any_other() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["entry-points"][GROUP] == OWN


@pytest.mark.parametrize("language", ["en-us", "en-gb", "de"])
def test_without_piper_the_built_in_voice_speaks_the_language_of_the_sheet(language: str) -> None:
    assert voice_for(None, language) == language
    assert isinstance(open_voice(language), EspeakVoice)


@pytest.mark.usefixtures("natural")
@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("en-us", "piper:anna"),
        ("en-gb", "piper:alba"),
        ("en-au", "piper:alba"),
        ("de", "piper:kerstin"),
        ("fr", "fr"),
    ],
)
def test_with_piper_a_voice_of_the_language_speaks_if_there_is_one(language: str, name: str) -> None:
    assert voice_for(None, language) == name


@pytest.mark.usefixtures("natural")
@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("en-gb", "en-gb"),
        ("gmw/en-US", "gmw/en-US"),
        ("English (America)", "English (America)"),
        ("piper", "piper:kerstin"),
        ("piper:", "piper:kerstin"),
        ("piper:anna", "piper:anna"),
        ("espeak", "de"),
        ("espeak:en-gb", "en-gb"),
    ],
)
def test_a_voice_that_is_asked_for_speaks_whatever_the_usual_one_is(asked: str, name: str) -> None:
    assert voice_for(asked, "de", "fr") == name


def test_the_usual_voice_speaks_where_nothing_is_asked_for() -> None:
    assert voice_for(None, "en-us", "en-gb") == "en-gb"


def test_a_voice_in_the_settings_that_there_is_not_is_told_with_the_file(settings: Path) -> None:
    with pytest.raises(UsageError, match=re.escape(f"{settings}: The voice 'piper:joe' needs")) as error:
        voice_for(None, "en-us", "piper:joe")
    assert "pip install '.[neural]'" in error.value.hint


@pytest.mark.usefixtures("natural")
def test_a_file_is_named_in_full_so_that_it_is_found_from_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path / "data" / "voices")
    full = str(tmp_path / "data" / "voices" / "anna.onnx")
    assert voice_for("piper:anna.onnx", "en-us") == f"piper:{full}"
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert voice_for("piper:~/data/voices/anna.onnx", "en-us") == f"piper:{full}"
    monkeypatch.chdir(tmp_path)
    assert open_voice(f"piper:{full}").identity == open_voice("piper:anna").identity


@pytest.mark.usefixtures("natural")
@pytest.mark.parametrize(
    ("asked", "what", "hint"),
    [
        ("pipr:anna", "no voice engine 'pipr'", "Did you mean piper?"),
        ("nothing:x", "no voice engine 'nothing'", "The engines are espeak, piper"),
        ("piper:ana", "no voice 'piper:ana'", "Did you mean piper:anna?"),
        ("piper:/x/y.onnx", "no voice file /x/y.onnx", "two files"),
        ("anna.onnx", "no voice 'anna.onnx'", "Did you mean piper:anna.onnx?"),
    ],
)
def test_a_voice_that_there_is_not_is_told_with_the_nearest(asked: str, what: str, hint: str) -> None:
    with pytest.raises(UsageError) as error:
        voice_for(asked, "en-us")
    assert what in error.value.message.replace("\\", "/")
    assert hint in error.value.hint


@pytest.mark.usefixtures("natural")
def test_an_engine_without_a_voice_of_the_language_is_no_choice() -> None:
    with pytest.raises(UsageError, match="'piper' has no voice that speaks 'fr'") as error:
        voice_for("piper", "fr")
    assert "piper:alba, piper:anna, piper:kerstin" in error.value.hint


@pytest.mark.usefixtures("natural")
def test_the_catalogue_has_every_voice_by_the_name_that_it_is_asked_for() -> None:
    found = {info.name: info for info in catalogue().voices}
    assert {"piper:anna", "piper:kerstin", "en-us", "de"} <= found.keys()
    assert [info.name for info in found.values() if info.is_default] == ["piper:anna"]
    assert list(found)[:3] == ["piper:alba", "piper:anna", "piper:kerstin"]
    assert [info.name for info in catalogue(usual="en-gb").voices if info.is_default] == ["en-gb"]


def test_without_piper_the_default_of_the_catalogue_is_the_built_in_voice() -> None:
    assert [info.name for info in catalogue().voices if info.is_default] == ["en-us"]
    assert catalogue().troubles == ()


CHEAP = """
import sys
from coach.voices import engines
{code}
heavy = "importlib.metadata", "subprocess", "tomllib", "soxr", "coach.voices.workers", "onnxruntime", "piper"
print(sorted(set(heavy) & set(sys.modules)))
"""


@pytest.mark.parametrize("code", ["engines.voice_for(None, 'en-us')", "engines.open_voice('en-us').identity"])
def test_to_find_the_default_voice_loads_nothing_that_takes_time(code: str) -> None:
    command = [sys.executable, "-c", CHEAP.format(code=code)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=unmeasured())
    assert done.stdout == "[]\n"


# Engines of other packages

HUM = '''
import numpy as np
from coach.sound.clip import Clip
from coach.voices.voice import VoiceInfo

class Hum:
    """A voice that hums."""
    identity = "hum 1"
    language = "de"
    clip = Clip(np.ones(100, np.int16), 5)

    def __init__(self, name):
        if name == "nobody":
            raise KeyError(name)
        self.name = name

    def speak(self, utterances):
        for utterance in utterances:
            yield utterance, self.clip

    def close(self):
        pass

class Engine:
    infos = [VoiceInfo(name="low", language="de"), VoiceInfo(name="high", language="fr", is_default=True)]

    def voices(self):
        return self.infos

    def voice(self, name):
        return Hum(name)

ENGINE = Engine()
'''


LOADS = """
    loaded = []

    def load(self, utterance):
        self.loaded.append(utterance)
        raise OSError("it is too heavy")

"""


def asked_of(name: str) -> list[Utterance]:
    return [Utterance("Noch 30s.", name, 150)]


def test_an_engine_of_another_package_is_found_and_speaks(install: Install) -> None:
    install("coach-hum", {"hum": HUM}, humming="hum:ENGINE")
    assert voice_for("humming:low", "en-us") == "humming:low"
    assert voice_for("humming", "fr") == "humming:high"
    assert voice_for("humming", "de") == "humming:low"
    voice = open_voice("humming")
    assert (voice.identity, language_of(voice)) == ("hum 1", "de")
    (clip,) = speak_all(asked_of("humming:low"), voice, None).values()
    assert clip.length == 100
    voice.close()
    listed = [info.name for info in catalogue().voices if info.name.startswith("humming")]
    assert listed == ["humming:low", "humming:high"]


@pytest.mark.parametrize(("body", "worked"), [("worked_s = 2.5", 2.5), ("", 7.0)])
def test_it_may_tell_how_long_it_worked(install: Install, body: str, worked: float) -> None:
    code = HUM.replace("    language = ", f"    {body}\n    language = ", 1) if body else HUM
    install("coach-hum", {"hum": code}, humming="hum:ENGINE")
    assert worked_s(open_voice("humming"), 7.0) == worked


@pytest.mark.parametrize(("body", "loads"), [(LOADS, True), ("", False)])
def test_it_may_be_loaded_in_advance(install: Install, tmp_path: Path, body: str, loads: bool) -> None:
    install(
        "coach-hum", {"hum": HUM.replace("    def close", f"{body}    def close", 1)}, humming="hum:ENGINE"
    )
    load_if_needed(asked_of("humming:low"), open_voice("humming"), ClipCache(tmp_path))
    assert getattr(sys.modules["hum"].Hum, "loaded", []) == (asked_of("humming:low") if loads else [])


def test_its_voices_are_given_numbers_as_their_language_writes_them(install: Install) -> None:
    install("coach-hum", {"hum": HUM.replace("self.clip", "heard(utterance)") + HEARD}, humming="hum:ENGINE")
    with pytest.raises(VoiceError, match=r"heard Noch 30s\."):
        speak_all(asked_of("humming:low"), open_voice("humming:low"), None)


HEARD = """
from coach.errors import VoiceError
from coach.voices.voice import spoken_text
def heard(utterance):
    raise VoiceError("heard " + spoken_text(utterance, Hum.language))
"""


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("import nothing_like_it", "ModuleNotFoundError: No module named 'nothing_like_it'"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("x = 1", "AttributeError"),
        ("ENGINE = object()", "AttributeError"),
        (HUM.replace("return self.infos", "raise ValueError('no list')"), "ValueError: no list"),
        (HUM.replace("return self.infos", "return [1]"), "it lists 1, which is no VoiceInfo"),
        (HUM.replace("return self.infos", "return None"), "TypeError"),
    ],
)
def test_an_engine_that_does_not_work_is_named_and_left_aside(install: Install, code: str, why: str) -> None:
    install("coach-bad", {"bad": code}, bad="bad:ENGINE")
    install("coach-hum", {"hum": HUM}, humming="hum:ENGINE")
    found = catalogue()
    assert {"humming:low", "en-us"} <= {info.name for info in found.voices}
    (trouble,) = found.troubles
    assert "'bad' of the package coach-bad 1.0 does not work" in trouble.message
    assert why in trouble.message
    assert trouble.hint
    with pytest.raises(CoachError, match="'bad' of the package coach-bad"):
        voice_for("bad", "en-us")


@pytest.mark.parametrize(
    ("new", "why"),
    [
        ("for utterance in utterances: raise RuntimeError('hoarse'); yield", "RuntimeError: hoarse"),
        ("yield from ((each, None) for each in utterances)", "for 'Noch 30s.' it gave NoneType"),
        ("yield utterances[0], Clip(np.ones(9), 0)", "it gave samples of type float64"),
        ("yield utterances[0], Clip(np.ones((9, 2), np.int16), 0)", r"shape \(9, 2\)"),
        ("yield utterances[0], Clip(np.ones(0, np.int16), 0)", r"shape \(0,\)"),
        ("yield utterances[0], Clip(np.ones(9, np.int16), 9)", "an onset at frame 9 of 9"),
        ("yield 5", "TypeError"),
        ("return None", "TypeError"),
    ],
)
def test_a_voice_that_gives_what_is_no_clip_is_named(install: Install, new: str, why: str) -> None:
    old = "for utterance in utterances:\n            yield utterance, self.clip"
    assert old in HUM
    install("coach-hum", {"hum": HUM.replace(old, new)}, humming="hum:ENGINE")
    with pytest.raises(VoiceError, match=f"'humming' of the package coach-hum 1.0 does not work.*{why}"):
        speak_all(asked_of("humming:low"), open_voice("humming:low"), None)


def test_a_voice_that_cannot_be_opened_or_asked_is_named(install: Install) -> None:
    code = HUM.replace('identity = "hum 1"', "identity = property(lambda self: 1 / 0)")
    install("coach-hum", {"hum": code}, humming="hum:ENGINE")
    with pytest.raises(VoiceError, match=r"'humming' of the package coach-hum.*KeyError"):
        open_voice("humming:nobody")
    with pytest.raises(VoiceError, match=r"'humming' of the package coach-hum.*ZeroDivisionError"):
        speak_all(asked_of("humming:low"), open_voice("humming:low"), None)


def test_another_package_cannot_take_the_place_of_coachs_own_engines(install: Install) -> None:
    install("coach-hum", {"hum": HUM}, espeak="hum:ENGINE", piper="hum:ENGINE")
    assert isinstance(open_voice("espeak:en-us"), EspeakVoice)
    assert "low" not in {info.name.rpartition(":")[2] for info in catalogue().voices}


# The page


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def test_the_example_of_the_page_is_an_engine_that_speaks(install: Install) -> None:
    code, *_ = blocks("python")
    (points,) = [text for text in blocks("toml") if "entry-points" in text]
    engines = tomllib.loads(points)["project"]["entry-points"][GROUP]
    install("coach-morse", {"coach_morse": code}, **engines)
    assert {"morse:low", "morse:high"} <= {info.name for info in catalogue().voices}
    name = voice_for("morse", "en-us")
    texts = [Utterance(text, name, 20) for text in ("Paris.", "Paris. Paris.", "3x.")]
    clips = list(speak_all(texts, open_voice(name), None).values())
    assert clips[0].length / RATE_HZ == pytest.approx(60 / 20 * 43 / 50, rel=0.12)
    assert all(clip.samples.dtype == np.int16 and clip.length > 0.3 * RATE_HZ for clip in clips)
    with pytest.raises(UsageError, match="There is no voice 'morse:loud'"):
        open_voice("morse:loud")


def test_the_example_in_worker_processes_speaks(install: Install) -> None:
    _, worker, code = blocks("python")
    install("coach-buzz", {"coach_buzz_engine": worker, "coach_buzz": code}, buzz="coach_buzz:ENGINE")
    voice = open_voice("buzz:fly")
    clips = list(speak_all([Utterance("Keep your heel down.", "buzz:fly", 150)], voice, None).values())
    voice.close()
    assert clips[0].length / RATE_HZ == pytest.approx(0.8, abs=0.1)


def test_the_example_is_short() -> None:
    code, *_ = blocks("python")
    assert len([line for line in code.splitlines() if line.strip()]) <= 35


def test_the_settings_of_the_page_are_settings(settings: Path) -> None:
    (text,) = [text for text in blocks("toml") if "rate" in text]
    settings.write_text(text)
    with pytest.raises(UsageError, match="'piper:joe' needs the extra"):
        voice_for(None, "en-us", read_settings()["voice"])
