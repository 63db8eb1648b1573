"""The calls of one ride: each moment at which it stood, or at which a collector said that it stopped. Pure.

Presses within seconds of each other, or made during one halt, are one call (an occupancy press and a stop press are
two buttons for one stop). A call takes the place of the halt it was made in, since a press comes late and a halt does
not; without a halt, the place of its presses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mapping_service.geo import to_metres
from mapping_service.parameters import Parameters
from mapping_service.records import Floats, Report, Ride

_CALLING = ("stop", "occupancy", "departure", "arrival")


@dataclass(frozen=True)
class Call:
    """A halt of one ride: where in metres, when, what names were said, whether a person said that it is a stop, and for
    how long the vehicle stood (0 where it did not)."""

    xy: Floats
    t_s: float
    names: tuple[str, ...]
    reported: bool
    standing_s: float


def calls(ride: Ride, srid: int, p: Parameters) -> list[Call]:
    """Return the calls of a ride in order of time: the reported ones, and halts that nobody spoke of."""
    spoken = [r for r in ride.reports if r.kind in _CALLING and not r.cancelled and r.t_s is not None]
    spoken.sort(key=lambda r: (r.t_s or 0.0, r.waypoint))
    reported, used = [], set()
    for presses, halt in _by_halt(ride, _together(spoken, p), p):
        if halt is not None:
            used.add(halt)
        reported.append(_reported_call(ride, presses, halt, srid))
    silent = [
        Call(ride.dwell_xy[i], float(ride.dwell_start_s[i]), (), False, _standing_s(ride, i))
        for i in range(len(ride.dwell_start_s))
        if i not in used
    ]
    return sorted(reported + silent, key=lambda call: call.t_s)


def _together(spoken: Sequence[Report], p: Parameters) -> list[list[Report]]:
    groups: list[list[Report]] = []
    for report in spoken:
        if groups and (report.t_s or 0.0) - (groups[-1][0].t_s or 0.0) <= p.press_join_s:
            groups[-1].append(report)
        else:
            groups.append([report])
    return groups


def _by_halt(
    ride: Ride, groups: Sequence[list[Report]], p: Parameters
) -> list[tuple[list[Report], int | None]]:
    """Return the groups of presses with the halt they were made in; groups of one halt are one."""
    found: list[tuple[list[Report], int | None]] = []
    for presses in groups:
        halt = _halt_of(ride, presses, p)
        if found and halt is not None and found[-1][1] == halt:
            found[-1][0].extend(presses)
        else:
            found.append((presses, halt))
    return found


def _halt_of(ride: Ride, presses: Sequence[Report], p: Parameters) -> int | None:
    """Return the halt during which, or just before or after which, the presses were made."""
    at = presses[0].t_s or 0.0
    near = np.flatnonzero((ride.dwell_start_s - p.press_early_s <= at) & (at <= ride.dwell_end_s + p.press_late_s))
    if not len(near):
        return None
    away_s = np.maximum(np.maximum(ride.dwell_start_s[near] - at, at - ride.dwell_end_s[near]), 0.0)
    return int(near[np.argmin(away_s)])


def _reported_call(ride: Ride, presses: Sequence[Report], halt: int | None, srid: int) -> Call:
    names = tuple(dict.fromkeys(r.name for r in presses if r.name))
    at = presses[0].t_s or 0.0
    if halt is not None:
        return Call(ride.dwell_xy[halt], at, names, True, _standing_s(ride, halt))
    places = to_metres(np.array([r.lon for r in presses]), np.array([r.lat for r in presses]), srid)
    return Call(np.median(places, axis=0), at, names, True, 0.0)


def _standing_s(ride: Ride, halt: int) -> float:
    return float(ride.dwell_end_s[halt] - ride.dwell_start_s[halt])
