from __future__ import annotations

import csv
import io
from dataclasses import replace

from gtfs_export import PublishedNetwork, evidence_rows, write_evidence
from gtfs_export.evidence import EVIDENCE_COLUMNS
from tests.gtfs_export.readers import BRANCH, Rows, Town, with_pattern, with_stop


def evidence(network: PublishedNetwork, element: str) -> Rows:
    all_rows = (dict(zip(EVIDENCE_COLUMNS, row, strict=True)) for row in evidence_rows(network))
    return [row for row in all_rows if row["element"] == element]


def said(network: PublishedNetwork, element: str, field: str) -> dict[str, str]:
    return {row["id"]: row["value"] for row in evidence(network, element) if row["field"] == field}


def test_every_published_value_has_its_evidence(town: Town, network: PublishedNetwork) -> None:
    feed = town.feed()
    assert said(network, "stop", "stop_name") == {r["stop_id"]: r["stop_name"] for r in feed["stops.txt"]}
    places = {r["stop_id"]: f"{r['stop_lat']} {r['stop_lon']}" for r in feed["stops.txt"]}
    assert said(network, "stop", "stop_lat stop_lon") == places
    names = {r["route_id"]: r["route_long_name"] for r in feed["routes.txt"]}
    assert said(network, "route", "route_long_name") == names
    assert said(network, "fare", "price") == {r["fare_id"]: r["price"] for r in feed["fare_attributes.txt"]}
    assert said(network, "shape", "").keys() == {r["shape_id"] for r in feed["shapes.txt"]}
    headways = {f"{r['trip_id']}/{r['start_time']}": r["headway_secs"] for r in feed["frequencies.txt"]}
    assert said(network, "frequency", "headway_secs") == headways
    times = {f"{r['trip_id']}/{r['stop_sequence']}": r["arrival_time"] for r in feed["stop_times.txt"]}
    assert said(network, "stop_time", "arrival_time") == times


def test_a_pattern_beside_the_main_one_says_what_sets_it_apart(network: PublishedNetwork) -> None:
    network = with_pattern(network, "P2", reason_code="variant_branch", reason=BRANCH)
    (row,) = [row for row in evidence(network, "shape") if row["field"] == "share_of_main"]
    assert (row["id"], row["value"], row["method"]) == ("P2", "0.900", "variant_branch")


def test_headways_from_elsewhere_are_estimates_and_observed_ones_are_not(network: PublishedNetwork) -> None:
    known = {row["id"]: (row["method"], row["estimate"]) for row in evidence(network, "frequency")}
    assert known["P1-weekday-0600/06:00:00"] == ("observed", "false")
    assert known["P1-weekday-0900/09:00:00"] == ("city_waits", "true")


def test_times_measured_in_another_band_and_starts_nobody_reported_are_estimates(network: PublishedNetwork) -> None:
    known = {row["id"]: (row["method"], row["estimate"]) for row in evidence(network, "stop_time")}
    assert known["P1-weekday-0600/1"] == ("band_start", "true")
    assert known["P1-weekday-0600/2"] == ("band", "false")
    assert known["P1-weekday-0900/2"] == ("wider_band", "true")


def test_a_name_nobody_said_and_a_stop_nobody_reported_are_estimates(network: PublishedNetwork) -> None:
    unnamed = [row for row in evidence(network, "stop") if row["id"] == "S7"]
    assert [(row["field"], row["method"], row["estimate"]) for row in unnamed] == [
        ("stop_lat stop_lon", "dwell", "true"), ("stop_name", "stop_id", "true"),
    ]


def test_a_high_confidence_is_not_written_as_certainty(network: PublishedNetwork) -> None:
    sure = replace(network.stops[0].evidence, confidence=0.9961)
    network = with_stop(network, network.stops[0].stop_id, evidence=sure)
    assert {row["confidence"] for row in evidence(network, "stop") if row["id"] == network.stops[0].stop_id} == {
        "0.9961", ""
    }


def test_a_fare_says_how_many_agreed_on_it(network: PublishedNetwork) -> None:
    (fare,) = evidence(network, "fare")
    assert (fare["observations"], fare["people"], fare["low"], fare["high"]) == ("5", "2", "50.00", "50.00")
    assert (fare["first_seen"], fare["last_seen"]) == ("2024-03-04", "2024-03-08")


def test_evidence_is_written_as_csv_under_its_header(network: PublishedNetwork) -> None:
    out = io.BytesIO()
    write_evidence(evidence_rows(network), out)
    reader = csv.reader(io.StringIO(out.getvalue().decode(), newline=""))
    assert tuple(next(reader)) == EVIDENCE_COLUMNS
    assert [tuple(row) for row in reader] == list(evidence_rows(network))
