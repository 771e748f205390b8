"""The report in its wire format: from the values of the model to bytes."""

from __future__ import annotations

from collections import Counter
from importlib.metadata import version
from typing import TYPE_CHECKING

import msgspec

from harness.model.source import Fate
from harness.model.verdict import Verdict
from harness.report.wire import (
    DISTRIBUTION,
    VERSION,
    Account,
    Call,
    Candidate,
    Change,
    Fault,
    Finding,
    HeldBack,
    History,
    Overdue,
    Page,
    Report,
    Run,
    Sample,
    Sandbox,
    Suggestion,
    Tool,
    Totals,
)

if TYPE_CHECKING:
    from harness.model import verdict as model
    from harness.model.source import InventoryItem


def to_wire(report: model.Report) -> Report:
    """Return a report in the wire format."""
    verdicts = Counter(sample.verdict for sample in report.samples)
    fates = Counter(item.fate for item in report.inventory)
    made = Report(
        schema=VERSION,
        tool=Tool(name=DISTRIBUTION, version=version(DISTRIBUTION)),
        started=report.started,
        finished=report.finished,
        interrupted=report.interrupted,
        sandbox=Sandbox(name=report.sandbox, strength=report.strength),
        totals=Totals(**{verdict.value: verdicts[verdict] for verdict in Verdict}),
        inventory={fate.value: fates[fate] for fate in Fate},
        faults=tuple(msgspec.convert(fault, Fault, from_attributes=True) for fault in report.faults),
        samples=tuple(_sample(sample) for sample in report.samples),
        pages=_pages(report),
        overdue=msgspec.convert(report.overdue, tuple[Overdue, ...], from_attributes=True),
        locks={run.lock: dict(run.locked) for sample in report.samples for run in sample.runs if run.lock},
    )
    return _legible(made)


def _pages(report: model.Report) -> tuple[Page, ...]:
    known = {sample.page.path: sample.page for sample in report.samples}
    paths = dict.fromkeys([*(item.page for item in report.inventory), *known, *(fault.page for fault in report.faults)])
    ids: dict[str, set[str]] = {path: set() for path in paths}
    found: dict[str, list[InventoryItem]] = {path: [] for path in paths}
    for sample in report.samples:
        ids[sample.page.path].add(sample.id)
    for item in report.inventory:
        ids[item.page] |= {item.sample} - {""}
        found[item.page].append(item)
    said = ("slug", "title", "tool", "category", "updated", "published")
    return tuple(
        Page(
            path=path,
            samples=len(ids[path]),
            candidates=tuple(_candidate(item) for item in found[path]),
            **{name: getattr(known.get(path), name, "") for name in said},
        )
        for path in paths
    )


def _candidate(item: InventoryItem) -> Candidate:
    return Candidate(
        line=item.position.line,
        column=item.position.column,
        form=item.form,
        fate=item.fate,
        reason=item.reason,
        sample=item.sample,
    )


def _sample(sample: model.SampleReport) -> Sample:
    return Sample(
        id=sample.id,
        page=sample.page.path,
        slug=sample.page.slug,
        index=sample.index,
        role=sample.role,
        language=sample.language,
        page_line=sample.page_line,
        verdict=sample.verdict,
        reason=sample.reason,
        unchanged=sample.unchanged,
        reach=round(sample.reach, 4),
        findings=tuple(_finding(placed) for placed in sample.findings),
        runs=tuple(_run(run) for run in sample.runs),
        expected=sample.expected,
        surprise=sample.surprise,
        remark=sample.remark,
        code=sample.code,
        changes=msgspec.convert(sample.changes, tuple[Change, ...], from_attributes=True),
    )


def _finding(placed: model.PlacedFinding) -> Finding:
    finding = placed.finding
    return Finding(
        code=finding.code,
        kind=finding.kind,
        line=finding.line,
        page_line=placed.page_line,
        column=finding.column,
        page_column=placed.page_column,
        end_column=finding.end_column,
        symbol=finding.symbol,
        message=finding.message,
        confidence=finding.confidence,
        witnesses=finding.witnesses,
        evidence=finding.evidence,
        source=placed.source,
        history=msgspec.convert(finding.history, History | None, from_attributes=True),
        suggestion=msgspec.convert(finding.suggestion, Suggestion | None, from_attributes=True),
        accounts=msgspec.convert(finding.accounts, tuple[Account, ...], from_attributes=True),
        settled=finding.settled,
        fingerprint=placed.fingerprint,
        accepted=placed.accepted,
    )


def _run(run: model.RunRecord) -> Run:
    return Run(
        lane=run.lane,
        python=run.python,
        sandbox=run.sandbox,
        outcome=run.outcome,
        packages=dict(run.packages),
        lock=run.lock,
        seconds=round(run.seconds, 3),
        services=run.services,
        calls=tuple(_call(one) for one in run.calls),
        repairs=run.repairs,
        held_back=msgspec.convert(run.held_back, tuple[HeldBack, ...], from_attributes=True),
        notes=run.notes,
        cached=run.cached,
        stdout=run.stdout,
        stderr=run.stderr,
    )


def _call(placed: model.PlacedCall) -> Call:
    call = placed.call
    return Call(
        host=call.host,
        port=call.port,
        method=call.method,
        path=call.path,
        status=call.status,
        stub=call.stub,
        name=call.name,
        line=call.line,
        page_line=placed.page_line,
        aside=call.aside,
    )


def _legible(report: Report) -> Report:
    """Return a report with a question mark for each piece that is not valid Unicode.

    Half a surrogate pair that a sample printed, or a file name that is not
    UTF-8, can be written in no format.
    """
    try:
        msgspec.json.encode(report)
    except UnicodeEncodeError:
        return msgspec.convert(_printable(msgspec.to_builtins(report)), Report)
    return report


def _printable(value: object) -> object:
    match value:
        case str():
            return value.encode(errors="replace").decode()
        case dict():
            return {_printable(key): _printable(item) for key, item in value.items()}
        case list() | tuple():
            return [_printable(item) for item in value]
        case _:
            return value


def encode(report: model.Report) -> bytes:
    """Return a report as UTF-8 JSON, keys in a stable order, with a newline at its end."""
    return to_json(to_wire(report))


def to_json(report: Report) -> bytes:
    """Return a report in the wire format as UTF-8 JSON, keys in a stable order, with a newline at its end."""
    return msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n"
