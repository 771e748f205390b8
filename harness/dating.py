"""Failures that no interface tells of → dated by running the sample in older releases.

A default that now refuses what the sample passes, a value that is no longer
taken: the signature stayed, so reading releases says nothing. The same look at
the same sample, with one distribution taken back, does. Few runs are needed: the
page's own date says where to begin, and halving does the rest. What a release
showed is kept: it does not change with what is published since.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from packaging.version import Version

from harness import jobs
from harness.environments.older import OutOfRunsError, narrowed
from harness.errors import ResolutionError
from harness.judge.base import Case
from harness.judge.behaviour import undated, with_runs, works
from harness.judge.timeline import holders
from harness.judge.verdict import merge
from harness.model.execution import Ending, Evidence
from harness.model.matrix import Lane
from harness.model.verdict import History
from harness.neighbours import SETTLING, pinned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.environments.api_listing import Release
    from harness.jobs import Equipment, Ran
    from harness.judging import Weighed
    from harness.model.environment import Request
    from harness.model.verdict import Finding

logger = logging.getLogger(__name__)

OLDER: Final = "older"
"""What is kept of a run in an older release: it stands for whatever is installed beside it."""
OWN_DAY: Final = timedelta(days=365)
"""Age from which a release is tried with what came out in its own time: today's packages may not work with it."""


def dated(weighed: Weighed, equipment: Equipment) -> Weighed:
    """Return what a run shows, with the history of what only runs in older releases can date.

    Args:
        weighed: A run and its findings.
        equipment: What jobs share; its ``older_runs`` and ``older_time`` bound the runs, no runs turn them off.
    """
    ran = weighed.ran
    wanted = undated(weighed.findings, weighed.refused, ran.case.job.sample)
    usable = equipment.timeline is not None and equipment.explore and equipment.older_runs > 0
    if not usable or not wanted or ran.request is None or ran.clash or ran.job.target.lane is not Lane.CURRENT:
        return weighed
    dating = _Dating(ran, ran.request, equipment, wanted)
    found = dating.run()
    told = replace(weighed, ran=replace(ran, notes=(*ran.notes, *dating.notes))) if dating.notes else weighed
    return replace(told, findings=merge(with_runs(told.findings, found))) if found else told


@dataclass(frozen=True, slots=True)
class Shown:
    """What a sample showed with one distribution taken back, as it is kept."""

    python: str
    """The Python that was asked for, empty where none was."""
    evidence: Evidence | None = None
    """Of the run as published; None where the release cannot be used."""
    explored: Evidence | None = None
    """Of the run that does not stop; None where the first told all that was asked."""


class _Dating:
    """The runs of one sample in older releases."""

    def __init__(self, today: Ran, request: Request, equipment: Equipment, wanted: Sequence[Finding]) -> None:
        self._ran = today
        self._case = today.case
        self._request = request
        self._wanted = wanted
        self._equipment = equipment
        self._until = time.monotonic() + equipment.older_time
        self._left = equipment.older_runs
        self._known: dict[tuple[str, str], Case | None] = {}
        self._beside_today: set[tuple[str, str]] = set()
        self._bound = ""
        self.notes: tuple[str, ...] = ()

    def run(self) -> list[tuple[Finding, History]]:
        """Return what could be dated."""
        found = []
        for finding in self._wanted:
            self._bound = ""
            known = finding.history
            for name, version in self._holders(finding)[:1]:
                if known and known.distribution != name:
                    continue  # what another distribution had last says nothing of this one's releases
                history = self._history(finding, name, version)
                found += [(finding, history)] if history else []
            if self._bound:
                self.notes = (*self.notes, f"line {finding.line} is not dated: {self._bound}")
        return found

    def _holders(self, finding: Finding) -> list[tuple[str, str]]:
        ran = self._ran
        if ran.lock is None or ran.evidence is None:
            return []
        return holders(finding.symbol, ran.lock, ran.modules, ran.requested)

    def _history(self, finding: Finding, name: str, version: str) -> History | None:
        timeline = self._equipment.timeline
        releases = timeline.published(name, version) if timeline else ()
        releases = _between(releases, finding.history) if finding.history else releases
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
        told = works(finding, then, self._case) if then else None
        # beside packages that are years younger, a failure may be a matter between them
        return None if told is False and (name, release.version) in self._beside_today else told

    def _then(self, name: str, release: Release, tested: Release) -> Case | None:
        """Return what the sample shows with one distribution taken back, None where that does not run."""
        key = (name, release.version)
        if key not in self._known:
            if self._left <= 0:
                raise self._spent(f"{self._equipment.older_runs} older releases did not suffice (--older-runs)")
            self._left -= 1
            old = bool(release.date and tested.date) and _day(tested) - _day(release) > OWN_DAY
            before = (_day(release) + SETTLING).isoformat() if old else ""
            shown = self._shown(name, release, before)
            if before and shown.evidence is None:  # what else was new that day may not install on any Python of today
                shown = self._shown(name, release, "")
                self._beside_today.add(key)
            self._known[key] = self._case_of(shown) if shown.evidence else None
        return self._known[key]

    def _case_of(self, shown: Shown) -> Case:
        return Case(self._ran.job, evidence=shown.evidence, explored=shown.explored)

    def _tells(self, shown: Shown) -> bool:
        """Return whether nothing more is to be learnt: it was explored, or all fail already in the plain run."""
        then = self._case_of(shown)
        return shown.explored is not None or all(works(one, then, self._case) is False for one in self._wanted)

    def _spent(self, why: str) -> OutOfRunsError:
        self._bound = why
        return OutOfRunsError()

    def _shown(self, name: str, release: Release, before: str) -> Shown:
        """Return what is kept of a release, with all else as of a day or as today, else what a run shows.

        What ran on another Python tells as much of the library; what could not be used there may be here.
        """
        python = self._ran.job.target.python or ""
        equipment = self._equipment
        request = pinned(self._request, name, release.version, before)
        key = jobs.key(self._ran.job, " ".join((*request.requirements, before)), equipment.limits, equipment, OLDER)
        kept = equipment.results.read(key, Shown) if equipment.reuse else None
        if kept and (self._tells(kept) if kept.evidence else kept.python == python):
            return kept
        if time.monotonic() > self._until:
            raise self._spent(
                f"{equipment.older_time:g} s of runs in older releases did not suffice (--older-time); "
                "the next check goes on from there"
            )
        logger.info("%s: trying %s %s", self._ran.job.id, name, release.version)
        older = replace(equipment, older=f"{name} {release.version}", explore=False)
        ran = jobs.run(self._ran.job, older, request)
        if ran.fault is None and ran.evidence and not self._tells(Shown(python, ran.evidence)):
            # the plain run is known by now
            ran = jobs.run(self._ran.job, replace(older, explore=True, reuse=True), request)
        shown = Shown(python, ran.evidence, ran.explored) if ran.fault is None else Shown(python)
        # what failed for another reason may not fail next time
        if ran.fault is None or (isinstance(ran.fault, ResolutionError) and ran.fault.unsatisfiable):
            equipment.results.write(key, shown, lasts=all(one.ending is Ending.EXITED for one in ran.seen))
        return shown


def _between(releases: Sequence[Release], read: History) -> tuple[Release, ...]:
    """Return the releases that reading left open: from the last one that has it to the next that is known not to."""
    good = Version(read.last_good or "0")
    bad = min((Version(one) for one in read.releases if Version(one) > good), default=None)
    return tuple(one for one in releases if good <= one.parsed and (bad is None or one.parsed <= bad))


def _day(release: Release) -> date:
    return date.fromisoformat(release.date[:10])
