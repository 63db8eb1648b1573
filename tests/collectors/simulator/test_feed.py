from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest

from collectors.simulator import RideSettings, read_feed, simulate
from mapping_service.errors import Problem

from .conftest import fixes_of

DATA = Path(__file__).parents[3] / "../shared/data"

AGENCY = "agency_id,agency_name,agency_url,agency_timezone\na,A,https://example.org,UTC\n"
ROUTES = "route_id,route_short_name,route_long_name,route_type\nr,,Market to Mill,3\n"
STOPS = ("stop_id,stop_name,stop_lat,stop_lon\n"
         "p,P,0.0,30.00\nq,,0.0,30.01\nr,R,0.0,30.02\nlost,Lost,,\nzero,Zero,0.0,0.0\n")
TRIPS = "trip_id,route_id,service_id,shape_id\nout,r,d,\nback,r,d,\n"
TIMES = ("trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
         "out,,,p,1\nout,,,lost,2\nout,,,zero,3\nout,,,r,10\nout,,,q,9\nback,,,r,1\nback,,,p,2\n")


def feed(path: Path, **changed: str) -> Path:
    tables = {"agency": AGENCY, "routes": ROUTES, "stops": STOPS, "trips": TRIPS, "stop_times": TIMES, **changed}
    with zipfile.ZipFile(path / "feed.zip", "w") as archive:
        for name, text in tables.items():
            archive.writestr(f"{name}.txt", text)
    return path / "feed.zip"


def test_without_shapes_the_way_is_straight_through_the_stops_in_sequence(tmp_path: Path) -> None:
    network = read_feed(feed(tmp_path))
    out = next(pattern for pattern in network.patterns if len(pattern.stop_ids) == 3)
    assert out.stop_ids == ("p", "q", "r")
    assert out.lonlat.tolist() == [[30.0, 0.0], [30.01, 0.0], [30.02, 0.0]]
    assert out.key.startswith("stops-")


def test_a_direction_that_nobody_stated_stays_unstated_though_collectors_name_the_ways(tmp_path: Path) -> None:
    network = read_feed(feed(tmp_path))
    assert [pattern.direction_id for pattern in network.patterns] == [None, None]
    assert {pattern.way for pattern in network.patterns} == {"A", "B"}


def test_a_route_without_a_short_name_is_called_by_its_long_one(tmp_path: Path) -> None:
    assert read_feed(feed(tmp_path)).routes["r"].line == "Market to Mill"


def test_a_way_too_short_to_ride_is_left_out_with_a_notice(tmp_path: Path) -> None:
    times = TIMES.replace("back,,,r,1\nback,,,p,2\n", "back,,,r,1\nback,,,r,2\n")
    network = read_feed(feed(tmp_path, stop_times=times))
    assert len(network.patterns) == 1
    assert [notice.code for notice in network.notices] == ["pattern_left_out"]


def test_a_damaged_table_that_no_ride_needs_is_passed_over_with_a_notice(tmp_path: Path) -> None:
    path = feed(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"agency_timezone", b"agency_damaged_"))
    network = read_feed(path)
    assert [(notice.code, notice.details["table"]) for notice in network.notices] == [
        ("gtfs_table_unreadable", "agency")]
    assert network.timezone("r") == "UTC"


@pytest.mark.parametrize(("table", "code"), [("stops", "gtfs_table_missing"), ("trips", "gtfs_table_missing")])
def test_a_feed_without_a_needed_table_is_refused(tmp_path: Path, table: str, code: str) -> None:
    with pytest.raises(Problem) as refused:
        read_feed(feed(tmp_path, **{table: ""}))
    assert refused.value.code == code and refused.value.details["table"] == table


def test_a_file_that_is_no_zip_is_refused(tmp_path: Path) -> None:
    (tmp_path / "feed.zip").write_text("stop_id,stop_name\n")
    with pytest.raises(Problem) as refused:
        read_feed(tmp_path / "feed.zip")
    assert refused.value.code == "gtfs_unreadable"


def test_an_unknown_time_zone_is_refused(tmp_path: Path) -> None:
    path = feed(tmp_path, agency=AGENCY.replace("UTC", "Mars/Olympus"))
    with pytest.raises(Problem) as refused:
        next(simulate(path, RideSettings()))
    assert refused.value.code == "timezone_unknown"


@pytest.mark.parametrize("city", ["freetown", "esteli", "duitama"])
def test_real_feeds_with_flaws_give_rides_of_sensible_length(city: str) -> None:
    path = DATA / city / "gtfs.zip"
    if not path.exists():
        pytest.skip(f"the real feed of {city} is not at {path}")
    rides = list(simulate(path, RideSettings(runs_min=1, runs_max=1)))
    assert len(rides) >= 10
    minutes = [np.ptp(fixes_of(ride.gpx)[0]) / 60 for ride in rides]
    assert 1 < min(minutes) and max(minutes) < 180 and 10 < np.median(minutes) < 60
