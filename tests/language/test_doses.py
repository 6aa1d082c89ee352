"""Doses as practitioners write them; ``doses.toml`` has the wordings and their meaning."""

import random
import re
import time
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.language.dose import After, Amount, DoseRest, Held, Side, Sides, Wording, completed, exactly
from coach.language.dose_grammar import read_dose
from coach.language.dose_writing import written
from coach.language.keywords.en import KEYWORDS
from coach.language.level import Level
from coach.language.model import PhaseKind, Script
from coach.language.parser import Parsed, parse
from coach.language.problems import Problem, Severity
from coach.language.typography import plain_line
from coach.session.dose_json import dose_json

DOSES: list[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("doses.toml").read_text(encoding="utf-8")
)["dose"]
ACCEPTED = [dose for dose in DOSES if "refused" not in dose]
REFUSED = [dose for dose in DOSES if "refused" in dose]
SHEETS = {
    "phases": "- up, 2 seconds: Step up,\n- down, 2 seconds: and down.\n- loose, 1 second\n",
    "plain": "Stand tall.\n",
}
MUTILATED = 1500


def sheet(dose: str, kind: str = "phases") -> Parsed:
    return parse(f"# Sheet\nDose: {dose}\n\nCareful: Slowly.\n\n{SHEETS[kind]}", "sheet")


def script_of(dose: str, kind: str = "phases") -> Script:
    parsed = sheet(dose, kind)
    assert isinstance(parsed.value, Script), parsed.problems
    return parsed.value


def meaning(dose: str, kind: str = "phases") -> dict[str, Any]:
    return dose_json(script_of(dose, kind).doses[Level.STANDARD])


def warnings(dose: str, kind: str = "phases") -> list[str]:
    return [each.message for each in sheet(dose, kind).problems if each.severity is Severity.WARNING]


def errors(dose: str, kind: str) -> list[Problem]:
    return [each for each in sheet(dose, kind).problems if each.severity is Severity.ERROR]


def followed(text: str, problem: Problem) -> str:
    """The dose with the underlined words replaced by what the hint says to write."""
    found = re.match(r"(?:write|did you mean) '(.+?)'(?:[;,?]| or |$)", problem.hint)
    if found is None:
        found = re.search(r"such as '(.+?)'", problem.hint)
    assert found, problem
    start = problem.span.column - 1
    return text[:start] + found.group(1) + text[start + problem.span.width :]


@pytest.mark.parametrize("dose", ACCEPTED, ids=lambda dose: f"{dose['text']} ({dose['sheet']})")
def test_a_wording_has_the_meaning_of_the_table(dose: dict[str, Any]) -> None:
    read = meaning(dose["text"], dose["sheet"])
    expected = {key: value for key, value in dose.items() if key not in {"text", "sheet"}}
    assert {key: read.get(key) for key in expected} == expected
    amounts = {"reps", "reps_to", "hold_s", "hold_to_s", "work_s", "work_to_s", "breaths", "until"}
    assert amounts & read.keys() == amounts & expected.keys()


@pytest.mark.parametrize("dose", REFUSED, ids=lambda dose: f"{dose['text']} ({dose['sheet']})")
def test_a_refused_wording_is_one_error_whose_hint_is_accepted(dose: dict[str, Any]) -> None:
    [error] = errors(dose["text"], dose["sheet"])
    line = followed(f"Dose: {dose['text']}", error)
    assert sheet(line.removeprefix("Dose: "), dose["sheet"]).value, line


def mutilate(text: str, chance: random.Random) -> str:
    """The wording with one to three words lost, added, misspelt or cut off."""
    words = text.split()
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(words) + 1)
        match chance.randrange(5):
            case 0 if words:
                del words[at - 1]
            case 1:
                words[at:at] = chance.choice(DOSES)["text"].split()[:3]
            case 2 if words:
                letters = list(words[at - 1])
                chance.shuffle(letters)
                words[at - 1] = "".join(letters)
            case 3:
                words.insert(at, chance.choice(["songs", "0", "9999", "½", "(", "%", "x", "-", "1e9", "max"]))
            case _:
                words = words[:at]
    return " ".join(words) or "once"


@pytest.mark.many
@pytest.mark.parametrize("kind", SHEETS)
def test_every_hint_for_a_mutilated_wording_is_accepted(kind: str) -> None:
    refused = 0
    for seed in range(MUTILATED):
        chance = random.Random(seed)
        text = plain_line(mutilate(chance.choice(DOSES)["text"], chance), 1).text
        for error in errors(text, kind):
            refused += 1
            line = followed(f"Dose: {text}", error)
            assert errors(line.removeprefix("Dose: "), kind) == [], (text, line)
    assert refused > MUTILATED / 4


def amounts(least: int, most: int) -> st.SearchStrategy[Amount[int]]:
    numbers = st.integers(least, most)
    ranges = st.tuples(numbers, numbers).map(sorted).filter(lambda both: both[0] != both[1])
    return st.one_of(
        numbers.map(exactly),
        ranges.map(lambda both: Amount(both[0], both[1])),
        numbers.map(lambda bound: Amount(0, bound, is_open=True)),
    )


def in_seconds(amount: Amount[int]) -> Amount[float]:
    return Amount(float(amount.least), float(amount.most), amount.is_open)


seconds = amounts(1, 600).map(in_seconds)
rests = st.lists(
    st.tuples(seconds | st.just(exactly(0.0)), st.none() | st.sampled_from(After)).map(
        lambda rest: DoseRest(*rest)
    ),
    max_size=3,
    unique_by=lambda rest: rest.after,
)


@st.composite
def wordings(draw: st.DrawFn) -> Wording:
    """What an author may mean."""
    sets = draw(st.none() | st.integers(1, 20))
    reps: tuple[Amount[int], ...] | None = draw(st.none() | amounts(1, 200).map(lambda each: (each,)))
    if sets and sets > 1 and draw(st.booleans()):
        reps = tuple(draw(st.lists(st.integers(1, 200).map(exactly), min_size=sets, max_size=sets)))
    kind = draw(st.sampled_from(["counted", "held", "in breaths", "timed", "as many"]))
    if kind == "counted" and reps is None:
        reps = (exactly(10),)
    is_in_breaths = kind == "in breaths"
    lengths = amounts(1, 100).map(in_seconds) if is_in_breaths else seconds
    sides = draw(st.none() | st.sampled_from([each for each in Sides if each is not Sides.NONE]))
    has_order = sides is Sides.EACH or sides is Sides.ALTERNATING
    parts = st.sampled_from([part for part in KEYWORDS.side_words if part != "side"])
    return Wording(
        sets=sets,
        reps=reps,
        hold=draw(lengths) if kind in {"held", "in breaths"} else None,
        in_breaths=True if is_in_breaths else None,
        work_s=draw(seconds) if kind in {"timed", "as many"} else None,
        as_many=True if kind == "as many" else None,
        rests=tuple(draw(rests)) or None,
        sides=sides,
        first=draw(st.none() | st.sampled_from(Side)) if has_order else None,
        side_word=draw(parts) if sides else None,
        load=draw(st.sampled_from([None, "2 kg", "a red band", "50 %", "bodyweight"])),
        manner=draw(st.sampled_from([None, "slowly", "with control", "at the top"])),
        often=draw(st.sampled_from([None, "daily", "3 times a day", "on Monday and Thursday"])),
    )


def in_other_words(text: str, chance: random.Random) -> str:
    """The same dose as another author writes it."""
    for usual, other in (
        (" times", [" reps", " repetitions", "x", " times"]),
        (" sets of ", [" sets of ", " x ", " rounds of ", " sets x "]),
        ("hold for ", ["hold ", "hold each for ", "held for ", "Hold for "]),
        (" seconds", [" s", "s", " sec.", " seconds"]),
        (" minutes", [" min", " mins", " minutes"]),
        ("each ", ["per ", "on each ", "every ", "for each "]),
        ("rest ", ["rest for ", "rest: ", "pause ", "rest "]),
        ("up to ", ["up to ", "at most ", "no more than ", "max "]),
        (" first", [" first", " side first"]),
    ):
        text = text.replace(usual, chance.choice(other))
    return re.sub(r", (?=\D)", chance.choice([", ", "; ", ", then ", " - ", ". "]), text)


@settings(max_examples=200)
@given(wordings(), st.randoms(use_true_random=False))
def test_a_dose_comes_back_from_any_wording_of_its_meaning(wording: Wording, chance: random.Random) -> None:
    text = written(wording, KEYWORDS)
    assert read_dose(plain_line(text, 1), KEYWORDS)[0] == wording, text
    plain = written(replace(wording, often=None), KEYWORDS)
    other = ", ".join(filter(None, (in_other_words(plain, chance), wording.often)))
    assert read_dose(plain_line(other, 1), KEYWORDS)[0] == wording, other


def test_more_sets_than_repetitions_are_read_in_order_with_a_warning() -> None:
    assert "'10x3' is read as 10 sets of 3" in warnings("10x3, rest 30 s")
    assert warnings("3x10, rest 30 s") == []


def test_a_rest_that_stands_between_nothing_is_a_warning() -> None:
    assert len(warnings("10 times, rest 30 s")) == 1
    assert len(warnings("10 times, rest 30 s between sets")) == 1
    assert len(warnings("10 times, rest 30 s between sides")) == 1
    assert warnings("10 times, rest 30 s between reps") == []
    assert warnings("10 times each leg, rest 30 s") == []
    assert warnings("hold for 20 s, 3 times, rest 30 s", "plain") == []


@pytest.mark.parametrize(
    ("dose", "lost", "kept"),
    [
        ("10 times, rest 30 s between sets, rest 10 s between sides", 2, "10 times"),
        (
            "2 sets of 10, rest 30 s, rest 5 s between sides",
            1,
            "2 sets of 10, rest 30 seconds",
        ),
        ("10 times, rest 5 s between reps, rest 30 s", 1, "10 times, rest 5 seconds between reps"),
        ("2 sets of 10, rest 30 s, rest 10 s between sets", 1, "2 sets of 10, rest 30 seconds"),
        ("10 times each leg, rest 20 s between sides, rest 10 s", 1, None),
        ("once, rest 5 s between reps", 1, "once"),
    ],
)
def test_every_rest_that_is_not_given_is_told_and_the_hint_keeps_the_others(
    dose: str, lost: int, kept: str | None
) -> None:
    problems = [problem for problem in sheet(dose).problems if problem.code == "rest"]
    assert len(problems) == lost
    for problem in problems:
        written_dose = re.search(r"write '([^']*)'", problem.hint)
        assert written_dose
        assert kept in {None, written_dose.group(1)}
        assert warnings(written_dose.group(1)) == []


def test_the_hold_of_a_dose_comes_after_the_first_movement_if_no_phase_is_one() -> None:
    script = script_of("10 times, hold 5 seconds")
    dose = script.doses[Level.STANDARD]
    kinds = [(phase.kind, length_s) for phase, length_s in script.repetition(dose, Level.STANDARD)]
    assert kinds[:2] == [(PhaseKind.MOVE, 2), (PhaseKind.HOLD, 5)]
    [problem] = sheet("10 times, hold 5 seconds").problems
    assert problem.severity is Severity.WARNING
    assert "'- hold, 5 seconds'" in problem.hint


def test_a_hold_that_a_level_leaves_out_stays_left_out() -> None:
    phases = "- up, 2 seconds\n- hold, 1 second (gentle 0)\n"
    script = parse(f"# Sheet\nDose: 10 times, hold 5 seconds\nCareful: Slowly.\n{phases}", "sheet").value
    assert isinstance(script, Script)
    lengths = {
        level: [length_s for _, length_s in script.repetition(script.doses[level], level)] for level in Level
    }
    assert lengths[Level.GENTLE] == [2]
    assert lengths[Level.STANDARD] == lengths[Level.STRONG] == [2, 5]


def test_a_level_takes_what_it_does_not_mention_from_the_usual_dose() -> None:
    usual = completed(Wording(hold=exactly(20.0), reps=(exactly(3),), sides=Sides.EACH, load="2 kg"))
    longer = completed(Wording(hold=exactly(40.0)), usual)
    assert isinstance(longer, Held)
    assert (longer.hold_s, longer.most_reps, longer.sides, longer.load) == (40, 3, Sides.EACH, "2 kg")
    assert completed(Wording(sets=2), usual).most_reps == 3
    assert completed(Wording(reps=(exactly(5),)), completed(Wording(sets=3), usual)).sets == 1


def test_a_long_wrong_dose_is_explained_in_a_moment() -> None:
    begin = time.process_time()
    for part in ("10 times, ", "rest 5 ", "until tired ", "each songs ", "up to ", "10-", "hold 5 s and "):
        sheet(part * (1_000 // len(part)))
    assert time.process_time() - begin < 1
