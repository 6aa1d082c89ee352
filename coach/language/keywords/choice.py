"""Choice of the keywords by the tag of a language."""

from coach.language.by_tag import language_module
from coach.language.keywords import en
from coach.language.keywords.vocabulary import Keywords


def keywords_for(language: str) -> Keywords:
    """Return the keywords of a language by its tag, such as ``en-us``; the English ones where it has none.

    >>> keywords_for("en-gb").how_often["twice"]
    2
    """
    module = language_module(__package__, language)
    keywords: Keywords = module.KEYWORDS if module else en.KEYWORDS
    return keywords


def are_known(language: str) -> bool:
    """Tell whether a language has keywords of its own."""
    return language_module(__package__, language) is not None
