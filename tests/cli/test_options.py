"""The options that every command has that makes a session."""

import inspect
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_type_hints

import pytest
from typer.main import get_command

from coach.cli.app import app
from coach.cli.options import Chosen, choosing
from coach.diary.entries import Done, Entry
from coach.diary.storage import Diary
from coach.errors import UsageError
from coach.language.model import Level
from coach.session.options import Choices, Count, Counted, Detail, Mix
from coach.settings import Settings


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


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COACH_CONFIG_DIR", str(tmp_path))
    return tmp_path / "settings.toml"


def test_settings_are_named_as_the_options_and_take_what_those_take() -> None:
    optional = get_type_hints(Chosen)
    for name, taken in get_type_hints(Settings).items():
        assert taken == optional[name] or (name, taken) == ("music", str | None)


def test_what_was_not_asked_for_is_as_the_settings_say(settings: Path) -> None:
    settings.write_text(
        'rate = 120\nlevel = "strong"\ndetail = "brief"\ncount = "top"\nspeak-counts = "none"\n'
        'music = "rain.ogg"\nvoice-volume = -6\ncue-volume = 3\nhearing = true\nvoice = "en-gb"\n'
    )
    chosen = Chosen().with_settings()
    rain = str(settings.parent / "rain.ogg")
    assert chosen.mix == Mix(-6.0, 3.0, for_hearing=True, music=rain)
    assert chosen.rate_wpm == 120
    assert chosen.choices() == Choices(Level.STRONG, Detail.BRIEF, Count.TOP, counted=Counted.NONE)
    assert chosen.voice is None, "which depends on the language, and is asked for later"


def test_what_was_asked_for_comes_before_the_settings(settings: Path) -> None:
    settings.write_text(
        'rate = 120\nhearing = true\nvoice-volume = -6\nmusic = "rain.ogg"\nlevel = "strong"\n'
    )
    asked = Chosen(level=Level.GENTLE, rate=90, hearing=False, voice_volume=0.0, music=Path("none"))
    assert asked.with_settings().mix == Mix()
    assert asked.with_settings().rate_wpm == 90
    assert asked.with_settings().choices().level is Level.GENTLE


@pytest.mark.parametrize("named", ["~/rain.ogg", "/music/rain.ogg", "../rain.ogg"])
def test_music_of_the_settings_is_found_from_their_folder(settings: Path, named: str) -> None:
    settings.write_text(f'music = "{named}"')
    found = Path(Chosen().with_settings().mix.music)
    assert found == settings.parent / Path(named).expanduser()
    assert found.is_absolute()


def test_no_music_is_a_word(settings: Path) -> None:
    settings.write_text('music = "none"')
    assert Chosen().with_settings().music_file is None
    assert Chosen(music=Path("none")).music_file is None
    assert Chosen(music=Path("./rain.ogg")).music_file == Path("rain.ogg")


def test_settings_that_cannot_be_understood_are_told_where_they_count(settings: Path) -> None:
    settings.write_text("hearing = 3")
    with pytest.raises(UsageError, match="'hearing' cannot be 3"):
        Chosen().with_settings()
    assert Chosen().mix == Mix()


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
