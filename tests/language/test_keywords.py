import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import cast

import pytest

import coach
from coach.language.by_tag import language_module
from coach.language.dose import Side
from coach.language.keywords.choice import are_known, keywords_for
from coach.language.keywords.en import KEYWORDS as ENGLISH
from coach.language.level import Level
from coach.language.model import PhaseKind, Script, Session
from coach.language.parser import Parsed, parse
from coach.language.postures import is_on_the_floor
from coach.language.review import review, review_session
from coach.language.sides import no_sides, on_side
from tests.language import pseudo_keywords
from tests.language.pseudo_keywords import MARK, TAG, marked

EXERCISE = """\
# Bridge
«Language»: {tag}
«Position»: «face down», arms at the sides
«Needs»: a mat
«Works»: legs
«Dose»: «two sets of» 6 «each leg», «hold for» 20 «seconds», «rest one minute and» 30 «seconds»
«Dose gentle»: «once»
«Dose strong»: 3 «sets of ten times», «rest half a minute»
Lie down.
(«wait one and a half minutes»)
(«sound hold start»)
(«bell»)
- up, 2 «seconds» («gentle» 1, «strong» 0): Lift your «right» leg,
- «hold», 1 «second»: hold it,
- down, 3 «seconds»
- «let go», 1 «second»
«Careful»: Keep your «right» knee still.
«Remember»: Breathe.
«If it hurts»: «stop».
«Breathe»: Out, up.
«Brief»: Lie down.
«Source»: nobody
"""
TIMED = "# Walk\n«Language»: {tag}\n«Dose standard»: «for» 5 «minutes every leg»\n«Careful»: Slowly.\n"
TEMPO = "# Curl\n«Language»: {tag}\n«Dose»: «twice»\n- «tempo» 2-1-2: up, «hold», down\n«Careful»: Slowly.\n"
SESSION = """\
# Evening
«Language»: {tag}
«Needs»: a mat
«stop» if it hurts.
- Bridge: 2 «sets of» 5 «on each leg», «rest for» 30 «seconds»
- «pause for a minute»
- Walk
"""
WRONG = {
    "Dose: 3 times, hold 5": "'5 secondsж' or '5 minutesж'",
    "Dose: hold 5 songs": "'holdж forж 5 secondsж'",
    "Dose: 2 sets": "'forж 1 minuteж, 2 setsж'",
    "Carefulх: Slowly.": "'Carefulж:'",
    "Doseж mildж: onceж": "gentleж, standardж, strongж",
    "(pauseж)": "'(waitж 5 secondsж)'",
    "Doseж: forж 10 minutesж eachж lgeж": "'legж'",
    "Look at the \\rihtж foot.": "'\\rightж'",
}


@pytest.fixture(autouse=True)
def _pseudo_language(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One module is all that a language needs."""
    monkeypatch.setitem(sys.modules, f"coach.language.keywords.{TAG}", pseudo_keywords)
    language_module.cache_clear()
    yield
    language_module.cache_clear()


def english(template: str) -> Parsed:
    return parse(re.sub("[«»]", "", template).format(tag="en"), "sheet")


def in_pseudo(template: str) -> Parsed:
    text = re.sub("«([^»]*)»", lambda found: marked(found.group(1)), template)
    return parse(text.format(tag=TAG), "sheet")


def values(parsed: Parsed) -> str:
    """What was read, without its columns, its language and the marks."""
    return re.sub(r"Span\([^)]*\)|language='\w+'", "", repr(parsed.value)).replace(MARK, "")


@pytest.mark.parametrize("template", [EXERCISE, TIMED, TEMPO, SESSION])
def test_a_sheet_in_another_language_is_read_as_the_same_values(template: str) -> None:
    assert english(template).problems == in_pseudo(template).problems == ()
    assert values(in_pseudo(template)) == values(english(template))


@pytest.mark.parametrize("template", [EXERCISE, TIMED, TEMPO, SESSION])
def test_no_english_word_is_read_in_a_sheet_of_another_language(template: str) -> None:
    for found in re.finditer("«([^»]*)»", template):
        if found.group(1) in {"Language", "right", "stop", "face down"}:
            continue
        one_english = template[: found.start()] + found.group(1) + template[found.end() :]
        parsed = in_pseudo(one_english)
        assert parsed.problems or values(parsed) != values(in_pseudo(template)), found.group()


def test_an_english_label_of_the_language_means_english_keywords() -> None:
    sheet = parse(f"# Walk\nLanguage: {TAG}\nDose: for 5 minutes\n", "walk").value
    assert isinstance(sheet, Script)
    assert sheet.language == TAG


@pytest.mark.parametrize(("line", "suggested"), WRONG.items())
def test_hints_suggest_the_words_of_the_sheets_language(line: str, suggested: str) -> None:
    line = line if MARK in line else marked(line)
    text = f"# Walk\n{marked('Language')}: {TAG}\n{line}\n"
    assert suggested in " ".join(problem.hint for problem in parse(text, "walk").problems)


def test_the_ear_listens_for_the_words_of_the_language() -> None:
    exercise = in_pseudo(
        EXERCISE.replace("Lie down.\n", "Stand as in the «picture».\nGo «right away».\n")
    ).value
    session = in_pseudo(SESSION.replace("«stop»", "«never stop»").replace("- Walk\n", "")).value
    assert isinstance(exercise, Script)
    assert isinstance(session, Session)
    assert {problem.code for problem in review(exercise)} == {"eyes", "side", "silence"}
    assert {problem.code for problem in review_session(session, {})} == {"stop"}


def test_sides_postures_and_phases_are_told_by_the_words_of_the_language() -> None:
    keywords = keywords_for(TAG)
    assert on_side("Rightж, not right.", Side.LEFT, keywords) == "Leftж, not right."
    assert no_sides("Go rightж awayж.", keywords) == ((3, 9),)
    assert is_on_the_floor("faceж downж", keywords)
    assert not is_on_the_floor("face down", keywords)
    assert [keywords.kind_of(cue) for cue in ("holdж", "looseж", "hold")] == [
        PhaseKind.HOLD,
        PhaseKind.LOOSE,
        PhaseKind.MOVE,
    ]


def test_a_variety_has_its_own_keywords_or_those_of_its_language(monkeypatch: pytest.MonkeyPatch) -> None:
    variety = SimpleNamespace(KEYWORDS=replace(pseudo_keywords.KEYWORDS))
    monkeypatch.setitem(sys.modules, f"coach.language.keywords.{TAG}_ab", cast("ModuleType", variety))
    assert keywords_for(f"{TAG}-AB") is variety.KEYWORDS
    assert keywords_for(f"{TAG}-cd") is pseudo_keywords.KEYWORDS


def test_a_language_without_keywords_has_the_english_ones() -> None:
    assert keywords_for("fr") is keywords_for("en-gb") is keywords_for("../en") is ENGLISH
    assert not are_known("fr")
    assert are_known("en-gb")


def test_every_level_and_every_number_to_99_has_a_word() -> None:
    assert set(ENGLISH.levels) == set(Level)
    assert set(range(100)) <= set(ENGLISH.numbers.values())


def test_no_other_module_is_taken_for_that_of_a_language() -> None:
    names = {path.stem.replace("_", "-") for path in Path(coach.__file__).parent.rglob("*.py")}
    for name in names:
        sheet = parse(f"# Sheet\nLanguage: {name}\nDose: 3 times\n- up, 2 seconds: 3 kg.", "sheet").draft
        assert isinstance(sheet, Script)
        assert review(sheet)
