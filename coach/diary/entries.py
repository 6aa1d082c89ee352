"""The diary: what was done in each session, as values, as lines of a file, and as people read it."""

# ruff: noqa: TRY004 - a diary with a value of another type is a wrong diary, not a wrong call

import csv
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from coach.language.level import Level
from coach.text import counted, cut, printable_line

MOST = 99_999
"""No count and no number of minutes in a diary is larger; what is was not written by a coach."""

MOST_SORE = 10
"""Soreness is told from 0, none, to this, the worst that one can imagine."""

WIDTH = 80
"""Columns of what people read."""

KNOWN_AFTER = 2
"""So many sessions with at least one whole set of an exercise, and its brief form will do."""

FORGOTTEN_DAYS = 42
"""After so many days without it, an exercise is explained in full again."""

CAUTION_DAYS = 14
"""A caution is about what happened in so many days; older than that, it is history."""

SEE_SOMEONE = "If your knee becomes swollen, or keeps getting worse, see a health professional."
NOT_IN_A_ROW = "Do this three days a week, and never on two days in a row."

_MONTHS = ("January February March April May June July August September October November December").split()
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Done:
    """One exercise as far as it was done, and how much of it there was to do.

    A set counts when its last repetition has ended, and each side counts for itself: two sets for each leg
    are four. Who goes back in a session may do more than there was to do.

    Raises
    ------
    ValueError
        For a number below 0 or above `MOST`.
    """

    title: str
    level: Level
    sets: int
    of_sets: int
    reps: int
    of_reps: int
    minutes: float

    def __post_init__(self) -> None:
        """Check the numbers."""
        _check_number("sets", self.sets)
        _check_number("of_sets", self.of_sets)
        _check_number("reps", self.reps)
        _check_number("of_reps", self.of_reps)
        _check_number("minutes", self.minutes)

    @property
    def is_skipped(self) -> bool:
        """True if not one repetition was done."""
        return self.reps == 0


@dataclass(frozen=True, slots=True)
class Entry:
    """One session: ``started`` is the listener's own time, ``session`` what was asked for (a name or a path).

    ``minutes`` are those that were listened to, without pauses. ``soreness`` goes from 0 to `MOST_SORE`;
    None if no number was given.

    Raises
    ------
    ValueError
        For a time without its zone, or a number out of range.
    """

    started: datetime
    session: str
    title: str
    level: Level
    minutes: float
    is_finished: bool
    exercises: tuple[Done, ...]
    soreness: int | None = None

    def __post_init__(self) -> None:
        """Check the time and the numbers."""
        if self.started.utcoffset() is None:
            raise ValueError(f"started: {self.started} has no time zone")
        _check_number("minutes", self.minutes)
        if self.soreness is not None and not 0 <= self.soreness <= MOST_SORE:
            raise ValueError(f"soreness: {self.soreness} is not from 0 to {MOST_SORE}")

    @property
    def day(self) -> date:
        """The day on which the session began, where the listener was."""
        return self.started.date()


def _check_number(name: str, number: float) -> None:
    if not 0 <= number <= MOST:  # also what is not a number at all
        raise ValueError(f"{name}: {number} is not from 0 to {MOST}")


# JSON values


def as_json(entry: Entry) -> dict[str, Any]:
    """An entry as JSON values; docs/diary.md tells what each field means."""
    return {
        "started": entry.started.isoformat(),
        "session": entry.session,
        "title": entry.title,
        "level": str(entry.level),
        "minutes": entry.minutes,
        "finished": entry.is_finished,
        "exercises": [
            {field: getattr(done, field) for field in _DONE_FIELDS} | {"level": str(done.level)}
            for done in entry.exercises
        ],
        "soreness": entry.soreness,
    }


_DONE_FIELDS = tuple(field.name for field in fields(Done))


def from_json(value: object) -> Entry:
    """The entry that `as_json` made the value of. Fields that it does not know are passed over.

    Raises
    ------
    ValueError
        With the field and what is wrong with it, for anything that is not an entry.
    """
    known = _object(value, "an entry")
    return Entry(
        _time(known, "started"),
        _text(known, "session"),
        _text(known, "title"),
        _level(known, "level"),
        _number(known, "minutes"),
        _truth(known, "finished"),
        tuple(_done(each, number) for number, each in enumerate(_list(known, "exercises"))),
        None if known.get("soreness") is None else _count(known, "soreness"),
    )


def _done(value: object, number: int) -> Done:
    try:
        known = _object(value, "an exercise")
        return Done(
            _text(known, "title"),
            _level(known, "level"),
            _count(known, "sets"),
            _count(known, "of_sets"),
            _count(known, "reps"),
            _count(known, "of_reps"),
            _number(known, "minutes"),
        )
    except ValueError as error:
        raise ValueError(f"exercises[{number}]: {error}") from error


def _object(value: object, what: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise ValueError(f"{_told(value)} is not {what}")
    return value


def _text(known: Mapping[str, object], name: str) -> str:
    value = known.get(name)
    if not isinstance(value, str):
        raise _wrong(known, name, "is no text")
    return value


def _time(known: Mapping[str, object], name: str) -> datetime:
    written = _text(known, name)
    try:
        return datetime.fromisoformat(written)
    except ValueError as error:
        raise _wrong(known, name, "is no time like 2026-11-23T07:30+00:00") from error


def _level(known: Mapping[str, object], name: str) -> Level:
    level = _LEVELS.get(_text(known, name))
    if level is None:
        raise _wrong(known, name, f"is not one of {', '.join(Level)}")
    return level


_LEVELS: Mapping[str, Level] = {str(level): level for level in Level}


def _count(known: Mapping[str, object], name: str) -> int:
    value = known.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise _wrong(known, name, "is no whole number")
    return value


def _number(known: Mapping[str, object], name: str) -> float:
    value = known.get(name)
    if not isinstance(value, float):
        if not isinstance(value, int) or isinstance(value, bool):
            raise _wrong(known, name, "is no number")
        _check_number(name, value)  # before it becomes a float, for which it may be too large
    return float(value)


def _truth(known: Mapping[str, object], name: str) -> bool:
    value = known.get(name)
    if not isinstance(value, bool):
        raise _wrong(known, name, "is neither true nor false")
    return value


def _list(known: Mapping[str, object], name: str) -> list[object]:
    value = known.get(name)
    if not isinstance(value, list):
        raise _wrong(known, name, "is no list")
    return value


def _wrong(known: Mapping[str, object], name: str, what: str) -> ValueError:
    """What to raise for a field that is missing, or whose value is not what it must be."""
    return ValueError(f"{name}: {_told(known[name])} {what}" if name in known else f"{name} is missing")


def _told(value: object) -> str:
    """A value as an error quotes it."""
    match value:
        case dict():
            return "an object"
        case list():
            return "a list"
        case _:
            shown = json.dumps(value, default=repr)
            return shown if len(shown) <= 40 else f"{shown[:37]}..."


# Lines of a file


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a diary file, without its end: the bytes as they are there, and their entry."""

    raw: bytes
    entry: Entry

    def amended(self, entry: Entry) -> "Line":
        """The line with another entry; fields that a later coach wrote, and this one does not know, stay."""
        before, after = as_json(self.entry), as_json(entry)
        changed = {name: value for name, value in after.items() if value != before[name]}
        return Line(_line_bytes(json.loads(self.raw) | changed), entry)


@dataclass(frozen=True, slots=True)
class Page:
    """What a diary file holds: the lines that are entries, and what is wrong with the others."""

    lines: tuple[Line, ...] = ()
    damage: tuple[str, ...] = ()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries, in the order of the file."""
        return tuple(line.entry for line in self.lines)

    @property
    def as_bytes(self) -> bytes:
        """The file that has these lines and no damage."""
        return b"".join(line.raw + b"\n" for line in self.lines)


def as_line(entry: Entry) -> Line:
    """The line that a new entry gets: one JSON object."""
    return Line(_line_bytes(as_json(entry)), entry)


def _line_bytes(value: Mapping[str, Any]) -> bytes:
    """JSON in UTF-8, with nothing in it that anybody takes for the end of a line."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    for end in ("\x85", "\u2028", "\u2029"):
        text = text.replace(end, f"\\u{ord(end):04x}")
    # Only half a character of UTF-16, from a file's name, has no UTF-8: it becomes \udc80, as JSON has it.
    return text.encode("utf-8", "backslashreplace")


def read_page(data: bytes) -> Page:
    r"""What a diary file holds. Nothing that it may hold is an error: what is no entry is told as damage.

    Blank lines, a mark of UTF-8 at the start, other ends of lines and a missing last one are no damage:
    editors do that.

    >>> read_page(b'{"started": "2026-11').damage
    ('line 1 is cut off or is no JSON',)
    """
    lines, damage = [], []
    for number, written in enumerate(data.removeprefix(_BOM).split(b"\n"), start=1):
        whole = written.strip(b" \t\r")
        raw = whole.strip(b"\0 \t\r")  # a power cut can leave zeros where a file was to grow
        try:
            if raw:
                lines.append(Line(raw, from_json(json.loads(raw.decode("utf-8")))))
            if raw != whole:
                damage.append(f"line {number} has zeros that nobody wrote")
        except UnicodeDecodeError:
            damage.append(f"line {number} is not UTF-8")
        except (json.JSONDecodeError, RecursionError):
            damage.append(f"line {number} is cut off or is no JSON")
        except ValueError as error:
            damage.append(f"line {number}: {error}")
    return Page(tuple(lines), tuple(damage))


# For spreadsheets

CSV_COLUMNS = ("date", "time", "session", "title", "level", "minutes", "finished", "exercises", "soreness")

_FORMULA = re.compile(r"(^|;)(?=\s*[=+\-@＝＋－＠])")
"""Where a spreadsheet would begin to compute: at the start of a cell, also where ; divides cells."""


class _Pieces(list[str]):
    """What the csv module writes to."""

    def write(self, text: str) -> None:
        self.append(text)


def as_csv(entries: Iterable[Entry]) -> str:
    """The diary as RFC 4180 has it, a session a row; lines end with CR and LF.

    What a spreadsheet would take for a formula gets an apostrophe before it, and is text then.
    """
    pieces = _Pieces()
    rows = csv.writer(pieces)
    rows.writerow(CSV_COLUMNS)
    rows.writerows(
        (
            entry.day.isoformat(),
            f"{entry.started:%H:%M}",
            _harmless(entry.session),
            _harmless(entry.title),
            entry.level,
            f"{entry.minutes:.1f}",
            "yes" if entry.is_finished else "no",
            "; ".join(_harmless(_done_text(done, entry.level)) for done in entry.exercises),
            "" if entry.soreness is None else entry.soreness,
        )
        for entry in entries
    )
    return "".join(pieces)


def _harmless(text: str) -> str:
    """The text of a cell that no spreadsheet computes.

    >>> _harmless("=1+1"), _harmless("Step-ups")
    ("'=1+1", 'Step-ups')
    """
    return _FORMULA.sub(r"\1'", printable_line(text))


def _done_text(done: Done, usual: Level) -> str:
    """An exercise in a few words: its sets, and its level where that is not the session's.

    >>> _done_text(Done("Step-ups", Level.GENTLE, 1, 2, 9, 12, 3.5), Level.STANDARD)
    'Step-ups 1/2 sets (gentle)'
    """
    level = "" if done.level is usual else f" ({done.level})"
    return f"{done.title} {done.sets}/{done.of_sets} {'set' if done.of_sets == 1 else 'sets'}{level}"


# For people


def table(entries: Iterable[Entry]) -> str:
    """The sessions in lines of at most `WIDTH` columns, the latest last."""
    rows = [("date", "time", "min", "level", "finished", "sets", "sore")]
    titles = ["session"]
    for entry in _by_time(entries):
        done = sum(each.sets for each in entry.exercises)
        of = sum(each.of_sets for each in entry.exercises)
        rows.append(
            (
                entry.day.isoformat(),
                f"{entry.started:%H:%M}",
                f"{entry.minutes:.0f}",
                entry.level,
                "yes" if entry.is_finished else "no",
                f"{done}/{of}",
                "" if entry.soreness is None else str(entry.soreness),
            )
        )
        titles.append(printable_line(entry.title))
    if len(rows) == 1:
        return "There are no sessions in the diary yet.\n"
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row, title in zip(rows, titles, strict=True):
        cells = [
            f"{cell:<{width}}" if name in {"date", "level", "finished"} else f"{cell:>{width}}"
            for name, cell, width in zip(rows[0], row, widths, strict=True)
        ]
        start = "  ".join(cells) + "  "
        lines.append(start + cut(title, WIDTH - len(start), mark="..."))
    return "\n".join(lines) + "\n"


def chart(entries: Iterable[Entry], *, today: date, weeks: int = 12, blocks: bool = True) -> str:
    """The last weeks, from the first with a session in it, a line each: what a listener can hear read aloud.

    A line is a sentence with its numbers, then a bar. Weeks begin on Monday. `cautions` follow where they are
    due. ``blocks`` is false for a screen whose encoding has no block (`has_blocks`).
    """
    kept = [entry for entry in _by_time(entries) if entry.day <= today]
    if not kept:
        return "There are no sessions in the diary yet.\n"
    this_week = _monday(today)
    since = (this_week - _monday(kept[0].day)).days // 7 + 1
    mondays = [this_week - timedelta(weeks=back) for back in reversed(range(min(weeks, since)))]
    shown = [entry for entry in kept if entry.day >= mondays[0]]
    if not shown:
        return f"No session in the last {weeks} weeks; the last was on {_day_text(kept[-1].day)}.\n"
    by_week: dict[date, list[Entry]] = {monday: [] for monday in mondays}
    for entry in shown:
        by_week[_monday(entry.day)].append(entry)
    with_year = weeks > 52
    texts = [_week_text(monday, week, with_year=with_year) for monday, week in by_week.items()]
    width = max(map(len, texts))
    bars, key = _bars(list(by_week.values()), max(1, WIDTH - width - 2), "█" if blocks else "#")
    lines = [
        "Week by week, with the mean of the soreness from 0 to 10.",
        key,
        "",
        *(f"{text:<{width}}  {bar}".rstrip() for text, bar in zip(texts, bars, strict=True)),
    ]
    for caution in cautions(kept, today=today):
        lines += ["", caution]
    return "\n".join(lines) + "\n"


def _week_text(monday: date, week: Sequence[Entry], *, with_year: bool) -> str:
    year = f" {monday.year}" if with_year else ""
    start = f"Week of {monday.day} {_MONTHS[monday.month - 1]}{year}: "
    if not week:
        return f"{start}no session."
    parts = [
        counted(len(week), "session"),
        counted(round(sum(entry.minutes for entry in week)), "minute"),
    ]
    sore = [entry.soreness for entry in week if entry.soreness is not None]
    if sore:
        parts.append(f"soreness {sum(sore) / len(sore):.1f}")
    return f"{start}{', '.join(parts)}."


def _bars(weeks: Sequence[Sequence[Entry]], width: int, block: str) -> tuple[list[str], str]:
    """A bar for each week, none wider than ``width``, and how to read them."""
    most = max(map(len, weeks))
    if 3 * most > width:  # so many sessions that they cannot be told from each other
        minutes = [sum(entry.minutes for entry in week) for week in weeks]
        scale = width / max(1.0, *minutes)
        return [block * int(each * scale) for each in minutes], "The longer a bar, the more minutes."
    # Each session has one block, and of the room that is left what its minutes ask for.
    scale = min(
        (width - (2 * len(week) - 1)) / max(1.0, sum(entry.minutes for entry in week)) for week in weeks
    )
    bars = [" ".join(block * (1 + int(entry.minutes * scale)) for entry in week) for week in weeks]
    return bars, "Each piece of a bar is a session, the longer the more minutes."


def cautions(entries: Iterable[Entry], *, today: date) -> tuple[str, ...]:
    """What the diary gives reason to say, in the words of the programme; nothing where there is no reason.

    That is soreness which rose from session to session, in the last three that have a number, and sessions
    on two days running. Sessions without a single repetition do not count for that.
    """
    since = today - timedelta(days=min(CAUTION_DAYS, today.toordinal() - 1))
    recent = [entry for entry in _by_time(entries) if since <= entry.day <= today]
    found = []
    sore = [entry.soreness for entry in recent if entry.soreness is not None][-3:]
    if len(sore) == 3 and sore[0] < sore[1] < sore[2]:
        numbers = f"{sore[0]}, {sore[1]}, {sore[2]}"
        found.append(f"Soreness rose over the last three sessions: {numbers}.\n{SEE_SOMEONE}")
    days = sorted({entry.day for entry in recent if not all(done.is_skipped for done in entry.exercises)})
    if len(days) > 1 and days[-1] - days[-2] == timedelta(days=1):
        both = " and ".join(f"{day.day} {_MONTHS[day.month - 1]}" for day in days[-2:])
        found.append(f"There were sessions on two days running, {both}.\n{NOT_IN_A_ROW}")
    return tuple(found)


def known(entries: Iterable[Entry], *, today: date) -> tuple[str, ...]:
    """The titles, in order, of the exercises that this listener knows well: `KNOWN_AFTER`, `FORGOTTEN_DAYS`.

    >>> known((), today=date(2026, 11, 23))
    ()
    """
    days: dict[str, list[date]] = {}
    for entry in entries:
        for title in {done.title for done in entry.exercises if done.sets}:
            days.setdefault(title, []).append(entry.day)
    since = today - timedelta(days=FORGOTTEN_DAYS)
    return tuple(sorted(title for title, on in days.items() if len(on) >= KNOWN_AFTER and max(on) >= since))


def has_blocks(encoding: str | None) -> bool:
    """True if a stream of this encoding can show the bars of a chart.

    >>> has_blocks("utf-8"), has_blocks("ascii"), has_blocks(None)
    (True, False, False)
    """
    try:
        "█".encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _by_time(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: entry.started)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _day_text(day: date) -> str:
    """A day as it is read.

    >>> _day_text(date(2026, 11, 23))
    '23 November 2026'
    """
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
