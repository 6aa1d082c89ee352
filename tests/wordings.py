"""What the coach says often, in its usual words: for tests of what is said and not of how."""

import re

from coach.session.timeline import Role, Timeline, says
from coach.session.words import en

NO_PROSE = {Role.COUNT, Role.PHASE}
"""Numbers and phase words: what is to be the same each time."""


def usual(text: str) -> str:
    """Return the usual wording of a sentence; other sentences as they are.

    >>> usual("Up next: step-ups."), usual("Still one minute to go."), usual("Step up.")
    ('Next: step-ups.', 'One minute left.', 'Step up.')
    """
    row, _, parts = wording_of(text)
    if not row:
        return text
    found = row[0].format(*parts)
    return found[:1].upper() + found[1:]


def _how_particular(wording: tuple[str, tuple[str, ...]]) -> tuple[bool, int]:
    return not wording[0].startswith("{}"), len(wording[0])


def wording_of(text: str) -> tuple[tuple[str, ...], str, tuple[str, ...]]:
    """Return the row of a sentence's wordings, the one that it has, and its parts; an empty row without any.

    >>> wording_of("Up next: step-ups.")[1:]
    ('Up next: {}.', ('step-ups',))
    """
    wordings = [(each, row) for row in en.WORDINGS for each in row]
    for each, row in sorted(wordings, key=_how_particular, reverse=True):
        if found := re.fullmatch(re.escape(each).replace(r"\{\}", "(.+)"), text):
            return row, each, found.groups()
    return (), text, ()


def repeats(timeline: Timeline) -> tuple[int, int]:
    """Count the prompts that were said before, word for word, and all: without numbers and phase words."""
    prose = [say.text for say in says(timeline.events) if say.role not in NO_PROSE]
    return len(prose) - len(set(prose)), len(prose)
