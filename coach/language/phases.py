"""The word, the times and the sentence of a phase, in any of the orders in which they are written."""

import re
from dataclasses import dataclass
from functools import cache

from coach.language.keywords.vocabulary import Keywords
from coach.language.quantities import any_of, times_in, units_s
from coach.language.typography import Passage

_PARENTHESIS = r" *(?:\([^()]*\))?"


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a phase; ``times`` is None if it has none."""

    cue: Passage
    times: Passage | None
    sentence: Passage | None


class _Grammar:
    """The regular expressions of what stands beside a time within a phase."""

    def __init__(self, keywords: Keywords) -> None:
        def pattern(text: str) -> re.Pattern[str]:
            return re.compile(text, re.IGNORECASE)

        self.unit = pattern(rf"\b{any_of(units_s(keywords))}\b")
        self.before_time = pattern(rf"[ ,;:(-]*\b{any_of(keywords.before_time)} +$")
        self.level = pattern(rf"{any_of(keywords.levels.values())}\b")


_grammar = cache(_Grammar)


def _first_time(text: Passage, keywords: Keywords) -> tuple[int, int] | None:
    return next(((time.start, time.end) for time in times_in(text, keywords)), None)


def has_time(text: Passage, keywords: Keywords) -> bool:
    """Tell whether a text has a number with a unit of time, or a unit behind a comma: ``up, tow seconds``."""
    behind_comma = text.text.partition(",")[2]
    return bool(_first_time(text, keywords) or _grammar(keywords).unit.search(behind_comma))


def length_of_time(text: Passage, keywords: Keywords) -> int:
    """Return how many characters a text's time has at its beginning; 0 if it begins with none."""
    start, end = _first_time(text, keywords) or (0, 0)
    return end if start == 0 else 0


def split_phase(head: Passage, sentence: Passage | None, keywords: Keywords) -> Parts:
    """Split a phase: ``head`` is what stands before its colon, ``sentence`` what stands behind it.

    The head is ``up, 2 seconds``, ``hold 5 seconds``, ``up (2 seconds)`` or ``3 seconds down``; or the time
    stands behind the colon: ``up: 2 seconds``.
    """
    grammar, text = _grammar(keywords), head.text
    comma, found = text.find(","), _first_time(head, keywords)
    is_behind_time = found and (found[0] == 0 or found[0] < comma < found[1])
    if comma >= 0 and re.match(r" *[\d(.]", text[comma + 1 :]) and not is_behind_time:
        return _with_sentence_behind(head, head.cut(0, comma), comma + 1, sentence, keywords)
    if not found:
        return _without_time(head, sentence, keywords)
    start, end = found
    if not text[:start].strip(" (-"):
        rest = re.match(rf"[ ,;:)-]*{_PARENTHESIS}[ ,;:)-]*", text[end:])
        end += rest.end() if rest else 0
        return Parts(head.cut(end), head.cut(start, end), sentence)
    begin = grammar.before_time.search(text[:start])
    cue = head.cut(0, begin.start() if begin else start)
    cue = cue.cut(0, len(cue.text.rstrip(" ,;:(-")))
    return _with_sentence_behind(head, cue, start, sentence, keywords)


def _with_sentence_behind(
    head: Passage, cue: Passage, start: int, sentence: Passage | None, keywords: Keywords
) -> Parts:
    """The parts, with the sentence behind a comma or dash in place of the colon: ``up, 2 seconds, Rise``."""
    times = head.cut(start)
    length = length_of_time(times, keywords)
    behind = re.match(rf"\)?{_PARENTHESIS} *[-,;] *(?=[^\W\d_])", times.text[length:])
    end = length + behind.end() if behind else length
    own = times.cut(end)
    if (
        length
        and own.text
        and sentence is None
        and not _grammar(keywords).level.match(own.text)
        and not _first_time(own, keywords)
    ):
        if behind:
            return Parts(cue, times.cut(0, end), own)
        is_sentence = re.fullmatch(r"[^\d(),:]+", own.text) and "," not in head.text[:start]
        if is_sentence:  # "Hold for 5 seconds at the top."
            return Parts(cue, times.cut(0, end), head)
    return Parts(cue, times, sentence)


def _without_time(head: Passage, sentence: Passage | None, keywords: Keywords) -> Parts:
    """The parts of a phase whose head has no time that can be read."""
    grammar, text = _grammar(keywords), head.text
    if sentence and (length := length_of_time(sentence, keywords)):
        behind = re.match(rf"{_PARENTHESIS} *[,:;.]? *", sentence.text[length:])
        end = length + (behind.end() if behind else 0)
        return Parts(head, sentence.cut(0, end), sentence.cut(end))
    comma = text.find(",")
    if comma >= 0 and (re.search(r"\d", text) or grammar.unit.search(text)):
        return Parts(head.cut(0, comma), head.cut(comma + 1), sentence)
    if number := re.search(r"[ (]+(\d\S*(?: +\w+)?)$", text):
        return Parts(head.cut(0, number.start()), head.cut(number.start(1)), sentence)
    return Parts(head, None, sentence)
