"""Other interpreters that tests start to see what a program loads."""

import os


def unmeasured() -> dict[str, str]:
    """The environment, without what makes a process measure its coverage, which loads modules of its own."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_PROCESS_")}
