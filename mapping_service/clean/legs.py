"""A recording becomes the stretches of time spent on vehicles. Pure; from dense fixes and from sparse ones.

Every ten seconds the person is in one of three states: aboard a vehicle, on foot, staying. Each state has its speeds
(a vehicle also stands), and states last: the most likely course is found by the Viterbi algorithm. Where the phone was
silent, the speed is that from the last position to the next one.

A steady walk parts two rides; a jam at walking pace is no walk, for its speed comes and goes. Waiting parts rides only
in a recording as long as a day: a shorter one was made for a ride, and its waits are the vehicle's at its terminals.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mapping_service.parameters import Parameters
from mapping_service.records import Floats, Ints

_ABOARD, _AFOOT, _STAYING = range(3)
_STEP_S = 10.0


@dataclass(frozen=True)
class Leg:
    """From when to when somebody rode a vehicle, epoch seconds."""

    start_s: float
    end_s: float


def legs(t_s: Floats, xy: Floats, p: Parameters) -> list[Leg]:
    """Return the rides of one recording in order; ``t_s`` rises, ``xy`` is (n, 2) metres."""
    day = bool(len(t_s)) and float(t_s[-1] - t_s[0]) >= p.day_s
    silent = np.flatnonzero(np.diff(t_s) > p.silence_s) + 1
    bounds = np.concatenate(([0], silent, [len(t_s)]))
    parts = [slice(a, b) for a, b in zip(bounds[:-1], bounds[1:], strict=True) if b - a > 1]
    return [leg for part in parts for leg in _legs(t_s[part], xy[part], day, p)]


def _legs(t_s: Floats, xy: Floats, day: bool, p: Parameters) -> list[Leg]:
    edges_s = np.arange(t_s[0], t_s[-1] + _STEP_S, _STEP_S)
    state = _likeliest(_log_chances(_speeds(edges_s, t_s, xy, p.leg_window_s), p), p.change_cost)
    rides = _stretches(state == _ABOARD)
    walks = _walks(state, _paced(edges_s, t_s, xy, p), p)
    wait = int(p.max_wait_s / _STEP_S)
    found = _of_a_day(rides, walks, wait) if day else _of_one_ride(rides, walks, len(state))
    spans = [(float(edges_s[a]), min(float(edges_s[b]), float(t_s[-1]))) for a, b in found]
    return [Leg(a, b) for a, b in spans if b - a >= p.min_leg_s and _reach_m(a, b, t_s, xy) >= p.min_leg_m]


def _at(when_s: Floats, t_s: Floats, xy: Floats) -> Floats:
    return np.column_stack([np.interp(when_s, t_s, xy[:, axis]) for axis in (0, 1)])


def _speeds(edges_s: Floats, t_s: Floats, xy: Floats, window_s: float) -> Floats:
    """Return the speed at each step, over a window around it that ends where the recording does."""
    centre = (edges_s[:-1] + edges_s[1:]) / 2
    before, after = (np.clip(centre + side * window_s / 2, t_s[0], t_s[-1]) for side in (-1, 1))
    moved = _at(after, t_s, xy) - _at(before, t_s, xy)
    return np.asarray(np.hypot(moved[:, 0], moved[:, 1]) / np.maximum(after - before, 1.0))


def _log_chances(speed: Floats, p: Parameters) -> Floats:
    """Return the log density of each speed aboard, on foot and staying, (steps, 3), by the share of it that is news."""
    standing = np.exp(-0.5 * (speed / p.stay_mps) ** 2) / (p.stay_mps * np.sqrt(np.pi / 2))
    riding = speed / p.ride_mps**2 * np.exp(-speed / p.ride_mps)
    walking = np.exp(-0.5 * ((speed - p.walk_mps) / p.walk_spread_mps) ** 2) / (p.walk_spread_mps * np.sqrt(2 * np.pi))
    aboard = p.stand_share * standing + (1 - p.stand_share) * riding
    least = 1e-4  # a wild position speaks against a state, but does not forbid it
    return np.asarray(np.log(np.column_stack((aboard, walking, standing)) + least) * _STEP_S / p.leg_window_s)


def _likeliest(chances: Floats, change_cost: float) -> Ints:
    """Return the most likely state of each step, where every change of state costs the same (Viterbi)."""
    best = [0.0, 0.0, 0.0]
    came = []
    for row in chances.tolist():
        top = max(best)
        switched = best.index(top)
        came.append([k if best[k] >= top - change_cost else switched for k in range(3)])
        best = [max(best[k], top - change_cost) + row[k] for k in range(3)]
    at = best.index(max(best))
    path = np.empty(len(came), dtype=np.int64)
    for i in range(len(came) - 1, -1, -1):
        path[i] = at
        at = came[i][at]
    return path


def _stretches(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return the stretches where the mask holds: first step and the one after the last."""
    edges = np.diff(np.concatenate(([0], mask.astype(np.int8), [0])))
    return list(zip(np.flatnonzero(edges == 1).tolist(), np.flatnonzero(edges == -1).tolist(), strict=True))


def _paced(edges_s: Floats, t_s: Floats, xy: Floats, p: Parameters) -> NDArray[np.bool_]:
    """Return at which steps the phone told of moving at people's pace; a hole tells of nothing."""
    speed = _speeds(edges_s, t_s, xy, _STEP_S)
    gap = np.clip(np.searchsorted(t_s, edges_s[:-1], side="right"), 1, len(t_s) - 1)
    told = (t_s[gap] - t_s[gap - 1]) < p.split_gap_s
    return np.asarray(told & (np.abs(speed - p.walk_mps) <= 1.5 * p.walk_spread_mps))


def _walks(state: Ints, paced: NDArray[np.bool_], p: Parameters) -> list[tuple[int, int]]:
    """Return the stretches on foot that are long enough and at a steady pace."""
    on_foot = [(a, b) for a, b in _stretches(state == _AFOOT) if (b - a) * _STEP_S >= p.min_walk_s]
    return [(a, b) for a, b in on_foot if float(np.mean(paced[a:b])) >= p.steady_share]


def _of_one_ride(rides: list[tuple[int, int]], walks: list[tuple[int, int]], steps: int) -> list[tuple[int, int]]:
    """Return what lies between the walks, where somebody rode."""
    bounds = [0, *(edge for walk in walks for edge in walk), steps]
    between = zip(bounds[::2], bounds[1::2], strict=True)
    return [(a, b) for a, b in between if any(a <= start and end <= b for start, end in rides)]


def _of_a_day(rides: list[tuple[int, int]], walks: list[tuple[int, int]], max_wait: int) -> list[tuple[int, int]]:
    """Join rides with a short break between them in which nobody walked."""
    joined: list[tuple[int, int]] = []
    for a, b in rides:
        before = joined[-1][1] if joined else -max_wait
        if a - before < max_wait and not any(before <= start and end <= a for start, end in walks):
            joined[-1] = (joined[-1][0], b)
        else:
            joined.append((a, b))
    return joined


def _reach_m(start_s: float, end_s: float, t_s: Floats, xy: Floats) -> float:
    """Return how far a ride got from where it began."""
    inside = (t_s >= start_s) & (t_s <= end_s)
    places = np.vstack((_at(np.array([start_s, end_s]), t_s, xy), xy[inside]))
    return float(np.hypot(*(places - places[0]).T).max())
