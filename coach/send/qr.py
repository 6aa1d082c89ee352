"""An address as a QR code in a terminal, dark on light whatever the terminal's own colours are."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coach.text import has_letters

if TYPE_CHECKING:
    import segno

BORDERS = (4, 3, 2)
"""Modules of light around the code: the standard asks for 4, and readers are content with 2."""

_BLACK_ON_WHITE, _WHITE_ON_BLACK = "\x1b[38;5;16;48;5;231m", "\x1b[38;5;231;48;5;16m"
"""Of the 256 colours, two that no theme changes. Light themes exist whose "black" is white."""
_RESET = "\x1b[0m"
_INVERTED = str.maketrans(" ▀▄█", "█▄▀ ")


@dataclass(frozen=True, slots=True)
class Terminal:
    """The means of a terminal. Without colours it matters if ``is_light``: dark ink on a light ground."""

    columns: int
    has_colours: bool = True
    has_blocks: bool = True
    is_light: bool = False


def terminal(environment: Mapping[str, str], encoding: str | None, columns: int) -> Terminal:
    """Find the means of a terminal, as far as it tells.

    With ``NO_COLOR`` its own two colours have to do. Whether it is light on dark or dark on light then
    stands in ``COLORFGBG``, if anywhere; most are light on dark.

    >>> terminal({"TERM": "xterm-256color", "NO_COLOR": "1", "COLORFGBG": "0;15"}, "utf-8", 80)
    Terminal(columns=80, has_colours=False, has_blocks=True, is_light=True)
    """
    has_colours = not environment.get("NO_COLOR") and environment.get("TERM") not in {"dumb", "unknown"}
    has_blocks = has_letters(encoding, "▀▄█")
    ground = environment.get("COLORFGBG", "").rpartition(";")[2]
    return Terminal(columns, has_colours, has_blocks, ground in {"7", *map(str, range(9, 16))})


def columns_needed(text: str, on: Terminal, border: int = BORDERS[-1]) -> int:
    """The columns that the code takes: one for each module as half blocks, two as spaces in colour."""
    return int(_code(text).symbol_size(border=border)[0]) * (1 if on.has_blocks else 2)


def drawn(text: str, on: Terminal) -> str | None:
    """A QR code of ``text`` as lines for a terminal; None if it has no room or no means for one.

    Without half blocks and colours there are only letters, which leave gaps that a camera takes for modules.
    """
    border = next((each for each in BORDERS if columns_needed(text, on, each) <= on.columns), None)
    if border is None or not (on.has_colours or on.has_blocks):
        return None
    out = io.StringIO()
    _code(text).terminal(out, border=border, compact=on.has_blocks)
    code = out.getvalue().rstrip("\n")
    if not on.has_blocks:
        return code.replace("\x1b[7m", _BLACK_ON_WHITE).replace("\x1b[49m", _WHITE_ON_BLACK)
    if on.has_colours:
        return "\n".join(f"{_WHITE_ON_BLACK}{line}{_RESET}" for line in code.split("\n"))
    return code.translate(_INVERTED) if on.is_light else code


def _code(text: str) -> "segno.QRCode":
    """The smallest code: with the least correction of errors, as a screen has no scratches."""
    import segno  # noqa: PLC0415 - only where a code is drawn

    return segno.make_qr(text, error="L")
