"""Text as any voice says it right: numbers, units and signs spelled out, what no voice can say taken away.

Engines read ``3x10`` "three ex ten", ``30s`` "thirty z", ``1/2`` "one slash two", ``10-12`` "ten dash twelve"
and ``#3`` "hash three"; they end a sentence after ``No.`` and take ``[[ ]]`` and ``< >`` for orders.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from types import MappingProxyType

_UNITS: Mapping[str, tuple[str, str]] = MappingProxyType(
    dict.fromkeys(("s", "sec", "secs"), ("second", "seconds"))
    | dict.fromkeys(("min", "mins"), ("minute", "minutes"))
    | dict.fromkeys(("h", "hr", "hrs"), ("hour", "hours"))
    | dict.fromkeys(("lb", "lbs"), ("pound", "pounds"))
    | {
        "mm": ("millimeter", "millimeters"),
        "cm": ("centimeter", "centimeters"),
        "m": ("meter", "meters"),
        "km": ("kilometer", "kilometers"),
        "km/h": ("kilometer an hour", "kilometers an hour"),
        "kg": ("kilogram", "kilograms"),
    }
)
_FRACTIONS: Mapping[str, str] = MappingProxyType(
    {"½": "half", "1/2": "half"}
    | dict.fromkeys(("¼", "1/4"), "a quarter")
    | dict.fromkeys(("¾", "3/4"), "three quarters")
    | dict.fromkeys(("⅓", "1/3"), "a third")
    | dict.fromkeys(("⅔", "2/3"), "two thirds")
)

_NUMBER = r"\d+(?:[.,]\d+)?"
_BEGINS = r"(?<![\w/:.,-])"
_ENDS = r"(?![\w/:-]|[.,]\d)"
_DASH = r" ?[-\u2010-\u2015\u2212] ?"
_ASCII_FRACTION = "|".join(fraction for fraction in _FRACTIONS if "/" in fraction)
_A_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))


_OF_AN_AGE = re.compile(r"\b(?:in|into|past) (?:your|their|his|her|my|our|the)(?: (?:early|mid|late))?[ -]$")


def _in_minutes(found: re.Match[str]) -> str:
    minutes, seconds = int(found.group(1)), int(found.group(2))
    if not minutes:
        return _counted(str(seconds), ("second", "seconds"))
    whole = _counted(str(minutes), ("minute", "minutes"))
    return f"{whole} {seconds}" if seconds else whole


def _with_unit(found: re.Match[str]) -> str:
    """A number with its unit in words; decades (``in your 60s``, ``the 1960s``) stay as they are."""
    number, unit = found.group(1), found.group(2)
    is_decade = (
        unit == "s"
        and number.endswith("0")
        and (len(number) == 4 or _OF_AN_AGE.search(found.string, 0, found.start()))
    )
    if is_decade or (len(unit) == 1 and unit.isupper()):
        return found.group()
    return _counted(number, _UNITS[unit.casefold()])


def _counted(number: str, unit: tuple[str, str]) -> str:
    return f"{number} {unit[0] if number == '1' else unit[1]}"


def _as_fraction(found: re.Match[str]) -> str:
    whole, part = found.group(1), _FRACTIONS[found.group(2)]
    if not whole:
        return part
    return f"{whole} and {'a half' if part == 'half' else part}"


def _out_of(found: re.Match[str]) -> str:
    part, whole = found.groups()
    return f"{part} out of {whole}" if int(part) <= int(whole) else f"{part} over {whole}"


def _from_to(found: re.Match[str]) -> str:
    first, last = found.groups()
    return f"{first} {last}" if first == last else f"{first} to {last}"


_Rule = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]


def _rule(pattern: str, words: str | Callable[[re.Match[str]], str]) -> _Rule:
    return re.compile(pattern, re.IGNORECASE), words


_ENGLISH: tuple[_Rule, ...] = (
    _rule(r"\be\.g\b\.?", "for example"),
    _rule(r"\bi\.e\b\.?", "that is"),
    _rule(r"\betc\b(?:\.(?=,| (?-i:[a-z])))?", "and so on"),
    _rule(r"\bapprox\b\.?", "approximately"),
    _rule(r"\bvs\b\.?", "versus"),
    _rule(r"\bincl\b\.?", "including"),
    _rule(r"\bw/o\b", "without"),
    _rule(r"\bw/(?= ?\w)", "with "),
    _rule(r"\b(?:no|nr)\. ?(?=\d)|#(?=\d)", "number "),
    _rule(rf"{_BEGINS}(\d\d?:[0-5]\d){_DASH}(\d\d?:[0-5]\d){_ENDS}", r"\1 to \2"),
    _rule(
        rf"(?<!at ){_BEGINS}(\d{{1,3}}):([0-5]\d){_ENDS}(?! ?[ap]\.?m)(?: (?:min|mins|minutes?)\b)?",
        _in_minutes,
    ),
    _rule(rf"{_BEGINS}\d+(?:-\d+){{2,}}{_ENDS}", lambda found: found.group().replace("-", ", ")),
    _rule(rf"(?<![\w/:.,])({_NUMBER}) ?[x×*] ?(?=\d)", r"\1 times "),
    _rule(rf"(?:{_BEGINS}(\d+) )?{_BEGINS}({_ASCII_FRACTION}){_ENDS}", _as_fraction),
    _rule(rf"(?:{_BEGINS}(\d+) ?)?([½¼¾⅓⅔])", _as_fraction),
    _rule(r"\band a half (sec|min)s?\b", lambda found: f"and a half {_UNITS[found.group(1).casefold()][1]}"),
    _rule(r"\bhalf (sec|min)s?\b", lambda found: f"half a {_UNITS[found.group(1).casefold()][0]}"),
    _rule(rf"{_BEGINS}(\d{{1,6}})/(\d{{1,6}}){_ENDS}", _out_of),
    _rule(rf"(?<![\w/:.,-])({_NUMBER}){_DASH}({_NUMBER})(?![\d/:-]|[.,]\d)", _from_to),
    _rule(rf"(?<![\w/:.,])({_NUMBER})[ -]?({_A_UNIT})(?![\w'/])(?:\.(?= (?-i:[a-z\d])))?", _with_unit),
    _rule(r" ?° ?C\b", " degrees Celsius"),
    _rule(r" ?° ?F\b", " degrees Fahrenheit"),
    _rule(r"(?<!\d)1 ?°", "1 degree"),
    _rule(r" ?°(?=\w)", " degrees "),
    _rule(r" ?°", " degrees"),
    _rule(r" ?%", " percent"),
    _rule(r" ?& ?", " and "),
    _rule(r"(?<=\d)\+(?!\w)", " or more"),
    _rule(r" ?\+ ?", " plus "),
    _rule(r" ?= ?", " equals "),
    _rule(r"[~≈] ?(?=\d)", "about "),
    _rule(r"≥ ?(?=\d)", "at least "),
    _rule(r"≤ ?(?=\d)", "at most "),
    _rule(r" ?→ ?", ", "),
    _rule(r"\band/or\b", "and or"),
    _rule(r"(?<=[a-z])/(?=[a-z])", " or "),
)


def spell_out(text: str, language: str = "en-us") -> str:
    r"""The text as it is given to a voice: ordinary prose as it is, the rest in words.

    Saying it twice changes nothing more; "" means that there is nothing to say. Only English text has its
    numbers and signs spelled out; in other languages what no voice can say is taken away, and that is all.

    >>> spell_out("Do 3x10, rest 30s, then 1:30 at 10\u201312 cm.")
    'Do 3 times 10, rest 30 seconds, then 1 minute 30 at 10 to 12 centimeters.'
    >>> spell_out("Hold for 1/2 a minute, No. 3, e.g. *here* [[now]].")
    'Hold for half a minute, number 3, for example here now.'
    """
    rules = _ENGLISH if language.casefold().startswith("en") else ()
    said, before = _sayable(text), None
    while said != before:
        before = said
        for pattern, words in rules:
            said = pattern.sub(words, said)
        said = _sayable(said)
    return said if any(character.isalnum() for character in said) else ""


def _sayable(text: str) -> str:
    """The text without marks, orders to engines and characters that have no sound."""
    is_plain = text.isascii() and text.isprintable()
    heard = text if is_plain else "".join(map(_heard, unicodedata.normalize("NFC", text)))
    apart = re.sub(r"(?<=\w)(?:\[\[|\]\]|</|/>|[<>_])+(?=\w)", " ", heard)
    unmarked = re.sub(r"\[\[|\]\]|</|/>|[<>_`\\]|(?<!\d)(?<!\d )\*|\*(?! ?\d)", "", apart)
    return unicodedata.normalize("NFC", re.sub(r"\s+", " ", unmarked).strip())


def _heard(character: str) -> str:
    if character.isascii() and character.isprintable():
        return character
    match unicodedata.category(character):
        case "Cc":
            return " " if character.isspace() else ""
        case "Cf" | "Cn" | "Co" | "Cs" | "Me":
            return ""
        case "So":
            return character if character == "°" else ""
        case _:
            return "" if "\ufe00" <= character <= "\ufe0f" else character
