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
from coach.live import resume as steering
from coach.live.actions import Action
from coach.live.resume import Landing
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
class Bank:
    """The sounds at one loudness."""

    clips: Mapping[str, Clip]
    tones: Mapping[Sound, Samples]


@dataclass(frozen=True, slots=True)
class Stage:
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
    _louder: dict[float, Bank] = field(default_factory=dict, init=False, repr=False, compare=False)
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

    def bank(self, gain_db: float) -> Bank:
        """The sounds, louder where the gain is above 0 dB; below it, what is read is made softer."""
        gain_db = max(gain_db, 0.0)
        if gain_db == 0 and self.music is None:
            return Bank(self.clips, self.tones)
        if gain_db not in self._louder:
            self._louder[gain_db] = self._louder_bank(gain_db)
        return self._louder[gain_db]

    def _louder_bank(self, gain_db: float) -> Bank:
        if gain_db == 0:
            return Bank(*under_a_ceiling(self.clips, self.tones))
        ceiling = CEILING if self.music is None else CLIP_CEILING
        tones = {sound: amplified(samples, gain_db, ceiling) for sound, samples in self.tones.items()}
        return Bank(Amplified(self.clips, gain_db, ceiling), tones)


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


def is_over(stage: Stage, head: Playhead) -> bool:
    """True if nothing more will be heard."""
    if head.answer is not None:
        return False
    return head.is_stopping or (stage.is_whole and not head.is_paused and head.at >= stage.timeline.length)


def is_waiting(stage: Stage, head: Playhead) -> bool:
    """True if the session has to wait for its next chapter to be spoken."""
    at_end = head.at >= stage.timeline.length and not stage.is_whole
    return at_end and head.answer is None and not head.is_paused and not head.is_stopping


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Some frames as they are heard.

    ``block`` is float32 of shape (frames, 1); ``at`` is the frame of the session that its first row is, None
    where it is an answer or silence; ``after`` is the playhead behind it.
    """

    block: NDArray[np.float32]
    at: Frames | None
    after: Playhead


def read(stage: Stage, head: Playhead, count: int) -> Piece:
    """The next frames, at least one and at most ``count``; silence where there is nothing to be heard."""
    at = None
    bank = stage.bank(head.gain_db)
    if head.answer is not None:
        block = _rendered(head.answer, bank, head.answer_at, count)
        played = Frames(head.answer_at + len(block))
        is_done = played >= head.answer.length
        after = replace(
            head, answer=None if is_done else head.answer, answer_at=Frames(0) if is_done else played
        )
    elif head.is_paused or head.is_stopping or head.at >= stage.timeline.length:
        block, after = np.zeros((count, 1), np.float32), head
    else:
        at = head.at
        block = _rendered(stage.timeline, bank, head.at, count)
        after = replace(head, at=Frames(head.at + len(block)))
        if head.remark:
            samples = bank.clips[head.remark].samples
            _mix(samples, head.at - head.remark_at, block)
            if after.at >= head.remark_at + len(samples):
                after = remarked(stage, replace(after, remark=""), head.later)
    if head.tick is not None:
        samples = bank.tones[head.tick]
        _mix(samples, head.tick_at, block)
        rung = Frames(head.tick_at + len(block))
        is_done = rung >= len(samples)
        after = replace(after, tick=None if is_done else head.tick, tick_at=Frames(0) if is_done else rung)
    if head.gain_db != 0.0 or head.gain_before_db != 0.0:
        _turn(block, head)
        after = replace(after, gain_before_db=head.gain_db)
    if stage.music is not None and stage.bed is not None:
        after = _with_bed(stage, stage.bed, head, block, after)
    if head.tick is not None:
        np.clip(block, -1.0, 1.0, out=block)
    return Piece(block, at, after)


def _rendered(timeline: Timeline, bank: Bank, start: int, count: int) -> NDArray[np.float32]:
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
    stage: Stage, bed: Bed, head: Playhead, block: NDArray[np.float32], after: Playhead
) -> Playhead:
    """Add the bed to a block; the playhead behind it, of which ``after`` has all but the bed."""
    count = len(block)
    is_silent = not (head.bed_in or head.bed_from)
    if not _is_playing(stage, head) and (is_silent or not is_waiting(stage, head)):
        return after if is_silent else replace(after, bed_from=0.0, bed_in=Frames(0), bed_out=Frames(0))
    gain = _bed_gain(stage, bed, head, count)
    if head.gain_db < 0 or head.gain_before_db < 0:
        now, before = (10 ** (min(0.0, db) / 20) for db in (head.gain_db, head.gain_before_db))
        gain *= np.linspace(before, now, count, dtype=np.float32)
    block[:, 0] += bed.read(head.at + head.bed_out, gain)
    if is_waiting(stage, head):
        out = Frames(head.bed_out + count)
        has_gone = replace(after, bed_from=0.0, bed_in=Frames(0), bed_out=Frames(0))
        return has_gone if out >= RISE else replace(after, bed_out=out)
    after = replace(after, bed_in=Frames(min(RISE, head.bed_in + count)))
    if after.remark_at == head.remark_at:
        return after
    as_before = replace(after, remark=head.remark, remark_at=head.remark_at)
    return with_soft_bed(stage, as_before, stage, after)


def _is_playing(stage: Stage, head: Playhead) -> bool:
    """True while the session itself is heard: no answer, and no pause."""
    is_still = head.answer is not None or head.is_paused or head.is_stopping
    return not is_still and head.at < stage.timeline.length


def _bed_gain(stage: Stage, bed: Bed, head: Playhead, count: int) -> NDArray[np.float32]:
    """The bed's gain in the next frames, where the session is heard or waits; at 0 dB."""
    remark = Span(head.remark_at, head.remark_at + stage.clips[head.remark].length) if head.remark else None
    gain = bed.automation.gain(head.at + head.bed_out, count, remark)
    if head.bed_in < RISE:
        risen = RISING[head.bed_in : head.bed_in + count]
        gain[: len(risen)] *= risen
        gain[: len(risen)] += np.float32(head.bed_from) * (1 - risen)
    if is_waiting(stage, head):
        falling = RISING[::-1][head.bed_out : head.bed_out + count]
        gain[: len(falling)] *= falling
        gain[len(falling) :] = 0
    return gain


def with_soft_bed(stage_before: Stage, before: Playhead, stage: Stage, after: Playhead) -> Playhead:
    """The playhead ``after`` a change, with a bed that goes over softly from how loud it was ``before``.

    After a sound that was broken off, the bed comes in anew.
    """
    if stage.bed is None:
        return after
    if is_cut(before, after) or is_bed_cut(stage, before, after):
        return replace(after, bed_from=0.0, bed_in=Frames(0), bed_out=Frames(0))
    if not _is_playing(stage, after):
        return after
    was = 0.0
    if stage_before.bed is not None and _is_playing(stage_before, before):
        was = float(_bed_gain(stage_before, stage_before.bed, before, 1)[0])
    now = float(_bed_gain(stage, stage.bed, after, 1)[0])
    return after if was == now else replace(after, bed_from=was, bed_in=Frames(0))


def is_bed_cut(stage: Stage, before: Playhead, after: Playhead) -> bool:
    """True if the bed was fading out, as the session had to wait, when a chapter came."""
    return before.bed_out > 0 and not is_waiting(stage, after)


def faded(stage: Stage, head: Playhead) -> NDArray[np.float32]:
    """The `FADE` frames with which the sound at a playhead fades away; shape (frames, 1)."""
    block = np.zeros((FADE, 1), np.float32)
    done = 0
    while done < FADE:
        piece = read(stage, head, FADE - done)
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


def answered(stage: Stage, head: Playhead, moves: Iterable[Move], *, counts_in: bool = False) -> Playhead:
    """The playhead with an answer before it goes on: prompts and tones, and 3-2-1 if ``counts_in``.

    A prompt without a clip is left out: a tone is heard at once, words only when the voice is there. All the
    words are shown then.
    """
    tape = Tape(_sounds(stage), Frames(0))
    texts, is_missing = list[str](), False
    for move in moves:
        match move:
            case Speak(text=text, role=role):
                texts.append(text)
                if text in stage.clips:
                    tape.speak(text, role)
                else:
                    is_missing = True
            case Strike(sound=sound, role=role):
                tape.strike(sound, role)
            case _:
                pass
    tape.breathe(PAUSE, Role.PAUSE)
    if counts_in:
        pip = len(stage.tones[Sound.COUNTDOWN])
        for _ in range(3):
            tape.strike(Sound.COUNTDOWN, Role.COUNTDOWN)
            tape.wait(SECOND - pip, "countdown", Role.COUNTDOWN)
    answer = Timeline("", tuple(tape.events), ()) if tape.events else None
    shown = " ".join(texts) if is_missing else ""
    return replace(head, answer=answer, answer_at=Frames(0), shown=shown, tick=None, tick_at=Frames(0))


def ticked(head: Playhead, sound: Sound) -> Playhead:
    """The playhead with a tone sounding with it, from now on; one that sounds already is not begun anew."""
    return head if head.tick is sound else replace(head, tick=sound, tick_at=Frames(0))


def remarked(stage: Stage, head: Playhead, text: str) -> Playhead:
    """The playhead with a prompt that is heard in the next silence that is long enough.

    A remark that is being heard is heard to its end first; one that waits makes room for the new one. While
    nothing of the session is heard, the prompt is an answer, behind any other. Where there is no clip of it,
    or no silence that is long enough, there is no remark.
    """
    if _is_still(stage, head):
        head = replace(head, shown=text)
    if text not in stage.clips:
        text = ""
    if head.is_remarking and not head.is_paused:
        return replace(head, later=text)
    head = replace(head, remark="", remark_at=Frames(0), later="")
    if not text:
        return head
    rings_until = len(stage.tones[head.tick]) - head.tick_at if head.tick else 0
    if _is_still(stage, head):
        before = head.answer or Timeline("", (), ())
        tape = Tape(_sounds(stage), before.length, list(before.events))
        if rings_until:
            tape.wait(rings_until + stage.spacing.after_tone, PAUSE, Role.PAUSE)
        tape.speak(text, Role.CLOSING)
        return replace(head, answer=Timeline("", tuple(tape.events), ()))
    start = _gap(stage, head.at, stage.clips[text].length, 0 if head.answer else rings_until)
    return head if start is None else replace(head, remark=text, remark_at=start)


def settled(stage: Stage, head: Playhead) -> Frames:
    """The frame up to which a session has to stay as it is when it is laid out anew.

    A remark that is being heard is heard to its end.
    """
    if not head.is_remarking:
        return head.at
    return Frames(max(head.at, head.remark_at + stage.clips[head.remark].length + stage.spacing.before_tone))


def _is_still(stage: Stage, head: Playhead) -> bool:
    """True while nothing of the session is heard, nor will be without a key or a chapter."""
    is_at_the_end = head.at >= stage.timeline.length and not stage.is_whole
    return (head.is_paused or is_at_the_end) and not head.is_stopping


def _gap(stage: Stage, at: int, length: int, rings_until: int) -> Frames | None:
    """The first frame from ``at`` on with so much silence around it that a prompt disturbs nothing.

    A tick sounds for ``rings_until`` frames more.
    """
    spacing = stage.spacing
    i = stage.timeline.index_at(at)
    start = Frames(at + rings_until)
    for event in islice(stage.timeline.events, i, None) if i is not None else ():
        end = Frames(event.start + event.length)
        if not isinstance(event, Silence):
            start = max(start, end)
        elif end - start >= spacing.after_tone + length + spacing.before_tone:
            return Frames(start + spacing.after_tone)
    return None


def _sounds(stage: Stage) -> Sounds:
    lengths = {sound: Frames(len(samples)) for sound, samples in stage.tones.items()}
    return Sounds(stage.clips, lengths, stage.spacing)


# Actions


def act(stage: Stage, head: Playhead, action: Action) -> Playhead:
    """What is heard next when a listener asks for something.

    A new level takes the voice, and is laid out elsewhere: here it is answered with a tone.
    """
    if head.is_stopping:
        return replace(head, answer=None) if action is Action.STOP else head
    if not stage.timeline.chapters and action in _NEED_A_CHAPTER:
        return ticked(head, Sound.NOT_NOW)
    return _ACTS[action](stage, head)


_KEY = Strike(Sound.KEY, Role.CLOSING)


def _said(texts: Iterable[str]) -> list[Move]:
    return [_KEY, *(Speak(text, Role.CLOSING) for text in texts)]


def _go(stage: Stage, head: Playhead, landing: Landing, texts: Iterable[str] = ()) -> Playhead:
    """A tone, words, and then the session from another frame on."""
    there = replace(head, at=landing.at, is_paused=False)
    going = answered(stage, there, _said(texts), counts_in=landing.counts_in)
    return remarked(stage, going, head.later or head.remark)


def _pause(stage: Stage, head: Playhead) -> Playhead:
    tape = Tape(_sounds(stage), Frames(0))
    tape.wait(BEFORE_PAUSED, PAUSE, Role.PAUSE)
    if phrases.PAUSED in stage.clips:
        tape.speak(phrases.PAUSED, Role.CLOSING)
    answer = Timeline("", tuple(tape.events), ())
    head = replace(head, answer=answer, answer_at=Frames(0), shown="", tick=None, tick_at=Frames(0))
    return replace(head, is_paused=True)


def _resume(stage: Stage, head: Playhead) -> Playhead:
    if not head.is_paused:
        return ticked(head, Sound.NOT_NOW)
    return _go(stage, head, steering.resume(stage.timeline, head.at), (phrases.RESUMING,))


def _toggle(stage: Stage, head: Playhead) -> Playhead:
    return _resume(stage, head) if head.is_paused else _pause(stage, head)


def _back(stage: Stage, head: Playhead) -> Playhead:
    landing = steering.back(stage.timeline, head.at)
    return _go(stage, head, landing, _title(stage, landing))


def _again(stage: Stage, head: Playhead) -> Playhead:
    repeat = steering.again(stage.timeline, head.at)
    return _go(stage, head, repeat.landing, repeat.texts)


def _go_on(stage: Stage, head: Playhead) -> Playhead:
    if head.is_paused:
        return _resume(stage, head)
    landing = steering.go_on(stage.timeline, head.at)
    return ticked(head, Sound.NOT_NOW) if landing is None else _go(stage, head, landing)


def _where(stage: Stage, head: Playhead) -> Playhead:
    timeline = stage.timeline
    texts = whereabouts(timeline, min(head.at, timeline.length - 1), stage.left_s(head.at))
    if head.is_paused:
        return replace(answered(stage, head, _said(texts)), shown=" ".join(texts))
    return _go(stage, head, steering.resume(timeline, head.at), texts)


def _stop(stage: Stage, head: Playhead) -> Playhead:
    return answered(stage, replace(head, is_stopping=True, remark=""), _said([phrases.STOPPED]))


def _level(_stage: Stage, head: Playhead) -> Playhead:
    return ticked(head, Sound.KEY)


def _next(stage: Stage, head: Playhead) -> Playhead:
    timeline = stage.timeline
    index = chapter_at(timeline, head.at)
    if index + 1 == len(stage.titles):
        return _go(stage, head, steering.resume(timeline, head.at), (phrases.LAST_PART,))
    if head.at >= timeline.length:
        return _go(stage, head, Landing(head.at), (phrases.NOT_YET,))
    landing = steering.next_chapter(timeline, head.at)
    return _go(stage, head, landing, _title(stage, landing))


def _title(stage: Stage, landing: Landing) -> tuple[str, ...]:
    """The title of the chapter that begins at a landing, where its own first words do not name it."""
    timeline = stage.timeline
    if landing.at >= timeline.length:
        return (phrases.ONE_MOMENT,)
    title = stage.titles[chapter_at(timeline, landing.at)]
    own = islice(timeline.events, timeline.index_at(landing.at), None)
    first = next((event for event in own if isinstance(event, Say)), None)
    names_it = first is not None and title.casefold() in first.text.casefold()
    return () if names_it else (phrases.sentence(title),)


def _turned(stage: Stage, head: Playhead, by_db: float) -> Playhead:
    gain_db = head.gain_db + by_db
    if not SOFTEST_DB <= gain_db <= LOUDEST_DB:
        words = phrases.LOUDEST if by_db > 0 else phrases.SOFTEST
        limit = ticked(head, Sound.NOT_NOW)
        told = says(head.answer.events) if head.answer else []
        return limit if head.remark or words in {say.text for say in told} else remarked(stage, limit, words)
    return ticked(replace(head, gain_db=gain_db, gain_before_db=head.gain_db), Sound.KEY)


def _louder(stage: Stage, head: Playhead) -> Playhead:
    return _turned(stage, head, STEP_DB)


def _softer(stage: Stage, head: Playhead) -> Playhead:
    return _turned(stage, head, -STEP_DB)


_NEED_A_CHAPTER = frozenset({Action.NEXT, Action.BACK, Action.AGAIN, Action.WHERE})

_ACTS: Mapping[Action, Callable[[Stage, Playhead], Playhead]] = {
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
