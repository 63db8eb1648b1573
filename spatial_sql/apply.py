"""Bring a database to the current schema: tables by numbered migrations, functions anew in full each time."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from spatial_sql.loader import HERE, function_files

# Any constant will do: it keeps two upgrades of one database from running at once.
_UPGRADE_LOCK = 0x636F6D6D


def _alembic(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade(url: str) -> None:
    """Upgrade the database at a SQLAlchemy ``url`` to the newest schema; does nothing where it is current."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_LOCK})
        command.upgrade(_alembic(connection), "head")
        for path in function_files():
            connection.exec_driver_sql(path.read_text("utf-8").replace("%", "%%"))
    engine.dispose()


def is_current(connection: Connection) -> bool:
    """True where the database stands at the newest migration."""
    head = ScriptDirectory.from_config(_alembic()).get_current_head()
    return MigrationContext.configure(connection).get_current_revision() == head
