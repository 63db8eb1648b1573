"""An invented national network, written straight into a database: as large as a feed gets.

Routes run along one long street folded into a square, 400 m from stop to stop, each a bit farther on than the one
before; every route has a pattern in each direction with its own running times in ten bands of the day. Nothing is
random, so nothing needs a seed.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, text

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
