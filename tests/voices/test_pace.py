"""The rate that is asked for is the pace that is heard, at every rate."""

import numpy as np
import pytest

from coach.language.model import Line
from coach.session.options import FASTEST_WPM, SLOWEST_WPM
from coach.session.timeline import RATE_HZ
from coach.sound.clip import Utterance
from coach.sound.loudness import edges
from coach.voices.espeak import _ENGINE_RATES, EspeakVoice
from coach.voices.voice import Voice
from tests.content.sheets import EXERCISE_NAMES, exercise

MOST_OFF = 0.05


def readings() -> list[str]:
    """The instructions of each exercise in one piece."""
    return [
        " ".join(part.text for part in exercise(name).instructions if isinstance(part, Line))
        for name in EXERCISE_NAMES
    ]


def heard_wpm(voice: Voice, name: str, rate_wpm: int) -> float:
    """The words in a minute, from the first sound of each reading to its last."""
    texts = readings()
    length_s = 0.0
    for _, clip in voice.speak([Utterance(text, name, rate_wpm) for text in texts]):
        found = edges(clip.samples.astype(np.float32) / np.float32(32_768), RATE_HZ)
        assert found is not None
        length_s += (found.end - found.start) / RATE_HZ
    return 60 * sum(len(text.split()) for text in texts) / length_s


@pytest.mark.parametrize("rate_wpm", [80, 100, 130, 150, 170, 210, 250, 300])
def test_the_built_in_voice_says_as_many_words_a_minute_as_it_is_asked_for(rate_wpm: int) -> None:
    with EspeakVoice() as voice:
        assert heard_wpm(voice, "en-us", rate_wpm) == pytest.approx(rate_wpm, rel=MOST_OFF)


@pytest.mark.parametrize("name", ["en-gb", "en-gb-x-rp"])
def test_british_english_has_the_same_pace(name: str) -> None:
    with EspeakVoice() as voice:
        assert heard_wpm(voice, name, 150) == pytest.approx(150, rel=MOST_OFF)


def test_a_measured_pace_has_its_own_setting_and_others_lie_between() -> None:
    with EspeakVoice() as voice:
        rates = [voice.settings_for("en-us", wpm)["rate"] for wpm in (80, 145, 156, 201, 300)]
    assert rates == [87, 150, 160, 200, 279]


def test_every_pace_is_within_what_was_measured() -> None:
    assert _ENGINE_RATES[0][0] <= SLOWEST_WPM
    assert _ENGINE_RATES[-1][0] >= FASTEST_WPM
