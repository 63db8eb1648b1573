"""Files from tables: the same bytes for the same release, on every run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sqlalchemy import Connection

from gtfs_export.carried import NOTHING, carried_of
from gtfs_export.csv_text import csv_line
from gtfs_export.stop_times import COLUMNS, lines, timed_patterns, too_fast
from mapping_service.records import Notice
from spatial_sql.loader import feed_select, feed_statements

# A zip holds a time and permissions for each member; these say nothing about the machine that wrote it.
MEMBER_TIME = (1980, 1, 1, 0, 0, 0)
MEMBER_MODE = 0o644
UNIX = 3
# Of stop times: three times as fast as the usual 6, for a twentieth more bytes.
COMPRESSION_LEVEL = 4
# The database hands out row by row; a call for each of millions would cost more than packing them.
BUFFER_BYTES = 1 << 20
# More of one kind nobody reads.
MOST_NOTICES = 20

_COPY = "COPY ({}) TO STDOUT (FORMAT csv, HEADER, ENCODING 'UTF8')"
# One value as it is: no JSON holds these characters.
_COPY_ONE = "COPY ({}) TO STDOUT (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02', ENCODING 'UTF8')"

# The files of a feed in the order in which they are packed; each is filled by the SELECT of its name, in the expanded
# feed some by another one.
_FILES = (
    "agency", "stops", "routes", "trips", "stop_times", "calendar", "calendar_dates", "fare_attributes", "fare_rules",
    "timeframes", "rider_categories", "fare_media", "fare_products", "fare_leg_rules", "areas", "stop_areas",
    "networks", "route_networks", "shapes", "frequencies", "transfers", "translations", "feed_info", "attributions",
)
_EXPANDED = ("routes", "trips", "translations", "feed_info")
# Nine tenths of a feed, which its SELECT gives in parts that are put together here.
_TIMED = "stop_times"
# What is booked stands apart: planners that know only stops refuse a feed with it.
_FLEX = ("agency", "routes", "trips", "stop_times", "calendar", "calendar_dates", "booking_rules")
VARIANTS: Mapping[str, Mapping[str, str]] = {
    "frequencies": {f"{name}.txt": name for name in _FILES},
    "ride": {f"{name}.txt": name for name in (*_FILES, "board_alight", "ride_feed_info")},
    "expanded": {
        f"{name}.txt": f"{name}_expanded" if name in _EXPANDED else name for name in _FILES if name != "frequencies"
    },
    "flex": {
        **{f"{name}.txt": f"flex_{name}" for name in _FLEX},
        "locations.geojson": "flex_locations", "feed_info.txt": "feed_info", "attributions.txt": "attributions",
    },
}


def write_feed(connection: Connection, variant: str, out: Path | BinaryIO) -> list[Notice]:
    """Write the feed whose tables are prepared as a GTFS zip: UTF-8, lines ended by LF, no file without rows.

    Returns what is odd about it.

    Memory stays the same however large the feed is: rows go from the database through one buffer into the zip, those
    beside rows of imported feeds through a file on disk.
    """
    network_id = connection.execute(feed_statements("checks")["network"]).scalar_one()
    carried = carried_of(connection, network_id, expanded=variant == "expanded") if variant != "flex" else NOTHING
    notices: list[Notice] = []
    with ZipFile(out, "w") as archive, ThreadPoolExecutor(1) as packer:
        for name, select in VARIANTS[variant].items():
            with io.BufferedWriter(_Member(archive, name, packer), BUFFER_BYTES) as member:
                if not carried.has(name):
                    notices += _write_own(connection, name, select, variant, member)
                    continue
                with TemporaryFile() as ours:
                    notices += _write_own(connection, name, select, variant, ours)
                    ours.seek(0)
                    own = csv.reader(io.TextIOWrapper(ours, "utf-8", newline=""))
                    member.writelines(map(csv_line, carried.merged(name, own)))
        for name in carried.tables():
            if name not in VARIANTS[variant]:
                with io.BufferedWriter(_Member(archive, name, packer), BUFFER_BYTES) as member:
                    member.writelines(map(csv_line, carried.merged(name, ())))
        for name, data in carried.others().items():
            archive.writestr(_info(name), data, ZIP_DEFLATED, COMPRESSION_LEVEL)
    return notices[:MOST_NOTICES]


def _write_own(connection: Connection, name: str, select: str, variant: str, out: BinaryIO) -> list[Notice]:
    """Write a file of the prepared tables with its header; return what is odd about it."""
    if select == _TIMED:
        return _write_timed(connection, variant == "expanded", out)
    cursor: Any = connection.connection.cursor()  # psycopg2's own: SQLAlchemy knows no COPY
    with closing(cursor):
        cursor.copy_expert((_COPY if name.endswith(".txt") else _COPY_ONE).format(feed_select(select)), out)
    return []


def _write_timed(connection: Connection, expanded: bool, out: BinaryIO) -> list[Notice]:
    notices: list[Notice] = []
    out.write(csv_line(COLUMNS))
    for pattern in timed_patterns(connection):
        out.writelines(some.encode() for some in lines(pattern, expanded=expanded))
        if len(notices) < MOST_NOTICES:
            notices += too_fast(pattern)
    return notices


class _Member(io.RawIOBase):
    """A member of a zip, begun with its first row. Packed in a thread of its own, while the database goes on."""

    def __init__(self, archive: ZipFile, name: str, packer: ThreadPoolExecutor) -> None:
        super().__init__()
        self._archive = archive
        self._name = name
        self._packer = packer
        self._head = b""
        self._packed: IO[bytes] | None = None
        self._under_way: Future[int] | None = None

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        chunk = bytes(data)
        if self._packed is None:
            self._head += chunk
            if self._name.endswith(".txt") and self._head.count(b"\n") < 2:  # a header and no row
                return len(chunk)
            self._packed = self._archive.open(_info(self._name), "w")
            self._pack(self._packed, self._head)
        else:
            self._pack(self._packed, chunk)
        return len(chunk)

    def _pack(self, packed: IO[bytes], chunk: bytes) -> None:
        if self._under_way is not None:
            self._under_way.result()
        self._under_way = self._packer.submit(packed.write, chunk)

    def close(self) -> None:
        try:
            if self._under_way is not None:
                under_way, self._under_way = self._under_way, None
                under_way.result()
        finally:
            # Else the archive complains of an open member, and nobody hears that the disk is full.
            if self._packed is not None:
                packed, self._packed = self._packed, None
                packed.close()
            super().close()


def write_zip(members: Iterable[tuple[str, bytes]], out: Path | BinaryIO) -> None:
    """Pack members in the order given."""
    with ZipFile(out, "w") as archive:
        for name, content in members:
            archive.writestr(_info(name), content, ZIP_DEFLATED, COMPRESSION_LEVEL)


def _info(name: str) -> ZipInfo:
    info = ZipInfo(name, MEMBER_TIME)
    info.create_system = UNIX
    info.external_attr = MEMBER_MODE << 16
    info.compress_type = ZIP_DEFLATED
    info._compresslevel = COMPRESSION_LEVEL  # type: ignore[attr-defined]  # public from Python 3.13 on
    return info
