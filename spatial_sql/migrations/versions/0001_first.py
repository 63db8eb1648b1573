"""Cities, intake, networks and the job queue."""

from __future__ import annotations

from alembic import op

from spatial_sql.loader import migration_sql
from spatial_sql.queue import queue_schema

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table of the first release."""
    for part in ("cities", "intake", "networks"):
        op.get_bind().exec_driver_sql(migration_sql(f"0001_{part}"))
    op.get_bind().exec_driver_sql(queue_schema())
