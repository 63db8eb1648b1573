"""What an element rests on, and how far to trust it. Pure.

Confidence is a plain formula until it can be calibrated on reviewed cities: each further run halves the doubt that
remains, a second pair of eyes counts as half a run, and disagreement between the runs takes its share off.
"""

from __future__ import annotations

from collections.abc import Sequence

from mapping_service.records import Evidence, Ride


def evidence(rides: Sequence[Ride]) -> Evidence:
    """Return how many rides and people stand behind an element, and from when to when."""
    people = {ride.person for ride in rides if ride.person}
    starts = [float(ride.t_s[0]) for ride in rides]
    return Evidence(len(rides), len(people) or None, min(starts), max(starts))


def confidence(proof: Evidence, agreement: float) -> float:
    """Return 0–1 from the evidence and the share (0–1) on which its runs agree."""
    weight = proof.runs + 0.5 * max(0, (proof.people or 1) - 1)
    return round(float(agreement * (1.0 - 0.5**weight)), 4)


def served(runs: int, runs_past: int) -> float:
    """Return the chance that a vehicle stops where ``runs`` of ``runs_past`` did, by Laplace's rule of succession."""
    return round((runs + 1) / (runs_past + 2), 4)
