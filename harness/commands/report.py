"""``harness report``: the report of an earlier check in another format."""

from __future__ import annotations

from pathlib import Path

import click

from harness import recording, reporting
from harness.commands.flags import note
from harness.ledger import last
from harness.model.past import NO_PAST
from harness.options import Format, Output, load
from harness.report import wire

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
    reporting.write_wire(
        told, place, recording.earlier(options, told.started, note) if place.form is Format.HTML else NO_PAST
    )
