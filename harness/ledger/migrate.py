"""Migrations: a ledger of an older harness becomes one of this, within the transaction of whoever writes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from harness.errors import ReportError

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


def scripts() -> Config:
    """Return where alembic finds the migrations."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def migrate(connection: Connection, version: str | None) -> None:
    """Bring the tables to the newest schema.

    Args:
        connection: In a transaction, and alone in migrating.
        version: What the tables are at, None where there are none.

    Raises:
        ReportError: If they are of a newer harness.
    """
    config = scripts()
    _refuse_newer(config, version)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _refuse_newer(config: Config, version: str | None) -> None:
    if version is None:
        return
    try:
        ScriptDirectory.from_config(config).get_revision(version)
    except CommandError as error:
        raise ReportError(
            "the ledger was written by a newer harness",
            cause=f"its tables are at {version}, which this one does not know",
            next_step="update the harness, or name another ledger with --ledger FILE|URL",
        ) from error
