"""The question about pain in a live session: when a number is its answer, and what becomes of the session."""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coach.diary.entries import Entry
from coach.language.level import Level
from coach.language.model import Script, Session
from coach.language.parser import parse
from coach.live import playback, session_loop
from coach.live.actions import Action
from coach.live.ask_pain import CHOOSE_S
from coach.live.screen.layout import lay_out, text_of
from coach.live.screen.screen import PlainScreen
from coach.live.session_loop import LiveSession, Message
from coach.session.arrange import practice, score
from coach.session.estimate import Estimates
from coach.session.moves import ChapterMoves
from coach.session.options import Detail, Options
from coach.session.question import ANSWER_S, Question, question_at
from coach.session.timeline import RATE_HZ
from coach.session.timeline_builder import Sounds
from coach.session.whereabouts import Place
from coach.session.words import en as phrases
from coach.sheets.by_name import named
from coach.sheets.score import fitted, scored
from tests.live.fakes import LENGTHS, Heard, Tapes, Time, played
from tests.live.test_session_loop import timeline_of


@pytest.fixture(autouse=True)
def _few_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """A loop that looks less often, at larger blocks: the sessions of these tests are long."""
    monkeypatch.setattr(session_loop, "TURN_S", 0.2)
    monkeypatch.setattr(playback, "BLOCK", RATE_HZ // 10)


ScoreAt = Callable[[Level], tuple[ChapterMoves, ...]]

CURLS = """# {}
Dose: 1 set of 2
Dose gentle: 1 set of 1
{}
- up, 1 second: Up,
- down, 1 second: down.
"""
HOW_MUCH = phrases.pain_again("the knee")
GENTLE, END = phrases.PAIN_ADVICE["gentle"], phrases.PAIN_ADVICE["end"]


def script(name: str, more: str = "") -> Script:
    parsed = parse(CURLS.format(name, more), name).value
    assert isinstance(parsed, Script)
    return parsed


def options(level: Level) -> Options:
    return Options(level, Detail.BRIEF, takes_answers=True)


def arranged(text: str, *, has_levels: bool = True) -> ScoreAt:
    session = parse(f"# Knees\nFor: the knee\n\n{text}", "knees").value
    assert isinstance(session, Session)
    scripts = {name: script(name) for name in ("Curls", "Rises")}
    if not has_levels:
        scripts = {
            name: replace(each, doses=dict.fromkeys(Level, each.doses[Level.STANDARD]))
            for name, each in scripts.items()
        }
    return lambda level: score(session, scripts, options(level))


FIRST = arranged("Ask: pain\n\n- Curls\n")
BETWEEN = arranged("- Curls\nAsk: pain\n- Rises\n\nWell, that is all.\n")
LAST = arranged("Ask: pain\n\n- Curls\nAsk: pain\n\nWell, that is all.\n")
ROUNDS = arranged("3 rounds:\n- Curls\nAsk: pain\n- Rises\n")
PLAIN = arranged("- Curls\nAsk: pain\n- Rises\n", has_levels=False)


@cache
def questions(score_at: ScoreAt) -> tuple[Question, ...]:
    timeline = timeline_of(score_at)
    found = (question_at(timeline, event.start) for event in timeline.events)
    return tuple(dict.fromkeys(each for each in found if each))


def wait_s(score_at: ScoreAt, number: int = 0) -> float:
    """A second after a question begins to wait, in a session that is heard as it is laid out."""
    return questions(score_at)[number].waits / RATE_HZ + 1.0


def answered(
    score_at: ScoreAt,
    *keys: tuple[float, Message],
    level: Level = Level.STANDARD,
    until_s: float | None = None,
    place: Place | None = None,
    pains: dict[str, int] | None = None,
) -> tuple[Heard, LiveSession, Entry]:
    """A session in which keys were pressed; the listener stops it at a time."""
    stop = [] if until_s is None else [(until_s, Action.STOP)]
    heard, run, _ = played(
        score_at,
        [*keys, *stop],
        has_keys=True,
        level=level,
        start=place,
        resumes=place is not None,
        pains=pains or {},
    )
    assert run.entry is not None
    return heard, run, run.entry


def told(heard: Heard) -> str:
    return " ".join(heard.said)


def levels(entry: Entry) -> list[tuple[Level, int]]:
    """The level of each exercise, and what was to be done of it."""
    return [(done.level, done.of_reps) for done in entry.exercises]


AS_PLANNED, EASED = (Level.STANDARD, 2), (Level.GENTLE, 1)


def test_a_session_asks_where_its_sheet_says_and_about_the_exercise_before() -> None:
    assert [question.chapter for question in questions(LAST)] == [None, 1]
    assert all(question.end - question.waits == ANSWER_S * RATE_HZ for question in questions(LAST))


def test_silence_goes_on_as_before_and_leaves_no_answer() -> None:
    heard, run, entry = answered(LAST)
    assert run.is_finished
    assert (entry.pain, entry.exercises[0].pain) == (None, None)
    assert {(view.said, view.said_at_s) for view in heard.views if view.said == HOW_MUCH} == {
        (HOW_MUCH, question.start / RATE_HZ) for question in questions(LAST)
    }
    assert "Thank you" not in told(heard)
    assert entry.minutes == pytest.approx(timeline_of(LAST).duration_s / 60, abs=0.01)


@pytest.mark.parametrize("number", [0, 2])
def test_up_to_two_goes_on_as_planned(number: int) -> None:
    heard, run, entry = answered(FIRST, (wait_s(FIRST), str(number)))
    assert phrases.PAIN_ADVICE["as-planned"] in heard.said
    assert (entry.pain, levels(entry)) == (number, [AS_PLANNED])
    assert run.is_finished


@pytest.mark.parametrize(("number", "level"), [(3, Level.STANDARD), (5, Level.STRONG)])
def test_from_three_to_five_goes_on_gently_from_there_and_says_so_once(number: int, level: Level) -> None:
    heard, _, entry = answered(BETWEEN, (wait_s(BETWEEN), str(number)), level=level)
    assert GENTLE in heard.said
    assert told(heard).count("entle level") == 1
    assert levels(entry) == [(level, 2), EASED]
    assert [done.pain for done in entry.exercises] == [number, None]


def test_above_five_offers_the_others_and_ends_kindly_when_nobody_chooses() -> None:
    heard, run, entry = answered(BETWEEN, (wait_s(BETWEEN), "7"))
    assert f"{END} {phrases.GO_ON_OR_END}" in heard.said
    assert heard.said[-1] == phrases.END_FOR_TODAY
    assert not run.is_finished
    assert (entry.exercises[0].sets, entry.exercises[0].pain, entry.soreness) == (1, 7, 7)
    assert heard.kept[-1] is not None


@pytest.mark.parametrize("key", ["space", Action.GO_ON, Action.RESUME, Action.NEXT])
def test_above_five_goes_on_gently_with_the_others_if_the_listener_wants_to(key: Message) -> None:
    heard, run, entry = answered(BETWEEN, (wait_s(BETWEEN), "6"), (wait_s(BETWEEN) + 15, key))
    assert run.is_finished
    assert phrases.END_FOR_TODAY not in heard.said
    assert levels(entry) == [AS_PLANNED, EASED]
    assert [done.sets for done in entry.exercises] == [1, 1]


def test_above_five_before_the_first_exercise_leaves_it_for_today() -> None:
    heard, run, entry = answered(FIRST, (wait_s(FIRST), "9"))
    assert phrases.LEAVE_IT_TODAY in told(heard)
    assert heard.said[-1] == phrases.END_FOR_TODAY
    assert not run.is_finished
    assert (entry.pain, entry.soreness) == (9, 9)
    kept = [each for each in heard.kept if each][-1]
    heard, _, _ = played(
        FIRST,
        [(16.0, Action.STOP)],
        has_keys=True,
        start=Place(**kept["place"]),
        resumes=True,
        pains=kept["pains"],
    )
    assert HOW_MUCH in heard.said


def test_an_offer_stays_on_the_screen_until_the_listener_chooses() -> None:
    heard, _, _ = answered(BETWEEN, (wait_s(BETWEEN), "7"), until_s=wait_s(BETWEEN) + 18)
    assert phrases.how_sore("") not in heard.said
    waiting = [view.said for view in heard.views if view.is_paused and not view.notice]
    assert phrases.GO_ON_OR_END in [said for said in waiting if said not in {"", phrases.STOPPED}][-1]


@pytest.mark.parametrize(("wrong", "right"), [("9", "2"), ("4", "1"), ("0", "2")])
def test_a_number_that_is_corrected_leaves_no_trace(wrong: str, right: str) -> None:
    heard, run, entry = answered(FIRST, (wait_s(FIRST), wrong), (wait_s(FIRST) + 3, right))
    assert run.is_finished
    assert (entry.pain, levels(entry)) == (int(right), [AS_PLANNED])
    assert phrases.PAIN_HAS_RISEN not in told(heard)


def test_a_corrected_number_keeps_the_level_that_was_chosen_since() -> None:
    at_s = wait_s(BETWEEN)
    keys = [(at_s, "4"), (at_s + 1, Action.HARDER), (at_s + 2, "1")]
    _, run, entry = answered(BETWEEN, *keys, level=Level.STRONG)
    assert run.is_finished
    assert levels(entry)[1] == AS_PLANNED


def test_a_number_that_is_corrected_upwards_is_told_the_same_as_at_first() -> None:
    heard, _, entry = answered(FIRST, (wait_s(FIRST), "3"), (wait_s(FIRST) + 3, "5"))
    assert GENTLE in heard.said
    assert phrases.DO_LESS not in heard.said
    assert (entry.pain, levels(entry)) == (5, [EASED])


def test_later_rounds_of_an_exercise_that_has_ended_are_passed_over_and_said_to_be() -> None:
    heard, run, entry = answered(ROUNDS, (wait_s(ROUNDS), "6"), (wait_s(ROUNDS) + 15, "space"))
    assert run.is_finished
    curls, rises = entry.exercises[::2], entry.exercises[1::2]
    assert [done.is_skipped for done in curls] == [False, True, True]
    assert [done.is_skipped for done in rises] == [False, False, False]
    assert heard.said.count(phrases.left_out("Curls")) == 2


def test_a_rise_of_three_is_told() -> None:
    for second, is_told in (("4", True), ("3", False)):
        heard, _, _ = answered(LAST, (wait_s(LAST), "1"), (wait_s(LAST, 1) + 5, second))
        assert (phrases.PAIN_HAS_RISEN in heard.said) == is_told


def test_after_the_last_exercise_the_answer_is_the_soreness_and_nobody_asks_twice() -> None:
    heard, run, entry = answered(LAST, (wait_s(LAST, 1), "4"))
    assert run.is_finished
    assert (entry.exercises[0].pain, entry.soreness) == (4, 4)
    assert phrases.PAIN_AT_THE_END["gentle"] in heard.said
    assert "Well, that is all." in heard.said
    assert phrases.how_sore("") not in heard.said


def test_where_no_level_is_gentler_the_answer_says_what_to_do_instead() -> None:
    heard, run, entry = answered(PLAIN, (wait_s(PLAIN), "4"))
    assert phrases.DO_LESS in heard.said
    assert "level" not in told(heard)
    assert levels(entry) == [AS_PLANNED, AS_PLANNED]
    assert run.is_finished
    heard, _, entry = answered(BETWEEN, (wait_s(BETWEEN), "4"), level=Level.GENTLE)
    assert phrases.DO_LESS in heard.said
    assert levels(entry) == [EASED, EASED]


def test_an_answer_while_the_question_is_being_spoken_counts_and_ends_it() -> None:
    at_s = questions(FIRST)[0].start / RATE_HZ + 1.0
    heard, _, entry = answered(FIRST, (at_s, "1"), (at_s + 0.5, "0"), until_s=at_s + 4)
    assert entry.pain == 10
    assert phrases.TYPE_A_NUMBER not in heard.said


def test_an_answer_counts_until_the_next_set_begins_and_not_after_it() -> None:
    late_s = wait_s(BETWEEN) + ANSWER_S + 1
    _, _, entry = answered(BETWEEN, (late_s, "4"))
    assert (entry.exercises[0].pain, levels(entry)[1]) == (4, EASED)
    in_a_set_s = timeline_of(BETWEEN).sets[1].start / RATE_HZ + 1
    _, _, entry = answered(BETWEEN, (in_a_set_s, "4"))
    assert (entry.exercises[0].pain, levels(entry)[1]) == (None, AS_PLANNED)


def test_an_answer_in_a_pause_is_taken_and_the_pause_goes_on() -> None:
    at_s = wait_s(FIRST)
    heard, run, entry = answered(FIRST, (at_s, "space"), (at_s + 4, "4"), (at_s + 30, "space"))
    assert run.is_finished
    assert (entry.pain, levels(entry)) == (4, [EASED])
    assert f"{GENTLE} {phrases.PAUSED}" in heard.said
    assert sum(view.is_paused for view in heard.views) * 0.1 > 25
    assert {view.said for view in heard.views if view.said == phrases.TYPE_A_NUMBER} == {
        phrases.TYPE_A_NUMBER
    }


def test_after_a_pause_the_question_is_asked_again() -> None:
    at_s = wait_s(FIRST)
    heard, _, entry = answered(FIRST, (at_s, "space"), (at_s + 4, "space"), (at_s + 14, "2"))
    assert heard.said.count(HOW_MUCH) > 2
    assert entry.pain == 2


@pytest.mark.parametrize(("key", "number", "goes_on_at"), [
    (Action.EASIER, "0", EASED), (Action.EASIER, "4", EASED), (Action.HARDER, "4", EASED),
])  # fmt: skip
def test_an_answer_while_a_change_of_level_is_under_way_has_the_last_word(
    key: Action, number: str, goes_on_at: tuple[Level, int]
) -> None:
    at_s = wait_s(BETWEEN)
    heard, run, _ = played(
        BETWEEN,
        [(at_s, key), (at_s + 0.3, number)],
        has_keys=True,
        late_s=lambda message: 2.0 if getattr(getattr(message, "order", None), "number", 0) else 0.0,
    )
    assert run.entry is not None
    assert run.is_finished
    assert levels(run.entry)[1] == goes_on_at
    assert run.entry.exercises[0].pain == int(number)
    assert "Strong level" not in told(heard)


def test_enter_alone_gives_no_answer_and_goes_on_at_once() -> None:
    _heard, run, entry = answered(FIRST, (wait_s(FIRST), "enter"))
    assert run.is_finished
    assert entry.pain is None
    assert entry.minutes * 60 < timeline_of(FIRST).duration_s - ANSWER_S + 2


def test_wrong_keys_are_told_and_the_question_waits_anew_but_not_for_ever() -> None:
    at_s = wait_s(FIRST)
    slips = [(at_s + 8.0 * i, "x") for i in range(30)]
    heard, run, entry = answered(FIRST, *slips)
    assert run.is_finished
    assert heard.said.count(phrases.A_NUMBER_PLEASE) == 2
    assert entry.minutes * 60 < timeline_of(FIRST).duration_s + 30
    _, _, entry = answered(FIRST, slips[0], (at_s + 9, "2"), until_s=at_s + 12)
    assert entry.pain == 2


def test_again_asks_the_whole_question_again() -> None:
    at_s = wait_s(FIRST)
    heard, _, entry = answered(FIRST, (at_s, Action.AGAIN), (at_s + 5, "2"))
    assert heard.said.count(phrases.TYPE_A_NUMBER) + heard.said.count(HOW_MUCH) > 2
    assert entry.pain == 2


KEYS = st.sampled_from([*"0123579x", "enter", "escape", "backspace", "space", Action.EASIER, Action.HARDER,
                        Action.NEXT, Action.BACK, Action.GO_ON, Action.AGAIN])  # fmt: skip


@given(st.lists(st.tuples(st.floats(0, 90), KEYS), max_size=12))
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_pressed_the_session_ends_and_the_last_answer_counts(
    keys: list[tuple[float, Message]],
) -> None:
    heard, run, _ = played(LAST, [*keys, (200.0, Action.RESUME), (300.0, Action.RESUME)], has_keys=True)
    pains = {kept["pains"].get("Curls") for kept in heard.kept if kept}
    told = run.entry.exercises[0].pain if run.entry and run.entry.exercises else None
    assert told is None or told in pains
    assert run.is_finished or phrases.END_FOR_TODAY in heard.said


def test_a_chapter_that_comes_while_the_soreness_is_asked_about_is_no_key() -> None:
    end_s = timeline_of(FIRST).duration_s
    heard, run, _ = played(
        FIRST,
        [(end_s - 1, Action.EASIER), (end_s + 8, "3")],
        has_keys=True,
        late_s=lambda message: 4.0 if getattr(getattr(message, "order", None), "number", 0) else 0.0,
    )
    assert run.is_finished
    assert heard.diary[-1][0].soreness == 3


def test_what_was_done_is_in_the_diary_before_the_answer_comes() -> None:
    heard, _, _ = answered(BETWEEN, (wait_s(BETWEEN) + 2, "2"), until_s=wait_s(BETWEEN) + 6)
    before, with_answer = heard.diary[0][0], heard.diary[1][0]
    assert (before.exercises[0].reps, before.exercises[0].pain) == (2, None)
    assert not before.is_finished
    assert heard.diary[1][1] == before
    assert with_answer.exercises[0].pain == 2


def test_an_answer_is_kept_with_the_place_at_once_and_so_is_its_level() -> None:
    heard, _, _ = answered(BETWEEN, (wait_s(BETWEEN), "4"), until_s=wait_s(BETWEEN) + 1)
    first = next(kept for kept in heard.kept if kept and kept["pains"])
    assert (first["pains"], first["level"]) == ({"Curls": 4}, "gentle")
    assert json.loads(json.dumps(first)) == first


def test_a_session_that_is_resumed_knows_the_answers_from_before() -> None:
    place = Place(2, "Rises, round one of three", 0.0)
    heard, run, entry = answered(ROUNDS, place=place, pains={"Curls": 7}, level=Level.GENTLE)
    assert run.is_finished
    skipped = [done.is_skipped for done in entry.exercises]
    assert skipped == [True, False, True, False, True, False]
    assert {done.pain for done in entry.exercises} == {None}
    assert [kept["pains"] for kept in heard.kept if kept][-1] == {"Curls": 7}


def test_a_rise_since_an_answer_before_the_session_was_resumed_is_told() -> None:
    timeline = timeline_of(BETWEEN)
    place = Place(0, timeline.chapters[0].title, 0.0)
    heard, _, _ = answered(BETWEEN, (wait_s(BETWEEN) + 8, "4"), place=place, pains={"": 1})
    assert phrases.PAIN_HAS_RISEN in heard.said


def test_a_session_that_is_killed_while_a_question_waits_asks_it_again() -> None:
    heard, _, _ = answered(BETWEEN, until_s=wait_s(BETWEEN) + 2)
    kept = [each for each in heard.kept if each][-1]
    heard, run, entry = answered(BETWEEN, (14, "4"), place=Place(**kept["place"]), pains=kept["pains"])
    assert phrases.PAUSED not in heard.said
    assert HOW_MUCH in heard.said
    assert run.is_finished
    assert (entry.exercises[0].pain, levels(entry)[1]) == (4, EASED)


def practised(times: int) -> ScoreAt:
    return lambda level: practice(
        script("Curls", "Ask: pain\nPosition: lying on your back"), options(level), times
    )


def test_practice_asks_too_and_above_five_it_passes_over_the_rounds_to_its_end() -> None:
    score_at = practised(3)
    heard, run, entry = answered(score_at, (wait_s(score_at), "8"))
    assert run.is_finished
    assert [done.is_skipped for done in entry.exercises] == [False, True, True]
    assert phrases.PAIN_AT_THE_END["end"] in heard.said
    assert heard.said[-1] == phrases.ALL_DONE
    assert set(phrases.GET_UP) <= set(heard.said)


def test_practice_goes_on_gently_from_three_to_five() -> None:
    score_at = practised(2)
    _, run, entry = answered(score_at, (wait_s(score_at), "3"))
    assert run.is_finished
    assert levels(entry) == [AS_PLANNED, EASED]


def test_without_keys_the_rules_are_said_and_nothing_waits_for_an_answer() -> None:
    session = parse("# Knees\nAsk: pain\n- Curls\nAsk: pain\n", "knees").value
    assert isinstance(session, Session)
    chapters = score(session, {"Curls": script("Curls")}, Options())
    said = [getattr(move, "text", "") for chapter in chapters for move in chapter.moves]
    rules = {*phrases.PAIN_RULES, *phrases.PAIN_RULES_AGAIN}
    assert [text for text in said if text in rules] == [*phrases.PAIN_RULES, *phrases.PAIN_RULES_AGAIN]
    assert phrases.TYPE_A_NUMBER not in said


def test_in_the_minutes_that_one_has_an_answer_eases_what_is_left_and_brings_nothing_back() -> None:
    sheet, minutes = named("inner-knee"), 15
    chosen = Options(detail=Detail.BRIEF, minutes=minutes)
    cut = fitted(sheet, chosen, Sounds(Estimates(), LENGTHS))

    def score_at(level: Level) -> tuple[ChapterMoves, ...]:
        return scored(sheet, replace(chosen.at_level(level), takes_answers=True), 1, cut)[2]

    assert timeline_of(score_at).duration_s <= 60 * minutes
    _, run, entry = answered(score_at, (wait_s(score_at), "4"))
    assert run.is_finished
    assert entry.minutes <= minutes + 0.2
    assert {done.level for done in entry.exercises} == {Level.GENTLE}
    assert [done.title for done in entry.exercises] == [
        chapter.exercise for chapter in score_at(Level.STANDARD) if chapter.exercise
    ]


def test_the_screen_shows_the_question_and_the_keys_while_it_waits() -> None:
    heard, _, _ = played(FIRST, [(wait_s(FIRST) + 2, Action.STOP)], has_keys=True)
    view = [view for view in heard.views if view.said == HOW_MUCH][-1]
    assert view.at_s > questions(FIRST)[0].waits / RATE_HZ + 1
    assert view.now == phrases.ANSWER_KEYS
    for width, height in ((80, 24), (40, 12), (24, 6)):
        rows = " ".join(text_of(row).strip() for row in lay_out(view, width, height))
        assert HOW_MUCH in " ".join(rows.split())


def test_plain_lines_have_the_question_once_and_what_the_answer_does(
    capsys: pytest.CaptureFixture[str],
) -> None:
    heard, _, _ = answered(FIRST, (wait_s(FIRST) + 2, "4"), until_s=wait_s(FIRST) + 8)
    screen = PlainScreen(sys.stdout)
    for view in heard.views:
        screen.show(view)
    screen.close()
    out = capsys.readouterr().out
    assert out.count(HOW_MUCH) == out.count(phrases.TYPE_A_NUMBER) == out.count(GENTLE) == 1


@pytest.mark.parametrize("key", ["8", "1"])
@pytest.mark.parametrize("after_s", [-0.01, 1.4, 1.55])
@pytest.mark.parametrize("is_late", [False, True])
def test_an_answer_as_the_loudspeaker_goes_away_is_taken_when_it_is_back(
    key: str, after_s: float, is_late: bool
) -> None:
    at_s = questions(BETWEEN)[0].end / RATE_HZ + 1.0 if is_late else wait_s(BETWEEN)
    time = Time()
    speakers = Tapes(time, [at_s + after_s], at_s + after_s + 5)
    heard, run, _ = played(BETWEEN, [(at_s, key)], speakers=speakers, time=time, has_keys=True)
    assert len(speakers.opened) == 2
    assert run.entry is not None
    assert [done.pain for done in run.entry.exercises] == [int(key), None]
    assert phrases.PAIN_ADVICE["end" if key == "8" else "as-planned"] in told(heard)


@pytest.mark.parametrize("gone_s", [1.0, 15.0, 60.0])
@pytest.mark.parametrize(("score_at", "offer"), [
    (BETWEEN, phrases.GO_ON_OR_END), (FIRST, phrases.END_OR_CORRECT),
])  # fmt: skip
def test_after_a_loss_of_sound_the_choice_is_offered_again_with_all_its_time(
    score_at: ScoreAt, offer: str, gone_s: float
) -> None:
    at_s, time = wait_s(score_at), Time()
    back_s = at_s + 12 + gone_s
    speakers = Tapes(time, [at_s + 12], back_s)
    keys = [(at_s, "8"), (back_s + CHOOSE_S + 3, "space")]
    heard, run, _ = played(score_at, keys, speakers=speakers, time=time, has_keys=True)
    assert f"{phrases.SOUND_IS_BACK} {offer}" in heard.said
    assert run.is_finished
    time = Time()
    speakers = Tapes(time, [at_s + 12], back_s)
    heard, run, _ = played(score_at, keys[:1], speakers=speakers, time=time, has_keys=True)
    assert phrases.END_FOR_TODAY in heard.said
    assert not run.is_finished


@pytest.mark.parametrize("takes_answers", [False, True])
def test_the_keys_that_answer_are_shown_where_somebody_can_type(*, takes_answers: bool) -> None:
    session = parse("# Knees\nFor: the knee\n\n- Curls\nAsk: pain\n- Curls\n", "knees").value
    assert isinstance(session, Session)

    def score_at(level: Level) -> tuple[ChapterMoves, ...]:
        chosen = replace(options(level), takes_answers=takes_answers)
        return score(session, {"Curls": script("Curls")}, chosen)

    heard, _, _ = played(score_at, has_keys=takes_answers)
    assert (phrases.ANSWER_KEYS in {view.now for view in heard.views}) is takes_answers


def test_what_was_done_is_written_as_soon_as_a_question_begins() -> None:
    heard, _, _ = played(BETWEEN, has_keys=True)
    question, (first, _) = questions(BETWEEN)[0], heard.diary[0]
    assert question.start / RATE_HZ <= 60 * first.minutes < question.start / RATE_HZ + 1.0
    assert first.exercises[0].reps == 2
