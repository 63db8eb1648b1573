"""The stage between cleaning and inferring: compare new runs with all others, and judge every submission.

The shell around ``mapping_service.trust``. A pair of runs is compared once, when the second of the two has come; the
later submission is the copy, the earlier one the original. Judging looks at all submissions each time, since what is
usual in a city changes with each ride. Both give the same answer however the rides come in.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from sqlalchemy import Connection

from mapping_service.geo import M_PER_DEG, to_metres, utm_srid
from mapping_service.parameters import Parameters
from mapping_service.records import Floats
from mapping_service.store import intake
from mapping_service.store import trust as store
from mapping_service.store.engine import rows, run
from mapping_service.trust.copies import copy_of
from mapping_service.trust.judge import (
    DOUBTS,
    Doubt,
    Judgement,
    doubt_of_copy,
    doubt_of_leaps,
    doubt_of_two_places,
    doubts_of_look,
    judge,
    usual,
)
from mapping_service.trust.look import look, quantum_deg
from mapping_service.trust.shingles import alignment, shingles
from mapping_service.trust.trail import Trail, trail

_TOGETHER_S = 120.0


def settle_doubts(connection: Connection, city_id: int, p: Parameters) -> None:
    """Sign and compare the runs that are new, judge all submissions, and set aside those that are not believed."""
    sign(connection, city_id)
    compare(connection, city_id, p)
    judged = judgements(connection, city_id, p)
    store.save_judgements(connection, city_id, judged)
    for one in rows(connection, "trust.list_judged", {"city_id": city_id, "codes": list(DOUBTS)}):
        found = judged.get(one.submission_id)
        aside = found is not None and found.aside and not one.released
        if one.status == "quarantined" and not aside:
            run(connection, "trust.mark_trusted", {"submission_id": one.submission_id})
        elif one.status == "accepted" and aside and found is not None:
            worst = found.doubts[0]
            values: dict[str, Any] = {**worst.details, "probability": found.probability}
            intake.quarantine(connection, one.submission_id, worst.code, **values)


def sign(connection: Connection, city_id: int) -> None:
    """Make the signatures of runs that have none."""
    for key, columns in store.unsigned(connection, city_id):
        lon_lat, t_s = columns[:, :2], columns[:, 2]
        xy = _metres(columns, _zone(columns))
        seen = look(t_s, xy, quantum_deg(lon_lat) * M_PER_DEG)
        store.save_signature(connection, city_id, key, shingles(trail(t_s, lon_lat)), seen)


def _zone(columns: Floats) -> int:
    return utm_srid(float(np.median(columns[:, 0])), float(np.median(columns[:, 1])))


def _metres(columns: Floats, srid: int) -> Floats:
    return to_metres(columns[:, 0], columns[:, 1], srid)


def compare(connection: Connection, city_id: int, p: Parameters) -> None:
    """Compare the runs that are new with all others that moved alike, and remember the copies."""

    @lru_cache(maxsize=500)
    def positions(key: store.RunKey) -> Floats:
        return store.positions(connection, key)

    @lru_cache(maxsize=500)
    def laid(key: store.RunKey, srid: int) -> Trail:
        return trail(positions(key)[:, 2], _metres(positions(key), srid))

    new = store.uncompared(connection, city_id)
    waiting = {key for key, _ in new}
    for key, made in new:
        waiting.remove(key)
        for other_key, other in store.alike(connection, city_id, key, made, p):
            if other_key in waiting:
                continue
            (earlier, old), (later, its) = sorted([(key, made), (other_key, other)], key=lambda one: one[0])
            aligned = alignment(its, old, p)
            if aligned is None:
                continue
            srid = _zone(positions(later))
            found = copy_of(laid(later, srid), laid(earlier, srid), aligned, p)
            if found is not None:
                store.save_copy(connection, city_id, later[0], earlier[0], found)
    run(connection, "trust.mark_compared", {"city_id": city_id})


def judgements(connection: Connection, city_id: int, p: Parameters) -> dict[int, Judgement]:
    """Return what is to be thought of each submission against which something speaks."""
    against: dict[int, list[Doubt]] = {}
    seen = rows(connection, "trust.list_looks", {"city_id": city_id})
    city = usual([store.look_of(one) for one in seen if not one.repeats], p)
    for one in seen:
        leaps = doubt_of_leaps(one.wild_share)
        found = [*doubts_of_look(store.look_of(one), city, p), *([leaps] if leaps else [])]
        against.setdefault(one.submission_id, []).extend(found)
    for submission_id, copied, original in store.copies(connection, city_id):
        against.setdefault(submission_id, []).append(doubt_of_copy(copied, original))
    values = {"city_id": city_id, "together_s": _TOGETHER_S, "far_m": p.two_places_m}
    for met in rows(connection, "trust.list_two_places", values):
        against.setdefault(met.submission_id, []).append(doubt_of_two_places(met.other, met.apart_m))
    return {submission_id: judge(found, p) for submission_id, found in against.items() if found}
