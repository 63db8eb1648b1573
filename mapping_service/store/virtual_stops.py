"""Virtual stops of a release: placed by its hailed stretches and by where those of earlier releases are."""

from __future__ import annotations

import numpy as np
import shapely
from sqlalchemy import Connection

from mapping_service.geo import to_lon_lat, to_metres
from mapping_service.parameters import Parameters
from mapping_service.records import City
from mapping_service.store.engine import rows, table
from mapping_service.store.lines import point_element
from mapping_service.store.networks import mint
from mapping_service.virtual_stops import Hailed, Place, place_virtual_stops


def make_virtual_stops(connection: Connection, city: City, network_id: int, p: Parameters) -> int:
    """Give a release its virtual stops, under ids that are minted once; return at how many places they are."""
    patterns = _hailed(connection, city, network_id)
    passings = place_virtual_stops(patterns, _known(connection, city), p) if patterns else []
    if not passings:
        return 0
    places = {one.place.stop_id: one.place for one in passings}
    new = [stop_id for stop_id in places if stop_id.startswith("~")]
    minted = mint(connection, city.city_id, "virtual_stop", "V", new)
    key = {"network_id": network_id, "city_id": city.city_id}
    assert city.srid is not None
    lon_lat = to_lon_lat(np.array([(one.x, one.y) for one in places.values()]), city.srid)
    geoms = {stop_id: point_element(*place) for stop_id, place in zip(places, lon_lat.tolist(), strict=True)}
    connection.execute(table(connection, "virtual_stop").insert(), [
        {
            **key, "pattern_id": one.pattern_id, "dist_m": one.dist_m, "geom": geoms[one.place.stop_id],
            "stop_id": minted.get(one.place.stop_id, one.place.stop_id), "heading_deg": one.place.heading_deg,
        }
        for one in passings
    ])
    return len(places)


def _hailed(connection: Connection, city: City, network_id: int) -> list[Hailed]:
    found = []
    for one in rows(connection, "virtual.list_hailed_patterns", {"network_id": network_id}):
        assert city.srid is not None
        lon_lat = shapely.get_coordinates(shapely.from_wkb(bytes(one.line)))
        xy = to_metres(lon_lat[:, 0], lon_lat[:, 1], city.srid)
        stretches = tuple(zip(one.from_m, one.to_m, strict=True))
        found.append(Hailed(one.pattern_id, xy, one.length_m, one.stops_m, stretches))
    return found


def _known(connection: Connection, city: City) -> list[Place]:
    found = rows(connection, "virtual.list_places", {"city_id": city.city_id})
    if not found:
        return []
    assert city.srid is not None
    xy = to_metres(np.array([one.lon for one in found]), np.array([one.lat for one in found]), city.srid)
    return [Place(one.stop_id, x, y, one.heading_deg) for one, (x, y) in zip(found, xy.tolist(), strict=True)]
