"""An inferred network beside the simulated one that its rides were made from, as figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np

from collectors.hints import file_stem
from collectors.simulator import GtfsNetwork, RideSettings, Truth
from collectors.simulator.chance import stream
from collectors.simulator.hail import hail_stretch
from collectors.simulator.motion import drive
from collectors.simulator.network import Pattern, Plane
from collectors.simulator.rides import departure_of
from mapping_service.geo import along_m, points_at, to_metres
from mapping_service.records import Floats, Ints, NetworkDraft, PatternDraft, Ride, RouteDraft
from tests.benchmarks.scoring import (
    FOUND_F1,
    Places,
    Track,
    agreement,
    apart_m,
    apart_places,
    fit,
    goes_right,
    inversions,
    matched,
    ways,
)
from tests.benchmarks.survey import Survey

STOP_M = 30.0
DOUBTED = "quarantined: it looks invented"
DRIVES = 24  # of which the true running times are the mean
_MARKS = ("stop", "occupancy", "departure", "arrival")


@dataclass(frozen=True)
class Score:
    """What one network is worth. Shares 0–1, metres; times and fares as relative errors; ``None``: nothing to judge.

    ``ari_sure`` leaves out the rides that were flagged as fitting several routes. ``invented`` counts rides that nobody
    rode and that were used, ``doubted`` true ones that were set aside as inventions. ``ridden`` counts the true ways
    that some ride went whole: of these ``found`` are those told with F1 ≥ 0.9 by some pattern, and the other figures
    are about them. Of all ``patterns`` that were inferred ``right`` are those that tell some true way so well.
    """

    rides: int
    ways: int
    ari: float
    ari_sure: float
    v: float
    flagged: float
    unassigned: float
    direction_right: float | None
    invented: int
    doubted: int
    patterns: int
    right: float | None
    ridden: int
    found: float | None
    mean_m: float | None
    p95_m: float | None
    stop_precision: float | None
    stop_recall: float | None
    stop_f1: float | None
    stop_m: float | None
    inversions: int
    step_error: float | None
    ride_error: float | None
    fare_error: float | None


class TrueWay:
    """One way as its pattern draws it, from its first stop to its last, in the metres of the city."""

    def __init__(self, pattern: Pattern, plane: Plane, settings: RideSettings, zone: ZoneInfo, srid: int) -> None:
        self.pattern, self._settings, self._zone = pattern, settings, zone
        self._plane_xy = plane.to_m(pattern.lonlat)
        self._s = along_m(self._plane_xy)
        self._plane, self._srid = plane, srid
        first_m, last_m = pattern.stops_along_m[[0, -1]].tolist()
        self.track = self.part(first_m, last_m)
        stretch = hail_stretch(pattern, settings)
        self.hailed = (np.inf, -np.inf) if stretch is None else stretch
        at_m = pattern.stops_along_m
        self.stops = [i for i in apart_places(at_m, STOP_M) if not self.hailed[0] <= at_m[i] <= self.hailed[1]]
        self.places = self.track.places(self._at(at_m[self.stops]), at_m[self.stops] - first_m)

    def _at(self, at_m: Floats) -> Floats:
        lon_lat = self._plane.to_lonlat(points_at(self._plane_xy, self._s, at_m))
        return to_metres(lon_lat[:, 0], lon_lat[:, 1], self._srid)

    def part(self, from_m: float, to_m: float) -> Track:
        """Return what lies between two distances along the pattern."""
        inner = self._s[(self._s > from_m) & (self._s < to_m)]
        return Track(self._at(np.concatenate(([from_m], inner, [to_m]))))

    def hail_xy(self) -> Floats:
        """Return the points of its hail-and-ride stretch; none where it keeps to its stops."""
        at = np.arange(*self.hailed, STOP_M) if self.hailed[0] < self.hailed[1] else np.zeros(0)
        return self._at(at) if len(at) else np.zeros((0, 2))

    def arrivals_s(self) -> Floats:
        """Return when a vehicle reaches each stop of the pattern, seconds from the first; the mean of many drives."""
        found = []
        for number in range(DRIVES):
            rng = stream(self._settings.seed, "true times", self.pattern.name, number)
            at = departure_of(self._zone, self._settings, rng)
            at_m = self.pattern.stops_along_m
            driven = drive(self._plane_xy, at_m, float(at_m[0]), float(at_m[-1]), at.hour + at.minute / 60,
                           self._settings, rng)
            found.append(driven.arrive_s - driven.arrive_s[0])
        return np.asarray(np.mean(found, axis=0))


class TrueWays:
    """The true ways of a simulated city; patterns that are alike, with both ends near, are one class."""

    def __init__(self, network: GtfsNetwork, settings: RideSettings, srid: int) -> None:
        plane = Plane.around(np.concatenate([pattern.lonlat for pattern in network.patterns]))
        self.ways = {
            (one.route_id, one.key, "" if one.direction_id is None else str(one.direction_id)): TrueWay(
                one, plane, settings, ZoneInfo(network.timezone(one.route_id)), srid)
            for one in network.patterns
        }
        classes = ways([way.track for way in self.ways.values()])
        self.classes = dict(zip(self.ways, classes, strict=True))

    def way(self, truth: Truth) -> TrueWay:
        """Return the way that a ride went, or went in part."""
        return self.ways[truth.route_id, truth.pattern, truth.direction_id]

    def tells(self, track: Track) -> bool:
        """True where a line tells some true way well enough."""
        return any(fit(way.track, track).f1 >= FOUND_F1 for way in self.ways.values() if way.track.meets(track))

    def class_of(self, truth: Truth) -> int:
        """Return the class of the way that a ride went."""
        return self.classes[truth.route_id, truth.pattern, truth.direction_id]


@dataclass(frozen=True)
class Found:
    """One inferred way: its line, its stops in order, seconds from the stop before each, the fare."""

    track: Track
    stops: Places
    steps_s: Sequence[float]
    fare: float | None


@dataclass(frozen=True)
class Inferred:
    """An inferred network: its ways by name, and for each run the group it is in, the way, and whether for sure."""

    ways: Mapping[str, Found]
    groups: Mapping[int, tuple[object, str]]
    flagged: frozenset[int]


def of_draft(draft: NetworkDraft, survey: Survey) -> Inferred:
    """Read a candidate network: a group is a route in one direction; a run that fits several is flagged."""
    places = {stop.stop_id: (stop.lon, stop.lat) for stop in draft.stops}
    found: dict[str, Found] = {}
    groups: dict[int, tuple[object, str]] = {}
    flagged: set[int] = set()
    for route in draft.routes:
        for one in route.patterns:
            found[one.pattern_id] = _found(route, one, places, survey.city.srid)
            for run in one.runs:
                groups.setdefault(run.run_id, ((route.route_id, one.direction_id), one.pattern_id))
                flagged |= {run.run_id} if run.role == "alternative" else set()
    return Inferred(found, groups, frozenset(flagged))


def _found(
    route: RouteDraft, one: PatternDraft, places: Mapping[str, tuple[float, float]], srid: int
) -> Found:
    lon_lat = np.array([places[stop.stop_id] for stop in one.stops])
    whole_day = {t.stop_sequence: t.seconds for t in one.running_times if t.band_end_s - t.band_start_s == 86400}
    track = Track(to_metres(one.lon_lat[:, 0], one.lon_lat[:, 1], srid))
    dist_m = np.array([stop.dist_m for stop in one.stops])
    return Found(
        track=track,
        stops=track.places(to_metres(lon_lat[:, 0], lon_lat[:, 1], srid), dist_m),
        steps_s=[whole_day.get(k, np.nan) for k in range(len(one.stops))],
        fare=route.fare.amount if route.fare else None,
    )


def by_labels(survey: Survey) -> Inferred:
    """Trust what was typed: the first raw run of each line and direction, its marks as stops, its fare."""
    found: dict[str, Found] = {}
    groups: dict[int, tuple[object, str]] = {}
    for ride in survey.rides:
        label = f"{ride.claim.line} {ride.claim.direction}"
        groups[ride.run_id] = (label, label)
        if label not in found:
            found[label] = _raw(ride, survey.city.srid)
    return Inferred(found, groups, frozenset())


def _raw(ride: Ride, srid: int) -> Found:
    marks = sorted((r.t_s or 0.0, r.lon, r.lat) for r in ride.reports if r.kind in _MARKS and not r.cancelled)
    places = np.array([(lon, lat) for _, lon, lat in marks]).reshape(-1, 2)
    fares = [r.amount for r in ride.reports if r.kind == "fare" and r.amount is not None and not r.cancelled]
    track = Track(ride.xy)
    at_m = np.interp([t_s for t_s, _, _ in marks], ride.t_s, along_m(ride.xy))
    stops = track.places(to_metres(places[:, 0], places[:, 1], srid) if marks else places, at_m)
    return Found(track, stops, [np.nan] * len(marks), fares[0] if fares else None)


def score(true: TrueWays, survey: Survey, found: Inferred, truth: Mapping[str, Truth]) -> Score:
    """Compare a network with the truth about the rides that it was made from."""
    judged, invented, whole = _judged(survey, truth)
    classes = [true.class_of(one) for _, one in judged]
    groups = [found.groups.get(ride.run_id, ((ride.run_id,), ""))[0] for ride, _ in judged]
    sure = [i for i, (ride, _) in enumerate(judged) if ride.run_id not in found.flagged]
    every = agreement(classes, groups)
    assigned = [(ride, one) for ride, one in judged if ride.run_id in found.groups]
    right = [_right(true, ride, one, found) for ride, one in assigned]
    return Score(
        rides=len(judged),
        ways=len(set(classes)),
        ari=every.ari,
        ari_sure=agreement([classes[i] for i in sure], [groups[i] for i in sure]).ari,
        v=every.v,
        flagged=1 - len(sure) / len(judged),
        unassigned=1 - len(assigned) / len(judged),
        direction_right=float(np.mean(right)) if right else None,
        invented=sum(ride.run_id in found.groups for ride in invented),
        doubted=sum(why == DOUBTED and truth[file_stem(name)].kind != "fabricated" for name, why in survey.left_out),
        patterns=len(found.ways),
        right=_mean_of(float(true.tells(one.track)) for one in found.ways.values()),
        **_ways(true, found, {true.class_of(one): one for one in reversed(whole)}),  # type: ignore[arg-type]
    )


def _judged(
    survey: Survey, truth: Mapping[str, Truth]
) -> tuple[list[tuple[Ride, Truth]], list[Ride], list[Truth]]:
    """Return the true rides, those that nobody rode, and the truth of those that went the whole way."""
    known = [(ride, truth[file_stem(name)]) for ride, name in zip(survey.rides, survey.files, strict=True)]
    judged = [(ride, one) for ride, one in known if one.kind != "fabricated"]
    return judged, [ride for ride, one in known if one.kind == "fabricated"], [
        one for _, one in judged if one.kind == "full"]


def _right(true: TrueWays, ride: Ride, truth: Truth, found: Inferred) -> bool:
    ridden = true.way(truth).part(float(truth.from_m), float(truth.to_m))
    return goes_right(ridden, found.ways[found.groups[ride.run_id][1]].track)


def _ways(true: TrueWays, found: Inferred, ridden: Mapping[int, Truth]) -> dict[str, object]:
    """Return the figures about the ways that were ridden whole."""
    told = [(true.way(one), float(one.fare), _best(true.way(one).track, found.ways.values()))
            for _, one in sorted(ridden.items())]
    hits = [(way, fare, one) for way, fare, one in told if one is not None]
    away = [apart_m(way.track, one.track) for way, _, one in hits]
    stops = [_stops(way, one) for way, _, one in hits]
    hit, wanted, offered = (sum(getattr(one, name) for one in stops) for name in ("hit", "wanted", "offered"))
    steps = np.concatenate([np.zeros(0), *(one.step_errors for one in stops)])
    fares = [abs(one.fare / fare - 1) for _, fare, one in hits if one.fare is not None]
    return {
        "ridden": len(told),
        "found": len(hits) / len(told) if told else None,
        "mean_m": float(np.mean([np.mean(one) for one in away])) if away else None,
        "p95_m": float(np.mean([np.percentile(one, 95) for one in away])) if away else None,
        "stop_precision": hit / offered if offered else None,
        "stop_recall": hit / wanted if wanted else None,
        "stop_f1": 2 * hit / (wanted + offered) if wanted + offered else None,
        "stop_m": _median(np.concatenate([np.zeros(0), *(one.away_m for one in stops)])),
        "inversions": sum(one.inversions for one in stops),
        "step_error": float(np.mean(steps)) if len(steps) else None,
        "ride_error": _mean_of(one.ride_error for one in stops),
        "fare_error": _mean_of(fares),
    }


def _median(values: Floats) -> float | None:
    return float(np.median(values)) if len(values) else None


def _mean_of(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None


def _best(way: Track, offered: Iterable[Found]) -> Found | None:
    """Return the inferred way that tells a true one best, ``None`` where none tells it well enough."""
    fits = [(fit(way, one.track).f1, i, one) for i, one in enumerate(offered) if way.meets(one.track)]
    best = max(fits, key=lambda one: (one[0], -one[1]), default=(0.0, 0, None))
    return best[2] if best[0] >= FOUND_F1 else None


@dataclass(frozen=True)
class _Stops:
    """How well the stops of one way are told, and the times between them as relative errors."""

    hit: int
    wanted: int
    offered: int
    away_m: Floats
    inversions: int
    step_errors: Floats
    ride_error: float | None


def kept_stops(way: TrueWay, found: Found) -> Ints:
    """Return which of the stops of an inferred way can be judged: those off a hail-and-ride stretch of the true one."""
    hailed = way.hail_xy()
    if not len(hailed):
        return np.arange(len(found.stops.xy))
    away = np.hypot(*(found.stops.xy[:, None] - hailed[None]).transpose(2, 0, 1))
    return np.flatnonzero(np.min(away, axis=1) > STOP_M)


def _stops(way: TrueWay, found: Found) -> _Stops:
    outside = kept_stops(way, found)
    pairs, away_m = matched(way.places, found.stops.only(outside), STOP_M)
    in_order = sorted((int(outside[j]), way.stops[i]) for i, j in pairs)
    steps, whole = _times(way, found, in_order)
    wrong = inversions([i for _, i in in_order])
    return _Stops(len(pairs), len(way.stops), len(outside), away_m, wrong, steps, whole)


def _times(way: TrueWay, found: Found, in_order: Sequence[tuple[int, int]]) -> tuple[Floats, float | None]:
    """Return the relative errors of the times between stops that were found, and of that from the first to the last."""
    true_s = way.arrivals_s()
    reached = np.concatenate(([0.0], np.cumsum(found.steps_s[1:])))
    steps = [(reached[j] - reached[i], true_s[b] - true_s[a])
             for (i, a), (j, b) in zip(in_order[:-1], in_order[1:], strict=True) if b > a and true_s[b] > true_s[a]]
    known = [(ours_s, its_s) for ours_s, its_s in steps if np.isfinite(ours_s)]
    errors = np.array([abs(ours_s / its_s - 1) for ours_s, its_s in known])
    total = abs(sum(a for a, _ in known) / sum(b for _, b in known) - 1) if known else None
    return errors, total
