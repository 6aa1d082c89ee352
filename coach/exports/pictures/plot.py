"""Draw a session over time: in each line rows for the listener's activity, speech, tones and loudness.

All lines have one time scale. If it is large enough, the spoken words are written over the speech.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from xml.etree.ElementTree import Element

import numpy as np
from numpy.typing import NDArray

from coach.errors import CoachError, UsageError
from coach.exports.open_sink import check_free
from coach.exports.pictures.chart import (
    HOP_S,
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
    speech,
    stretches,
    tempo_text,
)
from coach.exports.pictures.rasteriser import Rasteriser, rasteriser
from coach.exports.pictures.svg import (
    Drawing,
    add,
    add_path,
    add_text,
    box,
    fitted,
    number,
    printable,
    text_width,
)
from coach.language.level import Level
from coach.language.model import Sound
from coach.session.place import beat_end
from coach.session.timeline import RATE_HZ, Beat, Role, Say, Set, Timeline, Tone, says
from coach.sound.music_bed import Bed, Music, automation_for
from coach.sound.render import render
from coach.text import clock, length_text
from coach.voices.spoken_session import Plan
from coach.whole import WholeFile, disk_error

ENDINGS = (".svg", ".png")
PNG_PIXELS = 2
"""A side of a PNG's pixels for each unit of the picture: sharp on fine screens and on paper."""

WIDTH = 900.0
"""Units: what a README or a page of text has room for, at a pixel each."""
LEFT, RIGHT = 56.0, WIDTH - 14.0
ROOM = RIGHT - LEFT

WORDS_UP_TO_S = 15 * 60.0
"""Sessions up to this length show their words."""
WORDED_LINES_S = tuple(float(seconds) for seconds in range(60, 130, 5))
LINE_S = 11 * 60.0
"""How long lines may be, in seconds, with words and without."""
LINE_WORTH_S = 15.0
"""A picture gets one line more if all of them get shorter by so much."""

INK, SOFT, FAINT, PALE = "#1d2329", "#545d66", "#cfd5da", "#f3f5f6"
DOINGS = {
    Doing.MOVE: "#0f6b52", Doing.HOLD: "#052e24", Doing.LOOSE: "#8cc9b2", Doing.READY: "#f3c14b",
    Doing.REST: "#d3d9de", Doing.SET_UP: "#f6e8c3", Doing.LISTEN: "#ffffff",
}  # fmt: skip
"""In grey they are 40, 16, 76, 81, 86, 92 and 100 % light; get ready and rest are hatched besides."""
MOVE_2 = "#2e7d65"
"""Every other movement of a repetition, so that neighbours can be told apart."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a kind of speech is drawn: the row of its bars (0 to 2), their colour, and that of its words."""

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
"""A light and a dark colour in each row: they can be told apart in grey, and by those who see few colours."""

LEVEL_TOP_LUFS, LEVEL_FLOOR_LUFS = -6.0, -46.0
AIM_LUFS = -16.0
"""The target level of speech, from two loudspeakers."""

TEXT = 9.5
PITCH = 11.0
NAME = 8.8
VOICE_ROW = 5.0
TONES_TALL = 9.0
LEVEL_TALL = 20.0
MOST_WORD_ROWS, WIDE_BLOCK = 6, 120.0
"""Words that would be taller in a block that is narrower are joined with those that follow."""
PAUSE_S = 2.0
"""A pause of this many seconds or more between two sentences begins a new block of words."""

Progress = Callable[[int, int], None]


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
    if target.suffix.lower() == ".png":
        _rasteriser()
    return target


def write_plot(
    plan: Plan,
    target: Path,
    *,
    level: Level,
    force: bool,
    music: Music | None = None,
    progress: Progress | None = None,
) -> None:
    """Draw a session into a file, as SVG or PNG by its ending; the level is that with ``music`` under it.

    Raises
    ------
    DiskError
        If it cannot be written; what was at ``target`` is still there.
    UsageError
        If a PNG is asked for and the extra ``plot`` is not installed.
    """
    svg = plot_svg(plan, level=level, music=music, progress=progress)
    data = png(svg) if target.suffix.lower() == ".png" else svg
    with WholeFile(target, size=len(data), force=force) as file:
        file.write(data)
        file.keep()


def png(svg: bytes) -> bytes:
    """A picture as PNG, `PNG_PIXELS` pixels a unit, with the typeface that the extra brings along.

    Raises
    ------
    UsageError
        If the extra ``plot`` is not installed.
    CoachError
        If the picture cannot be drawn.
    """
    draw = _rasteriser()
    try:
        return draw(svg, zoom=PNG_PIXELS)
    except ValueError as error:
        raise CoachError(f"the picture cannot be drawn as PNG: {error}", "draw an .svg") from error


def _rasteriser() -> Rasteriser:
    draw = rasteriser()
    if draw is None:
        raise UsageError(
            "a PNG needs the extra 'plot', which is not installed",
            "pip install '.[plot]' brings it; an .svg needs nothing",
        )
    return draw


def plot_svg(
    plan: Plan,
    *,
    level: Level,
    line_s: float | None = None,
    music: Music | None = None,
    progress: Progress | None = None,
) -> bytes:
    """A session as SVG, `WIDTH` units wide; the same bytes for the same production.

    ``line_s`` is the longest time that a line may show; by default lines are as long as the words, or the
    longest chapter, need. ``music`` raises the level only.
    """
    timeline = plan.timeline
    broken = _broken(timeline) if line_s is None else chart_lines(timeline, line_s)
    bed = None if music is None else Bed(music, automation_for(timeline))
    blocks = render(timeline, plan.clips, plan.tones, bed=bed)
    blocks = _counted(blocks, timeline.length, progress)
    return _Picture(plan, level, broken, loudness(blocks)).drawn()


def _broken(timeline: Timeline) -> tuple[ChartLine, ...]:
    """The lines of a picture: whole chapters, or where there are words, sets that are whole if they can be.

    Of the lengths that break the fewest sets, the one with few lines of a large scale is taken.
    """
    if timeline.duration_s > WORDS_UP_TO_S:
        return chart_lines(timeline, LINE_S)
    tried = [(chart_lines(timeline, length_s), length_s) for length_s in WORDED_LINES_S]
    return min(tried, key=lambda one: (_sets_broken(timeline, one[0]), len(one[0]) + one[1] / LINE_WORTH_S))[
        0
    ]


def _sets_broken(timeline: Timeline, broken: Iterable[ChartLine]) -> int:
    return sum(each.start < line.end < each.end for line in broken for each in timeline.sets)


def _counted(
    blocks: Iterable[NDArray[np.float32]], length: int, progress: Progress | None
) -> Iterator[NDArray[np.float32]]:
    done = 0
    for block in blocks:
        yield block
        done += len(block)
        if progress is not None:
            progress(done, length)


@dataclass(slots=True)
class _Block:
    """Words shown together at their time: from ``x`` on, at most ``width`` wide."""

    x: float
    said: list[Say]
    width: float = 0.0
    rows: list[list[tuple[str, Speech]]] = field(default_factory=list)

    def wrap(self, end: float, *, is_alone: bool) -> bool:
        """Break the words into rows that end before ``end``; False if that is too narrow, or too tall.

        A block that is alone takes what room there is: a word that is wider than that is cut.
        """
        self.width = end - self.x - 5
        self.rows = []
        used = 0.0
        for say in self.said:
            kind = speech(say.role)
            is_bold = SPEECH[kind].is_bold
            space = text_width(" ", TEXT, is_bold=is_bold)
            for word in printable(say.text).split():
                width = text_width(word, TEXT, is_bold=is_bold)
                if width > self.width and not is_alone:
                    return False
                piece = fitted(word, self.width, TEXT, is_bold=is_bold), kind
                if self.rows and used + space + width <= self.width:
                    self.rows[-1].append(piece)
                    used += space + width
                else:
                    self.rows.append([piece])
                    used = width
        return is_alone or len(self.rows) <= MOST_WORD_ROWS or self.width >= WIDE_BLOCK


class _Picture:
    """Builds one drawing from top to bottom; ``y`` is the current position."""

    def __init__(
        self, plan: Plan, level: Level, broken: Sequence[ChartLine], levels: NDArray[np.float32]
    ) -> None:
        self.timeline: Timeline = plan.timeline
        self.voice = plan.voice
        self.level = level
        self.lines = broken
        self.levels = levels
        self.stretches = stretches(self.timeline)
        self.starts = [stretch.start for stretch in self.stretches]
        longest = max((line.end - line.start for line in broken), default=RATE_HZ)
        self.scale = ROOM / longest
        self.has_words = self.timeline.duration_s <= WORDS_UP_TO_S and self.scale * RATE_HZ >= 6
        self.drawing = Drawing(WIDTH)
        self.y = 0.0

    def drawn(self) -> bytes:
        """The picture: its head, its legend, then line after line."""
        self._head()
        self._legend()
        for i, line in enumerate(self.lines):
            is_first = i == 0 or self.lines[i - 1].chapter != line.chapter
            self._line(line, is_first=is_first)
        height = self.y + 10
        paper = self.drawing.root.find("rect")
        if paper is not None:
            paper.set("height", number(height))
        return self.drawing.to_bytes(height)

    # head and legend

    def _head(self) -> None:
        root, timeline = self.drawing.root, self.timeline
        add(root, "title", f"{timeline.title}: the session over time")
        add(root, "desc", ". ".join(self._in_words()))
        patterns = add(root, "defs")
        _hatch(patterns, "ready", DOINGS[Doing.READY], "#a8770a", slope=1)
        _hatch(patterns, "rest", DOINGS[Doing.REST], "#aab4bd", slope=-1)
        add(root, "rect", width=number(WIDTH), height="0", fill="#ffffff")
        group = self.drawing.group(fill=INK)
        title = fitted(timeline.title, RIGHT - 14, 20, is_bold=True)
        add_text(group, (14, 30), title, 20, is_bold=True)
        amount = f"{len(timeline.chapters)} chapters" if len(timeline.chapters) > 1 else "1 chapter"
        facts = f"{self.level} level · {length_text(timeline.duration_s)} · {amount} · voice {self.voice}"
        add_text(group, (14, 47), fitted(facts, RIGHT - 14, 11), 11)
        self.y = 47
        for text in self._in_words():
            self.y += 15
            add_text(group, (14, self.y), fitted(text, RIGHT - 14, 11), 11, fill=SOFT)
        for text in timeline.left_out:
            self.y += 14
            left_out = fitted(f"No repetition or rest has room for: {text}", RIGHT - 14, 11)
            add_text(group, (14, self.y), left_out, 11, fill=SPEECH[Speech.WARNED].ink)

    def _in_words(self) -> list[str]:
        """How the time is spent, and how much of it is speech."""
        work_s = seconds_of(self.stretches, WORK)
        rest_s = seconds_of(self.stretches, {Doing.REST})
        other_s = self.timeline.duration_s - work_s - rest_s
        spoken_s = sum(say.length for say in says(self.timeline.events)) / RATE_HZ
        start_s, busy_s = busiest_minute(self.timeline)
        others = f"instructions and getting ready {length_text(other_s)}"
        busiest = f"in its busiest minute, from {clock(round(start_s))}, {length_text(busy_s)}"
        return [
            f"Exercise {length_text(work_s)}, rest {length_text(rest_s)}, {others}",
            f"The voice speaks {length_text(spoken_s)}; {busiest}",
        ]

    def _legend(self) -> None:
        """What each lane shows; only what occurs."""
        done = {stretch.doing for stretch in self.stretches}
        said = {speech(say.role) for say in says(self.timeline.events)}
        rung = {event.sound for event in self.timeline.events if isinstance(event, Tone)}
        self.y += 10
        self._legend_row(
            "you", [(str(doing), partial(_doing_key, doing)) for doing in Doing if doing in done]
        )
        self._legend_row(
            "voice", [(str(kind), partial(_speech_key, kind)) for kind in Speech if kind in said]
        )
        self._legend_row("tones", [(TONES[s][0], partial(_tone_key, s)) for s in TONES if s in rung])
        aim = f"aim for speech, {AIM_LUFS:.0f} LUFS".replace("-", "−")
        self._legend_row("level", [("momentary loudness (0.4 s)", _level_key), (aim, _aim_key)])
        self.y += 4

    def _legend_row(
        self, name: str, keys: Sequence[tuple[str, Callable[[Element, float, float], None]]]
    ) -> None:
        group = self.drawing.group(fill=INK)
        self.y += 14
        add_text(group, (14, self.y), name, TEXT, fill=SOFT)
        x = LEFT
        for text, draw in keys:
            draw(group, x, self.y)
            add_text(group, (x + 21, self.y), text, TEXT)
            x += 21 + text_width(text, TEXT) + 12

    # one line

    def _x(self, line: ChartLine, frame: int) -> float:
        return LEFT + (frame - line.start) * self.scale

    def _line(self, line: ChartLine, *, is_first: bool) -> None:
        group = self.drawing.group(fill=INK)
        self.y += 8
        if is_first:
            self._heading(group, line)
        sets = [each for each in self.timeline.sets if each.start < line.end and each.end > line.start]
        grid = add(group, "path", stroke=FAINT, stroke_width="0.6")
        if any(_set_names(each)[0] for each in sets):
            self._set_names(group, line, sets)
        top = self.y
        self._doings(group, line, sets)
        self._tones(group, line)
        self._voice(group, line)
        if self.has_words:
            self._words(group, line)
        self._level(group, line)
        self._axis(group, line, grid, top)

    def _name(self, group: Element, text: str, y: float) -> None:
        add_text(group, (LEFT - 8, y), text, 9, anchor="end", fill=SOFT)

    def _heading(self, group: Element, line: ChartLine) -> None:
        """The chapter's number and title, and what is done in it."""
        timeline = self.timeline
        chapter = timeline.chapters[line.chapter]
        later = timeline.chapters[line.chapter + 1 :]
        end = later[0].start if later else timeline.length
        own = [each for each in timeline.sets if chapter.start <= each.start < end]
        self.y += 15
        name = fitted(f"{line.chapter + 1}  {chapter.title}", 0.6 * ROOM, 13, is_bold=True)
        heading = add_text(group, (14, self.y), "", 13)
        add(heading, "tspan", name, font_weight="bold")
        room = RIGHT - 14 - text_width(name, 13, is_bold=True) - 10
        length = length_text((end - chapter.start) / RATE_HZ)
        texts = [part for part in (dose_text(own), tempo_text(own), length) if part]
        forms = (" · ".join(parts) for parts in (texts, [*texts[:1], length], [length]))
        text = next(form for form in forms if text_width(form, 10.5) <= room)
        add(heading, "tspan", text, dx="10", font_size="10.5", fill=SOFT)
        self.y += 7

    def _set_names(self, group: Element, line: ChartLine, sets: Sequence[Set]) -> None:
        """A bracket over each set: its side, its number, its repetitions."""
        self.y += 10
        brackets = []
        for each in sets:
            first, last = max(each.start, line.start), min(each.end, line.end)
            x, end = self._x(line, first), self._x(line, last)
            y = self.y + 3
            opens = (
                f"M{number(x + 0.5)} {number(y + 3)}v-3"
                if first == each.start
                else f"M{number(x)} {number(y)}"
            )
            closes = "v3" if last == each.end else ""
            brackets.append(f"{opens}H{number(end - 0.5)}{closes}")
            name = next((n for n in _set_names(each) if text_width(n, TEXT) <= end - x - 4), "")
            if name:
                add_text(group, ((x + end) / 2, self.y), name, TEXT, anchor="middle")
        add_path(group, brackets, fill="none", stroke=INK, stroke_width="0.9")
        self.y += 7
        self._rep_numbers(group, line, sets)

    def _rep_numbers(self, group: Element, line: ChartLine, sets: Sequence[Set]) -> None:
        """The numbers of the repetitions under the bracket, where each has room for its own."""
        cells = [cell for each in sets if each.reps > 1 for cell in _reps(each)]
        wide = [(end - first) * self.scale - text_width(str(rep), 9) for rep, first, end in cells]
        if min(wide, default=0.0) < 6:
            return
        self.y += 8
        for rep, first, end in cells:
            if line.start <= first < line.end:
                x = (self._x(line, first) + self._x(line, end)) / 2
                add_text(group, (x, self.y), str(rep), 9, anchor="middle")
        self.y += 3

    def _doings(self, group: Element, line: ChartLine, sets: Sequence[Set]) -> None:
        """What the listener does, with the numbers of repetitions and what else finds room."""
        tall = 15.0
        self._name(group, "you", self.y + 11)
        shown = self._shown(line)
        by_fill: dict[str, list[str]] = {}
        seconds = {beat.start for each in sets for beat in _second_moves(each)}
        for stretch in shown:
            x, end = self._ends(line, stretch)
            fill = MOVE_2 if stretch.start in seconds else _fill(stretch.doing)
            by_fill.setdefault(fill, []).append(box(x, self.y, end - x, tall))
        for fill, pieces in by_fill.items():
            add_path(group, pieces, fill=fill)
        frame = box(LEFT, self.y, self._x(line, line.end) - LEFT, tall)
        add_path(group, [frame], fill="none", stroke="#8b959e", stroke_width="0.7")
        seams = []
        for each in sets:
            cells = list(_reps(each))
            for rep, first, last in cells:
                if first >= line.end or last <= line.start:
                    continue
                x, end = self._x(line, max(first, line.start)), self._x(line, min(last, line.end))
                if rep > 1:
                    seams.append(f"M{number(x)} {number(self.y)}v{number(tall)}")
        add_path(group, seams, stroke="#ffffff", stroke_width="1")
        unnamed = self._unnamed(sets)
        for stretch in shown:
            if stretch.start not in unnamed:
                self._doing_text(group, line, stretch)
        self.y += tall

    def _unnamed(self, sets: Iterable[Set]) -> set[int]:
        """The movements that have no room for their names, with those beside them: all are named, or none.

        In the first repetition of a set, which is the longest, whatever has room is named.
        """
        found: set[int] = set()
        for each in sets:
            for rep, first, last in _reps(each):
                beats = [beat for beat in each.beats if first <= beat.start < last]
                lacks = [
                    text_width(beat.cue, NAME) + 2 > (beat_end(each, beat) - beat.start) * self.scale
                    for beat in beats
                    if beat.role is not Role.LOOSE
                ]
                if rep > 1 and any(lacks):
                    found |= {beat.start for beat in beats}
        return found

    def _doing_text(self, group: Element, line: ChartLine, stretch: Stretch) -> None:
        x, end = self._ends(line, stretch)
        if stretch.doing is Doing.LISTEN:
            return
        what = stretch.what
        if stretch.doing is Doing.REST:
            stretch = self._with_ready(stretch)
        length = clock(round(stretch.length_s)) if stretch.length_s >= 60 else f"{round(stretch.length_s)} s"
        names = [f"{what} {length}", what] if stretch.length_s >= 5 else [what]
        is_dark = stretch.doing in {Doing.MOVE, Doing.HOLD}
        name = next((n for n in names if text_width(n, NAME) + 2 <= end - x), "")
        if name:
            middle = (x + end) / 2
            if stretch.doing in {Doing.READY, Doing.REST}:  # no hatching through letters
                width = min(text_width(name, NAME) + 2, end - x - 2)
                add_path(
                    group, [box(middle - width / 2, self.y + 2.5, width, 10)], fill=DOINGS[stretch.doing]
                )
            fill = "#ffffff" if is_dark else INK
            add_text(group, (middle, self.y + 10.8), name, NAME, anchor="middle", fill=fill)

    def _with_ready(self, rest: Stretch) -> Stretch:
        """A rest up to the go tone: getting ready is part of the rest that was prescribed."""
        after = self.stretches[bisect_left(self.starts, rest.end) :][:1]
        end = after[0].end if after and after[0].doing is Doing.READY else rest.end
        return Stretch(rest.start, end, rest.doing, rest.what)

    def _shown(self, line: ChartLine) -> list[Stretch]:
        first = max(0, bisect_left(self.starts, line.start + 1) - 1)
        last = bisect_left(self.starts, line.end)
        return list(self.stretches[first:last])

    def _ends(self, line: ChartLine, stretch: Stretch) -> tuple[float, float]:
        return self._x(line, max(stretch.start, line.start)), self._x(line, min(stretch.end, line.end))

    def _said(self, line: ChartLine) -> list[Say]:
        return [say for say in says(self.timeline.events) if line.start <= say.start < line.end]

    def _words(self, group: Element, line: ChartLine) -> None:
        """What is said, in blocks over its time."""
        blocks = self._blocks(line)
        self.y += 2
        tallest = max((len(block.rows) for block in blocks), default=0)
        for block in blocks:
            for i, row in enumerate(block.rows):
                self._word_row(group, block.x, self.y + (i + 1) * PITCH - 2, row)
        self.y += tallest * PITCH + 1

    def _word_row(self, group: Element, x: float, y: float, row: Sequence[tuple[str, Speech]]) -> None:
        """One row of words: a piece of text for each kind of speech in it."""
        element = add_text(group, (x, y), "", TEXT)
        for i, (word, kind) in enumerate(row):
            look = SPEECH[kind]
            if i and row[i - 1][1] is kind:
                element[-1].text = f"{element[-1].text} {word}"
                continue
            if i:
                element[-1].text = f"{element[-1].text} "
            style = {"font_weight": "bold"} if look.is_bold else {}
            add(element, "tspan", word, fill=look.ink, **style)

    def _blocks(self, line: ChartLine) -> list[_Block]:
        """The words of a line in blocks, each with the width up to the next; too narrow ones are joined."""
        blocks: list[_Block] = []
        key: object = None
        last: Say | None = None
        for say in self._said(line):
            own = self._place(say)
            gap_s = (say.start - last.start - last.length) / RATE_HZ if last else 0.0
            if not blocks or own != key or (own is None and gap_s >= PAUSE_S):
                blocks.append(_Block(self._x(line, say.start), []))
            blocks[-1].said.append(say)
            key, last = own, say
        i = 0
        while i < len(blocks):
            is_last = i == len(blocks) - 1
            end = RIGHT if is_last else blocks[i + 1].x
            if blocks[i].wrap(end, is_alone=len(blocks) == 1):
                i += 1
            elif is_last:
                blocks[i - 1].said += blocks.pop().said
                i -= 1
            else:
                blocks[i].said += blocks.pop(i + 1).said
        return blocks

    def _place(self, say: Say) -> object:
        """What keeps words together: the repetition that they are said in; None outside of the sets."""
        for each in self.timeline.sets:
            if each.start <= say.start < each.end:
                i = bisect_left(each.beats, say.start + 1, key=lambda beat: beat.start) - 1
                beat = each.beats[i]
                is_long = each.reps == 1
                return None if is_long else (each.start, beat.rep)
        return None

    def _voice(self, group: Element, line: ChartLine) -> None:
        """A bar for each prompt; what it says can be read by pointing at it."""
        self.y += 3
        self._name(group, "voice", self.y + 10)
        end_x = self._x(line, line.end)
        add_path(group, [box(LEFT, self.y - 1, end_x - LEFT, 3 * VOICE_ROW + 1.4)], fill=PALE)
        for say in self._said(line):
            look = SPEECH[speech(say.role)]
            x = self._x(line, say.start)
            width = max(0.9, min(say.length, line.end - say.start) * self.scale)
            bar = add(
                group,
                "path",
                d=box(x, self.y + look.row * VOICE_ROW, width, VOICE_ROW - 0.6),
                fill=look.bar,
            )
            add(bar, "title", f"{clock(round(say.start / RATE_HZ))} {say.text}")
        self.y += 3 * VOICE_ROW

    def _tones(self, group: Element, line: ChartLine) -> None:
        self.y += 3
        self._name(group, "tones", self.y + 8)
        pieces: dict[Sound, list[str]] = {}
        for event in self.timeline.events:
            if isinstance(event, Tone) and line.start <= event.start < line.end:
                draw = TONES[event.sound][2]
                pieces.setdefault(event.sound, []).append(draw(self._x(line, event.start), self.y))
        for sound, own in pieces.items():
            add_path(group, own, fill=TONES[sound][1], **({} if sound in TICKS else HALO))
        self.y += TONES_TALL

    def _level(self, group: Element, line: ChartLine) -> None:
        """The loudest 0.4 s in each unit of width, as a hill; the aim as a line."""
        self.y += 3
        self._name(group, "level", self.y + 15)
        bottom = self.y + LEVEL_TALL
        hop = HOP_S * RATE_HZ
        end_x = self._x(line, line.end)
        heights = []
        columns = max(1, round(end_x - LEFT))
        for column in range(columns):
            first = (line.start + column / self.scale) / hop
            last = (line.start + (column + 1) / self.scale) / hop
            own = self.levels[int(first) : max(int(first) + 1, int(last))]
            loudest = float(own.max()) if len(own) else LEVEL_FLOOR_LUFS
            heights.append(self._height(loudest))
        add_path(group, [_hill(LEFT, bottom, heights)], fill="#aebbc7")
        y = bottom - self._height(AIM_LUFS)
        aim = [f"M{number(LEFT)} {number(y)}H{number(end_x)}"]
        add_path(group, aim, stroke=INK, stroke_width="0.7", stroke_dasharray="3 2")
        self.y = bottom

    def _height(self, lufs: float) -> float:
        share = (lufs - LEVEL_FLOOR_LUFS) / (LEVEL_TOP_LUFS - LEVEL_FLOOR_LUFS)
        return round(2 * LEVEL_TALL * min(1.0, max(0.0, share))) / 2

    def _axis(self, group: Element, line: ChartLine, grid: Element, top: float) -> None:
        """Times in minutes and seconds, and a fine line up through the lanes at each."""
        step_s = next((s for s in STEPS_S if s * RATE_HZ * self.scale >= 48), STEPS_S[-1])
        end_x = self._x(line, line.end)
        add_path(
            group, [f"M{number(LEFT)} {number(self.y)}H{number(end_x)}"], stroke=SOFT, stroke_width="0.7"
        )
        marks = []
        first = -(-line.start // (step_s * RATE_HZ))
        free = 0.0
        for n in range(first, line.end // (step_s * RATE_HZ) + 1):
            x = self._x(line, n * step_s * RATE_HZ)
            text = clock(round(n * step_s))
            width = text_width(text, 9)
            marks.append(f"M{number(x)} {number(top)}V{number(self.y + 3)}")
            at = min(max(x, LEFT + width / 2), RIGHT + 14 - width / 2)
            if at - width / 2 >= free:
                add_text(group, (at, self.y + 11), text, 9, anchor="middle", fill=SOFT)
                free = at + width / 2 + 4
        grid.set("d", "".join(marks) or "M0 0")
        self.y += 12


STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600)


def _fill(doing: Doing) -> str:
    return {Doing.READY: "url(#ready)", Doing.REST: "url(#rest)"}.get(doing, DOINGS[doing])


def _hatch(parent: Element, name: str, paper: str, ink: str, *, slope: int) -> None:
    pattern = add(
        parent, "pattern", id=name, width="5", height="5", patternUnits="userSpaceOnUse",
        patternTransform=f"rotate({45 * slope})",
    )  # fmt: skip
    add(pattern, "rect", width="5", height="5", fill=paper)
    add(pattern, "rect", width="1", height="5", fill=ink)


def _reps(each: Set) -> Iterator[tuple[int, int, int]]:
    """Each repetition of a set with its first frame and the frame after its last."""
    firsts = [
        (beat.rep, int(beat.start))
        for i, beat in enumerate(each.beats)
        if not i or each.beats[i - 1].rep != beat.rep
    ]
    for i, (rep, first) in enumerate(firsts):
        yield rep, first, firsts[i + 1][1] if i + 1 < len(firsts) else each.end


def _set_names(each: Set) -> list[str]:
    """What stands over a set, from the whole to the least."""
    times = f"{each.reps} ×" if each.reps > 1 else ""
    number_ = f"set {each.number} of {each.of}" if each.of > 1 else ""
    short = f"{each.number}/{each.of}" if each.of > 1 else ""
    side = each.side
    forms = [
        (side, number_, times),
        (side, short, times),
        (side.split(" ")[0], short, times),
        (side, "", ""),
        (short, times),
        (times,),
    ]
    return [" · ".join(part for part in form if part) for form in forms]


def _second_moves(each: Set) -> Iterator[Beat]:
    """Every second of the movements that follow each other in a repetition without a hold between them."""
    turn = 0
    for i, beat in enumerate(each.beats):
        goes_on = i > 0 and beat.rep == each.beats[i - 1].rep and each.beats[i - 1].role is Role.MOVEMENT
        turn = turn + 1 if goes_on else 0
        if beat.role is Role.MOVEMENT and turn % 2:
            yield beat


def _doing_key(doing: Doing, group: Element, x: float, y: float) -> None:
    add_path(group, [box(x, y - 8, 16, 9)], fill=_fill(doing), stroke="#8b959e", stroke_width="0.7")


def _speech_key(kind: Speech, group: Element, x: float, y: float) -> None:
    look = SPEECH[kind]
    add_path(group, [box(x, y - 9, 16, 10.8)], fill=PALE)
    add_path(group, [box(x, y - 9 + look.row * 3.6, 16, 3.6)], fill=look.bar)


def _tone_key(sound: Sound, group: Element, x: float, y: float) -> None:
    _, colour, draw = TONES[sound]
    add_path(group, [draw(x + 9, y - 8)], fill=colour)


def _level_key(group: Element, x: float, y: float) -> None:
    add_path(group, [f"M{number(x)} {number(y + 1)}l4-8 4 3 4-3 4 8z"], fill="#aebbc7")


def _aim_key(group: Element, x: float, y: float) -> None:
    style = {"stroke": INK, "stroke_width": "0.7", "stroke_dasharray": "3 2"}
    add_path(group, [f"M{number(x)} {number(y - 3)}h16"], **style)


def _hill(x: float, bottom: float, heights: Sequence[float]) -> str:
    """A filled curve over ``bottom``, one height a unit of width; level pieces are one step."""
    path = [f"M{number(x)} {number(bottom)}"]
    at = 0.0
    flat = 0
    for height in [*heights, 0.0]:
        if height == at:
            flat += 1
            continue
        if flat:
            path.append(f"h{flat}")
        flat = 1
        rise = number(at - height)
        path.append(f"v{rise}")
        at = height
    return "".join(path) + "z"


def _tick(height: float, width: float) -> Callable[[float, float], str]:
    return lambda x, y: box(x - width / 2, y + TONES_TALL - height, width, height)


def _dot(x: float, y: float) -> str:
    return f"M{number(x - 1.3)} {number(y + 5)}a1.3 1.3 0 1 0 2.6 0a1.3 1.3 0 1 0-2.6 0z"


def _triangle(x: float, y: float) -> str:
    return f"M{number(x)} {number(y)}l6 4.5-6 4.5z"


def _opens(x: float, y: float) -> str:
    return f"M{number(x - 0.8)} {number(y + 1)}h3v1.4h-1.6v5.2h1.6v1.4h-3z"


def _closes(x: float, y: float) -> str:
    return f"M{number(x + 0.8)} {number(y + 1)}h-3v1.4h1.6v5.2h-1.6v1.4h3z"


def _diamond(x: float, y: float) -> str:
    return f"M{number(x)} {number(y)}l4 4.5-4 4.5-4-4.5z"


def _arrows(x: float, y: float) -> str:
    return f"M{number(x - 1)} {number(y)}v9l-5-4.5zM{number(x + 1)} {number(y)}v9l5-4.5z"


def _square(x: float, y: float) -> str:
    return box(x - 3.5, y + 1, 7, 7)


TONES: dict[Sound, tuple[str, str, Callable[[float, float], str]]] = {
    Sound.COUNTDOWN: ("3, 2, 1", "#8a6206", _dot),
    Sound.GO: ("go", "#8a6206", _triangle),
    Sound.REP: ("repetition", INK, _tick(9, 1.6)),
    Sound.MOVE: ("next movement", INK, _tick(5, 1.2)),
    Sound.HOLD_START: ("hold begins", "#0f6b52", _opens),
    Sound.HOLD_END: ("hold ends", "#0f6b52", _closes),
    Sound.SIDE: ("change sides", "#75398c", _arrows),
    Sound.REST: ("rest", "#15578c", _diamond),
    Sound.END: ("end", INK, _square),
    Sound.BELL: ("bell", "#15578c", _dot),
    Sound.KEY: ("key", "#15578c", _dot),
    Sound.NOT_NOW: ("not now", "#15578c", _dot),
}
TICKS = {Sound.REP, Sound.MOVE}
HALO = {"stroke": "#ffffff", "stroke_width": "0.5"}
"""Every tone: its name, its colour, and its shape at ``x`` in a lane from ``y`` on."""
