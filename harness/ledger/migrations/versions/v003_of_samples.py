"""The findings and jobs of one sample are found without reading those of its whole run."""

from __future__ import annotations

from alembic import op

revision = "v003"
down_revision = "v002"


def upgrade() -> None:
    """Make the indexes."""
    op.create_index("ix_findings_sample", "findings", ["run_id", "sample"])
    op.create_index("ix_jobs_sample", "jobs", ["run_id", "sample"])
