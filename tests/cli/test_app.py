"""The command line, as a person or a program meets it."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
import wave
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest

import coach as library
from coach.cli.app import run
from coach.diary.entries import Done, Entry
from coach.diary.morning import Morning
from coach.diary.storage import Diary, KeptPlace
from coach.errors import DiskError
from coach.language.level import Level
from coach.live.run import Ended
from coach.session.options import Detail, Options
from coach.session.steps import Step
from coach.session.timeline import Say
from tests.commands import COMMANDS
from tests.content.sheets import exercise
from tests.wordings import usual

PLAIN = """\
# Heel raises

Position: standing
Needs: a chair
Dose: 4 times

Stand behind your chair.

- up, 2 seconds: Rise onto your toes,
- down, 2 seconds: and lower slowly.
- loose, 1 second

Careful: Hold the chair.
If it hurts: Rise less high, or stop.
"""


@dataclass(frozen=True)
class Outcome:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


Coach = Callable[..., Outcome]


@pytest.fixture
def coach(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Coach:
    """Run ``coach ARGUMENTS`` in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["coach", *arguments])
        before = signal.getsignal(signal.SIGTERM)
        try:
            with pytest.raises(SystemExit) as left:
                run()
        finally:
            signal.signal(signal.SIGTERM, before)
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Outcome(int(left.value.code or 0), out, err)

    return call


def started(*arguments: str, folder: Path, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "coach", *arguments],
        cwd=folder,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_help_shows_every_command_and_examples(coach: Coach) -> None:
    shown = coach("--help")
    assert shown.code == 0
    for word in (*COMMANDS, "Examples:", "coach export step-ups -o up.wav", "coach practice step-ups"):
        assert word in shown.out


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_every_command_has_an_example(coach: Coach, command: str) -> None:
    shown = coach(command, "--help")
    assert shown.code == 0
    assert f"coach {command}" in shown.out.split("Example", 1)[1]


def test_a_mistyped_command_and_a_mistyped_name_get_a_suggestion(coach: Coach) -> None:
    command = coach("exprt")
    assert (command.code, "export" in command.err) == (2, True)
    name = coach("export", "stepups-up")
    assert name.code == 2
    assert "did you mean 'step-ups'?" in name.err
    assert name.out == ""


def test_a_beginning_that_several_names_share_lists_them(coach: Coach) -> None:
    shown = coach("show", "st")
    assert shown.code == 2
    for name in ("standing-hamstring-curls", "step-ups", "straight-leg-raises"):
        assert name in shown.err


def test_the_list_has_every_sheet_with_needs_and_a_length_at_each_level(coach: Coach) -> None:
    rows = {row["name"]: row for row in json.loads(coach("list", "--json").out)}
    assert len(rows) == 11
    assert rows["inner-knee"]["kind"] == "session"
    assert "chair" in rows["inner-knee"]["needs"]
    for row in rows.values():
        assert 60 < row["about_s"]["gentle"] <= row["about_s"]["standard"] <= row["about_s"]["strong"] < 4500
    text = coach("list").out
    assert all(name in text for name in rows)


def test_lengths_in_the_list_are_those_of_the_plan_within_three_percent(coach: Coach) -> None:
    rows = {row["name"]: row for row in json.loads(coach("list", "--json").out)}
    for name in ("inner-knee", "step-ups", "leg-massage"):
        plan = json.loads(coach("show", name, "--json").out)
        assert plan["duration_s"] == pytest.approx(rows[name]["about_s"]["standard"], rel=0.03)


def test_the_plan_as_json_has_its_fields_and_tiles(coach: Coach) -> None:
    plan = json.loads(coach("show", "step-ups", "--level", "gentle", "--json").out)
    assert {"title", "rate_hz", "length", "duration_s", "voice", "level", "chapters", "events"} <= plan.keys()
    assert (plan["title"], plan["rate_hz"], plan["voice"], plan["level"]) == (
        "Step-ups",
        48_000,
        "en-us",
        "gentle",
    )
    at = 0
    for event in plan["events"]:
        assert event["start"] == at
        assert {"say": "text", "tone": "sound", "silence": "why"}[event["kind"]] in event
        assert event["role"]
        at += event["length"]
    assert at == plan["length"]
    assert plan["duration_s"] == plan["length"] / 48_000
    starts = {event["start"] for event in plan["events"]}
    assert [chapter["title"] for chapter in plan["chapters"]] == ["Before we start", "Step-ups"]
    assert all(chapter["start"] in starts for chapter in plan["chapters"])


def test_export_writes_what_show_plans(coach: Coach, tmp_path: Path) -> None:
    done = coach("export", "step-ups", "--level", "gentle")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("step-ups.wav")
    plan = json.loads(coach("show", "step-ups", "--level", "gentle", "--json").out)
    with wave.open(str(tmp_path / "step-ups.wav")) as reader:
        assert (reader.getframerate(), reader.getnchannels(), reader.getsampwidth()) == (48_000, 1, 2)
        assert reader.getnframes() == plan["length"]


def test_several_files_tracks_and_words_are_exported_at_once(coach: Coach, tmp_path: Path) -> None:
    asked = ("-o", "a.wav", "-o", "b.WAV", "--tracks", "t", "--words")
    done = coach("export", "warm-up-walk", "--level", "gentle", *asked)
    assert (done.code, done.err) == (0, "")
    first, *others = (line.split("  ")[0] for line in done.out.splitlines())
    assert [first, *others] == ["a.wav", "b.WAV", "a.lrc", "a.vtt", "b.lrc", "b.vtt", "t"]
    assert {path.name for path in tmp_path.iterdir()} == {first, *others}
    with wave.open("a.wav") as whole:
        joined = b""
        for path in sorted(Path("t").glob("*.wav")):
            with wave.open(str(path)) as part:
                joined += part.readframes(part.getnframes())
        assert joined == whole.readframes(whole.getnframes())
    again = coach("export", "warm-up-walk", "--level", "gentle", "--tracks", "t")
    assert (again.code, "--force" in again.err) == (2, True)


def test_when_one_of_several_files_fails_it_is_said_which_and_the_rest_is_whole(
    coach: Coach, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: object, data: bytes, _at: int) -> None:
        raise DiskError(f"b.flac cannot be written: the disk is full ({len(data)}).", "Make room.")

    monkeypatch.setattr("coach.exports.tags.taggers.FlacTagger.take", full)
    asked = ("-o", "a.wav", "-o", "b.flac", "-o", "c.wav")
    done = coach("export", "warm-up-walk", "--level", "gentle", *asked)
    assert done.code == 3
    assert "coach: b.flac cannot be written: the disk is full" in done.err
    assert "coach: the rest is whole: a.wav, c.wav" in done.err
    assert [line.split("  ")[0] for line in done.out.splitlines()] == ["a.wav", "c.wav"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.wav", "c.wav"]


def test_a_title_of_any_kind_gives_files_that_any_system_takes(coach: Coach, tmp_path: Path) -> None:
    title = "Knie/Übung: 🏋️ " + "תרגיל " * 40
    (tmp_path / "CON.md").write_text(PLAIN.replace("Heel raises", title), "utf-8")
    assert coach("export", "CON.md", "--sets", "1", "--reps", "2", "--tracks", "t", "-o", "a.wav").code == 0
    names = [path.name for path in Path("t").iterdir()]
    assert all(len(name.encode()) < 140 and not set(name) & set('/\\:*?"<>|') for name in names)
    assert "Knie-Übung - 🏋️ תרגיל" in "".join(names)
    assert title.strip().encode() in Path("a.wav").read_bytes()
    assert coach("export", "CON.md", "--sets", "1", "--reps", "2").out.startswith("CON_.wav")


def test_choices_change_the_session(coach: Coach) -> None:
    def events(*options: str) -> list[dict[str, str]]:
        return list(json.loads(coach("show", "partial-squats", *options, "--json").out)["events"])

    def said(*options: str) -> list[str]:
        return [event["text"] for event in events(*options) if event["kind"] == "say"]

    assert "Two sets of twelve." in said()
    assert "Five repetitions." in said("--sets", "1", "--reps", "5")
    assert "Eight repetitions." in said("--level", "gentle")
    assert len(said("--detail", "brief")) < len(said())
    assert not [event for event in events("--speak-counts", "none") if event["role"] == "count"]
    slow, fast = events("--rate", "110"), events("--rate", "200")
    length = {event["text"]: int(event["length"]) for event in slow if event["kind"] == "say"}
    assert all(
        length[e["text"]] > int(e["length"]) for e in fast if e["kind"] == "say" and len(e["text"]) > 20
    )


def test_a_session_fits_the_minutes_and_says_what_gave_way(coach: Coach, tmp_path: Path) -> None:
    shown = coach("show", "inner-knee", "--minutes", "20")
    assert shown.code == 0
    told = [line for line in shown.out.splitlines() if line.startswith("gave way: ")]
    assert "gave way: Leg massage: left out" in told
    plan = json.loads(coach("show", "inner-knee", "--minutes", "20", "--json").out)
    assert 18 * 60 <= plan["duration_s"] <= 20 * 60
    assert told == [f"gave way: {line}" for line in plan["gave_way"]]
    whole = coach("show", "leg-massage", "--minutes", "60")
    assert "gave way: nothing, this is the whole session" in whole.out
    assert coach("export", "leg-massage", "--minutes", "60").err == ""
    done = coach("export", "inner-knee", "--minutes", "20", "-o", "short.wav")
    assert [line for line in done.err.splitlines() if "gave way" in line] == [
        f"coach: {each}" for each in told
    ]
    with wave.open(str(tmp_path / "short.wav")) as reader:
        assert reader.getnframes() == plan["length"]
    drawn = coach("plot", "inner-knee", "--minutes", "20", "-o", "short.svg")
    assert (drawn.code, "Leg massage" in (tmp_path / "short.svg").read_text("utf-8")) == (0, False)
    assert "gave_way" not in json.loads(coach("show", "step-ups", "--json").out)


def test_minutes_that_are_too_few_tell_the_least_and_that_many_are_enough(coach: Coach) -> None:
    refused = coach("show", "step-ups", "--minutes", "2")
    assert refused.code == 2
    assert "at the least, and not 2 minutes" in refused.err
    enough = refused.err.partition("--minutes ")[2].split()[0]
    assert coach("show", "step-ups", "--minutes", enough).code == 0


def test_minutes_of_the_settings_are_for_all_commands_and_given_ones_come_first(
    coach: Coach, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COACH_CONFIG_DIR", str(tmp_path))
    (tmp_path / "settings.toml").write_text("minutes = 5\n")
    assert json.loads(coach("show", "partial-squats", "--json").out)["duration_s"] <= 300
    assert json.loads(coach("show", "partial-squats", "--minutes", "60", "--json").out)["duration_s"] > 300


def test_the_list_has_the_least_and_the_whole_of_each_sheet(coach: Coach) -> None:
    for row in json.loads(coach("list", "--json").out):
        for level in Level:
            assert 0 < row["least_s"][level] <= row["about_s"][level]
    text = coach("list").out
    assert "least and whole" in text.splitlines()[0]
    row = next(line for line in text.splitlines() if line.startswith("  inner-knee "))
    assert re.search(r" \d+-\d+ +\d+-\d+ +\d+-\d+ ", row)


@pytest.mark.parametrize(
    ("picks", "exercises"),
    [
        (("--only", "3,5"), ["Lying hamstring curls", "Partial squats"]),
        (("--only", "2-4"), ["Warm-up walk", "Lying hamstring curls", "Straight leg raises"]),
        (("--only", "step"), ["Step-ups"]),
        (("--from", "3", "--to", "5"), ["Lying hamstring curls", "Straight leg raises", "Partial squats"]),
        (("--from", "step-ups"), ["Step-ups", "Leg massage"]),
        (("--only", "squats", "--minutes", "8"), ["Partial squats"]),
    ],
)
def test_parts_of_a_session_are_picked(coach: Coach, picks: tuple[str, ...], exercises: list[str]) -> None:
    plan = json.loads(coach("show", "inner-knee", *picks, "--json").out)
    titles = [chapter["title"] for chapter in plan["chapters"]]
    others = {"Before we start", "An easy walk", "To finish"}
    assert [title for title in titles if title not in others] == exercises
    assert titles[0] == "Before we start"
    assert titles[-1] == "To finish"


def test_a_file_that_is_there_is_replaced_only_with_force(coach: Coach, tmp_path: Path) -> None:
    there = tmp_path / "warm-up-walk.wav"
    there.write_bytes(b"mine")
    refused = coach("export", "warm-up-walk", "--level", "gentle")
    assert refused.code == 2
    assert "--force" in refused.err
    assert there.read_bytes() == b"mine"
    assert coach("export", "warm-up-walk", "--level", "gentle", "--force").code == 0
    assert there.read_bytes()[:4] == b"RIFF"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("export", "-o", "knee.aac"), 2, "end the name in .wav"),
        (("export", "step-ups", "-o", "no/such/folder/x.wav"), 3, "folder"),
        (("export", "step-ups", "--tracks", "no/such/folder"), 3, "folder"),
        (("export", "step-ups", "-o", "a.wav", "-o", "a.wav"), 2, "asked for twice"),
        (("export", "step-ups", "--format", "mp3"), 2, "--tracks"),
        (("export", "step-ups", "--tracks", "t", "--format", "html"), 2, "flac"),
        (("export", "step-ups", "--voice", "nobody"), 2, "voice"),
        (("export", "step-ups", "--rate", "5"), 2, "words a minute"),
        (("export", "step-ups", "--level", "brutal"), 2, "gentle"),
        (("export", "step-ups", "--reps", "0"), 2, "reps"),
        (("show", "--only", "jumps"), 2, "5 Partial squats"),
        (("show", "--only", "s"), 2, "a part of several names"),
        (("show", "--only", "5-3"), 2, "no exercise is among these parts"),
        (("show", "--only", ""), 2, "the parts, as in '3,5'"),
        (("show", "--only", ","), 2, "there is no part ''"),
        (("show", "--from", "5", "--to", "3"), 2, "no exercise is among these parts"),
        (("show", "step-ups", "--from", "2"), 2, "one exercise, and has no parts"),
        (("show", "--minutes", "0"), 2, "from 1 to 600"),
        (("show", "--minutes", "ten"), 2, "minutes"),
        (("plot", "--minutes", "3", "-o", "x.svg"), 2, "at the least, and not 3 minutes"),
        (
            ("practice", "step-ups", "--minutes", "1", "--player", "none"),
            2,
            "at the least, and not 1 minutes",
        ),
        (("run", "--minutes", "1", "--player", "none"), 2, "at the least, and not 1 minutes"),
        (("run", "--from", "3", "--resume", "--player", "none"), 2, "leave out"),
        (("show", "nowhere.md"), 2, "not the name"),
        (("check", "nowhere.md"), 2, "nowhere.md"),
        (("check",), 2, "FILE"),
        (("show", "."), 2, "not the name"),
        (("show", "./"), 2, "cannot read"),
        (("export", "-o", "a" * 300 + ".wav"), 3, "too long"),
        (("export", "inner-knee", "--sets", "12", "--reps", "100"), 3, "12 hours"),
        (("export", "inner-knee", "--sets", "20", "--reps", "100"), 2, "28 hours"),
        (("run", "nonsense", "--player", "none"), 2, "not the name"),
        (("run", "nowhere.md", "--player", "none"), 2, "not the name"),
        (("run", "--from", "jumps", "--player", "none"), 2, "6 Step-ups"),
        (("run", "--from", "77", "--player", "none"), 2, "2 Warm-up walk"),
        (("run", "--resume", "--player", "none"), 2, "`coach run` begins one"),
        (("run", "step-ups", "--resume", "--player", "none"), 2, "leave out"),
        (("run", "--resume", "--detail", "brief", "--player", "none"), 2, "only --level"),
        (("run", "--player", "gramophone"), 2, "miniaudio"),
        (("run", "step-ups", "--voice", "nobody", "--player", "none"), 2, "There is no voice"),
        (("run", "step-ups", "--rate", "5", "--player", "none"), 2, "words a minute"),
        (("practice", "nonsense", "--player", "none"), 2, "not the name"),
        (("practice", "inner-knee", "--times", "2", "--player", "none"), 2, "coach run"),
        (("practice", "step-ups", "--times", "0"), 2, "times"),
        (("diary", "--json", "--csv"), 2, "choose one"),
        (("doctor", "--player", "gramophone"), 2, "miniaudio"),
    ],
)
def test_a_wrong_request_says_what_to_do(
    coach: Coach, arguments: tuple[str, ...], code: int, words: str
) -> None:
    done = coach(*arguments)
    assert done.code == code, done
    assert words in done.err
    assert done.out == ""


def test_check_says_fine_and_says_what_is_wrong_where(coach: Coach, tmp_path: Path) -> None:
    (tmp_path / "heel-raises.md").write_text(PLAIN)
    (tmp_path / "wrong.md").write_text(PLAIN.replace("Careful:", "Carefull:"))
    fine = coach("check", "heel-raises.md")
    assert (fine.code, fine.out) == (0, "heel-raises.md: fine\n")
    wrong = coach("check", "heel-raises.md", "wrong.md")
    assert wrong.code == 1
    assert "wrong.md:13:1: error:" in wrong.out
    assert "did you mean 'Careful:'?" in wrong.out
    rows = json.loads(coach("check", "--format", "json", "wrong.md").out)
    assert (rows[0]["line"], rows[0]["severity"], rows[0]["file"]) == (13, "error", "wrong.md")


def test_ones_own_sheets_can_be_shown_and_exported(coach: Coach, tmp_path: Path) -> None:
    (tmp_path / "heel-raises.md").write_text(PLAIN, encoding="utf-16")
    (tmp_path / "mine.md").write_text(
        "# Mine\n\nStop at any sharp pain.\n\n- Heel raises\n- Step-ups: 1 set of 3 each leg\n"
    )
    assert "Rise onto your toes," in coach("show", "heel-raises.md").out
    shown = coach("show", "mine.md")
    assert shown.code == 0, shown.err
    ends = [usual(line[8:]) for line in shown.out.splitlines()]
    assert {"That was heel raises.", "That was step-ups."} <= {*ends}
    assert coach("export", "mine.md", "-o", str(tmp_path)).out.startswith(str(tmp_path / "mine.wav"))


def test_a_sheet_with_errors_is_explained_and_not_exported(coach: Coach, tmp_path: Path) -> None:
    (tmp_path / "wrong.md").write_text(PLAIN.replace("Dose: 4 times", "Dose: lots"))
    done = coach("export", "wrong.md")
    assert done.code == 1
    assert "wrong.md:5:" in done.err
    assert list(tmp_path.glob("*.wav")) == []


def test_no_empty_hint_is_printed(coach: Coach, tmp_path: Path) -> None:
    (tmp_path / "wrong.md").write_text(PLAIN.replace("Dose: 4 times", "Dose: lots"))
    (tmp_path / "loop.m4a").symlink_to("loop.m4a")  # nobody knows what to do about that
    commands = (("export", "wrong.md"), ("check", "wrong.md"), ("show", "wrong.md"), ("send", "loop.m4a"))
    for command in commands:
        done = coach(*command)
        assert not [line for line in (done.out + done.err).splitlines() if line.strip() == "="], command


@pytest.mark.skipif(sys.platform == "win32", reason="no such name on Windows")
def test_escape_sequences_in_a_files_name_are_not_printed(coach: Coach, tmp_path: Path) -> None:
    names = ("fine\x1b[2J\u202e.md", "wrong\x1b[2J\u202e.md", "nowhere\x1b[2J\u202e.md")
    (tmp_path / names[0]).write_text(PLAIN)
    (tmp_path / names[1]).write_text(PLAIN.replace("Dose: 4 times", "Dose: lots"))
    done = coach("check", *names)
    assert done.out.startswith("fine\ufffd[2J.md: fine")
    assert "wrong\ufffd[2J.md:5:" in done.out
    assert "nowhere\ufffd[2J.md" in done.err
    assert not {"\x1b", "\u202e"} & set(done.out + done.err)


def test_one_unreadable_file_keeps_no_other_from_being_checked(coach: Coach, tmp_path: Path) -> None:
    (tmp_path / "fine.md").write_text(PLAIN)
    done = coach("check", "nowhere.md", "fine.md")
    assert done.code == 2
    assert done.out == "fine.md: fine\n"
    assert "nowhere.md" in done.err


def test_other_files_in_the_folder_are_no_hindrance(coach: Coach, tmp_path: Path) -> None:
    (tmp_path / "heel-raises.md").write_text(PLAIN)
    (tmp_path / "mine.md").write_text("# Mine\n\nStop at any sharp pain.\n\n- Heel raises\n")
    (tmp_path / "huge.md").write_text("a long note " * 200_000)
    (tmp_path / "odd.md").mkdir()
    (tmp_path / "loop.md").symlink_to("loop.md")
    assert coach("check", "heel-raises.md", "mine.md").code == 0


def test_an_exercise_with_errors_is_named_where_a_session_asks_for_it(coach: Coach, tmp_path: Path) -> None:
    (tmp_path / "broken.md").write_text(
        PLAIN.replace("Heel raises", "Slow raises").replace("Dose: 4", "Dose: x")
    )
    (tmp_path / "mine.md").write_text("# Mine\n\nStop at any sharp pain.\n\n- Slow raises\n")
    done = coach("check", "mine.md")
    assert done.code == 1
    own, session = (done.out.index(each) for each in ("broken.md:5:7: error:", "mine.md:5:3: error:"))
    assert own < session
    assert "'Slow raises' cannot be used, because broken.md has errors" in done.out
    assert "= coach check broken.md explains them" in done.out
    assert done.out.count("error:") == 2


def test_a_session_does_not_hide_the_exercise_that_it_is_named_after(coach: Coach, tmp_path: Path) -> None:
    (tmp_path / "partial-squats.md").write_text("# Mine\n\nStop at any sharp pain.\n\n- Partial squats\n")
    assert "That was partial squats." in coach("show", "partial-squats.md").out


def test_a_file_here_is_found_by_its_bare_name(coach: Coach, tmp_path: Path) -> None:
    (tmp_path / "heel-raises.md").write_text(PLAIN)
    assert coach("show", "heel-raises").out.startswith("# Heel raises\n")


def test_check_lists_what_each_name_of_a_session_became(coach: Coach, tmp_path: Path) -> None:
    (tmp_path / "raises.md").write_text(PLAIN)
    (tmp_path / "mine.md").write_text("# Mine\n\nStop at any pain.\n\n- raises\n- Step-ups\n")
    lines = coach("check", "mine.md").out.splitlines()
    assert lines == [
        "mine.md: fine",
        "mine.md:5:3: note: 'raises' is 'Heel raises', raises.md",
        "mine.md:6:3: note: 'Step-ups' is 'Step-ups', one of coach's own",
    ]
    rows = json.loads(coach("check", "--format", "json", "mine.md").out)
    assert [(row["line"], row["severity"]) for row in rows] == [(5, "note"), (6, "note")]


def test_the_voices_are_listed_and_the_default_is_marked(coach: Coach) -> None:
    rows = json.loads(coach("voices", "--json").out)
    assert [row["name"] for row in rows if row["default"]] == ["en-us"]
    assert "en-gb" in {row["name"] for row in rows}
    starred = [line.split() for line in coach("voices").out.splitlines() if line.startswith("*")]
    assert [words[1] for words in starred] == ["en-us"]


@pytest.fixture
def diary(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Diary:
    """A diary with two sessions, which the commands use."""
    folder = tmp_path / "data"
    monkeypatch.setenv("COACH_DATA_DIR", str(folder))
    found = Diary(folder)
    for day, soreness in ((16, 3), (18, None)):
        found.add(
            Entry(
                datetime(2026, 11, day, 9, 30, tzinfo=UTC),
                "step-ups",
                "Step-ups",
                Level.GENTLE,
                9.5,
                True,
                (Done("Step-ups", Level.GENTLE, 2, 2, 12, 12, 6.0),),
                soreness,
            )
        )
    return found


@pytest.mark.parametrize("command", ["check", "show", "export", "send"])
def test_no_file_name_in_a_message_steers_the_terminal(tmp_path: Path, command: str) -> None:
    process = started(
        command, "knee\x1b[2J\x9b\u202e.md", folder=tmp_path, PYTHONIOENCODING="utf-8", PYTHONUTF8="1"
    )
    out, err = process.communicate(timeout=60)
    assert process.returncode
    assert "knee" in err
    assert not set(out + err) & set("\x1b\x9b\u202e")


@pytest.mark.parametrize("form", ["", "--json", "--csv"])
def test_no_title_in_the_diary_steers_the_terminal(coach: Coach, diary: Diary, form: str) -> None:
    title = "Knee\x1b[2J \x9b2J\x7f \u202egnp\u2069\U000e0067\r\x07"
    diary.add(replace(diary.entries()[-1], title=title, session=title))
    shown = coach("diary", *filter(None, [form])).out
    assert "Knee" in shown
    assert not set(shown) & set("\x1b\x9b\x7f\u202e\u2069\x07")
    if form == "--json":
        assert json.loads(shown)[-1]["title"] == title


def test_the_diary_is_shown_as_lines_with_a_chart_as_json_and_as_csv(coach: Coach, diary: Diary) -> None:
    shown = coach("diary")
    assert (shown.code, shown.err) == (0, "")
    assert shown.out.count("Step-ups") >= 2
    assert "2 sessions" in shown.out
    rows = json.loads(coach("diary", "--json").out)
    assert [(row["title"], row["soreness"]) for row in rows] == [("Step-ups", 3), ("Step-ups", None)]
    lines = list(csv.reader(coach("diary", "--csv").out.splitlines()))
    assert len(lines) == 3
    assert lines[1][0] == "2026-11-16"
    assert len(diary.entries()) == 2


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, Options]]:
    """What was played: nothing sounds."""
    found: list[tuple[object, Options]] = []

    def run(session: object, chosen: Options, **_: object) -> Ended:
        found.append((session, chosen))
        return Ended(None, "", None, ())

    monkeypatch.setattr("coach.library.run", run)
    monkeypatch.setattr("coach.run", run)
    return found


def days_ago(days: int, step: Step, morning: Morning | None = None) -> Entry:
    """A session of an exercise that was done as it was set out."""
    sets, reps = step.sets * step.sides, step.total_reps
    done = Done(step.title, step.level, sets, sets, reps, reps, 6.0, pain=1)
    started = datetime.now().astimezone() - timedelta(days=days)
    return Entry(
        started, "step-ups", "Step-ups", step.level, 9.5, True, (done,), steps=(step,), morning=morning
    )


FOUR = ("lying-hamstring-curls", "straight-leg-raises", "partial-squats", "step-ups")


@pytest.mark.parametrize(("usual", "is_told"), [("piper:kerstin", True), ("en-gb", False)])
def test_a_voice_that_the_settings_ask_for_is_removed_and_that_is_told(
    coach: Coach, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, usual: str, is_told: bool
) -> None:
    monkeypatch.setenv("COACH_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COACH_CONFIG_DIR", str(tmp_path / "config"))
    voices = tmp_path / "data" / "voices"
    for folder in (voices, tmp_path / "config"):
        folder.mkdir(parents=True)
    (tmp_path / "config" / "settings.toml").write_text(f'voice = "{usual}"')
    for name in ("kerstin.onnx", "kerstin.onnx.json"):
        (voices / name).write_text("")
    removed = coach("voices", "remove", "kerstin")
    assert removed.code == 0
    assert removed.out.count("removed ") == 2
    assert ("the settings still ask for the voice piper:kerstin" in removed.err) == is_told
    assert not any(voices.iterdir())


@pytest.mark.parametrize("command", [("run",), ("practice", "step-ups")])
def test_who_has_heard_the_built_in_voice_is_told_once_what_a_natural_one_needs(
    coach: Coach, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: tuple[str, ...]
) -> None:
    monkeypatch.setenv("COACH_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr("coach.voices.engines.NATURAL", ())
    ended = Ended(None, "", None, (), "en-us", "en-us")
    monkeypatch.setattr("coach.run", lambda *_, **__: ended)
    told = coach(*command)
    assert (told.code, told.out) == (0, "")
    assert told.err.startswith("coach: that was the built-in voice; a natural one is easier to follow")
    assert coach(*command).err == ""


@pytest.mark.parametrize("command", [("run",), ("practice", "step-ups"), ("today",)])
def test_what_is_played_is_brief_for_who_knows_it(
    coach: Coach, played: list[tuple[object, Options]], command: tuple[str, ...]
) -> None:
    assert coach(*command).code == 0
    coach(*command, "--detail", "full")
    assert [chosen.detail for _, chosen in played] == [Detail.AUTO, Detail.FULL]


def test_today_says_what_is_due_and_begins_it(
    coach: Coach, diary: Diary, played: list[tuple[object, Options]]
) -> None:
    diary.path.unlink()
    assert coach("today", "--tell").out.startswith("Strong knees is due today.\n")
    assert played == []
    assert coach("today").code == 0
    [(name, chosen)] = played
    assert name == "inner-knee"
    doses = {name: exercise(name).doses[Level.STANDARD] for name in FOUR}
    assert [(step.title, step.sets, step.reps) for step in chosen.steps] == [
        (exercise(name).title, dose.sets, dose.most_reps) for name, dose in doses.items()
    ]
    coach("today", "step-ups", "--level", "gentle")
    assert played[-1][1].steps == (Step("Step-ups", Level.GENTLE, 1, 6, 2),)


def test_today_goes_on_with_the_programme_of_last_time_and_offers_one_step(
    coach: Coach, diary: Diary, played: list[tuple[object, Options]]
) -> None:
    step = Step("Step-ups", Level.STANDARD, 2, 10, 2)
    diary.add(days_ago(4, step, Morning.USUAL))
    diary.add(days_ago(2, step))
    without_answer = coach("today", "--leave").out
    assert "offer" not in without_answer
    offered = coach("today", "--morning", "usual", "--leave").out
    assert "Step-ups: 11 times in place of 10" in offered
    assert "Why: " in offered
    assert diary.entries()[-1].morning is Morning.USUAL
    assert [chosen.steps for _, chosen in played] == [(step,), (step,)]
    coach("today", "--take")
    assert played[-1][1].steps == (replace(step, reps=11),)
    coach("today")  # nobody is at the keyboard: nothing is taken
    assert played[-1][1].steps == (step,)


def test_today_spreads_a_programme_over_days_and_remembers_it(
    coach: Coach, diary: Diary, played: list[tuple[object, Options]]
) -> None:
    diary.path.unlink()
    told = coach("today", "--a-day", "2").out
    assert "Another day has: Partial squats, Step-ups." in told
    [(name, chosen)] = played
    assert (name, chosen.only) == ("inner-knee", "1,2,3,4,8,9")
    done = tuple(
        Done(step.title, step.level, 2, 2, step.total_reps, step.total_reps, 5.0) for step in chosen.steps
    )
    started = datetime.now().astimezone() - timedelta(days=2)
    level = Level.STANDARD
    entry = Entry(started, "inner-knee", "Strong knees", level, 20.0, True, done, steps=chosen.steps)
    diary.add(entry)
    coach("today")
    assert [step.title for step in played[-1][1].steps] == ["Partial squats", "Step-ups"]
    coach("today", "--a-day", "9", "--only", "3")
    assert len(played[-1][1].steps) == 4
    assert played[-1][1].only == "3"


@pytest.mark.parametrize(
    ("cut", "titles"),
    [
        (("--from", "4"), ["Straight leg raises"]),
        (("--to", "3"), ["Lying hamstring curls"]),
        ((), ["Lying hamstring curls", "Straight leg raises"]),
    ],
)
def test_from_and_to_cut_what_is_due_and_add_no_exercise_of_another_day(
    coach: Coach, diary: Diary, played: list[tuple[object, Options]], cut: tuple[str, ...], titles: list[str]
) -> None:
    diary.path.unlink()
    assert coach("today", "--a-day", "2", *cut).code == 0
    chapters = library.plan("inner-knee", played[-1][1]).timeline.chapters
    found = [
        chapter.exercise
        for chapter in chapters
        if chapter.exercise in {exercise(name).title for name in FOUR}
    ]
    assert [*dict.fromkeys(found)] == titles


def test_the_parts_of_a_day_have_the_warm_up_the_rules_and_the_way_into_each_position() -> None:
    day = library.today("inner-knee", a_day=2)
    chosen = replace(Options(), steps=day.steps, only="1,2,3,4,8,9")
    whole, part = (
        [event.text for event in plan.timeline.events if isinstance(event, Say)]
        for plan in (library.plan("inner-knee"), library.plan("inner-knee", chosen))
    )
    rules = [
        text for text in whole if text.startswith(("Do not start", "If you feel", "If you have", "Stop it"))
    ]
    assert len(rules) >= 6
    assert {*rules} <= {*part}
    assert part[whole.index("Warm-up walk.")] == "Warm-up walk."
    assert "Come down to your mat, and take your time." in part
    assert "Step-ups." not in part


def test_today_goes_on_anyway_on_a_day_of_rest_if_asked_to_and_offers_nothing(
    coach: Coach, diary: Diary, played: list[tuple[object, Options]]
) -> None:
    step = Step("Step-ups", Level.STANDARD, 2, 10, 2)
    diary.add(days_ago(3, step, Morning.USUAL))
    diary.add(days_ago(1, step, Morning.BETTER))
    shown = coach("today", "--anyway", "--take")
    assert "\nIt begins all the same, with nothing more than last time:\n" in shown.out
    told = coach("today", "--anyway", "--tell")
    assert "`coach today --anyway` begins it all the same" in told.out
    assert "--take changes nothing" in shown.err
    assert [chosen.steps for _, chosen in played] == [(step,)]


def test_a_session_that_was_left_today_is_told_how_to_go_on_where_its_place_is_kept(
    coach: Coach, diary: Diary
) -> None:
    step = Step("Step-ups", Level.STANDARD, 2, 10, 2)
    left = replace(days_ago(0, step), is_finished=False)
    diary.add(left)
    place = KeptPlace()
    hint = "You left the session of today before its end: `coach run --resume` goes on with it."
    assert hint not in coach("today").out
    place.write({"sheet": "low-back"})
    assert place.flush()
    assert hint not in coach("today").out
    place.write({"sheet": "step-ups"})
    assert place.flush()
    shown = coach("today").out.splitlines()
    assert "it has been done today" in shown[0]
    assert shown[1] == hint
    diary.amend(left, replace(left, is_finished=True))
    assert hint not in coach("today").out


def test_a_session_of_an_hour_ago_in_a_place_where_it_is_tomorrow_was_done_today(
    coach: Coach, diary: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime(2026, 11, 3, 22).astimezone()
    east = timezone((now.utcoffset() or timedelta()) + timedelta(hours=5))
    step = Step("Step-ups", Level.STANDARD, 2, 10, 2)
    diary.add(replace(days_ago(0, step), started=(now - timedelta(hours=1)).astimezone(east)))
    monkeypatch.setattr("coach.library.datetime", SimpleNamespace(now=lambda: now))
    assert "Step-ups is not due today: it has been done today. It is due on" in coach("today").out
    diary.amend(diary.entries()[-1], replace(days_ago(0, step), started=now + timedelta(hours=1)))
    assert "is due today" in coach("today", "--tell").out, "a clock that was wrong has sessions to come"


def test_today_says_that_soreness_rose_from_session_to_session(coach: Coach, diary: Diary) -> None:
    step = Step("Step-ups", Level.STANDARD, 2, 10, 2)
    for days, soreness in ((6, 2), (4, 3), (2, 4)):
        diary.add(replace(days_ago(days, step, Morning.USUAL), soreness=soreness))
    assert "Soreness rose over the last three sessions: 2, 3, 4." in coach("today", "--tell").out
    assert "Soreness" not in coach("today", "low-back", "--tell").out


def test_today_is_told_to_programs_without_a_question(
    coach: Coach, diary: Diary, played: list[tuple[object, Options]]
) -> None:
    step = Step("Step-ups", Level.STANDARD, 2, 10, 2)
    diary.add(days_ago(4, step, Morning.USUAL))
    diary.add(days_ago(2, step))
    found = json.loads(coach("today", "--json").out)
    assert (found["due"], found["offer"]) == (True, None)
    assert "on the morning after" in found["question"]
    offer = json.loads(coach("today", "--json", "--morning", "better").out)["offer"]
    assert offer["then"]["reps"] == 11
    assert played == []


def test_a_programme_whose_sheet_is_gone_says_how_to_go_on(coach: Coach, diary: Diary) -> None:
    entry = days_ago(2, Step("Mine", Level.STANDARD))
    diary.add(replace(entry, session="/nowhere/mine.md"))
    shown = coach("today")
    assert shown.code == 2
    assert "/nowhere/mine.md" in shown.err
    assert "name another, as in `coach today inner-knee`" in shown.err


def test_today_begins_nothing_on_a_day_of_rest(
    coach: Coach, diary: Diary, played: list[tuple[object, Options]]
) -> None:
    diary.add(days_ago(1, Step("Step-ups", Level.STANDARD, 2, 10, 2)))
    shown = coach("today")
    assert (shown.code, played) == (0, [])
    assert "Step-ups is not due today: it was done yesterday" in shown.out


def test_today_asks_at_the_keyboard_until_the_answer_is_one(
    coach: Coach, diary: Diary, played: list[tuple[object, Options]], monkeypatch: pytest.MonkeyPatch
) -> None:
    step = Step("Step-ups", Level.STANDARD, 2, 10, 2)
    diary.add(days_ago(4, step, Morning.USUAL))
    diary.add(days_ago(2, step))
    typed = StringIO("fine\nu\nY\n")
    monkeypatch.setattr(typed, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdin", typed)
    assert coach("today").err.count("on the morning after") == 2
    assert played[-1][1].steps == (replace(step, reps=11),)


def test_an_empty_diary_says_how_to_begin(
    coach: Coach, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("COACH_DATA_DIR", str(tmp_path / "none"))
    assert "`coach run` begins one" in coach("diary").out
    assert coach("diary", "--json").out == "[]\n"


def test_a_damaged_diary_is_shown_as_far_as_it_can_be_read_and_says_so(coach: Coach, diary: Diary) -> None:
    diary.path.write_bytes(diary.path.read_bytes() + b"{half a li")
    shown = coach("diary", "--json")
    assert shown.code == 0
    assert len(json.loads(shown.out)) == 2
    assert "damaged" in shown.err


def test_the_doctor_tries_what_there_is(coach: Coach) -> None:
    shown = coach("doctor", "--player", "none")
    assert (shown.code, shown.err) == (0, "")
    for word in ("player", "device", "voice", "espeak-ng", "Media keys"):
        assert word in shown.out


@pytest.mark.parametrize(("command", "shows"), [("doctor --player none", "espeak-ng"), ("voices", "en-us")])
def test_damaged_settings_are_told_and_the_rest_is_shown(
    coach: Coach, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, shows: str
) -> None:
    monkeypatch.setenv("COACH_CONFIG_DIR", str(tmp_path))
    (tmp_path / "settings.toml").write_text("voice = 3")
    shown = coach(*command.split())
    assert "settings.toml, line 1: 'voice' cannot be 3" in shown.err
    assert shows in shown.out
    assert shown.code == (2 if command.startswith("doctor") else 0)


@pytest.mark.parametrize("command", ["doctor --player none", "voices"])
def test_the_voice_of_the_settings_is_the_usual_one(
    coach: Coach, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("COACH_CONFIG_DIR", str(tmp_path))
    (tmp_path / "settings.toml").write_text('voice = "en-gb"')
    shown = coach(*command.split())
    marked = [line for line in shown.out.splitlines() if line.startswith("*") or " voice " in line]
    assert "en-gb" in marked[0]


def test_something_unforeseen_is_no_traceback(coach: Coach, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> None:
        raise RuntimeError("the moon is full")

    monkeypatch.setattr("coach.library.named", broken)
    done = coach("show")
    assert done.code == 3
    assert "the moon is full" in done.err


def wait_until(holds: Callable[[], object], process: subprocess.Popen[str]) -> None:
    """Wait for what a process brings about; not for one that has ended."""
    while process.poll() is None and not holds():
        time.sleep(0.002)


def hidden_files(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.name.startswith(".")]


MOMENTS: Mapping[str, Callable[[Path, Path], object]] = {
    "Python starts": lambda _folder, _home: True,
    "the first prompt is spoken": lambda _folder, home: home.exists(),
    "the file is being written": lambda folder, _home: hidden_files(folder),
}


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("ended_by", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_end_in_the_middle_leaves_what_was_there_and_nothing_else(
    tmp_path: Path, ended_by: signal.Signals, moment: str
) -> None:
    target, home = tmp_path / "out.wav", tmp_path / "home"
    target.write_bytes(b"mine")
    process = started("export", "-o", str(target), "--force", folder=tmp_path, COACH_CACHE_DIR=str(home))
    wait_until(lambda: MOMENTS[moment](tmp_path, home), process)
    process.send_signal(ended_by)
    _, err = process.communicate(timeout=120)
    assert "Traceback" not in err
    # By the signal itself while Python was starting; by SIGINT, to a shell 130 too, where CPython met the
    # interrupt within a string that it was executing, as dataclasses do when they are imported.
    assert process.returncode in {130, 0, -ended_by, -signal.SIGINT}
    if process.returncode != 0:
        assert target.read_bytes() == b"mine"
    assert {path.name for path in tmp_path.iterdir() if path.is_file()} == {"out.wav"}
    parts = [path for path in home.rglob("*") if path.is_file() and path.suffix != ".clip"]
    assert parts == []


def test_two_cold_exports_at_once_and_a_warm_one_are_the_same_bytes(tmp_path: Path) -> None:
    def export(name: str) -> subprocess.Popen[str]:
        return started(
            "export", "partial-squats", "-o", name, folder=tmp_path, COACH_CACHE_DIR=str(tmp_path / "home")
        )

    for process in [export("a.wav"), export("b.wav")]:
        _, err = process.communicate(timeout=60)
        assert (process.returncode, err) == (0, "")
    assert export("c.wav").communicate(timeout=60)[1] == ""
    alone = started(
        "export", "partial-squats", "-o", "d.wav", folder=tmp_path, COACH_CACHE_DIR=str(tmp_path / "other")
    )
    assert alone.communicate(timeout=60)[1] == ""
    first = (tmp_path / "a.wav").read_bytes()
    assert first[:4] == b"RIFF"
    for name in ("b.wav", "c.wav", "d.wav"):
        assert (tmp_path / name).read_bytes() == first


def test_output_that_nobody_reads_to_its_end_is_no_error(tmp_path: Path) -> None:
    process = started("show", "step-ups", "--json", folder=tmp_path)
    assert process.stdout is not None
    process.stdout.read(100)
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait(20) == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_output_that_cannot_be_written_is_an_error_that_says_so(tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "coach", "list"],
            cwd=tmp_path,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 3
    assert done.stderr.startswith(b"coach: cannot write the result: No space left")


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_closed_stream_stops_nothing(tmp_path: Path, stream: str) -> None:
    code = f"import os, sys; os.close(sys.{stream}.fileno()); os.execl(sys.executable, *sys.argv[1:])"
    coach = [sys.executable, "-m", "coach", "show", "warm-up-walk"]
    done = subprocess.run(
        [sys.executable, "-c", code, *coach], cwd=tmp_path, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_stream_that_cannot_say_a_letter_spells_it(tmp_path: Path) -> None:
    for encoding in ("cp1252", "ascii", "latin-1"):
        done = subprocess.run(
            [sys.executable, "-m", "coach", "voices"],
            env=os.environ | {"PYTHONIOENCODING": encoding},
            cwd=tmp_path,
            capture_output=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, b"")


def test_help_imports_neither_numpy_nor_rich_nor_the_voice(tmp_path: Path) -> None:
    code = (
        "import sys; sys.argv = ['coach', '--help']\n"
        "from coach.cli.app import run\n"
        "try:\n    run()\nfinally:\n"
        "    heavy = {'numpy', 'rich', 'pyttsx3', 'soxr', 'soundfile', 'coach.language.model'}\n"
        "    print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.stdout.splitlines()[-1] == "[]", done


def test_a_disk_without_room_is_a_clear_error_and_leaves_what_was_there(tmp_path: Path) -> None:
    """The system itself refuses files over a megabyte, as it refuses any on a full disk."""
    resource = pytest.importorskip("resource")
    target = tmp_path / "out.wav"
    target.write_bytes(b"mine")
    done = subprocess.run(
        [sys.executable, "-m", "coach", "export", "warm-up-walk", "-o", str(target), "--force"],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20)),
    )
    assert done.returncode == 3
    assert "out.wav" in done.stderr
    assert "Traceback" not in done.stderr
    assert target.read_bytes() == b"mine"
    assert [path.name for path in tmp_path.iterdir()] == ["out.wav"]


def test_an_export_that_is_killed_leaves_what_was_there_and_one_a_day_later_sweeps_up(
    tmp_path: Path, coach: Coach
) -> None:
    target = tmp_path / "inner-knee.wav"
    target.write_bytes(b"mine")
    process = started("export", "--force", folder=tmp_path)
    wait_until(lambda: hidden_files(tmp_path), process)
    process.kill()
    process.communicate(timeout=20)
    if process.returncode != 0:
        assert target.read_bytes() == b"mine"
    for left in hidden_files(tmp_path):
        os.utime(left, (time.time() - 25 * 3600,) * 2)
    assert coach("export", "--level", "gentle", "--force").code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["inner-knee.wav"]
    assert target.read_bytes()[:4] == b"RIFF"
