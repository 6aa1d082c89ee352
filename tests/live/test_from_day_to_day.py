"""What live sessions write into the diary is what the rules of progress read: from session to session."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from coach.diary.entries import Entry, as_line, read_page
from coach.diary.morning import Morning
from coach.diary.progress import history
from coach.diary.today import Today, due
from coach.language.level import Level
from coach.language.model import Script, Session
from coach.language.parser import parse
from coach.live.session_loop import Message
from coach.session.arrange import score
from coach.session.ladders import programme
from coach.session.moves import ChapterMoves
from coach.session.options import Detail, Options
from coach.session.question import question_at
from coach.session.timeline import RATE_HZ
from tests.live.fakes import played
from tests.live.test_session_loop import timeline_of

SESSION = "# Knees\nFor: the knee\n\n- Curls\nAsk: pain\n- Rises\nAsk: pain\n\nWell, that is all.\n"
EXERCISE = "# {}\nDose: 1 set of 2-3\nDose gentle: 1 set of 1\n- up, 1 second: Up,\n- down, 1 second: down.\n"
FIRST = datetime(2026, 11, 2, 8, tzinfo=UTC)


def read(text: str) -> Script | Session | None:
    return parse(text, "knees").value


KNEES = read(SESSION)
SCRIPTS = {
    name: script for name in ("Curls", "Rises") if isinstance(script := read(EXERCISE.format(name)), Script)
}


def today(entries: Iterable[Entry], day: datetime) -> Today:
    """What is due, by the diary as it is in its file."""
    assert isinstance(KNEES, Session)
    wanted = programme(KNEES, SCRIPTS, "knees")
    page = read_page(b"\n".join(as_line(entry).raw for entry in entries))
    return due(wanted, history(wanted, page.entries, Level.STANDARD), day.date())


def done(set_out: Today, day: datetime, pains: tuple[int, ...], morning: Morning = Morning.USUAL) -> Entry:
    """A session of a day, played: after each exercise its pain is typed; the morning is told later."""
    assert isinstance(KNEES, Session)
    session = KNEES
    options = Options(set_out.level, Detail.BRIEF, steps=set_out.steps, takes_answers=True)

    def score_at(level: Level) -> tuple[ChapterMoves, ...]:
        return score(session, SCRIPTS, options.at_level(level))

    timeline = timeline_of(score_at)
    found = (question_at(timeline, event.start) for event in timeline.events)
    asked = dict.fromkeys(question for question in found if question)
    keys: list[tuple[float, Message]] = [
        (question.waits / RATE_HZ + 1 + 5 * n, str(pain))
        for n, (question, pain) in enumerate(zip(asked, pains, strict=False))
    ]
    _, run, _ = played(score_at, keys, has_keys=True, options=options)
    assert run.entry is not None
    return replace(run.entry, started=day, morning=morning)


def test_two_calm_sessions_are_offered_one_repetition_and_a_flare_takes_it_back() -> None:
    entries: list[Entry] = []
    days = [FIRST + timedelta(days=n) for n in (0, 2, 4, 7, 9)]
    for day in days[:2]:
        set_out = today(entries, day)
        assert [step.reps for step in set_out.steps] == [2, 2]
        assert set_out.offer is None
        entries.append(done(set_out, day, (1, 0)))
    set_out = today(entries, days[2])
    assert set_out.offer is not None
    assert "Curls: 3 times in place of 2" in set_out.offer.text
    taken = set_out.with_offer_taken()
    entries.append(done(taken, days[2], (7,)))  # nobody chooses to go on with the other exercise
    assert [(each.reps, each.pain) for each in entries[2].exercises] == [(3, 7), (0, None)]
    back = today(entries, days[3])
    assert [step.reps for step in back.steps] == [2, 2]
    assert [each.why for each in back.stepped_back] == ["the pain was 7"]
    assert (back.offer, back.left_out) == (None, ("Rises",))
    entries.append(done(back, days[3], (0, 0)))
    assert today(entries, days[4]).offer is None


def test_an_answer_that_lowers_the_level_is_no_whole_session_of_the_step() -> None:
    entries = [done(today([], FIRST), FIRST, (4, 1))]
    assert [each.level for each in entries[0].exercises] == [Level.STANDARD, Level.GENTLE]
    entries.append(done(today(entries, FIRST + timedelta(days=2)), FIRST + timedelta(days=2), (0, 0)))
    later = today(entries, FIRST + timedelta(days=4))
    assert (later.offer, later.stepped_back) == (None, ())
    assert [step.level for step in later.steps] == [Level.STANDARD, Level.STANDARD]
