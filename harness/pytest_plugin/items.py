"""The items: a sample at a target, a page with something wrong about it, and what is left out.

What the page answers for fails in the call of an item, what the harness answers
for in its set-up, where pytest calls it an error. So a sample runs in the set-up
and is judged in the call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from harness.errors import HarnessError
from harness.jobs import distribution
from harness.model.verdict import Code, Verdict
from harness.report import gate
from harness.report.console import told
from harness.report.encode import to_wire
from harness.report.entries import entries, worst_first

if TYPE_CHECKING:
    from pathlib import Path

    from harness.model.matrix import Job
    from harness.model.source import Sample
    from harness.model.verdict import Report, SampleReport
    from harness.pytest_plugin.checking import Checker, Page

VERDICT, SANDBOX = "verdict", "sandbox"
"""Properties of an item that are counted when a run ends."""
WIDTH = 100
"""Columns of what is told of a failure: it is put into words in workers, which see no terminal."""


class ToldError(Exception):
    """What there is to tell of an item that does not pass."""

    def __init__(self, text: str, headline: str, line: int) -> None:
        """Keep what is shown.

        Args:
            text: All of it.
            headline: The same in one line.
            line: Line of the page that is meant.
        """
        super().__init__(text)
        self.headline, self.line = headline, line


class AsExpectedError(ToldError):
    """A sample has what its author expects of it: to pytest an expected failure."""


class PlacedItem(pytest.Item):
    """An item that stands on a line of a page; each is a ``sample`` to ``-m``."""

    def __init__(self, *, page: str, line: int, checker: Checker, **node: Any) -> None:  # noqa: ANN401 - handed through
        """Keep the place.

        Args:
            page: Path of the page, as it was given.
            line: Its line, from 1.
            checker: Runs the jobs.
            node: What pytest says of its place.
        """
        super().__init__(**node)
        self.page, self.line, self.checker = page, line, checker
        self.add_marker(pytest.mark.sample)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return where it stands, with the line from 0, and what it is called above a failure."""
        return self.path, self.line - 1, self.name

    def place(self, report: pytest.TestReport, excinfo: pytest.ExceptionInfo[BaseException] | None) -> None:
        """Have pytest's report point at the page and tell of its code, in place of lines of the harness."""
        if isinstance(report.longrepr, tuple):
            report.longrepr = (str(self.path), self.line, report.longrepr[2])
        elif excinfo is not None and isinstance(excinfo.value, ToldError):
            shown = excinfo.getrepr(style="value")
            if shown.reprcrash is not None:
                shown.reprcrash.path, shown.reprcrash.lineno = self.page, excinfo.value.line
                shown.reprcrash.message = excinfo.value.headline
            if self.config.getoption("tbstyle") == "line":
                shown.reprtraceback.reprentries = []  # pytest adds the one line by itself
            report.longrepr = shown

    def error(self, report: Report, kind: type[ToldError] = ToldError) -> ToldError:
        """Return what there is to tell of a report, the worst of it in the headline."""
        text = told(report, WIDTH)
        worst = next(iter(worst_first(entries(to_wire(report)))), None)
        if worst is None:
            return kind(text, text.splitlines()[-1].strip(), self.line)
        return kind(text, f"{worst.code} {worst.message}", worst.line or self.line)


class SampleItem(PlacedItem):
    """A sample at a target."""

    def __init__(self, *, job: Job, **place: Any) -> None:  # noqa: ANN401 - handed through
        """Mark it with what its author expects, and with the libraries that it can be selected by."""
        super().__init__(page=job.sample.page.path, line=job.sample.position(1).line, **place)
        self._job = job
        self._report: Report | None = None
        for name in sorted({distribution(one) for one in job.requirements}):
            self.add_marker(pytest.mark.library(name=name))
        expected = job.context.expect or job.sample.directive.expect
        if expected and expected != Verdict.OK:
            # the harness is the strict one: whatever else is found is no AsExpectedError
            self.add_marker(pytest.mark.xfail(raises=AsExpectedError, reason=f"expect={expected}", strict=False))

    def setup(self) -> None:
        """Run the sample; where the harness fails on it, that is an error, and nothing is said of the page."""
        if self._job.skip:
            pytest.skip(self._job.skip)
        try:
            self._report = self.checker.check(self._job)
        except HarnessError as error:
            raise ToldError(str(error), f"{Code.INTERNAL} {error.what}", self.line) from None
        sample = self._report.samples[0]
        self.user_properties += _properties(sample)
        for run in sample.runs:
            self.add_report_section("call", "stdout", run.stdout)
            self.add_report_section("call", "stderr", run.stderr)
        if gate.errored(self._report):
            raise self.error(self._report)

    def runtest(self) -> None:
        """Hold the report against what the author says and against the gate."""
        report = self._report
        assert report is not None  # noqa: S101 - the set-up made it
        sample = report.samples[0]
        if sample.verdict is Verdict.SKIPPED:
            pytest.skip("; ".join(filter(None, [sample.reason, sample.surprise])))
        if sample.expected not in {"", Verdict.OK} and not sample.surprise:
            raise self.error(report, AsExpectedError)
        if self.checker.fails(report):
            raise self.error(report)
        if sample.verdict is Verdict.UNRUNNABLE:
            pytest.skip(self.error(report).headline)
        if sample.findings:
            self.add_report_section("call", "sample", told(report, WIDTH))


class PageItem(PlacedItem):
    """A page with something wrong about it that belongs to no sample."""

    def __init__(self, *, found: Page, **place: Any) -> None:  # noqa: ANN401 - handed through
        """Stand where the first fault does."""
        super().__init__(page=found.path, line=max(1, min(fault.line for fault in found.faults)), **place)
        self._found = found

    def runtest(self) -> None:
        """Hold what is wrong against the gate."""
        report = self.checker.faulty(self._found)
        if self.checker.fails(report):
            raise self.error(report)
        self.add_report_section("call", "page", told(report, WIDTH))


class LeftOutItem(PlacedItem):
    """A sample that is not checked, so that what a run counts is what stands on the pages."""

    def __init__(self, *, sample: Sample, reason: str, **place: Any) -> None:  # noqa: ANN401 - handed through
        """Keep why."""
        super().__init__(page=sample.page.path, line=sample.position(1).line, **place)
        self._reason = reason

    def runtest(self) -> None:
        """Say why."""
        self.user_properties.append((VERDICT, str(Verdict.SKIPPED)))
        pytest.skip(self._reason)


def _properties(sample: SampleReport) -> list[tuple[str, object]]:
    """Return what ``--junitxml`` has of a sample beside the outcome."""
    codes = " ".join(dict.fromkeys(one.finding.code for one in sample.findings))
    said = {"page": f"{sample.page.path}:{sample.page_line}", VERDICT: sample.verdict, "codes": codes}
    for run in sample.runs:
        said |= {"lane": run.lane, "python": run.python, SANDBOX: run.sandbox}
    # plain texts: xdist takes no subclass of them from its workers
    return [(name, str(value)) for name, value in said.items() if value]
