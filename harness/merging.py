"""Several reports → one, as if one check had run all their jobs.

What sessions of a matrix or shards of a run report is put together by the
rules that a single run goes by: a sample's verdict is that of its findings in
the first lane that was run, each fault told once, and runs in other lanes say
how they differ. A job that was run in several of them counts once.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from harness import judging
from harness.judge.verdict import merge, surprise, verdict
from harness.model.execution import Outcome
from harness.model.matrix import Lane
from harness.model.verdict import PlacedFinding, Report, SampleReport, Verdict
from harness.report.fingerprint import fingerprinted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from harness.model.source import InventoryItem
    from harness.model.verdict import Finding, RunRecord

_RAN = frozenset({Outcome.PASSED, Outcome.FAILED})


def merged(reports: Sequence[Report], note: Callable[[str], None]) -> Report:
    """Return what several reports say together.

    Args:
        reports: At least one; the order of their pages stays.
        note: Hears of samples that are left out because their page has changed since.
    """
    newest_first = sorted(reports, key=lambda one: datetime.fromisoformat(one.finished), reverse=True)
    inventory = _inventory(newest_first)
    pages = dict.fromkeys(page for one in reports for page in _pages(one))
    order = {page: number for number, page in enumerate(pages)}
    samples = (_sample(told) for told in _by_sample(newest_first, inventory, note))
    whole = Report(
        started=min((one.started for one in reports), key=datetime.fromisoformat),
        finished=newest_first[0].finished,
        samples=tuple(sorted(samples, key=lambda sample: (order[sample.page.path], sample.index))),
        inventory=tuple(item for page in pages for item in inventory.get(page, ())),
        faults=tuple(dict.fromkeys(replace(fault, fingerprint="") for one in reports for fault in one.faults)),
        overdue=tuple(dict.fromkeys(entry for one in reports for entry in one.overdue)),
        interrupted=any(one.interrupted for one in reports),
        sandbox=", ".join(dict.fromkeys(one.sandbox for one in reports if one.sandbox)),
        strength=" ".join(dict.fromkeys(one.strength for one in reports if one.strength)),
    )
    return fingerprinted(whole)


def missing(report: Report) -> tuple[str, ...]:
    """Return the samples that are on the pages of a report and that it says nothing of.

    Args:
        report: The report, with its inventory.
    """
    told = {sample.id for sample in report.samples}
    return tuple(dict.fromkeys(item.sample for item in report.inventory if item.sample and item.sample not in told))


def _pages(report: Report) -> Iterator[str]:
    """Yield a report's pages, in its order."""
    yield from (item.page for item in report.inventory)
    yield from (sample.page.path for sample in report.samples)
    yield from (fault.page for fault in report.faults)


def _inventory(newest_first: Iterable[Report]) -> dict[str, list[InventoryItem]]:
    """Return what the newest report of each page has of its code."""
    found: dict[str, list[InventoryItem]] = {}
    for report in newest_first:
        mine: dict[str, list[InventoryItem]] = {}
        for item in report.inventory:
            mine.setdefault(item.page, []).append(item)
        found = mine | found
    return found


def _by_sample(
    newest_first: Iterable[Report], inventory: dict[str, list[InventoryItem]], note: Callable[[str], None]
) -> Iterator[list[SampleReport]]:
    """Yield what is said of each sample, the newest first, but for a text that is no longer there."""
    told: dict[tuple[str, str], list[SampleReport]] = {}
    for report in newest_first:
        for sample in report.samples:
            told.setdefault((sample.page.path, sample.id), []).append(sample)
    for (page, name), group in told.items():
        there = page not in inventory or any(item.sample == name for item in inventory[page])
        same = [one for one in group if there and one.code == group[0].code]
        if len(same) < len(group):
            note(f"{page}: {name} has changed between the reports; what was said of its earlier text is left out")
        if same:
            yield same


def _sample(told: Sequence[SampleReport]) -> SampleReport:
    """Return what the reports on one sample say together."""
    kept = _kept(told)
    lane = next((lane for lane in Lane if any(_lane(one) is lane for one in kept)), None)
    mine = [one for one in kept if _lane(one) is lane]
    of_page = dict.fromkeys(
        replace(placed, fingerprint="")
        for one in kept
        for placed in one.findings
        if placed.finding.code in judging.PAGE_KINDS
    )
    findings = merge(finding for one in mine for finding in _findings(one))
    left_out = all(one.verdict is Verdict.SKIPPED for one in kept)
    expected = next((one.expected for one in kept if one.expected), "")
    differs = [one.surprise for one in kept] if left_out else [surprise(expected or None, findings, where=kept[0].id)]
    placed = (*of_page, *_placed(findings, [found for one in mine for found in one.findings]))
    return replace(
        kept[0],
        verdict=Verdict.SKIPPED if left_out else verdict(findings),
        reason=next((one.reason for one in kept if one.reason), ""),
        findings=tuple(sorted(placed, key=lambda one: (one.finding.line, one.finding.column, one.finding.code))),
        runs=_runs(kept, mine, findings),
        reach=max((one.reach for one in mine), default=0.0),
        expected=expected,
        surprise=differs[0] if all(differs) else "",
        remark="" if left_out else judging.remark(findings, kept[0].page.updated),
        changes=next((one.changes for one in mine if one.changes), ()),
    )


def _kept(told: Sequence[SampleReport]) -> list[SampleReport]:
    """Return the reports on a sample that are needed to tell of each of its jobs, the best of each first.

    One that looked goes before one that saw nothing change; of reports on the same job, one that
    could be judged goes before one that could not, one that ran before one that was reused, and the
    newest first.
    """
    best = sorted(
        told,
        key=lambda one: (one.unchanged, one.verdict is Verdict.ERROR, all(run.cached for run in one.runs)),
    )
    kept: list[SampleReport] = []
    covered: set[tuple[str, str]] = set()
    for one in best:
        jobs = {_job(run) for run in one.runs}
        # what failed before there was a Python for it is the same job as one of its lane that did not
        lanes = {lane for lane, _ in covered}
        if any(job not in covered and not (not job[1] and job[0] in lanes) for job in jobs) or not kept:
            kept.append(one)
            covered |= jobs
    return kept


def _job(run: RunRecord) -> tuple[str, str]:
    return run.lane, run.python


def _lane(told: SampleReport) -> Lane | None:
    """Return the lane that a report's findings are about: its first one with a job that was not left out."""
    ran = {run.lane for run in told.runs if run.outcome is not Outcome.SKIPPED or run.lock}
    return next((lane for lane in Lane if lane in ran), None)


def _findings(told: SampleReport) -> Iterator[Finding]:
    """Yield what is wrong with a sample itself, whatever its page does."""
    yield from (placed.finding for placed in told.findings if placed.finding.code not in judging.PAGE_KINDS)


def _placed(findings: Iterable[Finding], told: Sequence[PlacedFinding]) -> Iterator[PlacedFinding]:
    """Yield findings with their places on the page, as one of the reports has them."""
    places = {(one.finding.line, one.finding.column): one for one in reversed(told)}
    accepted = {(one.finding.code, one.finding.symbol, one.finding.line): one.accepted for one in told if one.accepted}
    for finding in findings:
        why = accepted.get((finding.code, finding.symbol, finding.line), "")
        yield replace(places[finding.line, finding.column], finding=finding, fingerprint="", accepted=why)


def _runs(
    kept: Sequence[SampleReport], mine: Sequence[SampleReport], today: Sequence[Finding]
) -> tuple[RunRecord, ...]:
    """Return every job's run once, by lane and Python; those in other lanes say what they show beside today's."""
    found: dict[tuple[str, str], RunRecord] = {}
    for one in kept:
        lane = _lane(one)
        says = judging.other_lane(lane, _findings(one), today) if lane and one not in mine else ""
        for run in one.runs:
            marked = says and run.lane == lane and run.outcome in _RAN
            found.setdefault(_job(run), replace(run, notes=(says, *run.notes)) if marked else run)
    lanes = list(Lane)
    return tuple(
        sorted(
            found.values(),
            key=lambda run: (lanes.index(Lane(run.lane)), *map(int, filter(None, run.python.split(".")))),
        )
    )
