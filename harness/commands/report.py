"""``harness report``: the report of an earlier check in another format."""

from __future__ import annotations

from pathlib import Path

import click

from harness import reporting
from harness.ledger import last
from harness.options import Format, Output, load
from harness.report import wire

_path = click.Path(path_type=Path)
_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("report")
@click.argument("form", metavar="FORMAT", type=click.Choice([one.value for one in reporting.MACHINE]))
@click.argument("report", metavar="[REPORT.json]", type=_file, required=False)
@click.option("--output", "-o", type=_path, help="File to write to, or folder; standard output if none.")
@click.option("--store", type=_path, help="Folder whose last check is told of where no REPORT.json is named.")
def make_report(form: str, report: Path | None, output: Path | None, store: Path | None) -> None:
    """Write the report of an earlier check as FORMAT.

    Runs nothing: it reads REPORT.json, which ``harness check --format json``
    writes, or else what the last check left in the store.
    """
    file = None if str(output) == "-" else output
    # an options file says where a check's report goes, and this is no check
    place = reporting.outputs((Output(Format(form)),), file)[0]
    options = load({"store": store})
    reporting.write_wire(wire.decode(last.read(options.store, report)), place)
