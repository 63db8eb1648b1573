"""A simulated network out, as a GTFS zip: for tests and for whoever wants to see the truth behind the rides."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from collectors.simulator.network import GtfsNetwork, Pattern

Row = Mapping[str, object]

RUNNING_MPS = 5.5  # 20 km/h, stops included: a minibus in town
FIRST_S, LAST_S = 5 * 3600 + 1800, 21 * 3600  # service from 05:30 to 21:00
SERVICE_ID = "daily"
ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can hold: the same network gives the same bytes


def write_feed(network: GtfsNetwork, path: Path) -> None:
    """The network as a GTFS zip: one trip per pattern, repeated by frequencies.txt. The same network, the same bytes.

    The currency must be known where a route has a fare.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in _tables(network).items():
            text = io.StringIO()
            writer = csv.DictWriter(text, fieldnames=list(rows[0]) if rows else [], lineterminator="\r\n")
            writer.writeheader()
            writer.writerows(rows)
            if rows:
                archive.writestr(zipfile.ZipInfo(f"{name}.txt", ZIP_TIME), text.getvalue().encode(),
                                 zipfile.ZIP_DEFLATED)


def _tables(network: GtfsNetwork) -> Mapping[str, Sequence[Row]]:
    used = sorted({stop_id for pattern in network.patterns for stop_id in pattern.stop_ids})
    return {
        "feed_info": [{"feed_publisher_name": network.name, "feed_publisher_url": "https://example.org/",
                       "feed_lang": "en", "feed_start_date": "20250101", "feed_end_date": "20351231",
                       "feed_version": "1"}],
        "agency": [{"agency_id": agency.agency_id, "agency_name": agency.name, "agency_url": "https://example.org/",
                    "agency_timezone": agency.timezone} for agency in network.agencies.values()],
        "calendar": [{"service_id": SERVICE_ID, "monday": 1, "tuesday": 1, "wednesday": 1, "thursday": 1, "friday": 1,
                      "saturday": 1, "sunday": 1, "start_date": "20250101", "end_date": "20351231"}],
        "stops": [{"stop_id": stop.stop_id, "stop_name": stop.name, "stop_lat": f"{stop.lat:.6f}",
                   "stop_lon": f"{stop.lon:.6f}"} for stop in (network.stops[stop_id] for stop_id in used)],
        "routes": [{"route_id": route.route_id, "agency_id": route.agency_id, "route_short_name": route.short_name,
                    "route_long_name": route.long_name, "route_type": route.route_type}
                   for route in network.routes.values()],
        "trips": [{"route_id": pattern.route_id, "service_id": SERVICE_ID, "trip_id": _trip_id(pattern),
                   "trip_headsign": pattern.headsign,
                   "direction_id": "" if pattern.direction_id is None else pattern.direction_id,
                   "shape_id": pattern.key} for pattern in network.patterns],
        "shapes": [row for pattern in network.patterns for row in _shape(pattern)],
        "stop_times": [row for pattern in network.patterns for row in _stop_times(pattern)],
        "frequencies": [{"trip_id": _trip_id(pattern), "start_time": _clock(FIRST_S), "end_time": _clock(LAST_S),
                         "headway_secs": pattern.headway_s, "exact_times": 0}
                        for pattern in network.patterns if pattern.headway_s is not None],
        **_fares(network)}


def _trip_id(pattern: Pattern) -> str:
    return f"{pattern.route_id}-{pattern.way}-{pattern.key}"


def _clock(seconds: float) -> str:
    minutes, second = divmod(round(seconds), 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{second:02d}"


def _shape(pattern: Pattern) -> list[Row]:
    return [{"shape_id": pattern.key, "shape_pt_lat": f"{lat:.6f}", "shape_pt_lon": f"{lon:.6f}",
             "shape_pt_sequence": i} for i, (lon, lat) in enumerate(pattern.lonlat.tolist())]


def _stop_times(pattern: Pattern) -> list[Row]:
    rows: list[Row] = []
    for i, (stop_id, at_m) in enumerate(zip(pattern.stop_ids, pattern.stops_along_m.tolist(), strict=True)):
        clock = _clock(FIRST_S + at_m / RUNNING_MPS)
        rows.append({"trip_id": _trip_id(pattern), "arrival_time": clock, "departure_time": clock,
                     "stop_id": stop_id, "stop_sequence": i, "timepoint": 0})
    return rows


def _fares(network: GtfsNetwork) -> Mapping[str, Sequence[Row]]:
    fared = [(route.route_id, route.fare) for route in network.routes.values() if route.fare is not None]
    prices = sorted({fare for _, fare in fared})
    return {"fare_attributes": [{"fare_id": f"fare-{fare:g}", "price": f"{fare:g}", "currency_type": network.currency,
                                 "payment_method": 0, "transfers": 0} for fare in prices],
            "fare_rules": [{"fare_id": f"fare-{fare:g}", "route_id": route_id} for route_id, fare in fared]}
