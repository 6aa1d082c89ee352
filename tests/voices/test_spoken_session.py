"""A session gets its voice chapter by chapter, and what sounds at a frame does not depend on when."""

from collections.abc import Generator, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from coach.errors import VoiceError
from coach.session.moves import prompts
from coach.session.options import Detail, Options
from coach.session.timeline import RATE_HZ, Frames
from coach.sheets.by_name import named
from coach.sheets.score import scored
from coach.sound.clip import Clip, Utterance
from coach.sound.music_bed import Bed, automation_for
from coach.sound.render import render
from coach.voices import spoken_session as production
from coach.voices.spoken_session import Plan, produced_in_turn

TITLE, LANGUAGE, CHAPTERS = scored(named("step-ups"), Options(detail=Detail.BRIEF))


class Speaker:
    """Says noise, as long as its text; writes down what it was asked, and what it has said."""

    identity = "noise 1"
    language = "en-us"

    def __init__(self, fails_at: str = "") -> None:
        self.fails_at = fails_at
        self.said: list[str] = []
        self.is_closed = False

    def speak(self, utterances: Sequence[Utterance]) -> Iterator[tuple[Utterance, Clip]]:
        for seed, utterance in enumerate(utterances):
            if self.fails_at and self.fails_at in utterance.text:
                raise VoiceError(f"It did not say {utterance.text!r}.")
            self.said.append(utterance.text)
            noise = np.random.default_rng(seed).normal(0, 900, 400 * len(utterance.text)).astype(np.int16)
            yield utterance, Clip(noise, Frames(100))

    def close(self) -> None:
        self.is_closed = True


@pytest.fixture
def speaker(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Speaker:
    made = Speaker()
    monkeypatch.setattr(production, "open_voice", lambda _: made)
    monkeypatch.setenv("COACH_CACHE_DIR", str(tmp_path))
    return made


def in_turn() -> Generator[Plan]:
    return produced_in_turn(TITLE, CHAPTERS, voice="noise")


class Hum:
    def read(self, start: int, count: int) -> NDArray[np.float32]:
        return (0.02 * np.sin(np.arange(start, start + count) / 99)).astype(np.float32)


def test_a_chapter_is_there_when_its_last_prompt_is(speaker: Speaker) -> None:
    first = next(in_turn())
    assert len(CHAPTERS) > 1
    assert [chapter.title for chapter in first.timeline.chapters] == [CHAPTERS[0].title]
    assert not first.is_whole
    assert set(speaker.said) == set(prompts(CHAPTERS[0]))


def test_at_last_it_is_what_is_produced_at_once(speaker: Speaker) -> None:
    *_, last = in_turn()
    *_, whole = produced_in_turn(TITLE, CHAPTERS, voice="noise")
    assert last.is_whole
    assert last.timeline == whole.timeline
    assert len(last.timeline.chapters) == len(CHAPTERS)
    assert speaker.is_closed


def test_with_every_clip_kept_it_is_whole_at_once(speaker: Speaker) -> None:
    assert [each.is_whole for each in in_turn()] == [False] * (len(CHAPTERS) - 1) + [True]
    said = len(speaker.said)
    assert [each.is_whole for each in in_turn()] == [True]
    assert len(speaker.said) == said


@pytest.mark.parametrize("has_music", [False, True])
def test_what_is_rendered_chapter_by_chapter_is_the_whole_to_the_last_bit(
    speaker: Speaker, has_music: bool
) -> None:
    parts: list[NDArray[np.float32]] = []
    done = 0
    for made in in_turn():
        bed = Bed(Hum(), automation_for(made.timeline, is_whole=made.is_whole)) if has_music else None
        blocks = render(made.timeline, made.clips, made.tones, start=done, bed=bed)
        parts += [block.copy() for block in blocks]
        done = made.timeline.length
    assert len(speaker.said) == len(set(speaker.said))
    *_, whole = produced_in_turn(TITLE, CHAPTERS, voice="noise")
    bed = Bed(Hum(), automation_for(whole.timeline)) if has_music else None
    at_once = [block.copy() for block in render(whole.timeline, whole.clips, whole.tones, bed=bed)]
    assert np.array_equal(np.concatenate(parts), np.concatenate(at_once))
    assert done > 60 * RATE_HZ


def test_a_voice_that_fails_later_has_given_the_chapters_before(speaker: Speaker) -> None:
    later = [text for text in prompts(CHAPTERS[-1]) if text not in prompts(CHAPTERS[0])]
    speaker.fails_at = later[-1]
    made = in_turn()
    next(made)
    with pytest.raises(VoiceError, match="did not say"):
        list(made)
    assert speaker.is_closed


def test_whoever_wants_no_more_leaves_nothing_running(speaker: Speaker) -> None:
    made = in_turn()
    next(made)
    made.close()
    assert speaker.is_closed
