"""Stops along one pattern from the calls of its runs. Pure.

Calls are put on the shape, which takes away their error to the side; where they are dense is a place at which vehicles
halt. What the rides do there, what others do there and what the streets say makes it a stop with some probability: a
``fixed`` stop where that is high, a candidate for people to look at where it is middling, else a signal or a jam. The
two ends of the shape are always stops: vehicles turn there. Where halts are spread and no place holds them, riders
hail the vehicle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mapping_service.fuse.calls import Call
from mapping_service.fuse.density import dense_places
from mapping_service.fuse.hail import hail_stretches
from mapping_service.fuse.judge import judged
from mapping_service.fuse.progress import Guide, Track
from mapping_service.fuse.surroundings import Surroundings
from mapping_service.fuse.traits import Halts, slowness, traits
from mapping_service.geo import points_at
from mapping_service.parameters import Parameters
from mapping_service.records import Floats, HailStretch, Ints


@dataclass(frozen=True)
class LineStop:
    """A stop on one pattern: place on the shape (metres), heading there, which rides called and came by, which names
    were said and on which rides, and how likely it is a stop. ``method`` is ``terminal``, ``reported`` or ``dwell``."""

    dist_m: float
    xy: Floats
    heading: float
    method: str
    called: tuple[int, ...]
    past: tuple[int, ...]
    said: tuple[tuple[str, int], ...]
    probability: float = 1.0


@dataclass(frozen=True)
class Served:
    """What a pattern serves: its stops in order, the places that may be stops, and where riders hail the vehicle."""

    stops: tuple[LineStop, ...]
    candidates: tuple[LineStop, ...]
    stretches: tuple[HailStretch, ...]


@dataclass(frozen=True)
class OnLine:
    """The rides of a pattern on its shape: their positions among the city's rides, their tracks, where along
    it each was, and their calls."""

    guide: Guide
    rides: Sequence[int]
    tracks: Sequence[Track]
    progress: Sequence[Floats]
    calls: Sequence[Call]
    halts: Halts


def on_line(
    shape: Floats, rides: Sequence[int], tracks: Sequence[Track], calls: Sequence[Sequence[Call]], p: Parameters
) -> OnLine:
    """Put rides on a shape; calls beside it are left out, the others stand in the order in which they lie along it."""
    guide = Guide(shape, p)
    progress = [guide.progress(track) for track in tracks]
    found: list[tuple[float, int, Call]] = []
    for k, (track, along, its_calls) in enumerate(zip(tracks, progress, calls, strict=True)):
        on = np.flatnonzero(np.isfinite(along))
        if not len(its_calls) or not len(on):
            continue
        about_m = np.interp([call.t_s for call in its_calls], track.t_s[on], along[on])
        at_m, off_m = guide.place(np.array([call.xy for call in its_calls]), about_m)
        placed = zip(at_m.tolist(), off_m.tolist(), its_calls, strict=True)
        found += [(at, k, call) for at, off, call in placed if off <= p.stop_side_m]
    found.sort(key=lambda one: (one[0], rides[one[1]], one[2].t_s))
    halts = Halts(
        at_m=np.array([at for at, _, _ in found]),
        ride=np.array([k for _, k, _ in found], dtype=np.int64),
        standing_s=np.array([call.standing_s for _, _, call in found]),
        told=np.array([float(call.reported) for _, _, call in found]),
    )
    return OnLine(guide, rides, tracks, progress, [call for _, _, call in found], halts)


def line_stops(line: OnLine, surroundings: Surroundings, p: Parameters) -> Served:
    """Return the stops, the candidates and the hail-and-ride stretches of a pattern."""
    halts, last_m = line.halts, line.guide.length_m
    inner = between_ends(line, p)
    places, owner = dense_places(halts.at_m[inner], call_weight(halts, p)[inner], p)
    likely = judged(place_traits(line, places, owner, inner, surroundings), p)
    found = [
        _line_stop(line, float(at_m), inner[owner == k], float(likely[k]), p) for k, at_m in enumerate(places)
    ]
    ends = [_terminal(line, at_m, p) for at_m in (0.0, last_m)]
    fixed = [stop for stop in found if stop.probability >= p.stop_probability]
    maybe = [stop for stop in found if p.candidate_probability <= stop.probability < p.stop_probability]
    loose = inner[~np.isin(owner, np.flatnonzero(likely >= p.sure_probability))]
    stretches = hail_stretches(halts, loose, _passed_at(line, line.guide.s, p), line.guide.s, p)
    return Served((ends[0], *fixed, ends[1]), tuple(maybe), tuple(stretches))


def between_ends(line: OnLine, p: Parameters) -> Ints:
    """Return the halts (positions) that do not belong to the terminals."""
    at_m = line.halts.at_m
    return np.flatnonzero((at_m > p.terminal_stop_m) & (at_m < line.guide.length_m - p.terminal_stop_m))


def place_traits(line: OnLine, places: Floats, owner: Ints, inner: Ints, surroundings: Surroundings) -> Floats:
    """Return the traits of places of the halts ``inner``, each of which belongs to the place ``owner`` says."""
    its = Halts(*(values[inner] for values in vars(line.halts).values()))
    pace = slowness(line.guide, places, line.tracks, line.progress)
    passed = _passed_at(line, places, line.guide.p)
    return traits(line.guide, places, owner, its, passed, surroundings, line.rides, pace)


def call_weight(halts: Halts, p: Parameters) -> Floats:
    """Return how much each call says of where a stop is: most the halt in which somebody told."""
    standing = halts.standing_s > 0
    return np.where(halts.told > 0, np.where(standing, p.told_weight, 1.0), 1.0)


def _passed_at(line: OnLine, places: Floats, p: Parameters) -> Floats:
    """Return which rides came by each place, (places, rides)."""
    passed = np.zeros((len(places), len(line.rides)))
    for k, along in enumerate(line.progress):
        at = np.sort(along[np.isfinite(along)])
        if len(at):
            i = np.searchsorted(at, places)
            behind, ahead = at[np.maximum(i - 1, 0)], at[np.minimum(i, len(at) - 1)]
            passed[:, k] = np.minimum(np.abs(behind - places), np.abs(ahead - places)) <= p.stop_length_m / 2
    return passed


def _line_stop(line: OnLine, at_m: float, members: Ints, likely: float, p: Parameters) -> LineStop:
    by = {line.rides[k] for k in np.flatnonzero(_passed_at(line, np.array([at_m]), p)[0]).tolist()}
    called = {line.rides[k] for k in line.halts.ride[members].tolist()}
    method = "reported" if line.halts.told[members].any() else "dwell"
    return _placed(line, at_m, method, called, by | called, members, likely)


def _terminal(line: OnLine, at_m: float, p: Parameters) -> LineStop:
    near = np.flatnonzero(np.abs(line.halts.at_m - at_m) <= p.terminal_stop_m)
    by = {ride for ride, along in zip(line.rides, line.progress, strict=True) if _reaches(along, at_m, p)}
    # A recording that stood all the way is nowhere on its line, and yet all there is.
    by = by or set(line.rides)
    return _placed(line, at_m, "terminal", by, by, near, 1.0)


def _reaches(along: Floats, at_m: float, p: Parameters) -> bool:
    return bool(np.any(np.abs(along - at_m) <= p.terminal_stop_m))


def _placed(
    line: OnLine, at_m: float, method: str, called: set[int], by: set[int], members: Ints, likely: float
) -> LineStop:
    guide = line.guide
    around = points_at(guide.xy, guide.s, np.clip([at_m - 20, at_m + 20], 0, guide.length_m))
    ahead = around[1] - around[0]
    return LineStop(
        dist_m=at_m,
        xy=points_at(guide.xy, guide.s, np.array([at_m]))[0],
        heading=float(np.arctan2(ahead[1], ahead[0])),
        method=method,
        called=tuple(sorted(called)),
        past=tuple(sorted(by)),
        said=tuple((name, line.rides[line.halts.ride[i]]) for i in members.tolist() for name in line.calls[i].names),
        probability=likely,
    )
