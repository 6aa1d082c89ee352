"""Texts as a voice says them right: numbers, units and signs in words, and what is left unsaid.

Engines read ``3x10`` "three ex ten", ``30s`` "thirty z", ``1/2`` "one slash two", ``10-12`` "ten dash twelve"
and ``#3`` "hash three"; they end a sentence after ``No.`` and take ``[[ ]]`` and ``< >`` for orders.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from coach.language.by_tag import language_module
from coach.language.spelling.table import Kind, Rule, Table
from coach.text import characters

PUNCTUATION = (
    ".,;:!?'\"()[]{}-\u2010\u2011\u2012\u2013\u2014\u2015\u2026\u2018\u2019\u201a\u201c\u201d\u201e\u00ab\u00bb\u00a1\u00bf\u00b7"
    "\u2022"
)
"""Signs that are heard as a pause or a tone of voice, or not at all, and that nobody misses."""

_NOT_FOR_ENGINES = "[]{}\\\u00b7\u2022"
"""Punctuation that engines would take for an order, or name."""

_OTHER_LANGUAGES = Table(signs_that_voices_say="&%+=@#/~^|$°€£§")


@dataclass(frozen=True, slots=True)
class Unsaid:
    """A part of a text that an author should write in another way, as a half-open range."""

    start: int
    end: int
    text: str
    kind: Kind
    hint: str = ""
    """The words for it, if there are any."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a voice is given for a text, and what is told to the author of the text."""

    text: str
    unsaid: tuple[Unsaid, ...] = ()


def spell_out(text: str, language: str = "en-us") -> str:
    r"""Return the text as it is given to a voice: ordinary prose as it is, the rest in words.

    "" means that there is nothing to say. Where a language has no table, numbers and signs are left to its
    voice.

    >>> spell_out("Do 3x10, rest 30s, then 1:30 at 10\u201312 cm.")
    'Do 3 times 10, rest 30 seconds, then 1 minute 30 at 10 to 12 centimeters.'
    >>> spell_out("Hold for 1/2 a minute, No. 3, e.g. *here* [[now]].")
    'Hold for half a minute, number 3, for example here now.'
    """
    return spoken(text, language).text


@lru_cache(maxsize=4_000)
def spoken(text: str, language: str = "en-us") -> Spoken:
    """Return what a voice is given for a text, and what of the text it does not say.

    >>> spoken("Lift | one leg").unsaid[0].text
    '|'
    """
    table = _table(language)
    if _is_ordinary(text, table):
        return Spoken(text)
    plain = _Plain.of(text)
    said: list[str] = []
    unsaid: list[Unsaid] = []
    at = 0
    for found, rule in _matches(plain.text, table):
        said += _read(plain, at, found.start(), table, unsaid)
        said.append(rule.spoken(found))
        if rule.kind:
            unsaid.append(plain.unsaid(*found.span(), rule.kind, table.hints.get(found.group(), "")))
        at = found.end()
    said += _read(plain, at, len(plain.text), table, unsaid)
    whole = unicodedata.normalize("NFC", " ".join("".join(said).split()))
    return Spoken(whole if any(map(str.isalnum, whole)) else "", tuple(unsaid))


def _table(language: str) -> Table:
    module = language_module(__package__, language.partition("-")[0])
    table: Table = module.TABLE if module else _OTHER_LANGUAGES
    return table


_ORDINARY = re.compile(r"(?:(?:[A-Z]?[a-z]+|[AI])(?:['-][a-z]+)*(?:[.,;:!?]+(?: |$)| (?:- )?|$))*")
_WORD = re.compile(r"[a-z]+", re.IGNORECASE)


def _is_ordinary(text: str, table: Table) -> bool:
    """Tell whether a text is words and punctuation alone, as most are: a fast path around the rules."""
    return bool(
        text
        and text[-1] != " "
        and _ORDINARY.fullmatch(text)
        and table.abbreviations.isdisjoint(_WORD.findall(text.casefold()))
    )


def _matches(text: str, table: Table) -> Iterator[tuple[re.Match[str], Rule]]:
    """Yield what rules are for, from left to right: the match of the rule itself, with its own groups."""
    for found in table.any_rule.finditer(text):
        rule = table.rule_at[found.lastgroup or ""]
        if own := rule.compiled.match(text, found.start()):
            yield own, rule


def _read(plain: "_Plain", start: int, end: int, table: Table, unsaid: list[Unsaid]) -> Iterator[str]:
    """Yield what is said of the characters that no rule is for; add to ``unsaid`` what is not."""
    text = plain.text
    for at in range(start, end):
        character = text[at]
        if kind := _kind(text, at, table):
            _add(unsaid, plain.unsaid(at, at + 1, kind, _hint(character, kind, table)))
        if kind is Kind.SIGN or (character in _NOT_FOR_ENGINES and _is_within_word(text, at)):
            yield " "
        elif character not in _NOT_FOR_ENGINES:
            yield character


def _kind(text: str, at: int, table: Table) -> Kind | None:
    """Tell why a character is not said; None if it is, or if it is punctuation."""
    character = text[at]
    if character.isascii() and (character.isalnum() or character in PUNCTUATION or character == " "):
        return None
    if character.isalpha():
        is_known = unicodedata.name(character, "").startswith(table.letters)
        return None if is_known else Kind.LETTERS
    is_said = character.isalnum() or character in PUNCTUATION or character in table.signs_that_voices_say
    is_accent = at > 0 and unicodedata.category(character) in {"Mn", "Mc"} and text[at - 1].isalnum()
    keeps_a_side = character == "\\" and text[at + 1 : at + 2].isalpha()
    return None if is_said or is_accent or keeps_a_side else Kind.SIGN


def _hint(character: str, kind: Kind, table: Table) -> str:
    if kind is not Kind.SIGN:
        return ""
    return table.hints.get(character) or unicodedata.name(character, "").casefold()


def _add(unsaid: list[Unsaid], part: Unsaid) -> None:
    """Add a part; what follows a part of its own kind at once becomes one with it."""
    before = unsaid[-1] if unsaid else None
    if before and (before.end, before.kind, before.hint) == (part.start, part.kind, part.hint):
        part = Unsaid(before.start, part.end, before.text + part.text, part.kind, part.hint)
        unsaid.pop()
    unsaid.append(part)


def _is_within_word(text: str, at: int) -> bool:
    return 0 < at < len(text) - 1 and text[at - 1].isalnum() and text[at + 1].isalnum()


# Texts in plain characters


@dataclass(frozen=True, slots=True)
class _Plain:
    """A text without emphasis and in usual characters, with the author's place of each and of the end."""

    text: str
    places: tuple[int, ...]
    source: str

    @classmethod
    def of(cls, source: str) -> "_Plain":
        pieces: list[str] = []
        places: list[int] = []
        at = 0
        marks = {at for found in _EMPHASIS.finditer(source) for n in (1, 3) for at in range(*found.span(n))}
        for character in _units(source):
            piece = "" if at in marks else _usual(character)
            pieces.append(piece)
            places += [at] * len(piece)
            at += len(character)
        return cls("".join(pieces), (*places, at), source)

    def unsaid(self, start: int, end: int, kind: Kind, hint: str = "") -> Unsaid:
        """Locate a part of the plain text within the author's."""
        first, last = self.places[start], self.places[end]
        return Unsaid(first, last, self.source[first:last].rstrip(), kind, hint)


_EMPHASIS = re.compile(r"(?<![\w*_`])(\*{1,3}|_{1,3}|`{1,3})(?=[^\W_])([^*_`]*?[^\s*_`])(\1)(?![\w*_`])")
"""Markdown's emphasis around words: ``*here*``, ``_here_``, ``**here**``, ```here```."""


def _units(text: str) -> Iterator[str]:
    """Yield letters with their accents and pictures with their variations as one, the rest one by one."""
    for character in text if text.isascii() else characters(text):
        is_one = character[0].isalpha() or unicodedata.category(character[0]) == "So"
        yield from [character] if is_one else character


_OWN_SIGNS = "\u00b2\u00b3\u2122"
"""Signs that rules know, and that Unicode takes for digits and letters."""


def _usual(character: str) -> str:
    """A character in letters and signs that rules know: "kg" for one sign of it, "3" for one in a circle."""
    first = character[0]
    category = unicodedata.category(first)
    if first.isspace():
        return " "
    if character.isascii():
        return first
    if first.isalpha():
        return unicodedata.normalize("NFKC", character)
    if first.isdecimal():
        return str(unicodedata.decimal(first))
    if category in {"Cf", "Me"} or "\ufe00" <= first <= "\ufe0f":
        return ""
    compatible = unicodedata.normalize("NFKC", first)
    has_letters = category in {"So", "No", "Nl"} and first not in _OWN_SIGNS
    return compatible if has_letters and re.fullmatch(r"[\w().\u00b0]+", compatible, re.ASCII) else first
