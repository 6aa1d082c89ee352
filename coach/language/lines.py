"""A sheet's lines, marked by what they are: a name, a label, a bullet, a stage direction, a spoken line."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from coach.language.model import Level
from coach.language.problems import Problem, Span, source_lines
from coach.language.quantities import close_to, looks_like_a_number, quoted
from coach.language.typography import UNREADABLE, Passage, plain_line

MOST_LINES = 2_000
"""A text with more lines is no sheet, and is not read further."""

MOST_CHARACTERS = 1_000
"""A longer line is no breath, and is not read."""


class Label(StrEnum):
    """The words that may stand before a colon, as they are written."""

    POSITION = "Position"
    NEEDS = "Needs"
    WORKS = "Works"
    DOSE = "Dose"
    CAREFUL = "Careful"
    REMEMBER = "Remember"
    IF_IT_HURTS = "If it hurts"
    BREATHE = "Breathe"
    BRIEF = "Brief"
    SOURCE = "Source"
    LANGUAGE = "Language"


@dataclass(frozen=True, slots=True)
class Named:
    """``# Step-ups`` (depth 1) or ``## Before we start`` (depth 2)."""

    text: Passage
    depth: int


@dataclass(frozen=True, slots=True)
class Labelled:
    """``Careful: Keep your knee above your ankle.``; ``level`` is that of ``Dose gentle:``, else standard."""

    label: Label
    level: Level
    head: Passage
    text: Passage


@dataclass(frozen=True, slots=True)
class Bullet:
    """``- up, 2 seconds: Step up,``: a phase in an exercise, an exercise or a rest in a session."""

    text: Passage


@dataclass(frozen=True, slots=True)
class Stage:
    """``(wait 5 seconds)``, without its parentheses."""

    text: Passage


@dataclass(frozen=True, slots=True)
class Spoken:
    """Any other line: it is said as it stands."""

    text: Passage


@dataclass(frozen=True, slots=True)
class Wrong:
    """A line that cannot be marked, why, and the label that it was probably to have."""

    problem: Problem
    text: Passage
    label: Label | None = None


Marked = Named | Labelled | Bullet | Stage | Spoken | Wrong

STAGE_WORDS = ("wait", "bell", "sound")

_LABELS: Mapping[str, Label] = MappingProxyType({label.value.casefold(): label for label in Label})
_MEANT: Mapping[str, Label] = MappingProxyType(
    dict.fromkeys(("start", "starting position", "start position", "posture"), Label.POSITION)
    | dict.fromkeys(("equipment", "you need", "you will need", "materials"), Label.NEEDS)
    | dict.fromkeys(("muscles", "target", "targets", "trains", "muscle"), Label.WORKS)
    | dict.fromkeys(("reps", "repetitions", "sets", "times", "duration", "rest", "dosage"), Label.DOSE)
    | dict.fromkeys(("caution", "cautions", "warning", "safety", "danger", "attention"), Label.CAREFUL)
    | dict.fromkeys(("tip", "tips", "reminder", "cue", "cues", "note"), Label.REMEMBER)
    | dict.fromkeys(("pain", "if painful", "if it is painful", "hurts"), Label.IF_IT_HURTS)
    | dict.fromkeys(("breathing", "breath"), Label.BREATHE)
    | dict.fromkeys(("short", "summary", "in short"), Label.BRIEF)
    | dict.fromkeys(("author", "reference", "references"), Label.SOURCE)
    | dict.fromkeys(("voice",), Label.LANGUAGE)
)
_LEVELS = tuple(level.value for level in Level)

_RULE = re.compile(r"[-*_= ]{3,}")
_NAME = re.compile(r"(#+) *(.*?)(?: +#+)?")
_STAGE = re.compile(r"\(([^()]*)(\)?)\.?")
_BULLET = re.compile(r"[-*+] +|-(?=[^\W\d_])|\d{1,2}[.)] +")
_HEAD = re.compile(r"([^\W\d_][^:]{0,60}?) *:")
_NO_COLON = re.compile(r"(dose(?: (?:gentle|standard|strong))?) (?=(\S+))", re.IGNORECASE)
_OTHER_SIGN = re.compile(rf"({'|'.join(_LABELS)})(?: *;| +-) ", re.IGNORECASE)
_MOST_LABEL_WORDS = 4


def marked_lines(text: str) -> tuple[tuple[Marked, ...], tuple[Problem, ...]]:
    r"""Each line of a text that says something, marked; and what about the text cannot be read at all.

    >>> lines, _ = marked_lines("# Plank  // a first sketch\n\nDose: 3 times")
    >>> [type(line).__name__ for line in lines]
    ['Named', 'Labelled']
    """
    lines = source_lines(text)
    passages = []
    problems = list(_unreadable(lines[:MOST_LINES]))
    for number, line in enumerate(lines[:MOST_LINES], start=1):
        if len(line) > MOST_CHARACTERS:
            message = f"this line has {len(line):,} characters: too long for one breath"
            problems.append(Problem("long", message, Span(number), "write one sentence on a line"))
        else:
            passages.append(_without_comment(plain_line(line, number)))
    if len(lines) > MOST_LINES:
        message = f"this sheet has {len(lines):,} lines: too many for one exercise or session"
        hint = f"a sheet has at most {MOST_LINES:,} lines"
        problems.append(Problem("long", message, Span(MOST_LINES + 1), hint))
    return _marked(passages), tuple(problems)


def _unreadable(lines: Sequence[str]) -> Iterable[Problem]:
    """One problem for all the characters that no author types, at the first of them."""
    wrong = [(number, found) for number, line in enumerate(lines, 1) if (found := UNREADABLE.search(line))]
    for number, found in wrong[:1]:
        elsewhere = f", and others on {len(wrong) - 1} more" if len(wrong) > 1 else ""
        message = f"a character that cannot be read (U+{ord(found.group()):04X}){elsewhere}"
        hint = "save the sheet as plain text in UTF-8, or type the character again"
        yield Problem("character", message, Span(number, found.start() + 1), hint)


def _without_comment(passage: Passage) -> Passage:
    found = re.search(r"(?:^|(?<= ))//", passage.text)
    return passage.cut(0, found.start()) if found else passage


def _marked(passages: Sequence[Passage]) -> tuple[Marked, ...]:
    """The lines that say something, marked. Lines under a label without a text belong to it."""
    marked: list[Marked] = []
    heading: Labelled | None = None
    below = 0
    for passage in (*passages, Passage("", 0, (1,))):
        line = None if not passage.text or _RULE.fullmatch(passage.text) else _mark(passage)
        if heading and isinstance(line, Bullet | Spoken):
            below += 1
            continue
        if heading:
            marked.append(_without_text(heading, below))
            heading, below = None, 0
        if isinstance(line, Labelled) and not line.text.text:
            heading = line
        elif line:
            marked.append(line)
    return tuple(marked)


def _without_text(line: Labelled, below: int) -> Wrong:
    written = quoted(line.head.text)
    hint = f"write the sentence behind it: '{written}: ...'"
    if below:
        hint = (
            f"begin each line below with '{written}:'"
            if below > 1
            else f"write it on one line: '{written}: ...'"
        )
    problem = Problem("empty", f"'{written}:' has nothing behind it", line.head.span(), hint)
    return Wrong(problem, line.head, line.label)


def _mark(passage: Passage) -> Marked:
    text = passage.text
    if found := _NAME.fullmatch(text):
        return Named(passage.cut(found.start(2), found.end(2)), len(found.group(1)))
    if found := _STAGE.fullmatch(text):
        return _stage(passage, found)
    if found := _BULLET.match(text):
        return Bullet(passage.cut(found.end()))
    if found := _HEAD.match(text):
        return _labelled(passage, found.end(1), found.end())
    return _without_colon(passage)


def _stage(passage: Passage, found: re.Match[str]) -> Stage | Wrong:
    if found.group(2):
        return Stage(passage.cut(found.start(1), found.end(1)))
    hint = f"write '{quoted(passage.text)})'"
    return Wrong(Problem("stage", "this parenthesis is never closed", passage.span(0, 1), hint), passage)


def _labelled(passage: Passage, end_of_head: int, after_colon: int) -> Labelled | Spoken | Wrong:
    """The line as labelled, if what stands before its colon is a label or was to be one."""
    head, text = passage.cut(0, end_of_head), passage.cut(after_colon)
    words = head.text.casefold().split()
    label = _LABELS.get(" ".join(words))
    if label is not None:
        return Labelled(label, Level.STANDARD, head, text)
    if words[0] == Label.DOSE.casefold() and words[-1] in _LEVELS and len(words) == 2:
        return Labelled(Label.DOSE, Level(words[-1]), head, text)
    meant, suggestion = _meant(words)
    is_time = passage.text[after_colon : after_colon + 1].isdecimal()
    if not meant and (len(words) > 1 or is_time):
        return Spoken(passage)
    code, message = "label", f"'{quoted(head.text)}:' is not a label I know"
    span = passage.span(0, after_colon)
    if words[0] == Label.DOSE.casefold():
        wrong_level = head.cut(len(words[0]))
        code, message, span = (
            "level",
            f"'{quoted(wrong_level.text)}' is not a level I know",
            wrong_level.span(),
        )
    return Wrong(Problem(code, message, span, suggestion), passage, meant)


def _meant(words: Sequence[str]) -> tuple[Label | None, str]:
    """The label that these words were to be, if any, and what to write instead of them."""
    written = " ".join(words)
    if len(words) == 2 and close_to(words[0], (Label.DOSE.casefold(),), 0.7):
        level = close_to(words[1], _LEVELS, 0.6)
        return (
            Label.DOSE,
            f"did you mean 'Dose {level}:'?" if level else f"the levels are {', '.join(_LEVELS)}",
        )
    levels = [word for word in words if word in _LEVELS]
    if levels and len(words) <= 2 and set(words) <= {*_LEVELS, Label.DOSE.casefold(), "level"}:
        return Label.DOSE, f"did you mean 'Dose {levels[0]}:'?"
    if len(words) > _MOST_LABEL_WORDS:
        return None, ""
    label = _MEANT.get(written) or _LABELS.get(close_to(written, _LABELS, 0.7 if len(words) == 1 else 0.8))
    if label:
        return label, f"did you mean '{label}:'?"
    if written == "tempo":
        return None, "name the phases: '- tempo 3-0-2-1: down, hold, up, loose'"
    known = ", ".join(Label)
    return None, f"the labels are {known}; to have it spoken, write a comma for the colon"


def _without_colon(passage: Passage) -> Spoken | Wrong:
    """The line as spoken, unless it begins like a label whose colon is missing."""
    found = _NO_COLON.match(passage.text)
    if found and not (
        looks_like_a_number(found.group(2)) or found.group(2) in {"for", "hold", "once", "twice"}
    ):
        found = None
    found = found or _OTHER_SIGN.match(passage.text)
    if not found:
        return Spoken(passage)
    label = _LABELS[
        found.group(1).casefold().removesuffix(" gentle").removesuffix(" standard").removesuffix(" strong")
    ]
    written = found.group(1)
    hint = f"write '{written}: {quoted(passage.text[found.end() :].strip())}'"
    return Wrong(
        Problem("label", f"'{written}' has no colon", passage.span(0, found.end(1)), hint), passage, label
    )
