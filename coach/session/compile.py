"""The second pure step: the chapters' moves and the lengths of their clips become a timeline.

Tones are fixed on the beats; prompts are placed in the gaps between them. A prompt without room moves to a
later repetition or into the rest; sounds never overlap. Numbers, phase words and time marks are placed by
their onset, the frame at which their first vowel begins.
"""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile

from coach.language.model import Sound
from coach.session.activity import Activity
from coach.session.moves import (
    Break,
    ChapterMoves,
    Interval,
    Move,
    Recovery,
    Repetitions,
    Speak,
    Strike,
    texts_of,
    wait_marks,
    worded,
)
from coach.session.repetitions import place_repetitions
from coach.session.rests import PIPS, READY_AT_S, place_rest
from coach.session.timeline import (
    Chapter,
    Event,
    Frames,
    LongerRest,
    Role,
    Say,
    Set,
    Timeline,
    Tone,
    frames,
    says,
)
from coach.session.timeline_builder import COMMA, SECOND, STOP, Reason, Sounds, TimelineBuilder, pause_after

LEAD_IN = frames(0.500)
"""Silence before the first sound: a sleeping Bluetooth link loses the first fraction of a second."""

LEAD_OUT = frames(0.500)


@dataclass(frozen=True, slots=True)
class Laid:
    """A chapter laid out: events from ``chapter.start`` without a gap, and the cues that found no room.

    ``starts`` has the frame from which on each of its moves is heard.
    """

    chapter: Chapter
    events: tuple[Event, ...]
    left_out: tuple[str, ...]
    sets: tuple[Set, ...]
    longer_rests: tuple[LongerRest, ...] = ()
    starts: tuple[Frames, ...] = field(default=(), compare=False, repr=False)

    @property
    def end(self) -> Frames:
        """The exclusive end frame."""
        return Frames(self.events[-1].start + self.events[-1].length)


def compile_session(title: str, chapters: Sequence[ChapterMoves], sounds: Sounds) -> Timeline:
    """Compile the timeline of a whole session.

    Raises
    ------
    ValueError
        If ``sounds`` has no clip for one of the prompts.
    """
    language = chapters[0].language if chapters else ""
    return joined(title, tuple(compile_chapters(chapters, sounds)), language)


def joined(title: str, laid: Sequence[Laid], language: str = "en-us") -> Timeline:
    """Join chapters that were laid out one after the other; the coach's words are in ``language``.

    Raises
    ------
    ValueError
        If one does not begin where the last one ends.
    """
    events = tuple(event for part in laid for event in part.events)
    said = {say.text for say in says(events)}
    left_out = dict.fromkeys(text for part in laid for text in part.left_out if text not in said)
    sets = tuple(each for part in laid for each in part.sets)
    longer_rests = tuple(rest for part in laid for rest in part.longer_rests)
    chapters = tuple(part.chapter for part in laid)
    return Timeline(title, events, chapters, tuple(left_out), sets, language, longer_rests)


def compile_chapters(
    chapters: Sequence[ChapterMoves],
    sounds: Sounds,
    at: Frames = Frames(0),  # noqa: B008 - a number
) -> Iterator[Laid]:
    """Lay out the chapters of a session lazily, one for each step of the iterator, from frame ``at`` on.

    The last chapter ends the session.
    """
    layout = ChapterLayout(len(chapters), at)
    for chapter in chapters:
        yield layout.add(chapter, sounds)


class ChapterLayout:
    """Lays the chapters of a session out one after the other, from frame ``at`` on; the last ends it."""

    def __init__(self, count: int, at: Frames) -> None:
        self._left = count
        self._at = self._effort_end = at

    def add(self, chapter: ChapterMoves, sounds: Sounds) -> Laid:
        """Lay out the next chapter.

        Raises
        ------
        ValueError
            If ``sounds`` has no clip for one of the prompts.
        """
        laid = self.try_out(chapter, sounds)
        self._left -= 1
        self._at = laid.end
        self._effort_end = laid.sets[-1].end if laid.sets else laid.end
        return laid

    def try_out(self, chapter: ChapterMoves, sounds: Sounds) -> Laid:
        """Lay out the next chapter as `add` does, but leave it the next one."""
        return lay_out(chapter, sounds, self._at, is_last=self._left == 1, effort_end=self._effort_end)


def lay_out(
    chapter: ChapterMoves, sounds: Sounds, start: Frames, *, is_last: bool, effort_end: Frames | None = None
) -> Laid:
    """Lay out one chapter from frame ``start``, with the lead-in at frame 0 and the lead-out after the last.

    ``effort_end`` is the end of the last set before it, from which a rest that it begins with is counted;
    otherwise from ``start``.

    Raises
    ------
    ValueError
        If ``sounds`` has no clip for one of the prompts.
    """
    layout = TimelineBuilder(sounds, start, chapter.words)
    starts: list[Frames] = []
    if start == 0:
        layout.wait(LEAD_IN, Activity.LEAD_IN, Role.LEAD_IN)
    for i, move in enumerate(chapter.moves):
        starts.append(_first_heard(move, layout))
        since = layout.sets[-1].end if layout.sets else start if effort_end is None else effort_end
        match move:
            case Break():
                _place_break(move, chapter.moves[i + 1 :], since, layout)
            case Recovery(sound=None):
                layout.breathe(move.activity, move.role)
                _place_recovery(move, layout, since)
            case _:
                _place(move, layout)
    layout.breathe()
    if is_last:
        layout.wait(LEAD_OUT, Activity.END, Role.END)
    left_out = (*layout.left_out, *(cue.text for cue in layout.carried))
    return Laid(
        Chapter(start, chapter.title, chapter.exercise, chapter.dose),
        tuple(layout.events),
        left_out,
        tuple(layout.sets),
        tuple(layout.longer_rests),
        tuple(starts),
    )


def _first_heard(move: Move, layout: TimelineBuilder) -> Frames:
    """Return where a move begins; for a prompt that is behind the silence before it."""
    if isinstance(move, Speak):
        layout.breathe(then=move.role)
    return layout.at


def settled_moves(chapter: ChapterMoves, clips: Container[str]) -> int:
    """Count the moves of a chapter, from the first on, which are heard as they are whatever comes after them.

    These need no further prompt, and whoever has heard them may have to wait.
    """
    for i in range(len(chapter.moves)):
        if any(text not in clips for text in _texts_for(chapter, i)):
            return i
    return len(chapter.moves)


def due(chapter: ChapterMoves, laid: Laid) -> dict[str, Frames]:
    """Return the frame at which each prompt of a chapter has to be spoken, in the order of `prompts`."""
    found: dict[str, Frames] = {}
    for i, start in enumerate(laid.starts):
        for text in _texts_for(chapter, i):
            found.setdefault(text, start)
    return found


def _texts_for(chapter: ChapterMoves, i: int) -> Iterator[str]:
    """Yield the texts without which a move cannot begin.

    A rest between two exercises is as long as what is said up to the next effort leaves, and nobody is
    counted in for a set that then does not come.
    """
    following = chapter.moves[i + 1 :]
    if isinstance(chapter.moves[i], Break):
        bound = len(list(takewhile(lambda other: not isinstance(other, Break | Repetitions), following)))
    else:
        bound = int(bool(following) and isinstance(following[0], Repetitions))
    for each in chapter.moves[i : i + 1 + bound]:
        yield from texts_of(each, chapter.words)


def _place(move: Move, layout: TimelineBuilder) -> None:
    match move:
        case Speak(text=text, role=role, source=source):
            layout.speak(text, role, source)
        case Strike(sound=sound, role=role):
            layout.strike(sound, role)
        case Interval():
            _place_interval(move, layout)
        case Break():
            _place_interval(move.as_interval, layout)
        case Recovery():
            _place_recovery(move, layout, layout.at)
        case Repetitions():
            place_repetitions(move, layout)


def _place_interval(move: Interval, layout: TimelineBuilder) -> None:
    """Lay down a wait, a change or the time to get ready: opening, ten seconds, get ready, 3-2-1."""
    if move.opening or move.sound or move.counts_in:
        layout.breathe(move.activity, move.role, move.why)
    start = layout.at
    placed: list[Say | Tone] = []
    free = start
    if move.sound is Sound.SIDE:
        layout.drop_carried()
    if move.sound:
        placed.append(Tone(start, layout.sounds.tones[move.sound], move.sound, move.role))
        free = Frames(start + placed[0].length + layout.sounds.spacing.after_tone)
    for text in move.opening:
        placed.append(layout.say_from(free, text, move.role))
        free = Frames(placed[-1].start + placed[-1].length + pause_after(text, move.role))
    end = Frames(max(start + frames(move.length_s), free if placed else 0))
    last = end
    if move.counts_in:
        get_ready = worded(move.wordings, layout.words.get_ready(""))
        ready = layout.clip(get_ready)
        clear = layout.sounds.spacing.before_tone
        before = max(READY_AT_S * SECOND, PIPS * SECOND + clear + ready.length - ready.onset)
        end = Frames(max(end, free + ready.onset + before))
        placed.append(layout.say_at(end - before, get_ready, Role.COUNTDOWN))
        last = layout.ready = placed[-1].start
        placed.extend(layout.count_in(end))
    elif move.activity is Activity.READY:
        layout.ready = start
    placed.extend(_time_marks(move, free, last, end, layout))
    layout.lay(placed, [Reason(start, move.activity, move.role, move.why)], end)


def _time_marks(move: Interval, free: int, last: int, end: int, layout: TimelineBuilder) -> Iterator[Say]:
    """Yield the time marks of a wait that ends at ``end``, those between ``free`` and ``last``."""
    for seconds, text in wait_marks(move, layout.words):
        mark = layout.say_at(end - frames(seconds), worded(move.wordings, text), Role.TIME)
        if mark.start >= free and mark.start + mark.length + COMMA <= last:
            yield mark


def _place_break(move: Break, following: Sequence[Move], since: Frames, layout: TimelineBuilder) -> None:
    """Lay down a rest between two exercises, as long as what follows it up to the next effort leaves.

    Without an effort after it, the rest itself has its whole length.
    """
    lead = list(takewhile(lambda other: not isinstance(other, Break | Repetitions), following))
    if len(lead) == len(following) or isinstance(following[len(lead)], Break):
        _place(move, layout)
        return
    said = replace(move, length_s=0.0)
    trial = TimelineBuilder(layout.sounds, layout.at, layout.words, list(layout.events))
    for each in (said, *lead):
        _place(each, trial)
    _place(said, layout)
    start, end = layout.at, since + frames(move.length_s)
    if (wait := end - trial.at) > 0:
        until = Frames(start + wait)
        marks = list(_time_marks(move.as_interval, start + STOP, until, end, layout))
        layout.lay(
            marks, [Reason(start, Activity.REST, Role.REST, layout.words.ACTIVITIES[Activity.REST])], until
        )
    layout.note_if_longer(move.length_s, trial.at - since, move.source)


def _place_recovery(move: Recovery, layout: TimelineBuilder, since: Frames) -> None:
    """Lay down a rest that is counted from ``since``.

    In it are the cues that the set before had no room for; the next rest has the others.
    """
    if move.sound is Sound.SIDE:
        layout.drop_carried()
    carried, layout.carried = layout.carried, []
    carried = list({cue.text: cue for cue in carried}.values())
    own = [cue for cue in move.fillers if cue.text not in {other.text for other in carried}]
    start = layout.at
    rest = place_rest(move, start, layout, (*carried, *own), since)
    layout.carried = [cue for cue in rest.unsaid if cue.wanders]
    layout.left_out += [cue.text for cue in rest.unsaid if not cue.wanders]
    layout.ready = rest.ready
    layout.note_if_longer(move.length_s, rest.end - since, move.source)
    why = move.why or layout.words.ACTIVITIES[move.activity]
    layout.lay(rest.sounds, [Reason(start, move.activity, move.role, why)], rest.end)
