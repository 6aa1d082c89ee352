"""Large letters for a terminal, drawn with half blocks to be legible from across a room."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from coach.text import PLAIN

TALL = 7
"""Height of a letter in dots. With half blocks a dot is a column wide and half a row tall: nearly square."""

LARGEST = 8
"""Maximum size of a dot, in columns."""

CALM = "HHHHH"
"""Reference width: narrower words are drawn at its size, so that "curl" and "hold" look alike."""

_DRAWN = """
A     B     C     D     E     F     G     H     I   J     K     L     M     N     O     P     Q     R
.###. ####. .#### ####. ##### ##### .#### #...# ### ..### #...# #.... #...# #...# .###. ####. .###. ####.
#...# #...# #.... #...# #.... #.... #.... #...# .#. ....# #..#. #.... ##.## ##..# #...# #...# #...# #...#
#...# #...# #.... #...# #.... #.... #.... #...# .#. ....# #.#.. #.... #.#.# #.#.# #...# #...# #...# #...#
##### ####. #.... #...# ####. ####. #..## ##### .#. ....# ##... #.... #.#.# #..## #...# ####. #...# ####.
#...# #...# #.... #...# #.... #.... #...# #...# .#. ....# #.#.. #.... #...# #...# #...# #.... #.#.# #.#..
#...# #...# #.... #...# #.... #.... #...# #...# .#. #...# #..#. #.... #...# #...# #...# #.... #..#. #..#.
#...# ####. .#### ####. ##### #.... .###. #...# ### .###. #...# ##### #...# #...# .###. #.... .##.# #...#
S     T     U     V     W     X     Y     Z     0     1     2     3     4     5     6     7     8     9
.#### ##### #...# #...# #...# #...# #...# ##### .###. ..#.. .###. .###. ...#. ##### .###. ##### .###. .###.
#.... ..#.. #...# #...# #...# #...# #...# ....# #...# .##.. #...# #...# ..##. #.... #.... ....# #...# #...#
#.... ..#.. #...# #...# #...# .#.#. .#.#. ...#. #...# ..#.. ....# ....# .#.#. ####. #.... ...#. #...# #...#
.###. ..#.. #...# #...# #.#.# ..#.. ..#.. ..#.. #...# ..#.. ..##. ..##. #..#. ....# ####. ..#.. .###. .####
....# ..#.. #...# #...# #.#.# .#.#. ..#.. .#... #...# ..#.. .#... ....# ##### ....# #...# ..#.. #...# ....#
....# ..#.. #...# .#.#. ##.## #...# ..#.. #.... #...# ..#.. #.... #...# ...#. #...# #...# ..#.. #...# ....#
####. ..#.. .###. ..#.. #...# #...# ..#.. ##### .###. .###. ##### .###. ...#. .###. .###. ..#.. .###. .###.
o    f   -    ' . ,  : ! ?     /     &     +     (  )
.... .## .... # . .. . # .###. ....# .##.. ..... .# #.
.... #.. .... # . .. . # #...# ....# #..#. ..#.. #. .#
.##. #.. .... # . .. # # ....# ...#. #..#. ..#.. #. .#
#..# ### #### . . .. . # ..##. ..#.. .##.. ##### #. .#
#..# #.. .... . . .. . # ..#.. .#... #.#.# ..#.. #. .#
#..# #.. .... . . .# # . ..... #.... #..#. ..#.. #. .#
.##. #.. .... . # #. . # ..#.. #.... .##.# ..... .# #.
"""
"""The glyphs in bands of eight rows: a row of letters, then seven rows of their dots."""

_SPACE_DOTS = 3


Letter = tuple[str, ...]
"""A glyph of seven rows: "#" is a dot, "." a blank."""


@lru_cache(maxsize=1)
def _glyphs() -> dict[str, Letter]:
    glyphs = {" ": ("." * _SPACE_DOTS,) * TALL}
    rows = [row.split() for row in _DRAWN.split("\n") if row]
    for letters, *dots in zip(*(rows[i :: TALL + 1] for i in range(TALL + 1)), strict=True):
        glyphs |= dict(zip(letters, zip(*dots, strict=True), strict=True))
    return glyphs


def _spelled(text: str) -> list[list[Letter]] | None:
    """Return the glyphs of each word, in capitals except "of" beside a number; None if a glyph is missing."""
    glyphs = _glyphs()
    words = text.translate(PLAIN).split()
    counts = any(word.isdigit() for word in words)
    spellings = [word if counts and word == "of" else word.upper() for word in words]
    if any(letter not in glyphs for spelling in spellings for letter in spelling):
        return None
    return [[glyphs[letter] for letter in spelling] for spelling in spellings]


def _line(words: Iterable[list[Letter]]) -> list[Letter]:
    """Join the glyphs of words with spaces between them."""
    space = _glyphs()[" "]
    line: list[Letter] = []
    for word in words:
        line += [space, *word] if line else word
    return line


def _dots(letters: Iterable[Letter]) -> list[str]:
    """Set glyphs side by side, a dot apart, as seven rows of dots."""
    return [".".join(parts) for parts in zip(*letters, strict=True)]


def rows_tall(size: int) -> int:
    """Return the height of letters in terminal rows; ``size`` is the width of a dot in columns."""
    return -(-TALL * size // 2)


@lru_cache(maxsize=64)
def lettered(
    text: str, width: int, height: int, *, blocks: bool = True, calm: str = CALM
) -> tuple[str, ...] | None:
    r"""Draw a text in terminal rows, as large as ``width`` and ``height`` allow, with line breaks at spaces.

    Return None if even the smallest letters have no room or a glyph is missing. The size is limited to the
    largest at which ``calm`` fits in one line. Without ``blocks`` the letters are made of "#".

    >>> print("\n".join(lettered("Hold", 24, 4)))
    █   █ ▄▀▀▀▄ █     █▀▀▀▄
    █▄▄▄█ █   █ █     █   █
    █   █ █   █ █     █   █
    ▀   ▀  ▀▀▀  ▀▀▀▀▀ ▀▀▀▀
    """
    words = _spelled(text)
    if not words:
        return None
    calmest = max(1, _wide(_line(_spelled(calm) or [])))
    for size in range(max(1, min(LARGEST, width // calmest)), 0, -1):
        broken = _broken(words, width // size)
        per_line = rows_tall(size) if blocks else max(TALL, TALL * size // 2)
        if broken is not None and len(broken) * (per_line + 1) - 1 <= height:
            rows: list[str] = []
            for line in broken:
                drawn = _blocks(line, size) if blocks else _hashes(line, size)
                rows += ([""] if rows else []) + drawn
            return tuple(rows)
    return None


def _broken(words: Iterable[list[Letter]], width: int) -> list[list[str]] | None:
    """Break words into the fewest lines of dots; None if a single word is wider than ``width`` dots."""
    lines: list[list[Letter]] = []
    for word in words:
        longer = _line((lines[-1], word)) if lines else word
        if _wide(longer) <= width:
            lines[-1:] = [longer]
        elif _wide(word) <= width:
            lines.append(word)
        else:
            return None
    return [_dots(line) for line in lines]


def _wide(letters: Sequence[Letter]) -> int:
    """Return the width in dots of letters side by side, a dot apart."""
    return sum(len(letter[0]) + 1 for letter in letters) - 1


def _blocks(dots: Sequence[str], size: int) -> list[str]:
    """Draw dots, ``size`` columns wide, as half blocks: two rows of dots to a terminal row."""
    wide = ["".join(dot * size for dot in row) for row in dots for _ in range(size)]
    if len(wide) % 2:
        wide.append("." * len(wide[0]))
    cells = {("#", "#"): "█", ("#", "."): "▀", (".", "#"): "▄", (".", "."): " "}
    return [
        "".join(cells[pair] for pair in zip(upper, lower, strict=True)).rstrip()
        for upper, lower in zip(wide[::2], wide[1::2], strict=True)
    ]


def _hashes(dots: Sequence[str], size: int) -> list[str]:
    """Draw dots as "#": a dot is ``size`` columns wide and half as many rows tall, at least one."""
    drawn = ["".join(("#" if dot == "#" else " ") * size for dot in row).rstrip() for row in dots]
    return [row for row in drawn for _ in range(max(1, size // 2))]
