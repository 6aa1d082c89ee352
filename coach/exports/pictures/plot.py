"""Draw a session over time: in each line rows for the listener's activity, speech, tones and loudness.

All lines have one time scale. If it is large enough, the spoken words are written over the speech.
"""

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from coach.errors import UsageError
from coach.exports.open_sink import check_free
from coach.exports.pictures.plot_data import (
    HOP,
    WORK,
    ChartLine,
    Doing,
    Speech,
    Stretch,
    busiest_minute,
    chart_lines,
    dose_text,
    loudness,
    seconds_of,
    seconds_text,
    speech,
    stretches,
    tempo_text,
)
from coach.exports.pictures.rasteriser import can_draw, png
from coach.exports.pictures.svg import (
    BOLD,
    Drawing,
    add,
    add_path,
    add_text,
    box,
    fitted,
    mark,
    number,
    printable,
    text_width,
)
from coach.language.level import Level
from coach.language.model import Sound
from coach.progress import Report
from coach.session.timeline import RATE_HZ, Beat, Role, Say, Set, Timeline, Tone, says
from coach.session.whereabouts import beat_end, chapter_end, movement_at, rep_bounds, sets_of
from coach.session.words.interface import Words, words_for
from coach.sound.music_bed import Bed, Music, automation_for
from coach.sound.render import render
from coach.text import clock
from coach.voices.spoken_session import Plan
from coach.whole import WholeFile, disk_error

ENDINGS = (".svg", ".png")
PNG_PIXELS = 2
"""PNG pixels for each unit of the picture: sharp on high-resolution screens and on paper."""

WIDTH = 900.0
"""Width in units (a pixel each), suited to a README or a page of text."""
EDGE, LEFT, RIGHT = 14.0, 56.0, WIDTH - 14.0
ROOM = RIGHT - LEFT

WORDS_UP_TO_S = 15 * 60.0
"""Sessions up to this length are drawn with the spoken words."""
WORDED_LINES_S = (60.0, 125.0)
BESIDE_SET_S = 20.0
"""Seconds added to the longest set for the length of a line with words, clipped to `WORDED_LINES_S`."""
LINE_S = 11 * 60.0
"""Maximum length of a line without words."""

INK, SOFT, FAINT, PALE = "#1d2329", "#545d66", "#cfd5da", "#f3f5f6"
DOINGS = {
    Doing.MOVE: "#0f6b52", Doing.HOLD: "#052e24", Doing.LOOSE: "#8cc9b2", Doing.READY: "#f3c14b",
    Doing.REST: "#d3d9de", Doing.SET_UP: "#f6e8c3", Doing.LISTEN: "#ffffff",
}  # fmt: skip
"""Fill colours; in grey 40, 16, 76, 81, 86, 92 and 100 % light. Get ready and rest are also hatched."""
HATCHES = {Doing.READY: ("#a8770a", "45"), Doing.REST: ("#aab4bd", "-45")}
"""Colour and angle of the hatching over the fill."""
MOVE_2 = "#2e7d65"
"""Colour of every other movement of a repetition, to separate neighbours."""


@dataclass(frozen=True, slots=True)
class Look:
    """The look of a kind of speech: the row (0 to 2) and colour of its bars, and the colour of its words."""

    row: int
    bar: str
    ink: str
    is_bold: bool = False


SPEECH = {
    Speech.TOLD: Look(0, "#6ca6d9", "#15578c"),
    Speech.WARNED: Look(0, "#a3320b", "#a3320b", is_bold=True),
    Speech.CUE: Look(1, "#bd8ad2", "#75398c"),
    Speech.TIME: Look(1, "#4a545d", "#4a545d"),
    Speech.COUNT: Look(2, "#111111", "#111111", is_bold=True),
    Speech.WORD: Look(2, "#e6a42c", "#7f5200"),
}
"""A light and a dark colour in each row: distinct in grey and for colour-blind readers."""

LEVEL_TOP_LUFS, LEVEL_FLOOR_LUFS = -6.0, -46.0
AIM_LUFS = -16.0
"""The target level of speech, from two loudspeakers."""

TEXT = 9.5
PITCH = 11.0
NAME = 8.8
TIME = 9.0
DOINGS_TALL, TONES_TALL, VOICE_ROW, LEVEL_TALL = 15.0, 9.0, 5.0, 20.0
STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600)
"""Candidate steps of the time axis; the first that is at least `STEP_WIDE` wide is used."""
STEP_WIDE = 48.0
MOST_WORD_ROWS, WIDE_BLOCK = 6, 120.0
"""Limits of a block of words: one with more rows, if narrower than this, is joined with the next."""
PAUSE_S = 2.0
"""A pause of this many seconds or more between two sentences begins a new block of words."""

_DOT = "m-1.3 5a1.3 1.3 0 1 0 2.6 0a1.3 1.3 0 1 0-2.6 0z"
TONES = {
    Sound.COUNTDOWN: ("#8a6206", _DOT),
    Sound.GO: ("#8a6206", "l6 4.5-6 4.5z"),
    Sound.REP: (INK, "m-.8 0h1.6v9h-1.6z"),
    Sound.MOVE: (INK, "m-.6 4h1.2v5h-1.2z"),
    Sound.HOLD_START: ("#0f6b52", "m-.8 1h3v1.4h-1.6v5.2h1.6v1.4h-3z"),
    Sound.HOLD_END: ("#0f6b52", "m.8 1h-3v1.4h1.6v5.2h-1.6v1.4h3z"),
    Sound.SIDE: ("#75398c", "m-1 0v9l-5-4.5zm2 0v9l5-4.5z"),
    Sound.REST: ("#15578c", "l4 4.5-4 4.5-4-4.5z"),
    Sound.END: (INK, "m-3.5 1h7v7h-7z"),
    Sound.BELL: ("#15578c", _DOT),
    Sound.KEY: ("#15578c", _DOT),
    Sound.NOT_NOW: ("#15578c", _DOT),
}
"""Colour and SVG path of each tone's mark; the path starts at the lane's top, at the tone's start."""
TICKS = {Sound.REP, Sound.MOVE}
HALO = {"stroke": "#ffffff", "stroke_width": "0.5"}
FRAME = {"stroke": "#8b959e", "stroke_width": "0.7"}
AIM = {"stroke": INK, "stroke_width": "0.7", "stroke_dasharray": "3 2"}
HILL = {"fill": "#aebbc7"}


def plot_path(out: Path | None, name: str, *, force: bool) -> Path:
    """Choose the file for a picture: ``out``, or ``NAME.svg`` in it if it is a folder, or in the current one.

    Raises
    ------
    UsageError
        If the ending is neither ``.svg`` nor ``.png``, the file is there and ``force`` is not given, or a PNG
        is asked for and the extra ``plot`` is not installed.
    DiskError
        If its folder is not there, or the system does not let us look.
    """
    file_name = f"{name}.svg"
    try:
        target = Path(file_name) if out is None else out / file_name if out.is_dir() else out
        if target.suffix.lower() not in ENDINGS:
            raise UsageError(f"cannot draw {target.name!r}", f"end the name in {' or '.join(ENDINGS)}")
        check_free(target, force=force)
    except OSError as error:
        raise disk_error(error, out or Path(file_name)) from error
    if target.suffix.lower() == ".png" and not can_draw():
        raise UsageError(
            "a PNG needs the extra 'plot', which is not installed",
            "pip install '.[plot]' brings it; an .svg needs nothing",
        )
    return target


def write_plot(
    plan: Plan,
    target: Path,
    *,
    level: Level,
    force: bool,
    music: Music | None = None,
    progress: Report | None = None,
) -> None:
    """Draw a session into an SVG or PNG file, by its ending; the loudness curve includes the ``music``.

    Raises
    ------
    DiskError
        If it cannot be written; what was at ``target`` is still there.
    CoachError
        If it cannot be drawn as PNG.
    """
    svg = plot_svg(plan, level=level, music=music, progress=progress)
    data = png(svg, zoom=PNG_PIXELS) if target.suffix.lower() == ".png" else svg
    with WholeFile(target, size=len(data), force=force) as file:
        file.write(data)
        file.keep()


def plot_svg(
    plan: Plan,
    *,
    level: Level,
    line_s: float | None = None,
    music: Music | None = None,
    progress: Report | None = None,
) -> bytes:
    """Draw a session as SVG, `WIDTH` units wide; deterministic.

    ``line_s`` is the longest time that a line may show; by default it is chosen by the length of the session
    and its sets. ``music`` changes the loudness curve only.
    """
    timeline = plan.timeline
    lines = chart_lines(timeline, _line_s(timeline) if line_s is None else line_s)
    bed = None if music is None else Bed(music, automation_for(timeline))
    hops = render(timeline, plan.clips, plan.tones, bed=bed, block=HOP)
    return _Picture(plan, level, lines, loudness(_reported(hops, timeline.length, progress))).drawn()


def _line_s(timeline: Timeline) -> float:
    """Choose the maximum length of a line, in seconds."""
    if timeline.duration_s > WORDS_UP_TO_S:
        return LINE_S
    least, most = WORDED_LINES_S
    set_s = max(((each.end - each.ready) / RATE_HZ for each in timeline.sets), default=0.0)
    return min(most, max(least, set_s + BESIDE_SET_S))


def _reported(
    hops: Iterable[NDArray[np.float32]], length: int, progress: Report | None
) -> Iterator[NDArray[np.float32]]:
    """Pass the hops through, calling ``progress`` every ten seconds of sound and at the end."""
    for i, hop in enumerate(hops, start=1):
        yield hop
        done = min(i * HOP, length)
        if progress is not None and (i % 100 == 0 or done == length):
            progress(done, length)


@dataclass(slots=True)
class _Block:
    """A text block of spoken words: starts at ``x``, the position of their time, and is broken into rows."""

    x: float
    said: list[Say]
    rows: list[list[tuple[Speech, str]]] = field(default_factory=list)

    def fits(self, end: float, *, is_alone: bool) -> bool:
        """Break the words into rows that end before ``end``; False if that is too narrow, or too tall.

        A single block takes all the room; a word that is still too wide is cut.
        """
        room = end - self.x - 5
        self.rows = []
        used = widest = 0.0
        for say in self.said:
            kind = speech(say.role)
            is_bold = SPEECH[kind].is_bold
            for word in printable(say.text).split():
                width = text_width(word, TEXT, is_bold=is_bold)
                space = text_width(" ", TEXT, is_bold=is_bold)
                if not self.rows or used + space + width > room:
                    self.rows.append([])
                    used = -space
                self.rows[-1].append((kind, fitted(word, room, TEXT, is_bold=is_bold)))
                used += space + width
                widest = max(widest, width)
        return is_alone or (widest <= room and (len(self.rows) <= MOST_WORD_ROWS or room >= WIDE_BLOCK))


class _Picture:
    """Builds one drawing from top to bottom; ``y`` is the current position, ``group`` takes what is drawn."""

    def __init__(
        self, plan: Plan, level: Level, lines: Sequence[ChartLine], levels: NDArray[np.float32]
    ) -> None:
        self.timeline = plan.timeline
        self.words = words_for(plan.timeline.language)
        self.voice = plan.voice
        self.level = level
        self.lines = lines
        share = (levels - LEVEL_FLOOR_LUFS) / (LEVEL_TOP_LUFS - LEVEL_FLOOR_LUFS)
        self.heights = np.round(2 * LEVEL_TALL * share.clip(0.0, 1.0)) / 2
        self.stretches = stretches(self.timeline)
        self.starts = [stretch.start for stretch in self.stretches]
        self.scale = ROOM / max((line.end - line.start for line in lines), default=RATE_HZ)
        self.has_words = self.timeline.duration_s <= WORDS_UP_TO_S and self.scale * RATE_HZ >= 6
        self.drawing = Drawing(WIDTH)
        self.group = self.drawing.root
        self.y = 0.0

    def drawn(self) -> bytes:
        """Draw the picture: its head, its legend, then line after line."""
        self._head()
        self._legend()
        for line in self.lines:
            self._line(line)
        return self.drawing.to_bytes(self.y + 10)

    # head and legend

    def _head(self) -> None:
        root, timeline = self.drawing.root, self.timeline
        totals = self._totals()
        add(root, "title", self.words.picture_title(timeline.title))
        add(root, "desc", ". ".join(totals))
        patterns = add(root, "defs")
        for doing, (ink, angle) in HATCHES.items():
            pattern = add(
                patterns, "pattern", id=doing, width="5", height="5", patternUnits="userSpaceOnUse",
                patternTransform=f"rotate({angle})",
            )  # fmt: skip
            add(pattern, "rect", width="5", height="5", fill=DOINGS[doing])
            add(pattern, "rect", width="1", height="5", fill=ink)
        add(root, "rect", width="100%", height="100%", fill="#ffffff")
        self.group = self.drawing.group(fill=INK)
        self._row(30, timeline.title, 20, is_bold=True)
        chapters = len(timeline.chapters)
        self._row(17, self.words.picture_head(self.level, timeline.duration_s, chapters, self.voice), 11)
        for text in totals:
            self._row(15, text, 11, fill=SOFT)
        for text in timeline.left_out:
            warned = SPEECH[Speech.WARNED].ink
            self._row(14, self.words.no_room_for(text), 11, fill=warned)

    def _row(self, pitch: float, text: str, size: float, *, is_bold: bool = False, **style: str) -> None:
        """Draw one row of text over the whole width, ``pitch`` below the last one."""
        self.y += pitch
        text = fitted(text, RIGHT - EDGE, size, is_bold=is_bold)
        add_text(self.group, EDGE, self.y, text, size, **(style | BOLD if is_bold else style))

    def _totals(self) -> list[str]:
        """Draw the totals: the time of each activity, and the share of speech."""
        work_s = seconds_of(self.stretches, WORK)
        rest_s = seconds_of(self.stretches, {Doing.REST})
        other_s = self.timeline.duration_s - work_s - rest_s
        spoken_s = sum(say.length for say in says(self.timeline.events)) / RATE_HZ
        start_s, busy_s = busiest_minute(self.timeline)
        return [
            self.words.time_totals(work_s, rest_s, other_s),
            self.words.speech_totals(spoken_s, start_s, busy_s),
        ]

    def _legend(self) -> None:
        """Draw the legend of the lanes, restricted to the items that occur."""
        done = {stretch.doing for stretch in self.stretches}
        said = {speech(say.role) for say in says(self.timeline.events)}
        rung = {event.sound for event in self.timeline.events if isinstance(event, Tone)}
        words = self.words
        lanes: dict[str, list[tuple[str, str, dict[str, str]]]] = {
            "doing": [
                (words.DOINGS[doing], "h16v9h-16z", {"fill": _fill(doing)} | FRAME)
                for doing in Doing
                if doing in done
            ],
            "speech": [
                (words.SPEECH[kind], f"m0 {3.6 * SPEECH[kind].row:g}h16v3.6h-16z", {"fill": SPEECH[kind].bar})
                for kind in Speech
                if kind in said
            ],
            "sounds": [
                (words.TONES_DRAWN[sound], f"m9 0{shape}", {"fill": colour})
                for sound, (colour, shape) in TONES.items()
                if sound in rung
            ],
            "loudness": [
                (words.LOUDNESS, "m0 9l4-8 4 3 4-3 4 8z", HILL),
                (words.aim(AIM_LUFS), "m0 5h16", AIM),
            ],
        }
        self.y += 10
        for lane, keys in lanes.items():
            self._row(14, words.LANES[lane], TEXT, fill=SOFT)
            x = LEFT
            for name, shape, style in keys:
                if lane == "speech":
                    add_path(self.group, box(x, self.y - 8, 16, 10.8), fill=PALE)
                add_path(self.group, mark(x, self.y - 8, shape), **style)
                add_text(self.group, x + 21, self.y, name, TEXT)
                x += 21 + text_width(name, TEXT) + 12
        self.y += 4

    # one line

    def _line(self, line: ChartLine) -> None:
        self.line = line
        self.group = self.drawing.group(fill=INK)
        self.sets = [each for each in self.timeline.sets if each.start < line.end and each.end > line.start]
        self.said = [say for say in says(self.timeline.events) if line.start <= say.start < line.end]
        self.end_x = self._x(line.end)
        self.y += 8
        if line.start == self.timeline.chapters[line.chapter].start:
            self._heading()
        grid = add(self.group, "path", stroke=FAINT, stroke_width="0.6")
        if any(_set_names(each, self.words)[0] for each in self.sets):
            self._brackets()
        top = self.y
        self._doings()
        self._tones()
        self._voice()
        if self.has_words:
            self._words()
        self._level()
        grid.set("d", self._axis(top))

    def _x(self, frame: int) -> float:
        return LEFT + (frame - self.line.start) * self.scale

    def _ends(self, lasting: Stretch | Set) -> tuple[float, float]:
        """Return the x positions of a range's start and end in the line."""
        return self._x(max(lasting.start, self.line.start)), self._x(min(lasting.end, self.line.end))

    def _lane(self, name: str, y: float) -> None:
        add_text(self.group, LEFT - 8, self.y + y, self.words.LANES[name], TIME, text_anchor="end", fill=SOFT)

    def _centred(
        self, ends: tuple[float, float], y: float, forms: Iterable[str], size: float, **style: str
    ) -> None:
        """Write the first of several texts that fits."""
        x, end = ends
        text = next((form for form in forms if text_width(form, size) + 2 <= end - x), "")
        if text:
            add_text(self.group, (x + end) / 2, y, text, size, text_anchor="middle", **style)

    def _heading(self) -> None:
        """Draw the chapter's number, title, length and dose."""
        index = self.line.chapter
        chapter, end = self.timeline.chapters[index], chapter_end(self.timeline, index)
        own = sets_of(self.timeline, index)
        self.y += 15
        name = fitted(f"{index + 1}  {chapter.title}", 0.6 * ROOM, 13, is_bold=True)
        heading = add_text(self.group, EDGE, self.y, "", 13)
        add(heading, "tspan", name, **BOLD)
        texts = [
            self.words.length((end - chapter.start) / RATE_HZ),
            dose_text(own, self.words),
            tempo_text(own, self.words),
        ]
        room = RIGHT - EDGE - text_width(name, 13, is_bold=True) - 10
        text = fitted(" · ".join(filter(None, texts)), room, 10.5)
        add(heading, "tspan", text, dx="10", font_size="10.5", fill=SOFT)
        self.y += 7

    def _brackets(self) -> None:
        """Draw a bracket over each set: side, number, repetitions; open if the set continues on another line.

        Under it are the numbers of the repetitions, where each has room for its own.
        """
        self.y += 13
        brackets = ""
        for each in self.sets:
            x, end = self._ends(each)
            first = self.y + 3 * (each.start >= self.line.start)
            last = self.y + 3 * (each.end <= self.line.end)
            brackets += mark(x + 0.5, first, f"V{number(self.y)}H{number(end - 0.5)}V{number(last)}")
            self._centred((x + 1, end - 1), self.y - 3, _set_names(each, self.words), TEXT)
        add_path(self.group, brackets, fill="none", stroke=INK, stroke_width="0.9")
        self.y += 4
        cells = [
            (str(rep), self._x(start), self._x(end))
            for each in self.sets
            if each.reps > 1
            for rep, (start, end) in enumerate(pairwise(rep_bounds(each)), start=1)
        ]
        if cells and all(text_width(text, TIME) + 6 <= end - x for text, x, end in cells):
            self.y += 8
            for text, x, end in cells:
                if LEFT <= x < self.end_x:
                    self._centred((x, end), self.y, [text], TIME)
            self.y += 3

    def _doings(self) -> None:
        """Draw the lane of the listener's activities, with their names where there is room."""
        self._lane("doing", 11)
        first = max(0, bisect_left(self.starts, self.line.start + 1) - 1)
        shown = self.stretches[first : bisect_left(self.starts, self.line.end)]
        second = {beat.start for each in self.sets for beat in _second_moves(each)}
        boxes: dict[str, str] = defaultdict(str)
        for stretch in shown:
            x, end = self._ends(stretch)
            fill = MOVE_2 if stretch.start in second else _fill(stretch.doing)
            boxes[fill] += box(x, self.y, end - x, DOINGS_TALL)
        for fill, data in boxes.items():
            add_path(self.group, data, fill=fill)
        add_path(self.group, box(LEFT, self.y, self.end_x - LEFT, DOINGS_TALL), fill="none", **FRAME)
        seams = (start for each in self.sets for start in rep_bounds(each)[1:-1])
        tall = f"v{number(DOINGS_TALL)}"
        shown_seams = (
            mark(self._x(at), self.y, tall) for at in seams if self.line.start <= at < self.line.end
        )
        add_path(self.group, "".join(shown_seams), stroke="#ffffff", stroke_width="1")
        unnamed = self._unnamed()
        for stretch in shown:
            if stretch.start not in unnamed and stretch.doing is not Doing.LISTEN:
                self._doing_name(stretch)
        self.y += DOINGS_TALL

    def _unnamed(self) -> set[int]:
        """Return the movements without a name: in sets whose longest name does not fit the shortest movement.

        Within a set all movements are named or none, except in the first (longest) repetition, which names
        every movement with room.
        """
        found: set[int] = set()
        for each in self.sets:
            beats = [beat for beat in each.beats if beat.role is not Role.LOOSE]
            widest = max((text_width(beat.cue, NAME) for beat in beats), default=0.0)
            shortest = min((beat_end(each, beat) - beat.start for beat in beats), default=0)
            if widest + 2 > shortest * self.scale:
                found |= {beat.start for beat in each.beats if beat.rep > 1}
        return found

    def _doing_name(self, stretch: Stretch) -> None:
        length_s = stretch.length_s
        if stretch.doing is Doing.REST:  # getting ready is part of the rest that was prescribed
            after = self.stretches[bisect_left(self.starts, stretch.end) :][:1]
            length_s += seconds_of(after, {Doing.READY})
        names = [f"{stretch.what} {seconds_text(length_s, self.words)}", stretch.what]
        style = {"fill": "#ffffff" if stretch.doing in {Doing.MOVE, Doing.HOLD} else INK}
        if stretch.doing in HATCHES:  # no hatching through letters
            style |= {"stroke": DOINGS[stretch.doing], "stroke_width": "3", "paint_order": "stroke"}
        self._centred(self._ends(stretch), self.y + 10.8, names[length_s < 5 :], NAME, **style)

    def _tones(self) -> None:
        self.y += 3
        self._lane("sounds", 8)
        marks: dict[Sound, str] = defaultdict(str)
        for event in self.timeline.events:
            if isinstance(event, Tone) and self.line.start <= event.start < self.line.end:
                marks[event.sound] += mark(self._x(event.start), self.y, TONES[event.sound][1])
        for sound, data in marks.items():
            add_path(self.group, data, fill=TONES[sound][0], **({} if sound in TICKS else HALO))
        self.y += TONES_TALL

    def _voice(self) -> None:
        """Draw a bar for each prompt, with its text as tooltip."""
        self.y += 3
        self._lane("speech", 10)
        add_path(self.group, box(LEFT, self.y - 1, self.end_x - LEFT, 3 * VOICE_ROW + 1.4), fill=PALE)
        for say in self.said:
            look = SPEECH[speech(say.role)]
            width = max(0.9, min(say.length, self.line.end - say.start) * self.scale)
            data = box(self._x(say.start), self.y + look.row * VOICE_ROW, width, VOICE_ROW - 0.6)
            bar = add(self.group, "path", d=data, fill=look.bar)
            add(bar, "title", f"{clock(round(say.start / RATE_HZ))} {say.text}")
        self.y += 3 * VOICE_ROW

    def _words(self) -> None:
        """Write the spoken words in blocks at their time: a text element for each kind of speech in a row."""
        blocks = self._blocks()
        self.y += 2
        for block in blocks:
            for i, row in enumerate(block.rows):
                text = add_text(self.group, block.x, self.y + (i + 1) * PITCH - 2, "", TEXT)
                for kind, run in groupby(row, key=lambda word: word[0]):
                    weight = BOLD if SPEECH[kind].is_bold else {}
                    words = " ".join(word for _, word in run)
                    add(text, "tspan", f"{words} ", fill=SPEECH[kind].ink, **weight)
        self.y += max((len(block.rows) for block in blocks), default=0) * PITCH + 1

    def _blocks(self) -> list[_Block]:
        """Group the words of the line into blocks, each as wide as the gap to the next; join narrow ones."""
        blocks: list[_Block] = []
        last: tuple[object, int] = None, 0
        for say in self.said:
            place, x = self._place(say), self._x(say.start)
            is_new = place != last[0] or (place is None and say.start - last[1] >= PAUSE_S * RATE_HZ)
            if not blocks or (is_new and blocks[-1].fits(x, is_alone=False)):
                blocks.append(_Block(x, []))
            blocks[-1].said.append(say)
            last = place, say.start + say.length
        while blocks and not blocks[-1].fits(RIGHT, is_alone=len(blocks) == 1):
            joined = blocks.pop().said
            blocks[-1].said += joined
        return blocks

    def _place(self, say: Say) -> object:
        """Return the grouping key of words: the repetition they are spoken in; None outside of the sets."""
        each, beat = movement_at(self.timeline, say.start) or (None, None)
        return (each.start, beat.rep) if each and beat and each.reps > 1 else None

    def _level(self) -> None:
        """Draw the loudness (the loudest 0.4 s in each unit of width) as an area, the target as a line."""
        self.y += 3
        self._lane("loudness", 15)
        bottom = self.y + LEVEL_TALL
        columns = np.arange(max(1, round(self.end_x - LEFT)))
        firsts = ((self.line.start + columns / self.scale) / HOP).astype(int)
        heights = np.maximum.reduceat(self.heights[: math.ceil(self.line.end / HOP)], firsts)
        hill, at = mark(LEFT, bottom, ""), 0.0
        for height, run in groupby([*heights.tolist(), 0.0]):
            rise = f"v{number(at - height)}" if height != at else ""
            hill += f"{rise}h{len(list(run))}"
            at = height
        add_path(self.group, f"{hill}z", **HILL)
        share = (AIM_LUFS - LEVEL_FLOOR_LUFS) / (LEVEL_TOP_LUFS - LEVEL_FLOOR_LUFS)
        add_path(self.group, mark(LEFT, bottom - LEVEL_TALL * share, f"H{number(self.end_x)}"), **AIM)
        self.y = bottom

    def _axis(self, top: float) -> str:
        """Label the time axis; return the path of fine vertical lines, up to ``top`` through the lanes."""
        axis = mark(LEFT, self.y, f"H{number(self.end_x)}")
        add_path(self.group, axis, stroke=SOFT, stroke_width="0.7")
        step_s = next((s for s in STEPS_S if s * RATE_HZ * self.scale >= STEP_WIDE), STEPS_S[-1])
        step = step_s * RATE_HZ
        grid = "M0 0"
        for frame in range(-(-self.line.start // step) * step, self.line.end + 1, step):
            x, text = self._x(frame), clock(frame / RATE_HZ)
            grid += mark(x, top, f"V{number(self.y + 3)}")
            x = min(x, WIDTH - text_width(text, TIME) / 2)
            add_text(self.group, x, self.y + 11, text, TIME, text_anchor="middle", fill=SOFT)
        self.y += 12
        return grid


def _fill(doing: Doing) -> str:
    return f"url(#{doing})" if doing in HATCHES else DOINGS[doing]


def _set_names(each: Set, words: Words) -> list[str]:
    """Return the labels to try over a set, from the fullest to the shortest."""
    times = f"{each.reps} ×" if each.reps > 1 else ""
    of_sets = words.set_of(each.number, each.of), f"{each.number}/{each.of}"
    long, short = of_sets if each.of > 1 else ("", "")
    side, one_word = each.side, words.short_side(each.side)
    forms = ((side, long, times), (side, short, times), (one_word, short, times), (short, times))
    return [" · ".join(filter(None, form)) for form in forms]


def _second_moves(each: Set) -> Iterator[Beat]:
    """Yield every second movement of each run of movements without a hold between them."""
    for (_, role), run in groupby(each.beats, key=lambda beat: (beat.rep, beat.role)):
        if role is Role.MOVEMENT:
            yield from list(run)[1::2]
