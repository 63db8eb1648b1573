"""Fetches the streets of a place by its name, with osmnx: online only, from OpenStreetMap's public servers.

osmnx finds the place's boundary (Nominatim) and asks for the ways in it (Overpass, in pieces that the server allows);
what may be driven is decided here, by the rules that files are read with.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import networkx
import numpy as np
import osmnx
import requests

from collectors.streets import ATTRIBUTION
from collectors.streets.network import Way, make_streets
from collectors.streets.rules import KINDS, WAY_TAGS, is_signal, is_stop, name_of, rule_of
from mapping_service.errors import NotFound, Problem, Unavailable
from mapping_service.records import Floats
from mapping_service.street_records import StreetReading
from mapping_service.streets import digest

_WAYS = f'["highway"~"^({"|".join(sorted(KINDS | {"pedestrian"}))})$"]'
_STOPS: dict[str, bool | str | list[str]] = {
    "highway": "bus_stop", "public_transport": ["platform", "stop_position"]
}
_NODE_TAGS = ["highway", "crossing"]
# With every way kept in its own direction, osmnx still turns these round, and leaves the tag.
_TURNED = frozenset({"-1", "reverse", "T"})


def fetch_streets(place: str) -> StreetReading:
    """Return the streets, traffic signals and bus stops of a place, such as ``"Kumasi, Ghana"``, as they are now.

    Raises ``Unavailable`` ``street_server_unreachable``, ``NotFound`` ``place_unknown``, ``Problem`` ``no_streets``.
    """
    with _settings():
        graph = _asked(place, lambda: osmnx.graph_from_place(
            place, custom_filter=_WAYS, simplify=False, retain_all=True, truncate_by_edge=True
        ))
        try:
            stops = _asked(place, lambda: osmnx.features_from_place(place, _STOPS))
        except NotFound:
            stops = None  # a place whose stops nobody has mapped
    return streets_of_graph(graph, place, _stop_places(stops), time.time())


def streets_of_graph(graph: networkx.MultiDiGraph, place: str, stops: Floats, dated_s: float) -> StreetReading:
    """Return the streets of an osmnx graph that was neither simplified nor made to go both ways."""
    ways, names = [], {}
    for u, v, tags in graph.edges(data=True):
        said = {key: value for key, value in tags.items() if isinstance(value, str)}
        rule = rule_of(said)
        if rule is not None:
            names[int(tags["osmid"])] = name_of(said)
            ways.append(Way(int(tags["osmid"]), (v, u) if tags.get("oneway") in _TURNED else (u, v), rule))
    places = {int(node): (at["x"], at["y"]) for node, at in graph.nodes(data=True)}
    signals = [(at["x"], at["y"]) for _, at in graph.nodes(data=True) if is_signal(at)]
    streets = make_streets(ways, places, np.array(signals).reshape(-1, 2), stops)
    if not len(streets):
        raise Problem("no_streets", f"OpenStreetMap knows no streets in {place} that a bus may drive. Name a larger "
                      "place, or load a file.", place=place)
    named = {way_id: name for way_id, name in names.items() if name}
    return StreetReading(streets, place, digest(streets), dated_s, ATTRIBUTION, [], named)


@contextmanager
def _settings() -> Iterator[None]:
    """Let osmnx keep the tags that the rules read, and nothing on disk, for as long as this lasts."""
    wanted = {
        "useful_tags_way": [*WAY_TAGS, "name"], "useful_tags_node": _NODE_TAGS, "all_oneway": True, "use_cache": False,
    }
    before = {name: getattr(osmnx.settings, name) for name in wanted}
    for name, value in wanted.items():
        setattr(osmnx.settings, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(osmnx.settings, name, value)


def _asked(place: str, ask: Any) -> Any:
    try:
        return ask()
    except requests.RequestException as fault:
        raise Unavailable("street_server_unreachable", "The servers of OpenStreetMap cannot be reached from here. "
                          "Connect to the internet and try again, or load a .osm.pbf file, which needs none.",
                          place=place) from fault
    except (TypeError, ValueError) as fault:
        raise NotFound("place_unknown", f"OpenStreetMap knows no boundary of “{place}”, or nothing in it. Write it "
                       "with its country, such as “Kumasi, Ghana”, or load a file.", place=place) from fault


def _stop_places(found: Any) -> Floats:
    """Return the points among features that mark where buses stop, (n, 2) degrees."""
    if found is None:
        return np.zeros((0, 2))
    points = found[found.geometry.geom_type == "Point"]
    tags = points.drop(columns="geometry").to_dict("records")
    at = [(point.x, point.y) for point, said in zip(points.geometry, tags, strict=True) if is_stop(said)]
    return np.array(at, dtype=np.float64).reshape(-1, 2)
