"""The sample city: a town that does not exist, with minibus lines that nobody runs, so that it ships nobody's data.

It stands on the open water of Lake Victoria; ``collectors.simulator.mavuno`` holds what is invented about it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from collectors.simulator.chance import stream
from collectors.simulator.mavuno import (
    BRANDS,
    BUS,
    CENTRE,
    CURRENCY,
    LANDMARKS,
    LINES,
    NAME,
    NODES,
    ONE_WAY,
    ROADS,
    SHORE_M,
    TERMINALS,
    TIMEZONE,
    Line,
)
from collectors.simulator.network import (
    Agency,
    GtfsNetwork,
    Pattern,
    Plane,
    Route,
    Stop,
    Street,
    along_m,
    point_at,
    stops_in_order_m,
)
from collectors.simulator.rides import SimulatedRide, simulate
from collectors.simulator.settings import RideSettings
from collectors.simulator.streets import bent, beside, joined, side_streets
from mapping_service.records import Floats

Roads = Mapping[tuple[str, str], Floats]
Places = Mapping[str, tuple[str, Floats]]

SPACING_M = 535.0  # mean distance of stops; with the jitter they lie 250 to 700 m apart
SPACING_JITTER = 0.05  # relative
KERB_M = 6.0  # of a stop from the middle of the road, on the left, where traffic in the region drives
ACROSS_M = 30.0  # the stop of the other direction is up to this far along
APART_M = 65.0  # of each of the two one-way streets from the line between their ends
SPLIT_M = 70.0  # length over which they part

SURVEY = RideSettings(interval_choices_s=(2.0, 2.0, 3.0), currency=CURRENCY)  # short rides in small files


def sample_survey(seed: int) -> Iterator[SimulatedRide]:
    """A survey of the town: 60 to 90 small files, as ``simulate`` gives them."""
    return simulate(sample_town(seed), replace(SURVEY, seed=seed))


def sample_town(seed: int) -> GtfsNetwork:
    """The town: streets, stops, ten routes in both directions, fares in KES, headways. EPSG:4326."""
    plane = Plane(*CENTRE)
    roads = _roads(seed)
    places = _stop_places(roads, seed)
    at = {stop_id: plane.to_lonlat(xy[None])[0].tolist() for stop_id, (_, xy) in places.items()}
    patterns = tuple(_pattern(line, direction_id, roads, places, plane) for line in LINES for direction_id in (0, 1))
    return GtfsNetwork(
        NAME, CURRENCY, {brand: Agency(brand, f"{name} (invented)", TIMEZONE) for brand, name in BRANDS.items()},
        {stop_id: Stop(stop_id, name, *at[stop_id]) for stop_id, (name, _) in places.items()},
        {line.route_id: Route(line.route_id, line.brand, line.number,
                              f"{TERMINALS[line.nodes[0]]} – {TERMINALS[line.nodes[-1]]} via {line.via}", BUS,
                              line.fare) for line in LINES}, patterns, _streets(roads, plane, seed))


def _roads(seed: int) -> Roads:
    """Every directed piece of road (metres) by the names of its ends."""
    roads: dict[tuple[str, str], Floats] = {}
    for _, pieces in ROADS.values():
        for a, b in pieces:
            line = bent(np.array(NODES[a]), np.array(NODES[b]), stream(seed, "road", a, b))
            roads[a, b], roads[b, a] = line, line[::-1]
    for a, b in ONE_WAY:
        first, second = sorted((a, b))
        line = bent(np.array(NODES[first]), np.array(NODES[second]), stream(seed, "one-way", first, second))
        line = line if a == first else line[::-1]
        length_m = along_m(line)[-1]
        middle = beside(point_at(line, np.linspace(SPLIT_M, length_m - SPLIT_M, 40)), APART_M)
        roads[a, b] = np.concatenate([line[:1], middle, line[-1:]])
    return roads


def _stop_places(roads: Roads, seed: int) -> Places:
    """Name and point (metres) of every stop by its stop_id: a terminal, or one kerb of a landmark on a road."""
    names = iter(stream(seed, "landmarks").permutation(np.array(LANDMARKS)).tolist())
    places = {_terminal_id(node): (name, np.array(NODES[node], dtype=np.float64)) for node, name in TERMINALS.items()}
    for a, b in [piece for _, pieces in ROADS.values() for piece in pieces] + list(ONE_WAY):
        at_m = _stops_along(a, b, roads, seed)
        there = beside(roads[a, b], KERB_M)
        back_m = along_m(roads[a, b])[-1] - at_m + stream(seed, "across", a, b).uniform(-ACROSS_M, ACROSS_M, len(at_m))
        for i, name in enumerate(next(names) for _ in at_m):
            places[_stop_id(a, b, i)] = (name, point_at(there, at_m[i:i + 1])[0])
            if (b, a) not in ONE_WAY:
                back = point_at(beside(roads[b, a], KERB_M), back_m[i:i + 1])[0]
                places[_stop_id(b, a, len(at_m) - 1 - i)] = (name, back)
    return places


def _stops_along(a: str, b: str, roads: Roads, seed: int) -> Floats:
    """Distances from ``a``: a whole spacing from an end that is a terminal, half a spacing from one that is not."""
    length_m = float(along_m(roads[a, b])[-1])
    lead, tail = (1.0 if end in TERMINALS else 0.5 for end in (a, b))
    count = max(0, round(length_m / SPACING_M + 1 - lead - tail))
    spacing_m = length_m / max(count - 1 + lead + tail, 1)
    jitter = stream(seed, "stops", a, b).uniform(-SPACING_JITTER, SPACING_JITTER, count)
    return np.asarray((lead + np.arange(count) + jitter) * spacing_m, dtype=np.float64)


def _stop_id(a: str, b: str, position: int) -> str:
    return f"{a}-{b}-{position + 1}".replace(" ", "_")


def _terminal_id(node: str) -> str:
    return f"terminal-{node}".replace(" ", "_")


def _pattern(line: Line, direction_id: int, roads: Roads, places: Places, plane: Plane) -> Pattern:
    nodes = line.nodes if direction_id == 0 else line.nodes[::-1]
    pieces = list(zip(nodes[:-1], nodes[1:], strict=True))
    xy = joined([roads[piece] for piece in pieces])
    called = [_terminal_id(nodes[0])]
    for a, b in pieces:
        on_road = sum(1 for stop_id in places if stop_id.startswith(_stop_id(a, b, 0)[:-1]))
        called += [_stop_id(a, b, i) for i in range(on_road)]
        called += [_terminal_id(b)] if b in TERMINALS else []
    at_m = stops_in_order_m(xy, np.array([places[stop_id][1] for stop_id in called]))
    return Pattern(f"{line.route_id}-{direction_id}", line.route_id, direction_id, "AB"[direction_id],
                   TERMINALS[nodes[-1]], plane.to_lonlat(xy), tuple(called), at_m, line.headway_s)


def _streets(roads: Roads, plane: Plane, seed: int) -> tuple[Street, ...]:
    pieces = [(name, kind, roads[piece]) for name, (kind, ends) in ROADS.items() for piece in ends]
    pieces += [(name, "oneway", roads[piece]) for piece, name in ONE_WAY.items()]
    web = side_streets([xy for _, _, xy in pieces], np.array(SHORE_M, dtype=np.float64), seed)
    return tuple(Street(name, kind, plane.to_lonlat(xy))
                 for name, kind, xy in pieces + [("", "side", xy) for xy in web])
