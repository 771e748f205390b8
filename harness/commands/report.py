"""``harness report``: reports of earlier checks in another format, or several of them as one."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness import baseline, merging, recording, reporting
from harness.commands.delivering import deliver, exit_code
from harness.commands.flags import PATH, note, reports
from harness.errors import EXIT_ERRORED
from harness.ledger import last
from harness.model.matrix import Lane
from harness.model.past import NO_PAST
from harness.options import Format, Output, load
from harness.report import wire, words
from harness.report.encode import to_wire
from harness.report.read_back import to_model

if TYPE_CHECKING:
    from harness.model.verdict import Report
    from harness.options import Options

_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("report")
def make_report() -> None:
    """Write the report of an earlier check as another format, or several reports as one.

    Runs nothing: a format is made of REPORT.json, which ``harness check --format json``
    writes, or else of what the last check left in the store.
    """


def _write(form: Format, report: Path | None, output: Path | None, **flags: object) -> None:
    file = None if str(output) == "-" else output
    # an options file says where a check's report goes, and this is no check
    place = reporting.outputs((Output(form),), file)[0]
    options = load(flags)
    told = wire.decode(last.read(options.store, report))
    past = recording.earlier(options, told.started, note) if form is Format.HTML else NO_PAST
    reporting.write_wire(told, place, past)


def _command(form: Format) -> click.Command:
    """Return the command that writes a report as one format."""
    params: list[click.Parameter] = [
        click.Argument(["report"], metavar="[REPORT.json]", type=_file, required=False),
        click.Option(["--output", "-o"], type=PATH, help="File to write to, or folder; standard output if none."),
        click.Option(["--store"], type=PATH, help="Folder whose last check is told of where no REPORT.json is named."),
    ]
    if form is Format.HTML:
        params += [
            click.Option(["--ledger"], metavar="FILE|URL", help="The ledger of earlier runs, in place of the store's."),
            click.Option(["--no-ledger"], is_flag=True, default=None, help="Tell of no earlier run."),
        ]
    return click.Command(form.value, callback=partial(_write, form), params=params, help=f"Write a report as {form}.")


for _form in reporting.MACHINE:
    make_report.add_command(_command(_form))


@make_report.command("merge")
@click.argument("given", metavar="REPORT.json…", type=_file, nargs=-1, required=True)
@reports
@click.option("--config", type=PATH, help="Options file, in place of the one found from here upwards.")
@click.option("--store", type=PATH, help="Folder in which the report is kept, and recorded.")
def merge(given: tuple[Path, ...], config: Path | None, **flags: object) -> int:
    """Make one report of several: of the sessions of a matrix, or of the shards of a run.

    Each fault is told once, and a sample gets its verdict from all of its jobs,
    as if one check had run them. The ledger gets one run. Exit codes as of `harness check`.
    """
    options = load(flags, config=config)
    # what a terminal shows of a check, the sessions have shown: this tells in a line what it made
    wanted = [one for one in options.format if one.form is not Format.CONSOLE]
    default = [Output(Format.JSON)] if options.source("format") == "default" else []
    places = [one for one in reporting.outputs(wanted or default, options.output) if one.form is not Format.CONSOLE]
    known = baseline.asked_for(options)
    report = merging.merged([to_model(wire.decode(last.read(options.store, path))) for path in given], note)
    report = deliver(report, known, places, options, lambda whole: _record(whole, options), quiet=True)
    note(f"{len(given)} report{'s' * (len(given) > 1)}, {words.totals(to_wire(report))}")
    return EXIT_ERRORED if report.interrupted else exit_code(report, options.fail_on)


def _record(report: Report, options: Options) -> None:
    """Record a run that is whole, once: part of one would look like pages that are gone."""
    lanes = tuple(lane for lane in Lane if any(run.lane == lane for one in report.samples for run in one.runs))
    pages = options.pages or tuple(dict.fromkeys(sample.page.path for sample in report.samples))
    left = merging.missing(report)
    if left and not options.select:
        note(f"the run is not recorded: {len(left)} samples of these pages are in no report, such as {left[0]}")
    elif recording.is_recorded(report, options, note):
        note("the ledger has this run already")
    else:
        recording.recorder(replace(options, pages=pages, lanes=lanes or options.lanes), note)(report)
