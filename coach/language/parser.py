"""Parser of sheets: text becomes an exercise or a session, and all its problems at once.

Lines are normalized (`coach.language.typography`), classified (`coach.language.lines`) and become values
here. A line has at most one problem, and an error in one line is never the cause of one in another.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain
from types import MappingProxyType
from typing import TypeVar

from coach.language.keywords.vocabulary import Keywords, Label, StageWord
from coach.language.level import Level
from coach.language.lines import (
    Bullet,
    Labelled,
    Marked,
    Named,
    Spoken,
    Stage,
    Wrong,
    keywords_of,
    marked_lines,
    readable_lines,
)
from coach.language.model import (
    USUAL_LANGUAGE,
    Counted,
    Direction,
    Dose,
    Heading,
    Held,
    Line,
    Part,
    Phase,
    Reference,
    Rest,
    Ring,
    Script,
    Session,
    Sound,
    Timed,
    Wait,
    completed,
)
from coach.language.problems import Problem, Severity, Span
from coach.language.quantities import (
    PHASE_S,
    REST_S,
    WAIT_S,
    any_of,
    close_to,
    in_words,
    looks_like_a_number,
    quoted,
    read_dose,
    read_time,
    tempo_example,
    unit_of,
)
from coach.language.sides import side_words
from coach.language.typography import Passage

_T = TypeVar("_T")

_SESSION_LABELS = frozenset({Label.NEEDS, Label.SOURCE, Label.LANGUAGE})
_ONCE = frozenset({Label.POSITION, Label.NEEDS, Label.WORKS, Label.DOSE, Label.SOURCE, Label.LANGUAGE})
_MOST_PHASE_WORDS = 4

_COLON = re.compile(r" *:(?!\d)")
_TEMPO_NUMBERS = re.compile(r"\d+(?:\.\d+)?(?: *[-/] *\d+(?:\.\d+)?)+")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True, eq=False)
class _Grammar:
    """The keywords of a sheet, and the regular expressions that are built from them."""

    keywords: Keywords
    tempo: re.Pattern[str]
    inline_stage: re.Pattern[str]
    escape: re.Pattern[str]
    number_with_unit: re.Pattern[str]
    dose_mark: re.Pattern[str]
    dose_behind_a_name: re.Pattern[str]
    rest: re.Pattern[str]
    pause: re.Pattern[str]


@cache
def _grammar(keywords: Keywords) -> _Grammar:
    def pattern(text: str) -> re.Pattern[str]:
        return re.compile(text, re.IGNORECASE)

    stages = any_of((*keywords.stage_words.values(), *keywords.likely_stage_words))
    marks = any_of(keywords.dose_marks)
    counts = any_of(set(keywords.dose_marks) - set(keywords.each))
    return _Grammar(
        keywords,
        tempo=pattern(rf"{re.escape(keywords.tempo)}\b[ ,]*"),
        inline_stage=pattern(rf"\({stages}\b[^()]*\)?"),
        escape=pattern(rf"\\(?!{any_of(side_words(keywords))}\b)(\w*)"),
        number_with_unit=pattern(rf"\d *{any_of(keywords.units_s)}\b"),
        dose_mark=pattern(rf"\b{marks}\b"),
        dose_behind_a_name=pattern(rf",? *\b(\w+) +{counts}\b"),
        rest=pattern(rf"{any_of(keywords.rest)}\b[^,]*$"),
        pause=pattern(rf"{any_of(keywords.pauses)}\b[ ,:]*(?:{any_of(keywords.before_time)} +)?"),
    )


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
        """What the text says; None if one of the problems is an error."""
        return None if any(problem.severity is Severity.ERROR for problem in self.problems) else self.draft


def parse(text: str, name: str) -> Parsed:
    r"""Parse the text of a sheet; ``name`` is its file's stem. Never raises, whatever the text.

    >>> sheet = parse("# Plank\nDose: hold for 20 seconds, 3 times", "plank").value
    >>> sheet.title, sheet.doses[Level.GENTLE].hold_s
    ('Plank', 20.0)
    >>> [problem.message for problem in parse("# Plank\nDose: 3", "plank").problems]
    ["'3' has no unit"]
    """
    passages, unreadable = readable_lines(text)
    keywords = keywords_of(passages)
    lines = marked_lines(passages, keywords)
    problems = [*unreadable, *(line.problem for line in lines if isinstance(line, Wrong))]
    draft: Script | Session | None = None
    if lines:
        title, body, found = _titled(lines)
        grammar = _grammar(keywords)
        read = _session if _is_session(body, grammar) else _exercise
        draft, more = read(name, title, body, grammar)
        problems += [*found, *more]
    elif not problems:
        problems.append(Problem("empty", "this sheet says nothing", Span(1), "begin with '# ' and a name"))
    problems.sort(key=lambda problem: (problem.span.line, problem.span.column))
    return Parsed(draft, tuple(problems))


# The name, and the kind of the sheet


def _titled(lines: Sequence[Marked]) -> tuple[Passage, tuple[Marked, ...], list[Problem]]:
    """Split a sheet into its name and its other lines; report a missing or second name."""
    names = [line for line in lines if isinstance(line, Named) and line.depth == 1]
    body = tuple(line for line in lines if line not in names)
    first = lines[0]
    if not names:
        shown = quoted(first.text.text) if isinstance(first, Spoken | Named) else "Name"
        hint = f"write '# {shown}' on a line of its own, before all others"
        return first.text, body, [Problem("title", "a sheet begins with its name", first.text.span(), hint)]
    title = names[0].text
    problems = []
    if names[0] is not first:
        hint = f"move '# {quoted(title.text)}' to the first line"
        problems.append(Problem("title", "a sheet begins with its name", title.span(), hint))
    elif not title.text:
        problems.append(Problem("title", "the name is missing", title.span(), "write it behind the '#'"))
    for other in names[1:]:
        hint = f"one sheet is one exercise; a chapter of a session is '## {quoted(other.text.text)}'"
        problems.append(Problem("title", "a sheet has one name", other.text.span(), hint))
    return title, body, problems


def _is_session(lines: Sequence[Marked], grammar: _Grammar) -> bool:
    """Tell a session from an exercise: it has no dose, and more references than phases."""
    exercise, session = 0, 0
    for line in lines:
        match line:
            case Labelled(label=Label.DOSE) | Wrong(label=Label.DOSE):
                return False
            case Labelled(label=label) | Wrong(label=Label() as label):
                exercise += label not in _SESSION_LABELS
            case Bullet(text):
                is_phase = _looks_like_a_phase(text.text, grammar)
                exercise, session = exercise + is_phase, session + (not is_phase)
            case Named():
                session += 1
            case _:
                pass
    return session > exercise


def _looks_like_a_phase(text: str, grammar: _Grammar) -> bool:
    head = _COLON.split(text, maxsplit=1)[0]
    if grammar.tempo.match(head):
        return True
    if grammar.rest.match(head) or grammar.dose_mark.search(head):
        return False
    comma = re.search(r", *(\w+)", head)
    has_number = comma and looks_like_a_number(comma.group(1), grammar.keywords)
    return bool(has_number or grammar.number_with_unit.search(head))


# What both kinds have


def _line(passage: Passage, grammar: _Grammar) -> Line | Problem:
    """Read a sentence to be spoken."""
    if found := grammar.inline_stage.search(passage.text):
        hint = f"write '{quoted(found.group())}' on a line of its own"
        message = "a stage direction within a sentence would be read aloud"
        return Problem("stage", message, passage.span(*found.span()), hint)
    if found := grammar.escape.search(passage.text):
        meant = close_to(found.group(1), side_words(grammar.keywords), 0.6)
        right, left = next(iter(grammar.keywords.other_side.items()))
        hint = f"take it away; only '\\{right}' and '\\{left}' have one"
        if meant:
            hint = f"did you mean '\\{meant}'?"
        return Problem("escape", "a backslash would be read aloud", passage.span(*found.span()), hint)
    if not any(character.isalnum() for character in passage.text):
        hint = "write words, or begin the line with '//'"
        return Problem("empty", "this line has nothing to say", passage.span(), hint)
    return Line(passage.text, passage.span())


def _direction(stage: Stage, keywords: Keywords) -> Wait | Ring | Problem:
    """Read a stage direction."""
    text, span = stage.text, stage.text.span()
    words = {word: stage_word for stage_word, word in keywords.stage_words.items()}
    found = re.match(rf"{any_of(words)}(?![^\W\d_])|[^\W\d_]*", text.text, re.IGNORECASE)
    word = found.group().casefold() if found else ""
    rest = text.cut(len(word))
    match words.get(word):
        case StageWord.WAIT:
            seconds = read_time(rest, WAIT_S, keywords)
            return seconds if isinstance(seconds, Problem) else Wait(seconds, span)
        case StageWord.BELL if not rest.text:
            return Ring(Sound.BELL, span)
        case StageWord.SOUND:
            return _ring(rest, span, keywords)
    likely = keywords.likely_stage_words.get(word) or words.get(close_to(word, words, 0.6))
    hint = "take the parentheses away to have it spoken, or begin the line with '//'"
    if likely:
        hint = f"did you mean '{_stage_example(likely, keywords)}'?"
    return Problem("stage", f"'({quoted(text.text)})' is not a stage direction I know", span, hint)


def _stage_example(stage_word: StageWord, keywords: Keywords) -> str:
    word = keywords.stage_words[stage_word]
    match stage_word:
        case StageWord.WAIT:
            return f"({word} {in_words(5, keywords)})"
        case StageWord.BELL:
            return f"({word})"
        case StageWord.SOUND:
            return f"({word} {keywords.sounds[Sound.HOLD_START]})"


def _ring(name: Passage, span: Span, keywords: Keywords) -> Ring | Problem:
    sounds = {written: sound for sound, written in keywords.sounds.items()}
    written = " ".join(name.text.casefold().replace("-", " ").split())
    if written in sounds:
        return Ring(sounds[written], span)
    meant = close_to(written, sounds, 0.6)
    word = keywords.stage_words[StageWord.SOUND]
    hint = f"did you mean '({word} {meant})'?" if meant else f"the sounds are {', '.join(sounds)}"
    message = f"'{quoted(name.text)}' is not a sound I know" if written else "the sound has no name"
    return Problem("sound", message, name.span() if written else span, hint)


def _apart(read: Iterable[_T | Problem]) -> tuple[tuple[_T, ...], list[Problem]]:
    """Separate values from problems."""
    found = list(read)
    values = tuple(each for each in found if not isinstance(each, Problem))
    return values, [each for each in found if isinstance(each, Problem)]


def _labelled(lines: Sequence[Marked], *labels: Label) -> list[Labelled]:
    return [line for line in lines if isinstance(line, Labelled) and line.label in labels]


def _text(lines: Sequence[Marked], label: Label) -> str:
    """The text of a label that is given once, or ""."""
    return next((line.text.text for line in _labelled(lines, label)), "")


def _repeated(lines: Sequence[Marked]) -> list[Problem]:
    """Report labels that may be given once and are given again."""
    first: dict[tuple[Label, Level], Labelled] = {}
    problems = []
    for line in _labelled(lines, *_ONCE):
        kept = first.setdefault((line.label, line.level), line)
        if kept is not line:
            hint = f"keep one of them; the other is on line {kept.head.line}"
            message = f"'{quoted(line.head.text)}:' is given a second time"
            problems.append(Problem("repeated", message, line.head.span(), hint))
    return problems


def _language(lines: Sequence[Marked]) -> tuple[str, list[Problem]]:
    for line in _labelled(lines, Label.LANGUAGE)[:1]:
        tag = line.text.text.casefold().replace("_", "-")
        if _LANGUAGE.fullmatch(tag):
            return tag, []
        message = f"'{quoted(line.text.text)}' is not a language tag"
        return "", [Problem("language", message, line.text.span(), "write it like 'en-us', 'en-gb' or 'de'")]
    return USUAL_LANGUAGE, []


# Exercises


def _exercise(
    name: str, title: Passage, lines: Sequence[Marked], grammar: _Grammar
) -> tuple[Script, list[Problem]]:
    spoken, problems = {}, []
    for label in set(Label) - _ONCE:
        spoken[label], wrong = _spoken(lines, label, grammar)
        problems += wrong
    phases, wrong_phases = _apart(_phases(line.text, grammar) for line in lines if isinstance(line, Bullet))
    instructions: tuple[Direction, ...]
    said_or_done = [_said_or_done(line, grammar) for line in lines if isinstance(line, Stage | Spoken)]
    instructions, wrong_instructions = _apart(said_or_done)
    doses, wrong_doses = _doses(
        lines, title, None if wrong_phases else tuple(chain.from_iterable(phases)), grammar.keywords
    )
    language, wrong_language = _language(lines)
    any_wrong_dose = any(isinstance(line, Wrong) and line.label in {Label.DOSE, None} for line in lines)
    any_wrong_dose |= any(problem.severity is Severity.ERROR for problem in wrong_doses)
    script = Script(
        name=name,
        title=title.text,
        doses={} if wrong_phases or any_wrong_dose else doses,
        phases=tuple(_held(phase, doses) for phase in chain.from_iterable(phases)),
        instructions=instructions,
        cautions=spoken[Label.CAREFUL],
        reminders=spoken[Label.REMEMBER],
        if_it_hurts=spoken[Label.IF_IT_HURTS],
        breathing=spoken[Label.BREATHE],
        brief=spoken[Label.BRIEF],
        position=_text(lines, Label.POSITION),
        needs=_text(lines, Label.NEEDS),
        works=_text(lines, Label.WORKS),
        source=_text(lines, Label.SOURCE),
        language=language,
        span=title.span(),
    )
    problems += [*wrong_phases, *wrong_instructions, *wrong_doses, *wrong_language, *_repeated(lines)]
    return script, [*problems, *_out_of_place(lines)]


def _spoken(
    lines: Sequence[Marked], label: Label, grammar: _Grammar
) -> tuple[tuple[Line, ...], list[Problem]]:
    """The sentences of a label, also those with errors, and the errors."""
    said, problems = [], []
    for line in lines:
        if isinstance(line, Labelled | Wrong) and line.label is label:
            sentence = _line(line.text, grammar) if isinstance(line, Labelled) else _as_spoken(line.text)
            if isinstance(sentence, Problem):
                problems.append(sentence)
                sentence = _as_spoken(line.text)
            said.append(sentence)
    return tuple(said), problems


def _as_spoken(passage: Passage) -> Line:
    return Line(passage.text, passage.span())


def _said_or_done(line: Stage | Spoken, grammar: _Grammar) -> Direction | Problem:
    return _direction(line, grammar.keywords) if isinstance(line, Stage) else _line(line.text, grammar)


def _out_of_place(lines: Sequence[Marked]) -> Iterable[Problem]:
    """Report chapters in an exercise, and spoken lines below the phases, which are said before them."""
    moves = False
    for line in lines:
        moves = moves or isinstance(line, Bullet)
        if isinstance(line, Named):
            hint = "take the line away, or begin it with '//'"
            yield Problem("title", "an exercise has no chapters", line.text.span(), hint)
        elif moves and isinstance(line, Spoken | Stage):
            message = "this stands below the movement, but is said before the first repetition"
            yield Problem(
                "order", message, line.text.span(), "move it above the first '- '", Severity.WARNING
            )


# Doses


def _doses(
    lines: Sequence[Marked], title: Passage, phases: Sequence[Phase] | None, keywords: Keywords
) -> tuple[Mapping[Level, Dose], list[Problem]]:
    """The dose at every level, and what is wrong with the doses by themselves and for these phases.

    Without known phases, because one cannot be read, the doses are taken to suit them.
    """
    read = {line.level: read_dose(line.text, keywords) for line in reversed(_labelled(lines, Label.DOSE))}
    problems = [dose for dose in read.values() if isinstance(dose, Problem)]
    given = {level: dose for level, dose in read.items() if not isinstance(dose, Problem)}
    usual = given.get(Level.STANDARD, Counted(1))
    doses = {level: completed(given.get(level, usual), usual) for level in Level}
    is_given = any(isinstance(line, Wrong) and line.label is Label.DOSE for line in lines)
    if not is_given and Level.STANDARD not in read:
        problems.append(_no_dose(title, lines, tuple(read), keywords))
    for level, dose in given.items():
        if phases is None:
            problems += _rest_problems(doses[level], dose.span, keywords)
        else:
            problems += dose_problems(doses[level], phases, dose.span, keywords)
    return MappingProxyType(doses), problems


def _no_dose(title: Passage, lines: Sequence[Marked], levels: Sequence[Level], keywords: Keywords) -> Problem:
    examples, label = keywords.examples, keywords.labels[Label.DOSE]
    counted = f"{label}: {examples.counted.format(n=10)}"
    if levels:
        given = " and ".join(sorted(keywords.levels[level] for level in levels))
        message = f"a dose for {given}, but none for everybody else"
        return Problem("dose", message, title.span(), f"add a line such as '{counted}'")
    if any(isinstance(line, Bullet | Labelled) for line in lines):
        message = "this exercise does not say how often: it has no dose"
        in_sets, rest = examples.in_sets.format(sets=2, reps=10), _rest_example(keywords)
        return Problem("dose", message, title.span(), f"add a line such as '{label}: {in_sets}, {rest}'")
    message = "this is neither an exercise, which has a dose, nor a session, which names exercises"
    hint = f"add a line such as '{counted}', or '- Name of an exercise'"
    return Problem("dose", message, title.span(), hint)


def _rest_example(keywords: Keywords) -> str:
    return keywords.examples.rest.format(time=in_words(30, keywords))


def dose_problems(dose: Dose, phases: Sequence[Phase], span: Span, keywords: Keywords) -> list[Problem]:
    """Report a dose that does not suit its phases; ``span`` is where the dose is written."""
    match dose:
        case Timed() if phases:
            message = "a dose 'for' a time has no repetitions, so its phases would never be heard"
            counted = keywords.examples.counted.format(n=10)
            hint = f"write a number of times, such as '{counted}', or take the phases away"
            return [Problem("dose", message, span, hint)]
        case Held(hold_s=hold_s) if phases and not any(phase.is_hold for phase in phases):
            hold = keywords.hold[0]
            message = f"nothing is held in this movement: none of its phases is called '{hold}'"
            hint = f"add a phase such as '- {hold}, {in_words(hold_s, keywords)}'"
            return [Problem("dose", message, span, hint)]
        case Counted() if not phases:
            message = "a dose without a movement: nothing says what is repeated"
            hint = f"add the phases of one repetition, such as '{keywords.examples.phase}'"
            return [Problem("movement", message, span, hint)]
    for level, name in keywords.levels.items():
        if phases and not any(phase.length_s[level] > 0 and not phase.is_loose for phase in phases):
            message = f"a dose without a movement: no phase but loose ones lasts at the level '{name}'"
            hint = (
                f"give one of the phases a time at that level, such as '({keywords.levels[Level.GENTLE]} 1)'"
            )
            return [Problem("movement", message, span, hint)]
    return _rest_problems(dose, span, keywords)


def _rest_problems(dose: Dose, span: Span, keywords: Keywords) -> list[Problem]:
    if dose.sets > 1 and not dose.rest_s:
        message = f"no rest between the {dose.sets} sets: the coach goes straight on"
        return [Problem("rest", message, span, f"add ', {_rest_example(keywords)}'", Severity.WARNING)]
    return []


# Phases


def _held(phase: Phase, doses: Mapping[Level, Dose]) -> Phase:
    """The phase, held as long as the doses say, if they do and it is a hold."""
    if not phase.is_hold:
        return phase
    holds = {
        level: dose.hold_s if isinstance(dose, Held) else phase.length_s[level]
        for level, dose in doses.items()
    }
    return replace(phase, length_s=MappingProxyType(holds))


def _phases(bullet: Passage, grammar: _Grammar) -> tuple[Phase, ...] | Problem:
    """Read the phase of a bullet, or all phases of a tempo."""
    keywords = grammar.keywords
    if found := grammar.tempo.match(bullet.text):
        return _tempo(bullet, bullet.cut(found.end()), keywords)
    colon = _COLON.search(bullet.text)
    head = bullet.cut(0, colon.start()) if colon else bullet
    comma = head.text.find(",")
    cue = head.cut(0, comma) if comma >= 0 else head
    if len(cue.text.split()) > _MOST_PHASE_WORDS or not re.search(r"[^\W\d_]", cue.text):
        hint = f"write '{keywords.examples.phase}', or take the mark away to have it spoken"
        return Problem("phase", "this is no phase of a movement", head.span(), hint)
    if comma < 0:
        return _without_comma(head, keywords)
    length_s = _lengths(cue.text, head.cut(comma + 1), keywords)
    if isinstance(length_s, Problem):
        return length_s
    text = _line(bullet.cut(colon.end()), grammar) if colon and bullet.cut(colon.end()).text else None
    if isinstance(text, Problem):
        return text
    kind = keywords.kind_of(cue.text)
    return (Phase(cue.text, length_s, text.text if text else "", bullet.span(), kind),)


def _without_comma(head: Passage, keywords: Keywords) -> Problem:
    number = re.search(r"\d", head.text)
    if not number:
        hint = f"write how long it takes: '- {quoted(head.text)}, {in_words(2, keywords)}: ...'"
        return Problem("phase", f"the phase '{quoted(head.text)}' has no time", head.span(), hint)
    cue, time = head.text[: number.start()].strip(), head.text[number.start() :]
    hint = f"write '- {quoted(cue)}, {quoted(time)}'"
    return Problem("phase", "a comma is missing between the phase and its time", head.span(), hint)


def _lengths(cue: str, times: Passage, keywords: Keywords) -> Mapping[Level, float] | Problem:
    """The seconds at every level, from ``3 seconds (gentle 2, strong 5)``."""
    opening, closing = times.text.find("("), times.text.find(")")
    standard = times.cut(0, opening) if opening >= 0 else times
    seconds = read_time(standard, PHASE_S, keywords)
    if isinstance(seconds, Problem):
        example = f"write '- {quoted(cue)}, {in_words(2, keywords)}: Sentence.'"
        return replace(seconds, hint=example if seconds.code == "time" else seconds.hint)
    usual = dict.fromkeys(Level, seconds)
    if opening < 0:
        return MappingProxyType(usual)
    if closing < opening:
        hint = f"write '{quoted(times.text)})'"
        return Problem("phase", "this parenthesis is never closed", times.span(opening, opening + 1), hint)
    if closing < len(times.text) - 1:
        hint = f"write '- {quoted(cue)}, {quoted(times.text[: closing + 1])}: Sentence.'"
        return Problem("phase", "a colon is missing before the sentence", times.span(closing + 1), hint)
    own = _own_lengths(times.cut(opening + 1, closing), unit_of(standard, keywords), keywords)
    return own if isinstance(own, Problem) else MappingProxyType(usual | own)


def _own_lengths(levels: Passage, unit_s: float, keywords: Keywords) -> dict[Level, float] | Problem:
    """The seconds at the levels that have their own, from ``gentle 2, strong 5``."""
    own: dict[Level, float] = {}
    for part in _parts(levels):
        level = _level_of(part, own, keywords)
        if isinstance(level, Problem):
            return level
        seconds = read_time(part.cut(len(keywords.levels[level])), PHASE_S, keywords, unit_s=unit_s)
        if isinstance(seconds, Problem):
            return seconds
        own[level] = seconds
    return own


def _parts(passage: Passage) -> list[Passage]:
    edges = [found.span() for found in re.finditer(r",(?!\d)|;", passage.text)]
    starts = [0, *(end for _, end in edges)]
    ends = [*(start for start, _ in edges), len(passage.text)]
    return [passage.cut(start, end) for start, end in zip(starts, ends, strict=True)]


def _level_of(part: Passage, given: Collection[Level], keywords: Keywords) -> Level | Problem:
    """The level that a part such as ``strong 5`` is for."""
    levels = {word: level for level, word in keywords.levels.items()}
    found = re.match(rf"{any_of(levels)}(?![^\W\d_])|[^\W\d_]*", part.text, re.IGNORECASE)
    word = found.group() if found else ""
    span = part.span(0, len(word)) if word else part.span()
    level = levels.get(word.casefold())
    if level is Level.STANDARD:
        message = f"the time at the {word.casefold()} level stands before the parenthesis"
        return Problem("level", message, span, "write it before the parenthesis")
    if level is None:
        gentle, strong = keywords.levels[Level.GENTLE], keywords.levels[Level.STRONG]
        meant = close_to(word.casefold(), (gentle, strong), 0.6)
        hint = f"did you mean '{meant}'?" if meant else f"write it like '({gentle} 2, {strong} 5)'"
        return Problem("level", f"'{quoted(word or part.text)}' is not a level I know", span, hint)
    if level in given:
        return Problem("repeated", f"'{word.casefold()}' is given a second time", span, "keep one of them")
    return level


def _tempo(bullet: Passage, rest: Passage, keywords: Keywords) -> tuple[Phase, ...] | Problem:
    """The phases of ``tempo 3-0-2-1: down, hold, up, loose``; those that last 0 are left out."""
    found, example = _TEMPO_NUMBERS.match(rest.text), f"'{tempo_example(keywords)}'"
    if not found:
        return Problem("tempo", "the tempo has no numbers", bullet.span(), f"write it like {example}")
    numbers = [float(number) for number in re.split(r" *[-/] *", found.group())]
    colon = _COLON.match(rest.text, found.end())
    if not colon or not rest.cut(colon.end()).text:
        hint = f"name a phase for each number, such as {example}"
        return Problem("tempo", f"'{found.group()}' does not name its phases", rest.span(), hint)
    cues = _parts(rest.cut(colon.end()))
    if len(cues) != len(numbers):
        message = f"{len(numbers)} numbers, but {len(cues)} phases"
        return Problem(
            "tempo", message, rest.span(), "name one phase for each number, with commas between them"
        )
    for number, cue in zip(numbers, cues, strict=True):
        if number and not PHASE_S.least <= number <= PHASE_S.most:
            shortest, longest = in_words(PHASE_S.least, keywords), in_words(PHASE_S.most, keywords)
            hint = f"a phase is {shortest} to {longest} long, or 0 to leave it out"
            return Problem("bounds", f"'{number:g}' seconds is no phase", rest.span(*found.span()), hint)
        if not re.search(r"[^\W\d_]", cue.text) or len(cue.text.split()) > _MOST_PHASE_WORDS:
            hint = f"write one or two words, as in {example}"
            return Problem("tempo", f"'{quoted(cue.text)}' is no name for a phase", cue.span(), hint)
    return tuple(
        Phase(
            cue.text,
            MappingProxyType(dict.fromkeys(Level, number)),
            "",
            cue.span(),
            keywords.kind_of(cue.text),
        )
        for number, cue in zip(numbers, cues, strict=True)
        if number
    )


# Sessions


def _session(
    name: str, title: Passage, lines: Sequence[Marked], grammar: _Grammar
) -> tuple[Session, list[Problem]]:
    parts: list[Part] = []
    problems = []
    for line in lines:
        if isinstance(line, Labelled):
            continue
        part = _as_spoken(line.text) if isinstance(line, Wrong) else _part(line, grammar)
        if isinstance(part, Problem):
            problems.append(part)
            part = _as_spoken(line.text)
        parts.append(part)
    language, wrong_language = _language(lines)
    session = Session(
        name=name,
        title=title.text,
        parts=tuple(parts),
        needs=_text(lines, Label.NEEDS),
        source=_text(lines, Label.SOURCE),
        language=language,
        span=title.span(),
    )
    foreign = [
        _foreign(line) for line in lines if isinstance(line, Labelled) and line.label not in _SESSION_LABELS
    ]
    return session, [*problems, *foreign, *wrong_language, *_repeated(lines)]


def _foreign(line: Labelled) -> Problem:
    hint = "write it in the exercise's own sheet, or with a comma for the colon to have it spoken here"
    message = f"'{quoted(line.head.text)}:' belongs to an exercise, not to a session"
    return Problem("label", message, line.head.span(), hint)


def _part(line: Named | Bullet | Stage | Spoken, grammar: _Grammar) -> Part | Problem:
    match line:
        case Named(text):
            if text.text:
                return Heading(text.text, text.span())
            return Problem("title", "the chapter has no name", text.span(), "write it behind the '##'")
        case Bullet(text):
            return _rest_or_reference(text, grammar)
        case Stage():
            return _direction(line, grammar.keywords)
        case Spoken(text):
            return _line(text, grammar)


def _rest_or_reference(bullet: Passage, grammar: _Grammar) -> Rest | Reference | Problem:
    found, keywords = grammar.pause.match(bullet.text), grammar.keywords
    time = bullet.cut(found.end()) if found else bullet
    if found and (not time.text or looks_like_a_number(time.text.split()[0], keywords)):
        seconds = read_time(time, REST_S, keywords)
        return seconds if isinstance(seconds, Problem) else Rest(seconds, bullet.span())
    if _looks_like_a_phase(bullet.text, grammar):
        hint = "write it in an exercise's own sheet, and name the exercise here: '- Name'"
        return Problem("phase", "a session has no phases of a movement", bullet.span(), hint)
    colon = _COLON.search(bullet.text)
    name = bullet.cut(0, colon.start()) if colon else bullet
    if not any(character.isalnum() for character in name.text):
        return Problem("empty", "no exercise is named here", bullet.span(), "write '- ' and its name")
    if not colon:
        return _without_dose(bullet, grammar)
    dose = read_dose(bullet.cut(colon.end()), keywords)
    return dose if isinstance(dose, Problem) else Reference(name.text, dose, name.span())


def _without_dose(bullet: Passage, grammar: _Grammar) -> Reference | Problem:
    found = grammar.dose_behind_a_name.search(bullet.text)
    if found and found.start() and looks_like_a_number(found.group(1), grammar.keywords):
        name, dose = bullet.text[: found.start()], bullet.text[found.start() :].lstrip(", ")
        hint = f"write '- {quoted(name)}: {quoted(dose)}'"
        message = "a colon is missing between the exercise and its dose"
        return Problem("reference", message, bullet.span(found.start()), hint)
    return Reference(bullet.text, None, bullet.span())
