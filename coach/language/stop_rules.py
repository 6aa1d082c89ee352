"""Which sentences of a sheet say when to stop."""

from coach.language.keywords.vocabulary import Keywords
from coach.language.patterns import pattern_of


def tells_to_stop(text: str, keywords: Keywords) -> bool:
    """Tell whether a sentence says when to stop.

    >>> from coach.language.keywords.en import KEYWORDS
    >>> tells_to_stop("If it hurts, stop.", KEYWORDS), tells_to_stop("Do not stop breathing.", KEYWORDS)
    (True, False)
    """
    stops, does_not = pattern_of(keywords.ear.stops), pattern_of(keywords.ear.does_not)
    return any(not does_not.search(text[: found.start()]) for found in stops.finditer(text))
