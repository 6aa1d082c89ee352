"""Follow 1,000 simulated listeners through a year of the knee programme; print the table of docs/content.md.

    python bench/year.py [--check]

Exit code 1 if a rule of tests/diary/rules.py is broken, or, with --check, if the page has another table.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.diary.rules import check, knee_programme

LISTENERS = 1_000
PAGE = Path(__file__).parents[1] / "docs" / "content.md"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table and how often each rule held; return 1 if one was broken."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args(arguments)
    found, rows = check(knee_programme(), range(LISTENERS))
    print("\n".join(rows), end="\n\n")
    for rule, of_it in found.items():
        print(
            f"{rule}: held {of_it.held:,} times, broken by {len(of_it.broken)} listeners {of_it.broken[:5]}"
        )
    has_failed = any(of_it.broken for of_it in found.values())
    if options.check and not {*rows} <= {*PAGE.read_text("utf-8").splitlines()}:
        print(f"{PAGE} has another table", file=sys.stderr)
        has_failed = True
    return int(has_failed)


if __name__ == "__main__":
    sys.exit(main())
