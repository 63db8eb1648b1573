"""What tells a stop from a signal or a jam: the traits of each place at which the rides of a pattern halt. Pure.

A trait is NaN where nothing can be said (no streets, no other ride); the model knows how to do without. Distances are
metres, times seconds, shares 0–1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mapping_service.fuse.progress import Guide, Track, turned
from mapping_service.fuse.surroundings import Surroundings
from mapping_service.geo import points_at
from mapping_service.parameters import Parameters
from mapping_service.records import Floats, Ints

TRAITS = (
    "past",  # rides of the pattern that came by
    "support",  # share of them that stood or told here
    "told",  # rides that told
    "told_share",  # of the rides past that tell at all
    "withheld",  # rides that stood here and tell elsewhere, but not here, each by how often it tells
    "faith",  # of rides that stood where another told, those that told as well: at the other places of the pattern
    "stood",  # share of rides past that stood
    "dwell_s",  # median standing
    "dwell_cv",  # its spread relative to its mean
    "long_share",  # of halts over 25 s
    "short_share",  # of halts under 12 s
    "spread_m",  # of the halts along the line
    "tail_m",  # how far upstream the queue reaches: the median less the tenth percentile
    "alone_m",  # to the next place at which as many halt
    "crowd",  # halts per ride within 150 m, those here aside: jams
    "strewn",  # halts per ride and kilometre within 500 m, those here aside: where riders hail, they are many
    "gathered",  # the share of the rides past that such a halt has at its own place: low where halts never repeat
    "slow",  # pace within 150 m, standing aside, relative to the rides' own: jams
    "turn_deg",  # of the line here
    "others",  # other rides that came by the same way
    "others_stood",  # share of them that stood here
    "others_told",  # those that told here
    "crossing",  # rides that crossed
    "crossing_stood",  # share of them that stood
    "junction_ahead_m",  # on the streets, where they are known; below zero behind
    "signal_ahead_m",
    "stop_ahead_m",
)
_MARKS = ("junction", "signal", "stop")
_FAR_M = 300.0  # beyond it a distance says no more
_LONG_S, _SHORT_S = 25.0, 12.0
_AROUND_M = 150.0
_STRETCH_M = 500.0  # a hail-and-ride stretch shows over as far as this
_MEETINGS = 4  # fewer halts of two rides at one place say nothing of their habits


@dataclass(frozen=True)
class Halts:
    """The calls of a pattern's rides on its line, one array element each: where along it, whose (position in the
    company), for how long, and whether told."""

    at_m: Floats
    ride: Ints
    standing_s: Floats
    told: Floats


def traits(
    guide: Guide,
    places: Floats,
    owner: Ints,
    halts: Halts,
    passed: Floats,
    surroundings: Surroundings,
    company: Sequence[int],
    slowness: Floats,
) -> Floats:
    """Return the traits of places, (n, len(TRAITS)).

    ``owner`` says which place each halt belongs to; ``passed`` (n, rides) which rides of the company came by each;
    ``slowness`` (n, rides) their pace around it relative to their own, NaN where not known.
    """
    p, n = guide.p, len(places)
    rides = passed.shape[1]
    stood, told = np.zeros((n, rides)), np.zeros((n, rides))
    np.maximum.at(stood, (owner, halts.ride), (halts.standing_s > 0).astype(float))
    np.maximum.at(told, (owner, halts.ride), halts.told.astype(float))
    past = np.maximum(passed, np.maximum(stood, told))
    habit = _habit(halts, rides, p)
    count = np.maximum(past.sum(axis=1), 1.0)
    telling = (past * (habit > 0)).sum(axis=1)
    told_rides = told.sum(axis=1)
    xy, heading = points_at(guide.xy, guide.s, places), _heading(guide, places)
    near = surroundings.neighbours(xy, heading, company)
    columns = {
        "past": count,
        "support": np.maximum(stood, told).sum(axis=1) / count,
        "told": told_rides,
        "told_share": _ratio(told_rides, telling),
        "withheld": (stood * (1 - told) * habit).sum(axis=1),
        "faith": _faith(stood, told),
        "stood": stood.sum(axis=1) / count,
        **_standing(owner, halts, n),
        **_along(places, owner, halts, count),
        **_stretch(places, owner, halts, count),
        "slow": _middle(np.where(past > 0, slowness, np.nan)),
        "turn_deg": np.degrees(turned(_heading(guide, places + 30.0), _heading(guide, places - 30.0))),
        "others": near.past.astype(float),
        "others_stood": _ratio(near.stood, near.past),
        "others_told": near.told.astype(float),
        "crossing": near.crossed.astype(float),
        "crossing_stood": _ratio(near.crossing_stood, near.crossed),
        **{f"{kind}_ahead_m": np.clip(surroundings.ahead_m(kind, xy, heading), -_FAR_M, _FAR_M) for kind in _MARKS},
    }
    return np.column_stack([columns[name] for name in TRAITS])


def _heading(guide: Guide, at_m: Floats) -> Floats:
    found: Floats = guide.heading[np.clip(np.searchsorted(guide.s, at_m), 0, len(guide.s) - 1)]
    return found


def _ratio(part: Floats | Ints, whole: Floats | Ints) -> Floats:
    """Return shares, NaN of nothing; a thing that was seen doing something was there."""
    of = np.maximum(part, whole).astype(np.float64)
    return np.asarray(np.divide(part, of, out=np.full(len(of), np.nan), where=of > 0))


def _habit(halts: Halts, rides: int, p: Parameters) -> Floats:
    """Return how often each ride tells, 0–1: of all its halts that could be stops."""
    could = (halts.told > 0) | (halts.standing_s >= p.silent_dwell_s)
    every = np.bincount(halts.ride[could], minlength=rides)
    told = np.bincount(halts.ride[halts.told > 0], minlength=rides)
    return np.asarray(told / np.maximum(every, 1))


def _faith(stood: Floats, told: Floats) -> Floats:
    """Return for each place how sure rides tell of a stop, seen at the other places; NaN where hardly any two met."""
    others = told.sum(axis=1, keepdims=True) - told > 0
    met = (np.maximum(stood, told) * others).sum(axis=1)
    kept = (told * others).sum(axis=1)
    return np.where(met.sum() - met >= _MEETINGS, _ratio(kept.sum() - kept, met.sum() - met), np.nan)


def _standing(owner: Ints, halts: Halts, n: int) -> dict[str, Floats]:
    found = np.full((4, n), np.nan)
    for k in range(n):
        s = halts.standing_s[(owner == k) & (halts.standing_s > 0)]
        if len(s):
            found[:, k] = np.median(s), s.std() / s.mean(), np.mean(s > _LONG_S), np.mean(s < _SHORT_S)
    return dict(zip(("dwell_s", "dwell_cv", "long_share", "short_share"), found, strict=True))


def _along(places: Floats, owner: Ints, halts: Halts, count: Floats) -> dict[str, Floats]:
    n = len(places)
    spread, tail, crowd = np.full(n, np.nan), np.full(n, np.nan), np.zeros(n)
    size = np.bincount(owner, minlength=n)
    for k in range(n):
        own = halts.at_m[owner == k]
        if len(own) > 1:
            spread[k], tail[k] = own.std(), np.median(own) - np.percentile(own, 10)
        around = np.abs(halts.at_m - places[k]) <= _AROUND_M
        crowd[k] = np.sum(around & (owner != k) & (halts.told == 0)) / count[k]
    as_many = (size[None] >= size[:, None]) & ~np.eye(n, dtype=bool)
    apart = np.where(as_many, np.abs(places[:, None] - places[None]), np.inf)
    alone = np.minimum(apart.min(axis=1, initial=np.inf), _FAR_M)
    return {"spread_m": spread, "tail_m": tail, "alone_m": alone, "crowd": crowd}


def _stretch(places: Floats, owner: Ints, halts: Halts, count: Floats) -> dict[str, Floats]:
    """Return what the stretch around each place is like: a stop stands out from it, a halt of a hailed vehicle not."""
    n = len(places)
    near = (np.abs(halts.at_m - places[:, None]) <= _STRETCH_M) & (owner != np.arange(n)[:, None])
    size = near.sum(axis=1)
    share = np.bincount(owner, minlength=n) / count
    return {
        "strewn": size / count / (2 * _STRETCH_M / 1000.0),
        "gathered": _ratio((near * share[owner]).sum(axis=1), size),
    }


def _middle(values: Floats) -> Floats:
    known = np.isfinite(values).any(axis=1)
    middle = np.full(len(values), np.nan)
    middle[known] = np.nanmedian(values[known], axis=1)
    return middle


def slowness(guide: Guide, places: Floats, tracks: Sequence[Track], progress: Sequence[Floats]) -> Floats:
    """Return the pace of each ride within 150 m of each place relative to its whole pace, (places, rides)."""
    found = np.full((len(places), len(tracks)), np.nan)
    for k, (track, along) in enumerate(zip(tracks, progress, strict=True)):
        on = np.flatnonzero(np.isfinite(along))
        if len(on) < 2 or along[on[-1]] <= along[on[0]]:
            continue
        s = np.maximum.accumulate(along[on])
        moving = track.moving_s[on]
        low, high = np.clip(places - _AROUND_M, s[0], s[-1]), np.clip(places + _AROUND_M, s[0], s[-1])
        gone = high - low
        took = np.interp(high, s, moving) - np.interp(low, s, moving)
        own = (moving[-1] - moving[0]) / (s[-1] - s[0])
        fits = (gone > _AROUND_M / 2) & (own > 0)
        found[fits, k] = (took[fits] / gone[fits]) / own
    return found
