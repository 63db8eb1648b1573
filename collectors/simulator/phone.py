"""What a phone makes of the true way: errors that last, places with bad reception, wild fixes, gaps, a wrong clock."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from collectors.simulator.chance import place_share
from collectors.simulator.settings import RideSettings
from mapping_service.records import Floats

HDOP_PER_M = 1 / 5.0  # an error of 5 m per axis goes with an HDOP of about 1
HDOP_LEAST = 0.6
NEW_SEGMENT_SHARE = 0.5  # half of the loggers begin a new segment after a gap


@dataclass(frozen=True)
class Phone:
    """One collector's phone. ``sigma_m`` is the error per axis in the open; not every logger writes HDOP or speed."""

    sigma_m: float
    interval_s: float
    hdop: bool
    speed: bool
    milliseconds: bool


@dataclass(frozen=True)
class TrueWay:
    """Where the phone really was, once a second: ``t_s`` (from departure), ``xy`` (n, 2; metres), ``speed_mps``."""

    t_s: Floats
    xy: Floats
    speed_mps: Floats


@dataclass(frozen=True)
class Recording:
    """What the phone wrote: ``clock_s`` by its own clock, from the true departure; ``new_segment`` marks first fixes.

    ``measured`` is the error-laden way once a second, for marks made between two fixes.
    """

    clock_s: Floats
    xy: Floats
    speed_mps: Floats
    hdop: Floats
    new_segment: NDArray[np.bool_]
    measured: TrueWay
    clock_offset_s: float


def correlated(innovation_sd: Floats, tau_s: float, rng: np.random.Generator) -> Floats:
    """AR(1) noise once a second for two axes, (n, 2): standard deviation follows ``innovation_sd`` within ``tau_s``."""
    keep = np.exp(-1.0 / tau_s)
    shocks = rng.normal(size=(len(innovation_sd), 2)) * innovation_sd[:, None]
    shocks[1:] *= np.sqrt(1 - keep**2)
    return np.asarray(lfilter([1.0], [1.0, -keep], shocks, axis=0), dtype=np.float64)


def in_canyon(xy: Floats, settings: RideSettings) -> NDArray[np.bool_]:
    """Where reception is bad: the same places for every ride and phone."""
    return place_share(xy, settings.seed, "canyon", cell_m=settings.canyon_cell_m) < settings.canyon_share


def record(way: TrueWay, phone: Phone, settings: RideSettings, rng: np.random.Generator, *,
           clock_offset_s: float = 0.0) -> Recording:
    """The recording that ``phone`` makes of ``way``."""
    sigma_m = phone.sigma_m * np.where(in_canyon(way.xy, settings), settings.canyon_factor, 1.0)
    measured = TrueWay(way.t_s, way.xy + correlated(sigma_m, settings.noise_tau_s, rng), way.speed_mps)
    t_s = _fix_times(way.t_s, phone, settings, rng)
    xy = positions_at(measured, t_s)
    wild = rng.random(len(t_s)) < settings.jumps_per_hour * phone.interval_s / 3600
    xy[wild] += _wild(int(wild.sum()), settings, rng)
    kept, after_gap = _gaps(t_s, phone, settings, rng)
    speed = np.maximum(0.0, np.interp(t_s, way.t_s, way.speed_mps) + rng.normal(0, 0.3, len(t_s)))
    hdop = np.maximum(HDOP_LEAST, np.interp(t_s, way.t_s, sigma_m) * HDOP_PER_M * rng.lognormal(0, 0.15, len(t_s)))
    return Recording(t_s[kept] + clock_offset_s, xy[kept], speed[kept], hdop[kept], after_gap[kept], measured,
                     clock_offset_s)


def positions_at(way: TrueWay, t_s: Floats) -> Floats:
    """Points (k, 2) at the times ``t_s`` (k)."""
    return np.column_stack([np.interp(t_s, way.t_s, way.xy[:, axis]) for axis in (0, 1)])


def _fix_times(t_s: Floats, phone: Phone, settings: RideSettings, rng: np.random.Generator) -> Floats:
    count = int((t_s[-1] - t_s[0]) / phone.interval_s) + 1
    late_s = np.clip(rng.normal(0, settings.interval_jitter, count), -0.4, 0.4) * phone.interval_s
    times = t_s[0] + np.arange(count) * phone.interval_s + late_s
    times = times if phone.milliseconds else np.unique(np.round(times))
    return np.asarray(times[(times >= t_s[0]) & (times <= t_s[-1])], dtype=np.float64)


def _wild(count: int, settings: RideSettings, rng: np.random.Generator) -> Floats:
    distance = rng.uniform(settings.jump_min_m, settings.jump_max_m, count)
    angle = rng.uniform(0, 2 * np.pi, count)
    return np.column_stack([distance * np.cos(angle), distance * np.sin(angle)])


def _gaps(t_s: Floats, phone: Phone, settings: RideSettings,
          rng: np.random.Generator) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    kept = np.ones(len(t_s), dtype=bool)
    new_segment = np.zeros(len(t_s), dtype=bool)
    starts = np.flatnonzero(rng.random(len(t_s)) < settings.gaps_per_hour * phone.interval_s / 3600)
    for start in starts[(starts > 0) & (starts < len(t_s) - 1)].tolist():
        end_s = t_s[start] + rng.uniform(settings.gap_min_s, settings.gap_max_s)
        end = min(int(np.searchsorted(t_s, end_s)), len(t_s) - 1)
        kept[start:end] = False
        new_segment[end] = rng.random() < NEW_SEGMENT_SHARE
    return kept, new_segment
