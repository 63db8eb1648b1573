"""A whole feed from a whole network."""

from __future__ import annotations

from gtfs_export.names import route_labels, stop_labels
from gtfs_export.records import PublishedNetwork, Publisher
from gtfs_export.spec import FILES, Table
from gtfs_export.tables.agency import build_agency
from gtfs_export.tables.calendar import build_calendar
from gtfs_export.tables.fares import build_fare_attributes, build_fare_rules
from gtfs_export.tables.feed_info import build_attributions, build_feed_info
from gtfs_export.tables.frequencies import build_frequencies
from gtfs_export.tables.routes import build_routes
from gtfs_export.tables.shapes import build_shapes, measure
from gtfs_export.tables.stop_times import build_stop_times
from gtfs_export.tables.stops import build_stops
from gtfs_export.tables.trips import build_trips
from gtfs_export.texts import texts_for
from gtfs_export.timetable import boardable, trips_of


def build_feed(network: PublishedNetwork, publisher: Publisher) -> dict[str, Table]:
    """Build every GTFS file of a release by name, in the order of ``spec.FILES``, leaving out those without rows.

    Raises ``Conflict`` where the release has nothing that a trip planner can use.
    """
    network = boardable(network)
    texts = texts_for(network.language)
    trips = trips_of(network)
    shapes = {pattern.pattern_id: measure(pattern) for pattern in network.patterns}
    tables = {
        "agency.txt": build_agency(network, publisher, texts),
        "stops.txt": build_stops(network, stop_labels(network.stops, texts)),
        "routes.txt": build_routes(network, route_labels(network.routes, texts), texts),
        "trips.txt": build_trips(trips),
        "stop_times.txt": build_stop_times(trips, shapes),
        "calendar.txt": build_calendar(network),
        "fare_attributes.txt": build_fare_attributes(network),
        "fare_rules.txt": build_fare_rules(network),
        "shapes.txt": build_shapes(network, shapes),
        "frequencies.txt": build_frequencies(trips),
        "feed_info.txt": build_feed_info(network, publisher),
        "attributions.txt": build_attributions(network, publisher, texts),
    }
    return {name: tables[name] for name in FILES if tables[name].rows}
