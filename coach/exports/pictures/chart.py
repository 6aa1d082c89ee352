"""The data of a session's picture: activities over time, kinds of speech, loudness, and the chart's lines.

`coach.exports.pictures.plot` draws them. Positions are frames at `RATE_HZ`, ranges half-open.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from coach.session.activity import Activity
from coach.session.place import beat_end, chapter_end
from coach.session.timeline import RATE_HZ, Beat, Event, Frames, Role, Say, Set, Silence, Timeline, says
from coach.session.words.interface import Words, words_for
from coach.sound.loudness import level_lufs
from coach.text import clock


class Doing(StrEnum):
    """What the listener does; the value is its word in the legend."""

    MOVE = "move"
    HOLD = "hold"
    LOOSE = "let go"
    READY = "get ready"
    REST = "rest"
    SET_UP = "time to do it"
    LISTEN = "listen"


WAIT_S = 2.0
"""A silence of this many seconds or more is a wait; a shorter one belongs to what is around it."""

WORK = frozenset({Doing.MOVE, Doing.HOLD, Doing.LOOSE})


class Speech(StrEnum):
    """What speech is for, in fewer kinds than `Role` has: as many as the eye can tell apart."""

    TOLD = "instruction"
    WARNED = "caution, stop rule"
    CUE = "form cue, halfway"
    TIME = "time, get ready"
    COUNT = "number"
    WORD = "phase word"


@dataclass(frozen=True, slots=True)
class Stretch:
    """What the listener does in ``[start, end)``; ``what`` is the movement's cue, or why there is silence."""

    start: Frames
    end: Frames
    doing: Doing
    what: str

    @property
    def length_s(self) -> float:
        """How many seconds it lasts."""
        return (self.end - self.start) / RATE_HZ


@dataclass(frozen=True, slots=True)
class ChartLine:
    """A line of the chart: the range ``[start, end)`` of the chapter with index ``chapter``."""

    chapter: int
    start: Frames
    end: Frames


_DOINGS = {Role.HOLD: Doing.HOLD, Role.LOOSE: Doing.LOOSE}

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
    """The kind of speech that a prompt of a role is.

    >>> speech(Role.STOP_RULE).name, speech(Role.DOSE).name
    ('WARNED', 'TOLD')
    """
    return _SPEECH.get(role, Speech.TOLD)


def stretches(timeline: Timeline) -> tuple[Stretch, ...]:
    """What the listener does from the first frame to the last, without gaps."""
    found: list[Stretch] = []
    words = words_for(timeline.language)
    sets = iter(timeline.sets)
    each = next(sets, None)
    for event in timeline.events:
        while each is not None and event.start >= each.end:
            each = next(sets, None)
        if each is not None and event.start >= each.start:
            if event.start == each.start:
                found.extend(_of_set(each))
            continue
        doing, what = _outside(event, found[-1] if found else None, words)
        if each is not None and event.start >= each.ready:
            doing, what = Doing.READY, words.ACTIVITIES[Activity.READY]
        end = Frames(event.start + event.length)
        last = found[-1] if found else None
        if last is not None and last.doing is doing:
            found[-1] = Stretch(last.start, end, doing, last.what)
        else:
            found.append(Stretch(event.start, end, doing, what))
    return tuple(found)


def _of_set(each: Set) -> Iterator[Stretch]:
    for beat in each.beats:
        yield Stretch(beat.start, beat_end(each, beat), _DOINGS.get(beat.role, Doing.MOVE), beat.cue)


def _outside(event: Event, last: Stretch | None, words: Words) -> tuple[Doing, str]:
    """What the listener does during an event outside of the sets, ``last`` being what came before.

    What is said of the time, a cue, and a silence that is no wait do not end a rest or a wait.
    """
    found = Doing.LISTEN, ""
    if last is not None and last.doing in {Doing.REST, Doing.SET_UP}:
        found = last.doing, last.what
    match event:
        case _ if event.role is Role.REST:
            found = Doing.REST, words.ACTIVITIES[Activity.REST]
        case Silence() if _is_wait(event):
            is_ready = event.activity is Activity.READY
            found = Doing.READY if is_ready else Doing.SET_UP, event.why
        case Say(role=Role.CUE | Role.TIME) | Silence():
            pass
        case _:
            found = Doing.LISTEN, ""
    return found


def _is_wait(event: Event) -> bool:
    return isinstance(event, Silence) and event.is_wait and event.length >= WAIT_S * RATE_HZ


def seconds_of(found: Iterable[Stretch], doings: Iterable[Doing]) -> float:
    """How many seconds of the stretches are spent so."""
    wanted = frozenset(doings)
    return sum(stretch.length_s for stretch in found if stretch.doing in wanted)


def dose_text(sets: Sequence[Set]) -> str:
    """How often an exercise is done, from the sets of its chapter; "" where there are none.

    One repetition is no number worth reading: what is done once for each side says the side only.
    """
    if not sets:
        return ""
    sides = list(dict.fromkeys(each.side for each in sets))
    a_side = max(sum(each.side == side for each in sets) for side in sides)
    fewest, most = min(each.reps for each in sets), max(each.reps for each in sets)
    reps = f"{most}" if fewest == most else f"{fewest} to {most}"
    if a_side > 1:
        what = f"{a_side} sets of {reps}" if most > 1 else f"{a_side} times"
    else:
        what = f"{reps} repetitions" if most > 1 else "once"
    each_side = len(sides) > 1
    return what + (f", {' and '.join(sides)}" if each_side else f", {sides[0]}" if sides[0] else "")


def tempo_text(sets: Sequence[Set]) -> str:
    """The movements of one repetition and their seconds, as in the last one, where no words slow it down."""
    if not sets:
        return ""
    last = sets[-1]
    beats = [beat for beat in last.beats if beat.rep == last.reps]
    return ", ".join(f"{beat.cue} {_short(last, beat)}" for beat in beats)


def _short(each: Set, beat: Beat) -> str:
    seconds = (beat_end(each, beat) - beat.start) / RATE_HZ
    return clock(round(seconds)) if seconds >= 60 else f"{round(seconds, 1):g} s"


def busiest_minute(timeline: Timeline) -> tuple[float, float]:
    """The start of the minute with the most speech, and its seconds of speech.

    There is always such a minute that begins with a prompt, or is the session's last.
    """
    spoken = says(timeline.events)
    if not spoken:
        return 0.0, 0.0
    edges = np.asarray([edge for say in spoken for edge in (say.start, say.start + say.length)], np.float64)
    heard = np.cumsum([0, *(say.length for say in spoken)])
    totals = np.repeat(heard, 2)[1:-1]
    starts = np.minimum(edges[::2], max(0, timeline.length - _MINUTE))
    within = np.interp(starts + _MINUTE, edges, totals) - np.interp(starts, edges, totals)
    best = int(within.argmax())
    return float(starts[best] / RATE_HZ), float(within[best] / RATE_HZ)


_MINUTE = 60 * RATE_HZ

LINE_COST = 1.0
"""The cost of each line."""


class BreakCost(float, Enum):
    """The cost of ending a line at a kind of place; with these, a set stays whole if that adds only one line.

    ``SET`` is the end of a set or the start of "get ready", ``REPETITION`` also the end of a long movement.
    """

    SET = 0.0
    WAIT = 0.3
    SENTENCE = 0.9
    REPETITION = 1.5
    ELSEWHERE = 1.8


SLACK_COST = 0.05
"""The cost of an empty line, so that among equals lines of about the same length are chosen."""


def chart_lines(timeline: Timeline, longest_s: float) -> tuple[ChartLine, ...]:
    """Break the chapters into lines of at most ``longest_s`` seconds, with the least cost (see `BreakCost`).

    A line never has two chapters. A movement is broken only if it is longer than a line.

    Raises
    ------
    ValueError
        If ``longest_s`` is not positive.
    """
    if longest_s <= 0:
        raise ValueError(f"lines of {longest_s} s")
    longest = max(1, round(longest_s * RATE_HZ))
    found: list[ChartLine] = []
    for index, chapter in enumerate(timeline.chapters):
        end = chapter_end(timeline, index)
        for first, last in pairwise(_broken(timeline, chapter.start, end, longest)):
            found.append(ChartLine(index, Frames(first), Frames(last)))
    return tuple(found)


def _broken(timeline: Timeline, start: int, end: int, longest: int) -> list[int]:
    """The cheapest breaks of ``[start, end)``, with both its ends, by dynamic programming."""
    if end - start <= longest:
        return [start, end]
    costs = _breaks(timeline, start, end, longest)
    at = [start, *sorted(costs), end]
    cheapest = [0.0] + [math.inf] * (len(at) - 1)
    before = [0] * len(at)
    for i in range(1, len(at)):
        own = costs.get(at[i], 0.0)
        for j in range(i - 1, -1, -1):
            length = at[i] - at[j]
            if length > longest:
                break
            cost = cheapest[j] + LINE_COST + own + SLACK_COST * (1 - length / longest) ** 2
            if cost < cheapest[i]:
                cheapest[i], before[i] = cost, j
    path = [len(at) - 1]
    while path[-1]:
        path.append(before[path[-1]])
    return [at[i] for i in reversed(path)]


def _breaks(timeline: Timeline, start: int, end: int, longest: int) -> dict[int, float]:
    """Where ``[start, end)`` may be broken, with the cost; no two are further apart than the longest line."""
    sets = [each for each in timeline.sets if start <= each.start < end]
    costs: dict[int, float] = {frame: BreakCost.SET for each in sets for frame in (each.ready, each.end)}
    first = timeline.index_at(start) or 0
    last = timeline.index_at(end - 1) or 0
    events = timeline.events[first : last + 1]
    reps = [after.start for each in sets for beat, after in pairwise(each.beats) if beat.rep != after.rep]
    for frame in reps:
        costs.setdefault(frame, BreakCost.REPETITION)
    for before, event in pairwise(events):
        if isinstance(event, Say) and not any(each.start <= event.start < each.end for each in sets):
            costs.setdefault(event.start, BreakCost.WAIT if _is_wait(before) else BreakCost.SENTENCE)
    costs = {frame: cost for frame, cost in costs.items() if start < frame < end}
    movements = [beat.start for each in sets for beat in each.beats]
    for gap_start, gap_end in _gaps(costs, start, end, longest):
        within = {event.start for event in events if gap_start < event.start < gap_end}
        costs.update(dict.fromkeys(within, BreakCost.ELSEWHERE))
        costs.update(dict.fromkeys(within.intersection(movements), BreakCost.REPETITION))
    for gap_start, gap_end in _gaps(costs, start, end, longest):
        parts = math.ceil((gap_end - gap_start) / longest)
        costs.update(
            {gap_start + (gap_end - gap_start) * k // parts: BreakCost.ELSEWHERE for k in range(1, parts)}
        )
    return costs


def _gaps(costs: Iterable[int], start: int, end: int, longest: int) -> list[tuple[int, int]]:
    """The neighbouring breaks that are further apart than the longest line."""
    return [(a, b) for a, b in pairwise([start, *sorted(costs), end]) if b - a > longest]


HOP_S = 0.1
SILENT_LUFS = -120.0
_WINDOW_HOPS = 4
_SIDES_DB = 10 * math.log10(2)


def loudness(blocks: Iterable[NDArray[np.float32]]) -> NDArray[np.float32]:
    """The momentary loudness in LUFS every `HOP_S`: BS.1770 over 400 ms, centred, `SILENT_LUFS` at least.

    ``blocks`` are float32 of shape (frames, channels) at `RATE_HZ`, of any lengths. A mono block counts as
    it is heard from two loudspeakers, 3 dB more than its plain level. What is left of the last hop is
    metered as a shorter one.
    """
    powers = np.asarray([_power(hop) for hop in _hops(blocks)], np.float64)
    padded = np.pad(powers, (_WINDOW_HOPS // 2 - 1, _WINDOW_HOPS // 2))
    sums = np.cumsum(np.concatenate(([0.0], padded)))
    means = np.maximum(0.0, (sums[_WINDOW_HOPS:] - sums[:-_WINDOW_HOPS])) / _WINDOW_HOPS
    quiet = 10 ** (SILENT_LUFS / 10)
    return np.asarray(10 * np.log10(np.maximum(means, quiet)), np.float32)


def _power(hop: NDArray[np.float32]) -> float:
    """The K-weighted power of a hop from two loudspeakers, such that its loudness is 10 log10 of it."""
    if not hop.any():
        return 0.0
    sides_db = _SIDES_DB if hop.shape[1] == 1 else 0.0
    levels = [level_lufs(np.ascontiguousarray(channel), RATE_HZ) for channel in hop.T]
    return float(sum(10 ** ((level + sides_db) / 10) for level in levels))


def _hops(blocks: Iterable[NDArray[np.float32]]) -> Iterator[NDArray[np.float32]]:
    """The blocks' samples in pieces of `HOP_S`, the last one maybe shorter."""
    hop = round(HOP_S * RATE_HZ)
    kept: NDArray[np.float32] | None = None
    for block in blocks:
        joined = block if kept is None else np.concatenate((kept, block))
        whole = len(joined) // hop * hop
        for at in range(0, whole, hop):
            yield joined[at : at + hop]
        kept = joined[whole:].copy()  # a block is the same memory each time
    if kept is not None and len(kept):
        yield kept
