"""Normalization of typography: curly quotes, long dashes, no-break spaces and bullets become plain.

Authors paste from word processors. A `Passage` keeps the author's column of each plain character, so that
problems point at the right place.
"""

import re
import unicodedata
from dataclasses import dataclass

from coach.language.problems import Span
from coach.text import DOUBLE_QUOTES, SINGLE_QUOTES

_SPACES = "\t\u00a0\u1680\u202f\u205f\u3000" + "".join(chr(code) for code in range(0x2000, 0x200B))
_NO_WIDTH = "\u00ad\u061c\u180e\u2060\ufeff" + "".join(
    chr(code) for code in (0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
)
_JOINERS = "\u200c\u200d"
"""They have no width either, and belong to the spelling of some languages, and to emoji of several people."""
_EM_DASHES = "\u2014\u2015\u0097"
_DASHES = "\u2010\u2011\u2012\u2013\u0096\u2212\ufe58\ufe63" + _EM_DASHES
_BULLETS = (
    "\u2022\u0095\u2023\u25e6\u25aa\u25ab\u25cf\u25cb\u25a0\u25a1\u00b7\u2219\u2043\u27a2\u25ba\uf0b7\uf0a7"
)
_PLAIN = {
    **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
    **dict.fromkeys(_SPACES + _BULLETS, " "),
    **dict.fromkeys(_NO_WIDTH, ""),
    **dict.fromkeys(_DASHES, "-"),
    **dict.fromkeys(SINGLE_QUOTES + "\u0091\u0092", "'"),
    **dict.fromkeys(DOUBLE_QUOTES + "\u00ab\u00bb\u0093\u0094", '"'),
    **dict.fromkeys("\u2026\u0085", "..."),
}

UNREADABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f\x80-\x84\x86-\x90\x98-\x9f\ud800-\udfff\ufffd]")
"""Characters that no author types: a file in another encoding, or a damaged one."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Part of one line in plain characters, with its place in the author's text.

    ``columns`` has the author's column of each character of ``text``, and then the column just after the
    last one.
    """

    text: str
    line: int
    columns: tuple[int, ...]

    def cut(self, start: int, end: int | None = None) -> "Passage":
        """Return the part from ``start`` up to ``end``, without the spaces around it.

        >>> plain_line("Careful:  Keep still. ", 3).cut(8).text
        'Keep still.'
        """
        stop = len(self.text) if end is None else min(end, len(self.text))
        kept = self.text[start:stop]
        start += len(kept) - len(kept.lstrip(" "))
        stop = max(start, start + len(kept.strip(" ")))
        return Passage(self.text[start:stop], self.line, self.columns[start : stop + 1])

    def span(self, start: int = 0, end: int | None = None) -> Span:
        r"""Return the place of the characters from ``start`` up to ``end``; at least one column wide.

        >>> plain_line("\ufeff\u2018up\u2019", 1).span(1, 3)
        Span(line=1, column=3, width=2)
        """
        stop = len(self.text) if end is None else min(end, len(self.text))
        start = min(start, stop)
        first = self.columns[start]
        last = self.columns[stop - 1] + 1 if stop > start else first
        return Span(self.line, first, max(1, last - first))


_ORDINARY = re.compile(r"(?: *(?:- |[!-)+,.-~])[ -)+-~]*)?")
"""A line of plain characters, as nearly every line is: a fast path around the character loop."""


def plain_line(text: str, number: int) -> Passage:
    r"""Normalize one line of a sheet, without the spaces around it.

    Quotes become straight, dashes hyphens, any space a space, a bullet a hyphen with a space; marks of no
    width and doubled asterisks vanish, but for joiners that join something.

    >>> plain_line("\u2022\u00a0up, 2\u00a0seconds: \u201cStep\u201d\u2026", 1).text
    '- up, 2 seconds: "Step"...'
    >>> plain_line("Lift\u2014slowly \u2013 for 10\u201312 seconds", 1).text
    'Lift - slowly - for 10-12 seconds'
    """
    if _ORDINARY.fullmatch(text):
        return Passage(text, number, tuple(range(1, len(text) + 2))).cut(0)
    pieces: list[str] = []
    columns: list[int] = []
    begun = False
    at = 0
    while at < len(text):
        width = 2 if text.startswith("**", at) else 1
        piece = "" if width == 2 else _plain_character(text, at, begun=begun)
        pieces.append(piece)
        columns.extend([at + 1] * len(piece))
        begun = begun or bool(piece.strip())
        at += width
    columns.append(len(text) + 1)
    return Passage("".join(pieces), number, tuple(columns)).cut(0)


def _plain_character(text: str, at: int, *, begun: bool) -> str:
    character = text[at]
    if not begun and character in _BULLETS + _DASHES:
        return "-" if text[at + 1 : at + 2].isspace() else "- "
    if character in _EM_DASHES and _is_letter(text, at - 1) and _is_letter(text, at + 1):
        return " - "
    if UNREADABLE.match(character) or (character in _JOINERS and not _is_between_others(text, at)):
        return ""
    return _PLAIN.get(character, character)


def _is_between_others(text: str, at: int) -> bool:
    """Tell whether both neighbours of a character are outside ASCII."""
    around = text[max(0, at - 1) : at] + text[at + 1 : at + 2]
    return len(around) == 2 and not any(map(str.isascii, around))


def _is_letter(text: str, at: int) -> bool:
    return 0 <= at < len(text) and unicodedata.category(text[at]).startswith("L")
