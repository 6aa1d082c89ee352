"""The coach's words in a language that nobody speaks: every word marked, «like» «this».

Sentences keep the marks that the pauses after them go by; everything else is marked to the letter.
"""

import re
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from coach.session.words import en

WORD = r"(?<![«{\w'’-])[\w'’-]+(?![\w'’-]*[»}])"
"""A word in no marks that is no name in braces, as templates have them."""


def marked(text: str) -> str:
    """Mark every word that is not marked yet.

    >>> marked("Get ready, «Curls».")
    '«Get» «ready», «Curls».'
    """
    return re.sub(WORD, r"«\g<0>»", text)


def unmarked(text: str) -> list[str]:
    """The words of a text that are in no marks."""
    return re.findall(WORD, text)


def unmarked_words(text: str) -> list[str]:
    """The words of a text that are in no marks, without numbers."""
    return [word for word in unmarked(text) if re.search(r"[^\W\d_]", word)]


def _language(value: Any) -> Any:
    match value:
        case str():
            return marked(value)
        case tuple():
            return tuple(map(_language, value))
        case Mapping():
            return {key: _language(each) for key, each in value.items()}
        case _:
            return _marking(value)


def _marking(function: Callable[..., str]) -> Callable[..., str]:
    return lambda *values, **named: marked(function(*values, **named))


def pseudo_words() -> ModuleType:
    """A module with everything that `coach.session.words.interface.Words` asks for, marked."""
    module = ModuleType("coach.session.words.zz")
    for name, value in vars(en).items():
        if not name.startswith("_") and (name.isupper() or callable(value)):
            setattr(module, name, _language(value))
    return module
