"""The gate: does a report hold anything that a build should fail for?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.model.verdict import Verdict
from harness.options import FailOn

if TYPE_CHECKING:
    from harness.model.verdict import Report, SampleReport

_VERDICTS = {
    FailOn.OUTDATED: frozenset({Verdict.OUTDATED}),
    FailOn.INCOMPLETE: frozenset({Verdict.OUTDATED, Verdict.INCOMPLETE}),
    FailOn.ANY: frozenset({Verdict.OUTDATED, Verdict.INCOMPLETE, Verdict.UNRUNNABLE}),
}
_UNREAD = frozenset({"P403", "X901"})
"""Faults of pages that could not be read at all: nothing is known of their samples."""


def reached(report: Report, fail_on: FailOn) -> bool:
    """Tell whether something is at or above the gate; samples that errored are counted apart, by `errored`."""
    if fail_on is FailOn.NEVER:
        return False
    if any(_counts(sample, fail_on) for sample in report.samples):
        return True
    return any(fail_on is FailOn.ANY or fault.code in _UNREAD for fault in report.faults)


def _counts(sample: SampleReport, fail_on: FailOn) -> bool:
    """Tell whether a sample is at the gate; where its author says what to expect, only a surprise is."""
    if sample.expected:
        return bool(sample.surprise)
    return sample.verdict in _VERDICTS[fail_on] or (fail_on is FailOn.ANY and bool(sample.findings))


def errored(report: Report) -> bool:
    """Tell whether the harness failed on some sample, so that the report is not whole."""
    return any(sample.verdict is Verdict.ERROR for sample in report.samples)
