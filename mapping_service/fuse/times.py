"""Running times between the stops of a pattern, by band of the day. Pure.

A ride passes a stop when it is nearest to it; the time between two stops is what lies between, standing included. The
median over the rides is taken for the whole day, and for each band with enough rides. Where no ride speaks, the
pattern's own pace fills in, marked by a count of 0 runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from mapping_service.fuse.clock import WHOLE_DAY
from mapping_service.fuse.shape import locate
from mapping_service.parameters import Parameters
from mapping_service.records import Floats, RunningTime

Band = tuple[int, int]


def passing_times(shape: Floats, stop_dist_m: Floats, t_s: Floats, xy: Floats, p: Parameters) -> Floats:
    """Return when a ride passed each stop (epoch seconds), NaN where it did not, or not in order."""
    dist_m, far_m = locate(shape, xy)
    beside = np.flatnonzero(far_m <= p.stop_side_m)
    passed = np.full(len(stop_dist_m), np.nan)
    at = 0
    for k, wanted_m in enumerate(stop_dist_m):
        ahead = beside[at:]
        if not len(ahead):
            break
        off_m = np.abs(dist_m[ahead] - wanted_m)
        # The first approach that is good enough: on a loop the line comes back to the same place later.
        close = np.flatnonzero(off_m <= p.passing_m)
        if not len(close):
            continue
        stretch = close[: 1 + int(np.argmax(np.append(np.diff(close) > 1, True)))]
        best = stretch[int(np.argmin(off_m[stretch]))]
        passed[k] = t_s[ahead[best]]
        at += int(best)
    return passed


def running_times(
    stop_dist_m: Floats, passed: Sequence[Floats], bands: Sequence[Band], p: Parameters
) -> tuple[RunningTime, ...]:
    """Return the times between successive stops for the whole day and for each band with enough rides.

    ``passed`` holds one array of passing times per ride, ``bands`` the band in which each ride set out.
    """
    by_band: dict[Band, list[Floats]] = {WHOLE_DAY: list(passed)}
    for one, its_band in zip(passed, bands, strict=True):
        by_band.setdefault(its_band, []).append(one)
    enough = {b: rides for b, rides in by_band.items() if b == WHOLE_DAY or len(rides) >= p.band_runs}
    steps_m = np.diff(stop_dist_m)
    made: list[RunningTime] = []
    for its_band, rides in sorted(enough.items()):
        made += _of_band(its_band, steps_m, rides, p)
    return tuple(made)


def _of_band(its_band: Band, steps_m: Floats, rides: Sequence[Floats], p: Parameters) -> list[RunningTime]:
    gaps = [np.diff(ride) for ride in rides]
    pace_s_per_m = _pace(steps_m, gaps, p)
    made = []
    for k, step_m in enumerate(steps_m):
        seen = [float(gap[k]) for gap in gaps if np.isfinite(gap[k]) and gap[k] > 0]
        seconds = float(np.median(seen)) if seen else float(step_m) * pace_s_per_m
        least = max(p.min_step_s, float(step_m) / p.max_mean_speed_mps)
        made.append(RunningTime(k + 1, *its_band, max(seconds, least), len(seen)))
    return made


def _pace(steps_m: Floats, gaps: Sequence[Floats], p: Parameters) -> float:
    """Return the pattern's own seconds per metre over all that was timed."""
    known = [np.isfinite(gap) & (gap > 0) for gap in gaps]
    metres = sum(float(steps_m[k].sum()) for k in known)
    seconds = sum(float(gap[k].sum()) for gap, k in zip(gaps, known, strict=True))
    return seconds / metres if metres > 0 and seconds > 0 else 1.0 / p.unknown_speed_mps


def band_counts(bands: Sequence[Band]) -> Mapping[Band, int]:
    """Return how many rides set out in each band."""
    return {b: bands.count(b) for b in sorted(set(bands))}
