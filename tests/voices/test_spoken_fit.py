"""A session is fitted to the lengths that its prompts have in the voice, whatever these are."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

import coach
from coach.errors import UsageError, VoiceError
from coach.session.options import Options
from coach.sheets.by_name import named
from coach.voices.spoken_fit import fitted_by_voice


class Speaker:
    """Hums for some frames a letter, and more or less of them by the first letter."""

    language = "en-us"

    def __init__(self, pace: int, fails_at: str = "") -> None:
        self.identity = f"hum {pace}"
        self._pace = pace
        self._fails_at = fails_at
        self.said = 0

    def speak(self, utterances: Sequence[coach.Utterance]) -> Iterator[tuple[coach.Utterance, coach.Clip]]:
        for utterance in utterances:
            if self._fails_at and self._fails_at in utterance.text:
                raise VoiceError(f"It did not say {utterance.text!r}.")
            self.said += 1
            length = len(utterance.text) * self._pace * (2 + ord(utterance.text[0]) % 3) // 3
            yield utterance, coach.Clip(np.full(length, 900, np.int16), coach.Frames(0))

    def close(self) -> None:
        """There is nothing to close."""


@pytest.fixture(autouse=True)
def _no_clips(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COACH_CACHE_DIR", str(tmp_path))


@pytest.mark.parametrize("pace", [600, 2_000, 3_500])
@pytest.mark.parametrize("minutes", [12, 20])
def test_a_session_is_never_longer_than_asked_at_any_pace(pace: int, minutes: int) -> None:
    plan = coach.plan("inner-knee", minutes=minutes, speaker=Speaker(pace))
    assert plan.timeline.duration_s <= 60 * minutes
    is_whole = not plan.gave_way
    is_told = not is_whole and plan.gave_way[-1].endswith("are left over")
    assert is_told or is_whole or plan.timeline.duration_s >= 54 * minutes


def test_a_voice_that_is_too_slow_is_told_with_the_least_that_it_can() -> None:
    with pytest.raises(UsageError, match="at the least") as error:
        coach.plan("inner-knee", minutes=8, speaker=Speaker(6_000))
    enough = int(error.value.hint.partition("--minutes ")[2].split()[0])
    plan = coach.plan("inner-knee", minutes=enough, speaker=Speaker(6_000))
    assert plan.timeline.duration_s <= 60 * enough


def test_clips_that_are_there_change_nothing() -> None:
    options = Options(minutes=15)
    first = coach.plan("inner-knee", options, speaker=Speaker(3_000))
    coach.plan("inner-knee", speaker=Speaker(3_000))
    again = Speaker(3_000)
    assert coach.plan("inner-knee", options, speaker=again).timeline == first.timeline
    assert again.said == 0


def test_only_what_is_needed_is_spoken() -> None:
    speaker, whole = Speaker(3_000), Speaker(3_000)
    coach.plan("inner-knee", minutes=12, speaker=speaker)
    coach.plan("inner-knee", speaker=whole)
    assert speaker.said < whole.said


def test_a_voice_that_fails_is_told_or_estimated() -> None:
    sheet, options = named("step-ups"), Options(minutes=5)
    speaker = Speaker(3_000, fails_at="Step")
    with pytest.raises(VoiceError):
        fitted_by_voice(sheet, options, 1, voice=speaker.identity, speaker=speaker)
    _, told = fitted_by_voice(sheet, options, 1, voice=speaker.identity, speaker=speaker, may_fail=True)
    assert told
