"""routes.txt, with a description that says how sure the route is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from gtfs_export.names import RouteLabels
from gtfs_export.records import PublishedNetwork, Route
from gtfs_export.spec import Table, make_table
from gtfs_export.tables.agency import AGENCY_ID
from gtfs_export.texts import Texts

# Bus. The extended type for shared taxis (1501) is unknown to most trip planners.
ROUTE_TYPE = "3"
ESTIMATES = ("own_waits", "route_waits", "city_waits", "seen")


def build_routes(network: PublishedNetwork, labels: Mapping[str, RouteLabels], texts: Texts) -> Table:
    """Every route under its names, each value of its description in the city's language."""
    methods: dict[str, set[str]] = defaultdict(set)
    for pattern in network.patterns:
        methods[pattern.route_id].update(headway.method for headway in pattern.headways)
    return make_table(
        "routes.txt",
        (
            {
                "route_id": route.route_id,
                "agency_id": AGENCY_ID,
                "route_short_name": labels[route.route_id].short.text,
                "route_long_name": labels[route.route_id].long.text,
                "route_desc": describe(route, methods[route.route_id], texts, synthetic=network.synthetic),
                "route_type": ROUTE_TYPE,
            }
            for route in network.routes
        ),
    )


def describe(route: Route, headway_methods: Iterable[str], texts: Texts, *, synthetic: bool) -> str:
    """Say in sentences what kind of service this is, what of it is estimated, and who saw it when."""
    seen = route.evidence
    rides = texts.number("rides", seen.runs)
    last = seen.last_seen.isoformat()
    return " ".join((
        texts.say("synthetic" if synthetic else "informal"),
        _frequency(set(headway_methods), texts),
        texts.say("seen_on", rides=rides, date=last) if seen.people is None
        else texts.say("seen_by", rides=rides, people=texts.number("people", seen.people), date=last),
    ))


def _frequency(methods: set[str], texts: Texts) -> str:
    sources = texts.say("and").join(texts.say(method) for method in ESTIMATES if method in methods)
    if not sources:
        return texts.say("headway_observed")
    key = "headway_partly_estimated" if "observed" in methods else "headway_estimated"
    return texts.say(key, sources=sources)
