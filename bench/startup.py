"""How soon coach is there, beside what it cannot do without: the interpreter and Typer.

    python bench/startup.py [--runs 9] [--strict]

Each start is a process of its own; all are started in turn, and the fastest of each counts, by the processor
time that it took, so that other work on the machine hardly matters. Beside each figure stands what is aimed
at; with ``--strict`` it exits with 1 where that is missed.
"""

import argparse
import os
import subprocess
import sys

STARTS = {
    "nothing": ["-c", ""],
    "import coach": ["-c", "import coach"],
    "import typer": ["-c", "import typer"],
    "coach --help": ["-m", "coach", "--help"],
}
MOST_TIMES_TYPER = 1.25
MOST_IMPORT_S = 0.05


def processor_s(arguments: list[str]) -> float:
    """Processor time of one start."""
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if status:
        raise SystemExit(f"{arguments} failed")
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--strict", action="store_true")
    given = parser.parse_args()
    for arguments in STARTS.values():
        processor_s(arguments)  # so that everything is compiled and in the system's memory
    took: dict[str, list[float]] = {name: [] for name in STARTS}
    for _ in range(given.runs):
        for name, arguments in STARTS.items():
            took[name].append(processor_s(arguments))
    fastest_s = {name: min(times) for name, times in took.items()}
    times_typer = fastest_s["coach --help"] / fastest_s["import typer"]
    import_s = fastest_s["import coach"] - fastest_s["nothing"]
    for name, seconds in fastest_s.items():
        print(f"{name:13} {seconds:.3f} s")
    print(f"coach --help / import typer     {times_typer:.2f}     (at most {MOST_TIMES_TYPER})")
    print(f"import coach - nothing          {import_s:.3f} s  (at most {MOST_IMPORT_S})")
    if given.strict and (times_typer > MOST_TIMES_TYPER or import_s > MOST_IMPORT_S):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
