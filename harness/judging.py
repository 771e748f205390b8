"""Runs → findings → verdict: what is said of one sample."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from harness.errors import ResolutionError
from harness.jobs import distribution
from harness.judge.behaviour import refusals
from harness.judge.execution import ExecutionWitness
from harness.judge.exploration import ExplorationWitness
from harness.judge.services import asked_for
from harness.judge.static import StaticWitness
from harness.judge.syntax import check_syntax
from harness.judge.timeline import proved, with_history
from harness.judge.verdict import merge, surprise, verdict
from harness.model.execution import Outcome
from harness.model.matrix import Lane
from harness.model.verdict import (
    Code,
    Confidence,
    Finding,
    Kind,
    PlacedCall,
    PlacedFinding,
    RunRecord,
    SampleReport,
    Verdict,
)
from harness.report.words import BREAKS_NEXT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from harness.jobs import Ran
    from harness.judge.base import Witness
    from harness.model.edit import Edit
    from harness.model.execution import Call
    from harness.model.history import Answer, Question
    from harness.model.source import Sample
    from harness.model.verdict import PageFault

WITNESSES: tuple[Witness, ...] = (ExecutionWitness(), ExplorationWitness(), StaticWitness())
"""Who is asked about every run."""
PAGE_KINDS = {Code.RENDERING: Kind.RENDERING, Code.LANGUAGE: Kind.LANGUAGE}
"""Findings about a page that belong to one of its samples."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A run and what it shows."""

    ran: Ran
    """The run."""
    findings: tuple[Finding, ...]
    """What every witness says of it, each fault once."""
    refused: tuple[Finding, ...] = ()
    """What a library refused for its value: findings only if an older release shows that it took it once."""
    edits: tuple[Edit, ...] = ()
    """What makes all verified replacements at once, in offsets of the sample's text."""
    sandbox: str = ""
    """Name of what isolated it, or empty where it never came so far."""


def weigh(ran: Ran, ask: Callable[[Question], Answer] | None) -> Weighed:
    """Ask every witness about a run.

    Args:
        ran: The run.
        ask: Answers questions about published releases; None leaves findings without history.
    """
    findings = merge(_findings(ran))
    if ask is not None and ran.lock is not None:
        others = {one.module.partition(".")[0]: one.alternatives for one in ran.job.needs if one.alternatives}
        findings = with_history(findings, ran.lock, ran.modules, ran.requested, ask, alternatives=others)
    return Weighed(ran, proved(findings), refusals(ran.case))


def judged(sample: Sample, weighed: Sequence[Weighed], faults: Iterable[PageFault]) -> SampleReport:
    """Return the report on a sample that was to be checked.

    The verdict is about today's versions, where they were asked for; other lanes
    tell when that became so, and what comes next.

    Args:
        sample: The sample.
        weighed: What came of its jobs.
        faults: What is wrong with its page, as far as it concerns this sample.
    """
    runs = [one.ran for one in weighed]
    parsed = [finding for part in sample.parts for finding in check_syntax(part)]
    lane = next((lane for lane in Lane if any(one.job.target.lane is lane and not one.job.skip for one in runs)), None)
    mine = [one for one in weighed if one.ran.job.target.lane is lane]
    findings = merge([*parsed, *(finding for one in mine for finding in one.findings)])
    expect = next((one.job.context.expect for one in runs if one.job.context.expect), sample.directive.expect)
    return _report(
        sample,
        verdict(findings),
        (*_of_page(faults), *(_placed(sample, finding) for finding in findings)),
        reason=next((one.job.skip for one in runs if one.job.skip), ""),
        runs=tuple(_record(one, _remarks(one, mine)) for one in weighed if _worth_telling(one.ran)),
        reach=max((seen.reach for one in mine for seen in one.ran.seen), default=0.0),
        expected=expect or "",
        surprise=surprise(expect, findings, where=sample.id),
        remark=remark(findings, sample.page.updated),
        edits=next((one.edits for one in mine if one.edits), ()),
    )


def remark(findings: Iterable[Finding], updated: str) -> str:
    """Say whether a page was right on the day it says it was last updated, as far as the releases tell.

    Args:
        findings: What is wrong today.
        updated: ISO date, or empty where the page says none.
    """
    found = [one for one in findings if verdict([one]) is Verdict.OUTDATED]
    broken = [one.history for one in found if one.kind is not Kind.DEPRECATED]
    dates = [one.history.first_bad_date for one in found if one.history and one.history.first_bad_date]
    never = any(one.kind is Kind.NEVER_EXISTED for one in found)
    if not updated or not (dates or never):
        return ""
    day = updated[:10]
    if never or min(dates)[:10] <= day:
        return f"was already outdated when the page was last updated ({day})"
    if not all(history and history.first_bad_date for history in broken):
        return f"broke on {min(dates)[:10]} at the latest"  # what has no date may have gone before
    since = "broke on" if broken else "deprecated since"
    return f"was right when the page was last updated ({day}); {since} {min(dates)[:10]}"


def skipped(sample: Sample, reason: str, faults: Iterable[PageFault] = ()) -> SampleReport:
    """Return the report on a sample that is not checked."""
    return _report(sample, Verdict.SKIPPED, _of_page(faults), reason=reason)


def unchanged(sample: Sample, reason: str) -> SampleReport:
    """Return the report on a sample that is not looked at because nothing of it changed."""
    return replace(skipped(sample, reason), unchanged=True)


def still_skipped(sample: Sample, report: SampleReport) -> SampleReport:
    """Return the report on a sample that its author skips, given what running it showed.

    A skip that is no longer needed hides what breaks next, so it is a surprise.
    """
    passes = report.verdict is Verdict.OK and all(run.outcome is Outcome.PASSED for run in report.runs)
    needless = "it passes today: take the skip away" if passes else ""
    reason = sample.directive.skip or ""
    return replace(report, verdict=Verdict.SKIPPED, reason=reason, findings=(), surprise=needless, edits=())


def belongs_to_sample(fault: PageFault) -> bool:
    """Return whether a sample's report shows what is wrong with its page."""
    return bool(fault.sample) and fault.code in PAGE_KINDS


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
    remark: str = "",
    edits: tuple[Edit, ...] = (),
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
        remark=remark,
        edits=edits,
        code=sample.text,
    )


def _worth_telling(ran: Ran) -> bool:
    return bool(ran.evidence or ran.static or ran.fault or ran.job.skip)


def _findings(ran: Ran) -> tuple[Finding, ...]:
    """Ask every witness about one run, or say why there was none."""
    case = ran.case
    found = [finding for witness in WITNESSES for finding in witness.findings(case)]
    found += [ran.clash] if ran.clash else []
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
        finding = Finding(code, PAGE_KINDS[code], 1, "", fault.message, witnesses=("parser",))
        found.append(PlacedFinding(finding, fault.line, fault.column, ""))
    return tuple(found)


def _placed(sample: Sample, finding: Finding) -> PlacedFinding:
    lines = sample.text.split("\n")
    position = sample.position(finding.line, finding.column)
    source = lines[finding.line - 1] if 1 <= finding.line <= len(lines) else ""
    return PlacedFinding(finding, position.line, position.column, source)


def _place(sample: Sample, call: Call) -> PlacedCall:
    return PlacedCall(call, sample.position(call.line).line if call.line else 0)


def other_lane(lane: Lane, then: Iterable[Finding], today: Iterable[Finding]) -> str:
    """Say what a run in another lane than the verdict's shows, compared with today.

    Args:
        lane: The lane of that run.
        then: What was found in it.
        today: What was found in the lane of the verdict.
    """
    known = set() if lane is Lane.PUBLISHED else {finding.symbol for finding in today}
    outdated = [one for one in then if verdict([one]) is Verdict.OUTDATED and one.symbol not in known]
    gone = sorted({one.symbol for one in outdated if one.kind is not Kind.DEPRECATED})
    still = sorted({one.symbol for one in outdated} - {*gone})
    if lane is Lane.PUBLISHED:
        told = f"was already wrong when written: {', '.join(gone)}" if gone else "was right when written"
        return told if gone or not still else f"{told}, and deprecated already: {', '.join(still)}"
    told = f"{BREAKS_NEXT}{', '.join(gone)}" if gone else "nothing more breaks with what is coming"
    return told if gone or not still else f"{told}; will be deprecated: {', '.join(still)}"


def _remarks(one: Weighed, mine: Sequence[Weighed]) -> tuple[str, ...]:
    if any(one is other for other in mine) or not one.ran.evidence:
        return ()
    return (other_lane(one.ran.job.target.lane, one.findings, [found for other in mine for found in other.findings]),)


def _record(one: Weighed, remarks: tuple[str, ...]) -> RunRecord:
    ran = one.ran
    job, lock, evidence = ran.job, ran.lock, ran.evidence
    asked = {*(distribution(one) for one in (*job.requirements, *ran.repairs))}
    looked = ("looked at without running it",) if ran.static and not evidence else ()
    # a run beside its library's own release day says so in its finding
    day = ran.request.before if ran.request and not ran.clash and job.target.lane is not Lane.PUBLISHED else ""
    earlier = (f"with the libraries of {day}",) if day else ()
    outcome = evidence.outcome if evidence else Outcome.SKIPPED if job.skip or looked else Outcome.ERRORED
    return RunRecord(
        lane=job.target.lane,
        python=lock.python if lock else job.target.python or "",
        sandbox=one.sandbox,
        outcome=outcome,
        packages=tuple(one for one in lock.packages if one[0] in asked) if lock else (),
        lock=lock.digest if lock else "",
        locked=lock.packages if lock else (),
        seconds=evidence.seconds if evidence else 0.0,
        services=tuple(dict.fromkeys(name for seen in ran.seen for name in asked_for(seen))),
        calls=tuple(
            _place(job.sample, call) for call in dict.fromkeys(call for seen in ran.seen for call in seen.calls)
        ),
        repairs=ran.repairs,
        held_back=lock.held_back if lock else (),
        notes=(
            *remarks,
            *ran.notes,
            *earlier,
            *looked,
            *(lock.notes if lock else ()),
            *(ran.static.notes if ran.static else ()),
        ),
        cached=ran.cached,
        stdout=evidence.stdout if evidence else "",
        stderr=evidence.stderr if evidence else "",
    )
