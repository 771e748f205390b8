"""Libraries that fail by themselves as they resolve today, and a neighbouring set of versions that does not (E203).

A library is published with the dependencies of its day. Where one that it does
not cap moves on, a fresh installation can fail whatever the sample does. So
where a library's own frames fail, the job runs once more with the same release
of that library and everything else as the index served it when that release
came out. Where that run does not fail there, the clash is proved and named, and
the sample is judged by the run that shows the sample's own doing.
"""

from __future__ import annotations

import dataclasses
import logging
from datetime import date, timedelta
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from harness import jobs
from harness.judge.base import Case
from harness.judge.execution import ExecutionWitness
from harness.model.execution import Outcome
from harness.model.matrix import Lane
from harness.model.verdict import Code, Confidence, Finding, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from harness.jobs import Equipment, Ran
    from harness.model.environment import Lock, Request
    from harness.model.execution import Evidence, Raised
    from harness.model.matrix import Job

logger = logging.getLogger(__name__)

SETTLING = timedelta(days=2)
"""How long after a release its own dependencies may still have been on their way."""
NAMED = 5
"""How many packages that differ are named."""


def run(job: Job, equipment: Equipment, released: Callable[[str, str], str]) -> jobs.Ran:
    """Run a job, and once more beside today's versions where a library fails by itself.

    Args:
        job: The job.
        equipment: What jobs share.
        released: Gives the ISO date on which a version of a distribution came out, or an empty string.
    """
    ran = jobs.run(job, equipment)
    if ran.evidence is None or ran.lock is None or ran.request is None or job.target.lane is not Lane.CURRENT:
        return ran
    suspect = _suspect(ran, ran.evidence)
    name = suspect and _distribution(suspect, ran.evidence, ran.lock)
    version = ran.lock.version(name) if name else None
    day = released(name, version) if name and version else ""
    if not suspect or not name or not version or not day:
        return ran
    before = (date.fromisoformat(day[:10]) + SETTLING).isoformat()
    request = pinned(ran.request, name, version, before)
    logger.info("%s: %s may fail by itself; trying it as of %s", job.id, name, before)
    then = jobs.run(job, equipment, request)
    if then.evidence is None or then.lock is None or _fails_alike(suspect, then, then.evidence):
        return ran
    clash = _clash(name, suspect, ran.lock, then.lock)
    return dataclasses.replace(then, repairs=ran.repairs, clash=clash)


def pinned(request: Request, name: str, version: str, before: str) -> Request:
    """Return a request with one distribution at a version, and all else as of a day.

    Args:
        request: What was resolved.
        name: Normalised name of the distribution.
        version: The version to hold it at.
        before: ISO date, or empty for today.
    """
    own = [one for one in request.requirements if canonicalize_name(Requirement(one).name) == name]
    others = [one for one in request.requirements if one not in own]
    # a repair may have asked for it again, with an extra
    extras = sorted({extra for one in own for extra in Requirement(one).extras})
    held = f"{name}[{','.join(extras)}]=={version}" if extras else f"{name}=={version}"
    return dataclasses.replace(request, requirements=tuple(sorted([*others, held])), before=before)


def _suspect(ran: Ran, evidence: Evidence) -> Raised | None:
    """Return the failure of a library's own that ended the plain run, if one did."""
    if evidence.outcome is Outcome.PASSED:
        return None
    findings = ExecutionWitness().findings(Case(ran.job, ran.lock, evidence))
    doubtful = {
        one.line
        for one in findings
        if one.code is Code.ENVIRONMENT or (one.code is Code.BUG and one.confidence is Confidence.LIKELY)
    }
    fatal = [seen for seen in evidence.raised if seen.fatal and seen.line in doubtful]
    return next((seen for seen in fatal if len(set(_owners(seen))) > 1), None)


def _owners(seen: Raised) -> Iterator[str]:
    """Yield the libraries whose frames an exception passed through, outermost first, causes included."""
    cause: Raised | None = seen
    while cause is not None:
        yield from (frame.owner for frame in cause.frames if frame.owner not in {"sample", "stdlib", ""})
        cause = cause.cause


def _distribution(seen: Raised, evidence: Evidence, lock: Lock) -> str:
    """Return the distribution that the sample called when it failed."""
    provides = dict(evidence.modules)
    names = (canonicalize_name(provides.get(owner, owner)) for owner in _owners(seen))
    return next((name for name in names if lock.version(name)), "")


def _fails_alike(seen: Raised, ran: Ran, evidence: Evidence) -> bool:
    """Return whether the same line fails in a library again."""
    again = _suspect(ran, evidence)
    return again is not None and again.line <= seen.line


def _clash(name: str, seen: Raised, now: Lock, then: Lock) -> Finding:
    """Return what is said of a clash: which packages differ, those that the exception passed through first."""
    before = dict(then.packages)
    differ = {package: (version, before[package]) for package, version in now.packages if package in before}
    differ = {package: pair for package, pair in differ.items() if pair[0] != pair[1]}
    touched = [canonicalize_name(owner) for owner in _owners(seen)]
    order = sorted(differ, key=lambda package: (package not in touched, package))
    shown = ", ".join(f"{package} {differ[package][0]} (then {differ[package][1]})" for package in order[:NAMED])
    more = f" and {len(order) - NAMED} more" if len(order) > NAMED else ""
    return Finding(
        code=Code.ENVIRONMENT,
        kind=Kind.ENVIRONMENT,
        line=seen.line or 1,
        symbol=name,
        message=(
            f"{name} {now.version(name)} fails by itself with what it resolves to today: {shown}{more}; "
            "judged with the versions of its own release day"
        ),
        evidence=f"{seen.type}: {seen.message}",
        settled=True,
    )
