"""Where a judge is wrong: the smallest feed that shows it. These tests fail on the day the judge is mended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from zipfile import ZipFile

from tests.judges.conftest import COUNTRY, Feeds
from tests.judges.planners import nigiri
from tests.judges.timetable import Query
from tests.judges.validators import guru

MONDAY = date(2026, 6, 1)
TWO_STOPS = {
    "agency.txt": "agency_id,agency_name,agency_url,agency_timezone\nA,A,https://example.org,UTC\n",
    "stops.txt": "stop_id,stop_name,stop_lat,stop_lon\nS1,Mill,0,0\nS2,Market,0,0.1\n",
    "routes.txt": "route_id,agency_id,route_short_name,route_type\nR,A,1,3\n",
    "trips.txt": "route_id,service_id,trip_id\nR,daily,T\n",
    "stop_times.txt": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
                      "T,06:00:00,06:00:00,S1,1\nT,06:20:00,06:20:00,S2,2\n",
    "calendar.txt": "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
                    "daily,1,1,1,1,1,1,1,20260601,20260630\n",
}


def zipped(tables: Mapping[str, str], out: Path) -> Path:
    with ZipFile(out, "w") as archive:
        for name, text in tables.items():
            archive.writestr(name, text)
    return out


def test_nigiri_starts_no_vehicle_in_what_is_left_of_a_window(tmp_path: Path) -> None:
    # 06:00 and 06:40 both lie before end_time; nigiri divides the hour by the headway and starts one vehicle.
    window = "trip_id,start_time,end_time,headway_secs,exact_times\nT,06:00:00,07:00:00,2400,0\n"
    feed = zipped({**TWO_STOPS, "frequencies.txt": window}, tmp_path / "feed.zip")
    first, second = nigiri(feed, MONDAY, [Query("S1", "S2", 5 * 3600 + 3000), Query("S1", "S2", 6 * 3600 + 600)])
    assert first and first[0].depart_s == 6 * 3600
    assert second is None  # rather than 06:40


def test_guru_wants_stops_where_only_areas_are_served(sample: Feeds) -> None:
    # stops.txt may be missing where locations.geojson defines areas, and stop_times.location_id uses the trip.
    found = guru(sample["gtfs-flex.zip"], sample.first_day, COUNTRY).complaints
    assert found == {"missing_required_file": 1, "unusable_trip": 1, "unused_trip": 1}
