"""Place a set on the timeline: guided, worded, then strictly periodic repetitions; cues in the gaps."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice

from coach.language.model import Sound
from coach.session.activity import Activity
from coach.session.layout import BREATHER, COMMA, SECOND, Layout, Reason
from coach.session.moves import LONG_S, Cue, Movement, Repetitions, marks
from coach.session.options import Count
from coach.session.timeline import Beat, Frames, Role, Say, Set, Source, Tone, frames
from coach.session.words.interface import Words

BEFORE_RELEASE = frames(0.800)
"""Least time from the end of a cue in a hold to the release."""

AFTER_GUIDED = frames(1.000)
"""Silence after the guided repetition, to let go and to set it apart from the next one."""

COMPANY_FROM = frames(8.0)
"""Least silence within a long movement that has room for one line in its middle."""


@dataclass(frozen=True, slots=True)
class _Window:
    """A gap for one cue: the frames ``[start, end)`` within repetition ``rep``."""

    rep: int
    start: Frames
    end: Frames


_Word = tuple[str, Role, Source | None]
"""Text of a movement's prompt, its role, and its place in the sheet."""


class _Tempo:
    """The tempo of a set: the tone and the length of each movement, unless longer words stretch it.

    A movement is never shorter than its tone and, where numbers are said in it, than the longest number of
    the set, so that every counted repetition has the same length to the frame.
    """

    def __init__(self, move: Repetitions, layout: Layout) -> None:
        self.move = move
        self.layout = layout
        self.spacing = layout.sounds.spacing
        self.numbers = [layout.clip(layout.words.count(n)) for n in move.numbers]
        self.counted = self._counted_movement()
        self.preroll = max((clip.onset for clip in self.numbers), default=Frames(0))
        self.word_preroll = max(
            (layout.clip(text).onset for text in _all_words(move, layout.words)), default=Frames(0)
        )
        self.lengths = [self._length(i) for i in range(len(move.movements))]

    def tone(self, rep: int, i: int) -> Sound | None:
        """Return the tone at the start of a movement; the set's first is the go tone of its count-in."""
        movement, before = self.move.movements[i], self.move.movements[i - 1]
        if rep == 1 and i == 0:
            return Sound.GO
        if movement.is_hold:
            return Sound.HOLD_START
        if i > 0 and before.is_hold:
            return Sound.HOLD_END
        if i == 0:
            return Sound.REP
        return None if movement.is_loose else Sound.MOVE

    def ring(self, rep: int, i: int) -> Frames:
        """Return the length of a movement's tone in frames; 0 without a tone."""
        sound = self.tone(rep, i)
        return self.layout.sounds.tones[sound] if sound else Frames(0)

    def beat(self, rep: int, i: int) -> Frames:
        """Return the onset of a number within a movement: 0 without a tone, else late enough to clear it."""
        ring = self.ring(rep, i)
        return Frames(ring + self.spacing.after_tone + self.preroll) if ring else Frames(0)

    def gap_after(self, i: int) -> Frames:
        """Return the silence that any sound in a movement has to leave before the next sound."""
        after = (i + 1) % len(self.move.movements)
        if self.ring(2, after):
            return self.spacing.before_tone
        return Frames(self.spacing.after_tone + self.preroll) if after == self.counted else COMMA

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
            needed = self.beat(2, i) + longest + self.gap_after(i)
        return Frames(max(frames(self.move.movements[i].length_s), needed))


def place_repetitions(move: Repetitions, layout: Layout) -> None:
    """Lay down a set: guided, then worded, then periodic repetitions, with the cues in the gaps."""
    tempo = _Tempo(move, layout)
    placed: list[Say | Tone] = []
    reasons: list[Reason] = []
    beats: list[Beat] = []
    windows: list[_Window] = []
    company = cycle(move.fillers)
    said = move.guided + move.worded
    at = clear = start = layout.at
    for rep in range(1, move.reps + 1):
        for i, movement in enumerate(move.movements):
            cue, role = movement.cue or layout.words.ACTIVITIES[Activity.EXERCISE], _role(movement)
            reasons.append(Reason(at, Activity.EXERCISE, role, cue))
            beats.append(Beat(at, rep, cue, role))
            sound = tempo.tone(rep, i)
            if sound:
                role = Role.COUNTDOWN if sound is Sound.GO else role
                placed.append(Tone(at, layout.sounds.tones[sound], sound, role))
                clear = Frames(at + tempo.ring(rep, i) + tempo.spacing.after_tone)
            free = max(at, clear)
            end = at + max(tempo.lengths[i], tempo.ring(rep, i) + tempo.gap_after(i))
            spoken: list[Say] = []
            words = list(_words(move, rep, i, layout.words))
            is_counted = i == tempo.counted and rep in move.numbers
            number: list[_Word] = [(layout.words.count(rep), Role.COUNT, None)] if is_counted else []
            for text, role, source in (*words, *number) if rep <= said else (*number, *words):
                if spoken:
                    spoken.append(layout.say_from(free, text, role, source))
                else:
                    onset = at + tempo.beat(rep, i) if role is Role.COUNT else free + tempo.word_preroll
                    spoken.append(layout.say_at(onset, text, role, source))
                free = Frames(spoken[-1].start + spoken[-1].length + COMMA)
            if spoken:
                is_over = rep <= move.guided and i == len(move.movements) - 1
                gap = AFTER_GUIDED if is_over else tempo.gap_after(i)
                end = max(end, spoken[-1].start + spoken[-1].length + gap)
            placed.extend(spoken)
            if _is_long(movement):
                placed.extend(_announcements(movement, free, Frames(end), company, layout))
            elif not spoken:
                last = end - (BEFORE_RELEASE if movement.is_hold else tempo.gap_after(i))
                windows.append(_Window(rep, free, Frames(last)))
            at = Frames(end)
    placed.extend(_cues(move, windows, layout))
    layout.lay(placed, reasons, at)
    ready = start if layout.ready is None else layout.ready
    layout.sets.append(Set(ready, start, at, move.number, move.of, move.side, move.reps, tuple(beats)))


def _role(movement: Movement) -> Role:
    return Role.HOLD if movement.is_hold else Role.LOOSE if movement.is_loose else Role.MOVEMENT


def _is_long(movement: Movement) -> bool:
    """Tell whether a movement is long enough for its remaining time to be announced."""
    return movement.length_s >= LONG_S


def _first_long(move: Repetitions) -> int | None:
    return next((i for i, movement in enumerate(move.movements) if _is_long(movement)), None)


def _words(move: Repetitions, rep: int, i: int, words: Words) -> Iterator[_Word]:
    """Yield the prompts at the start of a movement; the movement is stretched until they have ended.

    A long movement has room for the cues of its repetition at its start, whether it has words or not.
    """
    movement = move.movements[i]
    has_words = rep <= move.guided + move.worded
    if i == (0 if has_words else _first_long(move)):
        yield from (
            (cue.text, Role.CUE, cue.source) for cue in move.cues if cue.rep == rep and not cue.wanders
        )
    if not has_words:
        return
    if rep <= move.guided and movement.text:
        yield movement.text, Role.GUIDE, movement.source
    elif movement.cue and not movement.is_loose:
        yield words.sentence(movement.cue), Role.PHASE, movement.source


def _all_words(move: Repetitions, words: Words) -> set[str]:
    """Return every prompt, except numbers, that starts a movement of the set."""
    return {
        text
        for rep in range(1, move.reps + 1)
        for i in range(len(move.movements))
        for text, _, _ in _words(move, rep, i, words)
    }


def _announcements(
    movement: Movement, free: Frames, end: Frames, company: Iterator[Cue], layout: Layout
) -> Iterator[Say]:
    """Place the time marks of a long movement, and sparse reminders in the silences between them."""
    gap_start = free
    for seconds, text in marks(movement.length_s, layout.words):
        mark = layout.say_at(end - seconds * SECOND, text, Role.TIME)
        if (
            mark.start < gap_start + COMMA
            or mark.start + mark.length > end - layout.sounds.spacing.before_tone
        ):
            continue
        yield from _company(gap_start, mark.start, company, layout)
        yield mark
        gap_start = Frames(mark.start + mark.length)


def _company(start: Frames, end: Frames, company: Iterator[Cue], layout: Layout) -> Iterator[Say]:
    """Place the next reminder in the middle of a silence of `COMPANY_FROM` frames or more."""
    if end - start < COMPANY_FROM:
        return
    for cue in islice(company, 1):
        room = end - start - layout.clip(cue.text).length
        if room >= 2 * BREATHER:
            yield layout.say_from(start + room // 2, cue.text, Role.CUE, cue.source)


def _cues(move: Repetitions, windows: Sequence[_Window], layout: Layout) -> Iterator[Say]:
    """Place cues such as "Halfway." in their own repetition, form cues and breathing in one with room."""
    said = move.guided + move.worded if _first_long(move) is None else move.reps
    taken = {cue.rep for cue in move.cues if not cue.wanders}
    form: set[int] = set()
    for cue in sorted(move.cues, key=lambda cue: cue.wanders):
        if cue.rep <= said and not cue.wanders:
            continue
        length = layout.clip(cue.text).length
        reps = [window.rep for window in windows if window.rep >= cue.rep] if cue.wanders else [cue.rep]
        running = {near for rep in form for near in (rep - 1, rep + 1)} if not cue.leads else set()
        open_reps = set(reps) - (taken | running if cue.wanders else set())
        room = [
            window for window in windows if window.rep in open_reps and length <= window.end - window.start
        ]
        window = next(iter(room), None)
        if window and cue.leads:
            window = [other for other in room if other.rep == window.rep][-1]
        if window is None and cue.wanders:
            layout.carried.append(cue)
        elif window is None:
            layout.left_out.append(cue.text)
        else:
            taken.add(window.rep)
            form |= {window.rep} if cue.wanders and not cue.leads else set()
            start = window.end - length if cue.leads else window.start
            yield layout.say_from(start, cue.text, Role.CUE, cue.source)
