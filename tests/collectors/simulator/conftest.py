from __future__ import annotations

import re
from dataclasses import replace
from xml.sax.saxutils import unescape

import numpy as np
import pytest

from collectors.simulator import GtfsNetwork, RideSettings, SimulatedRide, sample_survey, sample_town
from collectors.simulator.network import Agency, Pattern, Plane, Route, Stop
from mapping_service.records import Floats

TRACK_POINT = re.compile(rb'<trkpt lat="([^"]+)" lon="([^"]+)"><time>([^<]+)Z</time>')
MARK = re.compile(r"<wpt [^>]+><time>([^<]+)Z</time><name>([^<]*)</name></wpt>")
CENTRE = Plane(33.3, -1.2)


def fixes_of(gpx: bytes) -> tuple[Floats, Floats]:
    """(epoch seconds, lonlat) of a simulated file."""
    found = TRACK_POINT.findall(gpx)
    t_s = np.array([time.decode() for _, _, time in found], dtype="datetime64[ms]").astype(np.int64) / 1000
    return t_s, np.array([[float(lon), float(lat)] for lat, lon, _ in found])


def marks_of(gpx: bytes) -> list[str]:
    """The texts of the marks, in order."""
    return [unescape(text) for _, text in MARK.findall(gpx.decode())]


def straight_network(length_m: float = 3000.0, stops: int = 7) -> GtfsNetwork:
    """One route due east and back, stops evenly along it."""
    at_m = np.linspace(0, length_m, stops)
    lonlat = CENTRE.to_lonlat(np.column_stack([at_m, np.zeros(stops)]))
    ids = tuple(f"s{i}" for i in range(stops))
    places = {i: Stop(i, f"Mango Tree {n}", *lonlat[n].tolist()) for n, i in enumerate(ids)}
    there = Pattern("there", "r", 0, "A", "East", lonlat, ids, at_m)
    back = Pattern("back", "r", 1, "B", "West", lonlat[::-1], ids[::-1], at_m)
    return GtfsNetwork("line", "KES", {"a": Agency("a", "A", "UTC")}, places, {"r": Route("r", "a", "5", "", 3)},
                       (there, back))


@pytest.fixture(scope="session")
def town() -> GtfsNetwork:
    return sample_town(7)


@pytest.fixture(scope="session")
def survey() -> list[SimulatedRide]:
    return list(sample_survey(7))


@pytest.fixture
def plain() -> RideSettings:
    """Full rides only, nothing wrong with them."""
    return replace(RideSettings(seed=5), runs_min=3, runs_max=3, partial_share=0.0, duplicate_share=0.0,
                   second_phone_share=0.0, canyon_share=0.0, jumps_per_hour=0.0, gaps_per_hour=0.0)
