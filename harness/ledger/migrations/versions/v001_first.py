"""The first ledger: runs, their pages, samples, findings and jobs.

Frozen: it says what the tables were then, whatever `harness.ledger.schema` says now.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    _runs()
    _pages_and_samples()
    _findings_and_jobs()


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False, index=True),
        sa.Column("finished", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("sandbox", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False, index=True),
        sa.Column("commit", sa.Text(), nullable=False),
        sa.Column("interrupted", sa.Boolean(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sqlite_autoincrement=True,
    )


def _within_run() -> tuple[sa.Column[int], sa.Column[int]]:
    return (
        sa.Column("run_id", sa.Integer(), sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
    )


def _to(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["run_id", column], [f"{table}.run_id", f"{table}.number"], ondelete="CASCADE")


def _texts(*names: str) -> tuple[sa.Column[str], ...]:
    return tuple(sa.Column(name, sa.Text(), nullable=False) for name in names)


def _pages_and_samples() -> None:
    op.create_table(
        "pages", *_within_run(), *_texts("path", "slug", "title", "tool", "category", "updated", "published")
    )
    op.create_table(
        "samples",
        *_within_run(),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("sample", sa.Text(), nullable=False, index=True),
        *_texts("role", "language"),
        sa.Column("page_line", sa.Integer(), nullable=False),
        *_texts("verdict", "reason"),
        sa.Column("reach", sa.Float(), nullable=False),
        *_texts("code", "expected", "surprise"),
        _to("pages", "page"),
    )


def _findings_and_jobs() -> None:
    op.create_table(
        "findings",
        *_within_run(),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("sample", sa.Integer(), nullable=True),
        *_texts("fingerprint", "code", "kind"),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("page_line", sa.Integer(), nullable=False),
        *_texts("symbol", "message", "confidence", "evidence"),
        sa.Column("settled", sa.Boolean(), nullable=False),
        *_texts("accepted"),
        sa.Column("history", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("suggestion", sa.JSON(none_as_null=True), nullable=True),
        _to("pages", "page"),
        _to("samples", "sample"),
    )
    op.create_index("ix_findings_fingerprint", "findings", ["fingerprint"])
    op.create_table(
        "jobs",
        *_within_run(),
        sa.Column("sample", sa.Integer(), nullable=False),
        *_texts("lane", "python", "outcome", "lock"),
        sa.Column("packages", sa.JSON(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("services", sa.JSON(), nullable=False),
        sa.Column("cached", sa.Boolean(), nullable=False),
        _to("samples", "sample"),
    )
