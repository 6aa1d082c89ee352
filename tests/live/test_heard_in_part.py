"""A session is heard while a slow voice still speaks it: as its file sounds, and without a gap in a set."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import count
from random import Random
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from coach.language.level import Level
from coach.live.actions import Action
from coach.live.session_loop import Message
from coach.live.speaking import ChapterOrder, SpeakingThread
from coach.session.activity import Activity
from coach.session.arrange import practice
from coach.session.compile import compile_session
from coach.session.moves import ChapterMoves, Interval, Speak, prompts
from coach.session.options import Detail, Options
from coach.session.timeline import RATE_HZ, Frames, Role, Silence, Timeline
from coach.session.timeline_builder import Sounds
from coach.sound.clip import Clip, Utterance
from coach.sound.render import render
from tests.doses import counted
from tests.fakes import curls
from tests.live.fakes import LENGTHS, TONES, Buzzing, Heard, Tape, Tapes, Time, clip_of, played

LOADING_S = 1.5


@cache
def buzz(text: str) -> Clip:
    """A clip that is up to a third shorter or longer than its estimate."""
    samples = clip_of(text).samples
    return Clip(np.resize(samples, round(len(samples) * (0.7 + crc32(text.encode()) % 7 / 10))), Frames(0))


@dataclass
class SlowVoice:
    """Takes a time for each prompt, by a clock of its own: so many seconds for each second of speech."""

    paces: Iterator[float]
    clock: Time = field(default_factory=Time)
    spoken_s: dict[str, float] = field(default_factory=dict)

    identity = "slow 1"

    def speak(self, utterances: Sequence[Utterance]) -> Iterator[tuple[Utterance, Clip]]:
        for utterance in utterances:
            clip = buzz(utterance.text)
            self.clock.now_s += next(self.paces) * clip.length / RATE_HZ
            self.spoken_s[utterance.text] = self.clock.now_s
            yield utterance, clip

    def close(self) -> None:
        """Do nothing: it has no process."""


class SpokenByNow(dict[str, Clip]):
    """The clips that the voice has spoken by now."""

    def __init__(self, spoken_s: dict[str, float], now: Time) -> None:
        super().__init__()
        self._spoken_s, self._now = spoken_s, now

    def __contains__(self, text: object) -> bool:
        return self._spoken_s.get(str(text), float("inf")) <= self._now.now_s

    def __getitem__(self, text: str) -> Clip:
        assert text in self, f"{text!r} is not spoken yet"
        return buzz(text)


def slowly(paces: Iterable[float], time: Time, delays: list[float]) -> type[Buzzing]:
    """A speaking thread whose voice is slow, but which does its work at once: ``delays`` has the news'."""

    class Slowly(Buzzing):
        def __init__(self, tell: Callable[[Message], None]) -> None:
            self.voice = SlowVoice(iter(paces), Time(LOADING_S))

            def later(news: Message) -> None:
                delays.append(max(0.0, self.voice.clock.now_s - time.now_s))
                tell(news)

            SpeakingThread.__init__(
                self, self.voice, None, TONES, later, name="en-us", clock=self.voice.clock
            )
            self.clips = SpokenByNow(self.voice.spoken_s, time)

        def order(self, order: ChapterOrder) -> None:
            self.voice.clock.now_s = max(self.voice.clock.now_s, time.now_s)
            self._fill(order)

        def speak(self, texts: Iterable[str]) -> None:
            self._add(texts, may_be_silent=False)

    return Slowly


class Log(Tape):
    """A tape that knows which frame of the session each of its pieces is."""

    def __init__(self, time: Time, breaks_at_s: float = float("inf")) -> None:
        super().__init__(time, breaks_at_s)
        self.pieces: list[tuple[int | None, int]] = []

    def write(self, block: NDArray[np.float32], at: int | None = None) -> None:
        super().write(block, at)
        self.pieces.append((at, len(block)))

    def drop(self) -> int:
        dropped = left = super().drop()
        while left:
            at, length = self.pieces.pop()
            if length > left:
                self.pieces.append((at, length - left))
            left -= min(left, length)
        return dropped


class Logs(Tapes):
    def speaker(self) -> Log:
        log = Log(self.time)
        self.opened.append(log)
        return log


def moves(level: Level = Level.STANDARD) -> tuple[ChapterMoves, ...]:
    """Two rounds of curls, a set each: a good minute."""
    return practice(curls(counted(2, sets=1)), Options(level, detail=Detail.BRIEF), 2)


def with_waits(level: Level = Level.STANDARD) -> tuple[ChapterMoves, ...]:
    """The same with a wait of eight seconds before every fourth move."""
    pause = Interval(8.0, Activity.SET_UP, Role.INSTRUCTION)
    return tuple(
        replace(
            chapter,
            moves=tuple(
                each
                for i, move in enumerate(chapter.moves)
                for each in ((pause, move) if i % 4 == 3 and isinstance(move, Speak) else (move,))
            ),
        )
        for chapter in moves(level)
    )


Score = Callable[[Level], tuple[ChapterMoves, ...]]


@cache
def filed(score: Score = moves) -> tuple[Timeline, NDArray[np.float32]]:
    """The session as its file has it."""
    chapters = score(Level.STANDARD)
    clips = {text: buzz(text) for each in chapters for text in prompts(each)}
    timeline = compile_session("Test", chapters, Sounds(clips, LENGTHS))
    return timeline, np.concatenate([block[:, 0] for block in render(timeline, clips, TONES)])


@dataclass
class Performance:
    """What was heard of a session: its samples in order, and where it stood still, with the seconds."""

    sound: NDArray[np.float32]
    stood: list[tuple[int, float]]
    begun_s: float
    heard: Heard


def performed(
    paces: Iterable[float], keys: Iterable[tuple[float, Message]] = (), score: Score = moves
) -> Performance:
    time, delays = Time(), list[float]()
    speakers = Logs(time)
    voices = slowly(paces, time, delays)
    late = lambda news: delays.pop(0) if delays and not isinstance(news, Action | str) else 0.0  # noqa: E731
    heard, run, _ = played(score, keys, speakers=speakers, time=time, voices=voices, late_s=late)
    assert run.is_finished
    assert run.error is None
    (log,) = speakers.opened
    assert isinstance(log, Log)
    heard_sound, samples, written = log.sound, [], 0
    stood: list[tuple[int, float]] = []
    at = 0
    for frame, length in log.pieces:
        if frame is None:
            if stood and stood[-1][0] == at:
                stood[-1] = at, stood[-1][1] + length / RATE_HZ
            else:
                stood.append((at, length / RATE_HZ))
        else:
            at = frame + length
            samples.append(heard_sound[written : written + length])
        written += length
    begun_s = stood[0][1] if stood and stood[0][0] == 0 else 0.0
    return Performance(np.concatenate(samples), [each for each in stood if each[0]], begun_s, heard)


@pytest.mark.parametrize(("pace", "within_s"), [(0.1, 3.0), (0.45, 5.0), (0.7, 8.0)])
def test_a_session_begins_after_a_few_sentences(pace: float, within_s: float) -> None:
    done = performed([pace] * 1_000)
    assert LOADING_S < done.begun_s < within_s
    assert not done.stood


@given(st.floats(0.05, 2.5))
@settings(max_examples=6)
def test_at_any_steady_pace_it_sounds_as_its_file_without_a_wait(pace: float) -> None:
    timeline, sound = filed()
    done = performed([pace] * 1_000)
    assert not done.stood
    assert len(done.sound) == timeline.length
    assert np.array_equal(done.sound, sound)


@given(st.randoms(use_true_random=False), st.floats(0.2, 1.5))
@settings(max_examples=6)
def test_where_a_voice_stumbles_nobody_waits_in_a_set(random: Random, pace: float) -> None:
    timeline, sound = filed()
    done = performed(pace * random.choice([0.3, 1, 1, 1, 9]) for _ in count())
    assert np.array_equal(done.sound, sound)
    for frame, _ in done.stood:
        assert not any(each.ready < frame < each.end for each in timeline.sets)


def test_a_voice_that_becomes_slow_is_waited_for_where_the_sheet_waits() -> None:
    timeline, sound = filed(with_waits)
    done = performed((0.2 if i < 8 else 9.0 for i in count()), score=with_waits)
    assert np.array_equal(done.sound, sound)
    assert done.stood
    for frame, _ in done.stood[:2]:
        before = timeline.events[(timeline.index_at(frame - 1) or 0)]
        assert isinstance(before, Silence)
        assert before.is_wait


def test_next_goes_to_the_next_part_though_this_one_is_not_spoken_to_its_end() -> None:
    done = performed([2.0] * 1_000, [(60.0, Action.NEXT)])
    titles = list(dict.fromkeys(view.title for view in done.heard.views))
    assert titles[:2] == [each.title for each in moves()][:2]
