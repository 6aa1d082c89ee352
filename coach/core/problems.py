"""Problems in text that people wrote: values with a place, a message and a hint, never exceptions."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """An error keeps a script from being used; a warning is for the author to weigh."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a text: line and column count from 1, width in characters (at least 1)."""

    line: int
    column: int = 1
    width: int = 1


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, where, and what to write instead.

    ``code`` is a short stable word such as ``label``; ``hint`` may be empty.
    """

    code: str
    message: str
    span: Span
    hint: str = ""
    severity: Severity = Severity.ERROR
