"""evidence.csv, which goes beside the feed: what every published value rests on, and which of them are estimates.

``element`` and ``id`` lead to the row of the feed; ids of several columns are joined by a slash.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import get_currency_precision

from gtfs_export.names import Label, route_labels, stop_labels
from gtfs_export.records import DEGREE_DECIMALS, Evidence, Fare, PublishedNetwork
from gtfs_export.texts import texts_for
from gtfs_export.timetable import Trip, boardable, clock, published_headway_s, service_id, stop_clocks, trips_of

EVIDENCE_COLUMNS = (
    "element", "id", "field", "value", "method", "estimate", "observations", "people", "first_seen", "last_seen", "low",
    "high", "confidence",
)


@dataclass(frozen=True)
class _Row:
    element: str
    id: str
    field: str
    value: str
    method: str
    estimate: bool
    observations: int | None = None
    people: int | None = None
    first_seen: date | None = None
    last_seen: date | None = None
    low: str = ""
    high: str = ""
    confidence: float | None = None

    def cells(self) -> tuple[str, ...]:
        counts = ("" if count is None else str(count) for count in (self.observations, self.people))
        dates = ("" if day is None else day.isoformat() for day in (self.first_seen, self.last_seen))
        confidence = "" if self.confidence is None else f"{self.confidence:.4f}"
        estimate = str(self.estimate).lower()
        return (self.element, self.id, self.field, self.value, self.method, estimate, *counts, *dates, self.low,
                self.high, confidence)


def evidence_rows(network: PublishedNetwork) -> Iterator[tuple[str, ...]]:
    """Yield a row of ``EVIDENCE_COLUMNS`` for all that the feed of a network states.

    ``estimate`` is ``true`` for every value that was not itself reported or measured. Raises as ``boardable``.
    """
    network = boardable(network)
    trips = trips_of(network)
    parts = (_routes(network), _stops(network), _patterns(network), _running_times(network), _frequencies(trips),
             _stop_times(trips))
    for part in parts:
        for row in part:
            yield row.cells()


def _routes(network: PublishedNetwork) -> Iterator[_Row]:
    labels = route_labels(network.routes, texts_for(network.language))
    for route in network.routes:
        yield _element("route", route.route_id, "", "", "runs", False, route.evidence)
        names = labels[route.route_id]
        for field, label in (("route_short_name", names.short), ("route_long_name", names.long)):
            if label.text:
                yield _name("route", route.route_id, field, label)
        if route.fare:
            yield _fare(route.route_id, route.fare)
        for step in route.stage_fares:
            low, amount, high = (money(value, step.currency) for value in (step.low, step.amount, step.high))
            yield _Row("stage_fare", f"{route.route_id}/{step.from_m:.0f} m", "price", amount, "observed", False,
                       step.observations, step.people, low=low, high=high)


def _stops(network: PublishedNetwork) -> Iterator[_Row]:
    labels = stop_labels(network.stops, network.service_points, texts_for(network.language))
    for stop in network.stops:
        place = f"{stop.lat:.{DEGREE_DECIMALS}f} {stop.lon:.{DEGREE_DECIMALS}f}"
        estimate = stop.method != "reported"
        yield _element("stop", stop.stop_id, "stop_lat stop_lon", place, stop.method, estimate, stop.evidence)
        yield _name("stop", stop.stop_id, "stop_name", labels[stop.stop_id])


def _patterns(network: PublishedNetwork) -> Iterator[_Row]:
    for pattern in network.patterns:
        length = f"{pattern.length_m:.1f} m"
        yield _element("shape", pattern.pattern_id, "", length, "runs", False, pattern.evidence)
        # A ride on one weekday stands for all five.
        days = service_id(pattern)
        yield _element("shape", pattern.pattern_id, "service_id", days, "seen", True, pattern.evidence)
        if pattern.reason_code:
            # What sets it apart from the main way of its direction, and the share of it that lies along that.
            yield _element("shape", pattern.pattern_id, "share_of_main", f"{pattern.reason['share']:.3f}",
                           pattern.reason_code, False, pattern.evidence)


def _running_times(network: PublishedNetwork) -> Iterator[_Row]:
    """Every section in every band, of which the times at stops are sums."""
    for pattern in network.patterns:
        for stop in pattern.stops:
            for time in stop.running_times:
                band = f"{clock(time.band_start_s)}-{clock(time.band_end_s)}"
                key = f"{pattern.pattern_id}/{stop.stop_sequence + 1}/{band}"
                low, high = ("" if value is None else f"{value:.0f}" for value in (time.low_s, time.high_s))
                yield _Row("running_time", key, "seconds", f"{time.seconds:.0f}", time.method, time.method != "band",
                           time.runs, time.people, low=low, high=high)


def _frequencies(trips: tuple[Trip, ...]) -> Iterator[_Row]:
    for trip in trips:
        headway = trip.headway
        yield _Row(
            "frequency", f"{trip.trip_id}/{clock(headway.band_start_s)}", "headway_secs",
            str(published_headway_s(headway)), headway.method, headway.method != "observed", headway.observations,
            headway.people, low=f"{headway.low_s:.0f}", high=f"{headway.high_s:.0f}",
        )


def _stop_times(trips: tuple[Trip, ...]) -> Iterator[_Row]:
    for trip in trips:
        for at in stop_clocks(trip):
            key = f"{trip.trip_id}/{at.stop.stop_sequence + 1}"
            # Nobody said when a trip starts: the feed needs an hour, so it takes the band's.
            estimate = at.method != "band"
            yield _Row("stop_time", key, "arrival_time", clock(at.time_s), at.method, estimate, at.runs, at.people)


def _element(
    element: str, key: str, field: str, value: str, method: str, estimate: bool, seen: Evidence
) -> _Row:
    return _Row(element, key, field, value, method, estimate, seen.runs, seen.people, seen.first_seen, seen.last_seen,
                confidence=seen.confidence)


def _name(element: str, key: str, field: str, label: Label) -> _Row:
    return _Row(element, key, field, label.text, label.method, label.estimate, label.votes)


def _fare(route_id: str, fare: Fare) -> _Row:
    low, amount, high = (money(value, fare.currency) for value in (fare.low, fare.amount, fare.high))
    return _Row("fare", route_id, "price", amount, "observed", False, fare.observations, fare.people, fare.first_seen,
                fare.last_seen, low, high)


def money(amount: Decimal, currency: str) -> str:
    """An amount with the decimals of its currency, none for CFA francs; halves go up."""
    step = Decimal(1).scaleb(-get_currency_precision(currency))
    return str(amount.quantize(step, rounding=ROUND_HALF_UP))
