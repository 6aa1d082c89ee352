"""A session as it is played: what is heard next, and what an action of its listener changes.

Everything here is a value. A `Playhead` says what is heard next; `read` gives its sound and the playhead
after it; `act` gives another playhead. So a loudspeaker that has taken more than was heard is no trouble: the
playhead of any moment can be taken up again.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from coach.language.model import Sound
from coach.live import resume as resume_points
from coach.live.actions import Action
from coach.live.resume import ResumePoint
from coach.session.layout import PAUSE, SECOND, USUAL, Sounds, Spacing, Tape
from coach.session.moves import Move, Speak, Strike
from coach.session.place import chapter_at, whereabouts
from coach.session.timeline import RATE_HZ, Frames, Role, Say, Silence, Timeline, frames, says
from coach.session.words import en as phrases
from coach.sound.clip import Clip
from coach.sound.gain import CEILING, Amplified, amplified
from coach.sound.music_bed import CLIP_CEILING, RISE, RISING, Bed, Music, Span, automated
from coach.sound.render import render, under_a_ceiling

FADE = frames(0.005)
"""A sound that is broken off fades out over so many frames: no click."""

BEFORE_PAUSED = frames(0.300)
"""Silence from a pause to the word that says so."""

STEP_DB = 3.0
SOFTEST_DB, LOUDEST_DB = -18.0, 6.0
"""Louder than 0 dB, what would be too loud is limited, clip by clip."""

Samples = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class SoundBank:
    """The sounds at one loudness."""

    clips: Mapping[str, Clip]
    tones: Mapping[Sound, Samples]


@dataclass(frozen=True, slots=True)
class PlayableSession:
    """What can be played: the session as far as it is laid out, and every sound that there is.

    ``titles`` are those of all chapters, also of those still to be laid out, which last about ``rest_s``
    seconds. ``clips`` and ``tones`` are as for `coach.sound.render.render`. ``music``, if there is any,
    sounds with the session. ``spacing`` is that of the session, for what is said besides.
    """

    timeline: Timeline
    clips: Mapping[str, Clip]
    tones: Mapping[Sound, Samples]
    titles: tuple[str, ...]
    rest_s: float = 0.0
    music: Music | None = None
    spacing: Spacing = USUAL
    _louder: dict[float, SoundBank] = field(default_factory=dict, init=False, repr=False, compare=False)
    _beds: list[Bed] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def is_whole(self) -> bool:
        """True if every chapter is laid out."""
        return len(self.timeline.chapters) == len(self.titles)

    def left_s(self, at: int) -> float:
        """The seconds from a frame to the end of the session."""
        return (self.timeline.length - at) / RATE_HZ + self.rest_s

    @property
    def bed(self) -> Bed | None:
        """The music under the session as far as it is laid out; None without music."""
        if self.music is None:
            return None
        if not self._beds:
            self._beds.append(Bed(self.music, automated(self.timeline, is_whole=self.is_whole)))
        return self._beds[0]

    def bank(self, gain_db: float) -> SoundBank:
        """The sounds, louder where the gain is above 0 dB; below it, what is read is made softer."""
        gain_db = max(gain_db, 0.0)
        if gain_db == 0 and self.music is None:
            return SoundBank(self.clips, self.tones)
        if gain_db not in self._louder:
            self._louder[gain_db] = self._louder_bank(gain_db)
        return self._louder[gain_db]

    def _louder_bank(self, gain_db: float) -> SoundBank:
        if gain_db == 0:
            return SoundBank(*under_a_ceiling(self.clips, self.tones))
        ceiling = CEILING if self.music is None else CLIP_CEILING
        tones = {sound: amplified(samples, gain_db, ceiling) for sound, samples in self.tones.items()}
        return SoundBank(Amplified(self.clips, gain_db, ceiling), tones)


@dataclass(frozen=True, slots=True)
class Playhead:
    """What is heard next.

    First the rest of ``answer`` from its frame ``answer_at``; then, if ``is_paused``, silence, else the
    session from frame ``at``. Meanwhile a ``tick`` may sound with it, from frame ``tick_at``; and from frame
    ``remark_at`` of the session on, in a silence that is long enough, the prompt ``remark``, and ``later`` in
    a later one. ``shown`` is what a screen has of the answer in the place of what is said: while it is heard,
    and in a pause until that ends. All that at ``gain_db``, reached in one block from ``gain_before_db``.

    A music bed sounds with the session, and with nothing else. ``bed_in`` frames ago it was at a gain of
    ``bed_from``, from which it goes over, in `RISE` frames, to the one that it has by itself. While the
    session waits for a chapter, the bed fades out: ``bed_out`` frames ago it began to.
    """

    at: Frames = Frames(0)  # noqa: RUF009 - a number
    is_paused: bool = False
    is_stopping: bool = False
    answer: Timeline | None = None
    answer_at: Frames = Frames(0)  # noqa: RUF009
    shown: str = ""
    tick: Sound | None = None
    tick_at: Frames = Frames(0)  # noqa: RUF009
    remark: str = ""
    remark_at: Frames = Frames(0)  # noqa: RUF009
    later: str = ""
    gain_db: float = 0.0
    gain_before_db: float = 0.0
    bed_from: float = 0.0
    bed_in: Frames = Frames(0)  # noqa: RUF009
    bed_out: Frames = Frames(0)  # noqa: RUF009

    @property
    def is_answering(self) -> bool:
        """True while something is heard that is no part of the session."""
        return self.answer is not None

    @property
    def is_remarking(self) -> bool:
        """True while a remark is heard, or was when the session was paused."""
        return bool(self.remark) and self.remark_at < self.at and self.answer is None


def is_over(session: PlayableSession, head: Playhead) -> bool:
    """True if nothing more will be heard."""
    if head.answer is not None:
        return False
    return head.is_stopping or (
        session.is_whole and not head.is_paused and head.at >= session.timeline.length
    )


def is_waiting(session: PlayableSession, head: Playhead) -> bool:
    """True if the session has to wait for its next chapter to be spoken."""
    at_end = head.at >= session.timeline.length and not session.is_whole
    return at_end and head.answer is None and not head.is_paused and not head.is_stopping


@dataclass(frozen=True, slots=True, eq=False)
class RenderedBlock:
    """Some frames as they are heard.

    ``block`` is float32 of shape (frames, 1); ``at`` is the frame of the session that its first row is, None
    where it is an answer or silence; ``after`` is the playhead behind it.
    """

    block: NDArray[np.float32]
    at: Frames | None
    after: Playhead


def read(session: PlayableSession, head: Playhead, count: int) -> RenderedBlock:
    """The next frames, at least one and at most ``count``; silence where there is nothing to be heard."""
    at = None
    bank = session.bank(head.gain_db)
    if head.answer is not None:
        block = _rendered(head.answer, bank, head.answer_at, count)
        played = Frames(head.answer_at + len(block))
        is_done = played >= head.answer.length
        after = replace(
            head, answer=None if is_done else head.answer, answer_at=Frames(0) if is_done else played
        )
    elif head.is_paused or head.is_stopping or head.at >= session.timeline.length:
        block, after = np.zeros((count, 1), np.float32), head
    else:
        at = head.at
        block = _rendered(session.timeline, bank, head.at, count)
        after = replace(head, at=Frames(head.at + len(block)))
        if head.remark:
            samples = bank.clips[head.remark].samples
            _mix(samples, head.at - head.remark_at, block)
            if after.at >= head.remark_at + len(samples):
                after = remarked(session, replace(after, remark=""), head.later)
    if head.tick is not None:
        samples = bank.tones[head.tick]
        _mix(samples, head.tick_at, block)
        rung = Frames(head.tick_at + len(block))
        is_done = rung >= len(samples)
        after = replace(after, tick=None if is_done else head.tick, tick_at=Frames(0) if is_done else rung)
    if head.gain_db != 0.0 or head.gain_before_db != 0.0:
        _turn(block, head)
        after = replace(after, gain_before_db=head.gain_db)
    if session.music is not None and session.bed is not None:
        after = _with_bed(session, session.bed, head, block, after)
    if head.tick is not None:
        np.clip(block, -1.0, 1.0, out=block)
    return RenderedBlock(block, at, after)


def _rendered(timeline: Timeline, bank: SoundBank, start: int, count: int) -> NDArray[np.float32]:
    return next(render(timeline, bank.clips, bank.tones, start=start, block=count))


def _mix(samples: Samples, offset: int, block: NDArray[np.float32]) -> None:
    """Add to a block the samples of which frame ``offset`` falls on its first row."""
    first, last = max(0, -offset), min(len(block), len(samples) - offset)
    if first < last:
        block[first:last, 0] += samples[first + offset : last + offset] * np.float32(1 / 32768)


def _turn(block: NDArray[np.float32], head: Playhead) -> None:
    """Apply the gain, in a straight line from the one before. What is above 0 dB is in the sounds already."""
    now = 10 ** (min(0.0, head.gain_db) / 20)
    before = min(now * 10 ** ((head.gain_before_db - head.gain_db) / 20), 1 / CEILING)
    block[:, 0] *= np.linspace(before, now, len(block), dtype=np.float32)


# The bed


def _with_bed(
    session: PlayableSession, bed: Bed, head: Playhead, block: NDArray[np.float32], after: Playhead
) -> Playhead:
    """Add the bed to a block; the playhead behind it, of which ``after`` has all but the bed."""
    count = len(block)
    is_silent = not (head.bed_in or head.bed_from)
    if not _is_playing(session, head) and (is_silent or not is_waiting(session, head)):
        return after if is_silent else replace(after, bed_from=0.0, bed_in=Frames(0), bed_out=Frames(0))
    gain = _bed_gain(session, bed, head, count)
    if head.gain_db < 0 or head.gain_before_db < 0:
        now, before = (10 ** (min(0.0, db) / 20) for db in (head.gain_db, head.gain_before_db))
        gain *= np.linspace(before, now, count, dtype=np.float32)
    block[:, 0] += bed.read(head.at + head.bed_out, gain)
    if is_waiting(session, head):
        out = Frames(head.bed_out + count)
        has_gone = replace(after, bed_from=0.0, bed_in=Frames(0), bed_out=Frames(0))
        return has_gone if out >= RISE else replace(after, bed_out=out)
    after = replace(after, bed_in=Frames(min(RISE, head.bed_in + count)))
    if after.remark_at == head.remark_at:
        return after
    as_before = replace(after, remark=head.remark, remark_at=head.remark_at)
    return with_soft_bed(session, as_before, session, after)


def _is_playing(session: PlayableSession, head: Playhead) -> bool:
    """True while the session itself is heard: no answer, and no pause."""
    is_still = head.answer is not None or head.is_paused or head.is_stopping
    return not is_still and head.at < session.timeline.length


def _bed_gain(session: PlayableSession, bed: Bed, head: Playhead, count: int) -> NDArray[np.float32]:
    """The bed's gain in the next frames, where the session is heard or waits; at 0 dB."""
    remark = Span(head.remark_at, head.remark_at + session.clips[head.remark].length) if head.remark else None
    gain = bed.automation.gain(head.at + head.bed_out, count, remark)
    if head.bed_in < RISE:
        risen = RISING[head.bed_in : head.bed_in + count]
        gain[: len(risen)] *= risen
        gain[: len(risen)] += np.float32(head.bed_from) * (1 - risen)
    if is_waiting(session, head):
        falling = RISING[::-1][head.bed_out : head.bed_out + count]
        gain[: len(falling)] *= falling
        gain[len(falling) :] = 0
    return gain


def with_soft_bed(
    stage_before: PlayableSession, before: Playhead, session: PlayableSession, after: Playhead
) -> Playhead:
    """The playhead ``after`` a change, with a bed that goes over softly from how loud it was ``before``.

    After a sound that was broken off, the bed comes in anew.
    """
    if session.bed is None:
        return after
    if is_cut(before, after) or is_bed_cut(session, before, after):
        return replace(after, bed_from=0.0, bed_in=Frames(0), bed_out=Frames(0))
    if not _is_playing(session, after):
        return after
    was = 0.0
    if stage_before.bed is not None and _is_playing(stage_before, before):
        was = float(_bed_gain(stage_before, stage_before.bed, before, 1)[0])
    now = float(_bed_gain(session, session.bed, after, 1)[0])
    return after if was == now else replace(after, bed_from=was, bed_in=Frames(0))


def is_bed_cut(session: PlayableSession, before: Playhead, after: Playhead) -> bool:
    """True if the bed was fading out, as the session had to wait, when a chapter came."""
    return before.bed_out > 0 and not is_waiting(session, after)


def faded(session: PlayableSession, head: Playhead) -> NDArray[np.float32]:
    """The `FADE` frames with which the sound at a playhead fades away; shape (frames, 1)."""
    block = np.zeros((FADE, 1), np.float32)
    done = 0
    while done < FADE:
        piece = read(session, head, FADE - done)
        block[done : done + len(piece.block)] = piece.block
        done += len(piece.block)
        head = piece.after
    block[:, 0] *= (0.5 + 0.5 * np.cos(np.linspace(0, np.pi, FADE))).astype(np.float32)
    return block


def is_cut(before: Playhead, after: Playhead) -> bool:
    """True if what was heard is broken off, and not only accompanied, or followed by more."""
    if before.answer is not None:
        said = before.answer.events
        goes_on = after.answer is not None and after.answer.events[: len(said)] == said
        return not goes_on or before.answer_at != after.answer_at
    if before.is_paused:
        return before.tick not in {None, after.tick}
    return after.answer is not None or (before.at, before.is_paused) != (after.at, after.is_paused)


# Answers


def answered(
    session: PlayableSession, head: Playhead, moves: Iterable[Move], *, counts_in: bool = False
) -> Playhead:
    """The playhead with an answer before it goes on: prompts and tones, and 3-2-1 if ``counts_in``.

    A prompt without a clip is left out: a tone is heard at once, words only when the voice is there. All the
    words are shown then.
    """
    tape = Tape(_sounds(session), Frames(0))
    texts, is_missing = list[str](), False
    for move in moves:
        match move:
            case Speak(text=text, role=role):
                texts.append(text)
                if text in session.clips:
                    tape.speak(text, role)
                else:
                    is_missing = True
            case Strike(sound=sound, role=role):
                tape.strike(sound, role)
            case _:
                pass
    tape.breathe(PAUSE, Role.PAUSE)
    if counts_in:
        pip = len(session.tones[Sound.COUNTDOWN])
        for _ in range(3):
            tape.strike(Sound.COUNTDOWN, Role.COUNTDOWN)
            tape.wait(SECOND - pip, "countdown", Role.COUNTDOWN)
    answer = Timeline("", tuple(tape.events), ()) if tape.events else None
    shown = " ".join(texts) if is_missing else ""
    return replace(head, answer=answer, answer_at=Frames(0), shown=shown, tick=None, tick_at=Frames(0))


def ticked(head: Playhead, sound: Sound) -> Playhead:
    """The playhead with a tone sounding with it, from now on; one that sounds already is not begun anew."""
    return head if head.tick is sound else replace(head, tick=sound, tick_at=Frames(0))


def remarked(session: PlayableSession, head: Playhead, text: str) -> Playhead:
    """The playhead with a prompt that is heard in the next silence that is long enough.

    A remark that is being heard is heard to its end first; one that waits makes room for the new one. While
    nothing of the session is heard, the prompt is an answer, behind any other. Where there is no clip of it,
    or no silence that is long enough, there is no remark.
    """
    if _is_still(session, head):
        head = replace(head, shown=text)
    if text not in session.clips:
        text = ""
    if head.is_remarking and not head.is_paused:
        return replace(head, later=text)
    head = replace(head, remark="", remark_at=Frames(0), later="")
    if not text:
        return head
    rings_until = len(session.tones[head.tick]) - head.tick_at if head.tick else 0
    if _is_still(session, head):
        before = head.answer or Timeline("", (), ())
        tape = Tape(_sounds(session), before.length, list(before.events))
        if rings_until:
            tape.wait(rings_until + session.spacing.after_tone, PAUSE, Role.PAUSE)
        tape.speak(text, Role.CLOSING)
        return replace(head, answer=Timeline("", tuple(tape.events), ()))
    start = _gap(session, head.at, session.clips[text].length, 0 if head.answer else rings_until)
    return head if start is None else replace(head, remark=text, remark_at=start)


def settled(session: PlayableSession, head: Playhead) -> Frames:
    """The frame up to which a session has to stay as it is when it is laid out anew.

    A remark that is being heard is heard to its end.
    """
    if not head.is_remarking:
        return head.at
    return Frames(
        max(head.at, head.remark_at + session.clips[head.remark].length + session.spacing.before_tone)
    )


def _is_still(session: PlayableSession, head: Playhead) -> bool:
    """True while nothing of the session is heard, nor will be without a key or a chapter."""
    is_at_the_end = head.at >= session.timeline.length and not session.is_whole
    return (head.is_paused or is_at_the_end) and not head.is_stopping


def _gap(session: PlayableSession, at: int, length: int, rings_until: int) -> Frames | None:
    """The first frame from ``at`` on with so much silence around it that a prompt disturbs nothing.

    A tick sounds for ``rings_until`` frames more.
    """
    spacing = session.spacing
    i = session.timeline.index_at(at)
    start = Frames(at + rings_until)
    for event in islice(session.timeline.events, i, None) if i is not None else ():
        end = Frames(event.start + event.length)
        if not isinstance(event, Silence):
            start = max(start, end)
        elif end - start >= spacing.after_tone + length + spacing.before_tone:
            return Frames(start + spacing.after_tone)
    return None


def _sounds(session: PlayableSession) -> Sounds:
    lengths = {sound: Frames(len(samples)) for sound, samples in session.tones.items()}
    return Sounds(session.clips, lengths, session.spacing)


# Actions


def act(session: PlayableSession, head: Playhead, action: Action) -> Playhead:
    """What is heard next when a listener asks for something.

    A new level takes the voice, and is laid out elsewhere: here it is answered with a tone.
    """
    if head.is_stopping:
        return replace(head, answer=None) if action is Action.STOP else head
    if not session.timeline.chapters and action in _NEED_A_CHAPTER:
        return ticked(head, Sound.NOT_NOW)
    return _ACTS[action](session, head)


_KEY = Strike(Sound.KEY, Role.CLOSING)


def _said(texts: Iterable[str]) -> list[Move]:
    return [_KEY, *(Speak(text, Role.CLOSING) for text in texts)]


def _go(
    session: PlayableSession, head: Playhead, resume_point: ResumePoint, texts: Iterable[str] = ()
) -> Playhead:
    """A tone, words, and then the session from another frame on."""
    there = replace(head, at=resume_point.at, is_paused=False)
    going = answered(session, there, _said(texts), counts_in=resume_point.counts_in)
    return remarked(session, going, head.later or head.remark)


def _pause(session: PlayableSession, head: Playhead) -> Playhead:
    tape = Tape(_sounds(session), Frames(0))
    tape.wait(BEFORE_PAUSED, PAUSE, Role.PAUSE)
    if phrases.PAUSED in session.clips:
        tape.speak(phrases.PAUSED, Role.CLOSING)
    answer = Timeline("", tuple(tape.events), ())
    head = replace(head, answer=answer, answer_at=Frames(0), shown="", tick=None, tick_at=Frames(0))
    return replace(head, is_paused=True)


def _resume(session: PlayableSession, head: Playhead) -> Playhead:
    if not head.is_paused:
        return ticked(head, Sound.NOT_NOW)
    return _go(session, head, resume_points.resume(session.timeline, head.at), (phrases.RESUMING,))


def _toggle(session: PlayableSession, head: Playhead) -> Playhead:
    return _resume(session, head) if head.is_paused else _pause(session, head)


def _back(session: PlayableSession, head: Playhead) -> Playhead:
    resume_point = resume_points.back(session.timeline, head.at)
    return _go(session, head, resume_point, _title(session, resume_point))


def _again(session: PlayableSession, head: Playhead) -> Playhead:
    repeat = resume_points.again(session.timeline, head.at)
    return _go(session, head, repeat.resume_point, repeat.texts)


def _go_on(session: PlayableSession, head: Playhead) -> Playhead:
    if head.is_paused:
        return _resume(session, head)
    resume_point = resume_points.go_on(session.timeline, head.at)
    return ticked(head, Sound.NOT_NOW) if resume_point is None else _go(session, head, resume_point)


def _where(session: PlayableSession, head: Playhead) -> Playhead:
    timeline = session.timeline
    texts = whereabouts(timeline, min(head.at, timeline.length - 1), session.left_s(head.at))
    if head.is_paused:
        return replace(answered(session, head, _said(texts)), shown=" ".join(texts))
    return _go(session, head, resume_points.resume(timeline, head.at), texts)


def _stop(session: PlayableSession, head: Playhead) -> Playhead:
    return answered(session, replace(head, is_stopping=True, remark=""), _said([phrases.STOPPED]))


def _level(_playable: PlayableSession, head: Playhead) -> Playhead:
    return ticked(head, Sound.KEY)


def _next(session: PlayableSession, head: Playhead) -> Playhead:
    timeline = session.timeline
    index = chapter_at(timeline, head.at)
    if index + 1 == len(session.titles):
        return _go(session, head, resume_points.resume(timeline, head.at), (phrases.LAST_PART,))
    if head.at >= timeline.length:
        return _go(session, head, ResumePoint(head.at), (phrases.NOT_YET,))
    resume_point = resume_points.next_chapter(timeline, head.at)
    return _go(session, head, resume_point, _title(session, resume_point))


def _title(session: PlayableSession, resume_point: ResumePoint) -> tuple[str, ...]:
    """The title of the chapter that begins at a landing, where its own first words do not name it."""
    timeline = session.timeline
    if resume_point.at >= timeline.length:
        return (phrases.ONE_MOMENT,)
    title = session.titles[chapter_at(timeline, resume_point.at)]
    own = islice(timeline.events, timeline.index_at(resume_point.at), None)
    first = next((event for event in own if isinstance(event, Say)), None)
    names_it = first is not None and title.casefold() in first.text.casefold()
    return () if names_it else (phrases.sentence(title),)


def _turned(session: PlayableSession, head: Playhead, by_db: float) -> Playhead:
    gain_db = head.gain_db + by_db
    if not SOFTEST_DB <= gain_db <= LOUDEST_DB:
        words = phrases.LOUDEST if by_db > 0 else phrases.SOFTEST
        limit = ticked(head, Sound.NOT_NOW)
        told = says(head.answer.events) if head.answer else []
        return (
            limit if head.remark or words in {say.text for say in told} else remarked(session, limit, words)
        )
    return ticked(replace(head, gain_db=gain_db, gain_before_db=head.gain_db), Sound.KEY)


def _louder(session: PlayableSession, head: Playhead) -> Playhead:
    return _turned(session, head, STEP_DB)


def _softer(session: PlayableSession, head: Playhead) -> Playhead:
    return _turned(session, head, -STEP_DB)


_NEED_A_CHAPTER = frozenset({Action.NEXT, Action.BACK, Action.AGAIN, Action.WHERE})

_ACTS: Mapping[Action, Callable[[PlayableSession, Playhead], Playhead]] = {
    Action.TOGGLE: _toggle,
    Action.PAUSE: _pause,
    Action.RESUME: _resume,
    Action.NEXT: _next,
    Action.BACK: _back,
    Action.AGAIN: _again,
    Action.GO_ON: _go_on,
    Action.EASIER: _level,
    Action.HARDER: _level,
    Action.LOUDER: _louder,
    Action.SOFTER: _softer,
    Action.WHERE: _where,
    Action.STOP: _stop,
}
