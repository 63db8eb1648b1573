"""Towns drawn with characters, for tests that a reader can follow with a pencil.

Each letter or digit of a drawing is a place; everything else is ink. One character to the right is ``square_m`` east,
one line up ``square_m`` north, and the lower left corner is (0, 0)::

    town = places('''
        D
        |
    A---B---C
    ''')
    town["B"]              # (400.0, 0.0)
    way(town, "ABD")       # the corners of that ride, (3, 2), metres
    drive(way(town, "ABD"), halts={400.0: 30.0})     # its fixes at 1 Hz, 30 s standing after 400 m

Where a test needs degrees, the drawing lies at ``ORIGIN`` in UTM zone 37 south, near Nairobi.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

import numpy as np

from mapping_service.clean.clean import clean
from mapping_service.fuse.material import CityFrame
from mapping_service.geo import along_m, points_at, to_lon_lat, to_metres
from mapping_service.parameters import Parameters
from mapping_service.records import Claim, Fixes, Floats, Report, Ride

SRID = 32737
ORIGIN = np.array([250_000.0, 9_850_000.0])
NAIROBI = CityFrame(SRID, ZoneInfo("Africa/Nairobi"))
MONDAY_7H = 1709524800.0  # 2024-03-04, 07:00 in Nairobi
P = Parameters()

Places = Mapping[str, tuple[float, float]]


def places(drawing: str, square_m: float = 100.0) -> Places:
    """Return the places of a drawing in metres."""
    rows = textwrap.dedent(drawing).strip("\n").split("\n")
    return {
        char: (column * square_m, (len(rows) - 1 - row) * square_m)
        for row, text in enumerate(rows)
        for column, char in enumerate(text)
        if char.isalnum()
    }


def way(town: Places, letters: str) -> Floats:
    """Return the corners of a way through a town, (n, 2) metres."""
    return np.array([town[letter] for letter in letters])


def noisy(xy: Floats, seed: int, sigma_m: float) -> Floats:
    """Return positions as a phone sees them: each off by about ``sigma_m``, the same for the same seed."""
    return xy + np.random.default_rng(seed).normal(0.0, sigma_m, xy.shape)


def drive(
    corners: Floats, *, start_s: float = MONDAY_7H, speed_mps: float = 10.0, halts: Mapping[float, float] | None = None
) -> tuple[Floats, Floats]:
    """Return times and positions at 1 Hz of a vehicle that drives along ``corners``.

    ``halts`` maps metres along the way to seconds standing there.
    """
    s = along_m(corners)
    when, where = [0.0], [0.0]
    for at_m, standing_s in sorted((halts or {}).items()):
        when += [when[-1] + (at_m - where[-1]) / speed_mps] * 2
        where += [at_m, at_m]
        when[-1] += standing_s
    when.append(when[-1] + (float(s[-1]) - where[-1]) / speed_mps)
    where.append(float(s[-1]))
    t_s = np.arange(0.0, when[-1] + 0.5)
    return start_s + t_s, points_at(corners, s, np.interp(t_s, when, where))


def fixes(t_s: Floats, xy: Floats, accuracy_m: Floats | None = None) -> Fixes:
    """Return drawn positions as a recorder writes them."""
    lon_lat = to_lon_lat(xy + ORIGIN, SRID)
    unknown = np.full(len(t_s), np.nan)
    accuracy = unknown if accuracy_m is None else accuracy_m
    return Fixes(t_s, lon_lat[:, 0], lon_lat[:, 1], unknown, accuracy, unknown, np.array([0]))


def drawn(lon_lat: Floats) -> Floats:
    """Return (n, 2) degrees as metres in the drawing."""
    return np.asarray(to_metres(lon_lat[:, 0], lon_lat[:, 1], SRID) - ORIGIN)


def press(
    kind: str,
    at: Sequence[float],
    t_s: float | None,
    *,
    name: str | None = None,
    waypoint: int = 0,
    amount: float | None = None,
    wait_s: int | None = None,
    cancelled: bool = False,
) -> Report:
    """Return a report made at a place of the drawing."""
    lon, lat = to_lon_lat(np.array([at]) + ORIGIN, SRID)[0]
    return Report(kind, lon, lat, t_s, name or kind, waypoint, name, amount, wait_s, None, cancelled)


def ride(
    run_id: int,
    t_s: Floats,
    xy: Floats,
    *,
    reports: Sequence[Report] = (),
    line: str | None = None,
    person: str | None = None,
) -> Ride:
    """Return the ride that cleaning makes of drawn positions."""
    (run,) = clean(fixes(t_s, xy), SRID, P)
    return Ride(
        run_id=run_id,
        submission_id=run_id,
        t_s=run.t_s,
        xy=to_metres(run.lon_lat[:, 0], run.lon_lat[:, 1], SRID),
        dwell_start_s=run.dwells.start_s,
        dwell_end_s=run.dwells.end_s,
        dwell_xy=to_metres(run.dwells.lon_lat[:, 0], run.dwells.lon_lat[:, 1], SRID),
        person=person,
        claim=Claim(line=line),
        reports=tuple(reports),
    )


def bare_ride(*reports: Report, person: str | None = None, start_s: float = 0.0) -> Ride:
    """Return a ride of which only its reports, its person and its start matter."""
    nothing = np.zeros(0)
    t_s = np.array([start_s, start_s + 60.0])
    nowhere = np.zeros((2, 2))
    return Ride(1, 1, t_s, nowhere, nothing, nothing, np.zeros((0, 2)), person, Claim(), reports)
