"""Compute what is heard next in a live session, and how that goes on.

A `Playhead` is a value: where the session is, and all that sounds beside it. `read` renders the next frames
at a playhead and returns the playhead behind them; `coach.live.apply_action.act` returns the one after a key.
Nothing is changed in place, so a playhead of a moment ago can be taken up again: that is how sound which
was written to the loudspeaker and not played yet is taken back (`coach.live.playback.Playback`).

A playhead is in one of these states; the first row that applies counts:

=========  ============================================  ===========================  =======================
state      is true if                                    is heard                     ends
=========  ============================================  ===========================  =======================
answering  ``answer`` is there                           the answer                   at the answer's end
over       ``is_stopping``, or at the end of the session nothing                      never
paused     ``is_paused``                                 silence                      by a key
waiting    at the end of what can be heard yet           silence; the music fades     by further prompts
playing    otherwise                                     the session, from ``at`` on  at its end or by a key
=========  ============================================  ===========================  =======================

A pause is answered with "Paused." and a key that stops with "Stopped.", so both begin as answering. Three
more things sound beside that:

- ``tone``, at once and in any state: the short sound that acknowledges a key;
- ``remark``, while playing, in the next silence that is long enough: an announcement that interrupts nothing.
  In the other states an announcement is put behind the answer instead. One that comes while a remark is heard
  is its ``then``, and becomes the remark after it;
- the music of the session, if it has any, while playing. ``music`` is the state of its fades: it comes in
  over `RISE` frames whenever the session goes on, and goes out over as many when the session has to wait.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from coach.language.model import Sound
from coach.session.activity import Activity
from coach.session.moves import Interval, Move, Speak, Strike
from coach.session.timeline import RATE_HZ, Event, Frames, Role, Say, Silence, Timeline, Tone, frames
from coach.session.timeline_builder import SECOND, USUAL, Sounds, Spacing, TimelineBuilder
from coach.session.whereabouts import frame_of, place_at
from coach.session.words.interface import Words, words_for
from coach.sound.clip import Clip
from coach.sound.limiter import CEILING, AmplifiedClips, amplify
from coach.sound.music_bed import CLIP_CEILING, RISE, RISING, Bed, Music, Span, automation_for
from coach.sound.render import limit_sounds, render

FADE = frames(0.005)
"""Length of the fade-out of an interrupted sound, which would otherwise click."""

Samples = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class SoundBank:
    """The clips and tones of a session, amplified by one gain."""

    clips: Mapping[str, Clip]
    tones: Mapping[Sound, Samples]


@dataclass(frozen=True, slots=True)
class PlayableSession:
    """The session as far as it is laid out, with the sounds made so far.

    ``titles`` has a title for every chapter, also for those that are not laid out yet; these are estimated to
    last ``rest_s`` seconds in all. Where the last chapter of the timeline is laid out in part, with estimates
    for the prompts that are not spoken yet, the session can be heard up to frame ``until``. ``clips`` and
    ``tones`` are as for `coach.sound.render.render`, ``music`` plays under the session, and ``spacing`` is
    the minimum silence around sounds, in answers too.
    """

    timeline: Timeline
    clips: Mapping[str, Clip]
    tones: Mapping[Sound, Samples]
    titles: tuple[str, ...]
    rest_s: float = 0.0
    music: Music | None = None
    spacing: Spacing = USUAL
    until: Frames | None = None
    _louder: dict[float, SoundBank] = field(default_factory=dict, init=False, repr=False, compare=False)
    _beds: list[Bed] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def is_whole(self) -> bool:
        """Tell whether every chapter is laid out, and can be heard."""
        return self.until is None and len(self.timeline.chapters) == len(self.titles)

    @property
    def end(self) -> Frames:
        """The exclusive end of what can be heard yet."""
        return self.timeline.length if self.until is None else self.until

    @property
    def words(self) -> Words:
        """The coach's words in the session's language."""
        return words_for(self.timeline.language)

    def left_s(self, at: int) -> float:
        """Return the seconds from a frame to the end of the session."""
        return (self.timeline.length - at) / RATE_HZ + self.rest_s

    @property
    def sounds(self) -> Sounds:
        """The lengths of all sounds, for the layout of answers."""
        lengths = {sound: Frames(len(samples)) for sound, samples in self.tones.items()}
        return Sounds(self.clips, lengths, self.spacing)

    @property
    def bed(self) -> Bed | None:
        """The music under the session as far as it is laid out; None without music."""
        if self.music is None:
            return None
        if not self._beds:
            self._beds.append(Bed(self.music, automation_for(self.timeline, is_whole=self.is_whole)))
        return self._beds[0]

    def bank(self, gain_db: float) -> SoundBank:
        """Return the sounds amplified by a gain above 0 dB; below 0 dB `read` scales the block instead."""
        gain_db = max(gain_db, 0.0)
        if gain_db == 0 and self.music is None:
            return SoundBank(self.clips, self.tones)
        if gain_db not in self._louder:
            self._louder[gain_db] = self._louder_bank(gain_db)
        return self._louder[gain_db]

    def _louder_bank(self, gain_db: float) -> SoundBank:
        if gain_db == 0:
            return SoundBank(*limit_sounds(self.clips, self.tones))
        ceiling = CEILING if self.music is None else CLIP_CEILING
        tones = {sound: amplify(samples, gain_db, ceiling) for sound, samples in self.tones.items()}
        return SoundBank(AmplifiedClips(self.clips, gain_db, ceiling), tones)


@dataclass(frozen=True, slots=True)
class Answer:
    """Words and tones that are heard in place of the session, from frame ``at`` of their timeline on."""

    timeline: Timeline
    at: Frames = Frames(0)  # noqa: RUF009 - a number


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A short tone that sounds over everything else, from its frame ``at`` on."""

    sound: Sound
    at: Frames = Frames(0)  # noqa: RUF009 - a number


@dataclass(frozen=True, slots=True)
class Remark:
    """A prompt that is said in a silence of the session, from the session's frame ``at`` on.

    The prompt ``then`` is to be the remark after it; "" if there is none.
    """

    text: str
    at: Frames
    then: str = ""


@dataclass(frozen=True, slots=True)
class Volume:
    """The gain in dB; the next block is ramped linearly to it from ``before_db``."""

    db: float = 0.0
    before_db: float = 0.0


@dataclass(frozen=True, slots=True)
class MusicFade:
    """The progress of the music's fades.

    The music began to come in ``risen`` frames ago, at a gain of ``gain_before``; after `RISE` frames it is
    as loud as it is to be. ``sunk`` frames ago it began to go out, as the session has to wait; 0 if it does
    not.
    """

    gain_before: float = 0.0
    risen: Frames = Frames(0)  # noqa: RUF009 - a number
    sunk: Frames = Frames(0)  # noqa: RUF009

    def after_rising(self, count: int) -> "MusicFade":
        """Advance the fade by a number of frames while the session is heard."""
        return replace(self, risen=Frames(min(RISE, self.risen + count)))

    def after_sinking(self, count: int) -> "MusicFade":
        """Advance the fade by a number of frames while the session waits."""
        sunk = Frames(self.sunk + count)
        return NO_MUSIC if sunk >= RISE else replace(self, sunk=sunk)


NO_MUSIC = MusicFade()


@dataclass(frozen=True, slots=True)
class Playhead:
    """The state of playback at one moment; the module's docstring lists its states.

    ``at`` is a frame of the session. ``shown`` are words for the screen in place of those that are heard:
    while an answer is, and in a pause until that ends.
    """

    at: Frames = Frames(0)  # noqa: RUF009 - a number
    is_paused: bool = False
    is_stopping: bool = False
    answer: Answer | None = None
    shown: str = ""
    tone: Acknowledgement | None = None
    remark: Remark | None = None
    volume: Volume = Volume()
    music: MusicFade = NO_MUSIC

    @property
    def is_remarking(self) -> bool:
        """True while a remark is heard, or was interrupted by a pause."""
        return self.remark is not None and self.remark.at < self.at and self.answer is None

    def is_over(self, session: PlayableSession) -> bool:
        """True if no further sound will follow."""
        if self.answer is not None:
            return False
        is_at_the_end = session.is_whole and self.at >= session.timeline.length
        return self.is_stopping or (is_at_the_end and not self.is_paused)

    def is_waiting(self, session: PlayableSession) -> bool:
        """True while the session waits for what comes next to be spoken."""
        return not (self._is_interrupted or session.is_whole) and self.at >= session.end

    def is_playing(self, session: PlayableSession) -> bool:
        """True while the session itself is heard."""
        return not self._is_interrupted and self.at < session.end

    @property
    def _is_interrupted(self) -> bool:
        return self.answer is not None or self.is_paused or self.is_stopping


@dataclass(frozen=True, slots=True, eq=False)
class RenderedBlock:
    """A block of rendered frames.

    ``block`` is float32 of shape (frames, 1); ``at`` is the frame of the session that its first row is, None
    for an answer or silence; ``after`` is the playhead behind the block.
    """

    block: NDArray[np.float32]
    at: Frames | None
    after: Playhead


def read(session: PlayableSession, head: Playhead, count: int) -> RenderedBlock:
    """Render the next frames, at least one and at most ``count``; silence where nothing is to be heard."""
    at = None
    bank = session.bank(head.volume.db)
    if head.answer is not None:
        answer = head.answer
        block = _rendered(answer.timeline, bank, answer.at, answer.timeline.length, count)
        heard = Frames(answer.at + len(block))
        after = replace(head, answer=None if heard >= answer.timeline.length else replace(answer, at=heard))
    elif head.is_playing(session):
        at = head.at
        block = _rendered(session.timeline, bank, head.at, session.end, count)
        after = replace(head, at=Frames(head.at + len(block)))
        if head.remark is not None:
            samples = bank.clips[head.remark.text].samples
            _mix(samples, head.at - head.remark.at, block)
            if after.at >= head.remark.at + len(samples):
                after = remarked(session, replace(after, remark=None), head.remark.then)
    else:
        block, after = np.zeros((count, 1), np.float32), head
    if head.tone is not None:
        samples = bank.tones[head.tone.sound]
        _mix(samples, head.tone.at, block)
        rung = Frames(head.tone.at + len(block))
        after = replace(after, tone=None if rung >= len(samples) else replace(head.tone, at=rung))
    if head.volume != Volume():
        _scale(block, head.volume)
        after = replace(after, volume=Volume(head.volume.db, head.volume.db))
    if session.music is not None and session.bed is not None:
        after = replace(after, music=_add_music(session, session.bed, head, block, after))
    if head.tone is not None:
        np.clip(block, -1.0, 1.0, out=block)
    return RenderedBlock(block, at, after)


def _rendered(timeline: Timeline, bank: SoundBank, start: int, end: int, count: int) -> NDArray[np.float32]:
    return next(render(timeline, bank.clips, bank.tones, start=start, end=end, block=count))


def _mix(samples: Samples, offset: int, block: NDArray[np.float32]) -> None:
    """Add samples to a block; the sample at ``offset``, which may be negative, falls on the first row."""
    first, last = max(0, -offset), min(len(block), len(samples) - offset)
    if first < last:
        block[first:last, 0] += samples[first + offset : last + offset] * np.float32(1 / 32768)


def _scale(block: NDArray[np.float32], volume: Volume) -> None:
    """Scale a block where the gain is below 0 dB: above it, the bank's sounds are amplified already."""
    now = 10 ** (min(0.0, volume.db) / 20)
    before = min(now * 10 ** ((volume.before_db - volume.db) / 20), 1 / CEILING)
    block[:, 0] *= np.linspace(before, now, len(block), dtype=np.float32)


# Music


def _add_music(
    session: PlayableSession, bed: Bed, head: Playhead, block: NDArray[np.float32], after: Playhead
) -> MusicFade:
    """Add the music to the block at ``head``, and return its fade behind the block."""
    waits = head.is_waiting(session)
    fades_out = waits and head.music != NO_MUSIC
    if not (head.is_playing(session) or fades_out):
        return NO_MUSIC
    count = len(block)
    gain = _music_gain(session, bed, head, count)
    if head.volume.db < 0 or head.volume.before_db < 0:
        now, before = (10 ** (min(0.0, db) / 20) for db in (head.volume.db, head.volume.before_db))
        gain *= np.linspace(before, now, count, dtype=np.float32)
    block[:, 0] += bed.read(head.at + head.music.sunk, gain)
    if waits:
        return head.music.after_sinking(count)
    fade = head.music.after_rising(count)
    if after.remark == head.remark:
        return fade
    as_before = replace(after, remark=head.remark, music=fade)  # a remark has ended
    return _music_fade(session, as_before, session, replace(after, music=fade))


def _music_gain(session: PlayableSession, bed: Bed, head: Playhead, count: int) -> NDArray[np.float32]:
    """Return the music's gain for each of the next frames, at a volume of 0 dB: automation and fades."""
    fade, remark = head.music, None
    if head.remark is not None:
        remark = Span(head.remark.at, head.remark.at + session.clips[head.remark.text].length)
    gain = bed.automation.gain(head.at + fade.sunk, count, remark)
    if fade.risen < RISE:
        rising = RISING[fade.risen : fade.risen + count]
        gain[: len(rising)] *= rising
        gain[: len(rising)] += np.float32(fade.gain_before) * (1 - rising)
    if head.is_waiting(session):
        sinking = RISING[::-1][fade.sunk : fade.sunk + count]
        gain[: len(sinking)] *= sinking
        gain[len(sinking) :] = 0
    return gain


def _music_fade(
    session_before: PlayableSession, before: Playhead, session: PlayableSession, after: Playhead
) -> MusicFade:
    """Return the fade of the music's gain from its value ``before`` a change to its value ``after`` it."""
    if session.bed is None or not after.is_playing(session):
        return after.music
    was = 0.0
    if session_before.bed is not None and before.is_playing(session_before):
        was = float(_music_gain(session_before, session_before.bed, before, 1)[0])
    now = float(_music_gain(session, session.bed, after, 1)[0])
    return after.music if was == now else replace(after.music, gain_before=was, risen=Frames(0))


# From one playhead to another


def is_broken_off(before: Playhead, session: PlayableSession, after: Playhead) -> bool:
    """Tell whether a change interrupts a sound, which then needs a fade-out (`faded`)."""
    is_music_cut = before.music.sunk > 0 and not after.is_waiting(session)
    return is_music_cut or is_cut(before, after)


def is_cut(before: Playhead, after: Playhead) -> bool:
    """Tell whether a change interrupts the speech or tone being heard, rather than adding to it."""
    if before.answer is not None:
        events = before.answer.timeline.events
        goes_on = after.answer is not None and after.answer.timeline.events[: len(events)] == events
        return not goes_on or after.answer is None or before.answer.at != after.answer.at
    if before.is_paused:
        return before.tone is not None and (after.tone is None or before.tone.sound is not after.tone.sound)
    return after.answer is not None or (before.at, before.is_paused) != (after.at, after.is_paused)


def with_soft_music(
    session_before: PlayableSession, before: Playhead, session: PlayableSession, after: Playhead
) -> Playhead:
    """Return the playhead ``after`` a change, with a fade of the music from its gain ``before``.

    If a sound is interrupted, the music fades out with it and starts again from silence.
    """
    if session.music is None:
        return after
    if is_broken_off(before, session, after):
        return replace(after, music=NO_MUSIC)
    return replace(after, music=_music_fade(session_before, before, session, after))


def faded(session: PlayableSession, head: Playhead) -> NDArray[np.float32]:
    """Render the next `FADE` frames at a playhead, faded out; shape (frames, 1)."""
    block = np.zeros((FADE, 1), np.float32)
    done = 0
    while done < FADE:
        piece = read(session, head, FADE - done)
        block[done : done + len(piece.block)] = piece.block
        done += len(piece.block)
        head = piece.after
    block[:, 0] *= (0.5 + 0.5 * np.cos(np.linspace(0, np.pi, FADE))).astype(np.float32)
    return block


# Answers, tones and remarks


def answered(
    session: PlayableSession, head: Playhead, moves: Iterable[Move], *, counts_in: bool = False
) -> Playhead:
    """Start an answer of prompts, tones and waits, replacing any other; it ends with 3-2-1 if ``counts_in``.

    Nobody is counted in for what then has to be waited for. Prompts without a clip, as the voice has not
    spoken them yet, are left out of the sound. Then all words are shown.
    """
    layout = TimelineBuilder(session.sounds, Frames(0), session.words)
    texts = list[str]()
    for move in moves:
        match move:
            case Speak(text=text, role=role):
                texts.append(text)
                if text in session.clips:
                    layout.speak(text, role)
            case Strike(sound=sound, role=role):
                layout.strike(sound, role)
            case Interval(length_s=length_s, activity=activity, role=role):
                layout.wait(frames(length_s), activity, role)
            case _:
                pass
    layout.breathe()
    if counts_in and head.at < session.end:
        pip = len(session.tones[Sound.COUNTDOWN])
        for _ in range(3):
            layout.strike(Sound.COUNTDOWN, Role.COUNTDOWN)
            layout.wait(SECOND - pip, Activity.COUNTDOWN, Role.COUNTDOWN)
    shown = "" if all(text in session.clips for text in texts) else " ".join(texts)
    return replace(head, answer=_answer(layout), shown=shown, tone=None)


def _answer(layout: TimelineBuilder) -> Answer | None:
    return Answer(Timeline("", tuple(layout.events), ())) if layout.events else None


def acknowledged(head: Playhead, sound: Sound) -> Playhead:
    """Start a tone at the playhead; if the same tone is already sounding, it continues."""
    is_sounding = head.tone is not None and head.tone.sound is sound
    return head if is_sounding else replace(head, tone=Acknowledgement(sound))


def remarked(session: PlayableSession, head: Playhead, text: str) -> Playhead:
    """Queue a prompt as a remark, for the next silence that is long enough.

    It replaces a remark that has not begun, and comes after one that is being heard. In a pause, and while
    the session waits, the prompt is an answer, put behind any other. A prompt without a clip is not said,
    nor one for which there is no room in the rest of what is laid out.
    """
    is_still = _is_still(session, head)
    if is_still and text:
        head = replace(head, shown=text)
    if text not in session.clips:
        text = ""
    if head.remark is not None and head.is_remarking and not head.is_paused:
        return replace(head, remark=replace(head.remark, then=text))
    head = replace(head, remark=None)
    if not text:
        return head
    rings_until = len(session.tones[head.tone.sound]) - head.tone.at if head.tone else 0
    if is_still:
        before = head.answer or Answer(Timeline("", (), ()))
        layout = TimelineBuilder(
            session.sounds, before.timeline.length, session.words, list(before.timeline.events)
        )
        if rings_until:
            layout.wait(rings_until + session.spacing.after_tone, Activity.PAUSE, Role.PAUSE)
        layout.speak(text, Role.CLOSING)
        return replace(head, answer=Answer(Timeline("", tuple(layout.events), ()), before.at))
    start = _gap(session, head.at, session.clips[text].length, 0 if head.answer else rings_until)
    return head if start is None else replace(head, remark=Remark(text, start))


def settled(session: PlayableSession, head: Playhead) -> Frames:
    """Return the frame up to which the session must not be laid out again: a remark plays to its end."""
    if head.remark is None or not head.is_remarking:
        return head.at
    end = head.remark.at + session.clips[head.remark.text].length
    return Frames(max(head.at, end + session.spacing.before_tone))


def found_again(before: Timeline, at: Frames, after: Timeline) -> Frames:
    """Return the frame of a place behind what can be heard yet, when the chapter is laid out anew.

    Such a place is the first frame of a prompt or a tone, or the end of the chapter.
    """
    if at >= before.length:
        return after.length
    i = before.index_at(at)
    later = before.events[i:]
    same = [event.start for event in after.events if _is_same(event, later[0])]
    count = sum(_is_same(event, later[0]) for event in later)
    return same[-count] if len(same) >= count else frame_of(after, place_at(before, at))


def _is_same(event: Event, other: Event) -> bool:
    """Tell whether two events are the same but for their times and lengths."""
    match event, other:
        case Say(), Say():
            return (event.text, event.role) == (other.text, other.role)
        case Tone(), Tone():
            return (event.sound, event.role) == (other.sound, other.role)
        case _:
            return False


def _is_still(session: PlayableSession, head: Playhead) -> bool:
    """Tell whether the session is silent until a key is pressed or a further chapter is ready."""
    is_at_the_end = head.at >= session.end and not session.is_whole
    return (head.is_paused or is_at_the_end) and not head.is_stopping


def _gap(session: PlayableSession, at: int, length: int, rings_until: int) -> Frames | None:
    """Find the first frame after ``at`` where a prompt of ``length`` frames has the usual silence around it.

    A tone sounds for ``rings_until`` frames more.
    """
    spacing = session.spacing
    i = session.timeline.index_at(at)
    start = Frames(at + rings_until)
    for event in islice(session.timeline.events, i, None) if i is not None else ():
        end = Frames(event.start + event.length)
        if end > session.end:
            break
        if not isinstance(event, Silence):
            start = max(start, end)
        elif end - start >= spacing.after_tone + length + spacing.before_tone:
            return Frames(start + spacing.after_tone)
    return None
