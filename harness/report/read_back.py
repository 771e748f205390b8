"""A report in the wire format back as values of the model, for what is done with reports of earlier checks.

What the wire format does not keep stays at its default: offsets of edits, and
what only a running check knows of a finding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from harness.model import verdict as model
from harness.model.environment import HeldBack
from harness.model.execution import Call
from harness.model.source import InventoryItem, PageInfo, Position

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.report.wire import Finding, Page, Report, Run, Sample


def to_model(report: Report) -> model.Report:
    """Return a report in the wire format as the model has it: writing that gives the same report."""
    pages = {page.path: page for page in report.pages}
    return model.Report(
        started=report.started,
        finished=report.finished,
        samples=tuple(_sample(sample, pages, report.locks) for sample in report.samples),
        inventory=tuple(item for page in report.pages for item in _inventory(page)),
        faults=tuple(msgspec.convert(fault, model.PageFault, from_attributes=True) for fault in report.faults),
        overdue=msgspec.convert(report.overdue, tuple[model.Overdue, ...], from_attributes=True),
        interrupted=report.interrupted,
        sandbox=report.sandbox.name,
        strength=report.sandbox.strength,
    )


def _inventory(page: Page) -> list[InventoryItem]:
    return [
        InventoryItem(page.path, Position(one.line, one.column), one.form, one.fate, one.reason, one.sample)
        for one in page.candidates
    ]


def _sample(sample: Sample, pages: Mapping[str, Page], locks: Mapping[str, Mapping[str, str]]) -> model.SampleReport:
    page = pages.get(sample.page)
    said = ("title", "tool", "category", "updated", "published")
    return model.SampleReport(
        id=sample.id,
        page=PageInfo(sample.page, sample.slug, **{name: getattr(page, name, "") for name in said}),
        index=sample.index,
        role=sample.role,
        language=sample.language,
        page_line=sample.page_line,
        verdict=sample.verdict,
        reason=sample.reason,
        unchanged=sample.unchanged,
        findings=tuple(_finding(finding) for finding in sample.findings),
        runs=tuple(_run(run, locks) for run in sample.runs),
        reach=sample.reach,
        expected=sample.expected,
        surprise=sample.surprise,
        remark=sample.remark,
        code=sample.code,
        changes=msgspec.convert(sample.changes, tuple[model.Change, ...], from_attributes=True),
    )


def _finding(finding: Finding) -> model.PlacedFinding:
    return model.PlacedFinding(
        msgspec.convert(finding, model.Finding, from_attributes=True),
        finding.page_line,
        finding.page_column,
        finding.source,
        finding.fingerprint,
        finding.accepted,
    )


def _run(run: Run, locks: Mapping[str, Mapping[str, str]]) -> model.RunRecord:
    return model.RunRecord(
        lane=run.lane,
        python=run.python,
        sandbox=run.sandbox,
        outcome=run.outcome,
        packages=tuple(run.packages.items()),
        lock=run.lock,
        locked=tuple(locks.get(run.lock, {}).items()),
        seconds=run.seconds,
        services=run.services,
        calls=tuple(
            model.PlacedCall(msgspec.convert(one, Call, from_attributes=True), one.page_line) for one in run.calls
        ),
        repairs=run.repairs,
        held_back=msgspec.convert(run.held_back, tuple[HeldBack, ...], from_attributes=True),
        notes=run.notes,
        cached=run.cached,
        stdout=run.stdout,
        stderr=run.stderr,
    )
