"""The seam between what was seen and what is said: a witness turns a case into findings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from harness.model.environment import Lock
    from harness.model.execution import Evidence
    from harness.model.matrix import Job
    from harness.model.static import StaticEvidence
    from harness.model.verdict import Finding


@dataclass(frozen=True, slots=True)
class Case:
    """All that is known of one job when it is judged."""

    job: Job
    """What was asked for."""
    lock: Lock | None = None
    """What it ran against, None where nothing could be resolved."""
    evidence: Evidence | None = None
    """What the probe wrote down, None where it did not run."""
    explored: Evidence | None = None
    """What it wrote down of the run that does not stop at a failure, None where there was none."""
    static: StaticEvidence | None = None
    """What was learned without running it, None where nobody looked."""


class Witness(Protocol):
    """A source of evidence; each says only what it can see."""

    @property
    def name(self) -> str:
        """How findings name it: ``execution``, ``static``, ``timeline``, ``parser``."""

    def findings(self, case: Case) -> tuple[Finding, ...]:
        """Return what is wrong, in any order, repeats allowed: `judge.verdict` weighs them."""
