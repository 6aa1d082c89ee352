"""A language of the tests: every English keyword with a mark behind each of its words."""

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from enum import Enum
from typing import Any

from coach.language.keywords.en import KEYWORDS as ENGLISH
from coach.language.keywords.vocabulary import Ear

TAG = "qps"
MARK = "ж"


def marked(text: str) -> str:
    """The text with the mark behind each word; what a template fills in stays.

    >>> marked("hold for {time}, {n} times")
    'holdж forж {time}, {n} timesж'
    """
    return re.sub(r"(?<!\{)\b[^\W\d_]+\b(?!\})", lambda found: found.group() + MARK, text)


def _marked(value: Any) -> Any:
    match value:
        case Enum():
            return value
        case str():
            return marked(value)
        case Mapping():
            return {_marked(key): _marked(entry) for key, entry in value.items()}
        case tuple() | frozenset():
            return type(value)(map(_marked, value))
        case _:
            return value


_EXAMPLES = replace(
    ENGLISH.examples,
    **{each.name: _marked(getattr(ENGLISH.examples, each.name)) for each in fields(ENGLISH.examples)},
)
_EAR = Ear(
    needs_eyes=(r"\bpictureж\b",),
    promises=(r"\bwillж cureж\b",),
    no_promise=(r"\bnotж\b",),
    praise=(r"\bperfectж\b",),
    stops=(r"\bstopж\b",),
    does_not=(r"\bneverж $",),
)
_PATTERNS: Mapping[str, Any] = {
    "no_side": (r"\b(rightж) awayж\b",),
    "often": (r"\b(?:\d+ timesж aж dayж|dailyж)\b",),
    "daily": (r"\bdailyж\b",),
    "load": (r"\bwithж (\d+ kgж)\b",),
    "manner": (r"\bslowlyж\b",),
}
_TABLES = {
    each.name: _marked(getattr(ENGLISH, each.name))
    for each in fields(ENGLISH)
    if each.name not in {"examples", "ear", *_PATTERNS}
}
KEYWORDS = replace(ENGLISH, **_TABLES, **_PATTERNS, examples=_EXAMPLES, ear=_EAR)
