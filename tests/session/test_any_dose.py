"""What always holds, for exercises of any phases and any dose."""

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from coach.language.dose import (
    USUAL_REST_S,
    After,
    Amount,
    Counted,
    Dose,
    DoseRest,
    Held,
    Side,
    Sides,
    Timed,
    exactly,
)
from coach.language.model import Phase, Script
from coach.session.arrange import chosen_dose, practice
from coach.session.compile import compile_session
from coach.session.moves import prompts
from coach.session.options import Count, Detail, Options
from coach.session.timeline import Role, Set, Timeline, frames, says
from coach.session.timeline_builder import Sounds
from coach.session.whereabouts import beat_end
from coach.session.words import en as phrases
from tests.fakes import TONES, curls, line, phase
from tests.session.test_compile import Padded, assert_apart

SECOND = 48_000

seconds = st.sampled_from([0.5, 1.0, 2.0, 4.9, 5.0, 6.5, 12.0, 20.0, 61.0])
cues = st.sampled_from(["up", "down", "right", "hold", "loose", "rest", "in", "out", "let go", "flat fist"])


@st.composite
def phases(draw: st.DrawFn) -> tuple[Phase, ...]:
    found = [
        phase(cue, draw(seconds), draw(st.sampled_from(["", "Lift your right leg,", "and rest."])))
        for cue in draw(st.lists(cues, min_size=1, max_size=6))
    ]
    return (*found, phase("move", draw(seconds)))


def amounts(least: int, most: int) -> st.SearchStrategy[Amount[int]]:
    return st.builds(
        lambda a, b, is_open: Amount(min(a, b), max(a, b), is_open),
        st.integers(least, most),
        st.integers(least, most),
        st.booleans(),
    ) | st.builds(exactly, st.integers(least, most))


def in_seconds(amount: st.SearchStrategy[Amount[int]]) -> st.SearchStrategy[Amount[float]]:
    return amount.map(lambda each: Amount(float(each.least), float(each.most), each.is_open))


rest_lengths = st.sampled_from([0.0, 0.4, 1.0, 2.5, 5.0, 10.0, 17.3, 60.0]).map(exactly)


@st.composite
def doses(draw: st.DrawFn) -> Dose:
    sets = draw(st.integers(1, 3))
    sides = draw(st.sampled_from(Sides))
    each = draw(amounts(1, 7))
    common: dict[str, Any] = {
        "sets": sets,
        "reps": (each,) if draw(st.booleans()) else tuple(draw(amounts(1, 5)) for _ in range(sets)),
        "rests": tuple(
            DoseRest(draw(rest_lengths), place) for place in draw(st.sets(st.sampled_from(After)))
        ),
        "sides": sides,
        "first": draw(st.sampled_from(Side)),
        "side_word": "leg" if sides not in {Sides.NONE, Sides.BOTH} else "",
        "often": draw(st.sampled_from(["", "3 times a day"])),
    }
    kinds: list[Callable[[], Dose]] = [
        lambda: Counted(**common),
        lambda: Held(hold=draw(in_seconds(amounts(1, 40))), **common),
        lambda: Held(hold=exactly(float(draw(st.integers(1, 6)))), in_breaths=True, **common),
        lambda: Timed(work_s=draw(in_seconds(amounts(5, 40))), as_many=draw(st.booleans()), **common),
    ]
    return draw(st.sampled_from(kinds))()


@st.composite
def exercises(draw: st.DrawFn) -> Script:
    dose = draw(doses())
    own = draw(phases())
    if not isinstance(dose, Counted) and draw(st.booleans()):
        own = ()
    if isinstance(dose, Held) and own:
        own = (*own[:1], phase("hold", 3), *own[1:])
    reminders = tuple(
        map(line, draw(st.lists(st.sampled_from(["Slow.", "Is your right hip down?"]), max_size=2)))
    )
    return replace(
        curls(dose, reminders=reminders),
        phases=own,
        instructions=(line("Set your right foot up."), line("Stand tall.")),
        cautions=(line("Mind your right knee."),),
    )


choices = st.builds(Options, detail=st.sampled_from(Detail), count=st.sampled_from(Count))
paces = st.sampled_from([90, 150, 220])
always = settings(max_examples=150, derandomize=True)


def compiled(script: Script, choice: Options, rate_wpm: int) -> Timeline:
    return compile_session(script.title, practice(script, choice), Sounds(Padded(rate_wpm), TONES))


def dose_of(script: Script, choice: Options) -> Dose:
    return chosen_dose(script, None, choice)


@always
@given(exercises(), choices, paces)
def test_a_rest_is_as_long_as_written_unless_it_is_told(
    script: Script, choice: Options, rate_wpm: int
) -> None:
    timeline, dose = compiled(script, choice, rate_wpm), dose_of(script, choice)
    told = {frames(rest.length_s) for rest in timeline.longer_rests}
    for before, after in pairwise(timeline.sets):
        if before.side == after.side:
            rest = dose.rest_after(After.SET)
            assert after.start - before.end == frames(USUAL_REST_S if rest is None else rest.planned)
        elif (rest := dose.rest_after(After.SIDE)) is not None:
            length = after.start - before.end
            assert length == frames(rest.planned) or length in told
    for each in timeline.sets:
        for beat in each.beats:
            if beat.is_rest and beat.role is Role.REST:
                rest = dose.rest_after(After.REP)
                assert rest
                assert beat_end(each, beat) - beat.start == frames(rest.planned)


def lengths_of(script: Script, choice: Options) -> dict[str, float]:
    """The written seconds of each phase word that stands for one length only."""
    found: dict[str, set[float]] = {}
    for each, length_s in script.repetition(dose_of(script, choice), choice.level):
        found.setdefault(each.cue or phrases.HOLD, set()).add(length_s)
    return {cue: lengths.pop() for cue, lengths in found.items() if len(lengths) == 1}


@always
@given(exercises(), choices, paces)
def test_every_long_movement_is_named_within_two_seconds(
    script: Script, choice: Options, rate_wpm: int
) -> None:
    timeline = compiled(script, choice, rate_wpm)
    lengths = lengths_of(script, choice)
    named = [say for say in says(timeline.events) if say.role in {Role.GUIDE, Role.PHASE}]
    for each in timeline.sets:
        for beat in each.beats:
            if lengths.get(beat.cue.replace("left", "right"), 0.0) >= 5.0:
                assert any(beat.start <= say.onset < beat.start + 2 * SECOND for say in named), beat


@always
@given(exercises(), choices, paces)
def test_every_repetition_is_counted_once_and_has_its_tempo(
    script: Script, choice: Options, rate_wpm: int
) -> None:
    """Where breaths are counted within the holds, numbers of holds would be taken for breaths."""
    timeline, dose = compiled(script, choice, rate_wpm), dose_of(script, choice)
    for each in timeline.sets:
        called = [
            say.text
            for say in says(timeline.events)
            if say.role is Role.COUNT and each.start <= say.start < each.end
        ]
        is_counted = each.reps > 1 and not (isinstance(dose, Held) and dose.in_breaths)
        step = 1 if each.number == 1 else 10
        assert called == [phrases.count(n) for n in range(step, each.reps + 1, step) if is_counted]
        assert_periodic(each)


def assert_periodic(each: Set) -> None:
    """From the fifth repetition on, when no side has words any more, all last the same."""
    starts = [next(beat.start for beat in each.beats if beat.rep == n) for n in range(1, each.reps + 1)]
    periods = {after - before for before, after in pairwise(starts[4:])}
    assert len(periods) <= 1


@always
@given(exercises(), choices, paces)
def test_every_side_has_its_own_words(script: Script, choice: Options, rate_wpm: int) -> None:
    timeline = compiled(script, choice, rate_wpm)
    for each in timeline.sets:
        if not each.side:
            continue
        side = each.side.split(maxsplit=1)[0]
        other = {"left": "right", "right": "left"}[side]
        spoken = (say for say in says(timeline.events) if each.start <= say.start < each.end)
        within = [say.text for say in spoken if say.role is not Role.TIME]  # "thirty seconds left"
        within += [beat.cue for beat in each.beats]
        assert not [text for text in within if re.search(rf"\b{other}\b", text, re.IGNORECASE)]


@always
@given(exercises(), choices, paces)
def test_sounds_stay_apart_and_all_prompts_were_asked_of_the_voice(
    script: Script, choice: Options, rate_wpm: int
) -> None:
    timeline = compiled(script, choice, rate_wpm)
    assert_apart(timeline)
    asked = {text for chapter in practice(script, choice) for text in prompts(chapter)}
    assert {say.text for say in says(timeline.events)} <= asked
    for caution in script.cautions:
        assert any(caution.text.removeprefix("Mind your right") in say.text for say in says(timeline.events))
