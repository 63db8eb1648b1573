"""Rides that phones would have recorded on a network: the files, what their names claim, and the truth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from collectors.simulator.chance import stream
from collectors.simulator.feed import read_feed
from collectors.simulator.gpx_text import gpx
from collectors.simulator.hail import halting_places
from collectors.simulator.invented import FARE_FACTOR, invent, written
from collectors.simulator.marks import Journey, marks
from collectors.simulator.motion import EVENING_H, MORNING_H, Drive, drive, rush
from collectors.simulator.network import GtfsNetwork, Pattern, Plane, along_m, point_at
from collectors.simulator.phone import TrueWay, correlated, record
from collectors.simulator.plan import PlannedRide, planned
from collectors.simulator.settings import RideSettings
from collectors.simulator.typed import LANGUAGES, label, money
from mapping_service.errors import Problem
from mapping_service.records import Floats

WAITS_MIN = (5, 10, 15, 20, 30, 45, 60)  # terminal waits as collectors state them, from quick turn to fill-and-go
RUSH_SHARE = 0.4  # of rides that begin in a rush hour; the rest are spread over the day
FIRST_H, LAST_H = 5.5, 20.5  # local time of departures
PEAK_FROM = 0.5  # of full rush: from here on a collector calls it peak
PEAK_WRONG_SHARE = 0.15  # peak flags are not reliable in public survey tables
WANDER_TAU_S = 40.0  # how long strolling at the terminal keeps a direction
WANDER_END_S = 20.0  # boarding and leaving take this long
LEAD_IN_SPREAD = 0.6  # log-normal shape of the wait before departure
LEAD_IN_LEAST_S = 15.0
MIDWAY_LEAD_IN_MAX_S = 40.0  # recording before boarding at an ordinary stop


@dataclass(frozen=True)
class Truth:
    """One row of truth.csv: what was really ridden. Only for scoring.

    ``pattern`` is the shape_id or stop-sequence key; ``kind`` full, partial, duplicate, second_phone or fabricated;
    ``fare`` in the settings' currency; ``from_m`` and ``to_m`` along the pattern's way; ``run_of`` the run that is
    repeated.
    """

    run: str
    route_id: str
    direction_id: str
    pattern: str
    kind: str
    fare: str
    wait_min: str
    from_m: str
    to_m: str
    run_of: str


@dataclass(frozen=True)
class Hint:
    """One row of manifest.csv: what the collector claims, in the columns of a survey's table. Not always right."""

    run: str
    line: str
    direction: str
    peak: str
    surveyor: str
    date: str
    label_as_typed: str


@dataclass(frozen=True)
class SimulatedRide:
    """One file that a phone would have sent, with its rows for both tables."""

    file_name: str
    gpx: bytes
    truth: Truth
    hint: Hint


def simulate(feed: Path | GtfsNetwork, settings: RideSettings) -> Iterator[SimulatedRide]:
    """The rides of a survey of ``feed`` (a GTFS zip or a network), by run number.

    The same feed and settings give the same bytes. Raises ``Problem`` for a feed that cannot be read, or a language or
    time zone that is not known.
    """
    if settings.language not in LANGUAGES:
        raise Problem("language_unknown", f"Choose one of the languages {', '.join(sorted(LANGUAGES))}.",
                      language=settings.language)
    network = read_feed(feed) if isinstance(feed, Path) else feed
    plane = Plane.around(np.concatenate([pattern.lonlat for pattern in network.patterns]))
    for ride in planned(network.patterns, settings):
        make = _fabricated if ride.kind == "fabricated" else _simulated
        yield make(ride, network, plane, settings)


def _fabricated(ride: PlannedRide, network: GtfsNetwork, plane: Plane, settings: RideSettings) -> SimulatedRide:
    pattern, phone = ride.pattern, ride.contributor.phone
    rng = stream(settings.seed, "invented", pattern.name, ride.ride)
    departure = departure_of(_zone(network.timezone(pattern.route_id)), settings, rng)
    xy = plane.to_m(pattern.lonlat)
    invention = invent(xy, pattern.stops_along_m, rng)
    journey = Journey(invention.drive, [network.stops[stop_id].name for stop_id in pattern.stop_ids],
                      _fare(network, pattern, along_m(xy)[-1], settings) * FARE_FACTOR, min(WAITS_MIN), 0.0, True, True)
    file = gpx(written(invention, phone, rng), marks(journey, ride.contributor.generic_share, settings, rng), phone,
               plane, departure)
    return SimulatedRide(f"{ride.run}.gpx", file, _truth(ride, journey), _hint(ride, network, departure, settings))


def _simulated(ride: PlannedRide, network: GtfsNetwork, plane: Plane, settings: RideSettings) -> SimulatedRide:
    pattern = ride.pattern
    rng = stream(settings.seed, "motion", pattern.name, ride.ride)
    departure = departure_of(_zone(network.timezone(pattern.route_id)), settings, rng)
    hour = departure.hour + departure.minute / 60
    xy = plane.to_m(pattern.lonlat)
    places_m, is_stop = halting_places(pattern, settings, stream(settings.seed, "hailed", pattern.name, ride.ride))
    driven = drive(xy, places_m, ride.from_m, ride.to_m, hour, settings, rng)
    from_terminal = ride.from_m <= pattern.stops_along_m[0]
    lead_in_s = _lead_in_s(from_terminal, settings, rng)
    way = _true_way(xy, driven, lead_in_s, rng.uniform(5.0, settings.lead_out_max_s), settings, rng)
    names = [network.stops[stop_id].name if a_stop else "" for stop_id, a_stop in zip(pattern.stop_ids, is_stop)]
    journey = Journey(driven, names, _fare(network, pattern, along_m(xy)[-1], settings),
                      int(stream(settings.seed, "wait", pattern.name).choice(WAITS_MIN)), lead_in_s, from_terminal,
                      ride.to_m >= pattern.stops_along_m[-1])
    file = _file(ride, way, journey, departure, plane, settings)
    return SimulatedRide(f"{ride.run}.gpx", file, _truth(ride, journey), _hint(ride, network, departure, settings))


def _file(ride: PlannedRide, way: TrueWay, journey: Journey, departure: datetime, plane: Plane,
          settings: RideSettings) -> bytes:
    second = ride.kind == "second_phone"
    rng = stream(settings.seed, "phone", ride.pattern.name, ride.ride, int(second))
    offset_s = float(rng.uniform(-1, 1) * settings.clock_offset_max_s) if second else 0.0
    phone = ride.contributor.phone
    recording = record(way, phone, settings, rng, clock_offset_s=offset_s)
    return gpx(recording, marks(journey, ride.contributor.generic_share, settings, rng), phone, plane, departure)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Problem("timezone_unknown", f"Correct agency_timezone in agency.txt: {name} is no time zone.",
                      timezone=name) from error


def departure_of(zone: ZoneInfo, settings: RideSettings, rng: np.random.Generator) -> datetime:
    """When one ride departs: some day of the survey, oftener in the rush hours."""
    hour = rng.uniform(FIRST_H, LAST_H)
    if rng.random() < RUSH_SHARE:
        hour = np.clip(rng.choice([MORNING_H, EVENING_H]) + rng.normal(0, 0.7), FIRST_H, LAST_H)
    day = settings.first_day + timedelta(days=int(rng.integers(settings.days)))
    return datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(seconds=round(float(hour) * 3600))


def _lead_in_s(from_terminal: bool, settings: RideSettings, rng: np.random.Generator) -> float:
    if not from_terminal:
        return float(rng.uniform(LEAD_IN_LEAST_S, MIDWAY_LEAD_IN_MAX_S))
    wait_s = settings.lead_in_median_s * rng.lognormal(0, LEAD_IN_SPREAD)
    return float(np.clip(wait_s, LEAD_IN_LEAST_S, settings.lead_in_max_s))


def _true_way(xy: Floats, driven: Drive, lead_in_s: float, lead_out_s: float, settings: RideSettings,
              rng: np.random.Generator) -> TrueWay:
    """Where the phone was each second: strolling at the terminal, then aboard, then strolling off."""
    t_s = np.arange(-np.floor(lead_in_s), np.ceil(driven.end_s + lead_out_s))
    at_m = np.interp(t_s, driven.t_s, driven.at_m)
    afoot = np.clip(np.maximum(-t_s, t_s - driven.end_s) / WANDER_END_S, 0.0, 1.0)
    stroll = correlated(np.full(len(t_s), settings.wander_m), WANDER_TAU_S, rng) * afoot[:, None]
    return TrueWay(t_s, point_at(xy, at_m) + stroll, np.abs(np.gradient(at_m)))


def _fare(network: GtfsNetwork, pattern: Pattern, length_m: float, settings: RideSettings) -> float:
    """What the feed states in the settings' currency; else by distance, in whole coins."""
    stated = network.routes[pattern.route_id].fare
    if stated is not None and network.currency == settings.currency:
        return stated
    look = money(settings.currency)
    return look.coin * max(1, round((look.base + look.per_km * length_m / 1000) / look.coin))


def _truth(ride: PlannedRide, journey: Journey) -> Truth:
    direction_id = ride.pattern.direction_id
    return Truth(ride.run, ride.pattern.route_id, "" if direction_id is None else str(direction_id), ride.pattern.key,
                 ride.kind, f"{journey.fare:g}", str(journey.wait_min), f"{ride.from_m:.0f}", f"{ride.to_m:.0f}",
                 ride.run_of)


def _hint(ride: PlannedRide, network: GtfsNetwork, departure: datetime, settings: RideSettings) -> Hint:
    """What is typed: mostly right; the draw is the file's own, so a copy may carry another label."""
    rng = stream(settings.seed, "label", ride.run)
    pattern, line = ride.pattern, network.routes[ride.pattern.route_id].line
    way = pattern.way
    draw = rng.random()
    if draw < settings.wrong_direction_share:
        way = "B" if way == "A" else "A"
    elif draw < settings.wrong_direction_share + settings.wrong_line_share:
        routes = sorted(network.routes)
        line = network.routes[routes[int(rng.integers(len(routes)))]].line
    peak = (rush(departure.hour + departure.minute / 60) > PEAK_FROM) != (rng.random() < PEAK_WRONG_SHARE)
    typed = label(line, way, pattern.headsign, peak, LANGUAGES[settings.language], rng)
    return Hint(ride.run, line, way, str(int(peak)), ride.contributor.name, departure.date().isoformat(), typed)
