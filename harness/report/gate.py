"""The gate: does a report hold anything that a build should fail for?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.model.verdict import Code, Verdict
from harness.options import FailOn

if TYPE_CHECKING:
    from harness.model.verdict import Report, SampleReport

_BROKEN = frozenset({Code.MODULE, Code.NAME, Code.SIGNATURE, Code.PROTOCOL})
_ALL = frozenset(Code)
_WEIGH: dict[FailOn, frozenset[Code]] = {
    FailOn.OUTDATED: _BROKEN,
    FailOn.DEPRECATED: _BROKEN | {Code.DEPRECATED},
    FailOn.INCOMPLETE: frozenset(code for code in Code if code[0] in "AS"),
    FailOn.ANY: _ALL,
    FailOn.NEW: _ALL,
}
"""What is at or above each gate."""
_UNREAD = frozenset({"P403", "X901"})
"""Faults of pages that could not be read at all: nothing is known of their samples."""


def reached(report: Report, fail_on: FailOn) -> bool:
    """Tell whether something is at or above the gate; samples that errored are counted apart, by `errored`."""
    if fail_on is FailOn.NEVER:
        return False
    if any(_counts(sample, fail_on) for sample in report.samples):
        return True
    if fail_on is FailOn.NEW and report.overdue:
        return True
    all_count = fail_on in {FailOn.ANY, FailOn.NEW}
    return any(all_count or fault.code in _UNREAD for fault in report.faults if not fault.accepted)


def _counts(sample: SampleReport, fail_on: FailOn) -> bool:
    """Tell whether a sample is at the gate; where its author says what to expect, only a surprise is."""
    if sample.expected:
        return bool(sample.surprise)
    if sample.verdict is Verdict.ERROR:
        return False
    return any(one.finding.code in _WEIGH[fail_on] for one in sample.findings if not one.accepted)


def errored(report: Report) -> bool:
    """Tell whether the harness failed on some sample, so that the report is not whole."""
    return any(sample.verdict is Verdict.ERROR for sample in report.samples)
