"""``harness extract`` and ``harness plan``: what is on the pages, and what would run."""

from __future__ import annotations

import logging
import platform
from typing import TYPE_CHECKING

import click
from rich.console import Console

from harness import pipeline, reporting
from harness.commands.flags import PATH, options_of, selection, source
from harness.equipping import opened
from harness.errors import EXIT_FINDINGS, EXIT_OK, ConfigError, HarnessError
from harness.model.matrix import Target
from harness.plan import libraries
from harness.report import extraction, tables

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from harness.model.matrix import Job
    from harness.options import Options

logger = logging.getLogger(__name__)


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
@click.option("--format", "form", type=click.Choice(["table", "json", "matrix"]), default="table")
def plan(pages: tuple[str, ...], config: Path | None, form: str, *, bundled: bool, **flags: object) -> None:
    """Show what would run, against which libraries; runs nothing.

    The format `matrix` lists sessions for programs that run them one by one: a
    session for each library, lane and Python, with the arguments that make
    `harness check` run it.
    """
    options = options_of(pages, config, bundled=bundled, **flags)
    planned = pipeline.plan(pipeline.extract(options), options)
    if form == "json":
        click.echo(tables.plan_json(planned.jobs))
    elif form == "matrix":
        click.echo(_matrix(planned.jobs, options))
    else:
        tables.plan(planned.jobs, planned.left_out, Console(highlight=False))


def _matrix(jobs: Sequence[Job], options: Options) -> str:
    """Return the sessions of jobs, and which of their Pythons cannot be had."""
    offered, reason = _offered(options)
    pythons = options.pythons or offered[:1] or (".".join(platform.python_version_tuple()[:2]),)
    missing = {one: reason for one in pythons if one not in offered}
    made = libraries.sessions(jobs, Target(options.lanes[0], pythons[0]))
    return tables.matrix_json(made, options.pages, str(options.contexts), missing, named=bool(options.pythons))


def _offered(options: Options) -> tuple[tuple[str, ...], str]:
    """Return the Pythons that the sandbox has, of those that are asked for, and why it has no others."""
    try:
        with opened(options, logger.info) as sandbox:
            offered = sandbox.offers(options.pythons or None)
            there = ", ".join(sandbox.offers()) or "none"
            return offered, f"the {sandbox.name} sandbox has no such Python; on offer: {there}"
    except HarnessError as error:
        return (), f"{error.what}: {error.cause}".rstrip(": ")
