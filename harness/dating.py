"""Failures that no interface tells of → dated by running the sample in older releases.

A default that now refuses what the sample passes, a value that is no longer
taken: the signature stayed, so reading releases says nothing. The same look at
the same sample, with one distribution taken back, does. Few runs are needed: the
page's own date says where to begin, and halving does the rest.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from harness import jobs
from harness.environments.older import OutOfRunsError, narrowed
from harness.judge.behaviour import undated, with_runs, works
from harness.judge.timeline import holders
from harness.judge.verdict import merge
from harness.model.matrix import Lane
from harness.model.verdict import History
from harness.neighbours import SETTLING, pinned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.environments.api_listing import Release
    from harness.jobs import Equipment
    from harness.judge.base import Case
    from harness.judging import Weighed
    from harness.model.verdict import Finding

logger = logging.getLogger(__name__)

OWN_DAY: Final = timedelta(days=365)
"""Age from which a release is tried with what came out in its own time: today's packages may not work with it."""


def dated(weighed: Weighed, equipment: Equipment) -> Weighed:
    """Return what a run shows, with the history of what only runs in older releases can date.

    Args:
        weighed: A run and its findings.
        equipment: What jobs share; its ``older_runs`` bounds the runs, zero turns them off.
    """
    ran = weighed.ran
    wanted = undated(weighed.findings, weighed.refused, ran.case.job.sample)
    usable = equipment.timeline is not None and equipment.explore and equipment.older_runs > 0
    if not usable or not wanted or ran.request is None or ran.clash or ran.job.target.lane is not Lane.CURRENT:
        return weighed
    found = _Dating(weighed, equipment).run(wanted)
    return replace(weighed, findings=merge(with_runs(weighed.findings, found))) if found else weighed


class _Dating:
    """The runs of one sample in older releases."""

    def __init__(self, today: Weighed, equipment: Equipment) -> None:
        self._ran = today.ran
        self._case = today.ran.case
        self._equipment = equipment
        self._left = equipment.older_runs
        self._known: dict[tuple[str, str], Case | None] = {}

    def run(self, wanted: Sequence[Finding]) -> list[tuple[Finding, History]]:
        """Return what could be dated."""
        found = []
        for finding in wanted:
            for name, version in self._holders(finding)[:1]:
                history = self._history(finding, name, version)
                found += [(finding, history)] if history else []
        return found

    def _holders(self, finding: Finding) -> list[tuple[str, str]]:
        ran = self._ran
        if ran.lock is None or ran.evidence is None:
            return []
        return holders(finding.symbol, ran.lock, ran.modules, ran.requested)

    def _history(self, finding: Finding, name: str, version: str) -> History | None:
        timeline = self._equipment.timeline
        releases = timeline.published(name, version) if timeline else ()
        tried: dict[str, bool | None] = {}

        def look(release: Release) -> bool | None:
            tried[release.version] = told = self._works(finding, name, release, releases[-1])
            return told

        change = narrowed(releases, self._ran.job.sample.page.updated, look) if len(releases) > 1 else None
        if change is None:
            return None
        told = sum(one is not None for one in tried.values()) + 1
        bad = change.first_bad
        return History(name, change.last_good.version, bad.version, bad.date[:10] or None, told)

    def _works(self, finding: Finding, name: str, release: Release, tested: Release) -> bool | None:
        """Return whether the line works in a release; None where no run tells."""
        then = self._then(name, release, tested)
        return works(finding, then, self._case) if then else None

    def _then(self, name: str, release: Release, tested: Release) -> Case | None:
        """Return what the sample shows with one distribution taken back, None where that does not run."""
        key = (name, release.version)
        if key not in self._known:
            request = self._ran.request
            if self._left <= 0 or request is None:
                raise OutOfRunsError
            self._left -= 1
            old = bool(release.date and tested.date) and _day(tested) - _day(release) > OWN_DAY
            before = (_day(release) + SETTLING).isoformat() if old else ""
            logger.info("%s: trying %s %s", self._ran.job.id, name, release.version)
            ran = jobs.run(self._ran.job, self._equipment, pinned(request, name, release.version, before))
            self._known[key] = ran.case if ran.evidence and ran.fault is None else None
        return self._known[key]


def _day(release: Release) -> date:
    return date.fromisoformat(release.date[:10])
