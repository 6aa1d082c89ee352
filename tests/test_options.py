"""The options that every command has that makes a session."""

import inspect
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.main import get_command

from coach.cli import app
from coach.core.choices import Count, Counted, Detail, Level
from coach.core.diary import Done, Entry
from coach.core.score import Choices
from coach.options import Chosen, choosing
from coach.remembering import Diary


@pytest.mark.parametrize("name", ["show", "export", "run", "practice"])
def test_every_command_that_makes_a_session_has_all_of_them(name: str) -> None:
    commands = get_command(app).commands  # type: ignore[attr-defined]
    names = {parameter.name for parameter in commands[name].params}
    assert set(Chosen.__slots__) <= names
    assert "chosen" not in names


def test_a_command_keeps_its_own_parameters_and_is_given_the_rest_as_one_value() -> None:
    heard: list[tuple[str, Chosen]] = []

    @choosing
    def command(name: str, *, chosen: Chosen) -> None:
        heard.append((name, chosen))

    parameters = inspect.signature(command).parameters
    assert list(parameters) == ["name", *Chosen.__slots__]
    values = {each: parameters[each].default for each in Chosen.__slots__}
    command(name="squats", **values | {"level": Level.GENTLE, "reps": 7})
    assert heard == [("squats", Chosen(level=Level.GENTLE, reps=7))]


def test_what_was_asked_for_is_what_the_score_is_made_of() -> None:
    assert Chosen().choices() == Choices()
    chosen = Chosen(
        level=Level.STRONG, detail=Detail.BRIEF, sets=1, reps=8, count=Count.TOP, speak_counts=Counted.TENS
    )
    assert chosen.choices() == Choices(Level.STRONG, Detail.BRIEF, Count.TOP, 1, 8, Counted.TENS)


def test_only_a_level_may_be_asked_for_beside_resume() -> None:
    assert Chosen(level=Level.GENTLE).has_only_a_level
    assert not Chosen(level=Level.GENTLE, reps=8).has_only_a_level


def test_auto_knows_what_the_diary_says_was_done_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COACH_DATA_DIR", str(tmp_path))
    done = Done("Step-ups", Level.STANDARD, 4, 4, 40, 40, 7.0)
    now = datetime.now(UTC)
    for days in (4, 2):
        started = now - timedelta(days=days)
        Diary().add(Entry(started, "step-ups", "Step-ups", Level.STANDARD, 8.0, True, (done,), None))
        known = Chosen(detail=Detail.AUTO).choices().known
        assert known == (("Step-ups",) if days == 2 else ())
    assert Chosen().choices().known == (), "the diary does not change what is always said in full"
