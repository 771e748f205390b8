"""``harness init``: an options file to begin with."""

from __future__ import annotations

from pathlib import Path

import click

from harness.errors import ConfigError
from harness.files import write_whole
from harness.options.file import NAME, SHARED, load_file
from harness.options.template import template


@click.command()
def init() -> None:
    """Write a harness.toml in which every option is explained and none is set.

    Refuses where the current folder has options already.
    """
    path = Path(NAME)
    if path.exists():
        raise ConfigError(
            "it is there already", where=NAME, next_step=f"edit it, or move it away: mv {NAME} {NAME}.old"
        )
    shared = Path(SHARED)
    if shared.is_file() and load_file(shared).table:
        raise ConfigError(
            f"the options are in [tool.harness] there, and a {NAME} would hide them",
            where=SHARED,
            next_step="edit that table: it takes the same keys",
        )
    try:
        write_whole(path, template().encode())
    except OSError as error:
        raise ConfigError(
            "it cannot be written", where=str(path.absolute()), cause=error.strerror or str(error)
        ) from error
    click.echo(f"wrote {NAME}: every option is in it, none is set; begin with `pages`")
