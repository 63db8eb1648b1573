"""Invented bus lines with known stops, to train and to measure the finding of stops.

One line is about 10 km of streets with junctions, some with signals. Its stops lie 250–650 m apart, three in ten beside
a signal; on one stretch riders hail the vehicle; some stretches jam. A vehicle halts at a stop with a probability of
the stop's own (Beta(3, 2.5)), at a signal in half of the runs for up to 55 s, in jams again and again. Phones and
drivers are off by metres. A collector reports a share of the halts at which people get on. Rides of other routes may
share a part of the line and cross it at its junctions. One seed decides everything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d

from mapping_service.fuse.calls import calls
from mapping_service.fuse.progress import track_of
from mapping_service.fuse.stops import OnLine, on_line
from mapping_service.fuse.surroundings import Surroundings
from mapping_service.geo import along_m, points_at
from mapping_service.parameters import Parameters
from mapping_service.records import Floats, Report, Ride
from mapping_service.street_records import Streets
from tests.benchmarks.scoring import Places
from tests.sketch import ORIGIN, SRID, press, ride

STEP_M = 5.0
Rng = np.random.Generator
Span = tuple[float, float]


@dataclass(frozen=True)
class Habits:
    """How one line is ridden and recorded: rides, share of halts that are reported, of rides on which anything is,
    whether collectors mark stops that the vehicle passes too, whether the city's streets are known, and whether there
    are other routes."""

    rides: int
    told_share: float = 0.3
    tellers: float = 1.0
    marks_all: bool = False
    streets: bool = True
    others: bool = False
    spacing_m: tuple[float, float] = (250.0, 650.0)
    beside_signal: float = 0.3
    signal_share: float = 0.2
    hailed_m: float = 1500.0
    gps_m: float = 8.0
    driver_m: float = 12.0
    dwell_s: float = 14.0
    service: tuple[float, float] = (3.0, 2.5)
    signal_halt: float = 0.5
    signal_max_s: float = 55.0
    jams: int = 1
    jam_halt_s: float = 20.0
    other_halts_per_km: float = 0.0
    stray_share: float = 0.0
    reaction_s: float = 6.0


@dataclass(frozen=True)
class InventedLine:
    """A line, its rides first and those of other routes after them, and the truth about it (metres along)."""

    shape: Floats
    rides: tuple[Ride, ...]
    own: int
    stops_m: Floats
    hail_m: Span | None
    streets: Streets | None


@dataclass(frozen=True)
class _Road:
    xy: Floats
    s: Floats
    junctions: Floats
    signals: Floats
    jams: Sequence[tuple[float, float]]
    cruise: Floats


def invented_line(seed: int, habits: Habits) -> InventedLine:
    """Return the line of a seed."""
    rng = np.random.default_rng(seed)
    road = _road(rng, habits)
    hail = _hail(rng, road, habits)
    stops = _stops(rng, road, hail, habits)
    share = rng.beta(*habits.service, len(stops))
    rides = [_ride(rng, i, road, stops, share, hail, habits) for i in range(habits.rides)]
    if habits.others:
        rides += _companions(rng, road, stops, share, habits) + _crossings(rng, road, habits)
    at = np.arange(0.0, road.s[-1], 10.0)
    # A line made of a few rides wanders about the street.
    wander = gaussian_filter1d(rng.normal(0, 1, (len(at), 2)), 5, axis=0) * 10.0 / np.sqrt(habits.rides)
    shape = points_at(road.xy, road.s, at) + wander + ORIGIN
    streets = _streets(rng, road, stops) if habits.streets else None
    return InventedLine(shape, tuple(rides), habits.rides, stops, hail, streets)


def placed(line: InventedLine, p: Parameters) -> tuple[OnLine, Surroundings]:
    """Return the rides of a line on its shape, and what else happens around it."""
    tracks = [track_of(one, p) for one in line.rides]
    told = [calls(one, SRID, p) for one in line.rides]
    surroundings = Surroundings(tracks, told, line.streets, p)
    return on_line(line.shape, range(line.own), tracks[:line.own], told[:line.own], p), surroundings


def on_axis(at_m: Floats) -> Places:
    """Return places along a line as places to be matched."""
    nothing = np.zeros(len(at_m))
    return Places(np.column_stack((at_m, nothing)), np.column_stack((nothing + 1, nothing)), nothing)


def _road(rng: Rng, habits: Habits) -> _Road:
    corners, heading = [np.zeros(2)], float(rng.uniform(0, 2 * np.pi))
    gone = 0.0
    lengths = []
    while gone < 10_000:
        length = float(rng.uniform(120, 480))
        heading += float(rng.normal(0, 0.06) if rng.random() < 0.8 else rng.choice([-1, 1]) * rng.uniform(0.4, 1.6))
        corners.append(corners[-1] + length * np.array([np.cos(heading), np.sin(heading)]))
        gone += length
        lengths.append(gone)
    xy = np.array(corners)
    junctions = np.array(lengths[:-1])
    signals = junctions[rng.random(len(junctions)) < habits.signal_share]
    begin = rng.uniform(300, gone - 800, rng.integers(1, habits.jams + 1))
    jams = [(float(a), float(a + rng.uniform(150, 500))) for a in begin]
    return _Road(xy, along_m(xy), junctions, signals, jams, rng.uniform(6.0, 11.0, 40))


def _hail(rng: Rng, road: _Road, habits: Habits) -> Span | None:
    if not habits.hailed_m:
        return None
    start = float(rng.uniform(1000, road.s[-1] - 1000 - habits.hailed_m))
    return start, start + habits.hailed_m


def _stops(rng: Rng, road: _Road, hail: Span | None, habits: Habits) -> Floats:
    found: list[float] = []
    at = float(rng.uniform(*habits.spacing_m))
    while at < road.s[-1] - 250:
        place = at
        near = road.signals[np.abs(road.signals - at) < 200]
        if len(near) and rng.random() < habits.beside_signal * 2:
            place = float(near[np.argmin(np.abs(near - at))] + rng.choice([-1, 1]) * rng.uniform(15, 45))
        if not (hail and hail[0] - 100 < place < hail[1] + 100) and (not found or place - found[-1] > 120):
            found.append(place)
        at += float(rng.uniform(*habits.spacing_m))
    return np.array(found)


def _ride(
    rng: Rng, number: int, road: _Road, stops: Floats, share: Floats, hail: Span | None, habits: Habits,
    part: Span | None = None,
) -> Ride:
    start, end = part or (0.0, float(road.s[-1]))
    halts: list[tuple[float, float, bool]] = []
    for at, likely in zip(stops, share, strict=True):
        if rng.random() < likely:
            halts.append((at + rng.normal(0, habits.driver_m), _dwell(rng, habits), True))
    if hail:
        for at in rng.uniform(*hail, rng.poisson(2.5 * (hail[1] - hail[0]) / 1000)):
            halts.append((at, max(4.0, _dwell(rng, habits) * 0.6), True))
    for at in road.signals[rng.random(len(road.signals)) < habits.signal_halt]:
        halts.append((at - 3 - abs(rng.normal(0, 14)), rng.uniform(0, habits.signal_max_s), False))
    for at in rng.uniform(start, end, rng.poisson(habits.other_halts_per_km * (end - start) / 1000)):
        halts.append((at, _dwell(rng, habits), False))
    jammed = [jam for jam in road.jams if rng.random() < 0.4]
    for a, b in jammed:
        for at in np.arange(a, b, 50.0)[rng.random(len(np.arange(a, b, 50.0))) < 0.5]:
            halts.append((at + rng.uniform(-20, 20), rng.uniform(3, habits.jam_halt_s), False))
    inside = sorted(h for h in halts if start + 30 < h[0] < end - 30)
    t_s, at_m, arrive = _motion(rng, road, inside, jammed, start, end)
    xy = points_at(road.xy, road.s, at_m) + _noise(rng, t_s, habits)
    told = _reports(rng, road, inside, arrive, stops, t_s, at_m, habits)
    return ride(number, t_s, xy, reports=told, person=f"p{rng.integers(6)}")


def _dwell(rng: Rng, habits: Habits) -> float:
    return float(np.clip(rng.lognormal(np.log(habits.dwell_s), 0.5), 4, 90))


def _motion(
    rng: Rng, road: _Road, halts: Sequence[tuple[float, float, bool]], jammed: Sequence[tuple[float, float]],
    start: float, end: float,
) -> tuple[Floats, Floats, list[float]]:
    """Return times, places at these times, and when each halt begins; pull 1.1, brakes 1.4 m/s²."""
    s = np.arange(start, end, STEP_M)
    free = road.cruise[np.minimum((s / 400).astype(int), len(road.cruise) - 1)] * rng.normal(1, 0.08)
    for a, b in jammed:
        free = np.where((s >= a) & (s <= b), free * 0.4, free)
    node = np.clip(np.searchsorted(s, [h[0] for h in halts]), 1, len(s) - 2).astype(int) if halts else np.zeros(0, int)
    square = free**2
    square[node] = 0.0
    square[[0, -1]] = 0.0
    for corner in road.junctions:
        square[np.abs(s - corner) < 10] = np.minimum(square[np.abs(s - corner) < 10], 36.0)
    ramp = 2 * STEP_M * np.arange(len(s))
    square = np.minimum.accumulate(square - 1.1 * ramp) + 1.1 * ramp
    square = (np.minimum.accumulate(square[::-1] - 1.4 * ramp) + 1.4 * ramp)[::-1]
    speed = np.sqrt(np.maximum(square, 0))
    standing = np.zeros(len(s))
    np.add.at(standing, node, [h[1] for h in halts])
    moving = np.concatenate(([0.0], np.cumsum(STEP_M / np.maximum((speed[1:] + speed[:-1]) / 2, 0.7))))
    leave = moving + np.cumsum(standing)
    come = leave - standing
    step = float(rng.choice([1.0, 2.0, 3.0]))
    t_s = np.arange(0.0, leave[-1], step)
    at_m = np.interp(t_s, np.column_stack((come, leave)).ravel(), np.repeat(s, 2))
    return t_s, at_m, [float(come[k]) for k in node]


def _noise(rng: Rng, t_s: Floats, habits: Habits) -> Floats:
    """Return errors of position that last about 15 s, three times as large in bursts."""
    keep = np.exp(-(t_s[1] - t_s[0]) / 15.0)
    kick = rng.normal(0, habits.gps_m * np.sqrt(1 - keep**2), (len(t_s), 2))
    noise = np.zeros((len(t_s), 2))
    for i in range(1, len(t_s)):
        noise[i] = keep * noise[i - 1] + kick[i]
    burst = (np.sin(t_s / 90.0 + rng.uniform(0, 7)) > 0.95)[:, None]
    return np.asarray(noise * np.where(burst, 2.0, 1.0))


def _reports(
    rng: Rng, road: _Road, halts: Sequence[tuple[float, float, bool]], arrive: Sequence[float], stops: Floats,
    t_s: Floats, at_m: Floats, habits: Habits,
) -> list[Report]:
    told: list[Report] = []
    if rng.random() >= habits.tellers:
        return told
    marked = [(h[0], a) for h, a in zip(halts, arrive, strict=True) if h[2] or rng.random() < habits.stray_share]
    if habits.marks_all:
        halted = np.array([at for at, _ in marked])
        missed = [at for at in stops if at_m[0] < at < at_m[-1] and not (np.abs(halted - at) < 50).any()]
        marked += [(at, float(t_s[np.searchsorted(at_m, at)])) for at in missed]
    for _, t in marked:
        if rng.random() < habits.told_share:
            when = min(t + rng.uniform(0, habits.reaction_s), float(t_s[-1]))
            place = points_at(road.xy, road.s, np.interp([when], t_s, at_m))[0] + rng.normal(0, habits.gps_m, 2)
            told.append(press("stop", place.tolist(), when, waypoint=len(told)))
    return told


def _companions(rng: Rng, road: _Road, stops: Floats, share: Floats, habits: Habits) -> list[Ride]:
    """Rides of other routes over parts of the line, which serve most of its stops, each as often as it likes."""
    found: list[Ride] = []
    for _ in range(rng.integers(0, 4)):
        start = float(rng.uniform(0, road.s[-1] - 2500))
        part = (start, start + float(rng.uniform(1500, 6000)))
        part = (part[0], min(part[1], float(road.s[-1])))
        served = np.where(rng.random(len(stops)) < 0.85, rng.beta(*habits.service, len(stops)), 0.0)
        for _ in range(rng.integers(1, 6)):
            found.append(_ride(rng, 1000 + len(found), road, stops, served, None, habits, part))
    return found


def _crossings(rng: Rng, road: _Road, habits: Habits) -> list[Ride]:
    """Rides across the line at some of its junctions; they halt at its signals and at stops of their own."""
    found: list[Ride] = []
    for at in road.junctions[rng.random(len(road.junctions)) < 0.4]:
        before, here, after = points_at(road.xy, road.s, np.array([at - 20, at, at + 20]))
        ahead = (after - before) / max(float(np.hypot(*(after - before))), 1e-9)
        across = np.array([-ahead[1], ahead[0]]) * rng.choice([-1, 1])
        xy = here + np.array([-400.0, 400.0])[:, None] * across
        signal = np.array([400.0]) if at in road.signals else np.zeros(0)
        street = _Road(xy, along_m(xy), np.array([400.0]), signal, (), road.cruise)
        own = np.array([rng.uniform(60, 340), rng.uniform(460, 740)])
        for _ in range(rng.integers(1, 5)):
            found.append(_ride(rng, 2000 + len(found), street, own, rng.beta(3, 2.5, 2), None, habits))
    return found


def _streets(rng: Rng, road: _Road, stops: Floats) -> Streets:
    """The line's own streets and stubs across at its junctions; signals and bus stops as a volunteer mapped them."""
    nodes = np.concatenate(([0.0], road.junctions, [road.s[-1]]))
    at = points_at(road.xy, road.s, nodes)
    stubs = at[1:-1] + rng.normal(0, 60, (len(road.junctions), 2))
    tail = np.concatenate((np.arange(len(at) - 1), np.arange(1, len(at) - 1)))
    head = np.concatenate((np.arange(1, len(at)), len(at) + np.arange(len(stubs))))
    node_xy = np.concatenate((at, stubs)) + ORIGIN
    pairs = np.column_stack((tail, head))
    both = np.column_stack((pairs, pairs[:, ::-1])).reshape(-1, 2)
    none = np.zeros(len(both))
    signals = points_at(road.xy, road.s, road.signals) + ORIGIN
    mapped = stops[rng.random(len(stops)) < 0.3]
    kerb = points_at(road.xy, road.s, mapped) + rng.normal(0, 8, (len(mapped), 2)) + ORIGIN
    return Streets(
        node_xy=node_xy, tail=both[:, 0], head=both[:, 1], against=none > 0, way_id=none.astype(np.int64),
        kind=np.full(len(both), ""), first=np.arange(len(both) + 1) * 2,
        xy=node_xy[both.ravel()], signal_xy=signals[rng.random(len(signals)) < 0.85], stop_xy=kerb,
    )
