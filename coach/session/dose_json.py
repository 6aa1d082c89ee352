"""A dose as JSON values, for programs that read a plan."""

from typing import Any

from coach.language.dose import Amount, Dose, DoseRest, Held, Side, Sides, Timed


def dose_json(dose: Dose) -> dict[str, Any]:
    """Convert a dose; what its author did not give is left out, but for sets and repetitions.

    >>> from coach.language.dose import After, Counted
    >>> rest = DoseRest(Amount(60.0, 90.0), After.SET)
    >>> dose_json(Counted(sets=3, reps=(Amount(8, 12),), rests=(rest,)))
    {'sets': 3, 'reps': 8, 'reps_to': 12, 'rest_s': 60, 'rest_to_s': 90, 'rest_after': 'set'}
    >>> dose_json(Counted(reps=(Amount(0, 10, is_open=True),), sides=Sides.EACH, first=Side.LEFT))
    {'sets': 1, 'reps_to': 10, 'until': 'tired', 'sides': 'each', 'first': 'left'}
    """
    shown: dict[str, Any] = {"sets": dose.sets}
    if dose.more_sets:
        shown["sets_to"] = dose.sets + dose.more_sets
    shown |= _reps(dose)
    amounts: list[Amount[Any]] = [*dose.reps]
    match dose:
        case Held(hold=hold):
            shown |= _amount(
                hold, *(("breaths", "breaths_to") if dose.in_breaths else ("hold_s", "hold_to_s"))
            )
            amounts.append(hold)
        case Timed(work_s=work_s):
            shown |= _amount(work_s, "work_s", "work_to_s")
            amounts.append(work_s)
        case _:
            pass
    if any(amount.is_open for amount in amounts):
        shown["until"] = "tired"
    rests = [_rest(rest) for rest in dose.rests if rest.after in dose.rest_places]
    shown |= rests[0] if rests else {}
    if len(rests) > 1:
        shown["rests"] = rests
    if dose.sides is not Sides.NONE:
        shown["sides"] = "none" if dose.sides is Sides.BOTH else str(dose.sides)
    if dose.first is Side.LEFT and dose.sides in {Sides.EACH, Sides.ALTERNATING}:
        shown["first"] = str(dose.first)
    said = {"often": dose.often, "load": dose.load, "manner": dose.manner}
    return shown | {name: text for name, text in said.items() if text}


def _reps(dose: Dose) -> dict[str, Any]:
    if len(dose.reps) == 1:
        return _amount(dose.reps[0], "reps", "reps_to")
    shown: dict[str, Any] = {"reps": [reps.least for reps in dose.reps]}
    if not all(reps.is_exact for reps in dose.reps):
        shown["reps_to"] = [reps.most for reps in dose.reps]
    return shown


def _rest(rest: DoseRest) -> dict[str, Any]:
    shown: dict[str, Any] = _amount(rest.length_s, "rest_s", "rest_to_s")
    return shown | ({"rest_after": str(rest.after)} if rest.after else {})


def _amount(amount: Amount[Any], least: str, most: str) -> dict[str, float]:
    shown = {} if amount.is_open and not amount.least else {least: _whole(amount.least)}
    return shown if amount.is_exact else shown | {most: _whole(amount.most)}


def _whole(number: float) -> float:
    return int(number) if number == int(number) else number
