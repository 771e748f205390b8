"""A nightly run among the nights before it: what is newly broken, what is mended, and what is open still.

Runs that begin within twelve hours of one another are one night: whoever runs
the same night again gets the same answer, and it is recorded once.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.ledger import read
from harness.ledger.compare import compare
from harness.ledger.past import NEWEST
from harness.ledger.record import record
from harness.model.difference import ChangedFinding, ChangedSample
from harness.model.night import Night
from harness.model.past import Past
from harness.model.verdict import Verdict
from harness.report.entries import Level, level_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from harness.ledger.database import Database
    from harness.ledger.origin import Origin
    from harness.model.difference import Difference
    from harness.model.ledger import RecordedFinding, RecordedRun, RecordedSample, RunSummary
    from harness.report.wire import Report

LENGTH = dt.timedelta(hours=12)
"""How far apart the beginnings of two nights are at least."""
BACK = 30
"""How many nights are looked through for the last word on a sample that the harness failed on."""
_SILENT = frozenset({Verdict.OK, Verdict.SKIPPED, Verdict.ERROR})
"""Verdicts that hold nothing against a sample."""


def night(database: Database, report: Report, origin: Origin) -> Night:
    """Record a nightly run, once, and hold it against the nights before.

    Args:
        database: The ledger.
        report: What the run found.
        origin: Where it comes from.

    Raises:
        ReportError: If the ledger cannot be read or written.
    """
    start = _when(report.started, (origin.options or {}).get("as-of", "")) - LENGTH
    known = [one for one in read.runs(database, scope=origin.scope) if not one.interrupted]
    earlier = sorted((one for one in known if _of(one) <= start), key=_of)
    last = _judged(database, earlier) if earlier else None
    since = _reference(database, earlier, last) if last else None
    once_from = dt.datetime.fromisoformat(report.started) - LENGTH
    number = record(database, report, origin, since=since.summary.id if since else None, once_from=once_from)
    mine = read.run(database, number)
    now = _judged(database, [*earlier, mine.summary])
    runs = (*earlier[1 - NEWEST :], mine.summary)
    again = dt.datetime.fromisoformat(mine.summary.started) != dt.datetime.fromisoformat(report.started)
    if last is None or since is None:
        return Night(Past(runs), again=again)
    difference = compare(last, now)
    return Night(
        past=Past(runs, difference),
        since=since.summary,
        broken=tuple(_broken(difference, now)),
        fixed=tuple(_fixed(difference)),
        open=tuple(_broken(compare(since, now), now)),
        again=again,
    )


def _of(run: RunSummary) -> dt.datetime:
    return _when(run.started, run.options.get("as-of", ""))


def _when(started: str, day: str) -> dt.datetime:
    """Return the moment that a run tells of: when it started, or the end of the day whose libraries it had."""
    if day:
        return dt.datetime.combine(dt.date.fromisoformat(day), dt.time.max, dt.UTC)
    return dt.datetime.fromisoformat(started)


def _judged(database: Database, runs: Sequence[RunSummary]) -> RecordedRun:
    """Return the last of these runs, each sample that the harness failed on as the nights before judged it."""
    *earlier, mine = runs
    run = read.run(database, mine.id)
    failed = {sample.id for sample in run.samples if sample.verdict is Verdict.ERROR}
    known: dict[str, RecordedSample] = {}
    for one in reversed(earlier[-BACK:]):
        if failed <= known.keys():
            break
        for sample in read.run(database, one.id).samples:
            if sample.id in failed and sample.verdict is not Verdict.ERROR:
                known.setdefault(sample.id, sample)
    return replace(run, samples=tuple(known.get(sample.id, sample) for sample in run.samples))


def _reference(database: Database, earlier: Sequence[RunSummary], last: RecordedRun) -> RecordedRun:
    """Return the run that what is open is counted from: the last one, once nothing is open there."""
    ids = [one.id for one in earlier]
    if last.summary.since not in ids:
        return last
    since = _judged(database, earlier[: ids.index(last.summary.since) + 1])
    return since if any(_broken(compare(since, last), last)) else last


def _broken(difference: Difference, after: RecordedRun) -> Iterator[ChangedSample]:
    """Yield what is newly broken and counts: not what is expected or accepted, nor what there is nothing to mend in."""
    samples = {sample.id: sample for sample in after.samples}
    expected = {name for name, sample in samples.items() if sample.as_expected}
    new = (samples[name] for name in difference.added)
    came = (
        ChangedSample(one.id, one.page, None, one.verdict, tuple(map(ChangedFinding, _counting(one.findings))))
        for one in new
        if one.verdict not in _SILENT
    )
    for sample in (*difference.broken, *came):
        findings = tuple(one for one in sample.findings if _weighs(one.finding))
        # a verdict may turn without a new finding, where one that was got around no longer is
        if sample.id not in expected and (findings or not sample.findings):
            yield replace(sample, findings=findings)


def _fixed(difference: Difference) -> Iterator[ChangedSample]:
    """Yield what is newly fixed: a line that was deprecated and is now gone is not."""
    worse = {(sample.id, one.finding.line) for sample in difference.broken for one in sample.findings if sample.id}
    for sample in difference.fixed:
        left = (one for one in sample.findings if (sample.id, one.finding.line) not in worse)
        findings = tuple(one for one in left if _weighs(one.finding))
        if findings or not sample.findings:
            yield replace(sample, findings=findings)


def _counting(findings: Iterable[RecordedFinding]) -> list[RecordedFinding]:
    return [one for one in findings if one.counts]


def _weighs(finding: RecordedFinding) -> bool:
    return not finding.accepted and level_of(finding.code) is not Level.NOTE
