"""The word, the times and the sentence of a phase, in any of the orders in which they are written."""

import re
from dataclasses import dataclass
from functools import cache

from coach.language.keywords.vocabulary import DoseWord, Keywords
from coach.language.quantities import any_of
from coach.language.typography import Passage

_PARENTHESIS = r" *(?:\([^()]*\))?"


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a phase; ``times`` is None if it has none."""

    cue: Passage
    times: Passage | None
    sentence: Passage | None


class _Grammar:
    """The regular expressions of times within a phase."""

    def __init__(self, keywords: Keywords) -> None:
        def pattern(text: str) -> re.Pattern[str]:
            return re.compile(text, re.IGNORECASE)

        words = any_of({*keywords.numbers, keywords.half})
        number = rf"(?:\d[\d.,/]*(?: *[½¼¾]| *1/2| *[13]/4)?|[½¼¾]|{words})"
        unit = rf"(?:{any_of(keywords.articles)} +)?{any_of(keywords.units_s)}\b\.?"
        one = rf"{number}[ -]*{unit}(?: {keywords.and_a_half})?"
        several = rf"(?:{number} *(?:-|\b{any_of(keywords.dose_words[DoseWord.TO])}\b) *)?"
        clock, joint = rf"\d+:\d\d(?: *{unit})?", rf" *(?:{keywords.joint} +)?"
        self.time = pattern(rf"(?<![\w.,-]){several}(?:{clock}|{one}(?:{joint}{one})*)")
        self.unit = pattern(rf"\b{any_of(keywords.units_s)}\b")
        self.before_time = pattern(rf"[ ,;:(-]*\b{any_of(keywords.before_time)} +$")
        self.level = pattern(rf"{any_of(keywords.levels.values())}\b")


_grammar = cache(_Grammar)


def has_time(text: str, keywords: Keywords) -> bool:
    """Tell whether a text has a number with a unit of time, or a unit behind a comma: ``up, tow seconds``."""
    grammar = _grammar(keywords)
    return bool(grammar.time.search(text) or grammar.unit.search(text.partition(",")[2]))


def begins_with_time(text: str, keywords: Keywords) -> bool:
    """Tell whether a text begins with a number and a unit of time."""
    return _grammar(keywords).time.match(text) is not None


def split_phase(head: Passage, sentence: Passage | None, keywords: Keywords) -> Parts:
    """Split a phase: ``head`` is what stands before its colon, ``sentence`` what stands behind it.

    The head is ``up, 2 seconds``, ``hold 5 seconds``, ``up (2 seconds)`` or ``3 seconds down``; or the time
    stands behind the colon: ``up: 2 seconds``.
    """
    grammar, text = _grammar(keywords), head.text
    comma = text.find(",")
    found = grammar.time.search(text)
    if comma >= 0 and re.match(r" *[\d(]", text[comma + 1 :]) and not grammar.time.match(text):
        return _with_sentence_behind(head, head.cut(0, comma), comma + 1, sentence, keywords)
    if not found:
        return _without_time(head, sentence, keywords)
    if not text[: found.start()].strip(" (-"):
        rest = re.match(rf"[ ,;:)-]*{_PARENTHESIS}[ ,;:)-]*", text[found.end() :])
        end = found.end() + (rest.end() if rest else 0)
        return Parts(head.cut(end), head.cut(found.start(), end), sentence)
    begin = grammar.before_time.search(text[: found.start()])
    cue = head.cut(0, begin.start() if begin else found.start())
    cue = cue.cut(0, len(cue.text.rstrip(" ,;:(-")))
    return _with_sentence_behind(head, cue, found.start(), sentence, keywords)


def _with_sentence_behind(
    head: Passage, cue: Passage, start: int, sentence: Passage | None, keywords: Keywords
) -> Parts:
    """The parts, with the sentence behind a comma or dash in place of the colon: ``up, 2 seconds, Rise``."""
    grammar, times = _grammar(keywords), head.cut(start)
    found = grammar.time.match(times.text)
    behind = found and re.match(rf"{_PARENTHESIS} *[-,;] *(?=[^\W\d_])", times.text[found.end() :])
    if found and behind and sentence is None:
        end = found.end() + behind.end()
        own = times.cut(end)
        if not grammar.level.match(own.text) and not grammar.time.search(own.text):
            return Parts(cue, times.cut(0, end), own)
    return Parts(cue, times, sentence)


def _without_time(head: Passage, sentence: Passage | None, keywords: Keywords) -> Parts:
    """The parts of a phase whose head has no time that can be read."""
    grammar, text = _grammar(keywords), head.text
    if sentence and (first := grammar.time.match(sentence.text)):
        behind = re.match(rf"{_PARENTHESIS} *[,:;.]? *", sentence.text[first.end() :])
        end = first.end() + (behind.end() if behind else 0)
        return Parts(head, sentence.cut(0, end), sentence.cut(end))
    comma = text.find(",")
    if comma >= 0 and (re.search(r"\d", text) or grammar.unit.search(text)):
        return Parts(head.cut(0, comma), head.cut(comma + 1), sentence)
    if number := re.search(r"[ (]+(\d\S*(?: +\w+)?)$", text):
        return Parts(head.cut(0, number.start()), head.cut(number.start(1)), sentence)
    return Parts(head, None, sentence)
