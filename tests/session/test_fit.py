"""A session fits the minutes of its listener: never longer, never without its rules, never less for more."""

from math import ceil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.errors import UsageError
from coach.language.model import Session
from coach.session import fit
from coach.session.estimate import USUAL_SOUNDS
from coach.session.fit import WHOLE, Cut
from coach.session.moves import Recovery, Repetitions, Speak
from coach.session.options import Options
from coach.session.timeline import Role
from coach.sheets.by_name import collection, named
from coach.sheets.check import checked_text
from coach.sheets.score import check_fits, fitted, gave_way, least_cut, length_s, scored
from coach.sheets.sheet import Sheet

POSITIONS = ("standing", "face down", "on your back", "sitting on a chair", "lying in bed")
DOSES = (
    "3 sets of 12, rest 60 seconds",
    "2 sets of 10 each leg",
    "8 to 12 times",
    "hold for 20 seconds, 3 times",
    "for 3 minutes",
    "2 sets of 5, rest 15 seconds",
    "until tired, at most 15",
)


def exercise(number: int, position: str, dose: str, *, is_brief: bool) -> str:
    """An exercise that is defined in a session."""
    brief = f"Brief: Movement {number} as before.\n" if is_brief else ""
    return (
        f"## Exercise {number}\n\nPosition: {position}\nDose: {dose}\n\n"
        f"Take up place {number}.\n(wait 5 seconds)\nKeep one hand near the wall in exercise {number}.\n"
        f"- up, 2 seconds: lift,\n- down, 3 seconds: and lower.\n\n"
        f"Careful: Keep the neck long in {number}.\nIf it hurts: Stop exercise {number}.\n{brief}"
    )


@st.composite
def sessions(draw: st.DrawFn) -> Sheet:
    """A session of two to six exercises in any positions and doses, some of them in rounds."""
    count = draw(st.integers(2, 6))
    defined = [
        exercise(
            n, draw(st.sampled_from(POSITIONS)), draw(st.sampled_from(DOSES)), is_brief=draw(st.booleans())
        )
        for n in range(1, count + 1)
    ]
    rounds = draw(st.integers(1, 3))
    listed = "".join(f"- Exercise {n}\n" for n in range(1, count + 1))
    in_rounds = f"## Now\n\n{rounds} rounds, rest 1 minute:\n{listed}\n"
    text = "# Mine\n\n## Before we start\n\nStop if you feel faint.\n\n"
    text += "\n".join(defined) + (f"\n{in_rounds}" if rounds > 1 else "")
    text += "\n## To finish\n\nIf it swells, see a doctor.\n"
    sheet = checked_text(text, Path("mine.md"))
    assert not sheet.has_errors, sheet.explain()
    return sheet


def said(sheet: Sheet, choices: Options, cut: Cut) -> list[tuple[str, Role]]:
    """What is spoken between sets, with its role."""
    _, _, chapters = scored(sheet, choices, 1, cut)
    moves = [move for chapter in chapters for move in chapter.moves]
    within = [each for move in moves if isinstance(move, Recovery) for each in (*move.must, *move.opening)]
    return [(each.text, each.role) for each in (*moves, *within) if isinstance(each, Speak)]


def sets_done(sheet: Sheet, choices: Options, cut: Cut) -> dict[str, int]:
    """How many sets each exercise has."""
    _, _, chapters = scored(sheet, choices, 1, cut)
    found: dict[str, int] = {}
    for chapter in chapters:
        if chapter.exercise:
            sets = sum(isinstance(move, Repetitions) for move in chapter.moves)
            found[chapter.exercise] = found.get(chapter.exercise, 0) + sets
    return found


@settings(max_examples=15, deadline=None, derandomize=True)
@given(sheet=sessions(), minutes=st.integers(1, 60))
def test_a_fitted_session_is_never_longer_than_asked_and_keeps_every_rule(sheet: Sheet, minutes: int) -> None:
    choices = Options(minutes=minutes)
    cut = fitted(sheet, choices, USUAL_SOUNDS)
    lasts_s = length_s(sheet, choices, USUAL_SOUNDS, 1, cut)
    if lasts_s > 60 * minutes:
        assert cut == least_cut(sheet, choices)
        with pytest.raises(UsageError, match="at the least"):
            check_fits(sheet, choices, lasts_s)
        enough = Options(minutes=ceil(lasts_s / 60))
        again = fitted(sheet, enough, USUAL_SOUNDS)
        assert length_s(sheet, enough, USUAL_SOUNDS, 1, again) <= 60 * ceil(lasts_s / 60)
    kept = sets_done(sheet, choices, cut)
    heard = {text for text, _ in said(sheet, choices, cut)}
    assert heard >= {"Stop if you feel faint.", "If it swells, see a doctor."}
    for title in kept:
        number = title.removeprefix("Exercise ")
        assert f"Keep the neck long in {number}." in heard
        assert f"If it hurts, stop exercise {number}." in heard
    assert len(kept) >= 2


@settings(max_examples=10, deadline=None, derandomize=True)
@given(sheet=sessions(), minutes=st.integers(1, 40), more=st.integers(1, 20))
def test_more_minutes_never_give_less(sheet: Sheet, minutes: int, more: int) -> None:
    cuts = [fitted(sheet, Options(minutes=n), USUAL_SOUNDS) for n in (minutes, minutes + more)]
    short_s, long_s = (length_s(sheet, Options(), USUAL_SOUNDS, 1, cut) for cut in cuts)
    few, many = (sets_done(sheet, Options(), cut) for cut in cuts)
    assert short_s <= long_s
    assert all(many.get(title, 0) >= sets for title, sets in few.items())
    assert cuts[1].dropped <= cuts[0].dropped


@pytest.mark.parametrize("name", ["inner-knee", "low-back"])
def test_each_step_in_which_a_session_gives_way_is_shorter(name: str) -> None:
    sheet, choices = named(name), Options()
    assert isinstance(sheet.value, Session)
    amounts = fit.amounts(sheet.value, sheet.scripts, choices)
    details = fit.details(sheet.value, sheet.scripts, choices, WHOLE)
    for cuts in (amounts, details):
        lengths_s = [length_s(sheet, choices, USUAL_SOUNDS, 1, cut) for cut in cuts]
        assert lengths_s == sorted(set(lengths_s), reverse=True)


def test_a_dose_that_gives_nothing_away_is_the_dose_of_the_sheet() -> None:
    for sheet in collection():
        if sheet.value is None:
            continue
        assert scored(sheet, Options(), 1, Cut(sets=(0,))) == scored(sheet, Options()), sheet.name


def test_what_gave_way_is_told() -> None:
    sheet = named("inner-knee")
    choices = Options(minutes=20)
    told = gave_way(sheet, choices, fitted(sheet, choices, USUAL_SOUNDS))
    assert any(line.startswith("left out, ") and "Leg massage" in line for line in told)
    assert gave_way(sheet, Options(minutes=120), WHOLE) == ("nothing, this is the whole session",)
    assert gave_way(sheet, Options(), WHOLE) == ()


def test_an_exercise_gives_way_too() -> None:
    sheet = named("step-ups")
    choices = Options(minutes=6)
    cut = fitted(sheet, choices, USUAL_SOUNDS)
    assert 5.0 * 60 <= length_s(sheet, choices, USUAL_SOUNDS, 1, cut) <= 6 * 60
