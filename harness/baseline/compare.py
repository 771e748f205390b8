"""What a report holds against what is accepted: new, accepted, expired, stale."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from harness.baseline.file import Accepted
from harness.model.verdict import Overdue, Verdict
from harness.report.encode import to_wire
from harness.report.entries import EXPECTATION, entries

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.baseline.file import Baseline
    from harness.model import verdict as model
    from harness.report.entries import Entry
    from harness.report.wire import Report


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a baseline makes of a report."""

    new: tuple[Entry, ...]
    """What nothing accepts."""
    accepted: Mapping[str, str]
    """Why something is accepted, by fingerprint."""
    expired: tuple[Accepted, ...]
    """Entries whose day has passed and whose finding is there still: they accept nothing any more."""
    stale: tuple[Accepted, ...]
    """Entries whose page was looked at whole and does not have their finding."""

    @property
    def overdue(self) -> tuple[Overdue, ...]:
        """What is to be tidied."""
        expired = ((one, f"was accepted until {one.until}: mend it, or renew it") for one in self.expired)
        stale = ((one, "is not found any more: take the entry away") for one in self.stale)
        return tuple(Overdue(one.fingerprint, one.page, f"{_named(one)} {why}") for one, why in (*expired, *stale))


def compare(report: Report, baseline: Baseline, day: dt.date) -> Comparison:
    """Hold a report against a baseline.

    Args:
        report: What a check found, whatever was accepted then.
        baseline: What is accepted.
        day: The day; an entry holds through its last day.
    """
    found = {entry.fingerprint: entry for entry in acceptable(report)}
    holding = {name for name, one in baseline.entries.items() if one.until >= day}
    whole = set(_whole(report))
    return Comparison(
        new=tuple(entry for name, entry in found.items() if name not in baseline.entries),
        accepted={
            name: f"{one.reason} (until {one.until})"
            for name, one in baseline.entries.items()
            if name in found and name in holding
        },
        expired=tuple(one for name, one in baseline.entries.items() if name in found and name not in holding),
        stale=tuple(one for name, one in baseline.entries.items() if name not in found and one.page in whole),
    )


def entry_for(report: Report, entry: Entry, reason: str, until: dt.date) -> Accepted:
    """Return what accepts a finding.

    Args:
        report: The report that it stands in.
        entry: The finding.
        reason: Why.
        until: The last day.
    """
    line = " ".join(entry.finding.source.split()) if entry.finding else ""
    page = entry.sample.slug if entry.sample else _slugs(report).get(entry.page) or entry.page
    return Accepted(entry.fingerprint, page, entry.code, reason, until, entry.symbol, line)


def applied(report: model.Report, baseline: Baseline) -> model.Report:
    """Return a report that says what is accepted today, and what is to be tidied.

    Args:
        report: What a check found.
        baseline: What is accepted.
    """
    if not baseline.entries:
        return report
    comparison = compare(to_wire(report), baseline, today())
    why = comparison.accepted
    samples = tuple(
        replace(
            sample,
            findings=tuple(replace(one, accepted=why.get(one.fingerprint, "")) for one in sample.findings),
        )
        for sample in report.samples
    )
    faults = tuple(replace(fault, accepted=why.get(fault.fingerprint, "")) for fault in report.faults)
    return replace(report, samples=samples, faults=faults, overdue=comparison.overdue)


def today() -> dt.date:
    """Return the day, the same wherever a check runs."""
    return dt.datetime.now(dt.UTC).date()


def acceptable(report: Report) -> Iterator[Entry]:
    """Yield what can be accepted: not what an author answers for, nor what the harness failed on.

    Args:
        report: What a check found.
    """
    for entry in entries(report):
        if not entry.known and not entry.ours and entry.code != EXPECTATION:
            yield entry


def _whole(report: Report) -> Iterator[str]:
    """Yield the pages of which every sample was judged, so that what is not found is not there."""
    if report.interrupted:
        return
    seen = (one for one in report.samples if one.verdict is not Verdict.ERROR and not one.unchanged)
    judged = Counter(sample.page for sample in seen)
    for page in report.pages:
        if judged[page.path] == page.samples:
            yield page.slug or page.path


def _slugs(report: Report) -> dict[str, str]:
    return {page.path: page.slug for page in report.pages}


def _named(one: Accepted) -> str:
    symbol = f" `{one.symbol}`" if one.symbol else ""
    return f"{one.code}{symbol} on {one.page}"
