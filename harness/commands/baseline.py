"""``harness baseline``: what is known to be wrong and accepted for a while."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness import baseline
from harness.commands.flags import PATH
from harness.errors import EXIT_ERRORED, EXIT_FINDINGS, EXIT_OK, ConfigError
from harness.ledger import last
from harness.model.verdict import Verdict
from harness.options import load
from harness.report import wire
from harness.report.text import plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.baseline import Baseline, Comparison
    from harness.options import Options

DAYS = 90
"""How long a finding is accepted where no day is named."""


def _common(command: Callable[..., int]) -> Callable[..., int]:
    """Add what all commands take: a report, and the file."""
    report = click.Path(exists=True, dir_okay=False, path_type=Path)
    for add in (
        click.option("--store", type=PATH, help="Folder whose last check is looked at where no REPORT.json is named."),
        click.option("--baseline", type=PATH, help="The file; harness-baseline.toml where none is named."),
        click.argument("report", metavar="[REPORT.json]", type=report, required=False),
    ):
        command = add(command)
    return command


@click.group("baseline")
def manage_baseline() -> None:
    """Accept known findings for a while, so that only what is new fails.

    The commands look at REPORT.json, which ``harness check --format json``
    writes, or else at the last check.
    """


@manage_baseline.command()
@_common
@click.option("--reason", required=True, help="Why what is wrong today may stay so for a while.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help=f"The last day of that; {DAYS} days from now.")
def write(reason: str, until: dt.datetime | None, report: Path | None, **flags: object) -> int:
    """Accept all that is wrong now and not accepted yet; what expired is renewed."""
    if not reason.strip():
        raise ConfigError("a reason is needed", where="--reason", next_step='--reason "mended with the next review"')
    day = until.date() if until else baseline.today() + dt.timedelta(days=DAYS)
    if day < baseline.today():
        raise ConfigError("the last day has passed", where=f"--until {day}", next_step="name a day that is to come")
    told, known, found = _compared(load(flags), report)
    expired = {one.fingerprint for one in found.expired}
    renewed = [entry for entry in baseline.acceptable(told) if entry.fingerprint in expired]
    new = [baseline.entry_for(told, entry, reason.strip(), day) for entry in (*found.new, *renewed)]
    known.added(new).write()
    click.echo(f"{known.path}: accepted {len(found.new)} findings, renewed {len(renewed)}, kept {len(found.accepted)}")
    return EXIT_OK


@manage_baseline.command()
@_common
def check(report: Path | None, **flags: object) -> int:
    """Say what is new, what expired and what is not found any more; exit code 1 if anything is."""
    told, known, found = _compared(load(flags), report)
    for entry in found.new:
        click.echo(plain(f"new: {entry.place} {entry.code} {entry.message}"))
    for one in found.overdue:
        click.echo(plain(f"{one.fingerprint}: {one.message}"))
    counts = (
        f"{len(found.new)} new, {len(found.accepted)} accepted, {len(found.expired)} expired, {len(found.stale)} stale"
    )
    click.echo(f"{known.path}: {counts}")
    if any(sample.verdict is Verdict.ERROR for sample in told.samples):
        return EXIT_ERRORED
    return EXIT_FINDINGS if found.new or found.overdue else EXIT_OK


@manage_baseline.command()
@_common
def prune(report: Path | None, **flags: object) -> int:
    """Take away the entries whose finding is gone from pages that were looked at whole."""
    _, known, found = _compared(load(flags), report)
    for one in found.stale:
        click.echo(plain(f"gone: {one.code} {one.symbol} on {one.page}: {one.line}"))
    if found.stale:
        known.without(one.fingerprint for one in found.stale).write()
    click.echo(f"{known.path}: took away {len(found.stale)} of {len(known.entries)} entries")
    return EXIT_OK


def _compared(options: Options, report: Path | None) -> tuple[wire.Report, Baseline, Comparison]:
    told = wire.decode(last.read(options.store, report))
    known = baseline.load(options.baseline)
    return told, known, baseline.compare(told, known, baseline.today())
