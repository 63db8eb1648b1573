"""The street network of a city, and where its runs went on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row

from mapping_service.errors import NotFound
from mapping_service.geo import to_lon_lat, to_metres
from mapping_service.records import Floats, Match
from mapping_service.store.engine import copy, row, rows, run
from mapping_service.store.lines import line_columns, line_element, lines_columns, lines_element, point_element
from mapping_service.street_records import StreetMap, StreetReading, Streets
from mapping_service.streets import digest, directed
from spatial_sql.loader import query


@dataclass(frozen=True)
class StreetNetwork:
    """Where the streets of a city are from; ``digest`` tells whether what was made with them is still current."""

    source: str
    dated_s: float | None
    sha256: str
    digest: str
    attribution: str
    loaded_at: datetime


def get_network(connection: Connection, city_id: int) -> StreetNetwork | None:
    """Return what is known of the city's street network; ``None`` where none has been loaded."""
    found = row(connection, "streets.get_network", {"city_id": city_id})
    return None if found is None else StreetNetwork(**found._mapping)


def save_streets(connection: Connection, city_id: int, read: StreetReading) -> None:
    """Put a street map in the place of the one that the city has."""
    run(connection, "streets.delete_network", {"city_id": city_id})
    about = {"source": read.source, "dated_s": read.dated_s, "sha256": read.sha256, "attribution": read.attribution}
    run(connection, "streets.insert_network", {"city_id": city_id, "digest": digest(read.streets), **about})
    copy(connection, query("streets.copy_streets"), _street_lines(city_id, read))
    copy(connection, query("streets.copy_points"), _point_lines(city_id, read.streets))
    run(connection, "streets.analyze_streets")
    run(connection, "crossings.insert_crossings", {"city_id": city_id})
    run(connection, "crossings.analyze_crossings")


def misses_all_rides(connection: Connection, city_id: int) -> int:
    """Return how many rides a city has where not one of them comes near its streets; else 0."""
    found = row(connection, "streets.count_rides_within", {"city_id": city_id})
    return 0 if found is None or found.within else int(found.rides)


def _street_lines(city_id: int, read: StreetReading) -> Iterator[str]:
    """Give each street as a row of text for COPY."""
    streets = read.streets
    columns = zip(
        streets.tail.tolist(), streets.head.tolist(), streets.against_out.tolist(), streets.against_back.tolist(),
        streets.way_id.tolist(), streets.kind.tolist(), strict=True,
    )
    for k, values in enumerate(columns):
        line = streets.lon_lat[streets.first[k]:streets.first[k + 1]]
        name = read.names.get(values[4])  # of its way
        said = r"\N" if name is None else name.replace("\\", r"\\")
        yield "\t".join(map(str, (city_id, k, *values, bytes(line_element(line).data).hex(), said))) + "\n"


def _point_lines(city_id: int, streets: StreetMap) -> Iterator[str]:
    points = [("signal", at) for at in streets.signal_lon_lat] + [("stop", at) for at in streets.stop_lon_lat]
    for number, (kind, (lon, lat)) in enumerate(points):
        yield f"{city_id}\t{number}\t{kind}\t{bytes(point_element(lon, lat).data).hex()}\n"


def load_map(connection: Connection, city_id: int) -> StreetMap:
    """Return the street map of a city as it was read; an empty one where none has been loaded."""
    found = rows(connection, "streets.list_streets", {"city_id": city_id})
    lines = [line_columns(one.geom) for one in found]
    points = rows(connection, "streets.list_points", {"city_id": city_id})
    return StreetMap(
        tail=np.array([one.tail for one in found], dtype=np.int64),
        head=np.array([one.head for one in found], dtype=np.int64),
        against_out=np.array([one.against_out for one in found], dtype=bool),
        against_back=np.array([one.against_back for one in found], dtype=bool),
        way_id=np.array([one.way_id for one in found], dtype=np.int64),
        kind=np.array([one.kind for one in found], dtype=np.str_),
        first=np.cumsum([0, *map(len, lines)], dtype=np.int64),
        lon_lat=np.concatenate([np.zeros((0, 2)), *lines]),
        signal_lon_lat=_places(points, "signal"),
        stop_lon_lat=_places(points, "stop"),
    )


def _places(points: Iterable[Row[Any]], kind: str) -> Floats:
    return np.array([(one.lon, one.lat) for one in points if one.kind == kind], dtype=np.float64).reshape(-1, 2)


def load_streets(connection: Connection, city_id: int, srid: int) -> Streets:
    """Return the streets of a city as directed edges in metres of ``srid``."""
    return directed(load_map(connection, city_id), srid)


def unmatched(connection: Connection, city_id: int, fingerprint: str) -> list[int]:
    """Return the runs that have not been matched with the streets, parameters and code of a fingerprint."""
    values = {"city_id": city_id, "fingerprint": fingerprint}
    return [found.run_id for found in rows(connection, "streets.list_unmatched", values)]


def count_matched(connection: Connection, city_id: int, fingerprint: str) -> int:
    """Return how many runs have been matched under a fingerprint."""
    found = row(connection, "streets.count_matched", {"city_id": city_id, "fingerprint": fingerprint})
    assert found is not None
    return int(found.runs)


def save_match(
    connection: Connection, city_id: int, run_id: int, made: Match | None, srid: int, fingerprint: str
) -> None:
    """Store where a run went, or that it cannot be matched (``None``), so that nobody tries again."""
    lines = [to_lon_lat(line, srid) for line in made.off_road] if made else []
    values = {
        "run_id": run_id,
        "city_id": city_id,
        "edge": made.edge.tolist() if made else [],
        "from_m": made.from_m.tolist() if made else [],
        "to_m": made.to_m.tolist() if made else [],
        "off_road": bytes(lines_element(lines).data) if lines else None,
        "confidence": made.confidence if made else 0.0,
        "fingerprint": fingerprint,
    }
    run(connection, "streets.upsert_match", values)


def load_matches(
    connection: Connection, city_id: int, srid: int, fingerprint: str, run_ids: Sequence[int]
) -> Mapping[int, Match]:
    """Return where some runs of a city went, by run, as far as they have been matched under a fingerprint."""
    values = {"city_id": city_id, "fingerprint": fingerprint, "run_ids": list(run_ids)}
    found = rows(connection, "streets.list_matches", values)
    return {one.run_id: _match(one, srid) for one in found}


def _match(found: Row[Any], srid: int) -> Match:
    lines = lines_columns(found.off_road) if found.off_road is not None else []
    return Match(
        edge=np.array(found.edge, dtype=np.int64),
        from_m=np.array(found.from_m, dtype=np.float64),
        to_m=np.array(found.to_m, dtype=np.float64),
        off_road=tuple(to_metres(line[:, 0], line[:, 1], srid) for line in lines),
        confidence=float(found.confidence),
    )


def summary(connection: Connection, city_id: int, fingerprint: str) -> dict[str, Any]:
    """Return how much a city's street network holds, and how its runs lie on it."""
    found = row(connection, "streets.get_network_summary", {"city_id": city_id, "fingerprint": fingerprint})
    assert found is not None
    return dict(found._mapping)


def get_version(connection: Connection, slug: str) -> str | None:
    """Return what tells the streets that a city has now from others in addresses; ``None`` where it has none."""
    found = row(connection, "streets.get_version", {"slug": slug})
    return None if found is None else str(found.version)


def get_tile(connection: Connection, slug: str, version: str, z: int, x: int, y: int) -> bytes:
    """Return a vector tile of a version of a city's streets. Raises ``NotFound`` ``streets_replaced``."""
    found = row(connection, "streets.get_tile", {"slug": slug, "version": version, "z": z, "x": x, "y": y})
    if found is None:
        raise NotFound("streets_replaced", f"{slug} has other streets now, or none. Load its page again.", city=slug)
    return bytes(found.tile or b"")


def list_drawn(
    connection: Connection, slug: str, bbox: tuple[float, float, float, float], most_rank: int
) -> list[tuple[int, Floats]]:
    """Return the streets of a city in a box (west, south, east, north): rank, 1 for the greatest, and (lon, lat)."""
    west, south, east, north = bbox
    values = {"slug": slug, "west": west, "south": south, "east": east, "north": north, "most_rank": most_rank}
    return [(one.rank, line_columns(one.geom)) for one in rows(connection, "streets.list_drawn", values)]
