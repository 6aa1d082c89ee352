"""Play a session live: feed the loudspeaker, answer keys, take chapters as they are spoken.

`LiveSession.play` is one loop in one thread. The loudspeaker is its clock: each turn writes as much sound
as the loudspeaker has room for, and then waits at most `TURN_S` for a message. Messages are keys, actions
of remote controls, and chapters from the thread that speaks (`coach.live.speaking`). What a key changes is
decided in `coach.live.apply_action`, and in `coach.live.ask_pain` while a question about pain is open; how a
change is heard at once, in `coach.live.playback`; a change of level, in `coach.live.chapters`.
`coach.live.record` keeps the place and the diary.
"""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from queue import Empty
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from coach.diary.entries import Entry
from coach.errors import CoachError, DeviceError, DeviceLostError
from coach.language.level import Level
from coach.language.model import Sound
from coach.live import ask_pain
from coach.live import resume as resume_points
from coach.live.actions import Action
from coach.live.answers import Answers
from coach.live.apply_action import act, bell_and, cut_short, sound_is_back, without_sound
from coach.live.ask_pain import NUMBERS, TWO_DIGITS_S, Effect, PainAnswer, Typing, digit_of
from coach.live.chapters import Chapters, SessionToPlay, placed
from coach.live.morning import MorningQuestion
from coach.live.playback import Playback
from coach.live.playhead import (
    PlayableSession,
    Playhead,
    acknowledged,
    answered,
    found_again,
    remarked,
    settled,
)
from coach.live.record import SessionRecord
from coach.live.speakers.loudspeaker import Loudspeaker, fast_thread_switches
from coach.live.speaking import (
    ChapterBegun,
    ChapterReady,
    LengthsEstimated,
    SpeakingThread,
    VoiceFailed,
    VoiceMessage,
)
from coach.live.view import View, view
from coach.live.waits import heard_until
from coach.session.compile import Laid
from coach.session.moves import Speak
from coach.session.question import question_at
from coach.session.timeline import RATE_HZ, Frames, Role, Timeline
from coach.session.timeline_builder import USUAL, Spacing
from coach.session.whereabouts import chapter_at, frame_of, whereabouts, whereabouts_texts
from coach.session.words.interface import Words
from coach.sound.music_bed import Music, certain_until

TURN_S = 0.04
"""The longest wait for a message before the loudspeaker's buffer is filled again."""

LOOK_S = 0.1
"""Interval between two views for the screen and the remote controls."""

SETTLED_S = 0.5
"""Time after a jump until the sound before it has certainly left the device's buffer."""

REOPEN_S = 1.0
GIVE_UP_S = 600.0
"""A lost loudspeaker is opened again after each `REOPEN_S`, for at most `GIVE_UP_S`."""

SORENESS_S = 30.0
"""Timeout of the question how sore the listener is; long, as a listener on a mat may be far from the keys."""

BEFORE_ALL = Playhead(is_paused=True)
"""The playhead after the bell, paused until the first chapter is laid out."""


Message = Action | str | VoiceMessage
"""An action of a remote control, the name of a key, or a message of the speaking thread."""


class Inbox(Protocol):
    """The interface of the message queue: `queue.SimpleQueue`, or a fake in tests."""

    def get(self, *, timeout: float) -> Message:
        """Return the next message; raise `queue.Empty` after the timeout in seconds."""

    def put(self, item: Message, /) -> None:
        """Append a message."""


class SpeakerSource(Protocol):
    """Opens loudspeakers: one at the start of a session, and another when that is lost."""

    @property
    def rung(self) -> NDArray[np.float32]:
        """The bell, already written to the first loudspeaker; shape (frames, 1)."""

    def speaker(self) -> Loudspeaker:
        """Open a loudspeaker.

        Raises
        ------
        DeviceError
            If there is none.
        """


@dataclass(slots=True)
class Connections:
    """The devices, threads and callbacks of a live session.

    ``keep`` stores the place as JSON values, or None to forget it. ``record`` writes a diary entry, in
    place of an earlier one if that is given. Each of ``displays`` is called with what is heard now, and
    returns at once. ``asked`` translates the name of a key into an action; without keys (``has_keys``) no
    question is asked. ``music`` plays under the session, and ``spacing`` is the minimum silence around its
    sounds.
    """

    speakers: SpeakerSource
    inbox: Inbox
    tones: Mapping[Sound, NDArray[np.int16]]
    keep: Callable[[Mapping[str, Any] | None], None]
    record: Callable[[Entry, Entry | None], None]
    displays: Sequence[Callable[[View], None]] = ()
    asked: Callable[[str], Action | None] = lambda _: None
    has_keys: bool = False
    music: Music | None = None
    spacing: Spacing = USUAL
    clock: Callable[[], float] = time.monotonic

    def next_message(self, timeout_s: float) -> Message | None:
        """Return the next message of the inbox; None after the timeout in seconds."""
        try:
            return self.inbox.get(timeout=timeout_s)
        except Empty:
            return None

    def action(self, message: Message) -> Action | None:
        """Return the action of a key or a remote control; None for unknown keys and other messages."""
        if isinstance(message, Action):
            return message
        return self.asked(message) if isinstance(message, str) else None


class LiveSession:
    """One session from its bell to its end: `play` does it all, once.

    Afterwards ``is_finished``, ``entry`` (the diary's) and ``error`` (what failed) say how it went.
    """

    def __init__(self, to_play: SessionToPlay, connections: Connections, speaking: SpeakingThread) -> None:
        self.is_finished = False
        self.error: CoachError | None = None
        self._connections = connections
        self._speaking = speaking
        self._resumes, self._tells_keys = to_play.resumes, to_play.tells_keys
        self._chapters = Chapters(to_play)
        self._words = self._chapters.words
        self._body_part = to_play.body_part
        self._start = placed(to_play.start, self._chapters.titles)
        self._answers = Answers(self._chapters, to_play.pains, self._start.chapter)
        self._record = SessionRecord(to_play, self._answers, connections.keep, connections.record)
        self._morning: MorningQuestion | None = None
        if to_play.unanswered is not None and connections.has_keys:
            self._morning = MorningQuestion(to_play.unanswered, self._words, to_play.body_part)
        self._notice = ""
        self._changed_at = self._looked_at = self._told_at = -math.inf
        self._has_begun = self._has_said_that_it_waits = self._has_no_voice = False
        self._typing = Typing()
        self._written: set[int | None] = set()
        self._is_level_told = self._is_level_due = self._ends_for_pain = False

    @property
    def entry(self) -> Entry | None:
        """The session's diary entry; None if too little was heard."""
        return self._record.entry

    def play(self) -> None:
        """Play the session until it ends or is stopped.

        However this ends, the place is stored and the diary has its entry.

        Raises
        ------
        DeviceError
            If there is no loudspeaker, or none for `GIVE_UP_S`.
        CoachError
            If nothing can be spoken, as there is no such voice.
        """
        with fast_thread_switches():
            self._play()

    def _play(self) -> None:
        self._speaking.order(self._chapters.order)
        speakers = self._connections.speakers
        speaker = speakers.speaker()
        self._playback = Playback(speaker, self._playable(), BEFORE_ALL, speakers.rung)
        try:
            self._playback.feed()
            self._speaking.speak(answers(self._words, self._body_part))
            while not self._playback.is_over:
                self._step()
            self.is_finished = not self._playback.head.is_stopping
            self._finish()
            with suppress(DeviceLostError):  # all of the session has been heard
                self._ask_soreness()
                self._playback.close()
        except BaseException:
            try:
                self._playback.cut_off()
            finally:
                self._finish()
            raise

    # The loop

    def _step(self) -> None:
        message = None
        try:
            self._playback.feed()
            message = self._connections.next_message(TURN_S)
            if message is not None:
                self._take(message)
            self._begin_if_ready()
            self._look_ahead()
            self._go_on_after_questions()
            self._look()
            self._say_that_it_waits()
        except DeviceLostError as error:
            if isinstance(message, VoiceMessage):
                self._connections.inbox.put(message)  # taken again with another loudspeaker
            self._go_on_with_another_speaker(error)

    def _take(self, message: Message) -> None:
        match message:
            case ChapterReady() | ChapterBegun() | LengthsEstimated():
                if self._chapters.is_current(message):
                    self._take_laid(message)
            case VoiceFailed(error=error, ends=True) if not self._has_begun:
                raise error
            case VoiceFailed(error=error, ends=ends):
                self.error = error
                self._has_no_voice = ends
                self._notice = f"{error.message} {self._words.TONES_GO_ON}"
            case str() if self._is_about_the_morning(message) or self._is_for_a_question(message):
                pass
            case _:
                action = self._connections.action(message)
                if action is not None:
                    self._act(action)

    def _act(self, action: Action) -> None:
        if (
            action in {Action.EASIER, Action.HARDER}
            and self._has_begun
            and not self._playback.head.is_stopping
        ):
            self._change_level(1 if action is Action.HARDER else -1)
            return
        action = ask_pain.chosen(self._typing, action)
        head = self._take_back()
        session = self._playback.session
        if self._has_begun and (after := cut_short(session, head, action)):
            self._record.cut_short(session.timeline, head.at, after.at)
        if self._has_begun or action is Action.STOP:
            self._go_on(act(session, head, action))
        else:
            self._go_on(acknowledged(head, Sound.NOT_NOW))

    def _take_back(self) -> Playhead:
        """Drop what is not heard yet, and count what is; returns the playhead of the first dropped frame."""
        head = self._playback.take_back()
        self._record.count(self._playback.session.timeline, head.at)
        return head

    def _go_on(self, head: Playhead, session: PlayableSession | None = None) -> None:
        self._playback.go_on(head, session)
        self._jumped_to(head)

    def _jumped_to(self, head: Playhead) -> None:
        self._record.count_from(head.at)
        self._changed_at = self._connections.clock()

    # Chapters

    def _playable(self) -> PlayableSession:
        chapters, connections = self._chapters, self._connections
        return PlayableSession(
            chapters.timeline,
            self._speaking.clips,
            connections.tones,
            chapters.titles,
            chapters.rest_s,
            connections.music,
            connections.spacing,
            self._until(chapters.timeline),
        )

    def _until(self, timeline: Timeline) -> Frames | None:
        """Return the frame up to which the session is to be heard, where that is not its end."""
        settled, at = self._chapters.settled, self._playback.head.at if self._has_begun else Frames(0)
        if settled is None:
            return None
        if self._connections.music is not None:
            settled = certain_until(timeline, settled)
        return max(min(at, settled), heard_until(timeline, at, settled, self._late_s(at)))

    def _late_s(self, at: int) -> float:
        """By how many seconds a prompt would be late if the session was heard from a frame on."""
        since_s = self._connections.clock() - self._told_at
        return self._chapters.outlook.late_s(at / RATE_HZ, since_s)

    def _take_laid(self, message: ChapterReady | ChapterBegun | LengthsEstimated) -> None:
        match message:
            case ChapterReady():
                self._take_chapter(message)
            case ChapterBegun():
                if self._chapters.begin(message):
                    self._told_at = self._connections.clock()
                    self._take_over()
            case LengthsEstimated():
                self._chapters.estimate(message)
                self._playback.session = self._playable()

    def _take_chapter(self, ready: ChapterReady) -> None:
        if self._chapters.changes_level(ready):
            self._change_over(ready.laid)
            return
        if not self._chapters.add(ready):
            return
        self._has_said_that_it_waits = False
        self._take_over()
        session = self._playback.session
        if session.is_whole:
            self._speaking.speak(whereabouts_texts(session.timeline, session.left_s(0)))
        if self._is_level_due:
            self._order_level(self._playback.head.at)

    def _take_over(self) -> None:
        """Go on with what has been laid out by now."""
        session = self._playable()
        self._speaking.spare_s = -self._late_s(self._playback.head.at) if self._has_begun else 0.0
        self._go_on_in(session)

    def _look_ahead(self) -> None:
        """Wait where the sheet waits, or go on, as the voice is slower or faster than it was."""
        session = self._playback.session
        if self._has_begun and self._chapters.settled is not None:
            until = self._until(session.timeline)
            if until != session.until:
                self._go_on_in(replace(session, until=until))

    def _go_on_in(self, session: PlayableSession) -> None:
        """Go on in a session that is laid out anew, or can be heard further, where the listener is."""
        before, head = self._playback.session, self._playback.head
        if self._has_begun and head.at > before.end:
            there = self._take_back()
            is_same = len(session.timeline.chapters) == len(before.timeline.chapters)
            if is_same and there.at > before.end:
                there = replace(there, at=found_again(before.timeline, there.at, session.timeline))
            self._go_on(there, session)
        elif head.is_waiting(before) and not head.is_waiting(session):
            self._go_on(self._take_back(), session)
        else:
            self._playback.session = session

    def _begin_if_ready(self) -> None:
        if not self._has_begun and self._can_begin:
            head = self._first_head()
            self._playback.begin(head)
            self._jumped_to(head)
            self._has_begun = True

    @property
    def _can_begin(self) -> bool:
        """Tell whether the session can begin: whatever is not spoken yet will be in time."""
        if len(self._chapters) <= self._start.chapter:
            return False
        timeline, settled = self._chapters.timeline, self._chapters.settled
        at = frame_of(timeline, self._start)
        is_there = settled is None or at < settled
        return is_there and self._late_s(at) <= 0

    def _first_head(self) -> Playhead:
        """Return the playhead with which the session begins after the bell.

        First come what the keys do, if that is told, and the question about the morning, if that is asked.
        """
        session = self._playback.session
        at = frame_of(session.timeline, self._start)
        keys = [Speak(text, Role.OPENING) for text in self._words.KEYS_ALOUD] if self._tells_keys else []
        if self._morning is not None:
            return self._morning.ask(session, Playhead(at), keys)
        if not self._resumes:
            return answered(session, Playhead(at), keys) if keys else Playhead(at)
        resume_point = resume_points.resume(session.timeline, at)
        here = whereabouts(session.timeline, resume_point.at, session.left_s(resume_point.at))
        words = [*keys, *bell_and(self._words.RESUMING, *here)]
        return answered(session, Playhead(resume_point.at), words, counts_in=resume_point.counts_in)

    def _change_level(self, by: int) -> None:
        """Order the rest of the session at another level; it is announced when it is there."""
        head = self._take_back()  # first: a loudspeaker that is gone must not lose the key
        has_changed = self._chapters.choose_level(by)
        self._is_level_told = False
        head = acknowledged(head, Sound.KEY if has_changed else Sound.NOT_NOW)
        if has_changed:
            self._answers.keep_chosen_level()
            self._go_on(head)
            self._order_level(self._playback.head.at)
        else:
            words = self._words.STRONGEST if by > 0 else self._words.GENTLEST
            self._go_on(remarked(self._playback.session, head, words))

    def _order_level(self, at: Frames) -> None:
        """Order the session at the level from the chapter of a frame on, as soon as that chapter is whole."""
        self._is_level_due = self._chapters.is_in_part(at)
        if not self._is_level_due:
            self._speaking.order(self._chapters.order_from(at))
            self._playback.session = self._playable()

    def _change_over(self, new: Laid) -> None:
        """Go on at the new level, or order the rest once more if another chapter has begun by now."""
        head = self._take_back()
        words = self._chapters.change_over(new, head.at, settled(self._playback.session, head))
        if words is None:
            self._go_on(head)
            self._order_level(head.at)
        else:
            session = self._playable()
            self._go_on(remarked(session, head, "" if self._is_level_told else words), session)

    # Questions

    def _is_about_the_morning(self, key: str) -> bool:
        """Take a key that tells how it was on the morning after the last session, while that is asked."""
        asked = self._morning
        has_use = self._connections.action(key) is not None
        told = asked.morning(key, self._playback.head, has_use=has_use) if asked else None
        if asked is None or told is None:
            return False
        self._morning = None  # first: a loudspeaker that is gone must not have it told twice
        self._connections.record(replace(asked.entry, morning=told), asked.entry)
        self._go_on(asked.taken(self._playback.session, self._take_back()))
        return True

    def _is_for_a_question(self, key: str) -> bool:
        """Take a key that is meant for a question about pain."""
        head, timeline = self._playback.head, self._playback.session.timeline
        if not (self._has_begun and self._connections.has_keys) or head.is_stopping:
            return False
        question = question_at(timeline, head.at)
        is_heard = question is not None and question.has(head.at) and not head.is_paused
        has_use = self._connections.action(key) is not None
        typing, effect = ask_pain.pressed(
            self._typing, key, question, self._connections.clock(), is_heard=is_heard, has_use=has_use
        )
        self._go_on_typing(typing, effect)
        return effect is not None

    def _go_on_after_questions(self) -> None:
        """Take a typed answer when it is complete, end an offer, and pass over an exercise that has ended."""
        head = self._playback.head
        if head.is_stopping:
            return
        typing, effect = ask_pain.timed(self._typing, self._connections.clock(), is_paused=head.is_paused)
        self._go_on_typing(typing, effect)
        self._pass_over_what_has_ended()

    def _go_on_typing(self, typing: Typing, effect: Effect | PainAnswer | None) -> None:
        """Take what is typed and do its effect; an answer waits for a loudspeaker if this one is lost."""
        before, self._typing = self._typing, typing
        try:
            self._do(effect)
        except DeviceLostError:
            if isinstance(effect, PainAnswer):
                typing = ask_pain.due_again(typing, effect)
            self._typing = replace(typing, choose_until_s=before.choose_until_s)
            raise

    def _do(self, effect: Effect | PainAnswer | None) -> None:
        session, question = self._playback.session, self._typing.question
        match effect:
            case PainAnswer():
                self._take_answer(effect)
            case Effect.ACKNOWLEDGE:
                self._go_on(acknowledged(self._take_back(), Sound.KEY))
            case Effect.REFUSE:
                self._go_on(acknowledged(self._take_back(), Sound.NOT_NOW))
            case Effect.ASK_AGAIN if question:
                self._go_on(ask_pain.asked_again(session, self._take_back(), question))
            case Effect.GO_ON if question:
                self._go_on(ask_pain.gone_on(session, self._take_back(), question))
            case Effect.END_SESSION if question:
                self._ends_for_pain = True
                self._go_on(ask_pain.ended_for_today(session, self._take_back(), question))

    def _take_answer(self, answer: PainAnswer) -> None:
        """Note an answer, say what it does, and do it."""
        head, session = self._take_back(), self._playback.session
        here, level = chapter_at(session.timeline, head.at), self._chapters.level
        reply = self._answers.take(answer, here)
        self._speaking.speak(map(self._words.left_out, self._answers.passed_over_after(here)))
        head = ask_pain.replied(session, head, self._typing, answer.question, reply)
        if self._chapters.level is not level:
            self._is_level_told = True
            self._order_level(head.at)
        self._write_so_far()
        self._go_on(head)  # last: it fails if the loudspeaker is lost, and the answer is then taken again
        self._typing = ask_pain.offered(self._typing, reply, head, self._connections.clock())

    def _pass_over_what_has_ended(self) -> None:
        session, head = self._playback.session, self._playback.head
        if head.is_playing(session) and self._answers.is_to_pass_over(session.timeline, head.at):
            self._go_on(ask_pain.passed_over(session, self._take_back()))

    def _write_so_far(self) -> None:
        self._record.write_so_far(
            self._playback.session.timeline, self._chapters.level, self._chapters.levels
        )

    def _write_before_answer(self, head: Playhead) -> None:
        """Write what was done into the diary once a question begins: nobody is to lose it from here on."""
        question = question_at(self._playback.session.timeline, head.at)
        if question and question.chapter not in self._written:
            self._written.add(question.chapter)
            self._write_so_far()

    # Screens, place and diary

    def _look(self) -> None:
        """Show what is heard, count it, and store the place."""
        now = self._connections.clock()
        if now - self._looked_at < LOOK_S or not self._has_begun:
            return
        self._looked_at = now
        head = self._playback.heard
        if now - self._changed_at > SETTLED_S:
            self._record.count(self._playback.session.timeline, head.at)
        self._show(head)
        self._keep(head, now)
        self._write_before_answer(head)

    def _show(self, head: Playhead) -> None:
        if self._has_begun:
            shown = view(self._playback.session, head, self._chapters.level, self._notice)
            for show in self._connections.displays:
                show(shown)

    def _keep(self, head: Playhead, now: float) -> None:
        if self._has_begun:
            self._record.keep(self._playback.session.timeline, head.at, self._chapters.level, now)

    def _finish(self) -> None:
        if self._has_begun:
            self._record.finish(
                self._playback.session.timeline,
                self._playback.last_heard.at,
                self._chapters.level,
                self._chapters.levels,
                is_finished=self.is_finished,
            )

    def _ask_soreness(self) -> None:
        """Ask how sore it is, and write a number from 0 to 10 into the diary; other keys skip it."""
        if self.entry is None or not self._connections.has_keys:
            return
        if self._ends_for_pain or self._typing.may_choose or self._answers.has_one_at_the_end:
            self._record.add_soreness([*self._answers.pains.values()][-1])
            return
        question = self._words.how_sore(self._body_part)
        self._notice = question
        self._say_at_the_end(question)
        clock, digits = self._connections.clock, ""
        until = clock() + SORENESS_S
        while clock() < until:
            self._playback.feed()
            self._show(self._playback.heard)
            key = self._connections.next_message(TURN_S)
            if isinstance(key, str | Action) and key in {"enter", "escape", "q", Action.STOP}:
                break
            if isinstance(key, str) and digits + digit_of(key) in NUMBERS:
                digits += digit_of(key)
                until = clock() + (TWO_DIGITS_S if digits == "1" else 0.0)
        if digits:
            self._record.add_soreness(int(digits))
            self._say_at_the_end(self._words.THANK_YOU)
            while self._playback.head.answer:
                self._playback.feed()
                self._connections.next_message(TURN_S)

    def _say_at_the_end(self, text: str) -> None:
        head = replace(self._playback.take_back(), is_paused=True, is_stopping=False)
        self._playback.go_on(answered(self._playback.session, head, [Speak(text, Role.CLOSING)]))

    # When the next chapter or the loudspeaker is missing

    def _say_that_it_waits(self) -> None:
        if self._has_said_that_it_waits or not self._has_begun:
            return
        if not self._playback.heard.is_waiting(self._playback.session):
            return
        self._has_said_that_it_waits = True
        if self._has_no_voice:
            self._act(Action.STOP)  # no further chapter will come: `error` says why
        else:
            words = bell_and(self._words.ONE_MOMENT)
            self._go_on(answered(self._playback.session, self._take_back(), words))

    def _go_on_with_another_speaker(self, lost: DeviceLostError) -> None:
        """Wait for a loudspeaker, then go on as after a pause."""
        head = replace(self._playback.last_heard, answer=None, tone=None)
        notice, self._notice = self._notice, f"{lost.message} {self._words.WAITING_FOR_SOUND}"
        self._playback.abandon_speaker()
        speaker, head = self._next_speaker(head)
        self._notice = notice
        self._playback.session = self._playable()
        session, typing = self._playback.session, self._typing
        if typing.question and typing.may_choose and head.is_paused and not head.is_stopping:
            reply = ask_pain.reminder(typing.question, self._words)
            head = ask_pain.replied(session, head, typing, typing.question, reply)
            self._typing = ask_pain.offered(typing, reply, head, self._connections.clock())
        elif self._has_begun and not head.is_stopping:
            head = sound_is_back(session, head)
        self._playback.replace_speaker(speaker, head)
        self._jumped_to(head)

    def _next_speaker(self, head: Playhead) -> tuple[Loudspeaker, Playhead]:
        """Open a loudspeaker as soon as there is one; returns the playhead as well, as keys have changed it.

        Raises
        ------
        DeviceError
            If there is none after `GIVE_UP_S`, or the session is stopped.
        """
        connections = self._connections
        since = connections.clock()
        put_back: list[VoiceMessage] = []
        try:
            while True:
                self._show(replace(head, is_paused=True))
                self._keep(head, connections.clock())
                message = connections.next_message(REOPEN_S)
                if isinstance(message, VoiceMessage):
                    put_back.append(message)
                elif message is not None:
                    head = without_sound(self._playback.session, head, connections.action(message))
                try:
                    return connections.speakers.speaker(), head
                except DeviceError:
                    if head.is_stopping or connections.clock() - since > GIVE_UP_S:
                        raise
        finally:
            for message in put_back:
                connections.inbox.put(message)


def answers(words: Words, body_part: str) -> tuple[str, ...]:
    """List every answer that a session may need, the most urgent first."""
    levels = (words.level_from(level, next_set=is_next) for level in Level for is_next in (True, False))
    return (
        words.PAUSED, words.RESUMING, words.STOPPED, words.ONE_MOMENT, words.LAST_PART, words.NOT_YET,
        words.LOUDEST, words.SOFTEST, words.GENTLEST, words.STRONGEST, words.SOUND_IS_BACK, words.THANK_YOU,
        words.how_sore(body_part), *levels,
    )  # fmt: skip
