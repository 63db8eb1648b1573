"""shapes.txt: the line of each pattern, measured in metres on the ellipsoid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from pyproj import Geod

from gtfs_export.records import Pattern, PublishedNetwork
from gtfs_export.spec import Table, make_table
from gtfs_export.tables.stops import DEGREE_DECIMALS
from mapping_service.records import Floats

# Distances are written with one decimal, so this is the smallest difference that shows.
DISTANCE_STEP_M = 0.1
# Points closer than this add bytes and no shape, and consumers take them for errors in the distances.
POINT_SPACING_M = 2.0

_GEOD = Geod(ellps="WGS84")


@dataclass(frozen=True)
class Shape:
    """A published line: (n, 2) lon and lat, and metres from its start to each point, both rounded as published."""

    lonlat: Floats
    dist_m: Floats


def measure(pattern: Pattern) -> Shape:
    """Round, thin and measure a pattern's line; its first and last points stay."""
    lonlat: Floats = np.array(pattern.shape, dtype=np.float64).round(DEGREE_DECIMALS)
    kept: Floats = lonlat[np.array(_spaced(_along_m(lonlat)))]
    return Shape(kept, _along_m(kept).round(1))


def build_shapes(network: PublishedNetwork, shapes: Mapping[str, Shape]) -> Table:
    """Every pattern's shape under the pattern's id."""
    records = (
        record for pattern in network.patterns for record in _records(pattern.pattern_id, shapes[pattern.pattern_id])
    )
    return make_table("shapes.txt", records)


def _records(shape_id: str, shape: Shape) -> Iterator[dict[str, str]]:
    for sequence, ((lon, lat), dist_m) in enumerate(zip(shape.lonlat.tolist(), shape.dist_m.tolist(), strict=True)):
        yield {
            "shape_id": shape_id,
            "shape_pt_lat": f"{lat:.{DEGREE_DECIMALS}f}",
            "shape_pt_lon": f"{lon:.{DEGREE_DECIMALS}f}",
            "shape_pt_sequence": str(sequence),
            "shape_dist_traveled": f"{dist_m:.1f}",
        }


def _along_m(lonlat: Floats) -> Floats:
    steps_m = _GEOD.inv(lonlat[:-1, 0], lonlat[:-1, 1], lonlat[1:, 0], lonlat[1:, 1])[2]
    return np.concatenate((np.zeros(1), np.cumsum(steps_m)))


def _spaced(along_m: Floats) -> list[int]:
    kept = [0]
    for position, dist_m in enumerate(along_m):
        if dist_m - along_m[kept[-1]] >= POINT_SPACING_M:
            kept.append(position)
    last = len(along_m) - 1
    if kept[-1] == last:
        return kept
    # The end is worth more than the point just before it.
    return [*(kept[:-1] if len(kept) > 1 else kept), last]
