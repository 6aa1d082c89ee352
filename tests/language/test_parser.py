"""Sheets become scripts and sessions, whatever the text."""

import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coach.language.dose import Amount, Dose, Held, Sides, Wording, exactly
from coach.language.level import Level
from coach.language.model import (
    Ask,
    Brief,
    Heading,
    Line,
    Reference,
    Rest,
    Ring,
    Script,
    Session,
    Sound,
    Wait,
    in_brief,
    in_full,
)
from coach.language.parser import Parsed, parse
from coach.language.problems import Severity, Span, source_lines
from tests.doses import counted, held, timed

STEP_UPS = """\
# Step-ups

Position: standing
Needs: a step bench or the bottom stair, with a rail or wall in reach
Works: the muscles around the knee
Dose: 2 sets of 10 each side, rest 60 seconds
Dose gentle: 1 set of 6 each side
Dose strong: 2 sets of 15 each side

Stand facing the step, one hand on the rail.
(wait 5 seconds)

- up, 2 seconds: Step up using just your right foot,
- tap, 1 second: tap your left foot on the step,
- down, 3 seconds (strong 4): and lower back down to the floor.
- loose, 1 second

Careful: Keep your knee above your ankle the whole time.
Careful: Press your weight into your heel, not your toe.
Remember: Is your knee still over your ankle?
If it hurts: Make the step lower, or stop here.
Brief: Step-ups, up, tap and down, the weight in your heel.
"""

EVENING = """\
# Evening

Needs: a sturdy chair, a mat

## Before we start
Before we start: this is general exercise guidance, not medical advice.
(wait 2 seconds)
(sound hold start)

- Warm-up walk
Come down to your mat now, one hand on the chair.
(wait 40 seconds)
- Step-ups: 2 sets of 12 each side
- rest 1 minute
1. Straight leg raises
"""


def exercise(text: str, name: str = "sheet") -> Script:
    parsed = parse(text, name)
    assert isinstance(parsed.value, Script), parsed.problems
    assert parsed.problems == ()
    return parsed.value


def session(text: str) -> Session:
    parsed = parse(text, "session")
    assert isinstance(parsed.value, Session), parsed.problems
    assert parsed.problems == ()
    return parsed.value


def with_dose(dose: str, phases: str = "- up, 2 seconds") -> Parsed:
    return parse(f"# Sheet\nDose: {dose}\n{phases}\n", "sheet")


def dose_of(dose: str, phases: str = "- up, 2 seconds\n- hold, 2 seconds") -> Dose:
    parsed = with_dose(dose, phases)
    assert isinstance(parsed.value, Script), parsed.problems
    return parsed.value.doses[Level.STANDARD]


def codes(text: str) -> list[str]:
    return [problem.code for problem in parse(text, "sheet").problems]


# Exercises


def test_a_sheet_becomes_a_script_with_everything_in_its_place() -> None:
    script = exercise(STEP_UPS, "step-ups")
    assert (script.name, script.title, script.position) == ("step-ups", "Step-ups", "standing")
    assert script.needs == "a step bench or the bottom stair, with a rail or wall in reach"
    assert script.works == "the muscles around the knee"
    assert script.instructions == (
        Line("Stand facing the step, one hand on the rail.", Span(10, 1, 44)),
        Wait(5.0, Span(11, 2, 14)),
    )
    assert [phase.cue for phase in script.phases] == ["up", "tap", "down", "loose"]
    assert [phase.text for phase in script.phases] == [
        "Step up using just your right foot,",
        "tap your left foot on the step,",
        "and lower back down to the floor.",
        "",
    ]
    assert [line.text for line in script.cautions] == [
        "Keep your knee above your ankle the whole time.",
        "Press your weight into your heel, not your toe.",
    ]
    assert [line.text for line in script.reminders] == ["Is your knee still over your ankle?"]
    assert [line.text for line in script.if_it_hurts] == ["Make the step lower, or stop here."]
    assert [line.text for line in script.brief] == ["Step-ups, up, tap and down, the weight in your heel."]
    assert script.language == "en-us"


def test_a_level_takes_what_it_leaves_out_from_the_usual_dose() -> None:
    doses = exercise(STEP_UPS).doses
    assert doses[Level.STANDARD] == counted(10, sets=2, rest_s=60, side_word="side")
    assert doses[Level.GENTLE] == counted(6, sets=1, rest_s=60, side_word="side")
    assert doses[Level.STRONG] == counted(15, sets=2, rest_s=60, side_word="side")


def test_a_level_without_a_dose_has_the_usual_one() -> None:
    script = exercise("# Sheet\nDose: 10 times\n- up, 2 seconds")
    assert set(script.doses) == set(Level)
    assert set(script.doses.values()) == {counted(10)}


def test_a_level_can_change_a_phase_and_leave_it_out() -> None:
    script = exercise(
        "# Sheet\nDose: 10 times\n- up, 2 seconds\n- hold, 1 second (gentle 0, strong 3 seconds)"
    )
    assert dict(script.phases[1].length_s) == {Level.GENTLE: 0, Level.STANDARD: 1, Level.STRONG: 3}


def test_a_tempo_is_read_as_its_named_phases() -> None:
    script = exercise("# Sheet\nDose: 10 times\n- tempo 3-0-2-1: down, hold, up, loose")
    lengths = [(phase.cue, phase.length_s[Level.GENTLE]) for phase in script.phases]
    assert lengths == [("down", 3), ("up", 2), ("loose", 1)]


def test_a_hold_in_the_dose_sets_the_length_of_the_hold_phase() -> None:
    script = exercise("# Plank\nDose: hold for 20 seconds, 3 times\nDose gentle: 2 times\n- hold, 5 seconds")
    assert set(script.phases[0].length_s.values()) == {20}
    assert script.doses[Level.GENTLE] == held(20, 2)


@pytest.mark.parametrize(
    ("written", "dose"),
    [
        ("10 times", counted(10)),
        ("ten repetitions", counted(10)),
        ("Twenty reps.", counted(20)),
        ("once", counted(1)),
        ("2 sets of 10, rest 30 seconds", counted(10, sets=2, rest_s=30)),
        ("two sets of ten times, rest for half a minute", counted(10, sets=2, rest_s=30)),
        ("10 times each leg", counted(10, side_word="leg")),
        ("each arm, 10 times", counted(10, side_word="arm")),
        ("hold for 20 seconds, 3 times", held(20, 3)),
        ("3 times; hold 1:30", held(90, 3)),
        ("2 sets of 3, hold for 5 s, rest 1 minute 30 seconds", held(5, 3, sets=2, rest_s=90)),
    ],
)
def test_doses_are_read_as_they_are_said(written: str, dose: Dose) -> None:
    assert dose_of(written) == dose


def test_a_hold_as_long_as_one_can_has_its_times_as_written() -> None:
    dose = dose_of("hold for as long as you can, up to 40 seconds, 3 times", "")
    assert isinstance(dose, Held)
    assert dose.hold == Amount(0, 40.0, is_open=True)
    assert dose.reps == (exactly(3),)


def test_a_dose_may_be_a_time() -> None:
    assert dose_of("for 5 minutes each leg", "") == timed(300, side_word="leg")


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("5 seconds", 5),
        ("90 s", 90),
        ("90s", 90),
        ("1 minute", 60),
        ("a minute", 60),
        ("1.5 minutes", 90),
        ("1,5 minutes", 90),
        ("1½ minutes", 90),
        ("1 1/2 minutes", 90),
        ("half a minute", 30),
        ("a minute and a half", 90),
        ("one and a half minutes", 90),
        ("1 minute 30 seconds", 90),
        ("1 min and 30 sec", 90),
        ("1:30", 90),
        ("1:30 minutes", 90),
        ("forty-five seconds", 45),
        ("0.5 seconds", 0.5),
    ],
)
def test_times_are_read_as_people_write_them(written: str, seconds: float) -> None:
    script = exercise(f"# Sheet\nDose: for 1 minute\n(wait {written})")
    assert script.instructions == (replace(Wait(seconds, Span(3, 2, 5 + len(written)))),)


@pytest.mark.parametrize(
    ("written", "message", "hint"),
    [
        ("10 times, rest 30", "'30' has no unit", "write '30 seconds'"),
        ("hold 5, 10 times", "'5' has no unit", "write '5 seconds' or '5 minutes'"),
        ("10 tims", "'tims' is not a word of a dose", "did you mean 'times'?"),
        ("10 times, rset 5 s", "'rset' is not a word of a dose", "did you mean 'rest'?"),
        (
            "3-0-2-1, 8 times",
            "'3-0-2-1' is a tempo, not a dose",
            "write '8 times'; the tempo stands with the phases: '- tempo 3-0-2-1: down, hold, up, loose'",
        ),
        ("each leg", "this does not say how often or how long", "write '10 times each leg'"),
        ("0 times", "'0 times' is too few repetitions", "write 'once'; a set has 1 to 200 repetitions"),
        ("2.5 times", "'2.5 times' cannot be counted aloud", "write '2 times'; repetitions are whole"),
        ("10 times 12 times", "'12 times' says how often a second time", "write '10 times'"),
        (
            "hold for 3 hours",
            "a hold of 3 hours is too long",
            "write 'hold for 1 hour'; a hold has 1 second to 1 hour",
        ),
        ("for 1:75", "'1:75' is not a time", "write '1:30'"),
    ],
)
def test_a_dose_that_cannot_be_read_is_one_problem(written: str, message: str, hint: str | None) -> None:
    [problem] = with_dose(written).problems
    assert problem.message == message
    assert hint is None or problem.hint == hint


def test_sets_without_a_rest_are_a_warning() -> None:
    parsed = with_dose("2 sets of 10")
    assert parsed.value
    assert [problem.severity for problem in parsed.problems] == [Severity.WARNING]


def test_a_wrong_phase_is_not_counted_as_missing_again() -> None:
    assert codes("# Sheet\nDose: hold for 20 seconds, 3 times\n- hold, 20: still") == ["unit"]
    assert codes("# Sheet\nDose: 3 times\n- hold, 3: still") == ["unit"]


def test_a_misspelt_dose_is_not_counted_as_missing_again() -> None:
    assert codes("# Sheet\nDoes: 10 times\n- up, 2 seconds") == ["label"]


def test_lines_under_a_label_without_text_are_no_further_problems() -> None:
    assert codes("# Sheet\nDose: 3 times\n- up, 2 seconds\n\nCareful:\n- keep still\n- breathe\n") == [
        "empty"
    ]


def test_prose_with_a_colon_is_spoken() -> None:
    script = exercise("# Sheet\nDose: for 1 minute\nBefore we start: sit down at 10:30.")
    assert script.instructions[0] == Line("Before we start: sit down at 10:30.", Span(3, 1, 35))


def test_comments_are_never_spoken() -> None:
    script = exercise(
        "# Sheet // draft\nDose: for 1 minute\n// no\nSit down.  // or stand\nSource: https://a.b/c"
    )
    assert [part.text for part in script.instructions if isinstance(part, Line)] == ["Sit down."]
    assert (script.title, script.source) == ("Sheet", "https://a.b/c")


def test_a_side_that_is_no_side_stays_escaped() -> None:
    script = exercise("# Sheet\nDose: for 1 minute each leg\nTurn \\right away.")
    assert script.instructions[0] == Line("Turn \\right away.", Span(3, 1, 17))


def test_every_tone_can_be_rung_by_name() -> None:
    for sound in Sound:
        script = exercise(f"# Sheet\nDose: for 1 minute\n(Sound {sound.value.replace('-', ' ')})")
        assert [part.sound for part in script.instructions if isinstance(part, Ring)] == [sound]


def test_the_bell_is_a_stage_direction() -> None:
    script = exercise("# Sheet\nDose: for 1 minute\n(bell).")
    assert script.instructions == (Ring(Sound.BELL, Span(3, 2, 4)),)


# Typing


def test_what_a_word_processor_adds_makes_no_difference() -> None:
    typed = STEP_UPS.replace("Careful:", "**Careful:**").replace("\n", "\r\n")
    typed = typed.replace("- up", "\u2022\tup").replace("- tap", "\u2013 tap").replace("- down", "* down")
    typed = "\ufeff" + typed.replace("2 seconds", "2\u00a0seconds").replace("Step-ups", "Step\u2011ups")
    script, plain = exercise(typed), exercise(STEP_UPS)
    assert [replace(phase, span=Span(1)) for phase in script.phases] == [
        replace(phase, span=Span(1)) for phase in plain.phases
    ]
    assert [line.text for line in script.cautions] == [line.text for line in plain.cautions]
    assert (script.title, script.doses) == (plain.title, plain.doses)


def test_labels_may_be_written_in_any_case() -> None:
    shouted = exercise(STEP_UPS.replace("Careful:", "CAREFUL:").replace("Dose gentle:", "dose Gentle :"))
    assert shouted == exercise(STEP_UPS)


def test_columns_are_those_of_the_author() -> None:
    line = "\u200b\u2022\u00a0 up,\u00a02\u200b\u00a0secnds: go"
    [problem] = parse(f"\ufeff# Sheet\r\nDose: 3 times\r\n{line}", "sheet").problems
    assert line[problem.span.column - 1 :][: problem.span.width] == "secnds"
    assert problem.span.line == 3


# Sessions


def test_a_session_has_its_parts_in_order() -> None:
    sheet = session(EVENING)
    assert (sheet.name, sheet.title, sheet.needs) == ("session", "Evening", "a sturdy chair, a mat")
    assert [type(part) for part in sheet.parts] == [
        Heading,
        Line,
        Wait,
        Ring,
        Reference,
        Line,
        Wait,
        Reference,
        Rest,
        Reference,
    ]
    names = [(part.name, part.dose) for part in sheet.parts if isinstance(part, Reference)]
    assert names == [
        ("Warm-up walk", None),
        ("Step-ups", Wording(reps=(exactly(12),), sets=2, sides=Sides.EACH, side_word="side")),
        ("Straight leg raises", None),
    ]
    assert Rest(60.0, Span(14, 3, 13)) in sheet.parts


def test_a_number_with_a_fraction_sign_in_its_middle_is_explained() -> None:
    assert codes(EVENING.replace("rest 1 minute", "rest 1¼0 minute")) == ["unit"]


def test_a_sheet_with_a_dose_is_an_exercise_whatever_else_it_has() -> None:
    assert codes("# Sheet\nDose: 3 times\n- Stand facing the step and wait.\n- up, 2 seconds") == ["phase"]


def test_a_caution_in_a_session_is_the_only_problem_of_it() -> None:
    assert codes("# Sheet\n- Step-ups\n- Squats\nCareful: Hold on.") == ["label"]


BRIEF = """\
# Evening

Stop at a sharp pain.
(wait 2 seconds)
You may skip what you like.
Brief: Stop at a sharp pain.
(bell)
Brief: Skip what you like.
Ask: pain

- Step-ups
Now come down to your mat.
(wait 40 seconds)
- Squats

## To finish

Tired muscles are fine.
"""


def test_brief_lines_of_a_session_take_the_place_of_the_others_of_their_stretch() -> None:
    sheet = session(BRIEF)
    assert [type(part) for part in sheet.parts[:7]] == [Line, Wait, Line, Brief, Ring, Brief, Ask]
    assert Brief("Skip what you like.", Span(8, 8, 19)) in sheet.parts
    full, brief = in_full(sheet.parts), in_brief(sheet.parts)
    assert [type(part) for part in full[:5]] == [Line, Wait, Line, Ring, Ask]
    assert [part.text for part in brief[:2] if isinstance(part, Line)] == [
        "Stop at a sharp pain.",
        "Skip what you like.",
    ]
    assert brief[2:] == full[4:]


def test_a_session_without_brief_lines_is_the_same_to_those_who_know_it() -> None:
    parts = session(EVENING).parts
    assert in_brief(parts) == in_full(parts) == parts


def test_a_brief_line_of_an_exercise_is_said_in_place_of_its_plain_sentences() -> None:
    assert [line.text for line in exercise(STEP_UPS).brief] == [
        "Step-ups, up, tap and down, the weight in your heel."
    ]


# Whatever the text


def check(text: str) -> Parsed:
    """What `parse` promises of any text."""
    parsed = parse(text, "sheet")
    has_error = any(problem.severity is Severity.ERROR for problem in parsed.problems)
    assert (parsed.value is None) == has_error
    lines = source_lines(text)
    places = [(problem.span.line, problem.span.column) for problem in parsed.problems]
    assert places == sorted(places)
    for problem in parsed.problems:
        assert 1 <= problem.span.line <= len(lines)
        width = len(lines[problem.span.line - 1])
        assert 1 <= problem.span.column <= width + 1
        assert problem.span.column + problem.span.width <= width + 2
        assert problem.hint
        assert len(problem.message) < 200
    if parsed.value:
        assert parsed.value.title
    return parsed


WORDS = st.sampled_from(
    (
        "# A|- |Dose: |Dose gentle: |2 sets of |10 times|10|each side|, |rest |30 |seconds|1:30|half a |hold|"
        "for |(wait |)|(bell)|(sound rep)|Careful: |Remember: |If it hurts: |:|//|\\right|\\|a, b, c|"
        "Step up.|,|tempo 3-0-2-1: |\n|\n|\n|\r\n|\u2014|\u2022 |\u00a0|\ufeff|\x00|\ud800|## |9999999999|0|"
        "½|Language: |(gentle 2, strong "
    ).split("|")
)


@given(st.text())
def test_no_text_makes_it_raise(text: str) -> None:
    check(text)


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(WORDS, max_size=40).map("".join))
def test_no_text_of_the_language_s_own_words_makes_it_raise(text: str) -> None:
    check(text)
    check(f"# Sheet\nDose: 3 times\n{text}")


@settings(max_examples=300)
@given(st.sampled_from([STEP_UPS, EVENING]), st.integers(0, 900), st.integers(0, 5), st.text(max_size=3))
def test_no_mutilated_sheet_makes_it_raise(sheet: str, at: int, cut: int, put: str) -> None:
    check(sheet[:at] + put + sheet[at + cut :])


@pytest.mark.parametrize(
    "text",
    [
        "a" * 1_000_000,
        "a, " * 300_000,
        "(" * 1_000_000,
        "- x\n" * 250_000,
        "\x00" * 1_000_000,
        "\n" * 1_000_000,
        "Dose: " + "9" * 1_000_000,
        "# A\nDose: " + "9" * 900 + " times",
        "# A\nDose: for 1:" + "9" * 900,
        "# A\nDose: " + "10-" * 300,
        "# A\n" + "Carefull: keep still\n" * 1_900,
        "\ud800" * 1_000_000,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_a_million_characters_are_read_in_a_moment(text: str) -> None:
    begin = time.process_time()
    check(text)
    assert time.process_time() - begin < 3


def test_what_is_too_long_for_a_sheet_is_one_problem() -> None:
    assert codes(f"# Sheet\nDose: for 1 minute\n{'very ' * 200}long") == ["long"]
    assert codes("# Sheet\nDose: for 1 minute\n" + "Carefull: Hold.\n" * 3_000).count("long") == 1


def test_an_empty_text_says_that_it_is_empty() -> None:
    for text in ("", "\n\n", "// later", "\ufeff"):
        [problem] = check(text).problems
        assert problem.code == "empty"


@pytest.mark.parametrize(
    "sheet", sorted((Path(__file__).parents[2] / "scripts").rglob("*.md")), ids=lambda sheet: sheet.stem
)
def test_every_sheet_of_the_project_is_read_without_a_problem(sheet: Path) -> None:
    assert parse(sheet.read_text(encoding="utf-8"), sheet.stem).problems == ()


@pytest.mark.parametrize("phases", ["- up, 2 seconds (gentle 0)", "- loose, 2 seconds"])
def test_a_level_at_which_nothing_is_left_of_the_movement_is_an_error(phases: str) -> None:
    parsed = parse(f"# Raises\nDose: 3 times\n{phases}\nCareful: Slowly.\n", "raises")
    assert [problem.code for problem in parsed.problems] == ["movement"]
    assert "at the level" in parsed.problems[0].message


def test_a_dash_parts_the_name_of_an_exercise_from_its_dose() -> None:
    sheet = parse("# S\n\nIf it hurts, stop.\n- Wall push-ups - 10 reps\n- Sit-to-stand\n", "s").value
    assert isinstance(sheet, Session)
    first, second = (part for part in sheet.parts if isinstance(part, Reference))
    assert (first.name, first.dose and first.dose.reps) == ("Wall push-ups", (exactly(10),))
    assert (second.name, second.dose) == ("Sit-to-stand", None)
