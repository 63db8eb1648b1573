"""Streets, what grouping and trust remember, and richer evidence of stops, times and fares."""

from __future__ import annotations

from alembic import op

from spatial_sql.loader import migration_sql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add what inference on a street network, trust and richer evidence need."""
    for part in ("streets", "grouping", "stops", "service", "trust", "confidence"):
        op.get_bind().exec_driver_sql(migration_sql(f"0002_{part}"))
