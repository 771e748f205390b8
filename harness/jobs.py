"""One job's way from requirements to evidence, repairs included.

A repair is a step back: the library, once it runs, asks for a package or an
extra that nothing declared. So lock → environment → run is a loop here, and the
pipeline above stays a list.
"""

from __future__ import annotations

import dataclasses
import logging
import math
import secrets
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from harness.activity import Activity
from harness.errors import HarnessError, ResolutionError, SandboxError
from harness.judge import spec
from harness.judge.base import Case
from harness.judge.missing import missing, missing_later
from harness.ledger.results import result_key
from harness.model.environment import Request
from harness.model.execution import StoreAccess, Task
from harness.model.matrix import Lane
from harness.model.source import Language
from harness.plan.matrix import published_on
from harness.plan.requirements import grant
from harness.sandbox.policy import PROBE
from harness.static_run import Kept, static

if TYPE_CHECKING:
    import threading
    from collections.abc import Mapping

    from harness.environments.provider import Provider
    from harness.environments.resolver import Resolver
    from harness.environments.timeline import Timeline
    from harness.ledger.results import ResultsCache
    from harness.model.environment import Environment, Interpreter, Lock
    from harness.model.execution import Evidence, Limits
    from harness.model.matrix import Job
    from harness.model.static import StaticEvidence
    from harness.model.verdict import Finding
    from harness.sandbox.base import Sandbox
    from harness.stubbing import Stubs

logger = logging.getLogger(__name__)

EXPLORE, STATIC = "explore", "static"
"""What else is looked at beside the plain run: what it would have met, and what is there."""
MAX_REPAIRS = 6
"""How often an environment is repaired before the job is judged as it is."""


@dataclass(frozen=True, slots=True)
class Equipment:
    """What all jobs of one invocation share."""

    sandbox: Sandbox
    """What isolates them."""
    interpreters: tuple[Interpreter, ...]
    """The Pythons on offer, newest first."""
    resolver: Resolver
    """Gives locks."""
    provider: Provider
    """Gives environments."""
    results: ResultsCache
    """Results of earlier runs."""
    reuse: bool
    """Whether those may be used."""
    limits: Limits
    """Bounds of one job, where nothing else is said."""
    digests: Mapping[str, str]
    """``probe`` and ``stubs`` to the digest of what is shipped."""
    cancel: threading.Event
    """Set when the run is to stop."""
    timeline: Timeline | None = None
    """Answers questions about published releases; None where nobody may be asked."""
    stubs: Stubs | None = None
    """What stands in for services; None in a sandbox where nothing can."""
    explore: bool = False
    """Whether what stands behind the first failure is looked at too."""
    execute: bool = True
    """Whether samples are run at all; else they are looked at alone."""
    as_of: str = ""
    """ISO date of the index that is asked, empty for today's; a page's own date comes before it."""
    older_runs: int = 0
    """How often one sample may be run in older releases, to date what no interface tells of."""
    older_time: float = math.inf
    """Seconds after which no more of those runs begin."""
    older: str = ""
    """The release that is tried, empty for today's; its environment is for two runs, so it is not compiled."""
    activity: Activity = field(default_factory=Activity)
    """Hears what jobs are at."""

    def at(self, job: Job, step: str) -> None:
        """Say what a job is at."""
        self.activity.step(job.id, f"{self.older}: {step}" if self.older else step)


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of a job."""

    job: Job
    """The job."""
    lock: Lock | None = None
    """What it ran against; None where nothing could be resolved."""
    evidence: Evidence | None = None
    """None where it did not run."""
    explored: Evidence | None = None
    """What a run showed that does not stop at a failure, None where there was none."""
    static: StaticEvidence | None = None
    """What was learned without running it, None where nobody looked."""
    clash: Finding | None = None
    """What made the libraries fail by themselves as they resolve today, where a way around it was found."""
    request: Request | None = None
    """What was resolved for it."""
    repairs: tuple[str, ...] = ()
    """Requirements added because a library asked for them."""
    notes: tuple[str, ...] = ()
    """What a reader of the report should know of how it ran."""
    cached: bool = False
    """True where an earlier run with the same inputs answered."""
    fault: HarnessError | None = None
    """Why it did not run: our fault, or the resolver's word that no versions fit."""

    @property
    def seen(self) -> tuple[Evidence, ...]:
        """What every run of it showed."""
        return tuple(one for one in (self.evidence, self.explored) if one is not None)

    @property
    def case(self) -> Case:
        """What there is to judge."""
        return Case(self.job, self.lock, self.evidence, explored=self.explored, static=self.static)

    @property
    def modules(self) -> tuple[tuple[str, str], ...]:
        """(module, distribution) pairs: what the sample's imports are known by, then what the runs saw.

        A distribution may have given its modules to others since: the one that an import is known by is asked too.
        """
        known_by = ((one.module, distribution(one.requirement)) for one in self.job.needs if one.module)
        return (*known_by, *(pair for one in self.seen for pair in one.modules))

    @property
    def requested(self) -> frozenset[str]:
        """Normalised names of the distributions that the job asks for."""
        return frozenset(distribution(one) for one in self.job.requirements)


def run(job: Job, equipment: Equipment, request: Request | None = None) -> Ran:
    """Run one job; never raises a `HarnessError`, for one bad job never stops the others.

    Args:
        job: The job.
        equipment: What jobs share.
        request: What to resolve, in place of what the job asks for.
    """
    best = Ran(job)
    if job.skip or not any(part.language in spec.RUN for part in job.sample.parts):
        return best
    repairs: tuple[str, ...] = ()
    for _ in range(MAX_REPAIRS + 1):
        try:
            wanted = _request(job, repairs, equipment, request)
            if not equipment.execute:
                return _looked(Ran(job, equipment.resolver.lock(wanted), request=wanted), equipment)
            ran = _attempt(job, wanted, repairs, equipment)
            # where a library already asks for a package, the environment changes first
            ran = ran if _asked(ran) else _looked(_explored(ran, equipment), equipment)
        except ResolutionError as error:
            # a repair that cannot be installed leaves the answer that asked for it
            return best if best.evidence else dataclasses.replace(best, fault=error)
        except HarnessError as error:
            return dataclasses.replace(best, fault=error)
        best = ran
        asked = _asked(ran)
        if not asked:
            break
        logger.info("%s: a library asks for %s", job.id, ", ".join(asked))
        repairs = (*repairs, *asked)
    fault = equipment.stubs.lacking(best.lock.python if best.lock else "") if equipment.stubs else ""
    return dataclasses.replace(best, notes=(fault,)) if fault else best


def _attempt(job: Job, request: Request, repairs: tuple[str, ...], equipment: Equipment) -> Ran:
    """Resolve, install and run once, or take the result that is known."""
    limits = dataclasses.replace(equipment.limits, seconds=spec.seconds(job, equipment.limits))
    equipment.at(job, "resolving")
    # the lock first: where its result is known, its environment need not be there
    lock = equipment.resolver.lock(request)
    if evidence := _known(job, lock, limits, equipment):
        return Ran(job, lock, evidence, request=request, repairs=repairs, cached=True)
    equipment.at(job, f"installing {len(lock.packages)} packages")
    environment = equipment.provider.ready(request, compiled=not equipment.older)
    # what was installed may be another lock, where the first one does not build
    if environment.lock != lock and (evidence := _known(job, environment.lock, limits, equipment)):
        return Ran(job, environment.lock, evidence, request=request, repairs=repairs, cached=True)
    equipment.at(job, "running")
    evidence = _run(job, environment, limits, equipment)
    equipment.results.put(key(job, environment.lock.digest, limits, equipment), evidence)
    return Ran(job, environment.lock, evidence, request=request, repairs=repairs)


def _explored(ran: Ran, equipment: Equipment) -> Ran:
    """Run the sample once more, without stopping, in the same environment, or take the result that is known."""
    job = ran.job
    python = any(part.language is Language.PYTHON for part in job.sample.parts)
    if not equipment.explore or not python or ran.lock is None or ran.request is None:
        return ran
    limits = dataclasses.replace(equipment.limits, seconds=spec.seconds(job, equipment.limits))
    evidence = _known(job, ran.lock, limits, equipment, EXPLORE)
    if evidence is None:
        equipment.at(job, "exploring")
        environment = equipment.provider.ready(ran.request, compiled=not equipment.older)
        evidence = _run(job, environment, limits, equipment, EXPLORE)
        equipment.results.put(key(job, ran.lock.digest, limits, equipment, EXPLORE), evidence)
    return dataclasses.replace(ran, explored=evidence)


def _looked(ran: Ran, equipment: Equipment) -> Ran:
    """Look at the sample without running it, in the same environment, or take what is known."""
    wanted = not equipment.older and (equipment.explore or not equipment.execute)
    if not wanted or ran.lock is None or ran.request is None:
        return ran
    equipment.at(ran.job, "looking at its objects")
    seen = static(
        ran.job,
        ran.lock,
        partial(equipment.provider.ready, ran.request),
        run=partial(equipment.sandbox.run, cancel=equipment.cancel),
        kept=Kept(equipment.results, equipment.reuse, equipment.digests["probe"], equipment.sandbox.name),
    )
    return dataclasses.replace(ran, static=seen)


def _known(job: Job, lock: Lock, limits: Limits, equipment: Equipment, mode: str = "") -> Evidence | None:
    """Return the evidence of an earlier, equal run."""
    return equipment.results.get(key(job, lock.digest, limits, equipment, mode)) if equipment.reuse else None


def key(job: Job, lock: str, limits: Limits, equipment: Equipment, mode: str = "") -> str:
    """Return what stands for all that a run depends on.

    Args:
        job: What is run.
        lock: What stands for the packages.
        limits: Its bounds.
        equipment: What jobs share.
        mode: How it is looked at, empty for a plain run.
    """
    # what was seen without them is no answer for the next time
    stubs = equipment.digests["stubs"] if equipment.stubs and not equipment.stubs.fault else ""
    shipped = {"probe": equipment.digests["probe"] + mode, "stubs": stubs}
    return result_key(job.sample, job.context, lock=lock, limits=limits, sandbox=equipment.sandbox.name, **shipped)


def _request(job: Job, repairs: tuple[str, ...], equipment: Equipment, given: Request | None) -> Request:
    if given is not None:
        return dataclasses.replace(given, requirements=tuple(sorted({*given.requirements, *repairs})))
    lane = job.target.lane
    return Request(
        requirements=tuple(sorted({*job.requirements, *repairs})),
        lane=lane,
        python=job.target.python or _python(job.requires_python, equipment.interpreters),
        before=published_on(job.sample.page) if lane is Lane.PUBLISHED else equipment.as_of,
    )


def _python(requires: str, interpreters: tuple[Interpreter, ...]) -> str | None:
    """Return the newest Python on offer that the sample's own metadata allows, None where it does not care."""
    if not requires:
        return None
    allowed = SpecifierSet(requires)
    return next((one.version for one in interpreters if allowed.contains(one.version)), None)


def _run(job: Job, environment: Environment, limits: Limits, equipment: Equipment, mode: str = "") -> Evidence:
    """Run the probe in the sandbox; where the environment has gone, it is built once more."""
    try:
        return _probe(job, environment, limits, equipment, mode)
    except SandboxError as error:
        logger.info("%s: %s; its environment is made anew", job.id, error.what)
        return _probe(job, equipment.provider.rebuilt(environment), limits, equipment, mode)


def _probe(job: Job, environment: Environment, limits: Limits, equipment: Equipment, mode: str) -> Evidence:
    interpreter = next(one for one in equipment.interpreters if one.platform == environment.lock.platform)
    stubs = equipment.stubs.orders(interpreter) if equipment.stubs else None
    seal = secrets.token_hex(16)
    task = Task(
        argv=(interpreter.executable, "-I", f"{PROBE}/supervisor.py"),
        python=interpreter.version,
        stdin=spec.spec(job, environment, limits, mode, stubs, seal=seal),
        store=StoreAccess.READ,
        limits=dataclasses.replace(limits, seconds=limits.seconds + spec.GRACE),
        label=job.id,
    )
    done = equipment.sandbox.run(task, equipment.cancel)
    if done.stderr:
        logger.info("%s: %s", job.id, done.stderr[-2000:].decode("utf-8", "replace").strip())
    return spec.evidence(done, job.sample, seal)


def _asked(ran: Ran) -> tuple[str, ...]:
    """Return what a library asked for that may be installed and is not there yet."""
    if ran.evidence is None or ran.lock is None:
        return ()
    text = "\n".join(part.text for part in ran.job.sample.parts if part.language is Language.PYTHON)
    have = {*ran.job.requirements, *ran.repairs}
    installed = dict(ran.lock.packages)
    asks = missing(ran.evidence, text) or (missing_later(ran.explored) if ran.explored else ())
    granted = (grant(one.requirement, one.module, installed) for one in asks)
    return tuple(sorted({one for one in granted if one and one not in have}))


def distribution(requirement: str) -> str:
    """Return the normalised name of what a requirement asks for."""
    return canonicalize_name(Requirement(requirement).name)
