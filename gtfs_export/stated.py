"""What a published feed states, read out of its zip: nothing else may stand in a realtime feed beside it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from zipfile import ZipFile


@dataclass(frozen=True)
class Stated:
    """The version of a feed and the ids in it."""

    version: str
    agency_ids: tuple[str, ...]
    route_ids: frozenset[str]
    stop_ids: frozenset[str]


def read_stated(feed: Path | BinaryIO) -> Stated:
    """Read a GTFS zip of our own."""
    with ZipFile(feed) as archive:
        version = next((row["feed_version"] for row in _rows(archive, "feed_info.txt")), "")
        return Stated(
            version,
            tuple(row["agency_id"] for row in _rows(archive, "agency.txt")),
            frozenset(row["route_id"] for row in _rows(archive, "routes.txt")),
            frozenset(row["stop_id"] for row in _rows(archive, "stops.txt")),
        )


def _rows(archive: ZipFile, name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of one file as texts by column; none where the feed has no such file."""
    if name not in archive.NameToInfo:
        return
    with archive.open(name) as member:
        yield from csv.DictReader(io.TextIOWrapper(member, "utf-8", newline=""))
