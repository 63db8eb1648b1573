"""How full vehicles are, as a record that passes from inference to the database: plain, frozen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Load:
    """How full vehicles leave ``stop_sequence`` (0 is the first) in a band of the local day, and who moves there.

    ``seats`` is the mean share of seats taken, above 1 where people stand, as ``seats_runs`` tell; ``boarded`` and
    ``alighted`` mean people per vehicle, as ``counted_runs`` counted. ``None`` where nobody said; in four cases of five
    the mean of all vehicles lies from low to high.
    """

    stop_sequence: int
    band_start_s: int
    band_end_s: int
    seats: float | None
    seats_low: float | None
    seats_high: float | None
    seats_runs: int
    boarded: float | None
    boarded_low: float | None
    boarded_high: float | None
    alighted: float | None
    alighted_low: float | None
    alighted_high: float | None
    counted_runs: int
    people: int | None
