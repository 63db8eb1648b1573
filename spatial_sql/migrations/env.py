"""Alembic's entry: runs the migrations on the connection that `spatial_sql.apply` hands over."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"], target_metadata=None)
with context.begin_transaction():
    context.run_migrations()
