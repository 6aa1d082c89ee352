"""Parts of a session that are done alone keep the rules and the way into each position."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.errors import UsageError
from coach.language.model import Session
from coach.session.moves import Break, Interval, Repetitions, Speak
from coach.session.options import Detail, Options, options
from coach.session.parts import blocks, exercises
from coach.session.timeline import Role
from coach.sheets.by_name import named
from coach.sheets.check import checked_text
from coach.sheets.score import scored
from coach.sheets.sheet import Sheet
from tests.session.test_fit import FAINT, SHARP, sessions

TEXT = """# Mine

## Before we start

Stop if you feel faint.

- March

- rest 1 minute

Come down to the mat.
(wait 30 seconds)

- Bridges

- Side plank

Now get up, with the chair.
(wait 40 seconds)

- Squats

Go to the stairs.
(wait 15 seconds)

- Lunges

## To finish

If it swells, see a doctor.

## Also

Three times a week.
"""


def exercise(title: str, position: str, needs: str = "") -> Sheet:
    """A sheet of one exercise."""
    needed = f"Needs: {needs}\n" if needs else ""
    text = f"# {title}\n\nPosition: {position}\n{needed}Dose: 5 times\n\n"
    text += (
        "Look straight ahead.\n\n- up, 2 seconds: up,\n- down, 2 seconds: and down.\n\nCareful: Move slowly."
    )
    return checked_text(text, Path(f"{title}.md"))


@pytest.fixture
def sheet(tmp_path: Path) -> Sheet:
    """A session that goes down to the floor and up again."""
    for title, position, needs in (
        ("March", "standing", ""),
        ("Bridges", "face up", ""),
        ("Side plank", "face up", ""),
        ("Squats", "standing", "a chair"),
        ("Lunges", "standing", ""),
    ):
        (tmp_path / f"{title}.md").write_text(exercise(title, position, needs).text)
    path = tmp_path / "mine.md"
    path.write_text(TEXT)
    read = named(str(path))
    assert not read.has_errors, read.explain()
    return read


def heard(sheet: Sheet, **picks: str) -> list[str]:
    """What is said in the picked parts."""
    chapters = scored(sheet, options(picks))[2]
    return [move.text for chapter in chapters for move in chapter.moves if isinstance(move, Speak)]


def done(sheet: Sheet, **picks: str) -> list[str]:
    """The exercises of the picked parts."""
    return [chapter.exercise for chapter in scored(sheet, options(picks))[2] if chapter.exercise]


def test_parts_are_picked_by_number_and_by_title(sheet: Sheet) -> None:
    assert done(sheet) == ["March", "Bridges", "Side plank", "Squats", "Lunges"]
    assert done(sheet, only="3,5") == ["Bridges", "Squats"]
    assert done(sheet, only="lunges, bridges") == ["Bridges", "Lunges"]
    assert done(sheet, only="3-5") == ["Bridges", "Side plank", "Squats"]
    assert done(sheet, from_="side", to="5") == ["Side plank", "Squats"]
    assert done(sheet, from_="squats") == ["Squats", "Lunges"]


@pytest.mark.parametrize("only", ["2", "3", "4", "5", "6", "2,4", "3,6"])
def test_the_rules_before_and_after_stay(sheet: Sheet, only: str) -> None:
    said = heard(sheet, only=only)
    assert said[1] == "Stop if you feel faint."
    assert said[-2:] == ["If it swells, see a doctor.", "Three times a week."]


def test_the_way_down_stays_where_what_it_led_to_is_left_out(sheet: Sheet) -> None:
    said = heard(sheet, only="side plank")
    assert said.index("Come down to the mat.") < said.index("Side plank.")
    assert said[said.index("If it swells, see a doctor.") - 1] == "Now get up, with the chair."


def test_the_way_up_stays_where_the_floor_was_left_for_an_exercise_that_is_left_out(sheet: Sheet) -> None:
    said = heard(sheet, only="bridges, lunges")
    ways = ["Come down to the mat.", "Now get up, with the chair.", "Go to the stairs."]
    assert [text for text in said if text in ways] == ways


def test_nobody_is_sent_down_or_up_for_exercises_that_are_left_out(sheet: Sheet) -> None:
    said = heard(sheet, only="march, squats")
    assert not {"Come down to the mat.", "Now get up, with the chair."} & {*said}
    assert any("a chair" in text for text in said)


@pytest.mark.parametrize(
    ("only", "questions"),
    [("bridges, side plank", ["Bridges"]), ("side plank", []), ("bridges", ["Bridges"]), ("squats", [])],
)
def test_a_question_right_after_an_exercise_is_asked_after_it_and_not_without_it(
    sheet: Sheet, only: str, questions: list[str]
) -> None:
    sheet.path.write_text(TEXT.replace("- Bridges\n", "- Bridges\n\nAsk: pain\n"))
    chapters = scored(named(str(sheet.path)), Options(only=only))[2]
    asked = [
        each.exercise
        for each in chapters
        for move in each.moves
        if getattr(move, "role", None) is Role.QUESTION
    ]
    assert [*dict.fromkeys(asked)] == questions
    for chapter in chapters:
        if chapter.exercise in questions:
            at = [isinstance(move, Repetitions) for move in chapter.moves].index(True)
            assert Role.QUESTION not in {getattr(move, "role", None) for move in chapter.moves[:at]}


def test_a_rest_before_the_first_exercise_of_all_is_left_out(sheet: Sheet) -> None:
    moves = [move for chapter in scored(sheet, Options(only="bridges"))[2] for move in chapter.moves]
    assert not any(isinstance(move, Break) for move in moves)
    at = next(i for i, move in enumerate(moves) if isinstance(move, Repetitions))
    assert 30.0 in [move.length_s for move in moves[:at] if isinstance(move, Interval)]


def test_the_way_belongs_to_the_chapter_of_the_exercise(sheet: Sheet) -> None:
    chapters = scored(sheet, Options(only="side plank"))[2]
    assert [chapter.title for chapter in chapters] == ["Before we start", "Side plank", "To finish", "Also"]
    assert Speak("Come down to the mat.", Role.TRANSITION) in chapters[1].moves


@pytest.mark.parametrize(
    ("picks", "message"),
    [
        ({"only": "9"}, "there is no part '9'"),
        ({"only": "jumps"}, "there is no part 'jumps'"),
        ({"only": "1"}, "no exercise is among these parts"),
        ({"from_": "lunges", "to": "march"}, "no exercise is among these parts"),
    ],
)
def test_parts_that_are_not_there_are_told_with_those_that_are(
    sheet: Sheet, picks: dict[str, str], message: str
) -> None:
    with pytest.raises(UsageError, match=message) as error:
        scored(sheet, options(picks))
    assert "3 Bridges" in error.value.hint


def test_the_blocks_of_a_session_are_its_chapters(sheet: Sheet) -> None:
    for each in (sheet, named("inner-knee"), named("low-back")):
        assert isinstance(each.value, Session)
        found = blocks(each.value)
        assert len(found) == len(scored(each, Options())[2])
        numbers = [i for i, block in enumerate(found) if block.reference]
        assert [i for (i,) in exercises(each.value)] == numbers


@settings(max_examples=25)
@given(sheet=sessions(), first=st.integers(1, 12), last=st.integers(1, 12), is_brief=st.booleans())
def test_any_parts_keep_the_rules_and_one_exercise_at_the_least(
    sheet: Sheet, first: int, last: int, *, is_brief: bool
) -> None:
    whole = scored(sheet, Options())[2]
    first, last = min(first, len(whole)), min(last, len(whole))
    choices = Options(only=f"{first}-{last}", detail=Detail.BRIEF if is_brief else Detail.FULL)
    if not any(chapter.exercise for chapter in whole[first - 1 : last]):
        with pytest.raises(UsageError, match="no exercise is among these parts"):
            scored(sheet, choices)
        return
    chapters = scored(sheet, choices)[2]
    texts = {move.text for chapter in chapters for move in chapter.moves if isinstance(move, Speak)}
    assert {FAINT, "If it swells, see a doctor."} <= texts
    assert (SHARP in texts) == (SHARP in sheet.text)
    assert any(chapter.exercise for chapter in chapters)
