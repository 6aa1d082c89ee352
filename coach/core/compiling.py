"""The second pure step: a score and the lengths of its prompts become a timeline, to the frame.

The tone keeps its time and the speech moves: tones mark the beats, prompts are placed where there is room
between them, and what has no room moves on, to a later repetition or into the rest, never over another sound.
Numbers, phase words and time marks are placed by the frame at which they are first heard.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import Protocol

from coach.core import phrases
from coach.core.choices import Count
from coach.core.score import (
    TEN_SECONDS_FROM_S,
    ChapterScore,
    Cue,
    Interval,
    Move,
    Movement,
    Repetitions,
    Speak,
    Strike,
    marks,
    phase_word,
)
from coach.core.script import Sound
from coach.core.timeline import Chapter, Event, Frames, Role, Say, Silence, Timeline, Tone, frames, says

AFTER_TONE = frames(0.250)
"""Least silence from a tone to speech: forward masking lasts up to 200 ms."""

BEFORE_TONE = frames(0.150)
"""Least silence from speech to a tone."""

BEFORE_RELEASE = frames(0.800)
"""A cue in a hold has ended so long before the release."""

COMMA = frames(0.400)
STOP = frames(0.800)
"""Pauses between prompts, by the punctuation that they end with."""

BREATHER = frames(1.500)
"""Silence around a form cue in a rest or a long movement, so that it stands alone."""

LEAD_IN = frames(0.500)
"""Silence before the first sound: Bluetooth links sleep, and swallow what wakes them."""

LEAD_OUT = frames(0.500)
SECOND = frames(1.0)
COMPANY_FROM = frames(8.0)
"""A silence within a long movement that is so long has room for one line in its middle."""

READY_AT_S = 5
"""Seconds before the go tone at which "get ready" is heard."""


class Measured(Protocol):
    """What the layout has to know of a spoken prompt: `coach.core.clip.Clip` has it."""

    @property
    def length(self) -> Frames:
        """The number of frames."""

    @property
    def onset(self) -> Frames:
        """The frame within it at which it is first heard."""


@dataclass(frozen=True, slots=True)
class Sounds:
    """What there is to place: the measured prompts by text, and the lengths of the tones."""

    clips: Mapping[str, Measured]
    tones: Mapping[Sound, Frames]


@dataclass(frozen=True, slots=True)
class Laid:
    """A chapter laid out: events from ``chapter.start`` without a gap, and what could not be placed."""

    chapter: Chapter
    events: tuple[Event, ...]
    left_out: tuple[str, ...]

    @property
    def end(self) -> Frames:
        """The frame after the last."""
        return Frames(self.events[-1].start + self.events[-1].length)


def compile_session(title: str, chapters: Sequence[ChapterScore], sounds: Sounds) -> Timeline:
    """The timeline of a whole session.

    Raises
    ------
    ValueError
        If ``sounds`` has no clip for one of the prompts.
    """
    laid = list(compile_chapters(chapters, sounds))
    events = tuple(event for part in laid for event in part.events)
    said = {say.text for say in says(events)}
    left_out = dict.fromkeys(text for part in laid for text in part.left_out if text not in said)
    return Timeline(title, events, tuple(part.chapter for part in laid), tuple(left_out))


def compile_chapters(chapters: Sequence[ChapterScore], sounds: Sounds) -> Iterator[Laid]:
    """The chapters of a session, each as soon as its prompts are known."""
    at = Frames(0)
    for i, chapter in enumerate(chapters):
        laid = _lay_out(chapter, sounds, at, is_first=i == 0, is_last=i == len(chapters) - 1)
        yield laid
        at = laid.end


def _lay_out(chapter: ChapterScore, sounds: Sounds, start: Frames, *, is_first: bool, is_last: bool) -> Laid:
    tape = _Tape(sounds, start)
    if is_first:
        tape.wait(LEAD_IN, "lead-in", Role.LEAD_IN)
    for move in chapter.moves:
        _place(move, tape)
    tape.breathe("pause", Role.PAUSE)
    if is_last:
        tape.wait(LEAD_OUT, "end", Role.END)
    if not tape.events:
        tape.wait(STOP, "pause", Role.PAUSE)
    left_out = (*tape.left_out, *(cue.text for cue in tape.carried))
    return Laid(Chapter(start, chapter.title), tuple(tape.events), left_out)


def _place(move: Move, tape: "_Tape") -> None:
    match move:
        case Speak(text=text, role=role):
            tape.speak(text, role)
        case Strike(sound=sound, role=role):
            tape.strike(sound, role)
        case Interval():
            _place_interval(move, tape)
        case Repetitions():
            _place_repetitions(move, tape)


def pause_after(text: str) -> Frames:
    """The silence that a prompt's own punctuation asks for.

    >>> pause_after("Stand tall,"), pause_after("Stand tall.")
    (19200, 38400)
    """
    return COMMA if text.rstrip().endswith((",", ":")) else STOP


@dataclass(slots=True)
class _Tape:
    """Events laid down so far, without a gap; ``at`` is where the next one starts.

    ``carried`` are cues that wait for room, ``left_out`` those whose moment has passed.
    """

    sounds: Sounds
    at: Frames
    events: list[Event] = field(default_factory=list)
    carried: list[Cue] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def clip(self, text: str) -> Measured:
        if text not in self.sounds.clips:
            raise ValueError(f"no clip for the prompt {text!r}")
        return self.sounds.clips[text]

    def wait(self, length: int, why: str, role: Role) -> None:
        if length > 0:
            self.events.append(Silence(self.at, Frames(length), why, role))
            self.at = Frames(self.at + length)

    def breathe(self, why: str, role: Role) -> None:
        """Lay down what is missing of the silence that the last sound asks for before another is heard.

        A sheet's own wait after speech may be shorter than its punctuation asks for, down to `BEFORE_TONE`.
        """
        silent = 0
        for event in reversed(self.events):
            match event:
                case Silence(length=length):
                    silent += length
                case Say(text=text):
                    self.wait((BEFORE_TONE if silent else pause_after(text)) - silent, why, role)
                    return
                case Tone():
                    self.wait(AFTER_TONE - silent, why, role)
                    return

    def speak(self, text: str, role: Role) -> None:
        self.breathe("pause", Role.PAUSE)
        clip = self.clip(text)
        self.events.append(Say(self.at, clip.length, text, role, Frames(self.at + clip.onset)))
        self.at = Frames(self.at + clip.length)

    def strike(self, sound: Sound, role: Role) -> None:
        self.breathe("pause", Role.PAUSE)
        self.events.append(Tone(self.at, self.sounds.tones[sound], sound, role))
        self.at = Frames(self.at + self.sounds.tones[sound])

    def lay(self, placed: Iterable[Say | Tone], reasons: "Sequence[_Reason]", end: Frames) -> None:
        """Lay down what was placed in ``[at, end)``, and fill what lies between with silences and reasons."""
        for event in sorted(placed, key=lambda event: event.start):
            self._fill(event.start, reasons)
            self.events.append(event)
            self.at = Frames(event.start + event.length)
        self._fill(end, reasons)

    def _fill(self, end: Frames, reasons: "Sequence[_Reason]") -> None:
        while self.at < end:
            reason = [reason for reason in reasons if reason.start <= self.at][-1]
            later = [reason.start for reason in reasons if self.at < reason.start < end]
            self.wait(min([end, *later]) - self.at, reason.why, reason.role)


@dataclass(frozen=True, slots=True)
class _Reason:
    """Why there is silence from a frame on."""

    start: Frames
    why: str
    role: Role


def _place_interval(move: Interval, tape: _Tape) -> None:
    """A wait, a rest or a change: opening, fillers, ten seconds, get ready, 3-2-1."""
    if move.opening or move.sound or move.counts_in:
        tape.breathe(move.why, move.role)
    start = tape.at
    placed: list[Say | Tone] = []
    free = start
    if move.sound:
        placed.append(Tone(start, tape.sounds.tones[move.sound], move.sound, move.role))
        free = Frames(start + placed[0].length + AFTER_TONE)
    for text in move.opening:
        say = _say_from(free, text, move.role, tape)
        placed.append(say)
        free = Frames(say.start + say.length + pause_after(text))
    end = Frames(start + frames(move.length_s))
    ready = tape.clip(phrases.GET_READY) if move.counts_in else None
    if ready:
        before = max(READY_AT_S * SECOND, 3 * SECOND + BEFORE_TONE + ready.length - ready.onset)
        end = Frames(max(end, free + ready.onset + before))
        placed.append(_say_at(Frames(end - before), phrases.GET_READY, Role.COUNTDOWN, tape))
        placed.extend(
            Tone(Frames(end - n * SECOND), tape.sounds.tones[Sound.COUNTDOWN], Sound.COUNTDOWN, Role.COUNTDOWN)
            for n in (3, 2, 1)
        )
        last = placed[-4].start
    else:
        end = Frames(max(end, free if move.opening else end))
        last = end
    if move.length_s >= TEN_SECONDS_FROM_S:
        text = phrases.time_left(10)
        ten = _say_at(Frames(end - 10 * SECOND), text, Role.TIME, tape)
        if ten.start >= free and ten.start + ten.length + COMMA <= last:
            placed.append(ten)
            last = ten.start
    for cue in _fillers(move, tape):
        lead = _say_from(Frames(free + BREATHER), phrases.FOR_THE_NEXT_SET, Role.CUE, tape)
        say = _say_from(Frames(lead.start + lead.length + COMMA), cue.text, Role.CUE, tape)
        if say.start + say.length + BREATHER <= last:
            placed += [lead, say]
            free = Frames(say.start + say.length)
        elif cue.wanders:
            tape.carried.append(cue)
    tape.lay(placed, [_Reason(start, move.why, move.role)], end)


def _fillers(move: Interval, tape: _Tape) -> list[Cue]:
    """What a rest has room for: first what found no room in the set before it, then its own."""
    if move.sound is not Sound.REST:
        return []
    carried, tape.carried = tape.carried, []
    return [*carried, *(Cue(text, 0) for text in move.fillers if text not in {cue.text for cue in carried})]


def _say_from(start: Frames, text: str, role: Role, tape: _Tape) -> Say:
    clip = tape.clip(text)
    return Say(start, clip.length, text, role, Frames(start + clip.onset))


def _say_at(onset: Frames, text: str, role: Role, tape: _Tape) -> Say:
    clip = tape.clip(text)
    return Say(Frames(onset - clip.onset), clip.length, text, role, onset)


@dataclass(frozen=True, slots=True)
class _Window:
    """Room for one cue: speech may take ``[start, end)`` within repetition ``rep``."""

    rep: int
    start: Frames
    end: Frames


class _Bar:
    """The tempo of a set: which tone marks each movement, and how long each lasts when words do not hold it.

    A movement is never shorter than its tone and, where numbers are said in it, than the longest number of
    the set, so that every counted repetition has the same length to the frame.
    """

    def __init__(self, move: Repetitions, tape: _Tape) -> None:
        self.move = move
        self.tape = tape
        numbers = range(1, move.reps + 1) if move.counts_aloud else range(0)
        self.numbers = [tape.clip(phrases.count(n)) for n in numbers]
        self.counted = self._counted_movement()
        self.preroll = max((clip.onset for clip in self.numbers), default=Frames(0))
        self.lengths = [self._length(i) for i in range(len(move.movements))]

    def tone(self, rep: int, i: int) -> Sound | None:
        """The tone at the start of a movement; the first of a set is the end of its count-in."""
        movement, before = self.move.movements[i], self.move.movements[i - 1]
        if rep == 1 and i == 0:
            return Sound.GO
        if i > 0 and before.is_hold:
            return Sound.HOLD_END
        if movement.is_hold:
            return Sound.HOLD_START
        return None if movement.is_loose and i > 0 else Sound.REP

    def ring(self, rep: int, i: int) -> Frames:
        """How long that tone lasts; 0 where there is none."""
        sound = self.tone(rep, i)
        return self.tape.sounds.tones[sound] if sound else Frames(0)

    def beat(self, rep: int, i: int) -> Frames:
        """Where in a movement a number is first heard: at once, or so that its clip clears the tone."""
        ring = self.ring(rep, i)
        return Frames(ring + AFTER_TONE + self.preroll) if ring else Frames(0)

    def gap_after(self, i: int) -> Frames:
        """The silence that any sound in a movement has to leave before what is heard next."""
        after = (i + 1) % len(self.move.movements)
        if after == self.counted and not self.ring(2, after):
            return Frames(AFTER_TONE + self.preroll)
        return BEFORE_TONE

    def _counted_movement(self) -> int | None:
        if not self.numbers:
            return None
        movements = self.move.movements
        if self.move.count is Count.LOOSE:
            loose = [i for i, movement in enumerate(movements) if movement.is_loose]
            return loose[-1] if loose else len(movements) - 1
        holds = [i for i, movement in enumerate(movements) if movement.is_hold]
        return holds[0] if holds else min(1, len(movements) - 1)

    def _length(self, i: int) -> Frames:
        ring = self.ring(2, i)
        needed = ring + self.gap_after(i) if ring else 0
        if i == self.counted:
            longest = max(clip.length - clip.onset for clip in self.numbers)
            needed = self.beat(2, i) + longest + BEFORE_TONE
        return Frames(max(frames(self.move.movements[i].length_s), needed))


def _place_repetitions(move: Repetitions, tape: _Tape) -> None:
    """A set: guided, worded, then to the beat, with its cues where there is room."""
    bar = _Bar(move, tape)
    placed: list[Say | Tone] = []
    reasons: list[_Reason] = []
    windows: list[_Window] = []
    company = cycle(move.fillers)
    at = clear = tape.at
    for rep in range(1, move.reps + 1):
        for i, movement in enumerate(move.movements):
            reasons.append(_Reason(at, movement.cue or "keep going", _role(movement)))
            sound = bar.tone(rep, i)
            if sound:
                role = Role.COUNTDOWN if sound is Sound.GO else _role(movement)
                placed.append(Tone(at, tape.sounds.tones[sound], sound, role))
                clear = Frames(at + bar.ring(rep, i) + AFTER_TONE)
            free = max(at, clear)
            end = at + max(bar.lengths[i], bar.ring(rep, i) + bar.gap_after(i))
            spoken = []
            for text, role in _words(move, rep, i):
                spoken.append(_say_from(free, text, role, tape))
                free = Frames(spoken[-1].start + spoken[-1].length + COMMA)
            if i == bar.counted:
                onset = free + bar.preroll if spoken else at + bar.beat(rep, i)
                spoken.append(_say_at(Frames(onset), phrases.count(rep), Role.COUNT, tape))
                free = Frames(spoken[-1].start + spoken[-1].length + COMMA)
            if spoken:
                end = max(end, spoken[-1].start + spoken[-1].length + bar.gap_after(i))
            placed.extend(spoken)
            if movement.length_s >= TEN_SECONDS_FROM_S:
                placed.extend(_announcements(movement, free, Frames(end), company, tape))
            elif not spoken:
                last = end - (BEFORE_RELEASE if movement.is_hold else bar.gap_after(i))
                windows.append(_Window(rep, free, Frames(last)))
            at = Frames(end)
    placed.extend(_cues(move, windows, tape))
    tape.lay(placed, reasons, at)


def _role(movement: Movement) -> Role:
    return Role.HOLD if movement.is_hold else Role.LOOSE if movement.is_loose else Role.MOVEMENT


def _words(move: Repetitions, rep: int, i: int) -> Iterator[tuple[str, Role]]:
    """What is said as a movement starts, which then lasts as long as the words need."""
    movement = move.movements[i]
    if rep > move.guided + move.worded:
        return
    if i == 0:
        yield from ((cue.text, Role.CUE) for cue in move.cues if cue.rep == rep and not cue.wanders)
    if rep <= move.guided and movement.text:
        yield movement.text, Role.GUIDE
    elif movement.cue and not movement.is_loose:
        yield phase_word(movement), Role.PHASE


def _announcements(
    movement: Movement, free: Frames, end: Frames, company: Iterator[str], tape: _Tape
) -> Iterator[Say]:
    """The time marks of a long movement, and between them, well apart, the lines that keep one company."""
    gap_start = free
    for seconds, text in marks(movement.length_s):
        mark = _say_at(Frames(end - seconds * SECOND), text, Role.TIME, tape)
        if mark.start < gap_start + COMMA or mark.start + mark.length > end - BEFORE_TONE:
            continue
        yield from _company(gap_start, mark.start, company, tape)
        yield mark
        gap_start = Frames(mark.start + mark.length)


def _company(start: Frames, end: Frames, company: Iterator[str], tape: _Tape) -> Iterator[Say]:
    """The next line in the middle of a silence, if the silence is long enough to stay one."""
    if end - start < COMPANY_FROM:
        return
    for text in islice(company, 1):
        room = end - start - tape.clip(text).length
        if room >= 2 * BREATHER:
            yield _say_from(Frames(start + room // 2), text, Role.CUE, tape)


def _cues(move: Repetitions, windows: Sequence[_Window], tape: _Tape) -> Iterator[Say]:
    """Halfway and its like in their own repetition, form cues and breathing in theirs or the next with room."""
    said = move.guided + move.worded
    taken = {cue.rep for cue in move.cues if not cue.wanders}
    form: set[int] = set()
    for cue in sorted(move.cues, key=lambda cue: cue.wanders):
        if cue.rep <= said and not cue.wanders:
            continue
        length = tape.clip(cue.text).length
        reps = [window.rep for window in windows if window.rep >= cue.rep] if cue.wanders else [cue.rep]
        running = {near for rep in form for near in (rep - 1, rep + 1)} if not cue.leads else set()
        open_reps = set(reps) - (taken | running if cue.wanders else set())
        room = [window for window in windows if window.rep in open_reps and length <= window.end - window.start]
        window = next(iter(room), None)
        if window and cue.leads:
            window = [other for other in room if other.rep == window.rep][-1]
        if window is None and cue.wanders:
            tape.carried.append(cue)
        elif window is None:
            tape.left_out.append(cue.text)
        else:
            taken.add(window.rep)
            form |= {window.rep} if cue.wanders and not cue.leads else set()
            start = window.end - length if cue.leads else window.start
            yield _say_from(Frames(start), cue.text, Role.CUE, tape)
