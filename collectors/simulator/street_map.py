"""The invented streets of a town as a street map, as if they had been mapped: what the sample is matched to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from scipy.spatial import cKDTree

from collectors.simulator.network import GtfsNetwork, Plane, Street, along_m, point_at
from collectors.streets.network import Way, make_streets
from collectors.streets.rules import Rule
from mapping_service.records import Floats
from mapping_service.street_records import StreetMap

RULES = {
    "main": Rule("primary", False, False),
    "arterial": Rule("secondary", False, False),
    "oneway": Rule("tertiary", False, True),
    "side": Rule("residential", False, False),
}
MEETS_M = 15.0  # a side street that ends this near to a main way was meant to meet it
STEP_M = 5.0  # between the places at which it may


def street_map(network: GtfsNetwork) -> StreetMap:
    """Return the streets of an invented town, EPSG:4326: ways meet where they end, or where a side street reaches a
    main way."""
    plane = Plane.around(np.concatenate([street.lonlat for street in network.streets]))
    lines = _met([plane.to_m(street.lonlat) for street in network.streets], network.streets)
    ids: dict[tuple[float, float], int] = {}
    ways = []
    for number, (street, line) in enumerate(zip(network.streets, lines, strict=True), start=1):
        # Ends that are meant to be one differ by rounding only.
        keys = [(round(float(x), 1), round(float(y), 1)) for x, y in line]
        ways.append(Way(number, [ids.setdefault(key, len(ids) + 1) for key in keys], RULES[street.kind]))
    lon_lat = plane.to_lonlat(np.array(list(ids)))
    places = {node: (float(lon), float(lat)) for node, (lon, lat) in zip(ids.values(), lon_lat, strict=True)}
    return make_streets(ways, places, np.zeros((0, 2)), np.zeros((0, 2)))


def _met(lines: Sequence[Floats], streets: Sequence[Street]) -> list[Floats]:
    """Return the lines with side streets led onto the main ways near which they end, and a vertex there."""
    main = [k for k, street in enumerate(streets) if street.kind != "side"]
    fine = {k: np.arange(0.0, along_m(lines[k])[-1], STEP_M) for k in main}
    points = np.concatenate([point_at(lines[k], fine[k]) for k in main])
    owner = np.concatenate([np.full(len(fine[k]), k) for k in main])
    at_m = np.concatenate([fine[k] for k in main])
    tree = cKDTree(points)
    made = [line.copy() for line in lines]
    reached: dict[int, set[float]] = defaultdict(set)
    for k, street in enumerate(streets):
        if street.kind != "side":
            continue
        for end in (0, -1):
            far_m, nearest = tree.query(lines[k][end])
            if far_m <= MEETS_M:
                made[k][end] = points[nearest]
                reached[int(owner[nearest])].add(float(at_m[nearest]))
    for k, places_m in reached.items():
        s = np.unique(np.concatenate((along_m(lines[k]), sorted(places_m))))
        made[k] = point_at(lines[k], s)
    return made
