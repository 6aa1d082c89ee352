"""Classification of a sheet's lines: a name, a label, a bullet, a stage direction or a spoken line."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from coach.language.keywords.choice import keywords_for
from coach.language.keywords.vocabulary import Keywords, Label
from coach.language.level import Level
from coach.language.model import USUAL_LANGUAGE
from coach.language.problems import Problem, Span, source_lines
from coach.language.quantities import any_of, close_to, did_you_mean, quoted
from coach.language.typography import UNREADABLE, Passage, plain_line

MOST_LINES = 2_000
"""A text with more lines is no sheet, and is not read further."""

MOST_CHARACTERS = 1_000
"""A longer line is no breath, and is not read."""


@dataclass(frozen=True, slots=True)
class _Text:
    """The content of a line, without its marks."""

    text: Passage


@dataclass(frozen=True, slots=True)
class Named(_Text):
    """``# Step-ups`` (depth 1) or ``## Before we start`` (depth 2)."""

    depth: int


@dataclass(frozen=True, slots=True)
class Labelled(_Text):
    """``Careful: Keep your knee above your ankle.``; ``level`` is that of ``Dose gentle:``, else standard."""

    label: Label
    level: Level
    head: Passage


@dataclass(frozen=True, slots=True)
class Bullet(_Text):
    """``- up, 2 seconds: Step up,``: a phase or a step in an exercise, an exercise or a rest in a session."""

    is_numbered: bool = False


class Stage(_Text):
    """``(wait 5 seconds)``, without its parentheses."""


class Spoken(_Text):
    """Any other line: it is said as it stands."""


@dataclass(frozen=True, slots=True)
class Wrong(_Text):
    """A line that cannot be classified, its problem, and the label that its author probably meant."""

    problem: Problem
    label: Label | None = None


Marked = Named | Labelled | Bullet | Stage | Spoken | Wrong

_RULE = re.compile(r"[-*_= ]{3,}")
_NAME = re.compile(r"(#+) *(.*?)(?: +#+)?")
_STAGE = re.compile(r"\(([^()]*)(\)?)\.?")
_BULLET = re.compile(r"[-*+] +|-(?=[^\W\d_])|\d{1,2}[.)] +")
_HEAD = re.compile(r"([^\W\d_][^:]{0,60}?) *:")
_TAG = re.compile(r"([^:]+?) *: *([A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*)\W*")
_MOST_LABEL_WORDS = 4


def readable_lines(text: str) -> tuple[tuple[Passage, ...], tuple[Problem, ...]]:
    """Normalize each line of a text and cut off its comment; report what cannot be read at all."""
    lines = source_lines(text)
    passages = []
    problems = list(_unreadable(lines[:MOST_LINES]))
    for number, line in enumerate(lines[:MOST_LINES], start=1):
        if len(line) > MOST_CHARACTERS:
            message = f"this line has {len(line):,} characters: too long for one breath"
            problems.append(Problem("long", message, Span(number), "write one sentence on a line"))
        else:
            plain = plain_line(line, number)
            passage = _without_comment(plain)
            if passage.text or not plain.text:  # a comment is no blank line
                passages.append(passage)
    if len(lines) > MOST_LINES:
        message = f"this sheet has {len(lines):,} lines: too many for one exercise or session"
        hint = f"a sheet has at most {MOST_LINES:,} lines"
        problems.append(Problem("long", message, Span(MOST_LINES + 1), hint))
    return tuple(passages), tuple(problems)


def blank_lines(passages: Iterable[Passage]) -> frozenset[int]:
    """Return the numbers of the lines that are blank, or a rule across the page."""
    return frozenset(passage.line for passage in passages if _is_blank(passage))


def _is_blank(passage: Passage) -> bool:
    return not passage.text or _RULE.fullmatch(passage.text) is not None


def title_of(text: str) -> str:
    """Return the title of a sheet, without reading the rest of it; "" if it has none.

    >>> title_of("# Step-ups  // a first sketch")
    'Step-ups'
    """
    for number, line in enumerate(source_lines(text)[:MOST_LINES], start=1):
        if "#" in line and (found := _NAME.fullmatch(_without_comment(plain_line(line, number)).text)):
            return found.group(2) if len(found.group(1)) == 1 else ""
    return ""


def keywords_of(passages: Iterable[Passage]) -> Keywords:
    """Choose the keywords that a sheet is written with: those of a language whose own label names it.

    Else they are English: ``Language: es`` is an English sheet for a Spanish voice.
    """
    for passage in passages:
        if found := _TAG.fullmatch(passage.text):
            keywords = keywords_for(found.group(2))
            if found.group(1).casefold() == keywords.labels[Label.LANGUAGE].casefold():
                return keywords
    return keywords_for(USUAL_LANGUAGE)


def _unreadable(lines: Sequence[str]) -> Iterable[Problem]:
    """Report characters that no author types: one problem for all, at the first of them."""
    wrong = [(number, found) for number, line in enumerate(lines, 1) if (found := UNREADABLE.search(line))]
    for number, found in wrong[:1]:
        elsewhere = f", and others on {len(wrong) - 1} more" if len(wrong) > 1 else ""
        message = f"a character that cannot be read (U+{ord(found.group()):04X}){elsewhere}"
        hint = "save the sheet as plain text in UTF-8, or type the character again"
        yield Problem("character", message, Span(number, found.start() + 1), hint)


def _without_comment(passage: Passage) -> Passage:
    found = re.search(r"(?:^|(?<= ))//", passage.text)
    return passage.cut(0, found.start()) if found else passage


def marked_lines(passages: Iterable[Passage], keywords: Keywords) -> tuple[Marked, ...]:
    r"""Classify the lines that are not blank. Lines below a label without a text belong to that label.

    >>> passages, _ = readable_lines("# Plank  // a first sketch\n\nDose: 3 times")
    >>> [type(line).__name__ for line in marked_lines(passages, keywords_of(passages))]
    ['Named', 'Labelled']
    """
    marker = _Marker(keywords)
    marked: list[Marked] = []
    heading: Labelled | None = None
    below = 0
    for passage in (*passages, Passage("", 0, (1,))):
        line = None if _is_blank(passage) else marker.mark(passage)
        if heading and isinstance(line, Bullet | Spoken):
            below += 1
            continue
        if heading:
            examples = {Label.DOSE: keywords.examples.counted.format(n=10), Label.ASK: keywords.pain}
            example = examples.get(heading.label, "...")
            marked.append(_without_text(heading, below, example))
            heading, below = None, 0
        if isinstance(line, Labelled) and not line.text.text:
            heading = line
        elif line:
            marked.append(line)
    return tuple(marked)


def _without_text(line: Labelled, below: int, example: str) -> Wrong:
    written = quoted(line.head.text)
    hint = f"write what belongs behind it: '{written}: {example}'"
    if below:
        hint = f"write it on one line: '{written}: {example}'"
    if below > 1:
        hint = f"begin each line below with '{written}:'"
    problem = Problem("empty", f"'{written}:' has nothing behind it", line.head.span(), hint)
    return Wrong(line.head, problem, line.label)


class _Marker:
    """Classifies single lines by the keywords of one language."""

    def __init__(self, keywords: Keywords) -> None:
        self._keywords = keywords
        self._names = keywords.labels
        self._labels = {name.casefold(): label for label, name in keywords.labels.items()}
        self._levels = {word: level for level, word in keywords.levels.items()}
        self._dose = keywords.labels[Label.DOSE].casefold()
        doses = {self._dose: Level.STANDARD, **{f"{self._dose} {w}": lv for w, lv in self._levels.items()}}
        self._heads = {
            **{name: (label, Level.STANDARD) for name, label in self._labels.items()},
            **{head: (Label.DOSE, level) for head, level in doses.items()},
        }
        self._no_colon = re.compile(rf"({any_of(doses)}) (?=(\S+))", re.IGNORECASE)
        self._other_sign = re.compile(rf"({any_of(self._labels)})(?: *;| +-) ", re.IGNORECASE)
        asks = [words for words, label in keywords.likely_labels.items() if label is Label.ASK]
        asking = rf"({any_of([self._names[Label.ASK].casefold(), *asks])})(?: \w+)? {keywords.pain}[.?]?"
        self._asking = re.compile(asking, re.IGNORECASE)

    def mark(self, passage: Passage) -> Marked:
        """Classify a line."""
        text = passage.text
        if found := _NAME.fullmatch(text):
            return Named(passage.cut(*found.span(2)), len(found.group(1)))
        if found := _STAGE.fullmatch(text):
            if found.group(2):
                return Stage(passage.cut(*found.span(1)))
            hint = f"write '{text})'"
            problem = Problem("stage", "this parenthesis is never closed", passage.span(0, 1), hint)
            return Wrong(passage, problem)
        if found := _BULLET.match(text):
            labelled = self._in_a_list(passage.cut(found.end()))
            return labelled or Bullet(passage.cut(found.end()), is_numbered=text[0].isdecimal())
        if found := _HEAD.match(text):
            return self._labelled(passage, found.end(1), found.end())
        return self._without_colon(passage)

    def _in_a_list(self, passage: Passage) -> Labelled | None:
        """Classify a label behind a bullet; the word of a phase may be that of a label too."""
        found = _HEAD.match(passage.text)
        known = self._heads.get(" ".join(found.group(1).casefold().split())) if found else None
        if not found or not known or known[0] is Label.BREATHE or found.end() == len(passage.text):
            return None
        return Labelled(passage.cut(found.end()), *known, passage.cut(0, found.end(1)))

    def _labelled(self, passage: Passage, end_of_head: int, after_colon: int) -> Labelled | Spoken | Wrong:
        """Classify a line with a colon: labelled, labelled wrongly, or spoken."""
        head, text = passage.cut(0, end_of_head), passage.cut(after_colon)
        words = head.text.casefold().split()
        if known := self._heads.get(" ".join(words)):
            return Labelled(text, *known, head)
        meant, suggestion = self._meant(words)
        is_time = passage.text[after_colon : after_colon + 1].isdecimal()
        if not meant and (len(words) > 1 or is_time):
            return Spoken(passage)
        code, message = "label", f"'{quoted(head.text)}:' is not a label I know"
        span = passage.span(0, after_colon)
        if words[0] == self._dose:
            wrong_level = head.cut(len(words[0]))
            code, span = "level", wrong_level.span()
            message = f"'{quoted(wrong_level.text)}' is not a level I know"
        return Wrong(passage, Problem(code, message, span, suggestion), meant)

    def _meant(self, words: Sequence[str]) -> tuple[Label | None, str]:
        """Guess the label that an author meant by other words; return it with a hint."""
        written, dose = " ".join(words), self._names[Label.DOSE]
        if len(words) == 2 and close_to(words[0], (self._dose,)):
            known = f"the levels are {', '.join(self._levels)}"
            return Label.DOSE, did_you_mean(words[1], self._levels, known, 0.6, f"{dose} {{}}:")
        levels = [word for word in words if word in self._levels]
        if levels and len(words) <= 2 and set(words) <= {*self._levels, self._dose, self._keywords.level}:
            return Label.DOSE, f"did you mean '{dose} {levels[0]}:'?"
        if len(words) > _MOST_LABEL_WORDS:
            return None, ""
        close = close_to(written, self._labels, 0.7 if len(words) == 1 else 0.8)
        if label := self._keywords.likely_labels.get(written) or self._labels.get(close):
            return label, f"did you mean '{self._names[label]}:'?"
        if written == self._keywords.tempo:
            return None, f"name the phases: '{self._keywords.tempo_example()}'"
        known = ", ".join(self._names.values())
        return None, f"the labels are {known}; to have it spoken, write a comma for the colon"

    def _without_colon(self, passage: Passage) -> Spoken | Wrong:
        """Classify a line without a colon as spoken, unless it begins like a label."""
        if asking := self._asking.fullmatch(passage.text):
            hint = f"write '{self._names[Label.ASK]}: {self._keywords.pain}'"
            span = passage.span(0, asking.end(1))
            problem = Problem("label", f"'{asking.group(1)}' has no colon", span, hint)
            return Wrong(passage, problem, Label.ASK)
        found = self._no_colon.match(passage.text)
        if not found or not self._keywords.begins_a_dose(found.group(2)):
            found = self._other_sign.match(passage.text)
        if not found:
            return Spoken(passage)
        written = found.group(1)
        label, _ = self._heads[" ".join(written.casefold().split())]
        hint = f"write '{written}: {passage.text[found.end() :].strip()}'"
        problem = Problem("label", f"'{written}' has no colon", passage.span(0, found.end(1)), hint)
        return Wrong(passage, problem, label)
