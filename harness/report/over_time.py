"""Results over time, for a person at a terminal: the runs, what differs between two, accuracy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from harness.model.difference import Reason
from harness.model.verdict import Verdict
from harness.report.console import STYLES
from harness.report.tables import rows
from harness.report.text import inert, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import Console

    from harness.model.difference import Cause, ChangedFinding, ChangedSample, Difference, Move
    from harness.model.ledger import RecordedSample, RunSummary

BARS = "▁▂▃▄▅▆▇█"
"""What a line of charts is made of, lowest first."""
PLAIN_BARS = "_.-=+*#@"
"""The same for terminals that cannot show it."""
MOVES = 4
"""How many packages that moved are named."""


def runs(told: Sequence[RunSummary], console: Console) -> None:
    """Print runs, a row each."""
    cells = [(str(one.id), when(one), percent(one), _counts(one), one.commit[:12], _remarks(one)) for one in told]
    rows(("run", "started", "accuracy", "samples", "commit", ""), cells, console)


def when(run: RunSummary) -> str:
    """Return when a run started, to the minute, in UTC."""
    return run.started[:16].replace("T", " ")


def percent(run: RunSummary) -> str:
    """Return the accuracy of a run; a dash where nothing could be judged."""
    # never rounded up to all: one broken sample of a thousand is not 100 %
    return "-" if run.accuracy is None else f"{int(run.accuracy * 1000) / 10:g}% ({run.ok} of {run.judged})"


def _counts(run: RunSummary) -> str:
    return ", ".join(f"{run.verdicts[one]} {one}" for one in Verdict if run.verdicts.get(one))


def _remarks(run: RunSummary) -> str:
    day = run.options.get("as-of")
    return ", ".join([*(["interrupted"] if run.interrupted else []), *([f"libraries of {day}"] if day else [])])


def subject(told: Sequence[tuple[RunSummary, Sequence[RecordedSample]]], console: Console) -> None:
    """Print what runs had to say of a page or a sample, a row for each run in which something changed."""
    cells = [
        (str(run.id), when(run), sample.id, sample.verdict.value, _versions(sample), _findings(sample))
        for run, samples in told
        for sample in samples
    ]
    shown = list(_changes(cells))
    rows(("run", "started", "sample", "verdict", "libraries", "findings"), shown, console)
    if len(shown) < len(cells):
        _line(console, f"{len(cells) - len(shown)} more with nothing changed")


def _changes(cells: Iterable[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Yield the rows that tell something else of their sample than the one before."""
    known: dict[str, tuple[str, ...]] = {}
    for cell in cells:
        sample, said = cell[2], cell[3:]
        if known.get(sample) != said:
            yield cell
        known[sample] = said


def _versions(sample: RecordedSample) -> str:
    return "\n".join(
        dict.fromkeys(f"{name} {version}" for job in sample.jobs for name, version in job.packages.items())
    )


def _findings(sample: RecordedSample) -> str:
    return "\n".join(f"{one.code} {one.symbol}".strip() + f", line {one.line}" for one in sample.findings if one.counts)


def difference(told: Difference, console: Console) -> None:
    """Print what differs between two runs, and what did it."""
    for name, run in (("from", told.before), ("to  ", told.after)):
        remarks = _remarks(run)
        _line(console, f"{name} run {run.id}, {when(run)}: {percent(run)}{f', {remarks}' if remarks else ''}")
    for title, samples in (("newly broken", told.broken), ("newly fixed", told.fixed), ("still broken", told.still)):
        many = sum(max(1, len(one.findings)) for one in samples)
        console.print(Text(f"\n{title}: {many}", style="bold"))
        for sample in samples:
            _sample(sample, console)
    apart = (
        ("only in the later run", told.added),
        ("only in the earlier run", told.removed),
        ("not judged", told.unknown),
    )
    for title, ids in apart:
        if ids:
            _line(console, f"\n{title}: {', '.join(ids)}")


def _sample(sample: ChangedSample, console: Console) -> None:
    step = (
        f"  {sample.before} → {sample.after}"
        if sample.after and sample.before != sample.after
        else f"  {sample.after or ''}"
    )
    style = STYLES[sample.after][2] if sample.after else "yellow"
    _line(console, f"  {sample.id or sample.page}{step.rstrip()}", style)
    for one in sample.findings:
        _finding(sample, one, console)


def _finding(sample: ChangedSample, told: ChangedFinding, console: Console) -> None:
    finding = told.finding
    _line(console, f"    {sample.page}:{finding.page_line} {finding.code} {finding.message}")
    if told.cause:
        _line(console, f"      {because(told.cause)}")


def because(cause: Cause) -> str:
    """Put a cause into words."""
    moved = ", ".join(map(_move, cause.moves[:MOVES]))
    more = f" and {len(cause.moves) - MOVES} more" if len(cause.moves) > MOVES else ""
    match cause.reason:
        case Reason.RELEASE if cause.release:
            date = f" of {cause.date[:10]}" if cause.date else ""
            return f"{moved} between the runs: {cause.moves[0].name} {cause.release}{date} did it"
        case Reason.RELEASE:
            return f"{moved} between the runs"
        case Reason.PACKAGES:
            return f"packages changed between the runs: {moved}{more}"
        case Reason.PAGE:
            return "the sample was edited between the runs"
        case Reason.PYTHON | Reason.HARNESS:
            return f"{moved} between the runs; its packages did not change"
        case Reason.UNKNOWN:
            return "nothing that is recorded changed between the runs: a service, the time, or chance"


def _move(move: Move) -> str:
    if not move.before:
        return f"{move.name} {move.after} came in"
    return f"{move.name} {move.before} → {move.after}" if move.after else f"{move.name} {move.before} went"


def trend(told: Sequence[RunSummary], console: Console) -> None:
    """Print accuracy over runs: a line of bars, and a row for each run."""
    known = [one for one in told if one.accuracy is not None]
    if known:
        first, last = known[0], known[-1]
        line = bars([one.accuracy or 0 for one in known], console.encoding)
        _line(console, f"accuracy {line}  {percent(first)} → {percent(last)}, {len(known)} runs")
    runs(told, console)


def bars(shares: Sequence[float], encoding: str = "utf-8") -> str:
    """Return shares of one as a line of bars, from nothing to all.

    Args:
        shares: Each from 0 to 1.
        encoding: What the terminal takes.
    """
    signs = BARS if plain(BARS, encoding) == BARS else PLAIN_BARS
    return "".join(signs[min(int(share * len(signs)), len(signs) - 1)] for share in shares)


def _line(console: Console, text: str, style: str = "") -> None:
    for line in text.split("\n"):
        console.print(Text(inert(plain(line, console.encoding)), style=style), soft_wrap=True)
