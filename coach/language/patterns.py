"""Patterns of words, as a language's keywords have them."""

import re
from functools import cache


@cache
def pattern_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """The pattern that is found where one of several is, in capitals too.

    >>> pattern_of(("stop", "rest")).search("Please REST.").start()
    7
    """
    return re.compile("|".join(patterns), re.IGNORECASE)
