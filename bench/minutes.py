"""Prints what becomes of every session at every level in 10, 15, 20, 30 and 45 minutes; 1 if one is too long.

    python bench/minutes.py [--voice NAME] [--minutes N ...]

The lengths are those of the spoken sessions. The table is kept in docs/content.md. Where even the shortest
session is longer, it says so; where a session is shorter than nine tenths, it says what is left over.
"""

import argparse
import sys
from collections.abc import Sequence

import coach
from coach.errors import UsageError
from coach.language.level import Level
from coach.language.model import Session
from coach.session.fit import MARGIN
from coach.sheets.by_name import collection
from coach.text import clock

MINUTES = (10, 15, 20, 30, 45)
WHOLE = "nothing, this is the whole session"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; return 1 if a session is longer than asked for, or needlessly short."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--voice")
    parser.add_argument("--minutes", type=int, nargs="+", default=MINUTES)
    options = parser.parse_args(arguments)
    print("| session | level | minutes | length | what gives way |\n|---|---|---|---|---|")
    faults = 0
    for sheet in collection():
        if not isinstance(sheet.value, Session):
            continue
        for level in Level:
            for minutes in options.minutes:
                row = f"| {sheet.name} | {level} | {minutes} |"
                try:
                    plan = coach.plan(sheet, level=level, minutes=minutes, voice=options.voice)
                except UsageError as error:
                    print(f"{row} - | {error.message} |")
                    continue
                seconds = plan.timeline.duration_s
                is_whole = not plan.gave_way
                is_short = seconds < 60 * minutes * (1 - MARGIN) and not is_whole
                faults += seconds > 60 * minutes
                faults += is_short and "left over" not in plan.gave_way[-1]
                print(f"{row} {clock(seconds)} | {'; '.join(plan.gave_way) or WHOLE} |", flush=True)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
