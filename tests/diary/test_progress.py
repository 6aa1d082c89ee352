"""Progress by rule: when one step more is offered, and when a step back is taken."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from math import ceil
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.diary.entries import Done, Entry, as_json, read_page
from coach.diary.morning import Morning
from coach.diary.progress import after, begun, history
from coach.diary.report import SEE_SOMEONE
from coach.diary.today import Today, due, last_programme
from coach.language.level import Level
from coach.session.ladders import Programme
from coach.session.steps import Step

FIRST = date(2026, 11, 2)


def ladder(title: str) -> tuple[Step, ...]:
    gentle = (Step(title, Level.GENTLE, 1, reps) for reps in (6, 7, 8))
    return (*gentle, *(Step(title, Level.STANDARD, 2, reps) for reps in (8, 9, 10)))


ONE = Programme("lifts", "Lifts", {"Lifts": ladder("Lifts")}, body_part="your knee")
TITLES = ("Curls", "Raises", "Squats", "Steps")
FOUR = Programme("knees", "Strong knees", {title: ladder(title) for title in TITLES}, ("Walk",))
BASE = 3
"""The index of the first step of the standard level."""


def entry(
    day: date,
    *steps: Step,
    pain: int | None = 1,
    soreness: int | None = None,
    morning: Morning | None = Morning.USUAL,
    left_out: Sequence[str] = (),
    before: int | None = None,
) -> Entry:
    done = tuple(
        Done(step.title, step.level, step.sets, step.sets, step.total_reps, step.total_reps, 4.0, pain=pain)
        for step in steps
    )
    exercises = tuple(replace(each, sets=0, reps=0) if each.title in left_out else each for each in done)
    started = datetime(day.year, day.month, day.day, 8, tzinfo=UTC)
    level = steps[0].level if steps else Level.STANDARD
    return Entry(started, "lifts", "Lifts", level, 20.0, True, exercises, soreness, steps, morning, before)


def lifts(n: int, at: int = BASE, **how: Any) -> Entry:
    """The session number ``n``, two days after the one before, at a step."""
    return entry(FIRST + timedelta(days=2 * n), ONE.ladders["Lifts"][at], **how)


def then(*entries: Entry) -> Today:
    """What is due two days after the last of these sessions, or when three days a week allow it."""
    so_far = history(ONE, entries, Level.STANDARD)
    day = entries[-1].day + timedelta(days=2)
    while not (found := due(ONE, so_far, day)).is_due:
        day += timedelta(days=1)
    return found


def offered(*entries: Entry) -> bool:
    return then(*entries).offer is not None


def test_two_calm_whole_sessions_with_usual_mornings_are_offered_one_step_and_the_person_decides() -> None:
    found = then(lifts(0), lifts(1))
    assert found.steps == (ONE.ladders["Lifts"][BASE],)
    assert found.offer is not None
    assert found.offer.text == (
        "On offer, Lifts: 9 times in place of 8.\n"
        "  Why: in the last 2 sessions you did all of it, at a pain of 2 or less,\n"
        "  and the mornings after were no worse."
    )
    assert found.with_offer_taken().steps == (ONE.ladders["Lifts"][BASE + 1],)
    assert offered(lifts(0), lifts(1), lifts(2)), "declined, it comes again"


@pytest.mark.parametrize(
    "second",
    [
        lifts(1, pain=3),
        lifts(1, pain=None),
        lifts(1, pain=2, soreness=3),
        lifts(1, morning=None),
        lifts(1, morning=Morning.WORSE),
        lifts(1, left_out=["Lifts"]),
        lifts(1, BASE + 1),
        lifts(9),
        replace(lifts(1), exercises=(replace(lifts(1).exercises[0], sets=1),)),
        replace(lifts(1), exercises=(replace(lifts(1).exercises[0], level=Level.GENTLE),)),
    ],
)
def test_nothing_is_offered_if_one_of_the_two_was_sore_or_not_whole_or_is_not_known(second: Entry) -> None:
    assert not offered(lifts(0), second)


def test_the_number_after_a_session_will_do_where_no_exercise_was_asked_about() -> None:
    assert offered(lifts(0, pain=None, soreness=2), lifts(1, pain=None, soreness=0))


def test_a_morning_that_was_better_is_as_good_as_a_usual_one() -> None:
    assert offered(lifts(0, morning=Morning.BETTER), lifts(1))


def test_pain_before_the_session_is_an_answer_too_but_no_proof_that_it_went_well() -> None:
    assert not offered(lifts(0), replace(lifts(1), pain=3))
    assert not offered(lifts(0), replace(lifts(1, pain=None), pain=0))
    assert offered(lifts(0), replace(lifts(1), pain=2))


def test_after_a_step_two_more_sessions_are_needed() -> None:
    assert not offered(lifts(0), lifts(1), lifts(2, BASE + 1))
    assert offered(lifts(0), lifts(1), lifts(2, BASE + 1), lifts(3, BASE + 1))


@pytest.mark.parametrize(
    ("flare", "why"),
    [
        ({"pain": 6}, "the pain was 6"),
        ({"soreness": 7}, "the soreness was 7"),
        ({"morning": Morning.WORSE}, "the morning after was worse"),
        ({"pain": 8, "left_out": ["Lifts"]}, "the pain was 8"),
        ({"before": 6}, "the pain before it was 6"),
        ({"before": 6, "pain": None, "left_out": ["Lifts"]}, "the pain before it was 6"),
    ],
)
def test_a_flare_steps_back_and_says_why_and_two_sessions_have_no_offer(
    flare: dict[str, Any], why: str
) -> None:
    found = then(lifts(0), lifts(1, **flare))
    assert found.steps == (ONE.ladders["Lifts"][BASE - 1],)
    assert f"One step back, because {why}: Lifts. No offer for two sessions." in found.text()
    calm = [lifts(2, BASE - 1), lifts(3, BASE - 1)]
    assert not offered(lifts(0), lifts(1, **flare), calm[0])
    assert not offered(lifts(0), lifts(1, **flare), lifts(2, BASE - 1, left_out=["Lifts"]), calm[1])
    assert offered(lifts(0), lifts(1, **flare), *calm)


@pytest.mark.parametrize(
    "fine", [{"pain": 5}, {"soreness": 5}, {"pain": 0, "before": 5}, {"pain": 5, "soreness": 2, "before": 0}]
)
def test_up_to_five_and_a_rise_within_a_session_are_no_flare(fine: dict[str, Any]) -> None:
    assert then(lifts(0), lifts(1, **fine)).stepped_back == ()


def test_two_flares_in_a_row_are_two_steps_one_at_a_time() -> None:
    found = then(lifts(0, BASE + 1, pain=7), lifts(1, BASE, pain=7))
    assert found.steps == (ONE.ladders["Lifts"][BASE - 1],)


def test_a_step_back_that_nobody_tried_goes_no_further() -> None:
    ended: dict[str, Any] = {"before": 8, "pain": None, "left_out": ["Lifts"]}
    found = then(lifts(0), lifts(1, **ended), lifts(2, BASE - 1, **ended), lifts(3, BASE - 1, **ended))
    assert found.steps == (ONE.ladders["Lifts"][BASE - 1],)
    assert "No more than last time, because the pain before it was 8: Lifts." in found.text()
    tried = then(lifts(0), lifts(1, **ended), lifts(2, BASE - 1), lifts(3, BASE - 1, **ended))
    assert tried.steps == (ONE.ladders["Lifts"][BASE - 2],)


def test_whoever_was_away_for_a_month_begins_one_step_back_once_and_hears_why() -> None:
    so_far = history(ONE, [lifts(0), lifts(1)], Level.STANDARD)
    assert due(ONE, so_far, lifts(1).day + timedelta(days=28)).steps == (ONE.ladders["Lifts"][BASE],)
    day = lifts(1).day + timedelta(days=29)
    found = due(ONE, so_far, day)
    assert (found.steps, found.offer) == ((ONE.ladders["Lifts"][BASE - 1],), None)
    why = "you did it last on 4 November 2026, and nobody knows how it is now"
    assert f"One step back, because {why}: Lifts.\n" in found.text()
    skipped = after(ONE, so_far, entry(day, *found.steps, pain=None, left_out=["Lifts"]))
    assert due(ONE, skipped, day + timedelta(days=2)).steps == found.steps
    much_later = due(ONE, skipped, day + timedelta(days=40))
    assert (much_later.steps, much_later.stepped_back) == (found.steps, ()), "not further, until it is done"
    tried = after(ONE, skipped, entry(day + timedelta(days=2), *found.steps))
    assert due(ONE, tried, day + timedelta(days=40)).steps == (ONE.ladders["Lifts"][BASE - 2],)
    flared = history(ONE, [lifts(0), lifts(1, pain=9)], Level.STANDARD)
    assert due(ONE, flared, day).steps == (ONE.ladders["Lifts"][BASE - 1],)


def test_an_exercise_that_was_left_out_for_a_month_while_others_were_done_begins_one_step_back_too() -> None:
    so_far, at = begun(FOUR, Level.STANDARD), []
    for n in range(8):
        found = due(FOUR, so_far, FIRST + timedelta(days=7 * n))
        at.append(FOUR.ladders["Curls"].index(found.steps[0]))
        so_far = after(FOUR, so_far, entry(found.day, *found.steps, left_out=["Curls"] if n else []))
    assert at == [BASE] * 5 + [BASE - 1] * 3
    assert so_far.standings["Raises"].at == BASE


def test_on_a_day_of_rest_the_same_may_be_done_again_but_nothing_more_is_offered() -> None:
    so_far = history(ONE, [lifts(0), lifts(1)], Level.STANDARD)
    found = due(ONE, so_far, lifts(1).day + timedelta(days=1))
    assert (found.is_due, found.offer, found.steps) == (False, None, (ONE.ladders["Lifts"][BASE],))


def test_a_flare_of_one_exercise_keeps_the_others_from_more() -> None:
    steps = [FOUR.ladders[title][BASE] for title in TITLES]
    calm = entry(FIRST, *steps)
    again = entry(FIRST + timedelta(days=2), *steps)
    sore = replace(again, exercises=(replace(again.exercises[0], pain=7), *again.exercises[1:]))
    monday = FIRST + timedelta(days=7)
    assert due(FOUR, history(FOUR, [calm, again], Level.STANDARD), monday).offer is not None
    found = due(FOUR, history(FOUR, [calm, sore], Level.STANDARD), monday)
    assert found.offer is None
    assert [back.then for back in found.stepped_back] == [FOUR.ladders["Curls"][BASE - 1]]


def test_at_the_gentlest_step_a_flare_says_when_to_see_somebody() -> None:
    found = then(lifts(0, 0, pain=8))
    assert found.steps == (ONE.ladders["Lifts"][0],)
    assert SEE_SOMEONE in found.text()


def test_at_the_last_step_nothing_is_offered() -> None:
    assert not offered(lifts(0, 5), lifts(1, 5))


def test_only_one_exercise_is_offered_more_in_a_session() -> None:
    steps = [FOUR.ladders[title][BASE] for title in TITLES]
    so_far = history(FOUR, [entry(FIRST, *steps), entry(FIRST + timedelta(2), *steps)], Level.STANDARD)
    found = due(FOUR, so_far, FIRST + timedelta(days=4))
    changed = [one != other for one, other in zip(found.steps, found.with_offer_taken().steps, strict=True)]
    assert changed == [True, False, False, False]


def test_a_session_that_was_left_and_gone_on_with_on_the_same_day_is_whole() -> None:
    whole = lifts(1).exercises[0]
    first = replace(lifts(1), exercises=(replace(whole, sets=1, reps=8),), morning=None)
    rest = replace(
        lifts(1),
        started=first.started + timedelta(hours=1),
        exercises=(replace(whole, sets=1, reps=8),),
    )
    assert offered(lifts(0), first, rest)
    assert not offered(lifts(0), first)


def test_two_whole_sessions_on_one_day_are_one_and_the_worse_of_them_counts() -> None:
    again = replace(lifts(0), started=lifts(0).started + timedelta(hours=2))
    assert not offered(lifts(0), again)
    sore = replace(again, exercises=(replace(again.exercises[0], pain=6),))
    for both in ((lifts(0), sore), (sore, replace(lifts(0), started=again.started))):
        assert then(*both).steps == (ONE.ladders["Lifts"][BASE - 1],)
    mornings = (replace(lifts(0), morning=Morning.WORSE), replace(again, morning=Morning.BETTER))
    assert "the morning after was worse" in then(*mornings).text()


def test_a_day_is_that_of_the_listener_wherever_the_clock_was() -> None:
    """East of the date line, then west of it, and back: by the sun, the first session comes second."""
    east, west = timezone(timedelta(hours=13)), timezone(timedelta(hours=-8))
    times = [
        datetime(2026, 11, 3, 20, tzinfo=east),
        datetime(2026, 11, 2, 23, 30, tzinfo=west),
        datetime(2026, 11, 3, 22, tzinfo=east),
    ]
    entries = [replace(lifts(0), started=each) for each in times]
    assert [each.day.day for each in entries] == [3, 2, 3]
    so_far = history(ONE, entries, Level.STANDARD)
    assert so_far.days == (date(2026, 11, 2), date(2026, 11, 3))
    assert so_far.standings["Lifts"].in_a_row == 2
    assert not due(ONE, so_far, date(2026, 11, 4)).is_due


def test_an_exercise_in_rounds_is_whole_when_each_round_is() -> None:
    step = ONE.ladders["Lifts"][0]
    of_a_round = lifts(0, 0).exercises[0]
    rounds = [replace(lifts(n, 0), exercises=(of_a_round, of_a_round), steps=(step,)) for n in range(2)]
    half = replace(rounds[1], exercises=(of_a_round, replace(of_a_round, sets=0, reps=3)))
    so_far = history(ONE, rounds, Level.GENTLE)
    assert due(ONE, so_far, FIRST + timedelta(days=4)).offer is not None
    assert due(ONE, history(ONE, [rounds[0], half], Level.GENTLE), FIRST + timedelta(days=4)).offer is None


def test_a_time_or_a_hold_goes_to_the_next_level_by_the_same_rule() -> None:
    levels = [Step("Lifts", level) for level in (Level.GENTLE, Level.STANDARD)]
    of_it = Programme("lifts", "Lifts", {"Lifts": tuple(levels)})
    done = Done("Lifts", Level.GENTLE, 3, 3, 3, 3, 4.0, pain=0)
    entries = [replace(lifts(n), exercises=(done,), steps=(levels[0],)) for n in range(2)]
    found = due(of_it, history(of_it, entries, Level.GENTLE), FIRST + timedelta(days=4))
    assert found.offer is not None
    assert "Lifts: the standard level in place of gentle." in found.offer.text
    assert "gentle level" in found.text()
    broken_off = replace(entries[1], exercises=(replace(done, sets=2, reps=2),))
    assert due(of_it, history(of_it, [entries[0], broken_off], Level.GENTLE), found.day).offer is None


def test_entries_of_earlier_versions_and_a_broken_line_are_days_and_nothing_more() -> None:
    values = [as_json(lifts(n)) for n in range(3)]
    for value in values:
        del value["steps"], value["morning"], value["pain"], value["exercises"][0]["pain"]
    lines = [json.dumps(value).encode() for value in values]
    lines[1] = lines[1][:80]
    entries = read_page(b"\n".join(lines)).entries
    assert len(entries) == 2
    so_far = history(ONE, entries, Level.STANDARD)
    assert so_far.days == (entries[0].day, entries[1].day)
    found = due(ONE, so_far, entries[1].day + timedelta(days=2))
    assert (found.is_due, found.offer, found.stepped_back) == (True, None, ())


def test_a_step_that_its_sheet_no_longer_has_goes_on_at_the_nearest() -> None:
    old = Step("Lifts", Level.STANDARD, 3, 7)
    assert then(replace(lifts(0), steps=(old,))).steps == (ONE.ladders["Lifts"][-1],)
    old = Step("Lifts", Level.GENTLE, 1, 30)
    assert then(replace(lifts(0), steps=(old,))).steps == (ONE.ladders["Lifts"][BASE - 1],)


def test_a_session_of_coach_run_counts_if_it_was_as_much() -> None:
    assert offered(lifts(0), replace(lifts(1), steps=()))
    assert then(lifts(0, BASE + 2), replace(lifts(1), steps=())).steps == (ONE.ladders["Lifts"][BASE + 2],)


def test_sessions_of_other_exercises_change_nothing() -> None:
    other = entry(FIRST + timedelta(days=1), Step("Yoga", Level.GENTLE), pain=9)
    so_far = begun(ONE, Level.STANDARD)
    assert after(ONE, so_far, other) is so_far


# Days


def days_due(*done: int) -> list[int]:
    """The days of the next fortnight on which something is due, after sessions on days of November."""
    entries = [entry(date(2026, 11, day), ONE.ladders["Lifts"][BASE]) for day in done]
    so_far = history(ONE, entries, Level.STANDARD)
    return [day for day in range(done[-1], done[-1] + 9) if due(ONE, so_far, date(2026, 11, day)).is_due]


def test_it_is_due_on_three_days_of_seven_and_never_on_two_running() -> None:
    assert days_due(2)[0] == 4
    assert days_due(2, 4)[0] == 6
    assert days_due(2, 4, 6)[0] == 9


def test_a_day_that_is_none_says_why_and_when_it_is_due() -> None:
    so_far = history(ONE, [lifts(0)], Level.STANDARD)
    assert due(ONE, so_far, FIRST).text() == (
        "Lifts is not due today: it has been done today. It is due on 4 November 2026.\n"
        "`coach today --anyway` begins it all the same, with nothing more than last time:\n"
        "  Lifts: 2 sets of 8, standard level\n"
    )
    assert "it was done yesterday, and a day of rest" in due(ONE, so_far, FIRST + timedelta(days=1)).text()
    busy = history(ONE, [lifts(0), lifts(1), lifts(2)], Level.STANDARD)
    assert "on 3 days of the last 7" in due(ONE, busy, FIRST + timedelta(days=6)).text()


def test_the_morning_after_the_last_session_is_asked_about_once_and_not_on_the_same_day() -> None:
    so_far = history(ONE, [lifts(0, morning=None)], Level.STANDARD)
    assert due(ONE, so_far, FIRST).unanswered is None
    found = due(ONE, so_far, FIRST + timedelta(days=1))
    assert found.unanswered == lifts(0, morning=None)
    assert (
        found.question
        == "How was your knee on the morning after 2 November 2026: better, as usual, or worse?"
    )
    assert due(ONE, so_far, FIRST + timedelta(days=8)).unanswered is None
    answered = history(ONE, [lifts(0)], Level.STANDARD)
    assert due(ONE, answered, FIRST + timedelta(days=1)).question == ""


# A programme spread over days


def test_two_exercises_a_day_are_the_whole_programme_in_two_days_and_what_was_left_out_comes_first() -> None:
    so_far, seen = begun(FOUR, Level.STANDARD), []
    for n in range(3):
        found = due(FOUR, so_far, FIRST + timedelta(days=2 * n), a_day=2 if n == 0 else None)
        seen.append([step.title for step in found.steps])
        left_out = ["Squats"] if n == 1 else []
        so_far = after(FOUR, so_far, entry(found.day, *found.steps, left_out=left_out))
    assert seen == [["Curls", "Raises"], ["Squats", "Steps"], ["Curls", "Squats"]]


def test_a_programme_that_was_done_whole_stays_whole_when_its_sheet_gains_an_exercise() -> None:
    three = replace(FOUR, ladders={title: FOUR.ladders[title] for title in TITLES[:3]})
    steps = due(three, begun(three, Level.STANDARD), FIRST).steps
    entries = [entry(FIRST + timedelta(days=2 * n), *steps) for n in range(3)]
    monday = FIRST + timedelta(days=7)
    assert due(FOUR, history(FOUR, entries, Level.STANDARD), monday).is_whole
    spread = [entry(each.day, *(steps[:2] if n % 2 else steps[2:])) for n, each in enumerate(entries)]
    assert len(due(FOUR, history(FOUR, spread, Level.STANDARD), monday).steps) == 2


@pytest.mark.parametrize("left_out", [(), (0,), (0, 1), (0, 2), (0, 1, 2, 3)])
def test_a_programme_that_is_spread_stays_so_whatever_is_left_out(left_out: tuple[int, ...]) -> None:
    so_far = begun(FOUR, Level.STANDARD)
    for n in range(6):
        found = due(FOUR, so_far, FIRST + timedelta(days=3 * n), a_day=None if n else 3)
        assert len(found.steps) == 3
        so_far = after(FOUR, so_far, entry(found.day, *found.steps, left_out=TITLES if n in left_out else ()))


def test_two_sessions_on_one_day_leave_the_number_of_exercises_a_day_as_it_was() -> None:
    first = due(FOUR, begun(FOUR, Level.STANDARD), FIRST, a_day=2)
    morning = entry(FIRST, *first.steps)
    second = due(FOUR, history(FOUR, [morning], Level.STANDARD), FIRST)
    evening = replace(entry(FIRST, *second.steps), started=morning.started + timedelta(hours=10))
    by_itself = replace(evening, started=evening.started + timedelta(hours=1), steps=())
    so_far = history(FOUR, [morning, evening, by_itself], Level.STANDARD)
    found = due(FOUR, so_far, FIRST + timedelta(days=2))
    assert [len(each.steps) for each in (first, second, found)] == [2, 2, 2]


def test_a_day_has_as_many_exercises_as_three_days_need_for_all_and_says_so() -> None:
    found = due(FOUR, begun(FOUR, Level.STANDARD), FIRST, a_day=1)
    assert len(found.steps) == 2
    assert not found.is_whole
    chapters = ["", "Walk", "Curls", "Raises", "Squats", "", "Steps", "", "Walk", ""]
    assert found.parts(chapters) == [1, 2, 3, 4, 9, 10]
    assert "Another day has: Squats, Steps.\nFewer exercises a day, and three days would not" in found.text()
    as_wanted = due(FOUR, begun(FOUR, Level.STANDARD), FIRST, a_day=2)
    assert "Fewer" not in as_wanted.text()
    assert due(FOUR, begun(FOUR, Level.STANDARD), FIRST).is_whole


def test_at_first_it_says_that_it_begins_at_the_level_of_the_listener() -> None:
    assert due(FOUR, begun(FOUR, Level.GENTLE), FIRST).text().splitlines() == [
        "Strong knees is due today.",
        "The diary has nothing of it yet, so you begin here:",
        *(f"  {title}: 1 set of 6, gentle level" for title in TITLES),
    ]


@given(st.integers(1, 9), st.integers(1, 12), st.integers(0, 3))
def test_a_week_has_each_exercise_as_often_as_its_number_a_day_promises(
    exercises: int, a_day: int, late: int
) -> None:
    """Whoever comes on each day on which it is due, or ``late`` days after, as many a day as three need."""
    many = Programme("many", "Many", {f"E{n}": ladder(f"E{n}") for n in range(exercises)})
    so_far, times, asked = begun(many, Level.STANDARD), Counter[str](), a_day
    day, seen = FIRST, 0
    while seen < 9:
        found = due(many, so_far, day, a_day=asked if seen == 0 else None)
        if found.is_due:
            number = len(found.steps)
            assert number == min(exercises, max(a_day, ceil(exercises / 3)))
            times.update(step.title for step in found.steps)
            so_far = after(many, so_far, entry(day, *found.steps))
            seen += 1
            assert seen * number // exercises <= min(times[title] for title in many.ladders)
        day += timedelta(days=1 + (late if found.is_due else 0))


def test_what_is_always_left_out_keeps_nothing_else_away() -> None:
    so_far, done = begun(FOUR, Level.STANDARD), Counter[str]()
    for n in range(12):
        found = due(FOUR, so_far, FIRST + timedelta(days=7 * n), a_day=2)
        left_out = [step.title for step in found.steps if step.title in {"Curls", "Raises"}]
        done.update(step.title for step in found.steps if step.title not in left_out)
        so_far = after(FOUR, so_far, entry(found.day, *found.steps, left_out=left_out))
    assert done["Squats"] >= 4
    assert done["Steps"] >= 4


def test_what_is_due_is_told_to_programs_too() -> None:
    found = then(lifts(0), lifts(1)).as_json()
    assert json.loads(json.dumps(found)) == found
    assert (found["due"], found["steps"][0]["reps"], found["offer"]["then"]["reps"]) == (True, 8, 9)
    assert found["offer"]["why"].startswith(
        "in the last 2 sessions you did all of it, at a pain of 2 or less"
    )
    back = then(lifts(0), lifts(1, pain=7)).as_json()
    assert back["offer"] is None
    assert back["stepped_back"][0]["why"] == "the pain was 7"


def test_what_was_left_out_last_time_is_said() -> None:
    steps = [FOUR.ladders[title][BASE] for title in TITLES]
    so_far = history(FOUR, [entry(FIRST, *steps, left_out=["Raises", "Steps"])], Level.STANDARD)
    assert "Left out last time: Raises, Steps." in due(FOUR, so_far, FIRST + timedelta(days=2)).text()


def test_a_level_begins_every_exercise_anew_without_an_offer() -> None:
    so_far = history(ONE, [lifts(0, BASE + 1), lifts(1, BASE + 1)], Level.STANDARD)
    found = due(ONE, so_far, FIRST + timedelta(days=4), level=Level.GENTLE)
    assert found.steps == (ONE.ladders["Lifts"][0],)
    assert (found.offer, found.level) == (None, Level.GENTLE)


def test_the_programme_of_last_time_is_the_one_that_was_set_out_last() -> None:
    assert last_programme([]) == ""
    assert last_programme([replace(lifts(1), session="low-back"), lifts(0)]) == "low-back"
