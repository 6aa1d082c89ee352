"""Append-only builder of timeline events; inserts the required silence between speech and tones."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from coach.language.model import Sound
from coach.session.activity import Activity
from coach.session.moves import Cue
from coach.session.timeline import (
    RATE_HZ,
    Event,
    Frames,
    LongerRest,
    Role,
    Say,
    Set,
    Silence,
    Source,
    Tone,
    frames,
)
from coach.session.words.interface import Words


@dataclass(frozen=True, slots=True)
class Spacing:
    """The minimum silence from a tone to speech, and from speech to a tone."""

    after_tone: Frames
    before_tone: Frames


USUAL = Spacing(frames(0.250), frames(0.150))
"""Forward masking lasts up to 200 ms."""

WIDE = Spacing(frames(0.400), frames(0.300))
"""For older ears, which are masked for longer (docs/sound.md)."""

AFTER_TONE, BEFORE_TONE = USUAL.after_tone, USUAL.before_tone

COMMA = frames(0.400)
STOP = frames(0.800)
"""Pauses between prompts, by the punctuation that they end with."""

BREATHER = frames(1.500)
"""Silence around a form cue in a rest or a long movement, so that it stands alone."""

SECOND = frames(1.0)


class ClipLength(Protocol):
    """The length and onset of a spoken prompt; `coach.sound.clip.Clip` is the usual implementation."""

    @property
    def length(self) -> Frames:
        """The number of frames."""

    @property
    def onset(self) -> Frames:
        """The frame within the clip at which speech is first heard."""


@dataclass(frozen=True, slots=True)
class Sounds:
    """The sounds to place: measured prompts by text, the lengths of the tones, the minimum silences."""

    clips: Mapping[str, ClipLength]
    tones: Mapping[Sound, Frames]
    spacing: Spacing = USUAL


def pause_after(text: str) -> Frames:
    """Return the pause after a prompt, by its final punctuation.

    >>> pause_after("Stand tall,"), pause_after("Stand tall.")
    (19200, 38400)
    """
    return COMMA if text.rstrip().endswith((",", ":")) else STOP


@dataclass(frozen=True, slots=True)
class Reason:
    """The reason for silence from a frame on."""

    start: Frames
    activity: Activity
    role: Role
    why: str


@dataclass(slots=True)
class TimelineBuilder:
    """The events of a chapter so far, without a gap; ``at`` is where the next one starts.

    Four fields carry state from one move to the next: ``carried``, cues without room in their set, which the
    next rest may say; ``left_out``, texts that can no longer be said; ``ready``, the frame where the last
    "get ready" began, for the set after it; ``sets``, the finished sets.
    """

    sounds: Sounds
    at: Frames
    words: Words
    events: list[Event] = field(default_factory=list)
    carried: list[Cue] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    ready: Frames | None = None
    sets: list[Set] = field(default_factory=list)
    longer_rests: list[LongerRest] = field(default_factory=list)

    def note_if_longer(self, written_s: float, length: int, source: Source | None) -> None:
        """Note a rest that lasts longer than is written."""
        if length > frames(written_s):
            self.longer_rests.append(LongerRest(written_s, length / RATE_HZ, source))

    def clip(self, text: str) -> ClipLength:
        """Return the clip of a prompt; raise ValueError if it is missing."""
        if text not in self.sounds.clips:
            raise ValueError(f"no clip for the prompt {text!r}")
        return self.sounds.clips[text]

    def wait(self, length: int, activity: Activity, role: Role, why: str = "") -> None:
        """Lay down silence, if ``length`` is positive; ``why`` stands for the usual words of the activity."""
        if length > 0:
            why = why or self.words.ACTIVITIES[activity]
            self.events.append(Silence(self.at, Frames(length), why, role, activity))
            self.at = Frames(self.at + length)

    def breathe(self, activity: Activity = Activity.PAUSE, role: Role = Role.PAUSE, why: str = "") -> None:
        """Lay down the rest of the silence that is required after the last sound.

        A sheet's own wait after speech may be shorter than its punctuation asks for, but not too short for a
        tone.
        """
        spacing = self.sounds.spacing
        silent = 0
        for event in reversed(self.events):
            match event:
                case Silence(length=length):
                    silent += length
                case Say(text=text):
                    self.wait(
                        (spacing.before_tone if silent else pause_after(text)) - silent, activity, role, why
                    )
                    return
                case Tone():
                    self.wait(spacing.after_tone - silent, activity, role, why)
                    return

    def speak(self, text: str, role: Role, source: Source | None = None) -> None:
        """Lay down a prompt, after the silence that is required after the last sound."""
        self.breathe()
        self.events.append(self.say_from(self.at, text, role, source))
        self.at = Frames(self.at + self.events[-1].length)

    def strike(self, sound: Sound, role: Role) -> None:
        """Lay down a tone, after the silence that is required after the last sound."""
        self.breathe()
        self.events.append(Tone(self.at, self.sounds.tones[sound], sound, role))
        self.at = Frames(self.at + self.sounds.tones[sound])

    def say_from(self, start: int, text: str, role: Role, source: Source | None = None) -> Say:
        """Return the prompt with its clip's first frame at ``start``, to be laid down later."""
        return self.say_at(start + self.clip(text).onset, text, role, source)

    def say_at(self, onset: int, text: str, role: Role, source: Source | None = None) -> Say:
        """Return the prompt first heard at ``onset``, to be laid down later."""
        clip = self.clip(text)
        return Say(Frames(onset - clip.onset), clip.length, text, role, Frames(onset), source)

    def drop_carried(self) -> None:
        """Give up the carried cues: at a change of sides they may name the side just finished."""
        self.left_out += [cue.text for cue in self.carried]
        self.carried = []

    def count_in(self, end: int, pips: int = 3) -> list[Tone]:
        """Return the tones 3-2-1 before ``end``, or the last of them."""
        pip = self.sounds.tones[Sound.COUNTDOWN]
        starts = (Frames(end - n * SECOND) for n in range(pips, 0, -1))
        return [Tone(start, pip, Sound.COUNTDOWN, Role.COUNTDOWN) for start in starts]

    def lay(self, placed: Iterable[Say | Tone], reasons: Sequence[Reason], end: Frames) -> None:
        """Lay down the sounds placed in ``[at, end)``, and fill the gaps with silences and their reasons."""
        for event in sorted(placed, key=lambda event: event.start):
            self._fill(event.start, reasons)
            self.events.append(event)
            self.at = Frames(event.start + event.length)
        self._fill(end, reasons)

    def _fill(self, end: Frames, reasons: Sequence[Reason]) -> None:
        after = bisect_right(reasons, self.at, key=lambda reason: reason.start)
        while self.at < end:
            reason = reasons[after - 1]
            until = min(end, reasons[after].start) if after < len(reasons) else end
            self.wait(until - self.at, reason.activity, reason.role, reason.why)
            after += 1
