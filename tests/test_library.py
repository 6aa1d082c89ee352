"""The library does what the commands do."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from inspect import isclass, isfunction
from itertools import pairwise
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import numpy as np
import pytest
import soundfile

import coach
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
    asked: dict[str, Any] = {
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
    found = list_voices(my_options().usual_voice)
    assert [info.name for info in found.voices if info.is_default] == ["en-gb"]


def test_settings_are_read_by_nobody_who_was_not_told_to(settings: Path) -> None:
    settings.write_text("voice = 3")
    assert not list_voices().troubles
    assert coach.diagnose("none").is_ok


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
    assert my_options(is_live=True).detail is Detail.AUTO
    assert my_options(is_live=True).known == ("Step-ups",)
    assert my_options(is_live=True, detail="full").known == ()
    assert my_options().known == (), "the diary does not change what is always said in full"


@pytest.fixture(scope="module")
def squats() -> coach.Plan:
    return coach.plan("partial-squats", level="gentle", sets=1, reps=2, detail="brief")


def test_every_name_of_the_face_is_there_and_has_a_docstring() -> None:
    listed = set(vars(coach).get("__all__") or dir(coach))
    assert listed <= set(dir(coach))
    for name in listed:
        value = getattr(coach, name)
        if isclass(value) or isfunction(value):
            assert value.__doc__, name


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        coach.nonsense  # type: ignore[attr-defined]  # noqa: B018


def test_rendered_samples_are_the_exported_ones_but_for_the_dither(
    squats: coach.Plan, tmp_path: Path
) -> None:
    coach.export(squats, tmp_path / "squats.wav")
    written, rate_hz = soundfile.read(tmp_path / "squats.wav", dtype="float32")
    samples = coach.render(squats)
    assert (rate_hz, samples.shape) == (coach.RATE_HZ, written.shape)
    assert samples.dtype == np.float32
    assert np.abs(samples - written).max() < 3 / 32768
    assert np.abs(samples).max() > 0.1


def test_blocks_are_arrays_of_their_own(squats: coach.Plan) -> None:
    blocks = list(coach.blocks(squats))
    assert not any(np.shares_memory(block, other) for block, other in pairwise(blocks))
    assert np.array_equal(np.concatenate(blocks), coach.render(squats))


def test_a_plan_is_made_of_a_name_a_path_a_sheet_or_text_alike(squats: coach.Plan) -> None:
    sheet = coach.load("partial-squats")
    parsed = coach.parse(sheet.text, "partial-squats")
    options = coach.Options(coach.Level.GENTLE, coach.Detail.BRIEF, sets=1, reps=2)
    for same in (sheet, sheet.path, str(sheet.path), parsed):
        assert coach.plan(same, options).timeline == squats.timeline


def test_a_sheet_with_errors_is_refused_with_all_of_them() -> None:
    sheet = coach.parse("# Curls\n\nDose: lots\nCarefull: x\n")
    with pytest.raises(coach.ScriptError) as refused:
        coach.plan(sheet)
    assert "Dose" in refused.value.message
    assert "'Carefull:'" in refused.value.message


def test_problems_of_a_text_are_values_with_a_place() -> None:
    (problem, *_) = coach.check(coach.parse("# Curls\n\nDose: 10 times\nCarefull: x\n- up, 2 seconds\n"))
    assert (problem.span.line, problem.span.column, problem.severity) == (4, 1, coach.Severity.ERROR)
    assert problem.hint == "did you mean 'Careful:'?"


def test_a_sheet_of_text_with_the_name_of_one_of_coach_s_own_is_checked_as_it_is() -> None:
    assert [problem.code for problem in coach.check(coach.parse("Nothing.", "step-ups"))] != []


def test_a_session_of_text_finds_its_exercises_in_a_folder(tmp_path: Path) -> None:
    text = coach.load("partial-squats").text.replace("# Partial squats", "# My squats")
    (tmp_path / "mine.md").write_text(text)
    session = "# Mine\n\nStop at any sharp pain.\n\n- My squats\n"
    assert not coach.parse(session, folder=tmp_path).has_errors
    assert coach.parse(session, folder=tmp_path / "else" / "where").has_errors


def test_one_target_that_fails_leaves_the_others_whole_and_is_told(
    squats: coach.Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coach.exports.libsndfile.SoundfileEncoder.encode", _fail)
    with pytest.raises(coach.ExportError, match="the disk is full") as failed:
        coach.export(squats, tmp_path / "a.wav", tmp_path / "b.flac")
    assert [written.path.name for written in failed.value.exported.written] == ["a.wav"]
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]


def _fail(*_: object) -> None:
    raise coach.DiskError("the disk is full")


def test_playing_shows_views_takes_actions_and_keeps_nothing(squats: coach.Plan) -> None:
    views: list[coach.View] = []
    actions: SimpleQueue[coach.Action] = SimpleQueue()

    def look(view: coach.View) -> None:
        if not views:
            actions.put(coach.Action.STOP)
        views.append(view)

    before = coach.read_diary()
    ended = coach.play(squats, player="none", on_view=look, actions=actions)
    assert views
    assert ended.how_to_go_on == ""
    assert coach.read_diary() == before


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        (lambda: coach.plan("no such sheet"), "no such sheet"),
        (lambda: coach.plan("inner-knee", times=2), "a session is done once"),
        (lambda: coach.play("step-ups", player="loud"), "no player 'loud'"),
        (lambda: coach.load(Path("nowhere.md")), "nowhere.md"),
        (lambda: coach.plan("step-ups", voice="xx-yy"), "xx-yy"),
    ],
    ids=["sheet", "times", "player", "path", "voice"],
)
def test_what_cannot_be_done_is_a_usage_error(wrong: Callable[[], object], what: str) -> None:
    with pytest.raises(coach.CoachError, match=re.escape(what)):
        wrong()


def test_a_home_that_there_is_not_is_a_name_like_any_other(settings: Path) -> None:
    settings.write_text('music = "~nobody-of-this-name/rain.ogg"')
    assert my_options().music.endswith("~nobody-of-this-name/rain.ogg")


@pytest.mark.parametrize("times", [0, -1, 21])
def test_an_exercise_is_done_once_to_twenty_times(times: int) -> None:
    with pytest.raises(coach.UsageError, match=f"not done {times} times"):
        coach.plan("step-ups", times=times)


def test_a_speaker_of_ones_own_is_not_closed() -> None:
    class Beep:
        identity = "beep"
        closed = 0

        def speak(
            self, utterances: Sequence[coach.Utterance]
        ) -> Iterator[tuple[coach.Utterance, coach.Clip]]:
            for utterance in utterances:
                yield utterance, coach.Clip(np.full(4_800, 3_000, np.int16), coach.Frames(0))

        def close(self) -> None:
            self.closed += 1

    beep = Beep()
    coach.plan("partial-squats", sets=1, reps=2, speaker=beep)
    assert beep.closed == 0
