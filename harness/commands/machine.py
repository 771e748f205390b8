"""``harness env`` and ``harness doctor``: what stands on this machine."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, BinaryIO

import click
from rich.console import Console

from harness import health
from harness.commands.flags import PATH, note, sandboxes
from harness.equipping import managed
from harness.errors import EXIT_FINDINGS, EXIT_OK, SandboxError
from harness.model.execution import Ending
from harness.options import load
from harness.report import tables
from harness.report.text import plain

if TYPE_CHECKING:
    from pathlib import Path


DAYS = click.FloatRange(min=0, max=36_500)
"""A negative time would be one in which nothing was used: every environment."""


@click.group()
def env() -> None:
    """Look after the environments in the store."""


@env.command("list")
@sandboxes
def env_list(**flags: object) -> None:
    """List the environments, what is in them and when they were last used."""
    with managed(load(flags), note) as manager:
        found = manager.list_environments()
    cells = [
        (
            one.state.digest.removeprefix("sha256:")[:12],
            one.state.python,
            f"{one.state.size / (1 << 20):,.0f} MB",
            f"{one.used:%Y-%m-%d %H:%M}",
            str(len(one.state.packages)),
        )
        for one in found
    ]
    tables.rows(("environment", "python", "size", "last used", "packages"), cells, Console(highlight=False))


@env.command("run")
@sandboxes
@click.argument("digest")
@click.argument("program", type=click.File("rb"), default="-")
@click.option("-c", "code", help="The program's text, in place of a file.")
def env_run(digest: str, program: BinaryIO, code: str | None, **flags: object) -> int:
    """Run the Python PROGRAM (standard input by default) in an environment, isolated like a sample.

    DIGEST is that of a report's `lock`, or how it begins.
    """
    options = load(flags)
    with managed(options, note) as manager:
        done = manager.run(digest, code.encode() if code is not None else program.read(), options.limits)
    for output, aside in ((done.stdout, False), (done.stderr, True)):
        for line in output.decode(errors="replace").splitlines():
            click.echo(plain(line), err=aside)
    if done.ending is not Ending.EXITED:
        note(f"it was stopped: {done.ending}")
    return EXIT_OK if done.code == 0 else EXIT_FINDINGS


@env.command("prune")
@sandboxes
@click.option("--keep", type=click.IntRange(min=0), default=0, help="Keep this many, those used last.")
@click.option(
    "--unused-for", type=DAYS, default=30, metavar="DAYS", help="…and those used within so many days, 30 by default."
)
def env_prune(keep: int, unused_for: float, **flags: object) -> None:
    """Remove environments that were not used for long, and what they leave in the resolver's cache."""
    with managed(load(flags), note) as manager:
        pruned = manager.prune(keep=keep, unused_for=timedelta(days=unused_for))
    freed = sum(one.state.size for one in pruned.environments) / (1 << 20)
    click.echo(f"removed {len(pruned.environments)} environments ({freed:,.0f} MB with what they share)")
    click.echo(pruned.cache)


@click.command()
@sandboxes
@click.option("--config", type=PATH, help="Options file, in place of the one found from here upwards.")
def doctor(config: Path | None, **flags: object) -> int:
    """Say what is there, what is missing, and the command that mends it."""
    options = load(flags, config=config)
    store = usable = False
    for found in health.examine(options):
        store |= found.ok and found.name == "store"
        usable |= found.ok and found.name.startswith("sandbox")
        mark = click.style("ok  ", fg="green") if found.ok else click.style("--  ", fg="yellow")
        click.echo(f"{mark}{found.name}: {found.detail}")
        if not found.ok and found.mend:
            click.echo(f"    to mend it: {found.mend}")
    cells = [(one.key, one.value, one.source) for one in options.describe()]
    tables.rows(("option", "value", "from"), cells, Console(highlight=False))
    return EXIT_OK if store and usable else SandboxError.exit_code
