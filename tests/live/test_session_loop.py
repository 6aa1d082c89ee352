"""A live session from its bell to its end, in a world where time passes only when somebody waits."""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest

from coach.errors import DeviceError, VoiceError
from coach.language.level import Level
from coach.live.actions import Action
from coach.live.session_loop import GIVE_UP_S, Message
from coach.live.speakers.loudspeaker import SWITCH_S
from coach.live.speaking import ChapterReady, VoiceFailed
from coach.live.view import View
from coach.session.activity import Activity
from coach.session.arrange import practice
from coach.session.compile import compile_session
from coach.session.moves import ChapterMoves, Interval
from coach.session.options import Options
from coach.session.steps import Step
from coach.session.timeline import Role, Timeline
from coach.session.timeline_builder import Sounds
from coach.session.whereabouts import Place
from coach.session.words import en as phrases
from coach.sheets.by_name import named
from coach.sheets.check import checked_text
from coach.sheets.score import scored
from coach.sound.render import render
from tests.doses import counted
from tests.fakes import curls
from tests.live.fakes import LENGTHS, TONES, Buzzing, Heard, Tape, Tapes, Time, clip_of, played

ScoreAt = Callable[[Level], tuple[ChapterMoves, ...]]
SHORT = counted(4, sets=2, rest_s=20)


def short(level: Level = Level.STANDARD) -> tuple[ChapterMoves, ...]:
    return practice(curls(SHORT), Options(level))


def levelled(level: Level) -> tuple[ChapterMoves, ...]:
    return scored(named("partial-squats"), Options(level))[2]


def timeline_of(score_at: ScoreAt = short, level: Level = Level.STANDARD) -> Timeline:
    class Clips(dict):  # type: ignore[type-arg]
        def __missing__(self, text: str) -> object:
            return clip_of(text)

        def __contains__(self, text: object) -> bool:
            return True

    return compile_session("Test", score_at(level), Sounds(Clips(), LENGTHS))


def at_s(timeline: Timeline, of_set: int, rep: int, plus_s: float = 0.0) -> float:
    """When a repetition begins, in seconds of an undisturbed session."""
    beats = timeline.sets[of_set].beats
    return next(beat.start for beat in beats if beat.rep == rep) / 48_000 + plus_s


def seen(heard: Heard, test: Callable[[View], object]) -> View:
    return next(view for view in heard.views if test(view))


def test_what_is_heard_is_what_is_exported() -> None:
    timeline = timeline_of()
    _, _, speakers = played(short)
    whole = np.concatenate(
        [
            block[:, 0].copy()
            for block in render(timeline, {say: clip_of(say) for say in texts(timeline)}, TONES)
        ]
    )
    sound = speakers.opened[0].sound
    first = int(np.flatnonzero(sound)[0]) - int(np.flatnonzero(whole)[0])
    assert np.array_equal(sound[first : first + len(whole)], whole)
    assert not sound[first + len(whole) :].any()


def texts(timeline: Timeline) -> set[str]:
    return {event.text for event in timeline.events if hasattr(event, "text")}


def test_a_session_that_was_heard_to_its_end_is_finished_and_leaves_no_place() -> None:
    heard, run, _ = played(short)
    assert run.is_finished
    assert heard.kept[-1] is None
    ((entry, earlier),) = heard.diary
    assert (entry.is_finished, earlier, entry.soreness) == (True, None, None)
    (done,) = entry.exercises
    assert (done.sets, done.of_sets, done.reps, done.of_reps) == (2, 2, 8, 8)
    assert entry.minutes == pytest.approx(timeline_of().duration_s / 60, abs=0.01)


def test_a_pause_keeps_the_session_where_it_is_and_a_set_goes_on_at_the_start_of_its_repetition() -> None:
    timeline = timeline_of()
    pause_s = at_s(timeline, 0, 3, 4.0)
    heard, run, _ = played(short, [(pause_s, "space"), (pause_s + 60, "space")])
    paused = [view for view in heard.views if view.is_paused]
    assert len(paused) > 100
    assert {view.rep for view in paused} == {3}
    assert "Paused." in heard.said
    assert "Resuming." in heard.said
    after = heard.views[heard.views.index(paused[-1]) + 1 :]
    assert (
        round(next(view for view in after if not view.is_paused).at_s * 48_000)
        == timeline.sets[0]
        .beats[next(i for i, beat in enumerate(timeline.sets[0].beats) if beat.rep == 3)]
        .start
    )
    ((entry, _),) = heard.diary
    assert entry.exercises[0].reps == 8
    assert run.is_finished


def test_stopping_keeps_the_place_and_writes_what_was_done() -> None:
    timeline = timeline_of()
    heard, run, _ = played(short, [(at_s(timeline, 1, 2, 3.0), "q")])
    assert not run.is_finished
    kept = heard.kept[-1]
    assert kept is not None
    assert (kept["sheet"], kept["level"]) == ("test", "standard")
    place = Place(**kept["place"])
    assert (place.title, place.number, place.rep) == ("Curls", 2, 2)
    ((entry, _),) = heard.diary
    assert not entry.is_finished
    assert (entry.exercises[0].sets, entry.exercises[0].reps) == (1, 5)


def test_a_session_is_resumed_at_the_start_of_the_repetition_that_was_left() -> None:
    timeline = timeline_of()
    heard, _, _ = played(short, start=Place(1, "Curls", 2.5, "", 2, 2), resumes=True)
    first = heard.views[0]
    assert (first.title, first.set, first.rep) == ("Curls", 2, 2)
    assert first.at_s == at_s(timeline, 1, 2)
    assert heard.said[0] == "Resuming."
    ((entry, _),) = heard.diary
    assert entry.exercises[0].reps == 3


@pytest.mark.parametrize(
    ("action", "shown"),
    [
        (Action.WHERE, "Set one of two. Repetition three. Two minutes left."),
        (Action.EASIER, phrases.level_from(Level.GENTLE, next_set=True)),
        (Action.HARDER, phrases.level_from(Level.STRONG, next_set=True)),
    ],
)
def test_an_answer_in_a_pause_is_spoken_and_stays_on_the_screen_until_the_pause_ends(
    action: Action, shown: str
) -> None:
    pause_s = at_s(timeline_of(), 0, 3, 4.0)
    heard, _, _ = played(short, [(pause_s, "space"), (pause_s + 5, action), (pause_s + 65, "space")])
    paused = [view for view in heard.views if view.is_paused]
    stays = [view for view in paused if view.said == shown]
    assert len(stays) > 450, "shown for all of the pause that is left"
    assert paused[-1] == stays[-1]
    ended = max(i for i, view in enumerate(heard.views) if view.is_paused)
    assert shown not in {view.said for view in heard.views[ended + 1 :]}


def test_an_answer_that_the_voice_has_not_spoken_yet_is_shown() -> None:
    class Unready(Buzzing):
        def speak(self, texts: Iterable[str]) -> None:
            """Never get to anything but the session itself."""

    pause_s = at_s(timeline_of(), 0, 3, 4.0)
    where = "Set one of two. Repetition three. Two minutes left."
    for keys in ([(pause_s, Action.WHERE)], [(pause_s, Action.PAUSE), (pause_s + 5, Action.WHERE)]):
        heard, _, _ = played(short, [*keys, (pause_s + 65, Action.STOP)], voices=Unready)
        assert where in heard.said


def test_where_am_i_is_shown_while_the_sound_is_gone() -> None:
    time, torn_s = Time(), at_s(timeline_of(), 0, 3, 4.0)
    speakers = Tapes(time, [torn_s], gone_until_s=torn_s + 30)
    heard, _, _ = played(short, [(torn_s + 5, Action.WHERE)], speakers=speakers, time=time)
    assert "Set one of two. Repetition three. Two minutes left." in heard.said


def test_the_announcement_of_a_level_is_shown_while_it_is_heard() -> None:
    def with_a_long_rest(level: Level) -> tuple[ChapterMoves, ...]:
        return practice(curls(counted(4, sets=2, rest_s=60)), Options(level))

    pressed_s = at_s(timeline_of(with_a_long_rest), 0, 3, 1.0)
    heard, _, _ = played(with_a_long_rest, [(pressed_s, Action.EASIER)])
    announced = phrases.level_from(Level.GENTLE, next_set=True)
    assert heard.said.count(announced) == 1


@pytest.mark.parametrize(("stopped_s", "is_written"), [(8, False), (40, True)])
def test_a_session_is_in_the_diary_once_half_a_minute_of_it_was_heard(
    stopped_s: int, is_written: bool
) -> None:
    def talk(_: Level) -> tuple[ChapterMoves, ...]:
        return (ChapterMoves("Talk", (Interval(60.0, Activity.SET_UP, Role.REST),)),)

    heard, _, _ = played(talk, [(stopped_s, "q")])
    assert len(heard.diary) == is_written


def test_a_session_that_was_stopped_in_its_first_repetition_is_in_the_diary() -> None:
    place = Place(1, "Curls", 0.0, "", 1, 1)
    heard, _, _ = played(short, [(3.0, "q")], start=place)
    ((entry, _),) = heard.diary
    assert entry.minutes < 0.5
    assert entry.exercises[0].reps == 0


def test_the_place_is_kept_at_every_repetition() -> None:
    heard, _, _ = played(short)
    reps = [(kept["place"]["number"], kept["place"]["rep"]) for kept in heard.kept if kept]
    inside = [pair for i, pair in enumerate(reps) if pair[1] and (i == 0 or reps[i - 1] != pair)]
    assert inside == [(1, 1), (1, 2), (1, 3), (1, 4), (2, 1), (2, 2), (2, 3), (2, 4)]


def test_a_part_may_be_the_start() -> None:
    heard, run, _ = played(short, start=Place(1, "Curls", 0.0))
    assert heard.said[0] == "Curls."
    assert run.is_finished


def test_an_easier_level_is_for_what_is_still_to_come_and_says_so() -> None:
    timeline = timeline_of(levelled)
    press_s = at_s(timeline, 0, 9, 1.0)
    heard, run, _ = played(levelled, [(press_s, Action.EASIER)])
    assert seen(heard, lambda view: view.level is Level.GENTLE).rep == 9
    assert {view.sets for view in heard.views if view.rep == 12} == {2}
    assert not [view for view in heard.views if view.set == 2]
    assert run.is_finished
    assert heard.diary[0][0].level is Level.GENTLE


def test_a_level_beyond_the_last_is_refused() -> None:
    heard, _, _ = played(levelled, [(20.0, Action.HARDER), (25.0, Action.HARDER)])
    assert {view.level for view in heard.views} == {Level.STANDARD, Level.STRONG}


def test_two_changes_of_the_level_in_a_row_end_at_the_second() -> None:
    heard, run, _ = played(levelled, [(30.0, Action.EASIER), (30.05, Action.HARDER)])
    assert heard.views[-1].level is Level.STANDARD
    assert run.is_finished
    assert heard.diary[0][0].exercises[0].reps == 24


def test_a_slow_voice_is_waited_for_at_the_end_of_a_chapter_and_never_in_a_set() -> None:
    def late_s(message: Message) -> float:
        return 200.0 if isinstance(message, ChapterReady) and message.index == 1 else 0.0

    heard, run, _ = played(short, late_s=late_s)
    waits = [view for view in heard.views if view.now == phrases.ONE_MOMENT]
    assert {(view.title, view.rep) for view in waits} == {("Before we start", 0)}
    assert waits[0].at_s == waits[-1].at_s
    assert heard.said.count(phrases.ONE_MOMENT) == 1
    assert run.is_finished
    assert heard.diary[0][0].exercises[0].reps == 8


def test_a_key_before_anything_is_voiced_changes_nothing_but_stop_stops() -> None:
    def late_s(message: Message) -> float:
        return 30.0 if isinstance(message, ChapterReady) else 0.0

    heard, run, _ = played(short, [(2.0, Action.NEXT), (3.0, Action.PAUSE)], late_s=late_s)
    assert run.is_finished
    assert heard.said[0] == "Curls."
    heard, run, _ = played(short, [(2.0, "q")], late_s=late_s)
    assert not run.is_finished
    assert heard.diary == []
    assert heard.kept == []


def test_a_loudspeaker_that_comes_back_goes_on_at_the_start_of_the_repetition() -> None:
    timeline = timeline_of()
    torn_s = at_s(timeline, 0, 3, 4.0)
    time = Time()
    speakers = Tapes(time, breaks_at_s=[torn_s], gone_until_s=torn_s + 40)
    heard, run, _ = played(short, speakers=speakers, time=time)
    waits = [view for view in heard.views if "torn" in view.notice]
    assert len(waits) >= 30
    assert {(view.rep, view.is_paused) for view in waits} == {(3, True)}
    assert len(speakers.opened) == 2
    after = heard.views[len(heard.views) - heard.views[::-1].index(waits[-1])]
    assert (after.rep, after.notice, after.is_paused) == (3, "", False)
    assert after.at_s == at_s(timeline, 0, 3)
    assert heard.diary[0][0].exercises[0].reps == 8
    assert run.is_finished


def test_a_loudspeaker_that_does_not_come_back_ends_the_session_with_its_place_kept() -> None:
    timeline = timeline_of()
    time = Time()
    torn_s = at_s(timeline, 0, 2, 1.0)
    heard = Heard()
    with pytest.raises(DeviceError, match="no tape"):
        played(short, speakers=Tapes(time, [torn_s], gone_until_s=1e9), time=time, heard=heard)
    assert time.now_s > torn_s + GIVE_UP_S
    assert heard.kept[-1] is not None
    assert heard.kept[-1]["place"]["rep"] == 2
    assert len(heard.diary) == 1


@pytest.mark.parametrize("index", [0, 1])
def test_a_chapter_that_gets_ready_as_the_loudspeaker_goes_away_is_not_lost(index: int) -> None:
    def late_s(message: Message) -> float:
        return 200.0 if isinstance(message, ChapterReady) and message.index >= index else 0.0

    time = Time()
    speakers = Tapes(time, breaks_at_s=[200.0], gone_until_s=230.0)
    heard, run, _ = played(short, speakers=speakers, time=time, late_s=late_s)
    assert len(speakers.opened) == 2
    assert run.is_finished
    assert heard.diary[0][0].exercises[0].reps == 8
    assert heard.said.count("That was curls.") == 1


def test_a_level_that_gets_ready_as_the_loudspeaker_goes_away_is_not_lost() -> None:
    timeline = timeline_of(levelled)
    press_s = at_s(timeline, 0, 9, 1.0)

    def late_s(message: Message) -> float:
        return 5.0 if isinstance(message, ChapterReady) and message.order.number else 0.0

    time = Time()
    speakers = Tapes(time, breaks_at_s=[press_s + 5.0], gone_until_s=press_s + 20)
    heard, run, _ = played(levelled, [(press_s, Action.EASIER)], speakers=speakers, time=time, late_s=late_s)
    assert len(speakers.opened) == 2
    assert not [view for view in heard.views if view.set == 2]
    assert heard.views[-1].level is Level.GENTLE
    assert run.is_finished


def test_a_listener_who_paused_while_the_sound_was_gone_finds_the_session_paused() -> None:
    timeline = timeline_of()
    time = Time()
    torn_s = at_s(timeline, 0, 2, 1.0)
    keys = [(torn_s + 5, "space"), (torn_s + 100, "space")]
    heard, run, _ = played(short, keys, speakers=Tapes(time, [torn_s], gone_until_s=torn_s + 30), time=time)
    back = [view for view in heard.views if view.is_paused and not view.notice]
    assert len(back) > 300
    assert heard.said[heard.said.index(phrases.SOUND_IS_BACK) :][:2] == [phrases.SOUND_IS_BACK, "Paused."]
    assert "Resuming." in heard.said
    assert run.is_finished


def test_what_is_pressed_while_the_sound_is_gone_moves_nothing() -> None:
    timeline = timeline_of()
    time = Time()
    torn_s = at_s(timeline, 0, 2, 1.0)
    keys = [(torn_s + n, action) for n, action in enumerate((Action.NEXT, Action.BACK, Action.RESUME), 5)]
    heard, run, _ = played(short, keys, speakers=Tapes(time, [torn_s], gone_until_s=torn_s + 30), time=time)
    assert run.is_finished
    assert heard.diary[0][0].exercises[0].reps == 8


def test_a_media_key_stops_a_session_whose_sound_is_gone() -> None:
    timeline = timeline_of()
    time = Time()
    torn_s = at_s(timeline, 0, 2, 1.0)
    heard = Heard()
    with pytest.raises(DeviceError):
        played(
            short, [(torn_s + 5, Action.STOP)], speakers=Tapes(time, [torn_s], 1e9), time=time, heard=heard
        )
    assert time.now_s < torn_s + 10
    assert len(heard.diary) == 1


def test_a_loudspeaker_that_goes_away_before_anything_is_heard_costs_only_the_wait() -> None:
    def late_s(message: Message) -> float:
        return 30.0 if isinstance(message, ChapterReady) else 0.0

    for torn_s in (0.5, 30.1):
        time = Time()
        place = Place(1, "Curls", 2.5, "", 2, 2)
        speakers = Tapes(time, [torn_s], gone_until_s=torn_s + 20)
        heard, run, _ = played(short, speakers=speakers, time=time, late_s=late_s, start=place, resumes=True)
        assert run.is_finished
        assert {(kept["place"]["chapter"]) for kept in heard.kept if kept} == {1}
        assert heard.diary[0][0].exercises[0].reps == 3


def test_a_voice_that_ends_in_the_middle_ends_the_session_where_it_is_no_more_laid_out() -> None:
    error = VoiceError("gone")

    def late_s(message: Message) -> float:
        return 1e6 if isinstance(message, ChapterReady) and message.index == 1 else 0.0

    heard, run, _ = played(short, [(10.0, VoiceFailed(error, ends=True))], late_s=late_s)
    assert run.error is error
    assert not run.is_finished
    assert heard.said[-1] == phrases.STOPPED
    heard, run, _ = played(short, [(10.0, VoiceFailed(error, ends=True))])
    assert run.is_finished
    assert heard.diary[0][0].exercises[0].reps == 8


def test_each_exercise_is_in_the_diary_at_the_level_at_which_it_was_done() -> None:
    def two(level: Level) -> tuple[ChapterMoves, ...]:
        return practice(curls(SHORT), Options(level), times=2)

    timeline = timeline_of(two)
    heard, _, _ = played(two, [(at_s(timeline, 2, 1, 1.0), Action.HARDER)], level=Level.GENTLE)
    (entry, _), *_ = heard.diary
    assert [done.level for done in entry.exercises] == [Level.GENTLE, Level.STANDARD]
    assert entry.level is Level.STANDARD


STEPS = (Step("Partial squats", Level.GENTLE, 1, 3), Step("Step-ups", Level.STANDARD, 1, 2, 2))
SQUATS_AND_STEPS = "# Two\n\nStop at any pain.\n\n- ../partial-squats.md\n- ../step-ups.md\n"


@pytest.mark.parametrize("is_eased", [False, True])
def test_steps_are_played_each_at_its_level_and_the_diary_keeps_what_was_set_out(is_eased: bool) -> None:
    options = Options(Level.STANDARD, steps=STEPS)
    sheet = checked_text(SQUATS_AND_STEPS, Path("scripts/sessions/two.md"))

    def two(level: Level) -> tuple[ChapterMoves, ...]:
        return scored(sheet, options.at_level(level))[2]

    timeline = timeline_of(two)
    keys = [(at_s(timeline, 0, 2, 1.0), Action.EASIER)] if is_eased else []
    heard, _, _ = played(two, keys, options=options)
    (entry, _), *_ = heard.diary
    assert entry.steps == STEPS
    squats, steps = entry.exercises
    assert (squats.level, squats.sets, squats.reps) == (Level.GENTLE, 1, 3)
    asked = (Level.GENTLE, 2, 12) if is_eased else (Level.STANDARD, 2, 4)
    assert (steps.level, steps.sets, steps.reps) == asked


@pytest.mark.parametrize(
    ("keys", "number"),
    [("7", 7), ("10", 10), ("1", 1), ("0", 0), (["x", "5"], 5), (["enter"], None), (["q"], None), ([], None)],
)
def test_soreness_is_asked_at_the_end_and_may_be_skipped(keys: list[str], number: int | None) -> None:
    end_s = timeline_of().duration_s + 8.0
    pressed: list[tuple[float, Message]] = [(end_s + 0.3 * i, key) for i, key in enumerate(keys)]
    heard, run, _ = played(short, pressed, has_keys=True)
    assert phrases.how_sore("") in heard.said
    first, *amended = heard.diary
    assert first[0].soreness is None
    assert [(entry.soreness, earlier) for entry, earlier in amended] == (
        [] if number is None else [(number, first[0])]
    )
    assert run.is_finished


def test_threads_switch_fast_while_a_session_plays_and_then_as_before() -> None:
    class Watching(Heard):
        def show(self, view: View) -> None:
            intervals_s.add(round(sys.getswitchinterval(), 6))
            super().show(view)

    before_s = sys.getswitchinterval()
    intervals_s = set[float]()
    played(short, heard=Watching())
    assert intervals_s == {SWITCH_S}
    assert sys.getswitchinterval() == before_s


def test_nobody_is_asked_who_cannot_answer() -> None:
    heard, _, _ = played(short)
    assert phrases.how_sore("") not in heard.said


def test_no_loudspeaker_at_all_is_an_error_and_nothing_is_kept() -> None:
    class Nothing(Tapes):
        def speaker(self) -> Tape:
            raise DeviceError("there is none.")

    heard = Heard()
    time = Time()
    with pytest.raises(DeviceError, match="there is none"):
        played(short, speakers=Nothing(time), time=time, heard=heard)
    assert (heard.kept, heard.diary) == ([], [])
