"""What is typed after a question about pain, and what an answer does: decisions, without a session."""

import math
from dataclasses import replace
from pathlib import Path

import pytest

from coach.live.ask_pain import (
    CHOOSE_S,
    MOST_SLIPS,
    TWO_DIGITS_S,
    Effect,
    PainAnswer,
    Reply,
    Typing,
    offered,
    pressed,
    reply_to,
    timed,
)
from coach.live.controls.keyboard import ACTIONS, Decoder
from coach.live.playhead import Playhead
from coach.session.pain import HIGH_RISK, MOST, RISE, RULES, SAFE, rule_for
from coach.session.question import ANSWER_S, Question
from coach.session.timeline import Frames
from coach.session.words import en
from coach.session.words.interface import words_for

BEFORE_ALL = Question("How much?", Frames(0), Frames(10), Frames(20), None, takes_answer=True)
AFTER = replace(BEFORE_ALL, chapter=3)
WORDS = words_for("en")


def typed(*keys: str, question: Question | None = AFTER, is_heard: bool = True) -> list[Effect | int | None]:
    """The effect of each key, pressed at once one after the other; an answer as its number."""
    typing, effects = Typing(), list[Effect | int | None]()
    for key in keys:
        typing, effect = pressed(
            typing, key, question, 0.0, is_heard=is_heard, has_use=key.lower() in ACTIONS
        )
        effects.append(effect.pain if isinstance(effect, PainAnswer) else effect)
    return effects


def test_the_rules_have_every_number_once_and_name_their_source() -> None:
    assert [number for rule in RULES for number in range(rule.least, rule.most + 1)] == [*range(MOST + 1)]
    assert all("Thomeé" in rule.source and "NEMEX" in rule.source for rule in RULES)
    assert (SAFE.most, HIGH_RISK.least, RISE) == (2, 6, 3)


@pytest.mark.parametrize("number", [0, *range(2, 10)])
def test_a_digit_is_an_answer_at_once(number: int) -> None:
    assert typed(str(number)) == [number]
    assert typed(str(number), is_heard=False) == [number]


def test_ten_is_two_keys_and_a_one_waits_for_the_second_or_for_enter() -> None:
    assert typed("1", "0") == [Effect.ACKNOWLEDGE, 10]
    assert typed("1", "enter") == [Effect.ACKNOWLEDGE, 1]
    typing, _ = pressed(Typing(), "1", AFTER, 5.0, is_heard=True, has_use=False)
    assert timed(typing, 5.0 + TWO_DIGITS_S - 0.1, is_paused=False)[1] is None
    assert timed(typing, 5.0 + TWO_DIGITS_S, is_paused=False)[1] == PainAnswer(AFTER, 1)


def test_a_typed_one_is_taken_even_if_the_next_set_begins_before_it_is_complete() -> None:
    typing, _ = pressed(Typing(), "1", AFTER, 0.0, is_heard=True, has_use=False)
    assert timed(typing, 2.0, is_paused=False)[1] == PainAnswer(AFTER, 1)
    assert pressed(typing, "0", None, 1.0, is_heard=False, has_use=False)[1] == PainAnswer(AFTER, 10)


@pytest.mark.parametrize("sent", [b"7", b"\x1bOw", "７".encode(), "٧".encode(), "७".encode()])
def test_a_digit_of_a_keypad_or_of_another_script_is_a_digit(sent: bytes) -> None:
    assert typed(*Decoder().feed(sent)) == [7]


def test_the_whole_keypad_gives_its_digits_and_enter() -> None:
    keys = Decoder().feed(b"".join(b"\x1bO" + bytes([code]) for code in b"pqrstuvwxyM"))
    assert keys == [*"0123456789", "enter"]


@pytest.mark.parametrize("key", ["enter", "escape"])
def test_enter_and_escape_alone_give_no_answer_and_go_on(key: str) -> None:
    assert typed(key) == [Effect.GO_ON]
    assert typed(key, is_heard=False) == [None]


@pytest.mark.parametrize("keys", ["1 5", "1 x", "1 escape", "1 backspace", "1 1"])
def test_a_typed_one_that_becomes_no_number_is_taken_back_and_asked_for_again(keys: str) -> None:
    assert typed(*keys.split(), "4") == [Effect.ACKNOWLEDGE, Effect.ASK_AGAIN, 4]


@pytest.mark.parametrize("key", ["x", "tab", "é", "½", "²", "!"])
def test_a_wrong_key_is_told_which_keys_answer_but_never_without_end(key: str) -> None:
    again = [Effect.ASK_AGAIN] * MOST_SLIPS
    assert typed(*[key] * (MOST_SLIPS + 2)) == [*again, Effect.REFUSE, Effect.REFUSE]
    assert typed(*[key] * (MOST_SLIPS + 2), "3")[-1] == 3
    assert typed(key, is_heard=False) == [None]
    assert typed(key, question=None) == [None]


@pytest.mark.parametrize("key", ["space", "left", "n", "q", "e", "+", "w", "backspace", "R"])
def test_keys_that_steer_still_steer(key: str) -> None:
    assert typed(key) == [None]


def test_another_question_knows_nothing_of_the_slips_at_the_one_before() -> None:
    typing = Typing(BEFORE_ALL, slips=MOST_SLIPS)
    assert pressed(typing, "x", AFTER, 0.0, is_heard=True, has_use=False)[1] is Effect.ASK_AGAIN


def test_after_an_offer_the_session_ends_if_nobody_chooses_and_not_if_somebody_does() -> None:
    typing = offered(Typing(AFTER), Reply((), is_offer=True), Playhead(), 100.0)
    assert timed(typing, 100.0 + CHOOSE_S - 0.1, is_paused=True) == (typing, None)
    assert timed(typing, 100.0 + CHOOSE_S, is_paused=True)[1] is Effect.END_SESSION
    chosen, effect = timed(typing, 110.0, is_paused=False)
    assert (chosen.choose_until_s, effect) == (math.inf, None)
    assert offered(typing, Reply(()), Playhead(), 100.0).choose_until_s == math.inf


def reply(
    pain: int,
    question: Question = AFTER,
    earlier: tuple[int, ...] = (),
    *,
    has_others: bool = True,
    has_gentler: bool = True,
) -> Reply:
    return reply_to(
        PainAnswer(question, pain), earlier, WORDS, has_others=has_others, has_gentler=has_gentler
    )


@pytest.mark.parametrize("pain", range(MOST + 1))
def test_between_exercises_an_answer_does_what_the_rules_say(pain: int) -> None:
    advice = rule_for(pain).advice
    own = en.PAIN_ADVICE[advice]
    assert (
        reply(pain)
        == {
            "as-planned": Reply((own,)),
            "gentle": Reply((own,), is_gentler=True),
            "end": Reply((own, en.GO_ON_OR_END), is_offer=True, is_gentler=True),
        }[advice]
    )


def test_before_the_first_exercise_more_than_five_leaves_it_for_today() -> None:
    assert reply(6, BEFORE_ALL) == Reply(
        (en.LEAVE_IT_TODAY, en.END_OR_CORRECT), is_offer=True, is_gentler=True
    )
    assert reply(5, BEFORE_ALL) == reply(5)


def test_where_there_is_no_gentler_level_nobody_is_promised_one() -> None:
    assert reply(4, has_gentler=False) == Reply((en.DO_LESS,))
    assert reply(7, has_gentler=False) == Reply((en.PAIN_ADVICE["end"], en.GO_ON_OR_END), is_offer=True)
    assert "level" not in en.DO_LESS


@pytest.mark.parametrize("pain", range(MOST + 1))
def test_after_the_last_exercise_nothing_is_promised_or_offered(pain: int) -> None:
    assert reply(pain, has_others=False, has_gentler=False) == Reply(
        (en.PAIN_AT_THE_END[rule_for(pain).advice],)
    )


def test_the_page_about_steering_has_the_rules_and_what_is_said() -> None:
    page = " ".join((Path(__file__).parents[2] / "docs" / "steering.md").read_text("utf-8").split())
    for rule in RULES:
        assert f"| {rule.least} to {rule.most} | {rule.risk} | " in page
        assert f'| "{en.PAIN_ADVICE[rule.advice]}" |' in page
    for text in (en.DO_LESS, en.PAIN_HAS_RISEN, en.ANSWER_KEYS):
        assert f'"{text}"' in page
    for seconds in (ANSWER_S, CHOOSE_S):
        assert f"{en.number(round(seconds))} seconds" in page


def test_a_rise_of_three_is_told_after_every_kind_of_answer() -> None:
    for question in (BEFORE_ALL, AFTER):
        for has_others in (True, False):
            for pain in range(3, MOST + 1):
                told = reply(pain, question, (pain - 3, pain), has_others=has_others).texts
                assert en.PAIN_HAS_RISEN in told
                told = reply(pain, question, (pain - 2, pain), has_others=has_others).texts
                assert en.PAIN_HAS_RISEN not in told
