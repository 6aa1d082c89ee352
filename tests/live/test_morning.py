"""The question how the morning after the last session was, asked at the beginning of a live one."""

from datetime import UTC, date, datetime

import pytest

from coach.diary.entries import Entry, unanswered
from coach.diary.morning import Morning
from coach.language.level import Level
from coach.session.question import ANSWER_S
from coach.session.timeline import RATE_HZ
from coach.session.words import en as phrases
from tests.live.fakes import Tapes, Time, clip_of, played
from tests.live.test_pain import ROUNDS
from tests.live.test_session_loop import timeline_of

LAST = Entry(datetime(2026, 11, 20, 8, tzinfo=UTC), "test", "Test", Level.STANDARD, 20.0, True, ())
QUESTION = phrases.how_next_morning("")
LENGTH_S = timeline_of(ROUNDS).duration_s


@pytest.mark.parametrize(
    ("key", "morning"), [("b", Morning.BETTER), ("u", Morning.USUAL), ("W", Morning.WORSE)]
)
def test_a_key_answers_and_the_session_begins(key: str, morning: Morning) -> None:
    heard, run, _ = played(ROUNDS, [(4.0, key)], has_keys=True, unanswered=LAST)
    assert heard.said[:2] == [QUESTION, phrases.THANK_YOU]
    told, earlier = heard.diary[0]
    assert (told.morning, earlier) == (morning, LAST)
    assert run.is_finished
    assert run.entry is not None
    assert run.entry.morning is None
    assert run.entry.minutes == pytest.approx(LENGTH_S / 60, abs=0.01)


def test_silence_goes_on_after_the_time_to_answer() -> None:
    heard, run, _ = played(ROUNDS, has_keys=True, unanswered=LAST)
    plain, _, _ = played(ROUNDS, has_keys=True)
    assert heard.said == [QUESTION, *plain.said]
    assert [earlier for _, earlier in heard.diary if earlier == LAST] == []
    assert run.is_finished


@pytest.mark.parametrize(("after_s", "is_answer"), [(5.0, True), (13.0, False)])
def test_a_late_key_is_still_the_answer_for_a_while_and_breaks_into_nothing(
    after_s: float, is_answer: bool
) -> None:
    question_s = clip_of(QUESTION).length / RATE_HZ
    late = (1.0 + question_s + ANSWER_S + after_s, "u")
    heard, run, _ = played(ROUNDS, [late], has_keys=True, unanswered=LAST)
    plain, _, _ = played(ROUNDS, has_keys=True)
    assert [told.morning for told, earlier in heard.diary if earlier == LAST] == [Morning.USUAL] * is_answer
    assert heard.said == [QUESTION, *plain.said]
    assert run.is_finished


@pytest.mark.parametrize(("key", "said"), [("b", phrases.PAUSED), ("w", "round one of three")])
def test_once_the_session_has_begun_a_key_that_steers_it_does_so(key: str, said: str) -> None:
    question_s = clip_of(QUESTION).length / RATE_HZ
    keys = [(1.0 + question_s + ANSWER_S + 5.0, key), (60.0, "q")]
    heard, _, _ = played(ROUNDS, keys, has_keys=True, unanswered=LAST)
    assert [told for told, earlier in heard.diary if earlier == LAST] == []
    assert any(said in each for each in heard.said[2:])


def test_another_key_does_what_it_always_does() -> None:
    heard, run, _ = played(ROUNDS, [(4.0, "q")], has_keys=True, unanswered=LAST)
    assert not run.is_finished
    assert heard.said[-1] == phrases.STOPPED


def test_the_keys_are_told_before_the_question_and_its_answer_is_taken() -> None:
    keys_s = sum(clip_of(text).length for text in phrases.KEYS_ALOUD) / RATE_HZ
    heard, _, _ = played(ROUNDS, [(keys_s + 6.0, "b")], has_keys=True, unanswered=LAST, tells_keys=True)
    assert heard.said[:6] == [*phrases.KEYS_ALOUD, QUESTION, phrases.THANK_YOU]
    assert heard.diary[0][0].morning is Morning.BETTER


def test_a_key_while_the_keys_are_told_is_no_answer_to_what_is_not_asked_yet() -> None:
    heard, _, _ = played(ROUNDS, [(4.0, "w")], has_keys=True, unanswered=LAST, tells_keys=True)
    assert [told for told, earlier in heard.diary if earlier == LAST] == []
    assert heard.said[:4] == [*phrases.KEYS_ALOUD[:2], "Knees.", "Three minutes left."]


def test_without_keys_nothing_is_asked() -> None:
    heard, _, _ = played(ROUNDS, unanswered=LAST)
    assert QUESTION not in heard.said


def test_the_last_session_of_the_same_name_is_asked_about_for_a_week_and_not_on_its_own_day() -> None:
    other = Entry(datetime(2026, 11, 21, 8, tzinfo=UTC), "other", "Other", Level.STANDARD, 9.0, True, ())
    diary = [LAST, other]
    assert unanswered(diary, "test", today=date(2026, 11, 20)) is None
    assert unanswered(diary, "test", today=date(2026, 11, 21)) == LAST
    assert unanswered(diary, "test", today=date(2026, 11, 28)) is None
    later = Entry(
        datetime(2026, 11, 22, 8, tzinfo=UTC),
        "test",
        "Test",
        Level.STANDARD,
        9.0,
        True,
        (),
        morning=Morning.USUAL,
    )
    assert unanswered([*diary, later], "test", today=date(2026, 11, 23)) is None
    assert unanswered([], "test", today=date(2026, 11, 23)) is None


@pytest.mark.parametrize("lost_s", [3.99, 3.999])
def test_an_answer_as_the_loudspeaker_goes_away_is_written_once(lost_s: float) -> None:
    time = Time()
    speakers = Tapes(time, [lost_s], gone_until_s=8.0)
    keys = [(4.0, "u"), (13.0, "u")]
    heard, run, _ = played(ROUNDS, keys, has_keys=True, unanswered=LAST, speakers=speakers, time=time)
    assert [told.morning for told, earlier in heard.diary if earlier == LAST] == [Morning.USUAL]
    assert run.is_finished
