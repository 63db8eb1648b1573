"""The shells: a release of the database out into files."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Connection

from gtfs_export.evidence import is_empty, write_evidence, write_table
from gtfs_export.feed import prepared
from gtfs_export.layers import write_layers
from gtfs_export.records import Publisher
from gtfs_export.source import load_release
from gtfs_export.write import write_feed
from mapping_service.errors import Conflict
from mapping_service.records import Notice
from spatial_sql.loader import feed_statements


def export_gtfs(
    connection: Connection, city_slug: str, release_number: int | None, out: Path | BinaryIO, publisher: Publisher,
    variant: str = "frequencies",
) -> list[Notice]:
    """Write a release (the newest where ``None``) as a GTFS zip of a kind in ``write.VARIANTS``; return what is odd.

    Raises ``NotFound`` without such a release, and ``Conflict`` where it makes no readable feed: ``nothing_to_publish``
    where nothing is in it, as in a ``flex`` feed of a city without booked services, ``running_time_missing`` while it
    writes.
    """
    with prepared(connection, city_slug, release_number, publisher):
        if variant == "flex" and connection.execute(feed_statements("checks")["any_booked"]).first() is None:
            raise Conflict(
                "nothing_to_publish",
                f"No service of {city_slug} is booked. Add some: “commonway booked add FILE --city {city_slug}”.",
                city=city_slug,
            )
        return write_feed(connection, variant, out)


def export_evidence(
    connection: Connection, city_slug: str, release_number: int | None, out: Path | BinaryIO, publisher: Publisher,
    kind: str = "csv",
) -> None:
    """Write what each value of a release's feed rests on, as ``csv`` or ``json``. Raises as ``export_gtfs`` does."""
    with prepared(connection, city_slug, release_number, publisher):
        write_evidence(connection, kind, out)


def export_table(
    connection: Connection, city_slug: str, release_number: int | None, out: Path | BinaryIO, publisher: Publisher,
    name: str,
) -> None:
    """Write a table that goes beside the feed (``evidence.TABLES``).

    Raises as ``export_gtfs`` does, and ``Conflict`` ``nothing_to_publish`` where it would be empty.
    """
    with prepared(connection, city_slug, release_number, publisher):
        if is_empty(connection, name):
            raise Conflict("nothing_to_publish", f"{name} of this release of {city_slug} would be empty.", file=name)
        write_table(connection, name, out)


def export_ride(
    connection: Connection, city_slug: str, release_number: int | None, out: Path | BinaryIO, publisher: Publisher
) -> None:
    """Write the feed with the loads that riders told of as GTFS-ride (gtfsride.org). Raises as ``export_table``."""
    with prepared(connection, city_slug, release_number, publisher):
        if is_empty(connection, "loads.csv"):
            sentence = f"Nobody told how full the vehicles of {city_slug} are, or counted who gets on and off."
            raise Conflict("nothing_to_publish", sentence, city=city_slug)
        write_feed(connection, "ride", out)


def export_layers(connection: Connection, city_slug: str, release_number: int | None, out: Path) -> None:
    """Write the map layers of a release (the newest where ``None``) as ``write_layers`` does. Raises ``NotFound``."""
    write_layers(load_release(connection, city_slug, release_number), out)
