"""What a report says about one line, and how to see it again.

A place is written as reports show it: ``ID:LINE`` with a line of the sample, or
``PAGE:LINE`` with a line of the page, a column behind it or not. All text of
pages and libraries goes out through `plain`.
"""

from __future__ import annotations

import os
import re
import shlex
from glob import escape
from typing import TYPE_CHECKING, Final

from harness.errors import ConfigError
from harness.report.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.report.wire import Finding, History, Report, Run, Sample

_PLACE: Final = re.compile(r"(?P<where>.+?):(?P<line>[1-9]\d{0,8})(:\d+)?")
_DOTTED: Final = re.compile(r"(?P<path>[^\W\d]\w*(\.[^\W\d]\w*)*)(\(.*\))?")
_SCRIPTS: Final = {
    "A001": 'import importlib; importlib.import_module("{path}")',
    "A002": 'import pkgutil; pkgutil.resolve_name("{path}")',
    "A003": 'import inspect, pkgutil; print(inspect.signature(pkgutil.resolve_name("{path}")))',
    "A004": 'import pkgutil; help(pkgutil.resolve_name("{path}"))',
    "A005": 'import pkgutil; help(pkgutil.resolve_name("{path}"))',
}
"""What shows a fault of each code without the sample."""


def place(text: str) -> tuple[str, int]:
    """Return (id or page, line) of a place as reports write it.

    Raises:
        ConfigError: If it is none.
    """
    match = _PLACE.fullmatch(text)
    if match is None:
        raise ConfigError(
            f"{text!r} is neither a code nor a place",
            next_step="harness explain A002, harness explain ID:LINE or harness explain PAGE:LINE",
        )
    return match["where"], int(match["line"])


def tell(report: Report, where: str, line: int) -> str:
    """Return all that a report knows of one line, for a person.

    Args:
        report: The report.
        where: Id of a sample, or path of a page.
        line: Line of the sample's text, or of the page.

    Raises:
        ConfigError: If the report says nothing about it.
    """
    lines = [text for sample, finding in _found(report, where, line) for text in _told(report, sample, finding)]
    lines += [
        plain(f"{fault.page}:{fault.line}:{fault.column} {fault.code}: {fault.message}")
        for fault in report.faults
        if _same(fault.page, where) and fault.line == line
    ]
    if not lines:
        raise _nothing(report, where, line)
    return "\n".join(lines)


def _found(report: Report, where: str, line: int) -> Iterator[tuple[Sample, Finding]]:
    """Yield the findings of a place, with their samples."""
    for sample in report.samples:
        for finding in sample.findings:
            of_sample = sample.id == where and finding.line == line
            if of_sample or (_same(sample.page, where) and finding.page_line == line):
                yield sample, finding


def _same(page: str, given: str) -> bool:
    """Return whether two paths name one page, as far as text tells: the report may come from another machine."""
    return page == given or os.path.normpath(page) == os.path.normpath(given)


def _nothing(report: Report, where: str, line: int) -> ConfigError:
    """Return the error that says what else there is to ask about."""
    near = [sample for sample in report.samples if sample.id == where or _same(sample.page, where)]
    lines = [f"{sample.id}:{finding.line}" for sample in near or report.samples for finding in sample.findings]
    known = ", ".join(dict.fromkeys(lines[:12])) or "no finding at all"
    return ConfigError(
        "the report has no finding there" if near else "the report has no such sample or page",
        where=plain(f"{where}:{line}"),
        cause=f"the check of {report.started[:16]} has: {plain(known)}",
        next_step="name one of these, or another report with --report FILE",
    )


def _told(report: Report, sample: Sample, finding: Finding) -> Iterator[str]:
    page = f"{sample.page}:{finding.page_line}:{finding.page_column}"
    yield f"{plain(sample.id)}:{finding.line}  {plain(page)}"
    if finding.source.strip():
        yield f"  {plain(finding.source.strip())}"
    yield ""
    yield f"{finding.code} {finding.kind}, {finding.confidence}: {plain(finding.symbol)}"
    yield f"  {plain(finding.message)}"
    yield from _block("Seen by", _witnesses(finding))
    if finding.suggestion:
        said = finding.suggestion
        proof = "a copy of the sample with it ran: it works" if said.verified else "not proved by a run"
        instead = [*(said.replacement or "").splitlines(), *([f"({proof})"] if said.replacement else [])]
        yield from _block("Instead", [plain(said.text), *map(plain, instead)])
    yield from _block("Environment", [line for run in sample.runs for line in _run(run)])
    yield from _block("To see it again", _again(report, sample, finding))
    yield from _block("What the code means", [f"harness explain {finding.code}"])
    yield ""


def _block(title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield ""
        yield title
        yield from (f"  {line}" for line in lines)


def _witnesses(finding: Finding) -> list[str]:
    """Return what each witness said; the published releases are one."""
    lines = []
    for account in finding.accounts:
        first, *more = account.evidence.splitlines() or [""]
        lines += [f"{plain(account.witness)}: {plain(first)}", *(f"  {plain(line)}" for line in more)]
    return [*lines, *(_history(finding.history) if finding.history else [])]


def _history(history: History) -> list[str]:
    name, checked = plain(history.distribution), history.releases_checked
    releases = plain(", ".join(history.releases))
    looked = f"{checked} release{'s' * (checked != 1)} of {name} looked at{': ' * bool(releases)}{releases}"
    if history.last_good is None:
        return [f"timeline: none of them has it; {looked}"]
    date = f" ({plain(history.first_bad_date)})" if history.first_bad_date else ""
    good, bad = plain(history.last_good), plain(history.first_bad or "")
    ended = f"last worked in {good}, broke with {bad}{date}" if bad else f"last seen in {good}"
    return [f"timeline: {ended}; {looked}"]


def _run(run: Run) -> Iterator[str]:
    packages = ", ".join(f"{name} {version}" for name, version in run.packages.items())
    python = f"Python {run.python}" if run.python else ""
    parts = (packages, python, run.sandbox, run.outcome, "" if run.cached else f"{run.seconds:.1f} s")
    yield plain(f"{run.lane}: " + ", ".join(part for part in parts if part))
    if run.lock:
        yield f"  lock {plain(run.lock)}"
    for held in run.held_back:
        why = f": {held.reason}" if held.reason else ""
        yield plain(f"  held back: {held.name} {held.tested} tested, newest is {held.newest}{why}")
    if run.repairs:
        yield plain(f"  added because a library asked for it: {', '.join(run.repairs)}")
    yield from (f"  note: {plain(note)}" for note in run.notes)


def _again(report: Report, sample: Sample, finding: Finding) -> list[str]:
    """Return the commands that show it again: the whole sample, and the library's object alone."""
    sandbox = report.sandbox.name
    where = f" --sandbox {sandbox}" if sandbox else ""
    # a number sign begins a comment only behind a space, yet nobody should have to know
    chosen = "'" + escape(sample.id).replace("'", "'\\''") + "'"
    lines = [plain(f"harness check {shlex.quote(sample.page)} --select {chosen}{where} --no-cache")]
    run = next((run for run in sample.runs if run.lock), None)
    dotted = _DOTTED.fullmatch(finding.symbol)
    script = _SCRIPTS.get(finding.code)
    if run and script and dotted:
        short = run.lock.removeprefix("sha256:")[:12]
        lines.append(f"harness env run {short}{where} -c {shlex.quote(script.format(path=dotted['path']))}")
    return lines
