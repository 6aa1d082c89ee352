"""What is said often, when, and how far apart, in any session of any exercises."""

from collections import defaultdict
from dataclasses import replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from coach.language.dose import After, Counted, Dose, DoseRest, Held, Side, Sides, Timed, exactly
from coach.language.model import Part, Reference, Rest, Script, Session
from coach.session.activity import Activity
from coach.session.arrange import score
from coach.session.compile import compile_session
from coach.session.moves import ChapterMoves, Cue, Repetitions, Speak
from coach.session.options import Count, Detail, Options
from coach.session.timeline import RATE_HZ, Role, Say, Set, Silence, Timeline, frames, says
from coach.session.timeline_builder import Sounds
from coach.session.wordings import varied
from coach.session.words import en as phrases
from tests.fakes import HERE, TONES, curls, line, wait
from tests.session.test_any_dose import exercises
from tests.session.test_compile import Padded
from tests.wordings import usual, wording_of

MOST_SILENCE_S = 30
COUNTING = {phrases.TWO_MORE, phrases.LAST_ONE}

paces = st.sampled_from([90, 150, 220])
choices = st.builds(Options, detail=st.sampled_from(Detail), count=st.sampled_from(Count))
always = settings(max_examples=40, derandomize=True)


@st.composite
def usual_exercises(draw: st.DrawFn) -> Script:
    """An exercise such as therapists write: sets of repetitions, holds or minutes, and rests."""
    sides = draw(st.sampled_from([Sides.NONE, Sides.EACH, Sides.ALTERNATING]))
    rests = [DoseRest(exactly(draw(st.sampled_from([15.0, 30.0, 45.0, 60.0, 90.0]))), After.SET)]
    if draw(st.booleans()):
        rests.append(DoseRest(exactly(draw(st.sampled_from([20.0, 60.0]))), After.SIDE))
    reps = (exactly(draw(st.integers(1, 20))),)
    kinds: list[Dose] = [
        Counted(reps=reps),
        Held(hold=exactly(draw(st.sampled_from([5.0, 20.0, 45.0]))), reps=reps),
        Timed(work_s=exactly(draw(st.sampled_from([30.0, 61.0, 75.0, 200.0]))), reps=(exactly(1),)),
    ]
    dose = replace(
        draw(st.sampled_from(kinds)),
        sets=draw(st.integers(1, 4)),
        rests=tuple(rests),
        sides=sides,
        first=Side.RIGHT,
        side_word="" if sides is Sides.NONE else "leg",
    )
    cues = [
        "Slow on the way down.",
        "Is your right hip down?",
        "Are your shoulders soft?",
        "Is your neck long?",
    ]
    reminders = draw(st.lists(st.sampled_from(cues), max_size=4, unique=True))
    script = curls(dose, reminders=tuple(map(line, reminders)))
    return replace(script, phases=()) if isinstance(dose, Timed) else script


@st.composite
def sessions(draw: st.DrawFn, of: st.SearchStrategy[Script]) -> Session:
    """A session of one to four exercises, with waits on the way to them and rests between them."""
    parts: list[Part] = [line("Stop if you feel faint.")]
    for number in range(draw(st.integers(1, 4))):
        if number and draw(st.booleans()):
            parts.append(Rest(draw(st.sampled_from([10.0, 31.0, 90.0])), HERE))
        if draw(st.booleans()):
            parts += [line(f"Fetch band {number}."), wait(draw(st.sampled_from([5, 30, 45, 75, 300])))]
        set_up = (line("Set your right foot up."), wait(draw(st.sampled_from([3, 45, 70]))))
        exercise = draw(of)
        name = f"Exercise {number}"
        script = replace(exercise, name=name, title=name, instructions=set_up)
        parts.append(Reference(name, None, HERE, script))
    return Session("mine", "Mine", tuple(parts))


def compiled(session: Session, choice: Options, rate_wpm: int) -> Timeline:
    return compile_session(session.title, score(session, {}, choice), Sounds(Padded(rate_wpm), TONES))


def cues_of(timeline: Timeline, each: Set) -> list[Say]:
    return [
        say for say in says(timeline.events) if say.role is Role.CUE and each.start <= say.start < each.end
    ]


def exercise_of(timeline: Timeline, each: Set) -> str:
    return next(chapter.title for chapter in reversed(timeline.chapters) if chapter.start <= each.start)


SENTENCES = [row[0].format("one", "two", "three") for row in phrases.WORDINGS if row[0] != phrases.TIME_LEFT]


@settings(derandomize=True)
@given(st.lists(st.sampled_from(SENTENCES)))
def test_two_uses_of_a_sentence_that_follow_each_other_are_not_worded_alike(texts: list[str]) -> None:
    chapter = ChapterMoves("Mine", tuple(Speak(text, Role.REST) for text in texts))
    said = defaultdict[str, list[str]](list)
    for move in varied((chapter,))[0].moves:
        assert isinstance(move, Speak)
        row, form, _ = wording_of(move.text)
        said[row[0]].append(form)
    assert all(before != after for forms in said.values() for before, after in pairwise(forms))


def test_where_a_wording_has_no_room_two_short_ones_take_turns() -> None:
    cues = (Cue(phrases.HALFWAY, 1),) * 4
    (chapter,) = varied((ChapterMoves("Mine", (Repetitions((), 1, 0, 0, Count.LOOSE, cues),)),))
    (move,) = chapter.moves
    assert isinstance(move, Repetitions)
    assert [(cue.text, *cue.shorter) for cue in move.cues] == [
        ("Halfway.",),
        ("You are halfway.", "Halfway."),
        ("Halfway there.", "Halfway."),
        ("That is halfway.", "You are halfway.", "Halfway."),
    ]


@always
@given(sessions(exercises()), choices, paces)
def test_the_same_session_has_the_same_words_each_time(
    session: Session, choice: Options, rate_wpm: int
) -> None:
    assert compiled(session, choice, rate_wpm).events == compiled(session, choice, rate_wpm).events


@always
@given(sessions(exercises() | usual_exercises()), choices, paces)
def test_nothing_is_silent_for_more_than_thirty_seconds(
    session: Session, choice: Options, rate_wpm: int
) -> None:
    silent_from = 0
    for event in compiled(session, choice, rate_wpm).events:
        if not isinstance(event, Silence):
            assert event.start - silent_from <= MOST_SILENCE_S * RATE_HZ, f"at {silent_from / RATE_HZ:.1f} s"
            silent_from = event.start + event.length


@always
@given(sessions(exercises() | usual_exercises()), choices, paces)
def test_a_pause_between_two_prompts_lasts_from_half_a_second_to_one_and_a_half(
    session: Session, choice: Options, rate_wpm: int
) -> None:
    events = compiled(session, choice, rate_wpm).events
    for before, pause, after in zip(events, events[1:], events[2:], strict=False):
        match before, pause, after:
            case Say(), Silence(activity=Activity.PAUSE), Say():
                assert 0.5 <= pause.length / RATE_HZ <= 1.5, (before.text, after.text)


@always
@given(sessions(usual_exercises()), choices, paces)
def test_a_set_of_six_or_more_has_one_sentence_about_effort_in_its_last_third(
    session: Session, choice: Options, rate_wpm: int
) -> None:
    timeline = compiled(session, choice, rate_wpm)
    for each in timeline.sets:
        effort = [say for say in cues_of(timeline, each) if usual(say.text) == phrases.STAY_WITH_IT]
        assert len(effort) == (each.reps >= 6)
        for say in effort:
            assert [beat.rep for beat in each.beats if beat.start <= say.start][-1] > each.reps * 2 / 3


@always
@given(sessions(exercises() | usual_exercises()), choices, paces)
def test_the_cues_of_a_set_are_not_those_of_the_set_before(
    session: Session, choice: Options, rate_wpm: int
) -> None:
    timeline = compiled(session, choice, rate_wpm)
    for before, after in pairwise(timeline.sets):
        if exercise_of(timeline, before) == exercise_of(timeline, after):
            first, second = (
                {say.text for say in cues_of(timeline, each) if say.source} for each in (before, after)
            )
            assert first.isdisjoint(second)


@always
@given(sessions(usual_exercises()), choices, paces)
def test_after_a_cue_one_repetition_is_left_empty(session: Session, choice: Options, rate_wpm: int) -> None:
    timeline = compiled(session, choice, rate_wpm)
    for each in timeline.sets:
        lengths = [after.start - before.start for before, after in pairwise(each.beats)]
        if each.of > 1 and max(lengths, default=frames(5)) < frames(5):
            said = [say.start for say in cues_of(timeline, each) if usual(say.text) not in COUNTING]
            reps = [[beat.rep for beat in each.beats if beat.start <= start][-1] for start in said]
            assert all(after - before >= 2 for before, after in pairwise(reps)), reps


@always
@given(sessions(usual_exercises()), choices, paces)
def test_numbers_are_said_by_tens_after_the_first_set_of_a_side(
    session: Session, choice: Options, rate_wpm: int
) -> None:
    timeline = compiled(session, choice, rate_wpm)
    for each in timeline.sets:
        numbers = [
            say.text
            for say in says(timeline.events)
            if say.role is Role.COUNT and each.start <= say.start < each.end
        ]
        said = range(1, each.reps + 1) if each.number == 1 else range(10, each.reps + 1, 10)
        assert numbers == [phrases.count(n) for n in said if each.reps > 1]


@always
@given(sessions(usual_exercises()), choices, paces)
def test_a_rest_between_sets_of_more_than_thirty_seconds_has_half_of_it_said_when_it_is(
    session: Session, choice: Options, rate_wpm: int
) -> None:
    timeline = compiled(session, choice, rate_wpm)
    for before, after in pairwise(timeline.sets):
        is_rest = exercise_of(timeline, before) == exercise_of(timeline, after) and before.side == after.side
        if is_rest and after.start - before.end > 30 * RATE_HZ:
            half = [
                say.onset
                for say in says(timeline.events)
                if usual(say.text) == phrases.HALF_OF_YOUR_REST and before.end <= say.start < after.start
            ]
            assert half == [(before.end + after.start) // 2]
