"""The grammar of doses: ``2 sets of 10 each leg, rest 30 seconds`` becomes a `Wording`, and back.

A dose is read in three steps. What is only said (load, manner, frequency) is taken out. The rest becomes
tokens, each with a letter for its kind: one of `DoseWord`, ``n`` for a number, ``t`` for a time, ``d`` for a
part of the body, ``k`` for right or left, ``?`` for any other word. `_CLAUSES` has a pattern of letters for
each clause, and clauses may come in any order.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from itertools import chain
from math import inf
from types import MappingProxyType
from typing import Any

from coach.language.dose import BREATH_S, After, Amount, DoseRest, Side, Sides, Wording, exactly
from coach.language.keywords.vocabulary import DoseWord, Keywords
from coach.language.problems import LineError, Problem, Severity
from coach.language.quantities import REST_S, Bounds, Cursor, quoted, words_of
from coach.language.typography import Passage

HOLD_S = Bounds("a hold", 1, 3600)
WORK_S = Bounds("an exercise", 1, 3600)
DOSE_REST_S = replace(REST_S, least=0)
SETS = Bounds("a dose", 1, 20)
REPS = Bounds("a set", 1, 200)

_PLACE = "ge?[rsdbh]?"
_CLAUSES: Mapping[str, str] = MappingProxyType(
    {
        "nothing": "[,c-]|e[rs]",
        "no_rest": f"z(?:{_PLACE})?",
        "rest": f"p{_PLACE},?(?:t|nb?)|p(?:t|nb?)(?:p?{_PLACE})?",
        "rest_behind": f"(?:t|nb)(?:p?{_PLACE}|p(?![tn]))",
        "left_and_right": "h?(?:nr?|t)w?kd?,?h?(?:nr?|t)w?kd?(?!j)",
        "counted_in_a_time": "nr?ct",
        "unknown": "[nt]?[?]+|e[?]|nd",
        "hold": "h(?:er?|r)?(?:t|nb)h?|(?:t|nb)h|h(?:er?)?n(?![rsxbh])",
        "held": "h(?:er?|r)?",
        "on_and_off": "tt(?![phw])",
        "work": "wt|tw(?![kd])|t",
        "held_times": "n(?=h)",
        "sets": "nsx?|sn|xns",
        "times_as_much": "q(?:nr|nx|n)?|xnr?|nx(?![nt]|h)",
        "sets_by": "nx(?=n)",
        "reps_by": "nx(?=[th])",
        "set_by_set": "n(?:,?n)+(?![sxh])r?",
        "reps": "n[rb]|[rb]n|n",
        "rest_without_a_time": "p",
        "as_many": "m",
        "until_tired": "a",
        "at_most": "u",
        "side_first": "k?d?jw?kd?|kd?j",
        "each": "w?e[d]?",
        "both": "w?yd?",
        "alternating": "vd?|dv",
        "right_and_left": "kd?,?kd?",
        "one_side": "w?i?kd?i?",
    }
)
_CLAUSE = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _CLAUSES.items()))
_PLACES = MappingProxyType({"r": After.REP, "b": After.REP, "h": After.REP, "s": After.SET, "d": After.SIDE})
_SEPARATORS = frozenset(",;.")
_MARKS_S = MappingProxyType({'"': 1.0, "' '": 1.0, "'": 60.0})
"""The marks of seconds and minutes behind a number."""
_SILENT = frozenset("():-/!")


@dataclass(frozen=True, slots=True)
class _Token:
    """A number, a time or a phrase with its meaning; ``start`` and ``end`` are places in the text."""

    kind: str
    start: int
    end: int
    value: Any = None


@dataclass(frozen=True, slots=True)
class _Error:
    """One thing that cannot be read, and what may be written in its place."""

    code: str
    message: str
    start: int
    end: int
    instead: tuple[str, ...] = ()
    is_guess: bool = False
    note: str = ""


def read_dose(
    passage: Passage, keywords: Keywords, *, has_phases: bool | None = None, is_whole: bool = True
) -> tuple[Wording, tuple[Problem, ...]]:
    """Read a dose, and return it with its warnings.

    Without phases (None where they are not known) hints suggest no repetitions. A dose that is not whole may
    leave out how often or how long.

    Raises
    ------
    LineError
        If a part of it cannot be read; the hint has all that could be.
    """
    reader = _Reader(passage, keywords)
    wording = reader.wording(is_whole=is_whole)
    if not reader.errors:
        return wording, tuple(reader.doubts)
    first = reader.errors[0]
    known = [
        instead
        for instead in first.instead
        if (read := _read_with(passage, first, instead, keywords, is_whole))
        and not (is_whole and has_phases is False and _whole(read, has_phases=False) != read)
    ]
    if known:
        hint = "write " + " or ".join(f"'{instead}'" for instead in known)
        hint = f"did you mean '{known[0]}'?" if first.is_guess else hint
        raise LineError(first.code, first.message, passage.span(first.start, first.end), hint)
    if is_whole or wording == Wording():
        wording = _whole(wording, has_phases=has_phases)
    whole = reader.instead or written(wording, keywords)
    hint = f"write '{whole}'" + (f"; {first.note}" if first.note else "")
    raise LineError(first.code, first.message, passage.span(), hint)


def _read_with(
    passage: Passage, error: _Error, instead: str, keywords: Keywords, is_whole: bool
) -> Wording | None:
    """Read the dose with a part of it replaced; None if it still has an error."""
    text = passage.text[: error.start] + instead + passage.text[error.end :]
    reader = _Reader(Passage(text, 1, tuple(range(len(text) + 1))), keywords)
    wording = reader.wording(is_whole=is_whole)
    return None if reader.errors else wording


def _whole(wording: Wording, *, has_phases: bool | None) -> Wording:
    """The wording with a usual amount, if it names none that its sheet can have."""
    if wording.hold or wording.work_s or wording.breaths:
        return wording
    if has_phases is False:
        return replace(wording, work_s=exactly(60.0), reps=None, noun=None)
    return wording if wording.reps else replace(wording, reps=(exactly(10),))


# Words


@cache
def _phrases(keywords: Keywords) -> Mapping[str, list[tuple[tuple[str, ...], str, Any]]]:
    """Every phrase of a dose with its kind and its value, by its first word; the longest first."""
    right, left = next(iter(keywords.other_side.items()))
    sided = keywords.side_words.items()
    known = chain(
        ((phrase, kind, None) for kind, phrases in keywords.dose_words.items() for phrase in phrases),
        ((noun, DoseWord.REPS, one) for noun, one in keywords.nouns.items()),
        ((word, "d", one) for one, several in sided for word in (one, several)),
        ((right, "k", Side.RIGHT), (left, "k", Side.LEFT)),
    )
    found: dict[str, list[tuple[tuple[str, ...], str, Any]]] = {}
    for phrase, kind, value in known:
        words = words_of(phrase)
        found.setdefault(words[0], []).append((words, str(kind), value))
    for phrases in found.values():
        phrases.sort(key=lambda phrase: -len(phrase[0]))
    return found


@cache
def _asides(keywords: Keywords) -> Mapping[str, re.Pattern[str]]:
    """What is only said, as one pattern for each field of a wording."""
    tables = {
        "often": keywords.often,
        "daily": keywords.daily,
        "load": keywords.load,
        "manner": keywords.manner,
    }
    return {field: re.compile("|".join(patterns), re.IGNORECASE) for field, patterns in tables.items()}


class _Lexer(Cursor):
    """Reads the tokens of a dose."""

    def __init__(self, passage: Passage, keywords: Keywords) -> None:
        super().__init__(passage, keywords)
        self.errors: list[_Error] = []
        self._dose_words = keywords.dose_words
        self._known = _phrases(keywords)

    def tokens(self) -> list[_Token]:
        """List all tokens, without words that mean nothing."""
        found: list[_Token] = []
        while self.word():
            since = self.at
            try:
                kind, value = self._token()
            except LineError as error:
                problem = error.problem
                start, end = self.place(since)
                self.errors.append(_Error(problem.code, problem.message, start, end, note=problem.hint))
                continue
            if kind != DoseWord.FILLER:
                found.append(_Token(kind, *self.place(since), value))
        return found

    def _token(self) -> tuple[str, Any]:
        if amount := self._amount():
            return amount
        word = self.word()
        if word == "/" and self._kind(self.at + 1) == "d":
            self.at += 1
            return DoseWord.EACH, None
        for words, kind, value in self._known.get(word, ()):
            if self.takes_words(words):
                return kind, value
        self.at += 1
        if how_often := self._keywords.how_often.get(word):
            return "n", exactly(float(how_often))
        return ("," if word in _SEPARATORS else DoseWord.FILLER if word in _SILENT else "?"), None

    def _kind(self, at: int) -> str:
        """The kind of a single word."""
        word = self.word(at - self.at)
        return next((kind for words, kind, _ in self._known.get(word, ()) if words == (word,)), "")

    def _amount(self) -> tuple[str, Amount[float]] | None:
        """``8-12``, ``up to 10``, ``at least 20 seconds``: a token's kind and its value."""
        since = self.at
        bound = next(
            (
                kind
                for kind in (DoseWord.AT_MOST, DoseWord.AT_LEAST)
                if self.takes_any(self._dose_words[kind])
            ),
            None,
        )
        has_and = bool(self.takes_any(self._dose_words[DoseWord.BETWEEN]))
        numbers = self.numbers(is_between=has_and)
        if not numbers or (has_and and len(numbers) == 1):
            self.at = since
            return None
        (least, unit_s), (most, last_unit_s) = numbers[0], numbers[-1]
        if unit_s is None and last_unit_s is not None:
            least *= last_unit_s
        is_range = len(numbers) > 1
        if is_range and self.word() == "-" and self._keywords.is_number(self.word(1)):
            raise self._tempo(since)
        least, most = sorted((least, most))
        kind = "n" if unit_s is None and last_unit_s is None else "t"
        if bound is DoseWord.AT_MOST:
            return kind, Amount(least if is_range else 0, most, is_open=True)
        return kind, Amount(least, inf if bound else most)

    def _tempo(self, since: int) -> LineError:
        while self.word() == "-" and self._keywords.is_number(self.word(1)):
            self.at += 2
        tempo = self.written(since)
        example = self._keywords.tempo_example(tempo)
        hint = f"the tempo stands with the phases: '{example}'"
        return self.wrong("dose", f"'{tempo}' is a tempo, not a dose", hint, since)

    def number(self) -> tuple[float, float | None] | None:
        """A number and its unit; an article is one only before something of which there can be one."""
        if self.word() in self._keywords.articles and not self._is_thing(self.at + 1):
            return None
        return super().number()

    def takes_unit(self) -> float | None:
        """The seconds of a unit of time, or of a mark for one; go on behind it."""
        return super().takes_unit() or _MARKS_S.get(self.takes_any(_MARKS_S))

    def clock(self) -> float:
        """``1:30``; go on after an error."""
        since, minutes = self.at, float(self.word())
        try:
            return super().clock()
        except LineError as error:
            message, instead = error.problem.message, f"{minutes:g}:30"
            self.errors.append(_Error("time", message, *self.place(since), (instead,)))
            return minutes * 60 + 30

    def _is_thing(self, at: int) -> bool:
        """Tell whether a word is something of which there can be one."""
        word = self.word(at - self.at)
        counted = {DoseWord.SETS, DoseWord.REPS, DoseWord.BREATHS}
        return word in self._keywords.units_s or self._kind(at) in counted


# Clauses


class _Reader:
    """Reads the clauses of a dose into the fields of a wording; goes on after an error."""

    def __init__(self, passage: Passage, keywords: Keywords) -> None:
        self.doubts: list[Problem] = []
        self.instead = ""
        """A dose that is suggested in place of all that was read."""
        self._keywords = keywords
        self._passage = passage
        self._said: dict[str, Any] = {}
        self._rests: list[DoseRest] = []
        self._last: str | None = None
        self._is_held = self._is_tired = self._is_as_many = self._each_of_a_time = self._is_on = False
        self._are_cycles = False
        self._factor: _Token | None = None
        lexer = self._lexer(passage)
        self._tokens = lexer.tokens()
        self.errors = lexer.errors
        kinds = "".join(token.kind for token in self._tokens)
        at = 0
        while at < len(kinds):
            found = _CLAUSE.match(kinds, at)
            name, end = (found.lastgroup or "unknown", found.end()) if found else ("unknown", at + 1)
            getattr(self, f"_{name}")(self._tokens[at:end])
            at = end

    def _lexer(self, passage: Passage) -> "_Lexer":
        """Take out what is only said, and return a lexer of the rest."""
        patterns = _asides(self._keywords)
        text, often = self._without(passage.text, patterns["often"])
        numbers = (*self._keywords.how_often, *filter(self._keywords.is_number, words_of(text.casefold())))
        if not {*numbers} & {*words_of(text.casefold())}:
            other_text, others = self._without(passage.text, patterns["daily"])
            text, often = (other_text, others) if others else (text, often)
        for field in ("load", "manner"):
            text, said = self._without(text, patterns[field])
            self._say_aside(field, said)
        self._say_aside("often", often)
        return _Lexer(Passage(text, passage.line, passage.columns), self._keywords)

    @staticmethod
    def _without(text: str, pattern: re.Pattern[str]) -> tuple[str, list[str]]:
        said: list[str] = []

        def taken(found: re.Match[str]) -> str:
            said.append(next((group for group in found.groups() if group), found.group()))
            return " " * len(found.group())

        return pattern.sub(taken, text), said

    def _say_aside(self, field: str, said: list[str]) -> None:
        if said:
            self._said[field] = ", ".join(" ".join(each.split()) for each in said)

    # Errors

    def _text(self, tokens: Iterable[_Token]) -> str:
        first, *_, last = (*tokens, *tokens)
        return quoted(self._passage.text[first.start : last.end])

    def _wrong(self, code: str, message: str, tokens: list[_Token], *instead: str, note: str = "") -> None:
        self.errors.append(_Error(code, message, tokens[0].start, tokens[-1].end, instead, note=note))

    def _say(self, field: str, what: str, value: Any, tokens: list[_Token]) -> None:
        """Keep what a clause says, unless it is said already."""
        before, self._last = self._said.get(field), field
        if isinstance(before, Amount) and isinstance(value, Amount) and inf in {before.most, value.most}:
            value = Amount(max(before.least, value.least), min(before.most, value.most))
        elif before is not None:
            self._wrong("dose", f"'{self._text(tokens)}' says {what} a second time", tokens)
            return
        self._said[field] = value

    def _within(
        self, amount: Amount[float], bounds: Bounds, tokens: list[_Token], unit: str = ""
    ) -> Amount[Any]:
        """The amount, or the nearest one within bounds, with an error."""
        text, is_time = self._text(tokens), not unit
        shown = self._keywords.in_words if is_time else "{:g}".format
        numbers = [
            number
            for number in (amount.least, amount.most)
            if number != inf and not (amount.is_open and number == 0)
        ]
        if any(number != int(number) for number in numbers) and not is_time:
            self._wrong("bounds", f"'{text}' cannot be counted aloud", tokens, note=f"{unit} are whole")
            numbers = [float(int(number)) for number in numbers]
        if any(not bounds.least <= number <= bounds.most for number in numbers):
            is_less = min(numbers) < bounds.least
            if is_time:
                message = f"{bounds.what} of {text} is too {'short' if is_less else 'long'}"
            else:
                message = f"'{text}' is too {'few' if is_less else 'many'} {unit}"
            limits = f"{bounds.what} has {shown(bounds.least)} to {shown(bounds.most)} {unit}".strip()
            self._wrong("bounds", message, tokens, note=limits)

        def inside(number: float) -> float:
            if number == inf or (amount.is_open and number == 0):
                return number
            near = min(max(number, bounds.least), bounds.most)
            return near if is_time else int(near)

        return Amount(inside(amount.least), inside(amount.most), amount.is_open)

    # Amounts

    def _nothing(self, _: list[_Token]) -> None:
        """Commas, and words that mean nothing here."""

    def _sets(self, tokens: list[_Token]) -> None:
        amount = next(token.value for token in tokens if token.kind == "n")
        if amount.is_open or amount.most == inf:
            self._wrong("dose", f"'{self._text(tokens)}' leaves the number of sets open", tokens)
            amount = exactly(amount.least or amount.most)
        self._are_cycles = any(self._text([token]).casefold() in self._keywords.cycles for token in tokens)
        self._say("sets", "how many sets", self._within(amount, SETS, tokens, "sets"), tokens)

    def _sets_by(self, tokens: list[_Token]) -> None:
        self._sets(tokens)
        reps = next((token for token in self._tokens if token.start >= tokens[-1].end), None)
        if reps and tokens[0].value.least > reps.value.most and not self.errors:
            both = f"{tokens[0].value.least:g}", f"{reps.value.least:g}"
            message = f"'{self._text([*tokens, reps])}' is read as {both[0]} sets of {both[1]}"
            in_sets = self._keywords.examples.in_sets.format(sets=both[1], reps=both[0])
            span = self._passage.span(tokens[0].start, reps.end)
            self.doubts.append(Problem("dose", message, span, f"or is it '{in_sets}'?", Severity.WARNING))

    def _reps_by(self, tokens: list[_Token]) -> None:
        self._say_reps((tokens[0].value,), tokens)

    def _reps(self, tokens: list[_Token]) -> None:
        number = next(token for token in tokens if token.kind == "n")
        if any(token.kind == DoseWord.BREATHS for token in tokens):
            self._said["noun"] = self._keywords.dose_words[DoseWord.BREATHS][1]
            self._say(
                "breaths", "how many breaths", self._within(number.value, REPS, tokens, "breaths"), tokens
            )
            return
        self._say_reps((number.value,), tokens)
        for token in tokens:
            if token.value and token.kind == DoseWord.REPS:
                self._said["noun"] = token.value

    def _say_reps(self, amounts: tuple[Amount[float], ...], tokens: list[_Token]) -> None:
        reps = tuple(self._within(amount, REPS, tokens, "repetitions") for amount in amounts)
        before = self._said.get("reps")
        if len(reps) == 1 and before and len(before) == 1 and inf in {before[0].most, reps[0].most}:
            least, most = max(before[0].least, reps[0].least), min(before[0].most, reps[0].most)
            self._said["reps"] = (Amount(least, most),)
            return
        if before and len(reps) == 1 and before == (_doubled(reps[0]),) and self._is_before_each(tokens):
            self._said["reps"] = reps  # "12 times, 6 each side": the first number is that of both sides
            return
        self._say("reps", "how often", reps, tokens)

    def _is_before_each(self, tokens: list[_Token]) -> bool:
        at = self._tokens.index(tokens[-1]) + 1
        return self._tokens[at : at + 1] != [] and self._tokens[at].kind == DoseWord.EACH

    def _set_by_set(self, tokens: list[_Token]) -> None:
        numbers = [token.value for token in tokens if token.kind == "n"]
        if any(number.most == inf for number in numbers):
            for number in numbers:
                self._say_reps((number,), tokens)
            return
        sets = self._said.get("sets")
        is_pair = len(numbers) < 3 and (sets is None or tokens[-1].kind == DoseWord.REPS)
        if is_pair:  # two numbers, or "2 sets of 10, 3 times"
            message = f"'{self._text(tokens)}' can be read in two ways"
            self._wrong("dose", message, tokens)
            numbers = numbers[:1]
        elif sets is not None and sets != exactly(len(numbers)):
            self._wrong("dose", f"'{self._text(tokens)}' is not a number for each of the sets", tokens)
            numbers = numbers[:1]
        elif sets is None:
            self._said["sets"] = exactly(len(numbers))
        self._say_reps(tuple(numbers), tokens)

    def _left_and_right(self, tokens: list[_Token]) -> None:
        first, second = (token for token in tokens if token.kind in "nt")
        if first.value != second.value:
            self._wrong("dose", f"'{self._text(tokens)}' asks for another number on each side", tokens)
        self._is_held = self._is_held or tokens[0].kind == DoseWord.HOLD
        if first.kind == "n":
            self._say_reps((first.value,), [first])
        else:
            self._work([first])
        self._right_and_left([token for token in tokens if token.kind in "kd"])

    def _times_as_much(self, tokens: list[_Token]) -> None:
        """``repeat 3 times``, ``x 3``: what this multiplies is known at the end."""
        number = next((token for token in tokens if token.kind == "n"), None)
        if self._factor and number:
            self._wrong("dose", f"'{self._text(tokens)}' says how often a second time", tokens)
        self._factor = self._factor or number

    def _counted_in_a_time(self, tokens: list[_Token]) -> None:
        message = f"'{self._text(tokens)}' both counts and times: a dose does one of them"
        self._wrong("dose", message, tokens)
        self._say_reps((tokens[0].value,), tokens)

    # Times

    def _hold(self, tokens: list[_Token]) -> None:
        self._is_held = True
        amount = next(token for token in tokens if token.kind in "tn")
        is_in_breaths = any(token.kind == DoseWord.BREATHS for token in tokens)
        if amount.kind == "n" and not is_in_breaths:
            self._no_unit(amount)
        if is_in_breaths:
            self._say("hold", "how long to hold", self._within(amount.value, REPS, tokens, "breaths"), tokens)
            self._said["in_breaths"] = True
        else:
            self._say("hold", "how long to hold", self._within(amount.value, HOLD_S, [amount]), tokens)

    def _held(self, _: list[_Token]) -> None:
        self._is_held = True

    def _held_times(self, tokens: list[_Token]) -> None:
        self._is_held = True
        self._say_reps((tokens[0].value,), tokens)

    def _work(self, tokens: list[_Token]) -> None:
        time = next(token for token in tokens if token.kind == "t")
        self._is_on = self._is_on or len(tokens) > 1
        self._say("work_s", "how long", self._within(time.value, WORK_S, [time]), tokens)

    def _on_and_off(self, tokens: list[_Token]) -> None:
        """``30s/15s``: the time of the work and that of the rest."""
        self._is_on = True
        self._work(tokens[:1])
        self._say_rest(self._within(tokens[1].value, DOSE_REST_S, tokens[1:]), tokens[1:])

    def _no_unit(self, number: _Token) -> None:
        text, names = self._text([number]), self._keywords.unit_names[::-1]
        instead = (f"{text} {several if number.value.most != 1 else one}" for _, one, several in names[:2])
        self._wrong("unit", f"'{text}' has no unit", [number], *instead)

    def _rest(self, tokens: list[_Token]) -> None:
        amount = next(token for token in tokens if token.kind in "tn")
        length_s = amount.value
        if any(token.kind == DoseWord.BREATHS for token in tokens) and amount.kind == "n":
            length_s = Amount(length_s.least * BREATH_S, length_s.most * BREATH_S, length_s.is_open)
        elif amount.kind == "n" and length_s.most != 0:
            self._no_unit(amount)
        if length_s.most == inf:
            length_s = exactly(length_s.least)
        self._say_rest(self._within(length_s, DOSE_REST_S, [amount]), tokens)

    _rest_behind = _rest

    def _rest_without_a_time(self, tokens: list[_Token]) -> None:
        self._wrong("dose", f"'{self._text(tokens)}' does not say for how long", tokens)
        self._say_rest(exactly(30.0), tokens)

    def _no_rest(self, tokens: list[_Token]) -> None:
        self._say_rest(exactly(0.0), tokens)

    def _say_rest(self, length_s: Amount[float], tokens: list[_Token]) -> None:
        kinds = "".join(token.kind for token in tokens)
        place = re.search("ge?([rsdbh])", kinds)
        after = _PLACES[place.group(1)] if place else None
        if any(rest.after is after for rest in self._rests):
            self._wrong("dose", f"'{self._text(tokens)}' says the rest a second time", tokens)
        else:
            self._rests.append(DoseRest(length_s, after))

    # Open ends

    def _as_many(self, _: list[_Token]) -> None:
        self._is_as_many = True

    def _until_tired(self, _: list[_Token]) -> None:
        self._is_tired = True

    def _at_most(self, _: list[_Token]) -> None:
        """``15 reps max``: behind its amount."""
        if self._last != "sets":
            self._open(self._last)

    def _open(self, field: str | None) -> None:
        """Make an amount open, if it is not: what is exact becomes its bound."""
        value = self._said.get(field or "")
        if isinstance(value, Amount):
            self._said[field or ""] = _opened(value)
        elif isinstance(value, tuple):
            self._said["reps"] = tuple(map(_opened, value))

    # Sides

    def _side_word(self, tokens: list[_Token]) -> str:
        return next((token.value for token in tokens if token.kind == "d"), "")

    def _say_sides(self, sides: Sides, tokens: list[_Token]) -> None:
        before = self._said.get("sides")
        if {before, sides} == {Sides.EACH, Sides.ALTERNATING}:
            self._said["sides"] = Sides.ALTERNATING
            self._said["is_doubled"] = True
        elif before is None or before is sides:
            self._said["sides"] = sides
        else:
            self._wrong("dose", f"'{self._text(tokens)}' says the sides a second time", tokens)
        if word := self._side_word(tokens):
            self._said["side_word"] = word

    def _each(self, tokens: list[_Token]) -> None:
        at = self._tokens.index(tokens[0])
        if not self._side_word(tokens) and at and self._tokens[at - 1].kind in "th":
            self._each_of_a_time = True
        else:
            self._say_sides(Sides.EACH, tokens)

    def _both(self, tokens: list[_Token]) -> None:
        is_any = self._side_word(tokens) in {"", next(iter(self._keywords.side_words))}
        self._say_sides(Sides.EACH if is_any else Sides.BOTH, tokens)

    def _alternating(self, tokens: list[_Token]) -> None:
        self._say_sides(Sides.ALTERNATING, tokens)

    def _one_side(self, tokens: list[_Token]) -> None:
        side = next(token.value for token in tokens if token.kind == "k")
        self._say_sides(Sides(side.value), tokens)

    def _side_first(self, tokens: list[_Token]) -> None:
        side = next(token.value for token in tokens if token.kind == "k")
        self._say("first", "which side is first", side, tokens)
        if word := self._side_word(tokens):
            self._said.setdefault("side_word", word)

    def _right_and_left(self, tokens: list[_Token]) -> None:
        sides = [token.value for token in tokens if token.kind == "k"]
        if sides[0] is sides[1]:
            self._wrong("dose", f"'{self._text(tokens)}' names one side twice", tokens)
        self._say_sides(Sides.EACH, tokens)
        if sides[0] is Side.LEFT:
            self._said.setdefault("first", Side.LEFT)

    # Other words

    def _unknown(self, tokens: list[_Token]) -> None:
        amount = tokens[0] if tokens[0].kind in "nt" else None
        if amount and "reps" not in self._said:
            (self._reps if amount.kind == "n" else self._work)([amount])
        word = self._passage.text[tokens[-1].start : tokens[-1].end].casefold()
        if word in self._keywords.likely_doses and "hold" not in self._said:
            self.instead = self._keywords.likely_doses[word]
            is_measure = word in self._keywords.unmeasured
            fault = (
                "nothing that the coach can count or time"
                if is_measure
                else "not a dose that the coach knows by its name"
            )
            self._wrong("dose", f"'{self._text(tokens) if is_measure else word}' is {fault}", tokens)
        elif amount and amount.kind == "n":
            message = f"'{self._text(tokens)}' is nothing that the coach can count or time"
            self._guess(message, word, tokens)
        else:
            self._guess(f"'{quoted(word)}' is not a word of a dose", word, tokens)

    def _guess(self, message: str, word: str, tokens: list[_Token]) -> None:
        """Report words; suggest those that their author may have meant, if only one is unknown."""
        meant: tuple[str, ...] = ()
        is_one = [token.kind for token in tokens].count("?") == 1
        if is_one and word not in self._keywords.unmeasured:
            known = [each for each in _known_words(self._keywords) if each[0] == word[0]]
            meant = tuple(get_close_matches(word[:60], known, n=5, cutoff=0.6))
        if meant:
            message, tokens = f"'{quoted(word)}' is not a word of a dose", tokens[-1:]
        self.errors.append(_Error("dose", message, tokens[0].start, tokens[-1].end, meant, is_guess=True))

    # The whole

    def wording(self, *, is_whole: bool) -> Wording:
        """Combine the clauses; report what is missing."""
        said = self._said
        self._settle_factor()
        self._settle_times()
        self._settle_ends()
        if self._each_of_a_time and not said.keys() & {"reps", "sets"}:
            said.setdefault("sides", Sides.EACH)
        if "first" in said:
            said.setdefault("sides", Sides.EACH)
        if said.pop("is_doubled", False) and "reps" in said:
            doubled = map(_doubled, said["reps"])
            said["reps"] = tuple(self._within(each, REPS, self._tokens, "repetitions") for each in doubled)
        if said.get("sides") not in {None, Sides.BOTH}:
            said.setdefault("side_word", next(iter(self._keywords.side_words)))
        sets = said.pop("sets", None)
        if sets:
            said["sets"] = int(sets.least)
        if sets and not sets.is_exact:
            said["more_sets"] = int(sets.most - sets.least)
        if is_whole and self._are_cycles and not said.keys() & {"reps", "breaths", "hold", "work_s"}:
            said["reps"] = (exactly(1),)
        if is_whole and not self.errors and not said.keys() & {"reps", "breaths", "hold", "work_s"}:
            self._report("this does not say how often or how long")
        return Wording(**said, rests=tuple(self._rests) or None, span=self._passage.span())

    def _report(self, message: str) -> None:
        self.errors.append(_Error("dose", message, 0, len(self._passage.text)))

    def _settle_times(self) -> None:
        """Make a time without a word a hold if anything is held."""
        said = self._said
        if "breaths" in said and "hold" not in said and (self._is_held or "reps" in said):
            said |= {"hold": said.pop("breaths"), "in_breaths": True}
            said.pop("noun")
        if self._is_held and "hold" not in said and "work_s" in said:
            said["hold"] = said.pop("work_s")
        if self._is_held and "hold" not in said:
            self._report("this does not say how long to hold")
            said["hold"] = exactly(30.0 if self._is_tired else 5.0)
        times = [field for field in ("hold", "breaths", "work_s") if field in said]
        if len(times) > 1:
            self._report("this has two times: a dose is held, or it is done for a time")
            for field in times[1:]:
                del said[field]

    def _settle_factor(self) -> None:
        """Give the number of ``repeat 3 times`` to what has none yet: the repetitions, or the sets."""
        said, factor = self._said, self._factor
        if not factor:
            return
        are_intervals = self._is_on and bool(self._rests)
        if "sets" not in said and ("reps" in said or are_intervals):
            self._sets([factor])
        else:
            self._say_reps((factor.value,), [factor])

    def _settle_ends(self) -> None:
        """Apply the words for an open end; report an end that is missing."""
        said = self._said
        fields = [field for field in ("reps", "breaths", "hold", "work_s") if field in said]
        # "as long as you can, up to 40 seconds, 3 times" leaves the seconds open, and not the times
        field = next(iter(sorted(fields, key=lambda field: not _is_open(said[field]))), None)
        if self._is_as_many and "work_s" in said:
            said["as_many"] = True
        elif self._is_as_many or self._is_tired:
            if field is None:
                self._report("this has no end: say how often or how long at most")
                example = exactly(15)
                said["reps"] = (_opened(example),)
            else:
                self._open(field)
        for name in ("reps", "breaths", "hold", "work_s"):
            values = said.get(name, ())
            amounts = values if isinstance(values, tuple) else (values,)
            if any(amount.most == inf for amount in amounts):
                self._report("'at least' has no end: say how much it is, or 'up to' how much")
                ended = tuple(exactly(amount.least) for amount in amounts)
                said[name] = ended if name == "reps" else ended[0]


def _is_open(value: Amount[Any] | tuple[Amount[Any], ...]) -> bool:
    return any(amount.is_open for amount in (value if isinstance(value, tuple) else (value,)))


def _doubled(amount: Amount[Any]) -> Amount[Any]:
    return Amount(amount.least * 2, amount.most * 2, amount.is_open)


def _opened(amount: Amount[Any]) -> Amount[Any]:
    if amount.is_open or amount.most == inf:
        return amount
    return Amount(0 if amount.is_exact else amount.least, amount.most, is_open=True)


@cache
def _known_words(keywords: Keywords) -> tuple[str, ...]:
    """Every word of a dose that an author may have misspelt."""
    words = (phrase for phrases in keywords.dose_words.values() for phrase in phrases)
    known = (*words, *keywords.side_words, *keywords.units_s, *keywords.how_often)
    return tuple(sorted(word for word in known if len(word) > 2 and word.isalpha()))


# Writing


def written(wording: Wording, keywords: Keywords) -> str:
    """Write a dose as the grammar reads it.

    >>> from coach.language.keywords.en import KEYWORDS
    >>> written(Wording(sets=2, reps=(Amount(8, 12),), sides=Sides.EACH, side_word="leg"), KEYWORDS)
    '2 sets of 8-12 each leg'
    """
    return ", ".join(part for part in _parts(wording, keywords) if part)


def _parts(wording: Wording, keywords: Keywords) -> Iterable[str]:
    examples = keywords.examples
    amounts = [wording.breaths, wording.hold, wording.work_s, *(wording.reps or ())]
    if any(amount and amount.is_open and amount.least for amount in amounts):
        yield examples.until_tired
    time, sides, how_many = _time(wording, keywords), _sides(wording, keywords), _how_many(wording, keywords)
    if time and how_many:
        yield time
    yield " ".join(filter(None, (how_many or time, sides)))
    if wording.first:
        yield examples.first.format(right=_name(wording.first, keywords))
    yield examples.load.format(load=wording.load) if wording.load else ""
    yield wording.manner or ""
    yield wording.often or ""
    for rest in wording.rests or ():
        is_none = rest.length_s == exactly(0)
        shown = (
            examples.no_rest if is_none else examples.rest.format(time=_amount(rest.length_s, keywords, None))
        )
        yield f"{shown} {examples.between[rest.after]}" if rest.after else shown


def _time(wording: Wording, keywords: Keywords) -> str:
    """``hold for 20 seconds``, ``for 5 minutes``, or ""."""
    examples = keywords.examples
    if wording.hold or (wording.breaths and wording.reps):
        is_in_breaths = wording.in_breaths or not wording.hold
        noun = keywords.dose_words[DoseWord.BREATHS][0] if is_in_breaths else None
        return examples.hold.format(time=_amount(wording.hold or wording.breaths, keywords, noun))
    if wording.work_s:
        example = examples.as_many if wording.as_many else examples.timed
        return example.format(time=_amount(wording.work_s, keywords, None))
    return ""


def _how_many(wording: Wording, keywords: Keywords) -> str:
    """``2-3 sets of 10``, ``10 times``, ``8 sets``, or ""."""
    sets_words, examples = keywords.dose_words[DoseWord.SETS], keywords.examples
    sets = (
        f"{wording.sets}-{wording.sets + wording.more_sets}"
        if wording.sets and wording.more_sets
        else wording.sets
    )
    thing = next((word for word, one in keywords.nouns.items() if one == wording.noun), "")
    counts = wording.reps or ()
    if wording.breaths and not counts:
        counts, thing = (wording.breaths,), keywords.dose_words[DoseWord.BREATHS][0]
    reps = ", ".join(_amount(reps, keywords, "") for reps in counts)
    if not reps:
        return f"{sets} {sets_words[0] if sets != 1 else sets_words[1]}" if sets else ""
    if sets is None:
        if counts == (exactly(1),) and not thing:
            return next(word for word, number in keywords.how_often.items() if number == 1)
        return f"{reps} {thing}" if thing else examples.counted.format(n=reps)
    in_sets = examples.in_sets if sets != 1 else examples.one_set
    return " ".join(filter(None, (in_sets.format(sets=sets, reps=reps), thing)))


def _amount(amount: Amount[Any] | None, keywords: Keywords, noun: str | None) -> str:
    """An amount with its noun ("" for none), or a time for None."""
    if amount is None:
        return ""

    def shown(number: float) -> str:
        return keywords.in_words(number) if noun is None else f"{number:g} {noun}".strip()

    most = shown(amount.most)
    if amount.is_exact:
        return most
    if amount.is_open and not amount.least:
        return keywords.examples.up_to.format(n=most)
    if noun is None:
        return f"{shown(amount.least)} {keywords.dose_words[DoseWord.TO][0]} {most}"
    return f"{amount.least:g}-{most}"


def _sides(wording: Wording, keywords: Keywords) -> str:
    template = keywords.examples.sides.get(wording.sides or Sides.NONE, "")
    one = wording.side_word or next(iter(keywords.side_words))
    right = _name(Side(wording.sides), keywords) if wording.sides in {Sides.LEFT, Sides.RIGHT} else ""
    return template.format(side=one, both=keywords.side_words[one], right=right)


def _name(side: Side, keywords: Keywords) -> str:
    right, left = next(iter(keywords.other_side.items()))
    return right if side is Side.RIGHT else left
