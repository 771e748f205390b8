"""``harness lsp``: a language server on standard input and output."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from harness.commands.flags import PATH, running, sandboxes, selection
from harness.errors import ConfigError
from harness.options import load

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.option("--config", type=PATH, help="Options file, in place of a search.")
@selection
@sandboxes
@running
def lsp(config: Path | None, **flags: object) -> None:
    """Serve an editor: findings beside the lines, on opening and on saving a page.

    Speaks the Language Server Protocol on standard input and output. Nothing is
    recorded in the ledger.
    """
    try:
        from harness.commands.language_server import make  # noqa: PLC0415 - an extra, which may not be installed
    except ModuleNotFoundError as error:
        raise ConfigError(
            "the language server is not installed",
            cause=str(error),
            next_step="pip install 'sample-harness[lsp]'",
        ) from error
    server = make(load(dict(flags), config=config))
    try:
        server.start_io()
    finally:
        server.end()
