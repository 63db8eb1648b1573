"""The shells: a release of the database out into files."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Connection

from gtfs_export.evidence import evidence_rows
from gtfs_export.feed import prepared
from gtfs_export.layers import write_layers
from gtfs_export.records import Publisher
from gtfs_export.source import load_release
from gtfs_export.write import write_evidence, write_feed
from mapping_service.errors import Conflict
from mapping_service.records import Notice
from spatial_sql.loader import feed_statements


def export_gtfs(
    connection: Connection, city_slug: str, release_number: int | None, out: Path | BinaryIO, publisher: Publisher,
    variant: str = "frequencies",
) -> list[Notice]:
    """Write a release (the newest where ``None``) as a GTFS zip of a kind in ``write.VARIANTS``; return what is odd.

    Raises ``NotFound`` without such a release, and before writing ``Conflict`` where it makes no readable feed:
    ``nothing_to_publish`` where nothing is in it, as in a ``flex`` feed of a city without booked services.
    """
    with prepared(connection, city_slug, release_number, publisher) as notices:
        if variant == "flex" and connection.execute(feed_statements("checks")["any_booked"]).first() is None:
            raise Conflict(
                "nothing_to_publish",
                f"No service of {city_slug} is booked. Add some: “commonway booked add FILE --city {city_slug}”.",
                city=city_slug,
            )
        write_feed(connection, variant, out)
    return notices


def export_evidence(
    connection: Connection, city_slug: str, release_number: int | None, out: Path | BinaryIO
) -> None:
    """Write ``evidence.csv`` of a release (the newest where ``None``). Raises as ``export_gtfs`` does."""
    write_evidence(list(evidence_rows(load_release(connection, city_slug, release_number))), out)


def export_layers(connection: Connection, city_slug: str, release_number: int | None, out: Path) -> None:
    """Write the map layers of a release (the newest where ``None``) as ``write_layers`` does. Raises ``NotFound``."""
    write_layers(load_release(connection, city_slug, release_number), out)
