"""What a nightly run tells people: the summary of a job, an issue that stays until all is mended, news for its readers.

Like all Markdown of ours: text from pages, samples and libraries forms no
link, no HTML and no heading, and calls nobody by ``@name``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.report import markdown
from harness.report.over_time import because, percent, when
from harness.report.words import BREAKS_NEXT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.model.difference import ChangedFinding, ChangedSample
    from harness.model.ledger import RunSummary
    from harness.model.night import Night
    from harness.report.wire import Report, Run

LIMIT = 28_000
"""Characters of a list, so that two of them stay below the 65,536 that GitHub takes in an issue or a comment."""
SUMMARY_LIMIT = 200_000
"""Characters of what the summary says of the report; GitHub takes a mebibyte of a step."""
MOST = 100
"""Samples that are named of those that pre-releases break."""
_BROKEN, _FIXED = "❌", "✅"


def marker(run: RunSummary) -> str:
    """Return the comment that the issue on what this run checks is found by; nobody sees it."""
    return f"<!-- sample-harness nightly: {run.scope} -->"


def title(night: Night) -> str:
    """Return what the issue is called."""
    found, pages = many(night.open), len({one.page for one in night.open})
    if not found:
        return "Code on published pages is mended"
    counted = f"{found} finding{'s' * (found != 1)} on {pages} page{'s' * (pages != 1)}"
    return f"Code on published pages is broken: {counted}"


def summary(night: Night | None, report: Report) -> bytes:
    """Return what a person reads first: what changed over night, then what there is.

    Args:
        night: The run among the nights before, or None where the ledger could not be asked.
        report: What it found.
    """
    head = [*_head(night)] if night else ["## Nightly check: not compared with the nights before", ""]
    return "\n".join([*head, *_coming(report), ""]).encode() + markdown.render(report, SUMMARY_LIMIT) + b"\n"


def _head(night: Night) -> Iterator[str]:
    if not night.before:
        yield "## Nightly check: the first night"
        yield from ("", "There is no earlier run to compare with: later nights are held against this one.", "")
        return
    news = f"{many(night.broken)} newly broken, {many(night.fixed)} newly fixed"
    yield from (f"## Nightly check: {news}", "", _compared(night.before, night.run), "")
    yield from _section("Newly broken", night.broken, _BROKEN)
    yield from _section("Newly fixed", night.fixed, _FIXED)
    if night.since:
        yield from _section(f"Open still, broken since {_day(night.since)}", tuple(_older(night)), _BROKEN)


def _coming(report: Report) -> Iterator[str]:
    """Yield what works today and fails with pre-releases: a warning, and nothing to mend yet."""
    found = [
        f"- ⚠️ {markdown.inline(sample.id)} {markdown.spoken(note)}; {markdown.spoken(_versions(run))}"
        for sample in report.samples
        for run in sample.runs
        for note in run.notes
        if note.startswith(BREAKS_NEXT)
    ]
    if found:
        more = [f"- … and {len(found) - MOST} more: the report has them all"] if len(found) > MOST else []
        yield from ("### With what is coming", "", *found[:MOST], *more, "")


def _versions(run: Run) -> str:
    return ", ".join(f"{name} {version}" for name, version in sorted(run.packages.items()))


def _older(night: Night) -> Iterator[ChangedSample]:
    """Yield what is open and no news of this night."""
    new = {(sample.page, one.finding.fingerprint) for sample in night.broken for one in sample.findings}
    turned = {sample.id for sample in night.broken if not sample.findings}
    for sample in night.open:
        findings = tuple(one for one in sample.findings if (sample.page, one.finding.fingerprint) not in new)
        if findings or (not sample.findings and sample.id not in turned):
            yield replace(sample, findings=findings)


def issue(night: Night) -> bytes:
    """Return the body of the issue: all that is open, whichever night it broke, and what to do about it."""
    since = night.since or night.run
    steps = (
        "To see one again: `harness check PAGE`, and `harness explain PAGE:LINE` for what each witness saw.",
        "What is to stay as it is for a while: `harness baseline write`.",
        "Each night brings this text up to date; the issue is closed when all of it is mended or accepted.",
    )
    lines = [
        marker(night.run),
        "",
        f"What follows is broken on published pages and was not on {_day(since)}.",
        "",
        _compared(since, night.run),
        "",
        *_section("What broke", night.open, _BROKEN),
        *steps,
    ]
    return "\n".join([*lines, ""]).encode()


def news(night: Night) -> bytes:
    """Return what this night has to tell those who follow the issue, once; nothing where nothing changed."""
    told = [*_section("Newly broken", night.broken, _BROKEN), *_section("Newly fixed", night.fixed, _FIXED)]
    if not told or not night.before or night.again:
        return b""
    rest = f"{many(night.open)} still open." if night.open else "All of it is mended."
    return "\n".join([_compared(night.before, night.run), "", *told, rest, ""]).encode()


def _compared(before: RunSummary, now: RunSummary) -> str:
    return f"Accuracy: {percent(before)} on {_day(before)} → {percent(now)} on {_day(now)}."


def _day(run: RunSummary) -> str:
    day = run.options.get("as-of")
    return f"{day} (the libraries of that day)" if day else f"{when(run)} UTC"


def many(samples: Sequence[ChangedSample]) -> int:
    """Count what is to be looked at, as `harness diff` does."""
    return sum(max(1, len(one.findings)) for one in samples)


def _section(heading: str, samples: Sequence[ChangedSample], mark: str) -> Iterator[str]:
    """Yield a list under its heading, as far as there is room; nothing where it is empty."""
    if not samples:
        return
    yield from (f"### {heading}", "")
    used = 0
    items = [item for sample in samples for item in _items(sample, mark)]
    for number, item in enumerate(items):
        used += len(item)
        if used > LIMIT:
            yield f"- … and {len(items) - number} more: the report has them all"
            break
        yield item
    yield ""


def _items(sample: ChangedSample, mark: str) -> Iterator[str]:
    name = markdown.inline(sample.id or sample.page)
    if not sample.findings:
        yield f"- {mark} {name}: {sample.before} → {sample.after}"
    for one in sample.findings:
        yield _item(sample, one, mark)


def _item(sample: ChangedSample, told: ChangedFinding, mark: str) -> str:
    finding = told.finding
    place = markdown.inline(f"{sample.page}:{finding.page_line}" if finding.page_line else sample.page)
    symbol = f" {markdown.inline(finding.symbol)}" if finding.symbol else ""
    cause = because(told.cause) if told.cause else "the sample is new" if sample.before is None and sample.id else ""
    lines = [f"- {mark} {place} **{finding.code}**{symbol}: {markdown.spoken(finding.message)}"]
    lines += [f"  - {markdown.spoken(cause)}"] if cause else []
    replacement = finding.suggestion.replacement if finding.suggestion and finding.suggestion.verified else None
    lines += [f"  - tried in its place, and it works: {markdown.inline(replacement)}"] if replacement else []
    return "\n".join(lines)
