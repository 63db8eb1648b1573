"""When one ride reached and left the stops of a pattern. Pure.

A ride reaches a stop when it first comes as far along the line, between two fixes in proportion to the way; where it
stands near the stop, it arrives when it comes to stand and leaves when it moves on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mapping_service.fuse.shape import locate
from mapping_service.parameters import Parameters
from mapping_service.records import Floats, Ints, Ride


@dataclass(frozen=True)
class Passage:
    """Arrival at and departure from each stop of a pattern, epoch seconds; NaN where a ride did not come by."""

    arrive_s: Floats
    depart_s: Floats

    def sections(self) -> tuple[Floats, Floats]:
        """Return for each section the seconds from arrival to arrival, and those of them spent standing at its start.

        The first section begins with the departure: how long a vehicle waits at its terminal is no riding time.
        """
        standing_s = (self.depart_s - self.arrive_s)[:-1].copy()
        standing_s[:1] *= 0.0
        start_s = np.concatenate((self.depart_s[:1], self.arrive_s[1:-1]))
        return self.arrive_s[1:] - start_s, standing_s


def passage(shape: Floats, stop_dist_m: Floats, ride: Ride, p: Parameters) -> Passage:
    """Return when a ride passed the stops, which lie ``stop_dist_m`` along ``shape`` (metres), in their order."""
    dist_m, far_m = locate(shape, ride.xy)
    beside = np.flatnonzero(far_m <= p.stop_side_m)
    at_m, at_s = dist_m[beside], ride.t_s[beside]
    arrive_s = np.full(len(stop_dist_m), np.nan)
    depart_s = arrive_s.copy()
    halts = _halts(shape, stop_dist_m, ride, p)
    done = 0
    for k, wanted_m in enumerate(stop_dist_m):
        stretch = _first_approach(at_m[done:], float(wanted_m), p) + done
        if not len(stretch):
            continue
        crossed_s = _crossing_s(at_m[stretch], at_s[stretch], float(wanted_m))
        near = [h for h in halts if h[0] == k and h[1] <= at_s[stretch[-1]] and at_s[stretch[0]] <= h[2]]
        arrive_s[k] = min([crossed_s, *(start for _, start, _ in near)])
        depart_s[k] = max([crossed_s, *(end for _, _, end in near)])
        done = int(stretch[np.argmin(np.abs(at_m[stretch] - wanted_m))])
    return _in_order(arrive_s, depart_s)


def _halts(shape: Floats, stop_dist_m: Floats, ride: Ride, p: Parameters) -> list[tuple[int, float, float]]:
    """Return each halt beside a stop: which stop, from when, until when."""
    if not len(ride.dwell_start_s):
        return []
    dist_m, far_m = locate(shape, ride.dwell_xy)
    away_m = np.abs(dist_m[:, None] - stop_dist_m)
    nearest = np.argmin(away_m, axis=1)
    kept = (far_m <= p.stop_side_m) & (away_m.min(axis=1) <= p.passing_m)
    return [
        (int(k), float(start), float(end))
        for k, start, end in zip(nearest[kept], ride.dwell_start_s[kept], ride.dwell_end_s[kept], strict=True)
    ]


def _first_approach(at_m: Floats, wanted_m: float, p: Parameters) -> Ints:
    """Return the fixes of the first approach that is near enough: a loop comes back to the same place later.

    The last fix before the stop and the first after it belong to it, however fast the vehicle and slow its phone, but
    not across a hole of more than ``p.bridge_m``.
    """
    close = np.abs(at_m - wanted_m) <= p.passing_m
    over = (at_m[:-1] < wanted_m) & (wanted_m < at_m[1:]) & (np.diff(at_m) <= p.bridge_m)
    near = close.copy()
    near[:-1] |= over
    near[1:] |= over
    some = np.flatnonzero(near)
    return some[: 1 + int(np.argmax(np.append(np.diff(some) > 1, True)))]


def _crossing_s(at_m: Floats, at_s: Floats, wanted_m: float) -> float:
    """Return when the way first reaches a distance; its nearest moment where it stays short of it or begins after."""
    reached_m = np.maximum.accumulate(at_m)
    after = int(np.searchsorted(reached_m, wanted_m))
    if 0 < after < len(at_m):
        before_m, after_m = float(reached_m[after - 1]), float(at_m[after])
        share = (wanted_m - before_m) / (after_m - before_m)
        return float(at_s[after - 1] + share * (at_s[after] - at_s[after - 1]))
    return float(at_s[int(np.argmin(np.abs(at_m - wanted_m)))])


def _in_order(arrive_s: Floats, depart_s: Floats) -> Passage:
    """Forget the stops that would be reached before the one before was left."""
    left_s = np.concatenate(([-np.inf], np.fmax.accumulate(depart_s)[:-1]))
    known = np.isfinite(arrive_s) & ~(arrive_s < left_s)
    return Passage(np.where(known, arrive_s, np.nan), np.where(known, depart_s, np.nan))
