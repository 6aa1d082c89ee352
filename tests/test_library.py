"""The library does what the commands do."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from coach.diary.entries import Done, Entry
from coach.diary.storage import Diary
from coach.errors import UsageError
from coach.language.level import Level
from coach.library import list_voices, my_options
from coach.session.options import Count, Counted, Detail, Options


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COACH_CONFIG_DIR", str(tmp_path))
    return tmp_path / "settings.toml"


def test_what_was_not_asked_for_is_as_the_settings_say(settings: Path) -> None:
    settings.write_text(
        'rate = 120\nlevel = "strong"\ndetail = "brief"\ncount = "top"\nspeak-counts = "none"\n'
        'music = "rain.ogg"\nvoice-volume = -6\ncue-volume = 3\nhearing = true\nvoice = "en-gb"\n'
    )
    assert my_options() == Options(
        Level.STRONG,
        Detail.BRIEF,
        rate_wpm=120,
        count=Count.TOP,
        speak_counts=Counted.NONE,
        music=str(settings.parent / "rain.ogg"),
        voice_volume_db=-6.0,
        cue_volume_db=3.0,
        hearing=True,
        usual_voice="en-gb",
    )


def test_what_was_asked_for_comes_before_the_settings(settings: Path) -> None:
    settings.write_text(
        'rate = 120\nhearing = true\nvoice-volume = -6\nmusic = "rain.ogg"\nlevel = "strong"\n'
    )
    asked: dict[str, object] = {
        "level": "gentle",
        "rate_wpm": 90,
        "hearing": False,
        "voice_volume_db": 0,
        "music": "none",
    }
    assert my_options(**asked) == Options(Level.GENTLE, rate_wpm=90)


@pytest.mark.parametrize("named", ["~/rain.ogg", "/music/rain.ogg", "../rain.ogg"])
def test_music_of_the_settings_is_found_from_their_folder(settings: Path, named: str) -> None:
    settings.write_text(f'music = "{named}"')
    found = Path(my_options().music)
    assert found == settings.parent / Path(named).expanduser()
    assert found.is_absolute()


@pytest.mark.usefixtures("settings")
def test_music_of_the_command_line_is_found_from_the_folder_there() -> None:
    assert my_options(music=Path("./rain.ogg")).music == str(Path("rain.ogg").absolute())


def test_no_music_is_a_word(settings: Path) -> None:
    settings.write_text('music = "none"')
    assert my_options().music == ""


def test_settings_that_cannot_be_understood_are_told_where_they_count(settings: Path) -> None:
    settings.write_text("hearing = 3")
    with pytest.raises(UsageError, match="'hearing' cannot be 3"):
        my_options()


def test_the_default_voice_is_that_of_the_settings(settings: Path) -> None:
    settings.write_text('voice = "en-gb"')
    assert [info.name for info in list_voices().voices if info.is_default] == ["en-gb"]


def test_a_damaged_settings_file_hides_no_voice_and_is_told(settings: Path) -> None:
    settings.write_text("voice = 3")
    found = list_voices()
    assert "en-us" in {info.name for info in found.voices}
    assert [str(settings) in trouble.message for trouble in found.troubles] == [True]


def test_auto_knows_what_the_diary_says_was_done_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COACH_DATA_DIR", str(tmp_path))
    done = Done("Step-ups", Level.STANDARD, 4, 4, 40, 40, 7.0)
    now = datetime.now(UTC)
    for days in (4, 2):
        started = now - timedelta(days=days)
        Diary().add(Entry(started, "step-ups", "Step-ups", Level.STANDARD, 8.0, True, (done,), None))
        known = my_options(detail="auto").known
        assert known == (("Step-ups",) if days == 2 else ())
    assert my_options().known == (), "the diary does not change what is always said in full"
