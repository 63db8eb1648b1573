"""What nobody rode: traces drawn on a map and sent as rides, by people who agree on what to tell.

They go straight from every third stop to the next at one speed, never halt, and their noise forgets itself from one
fix to the next, as that of a random number does and that of a receiver does not. All who invent tell the same fare.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from collectors.simulator.motion import Drive
from collectors.simulator.network import along_m, point_at
from collectors.simulator.phone import Phone, Recording, TrueWay
from mapping_service.records import Floats

EVERY = 3  # stops between two corners of the drawn line
SLOWEST_MPS, FASTEST_MPS = 6.0, 10.0
NOISE_M = 3.0  # what an inventor holds for a likely error
FARE_FACTOR = 2.0  # what they gain by it


@dataclass(frozen=True)
class Invention:
    """A ride that was drawn: its way (n, 2; metres), and its course from 0 s and 0 m to the end."""

    line: Floats
    drive: Drive


def invent(way_xy: Floats, stops_along_m: Floats, rng: np.random.Generator) -> Invention:
    """Draw a ride beside a real way (metres) whose stops lie at ``stops_along_m``."""
    corners = np.unique(np.append(stops_along_m[::EVERY], stops_along_m[-1]))
    line = point_at(way_xy, corners)
    length_m = float(along_m(line)[-1])
    end_s = length_m / rng.uniform(SLOWEST_MPS, FASTEST_MPS)
    course = np.array([0.0, end_s])
    ends = np.array([0, len(stops_along_m) - 1])
    return Invention(line, Drive(course, np.array([0.0, length_m]), ends, course, np.zeros(2)))


def written(invention: Invention, phone: Phone, rng: np.random.Generator) -> Recording:
    """The fixes that are written for it: on a regular grid of times, with white noise."""
    end_s = invention.drive.end_s
    t_s = np.arange(0.0, np.ceil(end_s) + 1.0, max(1.0, np.round(phone.interval_s)))
    at_m = np.interp(t_s, invention.drive.t_s, invention.drive.at_m)
    xy = point_at(invention.line, at_m) + rng.normal(0, NOISE_M, (len(t_s), 2))
    speed = np.full(len(t_s), at_m[-1] / end_s)
    flat = np.full(len(t_s), 1.0)
    return Recording(t_s, xy, speed, flat, np.zeros(len(t_s), dtype=bool), TrueWay(t_s, xy, speed), 0.0)
