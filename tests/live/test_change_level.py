"""A chapter that has begun goes on at another level."""

from dataclasses import dataclass, replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.language.dose import Dose
from coach.language.level import Level
from coach.language.model import Sound
from coach.live.change_level import revised, shifted
from coach.session.activity import Activity
from coach.session.arrange import practice
from coach.session.compile import Laid, joined, lay_out
from coach.session.options import Options
from coach.session.timeline import Event, Frames, Role, Say, Set, Silence, Timeline, Tone, says
from coach.session.timeline_builder import BEFORE_TONE, SECOND
from coach.session.words import en as phrases
from coach.sheets.files import bundled
from tests.doses import counted
from tests.fakes import ESTIMATED, IN_TWO_SETS, bundled_chapters, bundled_score, curls
from tests.wordings import usual

NAMES = sorted(bundled())
START = Frames(1_000_003)


def chapter(name: str, level: Level, index: int = 1) -> Laid:
    """A chapter of one of coach's own sheets, from `START` on; the first one from frame 0."""
    laid = bundled_chapters(name, level)[index]
    return laid if index == 0 else shifted(laid, START - laid.chapter.start)


def curled(dose: Dose) -> Laid:
    return lay_out(practice(curls(dose), Options())[1], ESTIMATED, START, is_last=True)


@dataclass(frozen=True)
class Change:
    """A chapter of one of coach's own sheets, two levels, and a frame of it at the first of them."""

    name: str
    index: int
    one: Level
    other: Level
    at: int

    @property
    def old(self) -> Laid:
        return chapter(self.name, self.one, self.index)

    @property
    def new(self) -> Laid:
        return chapter(self.name, self.other, self.index)

    @property
    def laid(self) -> Laid:
        return revised(self.old, self.new, self.at)


@st.composite
def changes(draw: st.DrawFn) -> Change:
    """Any chapter and any two levels; any frame, with those where an event begins and those before them."""
    name = draw(st.sampled_from(NAMES))
    index = draw(st.integers(0, len(bundled_score(name, Level.STANDARD)) - 1))
    one, other = draw(st.sampled_from(list(Level))), draw(st.sampled_from(list(Level)))
    old = chapter(name, one, index)
    edges = [event.start for event in old.events]
    at = draw(st.integers(old.chapter.start, old.end - 1) | st.sampled_from(edges))
    return Change(name, index, one, other, max(old.chapter.start, at - draw(st.integers(0, 1))))


def begun_at(laid: Laid, at: int) -> Set | None:
    return next((each for each in laid.sets if each.ready <= at < each.end), None)


def told(laid: Laid) -> list[str]:
    return [say.text for say in says(laid.events)]


def assert_is_sound(laid: Laid) -> None:
    """That a chapter tiles, that its sets are where their sounds are, and that every countdown is whole."""
    assert laid.events[0].start == laid.chapter.start
    first = (
        Silence(Frames(0), laid.chapter.start, "before", Role.PAUSE, Activity.PAUSE)
        if laid.chapter.start
        else None
    )
    Timeline("", (*([first] if first else []), *laid.events), (laid.chapter,), (), laid.sets)
    by_start = {event.start: event for event in laid.events}
    for one, other in pairwise(laid.sets):
        assert one.end <= other.ready
    for each in laid.sets:
        assert laid.chapter.start <= each.ready < each.start < each.end <= laid.end
        assert each.beats[0].start == each.start
        starts = [beat.start for beat in each.beats]
        assert starts == sorted(starts)
        assert starts[-1] < each.end
        assert {beat.rep for beat in each.beats} == set(range(1, each.reps + 1))
        counting = [event for event in laid.events if each.ready <= event.start < each.start]
        heard = [event for event in counting if not isinstance(event, Silence)]
        begins = by_start[each.start]
        assert isinstance(begins, Tone)
        if each.is_calm:
            assert begins.sound is Sound.BELL
            assert not heard
            continue
        assert begins.sound is Sound.GO
        ready, *pips = heard
        assert isinstance(ready, Say)
        assert usual(ready.text).startswith(phrases.GET_READY.rstrip("."))
        assert [pip.start for pip in pips] == [each.start - n * SECOND for n in (3, 2, 1)]
        assert {pip.sound for pip in pips if isinstance(pip, Tone)} == {Sound.COUNTDOWN}


def sounds_of(events: tuple[Event, ...]) -> list[tuple[str, int]]:
    """What is heard, in order, with its length."""
    return [
        (event.text if isinstance(event, Say) else event.sound, event.length)
        for event in events
        if not isinstance(event, Silence)
    ]


@settings(max_examples=60)
@given(changes())
def test_a_revised_chapter_is_sound(change: Change) -> None:
    assert_is_sound(change.laid)


@settings(max_examples=60)
@given(changes())
def test_what_was_heard_stays_as_it_was(change: Change) -> None:
    old, laid, at = change.old, change.laid, change.at
    assert (laid.chapter.start, laid.chapter.title) == (old.chapter.start, old.chapter.title)
    heard = [event for event in old.events if event.start + event.length <= at]
    assert list(laid.events[: len(heard)]) == heard
    now, then = old.events[len(heard)], laid.events[len(heard)]
    assert replace(then, length=now.length) == now
    assert then.start + then.length >= at
    assert then == now or isinstance(now, Silence)
    assert [each for each in laid.sets if each.start <= at] == [each for each in old.sets if each.start <= at]


@settings(max_examples=60)
@given(changes())
def test_no_sound_is_cut_in_two(change: Change) -> None:
    whole = set(sounds_of(change.old.events)) | set(sounds_of(change.new.events))
    assert set(sounds_of(change.laid.events)) <= whole


@settings(max_examples=60)
@given(changes())
def test_a_set_that_has_begun_is_finished_and_what_follows_is_new(change: Change) -> None:
    old, new, laid = change.old, change.new, change.laid
    begun = begun_at(old, change.at)
    if begun is None:
        return
    assert begun in laid.sets
    inside = tuple(event for event in laid.events if event.start < begun.end)
    assert inside == tuple(event for event in old.events if event.start < begun.end)
    done = [each for each in new.sets if each.side == begun.side and each.number <= begun.number][-1]
    after = tuple(event for event in laid.events if event.start >= begun.end)
    assert sounds_of(after) == sounds_of(tuple(event for event in new.events if event.start >= done.end))


@settings(max_examples=60)
@given(changes())
def test_between_sets_the_sets_that_follow_are_of_the_other_level(change: Change) -> None:
    old, new, at = change.old, change.new, change.at
    coming = [each for each in old.sets if each.ready > at]
    if begun_at(old, at) is not None or not coming:
        return
    sides = list(dict.fromkeys(each.side for each in new.sets))
    first = (sides.index(coming[0].side), coming[0].number)
    expected = [each for each in new.sets if (sides.index(each.side), each.number) >= first]
    found = [each for each in change.laid.sets if each.ready > at]
    assert [_without_frames(each) for each in found] == [_without_frames(each) for each in expected]


def _without_frames(each: Set) -> tuple[str, int, int, int, int]:
    return each.side, each.number, each.of, each.reps, each.end - each.ready


@settings(max_examples=60)
@given(changes())
def test_a_chapter_ends_as_it_would_at_the_other_level(change: Change) -> None:
    old, new, laid = change.old, change.new, change.laid
    if any(each.end > change.at for each in old.sets):
        assert sounds_of(laid.events)[-2:] == sounds_of(new.events)[-2:]
    elif laid is not new:
        assert [*map(usual, told(laid))] == [*map(usual, told(old))]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("other", list(Level))
def test_the_last_chapter_ends_with_the_end_tone(name: str, other: Level) -> None:
    index = len(bundled_score(name, Level.STANDARD)) - 1
    old = chapter(name, Level.STANDARD, index)
    edges = [edge for each in old.sets for edge in (each.ready, each.start, each.end)]
    for at in (old.chapter.start, *edges, *(edge - 1 for edge in edges), old.end - 1):
        laid = Change(name, index, Level.STANDARD, other, at).laid
        assert sounds_of(laid.events)[-1][0] is Sound.END
        assert laid.events[-1].role is Role.END


@settings(max_examples=60)
@given(changes())
def test_sounds_keep_their_distance(change: Change) -> None:
    least = min(_distances(change.old) + _distances(change.new))
    assert least > 0
    assert min(_distances(change.laid)) >= least


def _distances(laid: Laid) -> list[int]:
    """The silence between each two sounds, in frames."""
    heard = [event for event in laid.events if not isinstance(event, Silence)]
    return [other.start - (one.start + one.length) for one, other in pairwise(heard)]


@settings(max_examples=60)
@given(changes(), st.lists(st.tuples(st.sampled_from(list(Level)), st.floats(0, 1)), max_size=5))
def test_levels_may_change_several_times(change: Change, more: list[tuple[Level, float]]) -> None:
    laid, at = change.laid, change.at
    for level, part in more:
        at = min(laid.end - 1, at + int((laid.end - at) * part**2))
        before = laid
        laid = revised(before, chapter(change.name, level, change.index), at)
        assert_is_sound(laid)
        assert sounds_of(_until(laid, at)) == sounds_of(_until(before, at))
        assert begun_at(laid, at) == begun_at(before, at)


def _until(laid: Laid, at: int) -> tuple[Event, ...]:
    return tuple(event for event in laid.events if event.start < at)


@settings(max_examples=60)
@given(changes())
def test_the_same_level_changes_nothing(change: Change) -> None:
    assert revised(change.old, change.old, change.at) == change.old


def test_before_the_dose_is_said_the_chapter_is_all_new() -> None:
    old, new = chapter(IN_TWO_SETS, Level.STRONG), chapter(IN_TWO_SETS, Level.GENTLE)
    dose = next(say for say in says(old.events) if say.role is Role.DOSE)
    assert revised(old, new, dose.start - 1) == new
    assert revised(old, new, dose.start) != new
    assert phrases.dose(counted(15, sets=2, side_word="leg")) in told(revised(old, new, dose.start))


def test_a_set_under_way_is_finished_even_where_both_levels_begin_alike() -> None:
    """The first movement is the same; then one level holds, and the other does not."""
    script = replace(curls(counted(8)), breathing=())
    short = replace(script.phases[1], length_s=dict.fromkeys(Level, 0.0))
    other = replace(script, phases=(script.phases[0], short, *script.phases[2:]))
    old, new = (
        lay_out(practice(each, Options())[1], ESTIMATED, START, is_last=True) for each in (script, other)
    )
    first = old.sets[0]
    assert old.events[: old.events.index(_go_of(old)) + 1] == new.events[: new.events.index(_go_of(new)) + 1]
    assert first != new.sets[0]
    assert revised(old, new, first.start).sets == (first,)
    assert revised(old, new, first.ready).sets == (first,)
    assert revised(old, new, first.ready - 1).sets == new.sets


def _go_of(laid: Laid) -> Event:
    return next(event for event in laid.events if isinstance(event, Tone) and event.sound is Sound.GO)


def test_in_the_last_set_of_a_side_a_gentler_level_changes_sides_next() -> None:
    old, new = chapter(IN_TWO_SETS, Level.STANDARD), chapter(IN_TWO_SETS, Level.GENTLE)
    laid = revised(old, new, old.sets[0].start)
    assert [(each.side, each.number, each.of, each.reps) for each in laid.sets] == [
        ("right leg", 1, 2, 10),
        ("left leg", 1, 1, 6),
    ]


def test_in_a_gentle_set_a_harder_level_adds_a_set() -> None:
    old, new = chapter(IN_TWO_SETS, Level.GENTLE), chapter(IN_TWO_SETS, Level.STRONG)
    laid = revised(old, new, old.sets[0].end - 1)
    assert [(each.side, each.number, each.reps) for each in laid.sets] == [
        ("right leg", 1, 6),
        ("right leg", 2, 15),
        ("left leg", 1, 15),
        ("left leg", 2, 15),
    ]


def test_in_the_countdown_the_set_that_comes_is_the_one_that_was_announced() -> None:
    old, new = chapter(IN_TWO_SETS, Level.STRONG), chapter(IN_TWO_SETS, Level.STANDARD)
    second = old.sets[1]
    assert revised(old, new, second.ready).sets[1] == second
    assert revised(old, new, second.ready - 1).sets[1].reps == 10


def test_a_rest_that_has_begun_goes_on_to_the_set_that_comes() -> None:
    old, new = chapter(IN_TWO_SETS, Level.STRONG), chapter(IN_TWO_SETS, Level.STANDARD)
    first, second = old.sets[:2]
    laid = revised(old, new, first.end)
    assert laid.sets[1].ready == second.ready
    assert _until(laid, second.ready) == _until(old, second.ready)


def test_a_rest_before_a_set_that_there_is_no_more_is_over() -> None:
    old, new = chapter(IN_TWO_SETS, Level.STANDARD), chapter(IN_TWO_SETS, Level.GENTLE)
    middle = old.sets[0].end + 10 * SECOND
    laid = revised(old, new, middle)
    side = next(event for event in laid.events if isinstance(event, Tone) and event.sound is Sound.SIDE)
    now = next(event for event in old.events if event.start + event.length > middle)
    assert side.start <= max(middle, now.start + now.length + SECOND)
    assert [(each.side, each.number) for each in laid.sets] == [("right leg", 1), ("left leg", 1)]


def test_a_rest_that_is_over_ends_as_a_sentence_does() -> None:
    old, new = chapter(IN_TWO_SETS, Level.STANDARD), chapter(IN_TWO_SETS, Level.GENTLE)
    rest = next(say for say in says(old.events) if say.text == phrases.REST)
    for at in (rest.start - 1, rest.start, rest.start + 10, rest.start + rest.length - 1):
        laid = revised(old, new, at)
        i = next(n for n, event in enumerate(laid.events) if event.start >= at and isinstance(event, Tone))
        assert isinstance(laid.events[i - 1], Silence)
        assert laid.events[i - 1].length >= BEFORE_TONE


def test_after_the_last_set_nothing_changes() -> None:
    old, new = chapter(IN_TWO_SETS, Level.STANDARD), chapter(IN_TWO_SETS, Level.GENTLE)
    assert revised(old, new, old.sets[-1].end) == replace(old, left_out=new.left_out)
    assert revised(old, new, old.end - 1).events == old.events


def test_a_chapter_whose_other_level_has_other_sides_stays_as_it_is() -> None:
    old = curled(counted(8, sets=2, rest_s=30.0))
    new = curled(counted(8, sets=2, rest_s=30.0, side_word="leg"))
    for at in (old.sets[0].start, old.sets[0].end + 3 * SECOND, old.sets[1].start):
        assert revised(old, new, at) == old
        assert revised(new, old, at) == new


def test_a_later_chapter_is_the_same_chapter_later() -> None:
    for name in ("step-ups", "warm-up-walk"):
        score = bundled_score(name, Level.STANDARD)[1]
        early = lay_out(score, ESTIMATED, START, is_last=True)
        assert shifted(early, 12_345) == lay_out(score, ESTIMATED, Frames(START + 12_345), is_last=True)
        assert shifted(shifted(early, 99), -99) == early
        assert shifted(early, 0) is early


def test_a_revised_chapter_joins_the_ones_around_it() -> None:
    before = bundled_chapters(IN_TWO_SETS, Level.STANDARD)
    new = bundled_chapters(IN_TWO_SETS, Level.GENTLE)[1]
    new = shifted(new, before[1].chapter.start - new.chapter.start)
    laid = revised(before[1], new, before[1].sets[0].start)
    timeline = joined("Step-ups", (before[0], laid))
    assert timeline.length == laid.end


@pytest.mark.parametrize("name", ["step-ups", "inner-knee"])
def test_what_is_left_out_is_that_of_the_other_level(name: str) -> None:
    old, new = chapter(name, Level.STANDARD), chapter(name, Level.GENTLE)
    new = replace(new, left_out=("Are your hips down?",))
    assert revised(old, new, old.sets[0].start).left_out == new.left_out
