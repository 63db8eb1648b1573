"""One recorded trace becomes zero or more runs. Pure: arrays in, records out; the trace itself is never changed.

Rules, in order: (1) fixes without a time, or with a reported accuracy that is too bad, are dropped; times are put in
order and the first of two equal ones is kept. (2) Short stretches that can only be reached by impossible hops are wild
and are dropped. (3) Walks are cut out, and a day becomes its rides (``legs``); a hole that is both long and far
splits a ride. (4) Standing about at the first and last terminal is cut from the run and kept as its length in seconds.
(5) Where the vehicle stands, a dwell is noted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mapping_service.clean.legs import Leg, legs
from mapping_service.geo import to_metres
from mapping_service.parameters import Parameters
from mapping_service.records import Fixes, Floats

Mask = NDArray[np.bool_]
# Stretches back to which a hop can lead: bounds the work on a trace that is torn everywhere.
_LOOK_BACK = 500


@dataclass(frozen=True)
class Dwells:
    """The halts of one run: from and to (epoch seconds) and where ((n, 2) lon, lat)."""

    start_s: Floats
    end_s: Floats
    lon_lat: Floats


@dataclass(frozen=True)
class CleanRun:
    """One ride in one direction. ``lon_lat`` is (n, 2); ``lead_in_s`` and ``lead_out_s`` is standing at its ends."""

    t_s: Floats
    lon_lat: Floats
    lead_in_s: float
    lead_out_s: float
    length_m: float
    dwells: Dwells
    dropped: dict[str, int]


def clean(fixes: Fixes, srid: int, p: Parameters) -> list[CleanRun]:
    """Return the runs of a trace, oldest first; empty where it holds no ride.

    ``srid`` is the city's projected CRS. The drop counts stand on every run of the trace.
    """
    t_s, lon_lat, xy, dropped = _sane(fixes, srid, p)
    made = [
        _run(t_s[piece], lon_lat[piece], xy[piece], dropped, p)
        for leg in legs(t_s, xy, p)
        for piece in _pieces(t_s, xy, leg, p)
    ]
    return [run for run in made if run is not None]


def rides_of(fixes: Fixes, srid: int, p: Parameters) -> list[Leg]:
    """Return when the person was on vehicles, also where too few positions tell the way."""
    t_s, _, xy, _ = _sane(fixes, srid, p)
    return legs(t_s, xy, p)


def _sane(fixes: Fixes, srid: int, p: Parameters) -> tuple[Floats, Floats, Floats, dict[str, int]]:
    """Rules 1 and 2: return times, (lon, lat) and metres of what can be believed, and the drop counts."""
    usable, dropped = _usable(fixes, p)
    t_s, lon_lat = fixes.t_s[usable], np.column_stack((fixes.lon, fixes.lat))[usable]
    xy = to_metres(lon_lat[:, 0], lon_lat[:, 1], srid)
    # The projection has no value for places on the other side of the Earth.
    near: Mask = np.isfinite(xy[:, 0]) & np.isfinite(xy[:, 1])
    sane: Mask = near.copy()
    sane[near] = ~_wild(t_s[near], xy[near], p)
    dropped["wild"] = int(np.sum(~sane))
    return t_s[sane], lon_lat[sane], xy[sane], dropped


def _usable(fixes: Fixes, p: Parameters) -> tuple[NDArray[np.int64], dict[str, int]]:
    """Rule 1: return the indices to keep, in order of time, and how many were dropped for which reason."""
    timed = np.isfinite(fixes.t_s)
    exact = ~(fixes.accuracy_m > p.max_accuracy_m)
    kept = np.flatnonzero(timed & exact)
    order = kept[np.argsort(fixes.t_s[kept], kind="stable")]
    first = np.ones(len(order), dtype=bool)
    first[1:] = np.diff(fixes.t_s[order]) > 0
    counts = {
        "untimed": int(np.sum(~timed)),
        "inaccurate": int(np.sum(timed & ~exact)),
        "repeated_time": int(np.sum(~first)),
    }
    return order[first], counts


def _wild(t_s: Floats, xy: Floats, p: Parameters) -> Mask:
    """Rule 2: mark the stretches between torn hops that are not on the best way through the trace.

    That way keeps as much time as it can; each hop on it that no vehicle can do costs ``max_wild_s``. So a short
    stretch that can only be reached and left by such hops is wild, and a long one is a real move.
    """
    wild = np.zeros(len(t_s), dtype=bool)
    cuts = _torn(t_s, xy, p)
    if not len(cuts):
        return wild
    first, last = np.concatenate(([0], cuts)), np.concatenate((cuts - 1, [len(t_s) - 1]))
    usual_s = min(float(np.median(np.diff(t_s))), p.max_wild_s / 2)
    best = t_s[last] - t_s[first] + usual_s
    came = np.full(len(first), -1)
    for i in range(1, len(first)):
        since = max(0, i - _LOOK_BACK)
        hop_m = np.hypot(*(xy[first[i]] - xy[last[since:i]]).T)
        torn = hop_m > p.max_speed_mps * (t_s[first[i]] - t_s[last[since:i]])
        torn[-1] = True
        value = best[since:i] - np.where(torn, p.max_wild_s, 0.0)
        if value.max() > 0:
            came[i] = since + int(np.argmax(value))
            best[i] += float(value.max())
    wild[:] = True
    at = int(np.argmax(best))
    while at >= 0:
        wild[first[at]:last[at] + 1] = False
        at = int(came[at])
    return wild


def _torn(t_s: Floats, xy: Floats, p: Parameters) -> NDArray[np.int64]:
    """Return the fixes after a hop that no vehicle can do: too fast, or far and jerking both from and into it."""
    hop_s, hop = np.diff(t_s), np.diff(xy, axis=0)
    speed = hop / hop_s[:, None]
    far_m = np.hypot(hop[:, 0], hop[:, 1])
    jerk = np.hypot(*np.diff(speed, axis=0).T)
    before, after = (np.concatenate(ends) for ends in (([0.0], jerk), (jerk, [0.0])))
    jerky = (far_m > p.torn_m) & (np.minimum(before, after) > p.max_acceleration_mps2 * hop_s)
    return np.flatnonzero((far_m > p.max_speed_mps * hop_s) | jerky) + 1


def _pieces(t_s: Floats, xy: Floats, leg: Leg, p: Parameters) -> Iterator[slice]:
    """Rule 3: yield the stretches of a ride between holes that are both long in time and far in space."""
    first, end = int(np.searchsorted(t_s, leg.start_s)), int(np.searchsorted(t_s, leg.end_s, side="right"))
    far = np.hypot(np.diff(xy[first:end, 0]), np.diff(xy[first:end, 1])) > p.split_jump_m
    cuts = first + np.flatnonzero(far & (np.diff(t_s[first:end]) > p.split_gap_s)) + 1
    bounds = np.concatenate(([first], cuts, [end]))
    for a, b in zip(bounds[:-1], bounds[1:], strict=True):
        if b - a >= p.min_fixes:
            yield slice(int(a), int(b))


def _run(t_s: Floats, lon_lat: Floats, xy: Floats, dropped: dict[str, int], p: Parameters) -> CleanRun | None:
    """Rules 4 and 5 on one stretch; ``None`` where what is left is too short or too long to be a ride."""
    speed = _speed_mps(t_s, xy, p)
    first = _departure(xy, speed, p)
    last = len(t_s) - 1 - _departure(xy[::-1], speed[::-1], p)
    if last - first + 1 < p.min_fixes:
        return None
    ride = slice(first, last + 1)
    length_m = float(np.sum(np.hypot(np.diff(xy[ride, 0]), np.diff(xy[ride, 1]))))
    if not p.min_run_m <= length_m <= p.max_run_m:
        return None
    return CleanRun(
        t_s=t_s[ride],
        lon_lat=lon_lat[ride],
        lead_in_s=float(t_s[first] - t_s[0]),
        lead_out_s=float(t_s[-1] - t_s[last]),
        length_m=length_m,
        dwells=_dwells(t_s[ride], lon_lat[ride], xy[ride], speed[ride], p),
        dropped=dropped,
    )


def _speed_mps(t_s: Floats, xy: Floats, p: Parameters) -> Floats:
    """Return the speed at each fix over a centred window, so that wandering positions do not count as movement."""
    half = p.speed_window_s / 2
    before = np.maximum(np.searchsorted(t_s, t_s - half, side="left"), 0)
    after = np.minimum(np.searchsorted(t_s, t_s + half, side="right") - 1, len(t_s) - 1)
    lone = before == after
    before = np.where(lone, np.maximum(before - 1, 0), before)
    after = np.where(lone, np.minimum(after + 1, len(t_s) - 1), after)
    moved = np.hypot(*(xy[after] - xy[before]).T)
    return np.asarray(moved / np.maximum(t_s[after] - t_s[before], 1e-3))


def _departure(xy: Floats, speed: Floats, p: Parameters) -> int:
    """Rule 4: return the index of the last standing fix before the vehicle leaves its terminal for good."""
    away = np.hypot(*(xy - xy[0]).T) > p.terminal_radius_m
    if not away.any():
        return len(xy) - 1
    left = int(np.argmax(away))
    standing = np.flatnonzero(speed[:left] < p.standing_speed_mps)
    return int(standing[-1]) if len(standing) else 0


def _dwells(t_s: Floats, lon_lat: Floats, xy: Floats, speed: Floats, p: Parameters) -> Dwells:
    """Rule 5: return the halts; halts that nearly touch in time and space are one."""
    halts: list[tuple[int, int]] = []
    for a, b in _still(t_s, xy, speed, p):
        if halts and _same_halt(t_s, xy, halts[-1], (a, b), p):
            halts[-1] = (halts[-1][0], b)
        else:
            halts.append((a, b))
    halts = [(a, b) for a, b in halts if t_s[b] - t_s[a] >= p.min_dwell_s]
    return Dwells(
        start_s=np.array([t_s[a] for a, _ in halts]),
        end_s=np.array([t_s[b] for _, b in halts]),
        lon_lat=np.array([np.median(lon_lat[a:b + 1], axis=0) for a, b in halts]).reshape(-1, 2),
    )


def _still(t_s: Floats, xy: Floats, speed: Floats, p: Parameters) -> Iterator[tuple[int, int]]:
    """Yield the stretches (first and last fix) at standing speed, cut where they creep out of ``dwell_radius_m``."""
    standing = speed < p.standing_speed_mps
    # Some recorders fall silent while the phone stands: a long pause over a short way is a halt too.
    hop_m = np.hypot(np.diff(xy[:, 0]), np.diff(xy[:, 1]))
    silent = np.flatnonzero((np.diff(t_s) >= p.min_dwell_s) & (hop_m <= p.dwell_join_m))
    standing[silent] = standing[silent + 1] = True
    edges = np.diff(np.concatenate(([0], standing.astype(np.int8), [0])))
    for start, end in zip(np.flatnonzero(edges == 1).tolist(), np.flatnonzero(edges == -1).tolist(), strict=True):
        while start < end:
            away = np.hypot(*(xy[start:end] - xy[start]).T) > p.dwell_radius_m
            stop = start + int(np.argmax(away)) if away.any() else end
            yield start, stop - 1
            start = stop


def _same_halt(t_s: Floats, xy: Floats, one: tuple[int, int], other: tuple[int, int], p: Parameters) -> bool:
    """True where two stretches nearly touch and together stay within one halt's radius."""
    near = float(np.hypot(*(xy[other[0]] - xy[one[1]]))) <= p.dwell_join_m
    together = float(np.hypot(*(xy[other[1]] - xy[one[0]]))) <= p.dwell_radius_m
    return near and together and bool(t_s[other[0]] - t_s[one[1]] <= p.dwell_join_s)
