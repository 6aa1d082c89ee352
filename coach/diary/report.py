"""The diary as people read it: a table, a chart of the weeks, and rows for a spreadsheet."""

import csv
import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from io import StringIO

from coach.diary.entries import Done, Entry
from coach.language.level import Level
from coach.session.steps import Step
from coach.text import counted, cut, printable_line

WIDTH = 80
"""Columns of what people read."""

WEEKS = 12
"""The most weeks of a chart."""

CHANGES = 6
"""The most changes of an exercise that are shown."""

CAUTION_DAYS = 14
"""Cautions consider the sessions of this many days."""

SEE_SOMEONE = "If something becomes swollen, or keeps getting worse, see a health professional."
NOT_IN_A_ROW = "Do this three days a week, and never on two days in a row."

_MONTHS = ("January February March April May June July August September October November December").split()


# For spreadsheets

CSV_COLUMNS = ("date", "time", "session", "title", "level", "minutes", "finished", "exercises", "soreness")

_FORMULA = re.compile(r"(^|;)(?=\s*[=+\-@＝＋－＠])")
"""Start of a spreadsheet formula: at the start of a cell, also where ; divides cells."""


def as_csv(entries: Iterable[Entry]) -> str:
    """The diary as RFC 4180 has it, a session a row; lines end with CR and LF.

    What a spreadsheet would take for a formula gets an apostrophe before it, and is text then.
    """
    out = StringIO(newline="")
    rows = csv.writer(out)
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
    return out.getvalue()


def _harmless(text: str) -> str:
    """Escape the text of a cell so that no spreadsheet evaluates it as a formula.

    >>> _harmless("=1+1"), _harmless("Step-ups")
    ("'=1+1", 'Step-ups')
    """
    return _FORMULA.sub(r"\1'", printable_line(text))


def _done_text(done: Done, usual: Level) -> str:
    """An exercise in a few words: what was done, its level where that is not the session's, and how often.

    >>> _done_text(Done("Step-ups", Level.GENTLE, 1, 2, 9, 12, 3.5), Level.STANDARD)
    'Step-ups 1/2 sets, 9/12 times (gentle)'
    >>> until_tired = Done("Push-ups", Level.GENTLE, 2, 2, 22, 30, 3.0, up_to=True, reps_by_set=(13, 9))
    >>> _done_text(until_tired, Level.GENTLE)
    'Push-ups 2/2 sets, 13 + 9 times'
    >>> wall_sit = Done("Wall sit", Level.GENTLE, 1, 1, 2, 2, 3.0, held_s=(41.5, 38.0), often="3 times a day")
    >>> _done_text(wall_sit, Level.GENTLE)
    'Wall sit 1/1 set, 42 + 38 s (3 times a day)'
    """
    parts = [f"{done.title} {done.sets}/{done.of_sets} {'set' if done.of_sets == 1 else 'sets'}"]
    if done.up_to:
        parts.append(f"{_sum(done.reps_by_set or (done.reps,))} times")
    elif done.of_reps != done.of_sets and not done.held_s:
        parts.append(f"{done.reps}/{done.of_reps} times")
    if done.held_s:
        parts.append(f"{_sum(done.held_s)} s")
    details = ", ".join(filter(None, ("" if done.level is usual else done.level, done.often)))
    return ", ".join(parts) + (f" ({details})" if details else "")


def _sum(numbers: Iterable[float]) -> str:
    """Write numbers as a sum, each to the nearest whole number."""
    return " + ".join(f"{int(number + 0.5)}" for number in numbers)


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
                f"{entry.minutes:.0f}" if entry.minutes > 0.5 else "under 1",
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


def last_session(entries: Iterable[Entry]) -> str:
    """What was done of each exercise in the latest session, a line each; "" if there is nothing to tell."""
    for entry in _by_time(entries)[-1:]:
        texts = [printable_line(_done_text(done, entry.level)) for done in entry.exercises]
        if texts:
            lines = (cut(text, WIDTH, mark="...") for text in ("In the last session:", *texts))
            return "\n".join(lines) + "\n"
    return ""


def chart(entries: Iterable[Entry], *, today: date, blocks: bool = True) -> str:
    """The last `WEEKS`, from the first with a session on, a line each: what a listener can hear read aloud.

    A line is a sentence with its numbers, then a bar. Weeks begin on Monday. `cautions` follow where they are
    due. ``blocks`` is false for a screen whose encoding has no block.
    """
    kept = [entry for entry in _by_time(entries) if entry.day <= today]
    if not kept:
        return "There are no sessions in the diary yet.\n"
    this_week = _monday(today)
    since = (this_week - _monday(kept[0].day)).days // 7 + 1
    by_week: dict[date, list[Entry]] = {
        this_week - timedelta(weeks=back): [] for back in reversed(range(min(WEEKS, since)))
    }
    for entry in kept:
        by_week.get(_monday(entry.day), []).append(entry)
    minutes = [sum(entry.minutes for entry in week) for week in by_week.values()]
    if not any(by_week.values()):
        return f"No session in the last {WEEKS} weeks; the last was on {day_text(kept[-1].day)}.\n"
    texts = [_week_text(monday, week) for monday, week in by_week.items()]
    width = max(map(len, texts))
    a_minute = (WIDTH - width - 2) / max(1.0, *minutes)
    block = "█" if blocks else "#"
    lines = [
        "Week by week, with the mean of the soreness from 0 to 10.",
        "The longer a bar, the more minutes.",
        "",
    ]
    for text, week, lasted in zip(texts, by_week.values(), minutes, strict=True):
        bar = block * max(int(lasted * a_minute), 1 if week else 0)
        lines.append(f"{text:<{width}}  {bar}".rstrip())
    for caution in cautions(kept, today=today):
        lines += ["", caution]
    return "\n".join(lines) + "\n"


def steps_chart(entries: Iterable[Entry], *, today: date, blocks: bool = True) -> str:
    """What `coach today` set out of each exercise, a line for each of its last `CHANGES`; "" if it never did.

    A line is a sentence, then a bar as long as the repetitions are many.
    """
    changes: dict[str, list[tuple[date, Step]]] = {}
    for entry in _by_time(entries):
        for step in entry.steps if entry.day <= today else ():
            of_it = changes.setdefault(step.title, [])
            if not of_it or of_it[-1][1] != step:
                of_it.append((entry.day, step))
    if not changes:
        return ""
    shown = [each for of_it in changes.values() for each in of_it[-CHANGES:]]
    texts = {each: f"  {each[0].day} {_MONTHS[each[0].month - 1]}: {step_text(each[1])}." for each in shown}
    width = max(map(len, texts.values()))
    a_repetition = max(0, WIDTH - width - 2) / max(1, *(step.total_reps for _, step in shown))
    block = "█" if blocks else "#"
    lines = ["Step by step, the exercises of `coach today`.", "The longer a bar, the more repetitions."]
    for title, of_it in changes.items():
        lines += ["", cut(printable_line(title), WIDTH, mark="...")]
        for each in of_it[-CHANGES:]:
            bar = block * int(each[1].total_reps * a_repetition)
            lines.append(f"{texts[each]:<{width}}  {bar}".rstrip())
    return "\n".join(lines) + "\n"


def step_text(step: Step) -> str:
    """How much a step asks, for people.

    >>> step_text(Step("Step-ups", Level.GENTLE, 1, 8, sides=2))
    '1 set of 8 each side, gentle level'
    """
    return ", ".join(filter(None, (counts_text(step), f"{step.level} level")))


def counts_text(step: Step) -> str:
    """The sets and repetitions of a step, for people; "" where the sheet's own stay."""
    if not step.sets:
        return ""
    return f"{counted(step.sets, 'set')} of {step.reps}{' each side' if step.sides > 1 else ''}"


def _week_text(monday: date, week: Sequence[Entry]) -> str:
    start = f"Week of {monday.day} {_MONTHS[monday.month - 1]}: "
    if not week:
        return f"{start}no session."
    minutes = sum(entry.minutes for entry in week)
    parts = [
        counted(len(week), "session"),
        counted(round(minutes), "minute") if minutes > 0.5 else "under 1 minute",
    ]
    sore = [entry.soreness for entry in week if entry.soreness is not None]
    if sore:
        parts.append(f"soreness {sum(sore) / len(sore):.1f}")
    return f"{start}{', '.join(parts)}."


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


def _by_time(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: entry.started)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def day_text(day: date) -> str:
    """Format a day for people.

    >>> day_text(date(2026, 11, 23))
    '23 November 2026'
    """
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
