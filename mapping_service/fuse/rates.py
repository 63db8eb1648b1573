"""How often vehicles leave, as evidence that can be added up: a Gamma–Poisson rate with its city's habits. Pure.

A count of ``k`` vehicles in a window speaks for the rate as ``k`` vehicles do. Vehicles leave when full, so that a
wait reported at a terminal is one gap between departures; typed from memory and rounded, it counts as a third of a
vehicle (``wait_vehicles``). How irregular the gaps are, and how alike the routes, their directions and the bands of the
day, is learned from all reports of the city.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaincinv

from mapping_service.fuse.clock import BANDS, Band
from mapping_service.fuse.shrink import parent_strength
from mapping_service.parameters import Parameters
from mapping_service.records import Floats

ROUNDS = 4  # the equation of the dispersion settles to a thousandth
FEWEST_EXPECTED = 0.5  # vehicles: half a vehicle stands for none


@dataclass(frozen=True)
class Wait:
    """A vehicle's wait at its terminal, the band in which it then left, who said so, and how much that counts."""

    wait_s: float
    band: Band
    person: str | None = None
    weight: float = 1.0


@dataclass(frozen=True)
class Count:
    """How many vehicles of a line somebody saw leave or pass in a window, which lies in one band."""

    vehicles: int
    window_s: float
    band: Band
    person: str | None = None
    weight: float = 1.0


@dataclass(frozen=True)
class Heard:
    """What people said of one direction of a route (any number that its directions share)."""

    route: int
    waits: Sequence[Wait] = ()
    counts: Sequence[Count] = ()


@dataclass(frozen=True)
class Evidence:
    """Vehicles seen in a time, of which ``counted`` were counted; and the reports and people behind them.

    ``noise`` is the variance of ``vehicles`` over the dispersion: that of what was counted.
    """

    vehicles: float = 0.0
    seconds: float = 0.0
    counted: float = 0.0
    noise: float = 0.0
    reports: int = 0
    people: frozenset[str] = frozenset()

    def __add__(self, other: Evidence) -> Evidence:
        """Return both together."""
        return Evidence(
            self.vehicles + other.vehicles, self.seconds + other.seconds, self.counted + other.counted,
            self.noise + other.noise, self.reports + other.reports, self.people | other.people,
        )

    def __sub__(self, part: Evidence) -> Evidence:
        """Return what is left without a part; whose reports these are is no longer known."""
        sums = ("vehicles", "seconds", "counted", "noise")
        left = {name: max(0.0, getattr(self, name) - getattr(part, name)) for name in sums}
        return Evidence(**left, reports=self.reports - part.reports)

    def as_parent(self, strength: float, stretch: float = 1.0) -> Evidence:
        """Return it as it speaks for a relative whose gap is ``stretch`` times its own: for ``strength`` at the most.

        The variance of a parent's estimate and that between relatives add up, so that their strengths do in parallel.
        """
        share = strength / (strength + self.vehicles)
        return Evidence(
            self.vehicles * share, self.seconds * share * stretch, self.counted * share, self.noise * share**2
        )

    def gap_s(self, dispersion: float) -> float | None:
        """Return the usual seconds from vehicle to vehicle, ``None`` where nothing was seen.

        A window over its count is too long on average, by the variance of the count over its square: the reciprocal of
        a mean is no mean of reciprocals. It is taken off.
        """
        if not self.vehicles:
            return None
        return self.seconds / (self.vehicles + dispersion * self.noise / self.vehicles)

    def range_s(self, dispersion: float) -> tuple[float, float]:
        """Return the lower and upper tenth of what the gap may be: those of the rate's gamma distribution.

        Counts, being whole, take Jeffreys' half a vehicle more; gaps do not.
        """
        shape = self.vehicles / dispersion + 0.5 * self.counted / self.vehicles
        low, high = self.seconds / dispersion / gammaincinv(shape, (0.9, 0.1))
        return float(low), float(high)


@dataclass(frozen=True)
class Habits:
    """What the reports of a whole city have in common.

    ``dispersion`` is the squared coefficient of variation of gaps; ``strengths`` is how many vehicles a city counts for
    its routes, a route for its directions, a direction for its bands; ``profile`` the gap in a band over that of the
    day.
    """

    dispersion: float
    strengths: tuple[float, float, float]
    profile: dict[Band, float]


def evidence(heard: Heard, band: Band | None, dispersion: float, p: Parameters) -> Evidence:
    """Return what was said of a direction in one band, or at all hours, as vehicles in a time."""
    waits = [w for w in heard.waits if band in (None, w.band)]
    counts = [c for c in heard.counts if band in (None, c.band)]
    worth = [c.weight * _worth(expected, dispersion) for c, expected in zip(counts, _expected(counts), strict=True)]
    told = p.wait_vehicles * sum(w.weight for w in waits)
    told_s = p.wait_vehicles * sum(w.weight * w.wait_s for w in waits)
    seen = float(sum(share * c.vehicles for share, c in zip(worth, counts, strict=True)))
    seen = max(seen, FEWEST_EXPECTED) if counts else 0.0
    seen_s = float(sum(share * c.window_s for share, c in zip(worth, counts, strict=True)))
    people = frozenset(filter(None, (*(w.person for w in waits), *(c.person for c in counts))))
    return Evidence(told + seen, told_s + seen_s, seen, seen, len(waits) + len(counts), people)


def habits(city: Sequence[Heard], p: Parameters) -> Habits:
    """Return what the reports of a city have in common; without reports, what is usual."""
    dispersion = irregularity(city, 1.0, p)
    own = [evidence(one, None, dispersion, p).gap_s(0.0) for one in city]
    profile = {}
    for band in BANDS:
        here = [evidence(one, band, dispersion, p) for one in city]
        expected = sum(one.seconds / gap_s for one, gap_s in zip(here, own, strict=True) if gap_s)
        seen = sum(one.vehicles for one in here)
        profile[band] = (expected + p.profile_vehicles) / (seen + p.profile_vehicles)
    return Habits(dispersion, _strengths(city, p), profile)


def _expected(counts: Sequence[Count]) -> Floats:
    """Return how many vehicles each window should have seen at the rate of all of them."""
    windows_s = np.array([c.window_s for c in counts], dtype=np.float64)
    rate = sum(c.vehicles for c in counts) / max(float(windows_s.sum()), 1.0)
    return np.maximum(windows_s * rate, FEWEST_EXPECTED)


def _worth(expected: float, dispersion: float) -> float:
    """Return how much a vehicle counted in a short window is worth, 0–1.

    For gaps with a gamma distribution the variance of a count over its mean is ``d + (1 - d^2) / 6 n`` where ``n`` are
    expected (Cox 1962, Renewal Theory, section 4.5): a window begins and ends amid a gap.
    """
    return dispersion / (dispersion + max(0.0, 1.0 - dispersion**2) / (6.0 * expected))


def irregularity(some: Sequence[Heard], parent: float, p: Parameters) -> float:
    """Return the squared coefficient of variation of gaps, leaning on a parent's; 1 is pure chance."""
    squares, free, short = p.dispersion_reports * parent, p.dispersion_reports, 0.0
    for one in some:
        waits_s = np.array([w.wait_s for w in one.waits])
        if len(waits_s) > 1:
            squares += float(np.sum((waits_s / waits_s.mean() - 1.0) ** 2))
            free += len(waits_s) - 1
        for counts in ([c for c in one.counts if c.band == band] for band in BANDS):
            if len(counts) > 1:
                expected = _expected(counts)
                squares += float(np.sum((np.array([c.vehicles for c in counts]) - expected) ** 2 / expected))
                free += len(counts) - 1
                short += float(np.mean(1.0 / expected)) * (len(counts) - 1)
    found = squares / free
    for _ in range(ROUNDS):
        found = squares / free - max(0.0, 1.0 - found**2) * short / free / 6.0
    return max(found, p.least_dispersion)


def _strengths(city: Sequence[Heard], p: Parameters) -> tuple[float, float, float]:
    """Return how much each kind of parent counts, in vehicles, as the differences between reported gaps say."""
    rows = [
        (float(np.log(gap_s)), weight, one.route, number, number * len(BANDS) + BANDS.index(band))
        for number, one in enumerate(city)
        for gap_s, weight, band in (
            *((w.wait_s, w.weight * p.wait_vehicles, w.band) for w in one.waits),
            *((c.window_s / (c.vehicles + 0.5), c.weight * (c.vehicles + 0.5), c.band) for c in one.counts),
        )
    ]
    gaps, weights = np.array([row[:2] for row in rows]).reshape(-1, 2).T
    route, side, band_of = np.array([row[2:] for row in rows], dtype=np.int64).reshape(-1, 3).T
    nested = ((route, np.zeros_like(route)), (side, route), (band_of, side))
    of_city, of_route, of_side = (
        parent_strength(gaps, own, weights, p.parent_vehicles, parent) for own, parent in nested
    )
    return of_city, of_route, of_side
