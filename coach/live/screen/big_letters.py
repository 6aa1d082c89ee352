"""Large letters for a terminal, made of half blocks: words that can be read from across a room."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from coach.text import PLAIN

TALL = 7
"""Letters are seven dots tall. In half blocks a dot is one column wide and half a row tall: nearly square."""

LARGEST = 8
"""The most columns that one dot may take."""

CALM = "HHHHH"
"""Words that are no wider than this get the same size, so that "curl" and "hold" do not jump."""

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
"""Bands of eight rows: the letters, and their dots below them."""

_SPACE_DOTS = 3


Letter = tuple[str, ...]
"""Seven rows of a drawing: "#" is a dot, "." is none."""


@lru_cache(maxsize=1)
def _glyphs() -> dict[str, Letter]:
    glyphs = {" ": ("." * _SPACE_DOTS,) * TALL}
    rows = [row.split() for row in _DRAWN.split("\n") if row]
    for letters, *dots in zip(*(rows[i :: TALL + 1] for i in range(TALL + 1)), strict=True):
        glyphs |= dict(zip(letters, zip(*dots, strict=True), strict=True))
    return glyphs


def _spelled(text: str) -> list[list[Letter]] | None:
    """The drawings of each word's letters, capitals but for "of" beside a number; None if one lacks."""
    glyphs = _glyphs()
    words = text.translate(PLAIN).split()
    counts = any(word.isdigit() for word in words)
    spellings = [word if counts and word == "of" else word.upper() for word in words]
    if any(letter not in glyphs for spelling in spellings for letter in spelling):
        return None
    return [[glyphs[letter] for letter in spelling] for spelling in spellings]


def _line(words: Iterable[list[Letter]]) -> list[Letter]:
    """The letters of words with spaces between them."""
    space = _glyphs()[" "]
    line: list[Letter] = []
    for word in words:
        line += [space, *word] if line else word
    return line


def _dots(letters: Iterable[Letter]) -> list[str]:
    """Seven rows of dots: the letters side by side, a dot apart."""
    return [".".join(parts) for parts in zip(*letters, strict=True)]


def rows_tall(size: int) -> int:
    """How many rows of a terminal letters take at a size: the columns of one dot."""
    return -(-TALL * size // 2)


@lru_cache(maxsize=64)
def lettered(
    text: str, width: int, height: int, *, blocks: bool = True, calm: str = CALM
) -> tuple[str, ...] | None:
    r"""Rows of a terminal that spell a text as large as ``width`` and ``height`` allow, broken at spaces.

    None where the smallest letters have no room, or a letter is not among those that can be drawn. Letters
    are not larger than those in which ``calm`` has room in one line. Without ``blocks`` they are made of "#".

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
    """The words in as few lines as they need, as dots; None if one alone is wider than ``width`` dots."""
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
    """How many dots letters take side by side, a dot apart."""
    return sum(len(letter[0]) + 1 for letter in letters) - 1


def _blocks(dots: Sequence[str], size: int) -> list[str]:
    """Rows of half blocks, each of two rows of dots that are ``size`` columns wide."""
    wide = ["".join(dot * size for dot in row) for row in dots for _ in range(size)]
    if len(wide) % 2:
        wide.append("." * len(wide[0]))
    cells = {("#", "#"): "█", ("#", "."): "▀", (".", "#"): "▄", (".", "."): " "}
    return [
        "".join(cells[pair] for pair in zip(upper, lower, strict=True)).rstrip()
        for upper, lower in zip(wide[::2], wide[1::2], strict=True)
    ]


def _hashes(dots: Sequence[str], size: int) -> list[str]:
    """Rows of "#": a dot is ``size`` columns and half as many rows, at least one."""
    drawn = ["".join(("#" if dot == "#" else " ") * size for dot in row).rstrip() for row in dots]
    return [row for row in drawn for _ in range(max(1, size // 2))]
