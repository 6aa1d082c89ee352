"""Place a rest between two efforts: it lasts what is written, and what is heard in it is chosen to fit."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

from coach.session.moves import Cue, Interval, Recovery, Speak, wait_marks, worded
from coach.session.timeline import Frames, Role, Say, Tone, frames
from coach.session.timeline_builder import BREATHER, COMMA, SECOND, TimelineBuilder, pause_after
from coach.session.words.interface import Words

READY_AT_S = 5
"""Seconds before the go tone at which "get ready" is heard."""

LAST_S = 10
"""Seconds left at the last time mark."""

PIPS = 3
"""Tones of a whole count-in, a second apart."""


@dataclass(frozen=True, slots=True)
class PlacedRest:
    """A rest in time: its sounds, its end, the start of the lead-up to the effort, and cues without room."""

    sounds: tuple[Say | Tone, ...]
    end: Frames
    ready: Frames
    unsaid: tuple[Cue, ...]


@dataclass(frozen=True, slots=True)
class _Choice:
    """What is heard in a rest besides what has to be: the last of 3-2-1, the first of the opening prompts."""

    sound: bool = False
    pips: int = 0
    opening: int = 0
    closing: bool = False
    cues: tuple[Cue, ...] = ()
    marks: tuple[tuple[float, str], ...] = ()
    ready: bool = False


def place_rest(
    rest: Recovery,
    start: Frames,
    layout: TimelineBuilder,
    cues: Sequence[Cue] = (),
    since: Frames | None = None,
) -> PlacedRest:
    """Choose what is heard in a rest that begins at ``start``, in the order of importance, and place it.

    The length of the rest is counted from ``since``, by default from ``start``.
    """
    since = start if since is None else since
    room = _Room(rest, start, Frames(since + frames(rest.length_s)), layout)
    choice = _Choice()

    def take(**more: Any) -> None:
        nonlocal choice
        wider = replace(choice, **more)
        if room.sounds(wider) is not None:
            choice = wider

    take(sound=True)
    for n in range(PIPS) if rest.counts_in else ():
        take(pips=n + 1)
    for n in range(len(rest.opening)):
        take(opening=n + 1)
    if rest.closing:
        take(closing=True)
    marks = _marks(rest, (room.end - since) / 2 / SECOND, layout.words)
    for mark in marks:
        if mark[0] > LAST_S:
            take(marks=(*choice.marks, mark))
    for cue in cues:
        take(cues=(*choice.cues, cue))
    take(marks=(*(mark for mark in marks if mark[0] == LAST_S), *choice.marks))
    if rest.counts_in:
        take(ready=True)
    sounds = room.sounds(choice) or []
    leading = [event.start for event in sounds if event.role is Role.COUNTDOWN]
    unsaid = tuple(cue for cue in cues if cue not in choice.cues)
    return PlacedRest(tuple(sounds), room.end, min(leading, default=room.end), unsaid)


def _marks(rest: Recovery, half_s: float, words: Words) -> list[tuple[float, str]]:
    """Return the time marks of a rest; half of one that had to be longer is half of what it lasts."""
    half = words.HALF_OF_YOUR_REST
    return [(half_s if text == half else left_s, text) for left_s, text in wait_marks(rest, words)]


class _Room:
    """The frames of a rest: prompts follow each other from its start, and lead up to its end."""

    def __init__(self, rest: Recovery, start: Frames, end: Frames, layout: TimelineBuilder) -> None:
        self._rest = rest
        self._start = start
        self._layout = layout
        self.end = end
        if rest.must and self.sounds(_Choice()) is None:
            self.end = self._least_end()

    def _least_end(self) -> Frames:
        """Return the end of a rest that is just long enough for its tone, what has to be said, and 3-2-1."""
        _, free = self._front(_Choice(sound=True))
        return Frames(free + (PIPS * SECOND if self._rest.counts_in else 0))

    def sounds(self, choice: _Choice) -> list[Say | Tone] | None:
        """Place what is chosen; None if it does not fit."""
        front, free = self._front(choice)
        back = self._back(choice)
        marks = [self._mark(*mark) for mark in choice.marks if mark[0] > LAST_S]
        cues = self._cues(choice.cues, free, marks)
        placed = [*front, *cues, *marks, *back]
        until = min((event.start for event in back), default=self.end)
        if cues and cues[-1].start + cues[-1].length + BREATHER > until:
            return None
        return placed if self._are_apart(placed) else None

    def _front(self, choice: _Choice) -> tuple[list[Say | Tone], int]:
        """Place the tone and what follows it; return also where the next prompt could begin."""
        rest, layout, free = self._rest, self._layout, int(self._start)
        placed: list[Say | Tone] = []
        if choice.sound and rest.sound:
            placed.append(Tone(self._start, layout.sounds.tones[rest.sound], rest.sound, rest.role))
            free += placed[0].length + layout.sounds.spacing.after_tone
        prompts = (*rest.must, *rest.opening[: choice.opening])
        for each, after in zip_longest(prompts, prompts[1:]):
            if isinstance(each, Interval):
                free += frames(each.length_s)
                placed += [self._mark(*mark, end=free) for mark in wait_marks(each, layout.words)]
            else:
                placed.append(layout.say_from(free, each.text, each.role, each.source))
                then = after.role if isinstance(after, Speak) else None
                free = placed[-1].start + placed[-1].length + pause_after(each.text, each.role, then)
        return placed, free

    def _back(self, choice: _Choice) -> list[Say | Tone]:
        """Place what leads up to the effort: the closing prompts, "ten seconds", "get ready", 3-2-1."""
        rest, layout, before = self._rest, self._layout, self.end
        spacing, words = layout.sounds.spacing, layout.words
        placed: list[Say | Tone] = list(layout.count_in(self.end, choice.pips))
        before = placed[0].start if placed else self.end
        if choice.ready:
            get_ready = worded(rest.wordings, words.get_ready(rest.side))
            clip = layout.clip(get_ready)
            lead = self.end - before + spacing.before_tone + clip.length - clip.onset
            onset = self.end - max(READY_AT_S * SECOND, lead)
            placed.append(layout.say_at(onset, get_ready, Role.COUNTDOWN))
            before = placed[-1].start
        for mark in choice.marks:
            if mark[0] == LAST_S:
                placed.append(self._mark(*mark))
                before = placed[-1].start
        if choice.closing:
            lengths = [
                layout.clip(each.text).length + pause_after(each.text, rest.role) for each in rest.closing
            ]
            at = before - sum(lengths)
            for each in rest.closing:
                placed.append(layout.say_from(at, each.text, rest.role, each.source))
                at = placed[-1].start + placed[-1].length + pause_after(each.text, rest.role)
        return placed

    def _mark(self, seconds: float, text: str, end: int | None = None) -> Say:
        """Return what is said with so many seconds left of the rest, or until ``end``."""
        at = (self.end if end is None else end) - frames(seconds)
        return self._layout.say_at(at, worded(self._rest.wordings, text), Role.TIME)

    def _cues(self, cues: Sequence[Cue], free: int, marks: Sequence[Say]) -> list[Say]:
        """Place the cues for the next set, each standing alone, behind the words that announce them."""
        placed: list[Say] = []
        for cue in cues:
            start = free + BREATHER
            length = self._layout.clip(cue.text).length
            if not placed:
                length = Frames(length + self._layout.clip(self._rest.before_cues).length + COMMA)
            for mark in sorted(marks, key=lambda mark: mark.start):
                after = mark.start + mark.length + BREATHER
                if start < after and start + length + BREATHER > mark.start:
                    start = after
            if not placed:
                placed.append(self._layout.say_from(start, self._rest.before_cues, Role.CUE))
                start = placed[0].start + placed[0].length + COMMA
            placed.append(self._layout.say_from(start, cue.text, Role.CUE, cue.source))
            free = placed[-1].start + placed[-1].length
        return placed

    def _are_apart(self, placed: Sequence[Say | Tone]) -> bool:
        """Tell whether the sounds lie within the rest, with the required silence between them."""
        spacing, at, last = self._layout.sounds.spacing, int(self._start), None
        for event in sorted(placed, key=lambda event: event.start):
            if last is not None:
                is_to_speech = isinstance(event, Say)
                is_from_speech = isinstance(last, Say)
                at += (
                    COMMA
                    if is_to_speech and is_from_speech
                    else (spacing.after_tone if is_to_speech else spacing.before_tone)
                )
            if event.start < at:
                return False
            at, last = event.start + event.length, event
        return not placed or at + spacing.before_tone <= self.end
