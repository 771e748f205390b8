"""The program, stage by stage: pages → samples → jobs → runs → findings → verdicts → report.

Each stage takes frozen values and gives frozen values; `check` puts them in a row.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from harness import changes, executing, fixing, judging
from harness.changes import NOTHING, Unchanged
from harness.errors import NothingSelectedError
from harness.extract import ENDINGS, NONE_GIVEN, Extraction, distinct, extract_paths, parse_profiles
from harness.model.source import Fate
from harness.model.verdict import Report
from harness.plan import contexts, libraries, matrix, selector, shards
from harness.report.fingerprint import fingerprinted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.executing import Executor
    from harness.fixing import Fixed
    from harness.judging import Weighed
    from harness.model.matrix import Job, Shard
    from harness.model.source import Sample
    from harness.model.verdict import PageFault, SampleReport
    from harness.options import Options


class Listener(Protocol):
    """Hears how a check goes; called from the main thread only."""

    def stage(self, name: str, total: int | None = None) -> None:
        """Hear that a stage begins."""

    def finished(self, sample: SampleReport) -> None:
        """Hear that a sample has its verdict."""

    def waiting(self, running: str) -> None:
        """Hear what runs; comes every few seconds while nothing else does."""

    def note(self, message: str) -> None:
        """Hear something that the user should know."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a check will do."""

    jobs: tuple[Job, ...]
    """What runs, in the order of the pages."""
    left_out: tuple[tuple[Sample, str], ...]
    """Samples that are not run, and why."""
    faults: Mapping[str, tuple[PageFault, ...]]
    """What is wrong with the page around a sample, by the sample's id."""
    elsewhere: frozenset[str] = frozenset()
    """Pages of which nothing is told, because the options name libraries that they have no sample of."""
    unchanged: Unchanged = NOTHING
    """What is not looked at, because it is as it was at the commit that the options name."""


def check(options: Options, listener: Listener, given: Mapping[str, bytes] = NONE_GIVEN) -> Report:
    """Run all stages in a row.

    Args:
        options: What is asked for.
        listener: Hears how it goes.
        given: Text in place of that of a page's file, which need not be there, by path.

    Raises:
        ConfigError: If pages, options, contexts or profiles cannot be used.
        NothingSelectedError: If the selection leaves nothing.
        SandboxError: If no sandbox can be made ready.
    """
    started = now()
    extractions = extract(options, given)
    planned = plan(extractions, options, given)
    reports = [_not_run(sample, why, planned) for sample, why in planned.left_out]
    name = strength = ""
    interrupted = False
    if planned.jobs:
        listener.stage("preparing the sandbox")
        with executing.opened(options, listener.note) as executor:
            try:
                for report in run(planned, executor, listener):
                    reports.append(report)
                    listener.finished(report)
            except KeyboardInterrupt:
                interrupted = True
            name, strength = executor.sandbox, executor.strength
    told = [one for one in extractions if one.page.path not in planned.unchanged.pages | planned.elsewhere]
    faults = tuple(fault for one in told for fault in one.findings if not judging.belongs_to_sample(fault))
    whole = _report(started, extractions, reports, faults)
    whole = replace(whole, interrupted=interrupted, sandbox=name, strength=strength)
    return fixing.with_changes(fingerprinted(whole), parse_profiles(options.profiles), given)


def extract(options: Options, given: Mapping[str, bytes] = NONE_GIVEN) -> tuple[Extraction, ...]:
    """Pages → samples, each page by itself: one that cannot be read leaves a finding in its place.

    Raises:
        NothingSelectedError: If there is no page: a folder that was moved must not pass for one without faults.
    """
    found = tuple(extract_paths(options.pages, parse_profiles(options.profiles), given))
    if not found:
        raise NothingSelectedError(
            "there is no page",
            where=", ".join(options.pages),
            cause=f"no file below ends with one of {', '.join(sorted(ENDINGS))}",
            next_step="name another folder, or a page itself, whatever its ending",
        )
    return distinct(found)


def fixes(report: Report, options: Options, given: Mapping[str, bytes] = NONE_GIVEN) -> tuple[Fixed, ...]:
    """Report → pages with every verified replacement made; nothing is written."""
    return fixing.fixes(report, parse_profiles(options.profiles), given)


def plan(extractions: Sequence[Extraction], options: Options, given: Mapping[str, bytes] = NONE_GIVEN) -> Plan:
    """Samples → jobs, those that the selection and the shard leave.

    A sample that its author skips is planned all the same: a skip that is no longer needed is reported.

    Raises:
        ConfigError: If a context cannot be used.
        NothingSelectedError: If the selection leaves none.
    """
    samples = [sample for extraction in extractions for sample in extraction.samples]
    reasons = {
        item.sample: item.reason
        for extraction in extractions
        for item in extraction.inventory
        if item.sample and item.fate is not Fate.SAMPLE
    }
    faults: dict[str, tuple[PageFault, ...]] = defaultdict(tuple)
    for extraction in extractions:
        for fault in extraction.findings:
            faults[fault.sample] += (fault,)
    planned = matrix.plan(
        [sample for sample in samples if sample.id not in reasons or sample.directive.skip],
        lanes=options.lanes,
        pythons=options.pythons,
        contexts=contexts.read_folder(options.contexts),
        allow=options.allow,
    )
    chosen = libraries.needing(selector.select(planned, options.select), options.libraries)
    run_ids = {job.sample.id for job in planned}
    rest = not options.select and (not options.libraries or libraries.NO_LIBRARY in options.libraries)
    left_out = [(sample, reasons[sample.id]) for sample in samples if rest and sample.id not in run_ids]
    elsewhere = _elsewhere(extractions, planned, chosen, rest=rest) if options.libraries else frozenset()
    unchanged = changes.since(extractions, options, given) if options.changed_since else NOTHING
    same = {job.sample.id: job.sample for job in chosen if job.sample.id in unchanged.samples}
    left_out += [(sample, f"unchanged since {options.changed_since}") for sample in same.values()]
    changed = tuple(job for job in chosen if job.sample.id not in same)
    whole = Plan(changed, tuple(left_out), dict(faults), elsewhere, unchanged)
    return _part(whole, options.shard) if options.shard else whole


def _elsewhere(
    extractions: Sequence[Extraction], planned: Sequence[Job], chosen: Sequence[Job], *, rest: bool
) -> frozenset[str]:
    """Return the pages of other libraries; what has no job at all is told with the rest."""
    pages = {extraction.page.path for extraction in extractions}
    mine = {job.sample.page.path for job in chosen}
    return frozenset(pages - mine - (pages - {job.sample.page.path for job in planned} if rest else set()))


def _part(whole: Plan, shard: Shard) -> Plan:
    """Return what one machine of several does; pages are read whole on each."""
    return replace(whole, jobs=shards.take(whole.jobs, shard), left_out=shards.take_left_out(whole.left_out, shard))


def run(planned: Plan, executor: Executor, listener: Listener) -> Iterator[SampleReport]:
    """Jobs → reports, a report as soon as the last job of its sample is done."""
    waiting: dict[str, list[str]] = defaultdict(list)
    for job in planned.jobs:
        waiting[job.sample.id].append(job.id)
    listener.stage("checking", len(waiting))
    done: dict[str, Weighed] = {}
    for weighed in executor.run(planned.jobs, listener.waiting):
        job = weighed.ran.job
        done[job.id] = weighed
        group = waiting[job.sample.id]
        if all(other in done for other in group):
            yield judge(job.sample, [done.pop(other) for other in group], planned)


def judge(sample: Sample, runs: Sequence[Weighed], planned: Plan) -> SampleReport:
    """Runs → verdict; a sample that its author skips keeps that verdict, unless the skip is no longer needed."""
    faults = planned.faults.get(sample.id, ())
    report = judging.judged(sample, runs, faults)
    if not sample.directive.skip:
        return report
    return judging.still_skipped(sample, report)


def _not_run(sample: Sample, why: str, planned: Plan) -> SampleReport:
    """Return the report on a sample that was left out; of one that did not change, nothing is said."""
    if sample.id in planned.unchanged.samples:
        return judging.unchanged(sample, why)
    return judging.skipped(sample, why, planned.faults.get(sample.id, ()))


def _report(
    started: str, extractions: Sequence[Extraction], reports: Sequence[SampleReport], faults: tuple[PageFault, ...]
) -> Report:
    order = {sample.id: number for number, sample in enumerate(s for one in extractions for s in one.samples)}
    return Report(
        started=started,
        finished=now(),
        samples=tuple(sorted(reports, key=lambda report: order[report.id])),
        inventory=tuple(item for extraction in extractions for item in extraction.inventory),
        faults=faults,
    )


def now() -> str:
    """Return the time as reports tell it: in UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
