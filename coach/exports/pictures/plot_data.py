"""The data of a session's picture: activities over time, kinds of speech, loudness, and the chart's lines.

`coach.exports.pictures.plot` draws them. Positions are frames at `RATE_HZ`, ranges half-open.
"""

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from coach.session.activity import Activity
from coach.session.timeline import RATE_HZ, Event, Frames, Role, Say, Set, Silence, Timeline, says
from coach.session.whereabouts import beat_end, begun_set, chapter_end, rep_bounds
from coach.session.words.interface import Words, words_for
from coach.sound.loudness import OFFSET_DB, k_mean_squares
from coach.text import clock


class Doing(StrEnum):
    """The listener's activity."""

    MOVE = "move"
    HOLD = "hold"
    LOOSE = "loose"
    READY = "ready"
    REST = "rest"
    SET_UP = "set-up"
    LISTEN = "listen"


WAIT_S = 2.0
"""A silence of this many seconds or more counts as a wait; a shorter one is merged with its surroundings."""

WORK = frozenset({Doing.MOVE, Doing.HOLD, Doing.LOOSE})


class Speech(StrEnum):
    """The purpose of speech, in fewer kinds than `Role`: as many colours as the eye can tell apart."""

    TOLD = "told"
    WARNED = "warned"
    CUE = "cue"
    TIME = "time"
    COUNT = "count"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class Stretch:
    """One activity in ``[start, end)``; ``what`` is the movement's cue, or the reason for the silence."""

    start: Frames
    end: Frames
    doing: Doing
    what: str

    @property
    def length_s(self) -> float:
        """The length in seconds."""
        return (self.end - self.start) / RATE_HZ


@dataclass(frozen=True, slots=True)
class ChartLine:
    """A line of the chart: the range ``[start, end)`` of the chapter with index ``chapter``."""

    chapter: int
    start: Frames
    end: Frames


_DOINGS = {Role.HOLD: Doing.HOLD, Role.LOOSE: Doing.LOOSE, Role.REST: Doing.REST}

_SPEECH = {
    Role.CAUTION: Speech.WARNED,
    Role.STOP_RULE: Speech.WARNED,
    Role.CUE: Speech.CUE,
    Role.TIME: Speech.TIME,
    Role.COUNTDOWN: Speech.TIME,
    Role.COUNT: Speech.COUNT,
    Role.GUIDE: Speech.WORD,
    Role.PHASE: Speech.WORD,
}


def speech(role: Role) -> Speech:
    """Map a role to its kind of speech.

    >>> speech(Role.STOP_RULE).name, speech(Role.DOSE).name
    ('WARNED', 'TOLD')
    """
    return _SPEECH.get(role, Speech.TOLD)


def stretches(timeline: Timeline) -> tuple[Stretch, ...]:
    """List the listener's activities from the first frame to the last, without gaps."""
    found: list[Stretch] = []
    words = words_for(timeline.language)
    for event in timeline.events:
        each = begun_set(timeline.sets, event.start)
        if each and each.start <= event.start:
            if event.start == each.start:
                found.extend(
                    Stretch(beat.start, beat_end(each, beat), _DOINGS.get(beat.role, Doing.MOVE), beat.cue)
                    for beat in each.beats
                )
            continue
        doing, what = _outside(event, found[-1] if found else None, words)
        if each:
            doing, what = Doing.READY, words.ACTIVITIES[Activity.READY]
        end = Frames(event.start + event.length)
        if found and found[-1].doing is doing:
            found[-1] = replace(found[-1], end=end)
        else:
            found.append(Stretch(event.start, end, doing, what))
    return tuple(found)


def _outside(event: Event, last: Stretch | None, words: Words) -> tuple[Doing, str]:
    """Classify an event outside of the sets; ``last`` is the previous activity.

    Time announcements, cues and silences shorter than a wait do not end a rest or a wait.
    """
    match event:
        case _ if event.role is Role.REST:
            return Doing.REST, words.ACTIVITIES[Activity.REST]
        case Silence() if event.is_wait and event.length >= WAIT_S * RATE_HZ:
            return Doing.READY if event.activity is Activity.READY else Doing.SET_UP, event.why
        case Say(role=Role.CUE | Role.TIME) | Silence() if last and last.doing in {Doing.REST, Doing.SET_UP}:
            return last.doing, last.what
        case _:
            return Doing.LISTEN, ""


def seconds_of(found: Iterable[Stretch], doings: Iterable[Doing]) -> float:
    """Sum the seconds of one activity."""
    wanted = frozenset(doings)
    return sum(stretch.length_s for stretch in found if stretch.doing in wanted)


def dose_text(sets: Sequence[Set], words: Words) -> str:
    """Describe the dose of an exercise from the sets of its chapter; "" without sets.

    A single repetition is not counted: a set of one on each side is described by its side only.
    """
    if not sets:
        return ""
    fewest, most = min(each.reps for each in sets), max(each.reps for each in sets)
    sides = tuple(dict.fromkeys(each.side for each in sets if each.side))
    return words.dose_done(max(each.of for each in sets), fewest, most, sides)


def tempo_text(sets: Sequence[Set], words: Words) -> str:
    """List the movements of a repetition with their seconds, from the last one, which no words slow down."""
    if not sets:
        return ""
    last = sets[-1]
    beats = [beat for beat in last.beats if beat.rep == last.reps]
    return ", ".join(
        f"{beat.cue} {seconds_text((beat_end(last, beat) - beat.start) / RATE_HZ, words, digits=1)}"
        for beat in beats
    )


def seconds_text(seconds: float, words: Words, *, digits: int = 0) -> str:
    """Format a length in minutes and seconds, or in seconds below one minute.

    >>> seconds_text(75, words_for("en")), seconds_text(1.5, words_for("en"), digits=1)
    ('1:15', '1.5 s')
    """
    return clock(round(seconds)) if seconds >= 60 else words.in_seconds(f"{round(seconds, digits):g}")


def busiest_minute(timeline: Timeline) -> tuple[float, float]:
    """Find the minute with the most speech: its first frame and its seconds of speech.

    Only minutes that begin with a prompt, and the session's last, need to be tried: one of them is a maximum.
    """
    spoken = says(timeline.events)
    if not spoken:
        return 0.0, 0.0
    starts, lengths = np.array([(say.start, say.length) for say in spoken], np.float64).T
    begins = np.minimum(starts, max(0, timeline.length - _MINUTE))[:, np.newaxis]
    within = np.minimum(starts + lengths, begins + _MINUTE) - np.maximum(starts, begins)
    heard = within.clip(min=0).sum(axis=1)
    best = int(heard.argmax())
    return float(begins[best, 0]) / RATE_HZ, float(heard[best]) / RATE_HZ


_MINUTE = 60 * RATE_HZ


def chart_lines(timeline: Timeline, longest_s: float) -> tuple[ChartLine, ...]:
    """Break the chapters into lines of at most ``longest_s`` seconds.

    A line never has two chapters. It ends at the last break of the best kind within its reach (`_breaks`); a
    stretch without any break is divided evenly.

    Raises
    ------
    ValueError
        If ``longest_s`` is not positive.
    """
    if longest_s <= 0:
        raise ValueError(f"lines of {longest_s} s")
    longest = max(1, round(longest_s * RATE_HZ))
    kinds = _breaks(timeline)
    found: list[ChartLine] = []
    for index, chapter in enumerate(timeline.chapters):
        at, end = chapter.start, chapter_end(timeline, index)
        while at < end:
            stop = Frames(_line_end(kinds, at, end, longest))
            found.append(ChartLine(index, at, stop))
            at = stop
    return tuple(found)


def _line_end(kinds: Sequence[Sequence[int]], start: int, end: int, longest: int) -> int:
    if end - start <= longest:
        return end
    for frames in kinds:
        reached = frames[bisect_right(frames, start) : bisect_right(frames, start + longest)]
        if reached:
            return reached[-1]
    gap = min([end, *kinds[-1][bisect_right(kinds[-1], start) :][:1]]) - start
    return start + gap // math.ceil(gap / longest)


def _breaks(timeline: Timeline) -> list[list[int]]:
    """Return the frames where a line may end, grouped by kind of break, the best kind first.

    They are the ends of sets and the starts of "get ready"; sentences outside of these; repetitions;
    movements; and all other events.
    """
    sets = timeline.sets
    kinds = (
        (frame for each in sets for frame in (each.ready, each.end)),
        (say.start for say in says(timeline.events) if not begun_set(sets, say.start)),
        (start for each in sets for start in rep_bounds(each)[1:-1]),
        (beat.start for each in sets for beat in each.beats),
        (event.start for event in timeline.events),
    )
    return [sorted(frames) for frames in kinds]


HOP_S = 0.1
HOP = round(HOP_S * RATE_HZ)
SILENT_LUFS = -120.0
_WINDOW_HOPS = 4


def loudness(hops: Iterable[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Measure the loudness in LUFS at each hop: BS.1770 over 400 ms, centred, at least `SILENT_LUFS`.

    ``hops`` are float32 of shape (frames, 1), `HOP_S` long; the last one may be shorter. Mono counts as
    played from two loudspeakers, 3 dB above its plain level.
    """
    powers = np.asarray([2 * k_mean_squares(hop.T, RATE_HZ)[0] if hop.any() else 0.0 for hop in hops])
    padded = np.pad(powers, (_WINDOW_HOPS // 2 - 1, _WINDOW_HOPS // 2))
    sums = np.cumsum(np.concatenate(([0.0], padded)))
    means = (sums[_WINDOW_HOPS:] - sums[:-_WINDOW_HOPS]) / _WINDOW_HOPS
    quiet = 10 ** ((SILENT_LUFS - OFFSET_DB) / 10)
    return np.asarray(OFFSET_DB + 10 * np.log10(np.maximum(means, quiet)), np.float32)
