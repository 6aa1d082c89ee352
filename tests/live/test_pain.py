"""The question about pain in a live session: what is typed, what it does, and what is in the diary."""

from collections.abc import Callable, Iterable

import pytest

from coach.diary.entries import Entry
from coach.language.level import Level
from coach.language.model import Script, Session
from coach.language.parser import parse
from coach.live.session_loop import LiveSession, Message
from coach.session.arrange import score
from coach.session.moves import ChapterMoves
from coach.session.options import Options
from coach.session.question import ANSWER_S, Question, question_at
from coach.session.words import en as phrases
from tests.live.fakes import Heard, played
from tests.live.test_session_loop import timeline_of

ScoreAt = Callable[[Level], tuple[ChapterMoves, ...]]

SHEET = """# Knees
For: the knee
Do not start if your knee is hot.
Ask: pain

- Curls
Ask: pain
- Rises
Ask: pain

Well, that is all.
"""
CIRCUIT = """# Knees

3 rounds:
- Curls
Ask: pain
- Rises

Well, that is all.
"""
EXERCISE = """# {}
Dose: 2 sets of 4, rest 20 seconds
Dose gentle: 1 set of 3
- up, 2 seconds: Lift,
- down, 2 seconds: lower.
"""


def script(name: str) -> Script:
    parsed = parse(EXERCISE.format(name), name).value
    assert isinstance(parsed, Script)
    return parsed


SCRIPTS = {name: script(name) for name in ("Curls", "Rises")}


def arranged(text: str) -> ScoreAt:
    session = parse(text, "knees").value
    assert isinstance(session, Session)
    return lambda level: score(session, SCRIPTS, Options(level, takes_answers=True))


ASKING, ROUNDS = arranged(SHEET), arranged(CIRCUIT)


def questions(score_at: ScoreAt = ASKING) -> list[Question]:
    timeline = timeline_of(score_at)
    found = (question_at(timeline, event.start) for event in timeline.events)
    return list(dict.fromkeys(each for each in found if each))


def wait_s(number: int, plus_s: float = 1.0, score_at: ScoreAt = ASKING) -> float:
    """When a question waits for its answer, in seconds of a session that is heard as it is laid out."""
    return questions(score_at)[number].waits / 48_000 + plus_s


def answered(
    keys: Iterable[tuple[float, Message]], score_at: ScoreAt = ASKING, level: Level = Level.STANDARD
) -> tuple[Heard, LiveSession, Entry]:
    heard, run, _ = played(score_at, keys, has_keys=True, level=level)
    assert run.entry is not None
    return heard, run, run.entry


def pains(entry: Entry) -> tuple[int | None, ...]:
    return (entry.pain, *(done.pain for done in entry.exercises))


def test_a_session_asks_where_its_sheet_says_and_about_the_exercise_before() -> None:
    assert [question.chapter for question in questions()] == [None, 1, 2]
    assert all(question.end - question.waits == ANSWER_S * 48_000 for question in questions())


def test_silence_goes_on_as_before_and_leaves_no_answer() -> None:
    heard, run, entry = answered([])
    assert run.is_finished
    assert pains(entry) == (None, None, None)
    assert heard.said.count(phrases.how_much_pain("the knee")) == 1
    assert heard.said.count(phrases.pain_again("the knee")) == 2
    assert not {*phrases.PAIN_ADVICE.values()} & {*heard.said}
    assert entry.minutes == pytest.approx(timeline_of(ASKING).duration_s / 60, abs=0.01)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_up_to_two_goes_on_as_planned(number: int) -> None:
    heard, run, entry = answered([(wait_s(0), str(number))])
    assert phrases.PAIN_ADVICE["as-planned"] in heard.said
    assert pains(entry) == (number, None, None)
    assert [done.of_sets for done in entry.exercises] == [2, 2]
    assert run.is_finished


@pytest.mark.parametrize("level", [Level.STANDARD, Level.STRONG])
@pytest.mark.parametrize("number", [3, 5])
def test_from_three_to_five_goes_on_gently_from_there(number: int, level: Level) -> None:
    heard, _, entry = answered([(wait_s(1), str(number))], level=level)
    assert phrases.PAIN_ADVICE["gentle"] in heard.said
    assert [(done.level, done.of_sets, done.pain) for done in entry.exercises] == [
        (level, 2, number),
        (Level.GENTLE, 1, None),
    ]


def test_above_five_ends_the_session_when_nobody_chooses() -> None:
    heard, run, entry = answered([(wait_s(1), "7")])
    said = heard.said
    assert said.index(phrases.PAIN_ADVICE["end"]) < said.index(phrases.GO_ON_OR_END)
    assert said[-1] == phrases.END_FOR_TODAY
    assert not run.is_finished
    assert (entry.exercises[0].sets, entry.exercises[0].pain) == (2, 7)
    assert entry.soreness == 7
    assert heard.kept[-1] is not None


def test_above_five_goes_on_gently_with_the_others_if_the_listener_wants_to() -> None:
    heard, run, entry = answered([(wait_s(1), "6"), (wait_s(1) + 15, "space")])
    assert run.is_finished
    assert phrases.END_FOR_TODAY not in heard.said
    assert [(done.level, done.sets, done.pain) for done in entry.exercises] == [
        (Level.STANDARD, 2, 6),
        (Level.GENTLE, 1, None),
    ]


def test_above_five_before_the_first_exercise_leaves_it_for_today() -> None:
    heard, run, entry = answered([(wait_s(0), "9")])
    assert phrases.LEAVE_IT_TODAY in heard.said
    assert heard.said[-1] == phrases.END_FOR_TODAY
    assert not run.is_finished
    assert entry.pain == 9


def test_a_wrong_number_is_corrected_while_the_coach_waits_for_a_choice() -> None:
    _, run, entry = answered([(wait_s(0), "9"), (wait_s(0) + 8, "2")])
    assert run.is_finished
    assert pains(entry) == (2, None, None)
    assert {done.level for done in entry.exercises} == {Level.STANDARD}


def test_later_rounds_of_an_exercise_that_has_ended_are_passed_over() -> None:
    at_s = wait_s(0, score_at=ROUNDS)
    _, run, entry = answered([(at_s, "6"), (at_s + 15, "space")], ROUNDS)
    assert run.is_finished
    assert [(done.title, done.is_skipped) for done in entry.exercises] == [
        ("Curls", False),
        ("Rises", False),
        ("Curls", True),
        ("Rises", False),
        ("Curls", True),
        ("Rises", False),
    ]


def test_a_rise_of_three_is_told() -> None:
    heard, _, _ = answered([(wait_s(0), "1"), (wait_s(1) + 4, "4")])
    assert phrases.PAIN_HAS_RISEN in heard.said
    heard, _, _ = answered([(wait_s(0), "1"), (wait_s(1) + 4, "3")])
    assert phrases.PAIN_HAS_RISEN not in heard.said


def test_ten_is_typed_with_two_keys_and_a_one_alone_waits_for_the_second() -> None:
    assert answered([(wait_s(0), "1"), (wait_s(0) + 0.5, "0")])[2].pain == 10
    assert answered([(wait_s(0), "1"), (wait_s(0) + 5, "x")])[2].pain == 1


@pytest.mark.parametrize("keys", [["x"], ["1", "5"]])
def test_a_key_that_is_no_answer_is_told_and_the_question_waits_anew(keys: list[str]) -> None:
    at_s = wait_s(0, 5.0)
    slips = [(at_s + 0.3 * i, key) for i, key in enumerate(keys)]
    heard, _, entry = answered([*slips, (at_s + 8, "2")])
    assert phrases.A_NUMBER_PLEASE in heard.said
    assert entry.pain == 2


def test_a_number_elsewhere_is_no_answer() -> None:
    _, _, entry = answered([(wait_s(0, 20.0), "7")])
    assert pains(entry) == (None, None, None)


def test_what_was_done_is_in_the_diary_before_the_answer_comes() -> None:
    heard, _, _ = answered([(wait_s(1, 3.0), "2")])
    before, with_answer = heard.diary[0][0], heard.diary[1][0]
    assert (before.exercises[0].reps, before.exercises[0].pain) == (8, None)
    assert not before.is_finished
    assert heard.diary[1][1] == before
    assert with_answer.exercises[0].pain == 2


def test_without_keys_the_rules_are_said_and_nothing_waits_for_an_answer() -> None:
    session = parse(SHEET, "knees").value
    assert isinstance(session, Session)
    told = [
        getattr(move, "text", "") for chapter in score(session, SCRIPTS, Options()) for move in chapter.moves
    ]
    assert [text for text in told if text in phrases.PAIN_RULES] == [*phrases.PAIN_RULES]
    assert [text for text in told if text in phrases.PAIN_RULES_AGAIN] == [*phrases.PAIN_RULES_AGAIN] * 2
    assert phrases.TYPE_A_NUMBER not in told
