"""How long sections of a city's ways take: a model in which whatever was timed seldom leans on what was timed often.

The time of a section is a product of what is known ever more closely: a section of its length in this city, the pace
of its way, the band of the day in the city, the band on the way, the section itself, the section in the band. Each
factor is the weighted mean of what the factors before it leave over, drawn towards 1 by as many observations as the
spread of the data asks for (``fuse/shrink.py``). Means, not medians: only means of sections add up to the mean of a
whole ride. Odd values, as of a vehicle that broke down, are cut to a multiple of their section's middle first. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mapping_service.fuse.clock import BANDS, Band
from mapping_service.fuse.passages import Passage
from mapping_service.fuse.shrink import parent_strength, toward
from mapping_service.parameters import Parameters
from mapping_service.records import Floats, Ints

ROUNDS = 4  # of fitting factors in turn; they settle to a thousandth
DAY = len(BANDS)  # the column of the whole day, after those of the bands


@dataclass(frozen=True)
class Ridden:
    """How one way was ridden: its stops (metres along it), and of each ride passages, band, person and weight."""

    stop_dist_m: Floats
    passages: Sequence[Passage]
    bands: Sequence[Band]
    people: Sequence[str | None]
    weights: Sequence[float]


@dataclass(frozen=True)
class Timed:
    """Every section that a ride was timed on, one row each; sections, rides and people are numbered in the city.

    ``person`` is -1 where nobody was named.
    """

    section: Ints
    ride: Ints
    band: Ints
    person: Ints
    seconds: Floats
    standing_s: Floats
    weight: Floats


@dataclass(frozen=True)
class Paces:
    """Expected seconds of each section, (sections, bands and the day), and how much of it is standing at its start.

    ``spread`` (sections, 2) are the lower and the upper tenth by which single rides deviate, in units of the root of
    the expected seconds.
    """

    seconds: Floats
    standing_s: Floats
    spread: Floats


def timed(ways: Sequence[Ridden], p: Parameters) -> Timed:
    """Return all sections that were timed on some ways. Sections and rides are numbered in the order of the ways."""
    names = {name: i for i, name in enumerate(sorted({name for way in ways for name in way.people if name}))}
    parts: list[Floats] = [np.zeros((7, 0))]
    sections = 0
    for way in ways:
        rides = zip((one.sections() for one in way.passages), way.bands, way.people, way.weights, strict=True)
        # In an order of their own, so that sums are the same to the last digit whatever the order of the input.
        for (seconds, standing_s), band, name, weight in sorted(rides, key=_order):
            known = np.flatnonzero(np.isfinite(seconds) & (seconds > 0))
            same = np.array([len(parts), BANDS.index(band), names[name] if name else -1, weight])
            said = np.array((known + sections, seconds[known], np.minimum(standing_s[known], p.longest_standing_s)))
            parts.append(np.vstack((said, np.tile(same[:, None], len(known)))))
        sections += len(way.stop_dist_m) - 1
    section, seconds, standing_s, ride, in_band, person, weights = np.concatenate(parts, axis=1)
    section, ride, in_band, person = (column.astype(np.int64) for column in (section, ride, in_band, person))
    return Timed(section, ride, in_band, person, seconds, standing_s, weights)


def _order(ride: tuple[tuple[Floats, Floats], Band, str | None, float]) -> tuple[object, ...]:
    (seconds, standing_s), band, name, weight = ride
    return band, np.nan_to_num(seconds, nan=-1.0).tolist(), np.nan_to_num(standing_s).tolist(), name or "", weight


def paces(ways: Sequence[Ridden], t: Timed, p: Parameters) -> Paces:
    """Return how long each section of some ways takes, from all that was timed on them."""
    length_m = np.concatenate([np.diff(way.stop_dist_m) for way in ways])
    way_of = np.repeat(np.arange(len(ways)), [len(way.stop_dist_m) - 1 for way in ways])
    base_s = _by_length(length_m, t, p)
    general = _general(base_s[t.section], t, way_of, p)
    seconds = _trimmed(general.of_row, t, p)
    own = _factor(seconds / general.of_row, t.section, t.weight, len(length_m), p)
    cell = t.section * len(BANDS) + t.band
    expected = general.of_row * own[t.section]
    in_band = _factor(seconds / expected, cell, t.weight, len(length_m) * len(BANDS), p).reshape(-1, len(BANDS))
    by_band = (base_s * own)[:, None] * general.table[way_of] * in_band
    mix = np.bincount(way_of[t.section] * len(BANDS) + t.band, t.weight, minlength=len(ways) * len(BANDS))
    day_s = np.average(by_band, axis=1, weights=mix.reshape(-1, len(BANDS))[way_of] + 1e-9)
    spread = _spread(t.seconds, by_band.ravel()[cell], t.section, len(length_m), p)
    return Paces(np.column_stack((by_band, day_s)), _standing(seconds, t, len(length_m), p), spread)


@dataclass(frozen=True)
class _General:
    """What way and band say: (ways, bands), and its product with the length's time for each timed row."""

    table: Floats
    of_row: Floats


def _by_length(length_m: Floats, t: Timed, p: Parameters) -> Floats:
    """Return a + c * length, seconds: what a stop costs and what a metre costs, least in relative squares."""
    if not len(t.section):
        return length_m / p.unknown_speed_mps
    row_m = np.maximum(length_m[t.section], 1.0)
    stop_s, metre_s = 0.0, float(t.seconds.sum() / row_m.sum())
    for _ in range(ROUNDS):
        usual = stop_s + metre_s * row_m
        seconds = np.clip(t.seconds, usual / p.odd_time, usual * p.odd_time)
        weight = t.weight / usual**2
        middle = np.average(row_m, weights=weight)
        spread = float(np.sum(weight * (row_m - middle) ** 2))
        level = float(np.average(seconds, weights=weight))
        rise = float(np.sum(weight * (row_m - middle) * seconds))
        slope = rise / spread if spread > 1e-9 else level / middle  # sections all as long show no cost of a stop
        metre_s = float(np.clip(slope, min(1 / p.max_mean_speed_mps, level / middle), level / middle))
        stop_s = max(0.0, level - metre_s * middle)
    return np.asarray(stop_s + metre_s * length_m)


def _general(base_s: Floats, t: Timed, way_of: Ints, p: Parameters) -> _General:
    """Fit the paces of ways, of bands, and of bands on ways, a ride counting once for each."""
    ways = int(way_of.max()) + 1 if len(way_of) else 0
    if not len(t.section):
        return _General(np.ones((ways, len(BANDS))), base_s)
    rides, first = np.unique(t.ride, return_index=True)
    ride = np.searchsorted(rides, t.ride)
    its_way, its_band, its_weight = way_of[t.section[first]], t.band[first], t.weight[first]
    seconds = np.bincount(ride, np.clip(t.seconds, base_s / p.odd_time, base_s * p.odd_time))
    of_base = seconds / np.bincount(ride, base_s)
    of_way, of_band = np.ones(ways), np.ones(len(BANDS))
    for _ in range(ROUNDS):
        of_way = _factor(of_base / of_band[its_band], its_way, its_weight, ways, p)
        of_band = _factor(of_base / of_way[its_way], its_band, its_weight, len(BANDS), p)
    left = of_base / (of_way[its_way] * of_band[its_band])
    both = _factor(left, its_way * len(BANDS) + its_band, its_weight, ways * len(BANDS), p).reshape(ways, -1)
    table = of_way[:, None] * of_band * both
    return _General(table, base_s * table[way_of[t.section], t.band])


def _factor(ratios: Floats, groups: Ints, weights: Floats, count: int, p: Parameters) -> Floats:
    """Return the shrunk mean ratio of each group, 1 for a group without any."""
    strength = parent_strength(ratios, groups, weights, p.parent_rides)
    total, held = (np.bincount(groups, value, minlength=count) for value in (weights * ratios, weights))
    return toward(total, held, 1.0, strength)


def _trimmed(expected: Floats, t: Timed, p: Parameters) -> Floats:
    """Return the seconds, odd ones cut to a multiple of their section's own middle."""
    if not len(t.section):
        return t.seconds
    log = np.log(t.seconds / expected)
    order = np.lexsort((log, t.section))
    section, first, count = np.unique(t.section[order], return_index=True, return_counts=True)
    middle = (log[order][first + (count - 1) // 2] + log[order][first + count // 2]) / 2
    centre = toward(middle * count, count, 0.0, p.parent_rides)
    centre_of_row = expected * np.exp(centre[np.searchsorted(section, t.section)])
    return np.clip(t.seconds, centre_of_row / p.odd_time, centre_of_row * p.odd_time)


def _standing(seconds: Floats, t: Timed, count: int, p: Parameters) -> Floats:
    """Return the usual standing at the start of each section."""
    if not len(t.section):
        return np.zeros(count)
    standing_s = np.minimum(t.standing_s, seconds)
    usual = float(np.average(standing_s, weights=t.weight))
    strength = parent_strength(standing_s, t.section, t.weight, p.parent_rides)
    total, held = (np.bincount(t.section, value, minlength=count) for value in (t.weight * standing_s, t.weight))
    return toward(total, held, usual, strength)


def _spread(seconds: Floats, expected: Floats, section: Ints, count: int, p: Parameters) -> Floats:
    """Return the tenths of the deviations of single rides: a section's own, leaning on those of the whole city."""
    if not len(section):
        return np.zeros((count, 2))
    off = (seconds - expected) / np.sqrt(expected)
    city = np.quantile(off, (0.1, 0.9))
    made = np.tile(city, (count, 1))
    order = np.argsort(section, kind="stable")
    several, first, size = np.unique(section[order], return_index=True, return_counts=True)
    for one, start, n in zip(several[size > 1], first[size > 1], size[size > 1], strict=True):
        own = np.quantile(off[order[start:start + n]], (0.1, 0.9))
        made[one] = toward(own * n, n, city, p.spread_rides)
    return made
