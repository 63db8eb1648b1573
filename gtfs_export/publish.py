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
from mapping_service.records import Notice


def export_gtfs(
    connection: Connection, city_slug: str, release_number: int | None, out: Path | BinaryIO, publisher: Publisher,
    variant: str = "frequencies",
) -> list[Notice]:
    """Write a release (the newest where ``None``) as a GTFS zip of a kind in ``write.VARIANTS``; return what is odd.

    Raises ``NotFound`` without such a release and ``Conflict`` where it makes no readable feed, before writing.
    """
    with prepared(connection, city_slug, release_number, publisher) as notices:
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
