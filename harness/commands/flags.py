"""What commands share: flags, the options they make, and a word to the user beside a report."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from harness.errors import ConfigError
from harness.model.matrix import Lane
from harness.options import FailOn, Format, Options, SandboxChoice, WitnessChoice, load
from harness.report.text import foreign
from harness.sandbox import assets

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Command = TypeVar("Command", bound="Callable[..., object]")

PATH = click.Path(path_type=Path)


def together(*flags: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Apply several flags in the order in which the help shows them."""
    return lambda command: functools.reduce(lambda inner, flag: flag(inner), reversed(flags), command)


source = together(
    click.argument("pages", nargs=-1, metavar="PAGES…"),
    click.option("--bundled", is_flag=True, help="The pages that come with the harness."),
    click.option("--config", type=PATH, help="Options file, in place of the one found from here upwards."),
)
selection = together(
    click.option("--select", multiple=True, metavar="GLOB", help="Ids of samples or jobs; '!GLOB' leaves out."),
    click.option("--changed-since", metavar="REF", help="Only samples that changed since this commit or branch."),
    click.option("--libraries", metavar="NAME,…", help="Only samples that need one of these; 'no library' for none."),
    click.option("--shard", metavar="K/N", help="Part K of N of the samples, for one machine of several."),
    click.option("--lanes", metavar="LANE,…", help=f"Which versions: {', '.join(Lane)}."),
    click.option("--as-of", metavar="DATE", help="Libraries as the index served them on that day, e.g. 2024-06-30."),
    click.option("--pythons", metavar="3.X,…", help="Pythons to run on, in place of the best one for each sample."),
    click.option("--contexts", type=PATH, help="Folder of contexts."),
    click.option("--allow", multiple=True, metavar="NAME", help="Install this distribution though it is not known."),
)
sandboxes = together(
    click.option(
        "--sandbox", type=click.Choice([one.value for one in SandboxChoice]), help="What isolates the samples."
    ),
    click.option("--require-docker", is_flag=True, default=None, help="Fail where no Docker engine answers."),
    click.option("--store", type=PATH, help="Folder of environments, locks and results."),
)
running = together(
    click.option("--executor", metavar="WHERE", help="Where jobs run: local, or dask://HOST:PORT for a cluster."),
    click.option("--jobs", "-j", type=int, help="Jobs at a time on this machine."),
    click.option(
        "--witnesses", type=click.Choice([one.value for one in WitnessChoice]), help="Everyone, or a quick look by one."
    ),
    click.option("--timeout", help="Time that a sample may take, e.g. 90s."),
    click.option("--memory", help="Memory that a sample may use, e.g. 2GiB."),
    click.option("--offline", is_flag=True, default=None, help="Ask no index: reuse the newest locks."),
    click.option("--refresh", is_flag=True, default=None, help="Resolve anew, whatever the age of the locks."),
    click.option("--older-runs", type=int, help="Runs in older releases, to date what reading cannot; 0 for none."),
    click.option("--older-time", metavar="TIME", help="Time for these runs of one sample, e.g. 15m."),
    click.option("--no-cache", is_flag=True, default=None, help="Run also what is known from earlier runs."),
)
reports = together(
    click.option(
        "--format", multiple=True, metavar="NAME[=FILE]", help=f"How to report, several at once: {', '.join(Format)}."
    ),
    click.option("--output", "-o", type=PATH, help="File for the one format that names none."),
    click.option("--fail-on", type=click.Choice([one.value for one in FailOn]), help="What makes the exit code 1."),
    click.option("--baseline", type=PATH, help="Findings that are accepted; harness-baseline.toml if none is named."),
    click.option("--ledger", metavar="FILE|URL", help="Where the run is recorded; in the store if none is named."),
    click.option("--no-ledger", is_flag=True, default=None, help="Record nothing."),
)


def options_of(pages: Sequence[str], config: Path | None, *, bundled: bool, **flags: object) -> Options:
    """Return the options that a command line and the options file make.

    Raises:
        ConfigError: If no pages are given, or an option cannot be used.
    """
    given = (*pages, str(assets.folder("samples") / "pages")) if bundled else tuple(pages)
    options = load({**flags, "pages": given}, config=config)
    if not options.pages:
        raise ConfigError(
            "no pages are given",
            cause="neither PAGES nor an option `pages` names any",
            next_step="harness check PAGE_OR_FOLDER…, or harness check --bundled for the pages that come with it",
        )
    return options


def note(message: str) -> None:
    """Say something beside what the command prints; it may name a page, whose name anybody chose."""
    click.echo(foreign(message), err=True)
