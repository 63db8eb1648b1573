"""Map layers of a release for GIS: everything in it, also what no trip planner can use yet, with its evidence.

Geometry is EPSG:4326, (lon, lat). Empty layers are written too, so that a project which reads them keeps working.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray
from shapely import Geometry, LineString, MultiLineString, Point
from shapely.ops import substring

from gtfs_export.names import clean, stop_labels
from gtfs_export.records import DEGREE_DECIMALS, Evidence, Pattern, PublishedNetwork, Route, ServicePoint, Stop
from gtfs_export.texts import texts_for
from gtfs_export.timetable import published_headway_s
from gtfs_export.write import write_zip
from mapping_service.errors import Problem

CRS = "EPSG:4326"
TEXT, WHOLE, REAL, DATE = "U", "int32", "float64", "datetime64[D]"
_EVIDENCE = {"runs": WHOLE, "people": WHOLE, "first_seen": DATE, "last_seen": DATE, "confidence": REAL}

# GDAL's options hold for the whole process, and a server writes several releases at once.
_GDAL_OPTIONS = Lock()

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Layer:
    """A layer to be: one geometry and one record per feature; ``columns`` gives each attribute its type."""

    name: str
    geometry_type: str
    columns: Mapping[str, str]
    geometries: Sequence[Geometry]
    records: Sequence[Record]


def write_layers(network: PublishedNetwork, out: Path) -> None:
    """Write the layers that ``build_layers`` makes.

    ``out`` ends in ``.gpkg`` (one GeoPackage) or ``.geojson.zip``, or is a folder for GeoJSON files (RFC 7946, six
    decimals). What is there already is replaced. Raises ``Problem`` on any other ending.
    """
    layers = build_layers(network)
    if out.suffix == ".gpkg":
        _write_geopackage(layers, out, network)
    elif out.name.endswith(".geojson.zip"):
        with TemporaryDirectory() as folder:
            files = _write_geojson(layers, Path(folder))
            write_zip(((file.name, file.read_bytes()) for file in files), out)
    elif not out.suffix:
        out.mkdir(parents=True, exist_ok=True)
        _write_geojson(layers, out)
    else:
        raise Problem(
            "layer_format_unknown",
            f"Layers are written as .gpkg, as .geojson.zip or into a folder, not as {out.name}.",
            name=out.name,
        )


def build_layers(network: PublishedNetwork) -> tuple[Layer, ...]:
    """Return routes, patterns, stops, stations, hail_stretches, stop_candidates and service_points, in order of ids."""
    return (
        _routes(network), _patterns(network), _stops(network), _stations(network), _hail_stretches(network),
        _stop_candidates(network), _service_points(network),
    )


def _routes(network: PublishedNetwork) -> Layer:
    lines: dict[str, list[LineString]] = defaultdict(list)
    for pattern in network.patterns:
        lines[pattern.route_id].append(LineString(pattern.shape))
    columns = {
        "route_id": TEXT, "short_name": TEXT, "long_name": TEXT, "fare": REAL, "fare_low": REAL, "fare_high": REAL,
        "currency": TEXT, "fare_observations": WHOLE, **_EVIDENCE,
    }
    geometries = [MultiLineString(lines[route.route_id]) for route in network.routes]
    return Layer("routes", "MultiLineString", columns, geometries, [_route(route) for route in network.routes])


def _route(route: Route) -> Record:
    fare = route.fare
    named = {"route_id": route.route_id, "short_name": clean(route.short_name) or None,
             "long_name": clean(route.long_name), **_seen(route.evidence)}
    if fare is None:
        return named
    return named | {
        "fare": float(fare.amount), "fare_low": float(fare.low), "fare_high": float(fare.high),
        "currency": fare.currency, "fare_observations": fare.observations,
    }


def _patterns(network: PublishedNetwork) -> Layer:
    columns = {
        "pattern_id": TEXT, "route_id": TEXT, "direction_id": WHOLE, "headsign": TEXT, "day_types": TEXT,
        "stops": WHOLE, "length_m": REAL, "spread_m": REAL, "headway_s": WHOLE, "headway_low_s": WHOLE,
        "headway_high_s": WHOLE, "headway_method": TEXT, "variant": TEXT, "variant_share": REAL, "variant_at": TEXT,
        "variant_at_m": REAL, **_EVIDENCE,
    }
    geometries = [LineString(pattern.shape) for pattern in network.patterns]
    return Layer("patterns", "LineString", columns, geometries, [_pattern(pattern) for pattern in network.patterns])


def _pattern(pattern: Pattern) -> Record:
    # One number to draw a line's width by: the best service of the day, with how it is known.
    best = min(pattern.headways, key=published_headway_s, default=None)
    return {
        "pattern_id": pattern.pattern_id, "route_id": pattern.route_id, "direction_id": pattern.direction_id,
        "headsign": clean(pattern.headsign) or None, "day_types": ",".join(pattern.day_types),
        "stops": len(pattern.stops), "length_m": pattern.length_m, "spread_m": pattern.spread_m,
        "headway_s": published_headway_s(best) if best else None, "headway_low_s": round(best.low_s) if best else None,
        "headway_high_s": round(best.high_s) if best else None, "headway_method": best.method if best else None,
        **_variant(pattern), **_seen(pattern.evidence),
    }


def _variant(pattern: Pattern) -> Record:
    """How a pattern differs from the main one of its direction, how much it shares with it, and where they part."""
    greatest: Record = next(iter(pattern.reason.get("differences", ())), {})
    return {
        "variant": pattern.reason_code, "variant_share": pattern.reason.get("share"),
        "variant_at": clean(greatest.get("at")) or None, "variant_at_m": greatest.get("at_m"),
    }


def _stops(network: PublishedNetwork) -> Layer:
    labels = stop_labels(network.stops, network.service_points, texts_for(network.language))
    columns = {"stop_id": TEXT, "name": TEXT, "name_method": TEXT, "method": TEXT, "station_id": TEXT, **_EVIDENCE}

    def record(stop: Stop) -> Record:
        label = labels[stop.stop_id]
        named = {"stop_id": stop.stop_id, "name": label.text, "name_method": label.method, "method": stop.method}
        return named | {"station_id": stop.station_id} | _seen(stop.evidence)

    geometries = [Point(stop.lon, stop.lat) for stop in network.stops]
    return Layer("stops", "Point", columns, geometries, [record(stop) for stop in network.stops])


def _stations(network: PublishedNetwork) -> Layer:
    records = [{"station_id": one.station_id, "name": clean(one.name) or None} for one in network.stations]
    geometries = [Point(one.lon, one.lat) for one in network.stations]
    return Layer("stations", "Point", {"station_id": TEXT, "name": TEXT}, geometries, records)


def _hail_stretches(network: PublishedNetwork) -> Layer:
    """Parts of the patterns' lines; a pattern is measured in metres of its own, so parts are taken by their share."""
    columns = {"pattern_id": TEXT, "from_m": REAL, "to_m": REAL, "halts": WHOLE, "runs": WHOLE}
    found = [(pattern, one) for pattern in network.patterns for one in pattern.hail_stretches]
    geometries = [_part(pattern, one.from_m, one.to_m) for pattern, one in found]
    records = [{"pattern_id": pattern.pattern_id, **vars(one)} for pattern, one in found]
    return Layer("hail_stretches", "LineString", columns, geometries, records)


def _part(pattern: Pattern, from_m: float, to_m: float) -> Geometry:
    return substring(LineString(pattern.shape), from_m / pattern.length_m, to_m / pattern.length_m, normalized=True)


def _stop_candidates(network: PublishedNetwork) -> Layer:
    columns = {"pattern_id": TEXT, "dist_m": REAL, "runs": WHOLE, "runs_past": WHOLE, "probability": REAL}
    found = [(pattern, one) for pattern in network.patterns for one in pattern.stop_candidates]
    geometries = [Point(one.lon, one.lat) for _, one in found]
    records = [{"pattern_id": pattern.pattern_id, **vars(one)} for pattern, one in found]
    return Layer("stop_candidates", "Point", columns, geometries, records)


def _service_points(network: PublishedNetwork) -> Layer:
    # The other columns of a source table stay inside: they may name people and their telephones.
    columns = {"service_point_id": TEXT, "kind": TEXT, "name": TEXT}

    def record(point: ServicePoint) -> Record:
        return {"service_point_id": point.service_point_id, "kind": point.kind, "name": clean(point.name)}

    geometries = [Point(point.lon, point.lat) for point in network.service_points]
    return Layer("service_points", "Point", columns, geometries, [record(point) for point in network.service_points])


def _seen(evidence: Evidence) -> dict[str, Any]:
    return {
        "runs": evidence.runs, "people": evidence.people, "first_seen": evidence.first_seen,
        "last_seen": evidence.last_seen, "confidence": evidence.confidence,
    }


def _write_geopackage(layers: Sequence[Layer], out: Path, network: PublishedNetwork) -> None:
    out.unlink(missing_ok=True)
    # The format stores when a layer changed; of a release that is its first day, not the moment of writing.
    with _GDAL_OPTIONS, _gdal_option("OGR_CURRENT_DATE", f"{network.valid_from:%Y-%m-%d}T00:00:00.000Z"):
        for layer in layers:
            _write_layer(layer, out, "GPKG", {"GEOMETRY_NAME": "geom"})


def _write_geojson(layers: Sequence[Layer], folder: Path) -> list[Path]:
    files = [folder / f"{layer.name}.geojson" for layer in layers]
    for layer, file in zip(layers, files, strict=True):
        file.unlink(missing_ok=True)
        _write_layer(layer, file, "GeoJSON", {"RFC7946": "YES", "COORDINATE_PRECISION": str(DEGREE_DECIMALS)})
    return files


def _write_layer(layer: Layer, path: Path, driver: str, options: Mapping[str, str]) -> None:
    columns = [_column([record.get(name) for record in layer.records], kind) for name, kind in layer.columns.items()]
    pyogrio.raw.write(
        path,
        np.array([shapely.to_wkb(geometry) for geometry in layer.geometries], dtype=object),
        [values for values, _ in columns],
        list(layer.columns),
        field_mask=[missing for _, missing in columns],
        layer=layer.name, driver=driver, geometry_type=layer.geometry_type, crs=CRS, layer_options=dict(options),
    )


# What stands in the array where a value is missing; the mask beside it says so.
_BLANKS: Mapping[str, Any] = {TEXT: None, WHOLE: 0, REAL: float("nan"), DATE: np.datetime64("NaT")}


def _column(values: Sequence[Any], kind: str) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    missing = np.array([value is None for value in values], dtype=np.bool_)
    filled = [_BLANKS[kind] if value is None else value for value in values]
    return np.array(filled, dtype=object if kind == TEXT else kind), missing


@contextmanager
def _gdal_option(name: str, value: str) -> Iterator[None]:
    before = pyogrio.get_gdal_config_option(name)
    pyogrio.set_gdal_config_options({name: value})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({name: before})
