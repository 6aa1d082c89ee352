"""Note which tests were skipped, so that a later run, where more is installed, can be of those alone."""

from pathlib import Path

import pytest


class SkippedTests:
    """A plugin: writes the ids of skipped tests and files, one a line, as ``pytest @FILE`` reads them."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._ids: dict[str, None] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test, before or while it ran."""
        self._note(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A whole file."""
        self._note(report)

    def _note(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if report.skipped and not hasattr(report, "wasxfail"):
            self._ids[report.nodeid] = None

    def pytest_sessionfinish(self) -> None:
        """All have run."""
        self._file.write_text("".join(f"{each}\n" for each in sorted(self._ids)), encoding="utf-8")
