"""Picking an exercise from a list that is read out."""

from dataclasses import replace
from pathlib import Path

import pytest

from coach.live.choose import Choice, exercises


def typed(keys: list[str]) -> tuple[str | None, str]:
    choice = Choice(exercises())
    picked = None
    for key in keys:
        assert picked is None
        picked = choice.press(key)
    return picked, choice.complaint


@pytest.mark.parametrize(
    ("keys", "name"),
    [
        (["3"], "partial-squats"),
        ([*"step", "enter"], "step-ups"),
        ([*"massage", "enter"], "leg-massage"),
        ([*"squat", "enter"], "partial-squats"),
        ([*"Leg", "space", *"MASSAGE", "enter"], "leg-massage"),
        ([*"stx", "backspace", *"ep", "enter"], "step-ups"),
        ([*"warm-up-walk", "enter"], "warm-up-walk"),
        (["0", "backspace", "5"], "step-ups"),
    ],
)
def test_a_number_or_a_part_of_a_name_picks(keys: list[str], name: str) -> None:
    assert typed(keys) == (name, "")


@pytest.mark.parametrize(
    ("keys", "complaint"),
    [
        ([*"curl", "enter"], "'curl' may be 2 Lying hamstring curls or 4 Standing hamstring curls"),
        ([*"press", "enter"], "no exercise is called 'press'"),
        (["1", "9", "enter"], "no exercise is called '19'"),
        (["enter"], "no exercise is called ''"),
    ],
)
def test_what_picks_nothing_is_said_and_forgotten(keys: list[str], complaint: str) -> None:
    picked, said = typed(keys)
    assert picked is None
    assert complaint in said


def test_exercises_of_one_title_are_told_apart_by_their_numbers() -> None:
    script = next(iter(exercises().values()))
    choice = Choice(
        {name: replace(script, title="Bridges") for name in ("mine.md#Bridges", "low-back#Bridges")}
    )
    for key in [*"bridges", "enter"]:
        assert choice.press(key) is None
    assert choice.complaint == "'bridges' may be 1 Bridges or 2 Bridges"
    assert choice.press("2") == "low-back#Bridges"


def test_after_a_complaint_one_can_go_on() -> None:
    choice = Choice(exercises())
    for key in [*"zzz", "enter"]:
        assert choice.press(key) is None
    assert choice.complaint
    assert choice.press("2") == "lying-hamstring-curls"
    assert choice.complaint == ""


def test_keys_that_write_nothing_are_nothing() -> None:
    assert typed(["left", "escape", "page-up"]) == (None, "")


def test_among_more_than_nine_a_first_digit_waits_for_its_second() -> None:
    [*scripts] = exercises().values()
    many = {f"exercise-{n}": script for n, script in enumerate(scripts[:7] * 2, start=1)}
    choice = Choice(many)
    assert choice.press("1") is None
    assert choice.press("2") == "exercise-12"
    assert choice.press("2") == "exercise-2"
    assert choice.press("1") is None
    assert choice.press("enter") == "exercise-1"


def test_the_list_is_in_the_order_of_its_titles_with_the_parts_of_programmes_last_and_no_session() -> None:
    found = exercises()
    alone = [script.title for name, script in found.items() if "#" not in name]
    parts = [script.title for name, script in found.items() if "#" in name]
    assert [script.title for script in found.values()] == [*sorted(alone), *sorted(parts)]
    assert (len(alone), len(parts)) == (7, 6)
    assert Choice(found).meant("inner-knee") == []
    assert Choice(found).meant("bridges") == ["low-back#Bridges"]


def test_the_exercises_of_the_folder_come_before_coach_s_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    text = "# Zigzag\nDose: 3 times\n- up, 2 seconds: Rise,\nCareful: Slowly.\n"
    (tmp_path / "mine.md").write_text(text, "utf-8")
    (tmp_path / "wrong.md").write_text("# Wrong\nDose: 3 lots\n- up, 2\n", "utf-8")
    (tmp_path / "session.md").write_text("# A session\n\n- Step-ups\n", "utf-8")
    assert list(exercises())[:2] == ["./mine.md", "leg-massage"]
    assert typed(["1", "enter"]) == ("./mine.md", "")
    assert typed([*"zig", "enter"]) == ("./mine.md", "")
