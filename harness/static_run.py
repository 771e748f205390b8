"""One look at a sample without running it: the real objects that it names, and the type checker's word."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import TYPE_CHECKING

import msgspec

from harness.errors import SandboxError
from harness.judge.static_spec import evidence, orders
from harness.model.execution import Ending, Limits, StoreAccess, Task
from harness.model.source import Language
from harness.model.static import StaticEvidence
from harness.sandbox.policy import PROBE, TY

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.ledger.results import ResultsCache
    from harness.model.environment import Environment, Lock
    from harness.model.execution import RunTask
    from harness.model.matrix import Job

logger = logging.getLogger(__name__)

SECONDS = 90.0
"""How long one look may take: the heaviest libraries need half a minute to import on a busy machine."""
OUTPUT = 16 << 20
"""Bytes of its answer."""
SHAPE = hashlib.sha256(msgspec.json.encode(msgspec.json.schema(StaticEvidence))).hexdigest()
"""Stands for what the evidence can hold: looks from before a field was added do not have it."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Looks of earlier invocations, and what they depend on beside the sample and its lock."""

    results: ResultsCache
    """Where they are."""
    reuse: bool
    """Whether they may be used."""
    probe: str
    """Digest of what is shipped into the sandbox."""
    sandbox: str
    """Name of the sandbox."""

    def key(self, job: Job, lock: Lock) -> str:
        """Return the SHA-256 over all that a look depends on."""
        parts = [(part.name, part.language, part.text) for part in job.sample.parts]
        everything = [SHAPE, parts, job.context.env, lock.digest, self.probe, version("ty"), self.sandbox]
        return hashlib.sha256(msgspec.json.encode(everything)).hexdigest()


def static(
    job: Job, lock: Lock, environment: Callable[[], Environment], *, run: RunTask, kept: Kept | None = None
) -> StaticEvidence | None:
    """Look at a job's sample against a lock; None where it holds no Python.

    A look that fails leaves a note and no verdict: the run says what there is to say.

    Args:
        job: The sample and its context.
        lock: What its libraries are.
        environment: Gives the place where they are installed; asked only where the answer is not known.
        run: Runs a task in the sandbox.
        kept: Looks of earlier invocations.
    """
    if not any(part.language is Language.PYTHON for part in job.sample.parts):
        return None
    key = kept.key(job, lock) if kept else ""
    if kept and kept.reuse and (known := kept.results.read(key, StaticEvidence)):
        return known
    try:
        done = run(_task(job, environment()))
    except SandboxError as error:
        logger.info("%s: the static look: %s", job.id, error.what)
        return StaticEvidence(notes=(f"the static look did not run: {error.what}",), whole=False)
    seen = evidence(done, job.sample)
    # one that failed before it could say anything may have met an environment that is gone
    if kept and (done.code == 0 or done.ending is Ending.TIMEOUT):
        kept.results.write(key, seen, lasts=seen.whole)
    return seen


def _task(job: Job, environment: Environment) -> Task:
    return Task(
        argv=(environment.python, "-I", f"{PROBE}/introspect.py", TY),
        python=environment.lock.python,
        stdin=orders(job, SECONDS),
        env=job.context.env,
        store=StoreAccess.READ,
        limits=replace(Limits(), seconds=SECONDS, output=OUTPUT),
        label=f"{job.id} static",
    )
