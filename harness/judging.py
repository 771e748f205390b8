"""Runs → findings → verdict: what is said of one sample."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from harness.errors import ResolutionError
from harness.judge.base import Case, Witness
from harness.judge.execution import ExecutionWitness
from harness.judge.exploration import ExplorationWitness
from harness.judge.syntax import check_syntax
from harness.judge.verdict import merge, surprise, verdict
from harness.model.execution import Outcome
from harness.model.verdict import Code, Confidence, Finding, Kind, PlacedFinding, RunRecord, SampleReport, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from harness.jobs import Ran
    from harness.model.source import Sample
    from harness.model.verdict import PageFault

WITNESSES: tuple[Witness, ...] = (ExecutionWitness(), ExplorationWitness())
"""Who is asked about every run."""
_PAGE_KINDS = {Code.RENDERING: Kind.RENDERING, Code.LANGUAGE: Kind.LANGUAGE}
"""Findings about a page that belong to one of its samples."""


def judged(sample: Sample, runs: Sequence[Ran], faults: Iterable[PageFault], sandbox: str) -> SampleReport:
    """Return the report on a sample that was to be checked.

    Args:
        sample: The sample.
        runs: What came of its jobs.
        faults: What is wrong with its page, as far as it concerns this sample.
        sandbox: Name of the sandbox.
    """
    parsed = [finding for part in sample.parts for finding in check_syntax(part)]
    ran = [finding for one in runs for finding in _findings(one)]
    findings = merge([*parsed, *ran])
    expect = next((one.job.context.expect for one in runs if one.job.context.expect), sample.directive.expect)
    return _report(
        sample,
        verdict(findings),
        (*_of_page(faults), *(_placed(sample, finding) for finding in findings)),
        reason=next((one.job.skip for one in runs if one.job.skip), ""),
        runs=tuple(_record(one, sandbox) for one in runs if one.evidence or one.fault or one.job.skip),
        reach=max((seen.reach for one in runs for seen in (one.evidence, one.explored) if seen), default=0.0),
        expected=expect or "",
        surprise=surprise(expect, findings, where=sample.id),
    )


def skipped(sample: Sample, reason: str, faults: Iterable[PageFault] = ()) -> SampleReport:
    """Return the report on a sample that is not checked."""
    return _report(sample, Verdict.SKIPPED, _of_page(faults), reason=reason)


def still_skipped(sample: Sample, report: SampleReport) -> SampleReport:
    """Return the report on a sample that its author skips, given what running it showed.

    A skip that is no longer needed hides what breaks next, so it is a surprise.
    """
    passes = report.verdict is Verdict.OK and all(run.outcome is Outcome.PASSED for run in report.runs)
    needless = "it passes today: take the skip away" if passes else ""
    return replace(report, verdict=Verdict.SKIPPED, reason=sample.directive.skip or "", findings=(), surprise=needless)


def belongs_to_sample(fault: PageFault) -> bool:
    """Return whether a sample's report shows what is wrong with its page."""
    return bool(fault.sample) and fault.code in _PAGE_KINDS


def _report(
    sample: Sample,
    said: Verdict,
    findings: Iterable[PlacedFinding],
    *,
    reason: str,
    runs: tuple[RunRecord, ...] = (),
    reach: float = 0.0,
    expected: str = "",
    surprise: str = "",
) -> SampleReport:
    return SampleReport(
        id=sample.id,
        page=sample.page,
        index=sample.index,
        role=sample.role,
        language=sample.language,
        page_line=sample.position(1).line,
        verdict=said,
        reason=reason,
        findings=tuple(sorted(findings, key=lambda one: (one.finding.line, one.finding.column, one.finding.code))),
        runs=runs,
        reach=reach,
        expected=expected,
        surprise=surprise,
    )


def _findings(ran: Ran) -> tuple[Finding, ...]:
    """Ask every witness about one run, or say why there was none."""
    case = Case(ran.job, ran.lock, ran.evidence, explored=ran.explored)
    found = [finding for witness in WITNESSES for finding in witness.findings(case)]
    if ran.fault is None:
        return tuple(found)
    pages = isinstance(ran.fault, ResolutionError) and ran.fault.unsatisfiable
    return (
        *found,
        Finding(
            code=Code.RESOLUTION if pages else Code.INTERNAL,
            kind=Kind.RESOLUTION if pages else Kind.INTERNAL,
            line=1,
            symbol=", ".join(ran.job.requirements) if pages else type(ran.fault).__name__,
            message=ran.fault.what,
            confidence=Confidence.CONFIRMED,
            witnesses=("resolver" if pages else "harness",),
            evidence=str(ran.fault),
        ),
    )


def _of_page(faults: Iterable[PageFault]) -> tuple[PlacedFinding, ...]:
    """Return what is wrong with the page around a sample as findings of the sample."""
    found = []
    for fault in faults:
        if not belongs_to_sample(fault):
            continue
        code = Code(fault.code)
        finding = Finding(code, _PAGE_KINDS[code], 1, "", fault.message, witnesses=("parser",))
        found.append(PlacedFinding(finding, fault.line, fault.column, ""))
    return tuple(found)


def _placed(sample: Sample, finding: Finding) -> PlacedFinding:
    lines = sample.text.split("\n")
    position = sample.position(finding.line, finding.column)
    source = lines[finding.line - 1] if 1 <= finding.line <= len(lines) else ""
    return PlacedFinding(finding, position.line, position.column, source)


def _record(ran: Ran, sandbox: str) -> RunRecord:
    job, lock, evidence = ran.job, ran.lock, ran.evidence
    asked = {*(_name(one) for one in (*job.requirements, *ran.repairs))}
    outcome = evidence.outcome if evidence else Outcome.SKIPPED if job.skip else Outcome.ERRORED
    return RunRecord(
        lane=job.target.lane,
        python=lock.python if lock else job.target.python or "",
        sandbox=sandbox,
        outcome=outcome,
        packages=tuple(one for one in lock.packages if one[0] in asked) if lock else (),
        lock=lock.digest if lock else "",
        seconds=evidence.seconds if evidence else 0.0,
        services=tuple(dict.fromkeys(access.target for access in evidence.hosts)) if evidence else (),
        repairs=ran.repairs,
        held_back=lock.held_back if lock else (),
        notes=lock.notes if lock else (),
        cached=ran.cached,
        stdout=evidence.stdout if evidence else "",
        stderr=evidence.stderr if evidence else "",
    )


def _name(requirement: str) -> str:
    return canonicalize_name(Requirement(requirement).name)
