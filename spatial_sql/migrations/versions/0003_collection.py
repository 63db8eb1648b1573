"""Where a new ride seems to belong before the city has been thought through again."""

from __future__ import annotations

from alembic import op

from spatial_sql.loader import migration_sql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add what is said of a ride between its arrival and the next candidate network."""
    for part in ("placing", "grouping", "messages", "forms"):
        op.get_bind().exec_driver_sql(migration_sql(f"0003_{part}"))
