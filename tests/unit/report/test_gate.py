"""The gate: which findings make a build fail."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.model.verdict import PageFault, Report, Verdict
from harness.options import FailOn
from harness.report.gate import errored, reached
from tests.golden.made_up import report

BARE = replace(report(), samples=(), faults=())


def holding(verdict: Verdict, code: str = "", *, expected: str = "", surprise: str = "") -> Report:
    faults = (PageFault("a.md", 1, "a fault", code),) if code else ()
    samples = tuple(
        replace(sample, findings=(), expected=expected, surprise=surprise)
        for sample in report().samples
        if sample.verdict is verdict
    )
    return replace(BARE, samples=samples, faults=faults)


@pytest.mark.parametrize(
    ("made", "gates"),
    [
        (BARE, set()),
        (holding(Verdict.OK), set()),
        (holding(Verdict.SKIPPED), set()),
        (holding(Verdict.ERROR), set()),
        (holding(Verdict.OUTDATED), {FailOn.OUTDATED, FailOn.INCOMPLETE, FailOn.ANY}),
        (holding(Verdict.INCOMPLETE), {FailOn.INCOMPLETE, FailOn.ANY}),
        (holding(Verdict.UNRUNNABLE), {FailOn.ANY}),
        (holding(Verdict.OK, "P401"), {FailOn.ANY}),
        (holding(Verdict.OK, "P403"), {FailOn.OUTDATED, FailOn.INCOMPLETE, FailOn.ANY}),
        (holding(Verdict.OUTDATED, expected="A002"), set()),
        (holding(Verdict.OK, expected="A002", surprise="ok"), {FailOn.OUTDATED, FailOn.INCOMPLETE, FailOn.ANY}),
        (replace(BARE, samples=(replace(report().samples[0], findings=report().samples[2].findings),)), {FailOn.ANY}),
    ],
    ids=[
        "nothing",
        "ok",
        "skipped",
        "error",
        "outdated",
        "incomplete",
        "unrunnable",
        "rendering",
        "unread page",
        "expected",
        "surprise",
        "ok with findings",
    ],
)
def test_a_report_reaches_these_gates(made: Report, gates: set[FailOn]) -> None:
    assert {gate for gate in FailOn if reached(made, gate)} == gates


def test_our_own_failures_are_told_apart() -> None:
    assert errored(holding(Verdict.ERROR))
    assert not errored(holding(Verdict.OUTDATED))
