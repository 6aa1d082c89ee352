"""Tell how much of coach the tests run, folder by folder, and fail below a floor.

    python bench/covered.py [--floor 90]

Reads what `pytest --cov` has left, in the file that COVERAGE_FILE names (`.coverage` otherwise).
"""

import argparse
from collections import Counter
from pathlib import Path

from coverage import Coverage


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--floor", type=float, default=0.0)
    floor = parser.parse_args().floor
    coverage = Coverage()
    coverage.load()
    lines, missed = Counter[str](), Counter[str]()
    for path in coverage.get_data().measured_files():
        parts = Path(path).relative_to(Path("coach").absolute()).parts
        _, executable, _, missing, _ = coverage.analysis2(path)
        folder = parts[0] if len(parts) > 1 else "."
        lines[folder] += len(executable)
        missed[folder] += len(missing)
    for folder in sorted(lines):
        print(f"{100 * (1 - missed[folder] / max(lines[folder], 1)):5.1f} %  {folder}")
    total = 100 * (1 - missed.total() / lines.total())
    print(f"{total:5.1f} %  coach, {missed.total()} of {lines.total()} statements are run by no test")
    if total < floor:
        raise SystemExit(f"less than {floor} %")


if __name__ == "__main__":
    main()
