"""The cover of a session, for a player's list: its name, length and level.

At a width of 100 pixels the name's letters still have 12 pixels; colour and bars show the level.
"""

import unicodedata
from collections.abc import Iterator
from functools import partial
from itertools import groupby
from xml.etree.ElementTree import Element

from coach.exports.pictures.rasteriser import can_draw, png
from coach.exports.pictures.svg import BOLD, Drawing, add_path, add_text, box, printable, text_width
from coach.language.level import Level
from coach.session.words.interface import Words, words_for
from coach.text import characters, cut

SIDE = 600.0
"""Units, and pixels of the PNG: sharp on a locked screen, small enough to be in every track of a session."""

MARGIN = 44.0
ROOM = SIDE - 2 * MARGIN
NAME_TOP, NAME_BOTTOM = 36.0, 344.0
NAME_SIZES = (124.0, 112.0, 100.0, 90.0, 80.0, 72.0)
"""Font sizes to try, the largest first; at the last one the name is broken and shortened to fit."""
LEADING = 1.06
"""Line spacing, in font sizes."""
LINE_Y, LINE_TALL = 356.0, 6.0
TIME_SIZE, TIME_Y = 104.0, 462.0
LEVEL_SIZE, LEVEL_Y = 76.0, 554.0
BAR_WIDE, BAR_STEP, BARS_TALL = 44.0, 62.0, 160.0

NARROWER = 0.84
"""Greatest width of bold Source Sans letters relative to the table in `svg` (measured: letters 0.83,
whole titles 0.78)."""
FOREIGN = 0.75
"""The width of letters outside that table, in font sizes; Greek and Cyrillic measured 0.57 on average."""

PAPER = {Level.GENTLE: "#134f80", Level.STANDARD: "#0c5c46", Level.STRONG: "#6a3180"}
"""Background colours with a contrast to white of 7:1 or more (WCAG 1.4.6)."""
PLAIN_PAPER = "#3b444d"
INK, PALE = "#ffffff", "0.35"

_WIDEST = 1.2
_NO_LETTER = {"So", "Sk", "Cf", "Cn", "Co", "Cs"}
_FROM_THE_RIGHT = {"R", "AL"}
_FROM_ANY_SIDE = {*_FROM_THE_RIGHT, "L"}
_EMBEDDED = "\u202b{}\u202c"


def cover_png(title: str, length_s: float, level: str, language: str = "") -> bytes:
    """Draw the cover as a PNG of 600 by 600 pixels; ``b""`` if the extra ``phone`` is not installed.

    The result is deterministic. Letters missing from Source Sans are drawn with the system's fonts; letters
    without any font are left out.

    Raises
    ------
    CoachError
        If it cannot be drawn.
    """
    if not can_draw():
        return b""
    name = _drawable(title)
    svg = cover_svg(name, length_s, level, language)
    with_boxes = png(svg, skip_system_fonts=True)
    if all(map(_is_in_source_sans, name)):
        return with_boxes
    with_letters = png(svg)
    if with_letters != with_boxes:
        return with_letters
    known = "".join(filter(_is_in_source_sans, name))
    return png(cover_svg(known, length_s, level, language), skip_system_fonts=True)


def cover_svg(title: str, length_s: float, level: str, language: str = "") -> bytes:
    """Draw the cover as SVG; deterministic."""
    drawing, words = Drawing(SIDE), words_for(language)
    known = Level(level) if level in set(Level) else None
    paper = PLAIN_PAPER if known is None else PAPER[known]
    add_path(drawing.root, box(0, 0, SIDE, SIDE), fill=paper)
    name = _drawable(title)
    lines, size = name_lines(name)
    ink = drawing.group(fill=INK)
    tall = len(lines) * LEADING * size
    top = NAME_TOP + (NAME_BOTTOM - NAME_TOP - tall) / 2
    for i, line in enumerate(lines):
        y = top + (i + 0.84) * LEADING * size
        if _is_from_the_right(name):
            embedded = _EMBEDDED.format(line)
            add_text(ink, SIDE - MARGIN, y, embedded, size, text_anchor="end", **BOLD)
        else:
            add_text(ink, MARGIN, y, line, size, **BOLD)
    add_path(ink, box(MARGIN, LINE_Y, ROOM, LINE_TALL), fill_opacity=PALE)
    add_text(ink, MARGIN, TIME_Y, time_text(length_s, words), TIME_SIZE, **BOLD)
    if known is not None:
        _level(ink, known, words)
    return drawing.to_bytes(SIDE)


def time_text(length_s: float, words: Words) -> str:
    """Format a length in whole minutes, or in seconds below one minute.

    >>> time_text(2956.3, words_for("en")), time_text(59.4, words_for("en"))
    ('49 min', '59 s')
    """
    seconds = round(length_s)
    return words.in_minutes(round(length_s / 60)) if seconds >= 60 else words.in_seconds(str(seconds))


def name_lines(name: str) -> tuple[list[str], float]:
    """Break a name into lines, and choose the largest font size that fits."""
    for size in NAME_SIZES:
        most = int((NAME_BOTTOM - NAME_TOP) / (LEADING * size))
        lines = list(_wrapped(name, size))
        if len(lines) <= most and all(_width(word, size) <= ROOM for word, _ in _words(name)):
            return lines, size
    if len(lines) > most:
        lines[most - 1 :] = [cut(" ".join(lines[most - 1 :]), ROOM, partial(_width, size=size))]
    return lines, size


def _level(parent: Element, level: Level, words: Words) -> None:
    """Draw the level's name and one to three bars."""
    add_text(parent, MARGIN, LEVEL_Y, words.LEVELS[level], LEVEL_SIZE)
    left = SIDE - MARGIN - 2 * BAR_STEP - BAR_WIDE
    for i in range(3):
        tall = BARS_TALL * (i + 1) / 3
        bar = box(left + i * BAR_STEP, LEVEL_Y - tall, BAR_WIDE, tall)
        add_path(parent, bar, **({} if i <= list(Level).index(level) else {"fill_opacity": PALE}))


def _width(text: str, size: float) -> float:
    """Return the greatest width that a line may take in any of the fonts."""
    return size * sum(map(_char_width, text))


def _char_width(char: str) -> float:
    if _is_wide(char):
        return 1.0
    most = text_width(char, 1.0, is_bold=True)
    return FOREIGN if most > _WIDEST else NARROWER * most


def _is_wide(character: str) -> bool:
    """Tell whether a character is East Asian wide, such as a Chinese sign."""
    return unicodedata.east_asian_width(character[0]) in {"W", "F"}


def _wrapped(name: str, size: float) -> Iterator[str]:
    """Wrap the name into lines; a word longer than a line is broken between two characters."""
    line = ""
    for word, space in _words(name):
        if line and _width(line + space + word, size) <= ROOM:
            line += space + word
            continue
        if line:
            yield line
            line = ""
        for character in characters(word):
            if line and _width(line + character, size) > ROOM:
                yield line
                line = ""
            line += character
    if line:
        yield line


def _words(name: str) -> Iterator[tuple[str, str]]:
    """Split into words and Chinese signs, between which a line may break, each with its separator."""
    for word in name.split():
        space = " "
        for is_wide, run in groupby(characters(word), key=_is_wide):
            for piece in run if is_wide else ["".join(run)]:
                yield piece, space
                space = ""


def _drawable(title: str) -> str:
    """Remove emoji and unprintable characters from the title, and collapse its spaces."""
    kept = "".join(
        char
        for character in characters(printable(title))
        if not any(unicodedata.category(char) == "So" for char in character)
        for char in character
        if unicodedata.category(char) not in _NO_LETTER
    )
    return " ".join(unicodedata.normalize("NFC", kept).split())


def _is_from_the_right(name: str) -> bool:
    """Tell whether a text is right-to-left, by its first letter that has a direction."""
    kinds = (unicodedata.bidirectional(char) for char in name)
    return next((kind for kind in kinds if kind in _FROM_ANY_SIDE), "L") in _FROM_THE_RIGHT


def _is_in_source_sans(char: str) -> bool:
    """Tell whether Source Sans has a character (except rare ones): Latin, Greek, Cyrillic, common signs."""
    return char < "\u0530" or "\u1e00" <= char < "\u2070"
