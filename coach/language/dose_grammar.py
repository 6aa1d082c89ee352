"""The grammar of doses: ``2 sets of 10 each leg, rest 30 seconds`` becomes a `Wording`.

A dose is read in three steps. Its asides (load, manner, frequency) are taken out, and the rest becomes tokens
(`coach.language.dose_tokens`). Each token has a letter; `_CLAUSES` has a pattern of letters for each clause,
and clauses may come in any order. `coach.language.dose_writing` is the way back.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from functools import cache
from math import inf
from types import MappingProxyType
from typing import Any

from coach.language.dose import BREATH_S, After, Amount, DoseRest, Side, Sides, Wording, exactly
from coach.language.dose_tokens import DoseLexer, Token, Unreadable, split_asides
from coach.language.dose_writing import written
from coach.language.keywords.vocabulary import DoseWord, Keywords
from coach.language.problems import LineError, Problem, Severity
from coach.language.quantities import REST_S, Bounds, quoted
from coach.language.typography import Passage

HOLD_S = Bounds("a hold", 1, 3600)
WORK_S = Bounds("an exercise", 1, 3600)
DOSE_REST_S = replace(REST_S, least=0)
SETS = Bounds("a dose", 1, 20)
REPS = Bounds("a set", 1, 200)

_PLACE = "ge?[rsdbh]?"
_CLAUSES: Mapping[str, str] = MappingProxyType(
    {
        "nothing": "[,c-]|e[rs]|x$",
        "on_and_off_within": "(?:wt|tw),?(?:pt|tp),?t(?![phwn])",
        "no_rest": f"z(?:{_PLACE})?",
        "rest": f"p{_PLACE},?(?:t|nb?)|p(?:t|nb?)(?:p?{_PLACE})?",
        "rest_behind": f"(?:t|nb)(?:p?{_PLACE}|p(?![tn]))",
        "left_and_right": "h?(?:nr?|t)w?kd?,?h?(?:nr?|t)w?kd?(?!j)",
        "counted_in_a_time": "nr?ct",
        "numbered_sets": "onr?(?:,*onr?)+",
        "unknown": "[nt]?[?]+|e[?]|nd(?!r)|o",
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
        "reps": "nd?r|nb|[rb]n|n",
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
    passage: Passage, error: Unreadable, instead: str, keywords: Keywords, is_whole: bool
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


# Clauses


class _Reader:
    """Reads the clauses of a dose into the fields of a wording; goes on after an error."""

    def __init__(self, passage: Passage, keywords: Keywords) -> None:
        plain, asides = split_asides(passage, keywords)
        self.doubts: list[Problem] = []
        self.instead = ""
        """A dose that is suggested in place of all that was read."""
        self._keywords = keywords
        self._passage = passage
        self._said: dict[str, Any] = {**asides}
        self._rests: list[DoseRest] = []
        self._last: str | None = None
        self._is_held = self._is_tired = self._is_as_many = self._each_of_a_time = self._is_on = False
        self._are_cycles = False
        self._factor: Token | None = None
        lexer = DoseLexer(plain, keywords)
        self._tokens = lexer.tokens()
        self.errors = lexer.errors
        kinds = "".join(token.kind for token in self._tokens)
        at = 0
        while at < len(kinds):
            found = _CLAUSE.match(kinds, at)
            name, end = (found.lastgroup or "unknown", found.end()) if found else ("unknown", at + 1)
            getattr(self, f"_{name}")(self._tokens[at:end])
            at = end

    # Errors

    def _text(self, tokens: Iterable[Token]) -> str:
        first, *_, last = (*tokens, *tokens)
        return quoted(self._passage.text[first.start : last.end])

    def _wrong(self, code: str, message: str, tokens: list[Token], *instead: str, note: str = "") -> None:
        self.errors.append(Unreadable(code, message, tokens[0].start, tokens[-1].end, instead, note=note))

    def _say(self, field: str, what: str, value: Any, tokens: list[Token]) -> None:
        """Keep what a clause says, unless it is said already."""
        before, self._last = self._said.get(field), field
        if isinstance(before, Amount) and isinstance(value, Amount) and inf in {before.most, value.most}:
            value = Amount(max(before.least, value.least), min(before.most, value.most))
        elif before is not None:
            self._wrong("dose", f"'{self._text(tokens)}' says {what} a second time", tokens)
            return
        self._said[field] = value

    def _within(
        self, amount: Amount[float], bounds: Bounds, tokens: list[Token], unit: str = ""
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

    def _nothing(self, _: list[Token]) -> None:
        """Commas, and words that mean nothing here."""

    def _sets(self, tokens: list[Token]) -> None:
        amount = next(token.value for token in tokens if token.kind == "n")
        if amount.is_open or amount.most == inf:
            self._wrong("dose", f"'{self._text(tokens)}' leaves the number of sets open", tokens)
            amount = exactly(amount.least or amount.most)
        self._are_cycles = any(self._text([token]).casefold() in self._keywords.cycles for token in tokens)
        self._say("sets", "how many sets", self._within(amount, SETS, tokens, "sets"), tokens)

    def _sets_by(self, tokens: list[Token]) -> None:
        self._sets(tokens)
        reps = next((token for token in self._tokens if token.start >= tokens[-1].end), None)
        if reps and tokens[0].value.least > reps.value.most and not self.errors:
            both = f"{tokens[0].value.least:g}", f"{reps.value.least:g}"
            message = f"'{self._text([*tokens, reps])}' is read as {both[0]} sets of {both[1]}"
            in_sets = self._keywords.examples.in_sets.format(sets=both[1], reps=both[0])
            span = self._passage.span(tokens[0].start, reps.end)
            self.doubts.append(Problem("dose", message, span, f"or is it '{in_sets}'?", Severity.WARNING))

    def _reps_by(self, tokens: list[Token]) -> None:
        self._say_reps((tokens[0].value,), tokens)

    def _reps(self, tokens: list[Token]) -> None:
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

    def _say_reps(self, amounts: tuple[Amount[float], ...], tokens: list[Token]) -> None:
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

    def _is_before_each(self, tokens: list[Token]) -> bool:
        at = self._tokens.index(tokens[-1]) + 1
        return self._tokens[at : at + 1] != [] and self._tokens[at].kind == DoseWord.EACH

    def _set_by_set(self, tokens: list[Token]) -> None:
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

    def _numbered_sets(self, tokens: list[Token]) -> None:
        """``set 1: 12, set 2: 10``."""
        numbers = [token.value for token in tokens if token.kind == "n"]
        self._say(
            "sets", "how many sets", self._within(exactly(float(len(numbers))), SETS, tokens, "sets"), tokens
        )
        self._say_reps(tuple(numbers), tokens)

    def _left_and_right(self, tokens: list[Token]) -> None:
        first, second = (token for token in tokens if token.kind in "nt")
        if first.value != second.value:
            self._wrong("dose", f"'{self._text(tokens)}' asks for another number on each side", tokens)
        self._is_held = self._is_held or tokens[0].kind == DoseWord.HOLD
        if first.kind == "n":
            self._say_reps((first.value,), [first])
        else:
            self._work([first])
        self._right_and_left([token for token in tokens if token.kind in "kd"])

    def _times_as_much(self, tokens: list[Token]) -> None:
        """``repeat 3 times``, ``x 3``: what this multiplies is known at the end."""
        number = next((token for token in tokens if token.kind == "n"), None)
        if self._factor and number:
            self._wrong("dose", f"'{self._text(tokens)}' says how often a second time", tokens)
        self._factor = self._factor or number

    def _counted_in_a_time(self, tokens: list[Token]) -> None:
        message = f"'{self._text(tokens)}' both counts and times: a dose does one of them"
        self._wrong("dose", message, tokens)
        self._say_reps((tokens[0].value,), tokens)

    # Times

    def _hold(self, tokens: list[Token]) -> None:
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

    def _held(self, _: list[Token]) -> None:
        self._is_held = True

    def _held_times(self, tokens: list[Token]) -> None:
        self._is_held = True
        self._say_reps((tokens[0].value,), tokens)

    def _work(self, tokens: list[Token]) -> None:
        time = next(token for token in tokens if token.kind == "t")
        self._is_on = self._is_on or len(tokens) > 1
        self._say("work_s", "how long", self._within(time.value, WORK_S, [time]), tokens)

    def _on_and_off(self, tokens: list[Token]) -> None:
        """``30s/15s``: the time of the work and that of the rest."""
        self._is_on = True
        self._work(tokens[:1])
        self._say_rest(self._within(tokens[1].value, DOSE_REST_S, tokens[1:]), tokens[1:])

    def _no_unit(self, number: Token) -> None:
        text, names = self._text([number]), self._keywords.unit_names[::-1]
        instead = (f"{text} {several if number.value.most != 1 else one}" for _, one, several in names[:2])
        self._wrong("unit", f"'{text}' has no unit", [number], *instead)

    def _rest(self, tokens: list[Token]) -> None:
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

    def _rest_without_a_time(self, tokens: list[Token]) -> None:
        self._wrong("dose", f"'{self._text(tokens)}' does not say for how long", tokens)
        self._say_rest(exactly(30.0), tokens)

    def _no_rest(self, tokens: list[Token]) -> None:
        self._say_rest(exactly(0.0), tokens)

    def _on_and_off_within(self, tokens: list[Token]) -> None:
        """``30 seconds on, 30 seconds off for 10 minutes``."""
        work, rest, whole = (token for token in tokens if token.kind == "t")
        self._work([work])
        self._is_on = True
        self._say_rest(self._within(rest.value, DOSE_REST_S, [rest]), [rest])
        sets = whole.value.planned / (work.value.planned + rest.value.planned)
        if sets != int(sets):
            self._wrong("dose", f"'{self._text(tokens)}' is no whole number of rounds", tokens)
        self._say(
            "sets", "how many sets", self._within(exactly(float(int(sets))), SETS, tokens, "sets"), tokens
        )

    def _say_rest(self, length_s: Amount[float], tokens: list[Token]) -> None:
        kinds = "".join(token.kind for token in tokens)
        place = re.search("ge?([rsdbh])", kinds)
        after = _PLACES[place.group(1)] if place else None
        if any(rest.after is after for rest in self._rests):
            self._wrong("dose", f"'{self._text(tokens)}' says the rest a second time", tokens)
        else:
            self._rests.append(DoseRest(length_s, after))

    # Open ends

    def _as_many(self, _: list[Token]) -> None:
        self._is_as_many = True

    def _until_tired(self, _: list[Token]) -> None:
        self._is_tired = True

    def _at_most(self, _: list[Token]) -> None:
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

    def _side_word(self, tokens: list[Token]) -> str:
        return next((token.value for token in tokens if token.kind == "d"), "")

    def _say_sides(self, sides: Sides, tokens: list[Token]) -> None:
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

    def _each(self, tokens: list[Token]) -> None:
        at = self._tokens.index(tokens[0])
        if not self._side_word(tokens) and at and self._tokens[at - 1].kind in "th":
            self._each_of_a_time = True
        else:
            self._say_sides(Sides.EACH, tokens)

    def _both(self, tokens: list[Token]) -> None:
        is_any = self._side_word(tokens) in {"", next(iter(self._keywords.side_words))}
        self._say_sides(Sides.EACH if is_any else Sides.BOTH, tokens)

    def _alternating(self, tokens: list[Token]) -> None:
        self._say_sides(Sides.ALTERNATING, tokens)

    def _one_side(self, tokens: list[Token]) -> None:
        side = next(token.value for token in tokens if token.kind == "k")
        self._say_sides(Sides(side.value), tokens)

    def _side_first(self, tokens: list[Token]) -> None:
        side = next(token.value for token in tokens if token.kind == "k")
        self._say("first", "which side is first", side, tokens)
        if word := self._side_word(tokens):
            self._said.setdefault("side_word", word)

    def _right_and_left(self, tokens: list[Token]) -> None:
        sides = [token.value for token in tokens if token.kind == "k"]
        if sides[0] is sides[1]:
            self._wrong("dose", f"'{self._text(tokens)}' names one side twice", tokens)
        self._say_sides(Sides.EACH, tokens)
        if sides[0] is Side.LEFT:
            self._said.setdefault("first", Side.LEFT)

    # Other words

    def _unknown(self, tokens: list[Token]) -> None:
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

    def _guess(self, message: str, word: str, tokens: list[Token]) -> None:
        """Report words; suggest those that their author may have meant, if only one is unknown."""
        meant: tuple[str, ...] = ()
        notes = self._keywords.dose_notes
        words = [self._text([token]).casefold() for token in tokens]
        note = next((notes[each] for each in words if each in notes), "")
        is_one = [token.kind for token in tokens].count("?") == 1
        if is_one and not note and word not in self._keywords.unmeasured:
            known = [each for each in _known_words(self._keywords) if each[0] == word[0]]
            meant = tuple(get_close_matches(word[:60], known, n=5, cutoff=0.6))
        if meant:
            message, tokens = f"'{quoted(word)}' is not a word of a dose", tokens[-1:]
        start, end = tokens[0].start, tokens[-1].end
        self.errors.append(Unreadable("dose", message, start, end, meant, is_guess=True, note=note))

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
        self.errors.append(Unreadable("dose", message, 0, len(self._passage.text)))

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
        is_endless = self._is_as_many and field == "reps" and not _is_open(said["reps"])
        if self._is_as_many and "work_s" in said:
            said["as_many"] = True
        elif self._is_as_many or self._is_tired:
            if field is None or is_endless:
                self._report("this has no end: say how often or how long at most")
                if field:  # "3 x AMRAP"
                    said.setdefault("sets", exactly(min(said["reps"][0].planned, SETS.most)))
                said["reps"] = (_opened(exactly(15)),)
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
