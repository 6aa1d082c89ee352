"""A session fits the minutes of its listener: never longer, never without its rules, never less for more."""

from collections import Counter
from itertools import pairwise, takewhile
from math import ceil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.errors import UsageError
from coach.language.level import Level
from coach.language.model import Session
from coach.session.estimate import USUAL_SOUNDS
from coach.session.fit import MARGIN, WHOLE, Cut, Fitting, Size, size_of
from coach.session.moves import Break, Interval, Recovery, Repetitions, Speak
from coach.session.options import Options, options
from coach.session.timeline import Role
from coach.sheets.by_name import collection, named
from coach.sheets.check import checked_text
from coach.sheets.score import chapters_of, check_fits, fitted, gave_way, least_cut, length_s, scored
from coach.sheets.sheet import Sheet
from tests.content.sheets import PROGRAMME_NAMES, SESSION_NAMES

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
FAINT = "Stop if you feel faint."
SHARP = "If a pain is sharp, stop."
SESSIONS = [sheet for sheet in collection() if isinstance(sheet.value, Session)]


@st.composite
def exercises(draw: st.DrawFn, number: int) -> str:
    """An exercise that is defined in a session."""
    brief = f"Brief: Movement {number} as before.\n" if draw(st.booleans()) else ""
    asks = "Ask: pain\n" if draw(st.booleans()) else ""
    optional = "Optional: yes\n" if number > 1 and draw(st.booleans()) else ""
    return (
        f"## Exercise {number}\n\nPosition: {draw(st.sampled_from(POSITIONS))}\n"
        f"Dose: {draw(st.sampled_from(DOSES))}\n{optional}{asks}\n"
        f"Take up place {number}.\n(wait 5 seconds)\nKeep one hand near the wall in exercise {number}.\n"
        f"- up, 2 seconds: lift,\n- down, 3 seconds: and lower.\n\n"
        f"Careful: Keep the neck long in {number}.\nIf it hurts: Stop exercise {number}.\n{brief}"
    )


@st.composite
def between(draw: st.DrawFn, number: int) -> str:
    """The lines before an exercise: a heading, a rest, a question, the way there and a stop rule, or none."""
    parts = [
        f"## On the way to {number}\n\nNow comes place {number}.\n",
        "- rest 1 minute\n",
        "Ask: pain\n",
        f"Go to place {number}.\nYou have one minute.\n(wait 60 seconds)\n{SHARP}\n",
        f"Go to place {number}, and look around.\nBrief: To place {number}.\n",
    ]
    return "\n".join(part for part in parts if draw(st.booleans()))


@st.composite
def sessions(draw: st.DrawFn) -> Sheet:
    """A session of two to six exercises in any positions and doses, in a row or in rounds."""
    numbers = range(1, draw(st.integers(2, 6)) + 1)
    defined = "\n".join(draw(exercises(n)) for n in numbers)
    form = draw(st.sampled_from(["where they stand", "listed", "in rounds"]))
    done = ""
    if form == "listed":
        done = "\n".join(f"{draw(between(n))}\n- Exercise {n}\n" for n in numbers)
    elif form == "in rounds":
        rounds = draw(st.integers(2, 3))
        listed = "".join(f"- Exercise {n}\n" for n in numbers)
        done = f"{rounds} rounds, rest 1 minute:\n{listed}"
    done = f"## Now\n\nHere we go.\n\n{done}" if done else ""
    brief = f"Brief: {FAINT}\n" if draw(st.booleans()) else ""
    opening = f"## Before we start\n\nThis is for everybody.\n{FAINT}\n\n{brief}"
    text = f"# Mine\n\n{opening}\n{done}\n{defined}\n## To finish\n\nIf it swells, see a doctor.\n"
    sheet = checked_text(text, Path("mine.md"))
    assert not sheet.has_errors, sheet.explain()
    return sheet


def lasts_s(sheet: Sheet, choices: Options, cut: Cut) -> float:
    """The seconds of a session after a cut."""
    return length_s(sheet, choices, USUAL_SOUNDS, 1, cut)


def size(sheet: Sheet, choices: Options, cut: Cut) -> Size:
    """The size of a session after a cut."""
    return size_of(lasts_s(sheet, choices, cut), scored(sheet, choices, 1, cut)[2])


def said(sheet: Sheet, choices: Options, cut: Cut) -> list[tuple[str, Role]]:
    """What is spoken between sets, with its role."""
    _, _, chapters = scored(sheet, choices, 1, cut)
    moves = [move for chapter in chapters for move in chapter.moves]
    within = [each for move in moves if isinstance(move, Recovery) for each in (*move.must, *move.opening)]
    return [(each.text, each.role) for each in (*moves, *within) if isinstance(each, Speak)]


def sets_done(sheet: Sheet, choices: Options, cut: Cut) -> Counter[str]:
    """How many sets each exercise has."""
    found: Counter[str] = Counter()
    for chapter in scored(sheet, choices, 1, cut)[2]:
        if chapter.exercise:
            found[chapter.exercise] += sum(isinstance(move, Repetitions) for move in chapter.moves)
    return found


def given_s(sheet: Sheet, choices: Options, cut: Cut) -> dict[str, float]:
    """The seconds of waits before the first set of each exercise."""
    found = dict[str, float]()
    since_s = 0.0
    for chapter in scored(sheet, choices, 1, cut)[2]:
        for move in chapter.moves:
            match move:
                case Interval() | Break() | Recovery():
                    since_s += move.length_s
                case Repetitions():
                    found.setdefault(chapter.exercise, since_s)
                    since_s = 0.0
                case _:
                    pass
    return found


@settings(max_examples=15)
@given(sheet=sessions(), minutes=st.integers(1, 60))
def test_a_fitted_session_is_never_longer_than_asked_and_keeps_every_rule(sheet: Sheet, minutes: int) -> None:
    choices = Options(minutes=minutes)
    cut = fitted(sheet, choices, USUAL_SOUNDS)
    seconds = lasts_s(sheet, choices, cut)
    if seconds > 60 * minutes:
        assert cut == least_cut(sheet, choices, USUAL_SOUNDS)
        with pytest.raises(UsageError, match="at the least"):
            check_fits(sheet, choices, seconds)
        enough = Options(minutes=ceil(seconds / 60))
        assert lasts_s(sheet, enough, fitted(sheet, enough, USUAL_SOUNDS)) <= 60 * ceil(seconds / 60)
    kept = sets_done(sheet, choices, cut)
    heard = {text for text, _ in said(sheet, choices, cut)}
    assert heard >= {FAINT, "If it swells, see a doctor."}
    assert (SHARP in heard) == (SHARP in sheet.text)
    for title in kept:
        number = title.removeprefix("Exercise ")
        assert {f"Keep the neck long in {number}.", f"If it hurts, stop exercise {number}."} <= heard
    assert len(kept) >= 2
    whole = sets_done(sheet, choices, WHOLE)
    in_rounds = "rounds" in sheet.text
    assert in_rounds or kept["Exercise 1"] == whole["Exercise 1"]


@settings(max_examples=15)
@given(sheet=sessions(), minutes=st.integers(1, 40))
def test_a_question_goes_with_the_exercise_that_it_is_about(sheet: Sheet, minutes: int) -> None:
    choices = Options(minutes=minutes)
    cut = fitted(sheet, choices, USUAL_SOUNDS)
    assert isinstance(sheet.value, Session)
    for chapter in chapters_of(sheet.value, sheet.scripts, choices, 1, cut):
        moves = [move for move in chapter.moves if isinstance(move, Speak | Repetitions)]
        asked = [i for i, move in enumerate(moves) if isinstance(move, Speak) and move.role is Role.QUESTION]
        done = [i for i, move in enumerate(moves) if isinstance(move, Repetitions)]
        script = sheet.scripts.get(chapter.exercise)
        if script and script.asks and done:
            assert [i for i in asked if i > done[-1]]


@settings(max_examples=10)
@given(sheet=sessions(), minutes=st.integers(1, 40), more=st.integers(1, 20))
def test_more_minutes_never_give_less(sheet: Sheet, minutes: int, more: int) -> None:
    cuts = [fitted(sheet, Options(minutes=n), USUAL_SOUNDS) for n in (minutes, minutes + more)]
    smaller, larger = (size(sheet, Options(), cut) for cut in cuts)
    assert smaller.is_within(larger)
    assert len(cuts[1].dropped) <= len(cuts[0].dropped)


@settings(max_examples=10)
@given(sheet=sessions())
def test_no_step_in_which_a_session_gives_way_makes_it_longer_than_a_shifted_cue_does(sheet: Sheet) -> None:
    assert sheet.value
    fitting = Fitting(sheet.value, sheet.scripts, Options())
    for ladder in (fitting.fewer_sets, fitting.fewer_repetitions, fitting.shorter_rests, fitting.fewer_words):
        lengths_s = [lasts_s(sheet, Options(), cut) for cut in ladder(WHOLE)]
        assert all(less <= more + 3.0 for more, less in pairwise(lengths_s))


@settings(max_examples=15)
@given(sheet=sessions(), minutes=st.integers(1, 40))
def test_who_stays_where_the_sheet_had_a_way_has_the_time_for_it(sheet: Sheet, minutes: int) -> None:
    choices = Options(minutes=minutes)
    cut = fitted(sheet, choices, USUAL_SOUNDS)
    ways = {title: seconds for title, seconds in given_s(sheet, choices, WHOLE).items() if seconds >= 60}
    found = given_s(sheet, choices, cut)
    places = [sheet.scripts[title].position for title in ways if title in found and title in sheet.scripts]
    if not cut.dropped and places:
        assert all(found[title] >= 20 for title in ways)


@pytest.mark.parametrize("sheet", SESSIONS, ids=lambda sheet: sheet.name)
@pytest.mark.parametrize("level", Level)
def test_coach_s_own_sessions_fill_the_minutes_as_far_as_can_be(sheet: Sheet, level: Level) -> None:
    before = Size(0.0, 0.0)
    for minutes in (8, 10, 12, 15, 20, 25, 30, 45):
        choices = Options(level, minutes=minutes)
        cut = fitted(sheet, choices, USUAL_SOUNDS)
        seconds = lasts_s(sheet, choices, cut)
        if seconds > 60 * minutes:
            assert cut == least_cut(sheet, choices, USUAL_SOUNDS)
            continue
        told = gave_way(sheet, choices, cut, seconds)
        is_short = seconds < 60 * minutes * (1 - MARGIN) and cut != WHOLE
        assert is_short == "".join(told[-1:]).endswith("are left over")
        assert before.is_within(size(sheet, choices, cut))
        before = size(sheet, choices, cut)


def test_what_gives_way_does_so_in_order() -> None:
    sheet = named("inner-knee")
    assert isinstance(sheet.value, Session)
    lengths_s = [ceil(lasts_s(sheet, Options(), WHOLE) / 60) - 1]
    first = fitted(sheet, Options(minutes=lengths_s[0]), USUAL_SOUNDS)
    assert first.brief
    assert first == Cut(brief=first.brief)
    least = least_cut(sheet, Options(), USUAL_SOUNDS)
    assert least.rests == 0.5
    titles = [each.script.title for each in Fitting(sheet.value, sheet.scripts, Options()).exercises]
    assert {"Warm-up walk", "Partial squats"} == {*titles} - {titles[n] for n in least.dropped}


def test_a_dose_that_gives_nothing_away_is_the_dose_of_the_sheet() -> None:
    for sheet in collection():
        if sheet.value is None:
            continue
        nothing = Cut(rounds=(99,))
        assert scored(sheet, Options(), 1, nothing) == scored(sheet, Options()), sheet.name


def test_what_gave_way_is_told_a_line_for_each() -> None:
    sheet = named("inner-knee")
    choices = Options(minutes=20)
    cut = fitted(sheet, choices, USUAL_SOUNDS)
    told = gave_way(sheet, choices, cut, 60.0 * 20)
    assert "Leg massage: left out" in told
    assert any(line.startswith("Partial squats: ") and " in place of " in line for line in told)
    assert gave_way(sheet, Options(minutes=120), WHOLE, 60.0) == ()
    assert gave_way(sheet, Options(), WHOLE, 60.0) == ()
    assert gave_way(sheet, choices, cut, 60.0 * 15)[-1] == "5 min 00 s are left over"


def test_an_exercise_gives_way_too() -> None:
    sheet = named("step-ups")
    choices = Options(minutes=6)
    cut = fitted(sheet, choices, USUAL_SOUNDS)
    assert 5.0 * 60 <= lasts_s(sheet, choices, cut) <= 6 * 60


@pytest.mark.parametrize("level", Level)
def test_a_level_that_changes_keeps_to_what_gave_way(level: Level) -> None:
    sheet = named("inner-knee")
    for minutes in (10, 15, 20, 25):
        cut = fitted(sheet, Options(minutes=minutes), USUAL_SOUNDS)
        at_level = sets_done(sheet, Options(level), cut)
        assert {*at_level} == {*sets_done(sheet, Options(), cut)}
        if level is Level.GENTLE:
            assert lasts_s(sheet, Options(level), cut) <= 60 * minutes


STANDING = """# Mine

{optional}
## Before we start

Stop if you feel faint.
Brief: {brief}

- Warm-up walk
- Step-ups

If a pain is sharp, stop.

- Partial squats
"""


def standing(tmp_path: Path, optional: str = "", brief: str = "Stop if you feel faint.") -> Sheet:
    """A session of three exercises on one's feet."""
    path = tmp_path / "mine.md"
    path.write_text(STANDING.format(optional=optional, brief=brief))
    return named(str(path))


def test_what_the_sheet_calls_optional_is_left_out_before_what_is_last(tmp_path: Path) -> None:
    for optional, left_out in (("", "Partial squats"), ("Optional: Step-ups", "Step-ups")):
        sheet = standing(tmp_path, optional)
        assert not sheet.has_errors, sheet.explain()
        told = gave_way(sheet, Options(minutes=1), least_cut(sheet, Options(), USUAL_SOUNDS), 60.0)
        assert f"{left_out}: left out" in told


def test_a_wrong_optional_exercise_is_told_with_names_that_work(tmp_path: Path) -> None:
    sheet = standing(tmp_path, "Optional: Step-ups, Jumps")
    told = sheet.explain()
    assert "'Jumps' is no exercise of this session" in told
    assert "Warm-up walk, Step-ups, Partial squats" in told
    assert not standing(tmp_path, "Optional: Step-ups, Partial squats").has_errors


@pytest.mark.parametrize("brief", ["Off we go.", "Stop if faint."])
def test_no_brief_form_takes_the_place_of_stop_rules(brief: str, tmp_path: Path) -> None:
    sheet = standing(tmp_path, brief=brief)
    heard = {text for text, _ in said(sheet, Options(), least_cut(sheet, Options(), USUAL_SOUNDS))}
    assert {"Stop if you feel faint.", "If a pain is sharp, stop."} <= heard
    assert brief not in heard


@pytest.mark.parametrize("name", [*SESSION_NAMES, *PROGRAMME_NAMES])
@pytest.mark.parametrize("level", Level)
def test_in_any_minutes_all_is_said_before_the_first_exercise(name: str, level: Level) -> None:
    sheet, choices = named(name), Options(level)
    whole, least = (
        [*takewhile(lambda chapter: not chapter.exercise, scored(sheet, choices, 1, cut)[2])]
        for cut in (WHOLE, least_cut(sheet, choices, USUAL_SOUNDS))
    )
    assert whole
    assert whole == least


@pytest.mark.parametrize("level", Level)
def test_what_stays_of_the_lower_back_is_an_exercise_of_it(level: Level) -> None:
    sheet = named("low-back")
    done = sets_done(sheet, Options(level), least_cut(sheet, Options(level), USUAL_SOUNDS))
    assert {*done} - {"Easy walk", "Calm breathing"}


def test_picked_parts_fit_the_minutes_too() -> None:
    sheet = named("inner-knee")
    choices = options({"only": "step-ups,massage", "minutes": 11})
    cut = fitted(sheet, choices, USUAL_SOUNDS)
    assert {*sets_done(sheet, choices, cut)} == {"Step-ups", "Leg massage"}
    assert lasts_s(sheet, choices, cut) <= 660
