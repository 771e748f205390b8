"""The gate: which findings make a build fail."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.model.verdict import PageFault, Report, Verdict
from harness.options import FailOn
from harness.report.gate import errored, reached
from tests.golden.made_up import report

BARE = replace(report(), samples=(), faults=(), overdue=())
ALL = set(FailOn) - {FailOn.NEVER}
SLACK = {FailOn.ANY, FailOn.NEW}


def holding(
    verdict: Verdict, code: str = "", *, expected: str = "", surprise: str = "", accepted: str = "", only: str = ""
) -> Report:
    faults = (PageFault("a.md", 1, "a fault", code, accepted=accepted),) if code else ()
    samples = tuple(
        replace(
            sample,
            findings=tuple(
                replace(one, accepted=accepted) for one in sample.findings if not only or one.finding.code == only
            ),
            expected=expected,
            surprise=surprise,
        )
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
        (holding(Verdict.OUTDATED), ALL),
        (holding(Verdict.OUTDATED, only="A003"), ALL),
        (holding(Verdict.OUTDATED, only="A005"), ALL - {FailOn.OUTDATED}),
        (holding(Verdict.INCOMPLETE), {FailOn.INCOMPLETE, *SLACK}),
        (holding(Verdict.UNRUNNABLE), SLACK),
        (holding(Verdict.UNRUNNABLE, only="N301"), SLACK),
        (holding(Verdict.OK, "P401"), SLACK),
        (holding(Verdict.OK, "P403"), ALL),
        (holding(Verdict.OUTDATED, expected="A002"), set()),
        (holding(Verdict.OK, expected="A002", surprise="ok"), ALL),
        (holding(Verdict.OUTDATED, accepted="for now"), set()),
        (holding(Verdict.OK, "P403", accepted="for now"), set()),
        (replace(BARE, overdue=report().overdue), {FailOn.NEW}),
    ],
    ids=[
        "nothing",
        "ok",
        "skipped",
        "error",
        "outdated",
        "broken",
        "deprecated",
        "incomplete",
        "unrunnable",
        "service",
        "rendering",
        "unread page",
        "expected",
        "surprise",
        "accepted",
        "accepted page",
        "overdue entry",
    ],
)
def test_a_report_reaches_these_gates(made: Report, gates: set[FailOn]) -> None:
    assert {gate for gate in FailOn if reached(made, gate)} == gates


def test_our_own_failures_are_told_apart() -> None:
    assert errored(holding(Verdict.ERROR))
    assert not errored(holding(Verdict.OUTDATED))
