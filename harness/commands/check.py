"""``harness check``: every sample in a sandbox, and a verdict for each."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click
from rich.console import Console

from harness import baseline, fixing, pipeline, recording, reporting
from harness.commands import standard_input
from harness.commands.delivering import deliver, exit_code
from harness.commands.flags import note, options_of, reports, running, sandboxes, selection, source
from harness.errors import EXIT_INTERRUPTED, ConfigError
from harness.options import Format, Options, Output
from harness.report.progress import Progress
from harness.report.text import foreign

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from harness.model.verdict import Report


@click.command()
@source
@click.option("--stdin-name", metavar="PATH", help="What the page that is given as - is called: a path.")
@selection
@sandboxes
@running
@reports
@click.option("--quiet", "-q", is_flag=True, help="Only what is wrong, and the totals.")
@click.option("--show-calls", is_flag=True, help="List every call to a service, who answered and from which line.")
@click.option("--diff", is_flag=True, help="Show what verified replacements change on the pages; writes nothing.")
@click.option("--fix", is_flag=True, help="Write verified replacements into the pages.")
def check(
    pages: tuple[str, ...],
    config: Path | None,
    *,
    bundled: bool,
    stdin_name: str | None,
    quiet: bool,
    show_calls: bool,
    diff: bool,
    fix: bool,
    **flags: object,
) -> int:
    """Run every sample on PAGES in a sandbox and give each a verdict.

    PAGES are files, folders and globs; - is a page from standard input.

    Exit codes: 0 nothing at or above the gate, 1 findings, 2 usage, 3 nothing
    selected, 8 the harness failed on some job, 130 interrupted.
    """
    pages, given = standard_input.taken(pages, stdin_name)
    if given:
        # a draft is no state that pages were published in
        flags["no_ledger"] = True
    if given and fix:
        raise ConfigError("what comes by standard input cannot be written back", next_step="use --diff, or name a file")
    options = options_of(pages, config, bundled=bundled, **flags)
    places = reporting.outputs(options.format, options.output)
    known = baseline.asked_for(options)
    record = recording.recorder(options, note)
    with Progress(Console(stderr=True, highlight=False), quiet=quiet) as progress:
        report = pipeline.check(options, progress, given)
    report = deliver(report, known, places, options, record, quiet=quiet, show_calls=show_calls)
    if diff or fix:
        # a report on standard output stays one document
        aside = Output(Format.CONSOLE) not in places
        _fix(report, options, given, show=diff, change=fix, aside=aside)
    return EXIT_INTERRUPTED if report.interrupted else exit_code(report, options.fail_on)


def _fix(
    report: Report, options: Options, given: Mapping[str, bytes], *, show: bool, change: bool, aside: bool
) -> None:
    """Show verified replacements as a diff, or write them into their pages, and say what became of each."""
    found = pipeline.fixes(report, options, given)
    for fixed in found:
        if show:
            # a program takes it by the byte, a terminal obeys what pages hold
            shown = foreign(fixed.diff) if (sys.stderr if aside else sys.stdout).isatty() else fixed.diff
            click.echo(shown.encode(), nl=False, err=aside)
        for refusal in fixed.refused:
            note(f"{fixed.path}: {refusal.sample} is left as it is: {refusal.reason}")
        if change and fixed.samples:
            refused = fixing.write(fixed)
            note(f"{fixed.path}: {refused}" if refused else f"{fixed.path}: wrote {', '.join(fixed.samples)}")
    if not found:
        note("no replacement was verified: the pages stay as they are")
