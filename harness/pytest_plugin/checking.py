"""Pages to jobs, and a job to the report on it; knows nothing of pytest.

Jobs are run one by one here, as whoever calls wants them, over equipment that
is made ready with the first of them.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from harness import baseline, judging, pipeline
from harness.equipping import equipped, sandboxes
from harness.errors import HarnessError
from harness.executing import weighed
from harness.model.verdict import Report
from harness.report import gate
from harness.report.fingerprint import fingerprinted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.extract import Extraction
    from harness.jobs import Equipment
    from harness.model.matrix import Job
    from harness.model.source import Sample
    from harness.model.verdict import PageFault, SampleReport
    from harness.options import Options
    from harness.pipeline import Plan

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Page:
    """What there is to check of one page."""

    path: str
    """The path as it was given."""
    jobs: tuple[Job, ...]
    """Its samples at every target, in the order of the page."""
    left_out: tuple[tuple[Sample, str], ...]
    """Samples that are not checked, and why."""
    faults: tuple[PageFault, ...]
    """What is wrong with the page itself."""


class Checker:
    """Runs jobs one by one and holds what they show against the baseline and the gate."""

    def __init__(self, options: Options) -> None:
        """Read nothing but the baseline yet.

        Raises:
            ConfigError: If there is a baseline that cannot be read.
        """
        self._options = options
        self._baseline = baseline.asked_for(options)
        self._open = ExitStack()
        self._equipment: Equipment | None = None
        self._fault: HarnessError | None = None

    @cached_property
    def pages(self) -> tuple[Page, ...]:
        """Every page with its jobs.

        Raises:
            ConfigError: If pages, contexts or profiles cannot be used.
            NothingSelectedError: If the option ``select`` leaves nothing.
        """
        jobs: dict[str, tuple[Job, ...]] = defaultdict(tuple)
        for job in self._plan.jobs:
            jobs[job.sample.page.path] += (job,)
        left_out: dict[str, tuple[tuple[Sample, str], ...]] = defaultdict(tuple)
        for sample, why in self._plan.left_out:
            left_out[sample.page.path] += ((sample, why),)
        return tuple(
            Page(
                path=one.page.path,
                jobs=jobs[one.page.path],
                left_out=left_out[one.page.path],
                faults=tuple(fault for fault in one.findings if not judging.belongs_to_sample(fault)),
            )
            for one in self._extractions
        )

    def check(self, job: Job) -> Report:
        """Run a job and return the report on its sample, as this target alone shows it.

        Raises:
            HarnessError: If no job can be run at all.
        """
        equipment = self._ready()
        # in a thread, for ^C and time limits reach the main thread alone, and what runs is to be stopped by them
        pool = ThreadPoolExecutor(1, thread_name_prefix="sample")
        future = pool.submit(weighed, job, equipment)
        try:
            return self._report([pipeline.judge(job.sample, [future.result()], self._plan)])
        finally:
            if not future.done():
                self.close()
            pool.shutdown()

    def faulty(self, page: Page) -> Report:
        """Return the report on what is wrong with a page itself."""
        # fingerprints hold the page's slug, which its samples know
        samples = [sample for one in self._extractions if one.page.path == page.path for sample in one.samples]
        return replace(self._report([judging.skipped(one, "") for one in samples], page.faults), samples=())

    def fails(self, report: Report) -> bool:
        """Return whether a report is at the gate."""
        return gate.reached(report, self._options.fail_on)

    def strength(self, sandbox: str) -> str:
        """Return what a sandbox keeps in and what it does not; empty for one that is not known."""
        return next((one.strength for one in sandboxes(self._options, sandbox)), "")

    def close(self) -> None:
        """Stop what runs and leave nothing behind; another job opens all of it anew."""
        self._equipment = None
        self._open.close()

    @cached_property
    def _extractions(self) -> tuple[Extraction, ...]:
        return pipeline.extract(self._options)

    @cached_property
    def _plan(self) -> Plan:
        return pipeline.plan(self._extractions, self._options)

    def _ready(self) -> Equipment:
        """Return what jobs share; what cannot be made ready is not tried for every job again."""
        if self._fault:
            raise self._fault
        if self._equipment is None:
            try:
                self._equipment = self._open.enter_context(equipped(self._options, logger.warning))
            except HarnessError as error:
                self._fault = error
                raise
        return self._equipment

    def _report(self, samples: Sequence[SampleReport], faults: tuple[PageFault, ...] = ()) -> Report:
        now = pipeline.now()
        whole = Report(started=now, finished=now, samples=tuple(samples), faults=faults)
        # what is to be tidied in the baseline shows in a whole run only
        return replace(baseline.applied(fingerprinted(whole), self._baseline), overdue=())
