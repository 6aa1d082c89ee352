"""The music bed: its gain at every frame, so that every word stands 20 dB above it.

The times of all cues are known, so the bed makes room before a cue comes. Levels are LUFS of the plain mono
signal, as in `coach.sound.loudness`; gains are factors of an amplitude.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from coach.session.timeline import RATE_HZ, Frames, Role, Say, Silence, Timeline, Tone, frames
from coach.sound.loudness import OFFSET_DB, k_mean_squares, limited, raised_cosine, smooth_minimum

Samples = NDArray[np.float32]

BED_LUFS = -35.0
"""16 to 17 LU under the speech, where nothing is said. So a loudness meter's gate leaves music out, and a
session with music is as loud as without: at -31 it metered 2 LU softer (bench/levels.py)."""

DUCK_DB = 9.0
"""Attenuation of the bed under every cue. So every prompt is 25 dB above the music, K-weighted, and
22 dB above any music that was tried, A-weighted (bench/music.py)."""

DOWN = frames(0.250)
BEFORE = frames(0.050)
AFTER = frames(0.300)
UP = frames(0.800)
"""The bed goes down in `DOWN`, is down from `BEFORE` a cue to `AFTER` it, and comes up in `UP`."""

BRIDGED = frames(1.5)
"""In gaps that are shorter the bed stays down: longer than all of the above, so no two slopes meet."""

BRIDGED_IN_SETS = frames(20.0)
"""The same within a set: music that rises with every repetition is tiring, and hides its tones. Movements of
this length, such as a walk, are long enough for it."""

RISE = frames(0.200)
"""The bed goes on so softly after a pause or an answer."""

FADE_IN = frames(2.0)
FADE_OUT = frames(4.0)

CLIP_CEILING = 10 ** (-2.0 / 20)
"""True peak of speech and tones with a bed: -2 dBTP, so that the sum needs no limiter."""

PEAK = 10 ** (-19.0 / 20)
"""True peak of a bed that is not ducked: -19 dBTP. Ducked it is -28 dBTP, and
10^(-2/20) + 10^(-28/20) = 10^(-1.58/20)."""

OVER_LU = 1.0
"""The loudest 400 ms of the music may be so far above `BED_LUFS`: a chorus is no reason to lose a word."""

HOP = frames(0.100)
_BLOCK_HOPS = 4
_HOLD_HOPS = 5
_BELL_HOPS = 4
"""The hold is longer than the bell by more than one hop, so that no straight line is above what it may be."""

MARGIN = Frames((_BLOCK_HOPS + _HOLD_HOPS + _BELL_HOPS + 1) * HOP)
"""The gain at a frame depends on the music so far before and behind it, and on no more."""

GRID = np.float32(2**23)
"""The bed's samples are multiples of one part of this, and the sounds' of 1/32768: a sum of both is exact."""

_FOR_EVER = 1 << 62


class Music(Protocol):
    """Music without an end, at the bed's level: `coach.sound.music_file.MusicFile`."""

    def read(self, start: int, count: int) -> Samples:
        """The frames ``[start, start + count)`` at 48 kHz, mono, of shape (count,).

        What sounds at a frame depends on nothing but the frame.
        """


# How steady the music is


def steadied(music: Samples) -> Samples:
    """Hold back the loudest parts of music that is at `BED_LUFS` on the whole; cut its margins off.

    ``music`` has whole hops, `MARGIN` of them at either end. Where 400 ms of it would be above `BED_LUFS` by
    more than `OVER_LU`, it is softer for about a second, and peaks above `PEAK` are limited.
    """
    hops = music.reshape(-1, HOP)
    most = 10 ** ((BED_LUFS + OVER_LU - OFFSET_DB) / 10)
    blocks = _windows(k_mean_squares(hops, RATE_HZ), _BLOCK_HOPS).mean(axis=1)
    allowed = _windows(np.sqrt(most / np.maximum(blocks, most)), _BLOCK_HOPS).min(axis=1)
    gains = smooth_minimum(allowed, _HOLD_HOPS, _BELL_HOPS)[1:]
    around = MARGIN // HOP - 1
    ramp = np.arange(HOP, dtype=np.float32) / np.float32(HOP)
    steady = hops[around:-around] * (gains[:-1, np.newaxis] + np.diff(gains)[:, np.newaxis] * ramp)
    return limited(steady.reshape(-1), RATE_HZ, PEAK, makes_up=False)[HOP:-HOP]


def _windows(values: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    return np.lib.stride_tricks.sliding_window_view(values, length)


# Where it makes room


@lru_cache(maxsize=4)
def _fade_out(length: int) -> Samples:
    """A fade-out of ``length`` gains from 1.0 to 0.0, a raised cosine."""
    return raised_cosine(length)[::-1].astype(np.float32)


def _decibels(fall: NDArray[np.float64]) -> Samples:
    return np.asarray(10 ** (-DUCK_DB / 20 * fall), dtype=np.float32)


DUCKED = np.float32(10 ** (-DUCK_DB / 20))
_DOWN = _decibels(raised_cosine(DOWN))
_UP = _decibels(raised_cosine(UP)[::-1])
_FADE_IN = raised_cosine(FADE_IN).astype(np.float32)
RISING = raised_cosine(RISE).astype(np.float32)
"""The gains from 0 to 1 with which the bed goes on after a pause."""


@dataclass(frozen=True, slots=True)
class Span:
    """Frames ``[start, end)`` in which the bed has to be soft."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Automation:
    """The bed's gain at every frame of a timeline.

    ``spans`` have the cues, in order, those in one between which the bed stays down. It is silent before
    frame ``opens``, then fades in; it fades out in ``[closes, end)`` and is silent from there on.
    """

    spans: tuple[Span, ...]
    opens: int
    closes: int
    end: int

    def gain(self, start: int, count: int, also: Span | None = None) -> Samples:
        """The gain of the frames ``[start, start + count)``, shape (count,).

        ``also`` is a cue that the timeline does not have. What a frame's gain is does not depend on
        ``start`` or ``count``, and the cost is that of the frames, however long the session.
        """
        gain = np.ones(count, np.float32)
        for span in self._near(start, count, also):
            first, last = span.start - BEFORE, span.end + AFTER
            _set(gain, first - DOWN - start, _DOWN)
            gain[_within(first - start, count) : _within(last - start, count)] = DUCKED
            _set(gain, last - start, _UP)
        gain[: _within(self.opens - start, count)] = 0
        _scale(gain, self.opens - start, _FADE_IN)
        if start + count > self.closes:
            _scale(gain, self.closes - start, _fade_out(self.end - self.closes))
            gain[_within(self.end - start, count) :] = 0
        return gain

    def _near(self, start: int, count: int, also: Span | None) -> Iterable[Span]:
        """The spans that change the gain in ``[start, start + count)``."""
        reach = 0 if also is None else BRIDGED
        first = bisect_right(self.spans, start - AFTER - UP - reach, key=lambda span: span.end)
        last = bisect_left(self.spans, start + count + BEFORE + DOWN + reach, key=lambda span: span.start)
        near = self.spans[first:last]
        return near if also is None else _bridged((*near, also), ())


def automation_for(timeline: Timeline, *, is_whole: bool = True) -> Automation:
    """Make the gain of a bed under a timeline.

    A chapter's first frame counts as a cue. So where the timeline is not whole, and the next chapter is still
    to be laid out, the bed is already down at its end, as it will be when that chapter is there: every frame
    has the gain that the whole timeline gives it.
    """
    cues = [
        Span(event.start, event.start + event.length)
        for event in timeline.events
        if isinstance(event, Say | Tone)
    ]
    marks = [Span(chapter.start, chapter.start) for chapter in timeline.chapters]
    length = timeline.length
    if not is_whole:
        marks.append(Span(length, _FOR_EVER))
    first = timeline.events[0] if timeline.events else None
    lead_in = first.length if first is not None and first.role is Role.LEAD_IN else 0
    last_chapter = timeline.chapters[-1].start if timeline.chapters else 0
    closes = max(last_chapter, length - FADE_OUT, 0) if is_whole else _FOR_EVER
    return Automation(
        _bridged((*cues, *marks), [Span(each.start, each.end) for each in timeline.sets]),
        opens=max(lead_in, RISE),
        closes=closes,
        end=length if is_whole else _FOR_EVER,
    )


def certain_until(timeline: Timeline, settled: int) -> Frames:
    """Return the frame up to which the bed's gain is known, if a timeline is exact up to frame ``settled``.

    It is not within a prompt or a tone.
    """
    at = max(0, settled - BRIDGED)
    i = timeline.index_at(at)
    event = None if i is None else timeline.events[i]
    return Frames(at if event is None or isinstance(event, Silence) else event.start)


def _bridged(spans: Iterable[Span], sets: Sequence[Span]) -> tuple[Span, ...]:
    """Sort the spans and join those less than `BRIDGED` apart, in one of the ``sets`` `BRIDGED_IN_SETS`."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda span: span.start):
        if found and span.start - found[-1].end < _least_gap(found[-1].end, span.start, sets):
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return tuple(found)


def _least_gap(start: int, end: int, sets: Sequence[Span]) -> int:
    """The length from which a gap from ``start`` to ``end`` is not bridged."""
    before = bisect_right(sets, start, key=lambda each: each.start)
    return BRIDGED_IN_SETS if before and end <= sets[before - 1].end else BRIDGED


def _within(frame: int, count: int) -> int:
    return min(max(frame, 0), count)


def _set(gain: Samples, at: int, slope: Samples) -> None:
    first, last = _within(at, len(gain)), _within(at + len(slope), len(gain))
    gain[first:last] = slope[first - at : last - at]


def _scale(gain: Samples, at: int, slope: Samples) -> None:
    first, last = _within(at, len(gain)), _within(at + len(slope), len(gain))
    gain[first:last] *= slope[first - at : last - at]


@dataclass(frozen=True, slots=True)
class Bed:
    """Music under a timeline."""

    music: Music
    automation: Automation

    def read(self, start: int, gain: Samples) -> Samples:
        """Read the frames from ``start`` on, each at its gain, rounded to the `GRID`; shape (len(gain),)."""
        samples = self.music.read(start, len(gain)) * gain
        samples *= GRID
        np.rint(samples, out=samples)
        samples *= 1 / GRID
        return samples
