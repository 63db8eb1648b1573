"""Small towns and rides that a reader can draw: named corners, streets as words, rides with wandering errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from mapping_service.geo import along_m, points_at
from mapping_service.records import Floats, Match
from mapping_service.street_records import Streets

Corners = Mapping[str, tuple[float, float]]


def town(corners: Corners, ways: Sequence[str], oneway: Sequence[str] = ()) -> Streets:
    """Return the streets of ``ways``: ``"AB"`` is one from A to B, ``"AxB"`` one over x, which is no junction.

    A way in ``oneway`` may be driven in the order of its letters only.
    """
    names = sorted({name for way in ways for name in (way[0], way[-1])})
    both = [order for way in ways for order in (way, way[::-1])]
    lines = [np.array([corners[name] for name in way], dtype=float) for way in both]
    return Streets(
        node_xy=np.array([corners[name] for name in names], dtype=float).reshape(-1, 2),
        tail=np.array([names.index(way[0]) for way in both], dtype=np.int64),
        head=np.array([names.index(way[-1]) for way in both], dtype=np.int64),
        against=np.array([k % 2 == 1 and ways[k // 2] in oneway for k in range(len(both))], dtype=bool),
        way_id=np.arange(len(both), dtype=np.int64) // 2 + 1,
        kind=np.full(len(both), "residential"),
        first=np.concatenate(([0], np.cumsum([len(line) for line in lines]))).astype(np.int64),
        xy=np.concatenate([*lines, np.zeros((0, 2))]),
        signal_xy=np.zeros((0, 2)),
        stop_xy=np.zeros((0, 2)),
    )


def ride(
    line: Sequence[tuple[float, float]], every_s: float = 2.0, speed_mps: float = 8.0, sigma_m: float = 0.0,
    seed: int = 1,
) -> tuple[Floats, Floats]:
    """Return times and positions of a ride along a line, with errors that wander (15 s) where asked for."""
    xy = np.array(line, dtype=float)
    s = along_m(xy)
    at = np.append(np.arange(0.0, s[-1], every_s * speed_mps), s[-1])
    rng = np.random.default_rng(seed)
    stay = np.exp(-every_s / 15.0)
    error = rng.normal(size=(len(at), 2))
    for i in range(1, len(at)):
        error[i] = stay * error[i - 1] + np.sqrt(1 - stay**2) * error[i]
    return np.arange(0.0, len(at)) * every_s, points_at(xy, s, at) + sigma_m * error


def ways(streets_of: Sequence[str], found: Match) -> list[str]:
    """Return the streets of a match in words, ``"-"`` off the streets; the same one twice in a row stands once."""
    both = [order for way in streets_of for order in (way, way[::-1])]
    said = ["-" if edge < 0 else both[edge] for edge in found.edge.tolist()]
    return [word for i, word in enumerate(said) if i == 0 or word != said[i - 1]]
