"""The entries of the diary: what was done in each session, as values and as lines of a file."""

# ruff: noqa: TRY004 - a diary with a value of another type is a wrong diary, not a wrong call

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from coach.diary.morning import Morning
from coach.language.level import Level
from coach.session import steps as step_values
from coach.session.steps import Step

T = TypeVar("T")

MOST = 99_999
"""The largest count and number of minutes; coach writes no larger ones."""

MOST_SORE = 10
"""Top of the scale of soreness: the worst imaginable; 0 is none."""

KNOWN_AFTER = 2
"""Number of days with at least one whole set of an exercise before its brief form is used."""

FORGOTTEN_DAYS = 42
"""Days without an exercise after which it is explained in full again."""

ASK_WITHIN_DAYS = 7
"""How long after a session the morning after it is still asked about."""

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Done:
    """The amount done of one exercise, and the amount prescribed.

    A set counts when its last repetition has ended, and each side counts for itself: two sets for each leg
    are four; so does one that the sheet leaves to the listener, who ended it. A listener who goes back may do
    more than there was to do. With ``up_to``, ``of_reps`` is only a bound. ``reps_by_set`` has the
    repetitions of each set, ``held_s`` the seconds of each hold or time that the listener could end, both in
    their order. ``often`` is how often the sheet wants the exercise done, "" if it does not say. ``pain`` is
    the answer after the exercise, from 0 to `MOST_SORE`; None if there was none.

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
    up_to: bool = False
    reps_by_set: tuple[int, ...] = ()
    held_s: tuple[float, ...] = ()
    often: str = ""
    pain: int | None = None

    def __post_init__(self) -> None:
        """Check the numbers."""
        for name in ("sets", "of_sets", "reps", "of_reps", "minutes"):
            _check_number(name, getattr(self, name))
        for name in ("reps_by_set", "held_s"):
            for number in getattr(self, name):
                _check_number(name, number)
        _check_scale("pain", self.pain)

    @property
    def is_skipped(self) -> bool:
        """True if no repetition was done."""
        return self.reps == 0


@dataclass(frozen=True, slots=True)
class Entry:
    """One session: ``started`` is the listener's own time, ``session`` what was asked for (a name or a path).

    ``minutes`` are those that were listened to, without pauses. ``soreness`` goes from 0 to `MOST_SORE`;
    None if no number was given. ``steps`` are what was set out to be done, if `coach today` set it out;
    ``morning`` how it was on the next morning, None if nobody said. ``pain`` is
    the answer before the first exercise, from 0 to `MOST_SORE`; None if there was none.

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
    steps: tuple[Step, ...] = ()
    morning: Morning | None = None
    pain: int | None = None

    def __post_init__(self) -> None:
        """Check the time and the numbers."""
        if self.started.utcoffset() is None:
            raise ValueError(f"started: {self.started} has no time zone")
        _check_number("minutes", self.minutes)
        _check_scale("soreness", self.soreness)
        _check_scale("pain", self.pain)

    @property
    def day(self) -> date:
        """The day on which the session began, in the listener's time zone."""
        return self.started.date()

    def is_unanswered(self, today: date) -> bool:
        """Tell whether it is still to be asked how it was on the morning after."""
        return self.morning is None and 0 < (today - self.day).days <= ASK_WITHIN_DAYS


def _check_number(name: str, number: float) -> None:
    if not 0 <= number <= MOST:  # also what is not a number at all
        raise ValueError(f"{name}: {number} is not from 0 to {MOST}")


def _check_scale(name: str, number: int | None) -> None:
    if number is not None and not 0 <= number <= MOST_SORE:
        raise ValueError(f"{name}: {number} is not from 0 to {MOST_SORE}")


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
            {field: getattr(done, field) for field in _DONE_FIELDS}
            | {"level": str(done.level), "reps_by_set": list(done.reps_by_set), "held_s": list(done.held_s)}
            for done in entry.exercises
        ],
        "soreness": entry.soreness,
        "steps": [step_values.as_json(step) for step in entry.steps],
        "morning": None if entry.morning is None else str(entry.morning),
        "pain": entry.pain,
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
        _field(known, "started", datetime),
        _field(known, "session", str),
        _field(known, "title", str),
        _field(known, "level", Level),
        _field(known, "minutes", float),
        _field(known, "finished", bool),
        tuple(_done(each, number) for number, each in enumerate(_field(known, "exercises", list))),
        None if known.get("soreness") is None else _field(known, "soreness", int),
        tuple(_step(each, number) for number, each in enumerate(_optional(known, "steps", list, default=[]))),
        None if known.get("morning") is None else _field(known, "morning", Morning),
        None if known.get("pain") is None else _field(known, "pain", int),
    )


def _done(value: object, number: int) -> Done:
    try:
        known = _object(value, "an exercise")
        return Done(
            _field(known, "title", str),
            _field(known, "level", Level),
            _field(known, "sets", int),
            _field(known, "of_sets", int),
            _field(known, "reps", int),
            _field(known, "of_reps", int),
            _field(known, "minutes", float),
            _optional(known, "up_to", bool, default=False),
            _numbers(known, "reps_by_set", int),
            _numbers(known, "held_s", float),
            _optional(known, "often", str, default=""),
            None if known.get("pain") is None else _field(known, "pain", int),
        )
    except ValueError as error:
        raise ValueError(f"exercises[{number}]: {error}") from error


def _step(value: object, number: int) -> Step:
    try:
        return step_values.from_json(value)
    except ValueError as error:
        raise ValueError(f"steps[{number}]: {error}") from error


_WRONG = {
    str: "is no text",
    int: "is no whole number",
    float: "is no number",
    bool: "is neither true nor false",
    list: "is no list",
    datetime: "is no time like 2026-11-23T07:30+00:00",
    Level: f"is not one of {', '.join(Level)}",
    Morning: f"is not one of {', '.join(Morning)}",
}
"""Error messages for a value of the wrong type."""

_READ: Mapping[type, Callable[[str], object]] = {
    datetime: datetime.fromisoformat,
    Level: Level,
    Morning: Morning,
}
"""Readers of types that JSON stores as text."""


def _object(value: object, what: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise ValueError(f"{_told(value)} is not {what}")
    return value


def _field(known: Mapping[str, object], name: str, kind: type[T]) -> T:
    """The value of a field, of exactly this type; a whole number counts as a float too."""
    if name not in known:
        raise ValueError(f"{name} is missing")
    written = value = known[name]
    if kind is float and type(value) is int:
        _check_number(name, value)  # before it becomes a float, for which it may be too large
        value = float(value)
    if kind in _READ and isinstance(value, str):
        with suppress(ValueError):
            value = _READ[kind](value)
    if not isinstance(value, kind) or type(value) is not kind:
        raise ValueError(f"{name}: {_told(written)} {_WRONG[kind]}")
    return value


def _optional(known: Mapping[str, object], name: str, kind: type[T], *, default: T) -> T:
    """The value of a field that entries of earlier versions do not have."""
    return _field(known, name, kind) if name in known else default


def _numbers(known: Mapping[str, object], name: str, kind: type[T]) -> tuple[T, ...]:
    """The numbers of a list that entries of earlier versions do not have."""
    return tuple(_field({name: each}, name, kind) for each in _optional(known, name, list, default=[]))


def _told(value: object) -> str:
    """Quote a value for an error message."""
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
    """The content of a diary file: the valid entries, and the errors of the other lines."""

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
    """Format a new entry as a line: one JSON object."""
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


# What is known of a listener


def known(entries: Iterable[Entry], *, today: date) -> tuple[str, ...]:
    """The titles, in order, of the exercises and sessions that this listener knows well.

    An exercise is known if a whole set of it was done on `KNOWN_AFTER` days, the last of them within the last
    `FORGOTTEN_DAYS`. For a session, all of these days have to lie within them, as its opening has stop rules.

    >>> known((), today=date(2026, 11, 23))
    ()
    """
    since = today - timedelta(days=FORGOTTEN_DAYS)
    days: dict[str, set[date]] = {}
    for entry in entries:
        titles = {done.title for done in entry.exercises if done.sets}
        if titles and entry.day >= since:
            titles.add(entry.title)
        for title in titles:
            days.setdefault(title, set()).add(entry.day)
    return tuple(sorted(title for title, on in days.items() if len(on) >= KNOWN_AFTER and max(on) >= since))


def unanswered(entries: Iterable[Entry], session: str, *, today: date) -> Entry | None:
    """The last entry of a session, if it is still to be asked how it was on the morning after."""
    own = [entry for entry in entries if entry.session == session and entry.day <= today]
    last = max(own, key=lambda entry: (entry.day, entry.started), default=None)
    return last if last and last.is_unanswered(today) else None
