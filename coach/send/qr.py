"""An address as a QR code in a terminal, dark on light whatever the terminal's own colours are."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

QUIET, LEAST_QUIET = 4, 2
"""Modules of light around the code: what the standard asks for, and what readers are content with."""

_BLACK_ON_WHITE = "\x1b[38;5;16;48;5;231m"
"""Of the 256 colours, for those that no theme changes. Light themes exist whose "black" is white."""
_BLACK_ON_GREY = "\x1b[30;47m"
_PLAIN = "\x1b[0m"

_HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}
"""Whether the upper and the lower half of a cell are inked."""

_FEW_COLOURS = {"linux", "ansi", "cygwin", "vt100", "vt102", "vt220", "xterm-color", "screen", "rxvt"}
_NO_ESCAPES = {"dumb", "unknown"}


@dataclass(frozen=True, slots=True)
class Terminal:
    """What a terminal can show: ``ink`` is how it is told to show black on white, "" if it must not be."""

    columns: int
    ink: str = _BLACK_ON_WHITE
    has_blocks: bool = True
    is_light: bool = False


def terminal(
    environment: Mapping[str, str], encoding: str | None, columns: int, platform: str = sys.platform
) -> Terminal:
    """What a terminal can show, as far as it tells.

    With ``NO_COLOR`` its own two colours have to do. Whether it is light on dark or dark on light then
    stands in ``COLORFGBG``, if anywhere; most are light on dark.

    >>> terminal({"TERM": "xterm-256color", "NO_COLOR": "1", "COLORFGBG": "0;15"}, "utf-8", 80)
    Terminal(columns=80, ink='', has_blocks=True, is_light=True)
    """
    kind = environment.get("TERM", "").lower()
    few = kind in _FEW_COLOURS or (platform == "win32" and "WT_SESSION" not in environment)
    ink = _BLACK_ON_GREY if few and "COLORTERM" not in environment else _BLACK_ON_WHITE
    if environment.get("NO_COLOR") or kind in _NO_ESCAPES:
        ink = ""
    try:
        "".join(_HALVES.values()).encode(encoding or "ascii")
        has_blocks = True
    except (UnicodeEncodeError, LookupError):
        has_blocks = False
    ground = environment.get("COLORFGBG", "").rpartition(";")[2]
    return Terminal(columns, ink, has_blocks, ground in {"7", *map(str, range(9, 16))})


def drawn(text: str, on: Terminal) -> str | None:
    """A QR code of ``text`` as lines for a terminal; None where it has no room or no means for one.

    With half blocks a module is one column wide and half a row tall. Without them it is two spaces in colour;
    without colours either, there is nothing to draw with: letters leave gaps that a camera takes for modules.
    """
    if not on.ink and not on.has_blocks:
        return None
    for quiet in range(QUIET, LEAST_QUIET - 1, -1):
        modules = _modules(text, quiet)
        if len(modules) * (1 if on.has_blocks else 2) <= on.columns:
            rows = _in_blocks(modules, on) if on.has_blocks else _in_spaces(modules, on.ink)
            return "\n".join(rows)
    return None


def columns_needed(text: str, on: Terminal) -> int:
    """The fewest columns in which a terminal with such means could show the code."""
    return len(_modules(text, LEAST_QUIET)) * (1 if on.has_blocks else 2)


def _modules(text: str, quiet: int) -> list[list[bool]]:
    """A square of modules, True where dark.

    The least correction makes the smallest code; segno raises it where the size stays the same. A screen has
    no scratches.
    """
    import segno  # noqa: PLC0415 - only where a code is drawn

    code = segno.make_qr(text, error="L")
    return [[bool(dark) for dark in row] for row in code.matrix_iter(border=quiet)]


def _in_blocks(modules: Sequence[Sequence[bool]], on: Terminal) -> list[str]:
    inks_dark = bool(on.ink) or on.is_light
    outside = [False] * len(modules)
    rows = [*modules, outside][: len(modules) + len(modules) % 2]
    lines = []
    for upper, lower in zip(rows[::2], rows[1::2], strict=True):
        cells = "".join(
            _HALVES[high is inks_dark, low is inks_dark] for high, low in zip(upper, lower, strict=True)
        )
        lines.append(f"{on.ink}{cells}{_PLAIN}" if on.ink else cells)
    return lines


def _in_spaces(modules: Sequence[Sequence[bool]], ink: str) -> list[str]:
    """Where a module is dark, black and white change places."""
    inks = {False: f"{_PLAIN}{ink}", True: f"{ink}\x1b[7m"}
    lines = []
    for row in modules:
        cells, before = "", None
        for dark in row:
            cells += ("" if dark is before else inks[dark]) + "  "
            before = dark
        lines.append(cells + _PLAIN)
    return lines
