"""Which tests may be skipped where everything is there that the README installs: a test nobody runs proves nothing."""

from __future__ import annotations

import os
import re

import pytest

VARIABLE = "DESPIN_STRICT_SKIPS"
#: Reasons that may be: what belongs to others, what is installed for one engine only, and other systems.
ALLOWED = [
    r"\.\./shared is not here",
    r"the package (torch|transformers|datasets|ray|ray\[data\]|py-data-juicer|nemo-curator|dolma) is not installed",
    r"another package is called tools",
    r"chromium and chromedriver are not installed",
    r"LibreOffice is not installed",
    r"DESPIN_AXE does not name the file of axe-core",
]


def asked() -> bool:
    """Whether skips are looked at."""
    return bool(os.environ.get(VARIABLE))


def allowed(reason: str) -> bool:
    """Whether a test may be skipped for this reason."""
    return any(re.search(pattern, reason) for pattern in ALLOWED)


class Strict:
    """Fails a run in which a test was skipped that should have run; with xdist every worker tells what it skipped."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._found: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a test that is skipped."""
        self._note(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a file that is skipped whole."""
        self._note(report)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: object) -> None:
        """Take over what a worker noted."""
        self._found.update(getattr(node, "workeroutput", {}).get("skipped", {}))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Tell the main process, or be the main process and fail."""
        if hasattr(self._config, "workeroutput"):
            self._config.workeroutput["skipped"] = self._found
        elif self._found and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say which tests should have run."""
        if self._found:
            terminalreporter.section("skipped, and should have run")
            for name, reason in sorted(self._found.items()):
                terminalreporter.line(f"{name}: {reason}")

    def _note(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if report.skipped and not hasattr(report, "wasxfail"):
            place = report.longrepr
            reason = str(place[2]) if isinstance(place, tuple) else str(place)
            if not allowed(reason):
                self._found[report.nodeid] = reason
