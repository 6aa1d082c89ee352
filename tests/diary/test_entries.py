"""The diary: what is written is read again, damage costs only what it hits, and people get plain lines."""

import csv
import io
import itertools
import json
import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from coach.diary.entries import (
    FORGOTTEN_DAYS,
    KNOWN_AFTER,
    MOST,
    Done,
    Entry,
    Page,
    as_json,
    as_line,
    from_json,
    known,
    read_page,
)
from coach.diary.morning import Morning
from coach.diary.report import (
    CAUTION_DAYS,
    CSV_COLUMNS,
    NOT_IN_A_ROW,
    SEE_SOMEONE,
    WIDTH,
    as_csv,
    cautions,
    chart,
    last_session,
    steps_chart,
    table,
)
from coach.language.level import Level
from coach.session.steps import Step
from coach.text import columns

TODAY = date(2026, 11, 23)
STEP_UPS = Done("Step-ups", Level.STANDARD, 4, 4, 40, 40, 7.0)


def session(
    day: date, *, minutes: float = 48.0, soreness: int | None = None, title: str = "Strong knees"
) -> Entry:
    started = datetime(day.year, day.month, day.day, 7, 30, tzinfo=timezone(timedelta(hours=1)))
    return Entry(started, "inner-knee", title, Level.STANDARD, minutes, True, (STEP_UPS,), soreness)


def in_november(*days: int) -> list[Entry]:
    return [session(date(2026, 11, day)) for day in days]


# Any entry

WITHOUT_HURRY = settings(suppress_health_check=[HealthCheck.too_slow])
counts = st.integers(0, MOST)
minutes = st.floats(0, MOST)
# Two halves of a character side by side are that character, in JSON: names of files have single ones.
characters = st.characters(codec="utf-8") | st.sampled_from("\udc80\udcff\udce9")
texts = st.text(characters, max_size=20) | st.sampled_from(
    [
        "\u2028\x85\x0b\x1c",
        "\0",
        "膝の運動" * 9,
        "e\u0301" * 60,
        '"\\',
        "\r\n",
        "=1+1",
        " +1",
        "; @x",
        "\udc80\udcff",
    ]
)
levels = st.sampled_from(Level)
dones = st.builds(
    Done,
    *(texts, levels, counts, counts, counts, counts, minutes, st.booleans()),
    st.lists(counts, max_size=3).map(tuple),
    st.lists(minutes, max_size=3).map(tuple),
    texts,
    st.none() | st.integers(0, 10),
)
steps = st.builds(Step, texts, levels, st.integers(0, 20), st.integers(0, 100), st.integers(0, 2))
zones = st.integers(-24 * 60 + 1, 24 * 60 - 1).map(lambda offset: timezone(timedelta(minutes=offset)))
entries = st.builds(
    Entry,
    st.datetimes(timezones=zones),
    texts,
    texts,
    levels,
    minutes,
    st.booleans(),
    st.lists(dones, max_size=4).map(tuple),
    st.none() | st.integers(0, 10),
    st.lists(steps, max_size=3).map(tuple),
    st.none() | st.sampled_from(Morning),
)
diaries = st.lists(entries, max_size=6)


@WITHOUT_HURRY
@given(entries)
def test_an_entry_is_what_it_was_after_a_way_through_json(entry: Entry) -> None:
    assert from_json(json.loads(json.dumps(as_json(entry)))) == entry


@WITHOUT_HURRY
@given(diaries)
def test_a_diary_is_what_it_was_after_a_way_through_a_file(diary: list[Entry]) -> None:
    page = Page(tuple(as_line(entry) for entry in diary))
    again = read_page(page.as_bytes)
    assert again == page
    assert list(again.entries) == diary


@WITHOUT_HURRY
@given(diaries)
def test_whoever_splits_the_file_into_lines_finds_one_for_each_session(diary: list[Entry]) -> None:
    text = Page(tuple(as_line(entry) for entry in diary)).as_bytes.decode("utf-8")
    assert [from_json(json.loads(line)) for line in text.splitlines()] == diary


# Damage


def damaged(data: bytes, how: str, at: int, piece: bytes) -> tuple[bytes, slice]:
    """The data with damage done at a place, and which of the bytes before it were hit."""
    match how:
        case "cut":
            return data[:at], slice(at, len(data))
        case "over":
            return data[:at] + piece + data[at + len(piece) :], slice(at, at + len(piece))
        case "out":
            return data[:at] + data[at + len(piece) :], slice(at, at + len(piece))
        case _:
            return data[:at] + piece + data[at:], slice(at, at)


def unhit(lines: list[bytes], hit: slice) -> list[bytes]:
    """The lines of which neither a byte nor the end of the line before or behind them was hit."""
    found, start = [], 0
    for line in lines:
        end = start + len(line)
        if end < hit.start or start > hit.stop:
            found.append(line)
        start = end + 1
    return found


@WITHOUT_HURRY
@given(
    st.lists(entries, min_size=1, max_size=5),
    st.sampled_from(["cut", "over", "out", "in"]),
    st.data(),
    st.binary(min_size=1, max_size=40)
    | st.sampled_from([b"\0" * 30, b"\n", b"[" * 5000, b"\xff\xfe", b"{}\n"]),
)
def test_no_damage_is_an_error_and_none_costs_a_line_that_it_does_not_hit(
    diary: list[Entry], how: str, data: st.DataObject, piece: bytes
) -> None:
    written = Page(tuple(as_line(entry) for entry in diary)).as_bytes
    after, hit = damaged(written, how, data.draw(st.integers(0, len(written))), piece)
    page = read_page(after)
    kept = [line.raw for line in page.lines]
    for raw in unhit(written.split(b"\n")[:-1], hit):
        assert raw in kept
    assert read_page(page.as_bytes) == Page(page.lines)


@WITHOUT_HURRY
@given(st.binary(max_size=200))
def test_any_bytes_at_all_are_entries_or_damage_or_blank(data: bytes) -> None:
    page = read_page(data)
    assert page.lines == ()
    assert bool(page.damage) == bool(data.removeprefix(b"\xef\xbb\xbf").strip(b" \t\r\n"))


def test_what_editors_do_is_no_damage() -> None:
    one, two = (as_line(entry).raw for entry in in_november(2, 4))
    page = read_page(b"\xef\xbb\xbf" + one + b"\r\n\r\n  " + two)
    assert [line.raw for line in page.lines] == [one, two]
    assert page.damage == ()


def test_zeros_of_a_power_cut_are_damage_and_cost_no_entry_beside_them() -> None:
    one, two = (as_line(entry).raw for entry in in_november(2, 4))
    page = read_page(one + b"\n" + bytes(40) + two + b"\n" + bytes(4096))
    assert [line.raw for line in page.lines] == [one, two]
    assert page.damage == ("line 2 has zeros that nobody wrote", "line 3 has zeros that nobody wrote")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b'{"started": "2026', "line 1 is cut off or is no JSON"),
        (b"[" * 100_000, "line 1 is cut off or is no JSON"),
        (b'{"started": "\xff"}', "line 1 is not UTF-8"),
        ('{"started": "2026"}'.encode("utf-16"), "line 1 is not UTF-8"),
        (b"3", "line 1: 3 is not an entry"),
        (b"{}", "line 1: started is missing"),
        (b"1" * 5000, None),
    ],
)
def test_damage_is_told_with_its_line(line: bytes, said: str | None) -> None:
    (told,) = read_page(line).damage
    assert told == said if said else told.startswith("line 1")


# What is no entry

WHOLE = as_json(session(TODAY, soreness=3))
STEP = {"title": "Step-ups", "level": "standard", "sets": 2, "reps": 10, "sides": 2}
LATER = {"soreness", "steps", "morning", "pain"}
"""Fields that may be left out."""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"started": "2026-11-23T07:30"}, "started: 2026-11-23 07:30:00 has no time zone"),
        ({"started": "today"}, 'started: "today" is no time like 2026-11-23T07:30+00:00'),
        ({"started": 5}, "started: 5 is no time like 2026-11-23T07:30+00:00"),
        ({"session": None}, "session: null is no text"),
        ({"title": ["x"]}, 'title: ["x"] is no text'),
        ({"level": "heroic"}, 'level: "heroic" is not one of gentle, standard, strong'),
        ({"minutes": -1}, "minutes: -1 is not from 0 to 99999"),
        ({"minutes": float("nan")}, "minutes: nan is not from 0 to 99999"),
        ({"minutes": float("inf")}, "minutes: inf is not from 0 to 99999"),
        ({"minutes": 10**400}, None),
        ({"minutes": "48"}, 'minutes: "48" is no number'),
        ({"minutes": True}, "minutes: true is no number"),
        ({"finished": 1}, "finished: 1 is neither true nor false"),
        ({"exercises": {}}, "exercises: {} is no list"),
        ({"exercises": [3]}, "exercises[0]: 3 is not an exercise"),
        ({"soreness": 11}, "soreness: 11 is not from 0 to 10"),
        ({"soreness": -1}, "soreness: -1 is not from 0 to 10"),
        ({"soreness": 2.5}, "soreness: 2.5 is no whole number"),
        ({"soreness": "a lot, more than I can say in so few words"}, None),
        ({"steps": {}}, "steps: {} is no list"),
        ({"steps": [3]}, "steps[0]: a step has no title, or no level"),
        ({"steps": [STEP | {"level": "heroic"}]}, "steps[0]: a step has no title, or no level"),
        ({"steps": [STEP, STEP | {"reps": 2.5}]}, "steps[1]: a count of a step is not from 0 to 100"),
        ({"steps": [STEP | {"sets": None}]}, "steps[0]: a count of a step is not from 0 to 20"),
        ({"morning": "fine"}, 'morning: "fine" is not one of better, usual, worse'),
        ({"morning": 1}, "morning: 1 is not one of better, usual, worse"),
    ],
)
def test_what_is_no_entry_is_told_with_the_field_and_what_is_wrong(
    change: dict[str, Any], said: str | None
) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole text is looked at
        from_json(WHOLE | change)
    told = str(caught.value)
    assert told == said if said else (told.startswith(f"{next(iter(change))}: ") and "is n" in told)


@pytest.mark.parametrize("name", sorted(WHOLE.keys() - LATER))
def test_a_field_that_is_missing_is_named(name: str) -> None:
    with pytest.raises(ValueError, match=f"^{name} is missing$"):
        from_json({key: value for key, value in WHOLE.items() if key != name})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sets": -1}, "exercises[0]: sets: -1 is not from 0 to 99999"),
        ({"reps": 2.0}, "exercises[0]: reps: 2.0 is no whole number"),
        ({"of_sets": None}, "exercises[0]: of_sets: null is no whole number"),
        ({"level": ""}, 'exercises[0]: level: "" is not one of gentle, standard, strong'),
        ({"minutes": []}, "exercises[0]: minutes: [] is no number"),
        ({"up_to": 1}, "exercises[0]: up_to: 1 is neither true nor false"),
        ({"reps_by_set": 3}, "exercises[0]: reps_by_set: 3 is no list"),
        ({"reps_by_set": [3, "4"]}, 'exercises[0]: reps_by_set: "4" is no whole number'),
        ({"held_s": [41, -1]}, "exercises[0]: held_s: -1 is not from 0 to 99999"),
        ({"often": 3}, "exercises[0]: often: 3 is no text"),
        ({"pain": 11}, "exercises[0]: pain: 11 is not from 0 to 10"),
        ({"pain": "2"}, 'exercises[0]: pain: "2" is no whole number'),
    ],
)
def test_what_is_wrong_with_an_exercise_is_told_with_which(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole text is looked at
        from_json(WHOLE | {"exercises": [WHOLE["exercises"][0] | change]})
    assert str(caught.value) == said


def test_an_exercise_of_an_earlier_version_is_read() -> None:
    later = ("up_to", "reps_by_set", "held_s", "often", "pain")
    earlier = {name: value for name, value in WHOLE["exercises"][0].items() if name not in later}
    assert from_json(WHOLE | {"exercises": [earlier]}).exercises == (STEP_UPS,)


@pytest.mark.parametrize("name", sorted(LATER))
def test_what_nobody_may_have_said_may_be_left_out(name: str) -> None:
    assert not getattr(from_json({key: value for key, value in WHOLE.items() if key != name}), name)


def test_what_a_later_coach_writes_is_passed_over_and_stays_in_its_line() -> None:
    exercise = WHOLE["exercises"][0] | {"effort": "hard"}
    later = WHOLE | {"weather": "rain", "exercises": [exercise], "soreness": None}
    (line,) = read_page(json.dumps(later).encode()).lines
    assert line.entry == session(TODAY)
    amended = line.amended(replace(line.entry, soreness=4))
    assert json.loads(amended.raw) == later | {"soreness": 4}
    assert amended.entry == session(TODAY, soreness=4)


def test_an_entry_without_its_zone_or_out_of_range_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        replace(session(TODAY), started=datetime(2026, 11, 23))  # noqa: DTZ001 - that is the mistake
    with pytest.raises(ValueError, match="soreness: 11"):
        replace(session(TODAY), soreness=11)
    with pytest.raises(ValueError, match="minutes: nan"):
        replace(STEP_UPS, minutes=float("nan"))
    with pytest.raises(ValueError, match="reps: -1"):
        replace(STEP_UPS, reps=-1)


def test_an_exercise_without_a_repetition_is_skipped() -> None:
    assert replace(STEP_UPS, sets=0, reps=0).is_skipped
    assert not replace(STEP_UPS, sets=0, reps=1).is_skipped


# Spreadsheets


def cells(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def test_a_spreadsheet_gets_a_row_a_session() -> None:
    gentle = Done("Partial squats", Level.GENTLE, 0, 1, 0, 8, 0.0)
    unfinished = Entry(
        datetime(2026, 11, 23, 7, 5, tzinfo=UTC),
        "my, own.md",
        "Mine",
        Level.STRONG,
        12.34,
        False,
        (replace(STEP_UPS, level=Level.STRONG, sets=3), gentle),
    )
    asked = replace(
        session(date(2026, 11, 20), soreness=2),
        exercises=(replace(STEP_UPS, pain=2),),
        pain=1,
        morning=Morning.USUAL,
        steps=(Step("Step-ups", Level.STANDARD, 2, 10, 2), Step("Curls", Level.GENTLE)),
    )
    assert as_csv([asked, unfinished]) == (
        "date,time,session,title,level,minutes,finished,exercises,soreness,pain,morning,steps\r\n"
        '2026-11-20,07:30,inner-knee,Strong knees,standard,48.0,yes,"Step-ups 4/4 sets, 40/40 times, pain 2",'
        '2,1,usual,"Step-ups 2 sets of 10 each side, standard level; Curls gentle level"\r\n'
        '2026-11-23,07:05,"my, own.md",Mine,strong,12.3,no,'
        '"Step-ups 3/4 sets, 40/40 times; Partial squats 0/1 set, 0/8 times (gentle)",,,,\r\n'
    )


@WITHOUT_HURRY
@given(diaries)
def test_any_diary_has_a_row_a_session_and_no_cell_that_is_computed(diary: list[Entry]) -> None:
    text = as_csv(diary)
    rows = cells(text)
    assert rows[0] == list(CSV_COLUMNS)
    assert len(rows) == len(diary) + 1 == text.count("\r\n")
    assert {len(row) for row in rows} == {len(CSV_COLUMNS)}
    for cell in itertools.chain(*rows):
        for part in (cell, *cell.split(";")):
            assert unicodedata.normalize("NFKC", part.strip())[:1] not in {"=", "+", "-", "@"} or not part


@pytest.mark.parametrize("start", ["=", "+", "-", "@", " =", "\t=", "＝"])
def test_a_title_that_a_spreadsheet_would_compute_becomes_text(start: str) -> None:
    entry = replace(session(TODAY, title=f"{start}1+1"), exercises=(replace(STEP_UPS, title=f"{start}x"),))
    row = cells(as_csv([entry]))[1]
    assert row[3][0] in {"'", "?"}
    assert row[3].endswith("1+1")
    assert row[7][0] in {"'", "?"}


# People


def width(line: str) -> int:
    return sum(
        0
        if unicodedata.category(each) in {"Mn", "Me"}
        else 2
        if unicodedata.east_asian_width(each) in {"W", "F"}
        else 1
        for each in line
    )


def test_a_table_has_the_latest_last_and_stands_in_columns() -> None:
    early, late = session(date(2026, 11, 20), soreness=10), session(date(2026, 11, 23), minutes=112.0)
    stopped = replace(
        session(date(2026, 11, 21), minutes=3.4, soreness=2, title="A title without any end " * 9),
        level=Level.GENTLE,
        is_finished=False,
        exercises=(replace(STEP_UPS, sets=1), replace(STEP_UPS, sets=0, of_sets=10)),
    )
    assert table([late, early, stopped]).splitlines() == [
        "date         time  min  level     finished  sets  sore  session",
        "2026-11-20  07:30   48  standard  yes        4/4    10  Strong knees",
        "2026-11-21  07:30    3  gentle    no        1/14     2  A title without any e...",
        "2026-11-23  07:30  112  standard  yes        4/4        Strong knees",
    ]


def test_a_chart_says_each_week_in_words_and_numbers_before_its_bar() -> None:
    diary = [
        session(date(2026, 10, 29), soreness=3),
        session(date(2026, 10, 31), minutes=20.0, soreness=4),
        session(date(2026, 11, 9), minutes=1.0),
        *in_november(16, 18, 20),
    ]
    assert chart(diary, today=TODAY).splitlines() == [
        "Week by week, with the mean of the soreness from 0 to 10.",
        "The longer a bar, the more minutes.",
        "",
        "Week of 26 October: 2 sessions, 68 minutes, soreness 3.5.  █████████",
        "Week of 2 November: no session.",
        "Week of 9 November: 1 session, 1 minute.                   █",
        "Week of 16 November: 3 sessions, 144 minutes.              █████████████████████",
        "Week of 23 November: no session.",
    ]


def test_a_week_begins_on_monday_where_the_listener_is() -> None:
    late = datetime(2026, 11, 15, 23, 30, tzinfo=timezone(timedelta(hours=-8)))  # Sunday there, Monday in UTC
    lines = chart([replace(session(TODAY), started=late)], today=date(2026, 11, 16)).splitlines()
    assert lines[3].startswith("Week of 9 November: 1 session, ")
    assert lines[4] == "Week of 16 November: no session."


def test_weeks_go_on_over_the_end_of_a_year_with_53_of_them() -> None:
    lines = chart([session(date(2026, 12, 24))], today=date(2027, 1, 12)).splitlines()
    starts = ["21 December", "28 December", "4 January", "11 January"]
    assert [line.split(":")[0] for line in lines[3:]] == [f"Week of {start}" for start in starts]


def test_a_chart_has_twelve_weeks_at_most_and_none_before_the_first_session() -> None:
    every_day = [session(TODAY - timedelta(days=i)) for i in range(200)]
    assert len(chart(every_day, today=TODAY).split("\n\n")[1].splitlines()) == 12
    assert len(chart(every_day[:2], today=TODAY).split("\n\n")[1].splitlines()) == 2


def test_the_last_session_is_told_exercise_by_exercise() -> None:
    open_sets = Done(
        "Push-ups", Level.STANDARD, 2, 2, 22, 30, 3.0, up_to=True, reps_by_set=(13, 9), often="3 times a day"
    )
    late = replace(session(date(2026, 11, 21)), exercises=(STEP_UPS, open_sets))
    assert last_session([late, session(date(2026, 11, 20))]) == (
        "In the last session:\n"
        "Step-ups 4/4 sets, 40/40 times\n"
        "Push-ups 2/2 sets, 13 + 9 times (3 times a day)\n"
    )
    assert last_session([]) == last_session([replace(late, exercises=())]) == ""


def test_the_chart_of_steps_has_a_sentence_and_a_bar_for_each_change() -> None:
    ups = [Step("Step-ups", Level.STANDARD, 2, reps, 2) for reps in (10, 10, 11, 10)]
    curls = Step("Curls", Level.GENTLE)
    pains = (2, 0, None, 7)
    diary = [
        replace(each, steps=(step, curls), exercises=(replace(STEP_UPS, pain=pain),))
        for each, step, pain in zip(in_november(2, 4, 6, 9), ups, pains, strict=True)
    ]
    assert steps_chart(diary, today=TODAY).splitlines() == [
        "Step by step, the exercises of `coach today`; the pain after each, 0 to 10.",
        "The longer a bar, the more repetitions.",
        "",
        "Step-ups",
        "  2 November to 4 November, 2 times: 2 sets of 10 each side, standard level,",
        "  pain 2, 0.",
        "    █████████████████████████████████████████████████████████████████████",
        "  6 November: 2 sets of 11 each side, standard level.",
        "    ████████████████████████████████████████████████████████████████████████████",
        "  9 November: 2 sets of 10 each side, standard level, pain 7.",
        "    █████████████████████████████████████████████████████████████████████",
        "",
        "Curls",
        "  2 November to 9 November, 4 times: gentle level.",
    ]
    wide = steps_chart(diary, today=TODAY, width=120).splitlines()
    assert wide[6].startswith("  9 November: 2 sets of 10 each side, standard level, pain 7.    ")
    assert wide[6].endswith("  ████████████████████████████")
    assert "█" not in steps_chart(diary, today=TODAY, blocks=False)
    assert steps_chart(in_november(2, 4), today=TODAY) == ""


def test_of_many_sessions_at_a_step_the_chart_has_the_range_of_pain_and_of_many_steps_the_last() -> None:
    def at(day: int, reps: int, pain: int) -> Entry:
        steps = (Step("Step-ups", Level.STANDARD, 2, reps, 2),)
        return replace(in_november(day)[0], steps=steps, exercises=(replace(STEP_UPS, pain=pain),))

    same = [at(day, 10, day % 4) for day in range(1, 11)]
    assert "1 November to 10 November, 10 times" in steps_chart(same, today=TODAY)
    assert "pain 0 to 3, the last 2." in steps_chart(same, today=TODAY, width=120)
    resumed = replace(at(4, 10, 5), started=at(4, 10, 5).started + timedelta(hours=1))
    shown = steps_chart([at(2, 10, 1), at(4, 10, 2), resumed], today=TODAY, width=120)
    assert "2 November to 4 November, 2 times: 2 sets of 10 each side, standard level, pain 1, 5." in shown
    growing = [at(day, day, 0) for day in range(1, 11)]
    shown = steps_chart(growing, today=TODAY)
    assert "  (4 steps before)\n  5 November: 2 sets of 5 each side" in shown
    assert "4 November" not in shown


WIDTHS = st.sampled_from([40, 60, WIDTH, 120])


@WITHOUT_HURRY
@given(diaries, st.booleans(), WIDTHS)
def test_no_line_of_a_diary_is_wider_than_the_screen(diary: list[Entry], blocks: bool, width: int) -> None:
    texts = (
        table(diary, width=width),
        last_session(diary, width=width),
        steps_chart(diary, today=date.max, blocks=blocks, width=width),
        chart(diary, today=date(2026, 11, 23), blocks=blocks, width=width),
    )
    assert all(columns(line) <= width for text in texts for line in text.splitlines())


def test_on_a_narrow_screen_the_table_is_in_words_and_nothing_is_lost() -> None:
    diary = [session(date(2026, 11, 20), soreness=2), replace(session(TODAY), is_finished=False)]
    assert table(diary, width=40).splitlines() == [
        "2026-11-20 07:30 Strong knees",
        "  48 min, standard level, 4/4 sets,",
        "  soreness 2",
        "2026-11-23 07:30 Strong knees",
        "  48 min, standard level, not finished,",
        "  4/4 sets",
    ]
    assert "".join(last_session(diary, width=40).split()) == "".join(last_session(diary).split())


def test_an_empty_diary_and_one_that_was_left_long_ago_say_so() -> None:
    assert table([]) == chart([], today=TODAY) == "There are no sessions in the diary yet.\n"
    old = chart([session(date(2026, 3, 1))], today=TODAY)
    assert old == "No session in the last 12 weeks; the last was on 1 March 2026.\n"


def test_a_screen_without_blocks_gets_a_chart_in_ascii() -> None:
    diary = in_november(2, 4, 18)
    plain = chart(diary, today=TODAY, blocks=False)
    assert plain.isascii()
    assert plain == chart(diary, today=TODAY).replace("█", "#")


@WITHOUT_HURRY
@given(st.lists(entries, max_size=12), st.dates(), st.booleans())
def test_whatever_is_in_a_diary_fits_the_screen_and_does_nothing_to_it(
    diary: list[Entry], today: date, blocks: bool
) -> None:
    noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    near = [replace(each, started=noon - timedelta(days=2 * i)) for i, each in enumerate(diary)]
    shown = [
        table(diary),
        chart(diary, today=today, blocks=blocks),
        chart(near, today=TODAY, blocks=blocks),
    ]
    for line in "".join(shown).split("\n"):
        assert width(line) <= WIDTH
        assert not any(unicodedata.category(each) in {"Cc", "Cs", "Zl", "Zp"} for each in line)
        assert not set(line) & BIDI_CONTROLS


BIDI_CONTROLS = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@WITHOUT_HURRY
@given(st.lists(st.tuples(st.integers(0, 76), st.floats(0, 120)), min_size=1, max_size=20))
@example([(0, 5e-324)])
@example([(0, 0.0), (7, 0.0)])
def test_more_minutes_never_have_a_shorter_bar_and_every_week_with_a_session_has_one(
    sessions: list[tuple[int, float]],
) -> None:
    diary = [session(TODAY - timedelta(days=days), minutes=lasted) for days, lasted in sessions]
    minutes: dict[date, float] = {}
    for entry in diary:
        monday = entry.day - timedelta(days=entry.day.weekday())
        minutes[monday] = minutes.get(monday, 0) + entry.minutes
    text = chart(diary, today=TODAY, blocks=False)
    bars = [len(piece) for piece in text.split() if set(piece) == {"#"}]
    in_order_of_weeks = [lasted for _, lasted in sorted(minutes.items())]
    assert [bar for _, bar in sorted(zip(in_order_of_weeks, bars, strict=True))] == sorted(bars)


def test_the_longest_bar_ends_at_the_edge() -> None:
    lines = chart([session(TODAY)] * 40 + in_november(17), today=TODAY).splitlines()
    assert set(lines[4].split()[-1]) == {"█"}
    assert len(lines[4]) == WIDTH


def test_a_few_seconds_are_under_a_minute() -> None:
    short = session(TODAY, minutes=0.1)
    assert "under 1" in table([short]).splitlines()[1]
    assert "1 session, under 1 minute." in chart([short], today=TODAY)
    assert "under 1" not in table([session(TODAY, minutes=0.6)]) + chart(
        [session(TODAY, minutes=1.4)], today=TODAY
    )


# Cautions


def sore(*numbers: int | None, since: int = 12) -> list[Entry]:
    """Sessions every other day with these numbers."""
    return [session(date(2026, 11, since + 2 * i), soreness=each) for i, each in enumerate(numbers)]


def test_soreness_that_rises_over_three_sessions_is_told_in_the_words_of_the_programme() -> None:
    told = f"Soreness rose over the last three sessions: 2, 4, 5.\n{SEE_SOMEONE}"
    assert cautions(sore(2, 4, 5), today=TODAY) == (told,)
    assert chart(sore(2, 4, 5), today=TODAY).endswith(f"\n\n{told}\n")


def test_a_session_without_a_number_does_not_hide_that_soreness_rises() -> None:
    assert len(cautions(sore(1, None, 2, 3, None), today=TODAY)) == 1


@pytest.mark.parametrize(
    "numbers", [(2, 4), (2, 4, 4), (4, 4, 5), (2, 5, 3), (3, 2, 4), (5, 4, 2), (1, 2, 3, 3), (0, 0, 0)]
)
def test_soreness_that_does_not_rise_all_the_time_is_no_reason(numbers: tuple[int, ...]) -> None:
    assert cautions(sore(*numbers), today=TODAY) == ()


def test_two_days_running_are_told_in_the_words_of_the_programme() -> None:
    told = f"There were sessions on two days running, 20 November and 21 November.\n{NOT_IN_A_ROW}"
    assert cautions(in_november(16, 20, 21), today=TODAY) == (told,)


def test_what_was_put_right_since_is_not_told_again() -> None:
    assert cautions(in_november(16, 17, 19), today=TODAY) == ()


def test_a_day_is_that_of_the_place_where_the_listener_was() -> None:
    late, early = (
        replace(session(TODAY), started=datetime(2026, 11, day, hour, tzinfo=timezone(timedelta(hours=-8))))
        for day, hour in ((20, 23), (21, 1))
    )
    assert len(cautions([late, early], today=TODAY)) == 1  # both on 21 November in UTC


def test_two_sessions_on_one_day_are_not_on_two() -> None:
    assert cautions(in_november(18, 20, 20), today=TODAY) == ()


def test_a_session_in_which_nothing_was_done_is_no_second_day() -> None:
    nothing = replace(session(date(2026, 11, 21)), exercises=(replace(STEP_UPS, sets=0, reps=0),))
    assert cautions([*in_november(20), nothing], today=TODAY) == ()
    assert cautions([*in_november(20), replace(nothing, exercises=())], today=TODAY) == ()


def test_what_was_weeks_ago_is_no_reason_any_more_and_what_is_to_come_is_none_yet() -> None:
    diary = sore(2, 4, 5, since=2) + in_november(7)
    assert len(cautions(diary, today=date(2026, 11, 16))) == 2
    assert cautions(diary, today=date(2026, 11, 20)) == cautions(diary[-2:], today=date(2026, 11, 20)) != ()
    assert cautions(diary, today=date(2026, 12, 20)) == ()
    assert cautions(diary, today=date(2026, 11, 1)) == ()
    assert cautions(diary, today=date.min) == ()


def test_the_cautions_are_those_of_the_programme_and_name_no_part_of_the_body() -> None:
    sheet = Path(__file__).parents[2] / "scripts" / "sessions" / "inner-knee.md"
    lines = sheet.read_text("utf-8").splitlines()
    assert SEE_SOMEONE.replace("something", "your knee") in lines
    assert NOT_IN_A_ROW in lines


@WITHOUT_HURRY
@given(st.lists(entries, max_size=12), st.dates())
def test_cautions_can_be_asked_for_on_any_day(diary: list[Entry], today: date) -> None:
    for caution in cautions(diary, today=today):
        assert all(len(line) <= WIDTH for line in caution.split("\n"))


# The page about it

PAGE = (Path(__file__).parents[2] / "docs" / "diary.md").read_text("utf-8")


def block(kind: str) -> str:
    return PAGE.split(f"```{kind}\n")[1].split("```")[0]


def fields_in(table_with: str) -> list[str]:
    """The first cells of the table that has this field in it."""
    (rows,) = (part for part in PAGE.split("\n\n") if f"\n| `{table_with}` |" in part)
    return [row.split("`")[1] for row in rows.splitlines()[2:]]


def test_the_example_of_the_page_is_a_line_as_it_is_written() -> None:
    page = read_page(block("json").encode())
    assert page.damage == ()
    (entry,) = page.entries
    assert page.as_bytes.decode() == as_line(entry).raw.decode() + "\n" == block("json")


def test_the_page_tells_of_each_field_in_its_order() -> None:
    example = json.loads(block("json"))
    assert fields_in("started") == list(example)
    assert fields_in("of_sets") == list(example["exercises"][0])


def test_the_spreadsheet_of_the_page_is_that_of_its_example() -> None:
    assert as_csv(read_page(block("json").encode()).entries).replace("\r\n", "\n") == block("csv")


def test_the_page_has_the_limits_of_the_diary() -> None:
    assert f"from 0 to {MOST}" in PAGE
    assert "two weeks" in PAGE
    assert CAUTION_DAYS == 14


# What is known


def test_an_exercise_is_known_after_two_sessions_with_a_whole_set_of_it_and_so_is_the_session() -> None:
    assert KNOWN_AFTER == 2
    assert known(in_november(20), today=TODAY) == ()
    assert known(in_november(18, 20), today=TODAY) == ("Step-ups", "Strong knees")


def test_a_session_that_skipped_it_or_broke_off_its_first_set_teaches_nothing() -> None:
    whole, other = in_november(18, 20)
    skipped = replace(other, exercises=(replace(STEP_UPS, sets=0, reps=0),))
    begun = replace(other, exercises=(replace(STEP_UPS, sets=0, reps=9),))
    assert known([whole, skipped, begun], today=TODAY) == ()


def test_an_exercise_twice_in_one_session_was_heard_in_one_session() -> None:
    (entry,) = in_november(20)
    assert known([replace(entry, exercises=(STEP_UPS, STEP_UPS))], today=TODAY) == ()


def test_a_session_that_was_left_and_gone_on_with_on_the_same_day_was_heard_once() -> None:
    (entry,) = in_november(20)
    assert known([entry, replace(entry, started=entry.started + timedelta(hours=1))], today=TODAY) == ()


def test_what_was_not_done_for_six_weeks_is_explained_again() -> None:
    entries = [session(date(2026, 3, 1)), session(TODAY - timedelta(days=FORGOTTEN_DAYS))]
    assert known(entries, today=TODAY) == ("Step-ups",)
    assert known(entries, today=TODAY + timedelta(days=1)) == ()


def test_a_session_is_known_that_was_heard_twice_in_six_weeks() -> None:
    knees = in_november(18, 20)
    assert "Strong knees" in known(knees, today=TODAY)
    long_ago = replace(knees[0], started=knees[0].started - timedelta(days=60))
    assert known([long_ago, knees[1]], today=TODAY) == ("Step-ups",)
