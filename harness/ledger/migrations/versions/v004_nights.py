"""A nightly run knows whether the same night said the same before, and since when something is broken."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v004"
down_revision = "v003"


def upgrade() -> None:
    """Make the columns; runs from before know neither."""
    op.add_column("runs", sa.Column("content", sa.Text(), nullable=False, server_default=""))
    op.add_column("runs", sa.Column("since", sa.Integer(), nullable=True))
