"""Times, as people write them, are the same wherever a sheet has one."""

from collections.abc import Callable

import pytest

from coach.language.dose_grammar import read_dose
from coach.language.keywords.en import KEYWORDS
from coach.language.level import Level
from coach.language.model import Rest, Script, Session, Wait
from coach.language.parser import parse
from coach.language.rounds import read_rounds
from coach.language.typography import plain_line


def in_dose(time: str) -> float:
    wording, _ = read_dose(plain_line(f"hold for {time}, 3 times", 1), KEYWORDS)
    assert wording.hold
    return wording.hold.planned


def in_rest_of_dose(time: str) -> float:
    wording, _ = read_dose(plain_line(f"2 sets of 10, rest {time}", 1), KEYWORDS)
    assert wording.rests
    return wording.rests[0].length_s.planned


def in_phase(line: str) -> float:
    script = parse(f"# Sheet\nDose: 3 times\n- {line}\n- back, 2 seconds\nCareful: Slowly.", "sheet").value
    assert isinstance(script, Script)
    assert (script.phases[0].cue, script.phases[0].text) == ("up", "Rise")
    return script.phases[0].length_s[Level.STANDARD]


def in_session(line: str) -> float:
    session = parse(f"# Session\n- Squats\n{line}\n- Bridge", "session").value
    assert isinstance(session, Session)
    part = session.parts[1]
    assert isinstance(part, Rest | Wait)
    return part.length_s


def above_a_list(line: str) -> float:
    rounds = read_rounds(plain_line(line, 1), KEYWORDS)
    assert rounds
    return rounds.rest_s


PLACES: tuple[Callable[[str], float], ...] = (
    in_dose,
    in_rest_of_dose,
    lambda time: in_phase(f"up, {time}: Rise"),
    lambda time: in_phase(f"up {time}: Rise"),
    lambda time: in_phase(f"up for {time}: Rise"),
    lambda time: in_phase(f"up ({time}): Rise"),
    lambda time: in_phase(f"{time} up: Rise"),
    lambda time: in_phase(f"up: {time}, Rise"),
    lambda time: in_phase(f"up, {time}, Rise"),
    lambda time: in_session(f"- rest {time}"),
    lambda time: in_session(f"(wait {time})"),
    lambda time: above_a_list(f"3 rounds, rest {time}:"),
    lambda time: above_a_list(f"3 rounds with {time} rest:"),
    lambda time: above_a_list(f"3 rounds (rest {time} between rounds):"),
)


@pytest.mark.parametrize(
    ("time", "seconds"),
    [
        ("90 s", 90),
        ("1:30", 90),
        ("1.5 minutes", 90),
        ("1,5 minutes", 90),
        (".5 minutes", 30),
        ("1 1/2 minutes", 90),
        ("1½ minutes", 90),
        ("½ minute", 30),
        ("1/2 a minute", 30),
        ("half a minute", 30),
        ("a 1/2 minute", 30),
        ("one and a half minutes", 90),
        ("1 and a half minutes", 90),
        ("a minute and a half", 90),
        ("1 minute 30 seconds", 90),
        ("one minute and thirty seconds", 90),
        ("twenty-five seconds", 25),
        ("25-second", 25),
        ("2 min.", 120),
    ],
)
@pytest.mark.parametrize("place", PLACES)
def test_a_time_is_the_same_in_every_place(place: Callable[[str], float], time: str, seconds: float) -> None:
    assert place(time) == seconds


@pytest.mark.parametrize("time", ["1 minute please", "1 minute. Then go on", "5 sec. 3"])
def test_nothing_behind_a_time_is_lost(time: str) -> None:
    [problem] = parse(f"# Session\n- Squats\n- rest {time}\n- Bridge", "session").problems[:1]
    assert problem.code == "time"
