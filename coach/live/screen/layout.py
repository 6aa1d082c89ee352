"""Lay out a moment of a session as rows of styled text, for any size of terminal."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import zip_longest

from rich.cells import cell_len, chop_cells, set_cell_size
from rich.control import Control
from rich.segment import ControlType, Segment, Segments
from rich.style import Style

from coach.live.screen.big_letters import lettered, rows_tall
from coach.live.view import View, left_text
from coach.session.words.interface import Words, words_for
from coach.text import clock, cut, has_letters

AIRY_FROM_ROWS = 20
"""Screens of this many rows or more have blank rows between the groups."""

SENTENCE_ROWS = 2
"""Rows reserved for the prompt on all but small screens, so that nothing moves when it changes."""

LARGEST_COUNTS = 3
"""The largest size of the counts, so that the activity stays the largest text."""

KEYS_APART = "   "
"""The separator of the keys in the legend, at which its lines are broken."""


STRONG, FAINT = Style(bold=True), Style(dim=True)

ALARM = Style(color="yellow", bgcolor="black", reverse=True)
"""Black on yellow; reverse video where there are no colours."""


@dataclass(frozen=True, slots=True)
class Marks:
    """The characters of bars, separators and ellipses."""

    blocks: bool
    done: str
    left: str
    dot: str
    more: str


UNICODE = Marks(blocks=True, done="━", left="─", dot="·", more="…")
ASCII = Marks(blocks=False, done="=", left="-", dot="-", more="...")


def marks_for(encoding: str) -> Marks:
    """`UNICODE` where an encoding has its characters, else `ASCII`.

    >>> marks_for("utf-8").done, marks_for("cp1252").done, marks_for("ascii").done
    ('━', '=', '=')
    """
    marks = f"{UNICODE.done}{UNICODE.left}{UNICODE.dot}{UNICODE.more}█▀▄"
    return UNICODE if has_letters(encoding, marks) else ASCII


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a row: its first column, its text and rich's style for it."""

    column: int
    text: str
    style: Style | None = None


Row = tuple[Piece, ...]
BLANK: Row = ()


def changed(rows: Sequence[Row], before: Sequence[Row], width: int) -> Segments:
    """Return the rows of a screen that differ from the rows ``before``, each at its place."""
    segments: list[Segment] = []
    for y, row in enumerate(rows):
        if row not in before[y : y + 1]:
            segments += [Control.move_to(0, y).segment, *_segments(row, y)]
            if cell_len(text_of(row)) < width:
                segments.append(Control((ControlType.ERASE_IN_LINE, 0)).segment)
    return Segments(segments)


def as_lines(rows: Iterable[Row]) -> Segments:
    """Return the rows as lines below the terminal's present content."""
    return Segments(segment for row in rows for segment in (*_segments(row, None), Segment.line()))


def _segments(row: Row, y: int | None) -> Iterator[Segment]:
    """Yield the pieces of row ``y``, each placed at its column, even after a piece of unexpected width."""
    at = 0
    for piece in row:
        yield Segment(" " * (piece.column - at))
        if at and y is not None:
            yield Control.move_to(piece.column, y).segment
        yield Segment(piece.text, piece.style)
        at = piece.column + cell_len(piece.text)


def text_of(row: Row) -> str:
    """A row as plain text."""
    text = ""
    for piece in row:
        text += " " * (piece.column - cell_len(text)) + piece.text
    return text


def lay_out(
    view: View, width: int, height: int, keys: Sequence[str] = (), marks: Marks = UNICODE
) -> tuple[Row, ...]:
    """A view as rows of text, at most ``height`` of at most ``width`` columns.

    What is said stands in it in full and what to do now in letters as large as there is room for; the rest
    gives way to them on small screens: the ``keys`` first, then the header, then what comes next. Texts have
    no control characters.
    """
    margin = 2 if width >= 60 else 1 if width >= 24 else 0
    arrangement = _Arrangement(view, max(1, width - 2 * margin), max(1, height), keys, marks)
    return tuple(
        tuple(Piece(piece.column + margin, piece.text, piece.style) for piece in row)
        for row in arrangement.rows()
    )


def lay_out_farewell(view: View, width: int, marks: Marks = UNICODE) -> list[Row]:
    """The last lines, for when the live view is gone: where the session was, what was said, what was left."""
    return _Arrangement(view, max(1, width - 1), 1, (), marks).last_rows()


def seconds_text(seconds: float) -> str:
    """Seconds to go, begun ones counted whole; from a minute on as a clock.

    >>> seconds_text(2.04), seconds_text(60), seconds_text(0)
    ('3', '1:00', '0')
    """
    whole = max(0, -int(-seconds // 1))
    return str(whole) if whole < 60 else clock(whole)


@lru_cache(maxsize=256)
def wrapped(text: str, width: int) -> tuple[str, ...]:
    """A text in lines of at most ``width`` columns, broken at spaces, and within words that are wider."""
    lines: list[str] = []
    for word in text.split():
        if lines and cell_len(lines[-1]) + 1 + cell_len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines += [word] if cell_len(word) <= width else chop_cells(word, width)
    return tuple(lines)


@dataclass(slots=True)
class _Arrangement:
    """Lays one view out in rows of ``width`` columns: ``room`` is how many rows are still free."""

    view: View
    width: int
    room: int
    keys: Sequence[str]
    marks: Marks

    @property
    def words(self) -> Words:
        """The coach's words in the language of the view."""
        return words_for(self.view.language)

    def rows(self) -> list[Row]:
        """Lay out the rows from the top: essential groups get their room first, then the others."""
        view = self.view
        airy = self.room >= AIRY_FROM_ROWS
        large = self.words.heading(self.words.PAUSED) if view.is_paused else view.now
        now = self._taken(self._plain(large))
        counts = self._taken(self._counts()) if view.is_paused else []
        said = self._taken([_row(line, STRONG) for line in wrapped(view.said, self.width)])
        if airy:
            said += self._taken([BLANK] * (SENTENCE_ROWS - len(said)))
        notice = self._taken(self._notice() or [BLANK] * airy)
        counts = counts or self._given(self._counts())
        place = self._given(self._place() or [BLANK] * airy)
        bar = self._given([self._bar()])
        spare = self._rows_for_letters(large, len(now))
        follows = self._given(self._next(), spare)
        header = self._given([self._header()], spare)
        legend = self._given(self._legend(), spare)
        airs = 2 if airy and self.room > 2 else 0
        self.room -= airs
        if counts and not view.is_paused:
            counts = self._larger(counts, self._large_counts(self.room + len(now)), spare)
        now = self._larger(now, self._large(large, self.room + len(now)), 0)
        self.room += airs
        return self._spaced((header + notice, place, now, counts, said, follows + bar, legend))

    def last_rows(self) -> list[Row]:
        """The session, the place in it, the sentence, and the bar."""
        view = self.view
        place = self._together(
            view.title if view.title != view.now else "",
            view.side,
            self.words.set_of(view.set, view.sets) if view.set else "",
            view.now,
            self._repetition(),
        )
        texts = (self._session(), place, view.said)
        return [_row(line) for text in texts for line in wrapped(text, self.width)] + [self._bar()]

    def _session(self) -> str:
        return self._together(self.view.session, self.words.LEVELS[self.view.level])

    def _repetition(self) -> str:
        view = self.view
        return self.words.repetition_of(view.rep, view.reps, is_bound=view.is_bound) if view.rep else ""

    def _taken(self, rows: list[Row]) -> list[Row]:
        """Take as many of the rows as there is room for."""
        rows = rows[: self.room]
        self.room -= len(rows)
        return rows

    def _given(self, rows: list[Row], spare: int = 0) -> list[Row]:
        """Take all the rows if there is room for them and ``spare`` more; otherwise none."""
        return self._taken(rows) if len(rows) + spare <= self.room else []

    def _larger(self, rows: list[Row], larger: list[Row], spare: int) -> list[Row]:
        """Replace the rows by larger ones if there is room for these and ``spare`` more."""
        more = len(larger) - len(rows)
        if not larger or more + spare > self.room:
            return rows
        self.room -= more
        return larger

    def _plain(self, large: str) -> list[Row]:
        """Return the large words as plain text, for screens without room for large letters."""
        if self.view.is_paused:
            return [self._band(f" {large.upper()} ")]
        return [_row(line, STRONG) for line in wrapped(large, self.width)]

    def _large(self, large: str, height: int) -> list[Row]:
        """Draw the large words in the largest letters that fit into ``height``; empty if none fit."""
        if not self.view.is_paused:
            letters = lettered(large, self.width, height, blocks=self.marks.blocks)
            return [_row(line, STRONG) for line in letters or ()]
        edges = [""] if height >= rows_tall(1) + 2 else []
        letters = lettered(large, self.width - 2, height - 2 * len(edges), blocks=self.marks.blocks)
        return [self._band(f" {line}") for line in (*edges, *letters, *edges)] if letters else []

    def _band(self, text: str) -> Row:
        return (Piece(0, set_cell_size(text, self.width), ALARM),)

    def _rows_for_letters(self, large: str, has: int) -> int:
        """Return the number of additional rows for the smallest large letters; 0 if they cannot be drawn."""
        for height in range(rows_tall(1), self.room + has + 1):
            if smallest := self._large(large, height):
                return max(0, len(smallest) - has)
        return 0

    def _header(self) -> Row:
        """Draw the session's title and level at the left, the progress at the right."""
        view = self.view
        loud = self.words.volume(view.volume_db) if round(view.volume_db) else ""
        where = self.words.chapter_of(view.chapter, view.chapters) if view.chapters > 1 else ""
        left = self._session()
        for right in (self._together(loud, where), loud, ""):
            if cell_len(left) + 2 + cell_len(right) <= self.width:
                return (Piece(0, left), *_row(right, at=self.width - cell_len(right)))
        return _row(_cut(left, self.width, mark=self.marks.more))

    def _notice(self) -> list[Row]:
        lines = wrapped(self.view.notice, max(1, self.width - 4))
        return [self._band(f" {' ' if i else '!'} {line}") for i, line in enumerate(lines)]

    def _place(self) -> list[Row]:
        """Name the exercise, side and set; without the exercise if the large words name it."""
        view = self.view
        title = view.title if view.title != view.now else ""
        of_sets = self.words.set_of(view.set, view.sets), f"{view.set}/{view.sets}"
        sets = of_sets if view.set else ("",)
        texts = [self._together(title, view.side, each) for each in sets]
        fitting = next((text for text in texts if cell_len(text) <= self.width), texts[0])
        return [_row(line, STRONG) for line in wrapped(fitting, self.width)]

    def _together(self, *parts: str) -> str:
        return f" {self.marks.dot} ".join(part for part in parts if part)

    def _counts(self) -> list[Row]:
        """Repetition and seconds in a row of plain text; in a pause with what is paused."""
        view = self.view
        to_go = self.words.in_seconds(seconds_text(view.phase_left_s)) if view.phase else ""
        now, to_go = (view.now, "") if view.is_paused else ("", to_go)
        text = self._together(now, self._repetition(), to_go)
        return [_row(line, STRONG) for line in wrapped(text, self.width)]

    def _large_counts(self, height: int) -> list[Row]:
        """Repetition and seconds in large letters, named, side by side, in about a third of ``height``."""
        view = self.view
        if not (view.rep and view.phase):
            return []

        def number_of(rep: int) -> str:
            return str(rep) if view.is_bound else self.words.number_of(rep, view.reps)

        height = min(max(height // 3, 1 + rows_tall(1)), 1 + rows_tall(LARGEST_COUNTS))
        half, blocks = self.width * 3 // 4, self.marks.blocks
        widest = number_of(view.reps)
        if lettered(widest, half - 2, height - 1, blocks=blocks) is None:
            return []
        number = number_of(view.rep)
        of = lettered(number, half - 2, height - 1, blocks=blocks, calm=widest)
        if of is None:
            return []
        seconds = seconds_text(view.phase_left_s)
        to_go = lettered(seconds, self.width - half, len(of), blocks=blocks, calm="00")
        if to_go is None:
            return []
        names = (*([self.words.up_to(view.reps)] if view.is_bound else []), self.words.REPETITION)
        name = next((name for name in names if cell_len(name) < half), "")
        to_go_name = next(
            (name for name in self.words.SECONDS_LEFT if half + cell_len(name) <= self.width), ""
        )
        rows: list[Row] = [(*_row(name), *_row(to_go_name, at=half))]
        for left, right in zip_longest(of, to_go, fillvalue=""):
            rows.append((Piece(0, left, STRONG), Piece(half, right, STRONG)))
        return rows

    def _next(self) -> list[Row]:
        if not self.view.next:
            return []
        text = self.words.heading(self.words.up_next(self.view.next))
        return [_row(_cut(text, self.width, mark=self.marks.more))]

    def _bar(self) -> Row:
        """Draw the progress bar with the elapsed and the remaining time."""
        view, marks = self.view, self.marks
        gone = clock(view.at_s)
        to_go = left_text(view)
        wide = self.width - len(gone) - len(to_go) - 2
        if wide < 4:
            return _row(_cut(to_go, self.width, mark=""))
        whole = view.at_s + view.left_s
        done = wide if view.is_over else min(wide, int(wide * view.at_s / whole)) if whole > 0 else 0
        return (
            Piece(0, gone),
            Piece(len(gone) + 1, marks.done * done, STRONG),
            Piece(len(gone) + 1 + done, marks.left * (wide - done), FAINT),
            Piece(self.width - len(to_go), to_go),
        )

    def _legend(self) -> list[Row]:
        """Draw the legend of keys, with line breaks between two keys."""
        rows: list[Row] = []
        at = self.width
        for each in self.keys:
            key, _, word = _cut(each.replace(" = ", " "), self.width, mark=self.marks.more).partition(" ")
            if not rows or at + len(KEYS_APART) + cell_len(key) + 1 + cell_len(word) > self.width:
                rows.append(BLANK)
                at = -len(KEYS_APART)
            at += len(KEYS_APART)
            rows[-1] += _row(key, at=at) + _row(word, FAINT, at + cell_len(key) + 1)
            at += cell_len(key) + 1 + cell_len(word)
        return rows

    def _spaced(self, groups: Sequence[list[Row]]) -> list[Row]:
        """Stack the groups and distribute the unused rows as blanks between them."""
        blanks = [0] * len(groups)
        gaps = [i for i in (1, 3, 2, 4, 5) if groups[i] and any(groups[i + 1 :])]
        for i in gaps[: self.room]:
            blanks[i] = 1
        free = self.room - sum(blanks)
        if gaps and groups[1]:
            blanks[1] += free // 2
        blanks[2] += free - (free // 2 if gaps and groups[1] else 0)
        rows: list[Row] = []
        for group, below in zip(groups, blanks, strict=True):
            rows += [*group, *[BLANK] * below]
        return rows


_cut = partial(cut, width=cell_len)


def _row(text: str, style: Style | None = None, at: int = 0) -> Row:
    return (Piece(at, text, style),) if text else BLANK
