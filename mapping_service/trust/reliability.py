"""How much the word of each contributor weighs, by domain, from how often the others said otherwise. Pure.

After Li et al., "A confidence-aware approach for truth discovery" (PVLDB 8(4), 2014): whoever made few claims is not
yet known, so a common prior of ``prior_claims`` good ones and one bad one stands in for them. Old claims fade: they
weigh half after ``claim_half_life_s``, counted from the newest ride, not from today, so that the same rides give the
same weights. Weights keep within 1/3 and 3 of the middle one: with honest people a larger range does harm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import beta

from mapping_service.parameters import Parameters
from mapping_service.records import Floats, Ride
from mapping_service.trust.claims import Claim


@dataclass(frozen=True)
class Reliability:
    """What is known of a person in one domain: ``claims`` and ``errors`` (faded counts), the ``weight`` of their word,
    1 for the middle one, and ``low``, the share of right claims that is exceeded with a chance of 80 %."""

    claims: float
    errors: float
    weight: float
    low: float


Reliabilities = Mapping[str, Mapping[str, Reliability]]


def reliabilities(judged: Sequence[Claim], p: Parameters) -> Reliabilities:
    """Return domain → person → reliability. Who made no claim that could be judged is not there, and weighs 1."""
    newest_s = max((claim.at_s for claim in judged), default=0.0)
    counts: dict[str, dict[str, list[tuple[float, bool]]]] = {}
    for claim in judged:
        faded = 0.5 ** ((newest_s - claim.at_s) / p.claim_half_life_s)
        counts.setdefault(claim.domain, {}).setdefault(claim.person, []).append((faded, claim.wrong))
    return {domain: _of_domain(people, p) for domain, people in sorted(counts.items())}


def _of_domain(people: Mapping[str, Sequence[tuple[float, bool]]], p: Parameters) -> dict[str, Reliability]:
    made: dict[str, Reliability] = {}
    for person, told in sorted(people.items()):
        # Sums in a fixed order, so that the order of the claims does not show in the last digit.
        count = sum(sorted(faded for faded, _ in told))
        errors = sum(sorted(faded for faded, wrong in told if wrong))
        low = float(beta.ppf(0.2, count - errors + p.prior_claims, errors + 1))
        made[person] = Reliability(round(count, 4), round(errors, 4), (count + p.prior_claims) / (errors + 1), low)
    middle = float(np.median([one.weight for one in made.values()]))
    return {
        person: replace(
            one, weight=round(float(np.clip(one.weight / middle, 1 / p.weight_range, p.weight_range)), 4),
            low=round(one.low, 4),
        )
        for person, one in made.items()
    }


def with_reliability(rides: Sequence[Ride], known: Reliabilities) -> list[Ride]:
    """Return the rides, each with how much the word of its person weighs in each domain."""
    by_person: dict[str | None, dict[str, float]] = {}
    for domain, people in known.items():
        for person, one in people.items():
            by_person.setdefault(person, {})[domain] = one.weight
    return [replace(ride, reliability=by_person.get(ride.person, {})) for ride in rides]


def vote_weights(rides: Sequence[Ride], p: Parameters) -> Floats:
    """Return how much each of some rides weighs where they vote on a line; all rides of one person together at most
    ``most_votes``.

    Reliability is left out: who rode often has no better receiver, and who took other ways is outvoted where he did.
    """
    weight = np.array([ride.weight for ride in rides])
    people = [ride.person for ride in rides]
    for person in {one for one in people if one is not None}:
        own = np.array([one == person for one in people])
        weight[own] *= min(1.0, p.most_votes / max(float(weight[own].sum()), 1e-9))
    return weight
