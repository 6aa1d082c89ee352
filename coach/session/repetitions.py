"""Place a set on the timeline: guided, worded, then strictly periodic repetitions; cues in the gaps."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import cycle, islice

from coach.language.model import Sound
from coach.session.activity import Activity
from coach.session.moves import LONGEST_SILENCE_S, Cue, Movement, Recovery, Repetitions, between_marks, worded
from coach.session.options import Count
from coach.session.rests import PIPS, place_rest
from coach.session.timeline import Beat, Frames, Role, Say, Set, Source, Tone, frames
from coach.session.timeline_builder import BREATHER, COMMA, SECOND, Reason, TimelineBuilder
from coach.session.words.interface import Words

BEFORE_RELEASE = frames(0.800)
"""Least time from the end of a cue in a hold to the release."""

AFTER_GUIDED = frames(1.000)
"""Silence after the guided repetition, to let go and to set it apart from the next one."""

ROOMY_S = 5.0
"""Seconds from which a movement has room for a cue besides the one of its repetition."""

LONGEST_GAP = Frames(frames(LONGEST_SILENCE_S) - COMMA)
"""More room than this after a prompt and its comma is silence for too long."""

COMPANY_FROM = frames(8.0)
"""Least silence within a long movement that has room for one line in its middle."""


def place_repetitions(move: Repetitions, layout: TimelineBuilder) -> None:
    """Lay down a set: guided, then worded, then periodic repetitions, with the cues in the gaps."""
    _SetInTime(move, layout).lay()


@dataclass(frozen=True, slots=True)
class _Window:
    """A gap for one cue: the frames ``[start, end)`` within repetition ``rep``."""

    rep: int
    start: Frames
    end: Frames
    is_long: bool = False


@dataclass(frozen=True, slots=True)
class _Prompt:
    """A prompt at the start of a movement, with its place in the sheet."""

    text: str
    role: Role
    source: Source | None = None


class _Tempo:
    """The tempo of a set: the tone and the length of each movement, unless longer words stretch it.

    A movement is never shorter than its tone and what is said in it in every repetition: its name, and the
    longest number of the set where numbers are said. So every counted repetition has the same length to the
    frame, on alternating sides too.
    """

    def __init__(self, move: Repetitions, layout: TimelineBuilder) -> None:
        self.move = move
        self.layout = layout
        self.spacing = layout.sounds.spacing
        self.numbers = [layout.clip(layout.words.count(n)) for n in move.numbers]
        self.counted = self._counted_movement()
        self.preroll = max((clip.onset for clip in self.numbers), default=Frames(0))
        self.word_preroll = max(
            (layout.clip(text).onset for text in _all_words(move, layout.words)), default=Frames(0)
        )
        self.said = [self._said(i) for i in range(len(move.movements))]
        self.lengths = [self._length(i) for i in range(len(move.movements))]

    def tone(self, rep: int, i: int) -> Sound | None:
        """Return the tone at the start of a movement; the set's first is the go tone of its count-in."""
        movement, before = self.move.movements[i], self.move.movements[i - 1]
        is_first = i == 0 and (rep == 1 or self.move.rest is not None)
        go = Sound.BELL if self.move.is_calm else Sound.GO
        if movement.is_rest:
            return Sound.REST
        if is_first or (before.is_rest and go is Sound.GO):
            return go
        if movement.is_hold:
            return Sound.HOLD_START
        if i == 0:
            return Sound.REP
        if before.is_hold:
            return Sound.HOLD_END
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

    def _said(self, i: int) -> Frames:
        """Return the frames from the start of a movement to the end of what is heard in every repetition."""
        said = ring = self.ring(2, i)
        always = [self.layout.clip(text) for text in self._always(i)]
        if always:
            clear = ring + self.spacing.after_tone if ring else 0
            said = Frames(clear + self.word_preroll + max(clip.length - clip.onset for clip in always))
        if i == self.counted:
            onset = said + COMMA + self.preroll if always else self.beat(2, i)
            said = Frames(onset + max(clip.length - clip.onset for clip in self.numbers))
        return said

    def _always(self, i: int) -> list[str]:
        """List what is said at the start of a movement in every repetition, on either side."""
        both = (self.move.movements, self.move.others or self.move.movements)
        return [movements[i].always for movements in both if movements[i].always]

    def _length(self, i: int) -> Frames:
        said = self.said[i]
        return Frames(max(frames(self.move.movements[i].length_s), said + self.gap_after(i) if said else 0))


class _SetInTime:
    """A set while it is placed: its sounds so far, and the frame ``at`` which the next movement starts."""

    def __init__(self, move: Repetitions, layout: TimelineBuilder) -> None:
        self._move = move
        self._layout = layout
        self._tempo = _Tempo(move, layout)
        self._placed: list[Say | Tone] = []
        self._reasons: list[Reason] = []
        self._beats: list[Beat] = []
        self._windows: list[_Window] = []
        self._company = cycle(move.fillers)
        self._unsaid = len(move.fillers)
        self._cues_before: list[str] = []
        self._cues_here: list[str] = []
        self._uses = Counter[str]()
        self._at = self._clear = layout.at

    def lay(self) -> None:
        """Place every movement of every repetition, then the cues, and lay it all down."""
        move, layout, start = self._move, self._layout, self._layout.at
        for rep in range(1, move.reps + 1):
            if move.rest and rep > 1:
                self._rest(move.rest, rep - 1)
            for i in range(len(move.movements)):
                self._movement(rep, i)
        self._placed.extend(_cues(move, self._windows, layout))
        layout.lay(self._placed, self._reasons, self._at)
        ready = start if layout.ready is None else layout.ready
        layout.ready = None
        beats = tuple(self._beats)
        which = (move.number, move.of, move.side, move.reps, move.asked)
        layout.sets.append(Set(ready, start, self._at, *which, beats, move.noun, move.is_calm))

    def _rest(self, rest: Recovery, rep: int) -> None:
        """Place the rest after a repetition."""
        caption = self._layout.words.ACTIVITIES[rest.activity]
        self._reasons.append(Reason(self._at, rest.activity, rest.role, caption))
        self._beats.append(Beat(self._at, rep, caption, rest.role, is_rest=True))
        placed = place_rest(rest.in_use(rep - 1), self._at, self._layout)
        self._placed.extend(placed.sounds)
        self._at = placed.end

    def _movement(self, rep: int, i: int) -> None:
        """Place one movement: its tone, its prompts, then what its remaining time has room for."""
        movement, tempo, start = self._move.movements_of(rep)[i], self._tempo, self._at
        self._begin(rep, i)
        spoken = self._prompts(rep, i)
        self._placed.extend(spoken)
        said_until = spoken[-1].start + spoken[-1].length if spoken else start
        free = said_until + COMMA if spoken else max(start, self._clear)
        end = start + max(tempo.lengths[i], tempo.ring(rep, i) + tempo.gap_after(i))
        if spoken:
            is_over = rep <= self._move.guided and i == len(self._move.movements) - 1 and not self._move.rest
            end = max(end, said_until + (AFTER_GUIDED if is_over else tempo.gap_after(i)))
        until = end - tempo.gap_after(i)
        if self._leads_to_an_effort(rep, i):
            until = self._count_in(max(said_until, start + tempo.said[i]), end)
        if movement.is_hold and not movement.is_announced:
            until = min(until, end - BEFORE_RELEASE)
        window = _Window(rep, Frames(free), Frames(until), movement.length_s >= ROOMY_S)
        if movement.is_announced:
            self._placed.extend(self._announcements(movement, window, end))
        else:
            self._windows.append(window)
        self._at = Frames(end)

    def _begin(self, rep: int, i: int) -> None:
        """Note the beginning of a movement, and place its tone."""
        movement, layout, at = self._move.movements_of(rep)[i], self._layout, self._at
        cue, role = movement.cue or layout.words.ACTIVITIES[Activity.EXERCISE], _role(movement)
        self._reasons.append(Reason(at, Activity.EXERCISE, role, cue))
        self._beats.append(Beat(at, rep, cue, role, movement.may_end_early, movement.is_rest))
        if sound := self._tempo.tone(rep, i):
            role = Role.COUNTDOWN if sound in {Sound.GO, Sound.BELL} else role
            self._placed.append(Tone(at, layout.sounds.tones[sound], sound, role))
            self._clear = Frames(at + self._tempo.ring(rep, i) + self._tempo.spacing.after_tone)

    def _prompts(self, rep: int, i: int) -> list[Say]:
        """Return the prompts at the start of a movement, one after the other.

        In the periodic repetitions the number has its fixed place: on the beat, or behind the word.
        """
        move, tempo, layout = self._move, self._tempo, self._layout
        is_periodic = rep > move.guided + move.worded
        is_counted = i == tempo.counted and rep in move.numbers
        number = [_Prompt(layout.words.count(rep), Role.COUNT)] if is_counted else []
        words = list(_words(move, rep, i, layout.words))
        if number and not is_periodic:
            words.sort(key=lambda prompt: prompt.role is Role.CUE)
            at = sum(prompt.role is not Role.CUE for prompt in words)
        else:
            at = bool(move.movements_of(rep)[i].always)
        spoken: list[Say] = []
        free = max(self._at, self._clear)
        for prompt in (*words[:at], *number, *words[at:]):
            is_number = prompt.role is Role.COUNT
            if is_number and not spoken:
                onset = self._at + tempo.beat(rep, i)
            elif is_number and is_periodic:
                onset = free + tempo.preroll
            elif not spoken:
                onset = free + tempo.word_preroll
            else:
                onset = free + layout.clip(prompt.text).onset
            spoken.append(layout.say_at(onset, prompt.text, prompt.role, prompt.source))
            free = Frames(spoken[-1].start + spoken[-1].length + COMMA)
        return spoken

    def _leads_to_an_effort(self, rep: int, i: int) -> bool:
        """Tell whether a movement is a rest that another movement of the set follows."""
        movements = self._move.movements
        is_last = rep == self._move.reps and i == len(movements) - 1
        is_effort = not movements[(i + 1) % len(movements)].is_rest
        return movements[i].is_rest and is_effort and not is_last and not self._move.is_calm

    def _count_in(self, free: int, end: int) -> Frames:
        """Place 3-2-1 before ``end``, or as much of it as has room; return where speech has to end."""
        spacing = self._layout.sounds.spacing
        room = end - free - spacing.before_tone
        pips = self._layout.count_in(end, min(PIPS, room // SECOND))
        self._placed.extend(pips)
        return Frames((pips[0].start if pips else end) - spacing.before_tone)

    def _announcements(self, movement: Movement, window: _Window, end: int) -> Iterator[Say]:
        """Yield the time marks of a long movement that ends at ``end``, and reminders in the gaps between."""
        gap_start = window.start
        self._cues_before, self._cues_here = self._cues_here[-1:], []
        for seconds, usual in movement.marks(self._layout.words):
            text = usual if movement.breaths else worded(self._move.wordings, usual, self._uses[usual])
            mark = self._layout.say_at(end - frames(seconds), text, Role.TIME)
            if mark.start < gap_start + COMMA or mark.start + mark.length > window.end:
                continue
            yield from self._company_in(movement, gap_start, mark.start, end)
            self._uses[usual] += 1
            yield mark
            gap_start = Frames(mark.start + mark.length)

    def _company_in(self, movement: Movement, start: Frames, end: Frames, until: int) -> Iterator[Say]:
        """Yield what a gap of a movement has: a reminder or a time mark, and more in a long one.

        ``until`` is the end of the movement.
        """
        for said in self._reminder(start, end) or self._time_between(movement, start, end, until):
            for gap in ((start, said.start), (Frames(said.start + said.length), end)):
                if gap[1] - gap[0] > LONGEST_GAP:
                    yield from self._company_in(movement, *gap, until)
            yield said

    def _time_between(self, movement: Movement, start: Frames, end: Frames, until: int) -> list[Say]:
        """Return the time mark next to the middle of a silence that is too long."""
        middle_s = (until - (start + end) / 2) / SECOND
        marks = between_marks(movement.length_s, self._layout.words)
        if end - start <= LONGEST_GAP or not marks:
            return []
        left_s, usual = min(marks, key=lambda mark: abs(mark[0] - middle_s))
        text = worded(self._move.wordings, usual, self._uses[usual])
        mark = self._layout.say_at(until - left_s * SECOND, text, Role.TIME)
        if mark.start < start + COMMA or mark.start + mark.length + COMMA > end:
            return []
        self._uses[usual] += 1
        return [mark]

    def _reminder(self, start: Frames, end: Frames) -> list[Say]:
        """Return the next reminder in the middle of a silence of `COMPANY_FROM` frames or more.

        One is said again only where there would be silence for too long. None is said twice running, neither
        within a movement nor at the border of two.
        """
        if end - start < (COMPANY_FROM if self._unsaid else LONGEST_GAP):
            return []
        for cue in islice(self._company, 1):
            room = end - start - self._layout.clip(cue.text).length
            running = (self._cues_here or self._cues_before)[-1:]
            if room >= 2 * BREATHER and cue.text not in running:
                self._cues_here.append(cue.text)
                self._unsaid = max(0, self._unsaid - 1)
                return [self._layout.say_from(start + room // 2, cue.text, Role.CUE, cue.source)]
        return []


def _role(movement: Movement) -> Role:
    return Role.HOLD if movement.is_hold else Role.LOOSE if movement.is_loose else Role.MOVEMENT


def _first_announced(move: Repetitions) -> int | None:
    return next((i for i, movement in enumerate(move.movements) if movement.is_announced), None)


def _words(move: Repetitions, rep: int, i: int, words: Words) -> Iterator[_Prompt]:
    """Yield the prompts at the start of a movement; the movement is stretched until they have ended.

    What is said in every repetition comes first. The cues of a repetition come before the word of another
    movement; one whose time is announced has room for them whether it has words or not.
    """
    movement = move.movements_of(rep)[i]
    has_words = rep <= move.guided + move.worded
    name: list[_Prompt] = []
    if rep <= move.guided and movement.text:
        name = [_Prompt(movement.text, Role.GUIDE, movement.source)]
    elif text := movement.word if has_words else movement.always:
        name = [_Prompt(text, Role.PHASE, movement.source)]
    if movement.breaths:
        name.append(_Prompt(words.count(1), Role.TIME))
    cues: list[_Prompt] = []
    if i == (0 if has_words else _first_announced(move)):
        cues = [
            _Prompt(cue.text, Role.CUE, cue.source) for cue in move.cues if cue.rep == rep and not cue.wanders
        ]
    yield from (*name, *cues) if movement.always else (*cues, *name)


def _all_words(move: Repetitions, words: Words) -> set[str]:
    """Return every prompt, except numbers, that starts a movement of the set."""
    return {
        prompt.text
        for rep in range(1, move.reps + 1)
        for i in range(len(move.movements))
        for prompt in _words(move, rep, i, words)
    }


def _cues(move: Repetitions, windows: list[_Window], layout: TimelineBuilder) -> Iterator[Say]:
    """Place cues such as "Halfway." in their own repetition, form cues and breathing in one with room."""
    worded = move.guided + move.worded if _first_announced(move) is None else move.reps
    gaps = _Gaps(move, windows, layout)
    for cue in sorted(move.cues, key=lambda cue: cue.wanders):
        if cue.rep <= worded and not cue.wanders:
            continue
        if said := gaps.place(cue):
            yield said
        elif cue.wanders:
            layout.carried.append(cue)
        else:
            layout.left_out.append(cue.text)


class _Gaps:
    """The gaps of a set, which its cues are placed in.

    A cue stands alone in its repetition, and one without a cue follows, unless it counts what is left. Two
    may share a repetition if a movement of it is long, or in an exercise of one set, which has no rest to say
    them in.
    """

    def __init__(self, move: Repetitions, windows: list[_Window], layout: TimelineBuilder) -> None:
        self._windows = windows
        self._layout = layout
        self._is_only_set = move.of == 1
        fixed = [cue for cue in move.cues if not cue.wanders]
        self._taken = {cue.rep for cue in fixed}
        self._beside = {rep for cue in fixed if not cue.counts for rep in (cue.rep - 1, cue.rep + 1)}

    def place(self, cue: Cue) -> Say | None:
        """Place a cue, in a shorter wording if it has to be; None if it has no room.

        One that counts what is left is worded shorter rather than said late in its repetition.
        """
        lengths = {text: self._layout.clip(text).length for text in (cue.text, *cue.shorter)}
        windows = {text: self._window(cue, length) for text, length in lengths.items()}
        found = [(text, window) for text, window in windows.items() if window]
        if not found:
            return None
        text, window = min(found, key=lambda each: each[1].start) if cue.counts else found[0]
        length = lengths[text]
        if cue.wanders:
            self._taken.add(window.rep)
            self._beside |= {window.rep - 1, window.rep + 1}
        start = window.end - length if cue.leads else window.start
        self._windows[self._windows.index(window)] = (
            replace(window, end=Frames(start - BREATHER))
            if cue.leads
            else replace(window, start=Frames(start + length + BREATHER))
        )
        return self._layout.say_from(start, text, Role.CUE, cue.source)

    def _window(self, cue: Cue, length: Frames) -> _Window | None:
        room = [window for window in self._windows if length <= window.end - window.start]
        if not cue.wanders:
            return next((window for window in room if window.rep == cue.rep), None)
        room = [window for window in room if window.rep >= cue.rep]
        alone = [window for window in room if window.rep not in self._taken | self._beside]
        shared = [window for window in room if window.rep in self._taken] or room
        room = alone or [window for window in shared if self._is_only_set or window.is_long]
        return (
            [window for window in room if window.rep == room[0].rep][-1 if cue.leads else 0] if room else None
        )
