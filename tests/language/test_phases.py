"""Phases and steps, in the ways in which people write them."""

import pytest

from coach.language.level import Level
from coach.language.model import Line, Script
from coach.language.parser import Parsed, parse
from coach.language.problems import Severity


def sheet(body: str) -> Parsed:
    return parse(f"# Sheet\nDose: 3 times\n{body}\nCareful: Slowly.", "sheet")


def script(body: str) -> Script:
    value = sheet(body).value
    assert isinstance(value, Script), sheet(body).problems
    return value


@pytest.mark.parametrize(
    ("line", "cue", "seconds", "text"),
    [
        ("- hold 5 seconds", "hold", 5, ""),
        ("- up (2 seconds): Rise,", "up", 2, "Rise,"),
        ("- 3 seconds down: and lower.", "down", 3, "and lower."),
        ("- half a minute up: Rise", "up", 30, "Rise"),
        ("- up for 2 seconds: Rise", "up", 2, "Rise"),
        ("- up - 2 seconds: Rise", "up", 2, "Rise"),
        ("- up - 2 seconds - Rise", "up", 2, "Rise"),
        ("- up, 2 seconds, Rise", "up", 2, "Rise"),
        ("- up: 2 seconds", "up", 2, ""),
        ("- up: 2 seconds: Rise", "up", 2, "Rise"),
        ("- up 2s: Rise", "up", 2, "Rise"),
        ("- breathe in for 4 seconds", "breathe in", 4, ""),
        ("- slow, 1:30: Walk", "slow", 90, "Walk"),
        ("- walk 1 minute 30 seconds: Walk", "walk", 90, "Walk"),
        ("1. up, 2 seconds: Rise", "up", 2, "Rise"),
        ("- Mountain - 5 breaths: Stand tall.", "Mountain", 30, "Stand tall."),
        ("- twist (3 deep breaths)", "twist", 18, ""),
        ("- up 1-2 sec: Rise", "up", 1, "Rise"),
        ("- down (4 sec) - bend your knee", "down", 4, "bend your knee"),
        ("- hold for a count of 5: Stay.", "hold", 5, "Stay."),
        ("3. Hold for 5 seconds at the top.", "Hold", 5, "Hold for 5 seconds at the top."),
    ],
)
def test_a_phase_is_read_as_it_stands(line: str, cue: str, seconds: float, text: str) -> None:
    [phase] = script(line).phases
    assert (phase.cue, phase.length_s[Level.STANDARD], phase.text) == (cue, seconds, text)


@pytest.mark.parametrize(
    "line",
    [
        "- up, 2 seconds (gentle 1, strong 3): Rise",
        "- up 2 seconds (gentle 1, strong 3): Rise",
        "- up (2 seconds, gentle 1, strong 3): Rise",
        "- up (2 s; gentle 1, strong 3): Rise",
        "- 2 seconds (gentle 1, strong 3) up: Rise",
        "- up, 2 seconds, gentle 1, strong 3: Rise",
    ],
)
def test_the_times_of_other_levels_stand_behind_the_usual_one(line: str) -> None:
    [phase] = script(line).phases
    assert (phase.cue, phase.text) == ("up", "Rise")
    assert dict(phase.length_s) == {Level.GENTLE: 1, Level.STANDARD: 2, Level.STRONG: 3}


@pytest.mark.parametrize(
    ("line", "seconds"),
    [
        ("- tilt: Flatten your back,", 2),
        ("- tilt", 2),
        ("- tilt: Lift one arm and the other leg off the floor, and keep looking down,", 6),
        ("- hold", 2),
    ],
)
def test_a_phase_without_a_time_takes_as_long_as_its_words_and_a_note_says_so(
    line: str, seconds: float
) -> None:
    parsed = sheet(f"- up, 2 seconds: Rise,\n{line}\n- down, 2 seconds")
    assert isinstance(parsed.value, Script)
    assert parsed.value.phases[1].length_s[Level.STANDARD] == seconds
    [note] = parsed.problems
    assert (note.severity, note.span.line) == (Severity.NOTE, 4)
    assert f"it takes {seconds} seconds" in note.message


def test_a_hold_without_a_time_is_held_as_the_dose_says() -> None:
    parsed = parse("# Sheet\nDose: hold for 20 seconds, 3 times\n- up, 2 seconds\n- hold: there,", "sheet")
    assert isinstance(parsed.value, Script)
    assert parsed.value.phases[1].length_s[Level.STANDARD] == 20
    assert parsed.problems == ()


def test_where_no_phase_has_a_time_a_word_before_a_colon_makes_one() -> None:
    assert [phase.cue for phase in script("- tilt: Flatten your back,\n- let go: and relax.").phases] == [
        "tilt",
        "let go",
    ]


@pytest.mark.parametrize(
    ("body", "spoken", "cues"),
    [
        ("1. Sit or stand.\n2. Roll your shoulders back.\n\n- roll, 2 seconds", 2, ["roll"]),
        ("1. Sit or stand.\n2. Roll your shoulders back.\n- roll, 2 seconds", 2, ["roll"]),
        ("1) Start position: lie on your back.\n- up, 2 seconds", 1, ["up"]),
        ("- Sit or stand.\n* Keep your back straight and look ahead of you.\n\n- up, 2 seconds", 2, ["up"]),
        ("- Sit or stand.\nBreathe.\n- up, 2 seconds", 2, ["up"]),
        ("- up, 2 seconds\n\n- hold\n\n- down, 2 seconds", 0, ["up", "hold", "down"]),
        ("1. up, 2 seconds\n2. hold\n3. down, 2 seconds", 0, ["up", "hold", "down"]),
    ],
)
def test_steps_are_spoken_unless_they_stand_among_phases(body: str, spoken: int, cues: list[str]) -> None:
    read = script(body)
    assert sum(isinstance(part, Line) for part in read.instructions) == spoken
    assert [phase.cue for phase in read.phases] == cues


def test_a_label_behind_a_bullet_is_a_label_and_breathe_is_a_phase() -> None:
    read = script("- Remember: Is your back long?\n- breathe: in,\n- out, 2 seconds: and out.")
    assert [line.text for line in read.reminders] == ["Is your back long?"]
    assert [phase.cue for phase in read.phases] == ["breathe", "out"]


def test_a_step_among_phases_is_answered_with_a_word_of_it_and_that_is_read() -> None:
    [problem] = sheet("1. Slide your arms up the wall.\n2. Hold for 5 seconds at the top.").problems
    written = "- slide: Slide your arms up the wall."
    assert problem.hint.startswith(f"begin with a word or two, such as '{written}'")
    assert script(written).phases[0].text == "Slide your arms up the wall."


def test_words_with_numbers_alone_are_phases_without_units_and_the_hint_is_read() -> None:
    problems = sheet("- inhale 4\n- hold 4\n- exhale 4").problems
    assert [each.message for each in problems] == ["'4' has no unit"] * 3
    assert problems[0].hint == "write '4 seconds' or '4 minutes'"
    assert len(script("- inhale 4 seconds\n- hold 4 seconds\n- exhale 4 seconds").phases) == 3


def test_the_only_phase_without_a_time_lasts_as_long_as_the_dose() -> None:
    parsed = parse("# Sheet\nDose: 3 x 30 seconds\n- stretch: Lean in.\nCareful: Slowly.", "sheet")
    assert isinstance(parsed.value, Script)
    dose = parsed.value.doses[Level.STANDARD]
    [(phase, length_s)] = parsed.value.repetition(dose, Level.STANDARD)
    assert (phase.cue, length_s, parsed.problems) == ("stretch", 30, ())


def test_a_hint_at_a_shorter_word_keeps_the_sentence() -> None:
    [problem] = sheet("- lift with the other hand, 1 second: Use your left hand.").problems
    assert problem.hint == "begin with a word or two, such as '- lift, 1 second: Use your left hand.'"


def test_a_sentence_in_place_of_a_word_is_answered_with_a_word_of_it_and_that_is_read() -> None:
    [problem] = sheet("- Lift your hips off the floor, 2 seconds").problems
    assert (
        problem.hint == "begin with a word or two, such as '- lift, 2 seconds: Lift your hips off the floor'"
    )
    assert script(problem.hint.split("'")[1]).phases[0].cue == "lift"


def test_numbered_lines_with_numbers_are_steps_where_bullets_have_times() -> None:
    found = script(
        "1. Lie on your left side, hips bent to 45 degrees.\n2. Wait 2 seconds, then begin.\n\n"
        "- lift (2 s): Lift your right knee,\n- hold (1 s)\n- lower (2 s): and lower it.\n"
    )
    assert [phase.cue for phase in found.phases] == ["lift", "hold", "lower"]
    assert [each.text for each in found.instructions if isinstance(each, Line)] == [
        "Lie on your left side, hips bent to 45 degrees.",
        "Wait 2 seconds, then begin.",
    ]
