"""Choice of the keywords by the tag of a language."""

import re
from functools import cache
from importlib import import_module

from coach.language.keywords import en
from coach.language.keywords.vocabulary import Keywords


def keywords_for(language: str) -> Keywords:
    """Return the keywords of a language by its tag, such as ``en-us``; the English ones where it has none.

    >>> keywords_for("en-gb").how_often["twice"]
    2
    """
    return _keywords(_base(language)) or en.KEYWORDS


def are_known(language: str) -> bool:
    """Tell whether a language has keywords of its own."""
    return _keywords(_base(language)) is not None


def _base(language: str) -> str:
    return language.casefold().partition("-")[0]


@cache
def _keywords(base: str) -> Keywords | None:
    if not re.fullmatch("[a-z]{2,3}", base):
        return None
    name = f"{__package__}.{base}"
    try:
        keywords: Keywords = import_module(name).KEYWORDS
    except ModuleNotFoundError as error:
        if error.name != name:  # the module is there, and imports what is not
            raise
        return None
    return keywords
