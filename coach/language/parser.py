"""Parser of sheets: text becomes an exercise or a session, and all its problems at once.

Lines are normalized (`coach.language.typography`), classified (`coach.language.lines`) and become values
here. A line has at most one problem, and an error in one line is never the cause of one in another.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import chain, pairwise
from types import MappingProxyType
from typing import TypeVar

from coach.language import model
from coach.language.by_tag import is_tag
from coach.language.dose import Dose, Held, Timed, Wording, completed
from coach.language.dose_grammar import read_dose
from coach.language.dose_review import dose_problems, held_phase
from coach.language.keywords.vocabulary import DoseWord, Keywords, Label, StageWord
from coach.language.level import Level
from coach.language.lines import (
    Bullet,
    Labelled,
    Marked,
    Named,
    Spoken,
    Stage,
    Wrong,
    blank_lines,
    keywords_of,
    marked_lines,
    readable_lines,
)
from coach.language.model import Line, Phase, Script, Session
from coach.language.names import comparable, dose_beside
from coach.language.pace import seconds_for
from coach.language.phases import has_time, length_of_time, split_phase
from coach.language.problems import LineError, Problem, Severity, Span, in_order
from coach.language.quantities import (
    PHASE_S,
    REST_S,
    WAIT_S,
    any_of,
    close_to,
    did_you_mean,
    quoted,
    read_time,
    unit_of,
    units_s,
)
from coach.language.rounds import Rounds, read_rounds
from coach.language.sides import side_words
from coach.language.typography import Passage

_T = TypeVar("_T")

_SESSION_LABELS = frozenset({Label.NEEDS, Label.FOR, Label.SOURCE, Label.LANGUAGE, Label.OPTIONAL, Label.ASK})
_ONCE = _SESSION_LABELS | {Label.POSITION, Label.WORKS, Label.DOSE}
_MOST_PHASE_WORDS = 4

_COLON = re.compile(r" *:(?!\d)")
_WORD_AND_NUMBER = re.compile(r"[^\W\d_]+(?: [^\W\d_]+)? +\(?\d+\)?")
"""The word of a phase and a time without a unit, as in ``inhale 4``."""
_TEMPO_NUMBERS = re.compile(r"\d+(?:\.\d+)?(?: *[-/] *\d+(?:\.\d+)?)+")


@dataclass(frozen=True, slots=True)
class Parsed:
    """The result of parsing: an exercise or a session, and all problems in the order of the lines.

    ``draft`` is as much as could be read, for those who look for further errors: lines with errors are in it
    as if they were spoken, and without a readable dose or phase it has no doses.
    """

    draft: Script | Session | None
    problems: tuple[Problem, ...]

    @property
    def value(self) -> Script | Session | None:
        """The parsed content of the text; None if one of the problems is an error."""
        return None if any(problem.severity is Severity.ERROR for problem in self.problems) else self.draft


def parse(text: str, name: str) -> Parsed:
    r"""Parse the text of a sheet; ``name`` is its file's stem. Never raises, whatever the text.

    >>> sheet = parse("# Plank\nDose: hold for 20 seconds, 3 times", "plank").value
    >>> sheet.title, sheet.doses[Level.GENTLE].hold_s
    ('Plank', 20.0)
    >>> [problem.message for problem in parse("# Plank\nDose: hold 3", "plank").problems]
    ["'3' has no unit"]
    """
    passages, unreadable = readable_lines(text)
    keywords = keywords_of(passages)
    lines = marked_lines(passages, keywords)
    problems = [*unreadable, *(line.problem for line in lines if isinstance(line, Wrong))]
    draft: Script | Session | None = None
    if lines:
        parser = _Parser(_without_titles(lines), keywords, _title_of(lines, problems), blank_lines(passages))
        draft = parser.session(name) if parser.is_session() else parser.exercise(name)
        problems += parser.problems
    elif not problems:
        problems.append(Problem("empty", "this sheet says nothing", Span(1), "begin with '# ' and a name"))
    return Parsed(draft, in_order(problems))


def _without_titles(lines: Sequence[Marked]) -> tuple[Marked, ...]:
    return tuple(line for line in lines if not (isinstance(line, Named) and line.depth == 1))


def _title_of(lines: Sequence[Marked], problems: list[Problem]) -> Passage:
    """Find the name of the sheet; report a missing or second one."""

    def report(message: str, span: Span, hint: str) -> None:
        problems.append(Problem("title", message, span, hint))

    first = lines[0]
    message = "a sheet begins with its name"
    names = [line for line in lines if isinstance(line, Named) and line.depth == 1]
    if not names:
        shown = first.text.text if isinstance(first, Spoken | Named) else ""
        shown = shown or "Name"
        report(message, first.text.span(), f"write '# {shown}' on a line of its own, before all others")
        return first.text
    title = names[0].text
    if names[0] is not first:
        report(message, title.span(), f"move '# {quoted(title.text)}' to the first line")
    elif not title.text:
        report("the name is missing", title.span(), "write it behind the '#'")
    for other in names[1:]:
        hint = "take this line away; in a session, the line of a part begins with '##'"
        report("a sheet has one name", other.text.span(), hint)
    return title


class _Grammar:
    """The regular expressions that are built from the keywords of a language."""

    def __init__(self, keywords: Keywords) -> None:
        def pattern(text: str) -> re.Pattern[str]:
            return re.compile(text, re.IGNORECASE)

        stages = any_of((*keywords.stage_words.values(), *keywords.likely_stage_words))
        counts = any_of(set(keywords.dose_marks) - {*keywords.dose_words[DoseWord.EACH]})
        self.tempo = pattern(rf"{re.escape(keywords.tempo)}\b[ ,]*")
        self.inline_stage = pattern(rf"\({stages}\b[^()]*\)?")
        self.escape = pattern(rf"\\(?!{any_of(side_words(keywords))}\b)(\w*)")
        self.number_with_unit = pattern(rf"\d *{any_of(units_s(keywords))}\b")
        self.dose_mark = pattern(rf"\b{any_of(keywords.dose_marks)}\b")
        self.dose_behind_a_name = pattern(rf",? *\b(\w+) +{counts}\b")
        self.rest = pattern(rf"{any_of(keywords.dose_words[DoseWord.REST])}\b[^,]*$")
        self.pause = pattern(rf"{any_of(keywords.pauses)}\b[ ,:]*(?:{any_of(keywords.before_time)} +)?")


_grammar = cache(_Grammar)


def _as_spoken(passage: Passage) -> Line:
    return Line(passage.text, passage.span())


def _first_word(passage: Passage, known: Collection[str]) -> str:
    """The known word or words that a passage begins with, or its first word, as written; or ""."""
    found = re.match(rf"{any_of(known)}(?![^\W\d_])|[^\W\d_]*", passage.text, re.IGNORECASE)
    return found.group() if found else ""


def _split(passage: Passage) -> tuple[Passage, Passage | None]:
    """Split at the first colon; None without a colon."""
    colon = _COLON.search(passage.text)
    return (passage.cut(0, colon.start()), passage.cut(colon.end())) if colon else (passage, None)


def _parts(passage: Passage) -> list[Passage]:
    """The parts between commas and semicolons."""
    edges = [found.span() for found in re.finditer(r",(?!\d)|;", passage.text)]
    starts, ends = [0, *(end for _, end in edges)], [*(start for start, _ in edges), len(passage.text)]
    return [passage.cut(start, end) for start, end in zip(starts, ends, strict=True)]


def _is_cue(text: str) -> bool:
    return re.search(r"[^\W\d_]", text) is not None and len(text.split()) <= _MOST_PHASE_WORDS


class _Parser:
    """Reads the classified lines of a sheet; errors of its lines gather in ``problems``."""

    def __init__(
        self, lines: Sequence[Marked], keywords: Keywords, title: Passage, blank: frozenset[int]
    ) -> None:
        self.problems: list[Problem] = []
        self._keywords = keywords
        self._grammar = _grammar(keywords)
        self._lines = lines
        self._title = title
        self._blank = blank

    def _report(
        self, code: str, message: str, span: Span, hint: str, severity: Severity = Severity.ERROR
    ) -> None:
        self.problems.append(Problem(code, message, span, hint, severity))

    def _attempt(self, read: Callable[[Passage], _T], passage: Passage) -> _T | None:
        """Parse a line; report its problem and return None if it has one."""
        try:
            return read(passage)
        except LineError as error:
            self.problems.append(error.problem)
            return None

    # The kind of the sheet

    def is_session(self) -> bool:
        """Tell a session from an exercise: it has no dose of its own, and more references than phases.

        A sheet with exercises below headings of their own is a session.
        """
        if any(map(_defines_an_exercise, _sections(self._lines)[1:])):
            return True
        exercise, session = 0, 0
        for line in self._lines:
            match line:
                case Labelled(label=Label.DOSE) | Wrong(label=Label.DOSE):
                    return False
                case Labelled(label=label) | Wrong(label=Label() as label):
                    exercise += label not in {*_SESSION_LABELS, Label.BRIEF}
                case Bullet(text):
                    is_phase = self._looks_like_a_phase(text)
                    exercise, session = exercise + is_phase, session + (not is_phase)
                case Named():
                    session += 1
                case _:
                    pass
        return session > exercise

    def _looks_like_a_phase(self, bullet: Passage) -> bool:
        head = _split(bullet)[0].text
        if self._grammar.tempo.match(head):
            return True
        if self._grammar.rest.match(head) or self._grammar.dose_mark.search(head):
            return False
        comma = re.search(r", *(\w+)", head)
        has_number = comma and self._keywords.is_number(comma.group(1))
        return bool(has_number or self._grammar.number_with_unit.search(head))

    # What both kinds have

    def _line(self, passage: Passage) -> Line:
        """Read a sentence to be spoken."""
        if found := self._grammar.inline_stage.search(passage.text):
            hint = f"write '{found.group()}' on a line of its own"
            message = "a stage direction within a sentence would be read aloud"
            raise LineError("stage", message, passage.span(*found.span()), hint)
        if found := self._grammar.escape.search(passage.text):
            right, left = next(iter(self._keywords.other_side.items()))
            only = f"take it away; only '\\{right}' and '\\{left}' have one"
            hint = did_you_mean(found.group(1), side_words(self._keywords), only, 0.6, "\\{}")
            raise LineError("escape", "a backslash would be read aloud", passage.span(*found.span()), hint)
        if not any(map(str.isalnum, passage.text)):
            hint = "write words, or begin the line with '//'"
            raise LineError("empty", "this line has nothing to say", passage.span(), hint)
        return _as_spoken(passage)

    def _direction(self, stage: Passage) -> model.Wait | model.Ring:
        """Read a stage direction, without its parentheses."""
        words = {word: stage_word for stage_word, word in self._keywords.stage_words.items()}
        word = _first_word(stage, words).casefold()
        rest = stage.cut(len(word))
        match words.get(word):
            case StageWord.WAIT:
                return model.Wait(read_time(rest, WAIT_S, self._keywords), stage.span())
            case StageWord.BELL if not rest.text:
                return model.Ring(model.Sound.BELL, stage.span())
            case StageWord.SOUND:
                return model.Ring(self._sound(rest, stage.span()), stage.span())
        likely = self._keywords.likely_stage_words.get(word) or words.get(close_to(word, words, 0.6))
        hint = "take the parentheses away to have it spoken, or begin the line with '//'"
        if likely:
            shown = {
                StageWord.WAIT: f" {self._keywords.in_words(5)}",
                StageWord.SOUND: f" {self._keywords.sounds[model.Sound.HOLD_START]}",
            }
            hint = f"did you mean '({self._keywords.stage_words[likely]}{shown.get(likely, '')})'?"
        message = f"'({quoted(stage.text)})' is not a stage direction I know"
        raise LineError("stage", message, stage.span(), hint)

    def _sound(self, name: Passage, stage: Span) -> model.Sound:
        sounds = {written: sound for sound, written in self._keywords.sounds.items()}
        written = " ".join(name.text.casefold().replace("-", " ").split())
        if written in sounds:
            return sounds[written]
        example = f"({self._keywords.stage_words[StageWord.SOUND]} {{}})"
        hint = did_you_mean(written, sounds, f"the sounds are {', '.join(sounds)}", 0.6, example)
        if not written:
            raise LineError("sound", "the sound has no name", stage, hint)
        raise LineError("sound", f"'{quoted(name.text)}' is not a sound I know", name.span(), hint)

    def _dose(self, passage: Passage, *, has_phases: bool | None = None, is_whole: bool = False) -> Wording:
        wording, doubts = read_dose(passage, self._keywords, has_phases=has_phases, is_whole=is_whole)
        self.problems += doubts
        return wording

    def _labelled(self, *labels: Label) -> list[Labelled]:
        return [line for line in self._lines if isinstance(line, Labelled) and line.label in labels]

    def _text(self, label: Label) -> str:
        """The text of a label that is given once, or ""."""
        return next((line.text.text for line in self._labelled(label)), "")

    def _heard(self, *labels: Label) -> tuple[Line, ...]:
        return tuple(Line(line.text.text, line.text.span()) for line in self._labelled(*labels))

    def _report_repeated(self, once: Collection[Label] = _ONCE) -> None:
        """Report labels that may be given once and are given again."""
        first: dict[tuple[Label, Level], Labelled] = {}
        for line in self._labelled(*once):
            kept = first.setdefault((line.label, line.level), line)
            if kept is not line:
                message = f"'{quoted(line.head.text)}:' is given a second time"
                hint = f"keep one of them; the other is on line {kept.head.line}"
                self._report("repeated", message, line.head.span(), hint)

    def _language(self) -> str:
        for line in self._labelled(Label.LANGUAGE)[:1]:
            tag = line.text.text.casefold().replace("_", "-")
            if is_tag(tag):
                return tag
            message = f"'{quoted(line.text.text)}' is not a language tag"
            self._report("language", message, line.text.span(), "write it like 'en-us', 'en-gb' or 'de'")
            return ""
        return model.USUAL_LANGUAGE

    def _is_optional(self) -> bool:
        """Tell whether an exercise may be left out first."""
        for line in self._labelled(Label.OPTIONAL)[:1]:
            word = line.text.text.casefold().rstrip(".")
            if word in self._keywords.yes_or_no:
                return self._keywords.yes_or_no[word]
            yes = next(iter(self._keywords.yes_or_no))
            message = f"'{quoted(line.text.text)}' does not say whether the exercise may be left out"
            hint = f"write '{line.head.text}: {yes}', or take the line away"
            self._report("optional", message, line.text.span(), hint)
        return False

    def _with_optional(self, parts: Sequence[model.Written]) -> tuple[model.Written, ...]:
        """Mark the exercises of a session that its label names as optional."""
        optional = set[str]()
        named = {comparable(part.name): part.name for part in parts if isinstance(part, model.Reference)}
        for line in self._labelled(Label.OPTIONAL)[:1]:
            for written in line.text.text.rstrip(".").split(","):
                if comparable(written) in named:
                    optional.add(comparable(written))
                    continue
                message = f"'{quoted(written.strip())}' is no exercise of this session"
                names = ", ".join(dict.fromkeys(named.values()))
                hint = f"write names of the list, with commas between them: {names}"
                self._report("optional", message, line.text.span(), hint)
        return tuple(
            replace(part, is_optional=True)
            if isinstance(part, model.Reference) and comparable(part.name) in optional
            else part
            for part in parts
        )

    def _ask(self, topic: Passage) -> model.Ask:
        """Read what is asked about."""
        if topic.text.casefold().rstrip(".?") != self._keywords.pain:
            hint = f"write '{self._keywords.labels[Label.ASK]}: {self._keywords.pain}'"
            raise LineError("ask", f"I cannot ask about '{quoted(topic.text)}'", topic.span(), hint)
        return model.Ask(topic.span())

    # Exercises

    def exercise(self, name: str) -> Script:
        """Read the lines as those of an exercise."""
        spoken = {label: self._spoken(label) for label in Label if label not in _ONCE}
        self._lines = self._with_steps_spoken()
        bullets = [self._attempt(self._phases, line.text) for line in self._lines if isinstance(line, Bullet)]
        phases = tuple(chain.from_iterable(read for read in bullets if read is not None))
        directions = [
            self._attempt(self._direction if isinstance(line, Stage) else self._line, line.text)
            for line in self._lines
            if isinstance(line, Stage | Spoken)
        ]
        doses, are_usable = self._doses(None if None in bullets else phases)
        script = Script(
            name=name,
            title=self._title.text,
            doses=doses if are_usable and None not in bullets else {},
            phases=self._all_timed(phases, doses),
            instructions=tuple(direction for direction in directions if direction),
            cautions=spoken[Label.CAREFUL],
            reminders=spoken[Label.REMEMBER],
            if_it_hurts=spoken[Label.IF_IT_HURTS],
            breathing=spoken[Label.BREATHE],
            brief=spoken[Label.BRIEF],
            position=self._text(Label.POSITION),
            needs=self._text(Label.NEEDS),
            works=self._text(Label.WORKS),
            body_part=self._text(Label.FOR),
            source=self._text(Label.SOURCE),
            language=self._language(),
            is_optional=self._is_optional(),
            span=self._title.span(),
            labelled=self._heard(Label.POSITION, Label.NEEDS),
            asks=bool([line for line in self._labelled(Label.ASK) if self._attempt(self._ask, line.text)]),
        )
        self._report_repeated()
        self._report_out_of_place()
        return script

    def _spoken(self, label: Label) -> tuple[Line, ...]:
        """The sentences of a label, also those with errors."""
        return tuple(
            self._attempt(_as_spoken if isinstance(line, Wrong) else self._line, line.text)
            or _as_spoken(line.text)
            for line in self._lines
            if isinstance(line, Labelled | Wrong) and line.label is label
        )

    def _report_out_of_place(self) -> None:
        """Report chapters in an exercise, and spoken lines below the phases, which are said before them."""
        moves = False
        for line in self._lines:
            moves = moves or isinstance(line, Bullet)
            if isinstance(line, Named):
                hint = "take the line away, or begin it with '//'"
                self._report("title", "an exercise has no chapters", line.text.span(), hint)
            elif moves and isinstance(line, Spoken | Stage):
                message = "this stands below the movement, but is said before the first repetition"
                hint = "move it above the first '- '"
                self._report("order", message, line.text.span(), hint, Severity.WARNING)

    # Doses

    def _doses(self, phases: Sequence[Phase] | None) -> tuple[Mapping[Level, Dose], bool]:
        """The dose at every level, and whether none of them has an error.

        Without known phases, because one cannot be read, the doses are taken to suit them.
        """
        wrong_labels = [line.label for line in self._lines if isinstance(line, Wrong)]
        before = len(self.problems)
        lines = {line.level: line.text for line in reversed(self._labelled(Label.DOSE))}
        has_phases = phases is None or bool(phases)
        read = {
            level: self._attempt(
                partial(self._dose, has_phases=has_phases, is_whole=level is Level.STANDARD), text
            )
            for level, text in lines.items()
        }
        given = {level: wording for level, wording in read.items() if wording}
        usual = completed(given.get(Level.STANDARD, Wording()), has_phases=has_phases)
        doses = {
            level: completed(given[level], usual, has_phases=has_phases) if level in given else usual
            for level in Level
        }
        if Label.DOSE not in wrong_labels and Level.STANDARD not in read:
            self._report_no_dose(tuple(read))
        for level, wording in given.items():
            self.problems += dose_problems(wording, doses[level], phases, self._keywords)
        are_wrong = any(problem.severity is Severity.ERROR for problem in self.problems[before:])
        return MappingProxyType(doses), not are_wrong and not {Label.DOSE, None} & {*wrong_labels}

    def _report_no_dose(self, levels: Sequence[Level]) -> None:
        examples, label = self._keywords.examples, self._keywords.labels[Label.DOSE]
        usual, in_sets = examples.timed.format(time=self._keywords.in_words(60)), ""
        if any(isinstance(line, Bullet) for line in self._lines):
            usual = examples.counted.format(n=10)
            in_sets = f"{examples.in_sets.format(sets=2, reps=10)}, {self._keywords.rest_example()}"
        if levels:
            given = " and ".join(sorted(self._keywords.levels[level] for level in levels))
            message = f"a dose for {given}, but none for everybody else"
            hint = f"add a line such as '{label}: {usual}'"
        elif any(isinstance(line, Bullet | Labelled) for line in self._lines):
            message = "this exercise does not say how often: it has no dose"
            hint = f"add a line such as '{label}: {in_sets or usual}'"
        else:
            message = "this is neither an exercise, which has a dose, nor a session, which names exercises"
            hint = f"add a line such as '{label}: {usual}', or '- Name of an exercise'"
        self._report("dose", message, self._title.span(), hint)

    # Phases

    def _all_timed(self, phases: Sequence[Phase], doses: Mapping[Level, Dose]) -> tuple[Phase, ...]:
        """Return the phases, held as the doses say; tell the time of those that were given none."""
        for phase in phases:
            timed = (Held,) if phase.is_hold else (Timed,) if len(phases) == 1 else ()
            is_held = all(isinstance(dose, timed) for dose in doses.values())
            if not (phase.is_timed or is_held):
                time = self._keywords.in_words(phase.length_s[Level.STANDARD])
                message = f"'{quoted(phase.cue)}' has no time: it takes {time}, as long as its words"
                hint = f"another time is written behind its word: '- {quoted(phase.cue)}, {time}'"
                self._report("time", message, phase.span, hint, Severity.NOTE)
        return tuple(held_phase(phase, doses) for phase in phases)

    def _with_steps_spoken(self) -> tuple[Marked, ...]:
        """Return the lines with those bullets as spoken lines that are steps, not phases.

        A phase has a time, or stands among bullets of its kind of which one has a time. Where none has one, a
        word before a colon makes a phase. Numbered lines beside bullets with times are steps, whatever number
        is in them.
        """
        timed = {line for line in self._lines if isinstance(line, Bullet) and self._has_a_time(line.text)}
        timed = {line for line in timed if not line.is_numbered} or timed
        phases: set[Marked] = set()
        for run in self._runs_of_bullets():
            if not timed.isdisjoint(run):
                phases.update(run)
            elif not timed:
                phases.update(line for line in run if not line.is_numbered and _has_a_cue(line.text))
        at = [i for i, line in enumerate(self._lines) if line in phases]
        between = range(at[0], at[-1]) if at else range(0)
        return tuple(
            Spoken(line.text)
            if isinstance(line, Bullet) and line not in phases and (line.is_numbered or i not in between)
            else line
            for i, line in enumerate(self._lines)
        )

    def _runs_of_bullets(self) -> list[list[Bullet]]:
        """Group bullets of one kind that follow one another without a blank line."""
        runs: list[list[Bullet]] = []
        before: Marked | None = None
        for line in self._lines:
            if isinstance(line, Bullet):
                goes_on = (
                    isinstance(before, Bullet)
                    and before.is_numbered == line.is_numbered
                    and self._blank.isdisjoint(range(before.text.line + 1, line.text.line))
                )
                if not goes_on:
                    runs.append([])
                runs[-1].append(line)
            before = line
        return runs

    def _has_a_time(self, bullet: Passage) -> bool:
        head, sentence = _split(bullet)
        begins = sentence is not None and length_of_time(sentence, self._keywords) > 0
        has_number = _WORD_AND_NUMBER.fullmatch(head.text) is not None
        return begins or has_number or has_time(head, self._keywords) or self._looks_like_a_phase(bullet)

    def _phases(self, bullet: Passage) -> tuple[Phase, ...]:
        """Read the phase of a bullet, or all phases of a tempo."""
        if found := self._grammar.tempo.match(bullet.text):
            return self._tempo(bullet, bullet.cut(found.end()))
        head, sentence = _split(bullet)
        parts = split_phase(head, sentence, self._keywords)
        cue, times, sentence = parts.cue, parts.times, parts.sentence
        if not _is_cue(cue.text):
            word = re.match(r"[^\W\d_]*", cue.text)
            hint = f"write '{self._keywords.examples.phase}', or take the mark away to have it spoken"
            if word and word.group():
                time = f", {times.text.rstrip(' .,:;-')}" if times else ""
                said = sentence.text if sentence and sentence.text else head.cut(0, len(cue.text)).text
                written = f"{word.group().lower()}{time}: {said}"
                spoken = "" if times else ", or take the mark away to have it spoken first"
                hint = f"begin with a word or two, such as '- {written}'{spoken}"
            raise LineError("phase", "this is no phase of a movement", head.span(), hint)
        text = self._line(sentence).text if sentence and sentence.text else ""
        kind = self._keywords.kind_of(cue.text)
        if times:
            return (Phase(cue.text, self._lengths(cue.text, times), text, bullet.span(), kind),)
        usual = MappingProxyType(dict.fromkeys(Level, seconds_for(text)))
        return (Phase(cue.text, usual, text, bullet.span(), kind, is_timed=False),)

    def _lengths(self, cue: str, times: Passage) -> Mapping[Level, float]:
        """The seconds at every level, from ``3 seconds (gentle 2, strong 5)`` or ``3 seconds, gentle 2``."""
        opening, closing = times.text.find("("), times.text.find(")")
        first = re.search(rf"[,;] *(?={any_of(self._keywords.levels.values())}\b)", times.text, re.IGNORECASE)
        if opening < 0 and first:
            standard, levels = times.cut(0, first.start()), times.cut(first.end())
            return self._at_levels(cue, standard, levels.cut(0, len(levels.text.rstrip(" ),;.:-"))))
        if opening < 0:
            return self._at_levels(cue, times.cut(0, len(times.text.rstrip(" ),;.:-"))), None)
        if closing < opening:
            whole = f"{times.text})" if times.text[opening + 1 :].strip() else times.text[:opening].strip()
            hint = f"write '- {cue}, {whole}: Sentence.'"
            raise LineError(
                "phase", "this parenthesis is never closed", times.span(opening, opening + 1), hint
            )
        if times.text[closing + 1 :].strip(" ,;:.-"):
            hint = f"write '- {cue}, {times.text[: closing + 1]}: Sentence.'"
            raise LineError("phase", "a colon is missing before the sentence", times.span(closing + 1), hint)
        return self._at_levels(cue, times.cut(0, opening), times.cut(opening + 1, closing))

    def _at_levels(self, cue: str, standard: Passage, levels: Passage | None) -> Mapping[Level, float]:
        try:
            seconds = read_time(standard, PHASE_S, self._keywords)
        except LineError as error:
            if error.problem.code == "time":
                hint = f"write '- {cue}, {self._keywords.in_words(2)}: Sentence.'"
                error.problem = replace(error.problem, hint=hint)
            raise
        usual = dict.fromkeys(Level, seconds)
        if levels is None:
            return MappingProxyType(usual)
        return MappingProxyType(usual | self._own_lengths(levels, unit_of(standard, self._keywords)))

    def _own_lengths(self, levels: Passage, unit_s: float) -> dict[Level, float]:
        """The seconds at the levels that have their own, from ``gentle 2, strong 5``."""
        own: dict[Level, float] = {}
        for part in _parts(levels):
            level = self._level_of(part, own)
            time = part.cut(len(self._keywords.levels[level]))
            own[level] = read_time(time, PHASE_S, self._keywords, unit_s=unit_s)
        return own

    def _level_of(self, part: Passage, given: Collection[Level]) -> Level:
        """The level that a part such as ``strong 5`` is for."""
        levels = {word: level for level, word in self._keywords.levels.items()}
        word = _first_word(part, levels)
        span = part.span(0, len(word)) if word else part.span()
        level = levels.get(word.casefold())
        if level is Level.STANDARD:
            message = f"the time at the {word.casefold()} level stands before the parenthesis"
            raise LineError("level", message, span, "write it before the parenthesis")
        if level is None:
            gentle, strong = self._keywords.levels[Level.GENTLE], self._keywords.levels[Level.STRONG]
            example = f"write it like '({gentle} 2, {strong} 5)'"
            hint = did_you_mean(word.casefold(), (gentle, strong), example, 0.6)
            raise LineError("level", f"'{quoted(word or part.text)}' is not a level I know", span, hint)
        if level in given:
            message = f"'{word.casefold()}' is given a second time"
            raise LineError("repeated", message, span, "keep one of them")
        return level

    def _tempo(self, bullet: Passage, rest: Passage) -> tuple[Phase, ...]:
        """The phases of ``tempo 3-0-2-1: down, hold, up, loose``; those that last 0 are left out."""
        found, example = _TEMPO_NUMBERS.match(rest.text), f"'{self._keywords.tempo_example()}'"
        if not found:
            raise LineError("tempo", "the tempo has no numbers", bullet.span(), f"write it like {example}")
        numbers = [float(number) for number in re.split(r" *[-/] *", found.group())]
        colon = _COLON.match(rest.text, found.end())
        if not colon or not rest.cut(colon.end()).text:
            hint = f"name a phase for each number, such as {example}"
            raise LineError("tempo", f"'{found.group()}' does not name its phases", rest.span(), hint)
        cues = _parts(rest.cut(colon.end()))
        if len(cues) != len(numbers):
            hint = "name one phase for each number, with commas between them"
            raise LineError("tempo", f"{len(numbers)} numbers, but {len(cues)} phases", rest.span(), hint)
        phases = []
        for number, cue in zip(numbers, cues, strict=True):
            if number and not PHASE_S.least <= number <= PHASE_S.most:
                shortest, longest = map(self._keywords.in_words, (PHASE_S.least, PHASE_S.most))
                hint = f"a phase is {shortest} to {longest} long, or 0 to leave it out"
                raise LineError("bounds", f"'{number:g}' seconds is no phase", rest.span(*found.span()), hint)
            if not _is_cue(cue.text):
                hint = f"write one or two words, as in {example}"
                raise LineError("tempo", f"'{quoted(cue.text)}' is no name for a phase", cue.span(), hint)
            lengths = MappingProxyType(dict.fromkeys(Level, number))
            phases.append(Phase(cue.text, lengths, "", cue.span(), self._keywords.kind_of(cue.text)))
        return tuple(phase for phase in phases if any(phase.length_s.values()))

    # Sessions

    def session(self, name: str) -> Session:
        """Read the lines as those of a session."""
        language = self._language()
        parts: list[model.Written] = []
        own: list[Marked] = []
        for section in _sections(self._lines):
            if _defines_an_exercise(section):
                parts.append(self._defined(section, name, language))
            else:
                own += section
                parts += self._parts(section)
        self._lines = own
        for line in self._labelled(*set(Label) - _SESSION_LABELS - {Label.BRIEF}):
            message = f"'{quoted(line.head.text)}:' belongs to an exercise, not to a session"
            dose = f"{self._keywords.labels[Label.DOSE]}: {self._keywords.examples.counted.format(n=10)}"
            hint = f"write it below a line '## Name' that has a line '{dose}', or with a comma for the colon"
            self._report("label", message, line.head.span(), hint)
        session = Session(
            name=name,
            title=self._title.text,
            parts=self._with_optional(parts),
            needs=self._text(Label.NEEDS),
            body_part=self._text(Label.FOR),
            source=self._text(Label.SOURCE),
            language=language,
            span=self._title.span(),
            labelled=self._heard(Label.POSITION, Label.NEEDS),
        )
        self._report_repeated(_ONCE - {Label.ASK})
        for before, part in pairwise(parts):
            if isinstance(before, model.Ask) and isinstance(part, model.Ask):
                hint = f"keep one of them; the other is on line {before.span.line}"
                self._report("repeated", "the same is asked twice running", part.span, hint)
        return session

    def _defined(self, section: Sequence[Marked], name: str, language: str) -> model.Reference:
        """Read an exercise that is defined below a heading of a session."""
        heading, *lines = section
        parser = _Parser(lines, self._keywords, heading.text, self._blank)
        script = replace(parser.exercise(name), language=language)
        if not script.body_part:
            script = replace(script, body_part=self._text(Label.FOR))
        if not heading.text.text:
            self._attempt(self._heading, heading.text)
        self.problems += parser.problems
        return model.Reference(heading.text.text, None, heading.text.span(), script=script)

    def _parts(self, lines: Sequence[Marked]) -> list[model.Written]:
        """Read lines of a session's own; a list below a line such as ``3 rounds:`` comes several times."""
        parts: list[model.Written] = []
        at = 0
        while at < len(lines):
            line, end = lines[at], at + 1
            if rounds := self._rounds(line, lines[end : end + 1]):
                end = self._end_of_list(lines, end)
                own = [self._part(each) for each in lines[at + 1 : end] if _is_heard(each)]
                parts += _in_rounds(own, rounds, line.text.span())
            elif _is_heard(line):
                parts.append(self._part(line))
            at = end
        return parts

    def _part(self, line: Marked) -> model.Written:
        readers: dict[type[Marked], Callable[[Passage], model.Written]] = {
            Named: self._heading,
            Bullet: self._rest_or_reference,
            Stage: self._direction,
            Spoken: self._line,
            Labelled: self._ask if isinstance(line, Labelled) and line.label is Label.ASK else self._brief,
            Wrong: _as_spoken,
        }
        return self._attempt(readers[type(line)], line.text) or _as_spoken(line.text)

    def _brief(self, passage: Passage) -> model.Brief:
        line = self._line(passage)
        return model.Brief(line.text, line.span)

    def _rounds(self, line: Marked, following: Sequence[Marked]) -> Rounds | None:
        """Read a line with a colon as the rounds of the list below it; None if it is another line."""
        if not (isinstance(line, Spoken) and line.text.text.endswith(":")):
            return None
        if any(isinstance(below, Bullet) for below in following):
            return self._attempt(lambda text: read_rounds(text, self._keywords), line.text)
        with suppress(LineError):
            if read_rounds(line.text, self._keywords):
                message = "no list stands below, so nothing is repeated: this is only spoken"
                hint = "name the exercises of the list below, each on a line with '- ' before it"
                self._report("rounds", message, line.text.span(), hint, Severity.WARNING)
        return None

    def _end_of_list(self, lines: Sequence[Marked], start: int) -> int:
        """Return the index behind a list: a line other than a bullet below a blank one ends it."""
        for at in range(start + 1, len(lines)):
            line, gap = lines[at], range(lines[at - 1].text.line + 1, lines[at].text.line)
            if isinstance(line, Bullet):
                continue
            is_list = isinstance(line, Spoken) and self._begins_rounds(line, lines[at + 1 : at + 2])
            if is_list or not self._blank.isdisjoint(gap):
                return at
        return len(lines)

    def _begins_rounds(self, line: Spoken, following: Sequence[Marked]) -> bool:
        has_list = line.text.text.endswith(":") and any(isinstance(below, Bullet) for below in following)
        try:
            return has_list and read_rounds(line.text, self._keywords) is not None
        except LineError:
            return True

    def _heading(self, title: Passage) -> model.Heading:
        if not title.text:
            raise LineError("title", "the chapter has no name", title.span(), "write it behind the '##'")
        return model.Heading(title.text, title.span())

    def _rest_or_reference(self, bullet: Passage) -> model.Rest | model.Reference:
        found = self._grammar.pause.match(bullet.text)
        time = bullet.cut(found.end()) if found else bullet
        if found and (not time.text or self._keywords.is_number(time.text.split()[0])):
            return model.Rest(read_time(time, REST_S, self._keywords), bullet.span())
        if self._looks_like_a_phase(bullet):
            beside = None if "," in bullet.text else dose_beside(bullet.text, self._keywords)
            if beside and not _split(bullet)[1]:
                message = "a colon is missing between the exercise and its dose"
                raise LineError("reference", message, bullet.span(), "write '- {}: {}'".format(*beside))
            hint = "write it below a line '## Name' that has a dose, or in a sheet of its own"
            raise LineError("phase", "a session has no phases of a movement", bullet.span(), hint)
        name, dose = _split(bullet)
        if not any(map(str.isalnum, name.text)):
            raise LineError("empty", "no exercise is named here", bullet.span(), "write '- ' and its name")
        if dose:
            return model.Reference(name.text, self._dose(dose), name.span())
        found = self._grammar.dose_behind_a_name.search(bullet.text)
        if found and found.start() and self._keywords.is_number(found.group(1)):
            before, behind = (
                bullet.text[: found.start()].rstrip(" ("),
                bullet.text[found.start() :].strip(", )"),
            )
            if before.endswith(" -"):  # "Squats - 10 times": a dash in place of the colon
                name = bullet.cut(0, len(before) - 2)
                return model.Reference(name.text, self._dose(bullet.cut(found.start())), name.span())
            hint = f"write '- {before}: {behind}'"
            message = "a colon is missing between the exercise and its dose"
            raise LineError("reference", message, bullet.span(found.start()), hint)
        return model.Reference(bullet.text, None, bullet.span())


def _in_rounds(parts: Sequence[model.Written], rounds: Rounds, span: Span) -> Iterator[model.Written]:
    """Yield the parts of a list once for each round, behind the beginning of the round."""
    for number in range(1, rounds.count + 1):
        this = model.Round(number, rounds.count, rounds.rest_s if number > 1 else 0.0, span)
        yield this
        yield from (
            replace(part, round=this) if isinstance(part, model.Reference) else part for part in parts
        )


def _sections(lines: Sequence[Marked]) -> list[list[Marked]]:
    """Split lines before each heading; what stands above the first one is the first section."""
    sections: list[list[Marked]] = [[]]
    for line in lines:
        if isinstance(line, Named):
            sections.append([])
        sections[-1].append(line)
    return sections


def _defines_an_exercise(section: Sequence[Marked]) -> bool:
    """Tell whether a section with a heading has a dose, and so is an exercise."""
    return (
        bool(section)
        and isinstance(section[0], Named)
        and any(isinstance(line, Labelled | Wrong) and line.label is Label.DOSE for line in section)
    )


def _is_heard(line: Marked) -> bool:
    """Tell whether a line of a session is a part of it, and not what a label tells about the whole."""
    return not isinstance(line, Labelled) or line.label in {Label.BRIEF, Label.ASK}


def _has_a_cue(bullet: Passage) -> bool:
    """Tell whether a bullet begins with a word or two before a colon."""
    head, sentence = _split(bullet)
    return sentence is not None and _is_cue(head.text)
