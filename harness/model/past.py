"""What earlier runs say beside a report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.model.difference import Difference
    from harness.model.ledger import RunSummary


@dataclass(frozen=True, slots=True)
class Past:
    """The runs that a report can be compared with; empty where there are none."""

    runs: tuple[RunSummary, ...] = ()
    """Runs that checked the same, oldest first, the report's own last."""
    difference: Difference | None = None
    """What changed since the one before, or None where there is none before."""


NO_PAST = Past()
"""A report by itself."""
