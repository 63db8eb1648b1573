"""The fare of a route from what collectors reported: the most reported amount, with the range. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from mapping_service.records import Fare, Ride


def fare(rides: Sequence[Ride]) -> Fare | None:
    """Return the usual fare of a whole ride, ``None`` where no ride reports one.

    A ride that reports an amount twice counts once. Of amounts reported equally often, the lower one nearest the
    middle is taken.
    """
    told = [(ride, amount) for ride in rides for amount in _amounts(ride)]
    if not told:
        return None
    amounts = sorted(amount for _, amount in told)
    counts = Counter(amounts)
    middle = amounts[(len(amounts) - 1) // 2]
    usual = min(counts, key=lambda a: (-counts[a], abs(a - middle), a))
    people = {ride.person for ride, _ in told if ride.person}
    starts = [float(ride.t_s[0]) for ride, _ in told]
    return Fare(usual, amounts[0], amounts[-1], len(told), len(people) or None, min(starts), max(starts))


def _amounts(ride: Ride) -> list[float]:
    return sorted({r.amount for r in ride.reports if r.kind == "fare" and r.amount is not None and not r.cancelled})
