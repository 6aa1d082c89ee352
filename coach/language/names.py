"""Matching of names as people write them to sheets."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from coach.language.dose import completed
from coach.language.dose_grammar import read_dose
from coach.language.dose_review import dose_problems
from coach.language.keywords.choice import keywords_for
from coach.language.keywords.vocabulary import DoseWord, Keywords
from coach.language.level import Level
from coach.language.model import Reference, Script, Session
from coach.language.problems import LineError, Problem, Span
from coach.language.quantities import close_to, quoted
from coach.language.typography import plain_line

_NOWHERE = Span(1)
_MOST_WORDS_OF_A_NAME = 16

ENDING = ".md"
"""The ending of the file of a sheet."""

Shelf = Mapping[str, str]
"""The sheets of one place: their titles by file name or path."""


@dataclass(frozen=True, slots=True)
class Match:
    """The sheet that a name means: its key on a shelf (from 0), and whether the whole name was written."""

    key: str
    shelf: int
    is_whole: bool


def find(
    name: str,
    shelves: Iterable[Shelf],
    span: Span = _NOWHERE,
    *,
    fits: Callable[[int, str], bool] = lambda _shelf, _key: True,
) -> Match | Problem:
    """Find the one sheet that a name means, among shelves in the order of their closeness to the author.

    A whole title or file name on any shelf comes before the beginning of one, or words within one. The first
    shelf with a match decides, and two matches there are a problem. Capitals, hyphens, spaces and punctuation
    make no difference; a name that ends in ``.md`` is a whole file name. ``fits`` tells whether a sheet of a
    shelf can be meant; ``span`` is where the name is written, for the problem.
    """
    seen: list[Shelf] = []
    for number, shelf in enumerate(shelves):
        seen.append(shelf)
        if keys := [key for key in _whole(name, shelf) if fits(number, key)]:
            return _only(name, keys, number, span, is_whole=True)
    for number, shelf in enumerate(seen):
        if keys := [key for key in _parts(name, shelf) if fits(number, key)]:
            return _only(name, keys, number, span, is_whole=False)
    message = f"'{quoted(name)}' is not the name of a sheet I know"
    known = {key: title for shelf in reversed(seen) for key, title in shelf.items()}
    return Problem("name", message, span, _suggestion(comparable(name), known))


def _only(name: str, keys: Sequence[str], shelf: int, span: Span, *, is_whole: bool) -> Match | Problem:
    if len(keys) == 1:
        return Match(keys[0], shelf, is_whole)
    message = f"'{quoted(name)}' may mean {len(keys)} sheets"
    return Problem("name", message, span, f"write one of them: {', '.join(keys)}")


def file_stem(key: str) -> str:
    """Return the name of a file without folder and ending.

    >>> file_stem("legs/step-ups.md")
    'step-ups'
    """
    return key.rpartition("/")[2].removesuffix(ENDING)


def _whole(name: str, shelf: Shelf) -> list[str]:
    wanted, file = comparable(name), comparable(file_stem(name.strip()))
    is_file = name.strip().casefold().endswith(ENDING)
    return [
        key
        for key, title in shelf.items()
        if wanted and ((is_file and comparable(file_stem(key)) == file) or wanted in _names(key, title))
    ]


def _parts(name: str, shelf: Shelf) -> list[str]:
    """Return the sheets whose names begin with a name, else those that have its words within."""
    wanted = comparable(name)
    if not wanted or name.strip().casefold().endswith(ENDING):
        return []
    names = {key: _names(key, title) for key, title in shelf.items()}
    begun = [key for key, both in names.items() if any(each.startswith(wanted) for each in both)]
    return begun or [key for key, both in names.items() if any(f" {wanted} " in f" {each} " for each in both)]


def _names(key: str, title: str) -> tuple[str, str]:
    return comparable(file_stem(key)), comparable(title)


def _suggestion(wanted: str, known: Shelf) -> str:
    by_name = {each: key for key, title in known.items() for each in _names(key, title)}
    if meant := by_name.get(close_to(wanted, by_name, 0.6)):
        return f"did you mean '{meant}'?"
    return f"there are: {', '.join(sorted(known))}" if known else "there are no sheets"


@lru_cache(maxsize=10_000)
def comparable(name: str) -> str:
    r"""Return the name for comparison: composed, without capitals, hyphens and punctuation.

    >>> comparable("Step-Ups"), comparable("U\u0308bung") == comparable("\xdcbung")
    ('step ups', True)
    """
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold().replace("'", ""))
    kept = (each if unicodedata.category(each)[0] in "LMN" else " " for each in folded)
    return " ".join("".join(kept).split())


def dose_beside(text: str, keywords: Keywords) -> tuple[str, str] | None:
    """Split the name of an exercise from a dose behind or before it; None if there is none.

    >>> from coach.language.keywords.en import KEYWORDS
    >>> dose_beside("Frog jumps x 10", KEYWORDS), dose_beside("5 push-ups", KEYWORDS)
    (('Frog jumps', 'x 10'), ('push-ups', '5'))
    """
    words = text.split()
    if len(words) > _MOST_WORDS_OF_A_NAME:
        return None
    splits = [(words[:at], words[at:]) for at in range(1, len(words))]
    before_it = [(name, dose) for dose, name in reversed(splits)]
    for name_words, dose_words in (*splits, *before_it):
        name, dose = " ".join(name_words).rstrip(" ,-("), " ".join(dose_words).strip(" ()-")
        first = dose.partition(" ")[0].casefold()
        begins = keywords.begins_a_dose(first) or first[:1] in keywords.dose_words[DoseWord.BY]
        if name and begins and _is_readable(dose, keywords):
            return name, dose
    return None


def _is_readable(dose: str, keywords: Keywords) -> bool:
    try:
        read_dose(plain_line(dose, 1), keywords)
    except LineError:
        return False
    return True


def wrong_doses(session: Session, scripts: Mapping[str, Script]) -> tuple[Problem, ...]:
    """Report doses of a session that do not suit its ``scripts``, which are given by their names there."""
    problems: list[Problem] = []
    keywords = keywords_for(session.language)
    for reference in references(session):
        script = script_of(reference, scripts)
        if script and reference.dose and script.doses:
            usual = script.doses[Level.STANDARD]
            dose = completed(reference.dose, usual, has_phases=bool(script.phases))
            problems += dose_problems(reference.dose, dose, script.phases, keywords)
    return tuple(problems)


def references(session: Session) -> Sequence[Reference]:
    """List a session's references to exercises, in order; those in rounds of a list once."""
    found = [part for part in session.parts if isinstance(part, Reference)]
    once = [each for each in found if each.round is None or each.round.number == 1]
    return [*once, *session.explained]


def script_of(reference: Reference, scripts: Mapping[str, Script]) -> Script | None:
    """Return the exercise of a reference: its own, or that of its name; None for an unknown one."""
    return reference.script or scripts.get(reference.name)
