"""An invented national network, written straight into a database: as large as a feed gets.

Routes run along one long street folded into a square, 400 m from stop to stop, each a bit farther on than the one
before; every route has a pattern in each direction with its own running times in ten bands of the day. Nothing is
random, so nothing needs a seed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, text

from mapping_service.config import load_config
from mapping_service.postgres import ensure_cluster, stop_cluster
from mapping_service.store.engine import engine_for
from spatial_sql.apply import upgrade

STOPS_OF_PATTERN = 50
BANDS = 10
SLUG = "nation"

_MAKE = Path(__file__).with_suffix(".sql").read_text("utf-8")


def make_nation(connection: Connection, routes: int) -> int:
    """Write a release with so many routes and 100 stops for every three of them; return how many stop times it has."""
    values = {"routes": routes, "stops": routes * 100 // 3, "step": 33}
    for statement in _MAKE.strip().removesuffix(";").split(";\n"):
        body = text(statement)
        connection.execute(body, {name: values[name] for name in body._bindparams})
    return routes * 2 * STOPS_OF_PATTERN * BANDS


@contextmanager
def national_database(folder: Path, routes: int) -> Iterator[tuple[str, int]]:
    """Yield the URL of a database with such a release, and how many stop times it has.

    It is a cluster of its own in a folder that the account of PostgreSQL can read, stopped in the end.
    """
    folder.chmod(0o755)
    config = load_config({"COMMONWAY_DATA": str(folder)})
    url = ensure_cluster(config, durable=False)
    try:
        upgrade(url)
        with engine_for(url).begin() as connection:
            stop_times = make_nation(connection, routes)
        with engine_for(url).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
        engine_for(url).dispose()
        yield url, stop_times
    finally:
        stop_cluster(config)
