"""Running times between the stops of a city's patterns, by band of the day, and what each rests on. Pure.

All ways of a city are estimated together (``fuse/paces.py``), so that a section which few rides were timed on, or
none, leans on its way, its band and the city. Each time says how it came about: ``band`` (rides were timed on this
section in this band), ``other_bands`` (only at other hours), ``pace`` (only on other sections of the way),
``city_pace`` (only on other ways), ``assumed`` (nothing was ever timed in this city). All but the first are estimates.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from mapping_service.fuse.clock import BANDS, WHOLE_DAY, Band, bands_between
from mapping_service.fuse.paces import DAY, Paces, Ridden, Timed, paces, timed
from mapping_service.parameters import Parameters
from mapping_service.records import Ints, RunningTime

METHODS = ("band", "other_bands", "pace", "city_pace")


def running_times(ways: Sequence[Ridden], p: Parameters) -> list[tuple[RunningTime, ...]]:
    """Return for each way the times between its successive stops: over the day, and in each band of its service.

    ``low_s`` and ``high_s`` are what one ride in ten stays below, and above. No vehicle is faster than
    ``p.max_mean_speed_mps`` or stops again before ``p.min_step_s``.
    """
    if not ways:
        return []
    t = timed(ways, p)
    found = paces(ways, t, p)
    support = _support(t, len(found.seconds))
    made, first = [], 0
    for way in ways:
        count = len(way.stop_dist_m) - 1
        made.append(tuple(_of_way(way, slice(first, first + count), found, support, p)))
        first += count
    return made


def _support(t: Timed, sections: int) -> tuple[Ints, Ints]:
    """Return how many rides and how many people timed each section, (sections, bands and the day)."""
    cells = [np.concatenate((t.section * (DAY + 1) + t.band, t.section * (DAY + 1) + DAY))]
    cells.append(np.unique(np.column_stack((cells[0], np.tile(t.person, 2)))[np.tile(t.person, 2) >= 0], axis=0)[:, 0])
    runs, people = (np.bincount(cell, minlength=sections * (DAY + 1)).reshape(-1, DAY + 1) for cell in cells)
    return runs, people


def _of_way(
    way: Ridden, mine: slice, found: Paces, support: tuple[Ints, Ints], p: Parameters
) -> Iterator[RunningTime]:
    steps_m = np.diff(way.stop_dist_m)
    runs, people = (counts[mine] for counts in support)
    least_s = np.maximum(p.min_step_s, steps_m / p.max_mean_speed_mps)
    columns: dict[Band, int] = {WHOLE_DAY: DAY} | {band: BANDS.index(band) for band in bands_between(way.bands)}
    for band, column in columns.items():
        seconds = np.maximum(found.seconds[mine, column], least_s)
        off_s = found.spread[mine] * np.sqrt(seconds)[:, None]
        low_s = np.clip(seconds + off_s[:, 0], least_s, seconds)
        high_s = np.maximum(seconds + off_s[:, 1], seconds)
        standing_s = np.minimum(found.standing_s[mine], seconds - least_s)
        for k in range(len(steps_m)):
            yield RunningTime(
                k + 1, *band, _tenth(seconds[k]), _tenth(standing_s[k]), _tenth(low_s[k]), _tenth(high_s[k]),
                int(runs[k, column]), int(people[k, column]) or None, _method(runs, k, column, support[0]),
            )


def _tenth(seconds: float) -> float:
    return round(float(seconds), 1)


def _method(way: Ints, k: int, column: int, city: Ints) -> str:
    known = (way[k, column], way[k, DAY], way.sum(), city.sum())
    return next((name for name, runs in zip(METHODS, known, strict=True) if runs), "assumed")
