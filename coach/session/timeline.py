"""A timeline: speech, tones and silences that tile a session in whole frames at 48 kHz."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NewType

from coach.language.dose import Amount, Dose
from coach.language.model import Sound
from coach.language.problems import Span
from coach.session.activity import Activity

RATE_HZ = 48_000
"""Frames a second, everywhere: what phones play and what every engine's rate is brought to."""

Frames = NewType("Frames", int)
"""A position or a length in frames at `RATE_HZ`."""


def frames(seconds: float) -> Frames:
    """The nearest whole number of frames.

    >>> frames(0.25)
    12000
    """
    return Frames(round(seconds * RATE_HZ))


class Role(StrEnum):
    """The purpose of an event, by which players, plots and tests tell a caution from a count."""

    OPENING = "opening"
    TITLE = "title"
    INSTRUCTION = "instruction"
    CAUTION = "caution"
    STOP_RULE = "stop-rule"
    DOSE = "dose"
    GUIDE = "guide"
    PHASE = "phase"
    COUNT = "count"
    CUE = "cue"
    TIME = "time"
    COUNTDOWN = "countdown"
    TRANSITION = "transition"
    REST = "rest"
    END = "end"
    CLOSING = "closing"
    MOVEMENT = "movement"
    HOLD = "hold"
    LOOSE = "loose"
    PAUSE = "pause"
    LEAD_IN = "lead-in"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class Source:
    """The line that a prompt was written in: its place in the sheet of that name."""

    sheet: str
    span: Span


@dataclass(frozen=True, slots=True)
class Say:
    """A prompt.

    ``text`` is what the voice is to say, ``onset`` the frame at which its first vowel begins: where a beat is
    placed.

    ``source`` is None for the coach's own words. Comparison ignores it: the same prompt from another line is
    equal.
    """

    start: Frames
    length: Frames
    text: str
    role: Role
    onset: Frames
    source: Source | None = field(default=None, compare=False)

    @property
    def span(self) -> Span | None:
        """The place of its line in the sheet; None for the coach's own words."""
        return self.source.span if self.source else None


@dataclass(frozen=True, slots=True)
class Tone:
    """One of the coach's tones, from its first frame."""

    start: Frames
    length: Frames
    sound: Sound
    role: Role


@dataclass(frozen=True, slots=True)
class Silence:
    """A silence; ``activity`` is its purpose for programs, ``why`` the same in words for display."""

    start: Frames
    length: Frames
    why: str
    role: Role
    activity: Activity

    @property
    def is_wait(self) -> bool:
        """True if the listener acts or rests; False for a gap between two sounds and at either end."""
        return self.activity not in {Activity.LEAD_IN, Activity.END, Activity.PAUSE}


Event = Say | Tone | Silence


@dataclass(frozen=True, slots=True)
class Chapter:
    """A place to jump to: its first frame, its title, and its exercise, without the round, with its dose."""

    start: Frames
    title: str
    exercise: str = ""
    dose: Dose | None = None

    @property
    def is_round(self) -> bool:
        """True for one of several rounds of an exercise."""
        return self.exercise not in {"", self.title}


@dataclass(frozen=True, slots=True)
class Beat:
    """The start of a movement: its repetition (from 1), its word, and the listener's activity in it.

    One that ``may_end_early`` is a hold or a time whose length the dose leaves to the listener ("up to 60
    seconds"). ``is_rest`` is true for a rest between two efforts.
    """

    start: Frames
    rep: int
    cue: str
    role: Role
    may_end_early: bool = False
    is_rest: bool = False


@dataclass(frozen=True, slots=True)
class Set:
    """One set on one side, ``[start, end)``: from its go tone to the end of its last repetition.

    ``ready`` is the first frame of the "get ready" before it. ``side`` is spoken, such as "right leg"; "" for
    an exercise without sides. ``beats`` has every movement of every repetition, and the rests between them,
    in order. ``amount`` is what the dose asks for, and ``reps`` what is planned of it. ``noun`` is what a
    repetition is called, "" for the usual word. A set that ``is_calm`` is not counted in.
    """

    ready: Frames
    start: Frames
    end: Frames
    number: int
    of: int
    side: str
    reps: int
    amount: Amount[int]
    beats: tuple[Beat, ...]
    noun: str = ""
    is_calm: bool = False

    @property
    def may_end_early(self) -> bool:
        """True if the dose leaves the number of repetitions to the listener ("up to 15 times")."""
        return not self.amount.is_exact


@dataclass(frozen=True, slots=True)
class LongerRest:
    """A rest that lasts longer than is written, because what has to be said in it takes so long."""

    written_s: float
    length_s: float
    source: Source | None


@dataclass(frozen=True, slots=True)
class Timeline:
    """A session in time: ``events`` tile ``[0, length)`` without a gap or an overlap.

    ``sets`` are the spans of exercise, in order. ``left_out`` has the cues that no repetition and no rest had
    room for. ``language`` is the language of the coach's own words. ``longer_rests`` are those that last
    longer than is written.

    Raises
    ------
    ValueError
        Where the events do not tile, an event is empty, or a chapter starts at no event's first frame.
    """

    title: str
    events: tuple[Event, ...]
    chapters: tuple[Chapter, ...]
    left_out: tuple[str, ...] = ()
    sets: tuple[Set, ...] = ()
    language: str = "en-us"
    longer_rests: tuple[LongerRest, ...] = ()

    def __post_init__(self) -> None:
        """Check that the events tile and the chapters start at events."""
        at = 0
        for event in self.events:
            if event.start != at or event.length <= 0:
                raise ValueError(f"{event} does not start at frame {at} or is empty")
            at += event.length
        for chapter in self.chapters:
            i = self.index_at(chapter.start)
            if i is None or self.events[i].start != chapter.start:
                raise ValueError(f"{chapter} starts at no event")

    def index_at(self, frame: int) -> int | None:
        """Return the index of the event that contains a frame; None outside ``[0, length)``."""
        if not 0 <= frame < self.length:
            return None
        return bisect_right(self.events, frame, key=lambda event: event.start) - 1

    @property
    def length(self) -> Frames:
        """The number of frames."""
        return Frames(self.events[-1].start + self.events[-1].length if self.events else 0)

    @property
    def duration_s(self) -> float:
        """The length in seconds."""
        return self.length / RATE_HZ


def says(events: Iterable[Event]) -> list[Say]:
    """Return the spoken prompts among ``events``, in order."""
    return [event for event in events if isinstance(event, Say)]
