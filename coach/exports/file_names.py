"""Titles made into names of files that every system takes, and texts made shorter between two characters."""

import re
import unicodedata
from collections.abc import Iterator

MOST_BYTES = 120
"""Of a name before its ending, in UTF-8. Most file systems take 255 bytes or 255 UTF-16 units for all of a
name, encrypted home folders 143 bytes; players and sync programs need a little for their own."""

NAMELESS = "session"

_REPLACED = str.maketrans({**dict.fromkeys("/\\|:", "-"), '"': "'", **dict.fromkeys("?*<>", None)})
"""What Windows, its file systems on a phone's card, or all systems have another use for."""

_RESERVED = {
    *("CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"),
    *(f"{port}{digit}" for port in ("COM", "LPT") for digit in "0123456789¹²³"),
}
"""Names of devices on Windows, whatever stands behind their first dot (Microsoft, "Naming Files")."""

_JOINER = "\u200d"
_NON_JOINER = "\u200c"
_NO_EDGE = " .-" + _JOINER + _NON_JOINER
_TONES = range(0x1F3FB, 0x1F400)
_TAGS = range(0xE0020, 0xE0080)
_BREAKING = {"Cc", "Zl", "Zp"}
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)
_PREPENDED = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u08e2\u0d4e")
_LEADING_JAMO = range(0x1100, 0x1160)
_VOWEL_JAMO = range(0x1160, 0x11A8)
_TRAILING_JAMO = range(0x11A8, 0x1200)
_SYLLABLES = range(0xAC00, 0xD7A4)


def file_stem(title: str) -> str:
    """A name for a file, without an ending, that Windows, macOS, Linux and the card of a phone take.

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
    return shortened(stem, MOST_BYTES, mark="").rstrip(_NO_EDGE) or NAMELESS


def _in_name(char: str) -> str:
    """The character, a space in its place, or nothing."""
    if char in {_JOINER, _NON_JOINER} or ord(char) in _TAGS:
        return char
    kind = unicodedata.category(char)
    if kind in {"Cc", "Zs", "Zl", "Zp"}:
        return " "
    return "" if kind[0] == "C" else char


def shortened(text: str, most_bytes: int, *, mark: str = "…") -> str:
    r"""The text, or as much of its beginning as fits with ``mark`` behind it, cut between two characters.

    A character is what a reader takes for one: a letter with its accents, an emoji of several people.
    ``most_bytes`` counts the UTF-8 of all that is given back; without room for one character it is "".

    >>> shortened("Straight leg raises", 14), shortened("Knie\u0301", 5, mark="")
    ('Straight le…', 'Kni')
    """
    if len(text.encode("utf-8", "surrogatepass")) <= most_bytes:
        return text
    room = most_bytes - len(mark.encode())
    kept = ""
    for character in characters(text):
        room -= len(character.encode("utf-8", "surrogatepass"))
        if room < 0:
            break
        kept += character
    return kept.rstrip() + mark if kept.strip() else ""


def characters(text: str) -> Iterator[str]:
    r"""The text in pieces of one character each, as a reader counts them.

    The common part of Unicode's extended grapheme clusters (UAX 29): accents and signs that combine, emoji
    that are joined, flags, skin tones, Korean syllables. Joined, the pieces are the text.

    >>> [len(character) for character in characters("e\u0301\U0001f469\u200d\U0001f9bdx")]
    [2, 3, 1]
    """
    start = 0
    for i in range(1, len(text)):
        if not _goes_on(text, start, i):
            yield text[start:i]
            start = i
    if text:
        yield text[start:]


def _goes_on(text: str, start: int, i: int) -> bool:
    """True if the character that began at ``start`` goes on at ``i``."""
    before, char = text[i - 1], text[i]
    code = ord(char)
    if unicodedata.category(before) in _BREAKING:
        return before + char == "\r\n"
    if code in _FLAG_LETTERS and ord(before) in _FLAG_LETTERS:
        return (i - start) % 2 == 1
    is_joined = before == _JOINER and unicodedata.category(char) in {"So", "Sk", "Cn"}
    return is_joined or before in _PREPENDED or _combines(char) or _is_one_syllable(ord(before), code)


def _combines(char: str) -> bool:
    """True for what is always part of the character before it."""
    is_sign = unicodedata.category(char) in {"Mn", "Mc", "Me"}
    return is_sign or char in {_JOINER, _NON_JOINER} or ord(char) in _TONES or ord(char) in _TAGS


def _is_one_syllable(before: int, code: int) -> bool:
    """True for two parts of one Korean syllable."""
    if before in _LEADING_JAMO:
        return code in _LEADING_JAMO or code in _VOWEL_JAMO or code in _SYLLABLES
    has_no_end = before in _VOWEL_JAMO or (before in _SYLLABLES and (before - _SYLLABLES.start) % 28 == 0)
    if has_no_end:
        return code in _VOWEL_JAMO or code in _TRAILING_JAMO
    return (before in _TRAILING_JAMO or before in _SYLLABLES) and code in _TRAILING_JAMO
