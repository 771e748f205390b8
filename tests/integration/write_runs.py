"""A program that records runs, for tests that start several or kill one: LEDGER COUNT; prints each run's number."""

from __future__ import annotations

import sys
from pathlib import Path

from harness.ledger import database
from harness.ledger.origin import Origin
from harness.ledger.record import record
from harness.model.execution import Outcome
from harness.model.verdict import RunRecord
from tests.unit.report.helpers import finding, sample, told

SAMPLES = 400
"""How many samples a run has; each has a finding and a job."""


def main(ledger: str, count: int) -> None:
    """Record so many runs, one after the other."""
    lock = {"lock": "sha256:1", "locked": (("beta", "1"), ("gamma", "2"))}
    job = RunRecord("current", "3.13", "fake", Outcome.FAILED, packages=(("beta", "1"),), **lock)  # type: ignore[arg-type]
    report = told(*(sample(finding(line=number), id=f"p#{number}", runs=(job,)) for number in range(1, SAMPLES + 1)))
    opened = database.connect(ledger, Path())
    for _ in range(count):
        print(record(opened, report, Origin("s")), flush=True)  # noqa: T201 - what the test reads


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
