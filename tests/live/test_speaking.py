"""A session gets its voice in a thread, chapter by chapter."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from threading import Event

import pytest

from coach.errors import UsageError, VoiceError
from coach.language.level import Level
from coach.live.ask_pain import replies
from coach.live.speaking import (
    ChapterOrder,
    ChapterReady,
    LengthsEstimated,
    SpeakingThread,
    VoiceFailed,
    VoiceMessage,
)
from coach.session.arrange import practice
from coach.session.compile import Laid, compile_chapters
from coach.session.moves import ChapterMoves, prompts
from coach.session.options import Options
from coach.session.timeline import Frames
from coach.session.timeline_builder import Sounds
from coach.sound.clip import Clip, Utterance
from coach.voices.cache import ClipCache
from coach.voices.voice import speak_all
from tests.doses import counted
from tests.fakes import curls
from tests.live.fakes import LENGTHS, TONES, clip_of

LIMIT_S = 10.0
LEFT_WITHIN_S = 1.8
"""Less than the thread is waited for, should it not end."""


class Buzz:
    """A voice that buzzes, but ``fails`` at some texts; at the one it ``waits_at`` it waits for ``go``."""

    def __init__(self, fails: Sequence[str] = (), waits_at: str = "", error: Exception | None = None) -> None:
        self.fails = list(fails)
        self.waits_at = waits_at
        self.is_waiting = Event()
        self.go = Event()
        self.error = error
        self.asked: list[str] = []
        self.is_closed = False

    identity = "buzz 1"

    def speak(self, utterances: Sequence[Utterance]) -> Iterator[tuple[Utterance, Clip]]:
        for utterance in utterances:
            self.asked.append(utterance.text)
            if utterance.text == self.waits_at:
                self.is_waiting.set()
                assert self.go.wait(LIMIT_S)
            if self.error is not None:
                raise self.error
            if utterance.text in self.fails:
                raise VoiceError(f"cannot say {utterance.text!r}")
            yield utterance, clip_of(utterance.text)

    def close(self) -> None:
        self.is_closed = True
        self.go.set()


def later_prompt() -> str:
    """A prompt of the second chapter that the first does not have."""
    first, second, *_ = map(prompts, chapters())
    return next(text for text in second if text not in first)


def chapters(level: Level = Level.STANDARD, times: int = 2) -> tuple[ChapterMoves, ...]:
    return practice(curls(counted(4, sets=1)), Options(level), times)


class Told:
    """The news of a voicing."""

    def __init__(self, voice: Buzz, kept: ClipCache | None = None) -> None:
        self.queue: SimpleQueue[VoiceMessage] = SimpleQueue()
        self.speaking = SpeakingThread(voice, kept, TONES, self.queue.put, name="en-us")

    def until(self, *kinds: type) -> list[VoiceMessage]:
        """The news up to the first of these kinds that come after them all."""
        found: list[VoiceMessage] = []
        wanted = list(kinds)
        while wanted:
            found.append(self.queue.get(timeout=LIMIT_S))
            if isinstance(found[-1], wanted[0]):
                wanted.pop(0)
        return found


def ready(news: list[VoiceMessage]) -> list[Laid]:
    return [each.laid for each in news if isinstance(each, ChapterReady)]


def test_chapters_come_in_order_and_as_they_are_laid_out_for_a_file() -> None:
    told = Told(Buzz())
    with told.speaking as speaking:
        speaking.order(ChapterOrder(0, "Curls", chapters()))
        laid = ready(told.until(ChapterReady, ChapterReady, ChapterReady))
        assert laid == list(compile_chapters(chapters(), Sounds(speaking.clips, LENGTHS)))


def test_the_first_chapter_is_told_before_the_others_are_spoken() -> None:
    voice = Buzz(waits_at=later_prompt())
    told = Told(voice)
    with told.speaking as speaking:
        speaking.order(ChapterOrder(0, "Curls", chapters(), also=("Resuming.",)))
        told.until(ChapterReady)
    first = prompts(chapters()[0])
    assert voice.asked[: len(first) + 1] == ["Resuming.", *first]


def test_lengths_are_estimated_for_every_chapter_from_the_first_of_the_order() -> None:
    told = Told(Buzz())
    with told.speaking as speaking:
        speaking.order(ChapterOrder(3, "Curls", chapters(), first=1, start=Frames(480)))
        news = told.until(ChapterReady, LengthsEstimated, ChapterReady)
    (estimated,) = [each for each in news if isinstance(each, LengthsEstimated)]
    assert estimated.lengths_s[0] == 0
    lengths_s = [(each.end - each.chapter.start) / 48_000 for each in ready(news)]
    assert estimated.lengths_s[1:] == pytest.approx(lengths_s, abs=1.0)
    assert ready(news)[0].chapter.start == 480


def test_a_newer_order_is_what_is_voiced_from_then_on() -> None:
    voice = Buzz(waits_at=later_prompt())
    told = Told(voice)
    with told.speaking as speaking:
        speaking.order(ChapterOrder(0, "Curls", chapters()))
        told.until(ChapterReady)
        assert voice.is_waiting.wait(LIMIT_S)
        speaking.order(ChapterOrder(1, "Curls", chapters(Level.GENTLE)))
        voice.go.set()
        orders: list[int] = []
        while orders.count(1) < 3:
            orders += [
                each.order.number for each in told.until(ChapterReady) if isinstance(each, ChapterReady)
            ]
    assert orders == sorted(orders)


def test_extras_are_spoken_when_no_chapter_waits() -> None:
    voice = Buzz()
    told = Told(voice)
    with told.speaking as speaking:
        speaking.order(ChapterOrder(0, "Curls", chapters()))
        speaking.speak(["Paused.", "Resuming."])
        told.until(ChapterReady, ChapterReady, ChapterReady)
        until = time.monotonic() + LIMIT_S
        while "Resuming." not in speaking.clips and time.monotonic() < until:
            time.sleep(0.01)
        assert {"Paused.", "Resuming."} <= speaking.clips.keys()
    assert voice.is_closed


def test_a_prompt_that_cannot_be_spoken_is_silent_for_as_long_and_the_rest_is_spoken() -> None:
    told = Told(Buzz(fails=["Keep your hips down."]))
    with told.speaking as speaking:
        speaking.order(ChapterOrder(0, "Curls", chapters()))
        news = told.until(ChapterReady, ChapterReady, ChapterReady)
    (trouble,) = [each for each in news if isinstance(each, VoiceFailed)]
    assert (str(trouble.error), trouble.ends) == ("cannot say 'Keep your hips down.'", False)
    silent = [text for text, clip in speaking.clips.items() if not clip.samples.any()]
    assert silent == ["Keep your hips down."]
    assert speaking.clips[silent[0]].length == clip_of(silent[0]).length
    assert len(ready(news)) == 3


def test_a_voice_that_has_failed_is_not_asked_for_every_prompt_again() -> None:
    voice = Buzz(error=VoiceError("no voice"))
    told = Told(voice)
    with told.speaking as speaking:
        speaking.order(ChapterOrder(0, "Curls", chapters(times=1)))
        news = told.until(ChapterReady, ChapterReady)
    assert len(ready(news)) == 2
    assert len(voice.asked) <= 6
    assert not any(clip.samples.any() for clip in speaking.clips.values())


def test_kept_clips_are_heard_when_the_voice_is_gone(tmp_path: Path) -> None:
    kept = ClipCache(tmp_path)
    first = Told(Buzz(), kept)
    with first.speaking as speaking:
        speaking.order(ChapterOrder(0, "Curls", chapters(times=1)))
        first.until(ChapterReady, ChapterReady)
    gone = Told(Buzz(error=VoiceError("no voice")), kept)
    with gone.speaking as speaking:
        speaking.order(ChapterOrder(0, "Curls", chapters(Level.STANDARD, times=2)))
        news = gone.until(ChapterReady, ChapterReady, ChapterReady)
        silent = {text for text, clip in speaking.clips.items() if not clip.samples.any()}
    assert [type(each) for each in news].count(VoiceFailed) == 1
    assert "Second and final round." in silent
    assert not silent & first.speaking.clips.keys()


def test_a_voice_that_there_is_not_ends_the_work() -> None:
    told = Told(Buzz(error=UsageError("There is no voice 'nobody'.")))
    with told.speaking as speaking:
        speaking.order(ChapterOrder(0, "Curls", chapters()))
        (trouble,) = told.until(VoiceFailed)
    assert isinstance(trouble, VoiceFailed)
    assert trouble.ends
    assert isinstance(trouble.error, UsageError)


def test_something_unforeseen_is_told_too() -> None:
    told = Told(Buzz(error=RuntimeError("the moon is full")))
    with told.speaking as speaking:
        speaking.order(ChapterOrder(0, "Curls", chapters()))
        (trouble,) = told.until(VoiceFailed)
    assert isinstance(trouble, VoiceFailed)
    assert trouble.ends
    assert "the moon is full" in trouble.error.message


class Stuck(Buzz):
    """A voice that is at its first prompt for ever, until it is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.closed = Event()
        self.begun = 0

    def speak(self, utterances: Sequence[Utterance]) -> Iterator[tuple[Utterance, Clip]]:
        self.begun += 1
        self.is_waiting.set()
        yield utterances[0], clip_of(utterances[0].text)
        assert self.closed.wait(LIMIT_S)
        raise VoiceError("The voice was closed while it spoke.")

    def close(self) -> None:
        self.closed.set()


def test_leaving_does_not_wait_for_a_prompt_that_is_being_spoken() -> None:
    voice = Stuck()
    told = Told(voice)
    with told.speaking as speaking:
        speaking.order(ChapterOrder(0, "Curls", chapters()))
        assert voice.is_waiting.wait(LIMIT_S)
        start_s = time.monotonic()
    assert time.monotonic() - start_s < LEFT_WITHIN_S
    assert not speaking._thread.is_alive()
    assert voice.begun == 1
    assert told.queue.empty()


def test_a_language_that_the_voice_speaks_is_the_one_of_its_kept_clips_when_it_is_gone(
    tmp_path: Path,
) -> None:
    class French(Buzz):
        language = "fr"

    cache = ClipCache(tmp_path)
    asked = [Utterance("Rest 30s.", "en-us", 150)]
    first = speak_all(asked, French(), cache)
    again = speak_all(asked, French(error=VoiceError("no voice")), cache)
    assert again[asked[0]].length == first[asked[0]].length


def test_leaving_in_the_middle_ends_the_thread_and_the_voice() -> None:
    voice = Buzz(waits_at=later_prompt())
    told = Told(voice)
    with told.speaking as speaking:
        speaking.order(ChapterOrder(0, "Curls", chapters(times=5)))
        assert voice.is_waiting.wait(LIMIT_S)
    assert voice.is_closed
    assert not speaking._thread.is_alive()
    assert voice.asked[-1] == voice.waits_at


def test_what_may_be_said_after_a_question_is_spoken_with_its_chapter_before_the_next_one() -> None:
    asking = tuple(
        practice(replace(curls(counted(4, sets=1)), asks=True), Options(takes_answers=True), times=2)
    )
    later = next(text for text in prompts(asking[2]) if text not in prompts(asking[1]))
    voice = Buzz(waits_at=later)
    told = Told(voice)
    with told.speaking as speaking:
        speaking.order(ChapterOrder(0, "Curls", asking))
        assert voice.is_waiting.wait(LIMIT_S)
        assert replies(asking[1])
        assert set(replies(asking[1])) <= set(speaking.clips)
        assert not replies(asking[0])
        voice.go.set()
