"""stops.txt: stops, and the stations to which some of them belong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gtfs_export.names import Label, clean
from gtfs_export.records import PublishedNetwork
from gtfs_export.spec import Table, make_table

# Six decimals of a degree are 0.1 m: finer than any phone.
DEGREE_DECIMALS = 6
PLATFORM, STATION = "0", "1"


def build_stops(network: PublishedNetwork, labels: Mapping[str, Label]) -> Table:
    """Every stop under its label, and every station under its name, else under the label of its first stop."""
    return make_table("stops.txt", (*_stops(network, labels), *_stations(network, labels)))


def _stops(network: PublishedNetwork, labels: Mapping[str, Label]) -> Iterator[dict[str, str]]:
    for stop in network.stops:
        yield {
            "stop_id": stop.stop_id,
            "stop_name": labels[stop.stop_id].text,
            **_place(stop.lon, stop.lat),
            "location_type": PLATFORM,
            "parent_station": stop.station_id or "",
        }


def _stations(network: PublishedNetwork, labels: Mapping[str, Label]) -> Iterator[dict[str, str]]:
    first = {stop.station_id: stop.stop_id for stop in reversed(network.stops)}
    for station in network.stations:
        yield {
            "stop_id": station.station_id,
            "stop_name": clean(station.name) or labels[first[station.station_id]].text,
            **_place(station.lon, station.lat),
            "location_type": STATION,
            "parent_station": "",
        }


def _place(lon: float, lat: float) -> dict[str, str]:
    return {"stop_lat": f"{lat:.{DEGREE_DECIMALS}f}", "stop_lon": f"{lon:.{DEGREE_DECIMALS}f}"}
