"""What is asked for, what is kept of it, and where it starts."""

import json
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.cli.progress import Progress
from coach.diary.entries import Entry
from coach.diary.storage import Diary, KeptPlace, _locked
from coach.errors import CoachError, UsageError
from coach.language.level import Level
from coach.live.run import (
    OTHER_PLACE,
    OWN_PLACE,
    Memory,
    Request,
    _music,
    _voice,
    chapter_place,
    is_early,
    kept_request,
    kept_session,
)
from coach.session.moves import ChapterMoves, prompts
from coach.session.options import Detail, Options
from coach.session.steps import Step
from coach.session.whereabouts import Place
from coach.sheets.by_name import named
from coach.sheets.score import scored
from coach.sound.clip import Utterance
from coach.voices.cache import ClipCache
from coach.voices.espeak import EspeakVoice
from coach.voices.voice import speak_all

TITLES = ["Before we start", "Lying hamstring curls", "Partial squats", "Step-ups", "Step-ups, round two"]
CHAPTERS = [ChapterMoves(title, ()) for title in TITLES]


@pytest.mark.parametrize(
    ("wanted", "index"), [("2", 1), ("step-ups", 3), ("partial", 2), ("HAMSTRING", 1), ("round two", 4)]
)
def test_a_part_is_named_by_number_title_beginning_or_word(wanted: str, index: int) -> None:
    assert chapter_place(CHAPTERS, wanted) == Place(index, TITLES[index], 0.0)


@pytest.mark.parametrize(
    ("wanted", "why"),
    [("0", "no part"), ("6", "no part"), ("xyz", "no part"), ("", "no part"), ("s", "several")],
)
def test_a_part_that_there_is_not_lists_those_that_there_are(wanted: str, why: str) -> None:
    with pytest.raises(UsageError, match=why) as raised:
        chapter_place(CHAPTERS, wanted)
    assert "2 Lying hamstring curls" in raised.value.hint


def test_of_the_rounds_of_one_exercise_a_name_means_the_first_and_each_can_be_named() -> None:
    rounds = [
        ChapterMoves(f"{title}, round {n} of two", (), exercise=title)
        for n in ("one", "two")
        for title in ("Step-ups", "Step-downs")
    ]
    for wanted, index in (("step-ups", 0), ("step-ups, round two", 2), ("downs", 1), ("4", 3)):
        assert chapter_place(rounds, wanted) == Place(index, rounds[index].title, 0.0)
    for wanted in ("step", "round one"):
        with pytest.raises(UsageError, match="several"):
            chapter_place(rounds, wanted)


def kept(request: Request) -> dict[str, object]:
    place = {"chapter": 1, "title": "Step-ups", "offset_s": 1.5, "side": "left leg", "number": 2, "rep": 7}
    return dict(json.loads(json.dumps(request.as_json() | {"place": place})))


def test_what_is_kept_asks_for_the_same_again() -> None:
    steps = (Step("Step-ups", Level.STRONG, 2, 15, 2),)
    options = Options(Level.STRONG, Detail.AUTO, voice="en-gb", reps=9, music="/music/piano.ogg", steps=steps)
    request = Request(named("step-ups"), options, 3)
    again, place, pains, level = kept_session(kept(request) | {"pains": {"": 2, "Step-ups": 7}})
    assert again == request
    assert place == Place(1, "Step-ups", 1.5, "left leg", 2, 7)
    assert pains == {"": 2, "Step-ups": 7}
    assert level is Level.STRONG
    assert kept_session(kept(request)).pains == {}


def test_a_sheet_of_ones_own_is_found_again_from_another_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "step-ups.md").write_text((named("step-ups").path).read_text())
    monkeypatch.chdir(tmp_path)
    settings = kept(Request(named("step-ups.md")))
    monkeypatch.chdir("/")
    again, *_ = kept_session(settings)
    assert again.sheet.path == tmp_path / "step-ups.md"


@pytest.mark.parametrize(
    "wrong",
    [
        {"offset_s": "a"},
        {"offset_s": -3.0},
        {"offset_s": True},
        {"offset_s": float("nan")},
        {"chapter": -1},
        {"chapter": 10**5000},
        {"chapter": 1.5},
        {"rep": None},
        {"title": ["x"]},
        {"side": 3},
        {"number": True},
    ],
)
def test_a_place_that_somebody_has_edited_is_a_usage_error_too(wrong: dict[str, object]) -> None:
    settings = kept(Request(named("step-ups")))
    place = settings["place"]
    assert isinstance(place, dict)
    with pytest.raises(UsageError, match="cannot be understood"):
        kept_session(settings | {"place": place | wrong})


@pytest.mark.parametrize("pains", [None, [7], {"Step-ups": 11}, {"Step-ups": "7"}, {"": True}, {"": 1.5}])
def test_answers_that_somebody_has_edited_are_a_usage_error_too(pains: object) -> None:
    with pytest.raises(UsageError, match="cannot be understood"):
        kept_session(kept(Request(named("step-ups"))) | {"pains": pains})


@pytest.mark.parametrize("broken", ["sheet", "options", "place", "times"])
def test_a_place_that_cannot_be_understood_is_a_usage_error(broken: str) -> None:
    settings = kept(Request(named("step-ups")))
    for value in ("nonsense", None, {"x": 1}):
        with pytest.raises(UsageError):
            kept_session(settings | {broken: value})
    del settings[broken]
    with pytest.raises(UsageError, match="cannot be understood"):
        kept_session(settings)


json_values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.sampled_from([10**400, -1, 0, 20, "step-ups", "/dev/zero", "\0", "\ud800", "\x1b[2J", "x" * 5000]),
        st.floats(),
        st.text(max_size=9),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["chapter", "title", "level", "voice", "known", "x"]), inner, max_size=3
        ),
    ),
    max_leaves=6,
)


@settings(max_examples=300)
@given(st.dictionaries(st.sampled_from(["sheet", "options", "place", "times", "x"]), json_values), st.data())
def test_whatever_a_kept_place_holds_it_is_understood_or_told(
    values: dict[str, object], data: st.DataObject
) -> None:
    whole = kept(Request(named("step-ups")))
    for changed in (values, whole | values):
        with suppress(CoachError):
            kept_session(changed)
    for table in ("place", "options"):
        inner = whole[table]
        assert isinstance(inner, dict)
        name = data.draw(st.sampled_from(sorted({*inner, "level", "reps", "music", "known", "steps"})))
        with suppress(CoachError):
            kept_session(whole | {table: inner | {name: data.draw(json_values)}})


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"times": ' + "1" * 5_000 + "}", '{"times": 1e999}', "NaN", '"']
)
def test_a_place_file_that_no_program_wrote_is_put_aside_or_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("COACH_DATA_DIR", str(tmp_path))
    (tmp_path / "place.json").write_text(text)
    with pytest.raises(UsageError):
        kept_request()


def test_the_first_minute_of_a_new_session_is_worth_less_than_the_place_of_another() -> None:
    assert is_early(Place(0, "Before we start", 59.0))
    assert not is_early(Place(0, "Before we start", 60.0))
    assert not is_early(Place(0, "Curls", 3.0, "", 1, 2))
    assert not is_early(Place(1, "Curls", 0.0))


def at(offset_s: float, rep: int = 0) -> dict[str, object]:
    return {"sheet": "x", "place": {"chapter": 0, "title": "Curls", "offset_s": offset_s, "rep": rep}}


def test_a_session_begun_by_mistake_leaves_the_place_of_the_one_before(tmp_path: Path) -> None:
    before = KeptPlace(tmp_path)
    before.write({"sheet": "before"})
    before.flush()
    memory = Memory(Diary(tmp_path), before, [], goes_on=False)
    memory.keep(at(20.0))
    assert (before.read(), memory.how_to_go_on) == ({"sheet": "before"}, OTHER_PLACE)
    memory.keep(at(3.0, rep=1))
    assert (before.read(), memory.how_to_go_on) == (at(3.0, rep=1), OWN_PLACE)
    memory.keep(at(1.0))
    assert before.read() == at(1.0)
    memory.keep(None)
    assert (before.read(), memory.how_to_go_on) == (None, "")


ENTRY = Entry(datetime(2026, 11, 23, 7, 30, tzinfo=UTC), "test", "Test", Level.STANDARD, 1.0, False, ())


def test_a_session_does_not_wait_for_another_coach_that_writes_the_diary(tmp_path: Path) -> None:
    diary, later = Diary(tmp_path), replace(ENTRY, minutes=2.0)
    memory = Memory(diary, KeptPlace(tmp_path), [], goes_on=False)
    with _locked(tmp_path / "diary.lock"):
        began_s = monotonic()
        memory.record(ENTRY, None)
        memory.record(later, ENTRY)
        assert monotonic() - began_s < 0.5
        assert diary.entries() == ()
    memory.close()
    assert diary.entries() == (later,)


def test_a_diary_that_cannot_be_written_is_told_once(tmp_path: Path) -> None:
    folder, notes = tmp_path / "data", list[str]()
    folder.write_text("a file")
    memory = Memory(Diary(folder), KeptPlace(tmp_path), notes, goes_on=False)
    for minutes in (1.0, 2.0, 3.0):
        memory.record(replace(ENTRY, minutes=minutes), None)
    memory.close()
    assert len(notes) == 1
    assert "is no folder" in notes[0]


def test_a_short_session_that_is_finished_leaves_the_place_of_another(tmp_path: Path) -> None:
    before = KeptPlace(tmp_path)
    before.write({"sheet": "before"})
    before.flush()
    memory = Memory(Diary(tmp_path), before, [], goes_on=False)
    memory.keep(at(20.0))
    memory.keep(None)
    assert (before.read(), memory.how_to_go_on) == ({"sheet": "before"}, OTHER_PLACE)


def test_a_first_session_and_a_resumed_one_are_kept_from_their_first_moment(tmp_path: Path) -> None:
    first = KeptPlace(tmp_path)
    Memory(Diary(tmp_path), first, [], goes_on=False).keep(at(0.5))
    assert first.read() == at(0.5)
    Memory(Diary(tmp_path), first, [], goes_on=True).keep(at(0.7))
    assert first.read() == at(0.7)


def test_damaged_music_is_told_at_the_end_of_a_session(tmp_path: Path) -> None:
    notes: list[str] = []
    path = tmp_path / "rain.wav"
    soundfile.write(path, 0.1 * np.random.default_rng(1).standard_normal(8 * 8_000), 8_000)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    music = _music(Options(music=str(path)), notes, Progress, may_be_gone=False)
    assert music is not None
    music.close()
    assert "breaks off at 0:03 of 0:08" in notes[0]


def test_the_engine_is_loaded_in_advance_only_if_the_first_chapter_has_to_be_spoken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COACH_CACHE_DIR", str(tmp_path))
    loaded: list[Utterance] = []
    monkeypatch.setattr(EspeakVoice, "load", lambda _, utterance: loaded.append(utterance))
    first, second, *_ = scored(named("step-ups"), Options(voice="en-us"))[2]
    with EspeakVoice("en-us") as voice:
        speak_all([Utterance(text, "en-us", 150) for text in prompts(first)], voice, ClipCache())
    for heard_first in ([first], []):
        name, opened = _voice(Options(voice="en-us"), "en-us", heard_first, ClipCache())
        assert (name, isinstance(opened, EspeakVoice), loaded) == ("en-us", True, [])
    _voice(Options(voice="en-us"), "en-us", [second], ClipCache())
    assert [utterance.text in prompts(second) for utterance in loaded] == [True]


def test_a_session_that_is_gone_on_with_does_without_music_that_is_gone(tmp_path: Path) -> None:
    notes: list[str] = []
    options = Options(music=str(tmp_path / "rain.ogg"))
    assert _music(options, notes, Progress, may_be_gone=True) is None
    assert len(notes) == 1
    assert "There was no music: " in notes[0]
    assert "rain.ogg" in notes[0]
    with pytest.raises(UsageError, match=r"rain\.ogg"):
        _music(options, notes, Progress, may_be_gone=False)
    assert _music(Options(), notes, Progress, may_be_gone=False) is None


def test_a_level_that_changed_in_the_session_is_the_one_it_goes_on_with_and_nothing_else_has_changed() -> (
    None
):
    steps = (Step("Step-ups", Level.STANDARD, 1, 12, 2),)
    request = Request(named("step-ups"), Options(minutes=15, steps=steps))
    again = kept_session(kept(request) | {"level": "gentle"})
    assert (again.level, again.request) == (Level.GENTLE, request)
    with pytest.raises(UsageError, match="cannot be understood"):
        kept_session(kept(Request(named("step-ups"))) | {"level": "easy"})


def test_a_session_goes_on_with_the_voice_of_todays_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COACH_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("COACH_CONFIG_DIR", str(tmp_path))
    place = KeptPlace()
    place.write(kept(Request(named("step-ups"), Options(usual_voice="gone:voice"))))
    place.flush()
    (tmp_path / "settings.toml").write_text('voice = "en-gb"')
    assert kept_request()[0].options.usual_voice == "en-gb"


@pytest.mark.parametrize("times", [0, 21, 20_000])
def test_a_number_of_times_that_nobody_can_ask_for_is_damaged(times: int) -> None:
    with pytest.raises(UsageError, match="cannot be understood"):
        kept_session(kept(Request(named("step-ups"))) | {"times": times})
