"""One job's whole way, from its lock to findings with history and replacements that were tried."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from harness import dating, jobs, judging, neighbours, suggesting
from harness.errors import HarnessError

if TYPE_CHECKING:
    from harness.jobs import Equipment
    from harness.judging import Weighed
    from harness.model.matrix import Job

logger = logging.getLogger(__name__)


def weighed(job: Job, equipment: Equipment) -> Weighed:
    """Job → findings; raises nothing, for a bug of ours in one job does not take the others with it."""
    equipment.activity.begin(job.id)
    try:
        found = _weighed(job, equipment)
    except Exception as error:
        logger.exception("%s: this is a bug in the harness", job.id)
        found = failed(job, HarnessError(f"a bug in the harness: {type(error).__name__}: {error}", where=job.id))
    finally:
        equipment.activity.end(job.id)
    return replace(found, sandbox=equipment.sandbox.name)


def failed(job: Job, fault: HarnessError) -> Weighed:
    """Return what there is to say of a job that could not be run, for a reason of ours."""
    return judging.weigh(jobs.Ran(job, fault=fault), None)


def _weighed(job: Job, equipment: Equipment) -> Weighed:
    timeline = equipment.timeline
    ran = neighbours.run(job, equipment, timeline.released) if timeline else jobs.run(job, equipment)
    equipment.activity.step(job.id, "reading releases")
    seen = dating.dated(judging.weigh(ran, timeline.ask if timeline else None), equipment)
    return suggesting.suggested(seen, equipment)
