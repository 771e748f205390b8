"""``harness extract`` and ``harness plan``: what is on the pages, and what would run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.console import Console

from harness import pipeline, reporting
from harness.commands.flags import PATH, options_of, selection, source
from harness.errors import EXIT_FINDINGS, EXIT_OK, ConfigError
from harness.report import extraction, tables

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@source
@click.option("--format", "form", type=click.Choice(["table", "json", "files", "notebook"]), default="table")
@click.option("--out", type=PATH, help="Folder for `files` and `notebook`, file for `json`.")
def extract(pages: tuple[str, ...], config: Path | None, form: str, out: Path | None, *, bundled: bool) -> int:
    """List or write out every piece of code on PAGES, with its exact place."""
    extractions = pipeline.extract(options_of(pages, config, bundled=bundled))
    if form == "table":
        extraction.table(extractions, Console(highlight=False))
    elif form == "json":
        reporting.emit(out, extraction.to_json(extractions).encode())
    elif out is None:
        raise ConfigError(f"--format {form} writes files", next_step=f"harness extract … --format {form} --out FOLDER")
    else:
        write = extraction.write_files if form == "files" else extraction.write_notebooks
        click.echo(f"wrote {len(write(extractions, out))} files to {out}", err=True)
    return EXIT_FINDINGS if any(fault.code == "P403" for one in extractions for fault in one.findings) else EXIT_OK


@click.command()
@source
@selection
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
def plan(pages: tuple[str, ...], config: Path | None, form: str, *, bundled: bool, **flags: object) -> None:
    """Show what would run, against which libraries; runs nothing."""
    options = options_of(pages, config, bundled=bundled, **flags)
    planned = pipeline.plan(pipeline.extract(options), options)
    if form == "json":
        click.echo(tables.plan_json(planned.jobs))
    else:
        tables.plan(planned.jobs, planned.left_out, Console(highlight=False))
