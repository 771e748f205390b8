"""The report for a person at a terminal.

Every text goes out as a `rich.text.Text` made of `plain` text, so neither
markup nor escape codes in a sample mean anything here, and a place such as
``page.md:12:3`` is never broken over lines, so that terminals make it a link.
"""

from __future__ import annotations

import re
import shlex
from collections import Counter
from datetime import datetime
from glob import escape
from io import StringIO
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from harness.model.execution import Outcome
from harness.model.source import Fate
from harness.model.verdict import Confidence, Verdict
from harness.report import calls
from harness.report.text import excerpt, inert, plain
from harness.report.words import history

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.model.verdict import PageFault, PlacedFinding, Report, RunRecord, SampleReport, Suggestion

STYLES = {
    Verdict.OK: ("✓", "+", "green"),
    Verdict.OUTDATED: ("✗", "x", "bold red"),
    Verdict.INCOMPLETE: ("~", "~", "yellow"),
    Verdict.UNRUNNABLE: ("⊘", "o", "magenta"),
    Verdict.SKIPPED: ("-", "-", "dim"),
    Verdict.ERROR: ("!", "!", "bold white on red"),
}
"""Symbol, symbol where the terminal cannot show it, and style of each verdict."""
EVIDENCE_LINES = 8
"""Lines of evidence to show; the JSON report has them all."""
EVIDENCE_WIDTH = 400
"""Characters of each of them to show."""
QUIET = frozenset({Verdict.OK, Verdict.SKIPPED})
"""Verdicts that a quiet report leaves out."""


def render(report: Report, console: Console, *, quiet: bool = False, show_calls: bool = False) -> None:
    """Print a report.

    Args:
        report: What to print.
        console: Where to.
        quiet: Leave out samples that work or are skipped, and all that is not a finding.
        show_calls: Every call to a service, also where quiet.
    """
    out = _Printer(console)
    _body(out, report, quiet=quiet, show_calls=show_calls)
    _summary(out, report, quiet=quiet)
    out.flush()


def told(report: Report, width: int) -> str:
    """Return what is said of pages and samples as plain text, without the summary.

    Args:
        report: What to tell of.
        width: Columns to keep to.
    """
    text = StringIO()
    _body(_Printer(Console(file=text, width=width, color_system=None, highlight=False)), report)
    return text.getvalue().rstrip()


def _body(out: _Printer, report: Report, *, quiet: bool = False, show_calls: bool = False) -> None:
    """Print what is said of pages and samples."""
    for page, samples, faults in _pages(report):
        shown = [sample for sample in samples if not quiet or sample.verdict not in QUIET or sample.surprise]
        if shown or faults:
            out.line(out.text(page, "bold underline"))
            for fault in faults:
                _fault(out, fault)
            for sample in shown:
                _sample(out, sample, quiet=quiet, show_calls=show_calls)
            out.line(Text())
            out.flush()


def sample_line(sample: SampleReport, encoding: str) -> Text:
    """Return one line that says what became of a sample."""
    symbol, fallback, style = STYLES[sample.verdict]
    shown = symbol if plain(symbol, encoding) == symbol else fallback
    return Text.assemble(
        (f"{shown} {plain(sample.id, encoding)} {sample.verdict}", style),
        (f"  {plain(sample.role, encoding)}, {plain(sample.language, encoding)}, line {sample.page_line}", "dim"),
    )


class _Printer:
    """Gathers lines and prints them; the only place that knows the terminal's width and encoding."""

    def __init__(self, console: Console) -> None:
        self.encoding = console.encoding
        self.width = console.width
        self._console = console
        self._lines: list[Text] = []

    def text(self, value: str, style: str = "") -> Text:
        """Make foreign text safe to print."""
        return Text(plain(value, self.encoding), style=style)

    def line(self, text: Text, indent: int = 0) -> None:
        """Add one line and leave it whole, however long it is."""
        whole = Text.assemble(" " * indent, text)
        harmless = inert(whole.plain)
        self._lines.append(whole if harmless == whole.plain else Text(harmless))

    def flush(self) -> None:
        """Print what was gathered, in one call: a call for each line takes twice the time."""
        self._console.print(Text("\n").join(self._lines), soft_wrap=True)
        self._lines.clear()

    def wrapped(self, text: Text, indent: int, hang: int = 2) -> None:
        """Add a paragraph, broken between words only: rich's own wrapping would break a long path."""
        room = self.width - indent
        cuts, used = [], 0
        for word in re.finditer(r"\S+\s*", text.plain):
            if used and used + cell_len(word[0].rstrip()) > room:
                cuts.append(word.start())
                used = hang
            used += cell_len(word[0])
        for number, line in enumerate(text.divide(cuts)):
            line.rstrip()
            self.line(line, indent + hang * (number > 0))

    def headed(self, head: Text, body: Text, indent: int) -> None:
        """Add a head and its body on one line where both fit, else the body below."""
        if indent + head.cell_len + 1 + body.cell_len <= self.width:
            self.line(Text.assemble(head, " ", body), indent)
        else:
            self.line(head, indent)
            self.wrapped(body, indent + 2, hang=0)


def _pages(report: Report) -> Iterator[tuple[str, list[SampleReport], list[PageFault]]]:
    """Yield each page with what is said of it, in the order in which pages come up."""
    faults = {fault.page: [one for one in report.faults if one.page == fault.page] for fault in report.faults}
    samples: dict[str, list[SampleReport]] = {}
    for sample in report.samples:
        samples.setdefault(sample.page.path, []).append(sample)
    for page in dict.fromkeys([*samples, *faults]):
        yield page, samples.get(page, []), faults.get(page, [])


def _fault(out: _Printer, fault: PageFault) -> None:
    place = f"{fault.page}:{fault.line}:{fault.column}" if fault.line else fault.page
    head = Text.assemble(out.text(place, "bold"), " ", out.text(fault.code, "yellow"))
    out.headed(head, out.text(fault.message), 2)
    if fault.accepted:
        out.wrapped(out.text(f"accepted: {fault.accepted}", "green"), 4)


def _sample(out: _Printer, sample: SampleReport, *, quiet: bool, show_calls: bool) -> None:
    out.line(sample_line(sample, out.encoding), 2)
    if sample.reason:
        out.wrapped(out.text(sample.reason), 4, hang=0)
    if sample.remark:
        out.wrapped(out.text(sample.remark, "yellow"), 4)
    if sample.surprise:
        out.wrapped(out.text(f"not as expected: {sample.surprise}", "bold yellow"), 4)
    elif sample.expected and not quiet:
        out.wrapped(out.text(f"as its author expects: {sample.expected}", "green"), 4)
    for run in sample.runs if not quiet else ():
        _run(out, run)
    for call in (line for run in sample.runs if show_calls for line in calls.listed(run)):
        out.wrapped(out.text(call, "dim"), 6)
    for placed in sample.findings:
        _finding(out, sample, placed, quiet=quiet)
    if sample.verdict not in QUIET and not quiet:
        command = f"harness check {shlex.quote(sample.page.path)} --select {_quoted(escape(sample.id))}"
        out.line(out.text(f"again: {command}", "dim"), 4)


def _quoted(text: str) -> str:
    """Quote an argument, also where a shell would not need it: ids hold ``#``."""
    return shlex.quote(text) if "'" in text else f"'{text}'"


def _run(out: _Printer, run: RunRecord) -> None:
    parts = [
        f"{run.lane}: " + ", ".join(f"{name} {version}" for name, version in run.packages)
        if run.packages
        else run.lane,
        *([f"Python {run.python}"] if run.python else []),
        run.sandbox,
        "reused result" if run.cached else f"{run.seconds:.1f} s",
        *([run.outcome] if run.outcome in {Outcome.ERRORED, Outcome.SKIPPED} else []),
    ]
    out.wrapped(out.text(", ".join(filter(None, parts)), "dim"), 4)
    for held in run.held_back:
        why = f": {held.reason}" if held.reason else ""
        out.wrapped(out.text(f"held back: {held.name} {held.tested} tested, newest is {held.newest}{why}", "yellow"), 4)
    if run.repairs:
        out.wrapped(out.text(f"repaired: a library asked for {', '.join(run.repairs)}"), 4)
    if run.services:
        out.wrapped(out.text(f"services: {calls.services(run)}"), 4)
    for note in run.notes:
        out.wrapped(out.text(f"note: {note}"), 4)


def _finding(out: _Printer, sample: SampleReport, placed: PlacedFinding, *, quiet: bool) -> None:
    finding = placed.finding
    place = f"{sample.page.path}:{placed.page_line}:{placed.page_column}"
    kind = f"{finding.kind} (likely)" if finding.confidence is Confidence.LIKELY else str(finding.kind)
    head = Text.assemble(out.text(place, "bold"), " ", (finding.code, STYLES[sample.verdict][2]), " ", kind)
    out.headed(head, out.text(finding.message), 4)
    if placed.accepted:
        out.wrapped(out.text(f"accepted: {placed.accepted}", "green"), 6)
    if quiet or placed.accepted:
        return
    _source(out, placed)
    lines = [line for line in finding.evidence.splitlines() if line.strip()]
    for number, line in enumerate(lines[:EVIDENCE_LINES]):
        shown = line if len(line) <= EVIDENCE_WIDTH else line[:EVIDENCE_WIDTH] + "…"
        out.wrapped(out.text(shown if number else f"seen: {shown}", "dim"), 6)
    if len(lines) > EVIDENCE_LINES:
        out.line(out.text(f"and {len(lines) - EVIDENCE_LINES} more lines, which the JSON report has", "dim"), 8)
    if finding.history:
        out.wrapped(out.text(history(finding.history)), 6)
    if finding.suggestion:
        _suggestion(out, finding.suggestion)


def _source(out: _Printer, placed: PlacedFinding) -> None:
    """Print the line of code and mark the place."""
    if not placed.source.strip():
        return
    bar = "│" if plain("│", out.encoding) == "│" else "|"
    number = str(placed.page_line)
    width = max(20, out.width - 6 - len(number) - 3)
    finding = placed.finding
    code, marks = excerpt(placed.source, finding.column, finding.end_column, width, out.encoding)
    out.line(Text.assemble((f"{number} {bar} ", "dim"), code), 6)
    out.line(Text.assemble((f"{' ' * len(number)} {bar} ", "dim"), (marks, "red")), 6)


def _suggestion(out: _Printer, suggestion: Suggestion) -> None:
    out.wrapped(out.text(f"instead: {suggestion.text}", "green"), 6)
    if suggestion.replacement is not None:
        proof = "   (tried: it works)" if suggestion.verified else "   (not tried)"
        for number, line in enumerate(suggestion.replacement.splitlines()):
            out.line(Text.assemble(out.text(line, "green"), (proof if number == 0 else "", "dim")), 8)


def _summary(out: _Printer, report: Report, *, quiet: bool) -> None:
    verdicts = Counter(sample.verdict for sample in report.samples)
    text = Text(_count(len(report.samples), "sample"))
    for number, verdict in enumerate(verdict for verdict in Verdict if verdicts[verdict]):
        text.append(", " if number else ": ").append(f"{verdicts[verdict]} {verdict}", STYLES[verdict][2])
    out.wrapped(text, 0)
    if not quiet:
        _inventory(out, report)
        seconds = (datetime.fromisoformat(report.finished) - datetime.fromisoformat(report.started)).total_seconds()
        runs = [run for sample in report.samples for run in sample.runs]
        out.line(
            Text(f"{_count(len(runs), 'run')}, {sum(run.cached for run in runs)} of them reused, in {seconds:.1f} s")
        )
    if report.sandbox == "process":
        out.wrapped(out.text(f"WEAK ISOLATION: process sandbox: {report.strength}", "bold red"), 0)
    elif report.sandbox and not quiet:
        out.wrapped(out.text(f"sandbox: {report.sandbox}: {report.strength}", "dim"), 0)
    if report.interrupted:
        out.wrapped(Text("INTERRUPTED: what finished is above, the rest was not run", "bold red"), 0)


def _inventory(out: _Printer, report: Report) -> None:
    """Say how much code the pages hold, and what became of all of it."""
    fates = Counter(item.fate for item in report.inventory)
    pages = len({item.page for item in report.inventory})
    if pages:
        counts = ", ".join(f"{fates[fate]} {fate}" for fate in Fate)
        pieces = _count(len(report.inventory), "piece")
        out.wrapped(Text(f"{pieces} of code on {_count(pages, 'page')}: {counts}", "dim"), 0)


def _count(number: int, what: str) -> str:
    """Return a number of things, one thing without an s."""
    return f"{number} {what}{'s' * (number != 1)}"
