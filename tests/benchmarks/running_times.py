"""How far inferred running times are from the driver's own mean, section by section and band by band.

    python -m tests.benchmarks.running_times [--feeds ../shared/data/freetown/gtfs.zip ../shared/data/duitama/gtfs.zip]

Rides are simulated on some patterns of each feed, recorded by phones, cleaned, and put on the pattern's true shape and
stops: only the times are inferred. The truth is the mean over many drives in the band without a phone. Beside ours:
the pattern's pace, the median of all rides, and the median of the band where it has three rides.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from collectors.gpx import read_gpx
from collectors.simulator import GtfsNetwork, RideSettings, read_feed, simulate
from collectors.simulator.chance import stream
from collectors.simulator.motion import drive
from collectors.simulator.network import Pattern, Plane
from mapping_service.clean.clean import clean
from mapping_service.fuse.clock import BANDS, WHOLE_DAY, band
from mapping_service.fuse.paces import Ridden
from mapping_service.fuse.passages import passage
from mapping_service.fuse.times import running_times
from mapping_service.geo import to_metres, utm_srid
from mapping_service.parameters import Parameters
from mapping_service.records import Claim, Floats, Ride, RunningTime
from tests.benchmarks.report import write_table

SEED = 11
PATTERNS = 24
DRIVES = 80
SHORTEST_M = 250.0  # stops nearer to each other are one place drawn twice
METHODS = ("pace of the pattern", "median of all rides", "median of the band", "ours")
P = Parameters()


@dataclass(frozen=True)
class Case:
    """One pattern: what was ridden, and the true seconds of each section in each band, (sections, bands)."""

    ridden: Ridden
    truth: Floats


def main() -> None:
    """Measure on every feed and write the table."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    shared = Path("../shared/data")
    arguments.add_argument("--feeds", type=Path, nargs="+",
                           default=[shared / "freetown/gtfs.zip", shared / "duitama/gtfs.zip"])
    options = arguments.parse_args()
    rows: list[tuple[object, ...]] = []
    for feed in options.feeds:
        rows += _rows(feed.parent.name, cases(read_feed(feed)))
    title = f"Error of running times, share of the true mean: {PATTERNS} patterns, 1–40 rides each, seed {SEED}"
    write_table("running-times", title, ("feed", "rides in the band", "cases", *METHODS), rows)


def cases(network: GtfsNetwork) -> list[Case]:
    """Simulate rides on some patterns of a feed, and the truth beside them."""
    long = [one for one in sorted(network.patterns, key=lambda one: one.name) if len(one.stop_ids) > 5]
    chosen = stream(SEED, "patterns", network.name).permutation(len(long))[:PATTERNS]
    made = []
    for number in sorted(chosen.tolist()):
        rides = int(stream(SEED, "rides", long[number].name).choice((1, 2, 4, 8, 16, 40)))
        settings = RideSettings(seed=SEED, runs_min=rides, runs_max=rides, duplicate_share=0, second_phone_share=0)
        made.append(_case(_well_spaced(long[number]), network, settings))
    return made


def _well_spaced(pattern: Pattern) -> Pattern:
    kept = [0]
    for k, at_m in enumerate(pattern.stops_along_m):
        if at_m - pattern.stops_along_m[kept[-1]] >= SHORTEST_M:
            kept.append(k)
    stops = tuple(pattern.stop_ids[k] for k in kept)
    return replace(pattern, stop_ids=stops, stops_along_m=pattern.stops_along_m[kept])


def _case(pattern: Pattern, network: GtfsNetwork, settings: RideSettings) -> Case:
    alone = replace(network, patterns=(pattern,))
    plane = Plane.around(np.concatenate([one.lonlat for one in alone.patterns]))
    srid = utm_srid(*np.median(pattern.lonlat, axis=0).tolist())
    zone = ZoneInfo(network.timezone(pattern.route_id))
    shape = to_metres(pattern.lonlat[:, 0], pattern.lonlat[:, 1], srid)
    rides = [ride for one in simulate(alone, settings) for ride in _rides(one.gpx, one.hint.surveyor, srid)]
    passages = [passage(shape, pattern.stops_along_m, ride, P) for ride in rides]
    bands = [band(float(ride.t_s[0]), zone) for ride in rides]
    ridden = Ridden(pattern.stops_along_m, passages, bands, [ride.person for ride in rides], [1.0] * len(rides))
    return Case(ridden, _truth(plane.to_m(pattern.lonlat), pattern, settings))


def _rides(gpx: bytes, person: str, srid: int) -> Iterator[Ride]:
    for run in clean(read_gpx(gpx).fixes, srid, P):
        xy, halts = (to_metres(at[:, 0], at[:, 1], srid) for at in (run.lon_lat, run.dwells.lon_lat))
        yield Ride(1, 1, run.t_s, xy, run.dwells.start_s, run.dwells.end_s, halts, person, Claim(), ())


def _truth(xy: Floats, pattern: Pattern, settings: RideSettings) -> Floats:
    """Return the mean seconds of each section in each band of the day that vehicles run in."""
    means = np.full((len(pattern.stop_ids) - 1, len(BANDS)), np.nan)
    ends = float(pattern.stops_along_m[0]), float(pattern.stops_along_m[-1])
    for column, (start_s, end_s) in enumerate(BANDS[1:], start=1):
        rng = stream(SEED, "truth", pattern.name, column)
        drives = [
            drive(xy, pattern.stops_along_m, *ends, float(rng.uniform(start_s, end_s)) / 3600, settings, rng)
            for _ in range(DRIVES)
        ]
        means[:, column] = np.mean([np.diff(one.arrive_s) for one in drives], axis=0)
    return means


def _rows(feed: str, found: Sequence[Case]) -> Iterator[tuple[object, ...]]:
    ours = running_times([case.ridden for case in found], P)
    errors: dict[str, list[list[float]]] = {}
    for case, times in zip(found, ours, strict=True):
        guesses = np.stack([*_baselines(case.ridden), _table(times, len(case.truth))])
        counts = _table(times, len(case.truth), "runs")
        ridden_in = sorted({BANDS.index(one) for one in case.ridden.bands})
        for column in ridden_in:
            for k, truth in enumerate(case.truth[:, column]):
                off = np.abs(guesses[:, k, column] / truth - 1).tolist()
                errors.setdefault(_class(int(counts[k, column])), []).append(off)
            whole = np.abs(guesses[:, :, column].sum(axis=1) / case.truth[:, column].sum() - 1).tolist()
            errors.setdefault("end to end", []).append(whole)
    for name, rows in sorted(errors.items()):
        yield feed, name, len(rows), *np.mean(rows, axis=0).tolist()
    timed, inside = _between(found, ours)
    yield feed, "rides between low and high", timed, None, None, None, inside


def _class(rides: int) -> str:
    return "0" if not rides else "1–4" if rides < 5 else "5 or more"


def _baselines(ridden: Ridden) -> list[Floats]:
    """Return the guesses of the three simple ways, (sections, bands) each."""
    seconds = np.array([one.sections()[0] for one in ridden.passages])
    steps_m = np.diff(ridden.stop_dist_m)
    known = np.isfinite(seconds)
    pace = np.nansum(seconds) / np.sum(np.where(known, steps_m, 0.0))
    by_pace = steps_m * pace
    middle = np.array([np.median(c[np.isfinite(c)]) if np.isfinite(c).any() else by_pace[k]
                       for k, c in enumerate(seconds.T)])
    by_band = np.tile(middle[:, None], len(BANDS))
    for column, its_band in enumerate(BANDS):
        mine = [i for i, one in enumerate(ridden.bands) if one == its_band]
        if len(mine) >= 3:
            some = np.isfinite(seconds[mine]).any(axis=0)
            by_band[some, column] = np.nanmedian(seconds[mine][:, some], axis=0)
    return [np.tile(by_pace[:, None], len(BANDS)), np.tile(middle[:, None], len(BANDS)), by_band]


def _table(times: Sequence[RunningTime], sections: int, field: str = "seconds") -> Floats:
    """Return one field of the times by section and band, NaN where there is no time."""
    table = np.full((sections, len(BANDS)), np.nan)
    for one in times:
        if (one.band_start_s, one.band_end_s) != WHOLE_DAY:
            table[one.stop_sequence - 1, BANDS.index((one.band_start_s, one.band_end_s))] = getattr(one, field)
    return table


def _between(found: Sequence[Case], ours: Sequence[Sequence[RunningTime]]) -> tuple[int, float]:
    """Return on how many sections rides were timed, and the share of them between low and high."""
    inside: list[bool] = []
    for case, times in zip(found, ours, strict=True):
        low, high = (_table(times, len(case.truth), field) for field in ("low_s", "high_s"))
        for one, its_band in zip(case.ridden.passages, case.ridden.bands, strict=True):
            seconds, column = one.sections()[0], BANDS.index(its_band)
            known = np.isfinite(seconds)
            inside += ((low[:, column] <= seconds) & (seconds <= high[:, column]))[known].tolist()
    return len(inside), float(np.mean(inside))


if __name__ == "__main__":
    main()
