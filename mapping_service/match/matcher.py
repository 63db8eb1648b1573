"""Where a run went on the streets. Pure: positions and a street index in, a ``Match`` out.

A hidden Markov model after Newson & Krumm (2009): each fix may stem from the nearest place on every street near it;
going from one place to the next costs what the way along the streets is longer than the straight line. Three things
are added. (1) Errors of phones wander: what a fix is off by, the next one is mostly off by too, so the cost is that of
the change (first-order process, Student's t for its size). That makes the shape of the ride count for more than its
distance from a street. (2) Off the streets is a state of its own, so that a run over an unmapped street is not pulled
onto the nearest one. (3) Turns, turning back and driving against a oneway are costs, not walls.

The size of a run's errors is estimated from the run itself where the phone did not tell it.
"""

from __future__ import annotations

import numpy as np

from mapping_service.geo import along_m
from mapping_service.match.cheapest import Graph, work_for
from mapping_service.match.index import Nearby, StreetIndex, nearby
from mapping_service.match.likeliest import Places, Rules, most_likely, trail, without_hops
from mapping_service.match.stretches import Found, Track, stretches
from mapping_service.parameters import Parameters
from mapping_service.records import Floats, Ints, Match


def match(
    t_s: Floats, xy: Floats, index: StreetIndex, p: Parameters, sigma_m: Floats | None = None,
    edge_cost: Floats | None = None,
) -> Match:
    """Return where a run went: ``t_s`` in order, ``xy`` (n, 2) in metres of the streets' CRS.

    ``sigma_m`` is the error of each fix where it is known. ``edge_cost`` makes edges less likely, in nats for each
    fix (see ``consensus``).
    """
    nats = np.zeros(len(index.length_m)) if edge_cost is None else edge_cost
    if sigma_m is not None:
        sigma_m = np.clip(sigma_m, p.match_sigma_low_m, p.match_sigma_high_m)
        track = _track(t_s, xy, float(np.median(sigma_m)), index, p)
        return _as_match(_search(track, sigma_m[track.fix], index, nats, p), p)
    track = _track(t_s, xy, p.match_sigma_m, index, p)
    found = _search(track, np.full(len(track.fix), p.match_sigma_m), index, nats, p)
    own_m = float(np.clip(found.own_sigma_m(), p.match_sigma_low_m, p.match_sigma_high_m))
    if not 1 / p.match_sigma_factor < own_m / p.match_sigma_m < p.match_sigma_factor:
        if p.match_step_sigmas * own_m > p.match_step_m:
            track = _track(t_s, xy, own_m, index, p)
        found = _search(track, np.full(len(track.fix), own_m), index, nats, p)
    return _as_match(found, p)


def _track(t_s: Floats, xy: Floats, sigma_m: float, index: StreetIndex, p: Parameters) -> Track:
    fix = _thinned(xy, max(p.match_step_m, p.match_step_sigmas * sigma_m))
    near = nearby(index, xy[fix], p.match_radius_m, int(p.match_places))
    return Track(fix, t_s[fix], xy[fix], near)


def _thinned(xy: Floats, step_m: float) -> Ints:
    """Return the first fix, the last, and between them each that is ``step_m`` from the one kept before it."""
    keep = [0]
    x, y = xy[:, 0].tolist(), xy[:, 1].tolist()
    at_x, at_y, square = x[0], y[0], step_m**2
    for i in range(1, len(x) - 1):
        if (x[i] - at_x) ** 2 + (y[i] - at_y) ** 2 >= square:
            keep.append(i)
            at_x, at_y = x[i], y[i]
    if len(x) > 1:
        keep.append(len(x) - 1)
    return np.array(keep)


def _rules(edge_cost: Floats, p: Parameters) -> Rules:
    return Rules(
        tau_s=p.match_tau_s,
        tail=p.match_tail,
        beta_m=p.match_beta_m,
        beta_share=p.match_beta_share,
        turn=p.match_turn,
        back=p.match_back,
        against=p.match_against,
        slack_m=p.match_slack_m,
        beam=p.match_beam,
        off=p.match_off,
        switch=p.match_switch,
        edge=edge_cost,
    )


def _search(track: Track, sigma_m: Floats, index: StreetIndex, edge_cost: Floats, p: Parameters) -> Found:
    """Return the likeliest way of a run whose fixes are off by ``sigma_m``."""
    places = _places(track.near, sigma_m)
    graph = Graph(index.length_m, index.streets.against, index.after_first, index.after, index.turn)
    rules = _rules(edge_cost, p)
    dt_s = np.diff(track.t_s, prepend=track.t_s[:1])
    gap_m = np.diff(along_m(track.xy), prepend=0.0)
    work = work_for(len(index.length_m))
    cost, back, arcs = most_likely(graph, work, places, rules, dt_s, gap_m)
    states = _best(places, cost, back)
    kept = without_hops(graph, work, places, rules, states, track.xy, p.match_off_least_m)
    track, states = Track(track.fix[kept], track.t_s[kept], track.xy[kept], track.near), states[kept]
    edges, first = trail(graph, work, places, rules, states, np.diff(along_m(track.xy), prepend=0.0))
    return Found(track, sigma_m[kept], index, places, rules, arcs, states, edges, first)


def _places(near: Nearby, sigma_m: Floats) -> Places:
    sigma, ahead, error = np.repeat(sigma_m, np.diff(near.first)), near.ahead, near.error
    side = (ahead[:, 0] * error[:, 1] - ahead[:, 1] * error[:, 0]) / sigma
    over = (ahead[:, 0] * error[:, 0] + ahead[:, 1] * error[:, 1]) / sigma
    return Places(near.first, near.street, near.at_m, near.xy, ahead, side, over)


def _best(places: Places, cost: Floats, back: Ints) -> Ints:
    """Return the likeliest state of each fix, from the last one back."""
    fixes = len(places.first) - 1
    last = np.append(np.arange(2 * places.first[fixes - 1], 2 * places.first[fixes]), len(cost) - 1)
    states = [int(last[np.argmin(cost[last])])]
    while len(states) < fixes:
        states.append(int(back[states[-1]]))
    return np.array(states[::-1])


def _as_match(found: Found, p: Parameters) -> Match:
    return Match(*stretches(found, p), confidence=round(found.confidence(), 4))
