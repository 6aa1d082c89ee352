"""A thousand simulated listeners keep the rules of progress for a year; docs/content.md has the table."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from coach.diary.entries import Done, Morning
from coach.language.level import Level
from coach.session.ladders import Programme, programme
from tests.content.sheets import EXERCISE_NAMES, exercise
from tests.content.sheets import session as sheet
from tests.diary.year import LISTENERS, Habit, Knee, Listener, Session, a_listener, row, year

CONTENT = (Path(__file__).parents[2] / "docs" / "content.md").read_text("utf-8")

Year = tuple[Listener, list[Session]]


@pytest.fixture(scope="module")
def knee() -> Programme:
    used = {script.title: script for script in map(exercise, EXERCISE_NAMES)}
    return programme(sheet("inner-knee"), used, "inner-knee")


@pytest.fixture(scope="module")
def years(knee: Programme) -> list[Year]:
    found = []
    for seed in range(LISTENERS):
        chance = Random(seed)
        listener = a_listener(chance)
        found.append((listener, list(year(knee, listener, chance))))
    return found


def turns(sessions: list[Session], programme: Programme) -> Iterator[tuple[str, int, list[Session]]]:
    """Each exercise at each session that it was set out in: its step, and the sessions of it before."""
    before: dict[str, list[Session]] = {title: [] for title in programme.ladders}
    for session in sessions:
        for step in session.entry.steps:
            yield step.title, programme.ladders[step.title].index(step), before[step.title]
            before[step.title].append(session)


def done(session: Session, title: str) -> Done:
    return next(each for each in session.entry.exercises if each.title == title)


def at(session: Session, title: str, programme: Programme) -> int:
    return next(programme.ladders[title].index(step) for step in session.entry.steps if step.title == title)


def worst(session: Session, title: str) -> int:
    """The highest number that was answered, 0 if there was none."""
    own = done(session, title)
    return max(own.pain or 0, 0 if own.is_skipped else session.entry.soreness or 0)


def is_flare(session: Session, title: str) -> bool:
    is_worse = session.entry.morning is Morning.WORSE and not done(session, title).is_skipped
    return worst(session, title) > 5 or is_worse


def test_nobody_does_more_after_a_pain_above_five_or_a_worse_morning(
    years: list[Year], knee: Programme
) -> None:
    rises = 0
    for _, sessions in years:
        for title, now, before in turns(sessions, knee):
            if before and now > at(before[-1], title, knee):
                rises += 1
                assert now == at(before[-1], title, knee) + 1
                of_it = [each for each in before if not done(each, title).is_skipped][-2:]
                assert len(of_it) == 2
                assert all(worst(each, title) <= 2 for each in of_it)
                assert all(each.entry.morning is Morning.USUAL for each in of_it)
                assert all(done(each, title).sets == done(each, title).of_sets for each in of_it)
    assert rises > 5_000


def test_whoever_had_a_flare_does_one_step_less_in_the_next_session_of_that_exercise(
    years: list[Year], knee: Programme
) -> None:
    flares = 0
    for _, sessions in years:
        for title, now, before in turns(sessions, knee):
            if before and is_flare(before[-1], title):
                flares += 1
                assert now == max(0, at(before[-1], title, knee) - 1)
    assert flares > 5_000


def test_nothing_is_offered_in_the_two_sessions_after_a_flare(years: list[Year]) -> None:
    for _, sessions in years:
        for i, session in enumerate(sessions):
            if session.due.offer is not None:
                for earlier in sessions[max(0, i - 2) : i]:
                    assert not any(is_flare(earlier, step.title) for step in earlier.entry.steps)


def test_at_most_one_exercise_goes_up_in_a_session(years: list[Year], knee: Programme) -> None:
    for _, sessions in years:
        last: dict[str, int] = {}
        for session in sessions:
            now = {step.title: knee.ladders[step.title].index(step) for step in session.entry.steps}
            risen = [title for title, step in now.items() if step > last.get(title, step)]
            assert len(risen) <= int(session.was_taken)
            last |= now


def test_nobody_exercises_on_two_days_running_or_on_four_of_seven(years: list[Year]) -> None:
    for _, sessions in years:
        has_done = (not all(each.is_skipped for each in session.entry.exercises) for session in sessions)
        days = [session.entry.day for session, is_day in zip(sessions, has_done, strict=True) if is_day]
        assert all(later - day > timedelta(days=1) for day, later in pairwise(days))
        assert all(later - day >= timedelta(days=7) for day, later in zip(days, days[3:], strict=False))


def test_every_step_is_between_the_gentle_and_the_strong_dose_of_its_sheet(
    years: list[Year],
) -> None:
    doses = {script.title: script.doses for script in map(exercise, EXERCISE_NAMES)}
    for _, sessions in years:
        for session in sessions:
            assert session.entry.level in {step.level for step in session.entry.steps}
            for step in session.entry.steps:
                least, most = (doses[step.title][level] for level in (Level.GENTLE, Level.STRONG))
                assert least.sets <= step.sets <= most.sets
                assert least.most_reps <= step.reps <= most.most_reps


def test_three_sessions_set_out_the_whole_programme(years: list[Year], knee: Programme) -> None:
    for _, sessions in years:
        for three in zip(sessions, sessions[1:], sessions[2:], strict=False):
            if not any(each.is_skipped for session in three for each in session.entry.exercises):
                assert {step.title for session in three for step in session.entry.steps} == {*knee.ladders}


def test_what_was_left_out_comes_at_the_next_session(years: list[Year]) -> None:
    left_out = 0
    for _, sessions in years:
        for session, following in pairwise(sessions):
            titles = {step.title for step in following.entry.steps}
            skipped = {each.title for each in session.entry.exercises if each.is_skipped}
            left_out += len(skipped)
            assert len(titles & skipped) == min(len(titles), len(skipped))
    assert left_out > 5_000


def test_the_page_about_the_content_has_the_table_of_the_year(years: list[Year], knee: Programme) -> None:
    for each in Knee:
        for habit in Habit:
            mine = [sessions for who, sessions in years if (who.knee, who.habit) == (each, habit)]
            assert str(row(f"{each}, {habit}", knee, mine)) in CONTENT.splitlines()


def test_the_same_seed_gives_the_same_year(years: list[Year], knee: Programme) -> None:
    listener, sessions = years[0]
    chance = Random(0)
    assert a_listener(chance) == listener
    assert list(year(knee, listener, chance)) == sessions
