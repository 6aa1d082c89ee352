"""Names of files that every system takes, from titles."""

import re
import unicodedata

from coach.text import JOINER, NON_JOINER, TAGS, cut, utf8_size

MOST_BYTES = 120
"""The longest name before its ending, in UTF-8. Most file systems take 255 bytes or 255 UTF-16 units for the
whole name, encrypted home folders 143 bytes; players and sync programs need a little for their own."""

NAMELESS = "session"

_REPLACED = str.maketrans({**dict.fromkeys("/\\|:", "-"), '"': "'", **dict.fromkeys("?*<>", None)})
"""Characters that are reserved on Windows, on its file systems (as on a phone's card), or everywhere."""

_RESERVED = {
    *("CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"),
    *(f"{port}{digit}" for port in ("COM", "LPT") for digit in "0123456789¹²³"),
}
"""Names of devices on Windows, whatever stands behind their first dot (Microsoft, "Naming Files")."""

_NO_EDGE = " .-" + JOINER + NON_JOINER


def file_stem(title: str) -> str:
    """Make a file name, without an ending, that is valid on Windows, macOS, Linux and a phone's card.

    Letters of every alphabet and emoji stay. It is in normal form C, has no control characters, begins and
    ends with none of ``" .-"``, is at most `MOST_BYTES` long and names no device of Windows.

    >>> file_stem("Squats / lunges: day 1?"), file_stem("con"), file_stem("...")
    ('Squats - lunges - day 1', 'con_', 'session')
    """
    plain = unicodedata.normalize("NFC", title).translate(_REPLACED)
    kept = "".join(_in_name(char) for char in plain)
    joined = re.sub(r"\s*-[\s-]*", lambda found: " - " if " " in found[0] else "-", kept)
    stem = " ".join(joined.split()).strip(_NO_EDGE)
    first, dot, rest = stem.partition(".")
    if first.rstrip().upper() in _RESERVED:
        stem = f"{first.rstrip()}_{dot}{rest}"
    return cut(stem, MOST_BYTES, utf8_size, mark="").rstrip(_NO_EDGE) or NAMELESS


def _in_name(char: str) -> str:
    """Keep the character, replace it by a space, or drop it."""
    if char in {JOINER, NON_JOINER} or ord(char) in TAGS:
        return char
    kind = unicodedata.category(char)
    if kind in {"Cc", "Zs", "Zl", "Zp"}:
        return " "
    return "" if kind[0] == "C" else char
