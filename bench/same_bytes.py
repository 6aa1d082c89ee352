"""Print the SHA-256 of everything that coach writes from its own sheets, or compare it with an earlier list.

Every session and exercise, at every level, is exported as WAV, FLAC, page, lyrics and captions, and
shown as a plan; each file gets one line. Refactorings run it before and after: the lists must be the same.

    python bench/same_bytes.py > before.txt
    python bench/same_bytes.py --against before.txt

``--coach`` names another environment's command, so that two checkouts can be compared.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

LEVELS = ("gentle", "standard", "strong")
ENDINGS = (".wav", ".flac", ".html")


def fingerprints(coach: str, only: list[str], *, jobs: int) -> list[str]:
    """One line for each file: its SHA-256 and what it is, in the order of `coach list`."""
    listed = subprocess.run([coach, "list", "--json"], capture_output=True, check=True, text=True)
    names = [row["name"] for row in json.loads(listed.stdout)]
    wanted = [(name, level) for name in only or names for level in LEVELS]
    with ThreadPoolExecutor(jobs) as pool:
        made = pool.map(lambda name_level: _of_one(coach, *name_level), wanted)
        return [line for lines in made for line in lines]


def _of_one(coach: str, name: str, level: str) -> list[str]:
    environment = os.environ | {"SOURCE_DATE_EPOCH": "1767225600"}
    with tempfile.TemporaryDirectory() as folder:
        outs = [argument for ending in ENDINGS for argument in ("-o", f"{name}{ending}")]
        subprocess.run(
            [coach, "export", name, "--level", level, "--words", *outs],
            cwd=folder,
            env=environment,
            capture_output=True,
            check=True,
        )
        plan = subprocess.run(
            [coach, "show", name, "--level", level, "--json"],
            cwd=folder,
            env=environment,
            capture_output=True,
            check=True,
        )
        Path(folder, f"{name}.json").write_bytes(plan.stdout)
        paths = sorted(Path(folder).iterdir())
        return [f"{_sha256(path)}  {level}/{path.name}" for path in paths]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--coach", default=str(Path(sys.executable).with_name("coach")))
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", action="append", default=[], metavar="NAME")
    parser.add_argument("--against", type=Path)
    given = parser.parse_args()
    lines = fingerprints(given.coach, given.only, jobs=given.jobs)
    if given.against is None:
        print("\n".join(lines))
        return
    names = [f"/{name}." for name in given.only]
    before = [
        line
        for line in given.against.read_text().splitlines()
        if not names or any(name in line for name in names)
    ]
    differing = sorted(set(before) ^ set(lines))
    for line in differing:
        print(line, "before" if line in before else "now")
    print(f"{len(lines)} files, {len(set(before) & set(lines))} the same, {len(differing)} lines differ")
    sys.exit(bool(differing))


if __name__ == "__main__":
    main()
