"""Review of a sheet that can be read: its safety and clarity for somebody who only hears it, maybe face down.

An error means that somebody could be hurt, or would never hear what the author wrote; a warning is for the
author to weigh. Sentences are reviewed only in languages that have keywords.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, zip_longest
from types import MappingProxyType

from coach.language.dose import After, Dose, Sides, Timed
from coach.language.keywords.choice import are_known, keywords_for
from coach.language.keywords.vocabulary import DoseWord, Keywords, Label, StageWord
from coach.language.level import Level
from coach.language.model import (
    Heading,
    Line,
    Part,
    Phase,
    Reference,
    Rest,
    Ring,
    Round,
    Script,
    Session,
    Wait,
    in_brief,
    in_full,
)
from coach.language.names import references, script_of
from coach.language.pace import WORDS_A_SECOND, words, words_that_fit
from coach.language.patterns import pattern_of
from coach.language.postures import posture, seconds_to_move, surface
from coach.language.problems import Problem, Severity, Span, in_order
from coach.language.quantities import any_of, did_you_mean, quoted, times_in
from coach.language.sides import no_sides, other_side
from coach.language.spelling.spell_out import spoken
from coach.language.spelling.table import Kind
from coach.language.stop_rules import tells_to_stop
from coach.language.typography import plain_line
from coach.text import counted

MOST_WORDS = 14
"""Words of a sentence that are kept in mind at one hearing (programme: how a coach speaks)."""

LONGEST_SILENCE_S = 10.0
"""A longer silence that nobody announced sounds like a fault."""


def review(script: Script) -> tuple[Problem, ...]:
    """Report what a listener of one exercise would miss or misunderstand, in the sheet's order."""
    keywords = keywords_for(script.language)
    found = [*_careful(script, keywords), *_phase_words(script, keywords), *_lines_without_a_place(script)]
    found += _times_that_are_only_said(script, keywords)
    if are_known(script.language):
        has_sides = any(dose.one_by_one for dose in script.doses.values())
        for line in _lines_of(script):
            found += [*_misheard(line, keywords), *(_no_side(line, keywords) if has_sides else ())]
        found += [*_unannounced(script.instructions, keywords), *_unknown_position(script, keywords)]
    else:
        found.append(_foreign(script))
    cues = (Line(phase.cue, phase.span) for phase in script.phases)
    said = (Line(script.title, script.span), *script.labelled, *cues, *_lines_of(script))
    found += chain.from_iterable(_not_said(line, script.language) for line in said)
    return in_order(found)


def review_session(session: Session, scripts: Mapping[str, Script]) -> tuple[Problem, ...]:
    """Report what a listener of a session would miss, in the sheet's order; not what is within its exercises.

    ``scripts`` has the exercises by the names that the session uses.
    """
    in_each_form = in_full(session.parts), in_brief(session.parts)
    forms = in_each_form[:1] if in_each_form[0] == in_each_form[1] else in_each_form
    lines = list(dict.fromkeys(part for part in chain.from_iterable(forms) if isinstance(part, Line)))
    headings = [Line(part.title, part.span) for part in session.parts if isinstance(part, Heading)]
    said = (Line(session.title, session.span), *session.labelled, *headings, *lines)
    unsaid = chain.from_iterable(_not_said(line, session.language) for line in said)
    if not are_known(session.language):
        return in_order((_foreign(session), *unsaid))
    keywords = keywords_for(session.language)
    known = [script for reference in references(session) if (script := script_of(reference, scripts))]
    found = [*chain.from_iterable(_misheard(line, keywords) for line in lines), *unsaid]
    for parts in forms:
        own = (part for part in parts if isinstance(part, Line))
        found += _stop_rule(session, chain(own, *map(_lines_of, known)), keywords)
        found += _unannounced(parts, keywords)
        found += _hurried(parts, scripts, keywords)
        found += _empty_chapters(parts)
    return in_order(dict.fromkeys(found))  # what is said in several rounds is told once


def _foreign(sheet: Script | Session) -> Problem:
    reader = f"a voice of '{sheet.language}' reads them"
    message = f"the coach's own words (numbers, sets, rests) are English, and {reader}"
    hint = "leave 'Language:' out to have an English voice read the sheet"
    return _warning("language", message, sheet.span, hint)


def _lines_of(script: Script) -> Iterable[Line]:
    """Yield every sentence that an exercise may say."""
    yield from (part for part in script.instructions if isinstance(part, Line))
    yield from (_sentence(phase) for phase in script.phases if phase.text)
    for group in (script.cautions, script.reminders, script.if_it_hurts, script.breathing, script.brief):
        yield from group


def _sentence(phase: Phase) -> Line:
    """A phase's sentence, which ends where the phase ends."""
    before = max(0, phase.span.width - len(phase.text))
    width = phase.span.width - before
    return Line(phase.text, Span(phase.span.line, phase.span.column + before, width))


# Errors of an exercise


def _careful(script: Script, keywords: Keywords) -> Iterable[Problem]:
    if not script.cautions:
        label = keywords.labels[Label.CAREFUL]
        message = f"no '{label}:' line: the listener would move without one word of caution"
        hint = f"add one, such as '{label}: Keep your hips down.'"
        yield Problem("careful", message, script.span, hint)


def _phase_words(script: Script, keywords: Keywords) -> Iterable[Problem]:
    """Report phase words that take longer to say than their phase lasts."""
    for phase in script.phases:
        lengths = [seconds for seconds in phase.length_s.values() if seconds]
        shortest = min(lengths, default=0.0)
        fitting = words_that_fit(shortest)
        if lengths and words(phase.cue) > fitting:
            time = keywords.in_words(shortest)
            message = f"'{quoted(phase.cue)}' is too long for {time}: the tone would cut it off"
            hint = f"use at most {counted(fitting, 'word')}, or give the phase more time"
            span = Span(phase.span.line, phase.span.column, min(len(phase.cue), phase.span.width))
            yield Problem("pace", message, span, hint)


def _times_that_are_only_said(script: Script, keywords: Keywords) -> Iterable[Problem]:
    """Report times that a sentence tells for a phase, or for holding still, and that no phase has."""
    lengths_s = [
        length_s for level, dose in script.doses.items() for _, length_s in script.repetition(dose, level)
    ]
    if not lengths_s:
        return
    is_of_dose = script.lasts_as_its_dose and all(isinstance(dose, Timed) for dose in script.doses.values())
    for phase in script.phases:
        lasts_s = max(lengths_s if is_of_dose else phase.length_s.values())
        why = f"but '{quoted(phase.cue)}' lasts {keywords.in_words(lasts_s)}"
        if not (phase.is_timed or phase.is_hold or is_of_dose):
            lasts_s, why = 0.0, f"but '{quoted(phase.cue)}' is given no time"
        yield from _too_long_a_time(_sentence(phase), lasts_s, phase.cue, why, keywords)
    holds = pattern_of((rf"\b{any_of(keywords.dose_words[DoseWord.HOLD])}\b",))
    why = f"but no phase lasts longer than {keywords.in_words(max(lengths_s))}"
    for line in script.instructions:
        if isinstance(line, Line) and holds.search(line.text):
            yield from _too_long_a_time(line, max(lengths_s), keywords.hold_word, why, keywords)


def _too_long_a_time(
    line: Line, more_than_s: float, cue: str, why: str, keywords: Keywords
) -> Iterable[Problem]:
    times = [*times_in(plain_line(line.text, 1), keywords)]
    time = max(times, key=lambda each: each.least_s, default=None)
    if time and time.least_s > more_than_s:
        said = line.text[time.start : time.end].rstrip(".")
        hint = f"a time is kept if it stands with the word of a phase: '- {quoted(cue)}, {said}'"
        yield _warning("time", f"'{said}' is said, {why}", _within(line, time.start, time.end), hint)


def _lines_without_a_place(script: Script) -> Iterable[Problem]:
    """Report reminders and breathing lines that fit into no phase and no rest at any level."""
    if not script.doses:
        return
    place_s = max(_longest_place_s(script, level, dose) for level, dose in script.doses.items())
    for line in (*script.reminders, *script.breathing):
        count, fitting = words(line.text), words_that_fit(place_s)
        if count > fitting:
            message = f"{count} words fit into no phase, and no rest follows: nobody would hear them"
            yield Problem("pace", message, line.span, f"use at most {counted(fitting, 'word')}")


def _longest_place_s(script: Script, level: Level, dose: Dose) -> float:
    """The seconds of the longest stretch in which something may be said while this dose is done."""
    between = 10.0 if dose.sides is Sides.EACH else 0.0
    rest = dose.rest_after(After.SET) if dose.sets > 1 else None
    return max(
        between, rest.planned if rest else 0.0, *(length_s for _, length_s in script.repetition(dose, level))
    )


# Sentences


_WHY: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "eyes": (
            "needs eyes: the listener hears this, and may lie face down",
            "say in words what there is to be seen",
        ),
        "promise": (
            "is a promise that nobody can keep, to somebody in pain",
            "say what it may help with, such as 'This may help you.'",
        ),
        "praise": (
            "praises what the coach cannot see: the listener may just be doing it wrong",
            "ask instead, such as 'Is your back still straight?'",
        ),
    }
)
"""Why words that are fine in print do not work by ear, and what to write instead."""

_SENTENCE = re.compile(r"[^.!?\s][^.!?]*[.!?]*")


def _misheard(line: Line, keywords: Keywords) -> Iterable[Problem]:
    """Report long sentences and words that do not work by ear: at most one problem of each kind."""
    text, ear = re.sub(r"\\(?=\w)", " ", line.text), keywords.ear
    for sentence in _SENTENCE.finditer(text):
        count = words(sentence.group())
        if count > MOST_WORDS:
            message = f"{count} words in a sentence: by its end the listener has lost the beginning"
            hint = f"make two of it, each with at most {MOST_WORDS} words and one action"
            yield _warning("long", message, _within(line, *sentence.span()), hint)
            break
    for code, phrases, unless in (
        ("eyes", ear.needs_eyes, ()),
        ("promise", ear.promises, ear.no_promise),
        ("praise", ear.praise, ()),
    ):
        found = pattern_of(phrases).search(text)
        if found and not (unless and pattern_of(unless).search(_sentence_around(text, found.start()))):
            said = found.group().strip(" ,.!?")
            start = found.start() + found.group().index(said)
            why, hint = _WHY[code]
            yield _warning(code, f"'{said}' {why}", _within(line, start, start + len(said)), hint)


def _not_said(line: Line, language: str) -> Iterable[Problem]:
    """Report what no voice says, or nobody can keep in mind: each of them once."""
    for unsaid in {each.text: each for each in reversed(spoken(line.text, language).unsaid)}.values():
        shown = f"'{quoted(unsaid.text)}'"
        match unsaid.kind:
            case Kind.SIGN:
                code, message = "unsaid", f"{shown} is not said: the listener would never know of it"
                in_words = f"write it in words, such as '{unsaid.hint}', or " if unsaid.hint else ""
                hint = f"{in_words}leave it out"
            case Kind.LETTERS:
                code, message = "unsaid", f"{shown} is in letters that a voice of '{language}' does not know"
                hint = "write it in the letters of the sheet's language, as it is said"
            case Kind.SIDE:
                code, message = "side", f"{shown} is said as a letter, the same for both sides"
                hint = f"write '{unsaid.hint}'"
            case Kind.ADDRESS:
                code, message = "address", f"nobody who only hears '{unsaid.text}' can keep it in mind"
                hint = "say where it can be read, such as 'The address is on your hand-out.'"
        yield _warning(code, message, _within(line, unsaid.start, unsaid.end), hint)


def _sentence_around(text: str, at: int) -> str:
    return next((each.group() for each in _SENTENCE.finditer(text) if each.start() <= at < each.end()), text)


def _no_side(line: Line, keywords: Keywords) -> Iterable[Problem]:
    for start, end in no_sides(line.text, keywords)[:1]:
        word = line.text[start:end]
        around = line.text[start : start + 16].split(" ", 2)[1:2]
        swapped = " ".join([other_side(word.casefold(), keywords), *around]).rstrip(".,;:!?")
        message = f"'{word}' is no side of the body here, but on the other side it becomes '{swapped}'"
        hint = f"write '\\{word}' to keep it, or another word"
        yield _warning("side", message, _within(line, start, end), hint)


def _within(line: Line, start: int, end: int) -> Span:
    """Locate part of a line; the whole line if plain typography has changed its columns."""
    if line.span.width != len(line.text):
        return line.span
    return Span(line.span.line, line.span.column + start, max(1, end - start))


def _warning(code: str, message: str, span: Span, hint: str) -> Problem:
    return Problem(code, message, span, hint, Severity.WARNING)


# Silence, and time to move


def _unannounced(parts: Sequence[Part], keywords: Keywords) -> Iterable[Problem]:
    """Report silences of more than 10 s, as one wait or several in a row, that no line announces."""
    units = any_of(name for _, *names in keywords.unit_names[-2:] for name in names)
    silence_s, is_announced = 0.0, False
    for part in parts:
        if isinstance(part, Ring):  # it ends a silence, and what was announced before it still holds
            silence_s = 0.0
            continue
        if not isinstance(part, Wait):
            names_a_time = pattern_of((rf"\b{units}\b",))
            silence_s, is_announced = 0.0, isinstance(part, Line) and bool(names_a_time.search(part.text))
            continue
        before_s, silence_s = silence_s, silence_s + part.length_s
        if before_s <= LONGEST_SILENCE_S < silence_s and not is_announced:
            time = keywords.in_words(silence_s)
            message = f"{time} of silence that nobody announced sound like a fault"
            hint = f"say it in the line before, such as 'You have {time}.'"
            yield _warning("silence", message, part.span, hint)


def _unknown_position(script: Script, keywords: Keywords) -> Iterable[Problem]:
    """Report a position that is not known: no time would be given to get into it."""
    if not script.position or surface(script.position, keywords):
        return
    known = chain.from_iterable(keywords.positions.values())
    examples = ", ".join(f"'{names[0]}'" for names in keywords.positions.values())
    message = (
        f"'{quoted(posture(script.position))}' is not a position I know: no time is given to get into it"
    )
    hint = did_you_mean(posture(script.position), known, f"begin it with a word such as {examples}", 0.75)
    span = next((line.span for line in script.labelled if line.text == script.position), script.span)
    yield _warning("position", message, span, hint)


def _hurried(parts: Sequence[Part], scripts: Mapping[str, Script], keywords: Keywords) -> Iterable[Problem]:
    """Report exercises that begin before the listener can have changed position."""
    before, given_s = "", 0.0
    for part in parts:
        match part:
            case Wait(length_s) | Rest(length_s) | Round(rest_s=length_s):
                given_s += length_s
            case Line(text):
                given_s += words(text) / WORDS_A_SECOND
            case Reference(span=span):
                script = script_of(part, scripts)
                position = posture(script.position) if script else ""
                needed_s = seconds_to_move(before, position, keywords)
                if given_s < needed_s:
                    move = f"from '{before}' to '{position}'"
                    needed = f"somebody in pain needs {keywords.in_words(needed_s)}"
                    message = f"about {keywords.in_words(round(given_s))} {move}: {needed}"
                    wait = f"({keywords.stage_words[StageWord.WAIT]} {keywords.in_words(30)})"
                    hint = f"say how to get there, and give time in the lines before, such as '{wait}'"
                    yield _warning("position", message, span, hint)
                before, given_s = position, 0.0
            case _:
                pass


def _empty_chapters(parts: Sequence[Part]) -> Iterable[Problem]:
    """Report headings without lines of their own: they are not heard, and no player shows them."""
    for part, following in zip_longest(parts, parts[1:]):
        if isinstance(part, Heading) and isinstance(following, Reference | Heading | None):
            message = f"the chapter '{quoted(part.title)}' has nothing of its own to be heard"
            hint = "write lines below it, or take it away: an exercise begins a chapter by itself"
            yield _warning("chapter", message, part.span, hint)


# How to stop


def _stop_rule(session: Session, said: Iterable[Line], keywords: Keywords) -> Iterable[Problem]:
    if not any(tells_to_stop(line.text, keywords) for line in said):
        message = "neither this session nor one of its exercises says when to stop"
        hint = "add a line such as 'If a pain is sharp, stop that exercise.'"
        yield Problem("stop", message, session.span, hint)
