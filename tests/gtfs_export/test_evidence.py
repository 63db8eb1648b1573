"""What every published value rests on. The walk goes over each cell of a feed and looks up its evidence."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

import pytest

from gtfs_export import export_evidence, export_ride, export_table
from gtfs_export.evidence import EVIDENCE_COLUMNS
from mapping_service.errors import Conflict
from mapping_service.store.engine import table
from mapping_service.store.ids import save_followers
from tests.factories import MIDDAY_S, MORNING_S, WHOLE_DAY_S, at, make_load
from tests.gtfs_export.readers import BRANCH, PUBLISHER, Rows, Town, read_rows

Key = tuple[str, str, str]
Place = Callable[[Mapping[str, str]], tuple[str, str]]


def by(element: str, *columns: str) -> Place:
    """The element of a row, and its id of some columns."""
    return lambda row: (element, "/".join(row[column] for column in columns))


# Where the evidence of each file's rows stands.
PLACES: dict[str, Place] = {
    "agency.txt": by("agency", "agency_id"),
    "areas.txt": by("area", "area_id"),
    "attributions.txt": by("attribution", "attribution_id"),
    "calendar.txt": by("service", "service_id"),
    "calendar_dates.txt": by("calendar_date", "service_id", "date"),
    "fare_attributes.txt": by("fare", "fare_id"),
    "fare_leg_rules.txt": by(
        "fare_leg_rule", "network_id", "from_area_id", "to_area_id", "from_timeframe_group_id"
    ),
    "fare_media.txt": by("fare_medium", "fare_media_id"),
    "fare_products.txt": by("fare_product", "fare_product_id"),
    "fare_rules.txt": by("fare_rule", "fare_id", "route_id"),
    "feed_info.txt": by("feed", "feed_version"),
    "frequencies.txt": by("frequency", "trip_id", "start_time"),
    "networks.txt": by("network", "network_id"),
    "rider_categories.txt": by("rider_category", "rider_category_id"),
    "route_networks.txt": by("route_network", "route_id"),
    "routes.txt": by("route", "route_id"),
    "stop_areas.txt": by("stop_area", "area_id", "stop_id"),
    "stops.txt": by("stop", "stop_id"),
    "timeframes.txt": by("timeframe", "timeframe_group_id", "start_time", "service_id"),
    "transfers.txt": by("transfer", "from_stop_id", "to_stop_id"),
    "translations.txt": lambda row: ("translation", "/".join(
        (row["table_name"], row["field_name"], row["language"], row["record_id"] or row["field_value"])
    )),
    "trips.txt": by("pattern", "shape_id"),
}
# What names the row itself and is put together from ids that have evidence of their own.
NAMES = {
    "trips.txt": {"trip_id"}, "frequencies.txt": {"trip_id"}, "stop_times.txt": {"trip_id", "stop_sequence"},
    "fare_leg_rules.txt": {"network_id", "from_area_id", "to_area_id", "from_timeframe_group_id", "rule_priority"},
    "translations.txt": {"table_name", "field_name", "language", "record_id", "field_value"},
}


def written(town: Town, kind: str = "csv") -> bytes:
    out = io.BytesIO()
    export_evidence(town.connection, town.drawn.slug, None, out, PUBLISHER, kind)
    return out.getvalue()


def evidence(town: Town, element: str) -> Rows:
    return [row for row in read_rows(written(town)) if row["element"] == element]


def said(town: Town) -> dict[Key, str]:
    rows = read_rows(written(town))
    found = {(row["element"], row["id"], row["field"]): row["value"] for row in rows}
    assert len(found) == len(rows)
    return found


def cells(feed: Mapping[str, Rows], carried: Collection[str] = ()) -> Iterator[tuple[Key, str]]:
    """Every value that a feed states, and where its evidence should stand; ``carried`` are trips of another feed."""
    pattern = {row["trip_id"]: row["shape_id"] for row in feed["trips.txt"]}
    for name, rows in feed.items():
        for row in rows:
            if name == "shapes.txt":  # a line is known as a whole
                yield ("shape", row["shape_id"], "shape_id"), row["shape_id"]
                continue
            for column in row.keys() - NAMES.get(name, set()):
                if row.get("trip_id") in carried and name != "frequencies.txt":
                    keys = ("trip", "trip_id") if name == "trips.txt" else ("stop_time", "trip_id", "stop_sequence")
                    key = (*by(*keys)(row), column)
                elif name == "stop_times.txt":
                    timed = column in ("arrival_time", "departure_time")
                    owner = row["trip_id"] if timed else pattern[row["trip_id"]]
                    element = "stop_time" if timed else "pattern_stop"
                    key = (element, f"{owner}/{row['stop_sequence']}", column)
                    if column == "departure_time" and row[column] == row["arrival_time"]:
                        key = (*key[:2], "arrival_time")  # said once
                else:
                    key = (*PLACES[name](row), column)
                if row[column]:
                    yield key, row[column]


def walked(town: Town) -> int:
    """Look up every value of the feed; return how many there are."""
    known, count = said(town), 0
    for key, value in cells(town.feed()):
        assert known.get(key) == value, key
        count += 1
    return count


def loaded(town: Town) -> None:
    """Let riders tell how full the vehicles of P1 are."""
    key = (town.connection, town.drawn.city_id, town.drawn.network_id, "P1")
    make_load(*key, 0, 0.5)
    make_load(*key, 1, 1.1)
    make_load(*key, 1, 1.25, MORNING_S)
    make_load(*key, 4, None, boarded=2.5, boarded_low=2.0, boarded_high=3.1, seats_runs=0, counted_runs=2)


def beside(town: Town, name: str) -> Rows:
    out = io.BytesIO()
    export_table(town.connection, town.drawn.slug, None, out, PUBLISHER, name)
    return read_rows(out.getvalue())


def refused(town: Town, name: str) -> None:
    """A table without a row is not written."""
    with pytest.raises(Conflict) as caught:
        beside(town, name)
    assert caught.value.code == "nothing_to_publish"


def test_every_value_of_the_feed_has_its_evidence(town: Town) -> None:
    assert walked(town) > 200


def test_every_value_has_its_evidence_in_a_town_with_all_that_a_town_can_have(town: Town) -> None:
    town.station("S4", "S5", name=None)
    town.hailed("P1", 1200.0, 2100.0)
    town.virtual("V1", "P1", 1600.0, at(1.5, 0))
    town.running_times("P2", 180.0, WHOLE_DAY_S, standing_s=20.0)
    town.pattern("P2", day_types=["weekday", "sunday"], reason_code="variant_branch", reason=BRANCH)
    town.change("fare", {"rush_surcharge": 20})
    town.stop("S3", name="Corner, \"of\" Mill\nand 7th 🚌")
    town.change("network", {"street_credit": "© OpenStreetMap contributors"})
    town.city(language="fr", country="KE", holidays="as_sunday", licence="ODbL-1.0")
    for name, spoken in (("Harbour", "Bandari"), ("Airport", "Uwanja wa Ndege")):
        values = {"network_id": town.drawn.network_id, "city_id": town.drawn.city_id, "language": "sw", "name": name}
        town.connection.execute(
            table(town.connection, "name_translation").insert(), {**values, "translation": spoken}
        )
    town.streets("S7", "Wide Road / Elm Street")
    loaded(town)
    assert walked(town) > 200
    known = said(town)
    assert [(row["value"], row["method"], row["estimate"]) for row in evidence(town, "stop")
            if (row["id"], row["field"]) == ("S7", "stop_name")] == [("Wide Road / Elm Street", "crossing", "true")]
    assert known["stop", "V1", "stop_desc"].startswith("Aucun panneau ici")
    assert known["pattern_stop", "P1/2", "continuous_pickup"] == "0"
    assert known["pattern_stop", "P1/3", "stop_id"] == "V1" and known["stop", "V1", "stop_id"] == "V1"
    assert {row["method"] for row in evidence(town, "stop") if (row["id"], row["field"]) == ("V1", "stop_lat")} == {
        "virtual"
    }
    assert [row["stop_sequence"] for row in beside(town, "loads.csv")] == ["1", "2", "2", "6"]
    assert known["fare", "R1", "rush_surcharge"] == "20.00"
    assert known["fare_product", "R1/rush", "amount"] == "70.00"
    assert {"calendar_date", "timeframe", "translation", "fare_leg_rule", "area"} <= {element for element, *_ in known}


def test_a_pattern_beside_the_main_one_says_what_sets_it_apart(town: Town) -> None:
    town.pattern("P2", reason_code="variant_branch", reason=BRANCH)
    found = {row["field"]: row["value"] for row in evidence(town, "shape") if row["id"] == "P2"}
    assert (found["variant"], found["share_of_main"]) == ("variant_branch", "0.900")


def test_headways_from_elsewhere_are_estimates_and_observed_ones_are_not(town: Town) -> None:
    rows = [row for row in evidence(town, "frequency") if row["field"] == "headway_secs"]
    known = {row["id"]: (row["method"], row["estimate"], row["low"], row["high"]) for row in rows}
    assert known["P1-weekday-0600/06:00:00"] == ("observed", "false", "480", "720")
    assert known["P1-weekday-0900/09:00:00"][:2] == ("city_waits", "true")


def test_times_measured_in_another_band_and_starts_nobody_reported_are_estimates(town: Town) -> None:
    known = {row["id"]: (row["method"], row["estimate"]) for row in evidence(town, "stop_time")}
    assert known["P1-weekday-0600/1"] == ("band_start", "true")
    assert known["P1-weekday-0600/2"] == ("band", "false")
    assert known["P1-weekday-0900/2"] == ("wider_band", "true")


def test_a_name_nobody_said_and_a_stop_nobody_reported_are_estimates(town: Town) -> None:
    unnamed = {row["field"]: (row["method"], row["estimate"]) for row in evidence(town, "stop") if row["id"] == "S7"}
    assert unnamed["stop_lat"] == ("dwell", "true") and unnamed["stop_name"] == ("stop_id", "true")
    named = {row["field"]: (row["method"], row["estimate"]) for row in evidence(town, "stop") if row["id"] == "S1"}
    assert named["stop_lat"] == ("reported", "false")


def test_until_when_a_feed_holds_is_an_estimate(town: Town) -> None:
    known = {row["field"]: (row["method"], row["estimate"]) for row in evidence(town, "feed")}
    assert known["feed_end_date"] == ("assumed", "true") and known["feed_start_date"] == ("declared", "false")


def test_a_high_confidence_is_not_written_as_certainty(town: Town) -> None:
    town.stop("S1", confidence=0.9961)
    of_stop = {row["confidence"] for row in evidence(town, "stop") if row["id"] == "S1"}
    assert of_stop == {"0.9961", ""}


def test_a_fare_says_how_many_agreed_on_it(town: Town) -> None:
    (fare,) = [row for row in evidence(town, "fare") if row["field"] == "price"]
    assert (fare["observations"], fare["people"], fare["low"], fare["high"]) == ("5", "2", "50.00", "50.00")
    assert (fare["first_seen"], fare["last_seen"]) == ("2024-03-04", "2024-03-08")
    assert {row["value"] for row in evidence(town, "stage_fare")} == {"30.00", "50.00"}


def test_evidence_is_csv_under_its_header_and_the_same_bytes_again(town: Town) -> None:
    lines = list(csv.reader(io.StringIO(written(town).decode(), newline="")))
    assert tuple(lines[0]) == EVIDENCE_COLUMNS
    assert {len(line) for line in lines} == {len(EVIDENCE_COLUMNS)}
    assert written(town) == written(town) and written(town).endswith(b"\n") and b"\r" not in written(town)


def test_the_json_says_what_the_csv_says(town: Town) -> None:
    town.stop("S3", name='Corner "of" Mill, \\ and 🚌')
    told = json.loads(written(town, "json"))
    assert (told["city"], told["release"], told["feed_version"]) == ("drawn-town", 1, "2024.04.01-1")
    assert [tuple(_plain(one.get(column)) for column in EVIDENCE_COLUMNS) for one in told["evidence"]] == [
        tuple(row.values()) for row in read_rows(written(town))
    ]
    assert written(town, "json").count(b"\n") == len(told["evidence"]) + 2


def _plain(value: Any) -> str:
    """A value of JSON as CSV has it; confidence has four decimals there."""
    if isinstance(value, float):
        return f"{value:.4f}"
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


def test_loads_stand_beside_the_feed_by_its_own_stops(town: Town) -> None:
    refused(town, "loads.csv")
    loaded(town)
    rows = beside(town, "loads.csv")
    assert [(row["stop_sequence"], row["stop_id"], row["start_time"], row["seats_taken"]) for row in rows] == [
        ("1", "S1", "00:00:00", "0.50"), ("2", "S2", "00:00:00", "1.10"), ("2", "S2", "06:00:00", "1.25"),
        ("5", "S5", "00:00:00", ""),
    ]
    assert (rows[3]["boarded"], rows[3]["boarded_low"], rows[3]["alighted"], rows[3]["counted_runs"]) == (
        "2.5", "2.0", "", "2"
    )
    assert (rows[0]["seats_low"], rows[0]["seats_high"], rows[0]["seats_runs"], rows[0]["people"]) == (
        "0.30", "0.70", "3", "2"
    )


def test_loads_are_in_gtfs_ride_on_the_trips_of_the_feed(town: Town) -> None:
    with pytest.raises(Conflict):
        export_ride(town.connection, town.drawn.slug, None, io.BytesIO(), PUBLISHER)
    loaded(town)
    export_ride(town.connection, town.drawn.slug, None, io.BytesIO(), PUBLISHER)
    feed = town.feed("ride")
    assert [tuple(row.values()) for row in feed["ride_feed_info.txt"]] == [("0", "20240401", "KES", "2024.04.01-1")]
    rows = {(row["trip_id"], row["stop_sequence"]): row for row in feed["board_alight.txt"]}
    times = {(row["trip_id"], row["stop_sequence"]): row["stop_id"] for row in feed["stop_times.txt"]}
    assert {key: row["stop_id"] for key, row in rows.items()}.items() <= times.items()
    morning, midday = rows["P1-weekday-0600", "2"], rows["P1-weekday-0900", "2"]
    assert (morning["current_load"], morning["load_type"], morning["source"]) == ("125", "1", "0")
    assert (midday["current_load"], midday["load_type"], midday["source"]) == ("110", "1", "3")
    counted = rows["P1-weekday-0600", "5"]
    told = ("boardings", "alightings", "current_load", "load_type")
    assert [counted[name] for name in told] == ["3", "", "", ""]
    del feed["board_alight.txt"], feed["ride_feed_info.txt"]
    assert feed == town.feed()


def test_old_ids_stand_beside_the_feed_that_came_after_them(town: Town) -> None:
    refused(town, "aliases.csv")
    key = (town.connection, town.drawn.city_id, town.drawn.network_id)
    save_followers(*key, {"route": {"R9": "R1"}, "stop": {"S9": "S1"}})
    town.change("network", {"created_at": "2998-01-01"})
    known = [(row["kind"], row["old_id"], row["new_id"]) for row in beside(town, "aliases.csv")]
    assert known == [("route", "R9", "R1"), ("stop", "S9", "S1")]
    later = table(town.connection, "id_alias")
    town.connection.execute(later.update().where(later.c.kind == "stop").values(since="2999-01-01"))
    assert [row["old_id"] for row in beside(town, "aliases.csv")] == ["R9"]


@pytest.mark.parametrize("band_s", [MIDDAY_S, MORNING_S])
def test_running_times_are_told_of_the_stops_as_the_feed_counts_them(town: Town, band_s: tuple[int, int]) -> None:
    town.running_times("P1", 200.0, band_s)
    town.headways("P1", (600.0, band_s, "observed"))
    known = [row["id"].split("/")[1] for row in evidence(town, "running_time") if row["id"].startswith("P1/")]
    assert known == ["2", "3", "4", "5"]
