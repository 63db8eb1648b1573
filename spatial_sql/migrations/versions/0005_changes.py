"""What releases say of holidays, so that they can be compared, and what stops are called after streets."""

from __future__ import annotations

from alembic import op

from spatial_sql.loader import migration_sql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add what has come since, one file for each subject."""
    for part in ("changes", "crossings"):
        op.get_bind().exec_driver_sql(migration_sql(f"0005_{part}"))
