"""How a minibus moves along its way: free speed by place, curves, halts at stops and signals, jams, and the driver."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from collectors.simulator.chance import border_crossings, place_share
from collectors.simulator.network import STEP_M, along_m, resampled
from collectors.simulator.settings import RideSettings
from mapping_service.records import Floats, Ints

SLOWEST_MPS = 0.5  # between two halts closer than the braking distance: a crawl
BEND_STEPS = 2  # heading is compared this many steps before and behind: a corner takes about 20 m
SIGNAL_APART_M = 60.0  # two borders closer than this are one junction
JAM_STEPS = 10  # places where a jam may halt, every 50 m
MORNING_H, EVENING_H = 7.5, 17.75  # middle of the rush hours
RUSH_WIDTH_H = 1.3  # standard deviation of their length


@dataclass(frozen=True)
class Drive:
    """A ride in time: at ``t_s`` (seconds from departure, never decreasing) the vehicle is ``at_m`` along its way.

    ``stop_index`` are the stops on the ridden part; ``arrive_s`` when each is reached; ``dwell_s`` is 0 where the
    vehicle passes without halting.
    """

    t_s: Floats
    at_m: Floats
    stop_index: Ints
    arrive_s: Floats
    dwell_s: Floats

    @property
    def end_s(self) -> float:
        """When the vehicle reaches the end."""
        return float(self.t_s[-1])


def rush(hour: float) -> float:
    """How full the rush hour is at a local time of day: 0 at night, 1 at its height."""
    return float(sum(np.exp(-0.5 * ((hour - middle) / RUSH_WIDTH_H) ** 2) for middle in (MORNING_H, EVENING_H)))


def drive(way_xy: Floats, stops_along_m: Floats, from_m: float, to_m: float, hour: float, settings: RideSettings,
          rng: np.random.Generator) -> Drive:
    """One run along ``way_xy`` (n, 2; metres) between two distances, departing at the local time of day ``hour``."""
    line = resampled(way_xy)
    s = along_m(line)
    first, last = (int(i) for i in np.searchsorted(s, [from_m, to_m - STEP_M / 2]))
    last = max(min(last, len(s) - 1), first + 1)
    line, s = line[first:last + 1], s[first:last + 1]
    served = np.flatnonzero((stops_along_m >= from_m - STEP_M) & (stops_along_m <= to_m + STEP_M))
    stop_node, stop_dwell = _stop_halts(s, stops_along_m[served], settings, rng)
    halt = np.zeros(len(s))
    np.add.at(halt, stop_node, stop_dwell)
    halt += _signal_halts(line, settings, rng) + _jam_halts(line, hour, settings, rng)
    halt[[0, -1]] = 0.0
    speed = _speed(line, hour, halt > 0, settings, rng)
    step_s = np.diff(s) / np.maximum((speed[:-1] + speed[1:]) / 2, SLOWEST_MPS)
    moving_s = np.concatenate([[0.0], np.cumsum(step_s)])
    depart_s = moving_s + np.cumsum(halt)
    arrive_s = depart_s - halt
    return Drive(np.column_stack([arrive_s, depart_s]).ravel(), np.repeat(s, 2), served, arrive_s[stop_node],
                 stop_dwell)


def _stop_halts(s: Floats, stops_m: Floats, settings: RideSettings, rng: np.random.Generator) -> tuple[Ints, Floats]:
    """Where the vehicle stands for each stop (a node) and how long; at both ends it stands before and after the run."""
    near_m = stops_m + rng.normal(0, settings.halt_sd_m, len(stops_m))
    dwell = rng.triangular(settings.dwell_min_s, settings.dwell_min_s, settings.dwell_max_s, len(stops_m))
    boards = rng.random(len(stops_m)) < settings.boarding_share
    at_start, at_end = stops_m <= s[0] + STEP_M, stops_m >= s[-1] - STEP_M
    node = np.clip(np.searchsorted(s, near_m), min(1, len(s) - 1), max(len(s) - 2, 0))
    node = np.where(at_start, 0, np.where(at_end, len(s) - 1, node)).astype(np.int64)
    return np.maximum.accumulate(node), np.where(boards & ~at_start & ~at_end, dwell, 0.0)


def _signal_halts(line: Floats, settings: RideSettings, rng: np.random.Generator) -> Floats:
    halt = np.zeros(len(line))
    crossings = border_crossings(line, settings.seed, "signal", cell_m=settings.signal_cell_m,
                                 share=settings.signal_share)
    last = -np.inf
    for node in crossings.tolist():
        if (node - last) * STEP_M >= SIGNAL_APART_M:
            last = node
            if rng.random() < settings.signal_halt_share:
                halt[node] = rng.uniform(0, settings.signal_max_s)
    return halt


def _jammed(line: Floats, hour: float, settings: RideSettings) -> Floats:
    """0 where traffic flows, up to 1 in a full jam: bad places at bad times."""
    prone = place_share(line, settings.seed, "jam", cell_m=settings.jam_cell_m) < settings.jam_share
    return np.asarray(prone * min(rush(hour), 1.0), dtype=np.float64)


def _jam_halts(line: Floats, hour: float, settings: RideSettings, rng: np.random.Generator) -> Floats:
    halt = np.zeros(len(line))
    chance = _jammed(line, hour, settings)[::JAM_STEPS] * settings.jam_halt_share
    halts = rng.random(len(chance)) < chance
    halt[::JAM_STEPS] = halts * rng.uniform(2.0, settings.jam_halt_max_s, len(chance))
    return halt


def _speed(line: Floats, hour: float, halts: np.ndarray[tuple[int], np.dtype[np.bool_]], settings: RideSettings,
           rng: np.random.Generator) -> Floats:
    """Metres per second at each node: the least of what place, jam, bend, pull and brakes allow."""
    place = place_share(line, settings.seed, "cruise", cell_m=settings.cruise_cell_m)
    free = settings.cruise_min_mps + place * (settings.cruise_max_mps - settings.cruise_min_mps)
    free *= 1.0 - settings.jam_slowdown * _jammed(line, hour, settings)
    free *= max(0.5, 1.0 + rng.normal(0, settings.driver_sd))
    square = np.minimum(free, np.sqrt(settings.lateral_mps2 / _curvature(line))) ** 2
    square[halts] = 0.0
    square[[0, -1]] = 0.0
    ramp = 2 * STEP_M * np.arange(len(line))
    square = np.minimum.accumulate(square - settings.accelerate_mps2 * ramp) + settings.accelerate_mps2 * ramp
    back = square[::-1]
    square = (np.minimum.accumulate(back - settings.brake_mps2 * ramp) + settings.brake_mps2 * ramp)[::-1]
    return np.asarray(np.sqrt(np.maximum(square, 0.0)), dtype=np.float64)


def _curvature(line: Floats) -> Floats:
    """1/m, never 0: how fast the heading turns around each node."""
    step = np.diff(line, axis=0)
    heading = np.unwrap(np.arctan2(step[:, 1], step[:, 0]))
    padded = np.pad(heading, BEND_STEPS, mode="edge")
    turn = np.abs(padded[2 * BEND_STEPS:] - padded[:-2 * BEND_STEPS])
    return np.append(np.maximum(turn / (2 * BEND_STEPS * STEP_M), 1e-6), 1e-6)
