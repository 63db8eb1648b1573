"""Which columns of a GTFS feed hold ids, and of what: read alike where feeds come in and where they go out."""

from __future__ import annotations

from collections.abc import Mapping

ID_COLUMNS: Mapping[str, str] = {
    **{column: column.removeprefix("from_").removeprefix("to_").removesuffix("_id") for column in (
        "agency_id", "area_id", "attribution_id", "block_id", "fare_id", "fare_media_id", "fare_product_id",
        "from_area_id", "from_leg_group_id", "from_network_id", "from_route_id", "from_stop_id",
        "from_timeframe_group_id", "from_trip_id", "leg_group_id", "level_id", "network_id", "pathway_id",
        "rider_category_id", "route_id", "service_id", "shape_id", "stop_id", "timeframe_group_id", "to_area_id",
        "to_leg_group_id", "to_network_id", "to_route_id", "to_stop_id", "to_timeframe_group_id", "to_trip_id",
        "trip_id", "zone_id",
    )},
    "parent_station": "stop", "origin_id": "zone", "destination_id": "zone", "contains_id": "zone",
    "booking_rule_id": "booking_rule", "pickup_booking_rule_id": "booking_rule",
    "drop_off_booking_rule_id": "booking_rule",
}
"""The kind of thing that each column of ids names."""

TRANSLATED: Mapping[str, str] = {
    "agency": "agency", "stops": "stop", "routes": "route", "trips": "trip", "stop_times": "trip", "levels": "level",
    "pathways": "pathway", "attributions": "attribution",
}
"""What ``record_id`` names in a translation of each table."""
