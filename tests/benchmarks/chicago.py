"""The street graph of Chicago and invented rides on it, for the benchmarks of matching and of shapes.

Graph: chicago_vertices_osm.txt and chicago_edges_osm.txt of pfoser/mapconstruction (ODbL, OpenStreetMap contributors),
in metres of UTM 16N; the largest connected part, chains of vertices with two neighbours as one street, all two-way.
Routes: cheapest paths where every street costs its length times a random number of 1–1.6, half of them over a third
place; none turns back on the street it came by. Rides: 5–10 m/s, another speed on every street, halts of 5–40 s; the
position error wanders (first order, 15 s), three times as far on ``canyon`` of the streets. Nothing here knows the
matcher.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.random import Generator
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra

from mapping_service.geo import along_m, points_at
from mapping_service.records import Floats, Ints
from mapping_service.street_records import Streets

MAP = Path("../shared/data/chicago/maps_chicago.zip")
TAU_S = 15.0
CANYON_FACTOR = 3.0


@dataclass(frozen=True)
class Trip:
    """One invented ride: what the phone recorded, and the directed edges that were ridden."""

    t_s: Floats
    xy: Floats
    edges: Ints
    true_xy: Floats


def load_streets(path: Path = MAP) -> Streets:
    """Return the street graph of Chicago."""
    with zipfile.ZipFile(path) as archive:
        vertices = np.loadtxt(io.BytesIO(archive.read("chicago_vertices_osm.txt")), delimiter=",")
        edges = np.loadtxt(io.BytesIO(archive.read("chicago_edges_osm.txt")), delimiter=",", dtype=np.int64)
    place = {int(number): row for row, number in enumerate(vertices[:, 0])}
    pairs = {(min(a, b), max(a, b)) for a, b in ((place[int(e[1])], place[int(e[2])]) for e in edges) if a != b}
    return streets_of(vertices[:, 1:3], sorted(pairs))


def streets_of(xy: Floats, pairs: Sequence[tuple[int, int]]) -> Streets:
    """Return the largest connected part of a graph as streets, all two-way."""
    ends = np.array(pairs)
    n = len(xy)
    _, part = connected_components(csr_matrix((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), (n, n)), directed=False)
    largest = np.bincount(part[ends[:, 0]]).argmax()
    near: dict[int, list[int]] = {}
    for a, b in ends[part[ends[:, 0]] == largest].tolist():
        near.setdefault(a, []).append(b)
        near.setdefault(b, []).append(a)
    return assemble(xy, _chains(near))


def _chains(near: dict[int, list[int]]) -> list[list[int]]:
    """Return the vertices of every street between two junctions."""
    junctions = {v for v, others in near.items() if len(others) != 2}
    done: set[tuple[int, int]] = set()
    chains = []
    for start in sorted(junctions):
        for following in near[start]:
            if (start, following) in done:
                continue
            chain = [start, following]
            while chain[-1] not in junctions:
                chain.append(next(v for v in near[chain[-1]] if v != chain[-2]))
            done |= {(chain[0], chain[1]), (chain[-1], chain[-2])}
            chains.append(chain)
    return chains


def assemble(xy: Floats, chains: Sequence[Sequence[int]]) -> Streets:
    """Return streets from chains of vertices, each in both directions."""
    nodes = sorted({v for chain in chains for v in (chain[0], chain[-1])})
    row = {v: i for i, v in enumerate(nodes)}
    both = [way for chain in chains for way in (list(chain), list(chain)[::-1])]
    first = np.concatenate(([0], np.cumsum([len(way) for way in both])))
    return Streets(
        node_xy=xy[nodes],
        tail=np.array([row[way[0]] for way in both]),
        head=np.array([row[way[-1]] for way in both]),
        against=np.zeros(len(both), dtype=bool),
        way_id=np.zeros(len(both), dtype=np.int64),
        kind=np.full(len(both), ""),
        first=first.astype(np.int64),
        xy=np.concatenate([xy[way] for way in both]),
        signal_xy=np.zeros((0, 2)),
        stop_xy=np.zeros((0, 2)),
    )


def without(streets: Streets, gone: Ints) -> tuple[Streets, Ints]:
    """Return the streets without some (numbers of edge pairs), and the old number of each that is left."""
    left = np.setdiff1d(np.arange(len(streets.tail) // 2), gone)
    edges = np.column_stack((2 * left, 2 * left + 1)).ravel()
    lines = [streets.xy[streets.first[e]:streets.first[e + 1]] for e in edges]
    first = np.concatenate(([0], np.cumsum([len(line) for line in lines])))
    return Streets(
        streets.node_xy, streets.tail[edges], streets.head[edges], streets.against[edges], streets.way_id[edges],
        streets.kind[edges], first, np.concatenate(lines), streets.signal_xy, streets.stop_xy,
    ), left


def lengths_m(streets: Streets) -> Floats:
    """Return the length of every directed edge."""
    steps = np.hypot(*np.diff(streets.xy, axis=0, prepend=streets.xy[:1]).T)
    steps[streets.first[:-1]] = 0.0
    return np.add.reduceat(steps, streets.first[:-1])


def routes(streets: Streets, count: int, rng: Generator, low_m: float = 3000, high_m: float = 9000) -> list[Ints]:
    """Return ``count`` routes as directed edges."""
    length = lengths_m(streets)
    found: list[Ints] = []
    while len(found) < count:
        cost = length * np.repeat(rng.uniform(1.0, 1.6, len(length) // 2), 2)
        places = rng.choice(len(streets.node_xy), 2 + len(found) % 2, replace=False)
        legs = [_cheapest(streets, cost, a, b) for a, b in zip(places[:-1], places[1:], strict=True)]
        edges = np.concatenate(legs)
        back = np.any(edges[1:] == edges[:-1] ^ 1)
        if low_m <= length[edges].sum() <= high_m and not back:
            found.append(edges)
    return found


def _cheapest(streets: Streets, cost: Floats, start: int, end: int) -> Ints:
    n = len(streets.node_xy)
    order = np.lexsort((cost, streets.head, streets.tail))
    pair = streets.tail[order] * n + streets.head[order]
    order = order[np.concatenate(([True], np.diff(pair) > 0))]
    graph = csr_matrix((cost[order], (streets.tail[order], streets.head[order])), (n, n))
    _, before = dijkstra(graph, indices=start, return_predecessors=True)
    by_pair = {(int(streets.tail[e]), int(streets.head[e])): int(e) for e in order}
    edges: list[int] = []
    at = end
    while at != start:
        edges.append(by_pair[(int(before[at]), at)])
        at = int(before[at])
    return np.array(edges[::-1], dtype=np.int64)


def ride(
    streets: Streets, edges: Ints, rng: Generator, sigma_m: float, every_s: float, canyon: float = 0.0,
    drawn: bool = False,
) -> Trip:
    """Return one ride over some edges as a phone records it every ``every_s`` seconds.

    The same streets are canyons for every ride, unless they are to be ``drawn`` for this one.
    """
    lines = [streets.xy[streets.first[e]:streets.first[e + 1]] for e in edges]
    line = np.concatenate([lines[0], *(one[1:] for one in lines[1:])])
    s = along_m(line)
    ends = np.cumsum([along_m(one)[-1] for one in lines])
    at_m, edge = _drive(ends, rng)
    chance = (rng if drawn else np.random.default_rng(len(streets.tail) // 2)).random(len(streets.tail) // 2)
    factor = np.where(chance[edges[edge] // 2] < canyon, CANYON_FACTOR, 1.0)
    error = _wander(len(at_m), rng) * (sigma_m * factor)[:, None]
    keep = np.arange(0, len(at_m), int(every_s))
    true_xy = points_at(line, s, at_m)
    return Trip(keep.astype(float), (true_xy + error)[keep], edges, true_xy[keep])


def _drive(ends_m: Floats, rng: Generator) -> tuple[Floats, Ints]:
    """Return the distance driven and the street at every second."""
    at_m, edge = [0.0], [0]
    speed = rng.uniform(5, 10)
    halt_at = rng.exponential(400)
    while at_m[-1] < ends_m[-1]:
        at = at_m[-1] + speed
        if at > halt_at:
            at_m += [halt_at] * int(rng.integers(5, 41))
            edge += [int(np.searchsorted(ends_m, halt_at))] * (len(at_m) - len(edge))
            halt_at += rng.exponential(400)
            at = at_m[-1] + speed
        now = min(int(np.searchsorted(ends_m, at)), len(ends_m) - 1)
        if now != edge[-1]:
            speed = rng.uniform(5, 10)
        at_m.append(min(at, float(ends_m[-1])))
        edge.append(now)
    return np.array(at_m), np.minimum(np.array(edge), len(ends_m) - 1)


def _wander(count: int, rng: Generator) -> Floats:
    """Return first-order errors of unit size at every second, east and north."""
    stay = np.exp(-1.0 / TAU_S)
    steps = rng.normal(size=(count, 2)) * np.sqrt(1 - stay**2)
    error = np.empty((count, 2))
    error[0] = rng.normal(size=2)
    for i in range(1, count):
        error[i] = stay * error[i - 1] + steps[i]
    return error


def rmf(streets: Streets, truth: Ints, found: Ints) -> float:
    """Return the route mismatch fraction on undirected streets, the first and last of each left out."""
    length = lengths_m(streets)[::2]
    true, got = truth // 2, found // 2
    added = np.setdiff1d(got[1:-1], true)
    missed = np.setdiff1d(true[1:-1], got)
    return float((length[added].sum() + length[missed].sum()) / length[np.unique(true[1:-1])].sum())
