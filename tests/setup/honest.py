"""A pytest plugin: a run in which a test was skipped, or failed as expected, has failed; so has one on a machine that lacks what tests need."""

import pytest

from devtools import preparing

# Tests that may be skipped or expected to fail, by their node id. Empty on purpose: what cannot run is no proof.
ALLOWED: frozenset[str] = frozenset()


class NothingLeftOut:
    """Notes what was left out, in this process and in xdist's, and makes the run fail for it."""

    def __init__(self) -> None:
        self.left_out: dict[str, str] = {}

    def _note(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        expected = hasattr(report, "wasxfail")
        if (report.outcome == "skipped" or expected) and report.nodeid not in ALLOWED:
            why = report.longrepr[2] if isinstance(report.longrepr, tuple) else getattr(report, "wasxfail", "")
            self.left_out[report.nodeid] = f"{'expected to fail' if expected else 'skipped'}: {why or 'no reason given'}"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._note(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self._note(report)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.left_out and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for test, why in sorted(self.left_out.items()):
            terminalreporter.write_line(f"LEFT OUT {test}: {why}", red=True)
        if self.left_out:
            terminalreporter.write_line("Left out is failed: make it run, or take it away (tests/setup/honest.py).", red=True)


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and not config.pluginmanager.has_plugin("nothing-left-out"):
        config.pluginmanager.register(NothingLeftOut(), "nothing-left-out")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput") and (lacking := preparing.lacking_for_tests()):
        pytest.exit(lacking, returncode=2)
