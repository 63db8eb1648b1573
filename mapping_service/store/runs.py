"""Traces, runs, and the rides that inference reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row

from mapping_service.clean.clean import CleanRun
from mapping_service.geo import to_metres
from mapping_service.parameters import Parameters
from mapping_service.records import Claim, Fixes, Floats, Report, Ride
from mapping_service.store.engine import row, rows, run, table
from mapping_service.store.intake import moment
from mapping_service.store.lines import line_columns, line_element


def uncleaned(connection: Connection, city_id: int) -> list[int]:
    """Return the accepted traces whose runs are still to be made."""
    return [found.submission_id for found in rows(connection, "runs.list_uncleaned", {"city_id": city_id})]


def take_uncleaned(connection: Connection, submission_id: int) -> tuple[int, Fixes] | None:
    """Return the city and the fixes of a trace, and hold it; ``None`` where it is done or held."""
    found = row(connection, "runs.get_uncleaned", {"submission_id": submission_id})
    return None if found is None else (found.city_id, _fixes(found))


def _fixes(found: Row[Any]) -> Fixes:
    lon, lat, ele_m, t_s = line_columns(found.geom).T
    unknown = np.full(len(lon), np.nan)
    return Fixes(
        t_s=t_s,
        lon=lon,
        lat=lat,
        ele_m=ele_m,
        accuracy_m=unknown if found.accuracy_m is None else np.array(found.accuracy_m, dtype=np.float64),
        speed_mps=unknown if found.speed_mps is None else np.array(found.speed_mps, dtype=np.float64),
        segment_starts=np.array(found.segment_starts, dtype=np.int64),
    )


def save_runs(connection: Connection, city_id: int, submission_id: int, made: Sequence[CleanRun]) -> None:
    """Store the runs of a trace and mark it as cleaned."""
    if made:
        values = [_run_row(city_id, submission_id, part, one) for part, one in enumerate(made)]
        connection.execute(table(connection, "run").insert(), values)
    run(connection, "runs.mark_cleaned", {"submission_id": submission_id})


def _run_row(city_id: int, submission_id: int, part: int, made: CleanRun) -> dict[str, Any]:
    halts = zip(made.dwells.start_s, made.dwells.end_s, made.dwells.lon_lat, strict=True)
    return {
        "city_id": city_id,
        "submission_id": submission_id,
        "part": part,
        "geom": line_element(np.column_stack((made.lon_lat, made.t_s)), m=True),
        "started_at": moment(made.t_s[0]),
        "ended_at": moment(made.t_s[-1]),
        "lead_in_s": made.lead_in_s,
        "lead_out_s": made.lead_out_s,
        "length_m": made.length_m,
        "dwells": [
            {"start_s": float(start), "end_s": float(end), "lon": float(at[0]), "lat": float(at[1])}
            for start, end, at in halts
        ],
        "dropped": made.dropped,
    }


def run_positions(connection: Connection, run_id: int, srid: int) -> tuple[Floats, Floats]:
    """Return the times and the positions in metres of one run."""
    found = row(connection, "runs.get_run_geom", {"run_id": run_id})
    assert found is not None
    lon, lat, t_s = line_columns(found.geom).T
    return t_s, to_metres(lon, lat, srid)


def unsettled(connection: Connection, city_id: int, *, anew: bool) -> list[int]:
    """Return the runs that have not been placed and compared yet; all of a city's with ``anew``."""
    return [found.run_id for found in rows(connection, "runs.list_unsettled", {"city_id": city_id, "anew": anew})]


def continued(connection: Connection, city_id: int, run_ids: Sequence[int]) -> list[tuple[int, int]]:
    """Return the submissions that a longer one of the same person holds wholly, with that one: files that grew.

    Of each pair the longer one has one of the runs.
    """
    found = rows(connection, "runs.list_continued", {"city_id": city_id, "run_ids": list(run_ids)})
    return [
        (one.submission_id, one.longer_id)
        for one in found
        if {bytes(fix) for fix in line_columns(one.geom)} <= {bytes(fix) for fix in line_columns(one.longer_geom)}
    ]


def join_reports(connection: Connection, city_id: int, p: Parameters) -> None:
    """Say of each report of a form that has no trace on which of its person's rides it was made, if on any."""
    run(connection, "runs.join_reports", {"city_id": city_id, "joined_s": p.joined_s, "joined_m": p.joined_m})


def hold_positions(connection: Connection, run_id: int, srid: int) -> tuple[Floats, Floats] | None:
    """Return the times and the positions in metres of one run, which stays until the transaction ends."""
    found = row(connection, "runs.hold_run_geom", {"run_id": run_id})
    if found is None:
        return None
    lon, lat, t_s = line_columns(found.geom).T
    return t_s, to_metres(lon, lat, srid)


def load_tracks(connection: Connection, city_id: int, srid: int, run_ids: Sequence[int]) -> list[Ride]:
    """Return some rides of a city in the order of their submissions, without what was reported on them."""
    values = {"city_id": city_id, "run_ids": list(run_ids)}
    return [_ride(one, srid) for one in rows(connection, "runs.list_runs", values)]


def load_rides(connection: Connection, city_id: int, srid: int) -> list[Ride]:
    """Return all rides of a city in the order of their submissions, each with its own reports.

    A trace that was cut in two has two rides; a report goes to the one whose time it is nearest to.
    """
    found = rows(connection, "runs.list_runs", {"city_id": city_id, "run_ids": None})
    by_submission: dict[int, list[Row[Any]]] = {}
    for one in found:
        by_submission.setdefault(one.submission_id, []).append(one)
    reports: dict[int, list[Report]] = {}
    for said in rows(connection, "runs.list_reports", {"city_id": city_id}):
        values = dict(said._mapping)
        reports.setdefault(values.pop("submission_id"), []).append(Report(**values))
    return [
        ride
        for submission_id, parts in by_submission.items()
        for ride in _with_reports([_ride(part, srid) for part in parts], reports.get(submission_id, []))
    ]


def _ride(found: Row[Any], srid: int) -> Ride:
    lon, lat, t_s = line_columns(found.geom).T
    halts = found.dwells
    places = np.array([[h["lon"], h["lat"]] for h in halts], dtype=np.float64).reshape(-1, 2)
    return Ride(
        run_id=found.run_id,
        submission_id=found.submission_id,
        t_s=t_s,
        xy=to_metres(lon, lat, srid),
        dwell_start_s=np.array([h["start_s"] for h in halts], dtype=np.float64),
        dwell_end_s=np.array([h["end_s"] for h in halts], dtype=np.float64),
        dwell_xy=to_metres(places[:, 0], places[:, 1], srid) if len(places) else places,
        person=found.person,
        claim=Claim(found.line, found.direction, found.label, found.peak, found.person),
        reports=(),
        weight=found.weight,
    )


def _with_reports(parts: Sequence[Ride], reports: Sequence[Report]) -> list[Ride]:
    mine: list[list[Report]] = [[] for _ in parts]
    for report in reports:
        at = report.t_s if report.t_s is not None else float(parts[0].t_s[0])
        away_s = [max(part.t_s[0] - at, at - part.t_s[-1], 0.0) for part in parts]
        mine[int(np.argmin(away_s))].append(report)
    return [replace(part, reports=tuple(said)) for part, said in zip(parts, mine, strict=True)]
