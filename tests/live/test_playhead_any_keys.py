"""Any keys at any time: nobody is dropped into a repetition, nothing is lost, nothing is heard twice."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from coach.language.level import Level
from coach.language.model import Sound
from coach.live import resume as resume_points
from coach.live.actions import Action
from coach.live.apply_action import act
from coach.live.change_level import revised, shifted
from coach.live.playhead import (
    PlayableSession,
    Playhead,
    RenderedBlock,
    Volume,
    is_cut,
    read,
    remarked,
    settled,
)
from coach.session.compile import joined
from coach.session.options import LOUDEST_DB, SOFTEST_DB
from coach.session.timeline import Role, Say, Set, Silence, Timeline, Tone
from coach.session.timeline_builder import AFTER_TONE, BEFORE_TONE, SECOND
from coach.session.whereabouts import beat_end, chapter_at, chapter_end, is_long, movement_at
from coach.session.words import en as phrases
from coach.sheets.files import bundled
from coach.sound.render import render
from tests.fakes import NOISE_TONES, NoiseClips, bundled_chapters

CLIPS = NoiseClips()
LEFT_OPEN = Path(__file__).with_name("left-open.md")
"""A sheet with rounds, open sets and holds, alternating sides, and rests between repetitions."""
LEVELS = list(Level)
PLAYING = [Action.NEXT, Action.BACK, Action.AGAIN, Action.WHERE, Action.GO_ON, Action.LOUDER, Action.SOFTER]
OFTEN = [Action.PAUSE, Action.RESUME, Action.TOGGLE, Action.TOGGLE, *PLAYING]


@dataclass(frozen=True)
class Written:
    """A piece that the loudspeaker has taken, the playhead that it was read at, and how much was heard."""

    head: Playhead
    piece: RenderedBlock
    heard: int = 0

    @property
    def left(self) -> int:
        return len(self.piece.block) - self.heard


class AnyKeys(RuleBasedStateMachine):
    """A listener who presses anything at any time, before a loudspeaker that has always taken too much."""

    @initialize(
        name=st.sampled_from(sorted(bundled())) | st.just(str(LEFT_OPEN)),
        level=st.sampled_from(LEVELS),
        part=st.floats(0, 0.99),
        is_whole=st.booleans(),
    )
    def begin(self, name: str, level: Level, part: float, *, is_whole: bool) -> None:
        self.name, self.level = name, level
        every = bundled_chapters(name, level)
        self.titles = tuple(laid.chapter.title for laid in every)
        self.laid = list(every if is_whole else every[:1])
        self.session = self.playable()
        at = resume_points.resume(self.session.timeline, int(part * self.session.timeline.length)).at
        self.head = Playhead(at)
        self.written: deque[Written] = deque()
        self.goes_on_at: int = at  # the frame of the session that has to be heard next
        self.answer_at = 0  # the frame of the answer that has to be heard next
        self.since: int | None = None  # the frame from which on the session has not been interrupted
        self.counted_in = True  # the first repetition is begun here, not resumed
        self.owed: int | None = None  # where the sentence begins that a pause has broken off
        self.answer: Timeline | None = None

    def playable(self) -> PlayableSession:
        session = PlayableSession(joined(self.name, self.laid), CLIPS, NOISE_TONES, self.titles)
        self.reps = [rep for each in session.timeline.sets for rep in _reps(each)]
        return session

    # The loudspeaker

    def write(self, count: int, block: int) -> None:
        while count > 0 and not self.head.is_over(self.session):
            piece = read(self.session, self.head, min(block, count))
            assert 1 <= len(piece.block) <= block
            assert np.abs(piece.block).max() <= 1.0
            self.written.append(Written(self.head, piece))
            self.head = piece.after
            count -= len(piece.block)

    def hear(self, count: int) -> None:
        while count > 0 and self.written:
            first = self.written.popleft()
            n = min(count, first.left)
            self.hear_frames(first, n)
            if n < first.left:
                self.written.appendleft(replace(first, heard=first.heard + n))
            count -= n

    def take_back(self) -> Playhead:
        """The playhead at the first frame that has not been heard; the rest is dropped."""
        if not self.written:
            return self.head
        first = self.written[0]
        self.written.clear()
        return read(self.session, first.head, first.heard).after if first.heard else first.head

    def hear_frames(self, first: Written, count: int) -> None:
        head, at = first.head, first.piece.at
        block = first.piece.block[first.heard : first.heard + count, 0]
        is_plain = head.volume == Volume() and head.tone is None
        if head.answer is not None:
            assert at is None
            assert head.answer.at + first.heard == self.answer_at
            if is_plain:
                whole = next(
                    render(head.answer.timeline, CLIPS, NOISE_TONES, start=self.answer_at, block=count)
                )
                assert np.array_equal(block, whole[:, 0])
            self.answer, self.since = head.answer.timeline, None
            self.answer_at = (self.answer_at + count) % head.answer.timeline.length
        elif at is None:
            if head.tone is None:
                assert not block.any()
            self.answer, self.since = None, None
        else:
            assert not head.is_paused
            assert not head.is_stopping
            assert at + first.heard == self.goes_on_at
            self.goes_on_at += count
            self.hear_session(at + first.heard, count)
            if is_plain and not head.remark:
                assert np.array_equal(block, _plain(self.session.timeline, at + first.heard, count))

    def hear_session(self, start: int, count: int) -> None:
        """That a repetition that is heard to its end has been heard from its start, and was counted in."""
        timeline = self.session.timeline
        if self.since is None:
            self.since = start
            each, beat = movement_at(timeline, start) or (None, None)
            if each and beat and not (beat.is_rest or _is_within_a_long_one(each, start)):
                is_let_go = beat.role is Role.LOOSE and _goes_on_from(each, start)  # the hold was ended
                assert self.counted_in or each.is_calm or is_let_go or _counts_in(self.answer)
        self.counted_in = False
        for first, end, each in self.reps:
            if start < end <= start + count and self.since > first:
                assert _goes_on_from(each, self.since)
        if self.owed is not None and start <= self.owed < start + count:
            self.owed = None

    # What happens

    @rule(seconds=st.floats(0, 40), block=st.integers(960, 96_000), ahead=st.integers(0, 24_000))
    def listen(self, seconds: float, block: int, ahead: int) -> None:
        count = int(seconds * SECOND)
        self.write(count + ahead, block)
        self.hear(count)

    @rule(block=st.integers(1, 2_000), count=st.integers(1, 20_000))
    def write_a_little(self, block: int, count: int) -> None:
        self.write(count, max(block, count // 50))

    @rule(action=st.sampled_from(OFTEN), heard=st.integers(0, 30_000))
    def press(self, action: Action, heard: int) -> None:
        self.do(action, heard)

    @precondition(lambda self: self.head.is_paused)
    @rule()
    def resume(self) -> None:
        self.do(Action.RESUME, 0)

    @precondition(lambda self: self.is_late)
    @rule(heard=st.integers(0, 30_000))
    def stop(self, heard: int) -> None:
        self.do(Action.STOP, heard)

    @property
    def is_late(self) -> bool:
        """True near the end: an example in which nothing can happen any more is no example."""
        return self.session.is_whole and self.goes_on_at > 0.9 * self.session.timeline.length

    @precondition(lambda self: not self.session.is_whole)
    @rule()
    def voice_a_chapter(self) -> None:
        self.head = self.take_back()
        laid = bundled_chapters(self.name, self.level)[len(self.laid)]
        self.laid.append(shifted(laid, self.laid[-1].end - laid.chapter.start))
        self.session = self.playable()

    @precondition(lambda self: not self.head.is_stopping)
    @rule(level=st.sampled_from(LEVELS), heard=st.integers(0, 30_000))
    def change_level(self, level: Level, heard: int) -> None:
        self.do(Action.HARDER, heard)
        before, timeline = self.head, self.session.timeline
        index = chapter_at(timeline, before.at)
        new = bundled_chapters(self.name, level)[index]
        new = shifted(new, self.laid[index].chapter.start - new.chapter.start)
        at = settled(self.session, before)
        here = next((each for each in timeline.sets if each.ready <= at < each.end), None)
        self.laid[index:] = [revised(self.laid[index], new, at)]
        self.level, self.session = level, self.playable()
        self.head = remarked(self.session, before, phrases.level_from(level, next_set=here is not None))
        assert here is None or here in self.session.timeline.sets
        assert (self.head.at, self.head.is_paused) == (before.at, before.is_paused)
        assert before.is_waiting(self.session) or not is_cut(before, self.head)
        if self.owed is not None:
            said = {event.start for event in self.session.timeline.events if isinstance(event, Say)}
            assert self.owed in said

    def do(self, action: Action, heard: int) -> None:
        """Press a key while so much of what was written has been heard."""
        self.hear(heard)
        before = self.take_back()
        assert before.at == self.goes_on_at
        expected = _expected(self.session, before, action)
        after = act(self.session, before, action)
        assert (after.at, after.is_paused) == expected
        say = _said_at(self.session.timeline, before.at)
        if after.is_paused and not before.is_paused and before.answer is None:
            self.owed = say.start if say and say.start < before.at else None
        elif action in {Action.RESUME, Action.TOGGLE, Action.GO_ON, Action.WHERE} and before.is_paused:
            assert self.owed is None or after.is_paused or after.at <= self.owed
        elif (after.at, after.answer) != (before.at, before.answer):
            self.owed = None
        if is_cut(before, after) or after.answer is not before.answer:
            self.answer_at = after.answer.at if after.answer else 0
        if after.answer is not before.answer:
            self.since = None
        self.goes_on_at = after.at
        self.head = after

    # What always holds

    @invariant()
    def the_playhead_is_inside(self) -> None:
        assert 0 <= self.head.at <= self.session.timeline.length
        assert SOFTEST_DB <= self.head.volume.db <= LOUDEST_DB

    @invariant()
    def a_remark_disturbs_nothing(self) -> None:
        head = self.head
        if not head.remark or head.is_paused:
            return
        start, end = head.remark.at, head.remark.at + CLIPS[head.remark.text].length
        assert head.at < end
        timeline = self.session.timeline
        first, last = timeline.index_at(start - AFTER_TONE), timeline.index_at(end + BEFORE_TONE - 1)
        assert first is not None
        assert last is not None
        assert all(isinstance(event, Silence) for event in timeline.events[first : last + 1])

    @invariant()
    def it_waits_or_ends_only_where_there_is_no_more(self) -> None:
        if self.head.is_waiting(self.session) or (
            self.head.is_over(self.session) and not self.head.is_stopping
        ):
            assert self.head.at == self.session.timeline.length


def _plain(timeline: Timeline, start: int, count: int) -> np.ndarray:
    """The export's samples, taken from the clips directly."""
    samples = np.zeros(count, np.float32)
    for event in islice(timeline.events, timeline.index_at(start), None):
        if event.start >= start + count:
            break
        if isinstance(event, Silence):
            continue
        sound = CLIPS[event.text].samples if isinstance(event, Say) else NOISE_TONES[event.sound]
        a, b = max(start, event.start), min(start + count, event.start + event.length)
        samples[a - start : b - start] = sound[a - event.start : b - event.start] * np.float32(1 / 32768)
    return samples


def _reps(each: Set) -> Iterator[tuple[int, int, Set]]:
    """The first frame of each repetition, the one after its last before a rest, and its set."""
    for rep in range(1, each.reps + 1):
        beats = [beat for beat in each.beats if beat.rep == rep and beat.role is not Role.REST]
        yield beats[0].start, beat_end(each, beats[-1]), each


def _said_at(timeline: Timeline, frame: int) -> Say | None:
    i = timeline.index_at(frame)
    event = timeline.events[i] if i is not None else None
    return event if isinstance(event, Say) else None


def _is_within_a_long_one(each: Set, frame: int) -> bool:
    """True where a movement that is no repetition is going on, or is just over."""
    return any(is_long(each, beat) and beat.start <= frame <= beat_end(each, beat) for beat in each.beats)


def _goes_on_from(each: Set, frame: int) -> bool:
    """True where what came before in the repetition is not done again."""
    over = (beat for beat in each.beats if beat.may_end_early or beat.is_rest)
    return _is_within_a_long_one(each, frame) or any(beat_end(each, beat) == frame for beat in over)


def _counts_in(answer: Timeline | None) -> bool:
    """True for an answer that ends in three pips at whole seconds before what follows it."""
    if answer is None:
        return False
    pips = [event.start for event in answer.events if isinstance(event, Tone)][-3:]
    sounds = [event.sound for event in answer.events if isinstance(event, Tone)][-3:]
    ends = [answer.length - n * SECOND for n in (3, 2, 1)]
    return sounds == [Sound.COUNTDOWN] * 3 and pips == ends


def _expected(session: PlayableSession, head: Playhead, action: Action) -> tuple[int, bool]:
    """Where the session goes on after an action, and whether it is paused then: the rules, one by one."""
    timeline, at = session.timeline, head.at
    here = (at, head.is_paused)
    resumed = (resume_points.resume(timeline, at).at, False)
    is_heard = not (head.is_paused or head.answer)
    effort = resume_points.end_effort(timeline, at) if is_heard else None
    in_a_wait = effort or resume_points.go_on(timeline, at)
    is_last = chapter_at(timeline, at) + 1 == len(session.titles)
    going_on = (in_a_wait.at, False) if in_a_wait else here
    next_part = (effort.at if effort else chapter_end(timeline, chapter_at(timeline, at)), False)
    rules = {
        Action.PAUSE: (at, True),
        Action.TOGGLE: resumed if head.is_paused else (at, True),
        Action.RESUME: resumed if head.is_paused else here,
        Action.WHERE: here if head.is_paused else resumed,
        Action.GO_ON: resumed if head.is_paused else going_on,
        Action.AGAIN: (resume_points.again(timeline, at).resume_point.at, False),
        Action.BACK: (resume_points.back(timeline, at).at, False),
        Action.NEXT: resumed if is_last and not effort else next_part,
    }
    return here if head.is_stopping else rules.get(action, here)


TestAnyKeys = AnyKeys.TestCase
TestAnyKeys.settings = settings(
    max_examples=15,
    stateful_step_count=220,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
