"""``harness nightly``: all lanes, the ledger, a report, and what changed since the night before."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec
from rich.console import Console

from harness import baseline, pipeline, recording, reporting
from harness.commands.delivering import exit_code
from harness.commands.flags import PATH, note, options_of, running, sandboxes, selection, source
from harness.errors import EXIT_FINDINGS, EXIT_INTERRUPTED, EXIT_OK, ConfigError, ReportError
from harness.model.matrix import Lane
from harness.model.past import NO_PAST
from harness.options import FailOn, Format, Output
from harness.report import night as words
from harness.report import over_time
from harness.report.encode import to_wire
from harness.report.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.ledger.database import Database
    from harness.model import verdict as model
    from harness.model.night import Night
    from harness.options import Options
    from harness.report.wire import Report

NEWLY_BROKEN = "newly-broken"
"""The gate of a nightly run: what the night before did not have."""
OUT = Path("harness-nightly")
"""Where everything goes if no other folder is named."""
_FILES = {
    Format.JSON: "report.json",
    Format.SARIF: "report.sarif",
    Format.JUNIT: "junit.xml",
    Format.HTML: "site",
}
"""What each report is called in that folder."""
_WIDE = 120


@click.command()
@source
@selection
@sandboxes
@running
@click.option("--out", type=PATH, default=OUT, show_default=True, help="Folder that takes all reports.")
@click.option(
    "--fail-on",
    type=click.Choice([NEWLY_BROKEN, *(one.value for one in FailOn)]),
    help=f"What makes the exit code 1; {NEWLY_BROKEN} if nothing else is asked for.",
)
@click.option("--baseline", type=PATH, help="Findings that are accepted; harness-baseline.toml if none is named.")
@click.option("--ledger", metavar="FILE|URL", help="Where nights are recorded; in the store if none is named.")
def nightly(
    pages: tuple[str, ...], config: Path | None, *, bundled: bool, out: Path, fail_on: str | None, **flags: object
) -> int:
    """Check PAGES in all lanes and say what changed since the night before.

    A run that was stopped goes on where it stopped, and a night that is run
    again takes seconds: start it with the same words.

    Exit codes: 0 nothing newly broken, 1 newly broken (or what --fail-on
    says), 7 no ledger to compare with, 8 the harness failed on some job, 130
    interrupted.
    """
    chosen = None if fail_on == NEWLY_BROKEN else fail_on
    options = _nightly(options_of(pages, config, bundled=bundled, fail_on=chosen, **flags))
    at_gate = NEWLY_BROKEN if fail_on == NEWLY_BROKEN or options.source("fail_on") == "default" else options.fail_on
    places = reporting.outputs(tuple(Output(form, out / name) for form, name in _FILES.items()), None)
    known = baseline.asked_for(options)
    from harness.ledger import database  # noqa: PLC0415 - the database layer is slow to load

    ledger = database.connect(options.ledger, options.store)
    with Progress(Console(stderr=True, highlight=False)) as progress:
        report = baseline.applied(pipeline.check(options, progress), known)
    if report.interrupted:
        note("interrupted: nothing is recorded or reported; the same command goes on where this one stopped")
        return EXIT_INTERRUPTED
    recording.keep(report, options, note)
    told = to_wire(report)
    night, fault = _compared(ledger, told, options)
    code = fault.exit_code if fault else _exit_code(report, night, at_gate)
    _report(told, night, out, places, code)
    if fault:
        raise fault
    return code


def _nightly(options: Options) -> Options:
    """Return the options of a night: all lanes where none are named, and a ledger."""
    if options.no_ledger:
        raise ConfigError(
            "a nightly run needs a ledger: it says what changed since the night before",
            where=options.source("no_ledger"),
            next_step="leave no-ledger out, or use harness check",
        )
    return replace(options, lanes=tuple(Lane)) if options.source("lanes") == "default" else options


def _compared(ledger: Database, told: Report, options: Options) -> tuple[Night | None, ReportError | None]:
    """Record the run and hold it against the nights before; a ledger out of reach takes no report away."""
    from harness.ledger import origin  # noqa: PLC0415 - the database layer is slow to load
    from harness.ledger.night import night  # noqa: PLC0415 - see above

    try:
        return night(ledger, told, origin.origin(options)), None
    except ReportError as error:
        return None, error


def _exit_code(report: model.Report, night: Night | None, at_gate: str) -> int:
    if at_gate != NEWLY_BROKEN:
        return exit_code(report, FailOn(at_gate))
    news = EXIT_FINDINGS if night and night.broken else EXIT_OK
    return exit_code(report, FailOn.NEVER) or news


def _report(told: Report, night: Night | None, out: Path, places: tuple[Output, ...], code: int) -> None:
    """Write every file of the folder, and what GitHub Actions asks for where it runs this."""
    past = night.past if night else NO_PAST
    for place in places:
        if place.path:
            reporting.write_wire(told, place, past)
    summary = words.summary(night, told)
    facts = _facts(night, code)
    texts = {"summary.md": summary, "night.json": msgspec.json.format(msgspec.json.encode(facts), indent=2) + b"\n"}
    if night:
        texts |= {"issue.md": words.issue(night), "news.md": words.news(night)}
    for name, data in texts.items():
        reporting.emit(out / name, data)
    lines = "".join(f"{name}={value}\n" for name, value in facts.items())
    for variable, data in (("GITHUB_STEP_SUMMARY", summary), ("GITHUB_OUTPUT", lines.encode())):
        if path := os.environ.get(variable):
            reporting.add(Path(path), data)
    _say(night, out)


def _facts(night: Night | None, code: int) -> Mapping[str, object]:
    """Return what programs ask of a night; each value is one line."""
    compared = {} if night is None else {
        "run": night.run.id,
        "newly-broken": words.many(night.broken),
        "newly-fixed": words.many(night.fixed),
        "open": words.many(night.open),
        "title": words.title(night),
        "marker": words.marker(night.run),
    }  # fmt: skip
    return {"exit-code": code, **compared}


def _say(night: Night | None, out: Path) -> None:
    """Tell a log what changed, and how much of it counts."""
    if night and night.past.difference:
        over_time.difference(night.past.difference, Console(highlight=False, width=None if os.isatty(1) else _WIDE))
        kinds = (("newly broken", night.broken), ("newly fixed", night.fixed), ("open", night.open))
        click.echo(f"\nwhat counts: {', '.join(f'{words.many(them)} {what}' for what, them in kinds)}")
    elif night:
        click.echo(f"run {night.run.id} is the first night: there is nothing to compare it with")
    click.echo(f"summary: {out / 'summary.md'}\nreport: {out / _FILES[Format.HTML] / 'index.html'}")
