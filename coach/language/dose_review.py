"""Problems of a dose that can be read: it does not suit the movement of its exercise."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from coach.language.dose import USUAL_REST_S, After, Counted, Dose, Held, Sides, Wording, exactly
from coach.language.dose_writing import written
from coach.language.keywords.vocabulary import Keywords
from coach.language.level import Level
from coach.language.model import Phase, PhaseKind
from coach.language.problems import Problem, Severity


def held_phase(phase: Phase, doses: Mapping[Level, Dose]) -> Phase:
    """The phase, held as long as the doses say, if they do and it is a hold that the level has."""
    if not phase.is_hold:
        return phase
    held_s = {level: dose.hold_s for level, dose in doses.items() if isinstance(dose, Held)}
    lengths = {
        level: held_s.get(level, length_s) if length_s else 0.0 for level, length_s in phase.length_s.items()
    }
    return replace(phase, length_s=MappingProxyType(lengths))


def dose_problems(
    wording: Wording, dose: Dose, phases: Sequence[Phase] | None, keywords: Keywords
) -> Iterator[Problem]:
    """Report a dose that does not suit its phases, if they are known (None: they are not)."""
    if phases is not None and isinstance(dose, Counted) and not phases:
        message = "a dose without a movement: nothing says what is repeated"
        timed = written(replace(wording, reps=None, noun=None, work_s=exactly(60.0)), keywords)
        hint = (
            f"write how long it takes, such as '{timed}', "
            f"or add the phases of one repetition, such as '{keywords.examples.phase}'"
        )
        yield Problem("movement", message, wording.span, hint)
        return
    if phases and isinstance(dose, Held) and not any(phase.is_hold for phase in phases):
        moving = (phase for phase in phases if phase.kind is PhaseKind.MOVE)
        place = next((f"after '{phase.cue}'" for phase in moving), "first")
        hold = keywords.hold_word
        message = f"none of the phases is called '{hold}': the hold comes {place}"
        hint = f"to hold elsewhere, add '- {hold}, {keywords.in_words(dose.hold_s)}' there"
        yield Problem("dose", message, wording.span, hint, Severity.WARNING)
    for level, name in keywords.levels.items():
        if phases and not any(phase.length_s[level] > 0 and not phase.is_loose for phase in phases):
            message = f"a dose without a movement: no phase but loose ones lasts at the level '{name}'"
            example = f"({keywords.levels[Level.GENTLE]} 1)"
            hint = f"give one of the phases a time at that level, such as '{example}'"
            yield Problem("movement", message, wording.span, hint)
            return
    yield from _rest_problems(wording, dose, keywords)


def _rest_problems(wording: Wording, dose: Dose, keywords: Keywords) -> Iterator[Problem]:
    if dose.sets > 1 and dose.rest_after(After.SET) is None:
        message = f"no rest between the {dose.sets} sets: the coach gives {keywords.in_words(USUAL_REST_S)}"
        hint = f"add ', {keywords.rest_example()}'"
        yield Problem("rest", message, wording.span, hint, Severity.WARNING)
    given = wording.rests or ()
    places = [rest.after for rest in dose.rests[: len(given)]]
    lost = {at for at, place in enumerate(places) if place not in dose.rest_places or place in places[:at]}
    kept = tuple(rest for at, rest in enumerate(given) if at not in lost) or None
    without = f"write '{written(replace(wording, rests=kept), keywords)}'"
    side = next(iter(keywords.side_words))
    how_to_have_one = {
        After.REP: "say how often",
        After.SET: "say how many sets",
        After.SIDE: f"name the sides: '{keywords.examples.sides[Sides.EACH].format(side=side)}'",
    }
    for place in (places[at] for at in sorted(lost)):
        hint = f"{without}, or {how_to_have_one[place or After.SET]}"
        message = "this rest stands between nothing: there is one set, on one side"
        if place in dose.rest_places:
            message, hint = f"a rest '{keywords.examples.between[place]}' is given a second time", without
        elif place:
            message = f"there is nothing for a rest '{keywords.examples.between[place]}'"
        yield Problem("rest", message, wording.span, hint, Severity.WARNING)
