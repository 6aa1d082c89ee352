r"""Right and left: a sheet is written for the right side, and its sentences are changed for the left one.

A word behind a backslash is never changed: "Turn \right away" does not become "left away".
"""

import re
from collections.abc import Mapping
from functools import cache

from coach.language.dose import Side
from coach.language.keywords.vocabulary import Keywords
from coach.language.quantities import any_of


@cache
def _other(keywords: Keywords) -> Mapping[str, str]:
    """The word for the other side of each."""
    return {**{left: right for right, left in keywords.other_side.items()}, **keywords.other_side}


@cache
def _other_letter(keywords: Keywords) -> Mapping[str, str]:
    return {**{left: right for right, left in keywords.side_letters.items()}, **keywords.side_letters}


@cache
def _side_word(keywords: Keywords) -> re.Pattern[str]:
    letters = any_of(_other_letter(keywords))
    before_a_limb = rf"(?-i:{letters})(?= {any_of(keywords.limbs)}s?\b)"
    return re.compile(rf"(\\?)\b({any_of(_other(keywords))}|{before_a_limb})\b", re.IGNORECASE)


def side_words(keywords: Keywords) -> tuple[str, ...]:
    """List every word for a side of the body."""
    return tuple(_other(keywords))


def other_side(word: str, keywords: Keywords) -> str:
    """Return the word for the other side, in the same case: lower, Capitalised or ALL CAPITALS.

    >>> from coach.language.keywords.en import KEYWORDS
    >>> other_side("Right", KEYWORDS)
    'Left'
    """
    if word in _other_letter(keywords):
        return _other_letter(keywords)[word]
    other = _other(keywords)[word.casefold()]
    if word.isupper():
        return other.upper()
    return other.capitalize() if word[0].isupper() else other


def on_side(text: str, side: Side, keywords: Keywords) -> str:
    r"""Return the text for a side of the body: as written for the right, with the sides changed for the left.

    Whole words only, in their own case, and "R" or "L" before a limb. A backslash before a word keeps it, and
    is taken away.

    >>> from coach.language.keywords.en import KEYWORDS
    >>> on_side("Right foot up, tap with your left.", Side.LEFT, KEYWORDS)
    'Left foot up, tap with your right.'
    >>> on_side(r"Bend it to a \right angle.", Side.LEFT, KEYWORDS)
    'Bend it to a right angle.'
    """

    def said(found: re.Match[str]) -> str:
        escape, word = found.groups()
        return word if escape or side is Side.RIGHT else other_side(word, keywords)

    return _side_word(keywords).sub(said, text)


def no_sides(text: str, keywords: Keywords) -> tuple[tuple[int, int], ...]:
    r"""Return where a word for a side means no side of the body, as half-open ranges of the text.

    >>> from coach.language.keywords.en import KEYWORDS
    >>> no_sides("Step up right away.", KEYWORDS)
    ((8, 13),)
    >>> no_sides(r"Step up \right away with your right foot.", KEYWORDS)
    ()
    """
    found = {
        match.span(1) for pattern in keywords.no_side for match in re.finditer(pattern, text, re.IGNORECASE)
    }
    return tuple(sorted(span for span in found if text[span[0] - 1 : span[0]] != "\\"))
