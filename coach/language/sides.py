r"""Right and left: a sheet is written for the right side, and the coach says it for both.

``\right`` and ``\left`` keep their word on either side: "Turn \right away" never becomes "left away".
"""

import re
from enum import StrEnum


class Side(StrEnum):
    """A side of the listener's body."""

    RIGHT = "right"
    LEFT = "left"


_SIDE_WORD = re.compile(r"(\\?)\b(right|left)(wards?|most)?\b", re.IGNORECASE)
_OTHER = {"right": "left", "left": "right"}

_ENDS = r"(?=\s*(?:[.,;:!?]|$))"
_LIMB = r"(?:leg|foot|heel|toe|ankle|calf|knee|thigh|hip|arm|hand|wrist|elbow|shoulder|side|one)"
_OWNED = r"(?<!\byour )(?<!\bthe )(?<!\bturn )(?<!\broll )(?<!\blean )"
_NO_SIDE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(right) (?:away|now|here|there|then|after|before|angles?|amount|way|order|time|moment)\b",
        r"\b(right) (?:height|distance|speed|pace|level|weight|size|technique|form|or wrong|and wrong)\b",
        rf"{_OWNED}\b(right) (?:up|down|back|through|around|beside|behind|next to)\b(?! {_LIMB}\b)",
        r"\ball (right)\b(?!-)",
        rf"\b(?:that's|that is|it's|it is|is|feels?|looks?|sounds?|just|quite|exactly) (right){_ENDS}",
        r"\b(?:is|feels?|looks?) (right) (?:for|with|to) (?:you|me|us|them)\b",
        r", (right)\?",
        r"\b(right|left)[- ]hand(?:ed|ers?)\b",
        rf"{_OWNED}\b(left) (?:over|until|out|off|behind|alone|to go|to do)\b(?! (?:your|the) )",
        rf"\b(?:what|time|more|much|nothing|none|is|are|one|two|three|four|five|ten|\d+) (left){_ENDS}",
        rf"\b(?:seconds?|minutes?|repetitions?|reps|sets?|times) (left){_ENDS}",
    )
)


def on_side(text: str, side: Side) -> str:
    r"""The text for a side of the body: as written for the right, with right and left changed for the left.

    Whole words only, in their own case; a backslash before a word keeps it, and is taken away.

    >>> on_side("Right foot up, tap with your left.", Side.LEFT)
    'Left foot up, tap with your right.'
    >>> on_side(r"Bend it to a \right angle.", Side.LEFT)
    'Bend it to a right angle.'
    """

    def said(found: re.Match[str]) -> str:
        escape, word, ending = found.group(1), found.group(2), found.group(3) or ""
        return word + ending if escape or side is Side.RIGHT else _like(word, _OTHER[word.lower()]) + ending

    return _SIDE_WORD.sub(said, text)


def no_sides(text: str) -> tuple[tuple[int, int], ...]:
    r"""Where "right" or "left" means no side of the body, as half-open ranges of the text.

    >>> no_sides("Step up right away.")
    ((8, 13),)
    >>> no_sides(r"Step up \right away with your right foot.")
    ()
    """
    found = {match.span(1) for pattern in _NO_SIDE for match in pattern.finditer(text)}
    return tuple(sorted(span for span in found if text[span[0] - 1 : span[0]] != "\\"))


def _like(written: str, word: str) -> str:
    """The word in the case of what was written: lower, Capitalised or ALL CAPITALS."""
    if written.isupper():
        return word.upper()
    return word.capitalize() if written[0].isupper() else word
