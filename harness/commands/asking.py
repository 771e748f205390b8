"""``harness schema`` and ``harness explain``: what a report says, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from harness.commands.flags import PATH
from harness.judge.explain import explain as explanation
from harness.ledger import last
from harness.model.verdict import Code
from harness.options import load
from harness.report.schema import json_schema
from harness.report.text import inert
from harness.report.told import place, tell
from harness.report.wire import decode

if TYPE_CHECKING:
    from pathlib import Path


@click.command("schema")
def print_schema() -> None:
    """Print the JSON Schema of the report."""
    click.echo(json_schema(), nl=False)


@click.command()
@click.argument("what", metavar="CODE|ID:LINE|PAGE:LINE")
@click.option("--report", type=PATH, help="The report that is meant, in place of the last check's.")
@click.option("--store", type=PATH, help="Folder of environments, locks and results.")
def explain(what: str, report: Path | None, **flags: object) -> None:
    """Say what a finding's CODE means, or what was seen at a line and how to see it again.

    ID:LINE is a line of a sample and PAGE:LINE one of a page, as reports name them.
    """
    if what.upper() in tuple(Code):
        click.echo(explanation(Code(what.upper())))
    else:
        where, line = place(what)
        told = tell(decode(last.read(load(flags).store, report)), where, line)
        click.echo("\n".join(map(inert, told.split("\n"))))
