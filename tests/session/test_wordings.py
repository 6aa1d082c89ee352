"""What is said often has several wordings, in turn, and a set has other cues than the set before it."""

import re
from collections import defaultdict
from itertools import pairwise

import pytest

from coach.language.level import Level
from coach.session.activity import Activity
from coach.session.arrange import practice, score
from coach.session.compile import compile_session
from coach.session.moves import ChapterMoves, Speak
from coach.session.options import Counted, Options
from coach.session.timeline import Role, Say, Set, Silence, Timeline, says
from coach.session.wordings import varied
from coach.session.words import en as phrases
from tests.content.sheets import PROGRAMME_NAMES, SESSION_NAMES, by_title, session
from tests.doses import counted
from tests.fakes import ESTIMATED, curls, line
from tests.wordings import repeats, usual, wording_of

NAMES = [*SESSION_NAMES, *PROGRAMME_NAMES]
MOST_REPEATED = {Level.GENTLE: 0.2, Level.STANDARD: 0.2, Level.STRONG: 0.28}
"""The goal is a fifth. At the strong level a session has up to seventeen sets."""

PRAISE_OR_PROMISE = (
    "well done|good|great|perfect|excellent|beautiful|nice|awesome|amazing|brilliant|bravo|proud|wonderful|"
    "lovely|super|promise|guarantee|guaranteed|cure|heal|heals|soon be|will be stronger|will feel better"
)


def heard(name: str, level: Level = Level.STANDARD) -> Timeline:
    return compile_session(name, score(session(name), by_title(), Options(level=level)), ESTIMATED)


def cues_of(timeline: Timeline, each: Set) -> list[Say]:
    return [
        say for say in says(timeline.events) if say.role is Role.CUE and each.start <= say.start < each.end
    ]


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("name", NAMES)
def test_no_two_uses_of_a_sentence_that_follow_each_other_are_worded_alike(name: str, level: Level) -> None:
    wordings = defaultdict[str, list[str]](list)
    for say in says(heard(name, level).events):
        row, form, _ = wording_of(say.text)
        if row and say.source is None:
            wordings[usual(say.text) if say.role is Role.TIME else row[0]].append(form)
    assert len(wordings) >= 8
    alike = {text: said for text, said in wordings.items() if any(a == b for a, b in pairwise(said))}
    assert alike == {}


def test_the_same_session_has_the_same_words_each_time() -> None:
    assert heard("inner-knee").events == heard("inner-knee").events


def test_a_line_of_a_sheet_is_said_as_it_is_written() -> None:
    script = curls(reminders=(line("Rest."), line("Halfway.")))
    timeline = compile_session("Curls", practice(script, Options()), ESTIMATED)
    said = [say.text for say in says(timeline.events) if say.source]
    assert {"Rest.", "Halfway."} <= set(said)


def test_left_at_the_end_of_a_sentence_is_a_side_and_no_time() -> None:
    texts = ("You need a wall on your left.", "That was side plank left.", "Next: Side plank left.") * 2
    moves = tuple(Speak(text, Role.TRANSITION) for text in texts)
    (chapter,) = varied([ChapterMoves("Planks", moves, "en-us")])
    said = [move.text for move in chapter.moves if isinstance(move, Speak)]
    assert [usual(text) for text in said] == [*texts]
    assert said[0] == said[3] == texts[0]


def test_every_usual_sentence_has_two_to_four_wordings() -> None:
    assert all(2 <= len(row) == len(set(row)) <= 4 for row in phrases.WORDINGS)


def test_a_set_has_one_sentence_about_effort_in_its_last_third() -> None:
    for reps in (6, 7, 8, 9, 10, 12, 15, 20):
        script = curls(counted(reps, sets=2, rest_s=45), reminders=(), breathing=())
        timeline = compile_session("Curls", practice(script, Options()), ESTIMATED)
        for each in timeline.sets:
            effort = [say for say in cues_of(timeline, each) if usual(say.text) == phrases.STAY_WITH_IT]
            begun = [beat.rep for beat in each.beats if beat.start <= effort[0].start]
            assert len(effort) == 1
            assert begun[-1] > reps * 2 / 3


@pytest.mark.parametrize("name", SESSION_NAMES)
def test_the_cues_of_a_sheet_are_not_those_of_the_set_before(name: str) -> None:
    timeline = heard(name)
    own = [{say.text for say in cues_of(timeline, each) if say.source} for each in timeline.sets]
    assert sum(map(bool, own)) >= 3
    assert all(before.isdisjoint(after) for before, after in pairwise(own))


def test_numbers_are_said_by_tens_after_the_first_set_of_a_side() -> None:
    script = curls(counted(12, sets=2, rest_s=45, side_word="leg"))
    timeline = compile_session("Curls", practice(script, Options()), ESTIMATED)
    assert Options().speak_counts is Counted.AUTO
    numbers = [
        [say.text for say in says(timeline.events) if say.role is Role.COUNT and s.start <= say.start < s.end]
        for s in timeline.sets
    ]
    every = [phrases.count(n) for n in range(1, 13)]
    assert numbers == [every, ["Ten."], every, ["Ten."]]


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("name", NAMES)
def test_no_silence_is_longer_than_thirty_seconds(name: str, level: Level) -> None:
    silent_from = 0
    for event in heard(name, level).events:
        if not isinstance(event, Silence):
            assert event.start - silent_from <= 30 * 48_000, f"from {silent_from / 48_000:.1f} s on"
            silent_from = event.start + event.length


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("name", NAMES)
def test_few_prompts_are_exact_repeats(name: str, level: Level) -> None:
    repeated, said = repeats(heard(name, level))
    assert repeated / said <= MOST_REPEATED[level], f"{repeated} of {said} prompts are exact repeats"


@pytest.mark.parametrize("name", NAMES)
def test_nothing_that_is_said_praises_or_promises(name: str) -> None:
    own = {text for row in phrases.WORDINGS for text in row}
    said = own | {say.text for say in says(heard(name, Level.STRONG).events)}
    assert [text for text in said if re.search(rf"\b(?:{PRAISE_OR_PROMISE})\b", text, re.IGNORECASE)] == []


def test_pauses_between_prompts_last_from_half_a_second_to_one_and_a_half_by_what_they_part() -> None:
    timeline = heard("inner-knee")
    between = zip(timeline.events, timeline.events[1:], timeline.events[2:], strict=False)
    pauses_s = {
        pause.length / 48_000
        for before, pause, after in between
        if isinstance(before, Say) and isinstance(after, Say) and isinstance(pause, Silence)
        if pause.activity is Activity.PAUSE
    }
    assert {0.7, 0.9, 1.0} <= pauses_s
    assert min(pauses_s) >= 0.5
    assert max(pauses_s) <= 1.5
