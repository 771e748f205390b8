"""The tables of the ledger, as the newest migration leaves them.

A run and all that belongs to it is written once and never changed, so rows are
numbered within their run by whoever writes them: nothing has to be asked back.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
)

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

HEAD = "v004"
"""The newest migration; a test holds it to the folder of migrations."""


class Moment(TypeDecorator[datetime]):
    """A time in UTC; SQLite keeps no zone, so it is put back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Return the time as it is written."""
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Return the time as it is read."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


metadata = MetaData()

runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("started", Moment, nullable=False, index=True),
    Column("finished", Moment, nullable=False),
    Column("version", Text, nullable=False),
    Column("sandbox", Text, nullable=False),
    Column("scope", Text, nullable=False, index=True),
    Column("commit", Text, nullable=False),
    Column("interrupted", Boolean, nullable=False),
    Column("options", JSON, nullable=False),
    Column("content", Text, nullable=False, server_default=""),
    Column("since", Integer, nullable=True),
    # a number that was given is never given again, whatever is removed by hand
    sqlite_autoincrement=True,
)


def _run() -> Column[int]:
    return Column("run_id", Integer, ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)


def _number() -> Column[int]:
    return Column("number", Integer, primary_key=True, autoincrement=False)


def _within(table: str, column: str) -> ForeignKeyConstraint:
    """Point to a row of the same run."""
    return ForeignKeyConstraint(["run_id", column], [f"{table}.run_id", f"{table}.number"], ondelete="CASCADE")


pages = Table(
    "pages",
    metadata,
    _run(),
    _number(),
    Column("path", Text, nullable=False),
    Column("slug", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("tool", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("updated", Text, nullable=False),
    Column("published", Text, nullable=False),
)

samples = Table(
    "samples",
    metadata,
    _run(),
    _number(),
    Column("page", Integer, nullable=False),
    Column("sample", Text, nullable=False, index=True),
    Column("role", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("page_line", Integer, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("reach", Float, nullable=False),
    Column("code", Text, nullable=False),
    Column("expected", Text, nullable=False),
    Column("surprise", Text, nullable=False),
    _within("pages", "page"),
)

findings = Table(
    "findings",
    metadata,
    _run(),
    _number(),
    Column("page", Integer, nullable=False),
    # null for what is wrong with a page
    Column("sample", Integer, nullable=True),
    Column("fingerprint", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("line", Integer, nullable=False),
    Column("page_line", Integer, nullable=False),
    Column("symbol", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("confidence", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("settled", Boolean, nullable=False),
    Column("accepted", Text, nullable=False),
    Column("history", JSON(none_as_null=True), nullable=True),
    Column("suggestion", JSON(none_as_null=True), nullable=True),
    _within("pages", "page"),
    _within("samples", "sample"),
    Index("ix_findings_fingerprint", "fingerprint"),
    Index("ix_findings_sample", "run_id", "sample"),
)

locks = Table(
    "locks",
    metadata,
    # jobs name it; those from before there was this table name some that are not here
    Column("digest", Text, primary_key=True),
    Column("packages", JSON, nullable=False),
)
"""The exact packages, once for all jobs and runs that used them."""

jobs = Table(
    "jobs",
    metadata,
    _run(),
    _number(),
    Column("sample", Integer, nullable=False),
    Column("lane", Text, nullable=False),
    Column("python", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("lock", Text, nullable=False),
    Column("packages", JSON, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("services", JSON, nullable=False),
    Column("cached", Boolean, nullable=False),
    _within("samples", "sample"),
    Index("ix_jobs_sample", "run_id", "sample"),
)
