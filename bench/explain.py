"""Time how long a wrong sheet of many lines takes to be read and explained, by its number of lines.

python bench/explain.py

Of a sheet, 2,000 lines are read, so 80,000 lines should take little longer than 2,000. Names are looked
for around the current folder: run it in an empty one.
"""

from __future__ import annotations

import time
from pathlib import Path

from coach.sheets.check import checked_text

KINDS = {
    "labels": "Carefull: Keep your knee above your ankle.",
    "doses": "Dose: 3 lots of many",
    "phases": "- up, 2 secnds: Step up,",
    "names": "- Stepp-ups",
    "stages": "(wait a while)",
    "rounds": "3 rounds of 1 minute:\n- up",
}
LINES = (500, 2_000, 80_000)


def seconds(text: str) -> float:
    """Read and explain a sheet."""
    begun = time.perf_counter()
    checked_text(text, Path("wrong.md")).explain()
    return time.perf_counter() - begun


def main() -> None:
    """Print a row for each kind of mistake."""
    print(f"{'':8}" + "".join(f"{lines:>10,}" for lines in LINES) + "   last to first")
    for kind, line in KINDS.items():
        times = [seconds("# Wrong\n" + f"{line}\n" * lines) for lines in LINES]
        print(f"{kind:8}" + "".join(f"{each:>9.2f}s" for each in times) + f"{times[-1] / times[0]:>13.1f}")


if __name__ == "__main__":
    main()
