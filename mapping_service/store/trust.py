"""Signatures of runs, what repeats what, and what was judged of submissions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row

from mapping_service.parameters import Parameters
from mapping_service.records import Floats
from mapping_service.store.engine import row, rows, run, table
from mapping_service.store.lines import line_columns
from mapping_service.trust.copies import Copy
from mapping_service.trust.judge import Doubt, Judgement
from mapping_service.trust.look import Look
from mapping_service.trust.reliability import Reliabilities
from mapping_service.trust.shingles import Shingles, beside

RunKey = tuple[int, int]


def unsigned(connection: Connection, city_id: int) -> Iterable[tuple[RunKey, Floats]]:
    """Yield the runs without a signature: their key, and lon, lat, epoch seconds (n, 3)."""
    for found in rows(connection, "trust.list_unsigned", {"city_id": city_id}):
        yield (found.submission_id, found.part), line_columns(found.geom)


def save_signature(connection: Connection, city_id: int, key: RunKey, made: Shingles, seen: Look) -> None:
    """Store the shingles and the look of a run."""
    values = {
        "city_id": city_id,
        "submission_id": key[0],
        "part": key[1],
        "keys": made.keys.tolist(),
        "at_s": made.at_s.tolist(),
        "ahead": made.ahead.tolist(),
        **vars(seen),
    }
    connection.execute(table(connection, "signature").insert(), values)


def uncompared(connection: Connection, city_id: int) -> list[tuple[RunKey, Shingles]]:
    """Return the runs that are still to be compared with the others."""
    return [_signature(one) for one in rows(connection, "trust.list_uncompared", {"city_id": city_id})]


def alike(
    connection: Connection, city_id: int, key: RunKey, made: Shingles, p: Parameters
) -> list[tuple[RunKey, Shingles]]:
    """Return the runs of other submissions that have so much in common with a run that one may be a copy."""
    values = {
        "city_id": city_id,
        "submission_id": key[0],
        "keys": len(made.keys),
        "beside": beside(made.keys).tolist(),
        "share": p.copy_vote_share,
        "votes": p.copy_votes,
    }
    found = rows(connection, "trust.list_alike", values)
    return [_signature(one) for one in found]


def _signature(found: Row[Any]) -> tuple[RunKey, Shingles]:
    made = Shingles(
        np.array(found.keys, dtype=np.int64), np.array(found.at_s, dtype=np.float64), np.array(found.ahead, dtype=bool)
    )
    return (found.submission_id, found.part), made


def positions(connection: Connection, key: RunKey) -> Floats:
    """Return lon, lat and epoch seconds (n, 3) of a run."""
    found = row(connection, "trust.get_positions", {"submission_id": key[0], "part": key[1]})
    assert found is not None
    return line_columns(found.geom)


def save_copy(connection: Connection, city_id: int, submission_id: int, original_id: int, found: Copy) -> None:
    """Store that a submission repeats an earlier one."""
    values = {"city_id": city_id, "submission_id": submission_id, "original_id": original_id, **vars(found)}
    run(connection, "trust.upsert_likeness", values)


def copies(connection: Connection, city_id: int) -> list[tuple[int, Copy, str]]:
    """Return which submissions repeat which others (by name), the most alike first."""
    return [
        (one.submission_id, Copy(one.share, one.shift_s, one.backwards, one.moved_m), one.original)
        for one in rows(connection, "trust.list_likenesses", {"city_id": city_id})
    ]


def look_of(found: Row[Any]) -> Look:
    """Return the look of a run from its row."""
    return Look(found.roughness, found.whiteness, found.straight_share, found.steady_share)


def save_judgements(connection: Connection, city_id: int, judged: Mapping[int, Judgement]) -> None:
    """Put what was judged of a city's submissions in the place of what was judged before."""
    run(connection, "trust.delete_judgements", {"city_id": city_id})
    values = [
        {
            "city_id": city_id,
            "submission_id": submission_id,
            "probability": one.probability,
            "weight": one.weight,
            "doubts": [_plain(doubt) for doubt in one.doubts],
        }
        for submission_id, one in sorted(judged.items())
    ]
    if values:
        connection.execute(table(connection, "judgement").insert(), values)


def _plain(one: Doubt) -> dict[str, Any]:
    return {"code": one.code, "log_odds": one.log_odds, "details": dict(one.details)}


def save_reliabilities(connection: Connection, city_id: int, known: Reliabilities) -> None:
    """Put what is known of a city's contributors in the place of what was known before."""
    run(connection, "trust.delete_reliabilities", {"city_id": city_id})
    values = [
        {"city_id": city_id, "domain": domain, "person": person, **vars(one)}
        for domain, people in known.items()
        for person, one in people.items()
    ]
    if values:
        connection.execute(table(connection, "reliability").insert(), values)
