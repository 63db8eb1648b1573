"""What a person settles about a city's feed, and all that a feed states beside what rides tell."""

from __future__ import annotations

from alembic import op

from spatial_sql.loader import migration_sql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the tables of the feed, one file for each subject."""
    for part in (
        "settings", "agencies", "booked", "ids", "loads", "versions", "sources", "realtime", "live", "virtual"
    ):
        op.get_bind().exec_driver_sql(migration_sql(f"0004_{part}"))
