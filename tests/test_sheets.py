"""Sheets on disk: what is read, what is refused, and in which order their errors are told."""

import io
import os
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from coach.errors import DiskError, ScriptError, UsageError
from coach.language.level import Level
from coach.language.model import Script
from coach.language.problems import Severity
from coach.session.arrange import chosen_dose
from coach.session.compile import compile_session
from coach.session.moves import Break, Recovery
from coach.session.options import Detail, Options
from coach.session.timeline import says
from coach.session.whereabouts import frame_of, place_at
from coach.sheets.by_name import exercises_in, named, part_of
from coach.sheets.check import checked
from coach.sheets.score import scored, unmet
from coach.sheets.sheet import Sheet
from tests.fakes import ESTIMATED
from tests.wordings import usual

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
    assert checked(Path("mine.md")).exercises["Slow raises"].path == Path("../raises.md")


def test_a_linked_session_finds_the_exercises_beside_its_file() -> None:
    write("elsewhere/raises.md", RAISES)
    write("elsewhere/mine.md", SESSION)
    Path("mine.md").symlink_to("elsewhere/mine.md")
    assert checked(Path("mine.md")).problems == ()


# Names of exercises


def became(session: str, *, at: str = "mine.md") -> dict[str, str]:
    """The paths of the exercises that a session's names became."""
    sheet = checked(write(at, f"# Mine\n\nStop at any sharp pain.\n\n{session}\n"))
    assert not sheet.has_errors, sheet.explain()
    return {name: each.path.as_posix() for name, each in sheet.exercises.items()}


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("other.md", "Step-ups"),
        ("step-ups.md", "step-ups"),
        ("../walk.md", "../walk.md"),
        ("../walk.md", "../walk"),
        ("massage.md", "./massage"),
        ("massage.md", "massage.md"),
        ("legs/walk.md", "legs/walk"),
        ("legs/walk.md", "legs/walk.md"),
        ("legs/walk.md", r"legs\walk.md"),
        ("legs/walk.md", "Step-ups"),
        ("legs/knees/walk.md", "step ups"),
        ("a/b/c/d/walk.md", "a/b/c/d/walk"),
        ("../walk.md", "Step-ups"),
    ],
)
def test_the_author_s_sheet_is_found_by_title_file_name_or_path_wherever_it_lies(
    file: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("here").mkdir()
    monkeypatch.chdir("here")
    write(file, RAISES.replace("Slow raises", "Step-ups"))
    [(_, path)] = became(f"- {name}").items()
    assert path == file


def test_a_title_with_a_slash_is_no_path() -> None:
    write("x.md", RAISES.replace("Slow raises", "Raises w/ a chair"))
    assert became("- Raises w/ a chair") == {"Raises w/ a chair": "x.md"}


@pytest.mark.parametrize("name", ["./warm-up-walk", "../walk.md", "walk.md", "legs/step-ups.md", "/step-ups"])
def test_a_path_without_a_file_is_never_another_sheet(name: str) -> None:
    sheet = checked(write("mine.md", f"# Mine\n\nStop at any sharp pain.\n\n- {name}\n"))
    assert codes(sheet) == ["name"]
    assert sheet.has_errors


def test_a_part_of_a_name_of_coach_s_own_is_told_and_what_the_hint_says_is_not() -> None:
    text = "# Mine\n\nStop at any sharp pain.\n\n- Walk\n"
    [problem] = checked(write("mine.md", text)).problems
    assert problem.severity is Severity.WARNING
    assert problem.message == "'Walk' is 'Warm-up walk', one of coach's own"
    assert problem.hint.startswith("write '- Warm-up walk'")
    assert checked(write("mine.md", text.replace("Walk", "Warm-up walk"))).problems == ()


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("Heel raises x 10", "write '- Heel raises: x 10'"),
        ("10 heel raises", "write '- heel raises: 10'"),
        ("Heel raises 30 s", "write '- Heel raises: 30 s'"),
        ("Heel raises (12 reps)", "write '- Heel raises: 12 reps'"),
    ],
)
def test_a_dose_beside_a_name_needs_a_colon_and_is_read_with_it(line: str, hint: str) -> None:
    defined = (
        "\n\n## Heel raises\nDose: 5 times\n- up, 2 seconds\n- down, 2 seconds\nCareful: Stop at pain.\n"
    )
    problems = checked(write("mine.md", f"# Mine\n- {line}{defined}")).problems
    assert [problem.hint for problem in problems if problem.severity is Severity.ERROR] == [hint]
    assert checked(write("mine.md", "# Mine\n" + hint.split("'")[1] + defined)).problems == ()


def test_what_each_name_became_is_a_note() -> None:
    write("raises.md", RAISES)
    text = "# Mine\n\nStop at any sharp pain.\n\n- Slow raises\n- raise: 3 times\n- Step-ups\n- ./raises\n"
    notes = checked(write("mine.md", text)).notes
    assert [(note.span.line, note.message) for note in notes] == [
        (5, "'Slow raises' is 'Slow raises', raises.md"),
        (6, "'raise' is 'Slow raises', raises.md"),
        (7, "'Step-ups' is 'Step-ups', one of coach's own"),
        (8, "'./raises' is 'Slow raises', raises.md"),
    ]
    assert {note.severity for note in notes} == {Severity.NOTE}


def test_two_sheets_that_match_equally_are_told_and_each_can_be_written() -> None:
    for name in ("a.md", "b.md"):
        write(name, RAISES)
    [problem] = checked(write("mine.md", SESSION)).problems
    assert problem.message == "'Slow raises' may mean 2 sheets"
    assert problem.hint == "write one of them: a.md, b.md"
    assert became("- a.md\n- b.md") == {"a.md": "a.md", "b.md": "b.md"}


def test_a_session_of_the_same_name_hides_no_exercise() -> None:
    write("step-ups.md", "# Step-ups\n\nStop at any sharp pain.\n\n- Warm-up walk\n")
    assert became("- Step-ups")["Step-ups"].endswith("scripts/step-ups.md")
    write("evening.md", "# Evening\n\nStop at any sharp pain.\n\n- Warm-up walk\n")
    [problem] = checked(write("mine.md", SESSION.replace("Slow raises", "Evening"))).problems
    assert problem.message == "'Evening' is a session, not an exercise"


def test_a_sheet_of_this_folder_is_named_by_title_or_file_before_coach_s_own() -> None:
    assert not named("step-ups").path.as_posix().startswith("step")
    write("raises.md", RAISES.replace("Slow raises", "Step-ups"))
    for name in ("step-ups", "Step-ups", "raises", "raises.md"):
        assert named(name).path == Path("raises.md"), name
    assert named("squats").name == "partial-squats"


def test_the_form_of_the_letters_of_a_file_name_makes_no_difference() -> None:
    write("u\u0308bung.md", RAISES.replace("Slow raises", "U\u0308bung"))
    for name in ("\xdcbung", "./\xfcbung", "\xfcbung.md", "./u\u0308bung.md"):
        assert list(became(f"- {name}").values()) == ["u\u0308bung.md"], name


# One document

PROGRAMME = """\
# Low back

Stop at any sharp pain.

## Bridges
Works: the hips
Dose: 2 sets of 3, rest 20 seconds
Dose gentle: 2 times

Lie on your back.
(wait 3 seconds)

- up, 2 seconds: Lift your hips,
- loose, 2 seconds: and lower.

Careful: Keep your feet flat.

## A pause
Stay where you are.
- Slow raises: 3 times

## Breathing
Dose: for 1 minute
Breathe slowly.
Careful: Never hold your breath.

## To finish
That was all.
"""


def test_below_a_heading_a_dose_makes_an_exercise_that_is_done_where_it_stands() -> None:
    write("raises.md", RAISES)
    sheet = checked(write("programme.md", PROGRAMME))
    assert sheet.problems == ()
    assert list(sheet.defined) == ["Bridges", "Breathing"]
    title, _, chapters = scored(sheet, Options())
    assert title == "Low back"
    names = ["Low back", "Bridges", "A pause", "Slow raises", "Breathing", "To finish"]
    assert [chapter.title for chapter in chapters] == names


@pytest.mark.parametrize(
    ("name", "title", "reps"),
    [
        ("programme.md#bridges", "Bridges", 3),
        ("programme.md#Bridge", "Bridges", 3),
        ("./programme.md#slow raises", "Slow raises", 3),
        ("programme#breathing", "Breathing", 1),
    ],
)
def test_a_part_of_a_session_is_practised_alone_in_the_dose_of_the_session(
    name: str, title: str, reps: int
) -> None:
    write("raises.md", RAISES)
    write("programme.md", PROGRAMME)
    part = named(name)
    assert (part.title, part.name) == (title, f"programme-{title.lower().replace(' ', '-')}")
    assert isinstance(part.value, Script)
    assert part.value.doses[Level.STANDARD].most_reps == reps
    assert scored(part, Options())[0] == title
    assert named(part.address) == replace(part, path=part.path.resolve())


def test_a_part_that_is_not_there_names_those_that_are() -> None:
    write("raises.md", RAISES)
    write("programme.md", PROGRAMME)
    with pytest.raises(UsageError, match="'squats' names no single exercise") as refused:
        named("programme.md#squats")
    assert refused.value.hint == "there are: Breathing, Bridges, Slow raises"
    with pytest.raises(UsageError, match=r"raises.md is one exercise"):
        named("raises.md#up")
    with pytest.raises(ScriptError, match="is not a word of a dose"):
        named(f"{write('wrong.md', PROGRAMME.replace('2 times', 'lots'))}#bridges")


def test_the_document_s_own_exercise_comes_before_all_others_and_two_of_a_name_can_be_told_apart() -> None:
    write("raises.md", RAISES)
    write("bridges.md", RAISES.replace("Slow raises", "Bridges"))
    text = PROGRAMME + "- Bridges\n"
    sheet = checked(write("programme.md", text))
    assert [note.message for note in sheet.notes][-1] == "'Bridges' is 'Bridges', line 5"
    [problem] = checked(write("programme.md", text.replace("## Breathing", "## Bridges"))).problems
    assert problem.hint == "write one of them: Bridges (line 5), Bridges (line 22)"
    again = text.replace("## Breathing", "## Bridges").replace("- Bridges\n", "- Bridges (line 22)\n")
    assert checked(write("programme.md", again)).problems == ()


@pytest.mark.parametrize("folder", ["", "#1 of my sheets/"])
@pytest.mark.parametrize(
    "titles",
    [
        ("Bridges", "Bridges"),
        ("Exercise #1", "Exercise #2"),
        ("#", "&"),
        ("C#", "C# minor"),
        ("Left/right", "a#b/c"),
        ("a/b", "A / B"),
    ],
)
def test_each_exercise_of_a_document_is_read_by_the_name_in_the_list_and_by_its_own_address(
    folder: str, titles: tuple[str, str]
) -> None:
    text = PROGRAMME.replace("- Slow raises: 3 times\n", "")
    for before, title in zip(("Bridges", "Breathing"), titles, strict=True):
        text = text.replace(f"## {before}", f"## {title}")
    write(f"{folder}programme.md", text)
    found = exercises_in(Path(folder))
    assert [each.title for each in found.values()] == [*titles]
    for name, part in found.items():
        assert named(name).draft == named(part.address).draft == part.draft


def test_every_error_of_a_document_is_told_in_its_place_once() -> None:
    text = PROGRAMME.replace("Careful: Keep your feet flat.", "Look as shown.").replace("up, 2", "up, 9000")
    sheet = checked(write("programme.md", text.replace("- Slow raises: 3 times\n", "")))
    assert [(problem.code, problem.span.line) for problem in sheet.problems] == [
        ("careful", 5),
        ("bounds", 13),
        ("order", 16),
        ("eyes", 16),
    ]


def test_a_label_of_an_exercise_above_all_headings_is_told_where_it_belongs() -> None:
    text = PROGRAMME.replace("\nStop at", "\nDose: 3 times\nCareful: Slowly.\nStop at", 1)
    sheet = checked(write("programme.md", text.replace("- Slow raises: 3 times\n", "")))
    assert [(problem.code, problem.span.line) for problem in sheet.problems] == [("label", 3), ("label", 4)]
    assert "below a line '## Name'" in sheet.problems[0].hint


def test_the_exercises_of_a_folder_are_those_of_its_sheets_and_of_its_documents() -> None:
    write("raises.md", RAISES)
    write("programme.md", PROGRAMME)
    assert list(exercises_in(Path())) == [
        "./programme.md#Bridges",
        "./programme.md#Breathing",
        "./raises.md",
    ]


# Rounds


def test_every_round_is_a_chapter_and_explains_nothing_again() -> None:
    write(
        "raises.md", RAISES.replace("Careful:", "Stand tall.\nBrief: Up and down.\nCareful: First.\nCareful:")
    )
    text = SESSION.replace("- Slow raises", "3 rounds, rest 1 minute:\n- Slow raises: 3 times\n- ./raises")
    title, _, chapters = scored(checked(write("mine.md", text)), Options())
    assert [chapter.title for chapter in chapters][1:] == [
        f"Slow raises, round {n} of three" for n in ("one", "one", "two", "two", "three", "three")
    ]
    assert {chapter.exercise for chapter in chapters[1:]} == {"Slow raises"}
    timeline = compile_session(title, chapters, ESTIMATED)
    said = [say.text for say in says(timeline.events)]
    for text, times in (("Stand tall.", 2), ("If it hurts, stop.", 2), ("First.", 6), ("Up and down.", 4)):
        assert said.count(text) == times, text
    for text in ("Three rounds.", "Round two of three.", "Third and final round."):
        assert said.count(text) == 1
    assert [usual(text) for text in said].count("Rest for one minute.") == 2
    rests = [move for one in chapters for move in one.moves if isinstance(move, Break | Recovery)]
    assert [rest.length_s for rest in rests].count(60.0) == 2
    for index, chapter in enumerate(timeline.chapters):
        place = place_at(timeline, chapter.start)
        assert (place.chapter, frame_of(timeline, place)) == (index, chapter.start)


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
    assert codes(checked(write("raises.md", text))) == ["dose"]


def test_an_error_of_a_session_hides_neither_unknown_names_nor_the_missing_rule_for_stopping() -> None:
    text = "# Mine\n\nBegin (wait 2 seconds).\n\n- Slow raises\n- Nobody's exercise\n"
    write("raises.md", RAISES.replace("If it hurts: Stop.\n", ""))
    assert codes(checked(write("mine.md", text))) == ["stop", "stage", "name"]


def test_a_rule_for_stopping_in_a_line_with_an_error_counts() -> None:
    write("raises.md", RAISES.replace("If it hurts: Stop.\n", ""))
    text = "# Mine\n\nStop at pain (wait 2 seconds).\n\n- Slow raises\n"
    assert codes(checked(write("mine.md", text))) == ["stage"]


# Choices that change nothing


@pytest.mark.parametrize(
    ("change", "choices", "told"),
    [
        (("", ""), Options(), []),
        (("", ""), Options(Level.GENTLE), ["Slow raises has no gentle level: it is the same at every level"]),
        (("Dose:", "Dose gentle: 1 time\nDose:"), Options(Level.GENTLE), []),
        (("", ""), Options(detail=Detail.BRIEF), ["without a brief form, and said in full: Slow raises"]),
        (("Careful:", "Brief: Up.\nCareful:"), Options(detail=Detail.BRIEF), []),
        (("", ""), Options(reps=3), []),
        (
            ("2 sets of 4, rest 30 seconds", "for 1 minute"),
            Options(reps=3),
            ["Slow raises has no counted set: --reps changes nothing"],
        ),
    ],
)
def test_a_choice_that_changes_nothing_is_told(
    change: tuple[str, str], choices: Options, told: list[str]
) -> None:
    sheet = checked(write("raises.md", RAISES.replace(*change, 1)))
    assert list(unmet(sheet, choices)) == told
    session = checked(write("mine.md", SESSION + "- Slow raises\n"))
    assert list(unmet(session, choices)) == [text.replace("Slow raises has", "Mine has") for text in told]


def test_an_announcement_before_a_bell_holds_behind_it() -> None:
    write("raises.md", RAISES)
    text = SESSION.replace("- Slow", "You have three minutes.\n(bell)\n(wait 3 minutes)\n- Slow")
    assert checked(write("mine.md", text)).problems == ()
    assert codes(checked(write("mine.md", text.replace("three minutes", "some time")))) == ["silence"]


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


DEFINED = """\
# Mine

Stop at any sharp pain.

2 rounds, rest 1 minute:
- Slow raises
- Breathing

## Slow raises
Dose: 4 times
- up, 2 seconds: Rise onto your toes,
Careful: Hold the chair.

## Breathing
Dose: for 30 seconds
Careful: Never hold your breath.
"""


def played_exercises(sheet: Sheet) -> list[str]:
    return [chapter.exercise for chapter in scored(sheet, Options())[2] if chapter.exercise]


def test_an_exercise_that_a_list_above_its_definition_names_is_done_with_the_list_alone() -> None:
    sheet = checked(write("mine.md", DEFINED))
    assert sheet.problems == ()
    assert played_exercises(sheet) == ["Slow raises", "Breathing"] * 2
    assert list(sheet.defined) == ["Slow raises", "Breathing"]
    assert part_of(sheet, "breathing").title == "Breathing"


def test_a_definition_that_no_list_names_and_one_that_is_named_again_below_are_done_where_they_stand() -> (
    None
):
    only_breathing = DEFINED.replace("- Slow raises\n", "")
    assert played_exercises(checked(write("mine.md", only_breathing))) == ["Breathing"] * 2 + ["Slow raises"]
    again = DEFINED.replace("- Breathing\n", "") + "\n## To finish\nWalk a little.\n- Breathing\n"
    expected = ["Slow raises", "Slow raises", "Breathing", "Breathing"]
    assert played_exercises(checked(write("mine.md", again))) == expected


def test_mistakes_of_an_exercise_that_a_list_names_are_told_where_it_is_defined() -> None:
    sheet = checked(write("mine.md", DEFINED.replace("Careful: Hold the chair.", "")))
    assert [(problem.code, problem.span.line) for problem in sheet.problems] == [("careful", 9)]


def test_a_cue_that_a_level_has_no_room_for_is_told_with_its_line_and_its_levels() -> None:
    text = (
        "# Raises\nDose: 20 times\n- up, 4 seconds (gentle 1, strong 1): Up,\n- loose, 1 second\n"
        "Careful: Slowly.\nRemember: Keep both of your knees soft.\n"
    )
    sheet = checked(write("raises.md", text))
    for level in Level:
        title, _, chapters = scored(sheet, Options(level=level))
        left_out = compile_session(title, chapters, ESTIMATED).left_out
        assert bool(left_out) == (level is not Level.STANDARD)
    [note] = sheet.notes
    assert sheet.problems == ()
    assert (note.code, note.span.line) == ("room", 6)
    assert note.message.startswith("this is not heard at the gentle and the strong level:")
    few = text.replace("20 times", "3 times").replace(" (gentle 1, strong 1)", "")
    cues = "Remember: Look straight ahead of you.\nRemember: Let both of your arms hang loose.\n"
    never = checked(write("raises.md", few + cues))
    assert {(problem.code, problem.severity) for problem in never.problems} == {("room", Severity.WARNING)}
    assert all(problem.message.startswith("this is not heard:") for problem in never.problems)


@pytest.mark.parametrize(
    ("dose", "phases", "reps"),
    [
        ("hold for 20 seconds, 3 times", "", 3),
        ("hold for 20 seconds, 3 times", "- up, 2 seconds: Rise,\n- hold: stay,\n", 5),
        ("3 times", "- up, 2 seconds: Rise,\n", 5),
        ("1 time", "- up, 2 seconds: Rise,\n", 1),
    ],
)
def test_asked_repetitions_are_those_of_a_movement_and_not_holds(dose: str, phases: str, reps: int) -> None:
    sheet = checked(write("one.md", f"# One\nDose: {dose}\nStand tall.\n{phases}Careful: Hold on.\n"))
    assert isinstance(sheet.value, Script)
    assert chosen_dose(sheet.value, None, Options(reps=5)).most_reps == reps
    assert bool(unmet(sheet, Options(reps=5))) == (reps != 5)
