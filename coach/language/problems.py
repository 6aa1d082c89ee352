"""Problems in sheets: values with a place, a message and a hint."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

from coach.text import columns, printable


class Severity(StrEnum):
    """An error keeps a script from being used, a warning is for the author to weigh, a note only tells."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


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


class LineError(Exception):
    """A line that cannot be read; the parser catches it at the line, and keeps its ``problem``."""

    def __init__(self, code: str, message: str, span: Span, hint: str) -> None:
        super().__init__(message)
        self.problem = Problem(code, message, span, hint)


_LINE_BREAKS = str.maketrans(dict.fromkeys("\r\x0b\x0c\u2028\u2029", "\n"))
_WIDEST_SHOWN = 100


def source_lines(text: str) -> list[str]:
    r"""Split a text into lines, without its byte order mark; any system's line ends count.

    Soft line breaks and page breaks of word processors end a line too.

    >>> source_lines("\ufeff# Plank\r\nHold.\rBreathe.")
    ['# Plank', 'Hold.', 'Breathe.']
    """
    return text.removeprefix("\ufeff").replace("\r\n", "\n").translate(_LINE_BREAKS).split("\n")


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Sort problems by their place in the sheet."""
    return tuple(sorted(problems, key=lambda problem: (problem.span.line, problem.span.column)))


def explain(problem: Problem, source_name: str, text: str) -> str:
    r"""Format a problem for its author: place, message, the line itself, carets under the span, the hint.

    ``text`` is the whole source. Lines are joined by newlines, without one at the end.

    >>> wrong = Problem("label", "'Carefull:' is no label", Span(2, 1, 9), "did you mean 'Careful:'?")
    >>> print(explain(wrong, "plank.md", "# Plank\nCarefull: Breathe."))
    plank.md:2:1: error: 'Carefull:' is no label [label]
      2 | Carefull: Breathe.
          ^^^^^^^^^
        = did you mean 'Careful:'?
    """
    return _explained(problem, source_name, source_lines(text))


def explain_all(problems: Iterable[Problem], source_name: str, text: str) -> str:
    """Format the problems of one source, as `explain` does each."""
    lines = source_lines(text)
    return "\n".join(_explained(problem, source_name, lines) for problem in problems)


def _explained(problem: Problem, source_name: str, lines: Sequence[str]) -> str:
    span = problem.span
    place = f"{source_name}:{span.line}:{span.column}"
    explained = [f"{place}: {problem.severity}: {problem.message} [{problem.code}]"]
    margin = " " * (len(str(span.line)) + 3)
    if 1 <= span.line <= len(lines):
        shown, before, under = _pointed_at(lines[span.line - 1], span)
        explained.append(f"  {span.line} | {shown}".rstrip())
        explained.append(f"{margin}  {' ' * before}{'^' * under}")
    if problem.hint:
        explained.append(f"{margin}= {problem.hint}")
    return "\n".join(printable(line) for line in explained)


def as_json(problem: Problem, source_name: str) -> dict[str, str | int]:
    """Return a problem as a flat mapping for JSON, for editors and other programs.

    >>> as_json(Problem("unit", "'30' has no unit", Span(4, 12, 2)), "plank.md")["column"]
    12
    """
    return {
        "file": source_name,
        **asdict(problem.span),
        "severity": problem.severity.value,
        "code": problem.code,
        "message": problem.message,
        "hint": problem.hint,
    }


def _pointed_at(line: str, span: Span) -> tuple[str, int, int]:
    """Return the shown part of a line, the columns before the first caret, and the number of carets."""
    start = span.column - 1
    stop = start + span.width
    if len(line) > _WIDEST_SHOWN:
        line, start, stop = _window(line, start, stop)
    shown, edges = _laid_out(line)
    before = edges[min(start, len(line))]
    return shown, before, max(1, edges[min(stop, len(line))] - before)


def _window(line: str, start: int, stop: int) -> tuple[str, int, int]:
    """Cut a very long line down to the part around a span, and move the span; dots replace the rest."""
    left = max(0, min(start, len(line)) - _WIDEST_SHOWN // 3)
    right = min(len(line), left + _WIDEST_SHOWN)
    head = "..." if left else ""
    tail = "..." if right < len(line) else ""
    moved = len(head) - left
    return f"{head}{line[left:right]}{tail}", start + moved, min(stop, right) + moved


def _laid_out(line: str) -> tuple[str, list[int]]:
    """Expand the tabs of a line; return it with the terminal column at which each character begins."""
    pieces: list[str] = []
    edges = [0]
    for character in line:
        at = edges[-1]
        piece = " " * (4 - at % 4) if character == "\t" else printable(character)
        pieces.append(piece)
        edges.append(at + columns(piece))
    return "".join(pieces), edges
