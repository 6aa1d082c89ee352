"""A sheet is heard as its listener hears it, with few false alarms."""

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.language.keywords.choice import keywords_for
from coach.language.keywords.vocabulary import Surface
from coach.language.model import Script, Session
from coach.language.pace import words, words_that_fit
from coach.language.parser import parse
from coach.language.postures import surface
from coach.language.problems import Problem, Severity, Span
from coach.language.review import review, review_session
from coach.language.spelling.spell_out import PUNCTUATION, spell_out


def script(body: str = "", name: str = "curls", **labels: str) -> Script:
    """A sheet that is heard without a problem, with more lines above its movement."""
    given = {"Position": "face down", "Dose": "2 sets of 10 each leg, rest 30 seconds"} | labels
    head = "\n".join(f"{label}: {text}" for label, text in given.items() if text)
    tail = "- curl, 2 seconds: Curl your heel,\n- loose, 1 second\nCareful: Keep your hips down."
    value = parse(f"# {name.capitalize()}\n{head}\n{body}\n{tail}", name).value
    assert isinstance(value, Script)
    return value


def heard(body: str, **labels: str) -> list[str]:
    return [problem.code for problem in review(script(body, **labels))]


def said_about(sentence: str) -> list[str]:
    return heard(sentence)


def sheet(text: str) -> Script:
    value = parse(text, "sheet").value
    assert isinstance(value, Script)
    return value


def test_a_good_sheet_is_heard_without_a_problem() -> None:
    assert review(script("Lie on your stomach.\n(wait 5 seconds)")) == ()


def test_words_fit_as_the_programme_says() -> None:
    assert [words_that_fit(seconds) for seconds in (1, 2, 3, 5)] == [2, 4, 6, 8]


def test_words_are_counted_as_they_are_said() -> None:
    assert words("Don't: set your feet hip-width apart ...") == 6


# Errors


def test_an_exercise_without_a_caution_is_an_error() -> None:
    [problem] = review(sheet("# Curls\nDose: 10 times\n- curl, 2 seconds"))
    assert (problem.code, problem.severity, problem.span.line) == ("careful", Severity.ERROR, 1)


def test_a_phase_word_too_long_for_its_shortest_level_is_an_error() -> None:
    text = "# Curls\nDose: 10 times\n- curl it up again, 2 seconds{}\nCareful: Slowly."
    assert review(sheet(text.format(""))) == ()
    [problem] = review(sheet(text.format(" (gentle 1)")))
    assert (problem.code, problem.severity) == ("pace", Severity.ERROR)
    assert (problem.span.line, problem.span.column, problem.span.width) == (3, 3, 16)


def test_a_phase_that_a_level_leaves_out_needs_no_room_there() -> None:
    text = (
        "# Curls\nDose: 10 times\n- up, 2 seconds\n- curl it up again, 2 seconds (gentle 0)\nCareful: Slowly."
    )
    assert review(sheet(text)) == ()


REMINDER = "Remember: Are both of your hips down on the mat?"


@pytest.mark.parametrize(
    ("dose", "codes"),
    [
        ("10 times", ["pace"]),
        ("2 sets of 10, rest 30 seconds", []),
        ("10 times each leg", []),
        ("1 set of 5\nDose strong: 2 sets of 5, rest 30 seconds", []),
    ],
)
def test_a_reminder_that_no_phase_and_no_rest_has_room_for_is_an_error(dose: str, codes: list[str]) -> None:
    text = f"# Curls\nDose: {dose}\n- curl, 2 seconds\nCareful: Slowly.\n{REMINDER}"
    assert [problem.code for problem in review(sheet(text))] == codes


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("- push, 4 seconds: Push for 5 seconds.", "'5 seconds' is said, but 'push' lasts 4 seconds"),
        ("- push, 5 seconds: Push for 5 seconds.", ""),
        ("- fist: Squeeze 2 s. Let go 10 s.", "'10 s' is said, but 'fist' is given no time"),
        (
            "Hold for 8 seconds at the top.\n- up, 2 seconds: Lift it.",
            "'8 seconds' is said, but no phase lasts longer than 2 seconds",
        ),
        ("Do this at 8 seconds to noon.\n- up, 2 seconds: Lift it.", ""),
        ("Hold for 2 seconds.\n- up, 2 seconds: Lift it.", ""),
    ],
)
def test_a_time_that_is_said_and_not_given_is_a_warning(body: str, message: str) -> None:
    found = [
        each.message
        for each in review(sheet(f"# Push\nDose: 3 times\n{body}\nCareful: Slowly."))
        if each.code == "time"
    ]
    assert found == ([message] if message else [])


def test_the_time_of_a_hold_is_that_of_the_dose() -> None:
    held = "# Stretch\nDose: hold for 20 seconds\nLean in.\n- hold: Hold for 20 seconds.\nCareful: Slowly."
    assert review(sheet(held)) == ()


def test_a_reminder_has_room_while_an_exercise_lasts() -> None:
    assert review(sheet(f"# Walk\nDose: for 1 minute\nCareful: Slowly.\n{REMINDER}")) == ()


# Sentences


def test_a_sentence_may_have_fourteen_words_and_no_more() -> None:
    fourteen = " ".join(["word"] * 14)
    assert said_about(f"{fourteen}.") == []
    assert said_about(f"{fourteen}. {fourteen}.") == []
    assert said_about(f"{fourteen} more.") == ["long"]


def test_the_sentence_of_a_phase_is_heard_too() -> None:
    text = "# Curls\nDose: 10 times\n- curl, 2 seconds: Curl as shown below,\nCareful: Slowly."
    [problem] = review(sheet(text))
    assert (problem.code, problem.span.line, problem.span.column, problem.span.width) == ("eyes", 3, 25, 8)


@pytest.mark.parametrize(
    "sentence",
    [
        "See below.",
        "Stand as shown.",
        "Look at the picture.",
        "As you can see, the knee bends.",
        "Do the following.",
        "Watch your knee.",
        "Keep watching your foot.",
        "Do it like this.",
        "The diagram helps.",
        "Move as demonstrated.",
    ],
)
def test_words_that_need_eyes_are_a_warning(sentence: str) -> None:
    assert said_about(sentence) == ["eyes"]


@pytest.mark.parametrize(
    "sentence",
    [
        "Look straight ahead.",
        "Take off your watch.",
        "Lift it as high as the chair.",
        "Keep your heels below your knees.",
        "Check that the chair does not slide.",
        "Turn off the screen.",
        "It looks easy, and is not.",
    ],
)
def test_words_that_need_no_eyes_are_fine(sentence: str) -> None:
    assert said_about(sentence) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "This will cure your knee.",
        "It is going to fix your knee.",
        "We guarantee it.",
        "You can live pain-free again.",
        "Stay active to stay pain-free.",
        "The pain should eventually go away.",
        "It is the best prevention for knee pain.",
        "Get rid of knee pain.",
    ],
)
def test_promises_are_a_warning(sentence: str) -> None:
    assert said_about(sentence) == ["promise"]


@pytest.mark.parametrize(
    "sentence",
    [
        "This may help your knee.",
        "No exercise will cure a knee.",
        "This is not a cure.",
        "There is no guarantee.",
        "Stay within a pain-free range.",
        "If the pain does not go away, see a doctor.",
        "Wait until it starts to go away.",
        "Strong hamstrings can help to protect your knees.",
    ],
)
def test_hedged_words_and_rules_are_no_promises(sentence: str) -> None:
    assert said_about(sentence) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Well done, great form.",
        "Perfect!",
        "That's perfect.",
        "You are doing great.",
        "Looking good.",
        "Good posture.",
    ],
)
def test_praise_of_what_the_coach_cannot_see_is_a_warning(sentence: str) -> None:
    assert said_about(sentence) == ["praise"]


@pytest.mark.parametrize(
    "sentence",
    [
        "Well done.",
        "Keep a good posture.",
        "Good shoes help.",
        "Are you doing this slowly?",
        "A good position is a low one.",
        "Great care is needed here.",
    ],
)
def test_instructions_are_no_praise(sentence: str) -> None:
    assert said_about(sentence) == []


def test_a_right_that_is_no_side_is_a_warning_where_sides_are_swapped() -> None:
    [problem] = review(script("Step up right away."))
    assert (problem.code, problem.severity) == ("side", Severity.WARNING)
    assert (problem.span.line, problem.span.column, problem.span.width) == (4, 9, 5)
    assert "'left away'" in problem.message
    assert heard("Step up \\right away.") == []
    assert heard("Step up right away.", Dose="10 times") == []


def test_another_language_is_warned_of_and_not_searched_for_english_words() -> None:
    assert heard("Stand as shown. This will cure you.", Language="de") == ["language"]


# What is not said


def whole(text: str) -> tuple[Problem, ...]:
    parsed = parse(text, "sheet")
    assert isinstance(parsed.value, Script)
    return review(parsed.value)


def with_line(sentence: str, language: str = "en-us") -> str:
    return f"# Curls\nLanguage: {language}\nDose: 3 times\nCareful: {sentence}\n- curl, 2 seconds: Curl,\n"


@pytest.mark.parametrize(
    ("line", "code", "place"),
    [
        ("# Curls \U0001f4aa", "unsaid", (1, 9, 1)),
        ("Needs: a chair \u2713 here", "unsaid", (1, 16, 1)),
        ("Now lift | it.", "unsaid", (1, 10, 1)),
        ("If it hurts: Stop < now.", "", ()),
        ("Brief: Stop <now.", "unsaid", (1, 13, 1)),
        ("Remember: Mind your \u043a\u043e\u043b\u0435\u043d\u043e.", "unsaid", (1, 21, 6)),
        ("Now see www.nhs.uk/knee.", "address", (1, 9, 15)),
        ("Call 020 7946 0958.", "address", (1, 1, 18)),
        ("Lift it (R), then hold.", "side", (1, 10, 1)),
        ("Lift it (Lt), then hold.", "side", (1, 10, 2)),
        ("Bend your R knee, your Rt hip, drink 2 L, L/R, mind L4.", "", ()),
        ('Lift it 2", at <5/10, 20s on/10s off.', "", ()),
    ],
)
def test_what_is_not_said_is_told_at_its_place(line: str, code: str, place: tuple[int, ...]) -> None:
    head = "" if line.startswith("# ") else "\n# Curls"
    text = f"{line}\nDose: 3 times\nCareful: Hold on.\n- curl, 2 seconds: Curl,\n"
    text = text if not head else f"# Curls\n{text}"
    found = [problem for problem in whole(text) if problem.code in {"unsaid", "address", "side"}]
    if not code:
        assert not found
        return
    [problem] = found
    span = problem.span
    assert (problem.code, problem.severity) == (code, Severity.WARNING)
    assert (span.line - bool(head), span.column, span.width) == place


@settings(max_examples=300)
@given(st.text(min_size=1, max_size=3), st.sampled_from(("en-us", "de", "xx")))
def test_every_character_of_a_line_is_said_or_punctuation_or_told(text: str, language: str) -> None:
    written = with_line(f"Hold{text}tight, and breathe.", language)
    value = parse(written, "sheet").value
    if not isinstance(value, Script) or not value.cautions:
        return
    [line] = value.cautions
    told = "".join(problem.message for problem in review(value) if problem.code in {"unsaid", "address"})
    said = spell_out(line.text, language)
    for sign in line.text:
        is_heard = sign in said or said != spell_out(line.text.replace(sign, ""), language)
        is_mark = (
            sign in PUNCTUATION or sign.isspace() or unicodedata.category(sign)[0] in "MC" or sign in "*_`\\"
        )
        assert is_heard or is_mark or sign in told


@given(st.sampled_from("^|~#*\u2190\u221e\u00a7\u2713\U0001f4aa\u261e\u203b"))
def test_what_the_hint_for_a_sign_says_to_write_is_accepted_and_said(sign: str) -> None:
    [problem] = (each for each in whole(with_line(f"Hold {sign} tight.")) if each.code == "unsaid")
    in_words = re.findall("'(.+)'", problem.hint)[0]
    for sentence in (f"Hold {in_words} tight.", "Hold tight."):
        assert not whole(with_line(sentence))
        assert spell_out(sentence) == sentence


# Silence


def test_a_long_silence_is_announced_or_a_warning() -> None:
    assert heard("Lie down.\n(wait 10 seconds)") == []
    assert heard("Lie down.\n(wait 15 seconds)") == ["silence"]
    assert heard("You have fifteen seconds.\n(wait 15 seconds)") == []


def test_waits_in_a_row_are_one_silence() -> None:
    assert heard("Lie down.\n(wait 6 seconds)\n(wait 6 seconds)\n(wait 6 seconds)") == ["silence"]
    assert heard("Lie down.\n(wait 6 seconds)\n(bell)\n(wait 6 seconds)") == []


# Sessions

STAND = script(name="squats", Position="standing, a chair behind you")
LIE = script(name="curls", Position="face down")
SIT = script(name="massage", Position="seated")
SHEETS = {each.name.capitalize(): each for each in (STAND, LIE, SIT)}
STOP = "If a pain is sharp, stop that exercise.\n"


def in_session(body: str, stop: str = STOP) -> tuple[Problem, ...]:
    value = parse(f"# Evening\n{stop}{body}", "evening").value
    assert isinstance(value, Session)
    return review_session(value, SHEETS)


def test_a_session_that_never_says_how_to_stop_is_an_error() -> None:
    [problem] = in_session("- Squats", stop="")
    assert (problem.code, problem.severity, problem.span.line) == ("stop", Severity.ERROR, 1)
    assert in_session("- Squats") == ()


@pytest.mark.parametrize(
    "line", ["Do not stop.", "Don't stop.", "Never stop now.", "Go on without a non-stop."]
)
def test_an_order_not_to_stop_is_no_rule_for_stopping(line: str) -> None:
    assert [problem.code for problem in in_session("- Squats", stop=f"{line}\n")] == ["stop"]


def test_one_exercise_that_says_how_to_stop_is_enough() -> None:
    careful = sheet("# Squats\nDose: 10 times\n- down, 2 seconds\nIf it hurts: Go less deep, or stop.")
    value = parse("# Evening\n- Squats", "evening").value
    assert isinstance(value, Session)
    assert review_session(value, {"Squats": careful}) == ()


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ("- Squats\n- Curls", ["position"]),
        ("- Squats\nYou have forty seconds.\n(wait 40 seconds)\n- Curls", []),
        ("- Squats\n- rest 40 seconds\n- Curls", []),
        ("- Curls\n- rest 40 seconds\n- Squats", ["position"]),
        ("- Curls\n- rest 1 minute\n- Squats", []),
        ("- Squats\n- Massage", ["position"]),
        ("- Squats\n- rest 20 seconds\n- Massage", []),
        ("- Squats\n- Squats", []),
        ("- Squats\n- Somewhere else\n- Squats", []),
    ],
)
def test_a_change_of_position_needs_its_time(body: str, codes: list[str]) -> None:
    assert [problem.code for problem in in_session(body)] == codes


def test_the_problem_of_a_hurried_change_stands_at_the_exercise_that_comes_too_soon() -> None:
    [problem] = in_session("- Squats\nLie down.\n(wait 5 seconds)\n- Curls")
    assert (problem.span.line, problem.span.column, problem.severity) == (6, 3, Severity.WARNING)
    assert (
        problem.message == "about 6 seconds from 'standing' to 'face down': somebody in pain needs 40 seconds"
    )


@pytest.mark.parametrize(
    ("position", "on"),
    [
        *(
            (name, "floor")
            for name in ("quadruped", "All fours", "on your hands and knees", "plank", "Side plank")
        ),
        *(
            (name, "floor")
            for name in ("long sitting", "Crook lying", "crook-lying", "kneeling", "Half-kneeling")
        ),
        *(
            (name, "floor")
            for name in ("prone", "Supine", "side-lying", "lying on your back", "on your left side")
        ),
        *(
            (name, "floor")
            for name in ("sitting on the floor", "cross-legged", "lying, a chair in reach", "face up")
        ),
        *((name, "floor") for name in ("four-point kneeling", "high kneeling", "hook-lying", "child's pose")),
        *(
            (name, "floor")
            for name in ("lying with your feet on a chair", "kneeling beside the bed", "bridge")
        ),
        *(
            (name, "feet")
            for name in ("standing on one leg", "at the wall", "Standing behind a chair", "tandem")
        ),
        *((name, "feet") for name in ("standing on a mat", "single leg stance", "facing a wall", "lunge")),
        *(
            (name, "seat")
            for name in ("in a chair", "seated", "Sitting with both feet on the floor", "on a stool")
        ),
        *(
            (name, "bed")
            for name in ("in bed", "lying in bed", "on the bed, face down", "sitting on the edge of the bed")
        ),
    ],
)
def test_the_positions_of_leaflets_are_known_with_what_the_listener_is_on(position: str, on: str) -> None:
    assert surface(position, keywords_for("en")) is Surface[on.upper()]
    assert review(sheet(f"# Stretch\nPosition: {position}\nDose: for 1 minute\nCareful: Slowly.")) == ()


@pytest.mark.parametrize(
    ("position", "hint"),
    [
        ("standng", "did you mean 'standing'?"),
        ("quadrupet", "did you mean 'quadruped'?"),
        ("wherever you like", "begin it with a word such as 'lying', 'standing', 'seated', 'in bed'"),
    ],
)
def test_a_position_that_is_not_known_is_a_warning_whose_hint_is_accepted(position: str, hint: str) -> None:
    text = f"# Stretch\nPosition: {position}\nDose: for 1 minute\nCareful: Slowly."
    [problem] = review(sheet(text))
    assert (problem.code, problem.span, problem.hint) == ("position", Span(2, 11, len(position)), hint)
    for written in re.findall(r"'([^']+)'", hint):
        assert review(sheet(text.replace(position, written))) == ()


def test_the_lines_of_a_session_are_heard_like_those_of_an_exercise() -> None:
    codes = [
        problem.code for problem in in_session("Watch it.\n(wait 30 seconds)\nThis will cure you.\n- Squats")
    ]
    assert codes == ["eyes", "silence", "promise"]


def test_a_chapter_with_nothing_of_its_own_is_a_warning() -> None:
    text = "# Evening\n\nStop at any sharp pain.\n\n## Part one\n\n- Curls\n\n## The end\n\nGood night.\n"
    session = parse(text, "evening").value
    assert isinstance(session, Session)
    [problem] = review_session(session, {})
    assert (problem.code, problem.span.line) == ("chapter", 5)


def test_those_who_know_a_session_have_to_hear_how_to_stop_too() -> None:
    [problem] = in_session("Brief: Begin when you like.\n- Squats")
    assert (problem.code, problem.severity) == ("stop", Severity.ERROR)
    assert in_session("Brief: Stop at a sharp pain.\n- Squats") == ()
    [problem] = in_session("Stop whenever you like.\n- Squats\nBrief: Go on.", stop="Brief: Begin.\n")
    assert problem.code == "stop"


def test_a_change_of_position_needs_its_time_in_the_brief_form_too() -> None:
    way = "Lie down.\nYou have forty seconds.\n(wait 40 seconds)\n"
    assert in_session(f"- Squats\n{way}- Curls") == ()
    [problem] = in_session(f"- Squats\n{way}Brief: Lie down.\n- Curls")
    assert (problem.code, problem.span.line) == ("position", 8)


def test_brief_lines_are_heard_like_the_others_and_what_both_forms_have_is_told_once() -> None:
    body = "Brief: Watch it, and stop at a sharp pain.\n- Squats\nThis will cure you.\n- Squats"
    assert [(problem.code, problem.span.line) for problem in in_session(body)] == [
        ("eyes", 3),
        ("promise", 5),
    ]
