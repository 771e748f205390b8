"""One look at a sample without running it: the real objects that it names, and the type checker's word."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.errors import SandboxError
from harness.judge.static_spec import evidence, orders
from harness.model.execution import Limits, StoreAccess, Task
from harness.model.source import Language
from harness.model.static import StaticEvidence
from harness.sandbox.policy import PROBE, TY

if TYPE_CHECKING:
    from harness.model.environment import Environment
    from harness.model.execution import RunTask
    from harness.model.matrix import Job

logger = logging.getLogger(__name__)

SECONDS = 90.0
"""How long one look may take: the heaviest libraries need half a minute to import on a busy machine."""


def static(job: Job, environment: Environment, run: RunTask, limits: Limits | None = None) -> StaticEvidence | None:
    """Look at a job's sample in its environment; None where it holds no Python.

    A look that fails leaves a note and no verdict: the run says what there is to say.

    Args:
        job: The sample and its context.
        environment: Where its libraries are installed.
        run: Runs a task in the sandbox.
        limits: Bounds of a job; a look takes its own time.
    """
    if not any(part.language is Language.PYTHON for part in job.sample.parts):
        return None
    task = Task(
        argv=(environment.python, "-I", f"{PROBE}/introspect.py", TY),
        python=environment.lock.python,
        stdin=orders(job, SECONDS),
        env=job.context.env,
        store=StoreAccess.READ,
        limits=replace(limits or Limits(), seconds=SECONDS, output=16 << 20),
        label=f"{job.id} static",
    )
    try:
        return evidence(run(task), job.sample)
    except SandboxError as error:
        logger.info("%s: %s", task.label, error.what)
        return StaticEvidence(notes=(f"the static look did not run: {error.what}",))
