"""The diary as people read it: a table, a chart of the weeks, and rows for a spreadsheet."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from io import StringIO
from itertools import chain, islice

from coach.diary.entries import Done, Entry
from coach.diary.progress import worst_pain
from coach.language.level import Level
from coach.session.steps import Step
from coach.text import columns, counted, cut, printable_line

WIDTH = 80
"""Columns of what people read, where the width of the screen is not known."""

WEEKS = 12
"""The most weeks of a chart."""

CHANGES = 6
"""The most changes of an exercise that are shown."""

PAINS = 6
"""The most numbers of a line; of more, only the least, the most and the last are shown."""

NARROW = 12
"""Columns that a bar, or the title in a table, needs beside a text."""

CAUTION_DAYS = 14
"""Cautions consider the sessions of this many days."""

SEE_SOMEONE = "If something becomes swollen, or keeps getting worse, see a health professional."
NOT_IN_A_ROW = "Do this three days a week, and never on two days in a row."

_MONTHS = ("January February March April May June July August September October November December").split()


# For spreadsheets

CSV_COLUMNS = tuple(
    "date time session title level minutes finished exercises soreness pain morning steps".split()
)

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
            "" if entry.pain is None else entry.pain,
            entry.morning or "",
            "; ".join(_harmless(f"{step.title} {step_text(step)}") for step in entry.steps),
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
    >>> _done_text(Done("Step-ups", Level.GENTLE, 2, 2, 12, 12, 3.5, pain=3), Level.GENTLE)
    'Step-ups 2/2 sets, 12/12 times, pain 3'
    """
    parts = [f"{done.title} {done.sets}/{done.of_sets} {'set' if done.of_sets == 1 else 'sets'}"]
    if done.up_to:
        parts.append(f"{_sum(done.reps_by_set or (done.reps,))} times")
    elif done.of_reps != done.of_sets and not done.held_s:
        parts.append(f"{done.reps}/{done.of_reps} times")
    if done.held_s:
        parts.append(f"{_sum(done.held_s)} s")
    if done.pain is not None:
        parts.append(f"pain {done.pain}")
    details = ", ".join(filter(None, ("" if done.level is usual else done.level, done.often)))
    return ", ".join(parts) + (f" ({details})" if details else "")


def _sum(numbers: Iterable[float]) -> str:
    """Write numbers as a sum, each to the nearest whole number."""
    return " + ".join(f"{int(number + 0.5)}" for number in numbers)


# For people


def table(entries: Iterable[Entry], *, width: int = WIDTH) -> str:
    """The sessions in lines of at most ``width`` columns, the latest last; in words where that is narrow."""
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
    start = sum(widths) + 2 * len(widths)
    if width - start < NARROW:
        return "".join(map(partial(_row_in_words, width=width), rows[1:], titles[1:]))
    lines = []
    for row, title in zip(rows, titles, strict=True):
        cells = [
            f"{cell:<{wide}}" if name in {"date", "level", "finished"} else f"{cell:>{wide}}"
            for name, cell, wide in zip(rows[0], row, widths, strict=True)
        ]
        lines.append("  ".join(cells) + "  " + cut(title, width - start, mark="..."))
    return "\n".join(lines) + "\n"


def _row_in_words(row: Sequence[str], title: str, *, width: int) -> str:
    day, time, minutes, level, finished, sets, sore = row
    parts = [f"{minutes} min", f"{level} level", "" if finished == "yes" else "not finished", f"{sets} sets"]
    parts.append(f"soreness {sore}" if sore else "")
    lines = [
        cut(f"{day} {time} {title}", width, mark="..."),
        *_wrapped(", ".join(filter(None, parts)), width),
    ]
    return "\n".join(lines) + "\n"


def last_session(entries: Iterable[Entry], *, width: int = WIDTH) -> str:
    """What was done of each exercise in the latest session, a line each; "" if there is nothing to tell."""
    for entry in _by_time(entries)[-1:]:
        texts = [printable_line(_done_text(done, entry.level)) for done in entry.exercises]
        if texts:
            lines = (line for text in ("In the last session:", *texts) for line in _wrapped(text, width, ""))
            return "\n".join(lines) + "\n"
    return ""


def chart(entries: Iterable[Entry], *, today: date, blocks: bool = True, width: int = WIDTH) -> str:
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
    if not any(by_week.values()):
        text = f"No session in the last {WEEKS} weeks; the last was on {day_text(kept[-1].day)}."
        return "\n".join(_wrapped(text, width, "")) + "\n"
    bars = [
        Bar(_week_text(monday, week), sum(entry.minutes for entry in week), has_some=bool(week))
        for monday, week in by_week.items()
    ]
    lines = [
        *_wrapped("Week by week, with the mean of the soreness from 0 to 10.", width, ""),
        *_wrapped("The longer a bar, the more minutes.", width, ""),
        "",
        *chain(*_with_bars(bars, width, blocks=blocks)),
    ]
    for caution in cautions(kept, today=today):
        lines += ["", *(line for text in caution.split("\n") for line in _wrapped(text, width, ""))]
    return "\n".join(lines) + "\n"


def steps_chart(entries: Iterable[Entry], *, today: date, blocks: bool = True, width: int = WIDTH) -> str:
    """How each exercise of `coach today` grew, and how it hurt; "" if there was none.

    A line is a sentence about the days with the same step, with the pain that followed each (the highest
    number of the exercise and of its session), then a bar as long as the repetitions are many. The last
    `CHANGES` of them are shown.
    """
    stretches: dict[str, list[_Stretch]] = {}
    for entry in _by_time(entries):
        for step in entry.steps if entry.day <= today else ():
            of_it = stretches.setdefault(step.title, [])
            if not of_it or of_it[-1].step != step:
                of_it.append(_Stretch(step, [], []))
            done = [each for each in entry.exercises if each.title == step.title]
            is_done = any(not each.is_skipped for each in done)
            of_it[-1].add(entry.day, worst_pain(entry, done) if is_done else None)
    if not stretches:
        return ""
    lines = [
        *_wrapped("Step by step, the exercises of `coach today`; the pain after each, 0 to 10.", width, ""),
        *_wrapped("The longer a bar, the more repetitions.", width, ""),
    ]
    shown = {title: of_it[-CHANGES:] for title, of_it in stretches.items()}
    bars = [Bar(f"  {each.text}", each.step.total_reps) for of_it in shown.values() for each in of_it]
    drawn = _with_bars(bars, width, blocks=blocks)
    for title, of_it in shown.items():
        earlier = len(stretches[title]) - len(of_it)
        lines += ["", cut(printable_line(title), width, mark="...")]
        lines += [f"  ({counted(earlier, 'step')} before)"] if earlier else []
        lines += chain(*islice(drawn, len(of_it)))
    return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The days on which the same step was set out, and the pain on each."""

    step: Step
    days: list[date]
    pains: list[int | None]

    def add(self, day: date, pain: int | None) -> None:
        """Add a session; those of one day are one, with the worst of their numbers."""
        if self.days[-1:] == [day]:
            pain = max((each for each in (self.pains.pop(), pain) if each is not None), default=None)
        else:
            self.days.append(day)
        self.pains.append(pain)

    @property
    def text(self) -> str:
        first, last = self.days[0], self.days[-1]
        days = f"{first.day} {_MONTHS[first.month - 1]}"
        if len(self.days) > 1:
            days += f" to {last.day} {_MONTHS[last.month - 1]}, {len(self.days)} times"
        numbers = [number for number in self.pains if number is not None]
        pains = [str(number) for number in numbers]
        if len(numbers) > PAINS:
            pains = [f"{min(numbers)} to {max(numbers)}", f"the last {numbers[-1]}"]
        pain = f", pain {', '.join(pains)}" if pains else ""
        return f"{days}: {step_text(self.step)}{pain}."


@dataclass(frozen=True, slots=True)
class Bar:
    """A line of a chart: a sentence, and the length of its bar, at least one block where it ``has_some``."""

    text: str
    length: float
    has_some: bool = False


def _with_bars(bars: Sequence[Bar], width: int, *, blocks: bool) -> Iterator[list[str]]:
    """Yield the lines of each bar: beside its sentence if all have room for `NARROW` blocks, else below."""
    beside = max(len(bar.text) for bar in bars) + 2
    is_beside = width - beside >= NARROW
    a_unit = (width - beside if is_beside else width - 4) / max(1.0, *(bar.length for bar in bars))
    for bar in bars:
        drawn = ("█" if blocks else "#") * max(int(bar.length * a_unit), 1 if bar.has_some else 0)
        if is_beside:
            yield [f"{bar.text:<{beside}}{drawn}".rstrip()]
        else:
            yield [*_wrapped(bar.text.strip(), width, "  "), *([f"    {drawn}"] if drawn else [])]


def _wrapped(text: str, width: int, indent: str = "  ") -> list[str]:
    """The lines of a text; words that are longer than a line are cut."""
    lines = [""]
    for word in text.split(" "):
        room = width - len(indent)
        if lines[-1] and columns(f"{lines[-1]} {word}") > room:
            lines.append("")
        lines[-1] = cut(f"{lines[-1]} {word}" if lines[-1] else word, room, mark="...")
    return [indent + line for line in lines]


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
