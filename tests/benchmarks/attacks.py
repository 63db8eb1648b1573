"""What cheats send: copies of others' rides, changed in many ways, and rides that nobody rode. Seeded.

Nothing here is taken from the tests that are to find them: a cheat knows the streets (an honest ride, thinned), how
fast vehicles go and how far receivers are off, and has a random number generator.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter
from shapely import LineString

from mapping_service.geo import along_m, points_at
from mapping_service.records import Floats

DAY_S = 86400.0


@dataclass(frozen=True)
class Recorded:
    """The positions of one run, (n, 2) metres, and their times, as cleaning leaves them."""

    t_s: Floats
    xy: Floats


Copy = Callable[[Recorded, Recorded, np.random.Generator], Recorded]
Invention = Callable[[Recorded, np.random.Generator], Recorded]


def _days(rng: np.random.Generator) -> float:
    return float(rng.integers(1, 60)) * DAY_S + float(rng.integers(-7200, 7200))


def exact(one: Recorded, _: Recorded, rng: np.random.Generator) -> Recorded:
    """The same fixes at the same times."""
    return one


def shifted(one: Recorded, _: Recorded, rng: np.random.Generator) -> Recorded:
    """The same ride on another day."""
    return Recorded(one.t_s + _days(rng), one.xy)


def resampled(one: Recorded, _: Recorded, rng: np.random.Generator) -> Recorded:
    """Another interval: positions on the line between fixes."""
    at = np.arange(one.t_s[0] + rng.uniform(0, 1), one.t_s[-1], rng.uniform(2, 6))
    xy = np.column_stack([np.interp(at, one.t_s, one.xy[:, axis]) for axis in (0, 1)])
    return Recorded(at + _days(rng), xy)


def cropped(one: Recorded, _: Recorded, rng: np.random.Generator) -> Recorded:
    """A part of 40 to 80 % from somewhere within."""
    count = int(len(one.t_s) * rng.uniform(0.4, 0.8))
    first = int(rng.integers(0, len(one.t_s) - count))
    part = slice(first, first + count)
    return Recorded(one.t_s[part] + _days(rng), one.xy[part])


def jittered(one: Recorded, _: Recorded, rng: np.random.Generator) -> Recorded:
    """Each fix moved by 1 to 5 m (standard deviation per axis)."""
    return Recorded(one.t_s + _days(rng), one.xy + rng.normal(0, rng.uniform(1, 5), one.xy.shape))


def moved(one: Recorded, _: Recorded, rng: np.random.Generator) -> Recorded:
    """All of it moved aside by 5 to 30 m."""
    turn = rng.uniform(0, 2 * np.pi)
    return Recorded(one.t_s + _days(rng), one.xy + rng.uniform(5, 30) * np.array([np.cos(turn), np.sin(turn)]))


def backwards(one: Recorded, _: Recorded, rng: np.random.Generator) -> Recorded:
    """The way back, invented from the way out."""
    return Recorded(one.t_s[0] + one.t_s[-1] - one.t_s[::-1] + _days(rng), one.xy[::-1])


def merged(one: Recorded, other: Recorded, rng: np.random.Generator) -> Recorded:
    """The first half of one ride and the second half of another, as one ride."""
    half, rest = len(one.t_s) // 2, len(other.t_s) // 2
    after = other.t_s[rest:] - other.t_s[rest] + one.t_s[half - 1] + 60.0
    xy = np.concatenate((one.xy[:half], other.xy[rest:]))
    return Recorded(np.concatenate((one.t_s[:half], after)) + _days(rng), xy)


def jumbled(one: Recorded, other: Recorded, rng: np.random.Generator) -> Recorded:
    """A part of it, at another interval, jittered by 1 to 3 m and moved aside."""
    part = moved(resampled(cropped(one, other, rng), other, rng), other, rng)
    return Recorded(part.t_s, part.xy + rng.normal(0, rng.uniform(1, 3), part.xy.shape))


COPIES: Mapping[str, Copy] = {
    "exact": exact, "shifted in time": shifted, "resampled": resampled, "cropped": cropped, "jittered 1–5 m": jittered,
    "moved aside": moved, "backwards": backwards, "merged from two": merged,
    "cropped, resampled, moved, jittered": jumbled,
}


def _way(one: Recorded, tolerance_m: float) -> Floats:
    return np.asarray(LineString(one.xy).simplify(tolerance_m).coords)


def _ridden(way: Floats, speed_mps: Floats, interval_s: float, start_s: float) -> Recorded:
    along = np.concatenate(([0.0], np.cumsum(speed_mps * interval_s)))
    along = along[along <= along_m(way)[-1]]
    t_s = np.asarray(start_s + np.arange(len(along)) * interval_s, dtype=np.float64)
    return Recorded(t_s, points_at(way, along_m(way), along))


def _interval_s(rng: np.random.Generator) -> float:
    return float(rng.choice([1.0, 2.0, 3.0, 5.0]))


def _steady(way: Floats, rng: np.random.Generator) -> Recorded:
    interval_s, speed = _interval_s(rng), rng.uniform(4, 12)
    fixes = int(along_m(way)[-1] / (speed * interval_s)) + 1
    return _ridden(way, np.full(fixes, speed), interval_s, _days(rng))


def interpolated(one: Recorded, rng: np.random.Generator) -> Recorded:
    """Along the streets at a constant speed."""
    return _steady(_way(one, 8), rng)


def by_hand(one: Recorded, rng: np.random.Generator) -> Recorded:
    """A line of few clicks at a constant speed."""
    return _steady(_way(one, 40), rng)


def white(one: Recorded, rng: np.random.Generator) -> Recorded:
    """Along the streets at a constant speed, each fix off by 1 to 8 m (standard deviation per axis)."""
    made = _steady(_way(one, 8), rng)
    return Recorded(made.t_s, made.xy + rng.normal(0, rng.uniform(1, 8), made.xy.shape))


def realistic(one: Recorded, rng: np.random.Generator) -> Recorded:
    """Speeds that vary, stops about once a minute, and errors of 3 to 8 m that last for 10 to 40 s."""
    way, interval_s = _way(one, 8), _interval_s(rng)
    fixes = int(along_m(way)[-1] / interval_s) + 100
    keep = np.exp(-interval_s / 20)
    speed = lfilter([1.0], [1.0, -keep], rng.normal(0, 3 * np.sqrt(1 - keep**2), fixes)) + 7
    at = 0
    while at < fixes:
        at += int(rng.exponential(60) / interval_s) + 1
        standing = int(rng.uniform(8, 40) / interval_s)
        speed[at:at + standing] = 0
        at += standing
    made = _ridden(way, np.asarray(np.clip(speed, 0, 16), dtype=np.float64), interval_s, _days(rng))
    keep = np.exp(-interval_s / rng.uniform(10, 40))
    noise = rng.normal(0, rng.uniform(3, 8), made.xy.shape)
    noise[1:] *= np.sqrt(1 - keep**2)
    lasting = np.asarray(lfilter([1.0], [1.0, -keep], noise, axis=0), dtype=np.float64)
    return Recorded(made.t_s, made.xy + lasting)


INVENTIONS: Mapping[str, Invention] = {
    "interpolated, constant speed": interpolated, "few clicks, constant speed": by_hand,
    "constant speed, white noise": white,
    "real speeds, lasting noise": realistic,
}
