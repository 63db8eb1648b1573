"""Files from tables: the same bytes for the same release, on every run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from gtfs_export.evidence import EVIDENCE_COLUMNS
from gtfs_export.spec import Table

# A zip holds a time and permissions for each member; these say nothing about the machine that wrote it.
MEMBER_TIME = (1980, 1, 1, 0, 0, 0)
MEMBER_MODE = 0o644
UNIX = 3
COMPRESSION_LEVEL = 6


def write_gtfs(feed: Mapping[str, Table], out: Path | BinaryIO) -> None:
    """Write a feed as a GTFS zip: UTF-8, lines ended by LF."""
    write_zip(((name, csv_bytes(table.columns, table.rows)) for name, table in feed.items()), out)


def write_evidence(rows: Iterable[Sequence[str]], out: Path | BinaryIO) -> None:
    """Write ``evidence_rows`` as CSV with a header: UTF-8, lines ended by LF."""
    content = csv_bytes(EVIDENCE_COLUMNS, rows)
    if isinstance(out, Path):
        out.write_bytes(content)
    else:
        out.write(content)


def write_zip(members: Iterable[tuple[str, bytes]], out: Path | BinaryIO) -> None:
    """Pack members in the order given."""
    with ZipFile(out, "w") as archive:
        for name, content in members:
            info = ZipInfo(name, MEMBER_TIME)
            info.create_system = UNIX
            info.external_attr = MEMBER_MODE << 16
            archive.writestr(info, content, ZIP_DEFLATED, COMPRESSION_LEVEL)


def csv_bytes(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """RFC 4180 but for the line ends."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().encode()
