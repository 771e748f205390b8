"""``harness report``: the report of an earlier check in another format."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness import reporting
from harness.errors import ReportError
from harness.ledger import last
from harness.model.past import NO_PAST
from harness.options import Format, Output, load
from harness.report import wire
from harness.report.text import plain

if TYPE_CHECKING:
    from harness.model.past import Past
    from harness.options import Options

_path = click.Path(path_type=Path)
_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("report")
@click.argument("form", metavar="FORMAT", type=click.Choice([one.value for one in reporting.MACHINE]))
@click.argument("report", metavar="[REPORT.json]", type=_file, required=False)
@click.option("--output", "-o", type=_path, help="File to write to, or folder; standard output if none.")
@click.option("--store", type=_path, help="Folder whose last check is told of where no REPORT.json is named.")
@click.option("--ledger", metavar="FILE|URL", help="html: the ledger that is looked at, in place of the store's.")
@click.option("--no-ledger", is_flag=True, default=None, help="html: tell of no earlier run.")
def make_report(form: str, report: Path | None, output: Path | None, **flags: object) -> None:
    """Write the report of an earlier check as FORMAT.

    Runs nothing: it reads REPORT.json, which ``harness check --format json``
    writes, or else what the last check left in the store. FORMAT html shows
    beside it what the ledger has of earlier runs.
    """
    file = None if str(output) == "-" else output
    # an options file says where a check's report goes, and this is no check
    place = reporting.outputs((Output(Format(form)),), file)[0]
    options = load(flags)
    told = wire.decode(last.read(options.store, report))
    reporting.write_wire(told, place, _past(told, options) if place.form is Format.HTML else NO_PAST)


def _past(told: wire.Report, options: Options) -> Past:
    """Return what the ledger has of earlier runs; one that cannot be read takes nobody's report away."""
    if options.no_ledger:
        return NO_PAST
    from harness.ledger import database, past  # noqa: PLC0415 - the database layer is slow to load

    try:
        return past.past(database.connect(options.ledger, options.store), told.started)
    except ReportError as error:
        click.echo(f"harness: the report is without earlier runs: {plain(str(error))}", err=True)
        return NO_PAST
