"""Text for people and for files: clocks, counts, sizes, single lines, plain letters, widths."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import partial

# Numbers


def clock(seconds: float) -> str:
    """Minutes and whole seconds, rounded down, with hours where there are any.

    >>> clock(75.9), clock(3600), clock(-0.1)
    ('1:15', '1:00:00', '0:00')
    """
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def clock_in_tenths(seconds: float) -> str:
    """A `clock` with the nearest tenth of a second.

    >>> clock_in_tenths(75.04), clock_in_tenths(3600)
    ('1:15.0', '1:00:00.0')
    """
    whole, tenth = divmod(round(seconds * 10), 10)
    return f"{clock(whole)}.{tenth}"


def timestamp(time_ms: int) -> str:
    """Hours, minutes, seconds and milliseconds, as chapter lists and captions write them.

    >>> timestamp(3_723_004)
    '01:02:03.004'
    """
    seconds, rest_ms = divmod(time_ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest_ms:03}"


def length_text(seconds: float) -> str:
    """A length in minutes and whole seconds; in seconds alone below a minute.

    >>> length_text(2471.2)
    '41 min 11 s'
    """
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


def counted(number: float, thing: str) -> str:
    """A number in digits with its noun, in the plural unless the number is 1.

    >>> counted(1, "set"), counted(12, "set"), counted(0.5, "second")
    ('1 set', '12 sets', '0.5 seconds')
    """
    shown = f"{number:g}" if number % 1 else f"{int(number)}"
    return f"{shown} {thing}" if number == 1 else f"{shown} {thing}s"


def size_text(size: int) -> str:
    """A number of bytes in decimal units, as phones and file managers give it.

    >>> size_text(980), size_text(64_000), size_text(38_400_000)
    ('980 bytes', '64.0 kB', '38.4 MB')
    """
    if size < 1000:
        return counted(size, "byte")
    return f"{size / 1e3:.1f} kB" if size < 999_950 else f"{size / 1e6:.1f} MB"


# One harmless line

_BREAKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
JOINER, NON_JOINER = "\u200d", "\u200c"


def one_line(text: str) -> str:
    r"""The text as one line of a file: runs of white space and control characters become one space.

    A lone surrogate, which no encoding has, becomes a question mark.

    >>> one_line(" Knee\n week\x00one \udc80")
    'Knee week one ?'
    """
    return encodable(_BREAKS.sub(" ", text).strip())


def printable(text: str) -> str:
    r"""The text with a replacement character for each one that a terminal cannot show, or would obey.

    Marks that turn the direction of writing are left out: they would show the line in another order.

    >>> printable("up\x1b[2J\u202e.")
    'up\ufffd[2J.'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_printable, text))


def _printable(character: str) -> str:
    match unicodedata.category(character):
        case "Cc" | "Cs" | "Zl" | "Zp":
            return "\N{REPLACEMENT CHARACTER}"
        case "Cf" if character not in {JOINER, NON_JOINER}:
            return ""
        case _:
            return character


def is_steering(character: str) -> bool:
    r"""Whether a terminal obeys a character: a control, or a mark that turns the direction of writing.

    >>> is_steering("\x9b"), is_steering("\u202e"), is_steering("\n"), is_steering("é")
    (True, True, False, False)
    """
    return character != "\n" and printable(character) != character


def printable_line(text: str) -> str:
    r"""A `printable` text in one line, with single spaces.

    >>> printable_line("Heels\tup\x1b[2J,\nhold\u202e.")
    'Heels up\ufffd[2J, hold.'
    """
    return " ".join(printable(" ".join(text.split())).split())  # a mark left out may stand between spaces


# Plain letters

SINGLE_QUOTES = "\u2018\u2019\u201a\u201b\u2032"
DOUBLE_QUOTES = "\u201c\u201d\u201e\u201f\u2033"
DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"

PLAIN = str.maketrans(
    {
        **dict.fromkeys(SINGLE_QUOTES, "'"),
        **dict.fromkeys(DOUBLE_QUOTES, '"'),
        **dict.fromkeys(DASHES, "-"),
        "…": "...",
        "·": "-",
        "×": "x",
        "→": "->",
        "←": "<-",
        "↑": "up",
        "↓": "down",
    }
)
"""For `str.translate`: typography in the letters of ASCII."""


def has_letters(encoding: str | None, letters: str) -> bool:
    """Tell if a stream of this encoding can show some letters.

    >>> has_letters("utf-8", "█"), has_letters("ascii", "█"), has_letters(None, "█")
    (True, False, False)
    """
    try:
        letters.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def encodable(text: str, encoding: str = "utf-8") -> str:
    """The text with what an encoding has no letter for in `PLAIN` letters or as question marks.

    >>> encodable("Größe → 日", "cp1252"), encodable("Größe → 日")
    ('Größe -> ?', 'Größe → 日')
    """
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return "".join(map(partial(_encodable, encoding=encoding), text))
    return text


def _encodable(character: str, encoding: str) -> str:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return character.translate(PLAIN).encode(encoding, "replace").decode(encoding)
    return character


# Widths


def columns(text: str) -> int:
    r"""How many columns of a terminal a text takes: 0, 1 or 2 for each code point.

    >>> columns("knee"), columns("膝"), columns("e\u0301")
    (4, 2, 1)
    """
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def utf8_size(text: str) -> int:
    """The bytes of a text in UTF-8."""
    return len(text.encode("utf-8", "surrogatepass"))


def cut(text: str, room: float, width: Callable[[str], float] = columns, *, mark: str = "…") -> str:
    r"""The text, or as much of its beginning as fits with ``mark`` behind it, cut between two `characters`.

    ``width`` measures a text in the unit of ``room``. Without room for one character the result is "".

    >>> cut("Straight leg raises", 12), cut("Knie\u0301", 5, utf8_size, mark="")
    ('Straight le…', 'Kni')
    """
    if width(text) <= room:
        return text
    kept = ""
    for character in characters(text):
        if width(f"{kept}{character}{mark}") > room:
            break
        kept += character
    return kept.rstrip() + mark if kept.strip() else ""


# Characters as a reader counts them

_TONES = range(0x1F3FB, 0x1F400)
TAGS = range(0xE0020, 0xE0080)
_BREAKING = {"Cc", "Zl", "Zp"}
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)
_PREPENDED = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u08e2\u0d4e")
_LEADING_JAMO = range(0x1100, 0x1160)
_VOWEL_JAMO = range(0x1160, 0x11A8)
_TRAILING_JAMO = range(0x11A8, 0x1200)
_SYLLABLES = range(0xAC00, 0xD7A4)


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
    """Tell whether the code point at ``i`` belongs to the character that began at ``start``."""
    before, char = text[i - 1], text[i]
    code = ord(char)
    if unicodedata.category(before) in _BREAKING:
        return before + char == "\r\n"
    if code in _FLAG_LETTERS and ord(before) in _FLAG_LETTERS:
        return (i - start) % 2 == 1
    is_joined = before == JOINER and unicodedata.category(char) in {"So", "Sk", "Cn"}
    return is_joined or before in _PREPENDED or _combines(char) or _is_one_syllable(ord(before), code)


def _combines(char: str) -> bool:
    """Tell whether a code point is always part of the character before it."""
    is_sign = unicodedata.category(char) in {"Mn", "Mc", "Me"}
    return is_sign or char in {JOINER, NON_JOINER} or ord(char) in _TONES or ord(char) in TAGS


def _is_one_syllable(before: int, code: int) -> bool:
    """Tell whether two code points are parts of one Korean syllable."""
    if before in _LEADING_JAMO:
        return code in _LEADING_JAMO or code in _VOWEL_JAMO or code in _SYLLABLES
    has_no_end = before in _VOWEL_JAMO or (before in _SYLLABLES and (before - _SYLLABLES.start) % 28 == 0)
    if has_no_end:
        return code in _VOWEL_JAMO or code in _TRAILING_JAMO
    return (before in _TRAILING_JAMO or before in _SYLLABLES) and code in _TRAILING_JAMO
