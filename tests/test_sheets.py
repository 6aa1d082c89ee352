"""Sheets on disk: what is read, what is refused, and in which order their errors are told."""

import io
import os
import sys
import zipfile
from pathlib import Path

import pytest

from coach.errors import DiskError, UsageError
from coach.session.options import Options
from coach.sheets import Sheet, catalogue_for, checked, named, scored

RAISES = """\
# Slow raises
Position: standing
Dose: 2 sets of 4, rest 30 seconds
- up, 2 seconds: Rise onto your toes,
- loose, 1 second
Careful: Hold the chair.
If it hurts: Stop.
"""
SESSION = "# Mine\n\nStop at any sharp pain.\n\n- Slow raises\n"


@pytest.fixture(autouse=True)
def _in_an_empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def write(name: str, text: str) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def codes(sheet: Sheet) -> list[str]:
    return [problem.code for problem in sheet.problems]


def archive(*members: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as zipped:
        for member in members:
            name, _, content = member.partition("=")
            zipped.writestr(name, content)
    return file.getvalue()


# Files that are no sheets


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes with a name on Windows")
def test_a_pipe_is_refused_and_beside_a_session_it_is_passed_over() -> None:
    os.mkfifo("pipe.md")
    with pytest.raises(UsageError, match=r"cannot read pipe.md: it is a pipe, not a file"):
        checked(Path("pipe.md"))
    with pytest.raises(UsageError, match="it is a pipe"):
        named("pipe.md")
    write("raises.md", RAISES)
    assert checked(write("mine.md", SESSION)).problems == ()


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs /dev/zero")
def test_a_device_and_an_endless_file_are_refused() -> None:
    Path("zero.md").symlink_to("/dev/zero")
    with pytest.raises(UsageError, match=r"cannot read zero.md: it is a device, not a file"):
        checked(Path("zero.md"))
    if Path("/proc/self/pagemap").exists():
        with pytest.raises(DiskError, match="longer than 1,000,000 bytes"):
            checked(Path("/proc/self/pagemap"))


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (archive("[Content_Types].xml=", "word/document.xml=x"), r"a Word document \(.docx\)"),
        (
            archive("mimetype=application/vnd.oasis.opendocument.text", "content.xml=x"),
            r"an OpenDocument text \(.odt\)",
        ),
        (archive("Index/Document.iwa="), r"a Pages document \(.pages\)"),
        (archive("mimetype=application/epub+zip"), r"an e-book \(.epub\)"),
        (archive("knees.md=# Knees"), "a zip archive"),
        (b"{\\rtf1\\ansi Step up.}", r"a rich text document \(.rtf\)"),
        (b"%PDF-1.7\n" + bytes(2_000_000), "a PDF document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), r"an old Word document \(.doc\)"),
        (b"\x89PNG\r\n\x1a\n", r"a picture \(PNG\)"),
        (b"\xff\xd8\xff\xe0", r"a picture \(JPEG\)"),
        (b"RIFF\0\0\0\0WAVEfmt ", r"a sound file \(WAV\)"),
        (b"\0\0\0\x20ftypM4A ", r"a sound file or a film \(MPEG-4\)"),
        (b"ID3\x04\0", r"a sound file \(MP3\)"),
    ],
)
@pytest.mark.parametrize("name", ["knees.md", "knees.docx"])
def test_a_file_of_another_kind_is_told_by_what_is_in_it(name: str, data: bytes, what: str) -> None:
    Path(name).write_bytes(data)
    with pytest.raises(UsageError, match=f"cannot read {name}: it is {what}, not plain text") as refused:
        named(name)
    assert "plain text" in refused.value.hint or "save it as .md" in refused.value.hint


def test_a_name_that_is_no_path_at_all_is_no_file() -> None:
    for name in ("x" * 5_000 + ".md", "nul\0.md"):
        with pytest.raises(UsageError, match="is not the name of a sheet"):
            named(name)


# The order of errors, and their paths


def test_the_errors_of_an_exercise_are_explained_before_the_session_that_names_it() -> None:
    write("raises.md", RAISES.replace("4, rest", "lots, rest"))
    sheet = checked(write("mine.md", SESSION))
    assert codes(sheet) == ["exercise"]
    explained = sheet.explain()
    assert explained.startswith("raises.md:3:")
    assert explained.index("raises.md:3:") < explained.index(
        "mine.md:5:3: error: 'Slow raises' cannot be used"
    )
    assert [row["file"] for row in sheet.problems_json()] == ["raises.md", "mine.md"]


def test_an_exercise_with_errors_is_found_by_any_of_its_names() -> None:
    write("raises.md", RAISES.replace("4, rest", "lots, rest"))
    for name in ("Slow", "raises", "slow RAISES"):
        assert codes(checked(write("mine.md", SESSION.replace("Slow raises", name)))) == ["exercise"]


@pytest.mark.parametrize(
    ("session", "exercise", "named_as"),
    [
        ("mine.md", "raises.md", "raises.md"),
        ("my knees/mine.md", "my knees/raises.md", "'my knees/raises.md'"),
        ("sessions/mine.md", "raises.md", "raises.md"),
        ("mine.md", "sessions/raises.md", "sessions/raises.md"),
    ],
)
def test_a_sheet_is_named_as_the_shell_takes_it_and_relative_as_the_session_was(
    session: str, exercise: str, named_as: str
) -> None:
    write(exercise, RAISES.replace("4, rest", "lots, rest"))
    [problem] = checked(write(session, SESSION)).problems
    assert problem.hint == f"coach check {named_as} explains them"


def test_within_the_folder_of_the_sessions_the_exercises_above_are_named_relatively(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write("raises.md", RAISES)
    write("sessions/mine.md", SESSION)
    monkeypatch.chdir("sessions")
    assert catalogue_for(Path("mine.md"))["raises"].path == Path("../raises.md")


def test_a_linked_session_finds_the_exercises_beside_its_file() -> None:
    write("elsewhere/raises.md", RAISES)
    write("elsewhere/mine.md", SESSION)
    Path("mine.md").symlink_to("elsewhere/mine.md")
    assert checked(Path("mine.md")).problems == ()


# All errors at once


def test_an_error_of_the_text_hides_no_error_for_the_ear() -> None:
    text = RAISES.replace("Careful: Hold the chair.\n", "Look as shown below.\nCue: Slowly.\n")
    assert sorted(codes(checked(write("raises.md", text)))) == ["careful", "eyes", "label", "order"]


def test_a_caution_that_cannot_be_read_is_not_missed_a_second_time() -> None:
    for wrong in ("Carefull: Slowly.", "Careful: Slowly (wait 2 seconds).", "Careful:"):
        sheet = checked(write("raises.md", RAISES.replace("Careful: Hold the chair.", wrong)))
        assert "careful" not in codes(sheet), wrong


def test_a_phase_that_cannot_be_read_hides_no_missing_rest() -> None:
    text = RAISES.replace(", rest 30 seconds", "").replace("up, 2 seconds", "up, 2")
    assert codes(checked(write("raises.md", text))) == ["rest", "unit"]


def test_without_a_readable_dose_no_reminder_is_said_to_have_no_place() -> None:
    text = (
        RAISES.replace("4, rest 30", "4, rest") + "Remember: Rise as high as you can on both of your feet.\n"
    )
    assert codes(checked(write("raises.md", text))) == ["time"]


def test_an_error_of_a_session_hides_neither_unknown_names_nor_the_missing_rule_for_stopping() -> None:
    text = "# Mine\n\nBegin (wait 2 seconds).\n\n- Slow raises\n- Nobody's exercise\n"
    write("raises.md", RAISES.replace("If it hurts: Stop.\n", ""))
    assert codes(checked(write("mine.md", text))) == ["stop", "stage", "name"]


def test_a_rule_for_stopping_in_a_line_with_an_error_counts() -> None:
    write("raises.md", RAISES.replace("If it hurts: Stop.\n", ""))
    text = "# Mine\n\nStop at pain (wait 2 seconds).\n\n- Slow raises\n"
    assert codes(checked(write("mine.md", text))) == ["stage"]


# Length


def test_a_session_of_1900_hours_is_an_error() -> None:
    write("walk.md", "# Long walk\nDose: for 1 hour\nCareful: Slowly.\nIf it hurts: Stop.\n")
    sheet = checked(write("mine.md", "# Mine\n" + "- Long walk\n" * 1_900))
    assert codes(sheet)[0] == "long"
    assert "mine.md:1:3: error: this would last 1,900 hours: the longest session has 24" in sheet.explain()


def test_an_exercise_of_many_hours_is_an_error_at_its_longest_level() -> None:
    text = RAISES.replace("Dose:", "Dose strong: 10 sets of 100, rest 600 seconds\nDose:")
    text = text.replace("up, 2 seconds", "up, 2 seconds (strong 120)")
    sheet = checked(write("raises.md", text))
    assert codes(sheet) == ["long"]


def test_more_sets_than_a_day_has_room_for_are_refused() -> None:
    sheet = checked(write("raises.md", RAISES.replace("up, 2 seconds", "up, 120 seconds")))
    assert sheet.problems == ()
    with pytest.raises(UsageError, match=r"would last .* hours: the longest session has 24"):
        scored(sheet, Options(sets=10, reps=100))
