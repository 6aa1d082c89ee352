"""The ten sheets of the language's page are read without a problem and played as the page says."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from coach.language.level import Level
from coach.language.model import Sound
from coach.session.compile import compile_session
from coach.session.options import Options
from coach.session.timeline import Event, Say, Set, Timeline, Tone, frames, says
from coach.session.whereabouts import beat_end, rep_bounds
from coach.sheets.check import checked_text
from coach.sheets.score import scored
from tests.fakes import ESTIMATED
from tests.wordings import usual

PAGE = (Path(__file__).parents[2] / "docs" / "script-language.md").read_text(encoding="utf-8")
TEN = PAGE.partition("## Ten sheets to copy\n")[2].partition("\n## ")[0]
SHEETS = dict(re.findall(r"^```sheet (\S+)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE))
NAMES = re.findall(r"^```sheet (\S+)$", TEN, re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Played:
    """What a sheet of the page becomes: the repetitions of its sets, and what one of them says."""

    reps: Sequence[int]
    rep: int
    said: Sequence[str]


PLAYED = {
    "chair-stands.md": Played([8, 8], 3, ["Three."]),
    "calf-stretch.md": Played([2, 2], 2, ["Hold.", "Ten seconds."]),
    "one-leg-stand.md": Played([3, 3], 3, ["Hold.", "Rest.", "Three."]),
    "walking.md": Played([5], 3, ["Brisk.", "One minute left.", "Easy.", "Three."]),
    "step-jacks.md": Played([1] * 8, 1, ["Ten seconds."]),
    "breathing.md": Played([4], 2, ["In.", "Hold.", "Out.", "Two."]),
    "morning-flow.md": Played(
        [2],
        2,
        [
            *("Mountain.", "Arms up.", "Fold.", "Half lift.", "All fours."),
            *("Child's pose.", "Cobra.", "Dog.", "Step in.", "Roll up."),
        ],
    ),
    "tendon-glides.md": Played([5, 5], 3, ["Hook.", "Fist.", "Tabletop.", "Flat fist.", "Three."]),
    "push-and-relax.md": Played([5, 5], 3, ["Push.", "Relax.", "Three."]),
    "circuit.md": Played([8, 1, 8] * 2, 1, ["One."]),
}


@cache
def timeline(name: str, level: Level = Level.STANDARD) -> Timeline:
    """What is heard of a sheet of the page, laid out with the estimated lengths of its prompts."""
    sheet = checked_text(SHEETS[name], Path(name))
    title, _, chapters = scored(sheet, Options(level=level))
    return compile_session(title, chapters, ESTIMATED)


def within(name: str, start: int, end: int) -> list[Event]:
    return [event for event in timeline(name).events if start <= event.start < end]


def said_in(name: str, each: Set, rep: int) -> list[str]:
    start, end = rep_bounds(each)[rep - 1 : rep + 1]
    return [usual(say.text) for say in says(within(name, start, end))]


def rests_s(name: str) -> list[float]:
    """The time from the end of each set to the go tone of the next."""
    return [(after.start - before.end) / frames(1) for before, after in pairwise(timeline(name).sets)]


def test_the_page_has_ten_sheets_to_copy() -> None:
    assert len(NAMES) == len(re.findall(r"^### ", TEN, re.MULTILINE)) == 10
    assert list(PLAYED) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_sheet_of_the_page_is_checked_without_a_word(name: str) -> None:
    sheet = checked_text(SHEETS[name], Path(name))
    assert sheet.explain() == ""


@pytest.mark.parametrize("name", NAMES)
def test_a_sheet_of_the_page_has_a_caution_and_what_to_do_in_pain(name: str) -> None:
    assert "\nCareful: " in SHEETS[name]
    assert re.search(r"\b[Ss]top\b", SHEETS[name])
    assert "If it hurts:" in SHEETS[name] or "If a pain is sharp" in SHEETS[name]


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("name", NAMES)
def test_every_line_of_a_sheet_of_the_page_has_room(name: str, level: Level) -> None:
    assert timeline(name, level).left_out == ()


@pytest.mark.parametrize("name", NAMES)
def test_a_sheet_of_the_page_has_the_sets_that_it_asks_for(name: str) -> None:
    assert [each.reps for each in timeline(name).sets] == list(PLAYED[name].reps)


@pytest.mark.parametrize(
    ("name", "level", "reps"),
    [
        ("chair-stands.md", Level.GENTLE, [6]),
        ("chair-stands.md", Level.STRONG, [10] * 3),
        ("one-leg-stand.md", Level.STRONG, [4, 4]),
        ("walking.md", Level.GENTLE, [3]),
        ("step-jacks.md", Level.GENTLE, [1] * 4),
        ("morning-flow.md", Level.GENTLE, [1]),
    ],
)
def test_a_level_of_a_sheet_of_the_page_has_its_sets(name: str, level: Level, reps: Sequence[int]) -> None:
    assert [each.reps for each in timeline(name, level).sets] == list(reps)


@pytest.mark.parametrize("name", NAMES)
def test_a_repetition_says_what_has_to_be_heard_in_it(name: str) -> None:
    """In its first set: the numbers of later ones are said by tens."""
    expected = PLAYED[name]
    least = max(expected.rep, 2 if name == "circuit.md" else 1)
    each = next(each for each in timeline(name).sets if each.reps >= least)
    heard = said_in(name, each, expected.rep)
    assert [text for text in heard if text in expected.said] == expected.said, heard


def test_the_sides_of_a_sheet_of_the_page_are_right_and_then_left() -> None:
    for name, limb in (
        ("calf-stretch.md", "leg"),
        ("one-leg-stand.md", "leg"),
        ("tendon-glides.md", "hand"),
        ("push-and-relax.md", "side"),
    ):
        assert [each.side for each in timeline(name).sets] == [f"right {limb}", f"left {limb}"]
        left = " ".join(
            say.text for say in says(within(name, timeline(name).sets[0].end, timeline(name).length))
        )
        assert f"left {limb}" in left
        assert not re.search(r"\bright\b", left) or name == "one-leg-stand.md"


def test_rests_between_sets_last_what_is_written() -> None:
    assert rests_s("chair-stands.md") == [60.0]
    assert rests_s("step-jacks.md") == [10.0] * 7


def test_the_rest_between_two_stretches_lasts_what_is_written_and_is_counted_in() -> None:
    for each in timeline("calf-stretch.md").sets:
        holds = [beat for beat in each.beats if not beat.is_rest]
        rests = [beat for beat in each.beats if beat.is_rest]
        assert [beat_end(each, beat) - beat.start for beat in holds] == [frames(30)] * 2
        assert [beat_end(each, beat) - beat.start for beat in rests] == [frames(10)]
        heard = within("calf-stretch.md", rests[0].start, holds[1].start)
        tones = [event.sound for event in heard if isinstance(event, Tone)]
        assert tones == [Sound.REST, *[Sound.COUNTDOWN] * 3]


@pytest.mark.parametrize(
    ("name", "lengths_s"),
    [
        ("chair-stands.md", [2, 3, 1]),
        ("one-leg-stand.md", [2, 15, 2, 10]),
        ("walking.md", [120, 60]),
        ("breathing.md", [4, 7, 8]),
        ("morning-flow.md", [10, 5, 10, 5, 15, 20, 15, 20, 10, 10]),
        ("tendon-glides.md", [3] * 5),
        ("push-and-relax.md", [6, 10]),
    ],
)
def test_the_movements_of_the_last_repetition_last_what_is_written(
    name: str, lengths_s: Sequence[float]
) -> None:
    for each in timeline(name).sets:
        last = [beat for beat in each.beats if beat.rep == each.reps]
        assert [beat_end(each, beat) - beat.start for beat in last] == [frames(s) for s in lengths_s]


def test_breathing_is_led_in_softly_and_its_breaths_are_counted() -> None:
    assert timeline("breathing.md").sets[0].is_calm
    events = timeline("breathing.md").events
    assert not any(isinstance(e, Tone) and e.sound in {Sound.COUNTDOWN, Sound.GO} for e in events)
    assert "Four breaths." in [say.text for say in says(events)]


def test_rounds_of_effort_are_named() -> None:
    said = [usual(say.text) for say in says(timeline("step-jacks.md").events)]
    assert [text for text in said if text.startswith("Next: ")] == [
        *(f"Next: round {n} of eight." for n in "two three four five six seven".split()),
        "Next: last round.",
    ]


def test_the_circuit_is_done_in_two_rounds_and_explained_once() -> None:
    played = timeline("circuit.md")
    stations = ["Wall push-ups", "Marching on the spot", "Heel raises"]
    assert [chapter.exercise for chapter in played.chapters if chapter.exercise] == stations * 2
    said = [say.text for say in says(played.events)]
    assert said.count("Stand behind the chair, both hands on its back.") == 1
    assert "Second and final round." in said


def test_how_often_to_do_an_exercise_is_said_at_its_end() -> None:
    *_, last = (e for e in timeline("tendon-glides.md").events if isinstance(e, Say) and "a day" in e.text)
    assert last.text == "Do this three times a day."
    assert last.start > timeline("tendon-glides.md").sets[-1].end
