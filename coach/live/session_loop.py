"""A session heard live: the loop that feeds the loudspeaker, listens to its listener, and keeps the place."""

import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from queue import Empty
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from coach.diary.entries import Entry
from coach.errors import CoachError, DeviceError, DeviceLostError
from coach.language.level import Level
from coach.language.model import Sound
from coach.live import resume as resume_points
from coach.live.act import act
from coach.live.actions import Action
from coach.live.change_level import revised, shifted
from coach.live.playback import Playback
from coach.live.playhead import PlayableSession, Playhead, acknowledged, answered, remarked, settled
from coach.live.speakers.loudspeaker import Loudspeaker
from coach.live.speaking import ChapterOrder, ChapterReady, LengthsEstimated, VoiceFailed, VoiceMessage
from coach.live.tally import Tally
from coach.live.view import View, view
from coach.session.compile import Laid, joined
from coach.session.layout import USUAL, Spacing
from coach.session.moves import ChapterScore, Move, Speak, Strike
from coach.session.place import Place, chapter_at, frame_of, place_at, whereabouts, whereabouts_texts
from coach.session.timeline import Frames, Role, Timeline
from coach.session.words.interface import Words, words_for
from coach.sound.clip import Clip
from coach.sound.music_bed import Music

TURN_S = 0.04
"""How long the loop waits for a key before it looks after the loudspeaker again."""

LOOK_S = 0.1
"""How often the screen and the media keys are told what is heard."""

KEEP_S = 5.0
"""The place is written at every new repetition and part, and at least so often."""

REOPEN_S = 1.0
GIVE_UP_S = 600.0
"""How often a loudspeaker that is gone is looked for, and for how long."""

ANSWER_S = 30.0
"""How long the question at the end waits for its answer: whoever lies on a mat may be far from the keys."""

TWO_DIGITS_S = 1.5
"""After a 1, how long a 0 may follow."""

SETTLED_S = 0.5
"""So long after a jump, what is heard is certainly what comes after it."""

WORTH_WRITING_S = 30.0
"""A session that was left earlier, before its first set, was begun by mistake: it is not in the diary."""

ANSWERS = frozenset(str(number) for number in range(11))

BEFORE_ALL = Playhead(is_paused=True)
"""What is heard before the first chapter is there: nothing, after the bell."""

Message = Action | str | VoiceMessage


class Display(Protocol):
    """A screen, or the display of a remote control."""

    def show(self, view: View) -> None:
        """Show what is heard now."""


@dataclass(frozen=True, slots=True)
class SessionToPlay:
    """What is played: its name as asked for, and its chapters at any level."""

    name: str
    title: str
    score_at: Callable[[Level], tuple[ChapterScore, ...]]


class ChapterSource(Protocol):
    """Voices and lays out chapters, and tells the inbox: `SpeakingThread`."""

    @property
    def clips(self) -> Mapping[str, Clip]:
        """Every prompt that has been spoken."""

    def order(self, order: ChapterOrder) -> None:
        """Have the chapters of an order voiced, in place of any other order."""

    def speak(self, texts: Iterable[str]) -> None:
        """Have prompts spoken besides."""


class Inbox(Protocol):
    """Where everything that happens comes in: `queue.SimpleQueue`, or what a test has instead."""

    def get(self, *, timeout: float) -> Message:
        """The next message; `queue.Empty` if there is none within so many seconds."""

    def put(self, item: Message, /) -> None:
        """Have a message taken later."""


class SpeakerSource(Protocol):
    """Opens loudspeakers: one when a session begins, and another when that is gone."""

    @property
    def rung(self) -> NDArray[np.float32]:
        """The bell that the first one has been given when it is handed over, of shape (frames, 1)."""

    def speaker(self) -> Loudspeaker:
        """An open loudspeaker.

        Raises
        ------
        DeviceError
            If there is none.
        """


@dataclass(slots=True)
class Connections:
    """What a live session needs of the world, so that tests can have another.

    ``speakers`` opens loudspeakers. ``keep`` stores a place as JSON values, None when there is none
    any more; ``record`` writes a diary entry, in place of an earlier one if that is given. ``asked`` says
    what a key means that comes through ``inbox``; where ``has_keys`` is false, nobody can answer a question.
    ``music`` sounds under the session, whose words and tones stand ``spacing`` apart.
    """

    speakers: SpeakerSource
    inbox: Inbox
    tones: Mapping[Sound, NDArray[np.int16]]
    keep: Callable[[Mapping[str, Any] | None], None]
    record: Callable[[Entry, Entry | None], None]
    displays: Sequence[Display] = ()
    asked: Callable[[str], Action | None] = lambda _: None
    has_keys: bool = False
    music: Music | None = None
    spacing: Spacing = USUAL
    clock: Callable[[], float] = time.monotonic


class LiveSession:
    """One session from its bell to its end: `play` does it all, once.

    Everything that happens comes through the inbox: keys by name, actions of remote controls, chapters as
    they are voiced. The loudspeaker is the clock: the loop writes what there is room for, then waits for a
    message.

    ``start`` is where to begin; with ``resumes``, as after a pause. ``settings`` are stored with every place.
    Afterwards ``is_finished``, ``entry`` (the diary's) and ``error`` (what failed) say how it went.
    """

    def __init__(
        self,
        to_play: SessionToPlay,
        connections: Connections,
        speaking: ChapterSource,
        *,
        level: Level,
        start: Place | None = None,
        resumes: bool = False,
        settings: Mapping[str, Any] | None = None,
    ) -> None:
        self._to_play = to_play
        self._connections = connections
        self._speaking = speaking
        self._level = level
        self._resumes = resumes
        self._settings = dict(settings or {})
        chapters = to_play.score_at(level)
        self._language = chapters[0].language
        self._words = words = words_for(self._language)
        also = (words.RESUMING, words.where_in_set(max(1, start.rep))) if start and resumes else ()
        self._order = ChapterOrder(0, to_play.title, chapters, also=also)
        self._titles = tuple(chapter.title for chapter in chapters)
        self._start = _placed(start, self._titles)
        self._laid: list[Laid] = []
        self._levels: list[Level] = []
        self._estimates_s: tuple[float, ...] = ()
        self._tally = Tally()
        self._started = datetime.now().astimezone()
        self.entry: Entry | None = None
        self._notice = ""
        self._counted = Frames(0)
        self._turned_at = self._looked_at = self._kept_at = -math.inf
        self._kept: Place | None = None
        self._has_begun = self._is_moment_told = self._is_voiced_no_more = False
        self.is_finished = False
        self.error: CoachError | None = None

    def play(self) -> None:
        """The session, heard until it ends or is stopped; `error` then says what failed on the way.

        The place is kept and the diary has its entry, however this ends.

        Raises
        ------
        DeviceError
            If there is no loudspeaker, or none for `GIVE_UP_S`.
        CoachError
            If nothing can be voiced, as there is no such voice.
        """
        self._speaking.order(self._order)
        speaker = self._connections.speakers.speaker()
        self._playback = Playback(speaker, self._playable(), BEFORE_ALL, self._connections.speakers.rung)
        try:
            self._playback.feed()
            self._speaking.speak(answers(self._words))
            while not self._playback.is_over:
                self._step()
            self.is_finished = not self._playback.head.is_stopping
            self._remember()
            with suppress(DeviceLostError):  # all that was to be heard of the session has been
                self._ask()
                self._playback.close()
        except BaseException:
            try:
                self._playback.cut_off()
            finally:
                self._remember()
            raise

    # The loop

    def _step(self) -> None:
        message = None
        try:
            self._playback.feed()
            message = self._next_message(TURN_S)
            if message is not None:
                self._take(message)
            self._begin_if_ready()
            self._look()
            self._say_that_it_waits()
        except DeviceLostError as error:
            if isinstance(message, VoiceMessage):
                self._connections.inbox.put(message)  # taken again by another loudspeaker
            self._wait_for_a_speaker(error)

    def _next_message(self, timeout_s: float) -> Message | None:
        try:
            return self._connections.inbox.get(timeout=timeout_s)
        except Empty:
            return None

    def _take(self, message: Message) -> None:
        match message:
            case Action():
                self._act(message)
            case str():
                action = self._connections.asked(message)
                if action is not None:
                    self._act(action)
            case ChapterReady():
                if message.order.number == self._order.number:
                    self._take_chapter(message)
            case LengthsEstimated():
                if message.order.number == self._order.number:
                    self._estimates_s = message.lengths_s
                    self._playback.session = self._playable()
            case VoiceFailed(error=error, ends=True) if not self._has_begun:
                raise error
            case VoiceFailed(error=error, ends=ends):
                self.error = error
                self._is_voiced_no_more = ends
                self._notice = f"{error.message} The tones go on; the words are shown here."

    def _act(self, action: Action) -> None:
        if not self._has_begun and action is not Action.STOP:
            self._turn(lambda session, head: (session, acknowledged(head, Sound.NOT_NOW)))
            return
        if action in {Action.EASIER, Action.HARDER} and not self._playback.head.is_stopping:
            self._change_level(1 if action is Action.HARDER else -1)
        else:
            self._turn(lambda session, head: (session, act(session, head, action)))

    def _turn(self, change: Callable[[PlayableSession, Playhead], tuple[PlayableSession, Playhead]]) -> None:
        """Change what is heard next, and count what was heard until then."""

        def counting(session: PlayableSession, head: Playhead) -> tuple[PlayableSession, Playhead]:
            self._count(session.timeline, head)
            session, after = change(session, head)
            self._counted = after.at
            return session, after

        self._playback.change(counting)
        self._turned_at = self._connections.clock()

    def _count(self, timeline: Timeline, head: Playhead) -> None:
        if head.at > self._counted:
            self._tally.hear(timeline, self._counted, head.at)
            self._counted = head.at

    # Chapters

    def _playable(self) -> PlayableSession:
        rest_s = sum(self._estimates_s[len(self._laid) :])
        timeline = joined(self._to_play.title, self._laid, self._language)
        connections = self._connections
        return PlayableSession(
            timeline,
            self._speaking.clips,
            connections.tones,
            self._titles,
            rest_s,
            connections.music,
            connections.spacing,
        )

    def _take_chapter(self, ready: ChapterReady) -> None:
        if self._order.number and ready.index == self._order.first:
            self._turn(lambda session, head: self._with_level(session, head, ready.laid))
            return
        if ready.index != len(self._laid):
            return  # it has been taken before, when the loudspeaker went away
        end = self._laid[-1].end if self._laid else ready.laid.chapter.start
        self._laid.append(shifted(ready.laid, end - ready.laid.chapter.start))
        self._levels.append(self._level)
        self._is_moment_told = False
        if self._playback.head.is_waiting(self._playback.session):
            self._turn(lambda _, head: (self._playable(), head))
        else:
            self._playback.session = self._playable()
        if self._playback.session.is_whole:
            session = self._playback.session
            self._speaking.speak(whereabouts_texts(session.timeline, session.left_s(0)))

    def _begin_if_ready(self) -> None:
        if not self._has_begun and len(self._laid) > self._start.chapter:
            head = self._first_head()
            self._playback.begin(head)
            self._counted, self._turned_at = head.at, self._connections.clock()
            self._has_begun = True

    def _first_head(self) -> Playhead:
        """With what the session begins, after the bell; where it is resumed, as after a pause."""
        session = self._playback.session
        at = frame_of(session.timeline, self._start)
        if not self._resumes:
            return Playhead(at)
        resume_point = resume_points.resume(session.timeline, at)
        texts = (
            self._words.RESUMING,
            *whereabouts(session.timeline, resume_point.at, session.left_s(resume_point.at)),
        )
        return answered(
            session, Playhead(resume_point.at), _bell_and(*texts), counts_in=resume_point.counts_in
        )

    # The level

    def _change_level(self, by: int) -> None:
        """Order the rest of the session at another level; what it means is said when it is there."""
        levels = list(Level)
        place = levels.index(self._level) + by
        if not 0 <= place < len(levels):
            words = self._words.STRONGEST if by > 0 else self._words.GENTLEST
            self._turn(
                lambda session, head: (session, remarked(session, acknowledged(head, Sound.NOT_NOW), words))
            )
            return
        self._level = levels[place]
        self._turn(lambda session, head: (session, acknowledged(head, Sound.KEY)))
        self._order_level(self._playback.head.at)

    def _order_level(self, at: int) -> None:
        """Have the chapter of a frame, and those after it, laid out at the level."""
        index = chapter_at(self._playback.session.timeline, at)
        also = tuple(self._words.level_from(self._level, next_set=next_set) for next_set in (True, False))
        chapters = self._to_play.score_at(self._level)
        start = self._laid[index].chapter.start
        number = self._order.number + 1
        self._order = ChapterOrder(number, self._to_play.title, chapters, index, start, also)
        self._speaking.order(self._order)

    def _with_level(
        self, session: PlayableSession, head: Playhead, new: Laid
    ) -> tuple[PlayableSession, Playhead]:
        """The session with a chapter that goes on at the new level, and those after it still to come."""
        index = self._order.first
        if chapter_at(session.timeline, head.at) != index:
            self._order_level(head.at)
            return session, head
        old, at = self._laid[index], settled(session, head)
        has_begun = any(each.ready <= at < each.end for each in old.sets)
        self._laid[index:], self._levels[index:] = [revised(old, new, at)], [self._level]
        session = self._playable()
        return session, remarked(session, head, self._words.level_from(self._level, next_set=has_begun))

    # What others are told

    def _look(self) -> None:
        """Tell the screen and the remote controls, count, and keep the place."""
        now = self._connections.clock()
        if now - self._looked_at < LOOK_S or not self._has_begun:
            return
        self._looked_at = now
        head = self._playback.heard
        if now - self._turned_at > SETTLED_S:
            self._count(self._playback.session.timeline, head)
        self._show(head)
        self._keep(head, now)

    def _show(self, head: Playhead) -> None:
        if not self._has_begun:
            return
        seen = view(self._playback.session, head, self._level, self._notice)
        for display in self._connections.displays:
            display.show(seen)

    def _keep(self, head: Playhead, now: float) -> None:
        if not self._has_begun:
            return
        timeline = self._playback.session.timeline
        place = place_at(timeline, min(head.at, timeline.length - 1))
        is_new = self._kept is None or replace(place, offset_s=0) != replace(self._kept, offset_s=0)
        if is_new or now - self._kept_at >= KEEP_S:
            self._kept, self._kept_at = place, now
            self._connections.keep(self._settings | {"level": str(self._level), "place": asdict(place)})

    def _remember(self) -> None:
        """Keep the place, or that there is none to go back to; and write what was done into the diary."""
        if not self._has_begun or self.entry is not None:
            return
        head = self._playback.last_heard
        self._count(self._playback.session.timeline, head)
        if self.is_finished:
            self._connections.keep(None)
        else:
            self._keep(head, math.inf)
        done = self._tally.done(self._playback.session.timeline, self._levels)
        if self._tally.heard_s < WORTH_WRITING_S and not self._tally.has_exercised:
            return
        self.entry = Entry(
            self._started,
            self._to_play.name,
            self._to_play.title,
            self._level,
            self._tally.heard_s / 60,
            self.is_finished,
            done,
        )
        self._connections.record(self.entry, None)

    def _say_that_it_waits(self) -> None:
        if self._is_moment_told or not self._has_begun:
            return
        if self._playback.heard.is_waiting(self._playback.session) and self._is_voiced_no_more:
            self._is_moment_told = True
            self._act(Action.STOP)  # nothing more will get ready: `error` says why
        elif self._playback.heard.is_waiting(self._playback.session):
            self._is_moment_told = True
            words = _bell_and(self._words.ONE_MOMENT)
            self._turn(lambda session, head: (session, answered(session, head, words)))

    # When the loudspeaker is gone

    def _wait_for_a_speaker(self, lost: DeviceLostError) -> None:
        """Look for a loudspeaker until there is one, then go on as after a pause; keys are still heard."""
        head = replace(self._playback.last_heard, answer=None, tone=None)
        since = self._connections.clock()
        notice, self._notice = self._notice, f"{lost.message} The session waits for it."
        later: list[VoiceMessage] = []
        self._playback.abandon_speaker()
        while True:
            self._show(replace(head, is_paused=True))
            self._keep(head, self._connections.clock())
            message = self._next_message(REOPEN_S)
            if isinstance(message, VoiceMessage):
                later.append(message)
            elif message is not None:
                action = message if isinstance(message, Action) else self._connections.asked(message)
                head = _without_sound(self._playback.session, head, action)
            try:
                speaker = self._connections.speakers.speaker()
                break
            except DeviceError:
                if head.is_stopping or self._connections.clock() - since > GIVE_UP_S:
                    raise
        self._notice = notice
        for message in later:
            self._connections.inbox.put(message)
        self._playback.session = self._playable()
        self._playback.replace_speaker(speaker, self._again(head))
        self._counted = self._playback.head.at
        self._turned_at = self._connections.clock()

    def _again(self, head: Playhead) -> Playhead:
        """The playhead with which a session goes on after its loudspeaker was gone."""
        session = self._playback.session
        if head.is_stopping or not self._has_begun:
            return head
        if head.is_paused:
            return answered(session, head, _bell_and(self._words.SOUND_IS_BACK, self._words.PAUSED))
        resume_point = resume_points.resume(session.timeline, head.at)
        there = replace(head, at=resume_point.at)
        return answered(
            session, there, _bell_and(self._words.SOUND_IS_BACK), counts_in=resume_point.counts_in
        )

    # The question at the end

    def _ask(self) -> None:
        """Ask how sore the knee is, if anybody can answer, and write the number into the diary."""
        if self.entry is None or not self._connections.has_keys:
            return
        self._notice = self._words.HOW_SORE
        self._say(self._words.HOW_SORE)
        digits = ""
        until = self._connections.clock() + ANSWER_S
        while self._connections.clock() < until:
            self._playback.feed()
            self._show(self._playback.heard)
            key = self._next_message(TURN_S)
            if key in {"enter", "escape", "q", Action.STOP}:
                break
            if isinstance(key, str) and digits + key in ANSWERS:
                digits += key
                until = self._connections.clock() + (TWO_DIGITS_S if digits == "1" else 0.0)
        if not digits:
            return
        entry = replace(self.entry, soreness=int(digits))
        self._connections.record(entry, self.entry)
        self.entry = entry
        self._say(self._words.THANK_YOU)
        while self._playback.head.is_answering:
            self._playback.feed()
            self._next_message(TURN_S)

    def _say(self, text: str) -> None:
        def saying(session: PlayableSession, head: Playhead) -> tuple[PlayableSession, Playhead]:
            still = replace(head, is_paused=True, is_stopping=False)
            return session, answered(session, still, [Speak(text, Role.CLOSING)])

        self._playback.change(saying)


def _placed(start: Place | None, titles: Sequence[str]) -> Place:
    """A place with the index of its chapter in this session; the beginning without one."""
    if start is None:
        return Place(0, titles[0], 0.0)
    if start.title in titles and titles[min(start.chapter, len(titles) - 1)] != start.title:
        return replace(start, chapter=titles.index(start.title))
    return replace(start, chapter=min(start.chapter, len(titles) - 1))


def _without_sound(session: PlayableSession, head: Playhead, action: Action | None) -> Playhead:
    """The playhead after a key that was pressed while nothing can be heard: only these count."""
    match action:
        case Action.STOP:
            return replace(head, is_stopping=True)
        case Action.TOGGLE:
            return replace(head, is_paused=not head.is_paused)
        case Action.WHERE if session.timeline.chapters:
            return replace(
                head, shown=" ".join(whereabouts(session.timeline, head.at, session.left_s(head.at)))
            )
        case Action.PAUSE | Action.RESUME:
            return replace(head, is_paused=action is Action.PAUSE)
        case _:
            return head


def answers(words: Words) -> tuple[str, ...]:
    """Return every answer that any session may need, those that are needed at once first."""
    levels = (words.level_from(level, next_set=is_next) for level in Level for is_next in (True, False))
    return (
        words.PAUSED, words.RESUMING, words.STOPPED, words.ONE_MOMENT, words.LAST_PART, words.NOT_YET,
        words.LOUDEST, words.SOFTEST, words.GENTLEST, words.STRONGEST, words.SOUND_IS_BACK, words.HOW_SORE,
        words.THANK_YOU, *levels,
    )  # fmt: skip


def _bell_and(*texts: str) -> list[Move]:
    return [Strike(Sound.BELL, Role.OPENING), *(Speak(text, Role.OPENING) for text in texts)]
