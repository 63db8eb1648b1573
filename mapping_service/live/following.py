"""What recorders sent of late, kept in memory: the newest positions of each since it began. Nothing here is stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from collectors.trackers.points import MOCKED, Point
from mapping_service.live.lines import Lines
from mapping_service.live.passages import Passage, passage
from mapping_service.parameters import Parameters

# Less accurate positions say nothing of a street.
_MOST_ACCURACY_M = 50.0

Recorder = tuple[int, str]
"""A contributor, and what tells their recorders apart."""


@dataclass
class _Trail:
    """The positions of one recorder by time, and since when."""

    places: dict[int, tuple[float, float]] = field(default_factory=dict)

    def since_it_began(self, p: Parameters) -> list[int]:
        """Return the times of its newest recording, in order: after the last pause."""
        times = sorted(self.places)
        pauses = [at for at in range(1, len(times)) if times[at] - times[at - 1] > p.stream_gap_s * 1000]
        return times[pauses[-1]:] if pauses else times


class Following:
    """The recorders of one city that are sending."""

    def __init__(self) -> None:
        self._trails: dict[Recorder, _Trail] = {}

    def add(self, recorder: Recorder, points: Iterable[Point], after_s: float) -> None:
        """Take positions of a recorder, those after a moment; in any order, and again, changes nothing."""
        trail = self._trails.setdefault(recorder, _Trail())
        for point in points:
            vague = point.accuracy_m is not None and point.accuracy_m > _MOST_ACCURACY_M
            if point.t_ms / 1000 > after_s and not vague and not point.flags & MOCKED:
                trail.places[point.t_ms] = (point.lon, point.lat)

    def forget(self, agreed: Mapping[int, float], now_s: float, p: Parameters) -> None:
        """Forget whoever does not agree any longer, what came before they did, and recordings that are over."""
        for recorder in list(self._trails):
            trail, after_s = self._trails[recorder], agreed.get(recorder[0])
            if after_s is None or not trail.places or now_s - max(trail.places) / 1000 > p.stream_gap_s:
                del self._trails[recorder]
                continue
            begins = trail.since_it_began(p)[0]
            trail.places = {t: place for t, place in trail.places.items() if t >= begins and t / 1000 > after_s}

    def passages(self, lines: Lines, now_s: float, p: Parameters) -> dict[Recorder, Passage]:
        """Return what may be told of each recorder at a moment."""
        found = {}
        for recorder, trail in self._trails.items():
            times = [t for t in trail.since_it_began(p) if t / 1000 <= now_s]
            lonlat = np.array([trail.places[t] for t in times], dtype=np.float64).reshape(-1, 2)
            told = passage(np.array(times, dtype=np.float64) / 1000, lonlat, lines, now_s, p)
            if told is not None:
                found[recorder] = told
        return found
