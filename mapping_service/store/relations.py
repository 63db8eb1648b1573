"""The trails of runs, and which runs have much in common: each kept from when it is first made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row

from mapping_service.group.line import Line
from mapping_service.group.near import Pairs
from mapping_service.group.placing import Around
from mapping_service.group.trail import Trail, squares
from mapping_service.parameters import Parameters
from mapping_service.records import Floats, Ints
from mapping_service.store.engine import copy, row, rows, run
from spatial_sql.loader import query


@dataclass(frozen=True)
class KnownRun:
    """A run ready to be compared; ``fingerprint`` says with what it was made so."""

    run_id: int
    line: Line
    trail: Trail
    fingerprint: str


def delete_stale(connection: Connection, city_id: int, fingerprint: str) -> None:
    """Forget the trails of a city that have another fingerprint, and all pairs of these."""
    run(connection, "relations.delete_stale", {"city_id": city_id, "fingerprint": fingerprint})


def known(connection: Connection, city_id: int, run_ids: Sequence[int]) -> set[int]:
    """Return those of some runs that have a trail."""
    values = {"city_id": city_id, "run_ids": list(run_ids)}
    return {one.run_id for one in rows(connection, "relations.list_known", values)}


def any_known(connection: Connection, city_id: int) -> bool:
    """True where any run of a city has a trail."""
    return any(one.known for one in rows(connection, "relations.has_known", {"city_id": city_id}))


def unrelated(connection: Connection, city_id: int) -> list[int]:
    """Return the runs in use that have no trail."""
    return [one.run_id for one in rows(connection, "relations.list_unrelated", {"city_id": city_id})]


def sent(connection: Connection, run_ids: Sequence[int]) -> list[int]:
    """Return those of some runs whose sender may ask what became of them."""
    return [one.run_id for one in rows(connection, "relations.list_sent", {"run_ids": list(run_ids)})]


def route_of(connection: Connection, network_id: int, run_ids: Sequence[int]) -> tuple[str, int] | None:
    """Return the route and direction of a network that most of some runs rode whole; ``None`` where none rode any."""
    found = row(connection, "relations.get_route_of", {"network_id": network_id, "run_ids": list(run_ids)})
    return None if found is None else (found.route_id, found.direction_id)


def save_placement(
    connection: Connection, city_id: int, run_id: int, role: str, route: tuple[str, int] | None
) -> None:
    """Keep where a run seems to belong until a candidate network says where it does."""
    route_id, direction_id = route or (None, None)
    values = {"city_id": city_id, "run_id": run_id, "role": role, "route_id": route_id, "direction_id": direction_id}
    run(connection, "relations.upsert_placement", values)


def forget_placements(connection: Connection, city_id: int) -> None:
    """Forget where runs seemed to belong."""
    run(connection, "relations.delete_placements", {"city_id": city_id})


def save_trails(connection: Connection, city_id: int, made: Iterable[KnownRun]) -> None:
    """Store trails of runs that have none."""
    copy(connection, query("relations.copy_trails"), (_text(_trail_columns(city_id, one)) for one in made))


def save_pairs(connection: Connection, city_id: int, pairs: Pairs) -> None:
    """Store pairs, given by run ids, of runs that have trails."""
    turned = pairs.one > pairs.other
    one, other = np.where(turned, (pairs.other, pairs.one), (pairs.one, pairs.other)).tolist()
    cover, back = (np.where(turned[:, None], both[:, ::-1], both).tolist() for both in (pairs.cover, pairs.back))
    columns = zip(one, other, cover, back, strict=True)
    # repr of a float, which str gives, comes back as the same float.
    copy(connection, query("relations.copy_pairs"), (_text((city_id, i, j, *c, *b)) for i, j, c, b in columns))


def _text(values: Iterable[object]) -> str:
    """Return a row as COPY reads it."""
    return "\t".join(map(str, values)) + "\n"


def _trail_columns(city_id: int, one: KnownRun) -> tuple[object, ...]:
    line, trail = one.line, one.trail
    ends = _array((*line.start, *line.end))
    return (
        city_id, one.run_id, one.fingerprint, ends, line.length_m, line.start_s, line.end_s, line.digest,
        _array(squares(trail).tolist()), _bytes(trail.keys, "<i8"), _bytes(trail.weight_dm, "<i4"),
    )


def _array(values: Iterable[object]) -> str:
    return "{" + ",".join(map(str, values)) + "}"


def _bytes(values: Ints, kind: str) -> str:
    return "\\\\x" + values.astype(kind).tobytes().hex()


def meeting(
    connection: Connection, city_id: int, run_id: int, mine: Trail, p: Parameters
) -> tuple[Ints, list[Trail]]:
    """Return what a run is to be compared with: the runs that pass enough of its squares, and their trails."""
    values = {"city_id": city_id, "run_id": run_id, "share": p.near_squares_share, "squares": squares(mine).tolist()}
    found = rows(connection, "relations.list_meeting", values)
    trails = [
        Trail(np.frombuffer(one.keys, dtype="<i8"), np.frombuffer(one.weights, dtype="<i4").astype(np.int64))
        for one in found
    ]
    return np.array([one.run_id for one in found], dtype=np.int64), trails


def load_pairs(connection: Connection, city_id: int, run_ids: Sequence[int]) -> Pairs:
    """Return all pairs among some runs of a city, by position in ``run_ids``."""
    found = rows(connection, "relations.list_pairs", {"city_id": city_id})
    one, other, cover, back = _pair_columns(found)
    order = np.argsort(run_ids)
    ascending = np.append(np.asarray(run_ids, dtype=np.int64)[order], np.iinfo(np.int64).max)
    at = [np.searchsorted(ascending, side) for side in (one, other)]
    inside = (ascending[at[0]] == one) & (ascending[at[1]] == other)
    return Pairs(order[at[0][inside]], order[at[1][inside]], cover[inside], back[inside])


def around(connection: Connection, run_ids: Sequence[int]) -> Around:
    """Return the pairs that some runs make with runs in use, and the lines of all of these."""
    mine, theirs, cover, back = _pair_columns(rows(connection, "relations.list_near", {"run_ids": list(run_ids)}))
    wanted = sorted({*run_ids, *theirs.tolist()})
    lines = {one.run_id: _line(one) for one in rows(connection, "relations.list_lines", {"run_ids": wanted})}
    return Around(Pairs(mine, theirs, cover, back), lines)


def _pair_columns(found: Sequence[Row[Any]]) -> tuple[Ints, Ints, Floats, Floats]:
    """Return the two runs and the shares of rows that begin with them."""
    columns = np.array([one[2:6] for one in found], dtype=np.float64).reshape(-1, 4)
    one, other = np.array([one[:2] for one in found], dtype=np.int64).reshape(-1, 2).T
    return one, other, columns[:, :2], columns[:, 2:]


def _line(found: Row[Any]) -> Line:
    x, y, end_x, end_y = found.ends_m
    return Line((x, y), (end_x, end_y), found.length_m, found.start_s, found.end_s, found.digest)
