"""The exact packages of jobs: a library that the sample never names may be the one that broke it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v002"
down_revision = "v001"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "locks",
        sa.Column("digest", sa.Text(), primary_key=True),
        sa.Column("packages", sa.JSON(), nullable=False),
    )
