"""The sheets are written for the ear: short, plain, without promises, and nothing that needs eyes."""

import re
from collections import Counter
from itertools import zip_longest

import pytest

from coach.language.dose import Side
from coach.language.level import Level
from coach.language.model import Line, Wait
from coach.language.names import references
from coach.language.review import review, review_session
from coach.session.options import Detail
from tests.content.sheets import (
    EXERCISE_NAMES,
    PART_NAMES,
    PROGRAMME_NAMES,
    SESSION_NAMES,
    exercise,
    prompts,
    read,
    says,
    session,
    spoken_lines,
    words,
)

SHEET_NAMES = [*EXERCISE_NAMES, *SESSION_NAMES, *PROGRAMME_NAMES]
MOVED = [*EXERCISE_NAMES, *PART_NAMES]
"""The exercises, in sheets of their own and in programmes."""

ALL_NAMES = [*MOVED, *SESSION_NAMES, *PROGRAMME_NAMES]

MOST_WORDS_FULL = 90
MOST_WORDS_BRIEF = 25
MOST_WORDS_A_SENTENCE = 14
MOST_WORDS_GUIDED, MOST_WORDS_GUIDED_LONG = 11, 14
LONG_S = 20
MOST_WORDS_CUED = 8

PROMISES = (
    "will help, will cure, cure, cures, heal, heals, fix, fixes, guarantee, guaranteed, promise, "
    "never hurts, pain free, go away, goes away, prevents, best, painless, always works"
)
PRAISE = "well done, good job, great job, great form, good form, perfect, excellent, nice work, you look"
NEEDS_EYES = "see below, as shown, watch, look at, picture, video, screen, as you can see, image"
HOMOGRAPHS = "lead, wind, close, live, tear, bow, wound, content, object, read, refuse, desert"


@pytest.mark.parametrize("name", SHEET_NAMES)
def test_a_sheet_is_read_without_a_problem(name: str) -> None:
    assert read(name).problems == ()


@pytest.mark.parametrize("name", MOVED)
def test_an_exercise_is_heard_as_it_is_meant(name: str) -> None:
    assert review(exercise(name)) == ()


@pytest.mark.parametrize("name", [*SESSION_NAMES, *PROGRAMME_NAMES])
def test_a_session_is_heard_as_it_is_meant(name: str) -> None:
    scripts = {exercise(any_name).title: exercise(any_name) for any_name in EXERCISE_NAMES}
    assert all(each.script or each.name in scripts for each in references(session(name)))
    assert review_session(session(name), scripts) == ()


@pytest.mark.parametrize("name", MOVED)
def test_the_full_form_of_an_exercise_has_at_most_ninety_words(name: str) -> None:
    script = exercise(name)
    instructions = [part.text for part in script.instructions if isinstance(part, Line)]
    safety = [line.text for line in (*script.cautions, *script.if_it_hurts)]
    assert len(words(" ".join([script.title, *instructions, *safety]))) <= MOST_WORDS_FULL


@pytest.mark.parametrize("name", MOVED)
def test_the_brief_form_has_at_most_twenty_five_words(name: str) -> None:
    assert 0 < len(words(" ".join(line.text for line in exercise(name).brief))) <= MOST_WORDS_BRIEF


@pytest.mark.parametrize("name", ALL_NAMES)
def test_a_line_is_one_sentence_of_at_most_fourteen_words(name: str) -> None:
    for line in spoken_lines(name):
        assert len(words(line)) <= MOST_WORDS_A_SENTENCE, line
        assert not re.search(r"[.!?] ", line), line


@pytest.mark.parametrize("name", MOVED)
def test_what_is_said_while_moving_is_short(name: str) -> None:
    script = exercise(name)
    for phase in script.phases:
        is_long = min(phase.length_s.values()) >= LONG_S
        most = MOST_WORDS_GUIDED_LONG if is_long else MOST_WORDS_GUIDED
        assert 0 < len(words(phase.text)) <= most, phase.text
    for line in (*script.reminders, *script.breathing):
        assert len(words(line.text)) <= MOST_WORDS_CUED, line.text


@pytest.mark.parametrize("name", MOVED)
def test_a_form_cue_is_a_question(name: str) -> None:
    assert exercise(name).reminders
    assert all(line.text.endswith("?") for line in exercise(name).reminders)


@pytest.mark.parametrize("name", MOVED)
def test_an_exercise_has_one_to_three_cautions_a_way_out_and_a_breath(name: str) -> None:
    script = exercise(name)
    assert 1 <= len(script.cautions) <= 3
    assert script.if_it_hurts
    assert len(script.breathing) == 1


@pytest.mark.parametrize("name", MOVED)
def test_an_instruction_names_a_side_only_to_set_it_up(name: str) -> None:
    """The coach says such a line again for the other leg and before each set, with the wait after it."""
    parts = exercise(name).instructions
    for part, after in zip_longest(parts, parts[1:]):
        if isinstance(part, Line) and (says(part.text, "right") or says(part.text, "left")):
            assert (name, part.text) == ("step-ups", "Set your whole right foot on the step.")
            assert isinstance(after, Wait)
    assert not any(says(line.text, side) for line in exercise(name).brief for side in Side)


@pytest.mark.parametrize(
    ("name", "safety"),
    [
        ("lying-hamstring-curls", "only as far as is comfortable"),
        ("lying-hamstring-curls", "hips on the mat"),
        ("standing-hamstring-curls", "do not let go of the chair"),
        ("straight-leg-raises", "if you feel a strain in your back, lift lower"),
        ("straight-leg-raises", "hips pressed down"),
        ("partial-squats", "knees behind your toes"),
        ("partial-squats", "kneecaps in line with your toes"),
        ("partial-squats", "straight back"),
        ("step-ups", "knee above your ankle"),
        ("step-ups", "with your heel rather than your toes"),
        ("partial-squats", "against a wall"),
        ("standing-hamstring-curls", "the back of it against"),
        ("step-ups", "one hand on the rail or the wall"),
        ("leg-massage", "away from the sore inner side of your knee"),
        ("leg-massage", "away from any swollen veins, such as varicose veins"),
        ("leg-massage", "hot or swollen"),
        ("warm-up-walk", "touch a wall or a chair"),
        ("low-back#Easy walk", "touch a wall or a chair"),
        ("low-back#Pelvic tilts", "only as far as is comfortable"),
        ("low-back#Knee to chest", "only until you feel a mild stretch"),
        ("low-back#Knee to chest", "hold the back of your upper leg"),
        ("low-back#Bridges", "only as high as your back stays straight"),
        ("low-back#Bird dog", "do not lift the leg higher than your hip"),
        ("low-back#Bird dog", "do not let it sag"),
        ("low-back#Calm breathing", "if you feel dizzy, breathe as you usually do"),
    ],
)
@pytest.mark.parametrize("detail", Detail)
def test_what_keeps_the_listener_safe_is_said_in_full_and_in_brief(
    name: str, safety: str, detail: Detail
) -> None:
    assert [said for said in prompts(name, Level.STANDARD, detail) if says(said, safety)]


@pytest.mark.parametrize("name", ALL_NAMES)
@pytest.mark.parametrize("phrases", [PROMISES, PRAISE, NEEDS_EYES, HOMOGRAPHS])
def test_no_sheet_promises_praises_points_or_puzzles_the_voice(name: str, phrases: str) -> None:
    for line in spoken_lines(name):
        assert [phrase for phrase in phrases.split(", ") if says(line, phrase)] == [], line


@pytest.mark.parametrize("name", ALL_NAMES)
def test_no_line_has_what_a_voice_reads_badly(name: str) -> None:
    for line in spoken_lines(name):
        assert re.fullmatch(r"[A-Za-z' ,.?-]+", line), line


@pytest.mark.parametrize("name", ALL_NAMES)
def test_no_line_is_said_twice_in_a_sheet_unless_it_is_a_step_of_a_way(name: str) -> None:
    if name in (*SESSION_NAMES, *PROGRAMME_NAMES):
        lines = [part.text for part in session(name).parts if isinstance(part, Line)]
        once = [line for line in lines if not says(line, "you have") and name != "inner-knee-article-order"]
    else:
        script = exercise(name)
        once = [part.text for part in script.instructions if isinstance(part, Line)]
        once += [line.text for line in (*script.cautions, *script.if_it_hurts)]
    assert [line for line, times in Counter(once).items() if times > 1] == []
