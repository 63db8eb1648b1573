"""Reads the streets of a map file: ``.osm.pbf``, ``.osm``, ``.osm.gz``, and the XML that the Overpass API sends.

pyosmium parses, so that damage, entities and wrong formats are refused below this module; what an Overpass answer
lacks (the nodes of a way, a street between two streets) is left out and counted. The file is read once for
ways, for their nodes, and for signals and stops each: so its order does not matter.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import osmium

from collectors.limits import MAX_STREET_FILE_BYTES, MAX_STREET_WAYS
from collectors.storable import storable_text
from collectors.streets import ATTRIBUTION
from collectors.streets.network import Way, make_streets
from collectors.streets.rules import is_signal, is_stop, name_of, rule_of
from mapping_service.errors import NotFound, Problem, TooLarge
from mapping_service.records import Floats, Notice
from mapping_service.street_records import StreetReading

_GZIP_MAGIC = b"\x1f\x8b"
_ZIP_MAGIC = b"PK\x03\x04"
_PBF_HEAD = b"OSMHeader"
_HEAD_BYTES = 4096
_CHUNK_BYTES = 1 << 20
_OSM_BASE = re.compile(rb'osm_base="([^"]{1,40})"')
_REMARK = re.compile(rb"<remark>([^<]{1,300})")
_FAULTS = (RuntimeError, ValueError, OSError, osmium.InvalidLocationError)


def read_street_file(path: Path) -> StreetReading:
    """Return the streets, traffic signals and bus stops of a map file, and how current they are.

    Coordinates are EPSG:4326 degrees. Notices: ``cut_ways`` (ways of which nodes are missing) and ``overpass_remark``
    (what the server said of an answer that it did not finish). Raises ``Problem``: ``path_missing``,
    ``street_file_empty``, ``street_file_too_large``, ``street_file_packed``, ``street_file_damaged``, ``no_streets``.
    """
    if not path.is_file():
        raise NotFound("path_missing", f"There is no file at {storable_text(str(path))}. Check the path.")
    name = storable_text(path.name)
    form, head, tail, sha256 = _inspect(path, name)
    file = osmium.io.File(str(path), form)
    try:
        ways = list(_ways(file, name))
        places = _places(file, ways)
        signals, stops = _points(file)
        header = str(osmium.FileProcessor(file).header.get("osmosis_replication_timestamp"))
    except _FAULTS as fault:
        raise _damaged(name, str(fault)) from fault
    streets = make_streets([one.way for one in ways], places, signals, stops)
    if not len(streets):
        raise Problem("no_streets", f"{name} holds no streets that a bus may drive. Take an extract of OpenStreetMap "
                      "with highways and their nodes, such as a city from a .osm.pbf mirror.", name=name)
    dated_s = _stated_s(head, header) or max(one.edited_s for one in ways) or None
    names = {one.way.way_id: one.name for one in ways if one.name}
    return StreetReading(streets, name, sha256, dated_s, ATTRIBUTION, _notices(ways, places, tail), names)


def _inspect(path: Path, name: str) -> tuple[str, bytes, bytes, str]:
    """Return the format of a file as osmium calls it, its first and last bytes unpacked, and its SHA-256."""
    size = path.stat().st_size
    if size == 0:
        raise Problem("street_file_empty", f"{name} is empty. Download it again.", name=name)
    if size > MAX_STREET_FILE_BYTES:
        raise _too_large(name)
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
        stream.seek(0)
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        stream.seek(max(0, size - _HEAD_BYTES))
        tail = stream.read()
    if head.startswith(_ZIP_MAGIC):
        raise Problem("street_file_packed", f"{name} is a zip. Unpack it and load the .osm.pbf or .osm file in it.",
                      name=name)
    if head.startswith(_GZIP_MAGIC):
        head, tail = _ends_of_gzip(path, name)
        return "osm.gz", head, tail, sha256
    return ("pbf" if _PBF_HEAD in head[:64] else "osm"), head, tail, sha256


def _ends_of_gzip(path: Path, name: str) -> tuple[bytes, bytes]:
    """Return the first and the last bytes of what a gzip unpacks to, which must not be too much."""
    head, tail, total = b"", b"", 0
    try:
        with gzip.open(path) as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                total += len(chunk)
                if total > MAX_STREET_FILE_BYTES:
                    raise _too_large(name)
                head = head or chunk[:_HEAD_BYTES]
                tail = (tail + chunk)[-_HEAD_BYTES:]
    except (EOFError, OSError, zlib.error) as fault:
        raise _damaged(name, str(fault)) from fault
    return head, tail


@dataclass(frozen=True)
class _Found:
    """A drivable way, its name ("": none), when it was edited (0: not said), and where its nodes lie if it says so
    (``out geom``)."""

    way: Way
    name: str
    edited_s: float
    places: Mapping[int, tuple[float, float]]


def _ways(file: osmium.io.File, name: str) -> Iterator[_Found]:
    seen = 0
    for way in osmium.FileProcessor(file, osmium.osm.WAY).with_filter(osmium.filter.KeyFilter("highway")):
        tags = dict(way.tags)
        rule = rule_of(tags)
        if rule is None or not way.visible:
            continue
        seen += 1
        if seen > MAX_STREET_WAYS:
            raise _too_large(name)
        places = {node.ref: (node.lon, node.lat) for node in way.nodes if node.location.valid()}
        drawn = Way(way.id, [node.ref for node in way.nodes], rule)
        yield _Found(drawn, name_of(tags), way.timestamp.timestamp(), places)


def _places(file: osmium.io.File, ways: Sequence[_Found]) -> dict[int, tuple[float, float]]:
    """Return where the nodes of the ways lie, as far as the file says."""
    places = {node: place for one in ways for node, place in one.places.items()}
    wanted = {node for one in ways for node in one.way.nodes} - places.keys()
    if not wanted:
        return places
    # A table of all nodes, 16 bytes each; a filter by id would take a bit for each id that could be, gigabytes today.
    locate = osmium.NodeLocationsForWays(osmium.index.create_map("flex_mem"))
    locate.ignore_errors()
    with osmium.io.Reader(file, osmium.osm.NODE) as reader:
        osmium.apply(reader, locate)
    streets_only = osmium.filter.KeyFilter("highway")
    with osmium.io.Reader(file, osmium.osm.WAY) as reader:
        for way in osmium.OsmFileIterator(reader, streets_only, locate):
            places |= {n.ref: (n.lon, n.lat) for n in way.nodes if n.ref in wanted and n.location.valid()}
    return places


def _points(file: osmium.io.File) -> tuple[Floats, Floats]:
    """Return the traffic signals and the bus stops of a file, (n, 2) degrees each."""
    signals, stops = [], []
    keys = osmium.filter.KeyFilter("highway", "public_transport", "crossing")
    for node in osmium.FileProcessor(file, osmium.osm.NODE).with_filter(keys):
        tags = dict(node.tags)
        if not node.location.valid():
            continue
        if is_signal(tags):
            signals.append((node.lon, node.lat))
        elif is_stop(tags):
            stops.append((node.lon, node.lat))
    return np.array(signals).reshape(-1, 2), np.array(stops).reshape(-1, 2)


def _stated_s(head: bytes, header: str) -> float | None:
    """Return the time up to which a file is current, epoch seconds, where it says one."""
    found = _OSM_BASE.search(head)
    stated = found[1].decode("ascii", "replace") if found else header
    try:
        moment = datetime.fromisoformat(stated.replace("\\:", ":"))
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _notices(ways: Sequence[_Found], places: Mapping[int, tuple[float, float]], tail: bytes) -> list[Notice]:
    cut = sum(any(node not in places for node in one.way.nodes) for one in ways)
    remark = _REMARK.search(tail)
    notices = [Notice("cut_ways", {"ways": cut})] if cut else []
    if remark:
        said = storable_text(remark[1].decode("utf-8", "replace").strip())
        notices.append(Notice("overpass_remark", {"said": said}))
    return notices


def _too_large(name: str) -> Problem:
    return TooLarge("street_file_too_large", f"{name} is larger than a city needs. Cut your city out of it, for "
                    "example with osmium extract --bbox.", name=name)


def _damaged(name: str, fault: str) -> Problem:
    return Problem("street_file_damaged", f"{name} is damaged or no OpenStreetMap file ({storable_text(fault)[:200]}). "
                   "Download it again as .osm.pbf, .osm or .osm.gz.", name=name)
