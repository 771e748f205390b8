"""What alembic runs to migrate: on the connection, and within the transaction, that `harness.ledger.database` holds."""

from __future__ import annotations

from alembic import context

from harness.ledger.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
