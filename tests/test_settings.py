"""The settings file: what it may say, and what is told where it says something else."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.errors import DiskError, UsageError
from coach.language.level import Level
from coach.session.options import Count, Counted, Detail, Screen, options, whole
from coach.settings import read_settings, settings_path, usual_screen


def written(folder: Path, text: str) -> Path:
    path = folder / "settings.toml"
    path.write_bytes(text.encode())
    return path


def told(folder: Path, text: str) -> UsageError:
    with pytest.raises(UsageError) as error:
        read_settings(written(folder, text))
    return error.value


def test_a_file_that_is_not_there_says_nothing(tmp_path: Path) -> None:
    assert read_settings(tmp_path / "settings.toml") == {}
    assert read_settings(written(tmp_path, "") / "below") == {}


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    assert read_settings(written(tmp_path, "# nothing yet\n")) == {}


def test_everything_can_be_set_at_once(tmp_path: Path) -> None:
    found = read_settings(
        written(
            tmp_path,
            'voice = "en-gb"\nrate = 140\nlevel = "gentle"\ndetail = "auto"\ncount = "top"\n'
            'speak-counts = "tens"\nmusic = "~/rain.ogg"\n'
            "voice-volume = -3\ncue-volume = 2.5\nhearing = true\n",
        )
    )
    assert found == {
        "voice": "en-gb",
        "rate_wpm": 140,
        "level": "gentle",
        "detail": "auto",
        "count": "top",
        "speak_counts": "tens",
        "music": str(Path("~/rain.ogg").expanduser()),
        "voice_volume_db": -3,
        "cue_volume_db": 2.5,
        "hearing": True,
    }
    chosen = options(found)
    assert isinstance(chosen.voice_volume_db, float)
    assert isinstance(chosen.level, Level), "not only a text that is equal to one"
    assert (chosen.detail, chosen.count, chosen.speak_counts) == (Detail.AUTO, Count.TOP, Counted.TENS)


def test_voice_and_rate_are_read(tmp_path: Path) -> None:
    found = read_settings(written(tmp_path, 'voice = "en-gb"\nrate = 140 # slowly\n'))
    assert found == {"voice": "en-gb", "rate_wpm": 140}


@pytest.mark.parametrize("text", ['\ufeffrate = 140\nvoice = "de"\n', 'rate = 140\r\nvoice = "de"\r\n'])
def test_a_file_of_another_systems_editor_is_read(tmp_path: Path, text: str) -> None:
    assert read_settings(written(tmp_path, text)) == {"voice": "de", "rate_wpm": 140}


def test_the_file_is_in_the_folder_that_the_environment_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COACH_CONFIG_DIR", str(tmp_path))
    written(tmp_path, "rate = 120")
    assert settings_path() == tmp_path / "settings.toml"
    assert read_settings() == {"rate_wpm": 120}


def test_without_the_environment_it_is_in_the_users_own_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COACH_CONFIG_DIR", raising=False)
    assert settings_path().parent.name == "coach"


@pytest.mark.parametrize(
    ("text", "where", "what", "hint"),
    [
        ('\nvoise = "en-gb"', "line 2", "no setting 'voise'", "did you mean 'voice'?"),
        ('Voice = "en-gb"', "line 1", "no setting 'Voice'", "did you mean 'voice'?"),
        ("xyzzy = 1", "line 1", "no setting 'xyzzy'", "the settings are level, detail"),
        ("voice = 3", "line 1", "'voice' cannot be 3", "in quotes"),
        ('voice = " "', "line 1", "'voice' cannot be ' '", "in quotes"),
        ('rate = "150"', "line 1", "'rate' cannot be '150'", "a whole number from 80 to 300"),
        ("rate = 150.0", "line 1", "'rate' cannot be 150.0", "a whole number"),
        ("rate = true", "line 1", "'rate' cannot be true", "a whole number"),
        ("\n\nrate = 79", "line 3", "'rate' cannot be 79", "from 80 to 300"),
        ('level = "easy"', "line 1", "'level' cannot be 'easy'", '"gentle", "standard" or "strong"'),
        ("hearing = 1", "line 1", "'hearing' cannot be 1", "hearing is true or false"),
        ("speak-counts = true", "line 1", "cannot be true", '"every", "tens" or "none"'),
        ("cue-volume = -19", "line 1", "'cue-volume' cannot be -19", "a number from -18 to 6"),
        ("cue-volume = nan", "line 1", "'cue-volume' cannot be nan", "a number from -18 to 6"),
        ('voice-volume = "loud"', "line 1", "cannot be 'loud'", "a number from -18 to 6"),
        ("cue_volume = 1", "line 1", "no setting 'cue_volume'", "did you mean 'cue-volume'?"),
        ("minutes = 0", "line 1", "'minutes' cannot be 0", "a whole number from 1 to 600"),
        ("minutes = 20.5", "line 1", "'minutes' cannot be 20.5", "a whole number"),
        ('minutes = "20"', "line 1", "'minutes' cannot be '20'", "a whole number"),
        ('only = "3"', "line 1", "no setting 'only'", "the settings are"),
        ("rate = 301", "line 1", "'rate' cannot be 301", "from 80 to 300"),
        ('# voice\n[voice]\nname = "joe"', "line 2", "'voice' cannot be a table", "in quotes"),
        ('"rate" = [150]', "line 1", "'rate' cannot be a list", "a whole number"),
        ("rate = 2026-01-01", "line 1", "'rate' cannot be 2026-01-01", "a whole number"),
    ],
)
def test_what_cannot_be_understood_is_told_with_its_line_and_what_is_allowed(
    tmp_path: Path, text: str, where: str, what: str, hint: str
) -> None:
    error = told(tmp_path, text)
    assert f"{tmp_path / 'settings.toml'}, {where}: " in error.message
    assert what in error.message
    assert hint in error.hint


def test_everything_that_is_wrong_is_told_at_once_in_the_order_of_its_lines(tmp_path: Path) -> None:
    error = told(tmp_path, 'rate = 3\nvoice = "en-us"\nvolume = 1\n')
    assert [line.partition(": ")[2] for line in error.message.splitlines()] == [
        "'rate' cannot be 3.",
        "there is no setting 'volume'.",
    ]


def test_what_is_no_toml_is_told_with_its_line(tmp_path: Path) -> None:
    error = told(tmp_path, "rate = 150\nvoice = en-gb\n")
    assert str(tmp_path) in error.message
    assert "line 2" in error.message
    assert 'voice = "en-gb"' in error.hint


def test_what_is_no_utf_8_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(b"rate = 150\n# gr\xfc\xdfe\n")
    with pytest.raises(UsageError, match=r"line 2: this is not UTF-8"):
        read_settings(path)


def test_a_file_that_cannot_be_read_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").mkdir()
    with pytest.raises(DiskError, match=r"settings\.toml cannot be read"):
        read_settings(tmp_path / "settings.toml")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes with a name")
def test_a_pipe_or_an_endless_file_is_no_settings_file_and_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "settings.toml")
    with pytest.raises(DiskError, match=r"settings\.toml cannot be read \(it is a pipe, not a file\)"):
        read_settings(tmp_path / "settings.toml")
    (tmp_path / "settings.toml").unlink()
    long = written(tmp_path, "# " + "x" * 200_000)
    with pytest.raises(DiskError, match=r"longer than 100,000 bytes"):
        read_settings(long)


@given(st.binary(max_size=60))
def test_no_file_whatsoever_gives_anything_but_settings_or_an_error(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(data)
    told: list[UsageError] = []
    try:
        read_settings(path)
    except UsageError as error:
        told.append(error)
    assert all(str(path) in error.message and error.hint for error in told)


def test_true_is_no_number() -> None:
    assert [whole("steps", 0, 5).fits(value) for value in (1, True, 1.0, 6)] == [True, False, False, False]


@pytest.mark.parametrize(
    "text",
    [
        "rate = " + "9" * 5_000,
        "rate = 0x" + "f" * 5_000,
        "voice = " + "[" * 2_000 + "]" * 2_000,
        "voice = " + "{a=" * 2_000,
        "voice-volume = 1e999999",
        "rate = -" + "9" * 400,
    ],
)
def test_values_without_end_are_told_as_any_other(tmp_path: Path, text: str) -> None:
    error = told(tmp_path, text)
    assert "settings.toml" in error.message
    assert len(error.message) < 300


def test_the_screen_is_a_setting_of_sessions_that_are_played_and_no_option_of_a_file(tmp_path: Path) -> None:
    path = written(tmp_path, 'screen = "none"\nrate = 140\n')
    assert read_settings(path) == {"rate_wpm": 140}
    assert usual_screen(path) is Screen.NONE
    assert usual_screen(written(tmp_path, "rate = 140\n")) is Screen.AUTO
    assert usual_screen(tmp_path / "nowhere.toml") is Screen.AUTO


def test_a_screen_that_there_is_not_is_told_with_its_line(tmp_path: Path) -> None:
    error = told(tmp_path, 'rate = 140\nscreen = "big"\n')
    assert "line 2: 'screen' cannot be 'big'" in error.message
    assert error.hint == 'screen is "auto", "live", "plain" or "none".'
