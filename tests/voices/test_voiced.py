from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from coach.errors import VoiceError
from coach.session.timeline import Frames
from coach.sound.clip import Clip, Utterance
from coach.voices.cache import ClipCache
from coach.voices.voice import clip_key, load_if_needed, speak_all


@dataclass
class Beeper:
    """A voice that says every prompt as a hum of its own, and remembers what it was asked."""

    identity: str = "beeper 1"
    loses: str = ""
    breaks_at: str = ""
    asked: list[str] = field(default_factory=list)

    def speak(self, utterances: Sequence[Utterance]) -> Iterator[tuple[Utterance, Clip]]:
        for utterance in reversed(utterances):
            self.asked.append(utterance.text)
            if utterance.text == self.breaks_at:
                raise VoiceError(f"The voice could not say {utterance.text!r}: it broke.")
            if utterance.text != self.loses:
                samples = np.full(1_000 + len(utterance.text), len(utterance.text), dtype=np.int16)
                yield utterance, Clip(samples, Frames(5))

    def close(self) -> None:
        """Nothing was started."""


def lines(*texts: str) -> list[Utterance]:
    return [Utterance(text, "en-us", 150) for text in texts]


def test_every_utterance_gets_its_own_clip(tmp_path: Path) -> None:
    asked = lines("One.", "Two and.", "Three.")
    clips = speak_all(asked, Beeper(), ClipCache(tmp_path))
    assert {utterance: clip.length for utterance, clip in clips.items()} == {
        utterance: 1_000 + len(utterance.text) for utterance in asked
    }


def test_what_comes_to_the_same_words_is_spoken_once() -> None:
    voice = Beeper()
    asked = lines("Rest 30s.", "Up.", "Rest 30 seconds.", "Up.")
    clips = speak_all(asked, voice, None)
    assert sorted(voice.asked) == ["Rest 30s.", "Up."]
    assert clips[asked[0]] is clips[asked[2]]
    assert set(clips) == set(asked)


def test_words_are_those_of_the_language_that_the_voice_says_it_speaks() -> None:
    @dataclass
    class American(Beeper):
        language: str = "en-us"

    texts = ("Rest 30s.", "Rest 30 seconds.")
    for voice, asked in ((American(), 1), (Beeper(), 2)):
        speak_all([Utterance(text, "beeper:high", 150) for text in texts], voice, None)
        assert len(voice.asked) == asked


def test_a_kept_clip_is_not_spoken_again(tmp_path: Path) -> None:
    first = speak_all(lines("One.", "Two."), Beeper(), ClipCache(tmp_path))
    voice = Beeper()
    second = speak_all(lines("Two.", "One.", "Three."), voice, ClipCache(tmp_path))
    assert voice.asked == ["Three."]
    assert all(
        second[utterance].samples.tobytes() == clip.samples.tobytes() for utterance, clip in first.items()
    )
    assert all(second[utterance].onset == clip.onset for utterance, clip in first.items())


@pytest.mark.parametrize(
    "other",
    [
        Utterance("One!", "en-us", 150),
        Utterance("One.", "en-gb", 150),
        Utterance("One.", "en-us", 151),
    ],
)
def test_another_text_voice_or_pace_has_another_key(other: Utterance) -> None:
    assert clip_key(other, "a") != clip_key(Utterance("One.", "en-us", 150), "a")


def test_the_clips_of_another_engine_are_not_used(tmp_path: Path) -> None:
    speak_all(lines("One."), Beeper(), ClipCache(tmp_path))
    voice = Beeper(identity="beeper 2")
    speak_all(lines("One."), voice, ClipCache(tmp_path))
    assert voice.asked == ["One."]


def test_a_damaged_clip_is_spoken_again_and_then_whole(tmp_path: Path) -> None:
    speak_all(lines("One."), Beeper(), ClipCache(tmp_path))
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:-7])
    voice = Beeper()
    speak_all(lines("One."), voice, ClipCache(tmp_path))
    speak_all(lines("One."), voice, ClipCache(tmp_path))
    assert voice.asked == ["One."]


def test_progress_counts_the_kept_ones_first_grows_with_the_letters_and_ends_complete(tmp_path: Path) -> None:
    speak_all(lines("One."), Beeper(), ClipCache(tmp_path))
    seen: list[tuple[int, int]] = []
    speak_all(
        lines("One.", "Two.", "Three, and rest."),
        Beeper(),
        ClipCache(tmp_path),
        lambda done, total: seen.append((done, total)),
    )
    done = [done for done, _ in seen]
    assert {total for _, total in seen} == {done[-1]}
    kept, (short, long) = done[0], sorted((done[1] - done[0], done[2] - done[1]))
    assert (kept, long - short) == (short, len("Three, and rest.") - len("Two."))


def test_a_prompt_that_the_voice_leaves_out_is_an_error_that_names_it() -> None:
    with pytest.raises(VoiceError, match=r"'Two\.'"):
        speak_all(lines("One.", "Two."), Beeper(loses="Two."), None)


def test_what_was_spoken_before_an_error_is_kept(tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match="it broke"):
        speak_all(lines("One.", "Two.", "Three."), Beeper(breaks_at="One."), ClipCache(tmp_path))
    voice = Beeper()
    speak_all(lines("One.", "Two.", "Three."), voice, ClipCache(tmp_path))
    assert voice.asked == ["One."]


def test_where_clips_cannot_be_kept_everything_is_spoken_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    kept = ClipCache(tmp_path / "file" / "clips")
    assert len(speak_all(lines("One.", "Two."), Beeper(), kept)) == 2
    assert "they are spoken anew" in kept.note


def test_nothing_is_asked_of_the_voice_where_nothing_is_missing() -> None:
    voice = Beeper()
    assert speak_all([], voice, None) == {}
    assert voice.asked == []


@dataclass
class Loadable(Beeper):
    """A voice whose engine takes long to load."""

    loaded: list[Utterance] = field(default_factory=list)
    fails: bool = False

    def load(self, utterance: Utterance) -> None:
        self.loaded.append(utterance)
        if self.fails:
            raise VoiceError("There is no engine.")


def test_an_engine_is_loaded_in_advance_if_a_clip_is_missing_and_only_then(tmp_path: Path) -> None:
    asked, cache = lines("One.", "Two.", "Three."), ClipCache(tmp_path)
    voice = Loadable()
    speak_all(asked[:2], voice, cache)
    load_if_needed(asked[:2], voice, cache)
    assert voice.loaded == []
    load_if_needed(asked, voice, cache)
    assert voice.loaded == [asked[2]]
    load_if_needed([], voice, cache)
    assert voice.loaded == [asked[2]]


def test_an_engine_that_cannot_be_loaded_in_advance_says_so_when_it_is_to_speak(tmp_path: Path) -> None:
    voice = Loadable(fails=True)
    load_if_needed(lines("One."), voice, ClipCache(tmp_path))
    assert len(voice.loaded) == 1
    load_if_needed(lines("One."), Beeper(), ClipCache(tmp_path))
