"""Doses in the words that the grammar of doses reads, for hints."""

from collections.abc import Iterable
from typing import Any

from coach.language.dose import Amount, Side, Sides, Wording, exactly
from coach.language.keywords.vocabulary import DoseWord, Keywords


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
