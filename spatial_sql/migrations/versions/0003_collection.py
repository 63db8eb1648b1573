"""Where a new ride seems to belong, and everything that phones send beside files."""

from __future__ import annotations

from alembic import op

from spatial_sql.loader import migration_sql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add placements of new rides, and people, consent and what their phones send."""
    for part in ("placing", "grouping", "people", "messages", "forms", "instances", "lists"):
        op.get_bind().exec_driver_sql(migration_sql(f"0003_{part}"))
