"""Reports to render, small ones."""

from __future__ import annotations

from dataclasses import replace

from harness.model.source import PageInfo
from harness.model.verdict import Code, Finding, Kind, PlacedFinding, Report, SampleReport, Suggestion, Verdict
from harness.report import wire
from harness.report.encode import to_wire
from harness.report.fingerprint import fingerprinted

NOTHING = Report("2026-03-01T10:00:00+00:00", "2026-03-01T10:00:01+00:00", ())


def finding(
    message: str = "gone", *, code: Code = Code.NAME, symbol: str = "beta.x", line: int = 3, verified: bool = False
) -> PlacedFinding:
    said = Suggestion("use y", "y()", verified=True) if verified else None
    return PlacedFinding(Finding(code, Kind.REMOVED, line, symbol, message, suggestion=said), line + 10, 1, "beta.x()")


def sample(
    *findings: PlacedFinding, path: str = "p.md", verdict: Verdict = Verdict.OUTDATED, **more: object
) -> SampleReport:
    made = SampleReport(
        id="p#0", page=PageInfo(path, "p"), index=0, role="sample", language="python", page_line=10, verdict=verdict,
        findings=findings, code="beta.x()\n",
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


def told(*samples: SampleReport, **more: object) -> wire.Report:
    return to_wire(fingerprinted(replace(NOTHING, samples=samples, **more)))  # type: ignore[arg-type]
