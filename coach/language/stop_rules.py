"""Which sentences of a sheet say when to stop."""

import re
from functools import cache

from coach.language.keywords.vocabulary import Keywords


def tells_to_stop(text: str, keywords: Keywords) -> bool:
    """Tell whether a sentence says when to stop.

    >>> from coach.language.keywords.en import KEYWORDS
    >>> tells_to_stop("If it hurts, stop.", KEYWORDS), tells_to_stop("Do not stop breathing.", KEYWORDS)
    (True, False)
    """
    stops, does_not = _pattern(keywords.ear.stops), _pattern(keywords.ear.does_not)
    return any(not does_not.search(text[: found.start()]) for found in stops.finditer(text))


@cache
def _pattern(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)
