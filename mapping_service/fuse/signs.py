"""What of a way's evidence speaks for it or against it, as plain numbers that a person can read. Pure.

These are the inputs of ``confidence``; they are kept with the pattern, so that its confidence can be told in words and
fitted again on what reviewers decided.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from mapping_service.geo import along_m, resample
from mapping_service.parameters import Parameters
from mapping_service.records import Floats, Ride

_AT_START = ("departure", "wait", "fare")
_AT_END = ("arrival",)


@dataclass(frozen=True)
class Company:
    """How many other runs the group of a way has: on its other ways, on parts of it, and on parts that fit elsewhere.
    """

    elsewhere: int
    partial: int
    maybe: int


def signs(
    shape: Floats, rides: Sequence[Ride], lines: Sequence[Floats], company: Company, p: Parameters
) -> Mapping[str, float]:
    """Return the signs of a way from the runs that rode it.

    ``shape`` and ``lines``, the positions of each run, are metres. ``runs``, ``people`` (0 where nobody was named),
    ``partial`` and ``maybe`` count; ``km`` is the length; ``start_m`` and ``end_m`` are how far from the ends of the
    way the runs begin and end (median); the others are shares: ``unseen`` of the way with no position near it, ``off``
    of the runs that lies off the way, ``missed`` of the way that a run leaves out (mean), ``told`` of the runs whose
    rider said anything at all, ``departed`` and ``arrived`` of these the ones that said so, ``elsewhere`` of the
    group's runs that took another way, ``labels`` of the runs that were not called as most of them.
    """
    points = resample(shape, p.shape_step_m)
    paths = [resample(line, p.shape_step_m) for line in lines]
    tree = cKDTree(points)
    off = [_share_beyond(tree.query(path)[0], p.stop_side_m) for path in paths]
    missed = [_share_beyond(cKDTree(path).query(points)[0], p.stop_side_m) for path in paths]
    told = [ride for ride in rides if ride.reports]
    found = {
        "runs": len(rides),
        "people": len({ride.person for ride in rides if ride.person}),
        "km": float(along_m(shape)[-1]) / 1000,
        "unseen": _share_beyond(cKDTree(np.concatenate(lines)).query(points)[0], p.unseen_m),
        "off": float(np.mean(off)),
        "missed": float(np.mean(missed)),
        "start_m": float(np.median([np.hypot(*(path[0] - shape[0])) for path in paths])),
        "end_m": float(np.median([np.hypot(*(path[-1] - shape[-1])) for path in paths])),
        "told": len(told) / len(rides),
        "departed": sum(_said(ride, _AT_START, p) for ride in told) / max(1, len(told)),
        "arrived": sum(_said(ride, _AT_END, p) for ride in told) / max(1, len(told)),
        "elsewhere": company.elsewhere / (company.elsewhere + len(rides)),
        "partial": company.partial,
        "maybe": company.maybe,
        "labels": _apart([ride.claim.line for ride in rides if ride.claim.line]),
    }
    return {name: round(float(value), 4) for name, value in found.items()}


def _share_beyond(away_m: Floats, reach_m: float) -> float:
    return float(np.mean(away_m > reach_m))


def _said(ride: Ride, kinds: Sequence[str], p: Parameters) -> bool:
    """True where the rider reported one of some kinds at the beginning of a ride, or its end for an arrival."""
    for report in ride.reports:
        if report.kind in kinds and not report.cancelled:
            at_s = report.t_s
            if at_s is None:
                return True
            near = at_s >= ride.t_s[-1] - p.end_report_s if kinds is _AT_END else at_s <= ride.t_s[0] + p.end_report_s
            if near:
                return True
    return False


def _apart(labels: Sequence[str]) -> float:
    """Return the share of labels that are not the commonest one."""
    return 1 - max(map(labels.count, labels)) / len(labels) if labels else 0.0
