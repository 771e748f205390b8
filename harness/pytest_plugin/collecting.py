"""Pages become files to pytest, and what there is to check on them items."""

from __future__ import annotations

import glob
import os
from collections import Counter
from functools import cached_property
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.errors import HarnessError
from harness.extract.pages import ENDINGS
from harness.options import load
from harness.pytest_plugin.checking import Checker
from harness.pytest_plugin.items import SANDBOX, VERDICT, LeftOutItem, PageItem, PlacedItem, SampleItem

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from harness.model.matrix import Job
    from harness.pytest_plugin.checking import Page


class Samples:
    """The hooks of a run in which pages are named.

    Which of their samples are collected follows what is customary. Pages named
    on the command line are collected beside the paths that are named there,
    those of a configuration file where no path is named; and where a test is
    named by its id, as editors do to run it, nothing else is.
    """

    def __init__(self, config: pytest.Config) -> None:
        """Read the options and find the pages.

        Raises:
            pytest.UsageError: If something that was asked for cannot be used.
        """
        self._here = config.invocation_params.dir
        named = config.getoption("samples")
        explicit = config.args_source is pytest.Config.ArgsSource.ARGS
        by_id = explicit and any("::" in arg for arg in config.args)
        self._all = not by_id if named else not explicit
        if named and not explicit:
            config.args = []
        pages = tuple(named or (os.path.relpath(path, self._here) for path in config.getini("samples")))
        self._roots = [_root(self._absolute(page)) for page in pages]
        flags = {"pages": pages, "sandbox": config.getoption("samples_sandbox")}
        try:
            self._checker = Checker(load(flags, cwd=self._here))
            if self._all:
                self._checker.pages  # noqa: B018 - a page that is not there is to be said before anything runs
        except HarnessError as error:
            raise pytest.UsageError(str(error)) from error

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Collect every page beside what is collected anyway."""
        report = yield
        if self._all and isinstance(collector, pytest.Session) and report.passed:
            pages = (SamplePage.from_parent(collector, path=path, samples=self) for path in self.pages)
            report.result = [*report.result, *pages]
        return report

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> SamplePage | None:
        """Collect a page that lies below a path which is named on the command line."""
        if self._all or file_path.suffix.lower() not in ENDINGS:
            return None
        # pytest asks about the neighbours of what is named too, and no page is read for them
        above = (file_path, *file_path.parents)
        if not any(root in above for root in self._roots) or not any(map(parent.session.isinitpath, above)):
            return None
        try:
            wanted = file_path in self.pages
        except HarnessError as error:
            raise parent.CollectError(str(error)) from None
        return SamplePage.from_parent(parent, path=file_path, samples=self) if wanted else None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Tell of the page where pytest would tell of a traceback."""
        report = yield
        if isinstance(item, PlacedItem):
            item.place(report, call.excinfo)
        return report

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what the samples' verdicts are, and how weak the isolation was where it was."""
        properties = {
            report.nodeid: dict(report.user_properties)
            for reports in terminalreporter.stats.values()
            for report in reports
            if isinstance(report, pytest.TestReport) and report.user_properties
        }
        verdicts = Counter(str(one[VERDICT]) for one in properties.values() if VERDICT in one)
        if not verdicts:
            return
        terminalreporter.section("samples")
        terminalreporter.write_line(", ".join(f"{number} {verdict}" for verdict, number in verdicts.items()))
        for name in sorted({str(one[SANDBOX]) for one in properties.values() if SANDBOX in one}):
            strength = self._checker.strength(name)
            terminalreporter.write_line(f"sandbox: {name}: {strength}", red=name == "process")

    def pytest_sessionfinish(self) -> None:
        """Leave nothing running."""
        self._checker.close()

    @cached_property
    def pages(self) -> dict[Path, Page]:
        """Every page, by its absolute path."""
        return {self._absolute(one.path): one for one in self._checker.pages}

    def _absolute(self, page: str) -> Path:
        return Path(os.path.abspath(self._here / page))  # noqa: PTH100 - links stay as they are named

    @property
    def checker(self) -> Checker:
        """Runs the jobs."""
        return self._checker


def _root(pages: Path) -> Path:
    """Return the folder in which a glob begins, and any other path as it is."""
    return Path(*takewhile(lambda part: not glob.has_magic(part), pages.parts))


class SamplePage(pytest.File):
    """A page with samples."""

    def __init__(self, *, samples: Samples, **node: Any) -> None:  # noqa: ANN401 - handed through
        """Keep what is known of the page.

        Args:
            samples: The run that it belongs to.
            node: What pytest says of its place.
        """
        super().__init__(**node)
        self._samples = samples

    def collect(self) -> Iterator[pytest.Item]:
        """Yield the page itself where something is wrong with it, then its samples from above."""
        page, checker = self._samples.pages[self.path], self._samples.checker
        if page.faults:
            yield PageItem.from_parent(self, name="page", found=page, checker=checker)
        items: list[PlacedItem] = [
            *(self._sample(job) for job in page.jobs),
            *(
                LeftOutItem.from_parent(self, name=one.id, sample=one, reason=why, checker=checker)
                for one, why in page.left_out
            ),
        ]
        yield from sorted(items, key=lambda item: item.line)

    def _sample(self, job: Job) -> SampleItem:
        """Return a job as an item; its target stands where pytest has parameters: xdist has groups behind ``@``."""
        name = f"{job.sample.id}[{job.id.removeprefix(job.sample.id + '@')}]"
        # pytest takes a bracket for parameters in an id that it is given, not in a name
        return SampleItem.from_parent(
            self, name=name, nodeid=f"{self.nodeid}::{name}", job=job, checker=self._samples.checker
        )
