"""Word errors: two texts brought to the same spelling, and aligned word by word."""

import re
from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np

from coach.session.words import en as phrases

_SPELLINGS = {
    "cm": "centimeters",
    "ok": "okay",
    "towards": "toward",
    "afterwards": "afterward",
    "backwards": "backward",
    "forwards": "forward",
    "programme": "program",
    "practise": "practice",
    "wanna": "want to",
    "gonna": "going to",
}
_SHORT_FORMS = (
    (r"\bcan't\b", "can not"),
    (r"\bwon't\b", "will not"),
    (r"n't\b", " not"),
    (r"'ll\b", " will"),
    (r"'re\b", " are"),
    (r"'ve\b", " have"),
    (r"\bi'm\b", "i am"),
    (r"\b(it|that|there|here|what|where|who|he|she)'s\b", r"\1 is"),
    (r"\blet's\b", "let us"),
)


def words_of(text: str) -> list[str]:
    """The words of a text, such that two texts that sound alike in all but their spelling have the same.

    Numbers in words, hyphens gone, short forms in full, American spelling, remarks in brackets left out.

    >>> words_of("It's 10-15 centimetres, and you don't warm-up.")
    ['it', 'is', 'ten', 'fifteen', 'centimeters', 'and', 'you', 'do', 'not', 'warm', 'up']
    """
    plain = re.sub(r"\[[^\]]*\]|\([^)]*\)|\*[^*]*\*", " ", text.lower().replace("\u2019", "'"))
    for pattern, full in _SHORT_FORMS:
        plain = re.sub(pattern, full, plain)
    plain = re.sub(r"(?<=\d),(?=\d{3}\b)", "", plain)
    plain = re.sub(r"\d{1,4}(?!\d)", lambda found: f" {phrases.number(int(found.group()))} ", plain)
    plain = re.sub(r"\b((?:centi|milli|kilo)?)metre(s?)\b", r"\1meter\2", plain)
    words = re.sub(r"[^a-z0-9 ]", " ", plain.replace("'", "")).split()
    return " ".join(_SPELLINGS.get(word, word) for word in words).split()


class Word(NamedTuple):
    """What became of a word that was said: the errors at it, and what was heard in its place."""

    wrong: int
    heard: tuple[str, ...]


def aligned(said: Sequence[str], heard: Sequence[str]) -> list[Word]:
    """For each word that was said the errors at it and what was heard, by the alignment with fewest errors.

    A word that was put in counts at the word before it. A word that is heard as two which together are the
    same letters is right, and so are two that are heard as one (it stands at the second).

    >>> words = aligned("check both knee caps".split(), "check boat kneecaps now".split())
    >>> [word.wrong for word in words]
    [0, 1, 0, 1]
    >>> words[-1]
    Word(wrong=1, heard=('kneecaps', 'now'))
    """
    rows, columns = len(said) + 1, len(heard) + 1
    cost = np.full((rows, columns), 1 << 20)
    came: dict[tuple[int, int], tuple[int, int, int]] = {}
    cost[0, 0] = 0
    for i, j in product(range(rows), range(columns)):
        for down, right, wrong in _moves(said[i:], heard[j:]):
            if cost[i, j] + wrong < cost[i + down, j + right]:
                cost[i + down, j + right] = cost[i, j] + wrong
                came[i + down, j + right] = down, right, wrong
    wrongs = [0] * len(said)
    places: list[list[str]] = [[] for _ in said]
    i, j = len(said), len(heard)
    while said and (i, j) in came:
        down, right, wrong = came[i, j]
        at = max(0, i - 1)
        wrongs[at] += wrong
        places[at][:0] = heard[j - right : j]
        i, j = i - down, j - right
    return [Word(wrong, tuple(words)) for wrong, words in zip(wrongs, places, strict=True)]


def _moves(said: Sequence[str], heard: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """How far an alignment can go on in each text, and what that costs."""
    if said and heard:
        yield 1, 1, int(said[0] != heard[0])
    if len(said) > 1 and heard and said[0] + said[1] == heard[0]:
        yield 2, 1, 0
    if said and len(heard) > 1 and said[0] == heard[0] + heard[1]:
        yield 1, 2, 0
    if said:
        yield 1, 0, 1
    if heard:
        yield 0, 1, 1
